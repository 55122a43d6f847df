"""Economies in play, quarter by quarter: what powers make, what breaks, and armies that wait.

Where a power does what history did, it keeps to history's line and its army to history's dates. The rules are those of
the chapter on industry; what history's lines say is worked out once for a scenario and shared by all its runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np

from wargame import dates, exact, succession
from wargame.acts import EconomyAdvanced, EconomyBroke, GovernmentFormed, means_of
from wargame.atlas import Atlas
from wargame.books import Books, books_of
from wargame.dealings import deal, dealt
from wargame.events import Columns, FlagRaised
from wargame.house import Clerk, House
from wargame.politics import Economy, Government, Policy, Tables
from wargame.rulebook import Rulebook
from wargame.rules import diplomacy, industry, leverage, parliaments
from wargame.rules.industry import Outside, Row
from wargame.scenario import Head
from wargame.weighing import Next, beaten
from wargame.world import Status, World

QUARTERS = frozenset({"01", "04", "07", "10"})
"""Months on whose first day economies are reckoned."""
YEARLY = 11.0
"""Months after which those are reckoned too whom nothing touches and who make no arms worth a table."""
PLACES = 4
"""Decimals to which the numbers of an economy are kept."""

Flows = Mapping[str, Mapping[str, float]]
"""Numbers by power and by another power."""


def opened(tables: Tables, atlas: Atlas, head: Head, rulebook: Rulebook, world: World) -> dict[str, Economy]:
    """Every power's economy on a scenario's first hour: history's, with what it has lost by then."""
    books = books_of(tables, atlas, head, rulebook)
    held = _held(books, world, atlas)
    return {
        p: _kept(
            line.economy(head.opening), lost=_lost(held, world, p), hour=head.opening, reached=head.opening,
        )
        for p, line in books.lines.items()
    }  # fmt: skip


def month(house: House, clerk: Clerk, since: int) -> list[Next]:
    """The first of a quarter: dealings change, economies go on, some break; returns when formations come up anew.

    ``since``: the hour of the month before, up to which formations have been re-formed.
    """
    world = clerk.world
    if dates.iso(world.hour)[5:7] not in QUARTERS:
        return []
    books = books_of(house.tables, house.atlas, house.scenario.scenario, house.rulebook)
    foes = _foes(world, books.lines)
    deal(house, clerk, books, foes)
    held = _held(books, world, house.atlas)
    abroad, fears = dealt(house, world, books, foes), _fears(house, world)
    following: list[Next] = []
    for power in books.lines:
        if power in world.polity.governments and power in world.polity.economies and not beaten(world, power):
            following += _advance(
                house, clerk, books, power, _Abroad(since, foes[power], held, abroad, fears.get(power, 0.0))
            )
    return following


@dataclass(frozen=True)
class _Abroad:
    """What there is outside a power: the last month, its enemies, who holds whose land, who gives or withholds what."""

    since: int
    foes: tuple[str, ...]
    held: Flows
    dealings: Mapping[str, tuple[float, float, float]]  # squeeze, trade, arms by power
    fear: float


def _advance(house: House, clerk: Clerk, books: Books, power: str, abroad: _Abroad) -> list[Next]:
    """One power's quarter."""
    world, rules = clerk.world, house.rulebook
    e, government, line = world.polity.economies[power], world.polity.governments[power], books.lines[power]
    months = (world.hour - e.hour) / industry.MONTH
    outside = _outside(house, world, books, power, abroad)
    touched = power in books.makers or bool(abroad.foes) or outside.conquest > 0 or outside.lost != e.lost
    touched = touched or government.since > e.hour
    if not touched and months < YEARLY:
        return []
    policy = industry.driven(government.policy, abroad.fear, government.paralysis, rules)
    after = industry.step(
        e,
        policy,
        months,
        trend=(books.at(power, e.hour), books.at(power, world.hour)),
        rulebook=rules,
        needs=books.needs[power],
        outside=outside,
    )
    hazard = industry.collapse_hazard(after, government, rules, war=outside.war)
    late = industry.behind(after, line, books.opening, world.hour, rules)
    after = _kept(
        after, lost=outside.lost, peril=e.peril + hazard * months, behind=late,
        reached=max(e.reached, abroad.since - e.behind), hour=world.hour,
    )  # fmt: skip
    told = _told(house, world, books, power, after, outside)
    entry = clerk.put(
        EconomyAdvanced(power=power, means=means_of(after), reasons=told, because=_cause(world, power, outside))
    )
    following = _wait(house, clerk, power, after) if late != e.behind else []
    resolve = house.dice.uniform("collapse", power, after.breaks)
    if 1.0 - exact.exp1(-after.peril) > resolve:
        _break(house, clerk, power, told, entry)
    return following


