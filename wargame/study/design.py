"""What a study asks: a base scenario, factors with their levels, a design over them, questions, and when to stop.

A study file is TOML (docs/studies/README.md). `load` reads and checks it with everything it names and gives a `Design`:
its cells, each one setting of every factor. What a cell sets beyond overlays (numbers of the rulebook, policies, seats)
is itself an overlay, so that any run of a study is an ordinary `wargame run`.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from wargame import dates
from wargame.errors import Fault, InputError, UsageError, WargameError, did_you_mean
from wargame.load import scenarios, toml_files, trees
from wargame.load.paths import Search, is_path, scenario_file, search, study_file
from wargame.load.tables import Reader
from wargame.load.trees import Node
from wargame.politics import Policy
from wargame.rulebook import Rulebook
from wargame.scenario import Model, PowerCode, Setup, Slug
from wargame.study.tables import LOSSES, POWERS, RESERVED, Factors
from wargame.verdict import OUTCOMES

GIVEN = ("full", "one_at_a_time")
"""Designs over given values; the others sample ranges."""
DATA_FOLDERS = ("scenarios", "overlays", "plans", "maps", "orders_of_battle", "formations", "deployments")
"""Folders by which a study's own folder is known to hold data."""
MOST_CELLS = 1_000_000
MOST_CHECKED = 64
"""Combinations of overlays that are loaded before a study begins; of more, each level alone."""
SALIB = "designs that sample ranges need SALib: pip install 'wargame-1930s[study]'"
NUMBERS = {  # columns of the table powers that are numbers
    c.name for c in POWERS.columns if c.type in {"INTEGER", "BIGINT", "DOUBLE"} and c.name not in {"cell", "seed"}
}
LOST = [c.name for c in LOSSES.columns if c.name not in {"cell", "seed", "power"}]


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

    ASKED: ClassVar = ("operation", "war", "losses", "state", "leader", "held")

    @property
    def kind(self) -> str:
        """share, days or number."""
        if self.operation and self.measure == "launch_day":
            return "days"
        return "number" if self.losses or self.state or (self.operation and self.measure != "share") else "share"

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
    sources: tuple[str, ...] = ()


class StudyFile(Model):
    """One study file."""

    study: Head
    design: Sampling = Sampling()
    factors: tuple[Factor, ...] = ()
    questions: tuple[Question, ...] = ()
    stop: Stop | None = None


@dataclass(frozen=True)
class Setting:
    """One factor in one cell; see the table factors."""

    factor: str
    kind: str
    level: str
    value: float
    place: float


@dataclass(frozen=True)
class Cell:
    """One setting of every factor. ``text`` is the overlay with what no named overlay can set, or empty."""

    number: int
    settings: tuple[Setting, ...]
    overlays: tuple[str, ...]
    text: str = ""

    @property
    def name(self) -> str:
        """The setting in words."""
        return ", ".join(f"{s.factor}={s.level}" for s in self.settings) or "as it is"

    @property
    def file(self) -> str:
        """Name of the overlay file, where there is one."""
        return f"cell_{self.number:04d}.toml" if self.text else ""


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


# --- reading ---------------------------------------------------------------------------------------------------------


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
    node, file = _parsed(reader, path)
    scenario = _scenario(path, file.study.scenario)
    check = _Check(reader, node, file, where)
    setup = check.base(scenario, folders)
    check.shape()
    if setup is not None:
        check.against(setup)
    reader.check()
    assert setup is not None  # else there were faults
    made = tuple(_cells(file, setup, cells))
    check.combinations(scenario, folders, made, progress)
    reader.check()
    if warnings is not None:
        warnings += reader.faults
    text = path.read_text(encoding="utf-8-sig")
    return Design(path, text, file, scenario, folders, made, check.hashes)


def read_file(path: Path) -> StudyFile:
    """A study file by itself, without a look at what it names; `InputError` with its faults."""
    return _parsed(Reader(), path)[1]


