"""Numbered cases as data: a situation, what is played, and every outcome.

What a case expects is written in the rulebook's names (``movement.foot_km_per_day * 2``), so that a new edition needs
no new case. A change that a case does not name is a failure.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rules.toyworld import Toy, build, seen
from wargame import exact
from wargame.rulebook import Rulebook

FOLDER = Path(__file__).parent / "cases"
Case = Mapping[str, Any]
Play = Callable[[Toy, Case], dict[str, Any] | None]


@cache
def load(chapter: str) -> tuple[dict[str, Any], ...]:
    """The cases of a chapter, in the order of the file; each holds what ``[ordinary]`` says and it does not change."""
    file = tomllib.loads((FOLDER / f"{chapter}.toml").read_text(encoding="utf-8"))
    return tuple(file.get("ordinary", {}) | case for case in file["case"])


def numbered(chapter: str) -> Any:
    """Parametrise a test by a chapter's cases."""
    cases = load(chapter)
    return pytest.mark.parametrize("case", cases, ids=[f"{c['clause']} {c['title']}" for c in cases])


def check(case: Case, plays: Mapping[str, Play], unsaid: Iterable[str] = ()) -> None:
    """Play a case and compare all that changed with what it expects.

    ``unsaid`` are columns in which changes need no mention, because other cases are about them.
    """
    toy = build(case)
    before, hour = seen(toy), toy.world.hour
    facts = plays[case["play"]](toy, case) or {}
    after = seen(toy)
    changed = {k for k, v in after.items() if v != before[k] and k.rpartition(".")[2] not in unsaid}
    names = namespace(toy.rulebook, {"hour": hour} | case.get("let", {}))
    expected = {k: value(v, names) for k, v in case.get("expect", {}).items()}
    wrong = [
        f"{k}: expected {v!r}, is {(after | facts).get(k)!r}"
        for k, v in expected.items()
        if not same((after | facts).get(k), v)
    ]
    wrong += [f"{k}: nobody expected {before[k]!r} -> {after[k]!r}" for k in sorted(changed - set(expected))]
    wrong += compare(case.get("events", []), [describe(e) for e in toy.log], names)
    assert not wrong, "\n".join([f"clause {case['clause']}: {case['title']}", *wrong])


def describe(event: Any) -> dict[str, Any]:
    """An event as plain data."""
    return {"kind": event.kind, **event.data()}


def compare(expected: list[dict[str, Any]], logged: list[dict[str, Any]], names: dict[str, Any]) -> list[str]:
    """Differences between the events expected, in order, and those recorded; unnamed fields are free."""
    kinds, got = [e["kind"] for e in expected], [e["kind"] for e in logged]
    if kinds != got:
        return [f"events: expected {kinds}, are {logged}"]
    pairs = [(e, g, k) for e, g in zip(expected, logged, strict=True) for k in e if k != "kind"]
    return [
        f"{e['kind']}.{k}: expected {e[k]!r}, is {g[k]!r}"
        for e, g, k in pairs
        if not same(g[k], value(e[k], names, g[k]))
    ]


def same(found: Any, wanted: Any) -> bool:
    """Equal; numbers to a millionth."""
    if isinstance(wanted, bool) or isinstance(found, str | type(None)) or isinstance(wanted, str):
        return bool(found == wanted)
    if isinstance(wanted, list | tuple):
        return list(found) == list(wanted)
    return math.isclose(float(found), float(wanted), rel_tol=1e-6, abs_tol=1e-6)


def value(text: Any, names: dict[str, Any], like: Any = None) -> Any:
    """A number, a name (``b``, ``killed``), or what an expression in the edition's names comes to."""
    if not isinstance(text, str) or isinstance(like, str):
        return text
    try:
        return eval(text, {"__builtins__": {}}, names)  # our own case files
    except (NameError, SyntaxError, AttributeError):
        if any(mark in text for mark in "*/+("):
            raise
        return text


def namespace(book: Rulebook, let: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions may use: the chapters of the edition, a few functions, and the case's own names in turn."""
    chapters = {n.partition(".")[0] for n in book.numbers}
    names: dict[str, Any] = {c: getattr(book, c) for c in chapters} | {
        "ln": lambda x: float(exact.log(x)), "exp": lambda x: float(exact.exp(x)),
        "power": lambda x, y: float(exact.power(x, y)), "logistic": lambda x: float(exact.logistic(x)),
        "men": lambda x: math.floor(x + 0.5), "min": min, "max": max, "round": round,
    }  # fmt: skip
    for name, text in let.items():
        names[name] = value(text, names)
    return names
