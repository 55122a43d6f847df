"""The political sequence of play: what governments want, weigh and do, by rule, seat and luck.

Each public function settles one kind of due thing and returns what falls due because of it, as `Next`. Nothing here
knows the name of a power, an operation or a year: designs, talks and tables are data of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np

from wargame import adjudicate, dates, exact, succession
from wargame.acts import (
    POLICY,
    CrisisMoved,
    FormationsDisbanded,
    FormationsReformed,
    FormationsRegrouped,
    GovernmentFormed,
    Mobilised,
    OutlookMoved,
    ReputationMoved,
    SignalSent,
    StoodDown,
    TalksHeld,
    TreatyEnded,
    TreatySigned,
    ZonesCeded,
)
from wargame.atlas import Atlas
from wargame.conditions import at_war, holds
from wargame.events import (
    Columns,
    Decision,
    FlagRaised,
    HostilitiesCeased,
    OperationEnded,
    OperationLaunched,
    StandingChanged,
    WarDeclared,
    WarJoined,
)
from wargame.governments import planner
from wargame.governments.estimate import Picture, Staffs, picture
from wargame.house import Clerk, House
from wargame.load.politics import reshuffled
from wargame.orders import Order
from wargame.politics import Crisis, Government, Memory, Polity, Standing, Talks
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Intervener, Stakes, Weighing
from wargame.scenario import Design, Operation, Plan, Reform
from wargame.seats import Question, checked
from wargame.world import Status, World

Next = tuple[str, int, str, str]  # process, hour, power, subject

BEATEN = frozenset({"capitulated", "in_exile", "defeated"})


@dataclass(frozen=True, slots=True)
class Case:
    """An operation as its power weighs it at one instant."""

    operation: Operation
    design: Design
    government: Government
    picture: Picture
    weighing: Weighing
    slack_days: float  # left of the window


# --- who wants what --------------------------------------------------------------------------------------------------


def designs(house: House) -> list[tuple[Operation, Design]]:
    """Operations that are decided upon in play, in the order of the scenario's plans."""
    return [(p.operation, p.design) for p in house.plans if p.operation is not None and p.design is not None]


def design_of(house: House, operation_id: str) -> tuple[Operation, Design, Plan]:
    """An operation with its design and plan; `StopIteration` if it has none."""
    return next(
        (p.operation, p.design, p)
        for p in house.plans
        if p.operation is not None and p.design is not None and p.operation.id == operation_id
    )


def window(design: Design, hour: int) -> tuple[int, float]:
    """Number of the present or coming season of an operation, and days left in it (0 outside)."""
    year = int(dates.iso(hour)[:4])
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
    _, design, _ = design_of(house, operation_id)
    days = house.rulebook.diplomacy.decision_days * dates.DAY
    if opening:
        return _noon(world.hour)
    number, slack = window(design, world.hour)
    if slack > 0:
        return _noon(world.hour + int(days))
    return _noon(min(season_in(design, number)[0], world.hour + int(2 * days)))


def next_month(hour: int) -> int:
    """Six in the morning of the first day of the next month."""
    year, month = int(dates.iso(hour)[:4]), int(dates.iso(hour)[5:7])
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dates.parse(f"{year}-{month:02d}-01") + 6


def stirring(world: World, atlas: Atlas) -> bool:
    """Whether anybody is at war, or has formations called up that are not ready yet."""
    if any(f"ceased:{w}" not in world.flags for w in world.wars):
        return True
    f = world.forces
    called = [atlas.power_number[p] for p in world.polity.governments if f"mobilised:{p}" in world.flags]
    return bool(((f.status == Status.ACTIVE) & (f.readiness < 1.0) & np.isin(f.power, called)).any())


def season_in(design: Design, year: int) -> tuple[int, int]:
    """First and last hour of a design's season that begins in a year; it may run into the next."""
    begin, end = design.season
    first = dates.parse(f"{year}-{begin}")
    last = dates.parse(f"{year if end >= begin else year + 1}-{end}") + dates.DAY
    return first, last


def wanted(house: House, world: World, operation: Operation, design: Design) -> bool:
    """Whether the government in power would want an operation at all, and has something left to want."""
    government = world.polity.governments.get(operation.power)
    if government is None or _beaten(world, operation.power):
        return False
    return (
        (not design.regimes or government.regime in design.regimes)
        and government.policy.revisionism >= design.ambition
        and government.policy.firmness >= design.firmness
        and world.operations[operation.id].stage == "planned"
        and holds(world, house.atlas, design.requires)
        and not moot(house, world, operation, design)
    )


def _beaten(world: World, power: str) -> bool:
    """Whether a power has been put out of a war; powers off the map never are."""
    return power in world.powers and world.powers[power].standing in BEATEN


def moot(house: House, world: World, operation: Operation, design: Design) -> bool:
    """Whether the target is gone, taken or an ally, or what was claimed is had already."""
    atlas = house.atlas
    if _beaten(world, operation.target):
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


# --- weighing --------------------------------------------------------------------------------------------------------


def weigh(
    house: House, world: World, operation: Operation, design: Design, *,
    settlement: float = 0.0, rising: bool = False, in_season: bool = False,
) -> Case:  # fmt: skip
    """An operation as its power sees it now; ``in_season``: as if it were the season for it."""
    rules, polity = house.rulebook, world.polity
    government = polity.governments[operation.power]
    staffs = Staffs(world, house.atlas, rules, house.armies.fleets)
    others = interveners(house, world, operation.power, operation.target)
    if design.unopposed and operation.target in polity.governments:
        others[operation.target] = _own_cause(house, world, operation)
    seen = picture(
        staffs, polity, operation.power, operation.target,
        warning_days=float(design.warning_days), interveners=others, hostile=_already_hostile(house, world, operation),
        friends=_friends(house, world, operation), undefended=design.unopposed, by_sea=design.by_sea,
        surprise=operation.surprise,
    )  # fmt: skip
    _, slack = window(design, world.hour)
    fear = rules.deterrence.long_war_aversion * float(
        exact.exp(np.array([rules.deterrence.long_war_spread * house.dice.normal("long_war", government.head)]))[0]
    )
    economy = polity.economies.get(operation.power)
    strain = economy.strain if economy else 0.0
    hurry = rules.deterrence.waiting + rules.deterrence.waiting_strain * strain
    hurry += rules.deterrence.waiting_war * min(1.0, seen.potential)
    drift = deterrence.victory(seen.later, (), rules)[0] - deterrence.victory(seen.balance, (), rules)[0]
    hurry -= rules.deterrence.drift * float(drift) * design.value
    if slack <= 0 and not in_season:
        hurry -= rules.deterrence.out_of_season
    stakes = Stakes(
        design.value, design.loss, hurry, settlement, design.long_war, seen.potential,
    )  # fmt: skip
    weighing = deterrence.weigh(
        seen.balance, seen.interveners, stakes, rules, aversion=fear, boldness=government.policy.risk, rising=rising
    )
    return Case(operation, design, government, seen, weighing, slack)


