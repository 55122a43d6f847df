"""The rail chapter, case by case (``cases/rail.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("rail")
def test_case(case: Case) -> None:
    check(case, PLAYS["rail"], UNSAID.get("rail", ()))
