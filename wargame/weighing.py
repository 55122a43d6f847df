"""What governments want and how an operation weighs with its power: designs, seasons, possible interveners, reasons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from wargame import dates, exact
from wargame.conditions import BEATEN, at_war, holds
from wargame.governments.estimate import Picture, Staffs, picture
from wargame.house import House
from wargame.politics import Government, Kind, Memory, Polity, Standing, Treaty
from wargame.rulebook import Rulebook
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Intervener, Stakes, Weighing
from wargame.scenario import Design, Operation, Plan
from wargame.world import World

Next = tuple[str, int, str, str]  # process, hour, power, subject


@dataclass(frozen=True, slots=True)
class Case:
    """An operation as its power weighs it at one instant."""

    operation: Operation
    design: Design
    government: Government
    picture: Picture
    weighing: Weighing
    slack_days: float  # left of the window


def designs(house: House) -> list[tuple[Operation, Design]]:
    """Operations that are decided upon in play, in the order of the scenario's plans."""
    return [(p.operation, p.design) for p in house.plans if p.operation is not None and p.design is not None]


def design_of(house: House, operation_id: str) -> tuple[Operation, Design, Plan]:
    """An operation with its design and plan; `KeyError` if there is none that is decided upon in play."""
    operation, plan = house.operation(operation_id)
    if plan.design is None:
        raise KeyError(operation_id)
    return operation, plan.design, plan


def window(design: Design, hour: int) -> tuple[int, float]:
    """Number of the present or coming season of an operation, and days left in it (0 outside)."""
    year = dates.to_datetime(hour).year
    for number in (year - 1, year, year + 1):
        first, last = season_in(design, number)
        if hour < last:
            return number, max(0.0, (last - hour) / dates.DAY) if hour >= first else 0.0
    raise ValueError("a season ends within a year")


def is_decided_upon(house: House, operation_id: str) -> bool:
    """Whether an operation begins by a decision in play and not by its date."""
    return house.scenario.politics is not None and any(o.id == operation_id for o, _ in designs(house))


def next_decision(house: House, world: World, operation_id: str, *, opening: bool = False) -> int:
    """The hour of an operation's next decision point: in some days within its season, else at its opening or sooner."""
    operation, design, _ = design_of(house, operation_id)
    days = house.rulebook.diplomacy.decision_days * dates.DAY
    if opening:
        return noon(world.hour)
    crisis = world.polity.crises.get(operation_id)
    if crisis is not None and crisis.stage == "preparing":
        ready = ready_on(house, world, operation, design, crisis.since)
        days = min(days, float(max(ready - world.hour, dates.DAY)))
    number, slack = window(design, world.hour)
    if slack > 0:
        return noon(world.hour + int(days))
    return noon(min(season_in(design, number)[0], world.hour + int(2 * days)))


def ready_on(house: House, world: World, operation: Operation, design: Design, since: int) -> int:
    """The first hour for which an operation resolved upon at an hour can be ordered: prepared, and with an occasion.

    Who is at war, falls upon a power at war, or defends the order has its occasion; who would break the peace waits for
    a pretext: days in season since the resolve, drawn once for each operation, Weibull of shape 2 since who wants a
    pretext seeks it.
    """
    rules, dice = house.rulebook.deterrence, house.dice
    longer = exact.exp1(rules.staff_spread * dice.normal("staff_work", operation.id))
    prepared = since + int(design.preparation_days * longer * dates.DAY)
    if design.ambition <= 0.0 or enemies_of(world, operation.power) or enemies_of(world, operation.target):
        return prepared
    wait = rules.occasion_days * math.sqrt(-exact.log1(dice.uniform("occasion", operation.id)))
    return max(prepared, _in_season(design, since, wait))


def _in_season(design: Design, since: int, days: float) -> int:
    """The hour at which so many days of an operation's season have passed since another."""
    year = dates.to_datetime(since).year - 1
    while True:
        first, last = season_in(design, year)
        begin = max(first, since)
        if begin < last:
            if days * dates.DAY <= last - begin:
                return begin + int(days * dates.DAY)
            days -= (last - begin) / dates.DAY
        year += 1


