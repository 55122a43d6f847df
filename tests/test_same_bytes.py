"""Same scenario, seed and version give the same bytes: any processor's instructions, hash seed, or time zone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_exact import vector_features

ROOT = Path(__file__).resolve().parents[1]
PLAY = """
import hashlib, json
from wargame import engine
from wargame.load import scenarios
run = engine.run(scenarios.load("fall_weiss_1939"), seed=1, level="full")
journal = "".join(run.journal.lines()).encode()
results = {"world": run.world.to_bytes(), "journal": journal, "daily columns": run.journal.companion()}
print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in results.items()}))
"""


def play(**environment: str) -> dict[str, str]:
    """Digests of a run's final state, journal and daily columns, played in a fresh process under these settings."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return play(PYTHONHASHSEED="0")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        {"NPY_DISABLE_CPU_FEATURES": " ".join(vector_features()), "PYTHONHASHSEED": "1"},
    ],
    ids=["hash seed, time zone and language", "no vector instructions"],
)
def test_a_run_gives_the_same_bytes_under_other_settings(here: dict[str, str], environment: dict[str, str]) -> None:
    assert play(**environment) == here
