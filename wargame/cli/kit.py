"""``kit``: what a table needs on paper to play a scenario: maps, counters, briefings, forms."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Force, Json, Overlays, Quiet, ScenarioName
from wargame.errors import UsageError, did_you_mean


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
    typer.Option("--seats", metavar="POL,GER", help="Powers that people play. [default: all in play]"),
]
Into = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write into.")]
Size = Annotated[Paper, typer.Option("--paper", help="Paper of the maps; all else is A4.")]
Counters = Annotated[Gathered, typer.Option("--counters", help="What gets a counter; auto goes by army size.")]
Length = Annotated[str, typer.Option("--turn", metavar="LENGTH", help="Length of a turn: day, week, month, '3 days'.")]


def kit(
    scenario: ScenarioName,
    seats: Seats = "",
    out: Into = Path("kit"),
    paper: Size = Paper.a4,
    counters: Counters = Gathered.auto,
    turn: Length = "week",
    overlay: Overlays = None,
    data: Data = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print a scenario for a table: maps, counters, briefings, order forms, tent cards, a turn track.

    Every seat has a folder with what it may know and nothing else, the umpire one with the rest. The same scenario
    gives the same bytes. For a game in progress: wargame game kit.

    Examples:
    wargame kit fall_weiss_1939 --seats POL,GER
    wargame kit history_1939 --seats GER,POL,GBR,FRA,SOV,ITA --turn month --paper a3 -o kit_1939
    """
    from wargame.cli.draw import ground_for
    from wargame.load import scenarios
    from wargame.table import kit as kits
    from wargame.table.turn import checked_length

    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        raise UsageError(f"{out} is not empty; name another folder with --out, or add --force to write into it")
    length = checked_length(turn)
    setup = scenarios.load(scenario, overlay or (), data or ())
    chosen = _seats(setup, seats)
    head = setup.scenario.scenario
    with console.working(f"printing for {len(chosen)} seats", quiet=quiet):
        opening = kits.opening_turn(setup, chosen)
        track = tuple(kits.turns_from(head.opening, length, head.ends))
        plan = kits.Plan(paper.value, counters.value, track)
        written = kits.print_kit(opening, ground_for(setup.atlas, data or ()), out, plan)
    if as_json:
        console.put_json([str(p) for p in written])
    else:
        for path in written:
            typer.echo(str(path))


def _seats(setup: Any, named: str) -> list[str]:
    """The seats named, or all of the scenario; `UsageError` for a power that is not on the map."""
    known = [p.id for p in setup.scenario.powers if p.id in setup.atlas.power_number]
    chosen = [p.strip().upper() for p in named.split(",") if p.strip()] or known
    for power in chosen:
        if power not in known:
            hint = did_you_mean(power, known) or f"there are: {', '.join(sorted(known))}"
            raise UsageError(f"there is no seat '{power}' in scenario '{setup.scenario.id}'; {hint}")
    return list(dict.fromkeys(chosen))
