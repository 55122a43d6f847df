"""Umpires' roles: each does what its work is and nothing else, on every call of the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.table.test_console import HOST, Client, calls
from wargame.table.game import Game
from wargame.table.record import MOST_NAME
from wargame.table.roles import DUTIES
from wargame.table.state import ROLES, UMPIRES
from wargame.table.web.app import codes_for, create
from wargame.table.web.guard import Session

GAME = {
    *("/api/commit", "/api/undo", "/api/redo", "/api/fork", "/api/seat", "/api/person", "/api/code", "/api/fill"),
    *("/api/close", "/api/turn", "/api/style"),
}
FIELD = {"/api/propose", "/api/give_up", "/api/rule", "/api/act", "/api/unrule", "/api/odds"}
WORDS = {"/api/inject", "/api/uninject", "/api/mail", "/api/answer"}
OPEN = {"/api/note", "/api/leave", "/api/enter"}
BODIES: dict[str, dict[str, Any]] = {
    "/api/undo": {"turns": 1},
    "/api/fork": {"name": "again"},
    "/api/seat": {"power": "RED", "kind": "human"},
    "/api/person": {"name": "Anna", "place": "RED"},
    "/api/code": {"place": "observer"},
    "/api/close": {"closed": False},
    "/api/turn": {"length": "day"},
    "/api/style": {"domain": "battle", "style": "free"},
    "/api/propose": {"rollouts": 0},
    "/api/rule": {"proposal": "1", "kind": "accept"},
    "/api/act": {"effects": ["supply RED 50%"], "reason": "rain"},
    "/api/unrule": {"id": "r1"},
    "/api/odds": {"runs": 1, "days": 1},
    "/api/inject": {"text": "rain", "to": ["RED"]},
    "/api/uninject": {"id": "i9"},
    "/api/mail": {"number": 1, "held": True},
    "/api/answer": {"number": 1, "text": "no"},
    "/api/note": {"text": "hm"},
}


@pytest.fixture
def umpires(game: Game) -> dict[str, Client]:
    for role in ROLES:
        game.seat_person(f"U {role}", "umpire", role)
    app, codes = create(game, [HOST]), codes_for(game)
    return {role: Client(app).enter(place, codes[place], f"U {role}") for place, role in UMPIRES.items()}


def test_every_call_that_changes_something_belongs_to_a_duty(umpires: dict[str, Client]) -> None:
    changing = {path for method, path in calls(umpires["lead"].http.app) if method == "POST"}
    players = {"/api/check", "/api/orders", "/api/withdraw", "/api/message", "/api/rfi"}
    assert changing == GAME | FIELD | WORDS | OPEN | players
    assert set(BODIES) == (changing - players - {"/api/leave", "/api/enter", "/api/commit", "/api/redo"}) - {
        "/api/give_up",
        "/api/fill",
    }


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_its_duties_are_and_nothing_else(role: str, umpires: dict[str, Client]) -> None:
    for duty, paths in (("game", GAME), ("field", FIELD), ("words", WORDS), ("log", {"/api/note"})):
        for path in sorted(paths):
            answer = umpires[role].post(path, **BODIES.get(path, {}))
            umpires[role].http.app.state.console.work.wait(20)
            told = f"{path} as {role}: {answer.status_code} {answer.text}"
            if duty in DUTIES[role]:
                assert answer.status_code in {200, 409}, told
            else:
                assert (answer.status_code, f"you are umpire as {role}" in answer.json()["error"]) == (403, True), told


def test_every_role_reads_everything_and_sees_as_every_seat(umpires: dict[str, Client]) -> None:
    looks = ["/api/table", "/api/log", "/api/position", "/api/preview/desk?seat=RED", "/api/work"]
    for role, page in umpires.items():
        assert [page.get(path).status_code for path in looks] == [200] * len(looks), role
        assert page.get("/api/me").json()["duties"] == list(DUTIES[role])
    assert {umpires[r].get("/api/position").content for r in ROLES} == {umpires["lead"].get("/api/position").content}


def test_the_umpire_for_the_map_rules_on_what_is_on_it_and_on_no_more(game: Game, umpires: dict[str, Client]) -> None:
    page = umpires["map"]
    assert page.post("/api/act", effects=["supply RED 50%"], reason="rain").status_code == 200
    refused = page.post("/api/act", effects=["supply RED 50%", "standing BLU capitulated"], reason="rain")
    assert refused.status_code == 403
    assert "the lead umpire decides on standing" in refused.json()["error"]
    assert umpires["lead"].post("/api/act", effects=["standing BLU capitulated"], reason="enough").status_code == 200
    mine, leads = [r.id for r in game.state.rulings.values()]
    assert page.post("/api/unrule", id=leads).status_code == 403
    assert page.post("/api/unrule", id=mine).status_code == 200


def test_the_umpire_for_the_map_rules_on_battles_and_leaves_politics_to_the_lead(
    game: Game, umpires: dict[str, Client]
) -> None:
    game.submit("RED", "free: send an envoy")
    game.propose()
    by = {p["domain"]: p["id"] for p in game.proposed()}
    assert {"order"} < set(by)
    for domain, name in by.items():
        answer = umpires["map"].post("/api/rule", proposal=name, kind="accept")
        assert answer.status_code == (200 if domain in {"battle", "campaign"} else 403), (domain, answer.text)


def test_the_lead_has_the_last_word_on_a_battle(tmp_path: Path) -> None:
    with Game.create(tmp_path / "w.game", "fall_weiss_1939", seats=["POL"], seed=7, turn="day") as game:
        game.seat_person("Bert", "umpire", "map")
        app, codes = create(game, [HOST]), codes_for(game)
        lead = Client(app).enter("umpire", codes["umpire"], "Una")
        page = Client(app).enter("umpire:map", codes["umpire:map"], "Bert")
        game.propose()
        one, two = [p["id"] for p in game.proposed() if p["domain"] == "battle"][:2]
        assert page.post("/api/rule", proposal=one, kind="accept").status_code == 200
        assert page.post("/api/rule", proposal=one, kind="accept").status_code == 200  # his own he may change
        assert lead.post("/api/rule", proposal=one, kind="accept").status_code == 200
        assert lead.post("/api/rule", proposal=two, kind="accept").status_code == 200
        for name in (one, two):
            refused = page.post("/api/rule", proposal=name, kind="move", outcome="2", reason="no")
            assert (refused.status_code, "the lead umpire has ruled on this" in refused.json()["error"]) == (403, True)
        for ruling in list(game.state.rulings):
            assert page.post("/api/unrule", id=ruling).status_code == 403
        assert {r.by for r in game.state.rulings.values()} == {"Una"}


@pytest.mark.parametrize(
    ("lead", "other", "clash"),
    [
        ("control p03 RED", "control p03 BLU", "p03"),
        ("supply RED 50%", "supply red_1_div 90%", "red_1_div"),  # he is one of them
        ("losses red_1_div 400", "return red_1_div 400", "red_1_div"),
        ("move red_1_div p01", "disperse red_1_div", "red_1_div"),
        ("supply red_1_div 50%", "readiness red_1_div 50%", ""),  # another respect
        ("losses red_1_div 400", "losses blu_1_div 400", ""),
    ],
)
def test_the_umpire_for_the_map_rules_nothing_of_his_own_against_the_lead(
    lead: str, other: str, clash: str, game: Game, umpires: dict[str, Client]
) -> None:
    assert umpires["lead"].post("/api/act", effects=[lead], reason="seen").status_code == 200
    assert umpires["lead"].post("/api/act", effects=[lead], reason="he may again").status_code == 200
    answer = umpires["map"].post("/api/act", effects=[other], reason="I know better")
    if clash:
        told = answer.json()["error"]
        assert (answer.status_code, f"the lead umpire has ruled on {clash}" in told) == (403, True), told
    else:
        assert answer.status_code == 200, answer.text
    assert len(game.state.rulings) == (2 if clash else 3)


def test_the_umpire_for_the_map_may_be_overruled_and_rule_after_himself(game: Game, umpires: dict[str, Client]) -> None:
    for role in ("map", "map", "lead"):
        answer = umpires[role].post("/api/act", effects=["supply RED 50%"], reason="rain")
        assert answer.status_code == 200, answer.text


def test_a_place_whose_battle_the_lead_has_ruled_on_is_not_given_away_by_another_act(tmp_path: Path) -> None:
    with Game.create(tmp_path / "w.game", "fall_weiss_1939", seats=["POL"], seed=7, turn="day") as game:
        game.seat_person("Bert", "umpire", "map")
        app, codes = create(game, [HOST]), codes_for(game)
        lead = Client(app).enter("umpire", codes["umpire"], "Una")
        page = Client(app).enter("umpire:map", codes["umpire:map"], "Bert")
        game.propose(4)
        gives = {
            p["id"]: m for p in game.proposed() if p["domain"] == "battle" for o in p["outcomes"] for m in o["means"]
        }
        battle, line = next((name, m) for name, m in gives.items() if m.startswith("control "))
        matter = next(p for p in game.proposed() if p["id"] == battle)
        other = next(str(k) for k, o in enumerate(matter["outcomes"], start=1) if o["means"])
        assert lead.post("/api/act", effects=[line], reason="enough").status_code == 200
        ruled = page.post("/api/rule", proposal=battle, kind="move", outcome=other, reason="I say so")
        assert (ruled.status_code, "the lead umpire has ruled" in ruled.json()["error"]) == (403, True)
        assert lead.post("/api/unrule", id=next(iter(game.state.rulings))).status_code == 200
        assert page.post("/api/act", effects=[line], reason="I say so").status_code == 200
        assert page.post("/api/unrule", id=next(iter(game.state.rulings))).status_code == 200
        assert lead.post("/api/rule", proposal=battle, kind="accept").status_code == 200
        refused = page.post("/api/act", effects=[line], reason="I say so")
        told = refused.json()["error"]
        assert (refused.status_code, f"the lead umpire has ruled on {line.split()[1]}" in told) == (403, True), told


def test_the_liaison_brings_in_words_but_nothing_that_changes_the_world(umpires: dict[str, Client]) -> None:
    assert umpires["liaison"].post("/api/inject", text="rain", to=["RED"]).status_code == 200
    refused = umpires["liaison"].post("/api/inject", text="rain", effects=["supply RED 50%"])
    assert (refused.status_code, "changes the world" in refused.json()["error"]) == (403, True)
    planned = (
        umpires["lead"].post("/api/inject", text="x", effects=["supply RED 50%"], at="1930-05-03").json()["inject"]
    )
    assert umpires["liaison"].post("/api/uninject", id=planned).status_code == 403
    assert umpires["lead"].post("/api/uninject", id=planned).status_code == 200


def test_the_record_says_which_umpire_it_was(game: Game, umpires: dict[str, Client]) -> None:
    umpires["scribe"].post("/api/note", text="hm")
    umpires["liaison"].post("/api/inject", text="rain", to=["RED"])
    umpires["lead"].post("/api/close", closed=True)
    assert [a.who for a in game.store.acts[-3:]] == ["U scribe (scribe)", "U liaison (liaison)", "U lead"]
    assert Session("umpire:map", "x" * MOST_NAME).who == "x" * (MOST_NAME - 6) + " (map)"


def test_a_role_s_code_opens_that_role_alone_and_a_new_one_turns_out_who_came_in_by_the_old(
    game: Game, umpires: dict[str, Client]
) -> None:
    lead = umpires["lead"]
    code = lead.post("/api/code", place="umpire:map").json()["code"]
    assert umpires["map"].get("/api/table").status_code == 401
    assert lead.get("/api/table").status_code == 200
    assert umpires["scribe"].get("/api/table").status_code == 200
    again = Client(lead.http.app)
    for place in ("umpire", "umpire:liaison", "RED"):
        wrong = again.http.post("/api/enter", json={"place": place, "code": code, "name": "x"})
        assert wrong.status_code == 401, place
    assert again.enter("umpire:map", code).get("/api/me").json()["role"] == "map"
    assert [p["id"] for p in again.get("/api/door").json()["places"]] == ["BLU", "RED", "observer", *UMPIRES]


def test_only_roles_that_somebody_has_get_a_code(game: Game) -> None:
    assert list(codes_for(game)) == ["umpire", "BLU", "RED", "observer"]
    game.seat_person("Bert", "umpire", "scribe")
    assert list(codes_for(game)) == ["umpire", "umpire:scribe", "BLU", "RED", "observer"]
