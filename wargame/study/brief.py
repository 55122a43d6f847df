"""What every section of a study's report asks for: the study, its results, the names of things, what was compared."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path

from wargame.errors import UsageError
from wargame.load import scenarios
from wargame.load.paths import search
from wargame.scenario import Setup
from wargame.study import findings
from wargame.study.findings import Compared, Told
from wargame.study.folder import StudyFolder
from wargame.study.phrases import label, spaced
from wargame.study.results import Results
from wargame.study.sensitivity import Bar
from wargame.study.study_file import Factor, Level, Question
from wargame.study.tables import POWERS

MOST_ROWS = 40
"""Cells that a table or figure names one by one."""
SURE = 0.05
"""Holm's p below which a difference is called one."""
SENTENCES = 3
"""Sentences of an overlay's reasons that a table has room for."""
NEAR = 0.02
"""Differences closer than this are as good as equal when the headline picks one."""
MEN = ("killed", "wounded", "captured", "missing")


class Brief:
    """A study about to be reported. ``files``: name of the folder with what the page refers to, seen from the page."""

    def __init__(self, study: StudyFolder, found: Results, files: str, say: Callable[[str], None]) -> None:
        self.study, self.found, self.files, self.say = study, found, files, say
        self.design, self.head = study.design, study.design.head
        self.questions = self.design.file.questions
        self.again: list[Future[str]] = []  # the hashes of the two runs to read, played again

    @cached_property
    def setup(self) -> Setup:
        """The scenario as the base setting lays it out."""
        self.say("loading the scenario")
        return scenarios.load(self.design.scenario, self.found.cells[self.found.base].overlays, self.design.data)

    @cached_property
    def main(self) -> Question | None:
        """The question of the headline: the first one, unless it asks for a day."""
        return next((q for q in self.questions if q.kind != "days"), self.questions[0] if self.questions else None)

    @cached_property
    def open(self) -> list[Question]:
        """Questions whose answer is not the same in all runs, the headline's first."""
        asked = sorted(self.questions, key=lambda q: q != self.main)
        return [q for q in asked if findings.varies(self.found, q)]

    @cached_property
    def compared(self) -> list[Compared]:
        """Every comparison with the base setting; none of a sampled design."""
        self.say("comparing the settings")
        return [] if self.found.is_sampled else findings.compared(self.found)

    def against_first(self, question: Question) -> list[Compared]:
        """The comparisons of one question with the base."""
        return [c for c in self.compared if c.question == question]

    def far(self, question: Question) -> Compared | None:
        """The comparison with the largest difference; of nearly equal ones that of the setting most like the base."""
        mine = self.against_first(question)
        reach = max((abs(c.difference.value) for c in mine), default=0.0)
        least = reach - NEAR if question.kind == "share" else reach * (1.0 - NEAR)
        near = [c for c in mine if abs(c.difference.value) >= least]
        return min(near, key=lambda c: (self.changes(c.cell), -abs(c.difference.value), c.cell), default=None)

    def changes(self, cell: int) -> int:
        """In how many factors a cell differs from the base."""
        base = self.found.cells[self.found.base].settings
        return sum(a.level != b.level for a, b in zip(base, self.found.cells[cell].settings, strict=True))

    @cached_property
    def told(self) -> tuple[Told, Told] | None:
        """The most typical and the most surprising run."""
        return findings.typical_and_surprising(self.found)

    @property
    def seeds(self) -> int:
        """Seeds a cell, the most that any has."""
        return int(self.found.ok.sum(axis=1).max())

    @cached_property
    def shown(self) -> list[int]:
        """Cells (places) that curves and bands show: the base and those whose answer differs most from it."""
        base = self.found.base
        cells = [c for c in range(len(self.found.cells)) if self.found.ok[c].any()]
        if self.found.is_sampled or len(cells) <= findings.MOST_CURVES:
            return sorted(cells, key=lambda c: (c != base, c))
        mine = self.against_first(self.main) if self.main is not None else []
        ranked = sorted(mine, key=lambda c: (-abs(c.difference.value), c.cell))
        return [base, *sorted(c.cell for c in ranked[: findings.MOST_CURVES - 1])]

    @cached_property
    def operations(self) -> list[str]:
        """The operations that the questions are about, else those that are launched in any run."""
        asked = [q.operation for q in self.questions if q.operation in self.found.operations]
        if asked:
            return list(dict.fromkeys(asked))
        cells = range(len(self.found.cells))
        return [o for o in self.found.operations if any(findings.launched_share(self.found, o, c)[0] for c in cells)]

    def bars(self, question: Question) -> list[Bar]:
        """The tornado of a question."""
        if question.id not in self._bars:
            self._bars[question.id] = findings.bars(self.found, question)
        return self._bars[question.id]

    @cached_property
    def _bars(self) -> dict[str, list[Bar]]:
        return {}

    # --- names ---

    def name(self, cell: int) -> str:
        """A cell by its place."""
        return label(self.found.cells[cell])

    def title(self, question: Question) -> str:
        """A question in words."""
        return question.title or spaced(question.id)

    def unit(self, question: Question) -> str:
        """What the number that answers a question counts."""
        kind = question.losses.partition(".")[2]
        if kind:
            return "men" if kind in MEN else kind
        column = question.state.partition(".")[2]
        return next((c.meaning for c in POWERS.columns if c.name == column), "")

    def operation(self, name: str) -> str:
        """An operation by its name."""
        named = {p.operation.id: p.operation.name for p in self.setup.plans if p.operation is not None}
        text = named.get(name, spaced(name))
        return text[:1].upper() + text[1:]

    def power(self, code: str) -> str:
        """A power by its name."""
        return self.setup.atlas.power_names.get(code, code)

    def level(self, level: Level) -> str:
        """What a level of a factor stands for."""
        told = [level.title] if level.title else [self.overlay(o)[0] for o in level.overlays]
        told += [f"`{k}` = {v:g}" for k, v in level.rulebook.items()]
        told += [f"{p} played by {s}" for p, s in level.seats.items()]
        return "; ".join(told) or "the scenario as it is"

    def overlay(self, name: str) -> tuple[str, str]:
        """An overlay's title and what differs in it."""
        try:
            file = Path(name) if Path(name).is_file() else search(self.design.data).find("overlay", name)
            head = tomllib.loads(file.read_text(encoding="utf-8"))["overlay"]
        except (UsageError, OSError, KeyError, ValueError):
            return spaced(name), ""
        why = " ".join(str(head.get("why", "")).split("\n\n")[0].split()).removeprefix("What differs. ")
        return str(head.get("title", name)), " ".join(re.split(r"(?<=[.?!]) ", why)[:SENTENCES])

    def values(self, factor: Factor) -> list[float]:
        """The values of a number in the cells, sorted, each once."""
        return sorted({float(v) for v in self.found.values(factor.id)})
