"""A console served in this process, and Debian's Chromium to look at it: what the tests in a browser begin with."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from wargame.table.game import Game
from wargame.table.web.app import codes_for, create

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-quic", "--no-first-run"),
)
PATIENCE_MS = 20_000  # on a busy machine; nothing is waited for longer than it takes


@dataclass
class Served:
    """A console: its game, its address, the codes of its places."""

    game: Game
    url: str
    codes: dict[str, str]


@contextlib.contextmanager
def served(game: Game) -> Iterator[Served]:
    """Serve a game on a free port of this computer until the end of the block."""
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    config = uvicorn.Config(create(game, [f"127.0.0.1:{port}"]), host="127.0.0.1", port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Served(game, f"http://127.0.0.1:{port}/", codes_for(game))
    server.should_exit = True
    thread.join(10)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A browser; skips the test with the reason where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; install it to run these tests: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a page of the console. ``faults``: what the browser complained of."""

    page: Any
    place: str
    faults: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Any, console: Served, place: str, size: tuple[int, int] = (1280, 800), **how: Any) -> Person:
        """Come to the door in a browser of one's own, and in by the code of a place."""
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **how)
        context.set_default_timeout(PATIENCE_MS)
        one = cls(context.new_page(), place)
        one.page.on("console", lambda m: one.faults.append(m.text) if m.type in {"error", "warning"} else None)
        one.page.on("pageerror", lambda e: one.faults.append(str(e)))
        one.page.goto(console.url)
        one.page.get_by_label("Place").select_option(place)
        one.page.get_by_label("Your name").fill(f"Anna of {place}")
        one.page.get_by_label("Code").fill(console.codes[place])
        one.page.get_by_role("button", name="Enter").click()
        one.page.locator("path.province").first.wait_for(state="attached")
        one.page.locator("#clock", has_text="1939").wait_for()
        return one

    def tab(self, name: str) -> None:
        """Turn to a tab."""
        self.page.get_by_role("tab", name=re.compile(rf"^{name}( \(|$)")).click()

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def write(self, label: str, text: str) -> None:
        """Write into a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def digest(self) -> str:
        """The digest of the position that is drawn."""
        return str(self.page.evaluate("document.body.dataset.drawn"))

    def reads(self, text: str) -> None:
        """Wait until the page says something."""
        self.page.get_by_text(text).first.wait_for()

    def click_map(self, province: str) -> None:
        """Click a province where nothing else lies upon it."""
        at = self.page.evaluate(
            """(id) => { const box = document.querySelector(`path[data-id="${id}"]`).getBoundingClientRect();
              for (let i = 1; i < 20; i++) for (let k = 1; k < 20; k++) {
                const x = box.x + box.width * i / 20, y = box.y + box.height * k / 20;
                if (document.elementFromPoint(x, y)?.dataset.id === id) return [x, y]; } return null; }""",
            province,
        )
        assert at, f"{province} is not to be seen on the map"
        self.page.mouse.click(*at)
