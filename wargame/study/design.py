"""What a study asks, checked and ready to be run: its file, its cells, and the files they rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from wargame.errors import Fault
from wargame.load.paths import is_path, search, study_file
from wargame.load.tables import Reader
from wargame.study.cells import Cell, cells_of
from wargame.study.design_checks import Checks
from wargame.study.study_file import Head, StudyFile, parsed
from wargame.study.tables import Factors

DATA_FOLDERS = ("scenarios", "overlays", "plans", "maps", "orders_of_battle", "formations", "deployments")
"""Folders by which a study's own folder is known to hold data."""


@dataclass(frozen=True)
class Design:
    """A checked study, ready to be run. ``data``: folders for the files it names; ``path``: its own file."""

    path: Path
    text: str
    file: StudyFile
    scenario: str
    data: tuple[str, ...]
    cells: tuple[Cell, ...]
    data_hashes: Mapping[str, str]  # of all files of a combination of overlays (joined by |), as far as it was loaded

    @property
    def head(self) -> Head:
        """The ``[study]`` table."""
        return self.file.study

    @cached_property
    def problem(self) -> dict[str, Any]:
        """The factors as SALib wants them, each from 0 to 1; a cell's `Setting.place` is its point."""
        names = [f.id for f in self.file.factors]
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    @property
    def columns(self) -> Factors:
        """Ids of the factors with the SQL type of their values."""
        return [(f.id, "VARCHAR" if f.kind == "levels" else "DOUBLE") for f in self.file.factors]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of the tables that the design alone fills."""
        cells, factors = [], []
        for cell in self.cells:
            values = {s.factor: s.level if s.kind == "levels" else s.value for s in cell.settings}
            where = f"cells/{cell.file}" if cell.file else ""
            own = {"cell": cell.number, "name": cell.name, "overlays": "|".join(cell.overlays), "file": where}
            cells.append(own | values)
            factors += [{"cell": cell.number} | vars(s) for s in cell.settings]
        units = {"days": "days", "number": "number", "share": ""}
        questions = [
            {"question": q.id, "title": q.title or q.id, "kind": q.kind, "unit": units[q.kind]}
            for q in self.file.questions
        ]
        return {"cells": cells, "factors": factors, "questions": questions}

    def digest(self) -> str:
        """What fixes the rows of a run, however many cells and seeds there are: rows with one digest may be mixed."""
        titles: dict[str, Any] = {"title": True, "levels": {"__all__": {"title"}}}
        head = {"title", "question", "sources", "runs"}
        told: dict[str, Any] = {
            "study": head,
            "stop": True,
            "factors": {"__all__": titles},
            "questions": {"__all__": {"title"}},
        }
        plain = self.file.model_dump(exclude=told)
        return hashlib.blake2b(repr(plain).encode(), digest_size=16).hexdigest()


def load(
    name_or_path: str | Path, data: Iterable[str | Path] = (), *, cells: int | None = None,
    warnings: list[Fault] | None = None, progress: Callable[[int, int], None] | None = None,
) -> Design:  # fmt: skip
    """A study ready to run, limited to its first ``cells``; `InputError` with every fault of every file at once.

    Every combination of overlays is loaded once, so that none fails in the middle; ``progress`` is told how many are
    done. What does not keep it from running is added to ``warnings``. `UsageError` for an unknown name.
    """
    path = study_file(name_or_path, data)
    folders = (*map(str, data), *_home(path)) if is_path(name_or_path) else tuple(map(str, data))
    where = search(folders)
    reader = Reader(where.label)
    node, file = parsed(reader, path)
    scenario = _scenario(path, file.study.scenario)
    check = Checks(reader, node, file, where)
    setup = check.base(scenario, folders)
    check.shape()
    if setup is not None:
        check.against(setup)
    reader.check()
    assert setup is not None  # else there were faults
    made = tuple(cells_of(file, setup, cells))
    check.combinations(scenario, folders, made, progress)
    reader.check()
    if warnings is not None:
        warnings += reader.faults
    text = path.read_text(encoding="utf-8-sig")
    return Design(path, text, file, scenario, folders, made, check.hashes)


def _home(path: Path) -> tuple[str, ...]:
    """The data folder that a study file lies in: its own, or that above ``scenarios/studies/``."""
    own = path.resolve().parent
    folder = own.parent.parent if own.name == "studies" and own.parent.name == "scenarios" else own
    return (str(folder),) if any((folder / name).is_dir() for name in DATA_FOLDERS) else ()


def _scenario(path: Path, name: str) -> str:
    """The scenario's name, or its path; a path counts from the study's file."""
    beside = path.parent / name
    return str(beside) if is_path(name) and not Path(name).is_absolute() and beside.is_file() else name
