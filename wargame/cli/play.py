"""``run``: play a scenario from its opening to its end, and write down what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from wargame import dates
from wargame.cli import console
from wargame.cli.options import Data, Detail, Force, Json, Overlays, Quiet, ScenarioName, Seed

if TYPE_CHECKING:
    from wargame.engine import Run
    from wargame.errors import Fault
    from wargame.journal import Level
    from wargame.run_folder import Asked, Writer
    from wargame.scenario import Setup
    from wargame.world import World

AllTowns = Annotated[bool, typer.Option("--all-towns", help="List the fall of every town, not only those of note.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Write a run folder: journal, verdict, tables, diary, report."),
]
LEVEL_HELP = "How much the journal keeps. [default: full with --out, else events]"
Kept = Annotated[Detail | None, typer.Option("--level", help=LEVEL_HELP, show_default=False)]


def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
    overlay: Overlays = None,
    data: Data = None,
    level: Kept = None,
    all_towns: AllTowns = False,
    force: Force = False,
) -> None:
    """Play a scenario by the rules, without players, and print how it ended and why.

    The same scenario, seed and version give the same bytes. The verdict names one of nine outcomes for every
    operation, with the chain of causes back to the opening, losses, and the dates on which towns fell.

    Examples:
    wargame run fall_weiss_1939 --seed 7
    wargame run fall_weiss_1939 --seed 7 --json | jq .operations.weiss.outcome
    wargame run fall_weiss_1939 --overlay no_soviet_entry --out out/alone
    wargame run my/scenario.toml --data my/
    """
    from wargame.load import scenarios
    from wargame.load.paths import scenario_file, shipped_folder
    from wargame.verdict import verdict

    kept: Level = level.value if level else "full" if out else "events"
    warnings: list[Fault] = []
    setup = scenarios.load(scenario, overlay or (), data or (), warnings=warnings)
    if not scenario_file(scenario, data or ())[0].resolve().is_relative_to(shipped_folder()):
        for warning in warnings:  # of a user's own files; the shipped ones are known
            console.say(f"warning: {warning}", quiet=quiet)
    if out is None:
        played = play(setup, seed, kept, quiet=quiet)
    else:
        from wargame.run_folder import Asked

        asked = Asked(scenario, seed, tuple(overlay or ()), tuple(map(str, data or ())), kept)
        played = play_into(out, setup, asked, force=force, quiet=quiet)
    found = verdict(setup, played.world, played.journal, all_towns=all_towns)
    if as_json:
        console.put_json(found)
    elif not quiet:
        from wargame.cli import verdicts

        verdicts.show(setup, found)
    if out is not None:
        there = quote(str(out))
        verbs = ("timeline", "explain", "map") if setup.scenario.politics is not None else ("explain", "map")
        console.say(f"wrote {out}; next: {', '.join(f'wargame {v} {there}' for v in verbs)}", quiet=quiet)


def play(setup: Setup, seed: int, level: Level, *, quiet: bool) -> Run:
    """Run a scenario with progress on stderr."""
    from wargame import engine

    head = setup.scenario.scenario
    with console.progress(head.title, head.opening, head.ends, quiet=quiet) as watch:
        return engine.run(setup, seed, level=level, watch=watch)


def play_into(out: Path, setup: Setup, asked: Asked, *, force: bool, quiet: bool) -> Run:
    """Run a scenario and write its run folder, with diary, report and map layers."""
    from wargame.run_folder import Writer

    level: Level = asked.level  # type: ignore[assignment]
    with Writer(out, asked, force=force) as folder:
        played = play(setup, asked.seed, level, quiet=quiet)
        folder.run(played)
        tell(folder, played)
    return played


def tell(folder: Writer, played: Run, pictures: Sequence[tuple[Path, str]] = ()) -> None:
    """The diary, the report with captioned pictures, and the map layers of a run, as far as its journal allows."""
    if played.journal.level == "verdict":
        return
    from wargame.show.diary import diary, markdown
    from wargame.show.report import report

    title = played.setup.scenario.scenario.title
    folder.text("diary.md", f"# {title}\n\n{markdown(diary(played))}")
    folder.text("report.html", report(played, pictures, command=folder.asked.command()))
    if played.journal.level == "full":
        _layers(folder, played)


def _layers(folder: Writer, played: Run) -> None:
    """``situation.gpkg``: spans of control and of the formations; nothing for a map without geometry."""
    from wargame.load.maps import geometry_path

    setup = played.setup
    geometry = geometry_path(setup.atlas.id, folder.asked.folders())
    if geometry is None:
        return
    from wargame.replay import days
    from wargame.run_tables import is_long
    from wargame.show.gis import export

    rough = is_long(setup)
    history = [(world.hour, world.controller.copy()) for world in days(played.journal, setup)]
    worlds: Iterable[World] = days(played.journal, setup)
    worlds = _weekly(worlds, history[-1][0]) if rough else worlds
    export(setup.atlas, geometry, history, folder.folder / "situation.gpkg", worlds=worlds, rough=rough)
    folder.add(["situation.gpkg"])


def _weekly(worlds: Iterable[World], last: int) -> Iterator[World]:
    """The first day of every week of which there is news, and the one of the hour ``last``."""
    week = -1
    for world in worlds:
        before, week = week, dates.day_number(world.hour) // 7
        if week != before or world.hour == last:
            yield world
