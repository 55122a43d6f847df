"""The political sequence of play in a toy world of four neighbours: what is wanted, ordered, answered, what follows.

Clauses S.1 to S.16 of docs/rulebook/statecraft.md. Seats are told their answers where a test is about what follows.
"""

from __future__ import annotations

import ast
import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.toy_politics import DESIGN, OPERATION, begun, hour, outcome, owner, politics, stages, told
from wargame import engine
from wargame.dice import Dice
from wargame.engine import Engine
from wargame.load import scenarios
from wargame.scenario import Armies, Setup
from wargame.statecraft import make_peace
from wargame.verdict import OUTCOMES
from wargame.world import World

BOUND = {"id": "blu_grn", "kind": "defence", "parties": "BLU|GRN", "against": "RED"}
Answers = dict[str, dict[str, tuple[str, ...]]]
WAR: dict[str, tuple[str, ...]] = {"launch:": ("order",), "go:": ("order",), "demand:": ()}
PEACE: dict[str, tuple[str, ...]] = {"launch:": (), "go:": (), "demand:": ()}
WON = {"engagement.ends": 0.0, "engagement.wins": 0.0, "revolt": 0.99}
CLAIM = {**DESIGN, "demand": ["BLU_WEST"], "settlement": 0.9, "requires": ["not owns RED BLU_WEST"]}
MARCH = {**DESIGN, "unopposed": True, "raises": "marched", "demand": ["BLU_WEST"], "claims": ["BLU_WEST"]}


# --- from wish to war ------------------------------------------------------------------------------------------------


def test_wanted_prepared_ordered_launched_and_joined_by_an_ally(tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND], plans=[(OPERATION, {**DESIGN, "preparation_days": 30})])
    run = begun(setup, {"RED": WAR, "GRN": {"join:": ("join",)}}, WON).run()
    assert stages(run)[:3] == ["preparing", "ordered", "launched"]
    preparing, ordered, launched = told(run, "crisis_moved")[:3]
    assert preparing.hour < hour("1930-04-02") <= preparing.hour + 24
    assert ordered.hour >= preparing.hour + 30 * 24
    assert launched.hour == ordered.data["day"]
    assert 5 * 24 <= launched.hour - ordered.hour < 6 * 24
    (war,) = told(run, "war_declared")
    assert (war.data["attackers"], war.data["defenders"]) == (("RED",), ("BLU",))
    (joined,) = told(run, "war_joined")
    assert (joined.data["power"], joined.data["on"]) == ("GRN", "defenders")
    assert run.world.polity.standing["GRN"].stands > 0
    assert outcome(run) == "launched_succeeded"
    assert owner(run, "b1") == "RED"
    assert owner(run, "b2") == "BLU"


def test_the_whole_chain_of_causes_leads_back_to_the_first_resolve(tmp_path: Path) -> None:
    run = begun(politics(tmp_path), {"RED": WAR}, WON).run()
    chain = [e.kind for e in run.journal.causes(run.world.operations["case_red"].entry)]
    assert chain[-1] == "header"
    assert [k for k in chain if k in {"operation_launched", "war_declared", "crisis_moved"}][-1] == "crisis_moved"


def test_a_refusal_at_every_decision_point_is_deterrence(tmp_path: Path) -> None:
    run = begun(politics(tmp_path, treaties=[BOUND]), {"RED": PEACE}).run()
    assert set(stages(run)) == {"wanted"}
    assert not run.world.wars
    assert outcome(run) == "deterred"
    assert "refused" in run.journal.of_kind("operation_ended")[0].data["reasons"][0]


def test_an_ally_that_stays_out_has_broken_its_word(tmp_path: Path) -> None:
    run = begun(politics(tmp_path, treaties=[BOUND]), {"RED": WAR, "GRN": {"join:": ()}}, WON).run()
    assert not told(run, "war_joined")
    (broken,) = told(run, "reputation_moved", power="GRN")
    assert broken.data["backdowns"] == pytest.approx(1.0)
    assert broken.data["why"] == "did not fight for BLU"


