"""Who sails: landings over sea, transports to where no land leads, and the evacuation of those cut off at a port."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wargame import dates
from wargame.events import Embarked, Evacuated
from wargame.rulebook import Rulebook
from wargame.sides import IS_STATIC, Sides
from wargame.waters import BASE_PORT, LANDING_PORT, Bools, Crossing, Floats, Ints, Waters, landed_a_day
from wargame.world import POSTURES, Status

STAND, HOLD = POSTURES.index("stand"), POSTURES.index("hold")


@dataclass(frozen=True, slots=True)
class Landing:
    """An operation carried over water: where it goes, how, and what is left of its surprise."""

    power: str
    aims: tuple[int, ...]  # provinces
    because: int
    began: int  # hour
    warning_days: float = 0.0  # in which the first wave has loaded and sailed
    surprise: float = 0.0  # steps left


@dataclass
class _Spot:
    """A place to land at: an enemy coast, or a harbour already taken."""

    place: int
    harbour: bool
    need: float  # men
    enemy: float
    booked: float = 0.0
    after_hours: float = 0.0
    aboard: list[tuple[int, Embarked]] = field(default_factory=list)


def expedition(
    sides: Sides, waters: Waters, landing: Landing, rulebook: Rulebook
) -> list[tuple[Embarked, tuple[int, ...]]]:
    """Who embarks today for an operation over sea, each with the places he then makes for, in the order of sailing.

    Aims in a stretch of land where the side holds a harbour are reinforced over it; every other one is landed at. On
    the first day the ships have loaded and sailed within the warning; all bound for one coast land at one hour.
    """
    spots = _spots(sides, waters, landing, rulebook)
    lift = waters.free_lift(landing.power)
    ports = waters.ports_of(waters.own, BASE_PORT)
    if not spots or lift <= 0 or not len(ports):
        return []
    rows, port, km = _willing(sides, waters, landing, ports, rulebook)
    f, hour, rules = sides.world.forces, sides.world.hour, rulebook.naval
    head_start = landing.warning_days * dates.DAY if hour - landing.began < dates.DAY else 0.0
    for row, origin, way in zip(rows.tolist(), port.tolist(), km.tolist(), strict=True):
        men = float(f.men[row])
        for spot in spots:
            crowded = not spot.harbour and 0 < spot.booked > rules.wave_men - men
            full = spot.booked >= spot.need or crowded
            if men > lift or full:
                continue
            found = waters.crossing((origin,), spot.place, landing.surprise)
            if found is None or found.km > rules.reach_km or found.risk > rules.risk:
                continue
            ashore = men / landed_a_day(waters.atlas, spot.place, rulebook) * dates.DAY if spot.harbour else 0.0
            boarding = rules.loading_days + way / rulebook.rail.km_per_day
            takes = (boarding + found.days) * dates.DAY + ashore - head_start
            spot.after_hours = max(spot.after_hours + (ashore if spot.harbour else 0.0), takes, 1.0)
            lands = hour + round(spot.after_hours)
            spot.aboard.append(
                (
                    row,
                    Embarked(
                        formation=f.ids[row], carrier=landing.power, origin=waters.atlas.ids[origin],
                        destination=waters.atlas.ids[spot.place], lands=lands,
                        back=lands + round((rules.unloading_days + found.days) * dates.DAY), men=round(men),
                        purpose="transport" if spot.harbour else "landing", risk=round(found.risk, 4),
                        war=sides.war.id, because=landing.because,
                    ),
                )
            )  # fmt: skip
            spot.booked += men
            lift -= men
            break
    return _sailing(sides, landing, spots, rules.least_odds)


def _sailing(
    sides: Sides, landing: Landing, spots: list[_Spot], least: float
) -> list[tuple[Embarked, tuple[int, ...]]]:
    """The sailings that are worth it: to coasts where those booked are not too few, all landing there at one hour."""
    from_each: list[tuple[Embarked, tuple[int, ...]]] = []
    for spot in spots:
        if not spot.harbour and spot.booked < least * spot.enemy:
            continue
        hostile = [a for a in landing.aims if sides.province[a] != sides.of_power[_number(sides, landing.power)]]
        km = {a: float(sides.atlas.km_to(np.array([a]), np.array([spot.place]))[0]) for a in hostile}
        onward = tuple(sorted((a for a in hostile if np.isfinite(km[a]) and a != spot.place), key=lambda a: (km[a], a)))
        late = max((e.lands for _, e in spot.aboard), default=0)
        for _, e in spot.aboard:
            shift = 0 if spot.harbour else late - e.lands
            told = {name: getattr(e, name) for name in e.own} | {"lands": e.lands + shift, "back": e.back + shift}
            from_each.append((Embarked(**told, because=e.because), (spot.place, *onward)))
    return from_each


def _number(sides: Sides, power: str) -> int:
    return sides.atlas.power_number[power]


def _spots(sides: Sides, waters: Waters, landing: Landing, rulebook: Rulebook) -> list[_Spot]:
    """Places to go to for the aims that are not yet had, in their order, with the men wanted at each."""
    rules, atlas = rulebook.naval, sides.atlas
    side = int(sides.of_power[_number(sides, landing.power)])
    piece, enemy, own = sides.land.roads.piece, sides.men_by_province(1 - side), sides.men_by_province(side)
    home = {int(piece[p]) for p in waters.ports_of(waters.own, BASE_PORT).tolist() if _is_home(sides, waters, p)}
    spots: dict[int, _Spot] = {}
    for aim in landing.aims:
        if sides.province[aim] != 1 - side or int(piece[aim]) in home:
            continue
        shore = piece == piece[aim]
        there = own[shore].sum() + _bound(sides, waters, shore)
        wanted = rules.enough * float(enemy[shore].sum()) + rules.least_men - there
        if wanted <= 0:
            continue
        km = atlas.km_to(np.array([aim]), np.arange(len(atlas)))
        taken = waters.ports_of(shore & (sides.province == side), LANDING_PORT)
        taken = taken[km[taken] <= rules.by_road_km]
        coast = [p for p in waters.chart.seas_of if shore[p] and sides.province[p] == 1 - side]
        if len(taken):
            best = min(taken.tolist(), key=lambda p: (-int(atlas.port[p]), float(km[p]), p))
            spots.setdefault(best, _Spot(best, True, wanted, 0.0))
        elif coast:
            near = min(coast, key=lambda p: (float(km[p]), p))
            spots.setdefault(near, _Spot(near, False, max(1.0, rules.overmatch * float(enemy[near])), enemy[near]))
    return list(spots.values())


def _is_home(sides: Sides, waters: Waters, port: int) -> bool:
    """Whether a port was its holder's before the war."""
    return int(sides.world.owner[port]) == int(sides.world.controller[port]) and bool(waters.own[port])


