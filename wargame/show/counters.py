"""Counters to cut out: sheets of NATO symbols with strengths in front and each formation's data behind.

Front and back sheets fit when printed on both sides and turned over the long edge. All lengths are points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame.show import style, symbols
from wargame.show.paper import A4, MM, canvas, fitted, paint, wrapped

SIDE = 24 * MM
COLUMNS, ROWS = 7, 10
LEFT = (A4[0] - COLUMNS * SIDE) / 2
TOP = A4[1] - 26 * MM
SYMBOL = 15.5  # height of a frame
MARK = 4 * MM  # length of a cut mark

LEGEND = (
    "Front: above left the army, below left men in thousands (of air fleets: aircraft), below right quality of 100. "
    "Back: name, army, where it is set up, men and arms as counted; turn it over when it has lost half its men."
)


@dataclass(frozen=True)
class Counter:
    """One counter. ``figure`` and ``quality`` are the numbers in front, ``lines`` what stands behind."""

    sidc: str
    kind: str
    colour: str
    label: str
    army: str
    figure: str
    quality: str
    lines: tuple[str, ...]


def draw_counters(path: str | Path, counters: Sequence[Counter], *, title: str, foot: str = "") -> Path:
    """Draw counters on sheets, each front followed by its back; returns the path. No counter, no page but a word."""
    with canvas(path, A4, title=title) as page:
        sheets = list(_sheets(counters))
        for n, sheet in enumerate(sheets, start=1):
            for back in (False, True):
                _page(page, title, foot, f"sheet {n} of {len(sheets)}, {'back' if back else 'front'}")
                for k, counter in enumerate(sheet):
                    column, row = k % COLUMNS, k // COLUMNS
                    column = COLUMNS - 1 - column if back else column
                    x, y = LEFT + column * SIDE, TOP - (row + 1) * SIDE
                    (_back if back else _front)(page, counter, x, y)
                _cut_marks(page, -(-len(sheet) // COLUMNS))
                page.showPage()
        if not sheets:
            _page(page, title, foot, "no formation in the field")
    return Path(path)


def _sheets(counters: Sequence[Counter]) -> Iterator[Sequence[Counter]]:
    for first in range(0, len(counters), COLUMNS * ROWS):
        yield counters[first : first + COLUMNS * ROWS]


def _page(page: Any, title: str, foot: str, number: str) -> None:
    page.setFillColor(style.INK)
    text, size = fitted(title, "Sans-Bold", 11, A4[0] - 2 * LEFT - 130)
    page.setFont("Sans-Bold", size)
    page.drawString(LEFT, A4[1] - 14 * MM, text)
    page.setFont("Sans", 8)
    page.setFillColor(style.GREY)
    page.drawRightString(A4[0] - LEFT, A4[1] - 14 * MM, number)
    page.setFont("Sans", 6.3)
    for k, line in enumerate(wrapped(LEGEND, "Sans", 6.3, A4[0] - 2 * LEFT)):
        page.drawString(LEFT, 15 * MM - 8.2 * k, line)
    page.drawRightString(A4[0] - LEFT, 8 * MM, foot)


def _cut_marks(page: Any, rows: int) -> None:
    page.saveState()
    page.setStrokeColor(style.INK)
    page.setLineWidth(0.4)
    low = TOP - rows * SIDE
    right = LEFT + COLUMNS * SIDE
    for k in range(COLUMNS + 1):
        x = LEFT + k * SIDE
        page.line(x, TOP + 2, x, TOP + 2 + MARK)
        page.line(x, low - 2, x, low - 2 - MARK)
    for k in range(rows + 1):
        y = TOP - k * SIDE
        page.line(LEFT - 2, y, LEFT - 2 - MARK, y)
        page.line(right + 2, y, right + 2 + MARK, y)
    page.restoreState()


def _tile(page: Any, x: float, y: float, fill: str) -> None:
    page.setFillColor(fill)
    page.setStrokeColor("#8d8778")
    page.setLineWidth(0.25)
    page.rect(x, y, SIDE, SIDE, stroke=1, fill=1)


def _front(page: Any, counter: Counter, x: float, y: float) -> None:
    _tile(page, x, y, style.land_tint(counter.colour))
    at = symbols.Placed(x + SIDE / 2, y + 38, counter.sidc, style.symbol_fill(counter.colour), counter.kind, "friend")
    paint(page, at, SYMBOL)
    page.setFillColor(symbols.INK)
    _line(page, counter.army, "Sans", 5.4, x + 3, y + SIDE - 7.5, SIDE - 6)
    _line(page, counter.label, "Sans-Bold", 7.6, x + SIDE / 2, y + 19.5, SIDE - 6, "centre")
    _line(page, counter.figure, "Sans-Bold", 10.5, x + 4, y + 5.5, SIDE / 2 - 4)
    _line(page, counter.quality, "Sans", 8.5, x + SIDE - 4, y + 5.5, SIDE / 2 - 6, "right")


def _back(page: Any, counter: Counter, x: float, y: float) -> None:
    _tile(page, x, y, style.mix(style.land_tint(counter.colour), "#ffffff", 0.55))
    page.setFillColor(style.strong(counter.colour))
    page.rect(x, y + SIDE - 14, SIDE, 14, stroke=0, fill=1)
    page.setFillColor("#ffffff")
    _line(page, f"½  {counter.label}", "Sans-Bold", 7.4, x + SIDE / 2, y + SIDE - 10, SIDE - 8, "centre")
    page.setFillColor(symbols.INK)
    top = y + SIDE - 21
    for text in counter.lines:
        for line in wrapped(text, "Sans", 5.3, SIDE - 7)[:2]:
            if top > y + 3:
                _line(page, line, "Sans", 5.3, x + 3.5, top, SIDE - 7)
                top -= 6.7


def _line(page: Any, text: str, face: str, size: float, x: float, y: float, room: float, align: str = "left") -> None:
    text, fit = fitted(text, face, size, room)
    page.setFont(face, fit)
    {"left": page.drawString, "right": page.drawRightString, "centre": page.drawCentredString}[align](x, y, text)
