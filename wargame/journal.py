"""The single source: a header, then decisions and consequences, each caused by an earlier entry, hash-chained.

Written as JSON Lines, one entry a line, keys sorted. Daily bulk (the state of every formation and province that changed)
goes to a companion file as compact columns; each day's digest stands in the journal, so one chain covers both.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.errors import Fault, InputError
from wargame.events import Event, event_from

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
        "flag_raised",
        "hostilities_ceased",
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``because`` is the number of the entry that caused it; the header is number 0."""

    n: int
    hour: int
    kind: str
    data: dict[str, Any]
    because: int
    hash: str

    def line(self) -> str:
        """The entry as one line of JSON, without newline."""
        body = {
            "n": self.n,
            "at": dates.instant(self.hour),
            "kind": self.kind,
            "data": self.data,
            "because": self.because,
        }
        return json.dumps(body | {"hash": self.hash}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def event(self) -> Event:
        """The event this entry records; `KeyError` for the header and the daily digests."""
        return event_from(self.kind, self.data, self.because)


def _digest(previous: str, n: int, hour: int, kind: str, data: dict[str, Any], because: int) -> str:
    body = json.dumps(
        [previous, n, hour, kind, data, because], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


@dataclass
class Journal:
    """The journal of one run, or the part of it written since a resume (``first`` is then above 0)."""

    level: Level = "events"
    entries: list[Entry] = field(default_factory=list)
    length: int = 0
    head: str = ""
    days: dict[int, dict[str, NDArray[Any]]] = field(default_factory=dict)  # entry number -> changed columns

    def record(self, hour: int, event: Event) -> int:
        """Append an event; returns its number. Levels below ``events`` count every entry but keep only some."""
        return self._append(hour, event.kind, event.data(), event.because)

    def begin(self, hour: int, header: dict[str, Any]) -> int:
        """Write the header, entry 0."""
        return self._append(hour, "header", header, 0)

    def record_day(self, hour: int, changed: dict[str, NDArray[Any]], because: int) -> int:
        """Append a day's digest and, at level ``full``, keep its columns for the companion file."""
        digest = hashlib.blake2b(digest_size=16)
        for name in sorted(changed):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(changed[name]).tobytes())
        n = self._append(hour, "day", {"digest": digest.hexdigest()}, because)
        if self.level == "full":
            self.days[n] = changed
        return n

    def _append(self, hour: int, kind: str, data: dict[str, Any], because: int) -> int:
        n = self.length
        self.head = _digest(self.head, n, hour, kind, data, because)
        self.length += 1
        if self.level != "verdict" or kind in VERDICT_KINDS or kind == "header":
            self.entries.append(Entry(n, hour, kind, data, because, self.head))
        return n

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __getitem__(self, n: int) -> Entry:
        if not self.entries or not 0 <= n < self.length:
            raise KeyError(n)
        offset = self.entries[0].n
        if len(self.entries) == self.length - offset:
            return self.entries[n - offset]
        return next(e for e in self.entries if e.n == n)

    def causes(self, n: int) -> list[Entry]:
        """The chain from entry `n` back to the header, `n` first."""
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
        np.savez_compressed(
            out, **{f"{n}/{c}": a for n, day in sorted(self.days.items()) for c, a in sorted(day.items())}
        )
        return out.getvalue()


def read(path: Path, companion: Path | None = None) -> Journal:
    """Read a journal and check its chain; `InputError` with the first broken line and how many entries are sound."""
    journal = Journal(level="events")
    previous = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            raw = json.loads(line)
            entry = Entry(raw["n"], dates.parse(raw["at"]), raw["kind"], raw["data"], raw["because"], raw["hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise _broken(path, number, "is not a journal entry") from error
        if entry.n == journal.length and entry.hash != _digest(
            previous, entry.n, entry.hour, entry.kind, entry.data, entry.because
        ):
            raise _broken(path, number, "does not match its hash: the line, or one before it, was changed")
        previous = entry.hash
        journal.entries.append(entry)
        journal.length = entry.n + 1
    if not journal.entries or journal.entries[0].kind != "header":
        raise _broken(path, 1, "has no header")
    journal.head = previous
    if companion is not None and companion.exists():
        journal.level = "full"
        _read_days(journal, companion)
    return journal


def _read_days(journal: Journal, companion: Path) -> None:
    with np.load(companion, allow_pickle=False) as store:
        for name in store.files:
            n, _, column = name.partition("/")
            journal.days.setdefault(int(n), {})[column] = store[name]


def _broken(path: Path, line: int, what: str) -> InputError:
    remedy = f"entries up to line {line - 1} are sound; run the scenario again or restore the file"
    return InputError([Fault("journal-broken", str(path), f"this line {what}", remedy, line)])
