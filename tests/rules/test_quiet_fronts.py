"""A front on which nothing happens costs next to nothing, and wakes when something on it changes."""

from __future__ import annotations

from itertools import pairwise
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


def quiet_weeks(weeks: int) -> tuple[Toy, House, Clerk, list[int]]:
    """Two armies that stand, day after day; the days on which their front was looked at."""
    toy = build(CASE)
    house, clerk, looked = house_of(toy), clerk_of(toy), []
    for day in range(7 * weeks):
        before = dict(toy.world.quiet_at)
        assert adjudicate.campaign_day(house, clerk, WAR.id)
        clerk.close()
        if not before or before != toy.world.quiet_at:
            looked.append(day)
        toy.world.hour += dates.DAY
    return toy, house, clerk, looked


def test_a_front_that_has_come_to_rest_is_looked_at_once_a_week() -> None:
    *_, looked = quiet_weeks(5)
    first = looked.index(next(b for a, b in pairwise(looked) if b > a + 1))
    assert first <= 8  # supply, rest and digging in take their days
    assert {b - a for a, b in pairwise(looked[first - 1 :])} == {adjudicate.QUIET_DAYS}


def test_an_order_wakes_it_the_same_day() -> None:
    toy, house, clerk, _ = quiet_weeks(5)
    adjudicate.issue(house, clerk, "RED", Order.parse("red_army attack b"), 0)
    clerk.close()
    adjudicate.campaign_day(house, clerk, WAR.id)
    red = toy.world.forces.row("red_1")
    assert toy.world.forces.progress_km[red] > 0
    assert WAR.id not in toy.world.quiet_at
