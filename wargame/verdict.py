"""What a run came to, as plain data: outcomes with their causes, losses, strength left, the towns that fell."""

from __future__ import annotations

from typing import Any

import numpy as np

from wargame import dates
from wargame.atlas import NOBODY, Atlas
from wargame.journal import Entry, Journal
from wargame.scenario import Operation, Setup
from wargame.show.retell import Retelling
from wargame.sides import FIRST_UNIT
from wargame.world import OperationState, Status, World

OUTCOMES = (
    "launched_succeeded", "launched_failed", "preempted", "regime_fell", "moot",
    "never_sought", "incapable", "deterred", "undecided",
)  # fmt: skip
TOWN_OF_NOTE_K = 50.0  # thousands of people from which a town is listed though nobody's objective
LOSSES = ("killed", "wounded", "captured", "missing", "tanks_lost", "guns_lost", "aircraft_lost")
STRENGTH = ("men", "tanks", "guns", "aircraft")


def verdict(setup: Setup, world: World, journal: Journal, *, all_towns: bool = False) -> dict[str, Any]:
    """The verdict of a run whose journal keeps at least the level ``verdict``.

    Towns need the level ``events``; without ``all_towns`` they are the operations' objectives, capitals and towns of
    more than 50,000 people. The last surrender leaves out staffs that follow their troops.
    """
    head, header = setup.scenario.scenario, journal.entries[0].data
    return {
        "scenario": head.id,
        "title": head.title,
        "overlays": list(setup.scenario.overlays),
        "seed": header["seed"],
        "edition": header["edition"],
        "version": header["version"],
        "data": header["data"],
        "opening": dates.iso(head.opening),
        "end": dates.iso(world.hour),
        "operations": operations(setup, world, journal),
        "losses": losses(setup.atlas, world),
        "strength_left": strength_left(setup.atlas, world),
        "towns": towns(setup, journal, all_towns=all_towns),
        "last_surrender": last_surrender(setup, journal),
        "journal_hash": journal.head,
        "entries": journal.length,
    }


def operations(setup: Setup, world: World, journal: Journal, *, told: bool = True) -> dict[str, Any]:
    """Every operation of the scenario's plans, by id, in the order of the plans; its causes only where ``told``."""
    found = [p.operation for p in setup.plans if p.operation is not None]
    return {o.id: _operation(setup, world, journal, o, told=told) for o in found}


def by_date(found: dict[str, Any]) -> list[str]:
    """Ids of a verdict's operations, but for those never sought, in the order in which they began or were given up."""
    sought = {n: o for n, o in found["operations"].items() if o["outcome"] != "never_sought"}
    return sorted(sought, key=lambda n: (sought[n]["began"] or sought[n]["date"] or found["end"], n))


def _operation(setup: Setup, world: World, journal: Journal, operation: Operation, *, told: bool) -> dict[str, Any]:
    state = world.operations.get(operation.id, OperationState(operation.id))
    entry = next((e for e in reversed(journal.entries) if e.n == state.entry and state.entry > 0), None)
    ended = entry is not None and entry.kind == "operation_ended"
    return {
        "name": operation.name,
        "power": operation.power,
        "target": operation.target,
        "outcome": outcome(world, operation),
        "date": dates.iso(state.ended) if state.stage == "ended" else None,
        "began": dates.iso(state.began) if state.began else None,
        "decided": dates.iso(state.decided) if state.decided else None,
        "reasons": list(entry.data["reasons"]) if entry is not None and ended else _why_open(world, operation, state),
        "causes": causes(setup, journal, entry.n) if told and entry is not None else [],
    }


def outcome(world: World, operation: Operation) -> str:
    """One of `OUTCOMES`: as the journal says, else ``never_sought`` without a war of its power, else ``undecided``."""
    state = world.operations.get(operation.id, OperationState(operation.id))
    if state.stage == "ended":
        return state.outcome
    return "undecided" if _at_war(world, operation) else "never_sought"


def _at_war(world: World, operation: Operation) -> bool:
    war = world.wars.get(operation.war)
    return war is not None and operation.power in (*war.attackers, *war.defenders)


def _why_open(world: World, operation: Operation, state: OperationState) -> list[str]:
    if state.stage == "ended":
        return ["as in history, before the opening"]
    if state.stage == "running":
        return ["still running when the scenario's clock stopped"]
    if not _at_war(world, operation):
        return [f"{operation.power} never entered the war '{operation.war}'"]
    return ["not launched before the scenario's clock stopped"]


