"""Maps from folders of CSV files, and the bridge to their geometry.

`load_atlas` needs ``map.toml``, ``provinces.csv``, ``zones.csv`` and ``borders.csv``; control, flags, straits, forts,
rail, climate, powers and the sea are read where the folder has them. Nothing here imports geopandas until geometry is
asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import (
    NOBODY,
    TERRAINS,
    Atlas,
    Borders,
    Climate,
    Coast,
    CoastFort,
    Flag,
    Fort,
    Held,
    Railway,
    SeaLink,
    Seas,
)
from wargame.errors import UsageError, did_you_mean
from wargame.load import toml_files
from wargame.load.map_tables import (
    BORDERS,
    CLIMATES,
    COAST_FORTS,
    COASTS,
    CONTROL,
    FLAGS,
    FORTS,
    PEOPLE,
    POWERS,
    PROVINCES,
    RAIL,
    SEA_LINKS,
    SEAS,
    STRAITS,
    WEATHER,
    ZONES,
)
from wargame.load.paths import Search, search
from wargame.load.tables import Reader, Rows, Table

STRAIT_FRONT_KM = 5.0  # a crossing is forced on a narrow front
WIDEST_STRAIT_KM = 20.0  # wider water needs ships: it joins no provinces on land
EARTH_RADIUS_KM = 6371.0
FAIR_WEATHER = "fair"  # the climate of maps without climate.csv: always clear
POWERS_OF = "europe"  # the map whose powers serve maps without powers.csv of their own
_INDUSTRY = re.compile(r"([a-z][a-z_]*):([1-3])")
MAP_KEYS = ("id", "title", "version", "crs", "geometry", "opening")


def load_atlas(name: str, data: Iterable[str | Path] = ()) -> Atlas:
    """The map of this name; `UsageError` if there is none, `InputError` with every fault of its files."""
    where = search(data)
    reader = Reader(where.label)
    atlas = read_atlas(reader, where, where.find("map", name).parent)
    reader.check()
    if atlas is None:
        raise UsageError(f"map '{name}' has no provinces")
    return atlas


def read_atlas(reader: Reader, where: Search, folder: Path) -> Atlas | None:
    """The map in a folder, as far as its files allow; faults go to ``reader``. `None` without any province."""
    head = _read_head(reader, folder)
    table = _Folder(reader, folder)
    provinces = table.read("provinces", PROVINCES)
    if not len(provinces):
        return None
    order = sorted(range(len(provinces)), key=lambda i: (provinces["id"][i], i))
    ids = tuple(dict.fromkeys(provinces["id"][i] for i in order))
    number = {p: i for i, p in enumerate(ids)}
    if len(ids) < len(order):  # duplicates are faults already; the first row of each stands
        seen: set[str] = set()
        order = [i for i in order if not (provinces["id"][i] in seen or seen.add(provinces["id"][i]))]  # type: ignore[func-returns-value]

    def column(of: str) -> list[Any]:
        return [provinces[of][i] for i in order]

    powers = _read_powers(reader, where, folder)
    zones, zone_owners, zone_of, zone_names = _read_zones(table, provinces, column("zone"), powers)
    climates, climate_of = _read_climates(table, provinces, column("climate"), order)
    lon, lat = _floats(column("lon")), _floats(column("lat"))
    _check_powers(reader, provinces, "capital_of", powers)
    codes = tuple(sorted(powers))
    return Atlas(
        id=head["id"],
        title=head["title"],
        version=head["version"],
        ids=ids,
        names=tuple(name or p for name, p in zip(column("name"), ids, strict=True)),
        aliases=tuple(column("aliases")),
        zones=zones,
        zone_names=zone_names,
        zone_of=zone_of,
        zone_owners=zone_owners,
        terrain=_ints([TERRAINS.index(t) if t in TERRAINS else 0 for t in column("terrain")]),
        area_km2=_floats(column("area_km2")),
        lon=lon,
        lat=lat,
        road=_ints(column("road")),
        population_k=_floats(column("population_k")),
        port=_ints(column("port")),
        capital_of=tuple(column("capital_of")),
        climate_of=climate_of,
        climates=climates,
        borders=_read_borders(table, number, lon, lat),
        forts=_read_forts(table, number),
        rail=_read_rail(table, number, lon, lat),
        powers=codes,
        power_names={c: powers[c]["name"] or c for c in codes},
        adjectives={c: powers[c]["adjective"] or powers[c]["name"] or c for c in codes},
        colours={c: powers[c]["colour"] for c in codes},
        industry=_read_industry(reader, provinces, order),
        held=_read_control(table, {z: i for i, z in enumerate(zones)}, number, powers),
        flags=_read_flags(table, {z: i for i, z in enumerate(zones)}),
        people_k=_read_people(table, zones),
        seas=_read_seas(table, number),
        sources={k: v for k, v in reader.digests.items() if k.startswith(f"map/{folder.name}/")},
    )


class _Folder:
    """The tables of one map folder."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self.reader, self.folder = reader, folder

    def has(self, name: str) -> bool:
        return (self.folder / f"{name}.csv").exists()

    def read(self, name: str, table: Table) -> Rows:
        return self.reader.table(self.folder / f"{name}.csv", table, f"map/{self.folder.name}/{name}.csv")

    def read_if_there(self, name: str, table: Table) -> Rows:
        return self.read(name, table) if self.has(name) else Rows(name, {c.name: [] for c in table.columns}, [])


