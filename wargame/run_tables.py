"""A run as Parquet tables: formations, control, engagements, losses and the journal, each with its data dictionary.

Written through DuckDB on one thread, so that the same run gives the same bytes; any tool that reads Parquet reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.atlas import NOBODY, Atlas
from wargame.errors import WargameError
from wargame.journal import Entry, Journal
from wargame.replay import days
from wargame.scenario import Setup
from wargame.show.retell import Retelling
from wargame.world import KINDS, POSTURES, Forces, Status, World

Data = dict[str, NDArray[Any]]
DAILY_UNTIL = 400
"""Days of a run up to which formations and control are written for every day; longer ones are thinned by `_told`."""
MOVES = ("province_taken", "zones_ceded", "engagement_began", "engagement_ended", "pocket_formed")
LOSSES = ("killed", "wounded", "captured", "missing", "tanks_lost", "guns_lost", "aircraft_lost")


@dataclass(frozen=True)
class Column:
    """One column: its name, SQL type and meaning with unit."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: what a row is, and its columns. ``level`` is the journal's least level it can be made from."""

    name: str
    row: str
    columns: tuple[Column, ...]
    level: str = "full"


_DAY = Column("day", "DATE", "the day, at its end")
_POWER = Column("power", "VARCHAR", "power code")
_PROVINCE = Column("province", "VARCHAR", "province id")

FORMATIONS = Table(
    "formations",
    "one formation on one day, headquarters included, from the day it is raised to the day after it has gone; "
    "of a run of more than 400 days the first of every month and the days on which armies moved",
    (
        _DAY,
        Column("formation", "VARCHAR", "formation id"),
        Column("name", "VARCHAR", "its name in its own language"),
        _POWER,
        Column("kind", "VARCHAR", "kind of formation or headquarters"),
        Column("parent", "VARCHAR", "id of the headquarters directly above; empty for none"),
        _PROVINCE,
        Column("status", "VARCHAR", ", ".join(Status.NAMES)),
        Column("posture", "VARCHAR", ", ".join(POSTURES)),
        Column("goal", "VARCHAR", "province it makes for; empty for none"),
        Column("men", "INTEGER", "men present and fit"),
        Column("guns", "DOUBLE", "artillery pieces"),
        Column("tanks", "DOUBLE", "tanks"),
        Column("aircraft", "DOUBLE", "aircraft"),
        Column("readiness", "DOUBLE", "mobilisation and concentration done, 0..1"),
        Column("supply", "DOUBLE", "supply, 0..1"),
        Column("fatigue", "DOUBLE", "fatigue, 0..1"),
        Column("entrenchment", "DOUBLE", "entrenchment, 0..1"),
        Column("cut_off_days", "DOUBLE", "days since it was cut off from every base; 0 = it is not"),
    ),
)
CONTROL = Table(
    "control",
    "one province on one day, of a run of more than 400 days as in formations",
    (
        _DAY,
        _PROVINCE,
        Column("name", "VARCHAR", "name of its hub"),
        Column("controller", "VARCHAR", "power code of who holds it; empty for nobody"),
        Column("owner", "VARCHAR", "power code of whose it is by right; empty for nobody"),
    ),
    "events",
)
ENGAGEMENTS = Table(
    "engagements",
    "one assault on one province, from its beginning to its end; end and what follows are empty while it lasts",
    (
        Column("entry", "INTEGER", "journal entry of its beginning"),
        Column("began", "DATE", "first day"),
        Column("ended", "DATE", "last day"),
        _PROVINCE,
        Column("attacker", "VARCHAR", "power codes of the assailants, separated by |"),
        Column("defender", "VARCHAR", "power codes of the defenders, separated by |"),
        Column("contact", "INTEGER", "the how-manieth contact in this province"),
        Column("attacking_men", "INTEGER", "men engaged in the assault on its first day"),
        Column("defending_men", "INTEGER", "men engaged in defence on its first day"),
        Column("advantage", "DOUBLE", "X of the rulebook's combat chapter"),
        Column("odds", "DOUBLE", "chance that the assault prevails, 0..1"),
        Column("result", "VARCHAR", "broken, overrun, repulsed, withdrawn, surrendered or lapsed"),
        Column("days", "INTEGER", "days it lasted"),
        Column("attacker_killed_wounded", "INTEGER", "men"),
        Column("defender_killed_wounded", "INTEGER", "men"),
        Column("captured", "INTEGER", "men captured at its end"),
        Column("attackers", "VARCHAR", "formation ids, separated by |"),
        Column("defenders", "VARCHAR", "formation ids, separated by |"),
    ),
    "events",
)
DAILY_LOSSES = Table(
    "losses",
    "one power on one day: what it lost on that day",
    (
        _DAY,
        _POWER,
        *(Column(n.removesuffix("_lost"), "DOUBLE", "men" if n in LOSSES[:4] else "lost") for n in LOSSES),
    ),
)
ENTRIES = Table(
    "entries",
    "one entry of the journal, in words",
    (
        Column("entry", "INTEGER", "number of the entry"),
        Column("moment", "TIMESTAMP", "when"),
        Column("kind", "VARCHAR", "kind of event"),
        Column("because", "INTEGER", "number of the entry that caused it; 0 is the header"),
        Column("text", "VARCHAR", "the entry in words"),
    ),
    "events",
)
TABLES = (FORMATIONS, CONTROL, ENGAGEMENTS, DAILY_LOSSES, ENTRIES)


