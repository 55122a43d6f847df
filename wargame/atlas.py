"""The fixed map: provinces, borders, rail, forts and seas as columns; no polygons.

Provinces are numbered in the sorted order of their ids; every array here is indexed by province number unless its
name says otherwise. ``NOBODY`` marks land without an owner. Distances are kilometres between hubs.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wargame.errors import UsageError, did_you_mean

TERRAINS = ("open", "forest", "hills", "mountains", "marsh", "urban", "desert", "arctic")
NOBODY = -1
RADIANS = 0.017453292519943295  # of a degree
DEGREE_KM = 111.2  # of latitude

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Borders:
    """Land borders as parallel columns, each undirected border listed once with ``a < b`` (province numbers)."""

    a: Ints
    b: Ints
    shared_km: Floats
    distance_km: Floats
    river: tuple[str, ...]
    river_share: Floats
    crossing: Ints  # 0 none, 1 minor, 2 river, 3 major
    strait: NDArray[np.bool_]


@dataclass(frozen=True)
class Fort:
    """Works in one province against an attack from ``facing`` (``-1``: all round); ``strength`` 0..1, by date.

    ``builder`` is the power whose works they are: they are shown while it owns the province (``""``: always). Who
    holds the province has the use of them, whoever he is.
    """

    province: int
    facing: int
    line: str
    strength: float
    begins: int
    ends: int
    builder: str = ""


@dataclass(frozen=True)
class Railway:
    """One stretch of line between the hubs of two neighbouring provinces."""

    a: int
    b: int
    tracks: int
    gauge_mm: int
    trains_per_day: int
    km: float
    line: str
    electric_from: int = 0
    """Year from which it is worked electrically; 0 = never."""


@dataclass(frozen=True)
class Held:
    """Who holds a zone or a province from an hour on, whoever owns it: by war, lease or agreement.

    ``place`` is a province number, or with ``whole_zone`` a zone number; ``power`` ``""``: its owner again.
    """

    begins: int
    place: int
    whole_zone: bool
    power: str


@dataclass(frozen=True)
class Flag:
    """What else holds of a zone (by number) between two hours, such as ``demilitarised``."""

    zone: int
    flag: str
    begins: int
    ends: int


@dataclass(frozen=True)
class SeaLink:
    """Two sea zones between which ships pass; ``kind`` is empty on open water, else strait, canal or river.

    Whoever holds the ``shores`` (province numbers) of a strait can close it; ``width_km`` is its least width.
    """

    a: str
    b: str
    name: str
    kind: str
    width_km: float
    shores: tuple[int, ...]
    begins: int


@dataclass(frozen=True)
class Coast:
    """The coast of a province on a sea zone; ``landing`` 0..1, how well troops land there if nobody hinders them."""

    province: int
    sea: str
    km: float
    landing: float


@dataclass(frozen=True)
class CoastFort:
    """Works of a province against ships and landings from a sea zone; ``strength`` 0..1, by date."""

    province: int
    sea: str
    builder: str
    line: str
    strength: float
    begins: int
    ends: int


@dataclass(frozen=True)
class Seas:
    """The sea zones of a map by id (sorted), their links, coasts and works; empty for a map without ``seas.csv``."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    area_km2: Floats = field(default_factory=lambda: np.zeros(0))
    links: tuple[SeaLink, ...] = ()
    coasts: tuple[Coast, ...] = ()
    forts: tuple[CoastFort, ...] = ()

    def links_of(self, sea: str, hour: int) -> list[tuple[str, SeaLink]]:
        """The neighbouring zones of a sea zone at an hour, each with the link to it."""
        open_ = [link for link in self.links if link.begins <= hour and sea in (link.a, link.b)]
        return sorted(((link.b if link.a == sea else link.a, link) for link in open_), key=lambda pair: pair[0])

    def forts_at(self, province: int, sea: str, hour: int) -> list[CoastFort]:
        """The works that guard a coast at an hour."""
        return [f for f in self.forts if (f.province, f.sea) == (province, sea) and f.begins <= hour < f.ends]


@dataclass(frozen=True)
class Climate:
    """Monthly probabilities (12 values each, January first) that a day has rain, mud, snow cover, frost."""

    id: str
    rain: Floats
    mud: Floats
    snow: Floats
    frost: Floats


