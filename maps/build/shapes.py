"""The last pass over all shapes: land and sea generalised together as one coverage."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import GRID_M, HERE, polygonize, read_csv

FINE_M, COARSE_M = 250.0, 800.0
"""Square root of the smallest triangle kept, in the core and elsewhere."""


def settle_lines(provinces: gpd.GeoDataFrame, seas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Generalise provinces and seas together, so that every common line stays common; the core keeps more detail."""
    shapes = _shared_nodes(np.concatenate([provinces.geometry.values, seas.geometry.values]))
    shapes = shapely.coverage_simplify(shapes, FINE_M)
    core = provinces.zone.isin({row["zone"] for row in read_csv(HERE / "hand_zones.csv")}).values
    rest = np.r_[~core, np.ones(len(seas), bool)]
    shapes[rest] = shapely.coverage_simplify(shapes[rest], COARSE_M, simplify_boundary=False)
    shapes, count = _shared_nodes(shapes), len(provinces)
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
