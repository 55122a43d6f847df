"""A newspaper's front page in the manner of the 1930s: masthead, one great headline, three columns. A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from wargame.show.paper import A4, MM, canvas, fitted, letters, width, wrapped

LEFT, RIGHT = 14 * MM, A4[0] - 14 * MM
GAP = 5.5 * MM
COLUMNS = 3
BOTTOM = 15 * MM
INK, PALE = "#161412", "#5f584e"
LARGEST, LEAST = 46.0, 25.0
"""Type of the great headline in points: it takes two lines before it becomes smaller than the least."""


@dataclass(frozen=True)
class Story:
    """One piece of news: ``headline``, ``deck`` below it (may be empty) and paragraphs."""

    headline: str
    deck: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class FrontPage:
    """A front page. The first story is the great one; ``brief`` are lines for the last column, ``ear`` a box.

    ``picture``: a map to set under the headline, in shades of grey, and ``caption`` what it shows.
    """

    name: str
    motto: str
    date: str
    number: str
    stories: tuple[Story, ...]
    brief: tuple[str, ...] = ()
    ear: tuple[str, ...] = ()
    picture: Path | None = None
    caption: str = ""


PICTURE = (2 * (RIGHT - LEFT - 2 * GAP) / 3 + GAP, 92 * MM)
"""Width and height of the picture: two columns wide."""


def draw_front_page(path: str | Path, front: FrontPage) -> Path:
    """Draw the page; returns its path. Stories for which there is no room are left out, the last first."""
    with canvas(path, A4, title=f"{front.name}, {front.date}") as page:
        y = _masthead(page, front)
        y = _headline(page, front.stories[0], y)
        _columns(page, front, y)
        page.setFont("Serif", 6.5)
        page.setFillColor(PALE)
        page.drawCentredString(A4[0] / 2, 9 * MM, "Printed for a game. What stands here is known to everybody.")
        page.showPage()
    return Path(path)


def front_page_markdown(front: FrontPage) -> str:
    """The same page as Markdown."""
    from wargame.show.document import Bullets, Document, Heading, Paragraph, markdown

    blocks: list[Any] = []
    for story in front.stories:
        blocks.append(Heading(story.headline))
        blocks += [Paragraph(t) for t in (story.deck, *story.text) if t]
    blocks += [Heading("In brief"), Bullets(front.brief)] if front.brief else []
    blocks += [Heading("The weather"), Bullets(front.ear)] if front.ear else []
    return markdown(Document(front.name, f"{front.date} · {front.number}", blocks=tuple(blocks)))


def _masthead(page: Any, front: FrontPage) -> float:
    top = A4[1] - 14 * MM
    page.setFillColor(INK)
    name, size = fitted(front.name, "Serif-Bold", 40, RIGHT - LEFT - 20)
    page.setFont("Serif-Bold", size)
    page.drawCentredString(A4[0] / 2, top - 26, name)
    page.setFont("Serif-Italic", 8)
    page.setFillColor(PALE)
    page.drawCentredString(A4[0] / 2, top - 41, letters(front.motto, "Serif-Italic"))
    low = top - 62
    page.setStrokeColor(INK)
    for y, line in ((low + 13, 1.6), (low + 10.4, 0.5), (low - 5, 0.5)):
        page.setLineWidth(line)
        page.line(LEFT, y, RIGHT, y)
    page.setFillColor(INK)
    page.setFont("Serif", 8.2)
    page.drawString(LEFT, low, letters(front.number, "Serif"))
    page.drawCentredString(A4[0] / 2, low, letters(front.date.upper(), "Serif"))
    page.drawRightString(RIGHT, low, "PRICE TWOPENCE")
    return low - 5


def _headline(page: Any, story: Story, y: float) -> float:
    """The great headline on one line or two, and its deck."""
    room = RIGHT - LEFT
    text = letters(story.headline.upper(), "Serif-Bold")
    size = LARGEST
    lines = [text]
    while size > LEAST and len(lines := wrapped(text, "Serif-Bold", size, room)) > 2:
        size -= 1.0
    if len(lines) == 1:
        size = min(LARGEST + 10, size * room * 0.98 / width(lines[0], "Serif-Bold", size))
    page.setFillColor(INK)
    for line in lines[:3]:
        y -= size * 1.08
        page.setFont("Serif-Bold", size)
        page.drawCentredString(A4[0] / 2, y, line)
    y -= 8
    for line in wrapped(story.deck, "Serif-Italic", 14, room * 0.9)[:2]:
        y -= 16
        page.setFont("Serif-Italic", 14)
        page.drawCentredString(A4[0] / 2, y, line)
    y -= 9
    page.setLineWidth(0.5)
    page.line(LEFT, y, RIGHT, y)
    return y - 4


def _columns(page: Any, front: FrontPage, top: float) -> None:
    """The stories in the largest type in which they all fit; the picture takes the head of the last two columns."""
    from reportlab.platypus import Frame

    wide = (RIGHT - LEFT - (COLUMNS - 1) * GAP) / COLUMNS
    taken = _picture(page, front, top) if front.picture else 0.0
    for scale in SCALES:
        foot = _foot_of_last(front, scale)
        tall = sum(_height(f, wide) for f in foot) + 4 if foot else 0.0
        story = _flow(front.stories, scale)
        heights = [top - BOTTOM - (taken if k else 0.0) - (tall if k == COLUMNS - 1 else 0.0) for k in range(COLUMNS)]
        if sum(_height(f, wide) for part in story for f in part) < 0.9 * sum(heights):
            break
    for k, height in enumerate(heights):
        x, head = LEFT + k * (wide + GAP), top - (taken if k else 0.0)
        low = head - height
        while story and head - (need := sum(_height(f, wide) for f in story[0])) >= low:
            Frame(x, head - need - 1, wide, need + 1, 0, 0, 0, 0).addFromList(story.pop(0), page)
            head -= need
        if k:
            page.setStrokeColor("#b8b0a2")
            page.setLineWidth(0.4)
            page.line(x - GAP / 2, BOTTOM, x - GAP / 2, top - 2 - (taken if k > 1 else 0.0))
    if foot:
        Frame(LEFT + (COLUMNS - 1) * (wide + GAP), BOTTOM, wide, tall, 0, 0, 0, 0).addFromList(foot, page)


JUSTIFIED = 1.0
"""Scale of type up to which the columns have straight right edges."""
SCALES = (1.45, 1.3, 1.2, 1.1, 1.0)


def _height(flowable: Any, wide: float) -> float:
    return float(flowable.wrap(wide, 10_000)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter())


def _picture(page: Any, front: FrontPage, top: float) -> float:
    """Set the picture in grey; returns the height it takes."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    with Image.open(str(front.picture)) as picture:
        grey = picture.convert("L").convert("RGB")
    wide, high = PICTURE
    left = RIGHT - wide
    page.drawImage(ImageReader(grey), left, top - 4 - high, wide, high)
    page.setFont("Serif-Italic", 8)
    page.setFillColor(INK)
    page.drawCentredString(left + wide / 2, top - 14 - high, letters(front.caption, "Serif-Italic"))
    return high + 22


