"""Numbers live in the edition: each is read by code that opens its chapter, and no rule hides one of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import wargame
from wargame.rulebook import Rulebook

PACKAGE = Path(wargame.__file__).parent
RULES = sorted((PACKAGE / "rules").glob("*.py"))
STANDARD = Rulebook.load("standard")
CHAPTERS = {name.partition(".")[0] for name in STANDARD.numbers}

OF_ARITHMETIC = {0.0, 0.5, 1.0, 2.0, 3.0, 100.0, 1000.0, 1e-9}
"""Halves, units, per cents and per thousands, classes counted off, and a guard against the logarithm of nothing."""
NAMED = {"SCALE_MEN": 10000.0, "TELLING": 0.05}
"""The unit of a fitted coefficient, which changes with the fit; what is worth saying, which changes nothing."""


def numbers_read(path: Path) -> Iterator[str]:
    """``chapter.key`` for every key read in a file that also names its chapter on a rulebook."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    attributes = [n for n in nodes if isinstance(n, ast.Attribute)]
    books = [n for n in attributes if ast.unparse(n.value).split(".")[-1] in {"rulebook", "book", "rules"}]
    named = {n.attr for n in books if n.attr in CHAPTERS}
    words = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    keys = {n.attr for n in attributes} | words
    yield from (f"{c}.{k}" for c in named for k in keys)


def test_every_number_of_the_edition_is_read_by_code_that_opens_its_chapter() -> None:
    read = {name for path in PACKAGE.rglob("*.py") for name in numbers_read(path)}
    assert sorted(set(STANDARD.numbers) - read) == [], "delete these from the edition, or use them"


def bare_numbers(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in NAMED:
            assert ast.literal_eval(node.value) == NAMED[ast.unparse(node.targets[0])]
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, float) and child.value not in OF_ARITHMETIC:
                place = f"{path.name} line {child.lineno}"
                yield f"{place}: {child.value} belongs in the edition, with unit, source and range"


def test_no_rule_hides_a_number() -> None:
    assert [found for path in RULES for found in bare_numbers(path)] == []


def test_a_hidden_number_is_found(tmp_path: Path) -> None:
    path = tmp_path / "rule.py"
    path.write_text("SCALE_MEN = 10000.0\nx = 1.0 - y\nz = 0.35 + 0.5 * y\n", encoding="utf-8")
    assert [found.split(":")[0] for found in bare_numbers(path)] == ["rule.py line 3"]
