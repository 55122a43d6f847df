"""What a game leaves behind, turn by turn: for the debriefing and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wargame import dates, replay
from wargame.engine import Run
from wargame.sides import AIR, FIRST_UNIT
from wargame.table import redact
from wargame.table.desk import Desk, Rows
from wargame.table.forms import Instruction
from wargame.table.game import Game
from wargame.table.matters import Proposal
from wargame.table.rulings import Ruling, read
from wargame.table.state import State, instruction, proposal
from wargame.world import Status, World


@dataclass(frozen=True)
class Played:
    """One turn of the game as it stands: its days, what was ordered, proposed and ruled, and the position after it."""

    number: int
    act: int
    began: int
    until: int
    world: World
    orders: tuple[Instruction, ...]
    proposals: tuple[Proposal, ...]
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True)
class Belief:
    """What a seat saw of its enemies after a turn, and what there was: men and formations in the field."""

    turn: int
    hour: int
    power: str
    enemies: tuple[str, ...]
    men_seen: float
    men_true: float
    formations_seen: int
    formations_true: int


@dataclass(frozen=True)
class Strength:
    """A power's means after a turn (turn 0: at the opening)."""

    turn: int
    hour: int
    power: str
    men: float
    lost: float
    districts: int


class Past:
    """A game read once from beginning to end."""

    def __init__(self, game: Game) -> None:
        self.game, self.setup, self.state = game, game.setup, game.state
        self.title = str(game.created["title"])
        self.run: Run = game.run()
        self.journal = self.run.journal

    @cached_property
    def opening(self) -> World:
        """The position at the opening."""
        return self.game.world(self.game.states[self.game.line()[0].n])

    @cached_property
    def turns(self) -> tuple[Played, ...]:
        """The turns that led to the position, in order."""
        found: list[Played] = []
        for act in self.game.line():
            if act.kind != "committed":
                continue
            b, before = act.body, self.game.states[act.n - 1]
            found.append(
                Played(len(found) + 1, act.n, b["began"], b["until"], self.game.world(self.game.states[act.n]),
                       tuple(instruction(i) for i in b["orders"]), self._proposals(before),
                       tuple(read(r) for r in b["rulings"]))
            )  # fmt: skip
        return tuple(found)

    def _proposals(self, state: State) -> tuple[Proposal, ...]:
        if not state.proposed:
            return ()
        return tuple(proposal(p) for p in self.game.store.acts[state.proposed].body["proposals"])

    @cached_property
    def players(self) -> tuple[str, ...]:
        """Powers that people played, now or in a turn that counts."""
        then = {p for t in self.turns for p in self.game.states[t.act - 1].humans}
        return tuple(sorted({*self.state.humans, *then}))

    @cached_property
    def powers(self) -> tuple[str, ...]:
        """Players and whoever was at war, if they have land: whose strength is followed."""
        at_war = {p for w in self.run.world.wars.values() for p in (*w.attackers, *w.defenders)}
        return tuple(sorted({*self.players, *at_war} & set(self.setup.atlas.power_number)))

    @cached_property
    def strengths(self) -> tuple[Strength, ...]:
        """Every followed power at the opening and after every turn."""
        moments = [(0, self.opening), *((t.number, t.world) for t in self.turns)]
        return tuple(self._strength(n, w, p) for n, w in moments for p in self.powers)

    def frames(self, most: int) -> list[World]:
        """The positions at the ends of days spread evenly from the opening to the present, at most so many."""
        first, last = self.opening.hour, self.run.world.hour
        days = max(1, (last - first) // dates.DAY)
        step = -(-days // max(1, most - 2))
        hours = [*range(first + step * dates.DAY, last, step * dates.DAY)]
        between = replay.worlds(self.journal, self.setup, hours) if hours else []
        return [self.opening, *between, *([self.run.world] if last > first else [])]

    def _strength(self, turn: int, world: World, power: str) -> Strength:
        f, own = world.forces, self.setup.atlas.power_number[power]
        mine = f.power == own
        lost = sum(float(column[mine].sum()) for column in (f.killed, f.wounded, f.captured, f.missing))
        held = int((world.controller == own).sum())
        return Strength(turn, world.hour, power, float(f.men[_in_the_field(world, [own])].sum()), lost, held)

    @cached_property
    def beliefs(self) -> tuple[Belief, ...]:
        """What every player at war saw of his enemies after every turn."""
        return tuple(b for turn in self.turns for power in self.players if (b := self._belief(turn, power)))

    def _belief(self, turn: Played, power: str) -> Belief | None:
        seen = redact.seen(self.setup, turn.world, power)
        desk = Desk(self.setup, self.title, turn.number, power, turn.began, seen)
        numbers = [self.setup.atlas.power_number[p] for p in desk.enemies if p in self.setup.atlas.power_number]
        if not numbers:
            return None
        known, true = _in_the_field(seen, numbers), _in_the_field(turn.world, numbers)
        return Belief(turn.number, turn.until, power, tuple(desk.enemies), float(seen.forces.men[known].sum()),
                      float(turn.world.forces.men[true].sum()), len(known), len(true))  # fmt: skip


def _in_the_field(world: World, powers: Sequence[int]) -> Rows:
    """Rows of some powers' formations with men, headquarters and air fleets left out."""
    f = world.forces
    live = (f.status == Status.ACTIVE) & (f.men > 0) & (f.kind >= FIRST_UNIT) & (f.kind != AIR)
    return np.flatnonzero(live & np.isin(f.power, powers))
