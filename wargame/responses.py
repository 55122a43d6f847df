"""What others do about an operation: mobilise, buy it off at its target's cost, or go to war when it is launched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace

from wargame import dates, exact
from wargame.acts import (
    CrisisMoved,
    GovernmentFormed,
    OutlookMoved,
    ReputationMoved,
    SignalSent,
)
from wargame.conditions import at_war
from wargame.events import (
    Decision,
    FlagRaised,
    WarJoined,
)
from wargame.house import Clerk, House
from wargame.muster import mobilise
from wargame.negotiations import HELP, denounce
from wargame.outcomes import cede, partition
from wargame.politics import Crisis
from wargame.repute import aggression, backdown, left_alone
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Intervener
from wargame.scenario import Operation
from wargame.seats import Question, checked
from wargame.weighing import (
    Case,
    Next,
    beaten,
    design_of,
    felt,
    in_step,
    interveners,
    on_the_way,
    reasons,
    weigh,
    word,
)
from wargame.world import World


def staged(operation: Operation, crisis: Crisis, stage: str, why: tuple[str, ...]) -> CrisisMoved:
    """A crisis at another stage, all else as it was."""
    return CrisisMoved(
        operation=operation.id, power=operation.power, target=operation.target, stage=stage, window=crisis.window,
        refusals=crisis.refusals, probability=crisis.probability, interveners=tuple(n for n, _ in crisis.credibility),
        credibility=tuple(p for _, p in crisis.credibility), day=crisis.ordered, since=crisis.since,
        orders=crisis.orders, reasons=why, because=crisis.entry,
    )  # fmt: skip


def answers_due(house: House, clerk: Clerk, case: Case, stage: str) -> list[Next]:
    """Those who might intervene, and the target, answer an order or an attack within their days of thought."""
    world, rules = clerk.world, house.rulebook.diplomacy
    delay = rules.answer_days if stage == "ordered" else rules.declaration_days
    hour = world.hour + int(delay * dates.DAY)
    subject = f"{case.operation.id}:{stage}"
    way = on_the_way(world, case.operation, case.design) if stage == "ordered" else ()
    later = _behind(house, world, case) if stage == "launched" else {}
    names = [_target(case.operation, world), *way, *(j.power for j in case.picture.interveners)]
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
    return [("response", hour, j.power, f"{case.operation.id}:eve:{j.power}") for j in brokers(house, case)]


def brokers(house: House, case: Case) -> list[Intervener]:
    """Great powers that may have to fight for a target, or as good as its patrons, and do not leave that to another."""
    great = house.rulebook.deterrence.great_power
    return [j for j in case.picture.interveners if not j.first and not j.at_war and j.potential >= great]


def _target(operation: Operation, world: World) -> str:
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
    chance = true_chance(house, in_step(house, world, operation.power, case.picture.interveners), j.power)
    government = world.polity.governments[j.power]
    offer, _ = diplomacy.settlement_offer(chance, government, case.design.settlement, rules)
    options = []
    before = felt(world.polity.signals, f"{j.power}>{operation.target}", world.hour,
                   rules.reputation.signal_half_life_years)  # fmt: skip
    if not before or f"mobilised:{j.power}" not in world.flags:  # what it has done once is no news
        options.append("mobilise")
    if case.design.demand and j in brokers(house, case):
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
    chance = true_chance(house, in_step(house, world, operation.power, case.picture.interveners), j.power)
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
    partition(house, clerk, operation, design.shares, entry)
    aggression(house, clerk, operation, design.value * design.settlement, entry)
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


def true_chance(house: House, js: Sequence[Intervener], power: str) -> float:
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
    chance = true_chance(house, [x for x in js if x.power == power or x.at_war], power)
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
