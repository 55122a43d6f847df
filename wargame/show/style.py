"""How maps look: page sizes, colours, line widths and type. Widths and type sizes are points at A4."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wargame.errors import UsageError

PAGES = {
    "a5": (8.27, 5.83),
    "a4": (11.69, 8.27),
    "a4-portrait": (8.27, 11.69),
    "a3": (16.54, 11.69),
    "a3-portrait": (11.69, 16.54),
    "a2": (23.39, 16.54),
    "a0": (46.81, 33.11),
    "screen": (12.8, 7.2),
}
"""Page sizes in inches, landscape unless the name says otherwise."""
FORMATS = ("png", "svg", "pdf")
FONT = "DejaVu Sans"

PAPER = "#ffffff"
WATER = "#d5e4ec"
WATER_LINE = "#7fa3b8"
RIVER = "#6d9cba"
LAND = "#efece4"
BEYOND = "#f1efe9"
INK = "#1e1e1e"
GREY = "#5a5a5a"
RAIL = "#4f4a45"
FORT = "#6b4a2b"
WORKS = "#efe6da"
POCKET = "#7a1f4b"
SEA_TEXT = "#5b87a3"

Rgb = tuple[float, float, float]


def rgb(colour: str) -> Rgb:
    """Red, green, blue in 0..1 of ``#rrggbb``."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def hexed(colour: Rgb) -> str:
    """``#rrggbb`` of red, green, blue in 0..1."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, c))):02x}" for c in colour)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with a ``share`` (0..1) of ``other`` in it."""
    return hexed(tuple(a + (b - a) * share for a, b in zip(rgb(colour), rgb(other), strict=True)))  # type: ignore[arg-type]


def luminance(colour: str) -> float:
    """Relative luminance, 0 black .. 1 white (ITU-R BT.709 weights on linear light)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def land_tint(colour: str) -> str:
    """The tone of a power's own land: its colour, lightened until black type has a contrast of 8:1 on it (WCAG 2)."""
    share = 0.25
    while luminance(mix(colour, "#ffffff", share)) < 0.37 and share < 0.8:
        share += 0.05
    return mix(colour, "#ffffff", share)


def taken_tint(colour: str) -> str:
    """The lighter tone of land a power has taken."""
    return mix(land_tint(colour), "#ffffff", 0.40)


def symbol_fill(colour: str) -> str:
    """The fill of a power's symbols: fuller than its land, light enough for a black sign."""
    hue, light, full = colorsys.rgb_to_hls(*rgb(colour))
    fill = hexed(colorsys.hls_to_rgb(hue, min(max(light, 0.56), 0.80), min(1.0, full * 1.15)))
    share = 0.0
    while luminance(mix(fill, "#ffffff", share)) < 0.30:
        share += 0.05
    return mix(fill, "#ffffff", share)


def muted(colour: str) -> str:
    """A tint for powers that stand aside: much of the paper in it."""
    return mix(colour, "#f1eee6", 0.62)


def type_colour(colour: str) -> str:
    """Nearly black with a touch of a power's colour, for small type."""
    return mix(strong(colour), "#000000", 0.5)


def strong(colour: str) -> str:
    """A dark, full version of a power's colour for lines and names."""
    hue, light, full = colorsys.rgb_to_hls(*rgb(colour))
    dark = hexed(colorsys.hls_to_rgb(hue, min(light, 0.30), min(1.0, full * 1.3 + 0.04)))
    share = 0.0
    while luminance(mix(dark, "#000000", share)) > 0.10:
        share += 0.05
    return mix(dark, "#000000", share)


def stripe(colour: str) -> str:
    """A power's colour for stripes on land of any other: half way to its dark version."""
    return mix(colour, strong(colour), 0.55)


SMALLEST_MM, LARGEST_MM = 120, 1300


def page(size: str | tuple[float, float]) -> tuple[float, float]:
    """Width and height in inches of a page given by name (`PAGES`), as ``297x210`` in mm, or as two numbers."""
    if isinstance(size, str):
        if size.lower() in PAGES:
            return PAGES[size.lower()]
        in_mm = re.fullmatch(r"(\d{2,4}) ?[x×] ?(\d{2,4})( ?mm)?", size.strip().lower())
        width, height = (int(in_mm[1]), int(in_mm[2])) if in_mm else (0, 0)
        if not all(SMALLEST_MM <= side <= LARGEST_MM for side in (width, height)):
            own = f"width x height in mm such as 297x210, {SMALLEST_MM} to {LARGEST_MM} each"
            raise UsageError(f"no page size '{size}'; there is: {', '.join(PAGES)}, or {own}")
        return width / 25.4, height / 25.4
    return float(size[0]), float(size[1])


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib as it comes, whatever the user's own settings say, with bytes that do not change from run to run."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "font.family": FONT,
                "svg.hashsalt": "wargame",
                "svg.fonttype": "path",
                "pdf.fonttype": 42,
                "text.hinting": "no_hinting",
                "path.simplify": True,
                "agg.path.chunksize": 20000,
            }
        )
        yield


def save(figure: Any, path: str | Path, dpi: float) -> Path:
    """Write a figure in the format its suffix names; the same figure gives the same bytes."""
    target = Path(path)
    suffix = target.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        what = f"cannot write '.{suffix}'" if suffix else "the name does not say which format"
        raise UsageError(f"{target}: {what}; end the name in .{', .'.join(FORMATS)}")
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": "wargame"},
        "pdf": {"CreationDate": None, "ModDate": None, "Producer": "wargame", "Creator": "wargame"},
    }
    packing: dict[str, Any] = {"pil_kwargs": {"compress_level": 4}} if suffix == "png" else {}
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, format=suffix, dpi=dpi, metadata=metadata[suffix], **packing)
    return target
