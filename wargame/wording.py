"""One plain sentence for every journal entry: names instead of ids, numbers as the journal has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wargame import dates
from wargame.atlas import Atlas
from wargame.journal import Entry
from wargame.orders import Order, Verb
from wargame.scenario import Plan
from wargame.world import Forces

OUTCOME = {
    "launched_succeeded": "launched, and succeeded",
    "launched_failed": "launched, and failed",
    "preempted": "pre-empted",
    "regime_fell": "given up: the regime fell",
    "moot": "moot: its aim was had without it",
    "never_sought": "never sought",
    "incapable": "beyond its power's means",
    "deterred": "deterred",
    "undecided": "undecided",
}
_RESULT = {
    "broken": "the defenders break",
    "overrun": "the defenders are overrun",
    "repulsed": "repulsed",
    "contained": "the defenders are beaten but hold on",
    "withdrawn": "the defenders withdraw",
    "surrendered": "the defenders surrender",
    "lapsed": "the fighting dies down",
}
_VERB = {
    Verb.ATTACK: "is to attack along {}",
    Verb.DEFEND: "is to hold {}",
    Verb.WITHDRAW: "is to withdraw to {}",
    Verb.BREAKOUT: "is to break out towards {}",
    Verb.MOVE: "is to march to {}",
    Verb.STAND: "is to stand where it is",
}


def listed(words: Iterable[str], most: int = 6) -> str:
    """``a, b and c``; beyond `most` the rest is counted."""
    names = list(words)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


class Words:
    """The names of one scenario, and the sentences made of them."""

    def __init__(self, atlas: Atlas, forces: Forces, plans: Iterable[Plan] = ()) -> None:
        self._atlas, self._forces = atlas, forces
        self._operations = {p.operation.id: p.operation.name for p in plans if p.operation is not None}

    def power(self, code: str) -> str:
        """A power's name."""
        return self._atlas.power_names.get(code, code)

    def place(self, province: str) -> str:
        """A province's name."""
        number = self._atlas.number.get(province)
        return province if number is None else self._atlas.names[number]

    def formation(self, name: str) -> str:
        """A formation's name."""
        return self._forces.names[self._forces.row(name)] if name in self._forces.ids else name

    def operation(self, name: str) -> str:
        """An operation's name."""
        return self._operations.get(name, name)

    def order(self, text: str) -> str:
        """An order read aloud."""
        order = Order.parse(text)
        return f"{self.formation(order.hq)} {_VERB[order.verb].format(listed(map(self.place, order.where)))}"

    def sentence(self, entry: Entry) -> str:
        """The entry in words, without its date."""
        write = _SENTENCES.get(entry.kind)
        return write(self, entry.data) if write else entry.kind.replace("_", " ")

    # --- one line per kind of entry, in the order of `wargame.events` ---

    def _header(self, d: dict[str, Any]) -> str:
        overlays = f" with {listed(d['overlays'])}" if d["overlays"] else ""
        return f"{d['title']}{overlays}; rules: {d['edition']}; seed {d['seed']}"

    def _decision(self, d: dict[str, Any]) -> str:
        kind, _, subject = d["question"].partition(":")
        about = f"{kind.replace('_', ' ')}{': ' + self._name(subject.partition(':')[0]) if subject else ''}"
        why = f" ({listed(d['reasons'])})" if d["reasons"] else ""
        answer = listed((self._answer(a) for a in d["answer"]), 3)
        return f"{self.power(d['power'])} decides by {d['seat']} seat on '{about}': {answer}{why}"

    def _name(self, word: str) -> str:
        if word in self._forces.ids:
            return self.formation(word)
        return self.place(word) if word in self._atlas.number else self.power(word).replace("_", " ")

    def _answer(self, text: str) -> str:
        try:
            return "; ".join(self.order(o) for o in text.split("; "))
        except ValueError:
            return text.replace("_", " ")

    def _order(self, d: dict[str, Any]) -> str:
        return f"{self.power(d['power'])}: {self.order(d['order'])}"

    def _war(self, d: dict[str, Any]) -> str:
        return f"{listed(map(self.power, d['attackers']))} at war with {listed(map(self.power, d['defenders']))}"

    def _joined(self, d: dict[str, Any]) -> str:
        return f"{self.power(d['power'])} enters the war on the side of the {d['on']}"

    def _launched(self, d: dict[str, Any]) -> str:
        return f"{self.operation(d['operation'])}: {self.power(d['power'])} attacks {self.power(d['target'])}"

    def _ended(self, d: dict[str, Any]) -> str:
        return f"{self.operation(d['operation'])}: {OUTCOME[d['outcome']]} ({listed(d['reasons'])})"

    def _broken(self, d: dict[str, Any]) -> str:
        lost = f"{d['share_lost']:.0%} of it lost or cut off, {d['men_left']:,} men left in supply"
        return f"The army of {self.power(d['power'])} is broken: {lost}"

    def _standing(self, d: dict[str, Any]) -> str:
        return f"{self.power(d['power'])} is {d['standing'].replace('_', ' ')}: {d['reason']}"

    def _flag(self, d: dict[str, Any]) -> str:
        kind, *powers = d["flag"].split(":")
        texts = {
            "quiet": "{} stays quiet",
            "evade": "{} gives no battle to {}",
            "cross": "{} gives up the field: all who can make for a neutral border",
            "general_withdrawal": "{} orders a general withdrawal",
        }
        return str(texts.get(kind, kind.replace("_", " ") + " {}")).format(*map(self.power, powers), "", "").strip()

    def _ceased(self, d: dict[str, Any]) -> str:
        return "The last forces of one side have gone: hostilities cease"

    def _ready(self, d: dict[str, Any]) -> str:
        how = {"mobilised": "is mobilised at", "arrived": "arrives at", "raised": "is raised at"}.get(d["how"], "is at")
        return f"{self.formation(d['formation'])} {how} {self.place(d['province'])}"

    def _objective(self, d: dict[str, Any]) -> str:
        return f"{self.formation(d['hq'])} has {self.place(d['province'])}"

    def _began(self, d: dict[str, Any]) -> str:
        men = f"{d['attacking_men']:,} men against {d['defending_men']:,}"
        return f"Assault on {self.place(d['province'])}: {men}, chance of success {d['odds']:.0%}"

    def _fought(self, d: dict[str, Any]) -> str:
        result = _RESULT.get(d["result"], d["result"])
        lost = f"{d['attacker_killed_wounded']:,} and {d['defender_killed_wounded']:,} killed and wounded"
        after = f"after {d['days']} day{'s' * (d['days'] != 1)}"
        return f"Assault on {self.place(d['province'])} {after}: {result} ({lost})"

    def _taken(self, d: dict[str, Any]) -> str:
        how = {"fought": "in battle", "entered": "without a fight", "occupied": "by occupation", "ceded": "by cession"}
        by = f" ({self.formation(d['by'])})" if d["by"] else ""
        return f"{self.power(d['power'])} takes {self.place(d['province'])} {how.get(d['how'], d['how'])}{by}"

    def _entrained(self, d: dict[str, Any]) -> str:
        way = f"{self.place(d['origin'])} to {self.place(d['destination'])}"
        return f"{self.formation(d['formation'])} goes by rail from {way}, due {dates.iso(d['arrives'])}"

    def _overtaken(self, d: dict[str, Any]) -> str:
        who = listed(map(self.formation, d["formations"]), 4)
        return f"{who} overtaken at {self.place(d['province'])}: {d['captured']:,} captured"

    def _pocket(self, d: dict[str, Any]) -> str:
        where = listed(map(self.place, d["provinces"]), 4)
        return f"{d['men']:,} men of {self.power(d['power'])} are cut off around {self.place(d['province'])} ({where})"

    def _relieved(self, d: dict[str, Any]) -> str:
        return f"The pocket around {self.place(d['province'])} is no more"

    def _surrendered(self, d: dict[str, Any]) -> str:
        who = listed(map(self.formation, d["formations"]), 4)
        return f"{who} ({d['men']:,} men) surrender at {self.place(d['province'])} to {self.power(d['to'])}"

    def _dispersed(self, d: dict[str, Any]) -> str:
        lost = f"{d['captured']:,} men captured"
        return f"{self.formation(d['formation'])} is dispersed at {self.place(d['province'])} ({lost}; {d['reason']})"

    def _interned(self, d: dict[str, Any]) -> str:
        who = listed(map(self.formation, d["formations"]), 4)
        return f"{who} ({d['men']:,} men) cross from {self.place(d['province'])} into {self.power(d['host'])}"

    def _air(self, d: dict[str, Any]) -> str:
        lost = f"{d['attacker_lost']:.0f} and {d['defender_lost']:.0f} aircraft lost"
        return f"In the air: superiority {d['superiority']:+.2f} for the attackers, {lost}"

    def _weather(self, d: dict[str, Any]) -> str:
        states: dict[str, list[str]] = {}
        for climate, state in zip(self._atlas.climates, d["weather"], strict=False):
            states.setdefault(state, []).append(climate.id.replace("_", " "))
        return "Weather: " + "; ".join(f"{s} in {listed(c, 4)}" for s, c in sorted(states.items()))

    def _day(self, d: dict[str, Any]) -> str:
        return "What the day changed is in the companion file"


_SENTENCES: dict[str, Callable[[Words, dict[str, Any]], str]] = {
    "header": Words._header,
    "decision": Words._decision,
    "order_issued": Words._order,
    "war_declared": Words._war,
    "war_joined": Words._joined,
    "operation_launched": Words._launched,
    "operation_ended": Words._ended,
    "army_broken": Words._broken,
    "standing_changed": Words._standing,
    "flag_raised": Words._flag,
    "hostilities_ceased": Words._ceased,
    "formation_ready": Words._ready,
    "entrained": Words._entrained,
    "formations_overtaken": Words._overtaken,
    "objective_reached": Words._objective,
    "engagement_began": Words._began,
    "engagement_ended": Words._fought,
    "province_taken": Words._taken,
    "pocket_formed": Words._pocket,
    "pocket_relieved": Words._relieved,
    "formations_surrendered": Words._surrendered,
    "formation_dispersed": Words._dispersed,
    "formations_interned": Words._interned,
    "air_fought": Words._air,
    "weather_turned": Words._weather,
    "day": Words._day,
}


def dated(entry: Entry, words: Words) -> str:
    """The sentence with its date before it."""
    return f"{dates.iso(entry.hour)}  {words.sentence(entry)}"