def _read_head(reader: Reader, folder: Path) -> dict[str, str]:
    path = folder / "map.toml"
    found = toml_files.read(reader, path, f"map/{folder.name}/map.toml")
    raw = found.data if found is not None else {}
    file = reader.label(path)
    for key, value in raw.items():
        if key not in MAP_KEYS:
            remedy = did_you_mean(key, MAP_KEYS) or f"the keys are {', '.join(MAP_KEYS)}"
            reader.fault("unknown-key", file, f"key '{key}' is unknown", remedy, found.line(key) if found else None)
        elif isinstance(value, (dict, list)):
            reader.fault(
                "bad-value", file, f"{key} is not a text", "write it in quotes", found.line(key) if found else None
            )
    if found is not None and raw.get("id") != folder.name:
        what = f"id is '{raw.get('id', '')}' but the folder is called '{folder.name}'"
        reader.fault("bad-value", file, what, f'write id = "{folder.name}"', found.line("id"))
    drawing = found.data.get("geometry") if found is not None else None
    if found is not None and drawing and not (folder / str(drawing)).is_file():
        what = f"geometry '{drawing}' is not in the map's folder"
        reader.fault("missing-file", file, what, "put the GeoPackage there, or delete the key", found.line("geometry"))
    return {"id": folder.name, "title": str(raw.get("title", folder.name)), "version": str(raw.get("version", ""))}


