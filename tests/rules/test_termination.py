"""The termination chapter, case by case (``cases/termination.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("termination")
def test_case(case: Case) -> None:
    check(case, PLAYS["termination"], UNSAID.get("termination", ()))
