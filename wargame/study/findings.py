"""What a study found: the statistics of its questions, as values that a report or another program can say.

One cell of a design over given settings is the one that the others are compared with (`Results.base`). Intervals are
those of `wargame.study.statistics`; they tell how far the luck of the draw reaches and nothing of what the model lacks.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import NOBODY, Atlas
from wargame.study import sensitivity, statistics
from wargame.study.phrases import label, quantity, spaced
from wargame.study.results import LAUNCHED, Results
from wargame.study.sensitivity import Bar, Flip
from wargame.study.statistics import Estimate, Pairs, Survival
from wargame.study.study_file import Factor, Question

Floats = NDArray[np.float64]
FEARS = (0.0, 0.3, 0.5, 0.8, 1.2, 2.0, math.inf)
"""Edges of the stretches of lambda: the range that history leaves open, and what lies beyond."""
FEWEST = 8
"""Runs below which a stretch of the band is not shown."""
ODD = 1.5
"""Robust standard deviations from the median beyond which a number of a run is worth a word."""
MOST_CURVES = 6
"""Curves that a reader can tell apart."""


# --- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """A question's answer in one cell: a share, or the mean of a number with the middle 80 % of its runs."""

    cell: int  # its place
    runs: int
    estimate: Estimate
    low: float = math.nan
    high: float = math.nan


def answer(found: Results, question: Question, cell: int) -> Answer | None:
    """The answer in a cell; `None` where no run has one. Of days: the mean of the runs in which it came."""
    values = found.answers(question)[cell]
    values = values[found.ok[cell] & np.isfinite(values)]
    if not len(values):
        return None
    if question.kind == "share":
        return Answer(cell, len(values), statistics.share(int(values.sum()), len(values)))
    low, high = np.quantile(np.sort(values), (0.1, 0.9), method="inverted_cdf")
    return Answer(cell, len(values), statistics.mean(values), float(low), float(high))


def pooled(found: Results, question: Question) -> Answer | None:
    """The answer over all cells of a sampled design; ``low`` and ``high`` are the middle 80 % of the cells' own means.

    Only seeds that every cell has played.
    """
    values = found.answers(question)[:, found.shared(range(len(found.cells)))]
    if not values.size or not np.isfinite(values).all():
        return None
    low, high = np.quantile(np.sort(values.mean(axis=1)), (0.1, 0.9), method="inverted_cdf")
    whole = statistics.crossed_share(values) if question.kind == "share" else statistics.crossed_mean(values)
    return Answer(-1, values.size, whole, float(low), float(high))


