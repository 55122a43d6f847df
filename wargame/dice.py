"""All chance: a counter-based hash of (seed, purpose, subject, ordinal).

A draw depends on its key alone, never on how many draws came before it: adding a roll changes no other roll, and
two variants of a scenario share their luck wherever they do the same thing (common random numbers).
The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014) applied once per key part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wargame import exact

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@lru_cache(maxsize=65536)
def key(text: str) -> np.uint64:
    """64-bit key of a name (BLAKE2b)."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def keys(names: Sequence[str]) -> NDArray[np.uint64]:
    """Keys of several names, in order."""
    return np.array([key(n) for n in names], dtype=np.uint64)


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = x + _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


@lru_cache(maxsize=1024)
def _base(seed: int, purpose: str) -> NDArray[np.uint64]:
    return _mix(np.array([np.uint64(seed & 0xFFFFFFFFFFFFFFFF) ^ key(purpose)], dtype=np.uint64))


# The same for one draw, in Python's own integers.
_WORD = 0xFFFFFFFFFFFFFFFF


def _mix1(x: int) -> int:
    x = (x + 0x9E3779B97F4A7C15) & _WORD
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _WORD
    return x ^ (x >> 31)


@lru_cache(maxsize=1024)
def _base1(seed: int, purpose: str) -> int:
    return _mix1((seed & _WORD) ^ _key1(purpose))


@lru_cache(maxsize=65536)
def _key1(text: str) -> int:
    return int(key(text))


@dataclass(frozen=True)
class Dice:
    """The luck of one run.

    ``typed`` holds dice an umpire rolled by hand: (purpose, subject, ordinal) -> a number in [0, 1).
    """

    seed: int
    typed: Mapping[tuple[str, str, int], float] = field(default_factory=dict)

    def uniforms(
        self, purpose: str, subjects: NDArray[np.uint64], ordinals: NDArray[np.integer] | int
    ) -> NDArray[np.float64]:
        """Uniform draws in (0, 1), one per subject key; ``ordinals`` is a number or one per subject.

        An umpire's typed die of the same key comes first.
        """
        mixed = _mix(_mix(_base(self.seed, purpose) ^ subjects) ^ np.asarray(ordinals).astype(np.uint64))
        # 52 bits and a half, so that every step is exact and neither 0 nor 1 can come out.
        draws = ((mixed >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        for (typed_purpose, subject, ordinal), value in self.typed.items():
            if typed_purpose == purpose:
                draws[(subjects == key(subject)) & (np.asarray(ordinals) == ordinal)] = value
        return draws

    def normals(
        self, purpose: str, subjects: NDArray[np.uint64], ordinals: NDArray[np.integer] | int
    ) -> NDArray[np.float64]:
        """Standard normal draws, keyed like `uniforms`."""
        return exact.normal_quantile(self.uniforms(purpose, subjects, ordinals))

    def uniform(self, purpose: str, subject: str, ordinal: int = 0) -> float:
        """One uniform draw in (0, 1), keyed like `uniforms`."""
        if (typed := self.typed.get((purpose, subject, ordinal))) is not None:
            return typed
        mixed = _mix1(_mix1(_base1(self.seed, purpose) ^ _key1(subject)) ^ (int(ordinal) & _WORD))
        return ((mixed >> 12) + 0.5) * 2.0**-52

    def normal(self, purpose: str, subject: str, ordinal: int = 0) -> float:
        """One standard normal draw, keyed like `uniform`."""
        return exact.normal_quantile1(self.uniform(purpose, subject, ordinal))
