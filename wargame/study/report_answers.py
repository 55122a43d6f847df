"""Sections of a study's report on what came out: answers, differences on the same seeds, outcomes, times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from wargame import dates
from wargame.show.prose import listing, number
from wargame.study import figures, findings
from wargame.study.brief import MOST_ROWS, SURE, Brief
from wargame.study.findings import Compared
from wargame.study.paper import Block, Grid, Head, Picture, Section, Text
from wargame.study.phrases import (
    OUTCOMES,
    day,
    difference,
    level,
    measured,
    percent,
    points,
    points_span,
    probability,
    quantity,
    share,
    spaced,
)
from wargame.study.sensitivity import Bar
from wargame.study.study_file import Question

ABREAST = 3
"""Shares that stand side by side in a table."""
MOST_OPERATIONS = 4
NONE = "–"


def answers(brief: Brief) -> Iterator[Block]:
    """Every question's answer by setting, or over the ranges of a sampled design."""
    if not brief.questions:
        return
    yield Section("answers", "Answers")
    if brief.found.is_sampled:
        yield from _over_ranges(brief)
        return
    shares = [q for q in brief.questions if q.kind == "share"]
    yield from _crossed(brief, shares) if _is_crossed(brief) else _listed(brief, shares)
    main, cells = brief.main, _cells(brief)
    if main is not None and main.kind == "share" and main in brief.open and len(cells) > 1:
        rows = [(brief.name(c), a.estimate) for c in cells if (a := findings.answer(brief.found, main, c))]
        told = "; ".join(f"{n} {percent(e.value, brief.seeds)} %" for n, e in rows)
        yield Picture(
            "answers.svg",
            figures.intervals(rows, brief.title(main)),
            f"Share of runs by setting, with intervals. {brief.title(main)}: {told}.",
            f"{brief.title(main)}: share of runs by setting with 95 % intervals.",
        )
    for q in (q for q in brief.questions if q.kind != "share"):
        yield _days(brief, q) if q.kind == "days" else _numbers(brief, q)


def _cells(brief: Brief) -> range:
    return range(min(len(brief.found.cells), MOST_ROWS))


def _is_crossed(brief: Brief) -> bool:
    """Whether two factors are crossed, so that each question makes a table of its own."""
    factors = brief.design.file.factors
    counts = [len(set(map(str, brief.found.values(f.id)))) for f in factors]
    whole = len(factors) == 2 and counts[0] * counts[1] == len(brief.found.cells)
    return whole and counts[0] > 1 and counts[1] > 1 and counts[0] <= 6 and counts[1] <= 12


def _crossed(brief: Brief, shares: Sequence[Question]) -> Iterator[Block]:
    across, down = brief.design.file.factors
    said = [[level(s) for s in c.settings] for c in brief.found.cells]
    columns, names = (list(dict.fromkeys(s[k] for s in said)) for k in (0, 1))
    place = {tuple(s): c for c, s in enumerate(said)}
    for q in shares:
        rows = []
        for name in names:
            told = [findings.answer(brief.found, q, place[column, name]) for column in columns]
            rows.append((name, *(share(a.estimate, a.runs) if a else NONE for a in told)))
        heads = (f"{spaced(down.id)} \\ {spaced(across.id)}", *columns)
        caption = f"{brief.title(q)}: share of {brief.seeds} runs a setting, with Wilson's interval."
        yield Grid(caption, heads, tuple(rows), heads[1:])


def _listed(brief: Brief, shares: Sequence[Question]) -> Iterator[Block]:
    for k in range(0, len(shares), ABREAST):
        some, rows = shares[k : k + ABREAST], []
        for c in _cells(brief):
            told = [findings.answer(brief.found, q, c) for q in some]
            said = [share(a.estimate, a.runs) if a else NONE for a in told]
            rows.append((brief.name(c), number(max([a.runs for a in told if a] or [0])), *said))
        columns = ("setting", "runs", *(brief.title(q) for q in some))
        yield Grid("Shares of runs, each with Wilson's interval by itself.", columns, tuple(rows), columns[1:])
    if len(brief.found.cells) > MOST_ROWS:
        yield Text("More settings were played than are listed here; `wargame sql` has all of them.")


def _numbers(brief: Brief, q: Question) -> Grid:
    rows = []
    for c in _cells(brief):
        a = findings.answer(brief.found, q, c)
        said = (NONE, NONE)
        if a is not None:
            same = a.estimate.width == 0.0
            said = (f"{quantity(a.estimate.value)} in every run" if same else measured(a.estimate), NONE)
            said = (said[0], NONE if same else f"{quantity(a.low)} to {quantity(a.high)}")
        rows.append((brief.name(c), number(a.runs if a else 0), *said))
    columns = ("setting", "runs", "mean", "middle 80 % of the runs")
    caption = f"{brief.title(q)} ({brief.unit(q)}): means with the bootstrap's intervals."
    return Grid(caption.replace(" ()", ""), columns, tuple(rows), columns[1:])


