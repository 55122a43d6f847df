"""How the World changes: every event is read back from its journal entry and folded in here; no rule is known here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wargame.atlas import Atlas
from wargame.events import (
    AirFought,
    ArmyBroken,
    Columns,
    ConvoyLost,
    Embarked,
    EngagementBegan,
    EngagementEnded,
    Entrained,
    Evacuated,
    Event,
    FlagRaised,
    FormationDispersed,
    FormationReady,
    FormationsInterned,
    FormationsSurrendered,
    HostilitiesCeased,
    Ids,
    Landed,
    ObjectiveReached,
    OperationEnded,
    OperationLaunched,
    OrderIssued,
    PocketFormed,
    PocketRelieved,
    ProvinceTaken,
    StandingChanged,
    WarDeclared,
    WarJoined,
    WeatherTurned,
)
from wargame.political_fold import POLITICS
from wargame.world import Engagement, OperationState, StandingOrder, Status, Voyage, War, World


def event_from(kind: str, data: dict[str, Any], because: int) -> Event:
    """The event that a journal entry records; `KeyError` for an unknown kind."""
    cls = Event.registry[kind]
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return cls(because=because, **values)


def apply(world: World, atlas: Atlas, event: Event | Columns, entry: int = 0) -> None:
    """Fold one event into the world. ``entry`` is the event's own number in the journal."""
    if isinstance(event, Columns):
        for name, value in event.values.items():
            owner, _, column = name.partition(".")
            setattr(world.forces if owner == "forces" else world, column, value)
        return
    handler = HANDLERS.get(type(event))
    if handler is not None:
        handler(world, atlas, event, entry)


def _order(world: World, atlas: Atlas, e: OrderIssued, entry: int) -> None:
    world.orders[e.hq] = StandingOrder(e.order, world.hour, entry)


def _objective(world: World, atlas: Atlas, e: ObjectiveReached, entry: int) -> None:
    world.orders[e.hq] = replace(world.orders[e.hq], step=e.step)


def _ready(world: World, atlas: Atlas, e: FormationReady, entry: int) -> None:
    row = world.forces.row(e.formation)
    if e.how != "mobilised":
        world.forces.province[row] = atlas.number[e.province]
        world.forces.status[row] = Status.ACTIVE
        world.forces.arrives[row] = 0
        if e.formation in world.voyages:
            world.voyages[e.formation] = replace(world.voyages[e.formation], stage="landed")


def _entrain(world: World, atlas: Atlas, e: Entrained, entry: int) -> None:
    row = world.forces.row(e.formation)
    world.forces.province[row] = atlas.number[e.destination]
    world.forces.arrives[row] = e.arrives
    world.forces.heading[row] = -1
    world.forces.progress_km[row] = 0.0
    world.rail_busy = {k: until for k, until in world.rail_busy.items() if until > world.hour}
    world.rail_busy |= dict.fromkeys(e.lines, e.frees)


def _embark(world: World, atlas: Atlas, e: Embarked, entry: int) -> None:
    f, row = world.forces, world.forces.row(e.formation)
    f.province[row], f.arrives[row] = atlas.number[e.destination], e.lands
    f.heading[row], f.progress_km[row] = -1, 0.0
    world.voyages = {name: v for name, v in world.voyages.items() if v.back > world.hour}
    world.voyages[e.formation] = Voyage(
        e.formation, e.carrier, e.origin, e.destination, e.lands, e.back, float(e.men), e.war, e.risk,
        "back" if e.purpose == "return" else "out",
    )  # fmt: skip


def _sink(world: World, atlas: Atlas, e: ConvoyLost, entry: int) -> None:
    f, row = world.forces, world.forces.row(e.formation)
    world.warships_sunk[e.carrier] = world.warships_sunk.get(e.carrier, 0.0) + e.warships
    world.sunk[e.carrier] = world.sunk.get(e.carrier, 0.0) + world.voyages[e.formation].men * e.share
    f.men[row] -= e.men
    f.killed[row] += e.men
    for weapon, tally in ((f.guns, f.guns_lost), (f.tanks, f.tanks_lost)):
        gone = weapon[row] * e.share
        weapon[row] -= gone
        tally[row] += gone


def _land(world: World, atlas: Atlas, e: Landed, entry: int) -> None:
    if e.how == "repulsed":
        return
    for name in e.formations:
        row = world.forces.row(name)
        world.forces.province[row], world.forces.arrives[row] = atlas.number[e.province], 0
        if name in world.voyages:
            world.voyages[name] = replace(world.voyages[name], stage="landed")


