"""The sea chapter, case by case (``cases/naval.toml``), and what holds of any sea."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.campaign import clerk_of, house_of
from tests.rules.cases import Case, check, numbered
from tests.rules.naval_plays import sea_atlas, waters_of
from tests.rules.plays import PLAYS, UNSAID
from tests.rules.toyworld import build
from wargame import adjudicate, dates
from wargame.rules import sea_supply
from wargame.scenario import Armies, Plan

ISLANDS: dict[str, Any] = {
    "roads": ["a-b 60 rail 48", "c-d 60 rail 48"], "RED": "a b", "BLU": "c d", "bases": {"RED": "b", "BLU": "d"},
    "seas": ["sound 100", "wide 300"], "waters": ["sound-wide"], "ports": {"a": 3, "c": 2},
    "coasts": ["a sound 60 0.8", "c sound 60 0.8", "d wide 60 0.8"],
    "fleets": {"RED": 100, "BLU": 50}, "lift": {"RED": 40000},
}  # fmt: skip


@numbered("naval")
def test_case(case: Case) -> None:
    check(case, PLAYS["naval"], UNSAID.get("naval", ()))


tons = st.floats(0.0, 1000.0)


@given(tons, tons, tons)
def test_a_stronger_enemy_fleet_never_sinks_less_and_a_stronger_own_never_loses_more(
    own: float, met: float, more: float
) -> None:
    def risk(red: float, blue: float) -> float:
        case = {**ISLANDS, "fleets": {"RED": red, "BLU": blue}}
        toy = build(case)
        way = waters_of(toy, case, "RED").crossing(toy.numbers("a"), toy.numbers("c")[0])
        assert way is not None and 0.0 <= way.risk <= 1.0
        return way.risk

    assert risk(own, met) <= risk(own, met + more) + 1e-12
    assert risk(own + more, met) <= risk(own, met) + 1e-12


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_blockade_costs_no_less_the_more_comes_by_sea_and_the_tighter_it_is(a: float, b: float, c: float) -> None:
    book = build(ISLANDS).rulebook
    low, high = sorted((a, b))
    assert sea_supply.blockade(low, c, book) <= sea_supply.blockade(high, c, book)
    assert sea_supply.blockade(c, high, book) <= sea_supply.blockade(c, low, book) <= 1.0


def invasion(*formations: str, **more: Any) -> tuple[Any, Any]:
    """RED's operation over the sound on BLU's island, launched this morning, as a house and a clerk."""
    case = {**ISLANDS, "formations": formations, "running": {"op": 0}, **more}
    toy = build(case)
    toy.atlas = sea_atlas(toy.atlas, case)
    plan = Plan.model_validate(
        {
            "operation": {"id": "op", "name": "Op", "power": "RED", "target": "BLU", "war": "red_blue",
                          "objectives": ["c", "d"], "day_limit": 30},
            "design": {"by_sea": True, "warning_days": 7},
        }
    )  # fmt: skip
    house, clerk = house_of(toy, (plan,)), clerk_of(toy)
    house.bases = toy.bases
    fleets, lift = ({p: ((0, float(x)),) for p, x in case[k].items()} for k in ("fleets", "lift"))
    house.armies = Armies(fleets=fleets, lift=lift)
    return house, clerk


def play(house: Any, clerk: Any, days: int) -> None:
    """Mornings with embarkation, landings at their hours, and campaign days."""
    world, due = clerk.world, dict[str, int]()
    for _ in range(days * dates.DAY):
        world.hour += 1
        for name in sorted(n for n, hour in due.items() if hour == world.hour):
            again = adjudicate.land(house, clerk, name)
            due[name] = again
        if world.hour % dates.DAY == 5:
            for name in adjudicate.embark(house, clerk):
                due[name] = int(world.forces.arrives[world.forces.row(name)])
        if world.hour % dates.DAY == 18:
            adjudicate.campaign_day(house, clerk, "red_blue")


def test_an_undefended_island_is_landed_on_taken_and_supplied_over_its_port() -> None:
    house, clerk = invasion("red_1: infantry, 10000 men, at a", "red_2: infantry, 10000 men, at b")
    play(house, clerk, 14)
    world, ids = clerk.world, house.atlas.ids
    assert [house.atlas.powers[world.controller[house.atlas.number[p]]] for p in "cd"] == ["RED", "RED"]
    assert [ids[p] for p in world.harbours] == ["c"]
    landed = clerk.journal.of_kind("landed")
    assert [landed[0].data[k] for k in ("how", "province")] == ["unopposed", "c"]
    assert sum(world.forces.men) + sum(world.forces.killed) == 20_000


def test_whoever_commands_no_water_sends_nobody() -> None:
    house, clerk = invasion(
        "red_1: infantry, 10000 men, at a", fleets={"RED": 1, "BLU": 500}, rules={"naval.risk": 0.2}
    )
    play(house, clerk, 3)
    assert not clerk.journal.of_kind("embarked")


@pytest.mark.parametrize(("die", "how"), [(0.999, "repulsed"), (0.001, "assault")])
def test_a_landing_is_won_or_its_men_are_taken_off_and_come_home(die: float, how: str) -> None:
    house, clerk = invasion(
        "red_1: infantry, 10000 men, at a", "blu_1: infantry, 9000 men, at c, stand", dice={"landing": die}
    )
    play(house, clerk, 1)
    world = clerk.world
    assert [e.data["how"] for e in clerk.journal.of_kind("landed")] == [how]
    voyage = world.voyages["red_1"]
    assert (voyage.stage, voyage.destination) == (("back", "a") if how == "repulsed" else ("landed", "c"))
    f = world.forces
    assert f.men[0] + f.killed[0] + f.wounded[0] + f.captured[0] + f.missing[0] == 10_000
