"""What an operation brings: land that changes hands, what everybody thinks of the armies, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

import numpy as np

from wargame import dates, succession
from wargame.acts import (
    FormationsDisbanded,
    OutlookMoved,
    ZonesCeded,
)
from wargame.events import (
    FlagRaised,
    FormationReady,
    OperationEnded,
    OperationLaunched,
    StandingChanged,
)
from wargame.house import Clerk, House
from wargame.negotiations import sign
from wargame.repute import left_alone
from wargame.rules import diplomacy
from wargame.scenario import Design, Operation
from wargame.weighing import (
    allies,
    beaten,
    design_of,
    designs,
    is_decided_upon,
    moot,
    wanted,
)
from wargame.world import Status, World


def march_in(house: House, clerk: Clerk, operation_id: str) -> None:
    """An entry that nobody resists: the land passes over, and the operation has succeeded."""
    operation, design, _ = design_of(house, operation_id)
    crisis = clerk.world.polity.crises[operation_id].entry
    entry = clerk.put(
        OperationLaunched(operation=operation_id, power=operation.power, target=operation.target, because=crisis)
    )
    cede(house, clerk, design.claims or design.demand, operation.power, "annexation", entry)
    partition(house, clerk, operation, design.grants, entry)
    left_alone(house, clerk, operation, house.rulebook.reputation.march_backdown, entry)
    if design.raises is not None:
        clerk.put(FlagRaised(flag=design.raises, because=entry))
    clerk.put(
        OperationEnded(
            operation=operation_id, outcome="launched_succeeded", reasons=("nobody took up arms",), because=entry
        )
    )


def conclude(house: House, clerk: Clerk, operation_id: str) -> None:
    """After an operation's verdict: a success brings its claims, so far as they are held."""
    state = clerk.world.operations[operation_id]
    if not is_decided_upon(house, operation_id):
        return
    _impress(house, clerk, operation_id)
    if state.outcome == "launched_succeeded":
        _reap(house, clerk, operation_id, state.entry)


def _impress(house: House, clerk: Clerk, operation_id: str) -> None:
    """Everybody thinks the better or the worse of both armies after what they have seen of a campaign."""
    world = clerk.world
    operation, design, _ = design_of(house, operation_id)
    state = world.operations[operation_id]
    failed = state.outcome == "launched_failed"
    days = ((state.decided or world.hour) - state.began) / dates.DAY
    expected = diplomacy.expected_days(_match(house, world, operation), house.rulebook)
    show = diplomacy.showing(days, design.value, expected, failed=failed)
    shows = {operation.power: show, operation.target: max(0.0, -show)}
    for power in sorted(world.polity.governments):
        values = {
            p: round(world.polity.esteem.get(f"{power}>{p}", 1.0) * diplomacy.impression(x, house.rulebook), 4)
            for p, x in shows.items()
            if x and p != power
        }
        if values:
            clerk.put(
                OutlookMoved(power=power, table="esteem", others=tuple(values), values=tuple(values.values()),
                             why=operation.name, because=state.entry)
            )  # fmt: skip


def _match(house: House, world: World, operation: Operation) -> float:
    """The whole army of an operation's power over its target's, by establishment and quality, the lost included."""
    f, number = world.forces, house.atlas.power_number
    own, other = (f.land_rows(number[p]) for p in (operation.power, operation.target))
    strong, weak = (float((f.establishment_men[rows] * f.quality[rows]).sum()) for rows in (own, other))
    return strong / max(weak, 1.0)


def spoils(house: House, clerk: Clerk, war_id: str) -> None:
    """After a war: what its operations claimed and their powers hold is theirs, whether in time or late."""
    world = clerk.world
    for operation in house.operations_of(world.wars[war_id]):
        launched = world.operations[operation.id].stage != "planned"
        if launched and is_decided_upon(house, operation.id) and not beaten(world, operation.power):
            _reap(house, clerk, operation.id, world.flags[f"ceased:{war_id}"])


def _reap(house: House, clerk: Clerk, operation_id: str, because: int) -> None:
    """An operation's claims pass to its power, so far as its side holds them."""
    world, atlas = clerk.world, house.atlas
    operation, design, _ = design_of(house, operation_id)
    side = [atlas.power_number[p] for p in allies(world, operation.power) if p in atlas.power_number]
    held = [
        z for z in design.claims
        if np.isin(world.controller[atlas.zone_of == atlas.zones.index(z)], side).mean() > 0.5
    ]  # fmt: skip
    cede(house, clerk, held, operation.power, "annexation", because)
    if held:
        partition(house, clerk, operation, design.grants, because)
    if design.raises is not None and design.raises not in world.flags:
        clerk.put(FlagRaised(flag=design.raises, because=because))


def close(house: House, clerk: Clerk) -> None:
    """The clock runs out: every operation that was never launched gets its outcome, the first that holds."""
    world = clerk.world
    for operation, design in designs(house):
        if world.operations[operation.id].stage != "planned":
            continue
        outcome, why, cause = _outcome(house, world, operation, design)
        clerk.put(OperationEnded(operation=operation.id, outcome=outcome, reasons=(why,), because=cause))


