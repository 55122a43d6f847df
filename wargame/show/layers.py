"""The layers of a map, each a function that draws one kind of thing into a `View`, few collections each.

Order, from below: `beyond`, `tint`, `hatch`, `relief`, `water`, `province_lines`, `railways`, `fortifications`,
`state_borders`, `coasts`, `front`, `pockets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.show import style
from wargame.show.ground import COAST, Arcs, Ground, smooth
from wargame.show.sheet import View

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

RAIL_TICKS = (0, (0.2, 3.8))
"""Dashes in widths of the ticks."""
INNER, INNER_DASHES = "#333333", (0, (4.0, 2.2))
"""Colour and dashes of a line between two parts of one state."""


def _path(ground: Ground, provinces: Mask) -> Any:
    """One path of all the polygons of some provinces: neighbours of one colour then show no seam."""
    from matplotlib.path import Path

    coordinates, codes, owner = ground.path_codes
    keep = provinces[owner]
    return Path(coordinates[keep], codes[keep])


def _area(view: View, path: Any, colour: str, zorder: float) -> None:
    from matplotlib.collections import PathCollection

    made = PathCollection(
        [path], facecolors=colour, linewidths=0.0, zorder=zorder
    )  # a patch would measure itself first
    view.axes.add_collection(made, autolim=False)


def _lines(
    view: View, lines: Sequence[Any], zorder: float, *, widths: Any = 1.0, capstyle: str = "round", **look: Any
) -> None:
    from matplotlib.collections import LineCollection

    if len(lines):
        made = LineCollection(lines, linewidths=widths, zorder=zorder, capstyle=capstyle, joinstyle="round", **look)
        view.axes.add_collection(made, autolim=False)


def _coordinates(lines: Iterable[Any]) -> list[Floats]:
    """Coordinates of lines, one array each."""
    import shapely

    geometries = np.asarray(list(lines), dtype=object)
    points, index = shapely.get_coordinates(geometries, return_index=True)
    return [p for p in np.split(points, np.flatnonzero(np.diff(index)) + 1) if len(p) > 1]


def merged(arcs: Arcs, pick: Mask, flip: Mask | None = None, *, directed: bool = False) -> list[Any]:
    """Arcs joined end to end into as few lines as there can be; ``flip`` turns some around first."""
    import shapely

    lines = arcs.lines[pick]
    if flip is not None:
        lines = np.where(flip[pick], shapely.reverse(lines), lines)
    if not len(lines):
        return []
    joined = shapely.line_merge(shapely.multilinestrings(list(lines)), directed=directed)
    return list(shapely.get_parts(joined))


# --- areas -----------------------------------------------------------------------------------------------------------


def beyond(view: View, ground: Ground) -> None:
    """Leave as paper what lies beyond the map's land, where the map says where its seas are; the ocean goes on."""
    import shapely

    if not ground.seas:
        return
    window = shapely.box(*view.window)
    land, seas = ground.provinces[ground.within(view.window)], np.array(ground.seas, dtype=object)
    seas = seas[shapely.intersects(seas, window)]
    outside = shapely.get_parts(shapely.difference(window, shapely.coverage_union_all([*land, *seas])))
    frame = shapely.get_exterior_ring(window)
    for part in outside[shapely.dwithin(outside, frame, 1.0)]:
        ring = shapely.get_coordinates(shapely.get_exterior_ring(part))
        on_land, at_sea = (len(np.unique(_touching(shapely.points(ring), near))) for near in (land, seas))
        paper = _off_the_map(part, frame, land, seas)
        if paper is None and MANY_TURNS * on_land > at_sea:
            paper = part
        for piece in shapely.get_parts(paper):
            if piece.geom_type == "Polygon":
                outline = shapely.get_coordinates(shapely.get_exterior_ring(piece))
                view.axes.fill(*outline.T, color=style.BEYOND, zorder=1.6, linewidth=0)


