"""The generic planner on toy fronts: who attacks and how deep, who holds, covers, stays behind and strikes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.campaign import clerk_of, house_of
from tests.rules.toyworld import Toy, build
from wargame import muster
from wargame.governments.general_staff import GeneralStaff
from wargame.governments.planner import Staff
from wargame.house import Clerk, House
from wargame.orders import Order, Verb
from wargame.politics import Kind, Treaty
from wargame.scenario import Armies, Concentration
from wargame.seats import Question
from wargame.world import StandingOrder, War

LADDER: dict[str, Any] = {
    "roads": [
        "a-b 40", "c-d 40", "e-f 40", "a-c 40", "c-e 40", "b-d 40", "d-f 40", "b-g 60", "d-h 60", "f-i 60", "g-j 200",
        "h-j 200", "i-j 200", "a-k 40", "c-k 40", "e-k 40", "g-h 60", "h-i 60",
    ],
    "RED": "a c e k", "BLU": "b d f g h i j", "bases": {"RED": "k", "BLU": "j"},
}  # fmt: skip
"""RED holds a, c and e, with k behind them; BLU b, d and f opposite, g, h and i behind, and j far off."""


def staff_of(toy: Toy, power: str = "RED", **more: Any) -> Staff:
    return Staff(toy.world, toy.atlas, toy.sides(), power, toy.rulebook, **more)


def ladder(*formations: str, **more: Any) -> Toy:
    return build({**LADDER, "formations": formations, **more})


def written(staff: Staff) -> list[str]:
    return sorted(str(order) for order in staff.orders.values())


def test_infantry_goes_to_the_next_place_behind_the_front_and_armour_all_the_way() -> None:
    toy = ladder("red_1: infantry, 9000 men, at a", "red_2: armoured, 9000 men, at c", "blu_1: infantry, 900 men, at d")
    staff = staff_of(toy)
    staff.attack(["j"], attacked=False)
    by_hq = {hq: order.where for hq, order in staff.orders.items()}
    assert by_hq["red_2"][-1] == "j"
    assert by_hq["red_1"] == ("b", "g")


def test_armour_is_given_no_axis_deeper_than_its_bound() -> None:
    toy = ladder("red_1: armoured, 9000 men, at c", "blu_1: infantry, 900 men, at d",
                 rules={"planning.armour_km": 60.0})  # fmt: skip
    staff = staff_of(toy)
    staff.attack(["j"], attacked=False)
    assert written(staff) == ["red_1 attack d, h"]


def test_an_ally_takes_part_where_an_objective_lies_within_reach_of_its_front() -> None:
    toy = ladder("red_1: infantry, 9000 men, at c", "blu_1: infantry, 900 men, at d",
                 rules={"planning.reach_km": 150.0})  # fmt: skip
    for aim, orders in (("h", ["red_1 attack d, h"]), ("j", [])):
        staff = staff_of(toy)
        staff.attack([aim], attacked=False, lent=True)
        assert written(staff) == orders


def test_groups_spread_along_the_front_as_men_go_before_them() -> None:
    men = [f"red_{k}: infantry, 15000 men, at c" for k in range(1, 7)]
    staff = staff_of(ladder(*men, "blu_1: infantry, 500 men, at d"))
    staff.attack(["j"], attacked=False)
    assert {order.where[0] for order in staff.orders.values()} == {"b", "d", "f"}


def test_nobody_goes_in_at_bad_odds_and_more_men_turn_the_scale() -> None:
    alone = ("red_1: infantry, 4000 men, at c", "blu_1: infantry, 30000 men, at d", "blu_2: infantry, 30000 men, at b",
             "blu_3: infantry, 30000 men, at f")  # fmt: skip
    staff = staff_of(ladder(*alone))
    staff.attack(["j"], attacked=False)
    assert not staff.orders
    staff = staff_of(ladder(*alone, *(f"red_{k}: infantry, 15000 men, at c" for k in range(2, 12))))
    staff.attack(["j"], attacked=False)
    assert staff.orders


def test_against_an_attacker_a_general_offensive_waits_for_the_balance_of_the_front() -> None:
    weak = ("red_1: infantry, 12000 men, at a", "blu_1: infantry, 12000 men, at d")
    staff = staff_of(ladder(*weak))
    assert staff.balance() == pytest.approx(1.0)
    staff.attack(["j"], attacked=True, beginning=True)
    assert not staff.orders
    staff.attack(["j"], attacked=False)
    assert staff.orders
    strong = staff_of(ladder(*weak, "red_2: infantry, 12000 men, at c"))
    assert strong.balance() >= strong.p.offensive_odds
    strong.attack(["j"], attacked=True)
    assert strong.orders


def test_an_objective_to_which_no_way_over_land_leads_is_no_reason_to_attack() -> None:
    toy = build({
        "roads": ["a-b 40", "x-y 40"], "RED": "a x", "BLU": "b y",
        "formations": ["red_1: infantry, 9000 men, at a", "blu_1: infantry, 900 men, at b"],
    })  # fmt: skip
    staff = staff_of(toy)
    staff.attack(["y"], attacked=False)
    assert not staff.orders
    staff.attack(["b"], attacked=False)
    assert written(staff) == ["red_1 attack b"]


def test_a_bare_place_with_the_enemy_next_to_it_is_covered_by_infantry_and_not_by_armour() -> None:
    attacking = ["red_1 attack d", "red_2 attack d"]
    toy = ladder("red_1: infantry, 9000 men, at c, attack d", "red_2: armoured, 9000 men, at c, attack d",
                 "blu_1: infantry, 9000 men, at b", "blu_2: infantry, 900 men, at d", orders=attacking)  # fmt: skip
    staff = staff_of(toy)
    staff.cover()
    assert written(staff) == ["red_1 defend a"]  # e has nobody opposite


def test_a_reserve_covers_before_those_on_the_attack() -> None:
    toy = ladder("red_1: infantry, 9000 men, at c, attack d", "red_2: infantry, 9000 men, at k",
                 "blu_1: infantry, 9000 men, at b", orders=["red_1 attack d", "red_2 defend k"])  # fmt: skip
    staff = staff_of(toy)
    staff.cover()
    assert written(staff) == ["red_2 defend a"]


def test_works_count_with_those_who_hold_them() -> None:
    men = ("red_1: infantry, 11000 men, at c", "blu_1: infantry, 10000 men, at d", "blu_2: infantry, 60000 men, at b",
           "blu_3: infantry, 60000 men, at f")  # fmt: skip
    for forts, orders in (((), ["red_1 attack d, h"]), (("d round 1.0",), [])):
        staff = staff_of(ladder(*men, forts=forts, rules={"planning.works_km": 0.0}))
        staff.attack(["h"], attacked=False)
        assert written(staff) == orders


def cut_off(*more: str) -> Staff:
    """RED's army of b is cut off from its base in a by the loss of c alone."""
    toy = build({
        "roads": ["a-c 60", "b-c 60", "b-d 60", "c-e 60"], "RED": "a b", "BLU": "c d e",
        "bases": {"RED": "a", "BLU": "e"}, "formations": ["red_1: infantry, 20000 men, at b", *more],
    })  # fmt: skip
    staff = staff_of(toy)
    staff.relieve(house_of(toy).fed(staff.sides.land)[staff.side])
    return staff


