"""``validate-history``: the model beside what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Quiet

Played = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario whose history is on file.")]
Seeds = Annotated[int, typer.Option("--seeds", "-n", min=1, help="How many runs: seeds 1 to N.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes. [default: one a processor]")]
Page = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write the page here, not to stdout.")]


def validate_history(
    scenario: Played = "fall_weiss_1939",
    seeds: Seeds = 200,
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
    """
    from wargame.study.comparison import as_dict
    from wargame.study.validation import play
    from wargame.study.validation_page import page

    with console.counting("runs", quiet=quiet) as progress:
        study = play(scenario, seeds, workers, progress, tuple(map(str, data or ())))
    if as_json:
        console.put_json(as_dict(study))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page(study), encoding="utf-8", newline="\n")
        console.say(f"wrote {out}", quiet=quiet)
    elif not as_json:
        typer.echo(page(study), nl=False)
