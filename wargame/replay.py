"""Replay: the journal's events, and a full journal's daily columns, folded over the opening World. Needs no rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.errors import UsageError
from wargame.fold import apply
from wargame.house import PROVINCE_COLUMNS
from wargame.journal import Entry, Journal
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup
from wargame.world import STATE_COLUMNS, World

Columns = dict[str, NDArray[Any]]


def replay(journal: Journal, setup: Setup, until: int | None = None) -> World:
    """The World as the journal leaves it, or as it was before the hour `until`; its hour is that of the last entry.

    Of a journal of level ``full`` every column is exact. Of one of level ``events`` control, orders, pockets and all
    politics are, but of the forces only what events say: places and strengths stay as at the opening. `UsageError` for
    the level ``verdict``, or where an entry names what the scenario's files no longer have.
    """
    return _Fold(journal, setup).to(until)


def days(journal: Journal, setup: Setup) -> Iterator[World]:
    """The World at the end of each day of which the journal has entries. It is one World, moved on: copy to keep it."""
    fold = _Fold(journal, setup)
    for number in sorted({dates.day_number(e.hour) for e in journal}):
        yield fold.to((number + 1) * dates.DAY)


def worlds(journal: Journal, setup: Setup, untils: Sequence[int]) -> list[World]:
    """The World as it was before each of several hours, in one pass; hours without news pass all the same."""
    fold, found = _Fold(journal, setup), {}
    for until in sorted(set(untils)):
        world = fold.to(until).copy()
        found[until] = replace(world, hour=max(world.hour, min(until - 1, setup.scenario.scenario.ends)))
    return [found[until] for until in untils]


class _Fold:
    """One replay in progress."""

    def __init__(self, journal: Journal, setup: Setup) -> None:
        if journal.level == "verdict":
            raise UsageError("this journal keeps only the verdict; run the scenario again with --level full")
        self.journal, self.atlas = journal, setup.atlas
        self.world = opening_world(setup, journal.entries[0].data["seed"])
        self.next = 0
        self.recorded = _bulk(self.world)

    def to(self, until: int | None) -> World:
        """Fold every entry before an hour."""
        entries = self.journal.entries
        while self.next < len(entries) and (until is None or entries[self.next].hour < until):
            self._fold(entries[self.next])
            self.next += 1
        return self.world

    def _fold(self, entry: Entry) -> None:
        self.world.hour = entry.hour
        if entry.kind == "day":
            self._fold_columns(entry)
        elif entry.kind != "header":
            try:
                apply(self.world, self.atlas, entry.event(), entry.n)
            except (KeyError, IndexError) as error:
                what = f"entry {entry.n} ({entry.kind}) names {error}, which the scenario's files do not have"
                raise UsageError(f"{what}; replay a run with the files it was made from") from None
        self.world.journal_length, self.world.journal_hash = entry.n + 1, entry.hash

    def _fold_columns(self, entry: Entry) -> None:
        """Rows changed since the last record; between two records events may have touched others on the way."""
        changed = self.journal.days.get(entry.n)
        if changed is None:
            return
        for name, values in self.recorded.items():
            if f"{name}#rows" in changed:
                values[changed[f"{name}#rows"]] = changed[f"{name}#values"]
            owner, _, column = name.partition(".")
            np.copyto(getattr(self.world.forces if owner == "forces" else self.world, column), values)


def _bulk(world: World) -> Columns:
    columns = {f"forces.{n}": getattr(world.forces, n).copy() for n in STATE_COLUMNS}
    return columns | {f"world.{n}": getattr(world, n).copy() for n in PROVINCE_COLUMNS}
