"""Forms to fill in by hand, tent cards and the turn track. A4, drawn line by line; all lengths are points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame.show import style
from wargame.show.paper import A4, MM, canvas, fitted, width, wrapped

LEFT, RIGHT = 20 * MM, A4[0] - 16 * MM  # more on the left, for a file
TOP, LOW = A4[1] - 16 * MM, 14 * MM
PITCH = 8.2 * MM  # between lines to write on
RULE = "#a49d8f"


@dataclass(frozen=True)
class Head:
    """What every form of a turn says at its head: whose it is, and of which turn."""

    game: str
    seat: str
    turn: str
    colour: str = style.INK


def order_form(path: str | Path, head: Head, examples: Sequence[tuple[str, str]]) -> Path:
    """The sheet on which a seat writes its orders; ``examples`` are pairs of an order as written and what it does."""
    with canvas(path, A4, title=f"Orders of {head.seat}") as page:
        y = _head(page, head, "Orders")
        y = _fields(page, y, (("Handed in at", 0.28), ("By", 0.42), ("Entered by the umpire", 0.30)))
        y = _section(page, y, "Political", "propose, guarantee, demand, concede, mobilise, transit, trade, declare", 8)
        y = _section(page, y, "Military", "attack, defend, withdraw, reserve, posture, rail, ship, base", 10)
        y = _section(page, y, "Standing orders", "in force until withdrawn; if ... then ...", 3)
        y = _section(page, y, "In your own words", "what you want to achieve; the umpire decides what comes of it", 3)
        _examples(page, y, examples)
        page.showPage()
    return Path(path)


def message_forms(path: str | Path, head: Head, powers: Sequence[str], ways: Sequence[str]) -> Path:
    """Two messages to a sheet, to be cut apart: to whom, how, the text, and what the umpire notes."""
    with canvas(path, A4, title=f"Messages of {head.seat}") as page:
        half = A4[1] / 2
        for k in (1, 0):
            y = _head(page, head, "Message", top=(k + 1) * half - 11 * MM)
            y = _ticks(page, y, "To", powers)
            y = _ticks(page, y, "By", ways)
            y = _lines(page, y - 4, 9)
            _fields(page, y, (("Signed", 0.4), ("Handed in at", 0.3), ("Umpire: comes on", 0.3)))
        _cut(page, half)
        page.showPage()
    return Path(path)


def rfi_forms(path: str | Path, head: Head) -> Path:
    """Two requests for information to a sheet: the question, and room for the umpire's answer."""
    with canvas(path, A4, title=f"Requests for information of {head.seat}") as page:
        half = A4[1] / 2
        for k in (1, 0):
            y = _head(page, head, "Request for information", top=(k + 1) * half - 11 * MM)
            y = _section(page, y, "We ask", "one question a form", 5)
            _section(page, y, "The umpire answers", "", 6)
        _cut(page, half)
        page.showPage()
    return Path(path)


def ruling_forms(path: str | Path, head: Head) -> Path:
    """The umpire's sheet for a matter argued out at the table: claim, reasons for and against, odds, roll, ruling."""
    with canvas(path, A4, title="Rulings") as page:
        half = A4[1] / 2
        for k in (1, 0):
            y = _head(page, head, "Ruling", top=(k + 1) * half - 11 * MM)
            y = _fields(page, y, (("Matter", 0.7), ("Number", 0.3)))
            y = _section(page, y, "Claim, and reasons for it", "", 4)
            y = _section(page, y, "Reasons against", "", 3)
            y = _fields(page, y, (("Votes on the odds", 0.4), ("Odds agreed", 0.3), ("Roll", 0.3)))
            y = _section(page, y, "Ruling and reason", "", 3)
        _cut(page, half)
        page.showPage()
    return Path(path)


