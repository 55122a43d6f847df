"""Armies before the shooting: calling up, gathering, standing down, growing by programme, and orders for all."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from wargame import adjudicate, dates, economies
from wargame.acts import (
    FormationsDisbanded,
    FormationsReformed,
    FormationsRegrouped,
    Mobilised,
    StoodDown,
)
from wargame.atlas import Atlas
from wargame.conditions import BEATEN
from wargame.events import (
    Columns,
)
from wargame.governments import planner
from wargame.house import Clerk, House
from wargame.politics import Kind
from wargame.scenario import Operation, Reform
from wargame.seats import is_played
from wargame.sides import IS_STATIC
from wargame.weighing import alerted, allies, beaten
from wargame.world import Status, War, World


def stirring(world: World, atlas: Atlas) -> bool:
    """Whether anybody is at war, or has formations called up that are not ready yet."""
    return any(f"ceased:{w}" not in world.flags for w in world.wars) or growing(world, atlas)


def growing(world: World, atlas: Atlas) -> bool:
    """Whether anybody has formations called up that are not ready yet."""
    f, names = world.forces, [p for p in world.polity.governments if f"mobilised:{p}" in world.flags]
    if not names:
        return False
    called = np.zeros(len(atlas.powers), dtype=bool)
    called[[atlas.power_number[p] for p in names]] = True
    return bool(((f.status == Status.ACTIVE) & (f.readiness < 1.0) & called[f.power]).any())


def mobilise(
    house: House, clerk: Clerk, power: str, because: int, why: str, *,
    covert: bool = False, place: str = "", gather: bool = True, day: int = 0,
) -> None:  # fmt: skip
    """A power calls up every wave, if it has not already, and sends its formations where they gather for this.

    ``place``: date of the deployment to use; the nearest in time if empty. Without ``gather`` they stay at home, for
    want of a plan, until they have orders. ``day``: the hour of the blow they gather for, if they do.
    """
    world = clerk.world
    if power not in house.atlas.power_number:
        return
    if f"mobilised:{power}" in world.flags:
        if place and gather:
            _concentrate(house, clerk, power, because, place, day)
        return
    f = world.forces
    waiting = int((f.readiness[f.land_rows(house.atlas.power_number[power])] < 1.0).sum())
    entry = clerk.put(Mobilised(power=power, wave=99, covert=covert, formations=waiting, why=why, because=because))
    if gather:
        _concentrate(house, clerk, power, entry, place, day)


def gather(house: House, clerk: Clerk, power: str, target: str, because: int) -> None:
    """A power that has no plan on paper gathers on the target's border what is under arms and near."""
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    found = planner.gather(world, atlas, power, target, house.rulebook)
    moves = [(row, place, _there(house, world, row, place)) for row, place in found]
    if moves:
        parents = f.parent
        clerk.put(
            FormationsRegrouped(
                power=power, formations=tuple(f.ids[row] for row, _, _ in moves),
                parents=tuple(f.ids[parents[row]] if parents[row] >= 0 else "" for row, _, _ in moves),
                provinces=tuple(atlas.ids[place] for _, place, _ in moves),
                arrives=tuple(at for _, _, at in moves), why=f"on the border with {target}", because=because,
            )
        )  # fmt: skip


def _there(house: House, world: World, row: int, place: int) -> int:
    """The hour at which a formation is at a place to which it goes by rail; 0 if it is there."""
    f = world.forces
    if place == f.province[row]:
        return 0
    km = float(house.atlas.km_to(np.array([place]), np.array([f.province[row]]))[0])
    days = km / house.rulebook.rail.km_per_day + house.rulebook.estimate.boarding_days
    return world.hour + int(min(days, 60.0) * dates.DAY)


def _concentrate(house: House, clerk: Clerk, power: str, because: int, place: str, day: int) -> None:
    """Formations go where a deployment of their power has them, those at least whose place is in friendly hands.

    The land of hosts who are not at war yet is crossed in time for the hour of the blow, and not before. For a blow,
    those whose place is not in friendly hands go to the place nearest to it that they can reach over friendly land.
    """
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    known = house.armies.concentrations.get(power, ())
    if not known:
        return
    wanted = dates.parse(place) if place else world.hour
    chosen = min(known, key=lambda c: (abs(c.hour - wanted), c.hour))
    friends = allies(world, power)
    held = np.isin(world.controller, [atlas.power_number[p] for p in friends])
    hosts = [atlas.power_number[p] for p in _hosts(world, power) if day and p in atlas.power_number]
    lent = np.isin(world.controller, hosts) & ~held
    stretch = _stretches(atlas, held) if day else np.zeros(0, dtype=np.int64)
    moves = []
    for name, parent, province in chosen.places:
        row, p = f.row(name), atlas.number[province]
        if f.status[row] > Status.ACTIVE or (not day and not held[p]):
            continue
        if not (held[p] or lent[p]):
            if stretch[f.province[row]] < 0:
                continue
            p = _nearest_to(atlas, p, stretch == stretch[f.province[row]])
        there_yet = parent in f.command.row and f.status[f.row(parent)] <= Status.ACTIVE  # or disbanded long ago
        above = parent if there_yet else ""
        there = int(f.arrives[row]) if f.status[row] == Status.PLANNED else 0
        there = max(there, _there(house, world, row, p), day if lent[p] else 0)
        moves.append((name, above, atlas.ids[p], there))
    if moves:
        names, parents, provinces, hours = (tuple(column) for column in zip(*moves, strict=True))
        clerk.put(
            FormationsRegrouped(power=power, formations=names, parents=parents, provinces=provinces, arrives=hours,
                                why=f"as on {dates.iso(chosen.hour)[:10]}", because=because)
        )  # fmt: skip


