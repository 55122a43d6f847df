"""Papers for the console: the same as `wargame game report`, `newspaper`, `kit`, `aar` and `export` write."""

from __future__ import annotations

import io
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from wargame.show import document, frontpage, maps
from wargame.table import papers, reports
from wargame.table.game import Game
from wargame.table.press import press
from wargame.table.state import OBSERVER, UMPIRE

What = Literal["report", "newspaper", "kit", "aar", "export"]
FOR_ALL: frozenset[What] = frozenset(["report", "newspaper"])
"""Papers that not only umpires may have; a report is the one of whoever asks."""
MAP_DPI = 100
_DRAWING = threading.Lock()  # what draws the maps is not made for two at once


def report(game: Game, power: str) -> str:
    """The report of a power as Markdown, without its map; empty before the first turn."""
    if game.state.turn == 0:
        return ""
    (desk,) = papers.turn_of(game, [power]).desks
    return document.markdown(reports.seat_report(desk))


def newspaper(game: Game) -> str:
    """The front page as Markdown, without its picture; empty before the first turn."""
    return frontpage.front_page_markdown(papers.front(game)) if game.state.turn else ""


def map_picture(game: Game, place: str) -> bytes:
    """The map as a place knows it, as PNG."""
    seen, power = game.view(place), "" if place in {UMPIRE, OBSERVER} else place
    subtitle = {UMPIRE: "As it is: umpire only", OBSERVER: "As everybody knows it"}.get(place)
    known = game.setup.atlas.power_names.get(power, power)
    ground, title = papers.ground_for(game), str(game.created["title"])
    with _DRAWING, press(game.setup, ground, game.world(), game.state.humans) as at:
        path = maps.draw_situation(
            game.setup.atlas, ground, seen, at.folder / "map.png", extent=at.area(power), title=title,
            subtitle=subtitle or f"As known to {known}", dpi=MAP_DPI,
        )  # fmt: skip
        return path.read_bytes()


def make(game: Game, what: What, place: str) -> tuple[bytes, str, str]:
    """A paper: its bytes, their type, a name for the file."""
    if what == "export":
        text = io.StringIO()
        game.export(text)
        return text.getvalue().encode(), "application/x-ndjson", "game.jsonl"
    turn = f"turn_{game.state.turn}"
    with _DRAWING, tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        written = _WRITERS[what](game, out, place)
        if what in FOR_ALL:
            (pdf,) = [p for p in written if p.suffix == ".pdf"]
            return pdf.read_bytes(), "application/pdf", f"{pdf.stem}_{turn}.pdf"
        return _zipped(out, written), "application/zip", f"{what}_{turn}.zip"


_WRITERS: Mapping[str, Callable[[Game, Path, str], list[Path]]] = {
    "report": papers.report,
    "newspaper": lambda game, out, _: papers.newspaper(game, out),
    "kit": lambda game, out, _: papers.kit(game, out),
    "aar": lambda game, out, _: papers.aar(game, out),
}


def _zipped(folder: Path, paths: list[Path]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as box:
        for path in sorted(paths):
            box.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes())
    return body.getvalue()