def interveners(house: House, world: World, decider: str, target: str) -> dict[str, Intervener]:
    """Powers that might fight for a target, with what politics says of each; forces are not yet in it."""
    polity, rules = world.polity, house.rulebook.reputation
    treaties = polity.in_force(world.hour)
    found = {}
    for name, government in sorted(polity.governments.items()):
        if name in (decider, target) or _beaten(world, name):
            continue
        fighting = at_war(world, name, decider)
        strength, first, neutral = diplomacy.obligation(treaties, name, target, decider, world.hour)
        interest = polity.interests.get(f"{name}>{target}", 0.0)
        fear = _felt(polity.alarm, f"{name}>{decider}", world.hour, rules.half_life_years)
        interest += rules.alarm_interest * fear * _weight(polity, name, decider)
        if not fighting and strength <= 0 and interest < rules.interest_least:
            continue
        interest = min(2.0, max(0.0, interest + rules.firmness_interest * government.policy.firmness))
        if any({name, decider} <= set(s) for w in world.wars.values() for s in (w.attackers, w.defenders)):
            continue
        word = polity.standing.get(name, Standing()).at(world.hour, rules.half_life_years)
        signal = _felt(polity.signals, f"{name}>{target}", world.hour, rules.signal_half_life_years)
        found[name] = Intervener(
            name, strength, interest, word.backdowns, signal,
            government.paralysis, neutral, fighting, first,
        )  # fmt: skip
    return found


def _own_cause(house: House, world: World, operation: Operation) -> Intervener:
    """The target of an operation as one of those who may fight: for its own land, or for a right on the other's."""
    rules, power = house.rulebook.reputation, operation.target
    government = world.polity.governments[power]
    word = _word(house, world, power)
    signal = _felt(world.polity.signals, f"{power}>{power}", world.hour, rules.signal_half_life_years)
    cause = rules.own_right if _on_own_land(house, world, operation) else rules.own_cause
    interest = max(0.0, cause + rules.firmness_interest * government.policy.firmness)
    return Intervener(power, 2.0, interest, word.backdowns, signal, government.paralysis)


def _weight(polity: Polity, name: str, decider: str) -> float:
    """How far a power counts in the affairs of another, 0..1: its long-war potential over the other's."""
    if name not in polity.economies or decider not in polity.economies:
        return 0.0
    return min(1.0, diplomacy.potential(polity.economies[decider], polity.economies[name]))


def _felt(table: dict[str, Memory], key: str, hour: int, half_life_years: float) -> float:
    return table[key].at(hour, half_life_years) if key in table else 0.0


def _already_hostile(house: House, world: World, operation: Operation) -> dict[str, float]:
    """Long-war potential of powers at war with an operation's power already, but for its target."""
    economies, own = world.polity.economies, operation.power
    if own not in economies:
        return {}
    return {
        name: diplomacy.potential(economies[own], economies[name])
        for name in sorted(economies)
        if name != operation.target and at_war(world, own, name) and not _beaten(world, name)
    }


def _friends(house: House, world: World, operation: Operation) -> tuple[str, ...]:
    """Powers that are in a war of the operation's power, on its side, against its target."""
    war = house.war_of(world, operation)
    if war is None or f"ceased:{war.id}" in world.flags:
        return ()
    side = next((s for s in (war.attackers, war.defenders) if operation.power in s), ())
    return tuple(p for p in side if p != operation.power and p in house.atlas.power_number and not _beaten(world, p))


# --- decision points -------------------------------------------------------------------------------------------------


def decide(house: House, clerk: Clerk, operation_id: str) -> list[Next]:
    """A decision point of one operation: order it, or let it be; returns the day it is set for."""
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises.get(operation_id, Crisis(operation_id, stage=""))
    if not wanted(house, world, operation, design) or crisis.stage == "ordered":
        return []
    number, slack = window(design, world.hour)
    if crisis.window == number and crisis.orders >= house.rulebook.deterrence.orders:
        return []
    case = weigh(house, world, operation, design, in_season=True)
    if not _possible(house, world, case):
        _note(clerk, case, crisis, "incapable", number)
        return []
    question = Question(
        f"launch:{operation_id}:{number}", operation.power, "launch", operation_id, ("order",), _cause(world, case), 1,
        {"probability": case.weighing.launch, "resolve": house.dice.uniform("launch", operation_id, number),
         "win": case.weighing.win, "utility": case.weighing.utility, "alternative": case.weighing.alternative},
    )  # fmt: skip
    answer = checked(question, house.seats[operation.power].answer(question, world))
    if not answer.choice and not _bluffs(house, clerk, case, number):
        _note(clerk, case, crisis, "wanted", number)
        return []
    since = crisis.since or world.hour
    if slack <= 0 or world.hour < since + design.preparation_days * dates.DAY:
        if crisis.stage != "preparing":
            clerk.put(_moved(case, "preparing", number, crisis.refusals, since=since, because=question.because))
        return []
    entry = clerk.put(
        Decision(
            power=operation.power, seat=house.seats[operation.power].name, question=question.id,
            answer=answer.choice or ("demand",), reasons=reasons(case), because=question.because,
        )
    )  # fmt: skip
    day = _dawn(world.hour + design.warning_days * dates.DAY)
    orders = crisis.orders + 1 if crisis.window == number else 1
    clerk.put(_moved(case, "ordered", number, crisis.refusals, day=day, since=since, orders=orders, because=entry))
    place = design.concentration[0] if design.concentration else ""
    if design.call_up:
        mobilise(house, clerk, operation.power, entry, f"for {operation.name}", covert=True, place=place)
    return [("operation", day, operation.power, operation_id), *_answers(house, clerk, case, "ordered")]


def _bluffs(house: House, clerk: Clerk, case: Case, number: int) -> bool:
    """Whether a power that would not go to war makes as if it would, to be bought off."""
    design, operation, rules = case.design, case.operation, house.rulebook
    if not design.demand or case.slack_days <= 0:
        return False
    polity = clerk.world.polity
    patrons = [j for j in case.picture.interveners if j.treaty >= 1.0 or j.interest >= rules.diplomacy.patron_interest]
    soft = 0.0
    for j in patrons:
        chance = case.weighing.credibility.get(j.power, 0.0)
        soft = max(soft, diplomacy.settlement_offer(chance, polity.governments[j.power], design.settlement, rules)[0])
    edge = diplomacy.bluff(soft, design.settlement * design.value, case.government.policy.risk, rules)
    question = Question(
        f"demand:{operation.id}:{number}", operation.power, "launch", operation.id, ("demand",),
        case.government.entry, 1,
        {"probability": edge, "resolve": house.dice.uniform("bluff", operation.id, number)},
    )  # fmt: skip
    return bool(checked(question, house.seats[operation.power].answer(question, clerk.world)).choice)


def _possible(house: House, world: World, case: Case) -> bool:
    return (
        holds(world, house.atlas, case.design.possible)
        and case.picture.in_hand >= case.design.strength
        and (case.design.by_sea or case.picture.border)
    )


def _note(clerk: Clerk, case: Case, crisis: Crisis, stage: str, number: int) -> None:
    """Record a refusal or want of means once a window, and again when the chance has changed by a tenth."""
    chance = case.weighing.launch
    if crisis.stage == stage and crisis.window == number and abs(crisis.probability - chance) < 0.1:
        return
    new = crisis.stage != stage or crisis.window != number
    refusals = crisis.refusals + (1 if stage == "wanted" and new else 0)
    clerk.put(_moved(case, stage, number, refusals, because=case.government.entry))


