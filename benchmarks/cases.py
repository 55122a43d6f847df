"""What is measured: one case a budget of the design, each a function that returns one sample.

In-process cases are measured in CPU seconds of this process, so that a busy machine does not blur them; commands, as a
user waits for them, in seconds of the clock, started cold in a fresh process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks import console
from wargame import dates, engine, journal
from wargame.engine import Engine
from wargame.journal import Journal
from wargame.load import maps, scenarios
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup
from wargame.world import World

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = "fall_weiss_1939"
SEED = 7
Sample = Callable[[], float]


@dataclass(frozen=True)
class Case:
    """One measurement. ``budget`` is the most the design allows (None: no budget, watched all the same).

    ``sample`` returns one value in ``unit``; ``needs`` names the module without which there is nothing to measure.
    ``warms_up``: a first sample is thrown away (imports, caches, disk); not of cases that do that for themselves.
    """

    name: str
    unit: str
    budget: float | None
    sample: Sample
    repeats: int = 5
    needs: str = "wargame.engine"
    warms_up: bool = True

    def is_there(self) -> bool:
        """Whether what this case measures has been built."""
        try:
            return find_spec(self.needs) is not None
        except ModuleNotFoundError:
            return False


def cpu_seconds(action: Callable[[], Any]) -> float:
    """CPU time of an action in this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


@cache
def setup() -> Setup:
    """The scenario, loaded once."""
    return scenarios.load(SCENARIO)


@cache
def finished() -> engine.Run:
    """One run at level full, played once."""
    return engine.run(setup(), SEED, level="full")


def campaign() -> float:
    """A whole run in process, from opening to end."""
    loaded = setup()
    return cpu_seconds(lambda: engine.run(loaded, SEED))


def campaign_day() -> float:
    """Milliseconds a day on which some front was active, everything of a run shared out over those days."""
    days = {dates.day_number(entry.hour) for entry in finished().journal.of_kind("day")}
    return campaign() / len(days) * 1e3


def scenario_load() -> float:
    """Every file of the scenario read and checked."""
    return cpu_seconds(lambda: scenarios.load(SCENARIO))


def map_load() -> float:
    """The atlas without polygons, as a headless run needs it."""
    name = setup().scenario.scenario.map
    return cpu_seconds(lambda: maps.load_atlas(name))


def world_copy() -> float:
    """Milliseconds to copy a state in mid-campaign."""
    return cpu_seconds(lambda: [finished().world.copy() for _ in range(50)]) / 50 * 1e3


def world_save() -> float:
    """Milliseconds to turn a state into bytes and back."""
    return cpu_seconds(lambda: [World.from_bytes(finished().world.to_bytes()) for _ in range(20)]) / 20 * 1e3


def journal_record() -> float:
    """Milliseconds to record 1,000 events, hashed and written as lines."""
    entries = [e for e in finished().journal if e.kind not in {"header", "day"}]
    events = [(e.hour, e.event()) for e in entries]

    def write() -> None:
        written = Journal()
        written.begin(0, {})
        for hour, event in events:
            written.record(hour, event)
        "".join(written.lines())

    return cpu_seconds(write) / len(events) * 1e6


def journal_read() -> float:
    """Milliseconds to read and verify 1,000 entries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_text("".join(finished().journal.lines()), encoding="utf-8", newline="")
        return cpu_seconds(lambda: journal.read(path)) / len(finished().journal.entries) * 1e6


def companion_write() -> float:
    """Milliseconds to write the daily columns of one campaign."""
    return cpu_seconds(finished().journal.companion) * 1e3


def table_week() -> float:
    """The first week of Fall Weiss as a turn of a game with two seats of players: adjudicated, and on the disk."""
    from wargame.table.game import Game  # noqa: PLC0415 - only where there is a table

    with tempfile.TemporaryDirectory() as folder:
        game = Game.create(Path(folder) / "weiss.game", SCENARIO, seats=["GER", "POL"], seed=SEED)
        try:
            return cpu_seconds(game.commit)
        finally:
            game.close()


@cache
def table_of_seven() -> Any:
    """A game with seven players and three turns played, the ground of its map, and the folder that holds it."""
    from wargame.table import papers  # noqa: PLC0415 - only where there is a table
    from wargame.table.game import Game  # noqa: PLC0415

    folder = tempfile.TemporaryDirectory()
    seats = ["GER", "POL", "GBR", "FRA", "SOV", "ITA", "HUN"]
    game = Game.create(Path(folder.name) / "seven.game", "history_1939", seats=seats, seed=SEED)
    for _ in range(3):
        game.commit()
    return game, papers.ground_for(game), folder


def seven_reports() -> float:
    """Seconds of the clock for seven reports with maps and the umpire's sheet, by two processes."""
    from wargame.table import papers  # noqa: PLC0415

    game, ground, _ = table_of_seven()
    with tempfile.TemporaryDirectory() as out:
        begun = time.perf_counter()
        papers.report(game, Path(out), ground=ground, workers=2)
        return time.perf_counter() - begun


@cache
def road_to_war(scenario: str) -> Setup:
    """A scenario with politics, loaded once."""
    return scenarios.load(scenario)


SEEDS = cycle(range(1, 6))  # runs with politics differ far more than campaigns do: each sample plays another


def whole_run() -> float:
    """From 1936 to the end of 1941 with politics, in process."""
    return cpu_seconds(lambda: engine.run(road_to_war("history_1936"), next(SEEDS)))


