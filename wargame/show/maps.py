"""Maps of a world or of a date: the situation, the political map, and a strip of the campaign.

Drawn with shapely and matplotlib in EPSG:3035 and written as PNG, SVG or PDF, whichever the path's suffix names; the
same input gives the same bytes. Territory, fronts and symbols come from the World alone, so a map cannot say what the
journal does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import NOBODY, Atlas
from wargame.scenario import Setup
from wargame.show import layers, style
from wargame.show.extents import Extent, extent_around, extent_of, side_of_powers, sides
from wargame.show.ground import Ground, ground_of
from wargame.show.labels import Name
from wargame.show.legends import odds_panel, political_panel, situation_panel, strip_panel
from wargame.show.names import Towns, army_names, country_names, part_names, sea_names
from wargame.show.sheet import Sheet, View
from wargame.show.tokens import Level, gather, headquarters, places, thinned
from wargame.show.units import draw_dots, draw_tokens
from wargame.world import War, World

Ints = NDArray[np.int64]
Geometry = Ground | Mapping[str, Any] | str | Path | None
Size = str | tuple[float, float]
Part = Literal["whole", "ground", "over"]

STRIPE = (6.0, 2.4)
"""Pitch and width, in points, of the stripes over land that another holds."""

CREDIT = (
    "Base map: Natural Earth (public domain) and ETOPO5; town positions: GeoNames (CC BY 4.0). "
    "Lambert azimuthal equal-area, EPSG:3035."
)


def draw_situation(
    setup: Setup | Atlas,
    geometry: Geometry,
    world: World,
    path: str | Path,
    *,
    extent: Extent = "theatre",
    title: str = "",
    subtitle: str = "",
    size: Size = "a4",
    dpi: float = 150,
    forces: Level | Literal["auto", "none"] = "auto",
    date: str = "",
    credit: str = CREDIT,
    part: Part = "whole",
    theatre_of: World | None = None,
) -> Path:
    """Draw who holds what and who stands where at the world's hour; returns the path written.

    ``setup`` may be the atlas alone; a whole setup lets the map of the opening show the wars about to begin.
    ``geometry``: what `ground_of` takes; `None` finds the map's own. Whoever draws many maps gives one `Ground`.
    ``extent``: ``theatre`` (where the war is fought), ``core``, ``europe``, a power's code, or west, south, east, north
    in degrees. ``forces``: gathered by ``armies``, by ``corps``, as ``divisions``, ``none``, or ``auto`` by scale.
    ``date`` is what the headline says, by default the world's own date (a world at midnight belongs to the day that
    begins). ``part``: for many eyes the ``ground`` is drawn once, and what each sees ``over`` it, on a page without
    paper; one upon the other they are the whole map. ``theatre_of``: another world whose theatre is shown, so that maps
    of several days have one window. `UsageError` for an unknown extent, page or suffix.
    """
    atlas = setup if isinstance(setup, Atlas) else setup.atlas
    ground = ground_of(geometry, atlas)
    world = with_wars(setup, world)
    with style.settings():
        sheet = Sheet(size)
        view = _page(
            sheet,
            extent_of(extent, atlas, ground, theatre_of or world),
            title or "Situation",
            subtitle,
            date or dates.spoken(world.hour, year=True),
        )
        side = sides(world, atlas)
        if part != "over":
            _ground_layers(view, atlas, ground, world)
        if part == "ground":
            sheet.clear()
            return sheet.save(path, dpi)
        if part == "over":
            _leave_no_paper(sheet, view)
        _draw_front(view, atlas, ground, world, side)
        towns = Towns(view, atlas, ground, world.owner, layers.fortresses(atlas, world.hour), side >= 0)
        towns.name_chief()
        level = _level(view) if forces == "auto" else forces
        names: list[tuple[Name, int]] = []
        if level != "none":
            at = places(world, atlas, ground)
            tokens = thinned(gather(world, atlas, at, level), view, level)
            staffs = headquarters(world, atlas, at, level)
            names = draw_tokens(
                sheet, view, atlas, tokens, staffs, _front(view, ground, side), side_of_powers(world, atlas)
            )
            army_names(sheet, atlas, names)
        towns.name_rest()
        towns.draw(sheet)
        country_names(sheet, view, atlas, ground, world.owner, quiet=True)
        sea_names(sheet, view, ground)
        labels = [(atlas.powers[p], n.text) for n, p in names]
        situation_panel(sheet, view, atlas, world, level, credit, labels=labels, fortresses=bool(towns.works))
        return sheet.save(path, dpi)


def draw_political(
    atlas: Atlas,
    geometry: Geometry,
    hour: int,
    path: str | Path,
    *,
    extent: Extent = "core",
    title: str = "",
    subtitle: str = "",
    size: Size = "a4",
    dpi: float = 150,
    credit: str = CREDIT,
) -> Path:
    """Draw the political map of a date from the atlas alone; returns the path written.

    Land held by another is hatched; dashed lines part what is held, demilitarised, autonomous or under a governor.
    """
    ground = ground_of(geometry, atlas)
    owner, holder = atlas.owners_on(hour), atlas.controllers_on(hour)
    apart = set_apart(atlas, hour)
    with style.settings():
        sheet = Sheet(size)
        said = dates.spoken(hour, year=True)
        subtitle = subtitle or beyond_record(atlas, hour)
        bounds = extent_of(extent, atlas, ground, owner=owner)
        view = _page(sheet, bounds, title or "Political map", subtitle, said)
        layers.beyond(view, ground)
        layers.tint(view, ground, _tints_of_parts(atlas, owner, apart))
        layers.hatch(view, ground, _held(atlas, owner, holder), pitch=STRIPE[0], width=STRIPE[1])
        layers.relief(view, ground)
        layers.water(view, ground)
        layers.province_lines(view, ground, alpha=0.22)
        layers.solid_borders(view, ground, owner)
        parted = layers.inner_borders(view, ground, owner, _parts(atlas, holder, apart))
        layers.coasts(view, ground)
        towns = Towns(view, atlas, ground, owner)
        towns.name_capitals()
        country_names(sheet, view, atlas, ground, owner, quiet=False, spare=towns.great())
        part_names(sheet, view, atlas, ground, owner, _named_parts(atlas, apart))
        towns.name_rest()
        towns.draw(sheet)
        sea_names(sheet, view, ground)
        political_panel(sheet, view, atlas, owner, holder, credit, parted=parted)
        return sheet.save(path, dpi)


def draw_strip(
    setup: Setup | Atlas,
    geometry: Geometry,
    worlds: Sequence[World],
    path: str | Path,
    *,
    extent: Extent = "theatre",
    title: str = "",
    subtitle: str = "",
    size: Size = "a4",
    dpi: float = 150,
    columns: int | None = None,
    captions: Sequence[str] = (),
    credit: str = CREDIT,
) -> Path:
    """Draw one window at several dates side by side: control, front and units as dots; returns the path written.

    ``captions`` stand in the panes, by default the dates. The rest is as for `draw_situation`.
    """
    atlas = setup if isinstance(setup, Atlas) else setup.atlas
    ground = ground_of(geometry, atlas)
    worlds = [with_wars(setup, w) for w in worlds]
    with style.settings():
        sheet = Sheet(size)
        bounds = extent_of(extent, atlas, ground, worlds[-1])
        views = _panes(sheet, bounds, len(worlds), columns, title or "The campaign", subtitle)
        said = captions or [dates.spoken(w.hour, year=True) for w in worlds]
        for view, world, caption in zip(views, worlds, said, strict=True):
            side = sides(world, atlas)
            _control(view, atlas, ground, world)
            layers.relief(view, ground, 0.7)
            layers.water(view, ground)
            layers.state_borders(view, ground, world.owner, width=0.5)
            layers.coasts(view, ground)
            _draw_front(view, atlas, ground, world, side, width=1.1)
            draw_dots(view, atlas, world, places(world, atlas, ground))
            towns = Towns(view, atlas, ground, world.owner, (), side >= 0)
            towns.name_chief(0.05)
            towns.draw(sheet)
            _caption(sheet, view, caption)
        strip_panel(sheet, views[0], atlas, worlds, credit)
        return sheet.save(path, dpi)


LIKELY, SURE, SELDOM = 0.5, 0.95, 0.05
"""Shares of runs between which a map of odds tells by its tones and stripes how surely land is taken."""


@dataclass(frozen=True)
class Odds:
    """Who took what in many runs. By province: who of those who did not hold it at the opening likeliest holds it now
    (`NOBODY`: nobody in any run), and the share of runs in which that power does.
    """

    caption: str
    taker: Ints
    share: NDArray[np.float64]


def draw_odds(
    atlas: Atlas,
    geometry: Geometry,
    before: Ints,
    panes: Sequence[Odds],
    path: str | Path,
    *,
    title: str,
    subtitle: str = "",
    size: Size = "a4",
    dpi: float = 150,
    credit: str = CREDIT,
) -> Path:
    """Draw side by side how surely land is taken; ``before`` is who held it at the opening. Returns the path written.

    What is taken in `SURE` of the runs is in the taker's full colour, in `LIKELY` of them in a light one with stripes,
    in `SELDOM` of them striped alone; all other land recedes. The window shows what is ever taken.
    """
    ground = ground_of(geometry, atlas)
    touched = np.any([p.share >= SELDOM for p in panes], axis=0)
    bounds = extent_around(ground, touched) if touched.any() else extent_of("core", atlas, ground)
    with style.settings():
        sheet = Sheet(size)
        for view, pane in zip(_panes(sheet, bounds, len(panes), None, title, subtitle), panes, strict=True):
            layers.beyond(view, ground)
            layers.tint(view, ground, _odds_tints(atlas, before, pane))
            unsure = (pane.share >= SELDOM) & (pane.share < SURE)
            for rarely, width in ((True, 0.6), (False, 1.3)):
                rows = unsure & ((pane.share < LIKELY) == rarely)
                takers = sorted(set(pane.taker[rows].tolist()) - {NOBODY})
                stripes = {style.strong(atlas.colours[atlas.powers[t]]): rows & (pane.taker == t) for t in takers}
                layers.hatch(view, ground, stripes, pitch=5.0 if rarely else 4.0, width=width)
            layers.relief(view, ground, 0.5)
            layers.water(view, ground)
            layers.state_borders(view, ground, before, width=0.7)
            layers.coasts(view, ground)
            towns = Towns(view, atlas, ground, before, (), touched)
            towns.name_chief(0.2)
            towns.draw(sheet)
            _caption(sheet, view, pane.caption)
        takers = [atlas.powers[t] for t in _takers(panes)]
        odds_panel(sheet, view, atlas, takers, (SELDOM, LIKELY, SURE), credit)
        return sheet.save(path, dpi)


def _odds_tints(atlas: Atlas, before: Ints, pane: Odds) -> list[str]:
    colours = [style.muted(c) for c in _tints(atlas, before)]
    for i in np.flatnonzero((pane.share >= LIKELY) & (pane.taker != NOBODY)).tolist():
        colour = atlas.colours[atlas.powers[int(pane.taker[i])]]
        colours[i] = style.symbol_fill(colour) if pane.share[i] >= SURE else style.taken_tint(colour)
    return colours


def _takers(panes: Sequence[Odds]) -> list[int]:
    """Powers that take land, the one that takes most first."""
    weights: dict[int, float] = {}
    for pane in panes:
        for t in sorted(set(pane.taker.tolist()) - {NOBODY}):
            weights[t] = weights.get(t, 0.0) + float(pane.share[pane.taker == t].sum())
    return sorted((t for t in weights if weights[t] >= SELDOM), key=lambda t: (-weights[t], t))


def _caption(sheet: Sheet, view: View, text: str) -> None:
    plate = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5}
    sheet.text(view.box[0] + 5 * sheet.scale, view.box[3] - 12 * sheet.scale, text, 8, weight="bold", bbox=plate)


def draw_window(
    atlas: Atlas,
    geometry: Geometry,
    world: World,
    path: str | Path,
    *,
    extent: Extent = "theatre",
    size: tuple[float, float] = (5.0, 3.6),
    dpi: float = 200,
) -> Path:
    """Draw the window alone, to be set into a page: who holds what, front, states, chief towns; returns the path."""
    ground = ground_of(geometry, atlas)
    with style.settings():
        sheet = Sheet(size)
        view = sheet.view((0.8, 0.8, sheet.width - 0.8, sheet.height - 0.8), extent_of(extent, atlas, ground, world))
        side = sides(world, atlas)
        _control(view, atlas, ground, world)
        layers.relief(view, ground, 0.7)
        layers.water(view, ground)
        layers.state_borders(view, ground, world.owner, width=0.6)
        layers.coasts(view, ground)
        layers.front(view, layers.front_lines(view, ground, side), front_colours(atlas, world, side), width=1.6)
        towns = Towns(view, atlas, ground, world.owner, (), side >= 0)
        towns.name_chief(0.6)
        country_names(sheet, view, atlas, ground, world.owner, quiet=True)
        towns.draw(sheet)
        return sheet.save(path, dpi)


def with_wars(setup: Setup | Atlas, world: World) -> World:
    """The world, or before any war has begun the same world with the wars that its scenario holds in store."""
    if world.wars or isinstance(setup, Atlas):
        return world
    planned = {w.id: War(w.id, w.attackers, w.defenders, w.begins, 0) for w in setup.scenario.wars}
    return replace(world, wars=planned)


def beyond_record(atlas: Atlas, hour: int) -> str:
    """What a political map says of a date after the last change that its data know."""
    changes = [begins for history in atlas.zone_owners for begins, _ in history]
    last = max([*changes, *(h.begins for h in atlas.held)], default=0)
    return f"as after the last change on record, that of {dates.spoken(last, year=True)}" if hour > last > 0 else ""


# --- layout ----------------------------------------------------------------------------------------------------------


def _page(sheet: Sheet, extent: tuple[float, float, float, float], title: str, subtitle: str, date: str) -> View:
    """Title above, panel on the right (below on a portrait page), and the map in what is left."""
    s, m = sheet.scale, sheet.margin
    _headline(sheet, title, subtitle, date)
    top = sheet.height - m - 32 * s
    if sheet.is_portrait:
        return sheet.view((m, m + 150 * s, sheet.width - m, top), extent)
    return sheet.view((m, m + 12 * s, sheet.width - m - 148 * s, top), extent)


def _headline(sheet: Sheet, title: str, subtitle: str, date: str) -> None:
    s, m = sheet.scale, sheet.margin
    y = sheet.height - m - 13 * s
    sheet.text(m, y, title, 15, weight="bold")
    sheet.text(sheet.width - m, y, date, 13, ha="right", weight="bold")
    if subtitle:
        sheet.text(m, y - 12.5 * s, subtitle, 8, color=style.GREY)


def _panes(
    sheet: Sheet, extent: tuple[float, float, float, float], count: int, columns: int | None, title: str, subtitle: str
) -> list[View]:
    s, m = sheet.scale, sheet.margin
    _headline(sheet, title, subtitle, "")
    left, right, bottom, top = m, sheet.width - m, m + 58 * s, sheet.height - m - 32 * s
    aspect = (extent[2] - extent[0]) / (extent[3] - extent[1])
    columns = columns or _best_columns(count, (right - left) / (top - bottom), aspect)
    rows = -(-count // columns)
    gap = 6 * s
    width = (right - left - gap * (columns - 1)) / columns
    height = (top - bottom - gap * (rows - 1)) / rows
    views = []
    for k in range(count):
        x, y = left + (k % columns) * (width + gap), top - (k // columns + 1) * height - (k // columns) * gap
        view = sheet.view((x, y, x + width, y + height), extent)
        view.scale = s * 0.8
        views.append(view)
    return views


def _best_columns(count: int, page: float, aspect: float) -> int:
    """The number of columns that leaves the panes largest."""

    def size(columns: int) -> float:
        rows = -(-count // columns)
        return min(page / columns, aspect / rows)

    return max(range(1, count + 1), key=lambda c: (round(size(c), 6), -c))


def _level(view: View) -> Level:
    if view.km_per_mm > 8.5:
        return "armies"
    return "corps" if view.km_per_mm > 2.2 else "divisions"


def _leave_no_paper(sheet: Sheet, view: View) -> None:
    """Make a page see-through, and quick to write: its letters as drawings instead of cut-down font files."""
    import matplotlib as mpl

    sheet.figure.set_facecolor("none")
    view.axes.set_facecolor("none")
    mpl.rcParams["pdf.fonttype"] = 3


# --- the ground of a situation ---------------------------------------------------------------------------------------


def _tints(atlas: Atlas, owner: Ints, at_war: set[str] | None = None) -> list[str]:
    """A tint by province; with ``at_war`` given, the others' land recedes."""
    by_power = [style.land_tint(atlas.colours.get(p, style.LAND)) for p in atlas.powers]
    if at_war:
        by_power = [c if p in at_war else style.muted(c) for p, c in zip(atlas.powers, by_power, strict=True)]
    return [style.LAND if p == NOBODY else by_power[p] for p in owner.tolist()]