def test_who_must_wait_for_another_may_stay_out_with_honour(tmp_path: Path) -> None:
    waits = {**BOUND, "first": "YEL"}
    tied = {"id": "yel", "kind": "defence", "parties": "BLU|YEL", "against": "RED"}
    run = begun(politics(tmp_path, treaties=[waits, tied]), {"RED": WAR, "YEL": {"join:": ()}}, WON).run()
    assert not told(run, "war_joined")
    assert not told(run, "reputation_moved", power="GRN")
    assert told(run, "reputation_moved", power="YEL")


FRIENDS = {"id": "grn_yel", "kind": "defence", "parties": "GRN|YEL", "against": "RED"}


@pytest.mark.parametrize("joins", [True, False])
def test_who_joins_calls_its_own_allies(joins: bool, tmp_path: Path) -> None:
    answers: Answers = {"RED": WAR, "GRN": {"join:": ("join",) if joins else ()}, "YEL": {"join:": ("join",)}}
    run = begun(politics(tmp_path, treaties=[BOUND, FRIENDS]), answers, WON).run()
    asked = [e for e in told(run, "decision", power="YEL") if e.data["question"] == "join:case_red:YEL:GRN"]
    assert bool(asked) is joins
    assert [e.data["power"] for e in told(run, "war_joined")] == (["GRN", "YEL"] if joins else [])


def test_the_next_victim_of_an_attacker_joins_those_who_fight_it_already(tmp_path: Path) -> None:
    later = {**OPERATION, "id": "case_yellow", "name": "Case Yellow", "target": "YEL", "war": "yel_war",
             "objectives": ["y8"]}  # fmt: skip
    second = {**DESIGN, "requires": ["at_war RED GRN"], "claims": [], "season": ["04-15", "12-15"]}
    setup = politics(tmp_path, treaties=[BOUND], plans=[(OPERATION, DESIGN), (later, second)], divisions={
        "RED": 6, "BLU": 2, "GRN": 3, "YEL": 2})  # fmt: skip
    run = begun(setup, {"RED": WAR, "GRN": {"join:case_red": ("join",)}}, {"engagement": 0.5, "revolt": 0.99}).run()
    joined = [(e.data["war"], e.data["power"]) for e in told(run, "war_joined")]
    assert joined == [("red_war", "GRN"), ("red_war", "YEL")]  # one war, and one side against the attacker
    assert set(run.world.wars) == {"red_war"}
    assert told(run, "crisis_moved", operation="case_yellow")[0].hour <= told(run, "war_joined")[0].hour + 24


@pytest.mark.parametrize(("surprise", "seen"), [(1.0, True), (2.0, False), (2.0, True)])
def test_a_target_that_does_not_see_it_coming_does_not_call_up(surprise: float, seen: bool, tmp_path: Path) -> None:
    setup = politics(tmp_path, readiness={"BLU": 0.4}, plans=[({**OPERATION, "surprise": surprise}, DESIGN)])
    luck = {**WON, "warning": 0.2 if seen else 0.5}
    run = begun(setup, {"RED": WAR}, luck).run(until=hour("1930-06-01"))
    (ordered,), (launched,) = (told(run, "crisis_moved", stage=s) for s in ("ordered", "launched"))
    first = told(run, "mobilised", power="BLU")[0].hour
    assert ordered.hour <= first < launched.hour if seen else first == launched.hour


def test_a_power_without_land_is_no_more(tmp_path: Path) -> None:
    march = {**MARCH, "demand": [], "claims": ["BLU_WEST", "BLU"]}
    run = begun(politics(tmp_path, plans=[(OPERATION, march)]), {"RED": WAR, "BLU": {"resist:": ()}}, WON).run()
    assert run.world.powers["BLU"].standing == "defeated"
    (changed,) = told(run, "standing_changed", power="BLU")
    assert changed.data["reason"] == "nothing is left of its land"


