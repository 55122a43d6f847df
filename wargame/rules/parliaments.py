"""Cabinets that fall and follow each other, and what comes out of a parliament without a majority."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wargame import dates, exact
from wargame.politics import DAYS_A_YEAR, Economy, Government, Standing
from wargame.rulebook import Rulebook

Row = Mapping[str, Any]
PARLIAMENTARY = frozenset({"democracy", "republic", "monarchy"})
"""Regimes whose cabinets fall by a vote; elsewhere a head is removed by his own."""
REPUBLIC = "republic"


@dataclass(frozen=True, slots=True)
class Party:
    """A party in a parliament. ``loyalty``: share of its votes on which a parliamentary government can count;
    ``follows``: how far it obeys an international line; ``seeks``: the regime it would put in its place."""

    name: str
    seats: int
    loyalty: float = 0.0
    follows: float = 0.0
    seeks: str = ""
    executive: float = 0.0  # 0..1, how far it can rule by decree without seats


def parliament(elections: Iterable[Row], parties: Iterable[Row], power: str, hour: int) -> tuple[Party, ...]:
    """The parties in a power's parliament at an hour: its last election, with what each stands for.

    Who can rule by decree stands among them without a seat. Empty before the first election.
    """
    held = [r for r in elections if r["power"] == power and r["date"] <= hour]
    last = max((r["date"] for r in held), default=0)
    seats = {r["party"]: r["seats"] for r in held if r["date"] == last}
    stances = {r["party"]: r for r in parties if r["power"] == power}
    found = [Party(n, k) for n, k in seats.items() if n not in stances]
    for name, s in stances.items():
        if name in seats or (seats and s["executive"] > 0):
            found.append(Party(name, seats.get(name, 0), s["loyalty"], s["follows"], s["seeks"], s["executive"]))
    return tuple(sorted(found, key=lambda p: (-p.seats, p.name)))


# --- cabinets ---------------------------------------------------------------------------------------------------------


def cabinet_fall_hazard(
    government: Government, economy: Economy | None, standing: Standing, rulebook: Rulebook
) -> float:
    """Falls a month: of a cabinet by vote where there is a parliament, of a head by his own elsewhere."""
    d = rulebook.leadership
    strain = max(0.0, economy.strain - d.strain_borne) if economy is not None else 0.0
    shock = d.fall_backdown * standing.backdowns + d.fall_strain * strain
    if government.regime in PARLIAMENTARY:
        x = d.fall - d.fall_grip * government.grip + d.fall_paralysis * government.paralysis + shock
    else:
        x = d.removal - d.removal_grip * government.grip + shock
    return exact.exp1(min(x, 0.0))


def monthly(
    government: Government, hour: int, economy: Economy | None, standing: Standing, u: float, rulebook: Rulebook,
    *, contested: bool, by_date: bool = False,
) -> str:  # fmt: skip
    """What happens to a government within a month, by one draw: nothing (empty), ``fall``, or ``contest``.

    ``contested``: its head is chosen by voters of the tables and sits the firmer the longer. ``by_date``: its
    ordinary changes come by date; then only what failure abroad and a strained economy add counts.
    """
    if contested:
        years = (hour - government.since) / (dates.DAY * DAYS_A_YEAR)
        government = replace(government, grip=consolidated(government.grip, years, rulebook))
    rate = cabinet_fall_hazard(government, economy, standing, rulebook)
    if by_date:
        rate -= cabinet_fall_hazard(government, None, Standing(), rulebook)
    if u >= 1.0 - exact.exp1(-max(0.0, rate)):
        return ""
    return "contest" if contested else "fall"


def consolidated(grip: float, years: float, rulebook: Rulebook) -> float:
    """The grip of a head so many years after his succession: who makes the appointments sits firmer each year."""
    lost = exact.exp1(-rulebook.leadership.consolidation * max(0.0, years))
    return 1.0 - (1.0 - grip) * lost


def next_cabinet(rows: Iterable[Row], government: Government, hour: int, u: float, rulebook: Rulebook) -> Row | None:
    """Who forms a cabinet after one has fallen: one of that power's other heads of like regime of about that time.

    The nearer in time, the likelier; `None` if the table of governments has nobody else. A cabinet of a few days is no
    model.
    """
    reach = rulebook.leadership.cabinet_years * DAYS_A_YEAR * dates.DAY
    shortest = rulebook.leadership.cabinet_days * dates.DAY
    own = sorted((r for r in rows if r["power"] == government.power), key=lambda r: int(r["from"]))
    ends = [*(r["from"] for r in own[1:]), math.inf]
    others: dict[str, tuple[float, Row]] = {}
    for r, end in zip(own, ends, strict=True):
        if end - r["from"] < shortest:
            continue
        if r["regime"] == government.regime and r["head"] != government.head:
            near = 1.0 - abs(hour - r["from"]) / reach
            if near > others.get(r["head"], (0.0, r))[0]:
                others[r["head"]] = (near, r)
    sought = u * sum(w for w, _ in others.values())
    for near, row in others.values():
        sought -= near
        if sought <= 0:
            return row
    return None


# --- a parliament without a majority ----------------------------------------------------------------------------------


def slump(rows: Iterable[Row], power: str, year: int, rulebook: Rulebook) -> float:
    """Depth of a depression at the end of a year, 0..1: output lost since the best of the years before."""
    known = {r["year"]: r["gdp"] for r in rows if r["power"] == power and r["year"] <= year}
    if not known:
        return 0.0
    span = int(rulebook.leadership.slump_memory_years)
    best = max(g for y, g in known.items() if y >= year - span) if max(known) >= year - span else 0.0
    lost = 1.0 - known[max(known)] / best if best > 0 else 0.0
    return min(1.0, max(0.0, lost / rulebook.leadership.slump))


def support(parties: Sequence[Party], comintern: float, rulebook: Rulebook) -> float:
    """Share of the seats on which a parliamentary government can count.

    Parties that follow an international line tolerate it as far as that line is a united front (-1); the more they
    are needed, the more of the others' loyalty they cost.
    """
    d = rulebook.leadership
    seats = sum(p.seats for p in parties)
    if seats <= 0:
        return 1.0
    front = max(0.0, -comintern)
    led = sum(p.seats * p.follows for p in parties) / seats
    loyal = sum(p.seats * p.loyalty * (1.0 - p.follows) for p in parties) / seats
    return loyal * (1.0 - d.front_scare * front * led) + d.front_tolerance * front * led


def deadlocks(past: Sequence[Sequence[Party]], comintern: float, rulebook: Rulebook) -> int:
    """How many elections in turn, up to the last of ``past``, gave a parliamentary government no majority."""
    count = 0
    for parties in reversed(past):
        if support(parties, comintern, rulebook) >= rulebook.leadership.majority:
            break
        count += 1
    return count


def chancellor_odds(
    parties: Sequence[Party], comintern: float, depression: float, rulebook: Rulebook, *, deadlocked: int = 0
) -> dict[str, float]:
    """Probability of each regime coming out of a parliament, the most hostile to it first, ``republic`` last.

    ``comintern``: -1 united front .. +1 class against class; ``depression`` 0..1; ``deadlocked``: elections in turn
    before this one that gave no majority. A multinomial logit: the republic by the seats it can count on, every other
    regime by the seats of those who seek it, by the executive that would rule by decree for it, by misery, and by how
    often the voters were asked in vain.
    """
    d = rulebook.leadership
    seats = max(1, sum(p.seats for p in parties))
    odds, doubt = {}, 1.0 + d.crisis_deadlock * deadlocked
    for regime, _ in sorted(_hostility(parties).items(), key=lambda r: (-r[1], r[0])):
        behind = [p for p in parties if p.seeks == regime]
        share = sum(p.seats * (1.0 - p.loyalty) for p in behind) / seats
        x = d.crisis + d.crisis_seats * share * doubt + d.crisis_depression * depression
        odds[regime] = x + d.crisis_executive * max(p.executive for p in behind)
    odds[REPUBLIC] = d.crisis_majority * (support(parties, comintern, rulebook) - d.majority)
    peak = max(odds.values())
    parts = {k: exact.exp1(v - peak) for k, v in odds.items()}
    return {k: v / sum(parts.values()) for k, v in parts.items()}


def _hostility(parties: Sequence[Party]) -> dict[str, float]:
    """Each regime that a party seeks in the republic's place, with how little loyalty its friends have."""
    found: dict[str, float] = {}
    for p in parties:
        if p.seeks and p.seeks != REPUBLIC:
            found[p.seeks] = max(found.get(p.seeks, 0.0), 1.0 - p.loyalty)
    return found


