"""The tables of a study: what their columns mean, how they are written, and how to ask them questions.

Rows come as JSON Lines, one run a line, in whatever order the runs ended. DuckDB sorts them on one thread into Parquet,
so that the same study gives the same bytes whoever computed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from wargame.errors import UsageError, WargameError
from wargame.run_tables import Column, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES_FOLDER = "tables"
MEMORY = "512MB"
"""What sorting may take; what does not fit is sorted on the disk."""
LONGEST_LINE = 64 * 2**20  # bytes that one run may take
TIMINGS = "timings.parquet"
DICTIONARY = "study_data.md"
GROUP_ROWS = 122_880  # rows a row group of Parquet, DuckDB's own number: fixed, so that files do not depend on it

_CELL = Column("cell", "INTEGER", "number of the cell, from 1 in the order of the design")
_SEED = Column("seed", "BIGINT", "seed of the run; the same seed is the same luck in every cell")
_KEY = (_CELL, _SEED)
_POWER = Column("power", "VARCHAR", "power code")

CELLS = Table(
    "cells",
    "one cell of the design: one setting of every factor",
    (
        _CELL,
        Column("name", "VARCHAR", "the setting in words: factor=level, in the order of the factors"),
        Column("overlays", "VARCHAR", "overlays laid over the scenario, in order, separated by |"),
        Column(
            "file", "VARCHAR", "file of the study folder with the cell's numbers and seats, itself an overlay; or empty"
        ),
    ),
)
FACTORS = Table(
    "factors",
    "one factor in one cell",
    (
        _CELL,
        Column("factor", "VARCHAR", "id of the factor"),
        Column("kind", "VARCHAR", "levels (named alternatives), number (of the rulebook) or policy (of a government)"),
        Column("level", "VARCHAR", "id of the level; the value as text for a number or policy"),
        Column("value", "DOUBLE", "the value of a number or policy; of a level its place in the list, from 0"),
        Column("place", "DOUBLE", "where in the factor's range the design put it, 0..1: what SALib's analysers want"),
    ),
)
QUESTIONS = Table(
    "questions",
    "one question of the study",
    (
        Column("question", "VARCHAR", "id of the question"),
        Column("title", "VARCHAR", "the question in words"),
        Column("kind", "VARCHAR", "share (answers are 1 or 0), days (since the opening, empty: never) or number"),
        Column("unit", "VARCHAR", "unit of a number"),
    ),
)
RUNS = Table(
    "runs",
    "one run, failed ones included",
    (
        *_KEY,
        Column("status", "VARCHAR", "ok, or failed: then the table failures says why and no other table has the run"),
        Column("opening", "DATE", "first day"),
        Column("ended", "DATE", "day on which the clock stopped"),
        Column("ending", "VARCHAR", "peace, or war: some war was still going on when the clock stopped"),
        Column("launched", "INTEGER", "operations launched since the opening"),
        Column("wars", "INTEGER", "wars begun since the opening"),
        Column("path", "VARCHAR", "operation:outcome of every operation launched, in the order of launching, then of "
               "those sought in vain by name; separated by |"),
        Column("entries", "INTEGER", "entries of the journal"),
        Column("journal_hash", "VARCHAR", "hash of the journal's last entry: that of `wargame run` with this cell"),
    ),
)  # fmt: skip
ANSWERS = Table(
    "answers",
    "the answer of one run to one question",
    (*_KEY, Column("question", "VARCHAR", "id of the question"), Column("value", "DOUBLE", "see the table questions")),
)
OPERATIONS = Table(
    "operations",
    "one operation in one run, those open at the opening only",
    (
        *_KEY,
        Column("operation", "VARCHAR", "id of the operation"),
        Column("power", "VARCHAR", "whose operation it is"),
        Column("target", "VARCHAR", "against whom"),
        Column("outcome", "VARCHAR", "one of the nine outcomes"),
        Column("launched", "DATE", "first day; empty: never launched, so censored on the day the run ended"),
        Column("launch_day", "INTEGER", "days from the opening to the launch; empty: never"),
        Column("decided", "DATE", "day on which its success was decided, or empty"),
        Column("ended", "DATE", "day on which its outcome was fixed; empty: it was open when the clock stopped"),
        Column("refusals", "INTEGER", "decision points at which it was wanted and possible, and yet not ordered"),
        Column("p_first", "DOUBLE", "P(launch) at its first decision point, 0..1; empty: it was never weighed"),
        Column("p_most", "DOUBLE", "the greatest P(launch) at any decision point"),
        Column("p_last", "DOUBLE", "P(launch) at the last decision point"),
        Column("reasons", "VARCHAR", "why it ended so, in words"),
        Column("causes", "VARCHAR", "the chain of causes in short, latest first: kind of entry and day, joined by <-"),
    ),
)
DECISIONS = Table(
    "decisions",
    "one step of the crisis over one operation in one run: a decision point, an order, a halt, a settlement",
    (
        *_KEY,
        Column("operation", "VARCHAR", "id of the operation"),
        Column("day", "DATE", "when"),
        Column(
            "stage", "VARCHAR", "incapable, wanted (and let be), preparing, ordered, halted, launched, settled, lapsed"
        ),
        Column("probability", "DOUBLE", "P(launch) as its power's government saw it, 0..1"),
        Column("refusals", "INTEGER", "refusals so far"),
        Column("credibility", "VARCHAR", "power:chance that it would fight, as the decider saw it; separated by |"),
    ),
)
WARS = Table(
    "wars",
    "one war in one run, begun since the opening",
    (
        *_KEY,
        Column("war", "VARCHAR", "id of the war"),
        Column(
            "attackers", "VARCHAR", "power codes of all who fought on this side, those who joined later included; by |"
        ),
        Column("defenders", "VARCHAR", "the same of the other side"),
        Column("began", "DATE", "day on which it was declared"),
        Column("ceased", "DATE", "day on which hostilities ceased; empty: it went on when the clock stopped"),
    ),
)
LOSSES = Table(
    "losses",
    "what one power lost in one run, powers without losses left out",
    (
        *_KEY,
        _POWER,
        Column("killed", "BIGINT", "men"),
        Column("wounded", "BIGINT", "men"),
        Column("captured", "BIGINT", "men"),
        Column("missing", "BIGINT", "men dispersed, or interned by a neutral"),
        Column("tanks", "BIGINT", "tanks lost"),
        Column("guns", "BIGINT", "artillery pieces lost"),
        Column("aircraft", "BIGINT", "aircraft lost"),
    ),
)
LEADERS = Table(
    "leaders",
    "one government in one run: in office at the opening, or formed since under another head or regime",
    (
        *_KEY,
        _POWER,
        Column("formed", "DATE", "day on which it was formed; the opening day for those in office then"),
        Column("head", "VARCHAR", "who leads it"),
        Column("regime", "VARCHAR", "kind of government"),
        Column("faction", "VARCHAR", "faction or party"),
        Column("grip", "DOUBLE", "how safe the head sits, 0..1"),
        Column("contest", "BOOLEAN", "whether it came of a contest for the succession"),
        Column("long_war_fear", "DOUBLE", "the fear of a long war (lambda) that luck gave this head in this run"),
    ),
)
TREATIES = Table(
    "treaties",
    "one treaty signed or ended in one run since the opening",
    (
        *_KEY,
        Column("treaty", "VARCHAR", "id of the clause"),
        Column(
            "kind", "VARCHAR", "defence, guarantee, neutrality, non_aggression, consultation, convention, transit, ..."
        ),
        Column("parties", "VARCHAR", "power codes, separated by |"),
        Column("signed", "DATE", "day on which it was signed; may lie before the opening"),
        Column("ended", "DATE", "day on which it was broken or lapsed; empty: in force at the end, or to its own term"),
    ),
)
POWERS = Table(
    "powers",
    "one power on one of the study's dates in one run; the last day of the run is always one of them",
    (
        *_KEY,
        Column("day", "DATE", "the date, at its beginning; of the last one the end of the run"),
        _POWER,
        Column("head", "VARCHAR", "who leads it; empty where there is no politics in play"),
        Column("regime", "VARCHAR", "kind of government"),
        Column("standing", "VARCHAR", "at_peace, at_war, neutral, beaten, ..."),
        Column("provinces", "INTEGER", "provinces it controls"),
        Column("people", "DOUBLE", "thousand people of the towns in them"),
        Column("men", "BIGINT", "men in the field"),
        Column("formations", "INTEGER", "formations in the field, headquarters left out"),
        Column("economy_year", "INTEGER", "year that the next columns are of; empty where there is no economy in play"),
        Column("gdp", "DOUBLE", "milliard 1990 international dollars"),
        Column("steel", "DOUBLE", "million tonnes a year"),
        Column("strain", "DOUBLE", "economic strain, 0..1"),
        Column("lives_lost", "DOUBLE", "million people, by famine and repression"),
    ),
)
CONTROL = Table(
    "control",
    "one province on one of the study's dates in one run that is then held by another than on the opening day",
    (
        *_KEY,
        Column("day", "DATE", "as in powers"),
        Column("province", "VARCHAR", "province id"),
        Column("controller", "VARCHAR", "power code of who holds it; empty for nobody"),
    ),
)
FAILURES = Table(
    "failures",
    "one run that failed",
    (
        *_KEY,
        Column("error", "VARCHAR", "the error's kind and message"),
        Column("traceback", "VARCHAR", "where it arose, innermost call last"),
    ),
)
TIMES = Table(
    "timings",
    "what one run cost; the only table that differs when the study is done again",
    (
        *_KEY,
        Column("cpu_s", "DOUBLE", "processor seconds of the run, without loading its cell"),
        Column("wall_s", "DOUBLE", "seconds of the clock"),
        Column(
            "peak_mib", "DOUBLE", "greatest memory of its process so far, MiB; empty where the system does not tell"
        ),
        Column("worker", "VARCHAR", "machine and process that did it"),
    ),
)
FIXED = (CELLS, FACTORS, QUESTIONS)
"""Tables that the design alone fills."""
PER_RUN = (RUNS, ANSWERS, OPERATIONS, DECISIONS, WARS, LOSSES, LEADERS, TREATIES, POWERS, CONTROL, FAILURES)
"""Tables that runs fill; a line of a part has one list of rows for each."""
TABLES = (*FIXED, *PER_RUN)
RESERVED = frozenset(c.name for t in (CELLS, RUNS) for c in t.columns)
"""Names that a factor cannot have, as its values stand in a column of its own."""

Factors = Sequence[tuple[str, str]]
"""Ids of a study's factors with the SQL type of their values, in order."""