def _moved(
    case: Case, stage: str, number: int, refusals: int, *, because: int, day: int = 0, since: int = 0,
    orders: int = 0, why: tuple[str, ...] = (),
) -> CrisisMoved:  # fmt: skip
    seen = sorted(case.weighing.credibility.items())
    return CrisisMoved(
        operation=case.operation.id, power=case.operation.power, target=case.operation.target, stage=stage,
        window=number, refusals=refusals, probability=round(case.weighing.launch, 4),
        interveners=tuple(n for n, _ in seen), credibility=tuple(round(p, 4) for _, p in seen), day=day,
        since=since, orders=orders, reasons=why or reasons(case), because=because,
    )  # fmt: skip


def reasons(case: Case, most: int = 3) -> tuple[str, ...]:
    """The drivers of a weighing in plain words, strongest first, with the numbers."""
    w = case.weighing
    told = [f"chance of victory {w.win:.0%}, P(launch) {w.launch:.2f}"]
    words = {
        "campaign": "the campaign by itself is worth {:+.2f}",
        "long_war": "fear of a long war {:+.2f}",
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


def _cause(world: World, case: Case) -> int:
    """The latest thing the decision rests on: a change of government, the last crisis, or a treaty."""
    entries = [case.government.entry]
    entries += [t.entry for t in world.polity.treaties.values() if case.operation.power in t.parties]
    crisis = world.polity.crises.get(case.operation.id)
    return max([*entries, crisis.entry if crisis else 0])


def _noon(hour: int) -> int:
    """Three in the afternoon of the day of an hour, or of the next: when orders are given."""
    today = hour - hour % dates.DAY + 15
    return today if today >= hour else today + dates.DAY


def _dawn(hour: int) -> int:
    """Four in the morning of the day of an hour, or of the next."""
    today = hour - hour % dates.DAY + 4
    return today if today >= hour else today + dates.DAY


# --- the day itself --------------------------------------------------------------------------------------------------


def d_day(house: House, clerk: Clerk, operation_id: str) -> str:
    """The day an ordered operation was set for: ``launched``, ``marched`` (unopposed), ``halted`` or ``lapsed``."""
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises[operation_id]
    if crisis.stage != "ordered":
        return "lapsed"
    if not wanted(house, world, operation, design):
        clerk.put(_stage(operation, crisis, "lapsed", ("its object is gone",)))
        return "lapsed"
    before = dict(crisis.credibility)
    fresh = weigh(house, world, operation, design)
    rules = house.rulebook.deterrence
    jumped = [n for n, p in fresh.weighing.credibility.items() if p - before.get(n, p) >= rules.jump]
    rising = bool(jumped) and fresh.slack_days >= rules.slack_days and crisis.refusals >= 0
    case = weigh(house, world, operation, design, rising=rising) if rising else fresh
    resolve = house.dice.uniform("launch", operation_id, crisis.window)
    if house.dice.uniform("revolt", operation_id, crisis.window) < case.weighing.revolt:
        _revolt(house, clerk, case, crisis)
        return "lapsed"
    question = Question(
        f"go:{operation_id}:{dates.iso(world.hour)[:10]}", operation.power, "launch", operation_id, ("order",),
        crisis.entry, 1, {"probability": case.weighing.launch, "resolve": resolve, "win": case.weighing.win},
    )  # fmt: skip
    answer = checked(question, house.seats[operation.power].answer(question, world))
    if not answer.choice:
        why = (f"{', '.join(jumped)} more likely to fight than when it was ordered",) if jumped else reasons(case)
        clerk.put(
            _moved(fresh, "halted", crisis.window, crisis.refusals + 1, since=crisis.since, orders=crisis.orders,
                   why=why, because=crisis.entry)
        )  # fmt: skip
        return "halted"
    entry = clerk.put(
        Decision(
            power=operation.power, seat=house.seats[operation.power].name, question=question.id, answer=answer.choice,
            reasons=reasons(case), because=crisis.entry,
        )
    )  # fmt: skip
    clerk.put(replace(_stage(operation, crisis, "launched", reasons(case)), because=entry))
    _aggression(house, clerk, operation, design.value, entry)
    if design.unopposed and not _resists(house, clerk, operation):
        return "marched"
    _open_war(clerk, operation, entry)
    for power, against in ((operation.power, operation.target), (operation.target, operation.power)):
        mobilise(house, clerk, power, entry, f"against {against}")
    return "launched"


def _stage(operation: Operation, crisis: Crisis, stage: str, why: tuple[str, ...]) -> CrisisMoved:
    return CrisisMoved(
        operation=operation.id, power=operation.power, target=operation.target, stage=stage, window=crisis.window,
        refusals=crisis.refusals, probability=crisis.probability, interveners=tuple(n for n, _ in crisis.credibility),
        credibility=tuple(p for _, p in crisis.credibility), day=crisis.ordered, since=crisis.since,
        orders=crisis.orders, reasons=why, because=crisis.entry,
    )  # fmt: skip


def _open_war(clerk: Clerk, operation: Operation, because: int) -> None:
    """The power goes to war with the target, or the war there is goes on."""
    world = clerk.world
    if at_war(world, operation.power, operation.target):
        return
    war = world.wars.get(operation.war)
    if war is None:
        clerk.put(
            WarDeclared(war=operation.war, attackers=(operation.power,), defenders=(operation.target,), because=because)
        )
    else:
        for power, on in ((operation.power, "attackers"), (operation.target, "defenders")):
            if power not in (*war.attackers, *war.defenders):
                clerk.put(WarJoined(war=war.id, power=power, on=on, because=because))


def _resists(house: House, clerk: Clerk, operation: Operation) -> bool:
    """Whether the target, or whoever must come first, takes up arms against an entry."""
    world = clerk.world
    own = operation.target if operation.target in world.polity.governments else ""
    if not own:
        return False
    odds = _defence_odds(house, world, operation)
    if _on_own_land(house, world, operation):  # a breach of the other's rights, not of its border
        chance = float(
            deterrence.credibility(
                (_own_cause(house, world, operation),), house.rulebook, house.rulebook.deterrence.true_bias
            )[0]
        )
    else:
        chance = diplomacy.resistance(odds, world.polity.governments[own].policy.firmness, house.rulebook)
    question = Question(
        f"resist:{operation.id}", own, "resist", operation.power, ("fight",),
        world.polity.crises[operation.id].entry, 1,
        {"probability": chance, "resolve": house.dice.uniform("resist", operation.id)},
    )  # fmt: skip
    answer = checked(question, house.seats[own].answer(question, world))
    clerk.put(
        Decision(
            power=own, seat=house.seats[own].name, question=question.id, answer=answer.choice or ("yield",),
            reasons=(f"its chance of holding out is {odds:.0%}",), because=question.because,
        )
    )  # fmt: skip
    return bool(answer.choice)


def _on_own_land(house: House, world: World, operation: Operation) -> bool:
    """Whether an operation's objectives belong to its own power."""
    own = house.atlas.power_number[operation.power]
    return bool((world.owner[[house.atlas.number[p] for p in operation.objectives]] == own).all())


def _defence_odds(house: House, world: World, operation: Operation) -> float:
    """The chance, as the target sees it, that the attack on it fails."""
    staffs = Staffs(world, house.atlas, house.rulebook, house.armies.fleets)
    seen = picture(
        staffs, world.polity, operation.power, operation.target, warning_days=5.0,
        interveners=interveners(house, world, operation.power, operation.target), hostile={},
    )  # fmt: skip
    won = deterrence.victory(seen.balance, (), house.rulebook)
    return 1.0 - float(won[0])


def march_in(house: House, clerk: Clerk, operation_id: str) -> None:
    """An entry that nobody resists: the land passes over, and the operation has succeeded."""
    operation, design, _ = design_of(house, operation_id)
    crisis = clerk.world.polity.crises[operation_id].entry
    entry = clerk.put(
        OperationLaunched(operation=operation_id, power=operation.power, target=operation.target, because=crisis)
    )
    cede(house, clerk, design.claims or design.demand, operation.power, "annexation", entry)
    left_alone(house, clerk, operation, house.rulebook.reputation.march_backdown, entry)
    if design.raises is not None:
        clerk.put(FlagRaised(flag=design.raises, because=entry))
    clerk.put(
        OperationEnded(
            operation=operation_id, outcome="launched_succeeded", reasons=("nobody took up arms",), because=entry
        )
    )


def conclude(house: House, clerk: Clerk, operation_id: str) -> None:
    """After an operation's verdict: a success brings its claims, so far as they are held."""
    world, atlas = clerk.world, house.atlas
    state = world.operations[operation_id]
    if not is_decided_upon(house, operation_id) or state.outcome != "launched_succeeded":
        return
    operation, design, _ = design_of(house, operation_id)
    side = [atlas.power_number[p] for p in _allies(world, operation.power) if p in atlas.power_number]
    held = [
        z for z in design.claims
        if np.isin(world.controller[atlas.zone_of == atlas.zones.index(z)], side).mean() > 0.5
    ]  # fmt: skip
    cede(house, clerk, held, operation.power, "annexation", state.entry)
    if design.raises is not None:
        clerk.put(FlagRaised(flag=design.raises, because=state.entry))


def close(house: House, clerk: Clerk) -> None:
    """The clock runs out: every operation that was never launched gets its outcome, the first that holds."""
    world = clerk.world
    for operation, design in designs(house):
        if world.operations[operation.id].stage != "planned":
            continue
        outcome, why, cause = _outcome(house, world, operation, design)
        clerk.put(OperationEnded(operation=operation.id, outcome=outcome, reasons=(why,), because=cause))


def _outcome(house: House, world: World, operation: Operation, design: Design) -> tuple[str, str, int]:
    """Outcome of an operation that was never launched, why, and the entry it rests on."""
    crisis = world.polity.crises.get(operation.id)
    entry = crisis.entry if crisis is not None else 0
    struck = next((w for w in world.wars.values() if operation.power in w.defenders), None)
    if struck is not None:
        return "preempted", f"{', '.join(struck.attackers)} struck first", struck.entry
    fell = world.flags.get(f"regime_fell:{operation.power}")
    if fell is not None and not wanted(house, world, operation, design):
        return "regime_fell", "the government that wanted it is gone", fell
    if crisis is not None and crisis.stage == "settled":
        return "moot", "what was claimed was had by a settlement", entry
    if moot(house, world, operation, design):
        return "moot", "its target is an ally, gone or taken", entry
    if crisis is None:
        return "never_sought", "its conditions never came about, or nobody in power wanted it", 0
    if crisis.refusals == 0:
        return "incapable", "wanted, but the means were never there", entry
    times = "once" if crisis.refusals == 1 else f"{crisis.refusals} times"
    return "deterred", f"wanted and refused {times}; P(launch) at the last was {crisis.probability:.2f}", entry


def cede(house: House, clerk: Clerk, zones: Iterable[str], power: str, how: str, because: int) -> None:
    """Zones pass to a power, those of each former owner in one entry."""
    world, atlas = clerk.world, house.atlas
    by_owner: dict[str, list[str]] = {}
    for zone in zones:
        rows = np.flatnonzero(atlas.zone_of == atlas.zones.index(zone))
        owner = int(world.owner[rows[0]]) if len(rows) else -1
        previous = atlas.powers[owner] if owner >= 0 else ""
        if previous != power and len(rows):
            by_owner.setdefault(previous, []).append(zone)
    for previous, names in sorted(by_owner.items()):
        clerk.put(ZonesCeded(zones=tuple(names), power=power, previous=previous, how=how, because=because))


def _revolt(house: House, clerk: Clerk, case: Case, crisis: Crisis) -> None:
    """The army's leaders arrest their government rather than fight; a cautious one takes its place."""
    operation, old = case.operation, case.government
    clerk.put(_stage(operation, crisis, "lapsed", (f"the General Staff gave victory {case.weighing.staff_win:.0%}",)))
    clerk.put(FlagRaised(flag=f"regime_fell:{operation.power}", because=clerk.world.polity.crises[operation.id].entry))
    policy = replace(old.policy, revisionism=old.policy.revisionism * 0.3, risk=-0.5, repression=0.5)
    clerk.put(
        GovernmentFormed(
            power=operation.power, regime="authoritarian_right", head="a military directory", faction="army", grip=0.6,
            paralysis=0.3, policy=astuple(policy), why=f"a revolt of the staff against {operation.name}",
            because=clerk.world.polity.crises[operation.id].entry,
        )
    )  # fmt: skip


# --- what others do about it -----------------------------------------------------------------------------------------


def _answers(house: House, clerk: Clerk, case: Case, stage: str) -> list[Next]:
    """Those who might intervene, and the target, answer an order or an attack within their days of thought."""
    world, rules = clerk.world, house.rulebook.diplomacy
    delay = rules.answer_days if stage == "ordered" else rules.declaration_days
    hour = world.hour + int(delay * dates.DAY)
    subject = f"{case.operation.id}:{stage}"
    names = [operation_target(case.operation, world), *(j.power for j in case.picture.interveners)]
    return [("response", hour, n, f"{subject}:{n}") for n in names if n]


def operation_target(operation: Operation, world: World) -> str:
    """The target, if it has a government that can answer."""
    return operation.target if operation.target in world.polity.governments else ""


def after_launch(house: House, clerk: Clerk, operation_id: str) -> list[Next]:
    """The answers that an attack calls for."""
    operation, design, _ = design_of(house, operation_id)
    return _answers(house, clerk, weigh(house, clerk.world, operation, design), "launched")


def respond(house: House, clerk: Clerk, subject: str) -> list[Next]:
    """One power's answer to an order it has seen (mobilise, or seek a settlement) or to an attack (join the war)."""
    operation_id, stage, power = subject.split(":")
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises[operation_id]
    if power not in world.polity.governments or _beaten(world, power):
        return []
    if stage == "launched":
        return _intervene(house, clerk, operation, crisis, power)
    if crisis.stage != "ordered":
        return []
    case = weigh(house, world, operation, design)
    if power == operation.target:
        mobilise(house, clerk, power, crisis.entry, f"against {operation.power}")
        return []
    j = next((j for j in case.picture.interveners if j.power == power), None)
    if j is None or j.at_war:
        return []
    return _stand_by(house, clerk, case, crisis, j)


def _stand_by(house: House, clerk: Clerk, case: Case, crisis: Crisis, j: Intervener) -> list[Next]:
    """A possible intervener mobilises for its word, seeks a settlement at the target's cost, or keeps quiet."""
    world, operation = clerk.world, case.operation
    rules = house.rulebook
    chance = _true_chance(house, world, case, j.power)
    government = world.polity.governments[j.power]
    offer, share = diplomacy.settlement_offer(chance, government, case.design.settlement, rules)
    question = Question(
        f"crisis:{operation.id}:{crisis.window}:{j.power}", j.power, "crisis", operation.id,
        ("mobilise", "settle") if share > 0 and case.design.demand else ("mobilise",), crisis.entry, 1,
        {"mobilise": diplomacy.mobilisation(chance, government, rules), "settle": offer,
         "resolve": house.dice.uniform("intervene", f"{operation.id}:{j.power}", crisis.window)},
    )  # fmt: skip
    answer = checked(question, house.seats[j.power].answer(question, world))
    if not answer.choice:
        return []
    entry = clerk.put(
        Decision(
            power=j.power, seat=house.seats[j.power].name, question=question.id, answer=answer.choice,
            reasons=(f"it would fight with {chance:.0%}",), because=crisis.entry,
        )
    )  # fmt: skip
    if answer.choice[0] == "mobilise":
        mobilise(house, clerk, j.power, entry, f"for {operation.target}")
        before = _felt(world.polity.signals, f"{j.power}>{operation.target}", world.hour,
                       rules.reputation.signal_half_life_years)  # fmt: skip
        clerk.put(
            SignalSent(power=j.power, about=operation.target,
                       weight=round(min(before + 1.0, rules.reputation.signal_most), 4),
                       why=f"mobilised against {operation.power}",
                       because=entry)
        )  # fmt: skip
        return []
    _settle(house, clerk, case, crisis, j.power, entry)
    return []


def _settle(house: House, clerk: Clerk, case: Case, crisis: Crisis, broker: str, because: int) -> None:
    """A settlement offered over the target's head: taken if the decider likes it better than war."""
    operation, design, world = case.operation, case.design, clerk.world
    better = weigh(house, world, operation, design, settlement=design.settlement)
    resolve = house.dice.uniform("launch", operation.id, crisis.window)
    if better.weighing.launch > resolve:
        clerk.put(
            _stage(operation, crisis, "ordered", (f"{broker}'s offer is refused", *reasons(better, 2)))
        )  # fmt: skip
        return
    clerk.put(replace(_stage(operation, crisis, "settled", (f"{broker} brings about a settlement",)), because=because))
    entry = world.polity.crises[operation.id].entry
    cede(house, clerk, design.demand, operation.power, "settlement", entry)
    _aggression(house, clerk, operation, design.value * design.settlement, entry)
    left_alone(house, clerk, operation, house.rulebook.reputation.settlement_backdown, entry)


def left_alone(house: House, clerk: Clerk, operation: Operation, weight: float, because: int) -> None:
    """Whoever was bound to a power that was left to its fate is known for it, the more the stronger the bond."""
    world = clerk.world
    bonds = {j.power: j.treaty for j in interveners(house, world, operation.power, operation.target).values()}
    if _on_own_land(house, world, operation):
        bonds[operation.target] = 2.0
    for power, treaty in sorted(bonds.items()):
        if treaty >= 1.0:
            backdown(house, clerk, power, weight * treaty, f"left {operation.target} to {operation.power}", because)


def _true_chance(house: House, world: World, case: Case, power: str) -> float:
    """How likely a power is to fight, as it knows itself."""
    js = case.picture.interveners
    chances = deterrence.credibility(js, house.rulebook, house.rulebook.deterrence.true_bias)
    return next((float(p) for j, p in zip(js, chances, strict=True) if j.power == power), 0.0)


def _intervene(house: House, clerk: Clerk, operation: Operation, crisis: Crisis, power: str) -> list[Next]:
    """Join the victim's war, or stay out of it and be known for that."""
    world = clerk.world
    if power == operation.target or not at_war(world, operation.power, operation.target):
        return []
    if at_war(world, power, operation.power):
        return []
    _, design, _ = design_of(house, operation.id)
    case = weigh(house, world, operation, design)
    j = next((j for j in case.picture.interveners if j.power == power), None)
    if j is None:
        return []
    first = j.first and not at_war(world, j.first, operation.power)
    chance = 0.0 if first else _true_chance(house, world, case, power)
    question = Question(
        f"join:{operation.id}:{power}", power, "intervene", operation.id, ("join",), crisis.entry, 1,
        {"probability": chance, "resolve": house.dice.uniform("intervene", f"{operation.id}:{power}", crisis.window)},
    )  # fmt: skip
    answer = checked(question, house.seats[power].answer(question, world))
    why = (f"treaty {j.treaty:.0f}, interest {j.interest:.1f}, word broken {j.backdowns:.1f} times: {chance:.0%}",)
    entry = clerk.put(
        Decision(
            power=power, seat=house.seats[power].name, question=question.id, answer=answer.choice or ("stay out",),
            reasons=why, because=crisis.entry,
        )
    )  # fmt: skip
    if not answer.choice:
        if j.treaty >= 2.0 and not first:
            backdown(house, clerk, power, 1.0, f"did not fight for {operation.target}", entry)
        return []
    if power not in house.atlas.power_number:  # off the map: its weight is felt, its troops are not seen
        clerk.put(FlagRaised(flag=f"belligerent:{power}:{operation.power}", because=entry))
        return []
    war = house.war_of(world, operation)
    if war is None:
        return []
    on = "defenders" if operation.target in war.defenders else "attackers"
    clerk.put(WarJoined(war=war.id, power=power, on=on, because=entry))
    mobilise(house, clerk, power, entry, f"for {operation.target}")
    word = _word(house, world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=word.backdowns / 2.0, stands=word.stands + 1.0,
                        aggressions=word.aggressions, why=f"fights for {operation.target}", because=entry)
    )  # fmt: skip
    return []


