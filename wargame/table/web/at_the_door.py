"""The door: the page itself, who may come in, and the line that tells a page of what happens."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response, WebSocket
from starlette.websockets import WebSocketDisconnect

from wargame.table.roles import DUTIES
from wargame.table.state import OBSERVER, UMPIRE, UMPIRES
from wargame.table.web.bodies import Entry
from wargame.table.web.console import Here
from wargame.table.web.guard import COOKIE, Session
from wargame.table.web.live import Page
from wargame.table.web.sheets import sheet
from wargame.table.web.shown import static
from wargame.table.web.who import Inside

STATIC = ("console.css", "console.js", "changes.js", "map.js", "seat.js", "umpire.js", "icon.svg")
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "html": "text/html"}

router = APIRouter()


@router.get("/", include_in_schema=False)
def page(request: Request) -> Response:
    """The page."""
    return _file(request, "console.html")


@router.get("/static/{name}", include_in_schema=False)
def file(name: str, request: Request) -> Response:
    """A file of the page."""
    if name not in STATIC:
        raise HTTPException(404, "there is no such file")
    return _file(request, name)


def _file(request: Request, name: str) -> Response:
    return sheet(request, static(name), f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8")


@router.get("/api/door")
def places(console: Here) -> dict[str, Any]:
    """The game's title and the places at which people sit, for the page at the door."""
    game, names = console.game, console.names()
    umpires = [p for p in UMPIRES if p == UMPIRE or p in game.state.codes]
    places = [{"id": p, "name": names.get(p, p)} for p in (*game.state.humans, OBSERVER, *umpires)]
    return {"title": game.created["title"], "places": places}


@router.post("/api/enter")
def enter(body: Entry, request: Request, response: Response, console: Here) -> dict[str, Any]:
    """Exchange a code for a session."""
    door, address = console.door, request.client.host if request.client else ""
    if door.must_wait(address):
        raise HTTPException(429, "too many wrong codes; wait a minute")
    place = body.place if body.place in {OBSERVER, *UMPIRES} else body.place.upper()
    if not console.game.lets_in(place, body.code):
        door.was_wrong(address)
        raise HTTPException(401, "this code does not open that place")
    key, session = door.enter(place, body.name)
    response.set_cookie(COOKIE, key, httponly=True, samesite="strict", path="/")
    return _told(session)


@router.get("/api/me")
def me(request: Request, console: Here) -> dict[str, Any]:
    """Who sits at this page, and the token that goes with every change; an empty place: nobody yet."""
    session = console.door.sessions.get(request.cookies.get(COOKIE, ""))
    return {"place": "", "name": "", "token": "", "role": "", "duties": ()} if session is None else _told(session)


def _told(session: Session) -> dict[str, Any]:
    duties = DUTIES[session.role] if session.role else ()
    return {
        "place": session.place, "name": session.name, "token": session.token, "role": session.role, "duties": duties,
    }  # fmt: skip


@router.post("/api/leave")
async def leave(request: Request, response: Response, session: Inside, console: Here) -> dict[str, Any]:
    """End the session."""
    key = request.cookies[COOKIE]
    console.door.leave(key)
    response.delete_cookie(COOKIE, path="/")
    await console.lines.close([key])
    return {}


@router.websocket("/live")
async def live(line: WebSocket, console: Here) -> None:
    """The live line."""
    key = line.cookies.get(COOKIE, "")
    session = console.door.sessions.get(key)
    if session is None:
        await line.close(code=4401)
        return
    await line.accept()
    page = Page(session.place, key, line)
    console.lines.pages.append(page)
    try:
        while True:
            await line.receive_text()  # nothing is expected; this notices that the page has gone
    except WebSocketDisconnect:
        console.lines.drop(page)
