"""The political calendar: what falls due by date and month by month, and how quiet wars end.

Nothing here or in the modules it calls (`weighing`, `crises`, `negotiations`, `muster`, `succession`) knows the name
of a power, an operation or a year: designs, talks and tables are data of the scenario.
"""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import numpy as np

from wargame import dates, economies, succession
from wargame.acts import (
    POLICY,
    CourseTurned,
    GovernmentFormed,
    OfferMoved,
)
from wargame.conditions import at_war
from wargame.events import (
    FlagRaised,
    HostilitiesCeased,
    StandingChanged,
)
from wargame.house import Clerk, House
from wargame.load.politics import reshuffled
from wargame.muster import deploy, reform, stand_down
from wargame.negotiations import TERMS, denounce, enemies, lapse, offer_name, open_talks, sign
from wargame.outcomes import cede, close
from wargame.rulebook import Rulebook
from wargame.rules import diplomacy
from wargame.scenario import Cession
from wargame.seats import Question, checked, is_played
from wargame.weighing import Next, beaten
from wargame.world import War, World


def next_month(hour: int) -> int:
    """Six in the morning of the first day of the next month."""
    year, month = int(dates.iso(hour)[:4]), int(dates.iso(hour)[5:7])
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dates.parse(f"{year}-{month:02d}-01") + 6


def calendar(house: House, hour: int, ends: int) -> list[Next]:
    """What happens by date in every run: ordinary changes of government, treaties of lesser powers and their terms."""
    politics = house.scenario.politics
    without = politics.without if politics is not None else ()
    due: list[Next] = [("state", ends - 1, "", "close"), *succession.calendar(house, hour, ends)]
    due += _review_days(hour, min(next_month(hour), ends), house.rulebook)
    given = {(g.power, g.at) for g in politics.governments} if politics is not None else set()
    for k, row in enumerate(house.tables["governments"]):
        if (row["power"], row["from"]) in given:  # the scenario has another government on that day
            continue
        if row["how"] in {"background", "course"} and hour < row["from"] < ends:
            due.append(("state", row["from"] + 6, row["power"], f"government:{k}"))
    if politics is not None:
        own = [(t.signed, t.parties[0], f"own_treaty:{k}") for k, t in enumerate(politics.treaties)]
        own += [(t.ends, t.parties[0], f"own_end:{k}") for k, t in enumerate(politics.treaties) if t.ends is not None]
        own += [(g.at, g.power, f"own_government:{k}") for k, g in enumerate(politics.governments)]
        own += [(c.at, c.to, f"own_cession:{k}") for k, c in enumerate(politics.cessions)]
        due += [("state", at + 5, power, subject) for at, power, subject in own if hour < at < ends]
    for k, row in enumerate(house.tables["treaties"]):
        if row["id"] in without:
            continue
        if row["how"] == "background" and hour < row["signed"] < ends:
            due.append(("state", row["signed"] + 6, row["parties"][0], f"treaty:{k}"))
        if hour < row["term"] < ends:
            due.append(("state", row["term"] + 6, row["parties"][0], f"end:{k}"))
    return due


def happen(house: House, clerk: Clerk, subject: str) -> None:
    """One entry of the calendar."""
    what, _, number = subject.partition(":")
    if what == "close":
        close(house, clerk)
        return
    if what == "orders":
        deploy(house, clerk, stirring_only=True)
        return
    if what == "government":
        _cabinet_changes(house, clerk, house.tables["governments"][int(number)])
        return
    if what == "death":
        succession.dies(house, clerk, number)
        return
    if what == "alternative":
        succession.another_course(house, clerk, int(number))
        return
    if what == "parliament":
        succession.parliament(house, clerk, number)
        return
    if what.startswith("own_"):
        _by_scenario(house, clerk, what, int(number))
        return
    row = house.tables["treaties"][int(number)]
    if what == "treaty" and not enemies(clerk.world, row["parties"]):
        sign(house, clerk, row["id"], row["kind"], row["parties"], 0, **{k: row[k] for k in TERMS})
    if what == "end" and row["id"] in clerk.world.polity.treaties:
        denounce(clerk, row["id"], "it has run out", 0)


def month(house: House, clerk: Clerk) -> list[Next]:
    """The first of a month: economies, armies' programmes, reservists, governments, quiet wars, orders, talks."""
    now = clerk.world.hour
    since = dates.parse(dates.iso(now - 2 * dates.DAY)[:8] + "01") + 6
    following = economies.month(house, clerk, since)
    reform(house, clerk, since, now)
    stand_down(house, clerk)
    succession.month(house, clerk)
    _make_peace(house, clerk)
    lapse(clerk)
    deploy(house, clerk)
    return [*following, *_reviews(clerk.world, house.rulebook), *open_talks(house, clerk)]


