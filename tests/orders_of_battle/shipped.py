"""The shipped orders of battle as tests see them: one register a power, and published totals to hold against it.

``tests/data/oob_checks_<date>_<power>.csv``, and ``oob_armies_<date>_<power>.csv`` with what a table of published
strengths has of each army besides, have a row a total: ``army`` (empty or a code: the power; or ids of headquarters
joined by ``|``, those with a ``-`` before them left out, with all under them), ``quantity`` (or several joined by
``+``), ``expected``, ``tolerance_percent``, ``source``, ``note`` and ``known_difference`` (why it misses).

Published men are counted in three ways: ``men`` are those there, ``line_men`` those of divisions, brigades and other
formations without the troops of corps and armies, ``paper_men`` the establishment of all when everybody is called up.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wargame import dates
from wargame.atlas import Atlas
from wargame.load import maps
from wargame.load.air_sea import AIRCRAFT, SHIPS
from wargame.load.catalogue import Catalogue, Register, Standing, register
from wargame.load.formations import PIECES
from wargame.load.paths import search
from wargame.show.muster import QUANTITIES, counts, size
from wargame.world import KINDS

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
FILES = ROOT / "orders_of_battle"
POWERS = sorted(p.stem for p in (FILES / "formations").glob("*.csv"))
DEPLOYMENTS = sorted(p.stem for p in (FILES / "deployments").glob("*.csv"))
TOTALS = ("checks", "armies")
CHECKS = sorted(
    {p.stem[-len("1939-09-01_pol") :] for kind in TOTALS for p in DATA.glob(f"oob_{kind}_????-??-??_???.csv")}
)
SUPERIORS = sorted(p.stem.removeprefix("oob_superiors_") for p in DATA.glob("oob_superiors_*.csv"))
COMMANDERS = DATA / "oob_commanders.csv"
OF_KIND = re.compile(r"(?P<kind>[a-z_]+)_(?P<size>divisions|brigades)")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def atlas() -> Atlas:
    return maps.load_atlas("europe")


@cache
def of(*powers: str) -> Register:
    """The files of some powers; those of their allies are not read."""
    return register(powers, atlas=atlas())


@cache
def on(date: str, *powers: str) -> Catalogue:
    return of(*powers).on(dates.parse(date))


def dated(name: str) -> tuple[str, str]:
    """Date and power of a file named after both."""
    date, _, power = name.partition("_")
    return date, power


@dataclass(frozen=True)
class Total:
    """A published total beside what the files come to."""

    file: str
    line: int
    army: str
    quantity: str
    expected: float
    tolerance: float
    source: str
    known_difference: str
    here: float

    @property
    def off(self) -> float:
        """Per cent by which it misses."""
        return abs(self.here - self.expected) / max(self.expected, 1.0) * 100.0

    @property
    def agrees(self) -> bool:
        return self.off <= self.tolerance + 1e-9

    def __str__(self) -> str:
        return (
            f"{self.file} line {self.line}: {self.army or 'all'} {self.quantity}: {self.here:,.0f} here, "
            f"{self.expected:,.0f} published ({self.source}), {self.off:.1f} % off, {self.tolerance:g} % allowed"
        )


@cache
def totals(name: str) -> tuple[Total, ...]:
    """Every row of the files of checks of a date and power."""
    date, power = dated(name)
    found = []
    for path in sorted(p for kind in TOTALS for p in DATA.glob(f"oob_{kind}_{name}.csv")):
        for line, row in enumerate(read(path), start=2):
            here = total(date, power, row["army"], row["quantity"])
            expected, tolerance = float(row["expected"]), float(row["tolerance_percent"])
            texts = (row["source"], row["known_difference"])
            found.append(Total(path.name, line, row["army"], row["quantity"], expected, tolerance, *texts, here))
    return tuple(found)


@dataclass(frozen=True)
class Superior:
    """A headquarters that a second source puts a formation under, and those it stands under here."""

    file: str
    line: int
    formation: str
    superior: str
    source: str
    known_difference: str
    here: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.superior in self.here

    def __str__(self) -> str:
        return (
            f"{self.file} line {self.line}: {self.formation} stands under {' < '.join(self.here)}, not {self.superior}"
        )


@cache
def superiors(name: str) -> tuple[Superior, ...]:
    """Every row of the file of superiors of a date and power."""
    date, power = dated(name)
    path = DATA / f"oob_superiors_{name}.csv"
    rows = read(path)
    allies = {r["superior"].partition("_")[0] for r in rows} | {power}
    found = on(date, *sorted(allies))
    return tuple(
        Superior(
            *(path.name, line, r["formation"], r["superior"], r["source"], r["known_difference"]),
            tuple(s.id for s in found.above(r["formation"])),
        )
        for line, r in enumerate(rows, start=2)
    )


@dataclass(frozen=True)
class Commander:
    """Who led an army on a date in a second source, and here."""

    line: int
    date: str
    army: str
    commander: str
    source: str
    known_difference: str
    here: str

    @property
    def agrees(self) -> bool:
        return self.here == self.commander

    def __str__(self) -> str:
        return f"{COMMANDERS.name} line {self.line}: {self.army} on {self.date} is led by {self.here or 'nobody'} here, by {self.commander} in {self.source}"  # noqa: E501


@cache
def commanders() -> tuple[Commander, ...]:
    """Every row of the table of commanders of armies."""
    found = []
    for line, r in enumerate(read(COMMANDERS), start=2):
        standing = on(r["date"], r["army"].partition("_")[0]).standing[r["army"]]
        here = str(standing.row.get("commander", ""))
        found.append(Commander(line, r["date"], r["army"], r["commander"], r["source"], r["known_difference"], here))
    return tuple(found)


def total(date: str, power: str, army: str, quantity: str) -> float:
    """What the files of a power come to on a date; `UsageError` for an unknown headquarters."""
    found = on(date, power)
    if quantity.startswith(("ships_", "air_")) or quantity == "serviceable_aircraft":
        return _air_sea(dates.parse(date), power, quantity)
    chosen = _chosen(found, army)
    measures = [_measure(part) for part in quantity.split("+")]
    return sum(measure(s) for measure in measures for s in chosen if counts(s) or quantity == "paper_men")


def _chosen(found: Catalogue, army: str) -> list[Standing]:
    """The formations that a row of checks is about."""
    named = [a for a in army.split("|") if a]
    out = {s.id for a in named if a.startswith("-") for s in found.under(a.removeprefix("-"))}
    over = [a for a in named if a[0].isalpha() and a.islower()]
    there = {s.id: s for a in over for s in found.under(a)} if over else found.standing
    return [s for name, s in there.items() if name not in out]


def _measure(quantity: str) -> Callable[[Standing], float]:
    if quantity == "men":
        return lambda s: s.strong()
    if quantity == "army_men":
        return lambda s: s.strong() if s.kind != "air_fleet" else 0.0
    if quantity == "line_men":
        return lambda s: 0.0 if s.is_hq else s.strong()
    if quantity == "paper_men":
        return lambda s: float(s.now["men"])
    if quantity in QUANTITIES:
        return lambda s: s.holds(quantity)
    if quantity in PIECES:
        return lambda s: s.pieces(quantity) or 0.0
    if quantity == "field_guns":
        return lambda s: s.holds("guns") - (s.pieces("infantry_guns") or 0.0)
    if quantity == "formations":
        return lambda s: float(not s.is_hq)
    if quantity in {"divisions", "brigades"}:
        return lambda s: size(s)[quantity == "divisions"]
    match = OF_KIND.fullmatch(quantity)
    assert match and match["kind"] in KINDS, f"no such quantity: {quantity}"
    kinds = {match["kind"], f"aggregate_{match['kind']}"}
    return lambda s: size(s)[match["size"] == "divisions"] if s.kind in kinds else 0.0


def _air_sea(hour: int, power: str, quantity: str) -> float:
    ships, aircraft = of(power).ships(hour), of(power).aircraft(hour)
    what, _, kind = quantity.partition("_")
    if quantity == "serviceable_aircraft":
        return sum(a.row["number"] * a.row["serviceable"] for a in aircraft)
    assert kind in (SHIPS if what == "ships" else AIRCRAFT), f"no such quantity: {quantity}"
    if what == "ships":
        return sum(s.row["count"] for s in ships if s.row["kind"] == kind and s.state(hour) == "in service")
    return sum(a.row["number"] for a in aircraft if a.row["class"] == kind)


def names(kind: str) -> list[str]:
    """Names of the shipped files of a kind."""
    return search().names(kind)
