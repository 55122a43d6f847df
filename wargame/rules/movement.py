"""Movement by road: what each formation makes for, how far it marches in a day, and whose land it takes on the way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import TERRAINS, Atlas
from wargame.events import Columns, ProvinceTaken
from wargame.memo import remembered
from wargame.orders import Order, Verb
from wargame.rulebook import Rulebook
from wargame.sides import IS_FOOT, IS_MOTOR, IS_STATIC, Sides
from wargame.world import KINDS, POSTURES, StandingOrder, Status, World

STAND, HOLD, ATTACK, BREAKOUT = range(len(POSTURES))
HOPS = 3  # provinces a formation can pass in one day

ARMY_GROUP = KINDS.index("army_group")
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_POSTURE_OF = {
    Verb.ATTACK: ATTACK, Verb.BREAKOUT: BREAKOUT, Verb.DEFEND: HOLD, Verb.WITHDRAW: HOLD, Verb.MOVE: HOLD,
    Verb.STAND: STAND,
}  # fmt: skip


@dataclass(frozen=True)
class March:
    """A day's movement: changed columns, land taken, and the formations that stand before a defended province."""

    columns: Columns
    taken: tuple[ProvinceTaken, ...]
    assailants: Ints  # rows whose heading is defended by the enemy
    disengaged: Ints  # rows that marched out of a province under assault
    left: Ints  # the province each of those left
    advancing: bool  # whether anybody on the attack came nearer to his goal


def assign(world: World, atlas: Atlas, order: Order, step: int, rows: Ints) -> Columns:
    """Posture and goal of each formation in `rows` under an order.

    An attack makes for the ``step``-th province of its axis. A line is shared out: its provinces are manned in turn,
    each by the nearest formation not yet placed, until all are.
    """
    f = world.forces
    posture, goal = f.posture.copy(), f.goal.copy()
    posture[rows] = _POSTURE_OF[order.verb]
    if order.verb is Verb.STAND:
        goal[rows] = f.province[rows]
    elif order.verb is Verb.ATTACK:
        goal[rows] = atlas.number[order.where[min(step, len(order.where) - 1)]]
    else:
        _man_the_line(atlas, f.province, goal, rows, [atlas.number[p] for p in order.where])
    return Columns({"forces.posture": posture, "forces.goal": goal})


def start_lines(sides: Sides, rows: Ints, rulebook: Rulebook) -> Columns:
    """Formations that stand next to the enemy when an operation begins have already moved up from their hubs."""
    f = sides.world.forces
    beside, place = sides.land.beside, f.province[rows]
    forward = rows[np.where(sides.formation[rows] == 0, beside[1][place], beside[0][place])]
    progress = f.progress_km.copy()
    progress[forward] = rulebook.movement.start_line_km
    return Columns({"forces.progress_km": progress})


def _man_the_line(atlas: Atlas, province: Ints, goal: Ints, rows: Ints, line: list[int]) -> None:
    free = [int(r) for r in rows]
    km = {p: atlas.distance_to((p,)) for p in line}
    while free:
        for p in line:
            if not free:
                return
            nearest = min(free, key=lambda r: (float(km[p][province[r]]), r))
            goal[nearest] = p
            free.remove(nearest)


def staffs(world: World) -> Columns:
    """Headquarters go where most of the men in the field under them stand; those without any stay.

    A high command (an army group) stays as long as its power holds the place.
    """
    f, n = world.forces, len(world.controller)
    leader, unit = f.command.pairs
    able = f.is_land & (f.status == Status.ACTIVE) & (f.arrives == 0)
    led = (able[unit] & (leader != unit)).nonzero()[0]
    leader, unit = leader[led], unit[led]
    pair, which = np.unique(leader * n + f.province[unit], return_inverse=True)
    order = np.argsort(np.bincount(which, weights=f.men[unit]), kind="stable")  # the most men are written last
    hq, place = np.divmod(pair[order], n)
    away = (f.kind[hq] != ARMY_GROUP) | (world.controller[f.province[hq]] != f.power[hq])
    hq, place = hq[away], place[away]
    province = f.province.copy()
    province[hq] = place
    moved = (province[hq] != f.province[hq]).any()
    return Columns({"forces.province": province} if moved else {})


def pace(sides: Sides, rows: Ints, rulebook: Rulebook) -> Floats:
    """Kilometres each of some formations can march today on a good road in friendly land."""
    f, rules, world = sides.world.forces, rulebook.movement, sides.world
    factor = {"mud": rules.mud_factor, "rain": rules.rain_factor, "snow": rules.snow_factor}
    weather = np.array([factor.get(state, 1.0) for state in world.weather or ("clear",)])
    supply = rules.unsupplied + (1.0 - rules.unsupplied) * np.minimum(1.0, rules.supply_gain * f.supply[rows])
    tired, sky = 1.0 - rules.fatigue * f.fatigue[rows], sides.enemy_sky(sides.formation[rows])
    base, harried = _km_per_day(rulebook)[f.kind[rows]], 1.0 - rulebook.air.interdiction * sky
    km: Floats = base * weather[sides.atlas.climate_of[f.province[rows]]] * supply * tired * harried
    return km


