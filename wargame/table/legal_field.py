"""What a staff may order now: calling up, operations, and orders to headquarters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from wargame import dates
from wargame.conditions import at_war
from wargame.house import House
from wargame.initiatives import earliest
from wargame.table.forms import HQ_VERBS, Forbidden, Instruction
from wargame.weighing import allies, beaten, design_of
from wargame.world import HEADQUARTERS, KINDS, Status, World

FLEET = KINDS.index("air_fleet")


def _mobilise(house: House, world: World, i: Instruction) -> Forbidden | None:
    if f"mobilised:{i.power}" in world.flags:
        return Forbidden("you have mobilised already", ("stand down",))
    return None


def _stand_down(house: House, world: World, i: Instruction) -> Forbidden | None:
    if f"mobilised:{i.power}" not in world.flags:
        return Forbidden("you have not mobilised", ("mobilise",))
    if i.power in world.powers and world.powers[i.power].standing == "at_war":
        return Forbidden("nobody is sent home in a war")
    ordered = [o for o in _own(house, i.power) if _stage(world, o) == "ordered"]
    return Forbidden("an operation of yours is ordered", tuple(f"halt {o}" for o in ordered)) if ordered else None


# --- operations -------------------------------------------------------------------------------------------------------


def _own(house: House, power: str) -> list[str]:
    """A power's operations that are decided upon in play, in the order of the plans."""
    return [p.operation.id for p in house.plans if p.operation and p.design and p.operation.power == power]


def _stage(world: World, operation: str) -> str:
    crisis = world.polity.crises.get(operation)
    return crisis.stage if crisis is not None else ""


def _operation(house: House, world: World, i: Instruction) -> tuple[str, Forbidden | None]:
    """The operation that an instruction names, and why nothing can be done about it."""
    (name,) = i.value()
    if name not in _own(house, i.power):
        return name, Forbidden(f"'{name}' is no operation that you decide upon", tuple(_own(house, i.power)[:3]))
    if world.operations[name].stage != "planned":
        what = "has begun" if world.operations[name].stage == "running" else "is over"
        return name, Forbidden(f"{_called(house, name)} {what}; give your headquarters orders")
    return name, None


def _called(house: House, operation: str) -> str:
    return str(design_of(house, operation)[0].name)


def _prepare(house: House, world: World, i: Instruction) -> Forbidden | None:
    name, fault = _operation(house, world, i)
    if fault:
        return fault
    if _stage(world, name) in {"preparing", "ordered"}:
        return Forbidden(f"{_called(house, name)} is {_stage(world, name)} already")
    return _aim(house, world, name)


def _order(house: House, world: World, i: Instruction) -> Forbidden | None:
    name, fault = _operation(house, world, i)
    if fault:
        return fault
    if _stage(world, name) == "ordered":
        when = dates.iso(world.polity.crises[name].ordered)
        return Forbidden(f"{_called(house, name)} is ordered already, for {when}", (f"halt {name}",))
    first = earliest(house, world, name)
    day = i.value("on")
    if day and dates.parse(day[0]) < first - first % dates.DAY:
        what = f"{_called(house, name)} cannot begin before {dates.iso(first)}: its preparations and warning must run"
        return Forbidden(what, (f"order {name} on {dates.iso(first)}",))
    return _aim(house, world, name)


def _aim(house: House, world: World, name: str) -> Forbidden | None:
    """Whether an operation has an object and a way to it."""
    operation, design, _ = design_of(house, name)
    if beaten(world, operation.target):
        return Forbidden(f"{operation.target} is beaten already")
    if operation.target in allies(world, operation.power):
        return Forbidden(f"{operation.target} fights on your side")
    own = house.atlas.power_number[operation.power]
    places = [house.atlas.number[p] for p in operation.objectives]
    if design.raises is None and bool((world.controller[places] == own).all()):
        return Forbidden(f"everything that {operation.name} is for is in your hands")
    return None


def _halt(house: House, world: World, i: Instruction) -> Forbidden | None:
    name, fault = _operation(house, world, i)
    if fault:
        return fault
    if _stage(world, name) not in {"ordered", "preparing"}:
        running = [o for o in _own(house, i.power) if _stage(world, o) in {"ordered", "preparing"}]
        return Forbidden(f"{_called(house, name)} is neither ordered nor prepared", tuple(f"halt {o}" for o in running))
    return None