def tent_cards(path: str | Path, cards: Sequence[tuple[str, str, str]]) -> Path:
    """Cards to fold and stand before the seats: name, words below it, colour; one a page, readable from both sides."""
    wide, high = A4[1], A4[0]
    with canvas(path, (wide, high), title="Tent cards") as page:
        for name, under, colour in cards:
            page.setStrokeColor(RULE)
            page.setLineWidth(0.5)
            page.setDash(4, 4)
            page.line(0, high / 2, wide, high / 2)
            page.setDash()
            for turned in (False, True):
                page.saveState()
                if turned:
                    page.translate(wide, high)
                    page.rotate(180)
                page.setFillColor(colour)
                page.rect(0, 0, wide, 14 * MM, stroke=0, fill=1)
                text, size = fitted(name, "Sans-Bold", 72, wide - 50 * MM)
                page.setFillColor(style.INK)
                page.setFont("Sans-Bold", size)
                page.drawCentredString(wide / 2, high / 4 - size * 0.22, text)
                text, size = fitted(under, "Sans", 16, wide - 50 * MM)
                page.setFillColor("#ffffff")
                page.setFont("Sans-Bold", size)
                page.drawCentredString(wide / 2, 5 * MM, text)
                page.restoreState()
            page.showPage()
    return Path(path)