def _off_the_map(part: Any, frame: Any, land: Any, seas: Any) -> Any:
    """Of a part beyond the map that meets both, what is nearer to the end of its land than of its seas; else `None`."""
    import shapely

    ends = shapely.segmentize(shapely.difference(shapely.boundary(part), shapely.buffer(frame, 10.0)), STEP_M)
    points = shapely.points(np.unique(shapely.get_coordinates(ends), axis=0))
    dry, wet = np.zeros(len(points), dtype=bool), np.zeros(len(points), dtype=bool)
    dry[_touching(points, land)] = True
    wet[_touching(points, seas)] = True
    if min(dry.sum(), wet.sum()) * STEP_M < BOTH_M:
        return None
    at = shapely.get_coordinates(points)
    near = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) < AROUND_M
    dry = near @ dry.astype(float) > near @ wet.astype(float)  # an island or a gulf does not count among much else
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    of_point, cell = shapely.STRtree(cells).query(points, "intersects")[:2]
    return shapely.intersection(part, shapely.union_all(cells[cell[dry[of_point]]]))


STEP_M = 20_000.0
"""How far apart the ends of land and sea are looked at."""
AROUND_M = 700_000.0
"""How far around a place the ends of land and sea are weighed."""
BOTH_M = 600_000.0
"""How much end of land and of sea a part beyond the map must have to be shared between paper and ocean."""
MANY_TURNS = 3
"""How many times as many corners a shore has as the straight end of a desert or a steppe, at the least."""


def _touching(points: Any, shapes: Any) -> Ints:
    """Which points lie on the outline of some shapes."""
    import shapely

    return np.asarray(shapely.STRtree(shapes).query(points, "dwithin", 5.0)[0])


def tint(view: View, ground: Ground, colours: Sequence[str]) -> None:
    """Colour every province in view (a colour each, by province number), one path a colour."""
    seen = ground.within(view.window)
    palette = np.array(colours)
    for colour in sorted(set(palette[seen].tolist())):
        _area(view, _path(ground, seen & (palette == colour)), colour, 1.1)


def hatch(view: View, ground: Ground, classes: Mapping[str, Mask], *, pitch: float = 3.6, width: float = 0.55) -> None:
    """Diagonal lines over provinces: masks by colour. Lines are cut at the provinces' outer border."""
    import shapely

    west, south, east, north = view.window
    step = view.metres(pitch) * 2**0.5
    for colour in sorted(classes):
        mask = classes[colour] & ground.within(view.window)
        if not mask.any():
            continue
        area = shapely.coverage_union_all(ground.provinces[mask])
        low, high = shapely.bounds(area)[[1, 3]]
        low, high = max(low, south), min(high, north)
        starts = np.arange(np.floor((west - (high - low)) / step) * step, east, step)
        ends = np.stack([np.column_stack([starts, np.full(len(starts), low)]),
                         np.column_stack([starts + high - low, np.full(len(starts), high)])], axis=1)  # fmt: skip
        shapely.prepare(area)
        cut = shapely.intersection(shapely.linestrings(ends), area)
        parts = shapely.get_parts(cut)
        parts = parts[shapely.get_type_id(parts) == 1]
        _lines(view, _coordinates(parts), 1.2, widths=width * view.scale, colors=colour, alpha=0.75, capstyle="butt")


FADE = 40
"""Pixels from the west and east end of the relief over which it fades."""


