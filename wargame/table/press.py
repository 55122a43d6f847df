"""Prints papers with maps. The ground that several maps share is drawn once, and each map's own part upon it."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from wargame.scenario import Setup
from wargame.show import maps, paper
from wargame.show.document import Document, markdown
from wargame.show.extents import NAMED, Extent
from wargame.show.ground import Ground
from wargame.table import redact
from wargame.world import World

REPORT_MAP = "a4"
EUROPE = NAMED["europe"]


@dataclass
class Press:
    """A press for one position. ``world`` is the whole truth; of it only what is public goes into the shared ground."""

    setup: Setup
    ground: Ground
    world: World
    folder: Path
    seats: tuple[str, ...] = ()
    _grounds: dict[tuple[Extent, str], Path] = field(default_factory=dict)
    _drawn: int = 0

    def __post_init__(self) -> None:
        self.public = redact.seen(self.setup, self.world, "")

    def area(self, power: str = "") -> Extent:
        """What the map of a power shows, or the umpire's: the theatre of the war it is in, else all seats' lands.

        Whose capital lies in the middle of a continent of seats has a map of that middle.
        """
        wars = [w for w in self.public.wars.values() if f"ceased:{w.id}" not in self.public.flags]
        if any(not power or power in (*w.attackers, *w.defenders) for w in wars):
            return "theatre"
        return "core" if power and self._is_in_the_middle(power) else self._lands

    def _is_in_the_middle(self, power: str) -> bool:
        west, south, east, north = NAMED["core"]
        lands = self._lands
        if isinstance(lands, str) or lands[2] - lands[0] < 1.4 * (east - west):
            return False
        atlas = self.setup.atlas
        return any(west < atlas.lon[p] < east and south < atlas.lat[p] < north for p in atlas.capitals.get(power, ()))

    @cached_property
    def _lands(self) -> Extent:
        """West, south, east, north around the lands of the seats, as far as they lie in Europe."""
        atlas = self.setup.atlas
        own = np.isin(self.public.owner, [atlas.power_number[p] for p in self.seats if p in atlas.power_number])
        west, south, east, north = EUROPE
        here = own & (atlas.lon > west) & (atlas.lon < east) & (atlas.lat > south) & (atlas.lat < north)
        if not here.any():
            return "europe"
        lon, lat = atlas.lon[here], atlas.lat[here]
        return (
            max(float(lon.min()) - 1.5, west), max(float(lat.min()) - 1.0, south),
            min(float(lon.max()) + 1.5, east), min(float(lat.max()) + 1.0, north),
        )  # fmt: skip

    def plate(
        self, seen: World, *, title: str, subtitle: str, power: str = "", size: str = REPORT_MAP
    ) -> tuple[Path, Path]:
        """The two pages, one upon the other, of the map of a world as somebody sees it."""
        area = self.area(power)
        self._drawn += 1
        path = self.folder / f"over_{power or 'all'}_{self._drawn}.pdf"
        return self._ground(area, size), self._draw(seen, path, "over", area, size, title=title, subtitle=subtitle)

    def lay(self, powers: Iterable[str], size: str = REPORT_MAP) -> None:
        """Draw the grounds that the maps of some powers need, so that processes forked from now on share them."""
        for power in powers:
            self._ground(self.area(power), size)

    def _ground(self, area: Extent, size: str) -> Path:
        if (area, size) not in self._grounds:
            path = self.folder / f"ground{len(self._grounds)}.pdf"
            self._grounds[area, size] = self._draw(self.public, path, "ground", area, size)
        return self._grounds[area, size]

    def window(self, size: tuple[float, float]) -> Path:
        """A picture of the public map to set into a page; width and height in points."""
        inches = (size[0] / 72, size[1] / 72)
        path = self.folder / "window.png"
        return maps.draw_window(self.setup.atlas, self.ground, self.public, path, extent=self.area(), size=inches)

    def _draw(
        self, world: World, path: Path, part: maps.Part, extent: Extent, size: str, title: str = "", subtitle: str = ""
    ) -> Path:
        return maps.draw_situation(
            self.setup.atlas,
            self.ground,
            world,
            path,
            part=part,
            extent=extent,
            size=size,
            title=title,
            subtitle=subtitle,
        )


Work = Callable[[int], list[Path]]
_AT_WORK: dict[str, Work] = {}


def spread(work: Work, count: int, workers: int = 1) -> list[Path]:
    """Do pieces of work 0, 1, ... on several processes, which share what is there; returns all their files in order.

    Where the system cannot fork, one process does all.
    """
    if workers <= 1 or count < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [path for k in range(count) for path in work(k)]
    name = str(id(work))
    _AT_WORK[name] = work  # the forked workers find it here
    try:
        with ProcessPoolExecutor(min(workers, count), mp_context=multiprocessing.get_context("fork")) as pool:
            return [path for paths in pool.map(_piece, [name] * count, range(count)) for path in paths]
    finally:
        del _AT_WORK[name]


def _piece(name: str, k: int) -> list[Path]:
    return _AT_WORK[name](k)


@contextmanager
def press(setup: Setup, ground: Ground, world: World, seats: Sequence[str]) -> Iterator[Press]:
    """A press with a place for its plates, which are gone at the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield Press(setup, ground, world, Path(folder), tuple(seats))


def publish(document: Document, stem: Path, plates: paper.Plates) -> list[Path]:
    """Write a document as PDF and as Markdown, which leads to the PDF for its maps; returns both paths."""
    pdf = paper.write(document, stem.with_suffix(".pdf"), plates)
    text = stem.with_suffix(".md")
    text.write_text(markdown(document, dict.fromkeys(plates, pdf.name)), encoding="utf-8", newline="\n")
    return [pdf, text]
