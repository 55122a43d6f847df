"""Runs a study: every cell with every seed, by one worker or many, and goes on where it was interrupted.

Each finished run is one line of a file under ``parts/``, written when it ends, in whatever order. A study that was
killed reads these lines, drops a torn last one, and does what is missing. At the end the lines become sorted tables.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np

from wargame.atlas import Atlas
from wargame.errors import Fault, InputError, WargameError
from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.study import records, tables
from wargame.study.cells import Cell
from wargame.study.design import Design
from wargame.study.folder import PARTS, Folder
from wargame.study.statistics import share
from wargame.study.study_file import StudyFile
from wargame.study.tables import TIMES
from wargame.study.workers import Pool, WorkerDiedError, spread

PART_LINES = 200
"""Runs in a part; a full one is compressed."""
SYNCED_S = 1.0
"""Seconds after which what is written is sent to the disk."""
_KEY = re.compile(rb'\{"cell":(\d+),"seed":(\d+),')


@dataclass(frozen=True)
class Task:
    """One run of a study; all that a worker needs to know."""

    scenario: str
    data: tuple[str, ...]
    file: StudyFile
    cell: Cell
    seed: int


@dataclass(frozen=True)
class State:
    """How far a study has come. ``new``: runs done by this call, in ``seconds``."""

    done: int
    total: int
    new: int
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        """Runs a second of this call."""
        return self.new / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at that rate; `None` before the first run."""
        return (self.total - self.done) / self.rate if self.new else None


Progress = Callable[[State], None]


@dataclass(frozen=True)
class Outcome:
    """A study that has come to its end. ``stopped``: seeds a cell at which its intervals were narrow enough, or 0."""

    runs: int
    new: int
    failed: int
    seconds: float
    stopped: int


def run(design: Design, folder: Folder, on: Pool, runs: int, progress: Progress | None = None) -> Outcome:
    """Do what is missing of a study of ``runs`` seeds a cell, then write its tables.

    ``folder`` must be held (see `wargame.study.folder.Folder`). The tables depend on design and ``runs`` alone.
    """
    with _Ledger(design, folder, runs) as ledger:
        wanted = 0
        for wanted in _rounds(design, runs):
            for task, line, error in spread(work, ledger.missing(wanted), on):
                ledger.enter(line if line is not None else _lost(task, error))
                if progress is not None:
                    progress(ledger.state())
            if design.file.stop is not None and ledger.narrow(wanted):
                break
    parts = ledger.parts()
    names = tables.write(
        folder.path, design.rows(), parts, design.columns, len(design.cells), ledger.first + wanted - 1
    )
    stopped = wanted if wanted < runs else 0
    state = ledger.state()
    failed = ledger.failures(wanted)
    folder.complete(names, wanted, stopped, failed)
    return Outcome(len(design.cells) * wanted, state.new, failed, state.seconds, stopped)


def _rounds(design: Design, runs: int) -> Iterator[int]:
    """Seeds a cell after which the stop rule looks; without one all."""
    if design.file.stop is None:
        yield runs
    else:
        step = design.file.stop.step
        yield from (min(n, runs) for n in range(step, runs + step, step))


def _lost(task: Task, error: BaseException | None) -> bytes:
    """The line of a run whose process died; any other error is not the run's but that of whoever was to do it."""
    if not isinstance(error, WorkerDiedError):
        raise WargameError(
            f"the workers are gone: {error!r} (start them, then give the same command to go on)"
        ) from error
    return _line(task.cell, task.seed, records.failed(error, str(error)), [{}])


# --- one run, in a worker --------------------------------------------------------------------------------------------


def work(task: Task) -> bytes:
    """Play one run; its rows as a line of JSON. An error of the run is a row, and no error."""
    try:
        setup = _setup(task.scenario, task.cell.overlays, task.cell.file, task.cell.text, task.data)
        cpu, wall = time.process_time(), time.monotonic()
        rows = records.play(setup, task.seed, task.file)
        took = dict[str, Any](cpu_s=round(time.process_time() - cpu, 4), wall_s=round(time.monotonic() - wall, 4))
    except Exception as error:  # noqa: BLE001 - it is told, with its traceback
        rows, took = records.failed(error), dict[str, Any]()
    took |= {"peak_mib": _peak(), "worker": f"{socket.gethostname()}:{os.getpid()}"}
    return _line(task.cell, task.seed, rows, [took])


def _line(cell: Cell, seed: int, rows: records.Rows, timings: list[dict[str, Any]]) -> bytes:
    body = {"cell": cell.number, "seed": seed, **rows, TIMES.name: timings}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@lru_cache(maxsize=1)
