"""Ready games: a folder with ``game.toml`` and Markdown, that a table can be set up from at once.

Who sits where and what each is told, what each wants in secret and how that is counted, how long the turns are, what
the umpire brings in and when, and his notes. `load` reads one; `validate` gives every fault of its files at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from wargame import dates, umpiring
from wargame.conditions import fault
from wargame.errors import Fault, UsageError, did_you_mean
from wargame.load import scenarios, toml_files, trees
from wargame.load.paths import Search, search
from wargame.load.tables import Reader
from wargame.load.trees import Node
from wargame.scenario import Hour, Model, PowerCode, Setup, Slug

FileName = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.md$")]
LENGTH = re.compile(r"day|week|month|event|[1-9]\d{0,2} days")


class Head(Model):
    """The ``[game]`` table. ``minutes``: real time of the whole game, briefing and talk after it included."""

    id: Slug
    title: str
    summary: str
    scenario: Slug
    overlays: tuple[Slug, ...] = ()
    seed: int = Field(1, ge=0)
    minutes: int = Field(gt=0)
    turn: str = "week"
    until: Hour  # the day on which the game is counted
    umpire: FileName = "umpire.md"
    opening: FileName = "opening.md"
    sources: tuple[str, ...] = ()


class Objective(Model):
    """One thing a seat wants. ``when``: conditions under which it counts by itself; without any the umpire judges."""

    text: str
    points: int = Field(ge=-20, le=20)
    when: tuple[str, ...] = ()


class SeatEntry(Model):
    """A ``[[seats]]`` table: a power that people play."""

    power: PowerCode
    title: str
    players: int = Field(1, ge=1, le=12)
    needed: bool = True  # otherwise it is automatic when nobody has come
    briefing: FileName
    objectives: tuple[Objective, ...] = Field(min_length=1)


class TurnEntry(Model):
    """A ``[[turns]]`` table: how long turns are until a day, and how many minutes of real time one takes."""

    until: Hour
    length: str
    minutes: int = Field(gt=0)


class InjectEntry(Model):
    """An ``[[injects]]`` table: told to some seats (ALL: in public) at an hour, or as soon as conditions hold.

    ``effects``: lines in the umpire's written form. ``status`` says how sure we are that it happened so.
    """

    id: Slug
    text: str
    to: tuple[str, ...] = ()
    at: Hour | None = None
    when: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    status: str = ""


class Book(Model):
    """``game.toml``."""

    game: Head
    seats: tuple[SeatEntry, ...] = Field(min_length=1)
    turns: tuple[TurnEntry, ...] = ()
    injects: tuple[InjectEntry, ...] = ()


@dataclass(frozen=True)
class ReadyGame:
    """A ready game: its book and its pages by file name, in Markdown."""

    book: Book
    pages: Mapping[str, str]
    folder: Path = field(default=Path(), compare=False)

    def briefing(self, power: str) -> str:
        """What a seat is told at the opening, in Markdown: the story for all, then its own page."""
        seat = self.seat(power)
        return f"{self.pages[self.book.game.opening].strip()}\n\n{self.pages[seat.briefing].strip()}\n"

    def seat(self, power: str) -> SeatEntry:
        """A seat of the game; `UsageError` names those there are."""
        for seat in self.book.seats:
            if seat.power == power:
                return seat
        raise UsageError(f"nobody plays {power} in this game; there is {', '.join(s.power for s in self.book.seats)}")

    @property
    def notes(self) -> str:
        """The notes for the umpire, in Markdown."""
        return self.pages[self.book.game.umpire]

    def length(self, hour: int) -> str:
        """How long a turn is that begins at an hour."""
        return next((t.length for t in self.book.turns if hour < t.until), self.book.game.turn)


def names(data: Iterable[str | Path] = ()) -> list[str]:
    """Ready games that there are, sorted."""
    return search(data).names("game")


def load(name: str, data: Iterable[str | Path] = ()) -> ReadyGame:
    """A ready game; `InputError` with every fault of its files, `UsageError` if there is none of this name."""
    reader, game = _read(name, data)
    reader.check()
    assert game is not None
    return game


def validate(name: str, data: Iterable[str | Path] = ()) -> list[Fault]:
    """Every fault of a ready game, its scenario's included, by file and line."""
    reader, _ = _read(name, data)
    return sorted(reader.faults, key=lambda f: (f.severity, f.file, f.line or 0, f.what))


def _read(name: str, data: Iterable[str | Path]) -> tuple[Reader, ReadyGame | None]:
    where = search(data)
    path = where.find("game", name)
    reader = Reader(where.label)
    found = toml_files.read(reader, path, f"game/{name}.toml")
    node = trees.tree(found) if found is not None else None
    book = trees.model(reader, Book, node) if node is not None else None
    if book is None or node is None:
        return reader, None
    pages = _pages(reader, path.parent, book, node)
    _check_book(reader, book, node, name)
    setup = _setup(reader, where, book, node, data)
    if setup is not None:
        _check_against(reader, book, node, setup)
    return reader, ReadyGame(book, pages, path.parent)


