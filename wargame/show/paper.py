"""Documents as PDF for the printer: A4 pages with head, foot and page numbers, maps as pages, NATO symbols.

Written with reportlab and pypdf; the same document gives the same bytes. The letters are DejaVu, as it comes with
matplotlib, and are embedded, so that every name of the map prints. All lengths are points.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from wargame.errors import UsageError
from wargame.show import style, symbols
from wargame.show.document import (
    UNKNOWN,
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Letter,
    Paragraph,
    Plate,
    printable,
)

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
MARGIN = 18 * MM
FACES = {
    "Sans": "DejaVuSans", "Sans-Bold": "DejaVuSans-Bold", "Sans-Italic": "DejaVuSans-Oblique",
    "Serif": "DejaVuSerif", "Serif-Bold": "DejaVuSerif-Bold", "Serif-Italic": "DejaVuSerif-Italic",
    "Mono": "DejaVuSansMono",
}  # fmt: skip
"""Faces by the name they are used under, and their files among matplotlib's."""
PLATE_SHARE = 0.95
"""Of a page, what a map on it takes up; the rest is for the foot."""
FOOT = 15.0
"""Height of the foot's base line on a map's page."""

Plates = Mapping[str, Sequence[Path]]


def write(document: Document, path: str | Path, plates: Plates | None = None) -> Path:
    """Write a document; returns its path.

    ``plates``: for each `Plate` the PDF pages that make it, the lower ones first; a plate without any is left out.
    """
    plates = plates or {}
    pages, found = _set(document, plates)
    if found:
        pages = _with_plates(pages, [(n, plates[name]) for n, name in found])
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pages)
    return target


def write_plate(path: str | Path, files: Sequence[Path], *, title: str, foot: str = "") -> Path:
    """Write drawings that lie one upon the other as one page of their own size, with a foot; returns the path."""
    document = Document(title, foot=foot)
    size = _size(files[0])
    with canvas(path, size, title=title) as page:
        side = size[0] * (1 - PLATE_SHARE) / 2 + 20
        _foot_lines(page, document, side, size[0] - side, FOOT)
        page.showPage()
    target = Path(path)
    target.write_bytes(_with_plates(target.read_bytes(), [(0, files)]))
    return target


# --- faces and letters -----------------------------------------------------------------------------------------------


@cache
def faces() -> tuple[str, ...]:
    """Make the faces known to reportlab; returns their names. `UsageError` where reportlab is not installed."""
    try:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError:
        raise UsageError("printing needs the extra 'table'; install it with: pip install 'wargame[table]'") from None
    import matplotlib as mpl
    from reportlab import rl_config

    rl_config.useA85 = 0  # streams as bytes, not as letters
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name, file in FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{file}.ttf")))
    pdfmetrics.registerFontFamily("Sans", "Sans", "Sans-Bold", "Sans-Italic", "Sans-Bold")
    pdfmetrics.registerFontFamily("Serif", "Serif", "Serif-Bold", "Serif-Italic", "Serif-Bold")
    return tuple(FACES)


@cache
def _letters(face: str) -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    faces()
    return frozenset(pdfmetrics.getFont(face).face.charToGlyph)


def letters(text: str, face: str = "Sans", *, lines: bool = False) -> str:
    """A text in letters that print in a face; others are shown as a sign for themselves."""
    known = _letters(face)
    return "".join(c if c == "\n" or ord(c) in known else UNKNOWN for c in printable(text, lines=lines))


def width(text: str, face: str, size: float) -> float:
    """Width of a line of text."""
    from reportlab.pdfbase import pdfmetrics

    faces()
    return float(pdfmetrics.stringWidth(text, face, size))


def fitted(text: str, face: str, size: float, room: float, *, least: float = 4.0) -> tuple[str, float]:
    """A line and the size at which it fits the room, cut with three dots where even the least size is too large."""
    text = letters(text, face)
    wide = width(text, face, size)
    if wide <= room:
        return text, size
    smaller = max(least, size * room / wide)
    while text and width(text, face, smaller) > room + 0.01:
        text = text.removesuffix("…")[:-1].rstrip() + "…" if len(text) > 1 else ""
    return text, smaller


def wrapped(text: str, face: str, size: float, room: float) -> list[str]:
    """A text in lines no wider than the room."""
    from reportlab.lib.utils import simpleSplit

    faces()
    return list(simpleSplit(letters(text, face, lines=True), face, size, room))


