"""The players' orders: one line each, as an umpire would read it aloud; what is understood, and what is wrong.

`FORMS` lists everything that can be written, with an example; ``docs/orders.md`` is printed from it. `parse` reads what
players write, forgivingly: synonyms, other languages, names without accents or misspelt. Every fault is one of three:
unreadable, ambiguous, not allowed now. ``str`` of an instruction is its canonical line, and `parse` reads that back.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from wargame import dates
from wargame.acts import POLICY
from wargame.errors import Fault, InputError
from wargame.politics import Kind as TreatyKind
from wargame.scenario import Setup
from wargame.table import names
from wargame.table.forms import (
    CONDITIONS,
    FORMS,
    HQ_VERBS,
    POSTURES,
    QUESTIONS,
    VALUES,
    Form,
    Instruction,
    Part,
    Rejected,
    Why,
)
from wargame.table.legal import forbidden, house_of
from wargame.table.names import Index, plain
from wargame.world import World

__all__ = ["Instruction", "Rejected", "lines_of_table", "parse", "read"]

MOST_LINES = 500
LONGEST_LINE = 1000
DEEPEST = 3  # if ... then until ... is enough


class _FaultError(Exception):
    """What is wrong with a line."""

    def __init__(self, why: Why, reason: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.why: Why = why
        self.reason, self.suggestions = reason, tuple(dict.fromkeys(suggestions))


def parse(text: str, power: str, setup: Setup, seen: World) -> tuple[list[Instruction], list[Rejected]]:
    """The instructions of a text that are allowed now, and every line that is none with its reason.

    `seen` is the world as the power knows it; nothing else is looked at, so that no reason tells what it cannot know.
    """
    house, allowed = house_of(setup, seen), list[Instruction]()
    understood, faults = read(text, power, setup, seen)
    for i in understood:
        if fault := forbidden(house, seen, i):
            faults.append(Rejected(i.line, i.text, "not allowed now", fault.reason, fault.suggestions))
        else:
            allowed.append(i)
    return allowed, sorted(faults, key=lambda f: f.line)


def read(text: str, power: str, setup: Setup, seen: World) -> tuple[list[Instruction], list[Rejected]]:
    """What a text says, line by line, whether it is allowed now or not; empty lines and those after # are skipped."""
    reader = _Reader(power, setup, seen)
    understood: list[Instruction] = []
    faults: list[Rejected] = []
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        bare = " ".join(line.split())
        if not bare or bare.startswith("#"):
            continue
        try:
            understood.append(reader.line(bare, number))
        except _FaultError as fault:
            shown = bare if len(bare) <= 200 else f"{bare[:200]}..."
            faults.append(Rejected(number, shown, fault.why, fault.reason, fault.suggestions))
    if len(lines) > MOST_LINES:
        what = f"only the first {MOST_LINES} lines are read"
        faults.append(Rejected(MOST_LINES + 1, "", "unreadable", what))
    return understood, faults