def _word(house: House, world: World, power: str) -> Standing:
    """What a power's word is worth today."""
    known = world.polity.standing.get(power, Standing())
    return known.at(world.hour, house.rulebook.reputation.half_life_years)


def backdown(house: House, clerk: Clerk, power: str, weight: float, why: str, because: int) -> None:
    """A power's word was worth less than it said."""
    word = _word(house, clerk.world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=round(word.backdowns + weight, 4), stands=word.stands,
                        aggressions=word.aggressions, why=why, because=because)
    )  # fmt: skip


def _aggression(house: House, clerk: Clerk, operation: Operation, taken: float, because: int) -> None:
    """Everybody takes note of an attack: alarm at the attacker grows with what it took."""
    world, rules = clerk.world, house.rulebook.reputation
    word = _word(house, world, operation.power)
    clerk.put(
        ReputationMoved(power=operation.power, backdowns=word.backdowns, stands=word.stands,
                        aggressions=word.aggressions + taken, why=operation.name, because=because)
    )  # fmt: skip
    others = tuple(p for p in sorted(world.polity.governments) if p not in (operation.power, operation.target))
    alarm, half_life = world.polity.alarm, rules.half_life_years
    values = tuple(
        round(min(1.0, _felt(alarm, f"{p}>{operation.power}", world.hour, half_life) + rules.alarm * taken), 4)
        for p in others
    )
    for p, v in zip(others, values, strict=True):
        clerk.put(OutlookMoved(power=p, table="alarm", others=(operation.power,), values=(v,), why=operation.name,
                               because=because))  # fmt: skip


