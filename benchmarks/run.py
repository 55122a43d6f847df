"""Takes the samples, prints a table against the budgets, and records them with machine, Python and commit."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cases import CASES, ROOT, Case

OUT = ROOT / "out" / "benchmarks.json"
LIBRARIES = ("numpy", "scipy", "simpy", "pydantic", "wargame-1930s")


def measure(case: Case, repeats: int | None) -> list[float]:
    """The samples of a case, after one that is thrown away where it asks for that."""
    if case.warms_up:
        case.sample()
    return [case.sample() for _ in range(repeats or case.repeats)]


def verdict(case: Case, samples: list[float]) -> str:
    """How the median stands to the budget."""
    if not samples:
        return "not there yet"
    if case.budget is None:
        return "no budget"
    return "kept" if median(samples) <= case.budget else f"OVER {median(samples) / case.budget:.1f}x"


def row(case: Case, samples: list[float]) -> str:
    """One line of the table."""
    figures = [f"{f(samples):>9.3g}" for f in (median, min, max)] if samples else [f"{'-':>9}"] * 3
    budget = "-" if case.budget is None else f"{case.budget:g}"
    return f"{case.name:<42}{case.unit:>7}{''.join(figures)}{budget:>9}  {verdict(case, samples)}"


def machine() -> dict[str, Any]:
    """Where the samples were taken: processor, load, Python, libraries, commit."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average": [round(x, 2) for x in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "commit": _git("rev-parse", "HEAD"),
        "changed_files": len(_git("status", "--porcelain", "--untracked-files=no").splitlines()),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def main() -> None:
    """Measure, print, record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--repeats", type=int, help="samples a case, instead of each case's own number")
    parser.add_argument("--only", default="", metavar="WORD", help="only cases with this word in their name")
    parser.add_argument("--out", type=Path, default=OUT, help="where to record the samples (default: %(default)s)")
    options = parser.parse_args()
    where = machine()
    print(f"{where['processor']}, {where['cores']} cores, load {where['load_average'][0]}, Python {where['python']}")
    print(f"commit {where['commit'][:12] or 'unknown'}, {where['changed_files']} files changed since\n")
    print(f"{'':<42}{'unit':>7}{'median':>9}{'min':>9}{'max':>9}{'budget':>9}")
    records = []
    for case in (c for c in CASES if options.only in c.name):
        samples = measure(case, options.repeats) if case.is_there() else []
        print(row(case, samples), flush=True)
        figures = {"samples": samples, "verdict": verdict(case, samples)}
        records.append({"name": case.name, "unit": case.unit, "budget": case.budget} | figures)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"machine": where, "cases": records}, indent=1) + "\n", encoding="utf-8")
    print(f"\nrecorded in {options.out}")
