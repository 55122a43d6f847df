"""After the clock has stopped: what a run's last day leads to by the rules of the long run, with bands of judgement.

The odds are those of the edition's numbers over many throws. The bands draw the chapter's numbers anew between their
bounds; what they do not hold is that the rules themselves may be wrong, which for eighty years is the greater doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.conditions import BEATEN
from wargame.dice import Dice
from wargame.rulebook import Rulebook
from wargame.rules import longrun
from wargame.rules.longrun import Fates, OpenWar, Start
from wargame.world import World

YEARS = (1945, 1953, 1991, 2025)
LAST = YEARS[-1]
OPINIONS = 24
"""Sets of numbers behind a band."""
LOW, HIGH = 0.1, 0.9
THROWS = 100
"""Throws for each run of a study."""
CHAPTER = "longrun."


def starts(world: World) -> list[Start]:
    """Every power with a government and an economy as a world leaves it, the one with most means first."""
    polity, found = world.polity, []
    for power, e in polity.economies.items():
        government = polity.governments.get(power)
        if government is None or e.population <= 0:
            continue
        market, lost = government.policy.agriculture < 0, _is_lost(world, power)
        found.append(Start(power, government.regime, 1000.0 * e.gdp / e.population, e.disposable, market, lost))
    return sorted(found, key=lambda s: (-s.means, s.power))


def _is_lost(world: World, power: str) -> bool:
    """Whether a power is beaten and nobody has freed it: its enemies in some war are beaten too and a friend is not."""
    beaten = {p for p, s in world.powers.items() if s.standing in BEATEN}
    if power not in beaten:
        return False
    for war in world.wars.values():
        for own, other in ((war.attackers, war.defenders), (war.defenders, war.attackers)):
            if power in own and beaten.issuperset(other) and not beaten.issuperset(own):
                return False
    return True


def open_wars(world: World) -> list[OpenWar]:
    """The wars still going on, with those who fight in them from afar."""
    found = []
    for war in world.wars.values():
        if f"ceased:{war.id}" in world.flags:
            continue
        sides = [list(war.attackers), list(war.defenders)]
        for flag in sorted(f for f in world.flags if f.startswith("belligerent:")):
            far, near = flag.split(":")[1:]
            for own, members in enumerate((war.attackers, war.defenders)):
                if near in members and far not in sides[1 - own]:
                    sides[1 - own].append(far)
        found.append(OpenWar(war.id, tuple(sides[0]), tuple(sides[1])))
    return found


def after(world: World, years: Sequence[int], rulebook: Rulebook, seed: int, throws: int) -> tuple[list[Start], Fates]:
    """The powers at the end of a world, and what becomes of them in so many throws of one seed's dice."""
    field = starts(world)
    return field, longrun.play(field, open_wars(world), _year(world), years, rulebook, Dice(seed), throws)


def outlook(world: World, rulebook: Rulebook, throws: int, powers: Sequence[str] = ()) -> dict[str, Any]:
    """Odds and ranges for the powers named, or the eight with most means, as plain data; `ValueError` if none is."""
    field, fates = after(world, YEARS, rulebook, 0, throws)
    known, few = [s.power for s in field], max(40, throws // OPINIONS)
    others = [after(world, YEARS, _opinion(rulebook, k), k, few)[1] for k in range(1, OPINIONS + 1)]
    return {
        "from": dates.iso(world.hour),
        "throws": throws,
        "leader": max(field, key=lambda s: s.income).power if field else "",
        "wars": [
            {"war": w.id, "attackers": list(w.attackers), "defenders": list(w.defenders)} for w in open_wars(world)
        ],
        "powers": [_power(field, fates, others, known.index(p)) for p in (powers or known[:8])],
    }


def chance(world: World, rulebook: Rulebook, seed: int, power: str, year: int, of: str) -> float | None:
    """One answer of a study about one world, over `THROWS` throws; `None` for a power without an economy.

    ``of`` regime: the share of throws in which it still stands; ``output``: the median share of the leader's.
    """
    field = starts(world)
    if power not in [s.power for s in field]:
        return None
    k = [s.power for s in field].index(power)
    fates = longrun.play(field, open_wars(world), _year(world), (year,), rulebook, Dice(seed), THROWS)
    return float(fates.stands(year)[:, k].mean() if of == "regime" else np.median(fates.share[:, k, 0]))


def _power(field: Sequence[Start], fates: Fates, others: Sequence[Fates], k: int) -> dict[str, Any]:
    start = field[k]
    leader = max(s.income for s in field)
    return {
        "power": start.power,
        "regime": start.regime,
        "income": round(start.income),
        "share": round(start.income / leader, 3),
        "stands": {
            str(y): _band(float(fates.stands(y)[:, k].mean()), [float(o.stands(y)[:, k].mean()) for o in others])
            for y in fates.years
        },
        "defeated": round(float(fates.defeated[:, k].mean()), 3),
        "shares": {
            str(y): _span(
                np.concatenate([fates.share[:, k, n], *(o.share[:, k, n] for o in others)]), fates.share[:, k, n]
            )
            for n, y in enumerate(fates.years)
            if fates.share[:, k, n].any()
        },
    }


def _band(value: float, drawn: Sequence[float]) -> dict[str, float]:
    low, high = np.quantile(sorted(drawn), (LOW, HIGH), method="inverted_cdf")
    return {"p": round(value, 3), "low": round(min(float(low), value), 3), "high": round(max(float(high), value), 3)}


def _span(every: NDArray[np.float64], standard: NDArray[np.float64]) -> dict[str, float]:
    low, high = np.quantile(np.sort(every), (LOW, HIGH), method="inverted_cdf")
    return {"median": round(float(np.median(standard)), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


def _opinion(rulebook: Rulebook, k: int) -> Rulebook:
    """The chapter's numbers as somebody else might judge them."""
    dice, values = Dice(k), {}
    for n in (rulebook.number(name) for name in rulebook.numbers if name.startswith(CHAPTER)):
        if n.low is not None and n.high is not None:
            values[n.name] = n.low + (n.high - n.low) * dice.uniform("opinion", n.name)
    return rulebook.changed(values)


def _year(world: World) -> int:
    """The last whole year of a world."""
    return (
        int(dates.iso(world.hour)[:4]) - 1 if dates.iso(world.hour)[5:10] == "01-01" else int(dates.iso(world.hour)[:4])
    )
