"""The base data: modern units, lakes, rivers and elevation, read from the packages named in README.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
import xarray as xr
from common import CRS, HERE, THEATRE, parse_points, read_csv, ring_polygon, to_metres
from pyproj import Transformer
from scipy.ndimage import map_coordinates

OUTSIDE = {"AFG", "SAU", "KWT", "SAH", "MRT", "GRL", "PAK", "UZB"}
"""Modern states in the window that are no part of the theatre."""
MIN_ISLAND_KM2 = 6.0


def load_units(path: Path) -> gpd.GeoDataFrame:
    """Return the modern first-level units of the theatre, with the shores of land.csv: adm0_a3, name, geometry."""
    units = pyogrio.read_dataframe(path, layer="states_provinces", bbox=THEATRE, columns=["name", "adm0_a3"])
    units = units[~units.adm0_a3.isin(OUTSIDE)]
    units["geometry"] = shapely.clip_by_rect(shapely.make_valid(units.geometry.values), *THEATRE)
    units = units[~units.geometry.is_empty].dissolve(["adm0_a3", "name"], as_index=False).to_crs(CRS)
    for row in read_csv(HERE / "land.csv"):
        unit = ((units.adm0_a3 == row["state"]) & (units.name == row["unit"])).values
        if unit.sum() != 1:
            raise ValueError(f"land.csv {row['name']}: no unit '{row['state']}:{row['unit']}' in the base")
        units.loc[unit, "geometry"] = shapely.union(units.geometry.values[unit], ring_polygon(row["ring"]))
    return units


def load_foreign_land(path: Path) -> shapely.Geometry:
    """Return land in the window that belongs to no zone, so that no sea runs over it."""
    units = pyogrio.read_dataframe(path, layer="states_provinces", bbox=THEATRE, columns=["adm0_a3"])
    units = units[units.adm0_a3.isin(OUTSIDE)].to_crs(CRS)
    return shapely.union_all(units.make_valid().buffer(20).values)


def load_lakes(path: Path) -> gpd.GeoDataFrame:
    """Return the lakes listed in lakes.csv that the base holds: name, geometry."""
    water = gpd.read_file(path, layer="lakes", bbox=THEATRE).set_crs(4326, allow_override=True).to_crs(CRS)
    water["geometry"] = shapely.simplify(water.buffer(0).values, 500)
    rows = read_csv(HERE / "lakes.csv")
    points = to_metres([shapely.Point(float(r["lon"]), float(r["lat"])) for r in rows])
    names, shapes = [], []
    for row, point in zip(rows, points, strict=True):
        hit = water.geometry.values[water.contains(point).values]
        if len(hit):
            names.append(row["name"])
            shapes.append(hit[0])
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=CRS).dissolve("name", as_index=False)


def sea_lakes() -> set[str]:
    """Return the names of the lakes that are part of a sea zone."""
    return {row["name"] for row in read_csv(HERE / "lakes.csv") if row["sea_zone"]}


def load_rivers() -> gpd.GeoDataFrame:
    """Return the rivers of rivers.csv: name, class, geometry."""
    rows = [r for r in read_csv(HERE / "rivers.csv") if len(parse_points(r["polyline"])) > 1]
    lines = to_metres([shapely.LineString(parse_points(r["polyline"])) for r in rows])
    columns = {"name": [r["name"] for r in rows], "class": [int(r["class"]) for r in rows]}
    return gpd.GeoDataFrame(columns, geometry=lines, crs=CRS)


@dataclass(frozen=True)
class Raster:
    """A square grid over the theatre in map metres; row 0 is the north."""

    cell: float = 2000.0
    west: float = 2.2e6
    north: float = 6.0e6
    columns: int = 2750
    rows: int = 2750

    def index(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (row, column) of map points, clipped to the grid."""
        i = ((self.north - np.asarray(y)) / self.cell).astype(int).clip(0, self.rows - 1)
        j = ((np.asarray(x) - self.west) / self.cell).astype(int).clip(0, self.columns - 1)
        return i, j

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the x and y of all cell centres."""
        x = self.west + (np.arange(self.columns) + 0.5) * self.cell
        y = self.north - (np.arange(self.rows) + 0.5) * self.cell
        return np.meshgrid(x, y)


def load_elevation(path: Path, raster: Raster) -> np.ndarray:
    """Return elevation in metres (sea below 0) at the raster's cell centres."""
    x, y = raster.centres()
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(x, y)
    with xr.open_dataset(path) as data:
        values = data["ROSE"].values
    return map_coordinates(values, [(lat + 90) * 12, (lon % 360) * 12], order=1, mode="nearest")
