"""The live line: tells every page that there is something new, at the same instant, and nothing else.

What a page is told is only that it should look again; what it then gets comes from the view of its seat. Numbers count
per page, so that nobody learns from them that others acted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from wargame.table.state import UMPIRE
from wargame.table.store import Act

FOR_ALL = frozenset(
    ["committed", "undone", "redone", "inject", "uninject", "closed", "length", "files", "message_changed", "answer"]
)
"""Acts after which every page looks again; after any other the umpires do, the seat that acted, whoever was handed a
message in the room."""
MOVES = frozenset(["committed", "undone", "redone", "files"])
"""Acts that change the clock or the rules for all, so that a page wants its position, too."""
LOOK_S = 0.4  # between looks for what other programs did with the game's file
SLOW_S = 2.0  # a page that does not take its news within this is let go


@dataclass(eq=False)
class Page:
    """One open page. ``place``: whose it is; ``told``: how often it was told to look again."""

    place: str
    session: str
    line: WebSocket
    told: int = 0


@dataclass
class Lines:
    """Every open page of a console."""

    pages: list[Page] = field(default_factory=list)

    async def tell(self, acts: Iterable[Act]) -> None:
        """Tell those concerned by these acts to look again, all at once."""
        acts = list(acts)
        everybody = any(a.kind in FOR_ALL for a in acts)
        handed_over = [a.body for a in acts if a.kind == "message" and a.body["arrives"] <= a.body["sent"]]
        seats = {a.seat for a in acts} | {UMPIRE} | {p for m in handed_over for p in m["to"]}
        concerned = [p for p in self.pages if everybody or p.place in seats] if acts else []
        moved = any(a.kind in MOVES for a in acts)
        await asyncio.gather(*(self._send(p, moved=moved) for p in concerned))

    async def _send(self, page: Page, *, moved: bool) -> None:
        page.told += 1
        try:
            await asyncio.wait_for(page.line.send_json({"look": page.told, "moved": moved}), SLOW_S)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            self.drop(page)

    def places(self) -> list[str]:
        """The places that have a page open."""
        return sorted({p.place for p in self.pages})

    def drop(self, page: Page) -> None:
        """A page is gone."""
        if page in self.pages:
            self.pages.remove(page)

    async def close(self, sessions: Iterable[str]) -> None:
        """Cut the lines of sessions that have ended."""
        gone = set(sessions)
        for page in [p for p in self.pages if p.session in gone]:
            self.drop(page)
            await page.line.close(code=4401)
