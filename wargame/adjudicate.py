"""The sequence of play: what happens at one instant, in the printed order, by rule, seat and luck.

Each public function settles one kind of due thing: `declare`, `launch`, `run_script`, `mobilise`, `entrain`, `arrive`,
`campaign_day`, `conclude` and `government`. All of them change the World only through events that the `Clerk` records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import Atlas
from wargame.dice import Dice
from wargame.events import (
    Columns,
    Decision,
    Event,
    FlagRaised,
    FormationDispersed,
    FormationsInterned,
    FormationsSurrendered,
    ObjectiveReached,
    OperationLaunched,
    OrderIssued,
    ProvinceTaken,
    WarDeclared,
    WarJoined,
    apply,
)  # fmt: skip
from wargame.journal import Journal
from wargame.orders import Order, Verb
from wargame.rulebook import Rulebook
from wargame.rules import air, combat, encirclement, mobilization, movement, rail, supply, termination, weather
from wargame.scenario import Operation, Plan, Scenario, Script, Sector
from wargame.seats import Question, Seat, checked
from wargame.sides import FIRST_UNIT, Sides
from wargame.view import STRENGTH_STEP, view
from wargame.world import INTEGER_COLUMNS, STATE_COLUMNS, Forces, StandingOrder, Status, War, World


@dataclass
class House:
    """Everything fixed in one run: map, rules, scenario, plans, luck, and who sits where."""

    atlas: Atlas
    rulebook: Rulebook
    scenario: Scenario
    plans: tuple[Plan, ...]
    dice: Dice
    seats: Mapping[str, Seat]
    net: supply.Network = field(init=False)
    lines: rail.Lines = field(init=False)
    bases: dict[str, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.net = supply.Network.of(self.atlas)
        self.lines = rail.Lines.of(self.atlas)
        self.bases = {p.id: tuple(self.atlas.number[b] for b in p.bases) for p in self.scenario.powers}

    def operation(self, name: str) -> tuple[Operation, Plan]:
        """An operation and the plan it is in."""
        return next((p.operation, p) for p in self.plans if p.operation is not None and p.operation.id == name)

    def operations_of(self, war: str) -> list[Operation]:
        """Operations of one war, in the order of the scenario's plans."""
        return [p.operation for p in self.plans if p.operation is not None and p.operation.war == war]


class Clerk:
    """Keeps the minutes: every event is recorded, then folded into the world; so is every bulk change, at `close`."""

    def __init__(self, world: World, atlas: Atlas, journal: Journal) -> None:
        self.world, self.atlas, self.journal = world, atlas, journal
        self.lost: dict[str, int] = {}  # formations that left the field at this instant -> entry
        self._before = _bulk(world)

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
        self.world.journal_length, self.world.journal_hash = self.journal.length, self.journal.head
        return n

    def fold(self, columns: Columns) -> None:
        """Apply a bulk change."""
        apply(self.world, self.atlas, columns)

    def close(self) -> None:
        """Record what this instant changed in the bulk columns: rows and new values, column by column."""
        now, changed = _bulk(self.world), {}
        self.lost.clear()
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


# --- politics by script and calendar ---------------------------------------------------------------------------------


def declare(house: House, clerk: Clerk, war_id: str) -> None:
    """Hostilities of a scenario's war begin."""
    entry = next(w for w in house.scenario.wars if w.id == war_id)
    clerk.put(WarDeclared(war=entry.id, attackers=entry.attackers, defenders=entry.defenders))
    for plan in house.plans:
        if plan.defence is not None and plan.defence.power in entry.defenders:
            _open_defence(house, clerk, plan)


def _open_defence(house: House, clerk: Clerk, plan: Plan) -> None:
    """Every sector's headquarters takes up its first line."""
    assert plan.defence is not None
    lines = {line.id: line.provinces for line in plan.lines}
    war = clerk.world.wars[max(clerk.world.wars)]
    for sector in plan.sectors:
        stand, hold = Order(sector.hq, Verb.STAND), Order(sector.hq, Verb.DEFEND, lines[sector.lines[0]])
        _issue(house, clerk, plan.defence.power, stand if sector.hold_to_last else hold, war.entry)


def run_script(house: House, clerk: Clerk, script_id: str) -> None:
    """A decision the scenario takes in a seat's place; the journal says that it is scripted."""
    script = next(s for s in house.scenario.script if s.id == script_id)
    entry = clerk.put(
        Decision(power=script.power, seat="script", question=script.id, answer=(script.action,), reasons=(script.why,))
    )
    _SCRIPTED[script.action](house, clerk, script, entry)


