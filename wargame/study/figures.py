"""The figures of a study as SVG: intervals, outcomes, curves, bars and bands; the same numbers give the same bytes.

Colours can be told apart by the colour-blind (after Okabe and Ito), and nothing is said by colour alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import Any

import numpy as np

from wargame import dates
from wargame.show import style
from wargame.study.phrases import OUTCOMES, percent, quantity
from wargame.study.sensitivity import Bar
from wargame.study.statistics import Estimate, Survival

WIDTH = 7.2
"""Inches: the width of an A4 page within its margins."""
INK, GREY, GRID, ACCENT = "#1e1e1e", "#5a5a5a", "#dcd8ce", "#6b2d1b"
LINES = ("#0072b2", "#d55e00", "#009e73", "#7f3c8d", "#8c6d00", "#4d4d4d")
STYLES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (7, 2, 1.5, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)))
FILLS = {
    "launched_succeeded": "#a63d1a",
    "launched_failed": "#e8a06b",
    "preempted": "#7f3c8d",
    "regime_fell": "#c9a0d6",
    "moot": "#c9c5bb",
    "never_sought": "#e6e3da",
    "incapable": "#9cc7e6",
    "deterred": "#0b5f9e",
    "undecided": "#ffffff",
}
WRAP = 34
LEAD_DAYS = 365
"""Days before the first event from which curves are drawn."""
APART = 0.11
"""How far the two ends of a tornado's bar stand from its middle, so that their intervals do not hide each other."""
KEYS = 5
"""Entries of a key side by side."""
SHADED = 3
"""Curves up to which their intervals can be told apart as shading."""