def is_staff_busy(house: House, world: World, operation: Operation, design: Design) -> bool:
    """Whether the staff of a power at peace prepares another war of its own that takes less, but not much less."""
    if enemies_of(world, operation.power):
        return False
    work, share = design.preparation_days, house.rulebook.deterrence.staff_share
    return any(
        other.power == operation.power and other.war != operation.war and share * work <= d.preparation_days < work
        and (c := world.polity.crises.get(other.id)) is not None and c.stage in {"preparing", "ordered"}
        for other, d in designs(house)
    )  # fmt: skip


def is_engaged(house: House, world: World, operation: Operation) -> bool:
    """Whether a power at peace has its hands full: with another crisis of its own, or with what it took last.

    Operations of one war are one crisis.
    """
    if enemies_of(world, operation.power):
        return False
    for other, design in designs(house):
        if other.power != operation.power or other.war == operation.war or other.id == operation.id:
            continue
        crisis = world.polity.crises.get(other.id)
        if crisis is not None and crisis.stage == "ordered":
            return True
        share = design.settlement if crisis is not None and crisis.stage == "settled" else 1.0
        taken = crisis.ordered if crisis is not None and crisis.stage == "settled" else world.operations[other.id].began
        busy = house.rulebook.deterrence.digestion_days * design.value * share
        if taken and world.hour < taken + busy * dates.DAY:
            return True
    return False


def season_in(design: Design, year: int) -> tuple[int, int]:
    """First and last hour of a design's season that begins in a year; it may run into the next."""
    return _season(*design.season, year)


@cache
def _season(begin: str, end: str, year: int) -> tuple[int, int]:
    first = dates.parse(f"{year}-{begin}")
    last = dates.parse(f"{year if end >= begin else year + 1}-{end}") + dates.DAY
    return first, last


def wanted(house: House, world: World, operation: Operation, design: Design) -> bool:
    """Whether the government in power would want an operation at all, and has something left to want."""
    government = world.polity.governments.get(operation.power)
    if government is None or beaten(world, operation.power):
        return False
    if is_commanded(world, operation.id):
        return world.operations[operation.id].stage == "planned" and not beaten(world, operation.target)
    return (
        (not design.regimes or government.regime in design.regimes)
        and government.policy.revisionism >= design.ambition
        and government.policy.firmness >= design.firmness
        and world.operations[operation.id].stage == "planned"
        and holds(world, house.atlas, design.requires)
        and not moot(house, world, operation, design)
    )


def is_commanded(world: World, operation_id: str) -> bool:
    """Whether an operation that is ordered was ordered by a player, whatever his government would want by itself."""
    crisis = world.polity.crises.get(operation_id)
    return crisis is not None and crisis.stage == "ordered" and f"commanded:{operation_id}" in world.flags


def beaten(world: World, power: str) -> bool:
    """Whether a power has been put out of a war; powers off the map never are."""
    return power in world.powers and world.powers[power].standing in BEATEN


def moot(house: House, world: World, operation: Operation, design: Design) -> bool:
    """Whether the target is gone, taken or an ally, or what was claimed is had already."""
    atlas = house.atlas
    if beaten(world, operation.target):
        return True
    if design.raises is not None and design.raises in world.flags:
        return True
    allied = any(
        {operation.power, operation.target} <= set(side)
        for w in world.wars.values()
        for side in (w.attackers, w.defenders)
    )
    own = atlas.power_number[operation.power]
    if design.raises is not None:
        return allied
    return allied or bool((world.controller[[atlas.number[p] for p in operation.objectives]] == own).all())


