"""The books of every economy, from the political tables: history's line, what a power lacks, and who supplies it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import Atlas
from wargame.memo import remembered
from wargame.politics import Economy, Policy, Tables
from wargame.resistance import homes
from wargame.rulebook import Rulebook
from wargame.rules.industry import (
    MONTHS,
    QUIET,
    WEAPONS,
    YEAR,
    Line,
    Needs,
    Outside,
    Row,
    Sectors,
    Trend,
    first_day,
    lived,
    needs_of,
    output,
    strain,
    total_war,
)
from wargame.rules.leverage import cut_off, relief, withheld
from wargame.scenario import Head

LASTING = 6  # months after which a war is a great war and no incident
Rows = Mapping[str, Iterable[Row]] | Any
"""The political tables: rows by the table's name."""


def line_of(tables: Rows, power: str, opening: int, ends: int, rulebook: Rulebook) -> Line | None:
    """History's line of a power from some time before an hour until another; None if the tables have no economy of it.

    Only years of `peace` in the table of economies are followed, and military shares until a war took the power itself:
    from then on output grows by ``trend_growth`` and policy stays, for what a war destroyed or took must come of play.
    """
    past = Past(tables, power)
    if not past.rows:
        return None
    rules = rulebook.industry
    base = _sectors(tables["sectors"], past.rows, power, rulebook)
    start = opening - int(rules.line_years * YEAR)
    if base is not None and base.begins < opening:
        start = base.begins
    needs, known_until = needs_of(tables["materials"], power), past.known_until(ends)
    points: list[Trend] = []
    states: list[Economy] = []
    months = _months(start, ends + int(rules.programme_ahead * YEAR))
    wars = _lasting([past.fights_for_all(min(h, known_until), rulebook) for h in months])
    outbreak = next((dates.year(h) for h, war in zip(months, wars, strict=True) if war), None)
    for hour, war in zip(months, wars, strict=True):
        then = min(hour, known_until)
        policy, foes = past.policy(power, then), past.foes(then)
        levels = _levels(past.rows, dates.year(hour) - 0.5, rulebook)
        levels["military_share"] = _military_share(past.rows, dates.year(hour), outbreak)
        now = Trend(
            hour, rearmament=policy.rearmament, war=war,
            output=past.made(hour), base=base if base is not None and hour >= base.begins else None, **levels,
        )  # fmt: skip
        if states:
            out = past.outside(foes, then, now.war, rulebook)
            state = lived(states[-1], policy, points[-1], now, needs, out, rulebook)
        else:
            state = Economy(power, int(dates.iso(hour)[:4]), now.gdp, now.population, now.steel, now.military_share)
            state = replace(state, strain=strain(state, rulebook, needs=needs, slack=now.slack),
                            spending=now.military_share * now.gdp)  # fmt: skip
        if now.base is not None:
            state = state if state.capital_producer > 0 else first_day(state, now.base)
            made = output(state, now.base)
            now = replace(now, model_gdp=made.gdp, model_steel=made.producer, lives_lost=state.lives_lost)
        points.append(replace(now, spending=state.spending, arms_points=state.arms_points))
        states.append(state)
    return Line(tuple(points), tuple(states))


def _lasting(fighting: list[bool]) -> list[bool]:
    """The months of a great war that are no incident."""
    found = [False] * len(fighting)
    for k in range(len(fighting)):
        if all(fighting[k : k + LASTING]):
            found[k : k + LASTING] = fighting[k : k + LASTING]
    return found


