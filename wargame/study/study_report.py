"""The report of a study: a short paper with its answer first, written as one HTML page and as Markdown.

Every number in its sentences stands in one of its tables, and every table comes from the study's own tables. The same
study gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from shlex import quote

from wargame import dates
from wargame.errors import WargameError
from wargame.show.prose import count, listing, number
from wargame.study import findings, report_answers, report_causes, report_runs, statistics
from wargame.study.brief import SURE, Brief
from wargame.study.findings import Answer, Compared
from wargame.study.folder import StudyFolder
from wargame.study.paper import Block, Box, Command, Grid, Paper, Points, Section, Text, html, markdown
from wargame.study.phrases import (
    day,
    difference,
    measured,
    percent,
    points,
    points_span,
    probability,
    quantity,
    share,
    signed,
    spaced,
    span,
)
from wargame.study.report_runs import Job
from wargame.study.results import results
from wargame.study.study_file import Factor, Question
from wargame.study.workers import pool

LONG_S = 4.0
"""Processor seconds of the two runs to read from which they are played in processes of their own."""
PILOT = 50
"""Seeds a cell below which a study is said to be a pilot."""
DESIGNS = {
    "full": "every combination of the settings",
    "one_at_a_time": "one factor at a time, the others as in the base setting",
    "latin_hypercube": "a Latin hypercube of the ranges",
    "sobol": "Sobol's sample of the ranges (SALib)",
    "morris": "Morris's trajectories through the ranges (SALib)",
}


def write_report(study: StudyFolder, path: Path, progress: Callable[[str], None] | None = None) -> list[Path]:
    """Write the report as ``path`` (HTML), as Markdown beside it, and what both refer to into ``<name>_files/``.

    Returns the files written, the page first. ``progress`` is told what is being done. `WargameError` where the study's
    tables are not as they were written, where no run came to its end, or where its scenario can no longer be played.
    """
    study.check()
    files = path.with_name(f"{path.stem}_files")
    with study.connect() as base:
        found = results(study.design, base)
        if not found.runs:
            see = f"wargame sql {quote(str(study.path))} 'select error, count(*) from failures group by 1'"
            raise WargameError(
                f"{study.path}: no run of this study came to its end, so there is nothing to say ({see})"
            )
        files.mkdir(parents=True, exist_ok=True)
        brief = Brief(study, found, files.name, progress or (lambda _: None))
        told = list(zip(brief.told or (), report_runs.PAGES, strict=False))
        jobs = [Job(study.path, one.cell + 1, one.seed, files / name) for one, name in told]
        is_long = sum(found.cost(one.cell, one.seed) for one, _ in told) > LONG_S
        with pool(len(jobs) if is_long else 1) as on:  # beside the paper, if that pays
            brief.again = [on.submit(report_runs.play_again, job) for job in jobs]
            paper = _paper(brief)
    written = [path, path.with_suffix(".md")]
    path.write_text(html(paper), encoding="utf-8", newline="\n")
    written[1].write_text(markdown(paper, files.name), encoding="utf-8", newline="\n")
    for picture in paper.pictures():
        written.append(files / picture.file)
        written[-1].write_bytes(picture.data)
    return [*written, *(job.page for job in jobs)]


def _paper(brief: Brief) -> Paper:
    parts = (
        _answer, _design, report_answers.answers, report_answers.differences, report_answers.outcomes,
        report_answers.times, report_causes.hinges, report_causes.fear, report_runs.land, report_runs.runs,
        report_causes.assumptions, report_causes.misses, _power, _limits, _again,
    )  # fmt: skip
    blocks = tuple(block for part in parts for block in part(brief))
    first, last = day(brief.found.opening), day(brief.found.ended)
    under = f"{number(brief.found.runs)} runs of `{Path(brief.head.scenario).stem}`, {first} to {last}"
    return Paper(brief.head.title, under, blocks)


# --- the answer ------------------------------------------------------------------------------------------------------


def _answer(brief: Brief) -> Iterator[Block]:
    if brief.main is None:
        return
    text = _sampled_headline(brief, brief.main) if brief.found.is_sampled else _headline(brief, brief.main)
    notes = []
    if brief.seeds < PILOT:
        notes.append(
            f"**A pilot.** With {number(brief.seeds)} {'seed' if brief.seeds == 1 else 'seeds'} a setting every share "
            "is wide open: the figures show which way to look and are not to be quoted."
        )
    notes.append(
        "The intervals hold the luck of the draw, in 95 % of such studies, and nothing of what the model gets wrong: "
        "see [what was assumed](#assumptions) and [where the model misses history](#history)."
    )
    yield Box(_first_part(brief) or brief.title(brief.main), text, tuple(notes))


def _first_part(brief: Brief) -> str:
    return " ".join(brief.head.question.strip().split("\n\n")[0].split())


def _headline(brief: Brief, q: Question) -> str:
    first = findings.answer(brief.found, q, brief.found.base)
    if first is None:
        return f"{brief.title(q)}: no run of the base setting has an answer."
    here = _with(brief, brief.found.base)
    if q.kind != "share":
        return f"{brief.title(q)}: {_number(brief, q, first)}{here}{_number_apart(brief, q)}"
    if q not in brief.open:
        never = "every one" if first.estimate.value else "none"
        text = f"{brief.title(q)}: in {never} of {number(brief.found.runs)} runs, whatever the setting; with "
        text += f"{brief.seeds} seeds each the true share may be {span(first.estimate, first.runs)} %."
        return f"{text}{_what_differs(brief, q)}"
    said = f"{brief.title(q)}: in {share(first.estimate, first.runs)} of {first.runs} runs{here}"
    far = brief.far(q)
    other = findings.answer(brief.found, q, far.cell) if far is not None else None
    if far is None or other is None:
        return f"{said}."
    there = f"{share(other.estimate, other.runs)}{_with(brief, far.cell)}"
    if far.p < SURE:
        shift = signed(100 * far.difference.value, far.runs)
        return f"{said}, but in {there}: a difference of {shift} points ({points_span(far.difference, far.runs)})."
    gap = f"{signed(100 * far.difference.value, far.runs)} points ({points_span(far.difference, far.runs)})"
    return (
        f"{said}. No other setting differs from it beyond luck; the furthest is {there}: {gap}, p = "
        f"{probability(far.p)}.{_what_differs(brief, q)}"
    )


def _number_apart(brief: Brief, q: Question) -> str:
    """How a number differs in the setting that is furthest from the base."""
    far = brief.far(q)
    if far is None or q not in brief.open:
        return f", the same in every run.{_what_differs(brief, q)}" if q not in brief.open else "."
    shift = f"{difference(far.difference)}{_with(brief, far.cell)}"
    if far.p < SURE:
        return f"; the difference from that is {shift}."
    return f". No other setting differs from it beyond luck; the furthest is {shift}, p = {probability(far.p)}."


def _with(brief: Brief, cell: int) -> str:
    return f" with “{brief.name(cell)}”" if len(brief.found.cells) > 1 else ""


def _what_differs(brief: Brief, q: Question) -> str:
    """The surest difference in another answer, where the headline's does not differ."""
    sure = [c for c in brief.compared if c.question != q and c.p < SURE]
    if not sure:
        return ""
    first: Compared = min(sure, key=lambda c: (brief.changes(c.cell), c.p, brief.questions.index(c.question), c.cell))
    shift = points(first.difference, first.runs) + " points" if first.pairs else difference(first.difference)
    return f" What does differ is “{brief.title(first.question)}”: {shift}{_with(brief, first.cell)}."


