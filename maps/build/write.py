"""Writing the map folder: province table, CSV files and the GeoPackage, byte for byte the same on every run."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from common import HERE, read_csv, write_csv
from seas import LINK_COLUMNS
from shapes import area_km2
from zones import soft_zone

STAMP = "2026-01-01T00:00:00Z"
DEFAULT_ROAD = 2
PROVINCE_COLUMNS = (
    "id",
    "name",
    "zone",
    "terrain",
    "area_km2",
    "lon",
    "lat",
    "road",
    "population_k",
    "port",
    "capital_of",
    "climate",
    "aliases",
    "industry",
    "source",
    "status",
)
BORDER_COLUMNS = ("a", "b", "shared_km", "distance_km", "river", "river_share", "crossing")
RAIL_COLUMNS = ("a", "b", "tracks", "gauge_mm", "trains_per_day", "km", "electric_from", "line", "source", "status")
HAND_TABLES = {
    "straits.csv": ("a", "b"),
    "forts.csv": ("province", "facing"),
    "coast_forts.csv": ("province",),
    "control.csv": ("province",),
    "flags.csv": (),
    "people.csv": (),
}
"""Tables copied as they are, with their columns that name provinces."""
RIVER_TOLERANCE_M = 600.0
MAP_TOML = """\
id = "europe"
title = "European theatre, 1924-1945"
version = "1"
crs = "EPSG:3035"
geometry = "europe.gpkg"
opening = "1924-01-01"
"""


def province_table(provinces: gpd.GeoDataFrame, hubs: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the provinces with the columns of their hubs, sorted by id."""
    table = hubs.loc[provinces.hub].reset_index(drop=True).drop(columns="zone")
    table["zone"] = soft_zone(provinces.zone.values, shapely.points(table.x.values, table.y.values))
    table["geometry"] = provinces.geometry.values
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=provinces.crs).sort_values("id", ignore_index=True)
    frame["area_km2"] = area_km2(frame)
    frame["lon"], frame["lat"] = _hub_degrees(frame)
    frame["road"] = np.where(frame.road == "", _default_roads(frame), frame.road)
    frame["port"] = frame.port.where(frame.port != "", "0")
    frame["climate"] = _climates(frame)
    return frame


def _hub_degrees(frame: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return lon and lat of the hubs as placed on the map, moved inside where generalising left them outside."""
    points = shapely.points(frame.x.values, frame.y.values)
    inner = shapely.buffer(frame.geometry.values, -200)
    out = ~shapely.contains(frame.geometry.values, points)
    near = shapely.get_point(shapely.shortest_line(inner[out], points[out]), 0)
    points[out] = near
    degrees = gpd.GeoSeries(points, crs=frame.crs).to_crs(4326)
    return degrees.x.round(4).values, degrees.y.round(4).values


def _default_roads(frame: pd.DataFrame) -> np.ndarray:
    table = {row["zone"]: row["road"] for row in read_csv(HERE / "roads.csv")}
    return frame.zone.map(lambda z: table.get(z, table.get(z.split("_")[0], DEFAULT_ROAD))).astype(str).values


def _climates(frame: pd.DataFrame) -> np.ndarray:
    """Return the climate of each hub: the nearest row of climate_points.csv."""
    rows = read_csv(HERE / "climate_points.csv")
    if not rows:
        return np.full(len(frame), "", object)
    lon, lat = (np.array([float(r[k]) for r in rows]) for k in ("lon", "lat"))
    east = (frame.lon.values[:, None] - lon) * np.cos(np.radians(frame.lat.values))[:, None]
    nearest = np.hypot(east, frame.lat.values[:, None] - lat).argmin(1)
    return np.array([rows[k]["climate"] for k in nearest], object)


def write_geometry(
    out: Path, provinces: gpd.GeoDataFrame, seas: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame, lakes: gpd.GeoDataFrame
) -> None:
    """Write europe.gpkg with the layers provinces, seas, rivers, lakes."""
    os.environ["OGR_CURRENT_DATE"] = STAMP
    path = out / "europe.gpkg"
    path.unlink(missing_ok=True)
    drawn = rivers[["name", "class", "geometry"]].copy()
    drawn["geometry"] = shapely.simplify(drawn.geometry.values, RIVER_TOLERANCE_M)
    layers = {
        "provinces": provinces[["id", "geometry"]],
        "seas": seas[["id", "geometry"]],
        "rivers": drawn,
        "lakes": lakes[["name", "geometry"]],
    }
    for layer, frame in layers.items():
        options = {"SPATIAL_INDEX": "NO"}
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", layer_options=options, promote_to_multi=False)


def write_tables(
    out: Path,
    provinces: gpd.GeoDataFrame,
    borders: pd.DataFrame,
    rail: list[dict],
    seas: gpd.GeoDataFrame,
    links: pd.DataFrame,
    coasts: pd.DataFrame,
) -> None:
    """Write every CSV file of the map folder and map.toml."""
    write_csv(out / "provinces.csv", PROVINCE_COLUMNS, _rows(provinces.drop(columns="geometry")))
    write_csv(out / "borders.csv", BORDER_COLUMNS, _rows(borders))
    write_csv(out / "rail.csv", RAIL_COLUMNS, rail)
    seas = seas.assign(area_km2=area_km2(seas)).drop(columns="geometry")
    write_csv(out / "seas.csv", ["id", "name", "lon", "lat", "area_km2"], _rows(seas))
    write_csv(out / "sea_links.csv", LINK_COLUMNS, _rows(links))
    write_csv(out / "coasts.csv", ("province", "sea", "coast_km", "landing"), _rows(coasts))
    (out / "map.toml").write_text(MAP_TOML, encoding="utf-8")
    used = set(provinces.zone)
    zones = [row for row in read_csv(HERE / "zones.csv") if row["zone"] in used]
    write_csv(out / "zones.csv", ["zone", "name", "begin_date", "owner", "source", "status"], zones)
    _copy_hand_tables(out, set(provinces.id), set(zip(borders.a, borders.b, strict=True)))


def _rows(frame: pd.DataFrame) -> list[dict]:
    return frame.to_dict("records")


def _copy_hand_tables(out: Path, known: set[str], neighbours: set[tuple[str, str]]) -> None:
    """Copy tables the build does not change, leaving out (and naming) rows that do not fit the map.

    They speak of provinces that it does not have, or of works towards a province that is no neighbour.
    """
    for file, keys in HAND_TABLES.items():
        rows = read_csv(HERE / file)
        if not rows:
            continue
        good = [row for row in rows if all(not row[k] or row[k] in known for k in keys)]
        if file == "forts.csv":
            pairs = [(row["province"], row["facing"]) for row in good]
            good = [r for r, p in zip(good, pairs, strict=True) if not p[1] or tuple(sorted(p)) in neighbours]
        for row in rows:
            if row not in good:
                print(f"note: {file}: does not fit the map: {'|'.join(row[k] for k in keys)}")
        write_csv(out / file, list(rows[0]), good)
