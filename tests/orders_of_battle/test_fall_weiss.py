"""The orders of battle of September 1939 against published totals by army, with tolerances and known differences.

The rows to check stand in ``tests/data/oob_checks_1939_*.csv``. A row with a known difference must still differ: when
it no longer does, the list is out of date.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPENING = "1939-09-01"
DEPLOYMENTS = {"ger": "1939-09-01_ger", "svk": "1939-09-01_svk", "pol": "1939-09-01_pol", "sov": "1939-09-17_sov"}


@dataclass(frozen=True)
class Row:
    """One deployed formation with the numbers of its formations file."""

    id: str
    parent: str
    kind: str
    divisions: float
    men: float
    guns: float
    tanks: float
    aircraft: float
    arrives: str
    raised: str


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float:
    return float(text) if text else 0.0


def rows(power: str) -> list[Row]:
    formations = {f["id"]: f for f in read(ROOT / f"orders_of_battle/formations/{power}.csv")}
    found = []
    for d in read(ROOT / f"orders_of_battle/deployments/{DEPLOYMENTS[power]}.csv"):
        f = formations[d["formation"]]
        values = (number(f[q]) for q in ("divisions", "men", "guns", "tanks", "aircraft"))
        found.append(Row(f["id"], d["parent"], f["kind"], *values, d["arrives"], f["raised"]))
    return found


def under(army: str, everybody: list[Row]) -> list[Row]:
    above = {r.id: r.parent for r in everybody}

    def chain(name: str) -> Iterator[str]:
        while name:
            yield name
            name = above.get(name, "")

    return [r for r in everybody if army in chain(r.id)]


def scope(army: str) -> list[Row]:
    """The rows a check speaks of: a headquarters with all under it, a power, or the German east or west."""
    if army.isupper():
        return rows(army.lower())
    power = army.partition("_")[0]
    everybody = rows(power)
    west = under("ger_heeresgruppe_c", everybody)
    if army == "ger_all":
        return everybody
    if army == "ger_west":
        return west
    if army == "ger_east":
        elsewhere = {r.id for r in west} | {"ger_luftflotte_2", "ger_luftflotte_3"}
        return [r for r in everybody if r.id not in elsewhere]
    return under(army, everybody)


COUNTS = {
    "infantry_divisions": (
        ("infantry", "mountain", "aggregate_infantry"),
        lambda r: r.divisions if r.divisions >= 1 else 0,
    ),
    "cavalry_brigades": (("cavalry",), lambda r: float(r.divisions < 1)),
    "motorised_brigades": (("motorised",), lambda r: float(r.divisions < 1)),
    "mountain_brigades": (("mountain",), lambda r: float(r.divisions < 1)),
    "cavalry_divisions": (("cavalry",), lambda r: r.divisions),
}


def total(army: str, quantity: str) -> float:
    found = [r for r in scope(army) if not (r.raised > OPENING and army.startswith(("POL", "pol")))]
    if quantity in COUNTS:
        kinds, count = COUNTS[quantity]
        return sum(count(r) for r in found if r.kind in kinds)
    present = [r for r in found if not r.arrives] if army.startswith(("ger", "svk")) else found
    if quantity in {"men", "guns", "tanks"}:
        return float(sum(getattr(r, quantity) for r in present))
    if quantity == "aircraft":
        return sum(r.aircraft for r in found)
    complete = found if quantity == "mountain" else present  # 1 Mountain Division counts though it closed up on the 4th
    return sum(
        r.divisions for r in complete if r.kind == quantity and (r.divisions >= 1 or quantity == "aggregate_infantry")
    )


CHECKS = [c for name in ("ger", "pol") for c in read(ROOT / f"tests/data/oob_checks_1939_{name}.csv")]


@pytest.mark.parametrize("check", CHECKS, ids=[f"{c['army']}-{c['quantity']}" for c in CHECKS])
def test_totals_against_published_figures(check: dict[str, str]) -> None:
    here, expected = total(check["army"], check["quantity"]), float(check["expected"])
    off = abs(here - expected) / max(expected, 1.0) * 100.0
    agrees = off <= float(check["tolerance_percent"]) + 1e-9
    if check["known_difference"]:
        assert not agrees, f"{here:,.0f} agrees with {expected:,.0f}: strike the known difference off the list"
    else:
        assert agrees, f"{here:,.0f} here, {expected:,.0f} published ({check['source']}): {off:.1f} % off"


def test_every_row_says_where_it_comes_from() -> None:
    for power, deployment in DEPLOYMENTS.items():
        for folder, name in (("formations", power), ("deployments", deployment)):
            for line, row in enumerate(read(ROOT / f"orders_of_battle/{folder}/{name}.csv"), start=2):
                assert row["source"], f"{folder}/{name}.csv line {line}"
                assert row["status"] in {"verified", "partly", "memory", "derived", "judgement"}, f"{name} line {line}"


def test_poland_is_still_mobilising_on_the_first_day() -> None:
    deployed = read(ROOT / f"orders_of_battle/deployments/{DEPLOYMENTS['pol']}.csv")
    divisions = [
        d for d in deployed if d["formation"].endswith("_dp") and not d["formation"].startswith(("pol_50", "pol_60"))
    ]
    ready = [d for d in divisions if number(d["readiness"]) >= 0.9 and not d["arrives"]]
    assert len(divisions) == 39
    assert 0.5 <= len(ready) / len(divisions) <= 0.7  # half to two thirds were ready