def _outcome(house: House, world: World, operation: Operation, design: Design) -> tuple[str, str, int]:
    """Outcome of an operation that was never launched, why, and the entry it rests on."""
    crisis = world.polity.crises.get(operation.id)
    entry = crisis.entry if crisis is not None else 0
    if crisis is not None and crisis.stage == "settled":
        return "moot", "what was claimed was had by a settlement", entry
    struck = next((o for o, d in designs(house) if _struck(house, world, o, d, operation.power)), None)
    if struck is not None:
        return "preempted", f"{struck.power} struck first", world.operations[struck.id].entry
    fell = world.flags.get(f"regime_fell:{operation.power}")
    if fell is not None and not wanted(house, world, operation, design):
        return "regime_fell", "the government that wanted it is gone", fell
    if moot(house, world, operation, design):
        return "moot", "its target is an ally, gone or taken", entry
    if crisis is None:
        return "never_sought", "its conditions never came about, or nobody in power wanted it", 0
    if crisis.stage == "preparing":
        return "undecided", "it was being prepared when the clock ran out", entry
    if crisis.refusals == 0:
        return "incapable", "wanted, but the means were never there", entry
    times = "once" if crisis.refusals == 1 else f"{crisis.refusals} times"
    return "deterred", f"wanted and refused {times}; P(launch) at the last was {crisis.probability:.2f}", entry


def _struck(house: House, world: World, operation: Operation, design: Design, power: str) -> bool:
    """Whether an operation was launched at a power, or through its land, by those who began the war."""
    war, began = house.war_of(world, operation), world.operations[operation.id].began
    if war is None or began < war.began or power not in (operation.target, *design.through):
        return False
    return operation.power in war.attackers and power in war.defenders


def cede(house: House, clerk: Clerk, zones: Iterable[str], power: str, how: str, because: int) -> None:
    """Zones pass to a power, those of each former owner in one entry."""
    world, atlas = clerk.world, house.atlas
    by_owner: dict[str, list[str]] = {}
    for zone in zones:
        rows = np.flatnonzero(atlas.zone_of == atlas.zones.index(zone))
        owner = int(world.owner[rows[0]]) if len(rows) else -1
        previous = atlas.powers[owner] if owner >= 0 else ""
        if previous != power and len(rows):
            by_owner.setdefault(previous, []).append(zone)
    for previous, names in sorted(by_owner.items()):
        entry = clerk.put(ZonesCeded(zones=tuple(names), power=power, previous=previous, how=how, because=because))
        _landless(house, clerk, previous, entry)


def partition(
    house: House, clerk: Clerk, operation: Operation, shares: Mapping[str, Sequence[str]], because: int
) -> None:
    """What others get of a target's land: zones that are still its own; who had no state of its own has one now."""
    world, atlas = clerk.world, house.atlas
    number = atlas.power_number[operation.target]
    for power, zones in shares.items():
        left = [z for z in zones if (world.owner[atlas.zone_of == atlas.zones.index(z)] == number).all()]
        new = power not in world.polity.governments
        if not left or (beaten(world, power) and not new):
            continue
        cede(house, clerk, left, power, "partition", because)
        if new:
            _found(house, clerk, power, operation.power, because)


def _found(house: House, clerk: Clerk, power: str, patron: str, because: int) -> None:
    """A state that history knew later begins: its first government, aligned with who set it up, and its army so far."""
    world, f, armies = clerk.world, clerk.world.forces, house.armies
    cabinets = [r for r in house.tables["governments"] if r["power"] == power]
    if not cabinets:  # land of a power that the tables know nothing of
        return
    clerk.put(StandingChanged(power=power, standing="at_peace", reason="it has land of its own", because=because))
    first = min(cabinets, key=itemgetter("from"))
    succession.take_office(clerk, first, f"set up under the protection of {patron}", because)
    sign(house, clerk, f"{power}_{patron}_protection".lower(), "alignment", (power, patron), because,
         protects=(), against=(), first="", honour=1.0, ends=0)  # fmt: skip
    over = {name for hour, name in armies.disbanded if hour <= world.hour}
    for name, hour in sorted(armies.raised.items()):
        row = f.row(name)
        if f.power[row] == house.atlas.power_number[power] and hour <= world.hour and name not in over:
            clerk.put(FormationReady(formation=name, province=house.atlas.ids[int(f.province[row])], how="raised"))


def _landless(house: House, clerk: Clerk, power: str, because: int) -> None:
    """A power at peace that has lost the last of its land is no more, and its army is disbanded."""
    world = clerk.world
    known = world.powers.get(power)
    if known is None or known.standing != "at_peace" or (world.owner == house.atlas.power_number[power]).any():
        return
    reason = "nothing is left of its land"
    entry = clerk.put(StandingChanged(power=power, standing="defeated", reason=reason, because=because))
    f = world.forces
    army = np.flatnonzero((f.power == house.atlas.power_number[power]) & (f.status == Status.ACTIVE)).tolist()
    if army:
        names = tuple(f.ids[row] for row in army)
        clerk.put(FormationsDisbanded(power=power, formations=names, why="its state is no more", because=entry))
