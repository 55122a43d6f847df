"""A console: one game, who is in, what is open, and how what was done reaches every page that it concerns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from wargame.table import rulings
from wargame.table.game import Game
from wargame.table.matters import IN_FULL
from wargame.table.record import power_of, powers
from wargame.table.roles import FIELD_DOMAINS
from wargame.table.state import OBSERVER, ROLES, SEAT_KINDS, UMPIRE
from wargame.table.web.guard import Door, Meter
from wargame.table.web.live import LOOK_S, Lines, concerned
from wargame.table.web.shown import Shown, compact
from wargame.table.web.work import Work

LOG = 60  # acts of the record that an umpire's page has

T = TypeVar("T")


class Console:
    """The console of one game. ``workers``: processes for roll-outs; ``meter``: how much a place may ask."""

    def __init__(self, game: Game, workers: int, meter: Meter) -> None:
        self.game, self.workers, self.meter = game, workers, meter
        self.door, self.shown, self.work = Door(), Shown(game), Work()
        self.lines = Lines(lambda session: session in self.door.sessions)
        self._known, self._looking = len(game.states), threading.Lock()

    async def did(self, make: Callable[[], T]) -> T:
        """Do something with the game, then let every page that it concerns know."""
        found = await run_in_threadpool(make)
        await self.spread()
        return found

    async def follow(self) -> None:
        """Look for ever for what other programs did with the game's file."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.spread()

    async def spread(self) -> None:
        """Tell the pages of every act since the last time, whoever made it."""
        if news := await run_in_threadpool(self._collect, self.lines.places()):
            await self.lines.tell(news)

    def _collect(self, places: list[str]) -> dict[str, str]:
        """What each of these places is told of the acts since the last time; for those not concerned, nothing."""
        with self._looking:
            self.game.refresh()
            new, self._known = self.game.store.acts[self._known : len(self.game.states)], len(self.game.states)
            return {p: _news(self._desk(p), self.shown.change(p)) for p in concerned(new, places)}

    def _desk(self, place: str) -> bytes:
        return compact(self.table()) if place == UMPIRE else self.shown.desk(place)

    def table(self) -> dict[str, Any]:
        """Where the game stands, for umpires: seats, orders, proposals, rulings, mail, injects."""
        found = self.game.status()
        found.pop("file")
        return found | {
            "domains": list(rulings.STYLES), "allowed": {k: list(v) for k, v in rulings.ALLOWED.items()},
            "roles": list(ROLES), "field": sorted(FIELD_DOMAINS), "kinds": list(SEAT_KINDS), "log": self.log(LOG),
            "position": self.shown.tag(UMPIRE), "work": asdict(self.work.piece) | {"found": None},
            "names": self.names(), "pages": self.lines.places(), "in_full": IN_FULL,
        }  # fmt: skip

    def log(self, last: int) -> list[dict[str, Any]]:
        """The last acts at the table."""
        acts = self.game.store.acts[-last:]
        return [{"n": a.n, "at": a.at, "who": a.who, "kind": a.kind, "seat": a.seat} for a in acts]

    def names(self) -> dict[str, str]:
        """The names of all powers."""
        return {p: self.game.setup.atlas.power_names.get(p, p) for p in powers(self.game.setup)}

    def seen_as(self, seat: str) -> str:
        """The place of a seat as an umpire names it who wants to see what it gets."""
        return seat if seat == OBSERVER else power_of(self.game.setup, seat)


def _news(desk: bytes, change: bytes) -> str:
    """What a page is sent, without its number and the brace before it."""
    return f'"desk":{desk.decode()},"change":{change.decode()}}}'


async def _console(connection: HTTPConnection) -> Console:
    console: Console = connection.app.state.console
    return console


Here = Annotated[Console, Depends(_console)]
"""The console that a call is made of."""
