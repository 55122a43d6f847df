"""The umpire's lines in words, for the record and for reading aloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wargame.scenario import Setup
from wargame.show.prose import Names, listing
from wargame.show.retell import TREATIES
from wargame.show.summaries import OUTCOMES
from wargame.umpiring import CONDITIONS, Effect, parse


def spoken(setup: Setup, lines: Sequence[str]) -> str:
    """Lines in the umpire's written form as one phrase: ``Germany holds Lublin; Poland loses 400 men``."""
    tell = _Teller(setup)
    return "; ".join(tell.say(parse(line)) for line in lines)


class _Teller:
    def __init__(self, setup: Setup) -> None:
        self.names = Names(setup.atlas, setup.forces)
        self.setup = setup

    def say(self, e: Effect) -> str:
        """One line in words."""
        if e.verb in CONDITIONS:
            return f"{e.verb} of {self.who(e.args[0])} is {_part(e.args[1])}"
        tell: Callable[..., str] | None = getattr(self, f"_{e.verb}", None)
        return tell(*e.args) if tell is not None else str(e)

    def who(self, who: str) -> str:
        power, at, place = who.partition("@")
        if at:
            return f"{self.names.country(power)} at {self.names.town(place)}"
        return self.names.formation(who) if who in self.setup.forces.ids else self.names.country(who)

    def _control(self, place: str, power: str) -> str:
        return f"{self.names.country(power)} holds {self.names.town(place)}"

    def _losses(self, who: str, men: str, *more: str) -> str:
        rest = [f"{n} {what}" for what, n in zip(more[::2], more[1::2], strict=True)]
        of_whom = "of its men" if men.endswith("%") else "men"
        also = f", {listing(rest)}" if rest else ""
        return f"{self.who(who)} loses {_part(men)} {of_whom} killed and wounded{also}"

    def _return(self, who: str, men: str) -> str:
        return f"{men} of the men whom {self.who(who)} lost come back"

    def _move(self, who: str, place: str) -> str:
        return f"{self.who(who)} goes to {self.names.town(place)}"

    def _surrender(self, who: str, _: str, power: str) -> str:
        return f"{self.who(who)} surrenders to {self.names.country(power)}"

    def _disperse(self, who: str) -> str:
        return f"{self.who(who)} is dispersed"

    def _standing(self, power: str, standing: str) -> str:
        return f"{self.names.country(power)} is now {standing.replace('_', ' ')}"

    def _government(self, power: str, *name: str) -> str:
        return f"{' '.join(name)} is at the head of {self.names.country(power)}"

    def _treaty(self, kind: str, *words: str) -> str:
        ends = [k for k, w in enumerate(words) if w in ("protects", "against", "until", "as")]
        parties = words[: ends[0]] if ends else words
        who = listing([self.names.country(p) for p in parties])
        return f"{TREATIES.get(kind, kind)} between {who} is in force"

    def _end(self, treaty: str) -> str:
        return f"the treaty '{treaty.replace('_', ' ')}' is no longer in force"

    def _war(self, power: str, target: str) -> str:
        return f"{self.names.country(power)} goes to war against {self.names.country(target)}"

    def _join(self, power: str, war: str, on: str) -> str:
        return f"{self.names.country(power)} enters the war on the side of the {on}"

    def _cease(self, war: str) -> str:
        return f"hostilities cease ({war.replace('_', ' ')})"

    def _cede(self, zone: str, power: str) -> str:
        return f"{self.setup.atlas.zone_names.get(zone, zone)} passes to {self.names.country(power)}"

    def _outcome(self, operation: str, outcome: str) -> str:
        known = {p.operation.id: p.operation.name for p in self.setup.plans if p.operation is not None}
        return f"{known.get(operation, operation)} {OUTCOMES.get(outcome, outcome.replace('_', ' '))}"

    def _flag(self, name: str) -> str:
        return f"it is a fact: {name.replace('_', ' ')}"


def _part(amount: str) -> str:
    return amount.replace("%", " per cent")
