"""The air chapter, case by case (``cases/air.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("air")
def test_case(case: Case) -> None:
    check(case, PLAYS["air"], UNSAID.get("air", ()))
