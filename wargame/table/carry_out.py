"""Players' orders take effect: what each instruction does to the world, and what a player's seat answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from wargame import adjudicate, dates, initiatives, muster, negotiations, statecraft
from wargame.acts import DealingsChanged, OfferMoved, PlanDrawn, SignalSent
from wargame.conditions import holds
from wargame.dealings import settled
from wargame.engine import Engine, Run
from wargame.events import Decision, FlagRaised
from wargame.house import Clerk, House
from wargame.initiatives import concede, draw_up, earliest
from wargame.orders import Order, Verb
from wargame.scenario import Setup
from wargame.seats import Answer, Question, Seat
from wargame.table.forms import HQ_VERBS, QUESTIONS, Instruction
from wargame.table.legal import forbidden
from wargame.table.legal_field import fights, plan_id
from wargame.table.legal_state import dealing, granted, offer_between, owners, treaties_between, war_between, war_of
from wargame.table.written import read
from wargame.weighing import Next, dawn, design_of, felt
from wargame.world import World

MORNING = 5  # the hour of a day at which conditions of standing orders are looked at


def carry_out(house: House, clerk: Clerk, instruction: Instruction, because: int = 0) -> list[Next]:
    """An instruction takes effect, with the order as its cause; returns what falls due because of it.

    What is not allowed (any more) as the world really stands is recorded as refused, with the reason, and does nothing.
    Standing orders are only recorded here: a `TableSeat` and `watch` see to them. So are orders for the umpire.
    """
    i = instruction
    told = Decision(power=i.power, seat="table", question="order", answer=(str(i),), because=because)
    if fault := forbidden(house, clerk.world, i):
        entry = clerk.put(told)
        clerk.put(
            Decision(power=i.power, seat="umpire", question="refused", answer=(str(i),), reasons=(fault.reason,),
                     because=entry)
        )  # fmt: skip
        return []
    entry = clerk.put(told)
    if i.verb in HQ_VERBS:
        _command(house, clerk, i, entry)
        return []
    return _EFFECTS[i.verb](house, clerk, i, entry) if i.verb in _EFFECTS else []


# --- treaties --------------------------------------------------------------------------------------------------------


def _propose(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (form,), until = i.value(), i.value("until")
    parties = (i.power, *i.value("with"))
    if form == "transit":  # the host stands first: whoever proposes it wants to pass
        parties = (*i.value("with"), i.power) if i.verb == "propose" else parties
    offer = OfferMoved(
        offer=negotiations.offer_name(form, parties), stage="made", form=form, by=i.power, parties=parties,
        agreed=(i.power,), protects=i.value("protecting"), against=i.value("against"),
        ends=dates.parse(until[0]) if until else 0, because=entry,
    )  # fmt: skip
    negotiations.propose(house, clerk, offer)
    return []


def _refuse(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (form,), (other,) = i.value(), i.value("with")
    negotiations.refuse(clerk, i.power, offer_between(clerk.world, form, i.power, other), entry)
    return []


def _denounce(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (form,), (other,) = i.value(), i.value("with")
    for treaty in treaties_between(clerk.world, form, i.power, other):
        negotiations.break_word(house, clerk, i.power, treaty.id, entry)
    return []


def _guarantee(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    negotiations.guarantee(house, clerk, i.power, i.value()[0], i.value("against"), entry)
    return []


def _grant(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (guest,) = i.value("to")
    name = f"{negotiations.offer_name('transit', (i.power, guest))}_{dates.iso(clerk.world.hour)}".replace("-", "_")
    terms = {"protects": (), "against": (), "first": "", "honour": 1.0}
    negotiations.sign(house, clerk, name, "transit", (i.power, guest), entry, **terms)
    return []


def _end_transit(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    for treaty in granted(clerk.world, i.power, i.value("to")[0]):
        negotiations.break_word(house, clerk, i.power, treaty.id, entry)
    return []


# --- land, war and peace ---------------------------------------------------------------------------------------------


def _demand(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    initiatives.demand(house, clerk, i.power, i.value("from")[0], i.value(), entry)
    return []


def _concede(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    concede(house, clerk, i.power, i.value("to")[0], i.value(), entry)
    return []


def _declare(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    """Join the war in which the enemy stands, or go to war with it by an operation against its capital."""
    (other,) = i.value("on")
    world = clerk.world
    name = war_of(world, i.power, other)
    if name:
        war = world.wars[name]
        on = "defenders" if other in war.attackers else "attackers"
        if i.power not in house.atlas.power_number:  # off the map: its weight is felt, its troops are not seen
            clerk.put(FlagRaised(flag=f"belligerent:{i.power}:{other}", because=entry))
        else:
            initiatives.join(house, clerk, i.power, name, on, entry)
        return []
    aims = house.atlas.capitals.get(other, ()) or house.bases.get(other, ())
    aims = aims or tuple(np.flatnonzero(world.owner == house.atlas.power_number[other])[:1].tolist())
    places = tuple(house.atlas.ids[p] for p in aims)
    return _at_once(house, clerk, i, f"War on {house.atlas.power_names[other]}", other, places, entry)


def _at_once(
    house: House, clerk: Clerk, i: Instruction, name: str, target: str, places: tuple[str, ...], entry: int,
    claims: tuple[str, ...] = (),
) -> list[Next]:  # fmt: skip
    """An operation without preparation: drawn up, ordered and due today."""
    titled = name
    for k in range(2, 100):
        if plan_id(i.power, titled) not in clerk.world.operations:
            break
        titled = f"{name} {k}"
    operation = plan_id(i.power, titled)
    war = war_between(clerk.world, i.power, target) or f"{operation}_war"
    draw_up(
        house, clerk,
        PlanDrawn(operation=operation, name=titled, power=i.power, target=target, war=war, objectives=places,
                  claims=claims, unopposed=bool(claims), by_sea=i.verb == "land", because=entry),
    )  # fmt: skip
    return initiatives.order(house, clerk, operation, clerk.world.hour, entry)


def _march(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    atlas, zones = house.atlas, i.value()
    (target,) = owners(house, clerk.world, zones)
    rows = np.flatnonzero(np.isin(atlas.zone_of, [atlas.zones.index(z) for z in zones]))
    places = tuple(atlas.ids[p] for p in rows.tolist())
    name = f"The march into {atlas.zone_names.get(zones[0], zones[0])}"
    return _at_once(house, clerk, i, name, target, places, entry, zones)


def _offer_peace(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (other,) = i.value("to") or i.value("with")
    statecraft.offer_peace(house, clerk, i.power, war_between(clerk.world, i.power, other), entry)
    return []


# --- home ------------------------------------------------------------------------------------------------------------


def _mobilise(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    sake = i.value("for")
    why = f"for {sake[0]}" if sake else "by order of its government"
    muster.mobilise(house, clerk, i.power, entry, why, covert=i.has("secretly"))
    if sake and not i.has("secretly"):
        rules = house.rulebook.reputation
        before = felt(clerk.world.polity.signals, f"{i.power}>{sake[0]}", clerk.world.hour,
                      rules.signal_half_life_years)  # fmt: skip
        weight = round(min(before + 1.0, rules.signal_most), 4)
        clerk.put(SignalSent(power=i.power, about=sake[0], weight=weight, why="mobilised", because=entry))
    return []


def _stand_down(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    muster.send_home(house, clerk, i.power, "by order of its government", entry)
    return []


def _policy(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    direction = 1 if i.value("", 1) == ("up",) else -1
    statecraft.turn_course(house, clerk, i.power, i.value()[0], direction, entry)
    return []


def _trade(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (other,) = i.value() or i.value("with")
    value = dealing(house, i.verb)
    clerk.put(DealingsChanged(power=i.power, about=other, value=value, why="by order of its government", because=entry))
    clerk.put(FlagRaised(flag=settled(i.power, other), because=entry))
    return []


# --- operations ------------------------------------------------------------------------------------------------------


def _prepare(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    initiatives.prepare(house, clerk, i.value()[0], entry)
    return []


def _order(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (name,), day = i.value(), i.value("on")
    first = earliest(house, clerk.world, name)
    return initiatives.order(house, clerk, name, max(first, dawn(dates.parse(day[0]))) if day else first, entry)


def _halt(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    initiatives.halt(house, clerk, i.value()[0], entry)
    return []


def _plan(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (name,), (target,) = i.value(), i.value("against")
    operation = plan_id(i.power, name)
    war = war_between(clerk.world, i.power, target) or f"{operation}_war"
    drawn = PlanDrawn(operation=operation, name=name, power=i.power, target=target, war=war, objectives=i.value("for"),
                      by_sea=i.has("by sea"), because=entry)  # fmt: skip
    draw_up(house, clerk, drawn)
    initiatives.prepare(house, clerk, operation, entry)
    return []


def _axis(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (hq,) = i.value("by")
    _redrawn(house, clerk, i.value()[0], entry, Order(hq, Verb.ATTACK, i.value("via")), "")
    return []


def _main_effort(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    _redrawn(house, clerk, i.value("in")[0], entry, None, i.value()[0])
    return []


def _redrawn(house: House, clerk: Clerk, name: str, entry: int, axis: Order | None, main: str) -> None:
    """An operation with one axis more, or another, or another main effort."""
    operation, design, plan = design_of(house, name)
    axes = {a.hq: str(Order(a.hq, Verb.ATTACK, a.via)) for a in plan.axes}
    if axis is not None:
        axes[axis.hq] = str(axis)
    mains = [a.hq for a in plan.axes if a.main_effort and not main] + ([main] if main else [])
    draw_up(
        house, clerk,
        PlanDrawn(operation=name, name=operation.name, power=operation.power, target=operation.target,
                  war=operation.war, objectives=operation.objectives, claims=design.claims, by_sea=design.by_sea,
                  unopposed=design.unopposed, axes=tuple(axes.values()), main=tuple(mains), because=entry),
    )  # fmt: skip


def _land(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    """A landing in a war that goes on: an operation over sea, ordered at once."""
    places = i.value("at")
    target = house.atlas.powers[int(clerk.world.controller[house.atlas.number[places[0]]])]
    name = f"The landing at {house.atlas.names[house.atlas.number[places[0]]]}"
    return _at_once(house, clerk, i, name, target, places, entry)


# --- headquarters ----------------------------------------------------------------------------------------------------


def _command(house: House, clerk: Clerk, i: Instruction, entry: int) -> None:
    """An order to a headquarters; in peace those who move go by rail at once, as nobody marches before a war."""
    hq, places = i.args[0], i.value("", 1)
    if i.verb == "move" and not fights(clerk.world, i.power):
        muster.send(house, clerk, hq, places[0], "by order", entry)
        return
    adjudicate.issue(house, clerk, i.power, Order(hq, Verb(i.verb), places), entry)


def _send(house: House, clerk: Clerk, i: Instruction, entry: int) -> list[Next]:
    (hq,), (place,) = i.value(), i.value("at") or i.value("to")
    if i.verb == "base" or not fights(clerk.world, i.power):
        muster.send(house, clerk, hq, place, "in reserve" if i.verb == "reserve" else "by order", entry)
    else:
        adjudicate.issue(house, clerk, i.power, Order(hq, Verb.MOVE, (place,)), entry)
    return []


_EFFECTS: Mapping[str, Callable[[House, Clerk, Instruction, int], list[Next]]] = {
    "propose": _propose, "sign": _propose, "refuse": _refuse, "denounce": _denounce, "guarantee": _guarantee,
    "grant transit": _grant, "end transit": _end_transit, "demand": _demand, "concede": _concede,
    "declare war": _declare, "march into": _march, "offer peace": _offer_peace, "accept peace": _offer_peace,
    "mobilise": _mobilise, "stand down": _stand_down, "policy": _policy,
    **dict.fromkeys(("trade", "embargo", "restrict", "arm"), _trade),
    "prepare": _prepare, "order": _order, "halt": _halt, "plan": _plan, "axis": _axis,
    "main effort": _main_effort, "land": _land, "reserve": _send, "rail": _send, "ship": _send, "base": _send,
}  # fmt: skip


# --- standing orders -------------------------------------------------------------------------------------------------


def conditional(instructions: Iterable[Instruction]) -> list[Instruction]:
    """Those of some instructions that wait for a condition."""
    return [i for i in instructions if i.verb == "if"]


def watch(setup: Setup, instructions: Sequence[Instruction]) -> Callable[[House, Clerk], list[Next]]:
    """An act at the table: those of the instructions whose conditions hold now are carried out, each once."""

    def act(house: House, clerk: Clerk) -> list[Next]:
        following: list[Next] = []
        for i in due(house, clerk.world, instructions):
            entry = clerk.put(FlagRaised(flag=done(i)))
            following += [n for inner in _inner(setup, clerk.world, i) for n in carry_out(house, clerk, inner, entry)]
        return following

    return act


def due(house: House, world: World, instructions: Iterable[Instruction]) -> list[Instruction]:
    """Instructions whose conditions hold now and that have not been carried out."""
    waiting = [i for i in conditional(instructions) if done(i) not in world.flags]
    return [i for i in waiting if holds(world, house.atlas, i.args[0].split(" and "))]


def done(instruction: Instruction) -> str:
    """The flag that stands for a conditional order that was carried out."""
    return f"done:{instruction.power}:{instruction}"


def _inner(setup: Setup, world: World, i: Instruction) -> list[Instruction]:
    """What a standing order asks for; empty if nobody understands it any more."""
    return read(i.args[1].removeprefix("then "), i.power, setup, world)[0]


def run(engine: Engine, until: int, instructions: Sequence[Instruction]) -> Run:
    """`Engine.run`, with a look at the conditions of standing orders every morning; without any, exactly that."""
    while waiting := [i for i in conditional(instructions) if done(i) not in engine.world.flags]:
        morning = _next_morning(engine.world.hour)
        if morning >= until:
            break
        engine.run(morning)
        engine.world.hour = morning
        if due(engine.house, engine.world, waiting):
            engine.interject(morning, watch(engine.setup, waiting))
    return engine.run(until)


def _next_morning(hour: int) -> int:
    today = hour - hour % dates.DAY + MORNING
    return today if today > hour else today + dates.DAY


@dataclass
class TableSeat:
    """A player's seat during a turn: answers as he said beforehand, and otherwise as his staff would.

    ``instructions``: all that are in force for the seat, the latest last. Of its own accord his staff starts no war,
    makes no demand, gives no friend's land away and lets nobody in; what he has ordered goes on unless he halts it.
    """

    instructions: Sequence[Instruction]
    fallback: Seat
    setup: Setup
    name: str = "table"
    _said: list[tuple[Instruction, int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._said = []

    @cached_property
    def _standing(self) -> list[tuple[Instruction, int]]:
        """Answers and postures, each with the hour from which it no longer holds (0: never), the latest first."""
        found = []
        for i in self.instructions:
            if i.verb in {"answer", "posture"}:
                found.append((i, 0))
            elif i.verb == "until":
                found += [(inner, dates.parse(i.args[0])) for inner in _plain(i)]
        return found[::-1]

    def answer(self, question: Question, view: World) -> Answer:
        """See `wargame.seats.Seat`."""
        for i, ends in self._standing:
            if ends and view.hour >= ends:
                continue
            told = self._posture(i, question) if i.verb == "posture" else self._answer(i, question, view)
            if told is not None:
                return told
        if question.kind == "launch":
            go = question.id.startswith("go:")
            return Answer(question.options if go else (), ("as ordered" if go else "nobody ordered it",))
        if question.kind in {"transit", "armistice"}:
            return Answer((), ("nobody granted it" if question.kind == "transit" else "nobody asked for it",))
        told = self.fallback.answer(question, view)
        if question.kind == "crisis" and told.choice == ("settle",):
            return Answer((), ("nobody offered it",))
        return self._kept(question, view, told)

    def _kept(self, question: Question, view: World, told: Answer) -> Answer:
        """His staff's answer, without new orders for headquarters that he told to stand, or what to do this turn."""
        if question.kind not in {"axis_done", "counter_stroke", "pocket"}:
            return told
        own = {i.args[0] for i in self.instructions if i.verb in HQ_VERBS}
        own |= {i.value()[0] for i in self.instructions if i.verb in {"reserve", "rail", "ship"}}
        own |= {hq for hq, o in view.orders.items() if o.text.split(" ", 2)[1] == Verb.STAND}
        left = tuple(c for c in told.choice if c.split(" ", 1)[0] not in own or _attacking(view, c))
        return Answer(left, told.reasons if left else ())

    def _answer(self, i: Instruction, question: Question, view: World) -> Answer | None:
        """What an answer given beforehand says to a question, or nothing if it is about something else."""
        if question.kind not in QUESTIONS[i.args[0]]:
            return None
        about, value = i.value("about"), i.args[-1]
        if about and about[0] not in self._concerned(question, view):
            return None
        if value == "no":
            chosen = [o for o in question.options if o.split()[1:2] == ["stand"]]
            return Answer(tuple(chosen[:1]), ("by standing order",))
        wanted = [o for o in question.options if value in (o, "yes")]
        return Answer(tuple(wanted[: question.most]), ("by standing order",)) if wanted else None

    def _posture(self, i: Instruction, question: Question) -> Answer | None:
        """What a headquarters' bearing says to a question of the field."""
        who, posture = i.args
        if question.kind not in _BEARING[posture] or who not in {"all", question.subject}:
            return None
        chosen = question.options[: question.most] if _BEARING[posture][question.kind] else ()
        return Answer(chosen, (f"told to be {posture}" if posture != "hold" else "told to hold",))

    def _concerned(self, question: Question, view: World) -> set[str]:
        """Powers, headquarters and operations that a question is about."""
        words = {question.subject, *question.id.replace(":", " ").split()}
        drawn = {d.operation: {d.power, d.target} for d in view.polity.drafts.values()}
        for plan in self.setup.plans:
            if plan.operation is not None:
                drawn.setdefault(plan.operation.id, {plan.operation.power, plan.operation.target})
        offers = {o.id: set(o.parties) for o in view.polity.offers.values()}
        wars = {w.id: {*w.attackers, *w.defenders} for w in view.wars.values()}
        talks = {t.id: set(t.parties) for t in view.polity.talks.values()}
        for table in (drawn, offers, wars, talks):
            words |= {p for name in list(words) for p in table.get(name, ())}
        return words


def _attacking(view: World, order: str) -> bool:
    """Whether the headquarters of an order has been told to attack: then it may go on to the next place."""
    standing = view.orders.get(order.split(" ", 1)[0])
    return standing is not None and standing.text.split(" ", 2)[1] == Verb.ATTACK


def _plain(i: Instruction) -> list[Instruction]:
    """The answer or posture inside ``until DATE ...``, from its canonical words."""
    verb, *args = i.args[1].split(" ")
    if verb == "posture":
        return [Instruction(i.power, verb, tuple(args), i.text, i.line, "standing")]
    about = (" ".join(args[1:-1]),) if len(args) > 2 else ()
    return [Instruction(i.power, verb, (args[0], *about, args[-1]), i.text, i.line, "standing")]


_BEARING: Mapping[str, Mapping[str, bool]] = {
    "offensive": {"counter_stroke": True, "axis_done": True},
    "defensive": {"counter_stroke": False, "axis_done": False},
    "hold": {"counter_stroke": False, "line_lost": False, "general_withdrawal": False},
}
"""What a posture answers to questions of the field: yes or no."""
