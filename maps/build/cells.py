"""Cells: provinces grow from their hubs by cost of travel, so that their borders follow rivers and ridges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from base import Raster
from common import CRS, HERE, polygonize, read_csv
from lines import Magnet, smooth
from PIL import Image, ImageDraw
from scipy.ndimage import binary_dilation, distance_transform_edt, gaussian_filter
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

RIVER_PRICE = {1: 3.0, 2: 5.0, 3: 7.0}
"""Extra cost of a raster cell that holds a river, by class."""
SLOPE_PRICE = 60.0
NOISE_SEED = 1939
ABROAD_PRICE = 4.0
TOWN_REACH = 3
"""Around a hub, within so many cells each way, rivers and slopes cost nothing: a town holds both its banks."""
LEAST_STEP = 1e-3
"""Cost, in cells, of an edge that should cost nothing (a sparse graph drops edges of cost 0)."""
MAX_CELLS = 1_200_000
KEEP_WHOLE = 0.4
"""Outside the hand-written zones a modern unit smaller than this many mean provinces is not cut."""
RIVER_REACH_M, RIVER_LEAST_M = 4500.0, 7000.0


def cost_raster(elevation: np.ndarray, rivers: gpd.GeoDataFrame, hubs: pd.DataFrame, raster: Raster) -> np.ndarray:
    """Return the cost of crossing each cell: 1 on flat land, more on slopes and rivers, a little uneven everywhere."""
    gy, gx = np.gradient(np.maximum(elevation, 0), raster.cell)
    noise = gaussian_filter(np.random.default_rng(NOISE_SEED).standard_normal(elevation.shape, dtype=np.float32), 3)
    cost = (1 + SLOPE_PRICE * np.hypot(gx, gy).clip(0, 0.12)) * np.clip(1 + 0.3 * noise / noise.std(), 0.5, 1.8)
    for grade, price in RIVER_PRICE.items():
        wet = np.zeros(elevation.shape, bool)
        for line in shapely.segmentize(rivers.geometry.values[rivers["class"].values == grade], 700):
            points = shapely.get_coordinates(line)
            wet[raster.index(points[:, 0], points[:, 1])] = True
        cost[binary_dilation(wet, structure=np.ones((2, 2)))] += price
    town = np.zeros(elevation.shape, bool)
    town[raster.index(hubs.x.values, hubs.y.values)] = True
    cost[binary_dilation(town, iterations=TOWN_REACH)] = 0.7
    return cost.astype(np.float32)


def burn(geometries: Iterable[shapely.Geometry], values: Iterable[int], raster: Raster) -> np.ndarray:
    """Return a raster of the values of the polygons over each cell, -1 where there is none."""
    image = Image.new("I", (raster.columns, raster.rows), -1)
    pen = ImageDraw.Draw(image)
    for geometry, value in zip(geometries, values, strict=True):
        for part in shapely.get_parts(geometry):
            pen.polygon(_pixels(part.exterior, raster), fill=int(value))
    return np.asarray(image)


def _pixels(ring: shapely.LinearRing, raster: Raster) -> list[tuple[float, float]]:
    points = shapely.get_coordinates(ring)
    x, y = (points[:, 0] - raster.west) / raster.cell - 0.5, (raster.north - points[:, 1]) / raster.cell - 0.5
    return list(zip(x.tolist(), y.tolist(), strict=True))


@dataclass(frozen=True)
class Growth:
    """The province grown over each cell of a window: labels, and the window's origin and cell size in metres."""

    labels: np.ndarray
    west: float
    north: float
    cell: float

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return the label at each point."""
        xy = shapely.get_coordinates(points)
        i = ((self.north - xy[:, 1]) / self.cell).astype(int).clip(0, self.labels.shape[0] - 1)
        j = ((xy[:, 0] - self.west) / self.cell).astype(int).clip(0, self.labels.shape[1] - 1)
        return self.labels[i, j]

    def edges(self) -> list[shapely.LineString]:
        """Return smooth lines between different labels, joined only where three meet."""
        c, labels = self.cell, self.labels
        i, j = np.nonzero(labels[:, 1:] != labels[:, :-1])
        x, y = self.west + (j + 1) * c, self.north - i * c
        upright = np.stack([np.c_[x, y], np.c_[x, y - c]], 1)
        i, j = np.nonzero(labels[1:] != labels[:-1])
        x, y = self.west + j * c, self.north - (i + 1) * c
        flat = np.stack([np.c_[x, y], np.c_[x + c, y]], 1)
        stairs = shapely.linestrings(np.concatenate([upright, flat]))
        return [smooth(line, c) for line in shapely.get_parts(shapely.line_merge(shapely.union_all(stairs)))]


def grow(hubs: pd.DataFrame, mask: np.ndarray, cost: np.ndarray, raster: Raster) -> Growth:
    """Grow the hubs of one zone over its cells (`mask`); other cells get the label of the nearest grown one."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom = max(0, rows[0] - 4), min(raster.rows, rows[-1] + 5)
    left, right = max(0, columns[0] - 4), min(raster.columns, columns[-1] + 5)
    factor = int(np.ceil(np.sqrt(mask.sum() / MAX_CELLS)))
    price = _coarsen(np.where(mask, cost, cost * ABROAD_PRICE)[top:bottom, left:right], factor)
    inside = _coarsen(mask[top:bottom, left:right].astype(np.float32), factor) > 0
    inside = binary_dilation(inside, iterations=2)
    cell, west, north = raster.cell * factor, raster.west + left * raster.cell, raster.north - top * raster.cell
    i = ((north - hubs.y.values) / cell).astype(int).clip(0, price.shape[0] - 1)
    j = ((hubs.x.values - west) / cell).astype(int).clip(0, price.shape[1] - 1)
    inside[i, j] = True
    labels = _spread(price, inside, i, j, hubs.index.values, hubs.head_km.values * 1000 / cell)
    return Growth(labels, west, north, cell)


