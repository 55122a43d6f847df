"""An operation from the first resolve to the day itself: it is ordered, halted, or launched, and who marches along."""

from __future__ import annotations

from dataclasses import astuple, replace

from wargame import dates
from wargame.acts import (
    CrisisMoved,
    GovernmentFormed,
)
from wargame.conditions import at_war
from wargame.events import (
    Decision,
    FlagRaised,
    WarDeclared,
    WarJoined,
)
from wargame.governments.estimate import Staffs, picture
from wargame.house import Clerk, House
from wargame.muster import gather, mobilise, stay_out
from wargame.negotiations import open_talks
from wargame.politics import Crisis
from wargame.repute import aggression
from wargame.responses import answers_due, brokers, eve, staged, true_chance
from wargame.rules import deterrence, diplomacy
from wargame.scenario import Operation
from wargame.seats import Question, checked, is_played
from wargame.weighing import (
    Case,
    Next,
    companions,
    dawn,
    design_of,
    interveners,
    is_engaged,
    is_staff_busy,
    on_own_land,
    on_the_way,
    own_cause,
    possible,
    ready_on,
    reasons,
    wanted,
    weigh,
    window,
)
from wargame.world import War, World


def decide(house: House, clerk: Clerk, operation_id: str) -> list[Next]:
    """A decision point of one operation: order it, or let it be; returns the day it is set for."""
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises.get(operation_id, Crisis(operation_id, stage=""))
    if is_played(house.seats[operation.power]):  # he orders when he likes
        return []
    if not wanted(house, world, operation, design) or crisis.stage == "ordered":
        return []
    number, slack = window(design, world.hour)
    if crisis.window == number and crisis.orders >= house.rulebook.deterrence.orders:
        return []
    case = weigh(house, world, operation, design, in_season=True)
    if not possible(house, world, case):
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
    if not crisis.since and is_staff_busy(house, world, operation, design):
        return []
    since = crisis.since or world.hour
    again = crisis.window == number and crisis.orders > 0  # what was ordered once is prepared, and has its occasion
    ready = again or world.hour >= ready_on(house, world, operation, design, since)
    if slack <= 0 or not ready or is_engaged(house, world, operation):
        if crisis.stage != "preparing":
            clerk.put(moved_on(case, "preparing", number, crisis.refusals, since=since, because=question.because))
        return []
    entry = clerk.put(
        Decision(
            power=operation.power, seat=house.seats[operation.power].name, question=question.id,
            answer=answer.choice or ("demand",), reasons=reasons(case), because=answer.because or question.because,
        )
    )  # fmt: skip
    day = dawn(world.hour + design.warning_days * dates.DAY)
    orders = crisis.orders + 1 if crisis.window == number else 1
    clerk.put(moved_on(case, "ordered", number, crisis.refusals, day=day, since=since, orders=orders, because=entry))
    place = design.concentration[0] if design.concentration else ""
    if design.call_up:
        why = f"for {operation.name}"
        mobilise(house, clerk, operation.power, entry, why, covert=True, place=place, gather=bool(place),
                 day=day)  # fmt: skip
    if not place:
        gather(house, clerk, operation.power, operation.target, entry)
    answers = [*answers_due(house, clerk, case, "ordered"), *eve(house, case, day)]
    return [("operation", day, operation.power, operation_id), *answers, *open_talks(house, clerk)]


def _bluffs(house: House, clerk: Clerk, case: Case, number: int) -> bool:
    """Whether a power that would not go to war makes as if it would, to be bought off."""
    design, operation, rules = case.design, case.operation, house.rulebook
    if not design.demand or case.slack_days <= 0:
        return False
    polity = clerk.world.polity
    soft = 0.0
    for j in brokers(house, case):
        chance = case.weighing.credibility.get(j.power, 0.0)
        soft = max(soft, diplomacy.settlement_offer(chance, polity.governments[j.power], design.settlement, rules)[0])
    edge = diplomacy.bluff(soft, design.settlement * design.value, case.government.policy.risk, rules)
    question = Question(
        f"demand:{operation.id}:{number}", operation.power, "launch", operation.id, ("demand",),
        case.government.entry, 1,
        {"probability": edge, "resolve": house.dice.uniform("bluff", operation.id, number)},
    )  # fmt: skip
    return bool(checked(question, house.seats[operation.power].answer(question, clerk.world)).choice)


def _note(clerk: Clerk, case: Case, crisis: Crisis, stage: str, number: int) -> None:
    """Record a refusal or want of means once a window, and again when the chance has changed by a tenth."""
    chance = case.weighing.launch
    if crisis.stage == stage and crisis.window == number and abs(crisis.probability - chance) < 0.1:
        return
    new = crisis.stage != stage or crisis.window != number
    refusals = crisis.refusals + (1 if stage == "wanted" and new else 0)
    clerk.put(moved_on(case, stage, number, refusals, because=case.government.entry))


