"""``demo``: a whole campaign with everything that can be made of it, for whoever sees the game for the first time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wargame.cli import console
from wargame.cli.options import Quiet, Seed

if TYPE_CHECKING:
    from wargame.cli.draw import Look
    from wargame.engine import Run
    from wargame.load.scenarios import Setup

SCENARIO = "fall_weiss_1939"
DAYS = ("1939-09-03", "1939-09-09", "1939-09-17", "1939-09-26")

Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the run folder and the maps go.")]


def demo(out: Out = Path("out/demo"), seed: Seed = 7, quiet: Quiet = False) -> None:
    """Play the German attack on Poland in 1939 and show everything the game makes of it.

    Prints the verdict with its causes and writes the diary, the report, tables and maps into one folder. Takes less
    than half a minute and needs no network.

    Examples:
    wargame demo
    wargame demo --seed 11 --out out/other
    """
    from wargame.cli import verdicts
    from wargame.cli.draw import Look
    from wargame.cli.play import play_into
    from wargame.load import scenarios
    from wargame.run_folder import Asked, is_run
    from wargame.verdict import verdict

    setup = scenarios.load(SCENARIO)
    run = play_into(out, setup, Asked(SCENARIO, seed), force=is_run(out), quiet=quiet)
    if not quiet:
        verdicts.show(setup, verdict(setup, run.world, run.journal))
    pictures = _pictures(setup, run, out, Look(), quiet=quiet)
    if not quiet:
        _next(out, pictures)


def _pictures(setup: Setup, run: Run, out: Path, look: Look, *, quiet: bool) -> list[Path]:
    """Situation maps of four days and a strip of the campaign."""
    from wargame.cli.draw import draw_run

    with console.working("drawing maps", quiet=quiet):
        written = draw_run(setup, run.journal, DAYS, out / "situation.png", look)
        return [*written, *draw_run(setup, run.journal, [], out / "strip.png", look, strip=True)]


def _next(out: Path, pictures: list[Path]) -> None:
    from rich.panel import Panel
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    meanings = {
        "report.html": "the report: open it in a browser",
        "diary.md": "the war diary, day by day",
        pictures[-1].name: "the campaign at a glance",
        pictures[0].name: f"the situation on {pictures[0].stem.rpartition('_')[2]}, and three later days beside it",
        "tables.md": "what the Parquet tables hold",
    }
    for name, meaning in meanings.items():
        if (out / name).exists():
            table.add_row(str(out / name), meaning)
    table.add_row(f"wargame explain {out} weiss", "why it ended so") if _can_explain() else None
    table.add_row(f"wargame map {out} -d 1939-09-14", "any other day")
    table.add_row(f"wargame run {SCENARIO} --seed 8", "the same war with other luck")
    table.add_row(f"wargame run {SCENARIO} --overlay no_soviet_entry", "if the Red Army had stayed out")
    console.output().print(Panel(table, title="[bold]What to look at next[/bold]", title_align="left"))


def _can_explain() -> bool:
    from importlib.util import find_spec

    return find_spec("wargame.show.explain") is not None