# --- comparisons -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """An answer in one cell against the base (`Results.base`), on the same seeds.

    ``pairs`` of a share; ``raw`` is the p-value by itself, ``p`` Holm's over the comparisons of its family.
    """

    question: Question
    cell: int
    runs: int
    difference: Estimate
    pairs: Pairs | None
    raw: float
    p: float


def compared(found: Results) -> list[Compared]:
    """Every cell against the base for every share (McNemar) and every number (sign flips) that was asked.

    P-values are adjusted within two families: the first question, and all others together. Days are compared by their
    curves.
    """
    made: list[Compared] = []
    for question in (q for q in found.design.file.questions if q.kind != "days"):
        values = found.answers(question)
        for cell in (c for c in range(len(found.cells)) if c != found.base):
            both = found.shared((found.base, cell))
            a, b = values[found.base, both], values[cell, both]
            known = np.isfinite(a) & np.isfinite(b)
            if not known.any():
                continue
            shift, runs = b[known] - a[known], int(known.sum())
            if question.kind == "share":
                pairs = statistics.pairs(a[known], b[known])
                made.append(Compared(question, cell, runs, pairs.difference, pairs, pairs.p, 1.0))
            else:
                p = statistics.sign_flip(shift)
                made.append(Compared(question, cell, runs, statistics.mean(shift), None, p, 1.0))
    chief = made[0].question if made else None
    for family in ([c for c in made if c.question == chief], [c for c in made if c.question != chief]):
        adjusted = statistics.holm([c.raw for c in family])
        for c, p in zip(family, adjusted, strict=True):
            made[made.index(c)] = replace(c, p=p)
    return made


def least_difference(runs: int, discordant: float) -> float | None:
    """The smallest true difference that so many pairs find four times in five; `None` if even the largest is missed.

    ``discordant``: the share of seeds whose outcome changes either way.
    """
    for points in range(1, 101):
        shift = points / 100
        if statistics.pairs_for(shift, max(shift, discordant)) <= runs:
            return shift
    return None


def varies(found: Results, question: Question) -> bool:
    """Whether two runs answer a question differently."""
    values = found.answers(question)[found.ok]
    values = values[np.isfinite(values)]
    return bool(len(values)) and bool(values.min() < values.max())


# --- one factor at a time --------------------------------------------------------------------------------------------


def bars(found: Results, question: Question) -> list[Bar]:
    """The tornado of a question: each level against a factor's first, each number's high end against its low.

    Of given settings those cells are compared that agree in all other factors; of sampled ones the cells in the upper
    third of a range with those in its lower third.
    """
    values = found.answers(question)
    made = []
    for factor in found.design.file.factors:
        for at, low, high in _ends(found, factor):
            cells = [*low, *high]
            seeds = found.shared(cells)
            seeds = seeds[np.isfinite(values[cells][:, seeds]).all(axis=0)]
            if len(seeds):
                ends = [values[rows][:, seeds] for rows in (low, high)]
                how = {"drawn": found.is_sampled, "shares": question.kind == "share"}
                made.append(sensitivity.bar(spaced(factor.id), at, *ends, **how))
    return sensitivity.tornado(made)


def _ends(found: Results, factor: Factor) -> list[tuple[tuple[str, str], list[int], list[int]]]:
    """Pairs of settings of a factor, with the cells (places) at each."""
    values = found.values(factor.id)
    if factor.kind == "levels":
        ids = [level.id for level in factor.levels]
        steps: list[tuple[object, object]] = [(ids[0], other) for other in ids[1:]]
    elif found.is_sampled:
        return _thirds(np.array(values, dtype=np.float64))
    else:
        steps = [(min(values), max(values))]
    ends = []
    for one, other in steps:
        if found.is_sampled:
            low = [i for i, v in enumerate(values) if v == one]
            high = [i for i, v in enumerate(values) if v == other]
        else:
            low, high = _matched(found, factor, one, other)
        if low and high:
            ends.append(((_said(one), _said(other)), low, high))
    return ends


def _thirds(values: Floats) -> list[tuple[tuple[str, str], list[int], list[int]]]:
    if len(values) < 3:
        return []
    order = np.argsort(values, kind="stable")
    n = len(values) // 3
    low, high = sorted(order[:n].tolist()), sorted(order[-n:].tolist())
    at = (f"up to {quantity(float(values[low].max()))}", f"from {quantity(float(values[high].min()))}")
    return [(at, low, high)]


def _matched(found: Results, factor: Factor, one: object, other: object) -> tuple[list[int], list[int]]:
    """Cells at one setting and at another that agree in every other factor, in the same order."""

    def rest(i: int) -> tuple[str, ...]:
        return tuple(s.level for s in found.cells[i].settings if s.factor != factor.id)

    values = found.values(factor.id)
    partner = {rest(i): i for i, v in enumerate(values) if v == other}
    low = [i for i, v in enumerate(values) if v == one and rest(i) in partner]
    return low, [partner[rest(i)] for i in low]


def _said(value: object) -> str:
    return spaced(value) if isinstance(value, str) else quantity(float(str(value)))


def indices(found: Results, question: Question) -> list[sensitivity.Index] | list[sensitivity.Elementary]:
    """Sobol indices or Morris's effects where the design is made for them and complete enough; else nothing."""
    design = found.design.file.design
    seeds = found.shared(range(len(found.cells)))
    values = found.answers(question)[:, seeds]
    if design.kind not in {"sobol", "morris"} or not values.size or not np.isfinite(values).all():
        return []
    names, means = [f.id for f in found.design.file.factors], values.mean(axis=1)
    try:
        if design.kind == "sobol":
            return sensitivity.sobol(names, means, second_order=design.second_order)
        return sensitivity.morris(names, found.places(), means, design.grid)
    except ValueError:  # the design was cut short
        return []


# --- times -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """Time to an operation's launch in one cell; ``p``: log-rank against the first curve, Holm's (`None`: it is it)."""

    name: str
    survival: Survival
    p: float | None


