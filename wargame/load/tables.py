"""One reader for every CSV file: header, types, ranges and choices are checked, with line numbers, all at once.

A `Table` describes a file; `Reader` reads files, keeps their digests and collects every `Fault`. A cell that cannot be
read is replaced by a neutral value so that the checks after it still run; a reader with errors is never used to play.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wargame import dates
from wargame.errors import Fault, InputError, did_you_mean

Kind = Literal["text", "slug", "zone", "power", "integer", "number", "date", "list"]

STATUSES = ("verified", "partly", "memory", "derived", "judgement")
LARGEST = 1e12
MOST_GUESSES = 40
ROWS_LOST = frozenset(
    {
        "unreadable-file", "not-text", "not-utf-8", "empty-file", "broken-csv", "cell-count", "separator",
        "missing-column",
    }
)  # fmt: skip
"""Codes of faults after which rows are missing."""

_PATTERNS = {
    "slug": (r"[a-z0-9][a-z0-9_]*", "lower-case letters a-z, digits and '_', such as brzesc or ger_1_panzer_div"),
    "zone": (r"[A-Za-z0-9][A-Za-z0-9_]*", "letters A-Z, digits and '_', such as POL_CORE"),
    "power": (r"[A-Z]{3}", "three capital letters, such as POL"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, and what an empty cell stands for.

    ``needed``: the column must be there and no cell of it empty (with ``blank``, cells may be). Otherwise an absent
    column and an empty cell read as ``default``.
    """

    name: str
    kind: Kind
    meaning: str
    needed: bool = False
    blank: bool = False
    default: Any = None
    low: float = -LARGEST
    high: float = LARGEST
    choices: tuple[str, ...] = ()
    pattern: str = ""
    unit: str = ""

    @property
    def empty(self) -> Any:
        """What an empty cell reads as."""
        return _NEUTRAL[self.kind] if self.default is None else self.default


_NEUTRAL: dict[str, Any] = {
    "text": "", "slug": "", "zone": "", "power": "", "integer": 0, "number": 0.0, "date": 0, "list": (),
}  # fmt: skip

ANY = ("*",)
"""``extras`` of a table in which users may keep columns of their own."""