@pytest.mark.parametrize(("luck", "worth"), [(WON, "more"), ({"revolt": 0.99}, "less")])
def test_everybody_judges_the_armies_by_what_they_have_seen(luck: Any, worth: str, tmp_path: Path) -> None:
    run = begun(politics(tmp_path, plans=[({**OPERATION, "day_limit": 30}, DESIGN)]), {"RED": WAR}, luck).run()
    assert outcome(run) == ("launched_succeeded" if worth == "more" else "launched_failed")
    seen = told(run, "outlook_moved", table="esteem")
    assert {e.data["power"] for e in seen} == (
        {"BLU", "GRN", "YEL"} if worth == "more" else {"BLU", "GRN", "RED", "YEL"}
    )
    of_red = run.world.polity.esteem["YEL>RED"]
    assert of_red > 1.0 if worth == "more" else of_red < 1.0
    assert ("YEL>BLU" in run.world.polity.esteem) is (worth == "less")


# --- halted, bought off, unopposed -----------------------------------------------------------------------------------


def test_a_great_power_s_signal_after_the_order_halts_it(tmp_path: Path) -> None:
    """Mobilising raises credibility by more than `jump`; then P(launch) is at most `second_thoughts`."""
    setup = politics(tmp_path, treaties=[BOUND], interests=[{"power": "GRN", "in": "BLU", "interest": 1.0}],
                     rulebook={"deterrence.second_thoughts": 0.1, "deterrence.jump": 0.1})  # fmt: skip
    quiet = begun(setup, {"GRN": {"crisis:": ()}}, {**WON, "launch": 0.15}).run()
    assert stages(quiet)[:3] == ["preparing", "ordered", "launched"]
    run = begun(setup, {"GRN": {"crisis:": ("mobilise",)}}, {**WON, "launch": 0.15}).run()
    assert stages(run)[:3] == ["preparing", "ordered", "halted"]
    halted = told(run, "crisis_moved", stage="halted")[0]
    assert halted.data["reasons"] == ("GRN more likely to fight than when it was ordered",)
    (signal,) = told(run, "signal_sent")[:1]
    assert (signal.data["power"], signal.data["about"]) == ("GRN", "BLU")


def test_the_patron_gives_the_zone_away_and_its_word_is_hurt(tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND], plans=[(OPERATION, CLAIM)])
    run = begun(
        setup, {"RED": {"launch:": ("order",)}, "GRN": {"crisis:": ("settle",)}}, {**WON, "launch": 0.995}
    ).run()
    assert stages(run)[-1] == "settled"
    (ceded,) = told(run, "zones_ceded")
    assert (ceded.data["zones"], ceded.data["previous"], ceded.data["how"]) == (("BLU_WEST",), "BLU", "settlement")
    assert owner(run, "b1") == "RED"
    assert not run.world.wars
    assert told(run, "reputation_moved", power="GRN")[0].data["backdowns"] > 0
    assert outcome(run) == "moot"


def test_an_offer_that_is_not_enough_is_refused(tmp_path: Path) -> None:
    design = {**DESIGN, "demand": ["BLU_WEST"], "settlement": 0.01}
    setup = politics(tmp_path, plans=[(OPERATION, design)], treaties=[BOUND])
    run = begun(setup, {"RED": WAR, "GRN": {"crisis:": ("settle",)}}, {**WON, "launch": 0.01}).run()
    assert "settled" not in stages(run)
    assert "launched" in stages(run)
    assert any(r.endswith("offer is refused") for e in told(run, "crisis_moved") for r in e.data["reasons"])


def test_a_march_that_nobody_resists_is_no_war(tmp_path: Path) -> None:
    setup = politics(tmp_path, plans=[(OPERATION, MARCH)], treaties=[BOUND])
    run = begun(setup, {"RED": WAR, "BLU": {"resist:": ()}}, WON).run()
    assert not run.world.wars
    assert outcome(run) == "launched_succeeded"
    assert owner(run, "b1") == "RED"
    assert "marched" in run.world.flags
    assert told(run, "reputation_moved", power="GRN")[0].data["why"] == "left BLU to RED"
    assert told(run, "decision", power="BLU")[0].data["answer"] == ("yield",)


def test_a_march_that_is_resisted_is_war(tmp_path: Path) -> None:
    setup = politics(tmp_path, plans=[(OPERATION, MARCH)])
    run = begun(setup, {"RED": WAR, "BLU": {"resist:": ("fight",)}}, WON).run()
    assert "red_war" in run.world.wars
    assert told(run, "mobilised", power="BLU")


