"""Why: the causes of anything in a journal, walked back to the root, in plain sentences with their numbers.

`explain` takes an operation, a power, a leader, a province, a formation, a pocket (``pocket:hel``) or an entry number.
Every line rests on the entries whose numbers stand at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from wargame import dates
from wargame.errors import UsageError, did_you_mean
from wargame.journal import Entry, Journal
from wargame.show.prose import Names, capped, count, listing, number, percent, sentence
from wargame.show.retell import Retelling
from wargame.world import HEADQUARTERS, KINDS, Status

FATES = {
    Status.PLANNED: "never took the field",
    Status.ACTIVE: "was still in the field",
    Status.SURRENDERED: "had surrendered",
    Status.DESTROYED: "had been destroyed or dispersed",
    Status.INTERNED: "had been interned by a neutral",
    Status.DISBANDED: "had been disbanded",
}
LOST = ("killed", "wounded", "captured", "missing")
MOVES = 12
"""Steps of an operation's decision that are told at most."""
ENDS = ("formations_surrendered", "formations_interned", "formation_dispersed")


def explain(run: Any, subject: str | int) -> list[str]:
    """Verdict and causes, from the end back to the root; `UsageError` for a subject the run does not know."""
    return Explainer(run).explain(str(subject).strip())


def causes(run: Any, n: int) -> list[tuple[int, str]]:
    """The chain of causes from entry `n` to the header, each as (entry number, sentence)."""
    why = Explainer(run)
    return [(e.n, why.describe(e)) for e in why.chain(n)]


@dataclass
class Balance:
    """What an operation's verdict rests on, counted."""

    won: int = 0
    lost: int = 0
    decisive: list[Entry] = field(default_factory=list)
    captured_in_routs: int = 0
    surrendered: int = 0
    interned: int = 0
    pockets: list[Entry] = field(default_factory=list)
    withdrawals: list[Entry] = field(default_factory=list)
    terms: dict[str, list[float]] = field(default_factory=dict)