def chancellor(odds: Mapping[str, float], u: float) -> str:
    """The regime that one draw picks: the most hostile below the lowest part of it, the republic at the top."""
    for regime, chance in odds.items():
        u -= chance
        if u < 0.0:
            return regime
    return REPUBLIC


def weimar(
    tables: Mapping[str, Sequence[Row]] | Any, power: str, hour: int, comintern: float, depression: float, u: float,
    rulebook: Rulebook,
) -> tuple[Row | None, dict[str, float]]:  # fmt: skip
    """What comes out of a power's parliament at an hour, as a row of governments, and the odds of each regime.

    The row is what `course_of` says of that regime.
    `None` if the power has no elections in the tables up to then.
    """
    held = sorted({r["date"] for r in tables["elections"] if r["power"] == power and r["date"] <= hour})
    if not held:
        return None, {}
    past = [parliament(tables["elections"], tables["parties"], power, at) for at in held]
    before = deadlocks(past[:-1], comintern, rulebook)
    odds = chancellor_odds(past[-1], comintern, depression, rulebook, deadlocked=before)
    return course_of(tables, power, chancellor(odds, u), hour), odds


def course_of(tables: Mapping[str, Sequence[Row]] | Any, power: str, regime: str, hour: int) -> Row | None:
    """The row of a regime of a power at an hour, alternatives before history: its last up to then, else its first."""
    both = ((rank, r) for rank, name in enumerate(("governments", "alternatives")) for r in tables[name])
    rows = sorted(((r["from"], rank, r) for rank, r in both if r["power"] == power and r["regime"] == regime),
                  key=lambda x: x[:2])  # fmt: skip
    past = [r for start, _, r in rows if start <= hour]
    return past[-1] if past else rows[0][2] if rows else None