def _bound(sides: Sides, waters: Waters, shore: Bools) -> float:
    """Men at sea who are bound for a stretch of land in this war."""
    bound = [v for v in sides.world.voyages.values() if v.stage == "out" and v.war == sides.war.id]
    return sum(v.men for v in bound if v.carrier in waters.friends and shore[sides.atlas.number[v.destination]])


def _willing(
    sides: Sides, waters: Waters, landing: Landing, ports: Ints, rulebook: Rulebook
) -> tuple[Ints, Ints, Floats]:
    """Formations free to go over sea: rows, the port each embarks at, kilometres to it; the nearest first.

    Free is who is fit, ready, well away from every enemy on land and within reach of a port by land of his own side.
    """
    f, rules = sides.world.forces, rulebook.naval
    rows = f.land_rows(_number(sides, landing.power))
    rows = rows[(f.status[rows] == Status.ACTIVE) & (f.men[rows] > 0) & (f.arrives[rows] == 0)]
    rows = rows[(f.readiness[rows] >= rules.readiness) & ~IS_STATIC[f.kind[rows]] & (f.shaken_days[rows] <= 0)]
    rows = rows[(f.cut_off_days[rows] <= 0) & waters.friendly[f.province[rows]] & ~waters.near_enemy[f.province[rows]]]
    aims = np.array(landing.aims, dtype=np.int64)
    piece = sides.land.roads.piece
    rows = rows[~np.isin(piece[f.province[rows]], piece[aims])]
    ports = ports[~np.isin(piece[ports], piece[aims])]
    if not len(rows) or not len(ports):
        return rows[:0], rows[:0], np.zeros(0)
    km = sides.atlas.km_to(ports[:, None], f.province[rows][None, :])
    km = np.where(piece[ports][:, None] == piece[f.province[rows]][None, :], km, np.inf)
    nearest = km.argmin(axis=0)
    far = km[nearest, np.arange(len(rows))]
    near = (far <= rules.hinterland_km).nonzero()[0]
    order = near[np.lexsort((rows[near], -f.men[rows[near]], far[near]))]
    return rows[order], ports[nearest[order]], far[order]