class Explainer:
    """Reads one run's journal for causes."""

    def __init__(self, run: Any) -> None:
        self.run, self.setup = run, run.setup
        self.journal: Journal = run.journal
        self.names = Names(run.setup.atlas, run.world.forces)
        self.entries: dict[int, Entry] = {e.n: e for e in run.journal}
        self.describe = Retelling(run.setup, run.journal).describe
        self.operations = {p.operation.id: p.operation for p in run.setup.plans if p.operation is not None}
        self.governments = list(run.journal.of_kind("government_formed"))
        formed = {e.data["power"] for e in self.governments}
        self.powers = formed | {p.id for p in run.setup.scenario.powers}
        self.heads = dict.fromkeys(e.data["head"] for e in self.governments)

    def explain(self, subject: str) -> list[str]:
        """See the module's `explain`."""
        subject = self._known_as(subject)
        if subject.lstrip("#").isdigit():
            return self.entry(int(subject.lstrip("#")))
        if subject.startswith("pocket:"):
            return self.pocket(subject.removeprefix("pocket:"))
        if subject in self.operations:
            return self.operation(subject)
        if subject in self.setup.atlas.number:
            return self.province(subject)
        if subject in self.run.world.forces.ids:
            return self.formation(subject)
        if subject in self.powers:
            return self.power(subject)
        if subject in self.heads:
            return self.leader(subject)
        known = [*self.operations, *sorted(self.powers), *self.setup.atlas.ids, *self.run.world.forces.ids, *self.heads]
        hint = did_you_mean(subject, known)
        kinds = "an operation, a power, a leader, a province, a formation, pocket:PROVINCE or an entry number"
        raise UsageError(f"nothing to explain under '{subject}'; name {kinds}" + (f" ({hint})" if hint else ""))

    def _known_as(self, subject: str) -> str:
        """The id of what a user calls by its name, as maps and diary write it; the words themselves if it is none."""
        kind, colon, word = subject.rpartition(":")
        atlas, f = self.setup.atlas, self.run.world.forces
        if word in self.operations or word in atlas.number or word in f.ids or word in self.powers or not word:
            return subject
        for names in (
            [(o.name, o.id) for o in self.operations.values()],
            [(name, p) for p in sorted(self.powers) for name in (p, atlas.power_names.get(p, p))],
            [(head, head) for head in self.heads],
            list(zip(atlas.names, atlas.ids, strict=True)),
            [(alias, p) for p, aliases in zip(atlas.ids, atlas.aliases, strict=True) for alias in aliases],
            list(zip(f.names, f.ids, strict=True)),
            list(zip(f.shorts, f.ids, strict=True)),
        ):
            ids = [i for name, i in names if _bare(name) == _bare(word)]
            if len(ids) > 1:
                raise UsageError(f"'{word}' is the name of {listing(ids[:6])}; write one of these ids")
            if ids:
                return f"{kind}{colon}{ids[0]}"
        return subject

    # --- chains ------------------------------------------------------------------------------------------------------

    def chain(self, n: int) -> list[Entry]:
        """The entries from `n` back to the root; stops early at an entry that the journal's level did not keep."""
        if n not in self.entries:
            raise UsageError(f"no entry {n} in this journal; it has entries 0 to {self.journal.length - 1}")
        found = [self.entries[n]]
        while found[-1].n and found[-1].because in self.entries and found[-1].because < found[-1].n:
            found.append(self.entries[found[-1].because])
        return found

    def told(self, n: int) -> list[str]:
        """A chain as lines, the effect first."""
        lines = []
        for i, e in enumerate(spare(self.chain(n))):
            lead = "" if not i else "That followed from this: " if e.n else "The root: "
            text = self.describe(e)
            lines.append(f"{lead}{text} [{e.n}]")
        return lines

    def resolutions(self, operation: str, n: int) -> list[str]:
        """How an operation decided upon in play came nearer and receded, but for what the chain from `n` tells.

        Ends with who was thought likely to fight.
        """
        o, chain = self.operations[operation], {e.n for e in self.chain(n)}
        moves = [e for e in self.journal if e.kind == "crisis_moved" and e.data["operation"] == operation]
        others = [e for e in moves if e.n not in chain]
        told = [f"Before and beside that: {self.describe(e)} [{e.n}]" for e in others[-MOVES:]]
        if len(others) > MOVES:
            told.insert(0, f"{sentence(count(len(others) - MOVES, 'earlier step') + ' left out')}")
        last = next((e for e in reversed(moves) if e.data["interveners"]), None)
        if last is not None:
            d = last.data
            pairs = sorted(zip(d["interveners"], d["credibility"], strict=True), key=lambda p: (-p[1], p[0]))
            who = listing([f"{self.names.country(p)} {percent(c)}" for p, c in pairs])
            when = dates.spoken(last.hour, year=True)
            text = f"as {self.names.country(o.power)} saw it on {when}, the chances that others would fight were: {who}"
            told.append(f"{sentence(text)} [{last.n}]")
        return told

    def entry(self, n: int) -> list[str]:
        """Why one entry came about, and what came of it."""
        lines = self.told(n)
        after = [e for e in self.journal if e.because == n and e.n != n]
        if after:
            kinds = [e.kind.replace("_", " ") for e in after]
            counted = [f"{kind} ({kinds.count(kind)})" for kind in dict.fromkeys(kinds)]
            numbers = ", ".join(str(e.n) for e in after[:8]) + (" ..." if len(after) > 8 else "")
            lines.append(f"It caused {count(len(after), 'entry', 'entries')}: {listing(counted)} [{numbers}]")
        return lines

    # --- an operation ------------------------------------------------------------------------------------------------

    def operation(self, name: str) -> list[str]:
        """Verdict, reasons, causes, and what mattered most."""
        o = self.operations[name]
        ended = self._last("operation_ended", lambda d: d["operation"] == name)
        launched = self._last("operation_launched", lambda d: d["operation"] == name)
        if ended is None and launched is None:
            return [f"{o.name} was never launched: {self.names.country(o.power)} was not in that war. [0]"]
        if ended is None and launched is not None:
            undecided = f"{o.name} was still undecided on {self._today()}. [{launched.n}]"
            told = [undecided, *self.told(launched.n), *self.resolutions(name, launched.n)]
            return [*told, *self.means(name, launched.hour), *self.what_mattered(name)]
        assert ended is not None
        fought = self.what_mattered(name) if launched is not None else []
        hour = (launched or ended).hour
        return [*self.told(ended.n), *self.resolutions(name, ended.n), *self.means(name, hour), *fought]

    def means(self, name: str, hour: int) -> list[str]:
        """What the economies of an operation's power and target were worth when it began or was given up."""
        o = self.operations[name]
        last = {e.data["power"]: e for e in self.journal if e.kind == "economy_advanced" and e.hour <= hour}
        return [f"{self.describe(last[p])} [{last[p].n}]" for p in (o.power, o.target) if p in last]

    def what_mattered(self, name: str) -> list[str]:
        """The operation's engagements, pockets and withdrawals, counted and weighed."""
        balance = self.balance(name)
        lines = self._fight_lines(balance, self._side(name))
        lines += self._pocket_lines(balance)
        if balance.withdrawals:
            n, first = len(balance.withdrawals), balance.withdrawals[0]
            why = listing(list(first.data["reasons"])).replace("%", " per cent").replace(" are lost", " were lost")
            times = f"{_times(n)}, first" if n > 1 else "once,"
            text = f"the defence ordered a withdrawal {times} on {dates.spoken(first.hour)}"
            lines.append(f"{sentence(text + (f', because {why}' if why else ''))} {_numbers(balance.withdrawals)}")
        return lines

    def _fight_lines(self, balance: Balance, side: str) -> list[str]:
        if not balance.won + balance.lost:
            return []
        assaults = count(balance.won + balance.lost, "assault")
        won = "all" if not balance.lost else number(balance.won)
        text = f"what mattered most: of {assaults} by {side} {won} prevailed"
        if balance.decisive:
            best = sorted(balance.decisive, key=lambda e: (-e.data["captured"], e.n))[:3]
            towns = listing([f"{self.names.town(e.data['province'])} ({number(e.data['captured'])})" for e in best])
            text += f", {number(len(balance.decisive))} of them bringing in 2,000 prisoners or more; most at {towns}"
        lines = [f"{sentence(text)} {_numbers(balance.decisive)}" if balance.decisive else sentence(text)]
        if balance.terms:
            ranked = sorted(balance.terms.items(), key=lambda item: (-abs(sum(item[1])), item[0]))[:5]
            parts = [f"{term} {sum(v):+.1f} ({len(v)})" for term, v in ranked]
            what = "the advantage in those that prevailed (each term's sum, and how many assaults name it) came from"
            lines.append(sentence(f"{what} {listing(parts)}"))
        return lines

    def _pocket_lines(self, balance: Balance) -> list[str]:
        lines = []
        if balance.pockets:
            big = sorted(balance.pockets, key=lambda e: (-e.data["men"], e.n))[:3]
            towns = listing([f"{self.names.town(e.data['province'])} ({number(e.data['men'])} men)" for e in big])
            text = f"{count(len(balance.pockets), 'pocket')} formed, the largest round {towns}"
            lines.append(f"{sentence(text)} {_numbers(big)}")
        total = balance.surrendered + balance.captured_in_routs
        if total:
            share = percent(balance.surrendered / total)
            text = (
                f"{share} of the {number(total)} prisoners surrendered as whole formations, the rest were lost in routs"
            )
            interned = f"; {number(balance.interned)} men were interned" if balance.interned else ""
            lines.append(sentence(text + interned))
        return lines

    def balance(self, name: str) -> Balance:
        """Count what bears on an operation's verdict, from its launch to its end."""
        o, b = self.operations[name], Balance()
        own = self._side_of(name)
        launched = self._last("operation_launched", lambda d: d["operation"] == name)
        ended = self._last("operation_ended", lambda d: d["operation"] == name)
        first, last = launched.n if launched else 0, ended.n if ended else self.journal.length
        for e in self.journal:
            if not first <= e.n <= last:
                continue
            d = e.data
            if e.kind == "engagement_ended" and d["attackers"] and self.names.power(d["attackers"][0]) in own:
                self._weigh(b, e)
            elif e.kind == "pocket_formed" and d["power"] == o.target and self._closed_by(e) in own:
                b.pockets.append(e)
            elif e.kind == "formations_overtaken" and d["power"] in own:
                b.captured_in_routs += d["captured"]
            elif e.kind == "formations_surrendered" and d["power"] == o.target and d["to"] in own:
                b.surrendered += d["men"]
            elif e.kind == "formation_dispersed" and self.names.power(d["formation"]) == o.target:
                self._count_dispersed(b, e, own)
            elif e.kind == "formations_interned" and d["power"] == o.target:
                b.interned += d["men"]
            elif (
                e.kind == "decision" and d["power"] == o.target and d["question"].startswith(("line_lost", "general_"))
            ):
                b.withdrawals.append(e)
        return b

    def _count_dispersed(self, b: Balance, e: Entry, own: set[str]) -> None:
        """A staff goes where its troops went; others count for whoever took the place or fought them there."""
        cause = self.entries.get(e.because)
        if cause is not None and cause.kind == "formations_surrendered" and cause.data["to"] in own:
            b.surrendered += e.data["captured"]
        elif cause is not None and (
            (cause.kind == "province_taken" and cause.data["power"] in own)
            or (cause.kind == "engagement_began" and self.names.power(cause.data["attackers"][0]) in own)
        ):
            b.captured_in_routs += e.data["captured"]

    def _weigh(self, b: Balance, e: Entry) -> None:
        if e.data["result"] in ("withdrawn", "lapsed", "contained"):
            return
        won = e.data["result"] != "repulsed"
        b.won += won
        b.lost += not won
        b.captured_in_routs += e.data["captured"]
        if e.data["captured"] >= 2000:
            b.decisive.append(e)
        began = self.entries.get(e.because)
        if won and began is not None and began.kind == "engagement_began":
            for reason in began.data["reasons"]:
                term, _, value = reason.rpartition(" ")
                b.terms.setdefault(term, []).append(float(value))

    # --- who governs -------------------------------------------------------------------------------------------------

    def power(self, power: str) -> list[str]:
        """Who governed a power, one after the other, and why the last of them does."""
        name = self.names.country(power)
        mine = [e for e in self.governments if e.data["power"] == power]
        if not mine:
            return [sentence(f"{name} kept the government with which the scenario opened") + " [0]"]
        lines = [f"{self.describe(e)} [{e.n}]" for e in mine[-MOVES:]]
        if len(mine) > MOVES:
            lines.insert(0, sentence(f"{count(len(mine) - MOVES, 'earlier government')} left out"))
        return [*lines, *self.behind(mine[-1])]

    def leader(self, head: str) -> list[str]:
        """How a leader came to govern, each time, and how that ended."""
        lines = []
        for e in self.governments:
            after = [x for x in self.governments if x.data["power"] == e.data["power"] and x.n > e.n]
            if e.data["head"] == head:
                lines.append(f"{self.describe(e)} [{e.n}]")
                lines += [f"Afterwards: {self.describe(x)} [{x.n}]" for x in after[:1] if x.data["head"] != head]
        first = next(e for e in self.governments if e.data["head"] == head)
        return [*lines, *self.behind(first)]

    def behind(self, formed: Entry) -> list[str]:
        """What led to a government: who contested the place, who had died, which government was before it."""
        return [f"That followed from this: {self.describe(e)} [{e.n}]" for e in self.chain(formed.n)[1:] if e.n]

    # --- a place -----------------------------------------------------------------------------------------------------

    def province(self, name: str) -> list[str]:
        """Who holds a place, and why it fell."""
        town, holder = self.names.town(name), int(self.run.world.controller[self.setup.atlas.number[name]])
        whose = self.names.country(self.setup.atlas.powers[holder]) if holder >= 0 else "nobody"
        taken = [e for e in self.journal if e.kind == "province_taken" and e.data["province"] == name]
        held = f"on {self._today()} {town} was held by {whose}; it "
        if not taken:
            return [f"{sentence(held + 'never changed hands')} [0]", *self._fights_at(name)]
        lines = [f"{sentence(held + f'had changed hands {_times(len(taken))}')} {_numbers(taken)}"]
        return [*lines, *self._fights_at(name), *self.told(taken[-1].n)]

    def _fights_at(self, name: str) -> list[str]:
        fights = [e for e in self.journal if e.kind == "engagement_ended" and e.data["province"] == name]
        return [f"{self.describe(e)} [{e.because}, {e.n}]" for e in fights[-4:]]

    def pocket(self, name: str) -> list[str]:
        """Why a pocket formed, and what became of it."""
        formed = self._last("pocket_formed", lambda d: name == d["province"] or name in d["provinces"])
        if formed is None:
            known = [e.data["province"] for e in self.journal if e.kind == "pocket_formed"]
            raise UsageError(f"no pocket at '{name}'; pockets formed at {listing(sorted(set(known))) or 'no place'}")
        lines = self.told(formed.n)
        inside = set(formed.data["formations"])
        for e in self.journal:
            if e.n > formed.n and (e.because == formed.n or inside & set(e.data.get("formations", ()))):
                if e.kind == "pocket_formed" and not inside & set(e.data["formations"]):
                    continue
                lines.append(f"Afterwards: {self.describe(e)} [{e.n}]")
        return lines[:24]

    # --- a formation -------------------------------------------------------------------------------------------------

    def formation(self, name: str) -> list[str]:
        """What became of a formation, or of everything under a headquarters."""
        f = self.run.world.forces
        row = f.row(name)
        staff = KINDS[int(f.kind[row])] in HEADQUARTERS
        lines = [self._balance_of(name) if staff else self._fate(row, self.names.formation(name))]
        below = {f.ids[r] for r in f.under(name).tolist()}
        fought = [e for e in self.journal if e.kind == "engagement_ended" and below & _fighters(e)]
        lines += [self._record(fought, below)] if fought else []
        end = self._end_of(name)
        if end is not None:
            return [*lines, *self.told(end.n)]
        order = next((e for r in f.chain(row) for e in self._orders_of(f.ids[r])[-1:]), None)
        return lines + (self.told(order.n) if order is not None else [])

    def _fate(self, row: int, who: str) -> str:
        f = self.run.world.forces
        place = self.setup.atlas.names[int(f.province[row])]
        lost = listing([f"{number(getattr(f, k)[row])} {k}" for k in LOST])
        left = f"{number(f.men[row])} of {number(f.establishment_men[row])} men"
        where = f" near {place} with {left}" if f.status[row] == Status.ACTIVE else f"; it was last near {place}"
        return sentence(f"on {self._today()} {who} {FATES[int(f.status[row])]}{where}; it had lost {lost}")

    def _balance_of(self, hq: str) -> str:
        f = self.run.world.forces
        rows = [r for r in f.under(hq).tolist() if KINDS[int(f.kind[r])] not in HEADQUARTERS]
        states = [FATES[int(f.status[r])] for r in rows]
        parts = [_were(states.count(s), s) for s in dict.fromkeys(states)]
        lost = listing([f"{number(float(np.sum(getattr(f, k)[rows])))} {k}" for k in LOST])
        state = listing(parts) or "nothing was left"
        return sentence(f"on {self._today()}, of {self.names.formation(hq)}, {state}; it had lost {lost}")

    def _record(self, fought: Sequence[Entry], own: set[str]) -> str:
        good = sum((e.data["result"] == "repulsed") != bool(own & set(e.data["attackers"])) for e in fought)
        places = [self.names.town(p) for p in dict.fromkeys(e.data["province"] for e in fought)]
        towns = capped(places, 8, "other place")
        with_success = number(good) if good else "none"
        text = f"it was in {count(len(fought), 'engagement')}, {with_success} of them with success, at {towns}"
        return f"{sentence(text)} {_numbers(fought)}"

    def _end_of(self, name: str) -> Entry | None:
        for e in self.journal:
            if e.kind in ENDS and name in (*e.data.get("formations", ()), e.data.get("formation")):
                return e
        return None

    def _orders_of(self, hq: str) -> list[Entry]:
        return [e for e in self.journal if e.kind == "order_issued" and e.data["order"].split()[0] == hq]

    def _today(self) -> str:
        return dates.spoken(self.run.world.hour, year=True)

    def _side_of(self, operation: str) -> set[str]:
        """The powers whose headquarters the plan of an operation sets in motion."""
        plan = next(p for p in self.setup.plans if p.operation is not None and p.operation.id == operation)
        return {self.operations[operation].power, *(self.names.power(axis.hq) for axis in plan.axes)}

    def _side(self, operation: str) -> str:
        power = self.operations[operation].power
        members = sorted(self._side_of(operation), key=lambda p: (p != power, p))
        return listing([self.names.country(p) for p in members])

    def _closed_by(self, pocket: Entry) -> str:
        """Who took the place that closed a pocket; nobody's name where that is not on record."""
        taken = self.entries.get(pocket.because)
        return str(taken.data["power"]) if taken is not None and taken.kind == "province_taken" else ""

    def _last(self, kind: str, suits: Callable[[dict[str, Any]], bool]) -> Entry | None:
        for e in reversed(list(self.journal)):
            if e.kind == kind and suits(e.data):
                return self.entries[e.n]
        return None


