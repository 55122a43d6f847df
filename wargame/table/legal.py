"""What a power may order now: why an instruction is not allowed as the world stands, and what would be.

Everything is read from the world and the scenario's data; nothing here knows a power, a year or an operation by name.
The same rules serve the player's own view, when he writes, and the world, when his orders are carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from wargame import dates
from wargame.conditions import at_war
from wargame.dice import Dice
from wargame.house import House
from wargame.initiatives import earliest
from wargame.politics import Kind, Treaty
from wargame.scenario import Setup
from wargame.statecraft import ONE_SIDED, speakers, turned
from wargame.table import missions
from wargame.table.forms import HQ_VERBS, Forbidden, Instruction
from wargame.weighing import allies, beaten, design_of
from wargame.world import HEADQUARTERS, KINDS, Status, World

FLEET = KINDS.index("air_fleet")


def house_of(setup: Setup, world: World) -> House:
    """What is fixed about a run and what was drawn up in it; without luck and seats, only to look things up."""
    dice = Dice(0)
    house = House(
        setup.atlas, setup.rulebook, setup.scenario, setup.plans, dice, {}, setup.tables, setup.armies
    )  # fmt: skip
    house.learn(world)
    return house


def forbidden(house: House, world: World, i: Instruction) -> Forbidden | None:
    """What forbids an instruction as the world stands, or nothing. `house` knows the operations drawn up in `world`."""
    if i.kind in {"standing", "free"}:
        return None
    if i.kind == "political" or i.verb in _DRAWN:
        if house.scenario.politics is None:
            return Forbidden("this scenario plays no politics: its wars and operations follow its own calendar")
        if i.power not in world.polity.governments:
            return Forbidden(f"{i.power} has no government in this scenario")
        if i.verb in _ARMED and i.power not in house.atlas.power_number:
            return Forbidden(f"{i.power} has no army on the map")
        if any(i.power in i.value(lead) for lead in ("with", "to", "on", "from", "for", "against")):
            return Forbidden(f"{i.power} is your own power")
    if i.power in world.powers and beaten(world, i.power):
        return Forbidden(f"{i.power} is out of the war: {world.powers[i.power].standing.replace('_', ' ')}")
    if i.verb in HQ_VERBS or i.verb in _MOVES:
        return _headquarters(house, world, i)
    return _RULES[i.verb](house, world, i)


_DRAWN = frozenset({"plan", "axis", "main effort", "land"})
_ARMED = _DRAWN | {"mobilise", "stand down", "march into", "prepare", "order", "halt", "concede", "demand"}
_MOVES = frozenset({"reserve", "rail", "base", "ship"})


# --- treaties --------------------------------------------------------------------------------------------------------


def treaties_between(world: World, form: str, one: str, other: str) -> list[Treaty]:
    """Treaties of a kind in force to which both powers are parties, by id."""
    return [t for t in world.polity.in_force(world.hour) if t.kind == form and {one, other} <= set(t.parties)]


def _partners(house: House, world: World, i: Instruction, powers: tuple[str, ...]) -> Forbidden | None:
    """Whether there is somebody to deal with: governments, none of them beaten, own or at war with the power."""
    for p in powers:
        if p == i.power:
            return Forbidden(f"{p} is your own power")
        if p not in world.polity.governments:
            return Forbidden(f"{p} has no government that could answer")
        if beaten(world, p):
            return Forbidden(f"{p} is out of the war")
        if at_war(world, i.power, p):
            return Forbidden(f"you are at war with {p}", (f"offer peace to {p}",))
    return None


def _propose(house: House, world: World, i: Instruction) -> Forbidden | None:
    (form,), powers = i.value(), i.value("with")
    if form == "guarantee":
        return Forbidden("a guarantee is given, not agreed on", tuple(f"guarantee {p}" for p in powers))
    if fault := _partners(house, world, i, powers):
        return fault
    if any(set(powers) <= set(t.parties) for t in treaties_between(world, form, i.power, powers[0])):
        return Forbidden(f"such a treaty is in force already: {form} with {', '.join(powers)}",
                         (f"denounce {form} with {powers[0]}",))  # fmt: skip
    if overlap := {i.power, *powers} & set(i.value("against")):
        return Forbidden(f"{', '.join(sorted(overlap))} cannot be a party and the enemy")
    until = i.value("until")
    if until and dates.parse(until[0]) <= world.hour:
        return Forbidden(f"{until[0]} is past")
    return None


def _refuse(house: House, world: World, i: Instruction) -> Forbidden | None:
    (form,), (other,) = i.value(), i.value("with")
    if offer_between(world, form, i.power, other):
        return None
    open_ = [
        f"refuse {o.form} with {o.parties[0]}" for _, o in sorted(world.polity.offers.items())
        if i.power in o.parties[1:] and o.form in set(map(str, Kind))
    ]  # fmt: skip
    return Forbidden(f"nothing of the kind lies between you and {other}", tuple(open_[:3]))


def offer_between(world: World, form: str, one: str, other: str) -> str:
    """The id of an open offer of a kind to which both are parties, or empty."""
    found = [o.id for _, o in sorted(world.polity.offers.items()) if o.form == form and {one, other} <= set(o.parties)]
    return found[0] if found else ""


def _denounce(house: House, world: World, i: Instruction) -> Forbidden | None:
    (form,), (other,) = i.value(), i.value("with")
    if treaties_between(world, form, i.power, other):
        return None
    mine = [t for t in world.polity.in_force(world.hour) if i.power in t.parties]
    with_it = [f"denounce {t.kind} with {other}" for t in mine if other in t.parties and t.kind != "settlement"]
    return Forbidden(f"no treaty of {form.replace('_', ' ')} with {other} is in force", tuple(dict.fromkeys(with_it)))


def _guarantee(house: House, world: World, i: Instruction) -> Forbidden | None:
    (other,) = i.value()
    if fault := _partners(house, world, i, (other,)):
        return fault
    given = [t for t in treaties_between(world, "guarantee", i.power, other) if other in t.protects]
    if given or treaties_between(world, "defence", i.power, other):
        return Forbidden(f"you have given {other} your word already")
    return Forbidden(f"{other} cannot be guaranteed against itself") if other in i.value("against") else None


def _grant(house: House, world: World, i: Instruction) -> Forbidden | None:
    (guest,) = i.value("to")
    if fault := _partners(house, world, i, (guest,)):
        return fault
    if granted(world, i.power, guest):
        return Forbidden(f"{guest} may pass already", (f"end transit to {guest}",))
    return None


def granted(world: World, host: str, guest: str) -> list[Treaty]:
    """Treaties by which a host lets a guest's troops through."""
    return [t for t in treaties_between(world, "transit", host, guest) if t.parties[0] == host]