def columns(table: Table, factors: Factors = ()) -> tuple[Column, ...]:
    """A table's columns in one study: cells and runs have one more for every factor, after their key."""
    if table not in {CELLS, RUNS}:
        return table.columns
    keys = 1 if table is CELLS else len(_KEY)
    more = (Column(name, kind, f"setting of the factor '{name}'") for name, kind in factors)
    return (*table.columns[:keys], *more, *table.columns[keys:])


def dictionary(factors: Factors = (), heading: str = "# The tables of a study", notes: str = "") -> str:
    """The data dictionary, as Markdown."""
    lines = [heading, "", notes or _ABOUT, ""]
    for table in (*TABLES, TIMES):
        place = TIMINGS if table is TIMES else f"{TABLES_FOLDER}/{table.name}.parquet"
        lines += [f"## {table.name}", "", f"`{place}`: one row is {table.row}.", ""]
        if table in {CELLS, RUNS} and not factors:
            lines += [
                "After its key it has a column for every factor, called by its id: a level's id, or the number.",
                "",
            ]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += [f"| {c.name} | {c.type} | {c.meaning.replace('|', 'a bar')} |" for c in columns(table, factors)]
        lines.append("")
    return "\n".join(lines)


_ABOUT = """\
`wargame study FILE --out DIR` writes a folder. Its tables are Parquet, sorted by cell, seed and the order in which
things stand in the run; the same study gives the same bytes, however many workers did it and in whatever order.
`wargame sql DIR "select ..."` asks them, each table under its name; any program that reads Parquet does as well.

Rows of different tables belong together by `cell` and `seed`. The same seed in two cells is the same luck, so compare
cells by pairs of equal seed."""


