"""Formations as files describe them: establishments, what is permanent, careers, and what a formation is on a date.

``formations/<name>.csv`` has one row a formation. Beside it ``establishments/<name>.csv`` may hold paper strengths that
many share, and ``careers/<name>.csv`` what changes in a formation's life. A formation keeps one id for life.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.atlas import Atlas
from wargame.errors import did_you_mean
from wargame.load.tables import PROVENANCE, Column, Reader, Table
from wargame.rulebook import Rulebook
from wargame.rules import raising
from wargame.world import HEADQUARTERS, KINDS

UNITS = KINDS[len(HEADQUARTERS) :]
NEVER = dates.parse("2100-01-01")
BLANK = math.nan  # an empty number, where nought means something else
CAUSES = raising.CAUSES
LASTING = ("kind", *CAUSES, "days_to_ready")
"""What a formation keeps when a new establishment says nothing about it."""

AS_ITS = "; as its establishment if empty"


def _number(name: str, meaning: str, high: float, unit: str = "") -> Column:
    return Column(name, "number", meaning, default=BLANK, low=0, high=high, unit=unit)


_ARMS = (
    Column("kind", "text", f"what it is{AS_ITS}", choices=KINDS),
    _number("divisions", f"its size in divisions{AS_ITS}, else 1", 50),
    _number("men", f"men at full strength{AS_ITS}", 2e6, "men"),
    _number("guns", f"artillery of 65 mm and more at full strength{AS_ITS}, else 0", 5e4),
    _number("tanks", f"tanks and armed tankettes at full strength{AS_ITS}, else 0", 5e4),
    _number("aircraft", f"aircraft at full strength{AS_ITS}, else 0", 5e4),
    _number("trucks", f"motor vehicles{AS_ITS}, else 0", 1e5),
    _number("horses", f"horses{AS_ITS}, else 0", 2e5),
    _number("cadre", f"share of regulars and long-trained men when mobilised{AS_ITS}", 1),
    _number("officers_continuity", f"share of officers trained for and settled in their posts{AS_ITS}", 1),
    _number("training", f"recent training of all together{AS_ITS}", 1),
    _number("equipment", f"how modern and complete it is{AS_ITS}", 1),
)
PIECES = ("infantry_guns", "mortars", "light_mortars", "anti_tank", "anti_aircraft")
"""Barrels that the guns of an establishment leave out, but for the infantry guns, which are among them."""

_PIECES = tuple(
    _number(name, f"{meaning}, at full strength; not counted yet if empty", 5e4)
    for name, meaning in zip(
        PIECES,
        (
            "of the guns, those of the infantry",
            "mortars of 81 mm and more",
            "mortars below 81 mm",
            "anti-tank guns",
            "anti-aircraft guns of 20 mm and more",
        ),
        strict=True,
    )
)
_READY = (
    _number("days_to_ready", f"from call-up to ready{AS_ITS}, else 0", 720, "days"),
    Column("sidc", "text", "its symbol, 20 digits of APP-6D; by kind if empty", pattern=r"\d{20}", unit="20 digits"),
)
INHERITED = tuple(c.name for c in (*_ARMS, *_READY))


def _shared(column: Column) -> Column:
    """A column of formations as it stands in an establishments file, where there is nothing to fall back on."""
    meaning = column.meaning.replace(f"{AS_ITS}, else 0", "; 0 if empty").replace(f"{AS_ITS}, else 1", "; 1 if empty")
    return replace(column, meaning=meaning.replace(AS_ITS, "; as each formation says if empty"))


ESTABLISHMENTS = Table(
    "establishments",
    (
        Column("id", "slug", "what the formations call it: ger_inf_wave1_1939", needed=True),
        Column("name", "text", "what readers call it; the id if empty"),
        *map(_shared, _ARMS[:3]),
        _number("officers", "officers at full strength; by the rulebook's share of the men if empty", 1e5, "men"),
        _shared(_ARMS[3]),
        *_PIECES,
        *map(_shared, (*_ARMS[4:], _READY[0])),
        _number("training_days", "from raising to fit for battle; by the rulebook if empty", 1500, "days"),
        _number("steel_t", "steel in its equipment; by its arms points if empty", 1e6, "tonnes"),
        _number("arms_points", "its equipment: 100 = a German infantry division of 1939; 0 if empty", 1e5),
        _READY[1],
        *PROVENANCE,
    ),
    key=("id",),
    may_be_empty=True,
)

FORMATIONS = Table(
    "formations",
    (
        Column("id", "slug", "the formation's id, beginning with its power's code: pol_10_dp", needed=True),
        Column("name", "text", "its name in its own language; the id if empty"),
        Column("short", "text", "its label on maps; the name if empty"),
        Column("establishment", "slug", "the row of the establishments file that fills its empty cells; none if empty"),
        *_ARMS,
        _number("quality", "0.5 = an average line division of 1939; from its four causes if empty", 1),
        Column("raised", "date", "the day it is formed; it has always been there if empty"),
        Column("disbanded", "date", "the day it ceases to be; never if empty", default=NEVER),
        Column("home", "text", "garrison or mobilisation centre, a province's id: where it stands when not deployed"),
        Column("wave", "integer", "mobilisation wave, 0 = active in peace", default=0, low=0, high=20),
        *_READY,
        *PROVENANCE,
    ),
    key=("id",),
)

CAREERS = Table(
    "careers",
    (
        Column("formation", "slug", "a formation's id", needed=True),
        Column("date", "date", "the day from which it is so", needed=True),
        Column("name", "text", "its name from then on; unchanged if empty"),
        Column("short", "text", "its label from then on; unchanged if empty"),
        Column("establishment", "slug", "its establishment from then on; unchanged if empty"),
        Column("home", "text", "its home from then on, a province's id; unchanged if empty"),
        *PROVENANCE,
    ),
    key=("formation", "date"),
    may_be_empty=True,
)

Place = tuple[str, int]
"""File and line of a row."""
Spared = Callable[[int], float]
"""Share of officer continuity that a purge has taken by an hour (`wargame.load.purges.spared`)."""


@dataclass(frozen=True, slots=True)
class Formation:
    """A formation with all that its files say of it; `on` gives what it is on a date."""

    id: str
    power: str
    row: Mapping[str, Any]
    place: Place
    establishments: Mapping[str, Mapping[str, Any]]
    changes: tuple[tuple[Mapping[str, Any], Place], ...] = ()  # rows of its career by date
    spared: Spared | None = None  # where a purge is to be thought away

    @property
    def raised(self) -> int:
        """The hour it is formed; 0 if it has always been there."""
        return int(self.row["raised"])

    @property
    def disbanded(self) -> int:
        """The hour it ceases to be."""
        return int(self.row["disbanded"])

    def alive(self, hour: int) -> bool:
        """Whether it exists on an hour."""
        return self.raised <= hour < self.disbanded

    def settled_since(self, hour: int) -> int:
        """The hour of its last change of home by then; 0 if there was none. Older deployments are void."""
        return max((int(c["date"]) for c, _ in self.changes if c["home"] and c["date"] <= hour), default=0)

    def pieces(self, establishment: str) -> dict[str, float]:
        """Barrels of an establishment besides its guns, by `PIECES`; nan where nobody has counted them."""
        paper = self.establishments.get(establishment, _NOTHING)
        return {name: float(paper.get(name, BLANK)) for name in PIECES}

    def on(self, hour: int | None, weights: Mapping[str, float]) -> dict[str, Any]:
        """Every column of a formation as it is on an hour (`None`: before its career), no cell blank.

        A new establishment replaces the formation's own numbers; causes of quality it leaves empty stay as they were.
        Quality is nan where neither it nor its causes are known.
        """
        found = dict(self.row)
        for change, _ in self.changes:
            if hour is None or change["date"] > hour:
                break
            found.update({k: change[k] for k in ("name", "short", "home", "establishment") if change[k]})
        first = self.establishments.get(self.row["establishment"], _NOTHING)
        new = self.establishments.get(found["establishment"], _NOTHING)
        changed = new is not first
        for column in INHERITED:
            value = new.get(column, BLANK) if changed else self.row.get(column, BLANK)
            if not said(value) and (not changed or column in LASTING):
                own = self.row.get(column, BLANK) if changed else BLANK
                value = own if said(own) else first.get(column, BLANK)
            found[column] = value if said(value) else BLANK
        if self.spared is not None and hour is not None:
            found["officers_continuity"] = raising.spared(found["officers_continuity"], self.spared(hour))
        _fill(found)
        if not said(found["quality"]) or (changed and all(said(new.get(c, BLANK)) for c in CAUSES)):
            found["quality"] = raising.quality(found, weights)
            if not said(found["quality"]) and found["kind"] in HEADQUARTERS:
                found["quality"] = 0.5
        return found


_NOTHING: Mapping[str, Any] = {}
_UNSAID = {"kind": "", "sidc": "", "men": 0.0, "guns": 0.0, "tanks": 0.0, "aircraft": 0.0, "trucks": 0.0,
           "horses": 0.0, "days_to_ready": 0.0}  # fmt: skip


def said(value: Any) -> bool:
    """Whether a cell says something: it is neither empty nor `BLANK`."""
    return value != "" and bool(value == value)  # noqa: PLR0124  # only `BLANK` differs from itself


def _fill(found: dict[str, Any]) -> None:
    for column, value in _UNSAID.items():
        if not said(found[column]):
            found[column] = value
    if not said(found["divisions"]):
        found["divisions"] = 1.0 if found["kind"] in UNITS and found["kind"] != "air_fleet" else 0.0


def power_of(formation: str) -> str:
    """A formation's power: the code its id begins with."""
    return formation.partition("_")[0].upper()