def test_own_troops_cut_off_by_one_place_are_relieved_by_the_nearest_who_have_the_odds() -> None:
    free, more = "red_2: infantry, 9000 men, at a", "red_3: infantry, 9000 men, at a"
    assert written(cut_off(free, "blu_1: infantry, 5000 men, at c")) == ["red_2 attack c"]
    assert not written(cut_off(free, "blu_1: infantry, 15000 men, at c"))
    assert written(cut_off(free, more, "blu_1: infantry, 15000 men, at c")) == ["red_2 attack c", "red_3 attack c"]


def test_a_headquarters_that_has_done_its_axis_looks_for_a_way_round_works() -> None:
    men = ("red_1: infantry, 9000 men, at c", "blu_1: infantry, 9000 men, at d", "blu_2: infantry, 9000 men, at b")
    options = ("red_1 attack d", "red_1 attack b")
    for forts, chosen in (((), "d"), (("d against c 1.0",), "b")):
        toy = ladder(*men, forts=forts, orders=["red_1 attack c"])
        question = Question("axis_done:red_1", "RED", "axis_done", "red_1", options, 9)
        assert GeneralStaff(toy.atlas, "RED").answer(question, toy.world).choice == (f"red_1 attack {chosen}",)


def test_who_holds_stays_and_who_has_lost_his_post_takes_another() -> None:
    men = ("red_1: infantry, 9000 men, at a", "red_2: infantry, 9000 men, at c", "blu_1: infantry, 9000 men, at b")
    toy = ladder(*men, "blu_2: infantry, 9000 men, at d", orders=["red_1 defend a", "red_2 defend d"])
    staff = staff_of(toy)
    staff.defend()
    assert written(staff) == ["red_2 defend c"]


