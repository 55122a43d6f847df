"""Sections of a study's report on why: what the answer hinges on, an unknown's whole range, assumptions, misses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from shlex import quote

import numpy as np

from wargame import dates
from wargame.errors import UsageError
from wargame.show.prose import listing, number
from wargame.study import figures, findings, history, political
from wargame.study.brief import SURE, Brief
from wargame.study.findings import FEARS
from wargame.study.paper import Block, Grid, Head, Picture, Points, Section, Text
from wargame.study.phrases import (
    MINUS,
    day,
    difference,
    measured,
    percent,
    points,
    probability,
    quantity,
    ratio,
    share,
    spaced,
    span,
)
from wargame.study.sensitivity import Elementary, Index
from wargame.study.statistics import Estimate
from wargame.study.study_file import Question

MOST_BARS = 16
MOST_TORNADOS = 3
NONE = "–"
SAID = {
    "morris": "A spread as large as the effect says that a factor acts differently in different surroundings.",
    "sobol": "Sobol indices: the luck of the seeds is the same in all settings; what is left of it in their means "
    "counts among the interactions. An index whose interval reaches nothing may be nothing.",
}
"""What to know about the indices of a design."""


def hinges(brief: Brief) -> Iterator[Block]:
    """Tornado, indices, and what flips the verdict."""
    parts: list[Block] = []
    for q in brief.open[:MOST_TORNADOS]:
        own = [*_tornado(brief, q), *_indices(brief, q)]
        parts += [Head(brief.title(q)), *own] if own else []
    parts += [Text(SAID[kind]) for kind in SAID if brief.design.file.design.kind == kind and parts]
    flipped = next((q for q in brief.open if q.kind == "share"), None)
    if flipped is not None:
        parts += _flips(brief, flipped)
    if parts:
        yield Section("hinges", "What the answer hinges on")
        yield from parts


def _tornado(brief: Brief, q: Question) -> Iterator[Block]:
    bars = brief.bars(q)[:MOST_BARS] if q.kind != "days" else []
    if not bars or (len(brief.design.file.factors) == 1 and not brief.found.is_sampled):
        return  # of one factor the differences have told all
    is_share, n = q.kind == "share", brief.found.runs if brief.found.is_sampled else brief.seeds
    rows = []
    for b in bars:
        ends = [share(e, n) if is_share else measured(e) for e in (b.low, b.high)]
        shift = points(b.difference, n) if is_share else difference(b.difference)
        rows.append((b.factor, b.at[0], ends[0], b.at[1], ends[1], shift))
    columns = ("factor", "from", "there", "to", "here", "points" if is_share else "difference")
    how = "in the lower and the upper third of its range (bootstrap by settings and seeds)"
    if not brief.found.is_sampled:
        how = "at two of its settings, averaged over the settings that agree in all other factors (bootstrap by seeds)"
    unit = "" if is_share or not brief.unit(q) else f" ({brief.unit(q)})"
    caption = f"{brief.title(q)}{unit}: each factor {how}; the widest first."
    yield Grid(caption, columns, tuple(rows), (columns[2], columns[4], columns[5]))
    told = "; ".join(f"{r[0]}: {r[1]} {r[2]}, {r[3]} {r[4]}" for r in rows[:6])
    yield Picture(
        f"tornado_{q.id}.svg",
        figures.tornado(bars, f"{brief.title(q)}{unit}", shares=is_share),
        f"Tornado of the answer by factor, the widest on top. {told}.",
        f"{brief.title(q)}: what each factor does to the answer; empty dot: from, full dot: to.",
    )


def _indices(brief: Brief, q: Question) -> Iterator[Block]:
    found = findings.indices(brief.found, q) if q.kind != "days" else []
    if not found:
        return
    bent = [(spaced(i.factor), measured(i.effect), quantity(i.bent)) for i in found if isinstance(i, Elementary)]
    if bent:
        columns = ("factor", "mean size of its effects", "their spread")
        yield Grid("Morris's elementary effects over whole ranges (SALib).", columns, tuple(bent), columns[1:])
        return
    rows = tuple((spaced(i.factor), _index(i.first), _index(i.total)) for i in found if isinstance(i, Index))
    columns = ("factor", "alone", "with interactions")
    yield Grid("Sobol indices: shares of the variance between settings (SALib).", columns, rows, columns[1:])


def _index(e: Estimate) -> str:
    def one(x: float) -> str:
        return f"{MINUS if x < -0.005 else ''}{abs(x):.2f}"

    return f"{one(e.value)} ({one(e.low)} to {one(e.high)})"


def _flips(brief: Brief, q: Question) -> Iterator[Block]:
    flip = findings.flips(brief.found, q)
    if flip is None:
        return
    yield Head(f"What flips the verdict: {brief.title(q)}")
    n = brief.found.runs
    if flip.explains:
        yield Text(
            f"A small decision tree of what was set, and of how much its leader fears a long war, tells "
            f"{percent(flip.right, n)} % of the runs rightly whose seeds it has not seen; naming always the commoner "
            f"case would tell {percent(flip.blind, n)} %. It says:"
        )
        yield Points(
            tuple(
                f"Where {listing(list(leaf.conditions))}: in {percent(leaf.share.value, leaf.runs)} % "
                f"({span(leaf.share, leaf.runs)}) of {number(leaf.runs)} runs."
                for leaf in flip.leaves
            )
        )
        leaves = tuple((listing(list(f.conditions)), number(f.runs), share(f.share, f.runs)) for f in flip.leaves)
        columns = ("where", "runs", brief.title(q))
        yield Grid("The tree's leaves; the intervals take its cuts as given.", columns, leaves, columns[1:])
        yield Grid(
            "The tree on seeds that it has not seen.",
            ("told rightly by", "share of runs"),
            (("always the commoner case", f"{percent(flip.blind, n)} %"), ("the tree", f"{percent(flip.right, n)} %")),
            ("share of runs",),
        )
    else:
        yield Text(
            "A small decision tree of what was set tells the runs apart no better than naming always the commoner "
            "case. What decides between runs here is luck, or something that was not varied."
        )
    if flip.odds:
        rows = tuple((o.what, ratio(o.ratio)) for o in flip.odds[:MOST_BARS])
        caption = (
            "By how much each multiplies the odds, the others held (logistic regression, shrunk; seeds resampled)."
        )
        yield Grid(caption, ("factor", "odds ratio"), rows, ("odds ratio",))
    else:
        yield Text("There are too few runs of the rarer kind for odds ratios.")


# --- lambda ----------------------------------------------------------------------------------------------------------


def fear(brief: Brief) -> Iterator[Block]:
    """The first share of an operation over the whole range of lambda."""
    q = next((q for q in brief.open if q.kind == "share" and q.operation), None)
    if q is None:
        return
    power, bands = findings.fear_bands(brief.found, q, brief.shown)
    if not bands:
        return
    yield Section("fear", "Over the whole range of an unknown: the fear of a long war")
    known = brief.setup.rulebook.number(findings.FEAR_NUMBERS[0])
    least, most = known.low or 0.0, known.high or math.inf
    allowed = f"{least:g} to {most:g}"
    text = (
        f"How much the leader of {brief.power(power)} fears a long war (lambda) is not identified by history: values "
        f"from {allowed} fit what was decided alike. Every run draws it anew, so the runs show the answer over its "
        "whole range."
    )
    wide = [(b, min(b.shares), max(b.shares)) for b in bands if len(b.shares) > 1 and b.p is not None and b.p < SURE]
    if wide:
        b, low, high = max(wide, key=lambda w: abs(w[0].shares[w[1]][1].value - w[0].shares[w[2]][1].value))
        ends = [f"{percent(b.shares[k][1].value, b.runs)} % where it is {_stretch(k)}" for k in (low, high)]
        text += f" It matters beyond luck with “{b.name}”: {ends[0]}, {ends[1]}."
    elif not brief.found.is_sampled:
        text += " In no setting does the answer go with it beyond luck; what the stretches show apart may be chance."
    yield Text(text)
    stretches = range(len(FEARS) - 1)
    rows = [
        (
            b.name,
            *(f"{share(b.shares[k][1], b.runs)} of {b.shares[k][0]}" if k in b.shares else NONE for k in stretches),
            NONE if b.p is None else probability(b.p),
        )
        for b in bands
    ]
    inside = [least <= FEARS[k] and FEARS[k + 1] <= most for k in stretches]
    rows.append((f"fits history ({allowed})", *("yes" if fits else "no" for fits in inside), NONE))
    caption = (
        f"{brief.title(q)}: share of runs by lambda; stretches with fewer than {findings.FEWEST} runs are left out. p: "
        "that lambda is the same in runs with that answer and without (Mann and Whitney)."
    )
    yield Grid(caption, ("setting", *map(_stretch, stretches), "p (Holm)"), tuple(rows))
    told = "; ".join(
        f"{b.name}: " + ", ".join(f"{_stretch(k)} {percent(e.value, b.runs)} %" for k, (_, e) in b.shares.items())
        for b in bands
    )
    lines = [(b.name, {k: e for k, (_, e) in b.shares.items()}) for b in bands]
    yield Picture(
        "fear.svg",
        figures.bands(lines, [_stretch(k) for k in stretches], brief.title(q), "lambda, the fear of a long war"),
        f"Share of runs by the fear of a long war. {told}.",
        f"{brief.title(q)}: share of runs over the range of lambda, with 95 % intervals.",
    )


def _stretch(k: int) -> str:
    low, high = FEARS[k], FEARS[k + 1]
    if low == 0.0:
        return f"below {high:g}"
    return f"above {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"


# --- assumptions -----------------------------------------------------------------------------------------------------


def assumptions(brief: Brief) -> Iterator[Block]:
    """Numbers varied with their ranges, overlays with what they assume, and how much was held fixed."""
    yield Section("assumptions", "What was assumed, and how far it may be wrong")
    rows, book = [], brief.setup.rulebook
    for f in (f for f in brief.design.file.factors if f.number):
        n, values = book.number(f.number), brief.values(f)
        known = f"{quantity(n.low)} to {quantity(n.high)}" if n.low is not None and n.high is not None else NONE
        here = f"{quantity(values[0])} to {quantity(values[-1])}"
        rows.append((f"`{f.number}`", quantity(n.value), known, here, n.confidence, n.source))
    if rows:
        columns = ("number", "edition", "range of its sources", "range here", "confidence", "source")
        yield Grid("Numbers that were varied.", columns, tuple(rows), columns[1:4])
    over = [*brief.head.overlays, *(o for f in brief.design.file.factors for v in f.levels for o in v.overlays)]
    laid = tuple((f"`{o}`", *brief.overlay(o)) for o in dict.fromkeys(over))
    if laid:
        yield Grid("What was laid over the scenario, and what it assumes.", ("overlay", "title", "what differs"), laid)
    ranged = [n for n in book.numbers.values() if n.low is not None and n.high is not None and n.low < n.high]
    low = sum(n.confidence == "low" for n in ranged)
    varied = sum(bool(f.number) for f in brief.design.file.factors)
    held = (
        ("numbers in the rulebook", number(len(book.numbers))),
        ("of these with a range", number(len(ranged))),
        ("of these of low confidence", number(low)),
        ("varied in this study", number(varied)),
    )
    yield Grid("The numbers that the runs rest on.", ("what", "how many"), held, ("how many",))
    yield Text(
        f"Of {number(len(ranged))} numbers that have a range {number(varied) if varied else 'none'} "
        f"{'was' if varied == 1 else 'were'} varied; the others stood at the edition's value, and the intervals of "
        "this report know nothing of their doubt."
    )


# --- misses ----------------------------------------------------------------------------------------------------------


def misses(brief: Brief) -> Iterator[Block]:
    """Where the model is known to miss history, as far as it bears on the questions."""
    parts = [*_paths(brief), *_facts(brief)]
    yield Section("history", "Where the model misses history")
    if parts:
        yield from parts
    else:
        yield Text("No history of this scenario is on file: nothing here has been checked against what happened.")
    if brief.setup.scenario.politics is not None:
        yield Text(
            "How decisions and free runs compare with history is on the page that "
            "`wargame validate-history --politics` writes."
        )


def _paths(brief: Brief) -> Iterator[Block]:
    """Operations as history had them beside the runs of the base setting."""
    found = brief.found
    if brief.setup.scenario.politics is None:
        return
    here = found.ok & (found.is_sampled | (np.arange(len(found.cells)) == found.base))[:, None]
    rows = []
    for row in political.history(tuple(brief.design.data)):
        name = row["operation"]
        if name not in found.operations:
            continue
        days = found.launch_days(name)
        began = np.isfinite(days) & here
        runs, launched = int((here & (found.outcomes(name) != "")).sum()), int(began.sum())
        hit, in_time, window, what = 2 * launched < runs, NONE, NONE, "not launched"
        if row["outcome"] != political.NOT_LAUNCHED:
            hours = found.opening + days[began] * dates.DAY
            inside = int(((hours >= row["first"]) & (hours < row["last"] + dates.DAY)).sum())
            hit, in_time = 2 * inside > runs, number(inside)
            window, what = f"{day(row['first'])} to {day(row['last'])}", row["outcome"].removeprefix("launched_")
        if name in brief.operations or (row["headline"] and not hit):
            launches = f"{number(launched)} of {number(runs)}"
            rows.append((brief.operation(name), what, window, launches, in_time, "hit" if hit else "**miss**"))
    if rows:
        where = "all settings" if found.is_sampled else f"“{brief.name(found.base)}”"
        columns = ("operation", "history", "counts as in time", "launched here", "in time", "verdict")
        caption = (
            f"History beside {where}: the operations asked about, and chief operations that are missed. A hit is "
            "launched in time in more than half of the runs, or, where history never launched it, in fewer than half."
        )
        yield Grid(caption, columns, tuple(rows), columns[3:5])
        yield Text(
            "A miss is a warning about every other setting too, for the same rules played it. Where the setting is not "
            "meant as history, read here what it changes."
        )


def _facts(brief: Brief) -> Iterator[Block]:
    """Facts of a campaign that the questions touch, and where the campaign is known to go wrong."""
    head = brief.setup.scenario.scenario
    try:
        known = history.load(head.id, head.opening, brief.design.data)
    except UsageError:
        return
    rows = []
    for q in (q for q in brief.questions if q.losses):
        ids = {q.losses.replace(".", "_").lower(), f"{q.losses.replace('.', '_').lower()}_lost"}
        fact = next((f for f in known.facts if f.id in ids), None)
        sampled = brief.found.is_sampled
        a = findings.pooled(brief.found, q) if sampled else findings.answer(brief.found, q, brief.found.base)
        if fact is None or a is None:
            continue
        is_hit = a.low <= fact.hi and fact.lo <= a.high
        best = f"{quantity(fact.best)} " if fact.best is not None else ""
        here = f"{quantity(a.estimate.value)} ({quantity(a.low)} to {quantity(a.high)})"
        then = f"{best}({quantity(fact.lo)} to {quantity(fact.hi)})"
        rows.append((brief.title(q), then, here, "hit" if is_hit else "**miss**"))
    if rows:
        columns = ("question", "history", "mean and middle 80 % here", "verdict")
        yield Grid("Questions that history answers too.", columns, tuple(rows))
    held = {q.held.province for q in brief.questions if q.held is not None}
    near = [f for f in known.facts if held & set(f.place) or f.use == "bar" or f.kind == "duration"]
    causes: dict[tuple[str, str], list[str]] = {}
    for fact in near:
        for (name, direction), cause in sorted(known.causes.items()):
            if name == fact.id:
                causes.setdefault((spaced(name), cause), []).append(direction)
    if causes:
        told = tuple((name, listing(which, "or"), cause) for (name, cause), which in causes.items())
        caption = "Where this campaign has been seen to go wrong in matters that bear on the questions, and why."
        yield Grid(caption, ("fact", "the model may be", "likely cause"), told)
    yield Text(
        f"`wargame validate-history {quote(head.id)}` sets every fact of the campaign beside many runs and lists all "
        "misses with their size."
    )
