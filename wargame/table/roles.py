"""What umpires may do, by role: the lead everything, the others what their work is. The command line is the lead's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from wargame.errors import WargameError
from wargame.table.state import LEAD
from wargame.umpiring import CONDITIONS, parse

Duty = Literal["game", "field", "words", "log"]
"""game: clock, seats, styles, forks, whatever is not below. field: what is contested on the map, and odds. words: what
the seats are told and write. log: notes; reading and previews are open to every umpire."""

DUTIES: Mapping[str, tuple[Duty, ...]] = {
    LEAD: ("game", "field", "words", "log"),
    "map": ("field", "log"),
    "liaison": ("words", "log"),
    "scribe": ("log",),
}
FIELD_DOMAINS = frozenset(["battle", "campaign"])
"""Domains of matters on which the umpire for the map rules."""
FIELD_VERBS = frozenset(["control", "losses", "return", "move", "surrender", "disperse", "die", *CONDITIONS])
"""Effects that are on the map."""


class NotYoursError(WargameError):
    """Another umpire does that."""


def check(role: str, duty: Duty) -> None:
    """`NotYoursError` unless the role has the duty."""
    if duty not in DUTIES[role]:
        who = " or ".join(r for r in DUTIES if duty in DUTIES[r])
        raise NotYoursError(f"you are umpire as {role}; the {who} umpire does that")


def check_ruling(role: str, domain: str, effects: Iterable[str]) -> None:
    """`NotYoursError` unless the role may rule so on a matter of a domain; an empty domain: a ruling of its own."""
    check(role, "field")
    if "game" in DUTIES[role]:
        return
    if domain and domain not in FIELD_DOMAINS:
        raise NotYoursError(f"you are umpire as {role}; the lead umpire rules on matters of '{domain}'")
    if far := sorted({parse(line).verb for line in effects} - FIELD_VERBS):
        raise NotYoursError(f"you are umpire as {role}; the lead umpire decides on {', '.join(far)}")


def check_change(role: str, by: str, what: str = "this") -> None:
    """`NotYoursError` unless the role may change or take back a ruling; ``by``: whose, as the record has it.

    The lead has the last word: another umpire changes only what umpires of his own role have ruled.
    """
    if role != LEAD and not by.endswith(f"({role})"):
        raise NotYoursError(f"you are umpire as {role}; the lead umpire has ruled on {what}, and only he changes it")


def check_inject(role: str, effects: Iterable[str]) -> None:
    """`NotYoursError` unless the role may bring in an inject with these effects."""
    check(role, "words")
    if any(effects) and "game" not in DUTIES[role]:
        raise NotYoursError(f"you are umpire as {role}; the lead umpire brings in what changes the world")
