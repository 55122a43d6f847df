"""What happens in politics, and by ruling of an umpire: the events beside those of the field.

Imported by whatever reads a journal, so that its entries can be folded into the World.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from wargame.atlas import Atlas
from wargame.events import HANDLERS, Event, Ids, register
from wargame.politics import (
    Crisis,
    Draft,
    Economy,
    Government,
    Kind,
    Memory,
    Offer,
    Policy,
    Standing,
    Talks,
    Treaty,
)
from wargame.world import KINDS, NOWHERE, OperationState, Status, World

Numbers = tuple[float, ...]
POLICY = tuple(f.name for f in fields(Policy))
MEANS = tuple(f.name for f in fields(Economy))[1:-1]
WHOLE = ("year", "breaks", "behind", "reached", "hour")  # of these, whole numbers


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentFormed(Event):
    """A power has another head, cabinet or course. ``policy``: the fields of `Policy`, in order."""

    power: str
    regime: str
    head: str
    faction: str = ""
    grip: float = 1.0
    paralysis: float = 0.0
    policy: Numbers = ()
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderDied(Event):
    """A head of government, or a contender for its place, is dead."""

    power: str
    leader: str
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ContestHeld(Event):
    """A succession is decided: who leads, with whom, and the shares of the contenders."""

    power: str
    head: str
    coalition: Ids
    figurehead: bool
    contenders: Ids
    shares: Numbers


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyAdvanced(Event):
    """A power's means at the end of a period: the fields of `Economy` but its power and entry, in order."""

    power: str
    means: Numbers
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyBroke(Event):
    """A power's economy breaks under what is asked of it.

    ``fate``: course (the government retrenches and goes its own way from then on), budget (a cabinet retrenches until
    the next one), cabinet (it falls by vote), regime (another kind of rule), contest.
    """

    power: str
    fate: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class DealingsChanged(Event):
    """A power trades with another otherwise than usual: -1 withholds all, -.5 credit and part of it, 1 arms it."""

    power: str
    about: str
    value: float
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class TreatySigned(Event):
    """A treaty comes into force; ``ends`` is an hour, 0 = open."""

    treaty: str
    form: str
    parties: Ids
    protects: Ids = ()
    against: Ids = ()
    first: str = ""
    honour: float = 1.0
    ends: int = 0
    text: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyEnded(Event):
    """A treaty is no longer in force: denounced, broken, lapsed, superseded."""

    treaty: str
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class TalksHeld(Event):
    """A round of a negotiation. ``result``: opened, adjourned, broken_off, agreed."""

    talks: str
    parties: Ids
    round: int
    result: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisMoved(Event):
    """An operation that somebody wants comes nearer or recedes. See `wargame.politics.Crisis` for the stages.

    ``credibility`` pairs each possible intervener with its chance, as the decider sees it.
    """

    operation: str
    power: str
    target: str
    stage: str
    window: int = 0
    refusals: int = 0
    probability: float = 0.0
    interveners: Ids = ()
    credibility: Numbers = ()
    day: int = 0  # hour for which an ordered operation is set
    since: int = 0  # hour since when it is being prepared
    orders: int = 0  # times it has been ordered in this window
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSent(Event):
    """A costly act for somebody's sake: mobilisation, a treaty signed in the crisis, a fleet sent.

    ``weight``: what such acts amount to with this one.
    """

    power: str
    about: str
    weight: float
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ReputationMoved(Event):
    """What a power's word is worth now, after an act; decay in between is worked out by rule."""

    power: str
    backdowns: float
    stands: float
    aggressions: float
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookMoved(Event):
    """What a power feels about others: table (alarm, esteem, interests) and new values by other power."""

    power: str
    table: str
    others: Ids
    values: Numbers
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Mobilised(Event):
    """A power calls up its formations of waves up to ``wave``; ``covert``: it tries to hide it."""

    power: str
    wave: int
    covert: bool = False
    formations: int = 0
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class StoodDown(Event):
    """A power sends its reservists home."""

    power: str
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsRegrouped(Event):
    """Formations come under other headquarters and make for other places; element by element.

    ``parents``: ids, empty = nobody; ``arrives``: hours, 0 = there at once.
    """

    power: str
    formations: Ids
    parents: Ids
    provinces: Ids
    arrives: tuple[int, ...]
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsReformed(Event):
    """Formations get another establishment: new kind, full strength and quality; element by element.

    Men and arms present grow or shrink in proportion.
    """

    power: str
    formations: Ids
    kinds: Ids
    men: Numbers
    guns: Numbers
    tanks: Numbers
    quality: Numbers
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsDisbanded(Event):
    """Formations cease to be, in peace or because their power is beaten."""

    power: str
    formations: Ids
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ZonesCeded(Event):
    """Land changes its owner for good: ``how`` is settlement, annexation, armistice, peace, union."""

    zones: Ids
    power: str
    previous: str
    how: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ArmisticeSigned(Event):
    """A power lays down its arms and leaves a war that its friends fight on; what it still holds stays its own."""

    war: str
    power: str
    to: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PartisansStruck(Event):
    """A month of partisans in land that ``power`` holds of ``against``'s home: its men ``killed`` there."""

    power: str
    against: str
    unrest: float
    killed: int


