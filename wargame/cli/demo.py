"""``demo``: a whole campaign with everything that can be made of it, for whoever sees the game for the first time."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from wargame.cli import console
from wargame.cli.options import Quiet, Seed

if TYPE_CHECKING:
    from wargame.engine import Run
    from wargame.scenario import Setup

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
    from wargame.cli.play import play, tell
    from wargame.load import scenarios
    from wargame.run_folder import Asked, Writer, is_run
    from wargame.verdict import verdict

    setup = scenarios.load(SCENARIO)
    with Writer(out, Asked(SCENARIO, seed), force=is_run(out)) as folder:
        run = play(setup, seed, "full", quiet=quiet)
        folder.run(run)
        if not quiet:
            verdicts.show(setup, verdict(setup, run.world, run.journal))
        with console.working("drawing maps", quiet=quiet):
            pictures = _pictures(setup, run, out)
            folder.add(p.name for p in pictures)
        with console.working("writing the diary, the report and map layers", quiet=quiet):
            tell(folder, run, [(p, _caption(p)) for p in pictures])
    if not quiet:
        _next(out, pictures)


def _pictures(setup: Setup, run: Run, out: Path) -> list[Path]:
    """Situation maps of four days and a strip of the campaign, which comes first."""
    from wargame.cli.draw import Look, draw_run, ground_for

    ground = ground_for(setup.atlas)
    strip = draw_run(setup, run.journal, [], out / "strip.png", Look(), ground, strip=True)
    return [*strip, *draw_run(setup, run.journal, DAYS, out / "situation.png", Look(), ground)]


def _caption(picture: Path) -> str:
    from wargame import dates

    day = picture.stem.rpartition("_")[2]
    if picture.stem == "strip":
        return "The campaign at a glance"
    return f"The situation at the end of {dates.spoken(dates.parse(day), year=True)}"


def _next(out: Path, pictures: list[Path]) -> None:
    from rich.panel import Panel
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    meanings = {
        "report.html": "the report: open it in a browser",
        "diary.md": "the war diary, day by day",
        pictures[0].name: "the campaign at a glance",
        pictures[1].name: "the situation on the third day; three later days lie beside it",
        "situation.gpkg": "who held what when, for QGIS and its time slider",
        "tables.md": "what the Parquet tables hold",
    }
    for name, meaning in meanings.items():
        if (out / name).exists():
            table.add_row(console.escaped(str(out / name)), meaning)
    there = console.escaped(quote(str(out)))
    table.add_row(f"wargame explain {there} weiss", "why it ended so")
    table.add_row(f"wargame map {there} -d 1939-09-14", "any other day")
    table.add_row(f"wargame run {SCENARIO} --seed 8", "the same war with other luck")
    table.add_row(f"wargame run {SCENARIO} --overlay no_soviet_entry", "if the Red Army had stayed out")
    console.output().print(Panel(table, title="[bold]What to look at next[/bold]", title_align="left"))
