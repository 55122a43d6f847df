"""The generic planner: sectors, axes, reserves and lines for a war for which nobody has drawn up a plan.

A group is a headquarters with the units directly under it; units under nobody, or of too many under one headquarters,
are groups of their own. Groups under one higher headquarters are an army. A staff looks at its front when a war begins
or changes and every few days after that, and gives orders to the groups that have none, or whose last order is carried
out or has come to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wargame import exact
from wargame.atlas import Atlas
from wargame.governments.spearhead import Body, Ground
from wargame.orders import Order, Verb
from wargame.rulebook import Rulebook
from wargame.sides import IS_MOTOR, IS_STATIC, Sides
from wargame.world import Status, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """A headquarters, or a unit without one, and the units it leads directly."""

    hq: str
    rows: Ints
    men: float
    worth: float  # men by what they count for in combat (`_fitness`)
    centre: int  # the province where most of its men are
    army: int  # row of the headquarters above it, or its own
    static: bool
    mobile: bool
    order: Order | None
    where: tuple[int, ...]  # the provinces that its order names
    step: int


def groups(
    world: World, atlas: Atlas, sides: Sides, power: str, fixed: Collection[str], rulebook: Rulebook
) -> list[Group]:
    """The groups of a power whose day is fought in this war, by row of the headquarters.

    Those are left out that a headquarters in ``fixed`` commands by an order of its own.
    """
    f = world.forces
    own = atlas.power_number[power]
    rows = sides.rows[int(sides.of_power[own])]
    rows = rows[f.power[rows] == own]
    if not len(rows):
        return []
    parent = f.parent[rows]
    under = np.bincount(parent[parent >= 0], minlength=len(f))
    crowded = under[parent] > rulebook.planning.group_units  # a high command, or a district
    leader = np.where((parent >= 0) & ~crowded, parent, rows)
    order = np.argsort(leader, kind="stable")
    rows, leader = rows[order], leader[order]
    heads, first = np.unique(leader, return_index=True)
    men = f.men[rows]
    worth = men * _fitness(world, rulebook)[rows]
    motor = np.where(IS_MOTOR[f.kind[rows]], men, 0.0)
    sums = np.add.reduceat(men, first)
    mobile = (np.add.reduceat(motor, first) > 0.5 * sums).tolist()
    static = np.minimum.reduceat(IS_STATIC[f.kind[rows]], first).tolist()
    worths, sizes, above = np.add.reduceat(worth, first).tolist(), sums.tolist(), f.parent[heads].tolist()
    begins, place = [*first.tolist(), len(rows)], f.province[rows].tolist()
    bound, ids, chain, orders = fixed & world.orders.keys(), f.ids, f.command.chain, world.orders
    found = []
    for k, head in enumerate(heads.tolist()):
        if bound and any(ids[r] in bound for r in chain(head)):
            continue
        here = slice(begins[k], begins[k + 1])
        where = place[here]
        one = where.count(where[0]) == len(where)
        centre = where[0] if one else int(np.bincount(where, weights=men[here]).argmax())
        standing = orders.get(ids[head])
        told = Order.parse(standing.text) if standing else None
        found.append(
            Group(
                ids[head], rows[here], sizes[k], worths[k], centre, above[k] if above[k] >= 0 else head, static[k],
                mobile[k], told, tuple(atlas.number[p] for p in told.where) if told else (),
                standing.step if standing else 0,
            )
        )  # fmt: skip
    return found


def _fitness(world: World, rulebook: Rulebook) -> Floats:
    """What a man of each formation counts for in combat: its quality, less for want of supply and for being routed."""
    f, rules = world.forces, rulebook.combat
    fed: Floats = rules.unsupplied + (1.0 - rules.unsupplied) * f.supply
    fit = f.quality * np.where(f.shaken_days > 0, rules.shaken, 1.0)
    return exact.power(np.maximum(fit, rules.least_quality), rules.quality) * fed


_HOLDING = (Verb.DEFEND, Verb.WITHDRAW)


class Staff:
    """One look of a power's staff at its front in one war, and the orders that come of it.

    ``fixed`` are headquarters that follow a drawn-up plan. With ``settled`` only groups without any order get one.
    """

    def __init__(
        self, world: World, atlas: Atlas, sides: Sides, power: str, rulebook: Rulebook, *,
        fixed: Collection[str] = (), settled: bool = False,
    ) -> None:  # fmt: skip
        self.world, self.atlas, self.sides, self.rulebook, self.p = world, atlas, sides, rulebook, rulebook.planning
        self.own = atlas.power_number[power]
        self.side, self.settled = int(sides.of_power[self.own]), settled
        start, end, _ = atlas.arcs
        rim = ((sides.province[start] == self.side) & (sides.province[end] == 1 - self.side)).nonzero()[0]
        self.start, self.end = start[rim], end[rim]
        self.ours, self.theirs = np.unique(self.start), np.unique(self.end)
        self.orders: dict[str, Order] = {}  # those given in this review
        fixed = world.orders.keys() if settled else fixed
        self.groups = groups(world, atlas, sides, power, fixed, rulebook) if len(rim) else []  # no front, no orders
        self.rim = frozenset(self.ours.tolist())
        self.free = {g.hq for g in self.groups if self._is_free(g)}

    @cached_property
    def worth(self) -> tuple[Floats, Floats]:
        """Men times their fitness by province: this side's and the enemy's."""
        f, n = self.world.forces, len(self.atlas)
        weight = f.men * _fitness(self.world, self.rulebook)
        ours, enemy = (
            np.bincount(f.province[rows], weights=weight[rows], minlength=n).astype(np.float64, copy=False)
            for rows in (self.sides.rows[self.side], self.sides.rows[1 - self.side])
        )
        return ours, enemy

    @cached_property
    def faced(self) -> Floats:
        """The enemy's worth next to each province of the map, over the borders of the front."""
        weights, n = self.worth[1][self.end], len(self.atlas)
        return np.bincount(self.start, weights=weights, minlength=n).astype(np.float64, copy=False)

    @cached_property
    def to_front(self) -> Floats:
        """Kilometres from every province to the nearest of the enemy's."""
        return self.sides.land.km_to_enemy(self.side)

    # --- what a group's order has come to ----------------------------------------------------------------------------

    def _is_free(self, g: Group) -> bool:
        """Whether a group waits for an order: it has none, or the one it has is carried out or has come to nothing."""
        if g.order is None:
            return True
        side_of = self.sides.land.side_of
        if g.order.verb is Verb.ATTACK:
            return all(side_of[p] != 1 - self.side for p in g.where[g.step :])
        if g.order.verb in (Verb.STAND, Verb.BREAKOUT):
            return not (self.world.forces.cut_off_days[g.rows] > 0).any()
        held = [p for p in g.where if side_of[p] == self.side]
        return not any(g.static or p in self.rim or self.to_front[p] <= self.p.front_km for p in held)

    def _stands_back(self, g: Group) -> bool:
        """Whether a group has orders to hold places none of which is on the front: it is in reserve."""
        held = g.order is not None and g.order.verb in (Verb.DEFEND, Verb.WITHDRAW, Verb.MOVE)
        return held and self.rim.isdisjoint(g.where)

    def _give(self, g: Group, verb: Verb, where: Sequence[int]) -> None:
        order = Order(g.hq, verb, tuple(self.atlas.ids[p] for p in where))
        if order != g.order:
            self.orders[g.hq] = order

    # --- attack ------------------------------------------------------------------------------------------------------

    def attack(
        self, objectives: Collection[str], *, attacked: bool, beginning: bool = False, lent: bool = False
    ) -> None:
        """Axes for the groups within reach of the enemy, army by army.

        An army goes in where it is near, the works are weak and not too many have gone before, and from there makes
        for the objective nearest to it; objectives are shared out in the same way. Its motorised groups go all the
        way; the others to the front and the next place behind it. Who would go in at bad odds holds instead.
        ``attacked``: an enemy is on the offensive himself; then nobody goes unless the front as a whole warrants it.
        ``beginning``: on the first day those that were told to defend go too. ``lent``: the offensive is an ally's;
        only objectives within reach of the front concern this power.
        """
        number, p = self.atlas.number, self.p
        aims = np.array([number[o] for o in objectives if self.sides.province[number[o]] == 1 - self.side])
        aims = aims.astype(np.int64)
        if not len(self.theirs) or not len(aims) or (attacked and self.balance() < p.offensive_odds):
            return
        way = self.sides.land.roads.km_to(aims[:, None], self.theirs[None, :])
        able = (way.min(axis=0) <= p.reach_km) if lent else np.isfinite(way).any(axis=0)
        enemy, way = self.theirs[able], way[:, able]
        ready = [g for g in self.groups if not g.static and self._may_attack(g, beginning)]
        if not ready or not len(enemy):
            return
        if not lent:
            self._concentrate([g for g in ready if g.mobile], enemy, aims)
            ready = [g for g in ready if g.hq not in self.orders]
            if not ready:
                return
        strength = self._works(enemy)
        works = p.works_km * strength
        km = self.atlas.km_to(enemy[None, :], np.array([g.centre for g in ready])[:, None])
        near = km.min(axis=1) <= p.reach_km
        armies: dict[int, list[int]] = {}
        for k in sorted(near.nonzero()[0].tolist(), key=lambda k: (-ready[k].men, ready[k].hq)):
            armies.setdefault(ready[k].army, []).append(k)
        sent, bound = np.zeros(len(enemy)), np.zeros(len(aims))
        chosen: list[tuple[Group, int, int]] = []
        for members in sorted(armies.values(), key=lambda m: (-sum(ready[k].men for k in m), ready[m[0]].hq)):
            men = np.array([ready[k].men for k in members])
            mean = (km[members] * men[:, None]).sum(axis=0) / men.sum()
            middle = int((mean + works + sent / p.men_per_km).argmin())
            aim = int((way[:, middle] + bound / p.men_per_km).argmin())
            bound[aim] += men.sum()
            apart = p.army_share * self.atlas.km_to(enemy, enemy[[middle]])
            for k in sorted(members, key=lambda k: not ready[k].mobile):
                first = int((km[k] + apart + works + sent / p.men_per_km).argmin())
                sent[first] += ready[k].men
                chosen.append((ready[k], first, aim))
        self._go(chosen, enemy, aims, way, strength)

    def _is_at_hand(self, g: Group) -> bool:
        """Whether a motorised group has no axis of its own: it holds the line, or is set against one place."""
        if g.order is None or g.order.verb is Verb.DEFEND:
            return True
        return g.order.verb is Verb.ATTACK and len(g.where) == 1

    def _concentrate(self, armour: list[Group], enemy: Ints, aims: Ints) -> None:
        """Main efforts of the motorised groups: bodies that go in together, each for itself or two with one aim.

        Part of a body stops half-way and keeps the way open.
        """
        bodies, members = self._bodies(armour, enemy)
        ground = Ground(self.sides, self.side, self.worth[1], aims.tolist(), self.rulebook) if bodies else None
        while bodies and ground is not None:
            thrust = ground.best(bodies)
            if thrust is None:
                return
            ground.take(thrust)
            for k, way in zip(thrust.bodies, thrust.ways, strict=True):
                legs, guards = self._legs(way), int(self.p.guard_share * len(members[k]))
                for j, g in enumerate(sorted(members[k], key=lambda g: (g.worth, g.hq))):
                    self._give(g, Verb.ATTACK, legs[: (len(legs) + 1) // 2] if j < guards else legs)
            left = [k for k in range(len(bodies)) if k not in thrust.bodies]
            bodies, members = [bodies[k] for k in left], [members[k] for k in left]

    def _bodies(self, armour: list[Group], enemy: Ints) -> tuple[list[Body], list[list[Group]]]:
        """Motorised groups with supplies, by the place that most of them can reach together; the greatest body first.

        Those who come to too little beside the first are no body.
        """
        p, supply, bodies, members = self.p, self.world.forces.supply, list[Body](), list[list[Group]]()
        least = self.rulebook.encirclement.attack_supply
        left = [g for g in armour if g.worth > 0 and float(supply[g.rows].mean()) >= least]
        while left:
            worth = np.array([g.worth for g in left])
            km = self.atlas.km_to(enemy[None, :], np.array([g.centre for g in left])[:, None])
            mass = ((km <= p.mass_km) * worth[:, None]).sum(axis=0)
            best = int(mass.argmax())
            if mass[best] <= 0 or (bodies and mass[best] < p.body_share * bodies[0].worth):
                break
            together = km[:, best] <= p.mass_km
            near = (km[together] <= p.mass_km) * worth[together][:, None]
            fit = (near.sum(axis=0) >= p.mass_share * mass[best]).nonzero()[0]
            way = np.where(near[:, fit] > 0, near[:, fit] * km[together][:, fit], 0.0).sum(axis=0)
            approach = way / near[:, fit].sum(axis=0) / self.rulebook.movement.motor_km_per_day
            mine = [g for g, goes in zip(left, together.tolist(), strict=True) if goes]
            bodies.append(Body(float(mass[best]), sum(g.men for g in mine), enemy[fit], approach))
            members.append(mine)
            left = [g for g, goes in zip(left, together.tolist(), strict=True) if not goes]
        return bodies, members

    def _legs(self, way: tuple[int, ...]) -> list[int]:
        """The places of a way that an axis names: the first, the last, and one every so many kilometres between."""
        legs = [way[0]]
        for q in way[1:-1]:
            if float(self.atlas.km_to(np.array([legs[-1], way[-1]]), np.array(q)).min()) >= self.p.leg_km:
                legs.append(q)
        return legs if len(way) == 1 else [*legs, way[-1]]

    def _may_attack(self, g: Group, beginning: bool) -> bool:
        """Whether a group can be spared for an attack: it is free, in reserve, or stronger than all that it faces."""
        if g.hq in self.free or (g.mobile and self._is_at_hand(g)):
            return True
        if g.order is None or g.order.verb is not Verb.DEFEND:
            return False
        if beginning or self._stands_back(g):
            return True
        facing = sum(float(self.faced[p]) for p in g.where)
        return facing > 0 and g.worth >= self.p.attack_odds * facing

    def _go(
        self, chosen: list[tuple[Group, int, int]], enemy: Ints, aims: Ints, way: Floats, works: Floats
    ) -> None:  # fmt: skip
        """Orders for those who together have the odds where they go in, works counted as in combat."""
        p, weight = self.p, np.zeros(len(enemy))
        for g, first, _ in chosen:
            weight[first] += g.worth
        behind_works = exact.exp(self.rulebook.combat.fortified * works)
        good = weight >= p.attack_odds * self.worth[1][enemy] * behind_works
        behind = (self.sides.province == 1 - self.side).nonzero()[0]
        for g, first, aim in chosen:
            if not good[first]:
                continue
            at, to = int(enemy[first]), int(aims[aim])
            reach = p.armour_km if g.mobile else p.infantry_km
            if way[aim, first] > reach:  # no farther than the place behind it on the way
                close = behind[self.atlas.km_to(np.array(at), behind) <= reach]
                deep = close[~np.isin(close, self.theirs)]  # not along the front
                close = deep if len(deep) else close
                to = int(close[self.sides.land.roads.km_to(np.array(to), close).argmin()])
            self._give(g, Verb.ATTACK, (at,) if at == to else (at, to))

    def balance(self) -> float:
        """This side's worth within reach of the front per the enemy's, as this staff knows them."""
        ours, enemy = self.worth
        theirs_to_us = self.sides.land.km_to_enemy(1 - self.side)
        own = float(ours[self.to_front <= self.p.depth_km].sum())
        return own / max(float(enemy[theirs_to_us <= self.p.depth_km].sum()), 1.0)

    def _works(self, enemy: Ints) -> Floats:
        """Works that each enemy province of the front has against this side, 0..1; the weakest way in counts."""
        works = np.ones(len(self.atlas))
        for p, q in zip(self.start.tolist(), self.end.tolist(), strict=True):
            works[q] = min(works[q], self.atlas.fort_strength(q, p, self.world.hour))
        return works[enemy]

    # --- hold --------------------------------------------------------------------------------------------------------

    def cover(self) -> None:
        """Places of the front without anybody, with the enemy next to them, get the nearest group that can be spared.

        First come the reserves, then infantry that is on the attack; a group of several units holds several such
        places next to each other.
        """
        if not len(self.ours) or self.settled:
            return
        p, bare = self.p, self._bare()
        if not len(bare):
            return
        spare = [g for g in self.groups if not g.static and not g.mobile and self._can_cover(g)]
        if not spare:
            return
        late = np.array(
            [
                p.attacking_km * (not self._stands_back(g) and g.hq not in self.orders and g.hq not in self.free)
                for g in spare
            ]
        )
        centre, stretch = np.array([g.centre for g in spare]), self.sides.land.stretch
        joined = stretch[bare][:, None] == stretch[centre][None, :]
        km = np.where(joined, self.atlas.km_to(bare[:, None], centre[None, :]) + late, np.inf)
        taken, done = np.zeros(len(spare), dtype=bool), set[int]()
        for k in self.faced[bare].argsort(kind="stable")[::-1].tolist():
            if k in done:
                continue
            j = int(np.where(taken, np.inf, km[k]).argmin())
            if taken[j] or km[k, j] > p.cover_km:
                continue
            g, taken[j] = spare[j], True
            beside = [m for m in self.atlas.km_to(bare, bare[[k]]).argsort(kind="stable").tolist() if m not in done]
            mine = [m for m in beside if self.atlas.km_to(bare[[m]], bare[[k]])[0] <= p.front_km][: len(g.rows)]
            done.update(mine)
            self._give(g, Verb.DEFEND, bare[mine].tolist())

    def relieve(self, fed: NDArray[np.bool_]) -> None:
        """Own troops cut off by one enemy place alone: the nearest groups that have the odds there go for it.

        ``fed``: the provinces of this side's land from which a base can be reached.
        """
        if self.settled:
            return
        self._turn_back(fed)
        men, stretch = self.sides.men_by_province(self.side), self.sides.land.stretch
        ours = self.sides.province == self.side
        for pocket in np.unique(stretch[ours & ~fed & (men > 0)]).tolist():
            inside = ours & (stretch == pocket)
            if float(men[inside].sum()) < self.rulebook.encirclement.pocket_men:
                continue
            between = np.intersect1d(self.end[inside[self.start]], self.end[fed[self.start]])
            for q in between[self.worth[1][between].argsort(kind="stable")].tolist():
                if self._go_for(q, fed):
                    break

    def _turn_back(self, fed: NDArray[np.bool_]) -> None:
        """Groups on the attack most of whose men are cut off fall on the enemy place between them and supply."""
        f = self.world.forces
        gates = np.unique(self.end[fed[self.start]])
        for g in self.groups:
            attacking = g.order is not None and g.order.verb is Verb.ATTACK
            if not attacking or g.static or not len(gates):
                continue
            lost = f.cut_off_days[g.rows] > 0
            if float(f.men[g.rows[lost]].sum()) <= self.rulebook.encirclement.cut_off_share * g.men:
                continue
            km = self.sides.land.roads.km_to(np.full(len(gates), g.centre), gates)
            if np.isfinite(km.min()):
                self._give(g, Verb.ATTACK, (int(gates[km.argmin()]),))

    def _go_for(self, place: int, fed: NDArray[np.bool_]) -> bool:
        """Send the nearest groups not cut off over one enemy place, if together they have the odds; says whether."""
        near = [g for g in self.groups if not g.static and g.hq not in self.orders and fed[g.centre]]
        km = self.atlas.km_to(np.array(place), np.array([g.centre for g in near], dtype=np.int64))
        going, wanted = list[Group](), self.p.attack_odds * float(self.worth[1][place])
        for k in km.argsort(kind="stable").tolist():
            if km[k] > self.p.cover_km or (going and sum(g.worth for g in going) >= wanted):
                break
            going.append(near[k])
        if not going or sum(g.worth for g in going) < wanted:
            return False
        for g in going:
            self._give(g, Verb.ATTACK, (place,))
        return True

    def _bare(self) -> Ints:
        """Own places on the front where nobody of this side stands or is told to hold, with the enemy next to them."""
        here = self.sides.men_of_all_wars[self.side]
        bare: Ints = self.ours[(here[self.ours] <= 0) & (self.faced[self.ours] > 0)]
        if not len(bare):
            return bare
        told = {p for g in self.groups if g.order is not None and g.order.verb in _HOLDING for p in g.where}
        return np.array([p for p in bare.tolist() if p not in told], dtype=np.int64)

    def _can_cover(self, g: Group) -> bool:
        if g.hq in self.orders:
            return self.orders[g.hq].verb is Verb.ATTACK
        return g.order is None or g.order.verb is Verb.ATTACK or g.hq in self.free or self._stands_back(g)

    # --- defend ------------------------------------------------------------------------------------------------------

    def defend(self) -> None:
        """Lines for the groups without orders: those at the front hold where they are, others go where most is lacking.

        While the front holds its own, a share of the men stays behind it in reserve.
        """
        world, atlas, sides, p = self.world, self.atlas, self.sides, self.p
        home = self.ours[world.controller[self.ours] == self.own]
        front = home if len(home) else self.ours
        free = [g for g in self.groups if g.hq not in self.orders and g.hq in self.free] if len(front) else []
        if not free:
            return
        threat = sides.men_by_province(1 - self.side)
        opposite = np.bincount(self.start, weights=threat[self.end], minlength=len(atlas))
        weight = opposite[front] + p.least_men
        held = sides.men_by_province(self.side)[front].astype(np.float64)
        to_send = 0.0 if len(home) else _men_to_send(world, sides, self.own, front, self.rulebook)
        stretch, lines = sides.land.stretch, set(front.tolist())
        back = p.reserve_share * sum(g.men for g in self.groups) - sum(
            g.men for g in self.groups if self._stands_back(g)
        )
        for g in sorted(free, key=lambda g: (-g.men, g.hq)):
            joined = stretch[front] == stretch[g.centre]
            km = np.where(joined, atlas.km_to(front, np.array(g.centre)), np.inf)
            if not joined.any():
                away = atlas.crow_km(g.centre)[front]
                if not g.static and g.men <= to_send and float(away.min()) <= self.rulebook.naval.overseas_km:
                    to_send -= g.men
                    k = int(np.where(away <= self.rulebook.naval.overseas_km, held / weight, np.inf).argmin())
                    held[k] += g.men
                    self._give(g, Verb.DEFEND, (int(front[k]),))
                continue
            if g.static or float(km.min()) <= p.front_km:
                places = sorted(set(world.forces.province[g.rows].tolist()))
                stand = places if g.static else [q for q in places if q in lines]
                self._give(g, Verb.DEFEND, stand or [int(front[km.argmin()])])
                continue
            k = int((held / weight + km / p.lateral_km).argmin())
            if float(km[k]) > p.recall_km and held[k] >= weight[k]:
                continue  # it keeps watch where it is
            if back >= g.men and held[k] >= weight[k]:
                behind = self._behind(int(front[k]))
                if behind >= 0:
                    back -= g.men
                    self._give(g, Verb.DEFEND, (behind,))
                    continue
            held[k] += g.men
            self._give(g, Verb.DEFEND, (int(front[k]),))

    def _behind(self, place: int) -> int:
        """The own place next to one on the front that lies farthest from the enemy, -1 where all are on the front."""
        near = [q for q, _ in self.atlas.around[place] if self.sides.province[q] == self.side and q not in self.rim]
        return max(near, key=lambda q: (float(self.to_front[q]), -q), default=-1)

    def strike_back(self) -> None:
        """Groups on the line fall on weaker enemies who have come into own land next to them.

        A group goes only if what is left next to its place does not outweigh those who stay, and no more go than the
        rulebook's share.
        """
        if self.settled:
            return
        world, p = self.world, self.p
        soil = self.theirs[self.sides.of_power[world.owner[self.theirs]] == self.side]
        if not len(soil):
            return
        line: dict[int, list[Group]] = {}
        for g in self.groups:
            if not g.static and g.hq not in self.orders and g.order is not None and g.order.verb is Verb.DEFEND:
                line.setdefault(g.centre, []).append(g)
        left = p.strike_share * sum(g.worth for g in self.groups)
        men = self.sides.men_by_province(1 - self.side)
        least = max(p.least_men * float(self.worth[1].sum()) / max(float(men.sum()), 1.0), 1.0)
        enemy = np.maximum(self.worth[1][soil], least)
        near = [[g for q, _ in self.atlas.around[t] for g in line.get(q, ()) if self._fit(g)] for t in soil.tolist()]
        odds = np.array([sum(g.worth for g in gs) for gs in near]) / enemy
        for k in odds.argsort(kind="stable")[::-1].tolist():
            if odds[k] < p.strike_odds or left <= 0:
                return
            going, wanted = list[Group](), p.strike_odds * float(enemy[k])
            for g in sorted(near[k], key=lambda g: (-g.worth, g.hq)):
                stays = float(self.worth[0][g.centre]) - g.worth
                others = float(self.faced[g.centre]) - float(self.worth[1][soil[k]])
                if g.hq not in self.orders and stays >= others and sum(x.worth for x in going) < wanted:
                    going.append(g)
            if sum(g.worth for g in going) >= wanted:
                for g in going:
                    left -= g.worth
                    self._give(g, Verb.ATTACK, (int(soil[k]),))

    def _fit(self, g: Group) -> bool:
        """Whether a group stands together and is rested enough to strike."""
        f = self.world.forces
        here = g.rows[f.province[g.rows] == g.centre]
        return float(f.men[here].sum()) >= self.p.together * g.men and float(f.fatigue[here].mean()) <= self.p.tired


def _men_to_send(world: World, sides: Sides, own: int, front: Ints, rulebook: Rulebook) -> float:
    """Men whom a power without enemies on its own borders still sends over sea to the front of its friends.

    Those bound for it or on the way count as sent.
    """
    f, rows = world.forces, world.forces.land_rows(own)
    rows = rows[f.status[rows] == Status.ACTIVE]
    bound, stretch = np.where(f.goal[rows] >= 0, f.goal[rows], f.province[rows]), sides.land.stretch
    there = np.isin(stretch[bound], stretch[front])
    return float(rulebook.naval.overseas_share * f.men[rows].sum() - f.men[rows][there].sum())


def gather(world: World, atlas: Atlas, power: str, target: str, rulebook: Rulebook) -> list[tuple[int, int]]:
    """Rows of formations and the own border provinces in which they gather against a target, in peace.

    The nearest go first, spread over the common border, until they outnumber the target's army enough.
    """
    f, p = world.forces, rulebook.planning
    own, other = atlas.power_number[power], atlas.power_number[target]
    start, end, _ = atlas.arcs
    places = np.unique(start[(world.controller[start] == own) & (world.controller[end] == other)])
    rows = f.land_rows(own)
    rows = rows[(f.status[rows] == Status.ACTIVE) & ~IS_STATIC[f.kind[rows]] & (f.arrives[rows] <= world.hour)]
    if not len(places) or not len(rows):
        return []
    foe = f.land_rows(other)
    enough = p.gather_odds * max(float(f.establishment_men[foe[f.status[foe] == Status.ACTIVE]].sum()), p.least_men)
    km = atlas.km_to(places[:, None], f.province[rows][None, :])
    crowd, found, men = np.zeros(len(places)), [], 0.0
    for k in np.lexsort((rows, km.min(axis=0))).tolist():
        if men >= enough or not np.isfinite(km[:, k]).any():
            break
        to = int((km[:, k] + crowd / p.men_per_km).argmin())
        crowd[to] += f.establishment_men[rows[k]]
        men += float(f.establishment_men[rows[k]])
        found.append((int(rows[k]), int(places[to])))
    return found