def stay_out(house: House, clerk: Clerk, power: str, because: int) -> None:
    """The hour of the blow: who would stand in a host's land that is not on his side stays in friendly land."""
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    held = np.isin(world.controller, [atlas.power_number[p] for p in allies(world, power)])
    hosts = [atlas.power_number[p] for p in _hosts(world, power) if p in atlas.power_number]
    lent = np.isin(world.controller, hosts) & ~held
    rows = f.land_rows(atlas.power_number[power])
    rows = rows[(f.status[rows] <= Status.ACTIVE) & lent[f.province[rows]]]
    if not len(rows) or not held.any():
        return
    stretch, parents = _stretches(atlas, held), f.parent
    main = stretch == np.bincount(stretch[held]).argmax()
    places = [_nearest_to(atlas, int(f.province[r]), main) for r in rows.tolist()]
    clerk.put(
        FormationsRegrouped(
            power=power, formations=tuple(f.ids[r] for r in rows.tolist()),
            parents=tuple(f.ids[parents[r]] if parents[r] >= 0 else "" for r in rows.tolist()),
            provinces=tuple(atlas.ids[p] for p in places),
            arrives=tuple(int(f.arrives[r]) for r in rows.tolist()), why="its host stays out of the war",
            because=because,
        )
    )  # fmt: skip


