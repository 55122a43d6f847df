"""Movement by rail: who entrains, over which lines, when he leaves and when he is there.

A line carries one transport after another: each takes it for as long as its trains need to pass, and the next waits.
The lines' engagements are kept in the World, so a run can be cut while trains are under way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wargame.atlas import Atlas
from wargame.events import Entrained
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.sides import IS_STATIC, Land, Sides
from wargame.world import POSTURES

HOLD = POSTURES.index("hold")
DAY_HOURS = 24
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The railways of one map as arcs in both directions."""

    start: Ints
    end: Ints
    km: NDArray[np.float64]
    trains: NDArray[np.float64]
    index: dict[tuple[int, int], int]  # arc by (start, end)
    stretch: tuple[str, ...]  # the stretch that each arc and its opposite are, by name

    @staticmethod
    @remembered
    def of(atlas: Atlas) -> Lines:
        """The net of an atlas; stretches of one pair of hubs are merged into the best of them."""
        ends = np.array(list(atlas.lines), dtype=np.int64).reshape(-1, 2)
        figures = np.array(list(atlas.lines.values()), dtype=np.float64).reshape(-1, 2)
        index = {pair: k for k, pair in enumerate(atlas.lines)}
        stretch = tuple(f"{min(pair)}-{max(pair)}" for pair in index)
        return Lines(ends[:, 0], ends[:, 1], figures[:, 1], figures[:, 0], index, stretch)


def departures(sides: Sides, lines: Lines, rulebook: Rulebook) -> list[Entrained]:
    """Transports that set out today, in the order of formations.

    A formation entrains when it holds or withdraws, is not in touch with the enemy, and is bound farther than the
    rulebook's least distance for a place that a friendly line reaches.
    """
    world, atlas, rules = sides.world, sides.atlas, rulebook.rail
    rows = _candidates(sides, rules.least_km)
    busy, events = dict(world.rail_busy), []
    loading, net = round(rules.loading_hours), _net(sides.land, lines)
    net.look_up(world.forces.goal[rows])
    for row in rows.tolist():
        way = net.way(int(world.forces.province[row]), int(world.forces.goal[row]), int(sides.formation[row]))
        if way is None:
            continue
        enemy_sky = float(sides.enemy_sky(sides.formation[[row]])[0])
        share = rules.troop_share * (1.0 - rules.air_interdiction * enemy_sky)
        needed = max(1.0, rules.trains_per_division * float(world.forces.men[row]) / rules.division_men)
        passing = needed / (way.trains * share) * DAY_HOURS
        departs = max(world.hour + loading, *map(busy.get, way.stretches, repeat(0)))
        if departs > world.hour + rules.patience_days * DAY_HOURS:
            continue
        travel = way.km / rules.km_per_day * DAY_HOURS
        busy |= dict.fromkeys(way.stretches, departs + round(passing))
        events.append(
            Entrained(
                formation=world.forces.ids[row], origin=atlas.ids[int(world.forces.province[row])],
                destination=atlas.ids[int(world.forces.goal[row])], departs=departs,
                arrives=departs + round(passing + travel) + loading,
                lines=way.stretches, frees=departs + round(passing),
                because=order.entry if (order := world.order_over(row)) else sides.war.entry,
            )
        )  # fmt: skip
    return events


def _candidates(sides: Sides, least_km: float) -> Ints:
    f, rows = sides.world.forces, sides.present
    bound = (f.posture[rows] == HOLD) & (f.goal[rows] >= 0) & (f.goal[rows] != f.province[rows])
    rows = rows[bound & (f.shaken_days[rows] <= 0) & (f.cut_off_days[rows] <= 0)]
    rows = rows[~IS_STATIC[f.kind[rows]]]
    beside, place = sides.land.beside, f.province[rows]
    touched = np.where(sides.formation[rows] == 0, beside[1][place], beside[0][place])
    far = sides.atlas.km_to(f.goal[rows], place)
    chosen: Ints = rows[~touched & np.isfinite(far) & (far >= least_km)]
    return chosen


@dataclass(frozen=True, slots=True)
class Way:
    """A way by rail: its stretches from the goal backwards, trains a day on the weakest of them, and its length."""

    stretches: tuple[str, ...]
    trains: float
    km: float


@remembered
def _net(land: Land, lines: Lines) -> _Net:
    return _Net(land, lines)


class _Net:
    """The lines in each side's land, and the ways over them that were asked for."""

    def __init__(self, land: Land, lines: Lines) -> None:
        self.land, self.lines = land, lines
        self._next: dict[int, list[int]] = {}  # by goal: the place after each on the way there, or < 0
        self._ways: dict[tuple[int, int], Way | None] = {}

    def look_up(self, goals: Ints) -> None:
        """Work out the ways to some goals, those that are not known yet, together."""
        missing = [goal for goal in np.unique(goals).tolist() if goal not in self._next]
        if missing:  # a line is as long one way as the other: from the goal outwards
            _, found = dijkstra(self._graph, indices=missing, return_predecessors=True)
            self._next |= zip(missing, found.tolist(), strict=True)

    def way(self, origin: int, goal: int, side: int) -> Way | None:
        """The shortest way by rail through land of a side to a goal that was looked up, or ``None``."""
        side_of = self.land.side_of
        if not side_of[origin] == side_of[goal] == side:
            return None
        if (origin, goal) not in self._ways:
            self._ways[origin, goal] = self._way(origin, goal)
        return self._ways[origin, goal]

    def _way(self, origin: int, goal: int) -> Way | None:
        following, path, at, index = self._next[goal], list[int](), origin, self.lines.index
        while at != goal:
            onward = following[at]
            if onward < 0:
                return None
            path.append(index[at, onward])
            at = onward
        path.reverse()
        stretches = tuple(map(self.lines.stretch.__getitem__, path))
        return Way(stretches, float(np.min(self.lines.trains[path])), float(np.sum(self.lines.km[path])))

    @cached_property
    def _graph(self) -> csr_array:
        """The lines in each side's land as a graph weighted by kilometres."""
        lines, side, n = self.lines, self.land.province, len(self.land.province)
        open_ = ((side[lines.start] == side[lines.end]) & (side[lines.start] >= 0)).nonzero()[0]  # sorted, as lines are
        indptr = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(lines.start[open_], minlength=n), out=indptr[1:])
        return csr_array((lines.km[open_], lines.end[open_].astype(np.int32), indptr), shape=(n, n))
