"""The state: saved and read back whole, copied so that nothing is shared, the same bytes for the same state."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.toy import GRN, MIDDLE, PROVINCES, WEST, ints, toy_forces, toy_world
from wargame import world as model
from wargame.politics import Crisis, Government, Kind, Memory, Policy, Polity, Treaty
from wargame.world import (
    FIXED_COLUMNS,
    KINDS,
    STATE_COLUMNS,
    Due,
    Engagement,
    Forces,
    OperationState,
    Power,
    StandingOrder,
    Status,
    War,
    World,
)

HOURS = st.integers(-(2**40), 2**40)
NUMBERS = st.floats(allow_nan=False)
WORDS = st.text(max_size=12)
CODES = st.sampled_from(["GER", "POL", "SOV", "FRA"])
COALITIONS = st.lists(CODES, max_size=3).map(tuple)


def full_world() -> World:
    """A toy world with something in every table."""
    return toy_world(
        powers={"RED": Power("RED", "cabinet", "at_war", 3), "BLU": Power("BLU")},
        wars={"w": War("w", ("RED",), ("BLU", "GRN"), 10, 1)},
        operations={"white": OperationState("white", "running", 10, entry=2)},
        orders={"red_corps": StandingOrder("red_corps attack middle", 10, 4, step=1)},
        engagements={MIDDLE: Engagement(MIDDLE, 0, 2, 11, 0.1, -0.3, 5)},
        repulsed={"0:middle": 400},
        rail_busy={"middle-west": 40},
        air_superiority={"first": 0.1 + 0.2},
        weather=("rain",),
        pockets={WEST: 9},
        flags={"evade:BLU:RED": 8},
        due={"front": Due("front", 30, 2, "RED", "front", "w")},
        typed={("engagement.wins", "middle", 1024): 0.25},
        journal_length=12,
        journal_hash="ab" * 16,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A toy world whose every changing column and table holds something arbitrary."""
    values: dict[str, Any] = {}
    for f in fields(World):
        if f.type == "Ints":
            values[f.name] = draw(hnp.arrays(np.int64, len(PROVINCES)))
        elif f.type == "Floats":
            values[f.name] = draw(hnp.arrays(np.float64, len(PROVINCES)))
    forces = toy_forces()
    for f in fields(Forces):
        if f.name in STATE_COLUMNS:
            setattr(forces, f.name, draw(hnp.arrays(getattr(forces, f.name).dtype, len(forces))))
    tables = {
        "powers": st.dictionaries(CODES, st.builds(Power, CODES, WORDS, WORDS, HOURS)),
        "wars": st.dictionaries(WORDS, st.builds(War, WORDS, COALITIONS, COALITIONS, HOURS, HOURS), max_size=2),
        "operations": st.dictionaries(WORDS, st.builds(OperationState, WORDS, WORDS, HOURS), max_size=2),
        "orders": st.dictionaries(WORDS, st.builds(StandingOrder, WORDS, HOURS, HOURS, HOURS), max_size=3),
        "engagements": st.dictionaries(
            st.integers(0, 2), st.builds(Engagement, st.integers(0, 2), HOURS, HOURS, HOURS, NUMBERS, NUMBERS, HOURS)
        ),
        "repulsed": st.dictionaries(WORDS, HOURS, max_size=3),
        "pockets": st.dictionaries(st.integers(0, 2), HOURS),
        "pocket_war": st.dictionaries(st.integers(0, 2), WORDS),
        "quiet_since": st.dictionaries(WORDS, HOURS, max_size=2),
        "looked": st.dictionaries(WORDS, HOURS, max_size=2),
        "air_superiority": st.dictionaries(WORDS, NUMBERS, max_size=2),
        "flags": st.dictionaries(WORDS, HOURS, max_size=3),
        "rail_busy": st.dictionaries(WORDS, HOURS, max_size=3),
        "typed": st.dictionaries(st.tuples(WORDS, WORDS, HOURS), NUMBERS, max_size=2),
        "due": st.dictionaries(WORDS, st.builds(Due, WORDS, HOURS, HOURS, WORDS, WORDS, WORDS), max_size=3),
    }
    values |= {name: draw(table) for name, table in tables.items()}
    values |= {"weather": draw(st.lists(WORDS, max_size=2).map(tuple))}
    return toy_world(hour=draw(HOURS), seed=draw(HOURS), forces=forces, **values)


