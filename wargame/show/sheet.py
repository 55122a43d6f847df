"""A sheet of paper with a map window, a title and a panel for the legend; all in points, the ground in metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.show import style
from wargame.show.ground import Bounds
from wargame.show.labels import Box, Name, Taken

Floats = NDArray[np.float64]


@dataclass
class View:
    """A window onto the ground at a place of the sheet. ``box`` is in points, ``window`` in metres, same shape."""

    axes: Any
    box: Box
    window: Bounds
    scale: float  # of type and lines: 1 at A4
    taken: Taken = field(init=False)

    def __post_init__(self) -> None:
        self.taken = Taken(self.box)

    @property
    def points_per_metre(self) -> float:
        """Map scale."""
        return (self.box[2] - self.box[0]) / (self.window[2] - self.window[0])

    @property
    def km_per_mm(self) -> float:
        """Kilometres on the ground to a millimetre of paper."""
        return 72 / 25.4 / self.points_per_metre / 1000

    def to_points(self, metres: Floats) -> Floats:
        """Ground coordinates (..., 2) as places on the sheet."""
        corner = np.array(self.window[:2])
        return np.asarray((np.asarray(metres) - corner) * self.points_per_metre + np.array(self.box[:2]))

    def to_metres(self, points: Floats) -> Floats:
        """Places on the sheet (..., 2) as ground coordinates."""
        return np.asarray((points - np.array(self.box[:2])) / self.points_per_metre + np.array(self.window[:2]))

    def metres(self, points: float) -> float:
        """A length on paper as a length on the ground."""
        return points * self.scale / self.points_per_metre

    def shows(self, metres: Floats) -> NDArray[np.bool_]:
        """Which places (n, 2) lie in the window."""
        west, south, east, north = self.window
        x, y = metres[:, 0], metres[:, 1]
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


class Sheet:
    """A page. `over` is an overlay of the whole page in points, origin at its lower left."""

    def __init__(self, size: str | tuple[float, float]) -> None:
        from matplotlib.figure import Figure

        self.inches = style.page(size)
        self.width, self.height = self.inches[0] * 72, self.inches[1] * 72
        self.scale = float(np.clip((self.width * self.height / (842.0 * 595.0)) ** 0.25, 0.75, 2.2))
        self.margin = 20.0 * self.scale
        self.figure = Figure(figsize=self.inches, facecolor=style.PAPER)
        self.over = self.figure.add_axes((0, 0, 1, 1), zorder=10)
        self.over.set_xlim(0, self.width)
        self.over.set_ylim(0, self.height)
        self.over.set_axis_off()

    @property
    def is_portrait(self) -> bool:
        """Whether the page is higher than wide."""
        return self.height > self.width

    def view(self, box: Box, extent: Bounds) -> View:
        """A map window filling ``box`` and showing at least ``extent``."""
        left, bottom, right, top = box
        axes = self.figure.add_axes(
            (left / self.width, bottom / self.height, (right - left) / self.width, (top - bottom) / self.height)
        )
        window = fit(extent, (right - left) / (top - bottom))
        axes.set_xlim(window[0], window[2])
        axes.set_ylim(window[1], window[3])
        axes.set_facecolor(style.WATER)
        axes.set_xticks([])
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set_linewidth(0.8 * self.scale)
            side.set_edgecolor(style.INK)
        return View(axes, box, window, self.scale)

    def text(self, x: float, y: float, text: str, size: float, **look: Any) -> None:
        """Text with its baseline at a place of the page; ``size`` in points at A4."""
        look.setdefault("color", style.INK)
        self.over.text(x, y, text, fontsize=size * self.scale, va="baseline", zorder=look.pop("zorder", 30), **look)

    def names(
        self, names: Iterable[Name], colour: str, *, halo: float = 1.6, alpha: float = 1.0, zorder: float = 20
    ) -> None:
        """Names with a pale edge that sets them off from the ground; their sizes are final."""
        from matplotlib.collections import PathCollection
        from matplotlib.font_manager import FontProperties
        from matplotlib.path import Path as MplPath
        from matplotlib.textpath import TextPath

        edges = []
        for n in names:
            look = FontProperties(family=style.FONT, weight=n.weight, style=n.slant)
            if halo:
                path = TextPath((0, 0), n.text, size=n.size, prop=look)
                edges.append(MplPath(path.vertices + np.array([n.x, n.y]), path.codes))
            face: dict[str, Any] = {"fontsize": n.size, "weight": n.weight, "style": n.slant, "va": "baseline"}
            self.over.text(n.x, n.y, n.text, color=colour, alpha=alpha, zorder=zorder + 0.5, **face)
        if edges:
            width = halo * self.scale
            glow = PathCollection(
                edges, facecolors="none", edgecolors="white", linewidths=width, alpha=0.85, zorder=zorder
            )
            glow.set_joinstyle("round")
            self.over.add_collection(glow, autolim=False)

    def clear(self) -> None:
        """Take everything off the page but the map windows."""
        self.over.set_visible(False)

    def save(self, path: str | Path, dpi: float) -> Path:
        """Write the sheet; the same sheet gives the same bytes."""
        return style.save(self.figure, path, dpi)


def fit(extent: Bounds, aspect: float) -> Bounds:
    """The smallest window of an aspect (width / height) around an extent."""
    west, south, east, north = extent
    width, height = east - west, north - south
    if width < height * aspect:
        grow = (height * aspect - width) / 2
        return west - grow, south, east + grow, north
    grow = (width / aspect - height) / 2
    return west, south - grow, east, north + grow


def scale_bar(sheet: Sheet, x: float, y: float, view: View, longest: float) -> None:
    """A scale bar in kilometres, at most ``longest`` points long, its left end at (x, y)."""
    from matplotlib.patches import Rectangle

    per_km = view.points_per_metre * 1000
    steps = [n * 10**k for k in range(5) for n in (1, 2, 5)]
    whole = max([s for s in steps if s * per_km <= longest] or [1])
    part = whole / (4 if whole >= 20 else 2)
    count = round(whole / part)
    tall = 3.0 * sheet.scale
    for i in range(count):
        shade = style.INK if i % 2 == 0 else "white"
        bar = Rectangle(
            (x + i * part * per_km, y), part * per_km, tall, facecolor=shade, edgecolor=style.INK, linewidth=0.5
        )
        sheet.over.add_patch(bar)
    for value in (0.0, whole / 2, float(whole)):
        sheet.text(x + value * per_km, y + 5.5 * sheet.scale, f"{value:g}", 5.8, ha="center")
    sheet.text(x + whole * per_km + 9 * sheet.scale, y + 5.5 * sheet.scale, "km", 5.8)


@dataclass(frozen=True)
class Entry:
    """One line of a legend: ``draw(sheet, left, middle, width, height)`` paints its sample."""

    text: str
    draw: Any


@dataclass(frozen=True)
class Block:
    """A headed group of legend entries."""

    heading: str
    entries: Sequence[Entry]
    line: float = 11.5


def legend(sheet: Sheet, blocks: Sequence[Block], box: Box, *, columns: int = 1) -> float:
    """Draw legend blocks into a box, top down, in columns; returns the lowest point used."""
    s = sheet.scale
    left, bottom, right, top = box
    pitch = (right - left) / columns
    needed = sum(20 + b.line * len(b.entries) for b in blocks) * s
    tight = min(1.0, max(0.62, (top - bottom) / needed)) if columns == 1 else 1.0
    x, y, lowest = left, top, top
    sample = 25.0 * s
    for block in blocks:
        need = (14 + block.line * len(block.entries)) * s
        if columns > 1 and y < top and y - need < bottom:
            x, y = x + pitch, top
        y -= 8 * s * tight
        sheet.text(x, y, block.heading, 6.6, weight="bold")
        y -= 3.5 * s * tight
        for entry in block.entries:
            y -= block.line * s * tight
            middle = y + 2.4 * s
            entry.draw(sheet, x, middle, sample, 7.0 * s * tight)
            sheet.text(x + sample + 6 * s, y, entry.text, 6.2)
        y -= 8 * s * tight
        lowest = min(lowest, y)
    return lowest


def swatch(fill: str, *, hatch: str = "", edge: str = style.GREY) -> Any:
    """A legend sample of an area."""

    def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.patches import Rectangle

        low = middle - height / 2
        sheet.over.add_patch(Rectangle((x, low), width, height, facecolor=fill, edgecolor=edge, linewidth=0.4))
        if hatch:
            step = 3.4 * sheet.scale
            starts = np.arange(x - height + step * 0.6, x + width, step)
            lines = [_clipped(a, x, x + width, low, height) for a in starts]
            sheet.over.add_collection(LineCollection(lines, colors=hatch, linewidths=0.6 * sheet.scale), autolim=False)

    return draw


def _clipped(start: float, left: float, right: float, low: float, height: float) -> list[tuple[float, float]]:
    a, b = max(start, left), min(start + height, right)
    return [(a, low + a - start), (b, low + b - start)]


def stroke(*strokes: tuple[str, float, Any]) -> Any:
    """A legend sample of a line: (colour, width in points at A4, dash) from below to above."""

    def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
        for colour, thick, dash in strokes:
            sheet.over.plot(
                [x, x + width], [middle, middle], color=colour, linewidth=thick * sheet.scale, linestyle=dash,
                solid_capstyle="butt", dash_capstyle="butt", scalex=False, scaley=False,
            )  # fmt: skip

    return draw