@dataclass
class Shelf:
    """Formations read so far by id, from any number of files."""

    weights: Mapping[str, float]
    spared: Mapping[str, Spared] = field(default_factory=dict)  # by power
    known: dict[str, Formation] = field(default_factory=dict)
    complete: bool = True  # no formations file came back without rows

    def read(self, reader: Reader, path: Path, name: str, atlas: Atlas | None) -> None:
        """Add a formations file, with the establishments and careers of its name beside it; faults go to ``reader``."""
        beside = path.parent.parent / "establishments" / path.name
        establishments = self._establishments(reader, beside, name)
        careers = self._careers(reader, path, name)
        rows = reader.table(path, FORMATIONS, f"formations/{name}.csv")
        self.complete = self.complete and len(rows) > 0
        mine: list[Formation] = []
        for line, row in zip(rows.lines, rows.dicts(), strict=True):
            place = (rows.file, line)
            changes = tuple(sorted(careers.pop(row["id"], ()), key=lambda c: int(c[0]["date"])))
            power = power_of(row["id"])
            found = Formation(row["id"], power, row, place, establishments, changes, self.spared.get(power))
            self._check_id(reader, found, atlas)
            for told, at in ((row, place), *changes):
                _check_home(reader, found.id, told["home"], at, atlas)
            self.known.setdefault(found.id, found)
            mine.append(found)
        self._check_careers(reader, careers, len(rows) > 0)
        naming = [f for f in mine if f.row["establishment"]]
        if naming and not beside.is_file():
            first = naming[0]
            what = f"establishment '{first.row['establishment']}' of '{first.id}' has no file"
            if len(naming) > 1:
                what += f", nor have those of {len(naming) - 1} more rows"
            remedy = f"write {reader.label(beside)}; a copy of the game's own will do where its rows are meant"
            reader.fault("missing-file", first.place[0], what, remedy, first.place[1])
        else:
            _check_sound(reader, mine, self.weights)

    def _establishments(self, reader: Reader, beside: Path, name: str) -> dict[str, dict[str, Any]]:
        if not beside.is_file():
            return {}
        return {r["id"]: r for r in reader.table(beside, ESTABLISHMENTS, f"establishments/{name}.csv").dicts()}

    def _careers(self, reader: Reader, path: Path, name: str) -> dict[str, list[tuple[Mapping[str, Any], Place]]]:
        beside = path.parent.parent / "careers" / path.name
        found: dict[str, list[tuple[Mapping[str, Any], Place]]] = {}
        if beside.is_file():
            rows = reader.table(beside, CAREERS, f"careers/{name}.csv")
            for line, row in zip(rows.lines, rows.dicts(), strict=True):
                found.setdefault(row["formation"], []).append((row, (rows.file, line)))
        return found

    def _check_id(self, reader: Reader, f: Formation, atlas: Atlas | None) -> None:
        if f.id in self.known and self.known[f.id].place[0] != f.place[0]:  # twice in one file is told by the reader
            first = self.known[f.id].place
            what = f"id '{f.id}' is there twice, first in {first[0]} line {first[1]}"
            reader.fault(
                "duplicate", f.place[0], what, "delete one of the rows, or give it an id of its own", f.place[1]
            )
        if atlas is not None and f.power not in atlas.power_number:
            codes = [p.lower() for p in atlas.powers]
            remedy = (
                did_you_mean(f.power.lower(), codes) or "begin it with a power's code in lower case, as in pol_10_dp"
            )
            what = f"id '{f.id}' begins with no power of this map"
            reader.fault("unknown-power", f.place[0], what, remedy, f.place[1])
        if f.disbanded <= f.raised:
            what = "disbanded is not after raised"
            reader.fault("bad-date", f.place[0], what, "correct one of the dates", f.place[1])

    def _check_careers(
        self, reader: Reader, left: Mapping[str, list[tuple[Mapping[str, Any], Place]]], read: bool
    ) -> None:
        for name, changes in left.items() if read else ():
            for _, place in changes:
                what = f"formation '{name}' is not in the formations file of the same name"
                remedy = reader.near(name, self.known) or "add its row there"
                reader.fault("unknown-formation", place[0], what, remedy, place[1])