def _setup(scenario: str, overlays: tuple[str, ...], name: str, text: str, data: tuple[str, ...]) -> Setup:
    """A cell, loaded once by each worker that plays it; cells come one after the other."""
    if not text:
        return _shared(scenarios.load(scenario, overlays, data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        return _shared(scenarios.load(scenario, (*overlays, path), data))


_ATLAS: list[tuple[Any, Atlas]] = []


def _shared(setup: Setup) -> Setup:
    """The setup with the atlas of the one before if both are of the same files: caches keyed by it stay small."""
    files = tuple(f for f in setup.files if f[0].startswith("map/"))
    if not _ATLAS or _ATLAS[0][0] != files:
        _ATLAS[:] = [(files, setup.atlas)]
    return replace(setup, atlas=_ATLAS[0][1])


def _peak() -> float | None:
    """The greatest memory of this process so far in MiB; `None` where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


# --- what is done ----------------------------------------------------------------------------------------------------

TODO, DONE, FAILED = range(3)


class _Ledger:
    """Which runs are done, and the file to which the next one goes. Memory: two bytes or so a run."""

    def __init__(self, design: Design, folder: Folder, runs: int) -> None:
        self.design, self.folder, self.runs = design, folder.path / PARTS, runs
        self.first = design.head.first_seed
        self.fates = np.zeros((len(design.cells), runs), dtype=np.uint8)
        self.stop = design.file.stop
        watched = self.stop.questions if self.stop is not None else ()
        shares = [q.id for q in design.file.questions if q.kind == "share"] if self.stop is not None else []
        self.watched = [q for q in shares if q in watched or not watched]
        self.answers = np.full((len(self.watched), *self.fates.shape), -1, dtype=np.int8)
        self.out: IO[bytes] | None = None
        self.lines, self.new, self.synced, self.begun = 0, 0, 0.0, time.monotonic()

    def __enter__(self) -> _Ledger:
        self.folder.mkdir(exist_ok=True)
        for path in self.parts():
            for line in _read(path):
                self._note(line)
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def parts(self) -> list[Path]:
        """Files of lines, in the order in which they were begun; those compressed already not twice."""
        packed = {p.name.removesuffix(".gz") for p in self.folder.glob("*.jsonl.gz")}
        for plain in self.folder.glob("*.jsonl"):
            if plain.name in packed:  # killed between compressing it and deleting it
                plain.unlink()
        return sorted([*self.folder.glob("*.jsonl"), *self.folder.glob("*.jsonl.gz")])

    def missing(self, wanted: int) -> Iterator[Task]:
        """Tasks not done yet, of the first ``wanted`` seeds of each cell, in the order of cells and seeds."""
        d = self.design
        for c, cell in enumerate(d.cells):
            for s in range(wanted):
                if self.fates[c, s] == TODO:
                    yield Task(d.scenario, d.data, d.file, cell, self.first + s)

    def enter(self, line: bytes) -> None:
        """Write down a finished run."""
        if self.out is None or self.lines >= PART_LINES:
            self._close()
            self.out = self._next().open("xb", buffering=0)
            self.lines = 0
        self.out.write(line)
        self.lines += 1
        self.new += 1
        if time.monotonic() - self.synced > SYNCED_S:
            os.fsync(self.out.fileno())
            self.synced = time.monotonic()
        self._note(line)

    def _next(self) -> Path:
        numbers = [int(p.name.partition(".")[0]) for p in self.parts()]
        return self.folder / f"{max(numbers, default=0) + 1:06d}.jsonl"

    def _close(self) -> None:
        """End the file that is being written, and compress it."""
        if self.out is None:
            return
        os.fsync(self.out.fileno())
        self.out.close()
        plain = Path(self.out.name)
        self.out = None
        new = plain.with_suffix(".new")
        with gzip.GzipFile(filename="", mode="wb", fileobj=new.open("wb"), compresslevel=5, mtime=0) as packed:
            packed.write(plain.read_bytes())
        new.replace(plain.with_suffix(".jsonl.gz"))
        plain.unlink()

    def _note(self, line: bytes) -> None:
        cell, seed = _key(line)
        if cell > len(self.design.cells) or not 0 <= seed - self.first < self.runs:
            return  # of a larger study done before
        at = cell - 1, seed - self.first
        failed = b'"status":"failed"' in line[:200]
        self.fates[at] = FAILED if failed else DONE
        if self.watched and not failed:
            values = {a["question"]: a["value"] for a in json.loads(line)["answers"]}
            for k, name in enumerate(self.watched):
                self.answers[(k, *at)] = -1 if values[name] is None else int(values[name])

    def narrow(self, wanted: int) -> bool:
        """Whether every interval of the stop rule is narrow enough."""
        assert self.stop is not None
        for counted in self.answers[:, :, :wanted].reshape(-1, wanted):
            runs = int((counted >= 0).sum())
            if not runs or share(int((counted == 1).sum()), runs).width > self.stop.width:
                return False
        return True

    def failures(self, wanted: int) -> int:
        """Runs that failed among the first seeds."""
        return int((self.fates[:, :wanted] == FAILED).sum())

    def state(self) -> State:
        """How far it has come."""
        done, failed = int((self.fates != TODO).sum()), int((self.fates == FAILED).sum())
        return State(done, self.fates.size, self.new, failed, time.monotonic() - self.begun)


def _key(line: bytes) -> tuple[int, int]:
    found = _KEY.match(line)
    if found is None:
        raise ValueError(line[:60])
    return int(found.group(1)), int(found.group(2))


def _read(path: Path) -> Iterator[bytes]:
    """The lines of a part. A plain one was being written when the study was killed: its torn end is cut off."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as packed:
                for line in packed:
                    _key(line)
                    yield line
            return
        sound = 0
        with path.open("rb") as file:
            for line in file:
                try:
                    _key(line)
                    json.loads(line)
                except ValueError:
                    break
                if not line.endswith(b"\n"):
                    break
                sound += len(line)
                yield line
        if sound < path.stat().st_size:
            os.truncate(path, sound)
    except (OSError, EOFError, ValueError, gzip.BadGzipFile) as error:
        remedy = "delete this file and give the command again: its runs are done anew"
        raise InputError([Fault("part-damaged", str(path), f"cannot be read: {error}", remedy)]) from None
