"""``docs/orders_of_battle.md``: how complete and how sure the shipped orders of battle are, by power and date.

``python -m tests.orders_of_battle.page`` writes its tables anew after a change of the data; a test says when that is
due. What stands between the tables is written by hand and stays.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tests.orders_of_battle.shipped import (
    CHECKS,
    DEPLOYMENTS,
    FILES,
    POWERS,
    ROOT,
    SUPERIORS,
    Total,
    atlas,
    commanders,
    dated,
    of,
    on,
    read,
    superiors,
    totals,
)
from wargame import dates
from wargame.load.air_sea import CAPITAL_SHIPS
from wargame.load.tables import STATUSES
from wargame.show.muster import coverage

PAGE = ROOT / "docs" / "orders_of_battle.md"
TABLE = re.compile(r"(<!-- table: (?P<what>[a-z ]+) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---" if k == 0 else "---:" for k in range(len(heads))], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def by_power_and_date() -> str:
    """One line for each deployment: what is alive, what is placed, and how sure the rows are."""
    rows = []
    for power in POWERS:
        for r in coverage(of(power), [power.upper()]):
            checked = totals(f"{r['date']}_{power}") if f"{r['date']}_{power}" in CHECKS else ()
            agree = sum(t.agrees for t in checked)
            rows.append(
                (
                    *(f"{power.upper()} {r['date']}", f"{r['formations']:,}", f"{r['deployed']:,}"),
                    *(f"{r['divisions']:g}", f"{r['brigades']:,}", f"{r['men']:,}"),
                    *(_percent(r["verified"]), _percent(r["verified"] + r["partly"])),
                    *(_percent(r["places_verified"]), _percent(r["places_verified"] + r["places_partly"])),
                    f"{agree} of {len(checked)}" if checked else "none",
                )
            )
    heads = ("power and date", "formations", "placed", "divisions", "brigades", "men", "rows verified",
             "or partly", "places verified", "or partly", "totals that agree")  # fmt: skip
    return _table(heads, rows)


def rows_by_status() -> str:
    """Rows of every kind of file by status."""
    rows = []
    for kind in ("establishments", "formations", "careers", "deployments", "air", "navies"):
        counted = Counter(row["status"] for path in sorted((FILES / kind).glob("*.csv")) for row in read(path))
        if counted:
            rows.append((kind, f"{counted.total():,}", *(_percent(counted[s] / counted.total()) for s in STATUSES)))
    return _table(("file", "rows", *STATUSES), rows)


def known_differences() -> str:
    """Published totals from which the files differ, and why."""
    rows = [_difference(name, t) for name in CHECKS for t in totals(name) if t.known_difference]
    return _table(("power and date", "what", "published", "here", "why"), rows)


def _difference(name: str, t: Total) -> tuple[str, ...]:
    date, power = dated(name)
    what = f"{t.army.replace('|', ', ') or 'all'}: {t.quantity.replace('_', ' ')}"
    why = t.known_difference.replace("|", "\\|")
    return (f"{power.upper()} {date}", what, f"{t.expected:,.0f}", f"{t.here:,.0f}", why)


LEAST_CERTAIN = (
    ("1941-04-06_ger", "", "everything but the Balkans",
     "divisions in France, Poland and at home stand where they are remembered to have spent the winter"),
    ("1940-06-05_ger", "", "the regrouping after Dunkirk",
     "which corps and armies had which divisions on the day; no second list of that day was found"),
    ("1940-06-05_fra", "", "behind the Somme and the Aisne",
     "divisions newly raised or rebuilt, and the corps of the 7th, 10th and 6th Armies"),
    ("1940-04-09_ger", "", "the West a month before the attack",
     "the second list is that of 10 May; who changed corps in between is not known"),
    ("1938-09-30_ger", "", "divisions by corps, and the reserve and Landwehr divisions",
     "army totals and leaders are read; a second list has the corps of peace, not the plan's; few places are read"),
    ("1941-06-22_ger", "ger_okh_reserve", "reserve of the high command",
     "who was already on the way, and where to; ten of them stand with their armies in France in a second list"),
    ("1941-06-22_sov", "sov_kovo sov_zapovo", "Kiev and Western districts, their second echelons above all",
     "corps agree with a second list; 21, 44, 47 and 31, 36, 49, 55 Corps were on the march, and places were not read"),
    ("1939-09-17_sov", "sov_ukrainskiy_front", "Ukrainian Front, the 12th Army above all",
     "which divisions had come up on the day, and under which corps"),
    ("1938-09-30_sov", "", "the divisions that no order names",
     "twelve and seventeen more were made ready besides those named; which they were is a guess by district"),
    ("1939-08-31_fra", "", "the first days of the mobilisation",
     "which active divisions had left their garrisons, and the corps of each army"),
)  # fmt: skip
"""Deployments file, headquarters (none: the whole file), what, and why: places to mistrust most, by their weight."""


def second_lists() -> str:
    """By power and date, those not checked with them: superiors and commanders that agree with a second source."""
    led: dict[str, list[bool]] = {}
    for c in commanders():
        led.setdefault(f"{c.date}_{c.army.partition('_')[0]}", []).append(c.agrees)
    rows = []
    for name in sorted({*DEPLOYMENTS, *SUPERIORS, *led}, key=lambda n: (dated(n)[1], n)):
        date, power = dated(name)
        placed = read(FILES / "deployments" / f"{name}.csv") if name in DEPLOYMENTS else []
        under = [s.agrees for s in superiors(name)] if name in SUPERIORS else []
        rows.append(
            (
                *(f"{power.upper()} {date}", f"{len(placed):,}"),
                _agreed(under) or ("none" if any(r["parent"] for r in placed) else "nobody above"),
                _agreed(led.get(name, [])) or ("none" if _armies(name) else "no army"),
            )
        )
    return _table(("power and date", "rows", "superiors that agree", "commanders of armies that agree"), rows)


def _agreed(rows: Sequence[bool]) -> str:
    return f"{sum(rows)} of {len(rows)}" if rows else ""


def _armies(name: str) -> bool:
    """Whether a deployment has an army or what stands over armies."""
    date, power = dated(name)
    there = {r["formation"] for r in read(FILES / "deployments" / f"{name}.csv")}
    return any(s.kind in {"army", "army_group"} for s in on(date, power) if s.id in there)


def least_certain() -> str:
    """The ten least certain places, with the rows that nobody has read about."""
    rows = []
    for name, above, what, why in LEAST_CERTAIN:
        placed = read(FILES / "deployments" / f"{name}.csv")
        here = {r["formation"] for r in placed} if not above else set(above.split())
        while found := {r["formation"] for r in placed if r["parent"] in here} - here:
            here |= found
        mine = [r for r in placed if r["formation"] in here]
        assert len(mine) > 1, f"nothing stands under {above} in {name}"
        unread = sum(r["status"] in {"memory", "judgement", "derived"} for r in mine)
        date, power = dated(name)
        rows.append((f"{power.upper()} {date}: {what}", f"{unread} of {len(mine)}", why))
    return _table(("where", "rows nobody read about", "why"), rows)


def air_and_sea() -> str:
    """Aircraft by dated file, and capital and other ships in service on some days."""
    rows: list[tuple[object, ...]] = []
    for power in POWERS:
        found = of(power)
        for hour, aircraft in found.air.get(power.upper(), ()):
            number = sum(a.row["number"] for a in aircraft)
            fit = sum(a.row["number"] * a.row["serviceable"] for a in aircraft)
            rows.append((f"{power.upper()} {dates.iso(hour)}", f"{number:,} aircraft, {fit:,.0f} serviceable"))
        for day in ("1936-03-07", "1939-09-01", "1941-06-22") if found.navies.get(power.upper()) else ():
            hour = dates.parse(day)
            ships = [s for s in found.ships(hour) if s.state(hour) == "in service" and s.row["kind"] != "transport"]
            capital = sum(s.row["count"] for s in ships if s.row["kind"] in CAPITAL_SHIPS)
            others = sum(s.row["count"] for s in ships) - capital
            rows.append((f"{power.upper()} {day}", f"{capital} capital ships and carriers, {others:,} other warships"))
    return _table(("power and date", "strength"), rows) if rows else "Nothing yet.\n"


TABLES: dict[str, Callable[[], str]] = {
    "by power and date": by_power_and_date,
    "rows by status": rows_by_status,
    "second lists": second_lists,
    "known differences": known_differences,
    "least certain": least_certain,
    "air and sea": air_and_sea,
}


def renewed(text: str) -> str:
    """The page with its tables as the files have them today."""
    return TABLE.sub(lambda m: m[1] + TABLES[m["what"]]() + m[4], text)


def main() -> None:
    """Write the page's tables anew."""
    old = PAGE.read_text(encoding="utf-8")
    new = renewed(old)
    if new != old:
        PAGE.write_text(new, encoding="utf-8")
        sys.stdout.write(f"{PAGE.name}: tables renewed for {len(POWERS)} powers on map {atlas().id}\n")


if __name__ == "__main__":
    main()
