"""``map``: the political map of a date, or what a run looked like on its dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Quiet
from wargame.cli.runs import hour_after, opened
from wargame.errors import UsageError

if TYPE_CHECKING:
    from wargame.atlas import Atlas
    from wargame.journal import Journal
    from wargame.scenario import Setup
    from wargame.show.ground import Ground
    from wargame.world import World

DEFAULT_DATE = "1939-08-31"
STRIP_PANES = 6


class Shown(StrEnum):
    """How forces are gathered on a map."""

    auto = "auto"
    armies = "armies"
    corps = "corps"
    divisions = "divisions"
    none = "none"


Target = Annotated[
    str, typer.Argument(metavar="TARGET", help="A run folder, or the name of a map.", show_default=False)
]
DATE_HELP = f"Day to draw, at its end; repeatable. [default: a run's last day; {DEFAULT_DATE} for a map]"
Dates = Annotated[list[str] | None, typer.Option("--date", "-d", metavar="DATE", help=DATE_HELP, show_default=False)]
Strip = Annotated[bool, typer.Option("--strip", help="All dates side by side on one page; without dates, six of them.")]
File = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Picture to write: its name ends in .png, .svg or .pdf."),
]
Extent = Annotated[
    str | None,
    typer.Option(
        "--extent",
        metavar="AREA",
        help="theatre (of a run's war), core, europe (North Cape to Crete), a power's code, or west,south,east,north.",
    ),
]
Forces = Annotated[Shown, typer.Option("--forces", help="How forces are gathered; auto goes by scale.")]
Title = Annotated[str, typer.Option("--title", help="The title. [default: the scenario's]", show_default=False)]
Paper = Annotated[str, typer.Option("--size", help="Page: a3, a4, a5 ..., or width x height in mm.")]
Dpi = Annotated[float, typer.Option("--dpi", min=30, max=1200, help="Resolution of a PNG.")]


@dataclass(frozen=True)
class Look:
    """How a picture is to look."""

    extent: Any = None
    forces: str = "auto"
    title: str = ""
    size: str = "a4"
    dpi: float = 150.0


def draw(
    target: Target,
    date: Dates = None,
    out: File = None,
    strip: Strip = False,
    extent: Extent = None,
    forces: Forces = Shown.auto,
    title: Title = "",
    size: Paper = "a4",
    dpi: Dpi = 150.0,
    data: Data = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw the situation of a run on one or several dates, or the political map of a date.

    Situation maps show control, the front, formations as NATO symbols, rivers and railways. The same run gives the same
    bytes. The names of the files written go to stdout.

    Examples:
    wargame map europe --date 1938-03-15 -o europe.png
    wargame map out/weiss --date 1939-09-09 --date 1939-09-17
    wargame map out/weiss --strip -o campaign.pdf
    wargame map out/weiss -d 1939-09-14 --extent 18,51,22,53.5 --forces divisions
    """
    from wargame import dates

    look = Look(_extent(extent), forces.value, title, size, dpi)
    if Path(target).is_dir():
        folder = opened(Path(target))
        folder.check_fit()
        setup, journal = folder.setup, folder.journal
        days = date or ([] if strip else [_last_day(journal)])
        file = out or folder.path / ("strip.png" if strip else "situation.png")
        with console.working("drawing", quiet=quiet):
            ground = ground_for(setup.atlas, folder.folders)
            end = dates.parse(folder.manifest["end"])
            written = draw_run(setup, journal, days, file, look, ground, strip=strip, quiet=quiet, last=end)
    elif strip:
        raise UsageError("--strip needs a run folder: a map alone has one state a date")
    else:
        with console.working("drawing", quiet=quiet):
            written = _draw_map(target, date or [DEFAULT_DATE], out, look, data or [])
    if as_json:
        console.put_json([str(p) for p in written])
    else:
        for path in written:
            typer.echo(str(path))


def _extent(text: str | None) -> Any:
    if text is None or "," not in text:
        return text
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise UsageError(
            f"'{text}' is no area; write west,south,east,north in degrees, such as 18,51,22,53.5"
        ) from None
    return west, south, east, north