def weigh(
    house: House, world: World, operation: Operation, design: Design, *,
    settlement: float = 0.0, rising: bool = False, in_season: bool = False,
) -> Case:  # fmt: skip
    """An operation as its power sees it now; ``in_season``: as if it were the season for it."""
    rules, polity = house.rulebook, world.polity
    government = polity.governments[operation.power]
    staffs = Staffs(world, house.atlas, rules, house.armies.fleets)
    others = interveners(house, world, operation.power, operation.target, marched=design.unopposed)
    _, slack = window(design, world.hour)
    off_season = slack <= 0 and not in_season
    if design.unopposed and operation.target in polity.governments:
        others[operation.target] = own_cause(house, world, operation, others)
    seen = picture(
        staffs, polity, operation.power, operation.target,
        warning_days=float(design.warning_days), interveners=others, hostile=_already_hostile(world, operation),
        friends=_friends(house, staffs, operation, design), undefended=design.unopposed, by_sea=design.by_sea,
        surprise=operation.surprise, through=on_the_way(world, operation, design), off_season=off_season,
    )  # fmt: skip
    fear = rules.deterrence.long_war_aversion * exact.exp1(
        rules.deterrence.long_war_spread * house.dice.normal("long_war", government.head)
    )
    economy = polity.economies.get(operation.power)
    strain = economy.strain if economy else 0.0
    hurry = rules.deterrence.waiting + rules.deterrence.waiting_strain * strain
    hurry += rules.deterrence.waiting_war * min(1.0, seen.potential)
    drift = deterrence.victory(seen.later, (), rules)[0] - deterrence.victory(seen.balance, (), rules)[0]
    hurry -= rules.deterrence.drift * float(drift) * design.value
    if off_season:
        hurry -= rules.deterrence.out_of_season
    stakes = Stakes(
        design.value, design.loss, hurry, settlement, design.long_war, seen.potential,
        blood=rules.deterrence.blood * (1.0 - rules.deterrence.hushed * government.policy.repression),
        enmity=rules.deterrence.enmity, unmeant=rules.deterrence.unmeant if design.unopposed else 0.0,
    )  # fmt: skip
    weighing = deterrence.weigh(
        seen.balance, seen.interveners, stakes, rules, aversion=fear, boldness=government.policy.risk, rising=rising
    )
    return Case(operation, design, government, seen, weighing, slack)


def interveners(
    house: House, world: World, decider: str, target: str, *, marched: bool = False
) -> dict[str, Intervener]:
    """Powers that might fight for a target, with what politics says of each; forces are not yet in it.

    ``marched``: the target is only marched upon, so that those who wait for it to move do not know whether it will.
    """
    polity, rules = world.polity, house.rulebook.reputation
    bound: dict[str, list[Treaty]] = {}
    for treaty in polity.in_force(world.hour):
        for party in treaty.parties:
            bound.setdefault(party, []).append(treaty)
    found = {}
    for name, government in sorted(polity.governments.items()):
        if name in (decider, target) or beaten(world, name):
            continue
        fighting = at_war(world, name, decider)
        strength, first, neutral = diplomacy.obligation(bound.get(name, ()), name, target, decider, world.hour)
        interest = polity.interests.get(f"{name}>{target}", 0.0)
        fear = felt(polity.alarm, f"{name}>{decider}", world.hour, rules.half_life_years)
        interest += rules.alarm_interest * fear * _weight(polity, name, decider) if fear else 0.0
        if first and (at_war(world, first, decider) or (first == target and not marched)):
            first = ""
        if not fighting and strength <= 0 and (interest < rules.interest_least or _left_alone(world, name, target)):
            continue
        interest = min(2.0, max(0.0, interest + rules.firmness_interest * government.policy.firmness))
        if any({name, decider} <= set(s) for w in world.wars.values() for s in (w.attackers, w.defenders)):
            continue
        known = polity.standing.get(name, Standing()).at(world.hour, rules.half_life_years)
        signal = felt(polity.signals, f"{name}>{target}", world.hour, rules.signal_half_life_years)
        paralysis = 1.0 if _is_busy(world, name, decider) else government.paralysis
        half_life = rules.half_life_years
        promise = diplomacy.pledge(bound.get(name, ()), name, target, decider, world.hour, half_life)
        found[name] = Intervener(
            name, strength, interest, known.backdowns, signal, paralysis, neutral, fighting, first, pledge=promise,
        )  # fmt: skip
    return found


def in_step(house: House, world: World, decider: str, js: Iterable[Intervener]) -> tuple[Intervener, ...]:
    """Possible interveners as they go to war: who has a stronger ally among them looks to it before it moves.

    An ally is bound to help it against the decider. The firmer a power, the less it waits. A stronger ally at war with
    the decider already is as good as a promise of one's own.
    """
    polity, everybody = world.polity, tuple(js)
    in_force = polity.in_force(world.hour)

    def leader(j: Intervener) -> Intervener:
        if j.first or j.at_war:
            return j
        own = _weight(polity, j.power, decider)
        stronger = sorted(
            ((_weight(polity, i.power, decider), i.power, i.at_war) for i in everybody if i.power != j.power),
            reverse=True,
        )
        allies = [
            (power, fights) for weight, power, fights in stronger
            if weight > own
            and diplomacy.obligation(in_force, power, j.power, decider, world.hour)[0] >= diplomacy.ON_PAPER
        ]  # fmt: skip
        if any(fights for _, fights in allies):
            return replace(j, pledge=j.pledge + 1.0)
        if not allies:
            return j
        alone = house.rulebook.reputation.ally_alone + max(0.0, polity.governments[j.power].policy.firmness)
        return replace(j, first=allies[0][0], alone=min(1.0, alone))

    return tuple(leader(j) for j in everybody)


