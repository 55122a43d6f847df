"""Where names and symbols go so that nothing covers anything: greedy candidates for names, pushing apart for symbols.

Everything is in points on the page. A *box* is (left, bottom, right, top).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from wargame.show.style import FONT

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Box = tuple[float, float, float, float]
Weight = Literal["normal", "bold"]
Slant = Literal["normal", "italic"]


@lru_cache(maxsize=8)
def _font_file(weight: Weight, slant: Slant) -> str:
    from matplotlib.font_manager import FontProperties, findfont

    return str(findfont(FontProperties(family=FONT, weight=weight, style=slant)))


def _font(weight: Weight, slant: Slant) -> Any:
    """The font, kept by matplotlib alone, which opens it anew in a forked process: two must not read one open file."""
    from matplotlib.font_manager import get_font

    return get_font(_font_file(weight, slant))


def text_size(text: str, size: float, weight: Weight = "normal", slant: Slant = "normal") -> tuple[float, float]:
    """Width and height in points of one line of text set in the maps' font."""
    width, height = _size_at_100(text, weight, slant)
    return width * size / 100.0, height * size / 100.0


@lru_cache(maxsize=20000)
def _size_at_100(text: str, weight: Weight, slant: Slant) -> tuple[float, float]:
    """Measured large, so that rounding to whole pixels does not show."""
    font = _font(weight, slant)
    font.set_size(100.0, 72)
    font.set_text(text, 0.0)
    width, height = font.get_width_height()
    return width / 64.0, height / 64.0


class Taken:
    """The parts of the page that are taken already."""

    def __init__(self, page: Box) -> None:
        self.page = page
        self._boxes = np.empty((64, 4))
        self._count = 0

    def add(self, box: Box) -> None:
        """Take a box."""
        if self._count == len(self._boxes):
            self._boxes = np.vstack([self._boxes, np.empty_like(self._boxes)])
        self._boxes[self._count] = box
        self._count += 1

    @property
    def boxes(self) -> Floats:
        """All boxes taken so far (n, 4)."""
        return self._boxes[: self._count].copy()

    def is_free(self, box: Box) -> bool:
        """Whether a box lies on the page and overlaps nothing taken."""
        left, bottom, right, top = self.page
        if box[0] < left or box[1] < bottom or box[2] > right or box[3] > top:
            return False
        return self.overlap(box) == 0.0

    def overlap(self, box: Box) -> float:
        """How much of a box is taken, in square points (counted twice where taken twice)."""
        b = self._boxes[: self._count]
        width = np.minimum(b[:, 2], box[2]) - np.maximum(b[:, 0], box[0])
        height = np.minimum(b[:, 3], box[3]) - np.maximum(b[:, 1], box[1])
        return float((np.maximum(width, 0.0) * np.maximum(height, 0.0)).sum())


@dataclass(frozen=True, slots=True)
class Name:
    """A name that found its place: baseline start at (x, y)."""

    text: str
    x: float
    y: float
    size: float
    weight: Weight = "normal"
    slant: Slant = "normal"


class Fence(Protocol):
    """A line that boxes must not cross."""

    def behind(self, centre: Floats, which: Ints) -> Floats:
        """Centres of the boxes ``which``, moved off the line to their own side of it."""

    def crosses(self, places: Floats, i: int) -> NDArray[np.bool_]:
        """Which places the line parts from where box ``i`` belongs."""


# The order is the cartographer's usual one: right above the middle line first, then left, then above and below.
_SIDES = ((1, 0.0), (1, 0.55), (1, -0.55), (-1, 0.0), (-1, 0.55), (-1, -0.55), (0, 1.0), (0, -1.0))


