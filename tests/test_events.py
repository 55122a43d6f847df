"""What happened: each event's one written form."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wargame.events import (
    Event,
    FlagRaised,
    WarDeclared,
    WarJoined,
)
from wargame.fold import event_from

TEXT = st.text(max_size=20)
STRATEGIES = {
    "str": TEXT,
    "int": st.integers(-(2**53), 2**53),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "Ids": st.lists(TEXT, max_size=4).map(tuple),
    "Numbers": st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=4).map(tuple),
    "tuple[int, ...]": st.lists(st.integers(0, 2**31), max_size=4).map(tuple),
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any registered event with arbitrary contents."""
    cls = Event.registry[draw(st.sampled_from(sorted(Event.registry)))]
    return cls(**{f.name: draw(STRATEGIES[str(f.type)]) for f in fields(cls)})


@given(events())
def test_an_event_reads_back_from_its_journal_entry(event: Event) -> None:
    plain = json.loads(json.dumps(event.data()))
    assert event_from(event.kind, plain, event.because) == event


def test_kinds_are_class_names_in_snake_case() -> None:
    assert Event.registry["war_declared"] is WarDeclared
    assert WarDeclared(war="w", attackers=("RED",), defenders=("BLU",)).kind == "war_declared"


def test_data_has_the_event_s_own_fields_and_not_its_cause() -> None:
    event = WarJoined(war="w", power="GRN", on="defenders", because=7)
    assert event.data() == {"war": "w", "power": "GRN", "on": "defenders"}


def test_an_unknown_kind_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="martians_landed"):
        event_from("martians_landed", {}, 0)


def test_events_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FlagRaised(flag="x").flag = "y"  # type: ignore[misc]