def launches(found: Results, operation: str, cells: Sequence[int]) -> list[Curve]:
    """Curves of the time to launch, in days from the opening.

    A run in which it is settled that there will be no launch is watched to the last day of all; one whose clock stopped
    with the question open only as long as it ran.
    """
    days, kinds = found.launch_days(operation), found.outcomes(operation)
    longest = float(np.nanmax(found.length))
    groups = []
    for cell in cells:
        rows = np.flatnonzero(found.ok[cell] & (kinds[cell] != ""))
        happened = np.isfinite(days[cell, rows])
        until = np.where(kinds[cell, rows] == "undecided", found.length[cell, rows], longest)
        groups.append((cell, np.where(happened, days[cell, rows], until), happened))
    groups = [g for g in groups if len(g[1])]
    p = [statistics.log_rank(groups[0][1:], g[1:])[1] for g in groups[1:]]
    adjusted: list[float | None] = [None, *statistics.holm(p)]
    return [
        Curve(label(found.cells[c]), statistics.survival(t, h), q)
        for (c, t, h), q in zip(groups, adjusted, strict=False)
    ]


# --- the fear of a long war ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """The share of an answer over the stretches of lambda in one cell (or all, of a sampled design): by stretch.

    ``p``: that lambda is the same in runs with the outcome and without (Mann and Whitney), Holm's over the bands;
    `None` for a sampled design, whose runs are not independent.
    """

    name: str
    runs: int
    shares: dict[int, tuple[int, Estimate]]  # runs and share
    p: float | None


def fear_bands(found: Results, question: Question, cells: Sequence[int]) -> tuple[str, list[Band]]:
    """Whose fear of a long war it is, and a share over its range; nothing for scenarios without politics."""
    if question.kind != "share" or question.operation not in found.operations:
        return "", []
    power, fear = found.fear(question.operation)
    values = found.answers(question)
    groups = [("all settings", list(range(len(found.cells))))] if found.is_sampled else []
    groups = groups or [(label(found.cells[c]), [c]) for c in cells]
    made, raw = [], []
    for name, rows in groups:
        x, y = fear[rows], values[rows]
        known = np.isfinite(x) & np.isfinite(y) & found.ok[rows]
        stretches = sensitivity.band(x[known], y[known] > 0.5, FEARS)
        shares = {FEARS.index(s.begins): (s.runs, s.share) for s in stretches if s.runs >= FEWEST}
        if shares:
            made.append(Band(name, int(known.sum()), shares, None))
            raw.append(statistics.mann_whitney(x[known & (y > 0.5)], x[known & (y <= 0.5)]))
    if found.is_sampled:
        return power, made
    return power, [replace(b, p=p) for b, p in zip(made, statistics.holm(raw), strict=True)]


# --- what flips the verdict ------------------------------------------------------------------------------------------

FEAR = "fear of a long war"
FEAR_NUMBERS = ("deterrence.long_war_aversion", "deterrence.long_war_spread")


def flips(found: Results, question: Question) -> Flip | None:
    """What tells the runs with an answer from those without: factors, and the luck that gave its leader his fear.

    `None` if all runs came out alike or nothing varied.
    """
    values = found.answers(question)
    known = found.ok & np.isfinite(values)
    columns: dict[str, list[float] | list[str]] = {}
    for factor in found.design.file.factors:
        by_cell = found.values(factor.id)
        column = [by_cell[c] for c in np.nonzero(known)[0].tolist()]
        columns[spaced(factor.id)] = [spaced(v) if isinstance(v, str) else v for v in column]  # type: ignore[assignment]
    drawn = {f.number for f in found.design.file.factors} & set(FEAR_NUMBERS)
    if question.operation in found.operations and not drawn:  # else the factor is the fear's own median
        fear = found.fear(question.operation)[1]
        if np.isfinite(fear[known]).all() and known.any():
            columns[FEAR] = fear[known].tolist()
    seeds = np.broadcast_to(found.seeds, known.shape)[known]
    try:
        return sensitivity.what_flips(columns, values[known] > 0.5, seeds)
    except ValueError:
        return None


# --- the most typical and the most surprising run --------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A run worth reading: its cell (place) and seed, and the share of the runs of its cell with the same outcomes."""

    cell: int
    seed: int
    alike: int
    runs: int
    rare: tuple[tuple[str, str, int], ...]  # its rarest outcomes: operation, outcome, runs of the cell with it
    odd: tuple[tuple[Question, float, float], ...]  # numbers far off: question, value, median of the cell


