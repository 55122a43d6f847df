"""What everybody inside may look at, each for his own place: those who watch do no more than this."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response

from wargame.table.state import OBSERVER, UMPIRE
from wargame.table.web import printed
from wargame.table.web.console import Console, Here
from wargame.table.web.sheets import json, sheet
from wargame.table.web.shown import forms
from wargame.table.web.who import Inside

router = APIRouter(prefix="/api")


@router.get("/ground")
def grounds(request: Request, session: Inside, console: Here) -> Response:
    """Outlines, names and colours of the map; the same for everybody."""
    return sheet(request, console.shown.ground())


@router.get("/forms")
def verbs(request: Request, session: Inside) -> Response:
    """What may be written as an order, with examples; the same for everybody."""
    return sheet(request, forms())


@router.get("/desk")
def own_desk(session: Inside, console: Here) -> Response:
    """Orders, mail and news of the place, and the name of the position that goes with them."""
    return json(console.shown.desk(session.place))


@router.get("/position")
def own_position(request: Request, session: Inside, console: Here) -> Response:
    """What the place knows of the world; for umpires the truth."""
    return sheet(request, console.shown.fetched(session.place), keep=False)


@router.get("/briefing")
def own_briefing(session: Inside, console: Here) -> dict[str, Any]:
    """What the seat was told at the opening, as Markdown."""
    return briefing(console, session.place)


def briefing(console: Console, place: str) -> dict[str, Any]:
    """The briefing of a place."""
    return {"markdown": console.game.briefing(place)}


@router.get("/report")
def own_report(session: Inside, console: Here) -> dict[str, Any]:
    """The seat's report of the last turn, as Markdown; empty for others than players, and before the first turn."""
    return report(console, session.place)


def report(console: Console, place: str) -> dict[str, Any]:
    """The report of a place."""
    return {"markdown": printed.report(console.game, place) if place not in {UMPIRE, OBSERVER} else ""}


@router.get("/map.png")
def own_map(session: Inside, console: Here) -> Response:
    """The map of the report; for umpires as it is, for those who watch as everybody knows it."""
    return map_picture(console, session.place)


def map_picture(console: Console, place: str) -> Response:
    """The map of a place, drawn once a turn."""
    made = console.shown.once("map", lambda: printed.map_picture(console.game, place), place)
    return Response(made, media_type="image/png")


@router.get("/newspaper")
def newspaper(session: Inside, console: Here) -> dict[str, Any]:
    """The front page of the last turn, as Markdown; empty before the first turn."""
    return {"markdown": printed.newspaper(console.game)}


@router.get("/papers/{what}")
def own_paper(what: Annotated[printed.What, Path()], session: Inside, console: Here) -> Response:
    """A file to keep: a seat's report, the newspaper; for umpires also the kit, the after-action pack, the game."""
    if what not in printed.FOR_ALL and session.place != UMPIRE:
        raise HTTPException(403, "only umpires do that")
    if what == "report" and session.place == OBSERVER:
        raise HTTPException(403, "only players and umpires do that")
    return paper(console, what, session.place)


def paper(console: Console, what: printed.What, place: str) -> Response:
    """A paper of a place as a file."""
    body, kind, name = printed.make(console.game, what, place)
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
