"""The report of a study: a short paper with its answer first, written as one HTML page and as Markdown.

Every number in its sentences stands in one of its tables, and every table comes from the study's own tables. The same
study gives the same bytes.
"""

from __future__ import annotations

import io
import math
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from shlex import quote

import numpy as np

from wargame import dates
from wargame.errors import UsageError
from wargame.load import scenarios
from wargame.load.maps import geometry_path
from wargame.load.paths import search
from wargame.scenario import Setup
from wargame.show.prose import count, listing, number
from wargame.study import figures, findings, history, political, statistics
from wargame.study.design import Factor, Level, Question
from wargame.study.findings import FEARS, Answer, Compared, Told
from wargame.study.folder import StudyFolder
from wargame.study.paper import Block, Box, Command, Grid, Head, Paper, Picture, Points, Section, Text, html, markdown
from wargame.study.phrases import (
    MINUS,
    OUTCOMES,
    day,
    label,
    measured,
    percent,
    points,
    points_span,
    probability,
    quantity,
    ratio,
    share,
    signed,
    spaced,
    span,
)
from wargame.study.results import Results, results
from wargame.study.sensitivity import Bar, Elementary, Index
from wargame.study.statistics import Estimate

MOST_ROWS = 40
"""Cells that a table or figure names one by one."""
MOST_QUESTIONS = 3
"""Shares that stand side by side in a table."""
MOST_BARS = 16
PILOT = 50
"""Seeds a cell below which a study is said to be a pilot."""
SURE = 0.05
"""Holm's p below which a difference is called one."""
RUN_PAGES = ("typical_run.html", "surprising_run.html")
DESIGNS = {
    "full": "every combination of the settings",
    "one_at_a_time": "one factor at a time, the others as in the first cell",
    "latin_hypercube": "a Latin hypercube of the ranges",
    "sobol": "Sobol's sample of the ranges (SALib)",
    "morris": "Morris's trajectories through the ranges (SALib)",
}


def write_report(study: StudyFolder, path: Path, progress: Callable[[str], None] | None = None) -> list[Path]:
    """Write the report as ``path`` (HTML), as Markdown beside it, and what both refer to into ``<name>_files/``.

    Returns the files written, the page first. ``progress`` is told what is being done. `WargameError` where the study's
    tables are not as they were written or its scenario can no longer be played.
    """
    from wargame.show.report import write_report as write_run  # noqa: PLC0415

    study.check()
    say = progress or (lambda _: None)
    folder = path.with_name(f"{path.stem}_files")
    folder.mkdir(parents=True, exist_ok=True)
    with study.connect() as base:
        report = _Report(study, results(study.design, base), folder.name, say)
        paper = report.paper()
    written = [path, path.with_suffix(".md")]
    path.write_text(html(paper), encoding="utf-8", newline="\n")
    written[1].write_text(markdown(paper, folder.name), encoding="utf-8", newline="\n")
    for picture in paper.pictures():
        written.append(folder / picture.file)
        written[-1].write_bytes(picture.data)
    for name, told in zip(RUN_PAGES, report.told or (), strict=False):
        say(f"playing seed {told.seed} of cell {told.cell + 1} again")
        run = study.play(told.cell + 1, told.seed)
        written.append(write_run(run, folder / name, command=study.command(told.cell + 1, told.seed)))
    return written


