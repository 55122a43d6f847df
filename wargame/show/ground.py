"""The ground under every map: polygons, border arcs and water of one atlas, made ready for drawing once.

Everything is in metres of EPSG:3035. An *arc* is an unbroken stretch of border between two provinces, or of coast; the
province on its left and the one on its right are known, so that any map can pick its lines by what they divide.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.errors import Fault, InputError, UsageError
from wargame.load.maps import geometry_path

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bounds = tuple[float, float, float, float]  # west, south, east, north in metres
Geometries = NDArray[np.object_]

COAST = -1  # the province beyond a coast or the edge of the map

_A, _F = 6378137.0, 1 / 298.257222101  # GRS 80
_E2 = _F * (2 - _F)
_E = _E2**0.5
_LAT0, _LON0, _X0, _Y0 = np.radians(52.0), np.radians(10.0), 4321000.0, 3210000.0


def _authalic(sine: Floats) -> Floats:
    """q of Snyder (1987), eq. 3-12."""
    ratio = np.log((1 - _E * sine) / (1 + _E * sine)) / (2 * _E)
    return np.asarray((1 - _E2) * (sine / (1 - _E2 * sine**2) - ratio))


def project(lon: Any, lat: Any) -> Floats:
    """Degrees to metres of EPSG:3035 (Lambert azimuthal equal-area on GRS 80; Snyder 1987, p. 187); shape (..., 2)."""
    sine = np.sin(np.radians(np.asarray(lat, dtype=np.float64)))
    turn = np.radians(np.asarray(lon, dtype=np.float64)) - _LON0
    pole = _authalic(np.array(1.0))
    beta, beta0 = np.arcsin(_authalic(sine) / pole), np.arcsin(_authalic(np.sin(_LAT0)) / pole)
    radius = _A * np.sqrt(pole / 2)
    scale0 = _A * np.cos(_LAT0) / np.sqrt(1 - _E2 * np.sin(_LAT0) ** 2) / (radius * np.cos(beta0))
    b = radius * np.sqrt(2 / (1 + np.sin(beta0) * np.sin(beta) + np.cos(beta0) * np.cos(beta) * np.cos(turn)))
    x = _X0 + b * scale0 * np.cos(beta) * np.sin(turn)
    y = _Y0 + b / scale0 * (np.cos(beta0) * np.sin(beta) - np.sin(beta0) * np.cos(beta) * np.cos(turn))
    return np.stack([x, y], axis=-1)


@dataclass(frozen=True)
class Arcs:
    """Stretches of border: lines with the province on their left and on their right (`COAST` for none)."""

    lines: Geometries
    left: Ints
    right: Ints

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east, north of each arc."""
        import shapely

        return np.asarray(shapely.bounds(self.lines))

    def within(self, window: Bounds) -> NDArray[np.bool_]:
        """Which arcs may touch a window."""
        return _touch(self.bounds, window)


