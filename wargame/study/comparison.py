"""Runs beside history: for each fact the quantiles of the model, hit or miss, and by how much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from wargame.study.history import Fact, History
from wargame.study.measures import Measured

QUANTILES = (0.1, 0.5, 0.9)
NEVER = math.inf  # how a thing that did not happen sorts
READING = 0.02  # share by which any figure of history may be misread or rounded; dates have none


@dataclass(frozen=True)
class Verdict:
    """One fact beside the runs: quantiles of the model (``None``: not in that many runs), and how far off it is.

    ``direction`` is empty for a hit; ``miss`` is the gap between the two ranges, in days for a date, else as a share of
    the historical bound next to the model.
    """

    fact: Fact
    low: float | None
    median: float | None
    high: float | None
    happened: float
    direction: str
    miss: float
    inside: bool  # the median lies in the historical range

    @property
    def hit(self) -> bool:
        """Whether history lies within what the model does."""
        return not self.direction


@dataclass(frozen=True)
class Study:
    """A finished comparison. ``measured`` has one entry a seed, in order of seeds."""

    setup: Any
    history: History
    measured: tuple[Measured, ...]

    def values(self, fact: Fact) -> list[float]:
        """A fact in every run, sorted, `NEVER` where it did not happen."""
        found = (m.get(fact.id) for m in self.measured)
        return sorted(NEVER if v is None else v for v in found)

    def verdicts(self, *uses: str) -> list[Verdict]:
        """Every measured fact for these uses."""
        known = self.measured[0]
        return [judge(f, self.values(f)) for f in self.history.using(*uses) if f.id in known]

    def share(self, fact: Fact) -> float:
        """Share of runs in which a fact lies in its range."""
        return sum(fact.lo <= v <= fact.hi for v in self.values(fact)) / len(self.measured)


def judge(fact: Fact, values: Sequence[float]) -> Verdict:
    """A fact beside the sorted values of the runs."""
    low, median, high = (_quantile(values, q) for q in QUANTILES)
    happened = sum(v < NEVER for v in values) / len(values)
    direction, miss = "", 0.0
    best = fact.lo if fact.best is None else fact.best
    slack = 0.0 if fact.dated or fact.kind == "duration" else READING
    least, most = min(fact.lo, best) * (1.0 - slack), max(fact.hi, best) * (1.0 + slack)
    if median == NEVER:
        direction = "never"
    elif low > most:
        direction, miss = "late" if fact.dated or fact.kind == "duration" else "high", low - most
    elif high < least:
        direction, miss = "early" if fact.dated or fact.kind == "duration" else "low", least - high
    if direction in {"high", "low"}:
        bound = most if direction == "high" else least
        miss = miss / abs(bound) if bound else 0.0
    finite = [None if v == NEVER else v for v in (low, median, high)]
    return Verdict(
        fact, finite[0], finite[1], finite[2], happened, direction, round(miss, 4), least <= median <= most
    )  # fmt: skip


def _quantile(values: Sequence[float], q: float) -> float:
    """The smallest value that at least a share `q` of the runs does not exceed: always one of the values."""
    return values[max(0, math.ceil(round(q * len(values), 9)) - 1)]


def as_dict(study: Study) -> dict[str, Any]:
    """The comparison as plain data, for ``--json``."""
    rows = []
    for v in study.verdicts("judge", "look"):
        row = asdict(v) | {"fact": v.fact.id, "hit": v.hit, "use": v.fact.use, "kind": v.fact.kind}
        rows.append(row | {"best": v.fact.best, "lo": v.fact.lo, "hi": v.fact.hi, "unit": v.fact.unit})
    judged = [v for v in study.verdicts("judge") if v.fact.kind != "strength"]
    return {
        "scenario": study.setup.scenario.id,
        "edition": study.setup.rulebook.edition,
        "runs": len(study.measured),
        "facts": len(judged),
        "hits": sum(v.hit for v in judged),
        "medians_in_range": sum(v.inside for v in judged),
        "bar": {f.id: round(study.share(f), 4) for f in study.history.using("bar")},
        "rows": rows,
    }