def _reviews(world: World, rulebook: Rulebook) -> list[Next]:
    """The days of this month on which the staffs look at their fronts again, if there is a war or one is prepared."""
    at_war = any(f"ceased:{w}" not in world.flags for w in world.wars)
    if at_war or any(c.stage in {"preparing", "ordered"} for c in world.polity.crises.values()):
        return _review_days(world.hour, next_month(world.hour), rulebook)
    return []


def _review_days(hour: int, ends: int, rulebook: Rulebook) -> list[Next]:
    every = max(int(rulebook.planning.review_days), 1)
    days = range(every, (ends - hour) // dates.DAY - every // 2, every)
    return [("state", hour + day * dates.DAY, "", f"orders:{day}") for day in days]


def _make_peace(house: House, clerk: Clerk) -> None:
    """A war in which nothing moves may be ended by both sides where they stand."""
    world, rules = clerk.world, house.rulebook.diplomacy
    for war in sorted(world.wars.values(), key=lambda w: w.id):
        if f"ceased:{war.id}" in world.flags or not quiet(house, world, war.id):
            continue
        months = _months_still(house, world, war)
        if months < rules.peace_months:
            continue
        firm = [
            world.polity.governments[p].policy.firmness
            for side in (war.attackers, war.defenders) for p in side[:1] if p in world.polity.governments
        ]  # fmt: skip
        chance = diplomacy.peace(months, max(firm, default=0.0), house.rulebook)
        if house.dice.uniform("peace", war.id) < chance:
            make_peace(clerk, war.id, war.entry)


def _months_still(house: House, world: World, war: War) -> float:
    """Months since land changed hands in a war."""
    sides = [house.atlas.power_number[p] for p in (*war.attackers, *war.defenders)]
    moved = world.captured_hour[np.isin(world.controller, sides)].max(initial=0)
    return (world.hour - max(int(moved), war.began)) / dates.DAY / 30.0


def make_peace(clerk: Clerk, war_id: str, because: int) -> None:
    """A war ends where the armies stand."""
    world, war = clerk.world, clerk.world.wars[war_id]
    clerk.put(HostilitiesCeased(war=war.id, because=because))
    for p in (*war.attackers, *war.defenders):
        if not beaten(world, p) and not any(at_war(world, p, q) for q in world.powers if q != p):
            clerk.put(
                StandingChanged(power=p, standing="at_peace", reason="peace where the armies stand",
                                because=world.flags[f"ceased:{war.id}"])
            )  # fmt: skip


def quiet(house: House, world: World, war_id: str) -> bool:
    """Whether nobody fights or means to in a war: no engagement, no operation running."""
    war = world.wars[war_id]
    if any(e.war == war_id for e in world.engagements.values()):
        return False
    return not any(
        world.operations[o.id].stage == "running" and {o.power, o.target} <= {*war.attackers, *war.defenders}
        for o in (p.operation for p in house.plans) if o is not None
    )  # fmt: skip


def _by_scenario(house: House, clerk: Clerk, what: str, k: int) -> None:
    """A treaty or a change of government that the scenario itself, or an overlay, has at a date."""
    politics = house.scenario.politics
    assert politics is not None
    if what == "own_cession":
        _by_treaty_of_old(house, clerk, politics.cessions[k])
        return
    if what == "own_government":
        change = politics.governments[k]
        before = clerk.world.polity.governments.get(change.power)
        if before is not None and not beaten(clerk.world, change.power):
            if change.contest:
                succession.contest(house, clerk, change.power, 0, change.dead)
                return
            after = reshuffled(before, change, clerk.world.hour)
            clerk.put(
                GovernmentFormed(
                    power=after.power, regime=after.regime, head=after.head, faction=after.faction, grip=after.grip,
                    paralysis=after.paralysis, policy=astuple(after.policy), why=change.why,
                )
            )  # fmt: skip
        return
    treaty = politics.treaties[k]
    if what == "own_end":
        if treaty.id in clerk.world.polity.treaties:
            denounce(clerk, treaty.id, "it has run out", 0)
    elif not enemies(clerk.world, treaty.parties):
        terms = {name: getattr(treaty, name) for name in TERMS}
        sign(house, clerk, treaty.id, treaty.kind, treaty.parties, 0, **terms)


def _by_treaty_of_old(house: House, clerk: Clerk, cession: Cession) -> None:
    """A zone passes to another power on its day, if it is still its former owner's and both go on."""
    world, number = clerk.world, house.atlas.power_number
    rows = house.atlas.zone_of == house.atlas.zones.index(cession.zone)
    if bool((world.owner[rows] == number[cession.owner]).all()) and not beaten(world, cession.to):
        cede(house, clerk, [cession.zone], cession.to, cession.why, 0)


def _cabinet_changes(house: House, clerk: Clerk, row: dict[str, Any]) -> None:
    """A change of government by date, if the power is still on the line of which it is a part."""
    world = clerk.world
    now = world.polity.governments.get(row["power"])
    politics = house.scenario.politics
    if (
        politics is not None
        and f"{row['power'].lower()}_{dates.iso(row['from'])[:10].replace('-', '_')}" in politics.without
    ):
        return
    earlier = [r for r in house.tables["governments"] if r["power"] == row["power"] and r["from"] < row["from"]]
    line = max(earlier, key=lambda r: int(r["from"]))["regime"] if earlier else row["regime"]
    if now is None or now.regime != line or beaten(world, row["power"]):
        return
    same = now.head.split(" and ")[0] == row["head"].split(" and ")[0]
    if row["how"] == "course" and (not same or row["power"] in world.polity.parted):
        return
    if row["how"] == "background" and row["power"] in world.polity.parted:
        return
    entry = clerk.put(
        GovernmentFormed(
            power=row["power"], regime=row["regime"], head=row["head"], faction=row["faction"], grip=row["grip"],
            paralysis=row["paralysis"], policy=tuple(row[name] for name in POLICY),
            why="its course by date" if now.head == row["head"] else "by date, as in every run",
        )
    )  # fmt: skip
    succession.purged(house, clerk, now, entry)


# --- what a government does of its own accord -------------------------------------------------------------------------


def speakers(world: World, war_id: str) -> tuple[str, str]:
    """Who speaks for each side of a war: the first of it that is not beaten (``""``: nobody is left)."""
    war = world.wars[war_id]
    first, second = (next((p for p in side if not beaten(world, p)), "") for side in (war.attackers, war.defenders))
    return first, second


def offer_peace(house: House, clerk: Clerk, power: str, war_id: str, because: int) -> None:
    """One side would end a war where the armies stand; an automatic seat on the other answers at once."""
    world, war = clerk.world, clerk.world.wars[war_id]
    other = next(p for p in speakers(world, war_id) if p != power)
    name = offer_name("peace", (power, other))
    there = world.polity.offers.get(name)
    agreed = tuple(dict.fromkeys((*(there.agreed if there else ()), power)))
    offer = OfferMoved(offer=name, stage="made", form="peace", by=power, parties=(power, other), agreed=agreed,
                       because=because)  # fmt: skip
    entry, seat = clerk.put(offer), house.seats[other]
    if other not in agreed and not is_played(seat):
        months, will = _months_still(house, world, war), world.polity.governments[other].policy.firmness
        question = Question(
            f"peace:{war_id}:{other}", other, "peace", war_id, ("accept",), entry, 1,
            {"probability": diplomacy.peace(months, will, house.rulebook),
             "resolve": house.dice.uniform("peace", f"{war_id}:{other}", dates.day_number(world.hour) // 30)},
        )  # fmt: skip
        why = (f"nothing has moved for {months:.1f} months: {question.facts['probability']:.0%}",)
        if not checked(question, seat.answer(question, world)).choice:
            clerk.put(replace(offer, stage="refused", by=other, reasons=why, because=entry))
            return
        agreed = (*agreed, other)
    if other in agreed:
        entry = clerk.put(replace(offer, stage="agreed", by=other, agreed=agreed, because=entry))
        make_peace(clerk, war_id, entry)


def turned(power: str, line: str, hour: int) -> str:
    """The flag that stands for a step on one line of a power's course in the month of an hour."""
    return f"course:{power}:{line}:{dates.iso(hour)[:7]}"


def turn_course(house: House, clerk: Clerk, power: str, line: str, direction: int, because: int) -> None:
    """A government turns one line of its policy by a step, up (1) or down (-1), as far as the line goes."""
    value = getattr(clerk.world.polity.governments[power].policy, line)
    lowest = 0.0 if line in ONE_SIDED else -1.0
    value = round(max(lowest, min(1.0, value + direction * house.rulebook.diplomacy.course_step)), 4)
    clerk.put(FlagRaised(flag=turned(power, line, clerk.world.hour), because=because))
    clerk.put(CourseTurned(power=power, line=line, value=value, because=because))


ONE_SIDED = frozenset({"tempo", "repression", "purge", "rearmament", "revisionism"})
"""Lines of policy from 0 to 1; the others go from -1 to 1."""
