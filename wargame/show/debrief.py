"""Pictures for a debriefing: strengths, land and beliefs by turn on one page, and the campaign as a moving map."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.atlas import Atlas
from wargame.show import style
from wargame.show.extents import Extent
from wargame.show.ground import Ground
from wargame.show.maps import draw_situation
from wargame.world import World

FRAME_MS, LAST_MS = 900, 3000
"""Time a frame of the moving map stands, and the last one."""
MOST_DATES = 6
"""Dates below a chart."""
FRAME = (9.6, 5.4)
"""Inches of a frame; at 100 dots an inch 960 x 540."""


@dataclass(frozen=True)
class Curve:
    """A line of a chart: name, colour and values by hour; ``dashed`` sets what was believed off from what was."""

    name: str
    colour: str
    hours: tuple[int, ...]
    values: tuple[float, ...]
    dashed: bool = False


def draw_charts(path: str | Path, charts: Sequence[tuple[str, Sequence[Curve]]], *, title: str) -> Path:
    """Draw charts, two in a row, on a landscape A4 page; each line is named at its end."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with style.settings():
        room = ConstrainedLayoutEngine(w_pad=0.35, h_pad=0.3, rect=(0.01, 0.01, 0.98, 0.98))
        figure = Figure(figsize=style.page("a4"), facecolor=style.PAPER, layout=room)
        axes = figure.subplots(-(-len(charts) // 2), 2, squeeze=False).ravel()
        for axis in axes[len(charts) :]:
            axis.set_axis_off()
        for axis, (heading, curves) in zip(axes, charts, strict=False):
            _chart(axis, heading, curves)
        figure.suptitle(title, fontsize=14, fontweight="bold", color=style.INK, x=0.035, ha="left")
        return style.save(figure, path, 150)


def _chart(axis: Any, heading: str, curves: Sequence[Curve]) -> None:
    hours = sorted({h for c in curves for h in c.hours})
    for k, c in enumerate(curves):
        dash = (0, (2, 1.6)) if c.dashed else "-"
        width = 1.3 if c.dashed else 2.0
        axis.plot(c.hours, c.values, color=style.strong(c.colour), linestyle=dash, linewidth=width,
                  marker="osD^v<>"[k % 7], markersize=4, markerfacecolor=style.PAPER if c.dashed else None)  # fmt: skip
    top = max([v for c in curves for v in c.values], default=1.0) * 1.08 or 1.0
    ends = _apart([(c.values[-1], c) for c in curves if c.values], top * 0.075)
    last = hours[-1] if hours else 0
    reach = max(hours[-1] - hours[0], 24) if hours else 24
    for y, c in ends:
        axis.annotate(c.name, (last + 0.03 * reach, y), fontsize=8, color=style.strong(c.colour), va="center",
                      annotation_clip=False)  # fmt: skip
    axis.set_title(heading, fontsize=10, loc="left", color=style.INK, fontweight="bold")
    axis.set_ylim(0, top)
    if hours:
        axis.set_xlim(hours[0] - 0.02 * reach, last + 0.02 * reach)
        shown = _spread(hours, reach)
        axis.set_xticks(shown, [_short(h) for h in shown])
    axis.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    axis.tick_params(colors=style.GREY, labelsize=8)
    axis.grid(axis="y", color="#e2ddd2", linewidth=0.6)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _spread(hours: Sequence[int], reach: int) -> list[int]:
    """The hours that are written below a chart: the last, and before it those whose names do not touch."""
    shown = [hours[-1]]
    for hour in reversed(hours):
        if shown[-1] - hour >= reach / MOST_DATES:
            shown.append(hour)
    return shown[::-1]


def _short(hour: int) -> str:
    """Day and month, the month in three letters, and below it the year."""
    day, month, year = dates.spoken(hour, year=True).split()
    return f"{day} {month[:3]}\n{year}"


def _apart(ends: Iterable[tuple[float, Curve]], gap: float) -> list[tuple[float, Curve]]:
    """Names at the ends of lines, moved up where they would touch the one below."""
    placed: list[tuple[float, Curve]] = []
    for y, curve in sorted(ends, key=lambda e: (e[0], e[1].name)):
        placed.append((max(y, placed[-1][0] + gap) if placed else y, curve))
    return placed


def draw_moving_map(
    atlas: Atlas, ground: Ground, worlds: Sequence[World], paths: Sequence[Path], *, title: str,
    extent: Extent = "theatre",
) -> list[Path]:  # fmt: skip
    """Draw worlds one after the other as a moving picture (.gif or .webp by the path's suffix); returns the paths.

    All frames show the same window: that of the last world.
    """
    frames = [_frame(atlas, ground, w, worlds[-1], title, extent) for w in worlds]
    times = [FRAME_MS] * (len(frames) - 1) + [LAST_MS]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".gif":
            whole = [f.quantize(192, dither=0) for f in frames]
            options: dict[str, Any] = {"optimize": False, "disposal": 1}
        else:
            whole, options = frames, {"quality": 82, "method": 4}
        whole[0].save(path, save_all=True, append_images=whole[1:], duration=times, loop=0, **options)
    return list(paths)


def _frame(atlas: Atlas, ground: Ground, world: World, last: World, title: str, extent: Extent) -> Any:
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.png"
        draw_situation(atlas, ground, world, path, extent=extent, theatre_of=last, size=FRAME, dpi=100, title=title)
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            return picture.convert("RGB")
