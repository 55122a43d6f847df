"""Everything fixed in one run, and the clerk who keeps its minutes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.dice import Dice
from wargame.events import (
    Columns,
    Event,
    FormationDispersed,
    FormationsInterned,
    FormationsSurrendered,
    HostilitiesCeased,
    ObjectiveReached,
    OrderIssued,
)
from wargame.fold import TOUCHED, apply
from wargame.journal import Journal
from wargame.orders import Order, Verb
from wargame.politics import Draft, Tables
from wargame.rulebook import Rulebook
from wargame.rules import rail, supply
from wargame.scenario import Armies, Axis, Defence, Design, Operation, Plan, Scenario
from wargame.seats import Seat
from wargame.sides import Land, Sides, theatres
from wargame.waters import Navies
from wargame.world import STATE_COLUMNS, Forces, StandingOrder, Status, War, World

BASES = 10  # great towns that are bases of a power whose scenario names none


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
    tables: Tables = field(default_factory=Tables)
    armies: Armies = field(default_factory=Armies)
    lines: rail.Lines = field(init=False)
    bases: dict[str, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = rail.Lines.of(self.atlas)
        self.bases = {p.id: tuple(self.atlas.number[b] for b in p.bases) for p in self.scenario.powers}
        if self.scenario.politics is not None:
            self.bases = {p: b or self._great_towns(p) for p, b in self.bases.items()}
        self._sectors = {p.id: self._fronts(p.id) for p in self.scenario.powers}
        self._operations_of: dict[War, list[Operation]] = {}
        self._printed = self.plans
        self._index()

    def learn(self, world: World) -> None:
        """Know the operations drawn up in the course of play beside those of the scenario."""
        self.plans = with_drafts(self._printed, world.polity.drafts, self.rulebook)
        self._operations_of.clear()
        self._index()

    def _index(self) -> None:
        named = [(p.operation, p) for p in self.plans if p.operation is not None]
        self._operations = {operation.id: (operation, plan) for operation, plan in reversed(named)}

    def _great_towns(self, power: str) -> tuple[int, ...]:
        """The towns that supply a power for which the scenario names no bases: its capital and its largest ones."""
        atlas = self.atlas
        if power not in atlas.power_number:
            return ()
        owned = np.flatnonzero(atlas.owners_on(self.scenario.scenario.opening) == atlas.power_number[power])
        largest = owned[np.lexsort((owned, -atlas.population_k[owned]))][:BASES]
        return tuple(sorted({*largest.tolist(), *atlas.capitals.get(power, ())} & set(owned.tolist())))

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

    @cached_property
    def navies(self) -> Navies:
        """What every power has afloat."""
        return Navies(self.armies.fleets, self.armies.lift, self.armies.shipping)

    @cached_property
    def afloat(self) -> bool:
        """Whether the map has seas and anybody ships."""
        return bool(self.atlas.seas.ids) and any(self.armies.lift.values())

    def held(self, land: Land) -> tuple[list[int], list[int]]:
        """For each side, the bases that still supply it."""
        return supply.bases_held(land, self.bases, self.rulebook)

    def fed(self, land: Land) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For each side, the provinces of its land that lie in a stretch with such a base."""
        return supply.fed(land, self.held(land))

    def operation(self, name: str) -> tuple[Operation, Plan]:
        """An operation and the plan it is in; `KeyError` if there is none of this name."""
        return self._operations[name]

    def operations_of(self, war: War) -> list[Operation]:
        """Operations of a war in the order of the scenario's plans: its own, and attacks of one side on the other."""
        if war not in self._operations_of:
            self._operations_of[war] = [
                p.operation for p in self.plans if p.operation is not None and _belongs(p.operation, war)
            ]
        return self._operations_of[war]

    def offensives(self, world: World, war: War) -> list[Operation]:
        """Operations of a war still fought for.

        Those that run, those whose days ran out but not their arms, and those that broke an army of which something
        is still in the field on its own land, unless their aim was limited.
        """
        return [o for o in self.operations_of(war) if self._goes_on(world, o)]

    def _goes_on(self, world: World, operation: Operation) -> bool:
        state, f = world.operations[operation.id], world.forces
        if state.offensive or state.outcome != "launched_succeeded" or operation.limited:
            return state.offensive
        target = self.atlas.power_number.get(operation.target, -1)
        rows = f.land_rows(target)
        rows = rows[(f.status[rows] == Status.ACTIVE) & (f.men[rows] > 0)]
        return bool((world.controller[f.province[rows]] == target).any())

    def war_of(self, world: World, operation: Operation) -> War | None:
        """The war an operation is part of: one that goes on, if there is any."""
        wars = [w for w in world.wars.values() if _belongs(operation, w)]
        going = [w for w in wars if f"ceased:{w.id}" not in world.flags]
        return next(reversed(going or wars), None)