# --- mobilisation ----------------------------------------------------------------------------------------------------


def mobilise(
    house: House, clerk: Clerk, power: str, because: int, why: str, *, covert: bool = False, place: str = ""
) -> None:
    """A power calls up every wave, if it has not already, and sends its formations where they gather for this.

    ``place``: date of the deployment to use; the nearest in time if empty.
    """
    world = clerk.world
    if power not in house.atlas.power_number:
        return
    if f"mobilised:{power}" in world.flags:
        if place:
            _concentrate(house, clerk, power, because, place)
        return
    f = world.forces
    waiting = int((f.readiness[f.land_rows(house.atlas.power_number[power])] < 1.0).sum())
    entry = clerk.put(Mobilised(power=power, wave=99, covert=covert, formations=waiting, why=why, because=because))
    _concentrate(house, clerk, power, entry, place)


def _concentrate(house: House, clerk: Clerk, power: str, because: int, place: str) -> None:
    """Formations go where a deployment of their power has them, those at least whose place is in friendly hands."""
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    known = house.armies.concentrations.get(power, ())
    if not known:
        return
    wanted = dates.parse(place) if place else world.hour
    chosen = min(known, key=lambda c: (abs(c.hour - wanted), c.hour))
    friends = _allies(world, power)
    held = np.isin(world.controller, [atlas.power_number[p] for p in friends])
    moves = []
    for name, parent, province in chosen.places:
        row, p = f.row(name), atlas.number[province]
        if f.status[row] > Status.ACTIVE or not held[p]:
            continue
        above = parent if parent and f.status[f.row(parent)] <= Status.ACTIVE else ""
        km = atlas.km_to(np.array([p]), np.array([f.province[row]]))[0]
        days = float(km) / house.rulebook.rail.km_per_day + house.rulebook.estimate.boarding_days
        there = int(f.arrives[row]) if f.status[row] == Status.PLANNED else 0
        if p != f.province[row]:
            there = max(there, world.hour + int(min(days, 60.0) * dates.DAY))
        moves.append((name, above, province, there))
    if moves:
        names, parents, provinces, hours = (tuple(column) for column in zip(*moves, strict=True))
        clerk.put(
            FormationsRegrouped(power=power, formations=names, parents=parents, provinces=provinces, arrives=hours,
                                why=f"as on {dates.iso(chosen.hour)[:10]}", because=because)
        )  # fmt: skip