def turn_track(path: str | Path, game: str, turns: Sequence[tuple[str, str]], now: int) -> Path:
    """Boxes for the turns: the number above and the days below in each; the one at ``now`` is marked."""
    wide, high = A4[1], A4[0]
    with canvas(path, (wide, high), title="Turn track") as page:
        columns = 7
        side = (wide - 30 * MM) / columns
        tall = 24 * MM
        per_page = columns * int((high - 45 * MM) // tall)
        pages = max(1, -(-len(turns) // per_page))
        for n in range(pages):
            page.setFillColor(style.INK)
            text, size = fitted(game, "Sans-Bold", 16, wide - 80 * MM)
            page.setFont("Sans-Bold", size)
            page.drawString(15 * MM, high - 18 * MM, text)
            page.setFont("Sans", 9)
            page.setFillColor(style.GREY)
            page.drawRightString(wide - 15 * MM, high - 18 * MM, f"Turn track, page {n + 1} of {pages}")
            for k, (above, below) in enumerate(turns[n * per_page : (n + 1) * per_page]):
                x, y = 15 * MM + (k % columns) * side, high - 26 * MM - (k // columns + 1) * tall
                _box(page, x, y, side, tall, above, below, marked=n * per_page + k == now)
            page.showPage()
    return Path(path)


# --- parts -----------------------------------------------------------------------------------------------------------


def _box(page: Any, x: float, y: float, side: float, tall: float, above: str, below: str, *, marked: bool) -> None:
    page.setStrokeColor(style.INK)
    page.setLineWidth(1.6 if marked else 0.6)
    page.setFillColor("#f3e9c8" if marked else "#ffffff")
    page.rect(x + 2, y + 2, side - 4, tall - 4, stroke=1, fill=1)
    page.setFillColor(style.INK)
    page.setFont("Sans-Bold", 13)
    page.drawString(x + 7, y + tall - 18, above)
    page.setFillColor(style.GREY)
    for k, line in enumerate(wrapped(below, "Sans", 7.6, side - 14)[:3]):
        page.setFont("Sans", 7.6)
        page.drawString(x + 7, y + tall - 31 - 9.5 * k, line)


def _head(page: Any, head: Head, what: str, top: float = TOP) -> float:
    """The head of a form; returns the height of what follows."""
    page.setFillColor(head.colour)
    page.rect(LEFT, top - 2, RIGHT - LEFT, 2.2, stroke=0, fill=1)
    page.setFillColor(style.INK)
    text, size = fitted(f"{what}: {head.seat}" if head.seat else what, "Sans-Bold", 15, (RIGHT - LEFT) * 0.6)
    page.setFont("Sans-Bold", size)
    page.drawString(LEFT, top - 20, text)
    page.setFont("Sans-Bold", 9)
    page.drawRightString(RIGHT, top - 14, head.turn)
    text, size = fitted(head.game, "Sans", 7.5, (RIGHT - LEFT) * 0.4)
    page.setFont("Sans", size)
    page.setFillColor(style.GREY)
    page.drawRightString(RIGHT, top - 24, text)
    return top - 32


def _fields(page: Any, y: float, fields: Sequence[tuple[str, float]]) -> float:
    """Named fields side by side with a line to write on; shares of the width."""
    x, wide = LEFT, RIGHT - LEFT
    for name, share in fields:
        page.setFont("Sans", 7.2)
        page.setFillColor(style.GREY)
        page.drawString(x, y - 15, name)
        start = x + width(name, "Sans", 7.2) + 4
        _rule(page, start, x + share * wide - 7, y - 16)
        x += share * wide
    return y - 24


def _section(page: Any, y: float, name: str, hint: str, lines: int) -> float:
    page.setFont("Sans-Bold", 9.5)
    page.setFillColor(style.INK)
    page.drawString(LEFT, y - 12, name)
    text, size = fitted(hint, "Sans", 7, RIGHT - LEFT - width(name, "Sans-Bold", 9.5) - 8)
    page.setFont("Sans", size)
    page.setFillColor(style.GREY)
    page.drawString(LEFT + width(name, "Sans-Bold", 9.5) + 7, y - 12, text)
    return _lines(page, y - 12, lines)


def _lines(page: Any, y: float, count: int) -> float:
    for _ in range(count):
        y -= PITCH
        _rule(page, LEFT, RIGHT, y)
    return y - 6


def _rule(page: Any, x: float, to: float, y: float) -> None:
    page.setStrokeColor(RULE)
    page.setLineWidth(0.5)
    page.line(x, y, to, y)


def _ticks(page: Any, y: float, name: str, choices: Sequence[str]) -> float:
    """A row of boxes to tick, over as many lines as they need."""
    page.setFillColor(style.INK)
    page.setFont("Sans-Bold", 8.5)
    page.drawString(LEFT, y - 13, name)
    x, y = LEFT + 24, y - 13
    for choice in choices:
        wide = width(choice, "Sans", 8.5) + 20
        if x + wide > RIGHT:
            x, y = LEFT + 24, y - 14
        page.setStrokeColor(style.INK)
        page.setLineWidth(0.7)
        page.rect(x, y - 1, 7.5, 7.5, stroke=1, fill=0)
        page.setFont("Sans", 8.5)
        page.drawString(x + 11, y, choice)
        x += wide + 4
    return y - 5


def _examples(page: Any, y: float, examples: Sequence[tuple[str, str]]) -> None:
    y -= 12
    page.setFillColor(style.INK)
    page.setFont("Sans-Bold", 7.5)
    if examples:
        page.drawString(LEFT, y, "How it is written")
    for k, (line, meaning) in enumerate(examples):
        x = LEFT + (k % 2) * (RIGHT - LEFT) / 2
        low = y - 11 - (k // 2) * 10
        if low < LOW:
            return
        room = (RIGHT - LEFT) / 2 - 8
        _, size = fitted(f"{line}   {meaning}", "Sans", 6.6, room)
        page.setFont("Mono", size)
        page.setFillColor(style.INK)
        written, _ = fitted(line, "Mono", size, room)
        page.drawString(x, low, written)
        left = room - width(written, "Mono", size) - 6
        if left > 20:
            said, small = fitted(meaning, "Sans", size, left)
            page.setFont("Sans", small)
            page.setFillColor(style.GREY)
            page.drawString(x + width(written, "Mono", size) + 6, low, said)


def _cut(page: Any, y: float) -> None:
    page.setStrokeColor(RULE)
    page.setLineWidth(0.5)
    page.setDash(3, 3)
    page.line(0, y, A4[0], y)
    page.setDash()