def _plan(house: House, world: World, i: Instruction) -> Forbidden | None:
    (name,), (target,), places = i.value(), i.value("against"), i.value("for")
    if target == i.power or target not in house.atlas.power_number:
        return Forbidden(f"{target} is no power on the map that you could attack")
    if plan_id(i.power, name) in world.operations:
        return Forbidden(f"there is an operation called {name} already; give it another name")
    friends = {house.atlas.power_number[p] for p in allies(world, i.power) if p in house.atlas.power_number}
    if all(int(world.controller[house.atlas.number[p]]) in friends for p in places):
        return Forbidden("all these places are in your hands or your friends'")
    theirs = {house.atlas.power_number[p] for p in allies(world, target) if p in house.atlas.power_number}
    wrong = [p for p in places if int(world.controller[house.atlas.number[p]]) not in theirs | friends]
    if wrong:
        return Forbidden(f"{', '.join(wrong)} is not in the hands of {target}")
    return None


def plan_id(power: str, name: str) -> str:
    """The id of an operation that a power draws up under a name."""
    slug = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower()).strip("_")
    return f"{power.lower()}_{slug or 'plan'}"


def _axis(house: House, world: World, i: Instruction) -> Forbidden | None:
    name, fault = _operation(house, world, i)
    if fault:
        return fault
    (hq,), via = i.value("by"), i.value("via")
    if fault := _fit(house, world, hq):
        return fault
    target = design_of(house, name)[0].target
    theirs = [house.atlas.power_number[p] for p in allies(world, target) if p in house.atlas.power_number]
    if int(world.controller[house.atlas.number[via[-1]]]) not in theirs:
        return Forbidden(f"{via[-1]} is not in the hands of {target}: an axis ends at the enemy's")
    return None


def _main_effort(house: House, world: World, i: Instruction) -> Forbidden | None:
    (hq,), (name,) = i.value(), i.value("in")
    if name not in _own(house, i.power):
        return Forbidden(f"'{name}' is no operation that you decide upon", tuple(_own(house, i.power)[:3]))
    axes = [a.hq for a in design_of(house, name)[2].axes]
    if hq not in axes:
        return Forbidden(f"{hq} has no axis in {_called(house, name)}",
                         tuple(f"main effort {a} in {name}" for a in axes[:3]))  # fmt: skip
    return None


def _land(house: House, world: World, i: Instruction) -> Forbidden | None:
    atlas, places = house.atlas, i.value("at")
    coast = {c.province for c in atlas.seas.coasts}
    for p in places:
        if atlas.number[p] not in coast:
            return Forbidden(f"{p} has no coast")
        holder = int(world.controller[atlas.number[p]])
        if holder < 0 or not at_war(world, i.power, atlas.powers[holder]):
            return Forbidden(f"{p} is not in the hands of an enemy; you can land only in a war")
    if not house.afloat or i.power not in house.armies.lift:
        return Forbidden(f"{i.power} has no ships to land from")
    return None


# --- headquarters -----------------------------------------------------------------------------------------------------


def _fit(house: House, world: World, hq: str) -> Forbidden | None:
    """Whether a headquarters, or a formation, is in the field."""
    f = world.forces
    row = f.row(hq)
    if f.status[row] > Status.ACTIVE:
        return Forbidden(f"{hq} is {Status.NAMES[int(f.status[row])]}")
    if hq in _called_up(house, world, house.atlas.powers[int(f.power[row])]):
        return None
    if f.status[row] == Status.PLANNED:
        return Forbidden(f"{hq} has not been raised yet")
    units = f.units_under(hq)
    if f.kind[row] < len(HEADQUARTERS) and not (f.status[units] <= Status.ACTIVE).any():
        return Forbidden(f"{hq} has no formations under it, and would have none if you mobilised")
    return None


def _called_up(house: House, world: World, power: str) -> set[str]:
    """The headquarters that lead formations once a power has mobilised, by the deployment nearest in time."""
    known = house.armies.concentrations.get(power, ())
    if not known:
        return set()
    chosen = min(known, key=lambda c: (abs(c.hour - world.hour), c.hour))
    return {parent for _, parent, _ in chosen.places if parent in world.forces.command.row}


def headquarters(house: House, world: World, i: Instruction) -> Forbidden | None:
    """What forbids an order to one headquarters, or a movement of it."""
    (hq,) = i.value() if i.verb not in HQ_VERBS else (i.args[0],)
    if fault := _fit(house, world, hq):
        return fault
    fleet = bool(world.forces.kind[world.forces.row(hq)] == FLEET)
    if fleet and i.verb != "base":
        there = house.atlas.ids[int(world.forces.province[world.forces.row(hq)])]
        return Forbidden(f"{hq} is an air fleet: it only changes its base", (f"base {hq} at {there}",))
    if i.verb == "base" and not fleet:
        return Forbidden(f"{hq} is no air fleet; only air fleets have bases")
    return _WHERE[i.verb](house, world, i, hq)


