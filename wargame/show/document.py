"""A document for readers as a list of blocks, written as Markdown here and as PDF by `wargame.show.paper`.

Whatever text comes in is shown as it is: nothing in a player's words is taken for markup, and what cannot be printed is
shown as a sign for itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` 1 is a chapter, 2 a section."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``look``: body, lead (larger, for the first words of a page), small or warning (set apart).

    ``head``: words before it that stand out, such as a date.
    """

    text: str
    look: Literal["body", "lead", "small", "warning"] = "body"
    head: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list; ``boxes`` to tick instead of dots."""

    items: tuple[str, ...]
    boxes: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and values side by side."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table. ``align``: a letter a column, l, r or c; ``shares``: of the width, one a column (empty: equal).

    ``bold``: numbers of the rows that head a group or sum it up.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""
    shares: tuple[float, ...] = ()
    bold: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        wrong = [r for r in self.rows if len(r) != len(self.head)]
        if wrong:
            raise ValueError(f"a row of {len(wrong[0])} cells under {len(self.head)} heads: {wrong[0]}")


@dataclass(frozen=True)
class Letter:
    """A message or order as it was written, with a line on whence and when."""

    head: str
    text: str


@dataclass(frozen=True)
class Plate:
    """A picture on a page of its own, or in Markdown a link; ``name`` is its file, ``text`` what it shows."""

    name: str
    text: str


Block = Heading | Paragraph | Bullets | Facts | Grid | Letter | Plate


@dataclass(frozen=True)
class Document:
    """A whole paper. ``marking`` says who may read it; ``foot`` stands at the foot of every page beside its number."""

    title: str
    subtitle: str = ""
    marking: str = ""
    foot: str = ""
    colour: str = "#1e1e1e"
    blocks: tuple[Block, ...] = field(default_factory=tuple)


MOST = 20_000
"""Letters of one player's text that are printed; the rest is cut off, and said to be."""
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def printable(text: str, *, lines: bool = False) -> str:
    """A text as it can be printed: no control signs, no signs that turn the line round, blanks single, not too long.

    ``lines``: its lines are kept.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c if c == "\n" or not unicodedata.category(c).startswith("C") else " " for c in text)
    rows = [re.sub(r"\s+", " ", row).strip() for row in kept.split("\n")]
    text = "\n".join(rows).strip("\n") if lines else " ".join(r for r in rows if r)
    return text if len(text) <= MOST else f"{text[:MOST]} [... cut after {MOST:,} letters]"


def from_markdown(text: str, level: int = 1) -> tuple[Block, ...]:
    """Blocks of a Markdown text: headings (the highest at ``level``), lists, tables, paragraphs; marks of weight go."""
    found: list[Block] = []
    for kind, lines in _chunks(printable(text, lines=True)):
        if kind == "heading":
            marks, _, words = lines[0].partition(" ")
            found.append(Heading(_unmarked(words), level + (len(marks) > 1)))
        elif kind == "list":
            found.append(Bullets(tuple(_unmarked(line) for line in lines)))
        elif kind == "table":
            rows = [tuple(_unmarked(c) for c in line.strip("|").split("|")) for line in lines]
            wide = len(rows[0])
            body = [(*r, *[""] * wide)[:wide] for r in rows[1:] if not all(re.fullmatch(r":?-*:?", c) for c in r)]
            found.append(Grid(rows[0], tuple(body)))
        else:
            found.append(Paragraph(_unmarked(" ".join(lines))))
    return tuple(found)


def _chunks(text: str) -> list[tuple[str, list[str]]]:
    """The lines of a text gathered into headings, lists (an item a line), tables and paragraphs."""
    found: list[tuple[str, list[str]]] = []
    kind = ""
    for line in text.split("\n"):
        item = re.match(r"(?:[-*+]|\d+[.)]) +(.*)", line)
        if not line:
            kind = ""
        elif re.match(r"#+ ", line):
            found.append(("heading", [line]))
            kind = ""
        elif line.startswith("|") or item:
            now = "table" if line.startswith("|") else "list"
            if kind != now:
                found.append((now, []))
            found[-1][1].append(item[1] if item else line)
            kind = now
        elif kind == "list":
            found[-1][1][-1] += f" {line}"
        elif kind == "paragraph":
            found[-1][1].append(line)
        else:
            found.append(("paragraph", [line]))
            kind = "paragraph"
    return found


def _unmarked(text: str) -> str:
    """A text without the marks of weight and code around its words."""
    return re.sub(r"\*\*|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", "", text).strip()


def markdown(document: Document, files: Mapping[str, str] | None = None) -> str:
    """The document as Markdown; the same document gives the same text.

    ``files``: where each `Plate` is, by its name; a plate that is nowhere is left out.
    """
    files = files or {}
    parts = [f"# {_escaped(document.title)}"]
    parts += [f"**{_escaped(document.marking)}**"] if document.marking else []
    parts += [_escaped(document.subtitle)] if document.subtitle else []
    parts += [_plate(b, files) if isinstance(b, Plate) else _block(b) for b in document.blocks]
    parts += [f"---\n\n{_escaped(document.foot)}"] if document.foot else []
    return "\n\n".join(p for p in parts if p) + "\n"


_SIGNS = re.compile(r"([\\`*_\[\]<>#|~])")


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", printable(text))


def _line(text: str) -> str:
    """A text at the beginning of a line, where a number or a dash would make a list of it."""
    return re.sub(r"^(\d+)([.)])|^([-+=])", lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", _escaped(text))


def _plate(plate: Plate, files: Mapping[str, str]) -> str:
    file = files.get(plate.name, "")
    picture = "!" if file.endswith((".png", ".svg", ".webp", ".gif")) else ""
    return f"{picture}[{_escaped(plate.text)}]({file})" if file else ""


def _block(b: Block) -> str:
    match b:
        case Heading(text, level):
            return f"{'#' * (level + 1)} {_escaped(text)}"
        case Paragraph(text, look, head):
            said = _line(text) if not head else f"**{_escaped(head)}.** {_escaped(text)}"
            return f"**{said}**" if look == "warning" and said and not head else said
        case Bullets(items, boxes):
            return "\n".join(f"- {'[ ] ' if boxes else ''}{_line(i)}" for i in items)
        case Facts(pairs):
            return "\n".join(f"- **{_escaped(k)}:** {_escaped(v)}" for k, v in pairs)
        case Grid():
            return _table(b)
        case Letter(head, text):
            said = "\n".join(f"> {_line(row)}".rstrip() for row in printable(text, lines=True).split("\n"))
            return f"> **{_escaped(head)}**\n>\n{said}"
        case _:
            return ""


def _table(grid: Grid) -> str:
    align = grid.align or "l" * len(grid.head)
    rule = {"l": "---", "r": "---:", "c": ":---:"}
    lines = [_row(grid.head), _row([rule[a] for a in align], escape=False)]
    return "\n".join([*lines, *(_row(r, bold=k in grid.bold) for k, r in enumerate(grid.rows))])


def _row(cells: Sequence[str], *, escape: bool = True, bold: bool = False) -> str:
    said = [_escaped(c) if escape else c for c in cells]
    return "| " + " | ".join(f"**{c}**" if bold and c else c for c in said) + " |"
