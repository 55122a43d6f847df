"""A study comes to the same bytes whoever does it, in whatever order, and however often it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.study.toy_study import STUDY, loaded, play, tables, write_study
from wargame.errors import InputError, UsageError, WargameError
from wargame.study import batch, records, workers
from wargame.study.design import Design, load
from wargame.study.folder import Folder, open_study
from wargame.study.tables import PER_RUN, connect
from wargame.study.workers import WorkerDiedError, in_order, pool, spread

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "wargame")


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Design:
    return loaded(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def whole(design: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study done at one go, in this process."""
    out = tmp_path_factory.mktemp("whole") / "out"
    done = play(design, out)
    assert (done.runs, done.new, done.failed) == (24, 24, 0)
    return out


def one(base: Any, query: str) -> tuple[Any, ...]:
    """The first row of a query."""
    first: tuple[Any, ...] = base.sql(query).fetchall()[0]
    return first


def lines(out: Path) -> list[tuple[int, int]]:
    """Cell and seed of every run written down, in the order of writing."""
    found = []
    for path in sorted((out / "parts").iterdir()):
        found += [batch._key(line) for line in batch._read(path)]
    return found


# --- what a row says -------------------------------------------------------------------------------------------------


def test_every_run_has_its_rows(whole: Path) -> None:
    with connect(whole) as base:
        assert one(base, "select count(*), count(distinct (cell, seed)) from runs where status = 'ok'") == (
            24,
            24,
        )
        assert one(base, "select count(*) from answers") == (24 * 6,)
        assert one(base, "select count(*) from timings where cpu_s > 0") == (24,)
        assert base.sql("select start, pace, count(*) from runs group by all order by all").fetchall() == [
            ("at_once", 0.35, 6), ("at_once", 0.5, 6), ("late", 0.35, 6), ("late", 0.5, 6)
        ]  # fmt: skip


def test_answers_are_those_of_the_tables(whole: Path) -> None:
    with connect(whole) as base:
        asked = "select a.value, l.killed from answers a left join losses l on "
        asked += "(l.cell, l.seed, l.power) = (a.cell, a.seed, 'BLU') where question = 'blue_dead'"
        assert all(value == (killed or 0) for value, killed in base.sql(asked).fetchall())
        wins = "select sum(value) from answers where question = 'red_wins'"
        won = "select count(*) from operations where operation = 'red_attack' and outcome = 'launched_succeeded'"
        assert one(base, wins) == one(base, won)
        held = (
            "select a.value = 1, c.controller is not distinct from 'RED' from answers a join runs r using (cell, seed) "
        )
        held += "left join control c on (c.cell, c.seed, c.day, c.province) = (a.cell, a.seed, r.ended, 'p02') "
        held += "where question = 'held'"
        assert all(answer == taken for answer, taken in base.sql(held).fetchall())
        days = base.sql(
            "select distinct value from answers where question = 'red_day' order by 1 nulls last"
        ).fetchall()
        assert days == [(1.0,), (None,)]
        moments = {day for (day,) in base.sql("select distinct day::varchar from powers").fetchall()}
        ends = {day for (day,) in base.sql("select distinct ended::varchar from runs").fetchall()}
        assert moments == {"1930-05-10"} | ends
        assert max(ends) == "1930-06-09"


def test_a_row_can_be_played_again(whole: Path) -> None:
    study = open_study(whole)
    with study.connect() as base:
        for cell, seed in ((1, 1), (2, 4), (4, 6)):
            (wanted,) = one(base, f"select journal_hash from runs where cell = {cell} and seed = {seed}")
            assert study.play(cell, seed, "verdict").journal.head == wanted


