"""What a power would have made, and whom it would have cost, on other paths of policy: by year, with bands.

The middle is that of the edition's numbers; the bands draw the uncertain ones anew between their bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from wargame import books, dates
from wargame.dice import Dice
from wargame.errors import UsageError
from wargame.load import catalogue
from wargame.load.catalogue import Register
from wargame.politics import Economy, Tables
from wargame.rulebook import Rulebook
from wargame.rules import industry
from wargame.rules.industry import Line, Trend

OPINIONS = 24
"""Sets of numbers behind a band."""
LOW, HIGH = 0.1, 0.9
BRANCHES: Mapping[str, Mapping[str, float]] = {
    "history": {},
    "market": {"agriculture": -0.8, "tempo": 0.2, "repression": 0.4, "purge": 0.1},
    "planned market": {"agriculture": -0.6, "tempo": 0.6, "repression": 0.4, "purge": 0.1},
}
"""What each path changes in the policy of history's governments."""
DRAWN = (
    *("heavy", "heavy_tempo", "building_years", "wear", "arms_cost", "market_saving", "collectivising", "slaughter"),
    *("farm_recovery", "farm_growth", "marketed", "marketed_forced", "migration", "food_need", "famine", "terror"),
    *("camps", "disorder_farms", "disorder_famine", "disorder_purge", "disorder_years", "line_common", "line_far"),
    *("strain_drag", "arms_years"),
)
"""Numbers of the chapter that a band draws."""
ATTEMPTS = 12
"""Sets of numbers thrown for each one that agrees with what is known."""
KNOWN_BY = 1939
LOSSES = (6.0, 10.5)
"""Million dead by policy under history's government up to the middle of that year: famine 5.5 to 8.5, and executions,
deportation and camps."""
CLOSE = 0.12
"""Share by which the model may miss output in the years to which it was fitted."""
FITTED = (1930, 1936)
SHOWN = ("gdp", "steel", "population", "military_share", "strain", "lives_lost", "arms_points", "tanks", "aircraft")
ASKED: Mapping[str, tuple[str, str]] = {
    "gdp": ("gdp", "milliard dollars of 1990 a year"),
    "steel": ("steel", "million tonnes a year"),
    "tanks": ("tanks", "made since the first day, by the middle of the year"),
    "aircraft": ("aircraft", "made since the first day, by the middle of the year"),
    "people": ("lives_lost", "million dead of hunger and repression since the first day"),
    "strain": ("strain", "0 to 1"),
}
"""What can be asked of a power's economy: the number it is, and its unit."""
SPARED = 0.5
"""Purge below which a path's officers keep their posts."""


def paths(
    tables: Tables, power: str, opening: int, ends: int, rulebook: Rulebook,
    branches: Mapping[str, Mapping[str, float]] = BRANCHES, opinions: int = OPINIONS,
) -> dict[str, Any]:  # fmt: skip
    """Each path of a power by year from an hour to another, with bands and with what it is of history's; plain data.

    `UsageError` if the tables have no economy of it.
    """
    known = [(rulebook, _line(tables, power, opening, ends, rulebook))]
    known += _credible(tables, power, opening, ends, rulebook, opinions)
    books, lines = zip(*known, strict=True)
    rows = []
    for name, changes in branches.items():
        found = [_path(tables, power, opening, ends, changes, lines[k], book) for k, book in enumerate(books)]
        for y, (year, _, _) in enumerate(found[0]):
            row: dict[str, Any] = {"path": name, "year": year}
            for what in SHOWN:
                values = [float(getattr(path[y][1], what)) for path in found]
                low, high = np.quantile(values[1:], [LOW, HIGH]) if values[1:] else (values[0], values[0])
                row[what] = {"value": values[0], "low": float(low), "high": float(high)}
            state, line = found[0][y][1:]
            row["of_history"] = {"gdp": state.gdp / line.gdp, "steel": state.steel / line.steel if line.steel else 1.0}
            rows.append(row)
    return {"power": power, "from": dates.iso(opening), "to": dates.iso(ends), "opinions": len(books) - 1, "rows": rows}