def _left_alone(world: World, name: str, target: str) -> bool:
    """Whether a power looks on while somebody else is at war with a target."""
    foes = enemies_of(world, target)
    return bool(foes) and not foes & enemies_of(world, name)


def _is_busy(world: World, name: str, decider: str) -> bool:
    """Whether a power has a war on its hands with others than a decider and his friends."""
    foes = enemies_of(world, name)
    return bool(foes) and not foes & allies(world, decider)


def enemies_of(world: World, power: str) -> set[str]:
    """Powers at war with one, those that are out of it left aside."""
    others = {
        p for w in world.wars.values() for mine, theirs in ((w.attackers, w.defenders), (w.defenders, w.attackers))
        if power in mine for p in theirs
    }  # fmt: skip
    return {p for p in others if at_war(world, power, p)}


def weighs(j: Intervener, rulebook: Rulebook) -> bool:
    """Whether a possible intervener has to be reckoned with: bound by a treaty, or as good as a patron."""
    return j.treaty >= 1.0 or j.interest >= rulebook.diplomacy.patron_interest


def own_cause(house: House, world: World, operation: Operation, others: Mapping[str, Intervener]) -> Intervener:
    """The target of an operation as one of those who may fight: for its own land, or for a right on the other's.

    For a right it looks to the strongest of those bound to uphold it with it, the less the firmer it is itself.
    """
    rules, power = house.rulebook.reputation, operation.target
    government = world.polity.governments[power]
    known = word(house, world, power)
    signal = felt(world.polity.signals, f"{power}>{power}", world.hour, rules.signal_half_life_years)
    right = on_own_land(house, world, operation)
    firmness = government.policy.firmness
    interest = max(0.0, (rules.own_right if right else rules.own_cause) + rules.firmness_interest * firmness)
    bound = [(_weight(world.polity, n, operation.power), n) for n, j in others.items() if j.treaty >= 1.0]
    guarantor = max(bound)[1] if right and bound else ""
    alone = min(1.0, rules.right_alone + max(0.0, firmness))
    return Intervener(power, 2.0, interest, known.backdowns, signal, government.paralysis, first=guarantor, alone=alone)


def _weight(polity: Polity, name: str, decider: str) -> float:
    """How far a power counts in the affairs of another, 0..1: its long-war potential over the other's."""
    if name not in polity.economies or decider not in polity.economies:
        return 0.0
    return min(1.0, diplomacy.potential(polity.economies[decider], polity.economies[name]))


def felt(table: dict[str, Memory], key: str, hour: int, half_life_years: float) -> float:
    """What is left of a feeling at an hour, 0 if there is none."""
    return table[key].at(hour, half_life_years) if key in table else 0.0


def _already_hostile(world: World, operation: Operation) -> dict[str, float]:
    """Long-war potential of powers at war with an operation's power already, but for its target."""
    economies, own = world.polity.economies, operation.power
    if own not in economies:
        return {}
    return {
        name: diplomacy.potential(economies[own], economies[name])
        for name in sorted(economies)
        if name != operation.target and at_war(world, own, name) and not beaten(world, name)
    }


def _friends(house: House, staffs: Staffs, operation: Operation, design: Design) -> tuple[str, ...]:
    """Powers in a war of the operation's power, on its side, against its target; and those likely to march with it."""
    world = staffs.world
    likely = [p for p, chance in companions(house, staffs, operation, design).items() if chance > 0.5]
    war = house.war_of(world, operation)
    if war is None or f"ceased:{war.id}" in world.flags:
        return tuple(likely)
    side = next((s for s in (war.attackers, war.defenders) if operation.power in s), ())
    now = [p for p in side if p != operation.power and p in house.atlas.power_number and not beaten(world, p)]
    return (*now, *likely)