def test_units_of_a_crowded_headquarters_get_orders_of_their_own() -> None:
    def of(n: int) -> set[str]:
        men = [f"red_{k}: infantry, 9000 men, at k, under red_hq" for k in range(n)]
        staff = staff_of(ladder("red_hq: army, 0 men, at k", *men, "blu_1: infantry, 9000 men, at b"))
        return {g.hq for g in staff.groups}

    assert of(4) == {"red_hq"}
    assert of(8) == {f"red_{k}" for k in range(8)}


INVADED = ("red_1: infantry, 30000 men, at a", "red_2: infantry, 30000 men, at c")
HELD = {"orders": ["red_1 defend a", "red_2 defend c"]}


def invaded(*more: str, enemy: int = 6000) -> Toy:
    """BLU stands on RED's soil in b."""
    toy = ladder(*INVADED, f"blu_1: infantry, {enemy} men, at b", *more, **HELD)
    toy.world.owner[toy.atlas.number["b"]] = toy.atlas.power_number["RED"]
    return toy


def test_a_weak_enemy_on_own_soil_is_struck_by_one_group_and_no_more_than_it_takes() -> None:
    staff = staff_of(invaded())
    staff.strike_back()
    assert written(staff) == ["red_1 attack b"]


def test_nobody_strikes_at_bad_odds_or_on_foreign_soil_or_where_his_place_would_be_open() -> None:
    strong = staff_of(invaded(enemy=60000))
    foreign = staff_of(ladder(*INVADED, "blu_1: infantry, 6000 men, at b", **HELD))
    alone = invaded("blu_2: infantry, 25000 men, at d")
    toy = ladder("red_2: infantry, 30000 men, at c", "blu_1: infantry, 6000 men, at d",
                 "blu_2: infantry, 25000 men, at e", orders=["red_2 defend c"], RED="a c k",
                 BLU="b d e f g h i j")  # fmt: skip
    toy.world.owner[toy.atlas.number["d"]] = toy.atlas.power_number["RED"]
    for staff in (strong, foreign, staff_of(toy)):
        staff.strike_back()
        assert not staff.orders
    staff = staff_of(alone)
    staff.strike_back()
    assert written(staff) == ["red_1 attack b"]  # red_2 has blu_2 before it


def test_a_power_that_is_played_keeps_its_orders_and_a_drawn_plan_is_left_alone() -> None:
    toy = ladder("red_1: infantry, 9000 men, at c", "red_2: infantry, 9000 men, at c", "blu_1: infantry, 900 men, at b",
                 orders=["red_1 attack c"])  # fmt: skip
    assert {g.hq for g in staff_of(toy, settled=True).groups} == {"red_2"}
    assert {g.hq for g in staff_of(toy, fixed=["red_1"]).groups} == {"red_2"}
    assert {g.hq for g in staff_of(toy).groups} == {"red_1", "red_2"}


