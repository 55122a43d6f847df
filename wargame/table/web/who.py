"""Who makes a call: somebody inside, an umpire, a player. Everybody else is refused before anything is looked at."""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from wargame.table.roles import Duty, check
from wargame.table.state import OBSERVER, UMPIRE
from wargame.table.web.console import Here
from wargame.table.web.guard import COOKIE, Session, cost


async def _inside(request: Request, console: Here) -> Session:
    """Whose page it is; 401 for nobody's, 403 for a change without the session's token, 429 for too much at once."""
    session = console.door.sessions.get(request.cookies.get(COOKIE, ""))
    if session is None:
        raise HTTPException(401, "enter with your code first")
    changing = request.method not in {"GET", "HEAD"}
    if changing and not secrets.compare_digest(request.headers.get("x-wargame-token", ""), session.token):
        raise HTTPException(403, "the page is out of date; load it again")
    length = int(request.headers.get("content-length", "0") or "0")
    if wait := console.meter.wait_s(session.door, cost(request.method, request.url.path, length)):
        seconds = math.ceil(wait)
        told = f"too much at once from this place; wait {seconds} second{'s' * (seconds > 1)}, then go on"
        raise HTTPException(429, told, {"retry-after": str(seconds)})
    return session


Inside = Annotated[Session, Depends(_inside)]


async def _umpire(session: Inside) -> Session:
    """An umpire's page, or 403."""
    if session.place != UMPIRE:
        raise HTTPException(403, "only umpires do that")
    return session


async def _player(session: Inside) -> Session:
    """A player's page, or 403."""
    if session.place in {UMPIRE, OBSERVER}:
        raise HTTPException(403, "only players do that")
    return session


Umpire = Annotated[Session, Depends(_umpire)]
Player = Annotated[Session, Depends(_player)]


def _umpire_with(duty: Duty) -> Callable[[Session], Awaitable[Session]]:
    async def found(session: Umpire) -> Session:
        """An umpire's page whose role has the duty, or 403."""
        check(session.role, duty)
        return session

    return found


Lead = Annotated[Session, Depends(_umpire_with("game"))]
Field = Annotated[Session, Depends(_umpire_with("field"))]
Words = Annotated[Session, Depends(_umpire_with("words"))]
Log = Annotated[Session, Depends(_umpire_with("log"))]
"""Umpires who may do what `wargame.table.roles` has under that name."""
