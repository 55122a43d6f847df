"""Secrecy of the console: two games that differ only in what a seat does not know answer all its calls alike."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.table.test_console import HOST, Client
from tests.table.test_secrecy import HARMS, NO_SHRINKING, Harm, position, same_base
from wargame.table.game import Game
from wargame.table.web.app import create
from wargame.world import World

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LOOKS = ("/api/desk", "/api/position", "/api/briefing", "/api/report", "/api/newspaper", "/api/forms", "/api/door")
ORDERS = (
    "ger_x_armeekorps attack lodz\npol_armia_lodz attack breslau\npol_armia_lodz defend lodz\n"
    "fra_armee attack saarbruecken\nsov_front attack wilno\nmobilise\nhalt weiss\ndeclare war on SOV\nnonsense"
)
CALLS = (
    ("/api/check", {"text": ORDERS}),
    ("/api/orders", {"text": ORDERS, "replace": True}),
    ("/api/withdraw", {"lines": ["declare war on LIT"]}),
    ("/api/message", {"to": ["FRA", "XXX"], "text": "hm"}),
    ("/api/rfi", {"text": ""}),
)


def answers(world: World, seat: str) -> list[tuple[str, int, bytes]]:
    """What the console answers a seat of a new game if the world is as given: path, status, bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weiss.game"
        with Game.create(path, "fall_weiss_1939", seats=["POL", "GER"], seed=3, clock=lambda: NOON) as game:
            game._worlds[game.state.head] = world
            client = Client(create(game, [HOST])).enter(seat, game.new_code(seat))
            looked = [(path, client.get(path)) for path in LOOKS]
            done = [(path, client.post(path, **body)) for path, body in CALLS]
            again = [(path, client.get(path)) for path in LOOKS]
            return [(path, a.status_code, a.content) for path, a in (*looked, *done, *again)]


@settings(max_examples=6, deadline=None, phases=NO_SHRINKING)
@given(st.sampled_from(["POL", "GER"]), st.sets(st.sampled_from(HARMS), min_size=1), st.integers(2, 2**32))
def test_no_call_of_a_seat_depends_on_what_is_hidden_from_it(seat: str, harms: set[Harm], seed: int) -> None:
    setup, world, _ = position("fall_weiss_1939")
    first = same_base(setup, world, seat)
    second = first.copy()
    for harm in sorted(harms, key=lambda h: h.__name__):
        harm(setup, second, seat, np.random.default_rng(seed))
    assume(first.to_bytes() != second.to_bytes())
    one, two = answers(first, seat), answers(second, seat)
    assert [path for (path, *a), (_, *b) in zip(one, two, strict=True) if a != b] == []


def test_the_test_would_see_a_leak() -> None:
    setup, world, _ = position("fall_weiss_1939")
    twin = world.copy()
    twin.forces.men[int(np.flatnonzero(world.forces.power == setup.atlas.power_number["POL"])[0])] += 1000
    assert answers(world, "POL") == answers(world, "POL")
    assert answers(world, "POL") != answers(twin, "POL")
