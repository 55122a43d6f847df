"""``ask``: questions about leaders, parliaments and economies that need no run."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json
from wargame.errors import UsageError

if TYPE_CHECKING:
    from wargame.politics import Tables

FIRST, LAST = 1924, 1941


class Topic(StrEnum):
    """What can be asked."""

    heir = "heir"
    weimar = "weimar"
    gdp = "gdp"
    steel = "steel"
    tanks = "tanks"
    aircraft = "aircraft"
    people = "people"
    strain = "strain"
    officers = "officers"


What = Annotated[
    Topic,
    typer.Argument(
        metavar="QUESTION",
        help="heir: who leads if the leader dies? weimar: what comes out of a parliament without majority? "
        "gdp, steel, tanks, aircraft, strain, people (lost and saved), officers: what a power would have, by year, on "
        "each path of its policy?",
    ),
]
Year = Annotated[
    int | None,
    typer.Option("--year", metavar="YEAR", min=FIRST, max=LAST, help="Mid-year of this year; every year if not given."),
]
Date = Annotated[str | None, typer.Option("--date", "-d", metavar="DATE", help="The day asked about, instead.")]
Power = Annotated[
    str | None, typer.Option("--power", "-p", metavar="POWER", help="Whose. [default: GER for weimar, else SOV]")
]
Without = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="LEADER", help="Who is gone; repeatable. The strongest if not given."),
]
Seeds = Annotated[int, typer.Option("--seeds", "-n", min=1, max=100_000, help="How many throws of the dice.")]
Line = Annotated[
    float,
    typer.Option("--comintern", min=-1, max=1, help="The Comintern's line: -1 united front, 1 class against class."),
]
Edition = Annotated[str, typer.Option("--edition", metavar="NAME", help="The edition of the rules' numbers.")]
TableFolder = Annotated[str, typer.Option("--tables", metavar="NAME", help="The political tables.")]


def ask(
    question: What,
    year: Year = None,
    date: Date = None,
    power: Power = None,
    without: Without = None,
    seeds: Seeds = 400,
    comintern: Line = 1.0,
    tables: TableFolder = "europe",
    edition: Edition = "standard",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Ask who would lead if a leader were gone, what would come out of a parliament, what an economy would make.

    Each answer has a probability and, in brackets, the band that remains when what was judged is judged anew: the
    numbers of the rules between their bounds, and the weight and views of each leader.

    What an economy makes is told for history's policy and, where the state plans, for a market path (a slow plan, free
    peasants) and a planned market path (more plan, free peasants), beside the figures of history and the model's own
    misses of them.

    Examples:
    wargame ask gdp --year 1939
    wargame ask people --year 1937 --json
    wargame ask officers --year 1940
    wargame ask strain --power GER
    wargame ask heir --year 1934
    wargame ask heir --year 1928 --without stalin --seeds 1000 --json
    wargame ask heir --seeds 50
    wargame ask weimar --comintern -1
    wargame ask weimar --comintern -1 --date 1932-07-31 --json
    """
    if year is not None and date is not None:
        raise UsageError("--year or --date, not both")
    found = _tables(tables, data or ())
    if question is Topic.weimar:
        _weimar(found, power or "GER", date or (f"{year}-07-01" if year else "1933-01-30"), comintern, edition, as_json)
    elif question is not Topic.heir:
        if date is not None:
            raise UsageError("economies are told by year; write --year")
        _economy(found, question.value, power or "SOV", year, edition, data or (), as_json)
    else:
        days = [date] if date else [f"{y}-07-01" for y in ([year] if year else range(FIRST, LAST + 1))]
        _heir(found, power or "SOV", days, without or (), seeds, edition, as_json)


def _tables(name: str, data: Any) -> Tables:
    from wargame.load import paths, politics
    from wargame.load.tables import Reader

    reader = Reader()
    found = politics.read_tables(reader, paths.find("politics", name, data).parent)
    reader.check()
    return found


def _hour(text: str) -> int:
    from wargame.load.catalogue import hour_of

    return hour_of(text)


def _heir(tables: Tables, power: str, days: list[str], without: Any, seeds: int, edition: str, as_json: bool) -> None:
    from wargame.rulebook import Rulebook
    from wargame.study import heirs

    book = Rulebook.load(edition)
    answers = [heirs.heirs(heirs.field_at(tables, power, _hour(d), book, without), book, seeds) for d in days]
    if as_json:
        console.put_json(answers[0] if len(answers) == 1 else answers)
        return
    if len(answers) > 1:
        for a in answers:
            named = ", ".join(_said(h["name"], h) for h in a["heirs"][:4])
            typer.echo(f"{a['date'][:4]} without {', '.join(a['without'])}: {named}")
        return
    (a,) = answers
    typer.echo(f"{a['power']} on {a['date']} without {', '.join(a['without'])}: who leads ({a['seeds']} throws)")
    for h in a["heirs"]:
        if h["probability"] >= 0.01:
            typer.echo(f"  {_said(h['name'], h)}, {h['faction']}")
    typer.echo("which line")
    for r in a["lines"]:
        if r["probability"] >= 0.005 or r["high"] >= 0.05:
            typer.echo(f"  {_said(r['line'], r)}")
    typer.echo(f"a figurehead {a['figurehead']:.0%}; grip {a['grip']:.2f} on average")
    typer.echo("course  " + ", ".join(f"{k} {v:+.2f}" for k, v in a["policy"].items()))


