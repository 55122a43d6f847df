"""What the umpire decides about a proposal, with a reason, and how it enters the turn when it is played again.

A ruling never changes what the rules said: it is put beside it. `enter` puts the rulings of a turn into a copy of the
position the turn begins from; the engine does the rest, so playing the turn again with the same rulings gives the same
journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal, get_args

from wargame import dates
from wargame.errors import UsageError
from wargame.scenario import Setup
from wargame.seats import Answer, Question, Seat
from wargame.show.prose import percent
from wargame.table.matters import Domain, Outcome, Proposal
from wargame.table.spoken import spoken
from wargame.umpiring import AT_OPENING, Effect, die, faults, options, parse, pending, rolled
from wargame.world import Due, World

Kind = Literal["accept", "move", "replace", "table_result", "dice"]
Style = Literal["rigid", "semi-rigid", "free", "consensual", "matrix"]

ALLOWED: Mapping[Style, tuple[Kind, ...]] = {
    "rigid": ("accept", "dice"),
    "semi-rigid": ("accept", "move", "table_result", "dice"),
    "free": ("accept", "move", "replace", "table_result", "dice"),
    "consensual": ("accept", "move", "replace", "table_result", "dice"),
    "matrix": ("accept", "dice"),
}
"""What an umpire may do in each style. Consensual: what all seats concerned agree to. Matrix: dice on an argument."""
STYLES: Mapping[Domain, Style] = {
    "battle": "semi-rigid", "campaign": "semi-rigid", "decision": "free", "diplomacy": "free", "government": "free",
    "order": "free",
}  # fmt: skip
"""The style of each domain where the umpire has not chosen another."""
NET_REASON = 0.1
"""What one strong reason more on one side than on the other is worth where nobody votes (Matrix games: Curry 1988)."""
FLOOR = 0.05
"""Nothing that can be argued is more certain or more hopeless than this."""
BEYOND = "beyond"
FREE = "order:"
"""How the ids of orders in free words begin."""
WORDS: Mapping[Kind, str] = {
    "accept": "as the rules have it", "move": "moved to another outcome", "replace": "the umpire's own outcome",
    "table_result": "fought out on the table", "dice": "dice rolled at the table",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Argument:
    """A matrix argument: what is claimed, reasons for and against, the chance each voter gives it.

    ``odds`` are those agreed on, ``roll`` what was rolled in the open, in (0, 1): below the odds the claim succeeds.
    """

    claim: str
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()
    votes: tuple[tuple[str, float], ...] = ()
    odds: float = 0.5
    roll: float = 0.5

    @property
    def succeeds(self) -> bool:
        """Whether the roll is below the odds."""
        return self.roll < self.odds

    def lines(self) -> tuple[str, ...]:
        """The argument in words, as the journal keeps it."""
        votes = ", ".join(f"{who} {percent(p)}" for who, p in self.votes)
        said = [
            f"claimed: {self.claim}",
            *(f"for it: {p}" for p in self.pros),
            *(f"against it: {c}" for c in self.cons),
        ]
        said += [f"votes: {votes}"] if votes else []
        result = "it succeeds" if self.succeeds else "it fails"
        return (*said, f"odds {percent(self.odds)}, rolled {100 * self.roll:.4g} of 100: {result}")


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling. ``proposal`` is the id of the matter, empty for an act of the umpire's own.

    ``effects`` are lines in the umpire's written form (`wargame.umpiring`), ``hour`` when they take effect (0: at the
    opening of the turn; answers and dice always hold from there). ``rule``, ``probability`` and ``interval`` keep what
    the rules proposed; ``beyond`` says that the ruling lies outside what any roll-out came to. ``agreed``: the powers
    that consented. ``because``: an entry of the journal before the turn. ``outcome``: the number of the outcome chosen;
    its lines were written by the program and fit the hour, if not the opening.
    """

    id: str
    proposal: str
    kind: Kind
    effects: tuple[str, ...] = ()
    reason: str = ""
    by: str = "umpire"
    hour: int = 0
    about: str = ""
    rule: str = ""
    decided: str = ""
    probability: float = -1.0
    interval: tuple[float, float] = (0.0, 1.0)
    beyond: bool = False
    argument: Argument | None = None
    agreed: tuple[str, ...] = ()
    because: int = 0
    outcome: int = 0

    def plain(self) -> dict[str, Any]:
        """The ruling as plain data; `read` gives it back."""
        return asdict(self)

    def beside(self) -> str:
        """The rules' own answer and the ruling side by side, in two or more lines."""
        odds = f" ({percent(self.probability)}; {percent(self.interval[0])} to {percent(self.interval[1])})"
        rules = f"The rules: {self.rule or 'they say nothing of it'}{odds if self.probability >= 0 else ''}"
        beyond = ", outside everything that came in the roll-outs" if self.beyond else ""
        lines = [rules, f"The ruling: {self.decided} [{WORDS[self.kind]}{beyond}]"]
        lines += [f"  {line}" for line in (self.argument.lines() if self.argument else ())]
        lines += [f"  {line}" for line in self.effects]
        return "\n".join([*lines, f"Why: {self.reason}"] if self.reason else lines)


