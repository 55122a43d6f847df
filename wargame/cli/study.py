"""``validate-history``: the model beside what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Quiet

Progress = Callable[[int, int], None] | None
Played = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario whose history is on file.")]
SEEDS_HELP = "How many runs: seeds 1 to N. [default: 200; 20 of each scenario with --politics]"
Seeds = Annotated[int | None, typer.Option("--seeds", "-n", min=1, help=SEEDS_HELP, show_default=False)]
POLITICS_HELP = "Check the politics instead: decisions, free runs, blocs. The scenario's name is not used."
Politics = Annotated[bool, typer.Option("--politics", help=POLITICS_HELP)]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes. [default: one a processor]")]
Page = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write the page here, not to stdout.")]


def validate_history(
    scenario: Played = "fall_weiss_1939",
    seeds: Seeds = None,
    politics: Politics = False,
    workers: Workers = None,
    out: Page = None,
    data: Data = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Set every figure of a campaign beside many runs: history's range, the model's, hit or miss.

    Misses stay on the page with their size and direction; they are findings about the model and no failure of the
    command. The number of workers changes no figure.

    Examples:
    wargame validate-history -o validation.md
    wargame validate-history fall_weiss_1939 --seeds 20 --json
    wargame validate-history --politics --seeds 20 -o validation_politics.md
    """
    folders = tuple(map(str, data or ()))
    with console.counting("runs", quiet=quiet) as progress:
        if politics:
            plain, text = _politics(seeds or 20, workers, progress, folders)
        else:
            plain, text = _campaign(scenario, seeds or 200, workers, progress, folders)
    if as_json:
        console.put_json(plain)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
        console.say(f"wrote {out}", quiet=quiet)
    elif not as_json:
        typer.echo(text, nl=False)


def _campaign(
    scenario: str, seeds: int, workers: int | None, progress: Progress, data: tuple[str, ...]
) -> tuple[dict[str, Any], str]:
    """A campaign beside its history: as plain data and as a page."""
    from wargame.study.comparison import as_dict
    from wargame.study.validation import play
    from wargame.study.validation_page import page

    study = play(scenario, seeds, workers, progress, data)
    return as_dict(study), page(study)


def _politics(seeds: int, workers: int | None, progress: Progress, data: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The politics beside history: as plain data and as a page."""
    from wargame.study import political
    from wargame.study.political_page import as_dict, page

    study = political.study(seeds, workers, progress, data)
    return as_dict(study), page(study)
