"""What powers are remembered for: whom they left alone, what they took, and how alarmed that makes the others."""

from __future__ import annotations

from wargame.acts import (
    OutlookMoved,
    ReputationMoved,
)
from wargame.house import Clerk, House
from wargame.scenario import Operation
from wargame.weighing import (
    felt,
    interveners,
    on_own_land,
    word,
)


def left_alone(house: House, clerk: Clerk, operation: Operation, weight: float, because: int) -> None:
    """Whoever was bound to a power that was left to its fate is known for it, the more the stronger the bond."""
    world = clerk.world
    bonds = {j.power: j.treaty for j in interveners(house, world, operation.power, operation.target).values()}
    if on_own_land(house, world, operation):
        bonds[operation.target] = 2.0
    for power, treaty in sorted(bonds.items()):
        if treaty >= 1.0:
            backdown(house, clerk, power, weight * treaty, f"left {operation.target} to {operation.power}", because)


def backdown(house: House, clerk: Clerk, power: str, weight: float, why: str, because: int) -> None:
    """A power's word was worth less than it said."""
    known = word(house, clerk.world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=round(known.backdowns + weight, 4), stands=known.stands,
                        aggressions=known.aggressions, why=why, because=because)
    )  # fmt: skip


def aggression(house: House, clerk: Clerk, operation: Operation, taken: float, because: int) -> None:
    """Everybody takes note of an attack: alarm at the attacker grows with what it took."""
    remembered_by_all(house, clerk, operation.power, operation.target, taken, operation.name, because)


def remembered_by_all(
    house: House, clerk: Clerk, power: str, target: str, taken: float, why: str, because: int
) -> None:  # fmt: skip
    """Everybody takes note of what a power took from another, or demanded, and is the more alarmed."""
    world, rules = clerk.world, house.rulebook.reputation
    known = word(house, world, power)
    clerk.put(
        ReputationMoved(power=power, backdowns=known.backdowns, stands=known.stands,
                        aggressions=known.aggressions + taken, why=why, because=because)
    )  # fmt: skip
    others = tuple(p for p in sorted(world.polity.governments) if p not in (power, target))
    alarm, half_life = world.polity.alarm, rules.half_life_years
    values = tuple(
        round(min(1.0, felt(alarm, f"{p}>{power}", world.hour, half_life) + rules.alarm * taken), 4) for p in others
    )
    for p, v in zip(others, values, strict=True):
        clerk.put(OutlookMoved(power=p, table="alarm", others=(power,), values=(v,), why=why,
                               because=because))  # fmt: skip
