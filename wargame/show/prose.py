"""The words of a war diary: numbers, lists and turns of phrase, and the names of towns, formations and armies.

Nothing here reads the journal. Names stand in their own language; phrases are chosen by entry number, never by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wargame.atlas import Atlas
from wargame.world import HEADQUARTERS, KINDS, Forces

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
# Proper names that English uses without an article.
BARE = (
    "Armia", "Armeeabteilung", "Brigade ", "Dowództwo", "Grenzschutz-", "Grupa", "Gruppe", "Heeresgruppe", "Korps ",
    "Morska Obrona", "Obrona", "Poľná armáda", "Samodzielna Grupa",
)  # fmt: skip
PREPOSITIONS = frozenset(
    ("at", "with", "in", "before", "elsewhere", "on", "after", "under", "from", "there", "cut", "as", "to", "by")
)
COMMON = frozenset(
    ("the", "a", "an", "orders", "headquarters", "all", "further", "troops", "nothing", "hemmed-in", "assaults",
     "rearguards")
)  # fmt: skip
OFF_MAP = {"JPN": "Japan", "USA": "United States"}
ARMY_KINDS = ("army", "group")
SORTS = {"division": "divi[sz]|dywizja", "brigade": "bryg|brig", "regiment": "regiment|pułk|pluk|polk"}
DIVISIONS = ("infantry", "motorised", "armoured", "light", "mountain")


# --- numbers and lists -----------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """A whole number with thousands separators."""
    return f"{round(value):,}"


def rounded(value: float) -> str:
    """A number as a chronicler would give it: to the thousand above 10,000, to the hundred above 1,000."""
    step = 1000 if value >= 10_000 else 100 if value >= 1_000 else 10 if value >= 100 else 1
    return number(int(value / step + 0.5) * step)


def count(value: int, one: str, many: str = "") -> str:
    """``three towns``, ``one town``, ``1,204 men``: small numbers in words."""
    noun = one if value == 1 else many or f"{one}s"
    return f"{SMALL[value] if 0 <= value < len(SMALL) else number(value)} {noun}"


def ordinal(value: int) -> str:
    """``third``, ``21st``."""
    if 0 < value < len(ORDINALS):
        return ORDINALS[value]
    tail = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{tail}"


def listing(items: Sequence[str], joint: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def capped(items: Sequence[str], most: int, noun: str = "other") -> str:
    """``a, b and five others``: no more than `most` by name."""
    if len(items) <= most:
        return listing(items)
    return f"{', '.join(items[: most - 1])} and {count(len(items) - most + 1, noun)}"


def plural(phrase: str) -> bool:
    """Whether a name or a count of formations takes the plural."""
    first = phrase.split(" ", 1)[0].lower()
    if "pułki " in phrase or "Oddziały " in phrase:
        return True
    return (
        " and " in phrase or first in SMALL[2:] or first.replace(",", "").isdigit() or phrase.startswith("the reserves")
    )


def sentence(text: str) -> str:
    """First letter upper-case, one full stop at the end, no doubled blanks."""
    text = re.sub(r"\s+", " ", text).strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) and not text.endswith(("mot.", ".)")) else f"{text}."


def relead(lead: str, text: str) -> str:
    """A finished sentence with ``on <date>`` put before it; a common word at its old beginning loses its capital."""
    hour = re.match(r"Soon after (\d\d:00) (.*)", text, re.DOTALL)
    if hour:
        return sentence(f"soon after {hour[1]} {lead} {hour[2]}")
    first = text.split(" ", 1)[0].rstrip(",").lower()
    if first in PREPOSITIONS and not lead.endswith(","):
        lead += ","
    if first in COMMON or first in PREPOSITIONS or first in SMALL:
        text = text[:1].lower() + text[1:]
    return sentence(f"{lead} {text}")


def percent(share: float) -> str:
    """``37 per cent``."""
    return f"{round(share * 100)} per cent"


@dataclass
class Turns:
    """Turns of phrase, chosen by entry number; the same one is not used twice running for the same purpose."""

    _last: dict[str, int] = field(default_factory=dict)

    def pick(self, purpose: str, n: int, options: Sequence[str]) -> str:
        """One of `options`."""
        choice = (n * 2_654_435_761 % 4_294_967_296 >> 13) % len(options)
        if self._last.get(purpose) == choice:
            choice = (choice + 1) % len(options)
        self._last[purpose] = choice
        return options[choice]


# --- names -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """What things are called in prose."""

    atlas: Atlas
    forces: Forces

    def town(self, province: str) -> str:
        """A province by the name of its hub."""
        return self.atlas.names[self.atlas.number[province]]

    def towns(self, provinces: Iterable[str]) -> str:
        """Several, as a list."""
        return listing([self.town(p) for p in provinces])

    def adjective(self, power: str) -> str:
        """``German``."""
        return self.atlas.adjectives.get(power, power)

    def adjectives(self, powers: Iterable[str]) -> str:
        """``German and Slovak``."""
        return listing([self.adjective(p) for p in powers])

    def country(self, power: str) -> str:
        """``Germany``, ``the Soviet Union``."""
        name = self.atlas.power_names.get(power) or OFF_MAP.get(power, power)
        name = re.sub(r" \(.*\)", "", name)
        return (
            f"the {name}"
            if name.split()[-1] in ("Union", "Kingdom", "Netherlands", "State", "Territory", "States")
            else name
        )

    def power(self, formation: str) -> str:
        """Power code of a formation."""
        return self.atlas.powers[int(self.forces.power[self.forces.row(formation)])]

    def powers(self, formations: Iterable[str]) -> list[str]:
        """Power codes of formations, the largest contingent first."""
        counted: dict[str, int] = {}
        for f in formations:
            counted[self.power(f)] = counted.get(self.power(f), 0) + 1
        return sorted(counted, key=lambda p: (-counted[p], p))

    def plain(self, formation: str) -> str:
        """A formation's name without article, quotation marks or remarks."""
        name = self.forces.names[self.forces.row(formation)]
        name = re.sub(r'["„“”]', "", name).replace(": ", " ")
        return re.sub(r" \((?!mot|Zmot|Gebirgs)[^)]*\)", "", name)

    def formation(self, formation: str) -> str:
        """A formation's name as it stands in a sentence: ``the XVI. Armeekorps (mot.)``, ``Armia Łódź``."""
        name = self.plain(formation)
        if name.startswith(BARE):
            return name
        return f"the {name}"

    def kind(self, formation: str) -> str:
        """Kind of a formation."""
        return KINDS[int(self.forces.kind[self.forces.row(formation)])]

    def corps(self, formation: str) -> str:
        """The corps, or the group or army directly above, that a formation belongs to; itself if it has none."""
        rows = self.forces.chain(self.forces.row(formation))
        for row in rows:
            if KINDS[int(self.forces.kind[row])] in ("corps", "group", "army"):
                return self.forces.ids[row]
        return formation

    def army(self, formation: str) -> str:
        """The army or independent group a formation belongs to; its own headquarters if there is none."""
        found = formation
        for row in self.forces.chain(self.forces.row(formation)):
            kind = KINDS[int(self.forces.kind[row])]
            if kind in ARMY_KINDS or (kind == "corps" and self.kind(found) not in ARMY_KINDS):
                found = self.forces.ids[row]
        if found == formation and self.forces.parent[self.forces.row(formation)] >= 0:
            found = self.forces.ids[int(self.forces.parent[self.forces.row(formation)])]
        return found

    def body(self, hq: str) -> str:
        """The troops of a headquarters: its own name, or ``the reserves of ...`` for an army group's."""
        if self.kind(hq) == "army_group":
            return f"the reserves of {self.formation(hq)}"
        return self.formation(hq)

    def taker(self, formation: str) -> str:
        """Who entered a place: the formation, or its corps where it is small."""
        row = self.forces.row(formation)
        above = self.corps(formation)
        if self.forces.establishment_men[row] >= 2000 or above == formation:
            return self.formation(formation)
        return f"troops of {self.body(above)}"

    def attackers(self, formations: Sequence[str]) -> str:
        """Who attacks: one or two formations, a corps or two, or armies."""
        if len(formations) <= 1:
            return self.formation(formations[0]) if formations else "the assault"
        corps = _in_order(self.corps(f) for f in formations)
        if len(formations) == 2 and (len(corps) == 2 or self.kind(corps[0]) == "army"):
            return listing([self.formation(f) for f in formations])
        if len(corps) == 1:
            return self._part(corps[0], formations)
        if len(corps) == 2:
            return listing([self.body(c) for c in corps])
        return self._by_army(formations)

    def defenders(self, formations: Sequence[str]) -> str:
        """Who defends: one or two formations by name, more by number and army."""
        if len(formations) <= 2:
            return listing([self.formation(f) for f in formations]) or "the defence"
        return self._of_armies(formations)

    def _of_armies(self, formations: Sequence[str]) -> str:
        """Formations by number, and the armies they belong to; their country where they stand under none."""
        armies = [a for a in _in_order(self.army(f) for f in formations) if self.kind(a) in HEADQUARTERS]
        whose = [self.body(a) for a in armies[:3]] or [self.country(p) for p in _in_order(map(self.power, formations))]
        return f"{self.units(formations)} of {listing(whose)}"

    def units(self, formations: Sequence[str]) -> str:
        """``three divisions``, ``two divisions and a brigade``, ``five formations``."""
        sorts = [self._sort(f) for f in formations]
        counted = {sort: sorts.count(sort) for sort in ("division", "brigade", "regiment", "detachment")}
        named = [(n, sort) for sort, n in counted.items() if n]
        if len(named) > 2 or named[0][1] == "detachment":
            return count(len(formations), "formation")
        return listing([f"a {sort}" if n == 1 else count(n, sort) for n, sort in named])

    def _sort(self, formation: str) -> str:
        """What a unit's own name calls it, in English."""
        name = self.forces.names[self.forces.row(formation)].lower()
        for sort, pattern in SORTS.items():
            if re.search(pattern, name):
                return sort
        return "detachment"

    def _part(self, hq: str, formations: Sequence[str]) -> str:
        below = [r for r in self.forces.under(hq).tolist() if KINDS[int(self.forces.kind[r])] in DIVISIONS]
        if self.kind(hq) == "corps" and len(formations) * 2 >= len(below):
            return self.formation(hq)
        return f"{self.units(formations)} of {self.body(hq)}"

    def _by_army(self, formations: Sequence[str]) -> str:
        armies = _in_order(self.army(f) for f in formations)
        if len(armies) == 1:
            corps = _in_order(self.corps(f) for f in formations if self.kind(self.corps(f)) == "corps")
            whole = self.formation(armies[0])
            return f"{count(len(corps), 'corps', 'corps')} of {whole}" if len(corps) > 1 else whole
        return self._of_armies(formations)


def _in_order(items: Iterable[str]) -> list[str]:
    """Distinct items, the most frequent first."""
    counted: dict[str, int] = {}
    for item in items:
        counted[item] = counted.get(item, 0) + 1
    return sorted(counted, key=lambda i: -counted[i])
