"""The sea: who commands which waters, crossings and their losses, landings, evacuation, supply by sea, blockade.

A sea zone is as wide as the root of its area. Fleets are tonnage; they are felt the less, the farther a zone is from
the ports of their power. Nothing here knows a power, a plan or a date.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wargame import exact
from wargame.atlas import Atlas, SeaLink
from wargame.dice import Dice
from wargame.events import Columns, ConvoyLost, Embarked, Evacuated, FormationsSurrendered, Landed, ProvinceTaken
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.sides import IS_STATIC, Sides
from wargame.world import POSTURES, Status, Voyage, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dated = Mapping[str, tuple[tuple[int, float], ...]]  # (hour from which it counts, amount) by power
DAY_HOURS = 24
STAND, HOLD = POSTURES.index("stand"), POSTURES.index("hold")
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


# --- who sails -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Landing:
    """An operation carried over water: where it goes, how, and what is left of its surprise."""

    power: str
    aims: tuple[int, ...]  # provinces
    because: int
    began: int  # hour
    warning_days: float = 0.0  # in which the first wave has loaded and sailed
    surprise: float = 0.0  # steps left


@dataclass
class _Spot:
    """A place to land at: an enemy coast, or a harbour already taken."""

    place: int
    harbour: bool
    need: float  # men
    enemy: float
    booked: float = 0.0
    after_hours: float = 0.0
    aboard: list[tuple[int, Embarked]] = field(default_factory=list)


def expedition(
    sides: Sides, waters: Waters, landing: Landing, rulebook: Rulebook
) -> list[tuple[Embarked, tuple[int, ...]]]:
    """Who embarks today for an operation over sea, each with the places he then makes for, in the order of sailing.

    Aims in a stretch of land where the side holds a harbour are reinforced over it; every other one is landed at. On
    the first day the ships have loaded and sailed within the warning; all bound for one coast land at one hour.
    """
    spots = _spots(sides, waters, landing, rulebook)
    lift = waters.free_lift(landing.power)
    ports = waters.ports_of(waters.own, BASE_PORT)
    if not spots or lift <= 0 or not len(ports):
        return []
    rows, port, km = _willing(sides, waters, landing, ports, rulebook)
    f, hour, rules = sides.world.forces, sides.world.hour, rulebook.naval
    head_start = landing.warning_days * DAY_HOURS if hour - landing.began < DAY_HOURS else 0.0
    for row, origin, way in zip(rows.tolist(), port.tolist(), km.tolist(), strict=True):
        men = float(f.men[row])
        for spot in spots:
            crowded = not spot.harbour and 0 < spot.booked > rules.wave_men - men
            full = spot.booked >= spot.need or crowded
            if men > lift or full:
                continue
            found = waters.crossing((origin,), spot.place, landing.surprise)
            if found is None or found.km > rules.reach_km or found.risk > rules.risk:
                continue
            ashore = men / _capacity(waters.atlas, spot.place, rulebook) * DAY_HOURS if spot.harbour else 0.0
            boarding = rules.loading_days + way / rulebook.rail.km_per_day
            takes = (boarding + found.days) * DAY_HOURS + ashore - head_start
            spot.after_hours = max(spot.after_hours + (ashore if spot.harbour else 0.0), takes, 1.0)
            lands = hour + round(spot.after_hours)
            spot.aboard.append(
                (
                    row,
                    Embarked(
                        formation=f.ids[row], carrier=landing.power, origin=waters.atlas.ids[origin],
                        destination=waters.atlas.ids[spot.place], lands=lands,
                        back=lands + round((rules.unloading_days + found.days) * DAY_HOURS), men=round(men),
                        purpose="transport" if spot.harbour else "landing", risk=round(found.risk, 4),
                        war=sides.war.id, because=landing.because,
                    ),
                )
            )  # fmt: skip
            spot.booked += men
            lift -= men
            break
    return _sailing(sides, landing, spots, rules.least_odds)


def _sailing(
    sides: Sides, landing: Landing, spots: list[_Spot], least: float
) -> list[tuple[Embarked, tuple[int, ...]]]:
    """The sailings that are worth it: to coasts where those booked are not too few, all landing there at one hour."""
    from_each: list[tuple[Embarked, tuple[int, ...]]] = []
    for spot in spots:
        if not spot.harbour and spot.booked < least * spot.enemy:
            continue
        hostile = [a for a in landing.aims if sides.province[a] != sides.of_power[_number(sides, landing.power)]]
        km = {a: float(sides.atlas.km_to(np.array([a]), np.array([spot.place]))[0]) for a in hostile}
        onward = tuple(sorted((a for a in hostile if np.isfinite(km[a]) and a != spot.place), key=lambda a: (km[a], a)))
        late = max((e.lands for _, e in spot.aboard), default=0)
        for _, e in spot.aboard:
            shift = 0 if spot.harbour else late - e.lands
            told = {name: getattr(e, name) for name in e.own} | {"lands": e.lands + shift, "back": e.back + shift}
            from_each.append((Embarked(**told, because=e.because), (spot.place, *onward)))
    return from_each


def _number(sides: Sides, power: str) -> int:
    return sides.atlas.power_number[power]


def _spots(sides: Sides, waters: Waters, landing: Landing, rulebook: Rulebook) -> list[_Spot]:
    """Places to go to for the aims that are not yet had, in their order, with the men wanted at each."""
    rules, atlas = rulebook.naval, sides.atlas
    side = int(sides.of_power[_number(sides, landing.power)])
    piece, enemy, own = sides.land.roads.piece, sides.men_by_province(1 - side), sides.men_by_province(side)
    home = {int(piece[p]) for p in waters.ports_of(waters.own, BASE_PORT).tolist() if _is_home(sides, waters, p)}
    spots: dict[int, _Spot] = {}
    for aim in landing.aims:
        if sides.province[aim] != 1 - side or int(piece[aim]) in home:
            continue
        shore = piece == piece[aim]
        there = own[shore].sum() + _bound(sides, waters, shore)
        wanted = rules.enough * float(enemy[shore].sum()) + rules.least_men - there
        if wanted <= 0:
            continue
        km = atlas.km_to(np.array([aim]), np.arange(len(atlas)))
        taken = waters.ports_of(shore & (sides.province == side), LANDING_PORT)
        taken = taken[km[taken] <= rules.by_road_km]
        coast = [p for p in waters.chart.seas_of if shore[p] and sides.province[p] == 1 - side]
        if len(taken):
            best = min(taken.tolist(), key=lambda p: (-int(atlas.port[p]), float(km[p]), p))
            spots.setdefault(best, _Spot(best, True, wanted, 0.0))
        elif coast:
            near = min(coast, key=lambda p: (float(km[p]), p))
            spots.setdefault(near, _Spot(near, False, max(1.0, rules.overmatch * float(enemy[near])), enemy[near]))
    return list(spots.values())


def _is_home(sides: Sides, waters: Waters, port: int) -> bool:
    """Whether a port was its holder's before the war."""
    return int(sides.world.owner[port]) == int(sides.world.controller[port]) and bool(waters.own[port])


