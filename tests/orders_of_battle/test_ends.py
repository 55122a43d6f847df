"""Which formations end by their army's programme in play, and which only history saw beaten."""

from __future__ import annotations

from functools import cache

import pytest

from wargame import dates
from wargame.load import scenarios


@cache
def ends() -> dict[str, str]:
    """The day on which each formation of a run from 1936 ends by programme."""
    return {name: dates.iso(hour)[:10] for hour, name in scenarios.load("history_1936").armies.disbanded}


@pytest.mark.parametrize("power", ["aut", "alb", "cze", "pol", "nor", "gre", "yug", "est", "lat", "lit"])
def test_an_army_that_history_saw_beaten_is_beaten_in_play_or_not_at_all(power: str) -> None:
    setup = scenarios.load("history_1936")
    army = [name for name in setup.forces.ids if name.startswith(f"{power}_")]
    assert army
    assert sum(name in ends() for name in army) <= 0.1 * len(army)


@pytest.mark.parametrize(("name", "day"), [
    ("ger_ldw_div_1938_1", "1938-10-31"),  # of the crisis only; other divisions take their place in 1939
    ("svk_2_divizia_skultety", "1939-10-07"),  # the field army of September gives way to that of peace
])  # fmt: skip
def test_what_history_replaced_ends_with_it(name: str, day: str) -> None:
    assert ends()[name] == day