def _credible(
    tables: Tables, power: str, opening: int, ends: int, rulebook: Rulebook, wanted: int
) -> list[tuple[Rulebook, Line]]:
    """Sets of numbers under which history's own path is about what it was: people lost, and output while it was fitted.

    Numbers that agree with what is known only together are not drawn apart; if too few agree the band has fewer.
    """
    found: list[tuple[Rulebook, Line]] = []
    for k in range(wanted * ATTEMPTS):
        book = _drawn(rulebook, Dice(k))
        line = _line(tables, power, opening, ends, book)
        if _agrees(line):
            found.append((book, line))
        if len(found) == wanted:
            break
    return found


def _agrees(line: Line) -> bool:
    end = line.at(_middle(KNOWN_BY))
    if end.base is None:
        return True
    fitted = [line.at(_middle(y)) for y in range(FITTED[0], FITTED[1] + 1)]
    near = all(abs(t.model_gdp / t.gdp - 1.0) <= CLOSE for t in fitted if t.model_gdp > 0)
    return near and LOSSES[0] <= end.lives_lost <= LOSSES[1]


def answer(
    tables: Tables, power: str, what: str, ends: int, rulebook: Rulebook, opinions: int = OPINIONS
) -> dict[str, Any]:
    """One number of a power's economy by year on each path, beside what the tables have of history; plain data.

    ``what``: one of `ASKED`. ``history`` is `None` where the tables have no such number; ``misses`` are the model's own
    errors by year, shares, of output and steel. `UsageError` as of `paths`.
    """
    name, unit = ASKED[what]
    first, branches = _span(tables, power)
    found = paths(tables, power, first, ends, rulebook, branches, opinions if len(branches) > 1 else 0)
    rows: dict[int, dict[str, Any]] = {}
    for r in found["rows"]:
        row = rows.setdefault(r["year"], {"year": r["year"], "history": _known(tables, power, what, first, r["year"])})
        own: dict[str, Any] = {"path": r["path"], **r[name]}
        if row["history"]:
            own["of_history"] = r[name]["value"] / row["history"]
        row.setdefault("paths", []).append(own)
        if what == "people" and r["path"] != "history":
            own["saved"] = row["paths"][0]["value"] - own["value"]
            own["saved_low"], own["saved_high"] = (
                max(0.0, row["paths"][0][here] - own[there]) for here, there in (("low", "high"), ("high", "low"))
            )
    misses: list[dict[str, float]] = []
    if what in ("gdp", "steel"):
        misses = [{"year": m["year"], "error": m[f"{what}_error"]} for m in fit(tables, power, first, ends, rulebook)]
    return {"power": power, "what": what, "unit": unit, "from": found["from"], "opinions": found["opinions"],
            "rows": list(rows.values()), "misses": misses}  # fmt: skip


def _span(tables: Tables, power: str) -> tuple[int, Mapping[str, Mapping[str, float]]]:
    """The first day from which a power's paths are told, and the paths it has."""
    for r in tables["sectors"]:
        if r["power"] == power:
            return int(r["begins"]), BRANCHES
    return dates.parse("1924-01-01"), {"history": {}}


def _known(tables: Tables, power: str, what: str, first: int, year: int) -> float | None:
    """What the tables have of history for the middle of a year."""
    if what in ("gdp", "steel"):
        found = (r[what] for r in tables["economy"] if (r["power"], r["year"], r["how"]) == (power, year, "peace"))
        return next(map(float, found), None)
    if what in industry.WEAPONS:
        begins = int(dates.iso(first)[:4])
        rows = {r["year"]: float(r[what]) for r in tables["armaments"] if r["power"] == power}
        if year not in rows:
            return None
        return sum(n * (0.5 if y in (begins, year) else 1.0) for y, n in rows.items() if begins <= y <= year)
    return None