def _enter_war(house: House, clerk: Clerk, script: Script, entry: int) -> None:
    if script.war in clerk.world.wars:
        clerk.put(WarJoined(war=str(script.war), power=script.power, on=script.on, because=entry))


def _stay_quiet(house: House, clerk: Clerk, script: Script, entry: int) -> None:
    clerk.put(FlagRaised(flag=f"quiet:{script.power}", because=entry))


def _evade(house: House, clerk: Clerk, script: Script, entry: int) -> None:
    for enemy in script.against:
        clerk.put(FlagRaised(flag=f"evade:{script.power}:{enemy}", because=entry))
    _give_up_the_field(house, clerk, script.power, entry)


def _scripted_orders(house: House, clerk: Clerk, script: Script, entry: int) -> None:
    for text in script.orders:
        _issue(house, clerk, script.power, Order.parse(text), entry)


_SCRIPTED = {"enter_war": _enter_war, "stay_quiet": _stay_quiet, "evade": _evade, "order": _scripted_orders}


def launch(house: House, clerk: Clerk, operation_id: str) -> bool:
    """An operation begins if its power is in its war; says whether it did."""
    operation, plan = house.operation(operation_id)
    war = clerk.world.wars.get(operation.war)
    if war is None or operation.power not in (*war.attackers, *war.defenders):
        return False
    entry = clerk.put(
        OperationLaunched(
            operation=operation.id,
            power=operation.power,
            target=operation.target,
            because=clerk.world.powers[operation.power].since_entry,
        )
    )
    for axis in plan.axes:
        if axis.begins is None or axis.begins <= clerk.world.hour:
            _issue(house, clerk, operation.power, Order(axis.hq, Verb.ATTACK, axis.via), entry)
            sides = Sides(house.atlas, clerk.world, war)
            clerk.fold(movement.start_lines(sides, _commanded(clerk.world, axis.hq), house.rulebook))
    return True


def start_axis(house: House, clerk: Clerk, operation_id: str, hq: str) -> None:
    """A headquarters that was to start later sets off."""
    operation, plan = house.operation(operation_id)
    state = clerk.world.operations.get(operation_id)
    axis = next(a for a in plan.axes if a.hq == hq)
    if state is not None and state.stage == "running":
        _issue(house, clerk, operation.power, Order(hq, Verb.ATTACK, axis.via), state.entry)


def _issue(house: House, clerk: Clerk, power: str, order: Order, because: int) -> None:
    """Put an order in force and share it out to the formations under the headquarters that no deeper order binds."""
    world = clerk.world
    clerk.put(OrderIssued(power=power, order=str(order), because=because))
    clerk.fold(movement.assign(world, house.atlas, order, 0, _commanded(world, order.hq)))


def _commanded(world: World, hq: str) -> NDArray[np.int64]:
    """Units under a headquarters, less those under a subordinate one with orders of its own."""
    f = world.forces
    rows = f.units_under(hq)
    bound = [other for other in f.below(hq) if other in world.orders]
    if bound:
        free = np.ones(len(f), dtype=bool)
        for other in bound:
            free[f.under(other)] = False
        rows = rows[free[rows]]
    return rows[f.status[rows] <= Status.ACTIVE]


# --- mobilisation ----------------------------------------------------------------------------------------------------


def mobilise(house: House, clerk: Clerk) -> None:
    """A day of mobilisation everywhere."""
    events, columns = mobilization.progress(clerk.world, house.atlas, _sides_of_first_war(house, clerk), house.rulebook)
    clerk.fold(columns)
    for event in events:
        clerk.put(event)


def entrain(house: House, clerk: Clerk) -> list[str]:
    """Formations out of touch with the enemy and bound far go by rail; returns their ids."""
    gone = []
    for war in clerk.world.wars.values():
        for event in rail.departures(Sides(house.atlas, clerk.world, war), house.lines, house.rulebook):
            clerk.put(event)
            gone.append(event.formation)
    return gone


def arrive(house: House, clerk: Clerk, formation: str) -> None:
    """A formation arrives by rail or is formed, and takes up its headquarters' order."""
    clerk.put(mobilization.arrive(clerk.world, house.atlas, _sides_of_first_war(house, clerk), formation))
    _join_headquarters(house, clerk, formation)


def _sides_of_first_war(house: House, clerk: Clerk) -> Sides | None:
    war = next(iter(clerk.world.wars.values()), None)
    return Sides(house.atlas, clerk.world, war) if war else None


