"""Who fights whom, as arrays: the two coalitions of one war, province by province and formation by formation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.world import HEADQUARTERS, KINDS, Status, War, World

AIR = KINDS.index("air_fleet")
FIRST_UNIT = len(HEADQUARTERS)
STATIC = tuple(KINDS.index(k) for k in ("fortress", "border", "militia", "naval_infantry"))
FOOT = tuple(KINDS.index(k) for k in ("infantry", "fortress", "security", "militia", "border", "naval_infantry",
                                      "aggregate_infantry", "artillery_park"))  # fmt: skip
MOTOR = tuple(KINDS.index(k) for k in ("motorised", "armoured", "light"))
IS_STATIC, IS_FOOT, IS_MOTOR = (np.isin(np.arange(len(KINDS)), kinds) for kinds in (STATIC, FOOT, MOTOR))  # by kind

Ids = tuple[str, ...]


@dataclass
class Sides:
    """One war on one day. Side 0 are the war's attackers, 1 its defenders, -1 everybody else.

    Everything is computed once and describes the World as it was when this was made; make a new one after changes.
    """

    atlas: Atlas
    world: World
    war: War
    of_power: NDArray[np.int64] = field(init=False)  # by power number, with one more entry (the last) for nobody
    province: NDArray[np.int64] = field(init=False)  # side controlling each province
    formation: NDArray[np.int64] = field(init=False)  # side of each formation, whatever its state

    def __post_init__(self) -> None:
        self.of_power = _side_of_power(self.atlas.powers, self.war.attackers, self.war.defenders)
        self.province = self.of_power[self.world.controller]
        self.formation = self.of_power[self.world.forces.power]

    @cached_property
    def in_field(self) -> NDArray[np.bool_]:
        """Land formations of either side that are present and can act today."""
        f = self.world.forces
        present: NDArray[np.bool_] = (
            f.is_land
            & (f.status == Status.ACTIVE)
            & (f.arrives <= self.world.hour)
            & (f.men > 0)
            & (self.formation >= 0)
        )
        return present

    @cached_property
    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row numbers of the formations in the field, for each side."""
        return (
            (self.in_field & (self.formation == 0)).nonzero()[0],
            (self.in_field & (self.formation == 1)).nonzero()[0],
        )

    def men_by_province(self, side: int) -> NDArray[np.float64]:
        """Men of one side's formations in the field, by province."""
        return self._men[side]

    @cached_property
    def _men(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        f, n = self.world.forces, len(self.atlas)
        first, second = (np.bincount(f.province[rows], weights=f.men[rows], minlength=n) for rows in self.rows)
        return first.astype(np.float64), second.astype(np.float64)


@lru_cache(maxsize=64)
def _side_of_power(powers: Ids, attackers: Ids, defenders: Ids) -> NDArray[np.int64]:
    table = np.full(len(powers) + 1, -1, dtype=np.int64)
    for side, members in enumerate((attackers, defenders)):
        table[[powers.index(power) for power in members]] = side
    table.setflags(write=False)
    return table