# --- writing ---------------------------------------------------------------------------------------------------------


def write(
    folder: Path, fixed: dict[str, list[dict[str, Any]]], parts: Sequence[Path], factors: Factors, cells: int, last: int
) -> list[str]:
    """Write every table and the timings into a study's folder; returns their files' names.

    ``fixed``: rows of `FIXED` tables. ``parts``: files of JSON Lines with the keys cell, seed and a list of rows under
    the name of every table of `PER_RUN` and of `TIMES`; lines of a cell above ``cells`` or a seed above ``last`` are
    left out. On one thread, sorted: any order of lines gives the same bytes.
    """
    import duckdb  # noqa: PLC0415

    (folder / TABLES_FOLDER).mkdir(exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".sorting") as spill:
        config: dict[str, Any] = {"threads": 1, "memory_limit": MEMORY, "temp_directory": spill}
        try:
            with duckdb.connect(f"{spill}/lines.duckdb", config=config) as base:
                for table in FIXED:
                    _put(base, _file(folder, table), _given(base, table, fixed[table.name], factors))
                _gather(base, parts, cells, last)
                for table in (*PER_RUN, TIMES):
                    _put(base, _file(folder, table), _sorted(table, factors))
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            said = str(error).splitlines()[0]
            raise WargameError(f"{folder}: {said} (make room, then give the same command)") from None
    return [*(f"{TABLES_FOLDER}/{t.name}.parquet" for t in TABLES), TIMINGS]


