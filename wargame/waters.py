"""The sea as one power meets it: who commands which waters, the ways over them, and the ships at hand.

A sea zone is as wide as the root of its area. Fleets are tonnage; they are felt the less, the farther a zone is from
the ports of their power. Nothing here knows a power, a plan or a date.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wargame import exact
from wargame.atlas import Atlas, SeaLink
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.world import Status, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dated = Mapping[str, tuple[tuple[int, float], ...]]  # (hour from which it counts, amount) by power
KEPT_LANES = 256  # positions at sea that are remembered
LANDING_PORT, BASE_PORT = 1, 2  # least class of a port where ships unload, and where fleets and armies are based


@dataclass(frozen=True)
class Navies:
    """What every power has afloat: warships in thousand tons, troopships in men, other ships in gross tons."""

    fleets: Dated = field(default_factory=dict)
    lift: Dated = field(default_factory=dict)
    shipping: Dated = field(default_factory=dict)
    _tons: dict[tuple[str, int], float] = field(default_factory=dict, repr=False, compare=False)

    def tons(self, power: str, hour: int) -> float:
        """Thousand tons of warships in service at an hour."""
        if (power, hour) not in self._tons:
            if len(self._tons) >= KEPT_LANES:
                self._tons.clear()
            self._tons[power, hour] = _in_service(self.fleets, power, hour)
        return self._tons[power, hour]

    def carries(self, power: str, hour: int, rulebook: Rulebook) -> float:
        """Men whom a power's troopships, and the merchant ships it takes up for them, carry at once."""
        rules = rulebook.naval
        taken_up = _in_service(self.shipping, power, hour) * rules.take_up / rules.tons_per_man
        return _in_service(self.lift, power, hour) + taken_up


def _in_service(table: Dated, power: str, hour: int) -> float:
    return sum(amount for begins, amount in table.get(power, ()) if begins <= hour)


@dataclass(frozen=True)
class Chart:
    """The sea zones of one map: their widths, their links, and the coasts of each province."""

    width_km: Floats  # by zone
    links: tuple[tuple[int, int, SeaLink], ...]
    seas_of: dict[int, tuple[int, ...]]  # province -> zones
    landing: dict[tuple[int, int], tuple[float, float]]  # (province, zone) -> kilometres of coast, ease of landing
    ports: Ints  # provinces with a port on the sea
    graphs: dict[tuple[bool, ...], csr_array] = field(default_factory=dict)  # by which of the narrows are open
    far: dict[tuple[tuple[bool, ...], tuple[int, ...]], Floats] = field(default_factory=dict)  # and from these zones
    off: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)  # zones off some provinces

    @cached_property
    def watched(self) -> Ints:
        """Provinces whose holder commands a sea or its entrance: ports, and the shores of straits and canals."""
        shores = {p for _, _, link in self.links if link.kind for p in link.shores}
        return np.array(sorted({*self.ports.tolist(), *shores}), dtype=np.int64)

    def zones_off(self, provinces: tuple[int, ...]) -> tuple[int, ...]:
        """Zones off the coast of any of some provinces, in order."""
        if provinces not in self.off:
            self.off[provinces] = tuple(sorted({z for p in provinces for z in self.seas_of.get(p, ())}))
        return self.off[provinces]

    def graph(self, narrows: tuple[bool, ...]) -> csr_array:
        """The open links as a symmetric graph, in kilometres from middle to middle of the zones."""
        if narrows not in self.graphs:
            passable = iter(narrows)
            rows = [
                (a, b, 0.5 * float(self.width_km[a] + self.width_km[b]))
                for a, b, link in self.links
                if not link.kind or next(passable)
            ]
            n = len(self.width_km)
            a, b, km = (np.array(c) for c in zip(*rows, strict=True)) if rows else (np.zeros(0, dtype=np.int64),) * 3
            ends = np.concatenate([a, b]), np.concatenate([b, a])
            self.graphs[narrows] = csr_array((np.concatenate([km, km]).astype(float), ends), shape=(n, n))
        return self.graphs[narrows]

    def km_from(self, narrows: tuple[bool, ...], zones: tuple[int, ...]) -> Floats:
        """Kilometres from the nearest of some zones to every zone."""
        if (narrows, zones) not in self.far:
            self.far[narrows, zones] = dijkstra(self.graph(narrows), indices=list(zones), min_only=True)
        return self.far[narrows, zones]

    @staticmethod
    @remembered
    def of(atlas: Atlas) -> Chart:
        """The chart of an atlas; empty if its map has no sea."""
        seas = atlas.seas
        index = {s: k for k, s in enumerate(seas.ids)}
        near: dict[int, list[int]] = {}
        for c in seas.coasts:
            near.setdefault(c.province, []).append(index[c.sea])
        ports = [p for p in sorted(near) if atlas.port[p] >= LANDING_PORT]
        return Chart(
            np.sqrt(seas.area_km2),
            tuple((index[k.a], index[k.b], k) for k in seas.links if k.kind != "river"),
            {p: tuple(sorted(zones)) for p, zones in near.items()},
            {(c.province, index[c.sea]): (c.km, c.landing) for c in seas.coasts},
            np.array(ports, dtype=np.int64),
        )


