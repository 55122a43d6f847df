"""``forecast``: what may become of a run from one of its days on."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Json, Quiet, RunPath
from wargame.errors import UsageError, WargameError

if TYPE_CHECKING:
    from wargame.run_folder import RunFolder
    from wargame.scenario import Setup
    from wargame.study.forecast import Forecast
    from wargame.world import World

At = Annotated[
    str, typer.Option("--at", metavar="DATE", help="From the end of this day, or from an hour (1939-09-05T18).")
]
Runs = Annotated[int, typer.Option("--runs", "-n", min=1, max=100_000, help="How many roll-outs.")]
Days = Annotated[int, typer.Option("--days", "-d", min=1, max=3660, help="How many days each goes on.")]
WORKERS_HELP = "Processes. [default: one a processor]"
Workers = Annotated[int | None, typer.Option("--workers", min=1, help=WORKERS_HELP, show_default=False)]
FIRST_HELP = "Number of the first roll-out: another one gives other luck."
First = Annotated[int, typer.Option("--first", min=1, help=FIRST_HELP)]


def forecast(
    run: RunPath,
    at: At,
    runs: Runs = 200,
    days: Days = 30,
    first: First = 1,
    workers: Workers = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Play a run on from one of its days many times with other luck, and say what became of it.

    The table gives shares of the roll-outs with 95 % Wilson intervals: who holds which places, which operations are
    launched and how they end, wars, governments, treaties, and the range of the losses. It is what an umpire's odds
    are. Roll-outs never go past the scenario's end. The number of workers changes no figure.

    Examples:
    wargame forecast out/weiss --at 1939-09-05 --runs 20 --days 14
    wargame forecast out/weiss --at 1939-09-05 --runs 20 --days 14 --json
    """
    from wargame.cli.runs import opened
    from wargame.study.forecast import as_dict
    from wargame.study.forecast import forecast as summed
    from wargame.study.rollouts import roll_out

    folder = opened(run)
    setup, world = _position(folder, at)
    until = min(world.hour + days * 24, setup.scenario.scenario.ends)
    processes = workers if workers is not None else os.cpu_count() or 1
    with console.counting("roll-outs", quiet=quiet) as progress:
        numbers = range(first, first + runs)
        outturns = list(roll_out(setup, world, until, numbers, workers=processes, progress=progress))
    found = summed(setup, world, outturns)
    if as_json:
        console.put_json({"run": setup.scenario.id, "seed": world.seed} | as_dict(found))
    elif not quiet:
        show(setup, found)


def _position(folder: RunFolder, at: str) -> tuple[Setup, World]:
    """The run played again up to the moment asked for, and checked against its journal up to there."""
    from wargame import dates
    from wargame.cli.runs import hour_after
    from wargame.engine import Engine
    from wargame.load.scenarios import opening_world

    folder.check_fit()
    setup, journal = replace(folder.setup, data_hash=folder.manifest["data_hash"]), folder.journal
    hour, opening, end = hour_after(at), setup.scenario.scenario.opening, dates.parse(folder.manifest["end"])
    if not opening <= hour < end:
        span = f"it goes from {dates.iso(opening)} to {dates.iso(end)}, and a forecast needs a day before the last"
        raise UsageError(f"{at} is not in the run: {span}")
    engine = Engine(setup, opening_world(setup, folder.asked.seed), level="verdict")
    world = engine.run(hour).world
    world.hour = hour
    told = [e for e in journal if e.hour < hour]
    if told and told[-1].hash != world.journal_hash:
        what = f"{folder.path}: today's rules tell this run otherwise before {dates.instant(hour)}"
        remedy = f"see where: wargame replay {folder.path} --readjudicate; or run it again: {folder.asked.command()}"
        raise WargameError(f"{what} ({remedy})")
    return setup, world


def show(setup: Setup, found: Forecast) -> None:
    """The shares and ranges of a forecast as tables."""
    from wargame import dates
    from wargame.study.forecast import tables

    out = console.output()
    title = console.escaped(setup.scenario.scenario.title)
    out.print(f"[bold]{title}: what may come[/bold]")
    span = f"{dates.spoken(found.begins, year=True)} to {dates.spoken(found.until, year=True)}"
    out.print(f"from {span}, {found.runs} roll-outs with other luck\n")
    made = tables(setup, found)
    if not made:
        out.print("Nothing is in doubt: every roll-out leaves things as they are.")
    for table in made:
        out.print(_table(table))


def _table(table: Any) -> Any:
    from rich import box
    from rich.table import Table

    shown = Table(box=box.SIMPLE, title=table.title, title_justify="left", title_style="bold", pad_edge=False)
    for n, head in enumerate(table.heads):
        shown.add_column(head, justify="right" if n and len(table.heads) > 4 else "left")
    for row in table.rows:
        shown.add_row(*map(console.escaped, row))
    return shown
