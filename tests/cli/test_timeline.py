"""``wargame timeline``, and the other verbs on a run with politics."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.test_statecraft import BOUND, CLAUSE, TALKS
from tests.toy_politics import DESIGN, OPERATION, politics
from wargame.load import scenarios
from wargame.study.records import play
from wargame.study.study_file import Head, LongRun, Question, StudyFile

Call = Any
MARCHES = {**DESIGN, "ambition": 0.1, "value": 3.0, "loss": 0.0, "long_war": 0.0}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario in which the stronger neighbour almost surely attacks."""
    folder = tmp_path_factory.mktemp("road")
    never = {**OPERATION, "id": "case_yellow", "name": "Case Yellow", "power": "YEL", "target": "GRN", "war": "yel_war",
             "objectives": ["g2"]}  # fmt: skip
    politics(folder, treaties=[BOUND], talks=[TALKS], clauses=[CLAUSE], ends="1932-04-01",
             plans=[(OPERATION, MARCHES), (never, {**DESIGN, "claims": []})])  # fmt: skip
    return folder / "scenarios" / "toy.toml"


@pytest.fixture(scope="module")
def _played(call: Call, scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "road"
    assert call("run", scenario, "--seed", 2, "--out", out, "--quiet").code == 0
    return Path(out)


@pytest.fixture
def road(_played: Path, tmp_path: Path) -> Path:
    """A run folder of the scenario."""
    return Path(shutil.copytree(_played, tmp_path / "road"))


def test_the_verdict_is_short_and_by_date(call: Call, scenario: Path) -> None:
    text = call("run", scenario, "--seed", 2).out
    assert "Never sought: Case Yellow." in text
    assert "Case Red" in text
    assert "because" not in text
    found = json.loads(call("run", scenario, "--seed", 2, "--json").out)["operations"]
    assert set(found) == {"case_red", "case_yellow"}
    assert {"name", "power", "target", "outcome", "date", "began", "decided", "reasons", "causes"} == set(
        found["case_red"]
    )
    assert found["case_red"]["outcome"].startswith("launched")


def test_the_story_is_told_on_a_screen_and_as_json(call: Call, road: Path) -> None:
    text = call("timeline", road).out
    assert text.startswith("1930: ")
    assert "Redland opened hostilities against Blueland." in text
    told = json.loads(call("timeline", road, "--json").out)
    assert [t["date"] for t in told] == sorted(t["date"] for t in told)
    assert set(told[0]) == {"date", "topic", "powers", "text", "entries"}
    assert all(t["text"] in text.replace("\n", " ") for t in told)


def test_it_can_be_asked_for_a_power_or_a_topic(call: Call, road: Path) -> None:
    crises = json.loads(call("timeline", road, "--power", "RED", "--topic", "crisis", "--json").out)
    assert {t["topic"] for t in crises} == {"crisis"}
    assert all("RED" in t["powers"] for t in crises)
    assert "Nothing of the kind" in call("timeline", road, "--power", "YEL", "--topic", "cession").out


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--power", "REF"), "no power 'REF' (did you mean 'RED'?)"), (("--topic", "treason"), "no topic 'treason'")],
)
def test_a_wrong_question_has_a_remedy(call: Call, road: Path, words: tuple[str, ...], told: str) -> None:
    result = call("timeline", road, *words)
    assert result.code == 2
    assert told in result.err


def test_the_picture_is_drawn_where_it_was_asked_for(call: Call, road: Path, tmp_path: Path) -> None:
    result = call("timeline", road, "--picture", tmp_path / "p.png", "--quiet")
    assert result.out.strip() == str(tmp_path / "p.png")
    assert (tmp_path / "p.png").stat().st_size > 10_000
    assert "end the name in .png" in call("timeline", road, "--picture", tmp_path / "p.xyz").err


def test_a_scenario_without_politics_has_no_picture(call: Call, toy_run: Path, tmp_path: Path) -> None:
    assert "plays no politics" in call("timeline", toy_run, "--picture", tmp_path / "p.png").err
    assert "opened hostilities" in call("timeline", toy_run).out


def test_the_other_verbs_work_on_such_a_folder(call: Call, road: Path) -> None:
    assert "The root: " in call("explain", road, "case_red").out
    assert "Chain sound" in call("replay", road, "--until", "1930-05-01").out
    assert call("replay", road, "--readjudicate").code == 0
    assert Path(call("report", road).out.strip()).stat().st_size > 10_000


def test_the_tables_of_a_long_run_leave_quiet_days_out(road: Path) -> None:
    """The first day on record of each month, the days on which armies moved, and the last."""
    import duckdb

    with duckdb.connect() as base:
        days = {
            name: {r[0] for r in base.execute(f"select cast(day as varchar) from '{road}/{name}.parquet'").fetchall()}
            for name in ("formations", "losses")
        }
    kept = days["formations"]
    assert 5 < len(kept) < len(days["losses"])
    assert {d[:7] for d in kept} == {d[:7] for d in days["losses"]}
    assert (road / "situation.gpkg").exists() is False  # a map without geometry
    assert "first of every month" in (road / "tables.md").read_text(encoding="utf-8")


def test_the_long_run_has_bands_and_says_who_it_knows(call: Call, road: Path, toy_run: Path) -> None:
    found = json.loads(call("longrun", road, "--json", "--throws", 200).out)
    assert found["from"] == "1932-03-31"
    assert {p["power"] for p in found["powers"]} >= {"RED", "BLU"}
    for p in found["powers"]:
        standing = [p["stands"][y] for y in ("1945", "1953", "1991", "2025")]
        assert all(0.0 <= b["low"] <= b["p"] <= b["high"] <= 1.0 for b in standing)
        assert [b["p"] for b in standing] == sorted((b["p"] for b in standing), reverse=True)
    assert json.loads(call("longrun", road, "--json", "--throws", 200).out) == found
    text = call("longrun", road, "--power", "RED", "--throws", 50).out
    assert "still stands" in text
    assert "BLU" not in text.partition("The regime")[2]
    wrong = call("longrun", road, "--power", "RDE")
    assert (wrong.code, "did you mean 'RED'" in wrong.err) == (2, True)
    none = call("longrun", toy_run)
    assert (none.code, "no politics" in none.err) == (2, True)


def test_a_study_asks_about_the_long_run(scenario: Path) -> None:
    setup = scenarios.load(str(scenario))
    asked = [LongRun(power=p, year=1991, of=of) for p, of in (("RED", "regime"), ("RED", "output"), ("XXX", "regime"))]
    questions = tuple(Question(id=f"q{k}", long_run=a) for k, a in enumerate(asked))
    rows = play(setup, 2, StudyFile(study=Head(id="s", title="S", scenario="toy"), questions=questions))
    stands, output, nobody = (r["value"] for r in rows["answers"])
    assert 0.0 <= stands <= 1.0
    assert 0.0 < output <= 1.0
    assert nobody is None
