"""The sequence of play: what happens at one instant, in the printed order, by rule, seat and luck.

Each public function settles one kind of due thing: `declare`, `launch`, `run_script`, `mobilise`, `entrain`, `arrive`,
`campaign_day`, `conclude` and `government`. All of them change the World only through events that the `Clerk` records.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import Atlas
from wargame.events import (
    Columns,
    Decision,
    Embarked,
    FlagRaised,
    FormationDispersed,
    FormationsInterned,
    Landed,
    ObjectiveReached,
    OperationLaunched,
    OrderIssued,
    ProvinceTaken,
    WarDeclared,
    WarJoined,
)
from wargame.house import Clerk, House
from wargame.orders import Order, Verb
from wargame.questions import may_be_raised, raised
from wargame.rules import (
    air,
    combat,
    encirclement,
    landings,
    mobilization,
    movement,
    rail,
    sea_supply,
    sealift,
    supply,
    termination,
    weather,
)
from wargame.scenario import Operation, Plan, Script
from wargame.seats import Question, checked
from wargame.sides import FIRST_UNIT, Sides
from wargame.view import view
from wargame.waters import Waters
from wargame.world import Status, Voyage, War, World

QUIET_DAYS = 3  # without event after which a front rests
PATIENT_DAYS = 7  # the same for a front on which somebody attacks
REST_DAYS = 7  # from one day of a front that rests to the next

# --- politics by script and calendar ---------------------------------------------------------------------------------


def declare(house: House, clerk: Clerk, war_id: str) -> None:
    """Hostilities of a scenario's war begin."""
    entry = next(w for w in house.scenario.wars if w.id == war_id)
    clerk.put(WarDeclared(war=entry.id, attackers=entry.attackers, defenders=entry.defenders))
    for plan in house.plans:
        if plan.defence is not None and plan.defence.power in entry.defenders:
            _open_defence(house, clerk, plan, clerk.world.wars[war_id].entry)


def _open_defence(house: House, clerk: Clerk, plan: Plan, because: int) -> None:
    """Every sector's headquarters takes up its first line."""
    assert plan.defence is not None
    lines = {line.id: line.provinces for line in plan.lines}
    for sector in plan.sectors:
        stand, hold = Order(sector.hq, Verb.STAND), Order(sector.hq, Verb.DEFEND, lines[sector.lines[0]])
        issue(house, clerk, plan.defence.power, stand if sector.hold_to_last else hold, because)


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
        issue(house, clerk, script.power, Order.parse(text), entry)


_SCRIPTED = {"enter_war": _enter_war, "stay_quiet": _stay_quiet, "evade": _evade, "order": _scripted_orders}


def launch(house: House, clerk: Clerk, operation_id: str) -> bool:
    """An operation begins if its power is in its war; says whether it did."""
    operation, plan = house.operation(operation_id)
    war = house.war_of(clerk.world, operation)
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
            issue(house, clerk, operation.power, Order(axis.hq, Verb.ATTACK, axis.via), entry)
            clerk.fold(movement.start_lines(clerk.sides(war.id), clerk.world.commanded(axis.hq), house.rulebook))
    return True


def start_axis(house: House, clerk: Clerk, operation_id: str, hq: str) -> None:
    """A headquarters that was to start later sets off."""
    operation, plan = house.operation(operation_id)
    state = clerk.world.operations.get(operation_id)
    axis = next(a for a in plan.axes if a.hq == hq)
    if state is not None and state.stage == "running":
        issue(house, clerk, operation.power, Order(hq, Verb.ATTACK, axis.via), state.entry)


def issue(house: House, clerk: Clerk, power: str, order: Order, because: int) -> None:
    """Put an order in force and share it out to the formations under the headquarters that no deeper order binds."""
    world = clerk.world
    clerk.put(OrderIssued(power=power, order=str(order), because=because))
    rows = world.commanded(order.hq)
    for war in _concerned(house, clerk, power, order, rows):
        _stir(clerk, war)
    clerk.fold(movement.assign(world, house.atlas, order, 0, rows))


def _concerned(house: House, clerk: Clerk, power: str, order: Order, rows: NDArray[np.int64]) -> list[str]:
    """The wars in which formations told to do something fight, and the first in whose enemy's land they are sent."""
    number, places = house.atlas.power_number[power], [house.atlas.number[p] for p in order.where]
    found, sent = [], False
    for war in clerk.going():
        sides = clerk.sides(war)
        side = int(sides.of_power[number])
        if side < 0:
            continue
        bound = not sent and bool((sides.province[places] == 1 - side).any())
        sent |= bound
        if bound or sides.engaged is None or sides.engaged[rows].any():
            found.append(war)
    return found


