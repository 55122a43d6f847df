"""What an umpire may decide over the heads of the rules, in a short written form (`wargame.overruling` does it).

    control PLACE POWER               the place is the power's; enemies there fall back, or lay down their arms
    losses WHO NUMBER|PERCENT         killed and wounded; also: captured NUMBER|PERCENT, guns NUMBER, tanks NUMBER
    return WHO NUMBER                 so many of the killed and wounded were not, as far as there are so many by then
    supply WHO PERCENT                likewise readiness, fatigue, entrenchment: the condition of formations
    move WHO PLACE                    they stand there now
    surrender WHO to POWER            they lay down their arms
    disperse WHO                      they cease to exist as formations
    standing POWER STANDING           at_peace, at_war, capitulated, in_exile, defeated
    government POWER NAME             a head of government takes office, with his course if he has one in the tables
    treaty KIND POWER POWER           a treaty comes into force; also: protects P,P against P,P until DATE as ID
    end TREATY                        a treaty is no longer in force
    war POWER POWER                   the first attacks the second; join POWER WAR attackers|defenders; cease WAR
    cede ZONE POWER                   the land changes its owner for good
    outcome OPERATION OUTCOME         an operation has ended so
    flag NAME                         a fact that plans and talks may wait for
    answer QUESTION OPTION            what a government's question was answered with; several with |, nothing with -
    die PURPOSE SUBJECT NUMBER DIE    a die rolled at the table: 0.37, 37%, d100=37, 2d6=9; low is good for who acts

WHO is a formation, a headquarters (all under it), a power, or POWER@PLACE. Answers and dice hold from the opening of
the turn, everything else has the last word at its hour.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import NOBODY
from wargame.dice import Dice
from wargame.errors import UsageError, did_you_mean
from wargame.politics import Kind
from wargame.scenario import Setup
from wargame.sides import FIRST_UNIT
from wargame.world import Due, Status, War, World

OPENING, LAST = -1, 10  # phases of an instant: before and after everything that the rules settle
CONDITIONS = ("supply", "readiness", "fatigue", "entrenchment")
STANDINGS = ("at_peace", "at_war", "capitulated", "in_exile", "defeated")
OUTCOMES = ("launched_succeeded", "launched_failed", "preempted", "regime_fell", "moot", "incapable", "deterred")
AT_OPENING = ("answer", "die")
DIE = re.compile(r"(\d*)d(\d+)=(\d+)")
MOST_DICE = 10  # rolled together
LONGEST_NAME = 80

Rows = NDArray[np.int64]
MANY = 40
VERBS: dict[str, tuple[str, int, int]] = {
    "control": ("control PLACE POWER", 2, 2),
    "losses": ("losses WHO NUMBER|PERCENT [captured NUMBER|PERCENT] [guns N] [tanks N]", 2, 8),
    "return": ("return WHO NUMBER", 2, 2),
    **{what: (f"{what} WHO PERCENT", 2, 2) for what in CONDITIONS},
    "move": ("move WHO PLACE", 2, 2),
    "surrender": ("surrender WHO to POWER", 3, 3),
    "disperse": ("disperse WHO", 1, 1),
    "standing": ("standing POWER at_peace|at_war|capitulated|in_exile|defeated", 2, 2),
    "government": ("government POWER NAME", 2, 12),
    "treaty": ("treaty KIND POWER POWER ... [protects P,P] [against P,P] [until DATE] [as ID]", 3, MANY),
    "end": ("end TREATY", 1, 1),
    "war": ("war POWER POWER", 2, 2),
    "join": ("join POWER WAR attackers|defenders", 3, 3),
    "cease": ("cease WAR", 1, 1),
    "cede": ("cede ZONE POWER", 2, 2),
    "outcome": ("outcome OPERATION OUTCOME", 2, 2),
    "flag": ("flag NAME", 1, 1),
    "answer": ("answer QUESTION OPTION [| OPTION], or - for nothing", 2, MANY),
    "die": ("die PURPOSE SUBJECT NUMBER DIE", 4, 4),
}
"""Word by word: how it is written, and how many words follow at least and at most."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of a ruling, understood. ``str`` gives it back."""

    verb: str
    args: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((self.verb, *self.args))


