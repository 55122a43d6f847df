"""The model against history: many seeds of a campaign played and set beside what its history file says.

A fact is a hit if its historical best or range overlaps the middle 80 % of the runs and the thing happened in at least
half of them. Misses stay on the page, with their size, direction and, where somebody has looked, the likely cause.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any

from wargame import engine
from wargame.errors import UsageError
from wargame.load import scenarios
from wargame.study import history
from wargame.study.comparison import Study
from wargame.study.history import History
from wargame.study.measures import QUANTITIES, Measured, measure
from wargame.study.validation_page import page
from wargame.study.workers import in_order

Progress = Callable[[int, int], None]
Data = tuple[str, ...]


def validate_history(
    scenario: str = "fall_weiss_1939",
    seeds: int | Iterable[int] = 200,
    workers: int | None = None,
    progress: Progress | None = None,
) -> str:
    """Play seeds 1..N (or those given) and return the Markdown page, the same bytes on any machine."""
    return page(play(scenario, seeds, workers, progress))


def play(
    scenario: str,
    seeds: int | Iterable[int] = 200,
    workers: int | None = None,
    progress: Progress | None = None,
    data: Sequence[str] = (),
) -> Study:
    """Play a scenario once a seed, in `workers` processes (default: one a processor).

    Neither the number of workers nor their order changes a result. `progress` is told (runs done, runs asked for).
    `UsageError` if there is no history for the scenario or no seed.
    """
    wanted = list(range(1, seeds + 1)) if isinstance(seeds, int) else list(seeds)
    if not wanted:
        raise UsageError("no runs to play; ask for at least one seed")
    folders = tuple(data)
    setup, facts = _fixed(scenario, folders)
    measured = in_order(_play_one, [(scenario, folders, seed) for seed in wanted], workers, progress)
    return Study(setup, facts, tuple(measured))


def _play_one(job: tuple[str, Data, int]) -> Measured:
    scenario, data, seed = job
    setup, facts = _fixed(scenario, data)
    return measure(engine.run(setup, seed), facts)


@cache
def _fixed(scenario: str, data: Data) -> tuple[Any, History]:
    """A scenario and its history, read once a process."""
    setup = scenarios.load(scenario, data=data)
    known: dict[str, Collection[str]] = {
        "quantity": QUANTITIES, "place": setup.atlas.number, "force": {*setup.forces.ids, *setup.atlas.powers},
    }  # fmt: skip
    return setup, history.load(setup.scenario.id, setup.scenario.scenario.opening, data, known)
