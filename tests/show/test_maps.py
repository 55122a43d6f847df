"""Whole maps: the same bytes every time, the right colour in the right place, and the real theatre drawn once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image

from tests.show.ground_for_tests import toy_ground, world_at_war
from tests.show.told import weiss
from tests.toy import MIDDLE, RED, SOUTH_EAST, WEST, toy_atlas
from wargame import dates
from wargame.atlas import Flag, Held
from wargame.errors import InputError, UsageError
from wargame.load import scenarios
from wargame.load.maps import load_geometry
from wargame.replay import days
from wargame.show import layers, legends, maps, style, tokens, units
from wargame.show.extents import extent_of, sides
from wargame.show.ground import ground_of, read_ground
from wargame.show.maps import draw_political, draw_situation, draw_strip, pocket_groups
from wargame.show.sheet import Sheet
from wargame.show.tokens import Token
from wargame.world import World

ROOT = Path(__file__).parents[2]


def taken_middle() -> World:
    world = world_at_war()
    world.controller[MIDDLE] = RED
    world.captured_hour[MIDDLE] = world.hour
    world.pockets[SOUTH_EAST] = 1
    return replace(world, hour=world.hour + 72)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("kind", ["situation", "political", "strip"])
def test_the_same_map_has_the_same_bytes(kind: str, suffix: str, tmp_path: Path) -> None:
    atlas = toy_atlas()
    made = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.{suffix}"
        if kind == "situation":
            draw_situation(atlas, toy_ground(), taken_middle(), path, title="Łódź", size="a5", dpi=60)
        elif kind == "political":
            draw_political(atlas, toy_ground(), taken_middle().hour, path, extent="BLU", size="a5", dpi=60)
        else:
            draw_strip(atlas, toy_ground(), [world_at_war(), taken_middle()], path, size="a5", dpi=60)
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert len(made[0]) > 2000


def colour_near(picture: Image.Image, share_x: float, share_y: float) -> np.ndarray:
    """The commonest colour of a patch of the picture, given as shares of width and height."""
    x, y = round(picture.width * share_x), round(picture.height * share_y)
    patch = np.asarray(picture.convert("RGB"))[y - 6 : y + 6, x - 6 : x + 6].reshape(-1, 3)
    values, counts = np.unique(patch, axis=0, return_counts=True)
    return values[counts.argmax()]


def test_each_province_wears_its_owners_colour(tmp_path: Path) -> None:
    """One path a colour: the trap is that colours slip from one province to another."""
    atlas, ground = toy_atlas(), toy_ground()
    ground.hillshade = None
    path = draw_political(atlas, ground, 0, tmp_path / "map.png", extent=(17.2, 51.2, 20.6, 52.4), size=(8, 6), dpi=100)
    picture = Image.open(path)
    for power, share in (("RED", 0.13), ("BLU", 0.50), ("BLU", 0.62)):
        expected = [round(255 * c) for c in style.rgb(style.land_tint(atlas.colours[power]))]
        assert np.abs(colour_near(picture, share, 0.30) - expected).max() <= 3, power


def test_land_held_by_another_is_striped_in_his_colour(tmp_path: Path) -> None:
    atlas, ground = toy_atlas(), toy_ground()
    ground.hillshade = None
    held = replace(atlas, held=(Held(0, MIDDLE, False, "RED"),))
    window = {"extent": (17.2, 51.2, 20.6, 52.4), "size": (8, 6), "dpi": 100}
    colours = style.stripe(atlas.colours["RED"]), style.land_tint(atlas.colours["BLU"])
    stripe, land = (np.array(style.rgb(c)) for c in colours)
    expected = 255 * (0.75 * stripe + 0.25 * land)
    found = []
    for n, drawn in enumerate((atlas, held)):
        path = draw_political(drawn, ground, 0, tmp_path / f"{n}.png", **window)
        picture = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)
        found.append(int((np.abs(picture - expected).max(axis=1) <= 3).sum()))
    assert found[0] < 100 < found[1]


def test_land_under_a_governor_is_lighter_named_and_parted_by_a_dashed_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = toy_ground()
    ground.hillshade = None
    toy = toy_atlas()
    three = ("BLU_CORE", "RED_CORE", "BLU_EAST"), np.array([0, 2, 1]), (*toy.zone_owners, ((0, "BLU"),))
    atlas = replace(toy, zones=three[0], zone_of=three[1], zone_owners=three[2])
    ruled = replace(atlas, flags=(Flag(0, "general_government", 24, 48),))
    assert maps.set_apart(ruled, 23) == {} == maps.set_apart(ruled, 48)
    assert maps.set_apart(ruled, 24) == {0: ("general_government", "General Government")}
    said: list[list[str]] = []
    monkeypatch.setattr(
        legends, "legend", lambda sheet, blocks, *a, **k: said.append([e.text for e in blocks[-1].entries])
    )
    window = {"extent": (17.2, 51.2, 20.6, 52.4), "size": (8, 6), "dpi": 100}
    lighter = np.round(255 * np.array(style.rgb(style.mix(style.land_tint(atlas.colours["BLU"]), "#ffffff", 0.3))))
    found = []
    for hour in (23, 24):
        picture = np.asarray(
            Image.open(draw_political(ruled, ground, hour, tmp_path / "a.png", **window)).convert("RGB")
        )
        found.append(int((np.abs(picture.reshape(-1, 3) - lighter).max(axis=1) <= 2).sum()))
    assert found[0] < 100 < found[1]
    assert ["part of a state" in texts for texts in said] == [False, True]


def test_unknown_suffix_and_page_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end the name in \.png"):
        draw_situation(toy_atlas(), toy_ground(), world_at_war(), tmp_path / "map.jpg", size="a5")
    with pytest.raises(UsageError, match="no page size 'b5'"):
        draw_situation(toy_atlas(), toy_ground(), world_at_war(), tmp_path / "map.png", size="b5")


def test_a_pocket_is_all_of_one_side_that_hangs_together() -> None:
    world = taken_middle()
    side = sides(world, toy_atlas())
    assert [g.tolist() for g in pocket_groups(world, toy_atlas(), side)] == [[SOUTH_EAST]]
    assert side[[WEST, MIDDLE]].tolist() == [0, 0]


def test_a_pocket_whose_place_went_over_to_the_victor_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    world = taken_middle()
    monkeypatch.setattr(maps, "COUNTRY", 1)
    assert pocket_groups(world, toy_atlas(), sides(world, toy_atlas())) == []


def test_the_legend_of_a_strip_names_every_power_at_war(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that enters on the last pane."""
    blocks: list[Any] = []
    monkeypatch.setattr(legends, "legend", lambda sheet, shown, *_, **__: blocks.extend(shown))
    run = weiss()
    worlds = list(days(run.journal, run.setup))
    draw_strip(run.setup, None, [worlds[2].copy(), run.world], tmp_path / "strip.png", size="a5", dpi=50)
    named = {b.heading: [e.text for e in b.entries] for b in blocks}
    assert set(named["Powers"]) == {"Germany", "Poland", "Slovakia", "Soviet Union"}
    assert "taken by Soviet Union" in named["Taken"]


