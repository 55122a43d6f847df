"""An operation from the first resolve to its end: decision points, the day itself, what others do, what it brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace

import numpy as np

from wargame import dates, exact
from wargame.acts import (
    CrisisMoved,
    GovernmentFormed,
    OutlookMoved,
    ReputationMoved,
    SignalSent,
    ZonesCeded,
)
from wargame.conditions import at_war
from wargame.events import (
    Decision,
    FlagRaised,
    OperationEnded,
    OperationLaunched,
    StandingChanged,
    WarDeclared,
    WarJoined,
)
from wargame.governments.estimate import Staffs, picture
from wargame.house import Clerk, House
from wargame.muster import gather, mobilise
from wargame.negotiations import HELP, denounce, open_talks
from wargame.politics import Crisis
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Intervener
from wargame.scenario import Design, Operation
from wargame.seats import Question, checked, is_played
from wargame.weighing import (
    Case,
    Next,
    allies,
    beaten,
    companions,
    dawn,
    design_of,
    designs,
    felt,
    in_step,
    interveners,
    is_decided_upon,
    is_engaged,
    is_staff_busy,
    moot,
    on_own_land,
    on_the_way,
    own_cause,
    possible,
    ready_on,
    reasons,
    wanted,
    weigh,
    window,
    word,
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
    for j in _brokers(house, case):
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
    _aggression(house, clerk, operation, design.value, entry)
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


def staged(operation: Operation, crisis: Crisis, stage: str, why: tuple[str, ...]) -> CrisisMoved:
    """A crisis at another stage, all else as it was."""
    return CrisisMoved(
        operation=operation.id, power=operation.power, target=operation.target, stage=stage, window=crisis.window,
        refusals=crisis.refusals, probability=crisis.probability, interveners=tuple(n for n, _ in crisis.credibility),
        credibility=tuple(p for _, p in crisis.credibility), day=crisis.ordered, since=crisis.since,
        orders=crisis.orders, reasons=why, because=crisis.entry,
    )  # fmt: skip


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
        chance = _true_chance(house, (own_cause(house, world, operation, others), *others.values()), own)
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
    state = clerk.world.operations[operation_id]
    if not is_decided_upon(house, operation_id):
        return
    _impress(house, clerk, operation_id)
    if state.outcome == "launched_succeeded":
        _reap(house, clerk, operation_id, state.entry)


def _impress(house: House, clerk: Clerk, operation_id: str) -> None:
    """Everybody thinks the better or the worse of both armies after what they have seen of a campaign."""
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    state = world.operations[operation_id]
    failed = state.outcome == "launched_failed"
    days = ((state.decided or world.hour) - state.began) / dates.DAY
    expected = diplomacy.expected_days(_match(house, world, operation), house.rulebook)
    show = diplomacy.showing(days, design.value, expected, failed=failed)
    shows = {operation.power: show, operation.target: max(0.0, -show)}
    for power in sorted(world.polity.governments):
        values = {
            p: round(world.polity.esteem.get(f"{power}>{p}", 1.0) * diplomacy.impression(x, house.rulebook), 4)
            for p, x in shows.items()
            if x and p != power
        }
        if values:
            clerk.put(
                OutlookMoved(power=power, table="esteem", others=tuple(values), values=tuple(values.values()),
                             why=operation.name, because=state.entry)
            )  # fmt: skip


def _match(house: House, world: World, operation: Operation) -> float:
    """The whole army of an operation's power over its target's, by establishment and quality, the lost included."""
    f, number = world.forces, house.atlas.power_number
    own, other = (f.land_rows(number[p]) for p in (operation.power, operation.target))
    strong, weak = (float((f.establishment_men[rows] * f.quality[rows]).sum()) for rows in (own, other))
    return strong / max(weak, 1.0)


def spoils(house: House, clerk: Clerk, war_id: str) -> None:
    """After a war: what its operations claimed and their powers hold is theirs, whether in time or late."""
    world = clerk.world
    for operation in house.operations_of(world.wars[war_id]):
        launched = world.operations[operation.id].stage != "planned"
        if launched and is_decided_upon(house, operation.id) and not beaten(world, operation.power):
            _reap(house, clerk, operation.id, world.flags[f"ceased:{war_id}"])


def _reap(house: House, clerk: Clerk, operation_id: str, because: int) -> None:
    """An operation's claims pass to its power, so far as its side holds them."""
    world, atlas = clerk.world, house.atlas
    operation, design, _ = design_of(house, operation_id)
    side = [atlas.power_number[p] for p in allies(world, operation.power) if p in atlas.power_number]
    held = [
        z for z in design.claims
        if np.isin(world.controller[atlas.zone_of == atlas.zones.index(z)], side).mean() > 0.5
    ]  # fmt: skip
    cede(house, clerk, held, operation.power, "annexation", because)
    if design.raises is not None and design.raises not in world.flags:
        clerk.put(FlagRaised(flag=design.raises, because=because))


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
    if crisis is not None and crisis.stage == "settled":
        return "moot", "what was claimed was had by a settlement", entry
    struck = next((o for o, d in designs(house) if _struck(house, world, o, d, operation.power)), None)
    if struck is not None:
        return "preempted", f"{struck.power} struck first", world.operations[struck.id].entry
    fell = world.flags.get(f"regime_fell:{operation.power}")
    if fell is not None and not wanted(house, world, operation, design):
        return "regime_fell", "the government that wanted it is gone", fell
    if moot(house, world, operation, design):
        return "moot", "its target is an ally, gone or taken", entry
    if crisis is None:
        return "never_sought", "its conditions never came about, or nobody in power wanted it", 0
    if crisis.stage == "preparing":
        return "undecided", "it was being prepared when the clock ran out", entry
    if crisis.refusals == 0:
        return "incapable", "wanted, but the means were never there", entry
    times = "once" if crisis.refusals == 1 else f"{crisis.refusals} times"
    return "deterred", f"wanted and refused {times}; P(launch) at the last was {crisis.probability:.2f}", entry