def test_a_review_that_finds_nothing_changed_says_nothing() -> None:
    own = [f"red_{k}: infantry, 9000 men, at {place}" for k, place in enumerate("ace")]
    toy = ladder(*own, *(f"blu_{k}: infantry, 9000 men, at {place}" for k, place in enumerate("bdf")))
    for _ in range(2):
        staff = staff_of(toy)
        staff.cover()
        staff.defend()
        staff.strike_back()
        for hq, order in staff.orders.items():
            assert order.verb is Verb.DEFEND
            toy.world.orders[hq] = StandingOrder(str(order), toy.world.hour, 9)
    assert not staff.orders
    assert {Order.parse(o.text).where for o in toy.world.orders.values()} == {("a",), ("c",), ("e",)}


def friends(*places: str, treaty: bool = True) -> tuple[House, Clerk, Toy]:
    """RED in a gathers for a blow at BLU in c as a deployment has it; ALY in b is its friend by treaty, GRN not."""
    toy = build({
        "roads": ["a-b 40", "b-c 40", "a-d 40", "a-e 40", "e-c 60"], "RED": "a e", "ALY": "b", "GRN": "d", "BLU": "c",
        "formations": [f"red_{k}: infantry, 9000 men, at a" for k in range(1, len(places) + 1)],
    })  # fmt: skip
    toy.world.wars.clear()
    if treaty:
        pact = Treaty("pact", Kind.ALIGNMENT, ("ALY", "FAR", "RED"), began=toy.world.hour)
        toy.world.polity.treaties["pact"] = pact
    house, clerk = house_of(toy), clerk_of(toy)
    deployed = tuple((f"red_{k}", "", place) for k, place in enumerate(places, start=1))
    house.armies = Armies(concentrations={"RED": (Concentration(toy.world.hour, deployed),)})
    return house, clerk, toy


def places_of(toy: Toy) -> list[str]:
    return [toy.atlas.ids[p] for p in toy.world.forces.province]


def test_the_land_of_a_friend_by_treaty_is_entered_in_the_hour_of_the_blow_and_no_other() -> None:
    house, clerk, toy = friends("b", "d", "a")
    day = toy.world.hour + 240
    muster.mobilise(house, clerk, "RED", 0, "for a blow", day=day)
    assert places_of(toy) == ["b", "a", "a"]
    assert toy.world.forces.arrives.tolist() == [day, 0, 0]


def test_for_a_blow_who_may_not_enter_his_place_gathers_as_near_to_it_as_he_can() -> None:
    for day, place in ((0, "a"), (240, "e")):
        house, clerk, toy = friends("c", treaty=False)
        muster.mobilise(house, clerk, "RED", 0, "for a blow", day=day and toy.world.hour + day)
        assert places_of(toy) == [place]


def test_who_is_bound_for_a_host_that_stays_out_of_the_war_stays_on_friendly_land() -> None:
    house, clerk, toy = friends("b", "a")
    muster.mobilise(house, clerk, "RED", 0, "for a blow", day=toy.world.hour + 240)
    toy.world.wars["w"] = War("w", ("RED",), ("BLU",), toy.world.hour, 9)
    muster.stay_out(house, clerk, "RED", 9)
    assert places_of(toy)[0] != "b"
    house, clerk, toy = friends("b", "a")
    muster.mobilise(house, clerk, "RED", 0, "for a blow", day=toy.world.hour + 240)
    toy.world.wars["w"] = War("w", ("ALY", "RED"), ("BLU",), toy.world.hour, 9)
    muster.stay_out(house, clerk, "RED", 9)
    assert places_of(toy) == ["b", "a"]


# --- main efforts ----------------------------------------------------------------------------------------------------

COAST: dict[str, Any] = {
    "roads": [
        "a-n1 50", "a-m1 50", "a-s1 50", "n1-n2 50", "m1-m2 50", "s1-s2 50", "n2-n3 50", "m2-m3 50", "s2-s3 50",
        "n1-m1 50", "m1-s1 50", "n2-m2 50", "m2-s2 50", "n3-m3 50", "m3-s3 50", "s3-s4 50", "s4-s5 50", "s2-s4 80",
        "k-a 40",
    ],
    "RED": "a k", "BLU": "n1 n2 n3 m1 m2 m3 s1 s2 s3 s4 s5", "bases": {"RED": "k", "BLU": "s5"},
}  # fmt: skip
"""RED in a before three roads through BLU's land: of n, m and s; n3 is an objective, and behind m lie BLU's armies."""

