"""The diplomacy chapter, case by case (``cases/diplomacy.toml``), and what must hold whatever the numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID
from wargame.politics import Government, Kind, Memory, Policy, Treaty
from wargame.rulebook import Rulebook
from wargame.rules import diplomacy

BOOK = Rulebook.load("standard")
POWERS = ("CZE", "FRA", "GBR", "GER", "SOV")
SHARES = st.floats(0, 1)


@numbered("diplomacy")
def test_case(case: Case) -> None:
    check(case, PLAYS["diplomacy"], UNSAID.get("diplomacy", ()))


def some_powers(least: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(POWERS), min_size=least, max_size=3, unique=True).map(tuple)


CLAUSES = st.builds(
    Treaty, st.just("t"), st.sampled_from(Kind), some_powers(2), some_powers(0), some_powers(0),
    st.sampled_from(("", *POWERS)), SHARES, st.integers(0, 10), st.sampled_from((0, 5, 15)),
)  # fmt: skip
LISTS = st.lists(CLAUSES, max_size=6)


@given(LISTS)
def test_obligations_stay_on_their_scale_and_do_not_depend_on_the_order_of_treaties(treaties: list[Treaty]) -> None:
    strength, first, neutral = diplomacy.obligation(treaties, "FRA", "CZE", "GER", 7)
    assert 0.0 <= strength <= 3.0 and 0.0 <= neutral <= 1.0
    assert first not in ("FRA", "GER")
    again = diplomacy.obligation(treaties[::-1], "FRA", "CZE", "GER", 7)
    assert (strength, neutral) == (again[0], again[2])


@given(LISTS)
def test_who_signed_nothing_is_bound_by_nothing(treaties: list[Treaty]) -> None:
    theirs = [t for t in treaties if "FRA" not in t.parties]
    assert diplomacy.obligation(theirs, "FRA", "CZE", "GER", 7) == (0.0, "", 0.0)


@given(LISTS, CLAUSES)
def test_one_more_promise_to_help_never_weakens_an_obligation(treaties: list[Treaty], more: Treaty) -> None:
    before = diplomacy.obligation(treaties, "FRA", "CZE", "GER", 7)
    after = diplomacy.obligation([*treaties, more], "FRA", "CZE", "GER", 7)
    assert after[0] >= before[0]
    if more.kind not in diplomacy.PEACE:
        assert after[2] <= before[2]


@given(LISTS)
def test_dishonoured_treaties_oblige_to_nothing(treaties: list[Treaty]) -> None:
    hollow = [Treaty(t.id, t.kind, t.parties, t.protects, t.against, t.first, 0.0, t.began, t.ends) for t in treaties]
    strength, _, neutral = diplomacy.obligation(hollow, "FRA", "CZE", "GER", 7)
    assert (strength, neutral) == (0.0, 0.0)


def government(**policy: Any) -> Government:
    return Government("X", "democracy", "", policy=Policy(**policy))


@given(SHARES, st.floats(-1, 1), st.floats(-1, 1))
def test_the_firmer_resist_more_and_offer_less(chance: float, one: float, other: float) -> None:
    soft, firm = sorted((one, other))
    assert diplomacy.resistance(chance, soft, BOOK) <= diplomacy.resistance(chance, firm, BOOK)
    offers = [diplomacy.settlement_offer(chance, government(firmness=f), 0.5, BOOK)[0] for f in (soft, firm)]
    assert offers[0] >= offers[1]


@given(SHARES, SHARES, SHARES, SHARES, SHARES)
def test_transit_falls_with_fear_of_the_guest_and_rises_with_everything_else(
    guest: float, threat: float, guarantees: float, talks: float, more: float
) -> None:
    p = diplomacy.transit(guest, threat, guarantees, talks, BOOK)
    assert diplomacy.transit(min(1.0, guest + more), threat, guarantees, talks, BOOK) <= p
    assert diplomacy.transit(guest, min(1.0, threat + more), guarantees, talks, BOOK) >= p
    assert diplomacy.transit(guest, threat, min(1.0, guarantees + more), talks, BOOK) >= p
    assert diplomacy.transit(guest, threat, guarantees, min(1.0, talks + more), BOOK) >= p


def test_poland_refuses_in_1938_and_a_threatened_host_with_guarantees_may_or_may_not() -> None:
    poland = Government("POL", "sanacja", "")
    soviet = Government("SOV", "bolshevik", "", policy=Policy(comintern=-0.9))
    fear = diplomacy.fear_of_guest(0.1, poland, soviet, BOOK)
    assert diplomacy.transit(fear, 0.2, 0.0, 0.0, BOOK) < 0.1
    assert 0.25 < diplomacy.transit(fear, 1.0, 1.0, 1.0, BOOK) < 0.5  # it refused in August 1939


@given(st.floats(0, 3), st.floats(0.1, 9), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_memory_fades_and_does_not_care_how_often_one_looks(
    value: float, half_life: float, one: int, two: int
) -> None:
    there = Memory(value, 0)
    middle = Memory(there.at(one, half_life), one)
    assert middle.at(one + two, half_life) == pytest.approx(there.at(one + two, half_life), rel=1e-9, abs=1e-12)
    assert there.at(one + two, half_life) <= there.at(one, half_life)


@given(st.floats(1, 400), st.floats(0, 3), st.floats(0.1, 50), st.booleans())
def test_a_show_is_on_its_scale_and_a_quicker_victory_is_never_a_worse_one(
    days: float, value: float, ratio: float, failed: bool
) -> None:
    swift = diplomacy.expected_days(ratio, BOOK)
    assert diplomacy.expected_days(2 * ratio, BOOK) <= swift
    show = diplomacy.showing(days, value, swift, failed=failed)
    assert -1.0 <= show <= 1.0
    assert diplomacy.showing(days / 2, value, swift, failed=failed) >= show
    assert diplomacy.showing(days, value, swift, failed=True) <= show
    assert (diplomacy.impression(show, BOOK) - 1.0) * show >= 0


def test_armies_after_poland_france_and_finland() -> None:
    """Four and six weeks against great prizes impress; a hundred and five days against a small army do the opposite."""
    campaigns = ((28, 1.0, 2.5), (43, 1.0, 1.3), (105, 0.4, 8.0))  # days, value, ratio of the whole armies
    poland, france, finland = (
        diplomacy.showing(d, v, diplomacy.expected_days(r, BOOK), failed=False) for d, v, r in campaigns
    )
    assert 0 < poland < france < 0.5
    assert diplomacy.impression(finland, BOOK) == pytest.approx(1 - 0.35)
