"""``study``, ``sql``, ``compare``: many runs of a scenario, what they say, and two of them side by side."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Quiet
from wargame.errors import UsageError

if TYPE_CHECKING:
    from wargame.study.batch import Outcome, State
    from wargame.study.design import Design

StudyName = Annotated[
    str, typer.Argument(metavar="FILE", help="A study file (TOML), or the name of one that ships.", show_default=False)
]
Runs = Annotated[
    int | None,
    typer.Option("--runs", "-n", min=1, help="Seeds a cell, instead of the file's own number.", show_default=False),
]
Cells = Annotated[
    int | None, typer.Option("--cells", min=1, help="Only the first so many cells of the design.", show_default=False)
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", "-w", min=1, max=4096, help="Processes. [default: one a processor]", show_default=False),
]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="A Dask scheduler, such as tcp://node1:8786, or its file.",
        show_default=False,
    ),
]
StudyOut = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="DIR", help="The study's folder. [default: out/studies/ID]", show_default=False
    ),
]
Anew = Annotated[bool, typer.Option("--force", help="Begin anew in a folder that holds a study already.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the file, list its cells, and run nothing.")]


def study(
    file: StudyName,
    runs: Runs = None,
    cells: Cells = None,
    workers: Workers = None,
    scheduler: Scheduler = "",
    out: StudyOut = None,
    dry_run: DryRun = False,
    force: Anew = False,
    data: Data = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Play a scenario many times: every cell of a design with every seed, on all processors or on a cluster.

    The same command goes on where it was interrupted, even by a kill; with more --runs it adds what is missing. A run
    that fails is a row of the table failures. Neither the number of workers nor their order changes a result.

    Examples:
    wargame study bloc --dry-run
    wargame study bloc --runs 20 --out out/bloc
    wargame study my_study.toml --runs 100 --workers 2 --json
    wargame study bloc --scheduler tcp://node1:8786 --out out/bloc
    wargame sql out/bloc "select bloc, soviet, count(*) from runs group by all"
    """
    from wargame.errors import Fault
    from wargame.study import design as designs

    if scheduler and workers is not None:
        raise UsageError("--workers or --scheduler, not both: a scheduler has workers of its own")
    warnings: list[Fault] = []
    with console.counting("checking", quiet=quiet) as checked:
        asked = designs.load(file, data or (), cells=cells, warnings=warnings, progress=checked)
    for warning in warnings:
        console.say(f"warning: {warning}", quiet=quiet)
    seeds = runs if runs is not None else asked.head.runs
    if dry_run:
        _show_design(asked, seeds, as_json=as_json)
        return
    folder = out if out is not None else Path("out") / "studies" / asked.head.id
    done = _play(asked, seeds, folder, _command(file, runs, cells, data), workers, scheduler, force=force, quiet=quiet)
    _show_outcome(asked, done, folder, as_json=as_json, quiet=quiet)
    if done.failed:
        raise typer.Exit(1)


def _command(file: str, runs: int | None, cells: int | None, data: Any) -> str:
    """What the user asked for, but for where and by whom it is done."""
    from shlex import join

    words = (
        [file]
        + (["--runs", str(runs)] if runs is not None else [])
        + (["--cells", str(cells)] if cells is not None else [])
    )
    return join([*words, *(w for d in data or () for w in ("--data", str(d)))])


def _play(
    asked: Design, seeds: int, out: Path, command: str, workers: int | None, scheduler: str, *, force: bool, quiet: bool
) -> Outcome:
    from wargame.study import batch
    from wargame.study.folder import Folder
    from wargame.study.workers import pool

    with (
        pool(workers, scheduler) as on,
        Folder(out, asked, command, force=force) as folder,
        _progress(asked.head.id, quiet=quiet) as watch,
    ):
        return batch.run(asked, folder, on, seeds, watch)


@contextmanager
def _progress(title: str, *, quiet: bool) -> Iterator[Callable[[State], None] | None]:
    """A bar with rate and time left on a terminal; elsewhere a line now and then."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(title, total=None, told="")
            yield lambda s: bars.update(task, completed=s.done, total=s.total, told=_told(s))
    else:
        yield _lines(title)


def _lines(title: str) -> Callable[[State], None]:
    spoken = time.monotonic() - 8.0  # the first line after two seconds, then one every ten

    def watch(state: State) -> None:
        nonlocal spoken
        if time.monotonic() - spoken >= 10.0:
            spoken = time.monotonic()
            console.say(f"{title}: {state.done:,} of {state.total:,} runs, {_told(state)}")

    return watch


def _told(state: State) -> str:
    left = state.left_s
    parts = [f"{state.rate:.3g} a second", f"{_spoken(left)} left" if left is not None else ""]
    return ", ".join(p for p in (*parts, f"{state.failed:,} failed" if state.failed else "") if p)


def _spoken(seconds: float) -> str:
    """A duration as one says it: 42 s, 7 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60:,} h {minutes % 60} min"


