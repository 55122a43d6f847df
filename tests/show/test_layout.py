"""Where names and symbols go, and the lines under them."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.show.ground_for_tests import toy_ground, world_at_war
from tests.toy import MIDDLE, SOUTH_EAST, WEST, toy_atlas
from wargame.errors import UsageError
from wargame.show import labels, layers, style
from wargame.show.extents import extent_of, sides, theatre
from wargame.show.ground import COAST, Ground, project, smooth
from wargame.show.labels import Taken, place_beside, push_apart, text_size
from wargame.show.names import Towns
from wargame.show.sheet import Sheet, fit
from wargame.show.tokens import brief, gather, headquarters, on_the_map, places

TO_METRES = pyproj.Transformer.from_crs(4326, 3035, always_xy=True)
PAGE = (0.0, 0.0, 400.0, 300.0)


def overlaps(a: np.ndarray, b: np.ndarray) -> bool:
    return bool((np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) > 0.2).all())


@given(st.lists(st.tuples(st.floats(20, 380), st.floats(20, 280)), min_size=1, max_size=40))
def test_symbols_never_overlap_and_stay_on_the_page(homes: list[tuple[float, float]]) -> None:
    half = np.tile([9.0, 7.0], (len(homes), 1))
    at = push_apart(np.array(homes), half, PAGE, fixed=np.array([[190.0, 140.0, 230.0, 150.0]]))
    boxes = [*np.hstack([at - half, at + half]), np.array([190.0, 140.0, 230.0, 150.0])]
    assert not [(i, j) for i in range(len(boxes)) for j in range(i) if overlaps(boxes[i], boxes[j])]
    assert (at - half >= -0.01).all()
    assert (at + half <= np.array(PAGE[2:]) + 0.01).all()


def test_a_symbol_with_room_stays_at_home() -> None:
    home = np.array([[50.0, 50.0], [200.0, 200.0]])
    assert np.allclose(push_apart(home, np.full((2, 2), 8.0), PAGE), home, atol=0.01)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300), st.sampled_from(["Łódź", "Brześć", "Ź"])), max_size=30))
def test_names_never_overlap(towns: list[tuple[float, float, str]]) -> None:
    taken = Taken(PAGE)
    boxes = []
    for x, y, text in towns:
        name = place_beside(taken, text, x, y, 6.0, 2.0)
        if name is not None:
            boxes.append(taken.boxes[-1])
    assert not [(i, j) for i in range(len(boxes)) for j in range(i) if overlaps(boxes[i], boxes[j])]


def test_type_is_measured_in_proportion() -> None:
    width, height = text_size("Królewiec", 10.0)
    assert text_size("Królewiec", 20.0) == pytest.approx((2 * width, 2 * height))
    assert text_size("WWW", 10.0)[0] > text_size("iii", 10.0)[0]


@given(st.floats(-25, 60), st.floats(30, 72))
def test_the_projection_is_that_of_proj(lon: float, lat: float) -> None:
    x, y = TO_METRES.transform(lon, lat)
    assert np.allclose(project(lon, lat), [x, y], atol=0.01)


def test_arcs_are_the_borders_and_the_coasts() -> None:
    arcs = toy_ground().arcs
    inland = {(int(a), int(b)) for a, b in zip(arcs.left, arcs.right, strict=True) if b != COAST}
    assert inland == {(MIDDLE, SOUTH_EAST), (MIDDLE, WEST)}
    outline = shapely.union_all(toy_ground().provinces).length
    assert shapely.length(arcs.lines[arcs.right == COAST]).sum() == pytest.approx(outline)


def test_the_province_named_left_lies_on_the_left() -> None:
    ground = toy_ground()
    arcs = ground.arcs
    for line, left in zip(arcs.lines, arcs.left, strict=True):
        beside = shapely.offset_curve(line, 100.0).interpolate(0.5, normalized=True)
        assert ground.provinces[left].contains(beside)


def test_smoothing_keeps_the_ends_and_closed_lines_closed() -> None:
    line = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [2.0, 1.0]])
    assert (smooth(line)[[0, -1]] == line[[0, -1]]).all()
    ring = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert (smooth(ring)[0] == smooth(ring)[-1]).all()


def test_sides_follow_the_war_and_the_theatre_is_the_defenders_land() -> None:
    atlas, world = toy_atlas(), world_at_war()
    assert sides(world, atlas).tolist() == [1, 1, 0]
    assert theatre(world, atlas).tolist() == [True, True, False]


def test_extents_by_name_code_and_degrees() -> None:
    atlas, ground, world = toy_atlas(), toy_ground(), world_at_war()
    blue = extent_of("BLU", atlas, ground, world)
    assert blue == extent_of("theatre", atlas, ground, world)
    assert extent_of("red", atlas, ground, world)[2] < blue[2]
    red = np.where(np.arange(3) == 1, atlas.power_number["RED"], atlas.owners_on(0))
    assert extent_of("RED", atlas, ground, owner=red)[2] > extent_of("RED", atlas, ground)[2]
    west, south, east, north = extent_of((17.0, 51.0, 21.0, 53.0), atlas, ground)
    assert west < east
    assert south < north
    with pytest.raises(UsageError, match="write theatre"):
        extent_of("BLUE", atlas, ground, world)
    with pytest.raises(UsageError, match="west, south, east, north"):
        extent_of((21.0, 51.0, 17.0, 53.0), atlas, ground)


def test_fit_only_grows() -> None:
    assert fit((0, 0, 10, 10), 2.0) == (-5, 0, 15, 10)
    assert fit((0, 0, 10, 10), 0.5) == (0, -5, 10, 15)


def test_a_corps_is_one_symbol_at_the_centre_of_its_divisions() -> None:
    atlas, ground, world = toy_atlas(), toy_ground(), world_at_war()
    at = places(world, atlas, ground)
    tokens = gather(world, atlas, at, "corps")
    corps = next(t for t in tokens if t.label == "I")
    assert corps.rows == (2, 3)
    assert corps.men == 19_000
    assert corps.sidc[7] == "0"
    assert corps.at == pytest.approx(tuple(ground.hubs[WEST]))
    assert [t.rows for t in gather(world, atlas, at, "divisions")] == [(0,), (2,), (3,)]
    assert headquarters(world, atlas, at, "corps") == []


def test_a_formation_on_the_march_is_drawn_between_the_hubs() -> None:
    atlas, ground, world = toy_atlas(), toy_ground(), world_at_war()
    world.forces.heading[2], world.forces.progress_km[2] = MIDDLE, 20.0
    world.forces.heading[0], world.forces.progress_km[0] = SOUTH_EAST, 30.0
    at = places(world, atlas, ground)
    west, middle, east = ground.hubs[[WEST, MIDDLE, SOUTH_EAST]]
    assert at[0] == pytest.approx((middle + east) / 2)
    assert at[2] == pytest.approx(west + 0.25 * (middle - west)), "into enemy land: still on its own side of the line"


def test_the_dead_the_absent_and_the_neutral_are_not_on_the_map() -> None:
    atlas, world = toy_atlas(), world_at_war()
    assert on_the_map(world, atlas).tolist() == [True, False, True, True]
    world.forces.men[0] = 0
    world.forces.arrives[2] = world.hour + 24
    assert on_the_map(world, atlas).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("short", "shown"),
    [("10 DP", "10"), ("XVI mot", "XVI"), ("KOP Sarny", "KOP Sarny"), ("1 p. KOP", "1 p. KOP"), ("GAK 1", "GAK 1"),
     ("Brand", "Brand"), ("", "")],
)  # fmt: skip
def test_labels_leave_out_what_the_symbol_shows(short: str, shown: str) -> None:
    assert brief(short) == shown


def test_colours_carry_type() -> None:
    for colour in toy_atlas().colours.values():
        assert (style.luminance(style.land_tint(colour)) + 0.05) / 0.05 > 8  # contrast with black
        assert style.luminance(style.strong(colour)) < 0.11
        assert style.luminance(style.symbol_fill(colour)) > 0.25


def test_a_name_goes_where_it_can_not_be_misread() -> None:
    taken = Taken((0, 0, 400, 400))
    right = place_beside(taken, "Eger", 200, 200, 6.0, 2.0)
    left = place_beside(taken, "Asch", 200, 100, 6.0, 2.0, strays=lambda boxes: [float(b[0] > 200) for b in boxes])
    assert right is not None and right.x > 200
    assert left is not None and left.x < 200


def test_a_border_town_is_named_on_its_own_land() -> None:
    atlas, ground = toy_atlas(), toy_ground()
    owner = np.array([0 if p == WEST else 1 for p in range(3)])
    border = ground.provinces[WEST].bounds[2]
    hubs = ground.hubs.copy()
    hubs[WEST, 0] = border - 500.0
    near = Ground(list(ground.provinces), hubs)
    west, south, east, north = (f(ground.bounds[:, k]) for k, f in enumerate((min, min, max, max)))
    view = Sheet("a5").view((20, 20, 500, 380), (west, south, east, north))
    towns = Towns(view, atlas, near, owner)
    towns.name_rest()
    (name,) = [n for found in towns.names.values() for n in found if n.text == atlas.names[WEST]]
    assert name.x < view.to_points(hubs[WEST])[0]


def test_land_beyond_the_map_is_paper_and_the_ocean_goes_on() -> None:
    ground = toy_ground()
    west, south, east, north = (f(ground.bounds[:, k]) for k, f in enumerate((min, min, max, max)))
    sea = shapely.box(west - 50_000, south, west, north)
    with_sea = Ground(list(ground.provinces), ground.hubs, seas=[sea])
    wide = Sheet("a5").view((20, 20, 500, 380), (west - 20_000, south + 5_000, east + 90_000, north - 5_000))
    assert wide.window[1] < south
    layers.beyond(wide, ground)
    assert len(wide.axes.patches) == 0
    layers.beyond(wide, with_sea)
    assert [p.get_facecolor()[:3] for p in wide.axes.patches] == [pytest.approx(style.rgb(style.BEYOND))]


OPEN: list[Any] = []


def shares_an_open_font() -> bool:
    return any(labels._font("normal", "normal") is font for font in OPEN)


def test_a_forked_process_opens_its_fonts_anew() -> None:
    text_size("Warszawa", 8.0)
    OPEN.append(labels._font("normal", "normal"))
    assert shares_an_open_font()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        assert not pool.submit(shares_an_open_font).result()
