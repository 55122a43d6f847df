"""Roll-outs: the same each time, other luck from the position on, and what luck has settled already stays settled."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toy_files import opening
from tests.toy_politics import politics
from wargame import dates
from wargame.dice import Dice
from wargame.engine import Engine
from wargame.load import scenarios
from wargame.load.scenarios import opening_world
from wargame.politics import Crisis
from wargame.scenario import Setup
from wargame.study.forecast import as_dict, forecast, span, tables, tally
from wargame.study.rollouts import forked, roll_out
from wargame.study.statistics import share
from wargame.world import World

Position = tuple[Setup, World]


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> Position:
    """RED attacks BLU along six provinces; the third day of the war."""
    setup, world = opening(tmp_path_factory.mktemp("toy"), 6, blu_divisions=4)
    Engine(setup, world).run(dates.parse("1930-05-04"))
    world.hour = dates.parse("1930-05-04")
    return setup, world


def test_the_same_position_and_numbers_give_the_same_bytes(war: Position) -> None:
    setup, world = war
    before, until = world.to_bytes(), world.hour + 240
    alone = list(roll_out(setup, world, until, range(1, 9)))
    assert alone == list(roll_out(setup, world, until, range(1, 9)))
    assert alone == list(roll_out(setup, World.from_bytes(before), until, range(1, 9), workers=2))
    assert [o.number for o in alone] == list(range(1, 9))
    assert alone[2:4] == list(roll_out(setup, world, until, [3, 4]))
    assert world.to_bytes() == before


def test_forks_have_other_luck_than_the_game_and_than_each_other(war: Position) -> None:
    setup, world = war
    journals = {o.journal for o in roll_out(setup, world, world.hour + 240, range(1, 9))}
    journals.add(Engine(setup, world.copy()).run(world.hour + 240).journal.head)
    assert len(journals) == 9
    assert len({forked(setup, world, n).seed for n in range(1000)} | {world.seed}) == 1001


def test_progress_is_told_once_a_fork(war: Position) -> None:
    setup, world = war
    for workers in (1, 2):
        told: list[int] = []
        counted = partial(_count, told)
        list(roll_out(setup, world, world.hour + 24, [5, 6, 7], workers=workers, progress=counted))
        assert told == [1, 3, 2, 3, 3, 3]


def _count(told: list[int], done: int, total: int) -> None:
    told += [done, total]


def test_a_die_typed_in_the_game_holds_in_every_fork(war: Position) -> None:
    setup, world = war
    twin = world.copy()
    twin.typed["engagement.wins", "p04", 1024] = 0.125
    assert {forked(setup, twin, n).typed["engagement.wins", "p04", 1024] for n in range(5)} == {0.125}


def test_the_temper_of_a_war_under_way_is_settled_and_its_fights_are_not(war: Position) -> None:
    setup, world = war
    game = Dice(world.seed)
    dice = [Dice(t.seed, t.typed) for t in (forked(setup, world, n) for n in range(20))]
    for side in ("attacker", "defender"):
        assert {d.uniform(f"operation.{side}", "toy_war") for d in dice} == {
            game.uniform(f"operation.{side}", "toy_war")
        }
    assert len({d.uniform("engagement.wins", "p04", 1024) for d in dice}) == 20


@given(st.integers(1, 10_000), st.integers(1, 1000), st.floats(0.01, 0.99))
@settings(max_examples=60, deadline=None)
def test_a_resolve_stays_on_the_side_of_the_chance_on_which_it_has_shown_itself(
    political: Position, seed: int, number: int, chance: float
) -> None:
    setup, world = political
    twin = replace(world.copy(), seed=seed)
    twin.polity.crises["case_red"] = Crisis("case_red", "wanted", 1930, probability=chance)
    drawn = Dice(seed).uniform("launch", "case_red", 1930)
    fork = forked(setup, twin, number)
    assert (Dice(fork.seed, fork.typed).uniform("launch", "case_red", 1930) <= chance) == (drawn <= chance)


@pytest.fixture(scope="module")
def political(tmp_path_factory: pytest.TempPathFactory) -> Position:
    setup = politics(tmp_path_factory.mktemp("toy"))
    return setup, opening_world(setup, 1)


@pytest.mark.parametrize("resolute", [True, False])
def test_a_decision_taken_is_not_drawn_again(tmp_path: Path, resolute: bool) -> None:
    """An attack at a chance of 8 per cent: once ordered it comes in every fork, once let be in none of that season."""
    bloodless = {"deterrence.blood": 0.0, "deterrence.enmity": 0.0}
    setup = politics(tmp_path, rulebook=bloodless, divisions={"RED": 3, "BLU": 3, "GRN": 3, "YEL": 2})
    seed = next(s for s in range(1, 99) if (Dice(s).uniform("launch", "case_red", 1930) < 0.07) == resolute)
    world = opening_world(setup, seed)
    run = Engine(setup, world).run(dates.parse("1930-04-17"))
    (stage, chance), *_ = [(e.data["stage"], e.data["probability"]) for e in run.journal.of_kind("crisis_moved")][-1:]
    assert stage == ("ordered" if resolute else "wanted")
    assert 0.07 < chance < 0.09
    outturns = list(roll_out(setup, world, dates.parse("1930-06-01"), range(1, 25)))
    assert {"case_red" in o.operations and o.operations["case_red"][0] != "planned" for o in outturns} == {resolute}


def test_a_death_that_no_history_tells_of_is_drawn_anew() -> None:
    setup = scenarios.load("history_1928")
    world, head = opening_world(setup, 1), setup.scenario.scenario
    Engine(setup, world).run(head.opening + 1)
    dues = [{d.subject: d.hour for d in t.due.values() if d.subject.startswith("death:")} for t in
            (world, *(forked(setup, world, n) for n in range(1, 6)))]  # fmt: skip
    natural = {
        f"death:{r['id']}" for r in setup.tables["leaders"]
        if r["cause"] == "natural" and head.opening < r["died"] < head.ends
    }  # fmt: skip
    known = [who for who in dues[0] if who in natural]
    drawn = {who for due in dues for who in due} - natural
    assert known
    assert drawn
    assert all(due[who] == dues[0][who] for due in dues for who in known)
    assert any(len({due.get(who) for due in dues}) > 3 for who in drawn)


# --- forecasts -------------------------------------------------------------------------------------------------------


def test_a_forecast_from_the_opening_agrees_with_runs_of_other_seeds(tmp_path: Path) -> None:
    """Two ways to the same number: 60 forks of one game, and 60 games of other seeds."""
    setup, world = opening(tmp_path, 6, blu_divisions=4)
    until = dates.parse("1930-05-10")
    found = forecast(setup, world, list(roll_out(setup, world, until, range(60))))
    taken = dict.fromkeys(setup.atlas.ids, 0)
    for seed in range(1000, 1060):
        controller = Engine(setup, opening_world(setup, seed), level="verdict").run(until).world.controller
        for p, holder in zip(setup.atlas.ids, controller.tolist(), strict=True):
            taken[p] += setup.atlas.powers[holder] == "RED"
    open_ = [p for p, s in found.places.items() if 0.1 < s.of("RED").value < 0.9]
    assert open_
    assert all(found.places[p].of("RED").overlaps(share(taken[p], 60)) for p in open_)


def test_the_sums_of_a_forecast_are_right(war: Position) -> None:
    setup, world = war
    outturns = list(roll_out(setup, world, world.hour + 240, range(1, 13)))
    found = forecast(setup, world, outturns)
    assert (found.runs, found.begins, found.until) == (12, world.hour, world.hour + 240)
    for place, shares in found.places.items():
        holders = [o.holder(setup.atlas, place) for o in outturns]
        assert {a: n for a, n, _ in shares.answers} == {h: holders.count(h) for h in set(holders)}
        assert sum(e.value for _, _, e in shares.answers) == pytest.approx(1.0)
        assert all(e == share(n, 12) for _, n, e in shares.answers)
    for power, kinds in found.losses.items():
        for low, middle, high in kinds.values():
            assert low <= middle <= high
        values = sorted(o.losses[power]["killed"] + o.losses[power]["wounded"] for o in outturns)
        assert kinds["killed_and_wounded"] == span(values)
    assert json.loads(json.dumps(as_dict(found)))["runs"] == 12
    texts = "\n".join(cell for t in tables(setup, found) for row in t.rows for cell in row)
    assert "Redland" in texts
    assert "and 1 more" not in texts


def test_losses_count_from_the_position_on(war: Position) -> None:
    setup, world = war
    (later,) = roll_out(setup, world, world.hour + 1, [1])
    assert {n for by in later.losses.values() for n in by.values()} == {0.0}


def test_a_question_without_doubt_is_no_row() -> None:
    assert not tally("x", "RED", ["RED"] * 5).open
    assert tally("x", "BLU", ["RED"] * 5).open
    assert tally("x", "RED", ["RED", "BLU"]).open
    assert tally("x", "RED", ["BLU"] * 9 + ["RED"]).of("GRN") == share(0, 10)


def test_a_forecast_needs_a_run(war: Position) -> None:
    with pytest.raises(ValueError, match="needs a run"):
        forecast(*war, [])
