"""The supply chapter, case by case (``cases/supply.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("supply")
def test_case(case: Case) -> None:
    check(case, PLAYS["supply"], UNSAID.get("supply", ()))
