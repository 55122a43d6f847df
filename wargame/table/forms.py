"""What players can write: every form of order with an example; a line once it is understood, or sent back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wargame.orders import Verb

Kind = Literal["political", "military", "standing", "free"]
Why = Literal["unreadable", "not allowed now", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a seat, understood. ``str`` gives its canonical line; `parse` reads that back.

    ``args`` follow the verb in the order of the written form, each with the word that leads it: ``with SOV``. ``text``
    is the line as the player wrote it; neither it nor its number tells two instructions apart.
    """

    power: str
    verb: str
    args: tuple[str, ...]
    text: str = field(compare=False)
    line: int = field(compare=False)
    kind: Kind

    def __str__(self) -> str:
        if self.verb == "free":
            return f"free: {self.args[0]}"
        if self.verb in HQ_VERBS:
            return " ".join((self.args[0], self.verb, *self.args[1:]))
        return " ".join((self.verb, *self.args))

    def value(self, lead: str = "", which: int = 0) -> tuple[str, ...]:
        """The ids after a leading word, empty if it is not there; without a word, the `which`-th part that has none."""
        form = FORMS[self.verb]
        leads = {p.lead for p in form.parts if p.lead}
        if lead:
            found = [a for a in self.args if a.startswith(lead + " ")]
            return _items(found[0][len(lead) + 1 :]) if found else ()
        bare = [a for a in self.args if not any(a.startswith(w + " ") or a == w for w in leads)]
        return _items(bare[which]) if which < len(bare) else ()

    def has(self, flag: str) -> bool:
        """Whether a word that stands alone, such as ``by sea``, is there."""
        return flag in self.args


def _items(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (item.strip() for item in text.split(","))))


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be an instruction: which of the three ways it fails, why in one line, and what to try."""

    line: int
    text: str
    why: Why
    reason: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        tail = f"; try: {' | '.join(self.suggestions)}" if self.suggestions else ""
        return f"line {self.line}, {self.why}: {self.reason}{tail}"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Why an instruction is not allowed now, in one line, and lines that are."""

    reason: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: the word that leads it, what stands there, and how many at most; a ``flag`` stands alone."""

    lead: str
    slot: str
    most: int = 1
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One thing that can be written: its verb and parts, an example, and what it does."""

    verb: str
    kind: Kind
    parts: tuple[Part, ...]
    example: str
    does: str


def _form(verb: str, kind: Kind, example: str, does: str, *parts: Part) -> Form:
    return Form(verb, kind, parts, example, does)