# --- the umpire ------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RulingMade(Event):
    """The umpire has ruled on a matter. What follows from it has this entry as its cause.

    ``how``: move, replace, table_result, dice. ``rule``: what the rules themselves came to, with its chance
    ``probability`` (-1: not known); ``decided``: what holds instead; ``beyond``: outside the range of the roll-outs.
    ``effects``: in the written form of `wargame.umpiring`. ``argument``: lines of a matrix argument.
    """

    ruling: str
    how: str
    about: str
    rule: str
    decided: str
    reason: str
    by: str
    effects: Ids = ()
    probability: float = -1.0
    beyond: bool = False
    argument: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class DieTyped(Event):
    """A die was rolled at the table: its value in (0, 1) stands for the draw of that key."""

    purpose: str
    subject: str
    ordinal: int
    value: float


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsWorn(Event):
    """Formations lose men and weapons by ruling, or get some back (negative numbers); element by element."""

    power: str
    formations: Ids
    killed: Numbers
    wounded: Numbers
    captured: Numbers
    guns: Numbers
    tanks: Numbers


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsPlaced(Event):
    """Formations stand elsewhere by ruling; whatever they were marching into, they halt."""

    power: str
    formations: Ids
    provinces: Ids


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSet(Event):
    """The condition of formations is set by ruling: supply, readiness, fatigue or entrenchment, 0..1."""

    power: str
    what: str
    formations: Ids
    value: float


# --- what they do to the world ---------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTurned(Event):
    """A government turns one line of its policy (a field of `Policy`) to a new value."""

    power: str
    line: str
    value: float


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMoved(Event):
    """A proposal between powers: ``stage`` is made, agreed (by all: it is carried out) or refused (by ``by``).

    The other fields are those of `wargame.politics.Offer`.
    """

    offer: str
    stage: str
    form: str
    by: str
    parties: Ids
    agreed: Ids
    protects: Ids = ()
    against: Ids = ()
    zones: Ids = ()
    ends: int = 0
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDrawn(Event):
    """A staff draws up an operation, or its axes anew. The fields are those of `wargame.politics.Draft`."""

    operation: str
    name: str
    power: str
    target: str
    war: str
    objectives: Ids
    claims: Ids = ()
    by_sea: bool = False
    unopposed: bool = False
    axes: Ids = ()
    main: Ids = ()


def _government(world: World, atlas: Atlas, e: GovernmentFormed, entry: int) -> None:
    policy = Policy(*e.policy)
    world.polity.governments[e.power] = Government(
        e.power, e.regime, e.head, e.faction, e.grip, e.paralysis, policy, world.hour, entry
    )


def _died(world: World, atlas: Atlas, e: LeaderDied, entry: int) -> None:
    world.flags[f"dead:{e.leader}"] = entry


def _contest(world: World, atlas: Atlas, e: ContestHeld, entry: int) -> None:
    world.polity.parted.setdefault(e.power, world.hour)


def means_of(economy: Economy) -> Numbers:
    """The numbers of an economy in the order of `EconomyAdvanced.means`."""
    return tuple(getattr(economy, name) for name in MEANS)


def _economy(world: World, atlas: Atlas, e: EconomyAdvanced, entry: int) -> None:
    known: dict[str, Any] = dict(zip(MEANS, e.means, strict=True))
    whole = {n: int(known.pop(n)) for n in WHOLE}
    world.polity.economies[e.power] = Economy(power=e.power, entry=entry, **whole, **known)


def _broke(world: World, atlas: Atlas, e: EconomyBroke, entry: int) -> None:
    economy = world.polity.economies[e.power]
    world.polity.economies[e.power] = replace(economy, peril=0.0, breaks=economy.breaks + 1, entry=entry)
    if e.fate not in {"cabinet", "budget"}:
        world.polity.parted.setdefault(e.power, world.hour)


