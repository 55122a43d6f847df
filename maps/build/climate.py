"""Weather by climate and month, from normals of weather stations: a hundred years of days are drawn and counted.

Each station's days come from its monthly means by the weather generator of Richardson (1981): temperature wanders about
its mean with a memory of days, wet days come in spells, what falls is exponential. Snow falls below `SNOW_BELOW_C`, and
lies and melts by degree-days. Ground is wet while water stands on it: rain and melt fill it, evaporation (Thornthwaite
1948) and drainage empty it; ground with frost in it does not drain, so that thaw makes mud in a land of hard winters.
Metalled roads take a part of the mud away. Drainage and roads are those of the climate's provinces, by area.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
from common import HERE, read_csv

YEARS = 100
COLUMNS = ("climate", "month", "rain", "mud", "snow", "frost", "source", "status")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MONTH_OF_DAY = np.repeat(np.arange(12), LENGTHS)
MID_MONTH = np.cumsum(LENGTHS) - LENGTHS / 2

SPREAD_AT_C, SPREAD_C = (-10.0, 15.0), (6.5, 3.5)
"""How much daily means differ about their normal, as a standard deviation, in cold and in warm weather."""
MEMORY = 0.8
"""Correlation of temperature from day to day."""
WET_MEMORY = 0.3
"""How much likelier a wet day is after a wet than after a dry one."""
MM_A_WET_DAY, MM_PER_C, MM_BOUNDS = 3.5, 0.15, (2.5, 7.0)
"""Rain of a wet day at 0 degrees, more per degree, least and most."""
SNOW_BELOW_C = 1.0
MELT_MM_PER_C = 3.0
"""Degree-day factor of snow: 2.5 to 5.5 in the literature (Hock 2003)."""
COVER_MM, DEEP_MM = 3.0, 10.0
"""Water in the snow that covers the ground, and that keeps most of the frost out of it."""
UNDER_SNOW = 0.3
THAW = 1 / 0.3
"""How much faster frost leaves the ground than it enters."""
FROZEN_THROUGH, HARD = 30.0, 5.0
"""Degree-days of frost in ground that does not drain, and in ground that bears while it freezes."""
STORE_MM = 60.0

DRAINAGE_MM = 1.3
"""What level ground drains in a day. This, `WET_MM` and `METALLED` were fitted on the numbers judged before there was a
rule (0.065 off on the mean); all else is from the literature or as commonly taken."""
WET_MM = 10.0
"""Water on the ground that makes it mud."""
METALLED = 0.5
"""Part of the mud that roads of the best class take away."""
DRAINS = {
    "open": 1.0, "forest": 1.0, "arctic": 1.0, "urban": 1.0, "marsh": 0.0, "hills": 2.0, "desert": 2.0, "mountains": 4.0
}  # fmt: skip
"""Drainage of a terrain against level ground."""


def write_climates(out: Path, provinces: pd.DataFrame) -> None:
    """Write climate.csv of the map folder `out`; `provinces` has the columns climate, terrain, road and area_km2."""
    rows = []
    for climate, stations in normals().items():
        days = months_of(stations, provinces[provinces.climate == climate])
        source = f"maps/build/climate.py from normals of {', '.join(stations)} (maps/build/climate_normals.csv)"
        for k in range(12):
            chances = {name: round(float(values[k]), 2) for name, values in days.items()}
            rows.append({"climate": climate, "month": k + 1, **chances, "source": source, "status": "derived"})
    pd.DataFrame(rows, columns=COLUMNS).to_csv(out / "climate.csv", index=False)


def normals() -> dict[str, dict[str, dict[str, np.ndarray]]]:
    """Return by climate and station the twelve values of each measure, and the station's latitude under `lat`."""
    found: dict[str, dict[str, dict[str, np.ndarray]]] = defaultdict(lambda: defaultdict(dict))
    for row in read_csv(HERE / "climate_normals.csv"):
        station = found[row["climate"]][row["station"]]
        station[row["measure"]] = np.array([float(row[month]) for month in MONTHS])
        station["lat"] = np.array(float(row["lat"]))
    return found


