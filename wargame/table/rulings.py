"""What the umpire decides about a proposal, with a reason, and how it enters the turn when it is played again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["accept", "move", "replace", "table_result", "dice"]
Style = Literal["rigid", "semi-rigid", "free", "consensual", "matrix"]


@dataclass(frozen=True, slots=True)
class Argument:
    """A matrix argument: what is claimed, reasons for and against, what each voter thinks its chance is, the odds.

    ``odds`` are those agreed on; ``roll`` is the number that came, in (0, 1): under the odds the claim succeeds.
    """

    claim: str
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()
    votes: tuple[tuple[str, float], ...] = ()
    odds: float = 0.5
    roll: float = 0.5


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling. ``proposal`` is the id of the matter, empty for an act of the umpire's own.

    ``effects`` are lines in the umpire's written form (`wargame.umpiring`), ``hour`` when they take effect (0: at the
    opening of the turn). ``rule`` and ``probability`` keep what the rules proposed; ``beyond`` says that the ruling lies
    outside the range of the roll-outs.
    """

    id: str
    proposal: str
    kind: Kind
    effects: tuple[str, ...]
    reason: str
    by: str = "umpire"
    hour: int = 0
    about: str = ""
    rule: str = ""
    decided: str = ""
    probability: float = -1.0
    beyond: bool = False
    argument: Argument | None = None
