"""Neighbours on the map can be told apart, by readers who see colours and by readers who mix up red and green."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wargame.atlas import NOBODY, Atlas
from wargame.cli.runs import hour_after
from wargame.load.maps import load_atlas
from wargame.show import style

DATES = ("1930-01-01", "1938-10-15", "1938-11-10", "1939-04-10", "1939-10-30", "1940-09-15", "1941-06-21", "1945-08-31")
EYES = {
    "all colours": ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], 5.0),
    "no green": ([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]], 3.5),
    "no red": ([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]], 3.5),
}
"""Matrices on linear light of Machado, Oliveira and Fernandes (2009), severity 1, and the least distance wanted."""


def seen(colour: str, eyes: list[list[float]]) -> np.ndarray:
    """A colour as these eyes see it: lightness and two hues on a scale of 100 (OKLab, Ottosson 2020)."""
    light = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in style.rgb(colour)])
    cones = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    signals = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    return 100 * signals @ np.cbrt(cones @ np.clip(np.array(eyes) @ light, 0, 1))


def apart(a: str, b: str, eyes: list[list[float]]) -> float:
    return float(np.linalg.norm(seen(a, eyes) - seen(b, eyes)))


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas("europe")


@pytest.fixture(scope="module")
def neighbours(atlas: Atlas) -> set[tuple[str, str]]:
    """Powers that have a border with each other on one of the dates."""
    found = set()
    for date in DATES:
        owner = atlas.owners_on(hour_after(date) - 1)
        pairs = np.column_stack([owner[atlas.borders.a], owner[atlas.borders.b]])
        pairs = np.unique(np.sort(pairs[(pairs != NOBODY).all(axis=1)], axis=1), axis=0)
        found |= {(atlas.powers[a], atlas.powers[b]) for a, b in pairs.tolist() if a != b}
    return found


@pytest.mark.parametrize("eyes", EYES)
def test_neighbours_differ(eyes: str, atlas: Atlas, neighbours: set[tuple[str, str]]) -> None:
    matrix, least = EYES[eyes]
    tint = {p: style.land_tint(c) for p, c in atlas.colours.items()}
    found = {f"{a}-{b}": round(apart(tint[a], tint[b], matrix), 1) for a, b in sorted(neighbours)}
    assert {pair: d for pair, d in found.items() if d < least} == {}


def test_no_shore_looks_like_the_sea(atlas: Atlas) -> None:
    inland = {"AUT", "CZE", "HUN", "LUX", "SAA", "SRB", "SUI", "SVK", "TRJ"}
    normal = EYES["all colours"][0]
    tint = {p: style.land_tint(c) for p, c in atlas.colours.items() if p not in inland}
    found = {p: round(apart(c, style.WATER, normal), 1) for p, c in tint.items()}
    assert {p: d for p, d in found.items() if d < 4.5} == {}


def test_states_of_one_map_differ(atlas: Atlas) -> None:
    core = ("BEL", "BUL", "CZE", "DEN", "FRA", "GER", "GRE", "HUN", "ITA", "LAT", "LIT", "LUX", "NED", "POL", "ROM")
    core += ("SOV", "TUR", "YUG")
    tint = {p: style.land_tint(atlas.colours[p]) for p in core}
    normal = EYES["all colours"][0]
    close = {(a, b): round(apart(tint[a], tint[b], normal), 1) for a, b in itertools.combinations(core, 2)}
    assert {pair: d for pair, d in close.items() if d < 2.5} == {}