def _touch(bounds: Floats, window: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = window
    inside = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return np.asarray(inside)


class Ground:
    """What does not change between maps of one atlas; building it takes about 0.1 s."""

    def __init__(
        self,
        provinces: Sequence[Any] | Geometries,
        hubs: Floats,
        *,
        rivers: Sequence[tuple[str, int, Any]] = (),
        lakes: Sequence[Any] = (),
        seas: Sequence[Any] = (),
        hillshade: NDArray[np.uint8] | None = None,
        hillshade_bounds: Bounds = (0.0, 0.0, 1.0, 1.0),
    ) -> None:
        """Take polygons by province number, hubs (n, 2), rivers as (name, class, line), lakes, seas, a grey relief."""
        import shapely

        self.provinces: Geometries = shapely.orient_polygons(np.asarray(provinces, dtype=object), exterior_cw=False)
        self.hubs = hubs
        self.rivers = tuple(rivers)
        self.lakes = tuple(lakes)
        self.seas = tuple(seas)
        self.hillshade = hillshade
        self.hillshade_bounds = hillshade_bounds

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east, north of each province."""
        import shapely

        return np.asarray(shapely.bounds(self.provinces))

    def within(self, window: Bounds) -> NDArray[np.bool_]:
        """Which provinces may touch a window."""
        return _touch(self.bounds, window)

    @cached_property
    def _rings(self) -> tuple[Floats, Ints, Ints]:
        """All rings: coordinates, where each ring starts (and the end), and its province."""
        import shapely

        parts, province = shapely.get_parts(self.provinces, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        counts = shapely.get_num_coordinates(rings)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return shapely.get_coordinates(rings), starts, np.asarray(province)[part]

    @cached_property
    def path_codes(self) -> tuple[Floats, NDArray[np.uint8], Ints]:
        """Vertices and matplotlib path codes of all rings, and the province of each vertex."""
        coordinates, starts, owner = self._rings
        codes = np.full(len(coordinates), 2, dtype=np.uint8)
        codes[starts[:-1]] = 1
        codes[starts[1:] - 1] = 79
        return coordinates, codes, np.repeat(owner, np.diff(starts))

    @cached_property
    def arcs(self) -> Arcs:
        """The borders and coasts, each border once, its lower-numbered province on the left."""
        import shapely

        coordinates, starts, owner = self._rings
        first = np.ones(len(coordinates), dtype=bool)
        first[starts[1:] - 1] = False
        begin = np.flatnonzero(first)  # segment k runs from vertex begin[k] to begin[k] + 1
        left = np.repeat(owner, np.diff(starts))[begin]
        ring = np.repeat(np.arange(len(owner)), np.diff(starts))[begin]
        right = _neighbour_of_segments(coordinates, begin, left)
        changes = (ring[1:] != ring[:-1]) | (right[1:] != right[:-1])
        edges = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(begin)]])
        keep = (right[edges[:-1]] == COAST) | (left[edges[:-1]] < right[edges[:-1]])
        heads, tails = edges[:-1][keep], edges[1:][keep]
        pieces = [np.arange(begin[h], begin[t - 1] + 2) for h, t in zip(heads, tails, strict=True)]
        index = np.repeat(np.arange(len(pieces)), [len(p) for p in pieces])
        lines = shapely.linestrings(coordinates[np.concatenate(pieces)], indices=index)
        return Arcs(lines, left[heads], right[heads])


def _neighbour_of_segments(coordinates: Floats, begin: Ints, left: Ints) -> Ints:
    """For each segment the province of its twin that runs the other way, or `COAST`."""
    grid = np.rint(coordinates * 10).astype(np.int64)  # decimetres; a corner is the same number in every province
    _, vertex = np.unique((grid[:, 0] << 32) + grid[:, 1], return_inverse=True)
    u, v = vertex[begin].astype(np.int64), vertex[begin + 1].astype(np.int64)
    forward, backward = (u << 32) + v, (v << 32) + u
    order = np.argsort(forward, kind="stable")
    at = np.minimum(np.searchsorted(forward[order], backward), len(order) - 1)
    found = forward[order][at] == backward
    return np.asarray(np.where(found, left[order][at], COAST))


def smooth(points: Floats, rounds: int = 2) -> Floats:
    """Cut the corners of a line (Chaikin); its ends stay put, a closed line stays closed."""
    closed = len(points) > 3 and bool(np.all(points[0] == points[-1]))
    for _ in range(rounds):
        if len(points) < 3:
            break
        near, far = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        cut = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.vstack([cut, cut[:1]]) if closed else np.vstack([points[:1], cut[1:-1], points[-1:]])
    return points


def read_ground(path: str | Path, atlas: Atlas) -> Ground:
    """The ground from a map's GeoPackage, with the hillshade that lies beside it.

    Read without geopandas: about 0.1 s. `InputError` if the file lacks a province of the atlas.
    """
    import shapely

    path = Path(path)
    ids, polygons = _read_layer(path, "provinces", "id")
    at = {str(p): k for k, p in enumerate(ids)}
    missing = [p for p in atlas.ids if p not in at]
    if missing:
        what = f"layer provinces lacks {len(missing)} provinces of map '{atlas.id}', first '{missing[0]}'"
        raise InputError([Fault("unknown-province", path.name, what, "build the map again")])
    names, lines = _read_layer(path, "rivers", "name")
    classes, _ = _read_layer(path, "rivers", "class")
    _, lakes = _read_layer(path, "lakes", "name")
    _, seas = _read_layer(path, "seas", "id")
    grey, bounds = _read_hillshade(path.parent / "hillshade.toml")
    return Ground(
        shapely.force_2d(polygons[[at[p] for p in atlas.ids]]),
        project(atlas.lon, atlas.lat),
        rivers=[(str(n), int(c), line) for n, c, line in zip(names, classes, lines, strict=True)],
        lakes=list(lakes),
        seas=list(seas),
        hillshade=grey,
        hillshade_bounds=bounds,
    )


def _read_layer(path: Path, layer: str, column: str) -> tuple[Geometries, Geometries]:
    """One column and the geometries of a layer; both empty if the file has no such layer.

    A GeoPackage is an SQLite file whose geometries are WKB behind a header (OGC 12-128r18, clause 2.1.3). Read as such
    because GDAL's reader brings geopandas with it, which takes longer than all of the drawing's other preparations.
    """
    import shapely

    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            where = file.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", [layer]
            ).fetchone()
            rows = (
                file.execute(f'SELECT "{column}", "{where[0]}" FROM "{layer}" ORDER BY rowid').fetchall()
                if where
                else []
            )
    except sqlite3.Error as error:
        raise InputError(
            [Fault("bad-geometry", path.name, f"not a GeoPackage: {error}", "build the map again")]
        ) from error
    values, blobs = np.empty((2, len(rows)), dtype=object)
    values[:], blobs[:] = [r[0] for r in rows], [_wkb(r[1]) for r in rows]
    return values, np.asarray(shapely.from_wkb(blobs), dtype=object)


def _wkb(blob: bytes) -> bytes:
    """A geometry without its header, whose envelope has the length that the flags say."""
    return blob[8 + (0, 32, 48, 48, 64)[blob[3] >> 1 & 7] :]


def _read_hillshade(path: Path) -> tuple[NDArray[np.uint8] | None, Bounds]:
    if not path.exists():
        return None, (0.0, 0.0, 1.0, 1.0)
    from PIL import Image

    head = tomllib.loads(path.read_text(encoding="utf-8"))
    with Image.open(path.parent / head["file"]) as image:
        grey = np.asarray(image.convert("L"))
    west, south, east, north = head["bounds"]
    return grey, (float(west), float(south), float(east), float(north))


def ground_from_layers(layers: Mapping[str, Any], atlas: Atlas) -> Ground:
    """The ground from GeoDataFrames by layer name, as `wargame.load.maps.load_geometry` gives them; no hillshade."""
    frame = layers["provinces"]
    at = {str(p): k for k, p in enumerate(frame["id"])}
    polygons = np.asarray(frame.geometry.values, dtype=object)
    rivers, lakes, seas = layers.get("rivers"), layers.get("lakes"), layers.get("seas")
    return Ground(
        polygons[[at[p] for p in atlas.ids]],
        project(atlas.lon, atlas.lat),
        rivers=[] if rivers is None else list(zip(rivers["name"], rivers["class"], rivers.geometry, strict=True)),
        lakes=[] if lakes is None else list(lakes.geometry),
        seas=[] if seas is None else list(seas.geometry),
    )


def ground_of(geometry: Ground | Mapping[str, Any] | str | Path | None, atlas: Atlas) -> Ground:
    """The ground from whatever is at hand: itself, GeoDataFrames by layer, a GeoPackage, or nothing (found by name)."""
    if isinstance(geometry, Ground):
        return geometry
    if isinstance(geometry, Mapping):
        return ground_from_layers(geometry, atlas)
    if geometry is None:
        geometry = geometry_path(atlas.id)
        if geometry is None:
            raise UsageError(f"map '{atlas.id}' has no geometry and cannot be drawn; name its GeoPackage in map.toml")
    return read_ground(geometry, atlas)
