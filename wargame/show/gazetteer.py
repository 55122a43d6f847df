"""Questions to a map: what lies at a point, what a province is, how to get from place to place, what a state holds.

Every answer is plain data for ``--json``. Points are found in the GeoPackage by its own index of shapes, read without
geopandas.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wargame import dates
from wargame.atlas import NOBODY, TERRAINS, Atlas
from wargame.errors import UsageError, did_you_mean
from wargame.rulebook import Rulebook
from wargame.rules.movement import going
from wargame.rules.rail import Lines
from wargame.show.ground import project

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Record = dict[str, Any]

SHORE_M = 1500.0
"""A point no farther off a shore lies on it: coasts are generalised to about that."""


def find(atlas: Atlas, word: str) -> int:
    """Number of the province with this id, name or alias; `UsageError` with the nearest if there is none."""
    if word in atlas.number:
        return atlas.number[word]
    spoken: dict[str, list[int]] = {}
    asked = word.strip().casefold()
    for p, name in enumerate(atlas.names):
        for known in {name.casefold(), *(a.casefold() for a in atlas.aliases[p])}:
            spoken.setdefault(known, []).append(p)
    found = spoken.get(asked, [])
    if len(found) == 1:
        return found[0]
    if found:
        ids = " or ".join(f"'{atlas.ids[p]}'" for p in found)
        raise UsageError(f"'{word}' is the name of more than one province of map '{atlas.id}'; write {ids}")
    longer = sorted(
        {atlas.ids[p] for known, places in spoken.items() if asked and known.startswith(asked) for p in places}
    )
    if longer:
        raise UsageError(f"no province '{word}' on map '{atlas.id}'; names that begin so: {', '.join(longer[:8])}")
    close = did_you_mean(word, [*atlas.ids, *atlas.names])
    raise UsageError(f"no province '{word}' on map '{atlas.id}'; {close or 'write an id of provinces.csv, or a name'}")


# --- points ----------------------------------------------------------------------------------------------------------


class Finder:
    """Finds the province in which points lie."""

    def __init__(self, path: Path, atlas: Atlas) -> None:
        import shapely

        self.path, self.atlas = path, atlas
        shapes = read_shapes(path, "provinces", "id")
        self._number = np.array([atlas.number.get(name, NOBODY) for name in shapes], dtype=np.int64)
        self._tree = shapely.STRtree(list(shapes.values()))

    def at(self, lon: Sequence[float], lat: Sequence[float]) -> Ints:
        """Number of the province at each point; `NOBODY` where there is only water, or no map."""
        import shapely

        points = shapely.points(project(np.asarray(lon), np.asarray(lat)))
        found = np.full(len(points), NOBODY, dtype=np.int64)
        i, j = self._tree.query(points, predicate="intersects")
        found[i[::-1]] = self._number[j[::-1]]  # on a border the first province counts
        wet = np.flatnonzero(found == NOBODY)
        if len(wet):
            i, j = self._tree.query_nearest(points[wet], max_distance=SHORE_M, all_matches=False)
            found[wet[i]] = self._number[j]
        return found

    def water(self, lon: float, lat: float) -> str:
        """What a point in no province is, in words."""
        import shapely

        point = shapely.Point(project(lon, lat))
        for layer, column in (("lakes", "name"), ("seas", "id")):
            for name, shape in read_shapes(self.path, layer, column).items():
                if shapely.intersects(shape, point):
                    return f"it lies in {name}" if layer == "lakes" else f"it lies at sea, in '{name}'"
        return f"it lies outside map '{self.atlas.id}'"


def read_shapes(path: Path, layer: str, column: str) -> dict[str, Any]:
    """Shapes of a layer of a GeoPackage by a text column; nothing if the file has no such layer."""
    import shapely

    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as file:
        known = file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        geometry = dict(known).get(layer)
        rows = file.execute(f'SELECT "{column}", "{geometry}" FROM "{layer}"').fetchall() if geometry else []
    return dict(zip([str(name) for name, _ in rows], shapely.from_wkb([_wkb(blob) for _, blob in rows]), strict=True))


def _wkb(blob: bytes) -> bytes:
    """The geometry in a GeoPackage's cell, behind its header of 8 bytes and an envelope (GeoPackage 1.3, 2.1.3)."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return blob[8 + envelope :]


