"""Names as players write them: in other languages, without accents, shortened or misspelt, found again.

An index is asked for what somebody wrote and gives the ids it may mean: one is an answer, several are an ambiguity,
none is a word that nobody knows, for which `near` has suggestions.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from wargame.atlas import Atlas
from wargame.memo import remembered
from wargame.politics import Draft
from wargame.scenario import Plan
from wargame.world import HEADQUARTERS, Command

LONGEST_NAME = 80
CUTOFF = 0.8  # likeness from which a misspelt name is taken for another
WORD_CUTOFF = 0.75  # and of each of its words
TIE = 0.03  # likeness within which two names are as good
SHORTEST_PREFIX = 4

_LETTERS = str.maketrans(
    {
        "ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "", "'": "",
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "і": "i", "ї": "i", "є": "e", "ґ": "g",
    }
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_OTHER = re.compile(r"[^0-9a-z+]+")
_ORDINAL = re.compile(r"^(\d+)(st|nd|rd|th|e|er|eme|a|y|i)?$")
_ROMAN = re.compile(r"^(?=[mdclxvi])m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_SAME = {
    **dict.fromkeys(("armee", "armia", "armata", "armiya", "armija", "armada", "aok", "ejercito"), "army"),
    **dict.fromkeys(("korps", "korpus", "corpo", "corp", "armeekorps", "ak", "armycorps"), "corps"),
    **dict.fromkeys(("div", "divisione", "dywizja", "diviziya", "divize"), "division"),
    **dict.fromkeys(("heeresgruppe", "hgr", "frontu"), "front"),
    **dict.fromkeys(("gruppe", "grupa", "grupo", "groupe", "gruppo"), "group"),
    **dict.fromkeys(("luftflotte", "flotta", "flotte"), "fleet"),
    "north": "nord",
    "south": "sued",
    "sud": "sued",
    "west": "west",
    "east": "ost",
    "centre": "mitte",
    "center": "mitte",
}
_STOP = frozenset({"the", "of", "a", "army's", "de", "der", "die", "das", "la", "le", "l"})


def plain(text: str) -> str:
    """A name without case, accents and punctuation, its letters Latin; ``Łódź`` and ``ŁODZ`` are both ``lodz``."""
    if text.isascii():
        return _OTHER.sub(" ", text.lower()).strip()
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", folded.translate(_LETTERS)) if not unicodedata.combining(c))
    return _OTHER.sub(" ", bare.translate(_LETTERS)).strip()


def spellings(text: str) -> tuple[str, ...]:
    """The plain forms of a name; umlauts are also written with an e."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple(dict.fromkeys((plain(text), plain(folded.translate(_UMLAUTS)))))


def parts(text: str) -> frozenset[str]:
    """The words of a formation's name, numbers as figures, kinds of formation in one language."""
    return frozenset(_word(w) for w in plain(text).replace("army group", "front").split() if w not in _STOP)


def _word(word: str) -> str:
    if found := _ORDINAL.match(word):
        return str(int(found.group(1)))
    if len(word) <= 7 and _ROMAN.match(word):
        total = 0
        for one, after in zip(word, [*word[1:], ""], strict=True):
            value = _ROMAN_VALUES[one]
            total += -value if after and _ROMAN_VALUES[after] > value else value
        return str(total)
    return _SAME.get(word, word)


