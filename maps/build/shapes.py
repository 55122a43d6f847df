"""The last pass over all shapes: land and sea generalised together as one coverage."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import GRID_M, polygonize

TOLERANCE_M = 550.0
"""Of Visvalingam's areas (square root), the smallest kept."""


def settle_lines(provinces: gpd.GeoDataFrame, seas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Generalise provinces and seas together, so that every common line stays common."""
    shapes = _shared_nodes(np.concatenate([provinces.geometry.values, seas.geometry.values]))
    shapes = _shared_nodes(shapely.coverage_simplify(shapes, TOLERANCE_M))
    count = len(provinces)
    return provinces.set_geometry(shapes[:count]), seas.set_geometry(shapes[count:])


def _shared_nodes(shapes: np.ndarray) -> np.ndarray:
    """Return the shapes rebuilt from one set of lines, so that a corner of one is a vertex of its neighbour."""
    faces = polygonize(shapely.boundary(shapes))
    i, j = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="intersects")
    i, first = np.unique(i, return_index=True)
    j = j[first]
    order = np.argsort(j, kind="stable")
    parts = np.split(faces[i[order]], np.flatnonzero(np.diff(j[order])) + 1)
    if len(parts) != len(shapes):
        raise ValueError("a province or a sea lost all its area when land and sea were joined")
    return np.array([shapely.union_all(part, grid_size=GRID_M) for part in parts], object)


def area_km2(frame: gpd.GeoDataFrame) -> pd.Series:
    """Return areas in whole square kilometres."""
    return (frame.area / 1e6).round().astype(int)
