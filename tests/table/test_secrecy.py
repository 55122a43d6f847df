"""Secrecy: two worlds or games that differ only in what a seat does not know are the same to it, byte for byte."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Call
from wargame import acts, dates, engine, events
from wargame.journal import Entry
from wargame.load import scenarios
from wargame.load.scenarios import opening_world
from wargame.politics import Crisis, Economy, Kind, Memory, Policy, Standing, Talks, Treaty
from wargame.show.retell import Retelling
from wargame.table import redact
from wargame.table.game import Game
from wargame.table.picture import picture
from wargame.view import STRENGTH_STEP
from wargame.world import Due, OperationState, Status, World

SEATS = ("POL", "GER", "SOV", "FRA", "")
OTHER = {"POL": "SOV", "GER": "SOV", "SOV": "POL", "FRA": "GER", "": "GER"}
"""A power of which each seat knows least: not beside it in the war, and with secrets."""


NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # a position is big: a leak is told soon, if not minimal
POSITIONS = {"fall_weiss_1939": "1939-09-10", "crisis_1939_august": "1939-09-06"}
"""Nine days of war without politics; and politics, with the armies of a continent, a fortnight into a crisis."""


@functools.cache
def position(name: str = "fall_weiss_1939") -> tuple[Any, World, list[Entry]]:
    """A position, and the journal that led to it."""
    setup = scenarios.load(name)
    run = engine.Engine(setup, opening_world(setup, 3)).run(dates.parse(POSITIONS[name]))
    return setup, run.world, run.journal.entries


def outputs(setup: Any, world: World, entries: list[Entry], seat: str) -> bytes:
    """Everything a seat is given, as bytes."""
    seen = redact.seen(setup, world, seat).to_bytes()
    heard = redact.visible_entries(entries, seat, world, setup.atlas)
    return seen + "\n".join(e.line() for e in heard).encode()


# --- what is hidden, and how it may differ ---------------------------------------------------------------------------

Harm = Callable[[Any, World, str, np.random.Generator], None]


def hidden_rows(setup: Any, world: World, seat: str) -> np.ndarray:
    """Formations of which a seat knows nothing, and those of which it knows place and rounded strength only."""
    seen = redact.seen(setup, world, seat)
    foreign = np.ones(len(world.forces), dtype=bool)
    if seat in setup.atlas.power_number:
        friends = redact._friends(world, seat)
        foreign = ~np.isin(world.forces.power, [setup.atlas.power_number[p] for p in friends])
    return np.flatnonzero(foreign & (seen.forces.status == Status.PLANNED))


def strength(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    rows = hidden_rows(setup, world, seat)
    for name in ("men", "guns", "tanks", "aircraft", "killed", "captured"):
        column = getattr(world.forces, name)
        column[rows] = np.round(column[rows] * rng.random(len(rows)) * 2)


def condition(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    friends = [setup.atlas.power_number[p] for p in redact._friends(world, seat) if p in setup.atlas.power_number]
    rows = np.flatnonzero(~np.isin(world.forces.power, friends))
    for name in ("supply", "readiness", "fatigue", "entrenchment", "shaken_days", "cut_off_days", "progress_km"):
        getattr(world.forces, name)[rows] = rng.random(len(rows))
    for name in ("quality", "establishment_men", "ready_per_day"):
        setattr(world.forces, name, np.where(np.isin(world.forces.power, friends), getattr(world.forces, name), 0.123))
    world.forces.heading[rows] = rng.integers(0, len(setup.atlas), len(rows))
    world.forces.posture[rows] = rng.integers(0, 4, len(rows))
    world.forces.arrives[hidden_rows(setup, world, seat)] = world.hour + 7
    world.forces.parent = world.forces.parent.copy()
    world.forces.parent[rows] = -1


def a_few_men(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    """Known enemies: fewer men than the step in which they are counted."""
    friends = [setup.atlas.power_number[p] for p in redact._friends(world, seat) if p in setup.atlas.power_number]
    rows = np.flatnonzero(~np.isin(world.forces.power, friends) & (world.forces.men > 0))
    whole = np.floor(world.forces.men[rows] / STRENGTH_STEP + 0.5) * STRENGTH_STEP
    world.forces.men[rows] = whole + rng.integers(-400, 400, len(rows))


def places(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    """Unseen formations of powers not in the seat's wars stand elsewhere in their own land."""
    power = setup.atlas.power_number[OTHER[seat]]
    rows = np.intersect1d(hidden_rows(setup, world, seat), np.flatnonzero(world.forces.power == power))
    home = np.flatnonzero(world.controller == power)
    if seat in {"SOV", "FRA"}:  # at war with them, or about to be: only where nobody touches
        return
    world.forces.province[rows] = rng.choice(home, len(rows))


