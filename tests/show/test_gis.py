from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
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
    assert {"control", "formations"} <= {str(name) for name, _ in pyogrio.list_layers(file)}
    for layer, kind in (("control", "MultiPolygon"), ("formations", "Point")):
        known = pyogrio.read_info(file, layer=layer, force_total_bounds=True)
        assert (known["crs"], known["geometry_type"], known["features"]) == ("EPSG:3035", kind, 4)
        assert {"begin_date": "datetime64[ms]", "end_date": "datetime64[ms]"}.items() <= dict(
            zip(known["fields"], known["dtypes"], strict=True)
        ).items()


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_every_span_has_its_own_shape_and_names(suffix: str, tmp_path: Path) -> None:
    files = export(tmp_path / f"run.{suffix}")
    control = pyogrio.read_dataframe(files[0], layer="control").to_crs(3035)
    shapes = dict(zip(toy_atlas().ids, toy_ground().provinces, strict=True))
    assert sorted(zip(control.province, control.controller, strict=True)) == [
        ("middle", "BLU"), ("middle", "RED"), ("south_east", "BLU"), ("west", "RED"),
    ]  # fmt: skip
    for row in control.itertuples():
        assert row.geometry.symmetric_difference(shapes[row.province]).area < 0.001 * shapes[row.province].area
        assert row.name == toy_atlas().names[toy_atlas().number[row.province]]
    troops = pyogrio.read_dataframe(files[-1], layer="formations").to_crs(3035).sort_values("formation")
    f = campaign()[0].forces
    assert troops.formation.tolist() == sorted(f.ids)
    assert troops.name.tolist() == [f.names[f.row(x)] for x in sorted(f.ids)]
    places = np.array([toy_ground().hubs[f.province[f.row(x)]] for x in sorted(f.ids)])
    assert np.array([(p.x, p.y) for p in troops.geometry]) == pytest.approx(places, abs=2.0)


def test_a_shape_is_kept_once_however_often_its_holder_changes(tmp_path: Path) -> None:
    (file,) = export(tmp_path / "run.gpkg")
    assert pyogrio.read_info(file, layer="provinces")["features"] == len(toy_atlas())


def test_a_rough_account_has_no_row_for_less_than_a_tenth_of_the_men() -> None:
    worlds = campaign()
    for world, share in zip(worlds, (1.0, 0.95, 0.8), strict=True):
        world.forces.men[:] *= share
    _, _, columns = gis.formation_points(toy_atlas(), toy_ground(), worlds, rough=True)
    first = [k for k, name in enumerate(columns["formation"]) if name == worlds[0].forces.ids[0]]
    assert [str(columns["begin_date"][k]) for k in first] == ["1939-09-01", "1939-09-04"]


def test_a_formation_has_a_row_for_every_stretch_in_which_nothing_changes() -> None:
    worlds = campaign()
    for world in worlds[1:]:
        world.forces.men[0] -= 100.0
    _, _, columns = gis.formation_points(toy_atlas(), toy_ground(), worlds)
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