def _struck(house: House, world: World, operation: Operation, design: Design, power: str) -> bool:
    """Whether an operation was launched at a power, or through its land, by those who began the war."""
    war, began = house.war_of(world, operation), world.operations[operation.id].began
    if war is None or began < war.began or power not in (operation.target, *design.through):
        return False
    return operation.power in war.attackers and power in war.defenders


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
        entry = clerk.put(ZonesCeded(zones=tuple(names), power=power, previous=previous, how=how, because=because))
        _landless(house, clerk, previous, entry)


def _landless(house: House, clerk: Clerk, power: str, because: int) -> None:
    """A power at peace that has lost the last of its land is no more."""
    world = clerk.world
    known = world.powers.get(power)
    if known is None or known.standing != "at_peace" or (world.owner == house.atlas.power_number[power]).any():
        return
    reason = "nothing is left of its land"
    clerk.put(StandingChanged(power=power, standing="defeated", reason=reason, because=because))


def _revolt(house: House, clerk: Clerk, case: Case, crisis: Crisis) -> None:
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


def answers_due(house: House, clerk: Clerk, case: Case, stage: str) -> list[Next]:
    """Those who might intervene, and the target, answer an order or an attack within their days of thought."""
    world, rules = clerk.world, house.rulebook.diplomacy
    delay = rules.answer_days if stage == "ordered" else rules.declaration_days
    hour = world.hour + int(delay * dates.DAY)
    subject = f"{case.operation.id}:{stage}"
    way = on_the_way(world, case.operation, case.design) if stage == "ordered" else ()
    later = _behind(house, world, case) if stage == "launched" else {}
    names = [operation_target(case.operation, world), *way, *(j.power for j in case.picture.interveners)]
    return [("response", hour + later.get(n, 0), n, f"{subject}:{n}") for n in dict.fromkeys(names) if n]


def _behind(house: House, world: World, case: Case) -> dict[str, int]:
    """Hours by which each of those who look to another declares itself after the first."""
    first = {j.power: j.first for j in in_step(house, world, case.operation.power, case.picture.interveners)}
    hours: dict[str, int] = {}
    for power in first:
        chain = [power]
        while first.get(chain[-1]) in first and first[chain[-1]] not in chain:
            chain.append(first[chain[-1]])
        hours[power] = int((len(chain) - 1) * house.rulebook.diplomacy.follow_hours)
    return hours


def eve(house: House, case: Case, day: int) -> list[Next]:
    """The eve of an attack that could be bought off: those who might broker a peace are asked for the last time."""
    if not case.design.demand or case.design.settlement <= 0:
        return []
    hour = day - int(house.rulebook.diplomacy.eve_days * dates.DAY)
    return [("response", hour, j.power, f"{case.operation.id}:eve:{j.power}") for j in _brokers(house, case)]


def _brokers(house: House, case: Case) -> list[Intervener]:
    """Great powers that may have to fight for a target, or as good as its patrons, and do not leave that to another."""
    great = house.rulebook.deterrence.great_power
    return [j for j in case.picture.interveners if not j.first and not j.at_war and j.potential >= great]


def operation_target(operation: Operation, world: World) -> str:
    """The target, if it has a government that can answer."""
    return operation.target if operation.target in world.polity.governments else ""


