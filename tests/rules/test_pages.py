"""The printed rulebook agrees with the edition and with the rules: numbers, clauses, worked examples."""

from __future__ import annotations

import re

import pytest

from tests.rules.cases import check, load
from tests.rules.pages import BETWEEN, BOOK, CHAPTERS, NUMBERS, clauses, example, page, renewed, table_of, working_of
from tests.rules.plays import PLAYS, UNSAID
from wargame.rulebook import Rulebook

STANDARD = Rulebook.load("standard")
EVERY = pytest.mark.parametrize("chapter", CHAPTERS)


@pytest.mark.parametrize("chapter", (*CHAPTERS, *BETWEEN))
def test_a_page_has_today_s_numbers(chapter: str) -> None:
    for match in NUMBERS.finditer(page(chapter)):
        right = table_of(match["what"], STANDARD)
        assert match["table"] == right, f"run `python -m tests.rules.pages`, or print in {chapter}.md:\n{right}"


def test_every_number_of_the_edition_is_printed() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(BOOK.glob("*.md")))
    printed = [name for m in NUMBERS.finditer(text) for name in re.findall(r"^\| `(.+?)`", m["table"], re.MULTILINE)]
    assert sorted(set(STANDARD.numbers) - set(printed)) == []


@EVERY
def test_clauses_are_numbered_in_turn(chapter: str) -> None:
    found = clauses(page(chapter))
    first = found[0].split(".")[0]
    assert found == [f"{first}.{k}" for k in range(1, len(found) + 1)]
    assert int(first) == CHAPTERS.index(chapter) + 1


@EVERY
def test_every_case_names_a_clause_and_most_clauses_have_a_case(chapter: str) -> None:
    printed, tried = clauses(page(chapter)), {c["clause"] for c in load(chapter)}
    assert sorted(tried - set(printed)) == []
    assert len(load(chapter)) >= 6
    assert len(tried) >= len(printed) / 2, f"clauses of {chapter} without a case: {sorted(set(printed) - tried)}"


@EVERY
def test_the_worked_example_is_true(chapter: str) -> None:
    case, working = example(page(chapter))
    check({"clause": "example", "title": chapter} | case, PLAYS[chapter], UNSAID.get(chapter, ()))
    right = working_of(case, STANDARD)
    assert working == right, f"run `python -m tests.rules.pages`, or print in {chapter}.md:\n{right}"


@pytest.mark.parametrize("name", [n for n in BETWEEN if n != "sequence_of_play"])
def test_pages_between_the_chapters_number_their_clauses_and_say_what_they_do_not_do(name: str) -> None:
    found = re.findall(r"^\*\*([A-Z])\.(\d+)\*\* ", page(name), re.MULTILINE)
    assert [int(k) for _, k in found] == list(range(1, len(found) + 1))
    assert {letter for letter, _ in found} == {name[0].upper()}
    assert "\n## What this chapter does not do\n" in page(name)


@EVERY
def test_a_page_says_what_the_rule_does_not_do(chapter: str) -> None:
    assert "\n## What this chapter does not do\n" in page(chapter)


def test_pages_can_be_renewed_without_a_change_today() -> None:
    for chapter in CHAPTERS:
        assert renewed(page(chapter), STANDARD) == page(chapter)


def test_the_index_names_every_page() -> None:
    index = (BOOK / "README.md").read_text(encoding="utf-8")
    for path in sorted(BOOK.glob("*.md")):
        assert path.stem == "README" or f"({path.name})" in index, path.name
