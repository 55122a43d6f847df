"""What many runs say and how sure that is: shares, paired differences, times to an event, and how many runs to ask for.

Pure functions over arrays, one entry a run. Runs of two cells with the same seed share their luck and are a pair.
Resampling is seeded, so the same runs give the same intervals.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wargame.dice import Dice, keys

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL = 0.95
"""Share of studies whose interval is meant to hold the truth."""
RESAMPLES = 2000
"""Resamples behind a bootstrap interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with the interval that its runs leave open."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """From the lower end of the interval to the upper."""
        return self.high - self.low

    def overlaps(self, other: Estimate) -> bool:
        """Whether the two intervals have a value in common."""
        return self.low <= other.high and other.low <= self.high


# --- shares ----------------------------------------------------------------------------------------------------------


def share(count: int, runs: int, level: float = LEVEL) -> Estimate:
    """The share ``count / runs`` with Wilson's score interval (Wilson 1927; Newcombe 1998, method 3).

    ``runs`` are independent: different seeds of one cell. `ValueError` without runs or with more counts than runs.
    """
    if not 0 <= count <= runs or runs < 1:
        raise ValueError(f"{count} of {runs} runs is no share")
    z = _z(level)
    p, n = count / runs, float(runs)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if count == 0 else max(0.0, middle - reach)
    high = 1.0 if count == runs else min(1.0, middle + reach)
    return Estimate(p, low, high)


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def runs_for(width: float, expected: float = 0.5, level: float = LEVEL) -> int:
    """The fewest runs after which the Wilson interval of a share near ``expected`` is at most ``width`` wide.

    ``expected`` of one half is the worst case. `ValueError` for a width or a share outside (0, 1) and [0, 1].
    """
    if not (0.0 < width < 1.0 and 0.0 <= expected <= 1.0):
        raise ValueError(f"no number of runs makes an interval {width:g} wide around a share of {expected:g}")
    few, many = 0, 1
    while _wilson_width(expected, many, level) > width:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if _wilson_width(expected, middle, level) <= width else (middle, many)
    return many


def _wilson_width(p: float, n: int, level: float) -> float:
    z = _z(level)
    return 2 * z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)


def pairs_for(difference: float, discordant: float, power: float = 0.8, level: float = LEVEL) -> int:
    """The pairs of runs after which McNemar's test finds a true ``difference`` with probability ``power``.

    ``discordant``: share of seeds whose outcome changes either way, at least the difference. Connor 1987, Biometrics
    43:207, formula 3.1. `ValueError` for a difference of nothing or more than the discordant share.
    """
    if not 0.0 < abs(difference) <= discordant <= 1.0:
        raise ValueError(f"a difference of {difference:g} cannot come of {discordant:g} changed outcomes")
    z, wanted, d = _z(level), NormalDist().inv_cdf(power), abs(difference)
    spread = math.sqrt(max(0.0, discordant - d * d))
    root = z * math.sqrt(discordant) + wanted * spread
    return math.ceil(root * root / (d * d))


# --- resampling ------------------------------------------------------------------------------------------------------


def mean(values: ArrayLike, level: float = LEVEL, seed: int = 1) -> Estimate:
    """The mean of independent values with its bootstrap interval.

    Percentiles (Efron 1979), expanded for few values as Hesterberg 2015 has it (The American Statistician 69:371,
    section 5): without that they would be as much too narrow as a normal interval is against Student's. Give
    differences between paired runs for a paired bootstrap. `ValueError` without values.
    """
    from scipy.stats import t  # noqa: PLC0415

    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not len(x):
        raise ValueError("a mean needs a row of values")
    n = len(x)
    resampled = np.array([x[drawn].sum() for drawn in resamples(n, seed)]) / n
    if n > 1:
        reach = math.sqrt(n / (n - 1)) * float(t.ppf(0.5 + level / 2, n - 1))
        level = 2.0 * NormalDist().cdf(reach) - 1.0
    return _percentiles(float(x.mean()), resampled, level)


def crossed_mean(table: ArrayLike, level: float = LEVEL, seed: int = 1) -> Estimate:
    """The mean of a table (cells, seeds) in which cells are drawn from ranges and share their seeds.

    Cells and seeds are both resampled, for neither is one run independent of the rest of its row and column (the
    pigeonhole bootstrap, Owen 2007, Annals of Applied Statistics 1:386; a little too wide rather than too narrow).
    `ValueError` if the table is empty.
    """
    x = np.asarray(table, dtype=np.float64)
    if x.ndim != 2 or not x.size:
        raise ValueError("a crossed mean needs a table of cells by seeds")
    both = zip(resamples(x.shape[0], seed), resamples(x.shape[1], seed + 1), strict=True)
    resampled = np.array([x[np.ix_(cells, seeds)].sum() for cells, seeds in both]) / x.size
    return _percentiles(float(x.mean()), resampled, level)


def crossed_share(table: ArrayLike, level: float = LEVEL, seed: int = 1) -> Estimate:
    """The share of a table of flags (cells, seeds) as `crossed_mean`; of nothing or all with Wilson's interval.

    That is taken for as many runs as there are cells or seeds, whichever are fewer: in the worst case runs of one cell,
    or of one seed, are all alike.
    """
    x = np.asarray(table, dtype=np.float64)
    if x.ndim == 2 and x.size and x.min() == x.max():
        n = min(x.shape)
        return share(round(n * float(x.min())), n, level)
    return crossed_mean(x, level, seed)


@lru_cache(maxsize=8)
def resamples(size: int, seed: int = 1, count: int = RESAMPLES) -> NDArray[np.int32]:
    """Which of ``size`` things each of ``count`` resamples draws, with replacement: (count, size), read-only."""
    drawn = Dice(seed).uniforms("bootstrap", keys([str(size)]), np.arange(count * size))
    found = (drawn * size).astype(np.int32).reshape(count, size)
    found.flags.writeable = False
    return found


def sign_flip(differences: ArrayLike, seed: int = 1) -> float:
    """Two-sided p-value that paired differences have no mean, by flipping their signs at random (Fisher 1935).

    One if all are nothing; never below one over `RESAMPLES` and one. `ValueError` without differences.
    """
    x = np.asarray(differences, dtype=np.float64)
    if x.ndim != 1 or not len(x):
        raise ValueError("a test of differences needs a row of them")
    if not x.any():
        return 1.0
    reached = abs(float(x.sum())) * (1.0 - 1e-12)
    flipped = sum(abs(float(np.where(drawn % 2 == 0, x, -x).sum())) >= reached for drawn in _coins(len(x), seed))
    return (1 + flipped) / (1 + RESAMPLES)


@lru_cache(maxsize=8)
def _coins(size: int, seed: int) -> NDArray[np.int8]:
    drawn = Dice(seed).uniforms("signs", keys([str(size)]), np.arange(RESAMPLES * size))
    found = (drawn * 2).astype(np.int8).reshape(RESAMPLES, size)
    found.flags.writeable = False
    return found


def _percentiles(value: float, resampled: Floats, level: float) -> Estimate:
    low, high = np.quantile(np.sort(resampled), [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, min(value, float(low)), max(value, float(high)))


# --- pairs of runs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pairs:
    """An outcome in two cells with the same seeds: how often in both, in one alone, in neither.

    ``difference`` is the second share minus the first, with Newcombe's interval; ``resampled`` the same with the paired
    bootstrap's; ``p`` McNemar's exact two-sided p-value.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    difference: Estimate
    resampled: Estimate
    p: float

    @property
    def runs(self) -> int:
        """Pairs of runs."""
        return self.both + self.only_first + self.only_second + self.neither


