"""The single source: a header, then decisions and consequences, each caused by an earlier entry, hash-chained.

Written as JSON Lines, one entry a line, keys sorted. Daily bulk (the state of every formation and province that
changed) goes to a companion file as compact columns; each day's digest stands in the journal, so one chain covers both.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.errors import Fault, InputError
from wargame.events import Event
from wargame.fold import event_from

Level = Literal["verdict", "events", "full"]
VERDICT_KINDS = frozenset(
    [
        "decision",
        "war_declared",
        "war_joined",
        "operation_launched",
        "operation_ended",
        "army_broken",
        "standing_changed",
        "armistice_signed",
        "flag_raised",
        "hostilities_ceased",
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``because`` is the number of the entry that caused it; the header is number 0.

    Where the entry before it was not kept (below level ``events``), ``after`` is the number of the last one kept (-1:
    none) and the hash of the one before.
    """

    n: int
    hour: int
    kind: str
    data: dict[str, Any]
    because: int
    hash: str
    after: tuple[int, str] | None = None

    def line(self) -> str:
        """The entry as one line of JSON, without newline."""
        body = {
            "n": self.n,
            "at": dates.instant(self.hour),
            "kind": self.kind,
            "data": self.data,
            "because": self.because,
        }
        chain = {"hash": self.hash} | ({"after": self.after} if self.after else {})
        return _written(body | chain)

    def event(self) -> Event:
        """The event this entry records; `KeyError` for the header and the daily digests."""
        return event_from(self.kind, self.data, self.because)


_written = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode  # the one written form


def _digest(previous: str, n: int, hour: int, kind: str, data: dict[str, Any], because: int) -> str:
    body = _written([previous, n, hour, kind, data, because])
    return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


@dataclass
class Journal:
    """The journal of one run, or the part of it written since a resume (``first`` is then above 0)."""

    level: Level = "events"
    entries: list[Entry] = field(default_factory=list)
    length: int = 0
    head: str = ""
    days: dict[int, dict[str, NDArray[Any]]] = field(default_factory=dict)  # entry number -> changed columns

    def __post_init__(self) -> None:
        self._kept_before = self.length  # where a resumed run goes on: its lines follow those written before the cut

    def record(self, hour: int, event: Event) -> int:
        """Append an event; returns its number. Levels below ``events`` count every entry but keep only some."""
        return self._append(hour, event.kind, event.data(), event.because)

    def begin(self, hour: int, header: dict[str, Any]) -> int:
        """Write the header, entry 0."""
        return self._append(hour, "header", header, 0)

    def record_day(self, hour: int, changed: dict[str, NDArray[Any]], because: int) -> int:
        """Append a day's digest and, at level ``full``, keep its columns for the companion file."""
        n = self._append(hour, "day", {"digest": _digest_of_day(changed)}, because)
        if self.level == "full":
            self.days[n] = changed
        return n

    def _append(self, hour: int, kind: str, data: dict[str, Any], because: int) -> int:
        n = self.length
        previous, self.head = self.head, _digest(self.head, n, hour, kind, data, because)
        self.length += 1
        if self.level != "verdict" or kind in VERDICT_KINDS or kind == "header":
            last = self.entries[-1].n if self.entries else self._kept_before - 1
            after = None if last == n - 1 else (last, previous)
            self.entries.append(Entry(n, hour, kind, data, because, self.head, after))
        return n

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __getitem__(self, n: int) -> Entry:
        k = bisect_left(self.entries, n, key=lambda e: e.n)
        if k == len(self.entries) or self.entries[k].n != n:
            raise KeyError(n)
        return self.entries[k]

    def causes(self, n: int) -> list[Entry]:
        """The chain from entry `n` back to the header, `n` first; `KeyError` where an entry of it was not kept."""
        chain = [self[n]]
        while chain[-1].n != 0:
            chain.append(self[chain[-1].because])
        return chain

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Entries of these kinds, in order."""
        return [e for e in self.entries if e.kind in kinds]

    def lines(self) -> Iterable[str]:
        """Every kept entry as JSON Lines."""
        return (e.line() + "\n" for e in self.entries)

    def companion(self) -> bytes:
        """The daily columns as one ``.npz``, the same bytes for the same run."""
        out = io.BytesIO()
        columns: dict[str, Any] = {
            f"{n}/{c}": a for n, day in sorted(self.days.items()) for c, a in sorted(day.items())
        }
        np.savez_compressed(out, **columns)
        return out.getvalue()


def read(path: Path, companion: Path | None = None) -> Journal:
    """Read a journal and check its chain; `InputError` with the first broken line and how many entries are sound."""
    journal = Journal(level="events")
    lines = path.read_bytes().split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, start=1):
        journal.entries.append(_read_entry(path, number, line, journal))
        journal.length = journal.entries[-1].n + 1
        journal.head = journal.entries[-1].hash
    if not journal.entries or journal.entries[0].kind != "header":
        raise _broken(path, 1, "has no header")
    if len(journal.entries) < journal.length:
        journal.level = "verdict"
    if companion is not None and companion.exists():
        journal.level = "full"
        _read_days(journal, companion)
    return journal


def _read_entry(path: Path, number: int, line: bytes, journal: Journal) -> Entry:
    try:
        text = line.decode("utf-8")
        raw = json.loads(text)
        after = tuple(raw["after"]) if "after" in raw else None
        last, previous = after or (journal.length - 1, journal.head)
        entry = Entry(raw["n"], dates.parse(raw["at"]), raw["kind"], raw["data"], raw["because"], raw["hash"], after)
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(path, number, "is not a journal entry") from error
    # The text must also be the one written form: a changed byte may leave the meaning (1e-05, 1E-05) and so the hash.
    if entry.hash != _digest(previous, entry.n, entry.hour, entry.kind, entry.data, entry.because) or (
        entry.line() != text
    ):
        raise _broken(path, number, "does not match its hash: the line, or one before it, was changed")
    if last != journal.length - 1 or entry.n < journal.length or (entry.n > journal.length and not entry.after):
        raise _broken(path, number, f"is entry {entry.n} where entry {journal.length} was due: lines are missing")
    return entry


def _read_days(journal: Journal, companion: Path) -> None:
    try:
        with np.load(companion, allow_pickle=False) as store:
            for name in store.files:
                n, _, column = name.partition("/")
                journal.days.setdefault(int(n), {})[column] = store[name]
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise _broken_days(companion, "cannot be read") from error
    for entry in journal.of_kind("day"):
        if _digest_of_day(journal.days.get(entry.n, {})) != entry.data["digest"]:
            raise _broken_days(companion, f"does not match entry {entry.n} ({dates.iso(entry.hour)}) of the journal")


def _digest_of_day(changed: dict[str, NDArray[Any]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(changed):
        digest.update(name.encode())
        digest.update(changed[name].tobytes())
    return digest.hexdigest()


def _broken(path: Path, line: int, what: str) -> InputError:
    remedy = f"entries up to line {line - 1} are sound; run the scenario again or restore the file"
    return InputError([Fault("journal-broken", str(path), f"this line {what}", remedy, line)])


def _broken_days(companion: Path, what: str) -> InputError:
    remedy = "the journal itself is sound; run the scenario again at level full or restore the file"
    return InputError([Fault("journal-broken", str(companion), f"the daily columns: this file {what}", remedy)])