def _last_day(journal: Journal) -> str:
    from wargame import dates

    return dates.iso(journal.entries[-1].hour)


def draw_run(
    setup: Setup,
    journal: Journal,
    days: Sequence[str],
    file: Path,
    look: Look,
    ground: Ground,
    *,
    strip: bool = False,
    quiet: bool = False,
    last: int | None = None,
) -> list[Path]:
    """Draw a run on its days, one picture each or all on a strip; returns the files written.

    ``last`` is the hour at which the run ended, by default that of the journal's last entry.
    """
    from wargame import dates
    from wargame.replay import worlds
    from wargame.show import maps

    head = setup.scenario.scenario
    final = journal.entries[-1].hour
    moments = [moment(setup, day, last or final) for day in days] or _spread(head.opening, final)
    if journal.level != "full":
        console.say("the journal has no daily columns: forces are left out (run with --level full)", quiet=quiet)
    states = worlds(journal, setup, moments)
    file.parent.mkdir(parents=True, exist_ok=True)
    common: dict[str, Any] = {"title": look.title or head.title, "size": look.size, "dpi": look.dpi}
    common |= {"extent": look.extent} if look.extent is not None else {}
    if strip:
        return [maps.draw_strip(setup, ground, states, file, **common)]
    forces: Any = look.forces if journal.level == "full" else "none"
    return [
        maps.draw_situation(setup, ground, world, _dated(file, dates.iso(world.hour), states), forces=forces, **common)
        for world in states
    ]


def ground_for(atlas: Atlas, data: Sequence[str | Path] = ()) -> Ground:
    """The ground of a map; `UsageError` for a map without geometry."""
    from wargame.load.maps import geometry_path
    from wargame.show.ground import ground_of

    geometry = geometry_path(atlas.id, data)
    if geometry is None:
        raise UsageError(f"map '{atlas.id}' has no geometry and cannot be drawn; name its GeoPackage in map.toml")
    return ground_of(geometry, atlas)


def moment(setup: Setup, day: str, last: int) -> int:
    """The end of a day of a run, or an hour of it; `UsageError` for one before its opening or after its last hour."""
    from wargame import dates

    hour, opening = hour_after(day), setup.scenario.scenario.opening
    if not opening <= hour - 1 or dates.day_number(hour - 1) > dates.day_number(last):
        raise UsageError(f"{day} is not in the run: it goes from {dates.iso(opening)} to {dates.iso(last)}")
    return hour


def _spread(opening: int, last: int) -> list[int]:
    """Ends of days spread over a campaign, its last included."""
    from wargame import dates

    days = max((last - opening) // dates.DAY, 1)
    steps = sorted({round(days * k / STRIP_PANES) for k in range(1, STRIP_PANES + 1)})
    return [opening + (step + 1) * dates.DAY for step in steps]


def _dated(file: Path, day: str, states: Sequence[World]) -> Path:
    return file if len(states) == 1 else file.with_name(f"{file.stem}_{day}{file.suffix}")


def _draw_map(name: str, days: Sequence[str], out: Path | None, look: Look, data: Sequence[Path]) -> list[Path]:
    from wargame import dates
    from wargame.load.maps import load_atlas
    from wargame.show import maps

    atlas = load_atlas(name, data)
    ground = ground_for(atlas, data)
    common: dict[str, Any] = {"title": look.title, "size": look.size, "dpi": look.dpi}
    common |= {"extent": look.extent} if look.extent is not None else {}
    written = []
    for day in days:
        hour = hour_after(day) - 1
        if hour < 0:
            raise UsageError(f"{day} lies before the map of '{name}' begins, on {dates.iso(0)}")
        file = out or Path(f"{name}_{dates.iso(hour)}.png")
        if out is not None and len(days) > 1:
            file = out.with_name(f"{out.stem}_{dates.iso(hour)}{out.suffix}")
        file.parent.mkdir(parents=True, exist_ok=True)
        written.append(maps.draw_political(atlas, ground, hour, file, **common))
    return written
