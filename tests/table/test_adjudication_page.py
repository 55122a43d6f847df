"""The umpire's page on adjudication says what the program does: its lines, styles and kinds of ruling."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from wargame.table.matters import Domain
from wargame.table.rulings import ALLOWED, FLOOR, NET_REASON, STYLES, WORDS
from wargame.umpiring import CONDITIONS, OUTCOMES, STANDINGS, VERBS, die

PAGE = (Path(__file__).parents[2] / "docs" / "adjudication.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_line_an_umpire_can_write_is_on_the_page() -> None:
    section = PAGE.split("## What can be written under --effect\n", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"^\| `(\w+)", section, re.MULTILINE)) | {w for w in CONDITIONS if f"`{w}`" in section}
    assert named == set(VERBS)
    assert all(standing in section for standing in STANDINGS)


def test_the_styles_are_those_of_the_program() -> None:
    told = {row[0]: row for row in rows("What an umpire may do")[8:] if row[0] in ALLOWED}
    assert set(told) == set(ALLOWED)
    for style, row in told.items():
        kinds = {k for k, words in zip(WORDS, ("accept", "move", "replace", "table result", "dice"), strict=True)
                 if re.search(rf"\b{words}\b", row[1])}  # fmt: skip
        assert kinds == set(ALLOWED[style]) or row[1].startswith("the same")
        assert {d.strip() for d in row[2].split(",") if d.strip()} == {d for d, s in STYLES.items() if s == style}


def test_every_domain_is_explained() -> None:
    assert [row[0] for row in rows("What is a matter")[2:]] == list(get_args(Domain))


@pytest.mark.parametrize("words", ["a tenth more or\nless", "between 5 and 95 per cent"])
def test_the_odds_of_an_argument_are_told_as_they_are(words: str) -> None:
    assert words in PAGE
    assert (NET_REASON, FLOOR) == (0.1, 0.05)


def test_dice_are_told_as_they_are_read() -> None:
    assert "`d100=37` stands for the middle of the 37th hundredth" in PAGE
    assert die("d100=37") == 0.365
    assert "rolled 36.5 of 100" in PAGE


def test_outcomes_are_the_rulebook_s() -> None:
    from wargame.verdict import OUTCOMES as KNOWN

    assert set(OUTCOMES) <= set(KNOWN)
