"""Air and naval missions: written and checked like other orders, settled by the umpire with what the rules know.

The rules fight in the air and over the sea by themselves (docs/rulebook/air.md, naval.md): fleets do every day what
they can. What a single mission brings beyond that, no rule says. So a mission goes to the umpire as a matter of its
own, with the forces, distances and figures that the rules have, and with results he can take.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from wargame.conditions import at_war
from wargame.house import House
from wargame.rules import leverage
from wargame.show.prose import listing, number, percent
from wargame.table.forms import Forbidden, Instruction
from wargame.table.matters import Outcome
from wargame.umpiring import rows_of
from wargame.waters import Waters
from wargame.world import KINDS, World

MISSIONS = ("bomb", "blockade", "raid", "mine", "shell")
FLEET = KINDS.index("air_fleet")


@cache
def left(verb: str) -> float:
    """The share of supply that a mission leaves enemy troops at its place (``missions.toml``)."""
    table = tomllib.loads((files("wargame.table") / "missions.toml").read_text(encoding="utf-8"))
    return float(next(row["left"] for row in table["missions"] if row["verb"] == verb))


# --- what is allowed -------------------------------------------------------------------------------------------------


def _holder(house: House, world: World, place: str) -> str:
    n = int(world.controller[house.atlas.number[place]])
    return house.atlas.powers[n] if n >= 0 else ""


def _hostile(house: House, world: World, i: Instruction, places: tuple[str, ...]) -> Forbidden | None:
    """Whether places are in the hands of an enemy."""
    for place in places:
        holder = _holder(house, world, place)
        if not holder or not at_war(world, i.power, holder):
            remedy = (f"declare war on {holder}",) if holder and holder != i.power else ()
            return Forbidden(f"{place} is not in the hands of an enemy: '{i.verb}' is an act of war", remedy)
    return None


def _bomb(house: House, world: World, i: Instruction) -> Forbidden | None:
    (hq,), places, f = i.value("with"), i.value(), world.forces
    row = f.row(hq)
    if f.kind[row] != FLEET:
        return Forbidden(f"{hq} is no air fleet", _fleets(house, world, i))
    if f.aircraft[row] <= 0:
        return Forbidden(f"{hq} has no aircraft", _fleets(house, world, i))
    if fault := _hostile(house, world, i, places):
        return fault
    reach = house.rulebook.naval.air_reach_km
    far = [p for p in places if _km(house, int(f.province[row]), p) > reach]
    if far:
        km = _km(house, int(f.province[row]), far[0])
        what = f"{far[0]} is {number(km)} km from the base of {hq}; bombers reach {number(reach)} km"
        return Forbidden(what, (f"base {hq} at PLACE",))
    return None


def _fleets(house: House, world: World, i: Instruction) -> tuple[str, ...]:
    """The same order with air fleets that the power has, as suggestions."""
    f = world.forces
    own = (f.kind == FLEET) & (f.power == house.atlas.power_number.get(i.power, -2)) & (f.aircraft > 0)
    return tuple(f"bomb {', '.join(i.value())} with {f.ids[r]}" for r in np.flatnonzero(own)[:3].tolist())


def _km(house: House, base: int, place: str) -> float:
    """Kilometres as the crow flies from a base to a place."""
    return float(house.atlas.crow_km(house.atlas.number[place])[base])


def _at_sea(house: House, world: World, i: Instruction) -> Forbidden | None:
    if not house.afloat:
        return Forbidden("this scenario plays no fleets", (f"free: {i}",))
    if house.navies.tons(i.power, world.hour) <= 0:
        return Forbidden(f"{i.power} has no warships")
    if i.verb in {"blockade", "raid"}:
        (other,) = i.value()
        if other == i.power:
            return Forbidden(f"{other} is your own power")
        if not at_war(world, i.power, other):
            remedy = (f"embargo {other}", f"declare war on {other}")
            return Forbidden(f"you are at peace with {other}: '{i.verb}' is an act of war", remedy)
        return None
    coast = {c.province for c in house.atlas.seas.coasts}
    places = i.value("off") or i.value()
    inland = [p for p in places if house.atlas.number[p] not in coast]
    if inland:
        return Forbidden(f"{inland[0]} has no coast")
    own = i.verb == "mine" and all(_holder(house, world, p) == i.power for p in places)  # a barrage off one's own coast
    return None if own else _hostile(house, world, i, places)


RULES: Mapping[str, Callable[[House, World, Instruction], Forbidden | None]] = {
    "bomb": _bomb, **dict.fromkeys(("blockade", "raid", "mine", "shell"), _at_sea),
}  # fmt: skip
"""What forbids a mission as the world stands, by its verb."""


# --- what the umpire is told -----------------------------------------------------------------------------------------


def drivers(house: House, world: World, i: Instruction) -> tuple[str, ...]:
    """What the rules know that bears on a mission, in sentences with numbers."""
    if i.verb == "bomb":
        return (*_of_fleet(house, world, i), *_of_troops(house, world, i, i.value()))
    found = [_of_ships(house, world, i)]
    if i.verb == "blockade":
        (other,) = i.value()
        foes = [p for p in house.navies.fleets if at_war(world, p, other)]
        cut = leverage.cut_off(house.tables["materials"], foes)
        found.append(
            f"By the rules {percent(cut)} of what comes by sea to {other} is kept from it already, by all who are at"
            " war with it."
        )
    elif i.verb in {"mine", "shell"}:
        places = i.value("off") or i.value()
        found += [_of_waters(house, world, i, p) for p in places]
        found += _of_troops(house, world, i, places)
    return tuple(found)


def _of_fleet(house: House, world: World, i: Instruction) -> list[str]:
    (hq,), f = i.value("with"), world.forces
    row = f.row(hq)
    base = int(f.province[row])
    told = [f"{p} is {number(_km(house, base, p))} km off" for p in i.value()]
    found = [
        f"{f.names[row]} has {number(float(f.aircraft[row]))} aircraft at {house.atlas.names[base]}; {listing(told)}."
    ]
    for name, superiority in sorted(world.air_superiority.items()):
        war = world.wars[name]
        if i.power in (*war.attackers, *war.defenders):
            mine = superiority if i.power in war.attackers else -superiority
            found.append(f"In the air of this war its side stands at {mine:+.2f} (-1 beaten, +1 master).")
    return found


def _of_troops(house: House, world: World, i: Instruction, places: tuple[str, ...]) -> list[str]:
    f, found = world.forces, []
    for place in places:
        rows = _enemies(house, world, i.power, place)
        men = float(f.men[rows].sum())
        if men:
            supply = float(np.average(f.supply[rows], weights=f.men[rows]))
            found.append(f"At {place} stand {number(men)} men of the enemy, with {percent(supply)} of their supply.")
        else:
            found.append(f"No troops of the enemy stand at {place}.")
    return found


def _enemies(house: House, world: World, power: str, place: str) -> np.ndarray:
    holder = _holder(house, world, place)
    if not holder or not at_war(world, power, holder):
        return np.zeros(0, dtype=np.int64)
    return rows_of(house.atlas.power_number, house.atlas.number, world, f"{holder}@{place}")


def _of_ships(house: House, world: World, i: Instruction) -> str:
    foes = [p for p in house.navies.fleets if at_war(world, i.power, p)]
    own = house.navies.tons(i.power, world.hour) - world.warships_sunk.get(i.power, 0.0)
    theirs = sum(house.navies.tons(p, world.hour) - world.warships_sunk.get(p, 0.0) for p in foes)
    return f"{i.power} has {number(own)} thousand tons of warships, its enemies {number(theirs)} thousand."


def _of_waters(house: House, world: World, i: Instruction, place: str) -> str:
    waters = Waters(world, house.atlas, house.navies, i.power, house.rulebook)
    zones = waters.chart.zones_off((house.atlas.number[place],))
    risk = float(waters.risk[list(zones)].mean()) if zones else 1.0
    return f"Off {place} the enemy commands the sea to {percent(risk)}."


def outcomes(house: House, world: World, i: Instruction, nothing: str) -> tuple[Outcome, ...]:
    """Results that the umpire may take: nothing beyond the rules; or troops at the place lose supply."""
    found = [Outcome(nothing, -1.0)]
    for place in i.value() if i.verb in {"bomb", "shell"} else ():
        rows = _enemies(house, world, i.power, place)
        if len(rows):
            f = world.forces
            now = float(np.average(f.supply[rows], weights=f.men[rows]))
            line = f"supply {_holder(house, world, place)}@{place} {round(100 * now * left(i.verb))}%"
            found.append(
                Outcome(f"the troops at {place} lose {percent(1.0 - left(i.verb))} of their supply", -1.0, (line,))
            )
    return tuple(found)
