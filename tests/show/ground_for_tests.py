"""The toy theatre with ground under it: three strips of land side by side, west to east, and a sea around them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from tests.toy import HOUR, MIDDLE, SOUTH_EAST, WEST, toy_atlas, toy_world
from wargame.show.ground import Ground, project
from wargame.world import War, World

CODES = ("10031000211211000000", "10031002221211000000", "10031000211205000000", "10031000211211000000")


def toy_ground() -> Ground:
    """Strips of 70 km by 80 km about the hubs, sharing their sides."""
    atlas = toy_atlas()
    hubs = project(atlas.lon, atlas.lat)
    x = [hubs[WEST, 0] - 40_000.0, (hubs[WEST, 0] + hubs[MIDDLE, 0]) / 2, (hubs[MIDDLE, 0] + hubs[SOUTH_EAST, 0]) / 2]
    x.append(hubs[SOUTH_EAST, 0] + 40_000.0)
    low, high = float(hubs[:, 1].min() - 40_000.0), float(hubs[:, 1].max() + 40_000.0)
    strips = {p: shapely.box(x[k], low, x[k + 1], high) for k, p in enumerate((WEST, MIDDLE, SOUTH_EAST))}
    river = shapely.LineString([(x[1], low), (x[1], high)])
    relief = np.full((20, 30), 180, dtype=np.uint8)
    relief[8:12, 10:20] = 120
    return Ground(
        [strips[p] for p in range(3)],
        hubs,
        rivers=[("Grey Water", 3, river)],
        lakes=[shapely.Point(hubs[SOUTH_EAST]).buffer(5000)],
        hillshade=relief,
        hillshade_bounds=(x[0], low, x[3], high),
    )


def world_at_war(**given: Any) -> World:
    """Red attacks Blue; every formation has a symbol code and a label."""
    world = toy_world(wars={"toy": War("toy", ("RED",), ("BLU",), HOUR, 1)}, **given)
    shorts = ("1 DP", "I AK", "1 Pz", "Ląd")
    return replace(world, forces=replace(world.forces, sidc=CODES, shorts=shorts))