def pairs(first: ArrayLike, second: ArrayLike, level: float = LEVEL, seed: int = 1) -> Pairs:
    """Compare an outcome (one flag a seed) in two cells, seed by seed.

    `ValueError` if there are no pairs or not as many runs here as there.
    """
    a, b = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise ValueError("pairs need the same seeds in both cells")
    counts = [int(np.sum(x & y)) for x in (a, ~a) for y in (b, ~b)]
    both, only_first, only_second, neither = counts
    shift = mean(b.astype(np.float64) - a.astype(np.float64), level, seed)
    table = (both, only_first, only_second, neither)
    return Pairs(*table, newcombe(*table, level), shift, mcnemar(only_first, only_second))


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value that an outcome is as likely in two paired cells (McNemar 1947; binomial with one half).

    One if no pair differs: nothing speaks against it, and nothing is shown.
    """
    from scipy.stats import binomtest  # noqa: PLC0415

    n = only_first + only_second
    return 1.0 if n == 0 else float(binomtest(only_first, n, 0.5).pvalue)


def newcombe(both: int, only_first: int, only_second: int, neither: int, level: float = LEVEL) -> Estimate:
    """The second share minus the first in paired runs, by Newcombe 1998 (Statistics in Medicine 17:2635), method 10.

    Unlike a bootstrap it does not shrink to nothing when no pair differs.
    """
    n = both + only_first + only_second + neither
    one, two = share(both + only_first, n, level), share(both + only_second, n, level)
    phi = _correlation(both, only_first, only_second, neither)
    below, above = two.value - two.low, one.high - one.value
    low = math.sqrt(max(0.0, below * below - 2 * phi * below * above + above * above))
    below, above = one.value - one.low, two.high - two.value
    high = math.sqrt(max(0.0, below * below - 2 * phi * below * above + above * above))
    shift = two.value - one.value
    return Estimate(shift, max(-1.0, shift - low), min(1.0, shift + high))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Newcombe's correlation of the two outcomes, with his continuity correction."""
    n = both + only_first + only_second + neither
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    tie = float(both * neither - only_first * only_second)
    if margins == 0:
        return 0.0
    return (max(tie - n / 2, 0.0) if tie > 0 else tie) / math.sqrt(margins)