def _dealings(world: World, atlas: Atlas, e: DealingsChanged, entry: int) -> None:
    world.polity.dealings[f"{e.power}>{e.about}"] = e.value
    world.flags[f"dealings:{e.power}>{e.about}"] = entry


def _treaty(world: World, atlas: Atlas, e: TreatySigned, entry: int) -> None:
    world.polity.treaties[e.treaty] = Treaty(
        e.treaty, Kind(e.form), e.parties, e.protects, e.against, e.first, e.honour, world.hour, e.ends, entry
    )


def _treaty_ends(world: World, atlas: Atlas, e: TreatyEnded, entry: int) -> None:
    treaty = world.polity.treaties[e.treaty]
    world.polity.treaties[e.treaty] = replace(treaty, ends=world.hour, entry=entry)


def _talks(world: World, atlas: Atlas, e: TalksHeld, entry: int) -> None:
    talks = world.polity.talks
    if e.result in {"broken_off", "agreed"}:
        talks.pop(e.talks, None)
        world.flags[f"{e.result}:{e.talks}"] = entry
        if e.result == "broken_off":
            world.polity.broken_off[e.talks] = world.hour
    else:
        began = talks[e.talks].began if e.talks in talks else world.hour
        talks[e.talks] = Talks(e.talks, e.parties, e.round, began, entry)


def _crisis(world: World, atlas: Atlas, e: CrisisMoved, entry: int) -> None:
    seen = tuple(zip(e.interveners, e.credibility, strict=True))
    world.polity.crises[e.operation] = Crisis(
        e.operation, e.stage, e.window, e.refusals, e.probability, seen, e.day, e.since, e.orders, entry
    )


def _signal(world: World, atlas: Atlas, e: SignalSent, entry: int) -> None:
    world.polity.signals[f"{e.power}>{e.about}"] = Memory(e.weight, world.hour)


def _reputation(world: World, atlas: Atlas, e: ReputationMoved, entry: int) -> None:
    world.polity.standing[e.power] = Standing(e.backdowns, e.stands, e.aggressions, world.hour)


def _outlook(world: World, atlas: Atlas, e: OutlookMoved, entry: int) -> None:
    fades = e.table == "alarm"
    table: dict[str, Any] = getattr(world.polity, e.table)
    for other, value in zip(e.others, e.values, strict=True):
        table[f"{e.power}>{other}"] = Memory(value, world.hour) if fades else value


def _mobilised(world: World, atlas: Atlas, e: Mobilised, entry: int) -> None:
    world.flags[f"mobilised:{e.power}"] = entry


def _stood_down(world: World, atlas: Atlas, e: StoodDown, entry: int) -> None:
    world.flags.pop(f"mobilised:{e.power}", None)


def _ceded(world: World, atlas: Atlas, e: ZonesCeded, entry: int) -> None:
    numbers = [atlas.zones.index(z) for z in e.zones]
    rows = np.isin(atlas.zone_of, numbers)
    world.owner[rows] = world.controller[rows] = atlas.power_number[e.power]
    world.captured_hour[rows], world.captured_entry[rows] = world.hour, entry


def _armistice(world: World, atlas: Atlas, e: ArmisticeSigned, entry: int) -> None:
    war = world.wars[e.war]
    attackers, defenders = (tuple(p for p in side if p != e.power) for side in (war.attackers, war.defenders))
    if attackers and defenders:
        world.wars[e.war] = replace(war, attackers=attackers, defenders=defenders)
    world.powers[e.power] = replace(world.powers[e.power], standing="capitulated", since_entry=entry)
    number, power_of = atlas.power_number[e.power], world.forces.command.power_of_id
    world.orders = {hq: o for hq, o in world.orders.items() if power_of[hq] != number}
    world.flags[f"armistice:{e.power}"] = entry


def _regrouped(world: World, atlas: Atlas, e: FormationsRegrouped, entry: int) -> None:
    f = world.forces
    rows = np.array([f.row(x) for x in e.formations], dtype=np.int64)
    f.regroup(rows, np.array([f.row(x) if x else NOWHERE for x in e.parents], dtype=np.int64))
    f.province[rows] = [atlas.number[p] for p in e.provinces]
    f.arrives[rows] = e.arrives
    f.goal[rows] = f.heading[rows] = NOWHERE
    f.posture[rows] = 0
    for name in e.formations:
        world.orders.pop(name, None)
    f.progress_km[rows] = 0.0


def _disbanded(world: World, atlas: Atlas, e: FormationsDisbanded, entry: int) -> None:
    f = world.forces
    rows = np.array([f.row(x) for x in e.formations], dtype=np.int64)
    f.status[rows] = Status.DISBANDED
    f.men[rows] = f.guns[rows] = f.tanks[rows] = f.aircraft[rows] = 0.0