def _join_headquarters(house: House, clerk: Clerk, formation: str) -> None:
    world = clerk.world
    row = world.forces.row(formation)
    for above in world.forces.chain(row):
        standing = world.orders.get(world.forces.ids[above])
        if standing is not None:
            clerk.fold(movement.assign(world, house.atlas, Order.parse(standing.text), standing.step, np.array([row])))
            return


# --- the campaign day ------------------------------------------------------------------------------------------------


def campaign_day(house: House, clerk: Clerk, war_id: str) -> bool:
    """One day of one war on land, in the sequence of play; says whether the war goes on.

    1 weather; 2 air; 3 supply; 4 march; 5 assaults begin; 6 fighting; 7 occupation; 8 pockets; 9 objectives;
    10 the end.
    """
    world, atlas, rules = clerk.world, house.atlas, house.rulebook
    clerk.put(weather.turn(world, atlas, house.scenario.weather, house.dice))
    sides = Sides(atlas, world, world.wars[war_id])
    flown = air.fight(sides, house.dice, rules)
    if flown:
        clerk.put(flown[0])
        clerk.fold(flown[1])
    held = supply.bases_held(sides, house.bases, rules, house.net)
    clerk.fold(supply.deliver(sides, supply.distances(sides, held, rules, house.net), rules))
    _march_and_fight(house, clerk, sides)
    _rear_areas(house, clerk, world.wars[war_id])
    clerk.fold(movement.staffs(world))
    _advance_axes(house, clerk, world.wars[war_id])
    over = _endings(house, clerk, world.wars[war_id])
    return not over


def _march_and_fight(house: House, clerk: Clerk, sides: Sides) -> None:
    moved = movement.march(sides, house.rulebook)
    clerk.fold(moved.columns)
    for taken in moved.taken:
        clerk.put(taken)
    sides = Sides(house.atlas, clerk.world, sides.war)
    table = combat.gather(sides, moved.assailants, house.rulebook, _surprise_left(house, clerk.world, sides.war))
    for begun in combat.begin(sides, table, house.dice, house.rulebook):
        clerk.put(begun)
    outcome = combat.fight(sides, table, house.dice, house.rulebook, moved.disengaged, moved.left)
    clerk.fold(outcome.columns)
    for event in (*outcome.ended, *outcome.overtaken, *outcome.surrendered, *outcome.dispersed):
        clerk.put(event)


def _surprise_left(house: House, world: World, war: War) -> NDArray[np.float64]:
    """Steps of surprise left to each formation: its power's operation began with so many, halved every so many days."""
    steps = np.zeros(len(world.forces))
    for operation in house.operations_of(war.id):
        state = world.operations[operation.id]
        if state.stage == "running":
            halvings = (world.hour - state.began) / dates.DAY / house.rulebook.combat.surprise_half_life_days
            own = world.forces.power == house.atlas.power_number[operation.power]
            steps = np.where(own, np.maximum(steps, operation.surprise * 0.5 ** int(halvings)), steps)
    return steps


def _rear_areas(house: House, clerk: Clerk, war: War) -> None:
    """Occupation of empty land, pockets formed and relieved, surrenders, internments, staffs left without troops."""
    atlas, rules = house.atlas, house.rulebook
    sides = Sides(atlas, clerk.world, war)
    taken, columns = encirclement.occupations(sides, rules)
    clerk.fold(columns)
    for event in taken:
        clerk.put(event)
    sides = Sides(atlas, clerk.world, war)
    label = (supply.areas(sides, 0, house.net), supply.areas(sides, 1, house.net))
    held = supply.bases_held(sides, house.bases, rules, house.net)
    found = encirclement.pockets(sides, label, held)
    for change in encirclement.report(sides, found, rules):
        clerk.put(change)
    refuges = {p.id: p.refuge for p in house.scenario.powers if p.refuge}
    for crossed in encirclement.internments(sides, refuges):
        clerk.put(crossed)
    for gone in encirclement.surrenders(sides, found, house.dice, rules):
        if clerk.world.forces.status[clerk.world.forces.row(gone.formations[0])] == Status.ACTIVE:
            clerk.put(gone)
    _staffs(house, clerk)


