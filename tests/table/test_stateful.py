"""Whatever is done at the table in whatever order: nothing is lost, the same turn comes out the same, back is back."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.toy_files import write_toy
from wargame.errors import UsageError
from wargame.table import rulings
from wargame.table.game import Game
from wargame.table.state import State
from wargame.table.store import digest

EFFECTS = ("supply BLU 40%", "losses RED 500", "readiness RED 60%", "control p03 RED", "fatigue BLU 30%")
ORDERS = (
    "red_1_army stand", "red_1_army attack p03, p04", "blu_1_army withdraw p05", "blu_1_army stand",
    "blu_1_army defend p04", "nobody does nothing", "red_1_army attack", "",
)  # fmt: skip


def desk(game: Game, seat: str) -> bytes:
    """Everything a seat is given, as bytes."""
    heard = [e.line() for e in game.entries(seat)]
    return json.dumps([game.status(seat), asdict(game.mail(seat)), heard]).encode() + game.view(seat).to_bytes()


def bare(state: State) -> State:
    """A state without the number of its act and without what could be redone."""
    return replace(state, n=0, head=0, undone=())


class Table(RuleBasedStateMachine):
    """A game and what should be true of it. ``line``: what stood on the table before each commit."""

    folder: tempfile.TemporaryDirectory[str]
    setup: Any = None

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = write_toy(Path(self.folder.name) / "data", 5)
        self.game = Game.create(Path(self.folder.name) / "0.game", path, seats=["RED", "BLU"], seed=3, turn="3 days")
        self.line: list[State] = []
        self.undone: list[tuple[State, list[State]]] = []
        self.came_of: dict[Any, str] = {}
        self.acts: list[str] = []

    def teardown(self) -> None:
        if hasattr(self, "game"):
            self.game.close()
            self.folder.cleanup()

    @rule(
        seat=st.sampled_from(["RED", "BLU"]),
        lines=st.lists(st.sampled_from(ORDERS), min_size=1, max_size=4),
        anew=st.booleans(),
    )
    def submit(self, seat: str, lines: list[str], anew: bool) -> None:
        other = "BLU" if seat == "RED" else "RED"
        unseen = desk(self.game, other)
        before = {str(i) for i in (self.game.state.orders[seat].accepted if seat in self.game.state.orders else ())}
        accepted, rejected = self.game.submit(seat, "\n".join(lines), replace_all=anew)
        assert len(accepted) + len(rejected) == sum(bool(line) for line in lines)
        now = [str(i) for i in self.game.state.orders[seat].accepted]
        assert len(now) == len(set(now))
        assert set(now) == ({str(i) for i in accepted} if anew else before | {str(i) for i in accepted})
        assert desk(self.game, other) == unseen
        self.undone = []

    @rule(effect=st.sampled_from(EFFECTS))
    def decide(self, effect: str) -> None:
        game = self.game
        try:
            ruling = rulings.own(game.setup, game.world(), [effect], id=game.next_ruling(), reason="because")
        except UsageError:
            return  # it does not fit the position
        unseen = [desk(game, seat) for seat in ("RED", "BLU")]
        game.rule(ruling)
        game.propose()
        assert [desk(game, seat) for seat in ("RED", "BLU")] == unseen
        assert game.state.rulings[ruling.id] == ruling
        self.undone = []

    @rule()
    def unrule(self) -> None:
        for name in list(self.game.state.rulings)[:1]:
            self.game.unrule(name)
            self.undone = []

    @rule()
    def speak(self) -> None:
        self.game.message("RED", ["BLU"], "peace?")
        self.undone = []

    @rule()
    def ask(self) -> None:
        unseen = desk(self.game, "RED")
        self.game.rfi("BLU", "where are they?")
        assert desk(self.game, "RED") == unseen

    @precondition(lambda self: self.game.state.hour < self.game.setup.scenario.scenario.ends)
    @rule()
    def commit(self) -> None:
        before = self.game.state
        asked = (digest(self.game.world().to_bytes()), repr(self.game.brief()))
        self.line.append(before)
        self.game.commit()
        after = digest(self.game.world().to_bytes())
        assert self.came_of.setdefault(asked, after) == after
        assert (self.game.state.turn, self.game.state.orders, self.game.state.rulings) == (before.turn + 1, {}, {})
        self.undone = []

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        turns = data.draw(st.integers(1, len(self.line)))
        self.undone.append((self.game.state, list(self.line)))
        there = self.line[-turns]
        del self.line[-turns:]
        self.game.undo(turns)
        assert self.same(self.game.state, there)

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        there, self.line = self.undone.pop()
        self.game.redo()
        assert self.same(self.game.state, there)

    def same(self, now: State, then: State) -> bool:
        return bare(now) == bare(replace(then, rfis=now.rfis)) and len(now.rfis) >= len(then.rfis)

    @rule(seed=st.one_of(st.none(), st.integers(1, 9)))
    def fork(self, seed: int | None) -> None:
        acts = list(self.game.store.acts)
        twin = self.game.fork(
            Path(self.folder.name) / f"{len(acts)}-{len(list(Path(self.folder.name).iterdir()))}.game", seed=seed
        )
        assert twin.store.acts[:-1] == acts
        assert bare(twin.state) == bare(self.game.state)
        twin.__dict__["setup"] = self.game.setup
        self.game.close()
        self.game, self.undone, self.acts = twin, [], []

    @rule()
    def reopen(self) -> None:
        before, setup = self.game.states, self.game.setup
        self.game.close()
        self.game = Game.open(self.game.path)
        self.game.__dict__["setup"] = setup
        assert self.game.states == before

    @invariant()
    def the_log_only_grows(self) -> None:
        if hasattr(self, "game"):
            now = [a.hash for a in self.game.store.acts]
            assert now[: len(self.acts)] == self.acts
            self.acts = now

    @invariant()
    def the_journal_is_whole(self) -> None:
        if hasattr(self, "game"):
            journal = self.game.journal()
            assert [e.n for e in journal] == list(range(len(journal.entries)))
            assert self.game.world().journal_hash == journal.head
            assert len([a for a in self.game.line() if a.kind == "committed"]) == self.game.state.turn == len(self.line)


Table.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestTable = pytest.mark.filterwarnings("ignore::ResourceWarning")(Table.TestCase)
