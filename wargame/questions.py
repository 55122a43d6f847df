"""The questions that an evening raises for one power at war, each with its legal options.

They are asked of `Sides` made from the power's own view, so that nothing in them tells more than it can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import Atlas
from wargame.house import House
from wargame.orders import Order, Verb
from wargame.rules import supply, termination
from wargame.scenario import Plan, Sector
from wargame.seats import Question
from wargame.sides import Sides
from wargame.view import STRENGTH_STEP
from wargame.world import Forces, StandingOrder, Status, World


def raised(house: House, sides: Sides, power: str) -> list[Question]:
    """What one power has to decide tonight: its lines, its attacks, its encircled troops, in this order."""
    return [*_defensive(house, sides, power), *_offensive(house, sides, power), *_encircled(house, sides, power)]


def _sectors(house: House, power: str) -> list[tuple[Plan, Sector, dict[str, tuple[str, ...]]]]:
    """Every sector a power defends, with its plan and the provinces of that plan's lines."""
    plans = [p for p in house.plans if p.defence is not None and p.defence.power == power]
    return [(p, s, lines) for p in plans for lines in [{n.id: n.provinces for n in p.lines}] for s in p.sectors]


def _defensive(house: House, sides: Sides, power: str) -> list[Question]:
    """Lines lost, the whole front giving way, the field to be given up."""
    world, atlas, f = sides.world, house.atlas, sides.world.forces
    if f"cross:{power}" in world.flags:
        return []
    sectors = _sectors(house, power)
    if not sectors:
        return _power_wide(house, sides, power, 0.0, [])
    own = int(sides.of_power[atlas.power_number[power]])
    fallen = f.killed + f.wounded + f.captured + f.missing
    invaded = _invaded(sides, power, house.rulebook.counterstroke.enemy)
    questions, first_lost, first_all, next_orders = [], 0, 0, []
    for plan, sector, lines in sectors:
        assert plan.defence is not None
        opening = lines[sector.lines[0]]
        first_lost += _count_lost(sides, own, opening)
        first_all += len(opening)
        standing = world.orders.get(sector.hq)
        if standing is None:
            continue
        questions += _counter_strokes(house, sides, plan, sector, lines, standing, invaded)
        at = _line_held(lines, sector, standing.text)
        if at is None or at + 1 >= len(sector.lines):
            continue
        order = Order(sector.hq, Verb.WITHDRAW, lines[sector.lines[at + 1]])
        next_orders.append((order, at))
        line = lines[sector.lines[at]]
        line_lost, men_lost = _count_lost(sides, own, line) / len(line), _men_lost(world, sector.hq, fallen)
        if not sector.hold_to_last and (
            line_lost >= plan.defence.withdraw_when_line_lost or men_lost >= plan.defence.withdraw_when_forces_lost
        ):
            facts = {"line_lost": line_lost, "men_lost": men_lost}
            cause = max((int(world.captured_entry[atlas.number[p]]) for p in line), default=0) or standing.entry
            name = f"line_lost:{sector.hq}"
            questions.append(Question(name, power, "line_lost", sector.hq, (str(order),), cause, 1, facts))
    questions += _power_wide(house, sides, power, first_lost / max(first_all, 1), next_orders)
    return questions


def _count_lost(sides: Sides, own: int, places: tuple[str, ...]) -> int:
    """How many of these provinces are not in a side's hands."""
    return sum(int(sides.province[sides.atlas.number[p]]) != own for p in places)


