"""The clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wargame import dates

HOURS = st.integers(dates.parse("1900-01-01"), dates.parse("2100-12-31T23"))


def test_the_clock_starts_at_midnight_of_1_january_1924() -> None:
    assert dates.parse("1924-01-01") == 0
    assert dates.parse("1924-01-02") == 24
    assert dates.parse("1923-12-31T23") == -1


@pytest.mark.parametrize(
    ("written", "hour"),  # 15 years of 365 days, 4 leap days and 243 days are 5,722 days
    [
        ("1939-09-01", 137_328),
        ("1939-09-01T04", 137_332),
        ("1939-09-01T04:45", 137_332),
        ("1939-08-25T19:30", 137_328 - 7 * 24 + 19),
        (date(1939, 9, 1), 137_328),
        (datetime(1939, 9, 1, 4, 45), 137_332),
    ],
)
def test_written_dates_and_instants_are_read(written: str | date, hour: int) -> None:
    assert dates.parse(written) == hour


@pytest.mark.parametrize("text", ["", "soon", "1939-13-01", "1939-02-29", "1. September 1939", "1939", "1939-09-01T25"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.parse(text)


@pytest.mark.parametrize("text", ["1899-12-31", "2101-01-01"])
def test_dates_far_from_the_period_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside 1900-2100"):
        dates.parse(text)


@pytest.mark.parametrize("moment", ["1939-09-01T04:00:00Z", "1939-09-01T04+01:00", datetime(1939, 9, 1, tzinfo=UTC)])
def test_times_with_a_zone_are_refused(moment: str | datetime) -> None:
    with pytest.raises(ValueError, match="write local time without one"):
        dates.parse(moment)


@given(HOURS)
def test_an_instant_reads_back_as_the_same_hour(hour: int) -> None:
    assert dates.parse(dates.instant(hour)) == hour
    assert dates.parse(dates.to_datetime(hour)) == hour


@given(HOURS)
def test_a_date_reads_back_as_midnight_of_its_day(hour: int) -> None:
    midnight = dates.parse(dates.iso(hour))
    assert midnight == hour - hour % dates.DAY
    assert dates.day_number(hour) * dates.DAY == midnight
    assert dates.month(hour) == dates.month(midnight)


@given(HOURS, HOURS)
def test_instants_sort_like_hours(a: int, b: int) -> None:
    assert (dates.instant(a) < dates.instant(b)) == (a < b)


def test_spoken_dates_read_like_a_diary() -> None:
    hour = dates.parse("1939-09-01T04")
    assert dates.spoken(hour) == "1 September"
    assert dates.spoken(hour, year=True) == "1 September 1939"
    assert dates.month(hour) == 9