def tables(setup: Setup, journal: Journal) -> dict[str, Data]:
    """Columns of every table that the journal's level allows, by table name; each column an array."""
    found = {
        CONTROL.name: _columns(CONTROL, _control(setup.atlas, journal, setup)),
        ENGAGEMENTS.name: _columns(ENGAGEMENTS, _engagements(setup, journal)),
        ENTRIES.name: _columns(ENTRIES, _entries(setup, journal)),
    }
    if journal.level == "full":
        found[FORMATIONS.name] = _columns(FORMATIONS, _formations(setup, journal))
        found[DAILY_LOSSES.name] = _columns(DAILY_LOSSES, _losses(setup, journal))
    return {t.name: found[t.name] for t in TABLES if t.name in found}


def write(setup: Setup, journal: Journal, folder: Path) -> list[str]:
    """Write every table the journal's level allows, and ``tables.md`` about them; returns the files' names."""
    import duckdb  # noqa: PLC0415

    written: list[str] = []
    with duckdb.connect(config={"threads": 1}) as base:
        for name, data in tables(setup, journal).items():
            base.register("source", data)
            file = f"{name}.parquet"
            target = str(folder / file).replace("'", "''")
            try:
                base.execute(f"copy ({_typed(name)}) to '{target}' (format parquet, compression zstd)")
            except duckdb.IOException as error:
                raise WargameError(
                    f"{folder / file}: {str(error).splitlines()[0]} (make room, or write elsewhere)"
                ) from None
            base.unregister("source")
            written.append(file)
    (folder / "tables.md").write_text(dictionary(written), encoding="utf-8", newline="\n")
    return [*written, "tables.md"]


def _typed(name: str) -> str:
    table = next(t for t in TABLES if t.name == name)
    columns = [f'cast("{c.name}" as {c.type}) as "{c.name}"' for c in table.columns]
    return f"select {', '.join(columns)} from source"


def dictionary(written: list[str]) -> str:
    """The data dictionary of the tables written, as Markdown."""
    lines = ["# The tables of this run", "", "Parquet. An empty cell says that there is nothing to say.", ""]
    for table in TABLES:
        if f"{table.name}.parquet" in written:
            lines += [f"## {table.name}.parquet", "", f"One row is {table.row}.", ""]
            lines += ["| column | type | meaning |", "|---|---|---|"]
            lines += [f"| {c.name} | {c.type} | {c.meaning} |" for c in table.columns]
            lines.append("")
    lines += ["For example, with DuckDB:", "", "```sql"]
    lines += ["select day, sum(men) from 'formations.parquet' where power = 'POL' group by day order by day;"]
    return "\n".join([*lines, "```", ""])


# --- rows ------------------------------------------------------------------------------------------------------------


def _columns(table: Table, parts: Iterator[Data]) -> Data:
    """All parts joined; an empty table keeps its columns."""
    rows = list(parts)
    return {c.name: _joined([part[c.name] for part in rows]) for c in table.columns}


def _joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=object)


def _texts(values: Any) -> NDArray[Any]:
    return np.array(values, dtype=object)


def _formations(setup: Setup, journal: Journal) -> Iterator[Data]:
    forces, atlas = setup.forces, setup.atlas
    fixed = {
        "formation": _texts(forces.ids),
        "name": _texts(forces.names),
        "power": _texts(atlas.powers)[forces.power],
        "kind": _texts(KINDS)[forces.kind],
        "parent": _texts([*forces.ids, None])[forces.parent],
    }
    places, gone = _texts([*atlas.ids, None]), np.zeros(len(forces), dtype=bool)
    for world in _told(journal, setup):
        f = world.forces
        rows = np.flatnonzero((f.status != Status.PLANNED) & ~gone)
        gone |= f.status > Status.ACTIVE
        yield {
            "day": _texts([dates.iso(world.hour)] * len(rows)),
            **{name: values[rows] for name, values in fixed.items()},
            "province": places[f.province[rows]],
            "status": _texts(Status.NAMES)[f.status[rows]],
            "posture": _texts(POSTURES)[f.posture[rows]],
            "goal": places[f.goal[rows]],
            "men": np.rint(f.men[rows]),
            **{n: getattr(f, n)[rows] for n in ("guns", "tanks", "aircraft", "readiness", "supply")},
            **{n: getattr(f, n)[rows] for n in ("fatigue", "entrenchment", "cut_off_days")},
        }


