"""A run or a map for geographic information systems: who held what from when to when, and who stood where on each date.

GeoPackage in EPSG:3035 with the layers ``control`` and ``formations`` (of a map ``provinces``); GeoJSON in EPSG:4326.
``begin_date`` and ``end_date`` let a time slider play the campaign; the same run gives the same bytes. In a GeoPackage
every shape is kept once: the two layers are views that join spans of time to shapes by number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import NOBODY, TERRAINS, Atlas
from wargame.errors import UsageError
from wargame.show.ground import Ground, ground_of
from wargame.show.tokens import places
from wargame.world import HEADQUARTERS, KINDS, Forces, Status, World

Ints = NDArray[np.int64]
Snapshot = tuple[int, Ints]

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}
STAMP = "2000-01-01T00:00:00.000Z"
"""The time written into every file in place of the clock's."""
ROUGHLY = 0.1
"""Change of a formation's men, as a share, below which a rough account of a long run begins no new row."""
OF_FORMATIONS = ("formation", "name", "label", "power", "sidc")
"""Columns that never change of a formation."""


def export(
    atlas: Atlas,
    geometry: Ground | Mapping[str, Any] | str | Path | None,
    history: Sequence[Snapshot],
    path: str | Path,
    *,
    worlds: Iterable[World] | None = None,
    rough: bool = False,
) -> list[Path]:
    """Write spans of control and, of the ``worlds`` given, of formations as points; returns the files written.

    ``history`` pairs hours with the controllers of all provinces; both are in order of time. A GeoJSON file holds
    one layer: formations then go to a second file beside it, ``<name>_formations.geojson``. ``rough``: as in
    `formation_points`. `UsageError` for another suffix.
    """
    target = Path(path)
    driver = _driver(target)
    if not history:
        raise UsageError("a run without any date cannot be exported")
    ground = ground_of(geometry, atlas)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    spans = control_spans(atlas, history)
    points = formation_points(atlas, ground, worlds, rough=rough) if worlds is not None else None
    with _fixed_clock():
        if driver == "GPKG":
            _write_control(target, atlas, ground, spans)
            if points is not None:
                _write_formations(target, *points)
            return [target]
        _write(target, driver, "control", ground.provinces[spans.pop("row")], spans)
        if points is None:
            return [target]
        second = target.with_name(f"{target.stem}_formations{target.suffix}")
        second.unlink(missing_ok=True)
        shapes, which, columns = points
        _write(second, driver, "formations", shapes[which], columns)
    return [target, second]


def export_map(atlas: Atlas, geometry: Ground | Mapping[str, Any] | str | Path | None, path: str | Path) -> Path:
    """Write a map: one row per province, owner and holder, with the dates between which both were so; returns the file.

    `UsageError` for a suffix other than those of `export`.
    """
    target = Path(path)
    driver = _driver(target)
    ground = ground_of(geometry, atlas)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    columns = holding_spans(atlas)
    with _fixed_clock():
        _write(target, driver, "provinces", ground.provinces[columns.pop("row")], columns)
    return target


def holding_spans(atlas: Atlas) -> dict[str, Any]:
    """Columns of one row per province and unbroken span of one owner and one holder; ``row`` is the province's number.

    Owner and holder part in war, and where land was leased or occupied by agreement.
    """
    changes = {hour for history in atlas.zone_owners for hour, _ in history} | {held.begins for held in atlas.held}
    hours = sorted(changes)
    pairs = [np.column_stack([atlas.owners_on(hour), atlas.controllers_on(hour)]) for hour in hours]
    row, first, last, state = _unbroken(np.stack(pairs), hours)
    owner, controller = (_codes(atlas, state[:, k]) for k in (0, 1))
    return {
        "row": row,
        "province": _texts(atlas.ids[p] for p in row),
        "name": _texts(atlas.names[p] for p in row),
        "zone": _texts(atlas.zones[z] for z in atlas.zone_of[row]),
        "owner": _texts(owner),
        "owner_name": _texts(atlas.power_names.get(code, "") for code in owner),
        "controller": _texts(controller),
        "controller_name": _texts(atlas.power_names.get(code, "") for code in controller),
        "terrain": _texts(TERRAINS[t] for t in atlas.terrain[row]),
        "capital_of": _texts(atlas.capital_of[p] for p in row),
        "population_k": atlas.population_k[row],
        "port": atlas.port[row],
        "road": atlas.road[row],
        "begin_date": _instants(first),
        "end_date": _instants(last),
    }


def _driver(target: Path) -> str:
    driver = DRIVERS.get(target.suffix.lower())
    if driver is None:
        raise UsageError(f"{target}: cannot write '{target.suffix}'; end the name in .gpkg or .geojson")
    return driver


