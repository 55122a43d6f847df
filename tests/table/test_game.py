"""A game: the same war as a headless run, turns of any length, back and forth, elsewhere, and who sits where."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.toy_files import write_toy
from wargame import dates, engine
from wargame.errors import InputError, UsageError
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup
from wargame.table import turn
from wargame.table.game import Game


def headless(setup: Setup, seed: int, hour: int) -> list[str]:
    """The journal of a run without a table, up to an hour."""
    part = engine.Engine(setup, opening_world(setup, seed))
    part.run(hour)
    return list(part.journal.lines())


@pytest.mark.parametrize("length", ["day", "week", "5 days", "month", "event"])
def test_a_game_without_players_is_a_headless_run(toy: Path, toy_setup: Setup, tmp_path: Path, length: str) -> None:
    with Game.create(tmp_path / "g", toy, seed=5, turn=length) as game:
        while game.state.turn < 12 and not game.status()["over"]:
            game.commit()
            if game.state.turn == 1:
                assert list(game.journal().lines()) == headless(toy_setup, 5, game.state.hour)
        assert list(game.journal().lines()) == headless(toy_setup, 5, game.state.hour)
        assert game.journal().companion() == played(toy_setup, 5, game.state.hour).companion()


def played(setup: Setup, seed: int, hour: int) -> engine.Journal:
    part = engine.Engine(setup, opening_world(setup, seed), level="full")
    part.run(hour)
    return part.journal


def test_fall_weiss_at_a_table_is_fall_weiss(tmp_path: Path) -> None:
    with Game.create(tmp_path / "g", "fall_weiss_1939", seed=7) as game:
        for _ in range(7):
            game.commit()
        assert list(game.journal().lines()) == headless(game.setup, 7, game.state.hour)
        with Game.open(tmp_path / "g") as again:
            assert list(again.journal().lines()) == list(game.journal().lines())
            assert again.world().to_bytes() == game.world().to_bytes()


def test_silent_players_are_served_as_the_automatic_seat_would(toy: Path, toy_setup: Setup, game: Game) -> None:
    for _ in range(5):
        game.commit()
    alone = headless(toy_setup, 3, game.state.hour)
    assert len(game.journal().entries) == len(alone)
    assert {e.data["seat"] for e in game.journal().of_kind("decision")} == {"table"}
    told = [json.loads(line)["data"] for line in alone]
    assert [e.data for e in game.journal()] == [d | {"seat": "table"} if "seat" in d else d for d in told]


def test_the_turn_can_change_its_length_in_mid_game(game: Game) -> None:
    hours = [game.state.hour]
    for length, days in (("day", 1), ("week", 7), ("3 days", 3), ("7 days", 7), ("month", 31)):
        game.set_turn(length)
        game.commit()
        hours.append(game.state.hour)
        assert hours[-1] - hours[-2] == days * dates.DAY, length


def test_a_month_ends_on_the_same_day_of_the_next() -> None:
    end = dates.parse("1945-01-01")
    for begins, ends in (
        ("1939-01-31T06", "1939-02-28T06"),
        ("1939-12-15", "1940-01-15"),
        ("1940-01-31", "1940-02-29"),
    ):
        assert turn.turn_end(dates.parse(begins), "month", end) == dates.parse(ends)
    assert turn.turn_end(dates.parse("1944-12-20"), "month", end) == end


def test_a_turn_until_something_happens_ends_with_it(game: Game) -> None:
    game.set_turn("event")
    game.commit()
    last = [e for e in game.journal() if e.kind in turn.NEWS]
    assert [e.kind for e in last] == ["war_declared"]
    assert dates.iso(game.state.hour) == "1930-05-03"  # war was declared on the 2nd


def test_an_inject_that_changes_the_world_ends_a_turn_and_comes_once(game: Game) -> None:
    game.set_turn("event")
    at = game.state.hour + 24 * 12 + 5
    game.inject("the depots burn", at=at, effects=["supply RED 30%"])
    hours = []
    while game.state.hour <= at:
        game.commit()
        hours.append(game.state.hour)
    assert at in hours
    assert [e.hour for e in game.journal().of_kind("ruling_made")] == [at]


@pytest.mark.parametrize("length", ["fortnight", "0 days", "-1", "999 days", "", "days"])
def test_a_length_that_cannot_be_is_refused(game: Game, length: str) -> None:
    with pytest.raises(UsageError, match="is no length of a turn"):
        game.set_turn(length)


def test_a_game_ends_with_its_scenario(toy: Path, tmp_path: Path) -> None:
    with Game.create(tmp_path / "g", toy, turn="month") as game:
        game.commit()
        game.commit()
        assert game.status()["over"]
        game.set_seat("RED", "human")
        for act in (game.commit, game.propose, lambda: game.submit("RED", "red_1_army stand")):
            with pytest.raises(UsageError, match="the game is over"):
                act()


def test_undo_puts_the_turn_back_on_the_table_and_redo_plays_it_again(game: Game) -> None:
    for _ in range(3):
        game.commit()
    after, journal = game.world().to_bytes(), list(game.journal().lines())
    game.close_orders()
    game.undo(2)
    assert (game.state.turn, game.state.closed) == (1, False)
    assert len(list(game.journal().lines())) < len(journal)
    game.redo()
    assert (game.state.turn, game.state.closed) == (3, True)
    assert game.world().to_bytes() == after
    assert list(game.journal().lines()) == journal
    game.undo()
    game.commit()
    assert game.world().to_bytes() == after
    with pytest.raises(UsageError, match="nothing to redo"):
        game.redo()


def test_undo_goes_to_any_act(game: Game) -> None:
    game.commit()
    game.set_turn("day")
    there = game.state.n
    game.commit()
    game.undo(to=there)
    assert (game.state.turn, game.state.length) == (1, "day")
    game.undo(to=0)
    assert (game.state.turn, game.state.length) == (0, "week")
    game.redo()
    game.redo()
    assert (game.state.turn, game.state.length) == (2, "day")
    with pytest.raises(UsageError, match="there is no act 99"):
        game.undo(to=99)
    with pytest.raises(UsageError, match="2 turns have been played"):
        game.undo(3)


def test_people_and_their_questions_are_not_undone(game: Game) -> None:
    game.commit()
    game.seat_person("Anna", "RED")
    game.rfi("RED", "Who stands at p03?")
    game.set_seat("BLU", "automatic")
    game.undo()
    game.answer(1, "Two divisions.")
    assert game.state.people["Anna"].place == "RED"
    assert game.state.seats["BLU"].kind == "automatic"
    assert game.mail("RED").rfis[0]["answer"] == "Two divisions."
    game.redo()
    assert game.mail("RED").rfis[0]["answer"] == "Two divisions."


def test_a_fork_goes_its_own_way_and_leaves_the_game_alone(game: Game, tmp_path: Path) -> None:
    game.commit()
    acts = [a.hash for a in game.store.acts]
    with game.fork(tmp_path / "same.game") as same, game.fork(tmp_path / "other.game", seed=99) as other:
        for g in (game, same, other):
            for _ in range(3):
                g.commit()
        assert list(same.journal().lines()) == list(game.journal().lines())
        assert list(other.journal().lines()) != list(game.journal().lines())
    assert [a.hash for a in game.store.acts[: len(acts)]] == acts
    with Game.open(tmp_path / "other.game") as again:
        assert again.state.turn == 4
        assert [a.body["seed"] for a in again.store.acts if a.kind == "forked"] == [99]
    with game.fork(tmp_path / "early.game", at=0) as early:
        assert early.state.turn == 0


def test_seats_change_hands_at_any_time(game: Game) -> None:
    game.seat_person("Anna", "RED")
    game.seat_person("Bert", "RED")
    game.seat_person("Clara", "umpire", "map")
    game.seat_person("Dora", "observer")
    assert game.fill() == ["BLU"]
    assert [s["kind"] for s in game.status()["seats"]] == ["automatic", "human"]
    assert game.status()["seats"][1]["people"] == ["Anna", "Bert"]
    game.set_seat("BLU", "scripted", script={"line_lost": ["nothing of the kind"]})
    game.commit()
    game.set_seat("BLU", "human", "Emil")
    game.seat_person("Anna", "")
    assert game.status()["seats"][0]["people"] == ["Emil"]
    assert game.status()["seats"][1]["people"] == ["Bert"]
    for call, message in (
        (lambda: game.set_seat("RED", "robot"), "there is no kind of seat"),
        (lambda: game.set_seat("RED", "scripted"), "needs a script"),
        (lambda: game.set_seat("GRM", "human"), "there is no seat 'GRM'"),
        (lambda: game.seat_person("Zoe", ""), "nobody called 'Zoe'"),
        (lambda: game.seat_person("Zoe", "RED", "map"), "the roles of umpires are"),
        (lambda: game.submit("umpire", "x"), "there is no seat 'umpire'"),
    ):
        with pytest.raises(UsageError, match=message):
            call()


def test_the_log_keeps_the_real_time_and_who(toy: Path, tmp_path: Path) -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with Game.create(tmp_path / "g", toy, clock=lambda: noon) as game:
        game.note("a dissent", who="Clara")
        assert [(a.at, a.who, a.kind) for a in game.store.acts] == [
            ("2026-05-01T12:00:00.000+00:00", "umpire", "created"),
            ("2026-05-01T12:00:00.000+00:00", "Clara", "note"),
        ]


def test_a_game_of_changed_files_is_not_played_on(tmp_path: Path) -> None:
    path = write_toy(tmp_path / "data", 5)
    Game.create(tmp_path / "g", path).close()
    path.write_text(path.read_text().replace("Two armies", "Three armies"))
    with Game.open(tmp_path / "g") as game, pytest.raises(InputError, match=r"toy\.toml .restore them"):
        game.commit()
    with Game.open(tmp_path / "g") as game:
        assert game.accept_files() == ["scenario/toy.toml"]
        game.commit()
    write_toy(tmp_path / "data", 5, red_divisions=4)
    with Game.open(tmp_path / "g") as game, pytest.raises(UsageError, match="other formations or provinces"):
        game.accept_files()


def test_two_umpires_at_two_keyboards_do_not_lose_each_other_s_acts(game: Game) -> None:
    with Game.open(game.path) as other:
        game.note("one")
        other.note("two")
        game.set_turn("day")
        other.commit()
        game.commit()
        other.refresh()
        assert game.state == other.state
        assert [a.kind for a in game.store.acts] == ["created", "note", "note", "length", "committed", "committed"]
        assert game.state.hour - game.states[0].hour == 2 * dates.DAY


def test_a_ready_game_brings_its_own_seats_turns_and_injects(tmp_path: Path) -> None:
    with Game.create(tmp_path / "g", "three_days_1939") as game:
        assert {"GER", "POL", "GBR", "SOV"} <= set(game.state.humans)
        assert game.briefing("POL") and game.goals("POL")
        assert game.briefing("YUG") == "" and game.goals("YUG") == []
        assert game.briefing("POL") not in game.briefing("GER")
        lengths = []
        for _ in range(4):
            lengths.append(game.state.length)
            game.commit()
        assert lengths == ["day", "day", "day", "week"]
        assert dates.instant(game.state.hour) == "1939-09-02T06"
        assert any(i.fired for i in game.state.injects.values())
        assert set(game.status()["score"]) == set(game.book["seats"])
        assert "score" not in game.status("POL")
    with Game.create(tmp_path / "other", "three_days_1939", seats=["POL"], turn="3 days", seed=2) as game:
        assert (game.state.humans, game.state.length, game.created["seed"]) == (["POL"], "3 days", 2)


@pytest.mark.parametrize("shared", [True, False], ids=["one program", "many programs"])
def test_orders_of_many_at_once_are_neither_lost_nor_doubled(game: Game, shared: bool) -> None:
    def hand_in(k: int) -> None:
        seat = ("RED", "BLU")[k % 2]
        mine = game if shared else Game.open(game.path)
        mine.__dict__["setup"] = game.setup
        for n in range(10):
            mine.submit(seat, f"free: order {n} of client {k}\nfree: order {n} of client {k}", who=f"client {k}")
        if not shared:
            mine.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(hand_in, range(10)))
    game.refresh()
    for seat, clients in (("RED", range(0, 10, 2)), ("BLU", range(1, 10, 2))):
        there = [str(i) for i in game.state.orders[seat].accepted]
        assert sorted(there) == sorted(f"free: order {n} of client {k}" for k in clients for n in range(10))
    assert sum(a.kind == "orders" for a in game.store.acts) == 100
    with Game.open(game.path) as again:
        assert again.state == game.state


def test_a_game_with_orders_and_rulings_played_again_gives_the_same_journal(game: Game) -> None:
    game.submit("BLU", "blu_1_army withdraw p05")
    game.inject("the bridges are blown", to=["ALL"], at=game.state.hour + 40, effects=["fatigue RED 70%"])
    game.inject("the army is tired", when=["at_war RED BLU"], effects=["readiness RED 60%"])
    game.commit()
    game.act(["control p03 RED", "losses BLU 900"], reason="fought out on the table", hour=game.state.hour + 30)
    game.act(["supply RED 30%"], reason="the depot burns")
    game.set_turn("event")
    game.commit()
    game.set_seat("BLU", "scripted", script={"line_lost": ["x"]})
    game.commit()
    assert game.replay() == []
    told = [e.data["effects"] for e in game.journal().of_kind("ruling_made")]
    assert told == [
        ["fatigue RED 70%"], ["readiness RED 60%"], ["supply RED 30%"], ["control p03 RED", "losses BLU 900"],
    ]  # fmt: skip
    with Game.open(game.path) as again:
        assert again.replay() == []


def test_a_game_of_other_rules_is_told_when_it_is_played_again(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        game.commit()
    as_it_is = turn.play
    monkeypatch.setattr(turn, "play", lambda setup, world, brief: as_it_is(setup, replace(world.copy(), seed=9), brief))
    assert game.replay() == [1, 2, 3]
