"""Movement by rail: who entrains, over which lines, when he leaves and when he is there.

A line carries one transport after another: each takes it for as long as its trains need to pass, and the next waits.
The lines' engagements are kept in the World, so a run can be cut while trains are under way.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Lines:
    """The railways of one map as arcs in both directions."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    km: NDArray[np.float64]
    trains: NDArray[np.float64]
    index: dict[tuple[int, int], int]  # arc by (start, end)

    @staticmethod
    @remembered
    def of(atlas: Atlas) -> Lines:
        """The net of an atlas; stretches of one pair of hubs are merged into the best of them."""
        ends = np.array(list(atlas.lines), dtype=np.int64).reshape(-1, 2)
        figures = np.array(list(atlas.lines.values()), dtype=np.float64).reshape(-1, 2)
        index = {pair: k for k, pair in enumerate(atlas.lines)}
        return Lines(ends[:, 0], ends[:, 1], figures[:, 1], figures[:, 0], index)


def departures(sides: Sides, lines: Lines, rulebook: Rulebook) -> list[Entrained]:
    """Transports that set out today, in the order of formations.

    A formation entrains when it holds or withdraws, is not in touch with the enemy, and is bound farther than the
    rulebook's least distance for a place that a friendly line reaches.
    """
    world, atlas, rules = sides.world, sides.atlas, rulebook.rail
    rows = _candidates(sides, rules.least_km)
    busy, events = dict(world.rail_busy), []
    loading = round(rules.loading_hours)
    for row in rows.tolist():
        path = _path(sides, lines, row)
        if path is None:
            continue
        enemy_sky = float(sides.enemy_sky(sides.formation[[row]])[0])
        share = rules.troop_share * (1.0 - rules.air_interdiction * enemy_sky)
        needed = max(1.0, rules.trains_per_division * float(world.forces.men[row]) / rules.division_men)
        passing = needed / (float(np.min(lines.trains[path])) * share) * DAY_HOURS
        departs = max([world.hour + loading] + [busy.get(f"{min(a, b)}-{max(a, b)}", 0) for a, b in _ends(lines, path)])
        if departs > world.hour + rules.patience_days * DAY_HOURS:
            continue
        travel = float(np.sum(lines.km[path])) / rules.km_per_day * DAY_HOURS
        for a, b in _ends(lines, path):
            busy[f"{min(a, b)}-{max(a, b)}"] = departs + round(passing)
        events.append(
            Entrained(
                formation=world.forces.ids[row], origin=atlas.ids[int(world.forces.province[row])],
                destination=atlas.ids[int(world.forces.goal[row])], departs=departs,
                arrives=departs + round(passing + travel) + loading,
                lines=tuple(f"{min(a, b)}-{max(a, b)}" for a, b in _ends(lines, path)), frees=departs + round(passing),
                because=order.entry if (order := world.order_over(row)) else sides.war.entry,
            )
        )  # fmt: skip
    return events


def _candidates(sides: Sides, least_km: float) -> NDArray[np.int64]:
    f, rows = sides.world.forces, sides.present
    bound = (f.posture[rows] == HOLD) & (f.goal[rows] >= 0) & (f.goal[rows] != f.province[rows])
    rows = rows[bound & (f.shaken_days[rows] <= 0) & (f.cut_off_days[rows] <= 0)]
    rows = rows[~IS_STATIC[f.kind[rows]]]
    beside, place = sides.land.beside, f.province[rows]
    touched = np.where(sides.formation[rows] == 0, beside[1][place], beside[0][place])
    far = sides.atlas.km_to(f.goal[rows], place)
    chosen: NDArray[np.int64] = rows[~touched & np.isfinite(far) & (far >= least_km)]
    return chosen


@remembered
def _friendly(land: Land, lines: Lines) -> csr_array:
    """The lines in each side's land as a graph weighted by kilometres."""
    n, side = len(land.province), land.province
    open_ = ((side[lines.start] == side[lines.end]) & (side[lines.start] >= 0)).nonzero()[0]  # sorted, as the lines are
    indptr = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(np.bincount(lines.start[open_], minlength=n), out=indptr[1:])
    return csr_array((lines.km[open_], lines.end[open_].astype(np.int32), indptr), shape=(n, n))


def _path(sides: Sides, lines: Lines, row: int) -> list[int] | None:
    """Arcs of the shortest friendly way by rail from a formation to its goal, or ``None``."""
    f = sides.world.forces
    origin, goal = int(f.province[row]), int(f.goal[row])
    if not sides.province[origin] == sides.province[goal] == sides.formation[row]:
        return None
    graph = _friendly(sides.land, lines)
    _, before, _ = dijkstra(graph, indices=[origin], return_predecessors=True, min_only=True)
    path, at = [], goal
    while at != origin:
        previous = int(before[at])
        if previous < 0:
            return None
        path.append(lines.index[previous, at])
        at = previous
    return path


def _ends(lines: Lines, path: list[int]) -> list[tuple[int, int]]:
    return [(int(lines.start[k]), int(lines.end[k])) for k in path]