def peace() -> float:
    """From 1924 to the end of 1935, in process."""
    loaded = road_to_war("history_1924")
    return cpu_seconds(lambda: Engine(loaded, opening_world(loaded, next(SEEDS))).run(dates.parse("1936-01-01")))


ROLL_OUTS, DAYS = 200, 30


def roll_outs() -> float:
    """Seconds of the clock to play the fifth day of Fall Weiss on by a month, 200 times, with two workers."""
    from wargame.study.rollouts import roll_out  # noqa: PLC0415 - only where it is there

    loaded, day = setup(), dates.parse("1939-09-05T22")
    world = Engine(loaded, opening_world(loaded, SEED)).run(day).world
    start = time.perf_counter()
    played = sum(1 for _ in roll_out(loaded, world, day + DAYS * dates.DAY, range(ROLL_OUTS), workers=2))
    assert played == ROLL_OUTS
    return time.perf_counter() - start


RUNS = 10  # of the thousand that are played, with two workers


def play_one(seed: int) -> str:
    """One of the thousand runs; the hash of its journal."""
    return engine.run(road_to_war("history_1936"), seed, level="verdict").journal.head


def thousand_runs() -> float:
    """Minutes of the clock for 1,000 runs 1936-1942 with two workers, from the first ten."""
    from wargame.study import workers  # noqa: PLC0415 - only where it is there

    with workers.pool(2) as pool:
        for _ in workers.spread(play_one, range(2), pool):  # workers started, scenario loaded
            pass
        start = time.perf_counter()
        for _, head, error in workers.spread(play_one, range(1, RUNS + 1), pool):
            assert head, error
        return (time.perf_counter() - start) / RUNS * 1000 / 60


def command(*words: str) -> Sample:
    """Seconds of the clock from typing a command to its end, cold; ``{out}`` is an empty folder."""

    def sample() -> float:
        with tempfile.TemporaryDirectory() as folder:
            arguments = [sys.executable, "-m", "wargame", *(w.format(out=folder) for w in words)]
            start = time.perf_counter()
            subprocess.run(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            return time.perf_counter() - start

    return sample


MAP = f"""
import sys
from wargame import engine
from wargame.load import scenarios
from wargame.show import maps
run = engine.run(scenarios.load({SCENARIO!r}), {SEED})
maps.draw_situation(run.setup.atlas, None, run.world, sys.argv[1] + "/end.png")
"""


def cold_map() -> float:
    """Seconds of the clock for a cold start, a run, and one situation map as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", MAP, folder], cwd=ROOT, check=True)
        return time.perf_counter() - start


def worker_memory() -> float:
    """MiB a study's worker needs at most for one run from 1936, start to end: the high-water mark of its own pages.

    Asked of the worker itself: what `wait4` tells counts the pages that its parent had when it forked.
    """
    code = (
        "from wargame import engine; from wargame.load import scenarios; "
        "engine.run(scenarios.load('history_1936'), level='verdict'); "
        "print(next(row.split()[1] for row in open('/proc/self/status') if row.startswith('VmHWM')))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(told.stdout) / 1024


COLD_RUN = command("run", SCENARIO, "--seed", str(SEED), "--json")
COLD_FOLDER = command("run", SCENARIO, "--seed", str(SEED), "--quiet", "--out", "{out}/run")
CASES = (
    Case("Fall Weiss alone, in process", "CPU-s", 0.15, campaign, repeats=7),
    Case("campaign day", "CPU-ms", 1.0, campaign_day, repeats=7),
    Case("a week at the table, adjudicated and stored", "CPU-s", 0.3, table_week, needs="wargame.table.game"),
    Case("seven reports with maps, umpire's sheet, 2 workers", "s", 10.0, seven_reports, 2, "wargame.table.papers"),
    Case("console, first paint of the page at the door", "ms", 300.0, console.first_paint, 3, console.NEEDS),
    Case("console, a turn drawn in 10 browsers", "ms", 150.0, console.update, 3, console.NEEDS, warms_up=False),
    Case("one run 1936-1942, in process", "CPU-s", 1.2, whole_run),
    Case("one run 1924-1936, in process", "CPU-s", 0.2, peace),
    Case("200 roll-outs of 30 days, 2 workers", "s", 5.0, roll_outs, 1, "wargame.study.rollouts", warms_up=False),
    Case("1,000 runs 1936-1942, 2 workers", "min", 10.0, thousand_runs, 1, "wargame.study.workers", warms_up=False),
    Case("scenario loaded and checked", "CPU-s", None, scenario_load),
    Case("map data loaded", "CPU-s", 0.15, map_load),
    Case("cold command to a verdict", "s", 2.0, COLD_RUN, needs="wargame.__main__"),
    Case("cold run with its run folder", "s", None, COLD_FOLDER, repeats=3, needs="wargame.__main__"),
    Case("cold run with one map", "s", 3.5, cold_map, repeats=3, needs="wargame.show.maps"),
    Case("one worker, peak memory", "MiB", 250.0, worker_memory, repeats=3),
    Case("state copied", "CPU-ms", None, world_copy),
    Case("state saved and loaded", "CPU-ms", None, world_save),
    Case("journal, 1,000 events written", "CPU-ms", None, journal_record),
    Case("journal, 1,000 entries read and verified", "CPU-ms", None, journal_read),
    Case("daily columns of a campaign written", "CPU-ms", None, companion_write),
)  # fmt: skip
