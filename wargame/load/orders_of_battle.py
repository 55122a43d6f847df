"""Formations and where they stand on a date as the columns of `wargame.world.Forces`.

``formations/<name>.csv`` holds what is permanent (`wargame.load.formations`), ``deployments/<name>.csv`` where and
under whom on a date. Only deployed formations enter the world; `wargame.load.catalogue` lists all there are on a date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from wargame import dates
from wargame.atlas import Atlas
from wargame.errors import UsageError
from wargame.load.formations import BLANK, UNITS, Formation, Place, Shelf, Spared, quality_weights
from wargame.load.paths import Search, search
from wargame.load.tables import PROVENANCE, Column, Reader, Table
from wargame.rulebook import Rulebook
from wargame.world import HEADQUARTERS, KINDS, NOWHERE, Forces, Status

SIDC_OF = {
    "army_group": "10031002241210000000", "army": "10031002231210000000", "group": "10031002221210000000",
    "corps": "10031002221210000000", "infantry": "10031000211211000000", "motorised": "10031000211211040000",
    "armoured": "10031000211205000000", "light": "10031000211211040000", "mountain": "10031000211211000027",
    "cavalry": "10031000211213000000", "fortress": "10031000181211000000", "security": "10031000211211000000",
    "militia": "10031000181211000000", "border": "10031000171211000000", "naval_infantry": "10031000181211000000",
    "aggregate_infantry": "10031000221211000000", "artillery_park": "10031000171303000000",
    "air_fleet": "10031000181208000000",
}  # fmt: skip
"""Symbol code (APP-6D, 20 digits) of a formation whose row gives none."""
DIVISION = "21"  # echelon in a symbol code
BRIGADE, REGIMENT = 0.5, 0.2  # a row of at most so many divisions is one

DEPLOYMENTS = Table(
    "deployments",
    (
        Column("formation", "slug", "a formation's id", needed=True),
        Column("parent", "slug", "the headquarters it is under; nobody if empty"),
        Column("province", "slug", "where it is, or where it will arrive", needed=True),
        Column("readiness", "number", "share of mobilisation and concentration done", default=1.0, low=0, high=1),
        Column("strength", "number", "share of its establishment it has when ready", default=1.0, low=0, high=1.5),
        Column("arrives", "date", "the day it is there; present if empty"),
        Column("commander", "text", "its commander, for readers only"),
        Column(
            "guns", "number", "guns it holds; its establishment x strength if empty", default=BLANK, low=0, high=5e4
        ),
        Column(
            "tanks", "number", "tanks it holds; its establishment x strength if empty", default=BLANK, low=0, high=5e4
        ),
        *PROVENANCE,
    ),
    key=("formation",),
)


@dataclass(frozen=True, slots=True)
class Deployed:
    """One row of a deployments file with its formation as it is that day, and where each stands in the files."""

    id: str
    power: str
    formation: dict[str, Any]
    row: dict[str, Any]
    formation_place: Place
    place: Place
    date: str = ""  # the day the file is named after

    def held(self, arms: str) -> float:
        """Guns, tanks or aircraft it has: as deployed, else its establishment by its strength."""
        given = self.row.get(arms, BLANK)
        return float(self.formation[arms] * self.row["strength"] if math.isnan(given) else given)


def load_forces(
    formations: Sequence[str],
    deployments: Sequence[str],
    atlas: Atlas,
    opening_hour: int,
    data: Iterable[str | Path] = (),
    *,
    rulebook: Rulebook | None = None,
) -> Forces:
    """The deployed formations at an hour, sorted by power and id; `UsageError`, or `InputError` with every fault."""
    where = search(data)
    reader = Reader(where.label)
    files = [(kind, n, where.find(kind, n)) for kind, names in _wanted(formations, deployments) for n in names]
    deployed = read_deployed(reader, files, atlas, opening_hour, rulebook=rulebook)
    check_tree(reader, deployed, {})
    reader.check()
    return forces(deployed, atlas, opening_hour, rulebook or Rulebook.load("standard"))


def _wanted(formations: Sequence[str], deployments: Sequence[str]) -> tuple[tuple[str, Sequence[str]], ...]:
    return ("formations", formations), ("deployments", deployments)


def find_files(
    reader: Reader,
    where: Search,
    formations: Sequence[tuple[str, str, int]],
    deployments: Sequence[tuple[str, str, int]],
) -> list[tuple[str, str, Path]]:
    """The files of names given as (name, file that names it, line); a missing one is a fault where it is named."""
    found = []
    for kind, names in (("formations", formations), ("deployments", deployments)):
        for name, file, line in names:
            try:
                found.append((kind, name, where.find(kind, name)))
            except UsageError:
                what = f"there is no {kind} file '{name}'"
                reader.fault("missing-file", file, what, where.remedy(kind, name), line)
    return found


def read_deployed(
    reader: Reader,
    files: Iterable[tuple[str, str, Path]],
    atlas: Atlas | None,
    opening_hour: int | None,
    *,
    unread: bool = False,
    rulebook: Rulebook | None = None,
    spared: Mapping[str, Spared] | None = None,
) -> list[Deployed]:
    """Deployed formations from (kind, name, path) of their files, sorted by power and id; faults go to ``reader``.

    Establishments and careers of a formations file's name are read with it. Of files named after a day and one power a
    later one moves what an earlier one placed. ``unread``: some formations file is missing, so that a formation's
    absence is no news. ``spared``: purges to be thought away, by power (`wargame.load.purges.spared`).
    """
    shelf = Shelf(quality_weights(rulebook), spared or {})
    deployed: dict[str, Deployed] = {}
    newest: dict[str, str] = {}
    for kind, name, path in sorted(files, key=lambda f: (f[0] != "formations", f[1])):
        if kind == "formations":
            shelf.read(reader, path, name, atlas)
            continue
        rows = reader.table(path, DEPLOYMENTS, f"deployments/{name}.csv")
        date, power = dated(name)
        newest[power] = max(date, newest.get(power, ""))
        for line, row in zip(rows.lines, rows.dicts(), strict=True):
            place = (rows.file, line)
            _add_deployed(reader, shelf, deployed, row, place, date, opening_hour, unread or not shelf.complete)
    deployed = _still_there(deployed, newest, opening_hour)
    found = sorted(deployed.values(), key=lambda d: (d.power, d.id))
    for d in found:
        _check_deployed(reader, d, atlas, opening_hour)
    return found


def dated(name: str) -> tuple[str, str]:
    """Date and power's code of a file named after both, such as ``1939-09-01_pol``; two empty texts of another."""
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})_([a-z]{3})", name)
    return (match[1], match[2].upper()) if match else ("", "")


