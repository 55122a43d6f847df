"""Pockets and their end: cut off, hungry, surrendered; empty land occupied; the border of a neutral crossed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wargame import exact
from wargame.dice import Dice, keys
from wargame.events import (
    Columns,
    FormationsInterned,
    FormationsSurrendered,
    PocketFormed,
    PocketRelieved,
    ProvinceTaken,
)
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.sides import Land, Sides

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pocket:
    """Formations of one side in one stretch of land cut off from every base; `province` is where most of them stand."""

    side: int
    province: int
    provinces: tuple[int, ...]
    rows: tuple[int, ...]
    men: float


def pockets(sides: Sides, fed: tuple[Bools, Bools]) -> list[Pocket]:
    """Every pocket today, by province number: forces in a stretch of land without a base that supplies them.

    `fed` are the provinces of each side's land that lie in a stretch with such a base.
    """
    f, found = sides.world.forces, []
    for side in (0, 1):
        rows = sides.rows[side]
        lost = rows[~fed[side][f.province[rows]]]
        if not len(lost):
            continue
        place = f.province[lost]
        # In enemy land a formation is on its own, province by province.
        area_of = np.where(sides.province[place] == side, sides.land.stretch[place], place)
        for area in sorted(set(area_of.tolist())):
            inside = lost[area_of == area]
            centre = int(np.bincount(f.province[inside], weights=f.men[inside]).argmax())
            own_land = (sides.land.stretch == area) & (sides.province == side)
            provinces = own_land.nonzero()[0].tolist() or [area]
            men = float(f.men[inside].sum())
            found.append(Pocket(side, centre, tuple(provinces), tuple(inside.tolist()), men))
    return sorted(found, key=lambda p: p.province)


def report(sides: Sides, found: list[Pocket], rulebook: Rulebook) -> list[PocketFormed | PocketRelieved]:
    """Pockets that are new today, and those reported earlier that are none any more."""
    world, atlas, f = sides.world, sides.atlas, sides.world.forces
    events: list[PocketFormed | PocketRelieved] = []
    known = {p for p in world.pockets if world.pocket_war.get(p) == sides.war.id}
    covered = {p for pocket in found for p in pocket.provinces}
    for province in sorted(known - covered):
        events.append(PocketRelieved(province=atlas.ids[province], because=world.pockets[province]))
    for pocket in found:
        if pocket.men < rulebook.encirclement.pocket_men or known & set(pocket.provinces):
            continue
        closed_by = max((int(world.captured_entry[q]) for q in _ring(sides, pocket)), default=0)
        events.append(
            PocketFormed(
                province=atlas.ids[pocket.province], provinces=tuple(atlas.ids[p] for p in pocket.provinces),
                formations=tuple(f.ids[r] for r in pocket.rows), men=round(pocket.men),
                power=atlas.powers[int(f.power[pocket.rows[0]])], war=sides.war.id,
                because=closed_by or sides.war.entry,
            )
        )  # fmt: skip
    return events


def _ring(sides: Sides, pocket: Pocket) -> list[int]:
    """Enemy-held provinces around a pocket, in order."""
    around, side_of = sides.atlas.around, sides.land.side_of
    return sorted({q for p in pocket.provinces for q, _ in around[p] if side_of[q] == 1 - pocket.side})


def surrenders(sides: Sides, found: list[Pocket], dice: Dice, rulebook: Rulebook) -> list[FormationsSurrendered]:
    """Which cut-off formations give up today, province by province.

    The daily chance is the rulebook's at no supply, times the supply lacking to a power, more under assault. The
    draw is keyed by the place and the number of days since the pocket was closed.
    """
    world, atlas, f, rules = sides.world, sides.atlas, sides.world.forces, rulebook.encirclement
    places: list[tuple[Pocket, list[int], int, Ints]] = []
    for pocket in found:
        if ring := _ring(sides, pocket):
            rows = np.array(pocket.rows)
            places += [(pocket, ring, p, rows[f.province[rows] == p]) for p in sorted(set(f.province[rows].tolist()))]
    if not places:
        return []
    inside = np.concatenate([rows for *_, rows in places])
    place = np.repeat(np.arange(len(places)), [len(rows) for *_, rows in places])
    men = np.bincount(place, weights=f.men[inside])
    fed = np.bincount(place, weights=f.supply[inside] * f.men[inside]) / np.maximum(1.0, men)
    days = np.zeros(len(places), dtype=np.int64)
    np.maximum.at(days, place, f.cut_off_days[inside].astype(np.int64))
    hazard = rules.surrender_per_day * exact.power(np.maximum(1e-9, 1.0 - fed), rules.supply_exponent)
    hazard *= [1.0 + rules.assault_factor * (p in world.engagements) for _, _, p, _ in places]
    subjects = keys([f"{atlas.ids[p]}:{world.contacts[p]}" for _, _, p, _ in places])
    given_up = (dice.uniforms("surrender", subjects, days) < hazard).tolist()
    events = []
    for (pocket, ring, p, here), gone in zip(places, given_up, strict=True):
        if not gone:
            continue
        captor = _captor(sides, pocket, ring)
        cause = next((e for q, e in sorted(world.pockets.items()) if q in pocket.provinces), sides.war.entry)
        for power in sorted(set(f.power[here].tolist())):
            group = here[f.power[here] == power]
            events.append(
                FormationsSurrendered(
                    province=atlas.ids[p], power=atlas.powers[power], to=captor,
                    formations=tuple(f.ids[r] for r in group), men=int(np.sum(f.men[group])), because=cause,
                )
            )  # fmt: skip
    return events


def _captor(sides: Sides, pocket: Pocket, ring: list[int]) -> str:
    """The enemy power with most men around a pocket, or the one that holds the land there."""
    f, rows = sides.world.forces, sides.rows[1 - pocket.side]
    near = rows[np.isin(f.province[rows], ring)]
    if not len(near):
        return sides.atlas.powers[int(sides.world.controller[ring[0]])]
    return sides.atlas.powers[int(np.argmax(np.bincount(f.power[near], weights=f.men[near])))]


def occupations(sides: Sides, rulebook: Rulebook) -> tuple[list[ProvinceTaken], Columns]:
    """Empty land mostly surrounded by the enemy, with no fewer of his men next to it than of ours, passes to him.

    That takes the rulebook's number of days in a row, and no fight.
    """
    world, atlas, b, rules = sides.world, sides.atlas, sides.atlas.borders, rulebook.encirclement
    side, men = sides.province, sides.men_of_all_wars
    empty = _mostly_surrounded(sides.land, rulebook)
    empty = empty[men[0][empty] + men[1][empty] <= 0]
    days = np.where(side >= 0, 0.0, world.occupied_days)
    if not len(empty):
        return [], Columns({"world.occupied_days": days})
    near, own = atlas.neighbours[empty], side[empty]
    first, second = (np.append(m, 0.0)[near].sum(axis=1) for m in men)
    covered = np.where(own == 0, first > second, second > first)
    falling = empty[~covered]
    days[falling] = world.occupied_days[falling] + 1.0
    events = []
    for p in falling[days[falling] >= rules.occupation_days].tolist():
        enemies = [q for q, _ in atlas.around[p] if side[q] == 1 - side[p]]
        longest = max(enemies, key=lambda q: (float(b.shared_km[atlas.border_of[p, q]]), -q))
        events.append(
            ProvinceTaken(
                province=atlas.ids[p], power=atlas.powers[int(world.controller[longest])],
                previous=atlas.powers[int(world.controller[p])], how="occupied",
                because=int(world.captured_entry[longest]) or sides.war.entry,
            )
        )  # fmt: skip
    return events, Columns({"world.occupied_days": days})


@remembered
def _mostly_surrounded(land: Land, rulebook: Rulebook) -> Ints:
    """Provinces of either side whose borders with the other's land are the rulebook's share of those with both."""
    atlas, side = land.atlas, land.province
    front = (((side == 0) & land.beside[1]) | ((side == 1) & land.beside[0])).nonzero()[0]
    owner = np.append(side, -1)[atlas.neighbours[front]]  # the last for no neighbour
    km = np.maximum(atlas.borders.shared_km[atlas.border_index[front]], 1.0)
    hostile_km = np.where(owner == 1 - side[front][:, None], km, 0.0).sum(axis=1)
    around_km = np.where(owner >= 0, km, 0.0).sum(axis=1)
    chosen: Ints = front[hostile_km >= rulebook.encirclement.occupation_share * np.maximum(around_km, 1.0)]
    return chosen


def internments(sides: Sides, refuges: dict[str, tuple[str, ...]]) -> list[FormationsInterned]:
    """Formations of a power that has given up the field cross into a neutral refuge when they stand at its border."""
    world, atlas, f = sides.world, sides.atlas, sides.world.forces
    events = []
    for power, hosts in sorted(refuges.items()):
        cause = world.flags.get(f"cross:{power}")
        if cause is None:
            continue
        mine = np.flatnonzero(sides.in_field & (f.power == atlas.power_number[power]))
        for p in np.unique(f.province[mine]).tolist():
            near = {
                atlas.powers[int(world.controller[q])]
                for q in atlas.neighbours[p].tolist()
                if q >= 0 and world.controller[q] >= 0
            }
            host = next((h for h in hosts if h in near), None)
            if host is not None:
                rows = mine[f.province[mine] == p]
                events.append(
                    FormationsInterned(
                        province=atlas.ids[p], power=power, host=host, formations=tuple(f.ids[r] for r in rows),
                        men=int(np.sum(f.men[rows])), because=cause,
                    )
                )  # fmt: skip
    return events
