"""Promises and allies: what binds a power to its word, who waits for whom, and the last offer before an attack.

Clauses 12.1a and 12.2a of docs/rulebook/deterrence.md, S.4, S.6 and S.6a of statecraft.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.test_statecraft import BOUND, CLAIM, CLAUSE, FRIENDS, TALKS, WAR, WON
from tests.toy_politics import DESIGN, OPERATION, begun, hour, politics, stages, told
from wargame import initiatives, weighing
from wargame.politics import Kind, Treaty
from wargame.rulebook import Rulebook
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Intervener

BOOK = Rulebook.load("standard")
STRONG = {"economy": [{"power": p, "year": 1929, "gdp": g, "population": 10, "steel": 1}
                      for p, g in (("RED", 10), ("BLU", 2), ("GRN", 4), ("YEL", 9))]}  # fmt: skip
BY_TREATY = {"id": "yel_grn", "kind": "defence", "parties": "GRN|YEL", "protects": "GRN", "against": "RED"}
PATRONS = [{"power": p, "in": "BLU", "interest": 1.0} for p in ("GRN", "YEL")]


def test_a_fresh_promise_binds_its_giver_and_nobody_else_sees_it() -> None:
    old, new = Intervener("GRN", 2.0, 1.0), Intervener("GRN", 2.0, 1.0, pledge=1.0)
    assert deterrence.credibility([new], BOOK)[0] == deterrence.credibility([old], BOOK)[0]
    was, now = (float(deterrence.resolve([j], BOOK)[0]) for j in (old, new))
    assert now > was + 0.2


def test_a_promise_fades_and_covers_only_whom_it_names() -> None:
    def promise(kind: Kind, began: str, **terms: Any) -> float:
        treaty = Treaty("t", kind, ("GRN", "BLU"), began=hour(began), honour=0.8, **terms)
        half_life = BOOK.reputation.half_life_years
        return diplomacy.pledge([treaty], "GRN", "BLU", "RED", hour("1930-01-01"), half_life)

    assert promise(Kind.DEFENCE, "1930-01-01") == pytest.approx(0.8)
    assert promise(Kind.GUARANTEE, "1927-01-01") == pytest.approx(0.4, abs=0.001)
    assert promise(Kind.DEFENCE, "1930-01-01", against=("YEL",)) == 0.0
    assert promise(Kind.GUARANTEE, "1930-01-01", protects=("GRN",)) == 0.0
    assert promise(Kind.CONSULTATION, "1930-01-01") == 0.0
    assert promise(Kind.DEFENCE, "1931-01-01") == 0.0


@pytest.mark.parametrize(("bound", "firmness"), [(True, 0.0), (True, 0.7), (False, 0.0)])
def test_who_has_a_stronger_ally_looks_to_it(bound: bool, firmness: float, tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND, *([BY_TREATY] if bound else [])], interests=PATRONS, industry=STRONG,
                     governments={"GRN": {"firmness": firmness}})  # fmt: skip
    game = begun(setup)
    might = weighing.interveners(game.house, game.world, "RED", "BLU")
    js = {j.power: j for j in weighing.in_step(game.house, game.world, "RED", might.values())}
    assert (js["GRN"].first, js["YEL"].first) == ("YEL" if bound else "", "")
    assert not bound or js["GRN"].alone == pytest.approx(min(1.0, BOOK.reputation.ally_alone + firmness))


@pytest.mark.parametrize("leads", [True, False])
def test_it_declares_itself_after_its_ally_and_rather_with_it(leads: bool, tmp_path: Path) -> None:
    own = {**BOUND, "id": "yel_blu", "parties": "BLU|YEL"}
    setup = politics(tmp_path, treaties=[BOUND, BY_TREATY, own], interests=PATRONS, industry=STRONG)
    answers: Any = {"RED": WAR, "YEL": {"join:": ("join",) if leads else (), "crisis:": ()}, "GRN": {"crisis:": ()}}
    run = begun(setup, answers, WON).run()
    asked = [e for e in told(run, "decision") if e.data["question"] in ("join:case_red:GRN", "join:case_red:YEL")]
    yel, grn = asked
    assert (yel.data["power"], grn.data["power"]) == ("YEL", "GRN")
    assert grn.hour - yel.hour == BOOK.diplomacy.follow_hours
    chance = float(grn.data["reasons"][0].rsplit(" ", 1)[1].rstrip("%")) / 100
    assert chance > 0.7 if leads else chance < 0.4


@pytest.mark.parametrize("attacked", [True, False])
def test_a_promise_falls_due_to_a_friend_who_was_attacked(attacked: bool, tmp_path: Path) -> None:
    """YEL is bound to GRN, which is attacked itself or goes to war for BLU of its own accord."""
    target = {**OPERATION, "target": "GRN", "objectives": ["g1", "g2"]} if attacked else OPERATION
    setup = politics(tmp_path, treaties=[{**BOUND, "signed": "1930-03-01"}, {**FRIENDS, "signed": "1930-03-01"}],
                     plans=[(target, {**DESIGN, "claims": []})])  # fmt: skip
    run = begun(setup, {"RED": WAR, "GRN": {"join:": ("join",)}, "YEL": {"crisis:": ()}}, WON).run()
    question = "join:case_red:YEL" if attacked else "join:case_red:YEL:GRN"
    (asked,) = [e for e in told(run, "decision") if e.data["question"] == question]
    chance = float(asked.data["reasons"][0].rsplit(" ", 1)[1].rstrip("%")) / 100
    assert (chance > 0.5) is attacked


def test_to_mobilise_again_is_no_news_and_what_was_ordered_once_is_prepared(tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND], interests=PATRONS[:1],
                     plans=[(OPERATION, {**DESIGN, "preparation_days": 30})],
                     rulebook={"deterrence.second_thoughts": 0.1, "deterrence.jump": 0.1})  # fmt: skip
    run = begun(setup, {"GRN": {"crisis:": ("mobilise",)}}, {**WON, "launch": 0.15}).run()
    assert stages(run)[:5] == ["preparing", "ordered", "halted", "ordered", "launched"]
    assert len(told(run, "signal_sent", power="GRN")) == 1
    halted, again = told(run, "crisis_moved", stage="halted")[0], told(run, "crisis_moved", stage="ordered")[1]
    assert again.hour - halted.hour < 24


@pytest.mark.parametrize("luck", [0.0, 0.999])
def test_an_attack_may_be_bought_off_on_its_eve(luck: float, tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND], plans=[(OPERATION, CLAIM)])
    answers: Any = {"RED": {"launch:": ("order",), "go:": ("order",)}, "GRN": {"crisis:": ("mobilise",)}}
    run = begun(setup, answers, {**WON, "launch": 0.995, "settle": luck}).run()
    assert stages(run)[-1] == ("settled" if luck == 0.0 else "launched")
    asked = [e for e in told(run, "decision", power="GRN") if e.data["question"].startswith("settle:")]
    assert bool(asked) is (luck == 0.0)
    if asked:
        ordered = told(run, "crisis_moved", stage="ordered")[0]
        assert ordered.data["day"] - asked[0].hour == 24 * BOOK.diplomacy.eve_days


def test_a_player_s_order_brings_talks_about_too(tmp_path: Path) -> None:
    row = {**TALKS, "opens": "crisis case_red ordered"}
    game = begun(politics(tmp_path, talks=[row], clauses=[CLAUSE]))
    begun_by_it = initiatives.order(game.house, game.clerk, "case_red", hour("1930-05-01"), 0)
    assert "entente" in {subject for process, _, _, subject in begun_by_it if process == "talks"}


def test_who_is_at_war_needs_the_word_of_others_too(tmp_path: Path) -> None:
    """RED fights BLU, to which GRN is bound or not: bound, its promise to keep the peace is worth more to RED."""
    row = {**TALKS, "parties": "GRN|RED", "opens": "at_war RED BLU", "rounds": 1}
    clause = {**CLAUSE, "kind": "neutrality", "parties": "GRN|RED", "protects": "", "against": ""}
    chances = []
    for k, bound in enumerate(([], [BOUND])):
        setup = politics(tmp_path / str(k), talks=[row], clauses=[clause], treaties=bound)
        answers: Any = {
            "RED": WAR,
            "GRN": {"join:": (), "crisis:": (), "talks:": ("go on",)},
            "BLU": {"armistice:": ()},
        }
        luck = {"engagement.ends": 1.0, "revolt": 0.99, "talks": 0.9999, "launch": 0.0}
        run = begun(setup, answers, luck).run(until=hour("1930-07-01"))
        why = told(run, "talks_held", result="broken_off")[0].data["reasons"][0]
        assert why.startswith("RED would not go on")
        chances.append(float(why.rsplit(" ", 1)[1].rstrip("%")) / 100)
    assert chances[1] > chances[0] + 0.2


def test_only_who_was_attacked_is_preempted(tmp_path: Path) -> None:
    """GRN joins a war that RED began: its own design on RED came to nothing, but nobody struck it first."""
    own = {**OPERATION, "id": "case_green", "power": "GRN", "target": "RED", "objectives": ["r1"], "war": "grn_war"}
    late = {**DESIGN, "claims": [], "season": ["10-01", "10-10"], "requires": ["flag never"]}
    setup = politics(tmp_path, treaties=[BOUND], plans=[(OPERATION, DESIGN), (own, late)])
    run = begun(setup, {"RED": WAR, "GRN": {"join:": ("join",)}}, WON).run()
    assert run.world.operations["case_green"].outcome != "preempted"


@pytest.mark.parametrize(("days", "waits"), [(60, True), (10, False), (150, False)])
def test_a_staff_prepares_one_war_at_a_time(days: int, waits: bool, tmp_path: Path) -> None:
    """Case Yellow, if it takes at least half as long as Case Red and no longer, is done first."""
    yel = {"id": "case_a", "name": "Case A", "power": "RED", "target": "YEL", "war": "yel_war", "objectives": ["y3"],
           "day_limit": 30}  # fmt: skip
    first = {**DESIGN, "preparation_days": days, "unopposed": True, "raises": "marched", "claims": []}
    setup = politics(tmp_path, plans=[(yel, first), (OPERATION, {**DESIGN, "preparation_days": 100})])
    run = begun(setup, {"RED": WAR, "YEL": {"resist:": ()}}, WON).run()
    begins = {o: told(run, "crisis_moved", operation=o, stage="preparing")[0].hour for o in ("case_a", "case_red")}
    assert (begins["case_red"] > begins["case_a"]) is waits
    assert not waits or begins["case_red"] >= told(run, "operation_launched", operation="case_a")[0].hour
