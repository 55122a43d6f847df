"""The purge of officers as a file, ``purge.csv``: who was removed when, by power and rank."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from wargame.errors import UsageError
from wargame.load.formations import Spared
from wargame.load.paths import Search, search
from wargame.load.tables import PROVENANCE, Column, Reader, Table
from wargame.rulebook import Rulebook
from wargame.rules.raising import RANKS, Removal, continuity_lost

PURGE = Table(
    "purge",
    (
        Column("power", "power", "code of the power whose officers they were", needed=True),
        Column("rank", "text", "whom they commanded", needed=True, choices=RANKS),
        Column("share", "number", "share of the officers of that rank who were removed", needed=True, low=0, high=1),
        Column("begins", "date", "the day it begins", needed=True),
        Column("ends", "date", "the day it ends; removals are spread evenly between the two", needed=True),
        Column("returned", "number", "share of those removed who came back", default=0.0, low=0, high=1),
        Column("returned_on", "date", "the day they are back; never if empty"),
        Column("note", "text", "the figures behind it, and others that differ"),
        *PROVENANCE,
    ),
    key=("power", "rank", "begins"),
)


def removals(power: str, data: Iterable[str | Path] = ()) -> list[Removal]:
    """What is known of a power's purges; none for most. `InputError` with every fault of the file."""
    where = search(data)
    reader = Reader(where.label)
    found = read(reader, where)
    reader.check()
    return found.get(power, [])


def read(reader: Reader, where: Search) -> dict[str, list[Removal]]:
    """Removals by power from the first file found; faults go to ``reader``."""
    rows = reader.table(where.find("purge", "purge"), PURGE, "purge.csv")
    found: dict[str, list[Removal]] = {}
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        if row["ends"] <= row["begins"]:
            reader.fault("bad-date", rows.file, "ends is not after begins", "correct one of the dates", line)
        removal = Removal(row["rank"], row["share"], row["begins"], row["ends"], row["returned"], row["returned_on"])
        found.setdefault(row["power"], []).append(removal)
    return found


def spared(reader: Reader, where: Search, powers: Iterable[str], rulebook: Rulebook) -> dict[str, Spared]:
    """For powers whose purges are to be thought away: the share of officer continuity lost by an hour.

    `UsageError` for a power of which no purge is known.
    """
    wanted = list(powers)
    known = read(reader, where) if wanted else {}
    for power in wanted:
        if power not in known:
            raise UsageError(f"no purge of '{power}' is known; there is: {', '.join(sorted(known)) or 'none'}")

    def lost_by(mine: list[Removal]) -> Spared:
        return lru_cache(maxsize=64)(lambda hour: continuity_lost(mine, hour, rulebook))

    return {power: lost_by(known[power]) for power in wanted}
