"""What each event does to the world; those of field_effects.py and political_effects.py in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests import field_effects, political_effects
from tests.field_effects import ENTRY, engagement_begins
from tests.toy import BLU, WEST, toy_atlas, toy_world
from wargame.acts import PartisansStruck
from wargame.events import (
    Columns,
    Decision,
    Event,
    FormationDispersed,
    FormationReady,
    FormationsOvertaken,
    FormationsSurrendered,
    ProvinceTaken,
)
from wargame.fold import apply
from wargame.world import World

EFFECTS = [*field_effects.EFFECTS, *political_effects.EFFECTS]
# Events without an effect.
RECORDS_ONLY: list[Event] = [
    PartisansStruck(power="RED", against="BLU", unrest=0.4, killed=120),
    Decision(power="RED", seat="script", question="attack?", answer=("yes",)),
    FormationReady(formation="red_1_div", province="west", how="mobilised"),
    FormationsOvertaken(  # what it does to the columns travels as Columns
        province="middle", power="RED", formations=("blu_1_div",), captured=1, killed_wounded=2, retreat_to="south_east"
    ),
]


@pytest.mark.parametrize(
    ("event", "before", "holds_after"), EFFECTS, ids=[f"{n}-{e.kind}" for n, (e, _, _) in enumerate(EFFECTS)]
)
def test_an_event_has_its_described_effect(
    event: Event, before: Callable[[World], None], holds_after: Callable[[World], Any]
) -> None:
    world = toy_world()
    before(world)
    apply(world, toy_atlas(), event, ENTRY)
    assert holds_after(world), world


@pytest.mark.parametrize("event", RECORDS_ONLY, ids=lambda e: e.kind)
def test_some_events_are_only_recorded(event: Event) -> None:
    world = toy_world()
    before = world.to_bytes()
    apply(world, toy_atlas(), event, ENTRY)
    assert world.to_bytes() == before


def test_every_event_stands_among_the_effects_or_has_none() -> None:
    assert {e.kind for e, _, _ in EFFECTS} | {e.kind for e in RECORDS_ONLY} == set(Event.registry)


def test_a_new_contact_starts_its_losses_at_zero() -> None:
    world = toy_world()
    world.fought_attacker[:] = world.fought_defender[:] = 100.0
    apply(world, toy_atlas(), engagement_begins(), ENTRY)
    assert world.fought_attacker.tolist() == world.fought_defender.tolist() == [0.0, 100.0, 100.0]


def test_an_occupied_province_is_no_longer_empty() -> None:
    world = toy_world()
    world.occupied_days[:] = 2.0
    apply(world, toy_atlas(), ProvinceTaken(province="west", power="BLU", previous="RED", how="entered"), ENTRY)
    assert world.occupied_days.tolist() == [2.0, 2.0, 0.0]
    assert world.controller[WEST] == BLU


def test_columns_replace_columns_of_the_forces_and_of_the_world() -> None:
    world = toy_world()
    men, days = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.5, 0.0, 0.0])
    apply(world, toy_atlas(), Columns({"forces.men": men, "world.occupied_days": days}))
    assert world.forces.men is men
    assert world.occupied_days is days


@pytest.mark.parametrize("many", [False, True], ids=["one", "more than four"])
def test_no_man_gun_or_tank_disappears_when_formations_leave(many: bool) -> None:
    """Men present before = men present after + captured + missing; arms likewise."""
    world = toy_world()
    f = world.forces
    names = ("red_corps", "red_1_div", "red_2_div") * (2 if many else 1)  # naming one twice counts it once
    men, guns, tanks = f.men.sum(), f.guns.sum(), f.tanks.sum()
    apply(
        world,
        toy_atlas(),
        FormationsSurrendered(province="west", power="RED", to="BLU", formations=names, men=19_000),
        ENTRY,
    )
    apply(
        world,
        toy_atlas(),
        FormationDispersed(formation="blu_1_div", province="middle", captured=4_000, reason="cut off"),
        ENTRY,
    )
    assert f.men.sum() + f.captured.sum() + f.missing.sum() == men
    assert f.guns.sum() + f.guns_lost.sum() == guns
    assert f.tanks.sum() + f.tanks_lost.sum() == tanks
