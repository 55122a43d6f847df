"""``game``: the umpire adjudicates: propose, rule, commit, go back, go elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from wargame.cli import console
from wargame.cli.game import By, GameFile, Length, codes, opened
from wargame.cli.options import Json, Quiet
from wargame.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wargame.table import rulings
    from wargame.table.game import Game
    from wargame.table.matters import Proposal

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the record.")]
Effects = Annotated[
    list[str] | None,
    typer.Option("--effect", metavar="LINE", help="What it does, in the umpire's written form; repeatable."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes. [default: one a processor]", show_default=False)
]


def hour_of(text: str) -> int:
    """The hour of an ISO date or instant; `UsageError` for anything else."""
    from wargame import dates

    try:
        return dates.parse(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; write 1939-09-03 or 1939-09-03T11") from None


# --- the turn --------------------------------------------------------------------------------------------------------


def turn(
    game: GameFile,
    length: Annotated[str, typer.Argument(metavar="LENGTH", help=str(Length.__metadata__[0].help))],
    as_json: Json = False,
) -> None:
    """Change how long a turn is, from the next one on; a ready game's plan may change it again later, and says so.

    Examples:
    wargame game turn weiss.game day
    wargame game turn weiss.game event
    wargame game turn weiss.game '3 days'
    """
    from wargame import dates
    from wargame.table import ready

    with opened(game) as g:
        g.set_turn(length)
        if as_json:
            console.put_json({"length": g.state.length})
            return
        typer.echo(f"turns are of a {g.state.length} from here on".replace("a event", "an event"))
        when, of = ready.next_change(g.book, g.state.hour)
        if of and of != g.state.length:
            console.say(f"by the ready game's plan they are of a {of} from {dates.spoken(when)} on; set it then anew")


def commit(
    game: GameFile,
    turns: Annotated[int, typer.Option("--turns", "-n", min=1, max=1000, help="So many turns, as things stand.")] = 1,
    by: By = "umpire",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Play the turn on the table with all orders and rulings, and make it the game's. It is on the disk afterwards.

    Says in headlines what everybody hears of it; the rest is in the reports.

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
            if not (quiet or as_json):
                _tell_headlines(g)
        if as_json:
            console.put_json(done)


def _tell_headlines(g: Game) -> None:
    """What the newspaper makes of the last turn, in a line: all of it may be read aloud."""
    from wargame.table.papers import front

    console.say("  in the papers: " + "; ".join(story.headline for story in front(g).stories))


def propose(
    game: GameFile,
    rollouts: Annotated[
        int,
        typer.Option("--rollouts", "-n", min=0, max=10_000, help="Play the turn so often with other luck, for odds."),
    ] = 0,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Tell every matter in full.")] = False,
    look: Annotated[
        str, typer.Option("--look", metavar="MATTER", help="Only tell this one of the last list again, in full.")
    ] = "",
    workers: Workers = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Adjudicate the turn in memory and list what is contested: likely, best, worst, what drives it, precedents.

    The weightiest matter comes first; the first ten are told in full, the rest in a line each. Nothing is decided:
    rule on what you would have otherwise, then commit.

    Examples:
    wargame game propose weiss.game
    wargame game propose weiss.game --look 14
    wargame game propose weiss.game --rollouts 50 --json
    """
    import os

    from wargame.table.matters import IN_FULL
    from wargame.table.state import plain

    with opened(game) as g:
        if look:
            found = [g.proposal(look)]
        else:
            with console.counting("roll-outs", quiet=quiet) as progress:
                found = g.propose(rollouts, workers=workers or os.cpu_count() or 1, progress=progress)
        if as_json:
            console.put_json([plain(found[0])] if look else g.proposed())
            return
        first = 1 + [p["id"] for p in g.proposed()].index(found[0].id) if found else 1
        for k, p in enumerate(found, start=first):
            for line in told(k, p) if everything or k < first + IN_FULL else (in_short(k, p),):
                typer.echo(line)
        if not found:
            typer.echo("nothing is contested in this turn")
        elif len(found) > IN_FULL and not everything:
            console.say(f"one of the others in full: wargame game propose {game} --look {IN_FULL + 1}", quiet=quiet)


