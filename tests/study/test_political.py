"""The political check: decisions as they are weighed today, paths told rightly, pairs of blocs counted rightly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from wargame import dates
from wargame.load import scenarios
from wargame.study import political
from wargame.study.political import AVERSIONS, NOT_LAUNCHED, Band, Pair, Played, PoliticalStudy, commonest
from wargame.study.political_page import as_dict, page

GOLDEN = {
    "putsch_1934": 0.3, "rhineland_1936": 1.0, "anschluss_1938": 1.0, "sudeten_1938": 0.0, "prague_1939": 1.0,
    "weiss_ordered_1939": 1.0, "weiss_halted_1939": 0.2, "weiss_1939": 1.0, "gelb_autumn_1939": 0.0,
    "weseruebung_1940": 1.0, "gelb_1940": 0.9, "sea_lion_1940": 0.0, "marita_1941": 1.0, "barbarossa_1941": 1.0,
}  # fmt: skip
"""P of each decision, to the tolerance below; one that moves further has changed its meaning."""
TOLERANCE = 0.3


@pytest.fixture(scope="module")
def decided() -> tuple[political.Decision, ...]:
    return political.decisions()


def test_decisions_are_weighed_as_they_were(decided: tuple[political.Decision, ...]) -> None:
    assert {d.id: d.launch for d in decided} == pytest.approx(GOLDEN, abs=TOLERANCE)


def test_most_decisions_come_out_as_in_history(decided: tuple[political.Decision, ...]) -> None:
    assert sum(d.right for d in decided) >= 13, [d.id for d in decided if not d.right]


def test_the_means_were_there_when_history_struck(decided: tuple[political.Decision, ...]) -> None:
    assert [d.id for d in decided if d.happened == "yes" and not d.able] == []


def test_a_firmer_bloc_lowers_the_chance_whatever_the_fear_of_a_long_war() -> None:
    weak, alone, passage = (
        b.launch for b in political.bands() if b.overlays in {
            (), ("triple_alliance_1939",), ("triple_alliance_1939", "polish_transit")
        }
    )  # fmt: skip
    assert all(w >= a >= p for w, a, p in zip(weak, alone, passage, strict=True))
    assert all(a >= b for a, b in pairwise(alone)), "more fear, less war"


# --- the page --------------------------------------------------------------------------------------------------------


def run(seed: int, **fates: tuple[str, str]) -> Played:
    return Played(seed, tuple((o, what, dates.parse(day) if day else 0) for o, (what, day) in fates.items()))


WON, LOST = "launched_succeeded", "launched_failed"
RUNS = (
    run(1, rhineland=(WON, "1936-03-07"), gruen=("moot", ""), weiss=(WON, "1939-09-01")),
    run(2, rhineland=(WON, "1936-02-19"), gruen=("deterred", ""), weiss=(WON, "1940-05-08")),
    run(3, rhineland=(WON, "1937-02-19"), gruen=(LOST, "1938-10-01"), weiss=("deterred", "")),
)


@pytest.fixture(scope="module")
def small() -> PoliticalStudy:
    pair = Pair((), ("triple_alliance_1939",), ((1, dates.parse("1939-09-01"), 0), (2, 0, dates.parse("1939-09-02"))))
    band = Band("an alliance", ("triple_alliance_1939",), (1.0, 0.9, 0.8, 0.4, 0.1), 0.9)
    setup: Any = scenarios.load("history_1936")
    return PoliticalStudy(setup, (), (("history_1936", RUNS),), political.history(), (band,), (pair,))


def test_operations_never_launched_are_alike_on_a_path() -> None:
    assert RUNS[0].path() == RUNS[1].path() == (WON, NOT_LAUNCHED, WON)
    assert commonest(RUNS, ["gruen", "weiss"]) == ((NOT_LAUNCHED, WON), 2)


def test_a_firmer_bloc_that_brings_war_about_is_named(small: PoliticalStudy) -> None:
    assert small.pairs[0].worse == (2,)
    assert "**2 September 1939**" not in page(small)
    assert "| 2 | no | **1939-09-02** |" in page(small)


def test_the_page_counts_launches_in_time(small: PoliticalStudy) -> None:
    text = page(small)
    assert "| weiss | succeeded | 2 of 3 | 2 | 1939-09-01, 1940-05-08, 1940-05-08 | 2 | deterred 1 | hit |" in text
    assert "| gruen | not launched | 1 of 3 |" in text
    assert "P = 0.10 to 1.00" in text
    assert "2 of 3 runs take history's path" in text
    assert as_dict(small)["monotony"][0]["worse"] == [2]


def test_history_is_told_for_every_operation_that_can_be_launched(small: PoliticalStudy) -> None:
    known = {row["operation"] for row in small.history}
    assert {p.operation.id for p in small.setup.plans if p.operation is not None and p.design is not None} == known


def test_a_scenario_opened_at_another_hour_has_the_state_of_that_hour(small: PoliticalStudy) -> None:
    later = political.opened(small.setup, dates.parse("1939-08-31"))
    world = scenarios.opening_world(later, 1)
    assert world.polity.governments["GBR"].head == "Neville Chamberlain"
    assert any(t.kind == "neutrality" for t in world.polity.treaties.values() if {"GER", "SOV"} <= set(t.parties))
    assert replace(later, scenario=small.setup.scenario).data_hash == small.setup.data_hash


def test_the_band_covers_the_fears_that_fit_history() -> None:
    assert (min(AVERSIONS), max(AVERSIONS)) == (0.3, 2.0)


@pytest.mark.slow
def test_free_runs_and_pairs_are_played_with_the_same_luck() -> None:
    study = political.study(2, workers=1)
    assert [name for name, _ in study.free] == list(political.FREE)
    assert [p.launches for p in study.pairs] == [p.launches for p in political.study(2, workers=2).pairs]
    assert page(study).startswith("# Politics")
