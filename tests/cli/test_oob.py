"""The verb ``oob``: what it lists, and what it says to a wrong question."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.load.test_air_sea import AIR, NAVY
from tests.toy_files import write_toy

FIELDS = {
    *("kind", "name", "corps", "army", "army_group", "province", "lon", "lat", "men", "guns", "tanks", "strength"),
    *("readiness", "quality", "cadre", "officers_continuity", "training", "equipment", "source", "status"),
}


def test_a_power_s_formations_as_json(call: Call) -> None:
    rows = json.loads(call("oob", "--date", "1939-09-01", "--power", "POL", "--json").out)
    assert set(rows[0]) >= FIELDS
    (division,) = [r for r in rows if r["id"] == "pol_10_dp"]
    assert (division["army"], division["army_group"]) == ("pol_armia_lodz", "pol_naczelny_wodz")
    assert division["province"] == "sieradz"
    assert 18 < division["lon"] < 19.5
    assert 51 < division["lat"] < 52
    assert division["quality"] == 0.58


def test_csv_has_the_same_rows_as_json(call: Call) -> None:
    question = ("oob", "--power", "SVK")
    as_json = json.loads(call(*question, "--json").out)
    as_csv = list(csv.DictReader(io.StringIO(call(*question, "--csv").out)))
    assert [r["id"] for r in as_csv] == [r["id"] for r in as_json]
    assert list(as_csv[0]) == list(as_json[0])


def test_the_tree_is_indented_under_its_headquarters_with_totals_by_kind(call: Call) -> None:
    lines = call("oob", "--power", "POL").out.splitlines()
    army = next(i for i, line in enumerate(lines) if line.startswith('  Armia "Łódź"'))
    assert "[pol_armia_lodz]" in lines[army]
    assert any(line.startswith("    10 Dywizja Piechoty: Sieradz, 16,492 men") for line in lines[army:])
    assert any(line.split()[:2] == ["cavalry", "11"] for line in lines)


def test_one_army_and_one_province(call: Call) -> None:
    army = json.loads(call("oob", "--power", "POL", "--army", "pol_armia_lodz", "--json").out)
    assert {"pol_armia_lodz", "pol_10_dp"} <= {r["id"] for r in army}
    assert all("pol_armia_lodz" in (r["id"], r["army"]) for r in army)
    by_id, by_name = (
        json.loads(call("oob", "--power", "POL", "--at", name, "--json").out) for name in ("danzig", "Gdańsk")
    )
    assert by_id == by_name
    assert [r["id"] for r in by_id] == ["pol_westerplatte"]


def test_without_a_power_there_is_a_line_for_each(call: Call) -> None:
    lines = call("oob", "--date", "1939-09-01").out.splitlines()
    assert {"POL", "SVK", "GER"} <= {line.split()[0] for line in lines}


def test_a_summary_by_power_and_date(call: Call) -> None:
    rows = json.loads(call("oob", "--summary", "--power", "POL", "--json").out)
    first = next(r for r in rows if r["date"] == "1939-09-01")
    assert first["formations"] > 100
    assert 0 < first["verified"] < 1
    assert "places verified" in call("oob", "--summary", "--power", "POL").out


@pytest.fixture
def own(tmp_path: Path) -> Path:
    fleet = {"id": "red_air", "name": "Fleet", "kind": "air_fleet", "aircraft": 70, "quality": 0.5, "province": "p01"}
    write_toy(tmp_path, formations=[fleet])
    for name, text in (("air/1930-05-01_red", AIR), ("navies/red", NAVY)):
        path = tmp_path / "orders_of_battle" / f"{name}.csv"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_data_of_one_s_own_on_a_map_of_one_s_own(call: Call, own: Path) -> None:
    question = ("oob", "--map", "toy", "--data", own, "--power", "RED", "--date", "1930-05-01")
    assert "1. Division: P01, 15,000 men, 48 guns, quality 0.50" in call(*question).out
    air = json.loads(call(*question, "--air", "--json").out)
    assert [(r["model"], r["number"], r["serviceable"], r["province"]) for r in air] == [
        ("He 111", 30, 24, "p01"), ("Bf 109 E", 40, 36, "p02"),
    ]  # fmt: skip
    ships = json.loads(call(*question, "--navy", "--json").out)
    assert {r["id"]: r["state"] for r in ships}["red_fast"] == "building"
    assert "red_old" not in {r["id"] for r in ships}
    assert "Flotilla" in call(*question, "--navy").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--power", "POLS"), "no orders of battle of 'POLS'; did you mean 'POL'?"),
        (("--date", "1939-13-01"), "'1939-13-01' is no date"),
        (("--power", "POL", "--army", "pol_armia_lotz"), "did you mean 'pol_armia_lodz'?"),
        (("--power", "POL", "--at", "danzik"), "did you mean 'danzi"),
        (("--json", "--csv"), "--json or --csv, not both"),
        (("--summary", "--air"), "one of --summary, --air and --navy at a time"),
        (("--navy", "--army", "pol_armia_lodz"), "--army and --at belong to a list of formations"),
        (("--power", "POL", "--without-purge", "POL"), "no purge of 'POL' is known; there is: SOV"),
        (("--map", "europa"), "did you mean 'europe'?"),
    ],
)
def test_a_wrong_question_is_answered_with_a_remedy(call: Call, words: tuple[str, ...], told: str) -> None:
    result = call("oob", *words)
    assert result.code == 2
    assert told in result.err


def test_a_fault_of_a_file_is_named_and_gives_exit_code_1(call: Call, own: Path) -> None:
    file = own / "orders_of_battle" / "deployments" / "1930-05-01_red.csv"
    file.write_text(file.read_text("utf-8").replace("red_1_div,", "red_1_dif,"), encoding="utf-8")
    result = call("oob", "--map", "toy", "--data", own, "--power", "RED")
    assert result.code == 1
    assert "1930-05-01_red.csv line 3: formation 'red_1_dif' is in no formations file" in result.err
