"""What umpires do for the people in the room: seats and codes, turns and orders, messages, injects, answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException

from wargame import dates
from wargame.table.roles import check_inject
from wargame.table.state import OBSERVER, UMPIRE, UMPIRES
from wargame.table.web.bodies import Answer, Closed, Inject, Length, Mail, Named, Place, Seat, Someone, Style
from wargame.table.web.console import Here
from wargame.table.web.who import Lead, Words

router = APIRouter(prefix="/api")

# --- seats and codes -------------------------------------------------------------------------------------------------


@router.post("/seat")
async def seat(body: Seat, session: Lead, console: Here) -> dict[str, Any]:
    """Give a power to people or to its automatic government."""
    await console.did(lambda: console.game.set_seat(body.power, body.kind, who=session.who))
    return {}


@router.post("/person")
async def person(body: Someone, session: Lead, console: Here) -> dict[str, Any]:
    """Give somebody a place."""
    await console.did(lambda: console.game.seat_person(body.name, body.place, body.role, who=session.who))
    return {}


@router.post("/code")
async def code(body: Place, session: Lead, console: Here) -> dict[str, Any]:
    """A new code for a place; the old one, and whoever came in by it, is good no more."""
    found = await console.did(lambda: console.game.new_code(body.place, who=session.who))
    if body.place != UMPIRE:
        where = body.place if body.place in {OBSERVER, *UMPIRES} else body.place.upper()
        await console.lines.close(console.door.turn_out(where))
    return {"code": found}


@router.post("/fill")
async def fill(session: Lead, console: Here) -> dict[str, Any]:
    """Give every seat at which nobody sits to its automatic government."""
    return {"filled": await console.did(lambda: console.game.fill(who=session.who))}


# --- turns -----------------------------------------------------------------------------------------------------------


@router.post("/close")
async def close(body: Closed, session: Lead, console: Here) -> dict[str, Any]:
    """Close the orders of this turn, or open them again."""
    await console.did(lambda: console.game.close_orders(closed=body.closed, who=session.who))
    return {}


@router.post("/turn")
async def turn(body: Length, session: Lead, console: Here) -> dict[str, Any]:
    """Change the length of turns."""
    await console.did(lambda: console.game.set_turn(body.length, who=session.who))
    return {}


@router.post("/style")
async def styled(body: Style, session: Lead, console: Here) -> dict[str, Any]:
    """Choose how matters of a domain are adjudicated."""
    await console.did(lambda: console.game.set_style(body.domain, body.style, who=session.who))
    return {}


# --- what the seats are told -----------------------------------------------------------------------------------------


@router.post("/inject")
async def inject(body: Inject, session: Words, console: Here) -> dict[str, Any]:
    """Plan an inject, or bring one in now."""
    check_inject(session.role, body.effects)
    at = _hour(body.at)
    made = await console.did(
        lambda: console.game.inject(body.text, to=body.to, at=at, when=body.when, effects=body.effects, who=session.who)
    )
    return {"inject": made.id}


def _hour(text: str) -> int:
    if not text:
        return 0
    try:
        return dates.parse(text)
    except ValueError as error:
        raise HTTPException(422, f"'{text}' is no date; write 1939-08-25 or 1939-08-25T18:00") from error


@router.post("/uninject")
async def uninject(body: Named, session: Words, console: Here) -> dict[str, Any]:
    """Take an inject back that has not come."""
    if (found := console.game.state.injects.get(body.id)) is not None:
        check_inject(session.role, found.effects)
    await console.did(lambda: console.game.cancel_inject(body.id, who=session.who))
    return {}


@router.post("/mail")
async def mail(body: Mail, session: Words, console: Here) -> dict[str, Any]:
    """Hold a message, let it go, lose it, hand it over now, or alter it."""
    told = {"held": body.held, "lost": body.lost, "text": body.text}
    changes: dict[str, Any] = {k: v for k, v in told.items() if v is not None}
    if body.now:
        changes |= {"arrives": console.game.state.hour, "held": False, "lost": False}
    await console.did(lambda: console.game.change_message(body.number, who=session.who, **changes))
    return {}


@router.post("/answer")
async def answer(body: Answer, session: Words, console: Here) -> dict[str, Any]:
    """Answer a request for information."""
    await console.did(lambda: console.game.answer(body.number, body.text, who=session.who))
    return {}