PROVENANCE = (
    Column("source", "text", "where the row comes from: an id or title in the list of sources"),
    Column("status", "text", "how sure it is", choices=STATUSES),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of CSV file. ``key`` names the columns that must be unique together.

    Columns in ``extras`` may be there unread (`ANY`: whatever there is).
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    may_be_empty: bool = False


@dataclass(frozen=True)
class Rows:
    """A file as columns of equal length; ``lines`` gives the line each row begins on."""

    file: str
    columns: dict[str, list[Any]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, column: str) -> list[Any]:
        return self.columns[column]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows one by one."""
        names = list(self.columns)
        return [dict(zip(names, values, strict=True)) for values in zip(*self.columns.values(), strict=True)]


@dataclass
class Reader:
    """Reads files, names them in messages by ``label``, and collects faults and digests."""

    label: Callable[[Path], str] = str
    faults: list[Fault] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    _seen: set[Fault] = field(default_factory=set)
    _lines: set[tuple[str, int]] = field(default_factory=set)
    _guesses: int = 0
    _guessed: dict[str, tuple[Iterable[str], str]] = field(default_factory=dict)  # the last answer for a word

    def fault(
        self, code: str, file: str, what: str, remedy: str = "", line: int | None = None, *, warning: bool = False
    ) -> None:
        """Note one finding."""
        found = Fault(code, file, what, remedy, line, "warning" if warning else "error")
        if found not in self._seen:
            self._seen.add(found)
            self.faults.append(found)
            if line is not None:
                self._lines.add((file, line))

    def noted(self, file: str, line: int) -> bool:
        """Whether something is wrong with a line already."""
        return (file, line) in self._lines

    def near(self, word: str, choices: Iterable[str]) -> str:
        """`did_you_mean` for the first misspelt names; then nothing, so that a file wrong in every row is told soon."""
        if (told := self._guessed.get(word)) and told[0] is choices:
            return told[1]
        self._guesses += 1
        remedy = did_you_mean(word, choices) if self._guesses <= MOST_GUESSES else ""
        self._guessed[word] = (choices, remedy)
        return remedy

    @property
    def errors(self) -> list[Fault]:
        """The findings that make the files unusable."""
        return [f for f in self.faults if f.severity == "error"]

    def check(self) -> None:
        """Raise `InputError` with every error found so far, if there is one."""
        if self.errors:
            raise InputError(self.errors)

    def text(self, path: Path, key: str) -> str | None:
        """A file's text, its digest noted under ``key``; `None` after noting why it cannot be read."""
        name = self.label(path)
        try:
            raw = path.read_bytes()
        except OSError as error:
            remedy = "write the file, or correct its name where it is named" if not path.exists() else ""
            self.fault("unreadable-file", name, f"cannot be read: {error.strerror or error}", remedy)
            return None
        self.digests[key] = hashlib.blake2b(raw, digest_size=16).hexdigest()
        if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
            self.fault("not-text", name, "a null byte: this is no text file", "save the file as UTF-8 text", line)
            return None
        try:
            return raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            remedy = "save the file as UTF-8"
            self.fault("not-utf-8", name, f"byte 0x{raw[error.start]:02x} is not UTF-8 text", remedy, line)
            return None

    def table(self, path: Path, table: Table, key: str) -> Rows:
        """A CSV file as checked columns; a file that cannot be read comes back without rows, its faults noted."""
        text = self.text(path, key)
        name = self.label(path)
        header, records, lines = ([], [], []) if text is None else self._records(name, text)
        if text is not None and not header:
            self.fault("empty-file", name, "the file is empty", f"begin it with the header {_header(table)}", 1)
        rows = Rows(name, {}, lines)
        if header:
            separator = _other_separator(header, table)
            if separator:
                remedy = "separate the cells with commas; a spreadsheet offers that when it saves as CSV"
                self.fault("separator", name, f"the cells are separated by {separator}, not by commas", remedy, 1)
                return Rows(name, {c.name: [] for c in table.columns}, [])
            self._check_header(name, header, table)
            if not records and not table.may_be_empty:
                self.fault("empty-file", name, "the file has a header but no rows", "write at least one row", 1)
        for column in table.columns:
            cells = [r[header.index(column.name)] for r in records] if column.name in header else None
            rows.columns[column.name] = (
                [column.empty] * len(lines) if cells is None else self._column(rows, column, cells)
            )
        self._check_key(rows, table)
        return rows

    def _records(self, name: str, text: str) -> tuple[list[str], list[list[str]], list[int]]:
        header: list[str] = []
        records: list[list[str]] = []
        lines: list[int] = []
        begins = 1
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            for record in reader:
                line, begins = begins, reader.line_num + 1
                if not any(record):
                    continue
                if not header:
                    header = [cell.strip() for cell in record]
                elif len(record) != len(header):
                    what = f"the row has {len(record)} cells, the header has {len(header)}"
                    remedy = 'put quotes "..." around a cell that holds a comma, and write every comma of the row'
                    self.fault("cell-count", name, what, remedy, line)
                else:
                    records.append(record)
                    lines.append(line)
        except csv.Error as error:
            what = f"not a CSV row from here on: {error}"
            self.fault("broken-csv", name, what, 'check the quotes: each opening " needs a closing one', begins)
        return header, records, lines

    def _check_header(self, name: str, header: list[str], table: Table) -> None:
        known = [c.name for c in table.columns]
        for column in table.columns:
            if column.needed and column.name not in header:
                self.fault("missing-column", name, f"column '{column.name}' is missing", f"add it: {column.meaning}", 1)
        for cell in sorted(set(header)):
            if header.count(cell) > 1:
                self.fault("double-column", name, f"column '{cell}' is there twice", "keep one of them", 1)
            elif cell not in known and cell not in table.extras and table.extras != ANY:
                remedy = did_you_mean(cell, known) or f"the columns are {', '.join(known)}"
                self.fault("unknown-column", name, f"column '{cell}' is unknown", remedy, 1)

    def _column(self, rows: Rows, column: Column, cells: list[str]) -> list[Any]:
        fast = _FAST.get(column.kind)
        if fast is not None:
            values = fast(column, cells)
            if values is not None:
                return values
        return [self._cell(rows, i, column, cell) for i, cell in enumerate(cells)]

    def _cell(self, rows: Rows, i: int, column: Column, cell: str) -> Any:
        cell = cell.strip()
        if not cell:
            if column.needed and not column.blank:
                self.fault("empty-cell", rows.file, f"{column.name} is empty", f"write {column.meaning}", rows.lines[i])
            return column.empty
        try:
            return _READ[column.kind](column, cell)
        except _CellError as error:
            self.fault(error.code, rows.file, f"{column.name} {error.what}", error.remedy, rows.lines[i])
            return cell if column.kind in {"text", "slug", "zone", "power"} else column.empty

    def _check_key(self, rows: Rows, table: Table) -> None:
        if not table.key:
            return
        first: dict[tuple[Any, ...], int] = {}
        for line, values in zip(rows.lines, zip(*(rows[k] for k in table.key), strict=True), strict=True):
            if values in first:
                twice = f"{', '.join(table.key)} '{', '.join(map(str, values))}'"
                what = f"{twice} is there twice, first on line {first[values]}"
                self.fault("duplicate", rows.file, what, "delete one of the rows, or give it a name of its own", line)
            first.setdefault(values, line)


def _other_separator(header: Sequence[str], table: Table) -> str:
    """What stands between the names of a header in place of commas, in words; nothing if it is in order."""
    known = {c.name for c in table.columns}
    for mark, words in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and len(known & {n.strip() for n in header[0].split(mark)}) > 1:
            return words
    return ""


def _header(table: Table) -> str:
    return ",".join(c.name for c in table.columns if c.needed)


class _CellError(Exception):
    def __init__(self, code: str, what: str, remedy: str = "") -> None:
        self.code, self.what, self.remedy = code, what, remedy


def _read_text(column: Column, cell: str) -> str:
    if column.choices and cell not in column.choices:
        remedy = did_you_mean(cell, column.choices) or f"write one of {', '.join(column.choices)}"
        raise _CellError("unknown-choice", f"'{cell}' is unknown", remedy)
    if column.pattern and not re.fullmatch(column.pattern, cell):
        raise _CellError("bad-form", f"'{cell}' does not have the form of {column.meaning}", f"write {column.unit}")
    return cell


def _read_pattern(column: Column, cell: str) -> str:
    pattern, remedy = _PATTERNS[column.kind]
    if not re.fullmatch(pattern, cell):
        raise _CellError("bad-id", f"'{cell}' is not an id", f"write {remedy}")
    return cell


def _read_number(column: Column, cell: str) -> float:
    try:
        value = float(cell) if cell.isascii() and "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _CellError("not-a-number", f"'{cell}' is not a number", f"write {_range(column)}")
    if not column.low <= value <= column.high:
        raise _CellError("out-of-range", f"{cell} is out of range", f"write {_range(column)}")
    return value


def _read_integer(column: Column, cell: str) -> int:
    value = _read_number(column, cell)
    if value != int(value):
        raise _CellError("not-a-number", f"'{cell}' is not a whole number", f"write {_range(column)}")
    return int(value)


def _range(column: Column) -> str:
    word = "a whole number" if column.kind == "integer" else "a number"
    unit = f" of {column.unit}" if column.unit else ""
    if column.high < LARGEST:
        return f"{word}{unit} between {column.low:.10g} and {column.high:.10g}"
    return f"{word}{unit}" + (f", {column.low:.10g} or more" if column.low > -LARGEST else "")


def _read_date(column: Column, cell: str) -> int:
    try:
        return dates.parse(cell)
    except (ValueError, OverflowError) as error:
        remedy = "write an ISO date such as 1939-09-01"
        raise _CellError("bad-date", f"'{cell}' is not a date of 1900-2100", remedy) from error


def _read_list(column: Column, cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


_READ: dict[str, Callable[[Column, str], Any]] = {
    "text": _read_text,
    "slug": _read_pattern,
    "zone": _read_pattern,
    "power": _read_pattern,
    "integer": _read_integer,
    "number": _read_number,
    "date": _read_date,
    "list": _read_list,
}


def _fast_numbers(column: Column, cells: Sequence[str]) -> list[Any] | None:
    joined = "".join(cells)
    if "_" in joined or not joined.isascii() or (column.needed and not column.blank and "" in cells):
        return None
    try:
        written = [float(c) for c in cells if c]
    except ValueError:
        return None
    good = all(column.low <= v <= column.high for v in written)  # false for nan
    whole = column.kind == "number" or all(v == int(v) for v in written) if good else False
    if not whole:
        return None
    values = iter(written if column.kind == "number" else map(int, written))
    empty = column.empty
    return [next(values) if c else empty for c in cells]


def _fast_pattern(column: Column, cells: Sequence[str]) -> list[Any] | None:
    match = re.compile(_PATTERNS[column.kind][0]).fullmatch
    return list(cells) if all(map(match, cells)) else None


_FAST: dict[str, Callable[[Column, Sequence[str]], list[Any] | None]] = {
    "number": _fast_numbers,
    "integer": _fast_numbers,
    "slug": _fast_pattern,
    "zone": _fast_pattern,
    "power": _fast_pattern,
}


def json_schema(table: Table) -> dict[str, Any]:
    """JSON Schema of one row of a table, for editors and for other programs that write the file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.name,
        "type": "object",
        "properties": {c.name: _column_schema(c) for c in table.columns},
        "required": [c.name for c in table.columns if c.needed],
        "additionalProperties": False,
    }


def _column_schema(column: Column) -> dict[str, Any]:
    kinds = {"integer": "integer", "number": "number"}
    schema: dict[str, Any] = {"type": kinds.get(column.kind, "string"), "description": column.meaning}
    if column.unit:
        schema["description"] += f" ({column.unit})"
    if column.low > -LARGEST:
        schema["minimum"] = column.low
    if column.high < LARGEST:
        schema["maximum"] = column.high
    if column.choices:
        schema["enum"] = [*column.choices, *([] if column.needed else [""])]
    pattern = column.pattern or _PATTERNS.get(column.kind, ("", ""))[0]
    if pattern:
        schema["pattern"] = f"^({pattern}){'' if column.needed else '?'}$"
    if column.kind == "date":
        schema["format"] = "date"
    return schema
