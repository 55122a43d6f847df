"""``wargame ask``: what an economy would have made, whom it would have cost, and how many officers it would have."""

from __future__ import annotations

import json
from typing import Any

import pytest

Call = Any


@pytest.fixture(scope="module")
def output(call: Call) -> dict[str, Any]:
    called = call("ask", "gdp", "--year", 1939, "--json")
    assert called.code == 0
    found: dict[str, Any] = json.loads(called.out)
    return found


def test_output_is_told_by_path_beside_history_with_bands(output: dict[str, Any]) -> None:
    (row,) = output["rows"]
    assert row["history"] == 430.31
    paths = {p["path"]: p for p in row["paths"]}
    assert list(paths) == ["history", "market", "planned market"]
    assert paths["history"]["of_history"] == pytest.approx(1.0, abs=0.01)
    assert 0.75 < paths["market"]["of_history"] < paths["planned market"]["of_history"] < 1.05
    assert all(p["low"] <= p["value"] <= p["high"] for p in paths.values())


def test_the_model_s_own_misses_are_told(output: dict[str, Any]) -> None:
    missed = {m["year"]: m["error"] for m in output["misses"]}
    assert missed[1940] == pytest.approx(0.255, abs=0.01)
    assert max(abs(missed[y]) for y in range(1929, 1937)) < 0.06


def test_people_lost_and_saved_have_ranges(call: Call) -> None:
    called = call("ask", "people", "--year", 1939)
    assert called.code == 0
    assert "million dead of hunger and repression" in called.out
    market = next(line for line in called.out.splitlines() if "planned market" in line)
    assert "saved (" in market
    history = next(line for line in called.out.splitlines() if "history's policy" in line)
    assert "saved" not in history
    assert "(" in history


def test_officers_are_posts_and_men_trained_for_them(call: Call) -> None:
    called = call("ask", "officers", "--year", 1939, "--json")
    assert called.code == 0
    rows = {r["path"]: r for r in json.loads(called.out)["rows"]}
    assert rows["history"]["trained"]["value"] < 0.5 * rows["history"]["posts"]["value"]
    for path in ("market", "planned market"):
        assert rows[path]["trained"]["value"] > 1.3 * rows["history"]["trained"]["value"]
    spoken = call("ask", "officers", "--year", 1939).out
    assert "no series of officers" in spoken


def test_a_power_without_a_plan_has_history_s_path_only(call: Call) -> None:
    called = call("ask", "strain", "--power", "GER", "--json")
    rows = {r["year"]: r["paths"] for r in json.loads(called.out)["rows"]}
    assert [p["path"] for p in rows[1938]] == ["history"]
    assert rows[1932][0]["value"] < 0.1 < rows[1936][0]["value"] < rows[1939][0]["value"]
    tanks = call("ask", "tanks", "--power", "GER", "--year", 1940)
    assert tanks.code == 0
    assert "history" in tanks.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gdp", "--power", "XXX"), "the tables have no economy of XXX"),
        (("gdp", "--year", "1926"), "from 1928 to 1941, not of 1926"),
        (("steel", "--date", "1939-01-01"), "economies are told by year"),
        (("officers", "--power", "JPN"), "JPN"),
        (("oil",), "oil"),
        (("heir", "--power", "GBR"), "GBR"),
    ],
)
def test_what_cannot_be_told_is_an_error_in_words(call: Call, words: tuple[str, ...], said: str) -> None:
    called = call("ask", *words)
    assert called.code == 2
    assert said in called.err


def test_who_follows_and_what_comes_out_of_a_parliament(call: Call) -> None:
    heirs = json.loads(call("ask", "heir", "--year", 1934, "--seeds", 40, "--json").out)
    assert heirs["without"] == ["stalin"]
    assert sum(h["probability"] for h in heirs["heirs"]) == pytest.approx(1.0)
    assert "republic" in call("ask", "weimar", "--comintern", -1).out