def after_launch(house: House, clerk: Clerk, operation_id: str) -> list[Next]:
    """The answers that an attack calls for."""
    operation, design, _ = design_of(house, operation_id)
    following = answers_due(house, clerk, weigh(house, clerk.world, operation, design), "launched")
    for victim in (p for p in design.through if at_war(clerk.world, p, operation.power)):
        following += _call(house, clerk.world, operation, victim)
    asked: dict[str, Next] = {}
    for n in following:
        asked.setdefault(n[2], n)  # whoever is asked already is not asked again for another's sake
    return list(asked.values())


def _call(house: House, world: World, operation: Operation, friend: str) -> list[Next]:
    """Those bound to a power that is at war with an operation's power are called to its side."""
    hour = world.hour + int(house.rulebook.diplomacy.declaration_days * dates.DAY)
    bound = interveners(house, world, operation.power, friend).values()
    called = [j.power for j in bound if j.treaty >= 1.0 and not j.at_war and j.power != operation.target]
    return [("response", hour, n, f"{operation.id}:launched:{n}:{friend}") for n in called]


def respond(house: House, clerk: Clerk, subject: str) -> list[Next]:
    """One power's answer to an order it has seen (mobilise, or seek a settlement) or to an attack (join the war).

    ``subject``: operation, ``ordered``, ``eve`` or ``launched``, who answers, and for whose sake if not the target's.
    """
    operation_id, stage, power, *sake = subject.split(":")
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises[operation_id]
    if power not in world.polity.governments or beaten(world, power):
        return []
    if stage == "launched":
        return _intervene(house, clerk, operation, crisis, power, *sake)
    if crisis.stage != "ordered":
        return []
    if power == operation.target or power in on_the_way(world, operation, design):
        if house.dice.uniform("warning", operation_id, crisis.window) < _seen(house, operation):
            mobilise(house, clerk, power, crisis.entry, f"against {operation.power}")
        return []
    case = weigh(house, world, operation, design)
    j = next((j for j in case.picture.interveners if j.power == power), None)
    if j is None or j.at_war:
        return []
    if stage == "eve":
        _last_offer(house, clerk, case, crisis, j)
    else:
        _stand_by(house, clerk, case, crisis, j)
    return []


def _stand_by(house: House, clerk: Clerk, case: Case, crisis: Crisis, j: Intervener) -> None:
    """A possible intervener mobilises for its word, seeks a settlement at the target's cost, or keeps quiet."""
    world, operation = clerk.world, case.operation
    rules = house.rulebook
    chance = _true_chance(house, in_step(house, world, operation.power, case.picture.interveners), j.power)
    government = world.polity.governments[j.power]
    offer, _ = diplomacy.settlement_offer(chance, government, case.design.settlement, rules)
    options = []
    before = felt(world.polity.signals, f"{j.power}>{operation.target}", world.hour,
                   rules.reputation.signal_half_life_years)  # fmt: skip
    if not before or f"mobilised:{j.power}" not in world.flags:  # what it has done once is no news
        options.append("mobilise")
    if case.design.demand and j in _brokers(house, case):
        options.append("settle")
    if not options:
        return
    question = Question(
        f"crisis:{operation.id}:{crisis.window}:{j.power}", j.power, "crisis", operation.id,
        tuple(options), crisis.entry, 1,
        {"mobilise": diplomacy.mobilisation(chance, government, rules) if "mobilise" in options else 0.0,
         "settle": offer,
         "resolve": house.dice.uniform("intervene", f"{operation.id}:{j.power}", crisis.window)},
    )  # fmt: skip
    choice, entry = _answered(house, clerk, question, f"it would fight with {chance:.0%}")
    if choice == "mobilise":
        mobilise(house, clerk, j.power, entry, f"for {operation.target}")
        clerk.put(
            SignalSent(power=j.power, about=operation.target,
                       weight=round(min(before + 1.0, rules.reputation.signal_most), 4),
                       why=f"mobilised against {operation.power}",
                       because=entry)
        )  # fmt: skip
    elif choice == "settle":
        _settle(house, clerk, case, crisis, j.power, entry)


def _answered(house: House, clerk: Clerk, question: Question, *reasons: str) -> tuple[str, int]:
    """What a seat answers, and the entry of its decision; ("", 0) if it lets things stand."""
    seat = house.seats[question.power]
    answer = checked(question, seat.answer(question, clerk.world))
    if not answer.choice:
        return "", 0
    decision = Decision(
        power=question.power, seat=seat.name, question=question.id, answer=answer.choice, reasons=reasons,
        because=answer.because or question.because,
    )  # fmt: skip
    return answer.choice[0], clerk.put(decision)


