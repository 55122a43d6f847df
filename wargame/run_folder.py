"""A run on disk: a folder of evidence that says whether it is whole, and from which the run can be told again.

``manifest.json`` is written first with the status ``writing`` and last, in one step, with ``complete`` and the digest
of every file. Nothing in it depends on the clock: the same run gives the same folder, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np

import wargame
from wargame import dates, run_tables
from wargame import journal as journals
from wargame.engine import Run
from wargame.errors import Fault, InputError, UsageError, WargameError
from wargame.journal import Journal
from wargame.load import scenarios
from wargame.load.paths import scenario_file
from wargame.replay import replay
from wargame.scenario import Setup
from wargame.verdict import verdict

FORMAT = "wargame run 1"
MANIFEST, JOURNAL, DAYS, VERDICT, SCENARIO = (
    "manifest.json",
    "journal.jsonl",
    "days.npz",
    "verdict.json",
    "scenario.toml",
)
STATE_FOLDERS = ("formations/", "deployments/", "overlay/")
STATE_TABLES = ("provinces.csv", "zones.csv", "powers.csv", "climate.csv")
"""Inputs that fix the opening state: when one of them has changed, a journal no longer fits. The scenario is copied."""


class FolderError(WargameError):
    """A run folder that is half-written, or whose files are not those of the run."""


@dataclass(frozen=True)
class Asked:
    """What a run was asked for, as the user wrote it; from this it is run again."""

    scenario: str
    seed: int
    overlays: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    level: str = "full"

    def command(self, out: Path | None = None) -> str:
        """The command line that plays the run again, or that writes a folder anew."""
        words = ["wargame", "run", self.scenario, "--seed", str(self.seed)]
        words += [w for o in self.overlays for w in ("--overlay", o)] + [w for d in self.data for w in ("--data", d)]
        words += ["--out", str(out), "--force"] if out is not None else []
        return " ".join(map(quote, words))

    def folders(self) -> tuple[Path, ...]:
        """Where its files are looked for, first hit first; `UsageError` where the scenario is gone."""
        return scenario_file(self.scenario, self.data)[1].folders


# --- writing ---------------------------------------------------------------------------------------------------------


class Writer:
    """A run folder being written; use it as a context: leaving it without an error makes the folder complete."""

    def __init__(self, folder: Path, asked: Asked, *, force: bool = False) -> None:
        _prepare(folder, force=force)
        self.folder, self.asked, self.force = folder, asked, force
        self.files: list[str] = []
        self._facts: dict[str, Any] = {}

    def __enter__(self) -> Writer:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.force:
            self._claim()
        self._put_manifest("writing")
        return self

    def _claim(self) -> None:
        """Be the only one to write here: of two runs begun at once into one folder the second is refused."""
        try:
            (self.folder / MANIFEST).open("x").close()
        except FileExistsError:
            raise UsageError(f"another run is being written into {self.folder}; name another folder") from None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._put_manifest("complete")

    def run(self, run: Run) -> dict[str, Any]:
        """Write journal, daily columns, verdict, tables and the scenario's text; returns the verdict."""
        setup, found = run.setup, verdict(run.setup, run.world, run.journal, all_towns=True)
        self._facts = _facts(setup, run.journal, found, run.world.hour)
        self.text(JOURNAL, "".join(run.journal.lines()))
        if run.journal.level == "full":
            self.bytes(DAYS, run.journal.companion())
        self.text(VERDICT, json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        self.bytes(SCENARIO, scenario_file(self.asked.scenario, self.asked.data)[0].read_bytes())
        if run.journal.level != "verdict":
            self.add(run_tables.write(setup, run.journal, self.folder))
        return found

    def text(self, name: str, text: str) -> Path:
        """Write a text file, UTF-8 with LF."""
        return self.bytes(name, text.encode())

    def bytes(self, name: str, data: bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(data)
        self.add([name])
        return path

    def add(self, names: Iterable[str]) -> None:
        """Count files written by others, by their paths inside the folder, among the run's."""
        self.files += names

    def _put_manifest(self, status: str) -> None:
        manifest = {
            "format": FORMAT,
            "status": status,
            "version": wargame.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "asked": {
                "scenario": self.asked.scenario,
                "overlays": list(self.asked.overlays),
                "data": list(self.asked.data),
                "seed": self.asked.seed,
                "level": self.asked.level,
            },
        }
        if status == "complete":
            files = {name: _described(self.folder / name) for name in sorted(set(self.files))}
            manifest |= self._facts | {"files": files}
        _put(self.folder, manifest)


def _put(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a manifest: whole, or not at all."""
    temporary = folder / f".{MANIFEST}.new"
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / MANIFEST)


def _facts(setup: Setup, journal: Journal, found: Mapping[str, Any], end: int) -> dict[str, Any]:
    inputs = dict(setup.files)
    return {
        "scenario": found["scenario"],
        "title": found["title"],
        "overlays": found["overlays"],
        "seed": found["seed"],
        "edition": found["edition"],
        "parameters": dict(sorted(setup.scenario.rulebook.items())),
        "opening": found["opening"],
        "end": dates.instant(end),
        "data_hash": setup.data_hash,
        "scenario_hash": next((d for k, d in setup.files if k.startswith("scenario/")), ""),
        "inputs": inputs,
        "journal": {"entries": journal.length, "hash": journal.head, "level": journal.level},
    }


def _described(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "blake2b": hashlib.blake2b(data, digest_size=16).hexdigest()}


def _prepare(folder: Path, *, force: bool) -> None:
    """Refuse what would be lost; take away the files of an earlier run."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not force:
        what = "holds a run already" if (folder / MANIFEST).exists() else "is not empty and holds no run"
        raise UsageError(f"{folder} {what}; name another folder, or write into it with --force")
    for name in _listed_files(folder):
        path = folder / name
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            path.unlink()


def _listed_files(folder: Path) -> list[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return [str(name) for name in manifest.get("files", {})] if manifest.get("format") == FORMAT else []
    except (OSError, ValueError, AttributeError):
        return []


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunFolder:
    """A complete run folder."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def asked(self) -> Asked:
        """What the run was asked for."""
        return _asked(self.manifest)

    @cached_property
    def journal(self) -> Journal:
        """The journal, after checking its hash chain; `InputError` with file, line and remedy where it is broken."""
        return journals.read(self.path / JOURNAL, self.path / DAYS)

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """The verdict as it was written, with every town."""
        found: dict[str, Any] = json.loads((self.path / VERDICT).read_text(encoding="utf-8"))
        return found

    @cached_property
    def setup(self) -> Setup:
        """The run's scenario, from the copy in the folder, with all other files as they are today."""
        asked = self.asked
        try:
            return scenarios.load(self.path / SCENARIO, asked.overlays, self.folders)
        except WargameError as error:
            if self._original is not None:
                raise
            what = f"{self.path}: the files of this run are not found from here: {str(error).splitlines()[0]}"
            remedy = f"it was written by: {asked.command()}; go to the folder where that works"
            raise FolderError(f"{what} ({remedy})") from None

    @property
    def is_exact(self) -> bool:
        """Whether the journal keeps the daily columns, and with them all strengths and losses."""
        return self.journal.level == "full"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the run's files are looked for."""
        known = self.path / SCENARIO if self._original is None else self.asked.scenario
        return scenario_file(known, self.asked.data)[1].folders

    @property
    def _original(self) -> Path | None:
        """The scenario's own file, unless it is gone."""
        try:
            return scenario_file(self.asked.scenario, self.asked.data)[0]
        except UsageError:
            return None

    def changed_inputs(self) -> list[str]:
        """Input files that are no longer as they were for the run: changed, new or gone."""
        then, now = dict(self.manifest["inputs"]), dict(self.setup.files)
        now.pop(f"scenario/{SCENARIO}")
        if self._original is not None:
            now[f"scenario/{self._original.name}"] = _described(self._original)["blake2b"]
        return sorted(k for k in {*then, *now} if then.get(k) != now.get(k))

    def check(self) -> None:
        """Check the journal's chain and every file's digest; `InputError` lists what is missing or changed."""
        faults = []
        if (self.path / JOURNAL).is_file():
            assert self.journal  # its own message names the broken line
        for name, described in self.manifest["files"].items():
            path = self.path / name
            remedy = f"restore the file, or run again: {self.asked.command(self.path)}"
            if not path.is_file():
                faults.append(Fault("missing-file", str(path), "this file of the run is missing", remedy))
            elif _described(path) != described:
                faults.append(Fault("file-changed", str(path), "this file is not as the run wrote it", remedy))
        if not faults and not self._agrees():
            what = "the manifest does not belong to this journal: scenario, seed, end, length or hash differ"
            remedy = "restore the file, or run again: " + self.asked.command(self.path)
            faults.append(Fault("manifest-changed", str(self.path / MANIFEST), what, remedy))
        if faults:
            raise InputError(faults)

    def made_anew(self, file: Path) -> None:
        """Note in the manifest how a file of this run is, such as the report, that was made anew from its journal."""
        inside, files = file.resolve(), self.manifest["files"]
        name = inside.name
        if inside.parent == self.path.resolve() and name in files and files[name] != _described(file):
            _put(self.path, {**self.manifest, "files": {**files, name: _described(file)}})

    def _agrees(self) -> bool:
        """Whether manifest, journal and verdict tell of one run."""
        m, head = self.manifest, self.journal.entries[0].data
        if not {JOURNAL, VERDICT, SCENARIO} <= set(m["files"]):
            return False
        said = [m.get(k) for k in ("scenario", "seed", "edition", "data_hash")]
        kept = [head[k] for k in ("scenario", "seed", "edition", "data")]
        ended = dates.iso(dates.parse(m["end"])) == self.verdict["end"] and self.asked.seed == head["seed"]
        chain = {"entries": self.journal.length, "hash": self.journal.head}
        told = chain.items() <= m.get("journal", {}).items() and self.verdict["journal_hash"] == self.journal.head
        return said == kept and ended and told

    def check_fit(self) -> None:
        """`FolderError` if files that fix the opening state have changed since the run."""
        changed = [name for name in self.changed_inputs() if _fixes_state(name)]
        if changed:
            what = f"{self.path}: {_few(changed)} changed since this run, so its journal no longer fits"
            raise FolderError(f"{what} (restore the files, or run again: {self.asked.command(self.path)})")

    def run(self, *, exact: bool = False) -> Run:
        """The finished run again: the journal folded over the opening state, without the rules.

        `FolderError` if files that fix the opening state have changed since; with ``exact`` also if the journal has no
        daily columns, from which alone strengths and losses are known.
        """
        if exact and not self.is_exact:
            what = f"{self.path}: the journal of this run has no daily columns, so strengths and losses are not known"
            raise FolderError(f"{what} (run again: {self.asked.command(self.path)} --level full)")
        self.check_fit()
        journal, setup = self.journal, self.setup
        world = replace(replay(journal, setup), hour=dates.parse(self.manifest["end"]))
        return Run(setup, world, journal, self.asked.seed)


def _fixes_state(name: str) -> bool:
    return name.startswith(STATE_FOLDERS) or (name.startswith("map/") and name.endswith(STATE_TABLES))


def open_folder(path: Path) -> RunFolder:
    """The run folder at a path; `UsageError` where there is none, `FolderError` for one that is half-written."""
    if not path.is_dir():
        raise UsageError(f"no run folder {path}; write one: wargame run SCENARIO --out {path}")
    file = path / MANIFEST
    if not file.is_file():
        if not (path / JOURNAL).exists():
            raise UsageError(
                f"{path} is no run folder: it has no {MANIFEST}; write one: wargame run SCENARIO --out DIR"
            )
        raise FolderError(f"{path}: half-written run: it has no {MANIFEST} (run it again into another folder)")
    if not file.stat().st_size:
        raise FolderError(f"{path}: half-written run: its {MANIFEST} is empty (run it again with --out and --force)")
    manifest = _read_manifest(file)
    if manifest.get("status") != "complete":
        raise FolderError(
            f"{path}: half-written run: saving it was interrupted (run again: {_asked(manifest).command(path)})"
        )
    return RunFolder(path, manifest)


def is_run(path: Path) -> bool:
    """Whether a folder holds a run, complete or half-written, and so may be written anew."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _read_manifest(file: Path) -> dict[str, Any]:
    remedy = "restore the file, or run the scenario again with --out and --force"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise InputError([Fault("bad-manifest", str(file), "this file is not JSON", remedy, line)]) from None
    try:
        if manifest["format"] != FORMAT:
            raise ValueError(manifest["format"])  # noqa: TRY301 - one message for all that is wrong with it
        _asked(manifest)
        if manifest["status"] == "complete":
            dict(manifest["inputs"]), dict(manifest["files"]), dates.parse(manifest["end"])
    except (KeyError, TypeError, ValueError):
        raise InputError([Fault("bad-manifest", str(file), f"this is no manifest of a '{FORMAT}'", remedy)]) from None
    return dict(manifest)


def _asked(manifest: Mapping[str, Any]) -> Asked:
    a = manifest["asked"]
    return Asked(str(a["scenario"]), int(a["seed"]), tuple(a["overlays"]), tuple(a["data"]), str(a["level"]))


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
