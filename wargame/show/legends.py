"""Legends: what the colours, lines and symbols of each kind of map mean, scale bar and credit."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import NOBODY, Atlas
from wargame.show import style, symbols
from wargame.show.extents import changed_hands
from wargame.show.layers import INNER, INNER_DASHES
from wargame.show.names import fortress
from wargame.show.sheet import Block, Entry, Sheet, View, legend, scale_bar, stroke, swatch
from wargame.show.tokens import on_the_map
from wargame.world import World

Ints = NDArray[np.int64]

_SIGNS = (
    ("infantry", "10031000001211000000", ""), ("motorised infantry", "10031000001211040000", ""),
    ("light (mechanised)", "10031000001211020000", ""), ("armour", "10031000001205000000", ""),
    ("cavalry", "10031000001213000000", ""), ("mountain infantry", "10031000001211000027", ""),
    ("fortress troops", "10031000001211000000", "fortress"), ("border guards", "10031000001417000000", ""),
    ("warship in the fight", "10033000001202010000", ""), ("headquarters", "10031002001210000000", ""),
)  # fmt: skip
_MARKS = (
    ("regiment", "17"),
    ("brigade", "18"),
    ("division", "21"),
    ("corps, group", "22"),
    ("army", "23"),
    ("army group", "24"),
)


LONGEST = 40
"""States that the panel has room for; the largest are named."""
FOOT_ROWS = 9
"""Entries that a column at the foot of a portrait page has room for."""
MOST_NAMED = 8
"""Powers whose strength the panel of a situation has room for."""
MOST = 5
"""Powers that the foot of a strip has room for; the strongest are named."""


def situation_panel(
    sheet: Sheet,
    view: View,
    atlas: Atlas,
    world: World,
    level: str,
    credit: str,
    *,
    labels: Sequence[tuple[str, str]] = (),
    fortresses: bool = False,
) -> None:
    """The panel of a situation map; ``labels`` are the symbols' labels with their powers, to explain what they use."""
    blocks = [_powers(atlas, world, view)]
    if level != "none":
        blocks += [_troops(atlas, world, counted=any(" +" in text for _, text in labels)), _echelons()]
    blocks.append(_lines(atlas, world, leaders=level != "none", fortresses=fortresses))
    if level != "none" and not sheet.is_portrait:
        blocks += [_strengths(atlas, world, view), _abbreviations(labels)]
    _panel(sheet, view, [b for b in blocks if b.entries], credit)


def political_panel(
    sheet: Sheet, view: View, atlas: Atlas, owner: Ints, holder: Ints, credit: str, *, parted: bool
) -> None:
    """The panel of a political map: the states in view, who occupies land there, and the lines.

    ``parted``: whether there are lines between parts of a state.
    """
    present = _present(atlas, owner, view)
    most = min(LONGEST, 2 * FOOT_ROWS - 1) if sheet.is_portrait else LONGEST
    entries = [Entry(atlas.power_names.get(p, p), swatch(style.land_tint(atlas.colours[p]))) for p in present[:most]]
    if len(present) > most:
        entries.append(Entry(f"and {len(present) - most} smaller", swatch(style.PAPER, edge=style.PAPER)))
    lines = [
        Entry("state border", stroke(("#333333", 0.8, "-"))),
        Entry("part of a state", stroke((INNER, 0.65, INNER_DASHES))),
        Entry("province", stroke((style.GREY, 0.3, "-"))),
        Entry("river", stroke((style.RIVER, 0.9, "-"))),
    ]
    lines = lines if parted else [lines[0], *lines[2:]]
    holders = _present(atlas, np.where(holder != owner, holder, NOBODY), view)
    stripes = {p: swatch(style.LAND, hatch=style.stripe(atlas.colours[p])) for p in holders}
    occupied = [Entry(f"by {atlas.power_names.get(p, p)}", stripes[p]) for p in holders]
    blocks = [Block("States", entries), Block("Occupied or held", occupied), Block("Lines", lines)]
    _panel(sheet, view, [b for b in blocks if b.entries], credit)