class Past:
    """What the tables say of a power and of those who supplied or fought it, sorted once."""

    def __init__(self, tables: Rows, power: str) -> None:
        self.power = power
        self.rows = sorted((r for r in tables["economy"] if r["power"] == power), key=lambda r: int(r["year"]))
        self.leverage = [r for r in tables["leverage"] if r["on"] == power]
        self.materials = tables["materials"]
        self.armaments = sorted((r for r in tables["armaments"] if r["power"] == power), key=lambda r: int(r["year"]))
        self.fights = _fights(tables["wars"], power)
        self.held = [r for r in tables["occupations"] if r["power"] == power]
        others = {f for _, _, f in self.fights} | {r["of"] for r in self.held}
        self.others = {
            o: sorted((r for r in tables["economy"] if r["power"] == o), key=lambda r: int(r["year"]))
            for o in sorted(others)
        }
        heard = {power} | {r["power"] for r in self.leverage}
        self.rulers: dict[str, list[tuple[int, Policy]]] = {}
        for r in sorted(tables["governments"], key=lambda r: int(r["from"])):
            if r["power"] in heard:
                policy = Policy(**{n: r[n] for n in Policy.__dataclass_fields__})
                self.rulers.setdefault(r["power"], []).append((r["from"], policy))
        self._outside: dict[tuple[Any, ...], Outside] = {}

    def known_until(self, ends: int) -> int:
        """The day up to which its policy and its wars are those of history: the first of its last year of its own."""
        own = [r["year"] for r in self.rows if r["how"] != "war"]
        return ends if not own or own[-1] == self.rows[-1]["year"] else dates.parse(f"{own[-1]}-01-01")

    def policy(self, power: str, hour: int) -> Policy:
        """What the power's government of history, or one that supplies it, wanted."""
        found = self.rulers.get(power, [])
        k = bisect_right(found, hour, key=lambda f: f[0])
        return found[k - 1][1] if k else QUIET

    def foes(self, hour: int) -> tuple[str, ...]:
        """Whom it was at war with."""
        return tuple(sorted({f for a, b, f in self.fights if a <= hour < b}))

    def fights_for_all(self, hour: int, rulebook: Rulebook) -> bool:
        """Whether it was in a war that takes all a power has."""
        foes = self.foes(hour)
        gdp = _levels(self.rows, dates.year(hour) - 0.5, rulebook)["gdp"] if foes else 0.0
        return total_war(gdp, self.weight(foes, hour), rulebook)

    def weight(self, powers: tuple[str, ...], hour: int) -> float:
        """GDP of so many powers together."""
        return sum(_along(self.others[f], dates.year(hour) - 0.5, "gdp") for f in powers if self.others[f])

    def conquest(self, hour: int) -> float:
        """GDP of the lands it held by force."""
        held = [r for r in self.held if r["from"] <= hour < r["to"]]
        return float(sum(r["share"] * self.weight((r["of"],), hour) for r in held))

    def made(self, hour: int) -> dict[str, float]:
        """Weapons a year at an hour, each year's number for its middle."""
        at = dates.year(hour) - 0.5
        return {w: _along(self.armaments, at, w) for w in WEAPONS if self.armaments}

    def outside(self, foes: tuple[str, ...], hour: int, war: bool, rulebook: Rulebook) -> Outside:
        """What the world did to it: whoever leaned to the revisionists sold to them, enemies did not."""
        sellers = {r["power"]: -self.policy(r["power"], hour).foreign for r in self.leverage if r["power"] not in foes}
        held = self.conquest(hour)
        key = (foes, held, war, tuple(sellers.values()))
        if key not in self._outside:
            self._outside[key] = Outside(
                held, 0.0, relief(self.leverage, self.power, sellers),
                withheld(self.leverage, self.power, dict.fromkeys(foes, 1.0), rulebook),
                cut_off(self.materials, foes), war,
            )  # fmt: skip
        return self._outside[key]


def _fights(wars: Iterable[Row], power: str) -> list[tuple[int, int, str]]:
    """From when until when a power was at war with whom."""
    rows = list(wars)
    mine = [r for r in rows if r["power"] == power]
    return [
        (max(m["joined"], r["joined"]), min(m["left"], r["left"]), r["power"])
        for m in mine for r in rows if r["war"] == m["war"] and r["side"] != m["side"] and r["power"] != power
    ]  # fmt: skip


def _levels(rows: list[Row], at: float, rulebook: Rulebook) -> dict[str, float]:
    """The table's figures at a time in years, each year's for its middle; beyond its last year of peace they grow."""
    rules = rulebook.industry
    peace = [r for r in rows if r["how"] == "peace"] or rows[:1]
    gdp, people, steel = (_along(peace, at, n) for n in ("gdp", "population", "steel"))
    beyond = max(0.0, at - peace[-1]["year"])
    growth = 1.0 + rules.trend_growth * beyond
    best = max((r["gdp"] for r in peace if at - rules.slack_years <= r["year"] <= at), default=gdp)
    return {
        "gdp": gdp * growth,
        "population": people * (1.0 + rules.trend_people * beyond),
        "steel": steel * growth,
        "military_share": _military_share(rows, at + 0.5, None),
        "slack": max(0.0, 1.0 - gdp * growth / best),
    }