def _read_powers(reader: Reader, where: Search, folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "powers.csv"
    key = f"map/{folder.name}/powers.csv"
    if not path.exists():
        with suppress(UsageError):  # without that map the missing file is reported where a user would write it
            path, key = where.find("map", POWERS_OF).parent / "powers.csv", f"map/{POWERS_OF}/powers.csv"
    rows = reader.table(path, POWERS, key)
    return {row["id"]: row for row in rows.dicts()}


def _check_powers(reader: Reader, rows: Rows, column: str, powers: Iterable[str]) -> None:
    known = set(powers)
    for line, code in zip(rows.lines, rows[column], strict=True):
        if len(code) == 3 and code not in known:  # any other form is a fault already
            remedy = did_you_mean(code, known) or "write a code of powers.csv, or add the power there"
            reader.fault("unknown-power", rows.file, f"{column} '{code}' is not a power of this map", remedy, line)


def _read_zones(
    table: _Folder, provinces: Rows, zone_by_province: Sequence[str], powers: Iterable[str]
) -> tuple[tuple[str, ...], tuple[tuple[tuple[int, str], ...], ...], NDArray[np.int64], dict[str, str]]:
    rows = table.read("zones", ZONES)
    _check_powers(table.reader, rows, "owner", powers)
    histories: dict[str, list[tuple[int, str]]] = {}
    for zone, begins, owner in zip(rows["zone"], rows["begin_date"], rows["owner"], strict=True):
        histories.setdefault(zone, []).append((begins, owner))
    used = set(zone_by_province)
    for line, zone in zip(rows.lines, rows["zone"], strict=True):
        if zone not in used:
            remedy = "give it to a province in provinces.csv, or delete the row"
            table.reader.fault(
                "unused-zone", rows.file, f"no province lies in zone '{zone}'", remedy, line, warning=True
            )
    for line, zone in zip(provinces.lines, provinces["zone"], strict=True):
        if zone and zone not in histories:
            remedy = did_you_mean(zone, histories) or "add a row for it, with its owner, to zones.csv"
            table.reader.fault("unknown-zone", provinces.file, f"zone '{zone}' has no owner in zones.csv", remedy, line)
    zones = tuple(sorted({*histories, *used}))
    index = {z: i for i, z in enumerate(zones)}
    return (
        zones,
        tuple(tuple(sorted(histories.get(z, []))) for z in zones),
        _ints([index[z] for z in zone_by_province]),
        {z: name or z for z, name in zip(rows["zone"], rows["name"], strict=True)},
    )


def _read_control(
    table: _Folder, zone: dict[str, int], number: dict[str, int], powers: Iterable[str]
) -> tuple[Held, ...]:
    rows = table.read_if_there("control", CONTROL)
    _check_powers(table.reader, rows, "controller", powers)
    known = set(powers)
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        if bool(row["zone"]) == bool(row["province"]):
            what = "both zone and province are named" if row["zone"] else "neither a zone nor a province is named"
            table.reader.fault("bad-value", rows.file, what, "name a zone, or a province, not both", line)
        elif row["zone"]:
            place = _known_zone(table.reader, rows.file, line, row["zone"], zone)
        else:
            place = _known(table.reader, rows.file, line, "province", row["province"], number)
        if bool(row["zone"]) != bool(row["province"]) and place is not None and row["controller"] in {"", *known}:
            found.append(Held(row["begin_date"], place, bool(row["zone"]), row["controller"]))
    return tuple(sorted(found, key=lambda h: (h.begins, not h.whole_zone, h.place)))


def _read_flags(table: _Folder, zone: dict[str, int]) -> tuple[Flag, ...]:
    rows = table.read_if_there("flags", FLAGS)
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        place = _known_zone(table.reader, rows.file, line, row["zone"], zone)
        _check_span(table.reader, rows.file, line, row)
        if place is not None:
            found.append(Flag(place, row["flag"], row["begin_date"], row["end_date"]))
    return tuple(sorted(found, key=lambda f: (f.zone, f.flag, f.begins)))


def _read_people(table: _Folder, zones: tuple[str, ...]) -> dict[str, float]:
    rows = table.read_if_there("people", PEOPLE)
    known = {z: i for i, z in enumerate(zones)}
    named = zip(rows.lines, rows.dicts(), strict=True)
    counted = [row for line, row in named if _known_zone(table.reader, rows.file, line, row["zone"], known) is not None]
    return {row["zone"]: float(row["people_k"]) for row in counted}


def _known_zone(reader: Reader, file: str, line: int, zone: str, known: dict[str, int]) -> int | None:
    if zone and zone not in known:
        remedy = did_you_mean(zone, known) or "write a zone of provinces.csv"
        reader.fault("unknown-zone", file, f"zone '{zone}' is not on this map", remedy, line)
    return known.get(zone)


def _check_span(reader: Reader, file: str, line: int, row: dict[str, Any]) -> None:
    if row["end_date"] <= row["begin_date"]:
        reader.fault("bad-date", file, "end_date is not after begin_date", "correct one of them", line)


def _read_industry(reader: Reader, provinces: Rows, order: Sequence[int]) -> tuple[tuple[tuple[str, int], ...], ...]:
    found: list[tuple[tuple[str, int], ...]] = []
    for line, cell in zip(provinces.lines, provinces["industry"], strict=True):
        made = []
        for part in cell:
            match = _INDUSTRY.fullmatch(part)
            if match:
                made.append((match[1], int(match[2])))
                continue
            remedy = "write kind:class, the class from 1 to 3, such as coal:3|steel:2"
            reader.fault("bad-value", provinces.file, f"industry '{part}' cannot be read", remedy, line)
        found.append(tuple(sorted(made)))
    return tuple(found[i] for i in order)


def _read_climates(
    table: _Folder, provinces: Rows, climate_by_province: Sequence[str], order: Sequence[int]
) -> tuple[tuple[Climate, ...], NDArray[np.int64]]:
    if not table.has("climate"):
        fair = np.zeros(12)
        for line, climate in zip(provinces.lines, provinces["climate"], strict=True):
            if climate not in {"", FAIR_WEATHER}:
                what = f"climate '{climate}' is named but the map has no climate.csv"
                remedy = "write climate.csv, or leave the cell empty: the weather is then always clear"
                table.reader.fault("unknown-climate", provinces.file, what, remedy, line)
        return (Climate(FAIR_WEATHER, fair, fair, fair, fair),), np.zeros(len(order), dtype=np.int64)
    rows = table.read("climate", CLIMATES)
    months: dict[str, dict[int, dict[str, Any]]] = {}
    first_line: dict[str, int] = {}
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        months.setdefault(row["climate"], {})[row["month"]] = row
        first_line.setdefault(row["climate"], line)
    for climate, known in months.items():
        missing = [str(m) for m in range(1, 13) if m not in known]
        if missing:
            what = f"climate '{climate}' has no month {', '.join(missing)}"
            table.reader.fault("missing-month", rows.file, what, "write all twelve months", first_line[climate])
    names = tuple(sorted(months)) or (FAIR_WEATHER,)
    index = {c: i for i, c in enumerate(names)}
    for line, climate in zip(provinces.lines, provinces["climate"], strict=True):
        if climate not in index and not (climate == "" and len(names) == 1):
            remedy = did_you_mean(climate, names) or f"write one of {', '.join(names)}"
            table.reader.fault(
                "unknown-climate", provinces.file, f"climate '{climate}' is not in climate.csv", remedy, line
            )
    climates = tuple(
        Climate(
            c,
            *(_floats([months.get(c, {}).get(m, {}).get(k, 0.0) for m in range(1, 13)]) for k in WEATHER),
        )
        for c in names
    )
    return climates, _ints([index.get(c, 0) for c in climate_by_province])


def great_circle_km(lon: NDArray[np.float64], lat: NDArray[np.float64], a: Any, b: Any) -> NDArray[np.float64]:
    """Kilometres between hubs ``a`` and ``b`` (province numbers), rounded to 0.1 so that every machine agrees."""
    x, y = np.radians(lon), np.radians(lat)
    half = np.sin((y[b] - y[a]) / 2) ** 2 + np.cos(y[a]) * np.cos(y[b]) * np.sin((x[b] - x[a]) / 2) ** 2
    km: NDArray[np.float64] = np.round(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half))), 1)
    return km


