"""What the scenario guide says is so: its files load and run, its tables are the loader's, no key is left out."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from wargame import conditions, engine, orders
from wargame import scenario as models
from wargame.load import scenarios, schemas

GUIDE = Path(__file__).parents[2] / "docs" / "scenario_guide.md"
TEXT = GUIDE.read_text(encoding="utf-8")
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
RUN = re.compile(r"<!-- run -->\n```python\n(.*?)```", re.DOTALL)


def write_guide(folder: Path) -> None:
    """Write every file of the guide under a folder."""
    for name, body in FILE.findall(TEXT):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_guide(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


CAMPAIGNS = [("three_towns", ()), ("ultimatum_1938", ()), ("ultimatum_1938", ("dry_spring",))]


@pytest.mark.parametrize(("name", "overlays"), CAMPAIGNS)
def test_a_campaign_of_the_guide_has_no_fault(folder: Path, name: str, overlays: tuple[str, ...]) -> None:
    assert [str(f) for f in scenarios.validate(f"scenarios/{name}.toml", overlays)] == []
    assert scenarios.load(name, overlays).data_hash == scenarios.load(f"scenarios/{name}.toml", overlays).data_hash


@pytest.mark.parametrize(("name", "overlays"), CAMPAIGNS)
def test_a_campaign_of_the_guide_is_fought(folder: Path, name: str, overlays: tuple[str, ...]) -> None:
    setup = scenarios.load(name, overlays)
    opening = scenarios.opening_world(setup, 1)
    run = engine.run(setup, seed=1)
    assert run.journal.of_kind("war_declared")
    assert run.journal.of_kind("engagement_began")
    assert len(run.journal.of_kind("operation_ended")) == 1
    assert run.world.hour > opening.hour
    assert float(run.world.forces.men.sum()) < float(opening.forces.establishment_men.sum())


def test_the_program_of_the_guide_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = RUN.findall(TEXT)
    exec(compile(program, str(GUIDE), "exec"), {})
    assert "operation_ended" in capsys.readouterr().out


@pytest.mark.parametrize("command", re.findall(r"^\$ wargame (.*)$", TEXT, re.MULTILINE))
def test_a_command_of_the_guide_works(folder: Path, command: str) -> None:
    call = [sys.executable, "-c", "from wargame.cli import main; main()", *shlex.split(command)]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("no faults" if command.startswith("validate") else "launched") in done.stdout + done.stderr


@pytest.mark.parametrize("kind", schemas.TABLES)
def test_the_columns_in_the_guide_are_those_of_the_loader(kind: str) -> None:
    assert schemas.reference(kind) in TEXT, f"put this table into docs/scenario_guide.md:\n{schemas.reference(kind)}"


MODELS = [
    m for m in vars(models).values() if isinstance(m, type) and issubclass(m, BaseModel) and m is not models.Model
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    reference = TEXT[TEXT.index("## Reference: scenario") :] + TEXT[TEXT.index('<a id="overlays">') :]
    tables = {"operation", "design", "defence", "axes", "lines", "sectors", "scenario", "forces", "powers", "wars",
              "script", "politics"}  # fmt: skip
    for key in model.model_fields:
        written = (
            f"[{key}]"
            if key in tables | {"weather", "rulebook"} and model.__name__ in {"Scenario", "Plan"}
            else f"`{key}"
        )
        assert written in reference, f"{model.__name__}.{key}"


@pytest.mark.parametrize("verb", re.findall(r"^    (\w+) ", str(conditions.__doc__), re.MULTILINE))
def test_every_condition_is_explained(verb: str) -> None:
    assert f"| `{verb} " in TEXT


@pytest.mark.parametrize("verb", orders.Verb)
def test_every_verb_is_explained(verb: str) -> None:
    assert f"`{verb}`" in TEXT
