"""A front on which nothing happens has its day once a week, and wakes when somebody on it has orders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.campaign import clerk_of, house_of
from tests.rules.toyworld import WAR, Toy, build
from wargame import adjudicate, dates
from wargame.house import Clerk, House
from wargame.orders import Order

CASE: dict[str, Any] = {
    "roads": ["a-b 60", "b-c 60", "c-d 60"], "BLU": "a b", "RED": "c d", "bases": {"BLU": "a", "RED": "d"},
    "formations": ["blu_1: infantry, 9000 men, at b, stand", "red_1: infantry, 30000 men, at d, under red_army, stand",
                   "red_army: army, at d"],
}  # fmt: skip


def days(toy: Toy, house: House, clerk: Clerk, number: int) -> list[bool]:
    """Whether the front rests after each of so many days."""
    found = []
    for _ in range(number):
        assert adjudicate.campaign_day(house, clerk, WAR.id)
        found.append(adjudicate.rests(house, toy.world, WAR.id))
        clerk.close()
        toy.world.hour += dates.DAY
    return found


def test_a_front_rests_after_three_days_without_event() -> None:
    toy = build(CASE)
    assert days(toy, house_of(toy), clerk_of(toy), 6) == [False] * 3 + [True] * 3


def test_the_weekly_day_of_a_front_that_rests_stands_for_the_whole_week() -> None:
    roads = [*CASE["roads"], "d-e 60", "e-f 60", "f-g 60", "g-h 60", "h-i 60"]
    reserve = "red_2: infantry, 9000 men, at i, hold h, fatigue 0.9"
    formations = [*CASE["formations"][:1], "red_1: infantry, 30000 men, at d, stand, fatigue 0.9", reserve]
    case = CASE | {"roads": roads, "RED": "c d e f g h i", "formations": formations}
    daily, weekly = build(case), build(case)
    days(daily, house_of(daily), clerk_of(daily), 8)
    house, clerk = house_of(weekly), clerk_of(weekly)
    days(weekly, house, clerk, 1)
    weekly.world.hour += 6 * dates.DAY
    days(weekly, house, clerk, 1)
    a, b = daily.world.forces, weekly.world.forces
    for name in ("red_1", "red_2"):
        row = a.row(name)
        assert a.fatigue[row] == pytest.approx(b.fatigue[row]) != 0.9
    for column in ("entrenchment", "supply", "cut_off_days"):
        assert getattr(a, column)[a.row("red_1")] == pytest.approx(getattr(b, column)[b.row("red_1")])
    assert weekly.atlas.ids[b.province[b.row("red_2")]] == "h" == daily.atlas.ids[a.province[a.row("red_2")]]


def test_who_is_on_his_way_to_an_attack_keeps_the_front_awake() -> None:
    toy = build(CASE | {"roads": ["a-b 60", "b-c 60", "c-d 600"], "RED": "c d"})
    house, clerk = house_of(toy), clerk_of(toy)
    adjudicate.issue(house, clerk, "RED", Order.parse("red_army attack b"), 0)
    assert not any(days(toy, house, clerk, 10))


def test_an_order_wakes_it_the_same_day_and_the_fight_keeps_it_awake() -> None:
    toy = build(CASE)
    house, clerk = house_of(toy), clerk_of(toy)
    days(toy, house, clerk, 10)
    adjudicate.issue(house, clerk, "RED", Order.parse("red_army attack b"), 0)
    assert not adjudicate.rests(house, toy.world, WAR.id)
    assert days(toy, house, clerk, 5) == [False] * 5
    assert toy.world.forces.province[toy.world.forces.row("red_1")] == toy.atlas.number["c"]


def test_besieged_troops_keep_their_front_awake() -> None:
    toy = build(CASE | {"bases": {"RED": "d"}, "RED": "a c d", "BLU": "b"})
    assert not any(days(toy, house_of(toy), clerk_of(toy), 10))
