"""What a place is shown, as bytes: its position, made once a turn; its desk, small and made whenever it looks.

Position and desk come from `wargame.table.picture`, so from what the place may know alone. The desk names the position
that belongs to it by a digest: of the first one's bytes, then of the one before and what changed since. A page fetches
the position once; from then on it is sent what changed (`Shown.change`), and fetches it again only if it has missed
something.
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
        return _digest(self.plain)


@dataclass(frozen=True)
class Position:
    """A place's position. ``tag``: its digest; ``since``, ``changed``: of the one told before, and what changed."""

    data: dict[str, Any]
    tag: str
    since: str = ""
    changed: bytes = b""

    @cached_property
    def sheet(self) -> Sheet:
        """The bytes that a page fetches; made when one does."""
        return Sheet(compact(self.data))


class Shown:
    """What the places of one game are shown."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._ground: Sheet | None = None
        self._grounds, self._lock = threading.Lock(), threading.Lock()
        self._kept: dict[tuple[Any, ...], Any] = {}
        self._making: dict[tuple[Any, ...], threading.Lock] = {}
        self._told: dict[str, Position] = {}  # by place, what its pages have
        self._next: dict[str, Position] = {}  # by place, what they get next
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

    def tag(self, place: str) -> str:
        """The digest by which a desk names it."""
        return self._position(place).tag

    def _position(self, place: str) -> Position:
        """The position, named by what the place was told before: by nothing that others did or were shown."""
        data, old = self.once("position", lambda: self._data(place), place), self._told.get(place)
        if old is not None and old.data is data:
            return old
        known = self._next.get(place)
        if known is not None and known.data is data and known.since == (old.tag if old else ""):
            return known
        if old is None:
            found = Position(data, _digest(compact(data)))
        else:
            changed = compact(changes(old.data, data))
            found = Position(data, _digest(old.tag.encode() + changed), old.tag, changed) if changed != b"{}" else old
        self._next[place] = found
        return found

    def _data(self, place: str) -> dict[str, Any]:
        found = picture(self.game, place, MOST_HEARD, self._teller())
        found["heard"] = [{k: h[k] for k in ("number", "at", "kind", "text")} for h in found["heard"]]
        return {k: v for k, v in found.items() if k not in DESK}

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
        new, old = self._position(place), self._told.get(place)
        self._told[place] = new
        if old is None or old.tag == new.tag:
            return b"null"
        return b'{"from":"%b","to":"%b","changes":%b}' % (old.tag.encode(), new.tag.encode(), new.changed)

    def desk(self, place: str) -> bytes:
        """What lies on a place's desk, and the name of the position that goes with it."""
        game = self.game
        found = game.status(None if place == UMPIRE else place)
        common = ("title", "date", "turn", "length", "ends", "over", "orders_closed")
        own = {k: found[k] for k in (common if place == UMPIRE else (*common, *DESK)) if k in found}
        own |= {"seat": place, "position": self.tag(place), "ways": _ways()}
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


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


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
