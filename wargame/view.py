"""The one redaction: the world as one power knows it.

Own and allied forces are seen as they are. Enemy formations are seen where they touch friendly land or fight, their
strength rounded and their state assumed ordinary; others are not on the map. Luck, pending things and foreign orders
never pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.sides import Sides
from wargame.world import FIXED_COLUMNS, STATE_COLUMNS, Engagement, Forces, StandingOrder, Status, World

STRENGTH_STEP = 1000.0  # men to which enemy strength is known
WEAPON_STEP = 10.0
Bools = NDArray[np.bool_]


Orders = Mapping[int, dict[str, StandingOrder]]


def view(world: World, own: int, wars: Iterable[Sides], code: str = "", orders: Orders | None = None) -> World:
    """A redacted copy of the world for power number `own`; a power at peace sees only its own forces.

    Of what players have proposed and drawn up, it sees what concerns the power with this code.

    `wars` are the sides of every war as they stand; `orders` those in force by power number, if they are at hand.
    Columns of the forces are worked out when they are first read, and
    are good until the world changes.
    """
    friendly = world.forces.power == own
    known, friends = friendly.copy(), {own}
    for sides in wars:
        side = int(sides.of_power[own])
        if side < 0:
            continue
        near = (sides.province == side) | sides.land.beside[side]
        friendly |= sides.formation == side
        friends.update((sides.of_power == side).nonzero()[0].tolist())
        known |= friendly | ((sides.formation == 1 - side) & near[world.forces.province])
    told = {p: orders.get(p, {}) if orders is not None else world.orders_of(p) for p in sorted(friends)}
    return _SeenWorld(world, _SeenForces(world.forces, friendly, known), told, code)


class _SeenWorld(World):
    """A world without luck, pending things and foreign orders; what is rarely read is redacted when it first is."""

    def __init__(self, world: World, forces: Forces, told: Orders, code: str) -> None:
        self.__dict__.update(world.__dict__)
        p = world.polity
        if p.offers or p.drafts:
            self.polity = replace(
                p,
                offers={k: o for k, o in p.offers.items() if code in o.parties},
                drafts={k: d for k, d in p.drafts.items() if d.power == code},
            )
        self._told = told
        self.forces, self.seed, self.due, self.typed = forces, 0, {}, {}
        self._engagements = self.__dict__.pop("engagements")
        del self.orders

    def orders_of(self, power: int) -> dict[str, StandingOrder]:
        """See `World.orders_of`; none of a power that is no friend."""
        return self._told.get(power, {})

    def __getattr__(self, name: str) -> Any:
        if name == "orders":
            self.orders = {hq: order for own in self._told.values() for hq, order in own.items()}
        elif name == "engagements":
            self.engagements = {
                p: Engagement(p, e.side, e.contact, e.began, 0.0, 0.0, e.entry, e.war)
                for p, e in self._engagements.items()
            }
        else:
            raise AttributeError(name)
        return self.__dict__[name]


class _SeenForces(Forces):
    """Forces of which every changing column is redacted when it is first read."""

    def __init__(self, forces: Forces, friendly: Bools, known: Bools) -> None:
        self.__dict__.update({name: getattr(forces, name) for name in FIXED_COLUMNS})
        self.__dict__["command"] = forces.command
        self._columns, self._friendly, self._known = forces.__dict__.copy(), friendly, known

    def __getattr__(self, name: str) -> Any:
        if name not in STATE_COLUMNS:
            raise AttributeError(name)
        column = self._columns[name]
        if name in _ROUNDED:
            rounded = np.floor(column / _ROUNDED[name] + 0.5) * _ROUNDED[name]
            column = np.where(self._friendly, column, np.where(self._known, rounded, 0.0))
        elif name in _ORDINARY:
            column = np.where(self._friendly, column, _ORDINARY[name])
        elif name in _UNKNOWN:
            column = np.where(self._known, column, _UNKNOWN[name])
        setattr(self, name, column)
        return column


_ROUNDED = {"men": STRENGTH_STEP, "tanks": WEAPON_STEP, "guns": WEAPON_STEP, "aircraft": WEAPON_STEP}
_ORDINARY = {
    "readiness": 1.0, "supply": 1.0, "fatigue": 0.0, "entrenchment": 0.0, "cut_off_days": 0.0, "shaken_days": 0.0,
    "killed": 0.0, "wounded": 0.0, "captured": 0.0, "missing": 0.0, "replaced": 0.0,
    "tanks_lost": 0.0, "guns_lost": 0.0, "aircraft_lost": 0.0,
    "progress_km": 0.0, "heading": -1, "goal": -1,
}  # fmt: skip
_UNKNOWN = {"status": Status.PLANNED, "province": 0}
