"""``kit``: what a table needs on paper to play a scenario: maps, counters, briefings, forms."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wargame.cli import console
from wargame.cli.options import Data, Force, Json, Overlays, Quiet
from wargame.errors import UsageError


class Paper(StrEnum):
    """Paper of the maps."""

    a4 = "a4"
    a3 = "a3"


class Gathered(StrEnum):
    """What gets a counter of its own."""

    auto = "auto"
    divisions = "divisions"
    corps = "corps"
    armies = "armies"


Seats = Annotated[
    str,
    typer.Option("--seats", metavar="POL,GER", help="Powers that people play. [default: the game's]"),
]
Into = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write into.")]
Size = Annotated[Paper, typer.Option("--paper", help="Paper of the maps; all else is A4.")]
Counters = Annotated[Gathered, typer.Option("--counters", help="What gets a counter; auto goes by army size.")]
Length = Annotated[
    str | None, typer.Option("--turn", metavar="LENGTH", help="Length of a turn: day, week, month, '3 days'.")
]
Name = Annotated[str, typer.Argument(metavar="GAME", help="A ready game, a scenario, or its file.", show_default=False)]


def kit(
    scenario: Name,
    seats: Seats = "",
    out: Into = Path("kit"),
    paper: Size = Paper.a4,
    counters: Counters = Gathered.auto,
    turn: Length = None,
    overlay: Overlays = None,
    data: Data = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print a game for a table: maps, counters, briefings, order forms, tent cards, a turn track.

    Every seat has a folder with what it may know and nothing else, the umpire one with the rest. The same game
    gives the same bytes. For a game in progress: wargame game kit.

    Examples:
    wargame kit three_days_1939
    wargame kit fall_weiss_1939 --seats POL,GER
    wargame kit history_1939 --seats GER,POL,GBR,FRA,SOV,ITA --turn month --paper a3 -o kit_1939
    """
    import os
    import tempfile

    from wargame.table import papers
    from wargame.table.game import Game

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder with --out")
    if out.exists() and any(out.iterdir()) and not force:
        raise UsageError(f"{out} is not empty; name another folder with --out, or add --force to write into it")
    people = [p for p in seats.replace(",", " ").split() if p] or None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kit.game"
        with Game.create(file, scenario, seats=people, turn=turn, overlays=overlay or (), data=data or ()) as game:
            who = len(people or game.state.humans)
            with console.working(f"printing for {who or 'all'} seats", quiet=quiet):
                written = papers.kit(game, out, paper=paper.value, counters=counters.value, workers=os.cpu_count() or 1)
    if as_json:
        console.put_json([str(p) for p in written])
    else:
        for path in written:
            typer.echo(str(path))
