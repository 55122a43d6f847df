"""The political story of a run, dated: governments, talks, treaties, crises, mobilisations, wars, cessions.

`timeline` chooses among the journal's entries what a reader of the road to war wants to know, joins what belongs
together, and puts each into one plain sentence with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from wargame import dates
from wargame.acts import MEANS
from wargame.journal import Entry, Journal
from wargame.politics import DAYS_A_YEAR
from wargame.show.prose import count, listing, sentence
from wargame.show.retell import TREATIES, Retelling

TOPICS = {
    "government_formed": "government", "leader_died": "government", "contest_held": "government",
    "talks_held": "talks", "offer_moved": "talks", "treaty_signed": "treaty",
    "treaty_ended": "treaty", "crisis_moved": "crisis", "decision": "crisis", "reputation_moved": "reputation",
    "mobilised": "mobilisation", "stood_down": "mobilisation", "war_declared": "war", "war_joined": "war",
    "hostilities_ceased": "war", "standing_changed": "war", "army_broken": "war", "flag_raised": "war",
    "armistice_signed": "war",
    "economy_advanced": "economy", "economy_broke": "economy", "dealings_changed": "economy",
    "operation_launched": "operation", "operation_ended": "operation", "zones_ceded": "cession",
    "ruling_made": "ruling",
}  # fmt: skip
"""Kinds of entry of which the story is made, and what each is about."""
BROKEN = ("left ", "did not ")
"""How the reasons begin for which a word counts for less."""
STRAINED, NOTED_MONTHS = 0.6, 3
"""From what strain, and how many months of an army's programme, an economy is told of at the turn of the year."""
QUIET_OUTCOMES = ("never_sought", "moot")
TOLD_DECISIONS = {"join": "stay out", "resist": "", "transit": ""}
"""Questions whose answers are told, and the one answer that is told if not every one is."""


@dataclass(frozen=True)
class Told:
    """One thing that happened: when, what it is about, who had part in it, in words, and the entries it rests on."""

    hour: int
    topic: str
    powers: tuple[str, ...]
    text: str
    entries: tuple[int, ...]

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "date": dates.iso(self.hour),
            "topic": self.topic,
            "powers": list(self.powers),
            "text": self.text,
            "entries": list(self.entries),
        }


def timeline(setup: Any, journal: Journal, power: str = "") -> list[Told]:
    """The story in order of time; with a ``power`` only what it had part in.

    The journal must be at level ``events`` or ``full``.
    """
    story = _Story(setup, journal)
    told = [t for e in journal if e.kind in TOPICS for t in story.tell(e)]
    return [t for t in told if not power or power in t.powers]


