"""Who fights whom, as arrays: the two coalitions of one war, province by province and formation by formation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from wargame.atlas import Atlas
from wargame.memo import remembered
from wargame.world import HEADQUARTERS, KINDS, Command, Engagement, Status, War, World

AIR = KINDS.index("air_fleet")
FIRST_UNIT = len(HEADQUARTERS)
STATIC = tuple(KINDS.index(k) for k in ("fortress", "border", "militia", "naval_infantry"))
FOOT = tuple(KINDS.index(k) for k in ("infantry", "fortress", "security", "militia", "border", "naval_infantry",
                                      "aggregate_infantry", "artillery_park"))  # fmt: skip
MOTOR = tuple(KINDS.index(k) for k in ("motorised", "armoured", "light"))
IS_STATIC, IS_FOOT, IS_MOTOR = (np.isin(np.arange(len(KINDS)), kinds) for kinds in (STATIC, FOOT, MOTOR))  # by kind

ROADS_KEPT = 4  # nets of open land that are remembered: one changes only when a power enters or leaves a war

Ids = tuple[str, ...]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Land:
    """Whose land is whose in one war, and what follows from that alone, worked out once.

    Good until a province changes hands or a power joins; `wargame.house.Clerk` keeps the one that holds today.
    """

    def __init__(self, atlas: Atlas, controller: Ints, war: War, harbours: Iterable[int] = ()) -> None:
        """`harbours`: ports over which somebody supplies his men by sea."""
        self.atlas = atlas
        self.war = war
        self.harbours = tuple(sorted(harbours))
        self.of_power = _side_of_power(atlas.powers, war.attackers, war.defenders)  # one more entry (the last): nobody
        self.province: Ints = self.of_power[controller]  # side controlling each province, -1 for neither
        self._km_to_enemy: dict[int, NDArray[np.float64]] = {}

    def after(self, before: Land) -> Land:
        """The same land as it was known before: as that one, or with what follows from its provinces, if they hold."""
        if not np.array_equal(self.province, before.province):
            return self
        if (self.war, self.harbours) == (before.war, before.harbours):
            return before
        self.__dict__.update({name: before.__dict__[name] for name in _OF_PROVINCES if name in before.__dict__})
        return self

    @cached_property
    def side_of(self) -> list[int]:
        """Side controlling each province, as a list for single look-ups."""
        sides: list[int] = self.province.tolist()
        return sides

    @cached_property
    def inside(self) -> Ints:
        """Numbers of the atlas's arcs that lead from one side's land to land of the same side."""
        start, end, _ = self.atlas.arcs
        from_, to = self.province[start], self.province[end]
        arcs: Ints = ((from_ == to) & (from_ >= 0)).nonzero()[0]
        return arcs

    @cached_property
    def stretch(self) -> Ints:
        """The connected stretch of one side's land that each province lies in, by the lowest province number in it.

        Land of neither side is a stretch of its own, province by province.
        """
        n, (start, end, _) = len(self.atlas), self.atlas.arcs
        inside = self.inside
        indptr = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(start[inside], minlength=n), out=indptr[1:])
        graph = csr_array((np.ones(len(inside)), end[inside].astype(np.int32), indptr), shape=(n, n))
        pieces, label = connected_components(graph, connection="strong")  # every arc has its opposite
        lowest = np.empty(pieces, dtype=np.int64)
        lowest[label[::-1]] = np.arange(n - 1, -1, -1)  # the lowest is written last
        return lowest[label]

    @cached_property
    def beside(self) -> tuple[Bools, Bools]:
        """For each side, the provinces that have a neighbour in its hands."""
        start, end, _ = self.atlas.arcs
        found = np.zeros((2, len(self.atlas)), dtype=bool)
        for side in (0, 1):
            found[side][end[self.province[start] == side]] = True
        return found[0], found[1]

    @cached_property
    def roads(self) -> Roads:
        """The ways over land of both sides."""
        known, open_ = _roads_by_land(self.atlas), self.province >= 0
        key = open_.tobytes()
        if key not in known:
            if len(known) >= ROADS_KEPT:
                known.clear()
            known[key] = Roads(self.atlas, open_)
        return known[key]

    def km_to_enemy(self, own: int) -> NDArray[np.float64]:
        """Kilometres by road from every province to the nearest one in the hands of a side's enemy."""
        if own not in self._km_to_enemy:
            theirs = (self.province == 1 - own).nonzero()[0]
            far = np.full(len(self.province), np.inf)
            self._km_to_enemy[own] = (
                dijkstra(self.atlas.road_graph, indices=theirs, min_only=True) if len(theirs) else far
            )
        return self._km_to_enemy[own]


_OF_PROVINCES = ("side_of", "inside", "stretch", "beside", "roads", "_km_to_enemy")  # of a land: by whose it is alone


class Roads:
    """Distances over some of the land only, for those who may not cross the rest."""

    def __init__(self, atlas: Atlas, open_: Bools) -> None:
        n, (start, end, border) = len(atlas), atlas.arcs
        self._open = open_
        arcs = (open_[start] & open_[end]).nonzero()[0]
        indptr = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(start[arcs], minlength=n), out=indptr[1:])
        km = np.maximum(atlas.borders.distance_km[border[arcs]], 1.0)
        self._graph = csr_array((km, end[arcs].astype(np.int32), indptr), shape=(n, n))
        self._row, self._table = np.full(n, -1), np.empty((0, n))  # a row for each goal that was asked for

    @cached_property
    def piece(self) -> Ints:
        """The connected piece of the open land that each province lies in; -1 for the rest."""
        _, label = connected_components(self._graph, connection="strong")  # every arc has its opposite
        piece: Ints = np.where(self._open, label, -1)
        return piece

    def km_to(self, goals: Ints, provinces: Ints) -> NDArray[np.float64]:
        """Kilometres to `goals` from `provinces`, as in `Atlas.km_to`; infinite where no open way leads."""
        missing = np.unique(goals[self._row[goals] < 0])
        if len(missing):
            self._row[missing] = len(self._table) + np.arange(len(missing))
            self._table = np.concatenate([self._table, dijkstra(self._graph, indices=missing)])
        km: NDArray[np.float64] = self._table[self._row[goals], provinces]
        return km