ARMOUR = tuple(f"red_{k}: armoured, 14000 men, at a" for k in (1, 2, 3))
IN_THE_NORTH = tuple(f"blu_{k}: infantry, 30000 men, at n{k}" for k in (1, 2, 3))


def coast(*formations: str, **more: Any) -> Staff:
    staff = staff_of(build({**COAST, "formations": formations, **more}))
    staff.attack(["n3"], attacked=False)
    return staff


def test_armour_goes_in_as_one_body_where_little_stands() -> None:
    staff = coast(*ARMOUR, *IN_THE_NORTH, rules={"planning.guard_share": 0.0, "planning.leg_km": 60.0})
    assert {order.where[0] for order in staff.orders.values()} == {"m1"}
    assert {order.where[-1] for order in staff.orders.values()} == {"n3"}
    assert len(staff.orders) == 3


def test_a_part_of_a_body_stops_half_way() -> None:
    staff = coast(*ARMOUR, *IN_THE_NORTH, rules={"planning.guard_share": 0.34, "planning.leg_km": 60.0})
    lengths = sorted(len(order.where) for order in staff.orders.values())
    assert lengths[0] < lengths[1] == lengths[2]


def test_no_way_leads_over_a_place_where_armour_would_not_attack() -> None:
    wall = "blu_9: infantry, 200000 men, at m1"
    staff = coast(*ARMOUR, *IN_THE_NORTH, wall, rules={"planning.leg_km": 60.0})
    assert "m1" not in {place for order in staff.orders.values() for place in order.where}


def test_armour_on_the_line_or_set_against_one_place_is_at_hand_and_on_an_axis_it_is_not() -> None:
    def told(order: str) -> list[str]:
        men = ("red_1: armoured, 14000 men, at a", "blu_1: infantry, 20000 men, at n1")
        return written(coast(*men, orders=[order]))

    assert told("red_1 defend a")
    assert told("red_1 attack s1")
    assert not told("red_1 attack s1, s5")


def test_armour_without_supplies_makes_no_main_effort() -> None:
    hungry = tuple(f"{line}, supply 0.1" for line in ARMOUR)
    fed, starved = coast(*ARMOUR, *IN_THE_NORTH), coast(*hungry, *IN_THE_NORTH)
    assert fed.orders
    assert max((len(order.where) for order in starved.orders.values()), default=0) <= 2


def test_who_attacks_and_is_cut_off_turns_on_the_nearest_place_next_to_supplies() -> None:
    toy = build({**COAST, "RED": "a k m2", "BLU": "n1 n2 n3 m1 m3 s1 s2 s3 s4 s5",
                 "formations": ["red_1: armoured, 14000 men, at m2, attack m3, cut_off_days 2",
                                "blu_1: infantry, 9000 men, at m1"],
                 "orders": ["red_1 attack m3, s5"]})  # fmt: skip
    staff = staff_of(toy)
    staff.relieve(house_of(toy).fed(staff.sides.land)[staff.side])
    assert written(staff) == ["red_1 attack m1"]


def test_many_who_are_cut_off_by_few_break_out_even_without_supplies() -> None:
    options = ("red_1 breakout a", "red_1 stand")
    toy = ladder("red_1: infantry, 9000 men, at a", "blu_1: infantry, 900 men, at b")
    for enemy, chosen in ((3000.0, "red_1 breakout a"), (9000.0, "red_1 stand")):
        facts = {"own": 9000.0, "enemy": enemy, "supply": 0.0, "fortress": 0.0}
        question = Question("cut_off:red_1", "RED", "cut_off", "red_1", options, 9, 1, facts)
        assert GeneralStaff(toy.atlas, "RED").answer(question, toy.world).choice == (chosen,)
