"""What can go wrong: one clear line on stderr, the right exit code, never a traceback."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from wargame.cli import main
from wargame.errors import UsageError
from wargame.run_folder import Asked, Writer


def test_an_unknown_scenario_names_the_nearest(call: Call) -> None:
    result = call("run", "fall_weis_1939", "--json")
    assert (result.code, result.out) == (2, "")
    (line,) = result.err.splitlines()
    said, _, known = line.partition(" there is: ")
    assert said == "error: no scenario 'fall_weis_1939'; did you mean 'fall_weiss_1939'?"
    assert {"fall_weiss_1939", "history_1936"} <= set(known.split(", "))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "missing/file.toml"], "no scenario file missing/file.toml"),
        (["run", "fall_weiss_1939", "--overlay", "no_soviet_entri"], "did you mean 'no_soviet_entry'?"),
        (
            ["run", "fall_weiss_1939", "--seed", "seven"],
            "'--seed' / '-s': it should be a whole number",
        ),
        (["run", "fall_weiss_1939", "--seed", "-1"], "it should be 0 or more"),
        (["run", "fall_weiss_1939", "--level", "king"], "Invalid value for '--level': 'king' is not one of 'verdict'"),
        (["map", "europe", "--dpi", "2000"], "it should be 1200 or less"),
        (
            ["game", "seats", "x.game", "--role", "king"],
            "Invalid value for '--role': 'king' is not one of 'lead'",
        ),
        (["run"], "Missing argument 'SCENARIO'"),
        (["rum"], "Did you mean 'run'?"),
        (["run", "fall_weiss_1939", "--jsn"], "--json"),
        (["schema", "scenarios"], "did you mean 'scenario'?"),
        (["replay", "no/such/run"], "no run folder no/such/run"),
        (["map", "europ"], "did you mean 'europe'?"),
        (["map", "europe", "--date", "31 August"], "'31 August' is no date"),
        (["map", "europe", "--strip"], "--strip needs a run folder"),
        (["map", "europe", "--extent", "1,2,x,4"], "write west,south,east,north"),
        (["map", "europe", "-o", "map.bmp"], "end the name in"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(call: Call, words: list[str], says: str) -> None:
    result = call(*words)
    assert (result.code, result.out) == (2, "")
    assert says in " ".join(result.err.replace("│", " ").split())


def test_a_file_for_a_folder_is_refused(call: Call, toy: Path) -> None:
    result = call("run", toy, "--out", toy)
    assert result.code == 2
    assert "is a file; name a folder" in result.err


def test_a_folder_that_cannot_be_written_is_named(call: Call, toy: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = call("run", toy, "--out", tmp_path / "file" / "run")
    assert result.code == 1
    assert str(tmp_path / "file") in result.err


def test_all_faults_of_a_scenario_come_at_once(call: Call, toy: Path, tmp_path: Path) -> None:
    text = toy.read_text(encoding="utf-8").replace("1930-06-30", "1929-06-30").replace('map = "', 'map = "x')
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    result = call("run", tmp_path / "bad.toml", "--data", toy.parent.parent, "--json")
    assert (result.code, result.out) == (1, "")
    lines = result.err.splitlines()
    assert len([line for line in lines if line.startswith("error: ")]) >= 2
    assert lines[-1].endswith("errors")


# --- run folders -----------------------------------------------------------------------------------------------------

READERS = (["replay"], ["map"], ["explain"], ["report"])


def words_for(reader: list[str], folder: Path) -> list[str]:
    return [reader[0], str(folder), *reader[1:]]


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r[0])
def test_a_half_written_run_is_recognised(call: Call, toy_run: Path, reader: list[str]) -> None:
    manifest = json.loads((toy_run / "manifest.json").read_text(encoding="utf-8"))
    half = {k: manifest[k] for k in ("format", "version", "python", "numpy", "asked")} | {"status": "writing"}
    (toy_run / "manifest.json").write_text(json.dumps(half), encoding="utf-8")
    result = call(*words_for(reader, toy_run))
    assert (result.code, result.out) == (1, "")
    (line,) = result.err.splitlines()
    assert "half-written run" in line
    assert f"--out {toy_run} --force" in line


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r[0])
def test_a_run_without_manifest_is_half_written(call: Call, toy_run: Path, reader: list[str]) -> None:
    (toy_run / "manifest.json").unlink()
    result = call(*words_for(reader, toy_run))
    assert result.code == 1
    assert "half-written run" in result.err


def test_a_folder_of_something_else_is_no_run(call: Call, tmp_path: Path) -> None:
    result = call("replay", tmp_path)
    assert result.code == 2
    assert "is no run folder" in result.err


@pytest.mark.parametrize(
    "text", ["{", "[]", '"complete"', '{"format": "wargame run 1", "status": "complete"}', "{}", "\xff"]
)
def test_a_spoilt_manifest_is_named(call: Call, toy_run: Path, text: str) -> None:
    (toy_run / "manifest.json").write_text(text, encoding="latin-1")
    result = call("replay", toy_run)
    assert result.code == 1
    assert str(toy_run / "manifest.json") in result.err


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r[0])
def test_a_broken_journal_is_named_by_line(call: Call, toy_run: Path, reader: list[str]) -> None:
    path = toy_run / "journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = lines[4].replace("1930", "1931", 1)
    path.write_text("".join(lines), encoding="utf-8")
    result = call(*words_for(reader, toy_run))
    assert (result.code, result.out) == (1, "")
    (line,) = result.err.splitlines()
    assert line.startswith(f"error: {path} line 5: ")
    assert "run the scenario again" in line


def test_missing_and_changed_files_are_all_named(call: Call, toy_run: Path) -> None:
    (toy_run / "verdict.json").write_text("{}", encoding="utf-8")
    (toy_run / "tables.md").unlink()
    result = call("replay", toy_run)
    assert result.code == 1
    assert "tables.md: this file of the run is missing" in result.err
    assert "verdict.json: this file is not as the run wrote it" in result.err
    assert result.err.splitlines()[-1] == "2 errors"


def test_a_journal_cut_short_is_noticed(call: Call, toy_run: Path) -> None:
    path = toy_run / "journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-3]), encoding="utf-8")
    result = call("replay", toy_run)
    assert result.code == 1
    assert "journal.jsonl: this file is not as the run wrote it" in result.err


def test_without_daily_columns_no_strength_is_made_up(call: Call, toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    assert call("run", toy, "--level", "events", "--out", folder, "--quiet").code == 0
    state = json.loads(call("replay", folder, "--json").out)
    assert (state["strength"], state["losses"]) == (None, None)
    result = call("report", folder)
    assert result.code == 1
    assert "no daily columns" in result.err
    assert call("explain", folder).code == 0


def test_a_run_read_from_elsewhere_says_where_it_belongs(
    call: Call, toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toy.parent)
    assert call("run", toy.name, "--data", "..", "--out", tmp_path / "run", "--quiet").code == 0
    assert call("replay", tmp_path / "run", "--quiet").code == 0
    monkeypatch.chdir(tmp_path)
    result = call("replay", "run")
    assert result.code == 1
    assert f"it was written by: wargame run {toy.name}" in result.err


def test_a_run_that_is_killed_leaves_a_half_written_folder(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    words = ["run", "fall_weiss_1939", "--out", str(folder), "--quiet"]
    process = subprocess.Popen([sys.executable, "-m", "wargame", *words])
    while not (folder / "manifest.json").exists():
        time.sleep(0.01)
    process.kill()
    process.wait()
    result = call("replay", folder)
    assert result.code == 1
    assert "half-written run" in result.err


# --- where it writes to ----------------------------------------------------------------------------------------------


def in_a_shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    line = command.replace("wargame", f'"{sys.executable}" -m wargame', 1)
    return subprocess.run(line, shell=True, capture_output=True, check=False, env=os.environ | environment)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("words", ["--help", "run {toy}", "run {toy} --json"])
def test_a_full_disk_is_one_line(toy: Path, words: str) -> None:
    done = in_a_shell(f"wargame {words.format(toy=toy)} > /dev/full")
    assert done.returncode == 1
    assert [b"No space left on device (make room on that disk" in line for line in done.stderr.splitlines()] == [True]


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_stdout_is_no_error(toy: Path) -> None:
    done = in_a_shell(f"wargame run {toy} >&-")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_the_letters_still_gets_the_story(toy: Path) -> None:
    assert in_a_shell(f"wargame run {toy}", PYTHONIOENCODING="ascii").returncode == 0
    done = in_a_shell("wargame schema formations", PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout) == json.loads(in_a_shell("wargame schema formations").stdout)


# --- what is edited, and what is asked for beyond the run ------------------------------------------------------------


@pytest.mark.parametrize("key", ["seed", "scenario", "end", "files", "journal", "asked"])
def test_an_edited_manifest_is_noticed(call: Call, toy_run: Path, key: str) -> None:
    file = toy_run / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest[key] = {
        "seed": 4, "scenario": "other", "end": "1930-05-03T00", "files": {}, "journal": {"entries": 3},
        "asked": manifest["asked"] | {"seed": 4},
    }[key]  # fmt: skip
    file.write_text(json.dumps(manifest), encoding="utf-8")
    result = call("replay", toy_run)
    assert (result.code, result.out) == (1, "")
    assert "manifest.json: the manifest does not belong to this journal" in result.err


def test_of_two_runs_into_one_folder_the_second_is_refused(toy: Path, tmp_path: Path) -> None:
    asked = Asked(str(toy), 1)
    first, second = Writer(tmp_path / "run", asked), Writer(tmp_path / "run", asked)  # both saw an empty folder
    with first, pytest.raises(UsageError, match="another run is being written"):
        second.__enter__()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["replay", "RUN", "--until", "1929-01-01"], "1929-01-01 is not in the run"),
        (["replay", "RUN", "--until", "1945-01-01"], "1945-01-01 is not in the run"),
        (["report", "RUN", "--picture", "RUN/journal.jsonl"], "is no picture for a page"),
        (["report", "RUN", "-o", "RUN/journal.jsonl"], "is no page; end its name in .html"),
        (["run", "toy", "--data", "no/such/folder"], "no folder no/such/folder"),
        (["map", "europe", "--date", "1900-01-01"], "begins, on 1924-01-01"),
        (["map", "europe", "--size", "10x10"], "width x height in mm such as 297x210"),
        (["map", "europe", "-o", "map"], "the name does not say which format"),
        (["map", "europe", "--extent", "atlantis"], "'atlantis'; write theatre"),
    ],
)
def test_what_cannot_be_is_refused(call: Call, toy_run: Path, words: list[str], says: str) -> None:
    result = call(*(w.replace("RUN", str(toy_run)) for w in words))
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_a_report_goes_into_a_new_folder(call: Call, toy_run: Path, tmp_path: Path) -> None:
    assert call("report", toy_run, "-o", tmp_path / "new" / "report.html").code == 0
    assert (tmp_path / "new" / "report.html").is_file()


def test_a_command_that_is_advised_can_be_pasted(call: Call, toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bieg łódzki"
    assert f"wargame explain '{folder}'" in call("run", toy, "--out", folder).err
    (folder / "diary.md").unlink()
    advised = call("explain", folder).err.partition("run again: ")[2].strip().rstrip(")")
    words = shlex.split(advised)
    assert words[:2] == ["wargame", "run"]
    assert call(*words[1:]).code == 0
    assert call("explain", folder).code == 0


def test_a_closed_stdin_is_an_empty_sheet(tmp_path: Path) -> None:
    wargame = [sys.executable, "-m", "wargame", "game"]
    game = str(tmp_path / "w.game")
    subprocess.run([*wargame, "new", "fall_weiss_1939", "--file", game, "--seats", "POL", "-q"], check=True)
    line = f"{shlex.join([*wargame, 'orders', game, '--as', 'POL', '-'])} <&-"
    done = subprocess.run(line, check=False, shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


STOPPED = """
import sys
class Stop:
    def find_spec(self, name, *_):
        if name == "wargame.cli.play":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
import wargame.cli
"""


def test_stopping_the_program_while_it_is_still_being_read_gives_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", STOPPED], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_stopping_the_program_before_a_verb_begins_gives_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(main.__globals__, "app", stopped)
    with pytest.raises(SystemExit) as left:
        main()
    assert (left.value.code, capsys.readouterr().err) == (130, "interrupted\n")