def _end_transit(house: House, world: World, i: Instruction) -> Forbidden | None:
    (guest,) = i.value("to")
    return None if granted(world, i.power, guest) else Forbidden(f"{guest} has no right to pass through your land")


# --- land, war and peace ---------------------------------------------------------------------------------------------


def owners(house: House, world: World, zones: tuple[str, ...]) -> set[str]:
    """Who owns any part of some zones (``""``: nobody)."""
    numbers = [house.atlas.zones.index(z) for z in zones]
    found = np.unique(world.owner[np.isin(house.atlas.zone_of, numbers)]).tolist()
    return {house.atlas.powers[o] if o >= 0 else "" for o in found}


def _demand(house: House, world: World, i: Instruction) -> Forbidden | None:
    zones, (other,) = i.value(), i.value("from")
    if fault := _partners(house, world, i, (other,)):
        return fault
    if (who := owners(house, world, zones)) != {other}:
        return Forbidden(f"{', '.join(zones)} belongs to {', '.join(sorted(who)) or 'nobody'}, not to {other}",
                         tuple(f"demand {', '.join(zones)} from {w}" for w in sorted(who - {"", i.power})))  # fmt: skip
    return None


def _concede(house: House, world: World, i: Instruction) -> Forbidden | None:
    zones, (other,) = i.value(), i.value("to")
    if other == i.power or other not in house.atlas.power_number:
        return Forbidden(f"{other} cannot have it")
    if (who := owners(house, world, zones)) != {i.power}:
        return Forbidden(f"{', '.join(zones)} is not yours but belongs to {', '.join(sorted(who)) or 'nobody'}")
    return None


def _declare(house: House, world: World, i: Instruction) -> Forbidden | None:
    (other,) = i.value("on")
    if other not in house.atlas.power_number or other not in world.powers:
        return Forbidden(f"{other} has no land on the map")
    if at_war(world, i.power, other):
        return Forbidden(f"you are at war with {other} already")
    if beaten(world, other):
        return Forbidden(f"{other} is beaten already")
    if other in allies(world, i.power):
        return Forbidden(f"{other} fights on your side")
    if i.power not in house.atlas.power_number and not war_of(world, i.power, other):
        return Forbidden(f"{i.power} has no army on the map that could begin a war there")
    return None


def war_of(world: World, power: str, other: str) -> str:
    """The war that a power enters by declaring war on another: the latest in which its friends there are no foes.

    Empty if there is none: then it begins a war of its own.
    """
    for war in reversed(world.wars.values()):
        friends, foes = (war.defenders, war.attackers) if other in war.attackers else (war.attackers, war.defenders)
        if other not in foes or f"ceased:{war.id}" in world.flags or power in (*friends, *foes):
            continue
        if not any(at_war(world, power, p) for p in friends) and not allies(world, power) & set(foes):
            return war.id
    return ""


