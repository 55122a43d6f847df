"""Killed in the middle of an act (signal 9), a game has every act that was said to be done, and no half one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wargame.table.game import Game

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_nothing_is_lost_or_half_done_at_fifty_random_points(toy: Path, tmp_path: Path) -> None:
    game = Game.create(tmp_path / "toy.game", toy, seats=["RED", "BLU"], seed=3, turn="day")
    game.close()
    shutil.copy(game.path, tmp_path / "warm.game")
    words = [tmp_path, 50, tmp_path / "warm.game", game.path]
    told = subprocess.run(
        [sys.executable, "-m", "tests.table.crash", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(told.stdout)
    assert all(one["killed"] for one in found)
    assert len({one["done"] for one in found}) >= 8  # the cuts are spread over many acts
    for one in found:
        with Game.open(Path(one["file"])) as cut:
            cut.__dict__["setup"] = game.setup
            acts = [a.kind for a in cut.store.acts]
            assert acts == ["created", *(["note", "message", "committed"] * len(acts))[: len(acts) - 1]]
            assert one["done"] <= len(acts) - 1 <= one["done"] + 1, one  # what was said, and at most the act in hand
            cut.check()
            journal = cut.journal()
            assert [e.n for e in journal] == list(range(len(journal.entries)))
            assert cut.world().journal_hash == journal.head
    with Game.open(Path(found[-1]["file"])) as cut:
        cut.commit()  # and the game goes on