def in_short(k: int, p: Proposal) -> str:
    """A proposal in one line: what it is about and what the rules say."""
    return f"{k}. {p.about}: {p.rule}{_chance(p)}"


def _chance(p: Proposal) -> str:
    from wargame.show.prose import percent

    if p.probability < 0:
        return ""
    known = f"; {percent(p.interval[0])} to {percent(p.interval[1])}" if p.interval != (0.0, 1.0) else ""
    return f" ({percent(p.probability)}{known})"


def told(k: int, p: Proposal) -> list[str]:
    """A proposal in lines, as an umpire reads it: what the rules say, the range, what drives it."""
    from wargame.show.prose import percent
    from wargame.table.matters import with_share

    lines = [f"{k}. {p.about}  [{p.id}, {p.domain}]", f"   the rules: {p.rule}{_chance(p)}"]
    ranks = {"likely": p.likely}
    if p.best != p.worst:
        ranks |= {f"best for {p.power}": p.best, f"worst for {p.power}": p.worst}
    of = "or less in" if p.id.startswith("losses:") else "in"
    for n, o in enumerate(p.outcomes, start=1):
        share = f", {of} {percent(o.share)} of the roll-outs" if o.share >= 0 else ""
        marks = [mark for mark, text in ranks.items() if text in (o.text, with_share(o.text, o.share))]
        lines.append(f"   outcome {n}: {o.text}{share}" + (f"  [{', '.join(marks)}]" if marks else ""))
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
    with opened(game) as g:
        if remove is not None:
            g.unrule(remove)
            console.say(f"ruling {remove} is taken back", quiet=as_json)
            if as_json:
                console.put_json([r.plain() for r in g.state.rulings.values()])
            return
        hour, lines = hour_of(at) if at else 0, effect or []
        if not proposal:
            found = g.act(lines, reason=reason, by=by, hour=hour)
        else:
            argument = _argument(g, proposal, claim, pro, con, vote, odds, roll) if claim else None
            kind = _kind(dice=bool(argument or roll), accept=accept, to=to, fought=fought, lines=lines)
            found = g.decide(
                proposal, kind, reason=reason, by=by, outcome=to, effects=lines, otherwise=otherwise or (),
                roll="" if argument else roll, argument=argument, agreed=codes(agreed.upper()), hour=hour,
            )  # fmt: skip
        if as_json:
            console.put_json(found.plain())
        else:
            typer.echo(f"{found.id}: {found.about}".rstrip(": "))
            typer.echo(found.beside())


def _kind(*, dice: bool, accept: bool, to: str, fought: bool, lines: list[str]) -> rulings.Kind:
    """What kind of ruling the options ask for; `UsageError` if none."""
    for asked, kind in ((dice, "dice"), (accept, "accept"), (to, "move"), (fought, "table_result"), (lines, "replace")):
        if asked:
            return cast("rulings.Kind", kind)
    raise UsageError("decide: --accept, --to OUTCOME, --effect LINE, --roll DIE, or --claim TEXT")


def _argument(
    g: Game, proposal: str, claim: str, pro: list[str] | None, con: list[str] | None, vote: list[str] | None,
    odds: float | None, roll: str,
) -> rulings.Argument:  # fmt: skip
    """A matrix argument on a proposal, rolled."""
    from wargame.table import rulings

    votes, name = [_vote(v) for v in vote or ()], f"{g.proposal(proposal).id} {claim}"
    return rulings.argued(g.world(), claim, pro or (), con or (), votes, name=name, odds=odds, roll=roll)


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
    as_json: Json = False,
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
        if as_json:
            console.put_json(dict(g.state.styles))
        else:
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
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a game of its own from here, or from an earlier act: a what-if that leaves this one alone.

    Examples:
    wargame game fork weiss.game what-if.game
    wargame game fork weiss.game from-turn-1.game --at 4 --seed 99
    """
    with opened(game) as g, g.fork(new, at=at, seed=seed, who=by) as twin:
        if as_json:
            console.put_json(twin.status())
            return
        console.say(f"{new}: {twin.status()['date']}, turn {twin.status()['turn']}", quiet=quiet)


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


VERBS: tuple[Callable[..., Any], ...] = (propose, rule, style, odds, commit, turn, undo, redo, fork)
