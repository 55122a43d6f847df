"""Names on maps: towns by importance, countries, seas and armies, none over another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import NOBODY, Atlas
from wargame.show import style
from wargame.show.ground import Ground, project
from wargame.show.labels import Box, Name, Weight, place_beside, place_within, text_size
from wargame.show.sheet import Sheet, View

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

SEAS = (
    ("Baltic Sea", 18.6, 55.75, 3), ("Gulf of Danzig", 19.15, 54.6, 1), ("Gulf of Riga", 23.6, 57.75, 1),
    ("Gulf of Finland", 26.0, 59.85, 1), ("Gulf of Bothnia", 19.6, 62.0, 2), ("Kattegat", 11.4, 56.75, 1),
    ("Skagerrak", 9.2, 58.1, 1), ("North Sea", 3.2, 56.2, 3), ("German Bight", 7.3, 54.5, 1),
    ("English Channel", -1.5, 50.1, 2), ("Irish Sea", -4.9, 53.8, 1), ("Bay of Biscay", -4.5, 45.6, 3),
    ("Atlantic Ocean", -13.5, 50.0, 4),
    ("Norwegian Sea", 2.5, 65.0, 3), ("Barents Sea", 36.0, 72.0, 3), ("White Sea", 38.0, 65.6, 1),
    ("Adriatic Sea", 15.4, 43.1, 2), ("Tyrrhenian Sea", 12.0, 40.1, 2), ("Ligurian Sea", 9.0, 43.5, 1),
    ("Mediterranean Sea", 18.0, 34.8, 4), ("Ionian Sea", 18.8, 38.2, 2), ("Aegean Sea", 25.0, 38.9, 2),
    ("Black Sea", 34.0, 43.4, 3), ("Sea of Azov", 36.8, 46.1, 1), ("Caspian Sea", 50.6, 42.0, 3),
    ("Lake Peipus", 27.4, 58.7, 0),
)  # fmt: skip
"""Name, longitude, latitude, importance 0..4."""


def sea_names(sheet: Sheet, view: View, ground: Ground) -> None:
    """Names of the seas in view, in italics, where nothing else is."""
    import shapely

    found = []
    seen = ground.within(view.window)
    land = shapely.STRtree(ground.provinces[seen])
    for text, lon, lat, rank in SEAS:
        at = project(lon, lat)
        if not view.shows(at[None, :])[0] or (rank < 2 and view.km_per_mm > 9):
            continue
        x, y = view.to_points(at).tolist()
        size = (5.6 + 1.1 * rank) * view.scale
        half = np.array(text_size(text, size, "normal", "italic")) / 2 + 1.0
        steps = [(x + dx * size * 2.2, y + dy * size * 1.5) for dx, dy in _SPIRAL]
        low, high = (view.to_metres(np.array(steps) + sign * half) for sign in (-1, 1))
        wet = ~np.isin(np.arange(len(steps)), land.query(shapely.box(*low.T, *high.T), predicate="intersects")[0])
        steps = [place for place, free in zip(steps, wet, strict=True) if free]
        name = place_within(view.taken, text, steps, size, weight="normal", slant="italic")
        if name:
            found.append(name)
    sheet.names(found, style.SEA_TEXT, halo=0.0, zorder=12)


_SPIRAL = (
    (0, 0),
    (0, 1),
    (0, -1),
    (1, 0),
    (-1, 0),
    (1, 1),
    (-1, -1),
    (1, -1),
    (-1, 1),
    (0, 2.5),
    (0, -2.5),
    (2.5, 0),
    (-2.5, 0),
)


def country_names(
    sheet: Sheet, view: View, atlas: Atlas, ground: Ground, owner: Ints, *, quiet: bool, spare: Sequence[Box] = ()
) -> None:
    """Names of states, spaced capitals, in the roomiest free part of their land in view.

    Places that cover the fewest of the boxes ``spare`` come first.
    """
    west, south, east, north = view.window
    inset = 0.03 * (east - west)
    b = ground.bounds
    seen = (b[:, 0] < east - inset) & (b[:, 2] > west + inset) & (b[:, 1] < north - inset) & (b[:, 3] > south + inset)
    import shapely

    names = []
    tree = shapely.STRtree(ground.provinces)
    for power in sorted(
        set(owner[seen].tolist()) - {NOBODY}, key=lambda p: (-float(atlas.area_km2[seen & (owner == p)].sum()), p)
    ):
        mine = np.flatnonzero(seen & (owner == power))
        core = mine[atlas.owners_on(0)[mine] == power]
        mine = core if len(core) else mine
        room = float(atlas.area_km2[mine].sum()) ** 0.5 * 1000 * view.points_per_metre  # side of a square as large
        text = "\u2009\u2009".join(_plain(atlas.power_names.get(atlas.powers[power], "")).upper())
        text = text.replace(" ", "\u2003")
        size = min(room / 11, 15.0 * view.scale) * (0.85 if quiet else 1.0)
        size = max(size, 5.0 * view.scale)
        while size > 5.0 * view.scale and text_size(text, round(size, 1), "bold")[0] > 1.15 * room:
            size *= 0.9
        size = round(size, 1)
        if text_size(text, size, "bold")[0] > 2.4 * room:
            continue
        wanted = _roomy(view, ground, owner, power, mine)
        for shrink, sparing in ((1.0, True), (0.8, True), (1.0, False), (0.8, False), (0.64, False)):
            set_in = max(round(size * shrink, 1), 5.0 * view.scale)
            extent = text_size(text, set_in, "bold")
            places = _ashore(view, tree, owner == power, wanted, extent)
            covered = [_covers(place, extent, spare) for place in places]
            if sparing:
                places = [place for place, n in zip(places, covered, strict=True) if n == 0]
            else:
                places = [places[k] for k in sorted(range(len(places)), key=lambda k: covered[k])]
            name = place_within(view.taken, text, places, set_in, weight="bold", slant="normal", pad=1.6 * view.scale)
            if name:
                names.append((name, style.strong(atlas.colours.get(atlas.powers[power], style.GREY))))
                break
    for name, colour in names:
        sheet.names([name], colour, halo=0.0 if quiet else 1.2, alpha=0.42 if quiet else 0.9, zorder=11)


def part_names(sheet: Sheet, view: View, atlas: Atlas, ground: Ground, owner: Ints, parts: Mapping[str, Mask]) -> None:
    """Names of parts of states (provinces by name), in italics, where all of the name lies on the part."""
    import shapely

    tree = shapely.STRtree(ground.provinces)
    shown = view.shows(ground.hubs)
    for text, part in parts.items():
        mine = np.flatnonzero(part & shown)
        if not len(mine):
            continue
        power = int(owner[mine[0]])
        apart = np.where(part, power, NOBODY)
        wanted = _roomy(view, ground, apart, power, mine)
        for size in (7.0 * view.scale, 5.8 * view.scale, 5.0 * view.scale):
            places = _ashore(view, tree, part, wanted, text_size(text, size, "normal", "italic"))
            name = place_within(view.taken, text, places, size, weight="normal", slant="italic", pad=0.6 * view.scale)
            if name:
                colour = style.type_colour(atlas.colours.get(atlas.powers[power], style.GREY))
                sheet.names([name], colour, halo=1.2, zorder=11)
                break


def _plain(name: str) -> str:
    return name.partition(" (")[0]


def _ashore(
    view: View, tree: Any, own: Mask, places: list[tuple[float, float]], extent: tuple[float, float]
) -> list[tuple[float, float]]:
    """Of places for a name of some extent, those where all of it lies on its own land."""
    import shapely

    if not places:
        return places
    across = np.array([(x * extent[0], y * extent[1]) for x in np.linspace(-0.5, 0.5, 7) for y in (-0.4, 0.4)])
    at = view.to_metres((np.array(places)[:, None, :] + across[None, :, :]).reshape(-1, 2))
    points, hit = tree.query(shapely.points(at), predicate="within")
    inside = np.zeros(len(at), dtype=bool)
    inside[points[own[hit]]] = True
    share = inside.reshape(-1, 14).mean(axis=1)
    return [place for place, s in zip(places, share, strict=True) if s > 0.95]


def _covers(place: tuple[float, float], extent: tuple[float, float], boxes: Sequence[Box]) -> int:
    """Of how many boxes a name of some extent, centred on a place, covers a part."""
    (x, y), half, high = place, extent[0] / 2, extent[1] / 2
    return sum(b[0] < x + half and b[2] > x - half and b[1] < y + high and b[3] > y - high for b in boxes)


def _roomy(view: View, ground: Ground, owner: Ints, power: int, mine: Ints) -> list[tuple[float, float]]:
    """Places for a country's name, those farthest from other land and the window's edge first."""
    hubs = view.to_points(ground.hubs)
    left, bottom, right, top = view.box
    others = np.flatnonzero((owner != power) & view.shows(ground.hubs))
    far = np.full(len(mine), 1e9)
    if len(others):
        apart = hubs[mine][:, None, :] - hubs[others][None, :, :]
        apart[:, :, 0] *= 0.45  # a name is wide, not high
        far = np.sqrt((apart**2).sum(axis=2)).min(axis=1)
    x, y = hubs[mine].T
    edge = np.minimum(np.minimum(x - left, right - x) * 0.45, np.minimum(y - bottom, top - y))
    score = np.minimum(far, np.maximum(edge, 0.0) * 1.3)
    order = np.lexsort((mine, -score))[:60]
    return [(float(x[k]), float(y[k]) + d) for k in order for d in (0.0, 9.0 * view.scale, -9.0 * view.scale)]


SMALL_SCALE = 8.5
"""Kilometres to a millimetre from which fortresses are drawn small."""
MUCH = 0.3
"""Share of a town's name on foreign land from which another place for it is better."""


