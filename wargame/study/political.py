"""Politics against history: decisions weighed by the live world, free runs, and what a firmer bloc does to them.

Four checks. *Decisions*: the state of history on the eve of fourteen German decisions, made from the tables and the
orders of battle, is weighed by the rules. *Free runs*: scenarios of the road to war are played to their end and their
paths set beside history's. *The fear of a long war* is not known: each bloc's effect is shown over its whole range.
*Monotony*: with the same luck a firmer bloc must never bring about an attack that a weaker one prevented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from wargame import dates, engine, weighing
from wargame.dice import Dice
from wargame.house import House
from wargame.load import scenarios
from wargame.load.paths import search
from wargame.load.scenarios import opening_world
from wargame.load.standing_armies import standing_armies
from wargame.load.tables import PROVENANCE, Column, Reader, Table
from wargame.scenario import Setup
from wargame.study.workers import in_order

Data = tuple[str, ...]
Progress = Callable[[int, int], None]
Overlays = tuple[str, ...]
Job = tuple[str, str, Overlays, Data, int]  # kind, scenario, overlays, data folders, seed

BASE = "history_1936"
FREE = ("history_1936", "history_1938", "history_1939")
BLOC_BASE = "history_1939"
BLOC_OPERATION = "weiss"
BLOC_DAY = dates.parse("1939-08-31")
BLOCS: tuple[tuple[str, Overlays], ...] = (
    ("as in history: the pact of August 1939", ()),
    ("no German-Soviet pact", ("no_pact_1939",)),
    ("triple alliance, no passage", ("triple_alliance_1939",)),
    ("triple alliance and Polish passage", ("triple_alliance_1939", "polish_transit")),
    ("the same, and no purge of the Red Army", ("triple_alliance_1939", "polish_transit", "no_purge")),
)
FIRMER: tuple[tuple[Overlays, Overlays], ...] = (
    ((), ("no_pact_1939",)),
    ((), ("polish_transit",)),
    ((), ("triple_alliance_1939",)),
    (("triple_alliance_1939",), ("triple_alliance_1939", "polish_transit")),
)
AVERSIONS = (0.3, 0.5, 0.8, 1.2, 2.0)
NOT_LAUNCHED = "not_launched"

DECISIONS = Table(
    "decisions",
    (
        Column("id", "slug", "the decision's name", needed=True),
        Column("title", "text", "what it was about", needed=True),
        Column("operation", "slug", "the operation that was weighed", needed=True),
        Column("date", "date", "the hour at which it is weighed", needed=True),
        Column("happened", "text", "what was decided", needed=True, choices=("yes", "no", "deal")),
        Column("ordered", "date", "the hour at which it had been ordered, if it was halted"),
        Column("offer", "number", "share of the prize on offer without war", default=0.0, low=0, high=1),
        *PROVENANCE,
    ),
    key=("id",),
)
PATHS = Table(
    "paths",
    (
        Column("operation", "slug", "an operation", needed=True),
        Column("outcome", "text", "what came of it by 1942", needed=True,
               choices=("launched_succeeded", "launched_failed", NOT_LAUNCHED)),
        Column("first", "date", "earliest day that counts as its time"),
        Column("last", "date", "latest day that does"),
        Column("headline", "integer", "1 = one of the operations of the short path", default=0, low=0, high=1),
        *PROVENANCE,
    ),
    key=("operation",),
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """A historical decision as the live world weighs it. ``credible``: (power, chance of fighting), likeliest first."""

    id: str
    title: str
    operation: str
    hour: int
    happened: str
    launch: float
    win: float
    utility: float
    alternative: float
    credible: tuple[tuple[str, float], ...]
    able: bool  # the means and the border are there

    @property
    def right(self) -> bool:
        """Whether the likelier choice is the one that was made."""
        return (self.launch > 0.5) == (self.happened == "yes")


@dataclass(frozen=True)
class Played:
    """One free run: (operation, outcome, hour of its launch or 0) of all that were still open at the opening."""

    seed: int
    fates: tuple[tuple[str, str, int], ...]

    def path(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Outcomes, those never launched alike, of some operations (all if none is named) in the scenario's order."""
        return tuple(_plain(o) for name, o, _ in self.fates if not names or name in names)


