"""Ready games in a game's file: what their book says is kept there, so that a game needs no other file than its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.atlas import Atlas
from wargame.conditions import holds
from wargame.errors import UsageError, did_you_mean
from wargame.load import games
from wargame.load.games import ReadyGame
from wargame.load.paths import is_path, search
from wargame.table.messages import Inject
from wargame.world import World

Book = Mapping[str, Any]


def found(name: str | Path, data: Iterable[str | Path]) -> ReadyGame | None:
    """The ready game of this name, if there is one; `InputError` with every fault of its files."""
    return games.load(str(name), data) if not is_path(name) and str(name) in games.names(data) else None


def check_name(name: str | Path, data: Iterable[str | Path]) -> None:
    """`UsageError` if there is neither a ready game nor a scenario of this name, with all that there are."""
    if is_path(name):
        return
    ready, scenarios = games.names(data), search(data).names("scenario")
    if str(name) not in {*ready, *scenarios}:
        hint = did_you_mean(str(name), {*ready, *scenarios})
        told = f"ready games: {', '.join(ready)}; scenarios: {', '.join(scenarios)}"
        raise UsageError(f"there is no game or scenario '{name}'; {f'{hint} ' if hint else ''}{told}")


def plain(game: ReadyGame) -> dict[str, Any]:
    """The book of a ready game as plain data, for the log."""
    head = game.book.game
    return {
        "id": head.id, "title": head.title, "summary": head.summary, "minutes": head.minutes, "until": head.until,
        "umpire": game.notes, "turns": [[t.until, t.length, t.minutes] for t in game.book.turns],
        "seats": {
            s.power: {
                "title": s.title, "players": s.players, "needed": s.needed, "briefing": game.briefing(s.power),
                "objectives": [{"text": o.text, "points": o.points, "when": list(o.when)} for o in s.objectives],
            }
            for s in game.book.seats
        },
    }  # fmt: skip


def injects(game: ReadyGame) -> list[Inject]:
    """What the umpire brings in, as the book plans it."""
    return [Inject(i.id, i.text, i.to, i.at or 0, i.when, i.effects) for i in game.book.injects]


def length(book: Book, hour: int, length: str) -> str:
    """How long a turn is that begins at an hour: by the book, or as it was."""
    return next((str(of) for until, of, _ in book.get("turns", ()) if hour < until), length)


def next_change(book: Book, hour: int) -> tuple[int, str]:
    """The hour from which the book has another length of turn, and which; 0 and nothing if it has none to come."""
    bands = book.get("turns", ())
    found = next((n for n, (until, _, _) in enumerate(bands) if hour < until), len(bands))
    return (int(bands[found][0]), str(bands[found + 1][1])) if found + 1 < len(bands) else (0, "")


def score(book: Book, world: World, atlas: Atlas) -> dict[str, list[dict[str, Any]]]:
    """Every seat's objectives with ``reached``: true, false, or ``None`` where the umpire must judge."""
    return {
        power: [o | {"reached": holds(world, atlas, o["when"]) if o["when"] else None} for o in seat["objectives"]]
        for power, seat in book.get("seats", {}).items()
    }


def told(book: Book) -> list[str]:
    """What a game is, in lines: title, how long it takes, who plays."""
    if not book:
        return []
    seats = ", ".join(f"{p} {s['title']}" for p, s in book["seats"].items())
    return [
        f"{book['title']}: {book['summary']}",
        f"{book['minutes']} minutes, until {dates.spoken(book['until'], year=True)}; seats: {seats}",
    ]
