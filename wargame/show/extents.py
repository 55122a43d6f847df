"""Which part of the ground a map shows, and which side of a war holds what."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import NOBODY, Atlas
from wargame.errors import UsageError, did_you_mean
from wargame.show.ground import Bounds, Ground, project
from wargame.world import World

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Extent = str | tuple[float, float, float, float]

NAMED = {"core": (4.5, 46.2, 31.5, 56.8), "europe": (-10.5, 34.6, 42.0, 71.3)}
"""West, south, east, north in degrees."""
MARGIN_KM = 45.0
REACH_KM = 500.0
"""How far behind the front or beyond land that changed hands the theatre reaches."""


def extent_of(
    extent: Extent, atlas: Atlas, ground: Ground, world: World | None = None, owner: Ints | None = None
) -> Bounds:
    """Bounds in metres of an extent given by name, by a power's code or by degrees; `UsageError` if it is none.

    A power's land is what it owns in the world, or by ``owner``, or at first.
    """
    if not isinstance(extent, str):
        return _of_degrees(extent)
    name = extent.lower()
    if name in NAMED:
        return _of_degrees(NAMED[name])
    if name == "theatre":
        return extent_around(ground, theatre(world, atlas)) if world is not None else _of_degrees(NAMED["core"])
    if extent.upper() in atlas.power_number:
        power = atlas.power_number[extent.upper()]
        now = world.owner if world is not None else owner
        for land in (now, atlas.owners_on(0)):
            if land is not None and (land == power).any():
                return extent_around(ground, land == power)
    choices = [*NAMED, "theatre", *atlas.powers]
    hint = f"{did_you_mean(extent, choices)} ".lstrip()
    known = "write theatre, core, europe, a power's code, or west, south, east, north in degrees"
    raise UsageError(f"no extent '{extent}'; {hint}{known}")


def _of_degrees(box: tuple[float, float, float, float]) -> Bounds:
    west, south, east, north = box
    if not (west < east and south < north):
        raise UsageError(f"extent {west:g}, {south:g}, {east:g}, {north:g}: write west, south, east, north in degrees")
    lon, lat = np.linspace(west, east, 41), np.linspace(south, north, 41)
    edge = np.concatenate([project(lon, np.full(41, south)), project(lon, np.full(41, north)),
                           project(np.full(41, west), lat), project(np.full(41, east), lat)])  # fmt: skip
    return float(edge[:, 0].min()), float(edge[:, 1].min()), float(edge[:, 0].max()), float(edge[:, 1].max())


def extent_around(ground: Ground, chosen: Mask) -> Bounds:
    """Bounds in metres of some provinces, at least one, with a margin."""
    boxes = ground.bounds[chosen]
    m = MARGIN_KM * 1000
    return (
        float(boxes[:, 0].min() - m), float(boxes[:, 1].min() - m),
        float(boxes[:, 2].max() + m), float(boxes[:, 3].max() + m),
    )  # fmt: skip


def side_of_powers(world: World, atlas: Atlas) -> Ints:
    """By power: 0 attacker, 1 defender, -1 neither; one entry more at the end, for nobody."""
    of_power = np.full(len(atlas.powers) + 1, -1, dtype=np.int64)  # the last stands for nobody
    for war in sorted(world.wars.values(), key=lambda w: (w.began, w.id)):
        attackers = [atlas.power_number[p] for p in war.attackers if p in atlas.power_number]
        defenders = [atlas.power_number[p] for p in war.defenders if p in atlas.power_number]
        known = [of_power[p] for p in attackers if of_power[p] >= 0] + [
            1 - of_power[p] for p in defenders if of_power[p] >= 0
        ]
        first = known[0] if known else 0
        for powers, which in ((attackers, first), (defenders, 1 - first)):
            for p in powers:
                of_power[p] = which if of_power[p] < 0 else of_power[p]
    return of_power


def sides(world: World, atlas: Atlas) -> Ints:
    """By province: 0 held by the attackers of the wars, 1 by the defenders, -1 by neither."""
    return np.asarray(side_of_powers(world, atlas)[world.controller])


def changed_hands(world: World) -> Mask:
    """Provinces held by another than their owner."""
    return np.asarray((world.controller != world.owner) & (world.controller != NOBODY))


def theatre(world: World, atlas: Atlas) -> Mask:
    """The provinces of the war's theatre: land of defenders that lost some (or, before that, border the enemy).

    Only as far as `REACH_KM` from the front and from land that changed hands; of other powers only what changed hands.
    Without a war: where forces stand.
    """
    side = sides(world, atlas)
    front = _front_provinces(atlas, side)
    changed = changed_hands(world) & (side >= 0)
    if not front.any() and not changed.any():
        here = np.zeros(len(atlas), dtype=bool)
        here[world.forces.province[world.forces.men > 0]] = True
        return here if here.any() else np.ones(len(atlas), dtype=bool)
    defends = np.flatnonzero(side_of_powers(world, atlas)[:-1] == 1)
    losers = set(world.owner[changed & np.isin(world.owner, defends)].tolist())
    if not losers:
        losers = set(world.owner[front & (side == 1)].tolist())
    near = atlas.distance_to(tuple(np.flatnonzero(changed | front).tolist())) < REACH_KM
    return (np.isin(world.owner, sorted(losers)) & near) | changed


def _front_provinces(atlas: Atlas, side: Ints) -> Mask:
    b = atlas.borders
    meets = (side[b.a] >= 0) & (side[b.b] >= 0) & (side[b.a] != side[b.b]) & ~b.strait
    found = np.zeros(len(atlas), dtype=bool)
    found[b.a[meets]] = found[b.b[meets]] = True
    return found