def read(plain: Mapping[str, Any]) -> Ruling:
    """The ruling that `Ruling.plain` wrote, also after a way through JSON."""
    data: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    if data.get("argument"):
        a: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data["argument"].items()}
        data["argument"] = Argument(**a | {"votes": tuple((who, p) for who, p in a["votes"])})
    return Ruling(**data)


# --- making one ------------------------------------------------------------------------------------------------------


def rule(
    setup: Setup,
    world: World,
    proposal: Proposal,
    kind: Kind,
    *,
    id: str,  # noqa: A002 - the word of the table
    style: Style | None = None,
    reason: str = "",
    by: str = "umpire",
    outcome: str = "",
    effects: Sequence[str] = (),
    otherwise: Sequence[str] = (),
    roll: str = "",
    argument: Argument | None = None,
    agreed: Sequence[str] = (),
    hour: int = 0,
) -> Ruling:
    """A ruling on a proposal, checked; `world` is the position at the opening of the turn.

    accept: the rules' answer stands. move: to ``outcome`` (its number in the proposal from 1, or its text); or, where
    that is ``beyond``, beyond the range by ``effects``. replace, table_result: by ``effects``. dice: ``roll`` for the
    die the proposal names; or with an ``argument``, whose roll decides between ``effects`` and ``otherwise``.
    ``style``: of the proposal's domain if not given. `UsageError` says everything that is wrong.
    """
    style = style or STYLES[proposal.domain]
    wrong = _refusals(proposal, kind, style, reason, argument, agreed)
    chosen = _chosen(proposal, outcome) if outcome and outcome != BEYOND else None
    if kind == "move" and chosen is None and not effects:
        wrong.append("say to which outcome you move it (its number), or beyond and by which effects")
    if kind in ("replace", "table_result") and not effects:
        wrong.append(f"write what holds instead, line by line ({WORDS[kind]})")
    if kind == "dice" and argument is None and not (roll and proposal.die):
        wrong.append("no one die decides this matter; argue it, or rule otherwise" if roll else "which roll? d100=37")
    lines, beyond = _lines(proposal, kind, chosen, tuple(effects), tuple(otherwise), roll, argument)
    begins = hour or (proposal.hour if chosen is None else chosen.hour)
    wrong += faults(setup, world, effects if chosen is not None else lines)  # a proposal's own lines fit
    if begins and begins < world.hour:
        wrong.append(f"{dates.instant(begins)} is past: the turn opens at {dates.instant(world.hour)}")
    if wrong:
        raise UsageError(f"{proposal.id}: " + "; ".join(wrong))
    return Ruling(
        id=id, proposal=proposal.id, kind=kind, effects=lines, reason=reason.strip(), by=by,
        hour=0 if begins <= world.hour else begins, about=proposal.about, rule=proposal.rule,
        decided=_decided(setup, proposal, kind, chosen, lines, roll, argument), probability=proposal.probability,
        interval=proposal.interval, beyond=beyond, argument=argument, agreed=tuple(agreed), because=proposal.root,
        outcome=1 + proposal.outcomes.index(chosen) if chosen is not None else 0,
    )  # fmt: skip


def own(
    setup: Setup, world: World, effects: Sequence[str], *, id: str, reason: str, by: str = "umpire", hour: int = 0,  # noqa: A002
    decided: str = "",
) -> Ruling:  # fmt: skip
    """An act of the umpire's own that answers no proposal, such as an inject; checked like `rule`."""
    wrong = faults(setup, world, effects)
    if not effects:
        wrong.append("an act needs at least one line")
    if not reason.strip():
        wrong.append("give a reason: it goes into the journal")
    if hour and hour < world.hour:
        wrong.append(f"{dates.instant(hour)} is past: the turn opens at {dates.instant(world.hour)}")
    if wrong:
        raise UsageError("; ".join(wrong))
    lines = tuple(str(parse(line)) for line in effects)
    return Ruling(id, "", "replace", lines, reason.strip(), by, hour, decided=decided or spoken(setup, lines))


