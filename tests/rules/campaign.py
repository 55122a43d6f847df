"""Whole campaign days on a toy world, by `adjudicate`, with no files and no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.rules.toyworld import WAR, Toy, build
from wargame import adjudicate, dates
from wargame.dice import Dice
from wargame.house import Clerk, House
from wargame.journal import Journal
from wargame.scenario import Plan, PowerEntry, Scenario, WarEntry
from wargame.seats import ScriptedSeat


def house_of(toy: Toy, plans: Sequence[Plan] = (), refuges: Mapping[str, tuple[str, ...]] | None = None) -> House:
    """Everything fixed about a run on this toy world."""
    powers = tuple(
        PowerEntry(
            id=p, bases=tuple(toy.atlas.ids[b] for b in toy.bases.get(p, ())),
            refuge=(refuges or {}).get(p, ()), seat="script",
        )
        for p in ("BLU", "RED")
    )  # fmt: skip
    scenario = Scenario.model_validate(
        {
            "scenario": {
                "id": "toy", "title": "Toy", "map": "toy", "opening": toy.world.hour, "ends": toy.world.hour + 2400,
            },
            "forces": {"formations": (), "deployments": ()}, "powers": powers,
            "wars": (WarEntry(id=WAR.id, attackers=("RED",), defenders=("BLU",), begins=toy.world.hour),),
        }
    )  # fmt: skip
    return House(toy.atlas, toy.rulebook, scenario, tuple(plans), toy.dice, {p.id: ScriptedSeat({}) for p in powers})


def clerk_of(toy: Toy) -> Clerk:
    """A clerk with an open journal."""
    journal = Journal(level="events", length=0, head="")
    journal.begin(toy.world.hour, {"scenario": "toy"})
    return Clerk(toy.world, toy.atlas, journal)


def campaign(case: Mapping[str, Any], days: int, dice: Dice | None = None) -> tuple[Toy, Clerk]:
    """Play a situation for some campaign days, or until the war ceases."""
    toy = build(case, dice)
    toy.war = toy.world.wars[WAR.id]
    house, clerk = house_of(toy), clerk_of(toy)
    for _ in range(days):
        if not adjudicate.campaign_day(house, clerk, WAR.id):
            break
        clerk.close()
        toy.world.hour += dates.DAY
    return toy, clerk