def _bound(sides: Sides, waters: Waters, shore: Bools) -> float:
    """Men at sea who are bound for a stretch of land in this war."""
    bound = [v for v in sides.world.voyages.values() if v.stage == "out" and v.war == sides.war.id]
    return sum(v.men for v in bound if v.carrier in waters.friends and shore[sides.atlas.number[v.destination]])


def _capacity(atlas: Atlas, place: int, rulebook: Rulebook) -> float:
    """Men a day who come ashore, or leave, through the port of a place, or over its beaches."""
    rules = rulebook.naval
    by_class = (rules.beach_men, rules.small_port_men, rules.port_men, rules.great_port_men)
    return float(by_class[int(atlas.port[place])])


def _willing(
    sides: Sides, waters: Waters, landing: Landing, ports: Ints, rulebook: Rulebook
) -> tuple[Ints, Ints, Floats]:
    """Formations free to go over sea: rows, the port each embarks at, kilometres to it; the nearest first.

    Free is who is fit, ready, well away from every enemy on land and within reach of a port by land of his own side.
    """
    f, rules = sides.world.forces, rulebook.naval
    rows = f.land_rows(_number(sides, landing.power))
    rows = rows[(f.status[rows] == Status.ACTIVE) & (f.men[rows] > 0) & (f.arrives[rows] == 0)]
    rows = rows[(f.readiness[rows] >= rules.readiness) & ~IS_STATIC[f.kind[rows]] & (f.shaken_days[rows] <= 0)]
    rows = rows[(f.cut_off_days[rows] <= 0) & waters.friendly[f.province[rows]] & ~waters.near_enemy[f.province[rows]]]
    aims = np.array(landing.aims, dtype=np.int64)
    piece = sides.land.roads.piece
    rows = rows[~np.isin(piece[f.province[rows]], piece[aims])]
    ports = ports[~np.isin(piece[ports], piece[aims])]
    if not len(rows) or not len(ports):
        return rows[:0], rows[:0], np.zeros(0)
    km = sides.atlas.km_to(ports[:, None], f.province[rows][None, :])
    km = np.where(piece[ports][:, None] == piece[f.province[rows]][None, :], km, np.inf)
    nearest = km.argmin(axis=0)
    far = km[nearest, np.arange(len(rows))]
    near = (far <= rules.hinterland_km).nonzero()[0]
    order = near[np.lexsort((rows[near], -f.men[rows[near]], far[near]))]
    return rows[order], ports[nearest[order]], far[order]


