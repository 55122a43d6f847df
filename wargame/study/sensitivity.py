"""What an answer hinges on: Sobol and Morris indices, tornado bars, bands over an unknown, and what flips a verdict.

Pure functions over arrays; nothing here knows a scenario. Whatever is resampled or shuffled is seeded.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wargame.study.statistics import Estimate, crossed_mean, crossed_share, mean, newcombe, resamples, share

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Column = Sequence[float] | Sequence[str]
Bounds = Sequence[tuple[float, float]]

DEPTH = 3
"""Questions that the tree may ask of a run before it answers."""
LEAST_LEAF = 20
"""Runs that a leaf of the tree must hold, or a twentieth of all if that is more."""
EVENTS = 10
"""Runs of the rarer kind for each column of a logistic regression, below which its ratios mean nothing."""
REFITS = 100
"""Resamples of the seeds behind the interval of an odds ratio."""
FOLDS = 5
SURENESS = 2.0
"""Standard errors by which a question must better the tree on seeds that it has not seen."""


# --- indices over sampled ranges -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Index:
    """How much of a result's variance a factor explains alone (``first``) and with all its interactions (``total``)."""

    factor: str
    first: Estimate
    total: Estimate


def sobol(names: Sequence[str], results: ArrayLike, *, second_order: bool = False) -> list[Index]:
    """Sobol indices by SALib of results in the order of SALib's Sobol sample, the weightiest factor first.

    ``results``: one number a cell, the mean over the seeds that all cells share. Cells after the last whole block are
    left out. All zero where the result never varies. `ValueError` for less than two blocks.
    """
    from SALib.analyze import sobol as salib  # noqa: PLC0415

    y = np.asarray(results, dtype=np.float64)
    block = (2 if second_order else 1) * len(names) + 2
    y = y[: len(y) // block * block]
    if len(y) < 2 * block:
        raise ValueError(f"Sobol indices of {len(names)} factors need at least {2 * block} cells")
    if np.ptp(y) == 0.0:
        return [Index(n, _NOTHING, _NOTHING) for n in names]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample of few cells may not vary
        found = salib.analyze(_problem(names), y, calc_second_order=second_order, seed=1)
    rows = zip(names, *(found[k].tolist() for k in ("S1", "S1_conf", "ST", "ST_conf")), strict=True)
    indices = [Index(n, _around(s1, c1), _around(st, ct)) for n, s1, c1, st, ct in rows]
    return sorted(indices, key=lambda i: (-i.total.value, i.factor))


@dataclass(frozen=True, slots=True)
class Elementary:
    """Morris: the mean size of a factor's elementary effects over its range, and their spread (``bent``).

    A spread as large as the effect says that the factor acts differently in different surroundings.
    """

    factor: str
    effect: Estimate
    bent: float


def morris(names: Sequence[str], inputs: ArrayLike, results: ArrayLike, levels: int = 4) -> list[Elementary]:
    """Morris's elementary effects by SALib, the weightiest factor first.

    ``inputs``: (cells, factors) in the order of SALib's trajectories, each factor as a share 0..1 of its range;
    ``results``: one number a cell. Cells after the last whole trajectory are left out. `ValueError` for less than two.
    """
    from SALib.analyze import morris as salib  # noqa: PLC0415

    x, y = np.asarray(inputs, dtype=np.float64), np.asarray(results, dtype=np.float64)
    block = len(names) + 1
    whole = len(y) // block * block
    if whole < 2 * block:
        raise ValueError(f"Morris's effects of {len(names)} factors need at least {2 * block} cells")
    found = salib.analyze(_problem(names), x[:whole], y[:whole], num_levels=levels, seed=1)
    rows = zip(names, *(np.asarray(found[k]).tolist() for k in ("mu_star", "mu_star_conf", "sigma")), strict=True)
    effects = [Elementary(n, Estimate(m, max(0.0, m - c), m + c), s) for n, m, c, s in rows]
    return sorted(effects, key=lambda e: (-e.effect.value, e.factor))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _around(value: float, reach: float) -> Estimate:
    reach = reach if math.isfinite(reach) else 0.0
    return Estimate(value, value - reach, value + reach) if math.isfinite(value) else _NOTHING


_NOTHING = Estimate(0.0, 0.0, 0.0)


# --- one factor at a time --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a tornado: the result at two ends of a factor and the difference that it makes on the same seeds."""

    factor: str
    at: tuple[str, str]
    low: Estimate
    high: Estimate
    difference: Estimate


def bar(
    factor: str, at: tuple[str, str], low: ArrayLike, high: ArrayLike, *, drawn: bool = False, shares: bool = True
) -> Bar:
    """One factor's bar from two tables (cells, seeds) of the same seeds: cells at its low end and at its high end.

    ``drawn``: the cells are a sample of others that might have been (a Latin hypercube), so they are resampled too;
    ``shares``: values are 1 or 0, so that what never varies still has an interval. `ValueError` if the seeds differ in
    number.
    """
    ends = [np.asarray(t, dtype=np.float64) for t in (low, high)]
    if ends[0].shape[1:] != ends[1].shape[1:]:
        raise ValueError(f"factor {factor}: the two ends were not played with the same seeds")
    by_seed = [t.mean(axis=0) for t in ends]
    if shares and all(_is_one_of_two(e) for e in ends):  # a resample of what never varies has no width
        n = min(min(e.shape) for e in ends) if drawn else ends[0].shape[1]
        counts = [round(n * float(e[0])) for e in by_seed]
        both = min(counts)
        shift = newcombe(both, counts[0] - both, counts[1] - both, n - max(counts))
        return Bar(factor, at, share(counts[0], n), share(counts[1], n), shift)
    if drawn:
        low_end, high_end = (crossed_share(e) if shares else crossed_mean(e) for e in ends)
        return Bar(factor, at, low_end, high_end, _drawn_shift(*ends))
    low_end, high_end = (_of_seeds(v) if shares else mean(v) for v in by_seed)
    shift = by_seed[1] - by_seed[0]
    if shares and not shift.any():  # no seed shows a difference: that is not to say that there is none
        n = len(shift)
        yes = round(n * low_end.value)
        return Bar(factor, at, low_end, high_end, newcombe(yes, 0, 0, n - yes))
    return Bar(factor, at, low_end, high_end, mean(shift))


def _is_one_of_two(values: Floats) -> bool:
    """Whether all values are nothing, or all are one."""
    return bool(values.min() == values.max() and values.min() in {0.0, 1.0})


def _of_seeds(values: Floats) -> Estimate:
    """The mean share over seeds; of one that is nothing or all at every seed with Wilson's interval."""
    return share(round(len(values) * float(values[0])), len(values)) if _is_one_of_two(values) else mean(values)


def _drawn_shift(low: Floats, high: Floats) -> Estimate:
    """The difference of two crossed means whose cells were drawn apart and whose seeds are the same."""
    seeds = resamples(low.shape[1], 1)
    pairs = zip(resamples(low.shape[0], 2), resamples(high.shape[0], 3), seeds, strict=True)
    shifts = np.array([high[np.ix_(h, s)].mean() - low[np.ix_(k, s)].mean() for k, h, s in pairs])
    value = float(high.mean() - low.mean())
    least, most = np.quantile(np.sort(shifts), (0.025, 0.975))
    return Estimate(value, min(value, float(least)), max(value, float(most)))


def tornado(bars: Sequence[Bar]) -> list[Bar]:
    """Bars in the order of a tornado: the largest difference first, equals by name."""
    return sorted(bars, key=lambda b: (-abs(b.difference.value), b.factor))


# --- a quantity over the range of an unknown -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an unknown number's range, with the share of runs in it that have an outcome."""

    begins: float
    ends: float
    runs: int
    share: Estimate


def band(unknown: ArrayLike, outcome: ArrayLike, edges: Sequence[float]) -> list[Stretch]:
    """The share of an outcome over the stretches between the edges of an unknown number's range.

    ``unknown`` and ``outcome`` have one entry a run. A value on an edge belongs to the stretch above it, on the last to
    the one below; stretches without a run are left out.
    """
    x, y = np.asarray(unknown, dtype=np.float64), np.asarray(outcome, dtype=bool)
    place = np.clip(np.searchsorted(edges, x, side="right") - 1, -1, len(edges) - 1)
    place[x == edges[-1]] = len(edges) - 2
    found = []
    for k in range(len(edges) - 1):
        inside = place == k
        if inside.any():
            n = int(inside.sum())
            found.append(Stretch(edges[k], edges[k + 1], n, share(int(y[inside].sum()), n)))
    return found


# --- what flips the verdict ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """An end of the tree: the conditions that lead there, and the share of its runs that have the outcome."""

    conditions: tuple[str, ...]
    runs: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Odds:
    """By how much a factor multiplies the odds of the outcome, the others held: a level, or one end of its range."""

    what: str
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class Flip:
    """What tells the runs with an outcome from those without.

    ``right`` and ``blind``: the share of runs told rightly by a tree that never saw their seeds, and by always naming
    the commoner case. A tree of one leaf explains nothing: no question told unseen seeds surely better than none.
    """

    leaves: tuple[Leaf, ...]
    odds: tuple[Odds, ...]
    right: float
    blind: float

    @property
    def explains(self) -> bool:
        """Whether the factors tell more than the commoner case does."""
        return len(self.leaves) > 1


def what_flips(factors: Mapping[str, Column], outcome: ArrayLike, groups: ArrayLike) -> Flip:
    """A small decision tree and a logistic regression (scikit-learn) of an outcome on factors.

    ``factors``: by name a column of numbers or of levels, an entry a run; ``groups``: the seed of each run, which stays
    on one side when the tree is tried and is resampled whole for the intervals. Ratios of numbers are from the low end
    of the range to the high one, of levels against the first; they are shrunk (L2, C = 1), so that a factor that
    decides alone has a large and not an infinite one. None are given with fewer than `EVENTS` runs of the rarer kind to
    a column (Peduzzi and others 1996). `ValueError` if all runs came out alike.
    """
    y, seeds = np.asarray(outcome, dtype=bool), np.asarray(groups)
    if y.all() or not y.any():
        raise ValueError("every run came out alike; nothing flips the verdict")
    names, table = _encoded(factors)
    if not names:
        raise ValueError("no factor varies; nothing but luck flips the verdict")
    blind = max(float(y.mean()), 1.0 - float(y.mean()))
    depth, right = _tried(table, y, seeds)
    leaves = _leaves(names, table, y, seeds, factors, depth)
    return Flip(leaves, _odds(names, table, y, seeds), right, blind)


@dataclass(frozen=True, slots=True)
class _Feature:
    """A column of the model: a number scaled to 0..1 over its range, or a flag for one level of a factor."""

    factor: str
    level: str | None
    low: float = 0.0
    high: float = 1.0

    def asked(self, threshold: float, *, above: bool) -> str:
        """The tree's question in words."""
        if self.level is not None:
            return f"{self.factor} is {'' if above else 'not '}{self.level}"
        at = f"{self.low + threshold * (self.high - self.low):.3g}"
        return f"{self.factor} above {at}" if above else f"{self.factor} at most {at}"

    def told(self) -> str:
        """What an odds ratio of it is of."""
        return (
            f"{self.factor}: {self.level}" if self.level else f"{self.factor}: {self.high:.3g} against {self.low:.3g}"
        )


def _encoded(factors: Mapping[str, Column]) -> tuple[list[_Feature], Floats]:
    features, columns = [], []
    for name, values in factors.items():
        if all(isinstance(v, str) for v in values):
            levels = list(dict.fromkeys(map(str, values)))
            for level in levels if len(levels) > 1 else []:
                features.append(_Feature(name, level))
                columns.append(np.array([v == level for v in values], dtype=np.float64))
        else:
            x = np.asarray(values, dtype=np.float64)
            if np.ptp(x) > 0.0:
                features.append(_Feature(name, None, float(x.min()), float(x.max())))
                columns.append((x - x.min()) / np.ptp(x))
    return features, np.stack(columns, axis=1) if columns else np.zeros((0, 0))


def _tree(runs: int, depth: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415

    leaf = min(max(LEAST_LEAF, runs // 20), max(1, runs // 4))
    return DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf, min_impurity_decrease=0.002, random_state=1)


def _tried(table: Floats, y: Flags, seeds: NDArray[Any]) -> tuple[int, float]:
    """How many questions the tree may ask, and the share of runs that it then tells rightly without their seeds.

    The fewest, none among them, whose squared error on unseen seeds is not surely more than the best (after Breiman and
    others 1984; `SURENESS` standard errors of the difference, seed by seed).
    """
    ranks = np.unique(seeds, return_inverse=True)[1]
    folds = min(FOLDS, int(ranks.max()) + 1)
    if folds < 2:
        return 0, 0.0
    said = np.zeros((DEPTH + 1, len(y)))
    for k in range(folds):
        out = ranks % folds == k
        said[0, out] = y[~out].mean()
        for depth in range(1, DEPTH + 1):
            fitted = _tree(int((~out).sum()), depth).fit(table[~out], y[~out])
            known = fitted.classes_.tolist()
            said[depth, out] = fitted.predict_proba(table[out])[:, known.index(True)] if True in known else 0.0
    errors = np.stack([np.bincount(ranks, weights=(p - y) ** 2) / np.bincount(ranks) for p in said])
    worse = errors - errors[errors.mean(axis=1).argmin()]
    slack = SURENESS * worse.std(axis=1) / math.sqrt(worse.shape[1])
    depth = int(np.flatnonzero(worse.mean(axis=1) <= slack)[0])
    return depth, float(((said[depth] > 0.5) == y).mean())


def _leaves(
    names: Sequence[_Feature], table: Floats, y: Flags, seeds: NDArray[Any], factors: Mapping[str, Column], depth: int
) -> tuple[Leaf, ...]:
    if not depth:
        return (Leaf((), len(y), _by_seeds(y, seeds)),)
    tree = _tree(len(y), depth).fit(table, y).tree_
    found: list[Leaf] = []

    def walk(node: int, asked: tuple[tuple[int, bool, float], ...], inside: Flags) -> None:
        if tree.children_left[node] < 0:
            n = int(inside.sum())
            found.append(Leaf(_conditions(names, asked, factors), n, _by_seeds(y[inside], seeds[inside])))
            return
        k, threshold = int(tree.feature[node]), float(tree.threshold[node])
        low = table[:, k] <= threshold
        walk(int(tree.children_left[node]), (*asked, (k, False, threshold)), inside & low)
        walk(int(tree.children_right[node]), (*asked, (k, True, threshold)), inside & ~low)

    walk(0, (), np.ones(len(y), dtype=bool))
    return tuple(sorted(found, key=lambda leaf: (-leaf.share.value, -leaf.runs, leaf.conditions)))


def _conditions(
    names: Sequence[_Feature], asked: Sequence[tuple[int, bool, float]], factors: Mapping[str, Column]
) -> tuple[str, ...]:
    """The questions on the way to a leaf, each factor once: the tightest of a number, what is left of its levels."""
    said: dict[str, list[str]] = {}
    for k, above, threshold in asked:
        feature = names[k]
        if feature.level is None:
            said.setdefault(f"{feature.factor}{above}", [])[:] = [feature.asked(threshold, above=above)]
            continue
        levels = list(dict.fromkeys(map(str, factors[feature.factor])))
        before = said.setdefault(feature.factor, levels)
        left = [feature.level] if above else [level for level in before if level != feature.level]
        said[feature.factor] = left
    told = []
    for key, words in said.items():
        if key in factors and all(isinstance(v, str) for v in factors[key]):
            told.append(f"{key} is {' or '.join(words)}")
        else:
            told += words
    return tuple(told)


def _by_seeds(y: Flags, seeds: NDArray[Any]) -> Estimate:
    """A share of runs of which some have the same seed, and with it the same luck: seeds are resampled whole."""
    ranks = np.unique(seeds, return_inverse=True)[1]
    yes, runs = np.bincount(ranks, weights=y), np.bincount(ranks)
    value = float(y.mean())
    if value in {0.0, 1.0}:
        return share(len(runs) if value else 0, len(runs))
    shares = np.sort([yes[drawn].sum() / runs[drawn].sum() for drawn in resamples(len(runs))])
    low, high = np.quantile(shares, (0.025, 0.975))
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def _odds(names: Sequence[_Feature], table: Floats, y: Flags, seeds: NDArray[Any]) -> tuple[Odds, ...]:
    first = {f.factor: f for f in reversed(names) if f.level is not None}
    kept = [k for k, f in enumerate(names) if f.level is None or first[f.factor] is not f]
    if min(int(y.sum()), int((~y).sum())) < EVENTS * len(kept):
        return ()
    groups = [np.flatnonzero(seeds == s) for s in np.unique(seeds)]
    whole = _logit(table[:, kept], y)
    again = []
    for drawn in resamples(len(groups), 1, REFITS):
        rows = np.concatenate([groups[k] for k in drawn])
        if y[rows].any() and not y[rows].all():
            again.append(_logit(table[rows][:, kept], y[rows]))
    low, high = np.quantile(np.array(again), (0.025, 0.975), axis=0) if again else (whole, whole)
    found = []
    for k, value, least, most in zip(kept, whole.tolist(), low.tolist(), high.tolist(), strict=True):
        ends = (math.exp(value), math.exp(min(value, least)), math.exp(max(value, most)))
        against = f" against {first[names[k].factor].level}" if names[k].level else ""
        found.append(Odds(names[k].told() + against, Estimate(*ends)))
    return tuple(sorted(found, key=lambda o: (-abs(math.log(o.ratio.value)), o.what)))


def _logit(table: Floats, y: Flags) -> Floats:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return np.asarray(LogisticRegression(C=1.0, solver="newton-cholesky").fit(table, y).coef_[0], dtype=np.float64)