@remembered
def _km_per_day(rulebook: Rulebook) -> Floats:
    """March of each kind of formation on a good road."""
    rules = rulebook.movement
    on_foot = np.where(IS_FOOT, rules.foot_km_per_day, rules.horse_km_per_day)
    return np.where(IS_MOTOR, rules.motor_km_per_day, on_foot)


@remembered
def going(atlas: Atlas, rulebook: Rulebook) -> Floats:
    """Share of march speed that each province's terrain and roads allow."""
    rules = rulebook.movement
    factor = dict.fromkeys(TERRAINS, 1.0) | {
        "hills": rules.hills_factor, "mountains": rules.mountains_factor,
        "marsh": rules.marsh_factor, "forest": rules.forest_factor,
    }  # fmt: skip
    terrain = np.array([factor[t] for t in TERRAINS])[atlas.terrain]
    bad = 1.0 - rules.bad_road_factor
    return terrain * (1.0 - bad * np.clip((4 - atlas.road) / 3.0, 0.0, 1.0))


@remembered
def _strides(atlas: Atlas, rulebook: Rulebook) -> Floats:
    """Road kilometres to each of `Atlas.neighbours`, bad going counted as detour; infinite for no neighbour."""
    return atlas.neighbour_km * rulebook.movement.winding / going(atlas, rulebook)[atlas.neighbours]


def march(sides: Sides, rulebook: Rulebook, days: int = 1) -> March:
    """Move every formation in the field for one day, both sides at once; those that do not attack for so many.

    A formation makes for the neighbour that brings it nearest to its goal, counting bad going as detour and, on the
    attack, enemy masses too. Before a province held by a steady enemy it halts and assails it; one that is empty or
    held by routed troops only it enters and takes. Holding forces only cross friendly land.
    """
    day = _Day(sides, rulebook, days)
    for _ in range(HOPS * days):
        if not day.step():
            break
    return day.result()


