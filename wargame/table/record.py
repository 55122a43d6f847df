"""A game's file, opened: where the game stands, and what each seat may know of it. The base of `wargame.table.game`."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

import wargame
from wargame import dates
from wargame.engine import Engine, Run
from wargame.errors import Fault, InputError, UsageError, did_you_mean
from wargame.journal import Entry, Journal
from wargame.load import scenarios
from wargame.load.paths import is_path
from wargame.scenario import Setup
from wargame.table import messages, ready, redact
from wargame.table.messages import Mail
from wargame.table.state import OBSERVER, UMPIRE, State, fold, plain
from wargame.table.store import Act, Store
from wargame.table.turn import Brief, checked_length
from wargame.world import World

Clock = Callable[[], datetime]
ALLOWED_CONTROLS = "\n\r\t\u00ad\u200c\u200d"  # ends of lines; soft hyphens and joiners, which some scripts need
MOST_TEXT, MOST_ORDERS, MOST_NAME = 10_000, 100_000, 80  # characters
Days = dict[int, dict[str, Any]]


def now() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


class Record:
    """An open game file. Every method that changes it returns when the change is on the disk."""

    def __init__(self, store: Store, *, clock: Clock = now) -> None:
        self.store, self._clock = store, clock
        self._lock = threading.RLock()
        self.states: list[State] = []
        self._worlds: dict[int, World] = {}
        self._played: tuple[tuple[int, Brief], Run] | None = None
        self._written: dict[int, list[Entry]] = {}  # parts of the journal, by the act that holds them
        self._columns: dict[int, Days] = {}  # the daily columns of the same
        self._follow()

    # --- opening and closing -----------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, path: Path, scenario: str | Path, *, seats: Iterable[str] | None = None, seed: int | None = None,
        turn: str | None = None, overlays: Sequence[str | Path] = (), data: Sequence[str | Path] = (),
        who: str = UMPIRE, clock: Clock = now,
    ) -> Self:  # fmt: skip
        """A new game in a new file, of a scenario or of a ready game; ``seats``: the powers that people play.

        What is not given is as the ready game has it; of a scenario nobody plays, the seed is 1, a turn a week.
        `UsageError` for an unknown scenario, power or length of turn, or if the file exists already; `InputError` with
        every fault of the scenario's files.
        """
        ready.check_name(scenario, data)
        ready_game = ready.found(scenario, data)
        book = ready.plain(ready_game) if ready_game is not None else {}
        if ready_game is not None:
            of = ready_game.book.game
            scenario, overlays = of.scenario, (*of.overlays, *overlays)
            seats, seed = list(book["seats"]) if seats is None else seats, of.seed if seed is None else seed
        setup = scenarios.load(scenario, overlays, data)
        head, luck = setup.scenario.scenario, 1 if seed is None else seed
        length = checked_length(turn or (ready_game.length(head.opening) if ready_game else "week"))
        humans = [power_of(setup, p) for p in seats or ()]
        engine = Engine(setup, scenarios.opening_world(setup, luck), level="full")
        engine.clerk.close()
        body = {
            "scenario": _lasting(scenario), "overlays": [_lasting(o) for o in overlays],
            "data": [_lasting(d, folder=True) for d in data], "title": book.get("title", head.title), "seed": luck,
            "hour": head.opening, "length": length, "version": wargame.__version__, "data_hash": setup.data_hash,
            "files": dict(setup.files), "book": book,
            "seats": {p: "human" if p in humans else "automatic" for p in powers(setup)},
        }  # fmt: skip
        store = Store.create(path)
        try:
            with store.writing():
                body |= kept(store, Run(setup, engine.world, engine.journal, luck))
                body["game"] = hashlib.blake2b(repr((clock().isoformat(), body)).encode(), digest_size=8).hexdigest()
                store.append(stamp(clock), who, "created", "", body)
                for inject in ready.injects(ready_game) if ready_game is not None else ():
                    store.append(stamp(clock), who, "inject", "", plain(inject))
            store.keep()
        except BaseException:
            store.discard()
            raise
        game = cls(store, clock=clock)
        game.__dict__["setup"] = setup
        return game

    @classmethod
    def open(cls, path: Path, *, clock: Clock = now) -> Self:
        """An existing game; `UsageError` if there is none, `InputError` for a damaged file or one of another format."""
        store = Store.open(path)
        if not store.acts or store.acts[0].kind != "created":
            store.close()
            raise UsageError(f"{path} holds no game; start one: wargame game new SCENARIO --file FILE")
        return cls(store, clock=clock)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __enter__(self) -> Self:
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

    @property
    def book(self) -> Mapping[str, Any]:
        """The book of the ready game that this is (`wargame.table.ready`); empty for a scenario."""
        book: Mapping[str, Any] = self.created["book"]
        return book

    def goals(self, seat: str) -> list[str]:
        """What a seat is to achieve, with points."""
        objectives = self.book.get("seats", {}).get(seat, {}).get("objectives", [])
        return [f"{o['text']} ({o['points']:+d})" for o in objectives]

    def briefing(self, seat: str) -> str:
        """What a seat is told at the opening, in Markdown; empty if the game has no book."""
        return str(self.book.get("seats", {}).get(seat, {}).get("briefing", ""))

    @cached_property
    def setup(self) -> Setup:
        """The scenario; `InputError` if its files are not those of the game, and were not accepted since."""
        setup, known = self._load(), self._files()
        if setup.data_hash != known["data_hash"]:
            now = dict(setup.files)
            changed = sorted(k for k in {*now, *known["files"]} if now.get(k) != known["files"].get(k))
            what = f"the scenario's files changed since the game began: {', '.join(changed[:4])}"
            what += f" and {len(changed) - 4} more" if len(changed) > 4 else ""
            remedy = f"restore them as they were for version {known['version']}"
            remedy += f", or go on with the new ones from here: wargame game check {self.path} --accept-files"
            raise InputError([Fault("files-changed", str(self.path), what, remedy)])
        return setup

    def _load(self) -> Setup:
        b = self.created
        return scenarios.load(b["scenario"], b["overlays"], b["data"])

    def _files(self) -> Mapping[str, Any]:
        """The files the game is played by: those it began with, or those last accepted."""
        return next(a.body for a in reversed(self.store.acts) if a.kind in {"created", "files"})

    def accept_files(self, *, who: str = UMPIRE) -> list[str]:
        """Go on with the scenario's files as they are now; returns those that changed. `UsageError` if they misfit.

        Turns played before keep their journal, but playing them again may come out otherwise.
        """
        setup, before, world = self._load(), dict(self._files()["files"]), self.world()
        if setup.forces.ids != world.forces.ids or len(setup.atlas) != len(world.owner):
            raise UsageError("the new files have other formations or provinces than this game; begin a new one")
        now = dict(setup.files)
        body = {"data_hash": setup.data_hash, "files": now, "version": wargame.__version__}
        self._act("files", lambda s: body, who=who)
        self.__dict__["setup"] = setup
        self._played = None
        return sorted(k for k in {*now, *before} if now.get(k) != before.get(k))

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
            try:
                self.states.append(fold(self.states, act))
            except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
                what = f"act {act.n} ({act.kind}) is of a form that this version does not know"
                remedy = f"open it with the version that wrote it; this is {wargame.__version__}"
                raise InputError([Fault("game-format", str(self.path), what, remedy)]) from error

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
        journal = Journal(level="full")
        journal.entries = self._entries()
        for act in self.line():
            if act.n not in self._columns:
                self._columns[act.n] = _days(self.store.blob(act.body["days"])) if act.body["days"] else {}
            journal.days |= self._columns[act.n]
        journal.length, journal.head = journal.entries[-1].n + 1, journal.entries[-1].hash
        return journal

    def _entries(self) -> list[Entry]:
        """The journal's entries."""
        for act in (line := self.line()):
            if act.n not in self._written:
                self._written[act.n] = _entries(self.store.blob(act.body["journal"]))
        return [e for act in line for e in self._written[act.n]]

    def run(self) -> Run:
        """The game so far as a run, for whatever tells of runs."""
        return Run(self.setup, self.world(), self.journal(), self.created["seed"])

    def check_on(self) -> None:
        """`UsageError` if the scenario's end has been reached."""
        ends = self.setup.scenario.scenario.ends
        if self.state.hour >= ends:
            raise UsageError(f"the game is over: the scenario ends on {dates.iso(ends)}")

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
            "score": ready.score(self.book, self.world(), self.setup.atlas),
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

    def proposed(self) -> list[dict[str, Any]]:
        """The proposals of this turn as they were last shown to the umpire, in plain form."""
        n = self.state.proposed
        return list(self.store.acts[n].body["proposals"]) if n else []

    def _seat_status(self, power: str) -> dict[str, Any]:
        people = [p.name for p in self.state.people.values() if p.place == power]
        tray = self.mail(power)
        return self._common() | {
            "seat": power, "people": people, "orders": self.orders(power), "received": tray.received,
            "sent": tray.written, "news": tray.news, "rfis": tray.rfis, "goals": self.goals(power),
        }  # fmt: skip

    # --- what a seat may know ----------------------------------------------------------------------------------------

    def view(self, seat: str) -> World:
        """The world as a seat knows it; ``umpire``: as it is; ``observer``: what is public."""
        power = self._seat(seat)
        return self.world() if power == UMPIRE else redact.seen(self.setup, self.world(), _code(power))

    def entries(self, seat: str) -> list[Entry]:
        """What a seat has heard, numbered for it alone; for the umpire the whole journal."""
        power = self._seat(seat)
        if power == UMPIRE:
            return self._entries()
        return redact.visible_entries(self._entries(), _code(power), self.world(), self.setup.atlas)

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
                body = dict(make(self.state))
                _printable([who, body])
                act = self.store.append(stamp(self._clock), said(who, MOST_NAME), kind, seat, body)
            self._follow()
            return act

    # --- names -------------------------------------------------------------------------------------------------------

    def _seat(self, name: str) -> str:
        """A seat by its name: a power, ``umpire`` or ``observer``."""
        return name if name in {UMPIRE, OBSERVER} else power_of(self.setup, name)

    def player(self, name: str) -> str:
        """The code of a power that people play; `UsageError` for any other."""
        power = power_of(self.setup, name)
        if self.state.seats[power].kind != "human":
            kind = self.state.seats[power].kind
            remedy = f"give it to players: wargame game seats {self.path} --as {power} --kind human"
            raise UsageError(f"the seat of {power} is {kind}; {remedy}")
        return power


