"""The fixed map, on three provinces in a row."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import BLU, GRN, HOUR, MIDDLE, RED, SOUTH_EAST, WEST, floats, ints, toy_atlas
from wargame import dates
from wargame.atlas import NOBODY, Atlas, Borders
from wargame.errors import UsageError


def test_provinces_are_found_by_id() -> None:
    atlas = toy_atlas()
    assert len(atlas) == 3
    assert [atlas.province(p) for p in ("middle", "south_east", "west")] == [MIDDLE, SOUTH_EAST, WEST]
    assert atlas.power_number == {"BLU": BLU, "GRN": GRN, "RED": RED}


def test_a_misspelt_province_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="no province 'midle' on map 'toy'; did you mean 'middle'"):
        toy_atlas().province("midle")


def test_a_province_like_no_other_has_no_suggestion() -> None:
    with pytest.raises(UsageError, match=r"no province 'xyz' on map 'toy'$"):
        toy_atlas().province("xyz")


@pytest.mark.parametrize(
    ("date", "owners"),
    [
        ("1939-09-01", [BLU, BLU, RED]),
        ("1939-12-31T23", [BLU, BLU, RED]),
        ("1940-01-01", [BLU, BLU, GRN]),
        ("1923-01-01", [NOBODY, NOBODY, NOBODY]),
    ],
)
def test_owners_follow_the_zones_by_date(date: str, owners: list[int]) -> None:
    assert toy_atlas().owners_on(dates.parse(date)).tolist() == owners


def test_an_owner_who_is_no_power_of_the_map_is_nobody() -> None:
    atlas = dataclasses.replace(toy_atlas(), zone_owners=(((0, "XXX"),), ((0, "RED"),)))
    assert atlas.owners_on(HOUR).tolist() == [NOBODY, NOBODY, RED]


def test_neighbours_and_their_borders() -> None:
    atlas = toy_atlas()
    assert atlas.neighbours.tolist() == [[SOUTH_EAST, WEST], [MIDDLE, -1], [MIDDLE, -1]]
    assert atlas.border_index.tolist() == [[0, 1], [0, -1], [1, -1]]
    assert atlas.neighbour_km.tolist() == [[60.0, 40.0], [60.0, np.inf], [40.0, np.inf]]
    assert atlas.border_of == {(0, 1): 0, (1, 0): 0, (0, 2): 1, (2, 0): 1}


def test_a_map_without_borders_has_no_neighbours() -> None:
    none = Borders(ints(), ints(), floats(), floats(), (), floats(), ints(), np.array([], dtype=bool))
    atlas = dataclasses.replace(toy_atlas(), borders=none)
    assert (atlas.neighbours == -1).all()
    assert np.isinf(atlas.neighbour_km).all()
    assert atlas.distance_to((WEST,)).tolist() == [np.inf, np.inf, 0.0]


def test_distances_are_to_the_nearest_of_several_provinces() -> None:
    atlas = toy_atlas()
    assert atlas.distance_to((WEST,)).tolist() == [40.0, 100.0, 0.0]
    assert atlas.distance_to((WEST, SOUTH_EAST)).tolist() == [40.0, 0.0, 0.0]
    assert atlas.distance_to((WEST,)) is atlas.distance_to((WEST,))  # worked out once


def test_two_atlases_do_not_share_distances() -> None:
    near = toy_atlas()
    far = dataclasses.replace(near, borders=dataclasses.replace(near.borders, distance_km=floats(600.0, 400.0)))
    assert near.distance_to((WEST,))[MIDDLE] == 40.0
    assert far.distance_to((WEST,))[MIDDLE] == 400.0


@pytest.mark.parametrize(
    ("province", "attackers_from", "date", "strength"),
    [
        (MIDDLE, WEST, "1939-09-01", 0.4),  # against the works
        (MIDDLE, SOUTH_EAST, "1939-09-01", 0.1),  # from behind: only the old ring
        (MIDDLE, WEST, "1935-12-31", 0.1),  # not built yet
        (MIDDLE, WEST, "1936-01-01", 0.4),
        (MIDDLE, WEST, "1946-01-01", 0.0),  # both razed
        (WEST, MIDDLE, "1939-09-01", 0.0),  # no works at all
    ],
)
def test_the_strongest_works_facing_the_attack_count(
    province: int, attackers_from: int, date: str, strength: float
) -> None:
    assert toy_atlas().fort_strength(province, attackers_from, dates.parse(date)) == strength


@st.composite
def random_atlases(draw: st.DrawFn) -> Atlas:
    """Toy atlases of up to eight provinces with arbitrary borders."""
    n = draw(st.integers(1, 8))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    chosen = sorted(draw(st.sets(st.sampled_from(pairs)))) if pairs else []
    km = draw(st.lists(st.floats(1.0, 300.0), min_size=len(chosen), max_size=len(chosen)))
    none = np.zeros(len(chosen))
    borders = Borders(
        a=ints(*(a for a, _ in chosen)),
        b=ints(*(b for _, b in chosen)),
        shared_km=none,
        distance_km=floats(*km),
        river=("",) * len(chosen),
        river_share=none,
        crossing=none.astype(np.int64),
        strait=none.astype(bool),
    )
    return dataclasses.replace(toy_atlas(), ids=tuple(f"p{i}" for i in range(n)), borders=borders)


@given(random_atlases())
def test_neighbourhood_is_mutual_and_agrees_with_the_borders(atlas: Atlas) -> None:
    edges = {(p, q) for p, row in enumerate(atlas.neighbours.tolist()) for q in row if q >= 0}
    assert edges == set(atlas.border_of)
    assert edges == {(q, p) for p, q in edges}


@given(random_atlases())
def test_distances_agree_with_a_slow_search(atlas: Atlas) -> None:
    """Bellman-Ford by hand against the fast graph search."""
    slow = [np.inf] * len(atlas)
    slow[0] = 0.0
    for _ in range(len(atlas)):
        for (a, b), k in atlas.border_of.items():
            slow[b] = min(slow[b], slow[a] + atlas.borders.distance_km[k])
    assert atlas.distance_to((0,)).tolist() == pytest.approx(slow)
