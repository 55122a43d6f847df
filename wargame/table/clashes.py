"""Orders that an umpire must settle: those in free words, and those of two seats that cannot both be carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from wargame.journal import Entry
from wargame.table.matters import STAKES, Outcome, Proposal, Turn
from wargame.table.written import Instruction

NOTHING_COMES = "nothing comes of it"


def free_orders(turn: Turn, instructions: Sequence[Instruction]) -> Iterator[Proposal]:
    """Orders in free words: nobody but the umpire can say what comes of them."""
    for order in (i for i in instructions if i.kind == "free"):
        n, who = _entry_of(turn, order), turn.country(order.power)
        words = order.args[0] if order.args else order.text.strip()
        yield Proposal(
            id=f"order:{order.power}:{order.line}", about=f"{who} orders: {words}", domain="order",
            importance=STAKES["order"], likely="for the umpire to say", best=f"{who} has its way",
            worst=NOTHING_COMES, probability=-1.0,
            drivers=("Written in free words: the rules have no answer of their own.",),
            precedents=turn.before_this(partial(_ruled_for, who)), conflicts=(), because=n, hour=turn.before.hour,
            power=order.power, rule=NOTHING_COMES,
            outcomes=(Outcome(f"{who} has its way", -1.0), Outcome(NOTHING_COMES, -1.0)), powers=(order.power,),
            root=turn.root(n),
        )  # fmt: skip


def _ruled_for(who: str, e: Entry) -> int:
    return int(e.kind == "ruling_made" and e.data["about"].startswith(f"{who} orders"))


def _entry_of(turn: Turn, order: Instruction) -> int:
    """The entry by which an order stands in the turn's journal, or the last one before the turn."""
    told = (e for e in turn.of_kind("decision") if e.data["power"] == order.power and str(order) in e.data["answer"])
    entry = next(told, None)
    return entry.n if entry is not None else max(turn.before.journal_length - 1, 0)


def conflicts(turn: Turn, instructions: Sequence[Instruction], found: Sequence[Proposal]) -> list[Proposal]:
    """The proposals, each with the orders that bear on it and cannot both be carried out."""
    return list(found)
