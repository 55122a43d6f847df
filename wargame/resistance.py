"""Who holds whose land by force, how restless it is, and what partisans do there once a month (chapter 17)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.acts import PartisansStruck
from wargame.atlas import NOBODY, TERRAINS, Atlas
from wargame.conditions import BEATEN
from wargame.events import Columns
from wargame.house import Clerk, House
from wargame.memo import remembered
from wargame.rules import occupation
from wargame.world import Status, World

MONTH_HOURS = 30 * dates.DAY
SHELTER = ("forest", "marsh", "hills", "mountains")


@dataclass(frozen=True, slots=True)
class Occupied:
    """What one power holds by force of another's home: rows of provinces, million people, unrest 0..1, men there."""

    holder: str
    owner: str
    provinces: NDArray[np.int64]
    people: float
    unrest: float
    formations: NDArray[np.int64]  # the holder's rows of formations that stand there


@remembered
def homes(atlas: Atlas) -> NDArray[np.int64]:
    """Power number of each province's first owner."""
    first = [history[0][1] if history else "" for history in atlas.zone_owners]
    owners: NDArray[np.int64] = np.array([atlas.power_number.get(o, NOBODY) for o in first], dtype=np.int64)
    return owners[atlas.zone_of]


def occupied(house: House, world: World) -> list[Occupied]:
    """Every piece of a power's home that another took from it in war and still holds, by holder and owner."""
    atlas, f, home = house.atlas, world.forces, homes(house.atlas)
    taken = (home >= 0) & (world.controller >= 0) & (world.controller != home) & (world.captured_hour > 0)
    n, found = len(atlas.powers), []
    rugged = np.isin(atlas.terrain, [TERRAINS.index(t) for t in SHELTER])
    people = np.maximum(atlas.population_k, 1.0)
    for pair in np.unique(home[taken] * n + world.controller[taken]).tolist():
        owner, holder = atlas.powers[pair // n], atlas.powers[pair % n]
        economy, government = world.polity.economies.get(owner), world.polity.governments.get(holder)
        if economy is None or government is None or not _by_war(world, holder, owner):
            continue
        rows = (taken & (home == pair // n) & (world.controller == pair % n)).nonzero()[0]
        share = float(people[rows].sum()) / float(people[home == pair // n].sum())
        millions = share * economy.population
        here = np.zeros(len(atlas), dtype=bool)
        here[rows] = True
        men = (f.power == pair % n) & (f.status == Status.ACTIVE) & here[f.province] & (f.arrives <= world.hour)
        since = (world.hour - world.captured_hour[rows]) / MONTH_HOURS
        rate = occupation.unrest(
            float(np.average(since, weights=people[rows])), government.policy.repression,
            float(np.average(rugged[rows], weights=atlas.area_km2[rows])),
            float(f.men[men].sum()) / max(occupation.needed(millions, house.rulebook), 1.0), house.rulebook,
        )  # fmt: skip
        found.append(Occupied(holder, owner, rows, millions, rate, men.nonzero()[0]))
    return sorted(found, key=lambda o: (o.holder, o.owner))


def _by_war(world: World, holder: str, owner: str) -> bool:
    """Whether a power took another's land in a war and not by a settlement or a march that nobody resisted.

    No enemy of the owner's friends counts, and no friend who has freed its land.
    """
    if any(holder in side and owner in side for w in world.wars.values() for side in (w.attackers, w.defenders)):
        return False
    fought = any({holder, owner} <= {*w.attackers, *w.defenders} for w in world.wars.values())
    standing = world.powers[owner].standing if owner in world.powers else ""
    return fought or (standing in BEATEN and f"armistice:{owner}" in world.flags)


def month(house: House, clerk: Clerk) -> None:
    """The first of a month: partisans strike wherever an occupier is hated, and his men there fall."""
    world = clerk.world
    for land in occupied(house, world):
        f = world.forces
        fallen = occupation.killed(land.people, land.unrest, house.rulebook)
        present = float(f.men[land.formations].sum())
        fallen = min(fallen, int(present))
        if fallen < house.rulebook.occupation.least_told:
            continue
        clerk.put(
            PartisansStruck(
                power=land.holder, against=land.owner, unrest=round(land.unrest, 4), killed=fallen,
                because=int(world.captured_entry[land.provinces].max()),
            )
        )  # fmt: skip
        men, dead = f.men.copy(), f.killed.copy()
        part = np.floor(fallen * men[land.formations] / present + 0.5)
        men[land.formations] -= part
        dead[land.formations] += part
        clerk.fold(Columns({"forces.men": men, "forces.killed": dead}))
