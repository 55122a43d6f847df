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

from wargame.errors import Fault, InputError
from wargame.scenario import Setup
from wargame.table import names
from wargame.table.forms import (
    CONDITIONS,
    FORMS,
    HQ_VERBS,
    QUESTIONS,
    VALUES,
    Form,
    Instruction,
    Part,
    Rejected,
)
from wargame.table.legal import forbidden, house_of
from wargame.table.names import Index, plain
from wargame.table.parts import Parts, UnclearError
from wargame.world import World

MOST_LINES = 500
LONGEST_LINE = 1000
DEEPEST = 3  # if ... then until ... is enough


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
        except UnclearError as fault:
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


class _Reader(Parts):
    """Reads the lines of one seat."""

    def line(self, text: str, number: int, depth: int = 0) -> Instruction:
        """One line; `UnclearError` says what is wrong with it."""
        if len(text) > LONGEST_LINE:
            raise UnclearError("unreadable", f"longer than {LONGEST_LINE} letters")
        if depth > DEEPEST:
            raise UnclearError("unreadable", "too many conditions inside each other")
        if free := re.match(r"(?i)free\b\s*[:,-]?\s*(.*)", text):
            if not free.group(1):
                raise UnclearError("unreadable", "an order for the umpire says nothing", ("free: send an envoy",))
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
            raise UnclearError("unreadable", "a condition reads: if CONDITION then ORDER", (FORMS["if"].example,))
        conditions = [self._condition(c) for c in re.split(r"(?i)\s+and\s+", " ".join(words[:at]))]
        inner = self.line(" ".join(words[at + 1 :]), number, depth + 1)
        if inner.kind in {"standing", "free"}:
            raise UnclearError("unreadable", f"'{inner.verb}' cannot wait for a condition", (FORMS["if"].example,))
        return self._made("if", (" and ".join(conditions), f"then {inner}"), text, number)

    def _until(self, words: list[str], text: str, number: int, depth: int) -> Instruction:
        for count in range(min(4, len(words) - 1), 0, -1):
            try:
                day = self._date(" ".join(words[:count]).rstrip(":,"))
            except UnclearError:
                continue
            inner = self.line(" ".join(words[count:]), number, depth + 1)
            if inner.verb not in {"answer", "posture"}:
                what = "only an answer or a posture can have a last day"
                raise UnclearError("unreadable", what, (FORMS["until"].example,))
            return self._made("until", (day, str(inner)), text, number)
        raise UnclearError("unreadable", "no date after 'until'", (FORMS["until"].example,))

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
            raise UnclearError("unreadable", what, ("holds GER warszawa", "at_war GER FRA", "date 1939-09-10"))
        verb, others = keys[at], [w for k, w in enumerate(words) if k != at and plain(w) not in _FILLERS]
        made = self._said(verb, others, text)
        return f"not {made}" if denied else made

    def _said(self, verb: str, words: list[str], text: str) -> str:
        if verb == "date":
            return f"date {self._date(' '.join(words))}"
        if verb == "beaten":
            return f"beaten {self._power(' '.join(words))}"
        if not words:
            raise UnclearError("unreadable", f"'{text[:60]}' names nobody", ("holds GER warszawa",))
        if verb == "treaty":
            if len(words) != 3:
                raise UnclearError("unreadable", "write: treaty KIND POWER POWER", ("treaty defence FRA POL",))
            return f"treaty {self._treaty(words[0])} {self._power(words[1])} {self._power(words[2])}"
        for count in range(1, len(words)):
            who = names.powers(self.setup.atlas).find(" ".join(words[:count]))
            if len(who) == 1:
                rest = " ".join(words[count:])
                break
        else:
            raise UnclearError("unreadable", f"'{text[:60]}' names no power", ("holds GER warszawa",))
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
                        raise self._many(before, found)
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
        raise UnclearError("unreadable", f"'{' '.join(words[:2])[:60]}' begins with no verb", near or ("free: ...",))

    def _filled(self, verb: str, words: list[str], text: str, number: int, hq: str = "") -> Instruction:
        """The parts of a form, read from the words after its verb."""
        if verb == "no":
            raise UnclearError("unreadable", "write: no ... before DATE", (FORMS["until"].example,))
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
                raise UnclearError("unreadable", f"'{verb}' lacks {_WANTS[part.slot]}", (self._example(form),))
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
            raise UnclearError("unreadable", f"who is to {form.verb}?", (self._example(form),))
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
                raise UnclearError("unreadable", f"'{form.verb}' takes nothing more", (self._example(form),))
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
            raise UnclearError("unreadable", "'answer' lacks a question", (FORMS["answer"].example,))
        values, questions = names.synonyms("values"), names.synonyms("questions")
        value = values.get(plain(words[-1]), "")
        if not value:
            what = f"'{words[-1][:40]}' is no answer; write {', '.join(VALUES)}"
            raise UnclearError("unreadable", what, (FORMS["answer"].example,))
        rest = [w.strip(" ,:") for w in words[:-1]]
        for count in range(min(4, len(rest)), 0, -1):
            question = questions.get(plain(" ".join(rest[:count])), "")
            if question:
                about = [w for k, w in enumerate(rest[count:]) if k or plain(w) not in {"about", "on", "for", "over"}]
                subject = self._subject(" ".join(about)) if about else ""
                return (question, *((f"about {subject}",) if subject else ()), value)
        raise UnclearError(
            "unreadable", f"no question '{' '.join(rest)[:60]}'; there is: {', '.join(QUESTIONS)}",
            (FORMS["answer"].example,),
        )  # fmt: skip


_WANTS = {
    "power": "a power", "place": "a place", "zone": "land", "hq": "a headquarters", "operation": "an operation",
    "hq_or_all": "a headquarters, or 'all'", "treaty": "a kind of treaty", "line": "a line of policy",
    "direction": "up or down", "posture": "a posture", "name": "a name", "date": "a date",
}  # fmt: skip
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