def test_everybody_is_alarmed_by_an_attack_but_the_two_concerned(tmp_path: Path) -> None:
    run = begun(politics(tmp_path), {"RED": WAR}, WON).run()
    assert {e.data["power"] for e in told(run, "outlook_moved", table="alarm")} == {"GRN", "YEL"}


def test_the_staff_may_revolt_when_the_day_comes(tmp_path: Path) -> None:
    run = begun(
        politics(tmp_path, divisions={"RED": 2, "BLU": 6, "GRN": 1, "YEL": 1}), {"RED": WAR}, {"revolt": 0.0}
    ).run()
    assert not run.world.wars
    assert stages(run)[-1] == "lapsed"
    formed = told(run, "government_formed", power="RED")[-1]
    assert formed.data["regime"] == "authoritarian_right"
    assert run.world.polity.governments["RED"].policy.revisionism < 0.5
    assert outcome(run) == "regime_fell"


# --- the nine outcomes -----------------------------------------------------------------------------------------------


def test_every_outcome_is_one_of_the_nine_and_each_can_come_about(tmp_path: Path) -> None:
    found = {}

    def see(name: str, answers: dict[str, Any], luck: dict[str, float], **changes: Any) -> None:
        run = begun(politics(tmp_path / name, **changes), answers, {"revolt": 0.99, **luck}).run()
        found[name] = outcome(run) or ("undecided" if run.world.operations["case_red"].stage == "running" else "")

    weak = {"RED": 2, "BLU": 6, "GRN": 1, "YEL": 1}
    back = {**OPERATION, "id": "case_blue", "name": "Case Blue", "power": "BLU", "target": "RED", "war": "blu_war",
            "objectives": ["r3"]}  # fmt: skip
    firm = {"BLU": {"revisionism": 0.9}, "RED": {"revisionism": 0.9}}
    see("launched_succeeded", {"RED": WAR}, WON)
    see("launched_failed", {"RED": WAR}, {})
    see("undecided", {"RED": WAR}, {}, ends="1930-05-05")
    see("preempted", {"RED": PEACE, "BLU": WAR}, {}, governments=firm,
        plans=[(OPERATION, DESIGN), (back, {**DESIGN, "claims": []})])  # fmt: skip
    see("regime_fell", {"RED": WAR}, {"revolt": 0.0}, divisions=weak)
    see("moot", {"RED": {"launch:": ("order",)}, "GRN": {"crisis:": ("settle",)}}, {"launch": 0.995},
        plans=[(OPERATION, CLAIM)], treaties=[BOUND])  # fmt: skip
    see("never_sought", {}, {}, governments={"RED": {"revisionism": 0.1}})
    see("incapable", {"RED": WAR}, {}, plans=[(OPERATION, {**DESIGN, "strength": 50.0})])
    see("deterred", {"RED": PEACE}, {})
    assert found == {name: name for name in OUTCOMES}


# --- negotiations ----------------------------------------------------------------------------------------------------

TALKS = {"id": "entente", "parties": "BLU|GRN", "opens": "not flag never", "rounds": 2, "weeks": 2.0, "pull": 0.0}
CLAUSE = {"talks": "entente", "id": "entente_defence", "kind": "defence", "parties": "BLU|GRN", "against": "RED"}
TRANSIT = {"talks": "entente", "id": "passage", "kind": "transit", "parties": "YEL|GRN", "against": "RED"}
NONE = [(OPERATION, {**DESIGN, "requires": ["flag never"]})]


def rounds(run: Any) -> list[tuple[int, str]]:
    return [(e.data["round"], e.data["result"]) for e in run.journal.of_kind("talks_held")]


