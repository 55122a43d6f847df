"""Shares, pairs, times and how many runs: against published worked examples and against a toy study's known answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy_politics import outcome, politics
from wargame import engine
from wargame.dice import Dice
from wargame.study import statistics
from wargame.study.statistics import Estimate

REPEATS = 1000


def near(found: Estimate, low: float, high: float, places: float = 5e-5) -> bool:
    return abs(found.low - low) < places and abs(found.high - high) < places


# --- published worked examples ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "runs", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_s_interval_is_newcombe_s_of_1998(count: int, runs: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3."""
    assert near(statistics.share(count, runs), low, high)


def test_the_exact_mcnemar_test_is_that_of_fagerland_s_example() -> None:
    """Airway hyper-responsiveness before and after transplantation: 1 and 7 discordant pairs, exact p = .070

    (Fagerland, Lydersen, Laake 2013, BMC Medical Research Methodology 13:91, table 5)."""
    assert statistics.mcnemar(1, 7) == pytest.approx(18 / 256)
    assert statistics.mcnemar(0, 0) == 1.0


def test_newcombe_s_interval_for_pairs_is_that_of_altman_s_table() -> None:
    """Altman, Machin, Bryant, Gardner 2000, Statistics with Confidence, table 6.2: 14, 5, 0, 22 of 41: .011 to .226."""
    found = statistics.newcombe(14, 0, 5, 22)
    assert found.value == pytest.approx(5 / 41)
    assert near(found, 0.011, 0.226, 5e-4)


SIX_MP = ((6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35), (1,) * 9 + (0,) * 12)
PLACEBO = ((1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23), (1,) * 21)


def test_kaplan_and_meier_s_curve_is_that_of_the_leukaemia_trial() -> None:
    """Freireich and others 1963, as worked in Kleinbaum and Klein, Survival Analysis, chapter 2."""
    curve = statistics.survival(*SIX_MP)
    published = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert {t: round(curve.at(t).value, 4) for t in published} == published
    assert curve.median() == 23
    assert near(curve.at(6), 0.6197, 0.9516)
    assert curve.at(1) == statistics.share(21, 21)


def test_the_log_rank_test_is_that_of_the_leukaemia_trial() -> None:
    """The same data: chi-square 16.79 (Kleinbaum and Klein, chapter 2)."""
    statistic, p = statistics.log_rank(SIX_MP, PLACEBO)
    assert statistic**2 == pytest.approx(16.79, abs=0.005)
    assert p < 0.001


def test_holm_s_steps_are_those_of_his_procedure() -> None:
    """Holm 1979, Scandinavian Journal of Statistics 6:65: .01, .04, .03, .005 become .03, .06, .06, .02."""
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([]) == []


def test_the_runs_for_a_width_are_those_of_the_normal_rule_for_narrow_intervals() -> None:
    assert statistics.runs_for(0.10) in range(378, 386)  # z² p(1-p) / e² = 384, less what Wilson gains
    for width, expected in ((0.2, 0.5), (0.1, 0.9), (0.04, 0.02), (0.3, 0.0)):
        n = statistics.runs_for(width, expected)
        assert statistics._wilson_width(expected, n, 0.95) <= width < statistics._wilson_width(expected, n - 1, 0.95)


def test_the_pairs_for_a_difference_are_connor_s() -> None:
    """Connor 1987, formula 3.1, by hand: (1.96 √.2 + .8416 √(.2 - .01))² / .01."""
    by_hand = (1.959964 * math.sqrt(0.2) + 0.841621 * math.sqrt(0.19)) ** 2 / 0.01
    assert statistics.pairs_for(0.1, 0.2) == math.ceil(by_hand) == 155


# --- a study with a known answer -------------------------------------------------------------------------------------

FIRM, WEAK = 6, 5  # divisions of the attacked
KNOWN = {FIRM: 0.3393, WEAK: 0.6876}
"""P(launch) by the defender's divisions; the attack is launched where the seed's latent draw is below it."""
WINDOW = 1930


