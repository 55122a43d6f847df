"""Serving the console from one computer: to itself, or, if asked for by name, to the network it is in."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from wargame.errors import UsageError
from wargame.table.game import Game
from wargame.table.web.app import create

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def names(host: str, port: int, more: Sequence[str] = ()) -> list[str]:
    """The hosts, with port, under which the console answers; the first is the one to type in."""
    own = [] if is_loopback(host) else [*more, *_addresses(host)]
    return [f"{n}:{port}" for n in dict.fromkeys([*own, *LOOPBACK])]


def _addresses(host: str) -> list[str]:
    """This computer's addresses in its network; of ``0.0.0.0`` the one it would send from. Nothing is sent."""
    if host not in {"0.0.0.0", "::"}:
        return [f"[{host}]" if ":" in host else host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))  # an address for documentation (RFC 5737)
            return [str(s.getsockname()[0]), socket.gethostname().lower()]
        except OSError:
            return [socket.gethostname().lower()]


def serve(game: Game, *, host: str, port: int, hosts: Sequence[str], workers: int) -> None:
    """Serve until interrupted; `UsageError` if the port is taken."""
    import uvicorn  # noqa: PLC0415

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror}; try another --port") from error
    app = create(game, hosts, workers=workers)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, date_header=False,
        proxy_headers=False, ws_max_size=4096, ws_per_message_deflate=False, limit_concurrency=200,
        timeout_keep_alive=30,
    )  # fmt: skip
    uvicorn.Server(config).run()