def _sampled_headline(brief: Brief, q: Question) -> str:
    whole = findings.pooled(brief.found, q)
    if whole is None:
        return f"{brief.title(q)}: not every run has an answer; see the tables."
    n, factors = whole.runs, count(len(brief.design.file.factors), "uncertain number")
    if q.kind == "share":
        said = f"{brief.title(q)}: in {share(whole.estimate, n)} of {number(n)} runs over the ranges of {factors}; the "
        said += f"middle 80 % of the settings lie between {percent(whole.low, n)} and {percent(whole.high, n)} %."
    else:
        said = f"{brief.title(q)}: {measured(whole.estimate)} on average over the ranges of {factors}; the middle 80 % "
        said += f"of the settings lie between {quantity(whole.low)} and {quantity(whole.high)}."
    top = next(iter(brief.bars(q)), None)
    if top is not None and not top.difference.low <= 0.0 <= top.difference.high:
        ends = [f"{percent(e.value, n)} %" if q.kind == "share" else quantity(e.value) for e in (top.low, top.high)]
        at = [end if end.startswith(("up to", "from")) else f"at “{end}”" for end in top.at]
        said += f" Most hangs on {top.factor}: {ends[0]} {at[0]}, {ends[1]} {at[1]}."
    return said


def _number(brief: Brief, q: Question, a: Answer) -> str:
    if q.kind == "days":
        return f"on average {day(brief.found.opening + round(a.estimate.value) * dates.DAY)}"
    return f"{measured(a.estimate)} {brief.unit(q)} on average"


