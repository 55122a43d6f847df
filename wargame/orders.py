"""What a seat may tell its headquarters to do, and the one written form of it.

An order is one line an umpire can read aloud::

    ger_x_korps attack lodz, warszawa
    pol_armia_lodz defend sieradz, wielun
    pol_armia_krakow withdraw tarnow, sandomierz
    pol_armia_modlin stand
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Verb(StrEnum):
    """What a headquarters does with the formations under it."""

    ATTACK = "attack"  # along the named provinces in turn
    DEFEND = "defend"  # hold the named provinces
    WITHDRAW = "withdraw"  # fall back to the named line, then defend it
    BREAKOUT = "breakout"  # fight towards the named provinces from inside a pocket
    MOVE = "move"  # march to the named provinces through friendly land
    STAND = "stand"  # stay where you are


@dataclass(frozen=True, slots=True)
class Order:
    """One standing order; ``where`` lists province ids, in order for `attack`, as a line for the rest."""

    hq: str
    verb: Verb
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.hq} {self.verb} {', '.join(self.where)}".rstrip()

    __repr__ = __str__

    @staticmethod
    @lru_cache(maxsize=65536)
    def parse(text: str) -> Order:
        """Read the written form; `ValueError` says which part is unreadable."""
        words = text.replace(",", " ").split()
        if len(words) < 2:
            raise ValueError(f"unreadable order '{text}': write HEADQUARTERS VERB PROVINCE, PROVINCE ...")
        if words[1] not in set(Verb):
            raise ValueError(f"unreadable order '{text}': '{words[1]}' is none of {', '.join(Verb)}")
        order = Order(words[0], Verb(words[1]), tuple(words[2:]))
        if order.verb is not Verb.STAND and not order.where:
            raise ValueError(f"unreadable order '{text}': '{order.verb}' needs at least one province")
        return order
