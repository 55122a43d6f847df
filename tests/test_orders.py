"""Orders and their one written form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wargame.orders import Order, Verb

SLUG = st.from_regex(r"[a-z0-9][a-z0-9_]{0,12}", fullmatch=True)
ORDERS = st.builds(Order, SLUG, st.sampled_from(Verb), st.lists(SLUG, min_size=1, max_size=5).map(tuple))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("ger_x_korps attack lodz, warszawa", Order("ger_x_korps", Verb.ATTACK, ("lodz", "warszawa"))),
        ("pol_armia_lodz defend sieradz, wielun", Order("pol_armia_lodz", Verb.DEFEND, ("sieradz", "wielun"))),
        ("pol_armia_krakow withdraw tarnow", Order("pol_armia_krakow", Verb.WITHDRAW, ("tarnow",))),
        ("pol_armia_modlin stand", Order("pol_armia_modlin", Verb.STAND)),
    ],
)
def test_the_written_form_is_read_and_written(text: str, order: Order) -> None:
    assert Order.parse(text) == order
    assert str(order) == repr(order) == text


def test_commas_and_spaces_are_free() -> None:
    assert Order.parse("  a   attack  x,y ,  z ") == Order("a", Verb.ATTACK, ("x", "y", "z"))


@given(ORDERS)
def test_what_is_written_reads_back(order: Order) -> None:
    assert Order.parse(str(order)) == order


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write HEADQUARTERS VERB PROVINCE"),
        ("ger_x_korps", "write HEADQUARTERS VERB PROVINCE"),
        ("ger_x_korps charge lodz", "'charge' is none of attack, defend, withdraw, breakout, move, stand"),
        ("ger_x_korps Attack lodz", "'Attack' is none of"),
        ("ger_x_korps attack", "'attack' needs at least one province"),
        ("ger_x_korps move ,", "'move' needs at least one province"),
    ],
)
def test_unreadable_orders_say_which_part_is_unreadable(text: str, why: str) -> None:
    with pytest.raises(ValueError, match="unreadable order") as caught:
        Order.parse(text)
    assert why in str(caught.value)
    assert f"'{text}'" in str(caught.value)


def test_every_verb_but_stand_needs_a_province() -> None:
    for verb in Verb:
        if verb is Verb.STAND:
            assert Order.parse(f"hq {verb}") == Order("hq", verb)
        else:
            with pytest.raises(ValueError, match="needs at least one province"):
                Order.parse(f"hq {verb}")
