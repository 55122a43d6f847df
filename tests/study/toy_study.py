"""A study of the toy scenario as files, quick enough to be run many times over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.toy_files import write_toy
from wargame.study import batch
from wargame.study.design import Design, load
from wargame.study.folder import Folder
from wargame.study.workers import Pool, pool

STUDY = """[study]
id = "toy_study"
title = "Does Red's delay help Blue?"
question = "Red attacks at once or ten days later."
scenario = "scenarios/toy.toml"
runs = 6
dates = [1930-05-10]

[[factors]]
id = "start"
title = "When Red attacks"
[[factors.levels]]
id = "at_once"
[[factors.levels]]
id = "late"
overlays = ["late"]

[[factors]]
id = "pace"
number = "combat.break_off_per_day"
values = [0.35, 0.5]

[[questions]]
id = "red_wins"
title = "Does Red take its objective?"
operation = "red_attack"
outcomes = ["launched_succeeded"]

[[questions]]
id = "blue_dead"
losses = "BLU.killed"

[[questions]]
id = "red_men"
state = "RED.men"
on = 1930-05-10

[[questions]]
id = "red_day"
operation = "red_attack"
measure = "launch_day"

[[questions]]
id = "war"
war = ["RED", "BLU"]

[[questions]]
id = "held"
held = { power = "RED", province = "p02" }
"""


def write_study(folder: Path, text: str = STUDY, **changes: Any) -> Path:
    """A toy data folder with a study in it; its path. ``changes`` are fields of `tests.toy_files.Toy`."""
    write_toy(folder, 5, **{"red_divisions": 5, "blu_divisions": 4, "ends": "1930-06-10"} | changes)
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def play(design: Design, out: Path, on: Pool | None = None, runs: int | None = None, **how: Any) -> batch.Outcome:
    """Run a study into a folder, in this process unless a pool is given."""
    with Folder(out, design, str(design.path), **how) as folder, on or pool(1) as workers:
        return batch.run(design, folder, workers, runs if runs is not None else design.head.runs)


def tables(out: Path) -> dict[str, bytes]:
    """The ordered tables, byte by byte."""
    return {p.name: p.read_bytes() for p in sorted((out / "tables").glob("*.parquet"))}


def loaded(folder: Path, text: str = STUDY, **changes: Any) -> Design:
    """A toy study, written and loaded."""
    return load(write_study(folder, text, **changes))
