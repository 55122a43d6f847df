"""How a study's cost grows with its runs and its workers: ``python -m benchmarks.scaling``.

For each number of runs: seconds of the clock, processor seconds of all processes together, runs a second, and the
greatest memory of a worker and of the process that writes. What would take longer than ``--patience`` is not measured
but worked out from the two largest numbers that were, and marked so. Efficiency of two workers against one is told
twice: by the clock, which a busy machine spoils, and by processor time, which shows the work that a second worker
adds. Linux only: processes are watched through /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.run import machine
from wargame.study import batch
from wargame.study.design import load
from wargame.study.folder import Folder
from wargame.study.workers import pool

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000)
TICK = os.sysconf("SC_CLK_TCK")
STUDY = """[study]
id = "scaling"
title = "Scaling"
scenario = "{scenario}"

[[factors]]
id = "fear"
number = "deterrence.long_war_aversion"
values = [0.5, 0.8]

[[questions]]
id = "weiss"
operation = "weiss"
"""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    scenario: str
    workers: int
    runs: int
    clock_s: float
    cpu_s: float
    worker_mib: float
    writer_mib: float
    tables_s: float
    measured: bool

    def __str__(self) -> str:
        mark = "" if self.measured else "  worked out, not measured"
        rate = self.runs / self.clock_s
        return (
            f"{self.scenario:<18}{self.workers:>8}{self.runs:>8}{self.clock_s:>10.1f}{self.cpu_s:>10.1f}{rate:>9.2f}"
            f"{self.worker_mib:>11.0f}{self.writer_mib:>11.0f}{mark}"
        )


class Watch:
    """Processor time and greatest memory of this process's descendants, looked at until they end."""

    def __init__(self) -> None:
        self.cpu: dict[int, float] = {}
        self.peak: dict[int, float] = {}
        self._done = threading.Event()

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            for pid in below(os.getpid()):
                try:
                    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                    self.cpu[pid] = (int(fields[11]) + int(fields[12])) / TICK
                    self.peak[pid] = memory(pid)
                except OSError:
                    continue


def memory(pid: int | str) -> float:
    """The greatest memory of a process so far, MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def below(pid: int) -> list[int]:
    """A process's descendants."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def measured(scenario: str, workers: int, runs: int) -> Row:
    """A study of two cells done in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scaling.toml"
        path.write_text(STUDY.format(scenario=scenario), encoding="utf-8")
        design = load(path)
        clock, cpu = time.monotonic(), time.process_time()
        with Watch() as watch, pool(workers) as on, Folder(Path(folder) / "out", design, str(path)) as held:
            done = batch.run(design, held, on, max(1, runs // len(design.cells)))
            if done.failed:
                raise SystemExit(f"{done.failed} runs failed: nothing is measured")
        took = time.monotonic() - clock
        own = memory("self")
        peaks = [m for pid, m in watch.peak.items() if watch.cpu[pid] > 1.0] or [own]
        total = time.process_time() - cpu + sum(watch.cpu.values())
        return Row(scenario, workers, done.runs, took, total, max(peaks), own, took - done.seconds, measured=True)


def beyond(small: Row, large: Row, runs: int) -> Row:
    """What more runs would take on the straight line through two studies that were measured; memory stays as it is."""

    def line(name: str) -> float:
        one, two = float(getattr(small, name)), float(getattr(large, name))
        return max(two, one + (two - one) * (runs - small.runs) / (large.runs - small.runs))

    told = (line("clock_s"), line("cpu_s"), large.worker_mib, large.writer_mib, line("tables_s"))
    return Row(large.scenario, large.workers, runs, *told, measured=False)


def alone(scenario: str, workers: int, runs: int) -> Row:
    """`measured` in a process of its own, so that memory is its own too."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(measured, scenario, workers, runs).result()


def main() -> None:
    """Measure, print, record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--scenario", default="fall_weiss_1939", help="what is played (default: %(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="how many (default: 1 2)")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds a line may take (default: %(default)s)")
    parser.add_argument(
        "--out", type=Path, default=Path("out/scaling.json"), help="where to record (default: %(default)s)"
    )
    options = parser.parse_args()
    where = machine()
    load = where["load_average"][0]
    print(f"{where['processor']}, {where['cores']} cores, load {load}, commit {where['commit'][:12]}\n")
    heads = ("clock s", "CPU s", "runs/s", "worker MiB", "writer MiB")
    print(
        f"{'scenario':<18}{'workers':>8}{'runs':>8}{heads[0]:>10}{heads[1]:>10}{heads[2]:>9}{heads[3]:>11}{heads[4]:>11}"
    )
    rows: list[Row] = []
    for workers in options.workers:
        done: list[Row] = []
        for runs in SIZES:
            guess = beyond(done[-2], done[-1], runs) if len(done) > 1 else None
            if guess is None or guess.clock_s <= options.patience:
                guess = alone(options.scenario, workers, runs)
                done.append(guess)
            rows.append(guess)
            print(guess, flush=True)
    compare(rows)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(
        json.dumps({"machine": where, "rows": [asdict(r) for r in rows]}, indent=1) + "\n", encoding="utf-8"
    )
    print(f"\nrecorded in {options.out}")


def compare(rows: list[Row]) -> None:
    """Efficiency of more workers against one, at the largest number of runs that both measured."""
    single = {r.runs: r for r in rows if r.workers == 1 and r.measured}
    for workers in sorted({r.workers for r in rows} - {1}):
        both = [r for r in rows if r.workers == workers and r.measured and r.runs in single]
        if both:
            many, one = both[-1], single[both[-1].runs]
            clock, cpu = one.clock_s / (workers * many.clock_s), one.cpu_s / many.cpu_s
            told = f"{clock:.2f} by the clock, {cpu:.2f} by processor time"
            print(f"\n{workers} workers, {many.runs} runs: efficiency {told}")


if __name__ == "__main__":
    main()
