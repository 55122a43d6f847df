"""The generic planner: axes and lines for a war for which nobody has drawn up a plan, from where the armies stand.

A group is a headquarters with the units directly under it, or a unit under nobody. Groups that have an order keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.orders import Order, Verb
from wargame.rulebook import Rulebook
from wargame.sides import IS_STATIC, Sides
from wargame.world import Status, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """A headquarters, or a unit without one, and the units it leads directly: rows, men, and where most of them are."""

    hq: str
    rows: Ints
    men: float
    centre: int
    static: bool


def groups(world: World, atlas: Atlas, sides: Sides, power: str, *, defending: bool = False) -> list[Group]:
    """The groups of a power that have no order, by headquarters; with ``defending`` those too that only defend."""
    f = world.forces
    own = atlas.power_number[power]
    rows = sides.rows[int(sides.of_power[own])]
    rows = rows[f.power[rows] == own]
    leader = np.where(f.parent[rows] >= 0, f.parent[rows], rows)
    bound = {hq for hq, o in world.orders.items() if not defending or Order.parse(o.text).verb is not Verb.DEFEND}
    found = []
    for head in np.unique(leader).tolist():
        if any(f.ids[r] in bound for r in f.chain(head)):
            continue
        mine = rows[leader == head]
        men = np.bincount(f.province[mine], weights=f.men[mine], minlength=len(atlas))
        static = bool(IS_STATIC[f.kind[mine]].all())
        found.append(Group(f.ids[head], mine, float(f.men[mine].sum()), int(men.argmax()), static))
    return found


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


def attack(
    world: World, atlas: Atlas, sides: Sides, power: str, objectives: tuple[str, ...], rulebook: Rulebook,
    *, beginning: bool = False,
) -> list[Order]:  # fmt: skip
    """Axes for the groups within reach of the enemy: over an enemy province on the front to the objective it leads to.

    They go in where it is near, the works are weak and not too many have gone before; the objectives are shared out in
    the same way. Who finds no such place stays. ``beginning``: on the first day those that were told to defend go too.
    """
    side = int(sides.of_power[atlas.power_number[power]])
    enemy, works = _rim(world, atlas, sides, side)
    aims = np.array(
        [atlas.number[p] for p in objectives if sides.province[atlas.number[p]] == 1 - side], dtype=np.int64
    )
    if not len(enemy) or not len(aims):
        return []
    p = rulebook.planning
    orders, taken, sent = [], dict.fromkeys(aims.tolist(), 0.0), np.zeros(len(enemy))
    for g in sorted(groups(world, atlas, sides, power, defending=beginning), key=lambda g: (-g.men, g.hq)):
        if g.static:
            continue
        cost = atlas.km_to(enemy, np.array(g.centre)) + p.works_km * works + sent / p.men_per_km
        k = int(cost.argmin())
        if float(cost[k]) > p.reach_km:
            continue
        first = int(enemy[k])
        sent[k] += g.men
        way = atlas.km_to(aims, np.array(first))
        crowd = np.array([taken[int(a)] for a in aims]) / p.men_per_km
        aim = int(aims[(way + crowd).argmin()])
        taken[aim] += g.men
        via = (first,) if first == aim else (first, aim)
        orders.append(Order(g.hq, Verb.ATTACK, tuple(atlas.ids[p] for p in via)))
    return orders


def _rim(world: World, atlas: Atlas, sides: Sides, side: int) -> tuple[Ints, Floats]:
    """Enemy provinces next to a side's land, or all without a land front, and the works each has against it, 0..1."""
    start, end, _ = atlas.arcs
    front = ((sides.province[start] == side) & (sides.province[end] == 1 - side)).nonzero()[0]
    if not len(front):
        enemy = (sides.province == 1 - side).nonzero()[0]
        return enemy, np.zeros(len(enemy))
    enemy = np.unique(end[front])
    works = np.ones(len(enemy))  # the weakest of the ways in counts
    for p, q in zip(start[front].tolist(), end[front].tolist(), strict=True):
        k = int(np.searchsorted(enemy, q))
        works[k] = min(works[k], atlas.fort_strength(q, p, world.hour))
    return enemy, works


def _men_to_send(world: World, sides: Sides, own: int, front: Ints, rulebook: Rulebook) -> float:
    """Men whom a power without enemies on its own borders still sends over sea to the front of its friends.

    Those bound for it or on the way count as sent.
    """
    f, rows = world.forces, world.forces.land_rows(own)
    rows = rows[f.status[rows] == Status.ACTIVE]
    bound, stretch = np.where(f.goal[rows] >= 0, f.goal[rows], f.province[rows]), sides.land.stretch
    there = np.isin(stretch[bound], stretch[front])
    return float(rulebook.naval.overseas_share * f.men[rows].sum() - f.men[rows][there].sum())


def defend(world: World, atlas: Atlas, sides: Sides, power: str, rulebook: Rulebook) -> list[Order]:
    """Lines for the groups without orders: those at the front hold where they are, others go where most is lacking."""
    own = atlas.power_number[power]
    side = int(sides.of_power[own])
    start, end, _ = atlas.arcs
    rim = ((sides.province[start] == side) & (sides.province[end] == 1 - side)).nonzero()[0]
    start, end = start[rim], end[rim]
    front = np.unique(start)
    home = front[world.controller[front] == own]
    front = home if len(home) else front
    free = groups(world, atlas, sides, power) if len(front) else []
    if not free:
        return []
    threat = sides.men_by_province(1 - side)
    weight = np.array([threat[end[start == p]].sum() for p in front]) + rulebook.planning.least_men
    held = sides.men_by_province(side)[front].astype(np.float64)
    orders = []
    to_send = 0.0 if len(home) else _men_to_send(world, sides, own, front, rulebook)
    for g in sorted(free, key=lambda g: (-g.men, g.hq)):
        joined = sides.land.stretch[front] == sides.land.stretch[g.centre]
        km = np.where(joined, atlas.km_to(front, np.array(g.centre)), np.inf)
        if not joined.any():
            away = atlas.crow_km(g.centre)[front]
            if not g.static and g.men <= to_send and float(away.min()) <= rulebook.naval.overseas_km:
                to_send -= g.men
                k = int(np.where(away <= rulebook.naval.overseas_km, held / weight, np.inf).argmin())
                held[k] += g.men
                orders.append(Order(g.hq, Verb.DEFEND, (atlas.ids[front[k]],)))
            continue
        near = front[km <= rulebook.planning.front_km]
        if g.static or len(near):
            places = np.unique(world.forces.province[g.rows])
            stand = places if g.static else places[np.isin(places, front)]
            where = stand if len(stand) else front[[int(km.argmin())]]
        else:
            lack = held / weight + km / rulebook.planning.lateral_km
            k = int(lack.argmin())
            if float(km[k]) > rulebook.planning.recall_km and held[k] >= weight[k]:
                continue  # it keeps watch where it is
            held[k] += g.men
            where = front[[k]]
        orders.append(Order(g.hq, Verb.DEFEND, tuple(atlas.ids[p] for p in where.tolist())))
    return orders