def in_need_of_ships(sides: Sides, rulebook: Rulebook) -> tuple[str, ...]:
    """Powers with formations that are cut off, or whose goal lies in another stretch of their side's land."""
    f, rows, stretch = sides.world.forces, sides.present, sides.land.stretch
    goal, here = f.goal[rows], f.province[rows]
    bound = (goal >= 0) & (f.posture[rows] == HOLD) & (stretch[goal] != stretch[here])
    power = f.power[rows[bound | (f.cut_off_days[rows] >= rulebook.naval.cut_off_days)]]
    return tuple(sides.atlas.powers[p] for p in np.unique(power).tolist())


def transports(sides: Sides, waters: Waters, rulebook: Rulebook) -> list[Embarked]:
    """Who embarks today because no land of either side leads to his goal: holding, out of touch, from port to port."""
    f, atlas, rules = sides.world.forces, sides.atlas, rulebook.naval
    number, side = _number(sides, waters.power), int(sides.of_power[_number(sides, waters.power)])
    rows = sides.rows[side]
    rows = rows[
        (f.power[rows] == number) & (f.posture[rows] == HOLD) & (f.goal[rows] >= 0) & (f.cut_off_days[rows] <= 0)
    ]
    stretch = sides.land.stretch
    rows = rows[stretch[f.goal[rows]] != stretch[f.province[rows]]]
    if not len(rows) or waters.navies.carries(waters.power, sides.world.hour, rulebook) <= 0:
        return []
    piece, here = sides.land.roads.piece, f.province[rows]
    rows = rows[
        (piece[f.goal[rows]] != piece[here]) & (sides.province[f.goal[rows]] == side) & (f.shaken_days[rows] <= 0)
        & (sides.province[here] == side) & ~IS_STATIC[f.kind[rows]] & ~waters.near_enemy[here]
    ]  # fmt: skip
    if not len(rows):
        return []
    lift, busy, found = waters.free_lift(waters.power), dict[int, float](), []
    ports = waters.ports_of(sides.province == side, LANDING_PORT)
    ways: dict[tuple[int, int], tuple[int, int, Crossing, float] | None] = {}
    for row in rows.tolist():
        men, goal, place = float(f.men[row]), int(f.goal[row]), int(f.province[row])
        if men > lift:
            continue
        if (place, goal) not in ways:
            ways[place, goal] = _by_port(sides, waters, ports, place, goal, rulebook)
        way = ways[place, goal]
        if way is None or way[2].risk > rules.risk or way[2].km > rules.reach_km:
            continue
        origin, harbour, crossing, road_km = way
        ashore = men / landed_a_day(atlas, harbour, rulebook) * dates.DAY
        takes = (rules.loading_days + crossing.days + road_km / rulebook.rail.km_per_day) * dates.DAY
        busy[harbour] = max(busy.get(harbour, 0.0), takes) + ashore
        lands, order = sides.world.hour + round(busy[harbour]), sides.world.order_over(row)
        found.append(
            Embarked(
                formation=f.ids[row], carrier=waters.power, origin=atlas.ids[origin], destination=atlas.ids[harbour],
                lands=lands, back=lands + round((rules.unloading_days + crossing.days) * dates.DAY), men=round(men),
                purpose="transport", risk=round(crossing.risk, 4), war=sides.war.id,
                because=order.entry if order else sides.war.entry,
            )
        )  # fmt: skip
        lift -= men
    return found


