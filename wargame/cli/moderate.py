"""``game``: the umpire's verbs: adjudicate, rule, commit, go back, bring things in, carry messages, write papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from wargame.cli import console
from wargame.cli.game import As, By, GameFile, Length, codes, opened, read
from wargame.cli.options import Json, Quiet
from wargame.errors import UsageError, WargameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wargame.table.game import Game
    from wargame.table.proposals import Proposal

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the record.")]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="What is said; - for what is typed.", show_default=False)]
To = Annotated[str, typer.Option("--to", metavar="POL,FRA", help="To whom; ALL: everybody, in public.")]
Effects = Annotated[
    list[str] | None,
    typer.Option("--effect", metavar="LINE", help="What it does, in the umpire's written form; repeatable."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes. [default: one a processor]", show_default=False)
]
Into = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write into.")]


def said(text: str) -> str:
    """Words as given, or, for ``-``, as typed."""
    return read(Path("-")) if text == "-" else text


def hour_of(text: str) -> int:
    """The hour of an ISO date or instant; `UsageError` for anything else."""
    from wargame import dates

    try:
        return dates.parse(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; write 1939-09-03 or 1939-09-03T11") from None


# --- the turn --------------------------------------------------------------------------------------------------------


def turn(
    game: GameFile, length: Annotated[str, typer.Argument(metavar="LENGTH", help=str(Length.__metadata__[0].help))]
) -> None:
    """Change how long a turn is, from the next one on.

    Examples:
    wargame game turn weiss.game day
    wargame game turn weiss.game event
    wargame game turn weiss.game '3 days'
    """
    with opened(game) as g:
        g.set_turn(length)
        typer.echo(f"turns are of a {g.state.length} from here on".replace("a event", "an event"))


def commit(
    game: GameFile,
    turns: Annotated[int, typer.Option("--turns", "-n", min=1, max=1000, help="So many turns, as things stand.")] = 1,
    by: By = "umpire",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Play the turn on the table with all orders and rulings, and make it the game's. It is on the disk afterwards.

    Examples:
    wargame game commit weiss.game
    wargame game commit weiss.game --turns 4 --quiet
    """
    from wargame import dates

    with opened(game) as g:
        done = []
        for _ in range(turns):
            with console.working("adjudicating", quiet=quiet):
                act = g.commit(who=by)
            b = act.body
            done.append({k: b[k] for k in ("turn", "fired")} | {k: dates.instant(b[k]) for k in ("began", "until")})
            console.say(f"turn {b['turn']}: {done[-1]['began']} to {done[-1]['until']}", quiet=quiet or as_json)
            for name in b["fired"]:
                console.say(f"  inject {name} has come: {g.state.injects[name].text}", quiet=quiet or as_json)
        if as_json:
            console.put_json(done)


