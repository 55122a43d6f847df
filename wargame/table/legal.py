"""What a power may order now: why an instruction is not allowed as the world stands, and what would be.

Everything is read from the world and the scenario's data; nothing here knows a power, a year or an operation by name.
The same rules serve the player's own view, when he writes, and the world, when his orders are carried out.
"""

from __future__ import annotations

from wargame.dice import Dice
from wargame.house import House
from wargame.scenario import Setup
from wargame.table import legal_field, legal_state, missions
from wargame.table.forms import HQ_VERBS, Forbidden, Instruction
from wargame.weighing import beaten
from wargame.world import World


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
        return legal_field.headquarters(house, world, i)
    return _RULES[i.verb](house, world, i)


_DRAWN = frozenset({"plan", "axis", "main effort", "land"})
_ARMED = _DRAWN | {"mobilise", "stand down", "march into", "prepare", "order", "halt", "concede", "demand"}
_MOVES = frozenset({"reserve", "rail", "base", "ship"})
_RULES = {**legal_state.RULES, **legal_field.RULES, **missions.RULES}