def _evacuate(world: World, atlas: Atlas, e: Evacuated, entry: int) -> None:
    f, row = world.forces, world.forces.row(e.formation)
    f.guns[row] -= e.guns_left
    f.guns_lost[row] += e.guns_left
    f.tanks[row] -= e.tanks_left
    f.tanks_lost[row] += e.tanks_left
    f.cut_off_days[row] = 0.0


def _war(world: World, atlas: Atlas, e: WarDeclared, entry: int) -> None:
    world.wars[e.war] = War(e.war, e.attackers, e.defenders, world.hour, entry)
    for power in (*e.attackers, *e.defenders):
        world.powers[power] = replace(world.powers[power], standing="at_war", since_entry=entry)


def _join(world: World, atlas: Atlas, e: WarJoined, entry: int) -> None:
    war = world.wars[e.war]
    joined = (*(war.attackers if e.on == "attackers" else war.defenders), e.power)
    world.wars[e.war] = replace(war, attackers=joined) if e.on == "attackers" else replace(war, defenders=joined)
    world.powers[e.power] = replace(world.powers[e.power], standing="at_war", since_entry=entry)


def _launch(world: World, atlas: Atlas, e: OperationLaunched, entry: int) -> None:
    world.operations[e.operation] = OperationState(e.operation, "running", world.hour, entry=entry)


def _end_operation(world: World, atlas: Atlas, e: OperationEnded, entry: int) -> None:
    state = world.operations.get(e.operation, OperationState(e.operation))
    world.operations[e.operation] = replace(state, stage="ended", ended=world.hour, outcome=e.outcome, entry=entry)


def _broken(world: World, atlas: Atlas, e: ArmyBroken, entry: int) -> None:
    world.operations[e.operation] = replace(world.operations[e.operation], decided=world.hour)
    world.flags.setdefault(f"broken:{e.power}", entry)


def _standing(world: World, atlas: Atlas, e: StandingChanged, entry: int) -> None:
    world.powers[e.power] = replace(world.powers[e.power], standing=e.standing, since_entry=entry)


def _flag(world: World, atlas: Atlas, e: FlagRaised, entry: int) -> None:
    world.flags[e.flag] = entry


def _cease(world: World, atlas: Atlas, e: HostilitiesCeased, entry: int) -> None:
    world.flags[f"ceased:{e.war}"] = entry
    _lay_down_arms(world, e.war)
    going = {
        p for w in world.wars.values() if f"ceased:{w.id}" not in world.flags for p in (*w.attackers, *w.defenders)
    }
    power_of = world.forces.command.power_of
    world.orders = {h: o for h, o in world.orders.items() if atlas.powers[power_of[world.forces.row(h)]] in going}


def _lay_down_arms(world: World, war: str) -> None:
    """Fights and pockets of a war are no more."""
    world.engagements = {p: x for p, x in world.engagements.items() if x.war != war}
    for p in [p for p, of in world.pocket_war.items() if of == war]:
        world.pockets.pop(p, None)
        del world.pocket_war[p]


def _begin_engagement(world: World, atlas: Atlas, e: EngagementBegan, entry: int) -> None:
    p = atlas.number[e.province]
    world.engagements[p] = Engagement(p, e.side, e.contact, world.hour, e.luck_attacker, e.luck_defender, entry, e.war)
    world.contacts[p] = e.contact
    world.fought_attacker[p] = world.fought_defender[p] = 0.0


WON = ("broken", "overrun", "withdrawn", "surrendered")


def _end_engagement(world: World, atlas: Atlas, e: EngagementEnded, entry: int) -> None:
    fight = world.engagements.pop(atlas.number[e.province], None)
    if e.result in WON:
        world.decided_entry[atlas.number[e.province]] = entry
    if e.pause_until and fight is not None:
        world.repulsed[f"{fight.war}:{e.side}:{e.province}"] = e.pause_until


def _taken(world: World, atlas: Atlas, e: ProvinceTaken, entry: int) -> None:
    p = atlas.number[e.province]
    world.controller[p] = atlas.power_number[e.power]
    world.captured_hour[p] = world.hour
    world.captured_entry[p] = entry
    world.occupied_days[p] = 0.0


def _pocket(world: World, atlas: Atlas, e: PocketFormed, entry: int) -> None:
    world.pockets[atlas.number[e.province]] = entry
    world.pocket_war[atlas.number[e.province]] = e.war
    _blow(world, e.power, e.men, entry)