def _last_offer(house: House, clerk: Clerk, case: Case, crisis: Crisis, j: Intervener) -> None:
    """A possible intervener, mobilised or not, may buy off an attack on its eve."""
    world, operation = clerk.world, case.operation
    chance = _true_chance(house, in_step(house, world, operation.power, case.picture.interveners), j.power)
    government = world.polity.governments[j.power]
    offer, _ = diplomacy.settlement_offer(chance, government, case.design.settlement, house.rulebook)
    question = Question(
        f"settle:{operation.id}:{crisis.window}:{j.power}", j.power, "crisis", operation.id, ("settle",), crisis.entry,
        1, {"mobilise": 0.0, "settle": offer,
            "resolve": house.dice.uniform("settle", f"{operation.id}:{j.power}", crisis.window)},
    )  # fmt: skip
    told = f"it would fight with {chance:.0%}", f"it would rather pay with {offer:.0%}"
    choice, entry = _answered(house, clerk, question, *told)
    if choice:
        _settle(house, clerk, case, crisis, j.power, entry)


def _settle(house: House, clerk: Clerk, case: Case, crisis: Crisis, broker: str, because: int) -> None:
    """A settlement offered over the target's head: taken if the decider likes it better than war."""
    operation, design, world = case.operation, case.design, clerk.world
    better = weigh(house, world, operation, design, settlement=design.settlement)
    resolve = house.dice.uniform("launch", operation.id, crisis.window)
    if better.weighing.launch > resolve:
        clerk.put(
            staged(operation, crisis, "ordered", (f"{broker}'s offer is refused", *reasons(better, 2)))
        )  # fmt: skip
        return
    clerk.put(replace(staged(operation, crisis, "settled", (f"{broker} brings about a settlement",)), because=because))
    entry = world.polity.crises[operation.id].entry
    cede(house, clerk, design.demand, operation.power, "settlement", entry)
    _aggression(house, clerk, operation, design.value * design.settlement, entry)
    left_alone(house, clerk, operation, house.rulebook.reputation.settlement_backdown, entry)
    _given_up(house, clerk, operation, entry)
    _resigned(house, clerk, operation.target, entry)


def _given_up(house: House, clerk: Clerk, operation: Operation, because: int) -> None:
    """Those who let a power's land be given away have little left to defend there, and their promises to it lapse."""
    world, victim, kept = clerk.world, operation.target, house.rulebook.diplomacy.given_up
    for power in interveners(house, world, operation.power, victim):
        value = round(kept * world.polity.interests.get(f"{power}>{victim}", 0.0), 4)
        clerk.put(OutlookMoved(power=power, table="interests", others=(victim,), values=(value,),
                               why=f"{victim} was given up", because=because))  # fmt: skip
    for t in world.polity.in_force(world.hour):
        if t.kind in HELP and victim in (t.protects or t.parties) and operation.power in t.against:
            denounce(clerk, t.id, f"{victim} was given up", because)


def _resigned(house: House, clerk: Clerk, power: str, because: int) -> None:
    """A power whose land was given away over its head is governed by those who would get on with the taker."""
    old = clerk.world.polity.governments.get(power)
    if old is None:
        return
    firmness = max(-1.0, old.policy.firmness - house.rulebook.diplomacy.abandoned)
    policy = replace(old.policy, foreign=min(old.policy.foreign, 0.0), firmness=round(firmness, 4))
    clerk.put(
        GovernmentFormed(
            power=power, regime=old.regime, head="a government of resignation", faction="all who are left", grip=0.5,
            paralysis=1.0, policy=astuple(policy), why="its patrons gave its land away", because=because,
        )
    )  # fmt: skip


def left_alone(house: House, clerk: Clerk, operation: Operation, weight: float, because: int) -> None:
    """Whoever was bound to a power that was left to its fate is known for it, the more the stronger the bond."""
    world = clerk.world
    bonds = {j.power: j.treaty for j in interveners(house, world, operation.power, operation.target).values()}
    if on_own_land(house, world, operation):
        bonds[operation.target] = 2.0
    for power, treaty in sorted(bonds.items()):
        if treaty >= 1.0:
            backdown(house, clerk, power, weight * treaty, f"left {operation.target} to {operation.power}", because)


def _true_chance(house: House, js: Sequence[Intervener], power: str) -> float:
    """How likely a power is to fight, as it knows itself; ``js``: all who might, or, at war, it and those who do."""
    chances = deterrence.resolve(js, house.rulebook)
    return next((float(p) for j, p in zip(js, chances, strict=True) if j.power == power), 0.0)