def _kept(e: Economy, **changes: float) -> Economy:
    """An economy with some changes and its numbers rounded, so that the journal has them whole."""
    known = {n: changes.get(n, getattr(e, n)) for n in FIELDS}
    rounded: dict[str, Any] = {n: round(v, PLACES) if isinstance(v, float) else v for n, v in known.items()}
    return Economy(**rounded)


FIELDS = tuple(Economy.__dataclass_fields__)


# --- what the world does to an economy -------------------------------------------------------------------------------


def _outside(house: House, world: World, books: Books, power: str, abroad: _Abroad) -> Outside:
    polity = world.polity
    against = sum(polity.economies[f].disposable for f in abroad.foes if f in polity.economies)
    squeeze, trade, arms = abroad.dealings.get(power, (0.0, 0.0, 0.0))
    conquest = sum(
        share * books.at(owner, world.hour).gdp
        for owner, share in sorted(abroad.held.get(power, {}).items())
        if owner in books.lines
    )
    return Outside(
        round(conquest, PLACES), round(_lost(abroad.held, world, power), PLACES), trade, squeeze,
        leverage.cut_off(house.tables["materials"], abroad.foes) if abroad.foes else 0.0,
        industry.total_war(polity.economies[power].gdp, against, house.rulebook), arms=arms,
    )  # fmt: skip


def _held(books: Books, world: World, atlas: Atlas) -> Flows:
    """By holder, the shares of other powers' homes that it holds."""
    n = len(atlas.powers)
    known = books.home >= 0
    total = np.bincount(books.home[known], weights=books.people[known], minlength=n)
    taken = known & (world.controller >= 0) & (world.controller != books.home)
    pairs = books.home[taken] * n + world.controller[taken]
    sums = np.bincount(pairs, weights=books.people[taken], minlength=n * n)
    found: dict[str, dict[str, float]] = {}
    for k in np.flatnonzero(sums).tolist():
        owner, holder = divmod(k, n)
        found.setdefault(atlas.powers[holder], {})[atlas.powers[owner]] = float(sums[k] / total[owner])
    return found


def _lost(held: Flows, world: World, power: str) -> float:
    """Share of a power's home that others hold who are not on its side in a war."""
    return sum(
        share[power] for holder, share in sorted(held.items()) if power in share and not _allied(world, holder, power)
    )


def _allied(world: World, one: str, other: str) -> bool:
    going = (w for w in world.wars.values() if f"ceased:{w.id}" not in world.flags)
    return any(one in side and other in side for w in going for side in (w.attackers, w.defenders))


