"""The sequence of play: a campaign day's steps in the printed order, each seeing what the one before left."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tests.rules.campaign import campaign, clerk_of, house_of
from tests.rules.pages import page
from tests.rules.toyworld import WAR, Told, build, seen
from wargame import adjudicate, dates
from wargame.house import Clerk
from wargame.questions import ASKED_DAYS, raised
from wargame.scenario import Operation, Plan
from wargame.sides import Sides
from wargame.world import OperationState, Status

OPEN: dict[str, Any] = {
    "roads": ["a-b 10", "b-c 100", "c-d 100"], "RED": "a", "BLU": "b c d", "bases": {"RED": "a", "BLU": "d"},
    "rules": {
        "movement.foot_km_per_day": 20, "movement.winding": 1, "movement.hostile_land_factor": 1,
        "movement.contact_share": 0.1, "attrition.ceiling_percent": 0,
    },
}  # fmt: skip


def kinds(clerk: Clerk) -> list[str]:
    return [e.kind for e in clerk.journal.entries]


def test_the_page_names_what_the_day_does_in_the_order_of_the_docstring() -> None:
    doc = str(adjudicate.campaign_day.__doc__)
    steps = [s.strip(" .") for s in re.findall(r"\d+ ([a-z ]+)", doc.replace("\n", " "))]
    assert steps == [
        *("weather", "air", "supply", "march", "assaults begin", "fighting"),
        *("occupation", "pockets", "objectives", "the end"),
    ]
    text = page("sequence_of_play").replace("\n", " ")
    printed = [text.index(word) for word in ("weather (chapter 1)", "2. air", "3. supply", "the march", "assaults begin", "6. fighting", "7. occupation", "8. pockets", "9. headquarters", "10. staffs move (6.14), and the end")]  # fmt: skip  # noqa: E501
    assert printed == sorted(printed)


def test_air_before_the_march_before_assaults_before_their_end() -> None:
    case = OPEN | {
        "formations": [
            "red_1: infantry, 20000 men, at a, attack c", "red_f: air_fleet, at a, aircraft 100",
            "blu_1: infantry, 12000 men, at c, hold c",
        ],
    }  # fmt: skip
    _, clerk = campaign(case, 1, Told(1, told={"engagement.ends": 0.0, "engagement.wins": 0.0}))
    assert kinds(clerk) == ["header", "air_fought", "province_taken", "engagement_began", "engagement_ended", "day"]


def test_land_taken_today_cuts_off_today_and_is_fed_tomorrow() -> None:
    """Supply comes before the march: who is cut off by it starves from the next day; the pocket is reported at once."""
    case = OPEN | {
        "roads": ["a-b 10", "b-c 10", "c-d 10"], "RED": "a", "BLU": "b c d", "bases": {"RED": "a", "BLU": "b"},
        "formations": ["red_1: infantry, 20000 men, at a, attack b", "blu_1: infantry, 5000 men, at d, stand"],
    }  # fmt: skip
    toy, clerk = campaign(case, 1, Told(1))
    assert "pocket_formed" in kinds(clerk)
    assert seen(toy)["blu_1.cut_off_days"] == 0
    toy, _ = campaign(case, 2, Told(1))
    assert seen(toy)["blu_1.cut_off_days"] == 1


def test_an_objective_reached_turns_the_headquarters_to_the_next() -> None:
    case = OPEN | {
        "orders": ["red_corps attack b, c"],
        "formations": [
            "red_corps: corps, at a", "red_1: infantry, 20000 men, at a, attack b, under red_corps",
            "blu_1: infantry, 5000 men, at d, stand",
        ],
    }  # fmt: skip
    toy, clerk = campaign(case, 1, Told(1))
    assert "objective_reached" in kinds(clerk)
    assert toy.world.orders["red_corps"].step == 1
    assert seen(toy)["red_1.goal"] == "c"


def test_the_end_leaves_nobody_in_the_field_and_the_land_to_the_victor() -> None:
    case = OPEN | {
        "formations": ["red_1: infantry, 20000 men, at a, attack c", "blu_1: infantry, 100 men, at d, stand"],
    }  # fmt: skip
    toy, clerk = campaign(case, 5, Told(1))
    assert kinds(clerk)[-4:] == ["province_taken", "province_taken", "formation_dispersed", "hostilities_ceased"] or (
        "hostilities_ceased" in kinds(clerk)
    )
    found = seen(toy)
    assert [found[f"{p}.controller"] for p in "abcd"] == ["RED"] * 4
    assert found["blu_1.men"] == 0
    assert found["blu_1.captured"] + found["blu_1.missing"] == 100


def test_the_homeland_of_an_army_that_is_gone_and_a_government_in_exile_falls_to_the_enemy_next_to_it() -> None:
    """The war goes on for its ally; what lies apart from the capital, and where the ally stands, does not fall."""
    case = OPEN | {
        "roads": ["a-b 10", "b-c 100", "c-d 100", "a-f 100"], "BLU": "b c f", "ALY": "d",
        "ground": {"b": "open, capital BLU"},
        "bases": {"RED": "a", "ALY": "d"},
        "formations": ["red_1: infantry, 20000 men, at a, stand", "blu_1: infantry, 100 men, at c, stand",
                       "aly_1: infantry, 9000 men, at d, stand"],
    }  # fmt: skip
    toy = build(case)
    world = toy.world
    world.wars[WAR.id] = replace(WAR, defenders=("ALY", "BLU"))
    house, clerk = house_of(toy), clerk_of(toy)

    def holders() -> str:
        adjudicate.campaign_day(house, clerk, WAR.id)
        clerk.close()
        world.hour += dates.DAY
        return " ".join(seen(toy)[f"{p}.controller"] for p in "bcdf")

    world.powers["BLU"] = replace(world.powers["BLU"], standing="in_exile")
    assert holders() == "BLU BLU ALY BLU"  # its last battalion is in the field
    world.forces.status[world.forces.row("blu_1")] = Status.DESTROYED
    assert holders() == "RED RED ALY BLU"


def test_who_broke_an_army_goes_on_while_anything_of_it_is_left_at_home() -> None:
    case = OPEN | {"formations": ["red_1: infantry, 20000 men, at a, stand", "blu_1: infantry, 100 men, at c, stand"]}
    toy = build(case)
    wide = {"id": "blow", "name": "Blow", "power": "RED", "target": "BLU", "war": WAR.id, "objectives": ("b",),
            "day_limit": 9, "surprise": 0.0}  # fmt: skip
    for limited, still in ((False, True), (True, False)):
        operation = Operation(**wide, limited=limited)
        house = house_of(toy, [Plan(operation=operation)])
        toy.world.operations["blow"] = OperationState("blow", "ended", outcome="launched_succeeded")
        assert bool(house.offensives(toy.world, WAR)) == still
    toy.world.forces.province[toy.world.forces.row("blu_1")] = toy.atlas.number["a"]
    house = house_of(toy, [Plan(operation=Operation(**wide, limited=False))])
    assert house.offensives(toy.world, WAR) == []


def test_a_headquarters_that_has_done_its_axis_is_thought_of_at_once_and_then_every_third_evening() -> None:
    case = OPEN | {
        "orders": ["red_corps attack b"], "RED": "a b", "BLU": "c d",
        "formations": ["red_corps: corps, at b", "red_1: infantry, 20000 men, at b, attack b, under red_corps",
                       "blu_1: infantry, 9000 men, at c, stand"],
    }  # fmt: skip
    toy = build(case)
    world = toy.world
    world.orders["red_corps"] = replace(world.orders["red_corps"], step=1, given=world.hour)
    blow = Operation(id="blow", name="Blow", power="RED", target="BLU", war=WAR.id, objectives=("d",), day_limit=90,
                     surprise=0.0)  # fmt: skip
    world.operations["blow"] = OperationState("blow", "running", began=world.hour)
    house, asked = house_of(toy, [Plan(operation=blow)]), []
    for evening in range(8):
        found = raised(house, Sides(toy.atlas, world.copy(), world.wars[WAR.id]), "RED")
        asked += [evening for question in found if question.kind == "axis_done"]
        world.hour += dates.DAY
    later = [evening for evening in asked if evening > 1]
    assert asked[0] == 0
    assert {b - a for a, b in pairwise(later)} == {ASKED_DAYS}
    assert len(later) == 2


def test_a_deeper_headquarters_with_orders_of_its_own_is_not_bound() -> None:
    case = OPEN | {
        "orders": ["red_corps defend a", "red_army attack c"],
        "formations": [
            "red_army: army, at a", "red_corps: corps, at a, under red_army",
            "red_1: infantry, 9000 men, at a, under red_corps", "red_2: infantry, 9000 men, at a, under red_army",
        ],
    }  # fmt: skip
    toy = build(case)
    world = toy.world
    bound = [world.forces.ids[r] for r in world.commanded("red_army")]
    assert bound == ["red_2"]


def test_a_war_that_has_ceased_has_no_more_days() -> None:
    case = OPEN | {"formations": ["red_1: infantry, 20000 men, at a, hold a", "blu_1: infantry, 100 men, at d, stand"]}
    toy = build(case, Told(1))
    toy.war = toy.world.wars[WAR.id]
    house, clerk = house_of(toy), clerk_of(toy)
    assert adjudicate.campaign_day(house, clerk, WAR.id) is False
    toy.world.hour += dates.DAY
    assert f"ceased:{WAR.id}" in toy.world.flags
