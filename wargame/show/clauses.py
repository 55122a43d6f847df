"""Sentences of the war diary about what happens in the field; each sentence knows the entries it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wargame.journal import Entry
from wargame.scenario import Plan
from wargame.show.prose import Names, Turns, capped, count, listing, number, ordinal, plural, rounded, sentence

AGAINST = {
    "fortifications": "the works there",
    "river": "the river in front",
    "terrain": "the ground",
    "entrenchment": "a dug-in defence",
    "wet ground": "the sodden ground",
    "quality": "better troops",
    "supply": "failing supplies",
    "force ratio": "numbers",
    "air": "the enemy's aircraft",
}
WITH = {
    "tanks": "tanks",
    "air": "air support",
    "artillery": "heavier artillery",
    "surprise": "surprise",
    "quality": "better training",
    "supply": "the other side's want of supplies",
}


@dataclass(frozen=True)
class Sentence:
    """One sentence of prose: the entries it rests on, its topic, and the provinces it says changed hands."""

    text: str
    entries: tuple[int, ...]
    topic: str
    taken: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass
class Teller:
    """Makes sentences: names, turns of phrase, and what plan and scenario call things."""

    names: Names
    turns: Turns
    plans: Sequence[Plan]
    began: Mapping[int, Entry] = field(default_factory=dict)
    last_ring: int = 0  # the capture last named as having closed a ring

    def say(self, topic: str, text: str, entries: Iterable[int], taken: Sequence[str] = ()) -> Sentence:
        """A finished sentence."""
        tidy = re.sub(r",+(?=[,;.:]|$)", "", text)
        return Sentence(sentence(tidy), tuple(dict.fromkeys(entries)), topic, tuple(taken))

    # --- fighting ----------------------------------------------------------------------------------------------------

    def attackers_of(self, e: Entry) -> Sequence[str]:
        """Who assailed, as an ended engagement says, or its beginning where they have gone."""
        return list(e.data["attackers"] or self.began[e.because].data["attackers"])

    def engagement(self, e: Entry, lead: str = "") -> Sentence:
        """How an assault ended."""
        began = self.began[e.because]
        who = self.names.attackers(self.attackers_of(e))
        foe = self.names.defenders(e.data["defenders"] or began.data["defenders"])
        town = self.names.town(e.data["province"])
        tell = {"broken": self._broken, "overrun": self._overrun, "repulsed": self._repulsed}.get(e.data["result"])
        text = tell(e, began, who, foe, town) if tell else self._other(e, who, foe, town)
        if e.data["side"] == 1 and e.data["result"] != "withdrawn":
            lead, text = "", _as_counter_attack(text, who)
        return self.say("engagement", lead + text, (e.n, began.n))

    def _broken(self, e: Entry, began: Entry, who: str, foe: str, town: str) -> str:
        days = self._days(e)
        odds = self._odds(began, e)
        prisoners = self._prisoners(e)
        back = self.names.town(e.data["retreat_to"]) if e.data["retreat_to"] else ""
        fell = f"fell back on {back}" if back else "fell back"
        taking = f", took {prisoners} and threw the rest back on {back}" if prisoners and back else ""
        leaving = f", leaving {prisoners} behind" if prisoners else ""
        form = self.turns.pick(
            "broken", e.n,
            (
                f"{who} broke {foe} at {town}{days}{odds}{taking or (f', and it {fell}' if back else '')}",
                f"at {town} {foe} gave way before {who}{odds}{days} and {fell}{leaving}",
                f"{who} forced the position at {town}{days}{odds}; {foe} {fell}{leaving}",
                f"the defence of {town} by {foe} collapsed before {who}{odds}"
                + (f"; {prisoners} were counted" if prisoners else "")
                + (f", and what was left made for {back}" if back else ""),
                f"{foe} {self.was(foe)} driven from the field at {town} by {who}{days}{odds}"
                + (f", with the loss of {prisoners}" if prisoners else "")
                + (f", and went back to {back}" if back else ""),
            ),
        )  # fmt: skip
        return form + self._cost(e)

    def _overrun(self, e: Entry, began: Entry, who: str, foe: str, town: str) -> str:
        prisoners = self._prisoners(e)
        back = self.names.town(e.data["retreat_to"]) if e.data["retreat_to"] else ""
        rest = f"; the remnants made for {back}" if back else ""
        return (
            self.turns.pick(
                "overrun",
                e.n,
                (
                    f"{who} overran {foe} at {town}"
                    + (f" and brought in {prisoners}" if prisoners else "")
                    + rest,
                    f"at {town} {foe} {self.was(foe)} swept aside by {who}"
                    + (f", which took {prisoners}" if prisoners else "")
                    + rest,
                    f"{who} rode over {foe} before {town}{self._odds(began, e)}"
                    + (f", taking {prisoners}" if prisoners else "")
                    + rest,
                ),
            )
            + self._cost(e)
        )  # fmt: skip

    def _repulsed(self, e: Entry, began: Entry, who: str, foe: str, town: str) -> str:
        loss = e.data["attacker_killed_wounded"]
        cost = f" with a loss of {number(loss)} killed and wounded" if loss else ""
        why = self._told(began, against=True)
        after = f" after {count(e.data['days'], 'day')}" if e.data["days"] > 1 else ""
        odds = self._odds(began, e)
        surprise = ", though the odds had favoured the assault," if began.data["odds"] >= 0.65 else ""
        return self.turns.pick(
            "repulsed", e.n,
            (
                f"{who} attacked at {town}{odds} and {self.was(who)} thrown back by {foe}{cost}{why}",
                f"{foe} held {town} against {who}{surprise}; the assault was given up{after}{cost}{why}",
                f"before {town} the attack of {who}{odds} broke down in front of {foe}{cost}{why}",
                f"{who} made no way against {foe} at {town}{surprise} and broke off{self._days(e)}{cost}",
            ),
        )  # fmt: skip

    def _other(self, e: Entry, who: str, foe: str, town: str) -> str:
        if e.data["result"] == "withdrawn":
            left = f", leaving {self._prisoners(e)} behind" if e.data["captured"] else ""
            return f"{foe} slipped away from {town} before the assault could close{left}"
        if e.data["result"] == "surrendered":
            return f"at {town} {foe}, with nowhere left to fall back to, laid down {self.their(foe)} arms to {who}"
        if e.data["result"] == "contained":
            return f"at {town} {foe}, beaten but with nowhere to fall back to, held on"
        return f"the assault on {town} lapsed"

    def _days(self, e: Entry) -> str:
        n = e.data["days"]
        if n <= 1:
            return ""
        return self.turns.pick(
            "days", e.n, (f" after {count(n, 'day')} of fighting", f" on the {ordinal(n)} day of the assault")
        )

    def _odds(self, began: Entry, e: Entry) -> str:
        a, d = began.data["attacking_men"], began.data["defending_men"]
        if a + d < 20_000 or (e.n + began.n) % 3 == 0 or e.data["days"] > 2:
            return ""
        if e.data["result"] == "broken" and e.n % 4 == 0 and (told := self._told(began, against=False)):
            return told
        return f", some {rounded(a)} men against {rounded(d)}," if d else ""

    def _told(self, began: Entry, *, against: bool) -> str:
        """The strongest term beside numbers for or against the assault."""
        for reason in began.data["reasons"]:
            name, _, value = reason.rpartition(" ")
            if against and value.startswith("-") and name in AGAINST:
                return f", {AGAINST[name]} telling against it"
            if not against and value.startswith("+") and name in WITH:
                return f", {WITH[name]} telling,"
        return ""

    def _prisoners(self, e: Entry) -> str:
        n = e.data["captured"]
        return f"{number(n)} prisoner{'s' if n != 1 else ''}" if n else ""

    def _cost(self, e: Entry) -> str:
        a, d = e.data["attacker_killed_wounded"], e.data["defender_killed_wounded"]
        if max(a, d) < 1500:
            return ""
        if a >= 1500 and d >= 700:
            return f". It had cost the attackers {number(a)} and the defenders {number(d)} killed and wounded"
        side, n = ("attackers", a) if a >= d else ("defenders", d)
        return self.turns.pick(
            "cost", e.n,
            (
                f". The fighting had cost the {side} {number(n)} killed and wounded",
                f". Among the {side} {number(n)} were killed or wounded",
            ),
        )  # fmt: skip

    @staticmethod
    def was(phrase: str) -> str:
        """``was`` or ``were`` as the subject demands."""
        return "were" if plural(phrase) else "was"

    @staticmethod
    def their(phrase: str) -> str:
        """``its`` or ``their``."""
        return "their" if plural(phrase) else "its"

    def elsewhere(self, rest: Sequence[Entry], *, alone: bool = False) -> list[Sentence]:
        """Smaller actions, summed up; ``alone`` where no greater one has been told before."""
        parts, entries = [], []
        also = "" if alone else "also "
        for results, verb in (
            (("broken", "overrun"), f"the defence {also}gave way at"),
            (("surrendered",), "the defenders laid down their arms at"),
            (("repulsed",), "assaults were thrown back at"),
            (("withdrawn",), "rearguards got away from"),
            (("contained",), "hemmed-in defenders held on at"),
        ):
            chosen = [e for e in rest if e.data["result"] in results]
            if chosen:
                parts.append(f"{verb} {self._list_towns(list(dict.fromkeys(e.data['province'] for e in chosen)))}")
                entries += [e.n for e in chosen]
        if not parts:
            return []
        lead = self.turns.pick(
            "elsewhere", entries[0], ("elsewhere ", "on the rest of the front ", "in lesser actions ")
        )
        return [self.say("elsewhere", ("" if alone else lead) + listing(parts), entries)]

    def _list_towns(self, provinces: Sequence[str], most: int = 6) -> str:
        if len(provinces) <= most:
            return self.names.towns(provinces)
        shown = [self.names.town(p) for p in provinces[: most - 1]]
        return f"{', '.join(shown)} and {count(len(provinces) - most + 1, 'other place')}"

    def overtaken(self, entries: Sequence[Entry]) -> Sentence:
        """The day's pursuits: the greatest by name, the rest in the sum."""
        e, *others = sorted(entries, key=lambda e: (-e.data["captured"], e.n))
        who, town = self.names.defenders(e.data["formations"]), self.names.town(e.data["province"])
        chase = f"{self.names.adjective(e.data['power'])} pursuit"
        text = f"{chase} caught up with {who} at {town} and took {self._prisoners(e) or 'few prisoners'}"
        if e.data["retreat_to"]:
            text += f", driving the rest on to {self.names.town(e.data['retreat_to'])}"
        if others:
            more = sum(x.data["captured"] for x in others)
            text += f"; {count(len(others), 'other pursuit')} brought in {number(more)} more"
        return self.say("overtaken", text, [e.n, *(x.n for x in others)])

    def entrained(self, entries: Sequence[Entry]) -> Sentence:
        """Movements by rail."""
        first = entries[0]
        who, town = self.names.formation(first.data["formation"]), self.names.town(first.data["destination"])
        text = f"{who} went by rail to {town}"
        if len(entries) > 1:
            others = count(len(entries) - 1, "other formation was", "other formations were")
            text += f", and {others} put on trains"
        return self.say("entrained", text, [e.n for e in entries])

    # --- towns -------------------------------------------------------------------------------------------------------

    def fall(self, e: Entry, back: str = "", remark: str = "") -> Sentence:
        """One notable place changes hands; ``back``: `won back` or `retook` where it had done so before."""
        town, by = self.names.town(e.data["province"]), e.data["by"]
        adjective = self.names.adjective(e.data["power"])
        who = self.names.taker(by) if by else f"{adjective} troops"
        if back:
            text = f"{who} {back} {town}"
        elif by:
            text = self.turns.pick(
                "fall", e.n, (f"{who} entered {town}", f"{town} fell to {who}", f"{who} marched into {town}")
            )
        else:
            text = f"{town}, left without troops, passed into {adjective} hands"
        return self.say("taken", text + remark, (e.n,), (e.data["province"],))

    def falls(self, entries: Sequence[Entry], *, also: bool) -> list[Sentence]:
        """Smaller towns that changed hands, in one sentence a power."""
        made = []
        powers = list(dict.fromkeys(e.data["power"] for e in entries))
        for power in powers:
            mine = [e for e in entries if e.data["power"] == power]
            marched, quiet = [e for e in mine if e.data["by"]], [e for e in mine if not e.data["by"]]
            text = self._marched(marched, power, also) if marched else ""
            if quiet:
                places = self.names.towns(e.data["province"] for e in quiet)
                adjective = self.names.adjective(power)
                text += (
                    f"; {places} {self.was(places)} occupied without a fight"
                    if text
                    else (f"{adjective} troops occupied {places} without a fight")
                )
            made.append(self.say("taken", text, (e.n for e in mine), [e.data["province"] for e in mine]))
        return made

    def _marched(self, entries: Sequence[Entry], power: str, also: bool) -> str:
        towns = [self.names.town(e.data["province"]) for e in entries]
        adjective, word = self.names.adjective(power), "also " if also else ""
        if len(entries) <= 3 and not also:
            by: dict[str, list[str]] = {}
            for e, town in zip(entries, towns, strict=True):
                by.setdefault(self.names.taker(e.data["by"]), []).append(town)
            verbs = ["entered "] + [""] * len(by)
            return listing([f"{who} {verb}{listing(t)}" for (who, t), verb in zip(by.items(), verbs, strict=False)])
        return self.turns.pick(
            "marched", entries[0].n,
            (
                f"{adjective} columns {word}entered {listing(towns)}",
                f"{listing(towns)} {word}passed into {adjective} hands",
                f"{adjective} troops {word}took {listing(towns)}",
            ),
        )  # fmt: skip

    # --- pockets -----------------------------------------------------------------------------------------------------

    def pocket(self, e: Entry, cause: Entry | None, *, moved: bool) -> Sentence:
        """Forces are cut off."""
        formations = e.data["formations"]
        where = self.names.town(e.data["province"])
        who = self.names.defenders(formations)
        men = f"{number(e.data['men'])} men"
        if moved:
            text = f"the forces cut off in this quarter, {who} with {men}, were now held round {where}"
            return self.say("pocket", text, (e.n,))
        closed = ""
        entries = [e.n]
        if cause is not None and cause.kind == "province_taken" and cause.n != self.last_ring:
            self.last_ring = cause.n
            closed = (
                f"with {self.names.town(cause.data['province'])} in {self.names.adjective(cause.data['power'])} hands "
            )
            entries.append(cause.n)
        text = self.turns.pick(
            "pocket", e.n,
            (
                f"{closed}{who}, {men} in all, {self.was(who)} cut off round {where}",
                f"{closed}a ring closed round {where}, holding {who} with {men}",
                f"{closed}the last way out of {where} was barred to {who} and {self.their(who)} {men}",
            ),
        )  # fmt: skip
        return self.say("pocket", text, entries)

    def surrender(self, group: Sequence[Entry]) -> Sentence:
        """Formations lay down their arms in one province."""
        first = group[0]
        formations = [x for e in group for x in e.data["formations"]]
        men = sum(e.data["men"] for e in group)
        units = [x for x in formations if self.names.kind(x) not in ("army", "corps", "group", "army_group")]
        staffs = [x for x in formations if x not in units]
        where = self.names.town(first.data["province"])
        captor = self.names.adjective(first.data["to"])
        if not units:
            who = f"the headquarters of {listing([self.names.formation(s) for s in staffs])}"
        else:
            who = self.names.defenders(units)
            if staffs:
                who = f"{who} with {'the staff' if len(staffs) == 1 else 'the staffs'} of " + listing(
                    [self.names.formation(s) for s in staffs]
                )
        entries = [e.n for e in group]
        if men < 1 or not units:
            return self.say("surrender", f"{who} went into {captor} captivity at {where}", entries)
        text = self.turns.pick(
            "surrender", first.n,
            (
                f"at {where} {who} laid down {self.their(who)} arms: {number(men)} men went into {captor} captivity",
                f"{who} surrendered at {where} with {number(men)} men",
                f"the end came at {where} for {who}; {number(men)} men became {captor} prisoners",
            ),
        )  # fmt: skip
        return self.say("surrender", text, entries)

    def smaller_surrenders(self, entries: Sequence[Entry]) -> Sentence:
        """Several smaller surrenders in one sentence."""
        men = sum(e.data["men"] for e in entries)
        towns = self._list_towns(list(dict.fromkeys(e.data["province"] for e in entries)))
        lead = (
            f"{number(men)} more men laid down their arms at {towns}"
            if men
            else f"further staffs gave themselves up at {towns}"
        )
        return self.say("surrender", lead, [e.n for e in entries])

    def staffs_captured(self, entries: Sequence[Entry]) -> Sentence:
        """Headquarters that follow their troops into captivity."""
        who = [self.names.formation(x) for e in entries for x in e.data["formations"]]
        one = len(who) == 1
        text = f"the headquarters of {capped(who, 4)} followed {'its' if one else 'their'} troops into captivity"
        return self.say("surrender", text, [e.n for e in entries])

    def dispersed(self, entries: Sequence[Entry]) -> Sentence:
        """Formations worn away."""
        who = capped([self.names.formation(e.data["formation"]) for e in entries], 4)
        text = self.turns.pick(
            "melted",
            entries[0].n,
            (f"{who}, worn down, ceased to exist", f"nothing was left of {who} that could be called a formation"),
        )
        return self.say("dispersed", text, [e.n for e in entries])

    def interned(self, group: Sequence[Entry]) -> Sentence:
        """Formations cross a neutral border."""
        formations = [x for e in group for x in e.data["formations"]]
        men, word = sum(e.data["men"] for e in group), self.names.adjective(group[0].data["power"])
        host = self.names.country(group[0].data["host"])
        entries = [e.n for e in group]
        if all(staff_only(e, self.names) for e in group):
            who = capped([self.names.formation(x) for x in formations], 4)
            return self.say(
                "interned", f"the headquarters of {who}, {number(men)} men, reached {host} and were interned", entries
            )
        towns = self.names.towns(dict.fromkeys(e.data["province"] for e in group))
        who = self.names.defenders(formations) if len(formations) <= 2 else self.names.units(formations)
        text = self.turns.pick(
            "interned", group[0].n,
            (
                f"{who}, {number(men)} {word} soldiers, crossed into {host} from {towns} and {self.was(who)} disarmed",
                f"from {towns} {who} with {number(men)} men went over the frontier into {host}, to be interned",
            ),
        )  # fmt: skip
        return self.say("interned", text, entries)

    def line_name(self, provinces: Sequence[str]) -> str:
        """What the plan calls a line of provinces."""
        for plan in self.plans:
            for line in plan.lines:
                if tuple(line.provinces) == tuple(provinces):
                    return line.name
        return self.names.towns(provinces)


def _as_counter_attack(text: str, who: str) -> str:
    """The same sentence where the assailants are the side that was attacked."""
    if text.startswith(f"{who} attacked at"):
        return text.replace(" attacked at", " counter-attacked at", 1)
    if text.startswith(who):
        return f"in a counter-attack {text}"
    if f"the attack of {who}" in text:
        return text.replace(f"the attack of {who}", f"the counter-attack of {who}", 1)
    return text.replace(who, f"a counter-attack by {who}", 1)


def staff_only(e: Entry, names: Names) -> bool:
    """A surrender of nothing but headquarters."""
    kinds: Any = {names.kind(x) for x in e.data["formations"]}
    return bool(kinds <= {"army", "corps", "group", "army_group"})
