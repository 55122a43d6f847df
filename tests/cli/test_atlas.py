"""``atlas``: points, provinces, routes and states of a map, its export, and what is said when there is no answer."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

GOLDEN = Path(__file__).parents[1] / "data" / "golden_towns.csv"


def answered(call: Call, *words: Any) -> Any:
    result = call("atlas", *words, "--json")
    assert (result.code, result.err) == (0, "")
    return json.loads(result.out)


def refused(call: Call, *words: Any) -> str:
    result = call("atlas", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1
    return result.err


# --- points ----------------------------------------------------------------------------------------------------------


def test_a_point_has_province_zone_and_owner(call: Call) -> None:
    assert answered(call, "--at", "18.65,54.35", "--date", "1938-10-05") == {
        "province": "danzig",
        "name": "Danzig",
        "zone": "DANZIG",
        "owner": "DAN",
        "controller": "DAN",
        "flags": ["league_of_nations"],
    }


@pytest.mark.parametrize(
    ("date", "controller", "flags"),
    [
        ("1940-05-10", "FRA", []),
        ("1940-09-01", "VIC", ["free_zone"]),
        ("1942-11-30", "GER", []),
        ("1945-06-01", "FRA", []),
    ],
)
def test_the_controller_is_who_holds_the_land(call: Call, date: str, controller: str, flags: list[str]) -> None:
    found = answered(call, "--at", "4.84,45.76", "--date", date)
    assert (found["owner"], found["controller"], found["flags"]) == ("FRA", controller, flags)


@pytest.mark.parametrize(("date", "owner"), [("1938-03-12", "AUT"), ("1938-03-13", "GER"), ("1945-01-01", "GER")])
def test_the_owner_is_that_of_the_date(call: Call, date: str, owner: str) -> None:
    assert answered(call, "--at", "16.37,48.21", "--date", date)["owner"] == owner


def test_a_western_longitude_is_no_option(call: Call) -> None:
    assert answered(call, "--at=-3.70,40.42")["owner"] == "ESP"


def test_a_town_on_the_shore_lies_ashore(call: Call) -> None:
    assert answered(call, "--at", "19.45,54.32")["zone"]  # the Vistula Lagoon's shore, within the coast's generality


def test_a_point_at_sea_is_named(call: Call) -> None:
    assert "no province at 3,56: it lies at sea, in 'dogger_bank'" in refused(call, "--at", "3,56")


def test_a_point_off_the_map_is_said_to_be(call: Call) -> None:
    assert "it lies outside map 'europe'" in refused(call, "--at", "100,10")


@pytest.mark.parametrize("point", ["18.65;54.35,1", "200,54", "18.65,"])
def test_what_is_no_point_is_refused_with_an_example(call: Call, point: str) -> None:
    assert "degrees" in refused(call, "--at", point) or "longitude goes from" in refused(call, "--at", point)


def test_many_points_of_a_file_at_once(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("id,lon,lat,remark\nwest,8.55,47.37,a\nsea,3,56,b\n", encoding="utf-8")
    result = call("atlas", "--at", file)
    assert result.code == 0
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert list(rows[0]) == ["id", "lon", "lat", "province", "name", "zone", "owner", "controller", "flags"]
    assert [(r["id"], r["owner"]) for r in rows] == [("west", "SUI"), ("sea", "")]
    assert "'sea': no province at 3,56" in result.err


def test_every_point_may_have_its_own_date(call: Call, tmp_path: Path) -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        towns = list(csv.DictReader(lines))
    file, out = tmp_path / "towns.csv", tmp_path / "owners.csv"
    rows = [f"{t['id']},{t['lon']},{t['lat']},{t['date']}" for t in towns]
    file.write_text("\n".join(["id,lon,lat,date", *rows]) + "\n", encoding="utf-8")
    assert call("atlas", "--at", file, "-o", out).out.strip() == str(out)
    with out.open(encoding="utf-8", newline="") as lines:
        found = [(r["id"], r["date"], r["owner"]) for r in csv.DictReader(lines)]
    wrong = set(found) - {(t["id"], t["date"], t["owner"]) for t in towns}
    assert wrong == set()


def test_a_broken_file_of_points_is_named_by_line(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("id,lon,lat\na,18,54\nb,180.5,north\n", encoding="utf-8")
    result = call("atlas", "--at", file)
    assert result.code == 1
    assert f"{file} line 3: lon 180.5 is out of range" in result.err
    assert f"{file} line 3: lat 'north' is not a number" in result.err


def test_a_file_that_is_not_there_is_an_error(call: Call, tmp_path: Path) -> None:
    result = call("atlas", "--at", tmp_path / "none.csv")
    assert result.code == 1
    assert "none.csv" in result.err


def test_control_of_a_run_differs_from_ownership(call: Call, weiss: Path) -> None:
    before = json.loads(call("atlas", weiss, "--at", "19.13,50.81", "--date", "1939-09-01", "--json").out)
    after = json.loads(call("atlas", weiss, "--at", "19.13,50.81", "--json").out)
    assert (before["province"], before["owner"]) == ("czestochowa", "POL")
    assert after["controller"] == "GER"


# --- provinces, states -----------------------------------------------------------------------------------------------


def test_a_province_has_neighbours_railways_and_a_history(call: Call) -> None:
    found = answered(call, "--province", "danzig")
    assert found == answered(call, "--province", "Gdańsk")
    near = {n["province"]: n for n in found["neighbours"]}
    assert (near["tczew"]["river"], near["tczew"]["crossing"]) == ("Vistula", 3)
    assert {"gdynia", "tczew"} <= {r["to"] for r in found["rail"]}
    assert [(o["owner"], o["begin_date"], o["end_date"]) for o in found["owners"]] == [
        ("DAN", "1924-01-01", "1939-09-01"),
        ("GER", "1939-09-01", "1945-03-30"),
        ("POL", "1945-03-30", ""),
    ]


def test_a_province_on_the_coast_tells_its_seas_landings_and_works(call: Call) -> None:
    coasts = {c["sea"]: c for c in answered(call, "--province", "caen", "--date", "1944-06-06")["coasts"]}
    assert coasts["english_channel_e"]["landing"] == 0.8
    assert "Atlantic Wall" in coasts["english_channel_e"]["works"]
    assert answered(call, "--province", "praha")["coasts"] == []


def test_a_sea_zone_has_straits_and_coasts(call: Call) -> None:
    found = answered(call, "--sea", "Sea of Marmara", "--date", "1936-07-20")
    assert {n["sea"]: n["by"] for n in found["neighbours"]} == {
        "aegean_n": "Dardanelles",
        "western_black_sea": "Bosphorus",
    }
    assert {(c["province"], c["port"]) for c in found["coasts"]} >= {("istanbul", 3)}
    assert found["neighbours"][1]["shores"] == ["istanbul", "izmit"]
    assert "did you mean" in refused(call, "--sea", "kategat")


def test_a_misspelt_province_gets_a_suggestion(call: Call) -> None:
    assert "did you mean 'Danzig'?" in refused(call, "--province", "Dansig")
    assert "names that begin so: rostov_na_donu" in refused(call, "--province", "Rostov")


def test_a_state_has_area_towns_and_capital(call: Call) -> None:
    found = answered(call, "--state", "POL", "--date", "1938-01-01")
    assert found["area_km2"] == pytest.approx(388_600, rel=0.02)
    assert found["capital"] == "warszawa"
    assert found["towns_population_k"] > 5000
    assert found["people_k"] == pytest.approx(32_107, rel=0.01)
    assert found["neighbours"] == ["CZE", "DAN", "GER", "LAT", "LIT", "ROM", "SOV"]
    assert found == answered(call, "--state", "Poland", "--date", "1938-01-01")
    assert answered(call, "--state", "POL", "--date", "1940-01-01")["provinces"] == 0


def test_an_unknown_power_gets_a_suggestion(call: Call) -> None:
    assert "did you mean 'POL'?" in refused(call, "--state", "POLL")


def test_without_a_question_the_states_of_the_date_are_listed(call: Call) -> None:
    powers = [s["power"] for s in answered(call, "--date", "1938-03-01")]
    assert {"AUT", "CZE", "LIT"} <= set(powers)
    assert "AUT" not in {s["power"] for s in answered(call, "--date", "1938-04-01")}
    assert call("atlas").out.startswith("power")


# --- routes ----------------------------------------------------------------------------------------------------------


def test_a_route_by_rail_has_kilometres_days_and_stretches(call: Call) -> None:
    found = answered(call, "--route", "Berlin", "Warszawa")
    assert found["path"][0] == "berlin"
    assert found["path"][-1] == "warszawa"
    assert sum(leg["km"] for leg in found["legs"]) == pytest.approx(found["km"], abs=1)
    assert found["days"]["train"] == pytest.approx(found["km"] / 300, abs=0.01)
    assert found["through"] == ["GER", "POL"]


def test_a_route_by_road_takes_feet_longer_than_motors(call: Call) -> None:
    days = answered(call, "--route", "poznan", "warszawa", "--by", "road")["days"]
    assert days["foot"] > days["horse"] > days["motor"] > 4


def test_a_gauge_break_is_told(call: Call) -> None:
    assert answered(call, "--route", "brzesc", "minsk")["gauge_breaks"] == ["stolpce"]


def test_a_route_through_ones_own_land_only(call: Call) -> None:
    assert "through land of GER on 1939-08-31" in refused(call, "--route", "stettin", "koenigsberg", "--through", "GER")
    words = ("--through", "GER", "--through", "POL", "--through", "DAN")
    assert "POL" in answered(call, "--route", "stettin", "koenigsberg", *words)["through"]


def test_a_day_before_the_map_begins_is_refused(call: Call) -> None:
    assert "1923-12-31 lies before the map of 'europe' begins" in refused(call, "--date", "1923-12-31")
    assert answered(call, "--at", "18.65,54.35", "--date", "1924-01-01")["owner"] == "DAN"


def test_two_questions_at_once_are_refused(call: Call) -> None:
    assert "one question at a time" in refused(call, "--province", "danzig", "--state", "POL")


# --- export ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["europe.gpkg", "europe.geojson"])
def test_the_map_is_written_with_the_dates_of_its_owners(call: Call, tmp_path: Path, name: str) -> None:
    import geopandas as gpd

    assert call("atlas", "-o", tmp_path / name).out.strip() == str(tmp_path / name)
    found = gpd.read_file(tmp_path / name)
    danzig = found[found.province == "danzig"].sort_values("begin_date")
    assert danzig.owner.tolist() == ["DAN", "GER", "POL"]
    assert str(danzig.end_date.iloc[0])[:10] == "1939-09-01"
    assert found.geometry.is_valid.all()
    paris = found[found.province == "paris"].sort_values("begin_date")
    assert paris.owner.tolist() == ["FRA"] * 3
    assert paris.controller.tolist() == ["FRA", "GER", "FRA"]
    assert [str(day)[:10] for day in paris.begin_date] == ["1924-01-01", "1940-06-14", "1944-08-25"]


def test_the_same_map_gives_the_same_bytes(call: Call, tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        call("atlas", "-o", tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_an_unknown_suffix_is_refused(call: Call, tmp_path: Path) -> None:
    assert "end the name in .gpkg or .geojson" in refused(call, "-o", tmp_path / "europe.png")


def test_a_map_without_geometry_has_no_points_but_provinces(call: Call, toy: Path) -> None:
    words = ("toy", "--data", toy.parent.parent)
    assert "no geometry" in refused(call, *words, "--at", "20,52")
    assert answered(call, *words, "--province", "p01", "--date", "1930-05-01")["province"] == "p01"
