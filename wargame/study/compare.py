"""Two runs side by side, or two studies: where they part, what came of it, and how sure the difference is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.errors import UsageError
from wargame.journal import Entry
from wargame.run_folder import RunFolder
from wargame.show.retell import Retelling
from wargame.study.folder import StudyFolder
from wargame.study.statistics import Estimate, holm, mean, pairs, share
from wargame.study.study_file import Question

HEAD = ("scenario", "overlays", "seed", "edition", "parameters", "opening", "end", "data_hash")
"""Parts of a run's manifest that are compared."""


# --- runs ------------------------------------------------------------------------------------------------------------


def compare_runs(one: RunFolder, two: RunFolder) -> dict[str, Any]:
    """Plain data: what was asked differently, where the journals part, operations, losses and towns of both."""
    a, b = one.verdict, two.verdict
    said = {k: [one.manifest.get(k), two.manifest.get(k)] for k in HEAD}
    names = list(dict.fromkeys((*a["operations"], *b["operations"])))
    return {
        "kind": "runs",
        "differs": {k: v for k, v in said.items() if v[0] != v[1]},
        "same": one.journal.head == two.journal.head,
        "parting": _parting(one, two),
        "operations": {n: [_fate(v["operations"].get(n)) for v in (a, b)] for n in names},
        "losses": _losses(a["losses"], b["losses"]),
        "towns": _towns(a["towns"], b["towns"]),
    }


def _fate(operation: dict[str, Any] | None) -> dict[str, Any] | None:
    if operation is None:
        return None
    return {k: operation[k] for k in ("name", "outcome", "began", "date")} | {"why": "; ".join(operation["reasons"])}


def _parting(one: RunFolder, two: RunFolder) -> dict[str, Any] | None:
    """The first thing that happened otherwise: its day, and what each journal has; `None` where none did.

    Journals of the level ``verdict`` keep too little; of these the first kept difference is told.
    """
    firsts = zip_longest(_happened(one), _happened(two))
    for a, b in firsts:
        if a is None or b is None or (a.hour, a.kind, a.data) != (b.hour, b.kind, b.data):
            told = [
                {"day": dates.iso(e.hour), "n": e.n, "text": _text(f, e)} if e else None
                for f, e in ((one, a), (two, b))
            ]
            return {"day": min(t["day"] for t in told if t), "entries": told}
    return None


def _happened(folder: RunFolder) -> Iterator[Entry]:
    """What is told of a run, without the header and the digests of days."""
    return (e for e in folder.journal if e.kind not in {"header", "day"})


def _text(folder: RunFolder, entry: Entry) -> str:
    return Retelling(folder.setup).describe(entry, dated=False)


def _losses(a: dict[str, Any], b: dict[str, Any]) -> dict[str, dict[str, list[int]]]:
    kinds = list(next(iter({**a, **b}.values()), {}))
    found = {p: {k: [v.get(p, {}).get(k, 0) for v in (a, b)] for k in kinds} for p in sorted({*a, *b})}
    return {p: by for p, by in found.items() if any(any(v) for v in by.values())}


def _towns(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> dict[str, list[str | None]]:
    """Days on which towns fell first, of those that fell on different days or in one run only."""
    falls = [{t["province"]: t["date"] for t in v} for v in (a, b)]
    places = sorted({*falls[0], *falls[1]})
    found = {p: [f.get(p) for f in falls] for p in places}
    return {p: days for p, days in found.items() if days[0] != days[1]}


# --- studies ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One question in one cell of both studies: its answer here and there, and their difference over shared seeds.

    ``p``: McNemar's exact p-value, by Holm for all comparisons at once; `None` for numbers. ``changed``: pairs of runs
    with different answers, of ``pairs``.
    """

    question: str
    title: str
    kind: str
    cells: tuple[int, int]
    cell: str
    first: Estimate
    second: Estimate
    difference: Estimate
    pairs: int
    changed: int
    p: float | None


def compare_studies(one: StudyFolder, two: StudyFolder) -> list[Difference]:
    """Every question that both ask, in every cell that both have; the same seed in both is a pair.

    Cells match by their setting; where no two settings agree and both have as many cells, by number. `UsageError` where
    there is nothing to compare.
    """
    questions = [(q, r) for q in one.design.file.questions for r in two.design.file.questions if q.id == r.id]
    if not questions:
        raise UsageError(f"{one.path} and {two.path} have no question in common (questions match by id)")
    for q, r in questions:
        if q.kind != r.kind:
            raise UsageError(f"question '{q.id}' asks for a {q.kind} in {one.path} and for a {r.kind} in {two.path}")
    answers = [_answers(s) for s in (one, two)]
    found = [
        d for q, _ in questions for a, b, name in _matched(one, two)
        if (d := _difference(q, (a, b), name, answers[0].get((q.id, a), {}), answers[1].get((q.id, b), {}))) is not None
    ]  # fmt: skip
    if not found:
        raise UsageError(f"{one.path} and {two.path} have no cell with a seed in common")
    adjusted = iter(holm([d.p for d in found if d.p is not None]))
    return [d if d.p is None else Difference(**{**vars(d), "p": next(adjusted)}) for d in found]


def _matched(one: StudyFolder, two: StudyFolder) -> list[tuple[int, int, str]]:
    """Pairs of cells with what they are called."""
    theirs = {c.name: c.number for c in two.design.cells}
    found = [(c.number, theirs[c.name], c.name) for c in one.design.cells if c.name in theirs]
    if found or len(one.design.cells) != len(two.design.cells):
        return found
    both = zip(one.design.cells, two.design.cells, strict=True)
    return [(a.number, b.number, f"{a.name} | {b.name}") for a, b in both]


def _answers(study: StudyFolder) -> dict[tuple[str, int], dict[int, float]]:
    found: dict[tuple[str, int], dict[int, float]] = {}
    with study.connect() as base:
        for question, cell, seed, value in base.sql("select question, cell, seed, value from answers").fetchall():
            if value is not None:
                found.setdefault((question, cell), {})[seed] = value
    return found


def _difference(
    question: Question, cells: tuple[int, int], name: str, one: dict[int, float], two: dict[int, float]
) -> Difference | None:
    shared = sorted({*one} & {*two})
    if not shared:
        return None
    a, b = (np.array([v[s] for s in shared]) for v in (one, two))
    head = (question.id, question.title or question.id, question.kind, cells, name)
    changed = int((a != b).sum())
    if question.kind != "share":
        return Difference(*head, mean(a), mean(b), mean(b - a), len(shared), changed, None)
    found = pairs(a == 1, b == 1)
    return Difference(*head, _share(a), _share(b), found.difference, len(shared), changed, found.p)


def _share(values: NDArray[np.float64]) -> Estimate:
    return share(int((values == 1).sum()), len(values))


def as_dict(found: list[Difference]) -> dict[str, Any]:
    """The comparison as plain data, for ``--json``."""
    return {"kind": "studies", "comparisons": [asdict(d) for d in found]}