def place_beside(
    taken: Taken,
    text: str,
    x: float,
    y: float,
    size: float,
    gap: float,
    *,
    weight: Weight = "normal",
    strays: Callable[[Sequence[Box]], Sequence[float]] | None = None,
) -> Name | None:
    """Place a name beside a point, in the first free of eight positions, and take its box; `None` if none is free.

    ``strays`` says of boxes how much of each (0..1) lies where the name could be misread; the least such goes first.
    """
    width, height = text_size(text, size, weight)
    free = []
    for side, rise in _SIDES:
        left = x + gap if side > 0 else x - gap - width if side < 0 else x - width / 2
        middle = y + rise * (height / 2 + gap)
        box = (left, middle - height / 2, left + width, middle + height / 2)
        if taken.is_free(_padded(box, 0.6)):
            free.append(box)
            if strays is None:
                break
    if not free:
        return None
    away = strays(free) if strays is not None else [0.0]
    box = free[min(range(len(free)), key=lambda k: (away[k], k))]
    taken.add(box)
    return Name(text, box[0], (box[1] + box[3]) / 2 - 0.36 * size, size, weight)


def place_within(
    taken: Taken,
    text: str,
    places: Iterable[tuple[float, float]],
    size: float,
    *,
    weight: Weight,
    slant: Slant,
    pad: float = 0.0,
) -> Name | None:
    """Place a name centred on the first of several places where it and ``pad`` points around are free; take them."""
    width, height = text_size(text, size, weight, slant)
    for x, y in places:
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if taken.is_free(_padded(box, pad)):
            taken.add(_padded(box, pad))
            return Name(text, box[0], y - 0.36 * size, size, weight, slant)
    return None


def _padded(box: Box, pad: float) -> Box:
    return box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad


def push_apart(
    home: Floats,
    half: Floats,
    page: Box,
    *,
    fixed: Floats | None = None,
    fence: Fence | None = None,
    rounds: int = 100,
) -> Floats:
    """Centres of boxes moved as little as need be until none overlaps another.

    ``home`` (n, 2) are the centres wanted, ``half`` (n, 2) half widths and heights, ``fixed`` (m, 4) boxes to keep
    clear of, ``fence`` may bar places from some of them. Each round pushes every overlapping pair apart along
    its shorter overlap and pulls everything a little home; what overlaps in the end goes to the next free place.
    The result depends on the order of the input only through ties, which the first index loses to the left.
    """
    n = len(home)
    if n == 0:
        return home.copy()
    at = home + np.column_stack([np.arange(n), np.arange(n)]) * 1e-4  # boxes with one home must know where to go
    reach = half[:, None, :] + half[None, :, :]
    low, high = np.array(page[:2]) + half, np.array(page[2:]) - half
    for k in range(rounds):
        pull = max(0.0, 0.10 * (1.0 - k / (0.75 * rounds)))
        at += pull * (home - at)
        apart = at[:, None, :] - at[None, :, :]
        over = reach - np.abs(apart)
        np.einsum("iik->ik", over)[...] = -1.0
        hit = (over > 0).all(axis=2)
        along_x = over[:, :, 0] * 0.8 < over[:, :, 1]
        push = np.where(apart >= 0, over, -over) * (0.3 if pull else 0.45)
        push[:, :, 0] *= hit & along_x
        push[:, :, 1] *= hit & ~along_x
        at += push.sum(axis=1)
        if fixed is not None and len(fixed):
            at += _clear_of(at, half, fixed)
        if fence is not None and k % 3 == 0:
            at = fence.behind(at, np.arange(n))
        at = np.minimum(np.maximum(at, low), high)
    return _repaired(home, at, half, page, fixed if fixed is not None else np.empty((0, 4)), fence)


def _repaired(
    home: Floats,
    at: Floats,
    half: Floats,
    page: Box,
    fixed: Floats,
    fence: Fence | None,
) -> Floats:
    """Move each box that still overlaps to the free place nearest home, on a spiral around it; later boxes first."""
    at = at.copy()
    boxes = np.vstack([np.hstack([at - half, at + half]), fixed])
    for i in reversed(range(len(at))):
        others = np.delete(boxes, i, axis=0)
        strayed = fence is not None and _strayed(fence, at[i : i + 1], i)
        if not strayed and not _overlaps(boxes[i : i + 1], others)[0]:
            continue
        place = _nearest_free(home[i], half[i], page, others, i, fence)
        if place is not None:
            at[i] = place
            boxes[i] = (*(at[i] - half[i]), *(at[i] + half[i]))
    return at


