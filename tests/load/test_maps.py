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
from wargame.load import map_tables, maps, scenarios

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
    assert atlas.borders.shared_km.tolist() == [map_tables.DEFAULT_FRONT_KM]
    assert [c.id for c in atlas.climates] == [maps.FAIR_WEATHER]
    assert atlas.road.tolist() == [2, 2]
    assert atlas.terrain.tolist() == [0, 0]
    assert (atlas.forts, atlas.rail) == ((), ())
    assert atlas.adjectives["GER"] == "Germany"


def test_a_zone_changes_hands_on_its_date(tmp_path: Path) -> None:
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path)])
    owners = [atlas.owners_on(dates.parse(d)).tolist() for d in ("1923-12-31", "1929-12-31", "1930-01-01")]
    assert owners == [[NOBODY] * 2, [1, 1], [0, 0]]


CONTROL = """zone,province,begin_date,controller
X,,1925-01-01,GER
,a,1926-01-01,POL
X,,1927-01-01,
,a,1928-01-01,
"""


def test_the_latest_holder_counts_and_a_province_before_its_zone(tmp_path: Path) -> None:
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path, control_csv=CONTROL)])
    held = {year: atlas.controllers_on(dates.parse(f"{year}-06-01")).tolist() for year in range(1924, 1931)}
    ger, pol = 0, 1
    assert held[1924] == held[1928] == [pol, pol]
    assert (held[1925], held[1926], held[1927]) == ([ger, ger], [pol, ger], [pol, pol])
    assert held[1930] == [ger, ger] == atlas.owners_on(dates.parse("1930-06-01")).tolist()


def test_a_later_row_of_the_zone_ends_what_its_province_s_row_said(tmp_path: Path) -> None:
    rows = (
        "zone,province,begin_date,controller\n,a,1925-01-01,GER\nX,,1926-01-01,\nX,,1927-01-01,GER\n,a,1927-01-01,POL\n"
    )
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path, control_csv=rows)])
    ger, pol = 0, 1
    held = [atlas.controllers_on(dates.parse(f"{year}-06-01")).tolist() for year in (1925, 1926, 1927)]
    assert held == [[ger, pol], [pol, pol], [pol, ger]]


def test_a_flag_holds_between_its_dates(tmp_path: Path) -> None:
    rows = "zone,flag,begin_date,end_date\nX,demilitarised,1925-01-01,1926-01-01\nX,autonomous,1925-06-01,\n"
    atlas = maps.load_atlas("tiny", [write_smallest(tmp_path, flags_csv=rows)])
    found = [atlas.flags_on(dates.parse(d))[0] for d in ("1924-12-31", "1925-12-31", "1926-01-01")]
    assert found == [(), ("autonomous", "demilitarised"), ("autonomous",)]


@pytest.mark.parametrize(
    ("file", "row", "what"),
    [
        ("control", "X,a,1925-01-01,POL", "both zone and province are named"),
        ("control", ",,1925-01-01,POL", "neither a zone nor a province is named"),
        ("control", "Y,,1925-01-01,POL", "zone 'Y' is not on this map"),
        ("control", ",c,1925-01-01,POL", "province 'c' is not a province of this map"),
        ("control", "X,,1925-01-01,POX", "controller 'POX' is not a power of this map"),
        ("flags", "Y,demilitarised,1925-01-01,", "zone 'Y' is not on this map"),
        ("flags", "X,demilitarised,1925-01-01,1925-01-01", "end_date is not after begin_date"),
        ("people", "Y,100,1931", "zone 'Y' is not on this map"),
        ("people", "X,-1,1931", "people_k -1 is out of range"),
        ("sea_links", "bay,buy", "'buy' is not a sea zone of this map"),
        ("coasts", "c,bay", "province 'c' is not a province of this map"),
        ("coast_forts", "a,bai,0.3", "'bai' is not a sea zone of this map"),
    ],
)
def test_a_mistake_in_who_holds_what_or_in_the_sea_is_named(tmp_path: Path, file: str, row: str, what: str) -> None:
    headers = {
        "control": "zone,province,begin_date,controller",
        "flags": "zone,flag,begin_date,end_date",
        "people": "zone,people_k,year",
        "sea_links": "a,b",
        "coasts": "province,sea",
        "coast_forts": "province,sea,strength",
    }
    text = {"seas_csv": "id\nbay\n", f"{file}_csv": f"{headers[file]}\n{row}\n"}
    with pytest.raises(InputError) as caught:
        maps.load_atlas("tiny", [write_smallest(tmp_path, **text)])
    (fault,) = caught.value.faults
    assert (fault.line, fault.what.endswith(what), bool(fault.remedy)) == (2, True, True), str(fault)


def test_sea_zones_have_links_coasts_and_works(tmp_path: Path) -> None:
    tables = {
        "seas_csv": "id,name\nsound,\nbay,Bay\n",
        "sea_links_csv": "a,b,name,kind,width_km,shores,begin_date\nsound,bay,Gut,canal,0.1,a|b,1930-01-01\n",
        "coasts_csv": "province,sea,landing\na,bay,0.9\n",
        "coast_forts_csv": "province,sea,strength,line,end_date\na,bay,0.3,Old Fort,1930-01-01\n",
    }
    seas = maps.load_atlas("tiny", [write_smallest(tmp_path, **tables)]).seas
    early, late = dates.parse("1929-12-31"), dates.parse("1930-01-01")
    assert (seas.ids, seas.names) == (("bay", "sound"), ("Bay", "sound"))
    assert seas.links_of("bay", early) == []
    assert [(sea, link.name, link.shores) for sea, link in seas.links_of("bay", late)] == [("sound", "Gut", (0, 1))]
    assert [(c.province, c.sea, c.landing) for c in seas.coasts] == [(0, "bay", 0.9)]
    assert [f.line for f in seas.forts_at(0, "bay", early)] == ["Old Fort"]
    assert seas.forts_at(0, "bay", late) == []


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
        begins = time.process_time()
        maps.load_atlas("toy", [tmp_path])
        spent.append(time.process_time() - begins)
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


def test_europe_loads_without_a_fault() -> None:
    """How fast it does is measured by the benchmarks."""
    assert len(maps.load_atlas("europe")) > 800


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


def test_a_run_opens_with_the_holders_of_its_day(tmp_path: Path) -> None:
    late = tmp_path / "late.toml"
    late.write_text('[overlay]\nid = "late"\ntitle = "Late"\nwhy = "Test"\n[scenario]\nopening = 1940-09-01\n', "utf-8")
    setup = scenarios.load("history_1939", [late])
    atlas, world = setup.atlas, scenarios.opening_world(setup, 1)
    held = {name: atlas.powers[world.controller[atlas.number[name]]] for name in ("paris", "lyon", "oslo", "berlin")}
    assert held == {"paris": "GER", "lyon": "VIC", "oslo": "GER", "berlin": "GER"}
    assert atlas.powers[world.owner[atlas.number["paris"]]] == "FRA"
