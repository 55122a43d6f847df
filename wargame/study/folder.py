"""A study on disk: what was asked, how far it is, its tables; and any row of it played again.

``manifest.json`` says ``running`` until the tables are written, then ``complete`` with the digest of each. Nothing in
it depends on the clock or on who did the work.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import wargame
from wargame.engine import Engine, Run
from wargame.errors import Fault, InputError, UsageError, WargameError
from wargame.journal import Level
from wargame.load import scenarios
from wargame.load.scenarios import opening_world
from wargame.run_folder import Asked
from wargame.study import records, tables
from wargame.study.cells import Cell, Setting
from wargame.study.design import Design
from wargame.study.study_file import read_file
from wargame.study.workers import program

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = "wargame study 1"
MANIFEST, PARTS, CELLS, COPY, LOCK = "manifest.json", "parts", "cells", "study.toml", ".lock"
NEW = f".{MANIFEST}.new"
OWN = (MANIFEST, COPY, tables.DICTIONARY, tables.TIMINGS, LOCK)
OWN_FOLDERS = (PARTS, CELLS, tables.TABLES_FOLDER)


class Folder:
    """A study's folder while it is being filled: held by one process at a time; use it as a context."""

    def __init__(self, path: Path, design: Design, asked: str, *, force: bool = False) -> None:
        """``asked``: the study as the user named it; ``force``: begin anew where there is a study already."""
        self.path, self.design, self.asked, self.force = path, design, asked, force
        self.known: dict[str, str] = {}  # digests of the data of runs done before
        self._lock: int | None = None

    def __enter__(self) -> Folder:
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path} is a file; name a folder")
        strange = {p.name for p in self.path.iterdir()} - {LOCK, NEW} if self.path.is_dir() else set()
        if strange and not is_study(self.path):
            raise UsageError(f"{self.path} is not empty and holds no study; name another folder")
        self.path.mkdir(parents=True, exist_ok=True)
        self._hold()
        try:
            self._prepare()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._release()

    def _hold(self) -> None:
        """Be the only one to write here, until this process ends in whatever way."""
        self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            import fcntl  # noqa: PLC0415 - not on every system
        except ImportError:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._release()
            raise UsageError(
                f"another process is at work on {self.path}; wait for it, or name another folder"
            ) from None

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _prepare(self) -> None:
        old = _manifest(self.path) if (self.path / MANIFEST).is_file() else None
        if old is not None and self.force:
            self._clear()
        elif old is not None:
            self._check_same(old)
        for path in (self.path / PARTS).glob("*.new"):
            path.unlink()
        (self.path / CELLS).mkdir(exist_ok=True)
        for cell in self.design.cells:
            if cell.file:
                (self.path / CELLS / cell.file).write_text(cell.text, encoding="utf-8", newline="\n")
        (self.path / COPY).write_text(self.design.text, encoding="utf-8", newline="\n")
        self._put("running", {})

    def _clear(self) -> None:
        """Take away an earlier study, and nothing else."""
        for name in OWN_FOLDERS:
            shutil.rmtree(self.path / name, ignore_errors=True)
        for name in OWN:
            if name != LOCK:
                (self.path / name).unlink(missing_ok=True)

    def _check_same(self, old: Mapping[str, Any]) -> None:
        """Rows of one folder must be of one study, one program and one set of data."""
        now = self._identity()
        then = dict(old.get("data_hashes", {}))
        changed = [k for k, h in now["data_hashes"].items() if then.get(k, h) != h]
        for other, what in ((old.get("study") != now["study"], "another study"),
                            (old.get("design") != now["design"], "another version of this study's file"),
                            (bool(changed), "other data: the scenario, or a file that it names"),
                            (old.get("program") != now["program"], "another version of the program")):  # fmt: skip
            if other:
                raise UsageError(f"{self.path} holds runs of {what} (name another folder, or begin anew with --force)")
        self.known = then

    def _identity(self) -> dict[str, Any]:
        d = self.design
        hashes = sorted({**self.known, **d.data_hashes}.items())
        return {
            "study": d.head.id,
            "title": d.head.title,
            "asked": self.asked,
            "data": list(d.data),
            "scenario": d.scenario,
            "design": d.digest(),
            "data_hash": hashlib.blake2b(repr(hashes).encode(), digest_size=16).hexdigest(),
            "data_hashes": dict(hashes),
            "program": program(),
            "version": wargame.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
        }

    def complete(self, names: Iterable[str], runs: int, stopped: int, failed: int) -> None:
        """Write the data dictionary and the manifest of a finished study of ``runs`` seeds a cell."""
        head = f"# The tables of the study '{self.design.head.id}'"
        text = tables.dictionary(self.design.columns, head, self._about())
        (self.path / tables.DICTIONARY).write_text(text, encoding="utf-8", newline="\n")
        files = {n: _described(self.path / n) for n in sorted(names) if n != tables.TIMINGS}
        first = self.design.head.first_seed
        done = {"cells": len(self.design.cells), "runs": runs, "first_seed": first, "failed": failed}
        stop = {"stopped_early": bool(stopped)}
        self._put("complete", done | stop | {"files": files})

    def _about(self) -> str:
        head = self.design.head
        lines = [line for part in (head.title, head.question.strip()) if part for line in (part, "")]
        lines += ["| factor | what it is |", "|---|---|"]
        for f in self.design.file.factors:
            said = f.title or f.number or f.policy or ", ".join(v.id for v in f.levels)
            lines.append(f"| `{f.id}` | {said} |")
        lines += ["", "| question | what it asks | kind |", "|---|---|---|"]
        lines += [f"| `{q.id}` | {q.title or q.id} | {q.kind} |" for q in self.design.file.questions]
        more = "Rows of different tables belong together by `cell` and `seed`; one seed is the same luck in every cell."
        return "\n".join([*lines, "", more])

    def _put(self, status: str, more: Mapping[str, Any]) -> None:
        manifest = {"format": FORMAT, "status": status, **self._identity(), **more}
        temporary = self.path / NEW
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path / MANIFEST)


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StudyFolder:
    """A finished study."""

    path: Path
    manifest: Mapping[str, Any]

    @cached_property
    def design(self) -> Design:
        """The study as it was done: from the copy of its file and from its tables, without the files it named."""
        path = self.path / COPY
        with self.connect() as base:
            rows = base.sql("select cell, overlays, file from cells order by cell").fetchall()
            settings: dict[int, list[Setting]] = {}
            for cell, *setting in base.sql("select cell, factor, kind, level, value, place from factors").fetchall():
                settings.setdefault(cell, []).append(Setting(*setting))
        cells = tuple(
            Cell(n, tuple(settings.get(n, ())), tuple(filter(None, overlays.split("|"))), self._text(file))
            for n, overlays, file in rows
        )
        m = self.manifest
        return Design(
            path,
            path.read_text(encoding="utf-8"),
            read_file(path),
            m["scenario"],
            tuple(m["data"]),
            cells,
            m["data_hashes"],
        )

    def _text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8") if name else ""

    def connect(self) -> DuckDBPyConnection:
        """DuckDB with every table as a view under its name."""
        return tables.connect(self.path)

    def cell(self, number: int) -> Cell:
        """A cell by its number; `UsageError` if there is none."""
        if not 1 <= number <= len(self.design.cells):
            raise UsageError(f"{self.path} has no cell {number}; there are 1 to {len(self.design.cells)}")
        return self.design.cells[number - 1]

    def command(self, cell: int, seed: int, out: Path | None = None) -> str:
        """The command line that plays a row of the study again."""
        c = self.cell(cell)
        own = (str(self.path / CELLS / c.file),) if c.file else ()
        return Asked(self.manifest["scenario"], seed, (*c.overlays, *own), tuple(self.manifest["data"])).command(out)

    def play(self, cell: int, seed: int, level: Level = "full") -> Run:
        """A row of the study played again."""
        c = self.cell(cell)
        with tempfile.TemporaryDirectory() as folder:
            own = [Path(folder) / c.file] if c.file else []
            for path in own:
                path.write_text(c.text, encoding="utf-8")
            setup = scenarios.load(self.manifest["scenario"], (*c.overlays, *own), self.manifest["data"])
        game = Engine(setup, opening_world(setup, seed), level=level)
        settling = self.design.head.until == "settled"
        return records.until_settled(game, self.design.file.questions) if settling else game.run()

    def check(self) -> None:
        """`InputError` lists the tables that are missing or not as the study wrote them."""
        faults = []
        for name, described in self.manifest["files"].items():
            path = self.path / name
            remedy = "give the study's command again: the tables are written anew from parts/"
            if not path.is_file():
                faults.append(Fault("missing-file", str(path), "this table is missing", remedy))
            elif _described(path) != described:
                faults.append(Fault("file-changed", str(path), "this table is not as the study wrote it", remedy))
        if faults:
            raise InputError(faults)


def open_study(path: Path) -> StudyFolder:
    """The finished study in a folder; `UsageError` where there is none, `WargameError` where it is not finished."""
    if not is_study(path):
        raise UsageError(f"{path} is no study's folder; write one: wargame study FILE --out {path}")
    manifest = _manifest(path)
    if manifest["status"] != "complete":
        again = f"wargame study {manifest['asked']} --out {path}"
        raise WargameError(f"{path}: this study has not come to its end (go on with: {again})")
    return StudyFolder(path, manifest)


def is_study(path: Path) -> bool:
    """Whether a folder holds a study, finished or not."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _manifest(path: Path) -> dict[str, Any]:
    return dict(json.loads((path / MANIFEST).read_text(encoding="utf-8")))


def _described(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "blake2b": hashlib.blake2b(data, digest_size=16).hexdigest()}