APART = {
    "protectorate": "Protectorate of {}",
    "general_government": "General Government",
    "demilitarised": "{}, demilitarised",
    "autonomous": "{}",
}
"""Flags that set a zone apart within its state, and what the map says of it."""
GOVERNED = {"protectorate", "general_government"}
"""Flags of land that is not quite its owner's own, and is a little lighter."""


def set_apart(atlas: Atlas, hour: int) -> dict[int, tuple[str, str]]:
    """Zones (by number) set apart within their state at an hour: the flag, and what the map says of the zone."""
    found = {}
    for f in atlas.flags:
        if f.flag in APART and f.begins <= hour < f.ends:
            zone = atlas.zones[f.zone]
            found[f.zone] = f.flag, APART[f.flag].format(atlas.zone_names.get(zone, zone).partition(" (")[0])
    return found


def _tints_of_parts(atlas: Atlas, owner: Ints, apart: Mapping[int, tuple[str, str]]) -> list[str]:
    """A tint by province, a little lighter where land is under a governor."""
    governed = np.isin(atlas.zone_of, [z for z, (flag, _) in apart.items() if flag in GOVERNED])
    return [style.mix(c, "#ffffff", 0.3) if g else c for c, g in zip(_tints(atlas, owner), governed, strict=True)]


def _parts(atlas: Atlas, holder: Ints, apart: Mapping[int, tuple[str, str]]) -> Ints:
    """A number by province that differs between parts of a state: by who holds it, and by what it is set apart as."""
    part = np.zeros(len(atlas), dtype=np.int64)
    for n, mask in enumerate(_named_parts(atlas, apart).values(), 1):
        part[mask] = n
    return (holder + 1) * (len(apart) + 1) + part


