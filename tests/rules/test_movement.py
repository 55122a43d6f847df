"""The movement chapter, case by case (``cases/movement.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("movement")
def test_case(case: Case) -> None:
    check(case, PLAYS["movement"], UNSAID.get("movement", ()))
