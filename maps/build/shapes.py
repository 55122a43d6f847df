"""The last pass over all shapes: land and sea generalised together as one coverage."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

TOLERANCE_M = 550.0
"""Of Visvalingam's areas (square root), the smallest kept."""


def settle_lines(provinces: gpd.GeoDataFrame, seas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Generalise provinces and seas together, so that every common line stays common."""
    shapes = np.concatenate([provinces.geometry.values, seas.geometry.values])
    shapes = shapely.coverage_simplify(shapes, TOLERANCE_M)
    count = len(provinces)
    return provinces.set_geometry(shapes[:count]), seas.set_geometry(shapes[count:])


def area_km2(frame: gpd.GeoDataFrame) -> pd.Series:
    """Return areas in whole square kilometres."""
    return (frame.area / 1e6).round().astype(int)