# --- design ----------------------------------------------------------------------------------------------------------


def _design(brief: Brief) -> Iterator[Block]:
    yield Section("design", "Question and design")
    for part in brief.head.question.strip().split("\n\n"):
        if part:
            yield Text(" ".join(part.split()))
    yield Text(
        "Every setting is played with the same seeds. The same seed is the same luck: where two settings do the same "
        "thing, the same dice fall, so that settings are compared pair by pair."
    )
    found, m = brief.found, brief.study.manifest
    head = brief.setup.scenario.scenario
    facts = [
        ("Scenario", f"{head.title} (`{head.id}`)"),
        ("Runs from", f"{day(found.opening)} to {day(found.ended)}"),
        ("Laid over it in every setting", listing([f"`{o}`" for o in brief.head.overlays]) or "nothing"),
        ("Edition of the rules' numbers", f"`{brief.setup.rulebook.edition}`"),
        ("Design", DESIGNS[brief.design.file.design.kind]),
        ("Settings (cells)", number(len(found.cells))),
        ("Seeds a setting", f"{brief.seeds}, from {m['first_seed']} on"),
        ("Runs that came to their end", number(found.runs)),
        ("Runs that failed", number(len(found.failed)) if found.failed else "none"),
        ("Level of the intervals", "95 %"),
    ]
    if brief.compared:
        facts.insert(5, ("Base setting, with which the others are compared", brief.name(found.base)))
        chief = brief.against_first(brief.compared[0].question)
        for what, some in (
            ("first question", chief),
            ("other questions", [c for c in brief.compared if c not in chief]),
        ):
            sure = number(sum(c.p < SURE for c in some))
            facts.append((f"Comparisons of the {what}, and below .05 by Holm's rule", f"{number(len(some))}, {sure}"))
    if m.get("stopped_early"):
        facts.append(("Stopped", "before all seeds were played, when the intervals were narrow enough"))
    yield Grid("The design.", ("what", "how"), tuple(facts))
    if brief.design.file.factors:
        yield Grid(
            "What varies.",
            ("factor", "what it is", "settings"),
            tuple(_factor(brief, f) for f in brief.design.file.factors),
        )
    if found.failed:
        yield _failures(brief)


def _failures(brief: Brief) -> Grid:
    """Failed runs by their error, the commonest first."""
    kinds: dict[str, list[tuple[int, int]]] = {}
    for cell, seed, error in brief.found.failed:
        kinds.setdefault((error.splitlines() or ["?"])[0], []).append((cell, seed))
    ranked = sorted(kinds.items(), key=lambda item: (-len(item[1]), item[1]))
    rows = tuple((error, number(len(at)), f"cell {at[0][0]}, seed {at[0][1]}") for error, at in ranked[:10])
    return Grid("Runs that failed; they are in no other table.", ("error", "runs", "the first"), rows, ("runs",))


def _factor(brief: Brief, factor: Factor) -> tuple[str, str, str]:
    if factor.kind == "levels":
        told = "; ".join(f"**{spaced(v.id)}**: {brief.level(v)}" for v in factor.levels)
        return spaced(factor.id), factor.title or "named alternatives", told
    given = brief.values(factor)
    few = not brief.found.is_sampled and len(given) <= 8
    told = listing([quantity(v) for v in given]) if few else f"{quantity(given[0])} to {quantity(given[-1])}"
    what = f"`{factor.number or factor.policy}`"
    if factor.number:
        what += f" ({brief.setup.rulebook.number(factor.number).unit})"
    return spaced(factor.id), f"{factor.title}: {what}" if factor.title else what, told


