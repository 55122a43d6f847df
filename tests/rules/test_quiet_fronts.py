"""A front on which nothing happens has its day once a week, and wakes when somebody on it has orders."""

from __future__ import annotations

from typing import Any

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


def test_a_front_rests_after_a_week_without_event() -> None:
    toy = build(CASE)
    assert days(toy, house_of(toy), clerk_of(toy), 10) == [False] * 7 + [True] * 3


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
