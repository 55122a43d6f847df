"""``game serve``: the console of a game in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.game import GameFile, opened
from wargame.cli.options import Quiet
from wargame.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; 0.0.0.0: the whole network.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="On which port.")]
Network = Annotated[
    bool, typer.Option("--open-to-network", help="Needed for any address that other computers can reach.")
]
Names = Annotated[
    list[str] | None,
    typer.Option("--name", metavar="HOST", help="A name under which players will reach it; repeatable."),
]
Keep = Annotated[bool, typer.Option("--keep-codes", help="Let the codes given out before hold; make none.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes for roll-outs.")]


def serve(
    game: GameFile,
    host: Host = "127.0.0.1",
    port: Port = 8010,
    open_to_network: Network = False,
    name: Names = None,
    keep_codes: Keep = False,
    workers: Workers = 2,
    quiet: Quiet = False,
) -> None:
    """Serve the game to browsers: a page for the umpire, one for each seat, one for those who watch.

    Everybody enters with a code, printed once when this starts; only its hash is kept. Without --open-to-network nobody
    but this computer can reach it. Traffic is not encrypted: use a network of your own, such as a phone's.

    Examples:
    wargame game serve weiss.game
    wargame game serve weiss.game --host 0.0.0.0 --open-to-network
    """
    try:
        from wargame.table.web import app
        from wargame.table.web import serve as web
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "wargame":
            raise
        what = f"the console needs '{error.name}', which is not installed; install wargame-1930s[table]"
        raise UsageError(what) from error

    if not web.is_loopback(host) and not open_to_network:
        raise UsageError(f"{host} can be reached by other computers; if you mean it, add --open-to-network")
    with opened(game) as g:
        hosts = web.names(host, port, name or ())
        codes = {} if keep_codes else app.codes_for(g)
        if open_to_network:
            console.say(
                "Anybody in this network can see the page at the door, and read along what is sent.", quiet=quiet
            )
        typer.echo(f"http://{hosts[0]}/")
        for place, code in codes.items():
            typer.echo(f"  {place:15} {code}")
        console.say("Stop with Ctrl and C; every act is on the disk already.", quiet=quiet)
        web.serve(g, host=host, port=port, hosts=hosts, workers=workers)


VERBS: tuple[Callable[..., Any], ...] = (serve,)