class _Day:
    """Scratch of one day's march."""

    def __init__(self, sides: Sides, rulebook: Rulebook, days: int) -> None:
        f, self.days = sides.world.forces, days
        self.sides, self.rulebook, self.rules, self.atlas = sides, rulebook, rulebook.movement, sides.atlas
        self.province, self.heading, self.progress = f.province.copy(), f.heading.copy(), f.progress_km.copy()
        self.owner_side = sides.province.copy()
        self.strides = _strides(self.atlas, rulebook)
        self.side, self.posture, self.goal = sides.formation, f.posture, f.goal.copy()
        self.present = sides.present
        self.steady = self.present[f.shaken_days[self.present] <= 0]
        self.avoided = _avoided(sides)
        here, posture = self.present, f.posture[self.present]
        static = IS_STATIC[f.kind[here]] & (posture < ATTACK)
        unfit = (f.shaken_days[here] > 0) & (posture >= ATTACK)
        self.movers = here[(f.goal[here] >= 0) & (posture != STAND) & ~static & ~unfit]
        self.assailed = set(sides.world.engagements)
        self.blocked = np.zeros(len(f), dtype=bool)
        self.at_end = np.zeros(len(f), dtype=bool)  # attackers that stand on the last place of their axis
        self.orders: dict[int, StandingOrder | None] = {}  # by the row of a headquarters
        self.taken: list[ProvinceTaken] = []

    @cached_property
    def budget(self) -> Floats:
        """Kilometres that each formation can still march today."""
        km = np.zeros(len(self.blocked))
        km[self.movers] = pace(self.sides, self.movers, self.rulebook)
        if self.days > 1:
            km[self.movers] *= np.where(self.posture[self.movers] < ATTACK, self.days, 1)
        return km

    def step(self) -> bool:
        """One hop for all that still have strength to march; says whether any may go on."""
        self._turn_to_next_goal()
        at_goal = self.province[self.movers] == self.goal[self.movers]
        self.heading[self.movers[at_goal]] = -1
        rows = self.movers[~at_goal]
        if len(rows):
            rows = rows[(self.budget[rows] > 1.0) | self.blocked[rows]]
        self.blocked[:] = False
        if not len(rows):
            return False
        self._look()
        choice, km = self._choose(rows)
        turned = (choice != self.heading[rows]) & (self.heading[rows] >= 0)
        self.progress[rows[turned]] = 0.0
        self.heading[rows] = choice
        go = choice >= 0
        rows, choice, km = rows[go], choice[go], km[go]
        stopped = self._enemy_men(rows, choice[:, None])[:, 0] > 0
        self._close(rows[stopped], km[stopped])
        rows, choice, km = rows[~stopped], choice[~stopped], km[~stopped]
        home = self.owner_side[choice] == self.side[rows]
        self._advance(rows[home], choice[home], km[home])
        rows, choice, km = rows[~home], choice[~home], km[~home]
        if len(rows):
            self._look()  # whoever marches into his own side's land is there before the enemy
            met = self._enemy_men(rows, choice[:, None])[:, 0] > 0
            self._close(rows[met], km[met])
            self._advance(rows[~met], choice[~met], km[~met])
        return bool(go.any())

    def _look(self) -> None:
        """Where everybody stands at the beginning of a hop: men of each side, and steady men of the enemy's by side."""
        men, n = self.sides.world.forces.men, len(self.atlas)

        def count(rows: Ints) -> Floats:
            place = self.side[rows] * n + self.province[rows]
            found: Floats = np.bincount(place, weights=men[rows], minlength=2 * n).astype(np.float64)
            return found.reshape(2, n)

        self.own_men = count(self.present)
        self.enemy_men = count(self.steady)[::-1]
        self.yielding = {p: count(self.steady[rows[self.steady]]).sum(axis=0) for p, rows in self.avoided.items()}

    def _enemy_men(self, rows: Ints, provinces: Ints) -> Floats:
        """Steady enemy men in `provinces` (a row of them for each formation), less those ordered to evade its power."""
        found: Floats = self.enemy_men[self.side[rows][:, None], provinces]
        for power, men in self.yielding.items():
            avoided = (self.sides.world.forces.power[rows] == power)[:, None]
            found = np.where(avoided, found - men[provinces], found)
        return found

    def _turn_to_next_goal(self) -> None:
        """Attackers that stand on a place of their axis go on to the next one without waiting for tomorrow."""
        there = self.movers[self.province[self.movers] == self.goal[self.movers]]
        for row in there[(self.posture[there] == ATTACK) & ~self.at_end[there]].tolist():
            reached = int(self.goal[row])
            self.goal[row] = onward = _onward(self._order_over(row), self.atlas, reached)
            self.at_end[row] = onward == reached

    def _order_over(self, row: int) -> StandingOrder | None:
        """The order that binds a formation; those under one headquarters ask for it together."""
        world = self.sides.world
        own = world.orders.get(world.forces.ids[row])
        chain = world.forces.command.chain(row)
        if own is not None or len(chain) == 1:
            return own
        if chain[1] not in self.orders:
            self.orders[chain[1]] = world.order_over(chain[1])
        return self.orders[chain[1]]

    def _choose(self, rows: Ints) -> tuple[Ints, Floats]:
        """The neighbour each row heads for (-1: none is nearer) and the road kilometres to it."""
        atlas, here = self.atlas, self.province[rows]
        near = atlas.neighbours[here]
        km = self.strides[here]
        side = self.side[rows][:, None]
        owner = self.owner_side[near]
        aggressive = (self.posture[rows] >= ATTACK)[:, None]
        goal = self.goal[rows][:, None]
        roads = self.sides.land.roads
        left, here_left = roads.km_to(goal, near), roads.km_to(goal, here[:, None])
        nearer = left < here_left
        aside = aggressive & ~nearer & (left < here_left + self.rules.slack_km)
        allowed = (near >= 0) & np.where(owner == side, nearer, aggressive & (owner >= 0) & (nearer | aside))
        around = (aside & (near >= 0) & (owner == side)).nonzero()
        if len(around[0]):
            allowed[around] = self._leads_on(rows, near, here_left[:, 0], around)
        enemy = self._enemy_men(rows, near)
        own = np.maximum(self.own_men[self.side[rows], here], 1.0)[:, None]
        detour = self.rules.bypass_km_per_odds * np.minimum(enemy / own, self.rules.bypass_odds_ceiling)
        begun = np.where(near == self.heading[rows][:, None], self.progress[rows][:, None], 0.0)
        score = np.where(allowed, km - begun + left + np.where(aggressive, detour, 0.0), np.inf)
        best = score.argmin(axis=1)
        pick = np.arange(len(rows))
        found = np.isfinite(score[pick, best])
        return np.where(found, near[pick, best], -1), np.where(found, km[pick, best], np.inf)

    def _leads_on(self, rows: Ints, near: Ints, here_left: Floats, pairs: tuple[Ints, Ints]) -> NDArray[np.bool_]:
        """Whether a neighbour in friendly land that is no nearer leads on to open enemy land that is.

        `pairs` are positions in `rows` and in their neighbours. Who turned aside would not turn back there, so that
        nobody marches to and fro behind a front that he cannot pass.
        """
        atlas, leads = self.atlas, np.zeros(len(pairs[0]), dtype=bool)
        for side in np.unique(self.side[rows]).tolist():
            open_ = np.append((self.owner_side == 1 - side) & (self.enemy_men[side] <= 0.0), False)
            mine = (self.side[rows[pairs[0]]] == side).nonzero()[0]
            mine = mine[open_[atlas.neighbours[near[pairs[0][mine], pairs[1][mine]]]].any(axis=1)]
            if not len(mine):
                continue
            row = pairs[0][mine]
            over = near[row, pairs[1][mine]]
            beyond, km = atlas.neighbours[over], self.strides[over]
            left = self.sides.land.roads.km_to(self.goal[rows[row]][:, None], beyond)
            back = np.where(beyond == self.province[rows[row]][:, None], km, np.inf).min(axis=1) + here_left[row]
            good = open_[beyond] & (left < here_left[row][:, None]) & (km + left < back[:, None])
            leads[mine] = good.any(axis=1)
        return leads

    def _close(self, rows: Ints, km: Floats) -> None:
        """Move up to the defended border; those that reach it stand in contact."""
        needed = np.maximum(km * self.rules.contact_share - self.progress[rows], 0.0)
        spent = np.minimum(self.budget[rows], needed)
        self.progress[rows] += spent
        self.budget[rows] -= spent
        reached = spent >= needed
        self.blocked[rows[reached]] = True
        self.budget[rows[~reached]] = 0.0

    def _advance(self, rows: Ints, choice: Ints, km: Floats) -> None:
        """March rows towards their choice; those that arrive take the province if it is the enemy's."""
        foreign = self.owner_side[choice] != self.side[rows]
        cost = np.where(foreign, km / self.rules.hostile_land_factor, km)
        needed = np.maximum(cost - self.progress[rows], 0.0)
        spent = np.minimum(self.budget[rows], needed)
        self.budget[rows] -= spent
        arrived = spent >= needed
        self.progress[rows] = np.where(arrived, 0.0, self.progress[rows] + spent)
        self.heading[rows] = np.where(arrived, -1, choice)
        self.province[rows[arrived]] = choice[arrived]
        for row, p in zip(rows[arrived & foreign].tolist(), choice[arrived & foreign].tolist(), strict=True):
            if self.owner_side[p] != self.side[row]:
                self._take(row, p)

    def _take(self, row: int, p: int) -> None:
        world, atlas = self.sides.world, self.atlas
        self.owner_side[p] = self.side[row]
        order, fought = world.order_over(row), int(world.decided_entry[p])
        ordered = order.entry if order else self.sides.war.entry
        cause = fought if fought > world.captured_entry[p] else ordered
        self.taken.append(
            ProvinceTaken(
                province=atlas.ids[p], power=atlas.powers[world.forces.power[row]],
                previous=atlas.powers[world.controller[p]], how="entered", by=world.forces.ids[row], because=cause,
            )
        )  # fmt: skip

    def result(self) -> March:
        """What the day changed."""
        f = self.sides.world.forces
        waiting = self.blocked.nonzero()[0]
        moved = (self.province != f.province).nonzero()[0]
        out = moved[[p in self.assailed for p in f.province[moved].tolist()]] if self.assailed else moved[:0]
        columns = {"forces.heading": self.heading, "forces.progress_km": self.progress, "forces.goal": self.goal}
        if len(moved):
            columns["forces.province"] = self.province
        strode = (self.province != f.province) | (self.progress > f.progress_km)
        advancing = bool((strode & (self.posture >= ATTACK)).any())
        return March(Columns(columns), tuple(self.taken), waiting, out, f.province[out], advancing)


def _avoided(sides: Sides) -> dict[int, NDArray[np.bool_]]:
    """For each power that is to be evaded (flags ``evade:POWER:ENEMY``), the formations that yield to it."""
    number, power = sides.atlas.power_number, sides.world.forces.power
    found: dict[int, NDArray[np.bool_]] = {}
    for flag in sorted(f for f in sides.world.flags if f.startswith("evade:")):
        _, own, enemy = flag.split(":")
        found[number[enemy]] = found.get(number[enemy], False) | (power == number[own])
    return found


def _onward(standing: StandingOrder | None, atlas: Atlas, reached: int) -> int:
    """The next place of the axis of an order after `reached`, or `reached` where there is none."""
    where = Order.parse(standing.text).where if standing else ()
    here = atlas.ids[reached]
    later = where[where.index(here) + 1 :] if here in where else ()
    return atlas.number[later[0]] if later else reached
