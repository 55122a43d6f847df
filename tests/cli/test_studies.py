"""``study``, ``sql`` and ``compare`` as a user calls them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.study.toy_study import STUDY, write_study


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def _done(call: Call, file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("done") / "out"
    result = call("study", file, "--runs", 2, "--workers", 1, "--out", out, "--json")
    assert result.code == 0, result.err
    assert json.loads(result.out) == {
        "study": "toy_study", "out": str(out), "cells": 4, "runs": 8, "new": 8, "failed": 0, "stopped_early": False
    }  # fmt: skip
    assert "8 runs of 4 cells" in result.err
    return out


@pytest.fixture
def done(_done: Path, tmp_path: Path) -> Path:
    """A small study, to spoil as one likes."""
    return Path(shutil.copytree(_done, tmp_path / "done"))


# --- study -----------------------------------------------------------------------------------------------------------


def test_a_dry_run_lists_the_cells_and_runs_nothing(
    call: Call, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("study", file, "--dry-run", "--quiet")
    assert result.code == 0
    assert "  3  start=late, pace=0.35  (late)" in result.out
    assert "4 cells x 6 seeds = 24 runs; nothing was run" in result.out
    plain = json.loads(call("study", file, "--dry-run", "--cells", 2, "--json").out)
    assert (plain["total"], len(plain["cells"]), len(plain["factors"]), len(plain["questions"])) == (12, 2, 4, 6)
    assert list(tmp_path.iterdir()) == []


def test_the_same_command_again_does_nothing_new(call: Call, file: Path, done: Path) -> None:
    result = call("study", file, "--runs", 2, "--workers", 1, "--out", done)
    assert result.code == 0
    assert "8 runs of 4 cells" in result.err and ", 0 of them new" in result.err
    result = call("study", file, "--runs", 3, "--cells", 1, "--workers", 1, "--out", done, "--quiet", "--json")
    assert (result.err, json.loads(result.out)["new"]) == ("", 1)
    assert json.loads(call("study", file, "--runs", 2, "--workers", 1, "--out", done, "--json", "-q").out)["new"] == 0


def test_a_study_goes_to_its_own_folder_if_none_is_named(
    call: Call, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("study", file, "--runs", 1, "--cells", 1, "--workers", 1, "--quiet").code == 0
    assert (tmp_path / "out" / "studies" / "toy_study" / "tables" / "runs.parquet").is_file()


def test_failed_runs_are_told_with_exit_code_1(
    call: Call, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wargame.study import records

    def broken(*_: object) -> records.Rows:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(records, "play", broken)
    result = call("study", file, "--runs", 1, "--workers", 1, "--out", tmp_path / "out")
    assert result.code == 1
    assert "4 runs failed; which and why: wargame sql" in result.err
    errors = json.loads(call("sql", tmp_path / "out", "select distinct error from failures", "--json").out)
    assert errors == [{"error": "ZeroDivisionError: by zero"}]


def test_faults_of_a_study_file_are_lines_on_stderr(call: Call, tmp_path: Path) -> None:
    path = write_study(tmp_path, STUDY.replace("red_attack", "red_atack").replace('"BLU.killed"', '"BLU.kild"'))
    result = call("study", path, "--out", tmp_path / "out")
    assert (result.code, result.out) == (1, "")
    assert result.err.count("error: ") == 3 and "3 errors" in result.err
    assert "study.toml line 26: operation 'red_atack' is unknown (did you mean 'red_attack'?)" in result.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["study"], "Missing argument 'FILE'"),
        (["study", "blok"], "did you mean 'bloc'?"),
        (["study", "no/such.toml"], "no study file no/such.toml"),
        (["study", "bloc", "--runs", "0"], "1 or more"),
        (["study", "bloc", "--runs", "many"], "Invalid value for '--runs'"),
        (["study", "bloc", "--workers", "0"], "1 or more"),
        (["study", "bloc", "--workers", "2", "--scheduler", "tcp://x:1"], "--workers or --scheduler, not both"),
        (["sql", "no/such"], "has no tables"),
        (["compare", "no/such", "nor/such"], "no run folder no/such"),
    ],
)
def test_wrong_usage_has_exit_code_2(call: Call, words: list[str], says: str) -> None:
    result = call(*words)
    assert (result.code, result.out) == (2, "")
    assert says in " ".join(result.err.replace("│", " ").split())


def test_an_editor_can_check_a_study_file(call: Call) -> None:
    found = json.loads(call("schema", "study").out)
    assert set(found["properties"]) == {"study", "design", "factors", "questions", "stop"}


def test_an_address_that_can_be_none_is_refused(call: Call, file: Path, tmp_path: Path) -> None:
    result = call("study", file, "--scheduler", "http://node1:8786", "--out", tmp_path / "out", "--quiet")
    assert (result.code, result.out) == (2, "")
    assert "write an address such as tcp://node1:8786" in result.err
    assert not (tmp_path / "out").exists()


# --- sql -------------------------------------------------------------------------------------------------------------


def test_tables_are_listed_and_asked(call: Call, done: Path) -> None:
    listed = call("sql", done).out
    assert all(name in listed for name in ("answers", "operations", "journal_hash", "timings"))
    assert json.loads(
        call("sql", done, "select start, count(*) as n from runs group by all order by 1", "--json").out
    ) == [
        {"start": "at_once", "n": 4},
        {"start": "late", "n": 4},
    ]
    csv = call("sql", done, "select cell, seed, opening from runs order by all limit 1", "--csv").out
    assert csv == "cell,seed,opening\n1,1,1930-05-01\n"


def test_a_query_that_cannot_be_read_names_the_tables(call: Call, done: Path) -> None:
    for query in ("selekt", "select * from rns", "select nothing from runs"):
        result = call("sql", done, query)
        assert (result.code, result.out) == (2, "")
        assert "the tables are answers, cells, control" in result.err
    assert call("sql", done, "from runs", "--csv", "--json").code == 2


def test_a_run_s_tables_can_be_asked_too(call: Call, toy_run: Path) -> None:
    assert json.loads(call("sql", toy_run, "select count(*) > 0 as there from control", "--json").out) == [
        {"there": True}
    ]


# --- compare ---------------------------------------------------------------------------------------------------------


def test_a_study_compared_with_itself_shows_no_difference(call: Call, done: Path) -> None:
    found = json.loads(call("compare", done, done, "--json").out)["comparisons"]
    assert {(d["question"], d["pairs"], d["changed"]) for d in found} >= {("held", 2, 0), ("blue_dead", 2, 0)}
    assert all(d["difference"]["value"] == 0 for d in found)
    assert all(d["p"] == 1 for d in found if d["kind"] == "share")
    assert "Does Red take its objective?" in call("compare", done, done).out


def test_studies_with_other_rules_are_compared_by_seed(call: Call, done: Path, tmp_path: Path) -> None:
    weaker = write_study(tmp_path / "weaker", red_divisions=2)
    assert call("study", weaker, "--runs", 3, "--workers", 1, "--out", tmp_path / "weaker_out", "--quiet").code == 0
    found = json.loads(call("compare", done, tmp_path / "weaker_out", "--json").out)["comparisons"]
    dead = {d["cell"]: d for d in found if d["question"] == "blue_dead"}
    assert {d["pairs"] for d in dead.values()} == {2}
    assert dead["start=at_once, pace=0.35"]["difference"]["value"] < 0
    assert dead["start=late, pace=0.35"]["difference"]["value"] == 0


def test_runs_are_compared_from_the_day_they_part(call: Call, toy: Path, toy_run: Path, tmp_path: Path) -> None:
    assert "The same run" in call("compare", toy_run, toy_run).out
    assert call("run", toy, "--seed", 3, "--overlay", "late", "--out", tmp_path / "late", "--quiet").code == 0
    found = json.loads(call("compare", toy_run, tmp_path / "late", "--json").out)
    assert found["differs"]["overlays"] == [[], ["late"]]
    assert found["parting"]["day"] == "1930-05-02"
    assert [o["outcome"] == "never_sought" for o in found["operations"]["red_attack"]] in (
        [False, True],
        [False, False],
    )
    text = call("compare", toy_run, tmp_path / "late").out
    assert "They part on 1930-05-02" in text and "Case Red" in text


def test_a_study_and_a_run_cannot_be_compared(call: Call, done: Path, toy_run: Path) -> None:
    result = call("compare", done, toy_run)
    assert result.code == 2 and "compare two runs or two studies" in result.err


def test_a_spoilt_study_is_not_compared(call: Call, done: Path) -> None:
    path = done / "tables" / "answers.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    result = call("compare", done, done)
    assert result.code == 1 and "not as the study wrote it" in result.err