def _pairs(table: _Folder, rows: Rows, number: dict[str, int]) -> list[tuple[int, int, int]]:
    """(row, lower province, higher province) of every row that joins two different known provinces."""
    found: list[tuple[int, int, int]] = []
    first: dict[tuple[int, int], int] = {}
    for i, (a, b) in enumerate(zip(rows["a"], rows["b"], strict=True)):
        line = rows.lines[i]
        known = [_known(table.reader, rows.file, line, end, p, number) for end, p in (("a", a), ("b", b)) if p]
        if len(known) < 2 or None in known:
            continue
        if a == b:
            table.reader.fault("bad-border", rows.file, f"'{a}' is joined to itself", "name two provinces", line)
            continue
        low, high = sorted((number[a], number[b]))
        if (low, high) not in first:
            first[low, high] = i
            found.append((i, low, high))
        elif rows["a"][first[low, high]] != a:  # the same way round is reported by the reader
            what = f"'{a}' and '{b}' are joined twice, first on line {rows.lines[first[low, high]]}"
            table.reader.fault("duplicate", rows.file, what, "delete one of the rows", line)
    return found


def _known(reader: Reader, file: str, line: int, column: str, province: str, number: dict[str, int]) -> int | None:
    if province not in number:
        remedy = did_you_mean(province, number) or "write an id of provinces.csv"
        reader.fault("unknown-province", file, f"{column} '{province}' is not a province of this map", remedy, line)
    return number.get(province)


