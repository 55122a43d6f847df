"""Lines: staircases made smooth, and lines drawn onto the rivers they run along."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.ops import substring


def smooth(line: shapely.LineString, cell: float) -> shapely.LineString:
    """Simplify a staircase of raster edges and cut its corners; the ends stay put."""
    return shapely.LineString(round_corners(shapely.get_coordinates(shapely.simplify(line, 0.9 * cell))))


def round_corners(points: np.ndarray, rounds: int = 2) -> np.ndarray:
    """Return the points of a line with its corners cut (Chaikin); the ends stay put."""
    for _ in range(rounds):
        if len(points) < 3:
            break
        near, far = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        cut = np.stack([near, far], 1).reshape(-1, 2)
        points = np.vstack([points[:1], cut[1:-1], points[-1:]])
    return points


class Magnet:
    """Draws lines onto target lines that they accompany within `reach` metres for at least `least` metres."""

    def __init__(self, targets: np.ndarray, reach: float, least: float) -> None:
        self.targets = np.asarray(targets, object)
        self.tree = shapely.STRtree(self.targets)
        self.reach, self.least = reach, least

    def pull(self, line: shapely.LineString) -> shapely.LineString:
        """Return the line with every accompanying stretch replaced by the target's own course."""
        line = shapely.segmentize(line, 1000.0)
        points = shapely.get_coordinates(line)
        target = self._nearest(points)
        pieces: list[np.ndarray] = []
        for first, last in _runs(target):
            run = points[first : last + 1]
            pieces.append(self._course(run, self.targets[target[first]]) if target[first] >= 0 else run)
        ends = [self._anchor(points[k], target[k]) for k in (0, -1)]
        return shapely.LineString(np.vstack([ends[0], *pieces, ends[1]]))

    def _anchor(self, point: np.ndarray, target: int) -> np.ndarray:
        """Return where every line that ends at this point has to end."""
        if target < 0:
            return point
        line = self.targets[target]
        return shapely.get_coordinates(line.interpolate(line.project(shapely.Point(point))))[0]

    def _nearest(self, points: np.ndarray) -> np.ndarray:
        found = np.full(len(points), -1)
        i, j = self.tree.query_nearest(shapely.points(points), max_distance=self.reach, all_matches=False)
        found[i] = j
        return found

    def _course(self, run: np.ndarray, target: shapely.LineString) -> np.ndarray:
        a, b = (target.project(shapely.Point(p)) for p in (run[0], run[-1]))
        length = float(np.hypot(*np.diff(run, axis=0).T).sum())
        if length < self.least or not 0.5 * length < abs(b - a) < 2.5 * length:
            return run
        return shapely.get_coordinates(substring(target, a, b))


def _runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Return (first, last) of every run of equal values."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    return list(zip(starts.tolist(), np.r_[starts[1:] - 1, len(values) - 1].tolist(), strict=True))
