"""What happened: the vocabulary of the journal, and the one function by which the World changes.

Each event names things by id, carries ``because`` (the number of the journal entry that caused it) and is folded into
the World by `apply` without knowing any rule. Bulk daily changes of forces travel as `Columns`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from wargame.atlas import Atlas
from wargame.world import Engagement, OperationState, StandingOrder, Status, Voyage, War, World

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of every event. ``because`` is a journal entry's number; 0 is the header, the root of every chain."""

    registry: ClassVar[dict[str, type[Event]]] = {}
    kind: ClassVar[str]  # the event's name in the journal: its class name in snake case
    own: ClassVar[tuple[str, ...]]  # names of its fields, without ``because``
    because: int = 0

    def data(self) -> dict[str, Any]:
        """The event's own fields as plain data, without ``because``."""
        return {name: getattr(self, name) for name in self.own}


def register(cls: type[Any]) -> type[Any]:
    """Make an event known by its name in the journal."""
    cls.kind = re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()
    cls.own = tuple(f.name for f in fields(cls) if f.name != "because")
    Event.registry[cls.kind] = cls
    return cls


def event_from(kind: str, data: dict[str, Any], because: int) -> Event:
    """The event that a journal entry records; `KeyError` for an unknown kind."""
    cls = Event.registry[kind]
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return cls(because=because, **values)


# --- decisions -------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Event):
    """A seat (or a script: ``seat`` says which) answered a question; ``reasons`` in plain words with numbers."""

    power: str
    seat: str
    question: str
    answer: Ids
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssued(Event):
    """A headquarters has a new standing order, in the written form of `wargame.orders`."""

    power: str
    order: str

    @property
    def hq(self) -> str:
        """Who is told."""
        return self.order.partition(" ")[0]


# --- politics --------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class WarDeclared(Event):
    """Hostilities begin."""

    war: str
    attackers: Ids
    defenders: Ids


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class WarJoined(Event):
    """A power enters a war on one side (``attackers`` or ``defenders``)."""

    war: str
    power: str
    on: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLaunched(Event):
    """An operation begins."""

    operation: str
    power: str
    target: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEnded(Event):
    """An operation ends with one of the rulebook's nine outcomes."""

    operation: str
    outcome: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ArmyBroken(Event):
    """More than the rulebook's share of a power's field army is lost, surrendered or cut off."""

    operation: str
    power: str
    share_lost: float
    men_left: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged(Event):
    """A power's standing changes: at_war, capitulated, in_exile, defeated."""

    power: str
    standing: str
    reason: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRaised(Event):
    """A scripted or political fact is now so, e.g. ``evade:POL:SOV`` or ``general_withdrawal:POL``."""

    flag: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class HostilitiesCeased(Event):
    """The last forces of one coalition have gone; the war is over on land."""

    war: str