# --- power, limits, again --------------------------------------------------------------------------------------------


def _power(brief: Brief) -> Iterator[Block]:
    if brief.main is None:
        return
    yield Section("power", "How many runs it would take")
    n = brief.seeds
    widest = max(statistics.share(k, n).width for k in (n // 2, (n + 1) // 2))
    rows = [
        ("seeds a setting here", number(n)),
        ("widest interval of a share with as many", f"{100 * widest:.0f} points"),
    ]
    for width in (0.2, 0.1, 0.04, 0.02):
        rows.append((f"seeds for an interval of {100 * width:g} points", number(statistics.runs_for(width))))
    mine = [c.pairs for c in brief.against_first(brief.main) if c.pairs is not None]
    text = "The interval of a share is at its widest where the share is one half."
    if mine:
        changed = sorted((p.only_first + p.only_second) / p.runs for p in mine)[len(mine) // 2]
        least = findings.least_difference(n, changed)
        rows.append(("seeds whose answer changes between two settings (median)", f"{percent(changed, n)} %"))
        rows.append(("smallest difference found four times in five", f"{100 * least:.0f} points" if least else "none"))
        if least:
            text += (
                f" A true difference between two settings of less than {100 * least:.0f} points would be missed more "
                "often than once in five: that none was found is then no sign that there is none."
            )
    yield Grid("Precision: what there is, and what more of it costs.", ("what", "how much"), tuple(rows), ("how much",))
    yield Text(text)


def _limits(brief: Brief) -> Iterator[Block]:
    yield Section("limits", "What this study cannot say")
    items = [
        "Whether the model is right. With enough runs the intervals would shrink to nothing, and the model would be no "
        "truer for it.",
        "What other values of the numbers that were held fixed would have done; how many these are stands under the "
        "assumptions.",
    ]
    if len(brief.compared) > 1:
        items.append(
            "How large the largest of many differences really is: the headline picks it because it is the largest, and "
            "that is partly luck. With other seeds it would on average be smaller."
        )
    if brief.found.is_sampled:
        items.append("How likely the settings are: all places in the ranges count alike, which is a choice.")
    if brief.study.manifest.get("stopped_early"):
        items.append("Quite as much as its intervals claim: who stops when they are narrow stops a little too early.")
    if brief.found.failed:
        items.append(
            "What the failed runs would have come to; if they failed for a cause, the shares lean away from it."
        )
    yield Points(tuple(items))


def _again(brief: Brief) -> Iterator[Block]:
    m = brief.study.manifest
    yield Section("again", "How to do it again")
    data = "".join(f" --data {quote(d)}" for d in m["data"] if Path(str(m["asked"])).suffix != ".toml")
    asked, out = quote(str(m["asked"])), quote(brief.study.path.as_posix())
    limit = f" --cells {len(brief.found.cells)}" if len(brief.found.cells) < _planned(brief) else ""
    yield Command((f"wargame study {asked} --runs {m['runs']}{limit}{data} --out {out}", f"wargame report {out}"))
    facts = (
        ("study", f"`{m['study']}`"),
        ("version", f"`{m['version']}`"),
        ("digest of the design", f"`{m['design']}`"),
        ("digest of the data", f"`{m['data_hash']}`"),
        ("digest of the program", f"`{m['program']}`"),
        ("python, numpy", f"`{m['python']}`, `{m['numpy']}`"),
    )
    yield Grid("The same of all these gives the same tables, whoever did the work.", ("what", "which"), facts)


def _planned(brief: Brief) -> int:
    """Cells of the whole design."""
    design, factors = brief.design.file.design, brief.design.file.factors
    counts = [len(f.levels or f.values) or 3 for f in factors]  # a number without values: low, as it stands, high
    blocks = {"latin_hypercube": 1, "sobol": (1 + design.second_order) * len(factors) + 2, "morris": len(factors) + 1}
    if design.kind in blocks:
        return design.points * blocks[design.kind]
    return math.prod(counts) if design.kind == "full" else 1 + sum(n - 1 for n in counts)
