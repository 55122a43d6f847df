"""Governments whose armies are broken ask for an armistice, or fight on from wherever they can.

Who signs leaves the war that its friends fight on: its army is disarmed, what the enemy claims is ceded, the rest of
its land stays its own and out of the war. Clauses 9.7 to 9.9 of the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wargame import dates, outcomes
from wargame.acts import ArmisticeSigned, FormationsDisbanded, FormationsRegrouped
from wargame.conditions import BEATEN
from wargame.events import Decision, FormationsInterned, HostilitiesCeased, OperationEnded
from wargame.house import Clerk, House
from wargame.rules import termination
from wargame.scenario import Operation
from wargame.seats import Question, checked
from wargame.weighing import designs
from wargame.world import Status, War, World


def consider(house: House, clerk: Clerk, war_id: str, today: int) -> list[str]:
    """Ask every government of a war whose army is broken; returns the operations that end with an armistice.

    One that stays is asked every few days, one that would leave the country today is asked before it goes; ``today``:
    the first entry of the war's day.
    """
    if house.scenario.politics is None:
        return []
    ended: list[str] = []
    every = max(int(house.rulebook.termination.terms_days), 1)
    war, looked = clerk.world.wars[war_id], dates.day_number(clerk.world.hour) % every == 0
    for power in (*war.attackers, *war.defenders):
        world = clerk.world
        stays = looked and world.powers[power].standing == "at_war"
        if power not in world.polity.governments or not (stays or _leaves(world, power, today)):
            continue
        case = _case(house, clerk, war, power)
        if case is not None:
            ended += _ask(house, clerk, war, case)
    return ended


def _leaves(world: World, power: str, today: int) -> bool:
    """Whether a government leaves the country by one of today's entries."""
    return world.powers[power].standing == "in_exile" and world.powers[power].since_entry >= today


@dataclass(frozen=True)
class _Case:
    """What a government has before it: who speaks for the enemy, what the rule says, and what it rests on."""

    power: str
    enemy: str
    cause: int
    chance: float
    why: str


def _case(house: House, clerk: Clerk, war: War, power: str) -> _Case | None:
    """Whether the question comes up at all, and with what chance."""
    world, atlas = clerk.world, house.atlas
    own, number = war.attackers if power in war.attackers else war.defenders, atlas.power_number.get(power)
    others = war.defenders if own is war.attackers else war.attackers
    enemies = _standing(world, others)
    if number is None or not enemies:
        return None
    capital = all(world.controller[p] == number for p in atlas.capitals.get(power, ()))
    if f"broken:{power}" not in world.flags and capital:
        return None
    lost, _ = termination.share_lost(clerk.sides(war.id), power)
    if lost < house.rulebook.termination.broken_share:
        return None
    left, friends = _left(house, world, power, enemies), [p for p in _standing(world, own) if p != power]
    means = [sum(_means(world, p) for p in side) for side in (friends, enemies)]
    weight = means[0] / max(means[1], 1.0)
    firmness = world.polity.governments[power].policy.firmness
    chance = termination.seeks_terms(lost, left, firmness, weight, house.rulebook, capital=capital)
    why = f"{lost:.0%} of its army lost or cut off, {left:.0%} of its people unclaimed, friends weigh {weight:.0%}"
    cause = world.flags.get(f"broken:{power}", max(world.blow_entry.get(power, 0), war.entry))
    return _Case(power, max(enemies, key=lambda p: _means(world, p)), cause, chance, why)


def _standing(world: World, powers: tuple[str, ...]) -> list[str]:
    return [p for p in powers if world.powers[p].standing not in BEATEN]


def _means(world: World, power: str) -> float:
    e = world.polity.economies.get(power)
    return e.disposable if e is not None else 0.0


def _left(house: House, world: World, power: str, enemies: list[str]) -> float:
    """Share of a power's people who live where no enemy's operation against it claims the land."""
    atlas = house.atlas
    mine = world.owner == atlas.power_number[power]
    claimed = {z for o, d in designs(house) if o.power in enemies and o.target == power for z in d.claims}
    taken = np.isin(atlas.zone_of, [atlas.zones.index(z) for z in claimed])
    people = np.maximum(atlas.population_k, 1.0)
    return 1.0 - float(people[mine & taken].sum()) / max(float(people[mine].sum()), 1.0)


