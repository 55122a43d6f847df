"""Messages between seats, injects of the umpire, and requests for information.

A message goes by a way (``messages.toml``): it takes time, may be lost, and may be read by others. All of that is
settled when it is sent, by dice keyed by the message's number, and told to the umpire alone: the sender never learns
whether it arrived.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files as package_files
from typing import Any

from wargame import dates
from wargame.dice import Dice
from wargame.errors import UsageError, did_you_mean

EVERYBODY = "ALL"


@dataclass(frozen=True, slots=True)
class Way:
    """How messages go: hours under way (from, to), chance of loss, chance that another power reads it."""

    id: str
    name: str
    hours: tuple[int, int]
    lost: float
    read: float
    source: str
    status: str


@cache
def ways() -> Mapping[str, Way]:
    """The ways a message can go, by id."""
    text = (package_files("wargame") / "table" / "messages.toml").read_text(encoding="utf-8")
    return {w["id"]: Way(**w | {"hours": tuple(w["hours"])}) for w in tomllib.loads(text)["ways"]}


def way(name: str) -> Way:
    """A way by its id; `UsageError` names them all."""
    if name not in ways():
        hint = did_you_mean(name, ways()) or f"there are: {', '.join(ways())}"
        raise UsageError(f"there is no way '{name}' to send a message; {hint}")
    return ways()[name]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``arrives``: hour; ``readers``: powers that read it on its way; ``real``: from a player.

    ``held``: the umpire keeps it back; ``text`` may be what he made of it, ``original`` what was written.
    """

    number: int
    sender: str
    to: tuple[str, ...]
    text: str
    way: str
    sent: int
    arrives: int
    lost: bool = False
    held: bool = False
    readers: tuple[str, ...] = ()
    original: str = ""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Message:
        """A message from its plain form in the log."""
        values = {f.name: plain[f.name] for f in fields(cls)}
        return cls(**values | {"to": tuple(plain["to"]), "readers": tuple(plain["readers"])})

    def has_come(self, hour: int) -> bool:
        """Whether it is in the hands of those it was sent to."""
        return not self.lost and not self.held and self.arrives <= hour


def sent(
    number: int, sender: str, to: tuple[str, ...], text: str, by: Way, hour: int, others: Iterable[str], dice: Dice
) -> Message:
    """A message on its way. ``others``: the powers that might read it; their dice and its own are keyed by `number`."""
    subject = f"message {number}"
    first, last = by.hours
    late = int((last - first + 1) * dice.uniform("message delay", subject))
    lost = dice.uniform("message lost", subject) < by.lost
    readers = tuple(
        p for p in sorted(others) if by.read > 0 and dice.uniform("message read", f"{subject} {p}") < by.read
    )
    return Message(number, sender, to, text, by.id, hour, hour + first + late, lost=lost, readers=readers)


@dataclass(frozen=True, slots=True)
class Inject:
    """Something the umpire brings in from outside.

    ``to``: powers that are told (``ALL``: everybody, in public). ``at``: hour when it comes, 0 with ``when``: as soon
    as these conditions (`wargame.conditions`) hold at the end of a turn. ``effects``: lines of the umpire's written
    form that change the world. ``fired``: hour when it came, 0 = not yet.
    """

    id: str
    text: str
    to: tuple[str, ...] = ()
    at: int = 0
    when: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    fired: int = 0

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Inject:
        """An inject from its plain form in the log."""
        lists = {n: tuple(plain[n]) for n in ("to", "when", "effects")}
        return cls(**{f.name: plain[f.name] for f in fields(cls)} | lists)


@dataclass(frozen=True, slots=True)
class Rfi:
    """A seat's request for information, and the umpire's answer."""

    number: int
    power: str
    text: str
    hour: int
    answer: str = ""
    answered: int = 0


@dataclass(frozen=True)
class Mail:
    """What a seat has in its tray, numbered for it alone, each in plain form with the date."""

    received: list[dict[str, Any]] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    news: list[dict[str, Any]] = field(default_factory=list)
    rfis: list[dict[str, Any]] = field(default_factory=list)


def mail(power: str, hour: int, messages: Iterable[Message], injects: Iterable[Inject], rfis: Iterable[Rfi]) -> Mail:
    """The tray of one seat at an hour: what has reached it, what it sent, what it was told, what it asked."""
    found = Mail()
    coming = [m for m in messages if m.has_come(hour) and (power in m.to or power in m.readers)]
    for m in sorted(coming, key=lambda m: (m.arrives, m.sent, m.number)):
        line: dict[str, Any] = {"number": len(found.received) + 1, "from": m.sender, "to": list(m.to), "text": m.text}
        line |= {"way": m.way, "sent": dates.instant(m.sent), "came": dates.instant(m.arrives)}
        found.received.append(line | {"intercepted": power not in m.to})
    for m in messages:
        if m.sender == power:
            line = {"number": len(found.written) + 1, "to": list(m.to), "text": m.original or m.text}
            found.written.append(line | {"way": m.way, "sent": dates.instant(m.sent)})
    come = [i for i in injects if i.fired and i.fired <= hour and (power in i.to or EVERYBODY in i.to)]
    for i in sorted(come, key=lambda i: (i.fired, i.text)):
        told = {"text": i.text, "came": dates.instant(i.fired), "public": EVERYBODY in i.to}
        found.news.append({"number": len(found.news) + 1} | told)
    for r in rfis:
        if r.power == power:
            line = {"number": len(found.rfis) + 1, "asked": dates.instant(r.hour), "text": r.text}
            found.rfis.append(line | {"answer": r.answer})
    return found
