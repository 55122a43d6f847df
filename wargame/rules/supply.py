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
REMEMBERED = 16  # recent front lines whose areas are kept, since a day asks for the same ones several times


@dataclass(frozen=True)
class Network:
    """The supply net of one map: arcs between neighbouring provinces in both directions, sorted by start and end."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    road_km: NDArray[np.float64]
    rail_km: NDArray[np.float64]  # infinity where no line runs
    _areas: dict[bytes, NDArray[np.int64]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, atlas: Atlas) -> Network:
        """Build the net of an atlas."""
        start, end, border = atlas.arcs
        return cls(start, end, np.maximum(atlas.borders.distance_km[border], 1.0), atlas.rail_km[border])

    def graph(self, arcs: NDArray[np.int64], effort: NDArray[np.float64], provinces: int) -> csr_array:
        """Some arcs, by number in rising order, as a sparse graph weighted by their effort."""
        indptr = np.zeros(provinces + 1, dtype=np.int32)
        np.cumsum(np.bincount(self.start[arcs], minlength=provinces), out=indptr[1:])
        return csr_array((effort, self.end[arcs].astype(np.int32), indptr), shape=(provinces, provinces))


def bases_held(
    sides: Sides, bases: Mapping[str, tuple[int, ...]], rulebook: Rulebook, net: Network
) -> tuple[list[int], list[int]]:
    """For each side, the bases that still supply it.

    Bases of one power count where at least the rulebook's share of them lies in one connected stretch of friendly land.
    """
    held: tuple[list[int], list[int]] = ([], [])
    label = _stretches(sides, net)
    for side, members in enumerate((sides.war.attackers, sides.war.defenders)):
        for power in members:
            own = [p for p in bases.get(power, ()) if sides.province[p] == side]
            need = rulebook.supply.main_share * len(bases.get(power, ()))
            stretch = label[own].tolist() if own else []
            held[side].extend(p for p, s in zip(own, stretch, strict=True) if stretch.count(s) >= need)
    return held


def areas(sides: Sides, side: int, net: Network) -> NDArray[np.int64]:
    """Label of the connected stretch of one side's land that each province lies in: the lowest province number in it.

    Others are areas of their own.
    """
    every = np.arange(len(sides.atlas))
    return np.where(sides.province == side, _stretches(sides, net), every)


def _stretches(sides: Sides, net: Network) -> NDArray[np.int64]:
    """The lowest province number of the stretch of land of one side that each province lies in, remembered by front."""
    key = sides.province.astype(np.int8).tobytes()
    if key not in net._areas:
        if len(net._areas) >= REMEMBERED:
            net._areas.clear()
        arcs = _inside(sides, net)
        graph = net.graph(arcs, net.road_km[arcs], len(sides.atlas))
        _, label = connected_components(graph, connection="strong")  # every arc has its opposite
        net._areas[key] = np.unique(label, return_index=True)[1][label]
    return net._areas[key]


def _inside(sides: Sides, net: Network) -> NDArray[np.int64]:
    """Numbers of the arcs that lead from one side's land to land of the same side."""
    from_, to = sides.province[net.start], sides.province[net.end]
    inside: NDArray[np.int64] = ((from_ == to) & (from_ >= 0)).nonzero()[0]
    return inside


def distances(
    sides: Sides, held: tuple[list[int], list[int]], rulebook: Rulebook, net: Network
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Effort from the nearest base to every province, per side, in road kilometres; infinity where no friendly
    way leads.

    A line in captured land works again when its stretch has been repaired at the rulebook's pace since the capture.
    """
    world, rules, n = sides.world, rulebook.rail, len(sides.atlas)
    bases = [*held[0], *held[1]]
    if not bases:
        return np.full(n, np.inf), np.full(n, np.inf)
    since_days = np.where(world.captured_hour > 0, (world.hour - world.captured_hour) / DAY_HOURS, np.inf)
    arcs = _inside(sides, net)
    rail_km, road_km = net.rail_km[arcs], net.road_km[arcs]
    repaired = np.minimum(since_days[net.start[arcs]], since_days[net.end[arcs]]) * rules.repair_km_per_day >= rail_km
    works = np.isfinite(rail_km) & repaired
    effort = np.where(works, np.minimum(rail_km * rules.rail_cost, road_km), road_km)
    # No arc leads from one side's land to the other's, so one search serves both.
    found = dijkstra(net.graph(arcs, effort, n), indices=bases, min_only=True)
    first, second = (np.where(sides.province == side, found, np.inf) for side in (0, 1))
    return first, second


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
    for fort in atlas.all_round_forts:
        if fort.begins <= world.hour < fort.ends and fort.strength >= rules.fortress_strength:
            days[fort.province] = max(days[fort.province], rules.fortress_stock_days)
    return days
