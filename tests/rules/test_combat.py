"""The combat chapter, case by case (``cases/combat.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("combat")
def test_case(case: Case) -> None:
    check(case, PLAYS["combat"], UNSAID.get("combat", ()))
