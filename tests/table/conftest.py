"""Games to play with: a small war, and the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import call as call  # noqa: PLC0414 - the same command line as everywhere
from tests.toy_files import write_toy
from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.table.game import Game


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small war's file: RED attacks BLU over five provinces."""
    return write_toy(tmp_path_factory.mktemp("toy"), 5)


@pytest.fixture(scope="session")
def toy_setup(toy: Path) -> Setup:
    """It, loaded."""
    return scenarios.load(toy)


@pytest.fixture
def game(toy: Path, tmp_path: Path) -> Game:
    """A game of it, with players for both powers."""
    return Game.create(tmp_path / "toy.game", toy, seats=["RED", "BLU"], seed=3)
