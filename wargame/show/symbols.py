"""NATO military symbols (APP-6D, MIL-STD-2525D) from a 20-digit symbol code, by a small table of primitives.

A symbol is first *composed* into shapes in its own coordinates: the frame of a friendly land unit is 1.5 wide and 1
high, centred on (0, 0), y upwards. Painters then draw those shapes: `svg` into text, `paint` onto matplotlib axes.
1939 practice: the fill is the power's colour; the frame's outline may tell the affiliation but need not (``frame``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

Point = tuple[float, float]
Points = tuple[Point, ...]
FrameName = Literal["friend", "hostile", "neutral", "unknown"]
Fill = Literal["frame", "solid", "none"]

INK = "#1c1c1c"
LINE = 0.055  # width of a line, in heights of the frame


@dataclass(frozen=True, slots=True)
class Sidc:
    """The fields of a 20-digit symbol identification code, as digits."""

    identity: str
    symbol_set: str
    headquarters: bool
    echelon: str
    entity: str
    modifier_1: str
    modifier_2: str

    @classmethod
    def parse(cls, code: str) -> Sidc:
        """Read a code such as ``10031000211211000000``; `ValueError` if it is not 20 digits."""
        if len(code) != 20 or not code.isascii() or not code.isdigit():
            raise ValueError(f"'{code}' is not a symbol code of 20 digits")
        return cls(code[3], code[4:6], code[7] in "2367", code[8:10], code[10:16], code[16:18], code[18:20])

    @property
    def frame(self) -> FrameName:
        """The frame that the standard identity asks for."""
        return _FRAMES.get(self.identity, "unknown")


_FRAMES: dict[str, FrameName] = {"2": "friend", "3": "friend", "4": "neutral", "5": "hostile", "6": "hostile"}
ECHELONS = {
    "11": "Ø", "12": "•", "13": "••", "14": "•••", "15": "I", "16": "II", "17": "III", "18": "X",
    "21": "XX", "22": "XXX", "23": "XXXX", "24": "XXXXX", "25": "XXXXXX", "26": "++",
}  # fmt: skip
"""Echelon marks by the code's echelon digits: 18 brigade, 21 division, 22 corps, 23 army, 24 army group."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One line or area. ``fill``: ``frame`` takes the power's colour, ``solid`` the ink, ``none`` is a line only."""

    points: Points
    closed: bool = False
    fill: Fill = "none"


@dataclass(frozen=True, slots=True)
class Letters:
    """Text centred on ``x`` (or starting there), baseline at ``y``, ``height`` of its capitals."""

    text: str
    x: float
    y: float
    height: float
    anchor: Literal["middle", "start"] = "middle"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A composed symbol: areas first, then lines and letters; ``box`` is its extent (left, bottom, right, top)."""

    shapes: tuple[Shape, ...]
    letters: tuple[Letters, ...]
    box: tuple[float, float, float, float]


def compose(sidc: str, *, kind: str = "", label: str = "", frame: FrameName | None = None) -> Symbol:
    """The shapes of a symbol.

    ``kind`` (one of `wargame.world.KINDS`) adds what the code cannot say, so far the rampart of ``fortress``; ``label``
    is set below the frame; ``frame`` overrides the affiliation in the code. An unknown entity gives an empty frame.
    """
    code = Sidc.parse(sidc)
    outline = _outline(code, frame or code.frame)
    shapes = [Shape(outline.points, closed=True, fill="frame"), *_icon(code, outline)]
    shapes += _modifiers(code, kind, outline)
    if code.headquarters:
        left, low = outline.staff
        shapes.append(Shape(((left, low), (left, low - 0.55))))
    shapes += _echelon(ECHELONS.get(code.echelon, ""), outline.top)
    letters = [*_letters(code)]
    if label:
        letters.append(Letters(label, 0.0, outline.bottom - 0.46, 0.32))
    return Symbol(tuple(shapes), tuple(letters), _box(shapes, letters))