def _march(house: House, world: World, i: Instruction) -> Forbidden | None:
    zones = i.value()
    who = owners(house, world, zones)
    if len(who) != 1 or "" in who:
        return Forbidden(f"{', '.join(zones)} belongs to several, or to nobody; name land of one power")
    (other,) = who
    if other == i.power:
        return Forbidden(f"{', '.join(zones)} is yours")
    if fault := _partners(house, world, i, (other,)) if other in world.polity.governments else None:
        return fault
    if not _touches(house, world, i.power, zones):
        return Forbidden(f"no border of yours leads to {', '.join(zones)}")
    return None


def _touches(house: House, world: World, power: str, zones: tuple[str, ...]) -> bool:
    """Whether land of a power lies beside some zones."""
    atlas = house.atlas
    start, end, _ = atlas.arcs
    wanted = np.isin(atlas.zone_of, [atlas.zones.index(z) for z in zones])
    own = world.controller == atlas.power_number.get(power, -2)
    return bool((wanted[end] & own[start]).any())


def war_between(world: World, one: str, other: str) -> str:
    """The war in which two powers fight each other, or empty."""
    for war in world.wars.values():
        sides = (war.attackers, war.defenders)
        if f"ceased:{war.id}" not in world.flags and any(one in sides[k] and other in sides[1 - k] for k in (0, 1)):
            return war.id
    return ""


def _peace(house: House, world: World, i: Instruction) -> Forbidden | None:
    (other,) = i.value("to") or i.value("with")
    war = war_between(world, i.power, other)
    if not war:
        return Forbidden(f"you are not at war with {other}")
    if i.power not in (both := speakers(world, war)):
        side = world.wars[war].attackers if i.power in world.wars[war].attackers else world.wars[war].defenders
        return Forbidden(f"{next(p for p in both if p in side)} speaks for your side in this war")
    if other not in both:
        theirs = next(p for p in both if p != i.power)
        return Forbidden(f"{theirs} speaks for the other side", (f"offer peace to {theirs}",))
    if other not in world.polity.governments:
        return Forbidden(f"{other} has no government that could answer")
    return None


# --- home ------------------------------------------------------------------------------------------------------------


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


def _policy(house: House, world: World, i: Instruction) -> Forbidden | None:
    (line,), (direction,) = i.value(), i.value("", 1)
    if turned(i.power, line, world.hour) in world.flags:
        return Forbidden(f"'{line}' was turned this month already; one step a month")
    value = getattr(world.polity.governments[i.power].policy, line)
    lowest = 0.0 if line in ONE_SIDED else -1.0
    if (direction == "up" and value >= 1.0) or (direction == "down" and value <= lowest):
        return Forbidden(f"'{line}' is as far {direction} as it goes")
    return None


def _embargo(house: House, world: World, i: Instruction) -> Forbidden | None:
    (other,) = i.value() or i.value("with")
    if other == i.power:
        return Forbidden(f"{other} is your own power")
    if other not in world.polity.governments:
        return Forbidden(f"{other} has no government in this scenario")
    wanted = dealing(house, i.verb)
    if world.polity.dealings.get(f"{i.power}>{other}", 0.0) == wanted:
        return Forbidden(f"that is how you trade with {other} already")
    return Forbidden(f"you are at war with {other}") if i.verb != "embargo" and at_war(world, i.power, other) else None


def dealing(house: House, verb: str) -> float:
    """How a power trades with another after an order, as `wargame.acts.DealingsChanged` has it."""
    return {"embargo": -1.0, "restrict": -house.rulebook.industry.restricted, "trade": 0.0, "arm": 1.0}[verb]


# --- operations ------------------------------------------------------------------------------------------------------


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


# --- headquarters ----------------------------------------------------------------------------------------------------


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


def _headquarters(house: House, world: World, i: Instruction) -> Forbidden | None:
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
_RULES: Mapping[str, Callable[[House, World, Instruction], Forbidden | None]] = {
    "mobilise": _mobilise, "stand down": _stand_down, "propose": _propose, "sign": _propose, "refuse": _refuse,
    "denounce": _denounce, "guarantee": _guarantee, "demand": _demand, "concede": _concede, "grant transit": _grant,
    "end transit": _end_transit, "policy": _policy, **dict.fromkeys(("trade", "embargo", "restrict", "arm"), _embargo),
    "declare war": _declare, "march into": _march, "offer peace": _peace, "accept peace": _peace,
    "prepare": _prepare, "order": _order, "halt": _halt, "plan": _plan, "axis": _axis, "main effort": _main_effort,
    "land": _land, **missions.RULES,
}  # fmt: skip