def _by_port(
    sides: Sides, waters: Waters, ports: Ints, origin: int, goal: int, rulebook: Rulebook
) -> tuple[int, int, Crossing, float] | None:
    """Port to leave by, port to land at, the crossing between them, kilometres by land to the first."""
    atlas, stretch = sides.atlas, sides.land.stretch
    here, there = ports[stretch[ports] == stretch[origin]], ports[stretch[ports] == stretch[goal]]
    if not len(here) or not len(there):
        return None
    out = int(here[atlas.km_to(np.array([origin]), here).argmin()])
    km = float(atlas.km_to(np.array([origin]), np.array([out]))[0])
    cost = atlas.km_to(np.array([goal]), there) + rulebook.naval.port_worth_km * (3.0 - atlas.port[there])
    harbour = int(there[cost.argmin()])
    found = waters.crossing((out,), harbour)
    return None if found is None else (out, harbour, found, km)


def evacuations(sides: Sides, waters: Waters, rulebook: Rulebook) -> list[tuple[Evacuated, Embarked]]:
    """Formations of a power cut off for some days at a port, or next to one, whom ships take home today.

    The enemy must stand before the land they hold. The ships are its own, or else those of the ally with most of them.
    A port takes the rulebook's men a day, one formation at least. Garrisons and those with orders to stand stay, and so
    does who attacks until he is spent.
    """
    f, atlas, rules = sides.world.forces, sides.atlas, rulebook.naval
    number = _number(sides, waters.power)
    rows = sides.rows[int(sides.of_power[number])]
    rows = rows[(f.power[rows] == number) & (f.cut_off_days[rows] >= rules.cut_off_days)]
    if not len(rows):
        return []
    side, stretch = int(sides.of_power[number]), sides.land.stretch
    pressed = np.unique(stretch[(sides.province == side) & sides.land.beside[1 - side]])
    spent = (f.posture[rows] == HOLD) | ((f.posture[rows] != STAND) & (f.supply[rows] <= rules.spent_supply))
    rows = rows[spent & ~IS_STATIC[f.kind[rows]] & np.isin(stretch[f.province[rows]], pressed)]
    if not len(rows):
        return []
    held = sides.province == sides.of_power[number]
    home = waters.ports_of(waters.own & ~np.isin(sides.land.stretch, sides.land.stretch[f.province[rows]]), BASE_PORT)
    lift = {p: waters.free_lift(p) for p in waters.friends}
    carrier = max(lift, key=lambda p: (p == waters.power and lift[p] > 0, lift[p], p))
    room, found = dict[int, float](), []
    for row in rows[np.lexsort((rows, f.supply[rows]))].tolist():
        men, here = float(f.men[row]), int(f.province[row])
        port = _way_out(waters, here, held)
        if port < 0 or not len(home) or men > lift[carrier]:
            continue
        capacity = landed_a_day(atlas, port, rulebook)
        if men > room.setdefault(port, max(capacity, men)):
            continue
        ways = [(c.km, c, h) for h in home.tolist() if (c := waters.crossing((port,), h))]
        if not ways or (best := min(ways, key=lambda w: (w[0], w[2])))[1].risk > rules.evacuation_risk:
            continue
        room[port] -= men
        lift[carrier] -= men
        lands = sides.world.hour + round((best[1].days + men / capacity) * dates.DAY)
        guns, tanks = float(f.guns[row]) * rules.left_behind, float(f.tanks[row]) * rules.left_behind
        because = sides.world.pockets.get(here, sides.war.entry)
        found.append((
            Evacuated(
                formation=f.ids[row], province=atlas.ids[here], to=atlas.ids[best[2]], carrier=carrier, men=round(men),
                guns_left=round(guns, 1), tanks_left=round(tanks, 1), because=because,
            ),
            Embarked(
                formation=f.ids[row], carrier=carrier, origin=atlas.ids[port], destination=atlas.ids[best[2]],
                lands=lands, back=lands + round(best[1].days * dates.DAY), men=round(men), purpose="evacuation",
                risk=round(best[1].risk, 4), war=sides.war.id, because=because,
            ),
        ))  # fmt: skip
    return found


def _way_out(waters: Waters, here: int, held: Bools) -> int:
    """The best port of the side at a place or next to it, -1 for none."""
    near = [here, *(q for q, _ in waters.atlas.around[here] if held[q])]
    ports = [p for p in near if p in waters.chart.seas_of and waters.atlas.port[p] >= LANDING_PORT]
    return max(ports, key=lambda p: (p == here, int(waters.atlas.port[p]), -p), default=-1)
