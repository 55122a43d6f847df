"""A finished study as arrays: cells by seeds, one array for each question and each operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.study.cells import Cell, Setting
from wargame.study.design import Design
from wargame.study.study_file import GIVEN, Question

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]
Flags = NDArray[np.bool_]
LAUNCHED = ("launched_succeeded", "launched_failed")


@dataclass(frozen=True)
class Results:
    """What the runs of a study came to. Arrays are (cells, seeds); a run that failed or is not there is not `ok`."""

    design: Design
    tables: DuckDBPyConnection
    seeds: NDArray[np.int64]
    ok: Flags

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of the design, in order."""
        return self.design.cells

    @property
    def is_sampled(self) -> bool:
        """Whether the cells are a sample of ranges rather than settings chosen one by one."""
        return self.design.file.design.kind not in GIVEN

    @cached_property
    def base(self) -> int:
        """The place of the cell that the others are compared with: first levels, numbers as the edition has them."""
        factors = {f.id: f for f in self.design.file.factors}

        def plain(setting: Setting) -> bool:
            given = factors[setting.factor].values
            if setting.kind == "levels" or given:
                return setting.value == (given[0] if given else 0.0)
            return setting.place == 0.5

        matches = [sum(map(plain, c.settings)) for c in self.cells]
        return 0 if self.is_sampled else matches.index(max(matches))

    @property
    def runs(self) -> int:
        """Runs that came to an end."""
        return int(self.ok.sum())

    @cached_property
    def failed(self) -> list[tuple[int, int, str]]:
        """Failed runs as (cell, seed, error)."""
        rows = self.tables.sql("select cell, seed, error from failures order by cell, seed").fetchall()
        return [(int(c), int(s), str(e)) for c, s, e in rows]

    @cached_property
    def opening(self) -> int:
        """The hour at which the runs open."""
        return dates.parse(self._one("select min(opening) from runs where status = 'ok'"))

    @cached_property
    def ended(self) -> int:
        """The last day on which a run's clock stopped."""
        return dates.parse(self._one("select max(ended) from runs where status = 'ok'"))

    def _one(self, query: str) -> Any:
        value = self.tables.sql(query).fetchall()[0][0]
        return value.isoformat() if hasattr(value, "isoformat") else value

    def answers(self, question: Question) -> Floats:
        """The answers to a question; nan where there is none (for a day: never)."""
        return self._table(f"select cell, seed, value from answers where question = '{question.id}'")

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """Operations that were open at the opening, by name."""
        return tuple(r[0] for r in self.tables.sql("select distinct operation from operations order by 1").fetchall())

    def outcomes(self, operation: str) -> Texts:
        """The outcome of an operation in every run; empty where there is no run."""
        rows, columns, values = self._rows(
            f"select cell, seed, outcome from operations where operation = '{operation}'"
        )
        found = np.full(self.ok.shape, "", dtype=object)
        found[rows, columns] = values
        return found

    def launch_days(self, operation: str) -> Floats:
        """Days from the opening to an operation's launch; nan: never."""
        return self._table(f"select cell, seed, launch_day from operations where operation = '{operation}'")

    @cached_property
    def length(self) -> Floats:
        """Days that each run was watched."""
        return self._table("select cell, seed, date_diff('day', opening, ended) from runs where status = 'ok'")

    def fear(self, operation: str) -> tuple[str, Floats]:
        """The power that would order an operation, and the fear of a long war of the head who ordered it.

        Of runs without the order that of the last head; nan for scenarios without politics.
        """
        query = f"""
            select o.cell, o.seed, arg_max(l.long_war_fear, l.formed)
            from operations o join leaders l on (l.cell, l.seed, l.power) = (o.cell, o.seed, o.power)
            join runs r on (r.cell, r.seed) = (o.cell, o.seed)
            where o.operation = '{operation}' and l.formed <= coalesce(o.launched, r.ended) group by 1, 2"""
        power = self._one(f"select min(power) from operations where operation = '{operation}'")
        return str(power), self._table(query)

    def control(self) -> list[tuple[int, str, str, int]]:
        """On the last day: cell, province, who holds it though he did not at the opening, and in how many runs."""
        query = """
            select c.cell, c.province, c.controller, count(*) from control c
            join runs r on (r.cell, r.seed, r.ended) = (c.cell, c.seed, c.day) group by 1, 2, 3 order by 1, 2, 3"""
        return [(int(c), str(p), str(by), int(n)) for c, p, by, n in self.tables.sql(query).fetchall()]

    def journal_hash(self, cell: int, seed: int) -> str:
        """The hash of the journal of one run of a cell (its place)."""
        return str(self._one(f"select journal_hash from runs where cell = {cell + 1} and seed = {seed}"))

    def cost(self, cell: int, seed: int) -> float:
        """Processor seconds that one run of a cell (its place) took when the study was made."""
        return float(self._one(f"select cpu_s from timings where cell = {cell + 1} and seed = {seed}"))

    def story(self, cell: int, seed: int) -> list[tuple[int, str, str, str]]:
        """The operations that were sought in one run of a cell (its place), by the day of their launch or settlement.

        Hour (0: open to the end), operation, outcome, and why in words.
        """
        query = f"""
            select coalesce(launched, ended), operation, outcome, reasons from operations
            where cell = {cell + 1} and seed = {seed} and outcome <> 'never_sought'
            order by coalesce(launched, ended) nulls last, operation"""
        rows = self.tables.sql(query).fetchall()
        return [(dates.parse(d.isoformat()) if d else 0, str(o), str(k), str(why or "")) for d, o, k, why in rows]

    def _table(self, query: str) -> Floats:
        rows, columns, values = self._rows(query)
        found = np.full(self.ok.shape, np.nan)
        found[rows, columns] = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
        return found

    def _rows(self, query: str) -> tuple[Any, Any, Any]:
        """Places of cells and seeds, and the values of a query's third column."""
        cells, seeds, values = self.tables.sql(query).fetchnumpy().values()
        return np.asarray(cells) - 1, np.searchsorted(self.seeds, np.asarray(seeds)), values

    # --- the design as arrays ---

    def values(self, factor: str) -> list[str] | list[float]:
        """The level (as text) or value of a factor in every cell."""
        settings = [next(s for s in c.settings if s.factor == factor) for c in self.cells]
        if settings and settings[0].kind == "levels":
            return [s.level for s in settings]
        return [s.value for s in settings]

    def places(self) -> Floats:
        """Where in its range each factor is put: (cells, factors)."""
        return np.array([[s.place for s in c.settings] for c in self.cells], dtype=np.float64)

    def shared(self, cells: Sequence[int]) -> NDArray[np.int64]:
        """Places of the seeds that every one of some cells (places) has played to the end."""
        return np.flatnonzero(self.ok[list(cells)].all(axis=0))


def results(design: Design, tables: DuckDBPyConnection) -> Results:
    """The results of a study from its design and its tables."""
    rows = tables.sql("select cell, seed, status = 'ok' from runs order by cell, seed").fetchall()
    seeds = np.array(sorted({s for _, s, _ in rows}), dtype=np.int64)
    place = {int(s): i for i, s in enumerate(seeds)}
    ok = np.zeros((len(design.cells), len(seeds)), dtype=bool)
    for cell, seed, fine in rows:
        ok[cell - 1, place[seed]] = fine
    return Results(design, tables, seeds, ok)
