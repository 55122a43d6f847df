"""What every step of the build shares: the projection, the snapping grid, names, and one way with CSV files."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

CRS = 3035
"""ETRS89 / LAEA Europe: equal area, metres."""
GRID_M = 10.0
"""All vertices lie on this grid until the last simplification."""
THEATRE = (-25.0, 29.0, 62.5, 72.0)
"""West, south, east, north in degrees."""
HERE = Path(__file__).parent

SPECIAL_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "þ": "th", "ð": "d", "ı": "i"}
)


def slug(name: str) -> str:
    """Return the ascii id of a name: `Königsberg` -> `koenigsberg`, `Łódź` -> `lodz`."""
    text = unicodedata.normalize("NFC", name).lower().translate(SPECIAL_LETTERS)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file as dictionaries of stripped strings; an absent file has no rows."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file)]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict]) -> None:
    """Write rows sorted by their first columns; None becomes an empty cell."""
    table = [["" if row.get(c) is None else str(row[c]) for c in columns] for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(sorted(table))


def parse_points(text: str) -> list[tuple[float, float]]:
    """Parse `lon lat|lon lat|...` into pairs of degrees."""
    return [(float(x), float(y)) for x, y in (pair.split() for pair in text.split("|") if pair.strip())]


def to_metres(geometries: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Project geometries in degrees to the map's metres, long edges bent along with the projection."""
    bent = shapely.segmentize(list(geometries), 0.05)
    return list(gpd.GeoSeries(bent, crs=4326).to_crs(CRS).values)


def ring_polygon(text: str) -> shapely.Geometry:
    """Return the polygon, in metres, of a ring written as `lon lat|lon lat|...`."""
    return shapely.make_valid(to_metres([shapely.Polygon(parse_points(text))])[0])


def polygonize(lines: Iterable[shapely.Geometry]) -> np.ndarray:
    """Node all lines on the grid and return every face they enclose."""
    wanted = [line for line in lines if line is not None and not line.is_empty]
    noded = shapely.unary_union(wanted, grid_size=GRID_M)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