def is_long(setup: Setup) -> bool:
    """Whether a run lasts too long to be told day by day."""
    head = setup.scenario.scenario
    return head.ends - head.opening > DAILY_UNTIL * dates.DAY


def _told(journal: Journal, setup: Setup) -> Iterator[World]:
    """The World at the end of every day, or of those days of a long run of which the tables tell."""
    moved = {dates.day_number(e.hour) for e in journal.of_kind(*MOVES)}
    moved.add(dates.day_number(journal.entries[-1].hour))
    short, month = not is_long(setup), ""
    for world in days(journal, setup):
        before, month = month, dates.iso(world.hour)[:7]
        if short or month != before or dates.day_number(world.hour) in moved:
            yield world


def _control(atlas: Atlas, journal: Journal, setup: Setup) -> Iterator[Data]:
    codes = _texts([*atlas.powers, None])
    assert NOBODY == -1  # the last of `codes`
    for world in _told(journal, setup):
        yield {
            "day": _texts([dates.iso(world.hour)] * len(atlas)),
            "province": _texts(atlas.ids),
            "name": _texts(atlas.names),
            "controller": codes[world.controller],
            "owner": codes[world.owner],
        }


def _losses(setup: Setup, journal: Journal) -> Iterator[Data]:
    atlas = setup.atlas
    powers = np.unique(setup.forces.power)
    before = {name: np.zeros(len(powers)) for name in LOSSES}
    for world in days(journal, setup):
        now = {name: _by_power(world, name, powers) for name in LOSSES}
        yield {
            "day": _texts([dates.iso(world.hour)] * len(powers)),
            "power": _texts(atlas.powers)[powers],
            **{n.removesuffix("_lost"): np.round(now[n] - before[n], 3) for n in LOSSES},
        }
        before = now


def _by_power(world: World, column: str, powers: NDArray[np.int64]) -> NDArray[np.float64]:
    totals = np.bincount(world.forces.power, weights=getattr(world.forces, column), minlength=int(powers.max()) + 1)
    return np.round(totals[powers], 3)


def _engagements(setup: Setup, journal: Journal) -> Iterator[Data]:
    open_at: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    for entry in journal.of_kind("engagement_began", "engagement_ended"):
        d = entry.data
        if entry.kind == "engagement_began":
            open_at[d["province"]] = _begun(setup, entry)
            rows.append(open_at[d["province"]])
        elif d["province"] in open_at:
            row = open_at.pop(d["province"])
            row |= {
                n: d[n] for n in ("result", "days", "attacker_killed_wounded", "defender_killed_wounded", "captured")
            }
            row["ended"] = dates.iso(entry.hour)
    if rows:
        yield {c.name: _texts([row.get(c.name) for row in rows]) for c in ENGAGEMENTS.columns}


def _begun(setup: Setup, entry: Entry) -> dict[str, Any]:
    d = entry.data
    same = ("province", "contact", "attacking_men", "defending_men", "advantage", "odds")
    return {
        "entry": entry.n,
        "began": dates.iso(entry.hour),
        "attacker": _powers(setup.atlas, setup.forces, d["attackers"]),
        "defender": _powers(setup.atlas, setup.forces, d["defenders"]),
        "attackers": "|".join(d["attackers"]),
        "defenders": "|".join(d["defenders"]),
    } | {name: d[name] for name in same}


def _powers(atlas: Atlas, forces: Forces, formations: list[str]) -> str:
    return "|".join(sorted({atlas.powers[int(forces.power[forces.row(f)])] for f in formations}))


def _entries(setup: Setup, journal: Journal) -> Iterator[Data]:
    tell = Retelling(setup, journal).describe
    yield {
        "entry": np.array([e.n for e in journal]),
        "moment": _texts([dates.to_datetime(e.hour).isoformat(sep=" ") for e in journal]),
        "kind": _texts([e.kind for e in journal]),
        "because": np.array([e.because for e in journal]),
        "text": _texts([tell(e, dated=False) for e in journal]),
    }