def parse(line: str) -> Effect:
    """Read a line; `UsageError` says what is wrong with it and how it is written."""
    verb, *args = line.split() or [""]
    if verb not in VERBS:
        remedy = did_you_mean(verb, VERBS) or f"write one of: {', '.join(VERBS)}"
        raise UsageError(f"'{line}' does not begin with anything an umpire can decide ({remedy})")
    usage, least, most = VERBS[verb]
    if not least <= len(args) <= most:
        raise UsageError(f"'{line}' is not written like this: {usage}")
    return Effect(verb, tuple(args))


def options(effect: Effect) -> tuple[str, ...]:
    """The options that an ``answer`` chooses."""
    text = " ".join(effect.args[1:])
    return () if text == "-" else tuple(part.strip() for part in text.split("|"))


def faults(setup: Setup, world: World, lines: Sequence[str]) -> list[str]:
    """Everything that is wrong with the lines of one ruling in a position, each in a sentence."""
    found, given = [], dict[str, str]()
    for line in lines:
        try:
            effect = parse(line)
            _Check(setup, world, given).check(effect)
        except UsageError as error:
            found.append(str(error))
    return found


def subjects(setup: Setup, world: World, lines: Iterable[str]) -> frozenset[tuple[str, str]]:
    """What lines of a ruling decide, as (in which respect, of what): two rulings that share one are about one thing.

    A place: who holds it. A formation: its strength, where it stands, each of its conditions. Of all else the line's
    first word and what it names. The lines are such as `faults` finds nothing wrong with in the position.
    """
    found: set[tuple[str, str]] = set()
    for e in map(parse, lines):
        if e.verb in RESPECTS or e.verb in CONDITIONS:
            rows = rows_of(setup.atlas.power_number, setup.atlas.number, world, e.args[0])
            found |= {(r, world.forces.ids[row]) for r in RESPECTS.get(e.verb, (e.verb,)) for row in rows.tolist()}
        else:
            found.add((e.verb, " ".join(e.args[:3] if e.verb == "die" else e.args[:1])))
    return frozenset(found)


RESPECTS: dict[str, tuple[str, ...]] = {
    "losses": ("strength",), "return": ("strength",), "move": ("place",),
    "surrender": ("strength", "place"), "disperse": ("strength", "place"),
}  # fmt: skip
"""What of a formation a line decides; a condition decides itself."""


# --- numbers ---------------------------------------------------------------------------------------------------------


def share(text: str) -> float:
    """``30%`` or ``0.3`` as 0.3; `UsageError` if it is not between 0 and 1."""
    try:
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise UsageError(f"'{text}' is no share: write 30% or 0.3, between 0 and 1")
    return value


def die(text: str) -> float:
    """A die as rolled or a number, as the uniform draw in (0, 1) that it stands for; low is good for who acts.

    ``d100=37`` stands for the middle of its hundredth, ``2d6=9`` for the middle of the chance of a 9: below it lie all
    lower totals. `UsageError` for a total the dice cannot show, and for 0 and 1.
    """
    rolled = DIE.fullmatch(text)
    if rolled is None:
        value = share(text)
        if not 0.0 < value < 1.0:
            raise UsageError(f"'{text}' is no die: write a number above 0 and below 1, 37%, d100=37 or 2d6=9")
        return value
    number, faces, total = int(rolled[1] or 1), int(rolled[2]), int(rolled[3])
    if not (1 <= number <= MOST_DICE and 2 <= faces <= 1000 and number <= total <= number * faces):
        raise UsageError(f"'{text}': {number}d{faces} does not show {total}")
    ways = np.array([1.0])
    for _ in range(number):
        ways = np.array([ways[max(0, k - faces + 1) : k + 1].sum() for k in range(len(ways) + faces - 1)])
    below, at = float(ways[: total - number].sum()), float(ways[total - number])
    return (below + at / 2.0) / float(ways.sum())


def rolled(world: World, name: str) -> float:
    """The die that the game itself rolls for an argument at the table, keyed by its name."""
    return Dice(world.seed, world.typed).uniform("argument", name)


# --- before: what is wrong with a line -------------------------------------------------------------------------------


