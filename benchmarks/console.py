"""The console in real browsers: how soon its page is painted, and how soon ten pages show what an umpire has done."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
NEEDS = "playwright" if CHROMIUM.exists() else "chromium"
PAGES = ("umpire", "POL", "POL", "GER", "GER", "FRA", "GBR", "ITA", "SOV", "observer")
REST_MS = 2000  # the pages are left alone before and after
WATCH = """document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => requestAnimationFrame(() => {
  window.drawn = Date.now(); })).observe(document.body, { attributes: true, attributeFilter: ["data-drawn"] }));"""


@contextmanager
def console() -> Iterator[tuple[Path, str, dict[str, str]]]:
    """A ready game's file, served by `wargame game serve` as users do; its address and codes."""
    from wargame.table.game import Game  # noqa: PLC0415 - only where there is a table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.game"
        Game.create(path, "three_days_1939").close()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        command = [sys.executable, "-m", "wargame", "game", "serve", str(path), "--port", port, "--quiet"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            said = [server.stdout.readline() for _ in range(1 + len(set(PAGES)))]
            url, codes = said[0].strip(), dict(line.split() for line in said[1:])
            while not _answers(port):
                time.sleep(0.05)
            yield path, url, codes
            server.terminate()


def _answers(port: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(port)), 0.2).close()
    except OSError:
        return False
    return True


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
    """Milliseconds from a committed turn's entry in the log until the last of ten pages has drawn its new picture.

    Server and browsers run on this computer. Nothing looks at the pages meanwhile: each keeps the time of its drawing,
    and is asked for it afterwards. Of the game's first turns it is the second: at the first a browser draws parts that
    it has never drawn.
    """
    from wargame.table.game import Game  # noqa: PLC0415 - only where there is a table

    with console() as (path, url, codes), browser() as chromium:
        pages = [_entered(chromium, url, place, codes[place]) for place in PAGES]
        for _ in range(2):
            pages[0].wait_for_timeout(REST_MS)
            before = [page.evaluate("document.body.dataset.drawn") for page in pages]
            pages[0].get_by_role("button", name="Commit the turn").evaluate("button => button.click()")
            pages[0].wait_for_timeout(REST_MS)
            for page, old in zip(pages, before, strict=True):
                page.locator(f"body:not([data-drawn='{old}'])").wait_for()
        drawn = [float(page.evaluate("window.drawn")) for page in pages]
        with Game.open(path) as game:
            committed = next(a for a in reversed(game.store.acts) if a.kind == "committed")
        return max(drawn) - datetime.fromisoformat(committed.at).timestamp() * 1000


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
