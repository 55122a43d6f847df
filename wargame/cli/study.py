"""``validate-history``: many runs of a campaign set beside what history says of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Quiet

Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario that has a history file.")]
Seeds = Annotated[int, typer.Option("--seeds", "-n", min=1, help="How many runs: seeds 1 to this number.")]
Workers = Annotated[
    int | None, typer.Option("--workers", "-w", min=1, help="Processes. [default: one a processor]", show_default=False)
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The Markdown page to write.")]


def validate_history(
    scenario: Scenario = "fall_weiss_1939",
    seeds: Seeds = 200,
    workers: Workers = None,
    out: Out = Path("docs/validation.md"),
    as_json: Json = False,
    quiet: Quiet = False,
    data: Data = None,
) -> None:
    """Play a campaign many times and write a page that sets every figure of history beside the model, misses first.

    The same version and seeds give the same bytes, whatever the number of workers. History is read from
    scenarios/history/<scenario>.csv. With --json the comparison goes to stdout and no page is written.

    Examples:
    wargame validate-history --seeds 20 --out out/validation.md
    wargame validate-history --json | jq .bar
    """
    from wargame.study import comparison, validation
    from wargame.study.validation_page import page

    folders = tuple(map(str, data or ()))
    with _progress(quiet=quiet) as told:
        study = validation.play(scenario, seeds, workers, told, folders)
    found = comparison.as_dict(study)
    if as_json:
        console.put_json(found)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(study), encoding="utf-8", newline="\n")
    summary = f"{found['hits']} of {found['facts']} facts hit in {found['runs']} runs"
    console.say(f"{summary}; wrote {out}", quiet=quiet)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What to tell after each run: a bar on a terminal, a line now and then elsewhere, `None` when quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("runs", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _lines() -> Callable[[int, int], None]:
    """A line every ten seconds, for a log."""
    spoken = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal spoken
        if time.monotonic() - spoken >= 10.0:
            spoken = time.monotonic()
            console.say(f"{done} of {total} runs")

    return told