def _staffs(house: House, clerk: Clerk) -> None:
    """A headquarters whose every formation has surrendered or dissolved goes into captivity with its army troops."""
    world, f = clerk.world, clerk.world.forces
    staff = (f.kind < FIRST_UNIT) & (f.status == Status.ACTIVE)
    live = (f.status <= Status.ACTIVE) & (f.kind >= FIRST_UNIT)
    commanded = np.zeros(len(f), dtype=bool)
    above = f.parent.copy()
    while (above >= 0).any():
        commanded[above[live & (above >= 0)]] = True
        above = np.where(above >= 0, f.parent[above], -1)
    had = np.zeros(len(f), dtype=bool)
    had[f.parent[f.parent >= 0]] = True
    for row in np.flatnonzero(staff & had & ~commanded).tolist():
        last = max((clerk.lost.get(f.ids[r], 0) for r in np.flatnonzero(f.parent == row)), default=0)
        _end_formation(house, clerk, row, int(f.province[row]), last or max(world.pockets.values(), default=0))


def _end_formation(house: House, clerk: Clerk, row: int, province: int, cause: int) -> None:
    """A formation with nothing left to command or to fight for: interned if its power has crossed, else dispersed."""
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    power = atlas.powers[int(f.power[row])]
    hosts = next((p.refuge for p in house.scenario.powers if p.id == power), ())
    crossed = world.flags.get(f"cross:{power}")
    place, name, men = atlas.ids[province], f.ids[row], int(f.men[row])
    children = np.flatnonzero(f.parent == row)
    lost = np.isin(f.status[children], (Status.SURRENDERED, Status.DESTROYED)).sum() > np.sum(
        f.status[children] == Status.INTERNED
    )
    cut_off = world.controller[province] != f.power[row] or f.cut_off_days[row] > 0 or bool(lost)
    if crossed is not None and hosts and not cut_off:
        clerk.put(
            FormationsInterned(province=place, power=power, host=hosts[0], formations=(name,), men=men, because=crossed)
        )
        return
    captured = round(men * house.rulebook.termination.remnant_captured)
    because = cause or next(iter(world.wars.values())).entry
    clerk.put(
        FormationDispersed(formation=name, province=place, captured=captured, reason="no troops left", because=because)
    )


def _advance_axes(house: House, clerk: Clerk, war: War) -> None:
    """Headquarters on the attack whose next objective is in friendly hands turn to the one after it."""
    world, atlas = clerk.world, house.atlas
    sides = Sides(atlas, world, war)
    for hq, standing in sorted(world.orders.items()):
        order = Order.parse(standing.text)
        if order.verb is not Verb.ATTACK or standing.step >= len(order.where):
            continue
        side = sides.formation[world.forces.row(hq)]
        step = standing.step
        while step < len(order.where) and sides.province[atlas.number[order.where[step]]] == side:
            step += 1
        if step > standing.step:
            reached = order.where[step - 1]
            cause = int(world.captured_entry[atlas.number[reached]]) or standing.entry
            clerk.put(ObjectiveReached(hq=hq, province=reached, step=step, because=cause))
            clerk.fold(movement.assign(world, atlas, order, step, _commanded(world, hq)))


def _endings(house: House, clerk: Clerk, war: War) -> bool:
    """Armies broken, governments gone, hostilities ceased; says whether the war is over on land."""
    world, rules = clerk.world, house.rulebook
    sides = Sides(house.atlas, world, war)
    for operation in house.operations_of(war.id):
        clerk.put(termination.broken(sides, operation, rules))
    for power in (*war.attackers, *war.defenders):
        clerk.put(termination.government(sides, power, rules))
    over = bool(clerk.put(termination.ceased(sides, rules)))
    if over:
        _remnants(house, clerk, sides)
    return over


def conclude(house: House, clerk: Clerk, operation_id: str) -> None:
    """An operation's days have run out, or its war is over: what it came to."""
    operation, _ = house.operation(operation_id)
    clerk.put(termination.verdict(Sides(house.atlas, clerk.world, clerk.world.wars[operation.war]), operation))


def _remnants(house: House, clerk: Clerk, sides: Sides) -> None:
    """The war is over on land: what is left of the beaten coalition crosses a border or goes home or into captivity."""
    world, f = clerk.world, clerk.world.forces
    men = [float(np.sum(f.men[sides.rows[s]])) for s in (0, 1)]
    beaten = 1 if men[1] <= men[0] else 0
    cause = world.flags[f"ceased:{sides.war.id}"]
    if beaten == 1:
        _occupy_the_rest(house, clerk, sides, cause)
    left = (sides.formation == beaten) & (f.status <= Status.ACTIVE)
    for row in np.flatnonzero(left).tolist():
        _end_formation(house, clerk, row, int(f.province[row]), cause)