def propose(
    game: GameFile,
    rollouts: Annotated[
        int,
        typer.Option("--rollouts", "-n", min=0, max=10_000, help="Play the turn so often with other luck, for odds."),
    ] = 0,
    workers: Workers = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Adjudicate the turn in memory and list what is contested: likely, best, worst, what drives it, precedents.

    The weightiest matter comes first. Nothing is decided: rule on what you would have otherwise, then commit.

    Examples:
    wargame game propose weiss.game
    wargame game propose weiss.game --rollouts 50 --json
    """
    import os

    with opened(game) as g:
        with console.counting("roll-outs", quiet=quiet) as progress:
            found = g.propose(rollouts, workers=workers or os.cpu_count() or 1, progress=progress)
        if as_json:
            console.put_json(g.proposed())
            return
        for k, p in enumerate(found, start=1):
            for line in told(k, p):
                typer.echo(line)
        if not found:
            typer.echo("nothing is contested in this turn")


def told(k: int, p: Proposal) -> list[str]:
    """A proposal in lines, as an umpire reads it."""
    from wargame.show.prose import percent

    chance = (
        f" ({percent(p.probability)}; {percent(p.interval[0])} to {percent(p.interval[1])})"
        if p.probability >= 0
        else ""
    )
    lines = [f"{k}. {p.about}  [{p.id}, {p.domain}]", f"   the rules: {p.rule}{chance}"]
    lines += [
        f"   {name}: {text}" for name, text in (("likely", p.likely), ("best", p.best), ("worst", p.worst)) if text
    ]
    for n, o in enumerate(p.outcomes, start=1):
        lines.append(f"   outcome {n}: {o.text}" + (f", {percent(o.share)} of the roll-outs" if o.share >= 0 else ""))
    lines += [f"   {driver}" for driver in p.drivers]
    lines += [f"   conflict: {c}" for c in p.conflicts]
    if p.die is not None:
        lines.append(f"   one die decides: below {percent(p.odds)} the acting side has its way (--roll d100=37)")
    return lines


def rule(
    game: GameFile,
    proposal: Annotated[
        str, typer.Argument(metavar="PROPOSAL", help="Its number or id; none: an act of your own.")
    ] = "",
    accept: Annotated[bool, typer.Option("--accept", help="The rules' answer stands.")] = False,
    to: Annotated[
        str, typer.Option("--to", metavar="OUTCOME", help="Another outcome of the range, by its number; or beyond.")
    ] = "",
    effect: Effects = None,
    fought: Annotated[bool, typer.Option("--fought", help="The effects are a result fought out on the table.")] = False,
    roll: Annotated[
        str, typer.Option("--roll", metavar="DIE", help="A die rolled at the table: d100=37, 2d6=9, 0.4.")
    ] = "",
    claim: Annotated[
        str, typer.Option("--claim", metavar="TEXT", help="Matrix argument: what somebody says happens.")
    ] = "",
    pro: Annotated[list[str] | None, typer.Option("--pro", metavar="TEXT", help="A reason for it; repeatable.")] = None,
    con: Annotated[
        list[str] | None, typer.Option("--con", metavar="TEXT", help="A reason against; repeatable.")
    ] = None,
    vote: Annotated[list[str] | None, typer.Option("--vote", metavar="NAME=0.6", help="A chance; repeatable.")] = None,
    odds: Annotated[float | None, typer.Option("--odds", help="The chance agreed on, 0 to 1.")] = None,
    otherwise: Annotated[
        list[str] | None, typer.Option("--otherwise", metavar="LINE", help="What holds if the claim fails; repeatable.")
    ] = None,
    agreed: Annotated[str, typer.Option("--agreed", metavar="POL,GER", help="Who consents, where that is asked.")] = "",
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE", help="When it takes effect, within the turn.")
    ] = None,
    reason: Reason = "",
    remove: Annotated[str | None, typer.Option("--remove", metavar="ID", help="Take a ruling back.")] = None,
    by: By = "umpire",
    as_json: Json = False,
) -> None:
    """Decide: accept, move to another outcome, put your own in its place, enter a result or a roll of the table, argue.

    A ruling needs a reason; the rules' own answer stays beside it in the record. What effects can be written is in
    docs/adjudication.md. The turn is played again with it when it is proposed anew or committed.

    Examples:
    wargame game rule weiss.game 1 --accept
    wargame game rule weiss.game 2 --to 2 --reason 'the bridge was blown'
    wargame game rule weiss.game 3 --roll d100=37 --reason 'rolled in the open'
    wargame game rule weiss.game --effect 'supply pol_armia_lodz 40%' --reason 'the depot at Lodz burns'
    wargame game rule weiss.game 4 --claim 'The garrison is bribed' --pro 'gold' --vote Anna=0.3 --reason 'argued'
    wargame game rule weiss.game --remove r2
    """
    from wargame.table import rulings

    with opened(game) as g:
        if remove is not None:
            g.unrule(remove)
            console.say(f"ruling {remove} is taken back")
            return
        hour, lines = hour_of(at) if at else 0, effect or []
        if not proposal:
            found = g.act(lines, reason=reason, by=by, hour=hour)
        else:
            argument = None
            if claim:
                votes = [_vote(v) for v in vote or ()]
                name = f"{g.proposal(proposal).id} {claim}"
                argument = rulings.argued(
                    g.world(), claim, pro or (), con or (), votes, name=name, odds=odds, roll=roll
                )
            kind: rulings.Kind = (
                "dice" if argument or roll
                else "accept" if accept
                else "move" if to
                else "table_result" if fought
                else "replace"
            )  # fmt: skip
            if kind == "replace" and not lines:
                raise UsageError("decide: --accept, --to OUTCOME, --effect LINE, --roll DIE, or --claim TEXT")
            found = g.decide(
                proposal, kind, reason=reason, by=by, outcome=to, effects=lines, otherwise=otherwise or (),
                roll="" if argument else roll, argument=argument, agreed=codes(agreed.upper()), hour=hour,
            )  # fmt: skip
        if as_json:
            console.put_json(found.plain())
        else:
            typer.echo(f"{found.id}: {found.about}".rstrip(": "))
            typer.echo(found.beside())


def _vote(text: str) -> tuple[str, float]:
    name, _, chance = text.partition("=")
    try:
        return name.strip(), float(chance.removesuffix("%")) / (100.0 if chance.endswith("%") else 1.0)
    except ValueError:
        raise UsageError(f"'{text}' is no vote; write a name and a chance: Anna=0.6") from None


def style(
    game: GameFile,
    domain: Annotated[
        str, typer.Argument(metavar="DOMAIN", help="battle, campaign, decision, diplomacy, government, order")
    ],
    how: Annotated[str, typer.Argument(metavar="STYLE", help="rigid, semi-rigid, free, consensual, matrix")],
) -> None:
    """Choose how matters of a domain are adjudicated: what the umpire may do about them.

    rigid: the rules or a die. semi-rigid: also another outcome of the range, or a result of the table. free: anything.
    consensual: anything to which all concerned agree. matrix: arguments with odds and a die.

    Examples:
    wargame game style weiss.game battle free
    wargame game style weiss.game diplomacy matrix
    """
    with opened(game) as g:
        g.set_style(domain, how)
        console.say(f"matters of {domain} are ruled {how}")


def undo(
    game: GameFile,
    turns: Annotated[int, typer.Option("--turns", "-n", min=1, help="So many turns back.")] = 1,
    to: Annotated[
        int | None, typer.Option("--to", metavar="ACT", help="To where the game stood after this act.")
    ] = None,
    by: By = "umpire",
    as_json: Json = False,
) -> None:
    """Go back to just before a turn was committed: its orders and rulings are on the table again, to be changed.

    Nothing is deleted: redo goes forward again, and the log keeps it all. Who sits where, and questions to the umpire
    with their answers, stay as they are today. The acts are numbered by `wargame game log`.

    Examples:
    wargame game undo weiss.game
    wargame game undo weiss.game --turns 3
    wargame game undo weiss.game --to 12
    """
    with opened(game) as g:
        g.undo(turns, to=to, who=by)
        _stands(g, as_json=as_json)


def redo(game: GameFile, by: By = "umpire", as_json: Json = False) -> None:
    """Take the last undo back, as long as the game has not gone another way since.

    Examples:
    wargame game redo weiss.game
    """
    with opened(game) as g:
        g.redo(who=by)
        _stands(g, as_json=as_json)


def _stands(g: Game, *, as_json: bool) -> None:
    found = g.status()
    if as_json:
        console.put_json(found)
    else:
        typer.echo(f"the game stands at {found['date']}, turn {found['turn']}")


def fork(
    game: GameFile,
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The file of the new game.", show_default=False)],
    at: Annotated[
        int | None, typer.Option("--at", metavar="ACT", help="From where the game stood after this act.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="With other luck from there on.")] = None,
    by: By = "umpire",
    quiet: Quiet = False,
) -> None:
    """Make a game of its own from here, or from an earlier act: a what-if that leaves this one alone.

    Examples:
    wargame game fork weiss.game what-if.game
    wargame game fork weiss.game from-turn-1.game --at 4 --seed 99
    """
    with opened(game) as g, g.fork(new, at=at, seed=seed, who=by) as twin:
        console.say(f"{new}: {twin.status()['date']}, turn {twin.status()['turn']}", quiet=quiet)


def log(
    game: GameFile, last: Annotated[int, typer.Option("--last", help="Only so many.")] = 0, as_json: Json = False
) -> None:
    """List every act at the table: number, real time, who, what; undone ones too.

    Examples:
    wargame game log weiss.game --last 20
    wargame game log weiss.game --json
    """
    with opened(game) as g:
        acts = g.store.acts[-last:] if last else g.store.acts
        if as_json:
            console.put_json(
                [{k: getattr(a, k) for k in ("n", "at", "who", "kind", "seat", "body", "hash")} for a in acts]
            )
            return
        for a in acts:
            typer.echo(f"{a.n:>4}  {a.at[:19]}  {a.who:<12} {a.kind:<10} {a.seat:<4} {_gist(a.kind, a.body)}".rstrip())


def _gist(kind: str, body: dict[str, Any]) -> str:
    """What an act did, in a few words."""
    if kind == "orders":
        return f"{len(body['accepted'])} orders, {len(body['rejected'])} sent back"
    if kind == "committed":
        from wargame import dates

        return f"turn {body['turn']}, to {dates.instant(body['until'])}"
    if kind == "ruling":
        return f"{body['ruling']['id']} on {body['ruling']['proposal'] or 'nothing asked'}: {body['ruling']['reason']}"
    for name in ("text", "title", "length", "place", "name"):
        if body.get(name):
            return str(body[name]).splitlines()[0][:80]
    return f"to act {body['to']}" if "to" in body else ""


def odds(
    game: GameFile,
    runs: Annotated[int, typer.Option("--runs", "-n", min=1, max=100_000, help="How many roll-outs.")] = 200,
    days: Annotated[int, typer.Option("--days", "-d", min=1, max=3660, help="How many days each goes on.")] = 30,
    workers: Workers = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Play the position on many times with other luck, with the orders and rulings on the table; say what came of it.

    The game is left alone. For a what-if, fork the game first, change what you will, and ask the fork.

    Examples:
    wargame game odds weiss.game --runs 20 --days 14
    wargame game odds weiss.game --runs 20 --days 14 --json
    """
    import os

    from wargame import dates
    from wargame.cli.forecast import show
    from wargame.study.forecast import as_dict
    from wargame.table.odds import odds as rolled

    with opened(game) as g:
        until = g.state.hour + days * dates.DAY
        g.check_on()
        with console.counting("roll-outs", quiet=quiet) as progress:
            processes = workers or os.cpu_count() or 1
            found = rolled(g.setup, g.world(), g.brief(), until, runs, workers=processes, progress=progress).forecast
        if as_json:
            console.put_json(as_dict(found))
        else:
            show(g.setup, found)


# --- papers ----------------------------------------------------------------------------------------------------------


def report(game: GameFile, out: Into, seat: As = None, as_json: Json = False, quiet: Quiet = False) -> None:
    """Write the reports of the last turn, as Markdown and PDF with maps: each player's, the umpire's, the newspaper.

    With --as only one: a seat's, --as umpire, or --as observer for the newspaper. What a seat's report says comes from
    what it knows, byte for byte: preview it, then hand it out.

    Examples:
    wargame game report weiss.game --out turn1
    wargame game report weiss.game --as POL --out turn1/pol
    """
    import os

    from wargame.table import papers

    with opened(game) as g, console.working("writing reports", quiet=quiet):
        whose = "" if seat is None else seat if seat in {"umpire", "observer"} else seat.upper()
        files = papers.report(g, out, whose, workers=os.cpu_count() or 1) if whose != "observer" else []
        if whose in {"", "observer"}:
            files += papers.newspaper(g, out)
        _wrote(files, as_json=as_json, quiet=quiet)


def kit(
    game: GameFile,
    out: Into,
    paper: Annotated[str, typer.Option("--paper", metavar="SIZE", help="a4 or a3")] = "a4",
    counters: Annotated[
        str, typer.Option("--counters", metavar="SIZE", help="auto, divisions, corps or armies")
    ] = "auto",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write everything for the paper table as PDF: maps, counters, briefings, forms, umpire's sheets, tent cards.

    Examples:
    wargame game kit weiss.game --out kit
    wargame game kit weiss.game --out kit --paper a3 --counters corps
    """
    from wargame.table.papers import kit as write

    for name, word, known in (
        ("--paper", paper, ("a4", "a3")),
        ("--counters", counters, ("auto", "divisions", "corps", "armies")),
    ):
        if word not in known:
            raise UsageError(f"{name} {word}: write one of: {', '.join(known)}")
    with opened(game) as g, console.working("writing the kit", quiet=quiet):
        _wrote(write(g, out, paper=cast("Any", paper), counters=cast("Any", counters)), as_json=as_json, quiet=quiet)


def aar(
    game: GameFile,
    out: Into,
    forks: Annotated[
        list[Path] | None, typer.Option("--fork", metavar="FILE", help="A fork to set beside the game; repeatable.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the after-action pack: what happened and why, rulings beside the rules, beliefs beside truth, an archive.

    In the archive seats have no names of people. It shows everything to everybody: hand it out when the game is over.

    Examples:
    wargame game aar weiss.game --out after
    wargame game aar weiss.game --out after --fork what-if.game
    """
    from contextlib import ExitStack

    from wargame.table import papers

    with ExitStack() as stack:
        g = stack.enter_context(opened(game))
        others = [stack.enter_context(opened(f)) for f in forks or ()]
        with console.working("writing the after-action pack", quiet=quiet):
            _wrote(papers.aar(g, out, forks=others), as_json=as_json, quiet=quiet)


def _wrote(files: list[Path], *, as_json: bool, quiet: bool) -> None:
    if as_json:
        console.put_json([str(f) for f in files])
    elif not quiet:
        for file in files:
            typer.echo(str(file))


# --- what comes from outside -----------------------------------------------------------------------------------------


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
            console.say(f"inject {cancel} will not come")
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
) -> None:
    """A seat asks the umpire for information; or, with --answer, he answers. Only that seat sees either.

    Examples:
    wargame game rfi weiss.game 'How many divisions stand at Mlawa?' --as POL
    wargame game rfi weiss.game 'Your patrols count four' --answer 1
    """
    with opened(game) as g:
        if answer is not None:
            g.answer(answer, said(text), who=by or "umpire")
            console.say(f"request {answer} is answered")
        elif seat is None:
            raise UsageError("who asks? name the seat: --as POL; or answer one: --answer 1")
        else:
            console.say(f"request {g.rfi(seat, said(text), who=by)} of {seat.upper()} waits for an answer")


def note(game: GameFile, text: Words, by: By = "umpire") -> None:
    """Write down an insight or a dissent, with the time and who; no seat sees it.

    Examples:
    wargame game note weiss.game 'POL expected help by the 15th' --by Clara
    """
    with opened(game) as g:
        g.note(said(text), who=by)


# --- files -----------------------------------------------------------------------------------------------------------


def export(game: GameFile, out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None) -> None:
    """Write a game as JSON Lines, one act a line, with everything needed to go on; to stdout or a file.

    Examples:
    wargame game export weiss.game --out weiss.jsonl
    """
    import sys

    with opened(game) as g:
        if out is None:
            g.export(sys.stdout)
            return
        if out.exists():
            raise UsageError(f"{out} exists already; name another file")
        with out.open("w", encoding="utf-8", newline="\n") as file:
            g.export(file)


def import_(
    source: Annotated[Path, typer.Argument(metavar="EXPORT", help="A file that export wrote.", show_default=False)],
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="The game's file, to be written.")],
    quiet: Quiet = False,
) -> None:
    """Make a game file of an export; every line is checked.

    Examples:
    wargame game import weiss.jsonl --file again.game
    """
    from wargame.table.game import Game

    with Game.import_(file, source) as g:
        console.say(f"{file}: {g.created['title']}, {len(g.store.acts)} acts", quiet=quiet)


