"""The climates of the map: what the rule makes of normals of weather stations, held against what else was read."""

from __future__ import annotations

import importlib
import sys
from math import erf, sqrt
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SPREAD_C = 4.5
"""How much daily minima of one month differ, as a standard deviation."""
STATIONS = pd.read_csv(ROOT / "tests" / "data" / "climate_stations.csv")
NORMALS = pd.read_csv(ROOT / "maps" / "build" / "climate_normals.csv")
ROUNDED = 0.011


@pytest.fixture(scope="module")
def climates() -> pd.DataFrame:
    return pd.read_csv(ROOT / "maps" / "europe" / "climate.csv").set_index(["climate", "month"]).sort_index()


@pytest.fixture
def rule(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "maps" / "build"))
    yield importlib.import_module("climate")
    for name in ("climate", "common"):
        sys.modules.pop(name, None)


def test_the_map_holds_what_the_rule_makes_of_the_normals(climates, rule, tmp_path):
    provinces = pd.read_csv(ROOT / "maps" / "europe" / "provinces.csv")
    rule.write_climates(tmp_path, provinces)
    made = pd.read_csv(tmp_path / "climate.csv").set_index(["climate", "month"]).sort_index()
    assert set(made.index) == set(climates.index)
    chances = ["rain", "mud", "snow", "frost"]
    assert (made[chances] - climates[chances]).abs().max().max() < ROUNDED
    assert set(climates.status) == {"derived"}


def test_every_climate_of_a_province_has_a_station_and_each_says_where_it_was_read():
    used = set(pd.read_csv(ROOT / "maps" / "europe" / "provinces.csv").climate)
    assert used == set(NORMALS.climate)
    assert NORMALS.source.notna().all()
    assert set(NORMALS.status) <= {"verified", "partly", "memory"}
    assert (NORMALS.groupby(["climate", "station"]).measure.nunique() == 3).all()


def test_states_of_a_day_exclude_each_other(climates):
    assert (climates.rain + climates.mud + climates.snow).max() <= 1.0


@pytest.mark.parametrize("climate", sorted(set(NORMALS.climate)))
def test_frost_comes_as_often_as_mean_minima_say(climates, climate):
    """Against minima spread evenly about their mean, without days drawn."""
    least = NORMALS[(NORMALS.climate == climate) & (NORMALS.measure == "tmin_c")][MONTHS]
    said = (0.5 * (1 + (-least / SPREAD_C / sqrt(2)).map(erf))).mean()
    gap = abs(climates.loc[climate].frost.to_numpy() - said.to_numpy())
    assert gap.max() < 0.2
    assert gap.mean() < 0.1


@pytest.mark.parametrize(("measure", "column", "off"), [("frost_days", "frost", 30), ("snow_days", "snow", 30)])
def test_days_of_a_year_lie_near_those_published(climates, measure, column, off):
    rows = STATIONS[STATIONS.measure == measure]
    days = {c: climates.loc[c][column].sum() * 365 / 12 for c in rows.climate}
    near = {c: (g.jan.min() - off, g.jan.max() + off) for c, g in rows.groupby("climate")}
    assert {c: round(days[c]) for c in days if not near[c][0] <= days[c] <= near[c][1]} == {}


@pytest.mark.parametrize("climate", ["maritime_west", "mediterranean", "po_danube_plain", "russia_centre", "anatolia"])
def test_in_warm_months_no_more_days_are_wet_than_were_read(climates, climate):
    read = STATIONS[(STATIONS.measure == "wet_days") & (STATIONS.climate == climate)][MONTHS[4:9]].mean() / 30.4
    assert (climates.loc[climate].rain.loc[5:9].to_numpy() - read.to_numpy()).max() < 0.15


def test_mud_comes_where_and_when_campaigns_met_it(climates):
    mud = climates.mud
    assert mud[("poland_lowland", 9)] < 0.2
    assert mud[("maritime_west", 5)] < 0.15
    for russia in ("russia_west", "russia_centre"):
        autumn, summer = (mud[russia, 10] + mud[russia, 11]) / 2, (mud[russia, 7] + mud[russia, 8]) / 2
        assert autumn > 2 * summer
        assert mud[russia, 4] > 0.6
        assert mud[russia, 1] < 0.15
    assert mud[("ukraine_steppe", 3)] + mud[("ukraine_steppe", 4)] > 0.9
    assert mud[("polesia", 4)] == mud.max()
    assert mud.loc["desert"].max() < 0.05


def test_ground_with_frost_in_it_turns_to_mud_when_it_thaws(rule):
    """The same rain, a mild winter or a hard one: the hard one has the muddier April and the firmer January."""
    mild = {"tmin_c": [2, 2, 4, 6, 9, 12, 14, 14, 11, 8, 5, 3], "tmax_c": [6, 7, 10, 13, 17, 20, 22, 22, 19, 14, 9, 7]}
    hard = {
        "tmin_c": [-12, -11, -6, 1, *mild["tmin_c"][4:9], 3, -3, -9],
        "tmax_c": [-6, -5, 1, 10, *mild["tmax_c"][4:]],
    }
    area = pd.DataFrame({"terrain": ["open"], "road": [1], "area_km2": [1000.0]})
    mud = []
    for degrees in (mild, hard):
        series = {name: pd.Series(values, dtype=float).to_numpy() for name, values in degrees.items()}
        station = series | {"precipitation_mm": pd.Series([40.0] * 12).to_numpy(), "lat": 55.0}
        mud.append(rule.months_of({"toy": station}, area)["mud"])
    assert mud[1][3] > mud[0][3] + 0.2
    assert mud[1][0] < mud[0][0] - 0.2


def test_drained_hills_and_metalled_roads_have_less_mud(rule):
    station = rule.normals()["russia_west"]["Minsk"]
    plain = pd.DataFrame({"terrain": ["open"], "road": [1], "area_km2": [1000.0]})
    base, hills, roads = (
        rule.months_of({"Minsk": station}, table)["mud"].mean()
        for table in (plain, plain.assign(terrain="hills"), plain.assign(road=4))
    )
    assert hills < base
    assert roads == pytest.approx(base * 0.5)