def test_the_command_of_a_row_plays_it_again(whole: Path, tmp_path: Path) -> None:
    study = open_study(whole)
    words = study.command(2, 3).removeprefix("wargame ").split()
    said = subprocess.run(
        [*COMMAND, *words, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True, env=paths()
    )
    with study.connect() as base:
        wanted = one(base, "select journal_hash from runs where cell = 2 and seed = 3")
    assert (json.loads(said.stdout)["journal_hash"],) == wanted


def test_a_finished_study_tells_its_design(design: Design, whole: Path) -> None:
    study = open_study(whole)
    assert (study.design.cells, study.design.file, study.design.digest()) == (
        design.cells,
        design.file,
        design.digest(),
    )
    study.check()
    text = (whole / "study_data.md").read_text(encoding="utf-8")
    assert "`start`" in text and "`red_wins`" in text
    assert all(f"## {t.name}\n" in text for t in PER_RUN)


def test_a_run_ends_when_all_that_is_asked_is_settled(whole: Path, tmp_path: Path) -> None:
    asked = [q for q in STUDY.split("[[questions]]")[1:] if "red_attack" in q or "war = " in q]
    head = STUDY.split("[[questions]]", maxsplit=1)[0].replace("dates = [1930-05-10]", 'until = "settled"')
    brief = loaded(tmp_path, "[[questions]]".join([head, *asked]), ends="1931-06-10")
    play(brief, tmp_path / "out")
    with connect(tmp_path / "out") as base:
        early = "select distinct start from runs where ended < '1930-09-01' and status = 'ok'"
        assert base.sql(early).fetchall() == [("at_once",)]  # who starts late never does in time, and is waited for
        assert one(base, "select count(*) from runs where ended > '1931-06-01'") == (12,)
        assert one(base, "select count(*) from powers") == one(base, "select count(*) from losses") == (0,)
        answers = "select cell, seed, question, value from answers where question in ('red_day', 'war') order by all"
        briefly = base.sql(answers).fetchall()
        (head_of,) = one(base, "select journal_hash from runs where cell = 1 and seed = 2")
    with connect(whole) as base:
        assert briefly == base.sql(answers).fetchall()
    assert open_study(tmp_path / "out").play(1, 2, "verdict").journal.head == head_of


# --- the same bytes --------------------------------------------------------------------------------------------------


def test_two_processes_give_the_bytes_of_one(design: Design, whole: Path, tmp_path: Path) -> None:
    play(design, tmp_path / "out", pool(2))
    assert tables(tmp_path / "out") == tables(whole)
    manifests = [(p / "manifest.json").read_bytes() for p in (whole, tmp_path / "out")]
    assert manifests[0] == manifests[1]


def test_the_order_of_runs_changes_nothing(
    design: Design, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = batch._Ledger.missing
    monkeypatch.setattr(batch._Ledger, "missing", lambda self, wanted: reversed(list(straight(self, wanted))))
    play(design, tmp_path / "out")
    assert lines(tmp_path / "out")[0] == (4, 6)
    assert tables(tmp_path / "out") == tables(whole)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real scheduler with two worker processes; the file that says where it is."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": paths(), "cwd": folder}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--nworkers", "2", "--nthreads", "1"]
    begun = [
        subprocess.Popen([*words, "--no-dashboard", "--scheduler-file", str(file)], **quiet)
        for words in (scheduler, worker)
    ]
    try:
        until(lambda: file.is_file() and _workers(file) == 2, 120)
        yield file
    finally:
        for process in reversed(begun):
            process.terminate()
            process.wait(30)


def _workers(file: Path) -> int:
    from distributed import Client

    try:
        with Client(scheduler_file=str(file), timeout=5, set_as_default=False) as client:
            return len(client.nthreads())
    except (OSError, ValueError):
        return 0


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_bytes_of_one_process(design: Design, whole: Path, cluster: Path, tmp_path: Path) -> None:
    play(design, tmp_path / "out", pool(scheduler=str(cluster)))
    assert tables(tmp_path / "out") == tables(whole)
    with connect(tmp_path / "out") as base:
        assert one(base, "select count(distinct worker) from timings") == (2,)


def test_no_scheduler_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE_S", 1)
    with (
        pytest.raises(UsageError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9.*start one"),
        pool(scheduler="tcp://127.0.0.1:9"),
    ):
        pass


# --- interrupted and gone on with ------------------------------------------------------------------------------------


def paths() -> dict[str, str]:
    """Environment in which processes find this checkout."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def until(there: Any, seconds: float) -> None:
    """Wait for something to be so."""
    ends = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """Processes below one, as Linux tells."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += [int(path.parent.name), *children(int(path.parent.name))]
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux tells of them")
def test_a_killed_study_goes_on_with_nothing_lost_or_doubled(tmp_path: Path) -> None:
    design = loaded(tmp_path / "toy")
    out = tmp_path / "out"
    words = ["study", str(design.path), "--runs", "12", "--out", str(out), "--quiet"]
    begun = subprocess.Popen([*COMMAND, *words, "--workers", "2"], cwd=tmp_path, env=paths())
    until(lambda: begun.poll() is not None or ((out / "parts").is_dir() and len(lines(out)) >= 5), 120)
    assert begun.poll() is None, "it was done before it could be killed"
    below = children(begun.pid)
    begun.send_signal(signal.SIGKILL)
    begun.wait()
    before = lines(out)
    assert 5 <= len(before) < 48
    until(lambda: not [p for p in below if Path(f"/proc/{p}").exists() and p not in children(1)], 30)
    with pytest.raises(WargameError, match="has not come to its end"):
        open_study(out)
    done = subprocess.run(
        [*COMMAND, *words, "--workers", "1"], cwd=tmp_path, env=paths(), check=True, capture_output=True
    )
    assert done.stdout == b""
    after = lines(out)
    assert after[: len(before)] == before
    assert len(after) == len(set(after)) == 48
    play(design, tmp_path / "at_one_go", runs=12)
    assert tables(out) == tables(tmp_path / "at_one_go")


def test_a_torn_line_is_done_again(design: Design, whole: Path, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    part = out / "parts" / "000002.jsonl"
    part.write_bytes(b'{"cell":4,"seed":6,"runs":[{"status":"ok","open')
    play(design, out)
    assert tables(out) == tables(whole)


def test_a_part_compressed_but_not_yet_deleted_counts_once(design: Design, whole: Path, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    (packed,) = (out / "parts").glob("*.jsonl.gz")
    packed.with_suffix("").write_bytes(b"".join(batch._read(packed)))
    done = play(design, out)
    assert done.new == 16
    assert tables(out) == tables(whole)


def half(design: Design, folder: Path) -> Path:
    """A study of which a third is done."""
    assert play(design, folder / "out", runs=2).new == 8
    return folder / "out"


def test_a_damaged_part_is_named(design: Design, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    (packed,) = (out / "parts").glob("*.jsonl.gz")
    packed.write_bytes(packed.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"000001\.jsonl\.gz: cannot be read.*delete this file"):
        play(design, out)


def test_a_study_can_grow_and_be_cut(design: Design, whole: Path, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    small = tables(out)
    assert play(design, out).new == 16
    assert tables(out) == tables(whole)
    again = play(design, out, runs=2)
    assert (again.runs, again.new) == (8, 0)
    assert tables(out) == small


def test_the_first_cells_alone_are_the_first_of_all(design: Design, whole: Path, tmp_path: Path) -> None:
    play(load(design.path, cells=2), tmp_path / "out")
    with connect(tmp_path / "out") as few, connect(whole) as all_:
        rows = few.sql("select * from runs").fetchall()
        assert len(rows) == 12
        assert rows == all_.sql("select * from runs where cell <= 2").fetchall()


# --- failures --------------------------------------------------------------------------------------------------------


def test_a_crashing_run_is_a_row_with_its_traceback(
    design: Design, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = records.play

    def fragile(setup: Any, seed: int, file: Any) -> records.Rows:
        if seed == 3:
            raise RuntimeError("no such province") from KeyError("p99")
        return played(setup, seed, file)

    monkeypatch.setattr(records, "play", fragile)
    done = play(design, tmp_path / "out")
    assert (done.runs, done.failed) == (24, 4)
    with connect(tmp_path / "out") as base, connect(whole) as other:
        failed = base.sql("select cell, seed, error, traceback from failures").fetchall()
        assert [f[:3] for f in failed] == [(c, 3, "RuntimeError: no such province") for c in (1, 2, 3, 4)]
        assert "KeyError: 'p99'" in failed[0][3] and "in fragile" in failed[0][3]
        assert str(ROOT) not in failed[0][3]
        assert one(base, "select count(*) from answers where seed = 3") == (0,)
        sound = "select * from runs where seed <> 3"
        assert base.sql(sound).fetchall() == other.sql(sound).fetchall()
    assert open_study(tmp_path / "out").manifest["failed"] == 4


def test_a_cell_that_cannot_be_loaded_fails_alone(
    design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch._setup.cache_clear()
    loaded_ = batch.scenarios.load
    monkeypatch.setattr(batch.scenarios, "load", lambda s, o, d: loaded_(s, o, d) if "late" not in o else 1 / 0)
    done = play(design, tmp_path / "out", runs=1)
    assert (done.runs, done.failed) == (4, 2)


def square(n: int) -> int:
    if n == 3:
        os._exit(9)
    if n == 5:
        raise ValueError("five")
    return n * n


def test_a_worker_that_dies_costs_its_own_job_only() -> None:
    with pool(2) as on:
        found = {job: (result, error) for job, result, error in spread(square, range(12), on)}
    assert isinstance(found[3][1], WorkerDiedError)
    assert isinstance(found[5][1], ValueError)
    assert {n: r for n, (r, e) in found.items() if e is None} == {n: n * n for n in range(12) if n not in {3, 5}}


def test_jobs_in_order_keep_their_order_and_raise_the_first_error() -> None:
    told: list[tuple[int, int]] = []
    assert in_order(abs, [-3, -1, -2], 2, lambda done, total: told.append((done, total))) == [3, 1, 2]
    assert told == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(ValueError, match="five"):
        in_order(square, [4, 5, 6], 1)


def test_jobs_are_drawn_only_as_needed() -> None:
    drawn: list[int] = []

    def jobs() -> Iterator[int]:
        for n in range(100):
            drawn.append(n)
            yield n

    with pool(2) as on:
        next(iter(spread(abs, jobs(), on)))
    assert len(drawn) <= 3 * workers.AHEAD * 2


# --- the stop rule ---------------------------------------------------------------------------------------------------

STOP = '\n[stop]\nwidth = {width}\nquestions = ["held"]\nstep = 4\n'


@pytest.mark.parametrize("count", [1, 2])
def test_no_more_seeds_than_the_intervals_need(tmp_path: Path, count: int) -> None:
    design = loaded(tmp_path, STUDY.replace("runs = 6", "runs = 40") + STOP.format(width=0.55))
    done = play(design, tmp_path / "out", pool(count), runs=40)
    with connect(tmp_path / "out") as base:
        found = base.sql("select cell, count(*), sum(value) from answers where question = 'held' group by 1").fetchall()
    from wargame.study.statistics import share

    assert done.stopped and done.runs == 4 * done.stopped < 160
    assert {n for _, n, _ in found} == {done.stopped}
    assert max(share(int(yes), n).width for _, n, yes in found) <= 0.55
    before = done.stopped - 4
    assert before == 0 or _widest(tmp_path / "out", before) > 0.55
    assert open_study(tmp_path / "out").manifest["stopped_early"]


def _widest(out: Path, seeds: int) -> float:
    from wargame.study.statistics import share

    with connect(out) as base:
        asked = f"select sum(value) from answers where question = 'held' and seed <= {seeds} group by cell"
        return max(share(int(yes), seeds).width for (yes,) in base.sql(asked).fetchall())


def test_intervals_that_stay_wide_take_every_seed(tmp_path: Path) -> None:
    design = loaded(tmp_path, STUDY + STOP.format(width=0.01))
    done = play(design, tmp_path / "out")
    assert (done.runs, done.stopped) == (24, 0)


# --- folders ---------------------------------------------------------------------------------------------------------


def test_runs_of_another_study_are_not_mixed(design: Design, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    other = loaded(tmp_path / "other", STUDY.replace("0.35, 0.5", "0.35, 0.48"))
    with pytest.raises(UsageError, match=r"another version of this study's file.*--force"):
        play(other, out)
    assert play(other, out, runs=1, force=True).new == 4


def test_changed_data_are_not_mixed(design: Design, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    with pytest.raises(UsageError, match="other data"):
        play(loaded(tmp_path / "other", men=14000), out)


def test_a_changed_program_is_not_mixed(design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wargame.study import folder

    out = half(design, tmp_path)
    monkeypatch.setattr(folder, "program", lambda: "another")
    with pytest.raises(UsageError, match="another version of the program"):
        play(design, out)


def test_two_at_once_are_refused(design: Design, tmp_path: Path) -> None:
    with (
        Folder(tmp_path / "out", design, "x"),
        pytest.raises(UsageError, match="another process is at work"),
        Folder(tmp_path / "out", design, "x"),
    ):
        pass


def test_a_folder_with_something_else_is_left_alone(design: Design, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x", encoding="utf-8")
    for force in (False, True):
        with pytest.raises(UsageError, match="holds no study"):
            play(design, tmp_path / "letters", force=force)
    with pytest.raises(UsageError, match="is a file"):
        play(design, tmp_path / "letters" / "dear.txt")
    assert (tmp_path / "letters" / "dear.txt").read_text(encoding="utf-8") == "x"


def test_a_changed_table_is_named(design: Design, tmp_path: Path) -> None:
    out = half(design, tmp_path)
    path = out / "tables" / "answers.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    (out / "tables" / "wars.parquet").unlink()
    with pytest.raises(InputError) as found:
        open_study(out).check()
    assert [f.code for f in found.value.faults] == ["file-changed", "missing-file"]


def test_policies_and_seats_reach_the_run(tmp_path: Path) -> None:
    """On the real map: a cell's overlay sets a policy and a seat, and the run begins with them."""
    path = tmp_path / "study.toml"
    path.write_text(
        '[study]\nid = "s"\ntitle = "s"\nscenario = "history_1939"\n'
        '[[factors]]\nid = "risk"\npolicy = "GER.risk"\nvalues = [-0.9, 0.9]\n'
        '[[factors]]\nid = "italy"\n[[factors.levels]]\nid = "acts"\n'
        '[[factors.levels]]\nid = "waits"\nseats = { ITA = "script" }\n',
        encoding="utf-8",
    )
    from wargame.load.scenarios import opening_world

    design = load(path)
    setups = [batch._setup(design.scenario, c.overlays, c.file, c.text, design.data) for c in design.cells]
    risks = [opening_world(s, 1).polity.governments["GER"].policy.risk for s in setups]
    seats = [{p.id: p.seat for p in s.scenario.powers}["ITA"] for s in setups]
    assert risks == [-0.9, -0.9, 0.9, 0.9]
    assert seats == ["automatic", "script"] * 2
    assert setups[0].atlas is setups[3].atlas


def test_a_written_study_file_is_found_as_it_is(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    assert load(path).text == path.read_text(encoding="utf-8")
