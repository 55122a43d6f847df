from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest

from tests.show.ground_for_tests import toy_ground, world_at_war
from tests.toy import HOUR, MIDDLE, RED, toy_atlas
from wargame.errors import UsageError
from wargame.show import gis
from wargame.world import World


def campaign() -> list[World]:
    """Two days of peace at the front, then the middle falls and stays so."""
    first, third, fourth = world_at_war(), world_at_war(), world_at_war()
    third.controller[MIDDLE] = fourth.controller[MIDDLE] = RED
    return [first, replace(third, hour=HOUR + 48), replace(fourth, hour=HOUR + 72)]


def export(path: Path) -> list[Path]:
    worlds = campaign()
    return gis.export(toy_atlas(), toy_ground(), [(w.hour, w.controller) for w in worlds], path, worlds=worlds)


def test_spans_join_end_to_begin_and_the_last_is_open() -> None:
    spans = gis.control_spans(toy_atlas(), [(w.hour, w.controller) for w in campaign()])
    rows = list(zip(spans["province"], spans["controller"], spans["begin_date"], spans["end_date"], strict=True))
    middle = [(c, str(b), str(e)) for p, c, b, e in rows if p == "middle"]
    assert middle == [
        ("BLU", "1939-09-01T04:00:00.000", "1939-09-03T04:00:00.000"),
        ("RED", "1939-09-03T04:00:00.000", "NaT"),
    ]
    assert len(rows) == 4


def test_a_geopackage_holds_control_and_formations(tmp_path: Path) -> None:
    (file,) = export(tmp_path / "run.gpkg")
    assert [str(name) for name, _ in pyogrio.list_layers(file)] == ["control", "formations"]
    assert pyogrio.read_info(file, layer="control")["crs"] == "EPSG:3035"
    assert pyogrio.read_info(file, layer="control")["features"] == 4
    assert pyogrio.read_info(file, layer="formations")["features"] == 4


def test_a_formation_has_a_row_for_every_stretch_in_which_nothing_changes() -> None:
    worlds = campaign()
    for world in worlds[1:]:
        world.forces.men[0] -= 100.0
    _, columns = gis.formation_points(toy_atlas(), toy_ground(), worlds)
    first = [k for k, name in enumerate(columns["formation"]) if name == worlds[0].forces.ids[0]]
    spans = [(str(columns["begin_date"][k]), str(columns["end_date"][k])) for k in first]
    assert spans == [
        ("1939-09-01T04:00:00.000", "1939-09-03T04:00:00.000"),
        ("1939-09-03T04:00:00.000", "NaT"),
    ]
    men = [int(columns["men"][k]) for k in first]
    assert men[0] - men[1] == 100


def test_geojson_is_in_degrees(tmp_path: Path) -> None:
    control, formations = export(tmp_path / "run.geojson")
    assert formations.name == "run_formations.geojson"
    data = json.loads(formations.read_text(encoding="utf-8"))
    lon, lat = data["features"][0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((19.0, 52.0), abs=1e-4)
    properties = json.loads(control.read_text(encoding="utf-8"))["features"][0]["properties"]
    assert properties["begin_date"] == "1939-09-01T04:00:00"


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_the_same_run_has_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first = [p.read_bytes() for p in export(tmp_path / f"a/run.{suffix}")]
    time.sleep(1.1)  # the clock's second must not show
    assert first == [p.read_bytes() for p in export(tmp_path / f"b/run.{suffix}")]


def test_other_suffixes_and_empty_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.gpkg or \.geojson"):
        export(tmp_path / "run.shp")
    with pytest.raises(UsageError, match="without any date"):
        gis.export(toy_atlas(), toy_ground(), [], tmp_path / "run.gpkg")