def strip_panel(sheet: Sheet, view: View, atlas: Atlas, worlds: Sequence[World], credit: str) -> None:
    """The one legend of a strip, along the foot of the page."""
    s, m = sheet.scale, sheet.margin
    powers = sorted({p for w in worlds for p in _at_war(w, atlas)}, key=lambda p: (-_men(worlds[0], atlas, p), p))
    held = [Entry(atlas.power_names.get(p, p), swatch(style.land_tint(atlas.colours[p]))) for p in powers[:MOST]]
    takers = [
        p for p in powers if any((changed_hands(w) & (w.controller == atlas.power_number[p])).any() for w in worlds)
    ]
    taken = [Entry(f"taken by {atlas.power_names.get(p, p)}", _taken_swatch(atlas, p)) for p in takers[:MOST]]
    line = [Entry("front", _front_sample(atlas, worlds[0])), Entry("state border", _border_sample())]
    if any(w.pockets for w in worlds):
        line.append(Entry("pocket", _pocket_sample()))
    unit = [Entry("unit (area: men)", _dot(atlas, powers[0] if powers else ""))]
    pitch = min(11.5, 38.0 / max(len(held), len(taken), 1))  # the foot of the page has room for three wide lines
    blocks = [Block("Powers", held, pitch), Block("Taken", taken, pitch), Block("Lines", line), Block("Units", unit)]
    shown = [b for b in blocks if b.entries]
    legend(sheet, shown, (m, m, m + 125 * s * len(shown), m + 54 * s), columns=len(shown))
    _foot(sheet, view, sheet.width - m - 160 * s, m + 26 * s, 110 * s, credit, 56)


def odds_panel(
    sheet: Sheet, view: View, atlas: Atlas, takers: Sequence[str], shares: tuple[float, float, float], credit: str
) -> None:
    """The foot of a map of odds: who takes land, and what tones and stripes say of the share of runs."""
    s, m = sheet.scale, sheet.margin
    seldom, likely, sure = (f"{100 * share:g} %" for share in shares)
    colour = atlas.colours[takers[0]] if takers else style.GREY
    stripes, own = style.strong(colour), style.muted(style.LAND)
    tones = [
        Entry(f"{sure} of runs or more", swatch(style.symbol_fill(colour))),
        Entry(f"{likely} to {sure}", swatch(style.taken_tint(colour), hatch=stripes)),
        Entry(f"{seldom} to {likely}", swatch(own, hatch=style.mix(stripes, own, 0.4))),
        Entry("fewer, or none", swatch(own)),
    ]
    named = [Entry(atlas.power_names.get(p, p), swatch(style.symbol_fill(atlas.colours[p]))) for p in takers[:MOST]]
    blocks = [Block("Taken by its likeliest taker in", tones, 9.5), Block("By", named, 7.6)]
    shown = [b for b in blocks if b.entries]
    legend(sheet, shown, (m, m, m + 170 * s * len(shown), m + 54 * s), columns=len(shown))
    _foot(sheet, view, sheet.width - m - 160 * s, m + 26 * s, 110 * s, credit, 56)


# --- parts -----------------------------------------------------------------------------------------------------------


def _panel(sheet: Sheet, view: View, blocks: Sequence[Block], credit: str) -> None:
    s, m = sheet.scale, sheet.margin
    if sheet.is_portrait:
        shown = _folded(blocks)
        legend(sheet, shown, (m, m + 22 * s, sheet.width - m, m + 146 * s), columns=len(shown))
        _foot(sheet, view, m, m + 10 * s, 130 * s, credit, 150)
        return
    x = sheet.width - m - 138 * s
    legend(sheet, blocks, (x, m + 32 * s, sheet.width - m, view.box[3] + 4 * s))
    _foot(sheet, view, x, m + 16 * s, 110 * s, credit, 0)
    sheet.text(m, m, credit, 5.2, color=style.GREY)