# --- mobilisation ----------------------------------------------------------------------------------------------------


def mobilise(house: House, clerk: Clerk) -> None:
    """A day of mobilisation everywhere, and once a week the replacements of the week."""
    events, columns = mobilization.progress(clerk.world, house.atlas, clerk.coalitions(), house.rulebook)
    clerk.fold(columns)
    for event in events:
        clerk.put(event)
    if dates.day_number(clerk.world.hour) % REST_DAYS == 0:
        clerk.fold(mobilization.replacements(clerk.world, house.atlas, house.rulebook, REST_DAYS))


def entrain(house: House, clerk: Clerk) -> list[str]:
    """Formations out of touch with the enemy and bound far go by rail; returns their ids.

    Those of a front that rests are looked at once a week.
    """
    gone, weekly = [], dates.day_number(clerk.world.hour) % REST_DAYS == 0
    for war in (w for w in clerk.going() if weekly or not rests(house, clerk.world, w)):
        for event in rail.departures(clerk.sides(war), house.lines, house.rulebook):
            clerk.put(event)
            gone.append(event.formation)
    return [*gone, *embark(house, clerk)]


def arrive(house: House, clerk: Clerk, formation: str) -> None:
    """A formation arrives by rail or is formed, and takes up its headquarters' order."""
    clerk.put(mobilization.arrive(clerk.world, house.atlas, clerk.coalitions(), formation))
    _join_headquarters(house, clerk, formation)


# --- the sea ---------------------------------------------------------------------------------------------------------


def embark(house: House, clerk: Clerk) -> list[str]:
    """Formations put on ships this morning: for landings, out of pockets, and to goals over sea; returns their ids."""
    gone: list[str] = []
    if not house.afloat:
        return gone
    waters: dict[str, Waters] = {}
    for war in clerk.going():
        for operation in house.offensives(clerk.world, clerk.world.wars[war]):
            for sailing, via in _expedition(house, clerk, war, operation):
                entry = clerk.put(sailing)
                issue(house, clerk, operation.power, Order(sailing.formation, Verb.ATTACK, via), entry)
                gone.append(sailing.formation)
        for power in sealift.in_need_of_ships(clerk.sides(war), house.rulebook):
            seen = waters.setdefault(power, _waters(house, clerk, power))
            for left, taken_off in sealift.evacuations(clerk.sides(war), seen, house.rulebook):
                entry = clerk.put(left)
                clerk.put(replace(taken_off, because=entry))
                gone.append(left.formation)
            for sailing in sealift.transports(clerk.sides(war), seen, house.rulebook):
                clerk.put(sailing)
                gone.append(sailing.formation)
    return gone


def _waters(house: House, clerk: Clerk, power: str) -> Waters:
    return Waters(clerk.world, house.atlas, house.navies, power, house.rulebook)


def _expedition(house: House, clerk: Clerk, war: str, operation: Operation) -> list[tuple[Embarked, tuple[str, ...]]]:
    """Who embarks for an operation carried over water, each with the places he then makes for."""
    world, atlas, rules = clerk.world, house.atlas, house.rulebook
    design, state = house.operation(operation.id)[1].design, world.operations[operation.id]
    if design is None or not design.by_sea or state.stage != "running":
        return []
    landing = sealift.Landing(
        operation.power, tuple(atlas.number[p] for p in operation.objectives), state.entry, state.began,
        float(design.warning_days), _surprise_of(house, world, operation),
    )  # fmt: skip
    found = sealift.expedition(clerk.sides(war), _waters(house, clerk, operation.power), landing, rules)
    return [(sailing, tuple(atlas.ids[p] for p in via)) for sailing, via in found]


