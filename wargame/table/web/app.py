"""The console as an application: its calls by whom they are for, and what stands before all of them.

Whatever a seat gets is `picture` of its own place, made from `Game.view`, `Game.entries` and `Game.mail`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from wargame.errors import WargameError
from wargame.table.game import Game
from wargame.table.roles import NotYoursError
from wargame.table.state import LEAD, OBSERVER, UMPIRE, UMPIRES
from wargame.table.web import at_the_door, observer, room, seat, umpire
from wargame.table.web.console import Console
from wargame.table.web.guard import BURST, RATE, Guard, Meter
from wargame.table.web.shown import SQUEEZE


def create(game: Game, hosts: Collection[str], *, workers: int = 1, meter: Meter | None = None) -> FastAPI:
    """The console of one game. ``hosts``: the host names, with port, under which it is reached."""
    console = Console(game, workers, meter or Meter(BURST, RATE))

    @contextlib.asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(console.follow())
        drawing = asyncio.create_task(run_in_threadpool(console.shown.ground))
        yield
        task.cancel()
        console.work.give_up()
        await drawing

    app = FastAPI(title="wargame console", docs_url=None, redoc_url=None, lifespan=following)
    app.state.console = console
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=SQUEEZE)
    app.add_middleware(Guard, hosts=frozenset(h.lower() for h in hosts))

    @app.exception_handler(WargameError)
    async def told(_: Request, error: WargameError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status_code=403 if isinstance(error, NotYoursError) else 409)

    for part in (at_the_door, observer, seat, umpire, room):
        app.include_router(part.router)
    return app


def codes_for(game: Game) -> dict[str, str]:
    """A new code for every place at which people sit, for the lead umpire, each other role taken, and observers."""
    taken = {p.role for p in game.state.people.values() if p.place == UMPIRE}
    umpires = [place for place, role in UMPIRES.items() if role == LEAD or role in taken]
    return {place: game.new_code(place) for place in (*umpires, *game.state.humans, OBSERVER)}