@contextmanager
def canvas(path: str | Path, size: tuple[float, float], *, title: str) -> Iterator[Any]:
    """A page to draw on by hand; the file is written at the end, the same bytes for the same drawing."""
    from reportlab.pdfgen.canvas import Canvas

    faces()
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    page = Canvas(str(target), pagesize=size, invariant=1, pageCompression=1, initialFontName="Sans")
    page.setTitle(letters(title))
    page.setCreator("wargame")
    yield page
    page.save()


# --- NATO symbols ----------------------------------------------------------------------------------------------------


def paint(page: Any, placed: symbols.Placed, height: float, *, ink: str = symbols.INK) -> None:
    """Draw a symbol on a reportlab canvas, its frame centred on ``placed`` and ``height`` points high."""
    symbol = symbols.compose(placed.sidc, kind=placed.kind, frame=placed.frame)
    unit = height * placed.scale
    page.saveState()
    page.setLineJoin(1)
    page.setStrokeColor(ink)
    page.setLineWidth(symbols.LINE * unit)
    for shape in symbol.shapes:
        line = page.beginPath()
        line.moveTo(placed.x + shape.points[0][0] * unit, placed.y + shape.points[0][1] * unit)
        for x, y in shape.points[1:]:
            line.lineTo(placed.x + x * unit, placed.y + y * unit)
        if shape.closed:
            line.close()
        page.setFillColor(placed.colour if shape.fill == "frame" else ink)
        page.drawPath(line, stroke=1, fill=int(shape.fill != "none"))
    page.setFillColor(ink)
    for word in symbol.letters:
        page.setFont("Sans", word.height * unit / 0.73)
        draw = page.drawCentredString if word.anchor == "middle" else page.drawString
        draw(placed.x + word.x * unit, placed.y + word.y * unit, word.text)
    page.restoreState()


# --- a document ------------------------------------------------------------------------------------------------------


def _set(document: Document, plates: Plates) -> tuple[bytes, list[tuple[int, str]]]:
    """The pages, and for every plate its page (0 = the first) and name."""
    from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate
    from reportlab.platypus import PageBreak as Turn

    faces()
    found: list[tuple[int, str]] = []
    room = A4[0] - 2 * MARGIN

    def head_and_foot(page: Any, _: Any) -> None:
        _head(page, document)
        _foot_lines(page, document, MARGIN, A4[0] - MARGIN, 11 * MM)

    templates = [
        PageTemplate("text", [Frame(MARGIN, 17 * MM, room, A4[1] - 41 * MM, 0, 0, 0, 0)], head_and_foot, pagesize=A4)
    ]
    shown = [b for b in document.blocks if isinstance(b, Plate) and plates.get(b.name)]
    for plate in shown:
        size = _size(plates[plate.name][0])
        templates.append(_plate_template(document, plate, size, found))
    out = io.BytesIO()
    made = BaseDocTemplate(
        out, pagesize=A4, pageTemplates=templates, invariant=1, title=letters(document.title), creator="wargame",
        pageCompression=1,
    )  # fmt: skip
    story: list[Any] = [*_title(document)]
    kept = [b for b in document.blocks if not isinstance(b, Plate) or b in shown]
    for before, b in zip([None, *kept], kept, strict=False):
        if isinstance(before, Plate) and not isinstance(b, Plate):
            story += [NextPageTemplate("text"), Turn()]
        story += _flow(b, document.colour, room)
    made.build([NextPageTemplate("text"), *story], canvasmaker=_numbered())
    return out.getvalue(), found


def _plate_template(document: Document, plate: Plate, size: tuple[float, float], found: list[tuple[int, str]]) -> Any:
    from reportlab.platypus import Frame, PageTemplate

    def on_page(page: Any, _: Any) -> None:
        found.append((page.getPageNumber() - 1, plate.name))
        side = size[0] * (1 - PLATE_SHARE) / 2 + 20
        _foot_lines(page, document, side, size[0] - side, FOOT)

    return PageTemplate(plate.name, [Frame(0, 0, *size)], on_page, pagesize=size)


def _head(page: Any, document: Document) -> None:
    top = A4[1] - 13 * MM
    page.saveState()
    page.setFont("Sans-Bold", 7.5)
    page.setFillColor(document.colour)
    text, size = fitted(document.marking.upper(), "Sans-Bold", 7.5, 80 * MM)
    page.setFont("Sans-Bold", size)
    page.drawRightString(A4[0] - MARGIN, top, text)
    text, size = fitted(document.title, "Sans", 7.5, 90 * MM)
    page.setFont("Sans", size)
    page.setFillColor(style.GREY)
    page.drawString(MARGIN, top, text)
    page.setStrokeColor(document.colour)
    page.setLineWidth(1.1)
    page.line(MARGIN, top - 5, A4[0] - MARGIN, top - 5)
    page.restoreState()


