"""Who fights whom, as arrays: the two coalitions of one war, province by province and formation by formation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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


@dataclass
class Sides:
    """One war on one day. Side 0 are the war's attackers, 1 its defenders, -1 everybody else.

    Properties are computed once and describe the World as it was when this was made; make a new one after changes.
    """

    atlas: Atlas
    world: World
    war: War

    @cached_property
    def of_power(self) -> NDArray[np.int64]:
        """Side by power number, with one more entry (the last) for nobody."""
        table = np.full(len(self.atlas.powers) + 1, -1, dtype=np.int64)
        for side, members in enumerate((self.war.attackers, self.war.defenders)):
            for power in members:
                table[self.atlas.power_number[power]] = side
        return table

    @cached_property
    def province(self) -> NDArray[np.int64]:
        """Side controlling each province."""
        return self.of_power[self.world.controller]

    @cached_property
    def formation(self) -> NDArray[np.int64]:
        """Side of each formation, whatever its state."""
        return self.of_power[self.world.forces.power]

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