@contextmanager
def _figure(height: float, left: float = 0.3, above: float = 0.0) -> Iterator[tuple[Any, Any, io.BytesIO]]:
    """A figure with one set of axes; its bytes are in the buffer when the context is left.

    `height` in inches, with `above` of them over the axes besides the title's.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    with style.settings():
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((left, 0.45 / height, 0.97 - left, 1 - (0.68 + above) / height))
        axes.tick_params(labelsize=8, colors=INK, length=0)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(GREY)
        buffer = io.BytesIO()
        yield figure, axes, buffer
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "wargame"})


def intervals(rows: Sequence[tuple[str, Estimate]], title: str, *, differences: bool = False) -> bytes:
    """Shares with their intervals, a row each; with ``differences`` around a line at nothing, in points."""
    with _figure(0.8 + 0.27 * len(rows)) as (_, axes, buffer):
        for k, (_, e) in enumerate(rows):
            axes.plot([100 * e.low, 100 * e.high], [k, k], color=LINES[0], linewidth=1.6, solid_capstyle="butt")
            axes.plot([100 * e.value], [k], "o", color=LINES[0], markersize=4.5)
        _rows(axes, [name for name, _ in rows])
        low, high = 0.0, 100.0
        if differences:
            reach = max([100 * max(abs(e.low), abs(e.high)) for _, e in rows] + [10.0])
            low, high = -min(100.0, reach + 5), min(100.0, reach + 5)
            axes.axvline(0, color=INK, linewidth=0.9)
        axes.set_xlim(low - (high - low) * 0.01, high + (high - low) * 0.01)
        axes.xaxis.grid(visible=True, color=GRID, linewidth=0.7)
        axes.set_xlabel("points of a percent" if differences else "percent of runs", fontsize=8, color=GREY)
        axes.set_title(title, fontsize=9, loc="left", weight="bold")
    return buffer.getvalue()


def _rows(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels([fill(n, WRAP) for n in names])
    axes.set_ylim(len(names) - 0.45, -0.55)


def outcomes(rows: Sequence[tuple[str, Mapping[str, float]]], title: str) -> bytes:
    """What became of an operation: a bar of outcomes a row, as shares that sum to one."""
    present = [o for o in OUTCOMES if any(shares.get(o, 0) > 0 for _, shares in rows)]
    lines = -(-len(present) // KEYS)
    with _figure(0.75 + 0.17 * lines + 0.3 * len(rows), above=0.07 + 0.17 * lines) as (_, axes, buffer):
        for k, (_, shares) in enumerate(rows):
            at = 0.0
            for name in present:
                wide = 100 * shares.get(name, 0.0)
                if wide > 0:
                    axes.barh(k, wide, left=at, height=0.68, color=FILLS[name], edgecolor=GREY, linewidth=0.4)
                if wide >= 7:
                    ink = "white" if style.luminance(FILLS[name]) < 0.3 else INK
                    said = percent(wide / 100)
                    axes.text(at + wide / 2, k, said, ha="center", va="center", fontsize=7.5, color=ink)
                at += wide
        _rows(axes, [name for name, _ in rows])
        axes.set_xlim(0, 100)
        axes.set_xlabel("percent of runs", fontsize=8, color=GREY)
        axes.set_title(title, fontsize=9, loc="left", weight="bold", pad=8 + 12 * lines)
        _key(axes, [(FILLS[o], OUTCOMES[o]) for o in present])
    return buffer.getvalue()


def _key(axes: Any, entries: Sequence[tuple[str, str]]) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415

    patches = [Patch(facecolor=c, edgecolor=GREY, linewidth=0.4, label=text) for c, text in entries]
    axes.legend(
        handles=patches, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=min(KEYS, len(entries)), fontsize=7.2,
        frameon=False, handlelength=1.1, handleheight=0.9, columnspacing=1.1, borderpad=0.2,
    )  # fmt: skip


def curves(rows: Sequence[tuple[str, Survival]], opening: int, end: int, title: str) -> bytes:
    """The share of runs in which a thing has happened by each day; of a few curves with their intervals."""
    with _figure(3.1 + 0.17 * len(rows), left=0.08) as (figure, axes, buffer):
        first = dates.to_datetime(opening).toordinal()
        last = dates.to_datetime(end).toordinal()
        for k, (name, curve) in enumerate(rows):
            x = np.concatenate([[0.0], curve.times, [float(last - first)]]) + first
            start = curve.at(-1.0)
            y = 100 * (1 - np.concatenate([[1.0], curve.share, curve.share[-1:]]))
            low = 100 * (1 - np.concatenate([[start.high], curve.high, curve.high[-1:]]))
            high = 100 * (1 - np.concatenate([[start.low], curve.low, curve.low[-1:]]))
            colour = LINES[k % len(LINES)]
            if len(rows) <= SHADED:
                axes.fill_between(x, low, high, step="post", color=colour, alpha=0.1, linewidth=0)
            axes.step(x, y, where="post", color=colour, linestyle=STYLES[k % len(STYLES)], linewidth=1.6, label=name)
        happened = [float(curve.times[curve.share < 1.0][0]) for _, curve in rows if (curve.share < 1.0).any()]
        _date_axis(axes, first + max(0, round(min(happened, default=0.0)) - LEAD_DAYS), last)
        axes.set_ylim(-2, 102)
        axes.yaxis.grid(visible=True, color=GRID, linewidth=0.7)
        axes.set_ylabel("percent of runs", fontsize=8, color=GREY)
        axes.set_title(title, fontsize=9, loc="left", weight="bold")
        if len(rows) > 1:
            figure.legend(loc="lower left", bbox_to_anchor=(0.07, 0.0), fontsize=7.5, frameon=False, handlelength=3.2)
            box = axes.get_position()
            lift = (0.17 * len(rows) + 0.1) / figure.get_figheight()
            axes.set_position((box.x0, box.y0 + lift - 0.05, box.width, box.height - lift + 0.05))
    return buffer.getvalue()


def _date_axis(axes: Any, first: int, last: int) -> None:
    """Years, or months and weeks where the time is short."""
    from datetime import date  # noqa: PLC0415

    span = last - first
    years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
    if span > 900:
        marks = [(date(y, 1, 1).toordinal(), str(y)) for y in years][:: 1 + len(years) // 12]
    elif span > 120:
        step = 1 if span < 400 else 3
        marks = [
            (date(y, m, 1).toordinal(), f"{dates.MONTHS[m - 1][:3]} {y}") for y in years for m in range(1, 13, step)
        ]
        marks = [m for m in marks if first <= m[0] <= last]
        marks = marks[:: max(1, round(len(marks) / 7))]
    else:
        days = range(first, last + 1, max(1, round(span / 7)))
        marks = [(d, f"{date.fromordinal(d).day} {dates.MONTHS[date.fromordinal(d).month - 1][:3]}") for d in days]
    marks = [m for m in marks if first <= m[0] <= last]
    axes.set_xlim(first, last)
    axes.set_xticks([m[0] for m in marks])
    axes.set_xticklabels([m[1] for m in marks])


def tornado(bars: Sequence[Bar], title: str, *, shares: bool = True) -> bytes:
    """The result at the two ends of each factor, the widest bar on top; ``shares`` are shown in percent."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    scale = 100.0 if shares else 1.0
    with _figure(0.9 + 0.36 * len(bars), left=0.34) as (_, axes, buffer):
        for k, b in enumerate(bars):
            low, high = scale * b.low.value, scale * b.high.value
            axes.barh(k, high - low, left=low, height=0.46, color=GRID, edgecolor="none")
            for x, e, colour, face, at in (
                (low, b.low, LINES[0], "white", k - APART), (high, b.high, LINES[1], LINES[1], k + APART)
            ):  # fmt: skip
                axes.plot([scale * e.low, scale * e.high], [at, at], color=colour, linewidth=1.1)
                axes.plot([x], [at], "o", color=colour, markerfacecolor=face, markersize=5)
        _rows(axes, [f"{b.factor}: {b.at[0]} ○  {b.at[1]} ●" for b in bars])
        axes.xaxis.grid(visible=True, color=GRID, linewidth=0.7)
        if shares:
            axes.set_xlim(-2, 102)
        else:
            axes.xaxis.set_major_locator(MaxNLocator(6))
            axes.xaxis.set_major_formatter(lambda x, _: quantity(x))
        axes.set_xlabel("percent of runs" if shares else "mean", fontsize=8, color=GREY)
        axes.set_title(title, fontsize=9, loc="left", weight="bold")
    return buffer.getvalue()


