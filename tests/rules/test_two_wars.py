"""Two wars on one day: every formation lives its day once, and neither war disturbs the other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.campaign import clerk_of, house_of
from tests.rules.toyworld import WAR, Toy, build
from wargame import adjudicate, dates
from wargame.house import Clerk
from wargame.orders import Order
from wargame.rules import sea_supply
from wargame.world import Status, War

WEST, EAST = WAR.id, "second"
CASE: dict[str, Any] = {
    "roads": ["a-b 60 rail 48", "b-c 60 rail 48", "c-d 60 rail 48", "d-e 60 rail 48", "e-f 60 rail 48"],
    "BLU": "a b", "RED": "c d", "GRN": "e f", "bases": {"BLU": "a", "RED": "c d", "GRN": "f"},
}  # fmt: skip


def two_wars(*formations: str, **more: Any) -> tuple[Toy, Clerk]:
    """RED in the middle, at war with BLU in the west and GRN in the east, and the first day of both played."""
    toy = build({**CASE, "formations": formations, **more})
    toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
    house, clerk = house_of(toy), clerk_of(toy)
    for war in (EAST, WEST):
        adjudicate.campaign_day(house, clerk, war)
    return toy, clerk


GUARDS = ("blu_1: infantry, 9000 men, at a, stand", "grn_1: infantry, 9000 men, at f, stand")


def test_nobody_rests_digs_in_or_eats_twice_on_one_day() -> None:
    toy, _ = two_wars(*GUARDS, "red_1: infantry, 8000 men, at c, stand, fatigue 0.5, supply 0.1, shaken_days 3")
    f, rules = toy.world.forces, toy.rulebook
    row = f.row("red_1")
    assert f.fatigue[row] == pytest.approx(0.5 - rules.attrition.rest_per_day)
    assert f.supply[row] == pytest.approx(0.1 + rules.supply.recovery_per_day)
    assert f.shaken_days[row] == 2.0


def test_nobody_marches_twice_on_one_day() -> None:
    toy, _ = two_wars(*GUARDS, "red_1: infantry, 8000 men, at d, hold c")
    f = toy.world.forces
    assert f.progress_km[f.row("red_1")] == pytest.approx(toy.rulebook.movement.foot_km_per_day)


def test_a_formation_fights_where_it_is_bound_for_and_else_where_the_enemy_is_nearer() -> None:
    reds = ("red_1: infantry, 8000 men, at c, attack e", "red_2: infantry, 8000 men, at c",
            "red_3: infantry, 8000 men, at d")  # fmt: skip
    toy = build({**CASE, "formations": [*GUARDS, *reds]})
    toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
    clerk, f = clerk_of(toy), toy.world.forces
    assert [f.ids[r] for r in clerk.sides(WEST).rows[0]] == ["red_2"]
    assert [f.ids[r] for r in clerk.sides(EAST).rows[0]] == ["red_1", "red_3"]
    assert [f.ids[r] for r in clerk.sides(EAST).rows[1]] == ["grn_1"]


def test_a_harbour_is_a_matter_of_the_war_in_which_the_men_around_it_fight() -> None:
    """RED holds b against BLU and d against GRN; those who have laid down their arms, or have no men, do not count."""
    ashore = {"BLU": "a", "RED": "b d", "GRN": "c e", "bases": {"BLU": "a", "GRN": "c e"}}
    reds = ("red_1: infantry, 8000 men, at b, attack a", "red_2: infantry, 8000 men, at d, attack e",
            "red_3: infantry, 8000 men, at d, attack a", "red_4: infantry, 8000 men, at d, attack a")  # fmt: skip
    blue, green = "blu_1: infantry, 9000 men, at a, stand", "grn_1: infantry, 9000 men, at e, stand"
    toy = build({**CASE, **ashore, "formations": [blue, green, *reds]})
    toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
    f, (b, c, d) = toy.world.forces, toy.numbers("b", "c", "d")
    f.status[f.row("red_3")], f.men[f.row("red_4")] = Status.SURRENDERED, 0.0
    toy.world.harbours = {b: "RED", d: "RED"}
    clerk = clerk_of(toy)
    assert sea_supply.of_other_wars(clerk.sides(WEST)) == {d: "RED"}
    assert sea_supply.of_other_wars(clerk.sides(EAST)) == {b: "RED"}
    f.status[f.row("red_3")] = Status.ACTIVE
    assert sea_supply.of_other_wars(clerk_of(toy).sides(WEST)) == {}
    toy.world.harbours = {c: "GRN"}
    assert sea_supply.of_other_wars(clerk_of(toy).sides(WEST)) == {c: "GRN"}, "neutral in this war"


def test_an_engagement_and_a_pocket_of_one_war_outlast_the_day_of_another() -> None:
    toy, clerk = two_wars(
        "blu_1: infantry, 9000 men, at b, stand", "grn_1: infantry, 9000 men, at f, stand",
        "red_1: infantry, 9000 men, at c, assails b, progress_km 60", fighting=["b by RED day 1"], pockets=["b"],
        bases={"RED": "c d", "GRN": "f"}, dice={"engagement.ends": 0.999, "surrender": 0.999},
    )  # fmt: skip
    b = toy.atlas.number["b"]
    assert list(toy.world.engagements) == [b] and b in toy.world.pockets
    assert not clerk.journal.of_kind("engagement_ended", "pocket_relieved")


def test_a_war_goes_on_though_all_of_one_power_s_men_fight_in_another() -> None:
    _, clerk = two_wars(*GUARDS, "red_1: infantry, 9000 men, at c, stand")
    assert clerk.going() == [WEST, EAST]
    assert not clerk.journal.of_kind("hostilities_ceased")


def test_each_war_has_a_sky_of_its_own_and_the_worst_slows_mobilisation() -> None:
    toy = build({**CASE, "formations": ["red_1: infantry, 4000 men of 8000, at c, readiness 0.5, ready_per_day 0.1"]})
    toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
    toy.world.air_superiority |= {WEST: 0.5, EAST: -1.0}
    adjudicate.mobilise(house_of(toy), clerk_of(toy))
    grown = 0.1 * (1.0 - toy.rulebook.mobilization.disruption)
    assert toy.world.forces.readiness[0] == pytest.approx(0.5 + grown)


def test_a_power_whose_first_war_is_over_is_still_asked_about_the_second() -> None:
    toy = build({**CASE, "formations": [*GUARDS, "red_1: infantry, 9000 men, at c, stand"]})
    toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
    toy.world.flags[f"ceased:{WEST}"] = 3
    clerk = clerk_of(toy)
    assert clerk.going() == [EAST]
    adjudicate.government(house_of(toy), clerk, "RED")
    clerk.close()
    toy.world.hour += dates.DAY
    assert adjudicate.campaign_day(house_of(toy), clerk, EAST)


def test_an_order_wakes_the_front_of_those_it_is_given_to_and_no_other() -> None:
    reds = ("red_1: infantry, 8000 men, at c, stand", "red_2: infantry, 8000 men, at d, stand")
    toy = build({**CASE, "formations": [*GUARDS, *reds]})
    toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
    house, clerk = house_of(toy), clerk_of(toy)
    for _ in range(adjudicate.QUIET_DAYS + 1):
        for war in (EAST, WEST):
            adjudicate.campaign_day(house, clerk, war)
        clerk.close()
        toy.world.hour += dates.DAY
    assert [adjudicate.rests(house, toy.world, war) for war in (EAST, WEST)] == [True, True]
    adjudicate.issue(house, clerk, "RED", Order.parse("red_1 defend c"), 0)
    assert [adjudicate.rests(house, toy.world, war) for war in (EAST, WEST)] == [True, False]
    adjudicate.issue(house, clerk, "RED", Order.parse("red_1 attack e"), 0)
    assert not adjudicate.rests(house, toy.world, EAST)


def test_land_on_which_men_of_another_war_stand_is_not_empty() -> None:
    case = CASE | {"roads": [*CASE["roads"], "a-c 60"], "BLU": "a b"}
    for goal, fallen in (("e", False), ("", True)):
        red = f"red_1: infantry, 8000 men, at {'c, attack e' if goal else 'd, stand'}"
        toy = build({**case, "formations": [*GUARDS, red]})
        toy.world.wars[EAST] = War(EAST, ("RED",), ("GRN",), toy.world.hour, 8)
        house, clerk, c = house_of(toy), clerk_of(toy), toy.atlas.number["c"]
        adjudicate.campaign_day(house, clerk, WEST)
        assert (toy.world.occupied_days[c] > 0) == fallen