# --- records ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """A map at an hour: who owns and who controls each province (power numbers), and what flags its zone has."""

    atlas: Atlas
    hour: int
    owner: Ints
    controller: Ints
    flags: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, atlas: Atlas, hour: int, controller: Ints | None = None) -> Moment:
        """The map at an hour, as it was; ``controller``: as it is in a run, where the flags of history do not hold."""
        owner = atlas.owners_on(hour)
        if controller is None:
            return cls(atlas, hour, owner, atlas.controllers_on(hour), atlas.flags_on(hour))
        return cls(atlas, hour, owner, controller, ((),) * len(atlas))

    def place(self, p: int) -> Record:
        """Name, zone, owner, controller and flags of a province."""
        atlas = self.atlas
        return {
            "province": atlas.ids[p],
            "name": atlas.names[p],
            "zone": atlas.zones[int(atlas.zone_of[p])],
            "owner": _code(atlas, self.owner[p]),
            "controller": _code(atlas, self.controller[p]),
            "flags": list(self.flags[p]),
        }

    def province(self, p: int) -> Record:
        """All the map knows about a province."""
        atlas = self.atlas
        return {
            **self.place(p),
            "owners": _spans(atlas, int(atlas.zone_of[p])),
            "aliases": list(atlas.aliases[p]),
            "capital_of": atlas.capital_of[p],
            "lon": float(atlas.lon[p]),
            "lat": float(atlas.lat[p]),
            "area_km2": float(atlas.area_km2[p]),
            "terrain": TERRAINS[int(atlas.terrain[p])],
            "climate": atlas.climates[int(atlas.climate_of[p])].id,
            "population_k": float(atlas.population_k[p]),
            "road": int(atlas.road[p]),
            "port": int(atlas.port[p]),
            "industry": dict(atlas.industry[p]) if atlas.industry else {},
            "neighbours": _neighbours(atlas, p),
            "rail": _rail(atlas, p),
            "forts": _forts(atlas, p, self.hour),
            "coasts": _coasts(atlas, p, self.hour),
        }

    def sea(self, word: str) -> Record:
        """A sea zone: its neighbours and how one gets there, its coasts; `UsageError` with the nearest if unknown."""
        atlas, seas = self.atlas, self.atlas.seas
        spoken = {**{n.casefold(): i for n, i in zip(seas.names, seas.ids, strict=True)}, **{i: i for i in seas.ids}}
        sea = spoken.get(word.strip().casefold(), "")
        if not sea:
            close = did_you_mean(word, [*seas.ids, *seas.names]) or "write an id of seas.csv, or a name"
            raise UsageError(f"no sea zone '{word}' on map '{atlas.id}'; {close}")
        return {
            "sea": sea,
            "name": seas.names[seas.ids.index(sea)],
            "area_km2": float(seas.area_km2[seas.ids.index(sea)]),
            "neighbours": [
                {
                    "sea": other,
                    "by": way.name,
                    "kind": way.kind,
                    "width_km": way.width_km,
                    "shores": [atlas.ids[p] for p in way.shores],
                }
                for other, way in seas.links_of(sea, self.hour)
            ],
            "coasts": [
                {
                    "province": atlas.ids[c.province],
                    "controller": _code(atlas, self.controller[c.province]),
                    "km": c.km,
                    "landing": c.landing,
                    "port": int(atlas.port[c.province]),
                }
                for c in seas.coasts
                if c.sea == sea
            ],
        }

    def state(self, power: str) -> Record:
        """Area, people, towns, provinces, capital, ports, industry of a power; `UsageError` for an unknown code.

        People, in thousands, are those of its zones, by the census nearest to 1935; `None` where a zone has no count.
        """
        atlas = self.atlas
        if power not in atlas.powers:
            codes = [c for c in atlas.powers if power.casefold() in (c.casefold(), atlas.power_names[c].casefold())]
            if not codes:
                close = did_you_mean(power, [*atlas.powers, *atlas.power_names.values()])
                raise UsageError(f"no power '{power}' on map '{atlas.id}'; {close or 'write a code of powers.csv'}")
            power = codes[0]
        rows = np.flatnonzero(self.owner == atlas.power_number[power])
        seats = [atlas.ids[p] for p in atlas.capitals.get(power, ()) if p in rows]
        industry: dict[str, int] = {}
        for p in rows.tolist() if atlas.industry else []:
            for kind, grade in atlas.industry[p]:
                industry[kind] = industry.get(kind, 0) + grade
        zones = sorted({atlas.zones[z] for z in atlas.zone_of[rows].tolist()})
        counted = all(z in atlas.people_k for z in zones)
        return {
            "power": power,
            "name": atlas.power_names[power],
            "date": dates.iso(self.hour),
            "provinces": len(rows),
            "area_km2": float(np.sum(atlas.area_km2[rows])),
            "people_k": sum(atlas.people_k[z] for z in zones) if counted else None,
            "towns_population_k": round(float(np.sum(atlas.population_k[rows])), 1),
            "capital": seats[0] if seats else "",
            "ports": int(np.sum(atlas.port[rows] > 0)),
            "industry": dict(sorted(industry.items())),
            "zones": zones,
            "neighbours": self._bordering(rows),
        }

    def states(self) -> list[Record]:
        """Every power that owns land, the largest first."""
        present = sorted({int(p) for p in self.owner} - {NOBODY})
        found = [self.state(self.atlas.powers[p]) for p in present]
        return sorted(found, key=lambda s: (-s["area_km2"], s["power"]))

    def _bordering(self, rows: Ints) -> list[str]:
        near = self.atlas.neighbours[rows]
        powers = {int(p) for p in self.owner[near[near >= 0]]} - {NOBODY, *(int(p) for p in self.owner[rows])}
        return sorted(self.atlas.powers[p] for p in powers)


