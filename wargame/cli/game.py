"""``game``: a moderated game at a table, from one umpire's keyboard. The verbs for seats; the umpire's are in moderate.

Every verb names the game's file first. Nothing is lost when the machine stops: what a verb has said is on the disk.
"""

from __future__ import annotations

import sys
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Overlays, Quiet, ScenarioName
from wargame.errors import Fault, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wargame.table.game import Game

GameFile = Annotated[Path, typer.Argument(metavar="G", help="The game's file.", show_default=False)]
NewFile = Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="The game's file, to be written.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="SEAT", help="A power's code, such as POL.", show_default=False)
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it, for the log.")]
Luck = Annotated[int | None, typer.Option("--seed", "-s", min=0, help="Which luck: the same seed, the same game.")]
Seats = Annotated[
    str | None, typer.Option("--seats", metavar="POL,GER", help="Powers that people play; all others are automatic.")
]
Length = Annotated[
    str | None,
    typer.Option("--turn", metavar="LENGTH", help="day, week, month, event (until something happens), or '3 days'."),
]
Text = Annotated[Path | None, typer.Argument(metavar="FILE|-", help="A file, or - for what is typed.")]


MOST_TOLD = 30  # lines sent back that are told one by one


class SeatKind(StrEnum):
    """Who decides for a power."""

    human = "human"
    automatic = "automatic"
    scripted = "scripted"


class Role(StrEnum):
    """What an umpire does."""

    lead = "lead"
    map = "map"
    liaison = "liaison"
    scribe = "scribe"


def opened(path: Path) -> Game:
    """The game in a file."""
    from wargame.table.game import Game

    return Game.open(path)


def codes(text: str | None) -> list[str]:
    """Powers written as ``POL,GER`` or ``POL GER``."""
    return [word for word in (text or "").replace(",", " ").split() if word]


def read(source: Path) -> str:
    """The text of a file, or of what is typed; `UsageError` if it cannot be read, `InputError` if it is no text."""
    try:
        raw = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror} (check the path)") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "is not UTF-8 text"
        raise InputError([Fault("not-text", str(source), what, "save it as plain text in UTF-8", line)]) from None


# --- new, status, seats ----------------------------------------------------------------------------------------------


