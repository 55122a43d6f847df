"""Zones: pieces of land that changed hands as a whole, cut from the modern units by hand-drawn rings."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from common import CRS, GRID_M, HERE, polygonize, read_csv, ring_polygon
from lines import Magnet, round_corners

WATER = "_WATER"
"""Zone of faces that are no land: lakes, and land made after 1938."""
FOLLOW_REACH_M, FOLLOW_LEAST_M = 5000.0, 4000.0
BORDER_REACH_M, BORDER_LEAST_M = 3500.0, 8000.0


@dataclass(frozen=True)
class Cut:
    """One row of cuts.csv: a zone claims the named units, inside the ring when there is one."""

    zone: str
    units: np.ndarray
    ring: shapely.Geometry | None


def load_cuts(units: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame) -> list[Cut]:
    """Return the cuts in order of precedence; a unit name that the base lacks is an error."""
    rows = sorted(read_csv(HERE / "cuts.csv"), key=lambda row: int(row["seq"]))
    return [Cut(r["zone"], _named_units(units, r), _ring(r, rivers) if r["ring"] else None) for r in rows]


def _ring(row: dict[str, str], rivers: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the ring's polygon, laid on the rivers that the row says it follows."""
    polygon = shapely.make_valid(shapely.Polygon(round_corners(shapely.get_coordinates(ring_polygon(row["ring"])))))
    names = [name for name in row["follow"].split("|") if name]
    missing = sorted(set(names) - set(rivers.name))
    if missing:
        raise ValueError(f"cuts.csv seq {row['seq']}: rivers.csv has no {missing}")
    if not names:
        return polygon
    magnet = Magnet(rivers.geometry.values[rivers.name.isin(names).values], FOLLOW_REACH_M, FOLLOW_LEAST_M)
    return shapely.buffer(shapely.Polygon(magnet.pull(polygon.exterior)), 0)


def _named_units(units: gpd.GeoDataFrame, row: dict[str, str]) -> np.ndarray:
    chosen = np.zeros(len(units), bool)
    for entry in row["units"].split("|"):
        state, name = entry.split(":", 1)
        hit = ((units.adm0_a3 == state) & ((units.name == name) | (name == "*"))).values
        if not hit.any():
            raise ValueError(f"cuts.csv seq {row['seq']}: no unit '{entry}' in the base")
        chosen |= hit
    return chosen


def default_zones(units: gpd.GeoDataFrame) -> np.ndarray:
    """Return the zone of each unit before any cut, or None where the unit is no part of the theatre."""
    table = {(r["state"], r["unit"]): r["zone"] for r in read_csv(HERE / "unit_zones.csv")}
    pairs = zip(units.adm0_a3, units.name, strict=True)
    return np.array([table.get((s, n), table.get((s, "*"))) for s, n in pairs], object)


def make_faces(units: gpd.GeoDataFrame, lakes: shapely.Geometry, rivers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut the units by the rings and lakes; return the land faces: unit (row number), zone, geometry."""
    cuts = load_cuts(units, rivers)
    lines = [*shapely.boundary(units.geometry.values), shapely.boundary(lakes)]
    for cut in cuts:
        if cut.ring is not None:
            reach = shapely.union_all(units.geometry.values[cut.units]).buffer(2 * GRID_M)
            lines.append(shapely.intersection(shapely.boundary(cut.ring), reach))
    faces = polygonize(lines)
    points = shapely.point_on_surface(faces)
    unit = _unit_of_points(points, units)
    keep = unit >= 0
    faces, points, unit = faces[keep], points[keep], unit[keep]
    zone = _zone_of_points(points, unit, default_zones(units), cuts)
    zone[shapely.contains(shapely.buffer(lakes, 0), points)] = WATER
    frame = gpd.GeoDataFrame({"unit": unit, "zone": zone}, geometry=faces, crs=CRS)
    return frame[frame.zone.notna() & (frame.zone != WATER)].reset_index(drop=True)


def _unit_of_points(points: np.ndarray, units: gpd.GeoDataFrame) -> np.ndarray:
    unit = np.full(len(points), -1)
    i, j = shapely.STRtree(units.geometry.values).query(points, predicate="intersects")
    unit[i] = j
    return unit


def _zone_of_points(points: np.ndarray, unit: np.ndarray, defaults: np.ndarray, cuts: list[Cut]) -> np.ndarray:
    zone = defaults[unit]
    free = np.ones(len(points), bool)
    for cut in cuts:
        hit = cut.units[unit] & free
        if cut.ring is not None:
            hit[hit] = shapely.contains(cut.ring, points[hit])
        zone[hit] = cut.zone
        free &= ~hit
    return zone


def drop_islets(faces: gpd.GeoDataFrame, min_km2: float) -> gpd.GeoDataFrame:
    """Return the faces without those of islands smaller than `min_km2`."""
    islands = shapely.get_parts(shapely.union_all(faces.geometry.values, grid_size=GRID_M))
    tree = shapely.STRtree(islands)
    i, j = tree.query(shapely.point_on_surface(faces.geometry.values), predicate="intersects")
    area = np.zeros(len(faces))
    area[i] = shapely.area(islands[j]) / 1e6
    return faces[area >= min_km2].reset_index(drop=True)


def rivers_on_borders(rivers: gpd.GeoDataFrame, faces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rivers laid on the zone borders beside which they run: the base's borders are the finer lines."""
    zones = [shapely.union_all(part.geometry.values, grid_size=GRID_M) for _, part in faces.groupby("zone")]
    i, j = shapely.STRtree(zones).query(zones, predicate="intersects")
    pairs = [(zones[a], zones[b]) for a, b in zip(i, j, strict=True) if a < b]
    shared = shapely.intersection([a for a, _ in pairs], [b for _, b in pairs])
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shared[shapely.length(shared) > 0])))
    lines = lines[shapely.get_type_id(lines) == 1]
    magnet = Magnet(lines, BORDER_REACH_M, BORDER_LEAST_M)
    return rivers.set_geometry([magnet.pull(line) for line in rivers.geometry.values], crs=rivers.crs)


def soft_zone(zone: np.ndarray, hubs: np.ndarray) -> np.ndarray:
    """Return the zones of provinces after soft_zones.csv: whole provinces, by their hubs' points, no line cut.

    Soft zones follow lines inside one state that need no exactness: the Corridor, the Rhineland.
    """
    zone = zone.copy()
    for row in sorted(read_csv(HERE / "soft_zones.csv"), key=lambda r: int(r["seq"])):
        zone[(zone == row["within"]) & shapely.contains(ring_polygon(row["ring"]), hubs)] = row["zone"]
    return zone
