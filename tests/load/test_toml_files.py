"""Every key of a TOML file is found on its line."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wargame.load.paths import search
from wargame.load.toml_files import KeyPath, lines_of

TEXT = """# a comment with [brackets] and = signs
top = 1
"quoted key" = 'x # no comment'

[table] # comment
text = \"\"\"
several = "lines"
[not.a.table]
\"\"\"\"
after.dotted = 2
list = [
  "one", # comment, with a comma
  ["nested",
   "two"],
  { inline = 3, deep.er = 4 },
]

[[entries]]
id = "first"
[entries.sub]
x = 1979-05-27 07:32:00

[[entries]]
id = "second"
[[entries.inner]]
y = '''it's'''
[[entries.inner]]
y = "esc\\"aped"
"""

LINES: dict[KeyPath, int] = {
    ("top",): 2,
    ("quoted key",): 3,
    ("table",): 5,
    ("table", "text"): 6,
    ("table", "after", "dotted"): 10,
    ("table", "list"): 11,
    ("table", "list", 0): 12,
    ("table", "list", 1): 13,
    ("table", "list", 1, 1): 14,
    ("table", "list", 2, "inline"): 15,
    ("table", "list", 2, "deep", "er"): 15,
    ("entries",): 18,
    ("entries", 0): 18,
    ("entries", 0, "sub", "x"): 21,
    ("entries", 1): 23,
    ("entries", 1, "id"): 24,
    ("entries", 1, "inner", 0, "y"): 26,
    ("entries", 1, "inner", 1): 27,
    ("entries", 1, "inner", 1, "y"): 28,
}


@pytest.mark.parametrize("path", LINES, ids=str)
def test_a_key_is_found_on_its_line(path: KeyPath) -> None:
    tomllib.loads(TEXT)
    assert lines_of(TEXT)[path] == LINES[path]


def paths_in(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for k, v in items for p in [(*path, k), *paths_in(v, (*path, k))]]


@pytest.mark.parametrize("kind", ["scenario", "plan", "overlay"])
def test_every_key_of_every_shipped_file_has_a_line(kind: str) -> None:
    for name in search().names(kind):
        text = search().find(kind, name).read_text(encoding="utf-8")
        assert set(paths_in(tomllib.loads(text))) <= set(lines_of(text)), name


KEYS = st.text(alphabet="abc_-1", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(alphabet="ab\"\\\n#[]{}=,.'", max_size=6).map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def write(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, list):
        return "[" + ",\n ".join(map(write, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {write(v)}" for k, v in value.items()) + "}"
    return str(value)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_the_walk_finds_what_tomllib_finds(data: dict[str, Any]) -> None:
    text = "".join(f"{k} = {write(v)}\n" for k, v in data.items())
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a line break inside an inline table
        return
    lines = lines_of(text)
    assert set(paths_in(parsed)) == set(lines)
    at = 1
    for key, value in data.items():
        assert lines[key,] == at
        at += write(value).count("\n") + 1