def test_talks_open_go_on_and_end_in_treaties(tmp_path: Path) -> None:
    willing: Answers = {p: {"talks:": ("go on",)} for p in ("BLU", "GRN")}
    run = begun(politics(tmp_path, talks=[TALKS], clauses=[CLAUSE], plans=NONE), willing).run()
    assert rounds(run) == [(0, "opened"), (1, "adjourned"), (2, "agreed")]
    opened, second, agreed = run.journal.of_kind("talks_held")
    assert 14 * 24 <= second.hour - opened.hour < 15 * 24 + 12
    treaty = run.world.polity.treaties["entente_defence"]
    assert (treaty.kind, treaty.parties, treaty.against) == ("defence", ("BLU", "GRN"), ("RED",))
    assert treaty.began == agreed.hour


def test_one_party_breaks_off_and_they_try_again_after_a_pause(tmp_path: Path) -> None:
    answers: Answers = {
        "BLU": {"talks:": ("go on",)},
        "GRN": {"talks:entente:GRN:1": ("go on",), "talks:entente:GRN:2": ()},
    }
    run = begun(politics(tmp_path, talks=[TALKS], clauses=[CLAUSE], plans=NONE), answers).run()
    assert rounds(run)[:4] == [(0, "opened"), (1, "adjourned"), (2, "broken_off"), (0, "opened")]
    broken, again = run.journal.of_kind("talks_held")[2:4]
    assert broken.data["reasons"][0].startswith("GRN would not go on")
    assert 90 * 24 <= again.hour - broken.hour <= 122 * 24
    assert not run.world.polity.treaties


def test_events_overtake_talks(tmp_path: Path) -> None:
    row = {**TALKS, "rounds": 9, "breaks": "at_war RED BLU"}
    answers: Answers = {"RED": WAR, "BLU": {"talks:": ("go on",)}, "GRN": {"talks:": ("go on",), "join:": ()}}
    run = begun(politics(tmp_path, talks=[row], clauses=[CLAUSE]), answers).run()
    assert rounds(run)[-1][1] == "broken_off"
    assert run.journal.of_kind("talks_held")[-1].data["reasons"] == ("events have overtaken them",)


@pytest.mark.parametrize("granted", [True, False])
def test_transit_is_the_host_s_to_grant(granted: bool, tmp_path: Path) -> None:
    row = {**TALKS, "parties": "GRN|YEL", "rounds": 1}
    answers = {p: {"talks:": ("go on",), "transit:": ("let through",) if granted else ()} for p in ("GRN", "YEL")}
    run = begun(politics(tmp_path, talks=[row], clauses=[TRANSIT], plans=NONE), answers).run()
    asked = [e for e in told(run, "decision", power="YEL") if e.data["question"].startswith("transit:")]
    assert {e.data["answer"] for e in asked} == {("let through",) if granted else ("refuse",)}
    assert ("passage" in run.world.polity.treaties) is granted


# --- armies ----------------------------------------------------------------------------------------------------------


def test_only_who_is_called_up_gets_ready(tmp_path: Path) -> None:
    half = dict.fromkeys(("RED", "BLU", "GRN", "YEL"), 0.4)
    game = begun(politics(tmp_path, readiness=half, treaties=[BOUND]), {"RED": WAR, "GRN": {"crisis:": ()}}, WON)
    run = game.run(until=hour("1930-04-21T00:00:00"))
    f, atlas = run.world.forces, run.setup.atlas
    ready = {p: float(f.readiness[f.land_rows(atlas.power_number[p])].mean()) for p in ("RED", "BLU", "GRN", "YEL")}
    assert ready["RED"] > 0.7
    assert ready["BLU"] > 0.5
    assert [ready["GRN"], ready["YEL"]] == pytest.approx([0.4, 0.4])
    assert {e.data["power"] for e in told(run, "mobilised")} == {"RED", "BLU"}


def test_reservists_go_home_when_the_crisis_is_over(tmp_path: Path) -> None:
    setup = politics(tmp_path, readiness={"RED": 0.4, "BLU": 0.4}, treaties=[BOUND])
    setup = replace(setup, armies=Armies(peace=dict.fromkeys(setup.forces.ids, 0.4)))
    answers: Answers = {"RED": {"launch:case_red:1930": ("order",), "go:": (), "demand:": ()}}
    run = begun(setup, answers, {"revolt": 0.99}).run()
    assert "halted" in stages(run)
    down = told(run, "stood_down", power="RED")
    assert down
    f = run.world.forces
    rows = f.land_rows(run.setup.atlas.power_number["BLU"])
    assert f.readiness[rows].max() <= 0.4
    assert (f.men[rows] <= f.establishment_men[rows] * 0.4 + 1).all()
    assert not any(name.startswith("mobilised:") for name in run.world.flags)


