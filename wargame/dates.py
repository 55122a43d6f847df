"""The clock: whole hours since midnight of 1 January 1924.

An *hour* is an ``int``; an *ISO instant* is ``1939-09-01`` or ``1939-09-01T04``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

EPOCH = datetime(1924, 1, 1)
DAY = 24
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def parse(text: str | date) -> int:
    """Hour of an ISO date or instant (``1939-09-01``, ``1939-09-01T04``); ``ValueError`` if it is neither.

    Minutes are dropped. All times are local to the scene; one with a time zone is refused.
    """
    if isinstance(text, datetime):
        moment = text
    elif isinstance(text, date):
        moment = datetime(text.year, text.month, text.day)
    else:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError(f"{text} has a time zone; write local time without one")
    if moment.year < 1900 or moment.year > 2100:
        raise ValueError(f"{text} lies outside 1900-2100")
    return int((moment - EPOCH).total_seconds() // 3600)


def to_datetime(hour: int) -> datetime:
    """The calendar instant of an hour."""
    return EPOCH + timedelta(hours=int(hour))


def iso(hour: int) -> str:
    """ISO date of an hour, e.g. ``1939-09-01``."""
    return to_datetime(hour).date().isoformat()


def instant(hour: int) -> str:
    """ISO instant of an hour, e.g. ``1939-09-01T04``; what `parse` reads back."""
    return to_datetime(hour).strftime("%Y-%m-%dT%H")


def spoken(hour: int, *, year: bool = False) -> str:
    """Date as a diary writes it, e.g. ``1 September`` or ``1 September 1939``."""
    moment = to_datetime(hour)
    text = f"{moment.day} {MONTHS[moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def month(hour: int) -> int:
    """Month 1-12 of an hour."""
    return to_datetime(hour).month


def year(hour: int) -> float:
    """The date as a number of years of 365.25 days, 1936.5 in the middle of that year."""
    whole = to_datetime(hour).year
    return whole + (hour - parse(f"{whole}-01-01")) / (DAY * 365.25)


def day_number(hour: int) -> int:
    """Whole days since the epoch."""
    return int(hour) // DAY
