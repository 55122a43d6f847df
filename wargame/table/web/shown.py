"""What a place is shown, as bytes: its position, made once a turn; its desk, small and made whenever it looks.

Position and desk come from `wargame.table.picture`, so from what the place may know alone. The desk names the position
that belongs to it by a digest of that position's own bytes. A page fetches the position once; from then on it is sent
what changed (`Shown.change`), and fetches it again only if it has missed something.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files as package_files
from typing import Any

from wargame.table import messages
from wargame.table.forms import FORMS, QUESTIONS
from wargame.table.game import Game
from wargame.table.picture import Told, picture
from wargame.table.state import UMPIRE
from wargame.table.web.changes import changes
from wargame.table.web.ground import ground

DESK = frozenset(["turn", "goals", "orders", "received", "sent", "news", "rfis"])
"""Parts of a picture that change within a turn."""
MOST_HEARD = 400  # entries of what a place has heard that its page lists; the report and the view have them all
SQUEEZE = 6  # of gzip, 1 to 9
MOST_KEPT = 64


@dataclass(frozen=True)
class Sheet:
    """Bytes that go out as they are."""

    plain: bytes

    @cached_property
    def squeezed(self) -> bytes:
        """The same for browsers that take gzip."""
        return gzip.compress(self.plain, SQUEEZE, mtime=0)

    @cached_property
    def tag(self) -> str:
        """A digest of them."""
        return hashlib.blake2b(self.plain, digest_size=12).hexdigest()


@dataclass(frozen=True)
class Position:
    """A place's position: as data, and as the bytes that its page fetches."""

    data: dict[str, Any]
    sheet: Sheet


class Shown:
    """What the places of one game are shown."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._ground: Sheet | None = None
        self._grounds, self._lock = threading.Lock(), threading.Lock()
        self._kept: dict[tuple[Any, ...], Any] = {}
        self._making: dict[tuple[Any, ...], threading.Lock] = {}
        self._told: dict[str, Position] = {}
        self._tell: Told | None = None

    def ground(self) -> Sheet:
        """Outlines, names and colours of the map; the same for everybody."""
        with self._grounds:
            if self._ground is None:
                self._ground = Sheet(ground(self.game.setup.atlas, tuple(self.game.created["data"])))
            return self._ground

    def position(self, place: str) -> Sheet:
        """Everything of a place's picture that holds until the next turn."""
        return self._position(place).sheet

    def _position(self, place: str) -> Position:
        def make() -> Position:
            found = picture(self.game, place, MOST_HEARD, self._teller())
            found["heard"] = [{k: h[k] for k in ("number", "at", "kind", "text")} for h in found["heard"]]
            data = {k: v for k, v in found.items() if k not in DESK}
            return Position(data, Sheet(compact(data)))

        position: Position = self.once("position", make, place)
        return position

    def _teller(self) -> Told:
        if self._tell is None or self._tell.setup is not self.game.setup:
            self._tell = Told(self.game.setup)
        return self._tell

    def fetched(self, place: str) -> Sheet:
        """The same for a page that fetches it, and from then on is sent what changes."""
        found = self._position(place)
        self._told[place] = found
        return found.sheet

    def change(self, place: str) -> bytes:
        """What makes a place's position of the one that it was told of last; ``null`` if that is what it is still."""
        new = self._position(place)
        old = self._told.get(place)
        self._told[place] = new
        if old is None or old.sheet.tag == new.sheet.tag:
            return b"null"
        return compact({"from": old.sheet.tag, "to": new.sheet.tag, **changes(old.data, new.data)})

    def desk(self, place: str) -> bytes:
        """What lies on a place's desk, and the name of the position that goes with it."""
        game = self.game
        found = game.status(None if place == UMPIRE else place)
        common = ("title", "date", "turn", "length", "ends", "over", "orders_closed")
        own = {k: found[k] for k in (common if place == UMPIRE else (*common, *DESK)) if k in found}
        own |= {"seat": place, "position": self.position(place).tag, "ways": _ways()}
        return compact(dict(sorted(own.items())))

    def once(self, what: str, make: Callable[[], Any], *of: Any) -> Any:
        """Something of the present turn, made by whoever asks for it first while the others who ask wait."""
        key = (what, self.game.state.head, self.game.setup.data_hash, *of)
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key not in self._kept:
                made = make()
                with self._lock:
                    while len(self._kept) >= MOST_KEPT:
                        oldest = next(iter(self._kept))
                        self._making.pop(oldest, None)
                        self._kept.pop(oldest)
                    self._kept[key] = made
                return made
            return self._kept[key]


def compact(thing: Any) -> bytes:
    """JSON without spaces."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def _ways() -> list[dict[str, str]]:
    return [{"id": w.id, "name": w.name} for w in messages.ways().values()]


@cache
def forms() -> Sheet:
    """What may be written as an order, with examples: the same for everybody."""
    listed = [{"verb": f.verb, "kind": f.kind, "example": f.example, "does": f.does} for f in FORMS.values()]
    return Sheet(compact({"forms": listed, "questions": list(QUESTIONS)}))


@cache
def static(name: str) -> Sheet:
    """A file of the page."""
    return Sheet((package_files("wargame") / "table" / "web" / "static" / name).read_bytes())
