"""The console in real browsers: how soon its page is painted, and how soon ten pages show what an umpire has done."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
NEEDS = "playwright" if CHROMIUM.exists() else "chromium"
PAGES = ("umpire", "POL", "POL", "GER", "GER", "FRA", "GBR", "ITA", "SOV", "observer")
WATCH = """document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => requestAnimationFrame(() => {
  window.drawn = Date.now(); })).observe(document.body, { attributes: true, attributeFilter: ["data-drawn"] }));"""


@contextmanager
def console() -> Iterator[tuple[Any, str, dict[str, str]]]:
    """A ready game, served by this process."""
    import uvicorn  # noqa: PLC0415 - only where there is a console

    from wargame.table.game import Game  # noqa: PLC0415
    from wargame.table.web.app import codes_for, create  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as folder,
        Game.create(Path(folder) / "bench.game", "three_days_1939") as game,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        port = free.getsockname()[1]
        app = create(game, [f"127.0.0.1:{port}"])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield game, f"http://127.0.0.1:{port}/", codes_for(game)
        server.should_exit = True
        thread.join(10)


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a screen."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def first_paint() -> float:
    """Milliseconds until something is painted of the page at the door, in a browser that has never seen it."""
    with console() as (_, url, _), browser() as chromium:
        page = chromium.new_page()
        page.goto(url)
        page.get_by_label("Place").wait_for()
        paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
        while (found := page.evaluate(paint)) is None:
            page.wait_for_timeout(20)
        return float(found)


def update() -> float:
    """Milliseconds from a committed turn's entry in the log until the last of ten pages has drawn its new picture."""
    with console() as (game, url, codes), browser() as chromium:
        pages = [_entered(chromium, url, place, codes[place]) for place in PAGES]
        before = [page.evaluate("document.body.dataset.drawn") for page in pages]
        pages[0].get_by_role("button", name="Commit the turn").click()
        for page, old in zip(pages, before, strict=True):
            page.locator(f"body:not([data-drawn='{old}'])").wait_for()
        committed = datetime.fromisoformat(game.store.acts[-1].at).timestamp() * 1000
        return max(float(page.evaluate("window.drawn")) for page in pages) - committed


def _entered(chromium: Any, url: str, place: str, code: str) -> Any:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Place").select_option(place)
    page.get_by_label("Your name").fill(place)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Enter").click()
    page.locator("body[data-drawn]").wait_for(timeout=60_000)
    return page
