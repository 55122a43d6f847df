"""What stands in a study file (TOML, see docs/studies/README.md): pure data, no unknown keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from wargame import dates
from wargame.errors import InputError
from wargame.load import toml_files, trees
from wargame.load.tables import Reader
from wargame.load.trees import Node
from wargame.scenario import Model, PowerCode, Slug

GIVEN = ("full", "one_at_a_time")
"""Designs over given values; the others sample ranges."""
MOST_CELLS = 1_000_000


def _to_day(value: object) -> int:
    if isinstance(value, (int, float)):
        raise ValueError("write an ISO date such as 1939-09-01")  # noqa: TRY004 - pydantic wants a ValueError
    try:
        return dates.parse(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        raise ValueError("write an ISO date such as 1939-09-01") from None


Day = Annotated[int, BeforeValidator(_to_day), WithJsonSchema({"type": "string", "format": "date"})]
Finite = Annotated[float, Field(ge=-1e12, le=1e12)]


class Level(Model):
    """A ``[[factors.levels]]`` table: one alternative of a factor."""

    id: Slug
    title: str = ""
    overlays: tuple[str, ...] = ()
    rulebook: dict[str, Finite] = Field(default_factory=dict)
    seats: dict[PowerCode, Literal["automatic", "script"]] = Field(
        default_factory=dict
    )  # script: lets everything stand


class Factor(Model):
    """A ``[[factors]]`` table: named levels, or a number of the rulebook, or the policy of a power's government."""

    id: Slug
    title: str = ""
    levels: tuple[Level, ...] = ()
    number: str = ""  # of the rulebook: chapter.key
    policy: str = ""  # of a government: POWER.field, e.g. GER.risk
    at: Day | None = None  # policy: from this day until the power's next government; the opening if left out
    low: Finite | None = None  # a number's own range if left out
    high: Finite | None = None
    values: tuple[Finite, ...] = ()  # designs over given values; if left out the low, standard and high value
    scale: Literal["linear", "log"] = "linear"

    @property
    def kind(self) -> str:
        """Which of the three it is."""
        return "number" if self.number else "policy" if self.policy else "levels"


class Sampling(Model):
    """The ``[design]`` table: which settings become cells."""

    kind: Literal["full", "one_at_a_time", "latin_hypercube", "sobol", "morris"] = "full"
    points: Annotated[int, Field(ge=0, le=MOST_CELLS)] = (
        0  # cells of a hypercube, base sample of Sobol, trajectories of Morris
    )
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    second_order: bool = False  # Sobol: interactions of pairs too, at nearly twice the cells
    grid: Annotated[int, Field(ge=2, le=64)] = 4  # Morris: levels of its grid, an even number


class LedBy(Model):
    """Who leads a power on a day (the last one if left out): the head, regime or faction that counts as yes."""

    power: PowerCode
    head: str = ""
    regime: str = ""
    faction: str = ""
    on: Day | None = None


class Held(Model):
    """Whether a power holds a province on a day (the last one if left out)."""

    power: PowerCode
    province: Slug
    on: Day | None = None


class LongRun(Model):
    """What a run's last day leads to: the chance that a power's regime still stands in a year, or its output a head."""

    power: PowerCode
    year: Annotated[int, Field(ge=1945, le=2025)]
    of: Literal["regime", "output"] = "regime"  # output: as a share of the leader's, the middle of the throws


class Question(Model):
    """A ``[[questions]]`` table: one number of every run, by exactly one of the keys from ``operation`` on."""

    id: Slug
    title: str = ""
    operation: str = ""
    outcomes: tuple[str, ...] = ("launched_succeeded", "launched_failed")  # with operation: these count as yes
    by: Day | None = None  # with operation: and launched by this day
    measure: Literal["share", "launch_day", "p_first", "p_most", "p_last"] = "share"  # with operation
    war: tuple[PowerCode, ...] = ()  # two powers: whether they fight each other
    losses: str = ""  # POWER.kind, e.g. SOV.killed
    state: str = ""  # POWER.column of the table powers, e.g. SOV.steel
    on: Day | None = None  # with state: the day, the last one if left out
    leader: LedBy | None = None
    held: Held | None = None
    long_run: LongRun | None = None

    ASKED: ClassVar = ("operation", "war", "losses", "state", "leader", "held", "long_run")

    @property
    def kind(self) -> str:
        """share, days or number."""
        if self.operation and self.measure == "launch_day":
            return "days"
        number = self.losses or self.state or self.long_run or (self.operation and self.measure != "share")
        return "number" if number else "share"

    @property
    def can_settle(self) -> bool:
        """Whether it may be answered for good before a run's last day: launches and wars are, states are not."""
        return bool(self.operation or self.war)

    @property
    def days(self) -> tuple[int, ...]:
        """Hours of the days it asks about, but for the last."""
        inner = [q.on for q in (self.leader, self.held) if q is not None]
        return tuple(d for d in (self.on, *inner) if d is not None)


class Stop(Model):
    """The ``[stop]`` table: no more seeds once every interval is as narrow as this in every cell."""

    width: float = Field(gt=0.0, lt=1.0)  # of the 95 % interval, from end to end
    questions: tuple[str, ...] = ()  # all shares if left out
    step: Annotated[int, Field(ge=2, le=100_000)] = (
        50  # seeds between one look and the next; the first look is after as many
    )


class Head(Model):
    """The ``[study]`` table."""

    id: Slug
    title: str
    question: str = ""
    scenario: str
    overlays: tuple[str, ...] = ()  # laid in every cell, before those of the levels
    runs: Annotated[int, Field(ge=1, le=10_000_000)] = 100  # seeds a cell
    first_seed: Annotated[int, Field(ge=0, lt=2**62)] = 1
    dates: tuple[Day, ...] = ()  # days on which powers and control are noted, besides the last
    until: Literal["end", "settled"] = "end"  # settled: a run ends as soon as every question is answered for good
    sources: tuple[str, ...] = ()


class StudyFile(Model):
    """One study file."""

    study: Head
    design: Sampling = Sampling()
    factors: tuple[Factor, ...] = ()
    questions: tuple[Question, ...] = ()
    stop: Stop | None = None


def read_file(path: Path) -> StudyFile:
    """A study file by itself, without a look at what it names; `InputError` with its faults."""
    return parsed(Reader(), path)[1]


def schema() -> dict[str, Any]:
    """JSON Schema of a study file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | StudyFile.model_json_schema()


def parsed(reader: Reader, path: Path) -> tuple[Node, StudyFile]:
    """A study file as a tree of places and as data; `InputError` with its faults."""
    found = toml_files.read(reader, path, f"study/{path.name}", "docs/studies/README.md")
    node = trees.tree(found) if found is not None else None
    file = trees.model(reader, StudyFile, node) if node is not None else None
    if node is None or file is None:
        raise InputError(reader.errors)
    return node, file