def _occupy_the_rest(house: House, clerk: Clerk, sides: Sides, cause: int) -> None:
    """What land the beaten defenders still hold passes to the victors next to it, from their front inwards."""
    world, atlas = clerk.world, house.atlas
    while True:
        side = sides.of_power[world.controller]
        open_to = np.append(side == 0, False)[atlas.neighbours]
        taken = np.flatnonzero((side == 1) & open_to.any(axis=1))
        if not len(taken):
            return
        for p in taken.tolist():
            victor = int(world.controller[atlas.neighbours[p][np.argmax(open_to[p])]])
            clerk.put(
                ProvinceTaken(
                    province=atlas.ids[p], power=atlas.powers[victor], previous=atlas.powers[int(world.controller[p])],
                    how="ceded", because=cause,
                )
            )  # fmt: skip


# --- decisions -------------------------------------------------------------------------------------------------------


def government(house: House, clerk: Clerk, power: str) -> None:
    """One power's evening: the questions its situation raises as it sees it, answered by its seat and carried out."""
    world = clerk.world
    war = next((w for w in world.wars.values() if power in (*w.attackers, *w.defenders)), None)
    if war is None or f"ceased:{war.id}" in world.flags:
        return
    seen = view(world, house.atlas, power)
    sides = Sides(house.atlas, seen, war)
    questions = [*_defensive(house, sides, power), *_offensive(house, sides, power), *_encircled(house, sides, power)]
    seat = house.seats[power]
    for question in questions:
        answer = checked(question, seat.answer(question, seen))
        if not answer.choice:
            continue
        entry = clerk.put(
            Decision(
                power=power, seat=seat.name, question=question.id, answer=answer.choice, reasons=answer.reasons,
                because=question.because,
            )
        )  # fmt: skip
        _carry_out(house, clerk, question, answer.choice, entry)


def _carry_out(house: House, clerk: Clerk, question: Question, choice: tuple[str, ...], entry: int) -> None:
    if question.kind == "collapse":
        _give_up_the_field(house, clerk, question.power, entry)
        return
    if question.kind == "general_withdrawal":
        clerk.put(FlagRaised(flag=f"general_withdrawal:{question.power}", because=entry))
    for option in choice:
        for text in option.split("; "):
            if text != "all back":
                _issue(house, clerk, question.power, Order.parse(text), entry)


def _give_up_the_field(house: House, clerk: Clerk, power: str, entry: int) -> None:
    """Everybody who can makes for the border of a refuge; those who stand there cross it."""
    world, atlas = clerk.world, house.atlas
    hosts = next((p.refuge for p in house.scenario.powers if p.id == power), ())
    if not hosts or f"cross:{power}" in world.flags:
        return
    clerk.put(FlagRaised(flag=f"cross:{power}", because=entry))
    own = atlas.power_number[power]
    codes = [atlas.power_number[h] for h in hosts]
    border = [
        p for p in np.flatnonzero(world.controller == own).tolist()
        if any(q >= 0 and world.controller[q] in codes for q in atlas.neighbours[p])
    ]  # fmt: skip
    if not border:
        return
    f = world.forces
    rows = np.flatnonzero(
        (f.power == own) & (f.kind >= FIRST_UNIT) & (f.status == Status.ACTIVE) & (f.cut_off_days <= 0)
    )
    goal, posture = f.goal.copy(), f.posture.copy()
    far = np.stack([atlas.distance_to((p,)) for p in border])
    goal[rows] = np.array(border)[np.argmin(far[:, f.province[rows]], axis=0)]
    posture[rows] = movement.HOLD
    clerk.fold(Columns({"forces.goal": goal, "forces.posture": posture}))


def _sectors(house: House, power: str) -> list[tuple[Plan, Sector, dict[str, tuple[str, ...]]]]:
    """Every sector a power defends, with its plan and the provinces of that plan's lines."""
    plans = [p for p in house.plans if p.defence is not None and p.defence.power == power]
    return [(p, s, lines) for p in plans for lines in [{n.id: n.provinces for n in p.lines}] for s in p.sectors]