def test_a_staff_far_from_its_troops_is_led_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    drawn: list[Any] = []
    monkeypatch.setattr(Axes, "add_collection", lambda _, c, **__: drawn.append(c))
    sheet = Sheet("a4")
    view = sheet.view((0.0, 0.0, 500.0, 500.0), (0.0, 0.0, 500_000.0, 500_000.0))
    staff = Token((100_000.0, 100_000.0), 0, "10031002001211000000", "army", "1 A", 1e9, 1.0, (0,), True)
    units._leaders(sheet, view, [staff, staff], np.array([[110.0, 110.0], [200.0, 200.0]]))
    assert [len(c.get_segments()) for c in drawn[:2]] == [1, 0]


@pytest.mark.parametrize("level", ["armies", "corps", "divisions", "none", "auto"])
def test_every_level_of_symbols_draws(level: str, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    draw_situation(toy_atlas(), toy_ground(), world_at_war(), path, forces=level, size="a5", dpi=50)  # type: ignore[arg-type]
    assert path.stat().st_size > 2000


def test_a_map_without_relief_rail_or_war_draws(tmp_path: Path) -> None:
    atlas, ground = replace(toy_atlas(), rail=(), forts=()), toy_ground()
    ground.hillshade = None
    world = replace(world_at_war(), wars={})
    assert draw_situation(atlas, ground, world, tmp_path / "map.svg", size="a4-portrait").exists()


def test_the_opening_of_fall_weiss(tmp_path: Path) -> None:
    """The real map, forces and type: every glyph of every name is there (a missing one is a warning, so an error)."""
    setup = scenarios.load("fall_weiss_1939")
    ground = read_ground(ROOT / "maps" / "europe" / "europe.gpkg", setup.atlas)
    opening = scenarios.opening_world(setup, 1)
    path = draw_situation(setup, ground, opening, tmp_path / "opening.png", title="Fall Weiss")
    assert Image.open(path).size == (1753, 1240)
    political = draw_political(setup.atlas, ground, dates.parse("1924-01-01"), tmp_path / "1924.png", extent="europe")
    assert political.stat().st_size > 200_000
    b = setup.atlas.borders
    land = {(int(p), int(q)) for p, q, far in zip(b.a, b.b, b.strait, strict=True) if not far}
    arcs = ground.arcs
    assert {(int(p), int(q)) for p, q in zip(arcs.left, arcs.right, strict=True)} >= land


def test_no_state_is_named_over_a_great_city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hamburg, Essen and Köln keep their names, and so does the state around them."""
    setup = scenarios.load("fall_weiss_1939")
    ground = read_ground(ROOT / "maps" / "europe" / "europe.gpkg", setup.atlas)
    drawn: list[str] = []
    monkeypatch.setattr(Sheet, "names", lambda self, names, *args, **kwargs: drawn.extend(n.text for n in names))
    for extent, cities in (("core", {"Hamburg"}), ("europe", {"Hamburg", "Essen", "Köln", "Leipzig"})):
        drawn.clear()
        day = dates.parse("1936-03-08")
        draw_political(setup.atlas, ground, day, tmp_path / "a.png", extent=extent, dpi=40)
        assert cities <= set(drawn)
        assert "GERMANY" in {text.replace("\u2009", "") for text in drawn}


def test_beyond_the_map_there_is_ocean_past_its_seas_and_paper_past_its_land() -> None:
    """A window round a map whose west is sea and whose east is land, with an island and a gulf on the far sides."""
    km = 1000.0
    frame = shapely.box(0, 0, 4000 * km, 4000 * km)
    island, gulf = (
        shapely.box(990 * km, 1950 * km, 1010 * km, 1970 * km),
        shapely.box(2990 * km, 1950 * km, 3000 * km, 1970 * km),
    )
    sea = shapely.union(shapely.difference(shapely.box(1000 * km, 1000 * km, 2000 * km, 3000 * km), island), gulf)
    land = shapely.union(shapely.difference(shapely.box(2000 * km, 1000 * km, 3000 * km, 3000 * km), gulf), island)
    beyond = shapely.difference(frame, shapely.union(sea, land))
    paper = layers._off_the_map(beyond, shapely.get_exterior_ring(frame), np.array([land]), np.array([sea]))
    assert [paper.contains(shapely.Point(x * km, y * km)) for x, y in ((3500, 2000), (3400, 3500), (3300, 200))] == [
        True
    ] * 3
    assert [paper.contains(shapely.Point(x * km, y * km)) for x, y in ((500, 2000), (600, 3500), (700, 200))] == [
        False
    ] * 3
    assert layers._off_the_map(beyond, shapely.get_exterior_ring(frame), np.array([land]), np.array([gulf])) is None


def test_a_political_map_says_when_its_record_ends() -> None:
    atlas = replace(toy_atlas(), zone_owners=(((0, "RED"), (24, "BLU")),), zones=("Z",), zone_of=np.zeros(3, dtype=int))
    assert maps.beyond_record(atlas, 24) == ""
    assert maps.beyond_record(atlas, 25) == "as after the last change on record, that of 2 January 1924"


def test_a_long_list_of_states_says_how_many_more_there_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    monkeypatch.setattr(legends, "LONGEST", 1)
    monkeypatch.setattr(
        legends, "legend", lambda sheet, blocks, *a, **k: said.extend(e.text for e in blocks[0].entries)
    )
    draw_political(toy_atlas(), toy_ground(), 0, tmp_path / "a.png", extent=(-10.0, 30.0, 40.0, 70.0), dpi=40)
    assert said[-1] == "and 1 smaller"


def test_a_long_list_of_states_goes_on_in_the_next_column_of_a_portrait_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[list[str]] = []
    monkeypatch.setattr(legends, "FOOT_ROWS", 1)
    monkeypatch.setattr(legends, "legend", lambda sheet, blocks, *a, **k: said.extend([b.heading] for b in blocks))
    window = {"extent": (-10.0, 30.0, 40.0, 70.0), "dpi": 40}
    draw_political(toy_atlas(), toy_ground(), 0, tmp_path / "a.png", size="a4-portrait", **window)  # type: ignore[arg-type]
    assert [h for (h,) in said] == ["States", "", "Lines", "", ""]


def test_the_panel_names_powers_and_explains_what_labels_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: dict[str, list[str]] = {}
    monkeypatch.setattr(
        legends,
        "legend",
        lambda sheet, blocks, *a, **k: said.update({b.heading: [e.text for e in b.entries] for b in blocks}),
    )
    draw_situation(toy_atlas(), toy_ground(), world_at_war(), tmp_path / "a.png", forces="divisions", dpi=40)
    assert [text.partition(":")[0] for text in said["Men (and tanks) on this map"]] == ["Redland", "Blueland"]
    assert "Abbreviations" not in said
    block = legends._abbreviations([("POL", "KOP Wilno"), ("POL", "GO Bielsko +2"), ("GER", "GO")])
    assert [e.text for e in block.entries] == ["operational group", "border protection corps"]


def test_two_thousand_formations_stay_near_their_places(tmp_path: Path) -> None:
    """The whole continent's armies on one small sheet: few enough symbols, none far from its troops."""
    setup = scenarios.load("history_1939")
    world = scenarios.opening_world(setup, 7)
    assert len(world.forces) > 2000
    ground = ground_of(None, setup.atlas)
    view = Sheet("screen").view((20, 20, 800, 500), extent_of("europe", setup.atlas, ground))
    gathered = tokens.gather(world, setup.atlas, tokens.places(world, setup.atlas, ground), "armies")
    kept = tokens.thinned(gathered, view, "armies")
    shown = [t for t in gathered if view.shows(np.array([t.at]))[0]]
    assert len(kept) <= 780 * 480 / (tokens.ROOM_PT2 * view.scale**2)
    assert sum(t.men for t in kept) == pytest.approx(sum(t.men for t in shown))
    assert sorted(i for t in kept for i in t.rows) == sorted(i for t in shown for i in t.rows)


def test_a_broken_geopackage_is_one_clear_fault(tmp_path: Path) -> None:
    path = tmp_path / "broken.gpkg"
    path.write_bytes(b"SQLite format 3" + b"\0" * 200)
    with pytest.raises(InputError, match=r"broken\.gpkg: not a GeoPackage: .* \(build the map again\)"):
        read_ground(path, toy_atlas())


def test_the_ground_is_what_gdal_reads() -> None:
    path = ROOT / "maps" / "europe" / "europe.gpkg"
    atlas = weiss().setup.atlas
    own, layers = read_ground(path, atlas), load_geometry("europe")
    assert layers is not None
    theirs = ground_of(layers, atlas)
    assert all(a.equals_exact(b, 0) for a, b in zip(own.provinces, theirs.provinces, strict=True))
    assert [(n, c) for n, c, _ in own.rivers] == [(n, c) for n, c, _ in theirs.rivers]
    assert len(own.lakes) == len(theirs.lakes)
    assert len(own.seas) == len(theirs.seas)