def in_need_of_ships(sides: Sides, rulebook: Rulebook) -> tuple[str, ...]:
    """Powers with formations that are cut off, or whose goal lies in another stretch of their side's land."""
    f, rows, stretch = sides.world.forces, sides.present, sides.land.stretch
    goal, here = f.goal[rows], f.province[rows]
    bound = (goal >= 0) & (f.posture[rows] == HOLD) & (stretch[goal] != stretch[here])
    power = f.power[rows[bound | (f.cut_off_days[rows] >= rulebook.naval.cut_off_days)]]
    return tuple(sides.atlas.powers[p] for p in np.unique(power).tolist())


def transports(sides: Sides, waters: Waters, rulebook: Rulebook) -> list[Embarked]:
    """Who embarks today because no land of either side leads to his goal: holding, out of touch, from port to port."""
    f, atlas, rules = sides.world.forces, sides.atlas, rulebook.naval
    number, side = _number(sides, waters.power), int(sides.of_power[_number(sides, waters.power)])
    rows = sides.rows[side]
    rows = rows[
        (f.power[rows] == number) & (f.posture[rows] == HOLD) & (f.goal[rows] >= 0) & (f.cut_off_days[rows] <= 0)
    ]
    stretch = sides.land.stretch
    rows = rows[stretch[f.goal[rows]] != stretch[f.province[rows]]]
    if not len(rows) or waters.navies.carries(waters.power, sides.world.hour, rulebook) <= 0:
        return []
    piece, here = sides.land.roads.piece, f.province[rows]
    rows = rows[
        (piece[f.goal[rows]] != piece[here]) & (sides.province[f.goal[rows]] == side) & (f.shaken_days[rows] <= 0)
        & (sides.province[here] == side) & ~IS_STATIC[f.kind[rows]] & ~waters.near_enemy[here]
    ]  # fmt: skip
    if not len(rows):
        return []
    lift, busy, found = waters.free_lift(waters.power), dict[int, float](), []
    ports = waters.ports_of(sides.province == side, LANDING_PORT)
    ways: dict[tuple[int, int], tuple[int, int, Crossing, float] | None] = {}
    for row in rows.tolist():
        men, goal, place = float(f.men[row]), int(f.goal[row]), int(f.province[row])
        if men > lift:
            continue
        if (place, goal) not in ways:
            ways[place, goal] = _by_port(sides, waters, ports, place, goal, rulebook)
        way = ways[place, goal]
        if way is None or way[2].risk > rules.risk or way[2].km > rules.reach_km:
            continue
        origin, harbour, crossing, road_km = way
        ashore = men / _capacity(atlas, harbour, rulebook) * DAY_HOURS
        takes = (rules.loading_days + crossing.days + road_km / rulebook.rail.km_per_day) * DAY_HOURS
        busy[harbour] = max(busy.get(harbour, 0.0), takes) + ashore
        lands, order = sides.world.hour + round(busy[harbour]), sides.world.order_over(row)
        found.append(
            Embarked(
                formation=f.ids[row], carrier=waters.power, origin=atlas.ids[origin], destination=atlas.ids[harbour],
                lands=lands, back=lands + round((rules.unloading_days + crossing.days) * DAY_HOURS), men=round(men),
                purpose="transport", risk=round(crossing.risk, 4), war=sides.war.id,
                because=order.entry if order else sides.war.entry,
            )
        )  # fmt: skip
        lift -= men
    return found


