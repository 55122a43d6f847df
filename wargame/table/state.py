"""Where a game stands: the log of its file, folded act by act.

A `State` is never changed; each act of the log gives the next one, and the states of all acts are kept, so that undo
is an act that points back to an earlier state. What belongs to the people in the room (who sits where, questions to
the umpire) is not undone with the game's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from wargame.table import rulings
from wargame.table.forms import Instruction
from wargame.table.matters import Outcome, Proposal
from wargame.table.messages import Inject, Message, Rfi
from wargame.table.rulings import Ruling
from wargame.table.store import Act

SEAT_KINDS = ("human", "automatic", "scripted")
UMPIRE, OBSERVER = "umpire", "observer"
LEAD = "lead"
ROLES = (LEAD, "map", "liaison", "scribe")
UMPIRES = {UMPIRE if role == LEAD else f"{UMPIRE}:{role}": role for role in ROLES}
"""Where umpires come in: each role has a code of its own. What each may do: `wargame.table.roles`."""
OWN_TIME = frozenset(["files", "seat", "person", "code", "rfi", "answer", "note"])
"""Acts that undo leaves standing, and that do not end the chance of a redo."""


@dataclass(frozen=True)
class Place:
    """One seat: human, automatic or scripted. ``script``: question id or kind -> the options a script chooses."""

    power: str
    kind: str = "automatic"
    script: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """Somebody in the room. ``place``: a power's code, ``umpire`` or ``observer``; ``role``: of an umpire."""

    name: str
    place: str
    role: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a seat has handed in for this turn: its instructions, and the lines that were sent back."""

    accepted: tuple[Instruction, ...] = ()
    rejected: tuple[Mapping[str, Any], ...] = ()
    at: str = ""  # real time of the last one


@dataclass(frozen=True)
class State:
    """The game after act `n`. ``head``: the act whose World is the position (its creation, or a commit).

    ``orders`` are this turn's, ``standing`` those in force until withdrawn. ``undone``: acts to which redo leads,
    the next one last.
    """

    n: int = 0
    hour: int = 0
    turn: int = 0  # turns played
    length: str = "week"
    head: int = 0
    seats: Mapping[str, Place] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False
    orders: Mapping[str, Sheet] = field(default_factory=dict)
    standing: Mapping[str, tuple[Instruction, ...]] = field(default_factory=dict)
    proposed: int = 0  # the act with the proposals of this turn, 0 = none yet
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    injects: Mapping[str, Inject] = field(default_factory=dict)
    rfis: tuple[Rfi, ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()  # real time, who, text
    undone: tuple[int, ...] = ()

    @property
    def humans(self) -> list[str]:
        """Powers with players, sorted."""
        return sorted(p for p, place in self.seats.items() if place.kind == "human")


def fold(states: list[State], act: Act) -> State:
    """The state after an act; ``states`` are those after every act before it."""
    before = states[-1] if states else State()
    state = replace(_FOLDS[act.kind](before, act, states), n=act.n)
    if act.kind in OWN_TIME or act.kind in {"undone", "redone"}:
        return state
    return replace(state, undone=())


def _created(state: State, act: Act, states: list[State]) -> State:
    b = act.body
    seats = {p: Place(p, kind) for p, kind in sorted(b["seats"].items())}
    return replace(state, hour=b["hour"], length=b["length"], seats=seats, head=act.n)


def _files(state: State, act: Act, states: list[State]) -> State:
    return state


def _forked(state: State, act: Act, states: list[State]) -> State:
    return replace(_back(state, states[act.body["to"]]), head=act.n if "world" in act.body else state.head, undone=())


def _seat(state: State, act: Act, states: list[State]) -> State:
    b = act.body
    script = {k: tuple(v) for k, v in b.get("script", {}).items()}
    return replace(state, seats=dict(state.seats) | {b["power"]: Place(b["power"], b["kind"], script)})


def _person(state: State, act: Act, states: list[State]) -> State:
    b, people = act.body, dict(state.people)
    if b["place"]:
        people[b["name"]] = Person(b["name"], b["place"], b["role"])
    else:
        people.pop(b["name"], None)
    return replace(state, people=people)


def _code(state: State, act: Act, states: list[State]) -> State:
    return replace(state, codes=dict(state.codes) | {act.body["place"]: act.body["code"]})


def _length(state: State, act: Act, states: list[State]) -> State:
    return replace(state, length=act.body["length"])


def _style(state: State, act: Act, states: list[State]) -> State:
    return replace(state, styles=dict(state.styles) | {act.body["domain"]: act.body["style"]})


def _closed(state: State, act: Act, states: list[State]) -> State:
    return replace(state, closed=act.body["closed"])


def _orders(state: State, act: Act, states: list[State]) -> State:
    b, power = act.body, act.seat
    given = [instruction(i) for i in b["accepted"]]
    sheet = Sheet() if b["replace"] else state.orders.get(power, Sheet())
    standing = () if b["replace"] else state.standing.get(power, ())
    now = _added(sheet.accepted, [i for i in given if i.kind != "standing"])
    lasting = _added(standing, [i for i in given if i.kind == "standing"])
    kept = Sheet(now, tuple(b["rejected"]), act.at)
    return replace(state, orders=dict(state.orders) | {power: kept}, standing=dict(state.standing) | {power: lasting})


def _added(there: tuple[Instruction, ...], more: list[Instruction]) -> tuple[Instruction, ...]:
    """Instructions with more after them; the same line twice is one instruction."""
    return tuple({str(i): i for i in (*there, *more)}.values())


def _withdrawn(state: State, act: Act, states: list[State]) -> State:
    power, lines = act.seat, set(act.body["lines"])
    sheet = state.orders.get(power, Sheet())
    left = replace(sheet, accepted=tuple(i for i in sheet.accepted if str(i) not in lines))
    lasting = tuple(i for i in state.standing.get(power, ()) if str(i) not in lines)
    return replace(state, orders=dict(state.orders) | {power: left}, standing=dict(state.standing) | {power: lasting})


def _proposed(state: State, act: Act, states: list[State]) -> State:
    return replace(state, proposed=act.n)


def _ruling(state: State, act: Act, states: list[State]) -> State:
    found = rulings.read(act.body["ruling"])
    others = {k: r for k, r in state.rulings.items() if k not in act.body["instead"]}
    return replace(state, rulings=others | {found.id: found})


def _unruled(state: State, act: Act, states: list[State]) -> State:
    return replace(state, rulings={k: r for k, r in state.rulings.items() if k != act.body["id"]})


def _message(state: State, act: Act, states: list[State]) -> State:
    return replace(state, messages=(*state.messages, Message.from_plain(act.body)))


def _changed_message(state: State, act: Act, states: list[State]) -> State:
    number = act.body["message"]
    changed = [replace(m, **act.body["changes"]) if m.number == number else m for m in state.messages]
    return replace(state, messages=tuple(changed))


def _inject(state: State, act: Act, states: list[State]) -> State:
    inject = Inject.from_plain(act.body)
    return replace(state, injects=dict(state.injects) | {inject.id: inject})


def _uninject(state: State, act: Act, states: list[State]) -> State:
    return replace(state, injects={k: i for k, i in state.injects.items() if k != act.body["id"]})


def _rfi(state: State, act: Act, states: list[State]) -> State:
    b = act.body
    return replace(state, rfis=(*state.rfis, Rfi(len(state.rfis) + 1, act.seat, b["text"], b["hour"])))


def _answer(state: State, act: Act, states: list[State]) -> State:
    b = act.body
    answered = [replace(r, answer=b["text"], answered=b["hour"]) if r.number == b["rfi"] else r for r in state.rfis]
    return replace(state, rfis=tuple(answered))


def _note(state: State, act: Act, states: list[State]) -> State:
    return replace(state, notes=(*state.notes, (act.at, act.who, act.body["text"])))


def _committed(state: State, act: Act, states: list[State]) -> State:
    b = act.body
    injects = {k: replace(i, fired=b["fired"][k]) if k in b["fired"] else i for k, i in state.injects.items()}
    return replace(
        state, hour=b["until"], length=b["length"], turn=state.turn + 1, head=act.n, closed=False, orders={},
        proposed=0, rulings={}, injects=injects,
    )  # fmt: skip


def _undone(state: State, act: Act, states: list[State]) -> State:
    return replace(_back(state, states[act.body["to"]]), undone=(*state.undone, state.n))


def _redone(state: State, act: Act, states: list[State]) -> State:
    return replace(_back(state, states[act.body["to"]]), undone=state.undone[:-1])


def _back(now: State, then: State) -> State:
    """An earlier (or later) state of the game, with the people of today."""
    own = {n: getattr(now, n) for n in ("seats", "people", "codes", "rfis", "notes")}
    return replace(then, **own)


_FOLDS: dict[str, Callable[[State, Act, list[State]], State]] = {
    "created": _created, "files": _files, "forked": _forked, "seat": _seat, "person": _person, "code": _code,
    "length": _length, "style": _style, "closed": _closed, "orders": _orders, "withdrawn": _withdrawn,
    "proposed": _proposed, "ruling": _ruling, "unruled": _unruled, "message": _message,
    "message_changed": _changed_message, "inject": _inject, "uninject": _uninject, "rfi": _rfi, "answer": _answer,
    "note": _note, "committed": _committed, "undone": _undone, "redone": _redone,
}  # fmt: skip


def instruction(plain: Mapping[str, Any]) -> Instruction:
    """An instruction from its plain form in the log."""
    return Instruction(**dict(plain) | {"args": tuple(plain["args"])})


def proposal(plain: Mapping[str, Any]) -> Proposal:
    """A proposal from its plain form in the log."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    outcomes = tuple(Outcome(**o | {"means": tuple(o["means"])}) for o in plain["outcomes"])
    return Proposal(**values | {"outcomes": outcomes})


def plain(thing: Any) -> dict[str, Any]:
    """A frozen thing of the table in its plain form for the log."""
    whole: dict[str, Any] = asdict(thing)
    return whole
