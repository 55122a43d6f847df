"""What air fleets consist of on a date, and navies through their lives: tables, and rows checked against the map.

``air/<date>_<power>.csv`` is whole: the latest file on or before a date holds. ``navies/<power>.csv`` has a row a
capital ship, smaller ships by class and batch; a building programme is rows whose ``commissioned`` is still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame.atlas import Atlas
from wargame.load.formations import NEVER, Formation, Place, power_of
from wargame.load.tables import PROVENANCE, Column, Reader, Table

AIRCRAFT = ("fighter", "heavy_fighter", "bomber", "dive_bomber", "attack", "recon", "naval", "transport")
CAPITAL_SHIPS = ("battleship", "battlecruiser", "carrier")
SHIPS = (
    *CAPITAL_SHIPS, "coast_defence", "heavy_cruiser", "light_cruiser", "destroyer", "torpedo_boat", "submarine",
    "escort", "minecraft", "transport",
)  # fmt: skip

AIR = Table(
    "air",
    (
        Column("fleet", "slug", "id of a formation of kind air_fleet", needed=True),
        Column("class", "text", "what the aircraft are for", needed=True, choices=AIRCRAFT),
        Column("model", "text", "the type: Bf 109 E", needed=True),
        Column("number", "integer", "aircraft with units, without depots and schools", needed=True, low=0, high=20000),
        Column("serviceable", "number", "share of them fit to fly", default=1.0, low=0, high=1),
        Column("province", "slug", "base region, a province's id; where the fleet stands if empty"),
        *PROVENANCE,
    ),
    key=("fleet", "class", "model", "province"),
)

NAVIES = Table(
    "navies",
    (
        Column("id", "slug", "the row's id, beginning with its power's code: gbr_hood", needed=True),
        Column("name", "text", "name of the ship, or of the group; the id if empty"),
        Column("class", "text", "class of ship: Admiral, Town, VII C"),
        Column("kind", "text", "what it is", needed=True, choices=SHIPS),
        Column("count", "integer", "ships of the row", default=1, low=1, high=2000),
        Column("displacement", "number", "of one ship, standard; of a transport gross register tons", low=0, high=1e5,
               unit="tons"),
        Column("lift", "number", "men whom all ships of the row carry at once", default=0.0, low=0, high=1e6,
               unit="men"),
        Column("home", "slug", "home port, a province's id; abroad if empty"),
        Column("laid_down", "date", "the day building begins; before 1924 or not known if empty"),
        Column("commissioned", "date", "the day it enters service; before 1924 if empty"),
        Column("lost", "date", "the day it is sunk, stricken, sold or given up; never if empty", default=NEVER),
        *PROVENANCE,
    ),
    key=("id",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aircraft:
    """One type of aircraft in one fleet on a date."""

    fleet: str
    power: str
    row: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Ships:
    """One ship, or ships of one class that entered and left service together."""

    id: str
    power: str
    row: Mapping[str, Any]
    place: Place

    def state(self, hour: int) -> str:
        """``in service``, ``building`` or ``planned`` at an hour; empty when it is lost or struck."""
        if self.row["lost"] <= hour:
            return ""
        if self.row["commissioned"] <= hour:
            return "in service"
        return "building" if 0 < self.row["laid_down"] <= hour else "planned"


def read_air(
    reader: Reader, path: Path, name: str, known: Mapping[str, Formation], atlas: Atlas, hour: int
) -> list[Aircraft]:
    """A file of air fleets as of an hour; faults go to ``reader``."""
    rows = reader.table(path, AIR, f"air/{name}.csv")
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        place = (rows.file, line)
        fleet = known.get(row["fleet"])
        if fleet is None:
            remedy = reader.near(row["fleet"], known) or "add its row to the power's formations file"
            what = f"fleet '{row['fleet']}' is in no formations file"
            reader.fault("unknown-formation", place[0], what, remedy, line)
        elif not fleet.alive(hour):
            remedy = f"correct the date, or raised and disbanded in {fleet.place[0]} line {fleet.place[1]}"
            reader.fault("bad-date", place[0], f"fleet '{fleet.id}' does not exist on that day", remedy, line)
        elif fleet.row["kind"] not in {"air_fleet", ""}:
            what = f"'{fleet.id}' is no air fleet but {fleet.row['kind']}"
            reader.fault("not-a-fleet", place[0], what, "name a formation of kind air_fleet", line)
        _check_province(reader, row["province"], atlas, place)
        found.append(Aircraft(row["fleet"], power_of(row["fleet"]), row, place))
    return found


def read_navy(reader: Reader, path: Path, name: str, atlas: Atlas) -> list[Ships]:
    """A navy's file; faults go to ``reader``."""
    rows = reader.table(path, NAVIES, f"navies/{name}.csv")
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        place = (rows.file, line)
        if power_of(row["id"]) not in atlas.power_number:
            remedy = "begin it with a power's code in lower case, as in gbr_hood"
            what = f"id '{row['id']}' begins with no power of this map"
            reader.fault("unknown-power", place[0], what, remedy, line)
        if row["lost"] <= row["commissioned"] or row["lost"] <= row["laid_down"]:
            remedy = "correct one of the dates; a ship never finished is lost before it is commissioned: leave it out"
            reader.fault("bad-date", place[0], "lost is not after laid_down and commissioned", remedy, line)
        elif 0 < row["commissioned"] < row["laid_down"]:
            reader.fault("bad-date", place[0], "commissioned before laid down", "correct one of the dates", line)
        home = _check_province(reader, row["home"], atlas, place)
        if home is not None and not atlas.port[home]:
            what = f"home '{row['home']}' has no port"
            reader.fault("no-port", place[0], what, "name a province with a port", line, warning=True)
        found.append(Ships(row["id"], power_of(row["id"]), row, place))
    return found


def _check_province(reader: Reader, name: str, atlas: Atlas, place: Place) -> int | None:
    if name and name not in atlas.number:
        remedy = reader.near(name, atlas.ids) or "write an id of the map's provinces.csv"
        reader.fault("unknown-province", place[0], f"province '{name}' is not on map '{atlas.id}'", remedy, place[1])
    return atlas.number.get(name)


def counted(ships: Iterable[Ships], hour: int) -> dict[str, int]:
    """Ships in service at an hour by kind, in the order of `SHIPS`."""
    found = dict.fromkeys(SHIPS, 0)
    for s in ships:
        if s.state(hour) == "in service":
            found[s.row["kind"]] += s.row["count"]
    return {kind: n for kind, n in found.items() if n}
