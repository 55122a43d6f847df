"""The questions that an evening raises for one power at war, each with its legal options.

They are asked of `Sides` made from the power's own view, so that nothing in them tells more than it can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter, itemgetter

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import Atlas
from wargame.house import Front, House
from wargame.memo import remembered
from wargame.orders import Order, Verb
from wargame.rulebook import Rulebook
from wargame.rules import supply, termination
from wargame.seats import Question
from wargame.sides import Sides
from wargame.view import STRENGTH_STEP
from wargame.world import StandingOrder, Status, World

TELLING = (Verb.ATTACK, Verb.STAND)  # orders of those who can be given another aim
ASKED_DAYS = 3  # from one evening to the next on which a headquarters that has done its axis is thought of


def may_be_raised(house: House, sides: Sides, power: str, orders: Mapping[str, StandingOrder]) -> bool:
    """Whether a war can raise any question for a power tonight, by what is and not by what is seen.

    `orders` are its own. Says no only where `raised` would find nothing; so nobody needs to look.
    """
    number, f = house.atlas.power_number[power], sides.world.forces
    if house.sectors(power) or _refuge(house, power) or (f.cut_off_days[f.land_rows(number)] > 0).any():
        return True
    if not any(Order.parse(o.text).verb in TELLING for o in orders.values()):
        return False
    running = house.offensives(sides.world, sides.war)
    enemy = 1 - int(sides.of_power[number])
    return any(o.power == power for o in running) or (bool(running) and len(_stranded(house, sides, enemy)) > 0)


def raised(house: House, sides: Sides, power: str) -> list[Question]:
    """What one power has to decide tonight: its lines, its attacks, its encircled troops, in this order."""
    return [*_defensive(house, sides, power), *_offensive(house, sides, power), *_encircled(house, sides, power)]


def _defensive(house: House, sides: Sides, power: str) -> list[Question]:
    """Lines lost, the whole front giving way, the field to be given up."""
    world, f = sides.world, sides.world.forces
    if f"cross:{power}" in world.flags:
        return []
    sectors = house.sectors(power)
    if not sectors:
        return _power_wide(house, sides, power, 0.0, [])
    own = int(sides.of_power[house.atlas.power_number[power]])
    lost = _Lost(sides, own)
    fallen, men = f.killed + f.wounded + f.captured + f.missing, f.men
    invaded = _invaded(sides, power, house.rulebook.counterstroke.enemy)
    able = sides.in_field & (f.shaken_days <= 0) & (f.readiness >= house.rulebook.counterstroke.readiness)
    questions, first_lost, first_all, next_orders = [], 0, 0, []
    for sector in sectors:
        first_lost += lost.count(sector.lines[0])
        first_all += len(sector.lines[0])
        standing = world.orders.get(sector.hq)
        if standing is None:
            continue
        questions += _counter_strokes(house, sides, sector, lost, standing, invaded, able)
        at = sector.line_of(Order.parse(standing.text).where)
        if at is None or at + 1 >= len(sector.lines):
            continue
        order = Order(sector.hq, Verb.WITHDRAW, sector.places[at + 1])
        next_orders.append((order, at))
        if sector.hold_to_last:
            continue
        rows = f.under(sector.hq)
        line_lost, gone = lost.share(sector.lines[at]), float(fallen[rows].sum())
        men_lost = gone / max(gone + float(men[rows].sum()), 1.0)
        if line_lost >= sector.defence.withdraw_when_line_lost or men_lost >= sector.defence.withdraw_when_forces_lost:
            facts = {"line_lost": line_lost, "men_lost": men_lost}
            cause = max((int(world.captured_entry[p]) for p in sector.lines[at]), default=0) or standing.entry
            name = f"line_lost:{sector.hq}"
            questions.append(Question(name, power, "line_lost", sector.hq, (str(order),), cause, 1, facts))
    questions += _power_wide(house, sides, power, first_lost / max(first_all, 1), next_orders)
    return questions


class _Lost:
    """Counts which provinces are not in a side's hands."""

    def __init__(self, sides: Sides, own: int) -> None:
        self.side_of, self.own = sides.land.side_of, own

    def count(self, places: tuple[int, ...]) -> int:
        """How many of these provinces."""
        return sum(self.side_of[p] != self.own for p in places)

    def share(self, places: tuple[int, ...]) -> float:
        """What share of them."""
        return self.count(places) / len(places)