def _seen(house: House, operation: Operation) -> float:
    """The chance that a target sees in time that it is its turn, by the steps of surprise of an operation."""
    return exact.power1(house.rulebook.deterrence.seen, max(0.0, operation.surprise - 1.0))


def _intervene(
    house: House, clerk: Clerk, operation: Operation, crisis: Crisis, power: str, sake: str = ""
) -> list[Next]:
    """Join the victim's war, for its own or for an ally's ``sake``, or stay out of it and be known for that."""
    world = clerk.world
    friend = sake or operation.target
    war = house.war_of(world, operation)
    if power == friend or war is None or not at_war(world, operation.power, operation.target):
        return []
    if power in (*war.attackers, *war.defenders) or not at_war(world, operation.power, friend):
        return []
    might = interveners(house, world, operation.power, friend)
    _, design, _ = design_of(house, operation.id)
    if friend not in (operation.target, *design.through):  # it was not attacked: its friends are the less bound
        less = house.rulebook.diplomacy.own_accord
        might = {n: replace(x, treaty=less * x.treaty, pledge=0.0) for n, x in might.items()}
    j = might.get(power)
    if j is None:
        return []
    js = in_step(house, world, operation.power, might.values())
    chance = _true_chance(house, [x for x in js if x.power == power or x.at_war], power)
    question = Question(
        f"join:{operation.id}:{power}{f':{sake}' if sake else ''}", power, "intervene", operation.id, ("join",),
        crisis.entry, 1,
        {"probability": chance, "resolve": house.dice.uniform("intervene", f"{operation.id}:{power}", crisis.window)},
    )  # fmt: skip
    answer = checked(question, house.seats[power].answer(question, world))
    bond = "at war with it already" if j.at_war else f"treaty {j.treaty:.0f}"
    why = (f"for {friend}: {bond}, interest {j.interest:.1f}, costly signals {j.signal:.1f}: {chance:.0%}",)
    entry = clerk.put(
        Decision(
            power=power, seat=house.seats[power].name, question=question.id, answer=answer.choice or ("stay out",),
            reasons=why, because=answer.because or crisis.entry,
        )
    )  # fmt: skip
    if not answer.choice:
        if j.treaty >= 2.0 and not j.first and not j.at_war:
            backdown(house, clerk, power, 1.0, f"did not fight for {friend}", entry)
        return []
    if power not in house.atlas.power_number:  # off the map: its weight is felt, its troops are not seen
        clerk.put(FlagRaised(flag=f"belligerent:{power}:{operation.power}", because=entry))
        return []
    on = "defenders" if operation.target in war.defenders else "attackers"
    clerk.put(WarJoined(war=war.id, power=power, on=on, because=entry))
    mobilise(house, clerk, power, entry, f"for {friend}")
    if j.at_war:
        return []
    known = word(house, world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=known.backdowns / 2.0, stands=known.stands + 1.0,
                        aggressions=known.aggressions, why=f"fights for {friend}", because=entry)
    )  # fmt: skip
    return _call(house, world, operation, power)


def backdown(house: House, clerk: Clerk, power: str, weight: float, why: str, because: int) -> None:
    """A power's word was worth less than it said."""
    known = word(house, clerk.world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=round(known.backdowns + weight, 4), stands=known.stands,
                        aggressions=known.aggressions, why=why, because=because)
    )  # fmt: skip


def _aggression(house: House, clerk: Clerk, operation: Operation, taken: float, because: int) -> None:
    """Everybody takes note of an attack: alarm at the attacker grows with what it took."""
    remembered_by_all(house, clerk, operation.power, operation.target, taken, operation.name, because)


def remembered_by_all(
    house: House, clerk: Clerk, power: str, target: str, taken: float, why: str, because: int
) -> None:  # fmt: skip
    """Everybody takes note of what a power took from another, or demanded, and is the more alarmed."""
    world, rules = clerk.world, house.rulebook.reputation
    known = word(house, world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=known.backdowns, stands=known.stands,
                        aggressions=known.aggressions + taken, why=why, because=because)
    )  # fmt: skip
    others = tuple(p for p in sorted(world.polity.governments) if p not in (power, target))
    alarm, half_life = world.polity.alarm, rules.half_life_years
    values = tuple(
        round(min(1.0, felt(alarm, f"{p}>{power}", world.hour, half_life) + rules.alarm * taken), 4) for p in others
    )
    for p, v in zip(others, values, strict=True):
        clerk.put(OutlookMoved(power=p, table="alarm", others=(power,), values=(v,), why=why,
                               because=because))  # fmt: skip
