"""What the events of politics and of an umpire's rulings do to the World."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from wargame.acts import (
    MEANS,
    WHOLE,
    ArmisticeSigned,
    ConditionSet,
    ContestHeld,
    CourseTurned,
    CrisisMoved,
    DealingsChanged,
    DieTyped,
    EconomyAdvanced,
    EconomyBroke,
    FormationsDisbanded,
    FormationsPlaced,
    FormationsReformed,
    FormationsRegrouped,
    FormationsWorn,
    GovernmentFormed,
    LeaderDied,
    Mobilised,
    OfferMoved,
    OutlookMoved,
    PlanDrawn,
    ReputationMoved,
    RulingMade,
    SignalSent,
    StoodDown,
    TalksHeld,
    TreatyEnded,
    TreatySigned,
    ZonesCeded,
)
from wargame.atlas import Atlas
from wargame.events import Event
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


def _government(world: World, atlas: Atlas, e: GovernmentFormed, entry: int) -> None:
    policy = Policy(*e.policy)
    world.polity.governments[e.power] = Government(
        e.power, e.regime, e.head, e.faction, e.grip, e.paralysis, policy, world.hour, entry
    )


def _died(world: World, atlas: Atlas, e: LeaderDied, entry: int) -> None:
    world.flags[f"dead:{e.leader}"] = entry


def _contest(world: World, atlas: Atlas, e: ContestHeld, entry: int) -> None:
    world.polity.parted.setdefault(e.power, world.hour)


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


POLITICS: dict[type[Event], Callable[[World, Atlas, Any, int], None]] = {
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
