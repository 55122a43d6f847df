"""What a study file says against itself and against the files it names: every fault with its line and a remedy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wargame import dates
from wargame.errors import InputError, UsageError, WargameError, did_you_mean
from wargame.load import scenarios
from wargame.load.paths import Search, is_path, scenario_file
from wargame.load.tables import Reader
from wargame.load.trees import Node
from wargame.politics import Policy
from wargame.rulebook import Rulebook
from wargame.scenario import Setup
from wargame.study.cells import Cell, bounds_of
from wargame.study.study_file import GIVEN, Factor, Question, StudyFile
from wargame.study.tables import LOSSES, POWERS, RESERVED
from wargame.verdict import OUTCOMES

MOST_CHECKED = 64
"""Combinations of overlays that are loaded before a study begins; of more, each level alone."""
NUMBERS = {  # columns of the table powers that are numbers
    c.name for c in POWERS.columns if c.type in {"INTEGER", "BIGINT", "DOUBLE"} and c.name not in {"cell", "seed"}
}
LOST = [c.name for c in LOSSES.columns if c.name not in {"cell", "seed", "power"}]


@dataclass
class Checks:
    """What a study says against itself and against the files it names."""

    reader: Reader
    node: Node
    file: StudyFile
    where: Search
    hashes: dict[str, str] = field(default_factory=dict)  # of what was loaded, by overlays joined by |

    def fault(self, place: Node, what: str, remedy: str = "", *, warning: bool = False) -> None:
        """Note a finding at a place of the file."""
        self.reader.fault("study", place.file, what, remedy, place.line, warning=warning)

    def base(self, scenario: str, folders: Sequence[str]) -> Setup | None:
        """The scenario with the overlays of every cell; `None` after noting why there is none."""
        place, before = self.node.at("study", "scenario"), len(self.reader.errors)
        try:
            scenario_file(scenario, folders)
        except UsageError as error:
            what, _, remedy = str(error).partition("; ")
            self.fault(place, what, remedy)
        blocked = len(self.reader.errors) > before
        for k, (name, at) in enumerate(self._overlays()):
            before = len(self.reader.errors)
            try:
                Path(name).is_file() if is_path(name) else self.where.find("overlay", name)
            except UsageError as error:
                what, _, remedy = str(error).partition("; ")
                self.fault(at, what, remedy)
            if is_path(name) and not Path(name).is_file():
                self.fault(at, f"there is no overlay file {name}", "write its path as seen from where you are")
            in_every_cell = k < len(self.file.study.overlays)
            blocked |= in_every_cell and len(self.reader.errors) > before
        if blocked:
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
        if self.file.study.until == "settled":
            self._settling()
        self._sampling()
        self._stop()

    def _settling(self) -> None:
        """A study whose runs end when all is settled asks nothing that only a last day answers."""
        place = self.node.at("study", "until")
        if not self.file.questions:
            self.fault(place, "runs end when all is settled, but nothing is asked", "add [[questions]]")
        for i, question in enumerate(self.file.questions):
            if not question.can_settle:
                what = f"question '{question.id}' is not answered before a run's last day"
                remedy = 'ask about an operation or a war, or delete until = "settled"'
                self.fault(self.node.at("questions", i), what, remedy)
        if self.file.study.dates:
            what = "runs that end when all is settled do not all see the study's dates"
            self.fault(self.node.at("study", "dates"), what, 'delete dates, or until = "settled"')

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
            for key, inner in (("leader", q.leader), ("held", q.held), ("long_run", q.long_run)):
                if inner is not None:
                    self._known(at.at(key, "power"), "power", inner.power, powers)
            if q.held is not None:
                self._known(at.at("held", "province"), "province", q.held.province, setup.atlas.ids)
            for key in (k for k in ("leader", "long_run") if getattr(q, k) is not None):
                if setup.scenario.politics is None:
                    self.fault(at.at(key), "nobody leads in a scenario without politics", "ask something else")
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
        if factor.scale == "log" and min(bounds_of(factor, book)) <= 0:
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
