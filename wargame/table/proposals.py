"""What the rules propose for each contested matter of a turn: the range, the odds, what drives it, what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Domain = Literal["battle", "campaign", "decision", "diplomacy", "government", "order"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a matter can come out. ``share``: of the roll-outs, 0..1 (-1: not rolled out).

    ``means``: lines in the umpire's written form (`wargame.umpiring`) that bring it about when the turn is played
    again at ``hour`` (0: at the opening); none where it is what the rules came to, or where no line brings it about.
    """

    text: str
    share: float
    means: tuple[str, ...] = ()
    hour: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One contested matter. ``id`` is stable while the turn and its orders are the same.

    ``rule`` is what the rules themselves came to in this turn and ``probability`` its share of the roll-outs (or the
    rule's own odds where there are none), with its 95 % ``interval``. ``likely``, ``best`` and ``worst`` are as seen by
    ``power``, who acts; ``powers`` are all whom it concerns. ``outcomes`` are the range, most likely first. ``drivers``
    are sentences with numbers. ``precedents`` are entries of this game's journal, ``because`` is the entry at issue and
    ``root`` the nearest cause of it before the turn. ``die`` names the one die that decides, if one does: (purpose,
    subject, number), and ``odds`` what it must stay under for the acting power to have its way.
    """

    id: str
    about: str
    domain: Domain
    importance: float
    likely: str
    best: str
    worst: str
    probability: float
    drivers: tuple[str, ...]
    precedents: tuple[int, ...]
    conflicts: tuple[str, ...]
    because: int
    hour: int = 0
    power: str = ""
    rule: str = ""
    interval: tuple[float, float] = (0.0, 1.0)
    outcomes: tuple[Outcome, ...] = ()
    die: tuple[str, str, int] | None = None
    odds: float = 0.0
    powers: tuple[str, ...] = ()
    root: int = 0