def _nearest_free(home: Floats, half: Floats, page: Box, others: Floats, i: int, fence: Fence | None) -> Floats | None:
    """The free place nearest home for one box, rather one where it may stay; `None` if there is none."""
    low, high = np.array(page[:2]) + half, np.array(page[2:]) - half
    near_enough, anywhere = None, None
    for first, last in pairwise(_RINGS):
        tries = home + _SPIRAL[first:last]
        extent = half + float(np.hypot(*_SPIRAL[last - 1]))
        close = others[((others[:, 2:] > home - extent) & (others[:, :2] < home + extent)).all(axis=1)]
        tries = tries[((tries >= low) & (tries <= high)).all(axis=1)]
        free = tries[~_overlaps(np.hstack([tries - half, tries + half]), close)] if len(tries) else tries
        if not len(free):
            continue
        if fence is None:
            return np.asarray(free[0])
        anywhere = free[0] if anywhere is None else anywhere
        moved = np.hypot(*(fence.behind(free, np.full(len(free), i)) - free).T)
        free, moved = free[moved < BARELY], moved[moved < BARELY]
        own = ~fence.crosses(free, i)
        free, moved = free[own], moved[own]
        if (moved < 0.5).any():
            return np.asarray(free[moved < 0.5][0])
        if near_enough is None and len(free):
            near_enough = free[0]
        if near_enough is not None and last >= _RINGS[2]:
            return np.asarray(near_enough)
    return near_enough if near_enough is not None else anywhere


def _strayed(fence: Fence, place: Floats, i: int) -> bool:
    """Whether box ``i`` stands at a place (1, 2) that is barred to it."""
    off = np.hypot(*(fence.behind(place, np.array([i])) - place)[0])
    return bool(off > BARELY or fence.crosses(place, i)[0])


def _overlaps(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which of some boxes overlap any of the others by more than a hair."""
    apart = np.minimum(boxes[:, None, 2:], others[None, :, 2:]) - np.maximum(boxes[:, None, :2], others[None, :, :2])
    hit: NDArray[np.bool_] = np.all(apart > 0.15, axis=2)
    return np.asarray(np.any(hit, axis=1))


def _spiral() -> Floats:
    """Offsets in growing rings, fine near by and coarse farther off."""
    radii = np.concatenate([np.arange(1, 21) * 2.5, 50.0 + np.arange(1, 31) * 4.0])
    rings = []
    for radius in radii.tolist():
        turn = np.arange(count := min(72, round(2.4 * radius))) * 2 * np.pi / count
        rings.append(np.column_stack([np.cos(turn), np.sin(turn)]) * radius)
    return np.vstack(rings)


_SPIRAL = _spiral()
BARELY = 4.5
"""A place from which a fence would move a box by less than this many points will do if there is none better near by."""
_RINGS = (0, 126, 600, 1300, len(_SPIRAL))  # tried in stages, since most boxes find their place near by


def _clear_of(at: Floats, half: Floats, fixed: Floats) -> Floats:
    centre = (fixed[None, :, :2] + fixed[None, :, 2:]) / 2
    reach = half[:, None, :] + (fixed[None, :, 2:] - fixed[None, :, :2]) / 2
    apart = at[:, None, :] - centre
    over = reach - np.abs(apart)
    hit = (over > 0).all(axis=2)
    along_x = over[:, :, 0] < over[:, :, 1]
    push = np.where(apart >= 0, over, -over) * 0.5
    push[:, :, 0] *= hit & along_x
    push[:, :, 1] *= hit & ~along_x
    return np.asarray(push.sum(axis=1))
