"""Commands in the documents run as they stand: every ``$ wargame`` line of a console block under ``<!-- run -->``.

A document's blocks run one after the other in one empty folder, with the files of its ``<!-- file: NAME -->`` blocks.
What follows a pipe is left out; a last line ``[1]`` says that exit code 1 is meant.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


def commands(text: str) -> list[tuple[str, int]]:
    """Commands of a document with the exit code each is to have."""
    found = []
    for block in BLOCK.findall(text):
        meant = 0
        code = re.search(r"^\[(\d)\]\s*\Z", block, re.MULTILINE)
        meant = int(code.group(1)) if code else 0
        lines = block.replace("\\\n", " ").splitlines()
        here = [line.removeprefix("$ ").partition(" | ")[0] for line in lines if line.startswith("$ wargame")]
        found += [(line, meant if line == here[-1] else 0) for line in here]
    return found


def documented() -> list[Path]:
    return [d for d in DOCUMENTS if commands(d.read_text(encoding="utf-8"))]


def test_blocks_are_found_and_read() -> None:
    text = (
        '<!-- run -->\n```console\n$ wargame run x \\\n    --json | jq .end\n"1939"\n$ wargame validate y\n[1]\n```\n'
    )
    assert [(shlex.split(c), code) for c, code in commands(text)] == [
        (["wargame", "run", "x", "--json"], 0),
        (["wargame", "validate", "y"], 1),
    ]


@pytest.mark.parametrize("document", documented(), ids=lambda d: d.name)
def test_documented_commands_run(document: Path, tmp_path: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for name, body in FILE.findall(text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    for command, meant in commands(text):
        words = shlex.split(command.partition(" > ")[0])[1:]
        done = subprocess.run(
            [sys.executable, "-m", "wargame", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == meant, f"{command}\n{done.stderr}"
        if " > " in command:
            (tmp_path / command.partition(" > ")[2].strip()).write_text(done.stdout, encoding="utf-8")