@dataclass(frozen=True, slots=True)
class _Outline:
    """A frame: its points, the corners that full-frame icons reach to, and where its head and foot are."""

    points: Points
    half_width: float  # of the icon's diagonals
    half_height: float
    top: float
    bottom: float
    staff: Point


def _outline(code: Sidc, frame: FrameName) -> _Outline:
    if frame == "hostile":
        d = 0.72
        return _Outline(((-d, 0), (0, d), (d, 0), (0, -d)), 0.40, 0.30, d, -d, (-d, 0.0))
    if frame == "neutral":
        return _Outline(_rectangle(0.55, 0.55), 0.55, 0.55, 0.55, -0.55, (-0.55, -0.55))
    if frame == "unknown":
        return _Outline(_quatrefoil(), 0.50, 0.35, 0.72, -0.72, (-0.72, 0.0))
    if code.symbol_set == "30":
        return _Outline(_circle(0.0, 0.0, 0.6), 0.42, 0.42, 0.6, -0.6, (-0.6, 0.0))
    return _Outline(_rectangle(0.75, 0.5), 0.75, 0.5, 0.5, -0.5, (-0.75, -0.5))


def _rectangle(half_width: float, half_height: float) -> Points:
    w, h = half_width, half_height
    return ((-w, -h), (w, -h), (w, h), (-w, h))


def _circle(x: float, y: float, r: float, first: float = 0.0, last: float = 360.0, steps: int = 32) -> Points:
    turns = [math.radians(first + (last - first) * k / steps) for k in range(steps + (abs(last - first) < 360))]
    return tuple((round(x + r * math.cos(t), 4), round(y + r * math.sin(t), 4)) for t in turns)


def _quatrefoil() -> Points:
    r = c = 0.36
    lobes = [(c, 0.0, -90.0), (0.0, c, 0.0), (-c, 0.0, 90.0), (0.0, -c, 180.0)]
    return tuple(p for x, y, turn in lobes for p in _circle(x, y, r, turn, turn + 180.0, 12))


def _lozenge_oval(half_width: float = 0.42, half_height: float = 0.2) -> Points:
    """The track of an armoured vehicle seen from the side."""
    straight = half_width - half_height
    right = _circle(straight, 0.0, half_height, -90.0, 90.0, 12)
    return (*right, *_circle(-straight, 0.0, half_height, 90.0, 270.0, 12))


# --- icons -----------------------------------------------------------------------------------------------------------


def _infantry(o: _Outline) -> list[Shape]:
    w, h = o.half_width, o.half_height
    return [Shape(((-w, -h), (w, h))), Shape(((-w, h), (w, -h)))]


def _cavalry(o: _Outline) -> list[Shape]:
    return [Shape(((-o.half_width, -o.half_height), (o.half_width, o.half_height)))]


def _armour(o: _Outline) -> list[Shape]:
    return [Shape(_lozenge_oval(), closed=True)]


def _motorised(o: _Outline) -> list[Shape]:
    return [Shape(((0.0, o.bottom), (0.0, o.top)))]


def _artillery(o: _Outline) -> list[Shape]:
    return [Shape(_circle(0.0, 0.0, 0.16, steps=20), closed=True, fill="solid")]


def _combined_arms(o: _Outline) -> list[Shape]:
    """The track crossed within itself: infantry and armour under one command."""
    w, h = 0.27, 0.17
    bow = ((-w, -h), (w, h), *_circle(w, 0.0, h, 90.0, -90.0, 10), (-w, h), *_circle(-w, 0.0, h, 90.0, 270.0, 10))
    return [Shape(bow, closed=True)]


def _fixed_wing(o: _Outline) -> list[Shape]:
    """The two blades of a propeller."""
    blades = ((0.0, 0.0), (0.3, 0.16), *_circle(0.3, 0.0, 0.16, 90.0, -90.0, 10), (0.0, 0.0), (-0.3, -0.16))
    return [Shape((*blades, *_circle(-0.3, 0.0, 0.16, -90.0, -270.0, 10)), closed=True, fill="solid")]