def _still_there(deployed: dict[str, Deployed], newest: Mapping[str, str], hour: int | None) -> dict[str, Deployed]:
    """Without what an earlier file placed and was disbanded since; nobody is under a headquarters that is gone."""
    gone = {
        d.id
        for d in deployed.values()
        if hour is not None and d.date < newest.get(d.power, "") and d.formation["disbanded"] <= hour
    }
    left = {}
    for d in deployed.values():
        if d.id not in gone:
            orphan = d.row["parent"] in gone and d.date < newest.get(d.power, "")
            left[d.id] = replace(d, row=d.row | {"parent": ""}) if orphan else d
    return left


def _add_deployed(
    reader: Reader,
    shelf: Shelf,
    deployed: dict[str, Deployed],
    row: dict[str, Any],
    place: Place,
    date: str,
    hour: int | None,
    unread: bool,
) -> None:
    name = row["formation"]
    if name in deployed and not deployed[name].date < date:
        first = deployed[name].place
        if first[0] != place[0]:
            what = f"formation '{name}' is deployed twice, first in {first[0]} line {first[1]}"
            reader.fault("duplicate", place[0], what, "delete one of the rows", place[1])
    elif name in shelf.known:
        f: Formation = shelf.known[name]
        if hour is None or not date or dates.parse(date) >= f.settled_since(hour):
            deployed[name] = Deployed(name, f.power, f.on(hour, shelf.weights), row, f.place, place, date)
    elif name and not unread:
        remedy = reader.near(name, shelf.known) or "add its row to a formations file that the scenario names"
        reader.fault("unknown-formation", place[0], f"formation '{name}' is in no formations file", remedy, place[1])


