"""The other verbs, the help, and what the command line may not import."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from wargame.cli.app import app

HEAVY = ("geopandas", "pandas", "matplotlib", "pyogrio", "shapely", "duckdb", "PIL")


def verbs() -> list[str]:
    return [str(c.name) for c in app.registered_commands]


def imported(*words: str) -> set[str]:
    """Modules loaded by the end of a command in a fresh process."""
    code = "import sys; from wargame.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_loads_neither_numbers_nor_models() -> None:
    found = imported("--help")
    assert not {*HEAVY, "numpy", "scipy", "pydantic", "simpy"} & found


def test_a_run_loads_nothing_that_only_draws_or_stores() -> None:
    found = imported("run", "fall_weiss_1939", "--json")
    assert not {*HEAVY, "rich"} & found


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_teaches_by_example(call: Call, verb: str) -> None:
    result = call(verb, "--help")
    assert result.code == 0
    assert "Examples:" in result.out
    assert f"wargame {verb}" in result.out.partition("Examples:")[2]


def test_the_first_help_says_where_to_start(call: Call) -> None:
    result = call("--help")
    assert result.code == 0
    assert "wargame demo" in result.out
    assert all(verb in result.out for verb in verbs())


def test_version(call: Call) -> None:
    assert call("--version").out.startswith("wargame ")


def test_no_colour_where_none_is_wanted(toy: Path) -> None:
    environment = os.environ | {"NO_COLOR": "1", "FORCE_COLOR": ""}
    done = subprocess.run(
        [sys.executable, "-m", "wargame", "run", str(toy)], capture_output=True, check=True, env=environment
    )
    assert b"\x1b[3" not in done.stdout


def test_a_reader_that_stops_early_is_no_error(toy: Path) -> None:
    command = f'"{sys.executable}" -m wargame run "{toy}" --json --all-towns | head -c 1'
    done = subprocess.run(command, shell=True, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"{", b"")


# --- validate, schema, cite, doctor ----------------------------------------------------------------------------------


def test_a_sound_scenario_is_said_to_be(call: Call, toy: Path) -> None:
    result = call("validate", toy)
    assert result.code == 0
    assert result.out.strip().endswith("no faults")


def test_faults_are_listed_and_give_exit_code_1(call: Call, toy: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        toy.read_text(encoding="utf-8").replace("1930-06-30", "1929-06-30"), encoding="utf-8"
    )
    result = call("validate", tmp_path / "bad.toml", "--data", toy.parent.parent, "--json")
    assert result.code == 1
    faults = json.loads(result.out)
    assert {"code", "severity", "file", "line", "what", "remedy"} == set(faults[0])
    assert call("validate", tmp_path / "bad.toml", "--data", toy.parent.parent).out.count("error: ") == len(faults)


def test_warnings_alone_do_not_fail(call: Call) -> None:
    result = call("validate", "fall_weiss_1939", "--json")
    assert result.code == 0
    assert {f["severity"] for f in json.loads(result.out)} <= {"warning"}


@pytest.mark.parametrize("kind", ["scenario", "plan", "overlay", "formations", "provinces"])
def test_schemas_are_json(call: Call, kind: str) -> None:
    result = call("schema", kind)
    assert result.code == 0
    assert "$schema" in json.loads(result.out)


def test_sources_are_counted_by_status(call: Call) -> None:
    found = json.loads(call("cite", "--json").out)
    assert list(found) == ["maps", "orders_of_battle", "rulebook"]
    for rows in found.values():
        totals = [sum(row["status"].values()) for row in rows]
        assert totals == sorted(totals, reverse=True)
    assert "maps:" in call("cite").out


def test_the_doctor_finds_this_installation_well(call: Call) -> None:
    result = call("doctor", "--json")
    assert result.code == 0, result.out
    checks = {c["check"]: c for c in json.loads(result.out)}
    assert {"python", "numpy", "scenarios", "fonts", "writing", "scenario fall_weiss_1939"} <= set(checks)
    assert "ok    python" in call("doctor").out


# --- replay ----------------------------------------------------------------------------------------------------------


def test_replay_tells_the_end_of_the_run(call: Call, weiss: Path) -> None:
    result = call("replay", weiss, "--json")
    assert result.code == 0
    found = json.loads(result.out)
    verdict = json.loads((weiss / "verdict.json").read_text(encoding="utf-8"))
    assert found["losses"] == verdict["losses"]
    assert found["strength"] == verdict["strength_left"]
    assert (found["data"], found["changed_inputs"], found["chain"]) == ("unchanged", [], "sound")
    assert found["operations"]["weiss"] == verdict["operations"]["weiss"]["outcome"]


def test_replay_stops_on_any_day(call: Call, weiss: Path) -> None:
    early = json.loads(call("replay", weiss, "--until", "1939-09-05", "--json").out)
    late = json.loads(call("replay", weiss, "--until", "1939-09-15", "--json").out)
    assert early["at"].startswith("1939-09-05")
    assert early["operations"] == {"weiss": "running", "soviet_entry": "planned"}
    assert early["control"]["POL"] > late["control"]["POL"]
    assert call("replay", weiss, "--until", "soon").code == 2


def test_todays_rules_tell_the_same_story(call: Call, weiss: Path) -> None:
    result = call("replay", weiss, "--readjudicate", "--json")
    assert result.code == 0
    assert json.loads(result.out)["same"] is True


def test_a_changed_plan_is_noticed_and_its_first_difference_shown(call: Call, toy: Path, toy_run: Path) -> None:
    manifest = json.loads((toy_run / "manifest.json").read_text(encoding="utf-8"))
    plan = next((toy.parent.parent).rglob("red_attack.toml"))
    kept = plan.read_text(encoding="utf-8")
    plan.write_text(kept.replace('"p02"', '"p03"', 1), encoding="utf-8")
    try:
        state = json.loads(call("replay", toy_run, "--json").out)
        result = call("replay", toy_run, "--readjudicate", "--json")
    finally:
        plan.write_text(kept, encoding="utf-8")
    assert state["data"] == "changed"
    assert "plan/red_attack.toml" in state["changed_inputs"]
    assert result.code == 1
    found = json.loads(result.out)
    assert found["then"]["n"] == found["now"]["n"]
    assert found["then"]["data"] != found["now"]["data"]
    assert "plan/red_attack.toml" in manifest["inputs"]


def test_a_changed_scenario_is_told_from_the_copy(call: Call, toy: Path, toy_run: Path) -> None:
    before = json.loads(call("replay", toy_run, "--json").out)
    kept = toy.read_text(encoding="utf-8")
    toy.write_text(f"# another day\n{kept}".replace("1930-06-30", "1930-06-29"), encoding="utf-8")
    try:
        after = json.loads(call("replay", toy_run, "--json").out)
        again = call("replay", toy_run, "--readjudicate")
    finally:
        toy.write_text(kept, encoding="utf-8")
    assert f"scenario/{toy.name}" in after["changed_inputs"]
    assert {k: after[k] for k in ("control", "losses", "at", "entries")} == {
        k: before[k] for k in ("control", "losses", "at", "entries")
    }
    assert "Files changed since" in again.out


def test_a_changed_order_of_battle_no_longer_fits(call: Call, toy: Path, toy_run: Path) -> None:
    file = next(p for p in toy.parent.parent.rglob("*.csv") if p.parent.name == "formations")
    kept = file.read_text(encoding="utf-8")
    file.write_text(kept.replace("15000", "14000", 1), encoding="utf-8")
    try:
        result = call("replay", toy_run)
    finally:
        file.write_text(kept, encoding="utf-8")
    assert result.code == 1
    assert f"formations/{file.name} changed since this run" in result.err


# --- map -------------------------------------------------------------------------------------------------------------


def test_a_political_map_is_drawn(call: Call, tmp_path: Path) -> None:
    result = call("map", "europe", "--date", "1938-03-15", "-o", tmp_path / "e.png", "--dpi", 50)
    assert result.code == 0
    assert result.out.strip() == str(tmp_path / "e.png")
    assert (tmp_path / "e.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_is_drawn_on_its_days(call: Call, weiss: Path, tmp_path: Path) -> None:
    result = call("map", weiss, "-d", "1939-09-03", "-d", "1939-09-09", "-o", tmp_path / "m.png", "--dpi", 40, "--json")
    assert result.code == 0
    assert json.loads(result.out) == [str(tmp_path / f"m_1939-09-0{day}.png") for day in (3, 9)]
    assert (tmp_path / "m_1939-09-03.png").read_bytes() != (tmp_path / "m_1939-09-09.png").read_bytes()


def test_a_map_without_geometry_cannot_be_drawn(call: Call, toy_run: Path) -> None:
    result = call("map", toy_run)
    assert result.code == 2
    assert "map 'toy' has no geometry" in result.err


def test_a_day_outside_the_run_is_refused(call: Call, weiss: Path) -> None:
    result = call("map", weiss, "--date", "1941-06-22")
    assert result.code == 2
    assert re.search(r"it goes from 1939-09-01 to 1939-(09|10)-\d\d", result.err)


# --- explain, report, demo, validate-history -------------------------------------------------------------------------


def test_every_operation_is_explained_down_to_the_root(call: Call, weiss: Path) -> None:
    found = json.loads(call("explain", weiss, "--json").out)
    assert list(found) == ["weiss", "soviet_entry"]
    assert all(any("[0]" in line for line in lines) for lines in found.values())
    plain = call("explain", weiss, "weiss").out
    assert all(" ".join(line.split()) in " ".join(plain.split()) for line in found["weiss"])


@pytest.mark.parametrize("subject", ["warszawa", "pol_armia_lodz", "19", "pocket:hel"])
def test_anything_can_be_asked_why(call: Call, weiss: Path, subject: str) -> None:
    result = call("explain", weiss, subject)
    assert result.code in ({0, 2} if subject.startswith("pocket") else {0})
    assert result.out or "pocket" in result.err


def test_nothing_known_under_that_name(call: Call, weiss: Path) -> None:
    result = call("explain", weiss, "warschawa")
    assert result.code == 2
    assert "did you mean 'warszawa'?" in result.err


def test_a_report_is_one_page_that_stands_alone(call: Call, weiss: Path, tmp_path: Path) -> None:
    result = call("report", weiss, "-o", tmp_path / "weiss.html")
    assert (result.code, result.out.strip()) == (0, str(tmp_path / "weiss.html"))
    page = (tmp_path / "weiss.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert call("report", weiss, "--picture", tmp_path / "none.png").code == 2


def test_the_demo_makes_everything(call: Call, tmp_path: Path) -> None:
    result = call("demo", "--out", tmp_path / "demo")
    assert result.code == 0
    assert "What to look at next" in result.out
    made = {p.name for p in (tmp_path / "demo").iterdir()}
    assert {"report.html", "diary.md", "strip.png", "situation_1939-09-03.png", "situation.gpkg"} < made
    assert made == {
        *json.loads((tmp_path / "demo" / "manifest.json").read_text(encoding="utf-8"))["files"],
        "manifest.json",
    }
    assert call("replay", tmp_path / "demo", "--quiet").code == 0


def test_history_stands_beside_the_runs(call: Call, tmp_path: Path) -> None:
    result = call("validate-history", "--seeds", 2, "--workers", 1, "-o", tmp_path / "v.md", "--json", "--quiet")
    assert result.code == 0
    assert json.loads(result.out)["runs"] == 2
    assert (tmp_path / "v.md").read_text(encoding="utf-8").startswith("# Fall Weiss")
    assert call("validate-history", "fall_weis", "--quiet").code == 2


def test_a_report_made_anew_in_its_folder_leaves_the_run_sound(call: Call, toy_run: Path) -> None:
    picture = toy_run.parent / "picture.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>here</title></svg>')
    before = (toy_run / "report.html").read_bytes()
    assert call("report", toy_run, "--picture", picture).code == 0
    assert (toy_run / "report.html").read_bytes() != before
    assert call("replay", toy_run).code == 0
    (toy_run / "report.html").write_bytes(before)
    assert "this file is not as the run wrote it" in call("replay", toy_run).err
