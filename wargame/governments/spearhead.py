"""Main efforts: where armour goes in as one body, and the ways on which it cuts off most of the enemy soonest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from wargame import exact
from wargame.atlas import Atlas
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.rules import combat, movement
from wargame.sides import Sides

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

JUNCTION = 3  # railways that meet at a place where two bodies may join hands


@dataclass(frozen=True, slots=True)
class Body:
    """Motorised groups that can go in together: their men and worth, and the places they can all come up to."""

    worth: float
    men: float
    entries: Ints  # enemy provinces on the front
    approach: Floats  # days to come up to each


@dataclass(frozen=True, slots=True)
class Thrust:
    """The ways of one body, or of two that join hands, and what a day of them brings for each body."""

    bodies: tuple[int, ...]
    ways: tuple[tuple[int, ...], ...]
    score: float


class Ground:
    """The enemy's land on one day as motorised troops would cross it: the days to march and to fight, arc by arc."""

    def __init__(
        self, sides: Sides, own: int, worth: Floats, objectives: Iterable[int], rulebook: Rulebook
    ) -> None:  # fmt: skip
        """``worth``: the enemy's men times their fitness by province; ``own``: this side's number."""
        self.sides, self.atlas, self.rulebook, self.worth = sides, sides.atlas, rulebook, worth
        n, province = len(self.atlas), sides.province
        start, end, border = self.atlas.arcs
        self.hostile = province == 1 - own
        into = (self.hostile[end] & (province[start] >= 0)).nonzero()[0]
        self.start, self.end, self.border = start[into], end[into], border[into]
        self.inside = self.hostile[self.start].nonzero()[0]
        rules = rulebook.movement
        km = self.atlas.borders.distance_km[self.border] * rules.winding / rules.hostile_land_factor
        self.march = km / movement.going(self.atlas, rulebook)[self.end] / rules.motor_km_per_day
        self.men = sides.men_by_province(1 - own)
        self.contested = (self.men[self.end] > 0).nonzero()[0]
        self.against = self._against()
        self.wanted = np.zeros(n)
        self.wanted[list(objectives)] = rulebook.planning.objective_men
        self.gone = np.zeros(n, dtype=bool)  # what the bodies that have their orders take
        self.coast = self.hostile & _coast(self.atlas)
        self.junction = self.hostile & _junctions(self.atlas)

    def _against(self) -> Floats:
        """What ground, rivers and works take from the advantage on each contested arc, as in combat."""
        rules, atlas, arcs = self.rulebook.combat, self.atlas, self.contested
        border, hour = self.border[arcs], self.sides.world.hour
        pairs = zip(self.end[arcs].tolist(), self.start[arcs].tolist(), strict=True)
        works = np.array([atlas.fort_strength(p, q, hour) for p, q in pairs])
        crossing = atlas.borders.river_share[border] * atlas.borders.crossing[border]
        river = np.interp(crossing, [0.0, 1.0, 2.0, 3.0], [0.0, rules.river_minor, rules.river, rules.river_major])
        rugged: Floats = combat.ruggedness(self.rulebook)[atlas.terrain[self.end[arcs]]]
        against: Floats = rugged + river + rules.fortified * works
        return against

    def _days(self, body: Body) -> Floats:
        """Days that a body takes on each arc; infinite where it would not attack."""
        rules, arcs = self.rulebook.combat, self.contested
        front = np.maximum(self.atlas.borders.shared_km[self.border[arcs]], rules.least_front_km)
        men, worth = self.men[self.end[arcs]], np.maximum(self.worth[self.end[arcs]], 1.0)
        own = np.minimum(body.men, rules.attack_men_per_km * front)
        facing = np.minimum(men, rules.defend_men_per_km * front)
        ratio = (body.worth * own / body.men) / (worth * facing / men)
        odds = exact.logistic(rules.constant + rules.slope * (exact.log(ratio) - self.against))
        size = exact.power(np.sqrt(own * facing) / combat.SCALE_MEN, rules.break_off_size)
        thin = exact.power(np.maximum(rules.thin_men_per_km * front / facing, 1.0), rules.thin_exponent)
        ends = np.minimum(rules.break_off_per_day * size * thin, rules.break_off_ceiling)
        days: Floats = self.march.copy()
        days[arcs] += np.where(odds >= rules.minimum_odds, 1.0 / (ends * odds), np.inf)
        return days

    def _reach(self, body: Body) -> tuple[Floats, Ints, Bools]:
        """Days to every province, the one before it on the way (the number of provinces: none), and which are near.

        Near are those to which the way through enemy land is no longer than armour is given one.
        """
        n, days = len(self.atlas), self._days(body)
        first, over = np.full(n, np.inf), (~self.hostile[self.start]).nonzero()[0]
        np.minimum.at(first, self.end[over], days[over])
        cost = first[body.entries] + body.approach
        can = np.isfinite(cost)
        arcs = self.inside[np.isfinite(days[self.inside])]
        tails = np.concatenate([self.start[arcs], np.full(int(can.sum()), n)])
        heads = np.concatenate([self.end[arcs], body.entries[can]])
        weights = np.concatenate([days[arcs], cost[can]])
        graph = csr_array((weights, (tails, heads)), shape=(n + 1, n + 1))
        table, before = dijkstra(graph, indices=np.array([n]), return_predecessors=True)
        reached, last, can_reach = table[0, :n], before[0].astype(np.int64), np.isfinite(table[0, :n])
        km, border_of = np.zeros(n + 1), self.atlas.border_of
        for p in reached.argsort(kind="stable")[: int(can_reach.sum())].tolist():  # the nearer ones first
            q = int(last[p])
            km[p] = km[q] + (float(self.atlas.borders.distance_km[border_of[p, q]]) if q < n else 0.0)
        return reached, last, can_reach & (km[:n] <= self.rulebook.planning.armour_km)

    def best(self, bodies: Sequence[Body]) -> Thrust | None:
        """The thrust that brings most, of one body or of two that join hands, or ``None`` if there is none."""
        p, n = self.rulebook.planning, len(self.atlas)
        horizon, least = p.horizon_days, p.gain_share * p.objective_men
        reach = [self._reach(body) for body in bodies]

        def way(k: int, goal: int) -> tuple[int, ...]:
            places, at = list[int](), goal
            while at != n:
                places.append(at)
                at = int(reach[k][1][at])
            return tuple(reversed(places))

        aims = (self.wanted > 0) & ~self.gone
        beside = np.zeros(n, dtype=bool)
        beside[self.end[self.gone[self.start]]] = True
        best: Thrust | None = None
        before = self._value(())
        alone: list[tuple[int, ...]] = [(k,) for k in range(len(bodies))]
        for members in [*alone, *combinations(range(len(bodies)), 2)]:
            near = np.logical_and.reduce([reach[k][2] for k in members])
            goals = near & (aims | (self.junction if len(members) > 1 else self.coast | beside))
            for goal in goals.nonzero()[0].tolist():
                ways = tuple(way(k, goal) for k in members)
                if len({w[0] for w in ways}) < len(ways):
                    continue
                days = max(float(reach[k][0][goal]) for k in members)
                gain = self._value(ways) - before
                score = gain / (horizon + days) / len(members)
                if gain >= least and score > (best.score if best else 0.0):
                    best = Thrust(members, ways, score)
        return best

    def take(self, thrust: Thrust) -> None:
        """Those who come after count with the ways of a thrust as taken."""
        for way in thrust.ways:
            self.gone[list(way)] = True

    def _value(self, ways: tuple[tuple[int, ...], ...]) -> float:
        """The enemy's worth that ways cut off, and the objectives that lie on them or fall with what is cut off."""
        gone = self.gone.copy()
        for way in ways:
            gone[list(way)] = True
        lost = self._cut_off(gone)
        return float(self.worth[lost].sum() + self.wanted[lost | gone].sum())

    def _cut_off(self, gone: Bools) -> Bools:
        """The enemy's land that is connected no longer with the greatest piece of its stretch, if he loses some."""
        n, arcs = len(self.atlas), self.inside
        arcs = arcs[~(gone[self.start[arcs]] | gone[self.end[arcs]])]
        indptr = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(self.start[arcs], minlength=n), out=indptr[1:])
        graph = csr_array((np.ones(len(arcs)), self.end[arcs].astype(np.int32), indptr), shape=(n, n))
        _, label = connected_components(graph, connection="strong")  # every arc has its opposite
        held, stretch = self.hostile & ~gone, self.sides.land.stretch
        size = np.bincount(label[held], minlength=n)
        greatest = np.zeros(n, dtype=np.int64)
        np.maximum.at(greatest, stretch[held], size[label[held]])
        lost: Bools = held & (size[label] < greatest[stretch])
        return lost


@remembered
def _coast(atlas: Atlas) -> Bools:
    """The provinces on the sea."""
    found = np.zeros(len(atlas), dtype=bool)
    found[[c.province for c in atlas.seas.coasts]] = True
    return found


@remembered
def _junctions(atlas: Atlas) -> Bools:
    """The provinces at whose hub several railways meet."""
    ends = np.array([a for a, _ in atlas.lines], dtype=np.int64)
    found: Bools = np.bincount(ends, minlength=len(atlas)) >= JUNCTION
    return found
