"""Papers: what a document says as Markdown and as PDF, whatever players write, and the same bytes each time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from wargame.show import paper
from wargame.show.document import (
    MOST,
    UNKNOWN,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Letter,
    Paragraph,
    Plate,
    from_markdown,
    markdown,
    printable,
)
from wargame.show.symbols import LAND, Placed

LETTERS = "Łódź Žďár nad Sázavou Příbram Besançon Świętokrzyskie Győr Țara"


def a_document(*blocks: object) -> Document:
    return Document("Report to Poland", "Turn 1", "Secret", "Toy war", "#a03050", tuple(blocks))  # type: ignore[arg-type]


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def plate(path: Path, word: str, size: tuple[float, float] = (842.0, 595.0)) -> Path:
    with paper.canvas(path, size, title="plate") as page:
        page.setFont("Sans", 12)
        page.drawString(100, 100, word)
        page.showPage()
    return path


def test_the_same_document_has_the_same_bytes(tmp_path: Path) -> None:
    base, over = plate(tmp_path / "base.pdf", "ground"), plate(tmp_path / "over.pdf", "troops")
    document = a_document(Paragraph(LETTERS, "lead"), Plate("map", "the map"), Grid(("A", "B"), (("1", "2"),), "lr"))
    first = paper.write(document, tmp_path / "1.pdf", {"map": [base, over]}).read_bytes()
    assert paper.write(document, tmp_path / "2.pdf", {"map": [base, over]}).read_bytes() == first
    assert markdown(document) == markdown(document)


def test_everything_said_can_be_read_out_of_the_pages(tmp_path: Path) -> None:
    document = a_document(
        Heading("What happened"), Paragraph(LETTERS), Paragraph("The day", head="8 September"),
        Bullets(("Hold Warszawa",), boxes=True), Facts((("Weather", "mud"),)),
        Grid(("Army", "Men"), (("Armia Łódź", "12,431"), ("Together", "12,431")), "lr", bold=(1,)),
        Letter("From Paris", "Courage.\nWe come."),
    )  # fmt: skip
    text = text_of(paper.write(document, tmp_path / "a.pdf"))
    for word in (
        *LETTERS.split(),
        "8 September",
        "Hold Warszawa",
        "mud",
        "12,431",
        "Courage.",
        "SECRET",
        "page 1 of 1",
    ):
        assert word in text, word


def test_all_letters_are_embedded(tmp_path: Path) -> None:
    grid, facts = Grid(("A", "B"), (("1", "2"),), bold=(0,)), Facts((("Weather", "mud"),))
    blocks = (
        Paragraph(LETTERS, "lead"),
        Letter("x", LETTERS),
        Bullets(("a",)),
        Bullets(("b",), boxes=True),
        grid,
        facts,
    )
    path = paper.write(a_document(*blocks), tmp_path / "a.pdf")
    fonts = [f.get_object() for page in PdfReader(path).pages for f in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("/FontFile2" in f["/FontDescriptor"].get_object() for f in fonts)
    assert {str(f["/BaseFont"]).split("+")[-1] for f in fonts} <= {"DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif"}


def test_plates_are_pages_of_their_own_without_blank_pages_between(tmp_path: Path) -> None:
    files = {"map": [plate(tmp_path / "g.pdf", "ground"), plate(tmp_path / "o.pdf", "troops")],
             "chart": [plate(tmp_path / "c.pdf", "curves", (595.0, 842.0))]}  # fmt: skip
    document = a_document(
        Paragraph("before"), Plate("map", ""), Plate("chart", ""), Plate("missing", ""), Paragraph("after")
    )
    reader = PdfReader(paper.write(document, tmp_path / "a.pdf", files))
    assert len(reader.pages) == 4
    assert [round(float(p.mediabox.width)) for p in reader.pages] == [595, 842, 595, 595]
    said = [p.extract_text() for p in reader.pages]
    assert "before" in said[0]
    assert "after" in said[3]
    assert "page 2 of 4" in said[1]
    forms = [x.get_object() for x in reader.pages[1]["/Resources"]["/XObject"].values()]
    assert len(forms) == 2
    assert [b"ground" in f.get_data() for f in forms] == [True, False], "the lower one comes first"
    last = PdfReader(paper.write(a_document(Paragraph("x"), Plate("map", "")), tmp_path / "b.pdf", files))
    assert len(last.pages) == 2


def test_a_plate_alone_keeps_its_size(tmp_path: Path) -> None:
    path = paper.write_plate(
        tmp_path / "m.pdf", [plate(tmp_path / "g.pdf", "x", (1190.0, 842.0))], title="Map", foot="F"
    )
    page = PdfReader(path).pages[0]
    assert [float(page.mediabox.width), float(page.mediabox.height)] == [1190.0, 842.0]


def test_players_words_are_no_markup(tmp_path: Path) -> None:
    hostile = (
        "<b>bold</b> & <img src='x'/> # head | cell | `code` *star* [link](x)\n- dash\n1. one\n==\x00\x1b[31m\u202eevil"
    )
    document = a_document(
        Letter("From GER", hostile), Grid(("A",), ((hostile,),)), Paragraph(hostile), Bullets((hostile,))
    )
    text = text_of(paper.write(document, tmp_path / "a.pdf"))
    assert "<b>bold</b>" in text
    assert "\u202e" not in text
    said = markdown(document)
    assert "\x00" not in said
    assert "\u202e" not in said
    assert "\\<b\\>" in said
    assert not any(line.startswith(("# head", "> # ", "> - ", "> 1. ", "> ==")) for line in said.split("\n"))
    row = next(line for line in said.split("\n") if line.startswith("| \\<b"))
    assert row.count("|") - row.count("\\|") == 2


def test_signs_that_do_not_print_are_shown_as_such(tmp_path: Path) -> None:
    assert UNKNOWN in text_of(paper.write(a_document(Paragraph("漢字 ok")), tmp_path / "a.pdf"))


def test_endless_text_is_cut_and_endless_words_are_broken(tmp_path: Path) -> None:
    assert len(printable("x" * (MOST + 5))) < MOST + 60
    document = a_document(Letter("x", "y" * 30_000), Grid(("A", "B"), (("z" * 9000, "1"),), shares=(1, 1)))
    assert len(PdfReader(paper.write(document, tmp_path / "a.pdf")).pages) > 3


@given(st.text(max_size=300))
def test_any_text_prints(text: str) -> None:
    said = printable(text, lines=True)
    assert all(c == "\n" or c.isprintable() or c == " " for c in said)
    assert paper.letters(text, lines=True).count("\n") == said.count("\n")
    markdown(a_document(Letter(text, text), Paragraph(text), Grid((text,), ((text,),))))


def test_a_crooked_table_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under 2 heads"):
        Grid(("A", "B"), (("1",),))


def test_a_briefing_in_markdown_becomes_blocks() -> None:
    text = """# Who you are

