"""The console's calls: who may make each, what it does with the game, what it answers.

Whatever a seat gets is `picture` of its own place, made from `Game.view`, `Game.entries` and `Game.mail`; no call of a
seat names another. Calls of the umpire are those of ``wargame game`` on the command line, under the same names.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response, WebSocket
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from wargame import dates
from wargame.errors import WargameError
from wargame.study.forecast import as_dict, tables
from wargame.table import rulings, written
from wargame.table.game import Game
from wargame.table.odds import odds
from wargame.table.record import MOST_NAME, power_of, powers
from wargame.table.state import OBSERVER, ROLES, SEAT_KINDS, UMPIRE
from wargame.table.web import printed
from wargame.table.web.bodies import (
    Answer,
    Back,
    Chances,
    Closed,
    Effects,
    Entry,
    Fork,
    Inject,
    Length,
    Letter,
    Mail,
    Named,
    Orders,
    Place,
    Propose,
    Question,
    Rule,
    Seat,
    Someone,
    Style,
    Withdrawn,
)
from wargame.table.web.guard import COOKIE, Door, Guard, Session
from wargame.table.web.live import LOOK_S, Lines, Page, concerned
from wargame.table.web.shown import SQUEEZE, Sheet, Shown, compact, forms, static
from wargame.table.web.work import Progress, Work

Viewed = Annotated[str, Query(max_length=40)]
STATIC = ("console.css", "console.js", "changes.js", "map.js", "seat.js", "umpire.js", "icon.svg")
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "html": "text/html"}

# --- who is asking ---------------------------------------------------------------------------------------------------


def inside(request: Request) -> Session:
    """Whose page it is; 401 for nobody's, 403 for a change without the session's token."""
    session = request.app.state.door.sessions.get(request.cookies.get(COOKIE, ""))
    if not isinstance(session, Session):
        raise HTTPException(401, "enter with your code first")
    changing = request.method not in {"GET", "HEAD"}
    if changing and not secrets.compare_digest(request.headers.get("x-wargame-token", ""), session.token):
        raise HTTPException(403, "the page is out of date; load it again")
    return session


Inside = Annotated[Session, Depends(inside)]


def umpire(session: Inside) -> Session:
    """An umpire's page, or 403."""
    if session.place != UMPIRE:
        raise HTTPException(403, "only umpires do that")
    return session


def player(session: Inside) -> Session:
    """A player's page, or 403."""
    if session.place in {UMPIRE, OBSERVER}:
        raise HTTPException(403, "only players do that")
    return session


Umpire = Annotated[Session, Depends(umpire)]
Player = Annotated[Session, Depends(player)]