def deploy(house: House, clerk: Clerk) -> None:
    """Groups of the powers at war that have no order get one: to attack in an operation that runs, else to defend."""
    world = clerk.world
    for war in sorted(world.wars.values(), key=lambda w: w.id):
        if f"ceased:{war.id}" in world.flags:
            continue
        for power in (*war.attackers, *war.defenders):
            if power not in house.atlas.power_number or _beaten(world, power):
                continue
            sides = clerk.sides(war.id)
            orders: list[Order] = []
            cause = war.entry
            for operation in house.offensives(world, war):
                state = world.operations[operation.id]
                if operation.power == power:
                    orders = planner.attack(world, house.atlas, sides, power, operation.objectives, house.rulebook)
                    cause = state.entry
            for order in orders:
                adjudicate.issue(house, clerk, power, order, cause)
            for order in planner.defend(world, house.atlas, clerk.sides(war.id), power, house.rulebook):
                adjudicate.issue(house, clerk, power, order, cause)


def _allies(world: World, power: str) -> set[str]:
    """A power and those that fight on its side."""
    sides = [s for w in world.wars.values() for s in (w.attackers, w.defenders) if power in s]
    return {power, *(p for side in sides for p in side)}


# --- treaties --------------------------------------------------------------------------------------------------------


def sign(clerk: Clerk, treaty_id: str, form: str, parties: tuple[str, ...], because: int, **terms: object) -> int:
    """A treaty comes into force."""
    return clerk.put(TreatySigned(treaty=treaty_id, form=form, parties=parties, because=because, **terms))  # type: ignore[arg-type]


def denounce(clerk: Clerk, treaty_id: str, why: str, because: int) -> None:
    """A treaty ends before its time."""
    clerk.put(TreatyEnded(treaty=treaty_id, why=why, because=because))


# --- negotiations ----------------------------------------------------------------------------------------------------


def _open_talks(house: House, clerk: Clerk) -> list[Next]:
    """Negotiations whose time has come are proposed; returns their first rounds."""
    world, politics = clerk.world, house.scenario.politics
    without = politics.without if politics is not None else ()
    rounds: list[Next] = []
    for row in house.tables["talks"]:
        name = row["id"]
        over = any(f"{end}:{name}" in world.flags for end in ("agreed", "broken_off"))
        if name in without or name in world.polity.talks or over or not _can_talk(house, world, row["parties"]):
            continue
        if not holds(world, house.atlas, row["opens"]) or not row["opens"]:
            continue
        cause = max((world.polity.governments[p].entry for p in row["parties"]), default=0)
        clerk.put(TalksHeld(talks=name, parties=row["parties"], round=0, result="opened", because=cause))
        rounds.append(_next_round(row, world.hour))
    return rounds


def _can_talk(house: House, world: World, parties: Sequence[str]) -> bool:
    """Whether every party has a government that can sign, and none is at war with another."""
    able = all(p in world.polity.governments and not _beaten(world, p) for p in parties)
    return able and not _enemies(world, parties)


def _next_round(row: dict[str, Any], hour: int) -> Next:
    return ("talks", _noon(hour + int(row["weeks"] * 7 * dates.DAY)), row["parties"][0], row["id"])


def hold_talks(house: House, clerk: Clerk, talks_id: str) -> list[Next]:
    """One round: any party may break off; after the last one all sign what each clause obliges them to."""
    world = clerk.world
    talks = world.polity.talks.get(talks_id)
    row = next(r for r in house.tables["talks"] if r["id"] == talks_id)
    if talks is None:
        return []
    done = talks.stage + 1
    if not _can_talk(house, world, talks.parties) or (row["breaks"] and holds(world, house.atlas, row["breaks"])):
        _close_talks(clerk, talks, "broken_off", done, ("events have overtaken them",))
        return []
    clauses = [c for c in house.tables["clauses"] if c["talks"] == talks_id]
    for party in talks.parties:
        chance, why = _willing(house, world, talks.parties, party, clauses, row["pull"])
        question = Question(
            f"talks:{talks_id}:{party}:{done}", party, "sign", talks_id, ("go on",), talks.entry, 1,
            {"probability": chance, "resolve": house.dice.uniform("talks", f"{talks_id}:{party}", talks.began)},
        )  # fmt: skip
        if not checked(question, house.seats[party].answer(question, world)).choice:
            _close_talks(clerk, talks, "broken_off", done, (f"{party} would not go on: {why}",))
            return []
    if done < row["rounds"]:
        clerk.put(TalksHeld(talks=talks_id, parties=talks.parties, round=done, result="adjourned", because=talks.entry))
        return [_next_round(row, world.hour)]
    entry = _close_talks(clerk, talks, "agreed", done, ())
    for c in clauses:
        if c["kind"] != "transit" or _lets_through(house, clerk, c, entry):
            signed = sign(clerk, c["id"], c["kind"], c["parties"], entry, **{k: c[k] for k in TERMS})
            _speak_out(house, clerk, c, signed)
    return []