def _check_sound(reader: Reader, formations: Iterable[Formation], weights: Mapping[str, float]) -> None:
    """Establishments exist, careers lie within lives, and on no date does a formation lack kind, men or quality."""
    lacking: dict[tuple[str, str], list[tuple[Place, str, str]]] = {}
    counts: dict[str, int] = {}
    for f in formations:
        counts[f.place[0]] = counts.get(f.place[0], 0) + (f.row["kind"] not in HEADQUARTERS)
        for row, place in ((f.row, f.place), *f.changes):
            _check_establishment(reader, f, row["establishment"], place)
        for change, place in f.changes:
            if not f.raised <= change["date"] < f.disbanded:
                what = f"'{f.id}' does not exist on {dates.iso(change['date'])}"
                remedy = f"correct the date, or raised and disbanded in {f.place[0]} line {f.place[1]}"
                reader.fault("bad-date", place[0], what, remedy, place[1])
        for hour, place in ((None, f.place), *((int(c["date"]), p) for c, p in f.changes if c["establishment"])):
            if reader.noted(*place):
                continue
            for column, what, remedy in _lacks(f.id, f.on(hour, weights)):
                lacking.setdefault((place[0], column), []).append((place, what, remedy))
    for (file, column), found in lacking.items():
        if len(found) > 1 and len(found) == counts.get(file):
            what = f"column '{column}' is missing or empty in every row"
            reader.fault("missing-column", file, what, f"add it: {found[0][2]}", 1)
            continue
        for place, what, remedy in found:
            reader.fault("empty-cell", file, what, remedy, place[1])