def _named_parts(atlas: Atlas, apart: Mapping[int, tuple[str, str]]) -> dict[str, NDArray[np.bool_]]:
    """The provinces set apart, by what the map says of them: zones of one name are one part."""
    names = sorted({said for _, said in apart.values()})
    return {name: np.isin(atlas.zone_of, [z for z, (_, said) in apart.items() if said == name]) for name in names}


def _held(atlas: Atlas, owner: Ints, holder: Ints) -> dict[str, NDArray[np.bool_]]:
    """Provinces held by another than their owner, by the stripes of the holder."""
    powers = sorted(set(holder[holder != owner].tolist()) - {NOBODY})
    return {style.stripe(atlas.colours[atlas.powers[p]]): (holder == p) & (owner != p) for p in powers}


def _control(view: View, atlas: Atlas, ground: Ground, world: World) -> None:
    """Tints by controller; land taken in a lighter tone with diagonals in the taker's colour."""
    taken = (world.controller != world.owner) & (world.controller != NOBODY)
    at_war = {p for war in world.wars.values() for p in (*war.attackers, *war.defenders)}
    colours = _tints(atlas, world.controller, at_war)
    hatches = {}
    for power in sorted(set(world.controller[taken].tolist())):
        mine = taken & (world.controller == power)
        colour = atlas.colours.get(atlas.powers[power], style.LAND)
        for i in np.flatnonzero(mine).tolist():
            colours[i] = style.taken_tint(colour)
        hatches[style.strong(colour)] = mine
    layers.beyond(view, ground)
    layers.tint(view, ground, colours)
    layers.hatch(view, ground, hatches)