def _by_port(
    sides: Sides, waters: Waters, ports: Ints, origin: int, goal: int, rulebook: Rulebook
) -> tuple[int, int, Crossing, float] | None:
    """Port to leave by, port to land at, the crossing between them, kilometres by land to the first."""
    atlas, stretch = sides.atlas, sides.land.stretch
    here, there = ports[stretch[ports] == stretch[origin]], ports[stretch[ports] == stretch[goal]]
    if not len(here) or not len(there):
        return None
    out = int(here[atlas.km_to(np.array([origin]), here).argmin()])
    km = float(atlas.km_to(np.array([origin]), np.array([out]))[0])
    cost = atlas.km_to(np.array([goal]), there) + rulebook.naval.port_worth_km * (3.0 - atlas.port[there])
    harbour = int(there[cost.argmin()])
    found = waters.crossing((out,), harbour)
    return None if found is None else (out, harbour, found, km)


def sea_days(waters: Waters, origin: int, goal: int, men: float, rulebook: Rulebook) -> float:
    """Days a formation takes between two places of its power's side over sea, or infinity.

    By land to the port nearest to it, over the sea to the port nearest to its goal, and on by land; without waiting
    for ships. ``waters`` are those of its power; infinity, too, where more than the accepted share would be sunk.
    """
    atlas, rules = waters.atlas, rulebook.naval
    ports = waters.ports_of(waters.friendly, LANDING_PORT)
    out, back = (atlas.km_to(np.array([p]), ports) for p in (origin, goal))
    if not len(ports) or not np.isfinite(out).any() or not np.isfinite(back).any():
        return float("inf")
    worth = rules.port_worth_km * (3.0 - atlas.port[ports])
    first, last = int(ports[(out + worth).argmin()]), int(ports[(back + worth).argmin()])
    crossing = waters.crossing((first,), last)
    if crossing is None or crossing.risk > rules.risk:
        return float("inf")
    land = float(out[(out + worth).argmin()] + back[(back + worth).argmin()]) / rulebook.rail.km_per_day
    return land + rules.loading_days + crossing.days + men / _capacity(atlas, last, rulebook)


# --- the crossing and the landing ------------------------------------------------------------------------------------