def _show_design(asked: Design, seeds: int, *, as_json: bool) -> None:
    rows = asked.rows()
    if as_json:
        console.put_json({"study": asked.head.id, "runs": seeds, "total": seeds * len(asked.cells), **rows})
        return
    typer.echo(f"{asked.head.title}: scenario {asked.head.scenario}, design {asked.file.design.kind}")
    for cell in asked.cells[:40]:
        typer.echo(f"  {cell.number}  {cell.name}" + (f"  ({', '.join(cell.overlays)})" if cell.overlays else ""))
    if len(asked.cells) > 40:
        typer.echo(f"  ... and {len(asked.cells) - 40:,} more")
    typer.echo(f"{len(asked.cells):,} cells x {seeds:,} seeds = {len(asked.cells) * seeds:,} runs; nothing was run")


def _show_outcome(asked: Design, done: Outcome, out: Path, *, as_json: bool, quiet: bool) -> None:
    from shlex import quote

    found = {
        "study": asked.head.id,
        "out": str(out),
        "cells": len(asked.cells),
        "runs": done.runs,
        "new": done.new,
        "failed": done.failed,
        "stopped_early": bool(done.stopped),
    }
    if as_json:
        console.put_json(found)
    if quiet:
        return
    text = f"{done.runs:,} runs of {len(asked.cells):,} cells in {out}, {done.new:,} of them new"
    if done.new:
        text += f" in {_spoken(done.seconds)} ({done.new / max(done.seconds, 1e-9):.3g} a second)"
    console.say(text)
    if done.stopped:
        console.say(f"stopped after {done.stopped:,} seeds a cell: every interval is narrow enough")
    if done.failed:
        why = f'wargame sql {quote(str(out))} "select cell, seed, error from failures"'
        console.say(f"{done.failed:,} runs failed; which and why: {why}")
    console.say(
        f'next: wargame sql {quote(str(out))} "from answers"; the tables are explained in {out / "study_data.md"}'
    )


# --- sql -------------------------------------------------------------------------------------------------------------

StudyDir = Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder, or a run's.", show_default=False)]
Query = Annotated[
    str, typer.Argument(metavar="QUERY", help="SQL over the tables of the folder; none lists them.", show_default=False)
]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV on stdout.")]
MOST_ROWS = 200
LIST = """select table_name as "table", string_agg(column_name, ', ' order by column_index) as columns
from duckdb_columns() where not internal group by all order by all"""


def sql(folder: StudyDir, query: Query = "", as_json: Json = False, as_csv: AsCsv = False) -> None:
    """Ask the tables of a study, or of a run, in SQL (DuckDB's). Without a query, list the tables and their columns.

    On the screen at most 200 rows are shown; --csv and --json give all.

    Examples:
    wargame sql out/bloc
    wargame sql out/bloc "select operation, outcome, count(*) n from operations group by all order by n desc"
    wargame sql out/bloc "select * from runs where status = 'failed'" --csv
    """
    if as_json and as_csv:
        raise UsageError("--json or --csv, not both")
    import duckdb

    from wargame.study.tables import connect

    with connect(folder) as base:
        text = query or LIST
        try:
            asked = base.execute(text)
            names = [d[0] for d in asked.description or ()]
            rows = asked.fetchall()
        except duckdb.Error as error:
            known = ", ".join(
                n for (n,) in base.execute("select view_name from duckdb_views() where not internal").fetchall()
            )
            raise UsageError(f"{' '.join(str(error).split())} (the tables are {known})") from None
    _put(names, rows, as_json=as_json, as_csv=as_csv)


def _put(names: list[str], rows: list[tuple[Any, ...]], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        console.put_json([dict(zip(names, map(_plain, row), strict=True)) for row in rows])
    elif as_csv:
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif names:
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for i, name in enumerate(names):
            numbers = bool(rows) and all(isinstance(r[i], (int, float)) or r[i] is None for r in rows)
            table.add_column(console.escaped(name), justify="right" if numbers else "left")
        for row in rows[:MOST_ROWS]:
            table.add_row(*(console.escaped(_cell(v)) for v in row))
        console.output().print(table)
        if len(rows) > MOST_ROWS:
            console.say(f"{len(rows) - MOST_ROWS:,} more rows; --csv or --json shows all")


def _plain(value: Any) -> Any:
    """A value as JSON can carry it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