class _Check:
    """Looks at the lines of one ruling in turn; ``given`` are the places that earlier lines gave to a power."""

    def __init__(self, setup: Setup, world: World, given: dict[str, str]) -> None:
        self.setup, self.world, self.given = setup, world, given

    def check(self, e: Effect) -> None:
        """`UsageError` with what is wrong."""
        getattr(self, f"_{e.verb}", self._condition)(*e.args)

    def _known(self, word: str, choices: Iterable[str], what: str) -> None:
        choices = list(choices)
        if word not in choices:
            remedy = did_you_mean(word, choices)
            raise UsageError(f"there is no {what} '{word}'" + (f" ({remedy})" if remedy else ""))

    def _power(self, power: str) -> None:
        self._known(power, self.world.powers, "power in play")

    def _place(self, place: str) -> None:
        self._known(place, self.setup.atlas.number, "province")

    def _who(self, who: str) -> Rows:
        power, at, place = who.partition("@")
        if at:
            self._power(power)
            self._place(place)
        elif who not in self.world.powers:
            self._known(who, self.world.forces.ids, "formation or power")
        rows = rows_of(self.setup.atlas.power_number, self.setup.atlas.number, self.world, who)
        if not len(rows):
            raise UsageError(f"'{who}' has no troops in the field")
        return rows

    def _control(self, place: str, power: str) -> None:
        self._place(place)
        self._power(power)
        self.given[place] = power

    def _losses(self, who: str, *amounts: str) -> None:
        rows, f = self._who(who), self.world.forces
        for what, amount in amounts_of(amounts).items():
            if what in ("men", "captured") and not amount.endswith("%") and whole_number(amount) > f.men[rows].sum():
                raise UsageError(f"'{who}' has {f.men[rows].sum():.0f} men: it cannot lose {amount}")

    def _return(self, who: str, amount: str) -> None:
        self._who(who)
        whole_number(amount)

    def _condition(self, who: str, value: str) -> None:
        self._who(who)
        share(value)

    def _move(self, who: str, place: str) -> None:
        self._place(place)
        atlas, world, rows = self.setup.atlas, self.world, self._who(who)
        holder = self.given.get(place) or power_name(atlas.powers, int(world.controller[atlas.number[place]]))
        mine = atlas.powers[int(world.forces.power[rows[0]])]
        if any(
            {holder, mine} <= {*w.attackers, *w.defenders} and on_opposite_sides(w, holder, mine) for w in going(world)
        ):
            raise UsageError(f"{place} is in the hands of {holder}: give control of it first (control {place} {mine})")

    def _surrender(self, who: str, to: str, power: str) -> None:
        if to != "to":
            raise UsageError(f"write: surrender {who} to {power}")
        self._who(who)
        self._power(power)

    def _disperse(self, who: str) -> None:
        self._who(who)

    def _standing(self, power: str, standing: str) -> None:
        self._power(power)
        self._known(standing, STANDINGS, "standing")

    def _government(self, power: str, *name: str) -> None:
        self._known(power, self.world.polity.governments, "government of")
        if len(" ".join(name)) > LONGEST_NAME:
            raise UsageError(f"a name of more than {LONGEST_NAME} letters")

    def _treaty(self, kind: str, *words: str) -> None:
        self._known(kind, [k.value for k in Kind], "kind of treaty")
        parties, rest = terms(words)
        governed = {*self.world.polity.governments, *self.world.powers}
        for power in (*parties, *rest["protects"], *rest["against"]):
            self._known(power, governed, "power")
        if len(set(parties)) < 2:
            raise UsageError("a treaty needs two parties")

    def _end(self, treaty: str) -> None:
        self._known(treaty, [t.id for t in self.world.polity.in_force(self.world.hour)], "treaty in force")

    def _war(self, power: str, target: str) -> None:
        self._power(power)
        self._power(target)
        if power == target or any(on_opposite_sides(w, power, target) for w in going(self.world)):
            raise UsageError(f"{power} and {target} cannot go to war: they are at war already, or one power")

    def _join(self, power: str, war: str, on: str) -> None:
        self._power(power)
        self._known(war, [w.id for w in going(self.world)], "war that goes on")
        self._known(on, ("attackers", "defenders"), "side")
        if power in (*self.world.wars[war].attackers, *self.world.wars[war].defenders):
            raise UsageError(f"{power} is in the war '{war}' already")

    def _cease(self, war: str) -> None:
        self._known(war, [w.id for w in going(self.world)], "war that goes on")

    def _cede(self, zone: str, power: str) -> None:
        self._known(zone, self.setup.atlas.zones, "zone")
        self._power(power)

    def _outcome(self, operation: str, outcome: str) -> None:
        self._known(operation, self.world.operations, "operation")
        self._known(outcome, OUTCOMES, "outcome")

    def _flag(self, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_:.-]{1,80}", name):
            raise UsageError(f"'{name}' is no name of a fact: letters, digits, _ and : only")

    def _answer(self, question: str, *options: str) -> None:
        _, at, day = question.partition("@")
        if at:
            try:
                dates.parse(day)
            except ValueError:
                raise UsageError(f"'{question}': after @ comes a date, such as 1939-09-05") from None

    def _die(self, purpose: str, subject: str, number: str, value: str) -> None:
        die(value)
        if not re.fullmatch(r"\d{1,12}", number):
            raise UsageError(f"'{number}' is no number of a die: a proposal names it")


