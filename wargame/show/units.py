"""Symbols on the map: placed near their troops, pushed apart, with leaders where they had to move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.show import style, symbols
from wargame.show.labels import Box, Name, push_apart, text_size
from wargame.show.sheet import Sheet, View
from wargame.show.tokens import Token, on_the_map
from wargame.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HEIGHT = 7.8  # of a symbol's frame, points at A4
FAR_OFF = 5.5  # heights of a symbol at which a staff gets a leader to the middle of its troops
STAFF = 1.12  # size of a headquarters' symbol against the troops'


def draw_tokens(
    sheet: Sheet,
    view: View,
    atlas: Atlas,
    tokens: Sequence[Token],
    staffs: Sequence[Token],
    front: Sequence[Any],
    side_of: Ints,
) -> list[tuple[Name, int]]:
    """Draw troops and headquarters in view, take their places, and return their labels with the power of each.

    ``front`` are the lines in metres, side 0 on their left; ``side_of`` gives each power's side (-1 none).
    """
    drawn = [t for t in (*tokens, *staffs) if view.shows(np.array([t.at]))[0]]
    if not drawn:
        return []
    true = view.to_points(np.array([t.at for t in drawn]))
    boxes = np.array([_box(t, view.scale) for t in drawn])  # left, bottom, right, top about the frame's centre
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 + 0.5 * view.scale
    barrier = _Barrier(view, front, np.array([side_of[t.power] for t in drawn]), true, half)
    home = _to_the_rear(drawn, barrier, view.scale)
    centre = push_apart(
        home + middle,
        half,
        view.box,
        fixed=view.taken.boxes,
        fence=barrier,
    )
    at = centre - middle
    _leaders(sheet, view, drawn, at)
    placed, names = [], []
    for t, (x, y), box in zip(drawn, at.tolist(), boxes.tolist(), strict=True):
        placed.append(_placed(t, x, y, atlas))
        view.taken.add((x + box[0], y + box[1], x + box[2], y + box[3]))
        names.append((_label(t, x, y, view.scale), t.power))
    unit = HEIGHT * view.scale
    symbols.paint(sheet.over, placed, unit=unit, points_per_unit=unit, zorder=18)
    return names


def _size(t: Token) -> float:
    return STAFF if t.is_headquarters else 1.0


def _type(t: Token) -> tuple[float, Any]:
    return (6.6, "bold") if t.is_headquarters else (5.2, "normal")


def _box(t: Token, scale: float) -> Box:
    """A symbol and its label about the centre of the frame."""
    unit = HEIGHT * scale * _size(t)
    size, weight = _type(t)
    width, _ = text_size(t.label, size * scale, weight)
    low = -0.55 * unit - size * scale * 0.95
    if t.is_headquarters:  # the label stands to the right of the staff
        return -0.80 * unit, low, max(0.80 * unit, width - 0.75 * unit + 2.4 * scale), 0.88 * unit
    half = max(0.80 * unit, width / 2)
    return -half, low, half, 0.88 * unit


def _label(t: Token, x: float, y: float, scale: float) -> Name:
    unit = HEIGHT * scale * _size(t)
    size, weight = _type(t)
    width, _ = text_size(t.label, size * scale, weight)
    left = x - width / 2 if not t.is_headquarters else x - 0.75 * unit + 2.2 * scale
    return Name(t.label, left, y - 0.62 * unit - 0.72 * size * scale, size * scale, weight)


def _placed(t: Token, x: float, y: float, atlas: Atlas) -> symbols.Placed:
    colour = style.symbol_fill(atlas.colours.get(atlas.powers[t.power], style.LAND))
    if t.ready < 0.5:
        colour = style.mix(colour, "#ffffff", 0.65)
    return symbols.Placed(x, y, t.sidc, colour, t.kind, "friend" if t.sidc[4:6] == "10" else None, _size(t))


def _to_the_rear(drawn: Sequence[Token], barrier: _Barrier, scale: float) -> Floats:
    """Where symbols want to be: at their troops; staffs of armies behind them, if that does not lead over the front."""
    home = barrier.true.copy()
    for k, t in enumerate(drawn):
        if t.is_headquarters and t.kind == "army":
            back = home[k : k + 1]
            for _ in range(4):
                back = barrier.off(back, np.full((1, 2), 26.0 * scale), np.array([k]))
            if not barrier.crosses(back, k)[0]:
                home[k] = back[0]
    return home


class _Barrier:
    """The front as a fence: symbols stay on their own side of it, so that the line stays in sight."""

    def __init__(self, view: View, front: Sequence[Any], side: Ints, true: Floats, half: Floats) -> None:
        """``true`` (n, 2) is where each symbol belongs, ``half`` (n, 2) its half width and height."""
        import shapely

        lines = [view.to_points(shapely.get_coordinates(shapely.simplify(f, view.metres(3.0)))) for f in front]
        self.a = np.vstack([p[:-1] for p in lines]) if lines else np.empty((0, 2))
        self.b = np.vstack([p[1:] for p in lines]) if lines else np.empty((0, 2))
        self.line = shapely.MultiLineString(lines)
        shapely.prepare(self.line)
        self.side, self.true, self.half = side, true, half
        self.room = 2.6 * view.scale
        for _ in range(3):  # who is just stepping over the line belongs behind it
            self.true = self.off(self.true, np.zeros_like(half), np.arange(len(half)))

    def behind(self, centre: Floats, which: Ints) -> Floats:
        """Centres of some symbols moved clear of the front, to their own side of it."""
        return self.off(centre, self.half[which], which)

    def crosses(self, places: Floats, i: int) -> NDArray[np.bool_]:
        """Which places the front parts from where a symbol belongs."""
        import shapely

        if self.side[i] < 0 or not len(self.a) or not len(places):
            return np.zeros(len(places), dtype=bool)
        ways = np.stack([np.broadcast_to(self.true[i], places.shape), places], axis=1)
        return np.asarray(shapely.intersects(self.line, shapely.linestrings(ways)))

    def off(self, centre: Floats, half: Floats, which: Ints) -> Floats:
        """Centres of some symbols moved away from the nearest stretch of front, to their own side of it."""
        if not len(self.a):
            return centre
        along = self.b - self.a
        length = np.maximum((along**2).sum(axis=1), 1e-9)
        t = np.clip(((centre[:, None, :] - self.a) * along).sum(axis=2) / length, 0.0, 1.0)
        apart = centre[:, None, :] - (self.a + t[:, :, None] * along)
        nearest = (apart**2).sum(axis=2).argmin(axis=1)
        rows = np.arange(len(centre))
        normal = np.column_stack([-along[nearest, 1], along[nearest, 0]]) / np.sqrt(length[nearest])[:, None]
        off, end = apart[rows, nearest], t[rows, nearest]
        left_of = (off * normal).sum(axis=1)
        side = self.side[which]
        own = np.where(side == 0, 1.0, -1.0)
        distance = np.hypot(*off.T) * np.where(left_of * own >= 0, 1.0, -1.0)
        beside = (end > 0.0) & (end < 1.0)
        radial = off / np.maximum(np.hypot(*off.T), 1e-6)[:, None]
        outward = np.where((distance > 0.01)[:, None] & ~beside[:, None], radial, normal * own[:, None])
        need = np.abs(outward[:, 0]) * half[:, 0] + np.abs(outward[:, 1]) * half[:, 1] + self.room
        step = np.clip(need - distance, 0.0, 8.0 * self.room)
        step[side < 0] = 0.0
        return np.asarray(centre + 0.5 * outward * step[:, None])


def _leaders(sheet: Sheet, view: View, drawn: Sequence[Token], at: Floats) -> None:
    """Hair lines from symbols that had to move to where they belong."""
    from matplotlib.collections import LineCollection

    true = view.to_points(np.array([t.at for t in drawn]))
    staff = np.array([t.is_headquarters for t in drawn])
    far = np.hypot(*(at - true).T) / (HEIGHT * view.scale)
    moved = ~staff & (far > 1.3)
    lines = np.stack([true[moved], at[moved]], axis=1)
    astray = staff & (far > FAR_OFF)  # a staff so far from its troops could be taken to stand there
    sheet.over.add_collection(
        LineCollection(
            list(np.stack([true[astray], at[astray]], axis=1)),
            colors=style.INK,
            linewidths=0.7 * view.scale,
            linestyles=[(0, (2.6, 1.8))],
            zorder=17.6,
        ),
        autolim=False,
    )
    sheet.over.add_collection(
        LineCollection(list(lines), colors=style.INK, linewidths=0.5 * view.scale, zorder=17.6), autolim=False
    )
    sheet.over.scatter(
        true[moved, 0], true[moved, 1], s=(1.6 * view.scale) ** 2, color=style.INK, linewidths=0, zorder=17.7
    )


def draw_dots(view: View, atlas: Atlas, world: World, at: Floats) -> None:
    """Units as dots in their power's colour, area by men; mobile units ringed."""
    rows = np.flatnonzero(on_the_map(world, atlas) & view.shows(at))
    f = world.forces
    order = rows[np.lexsort((rows, -f.men[rows]))]
    turn = np.arange(len(f.ids)) * 2.399963  # golden angle: units of one province fan out
    rank = np.zeros(len(f.ids))
    seen: dict[int, int] = {}
    for i in order.tolist():
        rank[i] = seen.get(int(f.province[i]), 0)
        seen[int(f.province[i])] = int(rank[i]) + 1
    radius = view.metres(3.0) * np.sqrt(rank)
    x, y = at[:, 0] + radius * np.cos(turn), at[:, 1] + radius * np.sin(turn)
    colours = [style.strong(atlas.colours[atlas.powers[p]]) for p in f.power[order].tolist()]
    area = np.clip(f.men[order] / 17000, 0.2, 1.6) * 17.0 * view.scale**2
    view.axes.scatter(x[order], y[order], s=area, c=colours, edgecolors="white", linewidths=0.35 * view.scale, zorder=5)