def test_a_quiet_war_is_given_up_where_the_armies_stand(tmp_path: Path) -> None:
    """Two powers without a common border are at war and cannot get at each other."""
    far = {**OPERATION, "power": "GRN", "objectives": ["b1"]}
    setup = politics(tmp_path, governments={"GRN": {"revisionism": 0.9}}, plans=[(far, {**DESIGN, "by_sea": True})])
    run = begun(setup, {"GRN": WAR, "RED": {"join:": ()}, "YEL": {"join:": ()}}, {"revolt": 0.99, "peace": 0.01}).run()
    (declared,) = told(run, "war_declared")
    (ceased,) = told(run, "hostilities_ceased")
    assert ceased.hour - declared.hour > 90 * 24
    assert [run.world.powers[p].standing for p in ("GRN", "BLU")] == ["at_peace", "at_peace"]
    assert owner(run, "b1") == "BLU"


BEATEN = {**OPERATION, "day_limit": 60}
SOFT = {"termination.broken_share": 0.3, "termination.collapse_share": 0.95}


def test_a_government_whose_army_is_broken_asks_for_an_armistice_and_its_ally_fights_on(tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND], plans=[(BEATEN, {**DESIGN, "claims": ["BLU_WEST"]})], rulebook=SOFT)
    run = begun(setup, {"RED": WAR, "GRN": {"join:": ("join",)}}, {**WON, "terms": 0.0}).run()
    (signed,) = told(run, "armistice_signed")
    assert (signed.data["power"], signed.data["to"]) == ("BLU", "RED")
    asked = run.journal[signed.because]
    assert (asked.kind, asked.data["answer"]) == ("decision", ("ask",))
    assert "unclaimed" in asked.data["reasons"][0]
    assert outcome(run) == "launched_succeeded"
    assert run.world.powers["BLU"].standing == "capitulated"
    assert run.world.powers["GRN"].standing == "at_war"
    assert run.world.wars["red_war"].defenders == ("GRN",)
    f, number = run.world.forces, run.setup.atlas.power_number["BLU"]
    assert not f.men[f.land_rows(number)].any()
    assert owner(run, "b1") == "RED"
    later = [e for e in run.journal.entries if e.hour > signed.hour and e.kind == "province_taken"]
    assert not [e for e in later if e.data["previous"] == "BLU"]


def test_who_would_rather_fight_on_does(tmp_path: Path) -> None:
    firm = {"BLU": {"firmness": 1.0}}
    game = begun(politics(tmp_path, governments=firm, plans=[(BEATEN, DESIGN)], rulebook=SOFT), {"RED": WAR}, WON)
    run = game.run()
    assert told(run, "army_broken")
    assert not told(run, "armistice_signed")
    assert run.world.powers["BLU"].standing in {"at_war", "in_exile"}


def test_the_last_one_of_a_side_ends_the_war_with_its_armistice(tmp_path: Path) -> None:
    run = begun(politics(tmp_path, plans=[(BEATEN, DESIGN)], rulebook=SOFT), {"RED": WAR}, {**WON, "terms": 0.0}).run()
    (signed,), (ceased,) = told(run, "armistice_signed"), told(run, "hostilities_ceased")
    assert ceased.hour == signed.hour
    assert not [d for d in run.world.due if d.startswith(("front:", "government:"))]