def _days(brief: Brief, q: Question) -> Grid:
    rows, values = [], brief.found.answers(q)
    for c in _cells(brief):
        runs = int(brief.found.ok[c].sum())
        came = np.sort(values[c][np.isfinite(values[c]) & brief.found.ok[c]])
        picks = [came[0], came[(len(came) - 1) // 2], came[-1]] if len(came) else []
        said = [day(brief.found.opening + int(v) * dates.DAY) for v in picks] or [NONE] * 3
        rows.append((brief.name(c), number(runs), number(len(came)) if runs else NONE, *said))
    columns = ("setting", "runs", "it came in", "first", "median", "last")
    return Grid(f"{brief.title(q)}: days, of the runs in which it came.", columns, tuple(rows), columns[1:3])


def _over_ranges(brief: Brief) -> Iterator[Block]:
    rows = []
    for q in brief.questions:
        a = findings.pooled(brief.found, q)
        if a is None:
            rows.append((brief.title(q), NONE, "not every run has an answer", NONE))
        elif q.kind == "share":
            between = f"{percent(a.low, a.runs)} to {percent(a.high, a.runs)} %"
            rows.append((brief.title(q), number(a.runs), share(a.estimate, a.runs), between))
        else:
            rows.append(
                (brief.title(q), number(a.runs), measured(a.estimate), f"{quantity(a.low)} to {quantity(a.high)}")
            )
    columns = ("question", "runs", "over the ranges", "middle 80 % of the settings")
    yield Grid("Answers over the ranges of what is not known.", columns, tuple(rows), columns[1:])
    yield Text(
        "The intervals are those of a bootstrap that draws settings and seeds anew, for runs of one setting or of one "
        "seed are not independent. The last column is wider than the settings alone would make it: a setting's own "
        "share has its luck too."
    )


# --- differences -----------------------------------------------------------------------------------------------------


def differences(brief: Brief) -> Iterator[Block]:
    """Every setting against the base on the same seeds, with what many comparisons ask for."""
    if not brief.compared:
        return
    yield Section("differences", "Differences on the same seeds")
    yield Text(
        f"Each setting is set against the base setting, “{brief.name(brief.found.base)}”, seed by seed. "
        f"{_families(brief)} Differences of shares are in points of a percent with Newcombe's interval for pairs; the "
        "paired bootstrap's stands beside it as a check, and is too narrow where few seeds change. The intervals are "
        "each by itself, not for all at once."
    )
    same = [q for q in brief.questions if brief.against_first(q) and q not in brief.open]
    if same:
        yield Text(f"The same in every run: {listing([f'“{brief.title(q)}”' for q in same])}.")
    shown = 0
    for q in brief.open:
        mine = brief.against_first(q)[:MOST_ROWS]
        if not mine or (shown and shown + len(mine) > 2 * MOST_ROWS):
            continue
        shown += len(mine)
        yield _pairs(brief, q, mine) if q.kind == "share" else _shifts(brief, q, mine)
        if q == brief.main and q.kind == "share" and len(mine) > 1:
            yield _forest(brief, q, mine)
    if shown < sum(len(brief.against_first(q)) for q in brief.open):
        yield Text("The other comparisons are left out here; the next table has them by factor.")
    yield from _by_factor(brief)


def _families(brief: Brief) -> str:
    """How many comparisons are made at once, and how many of them are sure."""
    chief = brief.against_first(brief.compared[0].question)
    others = [c for c in brief.compared if c not in chief]
    one = "comparison" if len(chief) == 1 else "comparisons"
    said = (
        f"“{brief.title(chief[0].question)}”, the first question, makes {number(len(chief))} {one} at once, of which "
        f"{number(sum(c.p < SURE for c in chief))} below .05 by Holm's rule"
    )
    if not others:
        return f"{said}."
    sure = number(sum(c.p < SURE for c in others))
    return (
        f"{said}; the other questions make {number(len(others))} more, {sure} below .05 by the rule among themselves."
    )


def _pairs(brief: Brief, q: Question, mine: Sequence[Compared]) -> Grid:
    columns = ("setting", "pairs", "points", "bootstrap", "only base", "only here", "p", "p (Holm)")
    rows = []
    for c in mine:
        assert c.pairs is not None
        p, n = c.pairs, c.runs
        said = (points(p.difference, n), points_span(p.resampled, n), number(p.only_first), number(p.only_second))
        rows.append((brief.name(c.cell), number(n), *said, probability(c.raw), probability(c.p)))
    caption = (
        f"{brief.title(q)}: each setting against the base. Only base, only here: seeds with that outcome in the "
        "base setting alone and in this one alone; p: McNemar's exact test."
    )
    return Grid(caption, columns, tuple(rows), columns[1:])


def _forest(brief: Brief, q: Question, mine: Sequence[Compared]) -> Picture:
    rows = [(brief.name(c.cell), c.difference) for c in mine]
    told = "; ".join(f"{n} {points(e, brief.seeds)}" for n, e in rows)
    return Picture(
        "differences.svg",
        figures.intervals(rows, f"{brief.title(q)}: against the base setting", differences=True),
        f"Difference of each setting from the base in points of a percent: {told}.",
        f"{brief.title(q)}: difference from “{brief.name(brief.found.base)}” on the same seeds, with 95 % intervals.",
    )


def _shifts(brief: Brief, q: Question, mine: Sequence[Compared]) -> Grid:
    columns = ("setting", "pairs", "difference", "p", "p (Holm)")
    rows = tuple(
        (brief.name(c.cell), number(c.runs), difference(c.difference), probability(c.raw), probability(c.p))
        for c in mine
    )
    caption = (
        f"{brief.title(q)} ({brief.unit(q)}): mean difference from the base setting, with the paired bootstrap's "
        "interval; p: signs of the differences flipped at random."
    )
    return Grid(caption.replace(" ()", ""), columns, rows, columns[1:])


def _by_factor(brief: Brief) -> Iterator[Block]:
    """Where factors are crossed: what each level does to every share, averaged over the others."""
    shares = [q for q in brief.open if q.kind == "share"]
    if len(brief.design.file.factors) < 2 or not shares:
        return
    bars = {q.id: {(b.factor, b.at): b for b in brief.bars(q)} for q in shares}
    contrasts = sorted({key for own in bars.values() for key in own}, key=lambda key: _order(brief, key))[:8]
    rows = []
    for q in shares:
        told: list[Bar | None] = [bars[q.id].get(key) for key in contrasts]
        rows.append((brief.title(q), *(points(b.difference, brief.seeds) if b else NONE for b in told)))
    columns = ("question", *(f"{factor}: {to} against {at}" for factor, (at, to) in contrasts))
    caption = (
        "What each factor does by itself, in points of a percent, averaged over the settings that agree in all other "
        "factors (bootstrap by seeds)."
    )
    yield Grid(caption, columns, tuple(rows), columns[1:])


def _order(brief: Brief, key: tuple[str, tuple[str, str]]) -> tuple[int, int]:
    """Factors and levels in the order of the study's file."""
    factors = [spaced(f.id) for f in brief.design.file.factors]
    which = factors.index(key[0])
    ids = [spaced(v.id) for v in brief.design.file.factors[which].levels]
    return which, ids.index(key[1][1]) if key[1][1] in ids else 0


# --- outcomes and times ----------------------------------------------------------------------------------------------


def outcomes(brief: Brief) -> Iterator[Block]:
    """What became of the operations asked about, and how often all others are launched."""
    if not brief.operations:
        return
    yield Section("outcomes", "What became of the operations")
    cells = list(range(len(brief.found.cells)))
    groups = [("all settings", cells)] if brief.found.is_sampled else [(brief.name(c), [c]) for c in cells]
    for operation in brief.operations[:MOST_OPERATIONS]:
        yield from _outcome(brief, operation, groups[:MOST_ROWS])
    yield from _others(brief)


def _outcome(brief: Brief, operation: str, groups: Sequence[tuple[str, list[int]]]) -> Iterator[Block]:
    kinds = brief.found.outcomes(operation)
    rows: list[tuple[str, int, dict[str, int]]] = []
    for name, some in groups:
        told = kinds[some][brief.found.ok[some]].tolist()
        tally = {o: told.count(o) for o in OUTCOMES}
        if sum(tally.values()):
            rows.append((name, sum(tally.values()), tally))
    present = [o for o in OUTCOMES if any(t[o] for _, _, t in rows)]
    if not rows:
        return
    name = brief.operation(operation)
    yield Head(name)
    if len(present) == 1:
        yield Text(f"{OUTCOMES[present[0]][:1].upper()}{OUTCOMES[present[0]][1:]} in every run.")
        return
    columns = ("setting", "runs", *(OUTCOMES[o] for o in present))
    table = tuple((n, number(k), *(number(t[o]) if t[o] else NONE for o in present)) for n, k, t in rows)
    yield Grid(f"{name}: runs by outcome.", columns, table, columns[1:])
    if len(rows) > 1:
        shares = [(n, {o: t[o] / k for o in present}) for n, k, t in rows]
        yield Picture(
            f"outcomes_{operation}.svg",
            figures.outcomes(shares, name),
            f"Outcomes of {name} as shares of runs. {'; '.join(f'{n}: {_words(t, k)}' for n, k, t in rows)}.",
            f"{name}: outcomes as shares of the runs.",
        )


def _words(tally: dict[str, int], runs: int) -> str:
    return ", ".join(f"{OUTCOMES[o]} {percent(n / runs, runs)} %" for o, n in tally.items() if n)


def _others(brief: Brief) -> Iterator[Block]:
    others = [o for o in brief.found.operations if o not in brief.operations[:MOST_OPERATIONS]]
    groups = [[c] for c in brief.shown]
    names = [brief.name(c) for c in brief.shown]
    if brief.found.is_sampled:
        groups, names = [list(range(len(brief.found.cells)))], ["all settings"]
    rows = []
    for operation in others:
        told = [[findings.launched_share(brief.found, operation, c) for c in some] for some in groups]
        sums = [(sum(k for k, _ in some), sum(n for _, n in some)) for some in told]
        if any(k for k, _ in sums):
            rows.append((brief.operation(operation), *(f"{number(k)} of {number(n)}" for k, n in sums)))
    if rows:
        columns = ("operation", *names)
        yield Head("All the others")
        yield Grid("In how many runs they are launched; those never launched are left out.", columns, tuple(rows))


def times(brief: Brief) -> Iterator[Block]:
    """Survival curves of the time to launch."""
    if brief.found.is_sampled:
        return
    parts = [block for operation in brief.operations[:MOST_OPERATIONS] for block in _time(brief, operation)]
    if parts:
        yield Section("times", "When it is launched")
        yield Text(
            "Kaplan and Meier's curves of the time to launch. A run in which it is settled that there will be no "
            "launch counts as one without it to the last day, so a curve is simply the share of runs with a launch by "
            "each day. The log-rank test does not use the pairs, which makes it cautious."
        )
        if len(brief.shown) < int(brief.found.ok.any(axis=1).sum()):
            yield Text("Of the settings those are shown whose answer differs most from that of the base.")
        yield from parts


def _time(brief: Brief, operation: str) -> Iterator[Block]:
    days = brief.found.launch_days(operation)[brief.found.ok]
    known = days[np.isfinite(days)]
    if not len(known) or (len(known) == len(days) and known.min() == known.max()):
        return  # never, or on one day in every run
    curves = findings.launches(brief.found, operation, brief.shown)
    ends, rows = _year_ends(brief), []
    for c in curves:
        n, middle = c.survival.runs, c.survival.median()
        by = [f"{percent(1.0 - c.survival.at(e - 1).value, n)} %" for _, e in ends]
        when = day(brief.found.opening + round(middle) * dates.DAY) if middle is not None else "later or never"
        rows.append((c.name, number(n), when, *by, "" if c.p is None else probability(c.p)))
    columns = ("setting", "runs", "median", *(f"by the end of {y}" for y, _ in ends), "p (log-rank, Holm)")
    name = brief.operation(operation)
    yield Grid(
        f"{name}: time to launch; later or never: not in half of the runs.",
        columns,
        tuple(rows),
        ("runs", *columns[3:]),
    )
    told = "; ".join(f"{c.name} {percent(1 - float(c.survival.share[-1]), c.survival.runs)} %" for c in curves)
    lines = [(c.name, c.survival) for c in curves]
    shading = "; the shading is the 95 % interval" if len(lines) <= figures.SHADED else ""
    yield Picture(
        f"times_{operation}.svg",
        figures.curves(lines, brief.found.opening, brief.found.ended, f"{name}: launched by"),
        f"Share of runs in which {name} has been launched by each day. On the last day: {told}.",
        f"{name}: share of runs with a launch by each day{shading}.",
    )


def _year_ends(brief: Brief) -> list[tuple[int, int]]:
    """The last years that end within the runs, with the day after their end counted from the opening."""
    first, last = dates.to_datetime(brief.found.opening).year, dates.to_datetime(brief.found.ended).year
    opening = brief.found.opening
    ends = [(y, (dates.parse(f"{y + 1}-01-01") - opening) // dates.DAY) for y in range(first, last + 1)]
    return [e for e in ends if e[1] <= (brief.found.ended - opening) // dates.DAY + 1][-5:]