def _invaded(sides: Sides, power: str, least: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Own provinces in which the enemy stands with at least so many men, and those men as far as they are known."""
    own = int(sides.of_power[sides.atlas.power_number[power]])
    enemy = np.floor(sides.men_by_province(1 - own) / STRENGTH_STEP + 0.5) * STRENGTH_STEP
    soil = (enemy >= least) & (sides.world.owner == sides.atlas.power_number[power]) & (sides.province == 1 - own)
    provinces = soil.nonzero()[0]
    return provinces, enemy[provinces]


def _counter_strokes(
    house: House,
    sides: Sides,
    plan: Plan,
    sector: Sector,
    lines: Mapping[str, tuple[str, ...]],
    standing: StandingOrder,
    invaded: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> list[Question]:
    """A chance to fall on weaker enemy forces on own soil next to a sector's troops, or the end of such a stroke."""
    assert plan.defence is not None
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.counterstroke
    power, verb = plan.defence.power, Order.parse(standing.text).verb
    if verb is Verb.ATTACK:
        own = int(sides.of_power[atlas.power_number[power]])
        done = standing.step >= len(Order.parse(standing.text).where)
        if not done and world.hour - standing.given < rules.days * dates.DAY:
            return []
        lost = [_count_lost(sides, own, lines[n]) / len(lines[n]) for n in sector.lines]
        back = next((i for i, x in enumerate(lost) if x < plan.defence.withdraw_when_line_lost), len(lost) - 1)
        order = str(Order(sector.hq, Verb.WITHDRAW, lines[sector.lines[back]]))
        name = f"stroke_over:{sector.hq}"
        return [Question(name, power, "stroke_over", sector.hq, (order,), standing.entry)]
    provinces, enemy = invaded
    if verb not in (Verb.DEFEND, Verb.WITHDRAW) or not len(provinces):
        return []
    rows = world.commanded(sector.hq)
    fit = rows[sides.in_field[rows] & (f.shaken_days[rows] <= 0) & (f.readiness[rows] >= rules.readiness)]
    if f.men[fit].sum() < rules.men or f.supply[fit].mean() < rules.supply:
        return []
    here = np.bincount(f.province[fit], weights=f.men[fit], minlength=len(atlas) + 1)  # the last for no neighbour
    ratio = here[atlas.neighbours[provinces]].sum(axis=1) / np.maximum(enemy, 1.0)
    best = int(ratio.argmax())
    if ratio[best] < rules.ratio:
        return []
    order = str(Order(sector.hq, Verb.ATTACK, (atlas.ids[provinces[best]],)))
    facts = {"ratio": float(ratio[best]), "enemy": float(enemy[best])}
    cause = int(world.captured_entry[provinces[best]]) or standing.entry
    return [Question(f"counter_stroke:{sector.hq}", power, "counter_stroke", sector.hq, (order,), cause, 1, facts)]


def _line_held(lines: Mapping[str, tuple[str, ...]], sector: Sector, text: str) -> int | None:
    """Index of the line a sector's standing order names."""
    where = Order.parse(text).where
    return next((i for i, name in enumerate(sector.lines) if lines[name] == where), None)


def _men_lost(world: World, hq: str, fallen: NDArray[np.float64]) -> float:
    rows = world.forces.under(hq)
    lost = float(fallen[rows].sum())
    return lost / max(lost + float(world.forces.men[rows].sum()), 1.0)


def _power_wide(
    house: House, sides: Sides, power: str, first_lost: float, next_orders: list[tuple[Order, int]]
) -> list[Question]:
    world = sides.world
    plan = next((p for p in house.plans if p.defence is not None and p.defence.power == power), None)
    lost, _ = termination.share_lost(sides, power)
    if world.powers[power].standing == "in_exile" or lost >= house.rulebook.termination.collapse_share:
        cause = world.powers[power].since_entry
        return [
            Question(f"collapse:{power}", power, "collapse", power, ("cross the border",), cause, 1, {"men_lost": lost})
        ]
    if plan is None or plan.defence is None or f"general_withdrawal:{power}" in world.flags:
        return []
    if first_lost < plan.defence.general_withdrawal_when_lost:
        return []
    orders = "; ".join(str(order) for order, at in next_orders if at == 0)
    cause = int(world.captured_entry.max())
    facts = {"line_lost": first_lost, "men_lost": lost}
    return [
        Question(
            f"general_withdrawal:{power}", power, "general_withdrawal", power, (orders or "all back",), cause, 1, facts
        )
    ]


@dataclass(frozen=True)
class _Drive:
    """A headquarters told to attack or to stand, and its next aim (a province, -1: none left)."""

    hq: str
    entry: int
    aim: int
    forces: Forces

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Its active units."""
        units = self.forces.units_under(self.hq)
        rows: NDArray[np.int64] = units[self.forces.status[units] == Status.ACTIVE]
        return rows

    @cached_property
    def men(self) -> float:
        """Men of its active units."""
        return float(self.forces.men[self.rows].sum())


def _drives(world: World, atlas: Atlas, power: str) -> list[_Drive]:
    """Every drive of a power, by headquarters."""
    f, own, found = world.forces, atlas.power_number[power], []
    for hq, standing in sorted(world.orders.items()):
        if f.power[f.row(hq)] != own:
            continue
        order = Order.parse(standing.text)
        if order.verb in (Verb.ATTACK, Verb.STAND):
            aim = atlas.number[order.where[standing.step]] if standing.step < len(order.where) else -1
            found.append(_Drive(hq, standing.entry, aim, f))
    return found


def _offensive(house: House, sides: Sides, power: str) -> list[Question]:
    """Headquarters that have done their axis, and enemy pockets nobody is set against."""
    world, atlas = sides.world, house.atlas
    running = [o for o in house.operations_of(sides.war.id) if world.operations[o.id].stage == "running"]
    if not running:
        return []
    side = int(sides.of_power[atlas.power_number[power]])
    drives = _drives(world, atlas, power)
    questions = []
    idle = [d for d in drives if d.aim < 0 and d.men > 0]
    if idle and any(o.power == power for o in running):
        aims = [f"{Verb.ATTACK} {atlas.ids[p]}" for p in _targets(house, sides, side)]
        for d in idle if aims else ():
            options = tuple(f"{d.hq} {aim}" for aim in aims)  # orders in their written form
            questions.append(Question(f"axis_done:{d.hq}", power, "axis_done", d.hq, options, d.entry))
    return questions + _pockets_to_reduce(house, sides, power, side, drives)


def _targets(house: House, sides: Sides, side: int) -> list[int]:
    """Places worth attacking: the enemy's masses and the objectives not yet held, reachable by land."""
    atlas = house.atlas
    wanted = {atlas.number[p] for o in house.operations_of(sides.war.id) for p in o.objectives}
    masses = ((sides.men_by_province(1 - side) > 0) & (sides.province == 1 - side)).nonzero()[0].tolist()
    return sorted({*masses, *(p for p in wanted if sides.province[p] == 1 - side)})


def _pockets_to_reduce(house: House, sides: Sides, power: str, side: int, drives: list[_Drive]) -> list[Question]:
    """Stretches of enemy land without a base in which he is seen, and against which too few are on the way."""
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.encirclement
    rows = sides.rows[1 - side]
    lost = rows[~_fed(house, sides, 1 - side)[f.province[rows]]]
    if not len(lost):
        return []
    label = supply.areas(sides, 1 - side, house.net)
    area_of = label[f.province[lost]]
    questions = []
    for area in sorted(set(area_of.tolist())):
        inside = lost[area_of == area]
        men = float(f.men[inside].sum())
        if men < rules.pocket_men:
            continue
        assigned = sum(d.men for d in drives if d.aim >= 0 and label[d.aim] == area)
        if assigned >= rules.reduce_ratio * men:
            continue
        centre = int(np.bincount(f.province[inside], weights=f.men[inside]).argmax())
        options = _nearest_attackers(house, sides, centre, [d for d in drives if d.aim < 0 or label[d.aim] != area])
        if options:
            cause = next((e for q, e in sorted(world.pockets.items()) if label[q] == area), sides.war.entry)
            facts = {"men": men, "assigned": assigned, "wanted": rules.reduce_ratio * men}
            name = f"pocket:{atlas.ids[centre]}:{power}"
            questions.append(Question(name, power, "pocket", atlas.ids[centre], options, cause, len(options), facts))
    return questions


def _nearest_attackers(house: House, sides: Sides, centre: int, drives: list[_Drive]) -> tuple[str, ...]:
    """Orders against a pocket for drives within reach, nearest first, main efforts under way left alone."""
    atlas, f = house.atlas, sides.world.forces
    spared = {a.hq for p in house.plans for a in p.axes if a.main_effort}
    km = atlas.distance_to((centre,))
    found = []
    for d in drives:
        if (d.hq in spared and d.aim >= 0) or not len(d.rows):
            continue
        far = float(km[f.province[d.rows]].mean())
        if far <= house.rulebook.encirclement.reach_km:
            found.append((far, str(Order(d.hq, Verb.ATTACK, (atlas.ids[centre],)))))
    return tuple(text for _, text in sorted(found))


def _encircled(house: House, sides: Sides, power: str) -> list[Question]:
    """Headquarters most of whose men are cut off: break out or stand.

    One on the attack goes on until its supply is half gone.
    """
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.encirclement
    own = atlas.power_number[power]
    side = int(sides.of_power[own])
    lost = sides.rows[side][f.cut_off_days[sides.rows[side]] > 0]
    if not (f.power[lost] == own).any():
        return []
    fed, cut_off = _fed(house, sides, side), f.cut_off_days > 0
    questions = []
    for hq, standing in sorted(world.orders.items()):
        if not cut_off[f.units_under(hq)].any():
            continue
        if f.power[f.row(hq)] != own or (verb := Order.parse(standing.text).verb) in (Verb.BREAKOUT, Verb.STAND):
            continue
        rows = world.commanded(hq)
        fit = rows[(f.status[rows] == Status.ACTIVE) & (f.arrives[rows] <= world.hour)]
        men = f.men[fit]
        if not len(fit) or men[cut_off[fit]].sum() <= rules.cut_off_share * men.sum():
            continue
        if verb is Verb.ATTACK and f.supply[fit].mean() >= rules.attack_supply:
            continue
        centre = int(np.bincount(f.province[fit], weights=men).argmax())
        out = _nearest(fed, atlas.distance_to((centre,)))
        options = [str(Order(hq, Verb.STAND))]
        if out >= 0 and atlas.distance_to((out,))[centre] <= rules.breakout_km:
            options.insert(0, str(Order(hq, Verb.BREAKOUT, (atlas.ids[out],))))
        near = [q for q in atlas.neighbours[centre].tolist() if q >= 0]
        enemy = sides.men_by_province(1 - side)
        stock = supply.stock_days(atlas, world, house.rulebook)[centre]
        facts = {
            "own": float(men.sum()), "enemy": float(enemy[near].sum()), "supply": float(f.supply[fit].mean()),
            "fortress": float(stock > house.rulebook.supply.field_stock_days),
        }  # fmt: skip
        cause = next((e for _, e in sorted(world.pockets.items(), reverse=True)), standing.entry)
        questions.append(Question(f"cut_off:{hq}", power, "cut_off", hq, tuple(options), cause, 1, facts))
    return questions


def _fed(house: House, sides: Sides, side: int) -> NDArray[np.bool_]:
    """Provinces of one side's land that lie in a stretch with a base that still supplies it."""
    label = supply.areas(sides, side, house.net)
    fed = np.zeros(len(house.atlas), dtype=bool)
    fed[label[supply.bases_held(sides, house.bases, house.rulebook, house.net)[side]]] = True
    return fed[label]


def _nearest(among: NDArray[np.bool_], km: NDArray[np.float64]) -> int:
    """The nearest of some provinces, or -1 where none can be reached."""
    reach = np.where(among, km, np.inf)
    best = int(reach.argmin())
    return best if np.isfinite(reach[best]) else -1
