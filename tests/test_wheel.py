"""The wheel works away from the checkout: data inside, scenarios load and run, and give the checkout's own bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("maps/europe", "orders_of_battle", "scenarios")
SCENARIO = "fall_weiss_1939"
PLAY = f"""
import json, wargame
from wargame import engine
from wargame.load import scenarios
faults = [str(f) for f in scenarios.validate({SCENARIO!r}) if f.severity == "error"]
setup = scenarios.load({SCENARIO!r})
run = engine.run(setup, seed=1)
print(json.dumps({{"file": wargame.__file__, "faults": faults, "data": setup.data_hash, "head": run.journal.head}}))
"""


def call(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without network."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed in a folder of its own, far from the checkout."""
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile")
    call(*pip, "--target", target, wheel, cwd=target)
    return target


@pytest.fixture
def away(installed: Path, tmp_path: Path) -> dict[str, str]:
    """Environment in which only the installed package can be imported as `wargame`."""
    return {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def committed(folder: str) -> set[str]:
    """What lies in a data folder of the checkout, build scripts and caches aside."""
    return {p.relative_to(ROOT).as_posix() for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix != ".pyc"}


def test_the_wheel_carries_every_data_file_and_edition(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"wargame/data/{name}" for folder in SHIPPED for name in committed(folder)}
    wanted |= {f"wargame/{p.relative_to(ROOT / 'wargame').as_posix()}" for p in (ROOT / "wargame").rglob("*.toml")}
    assert wanted - names == set()
    assert "wargame/py.typed" in names


def test_the_wheel_carries_every_module_and_nothing_that_is_not_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "wargame").rglob("*.py")}
    assert modules <= set(names)
    assert {n.split("/")[0] for n in names if ".dist-info/" not in n} == {"wargame"}
    assert [n for n in names if "/build/" in n or "/tests/" in n or n.endswith(".pyc")] == []


def test_the_wheel_names_licence_and_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (licence,) = [n for n in archive.namelist() if n.endswith("licenses/LICENSE")]
    (entry,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
    assert "MIT License" in archive.read(licence).decode()
    assert "wargame = wargame.cli:main" in archive.read(entry).decode()


def test_the_same_sources_give_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (again,) = tmp_path.glob("*.whl")
    assert again.read_bytes() == wheel.read_bytes()


def test_a_scenario_validates_and_runs_from_the_wheel_as_from_the_checkout(
    installed: Path, away: dict[str, str], tmp_path: Path
) -> None:
    there = json.loads(call(sys.executable, "-c", PLAY, cwd=tmp_path, **away))
    here = json.loads(call(sys.executable, "-c", PLAY, cwd=ROOT))
    assert Path(there["file"]).is_relative_to(installed)
    assert Path(here["file"]).is_relative_to(ROOT)
    assert there["faults"] == []
    assert (there["data"], there["head"]) == (here["data"], here["head"])


@pytest.mark.skipif(find_spec("wargame.__main__") is None, reason="the command line is not there yet")
def test_the_command_runs_a_scenario_from_the_wheel(away: dict[str, str], tmp_path: Path) -> None:
    command = (sys.executable, "-m", "wargame")
    if "validate" in call(*command, "--help", cwd=tmp_path, **away):
        call(*command, "validate", SCENARIO, cwd=tmp_path, **away)
    verdict = json.loads(call(*command, "run", SCENARIO, "--seed", "1", "--json", cwd=tmp_path, **away))
    assert SCENARIO in json.dumps(verdict)
    assert call(*command, "--version", cwd=tmp_path, **away).strip()
