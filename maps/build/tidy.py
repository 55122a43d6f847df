"""Tidying: scraps of zones and of provinces go to the neighbour with the longest common border."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import GRID_M
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SCRAP_KM2 = 150.0
"""A detached bit of a zone without a hub and below this size is a fault of two sources' lines."""
SPITS_KM2 = {"MEMEL": 20.0}
"""Zones whose detached bits from this size on are land of their own: the Curonian Spit with Nidden."""


def neighbours(geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return i, j (both ways) and metres of common border of all polygons of a coverage that share a line."""
    i, j = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    i, j = i[i < j], j[i < j]
    metres = shapely.length(shapely.intersection(geometries[i], geometries[j]))
    i, j, metres = i[metres > 0], j[metres > 0], metres[metres > 0]
    return np.r_[i, j], np.r_[j, i], np.r_[metres, metres]


def _components(i: np.ndarray, j: np.ndarray, size: int) -> np.ndarray:
    graph = coo_matrix((np.ones(len(i)), (i, j)), shape=(size, size))
    return connected_components(graph, directed=False)[1]


def absorb_zone_scraps(faces: gpd.GeoDataFrame, hubs: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give detached scraps of a zone to the zone with which they share most border."""
    geometry, zone = faces.geometry.values, faces.zone.values.copy()
    i, j, metres = neighbours(geometry)
    same = zone[i] == zone[j]
    part = _components(i[same], j[same], len(faces))
    area = np.bincount(part, weights=faces.area.values / 1e6)
    _, housed = shapely.STRtree(geometry).query(shapely.points(hubs.x.values, hubs.y.values), predicate="within")
    area[part[housed]] = np.inf
    least = np.array([SPITS_KM2.get(z, SCRAP_KM2) for z in zone])
    scrap = area < np.bincount(part, weights=least) / np.bincount(part)
    rim = scrap[part[i]] & ~scrap[part[j]] & ~same
    for number in np.unique(part[i[rim]]):
        own = rim & (part[i] == number)
        shared = pd.Series(metres[own]).groupby(zone[j[own]]).sum()
        zone[part == number] = shared.idxmax()
    return faces.assign(zone=zone)


def settle(pieces: gpd.GeoDataFrame, hubs: pd.DataFrame, rounds: int = 6) -> gpd.GeoDataFrame:
    """Give parts of a province cut off from its hub by land to the neighbour of the same zone; islands stay."""
    geometry, zone, hub = pieces.geometry.values, pieces.zone.values, pieces.hub.values.copy()
    i, j, metres = neighbours(geometry)
    i, j, metres = (a[zone[i] == zone[j]] for a in (i, j, metres))
    _, seat = shapely.STRtree(geometry).query(shapely.points(hubs.x.values, hubs.y.values), predicate="within")
    area = pieces.area.values
    for _ in range(rounds):
        same = hub[i] == hub[j]
        part = _components(i[same], j[same], len(pieces))
        detached = ~np.isin(part, part[seat])
        rim = detached[i] & ~detached[j]
        if not rim.any():
            break
        table = pd.DataFrame({"part": part[i[rim]], "hub": hub[j[rim]], "metres": metres[rim]})
        shared = table.groupby(["part", "hub"]).metres.sum().reset_index().sort_values(["part", "metres", "hub"])
        for row in shared.drop_duplicates("part", keep="last").itertuples():
            hub[part == row.part] = row.hub
    return pieces.assign(hub=hub, area=area)


def dissolve(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row a hub: hub, zone, geometry; the pieces' common lines vanish."""
    hubs = np.unique(pieces.hub.values)
    shapes = [shapely.union_all(pieces.geometry.values[pieces.hub.values == h], grid_size=GRID_M) for h in hubs]
    zone = pieces.groupby("hub").zone.first()
    return gpd.GeoDataFrame({"hub": hubs, "zone": zone.loc[hubs].values}, geometry=shapes, crs=pieces.crs)
