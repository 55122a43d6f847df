"""What went wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding in one place. ``severity`` is ``error`` or ``warning``."""

    code: str
    file: str
    what: str
    remedy: str = ""
    line: int | None = None
    severity: str = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file} line {self.line}"
        return f"{place}: {self.what}" + (f" ({self.remedy})" if self.remedy else "")

    def as_dict(self) -> dict[str, str | int | None]:
        """The finding as plain data, for ``--json``."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "what": self.what,
            "remedy": self.remedy,
        }


class WargameError(Exception):
    """Base of every error a user can cause; the command line prints it without a traceback."""

    exit_code = 1


class InputError(WargameError):
    """Files that cannot be used; carries every fault found, not only the first. Exit code 1."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class UsageError(WargameError):
    """A request that makes no sense: an unknown name, a missing run. Exit code 2."""

    exit_code = 2


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The remedy for a misspelt name: the nearest choice, or an empty string."""
    close = difflib.get_close_matches(word, sorted(choices), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
