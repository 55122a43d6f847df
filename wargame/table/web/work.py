"""Long work in the background, one piece at a time: how far it is, what came of it, and how it is given up."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from wargame.errors import UsageError, WargameError

Progress = Callable[[int, int], None]


class _GivenUpError(Exception):
    """The umpire wants it no more."""


@dataclass(frozen=True)
class Piece:
    """A piece of work. ``state``: running, done, failed or given up; ``error`` says why it failed."""

    number: int = 0
    what: str = ""
    state: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    found: Any = None


class Work:
    """The work of one console."""

    def __init__(self) -> None:
        self.piece = Piece()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, what: str, total: int, make: Callable[[Progress], Any]) -> int:
        """Begin something in a thread of its own; returns its number. `UsageError` while something else is at work."""
        with self._lock:
            if self.piece.state == "running":
                raise UsageError(f"still at work: {self.piece.what}; wait for it, or give it up")
            number = next(self._numbers)
            self.piece = Piece(number, what, "running", 0, total)
            self._thread = threading.Thread(target=self._do, args=(number, make), daemon=True)
        self._thread.start()
        return number

    def give_up(self) -> None:
        """Stop at the next step; nothing comes of it."""
        with self._lock:
            if self.piece.state == "running":
                self.piece = replace(self.piece, state="given up")

    def wait(self, seconds: float) -> None:
        """Wait until the work is over, but not for ever."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _do(self, number: int, make: Callable[[Progress], Any]) -> None:
        def progress(done: int, total: int) -> None:
            with self._lock:
                if self.piece.number != number or self.piece.state != "running":
                    raise _GivenUpError
                self.piece = replace(self.piece, done=done, total=total)

        try:
            end = {"state": "done", "found": make(progress)}
        except _GivenUpError:
            return
        except (WargameError, ValueError) as error:
            end = {"state": "failed", "error": str(error)}
        except BaseException:
            self._end(number, {"state": "failed", "error": "this went wrong; the console's own window says why"})
            raise
        self._end(number, end)

    def _end(self, number: int, end: dict[str, Any]) -> None:
        with self._lock:
            if self.piece.number == number and self.piece.state == "running":
                self.piece = replace(self.piece, **end)