class _Report:
    """The paper of one study, section by section."""

    def __init__(self, study: StudyFolder, found: Results, folder: str, say: Callable[[str], None]) -> None:
        self.study, self.found, self.folder, self.say = study, found, folder, say
        self.design, self.head = study.design, study.design.head
        self.questions = self.design.file.questions
        if not found.runs:
            raise UsageError(f"{study.path}: no run of this study came to its end; see: wargame sql {study.path} "
                             "\"select * from failures\"")  # fmt: skip

    def paper(self) -> Paper:
        """The whole paper."""
        parts = (
            self._answer, self._design, self._answers, self._differences, self._outcomes, self._times, self._hinges,
            self._bands, self._maps, self._runs, self._assumptions, self._history, self._power, self._limits,
            self._again,
        )  # fmt: skip
        blocks = [block for part in parts for block in part()]
        first, last = day(self.found.opening), day(self.found.ended)
        runs = f"{number(self.found.runs)} runs of `{Path(self.head.scenario).stem}`"
        return Paper(self.head.title, f"{runs}, {first} to {last}", tuple(blocks))

    # --- what is asked over and over ---

    @cached_property
    def setup(self) -> Setup:
        """The base scenario as the first cell lays it out."""
        self.say("loading the scenario")
        return scenarios.load(self.design.scenario, self.design.cells[0].overlays, self.design.data)

    @cached_property
    def main(self) -> Question | None:
        """The question of the headline: the first that asks for a share, else the first."""
        return next((q for q in self.questions if q.kind == "share"), self.questions[0] if self.questions else None)

    @cached_property
    def compared(self) -> list[Compared]:
        self.say("comparing the settings")
        return findings.compared(self.found, self.questions) if not self.found.is_sampled else []

    @cached_property
    def told(self) -> tuple[Told, Told] | None:
        return findings.typical_and_surprising(self.found)

    @property
    def seeds(self) -> int:
        """Seeds a cell, the most that any has."""
        return int(self.found.ok.sum(axis=1).max())

    def name(self, cell: int) -> str:
        """A cell by its place."""
        return label(self.found.cells[cell])

    def title(self, question: Question) -> str:
        """A question in words."""
        return question.title or spaced(question.id)

    def operation(self, name: str) -> str:
        """An operation by its name."""
        named = {p.operation.id: p.operation.name for p in self.setup.plans if p.operation is not None}
        text = named.get(name, spaced(name))
        return text[:1].upper() + text[1:]

    @cached_property
    def operations(self) -> list[str]:
        """The operations that the questions are about, else those that are launched in any run."""
        asked = [q.operation for q in self.questions if q.operation in self.found.operations]
        if asked:
            return list(dict.fromkeys(asked))
        cells = range(len(self.found.cells))
        return [o for o in self.found.operations if any(findings.launched_share(self.found, o, c)[0] for c in cells)]

    @cached_property
    def shown(self) -> list[int]:
        """Cells (places) that curves, bands and maps show: the first and those whose answer differs most."""
        cells = [c for c in range(len(self.found.cells)) if self.found.ok[c].any()]
        if self.found.is_sampled or len(cells) <= findings.MOST_CURVES:
            return cells
        mine = [c for c in self.compared if c.question == self.main]
        ranked = sorted(mine, key=lambda c: (-abs(c.pairs.difference.value), c.cell))
        return [0, *sorted(c.cell for c in ranked[: findings.MOST_CURVES - 1])]

    # --- the answer ---

    def _answer(self) -> Iterator[Block]:
        if self.main is None:
            return
        text = self._sampled_headline() if self.found.is_sampled else self._headline()
        notes = []
        if self.seeds < PILOT:
            notes.append(
                f"**A pilot.** {count(self.seeds, 'seed')} a setting leave every share wide open; the figures show "
                "which way to look and are not to be quoted."
            )
        notes.append(
            "The intervals hold the luck of the draw in 95 % of such studies. They hold nothing of what the model "
            "gets wrong: see [what was assumed](#assumptions) and [where the model misses history](#history)."
        )
        yield Box(self.head.question.strip().split("\n\n")[0] or self.title(self.main), text, tuple(notes))

    def _headline(self) -> str:
        q = self.main
        assert q is not None
        base = findings.answer(self.found, q, 0)
        if base is None:
            return f"{self.title(q)}: no run of the first setting has an answer."
        if q.kind != "share":
            return f"{self.title(q)}: {self._told_number(q, base)} with {self.name(0)}."
        said = f"{self.title(q)}: in {share(base.estimate, base.runs)} of {base.runs} runs"
        mine = [c for c in self.compared if c.question == q]
        if not mine:
            return f"{said}."
        far = max(mine, key=lambda c: (abs(c.pairs.difference.value), -c.cell))
        other = findings.answer(self.found, q, far.cell)
        assert other is not None
        d = far.pairs.difference
        there = f"in {share(other.estimate, other.runs)} with {self.name(far.cell)}"
        if far.p >= SURE:
            shift = f"a difference of {points(d, far.pairs.runs)} points, p = {probability(far.p)}"
            return (
                f"{said} with {self.name(0)}. No other setting differs from it beyond luck; the largest gap is to "
                f"{there} ({shift})."
            )
        return (
            f"{said} with {self.name(0)}, but {there}: a difference of {signed(100 * d.value, far.pairs.runs)} points "
            f"({points_span(d, far.pairs.runs)}) on the same seeds."
        )

    def _sampled_headline(self) -> str:
        q = self.main
        assert q is not None
        whole = findings.pooled(self.found, q)
        if whole is None:
            return f"{self.title(q)}: not every run has an answer; see the tables."
        if q.kind == "share":
            n = whole.runs
            said = f"{self.title(q)}: in {share(whole.estimate, n)} of {number(n)} runs over the ranges of "
            said += f"{count(len(self.design.file.factors), 'uncertain number')}; the middle 80 % of the settings lie "
            said += f"between {percent(whole.low, n)} and {percent(whole.high, n)} %."
        else:
            said = f"{self.title(q)}: {measured(whole.estimate)} on average; the middle 80 % of the settings lie "
            said += f"between {quantity(whole.low)} and {quantity(whole.high)}."
        top = next(iter(self._bars(q)), None)
        if top is not None and not top.difference.low <= 0.0 <= top.difference.high:
            ends = [
                f"{percent(e.value, whole.runs)} %" if q.kind == "share" else quantity(e.value)
                for e in (top.low, top.high)
            ]
            said += f" Most hangs on {top.factor}: {ends[0]} {_at(top.at[0])}, {ends[1]} {_at(top.at[1])}."
        return said

    def _told_number(self, q: Question, a: Answer) -> str:
        if q.kind == "days":
            middle = statistics.mean([a.estimate.value]).value
            return f"on average on {day(self.found.opening + round(middle) * dates.DAY)}"
        return f"{measured(a.estimate)} on average"

    def _bars(self, question: Question) -> list[Bar]:
        if question not in self._known_bars:
            self._known_bars[question] = findings.bars(self.found, question)
        return self._known_bars[question]

    @cached_property
    def _known_bars(self) -> dict[Question, list[Bar]]:
        return {}

    # --- design ---

    def _design(self) -> Iterator[Block]:
        yield Section("design", "Question and design")
        for part in self.head.question.strip().split("\n\n"):
            if part:
                yield Text(" ".join(part.split()))
        yield Text(
            "Every setting is played with the same seeds. The same seed is the same luck: where two settings do the "
            "same thing, the same dice fall, so that they are compared pair by pair."
        )
        found, kind = self.found, self.design.file.design.kind
        m, s = self.study.manifest, self.setup.scenario
        facts = [
            ("Scenario", f"{s.scenario.title} (`{s.scenario.id}`)"),
            ("Runs from", f"{day(found.opening)} to {day(found.ended)}"),
            ("Laid over it in every setting", listing([f"`{o}`" for o in self.head.overlays]) or "nothing"),
            ("Edition of the rules' numbers", f"`{self.setup.rulebook.edition}`"),
            ("Design", DESIGNS[kind]),
            ("Settings (cells)", number(len(found.cells))),
            ("Seeds a setting", f"{self.seeds}, from {m['first_seed']} on"),
            ("Runs that came to their end", number(found.runs)),
            ("Runs that failed", f"{len(found.failed)}" if found.failed else "none"),
            ("Comparisons made at once", f"{len(self.compared)}" if self.compared else "none"),
            ("Level of the intervals", "95 %"),
        ]
        if m.get("stopped_early"):
            facts.insert(9, ("Stopped", "before all seeds were played, when the intervals were narrow enough"))
        yield Grid("The design.", ("what", "how"), tuple(facts))
        if self.design.file.factors:
            rows = tuple(self._factor(f) for f in self.design.file.factors)
            yield Grid("What varies.", ("factor", "what it is", "settings"), rows)
        if found.failed:
            some = tuple((str(c), str(s), e.splitlines()[0]) for c, s, e in found.failed[:10])
            yield Grid("Runs that failed; they are in no other table.", ("cell", "seed", "error"), some)

    def _factor(self, factor: Factor) -> tuple[str, str, str]:
        if factor.kind == "levels":
            told = "; ".join(f"**{spaced(v.id)}**: {self._level(v)}" for v in factor.levels)
            return spaced(factor.id), factor.title or "named alternatives", told
        values = [float(v) for v in self.found.values(factor.id)]
        given = sorted(set(values))
        told = f"{quantity(given[0])} to {quantity(given[-1])}"
        if not self.found.is_sampled and len(given) <= 8:
            told = listing([quantity(v) for v in given])
        what = f"`{factor.number or factor.policy}`"
        if factor.number:
            what += f" ({self.setup.rulebook.number(factor.number).unit})"
        return spaced(factor.id), f"{factor.title}: {what}" if factor.title else what, told

    def _level(self, level: Level) -> str:
        told = [level.title] if level.title else [self._overlay(o)[0] for o in level.overlays]
        told += [f"`{k}` = {quantity(v)}" for k, v in level.rulebook.items()]
        told += [f"{p} played by {s}" for p, s in level.seats.items()]
        return "; ".join(told) or "the scenario as it is"

    def _overlay(self, name: str) -> tuple[str, str]:
        """Title and first sentences of an overlay."""
        where = search(self.design.data)
        try:
            file = Path(name) if Path(name).is_file() else where.find("overlay", name)
            head = tomllib.loads(file.read_text(encoding="utf-8"))["overlay"]
        except (UsageError, OSError, KeyError, ValueError):
            return spaced(name), ""
        why = " ".join(str(head.get("why", "")).split("\n\n")[0].split())
        return str(head.get("title", name)), why.removeprefix("What differs. ")

    # --- answers ---

    def _answers(self) -> Iterator[Block]:
        if not self.questions:
            return
        yield Section("answers", "Answers")
        yield from self._sampled_answers() if self.found.is_sampled else self._given_answers()

    def _given_answers(self) -> Iterator[Block]:
        cells = range(min(len(self.found.cells), MOST_ROWS))
        shares = [q for q in self.questions if q.kind == "share"]
        for k in range(0, len(shares), MOST_QUESTIONS):
            some = shares[k : k + MOST_QUESTIONS]
            rows = []
            for c in cells:
                told = [findings.answer(self.found, q, c) for q in some]
                said = [share(a.estimate, a.runs) if a else "–" for a in told]
                rows.append((self.name(c), str(max([a.runs for a in told if a] or [0])), *said))
            columns = ("setting", "runs", *(self.title(q) for q in some))
            yield Grid(
                "Shares of runs with their intervals (Wilson), each by itself.", columns, tuple(rows), columns[1:]
            )
        if len(cells) < len(self.found.cells):
            yield Text(f"Of {len(self.found.cells)} settings the first {MOST_ROWS} are listed; `wargame sql` has all.")
        if self.main is not None and self.main.kind == "share" and len(cells) > 1:
            rows2 = [(self.name(c), a.estimate) for c in cells if (a := findings.answer(self.found, self.main, c))]
            words = "; ".join(f"{n} {percent(e.value, self.seeds)} %" for n, e in rows2)
            yield Picture(
                "answers.svg",
                figures.intervals(rows2, self.title(self.main)),
                f"Share of runs by setting, with intervals. {self.title(self.main)}: {words}.",
                f"{self.title(self.main)}: share of runs by setting with 95 % intervals.",
            )
        for q in (q for q in self.questions if q.kind != "share"):
            yield self._numbers(q, cells)

    def _numbers(self, q: Question, cells: Sequence[int]) -> Grid:
        rows = []
        for c in cells:
            a, runs = findings.answer(self.found, q, c), int(self.found.ok[c].sum())
            if q.kind == "days":
                came = statistics.share(a.runs if a else 0, runs) if runs else None
                said = [share(came, runs) if came else "–"]
                values = np.sort(self.found.answers(q)[c][np.isfinite(self.found.answers(q)[c])])
                picks = [values[0], values[(len(values) - 1) // 2], values[-1]] if len(values) else []
                said += [day(self.found.opening + int(v) * dates.DAY) for v in picks] or ["–"] * 3
            else:
                said = [measured(a.estimate), f"{quantity(a.low)} to {quantity(a.high)}"] if a else ["–", "–"]
            rows.append((self.name(c), str(a.runs if a else 0), *said))
        if q.kind == "days":
            columns: tuple[str, ...] = ("setting", "runs", "it came in", "first", "median", "last")
            return Grid(f"{self.title(q)}: days of the runs in which it came.", columns, tuple(rows), ("runs",))
        unit = self._unit(q)
        columns = ("setting", "runs", f"mean{unit}", "middle 80 % of the runs")
        caption = f"{self.title(q)}: means with their intervals (bootstrap)."
        return Grid(caption, columns, tuple(rows), columns[1:])

    def _unit(self, q: Question) -> str:
        return f", {q.losses.partition('.')[2]}" if q.losses else ""

    def _sampled_answers(self) -> Iterator[Block]:
        rows = []
        for q in self.questions:
            a = findings.pooled(self.found, q)
            if a is None:
                rows.append((self.title(q), "–", "not every run has an answer", "–"))
            elif q.kind == "share":
                n = a.runs
                between = f"{percent(a.low, n)} to {percent(a.high, n)} %"
                rows.append((self.title(q), number(n), share(a.estimate, n), between))
            else:
                between = f"{quantity(a.low)} to {quantity(a.high)}"
                rows.append((self.title(q), number(a.runs), measured(a.estimate), between))
        columns = ("question", "runs", "over the ranges", "middle 80 % of the settings")
        yield Grid("Answers over the ranges of what is not known.", columns, tuple(rows), columns[1:])
        yield Text(
            "The intervals are those of a bootstrap that draws settings and seeds anew, for runs of one setting or of "
            "one seed are no independent runs. The last column is wider than the settings alone would make it: a "
            "setting's own share has its luck too."
        )

    # --- differences ---

    def _differences(self) -> Iterator[Block]:
        if not self.compared:
            return
        yield Section("differences", "Differences on the same seeds")
        sure = sum(c.p < SURE for c in self.compared)
        yield Text(
            f"Each setting is set against the first, **{self.name(0)}**, seed by seed. In all "
            f"{count(len(self.compared), 'comparison')} were made at once, so the p-values are raised by Holm's rule; "
            f"{sure or 'none'} of them {'is' if sure == 1 else 'are'} below .05. Differences are in points of a "
            "percent with Newcombe's interval for pairs; the paired bootstrap's stands beside it as a check, and is "
            "too narrow where few seeds change."
        )
        for q in dict.fromkeys(c.question for c in self.compared):
            mine = [c for c in self.compared if c.question == q]
            if q == self.main or len(self.compared) <= 2 * MOST_ROWS:
                yield self._pairs(q, mine[:MOST_ROWS])
            if q == self.main and len(mine) > 1:
                rows = [(self.name(c.cell), c.pairs.difference) for c in mine[:MOST_ROWS]]
                told = "; ".join(f"{n} {points(e, self.seeds)}" for n, e in rows)
                yield Picture(
                    "differences.svg",
                    figures.intervals(rows, f"{self.title(q)}: against {self.name(0)}", differences=True),
                    f"Difference of each setting from the first in points of a percent: {told}.",
                    f"{self.title(q)}: difference from **{self.name(0)}** on the same seeds, with 95 % intervals.",
                )
        yield from self._number_differences()

    def _pairs(self, q: Question, mine: Sequence[Compared]) -> Grid:
        columns = ("setting", "pairs", "points", "bootstrap", "only first", "only here", "p", "p (Holm)")
        rows = []
        for c in mine:
            p, n = c.pairs, c.pairs.runs
            said = (points(p.difference, n), points_span(p.resampled, n), f"{p.only_first}", f"{p.only_second}")
            rows.append((self.name(c.cell), f"{n}", *said, probability(p.p), probability(c.p)))
        caption = (
            f"{self.title(q)}: against {self.name(0)}. *Only first* and *only here*: seeds with the outcome in the "
            "first setting alone and in this one alone; p: McNemar's exact test."
        )
        return Grid(caption.replace("*", ""), columns, tuple(rows), columns[1:])

    def _number_differences(self) -> Iterator[Block]:
        for q in (q for q in self.questions if q.kind == "number"):
            values, rows = self.found.answers(q), []
            for c in range(1, min(len(self.found.cells), MOST_ROWS)):
                both = self.found.shared((0, c))
                shift = values[c, both] - values[0, both]
                shift = shift[np.isfinite(shift)]
                if len(shift):
                    rows.append((self.name(c), f"{len(shift)}", measured(statistics.mean(shift))))
            if rows:
                columns = ("setting", "pairs", f"difference{self._unit(q)}")
                caption = f"{self.title(q)}: mean difference from {self.name(0)}, with the paired bootstrap's interval."
                yield Grid(caption, columns, tuple(rows), columns[1:])

    # --- outcomes and times ---

    def _outcomes(self) -> Iterator[Block]:
        if not self.operations:
            return
        yield Section("outcomes", "What became of the operations")
        cells = list(range(len(self.found.cells)))
        groups = [("all settings", cells)] if self.found.is_sampled else [(self.name(c), [c]) for c in cells]
        for operation in self.operations[:4]:
            kinds = self.found.outcomes(operation)
            rows: list[tuple[str, int, dict[str, int]]] = []
            for name, some in groups[:MOST_ROWS]:
                told = kinds[some][self.found.ok[some]].tolist()
                tally = {o: told.count(o) for o in OUTCOMES}
                if sum(tally.values()):
                    rows.append((name, sum(tally.values()), tally))
            if not rows:
                continue
            present = [o for o in OUTCOMES if any(t[o] for _, _, t in rows)]
            columns = ("setting", "runs", *(OUTCOMES[o] for o in present))
            table = tuple((n, number(k), *(number(t[o]) if t[o] else "–" for o in present)) for n, k, t in rows)
            said = self.operation(operation)
            yield Head(said)
            yield Grid(f"{said}: runs by outcome.", columns, table, columns[1:])
            if len(rows) > 1:
                shares = [(n, {o: t[o] / k for o in present}) for n, k, t in rows]
                words = "; ".join(f"{n}: {self._words(t, k)}" for n, k, t in rows)
                yield Picture(
                    f"outcomes_{operation}.svg",
                    figures.outcomes(shares, said),
                    f"Outcomes of {said} as shares of runs by setting. {words}.",
                    f"{said}: outcomes as shares of the runs.",
                )
        yield from self._others()

    def _words(self, tally: dict[str, int], runs: int) -> str:
        return ", ".join(f"{OUTCOMES[o]} {percent(n / runs, runs)} %" for o, n in tally.items() if n)

    def _others(self) -> Iterator[Block]:
        """How often every other operation is launched, where there are any."""
        others = [o for o in self.found.operations if o not in self.operations[:4]]
        if not others:
            return
        cells = [0] if self.found.is_sampled else self.shown
        rows = []
        for operation in others:
            told = [findings.launched_share(self.found, operation, c) for c in cells]
            if self.found.is_sampled:
                every = [findings.launched_share(self.found, operation, c) for c in range(len(self.found.cells))]
                told = [(sum(k for k, _ in every), sum(n for _, n in every))]
            if any(k for k, _ in told):
                rows.append((self.operation(operation), *(f"{k} of {n}" for k, n in told)))
        if rows:
            names = ("all settings",) if self.found.is_sampled else tuple(self.name(c) for c in cells)
            columns = ("operation", *names)
            yield Head("All the others")
            yield Grid("Runs in which they are launched; those never launched are left out.", columns, tuple(rows))

    def _times(self) -> Iterator[Block]:
        if self.found.is_sampled:
            return
        parts = [block for operation in self.operations[:3] for block in self._time(operation)]
        if parts:
            yield Section("times", "When it is launched")
            yield Text(
                "Kaplan and Meier's curves of the time to launch. A run in which it is settled that there will be no "
                "launch counts as one without it to the last day, so the curve is simply the share of runs with a "
                "launch by that day. The log-rank test does not use the pairs, which makes it cautious."
            )
            yield from parts

    def _time(self, operation: str) -> Iterator[Block]:
        curves = findings.launches(self.found, operation, self.shown)
        if not any((c.survival.share < 1.0).any() for c in curves):
            return
        ends = self._year_ends()
        rows = []
        for c in curves:
            middle = c.survival.median()
            by = [1.0 - c.survival.at(e - 1).value for _, e in ends]
            said = day(self.found.opening + round(middle) * dates.DAY) if middle is not None else "not in half the runs"
            told = (said, *(f"{percent(x, c.survival.runs)} %" for x in by))
            rows.append((c.name, f"{c.survival.runs}", *told, "" if c.p is None else probability(c.p)))
        columns = ("setting", "runs", "median", *(f"by the end of {y}" for y, _ in ends), "p (log-rank, Holm)")
        name = self.operation(operation)
        numbers = ("runs", *columns[3:])
        yield Grid(f"{name}: time to launch.", columns, tuple(rows), numbers)
        told2 = "; ".join(f"{c.name} {percent(1 - float(c.survival.share[-1]), c.survival.runs)} %" for c in curves)
        yield Picture(
            f"times_{operation}.svg",
            figures.curves(
                [(c.name, c.survival) for c in curves], self.found.opening, self.found.ended, f"{name}: launched by"
            ),
            f"Share of runs in which {name} has been launched by each day. On the last day: {told2}.",
            f"{name}: share of runs with a launch by each day; the shading is the 95 % interval.",
        )

    def _year_ends(self) -> list[tuple[int, int]]:
        """Years that end within the runs, with the day after their last, counted from the opening."""
        first, last = dates.to_datetime(self.found.opening).year, dates.to_datetime(self.found.ended).year
        ends = [(y, (dates.parse(f"{y + 1}-01-01") - self.found.opening) // dates.DAY) for y in range(first, last + 1)]
        return [e for e in ends if e[1] <= (self.found.ended - self.found.opening) // dates.DAY + 1][-7:]

    # --- what it hinges on ---

    def _hinges(self) -> Iterator[Block]:
        q = self.main
        if q is None:
            return
        parts = [*self._tornado(q), *self._indices(q), *self._flips(q)]
        if parts:
            yield Section("hinges", "What the answer hinges on")
            yield from parts

    def _tornado(self, q: Question) -> Iterator[Block]:
        bars = self._bars(q)[:MOST_BARS]
        if not bars:
            return
        is_share, n = q.kind == "share", self.found.runs
        how = "in the lower and in the upper third of each range" if self.found.is_sampled else "at its two ends"
        rows = []
        for b in bars:
            ends = [share(e, n) if is_share else measured(e) for e in (b.low, b.high)]
            shift = points(b.difference, n) if is_share else measured(b.difference)
            rows.append((b.factor, b.at[0], ends[0], b.at[1], ends[1], shift))
        columns = ("factor", "from", "there", "to", "here", "points" if is_share else "difference")
        over = "" if self.found.is_sampled else ", averaged over the settings that agree in all other factors"
        caption = f"{self.title(q)}: each factor {how}{over}; the widest first. Intervals: bootstrap by seeds"
        yield Grid(f"{caption}{' and settings' if self.found.is_sampled else ''}.", columns, tuple(rows), columns[2::2])
        told = "; ".join(f"{r[0]}: {r[1]} {r[2]}, {r[3]} {r[4]}" for r in rows[:6])
        yield Picture(
            "tornado.svg",
            figures.tornado(bars, self.title(q), shares=is_share),
            f"Tornado of the answer by factor, the widest on top. {told}.",
            f"{self.title(q)}: what each factor does to the answer; empty dot: from, full dot: to.",
        )

    def _indices(self, q: Question) -> Iterator[Block]:
        found = findings.indices(self.found, q)
        rows = []
        for i in found:
            if isinstance(i, Index):
                rows.append((spaced(i.factor), _index(i.first), _index(i.total)))
            else:
                rows.append((spaced(i.factor), measured(i.effect), quantity(i.bent)))
        if not rows:
            return
        if isinstance(found[0], Elementary):
            columns = ("factor", "mean size of its effects", "their spread")
            yield Grid("Morris's elementary effects over whole ranges (SALib).", columns, tuple(rows), columns[1:])
            yield Text("A spread as large as the effect says that a factor acts differently in different surroundings.")
            return
        columns = ("factor", "alone", "with interactions")
        yield Grid("Sobol indices: shares of the variance between settings (SALib).", columns, tuple(rows), columns[1:])
        yield Text(
            "The luck of the seeds is the same in all settings; what is left of it in their means counts among the "
            "interactions. An index whose interval holds nothing may be nothing."
        )

    def _flips(self, q: Question) -> Iterator[Block]:
        flip = findings.flips(self.found, q) if q.kind == "share" else None
        if flip is None:
            return
        yield Head("What flips the verdict")
        n = self.found.runs
        tried = Grid(
            "A decision tree of at most three questions, tried on seeds that it had not seen.",
            ("told rightly by", "share of runs"),
            (("always the commoner case", f"{percent(flip.blind, n)} %"), ("the tree", f"{percent(flip.right, n)} %")),
            ("share of runs",),
        )
        if flip.explains and len(flip.leaves) > 1:
            yield Text(
                f"A small tree of what was set, and of how much its leader fears a long war, tells "
                f"{percent(flip.right, n)} % of the runs rightly that it has not seen; naming always the commoner case "
                f"would tell {percent(flip.blind, n)} %."
            )
            yield Points(
                tuple(
                    f"Where {listing(list(leaf.conditions))}: {percent(leaf.share.value, leaf.runs)} % "
                    f"({span(leaf.share, leaf.runs)}) of {number(leaf.runs)} runs."
                    for leaf in flip.leaves
                )
            )
            rows = tuple((listing(list(f.conditions)), number(f.runs), share(f.share, f.runs)) for f in flip.leaves)
            columns = ("where", "runs", self.title(q))
            yield Grid("The leaves of the tree; their intervals take its cuts as given.", columns, rows, columns[1:])
        else:
            yield Text(
                "A small tree of what was set tells the runs apart no better than naming always the commoner case: "
                "what decides between runs here is luck, or something that was not varied."
            )
        yield tried
        rows2 = tuple((o.what, ratio(o.ratio)) for o in flip.odds[:MOST_BARS])
        yield Grid(
            "By how much each multiplies the odds, the others held (logistic regression, shrunk; seeds resampled).",
            ("factor", "odds ratio"), rows2, ("odds ratio",),
        )  # fmt: skip

    # --- lambda ---

    def _bands(self) -> Iterator[Block]:
        q = self.main
        if q is None or q.kind != "share" or not q.operation:
            return
        power, bands = findings.fear_bands(self.found, q, self.shown)
        if not bands:
            return
        who = self.setup.atlas.power_names.get(power, power)
        yield Section("fear", "Over the whole range of an unknown: the fear of a long war")
        text = (
            f"How much the leader of {who} fears a long war (lambda) is not identified by history: values from 0.3 to "
            "2 fit what was decided between 1934 and 1941 alike. Every run draws it anew, so its runs show the answer "
            "over the whole range."
        )
        wide = [(b, min(b.shares), max(b.shares)) for b in bands if len(b.shares) > 1]
        if wide:
            b, low, high = max(wide, key=lambda w: abs(w[0].shares[w[1]][1].value - w[0].shares[w[2]][1].value))
            ends = [f"{percent(b.shares[k][1].value, b.runs)} % where it is {_stretch(k)}" for k in (low, high)]
            text += f" With {b.name} the answer goes from {ends[0]} to {ends[1]}."
        yield Text(text)
        columns = ("setting", *(_stretch(k) for k in range(len(FEARS) - 1)))
        rows = []
        for b in bands:
            cells = [
                f"{share(b.shares[k][1], b.runs)} of {b.shares[k][0]}" if k in b.shares else "–"
                for k in range(len(FEARS) - 1)
            ]
            rows.append((b.name, *cells))
        rows.append(("range that fits history", "–", *["0.3 to 2"] * 4, "–"))
        caption = f"{self.title(q)}: share of runs by lambda; stretches with fewer than {findings.FEWEST} runs are left"
        yield Grid(f"{caption} out.", columns, tuple(rows))
        ticks = [_stretch(k) for k in range(len(FEARS) - 1)]
        told = "; ".join(
            f"{b.name}: " + ", ".join(f"{_stretch(k)} {percent(e.value, b.runs)} %" for k, (_, e) in b.shares.items())
            for b in bands
        )
        yield Picture(
            "fear.svg",
            figures.bands(
                [(b.name, {k: e for k, (_, e) in b.shares.items()}) for b in bands],
                ticks, self.title(q), "lambda, the fear of a long war",
            ),
            f"Share of runs by the fear of a long war. {told}.",
            f"{self.title(q)}: share of runs over the range of lambda, with 95 % intervals.",
        )  # fmt: skip

    # --- maps and runs ---

    def _maps(self) -> Iterator[Block]:
        from wargame.show.ground import ground_of  # noqa: PLC0415
        from wargame.show.maps import Odds, draw_odds  # noqa: PLC0415

        geometry = geometry_path(self.setup.atlas.id, self.design.data)
        if geometry is None:
            return
        self.say("drawing maps")
        atlas = self.setup.atlas
        groups = [("all settings", list(range(len(self.found.cells))))]
        if not self.found.is_sampled:
            far = [c for c in self.shown if c][: findings.MOST_CURVES]
            mine = {c.cell: abs(c.pairs.difference.value) for c in self.compared if c.question == self.main}
            other = max(far, key=lambda c: (mine.get(c, 0.0), -c), default=0)
            groups = [(self.name(c), [c]) for c in dict.fromkeys((0, other))]
        panes, rows = [], []
        for name, cells in groups:
            taker, odds, runs = findings.odds_of_control(self.found, atlas, cells)
            panes.append(Odds(f"{name} ({number(runs)} runs)", taker, odds))
            for p in sorted(set(taker.tolist()) - {-1}, key=lambda p: (-float(odds[taker == p].sum()), p))[:5]:
                own = odds[taker == p]
                tally = [int((own >= 0.95).sum()), int((own >= 0.5).sum()), int((own >= 0.05).sum())]
                rows.append((name, atlas.power_names.get(atlas.powers[p], atlas.powers[p]), *map(number, tally)))
        if not rows:
            return
        before = atlas.controllers_on(self.found.opening)
        title, under = "Who takes what, and how surely", f"At the end of the runs, {day(self.found.ended)}"
        ground = ground_of(geometry, atlas)
        with tempfile.TemporaryDirectory() as folder:
            size = (8.6, 8.0) if len(panes) == 1 else (11.0, 8.0)
            file = draw_odds(
                atlas, ground, before, panes, Path(folder) / "odds.png", title=title, subtitle=under, size=size, dpi=130
            )
            data = _packed(file)
        columns = ("setting", "new holder", "in 95 % of runs or more", "in half or more", "in 5 % or more")
        yield Section("maps", "Where the land goes")
        told = "; ".join(f"{r[0]}: {r[1]} {r[2]} provinces nearly always, {r[3]} in half of the runs" for r in rows)
        yield Picture(
            "control.webp", data,
            f"Map of how surely each province has a new holder at the end of the runs. {told}.",
            "How surely land has another holder at the end than at the opening: the fuller the colour the surer; "
            "stripes where the runs disagree.",
        )  # fmt: skip
        caption = "Provinces by their likeliest new holder, and in how many runs he holds them."
        yield Grid(caption, columns, tuple(rows), columns[2:])

    def _runs(self) -> Iterator[Block]:
        if self.told is None:
            return
        yield Section("runs", "Two runs to read")
        yield Text(
            "The **most typical** run is the one whose outcomes and numbers are nearest to those of its setting; the "
            "**most surprising** one is the least likely of all, each against the runs of its own setting. One run is "
            "an anecdote: read them for how things happen, not for how often."
        )
        rows = []
        for what, page, told in zip(("most typical", "most surprising"), RUN_PAGES, self.told, strict=True):
            rare = "; ".join(f"{self.operation(o)} {OUTCOMES[k]} ({n} of {told.runs})" for o, k, n in told.rare)
            link = f"[its report and diary]({self.folder}/{page})"
            alike = f"{told.alike} of {told.runs}"
            rows.append((what, self.name(told.cell), f"{told.seed}", alike, rare or "nothing", link))
        columns = ("run", "setting", "seed", "runs with the same outcomes", "what is rare in it", "read on")
        yield Grid("The two runs.", columns, tuple(rows), ("seed",))
        for what, told in zip(("The most typical run", "The most surprising run"), self.told, strict=True):
            yield self._story(what, told)

    def _story(self, what: str, told: Told) -> Grid:
        query = f"""
            select coalesce(launched, ended), operation, outcome, reasons from operations
            where cell = {told.cell + 1} and seed = {told.seed} and outcome not in ('never_sought')
            order by coalesce(launched, ended) nulls last, operation"""
        rows = []
        for when, operation, outcome, reasons in self.found.base.sql(query).fetchall():
            on = day(dates.parse(when.isoformat())) if when else "–"
            rows.append((on, self.operation(operation), OUTCOMES[outcome], str(reasons or "")))
        nothing = (("–", "no operation was sought", "–", "–"),)
        columns = ("launched or settled", "operation", "outcome", "why")
        caption = f"{what}: {self.name(told.cell)}, seed {told.seed}. Operations never sought are left out."
        return Grid(caption, columns, tuple(rows) or nothing)

    # --- assumptions, history, power, limits ---

    def _assumptions(self) -> Iterator[Block]:
        yield Section("assumptions", "What was assumed, and how far it may be wrong")
        rows = []
        for f in self.design.file.factors:
            if f.number:
                n = self.setup.rulebook.number(f.number)
                values = [float(v) for v in self.found.values(f.id)]
                known = f"{quantity(n.low)} to {quantity(n.high)}" if n.low is not None and n.high is not None else "–"
                drawn = f"{quantity(min(values))} to {quantity(max(values))}"
                rows.append((f"`{f.number}`", quantity(n.value), known, drawn, n.confidence, n.source))
        if rows:
            columns = ("number", "edition", "range of its sources", "range here", "confidence", "source")
            yield Grid("Numbers that were varied.", columns, tuple(rows), columns[1:4])
        over = [*self.head.overlays, *(o for f in self.design.file.factors for v in f.levels for o in v.overlays)]
        laid = [(f"`{o}`", *self._overlay(o)) for o in dict.fromkeys(over)]
        if laid:
            yield Grid(
                "What was laid over the scenario, and what it assumes.",
                ("overlay", "title", "what differs"),
                tuple(laid),
            )
        numbers = self.setup.rulebook.numbers.values()
        ranged = [n for n in numbers if n.low is not None and n.high is not None and n.low < n.high]
        low = [n for n in ranged if n.confidence == "low"]
        varied = sum(bool(f.number) for f in self.design.file.factors)
        fixed = (
            ("numbers in the rulebook", number(len(self.setup.rulebook.numbers))),
            ("of these with a range", number(len(ranged))),
            ("of these of low confidence", number(len(low))),
            ("varied in this study", f"{varied}"),
        )
        yield Grid("The numbers that the runs rest on.", ("what", "how many"), fixed, ("how many",))
        yield Text(
            f"{varied or 'None'} of {number(len(ranged))} numbers that have a range "
            f"{'was' if varied == 1 else 'were'} varied; all others stood at the edition's value. The intervals of "
            "this report know nothing of their doubt."
        )

    def _history(self) -> Iterator[Block]:
        parts = [*self._paths(), *self._facts()]
        yield Section("history", "Where the model misses history")
        if parts:
            yield from parts
        else:
            yield Text(
                "No history of this scenario is on file, so nothing here has been checked against what happened."
            )
        if self.setup.scenario.politics is not None:
            yield Text(
                "How the politics and their decisions compare with history is on the page that "
                "`wargame validate-history --politics` writes."
            )

    def _paths(self) -> Iterator[Block]:
        """Operations as history had them beside the first setting's runs."""
        if self.setup.scenario.politics is None:
            return
        rows = []
        cells = range(len(self.found.cells)) if self.found.is_sampled else range(1)
        for row in political.history(tuple(self.design.data)):
            name = row["operation"]
            if name not in self.found.operations:
                continue
            days, kinds = self.found.launch_days(name), self.found.outcomes(name)
            here = np.zeros_like(self.found.ok)
            here[list(cells)] = self.found.ok[list(cells)]
            here &= kinds != ""
            began = np.isfinite(days) & here
            runs, launched = int(here.sum()), int(began.sum())
            done = row["outcome"] != political.NOT_LAUNCHED
            hit, in_time = 2 * launched < runs, "–"
            if done:
                hours = self.found.opening + days[began] * dates.DAY
                inside = int(((hours >= row["first"]) & (hours < row["last"] + dates.DAY)).sum())
                hit, in_time = 2 * inside > runs, f"{inside}"
            if name in self.operations or (row["headline"] and not hit):
                then = f"{day(row['first'])} to {day(row['last'])}" if done else "–"
                what = {"launched_succeeded": "succeeded", "launched_failed": "failed"}.get(
                    row["outcome"], "not launched"
                )
                told = (
                    self.operation(name),
                    what,
                    then,
                    f"{launched} of {runs}",
                    in_time,
                    "hit" if hit else "**miss**",
                )
                rows.append(told)
        if rows:
            where = "all settings" if self.found.is_sampled else f"the first setting, **{self.name(0)}**"
            columns = ("operation", "history", "counts as in time", "launched here", "in time", "")
            caption = (
                f"History beside {where}: the operations asked about, and the headline operations that are missed. A "
                "hit is launched in time in more than half of the runs, or, if history never launched it, in fewer."
            )
            yield Grid(caption, columns, tuple(rows), columns[3:5])
            yield Text(
                "A miss here is a warning about every other setting as well: the same rules played it. Where the first "
                "setting is not meant as history, read the table for what the setting changes."
            )

    def _facts(self) -> Iterator[Block]:
        """Facts of the campaign that the questions touch, with the misses that are known and their likely causes."""
        head = self.setup.scenario.scenario
        try:
            known = history.load(head.id, head.opening, self.design.data)
        except UsageError:
            return
        rows = []
        for q in (q for q in self.questions if q.losses):
            power, _, kind = q.losses.partition(".")
            fact = next(
                (f for f in known.facts if f.id in {f"{power}_{kind}".lower(), f"{power}_{kind}_lost".lower()}), None
            )
            answer = findings.pooled(self.found, q) if self.found.is_sampled else findings.answer(self.found, q, 0)
            if fact is not None and answer is not None:
                misses = not (answer.low <= fact.hi and fact.lo <= answer.high)
                best = f"{quantity(fact.best)} " if fact.best is not None else ""
                said = f"{best}({quantity(fact.lo)} to {quantity(fact.hi)})"
                told = f"{quantity(answer.estimate.value)} ({quantity(answer.low)} to {quantity(answer.high)})"
                why = "; ".join(c for (i, _), c in sorted(known.causes.items()) if i == fact.id)
                rows.append((self.title(q), said, told, "**miss**" if misses else "hit", why if misses else ""))
        if rows:
            columns = ("question", "history", "mean and middle 80 % here", "", "likely cause")
            yield Grid("Questions that history answers too.", columns, tuple(rows))
        held = {q.held.province for q in self.questions if q.held is not None}
        asked = {q.operation for q in self.questions}
        near = [f for f in known.facts if held & set(f.place) or (asked and f.use == "bar") or f.kind == "duration"]
        causes = [(spaced(f.id), d, c) for f in near for (i, d), c in sorted(known.causes.items()) if i == f.id]
        if causes:
            caption = "Misses of this campaign that bear on the questions, as far as their cause is known."
            yield Grid(caption, ("fact", "the model is", "likely cause"), tuple(dict.fromkeys(causes)))
        yield Text(
            f"Every fact of the campaign beside many runs: `wargame validate-history {quote(head.id)}`; "
            "its page lists all misses with their size."
        )

    def _power(self) -> Iterator[Block]:
        if self.main is None:
            return
        yield Section("power", "How many runs it would take")
        n = self.seeds
        rows = [
            ("seeds a setting here", f"{n}"),
            ("widest interval of a share with as many", f"{100 * _widest(n):.0f} points"),
        ]
        for width in (0.2, 0.1, 0.04, 0.02):
            rows.append((f"seeds for an interval of {100 * width:g} points", number(statistics.runs_for(width))))
        mine = [c.pairs for c in self.compared if c.question == self.main]
        text = "The intervals are at their widest for a share of one half."
        if mine:
            changed = sorted((p.only_first + p.only_second) / p.runs for p in mine)[len(mine) // 2]
            least = findings.least_difference(n, changed)
            rows.append(("seeds whose answer changes between two settings (median)", f"{percent(changed)} %"))
            rows.append(
                ("smallest difference found four times in five", f"{100 * least:.0f} points" if least else "none")
            )
            if least:
                text += (
                    f" A true difference between two settings smaller than {100 * least:.0f} points would be missed "
                    "more often than once in five: that no difference was found is then no sign that there is none."
                )
        yield Grid("Precision: now, and what more of it costs.", ("what", "how much"), tuple(rows), ("how much",))
        yield Text(text)

    def _limits(self) -> Iterator[Block]:
        yield Section("limits", "What this study cannot say")
        items = [
            "Whether the model is right. The intervals would shrink to nothing with enough runs, and the model would "
            "be no truer for it.",
            "What the numbers that were held fixed would have done; how many there are is said under the assumptions.",
            "Which of many settings is the best or the worst: the largest of many differences is partly luck, and "
            "would be smaller if the study were done again with other seeds.",
        ]
        if self.found.is_sampled:
            items.append("How likely the settings are: all places in the ranges count alike, which is a choice.")
        if self.study.manifest.get("stopped_early"):
            items.append(
                "Quite as much as its intervals say: a study that stops when they are narrow stops a little early."
            )
        if self.found.failed:
            items.append(
                "What the failed runs would have been; if they failed for a cause, the shares lean away from it."
            )
        yield Points(tuple(items))

    def _again(self) -> Iterator[Block]:
        m = self.study.manifest
        yield Section("again", "How to do it again")
        cells = (
            ""
            if len(self.found.cells) == m.get("designed_cells", len(self.found.cells))
            else f" --cells {len(self.found.cells)}"
        )
        data = "".join(f" --data {quote(d)}" for d in m["data"])
        asked, out = quote(str(m["asked"])), quote(self.study.path.name)
        yield Command((f"wargame study {asked} --runs {m['runs']}{cells}{data} --out {out}", f"wargame report {out}"))
        facts = (
            ("study", f"`{m['study']}`"),
            ("version", f"`{m['version']}`"),
            ("digest of the design", f"`{m['design']}`"),
            ("digest of the data", f"`{m['data_hash']}`"),
            ("digest of the program", f"`{m['program']}`"),
            ("python, numpy", f"`{m['python']}`, `{m['numpy']}`"),
        )
        yield Grid("The same of all these gives the same bytes, whoever did the work.", ("what", "which"), facts)


def _at(end: str) -> str:
    return end if end.startswith(("up to", "from")) else f"at {end}"


def _index(e: Estimate) -> str:
    def one(x: float) -> str:
        return f"{MINUS if x < -0.005 else ''}{abs(x):.2f}"

    return f"{one(e.value)} ({one(e.low)} to {one(e.high)})"


def _stretch(k: int) -> str:
    low, high = FEARS[k], FEARS[k + 1]
    if low == 0.0:
        return f"below {high:g}"
    return f"above {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"


def _widest(runs: int) -> float:
    """Width of the widest interval that a share of so many runs can have."""
    return max(statistics.share(k, runs).width for k in {runs // 2, (runs + 1) // 2})


def _packed(file: Path) -> bytes:
    """A picture as WebP, a sixth of the size of a PNG."""
    from PIL import Image  # noqa: PLC0415

    packed = io.BytesIO()
    with Image.open(file) as picture:
        picture.convert("RGB").save(packed, "WEBP", quality=86, method=4)
    return packed.getvalue()