def sunk(
    world: World, voyage: Voyage, navies: Navies, dice: Dice, rulebook: Rulebook, because: int
) -> ConvoyLost | None:
    """What a voyage loses on its way, with luck; nothing where that is too little to tell of.

    Of the carrier's warships, as many sail with it as its men are a share of all his ships carry.
    """
    rules = rulebook.naval
    if voyage.risk <= 0:
        return None
    luck = dice.normal("convoy", voyage.formation, voyage.lands // DAY_HOURS)
    share = min(rules.sunk_most, voyage.risk * float(exact.exp(rules.luck_sd * luck)))
    if share < rules.least_told:
        return None
    men = float(world.forces.men[world.forces.row(voyage.formation)])
    escort = navies.tons(voyage.carrier, world.hour) * rules.escort
    carried = max(1.0, navies.carries(voyage.carrier, world.hour, rulebook))
    return ConvoyLost(
        formation=voyage.formation, carrier=voyage.carrier, destination=voyage.destination, share=round(share, 4),
        men=int(men * share * rules.drowned + 0.5), because=because,
        warships=round(escort * share * min(1.0, voyage.men / carried), 3),
    )  # fmt: skip


@dataclass(frozen=True)
class Ashore:
    """What a landing comes to: changed columns of the forces, and events in order."""

    columns: Columns
    events: tuple[Landed | ProvinceTaken | FormationsSurrendered, ...]


@dataclass(frozen=True, slots=True)
class Beach:
    """The coast of a place as a landing meets it."""

    front_km: float  # on which it is fought
    works: float  # strength of the coast's guns and works, 0..1
    term: float  # what the coast and the boats take from X of the combat chapter (negative)


def beach(atlas: Atlas, place: int, hour: int, rulebook: Rulebook) -> Beach:
    """The longest coast of a place at an hour; the works of all its coasts count."""
    rules, chart = rulebook.naval, Chart.of(atlas)
    zones = chart.seas_of[place]
    km, ease = max(chart.landing[place, z] for z in zones)
    works = [w.strength for z in zones for w in atlas.seas.forts_at(place, atlas.seas.ids[z], hour)]
    front = min(max(km, 1.0), rules.front_km)
    return Beach(front, max(works, default=0.0), -rules.afloat - rules.beach * (1.0 - ease))


def garrison(sides: Sides, side: int, place: int) -> Ints:
    """Rows of a side's formations in a place."""
    there: Ints = sides.rows[side][sides.world.forces.province[sides.rows[side]] == place]
    return there


def come_ashore(
    sides: Sides, rows: Ints, place: int, advantage: float, reasons: tuple[str, ...], dice: Dice, rulebook: Rulebook,
    because: int,
) -> Ashore:  # fmt: skip
    """Formations land together on an enemy coast: unopposed, by an assault of one day, or not at all.

    ``advantage``: X of the combat chapter with the beach's own term, and what weighs most in it. Repulsed formations
    stay aboard.
    """
    f, atlas, rules = sides.world.forces, sides.atlas, rulebook.naval
    side, power = int(sides.formation[rows[0]]), int(f.power[rows[0]])
    rows_d = garrison(sides, 1 - side, place)
    names, men = tuple(f.ids[r] for r in rows), float(f.men[rows].sum())
    told: dict[str, Any] = {
        "province": atlas.ids[place],
        "power": atlas.powers[power],
        "formations": names,
        "war": sides.war.id,
    }
    taken = ProvinceTaken(
        province=atlas.ids[place], power=atlas.powers[power], previous=atlas.powers[int(sides.world.controller[place])],
        how="fought" if len(rows_d) else "entered", by=names[0], because=because,
    )  # fmt: skip
    if not len(rows_d):
        return Ashore(Columns({}), (Landed(**told, how="unopposed", men=round(men), because=because), taken))
    odds = float(exact.logistic(rulebook.combat.constant + rulebook.combat.slope * advantage))
    won = dice.uniform("landing", atlas.ids[place], sides.world.hour // DAY_HOURS) < odds
    enemy = float(f.men[rows_d].sum())
    own_loss = min(1.0, rules.landing_loss * min(1.0, enemy / max(men, 1.0)) * (1.0 if won else rules.repulse_factor))
    their_loss = min(1.0, rules.landing_loss * min(1.0, men / max(enemy, 1.0)))
    col: dict[str, Floats] = {name: getattr(f, name).copy() for name in ("men", "killed", "wounded")}
    lost = _bleed(col, rows, own_loss, rulebook)
    enemy_lost = _bleed(col, rows_d, their_loss, rulebook)
    columns: dict[str, Floats | Ints] = {f"forces.{k}": v for k, v in col.items()}
    told |= {
        "men": round(men), "enemy_men": round(enemy), "advantage": round(advantage, 2), "odds": round(odds, 3),
        "killed_wounded": round(lost), "enemy_killed_wounded": round(enemy_lost), "reasons": reasons,
    }  # fmt: skip
    if not won:
        return Ashore(Columns(columns), (Landed(**told, how="repulsed", because=because),))
    refuge = _refuge(sides, place, 1 - side)
    surrendered: tuple[FormationsSurrendered, ...] = ()
    if refuge >= 0:
        province, heading, shaken = f.province.copy(), f.heading.copy(), f.shaken_days.copy()
        province[rows_d], heading[rows_d] = refuge, -1
        shaken[rows_d] = rulebook.rout.shaken_days
        columns |= {"forces.province": province, "forces.heading": heading, "forces.shaken_days": shaken}
    else:
        surrendered = tuple(_give_up(sides, rows_d, place, atlas.powers[power], col["men"], because))
    back = atlas.ids[refuge] if refuge >= 0 else ""
    landed = Landed(**told, how="assault", retreat_to=back, because=because)
    return Ashore(Columns(columns), (landed, *surrendered, taken))


def _bleed(col: dict[str, Floats], rows: Ints, share: float, rulebook: Rulebook) -> float:
    """Take a share of each row's men as killed and wounded; says how many they are."""
    gone = np.floor(col["men"][rows] * share + 0.5)
    dead = np.floor(gone * rulebook.attrition.killed_share + 0.5)
    col["men"][rows] -= gone
    col["killed"][rows] += dead
    col["wounded"][rows] += gone - dead
    return float(gone.sum())


def _refuge(sides: Sides, place: int, side: int) -> int:
    """The nearest neighbouring place of a side's land, -1 for none."""
    near = [(km, q) for q, km in sides.atlas.around[place] if sides.province[q] == side]
    return min(near)[1] if near else -1


def _give_up(
    sides: Sides, rows: Ints, place: int, captor: str, men: Floats, because: int
) -> list[FormationsSurrendered]:
    """Defenders with nowhere to go lay down their arms, power by power."""
    f, atlas = sides.world.forces, sides.atlas
    return [
        FormationsSurrendered(
            province=atlas.ids[place], power=atlas.powers[power], to=captor,
            formations=tuple(f.ids[r] for r in rows[f.power[rows] == power]),
            men=int(men[rows[f.power[rows] == power]].sum()), because=because,
        )
        for power in np.unique(f.power[rows]).tolist()
    ]  # fmt: skip


# --- evacuation and supply -------------------------------------------------------------------------------------------


def evacuations(sides: Sides, waters: Waters, rulebook: Rulebook) -> list[tuple[Evacuated, Embarked]]:
    """Formations of a power cut off for some days at a port, or next to one, whom ships take home today.

    The enemy must stand before the land they hold. The ships are its own, or else those of the ally with most of them.
    A port takes the rulebook's men a day, one formation at least. Garrisons and those with orders to stand stay, and so
    does who attacks until he is spent.
    """
    f, atlas, rules = sides.world.forces, sides.atlas, rulebook.naval
    number = _number(sides, waters.power)
    rows = sides.rows[int(sides.of_power[number])]
    rows = rows[(f.power[rows] == number) & (f.cut_off_days[rows] >= rules.cut_off_days)]
    if not len(rows):
        return []
    side, stretch = int(sides.of_power[number]), sides.land.stretch
    pressed = np.unique(stretch[(sides.province == side) & sides.land.beside[1 - side]])
    spent = (f.posture[rows] == HOLD) | ((f.posture[rows] != STAND) & (f.supply[rows] <= rules.spent_supply))
    rows = rows[spent & ~IS_STATIC[f.kind[rows]] & np.isin(stretch[f.province[rows]], pressed)]
    if not len(rows):
        return []
    held = sides.province == sides.of_power[number]
    home = waters.ports_of(waters.own & ~np.isin(sides.land.stretch, sides.land.stretch[f.province[rows]]), BASE_PORT)
    lift = {p: waters.free_lift(p) for p in waters.friends}
    carrier = max(lift, key=lambda p: (p == waters.power and lift[p] > 0, lift[p], p))
    room, found = dict[int, float](), []
    for row in rows[np.lexsort((rows, f.supply[rows]))].tolist():
        men, here = float(f.men[row]), int(f.province[row])
        port = _way_out(waters, here, held)
        if port < 0 or not len(home) or men > lift[carrier]:
            continue
        capacity = _capacity(atlas, port, rulebook)
        if men > room.setdefault(port, max(capacity, men)):
            continue
        ways = [(c.km, c, h) for h in home.tolist() if (c := waters.crossing((port,), h))]
        if not ways or (best := min(ways, key=lambda w: (w[0], w[2])))[1].risk > rules.evacuation_risk:
            continue
        room[port] -= men
        lift[carrier] -= men
        lands = sides.world.hour + round((best[1].days + men / capacity) * DAY_HOURS)
        guns, tanks = float(f.guns[row]) * rules.left_behind, float(f.tanks[row]) * rules.left_behind
        because = sides.world.pockets.get(here, sides.war.entry)
        found.append((
            Evacuated(
                formation=f.ids[row], province=atlas.ids[here], to=atlas.ids[best[2]], carrier=carrier, men=round(men),
                guns_left=round(guns, 1), tanks_left=round(tanks, 1), because=because,
            ),
            Embarked(
                formation=f.ids[row], carrier=carrier, origin=atlas.ids[port], destination=atlas.ids[best[2]],
                lands=lands, back=lands + round(best[1].days * DAY_HOURS), men=round(men), purpose="evacuation",
                risk=round(best[1].risk, 4), war=sides.war.id, because=because,
            ),
        ))  # fmt: skip
    return found


def _way_out(waters: Waters, here: int, held: Bools) -> int:
    """The best port of the side at a place or next to it, -1 for none."""
    near = [here, *(q for q, _ in waters.atlas.around[here] if held[q])]
    ports = [p for p in near if p in waters.chart.seas_of and waters.atlas.port[p] >= LANDING_PORT]
    return max(ports, key=lambda p: (p == here, int(waters.atlas.port[p]), -p), default=-1)


def harbours(sides: Sides, fed: tuple[Bools, Bools], navies: Navies, rulebook: Rulebook) -> dict[int, str]:
    """Ports over which forces without a base by land are supplied by sea today, and the power that does it.

    ``fed``: for each side, the provinces that a base feeds by land. A port counts where it is of the class of a base,
    some power of the side with men there has a port at home and a crossing on which no more than the rulebook's share
    is sunk, and the men around it are no more than the port can feed.
    """
    f, atlas, rules, world = sides.world.forces, sides.atlas, rulebook.naval, sides.world
    if (world.hour // DAY_HOURS) % int(rules.review_days) and world.harbours:
        return {p: power for p, power in world.harbours.items() if sides.province[p] >= 0}
    found: dict[int, str] = {}
    for side in (0, 1):
        rows = sides.rows[side]
        lost = rows[~fed[side][f.province[rows]] & (sides.province[f.province[rows]] == side)]
        for area in np.unique(sides.land.stretch[f.province[lost]]).tolist():
            inside = lost[sides.land.stretch[f.province[lost]] == area]
            men = float(f.men[inside].sum())
            for number in np.unique(f.power[inside]).tolist():
                waters = Waters(sides.world, atlas, navies, atlas.powers[number], rulebook)
                if navies.tons(waters.power, sides.world.hour) <= 0:
                    continue
                ports = waters.ports_of((sides.land.stretch == area) & (sides.province == side), BASE_PORT)
                home = waters.ports_of(waters.own & fed[side], BASE_PORT)
                fit = [p for p in ports.tolist() if men <= _capacity(atlas, p, rulebook) * rules.fed_per_day_landed]
                fit = [p for p in fit if _within_risk(waters, home, p)] if len(home) else []
                found |= {p: waters.power for p in fit if p not in found}
    return dict(sorted(found.items()))


def of_other_wars(sides: Sides) -> dict[int, str]:
    """Harbours that are no matter of this war: their land is neutral, or all the men around them fight elsewhere."""
    f, known, stretch = sides.world.forces, sides.world.harbours, sides.land.stretch
    if sides.engaged is None or not known:
        return {p: power for p, power in known.items() if sides.province[p] < 0}
    men = f.is_land & (sides.formation >= 0) & (f.status == Status.ACTIVE) & (f.men > 0)
    men &= sides.province[f.province] == sides.formation
    there, here = ({*stretch[f.province[mine]].tolist()} for mine in (men & ~sides.engaged, men & sides.engaged))
    elsewhere = there - here
    return {p: power for p, power in known.items() if sides.province[p] < 0 or int(stretch[p]) in elsewhere}


def _within_risk(waters: Waters, home: Ints, port: int) -> bool:
    """Whether ships from the ports at home reach a port without more loss than supply can bear."""
    way = waters.crossing(tuple(home.tolist()), port)
    return way is not None and way.risk <= waters.rules.supply_risk


def command(waters: Waters) -> float:
    """Share of the waters off a power's own ports that its enemies do not command, ports weighted by class; 0..1."""
    ports = waters.ports_of(waters.own, LANDING_PORT)
    weight = waters.atlas.port[ports].astype(np.float64)
    if not weight.sum():
        return 1.0
    free = [1.0 - float(waters.risk[list(waters.chart.seas_of[p])].min()) for p in ports.tolist()]
    return float((weight * np.array(free)).sum() / weight.sum())


def blockade(open_sea: float, seaborne: float, rulebook: Rulebook) -> float:
    """Factor on industry by blockade: ``open_sea`` as `command` says, ``seaborne`` share of imports by sea."""
    return 1.0 - rulebook.naval.blockade_most * seaborne * (1.0 - open_sea)
