"""One moderated game: a file, a position, and what is on the table for the next turn.

Whatever happens is an act in the game's file (`wargame.table.store`); where the game stands is those acts folded
(`wargame.table.state`). A turn is played by the engine of a headless run (`wargame.table.turn`). Everything a seat is
given comes from `view` and `entries`, which know nothing that is hidden from it (`wargame.table.redact`).
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

import wargame
from wargame import conditions, dates
from wargame.dice import Dice
from wargame.engine import Engine, Run
from wargame.errors import Fault, InputError, UsageError, did_you_mean
from wargame.journal import Entry, Journal
from wargame.load import scenarios
from wargame.load.paths import is_path
from wargame.scenario import Setup
from wargame.study.rollouts import Outturn, forked
from wargame.table import messages, redact, rulings, turn, written
from wargame.table.forms import Instruction, Rejected
from wargame.table.messages import EVERYBODY, Inject, Mail
from wargame.table.odds import odds
from wargame.table.proposals import Proposal, proposals
from wargame.table.rulings import ALLOWED, Ruling
from wargame.table.state import OBSERVER, ROLES, SEAT_KINDS, UMPIRE, State, fold, plain, proposal
from wargame.table.store import Act, Store
from wargame.table.turn import Brief
from wargame.world import World

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Game:
    """An open game. Every method that changes it returns when the change is on the disk."""

    def __init__(self, store: Store, *, clock: Clock = _now) -> None:
        self.store, self._clock = store, clock
        self._lock = threading.RLock()
        self.states: list[State] = []
        self._worlds: dict[int, World] = {}
        self._played: tuple[tuple[int, Brief], Run] | None = None
        self._told: tuple[int, Journal] | None = None
        self._follow()

    # --- opening and closing -----------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, path: Path, scenario: str | Path, *, seats: Iterable[str] = (), seed: int = 1, turn: str = "week",
        overlays: Sequence[str | Path] = (), data: Sequence[str | Path] = (), who: str = UMPIRE, clock: Clock = _now,
    ) -> Game:  # fmt: skip
        """A new game in a new file; ``seats``: the powers that people play, all others are automatic.

        `UsageError` for an unknown scenario, power or length of turn, or if the file exists already; `InputError` with
        every fault of the scenario's files.
        """
        length = _length(turn)
        setup = scenarios.load(scenario, overlays, data)
        humans = [_power(setup, p) for p in seats]
        engine = Engine(setup, scenarios.opening_world(setup, seed), level="full")
        engine.clerk.close()
        head = setup.scenario.scenario
        body = {
            "scenario": _lasting(scenario), "overlays": [_lasting(o) for o in overlays],
            "data": [_lasting(d, folder=True) for d in data], "title": head.title, "seed": seed, "hour": head.opening,
            "length": length, "version": wargame.__version__, "data_hash": setup.data_hash, "files": dict(setup.files),
            "seats": {p: "human" if p in humans else "automatic" for p in powers(setup)},
        }  # fmt: skip
        store = Store.create(path)
        try:
            with store.writing():
                body |= _kept(store, Run(setup, engine.world, engine.journal, seed))
                body["game"] = hashlib.blake2b(repr((clock().isoformat(), body)).encode(), digest_size=8).hexdigest()
                store.append(_stamp(clock), who, "created", "", body)
            store.keep()
        except BaseException:
            store.discard()
            raise
        game = cls(store, clock=clock)
        game.__dict__["setup"] = setup
        return game

    @classmethod
    def open(cls, path: Path, *, clock: Clock = _now) -> Game:
        """An existing game; `UsageError` if there is none, `InputError` for a damaged file or one of another format."""
        store = Store.open(path)
        if not store.acts or store.acts[0].kind != "created":
            store.close()
            raise UsageError(f"{path} holds no game; start one: wargame game new SCENARIO --file FILE")
        return cls(store, clock=clock)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __enter__(self) -> Game:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The game's file."""
        return self.store.path

    @property
    def created(self) -> Mapping[str, Any]:
        """What the game was created from."""
        return self.store.acts[0].body

    @cached_property
    def setup(self) -> Setup:
        """The scenario; `InputError` if its files are not those the game was begun with."""
        b = self.created
        setup = scenarios.load(b["scenario"], b["overlays"], b["data"])
        if setup.data_hash != b["data_hash"]:
            now = dict(setup.files)
            changed = sorted(k for k in {*now, *b["files"]} if now.get(k) != b["files"].get(k))
            what = f"the scenario's files changed since the game began: {', '.join(changed[:4])}"
            what += f" and {len(changed) - 4} more" if len(changed) > 4 else ""
            remedy = f"restore them as they were for version {b['version']}, or begin a new game"
            raise InputError([Fault("files-changed", str(self.path), what, remedy)])
        return setup

    # --- where the game stands ---------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the game stands, as far as this process has read its file; `refresh` reads on."""
        return self.states[-1]

    def refresh(self) -> list[Act]:
        """Read what other processes have done; returns the new acts."""
        with self._lock:
            known = len(self.states)
            self.store.refresh()
            self._follow()
            return self.store.acts[known:]

    def _follow(self) -> None:
        for act in self.store.acts[len(self.states) :]:
            self.states.append(fold(self.states, act))

    def world(self, state: State | None = None) -> World:
        """The true position; to be copied before it is changed."""
        head = (state or self.state).head
        if head not in self._worlds:
            if len(self._worlds) >= 8:
                self._worlds.pop(next(iter(self._worlds)))
            self._worlds[head] = World.from_bytes(self.store.blob(self.store.acts[head].body["world"]))
        return self._worlds[head]

    def line(self, state: State | None = None) -> list[Act]:
        """The acts that hold the turns that led to the position: the game's creation, then its commits."""
        acts, n = [], (state or self.state).head
        while n >= 0:
            act = self.store.acts[n]
            if act.kind != "forked":
                acts.append(act)
            n = act.body.get("parent", -1)
        return acts[::-1]

    def journal(self) -> Journal:
        """The journal of the game so far, as a headless run writes it, with the daily columns."""
        head = self.state.head
        if self._told is None or self._told[0] != head:
            journal = Journal(level="full")
            for act in self.line():
                journal.entries += _entries(self.store.blob(act.body["journal"]))
                if act.body["days"]:
                    journal.days |= _days(self.store.blob(act.body["days"]))
            journal.length, journal.head = journal.entries[-1].n + 1, journal.entries[-1].hash
            self._told = (head, journal)
        return self._told[1]

    def run(self) -> Run:
        """The game so far as a run, for whatever tells of runs."""
        return Run(self.setup, self.world(), self.journal(), self.created["seed"])

    def status(self, seat: str | None = None) -> dict[str, Any]:
        """Where the game stands, for the umpire, or for a seat as far as it may know."""
        return self._status() if seat is None else self._seat_status(self._seat(seat))

    def _common(self) -> dict[str, Any]:
        s, end = self.state, self.setup.scenario.scenario.ends
        return {
            "title": self.created["title"], "date": dates.instant(s.hour), "turn": s.turn + 1, "length": s.length,
            "ends": dates.instant(end), "over": s.hour >= end, "orders_closed": s.closed,
        }  # fmt: skip

    def _status(self) -> dict[str, Any]:
        s = self.state
        return self._common() | {
            "file": str(self.path), "game": self.created["game"], "scenario": self.created["scenario"],
            "seed": self.world().seed, "acts": len(self.store.acts), "hash": self.store.acts[-1].hash,
            "seats": [self._told_seat(p) for p in sorted(s.seats)],
            "people": [{"name": p.name, "place": p.place, "role": p.role} for p in s.people.values()],
            "styles": dict(s.styles), "proposals": self.proposed(), "rulings": [plain(r) for r in s.rulings.values()],
            "messages": [plain(m) | {"arrived": m.has_come(s.hour)} for m in s.messages],
            "injects": [plain(i) for i in s.injects.values()], "rfis": [plain(r) for r in s.rfis],
            "can_undo": s.turn > 0, "can_redo": len(s.undone),
        }  # fmt: skip

    def _told_seat(self, power: str) -> dict[str, Any]:
        s = self.state
        return {
            "power": power, "kind": s.seats[power].kind,
            "people": [p.name for p in s.people.values() if p.place == power], "orders": self.orders(power),
        }  # fmt: skip

    def orders(self, seat: str) -> dict[str, Any]:
        """What a seat has handed in for this turn, and its standing orders."""
        sheet = self.state.orders.get(seat)
        return {
            "accepted": [str(i) for i in sheet.accepted] if sheet else [],
            "rejected": [dict(r) for r in sheet.rejected] if sheet else [],
            "standing": [str(i) for i in self.state.standing.get(seat, ())],
            "at": sheet.at if sheet else "",
        }

    def _seat_status(self, power: str) -> dict[str, Any]:
        people = [p.name for p in self.state.people.values() if p.place == power]
        tray = self.mail(power)
        return self._common() | {
            "seat": power, "people": people, "orders": self.orders(power), "received": tray.received,
            "sent": tray.written, "news": tray.news, "rfis": tray.rfis,
        }  # fmt: skip

    # --- what a seat may know ----------------------------------------------------------------------------------------

    def view(self, seat: str) -> World:
        """The world as a seat knows it; ``umpire``: as it is; ``observer``: what is public."""
        power = self._seat(seat)
        return self.world() if power == UMPIRE else redact.seen(self.setup, self.world(), _code(power))

    def entries(self, seat: str) -> list[Entry]:
        """What a seat has heard, numbered for it alone; for the umpire the whole journal."""
        power = self._seat(seat)
        journal = self.journal().entries
        if power == UMPIRE:
            return list(journal)
        return redact.visible_entries(journal, _code(power), self.world(), self.setup.atlas)

    def mail(self, seat: str) -> Mail:
        """A seat's tray: messages, news, its requests for information."""
        s = self.state
        return messages.mail(_code(self._seat(seat)), s.hour, s.messages, s.injects.values(), s.rfis)

    # --- the acts ----------------------------------------------------------------------------------------------------

    def _act(self, kind: str, make: Callable[[State], Mapping[str, Any]], *, seat: str = "", who: str = UMPIRE) -> Act:
        """Add an act. ``make`` checks it against the state at that moment and gives its body."""
        with self._lock:
            with self.store.writing():
                self._follow()
                act = self.store.append(_stamp(self._clock), who, kind, seat, dict(make(self.state)))
            self._follow()
            return act

    def submit(
        self, seat: str, text: str, *, who: str = "", replace_all: bool = False
    ) -> tuple[list[Instruction], list[Rejected]]:
        """Hand in orders for a seat; returns those understood and the lines sent back.

        What is understood is added to the seat's sheet (or replaces it all); the same line twice is one order. Lines
        are read against what the seat knows, never against what is true.
        """
        power = self._player(seat)
        accepted, rejected = written.parse(text, power, self.setup, self.view(power))

        def make(state: State) -> dict[str, Any]:
            if state.closed:
                raise UsageError("orders for this turn are closed; ask the umpire")
            return {
                "text": text, "replace": replace_all, "accepted": [plain(i) for i in accepted],
                "rejected": [plain(r) for r in rejected],
            }  # fmt: skip

        self._act("orders", make, seat=power, who=who or power)
        return accepted, rejected

    def withdraw(self, seat: str, lines: Iterable[str], *, who: str = "") -> list[str]:
        """Take orders back, by their written form; returns those that were there."""
        power, wanted = self._player(seat), list(lines)
        o = self.orders(power)
        there = [line for line in (*o["accepted"], *o["standing"]) if line in wanted]
        missing = [line for line in wanted if line not in there]
        if missing:
            hint = did_you_mean(missing[0], (*o["accepted"], *o["standing"]))
            raise UsageError(f"{power} has no order '{missing[0]}'; {hint or 'look: wargame game orders'}")
        self._act("withdrawn", lambda s: {"lines": there}, seat=power, who=who or power)
        return there

    def close_orders(self, *, closed: bool = True) -> None:
        """No more orders for this turn; or let them come again."""
        self._act("closed", lambda s: {"closed": closed})

    def set_turn(self, length: str) -> None:
        """Another length of turn from here on: day, week, month, event, or ``3 days``."""
        wanted = _length(length)
        self._act("length", lambda s: {"length": wanted})

    def set_style(self, domain: str, style: str) -> None:
        """How matters of a domain are adjudicated: rigid, semi-rigid, free, consensual, matrix."""
        if style not in ALLOWED:
            raise UsageError(f"there is no style '{style}'; write one of: {', '.join(ALLOWED)}")
        if domain not in rulings.STYLES:
            raise UsageError(f"there is no domain '{domain}'; write one of: {', '.join(rulings.STYLES)}")
        self._act("style", lambda s: {"domain": domain, "style": style})

    def note(self, text: str, *, who: str = UMPIRE) -> None:
        """An umpire's note: an insight, a dissent. No seat sees it."""
        self._act("note", lambda s: {"text": _said(text)}, who=who)

    # --- seats and people --------------------------------------------------------------------------------------------

    def set_seat(
        self, power: str, kind: str, person: str | None = None, *, script: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Who decides for a power from now on: human, automatic, or scripted (question id or kind -> options)."""
        power = _power(self.setup, power)
        if kind not in SEAT_KINDS:
            raise UsageError(f"there is no kind of seat '{kind}'; write one of: {', '.join(SEAT_KINDS)}")
        if (kind == "scripted") != (script is not None):
            raise UsageError("a scripted seat needs a script, and only a scripted one has one")
        lines = {k: list(v) for k, v in (script or {}).items()}
        self._act("seat", lambda s: {"power": power, "kind": kind, "script": lines})
        if person is not None:
            self.seat_person(person, power)

    def seat_person(self, name: str, place: str, role: str = "") -> None:
        """Give somebody a place: a power (several people may share it), ``umpire`` with a role, ``observer``.

        An empty place: he has left the room.
        """
        name = _said(name)
        where = place if place in {UMPIRE, OBSERVER, ""} else _power(self.setup, place)
        if (role or "lead") not in ROLES or (role and where != UMPIRE):
            raise UsageError(f"the roles of umpires are: {', '.join(ROLES)}")
        if not where and name not in self.state.people:
            raise UsageError(f"nobody called '{name}' is in the room")
        self._act(
            "person", lambda s: {"name": name, "place": where, "role": role or ("lead" if where == UMPIRE else "")}
        )

    def fill(self) -> list[str]:
        """Give every human seat at which nobody sits to its automatic government; returns them."""
        taken = {p.place for p in self.state.people.values()}
        empty = [p for p in self.state.humans if p not in taken]
        for power in empty:
            self.set_seat(power, "automatic")
        return empty

    # --- messages, injects, questions --------------------------------------------------------------------------------

    def message(
        self, sender: str, to: Iterable[str], text: str, *, way: str = "cable", who: str = ""
    ) -> dict[str, Any]:
        """Send a message; what comes of it (delay, loss, readers) is returned for the umpire, not for the sender."""
        by = messages.way(way)
        origin = _power(self.setup, sender)
        goals = tuple(dict.fromkeys(_power(self.setup, p) for p in to))
        if not goals or origin in goals:
            raise UsageError("a message goes from one power to others; name whom: --to POL,FRA")
        others = [p for p in self.state.humans if p not in {origin, *goals}]
        dice = Dice(self.created["seed"])

        def make(s: State) -> dict[str, Any]:
            number = len(s.messages) + 1
            return plain(messages.sent(number, origin, goals, _said(text), by, s.hour, others, dice))

        return dict(self._act("message", make, seat=origin, who=who or origin).body)

    def change_message(self, number: int, **changes: Any) -> None:
        """The umpire holds a message back, lets it go, loses it, delays it, hands it over now, or alters its text.

        ``changes``: held, lost, arrives (hour), text, readers.
        """

        def make(s: State) -> dict[str, Any]:
            found = next((m for m in s.messages if m.number == number), None)
            if found is None:
                raise UsageError(f"there is no message {number}; look: wargame game status")
            if "text" in changes and not found.original:
                changes["original"] = found.text
            return {"message": number, "changes": changes}

        self._act("message_changed", make)

    def inject(
        self, text: str, *, to: Iterable[str] = (), at: int = 0, when: Iterable[str] = (),
        effects: Iterable[str] = (), who: str = UMPIRE,
    ) -> Inject:  # fmt: skip
        """Plan an inject: at an hour, under conditions, or at once; to some seats, to all (``ALL``), or to nobody."""
        whom = tuple(EVERYBODY if p == EVERYBODY else _power(self.setup, p) for p in to)
        met, lines = tuple(when), tuple(effects)
        if faults := [f for f in (conditions.fault(c, self.setup.atlas) for c in met) if f]:
            raise UsageError(faults[0])
        if not text.strip() and not lines:
            raise UsageError("an inject needs a text, or an effect")
        if lines:
            rulings.own(self.setup, self.world(), lines, id="inject", reason=text or "an inject")
        if at and at < self.state.hour:
            raise UsageError(f"{dates.instant(at)} is past; it is {dates.instant(self.state.hour)}")

        def make(s: State) -> dict[str, Any]:
            name = f"i{1 + sum(a.kind == 'inject' for a in self.store.acts)}"
            now = not at and not met
            planned = Inject(name, text.strip(), whom, at, met, lines, s.hour if now else 0)
            return plain(planned)

        return Inject.from_plain(self._act("inject", make, who=who).body)

    def cancel_inject(self, name: str) -> None:
        """Take an inject back that has not come yet."""

        def make(s: State) -> dict[str, Any]:
            if name not in s.injects or s.injects[name].fired:
                raise UsageError(f"there is no inject '{name}' to come; look: wargame game status")
            return {"id": name}

        self._act("uninject", make)

    def rfi(self, seat: str, text: str, *, who: str = "") -> int:
        """A seat asks the umpire something; returns the number under which he answers."""
        power = self._player(seat)
        self._act("rfi", lambda s: {"text": _said(text), "hour": s.hour}, seat=power, who=who or power)
        return len(self.state.rfis)

    def answer(self, number: int, text: str, *, who: str = UMPIRE) -> None:
        """The umpire answers a request for information."""

        def make(s: State) -> dict[str, Any]:
            if not 1 <= number <= len(s.rfis):
                raise UsageError(f"there is no request {number}; look: wargame game status")
            return {"rfi": number, "text": _said(text), "hour": s.hour}

        self._act("answer", make, who=who)

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
        return Brief(s.length, seats, scripts, tuple(given), decided)

    def _effects(self, s: State) -> list[Ruling]:
        """What injects do in the turn on the table: those that came at its opening, and those dated within it."""
        end = turn.turn_end(s.hour, s.length, self.setup.scenario.scenario.ends)
        return [
            Ruling(
                f"inject_{i.id}",
                "",
                "replace",
                i.effects,
                i.text or "an inject",
                hour=i.at,
                decided="; ".join(i.effects),
            )
            for i in s.injects.values()
            if i.effects and (i.fired == s.hour if i.fired else s.hour <= i.at < end)
        ]

    def play(self, state: State | None = None) -> Run:
        """The turn on the table, adjudicated in memory; its journal begins where the game's ends."""
        s = state or self.state
        self.check_on()
        asked = (s.head, self.brief(s))
        if self._played is None or self._played[0] != asked:
            self._played = asked, turn.play(self.setup, self.world(s), asked[1])
        return self._played[1]

    def check_on(self) -> None:
        """`UsageError` if the scenario's end has been reached."""
        ends = self.setup.scenario.scenario.ends
        if self.state.hour >= ends:
            raise UsageError(f"the game is over: the scenario ends on {dates.iso(ends)}")

    def propose(
        self, rollouts: int = 0, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
    ) -> list[Proposal]:
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
        self._act("proposed", lambda s: {"proposals": [plain(p) for p in found], "rollouts": rollouts})
        return found

    def proposed(self) -> list[dict[str, Any]]:
        """The proposals of this turn as they were last shown to the umpire, in plain form."""
        n = self.state.proposed
        return list(self.store.acts[n].body["proposals"]) if n else []

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

    def decide(self, name: str, kind: rulings.Kind, **how: Any) -> Ruling:
        """Rule on a proposal, in the style of its domain; ``how`` as in `rulings.rule`. Returns the ruling entered.

        It takes the place of an earlier ruling on the same proposal.
        """
        found = self.proposal(name)
        style = cast("rulings.Style | None", self.state.styles.get(found.domain))
        ruling = rulings.rule(self.setup, self.world(), found, kind, id=self.next_ruling(), style=style, **how)
        self.rule(ruling)
        return ruling

    def act(self, effects: Sequence[str], *, reason: str, by: str = UMPIRE, hour: int = 0) -> Ruling:
        """A ruling of the umpire's own that answers no proposal. Returns the ruling entered."""
        ruling = rulings.own(self.setup, self.world(), effects, id=self.next_ruling(), reason=reason, by=by, hour=hour)
        self.rule(ruling)
        return ruling

    def rule(self, ruling: Ruling) -> None:
        """Enter a ruling; it takes the place of one of the same id or on the same proposal. `UsageError`: misfit."""
        old = [r.id for r in self.state.rulings.values() if r.proposal == ruling.proposal and r.proposal]
        others = [r for r in self.brief().rulings if r.id not in {ruling.id, *old}]
        end = turn.turn_end(self.state.hour, self.state.length, self.setup.scenario.scenario.ends)
        if ruling.hour >= end:
            raise UsageError(f"{dates.instant(ruling.hour)} is not in this turn; it ends at {dates.instant(end)}")
        rulings.enter(self.setup, self.world(), {}, [*others, ruling])
        self._act("ruling", lambda s: {"ruling": plain(ruling), "instead": old}, who=ruling.by)

    def next_ruling(self) -> str:
        """An id that no ruling of this game has had."""
        return f"r{1 + sum(a.kind == 'ruling' for a in self.store.acts)}"

    def unrule(self, name: str) -> None:
        """Take a ruling back."""

        def make(s: State) -> dict[str, Any]:
            if name not in s.rulings:
                raise UsageError(f"there is no ruling '{name}' in this turn; look: wargame game status")
            return {"id": name}

        self._act("unruled", make)

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
                        act = self.store.append(_stamp(self._clock), who, "committed", "", self._turn(run))
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
        return _kept(self.store, run) | {
            "parent": s.head, "turn": s.turn + 1, "began": s.hour, "until": run.world.hour,
            "fired": self._fired(run.world), "orders": [plain(i) for i in b.orders],
            "rulings": [plain(r) for r in b.rulings],
            "seats": dict(b.seats),
        }  # fmt: skip

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

    def fork(self, path: Path, *, at: int | None = None, seed: int | None = None, who: str = UMPIRE) -> Game:
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
                store.append(_stamp(self._clock), who, "forked", "", body)
            store.keep()
        except BaseException:
            store.discard()
            raise
        return Game(store, clock=self._clock)

    # --- whole files -------------------------------------------------------------------------------------------------

    def export(self, out: IO[str]) -> None:
        """Write the game as JSON Lines."""
        self.store.export(out)

    @classmethod
    def import_(cls, path: Path, source: Path, *, clock: Clock = _now) -> Game:
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

    # --- names -------------------------------------------------------------------------------------------------------

    def _seat(self, name: str) -> str:
        """A seat by its name: a power, ``umpire`` or ``observer``."""
        return name if name in {UMPIRE, OBSERVER} else _power(self.setup, name)

    def _player(self, name: str) -> str:
        power = _power(self.setup, name)
        if self.state.seats[power].kind != "human":
            kind = self.state.seats[power].kind
            remedy = f"give it to players: wargame game seats {self.path} --as {power} --kind human"
            raise UsageError(f"the seat of {power} is {kind}; {remedy}")
        return power


def powers(setup: Setup) -> list[str]:
    """Every power that can be played, sorted: those of the scenario, and those off the map with a government."""
    return sorted({p.id for p in setup.scenario.powers} | {r["power"] for r in setup.tables["governments"]})


def _power(setup: Setup, name: str) -> str:
    code, known = name.strip().upper(), powers(setup)
    if code not in known:
        hint = did_you_mean(code, known) or f"there are: {', '.join(known)}"
        raise UsageError(f"there is no seat '{name}' in this game; {hint}")
    return code


def _code(seat: str) -> str:
    return "" if seat == OBSERVER else seat


def _length(text: str) -> str:
    return turn.checked_length(text)


def _said(text: str) -> str:
    if not text.strip():
        raise UsageError("there is no text")
    return text.strip()


def _lasting(name: str | Path, *, folder: bool = False) -> str:
    """A scenario's name, or the whole path of a file, so that the game is found again from any folder."""
    return str(Path(name).resolve()) if folder or is_path(name) else str(name)


def _stamp(clock: Clock) -> str:
    return clock().isoformat(timespec="milliseconds")


def _kept(store: Store, run: Run) -> dict[str, Any]:
    """Put what a turn leaves behind into the file: the world, the part of the journal, its daily columns."""
    days = store.put(run.journal.companion()) if run.journal.days else ""
    lines = "".join(run.journal.lines()).encode()
    return {"world": store.put(run.world.to_bytes()), "journal": store.put(lines), "days": days}


def _entries(lines: bytes) -> list[Entry]:
    """The entries of a part of a journal, whose bytes the file's hashes vouch for."""
    found = []
    for line in lines.decode().split("\n")[:-1]:
        raw = json.loads(line)
        found.append(Entry(raw["n"], dates.parse(raw["at"]), raw["kind"], raw["data"], raw["because"], raw["hash"]))
    return found


def _days(data: bytes) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    with np.load(io.BytesIO(data), allow_pickle=False) as columns:
        for name in columns.files:
            n, _, column = name.partition("/")
            found.setdefault(int(n), {})[column] = columns[name]
    return found