def control_spans(atlas: Atlas, history: Sequence[Snapshot]) -> dict[str, Any]:
    """Columns of one row per province and unbroken span of one controller; ``row`` is the province's number.

    A span ends when the next begins; one that lasts to the end of the history has an empty ``end_date``.
    """
    ordered = sorted(history, key=lambda s: s[0])
    row, first, last, state = _unbroken(np.stack([c for _, c in ordered])[:, :, None], [h for h, _ in ordered])
    controller = _codes(atlas, state[:, 0])
    return {
        "row": row,
        "province": _texts(atlas.ids[p] for p in row),
        "name": _texts(atlas.names[p] for p in row),
        "controller": _texts(controller),
        "controller_name": _texts(atlas.power_names.get(code, "") for code in controller),
        "begin_date": _instants(first),
        "end_date": _instants(last),
    }


def _unbroken(states: Ints, hours: Sequence[int]) -> tuple[Ints, list[int], list[int | None], Ints]:
    """Of states (hour, province, what): province, first hour, hour it ended (open: `None`) and state of every span."""
    changed = (states[1:] != states[:-1]).any(axis=2)
    begins = np.vstack([np.ones((1, states.shape[1]), dtype=bool), changed])
    row, step = np.nonzero(begins.T)
    again = np.append(row[1:] == row[:-1], False)
    last = [hours[step[k + 1]] if more else None for k, more in enumerate(again.tolist())]
    return row, [hours[s] for s in step.tolist()], last, states[step, row]


def _codes(atlas: Atlas, powers: Ints) -> list[str]:
    return [atlas.powers[p] if p != NOBODY else "" for p in powers.tolist()]


def formation_points(
    atlas: Atlas, ground: Ground, worlds: Iterable[World], *, rough: bool = False
) -> tuple[NDArray[np.object_], Ints, dict[str, Any]]:
    """Every formation with men, and every headquarters, over worlds in order of time: points, which of them, columns.

    A row spans the dates on which nothing in it changes; one that lasts to the end has an empty ``end_date``. Where it
    is ``rough``, formations stand at the hubs of their provinces, a change of less than a tenth of the men makes no new
    row, and dates are days.
    """
    import shapely

    f, spans = _spans(atlas, ground, worlds, rough=rough)
    spans = spans[np.lexsort((spans[:, 0], spans[:, 1]))]
    whole = spans[:, :9].astype(np.int64)
    row, begin, end, men, guns, tanks, province, kind, parent = whole.T
    known = {name: _texts(getattr(f, name)) for name in ("ids", "names", "shorts", "sidc")}
    unit = "datetime64[D]" if rough else "datetime64[ms]"
    columns = {
        "formation": known["ids"][row],
        "name": known["names"][row],
        "label": known["shorts"][row],
        "kind": _texts(KINDS)[kind],
        "power": _texts(atlas.powers)[f.power[row]],
        "parent": _texts([*f.ids, ""])[parent],
        "sidc": known["sidc"][row],
        "province": _texts(atlas.ids)[province],
        "men": men,
        "guns": guns,
        "tanks": tanks,
        "begin_date": _instants(begin.tolist()).astype(unit),
        "end_date": _instants([h if h >= 0 else None for h in end.tolist()]).astype(unit),
    }
    where, which = np.unique(spans[:, 9:], axis=0, return_inverse=True)
    return shapely.points(where), which.reshape(-1), columns


def _spans(atlas: Atlas, ground: Ground, worlds: Iterable[World], *, rough: bool) -> tuple[Forces, NDArray[np.float64]]:
    """The forces, and rows of: number, begin, end (-1 = open), men, guns, tanks, province, kind, parent, x, y."""
    staff = np.array([k in HEADQUARTERS for k in KINDS])
    closed: list[NDArray[np.float64]] = []
    for world in worlds:
        f, hour = world.forces, world.hour
        shown = (f.status == Status.ACTIVE) & (staff[f.kind] | (f.men > 0))
        facts = [np.rint(f.men), np.rint(f.guns), np.rint(f.tanks), f.province, f.kind, f.parent]
        at = ground.hubs[f.province] if rough else places(world, atlas, ground)
        now = np.column_stack([shown, *facts, at])
        if not closed:
            state, begun = now, np.full(len(f), hour)
        changed = _changed(state, now, rough=rough)
        closed.append(_rows(state, begun, changed & (state[:, 0] > 0), hour))
        state = np.where(changed[:, None], now, state)
        begun = np.where(changed, hour, begun)
    closed.append(_rows(state, begun, state[:, 0] > 0, -1))
    return f, np.concatenate(closed)


