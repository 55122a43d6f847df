"""Fortified lines: they face neighbours, their stages follow one another, and they are as long as published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
EUROPE = ROOT / "maps" / "europe"
LENGTHS = pd.read_csv(ROOT / "tests" / "data" / "fort_lengths.csv", keep_default_na=False)
LEAST_KM = 2.0
"""A shorter touch of two provinces is a corner, behind which a line does not go on."""
STAGE = r" \(disarmed\)$|, first points$|, obstacles and light works$"


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(EUROPE / name, keep_default_na=False)


@pytest.fixture(scope="module")
def forts() -> pd.DataFrame:
    return read("forts.csv").assign(works=lambda f: f.line.str.replace(STAGE, "", regex=True))


@pytest.fixture(scope="module")
def border_km() -> dict[tuple[str, str], float]:
    found = {}
    for a, b, km in read("borders.csv")[["a", "b", "shared_km"]].itertuples(index=False):
        found[a, b] = found[b, a] = km
    return found


def owners(date: str) -> dict[str, str]:
    zones = read("zones.csv").sort_values("begin_date")
    by_zone = dict(zones[zones.begin_date <= date][["zone", "owner"]].values)
    return {p: by_zone[z] for p, z in read("provinces.csv")[["id", "zone"]].values}


def on(forts: pd.DataFrame, date: str) -> pd.DataFrame:
    return forts[(forts.begin_date <= date) & ((forts.end_date == "") | (date < forts.end_date))]


def test_every_line_faces_a_neighbour(forts, border_km):
    pairs = forts[forts.facing != ""][["province", "facing"]].values.tolist()
    assert [pair for pair in pairs if tuple(pair) not in border_km] == []


def test_no_line_faces_itself(forts):
    lines = {(row.works, row.province, row.facing) for row in forts.itertuples() if row.facing}
    assert sorted(row for row in lines if (row[0], row[2], row[1]) in lines) == []


def test_builders_own_the_land_when_they_build(forts):
    wrong = []
    for date, rows in forts.groupby("begin_date"):
        holder = owners(date)
        wrong += [(r.province, r.line, date) for r in rows.itertuples() if r.builder not in ("", holder[r.province])]
    assert wrong == []


def test_stages_of_a_line_follow_one_another(forts):
    for key, rows in forts.groupby(["province", "facing", "works"]):
        stages = rows.sort_values("begin_date")
        assert stages.end_date.iloc[:-1].tolist() == stages.begin_date.iloc[1:].tolist(), key


def test_every_row_says_how_strong_and_how_sure(forts):
    assert forts.strength.between(0.01, 1).all()
    assert set(forts.status) <= {"verified", "partly", "memory", "derived", "judgement"}
    assert (forts.source != "").all()


def test_a_line_leaves_no_border_to_the_same_enemy_open(forts, border_km):
    open_borders = []
    for line, date in (("Maginot Line", "1938-09-01"), ("Westwall", "1940-05-09"), ("Molotov Line", "1941-06-21")):
        rows, holder = on(forts, date), owners(date)
        rows = rows[rows.line.str.startswith(line)]
        held = {(a, b) for a, b in on(forts, date)[["province", "facing"]].values}
        enemies = {holder[b] for b in rows.facing}
        for a in sorted(set(rows.province)):
            sides = [b for (p, b), km in border_km.items() if p == a and km > LEAST_KM and holder[b] in enemies]
            open_borders += [(line, a, b) for b in sides if (a, b) not in held]
    assert open_borders == []


@pytest.mark.parametrize("row", LENGTHS.to_dict("records"), ids=lambda r: f"{r['line']} {r['date']}")
def test_lines_are_as_long_as_published(forts, border_km, row):
    holder = owners(row["date"])
    rows = on(forts, row["date"])
    rows = rows[rows.line.str.startswith(row["line"]) & (rows.builder == row["builder"]) & (rows.facing != "")]
    rows = rows[(rows.strength >= row["least_strength"]) & (rows.province.map(holder) == row["builder"])]
    if row["foreign"]:
        rows = rows[rows.facing.map(holder) != row["builder"]]
    pairs = {(a, b) for a, b in rows[["province", "facing"]].values}
    built = sum(border_km[pair] for pair in pairs)
    assert built > 0
    if row["tolerance_percent"] == "":
        assert row["note"] != ""
    else:
        assert built == pytest.approx(row["published_km"], rel=float(row["tolerance_percent"]) / 100)