def officers(
    tables: Tables, power: str, ends: int, rulebook: Rulebook, data: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Officers of a power's army at the middle of each year and path: posts, and posts filled by men trained for them.

    Its formations are those of the orders of battle on the day of history's programme that the path has reached; on
    paths without a purge nobody was removed. Bands: the rulebook's share of officers among men between its bounds.
    """
    first, branches = _span(tables, power)
    line = _line(tables, power, first, ends, rulebook)
    registers: dict[bool, Register] = {}
    share = rulebook.number("raising.officer_share")
    low, high = (x / share.value for x in (share.low or share.value, share.high or share.value))
    rows = []
    for name, changes in branches.items():
        spared = changes.get("purge", 1.0) < SPARED
        if spared not in registers:
            without = (power,) if spared else ()
            registers[spared] = catalogue.register((power,), data, rulebook=rulebook, without_purge=without)
        for year, state, _ in _path(tables, power, first, ends, changes, line, rulebook):
            hour = _middle(year)
            late = industry.behind(state, line, first, hour, rulebook)
            posts = trained = 0.0
            for s in registers[spared].on(hour - late):
                men, kept = float(s.now["men"]), float(s.now["officers_continuity"])
                if not s.is_hq and math.isfinite(men):
                    posts += share.value * men
                    trained += share.value * men * (kept if math.isfinite(kept) else 0.5)
            rows.append({"path": name, "year": year, "behind_months": round(late / industry.MONTH),
                         "posts": {"value": posts, "low": low * posts, "high": high * posts},
                         "trained": {"value": trained, "low": low * trained, "high": high * trained}})  # fmt: skip
    return sorted(rows, key=lambda r: int(r["year"]))


def fit(tables: Tables, power: str, opening: int, ends: int, rulebook: Rulebook) -> list[dict[str, float]]:
    """The model of sectors under history's policy against the tables, by year; shares of error, empty without model."""
    line = _line(tables, power, opening, ends, rulebook)
    base = next((t.base for t in line.points if t.base is not None), None)
    if base is None:
        return []
    first = line.at(base.begins + dates.DAY)
    rows = []
    for year in range(int(dates.iso(base.begins)[:4]) + 1, int(dates.iso(ends)[:4])):
        t = line.at(_middle(year))
        steel = first.steel * t.model_steel / first.model_steel
        rows.append({"year": year, "gdp": t.gdp, "gdp_model": t.model_gdp, "gdp_error": t.model_gdp / t.gdp - 1.0,
                     "steel": t.steel, "steel_model": steel, "steel_error": steel / t.steel - 1.0})  # fmt: skip
    return rows


def _path(
    tables: Tables, power: str, opening: int, ends: int, changes: Mapping[str, float], line: Line, book: Rulebook
) -> list[tuple[int, Economy, Trend]]:
    """A path at the middle of each year."""
    state = line.economy(opening)
    needs = industry.needs_of(tables["materials"], power)
    past = books.Past(tables, power)
    found, hour = [], opening
    year = int(dates.iso(opening)[:4]) + (_middle(int(dates.iso(opening)[:4])) <= opening)
    for month in range(1, int((ends - opening) / industry.YEAR * industry.MONTHS) + 1):
        later = opening + int(month * industry.YEAR / industry.MONTHS)
        then = min(later, past.known_until(ends))
        policy = replace(past.policy(power, then), **changes)
        after = line.at(later)
        outside = past.outside(past.foes(then), then, after.war, book)
        state = industry.step(
            state, policy, 1, trend=(line.at(hour), after), rulebook=book, needs=needs, outside=outside
        )
        hour = later
        if hour >= _middle(year):
            found.append((year, state, after))
            year += 1
    return found


def _line(tables: Tables, power: str, opening: int, ends: int, rulebook: Rulebook) -> Line:
    line = books.line_of(tables, power, opening, ends, rulebook)
    if line is None:
        known: Sequence[str] = sorted({r["power"] for r in tables["economy"]})
        raise UsageError(f"the tables have no economy of {power}; there is: {', '.join(known)}")
    return line


def _middle(year: int) -> int:
    return dates.parse(f"{year}-07-02")


def _drawn(rulebook: Rulebook, dice: Dice) -> Rulebook:
    """The numbers of the chapter with the uncertain ones drawn between their bounds."""
    changes = {}
    for n in DRAWN:
        number = rulebook.number(f"industry.{n}")
        low, high = (number.value if x is None else x for x in (number.low, number.high))
        changes[number.name] = low + (high - low) * dice.uniform("opinion", n)
    return rulebook.changed(changes)