def _stretches(atlas: Atlas, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The connected stretch of open land that each province lies in; one for all the rest."""
    start, end, _ = atlas.arcs
    inside = open_[start] & open_[end]
    graph = csr_array((np.ones(int(inside.sum())), (start[inside], end[inside])), shape=(len(atlas), len(atlas)))
    stretch: NDArray[np.int64] = np.where(open_, connected_components(graph, directed=False)[1], -1)
    return stretch


def _nearest_to(atlas: Atlas, place: int, among: NDArray[np.bool_]) -> int:
    """The nearest by road of some provinces."""
    km = np.where(among, atlas.km_to(np.array(place), np.arange(len(atlas))), np.inf)
    return int(km.argmin())


def _hosts(world: World, power: str) -> list[str]:
    """Powers that let another's troops in: those aligned with it by treaty, and those that grant it passage."""
    found = set[str]()
    for treaty in world.polity.in_force(world.hour):
        if power in treaty.parties and treaty.kind is Kind.ALIGNMENT:
            found.update(treaty.parties)
        elif power in treaty.parties[1:] and treaty.kind is Kind.TRANSIT:
            found.add(treaty.parties[0])
    return sorted(found - {power})


def deploy(house: House, clerk: Clerk, launched: str = "", *, stirring_only: bool = False) -> None:
    """Groups of the powers at war that wait for an order get one, as their staffs see their fronts (planning chapter).

    For an operation just ``launched``, those told to defend till now are free too. ``stirring_only``: fronts that
    rest are left alone.
    """
    world = clerk.world
    for war in sorted(world.wars.values(), key=lambda w: w.id):
        if f"ceased:{war.id}" in world.flags or (stirring_only and adjudicate.rests(house, world, war.id)):
            continue
        offensives = house.offensives(world, war)
        for side, powers in enumerate((war.attackers, war.defenders)):
            attacked = any(o.power in (war.defenders, war.attackers)[side] for o in offensives)
            for power in powers:
                if power in house.atlas.power_number and not beaten(world, power):
                    running = [o for o in offensives if o.power in powers]
                    _review(house, clerk, war, power, running, launched=launched, attacked=attacked)


def _review(
    house: House, clerk: Clerk, war: War, power: str, running: list[Operation], *, launched: str, attacked: bool
) -> None:
    """One power's staff looks at its front in a war; the offensives of its side are ``running``."""
    world = clerk.world
    own = [o for o in running if o.power == power]
    drawn = {a.hq for o in own for a in house.operation(o.id)[1].axes} | {s.hq for s in house.sectors(power)}
    staff = planner.Staff(
        world, house.atlas, clerk.sides(war.id), power, house.rulebook, fixed=drawn,
        settled=is_played(house.seats[power]),
    )  # fmt: skip
    if not staff.groups:
        return
    fought_for = own or running
    wanted = sorted({p for o in fought_for for p in o.objectives})
    if wanted:
        beginning = any(o.id == launched for o in fought_for)
        staff.attack(wanted, attacked=attacked, beginning=beginning, lent=not own)
    staff.relieve(house.fed(staff.sides.land)[staff.side])
    staff.cover()
    staff.defend()
    staff.strike_back()
    cause = world.operations[fought_for[-1].id].entry if fought_for else war.entry
    for order in staff.orders.values():
        adjudicate.issue(house, clerk, power, order, cause)


def stand_down(house: House, clerk: Clerk) -> None:
    """Reservists go home where a month has passed without war or crisis."""
    world = clerk.world
    ordered = [c for c in world.polity.crises.values() if c.stage == "ordered"]
    tense = {p for c in ordered for p in (*alerted(house, c.operation), *(n for n, _ in c.credibility))}
    for power in sorted(world.polity.governments):
        entry = world.flags.get(f"mobilised:{power}")
        standing = world.powers[power].standing if power in world.powers else ""
        if entry is None or power in tense or power not in house.atlas.power_number:
            continue
        if standing in {"at_war", "defeated"}:
            continue
        send_home(house, clerk, power, "the crisis is over", entry)


def send_home(house: House, clerk: Clerk, power: str, why: str, because: int) -> None:
    """A power sends its reservists home: its formations have the readiness and the men of peace again."""
    f = clerk.world.forces
    clerk.put(StoodDown(power=power, why=why, because=because))
    rows = f.land_rows(house.atlas.power_number[power])
    rows = rows[f.status[rows] <= Status.ACTIVE]
    peace = np.array([house.armies.peace.get(f.ids[r], 1.0) for r in rows.tolist()])
    ready, men = f.readiness.copy(), f.men.copy()
    ready[rows] = np.minimum(ready[rows], peace)
    floor = house.rulebook.mobilization.men_floor
    men[rows] = np.minimum(men[rows], np.floor(f.establishment_men[rows] * np.maximum(ready[rows], floor) + 0.5))
    clerk.fold(Columns({"forces.readiness": ready, "forces.men": men}))


def send(house: House, clerk: Clerk, hq: str, place: str, why: str, because: int) -> None:
    """A headquarters and all under it that can move go to a place by rail, or an air fleet to another base."""
    world, atlas, f = clerk.world, house.atlas, clerk.world.forces
    rows = [r for r in f.under(hq).tolist() if f.status[r] <= Status.ACTIVE and not IS_STATIC[f.kind[r]]]
    goal = atlas.number[place]
    above = [f.ids[f.parent[r]] if f.parent[r] >= 0 else "" for r in rows]
    there = tuple(max(_there(house, world, r, goal), int(f.arrives[r])) for r in rows)
    clerk.put(
        FormationsRegrouped(
            power=atlas.powers[int(f.power[f.row(hq)])], formations=tuple(f.ids[r] for r in rows),
            parents=tuple(above), provinces=(place,) * len(rows), arrives=there, why=why, because=because,
        )
    )  # fmt: skip


def reform(house: House, clerk: Clerk, since: int, now: int) -> None:
    """Formations that get another establishment, or end, in the past month of their army's programme."""
    world, f = clerk.world, clerk.world.forces
    live = {p for p, s in world.powers.items() if s.standing not in BEATEN}
    spans = {p: economies.programme(world, p, since, now) for p in live}
    first = min((low for low, _ in spans.values()), default=since)
    last = max((high for _, high in spans.values()), default=now)
    due: dict[str, list[Reform]] = {}
    for r in (r for r in house.armies.reforms if first < r.hour <= last):
        power = house.atlas.powers[f.power[f.row(r.formation)]]
        low, high = spans.get(power, (last, first))
        if low < r.hour <= high and f.status[f.row(r.formation)] <= Status.ACTIVE:
            due.setdefault(power, []).append(r)
    for power, reforms in sorted(due.items()):
        kinds, men, guns, tanks, quality = (tuple(c) for c in zip(*(r.terms for r in reforms), strict=True))
        guns, tanks = (
            tuple(math.floor(x * factor + 0.5) if factor != 1.0 else x for x in column)
            for column, factor in zip((guns, tanks), economies.weapons(house, world, power), strict=True)
        )
        clerk.put(
            FormationsReformed(
                power=power, formations=tuple(r.formation for r in reforms), kinds=kinds, men=men, guns=guns,
                tanks=tanks, quality=quality, why="by its army's programme",
                because=world.polity.governments[power].entry if power in world.polity.governments else 0,
            )
        )  # fmt: skip
    ended: dict[str, list[str]] = {}
    for hour, name in house.armies.disbanded:
        power = house.atlas.powers[f.power[f.row(name)]]
        low, high = spans.get(power, (since, now))
        if low < hour <= high and f.status[f.row(name)] <= Status.ACTIVE:
            ended.setdefault(power, []).append(name)
    for power, names in sorted(ended.items()):
        clerk.put(FormationsDisbanded(power=power, formations=tuple(names), why="by its army's programme"))