def land(house: House, clerk: Clerk, formation: str) -> int:
    """A voyage ends; returns the hour at which it ends instead if the formation is still, or again, at sea.

    All who are bound for one enemy coast at this hour land together.
    """
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    voyage = world.voyages[formation]
    if voyage.stage == "landed":
        return 0
    if voyage.lands > world.hour:
        return voyage.lands
    bound = (voyage.destination, voyage.lands, voyage.war, "out")
    together = [v for v in world.voyages.values() if (v.destination, v.lands, v.war, v.stage) == bound]
    place, own = atlas.number[voyage.destination], atlas.powers[int(f.power[f.row(formation)])]
    if _waters(house, clerk, own).friendly[place]:
        _into_harbour(house, clerk, voyage)
        return 0
    if voyage.stage == "back" or f"ceased:{voyage.war}" in world.flags or own not in _members(world.wars[voyage.war]):
        clerk.put(mobilization.arrive(world, atlas, clerk.coalitions(), formation))  # at the nearest place still held
        return 0
    for v in together:
        clerk.put(landings.sunk(world, v, house.navies, house.dice, house.rulebook, _embarked(clerk, v)))
    _storm(house, clerk, together, place)
    return world.voyages[formation].lands if world.voyages[formation].stage != "landed" else 0


def _members(war: War) -> tuple[str, ...]:
    return (*war.attackers, *war.defenders)


def _embarked(clerk: Clerk, voyage: Voyage) -> int:
    """The entry of the order under which a formation sailed, or of its war."""
    order = clerk.world.order_over(clerk.world.forces.row(voyage.formation))
    return order.entry if order is not None else clerk.world.wars[voyage.war].entry


def _into_harbour(house: House, clerk: Clerk, voyage: Voyage) -> None:
    """A formation lands at a friendly place and takes up its headquarters' order."""
    world, row = clerk.world, clerk.world.forces.row(voyage.formation)
    cause = clerk.put(landings.sunk(world, voyage, house.navies, house.dice, house.rulebook, _embarked(clerk, voyage)))
    clerk.put(
        Landed(
            province=voyage.destination, power=house.atlas.powers[int(world.forces.power[row])],
            formations=(voyage.formation,), how="harbour", men=round(float(world.forces.men[row])), war=voyage.war,
            because=cause or _embarked(clerk, voyage),
        )
    )  # fmt: skip
    _join_headquarters(house, clerk, voyage.formation)


def _storm(house: House, clerk: Clerk, together: list[Voyage], place: int) -> None:
    """A landing on an enemy coast; who is repulsed goes back to where he came from."""
    world, f = clerk.world, clerk.world.forces
    war = world.wars[together[0].war]
    rows = np.array(sorted(f.row(v.formation) for v in together), dtype=np.int64)
    power = house.atlas.powers[int(f.power[rows[0]])]
    steps = [_surprise_of(house, world, o) for o in house.offensives(world, war) if o.power == power]
    sides, rules = clerk.sides(war.id), house.rulebook
    defenders = landings.garrison(sides, 1 - int(sides.formation[rows[0]]), place)
    x, reasons = 0.0, tuple[str, ...]()
    if len(defenders):
        beach = landings.beach(house.atlas, place, world.hour, rules)
        table = combat.from_the_sea(
            sides, rows, defenders, place, beach.front_km, beach.works, rules, max([0.0, *steps])
        )
        table.terms["air"] = np.array([rules.combat.air * _waters(house, clerk, power).sky(place)])
        table.terms["landing"] = np.array([beach.term])
        x, reasons = float(sum(term[0] for term in table.terms.values())), combat.drivers(table, 0)
    cause = _embarked(clerk, together[0])
    result = landings.come_ashore(sides, rows, place, x, reasons, house.dice, rules, cause)
    clerk.fold(result.columns)
    landed, *others = result.events
    entry = clerk.put(landed)
    for event in others:
        clerk.put(replace(event, because=entry))
    for v in together:
        if isinstance(landed, Landed) and landed.how == "repulsed":
            home = world.hour + (v.back - v.lands)
            clerk.put(
                Embarked(
                    formation=v.formation, carrier=v.carrier, origin=v.destination, destination=v.origin, lands=home,
                    back=home, men=round(float(f.men[f.row(v.formation)])), purpose="return", risk=v.risk, war=v.war,
                    because=entry,
                )
            )  # fmt: skip
        else:
            _join_headquarters(house, clerk, v.formation)