class _Land:
    """Whose land lies under a place of the sheet."""

    def __init__(self, view: View, ground: Ground, owner: Ints) -> None:
        import shapely

        self.view = view
        seen = ground.within(view.window)
        self.owner = owner[seen]
        self.tree = shapely.STRtree(ground.provinces[seen])

    def foreign(self, power: int, boxes: Sequence[Box]) -> list[float]:
        """The share of each box that lies on land of other powers than one, if it is much; the sea is nobody's."""
        import shapely

        b = np.array(boxes)
        x = b[:, :1] + (b[:, 2:3] - b[:, :1]) * np.linspace(0.05, 0.95, 7)
        at = self.view.to_metres(np.stack([x, np.broadcast_to(b[:, 1:2] + b[:, 3:4], x.shape) / 2], axis=-1))
        point, hit = self.tree.query(shapely.points(at.reshape(-1, 2)), "within")
        strange = np.zeros(x.size, dtype=bool)
        strange[point[self.owner[hit] != power]] = True
        return [float(share) if share > MUCH else 0.0 for share in strange.reshape(x.shape).mean(axis=1)]


class Towns:
    """The towns in view by importance, named in two goes: the chief ones before the symbols, the rest after."""

    def __init__(
        self,
        view: View,
        atlas: Atlas,
        ground: Ground,
        owner: Ints,
        works: Sequence[int] = (),
        matter: Mask | None = None,
    ) -> None:
        """``owner`` by province tells which capitals are capitals now; ``works`` are fortresses, drawn as stars;
        ``matter`` marks provinces whose towns come first.
        """
        self.view, self.atlas, self.owner = view, atlas, owner
        self.land = _Land(view, ground, owner)
        self.at = view.to_points(ground.hubs)
        shown = view.shows(ground.hubs)
        holder = [atlas.powers[p] if p != NOBODY else "" for p in owner.tolist()]
        self.capital = np.array([bool(c) and c == h for c, h in zip(atlas.capital_of, holder, strict=True)])
        self.works = [i for i in works if shown[i]]
        self.star = (4.0 if view.km_per_mm < SMALL_SCALE else 2.6) * view.scale
        weight = atlas.population_k + 40.0 * (atlas.port >= 2) + 3000.0 * self.capital
        weight[self.works] += 60.0
        if matter is not None:
            weight *= np.where(matter, 2.0, 1.0)
        self.left = [i for i in np.lexsort((np.arange(len(weight)), -weight)).tolist() if shown[i]]
        self.names: dict[Weight, list[Name]] = {"normal": [], "bold": []}
        self.dots: dict[bool, list[tuple[float, float, float]]] = {False: [], True: []}

    def name_capitals(self) -> None:
        """Name the capitals alone."""
        for i in [i for i in self.left if self.capital[i]]:
            self._name(i)
        self.left = [i for i in self.left if not self.capital[i]]

    def name_chief(self, share: float = 0.16) -> None:
        """Name the first of them: capitals, and cities of 120 000, up to a share of all there will be."""
        most = max(4, round(self._room() * share))
        chief = [i for i in self.left[:most] if self.capital[i] or self.atlas.population_k[i] >= 120]
        self.left = [i for i in self.left if i not in set(chief)]
        for i in chief:
            self._name(i)
        for i in self.works:
            x, y = self.at[i].tolist()
            r = self.star
            self.view.taken.add((x - r, y - r, x + r, y + r))

    def great(self) -> list[Box]:
        """Where the great cities that are still to be named have their dots, and would have their names."""
        boxes, around = [], 2.5 * self.view.scale
        for i in self.left:
            size, radius, weight = _rank(float(self.atlas.population_k[i]), bool(self.capital[i]), self.view)
            if weight == "bold":
                x, y = self.at[i].tolist()
                width, height = text_size(self.atlas.names[i], size, weight)
                r, h = radius + around, height / 2 + around
                boxes.append((x - r, y - h, x + r + width, y + h))
        return boxes

    def name_rest(self) -> None:
        """Name the others as far as there is room."""
        for i in self.left[: self._room()]:
            self._name(i)
        self.left = []

    def _room(self) -> int:
        """About how many names the window can carry."""
        left, bottom, right, top = self.view.box
        dense = 1.0 if self.view.km_per_mm < 6 else 0.8
        return int((right - left) * (top - bottom) / (2600.0 * self.view.scale**2) * dense)

    def _name(self, i: int) -> None:
        view = self.view
        size, radius, bold = _rank(float(self.atlas.population_k[i]), bool(self.capital[i]), view)
        x, y = self.at[i].tolist()
        square = (x - radius, y - radius, x + radius, y + radius)
        if (
            i not in self.works and view.taken.overlap(square) > 0
        ):  # its place is under a symbol: a name would seem to belong to another dot
            return
        gap = self.star + 0.6 * view.scale if i in self.works else radius + 1.2 * view.scale
        foreign = partial(self.land.foreign, int(self.owner[i]))
        name = place_beside(view.taken, self.atlas.names[i], x, y, size, gap, weight=bold, strays=foreign)
        if name is not None:
            self.names[bold].append(name)
            view.taken.add(square)
            self.dots[bool(self.capital[i])].append((x, y, radius))

    def draw(self, sheet: Sheet) -> None:
        """Draw dots, stars and names."""
        from matplotlib.collections import PathCollection
        from matplotlib.path import Path

        view = self.view
        circle: Any = Path.unit_circle()
        stars = [fortress(self.at[i], self.star) for i in self.works]
        look: dict[str, Any] = {
            "facecolors": style.WORKS,
            "edgecolors": style.FORT,
            "linewidths": 0.9 * view.scale,
            "zorder": 12.5,
        }
        sheet.over.add_collection(PathCollection(stars, **look), autolim=False)
        for capital, fill in ((False, "white"), (True, style.INK)):
            paths = [Path(circle.vertices * r + (x, y), circle.codes) for x, y, r in self.dots[capital]]
            look = {"facecolors": fill, "edgecolors": style.INK, "linewidths": 0.6 * view.scale, "zorder": 13}
            sheet.over.add_collection(PathCollection(paths, **look), autolim=False)
        sheet.names(self.names["normal"], style.INK, zorder=17)
        sheet.names(self.names["bold"], style.INK, zorder=17.2)


def _rank(population_k: float, capital: bool, view: View) -> tuple[float, float, Weight]:
    """Type size, radius of the dot and weight of a town's name."""
    s = view.scale
    if capital or population_k >= 600:
        return 7.4 * s, 2.0 * s, "bold"
    if population_k >= 200:
        return 6.6 * s, 1.6 * s, "normal"
    if population_k >= 60:
        return 5.9 * s, 1.3 * s, "normal"
    return 5.3 * s, 1.0 * s, "normal"


def fortress(at: Any, r: float) -> Any:
    """The trace of a bastioned fortress: eight points."""
    from matplotlib.path import Path

    turns = np.arange(17) * np.pi / 8
    radius = np.where(np.arange(17) % 2 == 0, r, 0.72 * r)
    return Path(np.column_stack([np.sin(turns), np.cos(turns)]) * radius[:, None] + at, closed=True)


def army_names(sheet: Sheet, atlas: Atlas, names: Sequence[tuple[Name, int]]) -> None:
    """Labels of headquarters and units in their power's dark colour."""
    for power in sorted({p for _, p in names}):
        colour = style.type_colour(atlas.colours.get(atlas.powers[power], style.INK))
        sheet.names([n for n, p in names if p == power], colour, zorder=19)