def luck(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    world.seed = int(rng.integers(1, 10**9))
    world.typed = {("engagement", "x", 1): float(rng.random())}
    world.due = {"ruling:x": Due("ruling:x", world.hour + int(rng.integers(1, 99)), 0, "", "ruling", "{}")}
    world.journal_length, world.journal_hash = int(rng.integers(1, 10**6)), "0" * 32
    world.engagements = {
        p: replace(e, luck_attacker=float(rng.random()), contact=9, entry=5) for p, e in world.engagements.items()
    }
    world.contacts = world.contacts + int(rng.integers(0, 9))
    for name in ("captured_entry", "decided_entry"):
        setattr(world, name, getattr(world, name) + int(rng.integers(0, 99)))
    for name in ("fought_attacker", "fought_defender", "occupied_days"):
        setattr(world, name, getattr(world, name) + float(rng.random()))
    world.quiet_since, world.repulsed = {"german_polish": int(rng.integers(1, 99))}, {"german_polish:0:lodz": 5}
    world.rail_busy = {"a>b": world.hour + int(rng.integers(0, 99))}


def orders(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    friends = redact._friends(world, seat)
    power_of = world.forces.command.power_of
    for hq, order in list(world.orders.items()):
        if setup.atlas.powers[power_of[world.forces.row(hq)]] not in friends:
            world.orders[hq] = replace(order, text=f"{hq} stand", step=int(rng.integers(0, 9)))
    mine = {p.operation.id for p in setup.plans if p.operation and p.operation.power == seat}
    world.operations = {
        k: o if k in mine else OperationState(k, "running", int(rng.integers(1, 99)))
        for k, o in world.operations.items()
    }
    other = OTHER[seat]
    world.flags |= {f"evade:{other}:X": 1, f"general_withdrawal:{other}": 2, f"mobilised:{other}": 3, "ruled:r1": 7}
    world.blow_men, world.blow_entry = {other: int(rng.integers(1, 99))}, {other: 1}
    world.sunk, world.warships_sunk = {other: float(rng.random())}, {other: float(rng.random())}


def politics(setup: Any, world: World, seat: str, rng: np.random.Generator) -> None:
    other, third, p = OTHER[seat], "ITA", world.polity
    x = float(rng.random())
    p.governments = {
        k: g if k == seat else replace(g, policy=Policy(risk=x), grip=x, paralysis=x) for k, g in p.governments.items()
    }
    p.economies = {
        k: e if k == seat else replace(e, military_share=x, tanks=99 * x, strain=x) for k, e in p.economies.items()
    }
    p.economies[other] = p.economies.get(other, Economy(other, 1939, 100.0, 50.0, 5.0, x))
    p.treaties["secret"] = Treaty("secret", Kind.CONVENTION, (other, third), honour=x)
    p.talks["secret"] = Talks("secret", (other, third), int(rng.integers(0, 9)))
    p.crises["secret"] = Crisis("secret", "ordered", probability=x)
    p.standing[other] = Standing(x, x, x)
    p.alarm = {f"{other}>{third}": Memory(x, 5)}
    p.esteem, p.interests = {f"{other}>{third}": x}, p.interests | {f"{other}>{third}": x}
    p.signals, p.parted = {f"{other}>{third}": Memory(x, 5)}, {other: int(rng.integers(1, 99))}


HARMS = (strength, condition, a_few_men, places, luck, orders, politics)


def same_base(setup: Any, world: World, seat: str) -> World:
    """The world with those things of other powers present that may differ."""
    twin = world.copy()
    for harm in HARMS:
        harm(setup, twin, seat, np.random.default_rng(1))
    return twin


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=NO_SHRINKING)
@given(
    st.sampled_from(sorted(POSITIONS)), st.sampled_from(SEATS), st.sets(st.sampled_from(HARMS), min_size=1),
    st.integers(2, 2**32),
)  # fmt: skip
def test_the_world_of_a_seat_does_not_depend_on_what_is_hidden(
    name: str, seat: str, harms: set[Harm], seed: int
) -> None:
    setup, world, entries = position(name)
    first = same_base(setup, world, seat)
    second = first.copy()
    for harm in sorted(harms, key=lambda h: h.__name__):
        harm(setup, second, seat, np.random.default_rng(seed))
    assume(first.to_bytes() != second.to_bytes())
    assert outputs(setup, first, entries, seat) == outputs(setup, second, entries, seat)


def test_the_test_would_see_a_leak() -> None:
    setup, world, entries = position()
    twin = world.copy()
    row = int(np.flatnonzero(world.forces.power == setup.atlas.power_number["POL"])[0])
    twin.forces.men[row] += 1
    assert outputs(setup, world, entries, "POL") != outputs(setup, twin, entries, "POL")
    assert outputs(setup, world, entries, "POL") != outputs(setup, world, entries, "GER")


# --- what happened ---------------------------------------------------------------------------------------------------


def secrets(other: str, third: str) -> list[events.Event]:
    """Things that happen to other powers and that nobody else hears of."""
    return [
        events.Decision(power=other, seat="table", question="order", answer=("x attack y",), reasons=("0.37",)),
        events.OrderIssued(power=other, order="x stand"),
        events.FlagRaised(flag=f"evade:{other}:X"),
        acts.OutlookMoved(power=other, table="alarm", others=(third,), values=(0.4,), why=""),
        acts.ReputationMoved(power=other, backdowns=1.0, stands=0.0, aggressions=0.0, why=""),
        acts.EconomyAdvanced(power=other, means=(0.0,) * len(acts.MEANS)),
        acts.Mobilised(power=other, wave=9, covert=True, formations=40),
        acts.TalksHeld(talks="secret", parties=(other, third), round=1, result="opened", reasons=("0.2",)),
        acts.TreatySigned(treaty="secret", form="convention", parties=(other, third)),
        acts.CrisisMoved(operation="secret", power=other, target=third, stage="ordered"),
        acts.RulingMade(ruling="r1", how="replace", about="x", rule="y", decided="z", reason="w", by="umpire"),
        acts.DieTyped(purpose="engagement", subject="x", ordinal=1, value=0.3),
        acts.FormationsWorn(
            power=other, formations=("x",), killed=(1.0,), wounded=(1.0,), captured=(0.0,), guns=(0.0,), tanks=(0.0,)
        ),
        events.OperationEnded(operation="secret", outcome="deterred", reasons=("0.9",)),
    ]  # fmt: skip


def with_secrets(entries: list[Entry], told: list[tuple[int, events.Event]]) -> list[Entry]:
    """The journal with more entries in it (before the entry of this place), all numbered anew."""
    made, numbers = [], {}
    extra = sorted(told, key=lambda t: t[0])
    for e in entries:
        while extra and extra[0][0] <= e.n:
            event = extra.pop(0)[1]
            made.append(Entry(len(made), e.hour, event.kind, event.data(), 0, "x"))
        numbers[e.n] = len(made)
        made.append(replace(e, n=len(made), because=numbers.get(e.because, 0), hash="y"))
    return made


@settings(max_examples=30, deadline=None, phases=NO_SHRINKING)
@given(st.sampled_from(sorted(POSITIONS)), st.sampled_from(SEATS), st.data())
def test_what_a_seat_hears_does_not_depend_on_what_happens_in_secret(name: str, seat: str, data: st.DataObject) -> None:
    setup, world, entries = position(name)
    kinds = secrets(OTHER[seat], "ITA")
    at = st.tuples(st.integers(1, len(entries) - 1), st.sampled_from(kinds))
    more = with_secrets(entries, data.draw(st.lists(at, min_size=1, max_size=20)))
    assert len(more) > len(entries)
    assert outputs(setup, world, entries, seat) == outputs(setup, world, more, seat)


@pytest.mark.parametrize("name", POSITIONS)
@pytest.mark.parametrize("seat", SEATS)
def test_a_seat_hears_no_number_hash_or_die_of_the_journal(seat: str, name: str) -> None:
    setup, world, entries = position(name)
    heard = redact.visible_entries(entries, seat, world, setup.atlas)
    assert [e.n for e in heard] == list(range(1, len(heard) + 1))
    assert all(e.hash == "" and e.because < e.n for e in heard)
    for e in heard:
        for luck in ("luck_attacker", "luck_defender", "advantage"):
            assert e.data.get(luck, 0) == 0
        assert not e.data.get("reasons")
    assert not {"header", "day", "flag_raised", "reputation_moved", "outlook_moved"} & {e.kind for e in heard}


@pytest.mark.parametrize("name", POSITIONS)
@pytest.mark.parametrize("seat", SEATS)
def test_everything_a_seat_hears_can_be_told_in_words(seat: str, name: str) -> None:
    setup, world, entries = position(name)
    tell = Retelling(setup)
    for e in redact.visible_entries(entries, seat, world, setup.atlas):
        assert len(tell.describe(e)) > 10
        assert "-1" not in tell.describe(e)


def test_every_kind_of_event_is_either_told_or_hidden_on_purpose() -> None:
    hidden = {
        *("flag_raised", "reputation_moved", "outlook_moved"),  # inside a government's head
        *("ruling_made", "die_typed"),  # the umpire's
    }
    assert set(events.Event.registry) - set(redact._TOLD) == hidden, "say in redact who hears of it, or hide it here"


# --- whole games -----------------------------------------------------------------------------------------------------


def shown(game: Game, seat: str) -> str:
    """Everything the game gives a seat, as text."""
    return json.dumps([game.status(seat), picture(game, seat), game.view(seat).to_bytes().hex()], sort_keys=True)


def test_a_seat_sees_nothing_of_what_others_hand_in_and_the_umpire_does(game: Game, tmp_path: Path) -> None:
    game.commit()
    before = {seat: shown(game, seat) for seat in ("BLU", "observer")}
    game.submit("RED", "red_1_army attack p03, p04\nnonsense of the first order")
    game.message("RED", ["GRN"], "between us", way="hand") if "GRN" in game.state.seats else None
    game.rfi("RED", "what stands at p03?")
    game.answer(1, "two divisions")
    game.inject("you are watched", to=["RED"])
    game.inject("later", to=["ALL"], at=game.state.hour + 48)
    game.inject("", when=["at_war RED BLU"], effects=["supply BLU 10%"])
    game.note("RED is nervous")
    game.seat_person("Anna", "RED")
    game.set_seat("RED", "automatic")
    game.set_style("battle", "free")
    assert {seat: shown(game, seat) for seat in before} == before


def test_undo_and_a_fork_show_nothing_of_what_was(game: Game, tmp_path: Path) -> None:
    game.commit()
    before = shown(game, "BLU")
    game.commit()
    game.undo()
    assert shown(game, "BLU") == before
    with game.fork(tmp_path / "fork.game") as twin:
        assert shown(twin, "BLU") == before


def test_a_message_that_is_lost_or_read_by_others_looks_like_any_other_to_its_sender(game: Game) -> None:
    sent = game.message("RED", ["BLU"], "hold", way="cable")
    before = shown(game, "RED")
    for changes in ({"lost": True}, {"held": True}, {"readers": ("SVK",)}, {"arrives": 10**6}, {"text": "fold"}):
        game.change_message(sent["number"], **changes)
        assert shown(game, "RED") == before
    assert game.mail("BLU").received == []


def test_the_command_line_shows_a_seat_the_same_bytes(game: Game, call: Call) -> None:
    game.commit()
    words = [("view", "--json"), ("view",), ("status", "--json"), ("status",)]
    before = [call("game", w[0], game.path, "--as", "BLU", *w[1:]) for w in words]
    game.rfi("RED", "what stands at p03?")
    game.note("hm")
    game.inject("you are watched", to=["RED"])
    assert [call("game", w[0], game.path, "--as", "BLU", *w[1:]) for w in words] == before
    assert all(b.code == 0 and str(game.path) not in b.out for b in before)
