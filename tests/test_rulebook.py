"""Every number of the rulebook has unit, source, confidence and range; editions and changes."""

from __future__ import annotations

import ast
import copy
import math
import pickle
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import wargame
from wargame.errors import UsageError
from wargame.rulebook import Number, Rulebook

PACKAGE = Path(wargame.__file__).parent
EDITIONS = sorted(p.stem for p in (PACKAGE / "editions").glob("*.toml"))


def toy_rulebook() -> Rulebook:
    return Rulebook(
        "toy",
        {
            "combat.slope": Number("combat.slope", 0.85, "logit", "fit", "medium", 0.7, 1.0),
            "combat.minimum_odds": Number("combat.minimum_odds", 0.1, "share", "judgement", "low", 0.0, 0.3),
            "supply.full_km": Number("supply.full_km", 150.0, "km", "judgement", "low", 100.0, 200.0),
        },
    )


def test_the_standard_edition_ships() -> None:
    assert "standard" in EDITIONS
    assert len(Rulebook.load("standard").numbers) > 50


def faults_of(number: Number) -> Iterator[str]:
    """What is wrong with a number, in words."""
    if not re.fullmatch(r"[a-z_]+\.[a-z][a-z0-9_]*", number.name):
        yield "is not called chapter.key in small letters"
    if not number.unit.strip():
        yield "has no unit"
    if not number.source.strip():
        yield "has no source"
    if number.confidence not in {"high", "medium", "low"}:
        yield f"has confidence '{number.confidence}', which is none of high, medium, low"
    if not isinstance(number.value, float) or not math.isfinite(number.value):
        yield f"is {number.value!r}: write a finite number with a decimal point"
    if re.search(r"\bjudgement\b|from memory", number.source) and number.confidence == "high":
        yield f"rests on '{number.source}' and is called sure"
    if number.low is None or number.high is None:
        if number.confidence != "high" or number.low != number.high:
            yield "is uncertain and has no range to draw from, or half a range"
    elif not number.low <= number.value <= number.high:
        yield f"is {number.value}, outside its range {number.low} to {number.high}"


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_number_has_unit_source_confidence_and_lies_in_its_range(edition: str) -> None:
    numbers = Rulebook.load(edition).numbers.values()
    assert [f"{n.name} {fault}" for n in numbers for fault in faults_of(n)] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "slope"}, "is not called"),
        ({"unit": " "}, "has no unit"),
        ({"source": ""}, "has no source"),
        ({"confidence": "certain"}, "has confidence 'certain'"),
        ({"value": math.nan}, "is nan"),
        ({"value": 1}, "is 1: write"),
        ({"source": "judgement", "confidence": "high"}, "is called sure"),
        ({"low": None, "high": None}, "no range"),
        ({"low": None}, "half a range"),
        ({"value": 3.0}, "outside its range 0.7 to 1.0"),
    ],
)
def test_each_fault_of_a_number_is_found(change: dict[str, Any], fault: str) -> None:
    good = toy_rulebook().number("combat.slope")
    assert list(faults_of(good)) == []
    assert fault in "; ".join(faults_of(replace(good, **change)))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_file_of_an_edition_holds_only_what_a_number_may_have(edition: str) -> None:
    chapters = tomllib.loads((PACKAGE / "editions" / f"{edition}.toml").read_text(encoding="utf-8"))
    allowed = {"value", "low", "high", "unit", "source", "confidence", "note"}
    extra = {f"{c}.{k}": set(v) - allowed for c, keys in chapters.items() for k, v in keys.items() if set(v) - allowed}
    assert not extra


def words_of_the_code() -> set[str]:
    """Every attribute, and every word in a string, of the package."""
    words: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                words.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(re.findall(r"\w+", node.value))
    return words


