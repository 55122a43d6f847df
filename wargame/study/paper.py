"""A paper as a list of blocks, written once and shown twice: as one HTML page without scripts, and as Markdown.

Text is in the little Markdown that both need: ``**bold**``, ```code``` and ``[words](address)``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path

from wargame.show.report import style_sheet


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level; ``key`` is its anchor."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Head:
    """A heading within a section."""

    title: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """The answer in a box: a label, a sentence in large type, and what to know about it."""

    label: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Columns named in ``numbers`` are set to the right; ``caption`` says what it shows and of how many."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its file's name, its bytes, the words for who cannot see it, and a caption."""

    file: str
    data: bytes
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Command:
    """Lines to type."""

    lines: tuple[str, ...]


Block = Section | Head | Text | Box | Points | Grid | Picture | Command
MEDIA = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}


@dataclass(frozen=True)
class Paper:
    """A title, a line under it, and blocks."""

    title: str
    under: str
    blocks: tuple[Block, ...]

    def tables(self) -> list[Grid]:
        """Its tables, in order."""
        return [b for b in self.blocks if isinstance(b, Grid)]

    def pictures(self) -> list[Picture]:
        """Its pictures, in order."""
        return [b for b in self.blocks if isinstance(b, Picture)]


# --- HTML ------------------------------------------------------------------------------------------------------------

SHORT = 14
"""Rows of a table up to which it is kept on one page."""
EXTRA = """
.box.answer{display:block}.box.answer .answer{font:600 1.3rem/1.4 var(--serif);color:var(--ink);margin:.3rem 0 .6rem}
.box.answer .note{font-size:.9rem;color:var(--grey);margin:.2rem 0}
section>p,section>ul{font-family:var(--serif);font-size:1.02rem;max-width:44rem}
table caption{caption-side:top;text-align:left;font-size:.85rem;color:var(--grey);padding:.2rem 0 .4rem}
table caption b{color:var(--ink)}td{overflow-wrap:break-word}td code{overflow-wrap:anywhere}td.n{white-space:nowrap}
.wide table{width:auto;min-width:62%}figure img{max-width:100%}
@media print{section>p,section>ul{max-width:none}table caption{break-after:avoid}.box.answer{break-inside:avoid}
table{font-size:8.2pt}table.short,figure{break-inside:avoid}thead{break-after:avoid}th,td{padding:.2rem .35rem}}
"""


def html(paper: Paper) -> str:
    """The paper as one page that needs no network and no other file."""
    links = [f'<li><a href="#{b.key}">{escape(b.title)}</a></li>' for b in paper.blocks if isinstance(b, Section)]
    nav = f'<nav aria-label="Contents"><ul>{"".join(links)}</ul></nav>'
    first = next((i for i, b in enumerate(paper.blocks) if isinstance(b, Section)), len(paper.blocks))
    parts = [*map(_block, paper.blocks[:first]), nav, *_sections(paper.blocks[first:])]
    title = escape(paper.title)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style_sheet()}{' '.join(EXTRA.split())}</style></head>\n"
        f'<body><header><h1>{title}</h1><p class="under">{_inline(paper.under)}</p></header>\n'
        f"<main>{''.join(parts)}</main></body></html>\n"
    )


def _sections(blocks: Sequence[Block]) -> Iterator[str]:
    """Sections with what stands in them; tables and figures are numbered."""
    grids, pictures = count(1), count(1)
    for i, block in enumerate(blocks):
        if isinstance(block, Section):
            yield f'{"</section>" if i else ""}<section id="{block.key}"><h2>{escape(block.title)}</h2>'
        elif isinstance(block, Grid):
            yield _grid(block, next(grids))
        elif isinstance(block, Picture):
            yield _picture(block, next(pictures))
        else:
            yield _block(block)
    yield "</section>" if blocks else ""


def _block(block: Block) -> str:
    if isinstance(block, Head):
        return f"<h3>{escape(block.title)}</h3>"
    if isinstance(block, Text):
        return f"<p>{_inline(block.text)}</p>"
    if isinstance(block, Points):
        return f"<ul>{''.join(f'<li>{_inline(i)}</li>' for i in block.items)}</ul>"
    if isinstance(block, Command):
        return f"<pre><code>{escape(chr(10).join(block.lines))}</code></pre>"
    assert isinstance(block, Box)  # the rest is numbered, or a section
    notes = "".join(f'<p class="note">{_inline(n)}</p>' for n in block.notes)
    said = f'<p class="name">{escape(block.label)}</p><p class="answer">{_inline(block.text)}</p>'
    return f'<div class="box answer" role="group" aria-label="{escape(block.label)}">{said}{notes}</div>'


def _grid(grid: Grid, number: int) -> str:
    right = [' class="n"' if c in grid.numbers else "" for c in grid.columns]
    head = "".join(f'<th scope="col"{r}>{_inline(c)}</th>' for c, r in zip(grid.columns, right, strict=True))
    rows = []
    for row in grid.rows:
        cells = [f'<th scope="row"{right[0]}>{_inline(row[0])}</th>']
        cells += [f"<td{r}>{_inline(c)}</td>" for c, r in zip(row[1:], right[1:], strict=True)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption><b>Table {number}.</b> {_inline(grid.caption)}</caption>"
    short = ' class="short"' if len(grid.rows) <= SHORT else ""
    table = f"<table{short}>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="wide" role="region" tabindex="0" aria-label="Table {number}">{table}</div>'


def _picture(picture: Picture, number: int) -> str:
    data = base64.b64encode(picture.data).decode("ascii")
    source = f"data:{MEDIA[Path(picture.file).suffix]};base64,{data}"
    caption = f"<figcaption><b>Figure {number}.</b> {_inline(picture.caption)}</figcaption>"
    return f'<figure><img alt="{escape(picture.alt)}" src="{source}">{caption}</figure>'


def _inline(text: str) -> str:
    safe = escape(text, quote=False)
    safe = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', safe)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", safe)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)


# --- Markdown --------------------------------------------------------------------------------------------------------


def markdown(paper: Paper, folder: str) -> str:
    """The paper as Markdown; its pictures are looked for in ``folder``, seen from the page."""
    parts = [f"# {paper.title}", paper.under]
    grids, pictures = count(1), count(1)
    for block in paper.blocks:
        match block:
            case Section():
                parts.append(f"## {block.title}")
            case Head():
                parts.append(f"### {block.title}")
            case Text():
                parts.append(block.text)
            case Box():
                parts.append("\n>\n".join(f"> {line}" for line in (f"**{block.text}**", *block.notes)))
            case Points():
                parts.append("\n".join(f"- {i}" for i in block.items))
            case Command():
                parts.append("\n".join(("```sh", *block.lines, "```")))
            case Picture():
                caption = f"**Figure {next(pictures)}.** {block.caption}"
                parts += [f"![{block.alt}]({folder}/{block.file})", caption]
            case Grid():
                parts += [f"**Table {next(grids)}.** {block.caption}", _rows(block)]
    text = "\n\n".join(parts) + "\n"
    for section in (b for b in paper.blocks if isinstance(b, Section)):
        text = text.replace(f"](#{section.key})", f"](#{_anchor(section.title)})")
    return text


def _anchor(title: str) -> str:
    """The anchor that readers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _rows(grid: Grid) -> str:
    rule = ["---:" if c in grid.numbers else "---" for c in grid.columns]
    lines = [grid.columns, tuple(rule), *grid.rows]
    return "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines)
