"""The one redaction: the world as one power knows it.

Own and allied forces are seen as they are. Enemy formations are seen where they touch friendly land or fight, their
strength rounded and their state assumed ordinary; others are not on the map. Luck, pending things and foreign orders
never pass.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.sides import Sides
from wargame.world import STATE_COLUMNS, Forces, Status, World

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
        ours = np.append(sides.province == side, False)
        near = ours[atlas.neighbours].any(axis=1) | ours[:-1]
        known |= friendly | ((sides.formation == 1 - side) & near[world.forces.province])
    _blur(seen.forces, friendly, known)
    seen.seed = 0
    seen.due = {}
    seen.engagements = {p: replace(e, luck_attacker=0.0, luck_defender=0.0) for p, e in world.engagements.items()}
    mine = {world.forces.ids[r] for r in np.flatnonzero(friendly)}
    seen.orders = {hq: o for hq, o in world.orders.items() if hq in mine}
    return seen


def _blur(f: Forces, friendly: NDArray[np.bool_], known: NDArray[np.bool_]) -> None:
    for name in STATE_COLUMNS:
        setattr(f, name, getattr(f, name).copy())
    foreign, hidden = known & ~friendly, ~known
    for name, step in (
        ("men", STRENGTH_STEP),
        ("tanks", WEAPON_STEP),
        ("guns", WEAPON_STEP),
        ("aircraft", WEAPON_STEP),
    ):
        column = getattr(f, name)
        column[foreign] = np.floor(column[foreign] / step + 0.5) * step
    for name, ordinary in (
        ("readiness", 1.0),
        ("supply", 1.0),
        ("fatigue", 0.0),
        ("entrenchment", 0.0),
        ("shaken_days", 0.0),
    ):
        getattr(f, name)[~friendly] = ordinary
    for name in (
        "killed",
        "wounded",
        "captured",
        "missing",
        "tanks_lost",
        "guns_lost",
        "aircraft_lost",
        "cut_off_days",
        "progress_km",
    ):
        getattr(f, name)[~friendly] = 0.0
    for name in ("heading", "goal"):
        getattr(f, name)[~friendly] = -1
    f.status[hidden] = Status.PLANNED
    for name in ("men", "guns", "tanks", "aircraft"):
        getattr(f, name)[hidden] = 0.0
    f.province[hidden] = 0
