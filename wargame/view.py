"""The one redaction: the world as one power knows it.

Own and allied forces are seen as they are. Enemy formations are seen where they touch friendly land or fight, their
strength rounded and their state assumed ordinary; others are not on the map. Luck, pending things and foreign orders
never pass.
"""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.sides import Sides
from wargame.world import Engagement, Forces, Status, World

STRENGTH_STEP = 1000.0  # men to which enemy strength is known
WEAPON_STEP = 10.0


def view(world: World, atlas: Atlas, power: str) -> World:
    """A redacted copy of the world for `power`; a power at peace sees only its own forces."""
    seen = copy.copy(world)
    seen.forces = copy.copy(world.forces)
    own = atlas.power_number[power]
    friendly = world.forces.power == own
    known = friendly.copy()
    for war in world.wars.values():
        sides = Sides(atlas, world, war)
        side = int(sides.of_power[own])
        if side < 0:
            continue
        friendly |= sides.formation == side
        ours, place = np.append(sides.province == side, False), world.forces.province
        near = ours[atlas.neighbours[place]].any(axis=1) | ours[place]
        known |= friendly | ((sides.formation == 1 - side) & near)
    _blur(seen.forces, friendly, known)
    seen.seed = 0
    seen.due = {}
    seen.engagements = {
        p: Engagement(p, e.side, e.contact, e.began, 0.0, 0.0, e.entry) for p, e in world.engagements.items()
    }
    mine = friendly.tolist()
    seen.orders = {hq: o for hq, o in world.orders.items() if mine[world.forces.row(hq)]}
    return seen


def _blur(f: Forces, friendly: NDArray[np.bool_], known: NDArray[np.bool_]) -> None:
    for name, step in (
        ("men", STRENGTH_STEP),
        ("tanks", WEAPON_STEP),
        ("guns", WEAPON_STEP),
        ("aircraft", WEAPON_STEP),
    ):
        column = getattr(f, name)
        rounded = np.floor(column / step + 0.5) * step
        setattr(f, name, np.where(friendly, column, np.where(known, rounded, 0.0)))
    for name, ordinary in (
        ("readiness", 1.0),
        ("supply", 1.0),
        ("fatigue", 0.0),
        ("entrenchment", 0.0),
        ("shaken_days", 0.0),
        ("killed", 0.0),
        ("wounded", 0.0),
        ("captured", 0.0),
        ("missing", 0.0),
        ("tanks_lost", 0.0),
        ("guns_lost", 0.0),
        ("aircraft_lost", 0.0),
        ("cut_off_days", 0.0),
        ("progress_km", 0.0),
        ("heading", -1),
        ("goal", -1),
    ):
        setattr(f, name, np.where(friendly, getattr(f, name), ordinary))
    f.status = np.where(known, f.status, Status.PLANNED)
    f.province = np.where(known, f.province, 0)
    f.arrives, f.posture = f.arrives.copy(), f.posture.copy()
