"""Elementary functions with the same bits on every processor: how right they are, and that the bits are the same.

Expectations come from Python's `math` and `statistics`, which numpy has no part in.
"""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy._core import _multiarray_umath as machine

from wargame import exact

RELATIVE_ERROR = 4e-15  # the promise in the module's docstring
NORMAL_ERROR = 1.2e-9  # Acklam's bound, relative


def close(result: object, expected: float, relative: float = RELATIVE_ERROR) -> bool:
    return math.isclose(float(np.asarray(result)), expected, rel_tol=relative, abs_tol=0.0)


@given(st.floats(-700, 700))
def test_exp_agrees_with_math(x: float) -> None:
    assert close(exact.exp(x), math.exp(x))


@given(st.floats(1e-300, 1e300))
def test_log_agrees_with_math(x: float) -> None:
    assert close(exact.log(x), math.log(x))


@given(st.floats(0.5, 2.0))
def test_log_keeps_its_precision_next_to_one(x: float) -> None:
    assert close(exact.log(x), math.log(x))


@given(st.floats(1e-3, 1e3), st.floats(-3.0, 3.0))
def test_power_agrees_with_math_on_the_ranges_rules_use(base: float, exponent: float) -> None:
    assert close(exact.power(base, exponent), base**exponent, 2e-14)  # the error of the exponent is magnified by it


@given(st.floats(-1e6, 1e6))
def test_logistic_lies_between_0_and_1_and_agrees_with_math(x: float) -> None:
    p = float(exact.logistic(x))
    assert 0.0 <= p <= 1.0
    assert close(p, 1.0 / (1.0 + math.exp(-max(min(x, 500.0), -500.0))))


@given(st.floats(-30, 30))
def test_logistic_of_a_number_and_its_negative_sum_to_1(x: float) -> None:
    assert close(exact.logistic(x) + exact.logistic(-x), 1.0)


@given(st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile_agrees_with_the_standard_library(p: float) -> None:
    expected = NormalDist().inv_cdf(p)
    assert math.isclose(float(exact.normal_quantile(p)), expected, rel_tol=NORMAL_ERROR, abs_tol=NORMAL_ERROR)


@given(st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=50))
def test_normal_quantile_rises(values: list[float]) -> None:
    z = exact.normal_quantile(np.sort(np.array(values)))
    assert (np.diff(z) >= -NORMAL_ERROR).all()


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (exact.exp(0.0), 1.0),
        (exact.log(1.0), 0.0),
        (exact.power(7.0, 0.0), 1.0),
        (exact.logistic(0.0), 0.5),
        (exact.normal_quantile(0.5), 0.0),
    ],
)
def test_round_values_are_exact(result: np.ndarray, expected: float) -> None:
    assert float(result) == expected


def test_arrays_keep_their_shape_and_each_element_its_own_value() -> None:
    x = np.linspace(0.1, 5.0, 24).reshape(2, 3, 4)
    for function in (exact.exp, exact.log, exact.logistic, lambda v: exact.power(v, 0.4)):
        whole = function(x)
        assert whole.shape == x.shape
        assert whole.dtype == np.float64
        assert whole[1, 2, 3] == function(x[1, 2, 3])


SMALL = st.floats(-1e-9, 1e-9)


@given(st.one_of(st.floats(-700, 700), SMALL))
def test_exp_of_one_number_has_the_bits_of_an_array(x: float) -> None:
    assert exact.exp1(x).hex() == float(exact.exp(np.array([x]))[0]).hex()


@given(st.one_of(st.floats(1e-300, 1e300), st.floats(0.5, 2.0)))
def test_log_of_one_number_has_the_bits_of_an_array(x: float) -> None:
    assert exact.log1(x).hex() == float(exact.log(np.array([x]))[0]).hex()


@given(st.floats(1e-3, 1e3), st.floats(-3.0, 3.0))
def test_power_of_one_number_has_the_bits_of_an_array(base: float, exponent: float) -> None:
    assert exact.power1(base, exponent).hex() == float(exact.power(np.array([base]), np.array([exponent]))[0]).hex()


@given(st.one_of(st.floats(-1e6, 1e6), st.floats(-40.0, 40.0), SMALL))
def test_logistic_of_one_number_has_the_bits_of_an_array(x: float) -> None:
    assert exact.logistic1(x).hex() == float(exact.logistic(np.array([x]))[0]).hex()


@given(st.one_of(st.floats(1e-12, 1 - 1e-12), st.floats(1e-12, 0.05)))
def test_normal_quantile_of_one_number_has_the_bits_of_an_array(p: float) -> None:
    assert exact.normal_quantile1(p).hex() == float(exact.normal_quantile(np.array([p]))[0]).hex()


def digest() -> str:
    """Hash of the bytes of every function over wide, odd-sized grids (vector loops and their remainders)."""
    x = np.linspace(-40.0, 40.0, 100_003)
    p = (np.arange(100_003) + 0.5) / 100_003
    results = [exact.exp(x), exact.log(p), exact.power(p, x / 40.0), exact.logistic(x), exact.normal_quantile(p)]
    return hashlib.blake2b(b"".join(r.tobytes() for r in results)).hexdigest()


def digest_elsewhere(**environment: str) -> str:
    """`digest` in a fresh process under other settings."""
    code = "from tests.test_exact import digest; print(digest())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def vector_features() -> list[str]:
    """The processor features numpy would choose its loops by on this machine, best last."""
    return [f for f in machine.__cpu_dispatch__ if machine.__cpu_features__[f]]


def test_the_bits_do_not_depend_on_vector_instructions() -> None:
    features = vector_features()
    if not features:
        pytest.skip("this processor has none of the instructions numpy dispatches on")
    here = digest()
    for kept in range(len(features)):
        assert digest_elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(features[kept:])) == here, features[kept:]


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_bits_do_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    assert digest_elsewhere(PYTHONHASHSEED=hash_seed) == digest()
