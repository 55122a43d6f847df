"""What players do: orders, messages, questions to the umpire. No call of a seat names another as its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from wargame.table import written
from wargame.table.record import MOST_NAME
from wargame.table.web.bodies import Letter, Orders, Question, Withdrawn
from wargame.table.web.console import Here
from wargame.table.web.who import Player

router = APIRouter(prefix="/api")


@router.post("/check")
def check(body: Orders, session: Player, console: Here) -> dict[str, Any]:
    """Read orders as they would be read, without handing them in."""
    game, place = console.game, session.place
    accepted, rejected = written.parse(body.text, place, game.setup, game.view(place))
    return {"accepted": [{"line": i.line, "text": str(i)} for i in accepted], "rejected": _plain(rejected)}


@router.post("/orders")
async def orders(body: Orders, session: Player, console: Here) -> dict[str, Any]:
    """Hand orders in."""
    who = f"{session.name} ({session.place})"[:MOST_NAME]
    accepted, rejected = await console.did(
        lambda: console.game.submit(session.place, body.text, who=who, replace_all=body.replace)
    )
    return {"accepted": [str(i) for i in accepted], "rejected": _plain(rejected)}


@router.post("/withdraw")
async def withdraw(body: Withdrawn, session: Player, console: Here) -> dict[str, Any]:
    """Take orders back."""
    return {"withdrawn": await console.did(lambda: console.game.withdraw(session.place, body.lines))}


@router.post("/message")
async def message(body: Letter, session: Player, console: Here) -> dict[str, Any]:
    """Send a message; what comes of it on its way is not told."""
    await console.did(lambda: console.game.message(session.place, body.to, body.text, way=body.way))
    return {}


@router.post("/rfi")
async def ask(body: Question, session: Player, console: Here) -> dict[str, Any]:
    """Ask the umpire for information."""
    await console.did(lambda: console.game.rfi(session.place, body.text))
    return {}


def _plain(rejected: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(r) for r in rejected]
