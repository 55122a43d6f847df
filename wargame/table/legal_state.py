"""What a government may order now: treaties, land, war and peace, its own policy and its trade."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from wargame import dates
from wargame.conditions import at_war
from wargame.house import House
from wargame.politics import Kind, Treaty
from wargame.statecraft import ONE_SIDED, speakers, turned
from wargame.table.forms import Forbidden, Instruction
from wargame.weighing import allies, beaten
from wargame.world import World

# --- treaties ---------------------------------------------------------------------------------------------------------


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


# --- land, war and peace ----------------------------------------------------------------------------------------------


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


# --- at home ----------------------------------------------------------------------------------------------------------


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


RULES: Mapping[str, Callable[[House, World, Instruction], Forbidden | None]] = {
    "propose": _propose, "sign": _propose, "refuse": _refuse, "denounce": _denounce, "guarantee": _guarantee,
    "demand": _demand, "concede": _concede, "grant transit": _grant, "end transit": _end_transit,
    "declare war": _declare, "march into": _march, "offer peace": _peace, "accept peace": _peace, "policy": _policy,
    **dict.fromkeys(("trade", "embargo", "restrict", "arm"), _embargo),
}  # fmt: skip