def _friendly(house: House, world: World, power: str) -> np.ndarray:
    """Which provinces are in the hands of a power, its friends in war, or hosts that let it through."""
    hosts = {t.parties[0] for t in world.polity.in_force(world.hour) if t.kind == "transit" and power in t.parties[1:]}
    codes = [house.atlas.power_number[p] for p in {*allies(world, power), *hosts} if p in house.atlas.power_number]
    return np.isin(world.controller, codes)


def _among_friends(house: House, world: World, i: Instruction, hq: str) -> Forbidden | None:
    held, places = _friendly(house, world, i.power), _places(i)
    wrong = [p for p in places if not held[house.atlas.number[p]]]
    if not wrong:
        return None
    foe = [p for p in wrong if (h := int(world.controller[house.atlas.number[p]])) >= 0
           and at_war(world, i.power, house.atlas.powers[h])]  # fmt: skip
    try_ = (f"{hq} attack {', '.join(foe)}",) if foe else ()
    return Forbidden(f"{', '.join(wrong)} is neither yours nor a friend's", try_)


def _places(i: Instruction) -> tuple[str, ...]:
    return i.value("at") or i.value("to") or i.value("", 1)


def _at_enemy(house: House, world: World, i: Instruction, hq: str) -> Forbidden | None:
    last = _places(i)[-1]
    holder = int(world.controller[house.atlas.number[last]])
    if holder < 0:
        return Forbidden(f"{last} belongs to nobody")
    owner = house.atlas.powers[holder]
    if owner == i.power or owner in allies(world, i.power):
        return Forbidden(f"{last} is in friendly hands", (f"{hq} defend {last}", f"{hq} move {last}"))
    if not at_war(world, i.power, owner):
        return Forbidden(
            f"you are at peace with {owner}", (f"declare war on {owner}", f"plan Case A against {owner} for {last}")
        )
    return None


def _from_pocket(house: House, world: World, i: Instruction, hq: str) -> Forbidden | None:
    f = world.forces
    rows = f.units_under(hq) if f.kind[f.row(hq)] < len(HEADQUARTERS) else np.array([f.row(hq)])
    if not (f.cut_off_days[rows] > 0).any():
        places = ", ".join(_places(i))
        return Forbidden(f"{hq} is not cut off", (f"{hq} attack {places}", f"{hq} withdraw {places}"))
    return None


def _over_sea(house: House, world: World, i: Instruction, hq: str) -> Forbidden | None:
    if fault := _among_friends(house, world, i, hq):
        return fault
    if not fights(world, i.power):
        return Forbidden("ships carry troops to a front only in a war")
    if not house.afloat or not house.armies.lift.get(i.power):
        return Forbidden(f"{i.power} has no ships for troops")
    (place,) = i.value("to")
    f, atlas = world.forces, house.atlas
    units = f.units_under(hq) if f.kind[f.row(hq)] < len(HEADQUARTERS) else np.array([f.row(hq)])
    here = f.province[units[f.status[units] <= Status.ACTIVE]]
    if np.isfinite(atlas.distance_to((atlas.number[place],))[here]).all():
        return Forbidden(f"a way by land leads to {place}", (f"{hq} move {place}", f"rail {hq} to {place}"))
    return None


def fights(world: World, power: str) -> bool:
    """Whether a power is in a war that goes on."""
    return any(
        power in (*w.attackers, *w.defenders) for w in world.wars.values() if f"ceased:{w.id}" not in world.flags
    )


def _anywhere(house: House, world: World, i: Instruction, hq: str) -> Forbidden | None:
    return None


_WHERE: Mapping[str, Callable[[House, World, Instruction, str], Forbidden | None]] = {
    "attack": _at_enemy, "breakout": _from_pocket, "stand": _anywhere, "ship": _over_sea,
    **dict.fromkeys(("defend", "withdraw", "move", "reserve", "rail", "base"), _among_friends),
}  # fmt: skip
RULES: Mapping[str, Callable[[House, World, Instruction], Forbidden | None]] = {
    "mobilise": _mobilise, "stand down": _stand_down, "prepare": _prepare, "order": _order, "halt": _halt,
    "plan": _plan, "axis": _axis, "main effort": _main_effort, "land": _land,
}  # fmt: skip