def _amphibious(o: _Outline) -> list[Shape]:
    """A wave through the middle of the frame."""
    w = o.half_width
    steps = 36
    wave = [(-w + 2 * w * k / steps, 0.07 * math.sin(4 * math.pi * k / steps)) for k in range(steps + 1)]
    return [Shape(tuple((round(x, 4), round(y, 4)) for x, y in wave))]


def _antitank(o: _Outline) -> list[Shape]:
    return [Shape(((-o.half_width, -o.half_height), (0.0, o.half_height), (o.half_width, -o.half_height)))]


def _engineer(o: _Outline) -> list[Shape]:
    stem = Shape(((-0.3, 0.16), (0.3, 0.16)))
    return [stem, *[Shape(((x, 0.16), (x, -0.16))) for x in (-0.3, 0.0, 0.3)]]


def _warship(o: _Outline) -> list[Shape]:
    """A hull with turrets and a mast, for ships that fight with the land forces."""
    hull = ((-0.42, 0.0), (0.42, 0.0), (0.3, -0.2), (-0.3, -0.2))
    works = (
        (-0.24, 0.0),
        (-0.24, 0.1),
        (-0.08, 0.1),
        (-0.08, 0.28),
        (0.08, 0.28),
        (0.08, 0.1),
        (0.24, 0.1),
        (0.24, 0.0),
    )
    return [Shape(hull, closed=True, fill="solid"), Shape(works, closed=True, fill="solid")]


_Icon = Callable[[_Outline], list[Shape]]
LAND: dict[str, tuple[_Icon, ...]] = {
    "120300": (_amphibious,),
    "120400": (_antitank,),
    "120500": (_armour,),
    "120501": (_armour, _cavalry),
    "120800": (_fixed_wing,),
    "121000": (_combined_arms,),
    "121100": (_infantry,),
    "121101": (_infantry, _amphibious),
    "121102": (_infantry, _armour),
    "121103": (_infantry, _armour),
    "121104": (_infantry, _motorised),
    "121105": (_infantry, _armour),
    "121300": (_cavalry,),
    "121301": (_cavalry, _armour),
    "121303": (_cavalry, _motorised),
    "130300": (_artillery,),
    "130301": (_artillery, _armour),
    "140700": (_engineer,),
    "141700": (),
}
"""Icons of land units (symbol set 10) by entity; an entity not listed takes its type's (last two digits 00)."""

_WORDS = {"141700": "SEC"}


_ECHELON_OF = {"army_group": "24", "army": "23", "group": "22", "corps": "22", "cavalry": "18", "border": "17"}
_ENTITY_OF = {
    "motorised": "12110400", "armoured": "12050000", "light": "12110200", "cavalry": "12130000", "border": "14170000",
    "artillery_park": "13030000", "air_fleet": "12080000", "naval_infantry": "12110100",
}  # fmt: skip


def code_of_kind(kind: str) -> str:
    """A symbol code for a kind of formation (`wargame.world.KINDS`), for those that have none of their own."""
    entity = _ENTITY_OF.get(kind, "12110000") + ("27" if kind == "mountain" else "00")
    staff = "2" if kind in ("army_group", "army", "group", "corps") else "0"
    return f"1003100{staff}{_ECHELON_OF.get(kind, '21')}{entity}"


def is_known(sidc: str) -> bool:
    """Whether the code's entity has an icon of its own here."""
    code = Sidc.parse(sidc)
    return code.symbol_set in ("01", "30") or _entity(code) in LAND


def _entity(code: Sidc) -> str:
    return code.entity if code.entity in LAND else code.entity[:4] + "00"


def _icon(code: Sidc, outline: _Outline) -> list[Shape]:
    if code.symbol_set == "30":
        return _warship(outline)
    if code.symbol_set == "01":
        return _fixed_wing(outline)
    return [shape for icon in LAND.get(_entity(code), ()) for shape in icon(outline)]