def companions(house: House, staffs: Staffs, operation: Operation, design: Design) -> dict[str, float]:
    """Powers at peace with a target that may march with its attacker, and how likely each is, 0..1.

    They have a border with whom it attacks, and host its troops, are its allies, or are aligned with it.
    """
    world, atlas, rules = staffs.world, house.atlas, house.rulebook.diplomacy
    worth = {Kind.TRANSIT: 1.0, Kind.DEFENCE: 1.0, Kind.ALIGNMENT: rules.companion_alignment}
    in_force, power = world.polity.in_force(world.hour), operation.power
    way = on_the_way(world, operation, design)
    victims, found = (operation.target, *way), {}
    ours = [
        t for t in in_force
        if t.kind in worth and power in t.parties and (not t.against or operation.target in t.against)
    ]  # fmt: skip
    for name in sorted({p for t in ours for p in t.parties} & world.polity.governments.keys()):
        if name in (*victims, power) or name not in atlas.power_number or beaten(world, name):
            continue
        if at_war(world, name, operation.target) or at_war(world, name, power):
            continue
        bonds = [
            worth[t.kind] * t.honour for t in ours
            if name in t.parties and (t.kind is not Kind.TRANSIT or t.parties[0] == name)
        ]  # fmt: skip
        own = atlas.power_number[name]
        if not bonds or not any(staffs.touch(own, atlas.power_number[v]) for v in victims):
            continue
        _, _, neutral = diplomacy.obligation(in_force, name, power, operation.target, world.hour)
        found[name] = max(bonds) * (1.0 - neutral)
    return found


def on_the_way(world: World, operation: Operation, design: Design) -> tuple[str, ...]:
    """Powers at peace through whose land an operation goes; those beaten, or in a war on its side, let it pass."""
    friends = allies(world, operation.power)
    return tuple(
        p for p in design.through
        if p not in friends and not beaten(world, p) and not at_war(world, p, operation.power) and p != operation.target
    )  # fmt: skip


def possible(house: House, world: World, case: Case) -> bool:
    """Whether the ground for an operation is there, and the means as far as its leader trusts them."""
    trust = exact.exp1(house.rulebook.deterrence.trust_spread * house.dice.normal("trust", case.government.head))
    return (
        holds(world, house.atlas, case.design.possible)
        and case.picture.in_hand >= case.design.strength * trust
        and (case.design.by_sea or case.picture.border)
    )


def reasons(case: Case, most: int = 3) -> tuple[str, ...]:
    """The drivers of a weighing in plain words, strongest first, with the numbers."""
    w = case.weighing
    told = [f"chance of victory {w.win:.0%}, P(launch) {w.launch:.2f}"]
    words = {
        "campaign": "the campaign by itself is worth {:+.2f}",
        "long_war": "fear of a long war {:+.2f}",
        "price": "what the war itself would cost {:+.2f}",
        "waiting": "a price of waiting of {:+.2f}",
        "settlement": "what is offered without war {:+.2f}",
    }
    for name, value in w.reasons:
        if len(told) > most:
            break
        if abs(value) < 0.005:
            continue
        if name in words:
            told.append(words[name].format(value))
        else:
            told.append(f"{name}, thought {w.credibility[name]:.0%} likely to fight, {value:+.2f}")
    return tuple(told)


def noon(hour: int) -> int:
    """Three in the afternoon of the day of an hour, or of the next: when orders are given."""
    today = hour - hour % dates.DAY + 15
    return today if today >= hour else today + dates.DAY


def dawn(hour: int) -> int:
    """Four in the morning of the day of an hour, or of the next."""
    today = hour - hour % dates.DAY + 4
    return today if today >= hour else today + dates.DAY


def on_own_land(house: House, world: World, operation: Operation) -> bool:
    """Whether an operation's objectives belong to its own power."""
    own = house.atlas.power_number[operation.power]
    return bool((world.owner[[house.atlas.number[p] for p in operation.objectives]] == own).all())


def word(house: House, world: World, power: str) -> Standing:
    """What a power's word is worth today."""
    known = world.polity.standing.get(power, Standing())
    return known.at(world.hour, house.rulebook.reputation.half_life_years)


def allies(world: World, power: str) -> set[str]:
    """A power and those that fight on its side."""
    sides = [s for w in world.wars.values() for s in (w.attackers, w.defenders) if power in s]
    return {power, *(p for side in sides for p in side)}


def concerned(house: House, operation_id: str) -> tuple[str, str]:
    """An operation's power and target."""
    operation, _, _ = design_of(house, operation_id)
    return operation.power, operation.target


def alerted(house: House, operation_id: str) -> tuple[str, ...]:
    """An operation's power, its target, and those on its way."""
    _, design, _ = design_of(house, operation_id)
    return (*concerned(house, operation_id), *design.through)
