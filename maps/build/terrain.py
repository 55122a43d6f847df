"""Terrain: urban where a city fills the province, else as its hub says, else its region, else by its relief."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from base import Raster
from cells import burn
from common import HERE, read_csv, ring_polygon
from scipy.ndimage import maximum_filter, minimum_filter

RELIEF_WINDOW = 7
MOUNTAIN_RELIEF_M, HILL_RELIEF_M = 600.0, 230.0
MOUNTAIN_HEIGHT_M, HILL_HEIGHT_M = 1500.0, 750.0
REGION_SHARE = 0.5
CITY_PEOPLE_K, CITY_REACH_KM2, TOWN_REACH_KM2 = 400.0, 3500, 1000


def add_terrain(provinces: gpd.GeoDataFrame, elevation: np.ndarray, raster: Raster) -> np.ndarray:
    """Return the terrain word of each province; `provinces.terrain` holds the hub's own word or nothing."""
    number = burn(provinces.geometry.values, range(len(provinces)), raster)
    by_relief = _by_relief(number, elevation, len(provinces))
    region = _by_region(number, len(provinces), raster)
    own = np.where(provinces.terrain.values == "urban", "", provinces.terrain.values.astype(str))
    words = np.where(own != "", own, np.where(region != "", region, by_relief))
    return np.where(_is_urban(provinces), "urban", words)


def _is_urban(provinces: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which provinces a city dominates: a hub of 400,000 and little land, or one called urban and less."""
    people = provinces.population_k.replace("", "0").astype(float).values
    said, area = (provinces.terrain == "urban").values, provinces.area_km2.values
    return ((people >= CITY_PEOPLE_K) & (area <= CITY_REACH_KM2)) | (said & (area <= TOWN_REACH_KM2))


def _by_relief(number: np.ndarray, elevation: np.ndarray, count: int) -> np.ndarray:
    land = np.maximum(elevation, 0)
    relief = maximum_filter(land, RELIEF_WINDOW) - minimum_filter(land, RELIEF_WINDOW)
    height, relief = _mean(number, land, count), _mean(number, relief, count)
    mountain = (relief > MOUNTAIN_RELIEF_M) | ((height > MOUNTAIN_HEIGHT_M) & (relief > HILL_RELIEF_M))
    hills = (relief > HILL_RELIEF_M) | (height > HILL_HEIGHT_M)
    return np.select([mountain, hills], ["mountains", "hills"], "open")


def _by_region(number: np.ndarray, count: int, raster: Raster) -> np.ndarray:
    """Return the terrain whose regions of terrain.csv cover at least half of a province; later rows win."""
    words = np.full(count, "", object)
    cells = np.maximum(1, np.bincount(number[number >= 0], minlength=count))
    share: dict[str, np.ndarray] = {}
    for row in read_csv(HERE / "terrain.csv"):
        inside = burn([ring_polygon(row["ring"])], [1], raster) == 1
        covered = np.bincount(number[inside & (number >= 0)], minlength=count) / cells
        share[row["terrain"]] = share.get(row["terrain"], np.zeros(count)) + covered
    if share:
        names, table = list(share), np.array(list(share.values()))
        best = table.argmax(0)
        words = np.where(table.max(0) >= REGION_SHARE, np.array(names, object)[best], "")
    return words


def _mean(number: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    on = number >= 0
    cells = np.bincount(number[on], minlength=count)
    total = np.bincount(number[on], weights=values[on], minlength=count)
    return total / np.maximum(1, cells)