def latent(seed: int) -> float:
    return Dice(seed).uniform("launch", "case_red", WINDOW)


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    return np.array([latent(seed) for seed in range(1, 100 * REPEATS + 1)])


@pytest.mark.parametrize("divisions", [FIRM, WEAK])
def test_the_toy_study_s_answer_is_known(tmp_path: Path, divisions: int) -> None:
    rulebook = {
        "deterrence.long_war_spread": 0.0,
        "deterrence.temper": 0.3,
        "deterrence.blood": 0.0,
        "deterrence.enmity": 0.0,
    }
    forces = {"RED": 6, "BLU": divisions, "GRN": 3, "YEL": 2}
    setup = politics(tmp_path, rulebook=rulebook, divisions=forces, ends="1930-10-01")
    for seed in range(1, 16):
        run = engine.run(setup, seed)
        weighed = {e.data["probability"] for e in run.journal.of_kind("crisis_moved") if "probability" in e.data}
        assert weighed == {KNOWN[divisions]}, seed
        assert outcome(run).startswith("launched") == (latent(seed) < KNOWN[divisions]), seed


def covered(interval: Callable[[np.ndarray], Estimate], truth: float, draws: np.ndarray, runs: int) -> float:
    found = [interval(draws[k * runs : (k + 1) * runs]) for k in range(REPEATS)]
    return sum(e.low <= truth <= e.high for e in found) / REPEATS


@pytest.mark.parametrize("divisions", [FIRM, WEAK])
@pytest.mark.parametrize("runs", [25, 100])
def test_a_share_s_interval_holds_the_known_answer_nineteen_times_in_twenty(
    draws: np.ndarray, divisions: int, runs: int
) -> None:
    def interval(u: np.ndarray) -> Estimate:
        return statistics.share(int((u < KNOWN[divisions]).sum()), len(u))

    assert 0.92 <= covered(interval, KNOWN[divisions], draws, runs) <= 0.98


def test_a_difference_s_intervals_hold_the_known_answer_nineteen_times_in_twenty(draws: np.ndarray) -> None:
    truth = KNOWN[WEAK] - KNOWN[FIRM]

    def score(u: np.ndarray) -> Estimate:
        a, b = u < KNOWN[FIRM], u < KNOWN[WEAK]
        counts = [int((x & y).sum()) for x in (a, ~a) for y in (b, ~b)]
        return statistics.newcombe(*counts)

    def bootstrap(u: np.ndarray) -> Estimate:
        return statistics.mean((u < KNOWN[WEAK]).astype(float) - (u < KNOWN[FIRM]))

    assert 0.92 <= covered(score, truth, draws, 100) <= 0.98
    assert 0.92 <= covered(bootstrap, truth, draws, 100) <= 0.98


def test_a_crossed_mean_holds_the_known_answer_at_least_nineteen_times_in_twenty() -> None:
    """Cells draw P from a range, all with the same seeds; the answer is the middle of the range."""
    hits = 0
    for k in range(200):
        dice = Dice(k)
        p = np.array([0.2 + 0.6 * dice.uniform("cell", str(c)) for c in range(30)])
        u = np.array([dice.uniform("seed", str(s)) for s in range(30)])
        found = statistics.crossed_mean(u[None, :] < p[:, None])
        hits += found.low <= 0.5 <= found.high
    assert hits >= 0.92 * 200


# --- properties ------------------------------------------------------------------------------------------------------