def _ground_layers(view: View, atlas: Atlas, ground: Ground, world: World) -> None:
    _control(view, atlas, ground, world)
    layers.relief(view, ground)
    layers.water(view, ground)
    layers.province_lines(view, ground, alpha=0.28)
    layers.railways(view, atlas, ground)
    layers.fortifications(view, atlas, ground, world.hour)
    layers.state_borders(view, ground, world.owner)
    layers.coasts(view, ground)


def _front(view: View, ground: Ground, side: Ints) -> list[Any]:
    return layers.front_lines(view, ground, side)


def _draw_front(view: View, atlas: Atlas, ground: Ground, world: World, side: Ints, width: float = 1.7) -> None:
    lines = _front(view, ground, side)
    layers.front(view, lines, front_colours(atlas, world, side), width=width)
    layers.pockets(view, ground, pocket_groups(world, atlas, side))


def front_colours(atlas: Atlas, world: World, side: Ints) -> tuple[str, str]:
    """The dark colour of each side's strongest power on the map."""
    men = np.bincount(world.forces.power, weights=world.forces.men, minlength=len(atlas.powers))
    found = []
    for which in (0, 1):
        powers = sorted(set(world.controller[side == which].tolist()))
        best = max(powers, key=lambda p: (men[p], -p), default=NOBODY)
        found.append(style.INK if best == NOBODY else style.strong(atlas.colours[atlas.powers[best]]))
    return found[0], found[1]


COUNTRY = 60
"""Provinces that hang together in such numbers are a country and no pocket."""


def pocket_groups(world: World, atlas: Atlas, side: Ints) -> list[Ints]:
    """The provinces of each pocket: those of one side that hang together around the one that names the pocket.

    Where they are as many as a country has, the pocket is one no more: its place has gone over to the victor.
    """
    groups = []
    for start in sorted(world.pockets):
        group, queue = {start}, [start]
        while queue:
            for q in atlas.neighbours[queue.pop()].tolist():
                if q >= 0 and q not in group and side[q] == side[start]:
                    group.add(q)
                    queue.append(q)
        if len(group) < COUNTRY:
            groups.append(np.array(sorted(group), dtype=np.int64))
    return groups