@remembered
def _roads_by_land(atlas: Atlas) -> dict[bytes, Roads]:
    return {}


class Sides:
    """One war on one day. Side 0 are the war's attackers, 1 its defenders, -1 everybody else.

    Everything is computed once and describes the World as it was when this was made; make a new one after changes.
    """

    def __init__(
        self, atlas: Atlas, world: World, war: War, land: Land | None = None, engaged: Bools | None = None
    ) -> None:
        """`land` may be handed in if no province has changed hands since it was made.

        `engaged`: the formations that fight in this war today, where powers are in several; all if not given.
        """
        self.atlas, self.world, self.war = atlas, world, war
        self.land = land or Land(atlas, world.controller, war, world.harbours)
        self.of_power = self.land.of_power  # by power number, with one more entry (the last) for nobody
        self.province = self.land.province  # side controlling each province
        self.formation: Ints = _by_formation(self.of_power, world.forces.power)  # side of each, whatever its state
        self.engaged = engaged

    @cached_property
    def acting(self) -> Bools:
        """Formations of either side, whatever their state, whose day is fought in this war."""
        of_either = self.formation >= 0
        return of_either if self.engaged is None else of_either & self.engaged

    @cached_property
    def present(self) -> Ints:
        """Row numbers of the land formations of either side that are present and can act in this war today."""
        f, rows = self.world.forces, _land_rows(self.of_power, self.world.forces.command)
        if self.engaged is not None:
            rows = rows[self.engaged[rows]]
        here = (f.status[rows] == Status.ACTIVE) & (f.men[rows] > 0) & (f.arrives[rows] <= self.world.hour)
        present: Ints = rows[here]
        return present

    def enemy_sky(self, side: Ints) -> NDArray[np.float64]:
        """Air superiority of the enemy over each of some sides (0 or 1), 0..1."""
        over = self.world.air_superiority.get(self.war.id, 0.0)
        return np.maximum(0.0, np.where(side == 0, -over, over))

    @property
    def fights(self) -> dict[int, Engagement]:
        """The engagements of this war, by province."""
        return {p: e for p, e in self.world.engagements.items() if e.war == self.war.id}

    @cached_property
    def in_field(self) -> Bools:
        """Whether each formation is one of `present`."""
        field = np.zeros(len(self.world.forces), dtype=bool)
        field[self.present] = True
        return field

    @cached_property
    def rows(self) -> tuple[Ints, Ints]:
        """Row numbers of the formations in the field, for each side."""
        second = self.formation[self.present] == 1
        return self.present[~second], self.present[second]

    def men_by_province(self, side: int) -> NDArray[np.float64]:
        """Men of one side's formations in the field, by province."""
        return self._men[side]

    @cached_property
    def men_of_all_wars(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Men of each side's formations in the field by province, in whatever war they fight today."""
        whole = self if self.engaged is None else Sides(self.atlas, self.world, self.war, self.land)
        return whole.men_by_province(0), whole.men_by_province(1)

    @cached_property
    def _men(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        f, n, here = self.world.forces, len(self.atlas), self.present
        place = self.formation[here] * n + f.province[here]
        men = np.bincount(place, weights=f.men[here], minlength=2 * n).astype(np.float64, copy=False)
        return men[:n], men[n:]


@lru_cache(maxsize=64)
def _side_of_power(powers: Ids, attackers: Ids, defenders: Ids) -> Ints:
    table = np.full(len(powers) + 1, -1, dtype=np.int64)
    for side, members in enumerate((attackers, defenders)):
        table[[powers.index(power) for power in members]] = side
    table.setflags(write=False)
    return table


@remembered
def _by_formation(of_power: Ints, power: Ints) -> Ints:
    """Side of each formation; `power` never changes."""
    side: Ints = of_power[power]
    side.setflags(write=False)
    return side


@remembered
def _land_rows(of_power: Ints, command: Command) -> Ints:
    """Rows of the land formations of either side, whatever their state."""
    rows: Ints = (command.is_land & (of_power[command.power] >= 0)).nonzero()[0]
    return rows


def theatres(world: World, lands: Sequence[Land]) -> list[Bools] | None:
    """Which formations fight in each of one or more wars today; ``None`` if no power is in more than one.

    A formation of a power in several wars fights in that on whose enemy's land its goal lies, or else in that whose
    enemy's land is nearest to it by road.
    """
    f = world.forces
    wars = np.sum([land.of_power >= 0 for land in lands], axis=0)  # by power
    if wars.max() < 2:
        return None
    torn = (wars > 1)[f.power].nonzero()[0]
    power = f.power[torn]
    km = np.full((len(lands), len(torn)), np.inf)
    for war, land in enumerate(lands):
        for own in (0, 1):
            mine = (land.of_power[power] == own).nonzero()[0]
            if len(mine):
                rows = torn[mine]
                far = land.km_to_enemy(own)[f.province[rows]]
                bound = (f.goal[rows] >= 0) & (land.province[f.goal[rows]] == 1 - own)
                km[war, mine] = np.where(bound, -1.0, far)
    chosen = km.argmin(axis=0)
    engaged = [_by_formation(land.of_power, f.power) >= 0 for land in lands]
    for war, mask in enumerate(engaged):
        mask[torn] = (chosen == war) & mask[torn]
    return engaged
