"""What history says about a campaign: one file of figures, dates and rates under ``scenarios/history/``.

``best``, ``lo`` and ``hi`` are numbers, or ISO dates where ``unit`` is ``date``. ``use`` says what a row is for:
``judge`` (model against history), ``look`` (printed beside the model, not judged), ``bar`` (a share of runs must lie
between ``lo`` and ``hi``), ``unmodelled`` (kept for the record; the model has no such thing).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.errors import UsageError, did_you_mean
from wargame.load.paths import search
from wargame.load.tables import PROVENANCE, Column, Reader, Table

KINDS = ("milestone", "figure", "rate", "duration", "strength")
USES = ("judge", "look", "bar", "unmodelled")
DIRECTIONS = ("early", "late", "never", "high", "low")

HISTORY = Table(
    "history",
    (
        Column("id", "slug", "the row's name", needed=True),
        Column("kind", "text", "what sort of fact it is", needed=True, choices=KINDS),
        Column("side", "power", "whose gain, loss or strength it is", needed=True),
        Column("quantity", "slug", "what is measured; see wargame/study/measures.py", needed=True),
        Column("place", "list", "provinces of the map, or for an advance from|to"),
        Column("force", "list", "formations it is about, or the captor of prisoners"),
        Column("best", "text", "the best figure, or a date"),
        Column("lo", "text", "the least figure, or the earliest date"),
        Column("hi", "text", "the greatest figure, or the latest date"),
        Column("unit", "text", "unit of the three, or date", needed=True),
        Column("use", "text", "what the row is for", needed=True, choices=USES),
        *PROVENANCE,
        Column("note", "text", "what a reader should know"),
    ),
    key=("id",),
)
CAUSES = Table(
    "causes",
    (
        Column("id", "slug", "a row of the history file", needed=True),
        Column("direction", "text", "on which side the model misses", needed=True, choices=DIRECTIONS),
        Column("cause", "text", "the likely cause in one sentence", needed=True),
    ),
    key=("id", "direction"),
)


@dataclass(frozen=True)
class Fact:
    """One row: ``best``, ``lo`` and ``hi`` as numbers; those of a date count days, the campaign's first day being 1."""

    id: str
    kind: str
    side: str
    quantity: str
    place: tuple[str, ...]
    force: tuple[str, ...]
    best: float | None
    lo: float
    hi: float
    unit: str
    use: str
    source: str
    status: str
    note: str

    @property
    def dated(self) -> bool:
        """Whether the value is a day of the campaign."""
        return self.unit == "date"


@dataclass(frozen=True)
class History:
    """The facts of one campaign, and likely causes of misses by (id, direction)."""

    scenario: str
    opening: int
    facts: tuple[Fact, ...]
    causes: dict[tuple[str, str], str]

    def using(self, *uses: str) -> tuple[Fact, ...]:
        """The facts that are for one of these uses."""
        return tuple(f for f in self.facts if f.use in uses)


def load(
    scenario: str, opening: int, data: Iterable[str] = (), known: Mapping[str, Collection[str]] | None = None
) -> History:
    """The history of a scenario; `UsageError` if there is none, `InputError` with every fault of its files.

    `known`: by column, the names that the model has a meaning for; a row with another is a fault, unless its use is
    `unmodelled`.
    """
    path = _find(scenario, data)
    reader = Reader(lambda p: f"scenarios/history/{p.name}")
    rows = reader.table(path, HISTORY, f"history/{path.name}")
    facts = []
    for line, row in zip(rows.lines, rows.dicts(), strict=True):
        for column, names in (known or {}).items() if row["use"] != "unmodelled" else ():
            _check_names(reader, rows.file, line, column, row[column], names)
        values = {k: _number(reader, rows.file, line, row, k, opening) for k in ("best", "lo", "hi")}
        if values["lo"] is None or values["hi"] is None or values["lo"] > values["hi"]:
            reader.fault("bad-range", rows.file, "lo and hi are no range", "write lo and hi, lo not above hi", line)
            continue
        facts.append(Fact(**{**row, **values}))
    causes: dict[tuple[str, str], str] = {}
    ids = {f.id for f in facts}
    extra = path.with_name(f"{scenario}_causes.csv")
    if extra.is_file():
        found = reader.table(extra, CAUSES, f"history/{extra.name}")
        for line, row in zip(found.lines, found.dicts(), strict=True):
            if row["id"] not in ids:
                remedy = did_you_mean(row["id"], ids)
                reader.fault("unknown-id", found.file, f"'{row['id']}' is no row of {path.name}", remedy, line)
            causes[row["id"], row["direction"]] = row["cause"]
    reader.check()
    return History(scenario, opening, tuple(facts), causes)


def _find(scenario: str, data: Iterable[str]) -> Path:
    folders = [folder / "scenarios" / "history" for folder in search(data).folders]
    for folder in folders:
        path = folder / f"{scenario}.csv"
        if path.is_file():
            return path
    known = sorted({p.stem for f in folders for p in f.glob("*.csv") if not p.stem.endswith("_causes")})
    there_is = f"there is: {', '.join(known)}" if known else "there is none"
    raise UsageError(f"no history for scenario '{scenario}'; {f'{did_you_mean(scenario, known)} {there_is}'.strip()}")


def _check_names(
    reader: Reader, file: str, line: int, column: str, said: str | Sequence[str], known: Collection[str]
) -> None:  # fmt: skip
    """Fault every name in a cell that the model has no meaning for."""
    for name in (said,) if isinstance(said, str) else said:
        if name not in known:
            remedy = did_you_mean(name, known) or "see wargame/study/measures.py, the map and the orders of battle"
            reader.fault(f"unknown-{column}", file, f"{column} '{name}' is unknown", remedy, line)


def _number(reader: Reader, file: str, line: int, row: dict[str, Any], name: str, opening: int) -> float | None:
    text = row[name].strip()
    if not text:
        return None
    try:
        return float(day_of(dates.parse(text), opening)) if row["unit"] == "date" else float(text)
    except ValueError:
        wanted = "an ISO date" if row["unit"] == "date" else "a number"
        reader.fault("bad-value", file, f"{name} '{text}' is not {wanted}", f"write {wanted}", line)
        return None


def day_of(hour: int, opening: int) -> int:
    """Day of the campaign, the opening's day being 1."""
    return dates.day_number(hour) - dates.day_number(opening) + 1
