"""The purge of officers as a file, ``purge.csv``: who was removed when, by power and rank."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wargame.load.paths import search
from wargame.load.tables import PROVENANCE, Column, Reader, Table
from wargame.rules.raising import RANKS, Removal

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
    rows = reader.table(where.find("purge", "purge"), PURGE, "purge.csv")
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        if row["ends"] <= row["begins"]:
            reader.fault("bad-date", rows.file, "ends is not after begins", "correct one of the dates", line)
    reader.check()
    return [
        Removal(row["rank"], row["share"], row["begins"], row["ends"], row["returned"], row["returned_on"])
        for row in rows.dicts()
        if row["power"] == power
    ]
