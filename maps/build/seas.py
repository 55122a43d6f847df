"""Sea zones: the water of the theatre shared out among hand-placed seeds, with their links and coasts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import CRS, GRID_M, HERE, THEATRE, polygonize, read_csv, to_metres
from tidy import neighbours

MIN_COAST_KM, MIN_LINK_KM, ESTUARY_KM = 1.0, 1.0, 0.5
LINK_COLUMNS = ("a", "b", "name", "kind", "width_km", "shores", "begin_date", "source", "status")
LANDING = {"beach": 0.8, "mixed": 0.5, "cliff": 0.2, "skerries": 0.2, "dyke": 0.2, "mudflat": 0.15, "fjord": 0.15}
"""How well troops land there without a port, 0 to 1: 1 would be open sand with exits everywhere. Judgement."""


def make_seas(land: shapely.Geometry, inland: shapely.Geometry) -> gpd.GeoDataFrame:
    """Share the theatre's water, without `land` and the `inland` lakes, out: id, name, lon, lat, geometry."""
    rows = sorted(read_csv(HERE / "sea_seeds.csv"), key=lambda row: row["id"])
    seeds = to_metres([shapely.Point(float(r["lon"]), float(r["lat"])) for r in rows])
    frame = to_metres([shapely.box(*THEATRE)])[0]
    water = shapely.difference(frame, shapely.union_all([land, inland]), grid_size=GRID_M)
    walls = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=frame, only_edges=True)
    walls = shapely.union_all([walls, *_strait_lines()])
    faces = polygonize([shapely.boundary(water), shapely.intersection(walls, water)])
    faces = faces[shapely.contains(water, shapely.point_on_surface(faces))]
    label = _spread_labels(faces, np.array(seeds, object))
    shapes = [shapely.union_all(faces[label == k], grid_size=GRID_M) for k in range(len(rows))]
    table = {key: [row[key] for row in rows] for key in ("id", "name", "lon", "lat")}
    return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def _strait_lines() -> list[shapely.Geometry]:
    """Lines across straits behind which another zone begins, from shore to shore."""
    rows = [row for row in read_csv(HERE / "narrows.csv") if row["a_lon"]]
    ends = [[(float(row[f"{end}_lon"]), float(row[f"{end}_lat"])) for end in "ab"] for row in rows]
    return list(to_metres([shapely.LineString(pair) for pair in ends]))


def _spread_labels(faces: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Label the faces that hold a seed; the others follow the labelled neighbour with the longest common line."""
    label = np.full(len(faces), -1)
    i, j = shapely.STRtree(faces).query(seeds, predicate="intersects")
    label[j] = i
    missing = sorted(set(range(len(seeds))) - set(i.tolist()))
    if missing:
        raise ValueError(f"sea_seeds.csv: seeds on land, rows {missing}")
    a, b, metres = neighbours(faces)
    while True:
        rim = (label[a] < 0) & (label[b] >= 0)
        if not rim.any():
            return label
        table = pd.DataFrame({"face": a[rim], "label": label[b[rim]], "metres": metres[rim]})
        best = table.sort_values(["face", "metres", "label"]).drop_duplicates("face", keep="last")
        label[best.face] = best.label


def sea_links(seas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return LINK_COLUMNS of sea zones that share open water, or that a strait, canal or river of narrows.csv joins.

    Of two straits between the same zones the first row, the wider one, gives its name.
    """
    i, j, metres = neighbours(seas.geometry.values)
    ids = seas.id.values
    open_water = (ids[i] < ids[j]) & (metres > 1000 * MIN_LINK_KM)
    narrows = {(row["a"], row["b"]): row for row in reversed(read_csv(HERE / "narrows.csv"))}
    pairs = sorted({*zip(ids[i[open_water]], ids[j[open_water]], strict=True), *narrows})
    rows = [narrows.get((a, b), {"a": a, "b": b, "status": "derived"}) for a, b in pairs]
    return pd.DataFrame([[row.get(c, "") for c in LINK_COLUMNS] for row in rows], columns=LINK_COLUMNS)


def coasts(provinces: gpd.GeoDataFrame, seas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return province, sea, coast_km, landing of every coast, and of the estuaries up which sea-going ships come."""
    i, j = shapely.STRtree(provinces.geometry.values).query(seas.geometry.values, predicate="intersects")
    km = shapely.length(shapely.intersection(seas.geometry.values[i], provinces.geometry.values[j])) / 1000
    table = pd.DataFrame({"province": provinces.id.values[j], "sea": seas.id.values[i], "coast_km": km.round(1)})
    table = table[table.coast_km > MIN_COAST_KM]
    ports = pd.DataFrame(read_csv(HERE / "estuaries.csv"))[["province", "sea"]].assign(coast_km=ESTUARY_KM)
    ports = ports[ports.province.isin(provinces.id) & ~ports.province.isin(table.province)]
    table = pd.concat([table, ports])
    types = {(row["sea"], row["province"]): row["coast"] for row in read_csv(HERE / "coast_types.csv")}
    pairs = zip(table.sea, table.province, strict=True)
    table["landing"] = [LANDING[types.get((sea, province)) or types[sea, ""]] for sea, province in pairs]
    table.loc[table.coast_km == ESTUARY_KM, "landing"] = 0.0
    return table.sort_values(["province", "sea"], ignore_index=True)
