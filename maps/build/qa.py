"""Figures of a built map, printed at the end of the build: validity, sizes, connection, areas against yearbooks."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import geopandas as gpd
import networkx as nx
import pandas as pd
import shapely
from common import HERE, read_csv

LINKS = (
    ("borders", "a", "b"),
    ("straits", "a", "b"),
    ("sea_links", "sea:a", "sea:b"),
    ("coasts", "province", "sea:sea"),
)
"""File and its two columns of every kind of link; `sea:` marks columns that name sea zones."""


def report(folder: Path) -> None:
    """Print every figure of the map in `folder`."""
    started = time.time()
    shapes = gpd.read_file(folder / "europe.gpkg", layer="provinces")
    seconds = time.time() - started
    size = (folder / "europe.gpkg").stat().st_size / 1e6
    table = pd.read_csv(folder / "provinces.csv", keep_default_na=False)
    print(f"europe.gpkg {size:.2f} MB, provinces load in {seconds:.3f} s, {len(table)} provinces")
    _print_coverage(shapes)
    _print_sizes(table)
    print("land, strait and sea components:", components(folder)[:5])
    print(table.terrain.value_counts().to_dict())
    _print_areas(table, folder)


def _print_coverage(shapes: gpd.GeoDataFrame) -> None:
    geometry = shapes.geometry.values
    overlap = (shapely.area(geometry).sum() - shapely.area(shapely.union_all(geometry))) / 1e6
    valid = shapely.coverage_is_valid(geometry)
    print(f"coverage valid {valid}, overlap {overlap:.6f} km2, {shapely.get_num_coordinates(geometry).sum()} vertices")


def _print_sizes(table: pd.DataFrame) -> None:
    small = table[table.area_km2 < 800].sort_values("area_km2")
    print("below 800 km2:", ", ".join(f"{r.id} {r.zone} {r.area_km2}" for r in small.itertuples()))
    counts = table.groupby("zone").agg(
        provinces=("id", "size"), median=("area_km2", "median"), least=("area_km2", "min")
    )
    print(counts.astype(int).T.to_string(max_cols=200, line_width=160))


def components(folder: Path) -> list[int]:
    """Return the sizes of the connected parts of the graph of land borders, straits, coasts and sea links."""
    graph = nx.Graph()
    graph.add_nodes_from(row["id"] for row in read_csv(folder / "provinces.csv"))
    for file, first, second in LINKS:
        for row in read_csv(folder / f"{file}.csv"):
            graph.add_edge(_node(first, row), _node(second, row))
    return sorted((len(part) for part in nx.connected_components(graph)), reverse=True)


def _node(column: str, row: dict[str, str]) -> str:
    """Return the graph node of a column written as `a` (a province) or `sea:a` (a sea zone)."""
    prefix, _, key = column.rpartition(":")
    return f"{prefix}:{row[key]}" if prefix else row[key]


def zone_owner(folder: Path, date: str) -> dict[str, str]:
    """Return the owner of every zone on an ISO date."""
    owner: dict[str, str] = {}
    for row in sorted(read_csv(folder / "zones.csv"), key=lambda r: r["begin_date"]):
        if row["begin_date"] <= date:
            owner[row["zone"]] = row["owner"]
    return owner


def _print_areas(table: pd.DataFrame, folder: Path) -> None:
    by_zone = table.groupby("zone").area_km2.sum()
    print(f"{'area':34} {'built':>9} {'yearbook':>9} {'%':>6}")
    for row in read_csv(HERE / "yearbook.csv"):
        if row["kind"] == "zones":
            built = sum(by_zone.get(zone, 0) for zone in row["of"].split("|"))
        else:
            owners = zone_owner(folder, row["date"])
            built = sum(km2 for zone, km2 in by_zone.items() if owners[zone] == row["of"])
        known = float(row["area_km2"])
        print(f"{row['name']:34} {built:9.0f} {known:9.0f} {100 * (built / known - 1):+6.1f}")


if __name__ == "__main__":
    report(Path(sys.argv[1]))
