"""The report: one file, sound HTML, nothing from outside, the same bytes for the same run."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from tests.show.told import small_war, weiss
from wargame.show.charts import Line, line_chart
from wargame.show.report import daily, report, write_report

VOID = {"meta", "img", "br", "line", "polyline", "col"}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Outline(HTMLParser):
    """Checks that tags balance; collects headings, ids, links, images and figures without words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "iframe", "link", "object", "embed"):
            self.faults.append(f"<{tag}> has no place here")
        self.faults += [f"{k} on <{tag}>" for k in given if k.startswith("on")]
        if tag == "img" and not given.get("alt"):
            self.faults.append("an image without alt text")
        if tag == "svg" and not (given.get("role") == "img" and given.get("aria-label")):
            self.faults.append("a chart without a description")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given[k]) for k in ("href", "src") if k in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    picture = tmp_path_factory.mktemp("maps") / "strip.png"
    picture.write_bytes(PIXEL)
    return report(weiss(), [(picture, "The campaign on four days")])


def test_html_is_sound(page: str) -> None:
    outline = Outline(page)
    assert outline.faults == []
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(outline.headings))
    assert len(outline.ids) == len(set(outline.ids))
    assert {link.lstrip("#") for link in outline.links if link.startswith("#")} <= set(outline.ids)
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page


def test_nothing_comes_from_outside(page: str) -> None:
    text = re.sub(r'src="data:image/(?:png|webp);base64,[A-Za-z0-9+/=]+"', "", page)
    assert not re.search(r"(?:https?:)?//|@import|url\(|javascript:", text)
    assert all(link.startswith(("#", "data:image/")) for link in Outline(page).links)


def test_report_says_what_happened_and_how_to_play_it_again(page: str) -> None:
    run = weiss()
    assert f"wargame run fall_weiss_1939 --seed {run.seed}" in page
    assert run.journal.head in page
    assert run.setup.data_hash in page
    assert "Map: The campaign on four days" in page
    assert page.count('<span class="script">') == sum(
        e.kind == "decision" and e.data["seat"] == "script" for e in run.journal
    )
    for part in ("verdict", "maps", "towns", "figures", "diary", "losses", "fates", "assumptions", "again"):
        assert f'<section id="{part}">' in page


def test_same_run_same_bytes(tmp_path: Path) -> None:
    first, second = write_report(weiss(), tmp_path / "a.html"), write_report(weiss(), tmp_path / "b.html")
    assert first.read_bytes() == second.read_bytes()
    assert b"\r" not in first.read_bytes()


def test_a_run_without_daily_columns_or_maps_has_a_report_too() -> None:
    page = report(small_war(), references=False)
    assert Outline(page).faults == []
    assert "<svg" not in page
    assert "<sup" not in page.split('id="diary"')[1].split('id="losses"')[0]


def test_daily_figures_end_where_the_world_ends() -> None:
    run = weiss()
    d = daily(run, ["GER", "POL"])
    f = run.world.forces
    poles = f.power == run.setup.atlas.power_number["POL"]
    assert d.lost[-1][1] == pytest.approx(float((f.killed + f.wounded + f.captured + f.missing)[poles].sum()))
    assert all(b >= a for a, b in pairwise([r[1] for r in d.lost]))
    assert len(d.hours) == len(set(d.hours)) == len(d.men)


def test_chart_names_do_not_touch() -> None:
    hours = tuple(range(0, 240, 24))
    lines = [Line(n, "#333333", tuple(float(i) for _ in hours)) for i, n in enumerate(("A", "B", "C", "D"))]
    drawn = line_chart(hours, [*lines, Line("E", "#333333", (1000.0,) * len(hours))], "five flat lines")
    heights = sorted(float(y) for y in re.findall(r'y="([\d.]+)" fill="#333333" class="name"', drawn))
    assert len(heights) == 5
    assert all(b - a >= 11.9 for a, b in pairwise(heights))