def _ask(house: House, clerk: Clerk, war: War, case: _Case) -> list[str]:
    """The question, to the beaten and, if he asks, to the victor; and what follows."""
    world = clerk.world
    resolve = house.dice.uniform("terms", f"{war.id}:{case.power}")
    asks = Question(
        f"armistice:{war.id}:{case.power}", case.power, "armistice", case.enemy, ("ask",), case.cause, 1,
        {"probability": case.chance, "resolve": resolve},
    )  # fmt: skip
    seat = house.seats[case.power]
    if not checked(asks, seat.answer(asks, world)).choice:
        return []
    why = (f"{case.why}: {case.chance:.0%}",)
    entry = clerk.put(
        Decision(power=case.power, seat=seat.name, question=asks.id, answer=("ask",), reasons=why, because=case.cause)
    )
    grants = Question(
        f"peace:{war.id}:{case.enemy}", case.enemy, "peace", case.power, ("accept",), entry, 1,
        {"probability": 1.0, "resolve": 0.0},
    )  # fmt: skip
    if not checked(grants, house.seats[case.enemy].answer(grants, world)).choice:
        return []
    return sign(house, clerk, case.power, case.enemy, why, entry)


def sign(house: House, clerk: Clerk, power: str, enemy: str, why: tuple[str, ...], because: int) -> list[str]:
    """A power leaves every war it is in; returns the operations that this ends."""
    world, atlas = clerk.world, house.atlas
    claims = [z for o, d in designs(house) if o.power == enemy and o.target == power for z in d.claims]
    running = [o for p in house.plans if (o := p.operation) and world.operations[o.id].stage == "running"]
    wars = [w for w in world.wars.values() if power in (*w.attackers, *w.defenders) and _goes_on(world, w)]
    allies = sorted({p for w in wars for p in (w.attackers if power in w.attackers else w.defenders)} - {power})
    entry = because
    for w in wars:
        entry = clerk.put(ArmisticeSigned(war=w.id, power=power, to=enemy, reasons=why, because=because))
    _bring_home(house, clerk, power, allies, entry)
    _disarm(clerk, power, atlas.power_number[power], entry)
    ended = [o for o in running if power in (o.power, o.target)]
    for o in ended:
        _judge(house, clerk, o, power, entry)
    outcomes.cede(house, clerk, claims, enemy, "armistice", entry)
    for w in wars:
        if power in (*world.wars[w.id].attackers, *world.wars[w.id].defenders):  # nobody else was on its side
            clerk.put(HostilitiesCeased(war=w.id, because=entry))
    return [o.id for o in ended]


def _goes_on(world: World, war: War) -> bool:
    return f"ceased:{war.id}" not in world.flags


def _disarm(clerk: Clerk, power: str, number: int, because: int) -> None:
    """Its formations are sent home; prisoners stay prisoners."""
    f = clerk.world.forces
    rows = np.flatnonzero((f.power == number) & (f.status <= Status.ACTIVE))
    if len(rows):
        names = tuple(f.ids[r] for r in rows.tolist())
        clerk.put(FormationsDisbanded(power=power, formations=names, why="by the armistice", because=because))


def _bring_home(house: House, clerk: Clerk, power: str, allies: list[str], because: int) -> None:
    """Allies' troops on its land go home over sea or by land, or into internment if they have no home left."""
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    soil = world.controller == atlas.power_number[power]
    home_on = world.hour + int(house.rulebook.termination.home_days) * dates.DAY
    for ally in (a for a in allies if a in atlas.power_number):
        number = atlas.power_number[ally]
        here = (f.power == number) & (f.status == Status.ACTIVE) & soil[f.province]
        rows = np.flatnonzero(here).tolist()
        home = np.flatnonzero((world.controller == number) & (world.owner == number))
        if not rows:
            continue
        names = tuple(f.ids[r] for r in rows)
        if not len(home):
            places = sorted({int(f.province[r]) for r in rows})
            for p in places:
                there = tuple(f.ids[r] for r in rows if f.province[r] == p)
                men = round(float(sum(f.men[r] for r in rows if f.province[r] == p)))
                clerk.put(
                    FormationsInterned(
                        province=atlas.ids[p], power=ally, host=power, formations=there, men=men, because=because
                    )
                )
            continue
        to = int(home[np.argmax(atlas.population_k[home] * (1 + atlas.port[home]))])
        clerk.put(
            FormationsRegrouped(
                power=ally, formations=names,
                parents=tuple(f.ids[f.parent[r]] if f.parent[r] >= 0 else "" for r in rows),
                provinces=(atlas.ids[to],) * len(rows), arrives=(home_on,) * len(rows),
                why="home, from land that has left the war", because=because,
            )
        )  # fmt: skip


def _judge(house: House, clerk: Clerk, operation: Operation, power: str, because: int) -> None:
    """An operation against who signs has succeeded; one of its own has failed."""
    state = clerk.world.operations[operation.id]
    days = (clerk.world.hour - state.began) // dates.DAY
    won = operation.target == power
    reason = f"{operation.target if won else operation.power} signed an armistice"
    clerk.put(
        OperationEnded(
            operation=operation.id, outcome="launched_succeeded" if won else "launched_failed",
            reasons=(reason, f"day {days} of {operation.day_limit}"), because=because,
        )
    )  # fmt: skip
    outcomes.conclude(house, clerk, operation.id)
