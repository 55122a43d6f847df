"""Every formation of some powers on a date: by its career, where the latest deployment put it, and under whom.

`catalogue` answers one date; a `Register`, read once, answers many. Deployments named ``<date>_<power>`` count, in the
order of their dates, each for the formations it names; the others stand at home.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from wargame import dates
from wargame.atlas import Atlas
from wargame.errors import InputError, UsageError, did_you_mean
from wargame.load import maps, purges
from wargame.load.air_sea import Aircraft, Ships, read_air, read_navy
from wargame.load.formations import BLANK, CAUSES, Formation, Place, Shelf, quality_weights, said
from wargame.load.orders_of_battle import DEPLOYMENTS, dated
from wargame.load.paths import Search, search
from wargame.load.tables import Reader
from wargame.rulebook import Rulebook
from wargame.world import HEADQUARTERS

State = Literal["deployed", "garrison", "on mobilisation"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A formation as it is on a date.

    ``state``: ``deployed``; ``garrison`` = active in peace and at home; ``on mobilisation`` = on paper, of a later
    wave. ``men_present`` are its establishment by strength and readiness, at least the cadre.
    """

    id: str
    power: str
    now: Mapping[str, Any]  # columns of formations.csv on that date
    state: State
    parent: str  # empty: none that is alive
    province: str  # empty: not known
    readiness: float
    strength: float
    row: Mapping[str, Any]  # of the deployment; empty when there is none
    since: int  # hour of that deployment; 0 when there is none
    formation_place: Place
    deployment_place: Place | None
    men_present: float

    @property
    def kind(self) -> str:
        """What it is."""
        return str(self.now["kind"])

    @property
    def is_hq(self) -> bool:
        """Whether it commands others."""
        return self.kind in HEADQUARTERS

    @property
    def name(self) -> str:
        """Its name on that date."""
        return str(self.now["name"] or self.id)

    @property
    def quality(self) -> float:
        """Quality 0..1."""
        return float(self.now["quality"])

    def causes(self) -> dict[str, float | None]:
        """The four causes of its quality; `None` where they are not known."""
        return {c: float(self.now[c]) if said(self.now[c]) else None for c in CAUSES}

    def holds(self, arms: str) -> float:
        """Guns or tanks that it has, or aircraft on its strength, fit to fly or not."""
        given = self.row.get(arms, BLANK)
        if said(given):
            return float(given)
        return float(self.now[arms]) * (1.0 if arms == "aircraft" else self.strength)

    def pieces(self, kind: str) -> float | None:
        """Mortars, anti-tank guns and others of `PIECES` that it has; `None` where nobody has counted them."""
        return float(self.now[kind]) * self.strength if said(self.now[kind]) else None

    def strong(self) -> float:
        """Men it has when called up: its establishment by its strength; in garrison those present."""
        return float(self.now["men"]) * self.strength if self.state == "deployed" else self.men_present


@dataclass(frozen=True)
class Catalogue:
    """All formations on a date by id, and who is under whom."""

    hour: int
    atlas: Atlas
    standing: Mapping[str, Standing]

    def __len__(self) -> int:
        return len(self.standing)

    def __iter__(self) -> Iterator[Standing]:
        return iter(self.standing.values())

    def above(self, name: str) -> list[Standing]:
        """The headquarters over a formation, the nearest first."""
        chain: list[Standing] = []
        at = self.standing[name].parent
        while at in self.standing and all(at != s.id for s in chain):
            chain.append(self.standing[at])
            at = self.standing[at].parent
        return chain

    def superior(self, name: str, *kinds: str) -> str:
        """Id of the nearest headquarters of some kinds over a formation; empty if there is none."""
        return next((s.id for s in self.above(name) if s.kind in kinds), "")

    @cached_property
    def below(self) -> dict[str, list[Standing]]:
        """What is directly under each headquarters, headquarters first; under an empty id what is under nobody."""
        found: dict[str, list[Standing]] = {}
        for s in sorted(self, key=lambda s: (not s.is_hq, HEADQUARTERS.index(s.kind) if s.is_hq else 0, s.id)):
            found.setdefault(s.parent if s.parent in self.standing else "", []).append(s)
        return found

    def under(self, name: str) -> list[Standing]:
        """A headquarters and everything under it; `UsageError` if there is none of this id."""
        if name not in self.standing:
            hint = did_you_mean(name, self.standing) or "ids are listed by `wargame oob --power POWER --json`"
            raise UsageError(f"no formation '{name}' on {dates.iso(self.hour)}; {hint}")
        found, queue = [], [name]
        while queue:
            at = queue.pop(0)
            found.append(self.standing[at])
            queue += [s.id for s in self.below.get(at, ()) if all(s.id != f.id for f in found)]
        return found