def _foes(world: World, powers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """With whom each power is at war, those off the map that fight from afar among them."""
    found: dict[str, set[str]] = {p: set() for p in powers}
    for war in world.wars.values():
        for one, other in ((war.attackers, war.defenders), (war.defenders, war.attackers)):
            if f"ceased:{war.id}" not in world.flags:
                for p in one:
                    found.setdefault(p, set()).update(other)
    for flag in world.flags:
        if flag.startswith("belligerent:"):
            far, near = flag.split(":")[1:]
            found.setdefault(far, set()).add(near)
            found.setdefault(near, set()).add(far)
    return {p: tuple(sorted(q for q in found[p] if not beaten(world, q))) for p in found}


def _fears(house: House, world: World) -> dict[str, float]:
    """The largest of each power's alarms, each by the weight of whom it fears."""
    polity, half_life = world.polity, house.rulebook.reputation.half_life_years
    found: dict[str, float] = {}
    for key, memory in polity.alarm.items():
        power, _, other = key.partition(">")
        mine, theirs = polity.economies.get(power), polity.economies.get(other)
        if mine is None or theirs is None or memory.value <= found.get(power, 0.0) or beaten(world, other):
            continue
        weight = min(1.0, diplomacy.potential(mine, theirs))
        if weight * memory.value > found.get(power, 0.0):
            found[power] = max(found.get(power, 0.0), weight * memory.at(world.hour, half_life))
    return found


def _cause(world: World, power: str, outside: Outside) -> int:
    """The entry that an economy's state rests on most: who squeezes it, its war, or its government."""
    if outside.squeeze > 0 or outside.arms > 0:
        dealt = [n for f, n in world.flags.items() if f.startswith("dealings:") and f.endswith(f">{power}")]
        if dealt:
            return max(dealt)
    if outside.war:
        wars = [w.entry for w in world.wars.values() if power in (*w.attackers, *w.defenders)]
        if wars:
            return max(wars)
    return world.polity.governments[power].entry


def _told(house: House, world: World, books: Books, power: str, e: Economy, outside: Outside) -> tuple[str, ...]:
    """What sets an economy apart from history's, in plain words."""
    line, opening = books.at(power, world.hour), books.at(power, books.opening)
    found = []
    if outside.squeeze > 0:
        found.append(f"{outside.squeeze:.0%} of its credit, ore, oil and trade is withheld")
    if outside.blockade > 0:
        found.append(f"{outside.blockade:.0%} of its imports by sea is cut off")
    if outside.arms > 0:
        found.append(f"arms on credit for {outside.arms:.1f} milliard dollars a year")
    if e.conquered >= 1.0:
        found.append(f"conquered lands bring {e.conquered:.0f} milliard dollars a year")
    if e.lost >= 0.05:
        found.append(f"{e.lost:.0%} of its own land is lost")
    if abs(e.gdp / line.gdp - 1.0) >= 0.02:
        found.append(f"output {e.gdp / line.gdp - 1.0:+.0%} on history's")
    made = industry.programme_factor(e, opening, line)
    if abs(made - 1.0) >= house.rulebook.industry.programme_slack:
        found.append(f"arms {made - 1.0:+.0%} on history's since the opening")
    months = round(e.behind / industry.MONTH)
    if months:
        word = "behind" if months > 0 else "ahead of"
        found.append(f"the army's programme is {abs(months)} month{'s' if abs(months) > 1 else ''} {word} history's")
    return tuple(found)


# --- armies that wait ------------------------------------------------------------------------------------------------


def _wait(house: House, clerk: Clerk, power: str, e: Economy) -> list[Next]:
    """Formations still to be raised come up as much later, or earlier, as the programme runs."""
    world, f, number = clerk.world, clerk.world.forces, house.atlas.power_number.get(power)
    if number is None:
        return []
    arrives, following = f.arrives.copy(), []
    for row in np.flatnonzero((f.status == Status.PLANNED) & (f.power == number)).tolist():
        raised = house.armies.raised.get(f.ids[row])
        if raised is None:
            continue
        new = max(world.hour + dates.DAY, raised + e.behind)
        if new != arrives[row]:
            arrives[row] = new
            following.append(("rail_movement", new, power, f.ids[row]))
    if following:
        clerk.fold(Columns({"forces.arrives": arrives}))
    return following


def programme(world: World, power: str, since: int, now: int) -> tuple[int, int]:
    """The span of history's programme that falls due between two hours of the calendar, as far behind as it runs."""
    e = world.polity.economies.get(power)
    if e is None:
        return since, now
    begun = since - e.behind if since >= e.hour else e.reached
    return max(e.reached, begun), now - e.behind


def weapons(house: House, world: World, power: str) -> tuple[float, float]:
    """Factors for the guns and tanks of a new establishment."""
    e = world.polity.economies.get(power)
    if e is None:
        return 1.0, 1.0
    books = books_of(house.tables, house.atlas, house.scenario.scenario, house.rulebook)
    line, rules = books.lines[power], house.rulebook
    guns, tanks = (industry.equipped(e, line, books.opening, e.hour, w, rules) for w in ("guns", "tanks"))
    return guns, tanks


# --- dealings --------------------------------------------------------------------------------------------------------


# --- when it breaks --------------------------------------------------------------------------------------------------


DIRECTORY = "a military directory"


def _break(house: House, clerk: Clerk, power: str, told: tuple[str, ...], because: int) -> None:
    """An economy breaks: a firm government retrenches, another falls."""
    world, tables = clerk.world, house.tables
    government = world.polity.governments[power]
    e = world.polity.economies[power]
    firm = house.dice.uniform("collapse_fate", power, e.breaks) < government.grip
    reasons = (f"strain {e.strain:.0%}, {e.military_share:.0%} of output for arms", *told)
    heir = _alternative(tables, government, world.hour)
    voters = any(r["power"] == power for r in tables["voters"])
    if government.regime in parliaments.PARLIAMENTARY:
        fate = "budget" if firm else "cabinet"
    elif firm or (heir is None and government.head == DIRECTORY):
        fate = "course"
    elif heir is None and voters and government.regime in succession.PARTIES:
        fate = "contest"
    else:
        fate = "regime"
    entry = clerk.put(EconomyBroke(power=power, fate=fate, reasons=reasons, because=because))
    if fate in ("course", "budget"):
        why = "its economy cannot bear the arms"
        succession.form(clerk, replace(government, policy=_retrenched(government.policy, house.rulebook)), why, entry)
    elif fate == "cabinet":
        u = house.dice.uniform("cabinet_of_collapse", power, e.breaks)
        row = parliaments.next_cabinet(tables["governments"], government, world.hour, u, house.rulebook)
        if row is not None:
            succession.take_office(clerk, row, "after its economy broke", entry)
    elif fate == "contest":
        succession.contest(house, clerk, power, entry)
    else:
        clerk.put(FlagRaised(flag=f"regime_fell:{power}", because=entry))
        if heir is not None:
            succession.take_office(clerk, heir, "after its economy broke", entry)
        else:
            _directory(clerk, government, house.rulebook, entry)


def _alternative(tables: Tables, government: Government, hour: int) -> Row | None:
    """The kind of rule, other than this, that the tables of alternatives think the firmest at an hour."""
    latest: dict[str, Row] = {}
    for r in sorted(tables["alternatives"], key=lambda r: int(r["from"])):
        if r["power"] == government.power and r["from"] <= hour and r["regime"] != government.regime:
            latest[r["regime"]] = r
    return max(latest.values(), key=lambda r: (float(r["grip"]), str(r["regime"])), default=None)


def _retrenched(policy: Policy, rulebook: Rulebook) -> Policy:
    rules = rulebook.industry
    return replace(
        policy, rearmament=policy.rearmament * rules.break_arms, revisionism=policy.revisionism * rules.break_aims
    )


def _directory(clerk: Clerk, government: Government, rulebook: Rulebook, because: int) -> None:
    """The army takes over where nobody else is known who could."""
    policy = replace(_retrenched(government.policy, rulebook), risk=-0.5)
    clerk.put(
        GovernmentFormed(
            power=government.power, regime="authoritarian_right", head=DIRECTORY, faction="army", grip=0.6,
            paralysis=0.3, policy=tuple(round(v, PLACES) for v in astuple(policy)), why="after its economy broke",
            because=because,
        )
    )  # fmt: skip
