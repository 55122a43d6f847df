"""The ground under the console's map: outlines of the provinces as paths, the same for everybody, made once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from wargame.atlas import Atlas
from wargame.errors import UsageError
from wargame.load import maps
from wargame.show import style, symbols
from wargame.world import HEADQUARTERS, KINDS

TOLERANCE_M = 2500.0  # of the simplified outlines
UNIT_M = 500.0  # of the paths' whole numbers
PALE = 0.45  # share of paper in a power's colour, so that what stands on it can be read
MARK = 24.0  # height of a symbol in pixels
FRAMES: dict[str, symbols.FrameName] = {"own": "friend", "other": "hostile"}


def ground(atlas: Atlas, data: Iterable[str | Path] = ()) -> bytes:
    """The ground as JSON: size, provinces (id, name, path, hub, town), powers (code, name, colour), symbols by kind."""
    import geopandas as gpd  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    points = gpd.points_from_xy(atlas.lon, atlas.lat, crs="EPSG:4326")
    try:
        outlines = maps.to_geodataframe(atlas, 0, data)
    except UsageError:  # the map came with the scenario and lies in no folder of maps
        outlines = gpd.GeoDataFrame(geometry=points)
    hubs = points.to_crs(outlines.crs)
    x, y = np.array(hubs.x), np.array(hubs.y)
    if (outlines.geom_type == "Point").all():  # a map without geometry: a square round each hub
        outlines = gpd.GeoDataFrame(geometry=shapely.box(x - 0.4, y - 0.4, x + 0.4, y + 0.4), crs=outlines.crs)
        unit = 0.01
    else:
        outlines = outlines.set_geometry(shapely.coverage_simplify(outlines.geometry.to_numpy(), TOLERANCE_M))
        unit = UNIT_M
    left, low, right, high = (float(v) for v in outlines.total_bounds)
    provinces = [
        {
            "id": atlas.ids[k], "name": atlas.names[k], "zone": atlas.zones[int(atlas.zone_of[k])],
            "d": _path(shape, left, high, unit), "x": round((x[k] - left) / unit), "y": round((high - y[k]) / unit),
            "people": round(float(atlas.population_k[k])),
        }
        for k, shape in enumerate(outlines.geometry)
    ]  # fmt: skip
    powers = {
        p: {
            "name": atlas.power_names.get(p, p),
            "colour": style.mix(atlas.colours.get(p, style.LAND), style.PAPER, PALE),
        }
        for p in atlas.powers
    }
    marks = {
        kind: {
            who: symbols.svg(symbols.code_of_kind(kind), height=MARK, frame=frame, colour="#ffffff", title=kind)
            for who, frame in FRAMES.items()
        }
        for kind in KINDS[len(HEADQUARTERS) :]
    }
    whole: dict[str, Any] = {
        "map": atlas.id, "width": round((right - left) / unit), "height": round((high - low) / unit),
        "provinces": provinces, "powers": powers, "marks": marks,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _path(shape: Any, left: float, high: float, unit: float) -> str:
    """A polygon as an SVG path of whole numbers, relative from point to point."""
    words = []
    for polygon in getattr(shape, "geoms", (shape,)):
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.array(ring.coords)[:-1, :2]
            steps = np.stack([(points[:, 0] - left) / unit, (high - points[:, 1]) / unit], axis=1).round().astype(int)
            moves = np.diff(steps, axis=0)
            line = " ".join(f"{a} {b}" for a, b in moves.tolist() if a or b)
            words.append(f"M{steps[0][0]} {steps[0][1]}l{line}z" if line else "")
    return "".join(words)
