"""Ground under a toy of `tests.toy_files` that lies in one row: strips side by side, and a sea around them."""

from __future__ import annotations

import numpy as np
import shapely

from wargame.atlas import Atlas
from wargame.show.ground import Ground, project

HALF_M = 25_000.0


def strips(atlas: Atlas) -> Ground:
    """A strip for every province, sharing their sides."""
    hubs = project(atlas.lon, atlas.lat)
    x = hubs[:, 0]
    edges = [x[0] - HALF_M, *((x[:-1] + x[1:]) / 2).tolist(), x[-1] + HALF_M]
    low, high = float(hubs[:, 1].min() - 30_000.0), float(hubs[:, 1].max() + 30_000.0)
    land = [shapely.box(edges[k], low, edges[k + 1], high) for k in range(len(atlas))]
    return Ground(land, hubs, rivers=[], lakes=[], hillshade=np.full((4, 4), 180, dtype=np.uint8),
                  hillshade_bounds=(edges[0], low, edges[-1], high))  # fmt: skip