def _read_borders(
    table: _Folder, number: dict[str, int], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> Borders:
    rows = table.read("borders", BORDERS)
    land = _pairs(table, rows, number)
    joined = {(a, b) for _, a, b in land}
    entries: list[tuple[int, int, float, float, str, float, int, bool]] = []
    for i, a, b in land:
        river = rows["river"][i]
        share = rows["river_share"][i] if rows["river_share"][i] >= 0 else float(bool(river))
        crossing = rows["crossing"][i] if rows["crossing"][i] >= 0 else 2 * bool(river)
        entries.append((a, b, rows["shared_km"][i], rows["distance_km"][i], river, share, crossing, False))
    water = table.read_if_there("straits", STRAITS)
    for i, a, b in _pairs(table, water, number):
        if (a, b) in joined and water["kind"][i] != "bridge":  # a bridge adds nothing to a land border
            what = f"'{water['a'][i]}' and '{water['b'][i]}' already share a land border"
            table.reader.fault("duplicate", water.file, what, "the strait is not used", water.lines[i], warning=True)
        elif (a, b) not in joined and (water["kind"][i] == "bridge" or water["km"][i] <= WIDEST_STRAIT_KM):
            name = water["name"][i] or water["kind"][i]
            entries.append((a, b, STRAIT_FRONT_KM, 0.0, name, 1.0, 3, True))
    entries.sort()
    low, high = _ints([e[0] for e in entries]), _ints([e[1] for e in entries])
    given = _floats([e[3] for e in entries])
    return Borders(
        a=low,
        b=high,
        shared_km=_floats([e[2] for e in entries]),
        distance_km=np.where(given > 0, given, great_circle_km(lon, lat, low, high)),
        river=tuple(e[4] for e in entries),
        river_share=_floats([e[5] for e in entries]),
        crossing=_ints([e[6] for e in entries]),
        strait=np.array([e[7] for e in entries], dtype=np.bool_),
    )


def _read_forts(table: _Folder, number: dict[str, int]) -> tuple[Fort, ...]:
    rows = table.read_if_there("forts", FORTS)
    forts = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        facing = row["facing"]
        place = _known(table.reader, rows.file, line, "province", row["province"], number) if row["province"] else None
        towards = _known(table.reader, rows.file, line, "facing", facing, number) if facing else NOBODY
        _check_span(table.reader, rows.file, line, row)
        if place is not None and towards is not None:
            dates = row["begin_date"], row["end_date"]
            forts.append(Fort(place, towards, row["line"], row["strength"], *dates, row["builder"]))
    return tuple(sorted(forts, key=lambda f: (f.province, f.facing, f.line, f.begins)))


def _read_rail(
    table: _Folder, number: dict[str, int], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[Railway, ...]:
    rows = table.read_if_there("rail", RAIL)
    pairs = _pairs(table, rows, number)
    tracks, gauge, trains = rows["tracks"], rows["gauge_mm"], rows["trains_per_day"]
    electric = rows["electric_from"]
    direct = great_circle_km(lon, lat, _ints([a for _, a, _ in pairs]), _ints([b for _, _, b in pairs]))
    lines = [
        Railway(a, b, tracks[i], gauge[i], trains[i], rows["km"][i] or km, rows["line"][i], electric[i])
        for (i, a, b), km in zip(pairs, direct.tolist(), strict=True)
    ]
    return tuple(sorted(lines, key=lambda r: (r.a, r.b)))


def _read_seas(table: _Folder, number: dict[str, int]) -> Seas:
    """The sea zones in the order of their ids; without ``seas.csv`` no sea."""
    if not table.has("seas"):
        return Seas()
    rows = table.read("seas", SEAS)
    order = sorted(range(len(rows)), key=rows["id"].__getitem__)
    known = set(rows["id"])
    return Seas(
        ids=tuple(rows["id"][i] for i in order),
        names=tuple(rows["name"][i] or rows["id"][i] for i in order),
        area_km2=_floats([rows["area_km2"][i] for i in order]),
        links=_read_sea_links(table, number, known),
        coasts=_read_coasts(table, number, known),
        forts=_read_coast_forts(table, number, known),
    )


def _read_sea_links(table: _Folder, number: dict[str, int], seas: set[str]) -> tuple[SeaLink, ...]:
    rows = table.read_if_there("sea_links", SEA_LINKS)
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        ends = [_known_sea(table.reader, rows.file, line, row[end], seas) for end in ("a", "b")]
        shores = [_known(table.reader, rows.file, line, "shores", p, number) for p in row["shores"]]
        if row["a"] == row["b"]:
            table.reader.fault("bad-border", rows.file, f"'{row['a']}' is joined to itself", "name two zones", line)
        elif all(ends):
            land = tuple(p for p in shores if p is not None)
            what = row["name"], row["kind"], row["width_km"], land, row["begin_date"]
            found.append(SeaLink(min(row["a"], row["b"]), max(row["a"], row["b"]), *what))
    return tuple(sorted(found, key=lambda s: (s.a, s.b, s.name)))


def _read_coasts(table: _Folder, number: dict[str, int], seas: set[str]) -> tuple[Coast, ...]:
    rows = table.read_if_there("coasts", COASTS)
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        place = _known(table.reader, rows.file, line, "province", row["province"], number)
        if _known_sea(table.reader, rows.file, line, row["sea"], seas) and place is not None:
            found.append(Coast(place, row["sea"], row["coast_km"], row["landing"]))
    return tuple(sorted(found, key=lambda c: (c.province, c.sea)))


def _read_coast_forts(table: _Folder, number: dict[str, int], seas: set[str]) -> tuple[CoastFort, ...]:
    rows = table.read_if_there("coast_forts", COAST_FORTS)
    found = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        place = _known(table.reader, rows.file, line, "province", row["province"], number)
        _check_span(table.reader, rows.file, line, row)
        if _known_sea(table.reader, rows.file, line, row["sea"], seas) and place is not None:
            dates = row["begin_date"], row["end_date"]
            found.append(CoastFort(place, row["sea"], row["builder"], row["line"], row["strength"], *dates))
    return tuple(sorted(found, key=lambda f: (f.province, f.sea, f.line, f.begins)))


def _known_sea(reader: Reader, file: str, line: int, sea: str, known: set[str]) -> bool:
    if sea and sea not in known:
        remedy = did_you_mean(sea, known) or "write an id of seas.csv"
        reader.fault("unknown-sea", file, f"'{sea}' is not a sea zone of this map", remedy, line)
    return sea in known


def _ints(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _floats(values: Sequence[float]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


# --- geometry: geopandas is imported only from here on ---------------------------------------------------------------


def geometry_path(name: str, data: Iterable[str | Path] = ()) -> Path | None:
    """The map's GeoPackage; `None` if the map has no geometry."""
    folder = search(data).find("map", name).parent
    reader = Reader(str)
    found = toml_files.read(reader, folder / "map.toml", "map.toml")
    reader.check()
    file = str(found.data.get("geometry", "")) if found is not None else ""
    path = folder / file
    return path if file and path.is_file() else None


def load_geometry(name: str, data: Iterable[str | Path] = ()) -> dict[str, Any] | None:
    """The layers of the map's GeoPackage as GeoDataFrames by name; `None` if the map has no geometry."""
    path = geometry_path(name, data)
    if path is None:
        return None
    import geopandas as gpd  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    layers = sorted(str(layer) for layer, _ in pyogrio.list_layers(path))
    return {layer: gpd.read_file(path, layer=layer) for layer in layers}


def to_geodataframe(atlas: Atlas, hour: int, data: Iterable[str | Path] = ()) -> Any:
    """The provinces as a GeoDataFrame indexed by id, with zone, terrain and the owner at an hour.

    Polygons in the map's own projection; the hubs as points in longitude and latitude if the map has no geometry.
    """
    import geopandas as gpd  # noqa: PLC0415

    owners = atlas.owners_on(hour)
    columns = {
        "name": atlas.names,
        "zone": [atlas.zones[z] for z in atlas.zone_of],
        "terrain": [TERRAINS[t] for t in atlas.terrain],
        "owner": [atlas.powers[o] if o != NOBODY else "" for o in owners],
        "area_km2": atlas.area_km2,
        "population_k": atlas.population_k,
    }
    layers = load_geometry(atlas.id, data)
    if layers is None:
        points = gpd.points_from_xy(atlas.lon, atlas.lat, crs="EPSG:4326")
        return gpd.GeoDataFrame(columns, index=list(atlas.ids), geometry=points)
    shapes = layers["provinces"].set_index("id").geometry.reindex(list(atlas.ids))
    return gpd.GeoDataFrame(columns, index=shapes.index, geometry=shapes, crs=layers["provinces"].crs)