def _letters(code: Sidc) -> list[Letters]:
    word = _WORDS.get(_entity(code), "") if code.symbol_set == "10" else ""
    return [Letters(word, 0.0, -0.16, 0.32)] if word else []


def _modifiers(code: Sidc, kind: str, outline: _Outline) -> list[Shape]:
    found: list[Shape] = []
    low = outline.bottom
    if code.symbol_set == "10" and code.modifier_2 == "27":  # mountain
        found.append(Shape(((-0.2, low), (0.0, low + 0.3), (0.2, low)), closed=True, fill="solid"))
    if code.symbol_set == "10" and code.modifier_2 == "01":  # airborne
        found += [Shape(_circle(x, low + 0.1, 0.1, 0.0, 180.0, 10)) for x in (-0.1, 0.1)]
    if kind == "fortress":
        found.append(_rampart(outline))
    return found


def _rampart(o: _Outline) -> Shape:
    """A solid parapet with merlons along the foot of the frame: troops tied to their works."""
    w, low, step = o.half_width, o.bottom, o.half_width / 4.5
    line: list[Point] = [(-w, low)]
    for k in range(9):
        height = 0.2 if k % 2 == 0 else 0.09
        line += [(-w + k * step, low + height), (-w + (k + 1) * step, low + height)]
    return Shape((*line, (w, low)), closed=True, fill="solid")


def _echelon(mark: str, top: float) -> list[Shape]:
    """Echelon marks as lines, so that they stay crisp and need no font."""
    if not mark or mark == "++":
        return []
    size, pitch = 0.2, 0.27 if mark[0] != "I" else 0.16
    middle = top + 0.1 + size / 2
    shapes: list[Shape] = []
    for k, letter in enumerate(mark):
        x = (k - (len(mark) - 1) / 2) * pitch
        half = size / 2
        if letter == "X":
            shapes += [
                Shape(((x - half, middle - half), (x + half, middle + half))),
                Shape(((x - half, middle + half), (x + half, middle - half))),
            ]
        elif letter == "I":
            shapes.append(Shape(((x, middle - half), (x, middle + half))))
        else:
            shapes.append(Shape(_circle(x, middle, 0.07, steps=14), closed=True, fill="solid"))
    return shapes


def _box(shapes: Sequence[Shape], letters: Sequence[Letters]) -> tuple[float, float, float, float]:
    xs = [x for s in shapes for x, _ in s.points]
    ys = [y for s in shapes for _, y in s.points]
    for word in letters:
        half = 0.62 * word.height * len(word.text) / (2 if word.anchor == "middle" else 1)
        xs += [word.x - (half if word.anchor == "middle" else 0.0), word.x + half]
        ys += [word.y - 0.3 * word.height, word.y + word.height]
    return min(xs), min(ys), max(xs), max(ys)


# --- painters --------------------------------------------------------------------------------------------------------


def svg(
    sidc: str,
    *,
    colour: str = "#ffffff",
    kind: str = "",
    label: str = "",
    frame: FrameName | None = None,
    height: float = 32.0,
    ink: str = INK,
    title: str = "",
) -> str:
    """The symbol as one SVG element, transparent around it; ``height`` is that of a friendly frame in pixels."""
    symbol = compose(sidc, kind=kind, label=label, frame=frame)
    left, bottom, right, top = symbol.box
    pad = LINE * 1.5
    left, bottom, right, top = left - pad, bottom - pad, right + pad, top + pad
    k = 100.0
    view = " ".join(_short(v * k) for v in (left, -top, right - left, top - bottom))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_short((right - left) * height)}" '
        f'height="{_short((top - bottom) * height)}" viewBox="{view}">'
    )
    name = f"<title>{escape(title or label)}</title>" if title or label else ""
    body = "".join(_svg_shape(s, colour, ink, k) for s in symbol.shapes)
    return head + name + body + "".join(_svg_letters(w, ink, k) for w in symbol.letters) + "</svg>"


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _svg_shape(shape: Shape, colour: str, ink: str, k: float) -> str:
    steps = [f"{_short(x * k)},{_short(-y * k)}" for x, y in shape.points]
    path = "M" + " ".join(steps) + ("Z" if shape.closed else "")
    fill = {"frame": colour, "solid": ink, "none": "none"}[shape.fill]
    return f'<path d="{path}" fill="{fill}" stroke="{ink}" stroke-width="{_short(LINE * k)}" stroke-linejoin="round"/>'