def test_a_peace_in_the_middle_of_the_fighting_ends_the_fighting(tmp_path: Path) -> None:
    game = begun(politics(tmp_path, plans=[(BEATEN, DESIGN)]), {"RED": WAR}, {"revolt": 0.99, "engagement.ends": 1.0})
    days = (hour("1930-04-01") + 24 * k for k in range(365))
    noon = next(h + 12 for h in days if game.run(until=h).world.engagements)
    game.interject(noon, lambda _, clerk: make_peace(clerk, "red_war", clerk.world.wars["red_war"].entry) or [])
    assert not game.world.engagements
    run = game.run()
    assert {run.world.powers[p].standing for p in ("RED", "BLU")} == {"at_peace"}
    after = [e.kind for e in run.journal.entries if e.hour > noon]
    assert not {"province_taken", "engagement_began", "engagement_ended"} & set(after)
    assert "operation_ended" in [e.kind for e in run.journal.entries if e.hour >= noon]


def test_partisans_strike_in_land_that_was_taken_in_war(tmp_path: Path) -> None:
    harsh = {"RED": {"repression": 1.0}}
    grim = {**SOFT, "occupation.killed": 5000.0, "occupation.months": 1.0}
    setup = politics(tmp_path, governments=harsh, plans=[(BEATEN, {**DESIGN, "claims": []})], rulebook=grim)
    run = begun(setup, {"RED": WAR}, {**WON, "terms": 0.999}).run()
    struck = told(run, "partisans_struck")
    assert {(e.data["power"], e.data["against"]) for e in struck} == {("RED", "BLU")}
    assert [e.data["unrest"] for e in struck] == sorted(e.data["unrest"] for e in struck)
    assert run.journal[struck[0].because].kind == "province_taken"
    f, number = run.world.forces, run.setup.atlas.power_number["RED"]
    assert f.killed[f.land_rows(number)].sum() >= sum(e.data["killed"] for e in struck) * 0.99
    assert not told(run, "partisans_struck", power="BLU")


# --- the clock -------------------------------------------------------------------------------------------------------


def saved_and_resumed(setup: Setup, day: int, seed: int = 3) -> bytes:
    """The World at the end of a run that was cut, written to bytes and resumed on a day."""
    first = Engine(setup, scenarios.opening_world(setup, seed))
    first.run(until=setup.scenario.scenario.opening + 24 * day)
    cut = World.from_bytes(first.world.to_bytes()).to_bytes()
    return engine.resume(setup, cut).world.to_bytes()


def test_cut_and_resumed_on_any_day_a_run_is_the_same(tmp_path: Path) -> None:
    rich: dict[str, Any] = {
        "treaties": [BOUND], "talks": [TALKS], "clauses": [CLAUSE, TRANSIT],
        "readiness": {"RED": 0.5, "BLU": 0.5, "GRN": 0.5},
        "later": [{"power": "YEL", "head": "Another", "from": "1930-06-10", "how": "background"}],
    }  # fmt: skip
    setup = politics(tmp_path, ends="1930-08-01", **rich)
    whole = engine.run(setup, 3).world
    assert whole.operations["case_red"].stage != "planned"
    for day in range(0, 122, 3):
        assert saved_and_resumed(setup, day) == whole.to_bytes(), f"day {day}"


def test_asking_twice_as_often_changes_no_outcome_in_the_toy_world(tmp_path: Path) -> None:
    found = []
    for k, days in enumerate((14.0, 7.0)):
        setup = politics(tmp_path / str(k), treaties=[BOUND], rulebook={"diplomacy.decision_days": days})
        found.append([outcome(engine.run(setup, seed)) for seed in range(1, 7)])
    assert found[0] == found[1]


@pytest.mark.slow
def test_asking_twice_as_often_leaves_nine_of_ten_outcomes_of_a_real_scenario_as_they_were() -> None:
    """Another day of the same decision may find another world; one change early on then brings others with it."""
    setup = scenarios.load("history_1939")
    fine = replace(setup, rulebook=setup.rulebook.changed({"diplomacy.decision_days": 7.0}))
    changed = [found for seed in range(1, 6) for found in differing(setup, fine, seed)]
    assert len(changed) <= 0.1 * 5 * len(setup.plans), changed


def differing(one: Setup, other: Setup, seed: int) -> list[str]:
    """Operations whose outcomes differ between two setups, with both outcomes."""
    a, b = (engine.run(s, seed).world.operations for s in (one, other))
    return [f"seed {seed} {o}: {a[o].outcome} / {b[o].outcome}" for o in a if a[o].outcome != b[o].outcome]