def power_name(powers: Sequence[str], number: int) -> str:
    """The code of a power by its number, empty for nobody."""
    return powers[number] if number != NOBODY else ""


def going(world: World) -> list[War]:
    """The wars that go on."""
    return [w for w in world.wars.values() if f"ceased:{w.id}" not in world.flags]


def on_opposite_sides(war: War, one: str, other: str) -> bool:
    """Whether two powers are enemies in a war."""
    sides = (war.attackers, war.defenders)
    return any(one in sides[k] and other in sides[1 - k] for k in (0, 1))


def whole_number(text: str) -> float:
    """Men or weapons; `UsageError` for anything but digits."""
    if not re.fullmatch(r"\d{1,9}", text):
        raise UsageError(f"'{text}' is no number of men or weapons")
    return float(text)


def amounts_of(words: Sequence[str]) -> dict[str, str]:
    """Men (killed and wounded), captured, guns, tanks, each a number or, for men, a share."""
    found, keyed = {"men": words[0]}, list(words[1:])
    for name, amount in zip(keyed[::2], keyed[1::2], strict=False):
        if name not in ("captured", "guns", "tanks"):
            raise UsageError(f"'{name}' cannot be lost: write captured, guns or tanks and a number")
        found[name] = amount
    if len(keyed) % 2:
        raise UsageError(f"how many {keyed[-1]}?")
    for name, amount in found.items():
        if amount.endswith("%") and name in ("men", "captured"):
            share(amount)
        else:
            whole_number(amount)
    return found


def terms(words: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Parties of a treaty and its terms, as `wargame.negotiations.sign` takes them, and ``id`` if one is given."""
    terms: dict[str, Any] = {"protects": (), "against": (), "first": "", "honour": 1.0, "ends": 0, "id": ""}
    parties, rest = [], list(words)
    while rest and rest[0] not in ("protects", "against", "until", "as"):
        parties.append(rest.pop(0))
    if len(rest) % 2:
        raise UsageError(f"'{rest[-1]}' lacks what follows it")
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        if key in ("protects", "against"):
            terms[key] = tuple(value.split(","))
        elif key == "as" and re.fullmatch(r"[a-z0-9_]{1,60}", value):
            terms["id"] = value
        elif key == "until":
            try:
                terms["ends"] = dates.parse(value)
            except ValueError:
                raise UsageError(f"'{value}' is no date, such as 1939-12-31") from None
        else:
            raise UsageError(f"'{key} {value}' is no term of a treaty: protects, against, until, as")
    return tuple(parties), terms


def rows_of(powers: dict[str, int], places: dict[str, int], world: World, who: str) -> Rows:
    """Rows of the land formations in the field that WHO names, headquarters left out unless it names one unit."""
    f = world.forces
    fit = (f.status == Status.ACTIVE) & (f.kind >= FIRST_UNIT) & (f.men > 0)
    power, at, place = who.partition("@")
    if at or who in powers:
        fit &= f.is_land & (f.power == powers[power]) & (f.arrives <= world.hour)
        return np.flatnonzero(fit & (f.province == places[place])) if at else np.flatnonzero(fit)
    rows = f.units_under(who) if f.kind[f.row(who)] < FIRST_UNIT else np.array([f.row(who)], dtype=np.int64)
    found: Rows = rows[fit[rows]]
    return found


# --- waiting for its hour ---------------------------------------------------------------------------------------------


def pending(number: int, hour: int, ruling: dict[str, Any], lines: Sequence[str], *, last: bool) -> Due:
    """The pending thing by which the engine puts a ruling, or a part of it, into effect at an hour.

    ``ruling``: the fields of `RulingMade` and ``because``, or ``ruling`` alone where its entry has been made before.
    ``number`` orders the rulings of one turn.
    """
    phase = LAST if last else OPENING
    subject = json.dumps({"ruling": ruling, "lines": list(lines)}, ensure_ascii=False, sort_keys=True)
    name = f"ruling:{number:03d}:{ruling['ruling']}:{'last' if last else 'first'}"
    return Due(name, hour, phase, "", "ruling", subject)