def same(a: Any, b: Any) -> bool:
    """Equal in type and to the bit, arrays included."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if is_dataclass(a) and not a.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return type(a) is type(b) and bool(a == b)


@given(worlds())
@settings(max_examples=40)
def test_a_saved_state_reads_back_whole_to_the_bit(world: World) -> None:
    assert same(World.from_bytes(world.to_bytes()), world)


@given(worlds())
@settings(max_examples=40)
def test_saving_twice_gives_the_same_bytes(world: World) -> None:
    assert world.to_bytes() == world.to_bytes() == World.from_bytes(world.to_bytes()).to_bytes()


@given(worlds())
@settings(max_examples=40)
def test_a_copy_is_the_same_state(world: World) -> None:
    assert same(world.copy(), world)


def test_every_table_survives_with_its_types() -> None:
    world = full_world()
    back = World.from_bytes(world.to_bytes())
    assert same(back, world)
    assert back.wars["w"] == War("w", ("RED",), ("BLU", "GRN"), 10, 1)
    assert list(back.engagements) == [MIDDLE]
    assert back.weather == ("rain",)


def test_tables_keep_their_order() -> None:
    world = toy_world(flags={"b": 2, "a": 1})
    assert list(World.from_bytes(world.to_bytes()).flags) == ["b", "a"]


@pytest.mark.parametrize("read_back", [False, True], ids=["copy", "save and load"])
def test_what_happens_to_a_copy_never_shows_in_the_original(read_back: bool) -> None:
    world = full_world()
    before = world.to_bytes()
    other = World.from_bytes(before) if read_back else world.copy()
    for holder in (other, other.forces):
        for f in fields(holder):
            value = getattr(holder, f.name)
            if isinstance(value, np.ndarray):
                value += 1
            elif isinstance(value, dict):
                value.clear()
    other.hour += 1
    assert world.to_bytes() == before
    assert other.to_bytes() != before


@pytest.mark.parametrize("name", [f.name for f in fields(World) if f.name != "forces"])
def test_every_field_of_the_state_is_saved(name: str) -> None:
    """A field someone adds and forgets to save would be lost on resume."""
    world = full_world()
    value = getattr(world, name)
    if isinstance(value, np.ndarray):
        changed: Any = value + 1
    elif isinstance(value, dict | tuple):
        changed = type(value)()
    elif isinstance(value, str):
        changed = value + "x"
    elif isinstance(value, Polity):
        changed = value.copy()
        changed.treaties["pact"] = Treaty("pact", Kind.DEFENCE, ("RED", "GRN"), first="RED", began=3)
        changed.governments["RED"] = Government("RED", "monarchy", "King", policy=Policy(risk=0.5))
        changed.crises["white"] = Crisis("white", "ordered", 1936, 1, 0.4, (("GRN", 0.3),), 40, 7)
        changed.alarm["GRN>RED"] = Memory(0.25, 5)
    else:
        changed = value + 1
    setattr(world, name, changed)
    assert same(getattr(World.from_bytes(world.to_bytes()), name), changed)


@pytest.mark.parametrize("name", FIXED_COLUMNS + STATE_COLUMNS)
def test_every_column_of_the_forces_is_saved(name: str) -> None:
    world = full_world()
    column = getattr(world.forces, name)
    changed = column + 1 if isinstance(column, np.ndarray) else tuple(f"{c} II" for c in column)
    setattr(world.forces, name, changed)
    assert same(getattr(World.from_bytes(world.to_bytes()).forces, name), changed)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a state", np.arange(3).tobytes(), b"\x93NUMPY"])
def test_other_bytes_are_no_state(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        World.from_bytes(data)


def test_a_state_cut_short_is_refused() -> None:
    data = full_world().to_bytes()
    for length in range(0, len(data), 997):
        with pytest.raises(ValueError, match=r"."):
            World.from_bytes(data[:length])


@given(st.data())
def test_a_damaged_state_is_refused_or_reads_as_what_was_saved(data: st.DataObject) -> None:
    """A zip holds a few bytes that say nothing (times, padding); a change anywhere else must be found."""
    saved = full_world().to_bytes()
    place = data.draw(st.one_of(st.integers(0, len(saved) - 1), st.integers(len(saved) - 4000, len(saved) - 1)))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != saved[place]))
    damaged = saved[:place] + bytes([byte]) + saved[place + 1 :]
    try:
        back = World.from_bytes(damaged)
    except ValueError:
        return
    assert same(back, full_world())


def test_what_copies_share_cannot_change() -> None:
    """Copies share what the tables hold; so that must be frozen."""
    world = full_world()
    tables = [value for f in fields(World) if isinstance(value := getattr(world, f.name), dict)]
    assert len(tables) == len([f for f in fields(World) if f.type.startswith("dict")])
    for value in (value for table in tables for value in table.values()):
        assert isinstance(value, int | float | str) or value.__dataclass_params__.frozen
        hash(value)  # a frozen thing that holds a list has none


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = "from tests.test_world import *; import hashlib; print(hashlib.sha256(full_world().to_bytes()).hexdigest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1


def test_the_vocabulary_of_kinds_and_status_is_in_order() -> None:
    assert model.HEADQUARTERS == ("army_group", "army", "group", "corps")
    assert len(set(KINDS)) == len(KINDS)
    assert Status.NAMES[Status.SURRENDERED] == "surrendered"
    assert Status.NAMES[Status.DISBANDED] == "disbanded"


def test_rows_chains_and_subordinates_of_forces() -> None:
    forces = toy_forces()
    assert forces.row("red_2_div") == 3
    assert forces.under("red_corps").tolist() == [1, 2, 3]
    assert forces.under("blu_1_div").tolist() == [0]
    assert forces.chain(3) == [3, 1]
    with pytest.raises(KeyError):
        forces.row("red_9_div")


def test_a_copied_world_has_forces_of_its_own() -> None:
    world = toy_world()
    other = world.copy()
    other.forces.men[0] = 0.0
    other.owner[:] = ints(GRN, GRN, GRN)
    assert world.forces.men[0] == 10_000.0
    assert GRN not in world.owner
