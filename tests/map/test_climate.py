"""The climates of the map against normals of weather stations that were read."""

from __future__ import annotations

from math import erf, sqrt
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SPREAD_C = 4.5
"""How much daily minima of one month differ, as a standard deviation."""
WARM = range(4, 11)
STATIONS = pd.read_csv(ROOT / "tests" / "data" / "climate_stations.csv")
MONTHLY = STATIONS[STATIONS.period != "year"].set_index(["measure", "station"])


@pytest.fixture(scope="module")
def climates() -> pd.DataFrame:
    return pd.read_csv(ROOT / "maps" / "europe" / "climate.csv").set_index(["climate", "month"]).sort_index()


def test_every_climate_has_a_station_and_each_says_where_it_was_read(climates):
    assert set(STATIONS.climate) == set(climates.index.get_level_values(0))
    assert STATIONS.source.notna().all()


@pytest.mark.parametrize("station", MONTHLY.loc["tmin_c"].index)
def test_frost_comes_as_often_as_mean_minima_say(climates, station):
    """Of a few stations only the coldest month was read."""
    row = MONTHLY.loc[("tmin_c", station)]
    frost = climates.loc[row.climate].frost
    known = {n: float(row[month]) for n, month in enumerate(MONTHS, 1) if pd.notna(row[month])}
    gap = [abs(frost[n] - 0.5 * (1 + erf(-least / SPREAD_C / sqrt(2)))) for n, least in known.items()]
    assert max(gap) < 0.3
    assert sum(gap) / 12 < 0.15


@pytest.mark.parametrize("station", MONTHLY.loc["wet_days"].index)
def test_it_rains_in_the_warm_months_as_often_as_read(climates, station):
    row = MONTHLY.loc[("wet_days", station)]
    rain = climates.loc[row.climate].rain
    assert max(abs(rain[m] - float(row[MONTHS[m - 1]]) / 30.4) for m in WARM) < 0.2


@pytest.mark.parametrize(("measure", "column"), [("frost_days", "frost"), ("snow_days", "snow")])
def test_days_of_a_year_lie_near_those_published(climates, measure, column):
    rows = STATIONS[STATIONS.measure == measure]
    days = {c: climates.loc[c][column].sum() * 365 / 12 for c in rows.climate}
    near = {c: (g.jan.min() - 30, g.jan.max() + 30) for c, g in rows.groupby("climate")}
    assert {c: round(days[c]) for c in days if not near[c][0] <= days[c] <= near[c][1]} == {}


def test_a_climate_held_against_a_station_says_so(climates):
    held = set(STATIONS.climate)
    assert set(climates[climates.status == "partly"].index.get_level_values(0)) == held
