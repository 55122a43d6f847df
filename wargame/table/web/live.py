"""The live line: tells every page that there is something new, at the same instant, and what.

What a page is sent is its place's own desk and what changed of its position, bytes made once for all pages of the place
(`wargame.table.web.shown`). Numbers count per page, so that nobody learns from them that others acted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from wargame.table.state import UMPIRE
from wargame.table.store import Act

FOR_ALL = frozenset(
    ["committed", "undone", "redone", "inject", "uninject", "closed", "length", "files", "message_changed", "answer"]
)
"""Acts after which every page looks again; after any other the umpires do, the seat that acted, whoever was handed a
message in the room."""
LOOK_S = 0.4  # between looks for what other programs did with the game's file
SLOW_S = 2.0  # a page that does not take its news within this is let go


@dataclass(eq=False)
class Page:
    """One open page. ``place``: whose it is; ``session``: by which it came in; ``told``: how often it was told."""

    place: str
    session: str
    line: WebSocket
    told: int = 0


def concerned(acts: Iterable[Act], places: Iterable[str]) -> list[str]:
    """The places, of those that have a page open, that are told of these acts."""
    acts = list(acts)
    if any(a.kind in FOR_ALL for a in acts):
        return list(places)
    handed_over = [a.body for a in acts if a.kind == "message" and a.body["arrives"] <= a.body["sent"]]
    seats = {a.seat for a in acts} | {UMPIRE} | {p for m in handed_over for p in m["to"]}
    return [p for p in places if p in seats] if acts else []


@dataclass
class Lines:
    """Every open page of a console. ``lets_in``: whether a session still holds."""

    lets_in: Callable[[str], bool]
    pages: list[Page] = field(default_factory=list)

    async def tell(self, news: Mapping[str, str]) -> None:
        """Send the pages of these places their news, JSON without its opening brace, all at once."""
        await asyncio.gather(*(self._send(p, news[p.place]) for p in list(self.pages) if p.place in news))

    async def _send(self, page: Page, news: str) -> None:
        if not self.lets_in(page.session):
            await self._cut(page)
            return
        page.told += 1
        try:
            await asyncio.wait_for(page.line.send_text(f'{{"look":{page.told},{news}'), SLOW_S)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            await self._cut(page, code=1013)  # it comes again when it can, and looks for itself

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
            await self._cut(page)

    async def _cut(self, page: Page, code: int = 4401) -> None:
        self.drop(page)
        if page.line.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                await asyncio.wait_for(page.line.close(code=code), SLOW_S)
