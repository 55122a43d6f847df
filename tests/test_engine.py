"""The engine: same bytes for the same seed, a cut on any day resumes to the same war, forks differ."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from wargame import dates, engine
from wargame.engine import Engine
from wargame.load import scenarios
from wargame.seats import Answer, IllegalAnswerError, Question, ScriptedSeat, checked
from wargame.world import World

FALL_WEISS = "fall_weiss_1939"


@functools.cache
def setup(*overlays: str) -> Any:
    return scenarios.load(FALL_WEISS, overlays=overlays)


@functools.cache
def whole(seed: int) -> engine.Run:
    return engine.run(setup(), seed)


def test_same_seed_gives_the_same_journal_and_other_seeds_differ() -> None:
    again = engine.run(setup(), 3)
    assert list(again.journal.lines()) == list(whole(3).journal.lines())
    assert whole(3).journal.head != whole(4).journal.head


def test_the_level_kept_does_not_change_the_chain() -> None:
    assert {engine.run(setup(), 3, level=level).journal.head for level in ("verdict", "full")} == {
        whole(3).journal.head
    }


@pytest.mark.parametrize("hour_of_day", [3, 12, 20])
def test_cut_on_every_day_and_resumed_gives_the_same_bytes(hour_of_day: int) -> None:
    opening, end = setup().scenario.scenario.opening, setup().scenario.scenario.ends
    part, lines = Engine(setup(), scenarios.opening_world(setup(), 3)), []
    for hour in range(opening + hour_of_day, end, dates.DAY):
        part.run(until=hour)
        lines += part.journal.lines()
        part = Engine(setup(), World.from_bytes(part.world.to_bytes()))
    part.run()
    assert [*lines, *part.journal.lines()] == list(whole(3).journal.lines())
    assert part.world.to_bytes() == whole(3).world.to_bytes()


def test_a_fork_shares_the_past_and_leaves_the_original_alone() -> None:
    part = Engine(setup(), scenarios.opening_world(setup(), 3)).run(until=dates.parse("1939-09-05"))
    before = part.world.to_bytes()
    other = engine.resume(setup(), engine.fork(part.world, 99).to_bytes())
    assert part.world.to_bytes() == before
    assert other.journal.head != whole(3).journal.head
    assert engine.resume(setup(), before).journal.head == whole(3).journal.head


PROGRAM = """
from wargame import engine
from wargame.load import scenarios
print(engine.run(scenarios.load("fall_weiss_1939"), 3).journal.head)
"""


def journal_head_elsewhere(**environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return result.stdout.strip()


def test_same_bytes_in_another_process_with_another_hash_seed() -> None:
    assert journal_head_elsewhere(PYTHONHASHSEED="12345") == whole(3).journal.head


def test_same_bytes_without_the_processor_s_vector_extensions() -> None:
    from numpy._core._multiarray_umath import __cpu_baseline__, __cpu_dispatch__, __cpu_features__

    extra = [f for f in __cpu_dispatch__ if __cpu_features__.get(f) and f not in __cpu_baseline__]
    assert journal_head_elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(extra)) == whole(3).journal.head


def test_every_entry_is_caused_by_an_earlier_one() -> None:
    assert all(e.because < e.n for e in whole(3).journal.entries[1:])


def test_every_verdict_leads_back_to_the_root() -> None:
    for entry in whole(3).journal.of_kind("operation_ended", "army_broken", "formations_surrendered"):
        chain = whole(3).journal.causes(entry.n)
        assert chain[-1].kind == "header"
        assert len(chain) >= 3


def test_men_are_accounted_for_every_day() -> None:
    forces = scenarios.opening_world(setup(), 3).forces
    raised = [0.0]

    def total(world: World) -> float:
        f = world.forces
        return float(np.sum(f.men + f.killed + f.wounded + f.captured + f.missing - f.replaced))

    def watch(world: World) -> None:
        assert float(np.min(world.forces.men)) >= 0.0
        assert total(world) >= raised[0]  # grows by mobilisation only, and by men from the depots, who are counted
        raised[0] = total(world)

    raised[0] = float(np.sum(forces.men))
    engine.run(setup(), 3, watch=watch)
    assert raised[0] <= float(np.sum(forces.establishment_men)) * 1.001


def test_an_overlay_switches_the_soviet_entry_off() -> None:
    run = engine.run(setup("no_soviet_entry"), 3)
    assert run.world.operations["soviet_entry"].stage == "planned"
    soviet = run.world.forces.power == setup().atlas.power_number["SOV"]
    assert float(np.sum(run.world.forces.killed[soviet])) == 0.0


def test_luck_is_shared_until_the_variants_part() -> None:
    """Common random numbers: without the Soviet entry the first sixteen days are the same, entry by entry."""
    cut = dates.parse("1939-09-17")
    with_entry = [(e.hour, e.kind, e.data) for e in whole(3).journal if e.hour < cut and e.n]
    without = [
        (e.hour, e.kind, e.data) for e in engine.run(setup("no_soviet_entry"), 3).journal if e.hour < cut and e.n
    ]
    assert with_entry == without


def test_a_scripted_seat_changes_the_campaign() -> None:
    """Poland's seat can be given to a script that lets every question stand: no withdrawal is ever ordered."""
    seats = engine.automatic_seats(setup()) | {"POL": ScriptedSeat({})}
    run = engine.run(setup(), 3, seats=seats)
    assert not [
        e for e in run.journal.of_kind("decision") if e.data["power"] == "POL" and e.data["seat"] == "automatic"
    ]
    assert run.journal.head != whole(3).journal.head


def test_an_illegal_answer_is_refused_with_the_options() -> None:
    question = Question("q", "POL", "line_lost", "pol_x", ("pol_x stand",), 0)
    with pytest.raises(IllegalAnswerError, match="pol_x stand"):
        checked(question, Answer(("pol_x attack berlin",)))