def mann_whitney(first: ArrayLike, second: ArrayLike) -> float:
    """Two-sided p-value that two groups of numbers are of one kind (Mann and Whitney 1947); one if a group is empty."""
    from scipy.stats import mannwhitneyu  # noqa: PLC0415

    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    return float(mannwhitneyu(a, b).pvalue) if len(a) and len(b) else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values for several comparisons made at once (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: (p_values[i], i))
    adjusted, so_far = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        so_far = max(so_far, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = so_far
    return adjusted


# --- times -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Survival:
    """The share of runs to which a thing has not happened yet, as steps: from ``times[i]`` on it is ``share[i]``."""

    runs: int
    times: Floats
    share: Floats
    low: Floats
    high: Floats

    def at(self, time: float) -> Estimate:
        """The share just after a time."""
        i = int(np.searchsorted(self.times, time, side="right")) - 1
        if i < 0:
            return share(self.runs, self.runs)
        return Estimate(float(self.share[i]), float(self.low[i]), float(self.high[i]))

    def median(self) -> float | None:
        """The first time by which it has happened to half of the runs; `None` if that never comes."""
        found = np.flatnonzero(self.share <= 0.5)
        return float(self.times[found[0]]) if len(found) else None


def survival(times: ArrayLike, happened: ArrayLike, level: float = LEVEL) -> Survival:
    """Kaplan and Meier's curve with log-log intervals (Kalbfleisch and Prentice), by `scipy.stats.ecdf`.

    ``times``: when it happened, or until when a run was watched without it (``happened`` false). A run in which it can
    no longer happen (its target is gone) is watched to the end of the scenario: then the curve is the share of runs
    without it by that day, and nothing is assumed of runs that were never played on. `ValueError` without runs.
    """
    from scipy.stats import CensoredData, ecdf  # noqa: PLC0415

    when, done = np.asarray(times, dtype=np.float64), np.asarray(happened, dtype=bool)
    if not len(when) or when.shape != done.shape:
        raise ValueError("a survival curve needs a time and a flag for every run")
    if not done.any():
        return Survival(len(when), when.max(keepdims=True), np.ones(1), *_ends(np.ones(1), len(when), level))
    curve = ecdf(CensoredData.right_censored(when, ~done)).sf
    with warnings.catch_warnings():  # where all or none are left the formula has no variance to go by
        warnings.simplefilter("ignore", RuntimeWarning)
        band: Any = curve.confidence_interval(confidence_level=level, method="log-log")
    left = np.asarray(curve.probabilities, dtype=np.float64)
    low = np.asarray(band.low.probabilities, dtype=np.float64)
    high = np.asarray(band.high.probabilities, dtype=np.float64)
    least, most = _ends(left, len(when), level)
    sure = np.isfinite(low) & np.isfinite(high) & (left > 0.0) & (left < 1.0)
    times = np.asarray(curve.quantiles, dtype=np.float64)
    return Survival(len(when), times, left, np.where(sure, low, least), np.where(sure, high, most))


def _ends(left: Floats, runs: int, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval for each share left, for where the curve's own has none: at all and at nothing."""
    found = [share(round(float(p) * runs), runs, level) for p in left]
    return np.array([e.low for e in found]), np.array([e.high for e in found])


def log_rank(first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike]) -> tuple[float, float]:
    """Log-rank statistic and two-sided p-value that two curves are one (Mantel 1966), by `scipy.stats.logrank`.

    Each of the two is (times, happened) as for `survival`. Pairing by seed is not used, which makes it cautious.
    Nothing, and 1, if it happened to nobody.
    """
    from scipy.stats import CensoredData, logrank  # noqa: PLC0415

    groups = [(np.asarray(t, dtype=np.float64), np.asarray(h, dtype=bool)) for t, h in (first, second)]
    if not any(h.any() for _, h in groups):
        return 0.0, 1.0
    with warnings.catch_warnings():  # the same times in both groups leave no variance
        warnings.simplefilter("ignore", RuntimeWarning)
        one, two = (CensoredData.right_censored(t, ~h) for t, h in groups)
        found = logrank(one, two)
    return (0.0, 1.0) if not math.isfinite(found.statistic) else (float(found.statistic), float(found.pvalue))