def spare(chain: Sequence[Entry]) -> list[Entry]:
    """A chain without rounds of talks on the way and decisions whose effect, told just before them, says the same."""
    repeated = {e.n for e in chain[1:] if e.kind == "talks_held" and e.data["result"] == "adjourned"}
    repeated |= {
        e.n for effect, e in pairwise(chain)
        if effect.kind == "crisis_moved" and e.kind == "decision" and effect.data["reasons"] == e.data["reasons"]
    }  # fmt: skip
    return [e for e in chain if e.n not in repeated]


def _bare(name: str) -> str:
    """A name without capitals and quotation marks."""
    return "".join(c for c in name.casefold().strip() if c not in "\"'\u201e\u201d\u201c")


def _were(n: int, fate: str) -> str:
    """``one formation was still in the field``, ``14 formations were still in the field``."""
    return f"{count(n, 'formation')} {fate if n == 1 else fate.replace('was ', 'were ', 1)}"


def _fighters(e: Entry) -> set[str]:
    return {*e.data["attackers"], *e.data["defenders"]}


def _numbers(entries: Sequence[Entry], most: int = 8) -> str:
    shown = ", ".join(str(e.n) for e in entries[:most])
    return f"[{shown}{' ...' if len(entries) > most else ''}]"


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, count(n, "time"))