def relief(view: View, ground: Ground, strength: float = 1.0) -> None:
    """Multiply the ground by the shadow of its relief, and lighten the sunny slopes a little."""
    if ground.hillshade is None:
        return
    from PIL import Image

    grey, (west, south, east, north) = ground.hillshade, ground.hillshade_bounds
    rows, columns = grey.shape
    dx, dy = (east - west) / columns, (north - south) / rows
    left = int(np.clip((view.window[0] - west) // dx - 1, 0, columns - 1))
    right = int(np.clip((view.window[2] - west) // dx + 2, 1, columns))
    top = int(np.clip((north - view.window[3]) // dy - 1, 0, rows - 1))
    bottom = int(np.clip((north - view.window[1]) // dy + 2, 1, rows))
    if right <= left or bottom <= top:
        return
    flat = int(np.bincount(grey.ravel(), minlength=256).argmax())
    part = Image.fromarray(grey[top:bottom, left:right])
    grow = max(1, round((view.box[2] - view.box[0]) * 2 / part.width))  # about 144 pixels to the inch
    fine = part.resize((part.width * grow, part.height * grow), Image.Resampling.BICUBIC)
    slope = (np.asarray(fine).astype(np.float32) - flat) / 255
    image = np.zeros((*slope.shape, 4), dtype=np.uint8)
    image[..., :3] = np.where(slope > 0, 255, 30)[..., None]
    edge = np.minimum(np.arange(columns), np.arange(columns)[::-1]) / FADE
    faded = np.interp(np.linspace(left, right, slope.shape[1]), np.arange(columns), np.minimum(edge, 1.0))
    image[..., 3] = 255 * np.clip(np.where(slope > 0, slope * 0.55, -slope * 0.62) * strength * faded, 0, 0.42)
    extent = (west + left * dx, west + right * dx, north - bottom * dy, north - top * dy)
    view.axes.imshow(image, extent=extent, interpolation="nearest", zorder=1.5, aspect="auto")
    view.axes.set_xlim(view.window[0], view.window[2])
    view.axes.set_ylim(view.window[1], view.window[3])


def water(view: View, ground: Ground) -> None:
    """Lakes, and rivers by class: small ones only where the scale allows."""
    import shapely

    least = 1 if view.km_per_mm < 5.5 else 2 if view.km_per_mm < 11 else 3
    shown = [(c, line) for _, c, line in ground.rivers if c >= least]
    if shown:
        widths = {1: 0.35, 2: 0.65, 3: 1.05}
        boxes = shapely.bounds(np.array([line for _, line in shown], dtype=object))
        west, south, east, north = view.window
        near = (boxes[:, 0] < east) & (boxes[:, 2] > west) & (boxes[:, 1] < north) & (boxes[:, 3] > south)
        thick = 1.0 if view.km_per_mm < 6 else 0.7
        for c, width in widths.items():
            lines = [line for (k, line), there in zip(shown, near, strict=True) if there and k == c]
            _lines(view, _coordinates(lines), 2.0, widths=width * thick * view.scale, colors=style.RIVER)
    for lake in ground.lakes:
        for ring in _coordinates(shapely.get_rings(lake)[:1]):
            view.axes.fill(
                *ring.T, facecolor=style.WATER, edgecolor=style.WATER_LINE, linewidth=0.5 * view.scale, zorder=2.1
            )


# --- lines -----------------------------------------------------------------------------------------------------------


def province_lines(view: View, ground: Ground, alpha: float = 0.35) -> None:
    """Hair lines between provinces."""
    arcs = ground.arcs
    pick = arcs.within(view.window) & (arcs.right != COAST)
    _lines(view, _coordinates(arcs.lines[pick]), 2.2, widths=0.3 * view.scale, colors=style.GREY, alpha=alpha)


def coasts(view: View, ground: Ground) -> None:
    """The shore."""
    arcs = ground.arcs
    pick = arcs.within(view.window) & (arcs.right == COAST)
    _lines(view, _coordinates(arcs.lines[pick]), 3.0, widths=0.55 * view.scale, colors=style.WATER_LINE)


def state_borders(view: View, ground: Ground, owner: Ints, *, width: float = 0.9, faint: bool = False) -> None:
    """Borders between states: a pale band with a dot-dash line in it; ``faint`` for borders that were."""
    arcs = ground.arcs
    inland = arcs.within(view.window) & (arcs.right != COAST)
    pick = inland & (owner[arcs.left] != owner[np.where(inland, arcs.right, 0)])
    lines = _coordinates(merged(arcs, pick))
    w = width * view.scale
    _lines(view, lines, 2.6, widths=3.2 * w, colors="white", alpha=0.45, capstyle="butt")
    dashes = (0, (7.0, 1.6, 1.2, 1.6)) if not faint else (0, (2.5, 1.8))
    _lines(view, lines, 2.7, widths=w, colors="#3a3a3a", linestyles=[dashes], capstyle="butt")


def solid_borders(view: View, ground: Ground, owner: Ints, *, width: float = 0.8) -> None:
    """Borders between states as one dark line, for political maps."""
    arcs = ground.arcs
    inland = arcs.within(view.window) & (arcs.right != COAST)
    pick = inland & (owner[arcs.left] != owner[np.where(inland, arcs.right, 0)])
    _lines(view, _coordinates(merged(arcs, pick)), 2.7, widths=width * view.scale, colors="#333333")


def inner_borders(view: View, ground: Ground, owner: Ints, part: Ints) -> bool:
    """Dashed lines between parts of one state (``part`` by province); whether there are any in view."""
    arcs = ground.arcs
    inland = arcs.within(view.window) & (arcs.right != COAST)
    right = np.where(inland, arcs.right, 0)
    pick = inland & (owner[arcs.left] == owner[right]) & (part[arcs.left] != part[right])
    lines = _coordinates(merged(arcs, pick))
    _lines(view, lines, 2.65, widths=0.65 * view.scale, colors=INNER, linestyles=[INNER_DASHES], capstyle="butt")
    return bool(pick.any())


def railways(view: View, atlas: Atlas, ground: Ground) -> None:
    """Trunk lines from hub to hub as curves, with fine ticks; double track a little stronger."""
    by_tracks: dict[int, list[Floats]] = {1: [], 2: []}
    for tracks, points in rail_curves(atlas, ground):
        by_tracks[tracks].append(points)
    for tracks, lines in by_tracks.items():
        width = (0.35 if tracks == 1 else 0.6) * view.scale
        _lines(view, lines, 2.3, widths=width, colors=style.RAIL, alpha=0.6)
        ticks: dict[str, Any] = {"widths": 1.9 * view.scale, "linestyles": [RAIL_TICKS], "capstyle": "butt"}
        _lines(view, lines, 2.31, colors=style.RAIL, alpha=0.6, **ticks)


def rail_curves(atlas: Atlas, ground: Ground) -> list[tuple[int, Floats]]:
    """The rail net as smooth curves through the hubs: (tracks 1 or 2, coordinates), lines followed end to end."""
    chains: dict[tuple[str, int], dict[int, list[int]]] = {}
    for r in atlas.rail:
        net = chains.setdefault((r.line, min(2, max(1, r.tracks))), {})
        net.setdefault(r.a, []).append(r.b)
        net.setdefault(r.b, []).append(r.a)
    curves = []
    for (_, tracks), net in sorted(chains.items()):
        curves += [(tracks, _through(ground.hubs[walk])) for walk in _walks(net)]
    return curves


def _walks(net: dict[int, list[int]]) -> list[list[int]]:
    """Walks that use every edge of a small graph once, begun at ends and junctions."""
    left = {(min(a, b), max(a, b)) for a, ends in net.items() for b in ends}
    walks = []
    starts = sorted(net, key=lambda p: (len(net[p]) == 2, p))
    for start in starts:
        for first in sorted(net[start]):
            if (min(start, first), max(start, first)) not in left:
                continue
            walk, at, to = [start], start, first
            while (min(at, to), max(at, to)) in left:
                left.discard((min(at, to), max(at, to)))
                walk.append(to)
                if len(net[to]) != 2:
                    break
                at, to = to, next((p for p in net[to] if p != at), at)
            walks.append(walk)
    return walks


def _through(points: Floats, steps: int = 6) -> Floats:
    """A Catmull-Rom curve through all points, flattened."""
    if len(points) < 3:
        return points
    p = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([curve.reshape(-1, 2), points[-1:]])


def fortresses(atlas: Atlas, hour: int) -> list[int]:
    """Provinces with all-round works."""
    return sorted({fort.province for fort in atlas.forts_shown(hour) if fort.facing < 0})


def fortifications(view: View, atlas: Atlas, ground: Ground, hour: int) -> None:
    """Fortified lines along the borders they guard, teeth towards the enemy."""
    import shapely

    arcs = ground.arcs
    rows = {(int(a), int(b)): [] for a, b in zip(arcs.left, arcs.right, strict=True)}  # type: dict[tuple[int, int], list[int]]
    for k, (a, b) in enumerate(zip(arcs.left.tolist(), arcs.right.tolist(), strict=True)):
        rows[a, b].append(k)
    shown = arcs.within(view.window)
    strong = np.zeros(len(arcs.left), dtype=np.int64)  # 1 light, 2 strong
    flip = np.zeros(len(arcs.left), dtype=bool)
    for fort in atlas.forts_shown(hour):
        if fort.facing < 0:
            continue
        pair = (min(fort.province, fort.facing), max(fort.province, fort.facing))
        for k in rows.get(pair, []):
            strong[k] = max(strong[k], 2 if fort.strength >= 0.3 else 1)
            flip[k] = fort.province == pair[1]  # the works lie to the left of the line
    inset = view.metres(2.4)
    for grade, width in ((1, 0.7), (2, 1.2)):
        lines = merged(arcs, shown & (strong == grade), flip, directed=True)
        if not lines:
            continue
        soft = shapely.simplify(np.array(lines, dtype=object), inset * 0.5)
        drawn = _coordinates(shapely.offset_curve(soft, inset, join_style="round"))
        _lines(view, drawn, 2.4, widths=width * view.scale, colors=style.FORT, capstyle="butt")
        teeth = (0, (0.45, 1.1)) if grade == 2 else (0, (0.3, 1.9))
        out = _coordinates(shapely.offset_curve(soft, inset * 0.5, join_style="round"))
        _lines(view, out, 2.41, widths=2.0 * view.scale, colors=style.FORT, linestyles=[teeth], capstyle="butt")


def front_lines(view: View, ground: Ground, side: Ints) -> list[Any]:
    """The line between two coalitions (``side`` by province: 0, 1, or -1 neither), smoothed, side 0 on its left."""
    import shapely

    arcs = ground.arcs
    inland = arcs.right != COAST
    left, right = side[arcs.left], side[np.where(inland, arcs.right, 0)]
    pick = inland & (left + right == 1) & (left >= 0) & (right >= 0)
    lines = merged(arcs, pick & arcs.within(view.window), left == 1, directed=True)
    if not lines:
        return []
    soft = shapely.simplify(np.array(lines, dtype=object), view.metres(2.2))
    return [shapely.LineString(smooth(points, 3)) for points in _coordinates(soft)]


def front(view: View, lines: Sequence[Any], colours: tuple[str, str], *, width: float = 1.7) -> None:
    """The front as two bold lines, each in the colour of the side it faces, on a white band."""
    import shapely

    if not lines:
        return
    w = width * view.scale
    _lines(view, _coordinates(lines), 3.4, widths=3.0 * w, colors="white", alpha=0.95, capstyle="round")
    off = 0.62 * view.metres(width)
    geometries = np.array(lines, dtype=object)
    for colour, sign in zip(colours, (1, -1), strict=True):
        edge = shapely.offset_curve(geometries, sign * off, join_style="round")
        _lines(view, _coordinates(edge), 3.5, widths=w, colors=colour, capstyle="butt")


def pockets(view: View, ground: Ground, groups: Sequence[Ints]) -> None:
    """Outline the provinces in which forces are cut off."""
    arcs = ground.arcs
    lines: list[Any] = []
    for group in groups:
        inside = np.zeros(len(ground.provinces), dtype=bool)
        inside[group] = True
        right = np.where(arcs.right == COAST, False, inside[np.maximum(arcs.right, 0)])
        lines += merged(arcs, inside[arcs.left] != right)
    drawn = [smooth(points, 2) for points in _coordinates(lines)]
    _lines(view, drawn, 3.6, widths=3.4 * view.scale, colors="white", alpha=0.9)
    _lines(
        view, drawn, 3.7, widths=1.5 * view.scale, colors=style.POCKET, linestyles=[(0, (3.0, 1.3))], capstyle="butt"
    )