def powers(setup: Setup) -> list[str]:
    """Every power that can be played, sorted: those of the scenario, and those off the map with a government."""
    return sorted({p.id for p in setup.scenario.powers} | {r["power"] for r in setup.tables["governments"]})


def power_of(setup: Setup, name: str) -> str:
    """The code of a power as somebody wrote it; `UsageError` if it has no seat in this game."""
    code, known = name.strip().upper(), powers(setup)
    if code not in known:
        hint = did_you_mean(code, known) or f"there are: {', '.join(known)}"
        raise UsageError(f"there is no seat '{name}' in this game; {hint}")
    return code


def _code(seat: str) -> str:
    return "" if seat == OBSERVER else seat


def said(text: str, most: int = MOST_TEXT) -> str:
    """A text without the space around it; `UsageError` if it is empty or too long."""
    text = text.strip()
    if not text:
        raise UsageError("there is no text")
    if len(text) > most:
        raise UsageError(f"{len(text):,} characters are too many; write at most {most:,}")
    return text


def _printable(thing: Any) -> None:
    """`UsageError` for a text with characters that are not to be shown: they could upset a screen, or hide a word."""
    if isinstance(thing, str):
        if not thing.isprintable() and (wrong := next(filter(_is_control, thing), "")):
            raise UsageError(f"the text has a character that cannot be printed (U+{ord(wrong):04X}); write it without")
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            _printable(key)
            _printable(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            _printable(value)


def _is_control(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" and character not in ALLOWED_CONTROLS


def _lasting(name: str | Path, *, folder: bool = False) -> str:
    """A scenario's name, or the whole path of a file, so that the game is found again from any folder."""
    return str(Path(name).resolve()) if folder or is_path(name) else str(name)


def stamp(clock: Clock) -> str:
    """The time of an act as the log has it."""
    return clock().isoformat(timespec="milliseconds")


def kept(store: Store, run: Run) -> dict[str, Any]:
    """Put what a turn leaves behind into the file: the world, the part of the journal, its daily columns."""
    days = store.put(run.journal.companion()) if run.journal.days else ""
    return {"world": store.put(run.world.to_bytes()), "journal": store.put(journal_lines(run)), "days": days}


def journal_lines(run: Run) -> bytes:
    """The part of the journal that a run wrote, as JSON Lines."""
    return "".join(run.journal.lines()).encode()


def _entries(lines: bytes) -> list[Entry]:
    """The entries of a part of a journal, whose bytes the file's hashes vouch for."""
    found = []
    for line in lines.decode().split("\n")[:-1]:
        raw = json.loads(line)
        found.append(Entry(raw["n"], dates.parse(raw["at"]), raw["kind"], raw["data"], raw["because"], raw["hash"]))
    return found


def _days(data: bytes) -> Days:
    found: Days = {}
    with np.load(io.BytesIO(data), allow_pickle=False) as columns:
        for name in columns.files:
            n, _, column = name.partition("/")
            found.setdefault(int(n), {})[column] = columns[name]
    return found