def new(
    scenario: ScenarioName,
    file: NewFile,
    seats: Seats = None,
    seed: Luck = None,
    turn: Length = None,
    overlay: Overlays = None,
    data: Data = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Begin a game of a scenario or a ready game: who plays, which luck, how long a turn is.

    Seats and turns can change later. A ready game brings its own seats, objectives, injects and lengths of turns;
    the others have nobody at any seat, seed 1 and turns of a week, if nothing else is said.

    Examples:
    wargame game new three_days_1939 --file lesson.game
    wargame game new fall_weiss_1939 --file weiss.game --seats POL,GER --seed 7
    wargame game new history_1939 --file august.game --seats POL,GER,GBR,FRA,SOV --turn day
    """
    from wargame.table.game import Game

    with console.working("reading the scenario", quiet=quiet):
        game = Game.create(
            file,
            scenario,
            seats=None if seats is None else codes(seats),
            seed=seed,
            turn=turn,
            overlays=overlay or (),
            data=data or (),
        )
    with game:
        if as_json:
            console.put_json(game.status())
            return
        from wargame.table import ready

        for line in ready.told(game.book):
            console.say(line, quiet=quiet)
        humans = ", ".join(game.state.humans) or "nobody yet"
        console.say(f"{file}: {game.created['title']}, {game.status()['date'][:10]}; players: {humans}", quiet=quiet)
        console.say(f"next: wargame game seats {file}; wargame game status {file}", quiet=quiet)


def status(game: GameFile, seat: As = None, as_json: Json = False) -> None:
    """Tell where a game stands: date, seats, what lies on the table. With --as, only what that seat may know.

    Examples:
    wargame game status weiss.game
    wargame game status weiss.game --as POL --json
    """
    with opened(game) as g:
        found = g.status(seat)
        if as_json:
            console.put_json(found)
        else:
            _tell_status(found)


def _tell_status(found: dict[str, Any]) -> None:
    from wargame import dates

    when = dates.spoken(dates.parse(found["date"]), year=True) + f", {found['date'][-2:]}:00"
    typer.echo(f"{found['title']}: {when}; turn {found['turn']}, of a {found['length']}".replace("a event", "an event"))
    if found["over"]:
        typer.echo("  the game is over")
    if found["orders_closed"]:
        typer.echo("  orders for this turn are closed")
    for place in found.get("seats", []):
        if place["kind"] != "automatic" or place["people"]:
            people = ", ".join(place["people"]) or ("nobody sits here" if place["kind"] == "human" else "")
            typer.echo(f"  {place['power']}  {place['kind']}  {people}".rstrip() + f"; {_counted(place['orders'])}")
    for power, goals in found.get("score", {}).items():
        points = sum(g["points"] for g in goals if g["reached"])
        open_ = sum(g["reached"] is None for g in goals)
        judge = f", {open_} objective{'s' * (open_ != 1)} to judge" if open_ else ""
        typer.echo(f"  {power}  {points} points so far{judge}")
    for goal in found.get("goals", []):
        typer.echo(f"  objective: {goal}")
    if "seat" in found:
        tell_sheet(found["orders"])
    listed = enumerate(found.get("proposals", []), start=1)
    matters = [f"{n}: {p['about']}" for n, p in listed if p["id"] not in _ruled(found)]
    waiting = (
        ("proposal", matters),
        ("ruling", map(_one, found.get("rulings", []))),
        ("inject to come", [_one(i) for i in found.get("injects", []) if not i["fired"]]),
        ("message under way", [_one(m) for m in found.get("messages", []) if not m["arrived"] and not m["lost"]]),
        ("request unanswered", [_one(r) for r in found.get("rfis", []) if not r["answer"]]),
        ("message received", map(_one, found.get("received", []))),
        ("piece of news", map(_one, found.get("news", []))),
    )
    for name, things in waiting:
        lines = list(things)
        for line in lines[:MOST_TOLD]:
            typer.echo(f"  {name} {line}")
        if len(lines) > MOST_TOLD:
            typer.echo(f"  and {len(lines) - MOST_TOLD} more like it")


def _ruled(found: dict[str, Any]) -> set[str]:
    return {r["proposal"] for r in found["rulings"]}


def _one(thing: dict[str, Any]) -> str:
    """A thing on the table in one line."""
    number = thing.get("id") or thing.get("number")
    who = f"{thing['from']} to {', '.join(thing['to'])}: " if "from" in thing else ""
    who = who or (f"{thing['sender']} to {', '.join(thing['to'])}: " if "sender" in thing else "")
    who = who or (f"{thing['power']}: " if "number" in thing and "power" in thing else "")
    who = who or (_coming(thing) if "fired" in thing else "")
    return f"{number}: {who}{thing.get('about') or thing.get('decided') or thing['text']}"


def _coming(inject: dict[str, Any]) -> str:
    """When an inject comes, and to whom."""
    from wargame import dates

    at = inject["at"]
    when = f"{dates.spoken(at)}, {at % dates.DAY:02}:00" if at else "; ".join(inject["when"])
    return f"{when}, to {', '.join(inject['to']) or 'nobody'}: "


def _counted(orders: dict[str, Any]) -> str:
    n, back = len(orders["accepted"]), len(orders["rejected"])
    return f"{n} order{'s' * (n != 1)}" + (f", {back} sent back" if back else "")


def tell_sheet(orders: dict[str, Any]) -> None:
    """A seat's sheet of orders, line by line."""
    for line in orders["accepted"]:
        typer.echo(f"  {line}")
    for line in orders["standing"]:
        typer.echo(f"  standing: {line}")
    for back in orders["rejected"]:
        typer.echo(f"  sent back: {sent_back(back)}")


def sent_back(rejected: Mapping[str, Any]) -> str:
    """A line that was sent back, with the reason and what to try."""
    hint = f" (try: {'; '.join(rejected['suggestions'])})" if rejected["suggestions"] else ""
    return f"line {rejected['line']}: '{rejected['text']}' is {rejected['why']}: {rejected['reason']}{hint}"


def seats(
    game: GameFile,
    seat: As = None,
    kind: Annotated[SeatKind | None, typer.Option("--kind", help="Who decides from now on.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help="Somebody takes this place; several may share it.")
    ] = None,
    role: Annotated[
        Role | None, typer.Option("--role", help="Of an umpire: --as umpire --person NAME --role map.")
    ] = None,
    leave: Annotated[str | None, typer.Option("--leave", metavar="NAME", help="Somebody leaves the room.")] = None,
    script: Annotated[
        Path | None,
        typer.Option("--script", metavar="FILE", help="TOML: question id or kind = [options], for scripted."),
    ] = None,
    fill: Annotated[
        bool, typer.Option("--fill", help="Empty seats of players go to their automatic governments.")
    ] = False,
    new_code: Annotated[
        bool, typer.Option("--new-code", help="Make the code by which a console lets this place in, and show it once.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell who sits where, or change it: a power to people, to its automatic government, to a script; people to places.

    Umpires sit at --as umpire, watchers at --as observer. A seat can change hands at any time, in mid-game too.

    Examples:
    wargame game seats weiss.game
    wargame game seats weiss.game --as POL --person Anna
    wargame game seats weiss.game --as umpire --person Bert --role map
    wargame game seats weiss.game --as umpire --role map --new-code
    wargame game seats weiss.game --as SVK --kind human
    wargame game seats weiss.game --leave Anna
    wargame game seats weiss.game --fill
    """
    with opened(game) as g:
        if (kind or person or role or new_code) and seat is None:
            raise UsageError("name the seat: --as POL")
        if kind is not None and seat is not None:
            g.set_seat(seat, kind.value, script=_script(script) if script else None)
        elif script is not None:
            raise UsageError("a script is for a scripted seat: --kind scripted")
        if person is not None and seat is not None:
            g.seat_person(person, seat, role.value if role else "")
        if leave is not None:
            g.seat_person(leave, "")
        if new_code and seat is not None:
            place = f"{seat}:{role.value}" if role and role is not Role.lead else seat
            typer.echo(f"{place}: {g.new_code(place)}")
            return
        if fill:
            for power in g.fill():
                console.say(f"{power}: nobody sits here; its automatic government decides")
        found = {k: g.status()[k] for k in ("seats", "people")}
    if as_json:
        console.put_json(found)
        return
    for place in found["seats"]:
        typer.echo(f"{place['power']}  {place['kind']:<10} {', '.join(place['people'])}".rstrip())
    for someone in found["people"]:
        if someone["place"] in {"umpire", "observer"}:
            typer.echo(f"{someone['place']}  {someone['role']:<10} {someone['name']}")


def _script(path: Path) -> dict[str, list[str]]:
    try:
        found = tomllib.loads(read(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            [Fault("bad-script", str(path), f"is no TOML: {error}", 'write axis_done = ["option"]')]
        ) from None
    for key, value in found.items():
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            what = f"'{key}' is no list of options"
            raise InputError([Fault("bad-script", str(path), what, f'write {key} = ["option", "option"]')])
    return found


# --- orders, and what a seat sees ------------------------------------------------------------------------------------


def orders(
    game: GameFile,
    source: Text = None,
    seat: As = None,
    by: By = "",
    csv: Annotated[
        bool, typer.Option("--csv", help="A table with the columns seat and order, or seat, verb and parts.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="These orders take the place of the seat's earlier ones.")
    ] = False,
    withdraw: Annotated[
        list[str] | None, typer.Option("--withdraw", metavar="ORDER", help="Take an order back; repeatable.")
    ] = None,
    close: Annotated[bool, typer.Option("--close", help="No more orders for this turn.")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Orders may come again.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hand in a seat's orders, one a line, from a file or typed; without a file, tell what it has handed in.

    Lines that cannot be orders are sent back, each with the reason and what to try; the others stand. Exit code 1 if
    any was sent back. The same line twice is one order. How orders are written: docs/orders.md.

    Examples:
    wargame game orders weiss.game --as POL pol.txt
    echo 'pol_armia_lodz defend lodz' | wargame game orders weiss.game --as POL -
    wargame game orders weiss.game orders.csv --csv
    wargame game orders weiss.game --as POL
    wargame game orders weiss.game --close
    """
    with opened(game) as g:
        if close or reopen:
            g.close_orders(closed=close)
            console.say("no more orders for this turn" if close else "orders may come again", quiet=quiet)
        if withdraw:
            for line in g.withdraw(_one_seat(seat), withdraw, who=by):
                console.say(f"withdrawn: {line}", quiet=quiet)
        if source is None:
            if not (close or reopen or withdraw):
                _show_orders(g, seat, as_json=as_json)
            return
        sheets = _from_csv(source, seat) if csv or source.suffix.lower() == ".csv" else {_one_seat(seat): read(source)}
        for power in sheets:
            g.player(power)  # all of them or none
        found = {p: g.submit(p, text, who=by, replace_all=replace) for p, text in sheets.items()}
    _told_orders(found, as_json=as_json, quiet=quiet)


def _told_orders(found: dict[str, Any], *, as_json: bool, quiet: bool) -> None:
    from wargame.table.state import plain

    back = [(p, plain(r)) for p, (_, rejected) in found.items() for r in rejected]
    if as_json:
        console.put_json(
            {p: {"accepted": [str(i) for i in ok], "rejected": [plain(r) for r in no]} for p, (ok, no) in found.items()}
        )
    elif not quiet:
        for power, (accepted, _) in found.items():
            for instruction in accepted:
                typer.echo(f"{power}: {instruction}")
    for power, line in back[:MOST_TOLD] if not as_json else ():
        typer.echo(f"{power}: sent back: {sent_back(line)}", err=True)
    if len(back) > MOST_TOLD and not as_json:
        typer.echo(f"and {len(back) - MOST_TOLD} more lines were sent back", err=True)
    if back:
        raise typer.Exit(1)


def _one_seat(seat: str | None) -> str:
    if seat is None:
        raise UsageError("whose orders? name the seat: --as POL")
    return seat


def _show_orders(g: Game, seat: str | None, *, as_json: bool) -> None:
    found = {p: g.orders(p) for p in ([seat.upper()] if seat else g.state.humans)}
    if as_json:
        console.put_json(found)
        return
    for power, sheet in found.items():
        typer.echo(f"{power}: {_counted(sheet)}")
        tell_sheet(sheet)


def _from_csv(source: Path, seat: str | None) -> dict[str, str]:
    """Orders from a table: the lines of each seat, in order, at the line they have in the file."""
    from wargame.table.written import lines_of_table

    return lines_of_table(read(source), str(source), seat or "")


def view(game: GameFile, seat: As = None, as_json: Json = False) -> None:
    """Show the picture of one seat: what it holds, whom it sees, what it has heard, its mail; nothing else.

    --as umpire shows the truth, --as observer what everybody knows. The bytes for a seat depend on nothing hidden
    from it.

    Examples:
    wargame game view weiss.game --as POL
    wargame game view weiss.game --as umpire --json
    """
    from wargame.table.picture import picture, told

    if seat is None:
        raise UsageError("whose picture? name the seat: --as POL, --as umpire, or --as observer")
    with opened(game) as g:
        if as_json:
            console.put_json(picture(g, seat))
            return
        for line in told(g, seat):
            typer.echo(line)


VERBS: tuple[Callable[..., Any], ...] = (new, status, seats, orders, view)
