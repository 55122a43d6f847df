"""One turn of a game: what everybody ordered, what the umpire ruled, and what comes of it. No file, no clock.

`play` is the same machine as a headless run: a turn in which nobody ordered or ruled anything is exactly the
stretch of that run.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wargame import dates
from wargame.engine import Engine, Run, automatic_seats
from wargame.errors import UsageError
from wargame.house import Clerk, House
from wargame.journal import Level
from wargame.scenario import Setup
from wargame.seats import ScriptedSeat, Seat
from wargame.table import redact, rulings
from wargame.table.carry_out import TableSeat, carry_out
from wargame.table.carry_out import run as on
from wargame.table.forms import Instruction
from wargame.table.rulings import Ruling
from wargame.weighing import Next
from wargame.world import World

LENGTHS = ("day", "week", "month", "event")
LONGEST_WAIT_DAYS = 31  # of a turn "until something happens"
NEWS = frozenset(
    [
        *(
            "war_declared",
            "war_joined",
            "hostilities_ceased",
            "armistice_signed",
            "standing_changed",
            "treaty_signed",
            "treaty_ended",
        ),
        *("zones_ceded", "government_formed", "leader_died"),
    ]
)
"""Kinds of entries that end a turn "until something happens", if everybody hears of them: its length is no secret."""


ANSWERS = frozenset({"sign", "refuse", "accept peace", "concede"})
"""Orders that answer others' of the same turn: they are carried out last, whoever gives them; call-ups come first."""


@dataclass(frozen=True)
class Brief:
    """Everything that enters one turn besides the world: the same brief from the same world gives the same journal.

    ``length``: day, week, month, event (until something happens), or a number of days, ``3 days``. ``seats``: power ->
    human, automatic or scripted; a power that is not named is automatic. ``scripts``: what scripted seats answer.
    ``orders``: of all seats, in the order in which they are carried out. ``rulings``: the umpire's for this turn.
    ``latest``: the hour at which a turn "until something happens" ends even if nothing does, 0 = none.
    """

    length: str = "week"
    seats: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    orders: tuple[Instruction, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    latest: int = 0


def play(setup: Setup, world: World, brief: Brief, until: int = 0, *, level: Level = "full") -> Run:
    """The turn from a position; the position itself is left alone. The hour of the world after it is the turn's end.

    ``until``: play the brief's turn and on to this hour instead. `UsageError` for a ruling that does not fit.
    """
    twin, seats = rulings.enter(setup, world, seated(setup, brief), brief.rulings)
    engine = Engine(setup, twin, seats=seats, level=level)
    for instruction in sorted(brief.orders, key=lambda i: (i.verb in ANSWERS, i.verb != "mobilise")):
        if instruction.kind != "standing":
            engine.interject(world.hour, _given(instruction))
    end = until or turn_end(world.hour, brief.length, setup.scenario.scenario.ends)
    if brief.length == "event" and not until:
        end = _until_news(engine, brief, world.hour, min(end, brief.latest or end))
    run = on(engine, end, brief.orders)
    run.world.hour = end
    return run


def seated(setup: Setup, brief: Brief) -> dict[str, Seat]:
    """Who answers for each power in a turn."""
    seats = automatic_seats(setup)
    for power, kind in brief.seats.items():
        if kind == "human":
            mine = [i for i in brief.orders if i.power == power]
            seats[power] = TableSeat(mine, seats[power], setup)
        elif kind == "scripted":
            seats[power] = ScriptedSeat(dict(brief.scripts.get(power, {})))
    return seats


def _given(instruction: Instruction) -> Callable[[House, Clerk], list[Next]]:
    """An order as an act at the table: it is recorded, then carried out."""
    return lambda house, clerk: carry_out(house, clerk, instruction)


def _until_news(engine: Engine, brief: Brief, begins: int, latest: int) -> int:
    """Play day by day until something happens that everybody hears of; returns the hour reached."""
    hour, seen = begins, len(engine.journal.entries)
    while hour < latest:
        hour = min(hour + dates.DAY, latest)
        on(engine, hour, brief.orders)
        public = redact.visible_entries(engine.journal.entries[seen:], "", engine.world, engine.setup.atlas)
        if any(e.kind in NEWS for e in public):
            break
        seen = len(engine.journal.entries)
    return hour


def turn_end(hour: int, length: str, ends: int) -> int:
    """The hour at which a turn ends that begins at `hour`: the same hour of a later day, at the latest `ends`."""
    if length == "month":
        now = dates.to_datetime(hour)
        year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
        day = min(now.day, calendar.monthrange(year, month)[1])
        return min(dates.parse(now.replace(year=year, month=month, day=day)), ends)
    return min(hour + _days(length) * dates.DAY, ends)


def _days(length: str) -> int:
    fixed = {"day": 1, "week": 7, "event": LONGEST_WAIT_DAYS}
    return fixed[length] if length in fixed else int(length.split(maxsplit=1)[0])


def checked_length(length: str) -> str:
    """A turn's length in its one written form; `UsageError` says what may be written."""
    words = length.strip().lower()
    if words in LENGTHS:
        return words
    if (found := re.fullmatch(r"(\d{1,3}) ?d(ays?)?", words)) and 1 <= int(found.group(1)) <= 366:
        days = int(found.group(1))
        return {1: "day", 7: "week"}.get(days, f"{days} days")
    raise UsageError(f"'{length}' is no length of a turn; write day, week, month, event, or a number of days: 3 days")