def _file(folder: Path, table: Table) -> Path:
    return folder / (TIMINGS if table is TIMES else f"{TABLES_FOLDER}/{table.name}.parquet")


def _put(base: DuckDBPyConnection, path: Path, query: str) -> None:
    """The rows of a query as a Parquet file, all or nothing."""
    new = path.with_suffix(".new")
    base.execute(
        f"copy ({query}) to {_quoted(str(new))} (format parquet, compression zstd, row_group_size {GROUP_ROWS})"
    )
    new.replace(path)


def _given(base: DuckDBPyConnection, table: Table, rows: list[dict[str, Any]], factors: Factors) -> str:
    """Put rows that are at hand into the base; the query for them."""
    wanted = columns(table, factors)
    base.execute(f'create table "{table.name}" ({", ".join(f"{_name(c)} {c.type}" for c in wanted)})')
    marks = ", ".join("?" * len(wanted))
    values = [[row.get(c.name) for c in wanted] for row in rows]
    if values:
        base.executemany(f'insert into "{table.name}" values ({marks})', values)
    return f'select * from "{table.name}"'


def _gather(base: DuckDBPyConnection, parts: Sequence[Path], cells: int, last: int) -> None:
    """Put the rows of all lines into one table of the base for each table, part by part, so that memory stays small."""
    lists = (f'"{t.name}": {_quoted(f"STRUCT({_types(t)})[]")}' for t in (*PER_RUN, TIMES))
    shape = f"{{cell: '{_CELL.type}', seed: '{_SEED.type}', {', '.join(lists)}}}"
    for table in (*PER_RUN, TIMES):
        base.execute(f"create table {_raw(table)} (cell INTEGER, seed BIGINT, row_of_run INTEGER, {_types(table)})")
    for part in parts:
        base.execute(
            f"create or replace temp table lines as select * from read_json({_quoted(str(part))}, "
            f"format = 'newline_delimited', columns = {shape}, maximum_object_size = {LONGEST_LINE}) "
            f"where cell <= {cells} and seed <= {last}"
        )
        for table in (*PER_RUN, TIMES):
            mine = f'"{table.name}"'
            rows = f"select cell, seed, unnest(range(len({mine}))) as n, unnest({mine}) as row from lines"
            own = ", ".join(f"row.{_name(c)}" for c in _own(table))
            base.execute(f"insert into {_raw(table)} select cell, seed, n, {own} from ({rows})")


def _raw(table: Table) -> str:
    return f'"unsorted_{table.name}"'


def _own(table: Table) -> list[Column]:
    return [c for c in table.columns if c not in _KEY]


def _types(table: Table) -> str:
    return ", ".join(f"{_name(c)} {c.type}" for c in _own(table))


def _sorted(table: Table, factors: Factors) -> str:
    """The query for a table's rows, in order."""
    picked = [f"p.{_name(c)}" for c in _own(table)]
    if table is RUNS and factors:
        picked = [*(f'k."{name}"' for name, _ in factors), *picked]
    join = f'join "{CELLS.name}" as k on k.cell = p.cell' if table is RUNS and factors else ""
    rows = f"{_raw(table)} as p {join}"
    return f"select p.cell, p.seed, {', '.join(picked)} from {rows} order by p.cell, p.seed, p.row_of_run"


def _name(column: Column) -> str:
    return f'"{column.name}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- asking ----------------------------------------------------------------------------------------------------------


def connect(folder: Path) -> DuckDBPyConnection:
    """A connection in which every Parquet table of a study's folder, or of a run's, is a view under its name.

    `UsageError` where there is none.
    """
    import duckdb  # noqa: PLC0415

    found = sorted([*folder.glob("*.parquet"), *(folder / TABLES_FOLDER).glob("*.parquet")])
    if not found:
        what = "a study that has not come to its end: give its command again" if (folder / "parts").is_dir() else "none"
        raise UsageError(
            f"{folder} has no tables ({what}; wargame study FILE --out DIR and wargame run --out DIR write some)"
        )
    base = duckdb.connect(config={"autoinstall_known_extensions": False})
    for path in found:
        base.execute(f'create view "{path.stem}" as select * from read_parquet({_quoted(str(path))})')
    return base