The **government**
of `Poland`, *verified*; 3 * 4.

## Aims
- hold pol_armia_lodz
  to the end
- two

1. first
| minutes | what |
|---|:-:|
| 0-10 | read |
| 11 |
"""
    assert from_markdown(text) == (
        Heading("Who you are", 1), Paragraph("The government of Poland, verified; 3 * 4."), Heading("Aims", 2),
        Bullets(("hold pol_armia_lodz to the end", "two")), Bullets(("first",)),
        Grid(("minutes", "what"), (("0-10", "read"), ("11", ""))),
    )  # fmt: skip
    assert from_markdown("") == ()


def test_a_line_is_made_to_fit(tmp_path: Path) -> None:
    text, size = paper.fitted("Samodzielna Grupa Operacyjna Narew", "Sans", 12, 60)
    assert paper.width(text, "Sans", size) <= 60.02
    assert size >= 4.0
    assert paper.fitted("ok", "Sans", 9, 60) == ("ok", 9)


@pytest.mark.parametrize("entity", sorted(LAND))
@pytest.mark.parametrize("kind", ["", "fortress"])
def test_every_symbol_can_be_printed(entity: str, kind: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    with paper.canvas(tmp_path / "s.pdf", (100, 100), title="s") as page:
        paper.paint(page, Placed(50, 50, f"10031002{'21'}{entity}2701"[:20], "#aa3344", kind), 20)
        page.showPage()
    out.write((tmp_path / "s.pdf").read_bytes())
    drawn = PdfReader(out).pages[0].get_contents()
    assert drawn is not None
    assert drawn.get_data().count(b" l") >= 3