@dataclass
class Register:
    """The order-of-battle files of some powers, read and checked; `on` gives the catalogue of any date."""

    atlas: Atlas
    shelf: Shelf
    men_floor: float
    powers: tuple[str, ...]
    deployments: dict[str, list[tuple[int, dict[str, tuple[Mapping[str, Any], Place]]]]] = field(default_factory=dict)
    air: dict[str, list[tuple[int, list[Aircraft]]]] = field(default_factory=dict)
    navies: dict[str, list[Ships]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # digest of every file read, by its key

    def on(self, hour: int) -> Catalogue:
        """Every formation alive at an hour, sorted by power and id."""
        alive = {f.id: f for f in self.shelf.known.values() if f.alive(hour)}
        placed: dict[str, tuple[int, Mapping[str, Any], Place]] = {}
        for files in self.deployments.values():
            for begins, rows in files:
                if begins <= hour:
                    placed.update({name: (begins, row, place) for name, (row, place) in rows.items()})
        found = [self._standing(f, hour, placed.get(f.id), alive) for f in alive.values()]
        found.sort(key=lambda s: (s.power, s.id))
        return Catalogue(hour, self.atlas, {s.id: s for s in found})

    def _standing(
        self, f: Formation, hour: int, at: tuple[int, Mapping[str, Any], Place] | None, alive: Mapping[str, Formation]
    ) -> Standing:
        now = f.on(hour, self.shelf.weights)
        now |= f.pieces(now["establishment"])
        if at is not None and at[0] >= f.settled_since(hour):
            since, row, place = at
            parent = row["parent"]
            if parent in self.shelf.known and parent not in alive:
                parent = ""
            readiness, strength = float(row["readiness"]), float(row["strength"])
            men = now["men"] * strength * max(readiness, self.men_floor)
            return Standing(
                *(f.id, f.power, now, "deployed", parent, str(row["province"]), readiness, strength, row, since),
                *(f.place, place, men),
            )
        cadre = float(now["cadre"]) if said(now["cadre"]) else self.men_floor
        state: State = "on mobilisation" if now["wave"] else "garrison"
        readiness = 0.0 if now["wave"] else cadre
        home = now["home"] if now["home"] in self.atlas.number else ""
        return Standing(
            *(f.id, f.power, now, state, "", home, readiness, 1.0, {}, 0, f.place, None, now["men"] * readiness)
        )

    def dates_of(self, power: str) -> list[int]:
        """Hours for which a power has a deployments file."""
        return [hour for hour, _ in self.deployments.get(power, ())]

    def aircraft(self, hour: int) -> list[Aircraft]:
        """Types of aircraft by fleet from the latest file of each power on or before an hour."""
        found: list[Aircraft] = []
        for _, files in sorted(self.air.items()):
            found += next((rows for begins, rows in reversed(files) if begins <= hour), [])
        return found

    def ships(self, hour: int) -> list[Ships]:
        """Ships in service, building or planned at an hour."""
        return [s for _, rows in sorted(self.navies.items()) for s in rows if s.state(hour)]


def catalogue(
    date: str | int, powers: Sequence[str] = (), data: Iterable[str | Path] = (), atlas: Atlas | None = None
) -> Catalogue:
    """Every formation of some powers (codes; none: all there are files of) on a date.

    `UsageError` for an unknown power or date, `InputError` with every fault of their files.
    """
    return register(powers, data, atlas).on(hour_of(date))


def hour_of(date: str | int) -> int:
    """An hour given as such or as an ISO date; `UsageError` if it is neither."""
    try:
        return date if isinstance(date, int) else dates.parse(date)
    except ValueError:
        raise UsageError(f"'{date}' is no date; write one such as 1939-09-01") from None


def register(
    powers: Sequence[str] = (),
    data: Iterable[str | Path] = (),
    atlas: Atlas | None = None,
    rulebook: Rulebook | None = None,
    *,
    without_purge: Sequence[str] = (),
) -> Register:
    """Read the files of some powers (none: of all there are); errors as of `catalogue`.

    Officers of the powers in ``without_purge`` are as they would have been had nobody removed them.
    """
    where, book = search(data), rulebook or Rulebook.load("standard")
    atlas = atlas or maps.load_atlas("europe", data)
    codes = _powers(where, powers)
    reader = Reader(where.label)
    shelf = Shelf(quality_weights(book), purges.spared(reader, where, without_purge, book))
    found = Register(atlas, shelf, book.mobilization.men_floor, codes)
    for code in codes:
        name = code.lower()
        found.shelf.read(reader, where.find("formations", name), name, atlas)
    for kind in ("deployments", "air"):
        for name in where.names(kind):
            date, code = dated(name)
            if code in codes:
                _read_dated(reader, where, found, kind, name, date, code)
    for name in where.names("navies"):
        if name.upper() in codes:
            found.navies[name.upper()] = read_navy(reader, where.find("navies", name), name, atlas)
    if reader.errors:
        raise InputError(sorted(reader.errors, key=lambda f: (f.file, f.line or 0)))
    found.files.update(reader.digests)
    return found


def _powers(where: Search, powers: Sequence[str]) -> tuple[str, ...]:
    there = [n.upper() for n in where.names("formations") if re.fullmatch("[a-z]{3}", n)]
    for code in powers:
        if code.upper() not in there:
            hint = did_you_mean(code.upper(), there)
            raise UsageError(
                f"no orders of battle of '{code}'; {f'{hint} ' if hint else ''}there is: {', '.join(there)}"
            )
    return tuple(dict.fromkeys(p.upper() for p in powers)) or tuple(there)


def _read_dated(reader: Reader, where: Search, found: Register, kind: str, name: str, date: str, code: str) -> None:
    path = where.find(kind, name)
    try:
        hour = dates.parse(date)
    except ValueError:
        what = f"the name begins with '{date}', which is no date"
        reader.fault("bad-date", where.label(path), what, "name it after the day and the power: 1939-09-01_pol.csv")
        return
    if kind == "air":
        aircraft = read_air(reader, path, name, found.shelf.known, found.atlas, hour)
        found.air.setdefault(code, []).append((hour, aircraft))
        return
    rows = reader.table(path, DEPLOYMENTS, f"deployments/{name}.csv")
    placed: dict[str, tuple[Mapping[str, Any], Place]] = {}
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        _check_deployment(reader, found, row, (rows.file, line), hour)
        placed[row["formation"]] = (row, (rows.file, line))
    found.deployments.setdefault(code, []).append((hour, placed))


def _check_deployment(reader: Reader, found: Register, row: Mapping[str, Any], place: Place, hour: int) -> None:
    known, atlas = found.shelf.known, found.atlas
    f = known.get(row["formation"])
    if f is None and row["formation"]:
        remedy = reader.near(row["formation"], known) or "add its row to the power's formations file"
        what = f"formation '{row['formation']}' is in no formations file"
        reader.fault("unknown-formation", place[0], what, remedy, place[1])
    elif f is not None and f.disbanded <= hour:
        what = f"'{f.id}' was disbanded on {dates.iso(f.disbanded)}"
        remedy = f"delete the row, or correct {f.place[0]} line {f.place[1]}"
        reader.fault("disbanded", place[0], what, remedy, place[1])
    if row["province"] and row["province"] not in atlas.number:
        what = f"province '{row['province']}' is not on map '{atlas.id}'"
        remedy = reader.near(row["province"], atlas.ids) or "write an id of the map's provinces.csv"
        reader.fault("unknown-province", place[0], what, remedy, place[1])
    parent = row["parent"]
    above = known.get(parent)
    if parent and above is None and parent.partition("_")[0].upper() in found.powers:
        what = f"parent '{parent}' of '{row['formation']}' is in no formations file"
        remedy = reader.near(parent, known) or "add its row to the power's formations file, or leave the cell empty"
        reader.fault("unknown-parent", place[0], what, remedy, place[1])
    elif above is not None and not above.disbanded > hour:
        what = f"parent '{parent}' was disbanded on {dates.iso(above.disbanded)}"
        remedy = f"name another, or correct {above.place[0]} line {above.place[1]}"
        reader.fault("disbanded", place[0], what, remedy, place[1])