def lines_of_table(text: str, file: str, seat: str = "") -> dict[str, str]:
    """Orders from a table, as `parse` reads them, by seat: each line stands where its row stands in the file.

    The columns are ``order``, or ``verb`` and one for each part, whose name stands before its cell where it is one of
    the words that lead a part. ``seat`` names whose rows are read, for a table without such a column or of one seat
    only; rows without a verb are skipped. `InputError` if there are no such columns.
    """
    sample = text.removeprefix("\ufeff").replace("\0", "")
    first = sample.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=";" if ";" in first else ",")
    try:
        table = [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        what = f"is no table: {error}"
        raise InputError([Fault("bad-csv", file, what, "save it as CSV with UTF-8", rows.line_num)]) from None
    head = [plain(cell) for cell in (table[0][1] if table else [])]
    if not {"order", "verb"} & set(head) or not (seat or "seat" in head):
        what = "has no columns 'seat' and 'order', or 'verb' and its parts"
        raise InputError([Fault("bad-csv", file, what, "write a first line: seat,order", 1)])
    found: dict[str, list[str]] = {}
    for number, row in table[1:]:
        cells = {name: " ".join(cell.split()) for name, cell in zip(head, row, strict=False) if cell.strip()}
        power = cells.pop("seat", "" if "seat" in head else seat).upper()
        if not power or (seat and power != seat.upper()):
            continue
        lines = found.setdefault(power, [])
        lines += [""] * (number - 1 - len(lines))
        lines.append(_form_line(cells))
    return {power: "\n".join(lines) for power, lines in found.items()}


_LEADS = frozenset(
    {"with", "against", "protecting", "until", "from", "to", "for", "on", "by", "via", "in", "at", "about"}
)


def _form_line(cells: dict[str, str]) -> str:
    """One row of a table as a line."""
    if "order" in cells:
        return cells["order"]
    verb = cells.pop("verb", "")
    if not verb:
        return ""
    said = [f"{name} {cell}" if name in _LEADS else cell for name, cell in cells.items() if name not in {"id", "note"}]
    first = next((cells[n] for n in ("hq", "headquarters") if n in cells), "")
    if first and names.synonyms("verbs").get(plain(verb), "") in HQ_VERBS:
        return " ".join((first, verb, *(s for s in said if s != first)))
    return " ".join((verb, *said))


@dataclass
class _Reader:
    """Reads the lines of one seat."""

    power: str
    setup: Setup
    seen: World

    @cached_property
    def hqs(self) -> Index:
        f = self.seen.forces
        own = self.setup.atlas.power_number.get(self.power, -1)
        return names.formations(f.command, f.names, f.shorts).get(own, Index())

    @cached_property
    def operations(self) -> Index:
        return names.operations(self.setup.plans, self.seen.polity.drafts, self.power)

    def line(self, text: str, number: int, depth: int = 0) -> Instruction:
        """One line; `_FaultError` says what is wrong with it."""
        if len(text) > LONGEST_LINE:
            raise _FaultError("unreadable", f"longer than {LONGEST_LINE} letters")
        if depth > DEEPEST:
            raise _FaultError("unreadable", "too many conditions inside each other")
        if free := re.match(r"(?i)free\b\s*[:,-]?\s*(.*)", text):
            if not free.group(1):
                raise _FaultError("unreadable", "an order for the umpire says nothing", ("free: send an envoy",))
            return self._made("free", (free.group(1),), text, number)
        words = text.split(" ")
        keys = [plain(w) for w in words]
        if keys[0] in {"if", "when", "wenn", "si"} and not (len(keys) > 1 and keys[1] == "asked"):
            return self._if(words[1:], text, number, depth)
        if keys[0] in {"until", "till", "bis"}:
            return self._until(words[1:], text, number, depth)
        if keys[0] == "no" and "before" in keys[1:]:
            return self._no_before(words, keys, text, number, depth)
        if found := self._with_headquarters(words, keys):
            verb, hq, rest = found
            return self._filled(verb, rest, text, number, hq)
        verb, rest = self._verb(words, keys)
        return self._filled(verb, rest, text, number)

    def _made(self, verb: str, args: tuple[str, ...], text: str, number: int) -> Instruction:
        return Instruction(self.power, verb, args, text, number, FORMS[verb].kind)

    # --- standing orders ----------------------------------------------------------------------------------------------

    def _if(self, words: list[str], text: str, number: int, depth: int) -> Instruction:
        keys = [plain(w) for w in words]
        at = next((k for k, key in enumerate(keys) if key in {"then", "dann", "alors"}), -1)
        if at < 1 or at + 1 >= len(words):
            raise _FaultError("unreadable", "a condition reads: if CONDITION then ORDER", (FORMS["if"].example,))
        conditions = [self._condition(c) for c in re.split(r"(?i)\s+and\s+", " ".join(words[:at]))]
        inner = self.line(" ".join(words[at + 1 :]), number, depth + 1)
        if inner.kind in {"standing", "free"}:
            raise _FaultError("unreadable", f"'{inner.verb}' cannot wait for a condition", (FORMS["if"].example,))
        return self._made("if", (" and ".join(conditions), f"then {inner}"), text, number)

    def _until(self, words: list[str], text: str, number: int, depth: int) -> Instruction:
        for count in range(min(4, len(words) - 1), 0, -1):
            try:
                day = self._date(" ".join(words[:count]).rstrip(":,"))
            except _FaultError:
                continue
            inner = self.line(" ".join(words[count:]), number, depth + 1)
            if inner.verb not in {"answer", "posture"}:
                what = "only an answer or a posture can have a last day"
                raise _FaultError("unreadable", what, (FORMS["until"].example,))
            return self._made("until", (day, str(inner)), text, number)
        raise _FaultError("unreadable", "no date after 'until'", (FORMS["until"].example,))

    def _no_before(self, words: list[str], keys: list[str], text: str, number: int, depth: int) -> Instruction:
        """``no withdrawal before 10 September``."""
        at = keys.index("before")
        line = f"until {' '.join(words[at + 1 :])} answer {' '.join(words[1:at])} no"
        made = self.line(line, number, depth + 1)
        return Instruction(made.power, made.verb, made.args, text, number, made.kind)

    def _condition(self, text: str) -> str:
        """A condition of `wargame.conditions` in its written form; also with the subject first: GER holds Warsaw."""
        words = text.split()
        denied = bool(words) and plain(words[0]) == "not"
        words = words[1:] if denied else words
        keys = ["at_war" if plain(w) in {"at war", "war"} else plain(w).replace(" ", "_") for w in words]
        for k, key in enumerate(keys):
            if key == "at" and keys[k + 1 : k + 2] == ["at_war"]:
                keys[k : k + 2], words[k : k + 2] = ["at_war"], ["at_war"]
                break
        keys = [_CONDITION_WORDS.get(k, k) for k in keys]
        at = next((k for k, key in enumerate(keys) if key in CONDITIONS), -1)
        if at < 0:
            what = f"'{text[:60]}' has none of: {', '.join(CONDITIONS)}"
            raise _FaultError("unreadable", what, ("holds GER warszawa", "at_war GER FRA", "date 1939-09-10"))
        verb, others = keys[at], [w for k, w in enumerate(words) if k != at and plain(w) not in _FILLERS]
        made = self._said(verb, others, text)
        return f"not {made}" if denied else made

    def _said(self, verb: str, words: list[str], text: str) -> str:
        if verb == "date":
            return f"date {self._date(' '.join(words))}"
        if verb == "beaten":
            return f"beaten {self._power(' '.join(words))}"
        if not words:
            raise _FaultError("unreadable", f"'{text[:60]}' names nobody", ("holds GER warszawa",))
        if verb == "treaty":
            if len(words) != 3:
                raise _FaultError("unreadable", "write: treaty KIND POWER POWER", ("treaty defence FRA POL",))
            return f"treaty {self._treaty(words[0])} {self._power(words[1])} {self._power(words[2])}"
        for count in range(1, len(words)):
            who = names.powers(self.setup.atlas).find(" ".join(words[:count]))
            if len(who) == 1:
                rest = " ".join(words[count:])
                break
        else:
            raise _FaultError("unreadable", f"'{text[:60]}' names no power", ("holds GER warszawa",))
        if verb == "at_war":
            return f"at_war {who[0]} {self._power(rest)}"
        if verb == "regime":
            return f"regime {who[0]} {plain(rest).replace(' ', '_')}"
        zones = names.zones(self.setup.atlas)
        town = names.places(self.setup.atlas).find(rest)
        if rest not in zones.ids and len(town) == 1:
            return f"{verb} {who[0]} {town[0]}"
        if len(found := zones.find(rest)) == 1:
            return f"{verb} {who[0]} {found[0]}"
        return f"{verb} {who[0]} {self._place(rest)}"

    # --- verbs --------------------------------------------------------------------------------------------------------

    def _with_headquarters(self, words: list[str], keys: list[str]) -> tuple[str, str, list[str]] | None:
        """``X Corps attack Lodz``: the verb, the headquarters and the rest, if the words before a verb name one."""
        table = names.synonyms("verbs")
        known = self.hqs.find if self._starts_no_verb(keys) else self.hqs.called
        for at in range(1, len(words)):
            for count in (3, 2, 1):
                verb = table.get(" ".join(keys[at : at + count]).strip(), "")
                if verb in HQ_VERBS and at + count <= len(words):
                    before = " ".join(words[:at]).rstrip(":,")
                    found = known(before)
                    if len(found) == 1:
                        return verb, found[0], words[at + count :]
                    if len(found) > 1 and self._starts_no_verb(keys):
                        raise self._many("headquarters", before, found)
                    break
        return self._misspelt(words, keys) if self._starts_no_verb(keys) else None

    def _misspelt(self, words: list[str], keys: list[str]) -> tuple[str, str, list[str]] | None:
        """The same with a verb that is misspelt, after a headquarters that is named well."""
        for at in range(1, len(words)):
            close = difflib.get_close_matches(keys[at], sorted(HQ_VERBS), n=1, cutoff=0.8)
            found = self.hqs.find(" ".join(words[:at]).rstrip(":,")) if close else []
            if len(found) == 1:
                return close[0], found[0], words[at + 1 :]
        return None

    def _starts_no_verb(self, keys: list[str]) -> bool:
        table = names.synonyms("verbs")
        return not any(" ".join(keys[:count]) in table for count in (4, 3, 2, 1))

    def _verb(self, words: list[str], keys: list[str]) -> tuple[str, list[str]]:
        """The verb at the beginning, by its longest phrase, and the rest; misspelt if it must be."""
        table = names.synonyms("verbs")
        for count in (4, 3, 2, 1):
            phrase = " ".join(keys[:count]).strip()
            if phrase in table and len(keys) >= count:
                rest = words[count:]
                return table[phrase], rest
        index = _verb_index()
        for count in (2, 1):
            found = index.find(" ".join(words[:count]))
            if len(found) == 1 and len(plain(words[0])) > 3:
                return found[0], words[count:]
        on_the_way = [k for k in keys[1:] if table.get(k) in HQ_VERBS]
        if on_the_way:
            who = " ".join(words[: keys.index(on_the_way[0])])
            raise self._none("headquarters of yours", who, self.hqs)
        near = [FORMS[v].example for v in index.near(" ".join(words[:2])) if v in FORMS]
        raise _FaultError("unreadable", f"'{' '.join(words[:2])[:60]}' begins with no verb", near or ("free: ...",))

    def _filled(self, verb: str, words: list[str], text: str, number: int, hq: str = "") -> Instruction:
        """The parts of a form, read from the words after its verb."""
        if verb == "no":
            raise _FaultError("unreadable", "write: no ... before DATE", (FORMS["until"].example,))
        form = FORMS[verb]
        flags, words = _flags(form, words)
        if verb == "axis":  # axis weiss: XIX Corps via ...
            words = [w for word in words for w in ((word[:-1], "by") if word.endswith(":") else (word,))]
        if verb == "answer":
            return self._made(verb, self._answer(words), text, number)
        parts = [p for p in form.parts if p.slot != "flag"]
        if hq:
            parts = parts[1:]
        said = self._split(form, parts, words)
        args = [hq] if hq else []
        for part, phrase in zip(parts, said, strict=True):
            if not phrase:
                if part.optional:
                    continue
                raise _FaultError("unreadable", f"'{verb}' lacks {_WANTS[part.slot]}", (self._example(form),))
            found = self._slot(part, phrase)
            args.append(f"{part.lead} {found}" if part.lead else found)
        for part in form.parts:
            if part.slot == "flag" and part.lead in flags:
                args.insert(0 if part is form.parts[0] else len(args), part.lead)
        return self._made(verb, tuple(args), text, number)

    def _example(self, form: Form) -> str:
        """An example of a verb that this seat could write: with a headquarters of its own."""
        who, _, rest = form.example.partition(" ")
        own = form.verb in HQ_VERBS and rest and not self.hqs.called(who)
        return f"{min(self.hqs.ids)} {rest}" if own and self.hqs.ids else form.example

    def _split(self, form: Form, parts: list[Part], words: list[str]) -> list[str]:
        """The phrase of each part: words up to the one that leads another part."""
        if form.verb in HQ_VERBS and len(parts) == 2:  # attack Lodz with X Corps
            cut = next((k for k, w in enumerate(words) if plain(w) in {"with", "by", "mit"}), -1)
            if cut >= 0:
                return [" ".join(words[cut + 1 :]), " ".join(words[:cut])]
            raise _FaultError("unreadable", f"who is to {form.verb}?", (self._example(form),))
        bare = [k for k, p in enumerate(parts) if not p.lead]
        phrases: list[list[str]] = [[] for _ in parts]
        at = bare[0] if bare else (0 if parts else -1)
        opened = {at} if bare else set()
        for word in words:
            key = plain(word)
            lead = self._led(parts, key, at, opened, empty=not phrases[at] if at >= 0 else True)
            if lead >= 0:
                at = lead
                opened.add(at)
                continue
            if at < 0:
                raise _FaultError("unreadable", f"'{form.verb}' takes nothing more", (self._example(form),))
            phrases[at].append(word)
        said = [" ".join(p).strip(" ,:") for p in phrases]
        if len(bare) == 2:
            said = self._two(parts, said, bare)
        return said

    def _led(self, parts: list[Part], key: str, at: int, opened: set[int], *, empty: bool) -> int:
        """The part that a word leads now, or -1; exact words first, then those that mean as much."""
        exact = [k for k, p in enumerate(parts) if p.lead == key and k not in opened]
        if exact:
            return exact[0]
        in_a_list = key == "and" and at >= 0 and parts[at].most > 1  # Kutno and Lodz
        if in_a_list or (empty and at in opened):
            return -1
        for k, p in enumerate(parts):
            if p.lead and k not in opened and key in names.words()["leads"].get(p.lead, ()):
                return k
        return -1

    def _two(self, parts: list[Part], said: list[str], bare: list[int]) -> list[str]:
        """Two parts without leading words: the second is the last word or two of the phrase."""
        first, second = bare
        words = said[first].split(" ")
        for count in range(min(4, len(words) - 1), 0, -1):
            tail = " ".join(words[-count:])
            table = {"direction": "directions", "posture": "postures"}.get(parts[second].slot, "")
            if (plain(tail) or tail) in names.synonyms(table):
                said[first], said[second] = " ".join(words[:-count]).rstrip(" ,:"), tail
                return said
        return said

    def _answer(self, words: list[str]) -> tuple[str, ...]:
        """``answer intervene Poland: yes``: the question, what it is about, and the answer at the end."""
        if not words:
            raise _FaultError("unreadable", "'answer' lacks a question", (FORMS["answer"].example,))
        values, questions = names.synonyms("values"), names.synonyms("questions")
        value = values.get(plain(words[-1]), "")
        if not value:
            what = f"'{words[-1][:40]}' is no answer; write {', '.join(VALUES)}"
            raise _FaultError("unreadable", what, (FORMS["answer"].example,))
        rest = [w.strip(" ,:") for w in words[:-1]]
        for count in range(min(4, len(rest)), 0, -1):
            question = questions.get(plain(" ".join(rest[:count])), "")
            if question:
                about = [w for k, w in enumerate(rest[count:]) if k or plain(w) not in {"about", "on", "for", "over"}]
                subject = self._subject(" ".join(about)) if about else ""
                return (question, *((f"about {subject}",) if subject else ()), value)
        raise _FaultError(
            "unreadable", f"no question '{' '.join(rest)[:60]}'; there is: {', '.join(QUESTIONS)}",
            (FORMS["answer"].example,),
        )  # fmt: skip

    # --- slots --------------------------------------------------------------------------------------------------------

    def _slot(self, part: Part, phrase: str) -> str:
        if part.most == 1:
            return _ONE[part.slot](self, phrase)
        found: list[str] = []
        for item in _list(phrase, lambda text: bool(self._index(part.slot).find(text))):
            found += _ONE[part.slot](self, item).split(", ")
        unique = list(dict.fromkeys(found))
        if len(unique) > part.most:
            raise _FaultError("unreadable", f"more than {part.most} names")
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
            raise self._many("land", text, list(found))
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
        raise _FaultError("unreadable", f"no kind of treaty '{text[:60]}'; there is: {', '.join(TREATIES)}")

    def _line_of_policy(self, text: str) -> str:
        if (found := names.synonyms("lines").get(plain(text), "")) in POLICY:
            return found
        raise _FaultError("unreadable", f"no line of policy '{text[:60]}'; there is: {', '.join(POLICY)}")

    def _direction(self, text: str) -> str:
        if found := names.synonyms("directions").get(plain(text) or text, ""):
            return found
        raise _FaultError("unreadable", f"'{text[:40]}' is neither up nor down", (FORMS["policy"].example,))

    def _posture(self, text: str) -> str:
        if found := names.synonyms("postures").get(plain(text), ""):
            return found
        raise _FaultError("unreadable", f"'{text[:40]}' is none of {', '.join(POSTURES)}", (FORMS["posture"].example,))

    def _name(self, text: str) -> str:
        bare = " ".join(re.sub(r"[^\w .-]", " ", text).split())[:40].strip()
        if not plain(bare):
            raise _FaultError("unreadable", "an operation needs a name in letters", (FORMS["plan"].example,))
        return bare

    def _date(self, text: str) -> str:
        found = _date_of(text.strip(" ,.:"), self.seen.hour)
        if not found:
            raise _FaultError("unreadable", f"'{text[:40]}' is no date", ("1939-09-01", "1 September 1939"))
        return found

    def _one(self, what: str, text: str, index: Index) -> str:
        found = index.find(text)
        if len(found) == 1:
            return found[0]
        raise self._many(what, text, found) if found else self._none(what, text, index)

    def _many(self, what: str, text: str, found: list[str]) -> _FaultError:
        return _FaultError("ambiguous", f"'{text[:60]}' may be several: {', '.join(found[:6])}", found[:6])

    def _none(self, what: str, text: str, index: Index) -> _FaultError:
        return _FaultError("unreadable", f"no {what} '{text[:60]}'", index.near(text))


_ONE: Mapping[str, Callable[[_Reader, str], str]] = {
    "power": _Reader._power, "place": _Reader._place, "zone": _Reader._zone, "hq": _Reader._hq,
    "operation": _Reader._operation, "hq_or_all": _Reader._hq_or_all, "treaty": _Reader._treaty,
    "line": _Reader._line_of_policy, "direction": _Reader._direction, "posture": _Reader._posture,
    "name": _Reader._name, "date": _Reader._date,
}  # fmt: skip
_WANTS = {
    "power": "a power", "place": "a place", "zone": "land", "hq": "a headquarters", "operation": "an operation",
    "hq_or_all": "a headquarters, or 'all'", "treaty": "a kind of treaty", "line": "a line of policy",
    "direction": "up or down", "posture": "a posture", "name": "a name", "date": "a date",
}  # fmt: skip
TREATIES = tuple(k for k in map(str, TreatyKind) if k not in {"settlement", "guarantee"})
_CONDITION_WORDS = {
    "hold": "holds", "has": "holds", "takes": "holds", "own": "owns", "falls": "beaten", "defeated": "beaten",
    "capitulates": "beaten", "fights": "at_war", "on": "date",
}  # fmt: skip
_FILLERS = frozenset({"is", "are", "the", "with", "to", "by", "and", "has", "been"})


def _verb_index() -> Index:
    index = Index()
    for text, verb in names.synonyms("verbs").items():
        index.add(verb, (text,))
    return index


def _flags(form: Form, words: list[str]) -> tuple[set[str], list[str]]:
    """Words of a form that stand alone, taken out of the rest."""
    found: set[str] = set()
    for flag in (p.lead for p in form.parts if p.slot == "flag"):
        wanted = _FLAG_WORDS[flag]
        keys = [plain(w) for w in words]
        for phrase in wanted:
            size = phrase.count(" ") + 1
            at = next((k for k in range(len(keys)) if " ".join(keys[k : k + size]) == phrase), -1)
            if at >= 0:
                found.add(flag)
                words = words[:at] + words[at + size :]
                break
    return found, words


_FLAG_WORDS = {
    "secretly": ("secretly", "in secret", "covertly", "covert", "quietly", "geheim"),
    "by sea": ("by sea", "from the sea", "seaborne", "over sea"),
}


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