def _military_share(rows: list[Row], year: float, outbreak: float | None) -> float:
    """The table's military share at a time in years, each year's for its middle.

    In the year of a great war's ``outbreak`` it goes on till then as it did in the year before, and from then on is
    what makes the table's figure of the year, but no more than the next year's.
    """
    known = [r for r in rows if r["how"] != "war"] or rows[:1]
    share = {int(r["year"]): float(r["military_share"]) for r in known}
    broke = int(outbreak) if outbreak is not None else 0
    plain = _along(known, year - 0.5, "military_share")
    if outbreak is None or not {broke - 2, broke - 1, broke} <= share.keys() or not broke - 0.5 <= year < broke + 1.5:
        return plain
    mean, before, part = share[broke], share[broke - 1], outbreak - broke
    rise = max(0.0, before - share[broke - 2])
    if year < outbreak:
        return min(mean, before + rise * (year - broke + 0.5))
    fought = (mean - part * min(mean, before + rise * (0.5 + part / 2))) / max(1.0 - part, 0.1)
    after = share.get(broke + 1, fought)
    fought = min(fought, max(mean, after))
    return fought + (after - fought) * max(0.0, 2.0 * (year - broke - 1.0))


def _along(rows: list[Row], at: float, name: str) -> float:
    """A column of yearly rows at a time in years, straight between them; the first or last beyond."""
    k = bisect_right(rows, at, key=lambda r: float(r["year"]))
    if k == 0 or k == len(rows):
        return float(rows[max(0, k - 1)][name])
    a, b = rows[k - 1], rows[k]
    return float(a[name] + (at - a["year"]) / (b["year"] - a["year"]) * (b[name] - a[name]))


def _sectors(rows: Iterable[Row], economy: list[Row], power: str, rulebook: Rulebook) -> Sectors | None:
    """The first day of a power's sectors, if it plans its economy."""
    for r in rows:
        if r["power"] == power:
            then = _levels(economy, dates.year(r["begins"]) - 0.5, rulebook)
            return Sectors(
                r["begins"], r["producer"], r["farm"], r["capital_producer"], r["capital_consumer"], r["works"],
                r["town"], r["collective"], then["gdp"], then["population"], then["military_share"],
            )  # fmt: skip
    return None


def _months(start: int, ends: int) -> list[int]:
    """Hours a twelfth of a year apart, the first at the start, the last at the end or just beyond."""
    month = YEAR / MONTHS
    return [int(start + k * month) for k in range(math.ceil((ends - start) / month) + 1)]


@dataclass(frozen=True, eq=False)
class Books:
    """What is fixed about the economies of a scenario: history's lines, what each lacks, who supplies it, its home."""

    lines: Mapping[str, Line]
    needs: Mapping[str, Needs]
    suppliers: Mapping[str, tuple[Row, ...]]
    makers: frozenset[str]  # those on the map whose weapons are on record
    home: NDArray[np.int64]  # power number of each province's first owner
    people: NDArray[np.float64]  # weight of each province
    opening: int
    _levels: dict[tuple[str, int], Trend] = field(default_factory=dict)

    def at(self, power: str, hour: int) -> Trend:
        """History's line of a power at an hour; runs reckon on the same days, so it is kept."""
        if (power, hour) not in self._levels:
            self._levels[power, hour] = self.lines[power].at(hour)
        return self._levels[power, hour]


@remembered
def books_of(tables: Tables, atlas: Atlas, head: Head, rulebook: Rulebook) -> Books:
    """The books of a scenario, kept for all its runs."""
    lines = {}
    for power in sorted({r["power"] for r in tables["economy"]}):
        line = line_of(tables, power, head.opening, head.ends, rulebook)
        if line is not None:
            lines[power] = line
    return Books(
        lines,
        {p: needs_of(tables["materials"], p) for p in lines},
        {p: tuple(r for r in tables["leverage"] if r["on"] == p) for p in lines},
        frozenset(r["power"] for r in tables["armaments"] if r["power"] in atlas.power_number),
        homes(atlas),
        np.maximum(atlas.population_k, 1.0),
        head.opening,
    )