def with_drafts(plans: tuple[Plan, ...], drafts: Mapping[str, Draft], rulebook: Rulebook) -> tuple[Plan, ...]:
    """A scenario's plans with the axes that were changed in play, and the plans that were drawn up in play, by id."""
    if not drafts:
        return plans
    printed = {p.operation.id for p in plans if p.operation is not None}
    changed = (drafts.get(p.operation.id) if p.operation is not None else None for p in plans)
    known = [p.model_copy(update={"axes": _axes(d)}) if d else p for p, d in zip(plans, changed, strict=True)]
    return (*known, *(_drawn(d, rulebook) for name, d in sorted(drafts.items()) if name not in printed))


def _drawn(draft: Draft, rulebook: Rulebook) -> Plan:
    rules = rulebook.planning
    operation = Operation(
        id=draft.operation, name=draft.name, power=draft.power, target=draft.target, war=draft.war,
        objectives=draft.objectives, day_limit=int(rules.draft_limit_days), surprise=0.0, limited=draft.by_sea,
    )  # fmt: skip
    design = Design(
        ambition=0.0, firmness=-1.0, loss=1.5, strength=0.0, season=("01-01", "12-31"),
        value=rulebook.reputation.demanded if draft.unopposed else 1.0, call_up=not draft.unopposed,
        claims=draft.claims, demand=draft.claims, by_sea=draft.by_sea,
        unopposed=draft.unopposed, preparation_days=int(rules.draft_days), warning_days=int(rules.draft_warning_days),
        source="drawn up in play",
    )  # fmt: skip
    return Plan(operation=operation, design=design, axes=_axes(draft))


def _axes(draft: Draft) -> tuple[Axis, ...]:
    orders = [Order.parse(text) for text in draft.axes]
    return tuple(Axis(hq=o.hq, via=o.where, main_effort=o.hq in draft.main) for o in orders)


def _belongs(operation: Operation, war: War) -> bool:
    """Whether an operation is of a war: by its own word, or because its power and target are enemies in it."""
    if operation.war == war.id:
        return True
    sides = (war.attackers, war.defenders)
    return any(operation.power in sides[k] and operation.target in sides[1 - k] for k in (0, 1))