def _code(atlas: Atlas, power: Any) -> str:
    return atlas.powers[int(power)] if int(power) != NOBODY else ""


def _spans(atlas: Atlas, zone: int) -> list[Record]:
    history = atlas.zone_owners[zone]
    ends = [*(dates.iso(hour) for hour, _ in history[1:]), ""]
    return [
        {"owner": owner, "begin_date": dates.iso(hour), "end_date": end}
        for (hour, owner), end in zip(history, ends, strict=True)
    ]


def _neighbours(atlas: Atlas, p: int) -> list[Record]:
    found, b = [], atlas.borders
    for q, k in zip(atlas.neighbours[p].tolist(), atlas.border_index[p].tolist(), strict=True):
        if q >= 0:
            found.append(
                {
                    "province": atlas.ids[q],
                    "km": float(b.distance_km[k]),
                    "shared_km": float(b.shared_km[k]),
                    "river": b.river[k],
                    "crossing": int(b.crossing[k]),
                    "strait": bool(b.strait[k]),
                }
            )
    return found


def _rail(atlas: Atlas, p: int) -> list[Record]:
    return [
        {
            "to": atlas.ids[r.b if r.a == p else r.a],
            "km": r.km,
            "tracks": r.tracks,
            "gauge_mm": r.gauge_mm,
            "trains_per_day": r.trains_per_day,
            "electric_from": r.electric_from,
            "line": r.line,
        }
        for r in atlas.rail
        if p in (r.a, r.b)
    ]


def _forts(atlas: Atlas, p: int, hour: int) -> list[Record]:
    return [
        {"line": f.line, "facing": atlas.ids[f.facing] if f.facing != NOBODY else "", "strength": f.strength}
        for f in atlas.forts_shown(hour)
        if f.province == p
    ]


def _coasts(atlas: Atlas, p: int, hour: int) -> list[Record]:
    return [
        {
            "sea": c.sea,
            "km": c.km,
            "landing": c.landing,
            "works": {f.line: f.strength for f in atlas.seas.forts_at(p, c.sea, hour)},
        }
        for c in atlas.seas.coasts
        if c.province == p
    ]


# --- routes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Net:
    """Ways between provinces: both directions of every stretch, what each costs to choose, and its kilometres."""

    start: Ints
    end: Ints
    cost: Floats
    km: Floats

    def path(self, a: int, b: int, size: int, open_: NDArray[np.bool_]) -> list[int]:
        """Stretches of the cheapest way from ``a`` to ``b`` through open provinces; empty if there is none."""
        use = np.flatnonzero(open_[self.start] & open_[self.end])
        graph = csr_array((self.cost[use], (self.start[use], self.end[use])), shape=(size, size))
        before = dijkstra(graph, indices=[a], return_predecessors=True)[1][0]
        arc = {pair: k for k, pair in enumerate(zip(self.start.tolist(), self.end.tolist(), strict=True))}
        found, at = [], b
        while at != a:
            previous = int(before[at])
            if previous < 0:
                return []
            found.append(arc[previous, at])
            at = previous
        return found[::-1]