def moved_on(
    case: Case, stage: str, number: int, refusals: int, *, because: int, day: int = 0, since: int = 0,
    orders: int = 0, why: tuple[str, ...] = (),
) -> CrisisMoved:  # fmt: skip
    """How a crisis stands after a weighing; ``why``: the weighing's own reasons if not given."""
    seen = sorted(case.weighing.credibility.items())
    return CrisisMoved(
        operation=case.operation.id, power=case.operation.power, target=case.operation.target, stage=stage,
        window=number, refusals=refusals, probability=round(case.weighing.launch, 4),
        interveners=tuple(n for n, _ in seen), credibility=tuple(round(p, 4) for _, p in seen), day=day,
        since=since, orders=orders, reasons=why or reasons(case), because=because,
    )  # fmt: skip


def _cause(world: World, case: Case) -> int:
    """The latest thing the decision rests on: a change of government, the last crisis, or a treaty."""
    entries = [case.government.entry]
    entries += [t.entry for t in world.polity.treaties.values() if case.operation.power in t.parties]
    crisis = world.polity.crises.get(case.operation.id)
    return max([*entries, crisis.entry if crisis else 0])


def d_day(house: House, clerk: Clerk, operation_id: str) -> str:
    """The day an ordered operation was set for: ``launched``, ``marched`` (unopposed), ``halted`` or ``lapsed``."""
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises[operation_id]
    if crisis.stage != "ordered":
        return "lapsed"
    if not wanted(house, world, operation, design):
        clerk.put(staged(operation, crisis, "lapsed", ("its object is gone",)))
        return "lapsed"
    before = dict(crisis.credibility)
    fresh = weigh(house, world, operation, design)
    rules = house.rulebook.deterrence
    jumped = [n for n, p in fresh.weighing.credibility.items() if p - before.get(n, p) >= rules.jump]
    rising = bool(jumped) and fresh.slack_days >= rules.slack_days and crisis.refusals >= 0
    case = weigh(house, world, operation, design, rising=rising) if rising else fresh
    resolve = house.dice.uniform("launch", operation_id, crisis.window)
    if house.dice.uniform("revolt", operation_id, crisis.window) < case.weighing.revolt:
        _revolt(clerk, case, crisis)
        return "lapsed"
    question = Question(
        f"go:{operation_id}:{dates.iso(world.hour)[:10]}", operation.power, "launch", operation_id, ("order",),
        crisis.entry, 1, {"probability": case.weighing.launch, "resolve": resolve, "win": case.weighing.win},
    )  # fmt: skip
    answer = checked(question, house.seats[operation.power].answer(question, world))
    if not answer.choice:
        why = (f"{', '.join(jumped)} more likely to fight than when it was ordered",) if jumped else reasons(case)
        clerk.put(
            moved_on(fresh, "halted", crisis.window, crisis.refusals + 1, since=crisis.since, orders=crisis.orders,
                   why=why, because=answer.because or crisis.entry)
        )  # fmt: skip
        return "halted"
    entry = clerk.put(
        Decision(
            power=operation.power, seat=house.seats[operation.power].name, question=question.id, answer=answer.choice,
            reasons=reasons(case), because=answer.because or crisis.entry,
        )
    )  # fmt: skip
    clerk.put(replace(staged(operation, crisis, "launched", reasons(case)), because=entry))
    aggression(house, clerk, operation, design.value, entry)
    way = on_the_way(world, operation, design)
    with_it = companions(house, Staffs(world, house.atlas, house.rulebook, house.armies.fleets), operation, design)
    if design.unopposed and not _resists(house, clerk, operation):
        return "marched"
    _open_war(clerk, operation, entry)
    for power, against in ((operation.power, operation.target), (operation.target, operation.power)):
        mobilise(house, clerk, power, entry, f"against {against}", gather=power == operation.target)
    for power in way:
        _overrun(house, clerk, operation, power, entry)
    for power, chance in with_it.items():
        _march_along(house, clerk, operation, power, chance, entry)
    stay_out(house, clerk, operation.power, entry)
    return "launched"


