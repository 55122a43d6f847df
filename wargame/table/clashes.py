"""Orders that an umpire must settle: those in free words, and those of two seats that cannot both be carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from wargame.journal import Entry
from wargame.orders import Verb
from wargame.show.prose import listing, sentence
from wargame.table.forms import Instruction
from wargame.table.legal import forbidden, house_of
from wargame.table.matters import STAKES, Outcome, Proposal, Turn
from wargame.table.missions import MISSIONS, drivers, outcomes

NOTHING_COMES = "nothing comes of it"


def free_orders(turn: Turn, instructions: Sequence[Instruction]) -> Iterator[Proposal]:
    """Orders in free words, and missions: nobody but the umpire can say what comes of them."""
    for order in (i for i in instructions if i.kind == "free" or i.verb in MISSIONS):
        n, who = _entry_of(turn, order), turn.country(order.power)
        words = order.args[0] if order.kind == "free" else str(order)
        known, chances = _known(turn, order, who)
        yield Proposal(
            id=f"order:{order.power}:{order.line}", about=f"{who} orders: {words}", domain="order",
            importance=STAKES["order"], likely="for the umpire to say", best=f"{who} has its way",
            worst=NOTHING_COMES, probability=-1.0,
            drivers=known,
            precedents=turn.before_this(partial(_ruled_for, who)), conflicts=(), because=n, hour=turn.before.hour,
            power=order.power, rule=NOTHING_COMES,
            outcomes=chances, powers=(order.power,), root=turn.root(n),
        )  # fmt: skip


def _known(turn: Turn, order: Instruction, who: str) -> tuple[tuple[str, ...], tuple[Outcome, ...]]:
    """What the rules know that bears on an order for the umpire, and how it may come out."""
    way = Outcome(f"{who} has its way", -1.0)
    if order.kind == "free":
        return ("Written in free words: the rules have no answer of their own.",), (way, Outcome(NOTHING_COMES, -1.0))
    house = house_of(turn.setup, turn.before)
    if fault := forbidden(house, turn.before, order):
        return (f"It cannot be done as things stand: {fault.reason}.",), (Outcome(NOTHING_COMES, -1.0),)
    found = outcomes(house, turn.before, order, NOTHING_COMES)
    told = [f"If it has its way, for instance: {line}" for o in found for line in o.means]
    return (*drivers(house, turn.before, order), *told), (way, *found)


def _ruled_for(who: str, e: Entry) -> int:
    return int(e.kind == "ruling_made" and e.data["about"].startswith(f"{who} orders"))


def _entry_of(turn: Turn, order: Instruction) -> int:
    """The entry by which an order stands in the turn's journal, or the last one before the turn."""
    told = (e for e in turn.of_kind("decision") if e.data["power"] == order.power and str(order) in e.data["answer"])
    entry = next(told, None)
    return entry.n if entry is not None else max(turn.before.journal_length - 1, 0)


def conflicts(turn: Turn, instructions: Sequence[Instruction], found: Sequence[Proposal]) -> list[Proposal]:
    """The proposals, each with the clashing orders that bear on it, and a matter of its own for every clash."""
    clashes = list(_clashes(turn, instructions))
    told = [replace(p, conflicts=tuple(c.text for c in clashes if c.bears_on(p))) for p in found]
    return [*told, *(_settled(turn, c) for c in clashes)]


@dataclass(frozen=True)
class _Clash:
    """Two orders that cannot both be carried out as they stand, and why."""

    one: Instruction
    other: Instruction
    text: str
    places: frozenset[str] = frozenset()

    def bears_on(self, p: Proposal) -> bool:
        """Whether a proposal is about the same place, or about what the same two powers do to each other."""
        if self.places:
            return p.id.removeprefix("battle:") in self.places
        return p.domain in ("decision", "diplomacy") and {self.one.power, self.other.power} <= {*p.powers}


def _clashes(turn: Turn, instructions: Sequence[Instruction]) -> Iterator[_Clash]:
    for one, other in combinations(instructions, 2):
        why, places = _why(turn, one, other)
        if why:
            said = " and ".join(f"{turn.country(i.power)}: '{i}' (line {i.line})" for i in (one, other))
            yield _Clash(one, other, sentence(f"{said}: {why}"), places)