def _going(clerk: Clerk) -> list[Sides]:
    """The sides of every war that is not over."""
    return [clerk.sides(war) for war in clerk.going()]


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
    10 the end. On a front that rests it stands for all days since the last one: for supply, losses in the air, rest,
    digging in and marches in friendly land.
    """
    world, atlas, rules = clerk.world, house.atlas, house.rulebook
    days = min(max((world.hour - world.looked.get(war_id, world.hour)) // dates.DAY, 1), REST_DAYS)
    clerk.put(weather.turn(world, atlas, house.scenario.weather, house.dice))
    sides = clerk.sides(war_id)
    flown = air.fight(sides, house.dice, rules, days, _surprise_by_side(house, world, sides))
    if flown:
        clerk.put(flown[0])
        clerk.fold(flown[1])
    told, sides = clerk.journal.length, _fed_by_sea(house, clerk, war_id)
    effort = supply.distances(sides, house.held(sides.land), rules)
    clerk.fold(supply.deliver(sides, effort, rules, days))
    advancing = _march_and_fight(house, clerk, sides, days)
    _rear_areas(house, clerk, world.wars[war_id])
    clerk.fold(movement.staffs(world))
    _advance_axes(house, clerk, world.wars[war_id])
    over = _endings(house, clerk, world.wars[war_id])
    _note_quiet(clerk, war_id, eventful=advancing or clerk.journal.length > told)
    return not over


def _fed_by_sea(house: House, clerk: Clerk, war_id: str) -> Sides:
    """Note the ports over which forces cut off by land are supplied by sea today, and look at the sides anew."""
    sides = clerk.sides(war_id)
    if house.afloat:
        ashore = supply.ashore(sides.land, house.bases, house.rulebook)
        now = sea_supply.harbours(sides, supply.fed(sides.land, ashore), house.navies, house.rulebook)
        elsewhere = sea_supply.of_other_wars(sides)
        if now | elsewhere != clerk.world.harbours:
            clerk.fold(Columns({"world.harbours": dict(sorted((now | elsewhere).items()))}))
    return clerk.sides(war_id)


def _note_quiet(clerk: Clerk, war_id: str, *, eventful: bool) -> None:
    """Remember since when every day of a front has been without event, advance, fight or siege."""
    world, sides = clerk.world, clerk.sides(war_id)
    clerk.fold(Columns({"world.looked": world.looked | {war_id: world.hour}}))
    if eventful or sides.fights or _besieged(sides) or (world.occupied_days[sides.province >= 0] > 0).any():
        _stir(clerk, war_id)
    elif war_id not in world.quiet_since:
        clerk.fold(Columns({"world.quiet_since": world.quiet_since | {war_id: world.hour}}))


def _besieged(sides: Sides) -> bool:
    """Whether anybody is cut off with the enemy next to him."""
    f, beside = sides.world.forces, sides.land.beside
    rows = sides.present[f.cut_off_days[sides.present] > 0]
    place = f.province[rows]
    return bool(np.where(sides.formation[rows] == 0, beside[1][place], beside[0][place]).any())


def _stir(clerk: Clerk, war_id: str) -> None:
    """Something happens on a front."""
    world = clerk.world
    if war_id in world.quiet_since:
        clerk.fold(Columns({"world.quiet_since": {k: hour for k, hour in world.quiet_since.items() if k != war_id}}))


def rests(house: House, world: World, war_id: str) -> bool:
    """Whether a front has its campaign day once a week only, because nothing has happened there for long enough."""
    since = world.quiet_since.get(war_id)
    if since is None:
        return False
    attacked = any(world.operations[o.id].stage == "running" for o in house.operations_of(world.wars[war_id]))
    enough = PATIENT_DAYS if attacked else QUIET_DAYS
    return world.hour - since >= enough * dates.DAY


def _march_and_fight(house: House, clerk: Clerk, sides: Sides, days: int) -> bool:
    """Says whether anybody is on his way to an attack."""
    moved = movement.march(sides, house.rulebook, days)
    clerk.fold(moved.columns)
    for taken in moved.taken:
        clerk.put(taken)
    sides = clerk.sides(sides.war.id)
    surprise = _surprise_left(house, clerk.world, sides.war) if len(moved.assailants) else 0.0
    table = combat.gather(sides, moved.assailants, house.rulebook, surprise)
    for begun in combat.begin(sides, table, house.dice, house.rulebook):
        clerk.put(begun)
    outcome = combat.fight(sides, table, house.dice, house.rulebook, moved.disengaged, moved.left, days)
    clerk.fold(outcome.columns)
    for event in (*outcome.ended, *outcome.overtaken, *outcome.surrendered, *outcome.dispersed):
        clerk.put(event)
    return moved.advancing


def _surprise_by_side(house: House, world: World, sides: Sides) -> tuple[float, float]:
    """Steps of surprise left to a war's attackers and to its defenders: the most that an operation of theirs has."""
    left = [0.0, 0.0]
    for operation in house.operations_of(sides.war):
        side = int(sides.of_power[house.atlas.power_number[operation.power]])
        if side >= 0:
            left[side] = max(left[side], _surprise_of(house, world, operation))
    return left[0], left[1]