def test_one_resolve_serves_a_season_however_often_it_is_asked(tmp_path: Path) -> None:
    """The same draw is compared at each decision point, so a chance that does not change is not tried again."""
    setup = politics(tmp_path)
    asked: list[float] = []

    class Counting(Dice):
        def uniform(self, purpose: str, subject: str, ordinal: int = 0) -> float:
            value = super().uniform(purpose, subject, ordinal)
            if purpose == "launch" and ordinal == 1930:
                asked.append(value)
            return value

    Engine(setup, scenarios.opening_world(setup, 5), dice=Counting(5)).run(until=hour("1930-10-01"))
    assert len(set(asked)) == 1


# --- nothing is named ------------------------------------------------------------------------------------------------

PACKAGE = Path(engine.__file__).parent
POLITICAL = [
    *(PACKAGE / f"{n}.py" for n in ("statecraft", "weighing", "crises", "negotiations", "muster", "succession")),
    *(PACKAGE / f"{n}.py" for n in ("politics", "acts", "engine")),
    *sorted((PACKAGE / "governments").glob("*.py")),
    *sorted((PACKAGE / "rules").glob("*.py")),
]


def test_no_rule_and_no_statecraft_names_a_power_an_operation_or_a_year() -> None:
    data = PACKAGE.parent / "scenarios"
    with (PACKAGE.parent / "maps" / "europe" / "powers.csv").open(encoding="utf-8") as file:
        codes = {row["id"] for row in csv.DictReader(file)} | {"JPN", "USA"}
    plans = {p.stem for p in (data / "plans").glob("*.toml")} | {p.stem for p in data.glob("*.toml")}
    found = []
    for path in POLITICAL:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Constant):
                continue
            words = set(str(node.value).replace(":", " ").split()) if isinstance(node.value, str) else set()
            if len(words) < 6 and words & (codes | plans):  # longer ones are docstrings, which may cite
                found.append(f"{path.name} line {node.lineno}: {node.value!r}")
            if isinstance(node.value, int) and 1905 <= node.value <= 1960:
                found.append(f"{path.name} line {node.lineno}: the year {node.value}")
    assert not found, "\n".join(found)


def test_the_toy_world_conserves_men(tmp_path: Path) -> None:
    """Everybody is alive, killed, wounded, captured or missing at the end, replacements counted."""
    run = begun(politics(tmp_path, treaties=[BOUND]), {"RED": WAR, "GRN": {"join:": ("join",)}}, WON).run()
    f = run.world.forces
    gone = f.killed + f.wounded + f.captured + f.missing
    assert float(f.replaced.sum()) > 0.0
    assert np.isclose(float((f.men + gone - f.replaced).sum()), float(run.setup.forces.men.sum()))


def test_an_attack_through_neutral_land_is_an_attack_on_it(tmp_path: Path) -> None:
    design = {**DESIGN, "through": ["YEL"]}
    run = begun(politics(tmp_path, plans=[(OPERATION, design)]), {"RED": WAR}, WON).run()
    (joined,) = told(run, "war_joined", power="YEL")
    assert joined.data["on"] == "defenders"
    ordered = told(run, "crisis_moved", stage="ordered")[0]
    assert ordered.hour < told(run, "mobilised", power="YEL")[0].hour <= joined.hour


@pytest.mark.parametrize(("kind", "parties", "asked"), [
    ("transit", "YEL|RED", True), ("transit", "RED|YEL", False), ("alignment", "RED|YEL", True),
    ("non_aggression", "RED|YEL", False)])  # fmt: skip
def test_hosts_and_friends_of_an_attacker_are_asked_to_march_with_it(
    kind: str, parties: str, asked: bool, tmp_path: Path
) -> None:
    bond = {"id": "bond", "kind": kind, "parties": parties}
    answers: Answers = {"RED": WAR, "YEL": {"march:": ("join",)}}
    run = begun(politics(tmp_path, treaties=[bond]), answers, WON).run()
    assert [e.data["on"] for e in told(run, "war_joined", power="YEL")] == (["attackers"] if asked else [])
