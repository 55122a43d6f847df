"""The encirclement chapter, case by case (``cases/encirclement.toml``)."""

from __future__ import annotations

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID


@numbered("encirclement")
def test_case(case: Case) -> None:
    check(case, PLAYS["encirclement"], UNSAID.get("encirclement", ()))