def rail_net(atlas: Atlas) -> Net:
    """The railways; the shortest way counts."""
    lines = Lines.of(atlas)
    return Net(lines.start, lines.end, np.maximum(lines.km, 0.1), lines.km)


def road_net(atlas: Atlas, rulebook: Rulebook) -> Net:
    """The roads across every land border; bad going counts as a detour, as for troops on the march."""
    start, end, row = atlas.arcs
    km = np.maximum(atlas.borders.distance_km[row], 1.0) * rulebook.movement.winding
    return Net(start, end, km / going(atlas, rulebook)[end], km)


def route(
    moment: Moment, a: int, b: int, by: str = "rail", through: Iterable[str] = (), edition: str = "standard"
) -> Record:
    """The way from ``a`` to ``b`` with kilometres and days; `UsageError` if there is none.

    ``through`` limits it to land of these powers. Days are those of travel alone, in fair weather and friendly land.
    """
    atlas, rulebook = moment.atlas, Rulebook.load(edition)
    net = rail_net(atlas) if by == "rail" else road_net(atlas, rulebook)
    powers = [moment.state(code)["power"] for code in through]
    allowed = np.isin(moment.owner, [atlas.power_number[c] for c in powers]) | (not powers)
    path = net.path(a, b, len(atlas), allowed)
    if not path and a != b:
        land = f" through land of {', '.join(powers)} on {dates.iso(moment.hour)}" if powers else ""
        raise UsageError(f"no way by {by} from '{atlas.ids[a]}' to '{atlas.ids[b]}'{land}")
    stretches = [(int(net.start[k]), int(net.end[k]), float(net.km[k])) for k in path]
    km = sum(s[2] for s in stretches)
    found = {"from": atlas.ids[a], "to": atlas.ids[b], "by": by, "km": round(km, 1)}
    if by == "rail":
        days = {"train": round(km / rulebook.rail.km_per_day, 2)}
    else:
        effort, rules = float(np.sum(net.cost[path])), rulebook.movement
        speeds = {"foot": rules.foot_km_per_day, "horse": rules.horse_km_per_day, "motor": rules.motor_km_per_day}
        days = {means: round(effort / speed, 2) for means, speed in speeds.items()}
    ids = [atlas.ids[a], *(atlas.ids[q] for _, q, _ in stretches)]
    owners = [_code(atlas, moment.owner[a]), *(_code(atlas, moment.owner[q]) for _, q, _ in stretches)]
    crossed = [o for o, before in zip(owners, [None, *owners], strict=False) if o != before]
    found |= {"days": days, "through": crossed, "path": ids}
    return found | _by_stretch(atlas, stretches, by)


def _by_stretch(atlas: Atlas, stretches: Sequence[tuple[int, int, float]], by: str) -> Record:
    legs: list[Record] = []
    lines = {(r.a, r.b): r for r in atlas.rail}
    for p, q, km in stretches:
        leg: Record = {"from": atlas.ids[p], "to": atlas.ids[q], "km": round(km, 1)}
        if by == "rail":
            r = lines[min(p, q), max(p, q)]
            leg |= {"line": r.line, "tracks": r.tracks, "gauge_mm": r.gauge_mm, "trains_per_day": r.trains_per_day}
            leg["electric_from"] = r.electric_from
        else:
            k = atlas.border_of[p, q]
            leg |= {"river": atlas.borders.river[k], "crossing": int(atlas.borders.crossing[k])}
        legs.append(leg)
    if by != "rail":
        return {"legs": legs}
    gauges = [leg["gauge_mm"] for leg in legs]
    breaks = [leg["from"] for leg, g, before in zip(legs[1:], gauges[1:], gauges, strict=False) if g != before]
    return {
        "gauge_breaks": breaks,
        "trains_per_day": min((leg["trains_per_day"] for leg in legs), default=0),
        "legs": legs,
    }