def _defensive(house: House, sides: Sides, power: str) -> list[Question]:
    """Lines lost, the whole front giving way, the field to be given up."""
    world, atlas, f = sides.world, house.atlas, sides.world.forces
    if f"cross:{power}" in world.flags:
        return []
    sectors = _sectors(house, power)
    if not sectors:
        return _power_wide(house, sides, power, 0.0, [])
    own = int(sides.of_power[atlas.power_number[power]])
    fallen = f.killed + f.wounded + f.captured + f.missing
    invaded = _invaded(sides, power, house.rulebook.counterstroke.enemy)
    questions, first_lost, first_all, next_orders = [], 0, 0, []
    for plan, sector, lines in sectors:
        assert plan.defence is not None
        opening = lines[sector.lines[0]]
        first_lost += _count_lost(sides, own, opening)
        first_all += len(opening)
        standing = world.orders.get(sector.hq)
        if standing is None:
            continue
        questions += _counter_strokes(house, sides, plan, sector, lines, standing, invaded)
        at = _line_held(lines, sector, standing.text)
        if at is None or at + 1 >= len(sector.lines):
            continue
        order = Order(sector.hq, Verb.WITHDRAW, lines[sector.lines[at + 1]])
        next_orders.append((order, at))
        line = lines[sector.lines[at]]
        line_lost, men_lost = _count_lost(sides, own, line) / len(line), _men_lost(world, sector.hq, fallen)
        if not sector.hold_to_last and (
            line_lost >= plan.defence.withdraw_when_line_lost or men_lost >= plan.defence.withdraw_when_forces_lost
        ):
            facts = {"line_lost": line_lost, "men_lost": men_lost}
            cause = max((int(world.captured_entry[atlas.number[p]]) for p in line), default=0) or standing.entry
            name = f"line_lost:{sector.hq}"
            questions.append(Question(name, power, "line_lost", sector.hq, (str(order),), cause, 1, facts))
    questions += _power_wide(house, sides, power, first_lost / max(first_all, 1), next_orders)
    return questions


def _count_lost(sides: Sides, own: int, places: tuple[str, ...]) -> int:
    """How many of these provinces are not in a side's hands."""
    return sum(int(sides.province[sides.atlas.number[p]]) != own for p in places)


