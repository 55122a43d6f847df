"""The cells of a design: points of SALib's samples or of a grid, as settings of factors, overlays and files.

What a cell sets beyond overlays (numbers of the rulebook, policies, seats) is itself an overlay, so that any run of a
study is an ordinary `wargame run`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from wargame import dates
from wargame.errors import UsageError
from wargame.rulebook import Rulebook
from wargame.scenario import Setup
from wargame.study.study_file import GIVEN, MOST_CELLS, Factor, Level, Sampling, StudyFile

SALIB = "designs that sample ranges need SALib: pip install 'wargame-1930s[study]'"


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


def cells_of(file: StudyFile, setup: Setup, most: int | None) -> Iterator[Cell]:
    """The cells of a checked study in order, limited to the first ``most``."""
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


def bounds_of(factor: Factor, book: Rulebook) -> tuple[float, float]:
    """The range of a number or policy: the file's own, that of its values, or the rulebook's."""
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
        value = _between(*bounds_of(factor, book), place, factor.scale)
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
