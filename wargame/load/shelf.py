"""What there is to play: the scenarios and overlays of all data folders, by their heads alone.

Nothing is checked here; a file that cannot be read stands in the list without a title.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.load.paths import Search, search


@dataclass(frozen=True)
class Piece:
    """A scenario or an overlay as its file has it; ``data`` is empty where the file cannot be read."""

    name: str
    file: Path
    data: dict[str, Any]

    def head(self, key: str) -> str:
        """A text of the scenario's or the overlay's own table, in one line; empty without one."""
        table = self.data.get("overlay", self.data.get("scenario", {}))
        return " ".join(str(table.get(key, "")).split()) if isinstance(table, dict) else ""

    def paragraphs(self, key: str) -> list[str]:
        """A longer text of it, by paragraph."""
        table = self.data.get("overlay", self.data.get("scenario", {}))
        text = str(table.get(key, "")) if isinstance(table, dict) else ""
        return [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]

    def day(self, key: str) -> str:
        """A date of it as an ISO day; empty without one."""
        return self.head(key)[:10]


@dataclass(frozen=True)
class Shelf:
    """All scenarios and overlays by name."""

    scenarios: dict[str, Piece]
    overlays: dict[str, Piece]

    def parts(self, scenario: Piece) -> list[Piece]:
        """A scenario and the overlays that are parts of it."""
        own = scenario.data.get("overlays", [])
        return [scenario, *(self.overlays[n] for n in own if isinstance(n, str) and n in self.overlays)]

    def variants(self, scenario: Piece) -> list[Piece]:
        """The overlays that may be laid over a scenario, sorted by the day by which they part, then by name."""
        parts = {p.name for s in self.scenarios.values() for p in self.parts(s)[1:]}
        found = [o for o in self.overlays.values() if o.name not in parts and self.suits(o, scenario)]
        return sorted(found, key=lambda o: (o.day("opens_by"), o.name))

    def suits(self, overlay: Piece, scenario: Piece) -> bool:
        """Whether an overlay opens in time, and finds what it changes."""
        by = overlay.day("opens_by")
        if not overlay.data or not scenario.data or (by and by < scenario.day("opening")):
            return False
        parts = self.parts(scenario)
        if "politics" in overlay.data and not any("politics" in p.data for p in parts):
            return False
        there = {f"{kind}:{e.get('id', '')}" for p in parts for kind, e in _entries(p.data)}
        removed = overlay.data.get("overlay", {}).get("remove", [])
        return all(str(r).endswith(":*") or not str(r).startswith(("script:", "wars:")) or r in there for r in removed)


def _entries(data: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The tables of a scenario's arrays of tables, each with its kind."""
    for kind, value in data.items():
        if isinstance(value, list):
            yield from ((kind, e) for e in value if isinstance(e, dict))


def shelf(data: Iterable[str | Path] = ()) -> Shelf:
    """What the data folders hold; scenarios in the order of their openings."""
    where = search(data)
    found = sorted(_all(where, "scenario"), key=lambda p: (p.day("opening") or dates.iso(0), p.name))
    return Shelf({p.name: p for p in found}, {p.name: p for p in _all(where, "overlay")})


def _all(where: Search, kind: str) -> list[Piece]:
    return [_piece(name, where.find(kind, name)) for name in where.names(kind)]


def _piece(name: str, path: Path) -> Piece:
    try:
        return Piece(name, path, tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, RecursionError):
        return Piece(name, path, {})