MANY = 40
_P, _M, _S = "political", "military", "standing"
FORMS: Mapping[str, Form] = {
    f.verb: f
    for f in (
        _form("mobilise", "political", "mobilise secretly", "Call up every wave; secretly, or for another's sake.",
              Part("secretly", "flag", optional=True), Part("for", "power", optional=True)),
        _form("stand down", "political", "stand down", "Send the reservists home."),
        _form("propose", "political", "propose non_aggression with SOV until 1949-08-23",
              "Offer a treaty: defence, neutrality, non_aggression, consultation, convention, transit, alignment.",
              Part("", "treaty"), Part("with", "power", MANY), Part("against", "power", MANY, optional=True),
              Part("protecting", "power", MANY, optional=True), Part("until", "date", optional=True)),
        _form("sign", "political", "sign non_aggression with GER", "Agree to a treaty that was offered to you.",
              Part("", "treaty"), Part("with", "power", MANY)),
        _form("refuse", "political", "refuse defence with SOV", "Turn an offer down.",
              Part("", "treaty"), Part("with", "power")),
        _form("denounce", "political", "denounce non_aggression with POL", "End a treaty; your word is worth less.",
              Part("", "treaty"), Part("with", "power")),
        _form("guarantee", "political", "guarantee POL against GER", "Give your word to fight for a power, unasked.",
              Part("", "power"), Part("against", "power", MANY, optional=True)),
        _form("demand", "political", "demand MEMEL from LIT", "Demand land; it counts with an army behind it.",
              Part("", "zone", MANY), Part("from", "power")),
        _form("concede", "political", "concede MEMEL to GER", "Give land of yours away.",
              Part("", "zone", MANY), Part("to", "power")),
        _form("grant transit", "political", "grant transit to SOV", "Let a power's troops through your land.",
              Part("to", "power")),
        _form("end transit", "political", "end transit to SOV", "Let them through no longer.", Part("to", "power")),
        _form("policy", "political", "policy rearmament up", "Turn one line of your course by a step, once a month.",
              Part("", "line"), Part("", "direction")),
        _form("trade", "political", "trade with GER", "Trade as usual again.", Part("with", "power")),
        _form("embargo", "political", "embargo GER", "Stop all trade with a power.", Part("", "power")),
        _form("restrict", "political", "restrict GER", "Refuse a power credit, and cut trade with it.",
              Part("", "power")),
        _form("arm", "political", "arm POL", "Give a power arms on credit.", Part("", "power")),
        _form("declare war", "political", "declare war on GER",
              "Enter the war that it is in, on the other side; or begin one.", Part("on", "power")),
        _form("march into", "political", "march into MEMEL", "Enter land and see whether anybody fights for it.",
              Part("", "zone", MANY)),
        _form("offer peace", "political", "offer peace to POL", "Offer to end a war where the armies stand.",
              Part("to", "power")),
        _form("accept peace", "political", "accept peace with GER", "Agree to such an offer.", Part("with", "power")),
        _form("prepare", "political", "prepare weiss", "Have an operation of yours prepared.", Part("", "operation")),
        _form("order", "political", "order weiss on 1939-08-26",
              "Order an operation for a day, or for the first day on which it can begin.",
              Part("", "operation"), Part("on", "date", optional=True)),
        _form("halt", "political", "halt weiss", "Take the order back.", Part("", "operation")),
        _form("plan", "military", "plan Case Blue against LIT for kaunas, siauliai",
              "Have your staff draw up an operation; by sea, if no border leads there.",
              Part("", "name"), Part("against", "power"), Part("for", "place", MANY),
              Part("by sea", "flag", optional=True)),
        _form("axis", "military", "axis weiss by ger_xix_armeekorps_mot via tuchola, swiecie, grudziadz",
              "Give a headquarters its line of advance in an operation of yours.",
              Part("", "operation"), Part("by", "hq"), Part("via", "place", MANY)),
        _form("main effort", "military", "main effort ger_xix_armeekorps_mot in weiss",
              "Its axis carries the main effort: nobody turns it aside.", Part("", "hq"), Part("in", "operation")),
        _form("attack", "military", "ger_x_armeekorps attack kalisz, lodz", "Attack along these places in turn.",
              Part("", "hq"), Part("", "place", MANY)),
        _form("defend", "military", "pol_armia_lodz defend sieradz, wielun", "Hold these places.",
              Part("", "hq"), Part("", "place", MANY)),
        _form("withdraw", "military", "pol_armia_krakow withdraw tarnow, sandomierz",
              "Fall back to this line, then hold it.", Part("", "hq"), Part("", "place", MANY)),
        _form("breakout", "military", "pol_armia_poznan breakout warszawa", "Fight out of a pocket towards a place.",
              Part("", "hq"), Part("", "place", MANY)),
        _form("move", "military", "pol_armia_prusy move radom", "March to these places through friendly land.",
              Part("", "hq"), Part("", "place", MANY)),
        _form("stand", "military", "pol_armia_modlin stand", "Stay where you are.", Part("", "hq")),
        _form("reserve", "military", "reserve ger_vii_armeekorps at breslau",
              "Take a headquarters out of the line and keep it at a place.", Part("", "hq"), Part("at", "place")),
        _form("rail", "military", "rail ger_vii_armeekorps to breslau", "Send a headquarters by rail.",
              Part("", "hq"), Part("to", "place")),
        _form("base", "military", "base ger_luftflotte_4 at breslau", "Move an air fleet to another base.",
              Part("", "hq"), Part("at", "place")),
        _form("ship", "military", "ship gbr_1_corps to cherbourg", "Send a headquarters over sea to a friendly coast.",
              Part("", "hq"), Part("to", "place")),
        _form("land", "military", "land at narvik, trondheim", "Land on an enemy coast.", Part("at", "place", MANY)),
        _form("bomb", "military", "bomb kutno, lodz with ger_luftflotte_4",
              "An air fleet bombs places; the umpire says what comes of it.",
              Part("", "place", MANY), Part("with", "hq")),
        _form("blockade", "military", "blockade GER",
              "Your warships keep ships from a power, beyond what the rules do; the umpire decides.",
              Part("", "power")),
        _form("raid", "military", "raid GBR", "Your warships hunt a power's merchantmen; the umpire decides.",
              Part("", "power")),
        _form("mine", "military", "mine off gdynia", "Lay mines off a coast; the umpire decides.",
              Part("off", "place", MANY)),
        _form("shell", "military", "shell gdynia", "Your warships shell a coast; the umpire decides.",
              Part("", "place", MANY)),
        _form("posture", "standing", "posture pol_armia_modlin hold",
              "How a headquarters (or all) bears itself: offensive, defensive, hold.",
              Part("", "hq_or_all"), Part("", "posture")),
        _form("answer", "standing", "answer intervene about POL yes",
              "What your government answers if it is asked in the course of a turn.",
              Part("", "question"), Part("about", "subject", optional=True), Part("", "value")),
        _form("until", "standing", "until 1939-09-10 answer withdraw no", "An answer or posture with a last day.",
              Part("", "date"), Part("", "order")),
        _form("if", "standing", "if holds GER warszawa then pol_armia_modlin stand",
              "An order for the first morning on which conditions hold.", Part("", "condition"), Part("then", "order")),
        _form("free", "free", "free: send a secret envoy to the King", "Anything else: the umpire decides.",
              Part("", "text")),
    )
}  # fmt: skip
HQ_VERBS = frozenset(str(v) for v in Verb)
VALUES = ("yes", "no", "mobilise", "settle")
POSTURES = ("offensive", "defensive", "hold")
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "intervene": ("intervene",), "resist": ("resist",), "crisis": ("crisis",), "transit": ("transit",),
    "sign": ("sign",), "concede": ("concede",), "peace": ("peace",), "armistice": ("armistice",),
    "withdraw": ("line_lost", "general_withdrawal"),
    "breakout": ("cut_off",), "counter_attack": ("counter_stroke",), "advance": ("axis_done",), "pocket": ("pocket",),
    "cross_border": ("collapse",),
}  # fmt: skip
"""What a player may answer beforehand -> the kinds of question of `wargame.seats` that it concerns."""
CONDITIONS = ("owns", "holds", "at_war", "regime", "treaty", "beaten", "date")
"""Verbs of `wargame.conditions` that rest on what everybody knows."""