@dataclass(frozen=True, slots=True)
class Crossing:
    """A way over sea: zones in order, kilometres, days at sea, and the share of the ships expected to be sunk."""

    zones: tuple[int, ...]
    km: float
    days: float
    risk: float


class Waters:
    """The sea as one power meets it at one instant. Worked out once; make a new one after changes."""

    def __init__(self, world: World, atlas: Atlas, navies: Navies, power: str, rulebook: Rulebook) -> None:
        self.world, self.atlas, self.navies, self.power, self.rules = world, atlas, navies, power, rulebook.naval
        self.rulebook, self.chart = rulebook, Chart.of(atlas)
        self.friends, self.enemies = _coalitions(world, power)
        self._skies: dict[int, float] = {}

    @cached_property
    def friendly(self) -> Bools:
        """Provinces held by the power or by one that fights on its side."""
        return self._held_by(self.friends)

    @cached_property
    def own(self) -> Bools:
        """Provinces held by the power itself."""
        return self._held_by((self.power,))

    def _held_by(self, powers: Sequence[str]) -> Bools:
        theirs = np.zeros(len(self.atlas.powers) + 1, dtype=bool)  # by power number; the last for nobody
        theirs[[self.atlas.power_number[p] for p in powers if p in self.atlas.power_number]] = True
        held: Bools = theirs[self.world.controller]
        return held

    @cached_property
    def near_enemy(self) -> Bools:
        """Provinces with a land border to an enemy's."""
        start, end, _ = self.atlas.arcs
        beside = np.zeros(len(self.atlas), dtype=bool)
        beside[end[self._held_by(self.enemies)[start]]] = True
        return beside

    @property
    def risk(self) -> Floats:
        """Enemy command of each zone, 0..1: his tonnage felt there squared over the sum of both squares."""
        return self._lanes.risk

    @cached_property
    def _lanes(self) -> _Lanes:
        """Command of the seas and the ways over them; worked out anew only where a port, a fleet or a war has changed.

        Chart, fleets and rulebook are the same all through a run.
        """
        known, world = _known_lanes(self.chart, self.navies, self.rulebook), self.world
        going = tuple((w.attackers, w.defenders) for w in world.wars.values() if f"ceased:{w.id}" not in world.flags)
        tons = tuple(self._tons(p) for p in (*self.friends, *self.enemies))
        opened = sum(link.begins <= world.hour for _, _, link in self.chart.links if link.kind)
        key = self.power, going, tons, opened, world.controller[self.chart.watched].tobytes()
        if key not in known:
            if len(known) >= KEPT_LANES:
                known.clear()
            risk = self._command()
            known[key] = _Lanes(self.chart, risk, self._weighted(risk), self.rules.winding)
        return known[key]

    def _tons(self, power: str) -> float:
        """Thousand tons of a power's fleet still afloat."""
        return self.navies.tons(power, self.world.hour) - self.world.warships_sunk.get(power, 0.0)

    def _command(self) -> Floats:
        own = self._felt(self.power, 1.0)
        for ally in self.friends:
            if ally != self.power:
                own = own + self._felt(ally, self.rules.at_hand)
        met = np.zeros(len(self.chart.width_km))
        for enemy in self.enemies:
            met = met + self._felt(enemy, self.rules.at_hand)
        total = own * own + met * met
        share: Floats = np.where(met > 0, met * met / np.maximum(total, 1e-9), 0.0)
        return share

    def _felt(self, power: str, share: float) -> Floats:
        """Thousand tons of a power's fleet felt in each zone, by the distance from its nearest base."""
        tons = self._tons(power) * share
        bases = self.chart.ports[self.atlas.port[self.chart.ports] >= BASE_PORT]
        bases = bases[(self.world.controller[bases] == self.atlas.power_number.get(power, -1))]
        zones = tuple(sorted({z for p in bases.tolist() for z in self.chart.seas_of[p]}))
        if tons <= 0 or not zones:
            return np.zeros(len(self.chart.width_km))
        narrows = _narrows(self.atlas, self.world, _coalitions(self.world, power)[1])
        km = self.chart.km_from(narrows, zones)
        reach = np.where(np.isfinite(km), km, 0.0) * (self.rules.winding / self.rules.near_km)
        felt: Floats = np.where(np.isfinite(km), tons * exact.exp(-reach), 0.0)
        return felt

    def crossing(self, origins: tuple[int, ...], goal: int, surprise: float = 0.0) -> Crossing | None:
        """The way over sea from the best of some coastal provinces to another, or ``None`` if there is none.

        ``surprise``: steps of it left.
        """
        start, ends = self.chart.zones_off(origins), self.chart.seas_of.get(goal, ())
        way = self._lanes.way(start, ends) if start and ends else None
        if way is None:
            return None
        zones, km = way
        return Crossing(zones, km, km / self.rules.km_per_day, self._loss(zones, self.sky(goal), surprise))

    def _weighted(self, risk: Floats) -> csr_array:
        """The open links, longer where the enemy commands."""
        graph = self.chart.graph(_narrows(self.atlas, self.world, self.enemies))
        coo = graph.tocoo()
        dread = 1.0 + self.rules.detour * 0.5 * (risk[coo.row] + risk[coo.col])
        weighted: csr_array = csr_array((coo.data * dread, (coo.row, coo.col)), shape=graph.shape)
        return weighted

    def _loss(self, zones: tuple[int, ...], sky: float, surprise: float) -> float:
        """Share of the ships sunk on the way: in each zone by the enemy's command of it and by his aircraft."""
        rules = self.rules
        safe = 1.0
        for z in zones:
            ships = rules.sunk * float(self.risk[z]) * (1.0 - rules.air_cover * max(0.0, sky))
            safe *= 1.0 - min(1.0, ships + rules.air_sunk * max(0.0, -sky))
        unseen = float(exact.power(rules.unseen, surprise)) if surprise > 0 else 1.0
        return (1.0 - safe) * unseen

    def sky(self, place: int) -> float:
        """Superiority in the air over a place, -1..1: own and allied aircraft that reach it against the enemies'."""
        if place not in self._skies:
            f = self.world.forces
            rows = f.command.air_rows
            rows = rows[f.status[rows] == Status.ACTIVE]
            rows = rows[self.atlas.crow_km(place)[f.province[rows]] <= self.rules.air_reach_km]
            aircraft = f.aircraft[rows] * f.quality[rows]
            worth = np.bincount(f.power[rows], weights=aircraft, minlength=len(self.atlas.powers))
            own, met = (
                float(sum(worth[self.atlas.power_number[p]] for p in side if p in self.atlas.power_number))
                for side in (self.friends, self.enemies)
            )
            self._skies[place] = (own - met) / max(own + met, 1.0)
        return self._skies[place]

    def free_lift(self, carrier: str) -> float:
        """Men whom a power's ships at hand can take today."""
        at_sea = sum(v.men for v in self.world.voyages.values() if v.carrier == carrier and v.back > self.world.hour)
        total = self.navies.carries(carrier, self.world.hour, self.rulebook)
        return total - self.world.sunk.get(carrier, 0.0) - at_sea

    def ports_of(self, held: Bools, least: int) -> Ints:
        """Ports of at least this class among some provinces."""
        ports = self.chart.ports
        found: Ints = ports[held[ports] & (self.atlas.port[ports] >= least)]
        return found


