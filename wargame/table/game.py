"""One moderated game: a file, a position, and what is on the table for the next turn.

Whatever happens is an act in the game's file (`wargame.table.store`); where the game stands is those acts folded
(`wargame.table.state`). A turn is played by the engine of a headless run (`wargame.table.turn`). Everything a seat is
given comes from `Game.view`, `Game.entries` and `Game.mail`, which know nothing that is hidden from it
(`wargame.table.redact`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Self, cast

from wargame import conditions, dates
from wargame.engine import Run
from wargame.errors import UsageError, did_you_mean
from wargame.study.rollouts import Outturn, forked
from wargame.table import ready, rulings, turn
from wargame.table.matters import Proposal
from wargame.table.odds import odds
from wargame.table.proposals import proposals
from wargame.table.record import Clock, journal_lines, kept, now, stamp
from wargame.table.roles import check_change
from wargame.table.room import Room
from wargame.table.rulings import Ruling
from wargame.table.spoken import spoken
from wargame.table.state import LEAD, UMPIRE, State, plain, proposal
from wargame.table.store import Act, Store, digest
from wargame.table.turn import Brief
from wargame.umpiring import subjects
from wargame.world import World


class Game(Room):
    """An open game. Every method that changes it returns when the change is on the disk."""

    # --- adjudication ------------------------------------------------------------------------------------------------

    def brief(self, state: State | None = None) -> Brief:
        """Everything that enters the turn as things stand on the table."""
        s = state or self.state
        given = [
            i
            for p in sorted({*s.orders, *s.standing})
            if s.seats[p].kind == "human"
            for i in (*s.standing.get(p, ()), *(s.orders[p].accepted if p in s.orders else ()))
        ]
        seats = {p: place.kind for p, place in s.seats.items() if place.kind != "automatic"}
        scripts = {p: place.script for p, place in s.seats.items() if place.kind == "scripted"}
        decided = (*self._effects(s), *s.rulings.values())
        dated = [i.at for i in s.injects.values() if i.effects and not i.fired and i.at > s.hour]
        latest = min(dated, default=0) if s.length == "event" else 0
        return Brief(s.length, seats, scripts, tuple(given), decided, latest)

    def _effects(self, s: State) -> list[Ruling]:
        """What injects do in the turn on the table: those that came at its opening, and those dated within it.

        A turn "until something happens" ends where an inject is to change the world, which comes at the next opening.
        """
        end = s.hour + 1 if s.length == "event" else turn.turn_end(s.hour, s.length, self.setup.scenario.scenario.ends)
        return [
            Ruling(
                f"inject_{i.id}", "", "replace", i.effects, i.text or "an inject", hour=i.at,
                decided=spoken(self.setup, i.effects),
            )
            for i in s.injects.values()
            if i.effects and (i.fired == s.hour if i.fired else s.hour <= i.at < end)
        ]  # fmt: skip

    def play(self, state: State | None = None) -> Run:
        """The turn on the table, adjudicated in memory; its journal begins where the game's ends."""
        s = state or self.state
        self.check_on()
        asked = (s.head, self.brief(s))
        if self._played is None or self._played[0] != asked:
            self._played = asked, turn.play(self.setup, self.world(s), asked[1])
        return self._played[1]

    def propose(
        self, rollouts: int = 0, *, workers: int = 1, progress: Callable[[int, int], None] | None = None,
        who: str = UMPIRE,
    ) -> list[Proposal]:  # fmt: skip
        """What the rules propose for every contested matter of the turn on the table, the weightiest first.

        ``rollouts``: the turn is played so often with other luck, and the proposals have ranges and odds from it. They
        are kept in the game's file, so that rulings can be read beside them.
        """
        state, run = self.state, self.play()
        brief, before = self.brief(state), self.world(state)
        rolled: Sequence[Outturn] = ()
        if rollouts:
            rolled = odds(
                self.setup, before, brief, run.world.hour, rollouts, workers=workers, progress=progress
            ).rolled
        found = proposals(self.setup, before, run, rolled, past=self.journal().entries, instructions=brief.orders)

        def make(s: State) -> dict[str, Any]:
            if s.head != state.head:
                raise UsageError("the game went on while the odds were worked out; propose again")
            return {"proposals": [plain(p) for p in found], "rollouts": rollouts}

        self._act("proposed", make, who=who)
        return found

    def proposal(self, name: str) -> Proposal:
        """A proposal of this turn by its id, or by its number in the list; `UsageError` if there is none."""
        found = self.proposed()
        if not found:
            raise UsageError(f"nothing has been proposed in this turn yet: wargame game propose {self.path}")
        if name.isdigit() and 1 <= int(name) <= len(found):
            return proposal(found[int(name) - 1])
        known = {p["id"]: p for p in found}
        if name not in known:
            hint = did_you_mean(name, known) or f"they go from 1 to {len(found)}"
            raise UsageError(f"there is no proposal '{name}' in this turn; {hint}")
        return proposal(known[name])

    def decide(self, name: str, kind: rulings.Kind, *, role: str = LEAD, **how: Any) -> Ruling:
        """Rule on a proposal, in the style of its domain; ``how`` as in `rulings.rule`. Returns the ruling entered.

        It takes the place of an earlier ruling on the same proposal. ``role``: as in `rule`.
        """
        found = self.proposal(name)
        style = cast("rulings.Style | None", self.state.styles.get(found.domain))
        ruling = rulings.rule(self.setup, self.world(), found, kind, id=self.next_ruling(), style=style, **how)
        self.rule(ruling, role=role)
        return ruling

    def act(self, effects: Sequence[str], *, reason: str, by: str = UMPIRE, hour: int = 0, role: str = LEAD) -> Ruling:
        """A ruling of the umpire's own that answers no proposal. Returns the ruling entered; ``role``: as in `rule`."""
        ruling = rulings.own(self.setup, self.world(), effects, id=self.next_ruling(), reason=reason, by=by, hour=hour)
        self.rule(ruling, role=role)
        return ruling

    def rule(self, ruling: Ruling, *, role: str = LEAD) -> None:
        """Enter a ruling; it takes the place of one of the same id or on the same proposal. `UsageError`: misfit.

        `NotYoursError` where it decides what umpires of another role than ``role`` have decided for this turn: the lead
        alone has a word after theirs.
        """
        stands = self.brief().rulings
        old = [r.id for r in stands if r.proposal == ruling.proposal and r.proposal]
        others = [r for r in stands if r.id not in {ruling.id, *old}]
        end = turn.turn_end(self.state.hour, self.state.length, self.setup.scenario.scenario.ends)
        if ruling.hour >= end:
            raise UsageError(f"{dates.instant(ruling.hour)} is not in this turn; it ends at {dates.instant(end)}")
        if role != LEAD:
            self._check_last_word(ruling, stands, role)
        rulings.enter(self.setup, self.world(), {}, [*others, ruling])
        self._act("ruling", lambda s: {"ruling": plain(ruling), "instead": old}, who=ruling.by)

    def _check_last_word(self, ruling: Ruling, stands: Sequence[Ruling], role: str) -> None:
        """`NotYoursError` unless everything that a ruling decides is still the role's to decide."""
        mine = self._subjects(ruling) if ruling.effects else frozenset()
        for r in stands:
            if r.proposal and r.proposal == ruling.proposal:
                check_change(role, r.by)
            for _, what in sorted(mine & self._subjects(r)):
                check_change(role, r.by, what)

    def _subjects(self, ruling: Ruling) -> frozenset[tuple[str, str]]:
        """What a ruling decides: by its own lines, and who holds the place that its matter is about."""
        matter = next((proposal(p) for p in self.proposed() if p["id"] == ruling.proposal), None)
        held = [m for o in matter.outcomes for m in o.means if m.startswith("control ")] if matter else []
        return subjects(self.setup, self.world(), (*ruling.effects, *held))

    def next_ruling(self) -> str:
        """An id that no ruling of this game has had."""
        return f"r{1 + sum(a.kind == 'ruling' for a in self.store.acts)}"

    def unrule(self, name: str, *, who: str = UMPIRE) -> None:
        """Take a ruling back."""

        def make(s: State) -> dict[str, Any]:
            if name not in s.rulings:
                raise UsageError(f"there is no ruling '{name}' in this turn; look: wargame game status")
            return {"id": name}

        self._act("unruled", make, who=who)

    def commit(self, *, who: str = UMPIRE) -> Act:
        """Play the turn on the table and make it the game's; durable when this returns."""
        for _ in range(5):
            self.refresh()
            state = self.state
            run = self.play(state)
            with self._lock:
                with self.store.writing():
                    self._follow()
                    same = (self.state.head, self.brief()) == (state.head, self.brief(state))
                    if same and self.state.injects == state.injects:
                        body = self._turn(run)
                        act = self.store.append(stamp(self._clock), who, "committed", "", body)
                    else:
                        same = False
                self._follow()
            if same:
                self._worlds[act.n] = run.world
                self._played = None
                return act
        raise UsageError("the game moves on while the turn is worked out; close the orders first, then commit")

    def _turn(self, run: Run) -> dict[str, Any]:
        """The body of a commit: what came of the turn, and everything that entered it."""
        s, b = self.state, self.brief()
        return kept(self.store, run) | {
            "parent": s.head, "turn": s.turn + 1, "began": s.hour, "until": run.world.hour,
            "length": self._next_length(s, run.world.hour), "fired": self._fired(run.world), "seats": dict(b.seats),
            "orders": [plain(i) for i in b.orders], "rulings": [plain(r) for r in b.rulings],
        }  # fmt: skip

    def _next_length(self, state: State, hour: int) -> str:
        """How long the next turn is: as this one, unless the ready game's book has another from here on."""
        now, later = (ready.length(self.book, h, state.length) for h in (state.hour, hour))
        return later if later != now else state.length

    def _fired(self, world: World) -> dict[str, int]:
        """The injects that come in this turn, with their hours."""
        waiting = [i for i in self.state.injects.values() if not i.fired]
        dated = {i.id: i.at for i in waiting if i.at and i.at <= world.hour}
        met = [i.id for i in waiting if not i.at and conditions.holds(world, self.setup.atlas, i.when)]
        return dated | dict.fromkeys(met, world.hour)

    # --- back, forth, elsewhere --------------------------------------------------------------------------------------

    def undo(self, turns: int = 1, *, to: int | None = None, who: str = UMPIRE) -> State:
        """Go back to just before the last turns were committed, with their orders and rulings on the table again.

        ``to``: go back (or on) to where the game stood after this act of its file. Nothing is deleted.
        """

        def make(s: State) -> dict[str, Any]:
            return {"to": self._before(s, turns) if to is None else self._known_act(to)}

        self._act("undone", make, who=who)
        return self.state

    def _before(self, state: State, turns: int) -> int:
        if not 1 <= turns <= state.turn:
            raise UsageError(f"{state.turn} turns have been played, so {turns} cannot be undone")
        return self.line(state)[-turns].n - 1

    def _known_act(self, n: int) -> int:
        if not 0 <= n < len(self.store.acts):
            raise UsageError(f"there is no act {n} in this game; they go from 0 to {len(self.store.acts) - 1}")
        return n

    def redo(self, *, who: str = UMPIRE) -> State:
        """Take the last undo back; `UsageError` if nothing was undone, or the game has gone on since."""

        def make(s: State) -> dict[str, Any]:
            if not s.undone:
                raise UsageError("there is nothing to redo: nothing was undone, or the game has gone on since")
            return {"to": s.undone[-1]}

        self._act("redone", make, who=who)
        return self.state

    def fork(self, path: Path, *, at: int | None = None, seed: int | None = None, who: str = UMPIRE) -> Self:
        """A game of its own in a new file, from here or from an earlier act; with other luck from there on if asked."""
        n = self.state.n if at is None else self._known_act(at)
        store = self.store.copy_to(path)
        try:
            with store.writing():
                body: dict[str, Any] = {"to": n}
                if seed is not None:
                    position = self.states[n]
                    body |= {"seed": seed, "parent": position.head}
                    body["world"] = store.put(forked(self.setup, self.world(position), seed).to_bytes())
                store.append(stamp(self._clock), who, "forked", "", body)
            store.keep()
        except BaseException:
            store.discard()
            raise
        return type(self)(store, clock=self._clock)

    # --- whole files -------------------------------------------------------------------------------------------------

    def export(self, out: IO[str]) -> None:
        """Write the game as JSON Lines."""
        self.store.export(out)

    @classmethod
    def import_(cls, path: Path, source: Path, *, clock: Clock = now) -> Self:
        """A new game file from what `export` wrote; `InputError` names the first line that is wrong."""
        store = Store.import_lines(path, source)
        try:
            game = cls(store, clock=clock)
            game.check()
            store.keep()
        except BaseException:
            store.discard()
            raise
        return game

    def check(self) -> None:
        """Read every state and journal the file keeps; `InputError` names the first one damaged."""
        for act in self.store.acts:
            for name in ("world", "journal", "days"):
                if act.body.get(name):
                    self.store.blob(act.body[name])

    def replay(self) -> list[int]:
        """Play every turn again by today's rules, with its orders and rulings; the turns that come out otherwise."""
        differ = []
        for number, act in enumerate(self.line()[1:], start=1):
            before = self.states[act.n - 1]
            run = turn.play(self.setup, self.world(before), self.brief(before))
            if digest(journal_lines(run)) != act.body["journal"]:
                differ.append(number)
        return differ
