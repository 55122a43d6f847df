"""The console's calls: who may make each, what it does with the game, what it answers.

Whatever a seat gets is `picture` of its own place, made from `Game.view`, `Game.entries` and `Game.mail`; no call of a
seat names another. Calls of the umpire are those of ``wargame game`` on the command line, under the same names.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import asdict
from importlib.resources import files as package_files
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response, WebSocket
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from wargame import dates
from wargame.errors import WargameError
from wargame.show import document
from wargame.study.forecast import as_dict
from wargame.table import messages, papers, reports, rulings, written
from wargame.table.game import Game
from wargame.table.odds import odds
from wargame.table.picture import picture
from wargame.table.record import MOST_NAME, MOST_ORDERS, MOST_TEXT, power_of
from wargame.table.state import OBSERVER, ROLES, SEAT_KINDS, UMPIRE
from wargame.table.web.ground import ground
from wargame.table.web.guard import COOKIE, Door, Guard, Session
from wargame.table.web.live import LOOK_S, Lines, Page

STATIC = ("console.css", "console.js", "map.js", "seat.js", "umpire.js", "icon.svg")
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "html": "text/html"}
MOST_ROLLOUTS = 1000

Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
Text = Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
Line = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=80)]


class Body(BaseModel):
    """What a call carries; anything else in it is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Entry(Body):
    """Somebody at the door."""

    place: Code
    code: Code
    name: Name


class Orders(Body):
    """Orders as written; ``replace``: instead of all handed in before."""

    text: Annotated[str, Field(max_length=MOST_ORDERS)]
    replace: bool = False


class Withdrawn(Body):
    """Orders to take back, in their written form."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=500)]


class Letter(Body):
    """A message to other powers."""

    to: Annotated[list[Code], Field(min_length=1, max_length=40)]
    text: Text
    way: Code = "cable"


class Question(Body):
    """A text for the umpire, or of his."""

    text: Text


class Answer(Body):
    """An answer to a request for information."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    text: Text


class Propose(Body):
    """How many roll-outs the proposals rest on."""

    rollouts: Annotated[int, Field(ge=0, le=MOST_ROLLOUTS)] = 0


Reasons = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=20)]


class Argument(Body):
    """A matrix argument: a claim, reasons, the odds agreed on, and the roll in the open, 0 to 1."""

    claim: Annotated[str, Field(min_length=1, max_length=500)]
    pros: Reasons = []
    cons: Reasons = []
    odds: Annotated[float, Field(ge=0.05, le=0.95)]
    roll: Annotated[float, Field(gt=0.0, lt=1.0)]


class Rule(Body):
    """A ruling on a proposal; what is not given is as `wargame.table.rulings.rule` has it."""

    proposal: Code
    kind: rulings.Kind
    reason: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    outcome: Annotated[str, Field(max_length=200)] = ""
    effects: Annotated[list[Line], Field(max_length=100)] = []
    otherwise: Annotated[list[Line], Field(max_length=100)] = []
    roll: Annotated[str, Field(max_length=40)] = ""
    argument: Argument | None = None
    agreed: Annotated[list[Code], Field(max_length=40)] = []


class Effects(Body):
    """A ruling of the umpire's own."""

    effects: Annotated[list[Line], Field(min_length=1, max_length=100)]
    reason: Text


class Inject(Body):
    """Something brought in from outside."""

    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    to: Annotated[list[Code], Field(max_length=40)] = []
    at: Annotated[str, Field(max_length=20)] = ""
    when: Annotated[list[Line], Field(max_length=20)] = []
    effects: Annotated[list[Line], Field(max_length=100)] = []


class Mail(Body):
    """What the umpire does with a message."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    held: bool | None = None
    lost: bool | None = None
    now: bool = False
    text: Annotated[str | None, Field(max_length=MOST_TEXT)] = None


class Seat(Body):
    """Who decides for a power."""

    power: Code
    kind: Literal["human", "automatic"]


class Someone(Body):
    """Somebody gets a place; an empty one: he has left."""

    name: Name
    place: Annotated[str, Field(max_length=80)] = ""
    role: Annotated[str, Field(max_length=20)] = ""


class Place(Body):
    """A place: a power, ``umpire`` or ``observer``."""

    place: Code


class Closed(Body):
    """Whether orders are closed."""

    closed: bool


class Length(Body):
    """How long a turn is."""

    length: Code


class Style(Body):
    """How matters of a domain are adjudicated."""

    domain: Code
    style: Code


class Back(Body):
    """How many turns, or to which act of the game's file."""

    turns: Annotated[int, Field(ge=1, le=10_000)] = 1
    to: Annotated[int | None, Field(ge=0)] = None