FLAGS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(FLAGS)
def test_pairs_mirror(rows: list[tuple[bool, bool]]) -> None:
    a, b = zip(*rows, strict=True)
    there, back = statistics.pairs(a, b), statistics.pairs(b, a)
    assert there.runs == len(rows)
    assert there.p == back.p
    assert there.difference.value == pytest.approx(-back.difference.value)
    assert there.difference.low == pytest.approx(-back.difference.high)
    assert there.difference.low - 1e-12 <= there.difference.value <= there.difference.high + 1e-12
    assert there.resampled.low <= there.resampled.value <= there.resampled.high


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_mirrors_and_more_runs_narrow_it(pair: tuple[int, int]) -> None:
    count, runs = pair
    here, mirrored, more = (statistics.share(*p) for p in ((count, runs), (runs - count, runs), (4 * count, 4 * runs)))
    assert 0.0 <= here.low <= here.value <= here.high <= 1.0
    assert here.low == pytest.approx(1.0 - mirrored.high)
    assert more.width < here.width


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_never_lowers(values: list[float]) -> None:
    adjusted = statistics.holm(values)
    assert all(a >= p for a, p in zip(adjusted, values, strict=True))
    assert [adjusted[i] for i in np.argsort(values, kind="stable")] == sorted(adjusted)


def test_no_changed_pair_is_not_certainty() -> None:
    found = statistics.pairs([True] * 5, [True] * 5)
    assert found.resampled == Estimate(0.0, 0.0, 0.0)
    assert found.difference.low < -0.3
    assert found.difference.high > 0.3
    assert found.p == 1.0


def test_signs_flipped_at_random_tell_a_mean_from_none() -> None:
    """Five differences all above nothing: two of the 32 patterns of signs reach as far, p = .0625."""
    assert statistics.sign_flip([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2 / 32, abs=0.015)
    assert statistics.sign_flip([1.0, -1.0, 2.0, -2.0]) == 1.0
    assert statistics.sign_flip([0.0, 0.0]) == 1.0
    assert statistics.sign_flip([latent(s) for s in range(1, 60)]) == 1 / (1 + statistics.RESAMPLES)


def test_few_values_leave_more_open() -> None:
    """Hesterberg's expansion: the mean of ten normal values is covered as Student's interval covers it."""
    dice = [Dice(k) for k in range(REPEATS)]
    found = [statistics.mean([d.normal("value", str(i)) for i in range(10)]) for d in dice]
    assert 0.92 <= sum(e.low <= 0.0 <= e.high for e in found) / REPEATS <= 0.98


def test_a_crossed_share_of_nothing_is_as_sure_as_its_fewer_side() -> None:
    assert statistics.crossed_share(np.zeros((40, 5))) == statistics.share(0, 5)
    assert statistics.crossed_share(np.ones((4, 50))) == statistics.share(4, 4)
    some = np.arange(20).reshape(4, 5) % 2
    assert statistics.crossed_share(some) == statistics.crossed_mean(some)


def test_a_curve_that_falls_to_nothing_or_never_falls_still_has_a_width() -> None:
    fell = statistics.survival([5, 5, 5], [True] * 3)
    assert fell.at(5) == Estimate(0.0, 0.0, statistics.share(0, 3).high)
    stayed = statistics.survival([9, 9, 9], [False] * 3)
    assert stayed.at(9) == Estimate(1.0, statistics.share(3, 3).low, 1.0)
    assert stayed.median() is None
    assert statistics.log_rank(([9], [False]), ([9], [False])) == (0.0, 1.0)
    assert statistics.log_rank(([5, 5], [True] * 2), ([5, 5], [True] * 2)) == (0.0, 1.0)


def test_the_same_runs_give_the_same_interval_and_another_seed_another() -> None:
    values = [latent(s) for s in range(40)]
    assert statistics.mean(values) == statistics.mean(values)
    assert statistics.mean(values, seed=2) != statistics.mean(values)
    assert sorted(np.unique(statistics.resamples(7))) == list(range(7))


@pytest.mark.parametrize(
    "asked",
    [
        lambda: statistics.share(3, 2),
        lambda: statistics.share(0, 0),
        lambda: statistics.runs_for(0.0),
        lambda: statistics.runs_for(0.1, 1.5),
        lambda: statistics.pairs_for(0.3, 0.2),
        lambda: statistics.pairs([True], [True, False]),
        lambda: statistics.pairs([], []),
        lambda: statistics.mean([]),
        lambda: statistics.sign_flip([]),
        lambda: statistics.crossed_mean([]),
        lambda: statistics.survival([], []),
        lambda: statistics.survival([1.0], [True, False]),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        asked()
