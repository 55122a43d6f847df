"""Hubs: the town each province grows from, hand-written for the core and picked once by size elsewhere."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import HERE, read_csv, slug, to_metres

HAND_FILES = ("hubs.csv", "hubs_west.csv", "hubs_east.csv")
FIELDS = ("name", "population_k", "port", "capital_of", "terrain", "road", "aliases", "industry", "source", "status")
NEAR_M = 15_000.0
"""A hub on water or beyond a border by no more than this is moved into the nearest land of its zone."""


def load_hubs(faces: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return all hubs with zone, x, y, sorted by id; picked ones count only in zones without a hand-written one."""
    hand = pd.concat([_read(file, faces) for file in HAND_FILES if (HERE / file).exists()], ignore_index=True)
    rest = _read("hubs_rest.csv", faces)
    hubs = pd.concat([hand, rest[_fills_gap(rest, hand)]], ignore_index=True)
    twice = hubs.id[hubs.id.duplicated()].tolist()
    if twice:
        raise ValueError(f"{', '.join(HAND_FILES)}: ids used twice: {sorted(twice)}")
    head = {row["hub"]: float(row["head_km"]) for row in read_csv(HERE / "heads.csv")}
    if unknown := sorted(set(head) - set(hubs.id)):
        raise ValueError(f"heads.csv: no hub {unknown}")
    hubs["head_km"] = hubs.id.map(head).fillna(0.0)
    return hubs.sort_values("id", ignore_index=True)


def _read(file: str, faces: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = read_csv(HERE / file)
    table = pd.DataFrame({field: [row.get(field, "") for row in rows] for field in FIELDS})
    table["id"] = [row.get("id") or slug(row["name"]) for row in rows]
    table["lon"], table["lat"] = [float(r["lon"]) for r in rows], [float(r["lat"]) for r in rows]
    table["spacing_m"] = [1000 * float(row.get("spacing_km") or 0) for row in rows]
    table["file"] = file
    points = to_metres(shapely.points(table.lon, table.lat)) if len(table) else []
    table["zone"], placed = _place(points, [r.get("zone_hint", "") for r in rows], faces)
    table["x"], table["y"] = shapely.get_x(placed), shapely.get_y(placed)
    return table


def _place(points: list, hints: list[str], faces: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return zone and point on land of each hub; a hint decides only between zones within reach."""
    geometry, zones = faces.geometry.values, faces.zone.values
    tree = shapely.STRtree(geometry)
    out_zone, out_point = np.empty(len(points), object), np.empty(len(points), object)
    for n, (point, hint) in enumerate(zip(points, hints, strict=True)):
        near = tree.query(point, predicate="dwithin", distance=NEAR_M)
        if not len(near):
            raise ValueError(f"hub at {point}: no land within {NEAR_M / 1000:.0f} km")
        fits = [k for k in near if zones[k] == hint]
        best = min(fits or near, key=lambda k: (shapely.distance(geometry[k], point), k))
        out_zone[n], out_point[n] = zones[best], _inside(geometry[best], point)
    return out_zone, out_point


def _inside(face: shapely.Geometry, point: shapely.Point) -> shapely.Point:
    """Return the point itself, or the nearest point a little inside the face."""
    if shapely.contains(face, point):
        return point
    core = shapely.buffer(face, -300)
    return shapely.point_on_surface(face) if core.is_empty else shapely.shortest_line(core, point).interpolate(0)


def _fills_gap(rest: pd.DataFrame, hand: pd.DataFrame) -> np.ndarray:
    """Tell which picked hubs stay: none in a zone that hand hubs cover, none close to a hand hub."""
    far = hand.zone[hand.file != "hubs.csv"]
    covered = {row["zone"] for row in read_csv(HERE / "hand_zones.csv")} & set(hand.zone) | set(far)
    keep = ~rest.zone.isin(covered).values
    for zone, group in hand.groupby("zone"):
        k = np.flatnonzero((rest.zone == zone).values & keep)
        gap = np.hypot(rest.x.values[k, None] - group.x.values, rest.y.values[k, None] - group.y.values)
        keep[k] = gap.min(1, initial=np.inf) > 0.7 * rest.spacing_m.values[k]
    return keep & ~rest.id.isin(hand.id).values
