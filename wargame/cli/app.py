"""The program: its verbs in the order a newcomer meets them, and how every error leaves it."""

from __future__ import annotations

import errno
import io
import logging
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from wargame.cli import (
    ask,
    atlas,
    bring_in,
    compare,
    demo,
    draw,
    files,
    forecast,
    game,
    game_files,
    kit,
    longrun,
    moderate,
    oob,
    play,
    political,
    runs,
    serve,
    shelf,
    studies,
    study,
)
from wargame.cli.console import fail
from wargame.errors import WargameError

EPILOG = """Start with:  wargame demo

Then:  wargame run fall_weiss_1939 --seed 7 --out out/weiss

What else there is to play:  wargame scenarios

Every command explains itself:  wargame run --help

Exit codes: 0 fine, 1 findings or a failed run, 2 wrong usage. Data goes to stdout, messages to stderr."""


class Verbs(TyperGroup):
    """The group of all verbs; errors a user can cause end it with lines on stderr and never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; every `WargameError`, missing file and broken pipe becomes an exit code."""
        try:
            return super().invoke(ctx)
        except WargameError as error:
            fail(error)
        except typer.BadParameter as error:
            error.message = _plainly(error.message)
            raise
        except BrokenPipeError:  # `wargame ... | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            fail(WargameError(_told(error)))
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(130) from None
        except MemoryError:
            fail(WargameError("out of memory (close other programs, or run at --level events)"))


PLAINLY = (
    (r"Value error, ", ""),
    (r"Input should be a valid integer, got a number with a fractional part", "it should be a whole number"),
    (r"Input should be a valid integer, unable to parse string as an integer", "it should be a whole number"),
    (r"Unable to parse input string as an integer, exceeded maximum size", "it should be a smaller number"),
    (r"Input should be a valid number, unable to parse string as a number", "it should be a number"),
    (r"Input should be greater than or equal to (\S+)", r"it should be \1 or more"),
    (r"Input should be less than or equal to (\S+)", r"it should be \1 or less"),
)
"""What the library says of a wrong value, and the same in plain words."""


def _plainly(message: str) -> str:
    """What is wrong with the value of an option, in plain words."""
    for said, plain in PLAINLY:
        message = re.sub(said, plain, message)
    return message


def _told(error: OSError) -> str:
    """A system's error as one line with a remedy."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "make room on that disk, then try again" if full else "check the path and its permissions"
    return f"{f'{error.filename}: ' if error.filename else ''}{error.strerror or error} ({remedy})"


app = typer.Typer(
    cls=Verbs,
    name="wargame",
    help="A geopolitical wargame of the 1930s: play a scenario, read why it ended as it did, see it on maps.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        import wargame

        typer.echo(f"wargame {wargame.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def _add(verb: Callable[..., Any], panel: str, group: typer.Typer = app) -> None:
    """Register a verb under its own name; the docstring's lines under ``Examples:`` become its epilog."""
    text, _, examples = (verb.__doc__ or "").partition("\n    Examples:\n")
    lines = [line.strip() for line in examples.strip().splitlines()]
    epilog = "\n\n".join(["Examples:", *(f"  {line}" for line in lines)]) if lines else None
    text = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))  # lines break where the terminal ends
    name = {"draw": "map"}.get(verb.__name__, verb.__name__.strip("_").replace("_", "-"))
    group.command(name, help=text, epilog=epilog, rich_help_panel=panel)(verb)


for _panel, _verbs in (
    ("Play", (demo.demo, shelf.scenarios, play.run, kit.kit)),
    (
        "Look at a run",
        (runs.explain, political.timeline, draw.draw, runs.report, runs.replay, forecast.forecast, longrun.longrun),
    ),
    ("Ask the map, the armies and the leaders", (atlas.atlas, oob.oob, ask.ask)),
    ("Files", (files.validate, files.schema, files.cite)),
    ("Study", (studies.study, studies.sql, compare.compare, study.validate_history)),
    ("This installation", (files.doctor,)),
):
    for _verb in _verbs:
        _add(_verb, _panel)

table = typer.Typer(
    name="game",
    help="Run a game at a table: one umpire, seats in secret, rulings, undo and fork, on paper or on screens.",
    epilog="Start with:  wargame game new fall_weiss_1939 --file weiss.game --seats POL,GER",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
app.add_typer(table, rich_help_panel="Play")
for _verb in game.VERBS:
    _add(_verb, "The game and its seats", table)
for _verb in (*moderate.VERBS, *bring_in.VERBS):
    _add(_verb, "The umpire", table)
for _verb in game_files.VERBS:
    _add(_verb, "Papers and files", table)
for _verb in serve.VERBS:
    _add(_verb, "The game and its seats", table)


def main() -> None:
    """The command ``wargame``."""
    _ready_streams()
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where to keep its cache is no news for a player
    try:
        app()
    except KeyboardInterrupt:  # before a verb had begun
        typer.echo("interrupted", err=True)
        raise SystemExit(130) from None
    except OSError as error:  # while typer itself was writing: the help, on a full disk
        with suppress(OSError):
            typer.echo(f"error: {_told(error)}", err=True)
        raise SystemExit(1) from None


def _ready_streams() -> None:
    """Make sure that there is something to read and to write to, and that no town's name can stop the program."""
    if sys.stdin is None:  # closed by the caller: `wargame ... <&-`
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for the whole process
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: `wargame ... >&-`
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # on an old code page rather "?" than nothing