def _foot_lines(page: Any, document: Document, left: float, right: float, y: float) -> None:
    page.saveState()
    page.setFillColor(style.GREY)
    text, size = fitted(document.foot, "Sans", 7, (right - left) * 0.75)
    page.setFont("Sans", size)
    page.drawString(left, y, text)
    page.numbered_at = (right, y)
    page.restoreState()


@cache
def _numbered() -> Any:
    """A canvas that knows at the end how many pages there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        numbered_at = (0.0, 0.0)

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options | {"initialFontName": "Sans"})
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for state in self._pages:
                self.__dict__.update(state)
                self.setFont("Sans", 7)
                self.setFillColor(style.GREY)
                self.drawRightString(*self.numbered_at, f"page {self.getPageNumber()} of {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


@cache
def _look(name: str) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    looks: dict[str, dict[str, Any]] = {
        "title": {"fontName": "Sans-Bold", "fontSize": 19, "leading": 23, "spaceAfter": 2},
        "subtitle": {"fontSize": 10, "leading": 13, "textColor": style.GREY, "spaceAfter": 8},
        "h1": {"fontName": "Sans-Bold", "fontSize": 11.5, "leading": 15, "spaceBefore": 10, "spaceAfter": 3},
        "h2": {"fontName": "Sans-Bold", "fontSize": 9.3, "leading": 12, "spaceBefore": 6, "spaceAfter": 2},
        "body": {"spaceAfter": 4.5},
        "lead": {"fontSize": 10, "leading": 14.2, "spaceAfter": 6},
        "small": {"fontSize": 7.3, "leading": 9.8, "textColor": style.GREY, "spaceAfter": 4},
        "warning": {"borderColor": style.POCKET, "borderWidth": 0.9, "borderPadding": 5, "spaceBefore": 8,
                    "spaceAfter": 10},
        "bullet": {"leftIndent": 13, "bulletIndent": 1, "spaceAfter": 2.2, "bulletFontName": "Sans",
                   "bulletFontSize": 8.9},
        "cell": {"fontSize": 7.8, "leading": 9.9},
        "cell-r": {"fontSize": 7.8, "leading": 9.9, "alignment": 2},
        "cell-c": {"fontSize": 7.8, "leading": 9.9, "alignment": 1},
        "head-l": {"fontName": "Sans-Bold", "fontSize": 7.4, "leading": 9.4},
        "head-r": {"fontName": "Sans-Bold", "fontSize": 7.4, "leading": 9.4, "alignment": 2},
        "head-c": {"fontName": "Sans-Bold", "fontSize": 7.4, "leading": 9.4, "alignment": 1},
        "letter-head": {"fontName": "Sans-Bold", "fontSize": 8, "leading": 11, "leftIndent": 9, "spaceBefore": 4},
        "letter": {"fontName": "Serif", "fontSize": 8.8, "leading": 12.2, "leftIndent": 9, "spaceAfter": 5},
    }  # fmt: skip
    plain: dict[str, Any] = {"fontName": "Sans", "fontSize": 8.9, "leading": 12.2, "textColor": style.INK}
    return ParagraphStyle(name, **plain | looks[name])


def _said(text: str, look: str, bullet: str | None = None, head: str = "") -> Any:
    from reportlab.platypus import Paragraph as Flowing

    face = _look(look)
    said = escape(letters(text, face.fontName, lines=True)).replace("\n", "<br/>")
    lead = f"<b>{escape(letters(head, 'Sans-Bold'))}.</b> " if head else ""
    return Flowing(lead + said, face, bulletText=bullet)


def _title(document: Document) -> list[Any]:
    made = [_said(document.title, "title")]
    return [*made, _said(document.subtitle, "subtitle")] if document.subtitle else made


def _flow(b: Block, colour: str, room: float) -> list[Any]:
    from reportlab.platypus import CondPageBreak, NextPageTemplate, Spacer
    from reportlab.platypus import PageBreak as Turn

    match b:
        case Heading(text, level):
            return [CondPageBreak(54), _said(text, f"h{min(level, 2)}")]
        case Paragraph(text, look, head):
            return [_said(text, look, head=head)]
        case Bullets(items, boxes):
            return [_said(i, "bullet", "☐" if boxes else "•") for i in items]
        case Facts(pairs):
            return [_facts(pairs, room), Spacer(0, 5)]
        case Grid():
            return [_grid(b, colour, room), Spacer(0, 6)]
        case Letter(head, text):
            return [CondPageBreak(40), _said(head, "letter-head"), _said(text, "letter")]
        case Plate(name, _):
            return [
                NextPageTemplate(name),
                Turn(),
                _said("\N{NO-BREAK SPACE}", "small"),
            ]  # a page needs something on it


def _facts(pairs: Sequence[tuple[str, str]], room: float) -> Any:
    from reportlab.platypus import Table

    rows = [[_said(k, "head-l"), _said(v, "cell")] for k, v in pairs]
    look = [("FONTNAME", (0, 0), (-1, -1), "Sans"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1.4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.4), ("LEFTPADDING", (0, 0), (-1, -1), 0)]  # fmt: skip
    return Table(rows, colWidths=[room * 0.22, room * 0.78], style=look, hAlign="LEFT")


def _grid(grid: Grid, colour: str, room: float) -> Any:
    from reportlab.platypus import Table

    align = grid.align or "l" * len(grid.head)
    shares = grid.shares or tuple(1.0 for _ in grid.head)
    cells = {"l": "cell", "r": "cell-r", "c": "cell-c"}
    rows = [[_said(h, f"head-{a}") for h, a in zip(grid.head, align, strict=True)]]
    for k, r in enumerate(grid.rows):
        looks = [f"head-{a}" if k in grid.bold else cells[a] for a in align]
        rows.append([_said(c, look) for c, look in zip(r, looks, strict=True)])
    look = [
        ("FONTNAME", (0, 0), (-1, -1), "Sans"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.9),
        ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, colour), ("LINEBELOW", (0, 1), (-1, -1), 0.25, "#cfcac0"),
    ]  # fmt: skip
    widths = [room * s / sum(shares) for s in shares]
    return Table(rows, colWidths=widths, style=look, repeatRows=1, hAlign="LEFT", splitInRow=1)


# --- maps under the pages --------------------------------------------------------------------------------------------


def _size(path: Path) -> tuple[float, float]:
    from pypdf import PdfReader

    box = PdfReader(path).pages[0].mediabox
    return float(box.width), float(box.height)


def _with_plates(pages: bytes, plates: Sequence[tuple[int, Sequence[Path]]]) -> bytes:
    """Pages with drawings laid on some of them, each drawing once in the file however often it is used."""
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    writer = PdfWriter(io.BytesIO(pages))
    known: dict[Path, Any] = {}
    for n, files in plates:
        page = writer.pages[n]
        for file in files:
            if file not in known:
                known[file] = _as_form(writer, file)
        wide = float(page.mediabox.width)
        shift = f"{PLATE_SHARE:g} 0 0 {PLATE_SHARE:g} {wide * (1 - PLATE_SHARE) / 2:.3f} {FOOT + 8:.3f} cm"
        names = [f"/Plate{k}" for k in range(len(files))]
        drawn = StreamObject()
        drawn.set_data(f"q {shift} {' '.join(f'{name} Do' for name in names)} Q\n".encode())
        resources: Any = page["/Resources"].get_object()
        kept = resources.get("/XObject", DictionaryObject()).get_object()
        objects = DictionaryObject({**kept, **{NameObject(k): known[f] for k, f in zip(names, files, strict=True)}})
        page[NameObject("/Resources")] = DictionaryObject({**resources, NameObject("/XObject"): objects})
        _put_under(writer, page, drawn)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _as_form(writer: Any, file: Path) -> Any:
    """A PDF's first page as a drawing that pages can use."""
    from pypdf import PdfReader
    from pypdf.generic import NameObject, StreamObject

    page = PdfReader(file).pages[0]
    contents: Any = page["/Contents"].get_object()
    form: Any = contents.clone(writer, force_duplicate=True)
    if not isinstance(form, StreamObject):
        raise TypeError(f"{file}: its page is not one stream")
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = page.mediabox.clone(writer)
    form[NameObject("/Resources")] = page["/Resources"].clone(writer)
    return form.indirect_reference


def _put_under(writer: Any, page: Any, drawn: Any) -> None:
    from pypdf.generic import ArrayObject, NameObject

    before = page["/Contents"]
    above = before.get_object() if isinstance(before.get_object(), ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([writer._add_object(drawn), *above])