def create(game: Game, hosts: Collection[str], *, workers: int = 1) -> FastAPI:
    """The console of one game. ``hosts``: the host names, with port, under which it is reached."""
    door, shown, work = Door(), Shown(game), Work()
    lines = Lines(lambda session: session in door.sessions)
    known, looking = len(game.states), threading.Lock()

    @contextlib.asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(follow())
        drawing = asyncio.create_task(run_in_threadpool(shown.ground))
        yield
        task.cancel()
        work.give_up()
        await drawing

    async def follow() -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await spread()

    async def spread() -> None:
        """Tell the pages of every act since the last time, whoever made it."""
        if news := await run_in_threadpool(collect, lines.places()):
            await lines.tell(news)

    def collect(places: list[str]) -> dict[str, str]:
        """What each of these places is told of the acts since the last time; for those not concerned, nothing."""
        nonlocal known
        with looking:
            game.refresh()
            new, known = game.store.acts[known : len(game.states)], len(game.states)
            return {p: _news(desk_of(p), shown.change(p)) for p in concerned(new, places)}

    def desk_of(place: str) -> bytes:
        return compact(table_now()) if place == UMPIRE else shown.desk(place)

    def table_now() -> dict[str, Any]:
        found = game.status()
        found.pop("file")
        return found | {
            "domains": list(rulings.STYLES), "allowed": {k: list(v) for k, v in rulings.ALLOWED.items()},
            "roles": list(ROLES), "kinds": list(SEAT_KINDS), "log": _log(game, 60),
            "position": shown.position(UMPIRE).tag, "work": asdict(work.piece) | {"found": None},
            "names": _names(game), "pages": lines.places(),
        }  # fmt: skip

    app = FastAPI(title="wargame console", docs_url=None, redoc_url=None, lifespan=following)
    app.state.door, app.state.work = door, work
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=SQUEEZE)
    app.add_middleware(Guard, hosts=frozenset(h.lower() for h in hosts))

    @app.exception_handler(WargameError)
    async def told(_: Request, error: WargameError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status_code=409)

    async def did(make: Callable[[], Any]) -> Any:
        """Do something with the game, then let every page that it concerns know."""
        found = await run_in_threadpool(make)
        await spread()
        return found

    # --- the door ----------------------------------------------------------------------------------------------------

    @app.get("/", include_in_schema=False)
    def page(request: Request) -> Response:
        return _file(request, "console.html")

    @app.get("/static/{name}", include_in_schema=False)
    def file(name: str, request: Request) -> Response:
        if name not in STATIC:
            raise HTTPException(404, "there is no such file")
        return _file(request, name)

    @app.get("/api/door")
    def places() -> dict[str, Any]:
        """The game's title and the places at which people sit, for the page at the door."""
        names = _names(game)
        places = [{"id": p, "name": names.get(p, p)} for p in (*game.state.humans, OBSERVER, UMPIRE)]
        return {"title": game.created["title"], "places": places}

    @app.post("/api/enter")
    def enter(body: Entry, request: Request, response: Response) -> dict[str, Any]:
        """Exchange a code for a session."""
        address = request.client.host if request.client else ""
        if door.must_wait(address):
            raise HTTPException(429, "too many wrong codes; wait a minute")
        place = body.place if body.place in {UMPIRE, OBSERVER} else body.place.upper()
        if not game.lets_in(place, body.code):
            door.was_wrong(address)
            raise HTTPException(401, "this code does not open that place")
        key, session = door.enter(place, body.name)
        response.set_cookie(COOKIE, key, httponly=True, samesite="strict", path="/")
        return {"place": place, "name": session.name, "token": session.token}

    @app.get("/api/me")
    def me(request: Request) -> dict[str, Any]:
        """Who sits at this page, and the token that goes with every change; an empty place: nobody yet."""
        session = door.sessions.get(request.cookies.get(COOKIE, ""))
        if session is None:
            return {"place": "", "name": "", "token": ""}
        return {"place": session.place, "name": session.name, "token": session.token}

    @app.post("/api/leave")
    async def leave(request: Request, response: Response, session: Inside) -> dict[str, Any]:
        """End the session."""
        door.leave(request.cookies[COOKIE])
        response.delete_cookie(COOKIE, path="/")
        await lines.close([request.cookies[COOKIE]])
        return {}

    # --- what a seat sees and does -----------------------------------------------------------------------------------

    @app.get("/api/ground")
    def grounds(request: Request, session: Inside) -> Response:
        """Outlines, names and colours of the map; the same for everybody."""
        return _sheet(request, shown.ground())

    @app.get("/api/forms")
    def verbs(request: Request, session: Inside) -> Response:
        """What may be written as an order, with examples; the same for everybody."""
        return _sheet(request, forms())

    @app.get("/api/desk")
    def own_desk(session: Inside) -> Response:
        """Orders, mail and news of the place, and the name of the position that goes with them."""
        return _json(shown.desk(session.place))

    @app.get("/api/position")
    def own_position(request: Request, session: Inside) -> Response:
        """What the place knows of the world; for umpires the truth."""
        return _sheet(request, shown.fetched(session.place), keep=False)

    @app.get("/api/briefing")
    def briefing(session: Inside) -> dict[str, Any]:
        """What the seat was told at the opening, as Markdown."""
        return {"markdown": game.briefing(session.place)}

    @app.get("/api/report")
    def own_report(session: Inside) -> dict[str, Any]:
        """The seat's report of the last turn, as Markdown; empty for others than players, and before the first turn."""
        return {"markdown": printed.report(game, session.place) if session.place not in {UMPIRE, OBSERVER} else ""}

    @app.get("/api/map.png")
    def own_map(session: Inside) -> Response:
        """The map of the report; for umpires as it is, for those who watch as everybody knows it."""
        made = shown.once("map", lambda: printed.map_picture(game, session.place), session.place)
        return Response(made, media_type="image/png")

    @app.get("/api/newspaper")
    def newspaper(session: Inside) -> dict[str, Any]:
        """The front page of the last turn, as Markdown; empty before the first turn."""
        return {"markdown": printed.newspaper(game)}

    @app.get("/api/papers/{what}")
    def paper(what: Annotated[printed.What, Path()], session: Inside) -> Response:
        """A file to keep: a seat's report, the newspaper; for umpires also the kit, the after-action pack, the game."""
        if what not in printed.FOR_ALL and session.place != UMPIRE:
            raise HTTPException(403, "only umpires do that")
        if what == "report" and session.place == OBSERVER:
            raise HTTPException(403, "only players and umpires do that")
        body, kind, name = printed.make(game, what, session.place)
        return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})

    @app.post("/api/check")
    def check(body: Orders, session: Player) -> dict[str, Any]:
        """Read orders as they would be read, without handing them in."""
        accepted, rejected = written.parse(body.text, session.place, game.setup, game.view(session.place))
        return {"accepted": [{"line": i.line, "text": str(i)} for i in accepted], "rejected": _plain(rejected)}

    @app.post("/api/orders")
    async def orders(body: Orders, session: Player) -> dict[str, Any]:
        """Hand orders in."""
        who = f"{session.name} ({session.place})"[:MOST_NAME]
        accepted, rejected = await did(lambda: game.submit(session.place, body.text, who=who, replace_all=body.replace))
        return {"accepted": [str(i) for i in accepted], "rejected": _plain(rejected)}

    @app.post("/api/withdraw")
    async def withdraw(body: Withdrawn, session: Player) -> dict[str, Any]:
        """Take orders back."""
        return {"withdrawn": await did(lambda: game.withdraw(session.place, body.lines))}

    @app.post("/api/message")
    async def message(body: Letter, session: Player) -> dict[str, Any]:
        """Send a message; what comes of it on its way is not told."""
        await did(lambda: game.message(session.place, body.to, body.text, way=body.way))
        return {}

    @app.post("/api/rfi")
    async def ask(body: Question, session: Player) -> dict[str, Any]:
        """Ask the umpire for information."""
        await did(lambda: game.rfi(session.place, body.text))
        return {}

    # --- the umpire --------------------------------------------------------------------------------------------------

    @app.get("/api/table")
    def table(session: Umpire) -> dict[str, Any]:
        """Where the game stands: seats, orders, proposals, rulings, mail, injects."""
        return table_now()

    @app.get("/api/preview/desk")
    def preview(session: Umpire, seat: Viewed) -> Response:
        """Exactly the desk that a seat's page gets."""
        return _json(shown.desk(viewed(seat)))

    @app.get("/api/preview/position")
    def preview_position(request: Request, session: Umpire, seat: Viewed) -> Response:
        """Exactly the position that a seat's page gets."""
        return _sheet(request, shown.position(viewed(seat)), keep=False)

    def viewed(seat: str) -> str:
        return seat if seat == OBSERVER else power_of(game.setup, seat)

    @app.get("/api/log")
    def log(session: Umpire, last: Annotated[int, Query(ge=1, le=10_000)] = 200) -> dict[str, Any]:
        """The last acts at the table."""
        return {"log": _log(game, last)}

    @app.post("/api/propose")
    def propose(body: Propose, session: Umpire) -> dict[str, Any]:
        """Begin to adjudicate the turn in memory and to list what is contested; how far it is: /api/work."""
        game.check_on()

        def make(progress: Progress) -> None:
            game.propose(body.rollouts, workers=workers, progress=progress)

        return {"work": work.start("what is contested", body.rollouts, make)}

    @app.get("/api/work")
    def working(session: Umpire) -> dict[str, Any]:
        """The last long piece of work: how far it is, and what came of it."""
        return asdict(work.piece)

    @app.post("/api/give_up")
    def give_up(session: Umpire) -> dict[str, Any]:
        """Stop it."""
        work.give_up()
        return {}

    @app.post("/api/rule")
    async def rule(body: Rule, session: Umpire) -> dict[str, Any]:
        """Rule on a proposal."""
        how = {k: v for k, v in body.model_dump().items() if k not in {"proposal", "kind"} and v not in ("", [], None)}
        if body.argument is not None:
            a = body.argument
            how["argument"] = rulings.Argument(
                a.claim, tuple(a.pros), tuple(a.cons), tuple(a.votes.items()), a.odds, a.roll
            )
        ruling = await did(lambda: game.decide(body.proposal, body.kind, by=session.name, **how))
        return {"ruling": ruling.id}

    @app.post("/api/act")
    async def act(body: Effects, session: Umpire) -> dict[str, Any]:
        """A ruling of the umpire's own."""
        ruling = await did(lambda: game.act(body.effects, reason=body.reason, by=session.name))
        return {"ruling": ruling.id}

    @app.post("/api/unrule")
    async def unrule(body: Named, session: Umpire) -> dict[str, Any]:
        """Take a ruling back."""
        await did(lambda: game.unrule(body.id))
        return {}

    @app.post("/api/inject")
    async def inject(body: Inject, session: Umpire) -> dict[str, Any]:
        """Plan an inject, or bring one in now."""
        at = _hour(body.at)
        made = await did(
            lambda: game.inject(body.text, to=body.to, at=at, when=body.when, effects=body.effects, who=session.name)
        )
        return {"inject": made.id}

    @app.post("/api/uninject")
    async def uninject(body: Named, session: Umpire) -> dict[str, Any]:
        """Take an inject back that has not come."""
        await did(lambda: game.cancel_inject(body.id))
        return {}

    @app.post("/api/mail")
    async def mail(body: Mail, session: Umpire) -> dict[str, Any]:
        """Hold a message, let it go, lose it, hand it over now, or alter it."""
        told = {"held": body.held, "lost": body.lost, "text": body.text}
        changes: dict[str, Any] = {k: v for k, v in told.items() if v is not None}
        if body.now:
            changes |= {"arrives": game.state.hour, "held": False, "lost": False}
        await did(lambda: game.change_message(body.number, **changes))
        return {}

    @app.post("/api/answer")
    async def answer(body: Answer, session: Umpire) -> dict[str, Any]:
        """Answer a request for information."""
        await did(lambda: game.answer(body.number, body.text, who=session.name))
        return {}

    @app.post("/api/seat")
    async def seat(body: Seat, session: Umpire) -> dict[str, Any]:
        """Give a power to people or to its automatic government."""
        await did(lambda: game.set_seat(body.power, body.kind))
        return {}

    @app.post("/api/person")
    async def person(body: Someone, session: Umpire) -> dict[str, Any]:
        """Give somebody a place."""
        await did(lambda: game.seat_person(body.name, body.place, body.role))
        return {}

    @app.post("/api/code")
    async def code(body: Place, session: Umpire) -> dict[str, Any]:
        """A new code for a place; the old one, and whoever came in by it, is good no more."""
        found = await did(lambda: game.new_code(body.place))
        if body.place != UMPIRE:
            where = body.place if body.place == OBSERVER else body.place.upper()
            gone = [k for k, s in door.sessions.items() if s.place == where]
            door.turn_out(where)
            await lines.close(gone)
        return {"code": found}

    @app.post("/api/fill")
    async def fill(session: Umpire) -> dict[str, Any]:
        """Give every seat at which nobody sits to its automatic government."""
        return {"filled": await did(game.fill)}

    @app.post("/api/close")
    async def close(body: Closed, session: Umpire) -> dict[str, Any]:
        """Close the orders of this turn, or open them again."""
        await did(lambda: game.close_orders(closed=body.closed))
        return {}

    @app.post("/api/turn")
    async def turn(body: Length, session: Umpire) -> dict[str, Any]:
        """Change the length of turns."""
        await did(lambda: game.set_turn(body.length))
        return {}

    @app.post("/api/style")
    async def styled(body: Style, session: Umpire) -> dict[str, Any]:
        """Choose how matters of a domain are adjudicated."""
        await did(lambda: game.set_style(body.domain, body.style))
        return {}

    @app.post("/api/note")
    async def note(body: Question, session: Umpire) -> dict[str, Any]:
        """Write an insight or a dissent down."""
        await did(lambda: game.note(body.text, who=session.name))
        return {}

    @app.post("/api/odds")
    def chances(body: Chances, session: Umpire) -> dict[str, Any]:
        """Begin to play the position on many times, with the orders and rulings on the table; see /api/work."""
        game.check_on()
        until = game.state.hour + body.days * dates.DAY

        def make(progress: Progress) -> dict[str, Any]:
            brief, world = game.brief(), game.world()
            found = odds(game.setup, world, brief, until, body.runs, workers=workers, progress=progress).forecast
            return as_dict(found) | {"tables": [asdict(t) for t in tables(game.setup, found)]}

        return {"work": work.start(f"{body.runs} times {body.days} days", body.runs, make)}

    @app.post("/api/commit")
    async def commit(session: Umpire) -> dict[str, Any]:
        """Play the turn and make it the game's."""
        made = await did(lambda: game.commit(who=session.name))
        return {"act": made.n}

    @app.post("/api/undo")
    async def undo(body: Back, session: Umpire) -> dict[str, Any]:
        """Go back; nothing is deleted."""
        await did(lambda: game.undo(body.turns, to=body.to, who=session.name))
        return {}

    @app.post("/api/redo")
    async def redo(session: Umpire) -> dict[str, Any]:
        """Take the last undo back."""
        await did(lambda: game.redo(who=session.name))
        return {}

    @app.post("/api/fork")
    async def fork(body: Fork, session: Umpire) -> dict[str, Any]:
        """A game of its own, in a file beside this one's."""
        path = game.path.with_name(f"{body.name}.game")

        def make() -> str:
            with game.fork(path, at=body.at, who=session.name) as made:
                return made.path.name

        return {"file": await did(make)}

    # --- the live line -----------------------------------------------------------------------------------------------

    @app.websocket("/live")
    async def live(line: WebSocket) -> None:
        key = line.cookies.get(COOKIE, "")
        session = door.sessions.get(key)
        if session is None:
            await line.close(code=4401)
            return
        await line.accept()
        page = Page(session.place, key, line)
        lines.pages.append(page)
        try:
            while True:
                await line.receive_text()  # nothing is expected; this notices that the page has gone
        except WebSocketDisconnect:
            lines.drop(page)

    return app