def bands(rows: Sequence[tuple[str, Mapping[int, Estimate]]], ticks: Sequence[str], title: str, across: str) -> bytes:
    """A share over the stretches of an unknown number's range, a line a row; ``ticks`` name the stretches."""
    with _figure(3.0 + 0.17 * len(rows), left=0.08) as (figure, axes, buffer):
        shift = 0.11
        for k, (name, shares) in enumerate(rows):
            x = np.array(list(shares)) + (k - (len(rows) - 1) / 2) * shift
            y = np.array([100 * e.value for e in shares.values()])
            colour = LINES[k % len(LINES)]
            axes.plot(
                x, y, color=colour, linestyle=STYLES[k % len(STYLES)], marker="o", markersize=4, linewidth=1.3,
                label=name,
            )  # fmt: skip
            for at, e in zip(x, shares.values(), strict=True):
                axes.plot([at, at], [100 * e.low, 100 * e.high], color=colour, linewidth=1.1)
        axes.set_xticks(range(len(ticks)))
        axes.set_xticklabels(ticks)
        axes.set_xlim(-0.6, len(ticks) - 0.4)
        axes.set_ylim(-3, 103)
        axes.yaxis.grid(visible=True, color=GRID, linewidth=0.7)
        axes.set_xlabel(across, fontsize=8, color=GREY)
        axes.set_ylabel("percent of runs", fontsize=8, color=GREY)
        axes.set_title(title, fontsize=9, loc="left", weight="bold")
        if len(rows) > 1:
            figure.legend(loc="lower left", bbox_to_anchor=(0.07, 0.0), fontsize=7.5, frameon=False, handlelength=3.2)
            box = axes.get_position()
            lift = 0.17 * len(rows) / figure.get_figheight()
            axes.set_position((box.x0, box.y0 + lift, box.width, box.height - lift))
    return buffer.getvalue()