@dataclass(frozen=True)
class Atlas:
    """One map. Built by `wargame.load.maps`; nothing in it changes during a run."""

    id: str
    title: str
    version: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    zones: tuple[str, ...]
    zone_of: Ints
    zone_owners: tuple[tuple[tuple[int, str], ...], ...]  # per zone: (from hour, power), sorted
    terrain: Ints  # index into TERRAINS
    area_km2: Floats
    lon: Floats
    lat: Floats
    road: Ints  # 1 poor .. 4 dense and paved
    population_k: Floats  # of the hub town
    port: Ints
    capital_of: tuple[str, ...]
    climate_of: Ints
    climates: tuple[Climate, ...]
    borders: Borders
    forts: tuple[Fort, ...]
    rail: tuple[Railway, ...]
    powers: tuple[str, ...]  # codes, sorted
    power_names: dict[str, str]
    adjectives: dict[str, str]
    colours: dict[str, str]
    sources: dict[str, str] = field(default_factory=dict)
    zone_names: dict[str, str] = field(default_factory=dict)
    industry: tuple[tuple[tuple[str, int], ...], ...] = ()  # per province: (kind, class 1..3); empty without the column
    held: tuple[Held, ...] = ()  # whole zones by date, then single provinces by date: the later entry counts
    flags: tuple[Flag, ...] = ()
    people_k: dict[str, float] = field(default_factory=dict)  # of zones that have been counted, in thousands
    seas: Seas = field(default_factory=Seas)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def number(self) -> dict[str, int]:
        """Province number by id."""
        return {p: i for i, p in enumerate(self.ids)}

    @cached_property
    def power_number(self) -> dict[str, int]:
        """Power number by code."""
        return {p: i for i, p in enumerate(self.powers)}

    @cached_property
    def capitals(self) -> dict[str, tuple[int, ...]]:
        """Numbers of each power's capitals; powers without one are not listed."""
        found: dict[str, tuple[int, ...]] = {}
        for p, code in enumerate(self.capital_of):
            if code:
                found[code] = (*found.get(code, ()), p)
        return found

    def province(self, name: str) -> int:
        """Number of the province with this id; `UsageError` with the nearest id if there is none."""
        if name not in self.number:
            raise UsageError(f"no province '{name}' on map '{self.id}'; {did_you_mean(name, self.ids)}".rstrip("; "))
        return self.number[name]

    def owners_on(self, hour: int) -> Ints:
        """Power number owning each province at an hour (``NOBODY`` where none does)."""
        by_zone = [NOBODY] * len(self.zones)
        for z, history in enumerate(self.zone_owners):
            for begins, owner in history:
                if begins <= hour:
                    by_zone[z] = self.power_number.get(owner, NOBODY)
        return np.array(by_zone, dtype=np.int64)[self.zone_of]

    def controllers_on(self, hour: int) -> Ints:
        """Power number holding each province at an hour: the owner, unless war, lease or agreement gave it away."""
        owner = self.owners_on(hour)
        holder = owner.copy()
        for held in self.held:
            if held.begins <= hour:
                places = self.zone_of == held.place if held.whole_zone else held.place
                holder[places] = self.power_number[held.power] if held.power else owner[places]
        return holder

    def flags_on(self, hour: int) -> tuple[tuple[str, ...], ...]:
        """Flags of each province at an hour, sorted."""
        by_zone: list[tuple[str, ...]] = [()] * len(self.zones)
        for f in self.flags:
            if f.begins <= hour < f.ends:
                by_zone[f.zone] = (*by_zone[f.zone], f.flag)
        return tuple(by_zone[z] for z in self.zone_of.tolist())

    @cached_property
    def neighbours(self) -> Ints:
        """Land neighbours, shape (provinces, widest), padded with -1; straits count."""
        return self._padded[0]

    @cached_property
    def border_index(self) -> Ints:
        """Row of `borders` for each entry of `neighbours`, same shape, padded with -1."""
        return self._padded[1]

    @cached_property
    def neighbour_km(self) -> Floats:
        """Hub-to-hub distance for each entry of `neighbours`, padded with infinity."""
        km = np.append(self.borders.distance_km, np.inf)
        return km[self.border_index]

    @cached_property
    def around(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        """Land neighbours of each province by number, each with the kilometres between the hubs."""
        pairs = zip(self.neighbours.tolist(), self.neighbour_km.tolist(), strict=True)
        return tuple(tuple((q, km) for q, km in zip(near, far, strict=True) if q >= 0) for near, far in pairs)

    @cached_property
    def _padded(self) -> tuple[Ints, Ints]:
        rows: list[list[tuple[int, int]]] = [[] for _ in self.ids]
        for k, (a, b) in enumerate(zip(self.borders.a.tolist(), self.borders.b.tolist(), strict=True)):
            rows[a].append((b, k))
            rows[b].append((a, k))
        widest = max([len(r) for r in rows] + [1])
        near = np.full((len(self), widest), -1, dtype=np.int64)
        index = np.full((len(self), widest), -1, dtype=np.int64)
        for p, row in enumerate(rows):
            for j, (q, k) in enumerate(sorted(row)):
                near[p, j], index[p, j] = q, k
        return near, index

    @cached_property
    def arcs(self) -> tuple[Ints, Ints, Ints]:
        """Every land border in both directions, sorted: starts, ends, rows of `borders`."""
        b = self.borders
        start, end = np.concatenate([b.a, b.b]), np.concatenate([b.b, b.a])
        order = np.lexsort((end, start))
        return start[order], end[order], order % max(len(b.a), 1)

    @cached_property
    def lines(self) -> dict[tuple[int, int], tuple[float, float]]:
        """Trains a day and kilometres by (hub, hub), sorted, in both directions; parallel lines count as the best."""
        best: dict[tuple[int, int], tuple[float, float]] = {}
        for r in self.rail:
            for pair in ((r.a, r.b), (r.b, r.a)):
                trains, km = best.get(pair, (0.0, r.km))
                best[pair] = (max(trains, float(r.trains_per_day)), min(km, r.km))
        return dict(sorted(best.items()))

    @cached_property
    def rail_km(self) -> Floats:
        """Kilometres of the line along each border, shape of `borders`; infinity where none runs."""
        km = np.full(len(self.borders.a), np.inf)
        for r in self.rail:
            if (r.a, r.b) in self.border_of:
                km[self.border_of[r.a, r.b]] = r.km
        return km

    @cached_property
    def border_of(self) -> dict[tuple[int, int], int]:
        """Row of `borders` by (province, neighbour), in both directions."""
        pairs = zip(self.borders.a.tolist(), self.borders.b.tolist(), strict=True)
        return {pair: k for k, (a, b) in enumerate(pairs) for pair in ((a, b), (b, a))}

    @cached_property
    def road_graph(self) -> csr_array:
        """Symmetric graph of land borders weighted by kilometres."""
        b = self.borders
        km = np.maximum(b.distance_km, 1.0)
        data = np.concatenate([km, km])
        ends = (np.concatenate([b.a, b.b]), np.concatenate([b.b, b.a]))
        return csr_array((data, ends), shape=(len(self), len(self)))

    def distance_to(self, provinces: tuple[int, ...]) -> Floats:
        """Kilometres by land from every province to the nearest of `provinces` (infinity where there is no way)."""
        if provinces not in self._distances:
            if len(provinces) == 1:
                self._distances[provinces] = self.km_to(np.array(provinces), np.arange(len(self)))
            else:
                field_km = dijkstra(self.road_graph, indices=list(provinces), min_only=True)
                self._distances[provinces] = np.asarray(field_km, dtype=np.float64)
        return self._distances[provinces]

    def km_to(self, goals: Ints, provinces: Ints) -> Floats:
        """Kilometres by land to `goals` from `provinces`, element by element, broadcast to one shape."""
        table, filled = self._distance_table
        if not filled[goals].all():
            missing = np.unique(goals[~filled[goals]])
            table[missing] = dijkstra(self.road_graph, indices=missing)
            filled[missing] = True
        km: Floats = table[goals, provinces]
        return km

    @cached_property
    def _distance_table(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Distances to each province, a row a goal, and which rows have been worked out."""
        return np.empty((len(self), len(self))), np.zeros(len(self), dtype=bool)

    def crow_km(self, place: int) -> Floats:
        """Kilometres as the crow flies from a province's hub to every other's, within a hundredth up to 1,000 km."""
        if place not in self._crow_km:
            phi = self.lat * RADIANS
            square = 0.5 * (phi + phi[place]) * (0.5 * (phi + phi[place]))
            cosine = 1.0 - square / 2.0 + square * square / 24.0 - square * square * square / 720.0
            east, north = (self.lon - self.lon[place]) * cosine, self.lat - self.lat[place]
            self._crow_km[place] = DEGREE_KM * np.sqrt(east * east + north * north)
        return self._crow_km[place]

    @cached_property
    def _crow_km(self) -> dict[int, Floats]:
        return {}

    @cached_property
    def _distances(self) -> dict[tuple[int, ...], Floats]:
        return {}

    def fort_strength(self, province: int, attackers_from: int, hour: int) -> float:
        """Strongest works in `province` against an attack out of `attackers_from` at an hour, 0..1."""
        best = 0.0
        for fort in self._forts_of.get(province, ()):
            if fort.facing in (-1, attackers_from) and fort.begins <= hour < fort.ends:
                best = max(best, fort.strength)
        return best

    def works_until(self, hour: int) -> int:
        """Number of times up to an hour that works began or ceased to count: between two such times none do."""
        return bisect_right(self._works_change, hour)

    @cached_property
    def _works_change(self) -> list[int]:
        return sorted({at for fort in self.forts for at in (fort.begins, fort.ends)})

    def forts_shown(self, hour: int) -> list[Fort]:
        """The works that exist at an hour in land that their builder owns then."""
        owner = self.owners_on(hour)
        holds = [self.powers[o] if o >= 0 else "" for o in owner.tolist()]
        return [f for f in self.forts if f.begins <= hour < f.ends and f.builder in ("", holds[f.province])]

    @cached_property
    def in_zone(self) -> dict[str, Ints]:
        """Provinces of each zone, in order."""
        return {zone: np.flatnonzero(self.zone_of == k) for k, zone in enumerate(self.zones)}

    @cached_property
    def all_round_forts(self) -> tuple[Fort, ...]:
        """Works that face every way: fortresses and fortified towns."""
        return tuple(fort for fort in self.forts if fort.facing < 0)

    @cached_property
    def _forts_of(self) -> dict[int, tuple[Fort, ...]]:
        found: dict[int, list[Fort]] = {}
        for fort in self.forts:
            found.setdefault(fort.province, []).append(fort)
        return {p: tuple(f) for p, f in found.items()}
