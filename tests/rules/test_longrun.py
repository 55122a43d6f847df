"""The long run, case by case (``cases/longrun.toml``), what must hold whatever the numbers, and a look at history."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS
from wargame.dice import Dice
from wargame.rulebook import Rulebook
from wargame.rules import longrun
from wargame.rules.longrun import COMMUNIST, DEMOCRACY, OpenWar, Start

BOOK = Rulebook.load("standard")
UNITED_STATES = {1937: 6430, 1938: 6126, 1940: 7010, 1973: 16689, 1990: 23201, 2008: 31178}
HISTORY = {
    "FRA": (DEMOCRACY, {1938: 4466, 1973: 12824, 1990: 17647, 2008: 22223}),
    "GER": (DEMOCRACY, {1938: 4994, 1973: 11966, 1990: 15929, 2008: 20801}),
    "ITA": (DEMOCRACY, {1938: 3316, 1973: 10634, 1990: 16313, 2008: 19909}),
    "AUT": (DEMOCRACY, {1938: 3559, 1973: 11235, 1990: 16895, 2008: 24131}),
    "SOV": (COMMUNIST, {1940: 2144, 1973: 6059, 1990: 6894}),
    "CZE": (COMMUNIST, {1937: 2882, 1973: 7041, 1990: 8513}),
}
"""1990 dollars a head, Maddison 2010."""


@numbered("longrun")
def test_case(case: Case) -> None:
    check(case, PLAYS["longrun"])


@pytest.mark.parametrize("power", HISTORY)
def test_output_a_head_comes_within_a_sixth_of_history(power: str) -> None:
    kind, series = HISTORY[power]
    first = min(series)
    share = np.array([series[first] / UNITED_STATES[first]])
    for year in range(first + 1, max(series) + 1):
        share = longrun.grown(share, np.array([kind]), np.array([False]), year, np.array([1.0]), BOOK)
        if year in series:
            assert float(share[0]) == pytest.approx(series[year] / UNITED_STATES[year], rel=1 / 6), year


FIELD = [
    Start("SOV", "bolshevik", 2200.0, 400.0),
    Start("GER", "national_socialist", 5700.0, 450.0),
    Start("GBR", "democracy", 7000.0, 350.0),
    Start("USA", "democracy", 8200.0, 1100.0),
]


def test_no_regime_that_fell_stands_later_and_the_leader_leads() -> None:
    found = longrun.play(FIELD, [OpenWar("w", ("GER",), ("SOV", "GBR"))], 1941, (1945, 1991, 2025), BOOK, Dice(3), 300)
    standing = [found.stands(y) for y in (1944, 1945, 1991, 2025)]
    for earlier, later in pairwise(standing):
        assert not (later & ~earlier).any()
    assert (found.share[:, 3, :] == 1.0).all()
    assert found.defeated[:, 1].mean() == pytest.approx(1.0 - longrun.victory(450.0, 750.0, BOOK), abs=0.09)
    assert not (found.defeated[:, 0] & found.defeated[:, 1]).any()


def test_communist_regimes_fall_together() -> None:
    field = [Start(f"P{k}", "bolshevik", 2000.0, 10.0) for k in range(6)]
    found = longrun.play(field, [], 1945, (2025,), BOOK, Dice(1), 400)
    fell = (found.ended > 0).sum(axis=1)
    alone = found.ended[:, 0] > 0
    assert 0.3 < alone.mean() < 0.9
    assert fell.var() > 2 * 6 * alone.mean() * (1 - alone.mean())  # six coins of their own would have this variance


@given(st.floats(0.02, 0.98), st.sampled_from([COMMUNIST, DEMOCRACY]), st.integers(1942, 2025))
def test_a_year_moves_output_a_little_and_luck_never_hurts(share: float, kind: int, year: int) -> None:
    args = (np.array([share]), np.array([kind]), np.array([False]), year)
    same = float(longrun.grown(*args, np.array([1.0]), BOOK)[0])
    better = float(longrun.grown(*args, np.array([1.3]), BOOK)[0])
    assert abs(same - share) < 0.1 * share
    assert better >= same


def test_more_means_never_lower_the_chance_of_winning() -> None:
    odds = [longrun.victory(m, 100.0, BOOK) for m in (0.0, 10.0, 100.0, 1000.0)]
    assert odds == sorted(odds)
    assert odds[2] == pytest.approx(0.5)
    assert longrun.victory(1.0, 0.0, BOOK) == 1.0