def _weimar(tables: Tables, power: str, day: str, comintern: float, edition: str, as_json: bool) -> None:
    from wargame.rulebook import Rulebook
    from wargame.study import heirs

    found = heirs.parliament_odds(tables, power, _hour(day), comintern, Rulebook.load(edition))
    if as_json:
        console.put_json(found)
        return
    typer.echo(f"{power}: what comes out of parliament, Comintern line {comintern:+.1f}")
    for point in found["points"]:
        odds = ", ".join(_said(o["regime"].replace("_", " "), o) for o in point["odds"])
        typer.echo(f"  {point['date']}: {odds}; the republic can count on {point['support']:.0%} of the seats")


def _economy(tables: Tables, what: str, power: str, year: int | None, edition: str, data: Any, as_json: bool) -> None:
    """What a power would have made, by year and path, beside history."""
    from wargame import dates
    from wargame.rulebook import Rulebook
    from wargame.study import industry

    ends = dates.parse(f"{LAST + 1}-01-01") - 1
    book = Rulebook.load(edition)
    with console.working(f"{what} of {power}"):
        if what == "officers":
            found: dict[str, Any] = {
                "power": power,
                "what": what,
                "rows": industry.officers(tables, power, ends, book, data),
            }
        else:
            found = industry.answer(tables, power, what, ends, book)
    years = sorted({r["year"] for r in found["rows"]})
    if year is not None and year not in years:
        raise UsageError(f"the tables tell of {power} from {years[0]} to {years[-1]}, not of {year}")
    found["rows"] = [r for r in found["rows"] if year in (None, r["year"])]
    if as_json:
        console.put_json(found)
    elif what == "officers":
        _say_officers(found, industry.SPARED)
    else:
        _say_economy(found)


def _say_economy(found: dict[str, Any]) -> None:
    typer.echo(f"{found['power']}, {found['what']}: {found['unit']} (from {found['from'][:10]})")
    for row in found["rows"]:
        known = f": history {_number(row['history'])}" if row["history"] is not None else ""
        typer.echo(f"  {row['year']}{known}")
        for p in row["paths"]:
            low, high = _number(p["low"]), _number(p["high"])
            band = _number(p["value"]) + (f" ({low} to {high})" if low != high else "")
            share = f", {p['of_history']:.0%} of history's" if "of_history" in p and p["path"] != "history" else ""
            saved = f", {p['saved']:.1f} saved ({p['saved_low']:.1f} to {p['saved_high']:.1f})" if "saved" in p else ""
            name = "history's policy" if p["path"] == "history" else f"{p['path']} path"
            typer.echo(f"    {name:<20}{band}{share}{saved}")
    if found["misses"]:
        told = ", ".join(f"{m['year']:.0f} {m['error']:+.0%}" for m in found["misses"])
        typer.echo(f"the model's misses of history, left to itself: {told}")
        typer.echo("a path is history's figure times what the model says of the path over what it says of history")
    if found["opinions"]:
        typer.echo(f"bands: {found['opinions']} sets of the rulebook's numbers under which history comes out as it was")


def _say_officers(found: dict[str, Any], spared: float) -> None:
    typer.echo(
        f"{found['power']}, officers: posts in its formations when called up, and posts held by men trained for them"
    )
    for r in found["rows"]:
        posts, trained = (
            f"{r[k]['value']:,.0f} ({r[k]['low']:,.0f} to {r[k]['high']:,.0f})" for k in ("posts", "trained")
        )
        late = f"; its programme {abs(r['behind_months'])} months {'behind' if r['behind_months'] > 0 else 'ahead'}"
        name = "history's policy" if r["path"] == "history" else f"{r['path']} path"
        typer.echo(f"  {r['year']} {name:<20}{posts}, trained {trained}{late if r['behind_months'] else ''}")
    typer.echo("staffs, schools and the rear are not counted; the tables have no series of officers to set beside it")
    typer.echo(f"a path whose purge is below {spared:g} loses nobody; history's loses what purge.csv has")


def _number(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 2 else f"{x:.2f}"


def _said(name: str, band: dict[str, Any]) -> str:
    return f"{name} {band['probability']:.0%} ({band['low']:.0%}-{band['high']:.0%})"