@dataclass
class Index:
    """Ids by the plain forms of their names. ``first``: ids that win over others of the same name."""

    ids: set[str] = field(default_factory=set)
    known: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)  # by id, for names in which the order may differ
    first: frozenset[str] = frozenset()

    def add(self, name: str, texts: Iterable[str]) -> None:
        """Know an id by some texts."""
        self.ids.add(name)
        for text in texts:
            for spelling in spellings(text):
                for key in dict.fromkeys((spelling, spelling.replace(" ", ""))):
                    if key and name not in (ids := self.known.setdefault(key, [])):
                        ids.append(name)

    def called(self, text: str) -> list[str]:
        """The ids that are called by a text, or by its words in another order."""
        if text in self.ids:
            return [text]
        if len(text) > LONGEST_NAME:
            return []
        for key in spellings(text):
            if found := self.known.get(key) or self.known.get(key.replace(" ", "")):
                return self._best(found)
        return self._best(self._by_words(text)) if self.words else []

    def find(self, text: str) -> list[str]:
        """The ids that a text may mean: by its exact name, its words, its beginning, or a name most like it."""
        if len(text) > LONGEST_NAME:
            return []
        if found := self.called(text):
            return found
        key = plain(text)
        if len(key) >= SHORTEST_PREFIX:
            begun = {i for k, ids in self.known.items() if k.startswith(key) for i in ids}
            if len(begun) == 1:
                return sorted(begun)
        return self._alike(key)

    def _by_words(self, text: str) -> list[str]:
        wanted = frozenset(self._spelt(w) for w in parts(text))
        held = [i for i, words in self.words.items() if wanted and wanted <= words]
        exact = [i for i in held if self.words[i] == wanted]
        return exact or held

    def _spelt(self, word: str) -> str:
        """A word as the names have it, if it is misspelt; numbers and short words are taken as they stand."""
        if word in self.vocabulary or len(word) < SHORTEST_PREFIX or any(c.isdigit() for c in word):
            return word
        close = difflib.get_close_matches(word, sorted({*self.vocabulary, *_SAME}), n=1, cutoff=CUTOFF)
        return _SAME.get(close[0], close[0]) if close else word

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the names in which the order may differ."""
        return frozenset().union(*self.words.values())

    def _best(self, found: list[str]) -> list[str]:
        first = [i for i in found if i in self.first]
        return sorted(first or found)

    def _alike(self, key: str) -> list[str]:
        if len(key) < SHORTEST_PREFIX:
            return []
        close = [k for k in difflib.get_close_matches(key, self.known, n=6, cutoff=CUTOFF) if _same_words(k, key)]
        if not close:
            return []
        like = {k: difflib.SequenceMatcher(None, k, key).ratio() for k in close}
        top = max(like.values())
        return sorted({i for k in close if like[k] >= top - TIE for i in self._best(self.known[k])})

    def near(self, text: str, most: int = 3) -> list[str]:
        """Ids whose names are somewhat like a text."""
        close = difflib.get_close_matches(plain(text[:LONGEST_NAME]), self.known, n=2 * most, cutoff=0.5)
        return list(dict.fromkeys(i for k in close for i in self._best(self.known[k])))[:most]


def _same_words(known: str, key: str) -> bool:
    """Whether each word of a text is like one of a name; numbers must be the same, so that no other army is meant."""
    others = known.split()
    for word in key.split():
        if any(c.isdigit() for c in word):
            if word not in others:
                return False
        elif word not in _STOP and len(word) > len("to"):
            likeness = (difflib.SequenceMatcher(None, other, word).ratio() for other in others)
            if max(likeness, default=0.0) < WORD_CUTOFF:
                return False
    return True


@cache
def words() -> Mapping[str, Any]:
    """The tables of ``words.toml``."""
    return tomllib.loads((files("wargame.table") / "words.toml").read_text(encoding="utf-8"))


@cache
def synonyms(table: str) -> Mapping[str, str]:
    """The canonical word for each plain word or phrase of a table of ``words.toml``."""
    found: dict[str, str] = {}
    for name, others in words()[table].items():
        for text in (name, name.replace("_", " "), *others):
            found.setdefault(plain(text) or text, name)
    return found


@remembered
def powers(atlas: Atlas) -> Index:
    """Every power, by code, name, adjective and what it is called elsewhere."""
    index = Index()
    others = words()["powers"]
    for code in sorted({*atlas.powers, *others}):
        on_map = code in atlas.power_number
        names = (code, atlas.power_names[code], atlas.adjectives.get(code, code)) if on_map else (code,)
        bare = tuple(n.partition(" (")[0] for n in names)
        index.add(code, dict.fromkeys((*names, *bare, *others.get(code, ()))))
    index.first = frozenset(atlas.powers) - frozenset({"ESN", "VIC"})
    return index


@remembered
def places(atlas: Atlas) -> Index:
    """Every province, by id, name and the names it has elsewhere."""
    index = Index()
    for p, name in enumerate(atlas.ids):
        index.add(name, (name, atlas.names[p], *atlas.aliases[p]))
    index.first = frozenset(atlas.ids)
    return index


@remembered
def zones(atlas: Atlas) -> Index:
    """Every zone, by id and name, also by what stands before a comma or bracket of its name."""
    index = Index()
    for zone in atlas.zones:
        name = atlas.zone_names.get(zone, zone)
        index.add(zone, (zone, name, re.split(r"[,(]", name)[0]))
    return index


def zones_of(atlas: Atlas, text: str) -> tuple[str, ...]:
    """The zones that a text names: one, all of one name (stages of a cession), or that of a town; empty if none."""
    index = zones(atlas)
    found = index.find(text)
    if found == [text] and re.search(r"_\d+$", text):
        return (text,)
    if found:
        heads = {re.sub(r"_\d+$", "", z) for z in found}
        if len(heads) == 1:
            head = heads.pop()
            return tuple(z for z in atlas.zones if z == head or re.fullmatch(re.escape(head) + r"_\d+", z))
        return tuple(found)
    town = places(atlas).find(text)
    return tuple({atlas.zones[int(atlas.zone_of[atlas.number[p]])]: None for p in town})


@remembered
def formations(command: Command, names: tuple[str, ...], shorts: tuple[str, ...]) -> dict[int, Index]:
    """By power number: its formations by id, name and short name; headquarters win over units of the same name."""
    found: dict[int, Index] = {}
    for row, name in enumerate(command.ids):
        index = found.setdefault(command.power_of[row], Index())
        bare = name.partition("_")[2]
        index.add(name, (name, bare, names[row]))
        index.words[name] = parts(names[row]) | parts(bare)
        if command.kind[row] < len(HEADQUARTERS):
            index.first |= {name}
            index.add(name, (shorts[row],))
    return found


def operations(plans: Iterable[Plan], drafts: Mapping[str, Draft], power: str) -> Index:
    """A power's operations, those drawn up in play too, by id and name."""
    index = Index()
    for plan in plans:
        if plan.operation is not None and plan.operation.power == power:
            index.add(plan.operation.id, (plan.operation.id, plan.operation.name))
    for draft in drafts.values():
        if draft.power == power:
            index.add(draft.operation, (draft.operation, draft.name))
    return index
