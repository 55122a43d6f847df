"""Supply by flow from a power's bases along rail and road, and who is cut off from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from wargame.atlas import Atlas
from wargame.events import Columns
from wargame.rulebook import Rulebook
from wargame.sides import Sides
from wargame.world import World

DAY_HOURS = 24
REMEMBERED = 16  # areas of recent front lines kept, since a day asks for the same ones several times


@dataclass(frozen=True)
class Network:
    """The supply net of one map: arcs between neighbouring provinces in both directions, sorted for a sparse graph."""

    start: NDArray[np.int64]
    end: NDArray[np.int32]
    road_km: NDArray[np.float64]
    rail_km: NDArray[np.float64]  # infinity where no line runs
    indptr: NDArray[np.int32]
    _areas: dict[bytes, NDArray[np.int64]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, atlas: Atlas) -> Network:
        """Build the net of an atlas."""
        b = atlas.borders
        start, end = np.concatenate([b.a, b.b]), np.concatenate([b.b, b.a])
        order = np.lexsort((end, start))
        rail = {pair: r.km for r in atlas.rail for pair in ((r.a, r.b), (r.b, r.a))}
        pairs = list(zip(start[order].tolist(), end[order].tolist(), strict=True))
        rail_km = np.array([rail.get(pair, np.inf) for pair in pairs], dtype=np.float64)
        road_km = np.maximum(np.concatenate([b.distance_km, b.distance_km])[order], 1.0)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=len(atlas)))]).astype(np.int32)
        return cls(start[order], end[order].astype(np.int32), road_km, rail_km, indptr)


def bases_held(
    sides: Sides, bases: Mapping[str, tuple[int, ...]], rulebook: Rulebook, net: Network
) -> tuple[list[int], list[int]]:
    """For each side, the bases that still supply it.

    Bases of one power count where at least the rulebook's share of them lies in one connected stretch of friendly land.
    """
    held: tuple[list[int], list[int]] = ([], [])
    for side, members in enumerate((sides.war.attackers, sides.war.defenders)):
        label = areas(sides, side, net)
        for power in members:
            own = [p for p in bases.get(power, ()) if sides.province[p] == side]
            need = rulebook.supply.main_share * len(bases.get(power, ()))
            together = np.bincount(label[own], minlength=int(label.max()) + 1) if own else np.zeros(1)
            held[side].extend(p for p in own if together[label[p]] >= need)
    return held


def areas(sides: Sides, side: int, net: Network) -> NDArray[np.int64]:
    """Label of the connected stretch of one side's land that each province lies in (others are areas of their own)."""
    ours = sides.province == side
    key = ours.tobytes()
    if key not in net._areas:
        joined = ours[net.start] & ours[net.end]
        n = len(sides.atlas)
        indptr = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(net.start[joined], minlength=n), out=indptr[1:])
        graph = csr_array((np.ones(int(indptr[-1])), net.end[joined], indptr), shape=(n, n))
        if len(net._areas) > REMEMBERED:
            net._areas.clear()
        net._areas[key] = connected_components(graph, directed=False)[1].astype(np.int64)
    return net._areas[key]


def distances(
    sides: Sides, held: tuple[list[int], list[int]], rulebook: Rulebook, net: Network
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Effort from the nearest base to every province, per side, in road kilometres; infinity where no friendly
    way leads.

    A line in captured land works again when its stretch has been repaired at the rulebook's pace since the capture.
    """
    world, rules = sides.world, rulebook.rail
    since_days = np.where(world.captured_hour > 0, (world.hour - world.captured_hour) / DAY_HOURS, np.inf)
    repaired = np.minimum(since_days[net.start], since_days[net.end]) * rules.repair_km_per_day >= net.rail_km
    works = np.isfinite(net.rail_km) & repaired
    effort = np.where(works, np.minimum(net.rail_km * rules.rail_cost, net.road_km), net.road_km)
    found = []
    for side in (0, 1):
        ours = sides.province == side
        if not held[side]:
            found.append(np.full(len(sides.atlas), np.inf))
            continue
        passable = ours[net.start] & ours[net.end]
        graph = csr_array((np.where(passable, effort, np.inf), net.end, net.indptr), shape=(len(ours), len(ours)))
        found.append(np.asarray(dijkstra(graph, indices=held[side], min_only=True), dtype=np.float64))
    return found[0], found[1]


def deliver(sides: Sides, effort: tuple[NDArray[np.float64], NDArray[np.float64]], rulebook: Rulebook) -> Columns:
    """One day of supply for every formation in the field.

    In reach of a base, supply moves towards 1 within the full distance and towards the floor beyond the failing one.
    Cut off, it runs down over the stock of the place: field columns, a port, a large town, or a fortress. Only the
    stores of a place feed the hungry; empty columns stay empty.
    """
    world, f, rules = sides.world, sides.world.forces, rulebook.supply
    km = np.where(sides.formation == 0, effort[0][f.province], effort[1][f.province])
    linked = np.isfinite(km)
    reach = np.clip((rules.failing_km - np.where(linked, km, 0.0)) / (rules.failing_km - rules.full_km), 0.0, 1.0)
    target = rules.floor + (1.0 - rules.floor) * reach
    step = np.clip(target - f.supply, -rules.recovery_per_day, rules.recovery_per_day)
    stock = stock_days(sides.atlas, world, rulebook)[f.province]
    stored = np.where(stock > rules.field_stock_days, 1.0 - (f.cut_off_days + 1.0) / stock, 0.0)
    supply = np.where(linked, f.supply + step, np.maximum(0.0, np.maximum(f.supply - 1.0 / stock, stored)))
    days = np.where(linked, 0.0, f.cut_off_days + 1.0)
    return Columns(
        {
            "forces.supply": np.where(sides.in_field, supply, f.supply),
            "forces.cut_off_days": np.where(sides.in_field, days, f.cut_off_days),
        }
    )


def stock_days(atlas: Atlas, world: World, rulebook: Rulebook) -> NDArray[np.float64]:
    """Days a force cut off in each province can fight on what the place holds."""
    rules = rulebook.supply
    days = np.where(atlas.population_k >= rules.city_population_k, rules.city_stock_days, rules.field_stock_days)
    days = np.where(atlas.port >= rules.port_class, np.maximum(days, rules.port_stock_days), days)
    for fort in atlas.forts:
        if fort.facing < 0 and fort.begins <= world.hour < fort.ends and fort.strength >= rules.fortress_strength:
            days[fort.province] = max(days[fort.province], rules.fortress_stock_days)
    return days