def _speak_out(house: House, clerk: Clerk, clause: dict[str, Any], because: int) -> None:
    """A promise of help to a power in an open crisis is a costly signal."""
    world, rules = clerk.world, house.rulebook.reputation
    if clause["kind"] not in ("defence", "guarantee", "convention"):
        return
    menaced = {_concerned(house, c.operation)[1] for c in world.polity.crises.values() if c.stage == "ordered"}
    for helper in clause["parties"]:
        for about in sorted(menaced & set(clause["protects"] or clause["parties"]) - {helper}):
            before = _felt(world.polity.signals, f"{helper}>{about}", world.hour, rules.signal_half_life_years)
            weight = round(min(before + 1.0, rules.signal_most), 4)
            clerk.put(SignalSent(power=helper, about=about, weight=weight, why="signed a treaty", because=because))


def _close_talks(clerk: Clerk, talks: Talks, result: str, done: int, why: tuple[str, ...]) -> int:
    return clerk.put(
        TalksHeld(talks=talks.id, parties=talks.parties, round=done, result=result, reasons=why, because=talks.entry)
    )


def _willing(
    house: House, world: World, parties: Sequence[str], party: str, clauses: Sequence[dict[str, Any]], pull: float
) -> tuple[float, str]:
    """Probability that a party goes on, and why in words."""
    polity, rules = world.polity, house.rulebook
    against = sorted({a for c in clauses for a in c["against"] if a not in parties})
    fears = [_felt(polity.alarm, f"{party}>{a}", world.hour, rules.reputation.half_life_years) for a in against]
    others = [p for p in parties if p != party]
    line = polity.governments[party].policy.foreign
    affinity = 1.0 - sum(abs(line - polity.governments[o].policy.foreign) for o in others) / len(others)
    words = [_word(house, world, o) for o in others]
    trust = sum(max(-1.0, min(1.0, 0.5 * w.stands - 0.35 * w.backdowns - 0.25 * w.aggressions)) for w in words)
    pull += rules.diplomacy.talks_need * _needs(world, party, others, house)
    chance = diplomacy.willingness(max(fears, default=0.0), affinity, trust / len(others), pull, rules)
    return chance, f"alarm {max(fears, default=0.0):.0%}, affinity {affinity:+.1f}, trust {trust / len(others):+.1f}"


def _needs(world: World, party: str, others: Sequence[str], house: House) -> float:
    """Whether a party means to attack somebody whom another party might stand by: then its word is worth having."""
    polity, least = world.polity, house.rulebook.diplomacy.patron_interest
    for crisis in polity.crises.values():
        power, target = _concerned(house, crisis.operation)
        open_ = power == party and crisis.stage in {"wanted", "preparing", "ordered", "halted"}
        if open_ and any(polity.interests.get(f"{o}>{target}", 0.0) >= least for o in others):
            return 1.0
    return 0.0


def _lets_through(house: House, clerk: Clerk, clause: dict[str, Any], because: int) -> bool:
    """Whether the host of a transit clause agrees to it."""
    world, polity, rules = clerk.world, clerk.world.polity, house.rulebook
    host, guest = clause["parties"][0], clause["parties"][1]
    half_life = rules.reputation.half_life_years
    threat = max((_felt(polity.alarm, f"{host}>{a}", world.hour, half_life) for a in clause["against"]), default=0.0)
    alarm = _felt(polity.alarm, f"{host}>{guest}", world.hour, half_life)
    guest_fear = diplomacy.fear_of_guest(alarm, polity.governments[host], polity.governments[guest], rules)
    in_force = polity.in_force(world.hour)
    covered = [t for t in in_force if host in (t.protects or t.parties) and t.kind in ("guarantee", "defence")]
    staffs = any(t.kind == "convention" and host in t.parties for t in in_force)
    chance = diplomacy.transit(guest_fear, threat, min(1.0, 0.5 * len(covered)), float(staffs), rules)
    question = Question(
        f"transit:{clause['id']}", host, "transit", guest, ("let through",), because, 1,
        {"probability": chance, "resolve": house.dice.uniform("transit", f"{host}:{guest}")},
    )  # fmt: skip
    answer = checked(question, house.seats[host].answer(question, world))
    clerk.put(
        Decision(
            power=host, seat=house.seats[host].name, question=question.id, answer=answer.choice or ("refuse",),
            reasons=(f"fear of {guest} {guest_fear:.0%}, of the attacker {threat:.0%}: {chance:.0%}",), because=because,
        )
    )  # fmt: skip
    return bool(answer.choice)


# --- month by month --------------------------------------------------------------------------------------------------


def calendar(house: House, hour: int, ends: int) -> list[Next]:
    """What happens by date in every run: ordinary changes of government, treaties of lesser powers and their ends."""
    politics = house.scenario.politics
    without = politics.without if politics is not None else ()
    due: list[Next] = [("state", ends - 1, "", "close"), *succession.calendar(house, hour, ends)]
    for k, row in enumerate(house.tables["governments"]):
        if row["how"] in {"background", "course"} and hour < row["from"] < ends:
            due.append(("state", row["from"] + 6, row["power"], f"government:{k}"))
    if politics is not None:
        own = [(t.signed, t.parties[0], f"own_treaty:{k}") for k, t in enumerate(politics.treaties)]
        own += [(t.ends, t.parties[0], f"own_end:{k}") for k, t in enumerate(politics.treaties) if t.ends is not None]
        own += [(g.at, g.power, f"own_government:{k}") for k, g in enumerate(politics.governments)]
        due += [("state", at + 5, power, subject) for at, power, subject in own if hour < at < ends]
    for k, row in enumerate(house.tables["treaties"]):
        if row["how"] != "background" or row["id"] in without:
            continue
        if hour < row["signed"] < ends:
            due.append(("state", row["signed"] + 6, row["parties"][0], f"treaty:{k}"))
        if hour < row["ends"] < ends:
            due.append(("state", row["ends"] + 6, row["parties"][0], f"end:{k}"))
    return due


def happen(house: House, clerk: Clerk, subject: str) -> None:
    """One entry of the calendar."""
    what, _, number = subject.partition(":")
    if what == "close":
        close(house, clerk)
        return
    if what == "government":
        _cabinet_changes(house, clerk, house.tables["governments"][int(number)])
        return
    if what == "death":
        succession.dies(house, clerk, number)
        return
    if what == "alternative":
        succession.another_course(house, clerk, int(number))
        return
    if what == "parliament":
        succession.parliament(house, clerk, number)
        return
    if what.startswith("own_"):
        _by_scenario(house, clerk, what, int(number))
        return
    row = house.tables["treaties"][int(number)]
    if what == "treaty" and not _enemies(clerk.world, row["parties"]):
        sign(clerk, row["id"], row["kind"], row["parties"], 0, **{k: row[k] for k in TERMS})
    if what == "end" and row["id"] in clerk.world.polity.treaties:
        denounce(clerk, row["id"], "it has run out", 0)


def month(house: House, clerk: Clerk) -> list[Next]:
    """The first of a month: armies grow by their programmes, reservists go home, talks open, quiet wars may end."""
    now = clerk.world.hour
    since = dates.parse(dates.iso(now - 2 * dates.DAY)[:8] + "01") + 6
    _reform(house, clerk, since, now)
    _stand_down(house, clerk)
    succession.month(house, clerk)
    _make_peace(house, clerk)
    deploy(house, clerk)
    return _open_talks(house, clerk)