def _invaded(sides: Sides, power: str, least: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Own provinces in which the enemy stands with at least so many men, and those men as far as they are known."""
    number = sides.atlas.power_number[power]
    own = int(sides.of_power[number])
    enemy = sides.men_by_province(1 - own)
    held = (enemy > 0).nonzero()[0]
    known = np.floor(enemy[held] / STRENGTH_STEP + 0.5) * STRENGTH_STEP
    soil = (known >= least) & (sides.world.owner[held] == number) & (sides.province[held] == 1 - own)
    return held[soil], known[soil]


def _counter_strokes(
    house: House,
    sides: Sides,
    sector: Front,
    lost: _Lost,
    standing: StandingOrder,
    invaded: tuple[NDArray[np.int64], NDArray[np.float64]],
    able: NDArray[np.bool_],
) -> list[Question]:
    """A chance to fall on weaker enemy forces on own soil next to a sector's troops, or the end of such a stroke.

    `invaded` are the places and enemies in question, `able` the formations that are fit to strike.
    """
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.counterstroke
    power, told = sector.defence.power, Order.parse(standing.text)
    if told.verb is Verb.ATTACK:
        if standing.step < len(told.where) and world.hour - standing.given < rules.days * dates.DAY:
            return []
        firm = (i for i, line in enumerate(sector.lines) if lost.share(line) < sector.defence.withdraw_when_line_lost)
        back = next(firm, len(sector.lines) - 1)
        order = str(Order(sector.hq, Verb.WITHDRAW, sector.places[back]))
        name = f"stroke_over:{sector.hq}"
        return [Question(name, power, "stroke_over", sector.hq, (order,), standing.entry)]
    provinces, enemy = invaded
    if told.verb not in (Verb.DEFEND, Verb.WITHDRAW) or not len(provinces):
        return []
    rows = world.commanded(sector.hq)
    fit = rows[able[rows]]
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


def _power_wide(
    house: House, sides: Sides, power: str, first_lost: float, next_orders: list[tuple[Order, int]]
) -> list[Question]:
    world, sectors = sides.world, house.sectors(power)
    hosts = _refuge(house, power)
    if not hosts and not sectors:
        return []
    lost, _ = termination.share_lost(sides, power)
    if hosts and (world.powers[power].standing == "in_exile" or lost >= house.rulebook.termination.collapse_share):
        cause = world.powers[power].since_entry
        return [
            Question(f"collapse:{power}", power, "collapse", power, ("cross the border",), cause, 1, {"men_lost": lost})
        ]
    if not sectors or f"general_withdrawal:{power}" in world.flags:
        return []
    if first_lost < sectors[0].defence.general_withdrawal_when_lost:
        return []
    orders = "; ".join(str(order) for order, at in next_orders if at == 0)
    cause = int(world.captured_entry.max())
    facts = {"line_lost": first_lost, "men_lost": lost}
    return [
        Question(
            f"general_withdrawal:{power}", power, "general_withdrawal", power, (orders or "all back",), cause, 1, facts
        )
    ]


def _refuge(house: House, power: str) -> tuple[str, ...]:
    """Neutral neighbours over whose border a power that gives up the field leaves."""
    return next((p.refuge for p in house.scenario.powers if p.id == power), ())


@dataclass(frozen=True, slots=True)
class _Drive:
    """A headquarters told to attack or to stand, its next aim (a province, -1: none), and its active units' men."""

    hq: str
    entry: int
    aim: int
    men: float
    fresh: bool  # whether it was told, or reached its last place, within a day


@remembered
def _drives(world: World, atlas: Atlas, power: str) -> list[_Drive]:
    """Every drive of a power, by headquarters, in its view of one evening."""
    f, own, found = world.forces, atlas.power_number[power], []
    men = f.led(np.where(f.status == Status.ACTIVE, f.men, 0.0))
    row, parse, yesterday = f.command.row, Order.parse, world.hour - dates.DAY
    for hq, standing in world.orders_of(own).items():
        if (order := parse(standing.text)).verb in TELLING:
            aim = atlas.number[order.where[standing.step]] if standing.step < len(order.where) else -1
            reached = int(world.captured_hour[atlas.number[order.where[-1]]]) if order.where and aim < 0 else 0
            fresh = max(standing.given, reached) >= yesterday
            found.append(_Drive(hq, standing.entry, aim, float(men[row[hq]]), fresh))
    return sorted(found, key=attrgetter("hq"))


def _offensive(house: House, sides: Sides, power: str) -> list[Question]:
    """Headquarters that have done their axis, and enemy pockets nobody is set against.

    The former are thought of on the first evening, and from then on every few days, in turn.
    """
    world, atlas, f = sides.world, house.atlas, sides.world.forces
    running = house.offensives(world, sides.war)
    if not running:
        return []
    side = int(sides.of_power[atlas.power_number[power]])
    attacks, lost = any(o.power == power for o in running), _stranded(house, sides, 1 - side)
    drives = _drives(world, atlas, power) if attacks or len(lost) else []
    if not drives:
        return []
    questions = []
    able = [d for d in drives if d.aim < 0 and d.men > 0] if attacks else []
    cut_off = f.led((f.cut_off_days > 0).astype(np.float64)) if able else np.zeros(0)
    day = dates.day_number(world.hour)
    able = [d for d in able if d.fresh or (day + f.row(d.hq)) % ASKED_DAYS == 0]
    idle = [d for d in able if not cut_off[f.row(d.hq)] or not _is_pinned(house, world, d.hq)]
    if idle:
        aims = [f"{Verb.ATTACK} {atlas.ids[p]}" for p in _targets(house, sides, side)]
        for d in idle if aims else ():
            options = tuple(f"{d.hq} {aim}" for aim in aims)  # orders in their written form
            questions.append(Question(f"axis_done:{d.hq}", power, "axis_done", d.hq, options, d.entry))
    return questions + _pockets_to_reduce(house, sides, power, side, drives, lost)


def _stranded(house: House, sides: Sides, side: int) -> NDArray[np.int64]:
    """Rows of a side's formations in the field that stand in a stretch without a base."""
    rows = sides.rows[side]
    return rows[~house.fed(sides.land)[side][sides.world.forces.province[rows]]]


def _is_pinned(house: House, world: World, hq: str) -> bool:
    """Whether a headquarters is cut off and hungry, so that it would have to break off any attack."""
    fit, rules = _cut_off(world, hq, house.rulebook), house.rulebook.encirclement
    return bool(len(fit)) and bool(world.forces.supply[fit].mean() < rules.attack_supply)


def _cut_off(world: World, hq: str, rulebook: Rulebook) -> NDArray[np.int64]:
    """Rows of the units fit to act under a headquarters if most of their men are cut off, else none."""
    f, rows = world.forces, world.commanded(hq)
    if not (f.cut_off_days[rows] > 0).any():
        return rows[:0]
    fit = rows[(f.status[rows] == Status.ACTIVE) & (f.arrives[rows] <= world.hour)]
    men = f.men[fit]
    most = men[f.cut_off_days[fit] > 0].sum() > rulebook.encirclement.cut_off_share * men.sum()
    return fit if most else rows[:0]


def _targets(house: House, sides: Sides, side: int) -> list[int]:
    """Places worth attacking: the enemy's masses and the objectives not yet held, reachable by land."""
    atlas = house.atlas
    wanted = {atlas.number[p] for o in house.operations_of(sides.war) for p in o.objectives}
    masses = ((sides.men_by_province(1 - side) > 0) & (sides.province == 1 - side)).nonzero()[0].tolist()
    return sorted({*masses, *(p for p in wanted if sides.province[p] == 1 - side)})


def _pockets_to_reduce(
    house: House, sides: Sides, power: str, side: int, drives: list[_Drive], lost: NDArray[np.int64]
) -> list[Question]:
    """Stretches of enemy land without a base in which he is seen, and against which too few are on the way.

    `lost` are the enemy's formations in such stretches.
    """
    world, atlas, f, rules = sides.world, house.atlas, sides.world.forces, house.rulebook.encirclement
    if not len(lost):
        return []
    label = np.where(sides.province == 1 - side, sides.land.stretch, np.arange(len(atlas)))
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
    units = (f.status == Status.ACTIVE).astype(np.float64)
    far = np.where(units > 0, atlas.distance_to((centre,))[f.province], 0.0)
    number, km = f.led(units).tolist(), f.led(far).tolist()
    found = []
    for d in drives:
        row = f.row(d.hq)
        if (d.hq in spared and d.aim >= 0) or not number[row]:
            continue
        mean_km = km[row] / number[row]
        if mean_km <= house.rulebook.encirclement.reach_km:
            found.append((mean_km, str(Order(d.hq, Verb.ATTACK, (atlas.ids[centre],)))))
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
    fed, command = house.fed(sides.land)[side], f.command
    led = f.led((f.cut_off_days > 0).astype(np.float64))
    told = [(hq, order) for hq, order in world.orders_of(own).items() if led[command.row[hq]]]
    questions, stock_days = [], supply.stock_days(atlas, world, house.rulebook) if told else np.zeros(0)
    for hq, standing in sorted(told, key=itemgetter(0)):
        if (verb := Order.parse(standing.text).verb) in (Verb.BREAKOUT, Verb.STAND):
            continue
        fit = _cut_off(world, hq, house.rulebook)
        if not len(fit) or (verb is Verb.ATTACK and f.supply[fit].mean() >= rules.attack_supply):
            continue
        men = f.men[fit]
        centre = int(np.bincount(f.province[fit], weights=men).argmax())
        out = _nearest(fed, atlas.distance_to((centre,)))
        options = [str(Order(hq, Verb.STAND))]
        if out >= 0 and atlas.distance_to((out,))[centre] <= rules.breakout_km:
            options.insert(0, str(Order(hq, Verb.BREAKOUT, (atlas.ids[out],))))
        near = [q for q in atlas.neighbours[centre].tolist() if q >= 0]
        enemy = sides.men_by_province(1 - side)
        facts = {
            "own": float(men.sum()), "enemy": float(enemy[near].sum()), "supply": float(f.supply[fit].mean()),
            "fortress": float(stock_days[centre] > house.rulebook.supply.field_stock_days),
        }  # fmt: skip
        cause = next((e for _, e in sorted(world.pockets.items(), reverse=True)), standing.entry)
        questions.append(Question(f"cut_off:{hq}", power, "cut_off", hq, tuple(options), cause, 1, facts))
    return questions


def _nearest(among: NDArray[np.bool_], km: NDArray[np.float64]) -> int:
    """The nearest of some provinces, or -1 where none can be reached."""
    reach = np.where(among, km, np.inf)
    best = int(reach.argmin())
    return best if np.isfinite(reach[best]) else -1