class _Lanes:
    """Enemy command of each zone, and the best ways over sea, while no port, fleet or war changes."""

    def __init__(self, chart: Chart, risk: Floats, weighted: csr_array, winding: float) -> None:
        self.chart, self.risk, self._weighted, self._winding = chart, risk, weighted, winding
        self._from: dict[tuple[int, ...], tuple[Floats, list[int]]] = {}
        self._ways: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[tuple[int, ...], float] | None] = {}

    def way(self, start: tuple[int, ...], ends: tuple[int, ...]) -> tuple[tuple[int, ...], float] | None:
        """Zones in order, and kilometres, from the best of some zones to the nearest of others; ``None`` for no way."""
        if (start, ends) not in self._ways:
            self._ways[start, ends] = self._way(start, ends)
        return self._ways[start, ends]

    def _way(self, start: tuple[int, ...], ends: tuple[int, ...]) -> tuple[tuple[int, ...], float] | None:
        if start not in self._from:
            far, found, _ = dijkstra(self._weighted, indices=list(start), min_only=True, return_predecessors=True)
            self._from[start] = far, found.tolist()
        far, before = self._from[start]
        last = min(ends, key=lambda z: (float(far[z]), z))
        if not np.isfinite(far[last]):
            return None
        path = [last]
        while before[path[-1]] >= 0:  # the zone before each on the way; negative: none
            path.append(before[path[-1]])
        zones = tuple(reversed(path))
        return zones, self._winding * float(self.chart.width_km[list(zones)].sum())