class _Story:
    """Chooses and words; remembers what has been told."""

    def __init__(self, setup: Any, journal: Journal) -> None:
        self.setup, self.tell_plainly = setup, Retelling(setup, journal)
        self.names = self.tell_plainly.names
        self.entries = {e.n: e for e in journal}
        self.together = _signed_together(journal) | _ended_together(journal) | _known_together(journal)
        self.wars: dict[str, dict[str, list[str]]] = {}  # those that go on, by side
        self.last: dict[str, Entry] = {}  # operation -> its crisis as last told

    def tell(self, e: Entry) -> list[Told]:
        """What is told of an entry: nothing, or one sentence."""
        tell: Callable[[Entry], tuple[str, Iterable[str]] | None] = getattr(self, f"_{e.kind}", self._plainly)
        found = tell(e)
        if found is None:
            return []
        text, powers = found
        entries = tuple(t.n for t in self.together.get(e.n, [e]))
        return [Told(e.hour, TOPICS[e.kind], tuple(dict.fromkeys(powers)), sentence(text), entries)]

    def _plainly(self, e: Entry) -> tuple[str, Iterable[str]]:
        d = e.data
        powers = [d[k] for k in ("power", "target", "previous") if d.get(k)]
        powers += [p for k in ("parties", "attackers", "defenders") for p in d.get(k, ())]
        return self.tell_plainly.describe(e, dated=False), powers

    def _treaty_signed(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        """The clauses of one treaty in one sentence."""
        if e.n not in self.together:
            return None
        clauses = self.together[e.n]
        parties = list(dict.fromkeys(p for c in clauses for p in c.data["parties"]))
        what = [TREATIES.get(c.data["form"], c.data["form"]) for c in clauses]
        against = listing([self.names.country(p) for p in dict.fromkeys(p for c in clauses for p in c.data["against"])])
        text = f"{listing([self.names.country(p) for p in parties])} signed {listing(list(dict.fromkeys(what)))}"
        cause = self.entries.get(e.because)
        name = self.tell_plainly.talks_name(cause.data["talks"]) if cause and cause.kind == "talks_held" else ""
        return text + (f" against {against}" if against else "") + (f" ({name})" if name else ""), parties

    def _treaty_ended(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        """The clauses that ended for one reason in one sentence: of one treaty, or of one power's with others."""
        if e.n not in self.together:
            return None
        clauses = self.together[e.n]
        parties = list(dict.fromkeys(p for c in clauses for p in c.data["parties"]))
        shared = [p for p in parties if all(p in c.data["parties"] for c in clauses)]
        kinds = dict.fromkeys(TREATIES.get(c.data["form"], c.data["form"]) for c in clauses)
        plain = [k.removeprefix("a ").removeprefix("an ") for k in kinds]
        why = self.tell_plainly.said(e.data["why"])
        if len(shared) == len(parties):
            what = f"the {listing(plain)} between {listing([self.names.country(p) for p in parties])}"
        else:
            others = listing([self.names.country(p) for p in parties if p not in shared[:1]])
            what, why = f"{self.names.country(shared[0])}'s treaties with {others}", why.replace("its ", "their ")
        return f"{what} came to an end: {why}", parties

    def _talks_held(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        signed = any(s.because == e.n for group in self.together.values() for s in group)
        if e.data["result"] == "adjourned" or (e.data["result"] == "agreed" and signed):
            return None
        return self._plainly(e)

    def _crisis_moved(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        """Not what its launch tells, nor a wish that is as it was."""
        before = self.last.get(e.data["operation"])
        still = ("wanted", "incapable")
        same = before is not None and before.data["stage"] == e.data["stage"] and e.data["stage"] in still
        if e.data["stage"] == "launched" or (
            same and before is not None and abs(before.data["probability"] - e.data["probability"]) < 0.1
        ):
            return None
        self.last[e.data["operation"]] = e
        return self._plainly(e)

    def _decision(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        question, _, subject = e.data["question"].partition(":")
        wanted = TOLD_DECISIONS.get(question)
        answer = " ".join(e.data["answer"])
        if wanted is None or (wanted and answer != wanted):
            return None
        power, operation = self.names.country(e.data["power"]), subject.partition(":")[0]
        why = "".join(f"; {self.tell_plainly.said(r)}" for r in e.data["reasons"]).replace("; ", ": ", 1)
        about = self.tell_plainly.operations.get(operation)
        if question == "transit":
            clause = next((c for c in self.setup.tables["clauses"] if c["id"] == operation), None)
            guest = self.names.country(clause["parties"][1]) if clause else "the other"
            text = f"{power} would {'let the troops of' if answer != 'refuse' else 'not let through'} {guest}"
            return f"{text}{' through' if answer != 'refuse' else ''}{why}", [e.data["power"]]
        name = about.name if about is not None else operation
        target = about.target if about is not None else ""
        if question == "join":
            text = f"{power} stayed out of {name}" + (f" against {self.names.country(target)}" if target else "")
        else:
            text = f"{power} {'took up arms' if answer == 'fight' else 'did not take up arms'} against {name}"
        return f"{text}{why}", [p for p in (e.data["power"], about.power if about else "") if p]

    def _economy_advanced(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        """Once a year, of a power that is strained, or whose army comes up much sooner or later than in history."""
        known = dict(zip(MEANS, e.data["means"], strict=True))
        months = abs(known["behind"]) / (DAYS_A_YEAR * dates.DAY / 12.0)
        if dates.iso(e.hour)[5:7] != "01" or (known["strain"] < STRAINED and round(months) < NOTED_MONTHS):
            return None
        return self._plainly(e)

    def _dealings_changed(self, e: Entry) -> tuple[str, Iterable[str]]:
        return self._plainly(e)[0], [e.data["power"], e.data["about"]]

    def _reputation_moved(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        """Words broken, of all who broke theirs in one matter."""
        if e.n not in self.together:
            return None
        words = {t.data["power"]: t.data["backdowns"] for t in self.together[e.n]}
        who = listing([f"{self.names.country(p)} ({n:.1f})" for p, n in words.items()])
        word = "the words" if len(words) > 1 else "the word"
        why = self.tell_plainly.said(e.data["why"])
        return f"{word} of {who} counted for less, broken so many times: {why}", words

    def _war_declared(self, e: Entry) -> tuple[str, Iterable[str]]:
        self.wars[e.data["war"]] = {side: list(e.data[side]) for side in ("attackers", "defenders")}
        return self._plainly(e)

    def _war_joined(self, e: Entry) -> tuple[str, Iterable[str]]:
        """Who goes to war, against whom and beside whom."""
        power, war = e.data["power"], self.wars.setdefault(e.data["war"], {"attackers": [], "defenders": []})
        friends = list(war[e.data["on"]])
        foes = war["defenders" if e.data["on"] == "attackers" else "attackers"]
        war[e.data["on"]].append(power)
        beside = f" beside {listing([self.names.country(p) for p in friends[:1]])}" if friends else ""
        against = f" with {self.names.country(foes[0])}" if foes else ""
        return f"{self.names.country(power)} went to war{against}{beside}", [power, *friends[:1], *foes[:1]]

    def _hostilities_ceased(self, e: Entry) -> tuple[str, Iterable[str]]:
        war = self.wars.pop(e.data["war"], {"attackers": [], "defenders": []})
        sides = [listing([self.names.country(p) for p in war[s]]) for s in ("attackers", "defenders")]
        between = f" between {sides[0]} on one side and {sides[1]} on the other" if all(sides) else ""
        return f"hostilities{between} ceased", [p for s in war.values() for p in s]

    def _flag_raised(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        what, *about = e.data["flag"].split(":")
        if what != "belligerent" or len(about) != 2:
            return None
        return f"{self.names.country(about[0])} went to war with {self.names.country(about[1])}, from afar", about

    def _operation_ended(self, e: Entry) -> tuple[str, Iterable[str]] | None:
        return None if e.data["outcome"] in QUIET_OUTCOMES else self._of_operation(e)

    def _of_operation(self, e: Entry) -> tuple[str, Iterable[str]]:
        o = self.tell_plainly.operations.get(e.data["operation"])
        return self._plainly(e)[0], [o.power, o.target] if o is not None else []


def _signed_together(journal: Journal) -> dict[int, list[Entry]]:
    """The clauses of each treaty under the number of the first: same hour, same cause, same parties."""

    def treaty(e: Entry) -> tuple[int, int, tuple[str, ...]]:
        parties = () if e.because else tuple(sorted(e.data["parties"]))
        return e.hour, e.because, parties

    signed = sorted(journal.of_kind("treaty_signed"), key=treaty)
    groups = [sorted(g, key=lambda e: e.n) for _, g in groupby(signed, key=treaty)]
    return {g[0].n: g for g in groups}


def _ended_together(journal: Journal) -> dict[int, list[Entry]]:
    """The clauses that one power lost in the same hour for the same reason, under the number of the first."""
    groups: dict[tuple[int, str, frozenset[str]], list[Entry]] = {}
    for e in journal.of_kind("treaty_ended"):
        parties = frozenset(e.data["parties"])
        same = next((k for k in groups if k[:2] == (e.hour, e.data["why"]) and e.because and k[2] & parties), None)
        key = same or (e.hour, e.data["why"], parties)
        together = [*groups.pop(key, []), e]
        groups[key[0], key[1], (key[2] & parties) or parties] = together
    return {g[0].n: g for g in groups.values()}


def _known_together(journal: Journal) -> dict[int, list[Entry]]:
    """Words broken in the same hour for the same reason, under the number of the first."""
    groups: dict[tuple[int, str], list[Entry]] = {}
    for e in journal.of_kind("reputation_moved"):
        if e.data["why"].startswith(BROKEN):
            groups.setdefault((e.hour, e.data["why"]), []).append(e)
    return {g[0].n: g for g in groups.values()}


def spoken(told: Sequence[Told]) -> list[str]:
    """The story as lines for a screen: a heading for every year, then date and sentence."""
    lines: list[str] = []
    for year, group in groupby(told, key=lambda t: dates.iso(t.hour)[:4]):
        rows = list(group)
        lines.append(f"{year}: {count(len(rows), 'entry', 'entries')}")
        lines += [f"  {dates.spoken(t.hour):<13} {t.text}" for t in rows]
    return lines
