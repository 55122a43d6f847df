"""The mobilization chapter, case by case (``cases/mobilization.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("mobilization")
def test_case(case: Case) -> None:
    check(case, PLAYS["mobilization"], UNSAID.get("mobilization", ()))
