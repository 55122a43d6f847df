"""Counters, forms, tent cards, the turn track and the front page: what is on them, where, and the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from wargame.show import forms
from wargame.show.counters import COLUMNS, LEFT, ROWS, SIDE, Counter, draw_counters
from wargame.show.frontpage import FrontPage, Story, draw_front_page, front_page_markdown
from wargame.show.paper import A4

HEAD = forms.Head("Toy war", "Poland", "Turn 3: 8 to 14 May 1930", "#a03050")


def counter(k: int) -> Counter:
    return Counter("10031000211211000000", "infantry", "#a03050", f"Div{k}", "Łódź", f"{k}.5", "58",
                   (f"{k} Dywizja Piechoty", "at Gdańsk", f"{k},500 men"))  # fmt: skip


def places(path: Path, page: int) -> dict[str, tuple[float, float]]:
    """Where each text of a page starts."""
    found: dict[str, tuple[float, float]] = {}

    def note(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if text.strip():
            found.setdefault(text.strip(), (tm[4] + cm[4], tm[5] + cm[5]))

    PdfReader(path).pages[page].extract_text(visitor_text=note)
    return found


def test_counters_say_their_numbers_in_front_and_their_names_behind(tmp_path: Path) -> None:
    many = [counter(k) for k in range(1, COLUMNS * ROWS + 6)]
    path = draw_counters(tmp_path / "c.pdf", many, title="Counters of Poland")
    pages = [p.extract_text() for p in PdfReader(path).pages]
    assert len(pages) == 4
    for c in many:
        side = 0 if many.index(c) < COLUMNS * ROWS else 2
        assert c.figure in pages[side]
        assert c.lines[0] in pages[side + 1]
        assert c.lines[2] in pages[side + 1]
    assert draw_counters(tmp_path / "d.pdf", many, title="Counters of Poland").read_bytes() == path.read_bytes()


def test_backs_lie_behind_their_fronts_when_turned_over_the_long_edge(tmp_path: Path) -> None:
    path = draw_counters(tmp_path / "c.pdf", [counter(k) for k in (1, 2, 3)], title="x")
    front, back = places(path, 0), places(path, 1)
    for k in (1, 2, 3):
        (x, y), (u, v) = front[f"{k}.5"], back[f"{k} Dywizja Piechoty"]
        assert (x - LEFT) // SIDE == COLUMNS - 1 - (u - LEFT) // SIDE, "the same cell seen from behind"
        assert abs(y - v) < SIDE


def test_no_counters_is_a_page_that_says_so(tmp_path: Path) -> None:
    path = draw_counters(tmp_path / "c.pdf", [], title="x")
    assert "no formation in the field" in PdfReader(path).pages[0].extract_text()


def draw_form(name: str, path: Path) -> Path:
    made: dict[str, Callable[[], Path]] = {
        "orders": lambda: forms.order_form(path, HEAD, [("mobilise", "calls up the army")]),
        "messages": lambda: forms.message_forms(path, HEAD, ["Czechoslovakia", "France"], ["cable", "courier"]),
        "rfi": lambda: forms.rfi_forms(path, HEAD),
        "rulings": lambda: forms.ruling_forms(path, HEAD),
        "tents": lambda: forms.tent_cards(path, [("Poland", "Toy war", "#a03050"), ("France", "Toy war", "#224488")]),
        "track": lambda: forms.turn_track(path, "Toy war", [(str(k), "8 to 14 May 1930") for k in range(1, 60)], 2),
    }
    return made[name]()


WORDS = {
    "orders": ["Orders: Poland", "Turn 3", "Political", "Military", "mobilise"],
    "messages": ["Message: Poland", "Czechoslovakia", "courier", "Signed"],
    "rfi": ["Request for information", "The umpire answers"], "rulings": ["Ruling", "Odds agreed"],
    "tents": ["Poland"], "track": ["Turn track, page 1 of 2", "42"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_form_says_whose_it_is_and_has_the_same_bytes(name: str, tmp_path: Path) -> None:
    path = draw_form(name, tmp_path / "1.pdf")
    text = "\n".join(p.extract_text() for p in PdfReader(path).pages)
    for word in WORDS[name]:
        assert word in text
    assert draw_form(name, tmp_path / "2.pdf").read_bytes() == path.read_bytes()


def test_a_name_of_any_length_stays_on_its_form(tmp_path: Path) -> None:
    long = "The United Kingdom of Great Britain, Northern Ireland and the Dominions beyond the Seas" * 2
    head = forms.Head(long, long, long)
    path = forms.message_forms(tmp_path / "m.pdf", head, [f"{long} {k}" for k in range(3)], ["cable"])
    assert all(x < A4[0] for x, _ in places(path, 0).values())
    forms.tent_cards(tmp_path / "t.pdf", [(long, long, "#123456")])


def a_front(stories: int = 12, **changes: object) -> FrontPage:
    news = tuple(
        Story(f"Headline {k} of Czechoslovakia", "A deck", (f"Paragraph {k} tells what happened.",))
        for k in range(stories)
    )
    return FrontPage(
        "The Courier", "motto", "1 May 1930", "No. 3", news, ("In short: <b>news</b>",), ("Clear: Łódź.",), **changes
    )  # type: ignore[arg-type]


def test_the_front_page_tells_its_stories(tmp_path: Path) -> None:
    path = draw_front_page(tmp_path / "n.pdf", a_front(6))
    reader = PdfReader(path)
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    for word in ("The Courier", "HEADLINE 0", "Paragraph 5", "<b>news</b>", "Łódź", "1 MAY 1930"):
        assert word in text
    assert draw_front_page(tmp_path / "m.pdf", a_front(6)).read_bytes() == path.read_bytes()
    assert "Paragraph 5 tells" in front_page_markdown(a_front(6))


def test_more_news_than_a_page_holds_leaves_the_last_out(tmp_path: Path) -> None:
    text = PdfReader(draw_front_page(tmp_path / "n.pdf", a_front(80))).pages[0].extract_text()
    assert "Paragraph 0 " in text
    assert "Paragraph 79" not in text