class Clerk:
    """Keeps the minutes: every event is recorded, then folded into the world; so is every bulk change, at `close`.

    Keeps the map, too: `sides` are those of the moment, worked out anew only after what they show has changed.
    """

    def __init__(self, world: World, atlas: Atlas, journal: Journal) -> None:
        self.world, self.atlas, self.journal = world, atlas, journal
        self.lost: dict[str, int] = {}  # formations that left the field at this instant -> entry
        self.recorded = {name: column(world).copy() for name, column in BULK.items()}  # as the journal has them
        self._touched: set[str] = set()  # columns that may have changed at this instant
        self._land: dict[str, Land] = {}  # by war
        self._land_before: dict[str, Land] = {}
        self._sides: dict[str, Sides] = {}
        self._theatres: dict[str, NDArray[np.bool_]] | None = None
        self._drawn: _Theatres | None = None  # the last that were worked out
        self._drives: dict[str, tuple[str, StandingOrder, Order]] | None = None
        self._orders: dict[int, dict[str, StandingOrder]] | None = None
        self._seen_through: dict[str, Land] = {}  # by war, the land on which every drive was last looked at

    def orders(self) -> dict[int, dict[str, StandingOrder]]:
        """The orders in force by number of the power whose they are."""
        if self._orders is None:
            power_of, self._orders = self.world.forces.command.power_of_id, {}
            for hq, standing in self.world.orders.items():
                self._orders.setdefault(power_of[hq], {})[hq] = standing
        return self._orders

    def drives(self, war: str) -> list[tuple[str, StandingOrder, Order]]:
        """Headquarters that attack and have places of their axis left to reach, with their orders, by headquarters.

        None if all were seen on the land that a war has now: nobody can have reached anything since.
        """
        land = self._land_of(war)
        if self._drives is not None and self._seen_through.get(war) is land:
            return []
        if self._drives is None:
            self._drives = {}
            for hq, standing in self.world.orders.items():
                self._note_drive(hq, standing)
        self._seen_through[war] = land
        return sorted(self._drives.values(), key=itemgetter(0))

    def _note_drive(self, hq: str, standing: StandingOrder) -> None:
        assert self._drives is not None
        order = Order.parse(standing.text)
        if order.verb is Verb.ATTACK and standing.step < len(order.where):
            self._drives[hq] = hq, standing, order
            self._seen_through.clear()
        else:
            self._drives.pop(hq, None)

    def coalitions(self) -> list[Sides]:
        """The sides of every war that is not over, whoever of them fights in another today."""
        return [Sides(self.atlas, self.world, self.world.wars[w], self._land_of(w)) for w in self.going()]

    def sides(self, war: str) -> Sides:
        """Who stands where in a war at this moment."""
        if war not in self._sides:
            entry, land = self.world.wars[war], self._land_of(war)
            self._sides[war] = Sides(self.atlas, self.world, entry, land, self._engaged(war))
        return self._sides[war]

    def _land_of(self, war: str) -> Land:
        if war not in self._land:
            land = Land(self.atlas, self.world.controller, self.world.wars[war], self.world.harbours)
            before = self._land_before.get(war)
            self._land[war] = self._land_before[war] = land.after(before) if before is not None else land
        return self._land[war]

    def _engaged(self, war: str) -> NDArray[np.bool_] | None:
        """The formations that fight in a war at this instant, however far they come in it; ``None`` for all."""
        if self._theatres is None:
            wars = self.going()
            lands = [self._land_of(w) for w in wars]
            if self._drawn is None or not self._drawn.hold(lands, self.world.forces):
                self._drawn = _Theatres(self.world, lands)
            self._theatres = dict(zip(wars, self._drawn.engaged, strict=True)) if self._drawn.engaged else {}
        return self._theatres.get(war)

    def going(self) -> list[str]:
        """The wars that are not over."""
        return [war for war in self.world.wars if f"ceased:{war}" not in self.world.flags]

    def put(self, event: Event | None) -> int:
        """Record an event and apply it; returns its entry number (0 for ``None``)."""
        if event is None:
            return 0
        n = self.journal.record(self.world.hour, event)
        apply(self.world, self.atlas, event, n)
        touched = TOUCHED.get(type(event), EVERYTHING)
        if isinstance(event, OrderIssued | ObjectiveReached):
            self._note_order(event.hq)
        elif touched is EVERYTHING or isinstance(event, HostilitiesCeased):
            self._drives = self._orders = None
        if touched:
            self._touch(touched)
        if isinstance(event, FormationsSurrendered | FormationsInterned):
            self.lost |= dict.fromkeys(event.formations, n)
        elif isinstance(event, FormationDispersed):
            self.lost[event.formation] = n
        self.world.journal_length, self.world.journal_hash = self.journal.length, self.journal.head
        return n

    def _note_order(self, hq: str) -> None:
        """A headquarters has another order, or is further on with it."""
        standing = self.world.orders[hq]
        if self._drives is not None:
            self._note_drive(hq, standing)
        if self._orders is not None:
            self._orders.setdefault(self.world.forces.command.power_of_id[hq], {})[hq] = standing

    def fold(self, columns: Columns) -> None:
        """Apply a bulk change."""
        apply(self.world, self.atlas, columns)
        self._touch(columns.values)

    def _touch(self, names: Collection[str]) -> None:
        """Note that these columns may have changed, and forget what was made of them."""
        self._touched.update(names)
        if not LAND.isdisjoint(names):
            self._land.clear()
        if "world.wars" in names:
            self._theatres = None
        if not SHOWN.isdisjoint(names):
            self._sides.clear()

    def close(self) -> None:
        """Record what this instant changed in the bulk columns: rows and new values, column by column."""
        self.lost.clear()
        self._sides.clear()
        self._theatres = None
        changed = {}
        for name in sorted(self._touched & BULK.keys()):
            before, after = self.recorded[name], BULK[name](self.world)
            rows = (before != after).nonzero()[0]
            if len(rows):
                changed[f"{name}#rows"] = rows
                changed[f"{name}#values"] = after[rows]
                self.recorded[name] = after.copy()
        self._touched.clear()
        if changed:
            war = next(iter(self.world.wars.values()), None)
            self.journal.record_day(self.world.hour, changed, war.entry if war else 0)
            self.world.journal_length, self.world.journal_hash = self.journal.length, self.journal.head


class _Theatres:
    """Who fights in which of some wars, and what that rests on."""

    def __init__(self, world: World, lands: list[Land]) -> None:
        self.lands = lands
        self.engaged = theatres(world, lands) if len(lands) > 1 else None
        self._province, self._goal = world.forces.province.copy(), world.forces.goal.copy()

    def hold(self, lands: list[Land], forces: Forces) -> bool:
        """Whether nobody's land, nobody's place and nobody's goal has changed since."""
        if len(lands) != len(self.lands) or any(a is not b for a, b in zip(lands, self.lands, strict=True)):
            return False
        return np.array_equal(self._province, forces.province) and np.array_equal(self._goal, forces.goal)


PROVINCE_COLUMNS = (
    "controller", "captured_hour", "captured_entry", "contacts", "decided_entry",
    "occupied_days", "fought_attacker", "fought_defender",
)  # fmt: skip
BULK: dict[str, Callable[[World], NDArray[Any]]] = {
    f"{owner}.{column}": attrgetter(f"{owner}.{column}".removeprefix("world."))
    for owner, columns in (("forces", STATE_COLUMNS), ("world", PROVINCE_COLUMNS))
    for column in columns
}  # the columns that the journal's days record, and where they are
EVERYTHING = (*BULK, "world.wars")
LAND = frozenset(["world.controller", "world.wars", "world.harbours"])  # of these are lands made; of the next, sides
SHOWN = LAND | {"forces.province", "forces.men", "forces.status", "forces.arrives"}
