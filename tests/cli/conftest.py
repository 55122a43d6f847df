"""A command line to call, and run folders to read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.toy_files import write_toy
from wargame.cli import app


@dataclass
class Called:
    """What a command gave back."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture(scope="session")
def call() -> Call:
    """Run a command in this process: ``call("run", "toy", "--json")``. A traceback fails the test at once."""

    def calling(*words: Any) -> Called:
        result = CliRunner().invoke(app, [str(w) for w in words], prog_name="wargame")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.output
        return Called(result.exit_code, result.stdout, result.stderr)

    return calling


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small scenario's file."""
    return write_toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def _toy_run(call: Call, toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "toy"
    assert call("run", toy, "--seed", 3, "--out", folder, "--quiet").code == 0
    return folder


@pytest.fixture
def toy_run(_toy_run: Path, tmp_path: Path) -> Path:
    """A run folder of the small scenario, to spoil as one likes."""
    return Path(shutil.copytree(_toy_run, tmp_path / "run"))


@pytest.fixture(scope="session")
def weiss(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of Fall Weiss, seed 7; not to be changed."""
    folder = tmp_path_factory.mktemp("runs") / "weiss"
    assert call("run", "fall_weiss_1939", "--seed", 7, "--out", folder, "--quiet").code == 0
    return folder