def _folded(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of at most `FOOT_ROWS` entries; what goes on from the column before has no heading."""
    return [
        Block("" if k else b.heading, b.entries[k : k + FOOT_ROWS], b.line)
        for b in blocks
        for k in range(0, len(b.entries), FOOT_ROWS)
    ]


def _foot(sheet: Sheet, view: View, x: float, y: float, longest: float, credit: str, wrap: int) -> None:
    scale_bar(sheet, x, y, view, longest)
    for k, line in enumerate(textwrap.wrap(credit, wrap) if wrap else []):
        sheet.text(x, y - (9 + 6.4 * k) * sheet.scale, line, 5.0, color=style.GREY)


def _present(atlas: Atlas, owner: Ints, view: View) -> list[str]:
    """Codes of the powers that own land whose hub is in view, largest area first."""
    from wargame.show.ground import project

    seen = view.shows(project(atlas.lon, atlas.lat)) & (owner != NOBODY)
    area = np.bincount(owner[seen], weights=atlas.area_km2[seen], minlength=len(atlas.powers))
    return [atlas.powers[p] for p in np.lexsort((np.arange(len(area)), -area)).tolist() if area[p] > 0]


def _at_war(world: World, atlas: Atlas) -> set[str]:
    return {p for war in world.wars.values() for p in (*war.attackers, *war.defenders) if p in atlas.power_number}


def _men(world: World, atlas: Atlas, power: str) -> float:
    f = world.forces
    return float(f.men[on_the_map(world, atlas) & (f.power == atlas.power_number[power])].sum())


def _powers(atlas: Atlas, world: World, view: View) -> Block:
    entries = []
    for p in sorted(_at_war(world, atlas), key=lambda p: (-_men(world, atlas, p), p)):
        entries.append(Entry(atlas.power_names.get(p, p), swatch(style.land_tint(atlas.colours[p]))))
        if (changed_hands(world) & (world.controller == atlas.power_number[p])).any():
            entries.append(Entry(f"taken by {atlas.power_names.get(p, p)}", _taken_swatch(atlas, p)))
    return Block("At war", entries or [Entry("nobody", swatch(style.LAND))])


def _taken_swatch(atlas: Atlas, power: str) -> Any:
    colour = atlas.colours[power]
    return swatch(style.taken_tint(colour), hatch=style.strong(colour))


def _sign(sidc: str, kind: str, colour: str) -> Any:
    def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
        place = symbols.Placed(x + width / 2, middle, sidc, colour, kind)
        symbols.paint(sheet.over, [place], unit=height, points_per_unit=height, zorder=18)

    return draw


def _troops(atlas: Atlas, world: World, *, counted: bool) -> Block:
    """The arms that are on the map; ``counted``: some symbols stand for several units."""
    live = on_the_map(world, atlas)
    used = {world.forces.sidc[i][10:16] for i in np.flatnonzero(live).tolist()}
    mountain = any(world.forces.sidc[i].endswith("27") for i in np.flatnonzero(live).tolist())
    entries = []
    for text, sidc, kind in _SIGNS:
        there = sidc[10:16] in used or text == "headquarters"
        if text == "mountain infantry":
            there = mountain
        if there:
            entries.append(Entry(text, _sign(sidc, kind, "#e6e2d8")))
    entries.append(Entry("still mobilising", _sign("10031000001211000000", "", "#ffffff")))
    if counted:
        entries.append(Entry("and two units more", _word("+2", weight="normal")))
    return Block("Troops", entries, line=11.5)


def _word(text: str, *, weight: str = "bold") -> Any:
    def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
        sheet.text(x + width / 2, middle - 2.2 * sheet.scale, text, 5.6, ha="center", weight=weight)

    return draw


_ABBREVIATIONS = {
    ("ESP", "CTV"): "Italian volunteer corps",
    ("FRA", "GQG"): "general headquarters",
    ("FRA", "SD"): "defensive sector",
    ("FRA", "SF"): "fortified sector",
    ("GER", "A.Abt."): "army detachment",
    ("GER", "GAK"): "border sector command",
    ("GER", "Gr.Tr."): "border troops",
    ("GER", "HGr"): "army group",
    ("GER", "LSSAH"): "the SS Leibstandarte",
    ("HUN", "gk"): "motorised infantry",
    ("HUN", "gy"): "infantry",
    ("ITA", "CTV"): "volunteer corps in Spain",
    ("POL", "GO"): "operational group",
    ("POL", "KOP"): "border protection corps",
    ("POL", "OW"): "detachment",
    ("POL", "SGO"): "independent op. group",
    ("SOV", "AG"): "army group",
    ("SOV", "BOVO"): "Belorussian mil. district",
    ("SOV", "KOVO"): "Kiev military district",
    ("SOV", "LTBr"): "light tank brigade",
    ("SOV", "SPBr"): "machine-gun brigade",
    ("SOV", "TTBr"): "heavy tank brigade",
}
"""What words in labels mean, by power."""
MOST_WORDS = 8


def _abbreviations(labels: Sequence[tuple[str, str]]) -> Block:
    """The abbreviations in the labels that are on the map, the commonest of them."""
    words = Counter((power, word) for power, text in labels for word in text.split() if (power, word) in _ABBREVIATIONS)
    common = sorted(words, key=lambda key: (-words[key], key))[:MOST_WORDS]
    return Block("Abbreviations", [Entry(_ABBREVIATIONS[key], _word(key[1])) for key in sorted(common)], line=8.6)


def _strengths(atlas: Atlas, world: World, view: View) -> Block:
    """Men and tanks on the map, by power: those at war, in peace the strongest."""
    from wargame.show.ground import project

    f = world.forces
    here = on_the_map(world, atlas) & view.shows(project(atlas.lon, atlas.lat))[f.province]
    men, tanks = (np.bincount(f.power[here], weights=x[here], minlength=len(atlas.powers)) for x in (f.men, f.tanks))
    entries = []
    for k in np.lexsort((np.arange(len(men)), -men))[:MOST_NAMED].tolist():
        if men[k] > 0:
            name = atlas.power_names.get(atlas.powers[k], atlas.powers[k]).partition(" (")[0]
            armour = f" ({round(float(tanks[k])):,})" if tanks[k] >= 1 else ""
            sample = swatch(style.symbol_fill(atlas.colours[atlas.powers[k]]))
            entries.append(Entry(f"{name}: {_rounded(float(men[k]))}{armour}", sample))
    return Block("Men (and tanks) on this map", entries)


def _rounded(men: float) -> str:
    step = 1000 if men >= 20_000 else 100
    return f"{round(men / step) * step:,}"


def _echelons() -> Block:
    def mark(code: str) -> Any:
        def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
            sheet.text(
                x + width / 2, middle - 2.2 * sheet.scale, symbols.ECHELONS[code], 5.6, ha="center", weight="bold"
            )

        return draw

    return Block("Size", [Entry(text, mark(code)) for text, code in _MARKS], line=8.6)


def _lines(atlas: Atlas, world: World, *, leaders: bool, fortresses: bool) -> Block:
    entries = []
    if world.wars:
        entries.append(Entry("front", _front_sample(atlas, world)))
    entries.append(Entry("state border", _border_sample()))
    if atlas.rail:
        double = ((style.RAIL, 0.6, "-"), (style.RAIL, 1.9, (0, (0.2, 3.8))))
        single = ((style.RAIL, 0.35, "-"), (style.RAIL, 1.9, (0, (0.2, 3.8))))
        entries += [Entry("railway, double track", stroke(*double)), Entry("railway, single track", stroke(*single))]
    entries.append(Entry("river", stroke((style.RIVER, 0.9, "-"))))
    if atlas.forts:
        entries += [
            Entry("fortified line", stroke((style.FORT, 1.2, "-"), (style.FORT, 3.4, (0, (0.27, 0.65))))),
            Entry("light works", stroke((style.FORT, 0.7, "-"), (style.FORT, 3.0, (0, (0.2, 1.3))))),
        ]
    if fortresses:
        entries.append(Entry("fortress", _fortress_sample))
    if world.pockets:
        entries.append(Entry("pocket", _pocket_sample()))
    if leaders:
        entries.append(Entry("unit to its place", stroke((style.INK, 0.5, "-"))))
        entries.append(Entry("staff to its troops", stroke((style.INK, 0.7, (0, (2.6, 1.8))))))
    return Block("Lines", entries)


def _front_sample(atlas: Atlas, world: World) -> Any:
    from wargame.show.extents import sides
    from wargame.show.maps import front_colours

    first, second = front_colours(atlas, world, sides(world, atlas))

    def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
        for colour, shift in ((first, 1.0), (second, -1.0)):
            y = middle + shift * 1.15 * sheet.scale
            sheet.over.plot([x, x + width], [y, y], color=colour, linewidth=1.7 * sheet.scale, solid_capstyle="butt",
                            scalex=False, scaley=False)  # fmt: skip

    return draw


def _border_sample() -> Any:
    return stroke(("#3a3a3a", 0.9, (0, (7.0, 1.6, 1.2, 1.6))))


def _fortress_sample(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
    from matplotlib.collections import PathCollection

    look: dict[str, Any] = {"facecolors": style.WORKS, "edgecolors": style.FORT, "linewidths": 0.9 * sheet.scale}
    trace = fortress((x + width / 2, middle), 3.4 * sheet.scale)
    sheet.over.add_collection(PathCollection([trace], **look), autolim=False)


def _pocket_sample() -> Any:
    return stroke((style.POCKET, 1.5, (0, (3.0, 1.3))))


def _dot(atlas: Atlas, power: str) -> Any:
    def draw(sheet: Sheet, x: float, middle: float, width: float, height: float) -> None:
        colour = style.strong(atlas.colours.get(power, style.INK))
        sheet.over.scatter(
            [x + width / 2],
            [middle],
            s=17.0 * (0.8 * sheet.scale) ** 2,
            color=colour,
            edgecolors="white",
            linewidths=0.3,
        )

    return draw
