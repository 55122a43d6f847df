"""The page that sets the model beside history, in Markdown: misses first, the same bytes on any machine."""

from __future__ import annotations

from collections.abc import Sequence

import wargame
from wargame import dates
from wargame.study.comparison import READING, Study, Verdict, judge
from wargame.study.history import KINDS, Fact

TITLES = {
    "milestone": "dates of places and battles",
    "figure": "losses and prisoners",
    "rate": "rates",
    "duration": "length of the campaign",
    "strength": "strengths (inputs)",
}
MARKS = {"memory": " (m)", "partly": " (p)", "derived": " (d)"}


def page(study: Study) -> str:
    """The comparison as Markdown."""
    return _Page(study).text()


class _Page:
    def __init__(self, study: Study) -> None:
        self.study, self.history = study, study.history
        self.verdicts = study.verdicts("judge")

    def text(self) -> str:
        parts = [self.head(), self.summary(), self.bar(), self.misses()]
        parts += [self.hits(kind) for kind in KINDS]
        parts += [self.looks(), self.unmodelled(), self.memory()]
        return "\n\n".join(p for p in parts if p) + "\n"

    def head(self) -> str:
        setup = self.study.setup
        return f"""# {setup.scenario.scenario.title}: the model against history

`wargame validate-history` writes this page; do not edit it. {len(self.study.measured)} runs of `{setup.scenario.id}`
(edition `{setup.rulebook.edition}`, version {wargame.__version__}, data `{setup.data_hash[:12]}`).

*History* is the best figure with its range; *model* is the 10-50-90 % of the runs; *runs* the share of them in which
the thing happened. A fact is a **hit** if the historical best or range overlaps the model's 10-90 % band and the thing
happened in at least half of the runs; otherwise it is a **miss**, listed with the gap between the two ranges. A wide
band hits easily, so the summary also counts how often the model's *median* lies in the historical range. Figures (not
dates) are taken to be good to {READING:.0%}. A figure marked (m) rests on memory, (p) was checked in part, (d) is
computed from others; the rest were read in a second source. No number is bent to hide a miss."""

    def summary(self) -> str:
        lines = ["## Summary", "", "| kind | facts | hits | misses | median in range |", "|---|---:|---:|---:|---:|"]
        groups = [(TITLES[k], [v for v in self.verdicts if v.fact.kind == k]) for k in KINDS]
        groups.append(("**all but inputs**", [v for v in self.verdicts if v.fact.kind != "strength"]))
        for title, group in groups:
            hits = sum(v.hit for v in group)
            lines.append(f"| {title} | {len(group)} | {hits} | {len(group) - hits} | {sum(v.inside for v in group)} |")
        return "\n".join(lines)

    def bar(self) -> str:
        facts = self.history.using("bar")
        if not facts:
            return ""
        lines = [
            "## Not absurd: the bar of this edition",
            "",
            "| what | wanted | share of runs | model |",
            "|---|---|---:|---|",
        ]
        for f in facts:
            v = judge(f, self.study.values(f))
            wanted = f"{_number(f.lo)} to {_number(f.hi)}" if f.hi != 1000 else f"at least {_number(f.lo)}"
            lines.append(f"| {f.note} ({f.unit}) | {wanted} | {self.study.share(f):.0%} | {self.model(v)} |")
        return "\n".join(lines)

    def misses(self) -> str:
        group = [v for v in self.verdicts if not v.hit]
        lines = [f"## Misses ({len(group)})"] + ([] if group else ["", "None."])
        for kind in KINDS:
            some = [v for v in group if v.fact.kind == kind]
            if some:
                lines += ["", f"### {TITLES[kind].capitalize()}", "", *self.table(some, missed=True)]
        return "\n".join(lines)

    def hits(self, kind: str) -> str:
        group = [v for v in self.verdicts if v.hit and v.fact.kind == kind]
        return "\n".join([f"## Hits: {TITLES[kind]}", "", *self.table(group)]) if group else ""

    def looks(self) -> str:
        group = self.study.verdicts("look")
        if not group:
            return ""
        text = (
            "Printed for comparison, not judged: the source counts otherwise than the model, or the row is for looking."
        )
        return "\n".join(["## For looking at", "", text, "", *self.table(group)])

    def unmodelled(self) -> str:
        facts = self.history.using("unmodelled")
        if not facts:
            return ""
        lines = ["## Not in the model", "", "| fact | history | why |", "|---|---|---|"]
        lines += [f"| {_named(f)} | {self.range_of(f)} | {f.note} |" for f in facts]
        return "\n".join(lines)

    def memory(self) -> str:
        judged = [v.fact for v in self.verdicts]
        counts = {s: sorted(f.id for f in judged if f.status == s) for s in ("verified", "partly", "derived", "memory")}
        said = ", ".join(f"{len(ids)} {'from memory' if s == 'memory' else s}" for s, ids in counts.items() if ids)
        text = f"Of {len(judged)} judged facts: {said}. A miss of a day on a date from memory says little."
        names = ", ".join(f"`{i}`" for i in counts["memory"])
        return f"## What the history rests on\n\n{text}" + (f"\n\nFrom memory: {names}." if names else "")

    def table(self, group: Sequence[Verdict], *, missed: bool = False) -> list[str]:
        head = "| fact | history | model 10-50-90 % | runs | off by | likely cause |" if missed else (
            "| fact | history | model 10-50-90 % | runs | note |"
        )  # fmt: skip
        lines = [head, "|---|---|---|---:|---|" + "---|" * missed]
        order = {k: n for n, k in enumerate(KINDS)}
        for v in sorted(group, key=lambda v: (order[v.fact.kind], v.fact.lo if v.fact.dated else 0.0, v.fact.id)):
            f = v.fact
            tail = f"{self.off(v)} | {self.cause(v)}" if missed else f.note
            lines.append(f"| {_named(f)} | {self.range_of(f)} | {self.model(v)} | {v.happened:.0%} | {tail} |")
        return lines

    def off(self, v: Verdict) -> str:
        if v.direction == "never":
            return f"happens in {v.happened:.0%} of runs"
        if v.direction in {"early", "late"}:
            return f"{_number(v.miss)} {'day' if v.miss == 1 else 'days'} {v.direction}"
        return f"{v.miss:.0%} too {v.direction}"

    def cause(self, v: Verdict) -> str:
        return self.history.causes.get((v.fact.id, v.direction), "not analysed yet")

    def range_of(self, f: Fact) -> str:
        best = "" if f.best is None else self.value(f, f.best)
        span = "" if f.lo == f.hi == f.best else f" ({self.value(f, f.lo)} to {self.value(f, f.hi)})"
        return best + span + MARKS.get(f.status, "")

    def model(self, v: Verdict) -> str:
        return " - ".join("never" if x is None else self.value(v.fact, x) for x in (v.low, v.median, v.high))

    def value(self, f: Fact, x: float) -> str:
        if not f.dated:
            return _number(x)
        moment = dates.to_datetime(self.history.opening + round(x - 1) * dates.DAY)
        return f"{moment.day} {dates.MONTHS[moment.month - 1][:3]}"


def _named(f: Fact) -> str:
    """What a fact is about, e.g. ``piotrkow`` GER fell piotrkow_trybunalski."""
    quantity = "" if f.quantity == "unmodelled" else f.quantity.replace("_", " ")
    words = [f.side, quantity, (" to " if f.quantity == "advance" else ", ").join(f.place)]
    unit = "" if f.dated else f" ({f.unit})"
    return f"`{f.id}` {' '.join(w for w in words if w)}{unit}"


def _number(x: float) -> str:
    if abs(x) >= 10000:
        return f"{round(x, -2):,.0f}"
    return f"{x:,.0f}" if x == round(x) or abs(x) >= 100 else f"{x:.3g}"
