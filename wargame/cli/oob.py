"""``oob``: who stands where on a date, under whom, how strong and how ready; and how sure the rows are."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json
from wargame.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from wargame.load.catalogue import Catalogue, Register, Standing

DEFAULT_DATE = "1939-09-01"

Map = Annotated[str, typer.Option("--map", metavar="NAME", help="The map on which they stand.")]
Date = Annotated[str, typer.Option("--date", "-d", metavar="DATE", help="The day asked about, such as 1939-09-01.")]
Powers = Annotated[
    list[str] | None,
    typer.Option("--power", "-p", metavar="POWER", help="Code of a power, such as GER; repeatable. All if not given."),
]
Army = Annotated[
    str | None, typer.Option("--army", metavar="ID", help="Only this headquarters and everything under it.")
]
At = Annotated[
    str | None, typer.Option("--at", metavar="PROVINCE", help="Only what stands in this province: its id or name.")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="A CSV table on stdout, one row a formation.")]
Air = Annotated[bool, typer.Option("--air", help="The aircraft of the air fleets by type.")]
Navy = Annotated[bool, typer.Option("--navy", help="The ships, in service and building.")]
Summary = Annotated[
    bool, typer.Option("--summary", help="By power and date: formations, and what share of the rows is verified.")
]
WithoutPurge = Annotated[
    list[str] | None,
    typer.Option(
        "--without-purge", metavar="POWER", help="As if nobody had removed this power's officers; repeatable."
    ),
]


def oob(
    date: Date = DEFAULT_DATE,
    power: Powers = None,
    army: Army = None,
    at: At = None,
    air: Air = False,
    navy: Navy = False,
    summary: Summary = False,
    without_purge: WithoutPurge = None,
    on_map: Map = "europe",
    data: Data = None,
    as_json: Json = False,
    as_csv: AsCsv = False,
) -> None:
    """List the order of battle of a power on a date: who stands where, under whom, how strong and how ready.

    A formation stands where the latest deployment up to that day put it; one that none names is in garrison, or still
    to be called up. Men are those with the colours once mobilised; quality runs from 0 to 1, and 0.5 is an average line
    division of 1939. Its causes and the source of every row are in --json and --csv.

    Without --power there is one line a power. What --army wants stands in brackets after each headquarters. Data of
    your own (--data) count when their files are named after the power, such as formations/pol.csv.

    Examples:
    wargame oob --date 1939-09-01 --power POL
    wargame oob --power POL --army pol_armia_lodz
    wargame oob --power GER --power POL --at Danzig
    wargame oob --date 1939-09-01 --power POL --json
    wargame oob --date 1939-09-17 --power SOV --csv > sov.csv
    wargame oob --date 1941-06-22 --power SOV --without-purge SOV
    wargame oob --summary
    """
    if as_json and as_csv:
        raise UsageError("--json or --csv, not both")
    if sum((summary, air, navy)) > 1:
        raise UsageError("one of --summary, --air and --navy at a time")
    if (summary or air or navy) and (army or at):
        raise UsageError("--army and --at belong to a list of formations")
    from wargame.load import maps
    from wargame.load.catalogue import hour_of, register

    hour = hour_of(date)
    found = register(power or (), data or (), maps.load_atlas(on_map, data or ()), without_purge=without_purge or ())
    rows: list[dict[str, Any]]
    if summary or air or navy:
        rows = _summary(found) if summary else _air(found, hour) if air else _navy(found, hour)
        _put(rows, as_json=as_json, as_csv=as_csv) if as_json or as_csv else _show_table(rows, summary=summary)
        return
    listed = found.on(hour)
    chosen = _chosen(listed, army, at)
    if as_json or as_csv:
        from wargame.show.muster import record

        _put([record(listed, s) for s in chosen], as_json=as_json, as_csv=as_csv)
    elif army or at or power:
        _show_tree(listed, chosen, army, at)
    else:
        _show_powers(listed)


def _chosen(listed: Catalogue, army: str | None, at: str | None) -> list[Standing]:
    chosen = listed.under(army) if army else list(listed)
    if at is not None:
        province = _province(listed, at)
        chosen = [s for s in chosen if s.province == province]
    return chosen


def _province(listed: Catalogue, name: str) -> str:
    atlas = listed.atlas
    if name in atlas.number:
        return name
    names = {n.casefold(): p for p, n in zip(atlas.ids, atlas.names, strict=True)}
    for p, others in zip(atlas.ids, atlas.aliases, strict=True):
        for other in others:
            names.setdefault(other.casefold(), p)
    if name.casefold() not in names:
        hint = did_you_mean(name.casefold(), [*names, *atlas.ids]) or "`wargame atlas --at LON,LAT` names one"
        raise UsageError(f"no province '{name}' on map '{atlas.id}'; {hint}")
    return names[name.casefold()]


def _put(rows: Sequence[dict[str, Any]], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        console.put_json(rows)
    elif as_csv and rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# --- tables ----------------------------------------------------------------------------------------------------------


def _summary(found: Register) -> list[dict[str, Any]]:
    from wargame.show.muster import coverage

    return coverage(found)


def _air(found: Register, hour: int) -> list[dict[str, Any]]:
    from wargame.show.muster import aircraft_record

    listed = found.on(hour)
    return [aircraft_record(a, listed) for a in found.aircraft(hour)]


def _navy(found: Register, hour: int) -> list[dict[str, Any]]:
    from wargame.show.muster import ship_record

    return [ship_record(s, hour) for s in found.ships(hour)]


HIDDEN = {"source", "status", "lon", "lat", "id", "lift", "laid_down"}


def _show_table(rows: Sequence[dict[str, Any]], *, summary: bool) -> None:
    if not rows:
        console.say("there are no such files for these powers")
        return
    keys = [k for k in rows[0] if summary or k not in HIDDEN]
    cells = [[_cell(k, row[k]) for k in keys] for row in rows]
    words = [k.replace("_", " ") for k in keys]
    widths = [max(len(w), *(len(c[i]) for c in cells)) for i, w in enumerate(words)]
    right = [isinstance(rows[0][k], (int, float)) for k in keys]
    for line in (words, *cells):
        aligned = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)]
        typer.echo("  ".join(aligned).rstrip())


def _cell(key: str, value: Any) -> str:
    if key.endswith(("verified", "partly")):
        return f"{value:.0%}"
    return f"{value:,.10g}" if isinstance(value, (int, float)) else str(value)


def _show_powers(listed: Catalogue) -> None:
    from wargame.show.muster import totals

    rows = []
    for power in sorted({s.power for s in listed}):
        mine = [s for s in listed if s.power == power]
        found = totals(mine)
        if found:
            later = sum(s.state == "on mobilisation" for s in mine)
            rows.append({"power": power, **{k: v for k, v in found[-1].items() if k != "kind"}, "to call up": later})
    _show_table([{k: round(v) if isinstance(v, float) else v for k, v in r.items()} for r in rows], summary=True)


def _show_tree(listed: Catalogue, chosen: Sequence[Standing], army: str | None, at: str | None) -> None:
    from wargame.show.muster import counts, line, totals, tree

    with_colours = [s for s in chosen if counts(s)]
    for power in sorted({s.power for s in with_colours}):
        mine = [s for s in with_colours if s.power == power]
        ids = {s.id for s in mine}
        tops = [s for s in mine if s.parent not in ids or s.id == army]
        pairs = [(0, s) for s in mine] if at else tree(listed, (s for s in tops if s.state == "deployed" or s.is_hq))
        for depth, s in pairs:
            typer.echo(f"{'  ' * depth}{s.name}: {line(listed, s)}{f'  [{s.id}]' if s.is_hq else ''}")
        home = [s for s in tops if s.state != "deployed" and not s.is_hq and not at]
        if home:
            typer.echo("in garrison")
        for s in home:
            typer.echo(f"  {s.name}: {line(listed, s)}")
        typer.echo("")
    later = len(chosen) - len(with_colours)
    if with_colours:
        _show_table([_whole(row) for row in totals(with_colours)], summary=True)
    else:
        typer.echo("nobody")
    if later:
        typer.echo(f"and {later:,} to be raised by mobilisation (--json lists them)")


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v) if isinstance(v, float) else v for k, v in row.items()}
