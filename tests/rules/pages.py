"""The printed rulebook: its tables of numbers and its worked examples follow the edition.

``python -m tests.rules.pages`` writes them anew after a change of the edition; a test says when that is due.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.rules.cases import namespace
from wargame.load.schemas import reference
from wargame.rulebook import Rulebook

BOOK = Path(__file__).resolve().parents[2] / "docs" / "rulebook"
CHAPTERS = (
    "weather", "air", "mobilization", "rail", "supply", "movement", "combat", "encirclement", "termination", "raising",
    "diplomacy", "deterrence", "leadership", "industry", "naval", "longrun", "occupation",
)  # fmt: skip
BETWEEN = ("sequence_of_play", "statecraft", "estimate", "planning", "reputation", "trade_and_arms")
"""Pages on what is done with the chapters; their cases are tests of their own."""
NUMBERS = re.compile(r"(<!-- numbers: (?P<what>[a-z_. ]+) -->\n)(?P<table>.*?)(<!-- end -->)", re.DOTALL)
COLUMNS = re.compile(r"(<!-- table: (?P<kind>[a-z_]+) -->\n).*?(<!-- end -->)", re.DOTALL)
EXAMPLE = re.compile(r"```toml\n(?P<case>.*?)```\n\n<!-- working -->\n(?P<table>.*?)<!-- end -->", re.DOTALL)


def page(chapter: str) -> str:
    """The text of a chapter's page."""
    return (BOOK / f"{chapter}.md").read_text(encoding="utf-8")


def clauses(text: str) -> list[str]:
    """Numbers of a page's clauses, in print order."""
    return re.findall(r"^\*\*(\d+\.\d+)\*\* ", text, re.MULTILINE)


def table_of(what: str, book: Rulebook) -> str:
    """The numbers of the chapters or single numbers in ``what``, as a table."""
    wanted = what.split()
    rows = ["| number | value | range | unit |", "|---|---:|---:|---|"]
    for name, n in book.numbers.items():
        if name in wanted or name.partition(".")[0] in wanted:
            span = f"{n.low:g} to {n.high:g}" if n.low != n.high else "fixed"
            rows.append(f"| `{name}` | {n.value:g} | {span} | {n.unit} |")
    return "\n".join(rows) + "\n"


def example(text: str) -> tuple[dict[str, Any], str]:
    """A page's worked example: the situation with what it expects, and the printed table of its working."""
    match = EXAMPLE.search(text)
    assert match, "the page has no worked example"
    return tomllib.loads(match["case"]), match["table"]


def working_of(case: dict[str, Any], book: Rulebook) -> str:
    """The table of a worked example: each line of ``let`` with what it comes to."""
    names = namespace(book.changed(case.get("rules", {})), case["let"])
    rows = ["| what | how | comes to |", "|---|---|---:|"]
    for name, how in case["let"].items():
        spoken = str(how).replace("|", "\\|")
        rows.append(f"| {name.replace('_', ' ')} | `{spoken}` | {names[name]:,.4g} |")
    return "\n".join(rows) + "\n"


def renewed(text: str, book: Rulebook) -> str:
    """A page with its tables as the edition has them today."""
    text = NUMBERS.sub(lambda m: m[1] + table_of(m["what"], book) + m[4], text)
    match = EXAMPLE.search(text)
    if match is None:
        return text
    return text[: match.start("table")] + working_of(tomllib.loads(match["case"]), book) + text[match.end("table") :]


def main() -> None:
    """Write every page's tables anew, and the political tables' columns in the scenario guide."""
    book = Rulebook.load("standard")
    for path in (*sorted(BOOK.glob("*.md")), BOOK.parent / "scenario_guide.md"):
        old = path.read_text(encoding="utf-8")
        new = COLUMNS.sub(lambda m: f"{m[1]}{reference(m['kind'])}\n{m[m.lastindex]}", renewed(old, book))
        if new != old:
            path.write_text(new, encoding="utf-8")
            sys.stdout.write(f"{path.name}: tables renewed\n")


if __name__ == "__main__":
    main()
