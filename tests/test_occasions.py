"""What holds an operation up and what brings a treaty about: occasions, one crisis at a time, trust, spoils.

Clauses S.4a, S.4b, S.7 and S.14 of docs/rulebook/statecraft.md, 12.2 and 12.14 of deterrence.md, R.7 of reputation.md.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.test_statecraft import BOUND, CLAIM, CLAUSE, MARCH, NONE, TALKS, WAR, WON, rounds
from tests.toy_politics import DESIGN, OPERATION, begun, hour, politics, stages, told
from wargame import weighing
from wargame.rulebook import Rulebook
from wargame.rules import deterrence
from wargame.rules.deterrence import Intervener

BOOK = Rulebook.load("standard")
LATE = {**WON, "occasion": math.exp(-1.0)}  # the scale of the wait is its length
ON_YEL = {"id": "case_yel", "name": "Case Yellow", "power": "RED", "target": "YEL", "war": "yel_war",
          "objectives": ["y3", "y4"], "day_limit": 30}  # fmt: skip


def test_who_breaks_the_peace_waits_for_an_occasion_and_counts_only_days_in_season(tmp_path: Path) -> None:
    setup = politics(tmp_path, rulebook={"deterrence.occasion_days": 60.0})
    run = begun(setup, {"RED": WAR}, LATE).run()
    ordered = told(run, "crisis_moved", stage="ordered")[0]
    assert hour("1930-06-14") <= ordered.hour < hour("1930-06-16")


def test_who_answers_a_breach_has_his_occasion(tmp_path: Path) -> None:
    setup = politics(
        tmp_path, plans=[(OPERATION, {**DESIGN, "ambition": 0.0})], rulebook={"deterrence.occasion_days": 60.0}
    )
    run = begun(setup, {"RED": WAR}, LATE).run()
    assert told(run, "crisis_moved", stage="ordered")[0].hour < hour("1930-04-17")


@pytest.mark.parametrize(("war", "together"), [("yel_war", False), ("red_war", True)])
def test_a_power_at_peace_has_one_crisis_at_a_time(war: str, together: bool, tmp_path: Path) -> None:
    """Operations of one war are one crisis."""
    other = {**DESIGN, "unopposed": True, "raises": "marched_too", "claims": ["YEL"]}
    setup = politics(
        tmp_path, plans=[(OPERATION, MARCH), ({**ON_YEL, "war": war}, other)],
        rulebook={"deterrence.digestion_days": 60.0},
    )  # fmt: skip
    quiet = {p: {"resist:": ()} for p in ("BLU", "YEL")}
    run = begun(setup, {"RED": WAR, **quiet}, WON).run()
    first, second = sorted(e.hour for e in told(run, "operation_launched"))
    assert (second - first < 10 * 24) is together
    assert together or second - first >= 60 * 24


@pytest.mark.parametrize(("luck", "trusted"), [(0.5, True), (0.999, False)])
def test_a_leader_trusts_his_means_or_does_not_yet(luck: float, trusted: bool, tmp_path: Path) -> None:
    setup = politics(tmp_path, rulebook={"deterrence.trust_spread": 0.1})
    game = begun(setup, luck={"trust": luck})
    operation, design, _ = weighing.design_of(game.house, "case_red")
    case = weighing.weigh(game.house, game.world, operation, design)
    enough = design.model_copy(update={"strength": 0.9 * case.picture.in_hand})
    assert weighing.possible(game.house, game.world, replace(case, design=enough)) is trusted


def test_a_power_given_up_is_left_by_its_friends_and_loses_heart(tmp_path: Path) -> None:
    interest = [{"power": "GRN", "in": "BLU", "interest": 1.0}]
    setup = politics(tmp_path, treaties=[BOUND], interests=interest, plans=[(OPERATION, CLAIM)])
    game = begun(setup, {"RED": {"launch:": ("order",)}, "GRN": {"crisis:": ("settle",)}}, {**WON, "launch": 0.995})
    before = game.world.polity.governments["BLU"].policy.firmness
    run = game.run()
    after = run.world.polity.governments["BLU"]
    assert stages(run)[-1] == "settled"
    assert told(run, "treaty_ended", treaty="blu_grn")[0].data["why"] == "BLU was given up"
    assert run.world.polity.interests["GRN>BLU"] == pytest.approx(BOOK.diplomacy.given_up)
    assert after.policy.firmness == pytest.approx(max(-1.0, before - BOOK.diplomacy.abandoned))
    assert after.paralysis == 1.0


# --- talks -----------------------------------------------------------------------------------------------------------

WILLING: dict[str, Any] = {p: {"talks:": ("go on",)} for p in ("BLU", "GRN", "RED")}


def test_who_aligns_itself_with_a_power_no_longer_helps_others_against_it(tmp_path: Path) -> None:
    friends = {**CLAUSE, "kind": "alignment", "parties": "GRN|RED", "protects": "", "against": ""}
    row = {**TALKS, "parties": "GRN|RED"}
    run = begun(politics(tmp_path, treaties=[BOUND], talks=[row], clauses=[friends], plans=NONE), WILLING).run()
    assert rounds(run)[-1][1] == "agreed"
    assert told(run, "treaty_ended", treaty="blu_grn")[0].data["why"] == "GRN went over to RED"


def test_what_is_in_force_is_not_talked_about_again(tmp_path: Path) -> None:
    run = begun(politics(tmp_path, treaties=[BOUND], talks=[TALKS], clauses=[CLAUSE], plans=NONE), WILLING).run()
    assert rounds(run) == []


def test_an_order_brings_talks_about_on_its_day(tmp_path: Path) -> None:
    row = {**TALKS, "opens": "crisis case_red ordered"}
    run = begun(politics(tmp_path, talks=[row], clauses=[CLAUSE]), {"RED": WAR, **WILLING}, WON).run()
    assert told(run, "talks_held", result="opened")[0].hour == told(run, "crisis_moved", stage="ordered")[0].hour


@pytest.mark.parametrize(("requires", "more"), [("treaty defence BLU GRN", True), ("not owns GRN BLU", False)])
def test_whose_designs_wait_for_a_treaty_is_drawn_to_it(requires: str, more: bool, tmp_path: Path) -> None:
    operation = {**ON_YEL, "id": "case_green", "power": "GRN", "objectives": ["y1", "y2"]}
    greedy = {"GRN": {"revisionism": 1.0}}
    setup = politics(
        tmp_path, talks=[TALKS], clauses=[CLAUSE], governments=greedy,
        plans=[(operation, {**DESIGN, "claims": [], "requires": [requires], "season": ["10-01", "10-02"]})],
    )  # fmt: skip
    run = begun(setup, {"BLU": {"talks:": ("go on",)}}, {"talks": 0.999}).run(until=hour("1930-09-01"))
    (chance,) = {float(e.data["reasons"][0].rsplit(" ", 1)[1].rstrip("%")) / 100
                 for e in told(run, "talks_held", result="broken_off")}  # fmt: skip
    plain = begun(
        politics(tmp_path / "plain", talks=[TALKS], clauses=[CLAUSE], governments=greedy, plans=NONE),
        {"BLU": {"talks:": ("go on",)}}, {"talks": 0.999},
    ).run(until=hour("1930-09-01"))  # fmt: skip
    (before,) = {float(e.data["reasons"][0].rsplit(" ", 1)[1].rstrip("%")) / 100
                 for e in told(plain, "talks_held", result="broken_off")}  # fmt: skip
    assert (chance > before + 0.1) is more


# --- what is thought of others ---------------------------------------------------------------------------------------


def test_an_army_whose_officers_are_purged_is_thought_less_of(tmp_path: Path) -> None:
    purge = {"power": "YEL", "head": "Head of YEL", "from": "1930-06-01", "purge": 1.0, "how": "course"}
    run = begun(politics(tmp_path, later=[purge], plans=NONE)).run()
    rules = BOOK.reputation
    lost = rules.poor_show * rules.purge_show * (1.0 - rules.purge_from)
    assert run.world.polity.esteem["RED>YEL"] == pytest.approx(1.0 + lost, abs=1e-3)
    assert "YEL>RED" not in run.world.polity.esteem


def test_for_a_right_on_another_s_land_a_power_looks_to_its_guarantor(tmp_path: Path) -> None:
    own_land = {**OPERATION, "objectives": ["r2", "r3"]}
    game = begun(politics(tmp_path, plans=[(own_land, MARCH)], treaties=[BOUND]))
    operation, _, _ = weighing.design_of(game.house, "case_red")
    others = weighing.interveners(game.house, game.world, "RED", "BLU", marched=True)
    own = weighing.own_cause(game.house, game.world, operation, others)
    firmness = game.world.polity.governments["BLU"].policy.firmness
    assert own.first == "GRN"
    assert own.alone == pytest.approx(BOOK.reputation.right_alone + max(0.0, firmness))


def test_broken_words_weigh_with_others_and_not_with_oneself() -> None:
    kept, broken = Intervener("FRA", 2.0, 1.0), Intervener("FRA", 2.0, 1.0, backdowns=3.0)
    assert deterrence.credibility([broken], BOOK)[0] < deterrence.credibility([kept], BOOK)[0]
    assert deterrence.resolve([broken], BOOK)[0] == deterrence.resolve([kept], BOOK)[0]