def _why(turn: Turn, one: Instruction, other: Instruction) -> tuple[str, frozenset[str]]:
    """Why two orders clash, and over which places; empty where they do not."""
    none = frozenset[str]()
    if one.power == other.power:
        if {one.verb, other.verb} == {"mobilise", "stand down"}:
            return "an army is called up or sent home, not both", none
        if {"halt"} < {one.verb, other.verb} <= {"halt", "order", "prepare"} and one.value() == other.value():
            return "one operation is ordered and halted", none
        if _hq(one) and _hq(one) == _hq(other) and one != other:
            return f"two orders for {turn.names.plain(_hq(one))}", none
    common = _relations(one).keys() & _relations(other).keys()
    if any(_relations(one)[pair] != _relations(other)[pair] for pair in common):
        return "one is a friendly act and one is not, between the same two powers", none
    zones = _zones(one).keys() & _zones(other).keys()
    if any(_zones(one)[z] != _zones(other)[z] for z in zones):
        return f"the same land ({', '.join(sorted(zones))}) is meant for two powers", none
    places = frozenset(_places(one) & _places(other))
    if places and one.power != other.power and not _allied(turn, one.power, other.power):
        return f"both make for {listing([turn.names.town(p) for p in sorted(places)])}", places
    return "", none


HQ_FIRST = ("reserve", "rail", "ship")
FRIENDLY = {
    "propose": "with", "sign": "with", "trade": "with", "accept peace": "with", "offer peace": "to",
    "grant transit": "to", "guarantee": "", "arm": "",
}  # fmt: skip
UNFRIENDLY = {"declare war": "on", "denounce": "with", "refuse": "with", "end transit": "to", "embargo": ""}
"""Political verbs about one other power, and the word before its name."""


def _hq(i: Instruction) -> str:
    """The headquarters that a military order binds."""
    return next(iter(i.args), "") if i.verb in (*Verb, *HQ_FIRST) else ""


def _relations(i: Instruction) -> dict[frozenset[str], bool]:
    """The powers that an order concerns besides its own, pair by pair, and whether it is a friendly act."""
    if i.verb in FRIENDLY:
        return {frozenset((i.power, p)): True for p in _named(i, FRIENDLY[i.verb])}
    if i.verb in UNFRIENDLY:
        return {frozenset((i.power, p)): False for p in _named(i, UNFRIENDLY[i.verb])}
    return {}


def _named(i: Instruction, lead: str) -> tuple[str, ...]:
    return i.value(lead) if lead else i.value()


def _zones(i: Instruction) -> dict[str, str]:
    """The land that a demand, a concession or an entry is about, and who is to have it."""
    if i.verb == "concede":
        to = next(iter(i.value("to")), "")
        return dict.fromkeys(i.value(), to)
    return dict.fromkeys(i.value(), i.power) if i.verb in ("demand", "march into") else {}


def _places(i: Instruction) -> set[str]:
    """The places that an order sends troops to."""
    if i.verb in ("attack", "move"):
        return set(i.value("", 1))
    if i.verb == "land":
        return set(i.value("at"))
    return set(i.value({"reserve": "at", "rail": "to", "ship": "to"}.get(i.verb, "-"))) if i.verb in HQ_FIRST else set()


def _allied(turn: Turn, one: str, other: str) -> bool:
    """Whether two powers fight on one side of a war that goes on."""
    wars = [w for w in turn.before.wars.values() if f"ceased:{w.id}" not in turn.before.flags]
    return any({one, other} <= {*side} for w in wars for side in (w.attackers, w.defenders))


def _settled(turn: Turn, clash: _Clash) -> Proposal:
    """The matter that two clashing orders make: whose is carried out."""
    one, other = clash.one, clash.other
    n = max(_entry_of(turn, one), _entry_of(turn, other))
    texts = [f"'{i}' of {turn.country(i.power)} holds" for i in (one, other)]
    return Proposal(
        id=f"clash:{one.power}:{one.line}:{other.power}:{other.line}", about=clash.text, domain="order",
        importance=STAKES["order"], likely="for the umpire to say", best=texts[0], worst=texts[1], probability=-1.0,
        drivers=("The rules carry out both, in the order of the seats, as far as they can.",), precedents=(),
        conflicts=(clash.text,), because=n, hour=turn.before.hour, power=one.power, rule=BOTH,
        outcomes=tuple(Outcome(t, -1.0) for t in texts), powers=tuple(dict.fromkeys((one.power, other.power))),
        root=turn.root(n),
    )  # fmt: skip


BOTH = "both are carried out as far as they can be"