def _blow(world: World, power: str, men: int, entry: int) -> None:
    """Remember the heaviest blow a power has suffered: most men in one pocket or one surrender."""
    if men > world.blow_men.get(power, 0):
        world.blow_men[power], world.blow_entry[power] = men, entry


def _relieved(world: World, atlas: Atlas, e: PocketRelieved, entry: int) -> None:
    world.pockets.pop(atlas.number[e.province], None)
    world.pocket_war.pop(atlas.number[e.province], None)


def _leave(world: World, formations: Ids, status: int, *, captured: bool) -> None:
    """Formations leave the field with all their arms; their men are captured or missing."""
    f = world.forces
    for name in formations:
        i = f.row(name)
        f.status[i] = status
        fate = f.captured if captured else f.missing
        fate[i] += f.men[i]
        f.tanks_lost[i] += f.tanks[i]
        f.guns_lost[i] += f.guns[i]
        f.men[i] = f.guns[i] = f.tanks[i] = 0.0
        f.heading[i] = -1


def _surrender(world: World, atlas: Atlas, e: FormationsSurrendered, entry: int) -> None:
    _leave(world, e.formations, Status.SURRENDERED, captured=True)
    _blow(world, e.power, e.men, entry)


def _intern(world: World, atlas: Atlas, e: FormationsInterned, entry: int) -> None:
    _leave(world, e.formations, Status.INTERNED, captured=False)


def _disperse(world: World, atlas: Atlas, e: FormationDispersed, entry: int) -> None:
    i = world.forces.row(e.formation)
    world.forces.captured[i] += e.captured
    world.forces.men[i] -= e.captured
    _leave(world, (e.formation,), Status.DESTROYED, captured=False)


def _air(world: World, atlas: Atlas, e: AirFought, entry: int) -> None:
    world.air_superiority[e.war] = e.superiority


def _weather(world: World, atlas: Atlas, e: WeatherTurned, entry: int) -> None:
    world.weather = e.weather


HANDLERS: dict[type[Event], Callable[[World, Atlas, Any, int], None]] = {
    OrderIssued: _order,
    FormationReady: _ready,
    Entrained: _entrain,
    Embarked: _embark,
    ConvoyLost: _sink,
    Landed: _land,
    Evacuated: _evacuate,
    ObjectiveReached: _objective,
    WarDeclared: _war,
    WarJoined: _join,
    OperationLaunched: _launch,
    OperationEnded: _end_operation,
    ArmyBroken: _broken,
    StandingChanged: _standing,
    FlagRaised: _flag,
    HostilitiesCeased: _cease,
    EngagementBegan: _begin_engagement,
    EngagementEnded: _end_engagement,
    ProvinceTaken: _taken,
    PocketFormed: _pocket,
    PocketRelieved: _relieved,
    FormationsSurrendered: _surrender,
    FormationsInterned: _intern,
    FormationDispersed: _disperse,
    AirFought: _air,
    WeatherTurned: _weather,
    **POLITICS,
}

_LEFT = tuple(f"forces.{c}" for c in ("status", "captured", "missing", "tanks_lost", "guns_lost", "men", "guns",
                                      "tanks", "heading"))  # fmt: skip
_ARMS = tuple(f"forces.{c}" for c in ("guns", "tanks", "guns_lost", "tanks_lost"))
TOUCHED: dict[type[Event], Ids] = {
    **{e: () for e in Event.registry.values() if e.__module__ == Event.__module__},
    FormationReady: ("forces.province", "forces.status", "forces.arrives"),
    Entrained: ("forces.province", "forces.arrives", "forces.heading", "forces.progress_km"),
    Embarked: ("forces.province", "forces.arrives", "forces.heading", "forces.progress_km"),
    ConvoyLost: (*_ARMS, "forces.men", "forces.killed"),
    Landed: ("forces.province", "forces.arrives"),
    Evacuated: (*_ARMS, "forces.cut_off_days"),
    EngagementBegan: ("world.contacts", "world.fought_attacker", "world.fought_defender"),
    EngagementEnded: ("world.decided_entry",),
    ProvinceTaken: ("world.controller", "world.captured_hour", "world.captured_entry", "world.occupied_days"),
    WarDeclared: ("world.wars",),
    WarJoined: ("world.wars",),
    FormationsSurrendered: _LEFT,
    FormationsInterned: _LEFT,
    FormationDispersed: _LEFT,
}  # the columns of forces and provinces, and wars, that the events of `wargame.events` may change; acts may change any
