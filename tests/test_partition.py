"""Who gets what when a state goes under, which states begin by it, and how treaties end (S.11 and S.11a, 11.1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_statecraft import BOUND, CLAIM, MARCH, WAR, WON
from tests.toy_politics import OPERATION, begun, hour, owner, politics, told
from wargame.errors import InputError

WHOLE = {**MARCH, "demand": [], "claims": ["BLU_WEST"]}
YIELD = {"RED": WAR, "BLU": {"resist:": ()}}
PEACE = {"id": "peace", "kind": "non_aggression", "parties": "BLU|RED"}


def test_what_the_attacker_leaves_of_a_state_goes_to_those_it_was_promised(tmp_path: Path) -> None:
    setup = politics(tmp_path, plans=[(OPERATION, {**WHOLE, "grants": {"GRN": ["BLU", "YEL"]}})])
    run = begun(setup, YIELD, WON).run()
    assert (owner(run, "b1"), owner(run, "b2"), owner(run, "y1")) == ("RED", "GRN", "YEL")
    (ceded,) = told(run, "zones_ceded", how="partition")
    assert (ceded.data["zones"], ceded.data["previous"]) == (("BLU",), "BLU")
    assert run.world.powers["BLU"].standing == "defeated"
    (gone,) = told(run, "formations_disbanded", power="BLU")
    assert {"blu_1_army", "blu_1_div", "blu_2_div"} == set(gone.data["formations"])


def test_who_had_no_state_has_one_by_it(tmp_path: Path) -> None:
    setup = politics(tmp_path, plans=[(OPERATION, {**WHOLE, "grants": {"YEL": ["BLU"]}})],
                     governments={"YEL": {"from": "1940-01-01"}})  # fmt: skip
    game = begun(setup, YIELD, WON)
    assert "YEL" not in game.world.polity.governments
    run = game.run()
    assert run.world.polity.governments["YEL"].head == "Head of YEL"
    (signed,) = told(run, "treaty_signed", treaty="yel_red_protection")
    assert (signed.data["form"], signed.data["parties"]) == ("alignment", ("YEL", "RED"))


def test_by_a_settlement_others_take_their_shares_and_no_more(tmp_path: Path) -> None:
    claim = {**CLAIM, "shares": {"GRN": ["BLU"]}, "grants": {"YEL": ["BLU"]}}
    setup = politics(tmp_path, plans=[(OPERATION, claim)], treaties=[BOUND])
    run = begun(setup, {"RED": {"launch:": ("order",)}, "GRN": {"crisis:": ("settle",)}}, {"launch": 0.995}).run()
    assert (owner(run, "b1"), owner(run, "b2")) == ("RED", "GRN")


def test_a_zone_that_is_not_on_the_map_cannot_be_granted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zone 'BLU_EAST' is not on the map"):
        politics(tmp_path, plans=[(OPERATION, {**WHOLE, "grants": {"GRN": ["BLU_EAST"]}})])


def test_war_ends_what_binds_enemies(tmp_path: Path) -> None:
    run = begun(politics(tmp_path, treaties=[PEACE]), {"RED": WAR}, WON).run()
    (war,) = told(run, "war_declared")
    (ended,) = told(run, "treaty_ended")
    assert (ended.hour, ended.because, ended.data["form"]) == (war.hour, war.n, "non_aggression")
    assert ended.data["why"] == "its parties are at war"


def test_in_play_a_treaty_ends_by_its_term_and_not_on_the_day_it_ended_in_history(tmp_path: Path) -> None:
    by_history = {**PEACE, "ends": "1930-06-01", "how": "background"}
    by_term = {**PEACE, "id": "short", "parties": "GRN|YEL", "ends": "1930-06-01", "term": "1930-07-01"}
    run = begun(politics(tmp_path, treaties=[by_history, by_term], plans=[])).run()
    (ended,) = told(run, "treaty_ended")
    assert (ended.data["treaty"], ended.hour // 24) == ("short", hour("1930-07-01") // 24)
    assert [t.id for t in run.world.polity.in_force(run.world.hour)] == ["peace"]


def test_nobody_keeps_a_treaty_with_a_state_that_is_no_more(tmp_path: Path) -> None:
    pact = {"id": "pact", "kind": "defence", "parties": "BLU|GRN", "against": "YEL"}
    setup = politics(tmp_path, plans=[(OPERATION, {**WHOLE, "claims": ["BLU_WEST", "BLU"]})], treaties=[pact])
    run = begun(setup, YIELD, WON).run()
    (ended,) = told(run, "treaty_ended")
    assert ended.data["why"] == "BLU is put out of the field"