def argued(
    world: World, claim: str, pros: Sequence[str], cons: Sequence[str], votes: Sequence[tuple[str, float]] = (), *,
    name: str, odds: float | None = None, roll: str = "",
) -> Argument:  # fmt: skip
    """A matrix argument with its odds and its roll.

    ``odds`` as agreed; else the median of the votes; else even, and a tenth more or less for each reason that one side
    has above the other. ``roll`` as typed (`wargame.umpiring.die`); else the game rolls, keyed by ``name``: asked again
    it rolls the same.
    """
    if not claim.strip():
        raise UsageError("an argument needs a claim")
    if not pros or any(not 0.0 <= p <= 1.0 for _, p in votes):
        raise UsageError("an argument needs at least one reason for it, and votes between 0 and 1")
    if odds is None:
        odds = median(p for _, p in votes) if votes else 0.5 + NET_REASON * (len(pros) - len(cons))
    odds = round(min(max(odds, FLOOR), 1.0 - FLOOR), 4)
    value = die(roll) if roll else rolled(world, f"{dates.instant(world.hour)} {name}")
    return Argument(claim.strip(), tuple(pros), tuple(cons), tuple(votes), odds, value)


def _refusals(
    proposal: Proposal, kind: Kind, style: Style, reason: str, argument: Argument | None, agreed: Sequence[str]
) -> list[str]:
    found = []
    if kind not in get_args(Kind) or style not in ALLOWED:
        return [f"rule one of {', '.join(get_args(Kind))}, in a style of {', '.join(ALLOWED)}"]
    if kind not in ALLOWED[style]:
        found.append(f"matters of '{proposal.domain}' are ruled {style}: {', '.join(ALLOWED[style])} only")
    if style == "matrix" and kind == "dice" and argument is None:
        found.append("this matter is argued: give a claim, reasons for and against, and odds")
    if kind != "accept" and not reason.strip():
        found.append("give a reason: it goes into the journal")
    missing = [p for p in proposal.powers if p not in agreed] if style == "consensual" and kind != "accept" else []
    if missing:
        found.append(f"consensual: {', '.join(missing)} must agree")
    return found


def _chosen(proposal: Proposal, outcome: str) -> Outcome:
    if outcome.isdigit() and 1 <= int(outcome) <= len(proposal.outcomes):
        return proposal.outcomes[int(outcome) - 1]
    named = [o for o in proposal.outcomes if o.text.casefold().rstrip(".") == outcome.casefold().rstrip(".")]
    if not named:
        known = "; ".join(f"{n} {o.text}" for n, o in enumerate(proposal.outcomes, start=1))
        raise UsageError(f"{proposal.id} has no outcome '{outcome}'; it has: {known or 'none'}")
    return named[0]


def _lines(
    proposal: Proposal, kind: Kind, chosen: Outcome | None, effects: tuple[str, ...], otherwise: tuple[str, ...],
    roll: str, argument: Argument | None,
) -> tuple[tuple[str, ...], bool]:  # fmt: skip
    """The effects of a ruling as written, and whether they go beyond the range."""
    if kind == "accept":
        return (), False
    if kind == "dice" and argument is not None:
        found = effects if argument.succeeds else otherwise
    elif kind == "dice":
        found = (" ".join(("die", *map(str, proposal.die or ()), roll)),)
    elif chosen is not None:
        in_words = proposal.id.startswith(FREE)  # what the seat asked for is so, and the reason says how
        if not (chosen.means or effects or in_words) and chosen.text != proposal.rule:
            raise UsageError(f"{proposal.id}: nothing in the rules brings about '{chosen.text}'; write effects for it")
        found = chosen.means + effects
    else:
        found = effects
    beyond = kind in ("move", "replace", "table_result") and (chosen is None or chosen.share == 0.0)
    return tuple(" ".join(line.split()) for line in found), beyond


