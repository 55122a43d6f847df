"""``atlas``: questions to a map: points, provinces, routes, states, and its export for geographic systems."""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json
from wargame.errors import UsageError

if TYPE_CHECKING:
    from wargame.atlas import Atlas
    from wargame.run_folder import RunFolder
    from wargame.show.gazetteer import Finder, Moment, Record

DEFAULT_DATE = "1939-08-31"
POINT_COLUMNS = ("id", "lon", "lat", "date", "province", "name", "zone", "owner", "controller", "flags")


class By(StrEnum):
    """How one travels."""

    rail = "rail"
    road = "road"


Target = Annotated[
    str, typer.Argument(metavar="[MAP]", help="A map's name, or a run folder: then control is the run's.")
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="LON,LAT|FILE", help="What lies at a point; or at each of a CSV file: id, lon, lat."),
]
Date = Annotated[
    str | None,
    typer.Option(
        "--date", "-d", metavar="DATE", show_default=False, help=f"The day asked about. [default: {DEFAULT_DATE}]"
    ),
]
Province = Annotated[
    str | None, typer.Option("--province", "-p", metavar="ID", help="All about a province; a name does as well.")
]
Sea = Annotated[str | None, typer.Option("--sea", metavar="ID", help="A sea zone: neighbours, straits and coasts.")]
Route = Annotated[
    tuple[str, str] | None, typer.Option("--route", metavar="FROM TO", help="The way between two provinces.")
]
Way = Annotated[By, typer.Option("--by", help="The way by rail or by road.")]
Through = Annotated[
    list[str] | None,
    typer.Option("--through", metavar="POWER", help="The way only through land of this power; repeatable."),
]
State = Annotated[str | None, typer.Option("--state", metavar="POWER", help="Area, towns and capital of a power.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="The map itself, as .gpkg or .geojson; or answers, as .csv."),
]


def atlas(
    target: Target = "europe",
    at: At = None,
    province: Province = None,
    sea: Sea = None,
    route: Route = None,
    by: Way = By.rail,
    through: Through = None,
    state: State = None,
    date: Date = None,
    out: Out = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Ask a map what lies where, who owns and who holds it on a date; without a question, list the states of the date.

    A file of points may have a column `date` of its own. Days of a route are those of travel: of trains, or of troops
    on foot, with horses and with motors. With --out ending in .gpkg or .geojson every province is written once for each
    of its owners and, in war, of those who held it, with the dates between which they did.

    Examples:
    wargame atlas --at 18.65,54.35 --date 1938-10-05 --json
    wargame atlas --at towns.csv --date 1939-08-31 -o owners.csv
    wargame atlas --province Danzig
    wargame atlas --sea kattegat --date 1940-04-09
    wargame atlas --route berlin warszawa
    wargame atlas --route stettin koenigsberg --through GER --through POL --through DAN
    wargame atlas --state POL --date 1938-11-10 --json
    wargame atlas -o europe.gpkg
    """
    questions = [q for q in (at, province, sea, route, state) if q is not None]
    if len(questions) > 1:
        raise UsageError("one question at a time: --at, --province, --sea, --route or --state")
    if through and route is None:
        raise UsageError("--through belongs to --route")
    asked = _Asked(target, date, data or [])
    if at is not None:
        _answer_points(asked, at, out, as_json=as_json)
    elif out is not None and questions:
        raise UsageError("--out writes the map or the answers for a file of points; print this one with --json")
    elif out is not None:
        typer.echo(str(asked.export(out)))
    elif route is not None:
        found = asked.way(route, by.value, through or [])
        console.put_json(found) if as_json else _show_route(found)
    else:
        _answer(asked, province, sea, state, as_json=as_json)


class _Asked:
    """A map, or the map of a run, on a date."""

    def __init__(self, target: str, date: str | None, data: list[Path]) -> None:
        self.target, self.date, self.data = target, date, data

    @cached_property
    def run(self) -> RunFolder | None:
        """The run folder named, if it is one."""
        if not Path(self.target).is_dir():
            return None
        from wargame.cli.runs import opened
        from wargame.run_folder import is_run

        if not is_run(Path(self.target)):
            return None
        folder = opened(Path(self.target))
        folder.check_fit()
        return folder

    @cached_property
    def atlas(self) -> Atlas:
        """The map."""
        from wargame.load.maps import load_atlas

        return self.run.setup.atlas if self.run else load_atlas(self.target, self.data)

    def moment(self, date: str | None = None) -> Moment:
        """The map on a date, at its end; `UsageError` before it begins."""
        from wargame import dates
        from wargame.cli.runs import hour_after
        from wargame.show.gazetteer import Moment

        day = date or self.date
        if self.run is None:
            hour = hour_after(day or DEFAULT_DATE) - 1
            if hour < 0:
                raise UsageError(f"{day} lies before the map of '{self.atlas.id}' begins, on {dates.iso(0)}")
            return Moment.of(self.atlas, hour)
        from wargame.replay import worlds

        until = hour_after(day) if day else self.run.journal.entries[-1].hour + 1
        (world,) = worlds(self.run.journal, self.run.setup, [until])
        return Moment.of(self.atlas, until - 1, world.controller)

    def finder(self) -> Finder:
        """What finds points on the map."""
        from wargame.load.maps import geometry_path
        from wargame.show.gazetteer import Finder

        path = geometry_path(self.atlas.id, self.run.folders if self.run else self.data)
        if path is None:
            raise UsageError(f"map '{self.atlas.id}' has no geometry: no point can be found on it; try --province")
        return Finder(path, self.atlas)

    def way(self, ends: tuple[str, str], by: str, through: list[str]) -> Record:
        from wargame.show.gazetteer import find, route

        moment = self.moment()
        a, b = (find(moment.atlas, word) for word in ends)
        return route(moment, a, b, by, through)

    def export(self, out: Path) -> Path:
        """Write the map with the spans of its owners and holders."""
        from wargame.load.maps import geometry_path
        from wargame.show.gis import export_map

        if self.run is not None:
            raise UsageError("--out writes a map; name one, such as europe")
        return export_map(self.atlas, geometry_path(self.atlas.id, self.data), out)


def _answer(asked: _Asked, province: str | None, sea: str | None, state: str | None, *, as_json: bool) -> None:
    from wargame.show.gazetteer import find

    moment = asked.moment()
    if province is not None:
        record = moment.province(find(moment.atlas, province))
        console.put_json(record) if as_json else _show_record(record)
    elif sea is not None:
        record = moment.sea(sea)
        console.put_json(record) if as_json else _show_record(record)
    elif state is not None:
        record = moment.state(state)
        console.put_json(record) if as_json else _show_record(record)
    elif as_json:
        console.put_json(moment.states())
    else:
        _show_states(moment)


# --- points ----------------------------------------------------------------------------------------------------------


def _answer_points(asked: _Asked, at: str, out: Path | None, *, as_json: bool) -> None:
    point = _point(at)
    if point is not None and out is None:
        _answer_one(asked, point, as_json=as_json)
        return
    if point is not None:
        raise UsageError("--out takes the answers for a file of points; print this one with --json")
    found = _answers(asked, Path(at))
    if as_json:
        console.put_json(found)
        return
    text = io.StringIO()
    columns = [c for c in POINT_COLUMNS if c != "date" or any(row["date"] for row in found)]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"flags": "|".join(row["flags"])} for row in found)
    if out is None:
        typer.echo(text.getvalue(), nl=False)
    else:
        out.write_text(text.getvalue(), encoding="utf-8")
        typer.echo(str(out))


def _point(text: str) -> tuple[float, float] | None:
    """Longitude and latitude written as `LON,LAT`; `None` for the name of a file."""
    west, comma, north = text.partition(",")
    try:
        lon, lat = float(west), float(north)
    except ValueError:
        if comma and not Path(text).exists():
            raise UsageError(f"'{text}' is no point; write --at LON,LAT in degrees, such as --at 18.65,54.35") from None
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UsageError(f"'{text}' is no point: longitude goes from -180 to 180 and latitude from -90 to 90")
    return lon, lat


def _answer_one(asked: _Asked, point: tuple[float, float], *, as_json: bool) -> None:
    moment = asked.moment()
    finder = asked.finder()
    lon, lat = point
    p = int(finder.at([lon], [lat])[0])
    if p < 0:
        raise UsageError(f"no province at {lon:g},{lat:g}: {finder.water(lon, lat)} (longitude comes first)")
    record = moment.place(p)
    console.put_json(record) if as_json else _show_record(record)


def _answers(asked: _Asked, path: Path) -> list[Record]:
    """A record for every row of a file; empty province, zone and owner for points in no province, with a warning."""
    from wargame import dates
    from wargame.load.tables import ANY, Column, Reader, Table

    table = Table(
        "points",
        (
            Column("id", "text", "what the point is called", needed=True),
            Column("lon", "number", "longitude", needed=True, low=-180, high=180, unit="degrees east"),
            Column("lat", "number", "latitude", needed=True, low=-90, high=90, unit="degrees north"),
            Column("date", "date", "the day asked about"),
        ),
        extras=ANY,
    )
    reader = Reader()
    rows = reader.table(path, table, str(path))
    reader.check()
    moments = {"": asked.moment()}
    finder = asked.finder()
    found: list[Record] = []
    for row, p in zip(rows.dicts(), finder.at(rows["lon"], rows["lat"]).tolist(), strict=True):
        day = dates.iso(row["date"]) if row["date"] else ""
        moment = moments.setdefault(day, moments.get(day) or asked.moment(day))
        place = moment.place(p) if p >= 0 else dict.fromkeys(POINT_COLUMNS[4:], "")
        found.append({"id": row["id"], "lon": row["lon"], "lat": row["lat"], "date": day, **place})
        if p < 0:
            where = finder.water(row["lon"], row["lat"])
            console.say(f"{path} '{row['id']}': no province at {row['lon']:g},{row['lat']:g}: {where}")
    return found


# --- words -----------------------------------------------------------------------------------------------------------


def _show_record(record: Record) -> None:
    width = max(len(key) for key in record)
    for key, value in record.items():
        rows = isinstance(value, list) and value and isinstance(value[0], dict)
        shown = [_shown(v) for v in value] if rows else [_shown(value)]
        for k, line in enumerate(shown):
            typer.echo(f"{key.replace('_', ' ') if k == 0 else '':{width}}  {line}".rstrip())


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k.replace('_', ' ')} {_shown(v)}" for k, v in value.items() if v not in ("", False, []))
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _show_route(found: Record) -> None:
    days = ", ".join(
        f"{n:g} days by {means}" if means == "train" else f"{n:g} {means}" for means, n in found["days"].items()
    )
    if found["by"] == "road":
        days = "days of march: " + days
    typer.echo(f"{found['from']} to {found['to']} by {found['by']}: {found['km']:,.0f} km, {days}")
    typer.echo(f"through land of {', '.join(code or 'nobody' for code in found['through'])}")
    for leg in found["legs"]:
        if found["by"] == "rail":
            how = f"{leg['tracks']} track{'s' * (leg['tracks'] > 1)}, {leg['gauge_mm']} mm  {leg['line']}"
            how += f", electric from {leg['electric_from']}" if leg["electric_from"] else ""
        else:
            how = f"across the {leg['river']}" if leg["crossing"] else ""
        typer.echo(f"  {leg['to']:24} {leg['km']:6.0f} km  {how}".rstrip())


def _show_states(moment: Moment) -> None:
    typer.echo(f"{'power':7}{'name':28}{'provinces':>9}{'area km2':>12}  capital")
    for s in moment.states():
        typer.echo(f"{s['power']:7}{s['name']:28}{s['provinces']:>9,}{s['area_km2']:>12,.0f}  {s['capital']}")
