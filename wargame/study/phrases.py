"""How a study says its numbers: one written form for shares, differences, odds, days and cells."""

from __future__ import annotations

import math

from wargame import dates
from wargame.study.cells import Cell, Setting
from wargame.study.statistics import Estimate

MINUS = "\u2212"
MANY = 500
"""Runs from which a share is said to a tenth of a percent."""
OUTCOMES = {
    "launched_succeeded": "launched, succeeded",
    "launched_failed": "launched, failed",
    "preempted": "pre-empted",
    "regime_fell": "regime fell",
    "moot": "moot",
    "never_sought": "never sought",
    "incapable": "no means",
    "deterred": "deterred",
    "undecided": "undecided",
}


def percent(value: float, runs: int = 0) -> str:
    """A share as a percentage: whole, or to a tenth with many runs; what is not quite nothing or all is not rounded
    to it.
    """
    places = 1 if runs >= MANY else 0
    text = f"{100 * value:.{places}f}"
    if 0 < value < 1 and text in {"0", "100", "0.0", "100.0"}:
        edge = 10.0**-places if places else 1.0
        return f"below {edge:g}" if value < 0.5 else f"above {100 - edge:g}"
    return text


def share(e: Estimate, runs: int = 0) -> str:
    """A share with its interval: ``92 % (85 to 96)``."""
    return f"{percent(e.value, runs)} % ({span(e, runs)})"


def span(e: Estimate, runs: int = 0) -> str:
    """The interval of a share: ``85 to 96``, its ends rounded outwards."""
    scale = 1000 if runs >= MANY else 100
    low, high = math.floor(e.low * scale + 1e-9), math.ceil(e.high * scale - 1e-9)
    return f"{100 * low / scale:g} to {100 * high / scale:g}"


def points(e: Estimate, runs: int = 0) -> str:
    """A difference of shares with its interval, in points of a percent: ``-89 (-94 to -81)``."""
    return f"{signed(100 * e.value, runs)} ({points_span(e, runs)})"


def points_span(e: Estimate, runs: int = 0) -> str:
    """The interval of a difference of shares, its ends rounded outwards."""
    scale = 10 if runs >= MANY else 1
    low, high = (
        math.floor(100 * e.low * scale + 1e-9) / scale,
        math.ceil(100 * e.high * scale - 1e-9) / scale,
    )
    return f"{signed(low, runs)} to {signed(high, runs)}"


def signed(value: float, runs: int = 0) -> str:
    """A number with its sign, rounded as shares are."""
    text = f"{abs(value):.{1 if runs >= MANY else 0}f}"
    if float(text) == 0.0:
        return "0"
    return f"{MINUS if value < 0 else '+'}{text}"


def quantity(value: float) -> str:
    """A number to three figures, thousands set apart."""
    if not math.isfinite(value):
        return "never"
    if abs(value) >= 1000:
        figures = 10 ** max(0, math.floor(math.log10(abs(value))) - 2)
        text = f"{abs(round(value / figures) * figures):,.0f}"
    else:
        text = f"{abs(value):.3g}" if abs(value) < 999.5 else "1,000"
    return f"{MINUS if value < 0 and float(text.replace(',', '')) else ''}{text}"


def measured(e: Estimate) -> str:
    """A mean or difference with its interval, to three figures."""
    return f"{quantity(e.value)} ({quantity(e.low)} to {quantity(e.high)})"


def difference(e: Estimate) -> str:
    """A mean difference as `measured`, with its sign; where no pair differs at all, in words."""
    if e.value == e.low == e.high == 0.0:
        return "none in any pair"
    value, low, high = (f"{'+' if x > 0 else ''}{quantity(x)}" for x in (e.value, e.low, e.high))
    return f"{value} ({low} to {high})"


def probability(p: float) -> str:
    """A p-value: two figures, and no more zeros than anybody believes."""
    if p < 0.0001:
        return "below .0001"
    text = f"{p:.4f}" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
    return text.removeprefix("0") if p < 1 else "1"


def ratio(e: Estimate) -> str:
    """An odds ratio with its interval: ``12 times (5 to 30)``, ``1/8 (1/20 to 1/3)``."""

    def one(value: float) -> str:
        if value >= 0.96:
            return f"{max(value, 1.0):.2g}" if value < 100 else "above 100"
        return f"1/{1 / value:.2g}" if value > 0.01 else "below 1/100"

    return f"{one(e.value)} ({one(e.low)} to {one(e.high)})"


def day(hour: float) -> str:
    """A day, ``1 September 1939``."""
    return dates.spoken(int(hour), year=True)


def label(cell: Cell) -> str:
    """A cell by its settings, ``bloc: triple alliance, soviet: no purge``."""
    return ", ".join(f"{spaced(s.factor)}: {level(s)}" for s in cell.settings) or "as it is"


def level(setting: Setting) -> str:
    """What one factor is set to."""
    return spaced(setting.level) if setting.kind == "levels" else quantity(setting.value)


def spaced(name: str) -> str:
    """An id as words."""
    return name.replace("_", " ")
