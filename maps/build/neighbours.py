"""Borders between provinces: shared length, distance of the hubs, and the river that runs along them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from tidy import neighbours

NEAR_RIVER_M = 2500.0
MIN_SHARED_KM = 0.3
CROSSING_SHARE = 0.3
"""A river along at least this share of a border has to be crossed."""
WGS84 = Geod(ellps="WGS84")


def distance_km(a: pd.DataFrame, b: pd.DataFrame) -> np.ndarray:
    """Return great-circle kilometres between hubs, row by row (columns lon, lat)."""
    return WGS84.inv(a.lon.values, a.lat.values, b.lon.values, b.lat.values)[2] / 1000


def make_borders(provinces: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return borders.csv: a, b, shared_km, distance_km, river, river_share, crossing; sorted, a < b."""
    geometry, ids = provinces.geometry.values, provinces.id.values
    i, j, metres = neighbours(geometry)
    keep = (ids[i] < ids[j]) & (metres > 1000 * MIN_SHARED_KM)
    i, j, metres = i[keep], j[keep], metres[keep]
    lines = shapely.intersection(geometry[i], geometry[j])
    river, share, crossing = _rivers_along(lines, metres, rivers)
    table = pd.DataFrame({"a": ids[i], "b": ids[j], "shared_km": (metres / 1000).round(1)})
    table["distance_km"] = distance_km(provinces.iloc[i], provinces.iloc[j]).round(1)
    table["river"], table["river_share"], table["crossing"] = river, share.round(2), crossing
    return table.sort_values(["a", "b"], ignore_index=True)


def _rivers_along(
    lines: np.ndarray, metres: np.ndarray, rivers: gpd.GeoDataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each border line the river longest beside it, its share, and the class to be crossed (0 = none)."""
    zones = shapely.buffer(rivers.geometry.values, NEAR_RIVER_M)
    n, m = shapely.STRtree(zones).query(lines, predicate="intersects")
    beside = shapely.length(shapely.intersection(lines[n], zones[m]))
    grade, name = rivers["class"].values[m], rivers.name.values[m]
    table = pd.DataFrame({"line": n, "name": name, "grade": grade, "metres": beside})
    table = table.groupby(["line", "name", "grade"], as_index=False).metres.sum()
    table["share"] = np.minimum(1.0, table.metres / metres[table.line.values])
    table["weight"] = table.share * table.grade
    best = table.sort_values(["line", "weight", "name"]).drop_duplicates("line", keep="last")
    best = best[best.share >= 0.1]
    river, share = np.full(len(lines), "", object), np.zeros(len(lines))
    crossing = np.zeros(len(lines), int)
    river[best.line], share[best.line] = best["name"], best.share
    crossing[best.line] = np.where(best.share >= CROSSING_SHARE, best.grade, 0)
    return river, share, crossing
