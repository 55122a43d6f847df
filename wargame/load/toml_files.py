"""TOML files with a line number for every key, so that a fault found anywhere can say where it stands.

`tomllib` gives values without places; `lines_of` walks the same text once more and notes the line of each key path,
e.g. ``("powers", 2, "bases", 0)``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wargame.load.tables import Reader

Part = str | int
KeyPath = tuple[Part, ...]

DEEPEST = 40  # nesting that no scenario needs; deeper is damage

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file, its name in messages, and where each key stands."""

    file: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, *path: Part) -> int:
        """Line of a key, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(reader: Reader, path: Path, key: str, guide: str = "docs/scenario_guide.md") -> TomlFile | None:
    """A TOML file; `None` after noting why it cannot be read. ``guide``: the page that says what it must hold."""
    text = reader.text(path, key)
    if text is None:
        return None
    name = reader.label(path)
    if not text.strip():
        reader.fault("empty-file", name, "the file is empty", f"see {guide} for what it must hold", 1)
        return None
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message = str(error) or "nested too deeply"
        at = _AT_LINE.search(message)
        line = int(at.group(1)) if at else text.count("\n") + 1
        what = f"not TOML: {_AT_LINE.sub('', message).strip()}"
        reader.fault(
            "broken-toml", name, what, "check quotes, brackets and the = of this line and the one before", line
        )
        return None
    return TomlFile(name, data, lines_of(text))


def lines_of(text: str) -> dict[KeyPath, int]:
    """Line number by key path, for text that `tomllib` accepts."""
    walk = _Walk(text)
    walk.document()
    return walk.lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[KeyPath, int] = {}
        self.counts: dict[KeyPath, int] = {}  # arrays of tables: entries so far
        self._line, self._seen = 1, 0

    def line(self) -> int:
        self._line += self.text.count("\n", self._seen, self.at)
        self._seen = self.at
        return self._line

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def skip(self) -> None:
        """Past blanks, line ends and comments."""
        while self.at < len(self.text):
            if self.text[self.at] in " \t\r\n":
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def document(self) -> None:
        prefix: KeyPath = ()
        self.skip()
        while self.at < len(self.text):
            if self.peek() == "[":
                prefix = self.header()
            else:
                self.assignment(prefix)
            self.skip()

    def header(self) -> KeyPath:
        line = self.line()
        double = self.peek(2) == "[["
        self.at += 2 if double else 1
        path: KeyPath = ()
        keys = self.key()
        for i, part in enumerate(keys):
            path = (*path, part)
            last = i == len(keys) - 1
            self.lines.setdefault(path, line)
            if last and double:
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        self.lines.setdefault(path, line)
        self.at += 2 if double else 1
        return path

    def assignment(self, prefix: KeyPath, depth: int = 0) -> None:
        line = self.line()
        path = (*prefix, *self.key())
        for length in range(len(prefix) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        self.at += 1  # the equals sign
        self.value(path, depth)

    def key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self.blanks()
            if self.peek() in {'"', "'"}:
                begins = self.at
                self.string()
                parts.append(str(tomllib.loads(f"k = {self.text[begins : self.at]}")["k"]))
            else:
                match = _BARE.match(self.text, self.at)
                parts.append(match.group() if match else "")
                self.at = match.end() if match else self.at + 1
            self.blanks()
            if self.peek() != ".":
                return parts
            self.at += 1

    def blanks(self) -> None:
        while self.peek() in {" ", "\t"}:
            self.at += 1

    def value(self, path: KeyPath, depth: int) -> None:
        self.skip()
        self.lines.setdefault(path, self.line())
        first = self.peek()
        if depth > DEEPEST:
            self.at = len(self.text)
        elif first in {'"', "'"}:
            self.string()
        elif first == "[":
            self.array(path, depth)
        elif first == "{":
            self.table(path, depth)
        else:
            match = _SCALAR.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1

    def string(self) -> None:
        quote = self.peek()
        mark = quote * 3 if self.peek(3) == quote * 3 else quote
        self.at += len(mark)
        while self.at < len(self.text):
            if quote == '"' and self.peek() == "\\":
                self.at += 2
            elif self.peek(len(mark)) == mark:
                self.at += len(mark)
                while len(mark) == 3 and self.peek() == quote:  # up to two quotes may precede the closing three
                    self.at += 1
                return
            else:
                self.at += 1

    def array(self, path: KeyPath, depth: int) -> None:
        self.at += 1
        index = 0
        self.skip()
        while self.at < len(self.text) and self.peek() != "]":
            self.value((*path, index), depth + 1)
            index += 1
            self.skip()
            if self.peek() == ",":
                self.at += 1
            self.skip()
        self.at += 1

    def table(self, path: KeyPath, depth: int) -> None:
        self.at += 1
        self.skip()
        while self.at < len(self.text) and self.peek() != "}":
            self.assignment(path, depth + 1)
            self.skip()
            if self.peek() == ",":
                self.at += 1
            self.skip()
        self.at += 1
