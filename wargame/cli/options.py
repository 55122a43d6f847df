"""Options that mean the same in every verb."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Detail(StrEnum):
    """How much the journal keeps."""

    verdict = "verdict"
    events = "events"
    full = "full"


ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's name, or the path of its TOML file.", show_default=False)
]
RunPath = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder, as `wargame run --out` writes it.", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", "-s", min=0, help="Which luck: the same seed gives the same bytes.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON value on stdout instead of a table.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages and no progress; errors are still printed.")]
Overlays = Annotated[
    list[str] | None,
    typer.Option("--overlay", metavar="NAME", help="A point of divergence to lay over the scenario; repeatable."),
]
Data = Annotated[
    list[Path] | None,
    typer.Option("--data", metavar="DIR", help="A folder with maps, scenarios or forces of your own; repeatable."),
]
Force = Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")]
