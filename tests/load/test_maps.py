"""Maps: the smallest one a stranger can write, every optional table, and the map of Europe."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.load.good import write_good
from tests.toy_files import write_toy
from wargame import dates
from wargame.atlas import NOBODY
from wargame.errors import InputError, UsageError
from wargame.load import maps

SMALLEST = {
    "map.toml": 'id = "tiny"\n',
    "provinces.csv": "id,zone,lon,lat\nb,X,21,52\na,X,20,52\n",
    "zones.csv": "zone,begin_date,owner\nX,1924-01-01,POL\nX,1930-01-01,GER\n",
    "borders.csv": "a,b\nb,a\n",
    "powers.csv": "id,name\nGER,Germany\nPOL,Poland\n",
}


def write_smallest(folder: Path, **changed: str) -> Path:
    for name, text in (SMALLEST | {k.replace("_csv", ".csv"): v for k, v in changed.items()}).items():
        path = folder / "maps" / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_smallest_map_has_sensible_defaults(tmp_path: Path) -> None:
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path)])
    assert (atlas.id, atlas.title, atlas.ids, atlas.names) == ("tiny", "tiny", ("a", "b"), ("a", "b"))
    assert atlas.borders.a.tolist() == [0]  # written b,a: kept as a < b
    assert atlas.borders.distance_km.tolist() == [pytest.approx(68.5, abs=0.1)]  # one degree of longitude at 52 north
    assert atlas.borders.shared_km.tolist() == [maps.DEFAULT_FRONT_KM]
    assert [c.id for c in atlas.climates] == [maps.FAIR_WEATHER]
    assert atlas.road.tolist() == [2, 2]
    assert atlas.terrain.tolist() == [0, 0]
    assert (atlas.forts, atlas.rail) == ((), ())
    assert atlas.adjectives["GER"] == "Germany"


def test_a_zone_changes_hands_on_its_date(tmp_path: Path) -> None:
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path)])
    owners = [atlas.owners_on(dates.parse(d)).tolist() for d in ("1923-12-31", "1929-12-31", "1930-01-01")]
    assert owners == [[NOBODY] * 2, [1, 1], [0, 0]]


def test_powers_come_from_the_map_of_europe_if_a_map_has_none(tmp_path: Path) -> None:
    write_smallest(tmp_path)
    (tmp_path / "maps" / "tiny" / "powers.csv").unlink()
    atlas = maps.load_atlas("tiny", [tmp_path])
    assert {"GER", "POL", "SOV", "GBR", "FRA"} <= set(atlas.powers)


def test_arrays_are_of_the_world_s_types(tmp_path: Path) -> None:
    write_good(tmp_path)
    atlas = maps.load_atlas("toy", [tmp_path])
    for name in ("zone_of", "terrain", "road", "port", "climate_of"):
        assert getattr(atlas, name).dtype == np.int64, name
    for name in ("area_km2", "lon", "lat", "population_k"):
        assert getattr(atlas, name).dtype == np.float64, name
    assert atlas.borders.strait.dtype == np.bool_
    assert atlas.borders.crossing.dtype == np.int64


def test_every_optional_table_is_read(tmp_path: Path) -> None:
    write_good(tmp_path)
    atlas = maps.load_atlas("toy", [tmp_path])
    strait = atlas.border_of[0, 2]
    assert atlas.borders.strait.tolist() == [False, True, False]
    assert (atlas.borders.river[strait], atlas.borders.crossing[strait]) == ("Narrow Water", 3)
    assert atlas.fort_strength(1, 0, dates.parse("1930-01-01")) == 0.3
    assert atlas.fort_strength(1, 0, dates.parse("1927-12-31")) == 0.0
    assert atlas.fort_strength(2, 1, dates.parse("1930-01-01")) == 0.1
    assert [(r.a, r.b, r.km, r.trains_per_day) for r in atlas.rail] == [(0, 1, 52.0, 48)]
    assert atlas.climates[0].rain.tolist() == [0.3] * 12


def test_a_river_named_without_figures_is_a_river_along_the_whole_border(tmp_path: Path) -> None:
    write_smallest(tmp_path, borders_csv="a,b,river\na,b,Styx\n")
    borders = maps.load_atlas("tiny", [tmp_path]).borders
    assert (borders.river, borders.river_share.tolist(), borders.crossing.tolist()) == (("Styx",), [1.0], [2])


def test_wide_water_joins_no_provinces(tmp_path: Path) -> None:
    write_smallest(tmp_path, borders_csv="a,b\n")
    folder = tmp_path / "maps" / "tiny"
    for km, joined in ((5, 1), (20, 1), (21, 0)):
        (folder / "straits.csv").write_text(f"a,b,kind,km\na,b,ferry,{km}\n", encoding="utf-8")
        assert len(maps.load_atlas("tiny", [tmp_path]).borders.a) == joined


def test_rows_in_any_order_give_the_same_atlas(tmp_path: Path) -> None:
    write_toy(tmp_path, 9, rows=3)
    folder = tmp_path / "maps" / "toy"
    one = maps.load_atlas("toy", [tmp_path])
    for file in ("provinces.csv", "borders.csv", "zones.csv"):
        header, *rows = (folder / file).read_text(encoding="utf-8").splitlines()
        (folder / file).write_text("\n".join([header, *rows[::-1]]) + "\n", encoding="utf-8")
    two = maps.load_atlas("toy", [tmp_path])
    assert one.ids == two.ids
    assert one.borders.b.tolist() == two.borders.b.tolist()
    assert one.zone_of.tolist() == two.zone_of.tolist()


def test_a_map_of_930_provinces_loads_in_a_tenth_of_a_second(tmp_path: Path) -> None:
    write_toy(tmp_path, 930, rows=30, red_columns=10, climate=True)
    spent = []
    for _ in range(5):
        begins = time.perf_counter()
        maps.load_atlas("toy", [tmp_path])
        spent.append(time.perf_counter() - begins)
    assert min(spent) < 0.1


def test_an_unknown_map_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'europe'\?") as caught:
        maps.load_atlas("europa")
    assert caught.value.exit_code == 2


def test_a_broken_map_names_every_fault(tmp_path: Path) -> None:
    write_smallest(tmp_path, borders_csv="a,b\na,c\na,d\n")
    with pytest.raises(InputError) as caught:
        maps.load_atlas("tiny", [tmp_path])
    assert [f.line for f in caught.value.faults] == [2, 3]


def test_a_map_without_geometry_is_drawn_by_its_hubs(tmp_path: Path) -> None:
    write_smallest(tmp_path)
    atlas = maps.load_atlas("tiny", [tmp_path])
    assert maps.load_geometry("tiny", [tmp_path]) is None
    frame = maps.to_geodataframe(atlas, dates.parse("1939-09-01"), [tmp_path])
    assert list(frame.index) == ["a", "b"]
    assert list(frame["owner"]) == ["GER", "GER"]
    assert frame.geometry.x.tolist() == [20.0, 21.0]


def test_loading_a_scenario_imports_no_geography() -> None:
    code = (
        "import sys; from wargame.load import scenarios, maps; maps.load_atlas('europe');"
        "print([m for m in ('geopandas', 'shapely', 'pandas', 'matplotlib', 'duckdb', 'simpy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


# --- the map of Europe -----------------------------------------------------------------------------------------------


def test_europe_loads_without_a_fault_and_fast() -> None:
    spent = []
    for _ in range(3):
        begins = time.perf_counter()
        atlas = maps.load_atlas("europe")
        spent.append(time.perf_counter() - begins)
    assert len(atlas) > 800
    assert min(spent) < 0.15


def test_europe_has_a_shape_for_every_province() -> None:
    atlas = maps.load_atlas("europe")
    frame = maps.to_geodataframe(atlas, dates.parse("1939-08-31"))
    assert list(frame.index) == list(atlas.ids)
    assert not frame.geometry.isna().any()
    assert frame.crs.to_epsg() == 3035
    assert frame.loc["warszawa", "owner"] == "POL"
    assert json.dumps(sorted(set(frame["owner"]) - set(atlas.powers))) == "[]"


def test_industry_is_read_by_province(tmp_path: Path) -> None:
    rows = "id,zone,lon,lat,industry\nb,X,21,52,steel:2|coal:3\na,X,20,52,\n"
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path, provinces_csv=rows)])
    assert atlas.industry == ((), (("coal", 3), ("steel", 2)))


def test_industry_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    rows = "id,zone,lon,lat,industry\nb,X,21,52,steel:9\na,X,20,52,\n"
    with pytest.raises(InputError, match="industry 'steel:9' cannot be read") as caught:
        maps.load_atlas("tiny", [write_smallest(tmp_path, provinces_csv=rows)])
    assert caught.value.faults[0].line == 2
