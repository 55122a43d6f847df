"""What the words of one part of an order mean to one seat: a power, a place, a headquarters, a treaty, a date."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from wargame import dates
from wargame.acts import POLICY
from wargame.politics import Kind as TreatyKind
from wargame.scenario import Setup
from wargame.table import names
from wargame.table.forms import (
    FORMS,
    POSTURES,
    Part,
    Why,
)
from wargame.table.names import Index, plain
from wargame.world import World


class UnclearError(Exception):
    """What is wrong with a line."""

    def __init__(self, why: Why, reason: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.why: Why = why
        self.reason, self.suggestions = reason, tuple(dict.fromkeys(suggestions))


@dataclass
class Parts:
    """Reads parts of the orders of one seat, from what it sees; `UnclearError` says what is wrong with one."""

    power: str
    setup: Setup
    seen: World

    @cached_property
    def hqs(self) -> Index:
        """Names of the seat's own headquarters and formations."""
        f = self.seen.forces
        own = self.setup.atlas.power_number.get(self.power, -1)
        return names.formations(f.command, f.names, f.shorts).get(own, Index())

    @cached_property
    def operations(self) -> Index:
        """Names of the seat's own operations, those drawn up in play among them."""
        return names.operations(self.setup.plans, self.seen.polity.drafts, self.power)

    def _slot(self, part: Part, phrase: str) -> str:
        if part.most == 1:
            return _ONE[part.slot](self, phrase)
        found: list[str] = []
        for item in _list(phrase, lambda text: bool(self._index(part.slot).find(text))):
            found += _ONE[part.slot](self, item).split(", ")
        unique = list(dict.fromkeys(found))
        if len(unique) > part.most:
            raise UnclearError("unreadable", f"more than {part.most} names")
        return ", ".join(unique)

    def _index(self, slot: str) -> Index:
        atlas = self.setup.atlas
        return {"power": names.powers, "place": names.places, "zone": names.zones}[slot](atlas)

    def _power(self, text: str) -> str:
        return self._one("power", text, names.powers(self.setup.atlas))

    def _place(self, text: str) -> str:
        return self._one("place", text, names.places(self.setup.atlas))

    def _zone(self, text: str) -> str:
        found = names.zones_of(self.setup.atlas, text)
        if not found:
            raise self._none("land", text, names.zones(self.setup.atlas))
        heads = {re.sub(r"_\d+$", "", z) for z in found}
        if len(heads) > 1:
            raise self._many(text, list(found))
        return ", ".join(found)

    def _hq(self, text: str) -> str:
        return self._one("headquarters of yours", text, self.hqs)

    def _operation(self, text: str) -> str:
        return self._one("operation of yours", text, self.operations)

    def _hq_or_all(self, text: str) -> str:
        return "all" if plain(text) in {"all", "everybody", "alle", "tous"} else self._hq(text)

    def _subject(self, text: str) -> str:
        for index in (names.powers(self.setup.atlas), self.hqs, self.operations):
            found = index.find(text)
            if len(found) == 1:
                return found[0]
        raise self._none("power, headquarters or operation", text, names.powers(self.setup.atlas))

    def _treaty(self, text: str) -> str:
        bare = re.sub(r"^(a|an|the|treaty of|pact of|a pact of|a treaty of) ", "", plain(text))
        kinds = names.synonyms("kinds")
        for phrase in (plain(text), bare, bare.removesuffix(" pact"), bare.removesuffix(" treaty")):
            if phrase in kinds:
                return kinds[phrase]
        raise UnclearError("unreadable", f"no kind of treaty '{text[:60]}'; there is: {', '.join(TREATIES)}")

    def _line_of_policy(self, text: str) -> str:
        if (found := names.synonyms("lines").get(plain(text), "")) in POLICY:
            return found
        raise UnclearError("unreadable", f"no line of policy '{text[:60]}'; there is: {', '.join(POLICY)}")

    def _direction(self, text: str) -> str:
        if found := names.synonyms("directions").get(plain(text) or text, ""):
            return found
        raise UnclearError("unreadable", f"'{text[:40]}' is neither up nor down", (FORMS["policy"].example,))

    def _posture(self, text: str) -> str:
        if found := names.synonyms("postures").get(plain(text), ""):
            return found
        raise UnclearError("unreadable", f"'{text[:40]}' is none of {', '.join(POSTURES)}", (FORMS["posture"].example,))

    def _name(self, text: str) -> str:
        bare = " ".join(re.sub(r"[^\w .-]", " ", text).split())[:40].strip()
        if not plain(bare):
            raise UnclearError("unreadable", "an operation needs a name in letters", (FORMS["plan"].example,))
        return bare

    def _date(self, text: str) -> str:
        found = _date_of(text.strip(" ,.:"), self.seen.hour)
        if not found:
            raise UnclearError("unreadable", f"'{text[:40]}' is no date", ("1939-09-01", "1 September 1939"))
        return found

    def _one(self, what: str, text: str, index: Index) -> str:
        found = index.find(text)
        if len(found) == 1:
            return found[0]
        raise self._many(text, found) if found else self._none(what, text, index)

    def _many(self, text: str, found: list[str]) -> UnclearError:
        return UnclearError("ambiguous", f"'{text[:60]}' may be several: {', '.join(found[:6])}", found[:6])

    def _none(self, what: str, text: str, index: Index) -> UnclearError:
        return UnclearError("unreadable", f"no {what} '{text[:60]}'", index.near(text))


