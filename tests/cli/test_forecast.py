"""``forecast``: what may come from one day of a run, as a table and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from wargame.run_folder import open_folder
from wargame.study.statistics import share


def test_a_forecast_is_a_table(call: Call, toy_run: Path) -> None:
    done = call("forecast", toy_run, "--at", "1930-05-02", "--runs", 12, "--days", 14, "--workers", 1)
    assert done.code == 0
    assert "Red against Blue: what may come" in done.out
    assert "from 3 May 1930 to 17 May 1930, 12 roll-outs with other luck" in done.out
    for word in ("Operations", "Who holds what", "Losses", "Redland", "Blueland", "share (95 %)"):
        assert word in done.out
    assert "…" not in done.out


def test_a_forecast_is_the_same_each_time_with_any_number_of_workers(call: Call, toy_run: Path) -> None:
    asked = ["forecast", toy_run, "--at", "1930-05-02T18", "--runs", 9, "--days", 10, "--json"]
    one, two = (call(*asked, "--workers", n) for n in (1, 2))
    assert one.code == two.code == 0
    assert one.out == two.out
    found = json.loads(one.out)
    assert (found["runs"], found["begins"], found["until"]) == (9, "1930-05-02T19", "1930-05-12T19")
    for table in ("places", "operations", "standing"):
        for row in found[table].values():
            for a in row["answers"]:
                e = share(a["runs"], 9)
                assert (a["share"], a["low"], a["high"]) == tuple(round(x, 4) for x in (e.value, e.low, e.high))
    assert found["losses"]["RED"].keys() == found["losses"]["BLU"].keys()
    others = json.loads(call(*asked, "--first", 100).out)
    assert others != found


def test_a_forecast_goes_no_further_than_the_scenario(call: Call, toy_run: Path) -> None:
    done = call("forecast", toy_run, "--at", "1930-05-02", "--runs", 1, "--days", 3000, "--json", "--workers", 1)
    assert json.loads(done.out)["until"] == "1930-06-30T00"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--at", "1929-01-01"], 2, "it goes from 1930-05-01 to"),
        (["--at", "1931-01-01"], 2, "is not in the run"),
        (["--at", "soon"], 2, "is no date"),
        ([], 2, "--at"),
        (["--at", "1930-05-02", "--runs", "0"], 2, "--runs"),
        (["--at", "1930-05-02", "--days", "x"], 2, "--days"),
    ],
)
def test_mistakes_have_a_remedy(call: Call, toy_run: Path, words: list[str], code: int, said: str) -> None:
    done = call("forecast", toy_run, *words)
    assert done.code == code
    assert said in done.err


def test_a_run_that_today_s_rules_tell_otherwise_is_not_forecast(call: Call, toy_run: Path) -> None:
    """A position can only be played again to where it was; a run of other rules has another one."""
    folder = open_folder(toy_run)
    journal = toy_run / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines()
    assert folder.journal.length == len(lines)
    manifest = toy_run / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["data_hash"] = "0" * 32
    manifest.write_text(json.dumps(told), encoding="utf-8")
    done = call("forecast", toy_run, "--at", "1930-05-02")
    assert done.code == 1
    assert "the manifest does not belong to this journal" in done.err
    assert call("forecast", toy_run / "nowhere", "--at", "1930-05-02").code == 2