def _coarsen(array: np.ndarray, factor: int) -> np.ndarray:
    if factor == 1:
        return array
    rows, columns = (-array.shape[0]) % factor, (-array.shape[1]) % factor
    array = np.pad(array, ((0, rows), (0, columns)), mode="edge")
    return array.reshape(array.shape[0] // factor, factor, array.shape[1] // factor, factor).mean((1, 3))


def _spread(
    price: np.ndarray, inside: np.ndarray, i: np.ndarray, j: np.ndarray, ids: np.ndarray, head: np.ndarray
) -> np.ndarray:
    """Dijkstra from all hubs at once over the cells `inside`; islands go to the nearest hub, the rest copies it.

    `head` is the start, in cells of flat land, that a hub has before the others: it sets out from a node of its own
    that lies so much nearer.
    """
    number = np.full(price.shape, -1)
    number[inside] = np.arange(inside.sum())
    size = int(inside.sum())
    gates = size + np.arange(len(ids))
    graph = _grid_graph(price, number, (gates, number[i, j], head.max() - head + LEAST_STEP))
    nearest = dijkstra(graph, directed=False, indices=gates, min_only=True, return_predecessors=True)[2][:size]
    labels = np.full(price.shape, -1)
    labels[inside] = np.where(nearest < 0, -1, ids[nearest.clip(size) - size])
    islands = np.argwhere(inside & (labels < 0))
    if len(islands):
        labels[tuple(islands.T)] = ids[cKDTree(np.c_[i, j]).query(islands)[1]]
    source = distance_transform_edt(labels < 0, return_distances=False, return_indices=True)
    return labels[tuple(source)]


def _grid_graph(price: np.ndarray, number: np.ndarray, gates: tuple[np.ndarray, np.ndarray, np.ndarray]) -> coo_matrix:
    """Return the graph of eight neighbours over the numbered cells, an edge costing the mean of its two cells.

    `gates` are further edges: the gates' own numbers, the cells they open on, their costs.
    """
    ny, nx = price.shape
    heads, tails, costs = [gates[0]], [gates[1]], [gates[2]]
    for down, right, length in ((0, 1, 1.0), (1, 0, 1.0), (1, 1, 2**0.5), (1, -1, 2**0.5)):
        a = (slice(0, ny - down), slice(max(0, -right), nx - max(0, right)))
        b = (slice(down, ny), slice(max(0, right), nx + min(0, right)))
        joined = (number[a] >= 0) & (number[b] >= 0)
        heads.append(number[a][joined])
        tails.append(number[b][joined])
        costs.append(((price[a] + price[b]) / 2 * length)[joined])
    size = int(gates[0].max()) + 1
    edges = (np.concatenate(costs).astype(float), (np.concatenate(heads), np.concatenate(tails)))
    return coo_matrix(edges, shape=(size, size)).tocsr()


def make_pieces(
    faces: gpd.GeoDataFrame, hubs: pd.DataFrame, rivers: gpd.GeoDataFrame, cost: np.ndarray, raster: Raster
) -> gpd.GeoDataFrame:
    """Cut the faces by the cells of their zone's hubs; return pieces: zone, hub (row of `hubs`), geometry."""
    codes, zone_of_face = np.unique(faces.zone.values.astype(str), return_inverse=True)
    zone_raster = burn(faces.geometry.values, zone_of_face, raster)
    magnet = Magnet(rivers.geometry.values, RIVER_REACH_M, RIVER_LEAST_M)
    cuttable = _cuttable(faces, hubs)
    lines, growths = [*shapely.boundary(faces.geometry.values)], {}
    for code, zone in enumerate(codes):
        own = hubs[hubs.zone == zone]
        if len(own) == 0:
            raise ValueError(f"zone {zone} has no hub: add a row to hubs.csv or hubs_rest.csv")
        if len(own) == 1:
            growths[zone] = Growth(np.full((1, 1), own.index[0]), raster.west, raster.north, raster.cell)
            continue
        growths[zone] = grow(own, zone_raster == code, cost, raster)
        land = faces.geometry.values[(zone_of_face == code) & cuttable]
        if len(land):
            edges = shapely.MultiLineString([magnet.pull(line) for line in growths[zone].edges()])
            lines.append(shapely.intersection(edges, shapely.union_all(land)))
    return _label_pieces(polygonize(lines), faces, growths, hubs)


def _cuttable(faces: gpd.GeoDataFrame, hubs: pd.DataFrame) -> np.ndarray:
    """Tell which faces may be cut: all in hand-written zones, elsewhere large ones and those with two hubs."""
    area = faces.area.values
    mean = faces.assign(a=area).groupby("zone").a.sum() / hubs.groupby("zone").size()
    large = area > KEEP_WHOLE * faces.zone.map(mean).values
    tree = shapely.STRtree(faces.geometry.values)
    _, j = tree.query(shapely.points(hubs.x.values, hubs.y.values), predicate="within")
    crowded = np.bincount(j, minlength=len(faces)) > 1
    by_hand = faces.zone.isin({row["zone"] for row in read_csv(HERE / "hand_zones.csv")}).values
    return large | crowded | by_hand


def _label_pieces(
    polygons: np.ndarray, faces: gpd.GeoDataFrame, growths: dict[str, Growth], hubs: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Label each polygon with the zone of its face and the hub grown over it."""
    points = shapely.point_on_surface(polygons)
    tree = shapely.STRtree(faces.geometry.values)
    i, j = tree.query(points, predicate="intersects")
    face = np.full(len(polygons), -1)
    face[i] = j
    polygons, points, face = polygons[face >= 0], points[face >= 0], face[face >= 0]
    zone = faces.zone.values[face]
    hub = np.full(len(polygons), -1)
    for name, growth in growths.items():
        k = np.flatnonzero(zone == name)
        hub[k] = growth.at(points[k])
    i, j = shapely.STRtree(polygons).query(shapely.points(hubs.x.values, hubs.y.values), predicate="within")
    hub[j] = hubs.index.values[i]
    lost = sorted(hubs.id[~hubs.index.isin(hub)])
    if lost:
        print("note: hubs that share a cell with another and get no province:", " ".join(lost))
    return gpd.GeoDataFrame({"zone": zone, "hub": hub}, geometry=polygons, crs=CRS)
