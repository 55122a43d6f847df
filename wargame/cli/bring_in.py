"""``game``: what the umpire brings in and carries: injects, messages, questions and answers, notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.game import As, By, GameFile, codes, opened, read
from wargame.cli.moderate import Effects, hour_of
from wargame.cli.options import Json
from wargame.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


Words = Annotated[str, typer.Argument(metavar="TEXT", help="What is said; - for what is typed.", show_default=False)]
To = Annotated[str, typer.Option("--to", metavar="POL,FRA", help="To whom; ALL: everybody, in public.")]


def said(text: str) -> str:
    """Words as given, or, for ``-``, as typed."""
    return read(Path("-")) if text == "-" else text


def inject(
    game: GameFile,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What they are told; - for what is typed.")] = "",
    to: To = "",
    at: Annotated[str | None, typer.Option("--at", metavar="DATE", help="When it comes: 1939-09-03T11.")] = None,
    when: Annotated[
        list[str] | None,
        typer.Option("--when", metavar="CONDITION", help="It comes as soon as this holds; repeatable."),
    ] = None,
    effect: Effects = None,
    cancel: Annotated[
        str | None, typer.Option("--cancel", metavar="ID", help="Take one back that has not come.")
    ] = None,
    by: By = "umpire",
    as_json: Json = False,
) -> None:
    """Bring something in from outside: news for some seats or for all, or an event in the world.

    It comes at once, at an hour, or as soon as conditions hold at the end of a turn. What seats are told, and when,
    shows nothing of who else is told.

    Examples:
    wargame game inject weiss.game 'London is bound to declare war' --to POL
    wargame game inject weiss.game 'The League condemns the attack' --to ALL --at 1939-09-03T11
    wargame game inject weiss.game 'Warsaw has fallen' --to ALL --when 'holds GER warszawa'
    wargame game inject weiss.game --cancel i2
    """
    with opened(game) as g:
        if cancel is not None:
            g.cancel_inject(cancel)
            console.say(f"inject {cancel} will not come", quiet=as_json)
            if as_json:
                console.put_json({"cancelled": cancel})
            return
        found = g.inject(
            said(text), to=codes(to), at=hour_of(at) if at else 0, when=when or (), effects=effect or (), who=by
        )
        if as_json:
            from wargame.table.state import plain

            console.put_json(plain(found))
        else:
            console.say(f"inject {found.id} " + ("has come" if found.fired else "is planned"))


def message(
    game: GameFile,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What it says; - for what is typed.")] = "",
    sender: Annotated[str, typer.Option("--as", metavar="SEAT", help="Who writes.")] = "",
    to: To = "",
    way: Annotated[str, typer.Option("--way", metavar="WAY", help="hand, telephone, cable or courier.")] = "cable",
    hold: Annotated[int | None, typer.Option("--hold", metavar="N", help="Keep message N back.")] = None,
    release: Annotated[int | None, typer.Option("--release", metavar="N", help="Let it go on.")] = None,
    deliver: Annotated[int | None, typer.Option("--deliver", metavar="N", help="Hand it over now.")] = None,
    lose: Annotated[int | None, typer.Option("--lose", metavar="N", help="It is lost.")] = None,
    alter: Annotated[
        int | None, typer.Option("--alter", metavar="N", help="It arrives with the words of TEXT.")
    ] = None,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Carry a message from one seat to others: it takes time, may be lost, and may be read by others.

    What becomes of it is told to the umpire only, who may hold it back, lose it, alter it or hand it over himself.

    Examples:
    wargame game message weiss.game 'Hold out: we attack on the 17th' --as FRA --to POL --way courier
    wargame game message weiss.game --deliver 1
    wargame game message weiss.game 'We attack when we can' --alter 1
    """
    with opened(game) as g:
        changes: list[tuple[int | None, dict[str, Any]]] = [
            (hold, {"held": True}), (release, {"held": False}), (lose, {"lost": True}),
            (deliver, {"held": False, "lost": False, "arrives": g.state.hour}), (alter, {"text": said(text)}),
        ]  # fmt: skip
        chosen = [(n, change) for n, change in changes if n is not None]
        for n, change in chosen:
            if change.get("text") == "":
                raise UsageError("altered to what? write the new words")
            g.change_message(n, **change)
        if chosen:
            if as_json:
                from wargame.table.state import plain

                console.put_json([plain(m) for m in g.state.messages])
            return
        if not sender:
            raise UsageError("who writes? name the seat: --as FRA")
        sent = g.message(sender, codes(to), said(text), way=way, who=by)
        if as_json:
            console.put_json(sent)
            return
        from wargame import dates

        fate = "is lost" if sent["lost"] else f"arrives {dates.instant(sent['arrives'])}"
        readers = f"; read by {', '.join(sent['readers'])}" if sent["readers"] else ""
        console.say(f"message {sent['number']} {fate}{readers}")


def rfi(
    game: GameFile,
    text: Words,
    seat: As = None,
    answer: Annotated[int | None, typer.Option("--answer", metavar="N", help="The umpire answers request N.")] = None,
    by: By = "",
    as_json: Json = False,
) -> None:
    """A seat asks the umpire for information; or, with --answer, he answers. Only that seat sees either.

    Examples:
    wargame game rfi weiss.game 'How many divisions stand at Mlawa?' --as POL
    wargame game rfi weiss.game 'Your patrols count four' --answer 1
    """
    with opened(game) as g:
        if answer is not None:
            g.answer(answer, said(text), who=by or "umpire")
            number = answer
            console.say(f"request {answer} is answered", quiet=as_json)
        elif seat is None:
            raise UsageError("who asks? name the seat: --as POL; or answer one: --answer 1")
        else:
            number = g.rfi(seat, said(text), who=by)
            console.say(f"request {number} of {seat.upper()} waits for an answer", quiet=as_json)
        if as_json:
            from wargame.table.state import plain

            console.put_json(plain(g.state.rfis[number - 1]))


def note(game: GameFile, text: Words, by: By = "umpire") -> None:
    """Write down an insight or a dissent, with the time and who; no seat sees it.

    Examples:
    wargame game note weiss.game 'POL expected help by the 15th' --by Clara
    """
    with opened(game) as g:
        g.note(said(text), who=by)


VERBS: tuple[Callable[..., Any], ...] = (inject, message, rfi, note)
