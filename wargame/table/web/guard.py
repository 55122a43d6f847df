"""Who may speak to the console: sessions, attempts, and what is checked of every request before it is answered.

A seat's code is exchanged once for a session that lives in this process only. The cookie holds a random name of it and
nothing else; every change needs the session's own token beside it, so that no other page can make it.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from wargame.table.record import MOST_NAME
from wargame.table.state import LEAD, UMPIRE, UMPIRES

COOKIE = "wargame_seat"
MOST_BYTES = 262_144  # of a request
TRIES, WINDOW_S = 6, 60.0  # wrong codes from one address within so many seconds, then it waits
ALL_TRIES = 60  # the same for all addresses together
MOST_SESSIONS = 500
BURST, RATE = 240.0, 20.0  # calls of one place: at once, and a second
DEAR = 20.0  # calls for which something counts that is printed or drawn
BYTES_A_CALL = 1_000.0  # of a text, for which it counts as one call more

HEADERS = (
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


@dataclass
class Session:
    """Somebody who is in. ``place``: a power's code, ``umpire`` or ``observer``; ``token`` goes with every change.

    ``door``: the place whose code he came in by, which for umpires tells the ``role``.
    """

    door: str
    name: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def role(self) -> str:
        """An umpire's role; empty for others."""
        return UMPIRES.get(self.door, "")

    @property
    def place(self) -> str:
        """Whose page it is."""
        return UMPIRE if self.role else self.door

    @property
    def who(self) -> str:
        """The name under which the record has what he does as an umpire."""
        as_what = f" ({self.role})"
        return self.name if self.role == LEAD else self.name[: MOST_NAME - len(as_what)] + as_what


class Door:
    """The sessions of one console, and the count of wrong codes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.sessions: dict[str, Session] = {}
        self._clock = clock
        self._wrong: dict[str, deque[float]] = {}

    def enter(self, door: str, name: str) -> tuple[str, Session]:
        """A new session and the name of it for the cookie; the oldest goes when there are too many."""
        while len(self.sessions) >= MOST_SESSIONS:
            self.sessions.pop(next(iter(self.sessions)))
        key, session = secrets.token_urlsafe(32), Session(door, name)
        self.sessions[key] = session
        return key, session

    def leave(self, key: str) -> None:
        """A session ends."""
        self.sessions.pop(key, None)

    def turn_out(self, door: str) -> list[str]:
        """Every session ends that came in by a place's code, as when it was changed; returns them."""
        gone = [k for k, s in self.sessions.items() if s.door == door]
        self.sessions = {k: s for k, s in self.sessions.items() if s.door != door}
        return gone

    def must_wait(self, address: str) -> bool:
        """Whether too many wrong codes came from an address, or from all together."""
        return len(self._recent(address)) >= TRIES or len(self._recent("")) >= ALL_TRIES

    def was_wrong(self, address: str) -> None:
        """Remember a wrong code."""
        for key in (address, ""):
            self._recent(key).append(self._clock())

    def _recent(self, key: str) -> deque[float]:
        tries = self._wrong.setdefault(key, deque(maxlen=ALL_TRIES + 1))
        while tries and tries[0] < self._clock() - WINDOW_S:
            tries.popleft()
        return tries


class Meter:
    """How much each place may ask of the console: a store of calls that fills again, so that nobody slows the others.

    ``burst``: calls at once; ``rate``: calls a second that come back. A call that is dear, as a long text to be read or
    a paper to be printed, counts for several.
    """

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.rate, self._clock = burst, rate, clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait_s(self, place: str, cost: float) -> float:
        """Take a call's cost from a place's store; or, where too little is left, the seconds until there is enough."""
        now = self._clock()
        left, since = self._left.get(place, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.rate)
        enough = left >= min(cost, self.burst)
        self._left[place] = (left - cost if enough else left, now)
        return 0.0 if enough else (min(cost, self.burst) - left) / self.rate


def cost(method: str, path: str, length: int) -> float:
    """What a call counts: a paper or a map 20, a text by its bytes, anything else 1."""
    if method in {"GET", "HEAD"}:
        return DEAR if "/papers/" in path or path.endswith(("/map.png", "/report", "/newspaper")) else 1.0
    return 1.0 + length / BYTES_A_CALL


class Guard:
    """Refuses requests for other hosts, from other origins, without a length or too long; adds headers to the rest."""

    def __init__(self, app: App, hosts: Collection[str]) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """See the ASGI specification."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        if fault := self._fault(scope, headers):
            await _refuse(scope, send, *fault)
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                known = {k.lower() for k, _ in message["headers"]}
                message["headers"] += [(k.encode(), v.encode()) for k, v in HEADERS]
                if b"cache-control" not in known:
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        await self.app(scope, receive, with_headers)

    def _fault(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self.hosts:
            return 421, "this console does not answer for that host"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != headers["host"].lower():
            return 403, "requests from other pages are not answered"
        if scope["type"] == "websocket":
            return None if origin is not None else (403, "the live line is for the console's own pages")
        if scope["method"] in {"GET", "HEAD"}:
            return None
        length = headers.get("content-length", "")
        if not length.isdigit():
            return 411, "the request has no length"
        return (413, f"more than {MOST_BYTES:,} bytes at once") if int(length) > MOST_BYTES else None


async def _refuse(scope: Scope, send: Any, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403, "reason": why})
        return
    body = f'{{"error":"{why}"}}'.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(k.encode(), v.encode()) for k, v in HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
