"""Two ways that must agree: the engine's world and the world that the journal alone gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wargame import dates, engine, journal
from wargame.errors import UsageError
from wargame.load import scenarios
from wargame.replay import days, replay
from wargame.scenario import Setup
from wargame.world import World

SEED = 7


@pytest.fixture(scope="module")
def setup() -> Setup:
    return scenarios.load("fall_weiss_1939")


@pytest.fixture(scope="module")
def played(setup: Setup) -> tuple[engine.Run, dict[int, World]]:
    """A whole run, and a copy of its world after every instant."""
    seen: dict[int, World] = {}

    def watch(world: World) -> None:
        seen[world.hour] = world.copy()

    return engine.run(setup, SEED, level="full", watch=watch), seen


def differences(one: World, other: World) -> list[str]:
    """Names of the fields in which two worlds differ.

    No journal tells what is pending (``due``), which front is looked at when (``looked``, ``quiet_since``), nor that a
    last ``hour`` passed without an entry.
    """
    left_out = {"due", "forces", "hour", "looked", "quiet_since"}
    found = [f.name for f in fields(World) if f.name not in left_out and differ(one, other, f.name)]
    return found + [f.name for f in fields(one.forces) if differ(one.forces, other.forces, f.name)]


def differ(one: Any, other: Any, name: str) -> bool:
    a, b = getattr(one, name), getattr(other, name)
    return not np.array_equal(a, b) if isinstance(a, np.ndarray) else a != b


def test_the_journal_gives_the_world_of_every_instant(setup: Setup, played: Any) -> None:
    run, seen = played
    wrong = {dates.instant(h): differences(replay(run.journal, setup, h + 1), w) for h, w in sampled(seen)}
    assert {at: names for at, names in wrong.items() if names} == {}


def sampled(seen: dict[int, World]) -> Iterator[tuple[int, World]]:
    """All instants of the first three days, every day's end, and the last."""
    hours = sorted(seen)
    for i, hour in enumerate(hours):
        last_of_day = i + 1 == len(hours) or dates.day_number(hours[i + 1]) > dates.day_number(hour)
        if i < 10 or last_of_day:
            yield hour, seen[hour]


def test_a_journal_read_from_disk_gives_the_same_end(setup: Setup, played: Any, tmp_path: Path) -> None:
    run, _ = played
    (tmp_path / "journal.jsonl").write_text("".join(run.journal.lines()), encoding="utf-8")
    (tmp_path / "days.npz").write_bytes(run.journal.companion())
    read = journal.read(tmp_path / "journal.jsonl", tmp_path / "days.npz")
    assert differences(replay(read, setup), run.world) == []


def test_days_come_one_by_one_to_the_end(setup: Setup, played: Any) -> None:
    run, _ = played
    hours = [w.hour for w in days(run.journal, setup)]
    assert [dates.day_number(h) for h in hours] == sorted({dates.day_number(e.hour) for e in run.journal})
    assert hours[-1] == run.journal.entries[-1].hour


def test_without_the_daily_columns_control_and_politics_are_still_exact(setup: Setup) -> None:
    run = engine.run(setup, SEED, level="events")
    again = replay(run.journal, setup)
    exact = (
        "controller",
        "captured_entry",
        "orders",
        "engagements",
        "pockets",
        "flags",
        "wars",
        "powers",
        "operations",
    )
    assert [name for name in exact if differ(again, run.world, name)] == []


def test_a_verdict_is_too_little_to_replay(setup: Setup) -> None:
    run = engine.run(setup, SEED, level="verdict")
    with pytest.raises(UsageError, match="--level full"):
        replay(run.journal, setup)


def test_an_entry_about_an_unknown_formation_is_named(setup: Setup, played: Any) -> None:
    run, _ = played
    entry = next(e for e in run.journal if e.kind == "formation_ready")
    entry.data["formation"], kept = "ger_99_division", entry.data["formation"]
    try:
        with pytest.raises(UsageError, match=f"entry {entry.n} .*ger_99_division"):
            replay(run.journal, setup)
    finally:
        entry.data["formation"] = kept