class Fork(Body):
    """A game of its own, under a name beside this one's file."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$")]
    at: Annotated[int | None, Field(ge=0)] = None


class Chances(Body):
    """Roll-outs of the position."""

    runs: Annotated[int, Field(ge=1, le=MOST_ROLLOUTS)] = 200
    days: Annotated[int, Field(ge=1, le=366)] = 30


class Named(Body):
    """A thing by its id."""

    id: Code


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
    door, lines = Door(), Lines()
    known = len(game.states)

    @contextlib.asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(follow())
        yield
        task.cancel()

    async def follow() -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await spread()

    async def spread() -> None:
        """Tell the pages of every act since the last time, whoever made it."""
        nonlocal known
        await run_in_threadpool(game.refresh)
        new, known = game.store.acts[known:], len(game.states)
        await lines.tell(new)

    app = FastAPI(title="wargame console", docs_url=None, redoc_url=None, lifespan=following)
    app.state.door = door
    app.add_middleware(GZipMiddleware, minimum_size=2000)
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
    def page() -> Response:
        return _file("console.html")

    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404, "there is no such file")
        return _file(name)

    @app.get("/api/door")
    def places() -> dict[str, Any]:
        """The game's title and the places at which people sit, for the page at the door."""
        return {"title": game.created["title"], "places": [*game.state.humans, OBSERVER, UMPIRE]}

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
    def leave(request: Request, response: Response, session: Inside) -> dict[str, Any]:
        """End the session."""
        door.leave(request.cookies[COOKIE])
        response.delete_cookie(COOKIE, path="/")
        return {}

    @app.get("/api/ground")
    def grounds(session: Inside) -> Response:
        """Outlines, names and colours of the map; the same for everybody."""
        body = ground(game.setup.atlas, tuple(game.created["data"]))
        return Response(body, media_type="application/json", headers={"cache-control": "private, max-age=3600"})

    # --- what a seat sees and does -----------------------------------------------------------------------------------

    def shown(place: str) -> dict[str, Any]:
        found = picture(game, place)
        found.pop("file", None)
        return found | {"ways": [{"id": w.id, "name": w.name} for w in messages.ways().values()]}

    @app.get("/api/picture")
    def own_picture(session: Inside) -> dict[str, Any]:
        """What the seat knows; for umpires the truth."""
        return shown(session.place)

    @app.get("/api/report")
    def own_report(session: Inside) -> dict[str, Any]:
        """The seat's report of the last turn, as Markdown; empty for others than players."""
        return {"markdown": _report(game, session.place) if session.place not in {UMPIRE, OBSERVER} else ""}

    @app.get("/api/briefing")
    def briefing(session: Inside) -> dict[str, Any]:
        """What the seat was told at the opening, as Markdown."""
        return {"markdown": game.briefing(session.place)}

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
        found = game.status()
        found.pop("file")
        return found | {
            "domains": list(rulings.STYLES), "allowed": {k: list(v) for k, v in rulings.ALLOWED.items()},
            "roles": list(ROLES), "kinds": list(SEAT_KINDS), "log": _log(game, 60),
        }  # fmt: skip

    @app.get("/api/preview")
    def preview(session: Umpire, seat: Annotated[str, Query(max_length=40)]) -> dict[str, Any]:
        """Exactly what a seat's page gets."""
        return shown(seat if seat == OBSERVER else power_of(game.setup, seat))

    @app.get("/api/log")
    def log(session: Umpire, last: Annotated[int, Query(ge=1, le=10_000)] = 200) -> dict[str, Any]:
        """The last acts at the table."""
        return {"log": _log(game, last)}

    @app.post("/api/propose")
    async def propose(body: Propose, session: Umpire) -> dict[str, Any]:
        """Adjudicate the turn in memory and list what is contested."""
        found = await did(lambda: game.propose(body.rollouts, workers=workers))
        return {"proposals": [p.id for p in found]}

    @app.post("/api/rule")
    async def rule(body: Rule, session: Umpire) -> dict[str, Any]:
        """Rule on a proposal."""
        how = {k: v for k, v in body.model_dump().items() if k not in {"proposal", "kind"} and v not in ("", [], None)}
        if body.argument is not None:
            a = body.argument
            how["argument"] = rulings.Argument(a.claim, tuple(a.pros), tuple(a.cons), (), a.odds, a.roll)
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
    async def chances(body: Chances, session: Umpire) -> dict[str, Any]:
        """Play the position on many times, with the orders and rulings on the table."""
        game.check_on()
        until = game.state.hour + body.days * dates.DAY
        found = await run_in_threadpool(
            lambda: odds(game.setup, game.world(), game.brief(), until, body.runs, workers=workers)
        )
        return as_dict(found.forecast)

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


def _file(name: str) -> Response:
    body = (package_files("wargame") / "table" / "web" / "static" / name).read_bytes()
    return Response(body, media_type=f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8")


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


def _report(game: Game, place: str) -> str:
    """The report of a seat, as on paper but without its map."""
    if game.state.turn == 0:
        return ""
    (desk,) = papers.turn_of(game, [place]).desks
    return document.markdown(reports.seat_report(desk))


def codes_for(game: Game) -> dict[str, str]:
    """A new code for every place at which people sit, and for umpires and observers."""
    return {place: game.new_code(place) for place in (UMPIRE, *game.state.humans, OBSERVER)}
