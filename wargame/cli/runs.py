"""``replay``, ``explain``, ``report``: read a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Json, Quiet, RunPath
from wargame.errors import UsageError

if TYPE_CHECKING:
    from wargame.journal import Entry
    from wargame.run_folder import RunFolder
    from wargame.world import World

Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="The state at the end of a day, or at an hour (1939-09-17T04)."),
]
Again = Annotated[
    bool,
    typer.Option("--readjudicate", help="Play the scenario again by today's rules and show the first difference."),
]


def replay(
    run: RunPath, until: Until = None, readjudicate: Again = False, as_json: Json = False, quiet: Quiet = False
) -> None:
    """Check a run's journal, tell it again without the rules, and print the state it leads to.

    Every line is checked against the hash of the one before it, and every file against the manifest. The state comes
    from the journal alone. A broken journal is named by file and line, with exit code 1; so is a first difference.

    Examples:
    wargame replay out/weiss
    wargame replay out/weiss --until 1939-09-17 --json
    wargame replay out/weiss --readjudicate
    """
    folder = opened(run)
    if readjudicate:
        _readjudicate(folder, as_json=as_json, quiet=quiet)
        return
    from wargame.cli.draw import moment
    from wargame.replay import replay as replayed

    told = folder.run()
    at = moment(told.setup, until, told.world.hour) if until else None
    world = replayed(told.journal, told.setup, at) if at is not None else told.world
    found = _state(folder, world)
    if as_json:
        console.put_json(found)
    elif not quiet:
        _show_state(folder, found)


SUBJECT_HELP = (
    "An operation, a power, a leader, a province, a formation, pocket:PROVINCE or an entry number. "
    "[default: every operation]"
)
Subject = Annotated[str | None, typer.Argument(metavar="SUBJECT", help=SUBJECT_HELP, show_default=False)]


def explain(run: RunPath, subject: Subject = None, as_json: Json = False) -> None:
    """Say why: the causes of anything in a run, from the end back to the root, with their numbers.

    Numbers in brackets are entries of the journal; name one to go on from there.

    Examples:
    wargame explain out/weiss
    wargame explain out/weiss weiss
    wargame explain out/weiss warszawa
    wargame explain out/weiss 879
    wargame explain out/road GER
    wargame explain out/road "Léon Blum"
    """
    from wargame.show.explain import explain as explained

    folder = opened(run)
    told = folder.run(exact=subject in folder.setup.forces.ids)  # what became of a formation needs its daily columns
    wanted = [subject] if subject is not None else list(told.world.operations)
    found = {name: explained(told, name) for name in wanted}
    if as_json:
        console.put_json(found)
        return
    out = console.output()
    for name, lines in found.items():
        out.print(f"[bold]{console.escaped(name)}[/bold]")
        for line in lines:
            out.print(console.escaped(console.hung(f"  {line}", 4)))


PICTURES = (".png", ".svg", ".jpg", ".jpeg")
ReportFile = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="HTML file to write. [default: RUN/report.html]")
]
Pictures = Annotated[
    list[Path] | None, typer.Option("--picture", metavar="FILE", help="A map to put into the report; repeatable.")
]


Reported = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A run's folder, or that of a finished study.", show_default=False)
]


def report(run: Reported, out: ReportFile = None, picture: Pictures = None, quiet: Quiet = False) -> None:
    """Write the report of a run, or of a study of many runs, as one HTML page.

    A run's has verdict, causes, maps, charts, diary, losses and assumptions. A study's is a short paper: the answer
    with its interval, differences, what it hinges on, maps of who takes what and how surely, two runs to read, and what
    is assumed; it stands as Markdown beside the page. A page needs no network and no other file. Its name goes to
    stdout.

    Examples:
    wargame report out/weiss
    wargame map out/weiss --strip -o strip.png
    wargame report out/weiss --picture strip.png -o weiss.html
    wargame report out/bloc
    """
    from wargame.show.report import write_report
    from wargame.study.folder import is_study

    if is_study(run):
        _report_study(run, out, picture, quiet=quiet)
        return
    folder = opened(run)
    target = out or folder.path / "report.html"
    if target.suffix.lower() != ".html":
        raise UsageError(f"{target} is no page; end its name in .html")
    for file in picture or []:
        if not file.is_file():
            raise UsageError(f"no picture {file}; draw one: wargame map {run} -o {file}")
        if file.suffix.lower() not in PICTURES:
            raise UsageError(f"{file} is no picture for a page; its name ends in none of {', '.join(PICTURES)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_report(folder.run(exact=True), target, picture or (), command=folder.asked.command())
    folder.made_anew(target)
    typer.echo(str(target))


def _report_study(path: Path, out: Path | None, picture: list[Path] | None, *, quiet: bool) -> None:
    from wargame.study.folder import open_study
    from wargame.study.study_report import write_report

    if picture:
        raise UsageError("a study draws its own pictures; leave out --picture")
    target = out or path / "report.html"
    if target.suffix.lower() != ".html":
        raise UsageError(f"{target} is no page; end its name in .html (Markdown is written beside it)")
    target.parent.mkdir(parents=True, exist_ok=True)
    with console.telling(quiet=quiet) as say:
        write_report(open_study(path), target, say)
    typer.echo(str(target))


def opened(path: Path) -> RunFolder:
    """A run folder whose files are all as they were written."""
    from wargame.run_folder import open_folder

    folder = open_folder(path)
    folder.check()
    return folder


def hour_after(text: str) -> int:
    """The first hour after a day (``1939-09-17``), or an instant itself (``1939-09-17T04``)."""
    from wargame import dates

    try:
        hour = dates.parse(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; write 1939-09-17, or an hour such as 1939-09-17T04") from None
    return hour + 1 if "T" in text else hour + dates.DAY


def _state(folder: RunFolder, world: World) -> dict[str, Any]:
    from wargame import dates
    from wargame.verdict import control, losses, strength_left

    setup, journal, changed = folder.setup, folder.journal, folder.changed_inputs()
    return {
        "scenario": setup.scenario.id,
        "seed": folder.asked.seed,
        "at": dates.instant(world.hour),
        "control": control(setup.atlas, world),
        "strength": strength_left(setup.atlas, world) if folder.is_exact else None,
        "losses": losses(setup.atlas, world) if folder.is_exact else None,
        "operations": {o.id: o.outcome if o.stage == "ended" else o.stage for o in world.operations.values()},
        "pockets": [setup.atlas.ids[p] for p in sorted(world.pockets)],
        "entries": world.journal_length,
        "journal_hash": journal.head,
        "chain": "sound",
        "data": "changed" if changed else "unchanged",
        "changed_inputs": changed,
    }


def _show_state(folder: RunFolder, found: dict[str, Any]) -> None:
    from rich.table import Table

    out, names = console.output(), folder.setup.atlas.power_names
    out.print(f"[bold]{folder.setup.scenario.scenario.title}[/bold], seed {found['seed']}, at {found['at']}")
    table = Table(box=None, pad_edge=False)
    columns = ("formations", "men", "tanks", "guns", "aircraft") if found["strength"] else ()
    table.add_column("")
    for column in ("provinces", *columns):
        table.add_column(column, justify="right")
    for power in sorted(folder.setup.scenario.powers, key=lambda p: p.id):
        strength = (found["strength"] or {}).get(power.id, {})
        numbers = (found["control"].get(power.id, 0), *(strength.get(c, 0) for c in columns))
        table.add_row(console.escaped(names.get(power.id, power.id)), *(f"{n:,}" for n in numbers))
    out.print(table)
    out.print("; ".join(f"{name}: {result.replace('_', ' ')}" for name, result in found["operations"].items()))
    if not found["strength"]:
        out.print("Strengths are not known: the journal has no daily columns (run again with --level full).")
    length = folder.journal.length
    until = f", {found['entries']:,} of them until then" if found["entries"] < length else ""
    out.print(f"Chain sound: {length:,} entries{until}, hash {found['journal_hash']}")
    changed = found["changed_inputs"]
    out.print(f"Data files: changed since the run: {', '.join(changed)}" if changed else "Data files: as for the run")


def _readjudicate(folder: RunFolder, *, as_json: bool, quiet: bool) -> None:
    from wargame.cli.play import play

    then, setup = folder.journal, folder.setup
    now = play(setup, folder.asked.seed, "events", quiet=quiet).journal
    pair = first_difference(list(then), list(now))
    changed = folder.changed_inputs()
    entries = {word: _entry(folder, e) for word, e in zip(("then", "now"), pair or (None, None), strict=True)}
    found = {"same": pair is None, "changed_inputs": changed, **entries}
    if as_json:
        console.put_json(found)
    elif not quiet:
        files = f" Files changed since: {', '.join(changed)}." if changed else ""
        if pair is None:
            typer.echo(f"Today's rules give the same {then.length:,} entries.{files}")
        else:
            typer.echo(f"Today's rules tell another story.{files}")
            for word, e in entries.items():
                typer.echo(
                    f"  {word + ':':<5} {e['at']}  entry {e['n']}: {e['text']}" if e else f"  {word}: nothing more"
                )
    if pair is not None:
        raise typer.Exit(1)


def first_difference(then: list[Entry], now: list[Entry]) -> tuple[Entry | None, Entry | None] | None:
    """The first two entries that differ in hour, kind, cause or content; `None` if there are none.

    Headers name versions and data, which may differ without consequence; daily digests are compared by their value.
    """
    kept = {e.n for e in then}
    now = [e for e in now if e.n in kept or e.n > max(kept)]
    for a, b in zip(then[1:], now[1:], strict=False):
        if (a.n, a.hour, a.kind, a.because) != (b.n, b.hour, b.kind, b.because) or _plain(a.data) != _plain(b.data):
            return a, b
    if len(then) == len(now):
        return None
    shorter = min(len(then), len(now))
    return (then[shorter] if shorter < len(then) else None), (now[shorter] if shorter < len(now) else None)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in data.items()}


def _entry(folder: RunFolder, entry: Entry | None) -> dict[str, Any] | None:
    from wargame import dates
    from wargame.show.retell import Retelling

    if entry is None:
        return None
    facts = {"n": entry.n, "at": dates.instant(entry.hour), "kind": entry.kind, "because": entry.because}
    return facts | {"text": Retelling(folder.setup).describe(entry, dated=False), "data": _plain(entry.data)}
