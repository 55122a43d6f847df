"""``longrun``: what a run's last day leads to, to the present day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Json, RunPath
from wargame.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from rich.table import Table

Powers = Annotated[
    list[str] | None,
    typer.Option("--power", "-p", metavar="POWER", help="Whose; repeatable. [default: the eight with most means]"),
]
Throws = Annotated[int, typer.Option("--throws", "-n", min=1, max=20_000, help="How many throws of the dice.")]


def longrun(run: RunPath, power: Powers = None, throws: Throws = 1000, as_json: Json = False) -> None:
    """Say what a run's last day leads to in the long run: which regimes still stand in 1945, 1953, 1991 and 2025.

    Wars still going on are decided by what both sides dispose of; regimes then fall at the rates of their kind since
    1946, communist ones together in one crisis, if it comes; output a head nears the leader's. Each chance has a band:
    what remains of it when the chapter's numbers are judged anew. Nobody knows eighty years: read it as such.

    Examples:
    wargame longrun out/road
    wargame longrun out/road --power SOV --json
    """
    from wargame.cli.runs import opened
    from wargame.study import aftermath

    folder = opened(run)
    told = folder.run()
    known = sorted(s.power for s in aftermath.starts(told.world))
    if not known:
        raise UsageError(f"{run}: its scenario has no politics, so nothing says who rules and what they live on")
    for code in power or ():
        if code not in known:
            raise UsageError(f"no power '{code}' with an economy; {did_you_mean(code, known) or ', '.join(known)}")
    found = aftermath.outlook(told.world, told.setup.rulebook, throws, power or ())
    if as_json:
        console.put_json({"run": told.setup.scenario.id, "seed": told.seed} | found)
    else:
        _show(told.setup.scenario.scenario.title, found)


def _show(title: str, found: dict[str, Any]) -> None:
    from wargame import dates

    out = console.output()
    out.print(f"[bold]{console.escaped(title)}: the long run[/bold]")
    out.print(f"from {dates.spoken(dates.parse(found['from']), year=True)} on, {found['throws']:,} throws\n")
    for war in found["wars"]:
        sides = " against ".join(", ".join(war[k]) for k in ("attackers", "defenders"))
        out.print(f"Still at war: {console.escaped(sides)}")
    years = list(found["powers"][0]["stands"])
    told = [y for y in years if any(y in p["shares"] for p in found["powers"])]
    stands, shares = _table(["power", "regime", *years]), _table(["power", "now", *told])
    for p in found["powers"]:
        odds = (_band(b["p"], b) for b in p["stands"].values())
        stands.add_row(p["power"], p["regime"].replace("_", " "), *odds)
        spans = (p["shares"].get(y) for y in told)
        shares.add_row(p["power"], f"{100 * p['share']:.0f}", *(_band(s["median"], s) if s else "" for s in spans))
    out.print("[bold]The regime still stands at the end of[/bold] (per cent)")
    out.print(stands)
    out.print(f"\n[bold]Output a head[/bold] (per cent of that of {found['leader']})")
    out.print(shares)
    out.print("\nIn brackets: the middle 80 per cent when the numbers of the chapter are judged anew;")
    out.print("of output, of all throws with them.")


def _table(heads: list[str]) -> Table:
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in heads:
        made.add_column(name, justify="left" if name in {"power", "regime"} else "right", no_wrap=True)
    return made


def _band(value: float, span: dict[str, float]) -> str:
    middle, low, high = (f"{100 * v:.0f}" for v in (value, span["low"], span["high"]))
    return middle if low == high == middle else f"{middle} ({low}-{high})"