def _changed(state: NDArray[np.float64], now: NDArray[np.float64], *, rough: bool) -> NDArray[np.bool_]:
    """Formations of which a new row begins."""
    new = now != state
    if rough:
        new[:, 1] = abs(now[:, 1] - state[:, 1]) > ROUGHLY * np.maximum(now[:, 1], state[:, 1])
        new[:, 2:4] = False  # arms go with the men
    found: NDArray[np.bool_] = new.any(axis=1)
    return found


def _rows(state: NDArray[np.float64], begun: Ints, ended: NDArray[np.bool_], hour: int) -> NDArray[np.float64]:
    row = np.flatnonzero(ended)
    return np.column_stack([row, begun[row], np.full(len(row), hour), state[row, 1:]])


def _texts(values: Any) -> NDArray[np.object_]:
    return np.array([str(v) for v in values], dtype=object)


def _instants(hours: Sequence[int | None]) -> NDArray[np.datetime64]:
    moments = ["NaT" if h is None else dates.to_datetime(h).isoformat() for h in hours]
    return np.array(moments, dtype="datetime64[ms]")


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """GDAL stamps files with the time of writing; give it always the same."""
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_control(path: Path, atlas: Atlas, ground: Ground, spans: dict[str, Any]) -> None:
    """The layer ``control``: a view that joins the spans to the provinces, each of whose shapes is kept once."""
    places = {"province": _texts(atlas.ids), "name": _texts(atlas.names)}
    _write(path, "GPKG", "provinces", ground.provinces, places)
    changing = {name: column for name, column in spans.items() if name not in {"row", *places}}
    _write(path, "GPKG", "control_spans", None, {"at": spans["row"] + 1} | changing)
    _view(path, "control", "provinces", (*places, *(f"s.{name}" for name in changing)), "control_spans")


def _write_formations(path: Path, shapes: NDArray[np.object_], which: Ints, columns: dict[str, Any]) -> None:
    """The layer ``formations``: a view that joins the spans to points, and to what never changes of a formation."""
    _, first, unit = np.unique(columns["formation"], return_index=True, return_inverse=True)
    fixed = {name: columns[name][first] for name in OF_FORMATIONS}
    changing = {name: column for name, column in columns.items() if name not in fixed}
    _write(path, "GPKG", "points", shapes, {})
    _write(path, "GPKG", "units", None, fixed)
    _write(path, "GPKG", "formation_spans", None, {"at": which + 1, "unit": unit.reshape(-1) + 1} | changing)
    told = (f"u.{name}" if name in fixed else f"s.{name}" for name in columns)
    _view(path, "formations", "points", tuple(told), "formation_spans", "JOIN units u ON u.fid = s.unit")


def _view(path: Path, layer: str, shaped: str, told: Sequence[str], spans: str, join: str = "") -> None:
    """Make a view on spans and their shapes known as a layer, as the GeoPackage driver wants it: with an OGC_FID."""
    with closing(sqlite3.connect(path)) as file:
        file.execute(
            f"CREATE VIEW {layer} AS SELECT s.fid AS OGC_FID, g.geom AS geom, {', '.join(told)} "
            f"FROM {spans} s JOIN {shaped} g ON g.fid = s.at {join}"
        )
        for table, own in (("gpkg_contents", ("table_name", "identifier")), ("gpkg_geometry_columns", ("table_name",))):
            names = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(f"'{layer}'" if name in own else name for name in names)
            file.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE table_name = '{shaped}'")
        file.commit()


def _write(path: Path, driver: str, layer: str, shapes: NDArray[np.object_] | None, columns: Mapping[str, Any]) -> None:
    """Write a layer of points or areas, or a table without shapes."""
    import pyogrio
    import shapely

    if shapes is None:
        pyogrio.raw.write(path, None, list(columns.values()), list(columns), layer=layer, driver=driver)
        return
    crs, options = "EPSG:3035", {}
    if driver == "GeoJSON":
        from pyproj import Transformer

        turn = Transformer.from_crs(3035, 4326, always_xy=True)
        shapes = shapely.transform(shapes, turn.transform, interleaved=False)
        crs, options = "EPSG:4326", {"COORDINATE_PRECISION": "5", "RFC7946": "YES"}
    kind = "Point" if len(shapes) and shapes[0].geom_type == "Point" else "MultiPolygon"
    if kind == "MultiPolygon":
        shapes = np.array([shapely.MultiPolygon(shapely.get_parts(s).tolist()) for s in shapes], dtype=object)
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), list(columns.values()), list(columns), layer=layer, driver=driver,
        geometry_type=kind, crs=crs, **options,
    )  # fmt: skip
