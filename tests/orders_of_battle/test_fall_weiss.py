"""Poland on the first day of September 1939: in the midst of its mobilisation."""

from __future__ import annotations

from tests.orders_of_battle.shipped import on


def test_poland_is_still_mobilising_on_the_first_day() -> None:
    divisions = [s for s in on("1939-09-01", "pol") if s.id.endswith("_dp") and float(s.now["divisions"]) == 1.0]
    assert len(divisions) == 39
    ready = [s for s in divisions if s.readiness >= 0.9 and not s.row["arrives"]]
    assert 0.5 <= len(ready) / len(divisions) <= 0.7  # half to two thirds were ready


def test_german_divisions_of_the_first_wave_are_better_than_polish_reserves() -> None:
    german = on("1939-09-01", "ger").standing["ger_11_infanterie_div"].quality
    polish = on("1939-09-01", "pol").standing
    assert german > polish["pol_10_dp"].quality > polish["pol_44_dp"].quality