def schema() -> dict[str, Any]:
    """JSON Schema of a study file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | StudyFile.model_json_schema()


def _parsed(reader: Reader, path: Path) -> tuple[Node, StudyFile]:
    found = toml_files.read(reader, path, f"study/{path.name}", "docs/studies/README.md")
    node = trees.tree(found) if found is not None else None
    file = trees.model(reader, StudyFile, node) if node is not None else None
    if node is None or file is None:
        raise InputError(reader.errors)
    return node, file


def _home(path: Path) -> tuple[str, ...]:
    """The data folder that a study file lies in: its own, or that above ``scenarios/studies/``."""
    own = path.resolve().parent
    folder = own.parent.parent if own.name == "studies" and own.parent.name == "scenarios" else own
    return (str(folder),) if any((folder / name).is_dir() for name in DATA_FOLDERS) else ()


def _scenario(path: Path, name: str) -> str:
    """The scenario's name, or its path; a path counts from the study's file."""
    beside = path.parent / name
    return str(beside) if is_path(name) and not Path(name).is_absolute() and beside.is_file() else name


@dataclass
class _Check:
    """What a study says against itself and against the files it names."""

    reader: Reader
    node: Node
    file: StudyFile
    where: Search
    hashes: dict[str, str] = field(default_factory=dict)  # of what was loaded, by overlays joined by |

    def fault(self, place: Node, what: str, remedy: str = "", *, warning: bool = False) -> None:
        self.reader.fault("study", place.file, what, remedy, place.line, warning=warning)

    def base(self, scenario: str, folders: Sequence[str]) -> Setup | None:
        """The scenario with the overlays of every cell; `None` after noting why there is none."""
        place, before = self.node.at("study", "scenario"), len(self.reader.errors)
        try:
            scenario_file(scenario, folders)
        except UsageError as error:
            what, _, remedy = str(error).partition("; ")
            self.fault(place, what, remedy)
        for name, at in self._overlays():
            try:
                Path(name).is_file() if is_path(name) else self.where.find("overlay", name)
            except UsageError as error:
                what, _, remedy = str(error).partition("; ")
                self.fault(at, what, remedy)
            if is_path(name) and not Path(name).is_file():
                self.fault(at, f"there is no overlay file {name}", "write its path as seen from where you are")
        if len(self.reader.errors) > before:
            return None
        return self._loaded(scenario, self.file.study.overlays, folders, place)

    def _overlays(self) -> Iterator[tuple[str, Node]]:
        for i, name in enumerate(self.file.study.overlays):
            yield name, self.node.at("study", "overlays", i)
        for i, factor in enumerate(self.file.factors):
            for j, level in enumerate(factor.levels):
                for k, name in enumerate(level.overlays):
                    yield name, self.node.at("factors", i, "levels", j, "overlays", k)

    def _loaded(self, scenario: str, overlays: Sequence[str], data: Sequence[str], place: Node) -> Setup | None:
        try:
            setup = scenarios.load(scenario, overlays, data)
        except InputError as error:
            for f in error.faults:
                self.reader.fault(f.code, f.file, f.what, f.remedy, f.line)
            with_them = f" with {', '.join(overlays)}" if overlays else ""
            self.fault(
                place, f"scenario '{self.file.study.scenario}' cannot be played{with_them}", "see the other faults"
            )
        except WargameError as error:
            self.fault(place, str(error))
        else:
            self.hashes["|".join(overlays)] = setup.data_hash
            return setup
        return None

    # --- the file alone ---

    def shape(self) -> None:
        """Faults that the file shows by itself."""
        self._unique("factors", [f.id for f in self.file.factors])
        self._unique("questions", [q.id for q in self.file.questions])
        for i, factor in enumerate(self.file.factors):
            self._factor(self.node.at("factors", i), factor)
        for key in ("number", "policy"):
            names = [getattr(f, key) for f in self.file.factors]
            for i, name in enumerate(names):
                if name and name in names[:i]:
                    what = f"two factors set {name}: '{self.file.factors[names.index(name)].id}' and "
                    self.fault(
                        self.node.at("factors", i, key), what + f"'{self.file.factors[i].id}'", "keep one of them"
                    )
        for i, question in enumerate(self.file.questions):
            self._question(self.node.at("questions", i), question)
        self._sampling()
        self._stop()

    def _unique(self, key: str, ids: Sequence[str]) -> None:
        for i, name in enumerate(ids):
            if name in ids[:i]:
                self.fault(self.node.at(key, i, "id"), f"two {key} are called '{name}'", "give one another id")

    def _factor(self, at: Node, factor: Factor) -> None:
        said = [k for k in ("levels", "number", "policy") if getattr(factor, k)]
        if len(said) != 1:
            what = (
                f"factor '{factor.id}' has {' and '.join(said) if said else 'neither levels nor a number nor a policy'}"
            )
            self.fault(at, what, "write [[factors.levels]] tables, or number = ..., or policy = ...: one of the three")
        if factor.id in RESERVED:
            self.fault(
                at.at("id"), f"a factor cannot be called '{factor.id}'", "the tables have such a column; rename it"
            )
        ids = [v.id for v in factor.levels]
        for j, name in enumerate(ids):
            if name in ids[:j]:
                self.fault(at.at("levels", j, "id"), f"two levels of '{factor.id}' are called '{name}'", "rename one")
        if said == ["levels"] and len(factor.levels) < 2:
            self.fault(at, f"factor '{factor.id}' has one level: nothing varies", "add a level, or lay it in [study]")
        for key in ("low", "high", "values", "scale", "at"):
            fits = factor.kind == "policy" if key == "at" else factor.kind != "levels"
            if key in factor.model_fields_set and not fits:
                self.fault(
                    at.at(key),
                    f"factor '{factor.id}' has a {key}, which does not go with {factor.kind}",
                    f"delete {key}",
                )
        if (factor.low is None) != (factor.high is None):
            self.fault(at, f"factor '{factor.id}' has half a range", "write both low and high, or neither")
        elif factor.low is not None and factor.high is not None and factor.low >= factor.high:
            self.fault(
                at.at("low"), f"factor '{factor.id}': low {factor.low:g} is not below high {factor.high:g}", "swap them"
            )
        if len(set(factor.values)) < len(factor.values):
            self.fault(at.at("values"), f"factor '{factor.id}' has a value twice", "write each once")
        if factor.values and self.file.design.kind not in GIVEN:
            what = f"a design '{self.file.design.kind}' samples ranges, but factor '{factor.id}' has values"
            self.fault(at.at("values"), what, "write low and high")

    def _question(self, at: Node, question: Question) -> None:
        said = [k for k in Question.ASKED if getattr(question, k)]
        if len(said) != 1:
            what = f"question '{question.id}' asks {' and '.join(said) if said else 'nothing'}"
            self.fault(at, what, f"write exactly one of {', '.join(Question.ASKED)}")
        for key, goes_with in (
            ("outcomes", "operation"),
            ("by", "operation"),
            ("measure", "operation"),
            ("on", "state"),
        ):
            if key in question.model_fields_set and goes_with not in said:
                self.fault(at.at(key), f"question '{question.id}': {key} goes with {goes_with} only", f"delete {key}")
        if question.operation and question.measure != "share":
            for key in ("outcomes", "by"):
                if key in question.model_fields_set:
                    what = f"question '{question.id}': {key} does not go with measure {question.measure}"
                    self.fault(at.at(key), what, f"delete {key} or measure")
        for k, name in enumerate(question.outcomes):
            self._known(at.at("outcomes", k), "outcome", name, OUTCOMES)
        if question.by is not None and any(not o.startswith("launched") for o in question.outcomes):
            what = f"question '{question.id}': only what is launched has a day"
            self.fault(at.at("by"), what, "leave out by, or keep outcomes that begin with launched")
        if question.war and len(set(question.war)) != 2:
            self.fault(at.at("war"), f"question '{question.id}': a war is between two powers", 'write ["GER", "POL"]')
        if question.leader is not None and not (
            question.leader.head or question.leader.regime or question.leader.faction
        ):
            self.fault(
                at.at("leader"), f"question '{question.id}' says no head, regime or faction", "write one of them"
            )

    def _known(self, place: Node, kind: str, name: str, choices: Iterable[str]) -> bool:
        known = sorted(choices)
        if name in known:
            return True
        remedy = did_you_mean(name, known) or (f"there is: {', '.join(known[:40])}" if known else "there is none")
        self.fault(place, f"{kind} '{name}' is unknown", remedy)
        return False

    def _sampling(self) -> None:
        design, place, factors = self.file.design, self.node.at("design"), self.file.factors
        if design.kind in GIVEN:
            if design.points:
                self.fault(
                    place.at("points"), f"a design '{design.kind}' has no points", "delete points, or sample ranges"
                )
            return
        if not factors:
            self.fault(place, f"a design '{design.kind}' without factors", "add [[factors]], or leave out [design]")
        if not design.points:
            self.fault(place, f"a design '{design.kind}' needs points", "write points = 64, say")
        elif design.kind == "sobol" and design.points & (design.points - 1):
            near = 2 ** round(math.log2(design.points))
            self.fault(place.at("points"), f"Sobol's {design.points} points are not a power of two", f"write {near}")
        elif design.kind == "morris" and design.points < 2:
            self.fault(place.at("points"), "Morris needs at least two trajectories", "write points = 10, say")
        if design.kind == "morris" and design.grid % 2:
            self.fault(place.at("grid"), f"Morris's grid of {design.grid} is odd", f"write {design.grid + 1}")
        if design.second_order and design.kind != "sobol":
            self.fault(place.at("second_order"), "only Sobol tells interactions", "delete second_order")

    def _stop(self) -> None:
        stop, shares = self.file.stop, [q.id for q in self.file.questions if q.kind == "share"]
        if stop is None:
            return
        place = self.node.at("stop")
        for k, name in enumerate(stop.questions):
            self._known(place.at("questions", k), "question of a share", name, shares)
        if not shares:
            self.fault(place, "a stop rule looks at shares, but no question asks for one", "add such a [[questions]]")

    # --- against the scenario ---

    def against(self, setup: Setup) -> None:
        """Names of numbers, powers, provinces, operations; days within the run."""
        opening, ends = setup.scenario.scenario.opening, setup.scenario.scenario.ends
        powers = {*setup.atlas.powers, *(r["power"] for r in setup.tables["governments"])}
        for i, factor in enumerate(self.file.factors):
            at = self.node.at("factors", i)
            for j, level in enumerate(factor.levels):
                for name in level.rulebook:
                    place = at.at("levels", j, "rulebook", name)
                    self._known(place, "rulebook number", name, setup.rulebook.numbers)
                for power in level.seats:
                    self._known(at.at("levels", j, "seats", power), "power", power, powers)
            if factor.number and self._known(at.at("number"), "rulebook number", factor.number, setup.rulebook.numbers):
                self._range(at, factor, setup.rulebook)
            if factor.policy:
                self._policy(at, factor, setup)
        for k, day in enumerate(self.file.study.dates):
            self._within(self.node.at("study", "dates", k), day, opening, ends)
        operations = [p.operation.id for p in setup.plans if p.operation is not None]
        for i, q in enumerate(self.file.questions):
            at = self.node.at("questions", i)
            if q.operation:
                self._known(at.at("operation"), "operation", q.operation, operations)
            if q.by is not None:
                self._within(at.at("by"), q.by, opening, ends)
            for k, power in enumerate(q.war):
                self._known(at.at("war", k), "power", power, powers)
            for key, names in (("losses", LOST), ("state", NUMBERS)):
                if text := getattr(q, key):
                    power, _, column = text.partition(".")
                    self._known(at.at(key), "power", power, powers)
                    self._known(at.at(key), f"{key} of", column, names)
            for key, inner in (("leader", q.leader), ("held", q.held)):
                if inner is not None:
                    self._known(at.at(key, "power"), "power", inner.power, powers)
            if q.held is not None:
                self._known(at.at("held", "province"), "province", q.held.province, setup.atlas.ids)
            if q.leader is not None and setup.scenario.politics is None:
                self.fault(at.at("leader"), "nobody leads in a scenario without politics", "ask something else")
            for day in q.days:
                self._within(at, day, opening, ends)

    def _range(self, at: Node, factor: Factor, book: Rulebook) -> None:
        number = book.number(factor.number)
        if factor.low is None and (number.low is None or number.high is None or number.low >= number.high):
            what = f"{factor.number} has no range in the rulebook"
            if not factor.values:
                self.fault(at.at("number"), what, "write low and high, or values")
            return
        said = [v for v in (factor.low, factor.high, *factor.values) if v is not None]
        low, high = number.low, number.high
        outside = [v for v in said if low is not None and high is not None and not low <= v <= high]
        if outside:
            what = f"{factor.number} = {outside[0]:g} lies outside the range of its sources, {low:g} to {high:g}"
            place = at.at("values" if outside[0] in factor.values else "low")
            self.fault(place, what, "leave it if that is meant", warning=True)
        if factor.scale == "log" and min(_bounds(factor, book)) <= 0:
            self.fault(at.at("scale"), f"{factor.number} reaches 0, which no logarithm has", 'write scale = "linear"')

    def _policy(self, at: Node, factor: Factor, setup: Setup) -> None:
        power, _, name = factor.policy.partition(".")
        fields = list(Policy.__dataclass_fields__)
        self._known(at.at("policy"), "policy", name, fields)
        if setup.scenario.politics is None:
            self.fault(
                at.at("policy"), "the scenario has no politics, so no government has a policy", "drop the factor"
            )
        elif self._known(at.at("policy"), "power", power, {r["power"] for r in setup.tables["governments"]}):
            head = setup.scenario.scenario
            self._within(at.at("at"), head.opening if factor.at is None else factor.at, head.opening, head.ends)
        if factor.low is None and not factor.values:
            self.fault(at, f"factor '{factor.id}' has no range", "write low and high, or values")
        for value in (factor.low, factor.high, *factor.values):
            if value is not None and not -1.0 <= value <= 1.0:
                self.fault(at, f"a policy of {value:g}: policies go from -1 to 1", "write a number between them")
        if factor.scale == "log":
            self.fault(at.at("scale"), "policies may be negative, which no logarithm has", 'write scale = "linear"')

    def _within(self, place: Node, hour: int, opening: int, ends: int) -> None:
        if not opening <= hour <= ends:
            what = f"{dates.iso(hour)} lies outside the run, {dates.iso(opening)[:10]} to {dates.iso(ends)[:10]}"
            self.fault(place, what, "write a day within it")

    # --- the cells ---

    def combinations(
        self, scenario: str, data: Sequence[str], cells: Sequence[Cell], progress: Callable[[int, int], None] | None
    ) -> None:
        """Load every combination of overlays once; of more than `MOST_CHECKED`, each level by itself."""
        wanted = list(dict.fromkeys(c.overlays for c in cells))
        if len(wanted) > MOST_CHECKED:
            levels = (level.overlays for f in self.file.factors for level in f.levels)
            wanted = list(dict.fromkeys((*self.file.study.overlays, *o) for o in levels))
        for done, overlays in enumerate(wanted, start=1):
            twice = [name for name, n in Counter(overlays).items() if n > 1]
            if twice:
                what = f"overlay '{twice[0]}' is laid twice in one cell ({', '.join(overlays)})"
                self.fault(self.node.at("factors"), what, "name it in one level or in [study], not in both")
            elif overlays != self.file.study.overlays:  # those are known to load
                self._loaded(scenario, overlays, data, self.node.at("factors"))
            if progress is not None:
                progress(done, len(wanted))


# --- cells -----------------------------------------------------------------------------------------------------------


def _cells(file: StudyFile, setup: Setup, most: int | None) -> Iterator[Cell]:
    book, opening = setup.rulebook, setup.scenario.scenario.opening
    for number, points in enumerate(_points(file), start=1):
        if most is not None and number > most:
            return
        settings = tuple(_setting(f, book, p) for f, p in zip(file.factors, points, strict=True))
        overlays = (*file.study.overlays, *(o for _, level in _levels(file, settings) for o in level.overlays))
        yield Cell(number, settings, overlays, _text(file, number, settings, opening))


Point = tuple[float, float | None]
"""Place of a factor, 0..1, and its value where the design gives it."""


def _points(file: StudyFile) -> Iterator[tuple[Point, ...]]:
    """The cells as places, in order."""
    design, factors = file.design, file.factors
    if design.kind not in GIVEN:
        for row in _sample(design, len(factors)):
            yield tuple((float(p), None) for p in row)
        return
    choices = [_given(f) for f in factors]
    if design.kind == "full":
        if math.prod(map(len, choices)) > MOST_CELLS:
            raise UsageError(f'the full design has more than {MOST_CELLS:,} cells; sample it: kind = "latin_hypercube"')
        yield from product(*choices)
        return
    base = tuple(c[0] if f.levels or f.values else c[1] for f, c in zip(factors, choices, strict=True))
    yield base
    for i, choice in enumerate(choices):
        yield from ((*base[:i], point, *base[i + 1 :]) for point in choice if point != base[i])


def _given(factor: Factor) -> list[Point]:
    """The levels or values of a factor for designs that take them as they are."""
    if factor.values:
        n = len(factor.values)
        return [((i + 0.5) / n, v) for i, v in enumerate(factor.values)]
    if factor.kind == "levels":
        n = len(factor.levels)
        return [((i + 0.5) / n, None) for i in range(n)]
    return [(0.0, None), (0.5, math.nan if factor.number else None), (1.0, None)]


def _sample(design: Sampling, factors: int) -> Any:
    """Rows of places by SALib; the same for the same seed."""
    try:
        from SALib.sample import latin, morris, sobol  # noqa: PLC0415
    except ImportError:
        raise UsageError(SALIB) from None
    problem = {"num_vars": factors, "names": [f"x{i}" for i in range(factors)], "bounds": [[0.0, 1.0]] * factors}
    if design.kind == "latin_hypercube":
        return latin.sample(problem, design.points, seed=design.seed)
    if design.kind == "morris":
        return morris.sample(problem, design.points, num_levels=design.grid, seed=design.seed)
    return sobol.sample(problem, design.points, calc_second_order=design.second_order, seed=design.seed)


def _bounds(factor: Factor, book: Rulebook) -> tuple[float, float]:
    if factor.low is not None and factor.high is not None:
        return factor.low, factor.high
    if factor.values:
        return min(factor.values), max(factor.values)
    number = book.number(factor.number)
    assert number.low is not None and number.high is not None
    return number.low, number.high


def _setting(factor: Factor, book: Rulebook, point: Point) -> Setting:
    place, value = point
    if factor.kind == "levels":
        i = min(int(place * len(factor.levels)), len(factor.levels) - 1)
        return Setting(factor.id, "levels", factor.levels[i].id, float(i), place)
    if value is None:
        value = _between(*_bounds(factor, book), place, factor.scale)
    elif math.isnan(value):  # the number as it stands
        value = book.number(factor.number).value
    return Setting(factor.id, factor.kind, f"{value:.10g}", float(f"{value:.10g}"), place)


def _between(low: float, high: float, place: float, scale: str) -> float:
    if scale == "log":
        return math.exp(math.log(low) + place * (math.log(high) - math.log(low)))
    return low + place * (high - low)


def _levels(file: StudyFile, settings: Sequence[Setting]) -> Iterator[tuple[Factor, Level]]:
    for factor, setting in zip(file.factors, settings, strict=True):
        if factor.kind == "levels":
            yield factor, factor.levels[int(setting.value)]


def _text(file: StudyFile, number: int, settings: Sequence[Setting], opening: int) -> str:
    """The overlay of what a cell sets by itself; empty if that is nothing. Later factors win."""
    numbers: dict[str, float] = {}
    seats: dict[str, str] = {}
    for _, level in _levels(file, settings):
        numbers |= level.rulebook
        seats |= level.seats
    pairs = list(zip(file.factors, settings, strict=True))
    numbers |= {f.number: s.value for f, s in pairs if f.number}
    policies = [(f, s) for f, s in pairs if f.policy]
    if not (numbers or seats or policies):
        return ""
    name = ", ".join(f"{s.factor}={s.level}" for s in settings)
    lines = [f"# Cell {number} of the study '{file.study.id}', written by the program.", "[overlay]"]
    lines += [f'id = "cell_{number:04d}"', f'title = "Cell {number} of {file.study.id}"', f'why = "{name}"']
    if numbers:
        lines += ["", "[rulebook]", *(f'"{k}" = {v:.10g}' for k, v in sorted(numbers.items()))]
    for power, seat in sorted(seats.items()):
        lines += ["", "[[powers]]", f'id = "{power}"', f'seat = "{seat}"']
    for factor, setting in policies:
        power, _, field = factor.policy.partition(".")
        day = dates.iso(opening if factor.at is None else factor.at)
        lines += ["", "[[politics.governments]]", f'power = "{power}"', f"at = {day}"]
        lines += [f"policy = {{ {field} = {setting.value:.10g} }}", f'why = "the study sets {factor.id}"']
    return "\n".join(lines) + "\n"