@remembered
def _known_lanes(chart: Chart, navies: Navies, rulebook: Rulebook) -> dict[Hashable, _Lanes]:
    return {}


def _coalitions(world: World, power: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those on a power's side, itself included, and those against it, in every war that is not over."""
    friends: set[str] = {power}
    enemies: set[str] = set()
    for war in world.wars.values():
        if f"ceased:{war.id}" in world.flags:
            continue
        for own, other in ((war.attackers, war.defenders), (war.defenders, war.attackers)):
            if power in own:
                friends.update(own)
                enemies.update(other)
    return tuple(sorted(friends - enemies)), tuple(sorted(enemies))


def _narrows(atlas: Atlas, world: World, enemies: Sequence[str]) -> tuple[bool, ...]:
    """Which of the straits and canals are open to those who have these enemies: none of them holds a shore of it."""
    hostile = {atlas.power_number[p] for p in enemies if p in atlas.power_number}
    return tuple(
        link.begins <= world.hour and not any(int(world.controller[p]) in hostile for p in link.shores)
        for _, _, link in Chart.of(atlas).links
        if link.kind
    )


def landed_a_day(atlas: Atlas, place: int, rulebook: Rulebook) -> float:
    """Men a day who come ashore, or leave, through the port of a place, or over its beaches."""
    rules = rulebook.naval
    by_class = (rules.beach_men, rules.small_port_men, rules.port_men, rules.great_port_men)
    return float(by_class[int(atlas.port[place])])