def _check_deployed(reader: Reader, d: Deployed, atlas: Atlas | None, opening_hour: int | None) -> None:
    file, line = d.place
    if atlas is not None and d.row["province"] and d.row["province"] not in atlas.number:
        what = f"province '{d.row['province']}' is not on map '{atlas.id}'"
        remedy = reader.near(d.row["province"], atlas.ids) or "write an id of the map's provinces.csv"
        reader.fault("unknown-province", file, what, remedy, line)
    if opening_hour is not None and d.formation["disbanded"] <= opening_hour:
        what = f"'{d.id}' was disbanded on {dates.iso(d.formation['disbanded'])}, before {dates.iso(opening_hour)}"
        remedy = f"delete the row, or correct {d.formation_place[0]} line {d.formation_place[1]}"
        reader.fault("disbanded", file, what, remedy, line)


def check_tree(reader: Reader, deployed: Sequence[Deployed], allies: Mapping[str, frozenset[str]]) -> None:
    """Parents: deployed, headquarters, of the same power or of an ally, and without loops."""
    by_id = {d.id: d for d in deployed}
    for d in deployed:
        parent = d.row["parent"]
        file, line = d.place
        if not parent:
            continue
        if parent not in by_id:
            remedy = reader.near(parent, by_id) or "deploy the headquarters too, or leave the cell empty"
            reader.fault("unknown-parent", file, f"parent '{parent}' of '{d.id}' is not deployed", remedy, line)
            continue
        above = by_id[parent]
        if above.formation["kind"] in UNITS:
            what = f"parent '{parent}' of '{d.id}' is no headquarters but {above.formation['kind']}"
            remedy = f"write one whose kind is {', '.join(HEADQUARTERS)}"
            reader.fault("parent-kind", file, what, remedy, line, warning=True)
        if above.power != d.power:
            allied = not allies or above.power in allies.get(d.power, frozenset())
            what = f"parent '{parent}' of '{d.id}' belongs to another power, {above.power}"
            remedy = (
                "it takes its orders from an ally" if allied else "only an ally of a war in the scenario may command it"
            )
            reader.fault("foreign-parent", file, what, remedy, line, warning=allied)
    _check_loops(reader, by_id)


def _check_loops(reader: Reader, by_id: dict[str, Deployed]) -> None:
    sound: set[str] = set()
    for start in by_id:
        trail: list[str] = []
        at = start
        while at in by_id and at not in sound and at not in trail:
            trail.append(at)
            at = by_id[at].row["parent"]
        if at in trail:
            loop = trail[trail.index(at) :]
            file, line = by_id[loop[0]].place
            what = f"the parents go round in a loop: {' -> '.join([*loop, loop[0]])}"
            reader.fault("parent-loop", file, what, "give one of them a parent outside the loop, or none", line)
        sound.update(trail)


def check_places(
    reader: Reader,
    deployed: Sequence[Deployed],
    atlas: Atlas,
    foreign: Callable[[int, Iterable[str]], str],
    allies: Mapping[str, frozenset[str]],
) -> None:
    """Warn of formations that begin on land of a power that is neither theirs nor an ally.

    ``foreign`` gives the owner of a province (number) if it is none of some powers, else an empty string.
    """
    for d in deployed:
        at = atlas.number.get(d.row["province"])
        owner = foreign(at, {d.power} | allies.get(d.power, frozenset())) if at is not None else ""
        if owner:
            what = f"'{d.id}' begins in '{d.row['province']}', which belongs to {owner}"
            remedy = "correct the province, or leave it if that is meant"
            reader.fault("foreign-land", d.place[0], what, remedy, d.place[1], warning=True)


