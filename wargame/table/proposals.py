"""What the rules propose for each contested matter of a turn: the range, the odds, what drives it, what came before.

`proposals` looks at one turn as the rules played it, and at the same turn rolled out many times with other luck. What
came the same way every time and changed nothing is no matter; everything else is, the weightiest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wargame.engine import Run
from wargame.journal import Entry
from wargame.scenario import Setup
from wargame.show.prose import percent, sentence
from wargame.study.rollouts import Outturn
from wargame.study.statistics import share
from wargame.table.clashes import conflicts, free_orders
from wargame.table.field_matters import battles, losses, operations, standings
from wargame.table.forms import Instruction
from wargame.table.matters import Proposal, Turn
from wargame.table.state_matters import decisions, governments, treaties
from wargame.world import World

FEW = 10
"""Roll-outs that must stand on both sides of a comparison before anything is read from it."""
APART = 0.25
"""Difference between two shares from which it is worth a sentence."""


def proposals(
    setup: Setup,
    before: World,
    run: Run,
    rolled: Sequence[Outturn] = (),
    *,
    past: Sequence[Entry] = (),
    instructions: Sequence[Instruction] = (),
) -> list[Proposal]:
    """Every contested matter of a turn, the weightiest first.

    ``before``: the position at its opening. ``run``: the turn by the rules, its journal of level ``events`` or more.
    ``rolled``: the same turn with other luck, to the same hour. ``past``: the journal of the game up to the turn.
    ``instructions``: what the seats ordered, for conflicts and for orders in free words.
    """
    turn = Turn(setup, before, run, tuple(rolled), past)
    found = [*battles(turn), *decisions(turn), *operations(turn), *standings(turn), *losses(turn)]
    found += [*treaties(turn), *governments(turn), *free_orders(turn, instructions)]
    whole = [replace(p, drivers=(*p.drivers, *_hinges(turn, p))) for p in conflicts(turn, instructions, found)]
    return sorted(whole, key=lambda p: (-p.importance, p.id))


# --- what it hinges on -----------------------------------------------------------------------------------------------


def _hinges(turn: Turn, p: Proposal) -> tuple[str, ...]:
    """The one other matter with which this one's outcome goes together most in the roll-outs, if any does, in words.

    Told where the two shares differ by `APART` and their intervals lie apart. It says nothing of which causes which.
    """
    if p.id not in turn.asked:
        return ()
    answer, say = turn.asked[p.id]
    came = [answer(o) == answer(turn.ruled) for o in turn.rolled]
    best, told = APART, ""
    for other, (asked, said) in sorted(turn.asked.items()):
        if other.rpartition(":")[2] == p.id.rpartition(":")[2]:
            continue
        answers = [asked(o) for o in turn.rolled]
        usual = max(sorted(set(answers)), key=answers.count, default="")
        there = [c for c, a in zip(came, answers, strict=True) if a == usual]
        elsewhere = [c for c, a in zip(came, answers, strict=True) if a != usual]
        if min(len(there), len(elsewhere)) < FEW:
            continue
        one, two = share(sum(there), len(there)), share(sum(elsewhere), len(elsewhere))
        if abs(one.value - two.value) >= best and not one.overlaps(two):
            best = abs(one.value - two.value)
            told = (
                f"{say(answer(turn.ruled))} in {percent(one.value)} of the {len(there)} roll-outs in which "
                f"{said(usual)}, and in {percent(two.value)} of the {len(elsewhere)} others"
            )
    return (sentence(f"with it goes: {told}"),) if told else ()
