"""Small line charts as inline SVG: no script, no font, no outside name; the same numbers give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from wargame import dates

WIDTH, HEIGHT = 380, 210
LEFT, RIGHT, TOP, BOTTOM = 46, 74, 12, 26
GREY, GRID = "#5a5a5a", "#dcd8ce"
NAME_STEP = 12.0
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2")


@dataclass(frozen=True)
class Line:
    """One line of a chart: a value for each day, ``None`` where there is none."""

    name: str
    colour: str
    values: tuple[float | None, ...]
    pattern: int = 0  # which of the dash patterns


def line_chart(hours: Sequence[int], lines: Sequence[Line], description: str) -> str:
    """Lines over days, each named at its end; ``description`` says in words what the picture shows."""
    drawn = [line for line in lines if any(v is not None for v in line.values)]
    top = max([v for line in drawn for v in line.values if v is not None] + [1.0])
    ticks = _ticks(top)
    scale_x = (WIDTH - LEFT - RIGHT) / max(len(hours) - 1, 1)
    scale_y = (HEIGHT - TOP - BOTTOM) / ticks[-1]

    def x(i: int) -> float:
        return LEFT + i * scale_x

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value * scale_y

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(description)}">']
    parts += [_level(t, y(t)) for t in ticks]
    parts += [_date(hours[i], x(i)) for i in range(0, len(hours), 7)]
    ends = []
    for line in drawn:
        points = [(x(i), y(v)) for i, v in enumerate(line.values) if v is not None]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        pattern = DASHES[line.pattern % len(DASHES)]
        dash = f' stroke-dasharray="{pattern}"' if pattern else ""
        parts.append(f'<polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2"{dash}/>')
        ends.append((points[-1][1], points[-1][0], line))
    return "".join([*parts, *_names(ends), "</svg>"])


def _ticks(top: float) -> list[float]:
    """Zero and three to five round steps that cover `top`."""
    raw = top / 4.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw)
    return [i * step for i in range(math.ceil(round(top / step, 6)) + 1)]


def _level(value: float, y: float) -> str:
    label = _short(value)
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
    return f'{line}<text x="{LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{label}</text>'


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}m"
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def _date(hour: int, x: float) -> str:
    day = dates.to_datetime(hour)
    label = f"{day.day} {dates.MONTHS[day.month - 1][:3]}"
    tick = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 4}" stroke="{GREY}"/>'
    return f'{tick}<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{label}</text>'


def _names(ends: Sequence[tuple[float, float, Line]]) -> list[str]:
    """Each line's name at its end, pushed apart where they would touch."""
    ranked = sorted(ends, key=lambda e: (e[0], e[2].name))
    places = [y + 3.5 for y, _, _ in ranked]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + NAME_STEP)
    floor = HEIGHT - BOTTOM + 4.0
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], floor)
        floor = places[i] - NAME_STEP
    return [
        f'<text x="{x + 5:.1f}" y="{place:.1f}" fill="{line.colour}" class="name">{escape(line.name)}</text>'
        for place, (_, x, line) in zip(places, ranked, strict=True)
    ]