_ONE: Mapping[str, Callable[[Parts, str], str]] = {
    "power": Parts._power, "place": Parts._place, "zone": Parts._zone, "hq": Parts._hq,
    "operation": Parts._operation, "hq_or_all": Parts._hq_or_all, "treaty": Parts._treaty,
    "line": Parts._line_of_policy, "direction": Parts._direction, "posture": Parts._posture,
    "name": Parts._name, "date": Parts._date,
}  # fmt: skip
TREATIES = tuple(k for k in map(str, TreatyKind) if k not in {"settlement", "guarantee"})


def _list(phrase: str, known: Callable[[str], bool]) -> list[str]:
    """The items of a list: between commas, semicolons, arrows or 'and'; words that are no name together are split."""
    items = [i.strip(" .:") for i in re.split(r"[,;/]|->|→|\s+(?:and|then|und|et)\s+", phrase)]
    found: list[str] = []
    for item in filter(None, items):
        words = item.split()
        if len(words) > 1 and not known(item) and all(known(w) for w in words):
            found += words
        else:
            found.append(item)
    return found


_MONTHS = {plain(name): k for k, name in enumerate(dates.MONTHS, start=1)} | {
    plain(name)[:3]: k for k, name in enumerate(dates.MONTHS, start=1)
}


def _date_of(text: str, now: int) -> str:
    """A date as players write it, as ISO, or empty: 1939-09-01, 1 September, Sept. 1 1939, 1.9.1939, tomorrow."""
    today = dates.to_datetime(now).date()
    key = plain(text)
    nearby = {"today": 0, "now": 0, "at once": 0, "tomorrow": 1, "morgen": 1, "heute": 0}
    try:
        if key in nearby:
            return (today + timedelta(days=nearby[key])).isoformat()
        if found := re.fullmatch(r"in (\d{1,3}) (day|days|week|weeks)", key):
            days = int(found.group(1)) * (7 if found.group(2).startswith("week") else 1)
            return (today + timedelta(days=days)).isoformat()
        if found := re.fullmatch(r"(\d{4}) (\d{1,2}) (\d{1,2})", key):
            year, month, day = map(int, found.groups())
        elif found := re.fullmatch(r"(\d{1,2}) (\d{1,2}) (\d{4})", key):
            day, month, year = map(int, found.groups())
        elif found := re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+)(?: (\d{4}))?", key):
            day, month = int(found.group(1)), _month(found.group(2))
            year = int(found.group(3)) if found.group(3) else _next_year(today, month, day)
        elif found := re.fullmatch(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?", key):
            day, month = int(found.group(2)), _month(found.group(1))
            year = int(found.group(3)) if found.group(3) else _next_year(today, month, day)
        else:
            return ""
        return date(year, month, day).isoformat() if 1900 <= year <= 2100 else ""
    except (ValueError, OverflowError):
        return ""


def _month(word: str) -> int:
    """Number of a month by its name or first three letters; 0 if it is none."""
    return _MONTHS.get(word) or _MONTHS.get(word[:3], 0)


def _next_year(today: date, month: int, day: int) -> int:
    """The year in which a day without one comes next, or was within the last half year."""
    if not month:
        return today.year
    away = (date(today.year, month, min(day, 28)) - today).days
    return today.year + 1 if away < -182 else today.year
