"""``game``: the papers of a game, and its file: reports, kit, after-action pack, log, export, import, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from wargame.cli import console
from wargame.cli.game import As, GameFile, opened
from wargame.cli.options import Json, Quiet
from wargame.errors import UsageError, WargameError

if TYPE_CHECKING:
    from collections.abc import Callable


def _a_folder(path: Path) -> Path:
    """The path, unless a file has that name."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; name a folder with --out")
    return path


Into = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write into.", callback=_a_folder)]


def report(game: GameFile, out: Into, seat: As = None, as_json: Json = False, quiet: Quiet = False) -> None:
    """Write the reports of the last turn, as Markdown and PDF with maps: each player's, the umpire's, the newspaper.

    With --as only one: a seat's, --as umpire, or --as observer for the newspaper. What a seat's report says comes from
    what it knows, byte for byte: preview it, then hand it out.

    Examples:
    wargame game report weiss.game --out turn1
    wargame game report weiss.game --as POL --out turn1/pol
    """
    import os

    from wargame.table import papers

    with opened(game) as g, console.working("writing reports", quiet=quiet):
        whose = "" if seat is None else seat if seat in {"umpire", "observer"} else seat.upper()
        files = papers.report(g, out, whose, workers=os.cpu_count() or 1) if whose != "observer" else []
        if whose in {"", "observer"}:
            files += papers.newspaper(g, out)
        _wrote(files, as_json=as_json, quiet=quiet)


def kit(
    game: GameFile,
    out: Into,
    paper: Annotated[str, typer.Option("--paper", metavar="SIZE", help="a4 or a3")] = "a4",
    counters: Annotated[
        str, typer.Option("--counters", metavar="SIZE", help="auto, divisions, corps or armies")
    ] = "auto",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write everything for the paper table as PDF: maps, counters, briefings, forms, umpire's sheets, tent cards.

    Examples:
    wargame game kit weiss.game --out kit
    wargame game kit weiss.game --out kit --paper a3 --counters corps
    """
    import os

    from wargame.table.papers import kit as write

    for name, word, known in (
        ("--paper", paper, ("a4", "a3")),
        ("--counters", counters, ("auto", "divisions", "corps", "armies")),
    ):
        if word not in known:
            raise UsageError(f"{name} {word}: write one of: {', '.join(known)}")
    with opened(game) as g, console.working("writing the kit", quiet=quiet):
        files = write(g, out, paper=paper, counters=cast("Any", counters), workers=os.cpu_count() or 1)
        _wrote(files, as_json=as_json, quiet=quiet)


def aar(
    game: GameFile,
    out: Into,
    forks: Annotated[
        list[Path] | None, typer.Option("--fork", metavar="FILE", help="A fork to set beside the game; repeatable.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the after-action pack: what happened and why, rulings beside the rules, beliefs beside truth, an archive.

    In the archive seats have no names of people. It shows everything to everybody: hand it out when the game is over.

    Examples:
    wargame game aar weiss.game --out after
    wargame game aar weiss.game --out after --fork what-if.game
    """
    from contextlib import ExitStack

    from wargame.table import papers

    with ExitStack() as stack:
        g = stack.enter_context(opened(game))
        others = [stack.enter_context(opened(f)) for f in forks or ()]
        with console.working("writing the after-action pack", quiet=quiet):
            _wrote(papers.aar(g, out, forks=others), as_json=as_json, quiet=quiet)


def _wrote(files: list[Path], *, as_json: bool, quiet: bool) -> None:
    if as_json:
        console.put_json([str(f) for f in files])
    elif not quiet:
        for file in files:
            typer.echo(str(file))


# --- the file --------------------------------------------------------------------------------------------------------


def log(
    game: GameFile, last: Annotated[int, typer.Option("--last", help="Only so many.")] = 0, as_json: Json = False
) -> None:
    """List every act at the table: number, real time, who, what; undone ones too.

    Examples:
    wargame game log weiss.game --last 20
    wargame game log weiss.game --json
    """
    with opened(game) as g:
        acts = g.store.acts[-last:] if last else g.store.acts
        if as_json:
            console.put_json(
                [{k: getattr(a, k) for k in ("n", "at", "who", "kind", "seat", "body", "hash")} for a in acts]
            )
            return
        for a in acts:
            typer.echo(f"{a.n:>4}  {a.at[:19]}  {a.who:<12} {a.kind:<10} {a.seat:<4} {_gist(a.kind, a.body)}".rstrip())


def _gist(kind: str, body: dict[str, Any]) -> str:
    """What an act did, in a few words."""
    if kind == "orders":
        return f"{len(body['accepted'])} orders, {len(body['rejected'])} sent back"
    if kind == "committed":
        from wargame import dates

        return f"turn {body['turn']}, to {dates.instant(body['until'])}"
    if kind == "ruling":
        return f"{body['ruling']['id']} on {body['ruling']['proposal'] or 'nothing asked'}: {body['ruling']['reason']}"
    for name in ("text", "title", "length", "place", "name"):
        if body.get(name):
            return str(body[name]).splitlines()[0][:80]
    return f"to act {body['to']}" if "to" in body else ""


def export(game: GameFile, out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None) -> None:
    """Write a game as JSON Lines, one act a line, with everything needed to go on; to stdout or a file.

    Examples:
    wargame game export weiss.game --out weiss.jsonl
    """
    import sys

    with opened(game) as g:
        if out is None:
            g.export(sys.stdout)
            return
        if out.exists():
            raise UsageError(f"{out} exists already; name another file")
        with out.open("w", encoding="utf-8", newline="\n") as file:
            g.export(file)


def import_(
    source: Annotated[Path, typer.Argument(metavar="EXPORT", help="A file that export wrote.", show_default=False)],
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="The game's file, to be written.")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a game file of an export; every line is checked.

    Examples:
    wargame game import weiss.jsonl --file again.game
    """
    from wargame.table.game import Game

    with Game.import_(file, source) as g:
        if as_json:
            console.put_json(g.status())
            return
        console.say(f"{file}: {g.created['title']}, {len(g.store.acts)} acts", quiet=quiet)


def check(
    game: GameFile,
    accept: Annotated[
        bool,
        typer.Option("--accept-files", help="Go on with the scenario's files as they are now."),
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Play every turn again, with its orders and rulings, and compare.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check a game file from end to end: the chain of acts, every state, every journal, and the scenario's files.

    With --replay every turn is adjudicated again by today's rules; exit code 1 if any comes out otherwise.

    Examples:
    wargame game check weiss.game
    wargame game check weiss.game --replay
    wargame game check weiss.game --accept-files
    """
    with opened(game) as g:
        if accept:
            changed = g.accept_files()
            console.say(f"accepted: {', '.join(changed) or 'nothing had changed'}", quiet=quiet)
        g.check()
        g.journal()
        assert g.setup
        acts, blobs, differ = len(g.store.acts), len(g.store.blob_names()), []
        console.say(f"{game}: {acts} acts, {blobs} states and journals, all sound", quiet=quiet or as_json)
        if replay:
            with console.working("playing the game again", quiet=quiet):
                differ = g.replay()
        if as_json:
            found = {"acts": acts, "blobs": blobs, "turns": g.state.turn, "replayed": replay, "differ": differ}
            console.put_json(found)
        if differ:
            turns = ", ".join(map(str, differ))
            raise WargameError(f"{game}: played again, these turns come out otherwise: {turns} (the rules changed)")
        if replay:
            console.say(f"played again, all {g.state.turn} turns come out the same", quiet=quiet or as_json)


VERBS: tuple[Callable[..., Any], ...] = (report, kit, aar, log, export, import_, check)