def _surprise_left(house: House, world: World, war: War) -> NDArray[np.float64]:
    """Steps of surprise left to each formation: its power's operation began with so many, halved every so many days."""
    steps = np.zeros(len(world.forces))
    for operation in house.operations_of(war):
        if world.operations[operation.id].stage == "running":
            own = world.forces.power == house.atlas.power_number[operation.power]
            steps = np.where(own, np.maximum(steps, _surprise_of(house, world, operation)), steps)
    return steps


def _surprise_of(house: House, world: World, operation: Operation) -> float:
    """Steps of surprise left to an operation that runs."""
    state = world.operations[operation.id]
    if state.stage != "running":
        return 0.0
    halvings = (world.hour - state.began) / dates.DAY / house.rulebook.combat.surprise_half_life_days
    return float(operation.surprise * 0.5 ** int(halvings))


def _rear_areas(house: House, clerk: Clerk, war: War) -> None:
    """Occupation of empty land, pockets formed and relieved, surrenders, internments, staffs left without troops."""
    rules = house.rulebook
    sides = clerk.sides(war.id)
    taken, columns = encirclement.occupations(sides, rules)
    clerk.fold(columns)
    for event in taken:
        clerk.put(event)
    sides = clerk.sides(war.id)
    found = encirclement.pockets(sides, house.fed(sides.land))
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
    """A headquarters whose last unit has left the field at this instant goes into captivity with its army troops."""
    world, f, lost = clerk.world, clerk.world.forces, dict(clerk.lost)
    if not lost:
        return
    left = f.led((f.status <= Status.ACTIVE).astype(np.float64))
    staffs = {hq for name in lost for hq in f.chain(f.row(name))[1:]}
    for row in sorted(staffs):
        if f.status[row] == Status.ACTIVE and not left[row]:
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
        reach = {
            h: np.where(world.controller == atlas.power_number[h], atlas.distance_to((province,)), np.inf)
            for h in hosts
        }
        host = min(hosts, key=lambda h: float(reach[h].min()))
        clerk.put(
            FormationsInterned(province=place, power=power, host=host, formations=(name,), men=men, because=crossed)
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
    sides = clerk.sides(war.id)
    power_of, side_of = world.forces.command.power_of_id, sides.of_power.tolist()
    for hq, standing, order in clerk.drives(war.id):
        side, step = side_of[power_of[hq]], standing.step
        if side < 0:
            continue
        while step < len(order.where) and sides.province[atlas.number[order.where[step]]] == side:
            step += 1
        if step > standing.step:
            reached = order.where[step - 1]
            cause = int(world.captured_entry[atlas.number[reached]]) or standing.entry
            clerk.put(ObjectiveReached(hq=hq, province=reached, step=step, because=cause))
            clerk.fold(movement.assign(world, atlas, order, step, world.commanded(hq)))


def _endings(house: House, clerk: Clerk, war: War) -> bool:
    """Armies broken, governments gone, hostilities ceased; says whether the war is over on land."""
    rules = house.rulebook
    sides = clerk.sides(war.id)
    for operation in house.operations_of(war):
        clerk.put(termination.broken(sides, operation, rules))
    for power in (*war.attackers, *war.defenders):
        clerk.put(termination.government(sides, power, rules))
        _fall_to_the_enemy(house, clerk, war, power)
    over = bool(clerk.put(termination.ceased(sides, rules)))
    if over:
        _remnants(house, clerk, sides)
    return over


def conclude(house: House, clerk: Clerk, operation_id: str) -> None:
    """An operation's days have run out, or its war is over: what it came to."""
    operation, _ = house.operation(operation_id)
    war = house.war_of(clerk.world, operation)
    if war is not None:
        clerk.put(termination.verdict(clerk.sides(war.id), operation))


def _remnants(house: House, clerk: Clerk, sides: Sides) -> None:
    """The war is over on land: what is left of the beaten coalition crosses a border or goes home or into captivity."""
    world, f = clerk.world, clerk.world.forces
    men = [termination.men_left(sides, s) for s in (0, 1)]
    beaten = 1 if men[1] <= men[0] else 0
    cause = world.flags[f"ceased:{sides.war.id}"]
    if beaten == 1:
        _occupy_the_rest(house, clerk, sides, sides.land.province == 1, cause)
    left = (sides.formation == beaten) & (f.status <= Status.ACTIVE)
    for row in np.flatnonzero(left).tolist():
        _end_formation(house, clerk, row, int(f.province[row]), cause)


def _fall_to_the_enemy(house: House, clerk: Clerk, war: War, power: str) -> None:
    """The homeland of a power whose government is in exile and whose army is gone passes to the enemy next to it."""
    world, number = clerk.world, house.atlas.power_number[power]
    if world.powers[power].standing != "in_exile":
        return
    f, held = world.forces, world.controller == number
    rows = f.land_rows(number)
    if held.any() and not (f.status[rows] == Status.ACTIVE).any():
        sides = clerk.sides(war.id)
        abandoned = held & _homeland(world, house.atlas, power)
        abandoned &= sides.men_by_province(int(sides.of_power[number])) <= 0
        _occupy_the_rest(house, clerk, sides, abandoned, world.powers[power].since_entry)


def _homeland(world: World, atlas: Atlas, power: str) -> NDArray[np.bool_]:
    """The land that a power owns and that hangs together with its capital; all of it where it has none on the map."""
    owned: NDArray[np.bool_] = world.owner == atlas.power_number[power]
    todo = list(atlas.capitals.get(power, ()))
    if not todo:
        return owned
    found = np.zeros(len(owned), dtype=bool)
    while todo:
        p = todo.pop()
        if owned[p] and not found[p]:
            found[p] = True
            todo += [q for q, _ in atlas.around[p]]
    return found


def _occupy_the_rest(house: House, clerk: Clerk, sides: Sides, rest: NDArray[np.bool_], cause: int) -> None:
    """What land (``rest``) the beaten still hold passes to the enemy next to it, from his front inwards."""
    world, atlas = clerk.world, house.atlas
    beaten = sides.land.province
    while True:
        side = sides.of_power[world.controller]
        victors = np.append(side, -1)[atlas.neighbours]
        open_to = (victors == 1 - beaten[:, None]) & (beaten >= 0)[:, None]
        taken = np.flatnonzero(rest & (side == beaten) & open_to.any(axis=1))
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
    number = house.atlas.power_number[power]
    orders = clerk.orders()
    told = orders.get(number, {})
    if not _has_business(house, clerk.world, power, led=bool(told)):
        return
    wars = [sides for sides in _going(clerk) if sides.of_power[number] >= 0]
    asking = [sides for sides in wars if may_be_raised(house, sides, power, told)]
    if not asking:
        return
    seen, seat = view(clerk.world, number, wars, power, orders), house.seats[power]
    questions: dict[str, Question] = {}
    for sides in asking:
        known = Sides(house.atlas, seen, sides.war, sides.land, sides.engaged)
        for question in raised(house, known, power):
            questions.setdefault(question.id, question)  # what concerns no one war, such as a line lost, is asked once
    for question in questions.values():
        answer = checked(question, seat.answer(question, seen))
        if not answer.choice:
            continue
        entry = clerk.put(
            Decision(
                power=power, seat=seat.name, question=question.id, answer=answer.choice, reasons=answer.reasons,
                because=answer.because or question.because,
            )
        )  # fmt: skip
        _carry_out(house, clerk, question, answer.choice, entry)


def _has_business(house: House, world: World, power: str, *, led: bool) -> bool:
    """Whether an evening can raise any question for a power: it defends, leads, has lost or is cut off, or has left."""
    f, number = world.forces, house.atlas.power_number[power]
    if led or house.sectors(power) or world.powers[power].standing != "at_war":
        return True
    mine = f.land_rows(number)
    return bool((f.killed + f.wounded + f.captured + f.missing + f.cut_off_days)[mine].any())


def _carry_out(house: House, clerk: Clerk, question: Question, choice: tuple[str, ...], entry: int) -> None:
    if question.kind == "collapse":
        _give_up_the_field(house, clerk, question.power, entry)
        return
    if question.kind == "general_withdrawal":
        clerk.put(FlagRaised(flag=f"general_withdrawal:{question.power}", because=entry))
    for option in choice:
        for text in option.split("; "):
            if text != "all back":
                issue(house, clerk, question.power, Order.parse(text), entry)


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