def _invaded(sides: Sides, power: str, least: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Own provinces in which the enemy stands with at least so many men, and those men as far as they are known."""
    own = int(sides.of_power[sides.atlas.power_number[power]])
    enemy = np.floor(sides.men_by_province(1 - own) / STRENGTH_STEP + 0.5) * STRENGTH_STEP
    soil = (enemy >= least) & (sides.world.owner == sides.atlas.power_number[power]) & (sides.province == 1 - own)
    provinces = soil.nonzero()[0]
    return provinces, enemy[provinces]


def _counter_strokes(
    house: House,
    sides: Sides,
    plan: Plan,
    sector: Sector,
    lines: Mapping[str, tuple[str, ...]],
    standing: StandingOrder,
    invaded: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> list[Question]:
    """A chance to fall on weaker enemy forces on own soil next to a sector's troops, or the end of such a stroke."""
    assert plan.defence is not None
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.counterstroke
    power, verb = plan.defence.power, Order.parse(standing.text).verb
    if verb is Verb.ATTACK:
        own = int(sides.of_power[atlas.power_number[power]])
        done = standing.step >= len(Order.parse(standing.text).where)
        if not done and world.hour - standing.given < rules.days * dates.DAY:
            return []
        lost = [_count_lost(sides, own, lines[n]) / len(lines[n]) for n in sector.lines]
        back = next((i for i, x in enumerate(lost) if x < plan.defence.withdraw_when_line_lost), len(lost) - 1)
        order = str(Order(sector.hq, Verb.WITHDRAW, lines[sector.lines[back]]))
        name = f"stroke_over:{sector.hq}"
        return [Question(name, power, "stroke_over", sector.hq, (order,), standing.entry)]
    provinces, enemy = invaded
    if verb not in (Verb.DEFEND, Verb.WITHDRAW) or not len(provinces):
        return []
    rows = _commanded(world, sector.hq)
    fit = rows[sides.in_field[rows] & (f.shaken_days[rows] <= 0) & (f.readiness[rows] >= rules.readiness)]
    if f.men[fit].sum() < rules.men or f.supply[fit].mean() < rules.supply:
        return []
    here = np.bincount(f.province[fit], weights=f.men[fit], minlength=len(atlas) + 1)  # the last for no neighbour
    ratio = here[atlas.neighbours[provinces]].sum(axis=1) / np.maximum(enemy, 1.0)
    best = int(ratio.argmax())
    if ratio[best] < rules.ratio:
        return []
    order = str(Order(sector.hq, Verb.ATTACK, (atlas.ids[provinces[best]],)))
    facts = {"ratio": float(ratio[best]), "enemy": float(enemy[best])}
    cause = int(world.captured_entry[provinces[best]]) or standing.entry
    return [Question(f"counter_stroke:{sector.hq}", power, "counter_stroke", sector.hq, (order,), cause, 1, facts)]


def _line_held(lines: Mapping[str, tuple[str, ...]], sector: Sector, text: str) -> int | None:
    """Index of the line a sector's standing order names."""
    where = Order.parse(text).where
    return next((i for i, name in enumerate(sector.lines) if lines[name] == where), None)


def _men_lost(world: World, hq: str, fallen: NDArray[np.float64]) -> float:
    rows = world.forces.under(hq)
    lost = float(fallen[rows].sum())
    return lost / max(lost + float(world.forces.men[rows].sum()), 1.0)


def _power_wide(
    house: House, sides: Sides, power: str, first_lost: float, next_orders: list[tuple[Order, int]]
) -> list[Question]:
    world = sides.world
    plan = next((p for p in house.plans if p.defence is not None and p.defence.power == power), None)
    lost, _ = termination.share_lost(sides, power)
    if world.powers[power].standing == "in_exile" or lost >= house.rulebook.termination.collapse_share:
        cause = world.powers[power].since_entry
        return [
            Question(f"collapse:{power}", power, "collapse", power, ("cross the border",), cause, 1, {"men_lost": lost})
        ]
    if plan is None or plan.defence is None or f"general_withdrawal:{power}" in world.flags:
        return []
    if first_lost < plan.defence.general_withdrawal_when_lost:
        return []
    orders = "; ".join(str(order) for order, at in next_orders if at == 0)
    cause = int(world.captured_entry.max())
    facts = {"line_lost": first_lost, "men_lost": lost}
    return [
        Question(
            f"general_withdrawal:{power}", power, "general_withdrawal", power, (orders or "all back",), cause, 1, facts
        )
    ]


@dataclass(frozen=True)
class _Drive:
    """A headquarters told to attack or to stand, and its next aim (a province, -1: none left)."""

    hq: str
    entry: int
    aim: int
    forces: Forces

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Its active units."""
        units = self.forces.units_under(self.hq)
        rows: NDArray[np.int64] = units[self.forces.status[units] == Status.ACTIVE]
        return rows

    @cached_property
    def men(self) -> float:
        """Men of its active units."""
        return float(self.forces.men[self.rows].sum())


def _drives(world: World, atlas: Atlas, power: str) -> list[_Drive]:
    """Every drive of a power, by headquarters."""
    f, own, found = world.forces, atlas.power_number[power], []
    for hq, standing in sorted(world.orders.items()):
        if f.power[f.row(hq)] != own:
            continue
        order = Order.parse(standing.text)
        if order.verb in (Verb.ATTACK, Verb.STAND):
            aim = atlas.number[order.where[standing.step]] if standing.step < len(order.where) else -1
            found.append(_Drive(hq, standing.entry, aim, f))
    return found


def _offensive(house: House, sides: Sides, power: str) -> list[Question]:
    """Headquarters that have done their axis, and enemy pockets nobody is set against."""
    world, atlas = sides.world, house.atlas
    running = [o for o in house.operations_of(sides.war.id) if world.operations[o.id].stage == "running"]
    if not running:
        return []
    side = int(sides.of_power[atlas.power_number[power]])
    drives = _drives(world, atlas, power)
    questions = []
    idle = [d for d in drives if d.aim < 0 and d.men > 0]
    if idle and any(o.power == power for o in running):
        aims = [f"{Verb.ATTACK} {atlas.ids[p]}" for p in _targets(house, sides, side)]
        for d in idle if aims else ():
            options = tuple(f"{d.hq} {aim}" for aim in aims)  # orders in their written form
            questions.append(Question(f"axis_done:{d.hq}", power, "axis_done", d.hq, options, d.entry))
    return questions + _pockets_to_reduce(house, sides, power, side, drives)


def _targets(house: House, sides: Sides, side: int) -> list[int]:
    """Places worth attacking: the enemy's masses and the objectives not yet held, reachable by land."""
    atlas = house.atlas
    wanted = {atlas.number[p] for o in house.operations_of(sides.war.id) for p in o.objectives}
    masses = ((sides.men_by_province(1 - side) > 0) & (sides.province == 1 - side)).nonzero()[0].tolist()
    return sorted({*masses, *(p for p in wanted if sides.province[p] == 1 - side)})


def _pockets_to_reduce(house: House, sides: Sides, power: str, side: int, drives: list[_Drive]) -> list[Question]:
    """Stretches of enemy land without a base in which he is seen, and against which too few are on the way."""
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.encirclement
    rows = sides.rows[1 - side]
    lost = rows[~_fed(house, sides, 1 - side)[f.province[rows]]]
    if not len(lost):
        return []
    label = supply.areas(sides, 1 - side, house.net)
    area_of = label[f.province[lost]]
    questions = []
    for area in sorted(set(area_of.tolist())):
        inside = lost[area_of == area]
        men = float(f.men[inside].sum())
        if men < rules.pocket_men:
            continue
        assigned = sum(d.men for d in drives if d.aim >= 0 and label[d.aim] == area)
        if assigned >= rules.reduce_ratio * men:
            continue
        centre = int(np.bincount(f.province[inside], weights=f.men[inside]).argmax())
        options = _nearest_attackers(house, sides, centre, [d for d in drives if d.aim < 0 or label[d.aim] != area])
        if options:
            cause = next((e for q, e in sorted(world.pockets.items()) if label[q] == area), sides.war.entry)
            facts = {"men": men, "assigned": assigned, "wanted": rules.reduce_ratio * men}
            name = f"pocket:{atlas.ids[centre]}:{power}"
            questions.append(Question(name, power, "pocket", atlas.ids[centre], options, cause, len(options), facts))
    return questions


def _nearest_attackers(house: House, sides: Sides, centre: int, drives: list[_Drive]) -> tuple[str, ...]:
    """Orders against a pocket for drives within reach, nearest first, main efforts under way left alone."""
    atlas, f = house.atlas, sides.world.forces
    spared = {a.hq for p in house.plans for a in p.axes if a.main_effort}
    km = atlas.distance_to((centre,))
    found = []
    for d in drives:
        if (d.hq in spared and d.aim >= 0) or not len(d.rows):
            continue
        far = float(km[f.province[d.rows]].mean())
        if far <= house.rulebook.encirclement.reach_km:
            found.append((far, str(Order(d.hq, Verb.ATTACK, (atlas.ids[centre],)))))
    return tuple(text for _, text in sorted(found))


def _encircled(house: House, sides: Sides, power: str) -> list[Question]:
    """Headquarters most of whose men are cut off: break out or stand.

    One on the attack goes on until its supply is half gone.
    """
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.encirclement
    own = atlas.power_number[power]
    side = int(sides.of_power[own])
    lost = sides.rows[side][f.cut_off_days[sides.rows[side]] > 0]
    if not (f.power[lost] == own).any():
        return []
    fed, cut_off = _fed(house, sides, side), f.cut_off_days > 0
    questions = []
    for hq, standing in sorted(world.orders.items()):
        if not cut_off[f.units_under(hq)].any():
            continue
        if f.power[f.row(hq)] != own or (verb := Order.parse(standing.text).verb) in (Verb.BREAKOUT, Verb.STAND):
            continue
        rows = _commanded(world, hq)
        fit = rows[(f.status[rows] == Status.ACTIVE) & (f.arrives[rows] <= world.hour)]
        men = f.men[fit]
        if not len(fit) or men[cut_off[fit]].sum() <= rules.cut_off_share * men.sum():
            continue
        if verb is Verb.ATTACK and f.supply[fit].mean() >= rules.attack_supply:
            continue
        centre = int(np.bincount(f.province[fit], weights=men).argmax())
        out = _nearest(fed, atlas.distance_to((centre,)))
        options = [str(Order(hq, Verb.STAND))]
        if out >= 0 and atlas.distance_to((out,))[centre] <= rules.breakout_km:
            options.insert(0, str(Order(hq, Verb.BREAKOUT, (atlas.ids[out],))))
        near = [q for q in atlas.neighbours[centre].tolist() if q >= 0]
        enemy = sides.men_by_province(1 - side)
        stock = supply.stock_days(atlas, world, house.rulebook)[centre]
        facts = {
            "own": float(men.sum()), "enemy": float(enemy[near].sum()), "supply": float(f.supply[fit].mean()),
            "fortress": float(stock > house.rulebook.supply.field_stock_days),
        }  # fmt: skip
        cause = next((e for _, e in sorted(world.pockets.items(), reverse=True)), standing.entry)
        questions.append(Question(f"cut_off:{hq}", power, "cut_off", hq, tuple(options), cause, 1, facts))
    return questions


def _fed(house: House, sides: Sides, side: int) -> NDArray[np.bool_]:
    """Provinces of one side's land that lie in a stretch with a base that still supplies it."""
    label = supply.areas(sides, side, house.net)
    fed = np.zeros(len(house.atlas), dtype=bool)
    fed[label[supply.bases_held(sides, house.bases, house.rulebook, house.net)[side]]] = True
    return fed[label]


def _nearest(among: NDArray[np.bool_], km: NDArray[np.float64]) -> int:
    """The nearest of some provinces, or -1 where none can be reached."""
    reach = np.where(among, km, np.inf)
    best = int(reach.argmin())
    return best if np.isfinite(reach[best]) else -1