def _reformed(world: World, atlas: Atlas, e: FormationsReformed, entry: int) -> None:
    f = world.forces
    rows = np.array([f.row(x) for x in e.formations], dtype=np.int64)
    for column, new in (("men", e.men), ("guns", e.guns), ("tanks", e.tanks)):
        old, held = getattr(f, f"establishment_{column}")[rows], getattr(f, column)
        share = np.where(old > 0, held[rows] / np.maximum(old, 1.0), 1.0)
        held[rows] = np.floor(share * np.array(new) + 0.5)
    f.reform(
        rows, kind=[KINDS.index(k) for k in e.kinds], establishment_men=e.men, establishment_guns=e.guns,
        establishment_tanks=e.tanks, quality=e.quality,
    )  # fmt: skip


def _ruled(world: World, atlas: Atlas, e: RulingMade, entry: int) -> None:
    world.flags[f"ruled:{e.ruling}"] = entry


def _typed(world: World, atlas: Atlas, e: DieTyped, entry: int) -> None:
    world.typed[e.purpose, e.subject, e.ordinal] = e.value


def _worn(world: World, atlas: Atlas, e: FormationsWorn, entry: int) -> None:
    f = world.forces
    rows = np.array([f.row(x) for x in e.formations], dtype=np.int64)
    for column, tally, lost in (("guns", "guns_lost", e.guns), ("tanks", "tanks_lost", e.tanks)):
        getattr(f, column)[rows] -= lost
        getattr(f, tally)[rows] += lost
    for tally, men in (("killed", e.killed), ("wounded", e.wounded), ("captured", e.captured)):
        f.men[rows] -= men
        getattr(f, tally)[rows] += men


def _placed(world: World, atlas: Atlas, e: FormationsPlaced, entry: int) -> None:
    f = world.forces
    rows = np.array([f.row(x) for x in e.formations], dtype=np.int64)
    f.province[rows] = [atlas.number[p] for p in e.provinces]
    f.arrives[rows] = 0
    f.heading[rows] = NOWHERE
    f.progress_km[rows] = 0.0
    for name in e.formations:
        world.voyages.pop(name, None)


def _condition(world: World, atlas: Atlas, e: ConditionSet, entry: int) -> None:
    rows = np.array([world.forces.row(x) for x in e.formations], dtype=np.int64)
    getattr(world.forces, e.what)[rows] = e.value


def _course(world: World, atlas: Atlas, e: CourseTurned, entry: int) -> None:
    now = world.polity.governments[e.power]
    policy = replace(now.policy, **{e.line: e.value})
    world.polity.governments[e.power] = replace(now, policy=policy)


def _offer(world: World, atlas: Atlas, e: OfferMoved, entry: int) -> None:
    if e.stage == "made":
        terms = (e.form, e.parties, e.agreed, e.protects, e.against, e.zones, e.ends)
        world.polity.offers[e.offer] = Offer(e.offer, *terms, entry)
    else:
        world.polity.offers.pop(e.offer, None)


def _draft(world: World, atlas: Atlas, e: PlanDrawn, entry: int) -> None:
    terms = (e.power, e.target, e.war, e.objectives, e.claims, e.by_sea, e.unopposed, e.axes, e.main)
    world.polity.drafts[e.operation] = Draft(e.operation, e.name, *terms, entry)
    world.operations.setdefault(e.operation, OperationState(e.operation))


HANDLERS.update(
    {
        GovernmentFormed: _government,
        LeaderDied: _died,
        ContestHeld: _contest,
        EconomyAdvanced: _economy,
        EconomyBroke: _broke,
        DealingsChanged: _dealings,
        TreatySigned: _treaty,
        TreatyEnded: _treaty_ends,
        TalksHeld: _talks,
        CrisisMoved: _crisis,
        SignalSent: _signal,
        ReputationMoved: _reputation,
        OutlookMoved: _outlook,
        FormationsRegrouped: _regrouped,
        FormationsReformed: _reformed,
        FormationsDisbanded: _disbanded,
        Mobilised: _mobilised,
        StoodDown: _stood_down,
        ZonesCeded: _ceded,
        ArmisticeSigned: _armistice,
        RulingMade: _ruled,
        DieTyped: _typed,
        FormationsWorn: _worn,
        FormationsPlaced: _placed,
        ConditionSet: _condition,
        CourseTurned: _course,
        OfferMoved: _offer,
        PlanDrawn: _draft,
    }
)
