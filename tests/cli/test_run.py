"""``wargame run``: one JSON object, the same bytes for the same seed, and a folder that is evidence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from wargame import dates
from wargame.verdict import OUTCOMES

KEYS = [
    "scenario", "title", "overlays", "seed", "edition", "version", "data", "opening", "end", "operations", "losses",
    "strength_left", "towns", "last_surrender", "journal_hash", "entries",
]  # fmt: skip


@pytest.fixture(scope="module")
def found(call: Call) -> dict[str, Any]:
    result = call("run", "fall_weiss_1939", "--seed", 7, "--json")
    assert result.code == 0
    value: dict[str, Any] = json.loads(result.out)
    return value


def test_json_is_one_object_with_everything_in_it(found: dict[str, Any]) -> None:
    assert list(found) == KEYS
    assert (found["scenario"], found["seed"], found["opening"]) == ("fall_weiss_1939", 7, "1939-09-01")


def test_every_operation_has_one_of_nine_outcomes_and_its_causes(found: dict[str, Any]) -> None:
    assert list(found["operations"]) == ["weiss", "soviet_entry"]
    for operation in found["operations"].values():
        assert operation["outcome"] in OUTCOMES
        assert list(operation) == [
            "name", "power", "target", "outcome", "date", "began", "decided", "reasons", "causes",
        ]  # fmt: skip
        causes = operation["causes"]
        assert (causes[-1]["n"], causes[-1]["kind"]) == (0, "header")
        numbers = [c["n"] for c in causes]
        assert numbers == sorted(numbers, reverse=True)
        assert all(c["text"] and dates.parse(c["date"]) for c in causes)


def test_losses_are_whole_numbers_by_power_and_kind(found: dict[str, Any]) -> None:
    kinds = ["killed", "wounded", "captured", "missing", "tanks", "guns", "aircraft"]
    assert set(found["losses"]) == set(found["strength_left"]) == {"GER", "POL", "SOV", "SVK"}
    for lost in found["losses"].values():
        assert list(lost) == kinds
        assert all(isinstance(n, int) and n >= 0 for n in lost.values())


def test_towns_fall_once_in_order_of_time(found: dict[str, Any]) -> None:
    falls = found["towns"]
    assert "warszawa" in {f["province"] for f in falls}
    assert [f["n"] for f in falls] == sorted(f["n"] for f in falls)
    assert len({f["province"] for f in falls}) == len(falls)


def test_all_towns_are_more(call: Call, found: dict[str, Any]) -> None:
    every = json.loads(call("run", "fall_weiss_1939", "--seed", 7, "--json", "--all-towns").out)
    assert len(every["towns"]) > len(found["towns"])
    assert [f for f in every["towns"] if f in found["towns"]] == found["towns"]


def test_a_power_that_never_entered_the_war_never_sought_its_operation(call: Call) -> None:
    result = call("run", "fall_weiss_1939", "--seed", 7, "--overlay", "no_soviet_entry", "--json")
    alone = json.loads(result.out)
    assert alone["overlays"] == ["no_soviet_entry"]
    operation = alone["operations"]["soviet_entry"]
    assert (operation["outcome"], operation["date"], operation["causes"]) == ("never_sought", None, [])
    assert operation["reasons"] == ["SOV never entered the war 'german_polish'"]


def test_an_operation_still_running_at_the_end_is_undecided(call: Call, toy: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.toml"
    short.write_text(toy.read_text(encoding="utf-8").replace("1930-06-30", "1930-05-04"), encoding="utf-8")
    result = call("run", short, "--data", toy.parent.parent, "--json")
    assert result.code == 0, result.err
    (operation,) = json.loads(result.out)["operations"].values()
    assert (operation["outcome"], operation["reasons"]) == (
        "undecided",
        ["still running when the scenario's clock stopped"],
    )
    assert operation["causes"][-1]["kind"] == "header"


def test_without_json_a_table_says_the_same(call: Call, found: dict[str, Any]) -> None:
    result = call("run", "fall_weiss_1939", "--seed", 7)
    assert result.code == 0
    for word in ("Fall Weiss", "because", "Losses", "Warszawa", found["journal_hash"], "Last surrender"):
        assert word in result.out
    assert "\x1b" not in result.out


def test_quiet_says_nothing(call: Call, toy: Path) -> None:
    result = call("run", toy, "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def wargame(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "wargame", *words], capture_output=True, check=True, env=os.environ | environment
    )


def test_two_processes_give_the_same_bytes_and_two_seeds_do_not() -> None:
    one = wargame("run", "fall_weiss_1939", "--seed", "7", "--json", PYTHONHASHSEED="1").stdout
    two = wargame("run", "fall_weiss_1939", "--seed", "7", "--json", PYTHONHASHSEED="2").stdout
    other = wargame("run", "fall_weiss_1939", "--seed", "8", "--json", PYTHONHASHSEED="1").stdout
    assert one == two
    assert json.loads(one)["journal_hash"] != json.loads(other)["journal_hash"]


# --- the run folder --------------------------------------------------------------------------------------------------


def test_a_folder_has_what_its_manifest_says(weiss: Path) -> None:
    manifest = json.loads((weiss / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert {p.name for p in weiss.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, described in manifest["files"].items():
        data = (weiss / name).read_bytes()
        assert described == {"bytes": len(data), "blake2b": hashlib.blake2b(data, digest_size=16).hexdigest()}
    assert {"journal.jsonl", "days.npz", "verdict.json", "scenario.toml", "tables.md"} < set(manifest["files"])
    assert manifest["asked"]["seed"] == 7
    assert manifest["data_hash"] == json.loads((weiss / "verdict.json").read_text(encoding="utf-8"))["data"]


def test_the_same_run_gives_the_same_folder(call: Call, weiss: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert call("run", "fall_weiss_1939", "--seed", 7, "--out", again, "--quiet").code == 0
    for path in sorted(weiss.iterdir()):
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_tables_agree_with_the_verdict(weiss: Path) -> None:
    import duckdb

    found = json.loads((weiss / "verdict.json").read_text(encoding="utf-8"))
    sums = duckdb.sql(
        f"select power, sum(killed), sum(captured) from '{weiss}/losses.parquet' group by power"
    ).fetchall()
    assert {p: (round(k), round(c)) for p, k, c in sums} == {
        p: (lost["killed"], lost["captured"]) for p, lost in found["losses"].items()
    }
    last = (
        f"select power, sum(men) from '{weiss}/formations.parquet' where status = 'active'"
        f" and day = (select max(day) from '{weiss}/formations.parquet') group by power"
    )
    men = dict(duckdb.sql(last).fetchall())
    assert abs(men["GER"] - found["strength_left"]["GER"]["men"]) < 100  # each row is rounded
    fallen = duckdb.sql(
        f"select province, controller from '{weiss}/control.parquet' where day = '1939-09-01'"
    ).fetchall()
    assert dict(fallen)["warszawa"] == "POL"


def test_every_column_is_in_the_data_dictionary(weiss: Path) -> None:
    import duckdb

    text = (weiss / "tables.md").read_text(encoding="utf-8")
    for path in sorted(weiss.glob("*.parquet")):
        section = text.partition(f"## {path.name}\n")[2].partition("\n## ")[0]
        for column, kind, *_ in duckdb.sql(f"describe select * from '{path}'").fetchall():
            assert f"| {column} | {kind} |" in section, (path.name, column)


def test_a_foreign_folder_is_not_written_into(call: Call, toy: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear all", encoding="utf-8")
    refused = call("run", toy, "--out", tmp_path, "--quiet")
    assert refused.code == 2
    assert "is not empty and holds no run" in refused.err
    assert "--force" in refused.err
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]
    assert call("run", toy, "--out", tmp_path, "--quiet", "--force").code == 0
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "dear all"


def test_a_run_is_replaced_only_with_force(call: Call, toy: Path, toy_run: Path) -> None:
    refused = call("run", toy, "--seed", 4, "--out", toy_run)
    assert refused.code == 2
    assert "holds a run already" in refused.err
    assert call("run", toy, "--seed", 4, "--out", toy_run, "--force", "--quiet").code == 0
    assert json.loads((toy_run / "verdict.json").read_text(encoding="utf-8"))["seed"] == 4


def test_levels_keep_what_they_say(call: Call, toy: Path, tmp_path: Path) -> None:
    files = {}
    for level in ("verdict", "events", "full"):
        assert call("run", toy, "--level", level, "--out", tmp_path / level, "--quiet").code == 0
        files[level] = {p.name for p in (tmp_path / level).iterdir()}
    assert "days.npz" in files["full"] - files["events"]
    assert "formations.parquet" in files["full"] - files["events"]
    assert "entries.parquet" in files["events"] - files["verdict"]


def test_a_narrow_screen_cuts_no_number_off(toy: Path) -> None:
    text = wargame("run", str(toy), COLUMNS="40").stdout.decode()
    assert "…" not in text
    assert "killed" in text
    assert wargame("run", str(toy), COLUMNS="100").stdout.decode().count("killed wounded") == 1


def test_warnings_are_said_before_a_run(call: Call, toy: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(toy.parent.parent, tmp_path / "late"))
    file = folder / toy.relative_to(toy.parent.parent)
    text = file.read_text(encoding="utf-8") + '\n[rulebook]\n"movement.foot_km_per_day" = 99.0\n'
    file.write_text(text, encoding="utf-8")
    assert "warning: " in call("run", file).err
    assert "outside the range" in call("run", file, "--json").err
    assert call("run", file, "--quiet").err == ""