@dataclass(frozen=True)
class Band:
    """P(launch) with a bloc, by the fear of a long war in `AVERSIONS`."""

    title: str
    overlays: Overlays
    launch: tuple[float, ...]
    win: float


@dataclass(frozen=True)
class Pair:
    """Launches (hours, 0 for none) of the bloc's operation by seed, with a weaker and with a firmer bloc."""

    weaker: Overlays
    firmer: Overlays
    launches: tuple[tuple[int, int, int], ...]  # seed, weaker, firmer

    @property
    def worse(self) -> tuple[int, ...]:
        """Seeds in which the firmer bloc brings about an attack that the weaker one prevented."""
        return tuple(seed for seed, weak, firm in self.launches if firm and not weak)


@dataclass(frozen=True)
class PoliticalStudy:
    """Everything on the page."""

    setup: Setup
    decisions: tuple[Decision, ...]
    free: tuple[tuple[str, tuple[Played, ...]], ...]
    history: tuple[dict[str, Any], ...]  # rows of paths.csv
    bands: tuple[Band, ...]
    pairs: tuple[Pair, ...]


def study(
    seeds: int = 20, workers: int | None = None, progress: Progress | None = None, data: Data = ()
) -> PoliticalStudy:
    """All four checks; free runs and pairs with seeds 1..N in ``workers`` processes (default: one a processor)."""
    variants = tuple(dict.fromkeys(o for pair in FIRMER for o in pair))
    jobs: list[Job] = [("free", name, (), data, s) for name in FREE for s in range(1, seeds + 1)]
    jobs += [("bloc", BLOC_BASE, overlays, data, s) for overlays in variants for s in range(1, seeds + 1)]
    found = in_order(_job, jobs, workers, progress)
    results = {(job[0], job[1], job[2], job[4]): result for job, result in zip(jobs, found, strict=True)}
    free = tuple((n, tuple(results["free", n, (), s] for s in range(1, seeds + 1))) for n in FREE)
    pairs = tuple(
        Pair(
            weak,
            firm,
            tuple((s, *(results["bloc", BLOC_BASE, o, s] for o in (weak, firm))) for s in range(1, seeds + 1)),
        )
        for weak, firm in FIRMER
    )
    return PoliticalStudy(_setup(BASE, (), data), decisions(data), free, history(data), bands(data), pairs)


def _job(job: Job) -> Any:
    kind, name, overlays, data, seed = job
    setup = _setup(name, overlays, data)
    return launched(setup, BLOC_OPERATION, seed) if kind == "bloc" else free_run(setup, seed)


@cache
def _setup(name: str, overlays: Overlays, data: Data) -> Setup:
    return scenarios.load(name, overlays, data)


# --- decisions -------------------------------------------------------------------------------------------------------


def decisions(data: Data = ()) -> tuple[Decision, ...]:
    """The historical decisions, weighed in history's own world on their eve."""
    setup = _setup(BASE, (), data)
    return tuple(_decision(setup, row, data) for row in _rows("decisions", DECISIONS, data))


def _decision(setup: Setup, row: dict[str, Any], data: Data) -> Decision:
    case = weighed(opened(setup, row["date"], data), row["operation"], settlement=row["offer"])
    if row["ordered"]:
        before = weighed(opened(setup, row["ordered"], data), row["operation"]).weighing.credibility
        rules = setup.rulebook.deterrence
        jump = any(p - before.get(n, p) >= rules.jump for n, p in case.weighing.credibility.items())
        if jump and case.slack_days >= rules.slack_days:
            case = weighed(opened(setup, row["date"], data), row["operation"], rising=True)
    w = case.weighing
    able = (case.picture.border or case.design.by_sea) and case.picture.in_hand >= case.design.strength
    return Decision(
        row["id"], row["title"], row["operation"], row["date"], row["happened"], w.launch, w.win, w.utility,
        w.alternative, tuple(sorted(w.credibility.items(), key=lambda c: (-c[1], c[0]))), bool(able),
    )  # fmt: skip


