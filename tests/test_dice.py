"""All chance: uniform, keyed, independent of order, and open to dice rolled by hand."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wargame.dice import Dice, key, keys

NAMES = [f"engagement_{i}" for i in range(20_000)]
SUBJECTS = keys(NAMES)


@pytest.mark.parametrize("seed", [0, 1, 2**63])
@pytest.mark.parametrize("cells", [7, 64, 1000])
def test_draws_are_uniform(seed: int, cells: int) -> None:
    draws = Dice(seed).uniforms("combat", SUBJECTS, 0)
    counts = np.bincount((draws * cells).astype(int), minlength=cells)
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("vary", ["subject", "ordinal", "seed", "purpose"])
def test_draws_of_neighbouring_keys_are_independent(vary: str) -> None:
    """Pairs of consecutive draws fill a 16 x 16 board evenly, whichever part of the key counts up."""
    n = 8_000
    draws = {
        "subject": lambda: Dice(5).uniforms("combat", keys([f"p{i}" for i in range(n)]), 0),
        "ordinal": lambda: Dice(5).uniforms("combat", np.repeat(keys(["lodz"]), n), np.arange(n)),
        "seed": lambda: np.array([Dice(s).uniform("combat", "lodz") for s in range(n)]),
        "purpose": lambda: np.array([Dice(5).uniform(f"purpose{i}", "lodz") for i in range(n)]),
    }[vary]()
    cell = (draws[0::2] * 16).astype(int) * 16 + (draws[1::2] * 16).astype(int)
    assert stats.chisquare(np.bincount(cell, minlength=256)).pvalue > 1e-3


def test_normals_are_standard_normal() -> None:
    draws = Dice(3).normals("combat", SUBJECTS, 0)
    assert stats.kstest(draws, "norm").pvalue > 1e-3


def test_two_purposes_are_uncorrelated() -> None:
    dice = Dice(11)
    a, b = dice.normals("attacker", SUBJECTS, 0), dice.normals("defender", SUBJECTS, 0)
    assert abs(np.corrcoef(a, b)[0, 1]) < 4.0 / len(NAMES) ** 0.5


@given(st.integers(0, 2**64 - 1), st.permutations(NAMES[:12]), st.integers(0, 9))
def test_a_draw_belongs_to_its_key_whatever_the_order(seed: int, names: list[str], ordinal: int) -> None:
    dice = Dice(seed)
    together = dict(zip(names, dice.uniforms("combat", keys(names), ordinal).tolist(), strict=True))
    assert together == {n: dice.uniform("combat", n, ordinal) for n in sorted(names)}


@given(st.lists(st.sampled_from(NAMES[:50]), unique=True), st.sampled_from(NAMES[50:]))
def test_adding_a_roll_changes_no_other(names: list[str], newcomer: str) -> None:
    dice = Dice(4)
    before = dice.uniforms("combat", keys(names), 1)
    dice.uniform("combat", newcomer, 1)
    after = dice.uniforms("combat", keys([newcomer, *names]), 1)
    assert after[1:].tolist() == before.tolist()


def test_every_part_of_the_key_changes_the_draw() -> None:
    draws = [
        Dice(seed).uniform(purpose, subject, ordinal)
        for seed, purpose, subject, ordinal in itertools.product([1, 2], ["a", "b"], ["x", "y"], [0, 1])
    ]
    assert len(set(draws)) == 16


@given(st.integers(0, 2**64 - 1), st.text(max_size=8), st.text(max_size=8), st.integers(0, 10**6))
def test_no_draw_is_0_or_1(seed: int, purpose: str, subject: str, ordinal: int) -> None:
    assert 0.0 < Dice(seed).uniform(purpose, subject, ordinal) < 1.0


def test_the_largest_and_smallest_mixed_numbers_stay_inside_0_and_1(monkeypatch: pytest.MonkeyPatch) -> None:
    for extreme in (0, 2**64 - 1):
        monkeypatch.setattr("wargame.dice._mix", lambda x, e=extreme: np.full(np.shape(x), e, dtype=np.uint64))
        assert 0.0 < Dice(1).uniform("combat", "lodz") < 1.0


def test_ordinals_may_differ_by_subject() -> None:
    dice = Dice(9)
    draws = dice.uniforms("combat", keys(["lodz", "lida"]), np.array([3, 5]))
    assert draws.tolist() == [dice.uniform("combat", "lodz", 3), dice.uniform("combat", "lida", 5)]


def test_typed_dice_replace_the_draw_of_their_key_alone() -> None:
    free, typed = Dice(6), Dice(6, typed={("combat", "lodz", 0): 0.25})
    assert typed.uniform("combat", "lodz") == 0.25
    assert typed.normal("combat", "lodz") == pytest.approx(-0.6744897501960817, abs=1e-9)
    assert typed.uniforms("combat", keys(["lida", "lodz"]), 0).tolist() == [free.uniform("combat", "lida"), 0.25]
    assert typed.uniforms("combat", keys(["lodz", "lodz"]), np.array([0, 1]))[1] == free.uniform("combat", "lodz", 1)
    assert typed.uniform("weather", "lodz") == free.uniform("weather", "lodz")


def test_no_subjects_no_draws() -> None:
    assert Dice(1).uniforms("combat", keys([]), 0).shape == (0,)


def by_hand(seed: int, purpose: str, subject: str, ordinal: int) -> float:
    """The draw in whole numbers only, without numpy."""
    mask = 2**64 - 1

    def name(text: str) -> int:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")

    def mix(x: int) -> int:
        x = (x + 0x9E3779B97F4A7C15) & mask
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
        return x ^ (x >> 31)

    mixed = mix(mix(mix((seed & mask) ^ name(purpose)) ^ name(subject)) ^ ordinal)
    return (2 * (mixed >> 12) + 1) / 2**53


@given(st.integers(0, 2**64 - 1), st.text(max_size=8), st.text(max_size=8), st.integers(0, 10**6))
def test_the_vectorised_hash_is_the_one_computed_by_hand(seed: int, purpose: str, subject: str, ordinal: int) -> None:
    assert Dice(seed).uniform(purpose, subject, ordinal) == by_hand(seed, purpose, subject, ordinal)


def test_some_draws_as_they_will_always_be() -> None:
    """A change of these numbers changes every published run: that is BREAKING in the changelog."""
    dice = Dice(7)
    assert int(key("lodz")) == 10_776_663_727_002_629_393
    assert dice.uniform("combat", "lodz") == 0.6819363088660083
    assert dice.normals("combat", keys(["lodz", "lida"]), 2).tolist() == [-0.5980612009703327, -1.8265832344055764]


@pytest.mark.parametrize("hash_seed", ["0", "1", "12345"])
def test_draws_do_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    code = "from wargame.dice import *; print(Dice(7).normals('combat', keys(['lodz', 'lida']), 2).tolist())"
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(Dice(7).normals("combat", keys(["lodz", "lida"]), 2).tolist())
