"""What the verbs share to speak: data on stdout, messages on stderr, faults, progress."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from wargame.errors import Fault, InputError, WargameError

if TYPE_CHECKING:
    from rich.console import Console

    from wargame.world import World


def say(text: str, *, quiet: bool = False) -> None:
    """A message for whoever watches, on stderr."""
    if not quiet:
        typer.echo(text, err=True)


def fail(error: WargameError) -> NoReturn:
    """Print an error, one line a fault, on stderr and leave with its exit code."""
    faults = error.faults if isinstance(error, InputError) else ()
    for line in [f"{f.severity}: {f}" for f in faults] or [f"error: {error}"]:
        typer.echo(line, err=True)
    if len(faults) > 1:
        typer.echo(counted(faults), err=True)
    raise typer.Exit(error.exit_code)


def counted(faults: tuple[Fault, ...] | list[Fault]) -> str:
    """How many errors and warnings there are, in words."""
    errors = sum(f.severity == "error" for f in faults)
    parts = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (len(faults) - errors, "warning")) if n]
    return ", ".join(parts) or "no faults"


def put_json(value: Any) -> None:
    """One JSON value on stdout; in pure ASCII where the stream could not carry a town's name."""
    unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    typer.echo(json.dumps(value, ensure_ascii=not unicode, indent=2))


def escaped(text: str) -> str:
    """Text with what rich would take for markup made harmless."""
    from rich.markup import escape

    return escape(text)


def hung(text: str, indent: int) -> str:
    """A line as it stands on stdout: on a terminal broken at its edge and hung by ``indent``, elsewhere whole.

    What stands before the text, up to a date or a mark, is to be no wider than the indent.
    """
    if not sys.stdout.isatty():
        return text
    from textwrap import fill

    width, hang = max(output().width, 2 * indent), " " * indent
    return fill(text, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def output() -> Console:
    """A rich console on stdout: colours on a terminal, plain text elsewhere."""
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # who reads has read enough; rich would leave with exit code 1

    return Screen(highlight=False, soft_wrap=not sys.stdout.isatty())


@contextmanager
def progress(title: str, begins: int, ends: int, *, quiet: bool = False) -> Iterator[Callable[[World], None] | None]:
    """A watcher for `wargame.engine.run` that shows how far the clock has come.

    A bar on a terminal; elsewhere nothing for a second, then a line now and then. `None` when quiet.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(title, begins, ends) as watch:
            yield watch
    else:
        yield _lines(title, ends)


@contextmanager
def working(text: str, *, quiet: bool = False) -> Iterator[None]:
    """A spinner on stderr, on a terminal, for work whose length is not known."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def telling(*, quiet: bool = False) -> Iterator[Callable[[str], None] | None]:
    """A spinner on stderr, on a terminal, that says what is being done."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading") as status:
        yield status.update


@contextmanager
def counting(title: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """A watcher that is told how many of how many are done: a bar on a terminal, elsewhere a line now and then."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(title, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)
    else:
        yield _counted_lines(title)


def _counted_lines(title: str) -> Callable[[int, int], None]:
    spoken = time.monotonic() - 9.0  # the first line after one second, then one every ten

    def count(done: int, total: int) -> None:
        nonlocal spoken
        if time.monotonic() - spoken >= 10.0:
            spoken = time.monotonic()
            say(f"{title}: {done} of {total}")

    return count


@contextmanager
def _bar(title: str, begins: int, ends: int) -> Iterator[Callable[[World], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from wargame import dates

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=max(ends - begins, 1), day="")

        def watch(world: World) -> None:
            bars.update(task, completed=world.hour - begins, day=dates.spoken(world.hour, year=True))

        yield watch


def _lines(title: str, ends: int) -> Callable[[World], None]:
    from wargame import dates

    spoken = time.monotonic() - 4.0  # the first line after one second, then one every five

    def watch(world: World) -> None:
        nonlocal spoken
        if time.monotonic() - spoken >= 5.0:
            spoken = time.monotonic()
            say(f"{title}: {dates.iso(world.hour)} of {dates.iso(ends)}")

    return watch
