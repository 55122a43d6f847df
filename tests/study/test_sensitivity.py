"""What an answer hinges on: SALib against Ishigami's function, bars, bands, and a verdict whose cause is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from wargame.dice import Dice
from wargame.study import sensitivity
from wargame.study.statistics import share

NAMES = ("x1", "x2", "x3")
A, B = 7.0, 0.1
PROBLEM: dict[str, Any] = {"num_vars": 3, "names": list(NAMES), "bounds": [[0.0, 1.0]] * 3}


def ishigami(places: np.ndarray) -> np.ndarray:
    x = (2 * places - 1) * np.pi
    return np.asarray(np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0]))


def analytical() -> dict[str, tuple[float, float]]:
    """First-order and total indices (Ishigami and Homma 1990; Sobol and Levitan 1999)."""
    v1, v2, v13 = (1 + B * np.pi**4 / 5) ** 2 / 2, A**2 / 8, B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    return {"x1": (v1 / v, (v1 + v13) / v), "x2": (v2 / v, v2 / v), "x3": (0.0, v13 / v)}


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_indices_are_ishigami_s(second_order: bool) -> None:
    from SALib.sample import sobol

    places = sobol.sample(PROBLEM, 2048, calc_second_order=second_order, seed=1)
    found = sensitivity.sobol(NAMES, ishigami(places), second_order=second_order)
    assert [i.factor for i in found] == ["x1", "x2", "x3"]
    for i in found:
        first, total = analytical()[i.factor]
        assert i.first.value == pytest.approx(first, abs=0.03)
        assert i.total.value == pytest.approx(total, abs=0.03)
        assert i.first.low <= first <= i.first.high
        assert i.total.low <= total <= i.total.high


def test_a_study_cut_short_is_analysed_by_its_whole_blocks() -> None:
    from SALib.sample import sobol

    places = sobol.sample(PROBLEM, 64, calc_second_order=False, seed=1)
    whole = sensitivity.sobol(NAMES, ishigami(places)[: 60 * 5])
    assert sensitivity.sobol(NAMES, ishigami(places)[: 60 * 5 + 3]) == whole
    with pytest.raises(ValueError, match="at least 10 cells"):
        sensitivity.sobol(NAMES, np.zeros(9))


def test_what_never_varies_has_no_indices() -> None:
    assert {i.total.value for i in sensitivity.sobol(NAMES, np.ones(20))} == {0.0}


def test_morris_finds_the_size_and_the_bend_of_ishigami_s_effects() -> None:
    """The effect of x2 over a step of two levels is 7.875 everywhere on a grid of four; x1 and x3 act together."""
    from SALib.sample import morris

    places = morris.sample(PROBLEM, 100, seed=1)
    found = {e.factor: e for e in sensitivity.morris(NAMES, places, ishigami(places))}
    assert found["x2"].effect.value == pytest.approx(7.875)
    assert found["x2"].effect.width == pytest.approx(0.0, abs=1e-9)
    assert found["x3"].bent > found["x3"].effect.value
    cut = sensitivity.morris(NAMES, places[:43], ishigami(places[:43]))
    assert cut == sensitivity.morris(NAMES, places[:40], ishigami(places[:40]))
    with pytest.raises(ValueError, match="at least 8 cells"):
        sensitivity.morris(NAMES, places[:7], ishigami(places[:7]))


def draws(count: int, name: str) -> np.ndarray:
    return np.array([Dice(k).uniform(name, "x") for k in range(count)])


def test_a_bar_is_the_difference_on_the_same_seeds() -> None:
    u = draws(400, "luck")
    low, high = (u < 0.2)[None, :], (u < 0.7)[None, :]
    found = sensitivity.bar("bloc", ("none", "firm"), low, high)
    assert found.difference.value == pytest.approx(high.mean() - low.mean())
    assert found.difference.low <= 0.5 <= found.difference.high
    assert found.difference.width < found.low.width + found.high.width
    none = sensitivity.bar("chaff", ("a", "b"), low, low)
    assert [b.factor for b in sensitivity.tornado([none, found])] == ["bloc", "chaff"]
    with pytest.raises(ValueError, match="same seeds"):
        sensitivity.bar("bloc", ("none", "firm"), low, high[:, :5])


def test_drawn_cells_leave_more_open_than_fixed_ones() -> None:
    u, p = draws(60, "luck"), draws(8, "cells")
    low, high = u[None, :] < 0.5 * p[:, None], u[None, :] < 0.5 + 0.5 * p[:, None]
    fixed = sensitivity.bar("x", ("low", "high"), low, high)
    drawn = sensitivity.bar("x", ("low", "high"), low, high, drawn=True)
    assert drawn.difference.value == pytest.approx(fixed.difference.value)
    assert drawn.difference.width > fixed.difference.width


def test_what_never_varies_still_has_a_width() -> None:
    never, always = np.zeros((6, 20)), np.ones((6, 20))
    fixed = sensitivity.bar("x", ("low", "high"), never, always)
    assert (fixed.low, fixed.high) == (share(0, 20), share(20, 20))
    assert fixed.difference.low < 0.9
    drawn = sensitivity.bar("x", ("low", "high"), never, never, drawn=True)
    assert drawn.low == share(0, 6)
    assert drawn.difference.low < -0.1 < 0.1 < drawn.difference.high


def test_a_band_covers_every_run_once() -> None:
    x = np.array([0.3, 0.49, 0.5, 1.0, 2.0, 5.0])
    found = sensitivity.band(x, x >= 1.0, (0.3, 0.5, 1.0, 1.5, 2.0))
    assert [(s.begins, s.ends, s.runs, s.share.value) for s in found] == [
        (0.3, 0.5, 2, 0.0),
        (0.5, 1.0, 1, 0.0),
        (1.0, 1.5, 1, 1.0),
        (1.5, 2.0, 1, 1.0),
    ]


def verdict(bloc: str, fear: float, luck: float) -> bool:
    """Launched unless the bloc is firm, or half-hearted and a long war feared; with some luck against it."""
    prevented = bloc == "firm" or (bloc == "paper" and fear > 1.0)
    return prevented == (luck < 0.05)


def study() -> tuple[dict[str, list[Any]], list[bool], list[int]]:
    columns: dict[str, list[Any]] = {"bloc": [], "fear": [], "chaff": []}
    launched, seeds = [], []
    for seed in range(200):
        dice = Dice(seed)
        for k, bloc in enumerate(("none", "paper", "firm")):
            fear = 0.3 + 1.7 * dice.uniform("fear", str(k))
            for name, value in (("bloc", bloc), ("fear", fear), ("chaff", dice.uniform("chaff", str(k)))):
                columns[name].append(value)
            launched.append(verdict(bloc, fear, dice.uniform("luck", str(k))))
            seeds.append(seed)
    return columns, launched, seeds


def test_the_tree_finds_what_flips_the_verdict() -> None:
    columns, launched, seeds = study()
    found = sensitivity.what_flips(columns, launched, seeds)
    assert found.explains
    assert found.right == pytest.approx(0.95, abs=0.02)
    assert all(abs(leaf.share.value - 0.5) > 0.35 for leaf in found.leaves)
    asked = [c for leaf in found.leaves for c in leaf.conditions]
    assert {c.split()[0] for c in asked} == {"bloc", "fear"}
    assert all(0.9 < float(c.split()[-1]) < 1.1 for c in asked if c.startswith("fear"))
    free = [leaf for leaf in found.leaves if "bloc is none" in leaf.conditions]
    assert free
    assert all(leaf.share.value > 0.85 for leaf in free)
    assert sum(leaf.runs for leaf in found.leaves) == len(launched)
    for leaf in found.leaves:
        assert leaf.share.low <= leaf.share.value <= leaf.share.high
        assert leaf.share.width > 0


def test_the_odds_know_cause_from_chaff() -> None:
    columns, launched, seeds = study()
    found = {o.what: o.ratio for o in sensitivity.what_flips(columns, launched, seeds).odds}
    firm = found["bloc: firm against none"]
    assert firm.high < 0.1
    chaff = next(r for what, r in found.items() if what.startswith("chaff"))
    assert chaff.low < 1.0 < chaff.high
    assert all(math.isfinite(r.high) for r in found.values())


def test_what_luck_decides_alone_is_not_explained() -> None:
    columns, _, seeds = study()
    found = sensitivity.what_flips({"chaff": columns["chaff"]}, [s % 3 == 0 for s in seeds], seeds)
    assert not found.explains


def test_what_goes_with_a_seed_by_chance_is_not_made_a_cause_by_repeating_it() -> None:
    """Each seed stands in six cells that come out alike: six copies of 40 runs are 40 runs and no more."""
    seeds = [s for s in range(40) for _ in range(6)]
    explained = 0
    for k in range(20):
        luck = np.array([Dice(k).uniform("luck", str(s)) < 0.5 for s in seeds])
        chaff = np.array([Dice(k).uniform("chaff", str(s)) for s in seeds])
        explained += sensitivity._tried(chaff[:, None], luck, np.array(seeds))[0] > 0
    assert explained <= 2
    copies = sensitivity._by_seeds(luck, np.array(seeds))
    assert copies.width > 2 * sensitivity._by_seeds(luck, np.arange(len(luck))).width


def test_few_runs_of_the_rarer_kind_give_no_odds() -> None:
    columns, _, seeds = study()
    assert sensitivity.what_flips(columns, [s < 8 for s in seeds], seeds).odds == ()


def test_nothing_to_flip_is_said() -> None:
    columns, launched, seeds = study()
    with pytest.raises(ValueError, match="came out alike"):
        sensitivity.what_flips(columns, [True] * len(seeds), seeds)
    with pytest.raises(ValueError, match="no factor varies"):
        sensitivity.what_flips({"bloc": ["none"] * len(seeds)}, launched, seeds)


def test_the_same_study_says_the_same_again() -> None:
    columns, launched, seeds = study()
    assert sensitivity.what_flips(columns, launched, seeds) == sensitivity.what_flips(columns, launched, seeds)
