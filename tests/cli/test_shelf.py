"""``wargame scenarios``: what there is to play, and which overlays change it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wargame.load import scenarios
from wargame.load.shelf import shelf

Call = Any


def test_every_scenario_stands_in_the_list_with_its_dates(call: Call) -> None:
    text = call("scenarios").out
    assert "fall_weiss_1939" in text
    assert "1939-09" in text
    found = json.loads(call("scenarios", "--json").out)
    assert [s["opening"] for s in found] == sorted(s["opening"] for s in found)
    assert all(s["title"] and s["about"] for s in found)


def test_of_one_it_tells_what_it_is_about_and_what_changes_it(call: Call) -> None:
    text = call("scenarios", "history_1938").out
    assert "The powers of Europe before the Anschluss" in text
    assert "no_munich" in text
    assert "bukharin_1924" not in text  # parts long before
    assert "road_to_war" not in text  # a part of the scenario itself
    assert "no_soviet_entry" not in text  # changes a script that is not there


def test_of_an_overlay_it_tells_what_differs_and_where_it_fits(call: Call) -> None:
    found = json.loads(call("scenarios", "no_munich", "--json").out)
    assert found["scenarios"][-1] == "history_1938"
    assert "crisis_1938_september" not in found["scenarios"]
    assert "Eden forms a government" in found["about"][0]
    assert "wargame run history_1938 --overlay no_munich" in call("scenarios", "no_munich").out


@pytest.mark.parametrize("name", ["fall_weiss_1939", "history_1936", "crisis_1939_august"])
def test_what_is_said_to_fit_loads(name: str) -> None:
    found = shelf()
    for overlay in found.variants(found.scenarios[name]):
        scenarios.load(name, [overlay.name])


def test_an_unknown_name_is_answered_with_the_nearest(call: Call) -> None:
    result = call("scenarios", "no_munic")
    assert (result.code, result.out) == (2, "")
    assert "did you mean 'no_munich'?" in result.err


def test_a_broken_file_of_one_s_own_is_listed_and_does_no_harm(call: Call, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "broken.toml").write_text("[scenario\n", encoding="utf-8")
    (tmp_path / "scenarios" / "latin.toml").write_bytes(b'[scenario]\ntitle = "M\xfcnchen"\n')
    (tmp_path / "scenarios" / "odd.toml").write_text('scenario = 3\noverlays = "x"\n', encoding="utf-8")
    result = call("scenarios", "--data", tmp_path)
    assert result.code == 0
    assert result.out.count("cannot be read") >= 2
    assert call("scenarios", "odd", "--data", tmp_path).code == 0