# --- forces ----------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationReady(Event):
    """A formation has finished mobilising, or has arrived where it was to concentrate."""

    formation: str
    province: str
    how: str  # mobilised, arrived, raised


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Entrained(Event):
    """A formation goes by rail; ``departs``, ``arrives`` and ``frees`` are hours.

    ``lines`` are the stretches taken until ``frees``.
    """

    formation: str
    origin: str
    destination: str
    departs: int
    arrives: int
    lines: Ids
    frees: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Embarked(Event):
    """A formation sails on the ships of ``carrier``, which are back at the hour ``back``.

    ``purpose``: transport (to a friendly port), landing (on an enemy coast), evacuation (out of a pocket) or return (of
    those who were repulsed). ``risk``: share of the ships that the enemy is expected to sink.
    """

    formation: str
    carrier: str
    origin: str
    destination: str
    lands: int
    back: int
    men: int
    purpose: str
    risk: float = 0.0
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ConvoyLost(Event):
    """Ships with a formation aboard are sunk: ``share`` of them; ``men`` drown, arms go down with the ships.

    ``warships``: thousand tons of the escort lost with them.
    """

    formation: str
    carrier: str
    destination: str
    share: float
    men: int
    warships: float = 0.0


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Landed(Event):
    """Formations come ashore.

    ``how``: ``harbour`` (friendly), ``unopposed`` (on an enemy coast that nobody holds), ``assault`` (the defenders
    gave way) or ``repulsed`` (the survivors are taken off again). ``advantage`` and ``odds`` as in an engagement.
    """

    province: str
    power: str
    formations: Ids
    how: str
    men: int
    enemy_men: int = 0
    advantage: float = 0.0
    odds: float = 1.0
    killed_wounded: int = 0
    enemy_killed_wounded: int = 0
    retreat_to: str = ""
    reasons: Ids = ()
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Evacuated(Event):
    """A formation that was cut off is taken away by ships; its heavy arms stay behind."""

    formation: str
    province: str
    to: str
    carrier: str
    men: int
    guns_left: float
    tanks_left: float


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReached(Event):
    """A headquarters has reached the next province of its axis, or its line."""

    hq: str
    province: str
    step: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementBegan(Event):
    """An assault on a province begins.

    ``advantage`` is X of the combat chapter, ``odds`` the chance that the assault prevails.
    """

    province: str
    side: int
    contact: int
    attackers: Ids
    defenders: Ids
    attacking_men: int
    defending_men: int
    advantage: float
    odds: float
    luck_attacker: float
    luck_defender: float
    reasons: Ids = ()
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementEnded(Event):
    """An assault ends.

    ``result``: ``broken`` or ``overrun`` (defender), ``repulsed`` (attacker), ``contained`` (beaten but with nowhere to
    go, it holds on), ``withdrawn``, ``surrendered``, ``lapsed``.
    """

    province: str
    side: int
    result: str
    days: int
    attackers: Ids
    defenders: Ids
    attacker_killed_wounded: int
    defender_killed_wounded: int
    captured: int = 0
    retreat_to: str = ""
    pause_until: int = 0


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsOvertaken(Event):
    """Routed formations are caught by the pursuit of ``power`` and driven on to ``retreat_to``."""

    province: str
    power: str
    formations: Ids
    captured: int
    killed_wounded: int
    retreat_to: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceTaken(Event):
    """A province changes hands: ``how`` is fought, entered, occupied, ceded."""

    province: str
    power: str
    previous: str
    how: str
    by: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PocketFormed(Event):
    """Forces are cut off from every base; ``province`` names the pocket."""

    province: str
    provinces: Ids
    formations: Ids
    men: int
    power: str
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PocketRelieved(Event):
    """A pocket has a way out again, or its forces have left it."""

    province: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsSurrendered(Event):
    """Formations lay down their arms in one province."""

    province: str
    power: str
    to: str
    formations: Ids
    men: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationDispersed(Event):
    """A formation has ceased to exist as one: ``captured`` men fall into enemy hands, the rest melt away."""

    formation: str
    province: str
    captured: int
    reason: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsInterned(Event):
    """Formations cross a neutral border and are disarmed."""

    province: str
    power: str
    host: str
    formations: Ids
    men: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class AirFought(Event):
    """A day of the air war; superiority of the war's attackers over its defenders, -1..1, and aircraft lost."""

    superiority: float
    attacker_lost: float
    defender_lost: float
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherTurned(Event):
    """The weather of each climate, in the atlas's order."""

    weather: Ids


@dataclass(frozen=True, slots=True)
class Columns:
    """New values of whole columns of `Forces` (``forces.men``) or fields of `World` (``world.occupied_days``).

    Not journaled itself.
    """

    values: dict[str, Any]


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
}

_LEFT = tuple(f"forces.{c}" for c in ("status", "captured", "missing", "tanks_lost", "guns_lost", "men", "guns",
                                      "tanks", "heading"))  # fmt: skip
_ARMS = tuple(f"forces.{c}" for c in ("guns", "tanks", "guns_lost", "tanks_lost"))
TOUCHED: dict[type[Event], Ids] = dict.fromkeys(Event.registry.values(), ()) | {
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
}  # the columns of forces and provinces, and wars, that the events of this file may change; others may change any