def opened(setup: Setup, hour: int, data: Data = ()) -> Setup:
    """A scenario of the road to war as if it opened at another hour: history up to then, with its overlays."""
    head = setup.scenario.scenario.model_copy(update={"opening": hour, "ends": hour + 366 * dates.DAY})
    scenario = setup.scenario.model_copy(update={"scenario": head})
    programmes = scenario.politics.programmes if scenario.politics is not None else ()
    forces, armies = standing_armies(
        setup.atlas, hour, head.ends, setup.rulebook, data, scenario.forces.without_purge, programmes
    )
    return replace(setup, scenario=scenario, forces=forces, armies=armies)


def weighed(
    setup: Setup, operation_id: str, *, settlement: float = 0.0, rising: bool = False, aversion: float | None = None
) -> weighing.Case:
    """An operation weighed at a scenario's opening by a decider with the median fear of a long war, or a given one."""
    changes = {"deterrence.long_war_spread": 0.0}
    if aversion is not None:
        changes["deterrence.long_war_aversion"] = aversion
    house = House(
        setup.atlas, setup.rulebook.changed(changes), setup.scenario, setup.plans, Dice(1),
        engine.automatic_seats(setup), setup.tables, setup.armies,
    )  # fmt: skip
    operation, design, _ = weighing.design_of(house, operation_id)
    return weighing.weigh(house, opening_world(setup, 1), operation, design, settlement=settlement, rising=rising)


# --- free runs -------------------------------------------------------------------------------------------------------


def free_run(setup: Setup, seed: int) -> Played:
    """A run to its end, and what became of every operation that was open at the opening."""
    world = engine.run(setup, seed, level="verdict").world
    opening = setup.scenario.scenario.opening
    fates = []
    for plan in setup.plans:
        if plan.operation is None or plan.design is None:
            continue
        state = world.operations[plan.operation.id]
        if not state.began or state.began >= opening:
            fates.append((plan.operation.id, state.outcome, state.began))
    return Played(seed, tuple(fates))


def launched(setup: Setup, operation_id: str, seed: int) -> int:
    """The hour at which an operation is launched in a run, 0 if never; the run goes no further."""
    head = setup.scenario.scenario
    game = engine.Engine(setup, opening_world(setup, seed), level="verdict")
    hour = head.opening
    while hour < head.ends:
        hour = min(hour + 14 * dates.DAY, head.ends)
        state = game.run(until=hour).world.operations[operation_id]
        if state.began or state.outcome != "undecided":
            return state.began
    return 0


def history(data: Data = ()) -> tuple[dict[str, Any], ...]:
    """What became of every operation in history."""
    return tuple(_rows("paths", PATHS, data))


def commonest(runs: Sequence[Played], names: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The commonest path of some operations and how many runs take it; of equals the first in alphabetical order."""
    found = Counter(run.path(names) for run in runs)
    return min(found.items(), key=lambda item: (-item[1], item[0]))


def _plain(outcome: str) -> str:
    return outcome if outcome.startswith("launched") else NOT_LAUNCHED


# --- blocs -----------------------------------------------------------------------------------------------------------


def bands(data: Data = ()) -> tuple[Band, ...]:
    """P(launch) on the eve of history's attack on Poland with several blocs, by the fear of a long war."""
    found = []
    for title, overlays in BLOCS:
        setup = opened(_setup(BASE, overlays, data), BLOC_DAY, data)
        cases = [weighed(setup, BLOC_OPERATION, aversion=a) for a in AVERSIONS]
        found.append(Band(title, overlays, tuple(c.weighing.launch for c in cases), cases[0].weighing.win))
    return tuple(found)


def _rows(name: str, table: Table, data: Data) -> list[dict[str, Any]]:
    where = search(data)
    path = where.find("politics", "europe").parent / f"{name}.csv"
    reader = Reader(where.label)
    rows = reader.table(Path(path), table, f"politics/{name}.csv")
    reader.check()
    return rows.dicts()
