"""The deterrence chapter: its cases (``cases/deterrence.toml``), the decisions behind it, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.cases import Case, check, numbered
from tests.rules.decisions import Decision, decisions, renewed, tables, weighed_from_tables
from tests.rules.pages import page
from tests.rules.plays import PLAYS, UNSAID
from wargame.rulebook import Rulebook
from wargame.rules import deterrence
from wargame.rules.deterrence import MOST, Balance, Intervener, Stakes, Weighing

BOOK = Rulebook.load("standard")
ALL = decisions()
HISTORICAL = [d for d in ALL if d.happened != "imagined"]
EVERY = pytest.mark.parametrize("decision", ALL, ids=[d.id for d in ALL])
EACH = pytest.mark.parametrize("decision", HISTORICAL, ids=[d.id for d in HISTORICAL])


@numbered("deterrence")
def test_case(case: Case) -> None:
    check(case, PLAYS["deterrence"], UNSAID.get("deterrence", ()))


PROMISES = (  # treaty, interest, backdowns, signal, paralysis, pledge; coded by hand, honoured or not
    ("Britain, Rhineland 1936", 1, 0, 1, 0, 0, 0.07, False),
    ("Italy, Rhineland 1936", 1, 0, 0, 0, 1, 0.02, False),
    ("France, Austria 1938", 1, 0, 2, 0, 1, 0, False),
    ("Italy, Austria 1938", 1, 0, 1, 0, 1, 0, False),
    ("France, Czechoslovakia 1938", 2, 1, 2, 1, 0, 0.06, False),
    ("Britain, Prague 1939", 1, 0, 3, 0, 0, 0.27, False),
    ("France, Prague 1939", 1, 0, 3, 0, 0, 0.27, False),
    ("Britain, Poland 1939", 2, 1, 3, 1, 0, 1, True),
    ("France, Poland 1939", 2, 1, 3, 2, 0, 0.62, True),
    ("Italy, Germany 1939", 2, 1, 0, 0, 1, 0.48, False),
    ("Romania, Poland 1939", 2, 1, 0, 0, 1, 0.02, False),
    ("Britain, Romania 1940", 1, 0, 0, 0, 1, 0, False),
    ("Turkey, the West 1940", 2, 0, 0, 0, 1, 0.3, False),
    ("Britain, Greece 1940", 2, 2, 1, 1, 0, 0.47, True),
)


def test_promises_of_1936_41_are_kept_about_as_often_as_they_were() -> None:
    js = [Intervener(n, t, i, b, s, p, pledge=new) for n, t, i, b, s, p, new, _ in PROMISES]
    kept = deterrence.resolve(js, BOOK)
    share = sum(honoured for *_, honoured in PROMISES) / len(PROMISES)
    assert float(kept.mean()) == pytest.approx(share, abs=0.15)
    assert all(float(p) > 0.85 for p, (*_, honoured) in zip(kept, PROMISES, strict=True) if honoured)
    assert float(kept[[not honoured for *_, honoured in PROMISES]].mean()) < 0.25


# --- the decisions of 1934-41 ----------------------------------------------------------------------------------------


@EVERY
def test_a_decision_comes_out_as_in_the_prototype(decision: Decision) -> None:
    assert decision.weighed(BOOK).launch == pytest.approx(decision.probability, abs=0.005)


@EACH
def test_what_was_done_was_likelier_than_what_was_not(decision: Decision) -> None:
    assert (decision.weighed(BOOK).launch > 0.5) == (decision.happened == "yes")


@EACH
def test_with_what_the_political_tables_say_it_comes_out_the_same_way(decision: Decision) -> None:
    found = weighed_from_tables(decision, tables(), BOOK)
    assert (found.launch > 0.5) == (decision.happened == "yes")


def test_the_page_prints_today_s_decisions() -> None:
    text = page("deterrence")
    assert renewed(text, BOOK) == text, "run `python -m tests.rules.decisions`"


# --- what must hold whatever the numbers -----------------------------------------------------------------------------

NAMES = ("BEL", "CZE", "FRA", "GBR", "SOV")
FORCES = st.floats(0.1, 150)


def intervener(power: str) -> st.SearchStrategy[Intervener]:
    return st.builds(
        Intervener, st.just(power), st.floats(0, 3), st.floats(0, 2), st.floats(0, 4), st.floats(0, 3),
        st.floats(0, 1), st.floats(0, 1), st.booleans(), st.sampled_from(("", *NAMES)), st.floats(0, 100),
        st.floats(0, 60), st.booleans(), st.floats(0, 3),
    )  # fmt: skip


COMPANIES = st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=MOST).flatmap(
    lambda names: st.tuples(*map(intervener, names))
)
BALANCES = st.builds(Balance, FORCES, FORCES, FORCES)
STAKES = st.builds(
    Stakes,
    st.floats(0.1, 2),
    st.floats(0, 3),
    st.floats(-0.3, 0.3),
    st.floats(0, 0.9),
    st.floats(0, 1),
    st.floats(0, 2),
)
HARDLY = 1e-12
"""Rounding: what may be gained where nothing should be."""


def weigh(balance: Balance, who: tuple[Intervener, ...], stakes: Stakes) -> Weighing:
    return deterrence.weigh(balance, who, stakes, BOOK, aversion=0.8)


def firmer(j: Intervener, column: str, step: float) -> Intervener:
    raised: dict[str, Any] = {
        "treaty": min(3.0, j.treaty + step), "interest": min(2.0, j.interest + step), "signal": j.signal + step,
        "force": j.force + 30.0 * step, "potential": j.potential + step, "paralysis": max(0.0, j.paralysis - step),
        "neutral": max(0.0, j.neutral - step), "backdowns": max(0.0, j.backdowns - step),
        "days": max(0.0, j.days - 30.0 * step), "first": "",
    }  # fmt: skip
    return replace(j, **{column: raised[column]})


FIRMER = ("treaty", "interest", "signal", "force", "potential", "paralysis", "neutral", "backdowns", "days", "first")


@settings(max_examples=300)
@given(BALANCES, COMPANIES, STAKES, st.sampled_from(FIRMER), st.floats(0, 1), st.data())
def test_a_firmer_stronger_or_freer_intervener_never_makes_an_attack_likelier(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes, column: str, step: float, data: st.DataObject
) -> None:
    k = data.draw(st.integers(0, len(who) - 1))
    more = (*who[:k], firmer(who[k], column, step), *who[k + 1 :])
    before, after = weigh(balance, who, stakes), weigh(balance, more, stakes)
    assert after.launch <= before.launch + HARDLY
    assert after.win <= before.win + HARDLY


@given(BALANCES, COMPANIES, STAKES)
def test_one_more_possible_intervener_never_makes_an_attack_likelier(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes
) -> None:
    assert weigh(balance, who, stakes).launch <= weigh(balance, (), stakes).launch + HARDLY


@given(BALANCES, COMPANIES, STAKES, st.floats(0, 50))
def test_more_to_strike_with_never_lowers_the_chance_of_victory(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes, more: float
) -> None:
    stronger = replace(balance, strike=balance.strike + more)
    assert weigh(stronger, who, stakes).win >= weigh(balance, who, stakes).win - HARDLY
    covered = replace(balance, cover=balance.cover + more)
    assert weigh(covered, who, stakes).win >= weigh(balance, who, stakes).win - HARDLY


@given(BALANCES, COMPANIES, STAKES, st.floats(0, 50))
def test_a_stronger_target_never_raises_the_chance_of_victory(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes, more: float
) -> None:
    stronger = replace(balance, target=balance.target + more)
    assert weigh(stronger, who, stakes).win <= weigh(balance, who, stakes).win + HARDLY


@given(COMPANIES)
def test_a_promise_with_a_condition_is_worth_no_more_than_the_power_it_waits_for(who: tuple[Intervener, ...]) -> None:
    found = dict(zip((j.power for j in who), deterrence.credibility(who, BOOK).tolist(), strict=True))
    for j in who:
        if j.first in found and not j.at_war and _waits(who, j.first) != j.power:
            assert found[j.power] <= found[j.first] + HARDLY


def _waits(who: tuple[Intervener, ...], power: str) -> str:
    return next(j.first for j in who if j.power == power and not j.at_war) if any(
        j.power == power and not j.at_war for j in who
    ) else ""  # fmt: skip


@given(BALANCES, STAKES, st.floats(0, 100), st.floats(0, 3))
def test_a_treaty_that_nobody_honours_deters_nobody(
    balance: Balance, stakes: Stakes, force: float, potential: float
) -> None:
    hollow = Intervener("FRA", 3.0, 2.0, backdowns=200.0, force=force, potential=potential)
    alone, guarded = weigh(balance, (), stakes), weigh(balance, (hollow,), stakes)
    assert guarded.launch == pytest.approx(alone.launch, abs=1e-9)


@given(BALANCES, COMPANIES, STAKES)
def test_the_order_of_interveners_changes_nothing(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes
) -> None:
    assert weigh(balance, who, stakes) == weigh(balance, who[::-1], stakes)


@given(BALANCES, COMPANIES, STAKES)
def test_a_staff_sees_more_enemies_than_its_leader(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes
) -> None:
    found = weigh(balance, who, stakes)
    assert all(found.staff_credibility[n] >= p for n, p in found.credibility.items())
    assert found.staff_win <= found.win + HARDLY
    assert 0.0 <= found.revolt <= BOOK.deterrence.revolt


@given(BALANCES, COMPANIES, STAKES, st.floats(0, 0.5))
def test_a_better_offer_never_makes_an_attack_likelier(
    balance: Balance, who: tuple[Intervener, ...], stakes: Stakes, more: float
) -> None:
    better = replace(stakes, settlement=stakes.settlement + more)
    assert weigh(balance, who, better).launch <= weigh(balance, who, stakes).launch + HARDLY


def test_the_strongest_reasons_come_first_and_name_everybody() -> None:
    sudeten = next(d for d in ALL if d.id == "sudeten_1938")
    told = sudeten.weighed(BOOK).reasons
    sizes = [abs(value) for _, value in told]
    assert sizes == sorted(sizes, reverse=True)
    assert {"FRA", "GBR", "SOV", "campaign", "settlement"} <= {name for name, _ in told}