def test_no_number_stands_in_the_standard_edition_that_no_rule_uses() -> None:
    used = words_of_the_code()
    idle = {n for n in Rulebook.load("standard").numbers if n.partition(".")[2] not in used}
    assert idle == set(), "delete these from the edition, or use them"


OTHER_BOOKS = frozenset(["load/games.py", "study/report_causes.py", "table/ready.py", "table/record.py"])
"""Files in which a `book` is that of a ready game, or a report's."""


def numbers_read(path: Path) -> Iterator[tuple[str, int]]:
    """Every ``chapter.key`` a file reads, straight from a rulebook or through a local name for a chapter, with line."""
    chapter = re.compile(r"(?:^|\.)(?:rulebook|book)\.([a-z_]+)$")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    scopes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    for scope in scopes:
        names: dict[str, str] = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign):
                target, value = node.targets[0], node.value
                lists = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                plain = lists and not any(isinstance(t, ast.Starred) for t in target.elts)
                pairs = zip(target.elts, value.elts, strict=True) if plain else [(target, value)]
                names |= {ast.unparse(t): m[1] for t, v in pairs if (m := chapter.search(ast.unparse(v)))}
        if isinstance(scope, ast.ClassDef):
            names = {name: c for name, c in names.items() if name.startswith("self.")}
        for node in ast.walk(scope):
            if isinstance(node, ast.Attribute):
                holder = ast.unparse(node.value)
                found = chapter.search(holder)
                if holder in names or found:
                    yield f"{found[1] if found else names[holder]}.{node.attr}", node.lineno


def test_every_number_a_rule_reads_stands_in_the_standard_edition() -> None:
    book = Rulebook.load("standard")
    files = [p for p in PACKAGE.rglob("*.py") if p.relative_to(PACKAGE).as_posix() not in OTHER_BOOKS]
    read = [(path.relative_to(PACKAGE).as_posix(), *hit) for path in files for hit in numbers_read(path)]
    assert len(read) > 50
    missing = sorted({f"{file} line {line} reads {name}" for file, name, line in read if name not in book.numbers})
    assert missing == [], "add these to the edition, with unit, source and range"


def test_numbers_are_read_by_chapter_and_key() -> None:
    book = toy_rulebook()
    assert book.combat.slope == 0.85
    assert book.number("combat.slope").unit == "logit"


def test_unknown_names_say_what_there_is() -> None:
    book = toy_rulebook()
    with pytest.raises(UsageError, match=r"no number 'combat.slop'; did you mean 'combat.slope'"):
        book.number("combat.slop")
    with pytest.raises(AttributeError, match=r"the rulebook has no number 'combat.slop'"):
        _ = book.combat.slop
    with pytest.raises(AttributeError, match=r"the rulebook has no chapter 'naval'"):
        _ = book.naval
    with pytest.raises(UsageError, match=r"no rulebook edition 'standart'; there is: .*standard"):
        Rulebook.load("standart")


def test_a_change_gives_a_new_book_and_leaves_the_old_one() -> None:
    book = toy_rulebook()
    changed = book.changed({"combat.slope": 1})
    assert (changed.combat.slope, book.combat.slope) == (1.0, 0.85)
    assert changed.number("combat.slope").source == "fit"
    assert changed.combat.minimum_odds == 0.1
    assert changed.edition == book.edition
    assert book.changed({}) == book


def test_a_change_of_an_unknown_number_is_refused() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'supply.full_km'"):
        toy_rulebook().changed({"supply.full_kn": 1.0})


@pytest.mark.parametrize("book", [toy_rulebook(), Rulebook.load("standard")], ids=["toy", "standard"])
def test_a_book_can_be_copied_and_sent_to_another_process(book: Rulebook) -> None:
    for other in (copy.deepcopy(book), pickle.loads(pickle.dumps(book))):
        assert other == book
        assert other.combat.slope == book.combat.slope


def test_an_edition_is_read_once() -> None:
    assert Rulebook.load("standard") is Rulebook.load("standard")
