"""The players' orders: what they may write, and what is wrong with what they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["political", "military", "standing", "free"]
Why = Literal["unreadable", "not allowed now", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a seat, understood. ``str`` gives its canonical line; `parse` reads that back.

    ``args`` follow the verb in the order of the written form; ``text`` is the line as the player wrote it.
    """

    power: str
    verb: str
    args: tuple[str, ...]
    text: str
    line: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be an instruction: which of the three ways it fails, why in one line, and what to try."""

    line: int
    text: str
    why: Why
    reason: str
    suggestions: tuple[str, ...] = ()
