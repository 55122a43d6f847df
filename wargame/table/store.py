"""The game file: one SQLite file that only grows.

Two tables. ``log`` holds every act at the table in order, each with its real time, who did it, and a hash that covers
it and the one before; ``blobs`` holds the big things (states of the world, journals of turns) under the hash of their
bytes, which the log names. Triggers refuse every change and every deletion. An act is one transaction, on the disk
before the call returns (write-ahead log, ``synchronous=FULL``): a machine that stops in the middle of an act leaves
the file as it was before it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from wargame.errors import Fault, InputError, UsageError, WargameError

FORMAT = 1
NAME = "wargame game"
_APPLICATION = 0x57474D31  # "WGM1" in the file's header: what makes it a game file
_LARGEST = 2**28  # bytes of one blob
_PATIENCE_S = 5.0  # how long a writer waits for another one

_SCHEMA = """
CREATE TABLE log (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, seat TEXT NOT NULL,
    body TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE blobs (hash TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""
_TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'a game file only grows'); END;\n"
    for table in ("log", "blobs")
    for act in ("UPDATE", "DELETE")
)


class GameFileError(WargameError):
    """A game file that is in use, damaged, or of another format."""


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the log. ``at`` is the real time (ISO, UTC), ``seat`` whose it is (empty: the umpire's)."""

    n: int
    at: str
    who: str
    kind: str
    seat: str
    body: dict[str, Any]
    hash: str

    def line(self) -> str:
        """The act as one line of JSON, without newline."""
        return _written({k: getattr(self, k) for k in ("n", "at", "who", "kind", "seat", "body", "hash")})


_written = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def _chained(previous: str, n: int, at: str, who: str, kind: str, seat: str, body: str) -> str:
    text = _written([previous, n, at, who, kind, seat, body])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def digest(data: bytes) -> str:
    """The name of a blob: BLAKE2b of its bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Store:
    """An open game file. ``acts`` is the log as far as it has been read; `refresh` reads what others have added."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._db = path, connection
        self.acts: list[Act] = []

    # --- opening -----------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path) -> Store:
        """A new, empty game file; `UsageError` if something is there already.

        It only becomes a game with its first act: `keep` it then, or `discard` it.
        """
        if path.exists():
            raise UsageError(f"{path} exists already; name another file, or open that game")
        if not path.parent.is_dir():
            raise UsageError(f"there is no folder {path.parent} to write {path.name} into")
        temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
        _remove(temporary)
        temporary.touch(mode=0o600)  # a game is nobody's business but the umpire's
        store = cls(path, _connect(temporary))
        store._temporary = temporary
        store._db.executescript(_SCHEMA + _TRIGGERS)
        store._db.execute(f"PRAGMA application_id = {_APPLICATION}")
        store._db.execute(f"PRAGMA user_version = {FORMAT}")
        return store

    _temporary: Path | None = None

    def keep(self) -> None:
        """Give a created file its name, in one step; `UsageError` if somebody took the name meanwhile."""
        temporary = self._temporary
        assert temporary is not None
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()
        for tail in ("-wal", "-shm"):
            _remove(temporary.with_name(temporary.name + tail))
        try:
            os.link(temporary, self.path)
        except FileExistsError:
            _remove(temporary)
            raise UsageError(f"{self.path} exists already; name another file, or open that game") from None
        except OSError:  # a file system without hard links
            temporary.rename(self.path)
        _remove(temporary)
        _sync_folder(self.path.parent)
        self._temporary = None
        self._db = _connect(self.path)

    def discard(self) -> None:
        """Take a created file away again."""
        self._db.close()
        if self._temporary is not None:
            for tail in ("", "-wal", "-shm"):
                _remove(self._temporary.with_name(self._temporary.name + tail))

    @classmethod
    def open(cls, path: Path) -> Store:
        """An existing game file, its chain checked; `UsageError` if it is missing or none, `InputError` if broken."""
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            remedy = f"start a game: wargame game new SCENARIO --file {path}"
            if " " in path.name:
                remedy = "name the game's file first, then the words: wargame game message weiss.game 'We march'"
            raise UsageError(f"{path} {what}; {remedy}")
        with path.open("rb") as file:
            start = file.read(16)
        if start != b"SQLite format 3\0":
            raise UsageError(f"{path} is no game file; start one: wargame game new SCENARIO --file FILE")
        try:
            db = _connect(path)
            store = cls(path, db)
            store._check_format()
            store.refresh()
        except sqlite3.Error as error:
            raise _told(path, error) from None
        return store

    def _check_format(self) -> None:
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        if application != _APPLICATION:
            raise UsageError(f"{self.path} is a database, but no game file; start one: wargame game new SCENARIO")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version != FORMAT:
            age = "an older" if version < FORMAT else "a newer"
            remedy = f"open it with {age} version of wargame, export it there, and import it here"
            raise InputError(
                [Fault("game-format", str(self.path), f"is of format {version}; this is format {FORMAT}", remedy)]
            )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # --- reading -----------------------------------------------------------------------------------------------------

    def refresh(self) -> list[Act]:
        """Read acts that were added since the last look, and check their chain; returns them."""
        try:
            rows = self._db.execute(
                "SELECT n, at, who, kind, seat, body, hash FROM log WHERE n >= ? ORDER BY n", (len(self.acts),)
            ).fetchall()
        except sqlite3.Error as error:
            raise _told(self.path, error) from None
        new = []
        previous = self.acts[-1].hash if self.acts else ""
        for k, (n, at, who, kind, seat, body, hashed) in enumerate(rows, start=len(self.acts)):
            if n != k or hashed != _chained(previous, n, at, who, kind, seat, body):
                raise _broken(self.path, k)
            new.append(Act(n, at, who, kind, seat, json.loads(body), hashed))
            previous = hashed
        self.acts += new
        return new

    def blob(self, name: str) -> bytes:
        """Bytes by their hash; `InputError` if they are missing or damaged."""
        row = self._db.execute("SELECT data FROM blobs WHERE hash = ?", (name,)).fetchone()
        try:
            data = zlib.decompress(row[0]) if row else b""
        except zlib.error:
            data = b""
        if row is None or digest(data) != name:
            what = f"the data {name} that its log names are {'missing' if row is None else 'damaged'}"
            raise InputError([Fault("game-broken", str(self.path), what, _RESTORE)])
        return data

    def blob_names(self) -> list[str]:
        """The hashes of all blobs, sorted."""
        return [name for (name,) in self._db.execute("SELECT hash FROM blobs ORDER BY hash")]

    # --- writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: the file is ours from here, and what is added is on the disk when the block ends.

        The log is read again first. An error inside the block leaves the file as it was.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _told(self.path, error) from None
        known = len(self.acts)
        try:
            self.refresh()
            known = len(self.acts)
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            del self.acts[known:]
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise _told(self.path, error) from None
            raise

    def append(self, at: str, who: str, kind: str, seat: str, body: dict[str, Any]) -> Act:
        """Add an act; only inside `writing`."""
        n, text = len(self.acts), _written(body)
        hashed = _chained(self.acts[-1].hash if self.acts else "", n, at, who, kind, seat, text)
        self._db.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)", (n, at, who, kind, seat, text, hashed))
        self.acts.append(Act(n, at, who, kind, seat, json.loads(text), hashed))
        return self.acts[-1]

    def put(self, data: bytes) -> str:
        """Keep bytes, once; returns their hash. Only inside `writing`."""
        name = digest(data)
        self._db.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (name, zlib.compress(data, 1)))
        return name

    # --- whole files -------------------------------------------------------------------------------------------------

    def copy_to(self, path: Path) -> Store:
        """A copy of the file under another name, open and not yet kept (see `create`)."""
        twin = Store.create(path)
        try:
            with twin.writing():
                for (name,) in self._db.execute("SELECT hash FROM blobs ORDER BY hash"):
                    twin.put(self.blob(name))
                for act in self.acts:
                    twin.append(act.at, act.who, act.kind, act.seat, act.body)
        except BaseException:
            twin.discard()
            raise
        return twin

    def export(self, out: IO[str]) -> None:
        """Write the whole file as JSON Lines: a header, the blobs in base 64, the log."""
        out.write(_written({"format": f"{NAME} {FORMAT}", "acts": len(self.acts)}) + "\n")
        for name in self.blob_names():
            data = base64.b64encode(zlib.compress(self.blob(name), 9)).decode()
            out.write(_written({"blob": name, "data": data}) + "\n")
        out.writelines(act.line() + "\n" for act in self.acts)

    @classmethod
    def import_lines(cls, path: Path, source: Path) -> Store:
        """A new game file from what `export` wrote, open and not yet kept; `InputError` names the first bad line."""
        store = cls.create(path)
        try:
            with store.writing(), source.open(encoding="utf-8", errors="surrogateescape") as lines:
                store._import(source, lines)
        except BaseException:
            store.discard()
            raise
        return store

    def _import(self, source: Path, lines: IO[str]) -> None:
        wanted, number = -1, 0
        for number, line in enumerate(lines, start=1):
            try:
                raw = json.loads(line)
                if number == 1:
                    if raw["format"] != f"{NAME} {FORMAT}":
                        raise ValueError(raw["format"])  # noqa: TRY301 - one message for all that is wrong with a line
                    wanted = int(raw["acts"])
                elif "blob" in raw:
                    if self.put(_inflated(base64.b64decode(raw["data"], validate=True))) != raw["blob"]:
                        raise ValueError("blob")  # noqa: TRY301
                else:
                    act = self.append(raw["at"], raw["who"], raw["kind"], raw["seat"], raw["body"])
                    if act.hash != raw["hash"]:
                        raise ValueError("hash")  # noqa: TRY301
            except (ValueError, KeyError, TypeError, zlib.error, sqlite3.Error):
                what = "is not the header of an exported game" if number == 1 else "is damaged or was changed"
                remedy = "export the game again: wargame game export G > FILE"
                raise InputError([Fault("bad-export", str(source), f"this line {what}", remedy, number)]) from None
        if wanted < 1 or len(self.acts) != wanted:
            what = f"holds {len(self.acts)} acts, not the {max(wanted, 0)} its first line tells of: lines are missing"
            if not number:
                what = "the file is empty"
            raise InputError([Fault("bad-export", str(source), what, "export the game again", max(number, 1))])


def _inflated(data: bytes) -> bytes:
    """What was compressed; `ValueError` if it is cut or larger than any state of a game."""
    machine = zlib.decompressobj()
    whole = machine.decompress(data, _LARGEST)
    if not machine.eof:
        raise ValueError("too large, or cut")
    return whole


_RESTORE = "restore the file from a copy, or from an export: wargame game import EXPORT --file NEW"


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


def _told(path: Path, error: sqlite3.Error) -> WargameError:
    """A database's error as one line with a remedy."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return GameFileError(f"{path} is in use by another program (close it, or wait a moment, then try again)")
    if "readonly" in text:
        return GameFileError(f"{path} may not be written (check the permissions of the file and its folder)")
    if "full" in text:
        return GameFileError(f"{path}: no space left on the disk (make room, then try again)")
    return InputError([Fault("game-broken", str(path), f"cannot be read: {text}", _RESTORE)])


def _broken(path: Path, n: int) -> InputError:
    what = f"act {n} does not match its hash: it, or one before it, was changed from outside"
    return InputError([Fault("game-broken", str(path), what, f"acts before {n} are sound; {_RESTORE}")])


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def _sync_folder(folder: Path) -> None:
    """See that a new name is on the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
