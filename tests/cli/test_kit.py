"""`wargame kit`: a folder for each seat, and one clear error for whatever cannot be printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


def test_a_kit_is_printed_for_the_seats_named(call: Call, tmp_path: Path) -> None:
    done = call("kit", "fall_weiss_1939", "--seats", "svk", "--out", str(tmp_path / "kit"), "--json", "--quiet")
    assert done.code == 0, done.err
    files = [Path(f) for f in json.loads(done.out)]
    assert all(f.stat().st_size > 1000 for f in files)
    assert {f.parent.name for f in files} == {"SVK", "umpire"}
    assert call("kit", "fall_weiss_1939", "--seats", "SVK", "--out", str(tmp_path / "kit")).code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nosuch",), "nosuch"),
        (("fall_weiss_1939", "--seats", "XXX"), "there is no seat 'XXX'"),
        (("fall_weiss_1939", "--turn", "fortnight"), "'fortnight' is no length of a turn"),
        (("fall_weiss_1939", "--paper", "a9"), "a9"),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_line(
    words: tuple[str, ...], said: str, call: Call, tmp_path: Path
) -> None:
    done = call("kit", *words, "--out", str(tmp_path / "kit"))
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "kit").exists()
