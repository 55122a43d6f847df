"""The weather chapter, case by case (``cases/weather.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("weather")
def test_case(case: Case) -> None:
    check(case, PLAYS["weather"], UNSAID.get("weather", ()))