def causes(setup: Setup, journal: Journal, n: int) -> list[dict[str, Any]]:
    """The chain of causes from entry `n` back to the header, or as far as the journal keeps it, each in a sentence."""
    tell = Retelling(setup, journal).describe
    chain: list[Entry] = []
    while not chain or chain[-1].n != 0:
        try:
            chain.append(journal[chain[-1].because if chain else n])
        except KeyError:
            break
    return [{"n": e.n, "date": dates.iso(e.hour), "kind": e.kind, "text": tell(e, dated=False)} for e in chain]


def losses(atlas: Atlas, world: World) -> dict[str, dict[str, int]]:
    """Losses since the opening by power and kind, in men and weapons."""
    return {
        power: {name.removesuffix("_lost"): _total(atlas, world, power, name) for name in LOSSES}
        for power in _with_forces(atlas, world)
    }


def strength_left(atlas: Atlas, world: World) -> dict[str, dict[str, int]]:
    """Formations in the field (without headquarters) at the end by power, and all men and weapons left."""
    f = world.forces
    field = (f.status == Status.ACTIVE) & (f.kind >= FIRST_UNIT) & (f.arrives <= world.hour)
    return {
        power: {"formations": int(np.sum(field & (f.power == atlas.power_number[power])))}
        | {name: _total(atlas, world, power, name, active=True) for name in STRENGTH}
        for power in _with_forces(atlas, world)
    }


def _with_forces(atlas: Atlas, world: World) -> list[str]:
    return sorted(atlas.powers[p] for p in np.unique(world.forces.power).tolist())


def _total(atlas: Atlas, world: World, power: str, column: str, *, active: bool = False) -> int:
    f = world.forces
    rows = f.power == atlas.power_number[power]
    if active:
        rows = rows & (f.status == Status.ACTIVE)
    return round(float(np.sum(getattr(f, column)[rows])))


def towns(setup: Setup, journal: Journal, *, all_towns: bool = False) -> list[dict[str, Any]]:
    """The first fall of each town, in order of time."""
    atlas = setup.atlas
    noted = set(atlas.ids) if all_towns else _of_note(setup)
    falls: dict[str, dict[str, Any]] = {}
    for entry in journal.of_kind("province_taken"):
        d = entry.data
        if d["province"] in noted and d["province"] not in falls:
            falls[d["province"]] = {
                "date": dates.iso(entry.hour),
                "town": atlas.names[atlas.number[d["province"]]],
                "province": d["province"],
                "to": d["power"],
                "from": d["previous"],
                "how": d["how"],
                "n": entry.n,
            }
    return list(falls.values())


def _of_note(setup: Setup) -> set[str]:
    atlas = setup.atlas
    wanted = {p for plan in setup.plans if plan.operation for p in plan.operation.objectives}
    large = np.flatnonzero(atlas.population_k >= TOWN_OF_NOTE_K).tolist()
    capitals = [p for p, power in enumerate(atlas.capital_of) if power]
    return wanted | {atlas.ids[p] for p in (*large, *capitals)}


def last_surrender(setup: Setup, journal: Journal) -> dict[str, Any] | None:
    """The last troops that laid down their arms to an enemy; `None` if nobody did."""
    forces = setup.forces
    for entry in reversed(journal.of_kind("formations_surrendered")):
        d = entry.data
        troops = [f for f in d["formations"] if forces.kind[forces.row(f)] >= FIRST_UNIT]
        if troops and d["to"] != d["power"]:
            province = setup.atlas.number[d["province"]]
            return {
                "date": dates.iso(entry.hour),
                "town": setup.atlas.names[province],
                "province": d["province"],
                "power": d["power"],
                "to": d["to"],
                "men": d["men"],
                "formations": [forces.names[forces.row(f)] for f in troops],
                "n": entry.n,
            }
    return None


def control(atlas: Atlas, world: World) -> dict[str, int]:
    """Provinces controlled by each power, most first."""
    counts = {p: int(np.sum(world.controller == i)) for i, p in enumerate(atlas.powers)}
    counts[""] = int(np.sum(world.controller == NOBODY))
    return dict(sorted(((p, n) for p, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])))