def _flow(stories: Sequence[Story], scale: float) -> list[list[Any]]:
    """The stories in parts that stay together: a headline with its first paragraph, then paragraph by paragraph."""
    from reportlab.platypus import HRFlowable, Spacer

    made: list[list[Any]] = []
    for k, story in enumerate(stories):
        head: list[Any] = []
        if k:
            head += [Spacer(0, 5), HRFlowable(width="40%", thickness=0.6, color=INK), Spacer(0, 4)]
            head.append(_set(story.headline.upper(), "headline", scale))
            head += [_set(story.deck, "deck", scale)] if story.deck else []
        text = [_set(t, "first" if not n else "text", scale) for n, t in enumerate(story.text)]
        made += [[*head, *text[:1]], *([t] for t in text[1:])]
    return made


def _foot_of_last(front: FrontPage, scale: float) -> list[Any]:
    """The boxes at the foot of the last column: news in brief, the weather."""
    from reportlab.platypus import HRFlowable

    made: list[Any] = []
    for head, lines in (("In brief", front.brief), ("The weather", front.ear)):
        if lines:
            made += [
                HRFlowable(width="100%", thickness=1.2, color=INK, spaceBefore=3, spaceAfter=2),
                _set(head, "box", scale),
            ]
            made += [_set(f"• {line}" if head == "In brief" else line, "line", scale) for line in lines]
    return made


def _set(text: str, look: str, scale: float) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    looks: dict[str, dict[str, Any]] = {
        "headline": {"fontName": "Serif-Bold", "fontSize": 12.5, "leading": 14.5, "alignment": 1, "spaceAfter": 3},
        "deck": {"fontName": "Serif-Italic", "fontSize": 9, "leading": 11.2, "alignment": 1, "spaceAfter": 3},
        "first": {"spaceAfter": 3},
        "text": {"firstLineIndent": 9, "spaceAfter": 2},
        "box": {"fontName": "Serif-Bold", "fontSize": 10, "leading": 12.5, "alignment": 1, "spaceAfter": 2},
        "line": {"fontSize": 7.9, "leading": 10, "spaceAfter": 2, "alignment": 0},
    }
    plain: dict[str, Any] = {"fontName": "Serif", "fontSize": 8.7, "leading": 11.1, "alignment": 4, "textColor": INK}
    chosen = plain | looks[look]
    if scale > JUSTIFIED and chosen["alignment"] == 4:
        chosen["alignment"] = 0
    if look == "headline":  # no word of it is wider than a column
        widest = max(
            (width(word, "Serif-Bold", chosen["fontSize"]) for word in letters(text, "Serif-Bold").split()), default=1.0
        )
        scale = min(scale, (RIGHT - LEFT - (COLUMNS - 1) * GAP) / COLUMNS * 0.97 / widest)
    chosen |= {k: chosen[k] * scale for k in ("fontSize", "leading")}
    return Paragraph(escape(letters(text, chosen["fontName"])), ParagraphStyle(look, **chosen))
