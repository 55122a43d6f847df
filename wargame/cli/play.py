"""``demo`` and ``run``: play a scenario from its opening to its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console, verdicts
from wargame.cli.options import Data, Detail, Force, Json, Overlays, Quiet, ScenarioName, Seed

if TYPE_CHECKING:
    from wargame.engine import Run

AllTowns = Annotated[bool, typer.Option("--all-towns", help="List the fall of every town, not only those of note.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Write a run folder: journal, verdict, tables, diary."),
]
LEVEL_HELP = "How much the journal keeps. [default: full with --out, else events]"
Level = Annotated[Detail | None, typer.Option("--level", help=LEVEL_HELP, show_default=False)]


def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
    overlay: Overlays = None,
    data: Data = None,
    level: Level = None,
    all_towns: AllTowns = False,
    force: Force = False,
) -> None:
    """Play a scenario by the rules, without players, and print how it ended and why.

    The same scenario, seed and version give the same bytes. The verdict names one of nine outcomes for every operation,
    with the chain of causes back to the opening, losses, and the dates on which towns fell.

    Examples:
    wargame run fall_weiss_1939 --seed 7
    wargame run fall_weiss_1939 --seed 7 --json | jq .operations.weiss.outcome
    wargame run fall_weiss_1939 --overlay no_soviet_entry --out out/alone
    wargame run my/scenario.toml --data my/
    """
    wanted = str(level or (Detail.full if out else Detail.events))
    played = play(scenario, seed, overlay or [], data or [], wanted, quiet=quiet)
    from wargame.verdict import verdict  # noqa: PLC0415

    found = verdict(played.setup, played.world, played.journal, all_towns=all_towns)
    if as_json:
        console.put_json(found)
    elif not quiet:
        verdicts.show(played.setup, found)


def play(scenario: str, seed: int, overlays: list[str], data: list[Path], level: Any, *, quiet: bool) -> Run:
    """Load and run a scenario, with progress on stderr."""
    from wargame import engine  # noqa: PLC0415
    from wargame.load import scenarios  # noqa: PLC0415

    setup = scenarios.load(scenario, overlays, data)
    head = setup.scenario.scenario
    with console.progress(head.title, head.opening, head.ends, quiet=quiet) as watch:
        return engine.run(setup, seed, level=level, watch=watch)
