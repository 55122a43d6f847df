"""Supply by flow from a power's bases along rail and road, and who is cut off from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wargame.atlas import Atlas
from wargame.events import Columns
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.sides import Land, Sides
from wargame.world import World

DAY_HOURS = 24
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Held = tuple[list[int], list[int]]


@remembered
def bases_held(land: Land, bases: Mapping[str, tuple[int, ...]], rulebook: Rulebook) -> Held:
    """For each side, the bases that still supply it.

    Bases of one power count where at least the rulebook's share of them lies in one connected stretch of friendly land.
    Great towns count besides in a stretch before which no enemy stands, which lives off its own country, and ports that
    are supplied by sea (chapter 15).
    """
    by_land = ashore(land, bases, rulebook)
    over_sea: Held = ([], [])
    for p in land.harbours:
        if (side := land.side_of[p]) >= 0:
            over_sea[side].append(p)
    return by_land[0] + over_sea[0], by_land[1] + over_sea[1]


@remembered
def ashore(land: Land, bases: Mapping[str, tuple[int, ...]], rulebook: Rulebook) -> Held:
    """The same without what comes by sea."""
    held: Held = ([], [])
    for side, members in enumerate((land.war.attackers, land.war.defenders)):
        for power in members:
            own = [p for p in bases.get(power, ()) if land.side_of[p] == side]
            need = rulebook.supply.main_share * len(bases.get(power, ()))
            stretch = land.stretch[own].tolist() if own else []
            held[side].extend(p for p, s in zip(own, stretch, strict=True) if stretch.count(s) >= need)
    for side in (0, 1):
        held[side].extend(p for p in _unpressed_towns(land, side, rulebook) if p not in held[side])
    return held


def _unpressed_towns(land: Land, side: int, rulebook: Rulebook) -> list[int]:
    """Great towns of a side in stretches of its land that touch none of the enemy's."""
    own = land.province == side
    pressed = np.zeros(len(own), dtype=bool)
    pressed[land.stretch[own & land.beside[1 - side]]] = True
    great = land.atlas.population_k >= rulebook.supply.city_population_k
    towns: list[int] = (own & great & ~pressed[land.stretch]).nonzero()[0].tolist()
    return towns


@remembered
def fed(land: Land, held: Held) -> tuple[Bools, Bools]:
    """For each side, the provinces of its land that lie in a stretch with a base that still supplies it."""
    good = np.zeros((2, len(land.province)), dtype=bool)
    for side in (0, 1):
        good[side][land.stretch[held[side]]] = True
    return good[0][land.stretch] & (land.province == 0), good[1][land.stretch] & (land.province == 1)


@dataclass(frozen=True)
class _Roads:
    """What each arc of a map costs: by road alone, and where its line works; with the line's length."""

    road: Floats
    best: Floats
    rail_km: Floats  # infinite where no line runs


@remembered
def _roads(atlas: Atlas, rulebook: Rulebook) -> _Roads:
    border = atlas.arcs[2]
    road, rail_km = np.maximum(atlas.borders.distance_km[border], 1.0), atlas.rail_km[border]
    return _Roads(road, np.minimum(rail_km * rulebook.rail.rail_cost, road), rail_km)


def distances(sides: Sides, held: Held, rulebook: Rulebook) -> Floats:
    """Effort from the nearest base of its own side to every province, in road kilometres.

    Infinity where no friendly way leads. A line in captured land works again when its stretch has been repaired at
    the rulebook's pace since the capture.
    """
    atlas, n, inside = sides.atlas, len(sides.atlas), sides.land.inside
    bases = [*held[0], *held[1]]
    if not bases:
        return np.full(n, np.inf)
    roads, (start, end, _) = _roads(atlas, rulebook), atlas.arcs
    captured = sides.world.captured_hour > 0
    late = (captured[start[inside]] | captured[end[inside]]).nonzero()[0]
    arcs = inside[late]
    since_days = np.where(captured, (sides.world.hour - sides.world.captured_hour) / DAY_HOURS, np.inf)
    repaired_km = np.minimum(since_days[start[arcs]], since_days[end[arcs]]) * rulebook.rail.repair_km_per_day
    broken = late[repaired_km < roads.rail_km[arcs]]
    known, key = _efforts(sides.land, rulebook), (tuple(bases), broken.tobytes())
    if key not in known:
        known.clear()  # yesterday's
        effort = roads.best[inside]
        effort[broken] = roads.road[inside[broken]]
        indptr = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(start[inside], minlength=n), out=indptr[1:])
        graph = csr_array((effort, end[inside].astype(np.int32), indptr), shape=(n, n))
        # No arc leads from one side's land to the other's, so one search serves both.
        known[key] = dijkstra(graph, indices=bases, min_only=True)
    return known[key]


@remembered
def _efforts(land: Land, rulebook: Rulebook) -> dict[tuple[tuple[int, ...], bytes], Floats]:
    """What `distances` found last, by the bases and the broken stretches of line it rests on."""
    return {}


def deliver(sides: Sides, effort: Floats, rulebook: Rulebook, days: int = 1) -> Columns:
    """One day of supply, or so many, for every formation in the field.

    In reach of a base, supply moves towards 1 within the full distance and towards the floor beyond the failing one.
    Cut off, it runs down over the stock of the place: field columns, a port, a large town, or a fortress. Only the
    stores of a place feed the hungry; empty columns stay empty.
    """
    f, rules, rows = sides.world.forces, rulebook.supply, sides.present
    here = f.province[rows]
    linked = (sides.province[here] == sides.formation[rows]) & np.isfinite(effort[here])
    supply, cut_off_days = f.supply.copy(), f.cut_off_days.copy()
    reach = (rules.failing_km - effort[here]) / (rules.failing_km - rules.full_km)
    target = rules.floor + (1.0 - rules.floor) * np.minimum(np.maximum(reach, 0.0), 1.0)
    most = rules.recovery_per_day * days
    step = np.minimum(np.maximum(target - supply[rows], -most), most)
    supply[rows] += step
    cut_off_days[rows] = 0.0
    lost = rows[~linked]
    if len(lost):
        cut_off_days[lost] = f.cut_off_days[lost] + days
        stock = stock_days(sides.atlas, sides.world, rulebook)[f.province[lost]]
        stored = np.where(stock > rules.field_stock_days, 1.0 - cut_off_days[lost] / stock, 0.0)
        supply[lost] = np.maximum(0.0, np.maximum(f.supply[lost] - days / stock, stored))
    return Columns({"forces.supply": supply, "forces.cut_off_days": cut_off_days})


def stock_days(atlas: Atlas, world: World, rulebook: Rulebook) -> Floats:
    """Days a force cut off in each province can fight on what the place holds."""
    rules, days = rulebook.supply, _stores(atlas, rulebook).copy()
    for fort in atlas.all_round_forts:
        if fort.begins <= world.hour < fort.ends and fort.strength >= rules.fortress_strength:
            days[fort.province] = max(days[fort.province], rules.fortress_stock_days)
    return days


@remembered
def _stores(atlas: Atlas, rulebook: Rulebook) -> Floats:
    """Days that a town and its port can feed a force, without works."""
    rules = rulebook.supply
    days = np.where(atlas.population_k >= rules.city_population_k, rules.city_stock_days, rules.field_stock_days)
    return np.where(atlas.port >= rules.port_class, np.maximum(days, rules.port_stock_days), days)