def _make_peace(house: House, clerk: Clerk) -> None:
    """A war in which nothing moves may be ended by both sides where they stand."""
    world, rules, atlas = clerk.world, house.rulebook.diplomacy, house.atlas
    for war in sorted(world.wars.values(), key=lambda w: w.id):
        if f"ceased:{war.id}" in world.flags or not quiet(house, world, war.id):
            continue
        sides = [atlas.power_number[p] for p in (*war.attackers, *war.defenders)]
        moved = world.captured_hour[np.isin(world.controller, sides)].max(initial=0)
        months = (world.hour - max(int(moved), war.began)) / dates.DAY / 30.0
        if months < rules.peace_months:
            continue
        firm = [
            world.polity.governments[p].policy.firmness
            for side in (war.attackers, war.defenders) for p in side[:1] if p in world.polity.governments
        ]  # fmt: skip
        chance = diplomacy.peace(months, max(firm, default=0.0), house.rulebook)
        if house.dice.uniform("peace", war.id) < chance:
            clerk.put(HostilitiesCeased(war=war.id, because=war.entry))
            for p in (*war.attackers, *war.defenders):
                if not _beaten(world, p) and not any(at_war(world, p, q) for q in world.powers if q != p):
                    clerk.put(
                        StandingChanged(power=p, standing="at_peace", reason="peace where the armies stand",
                                        because=world.flags[f"ceased:{war.id}"])
                    )  # fmt: skip


def quiet(house: House, world: World, war_id: str) -> bool:
    """Whether nobody fights or means to in a war: no engagement, no operation running."""
    war = world.wars[war_id]
    if world.engagements:
        return False
    return not any(
        world.operations[o.id].stage == "running" and {o.power, o.target} <= {*war.attackers, *war.defenders}
        for o in (p.operation for p in house.plans) if o is not None
    )  # fmt: skip


def _stand_down(house: House, clerk: Clerk) -> None:
    """Reservists go home where a month has passed without war or crisis."""
    world, f = clerk.world, clerk.world.forces
    tense = {p for c in world.polity.crises.values() if c.stage == "ordered" for p in _concerned(house, c.operation)}
    for power in sorted(world.polity.governments):
        entry = world.flags.get(f"mobilised:{power}")
        standing = world.powers[power].standing if power in world.powers else ""
        if entry is None or power in tense or standing == "at_war" or power not in house.atlas.power_number:
            continue
        clerk.put(StoodDown(power=power, why="the crisis is over", because=entry))
        rows = f.land_rows(house.atlas.power_number[power])
        rows = rows[f.status[rows] <= Status.ACTIVE]
        peace = np.array([house.armies.peace.get(f.ids[r], 1.0) for r in rows.tolist()])
        ready, men = f.readiness.copy(), f.men.copy()
        ready[rows] = np.minimum(ready[rows], peace)
        floor = house.rulebook.mobilization.men_floor
        men[rows] = np.minimum(men[rows], np.floor(f.establishment_men[rows] * np.maximum(ready[rows], floor) + 0.5))
        clerk.fold(Columns({"forces.readiness": ready, "forces.men": men}))


def _concerned(house: House, operation_id: str) -> tuple[str, str]:
    operation, _, _ = design_of(house, operation_id)
    return operation.power, operation.target


def _reform(house: House, clerk: Clerk, since: int, now: int) -> None:
    """Formations that get another establishment, or end, in the past month."""
    world, f = clerk.world, clerk.world.forces
    live = {p for p, s in world.powers.items() if s.standing not in BEATEN}
    due: dict[str, list[Reform]] = {}
    for r in house.armies.reforms:
        power = house.atlas.powers[f.power[f.row(r.formation)]]
        if since < r.hour <= now and f.status[f.row(r.formation)] <= Status.ACTIVE and power in live:
            due.setdefault(power, []).append(r)
    for power, reforms in sorted(due.items()):
        kinds, men, guns, tanks, quality = (tuple(c) for c in zip(*(r.terms for r in reforms), strict=True))
        clerk.put(
            FormationsReformed(
                power=power, formations=tuple(r.formation for r in reforms), kinds=kinds, men=men, guns=guns,
                tanks=tanks, quality=quality, why="by its army's programme",
                because=world.polity.governments[power].entry if power in world.polity.governments else 0,
            )
        )  # fmt: skip
    ended: dict[str, list[str]] = {}
    for hour, name in house.armies.disbanded:
        if since < hour <= now and f.status[f.row(name)] <= Status.ACTIVE:
            ended.setdefault(house.atlas.powers[f.power[f.row(name)]], []).append(name)
    for power, names in sorted(ended.items()):
        clerk.put(FormationsDisbanded(power=power, formations=tuple(names), why="by its army's programme"))


def _by_scenario(house: House, clerk: Clerk, what: str, k: int) -> None:
    """A treaty or a change of government that the scenario itself, or an overlay, has at a date."""
    politics = house.scenario.politics
    assert politics is not None
    if what == "own_government":
        change = politics.governments[k]
        before = clerk.world.polity.governments.get(change.power)
        if before is not None and not _beaten(clerk.world, change.power):
            if change.contest:
                succession.contest(house, clerk, change.power, 0, change.dead)
                return
            after = reshuffled(before, change, clerk.world.hour)
            clerk.put(
                GovernmentFormed(
                    power=after.power, regime=after.regime, head=after.head, faction=after.faction, grip=after.grip,
                    paralysis=after.paralysis, policy=astuple(after.policy), why=change.why,
                )
            )  # fmt: skip
        return
    treaty = politics.treaties[k]
    if what == "own_end":
        if treaty.id in clerk.world.polity.treaties:
            denounce(clerk, treaty.id, "it has run out", 0)
    elif not _enemies(clerk.world, treaty.parties):
        terms = {name: getattr(treaty, name) for name in TERMS}
        sign(clerk, treaty.id, treaty.kind, treaty.parties, 0, **terms)


TERMS = ("protects", "against", "first", "honour")


def _cabinet_changes(house: House, clerk: Clerk, row: dict[str, Any]) -> None:
    """A change of government by date, if the power is still on the line of which it is a part."""
    world = clerk.world
    now = world.polity.governments.get(row["power"])
    politics = house.scenario.politics
    if (
        politics is not None
        and f"{row['power'].lower()}_{dates.iso(row['from'])[:10].replace('-', '_')}" in politics.without
    ):
        return
    earlier = [r for r in house.tables["governments"] if r["power"] == row["power"] and r["from"] < row["from"]]
    line = max(earlier, key=lambda r: int(r["from"]))["regime"] if earlier else row["regime"]
    if now is None or now.regime != line or _beaten(world, row["power"]):
        return
    same = now.head.split(" and ")[0] == row["head"].split(" and ")[0]
    if row["how"] == "course" and (not same or row["power"] in world.polity.parted):
        return
    if row["how"] == "background" and row["power"] in world.polity.parted:
        return
    clerk.put(
        GovernmentFormed(
            power=row["power"], regime=row["regime"], head=row["head"], faction=row["faction"], grip=row["grip"],
            paralysis=row["paralysis"], policy=tuple(row[name] for name in POLICY), why="by date, as in every run",
        )
    )  # fmt: skip


def _enemies(world: World, powers: Sequence[str]) -> bool:
    return any(at_war(world, a, b) for a in powers for b in powers if a < b)
