"""The people in the room: orders, seats, messages, injects, questions. A part of `wargame.table.game`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wargame import conditions, dates
from wargame.dice import Dice
from wargame.errors import UsageError, did_you_mean
from wargame.table import codes, messages, rulings, written
from wargame.table.forms import Instruction, Rejected
from wargame.table.messages import EVERYBODY, Inject
from wargame.table.record import MOST_NAME, MOST_ORDERS, Record, power_of, said
from wargame.table.rulings import ALLOWED
from wargame.table.state import LEAD, OBSERVER, ROLES, SEAT_KINDS, UMPIRE, UMPIRES, State, plain
from wargame.table.turn import checked_length


class Room(Record):
    """A game with its people: what they hand in, where they sit, what they write, and what the umpire tells them."""

    # --- orders ------------------------------------------------------------------------------------------------------

    def submit(
        self, seat: str, text: str, *, who: str = "", replace_all: bool = False
    ) -> tuple[list[Instruction], list[Rejected]]:
        """Hand in orders for a seat; returns those understood and the lines sent back.

        What is understood is added to the seat's sheet (or replaces it all); the same line twice is one order. Lines
        are read against what the seat knows, never against what is true.
        """
        power = self.player(seat)
        self.check_on()
        if len(text) > MOST_ORDERS:
            raise UsageError(
                f"{len(text):,} characters of orders are too many; hand in at most {MOST_ORDERS:,} at a time"
            )
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
        power, wanted = self.player(seat), list(lines)
        o = self.orders(power)
        there = [line for line in (*o["accepted"], *o["standing"]) if line in wanted]
        missing = [line for line in wanted if line not in there]
        if missing:
            hint = did_you_mean(missing[0], (*o["accepted"], *o["standing"]))
            raise UsageError(f"{power} has no order '{missing[0]}'; {hint or 'look: wargame game orders'}")
        self._act("withdrawn", lambda s: {"lines": there}, seat=power, who=who or power)
        return there

    def close_orders(self, *, closed: bool = True, who: str = UMPIRE) -> None:
        """No more orders for this turn; or let them come again."""
        self._act("closed", lambda s: {"closed": closed}, who=who)

    def set_turn(self, length: str, *, who: str = UMPIRE) -> None:
        """Another length of turn from here on: day, week, month, event, or ``3 days``."""
        wanted = checked_length(length)
        self._act("length", lambda s: {"length": wanted}, who=who)

    def set_style(self, domain: str, style: str, *, who: str = UMPIRE) -> None:
        """How matters of a domain are adjudicated: rigid, semi-rigid, free, consensual, matrix."""
        if style not in ALLOWED:
            raise UsageError(f"there is no style '{style}'; write one of: {', '.join(ALLOWED)}")
        if domain not in rulings.STYLES:
            raise UsageError(f"there is no domain '{domain}'; write one of: {', '.join(rulings.STYLES)}")
        self._act("style", lambda s: {"domain": domain, "style": style}, who=who)

    def note(self, text: str, *, who: str = UMPIRE) -> None:
        """An umpire's note: an insight, a dissent. No seat sees it."""
        self._act("note", lambda s: {"text": said(text)}, who=who)

    # --- seats and people --------------------------------------------------------------------------------------------

    def set_seat(
        self, power: str, kind: str, person: str | None = None, *, script: Mapping[str, Sequence[str]] | None = None,
        who: str = UMPIRE,
    ) -> None:  # fmt: skip
        """Who decides for a power from now on: human, automatic, or scripted (question id or kind -> options)."""
        power = power_of(self.setup, power)
        if kind not in SEAT_KINDS:
            raise UsageError(f"there is no kind of seat '{kind}'; write one of: {', '.join(SEAT_KINDS)}")
        if (kind == "scripted") != (script is not None):
            raise UsageError("a scripted seat needs a script, and only a scripted one has one")
        lines = {k: list(v) for k, v in (script or {}).items()}
        self._act("seat", lambda s: {"power": power, "kind": kind, "script": lines}, who=who)
        if person is not None:
            self.seat_person(person, power, who=who)

    def seat_person(self, name: str, place: str, role: str = "", *, who: str = UMPIRE) -> None:
        """Give somebody a place: a power (several people may share it), ``umpire`` with a role, ``observer``.

        An empty place: he has left the room.
        """
        name = " ".join(said(name, MOST_NAME).split())
        where = place if place in {UMPIRE, OBSERVER, ""} else power_of(self.setup, place)
        if (role or LEAD) not in ROLES or (role and where != UMPIRE):
            raise UsageError(f"the roles of umpires are: {', '.join(ROLES)}")
        if not where and name not in self.state.people:
            raise UsageError(f"nobody called '{name}' is in the room")
        taken = role or (LEAD if where == UMPIRE else "")
        self._act("person", lambda s: {"name": name, "place": where, "role": taken}, who=who)

    def new_code(self, place: str, *, who: str = UMPIRE) -> str:
        """A new code that lets the people of a place in; only its hash is kept. An earlier one is good no more.

        A place is a power, ``observer``, or an umpire's by his role: ``umpire`` for the lead, else ``umpire:map``.
        """
        where = place if place in UMPIRES else self._seat(place)
        code = codes.made()
        self._act("code", lambda s: {"place": where, "code": codes.hashed(code)}, who=who)
        return code

    def lets_in(self, place: str, code: str) -> bool:
        """Whether a code opens a place. Takes a while on purpose: let nobody try often."""
        known = self.state.codes.get(place, "")
        return bool(known) and codes.fits(code, known)

    def fill(self, *, who: str = UMPIRE) -> list[str]:
        """Give every human seat at which nobody sits to its automatic government; returns them."""
        taken = {p.place for p in self.state.people.values()}
        empty = [p for p in self.state.humans if p not in taken]
        for power in empty:
            self.set_seat(power, "automatic", who=who)
        return empty

    # --- messages, injects, questions --------------------------------------------------------------------------------

    def message(
        self, sender: str, to: Iterable[str], text: str, *, way: str = "cable", who: str = ""
    ) -> dict[str, Any]:
        """Send a message; what comes of it (delay, loss, readers) is returned for the umpire, not for the sender."""
        by = messages.way(way)
        origin = power_of(self.setup, sender)
        goals = tuple(dict.fromkeys(power_of(self.setup, p) for p in to))
        if not goals or origin in goals:
            raise UsageError("a message goes from one power to others; name whom: --to POL,FRA")
        others = [p for p in self.state.humans if p not in {origin, *goals}]
        dice = Dice(self.created["seed"])

        def make(s: State) -> dict[str, Any]:
            number = len(s.messages) + 1
            return plain(messages.sent(number, origin, goals, said(text), by, s.hour, others, dice))

        return dict(self._act("message", make, seat=origin, who=who or origin).body)

    def change_message(self, number: int, *, who: str = UMPIRE, **changes: Any) -> None:
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

        self._act("message_changed", make, who=who)

    def inject(
        self, text: str, *, to: Iterable[str] = (), at: int = 0, when: Iterable[str] = (),
        effects: Iterable[str] = (), who: str = UMPIRE,
    ) -> Inject:  # fmt: skip
        """Plan an inject: at an hour, under conditions, or at once; to some seats, to all (``ALL``), or to nobody."""
        whom = tuple(EVERYBODY if p == EVERYBODY else power_of(self.setup, p) for p in to)
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
            planned = Inject(name, said(text) if text.strip() else "", whom, at, met, lines, s.hour if now else 0)
            return plain(planned)

        return Inject.from_plain(self._act("inject", make, who=who).body)

    def cancel_inject(self, name: str, *, who: str = UMPIRE) -> None:
        """Take an inject back that has not come yet."""

        def make(s: State) -> dict[str, Any]:
            if name not in s.injects or s.injects[name].fired:
                raise UsageError(f"there is no inject '{name}' to come; look: wargame game status")
            return {"id": name}

        self._act("uninject", make, who=who)

    def rfi(self, seat: str, text: str, *, who: str = "") -> int:
        """A seat asks the umpire something; returns the number under which he answers."""
        power = self.player(seat)
        self._act("rfi", lambda s: {"text": said(text), "hour": s.hour}, seat=power, who=who or power)
        return len(self.state.rfis)

    def answer(self, number: int, text: str, *, who: str = UMPIRE) -> None:
        """The umpire answers a request for information."""

        def make(s: State) -> dict[str, Any]:
            if not 1 <= number <= len(s.rfis):
                raise UsageError(f"there is no request {number}; look: wargame game status")
            return {"rfi": number, "text": said(text), "hour": s.hour}

        self._act("answer", make, who=who)