def _pages(reader: Reader, folder: Path, book: Book, node: Node) -> dict[str, str]:
    """The Markdown pages that the book names; an empty one is a fault."""
    wanted = [("game", "umpire"), ("game", "opening"), *(("seats", i, "briefing") for i in range(len(book.seats)))]
    pages: dict[str, str] = {}
    for place in wanted:
        at = node.at(*place)
        name = str(at.value) if isinstance(at.value, str) else str(Head.model_fields[str(place[-1])].default)
        if name in pages:
            continue
        text = reader.text(folder / name, f"game/{name}")
        if text is not None and not text.strip():
            reader.fault("empty-file", reader.label(folder / name), "the page is empty", "write it", 1)
        pages[name] = text or ""
    return pages


def _check_book(reader: Reader, book: Book, node: Node, name: str) -> None:
    """What can be wrong with a book by itself."""

    def note(code: str, what: str, remedy: str, *place: str | int) -> None:
        at = node.at(*place)
        reader.fault(code, at.file, what, remedy, at.line)

    if book.game.id != name:
        note("bad-id", f"the game's id '{book.game.id}' is not the name of its folder", f"write {name}", "game", "id")
    for place, length in (
        (("game", "turn"), book.game.turn),
        *((("turns", i, "length"), t.length) for i, t in enumerate(book.turns)),
    ):
        if not LENGTH.fullmatch(length):
            note("bad-value", f"'{length}' is no length of a turn", "write day, week, month, event or '3 days'", *place)
    for what, ids in (("seats", [s.power for s in book.seats]), ("injects", [i.id for i in book.injects])):
        for k, one in enumerate(ids):
            if one in ids[:k]:
                note("duplicate", f"'{one}' is there twice among the {what}", "leave one out", what, k)
    for k, inject in enumerate(book.injects):
        if (inject.at is None) == (not inject.when):
            note("bad-value", f"inject '{inject.id}' needs a day or conditions, and not both", "write at or when",
                 "injects", k)  # fmt: skip
        known = {"ALL", *(s.power for s in book.seats)}
        for j, who in enumerate(inject.to):
            if who not in known:
                note("unknown-id", f"nobody sits at '{who}'", did_you_mean(who, known) or "write ALL or a seat's power",
                     "injects", k, "to", j)  # fmt: skip
    spent = sum(t.minutes for t in book.turns)
    if spent > book.game.minutes:
        note("bad-value", f"the turns take {spent} minutes by themselves", "allow more", "game", "minutes")


def _setup(reader: Reader, where: Search, book: Book, node: Node, data: Iterable[str | Path]) -> Setup | None:
    """The scenario of a game; its faults are noted as they stand in its own files."""
    at = node.at("game", "scenario")
    try:
        where.find("scenario", book.game.scenario)
        found = scenarios.validate(book.game.scenario, book.game.overlays, tuple(data))
    except UsageError as error:
        reader.fault("unknown-id", at.file, str(error), "", at.line)
        return None
    reader.faults += [f for f in found if f.severity == "error"]
    return None if reader.errors else scenarios.load(book.game.scenario, book.game.overlays, tuple(data))


def _check_against(reader: Reader, book: Book, node: Node, setup: Setup) -> None:
    """Whether seats, days, conditions and effects fit the scenario."""
    head = setup.scenario.scenario
    known = {p.id for p in setup.scenario.powers} | {r["power"] for r in setup.tables["governments"]}
    world = scenarios.opening_world(setup, book.game.seed)

    def note(code: str, what: str, remedy: str, *place: str | int) -> None:
        at = node.at(*place)
        reader.fault(code, at.file, what, remedy, at.line)

    def conditions(texts: tuple[str, ...], *place: str | int) -> None:
        for k, text in enumerate(texts):
            if why := fault(text, setup.atlas):
                note("bad-condition", why, "see the conditions in docs/scenario_guide.md", *place, k)

    for i, seat in enumerate(book.seats):
        if seat.power not in known:
            what = f"{seat.power} has no part in scenario '{head.id}'"
            note("unknown-id", what, did_you_mean(seat.power, known), "seats", i, "power")
        for j, objective in enumerate(seat.objectives):
            conditions(objective.when, "seats", i, "objectives", j, "when")
    days = [(("game", "until"), book.game.until), *((("turns", i, "until"), t.until) for i, t in enumerate(book.turns))]
    for place, day in days:
        if not head.opening < day <= head.ends:
            what = f"{dates.iso(day)} lies outside the scenario, {dates.iso(head.opening)} to {dates.iso(head.ends)}"
            note("bad-date", what, "correct the date", *place)
    for i, inject in enumerate(book.injects):
        conditions(inject.when, "injects", i, "when")
        if inject.at is not None and not head.opening <= inject.at < head.ends:
            note("bad-date", f"inject '{inject.id}' comes outside the scenario", "correct the date", "injects", i, "at")
        for j, effect in enumerate(inject.effects):
            for what in umpiring.faults(setup, world, [effect]):
                note("bad-effect", what, "", "injects", i, "effects", j)
