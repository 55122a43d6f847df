"""The raising chapter, case by case (``cases/raising.toml``), and what must hold whatever the numbers."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID
from wargame import dates
from wargame.load import purges
from wargame.rulebook import Rulebook
from wargame.rules import raising

BOOK = Rulebook.load("standard")
SHARES = st.floats(0, 1)
ROOT = Path(__file__).parents[2]


@numbered("raising")
def test_case(case: Case) -> None:
    check(case, PLAYS["raising"], UNSAID.get("raising", ()))


def test_the_weights_of_quality_and_of_ranks_make_one() -> None:
    assert sum(raising.weights(BOOK).values()) == pytest.approx(1.0)
    assert sum(getattr(BOOK.raising, f"rank_{rank}") for rank in raising.RANKS) == pytest.approx(1.0)


@given(SHARES, SHARES, SHARES, st.floats(0, 2000), st.floats(30, 700))
def test_time_never_makes_a_division_worse(c: float, o: float, e: float, days: float, full: float) -> None:
    weight = raising.weights(BOOK)
    now, later = (raising.quality(raising.raised(c, o, e, d, full, BOOK), weight) for d in (days, days + 30))
    assert 0.0 <= now <= later <= 1.0


@given(SHARES, SHARES, SHARES, SHARES)
def test_a_split_makes_no_trained_men(share: float, cadre: float, continuity: float, training: float) -> None:
    causes = {"cadre": cadre, "officers_continuity": continuity, "training": training, "equipment": 0.5}
    parent = raising.Parent(17000.0, 500.0, causes)
    new, left = raising.split([parent], share, raising.Means(17000.0, 500.0, 0.0, 100.0))
    assert new["cadre"] + left[0]["cadre"] == pytest.approx(cadre)
    assert new["officers"] + left[0]["officers_continuity"] == pytest.approx(continuity)
    assert left[0]["training"] <= training


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_a_purge_takes_can_be_given_back(continuity: float, lost: float) -> None:
    back = raising.spared(raising.purged(continuity, lost), lost)
    assert back == pytest.approx(continuity if lost < 1.0 else 1.0)


def shipped() -> list[raising.Removal]:
    return purges.removals("SOV")


def test_the_soviet_purge_takes_half_of_the_continuity_and_heals_by_half_until_1941() -> None:
    lost = {d: raising.continuity_lost(shipped(), dates.parse(d), BOOK) for d in PURGE_DATES}
    assert lost["1937-01-01"] == 0.0
    assert 0.4 < lost["1938-11-30"] < 0.5
    assert 0.15 < lost["1941-06-22"] < 0.6 * lost["1938-11-30"]
    assert all(a <= b for a, b in pairwise([lost[d] for d in PURGE_DATES[:3]]))
    assert all(a >= b for a, b in pairwise([lost[d] for d in PURGE_DATES[2:]]))


PURGE_DATES = ("1937-01-01", "1938-01-01", "1938-11-30", "1939-09-01", "1940-06-01", "1941-06-22")


def test_every_figure_of_the_purge_has_a_source() -> None:
    with (ROOT / "orders_of_battle" / "purge.csv").open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    assert {r["rank"] for r in rows} == set(raising.RANKS)
    assert all(r["source"] and r["note"] for r in rows)
