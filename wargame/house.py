"""Everything fixed in one run, and the clerk who keeps its minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.dice import Dice
from wargame.events import (
    Columns,
    Entrained,
    Event,
    FormationDispersed,
    FormationReady,
    FormationsInterned,
    FormationsSurrendered,
    ProvinceTaken,
    WarDeclared,
    WarJoined,
    apply,
)
from wargame.journal import Journal
from wargame.rulebook import Rulebook
from wargame.rules import rail, supply
from wargame.scenario import Defence, Operation, Plan, Scenario
from wargame.seats import Seat
from wargame.sides import Land, Sides
from wargame.world import INTEGER_COLUMNS, STATE_COLUMNS, World


@dataclass(frozen=True)
class Front:
    """A sector that a headquarters defends: its lines in turn, by name and by number of their provinces."""

    hq: str
    defence: Defence
    hold_to_last: bool
    places: tuple[tuple[str, ...], ...]
    lines: tuple[tuple[int, ...], ...]

    def line_of(self, where: tuple[str, ...]) -> int | None:
        """Number of the line that an order names, if it names one."""
        return self.places.index(where) if where in self.places else None


@dataclass
class House:
    """Everything fixed in one run: map, rules, scenario, plans, luck, and who sits where."""

    atlas: Atlas
    rulebook: Rulebook
    scenario: Scenario
    plans: tuple[Plan, ...]
    dice: Dice
    seats: Mapping[str, Seat]
    lines: rail.Lines = field(init=False)
    bases: dict[str, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = rail.Lines.of(self.atlas)
        self.bases = {p.id: tuple(self.atlas.number[b] for b in p.bases) for p in self.scenario.powers}
        self._sectors = {p.id: self._fronts(p.id) for p in self.scenario.powers}

    def _fronts(self, power: str) -> tuple[Front, ...]:
        found = []
        for plan in self.plans:
            if plan.defence is not None and plan.defence.power == power:
                named = {line.id: line.provinces for line in plan.lines}
                for s in plan.sectors:
                    places = tuple(named[n] for n in s.lines)
                    lines = tuple(tuple(self.atlas.number[p] for p in line) for line in places)
                    found.append(Front(s.hq, plan.defence, s.hold_to_last, places, lines))
        return tuple(found)

    def sectors(self, power: str) -> tuple[Front, ...]:
        """Every sector that a power defends, in the order of the scenario's plans."""
        return self._sectors.get(power, ())

    def held(self, land: Land) -> tuple[list[int], list[int]]:
        """For each side, the bases that still supply it."""
        return supply.bases_held(land, self.bases, self.rulebook)

    def fed(self, land: Land) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For each side, the provinces of its land that lie in a stretch with such a base."""
        return supply.fed(land, self.held(land))

    def operation(self, name: str) -> tuple[Operation, Plan]:
        """An operation and the plan it is in."""
        return next((p.operation, p) for p in self.plans if p.operation is not None and p.operation.id == name)

    def operations_of(self, war: str) -> list[Operation]:
        """Operations of one war, in the order of the scenario's plans."""
        return [p.operation for p in self.plans if p.operation is not None and p.operation.war == war]


class Clerk:
    """Keeps the minutes: every event is recorded, then folded into the world; so is every bulk change, at `close`.

    Keeps the map, too: `sides` are those of the moment, worked out anew only after what they show has changed.
    """

    def __init__(self, world: World, atlas: Atlas, journal: Journal) -> None:
        self.world, self.atlas, self.journal = world, atlas, journal
        self.lost: dict[str, int] = {}  # formations that left the field at this instant -> entry
        self._before = _bulk(world)
        self._land: dict[str, Land] = {}  # by war
        self._sides: dict[str, Sides] = {}

    def sides(self, war: str) -> Sides:
        """Who stands where in a war at this moment."""
        if war not in self._sides:
            entry = self.world.wars[war]
            if war not in self._land:
                self._land[war] = Land(self.atlas, self.world.controller, entry)
            self._sides[war] = Sides(self.atlas, self.world, entry, self._land[war])
        return self._sides[war]

    def put(self, event: Event | None) -> int:
        """Record an event and apply it; returns its entry number (0 for ``None``)."""
        if event is None:
            return 0
        n = self.journal.record(self.world.hour, event)
        apply(self.world, self.atlas, event, n)
        if isinstance(event, FormationsSurrendered | FormationsInterned):
            self.lost |= dict.fromkeys(event.formations, n)
        elif isinstance(event, FormationDispersed):
            self.lost[event.formation] = n
        if isinstance(event, CHANGE_LAND):
            self._land.clear()
        if isinstance(event, CHANGE_LAND + CHANGE_FORCES):
            self._sides.clear()
        self.world.journal_length, self.world.journal_hash = self.journal.length, self.journal.head
        return n

    def fold(self, columns: Columns) -> None:
        """Apply a bulk change."""
        apply(self.world, self.atlas, columns)
        if not columns.values.keys().isdisjoint(SHOWN):
            self._sides.clear()

    def close(self) -> None:
        """Record what this instant changed in the bulk columns: rows and new values, column by column."""
        now, changed = _bulk(self.world), {}
        self.lost.clear()
        self._sides.clear()
        for names, before, after in zip(_BULK, self._before, now, strict=True):
            different = before != after
            for k in different.any(axis=1).nonzero()[0].tolist():
                rows = different[k].nonzero()[0]
                changed[f"{names[k]}#rows"] = rows
                changed[f"{names[k]}#values"] = after[k, rows]
        if changed:
            war = next(iter(self.world.wars.values()), None)
            self.journal.record_day(self.world.hour, changed, war.entry if war else 0)
            self.world.journal_length, self.world.journal_hash = self.journal.length, self.journal.head
        self._before = now


CHANGE_LAND = (ProvinceTaken, WarDeclared, WarJoined)
CHANGE_FORCES = (Entrained, FormationReady, FormationDispersed, FormationsInterned, FormationsSurrendered)
SHOWN = ("forces.province", "forces.men", "forces.status", "forces.arrives")  # columns of which sides are made
PROVINCE_COLUMNS = (
    ("controller", "captured_hour", "captured_entry", "contacts", "decided_entry"),
    ("occupied_days", "fought_attacker", "fought_defender"),
)
_BULK = (
    tuple(f"forces.{n}" for n in STATE_COLUMNS if n in INTEGER_COLUMNS),
    tuple(f"forces.{n}" for n in STATE_COLUMNS if n not in INTEGER_COLUMNS),
    *(tuple(f"world.{n}" for n in names) for names in PROVINCE_COLUMNS),
)
_COLUMNS_OF = tuple(attrgetter(*(n.removeprefix("world.") for n in names)) for names in _BULK)


def _bulk(world: World) -> tuple[NDArray[Any], ...]:
    """The bulk columns as matrices, one row a column, grouped by type and owner."""
    return tuple(
        np.concatenate(columns(world)).reshape(len(names), -1)
        for names, columns in zip(_BULK, _COLUMNS_OF, strict=True)
    )
