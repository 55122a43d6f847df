"""How far the map's state borders lie from points of them that others measured.

`crossings`: border posts, a repository's list (pedrocoutinhosilva/UA-Refugee-Migration-Tracker, stations.R), where
today's border is one of 1920-1940. `tripoints`: where three states meet, German Wikipedia, Dreiländerecke Europas.
`passes`: frontier passes and towns (bubino/easycamper, borderPoints.js; a list of mountain passes by its name only).
`gates`: frontier gates after OpenStreetMap's posts (GrgnPl/SinirdayimApp, catalog), and one waypoint.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).parents[2]
EUROPE = ROOT / "maps" / "europe"
POINTS = pd.read_csv(ROOT / "tests" / "data" / "border_points.csv")
MEAN_KM, WORST_KM = 2.0, 3.0


@pytest.fixture(scope="module")
def offsets() -> pd.DataFrame:
    """The points with `km`, their distance from the map's line between the zones of side a and of side b."""
    shapes = gpd.read_file(EUROPE / "europe.gpkg", layer="provinces")
    zone = pd.read_csv(EUROPE / "provinces.csv").set_index("id").zone
    zones = shapes.assign(zone=shapes.id.map(zone)).dissolve("zone").geometry
    marks = gpd.GeoSeries(gpd.points_from_xy(POINTS.lon, POINTS.lat), crs=4326).to_crs(shapes.crs).values
    km = []
    for row, mark in zip(POINTS.itertuples(), marks, strict=True):
        sides = [shapely.union_all(zones[side.split("|")].values) for side in (row.side_a, row.side_b)]
        km.append(shapely.distance(shapely.intersection(*sides), mark) / 1000)
    return POINTS.assign(km=km)


def test_points_lie_on_many_borders():
    assert len(POINTS) >= 45
    assert POINTS.border.nunique() >= 28


@pytest.mark.parametrize("border", sorted(POINTS.border[POINTS.border.duplicated()].unique()))
def test_the_mean_offset_of_a_border_is_two_kilometres_at_most(offsets, border):
    assert offsets.km[offsets.border == border].mean() <= MEAN_KM


@pytest.mark.parametrize("name", POINTS.name)
def test_the_border_passes_by_its_point(offsets, name):
    assert offsets.km[offsets.name == name].item() <= WORST_KM


def test_borders_lie_a_kilometre_or_so_off_on_the_mean(offsets):
    assert offsets.km.mean() <= 1.3
