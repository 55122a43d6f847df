"""``validate``, ``schema``, ``cite``, ``doctor``: files a user writes, the sources data rests on, the installation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Data, Json, Overlays, Quiet, ScenarioName
from wargame.errors import Fault, InputError


def validate(
    scenario: ScenarioName,
    overlay: Overlays = None,
    data: Data = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check a scenario, or a ready game, and every file it names: all faults at once, each with file, line and remedy.

    Errors give exit code 1; warnings are printed and do not fail.

    Examples:
    wargame validate fall_weiss_1939
    wargame validate three_days_1939
    wargame validate my/scenario.toml --data my/ --json
    """
    from wargame.load import games, scenarios
    from wargame.load.paths import is_path

    if not is_path(scenario) and scenario in games.names(data or ()):
        faults = games.validate(scenario, data or ())
    else:
        faults = scenarios.validate(scenario, overlay or (), data or ())
    if as_json:
        console.put_json([f.as_dict() for f in faults])
    elif not quiet:
        _show_faults(scenario, faults)
    if any(f.severity == "error" for f in faults):
        raise typer.Exit(1)


def _show_faults(scenario: str, faults: list[Fault]) -> None:
    out = console.output()
    for f in faults:
        colour = "red" if f.severity == "error" else "yellow"
        out.print(f"[{colour}]{f.severity}[/{colour}]: {console.escaped(str(f))}")
    out.print(f"{console.escaped(scenario)}: {console.counted(faults)}")


Kind = Annotated[str, typer.Argument(metavar="KIND", help="scenario, plan, overlay, study, or a table: formations.")]


def schema(kind: Kind) -> None:
    """Print the JSON Schema of a kind of file, for editors that complete and check while you type.

    Examples:
    wargame schema scenario > scenario.schema.json
    wargame schema formations
    """
    from wargame.load.schemas import schema as of_kind
    from wargame.study.study_file import schema as of_study

    console.put_json(of_study() if kind == "study" else of_kind(kind))


def cite(data: Data = None, as_json: Json = False) -> None:
    """List the sources of the data that ships with the game, and how many rows rest on each by status.

    verified: read in a second source; partly: in part; memory: not yet looked up; derived: computed; judgement: ours.
    The short names of the orders of battle are explained in orders_of_battle/sources/, a page for each power.

    Examples:
    wargame cite
    wargame cite --json
    """
    found = sources(data or [])
    if as_json:
        console.put_json(found)
        return
    for group, rows in found.items():
        typer.echo(f"{group.replace('_', ' ')}: numbers by source, the most used first")
        for row in rows:
            counts = ", ".join(f"{n} {status}" for status, n in row["status"].items())
            power = f"{row['power']} " if row.get("power") else ""
            typer.echo(f"  {power}{row['source']}: {counts}")
        typer.echo("")


Counts = dict[tuple[str, str], Counter[str]]
"""Rows by status for each power (or none) and source."""


def sources(data: list[Path]) -> dict[str, list[dict[str, Any]]]:
    """Sources by group of files (``maps``, ``orders_of_battle``, ``rulebook``), the most used first."""
    from wargame.load.paths import search, shipped_folder
    from wargame.rulebook import Rulebook

    groups: dict[str, Counts] = {"maps": {}, "orders_of_battle": {}, "rulebook": {}}
    folders = [shipped_folder(), *(f for f in search(data).folders if f in {d.resolve() for d in data})]
    for folder in folders:
        for group in ("maps", "orders_of_battle"):
            for path in sorted([*(folder / group).glob("*/*.csv"), *(folder / group).glob("*.csv")]):
                if path.parent.name != "build":
                    power = path.stem.rpartition("_")[2].upper() if group == "orders_of_battle" else ""
                    _count(groups[group], path, power if len(power) == 3 else "")
    for number in Rulebook.load("standard").numbers.values():
        groups["rulebook"].setdefault(("", number.source), Counter())[f"{number.confidence} confidence"] += 1
    return {g: _ranked(rows) for g, rows in groups.items() if rows}


def _count(counts: Counts, path: Path, power: str) -> None:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader if "source" in (reader.fieldnames or ()) else ():
            for source in (row.get("source") or "not given").split("|"):
                counts.setdefault((power, source.strip()), Counter())[row.get("status") or "not given"] += 1


def _ranked(rows: Counts) -> list[dict[str, Any]]:
    ranked = sorted(rows.items(), key=lambda item: (-item[1].total(), item[0]))
    return [
        {**({"power": power} if power else {}), "source": source, "status": dict(sorted(counts.items()))}
        for (power, source), counts in ranked
    ]


def doctor(as_json: Json = False) -> None:
    """Check the installation: versions, data, fonts, write access; say what to do about what is wrong.

    Examples:
    wargame doctor
    """
    checks = [*_versions(), *_data(), _fonts(), _writing()]
    if as_json:
        console.put_json(checks)
    else:
        for c in checks:
            remedy = f" ({c['remedy']})" if c["remedy"] and not c["fine"] else ""
            typer.echo(f"{'ok  ' if c['fine'] else 'FAIL'}  {c['check']}: {c['found']}{remedy}")
    if not all(c["fine"] for c in checks):
        raise typer.Exit(1)


def _check(check: str, found: str, remedy: str = "", *, fine: bool = True) -> dict[str, Any]:
    return {"check": check, "fine": fine, "found": found, "remedy": remedy}


def _versions() -> list[dict[str, Any]]:
    import platform
    import sys
    from importlib.metadata import PackageNotFoundError, version

    import wargame

    checks = [
        _check("wargame", wargame.__version__),
        _check("python", platform.python_version(), "install Python 3.11 or later", fine=sys.version_info >= (3, 11)),
    ]
    needed = ("numpy", "scipy", "simpy", "pydantic", "typer", "rich", "duckdb", "geopandas", "shapely", "pyogrio",
              "matplotlib", "pillow")  # fmt: skip
    for name in needed:
        try:
            checks.append(_check(name, version(name)))
        except PackageNotFoundError:
            checks.append(_check(name, "missing", f"install it: pip install {name}", fine=False))
    return checks


def _data() -> list[dict[str, Any]]:
    from wargame.load import scenarios
    from wargame.load.paths import search

    where = search()
    names = where.names("scenario")
    remedy = "install the package again; its data folder is missing"
    checks = [_check("scenarios", ", ".join(names) or "none", remedy, fine=bool(names))]
    for name in names:
        try:
            setup = scenarios.load(name)
            found = f"{len(setup.atlas):,} provinces, {len(setup.forces):,} formations, data {setup.data_hash}"
            checks.append(_check(f"scenario {name}", found))
        except InputError as error:
            checks.append(
                _check(f"scenario {name}", console.counted(error.faults), f"wargame validate {name}", fine=False)
            )
    return checks


def _fonts() -> dict[str, Any]:
    from matplotlib import font_manager

    try:
        path = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    except ValueError:
        return _check("fonts", "DejaVu Sans is missing", "install matplotlib again; it ships the font", fine=False)
    return _check("fonts", Path(path).name)


def _writing() -> dict[str, Any]:
    import os
    import tempfile

    here = Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=here):
            pass
    except OSError as error:
        return _check("writing", f"{here}: {os.strerror(error.errno or 0)}", "change to a folder of yours", fine=False)
    return _check("writing", f"{here} can be written to")