def _file(request: Request, name: str) -> Response:
    return _sheet(request, static(name), f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8")


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _sheet(request: Request, sheet: Sheet, kind: str = "application/json", *, keep: bool = True) -> Response:
    """A sheet as it lies there, squeezed if the browser takes that. ``keep``: the browser may; secrets it may not."""
    headers = {"vary": "accept-encoding"}
    if keep:
        headers |= {"etag": f'"{sheet.tag}"', "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(sheet.plain, media_type=kind, headers=headers | {"content-encoding": "identity"})
    return Response(sheet.squeezed, media_type=kind, headers=headers | {"content-encoding": "gzip"})


def _news(desk: bytes, change: bytes) -> str:
    """What a page is sent, without its number and the brace before it."""
    return f'"desk":{desk.decode()},"change":{change.decode()}}}'


def _names(game: Game) -> dict[str, str]:
    return {p: game.setup.atlas.power_names.get(p, p) for p in powers(game.setup)}


def _plain(rejected: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(r) for r in rejected]


def _hour(text: str) -> int:
    if not text:
        return 0
    try:
        return dates.parse(text)
    except ValueError as error:
        raise HTTPException(422, f"'{text}' is no date; write 1939-08-25 or 1939-08-25T18:00") from error


def _log(game: Game, last: int) -> list[dict[str, Any]]:
    return [{"n": a.n, "at": a.at, "who": a.who, "kind": a.kind, "seat": a.seat} for a in game.store.acts[-last:]]


def codes_for(game: Game) -> dict[str, str]:
    """A new code for every place at which people sit, and for umpires and observers."""
    return {place: game.new_code(place) for place in (UMPIRE, *game.state.humans, OBSERVER)}