def _march_along(house: House, clerk: Clerk, operation: Operation, power: str, chance: float, because: int) -> None:
    """A friend of the attacker goes to war beside it, or does not."""
    question = Question(
        f"march:{operation.id}:{power}", power, "intervene", operation.id, ("join",), because, 1,
        {"probability": chance, "resolve": house.dice.uniform("march", f"{operation.id}:{power}")},
    )  # fmt: skip
    answer = checked(question, house.seats[power].answer(question, clerk.world))
    why = f"beside {operation.power} against {operation.target}: {chance:.0%}"
    entry = clerk.put(
        Decision(
            power=power, seat=house.seats[power].name, question=question.id, answer=answer.choice or ("stay out",),
            reasons=(why,), because=answer.because or because,
        )
    )  # fmt: skip
    war = house.war_of(clerk.world, operation)
    if not answer.choice or war is None or power in (*war.attackers, *war.defenders):
        return
    on = "attackers" if operation.power in war.attackers else "defenders"
    clerk.put(WarJoined(war=war.id, power=power, on=on, because=entry))
    mobilise(house, clerk, power, entry, f"beside {operation.power}")


def _overrun(house: House, clerk: Clerk, operation: Operation, power: str, because: int) -> None:
    """A power on the way of an operation is attacked with its target, and fights."""
    war = house.war_of(clerk.world, operation)
    assert war is not None
    on = "defenders" if operation.power in war.attackers else "attackers"
    clerk.put(WarJoined(war=war.id, power=power, on=on, because=because))
    mobilise(house, clerk, power, because, f"against {operation.power}")


def _open_war(clerk: Clerk, operation: Operation, because: int) -> None:
    """The power goes to war with the target: in a war it has on its hands already, or in a new one."""
    world = clerk.world
    if at_war(world, operation.power, operation.target):
        return
    war = world.wars.get(operation.war) or _war_of(world, operation.power, operation.target)
    if war is None:
        clerk.put(
            WarDeclared(war=operation.war, attackers=(operation.power,), defenders=(operation.target,), because=because)
        )
    else:
        own, other = ("defenders", "attackers") if operation.power in war.defenders else ("attackers", "defenders")
        for power, on in ((operation.power, own), (operation.target, other)):
            if power not in (*war.attackers, *war.defenders):
                clerk.put(WarJoined(war=war.id, power=power, on=on, because=because))


def _war_of(world: World, power: str, target: str) -> War | None:
    """The first war that goes on between a power and others who still fight it, and in which the target has no part."""
    for war in sorted(world.wars.values(), key=lambda w: (w.began, w.id)):
        sides = (war.attackers, war.defenders)
        if f"ceased:{war.id}" in world.flags or target in (*war.attackers, *war.defenders):
            continue
        for own, other in (sides, sides[::-1]):
            if power in own and any(at_war(world, power, p) for p in other):
                return war
    return None


def _resists(house: House, clerk: Clerk, operation: Operation) -> bool:
    """Whether the target, or whoever must come first, takes up arms against an entry."""
    world = clerk.world
    own = operation.target if operation.target in world.polity.governments else ""
    if not own:
        return False
    odds = defence_odds(house, world, operation.power, operation.target)
    if on_own_land(house, world, operation):  # a breach of the other's rights, not of its border
        others = interveners(house, world, operation.power, own, marched=True)
        chance = true_chance(house, (own_cause(house, world, operation, others), *others.values()), own)
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
            reasons=(f"its chance of holding out is {odds:.0%}, that it fights {chance:.0%}",),
            because=answer.because or question.because,
        )
    )  # fmt: skip
    return bool(answer.choice)


def defence_odds(house: House, world: World, power: str, target: str) -> float:
    """The chance, as a target sees it, that an attack on it fails."""
    staffs = Staffs(world, house.atlas, house.rulebook, house.armies.fleets)
    seen = picture(
        staffs, world.polity, power, target, warning_days=5.0, interveners=interveners(house, world, power, target),
        hostile={},
    )  # fmt: skip
    won = deterrence.victory(seen.balance, (), house.rulebook)
    return 1.0 - float(won[0])


def _revolt(clerk: Clerk, case: Case, crisis: Crisis) -> None:
    """The army's leaders arrest their government rather than fight; a cautious one takes its place."""
    operation, old = case.operation, case.government
    clerk.put(staged(operation, crisis, "lapsed", (f"the General Staff gave victory {case.weighing.staff_win:.0%}",)))
    clerk.put(FlagRaised(flag=f"regime_fell:{operation.power}", because=clerk.world.polity.crises[operation.id].entry))
    policy = replace(old.policy, revisionism=old.policy.revisionism * 0.3, risk=-0.5, repression=0.5)
    clerk.put(
        GovernmentFormed(
            power=operation.power, regime="authoritarian_right", head="a military directory", faction="army", grip=0.6,
            paralysis=0.3, policy=astuple(policy), why=f"a revolt of the staff against {operation.name}",
            because=clerk.world.polity.crises[operation.id].entry,
        )
    )  # fmt: skip