def months_of(stations: dict[str, dict[str, np.ndarray]], provinces: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the monthly shares of days with rain, mud, snow and frost: the mean of the stations."""
    area = provinces.area_km2 / provinces.area_km2.sum()
    by_terrain = area.groupby(provinces.terrain).sum()
    drainage = DRAINAGE_MM * np.array([DRAINS[terrain] for terrain in by_terrain.index])
    unmade = 1.0 - METALLED * float((area * (provinces.road.astype(int) - 1)).sum()) / 3.0
    counted = [draw_days(station, drainage) for station in stations.values()]
    rain, wet, snow, frost = (np.mean([c[k] for c in counted], axis=0) for k in range(4))
    mud = unmade * (wet @ by_terrain.to_numpy())
    shown = {"rain": rain * np.maximum(1.0 - snow - mud, 0.0), "mud": mud, "snow": snow, "frost": frost}
    return {name: _by_month(values) for name, values in shown.items()}


def draw_days(
    station: dict[str, np.ndarray], drainage: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw `YEARS` years and return the share of years in which each day has rain, wet ground, snow cover and frost.

    Wet ground has one column for each of `drainage` (mm a day).
    """
    rng = np.random.default_rng(1924)
    low, high = station["tmin_c"], station["tmax_c"]
    normal, swing = _daily((low + high) / 2), _daily((high - low) / 2)
    fall, evaporation = _daily(station["precipitation_mm"] / LENGTHS), _thornthwaite((low + high) / 2, station["lat"])
    depth = np.clip(MM_A_WET_DAY + MM_PER_C * normal, *MM_BOUNDS)
    chance, spread = np.clip(fall / depth, 0.0, 0.9), np.interp(normal, SPREAD_AT_C, SPREAD_C)
    off, snow, frost, wet_day = np.zeros(YEARS), np.zeros(YEARS), np.zeros(YEARS), np.zeros(YEARS, bool)
    water = np.zeros((YEARS, len(drainage)))
    counts = np.zeros((365, 3 + len(drainage)))
    for day in [*range(365), *range(365)]:  # the first year only fills the stores
        off = MEMORY * off + np.sqrt(1.0 - MEMORY**2) * rng.standard_normal(YEARS)
        warmth = normal[day] + spread[day] * off
        wet_day = rng.random(YEARS) < chance[day] * (1.0 - WET_MEMORY) + WET_MEMORY * wet_day
        fallen = wet_day * rng.exponential(depth[day], YEARS)
        flakes = warmth < SNOW_BELOW_C
        snow = snow + flakes * fallen
        melt = np.minimum(snow, MELT_MM_PER_C * np.maximum(warmth, 0.0))
        snow = snow - melt
        cold = np.where(warmth < 0.0, warmth * np.where(snow > DEEP_MM, UNDER_SNOW, 1.0), warmth * THAW)
        frost = np.clip(frost - cold, 0.0, 10.0 * STORE_MM)
        dried = evaporation[day] * np.clip(warmth / max(normal[day], 0.5), 0.0, 2.0)
        drained = np.where((frost > FROZEN_THROUGH)[:, None], 0.0, drainage)
        water = np.clip(water + (~flakes * fallen + melt - dried)[:, None] - drained, 0.0, STORE_MM)
        covered, bears = snow > COVER_MM, (warmth < -1.0) & (frost > HARD)
        muddy = (water > WET_MM) & ~(covered | bears)[:, None]
        freezing = warmth < swing[day]
        counts[day] = np.column_stack([wet_day & ~flakes, covered, freezing, muddy]).mean(0)
    return counts[:, 0], counts[:, 3:], counts[:, 1], counts[:, 2]


def _daily(monthly: np.ndarray) -> np.ndarray:
    return np.interp(np.arange(365) + 0.5, MID_MONTH, monthly, period=365)


def _by_month(daily: np.ndarray) -> np.ndarray:
    return np.array([daily[k == MONTH_OF_DAY].mean() for k in range(12)])


def _thornthwaite(monthly: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return potential evaporation of each day in mm (Thornthwaite 1948, with day length for his 12 hours)."""
    heat = (np.maximum(monthly, 0.0) / 5.0) ** 1.514
    index = float(heat.sum())
    power = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    warm = np.maximum(_daily(monthly), 0.0)
    month = np.where(warm > 26.5, -415.85 + 32.24 * warm - 0.43 * warm**2, 16.0 * (10.0 * warm / index) ** power)
    sun = 0.4093 * np.sin(2 * np.pi * (np.arange(365) - 80) / 365)
    hours = 24 / np.pi * np.arccos(np.clip(-np.tan(np.radians(lat)) * np.tan(sun), -1.0, 1.0))
    return month / 30.0 * hours / 12.0