def forces(deployed: Sequence[Deployed], atlas: Atlas, opening_hour: int, rulebook: Rulebook) -> Forces:
    """The columns of the world from deployed formations without faults, in the order given (by power and id).

    Men present are those of the establishment called up so far, or the cadre before that; arms do not wait for men.
    """
    rows = {d.id: i for i, d in enumerate(deployed)}

    def number(column: str) -> Any:
        return np.array([float(d.formation[column]) for d in deployed], dtype=np.float64)

    def held(arms: str) -> Any:
        return np.array([d.held(arms) for d in deployed], dtype=np.float64)

    def placed(column: str, kind: type) -> Any:
        return np.array([d.row[column] for d in deployed], dtype=kind)

    raised = np.array([d.formation["raised"] for d in deployed], dtype=np.int64)
    arrives = np.where(
        raised > opening_hour, np.maximum(raised, placed("arrives", np.int64)), placed("arrives", np.int64)
    )
    readiness, strength = placed("readiness", np.float64), placed("strength", np.float64)
    return Forces(**_with_defaults(len(deployed), {
        "ids": tuple(d.id for d in deployed),
        "names": tuple(d.formation["name"] or d.id for d in deployed),
        "shorts": tuple(d.formation["short"] or d.formation["name"] or d.id for d in deployed),
        "sidc": tuple(symbol_of(d.formation) for d in deployed),
        "kind": np.array([KINDS.index(d.formation["kind"]) for d in deployed], dtype=np.int64),
        "power": np.array([atlas.power_number[d.power] for d in deployed], dtype=np.int64),
        "parent": np.array([rows.get(d.row["parent"], NOWHERE) for d in deployed], dtype=np.int64),
        "establishment_men": number("men") * strength,
        "establishment_guns": held("guns"),
        "establishment_tanks": held("tanks"),
        "quality": number("quality"),
        "ready_per_day": 1.0 / np.maximum(number("days_to_ready"), 1.0),
        "arrives": np.where(arrives > opening_hour, arrives, 0),
        "status": np.where(raised > opening_hour, Status.PLANNED, Status.ACTIVE).astype(np.int64),
        "province": np.array([atlas.number[d.row["province"]] for d in deployed], dtype=np.int64),
        "men": _whole(number("men") * strength * np.maximum(readiness, rulebook.mobilization.men_floor)),
        "guns": _whole(held("guns")),
        "tanks": _whole(held("tanks")),
        "aircraft": _whole(held("aircraft")),
        "readiness": readiness,
        "supply": np.ones(len(deployed), dtype=np.float64),
    }))  # fmt: skip


def symbol_of(formation: Mapping[str, Any]) -> str:
    """A formation's symbol code: its own, else that of its kind, for a brigade or regiment of their size."""
    if formation["sidc"]:
        return str(formation["sidc"])
    code = SIDC_OF[formation["kind"]]
    if code[8:10] != DIVISION or formation["divisions"] > BRIGADE:
        return code
    return code[:8] + ("18" if formation["divisions"] > REGIMENT else "17") + code[10:]


def _with_defaults(n: int, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns given, and for the rest what a formation has that has not moved or fought: none and nowhere."""
    for f in fields(Forces):
        if f.name not in columns:
            start = NOWHERE if f.name in {"heading", "goal"} else 0
            columns[f.name] = np.full(n, start, dtype=np.int64 if f.type == "Ints" else np.float64)
    return columns


def _whole(values: Any) -> Any:
    return np.floor(values + 0.5)
