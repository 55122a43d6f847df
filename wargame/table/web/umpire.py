"""What umpires see and adjudicate: the table, previews, proposals and rulings, odds, the clock.

The calls are those of ``wargame game`` on the command line, under the same names.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from wargame import dates
from wargame.study.forecast import as_dict, tables
from wargame.table import rulings
from wargame.table.odds import odds
from wargame.table.record import power_of
from wargame.table.roles import check_change, check_ruling
from wargame.table.state import LEAD
from wargame.table.web import observer
from wargame.table.web.bodies import Back, Chances, Effects, Fork, Named, Propose, Question, Rule
from wargame.table.web.console import Here
from wargame.table.web.sheets import json, sheet
from wargame.table.web.who import Field, Lead, Log, Umpire
from wargame.table.web.work import Progress

Viewed = Annotated[str, Query(max_length=40)]

router = APIRouter(prefix="/api")

# --- looking ---------------------------------------------------------------------------------------------------------


@router.get("/table")
def table(session: Umpire, console: Here) -> dict[str, Any]:
    """Where the game stands: seats, orders, proposals, rulings, mail, injects."""
    return console.table()


@router.get("/log")
def log(session: Umpire, console: Here, last: Annotated[int, Query(ge=1, le=10_000)] = 200) -> dict[str, Any]:
    """The last acts at the table."""
    return {"log": console.log(last)}


@router.get("/preview/desk")
def preview(session: Umpire, console: Here, seat: Viewed) -> Response:
    """Exactly the desk that a seat's page gets."""
    return json(console.shown.desk(console.seen_as(seat)))


@router.get("/preview/position")
def preview_position(request: Request, session: Umpire, console: Here, seat: Viewed) -> Response:
    """Exactly the position that a seat's page gets."""
    return sheet(request, console.shown.position(console.seen_as(seat)), keep=False)


@router.get("/preview/briefing")
def preview_briefing(session: Umpire, console: Here, seat: Viewed) -> dict[str, Any]:
    """Exactly the briefing that a seat's page gets."""
    return observer.briefing(console, console.seen_as(seat))


@router.get("/preview/report")
def preview_report(session: Umpire, console: Here, seat: Viewed) -> dict[str, Any]:
    """Exactly the report that a seat's page gets."""
    return observer.report(console, console.seen_as(seat))


@router.get("/preview/map.png")
def preview_map(session: Umpire, console: Here, seat: Viewed) -> Response:
    """Exactly the map that a seat's page gets."""
    return observer.map_picture(console, console.seen_as(seat))


@router.get("/preview/papers/report")
def preview_paper(session: Umpire, console: Here, seat: Viewed) -> Response:
    """Exactly the report that a seat can print."""
    return observer.paper(console, "report", power_of(console.game.setup, seat))


# --- what is contested -----------------------------------------------------------------------------------------------


@router.post("/propose")
def propose(body: Propose, session: Field, console: Here) -> dict[str, Any]:
    """Begin to adjudicate the turn in memory and to list what is contested; how far it is: /api/work."""
    console.game.check_on()

    def make(progress: Progress) -> None:
        console.game.propose(body.rollouts, workers=console.workers, progress=progress, who=session.who)

    return {"work": console.work.start("what is contested", body.rollouts, make)}


@router.get("/work")
def working(session: Umpire, console: Here) -> dict[str, Any]:
    """The last long piece of work: how far it is, and what came of it."""
    return asdict(console.work.piece)


@router.post("/give_up")
def give_up(session: Field, console: Here) -> dict[str, Any]:
    """Stop it."""
    console.work.give_up()
    return {}


@router.post("/rule")
async def rule(body: Rule, session: Field, console: Here) -> dict[str, Any]:
    """Rule on a proposal; the umpire for the map on what is fought, unless the lead has ruled on it."""
    matter = await run_in_threadpool(console.game.proposal, body.proposal)
    check_ruling(session.role, matter.domain, (*body.effects, *body.otherwise))
    how = {k: v for k, v in body.model_dump().items() if k not in {"proposal", "kind"} and v not in ("", [], None)}
    how |= {"by": session.who, "role": session.role}
    if body.argument is not None:
        a = body.argument
        how["argument"] = rulings.Argument(
            a.claim, tuple(a.pros), tuple(a.cons), tuple(a.votes.items()), a.odds, a.roll
        )
    ruling = await console.did(lambda: console.game.decide(matter.id, body.kind, **how))
    return {"ruling": ruling.id}


@router.post("/act")
async def act(body: Effects, session: Field, console: Here) -> dict[str, Any]:
    """A ruling of the umpire's own; the umpire for the map on what is on it and the lead has not ruled on."""
    check_ruling(session.role, "", body.effects)
    ruling = await console.did(
        lambda: console.game.act(body.effects, reason=body.reason, by=session.who, role=session.role)
    )
    return {"ruling": ruling.id}


@router.post("/unrule")
async def unrule(body: Named, session: Field, console: Here) -> dict[str, Any]:
    """Take a ruling back; the umpire for the map one that he could have made."""
    game = console.game
    if session.role != LEAD and (found := game.state.rulings.get(body.id)) is not None:
        domain = game.proposal(found.proposal).domain if found.proposal else ""
        check_ruling(session.role, domain, found.effects)
        check_change(session.role, found.by)
    await console.did(lambda: game.unrule(body.id, who=session.who))
    return {}


@router.post("/odds")
def chances(body: Chances, session: Field, console: Here) -> dict[str, Any]:
    """Begin to play the position on many times, with the orders and rulings on the table; see /api/work."""
    game = console.game
    game.check_on()
    until = game.state.hour + body.days * dates.DAY

    def make(progress: Progress) -> dict[str, Any]:
        brief, world = game.brief(), game.world()
        found = odds(game.setup, world, brief, until, body.runs, workers=console.workers, progress=progress).forecast
        return as_dict(found) | {"tables": [asdict(t) for t in tables(game.setup, found)]}

    return {"work": console.work.start(f"{body.runs} times {body.days} days", body.runs, make)}


@router.post("/note")
async def note(body: Question, session: Log, console: Here) -> dict[str, Any]:
    """Write an insight or a dissent down."""
    await console.did(lambda: console.game.note(body.text, who=session.who))
    return {}


# --- the clock -------------------------------------------------------------------------------------------------------


@router.post("/commit")
async def commit(session: Lead, console: Here) -> dict[str, Any]:
    """Play the turn and make it the game's."""
    made = await console.did(lambda: console.game.commit(who=session.who))
    return {"act": made.n}


@router.post("/undo")
async def undo(body: Back, session: Lead, console: Here) -> dict[str, Any]:
    """Go back; nothing is deleted."""
    await console.did(lambda: console.game.undo(body.turns, to=body.to, who=session.who))
    return {}


@router.post("/redo")
async def redo(session: Lead, console: Here) -> dict[str, Any]:
    """Take the last undo back."""
    await console.did(lambda: console.game.redo(who=session.who))
    return {}


@router.post("/fork")
async def fork(body: Fork, session: Lead, console: Here) -> dict[str, Any]:
    """A game of its own, in a file beside this one's."""
    game = console.game
    path = game.path.with_name(f"{body.name}.game")

    def make() -> str:
        with game.fork(path, at=body.at, who=session.who) as made:
            return made.path.name

    return {"file": await console.did(make)}
