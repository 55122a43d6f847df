"""Every number a rule uses, with unit, source, confidence and range; editions are TOML files.

``rulebook.combat.break_off_per_day`` is a float; ``rulebook.number("combat.break_off_per_day")`` carries the rest.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from wargame.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Number:
    """One number. ``low`` and ``high`` bound what studies may draw; ``confidence`` is high, medium or low."""

    name: str
    value: float
    unit: str
    source: str
    confidence: str
    low: float | None = None
    high: float | None = None
    note: str = ""


class Chapter:
    """The numbers of one chapter as attributes."""

    def __init__(self, name: str, values: Mapping[str, float]) -> None:
        self._name = name
        self.__dict__.update(values)

    def __getattr__(self, key: str) -> float:
        raise AttributeError(f"the rulebook has no number '{self.__dict__.get('_name', '?')}.{key}'")


@dataclass(frozen=True)
class Rulebook:
    """One edition of the rules' numbers."""

    edition: str
    numbers: Mapping[str, Number]

    def __post_init__(self) -> None:
        chapters: dict[str, dict[str, float]] = {}
        for name, number in self.numbers.items():
            chapter, _, key = name.partition(".")
            chapters.setdefault(chapter, {})[key] = number.value
        self.__dict__.update({c: Chapter(c, v) for c, v in chapters.items()})

    def __getattr__(self, chapter: str) -> Chapter:
        raise AttributeError(f"the rulebook has no chapter '{chapter}'")

    def number(self, name: str) -> Number:
        """The number called ``chapter.key``; `UsageError` if there is none."""
        if name not in self.numbers:
            raise UsageError(f"the rulebook has no number '{name}'; {did_you_mean(name, self.numbers)}".rstrip("; "))
        return self.numbers[name]

    def changed(self, values: Mapping[str, float]) -> Rulebook:
        """A copy with some values replaced, e.g. by a scenario or a study; unknown names raise `UsageError`."""
        numbers = dict(self.numbers)
        for name, value in values.items():
            numbers[name] = replace(self.number(name), value=float(value))
        return Rulebook(self.edition, numbers)

    @staticmethod
    @lru_cache(maxsize=8)
    def load(edition: str) -> Rulebook:
        """The edition of this name that ships with the package; `UsageError` names those there are."""
        folder = files("wargame") / "editions"
        found = sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
        if edition not in found:
            raise UsageError(f"no rulebook edition '{edition}'; there is: {', '.join(found)}")
        chapters = tomllib.loads((folder / f"{edition}.toml").read_text(encoding="utf-8"))
        numbers = {
            f"{c}.{k}": Number(name=f"{c}.{k}", **entry) for c, keys in chapters.items() for k, entry in keys.items()
        }
        return Rulebook(edition, numbers)