def _svg_letters(word: Letters, ink: str, k: float) -> str:
    size = word.height * k / 0.73  # capitals of DejaVu Sans are 0.73 of the font size
    return (
        f'<text x="{_short(word.x * k)}" y="{_short(-word.y * k)}" font-family="DejaVu Sans, sans-serif" '
        f'font-size="{_short(size)}" text-anchor="{word.anchor}" fill="{ink}">{escape(word.text)}</text>'
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A symbol at a place of the map, in data coordinates; ``colour`` fills its frame."""

    x: float
    y: float
    sidc: str
    colour: str
    kind: str = ""
    frame: FrameName | None = None
    scale: float = 1.0


def paint(
    axes: Any,  # matplotlib.axes.Axes
    placed: Sequence[Placed],
    *,
    unit: float,
    points_per_unit: float,
    ink: str = INK,
    zorder: float = 10.0,
) -> None:
    """Draw symbols on matplotlib axes of equal aspect: frames, then lines and letters, as four collections in all.

    ``unit`` is the height of a frame in data coordinates, ``points_per_unit`` the same in points (for line widths).
    Symbols are meant not to overlap each other. Letters in a symbol are drawn as outlines: they scale with it.
    """
    from matplotlib.collections import LineCollection, PolyCollection

    frames: list[list[Point]] = []
    colours: list[str] = []
    solids: list[list[Point]] = []
    lines: list[list[Point]] = []
    width = LINE * points_per_unit
    for p in placed:
        size = unit * p.scale
        symbol = compose(p.sidc, kind=p.kind, frame=p.frame)
        for shape in symbol.shapes:
            at = [(p.x + x * size, p.y + y * size) for x, y in shape.points]
            if shape.fill == "frame":
                frames.append(at)
                colours.append(p.colour)
            elif shape.fill == "solid":
                solids.append(at)
            else:
                lines.append([*at, at[0]] if shape.closed else at)
    halo = PolyCollection(frames, facecolors="white", edgecolors="white", linewidths=3.2 * width, zorder=zorder)
    axes.add_collection(halo, autolim=False)
    body = PolyCollection(frames, facecolors=colours, edgecolors=ink, linewidths=1.25 * width, zorder=zorder + 0.1)
    axes.add_collection(body, autolim=False)
    strokes = LineCollection(lines, colors=ink, linewidths=width, zorder=zorder + 0.2, capstyle="butt")
    axes.add_collection(strokes, autolim=False)
    dots = PolyCollection(solids, facecolors=ink, edgecolors="none", zorder=zorder + 0.2)
    axes.add_collection(dots, autolim=False)
    _paint_letters(axes, placed, unit, ink, zorder + 0.3)


def _paint_letters(axes: Any, placed: Sequence[Placed], unit: float, ink: str, zorder: float) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    font = FontProperties(family="DejaVu Sans")
    paths: list[Any] = []
    for p in placed:
        size = unit * p.scale
        for word in compose(p.sidc, kind=p.kind, frame=p.frame).letters:
            path = TextPath((0.0, 0.0), word.text, size=word.height / 0.73, prop=font)
            shift = path.get_extents().width / 2 if word.anchor == "middle" else 0.0
            at = (path.vertices - (shift - word.x, -word.y)) * size + (p.x, p.y)
            paths.append(Path(at, path.codes))
    if paths:
        axes.add_collection(PathCollection(paths, facecolors=ink, linewidths=0.0, zorder=zorder), autolim=False)
