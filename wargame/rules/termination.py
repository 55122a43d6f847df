"""When an army is broken, a government goes, a war on land is over, and what an operation came to."""

from __future__ import annotations

from wargame import dates, exact
from wargame.events import ArmyBroken, HostilitiesCeased, OperationEnded, StandingChanged
from wargame.rulebook import Rulebook
from wargame.scenario import Operation
from wargame.sides import Sides
from wargame.world import Status


def share_lost(sides: Sides, power: str) -> tuple[float, float]:
    """Share of a power's land army that is lost or cut off, and the men still in the field and in supply.

    Reservists still on their way to formations that are not cut off count among those left. Formations that are still
    to be raised are no part of it; a power without an army has lost it.
    """
    f = sides.world.forces
    mine = f.land_rows(sides.atlas.power_number[power])
    mine = mine[f.status[mine] != Status.PLANNED]
    men = f.men[mine]
    fed = (f.status[mine] == Status.ACTIVE) & (f.cut_off_days[mine] <= 0)
    coming = float((f.establishment_men[mine] * (1.0 - f.readiness[mine]))[fed].sum())
    ever = float((men + f.killed[mine] + f.wounded[mine] + f.captured[mine] + f.missing[mine]).sum()) + coming
    left = float(men[fed].sum()) + coming
    return (1.0 - left / ever if ever > 0 else 1.0), left


def broken(sides: Sides, operation: Operation, rulebook: Rulebook) -> ArmyBroken | None:
    """The target's army is broken, for the first time; the heaviest pocket or surrender so far is its cause."""
    world, state = sides.world, sides.world.operations.get(operation.id)
    if state is None or state.stage != "running" or f"broken:{operation.target}" in world.flags:
        return None
    lost, left = share_lost(sides, operation.target)
    if lost < rulebook.termination.broken_share:
        return None
    cause = world.blow_entry.get(operation.target, state.entry)
    return ArmyBroken(
        operation=operation.id, power=operation.target, share_lost=round(lost, 3), men_left=round(left), because=cause
    )


def government(sides: Sides, power: str, rulebook: Rulebook) -> StandingChanged | None:
    """A government whose capital is lost or cut off and whose army is gone leaves the country."""
    world, atlas = sides.world, sides.atlas
    if world.powers[power].standing != "at_war":
        return None
    capital = atlas.capitals.get(power, ())
    side = sides.of_power[atlas.power_number[power]]
    if capital and not any(sides.province[p] != side or p in world.pockets for p in capital):
        return None
    lost, _ = share_lost(sides, power)
    if lost < rulebook.termination.collapse_share:
        return None
    cause = world.flags.get(f"broken:{power}", sides.war.entry)
    reason = f"{lost:.0%} of the army lost or cut off and the capital gone"
    return StandingChanged(power=power, standing="in_exile", reason=reason, because=cause)


def seeks_terms(
    lost: float, left: float, firmness: float, friends: float, rulebook: Rulebook, *, capital: bool
) -> float:
    """Chance that a government whose army is broken asks for an armistice, and does not fight on (clause 9.7).

    ``lost``: share of its army; ``left``: share of its homeland that the enemy does not claim; ``friends``: what its
    friends dispose of for each unit of what the enemy does; ``capital``: whether it holds it still.
    """
    r = rulebook.termination
    x = r.terms + r.terms_left * left + r.terms_lost * (lost - r.broken_share) - r.terms_firmness * firmness
    x -= r.terms_friends * min(friends, r.terms_friends_most) + (r.terms_capital if capital else 0.0)
    return exact.logistic1(x)


def ceased(sides: Sides, rulebook: Rulebook) -> HostilitiesCeased | None:
    """One coalition has no organised force left in the field."""
    world = sides.world
    if f"ceased:{sides.war.id}" in world.flags:
        return None
    for side, members in ((0, sides.war.attackers), (1, sides.war.defenders)):
        if men_left(sides, side) < rulebook.termination.remnant_men:
            cause = max([world.powers[m].since_entry for m in members] + [sides.war.entry])
            return HostilitiesCeased(war=sides.war.id, because=cause)
    return None


def men_left(sides: Sides, side: int) -> float:
    """Men of a side's land formations in the field, whatever war they fight in today; endless while some are coming."""
    f = sides.world.forces
    live = (f.status == Status.ACTIVE) & (sides.formation == side)
    if (live & (f.arrives > sides.world.hour)).any():
        return float("inf")
    return float(f.men[live & f.is_land].sum())


def verdict(sides: Sides, operation: Operation) -> OperationEnded | None:
    """What a running operation came to: a success if its objectives are held and the target's army is broken.

    Of an operation with a limited aim the objectives are enough.
    """
    world, atlas = sides.world, sides.atlas
    state = world.operations.get(operation.id)
    if state is None or state.stage != "running":
        return None
    side = int(sides.of_power[atlas.power_number[operation.power]])
    held = [p for p in operation.objectives if sides.province[atlas.number[p]] == side]
    share = len(held) / len(operation.objectives)
    days = (world.hour - state.began) // dates.DAY
    broken_at = world.flags.get(f"broken:{operation.target}")
    won = (broken_at is not None or operation.limited) and share >= operation.objective_share
    outcome = "launched_succeeded" if won else "launched_failed"
    before = "army not broken"
    if broken_at is not None:  # in the fighting of another operation
        before = "army broken before it began" if broken_at < state.entry else "army broken by others"
    army = f"army broken on {dates.spoken(state.decided)}" if state.decided else before
    reasons = (
        f"{len(held)} of {len(operation.objectives)} objectives held",
        army,
        f"day {days} of {operation.day_limit}",
    )
    cause = state.entry if broken_at is None else broken_at
    return OperationEnded(operation=operation.id, outcome=outcome, reasons=reasons, because=cause)