def typical_and_surprising(found: Results) -> tuple[Told, Told] | None:
    """The run that is most like the runs of its cell, and the one that is least; `None` without runs.

    Likeness is the likelihood of its operations' outcomes, each by its share in the cell (with one added to every
    count), less half the mean squared distance of its numbers from the cell's median in robust standard deviations.
    The typical run is looked for in the cell that the others are compared with.
    """
    score, kinds = _likeness(found), {o: found.outcomes(o) for o in found.operations}
    if not found.ok.any():
        return None
    first = score.copy()
    if not found.is_sampled and found.ok[found.base].any():
        first[np.arange(len(score)) != found.base] = -np.inf
    typical = np.unravel_index(int(np.argmax(first)), score.shape)
    surprising = np.unravel_index(int(np.argmin(np.where(found.ok, score, np.inf))), score.shape)
    return _told(found, kinds, *map(int, typical)), _told(found, kinds, *map(int, surprising))


def _likeness(found: Results) -> Floats:
    score = np.where(found.ok, 0.0, -np.inf)
    for operation in found.operations:
        kinds = found.outcomes(operation)
        for cell in range(len(found.cells)):
            counts = Counter(kinds[cell, found.ok[cell]].tolist())
            total = sum(counts.values()) + len(counts)
            for kind, n in counts.items():
                score[cell, found.ok[cell] & (kinds[cell] == kind)] += math.log((n + 1) / total)
    numbers = [q for q in found.design.file.questions if q.kind != "share"]
    for question in numbers:
        distance = _distance(found, question)
        score -= np.where(np.isfinite(distance), distance, 0.0) ** 2 / (2 * len(numbers))
    return score.round(9)


def _distance(found: Results, question: Question) -> Floats:
    """How far each run's number lies from the median of its cell, in robust standard deviations; nan without one."""
    values = np.where(found.ok, found.answers(question), np.nan)
    far = np.full(values.shape, np.nan)
    for cell, row in enumerate(values):
        known = np.isfinite(row)
        if known.any():
            low, middle, high = np.quantile(np.sort(row[known]), (0.25, 0.5, 0.75), method="inverted_cdf")
            spread = (high - low) / 1.349 or float(np.ptp(row[known])) or 1.0
            far[cell, known] = (row[known] - middle) / spread
    return far


def _told(found: Results, kinds: dict[str, NDArray[np.object_]], cell: int, place: int) -> Told:
    fine = np.flatnonzero(found.ok[cell])
    mine = {o: str(k[cell, place]) for o, k in kinds.items()}
    alike = sum(all(k[cell, r] == mine[o] for o, k in kinds.items()) for r in fine.tolist())
    shared = [(o, mine[o], int((k[cell, fine] == mine[o]).sum())) for o, k in kinds.items()]
    most = {o: Counter(k[cell, fine].tolist()).most_common(1)[0][1] for o, k in kinds.items()}
    rare = sorted((r for r in shared if 2 * r[2] < len(fine) and r[2] < most[r[0]]), key=lambda r: (r[2], r[0]))
    odd = []
    for question in (q for q in found.design.file.questions if q.kind != "share"):
        if abs(_distance(found, question)[cell, place]) > ODD:
            row = found.answers(question)[cell, fine]
            middle = float(np.quantile(np.sort(row[np.isfinite(row)]), 0.5, method="inverted_cdf"))
            odd.append((question, float(found.answers(question)[cell, place]), middle))
    return Told(cell, int(found.seeds[place]), alike, len(fine), tuple(rare[:4]), tuple(odd[:4]))


# --- land ------------------------------------------------------------------------------------------------------------


def odds_of_control(found: Results, atlas: Atlas, cells: Sequence[int]) -> tuple[NDArray[np.int64], Floats, int]:
    """Over some cells' runs: by province the likeliest new holder, the share of runs in which he holds it, the runs."""
    runs = int(found.ok[list(cells)].sum())
    counts = np.zeros((len(atlas), len(atlas.powers)))
    for cell, province, holder, n in found.control():
        if cell - 1 in cells and holder in atlas.power_number and province in atlas.number:
            counts[atlas.number[province], atlas.power_number[holder]] += n
    taker = np.where(counts.any(axis=1), counts.argmax(axis=1), NOBODY)
    return taker.astype(np.int64), counts.max(axis=1) / max(runs, 1), runs


# --- history ---------------------------------------------------------------------------------------------------------


def launched_share(found: Results, operation: str, cell: int) -> tuple[int, int]:
    """In how many runs of a cell an operation was launched, and of how many."""
    kinds = found.outcomes(operation)[cell, found.ok[cell]]
    return sum(k in LAUNCHED for k in kinds.tolist()), len(kinds)