def check(
    game: GameFile,
    accept: Annotated[
        bool,
        typer.Option("--accept-files", help="Go on with the scenario's files as they are now."),
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Play every turn again, with its orders and rulings, and compare.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Check a game file from end to end: the chain of acts, every state, every journal, and the scenario's files.

    With --replay every turn is adjudicated again by today's rules; exit code 1 if any comes out otherwise.

    Examples:
    wargame game check weiss.game
    wargame game check weiss.game --replay
    wargame game check weiss.game --accept-files
    """
    with opened(game) as g:
        if accept:
            changed = g.accept_files()
            console.say(f"accepted: {', '.join(changed) or 'nothing had changed'}", quiet=quiet)
        g.check()
        g.journal()
        assert g.setup
        sound = f"{len(g.store.acts)} acts, {len(g.store.blob_names())} states and journals, all sound"
        console.say(f"{game}: {sound}", quiet=quiet)
        if replay:
            with console.working("playing the game again", quiet=quiet):
                differ = g.replay()
            if differ:
                turns = ", ".join(map(str, differ))
                raise WargameError(f"{game}: played again, these turns come out otherwise: {turns} (the rules changed)")
            console.say(f"played again, all {g.state.turn} turns come out the same", quiet=quiet)


VERBS: tuple[Callable[..., Any], ...] = (
    *(propose, rule, style, odds, commit, turn, undo, redo, fork),
    *(inject, message, rfi, note, report, kit, aar, log, export, import_, check),
)