def _decided(
    setup: Setup, proposal: Proposal, kind: Kind, chosen: Outcome | None, lines: tuple[str, ...], roll: str,
    argument: Argument | None,
) -> str:  # fmt: skip
    if kind == "accept":
        return proposal.rule
    if argument is not None:
        return f"{argument.claim}: {'yes' if argument.succeeds else 'no'}"
    if kind == "dice":
        below = f" (below {percent(proposal.odds)} the acting side has its way)" if proposal.odds else ""
        return f"{roll} is rolled{below}"
    return chosen.text if chosen is not None else spoken(setup, lines)


# --- entering the turn -----------------------------------------------------------------------------------------------


def enter(
    setup: Setup, world: World, seats: Mapping[str, Seat], rulings: Sequence[Ruling]
) -> tuple[World, dict[str, Seat]]:
    """A copy of the position a turn begins from, with the rulings pending in it, and seats that answer as ruled.

    Accepted proposals change nothing. `UsageError` lists, ruling by ruling, what does not fit the position.
    """
    twin, answers, wrong = world.copy(), list[_Forced](), []
    for n, ruling in enumerate(rulings):
        found = faults(setup, world, ruling.effects) if not ruling.outcome else []
        if f"ruled:{ruling.id}" in world.flags or ruling.id in (r.id for r in rulings[:n]):
            found.append("a ruling of this id was made before")
        if ruling.hour and ruling.hour < world.hour:
            found.append(f"{dates.instant(ruling.hour)} is past")
        wrong += [f"ruling {ruling.id}: {fault}" for fault in found]
        if found or ruling.kind == "accept":
            continue
        effects = [parse(line) for line in ruling.effects]
        answers += [_Forced.of(e, ruling.id) for e in effects if e.verb == "answer"]
        for due in _dues(n, ruling, effects, world.hour):
            twin.due[due.id] = due
    if wrong:
        raise UsageError("; ".join(wrong))
    if not answers:
        return twin, dict(seats)
    return twin, {power: RuledSeat(seat, tuple(answers)) for power, seat in seats.items()}


def _dues(n: int, ruling: Ruling, effects: Sequence[Effect], opening: int) -> list[Due]:
    """The pending things of a ruling: its entry, with answers and dice, at the opening; the rest at its hour."""
    fields = {
        "ruling": ruling.id, "how": ruling.kind, "about": ruling.about, "rule": ruling.rule, "decided": ruling.decided,
        "reason": ruling.reason, "by": ruling.by, "effects": list(ruling.effects), "beyond": ruling.beyond,
        "probability": round(ruling.probability, 4), "because": ruling.because,
        "argument": list(ruling.argument.lines()) if ruling.argument else [],
    }  # fmt: skip
    if ruling.hour <= opening:
        return [pending(n, opening, fields, list(map(str, effects)), last=False)]
    at_once = [str(e) for e in effects if e.verb in AT_OPENING]
    later = [str(e) for e in effects if e.verb not in AT_OPENING]
    if not at_once:
        return [pending(n, ruling.hour, fields, later, last=True)]
    first = pending(n, opening, fields, at_once, last=False)
    return [first, pending(n, ruling.hour, {"ruling": ruling.id}, later, last=True)] if later else [first]


@dataclass(frozen=True, slots=True)
class _Forced:
    """A question that has been answered by ruling, on one day or whenever it is asked."""

    question: str
    day: str
    choice: tuple[str, ...]
    ruling: str

    @classmethod
    def of(cls, effect: Effect, ruling: str) -> _Forced:
        question, _, day = effect.args[0].partition("@")
        return cls(question, day, options(effect), ruling)


@dataclass
class RuledSeat:
    """A seat some of whose answers the umpire has ruled; everything else it answers itself."""

    seat: Seat
    forced: tuple[_Forced, ...]
    _ruled: bool = field(default=False, init=False, repr=False)

    @property
    def name(self) -> str:
        """``umpire`` while the last answer was his, so that the journal says who decided."""
        return "umpire" if self._ruled else self.seat.name

    def answer(self, question: Question, view: World) -> Answer:
        """See `wargame.seats.Seat`."""
        day = dates.iso(view.hour)
        told = next((f for f in self.forced if f.question == question.id and f.day in ("", day)), None)
        self._ruled = told is not None
        if told is None:
            return self.seat.answer(question, view)
        because = view.flags.get(f"ruled:{told.ruling}", 0)
        return Answer(told.choice, (f"by ruling {told.ruling} of the umpire",), because)