def _check_home(reader: Reader, name: str, home: str, place: Place, atlas: Atlas | None) -> None:
    if atlas is not None and home and home not in atlas.number:
        what = f"home '{home}' of '{name}' is not on map '{atlas.id}'"
        remedy = reader.near(home, atlas.number) or "write an id of the map's provinces.csv, or leave the cell empty"
        reader.fault("unknown-province", place[0], what, remedy, place[1])


def _check_establishment(reader: Reader, f: Formation, name: str, place: Place) -> None:
    if name and name not in f.establishments:
        what = f"establishment '{name}' of '{f.id}' is in no establishments file of the same name"
        remedy = reader.near(name, f.establishments) or "add its row to the file of that name in establishments/"
        reader.fault("unknown-establishment", place[0], what, remedy, place[1])


def _lacks(name: str, now: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Column, what is wrong and the remedy for each thing a formation cannot be without."""
    or_establishment = "or the establishment that says so"
    if not now["kind"]:
        yield "kind", f"'{name}' has no kind", f"write its kind, {or_establishment}"
    elif not now["men"] and now["kind"] in UNITS and now["kind"] != "air_fleet":
        yield "men", f"'{name}' has no men", f"write its establishment at full strength, {or_establishment}"
    if not said(now["quality"]):
        missing = [c for c in CAUSES if not said(now[c])]
        what = f"'{name}' has no quality, and no {', '.join(missing)} to tell it from"
        yield "quality", what, f"write quality or all four causes, {or_establishment}"


def quality_weights(rulebook: Rulebook | None = None) -> dict[str, float]:
    """The edition's weights of the four causes of quality, by cause."""
    return raising.weights(rulebook or Rulebook.load("standard"))
