"""``scenarios``: what there is to play, and which overlays change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json
from wargame.cli.verdicts import NARROW
from wargame.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from wargame.load.shelf import Piece, Shelf

Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="A scenario or an overlay, to be told more of it.", show_default=False),
]


def scenarios(name: Name = None, data: Data = None, as_json: Json = False) -> None:
    """List the scenarios; of one, tell what it is about and which overlays change it; of an overlay, what differs.

    An overlay is a point of divergence: `wargame run SCENARIO --overlay NAME`. It fits a scenario that opens before the
    two histories part.

    Examples:
    wargame scenarios
    wargame scenarios history_1938
    wargame scenarios no_munich
    """
    from wargame.load.shelf import shelf

    found = shelf(data or ())
    if name is None:
        told: Any = [_scenario(found, s) for s in found.scenarios.values()]
    elif name in found.scenarios:
        told = _scenario(found, found.scenarios[name])
    elif name in found.overlays:
        told = _overlay(found, found.overlays[name])
    else:
        known = [*found.scenarios, *found.overlays]
        hint = did_you_mean(name, known) or "wargame scenarios lists them"
        raise UsageError(f"no scenario and no overlay '{name}' ({hint})")
    if as_json:
        console.put_json(told)
    elif name is None:
        _show_all(found)
    else:
        _show_one(found, told)


def _scenario(found: Shelf, piece: Piece) -> dict[str, Any]:
    return {
        "scenario": piece.name, "title": piece.head("title"),
        "opening": piece.day("opening"), "ends": piece.day("ends"),
        "about": piece.paragraphs("summary"), "file": str(piece.file),
        "overlays": [o.name for o in found.variants(piece)],
    }  # fmt: skip


def _overlay(found: Shelf, piece: Piece) -> dict[str, Any]:
    return {
        "overlay": piece.name, "title": piece.head("title"), "opens_by": piece.day("opens_by") or None,
        "about": piece.paragraphs("why"), "file": str(piece.file),
        "scenarios": [s.name for s in found.scenarios.values() if piece in found.variants(s)],
    }  # fmt: skip


UNREAD = "cannot be read; wargame validate says why"


def _show_all(found: Shelf) -> None:
    from rich.table import Table

    out = console.output()
    if out.width < NARROW:
        for s in found.scenarios.values():
            typer.echo(f"{s.name}: {s.head('title') or UNREAD}")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("scenario", "from", "to", "title"):
        table.add_column(column, no_wrap=column != "title", overflow="fold")
    for s in found.scenarios.values():
        title = console.escaped(s.head("title") or UNREAD)
        table.add_row(s.name, s.day("opening")[:7], s.day("ends")[:7], title)
    out.print(table)
    typer.echo("\nWhat one is about, and which overlays change it:  wargame scenarios NAME")


def _show_one(found: Shelf, told: dict[str, Any]) -> None:
    out = console.output()
    name = told.get("scenario") or told["overlay"]
    out.print(f"[bold]{console.escaped(told['title'] or UNREAD)}[/bold]")
    when = f"{told['opening']} to {told['ends']}" if "scenario" in told else ""
    if told.get("opens_by"):
        when = f"for scenarios that open by {told['opens_by']}"
    typer.echo("\n".join(filter(None, (when, told["file"]))))
    for paragraph in told["about"]:
        typer.echo(f"\n{console.hung(paragraph, 0)}")
    pieces = [found.overlays[n] for n in told.get("overlays", ())] + [
        found.scenarios[n] for n in told.get("scenarios", ())
    ]
    if not pieces:
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for piece in pieces:
        table.add_row(f"  {piece.name}", console.escaped(piece.head("title")))
    typer.echo("\nOverlays that change it:" if "scenario" in told else "\nIt may be laid over:")
    out.print(table)
    last = pieces[-1].name  # of the scenarios the one that opens nearest to it, which is the quickest to play
    words = f"{name} --overlay {pieces[0].name}" if "scenario" in told else f"{last} --overlay {name}"
    typer.echo(f"\nSuch as:  wargame run {words}")
