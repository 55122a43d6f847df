"""A scenario may open in the middle of a crisis; what is wrong with that is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toy import toy_atlas, toy_world
from tests.toy_politics import begun, politics, stages
from wargame import conditions, dates
from wargame.load import scenarios

ORDERED = 'operation = "case_red"\nsince = 1930-02-01\nday = 1930-04-03T04:00:00\nwhy = "a test"\n'


def with_underway(folder: Path, table: str) -> Path:
    politics(folder)
    path = folder / "scenarios" / "toy.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[[politics.underway]]\n{table}", encoding="utf-8")
    return path


def test_an_operation_that_is_ordered_at_the_opening_goes_off_on_its_day(tmp_path: Path) -> None:
    setup = scenarios.load(with_underway(tmp_path, ORDERED))
    engine = begun(setup, {"RED": {"go:": ("order",)}})
    assert engine.world.polity.crises["case_red"].stage == "ordered"
    assert engine.world.polity.crises["case_red"].since == dates.parse("1930-02-01")
    assert "mobilised:RED" in engine.world.flags
    assert "decision:case_red" not in engine.world.due
    run = engine.run(dates.parse("1930-04-05"))
    assert stages(run)[:2] == ["ordered", "launched"]
    assert run.world.wars["red_war"].began == dates.parse("1930-04-03T04")


def test_one_that_is_prepared_is_decided_upon_as_any_other(tmp_path: Path) -> None:
    setup = scenarios.load(with_underway(tmp_path, ORDERED.replace("day = 1930-04-03T04:00:00\n", "")))
    engine = begun(setup)
    assert engine.world.polity.crises["case_red"].stage == "preparing"
    assert "decision:case_red" in engine.world.due


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("case_red", "case_rde", "'case_rde' is not decided upon in this scenario (did you mean 'case_red'?)"),
        ("1930-02-01", "1930-06-01", "prepared only after the opening"),
        ("1930-04-03T04:00:00", "1930-03-03T04:00:00", "ordered for a day before the opening"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, what: str, tmp_path: Path) -> None:
    path = with_underway(tmp_path, ORDERED.replace(old, new))
    (fault,) = [f for f in scenarios.validate(path) if f.severity == "error"]
    assert what in str(fault)
    assert " line " in str(fault)


def test_a_date_is_a_condition() -> None:
    world = toy_world()
    assert conditions.holds(world, toy_atlas(), ["date 1939-09-01", "not date 1939-09-02"])
    assert conditions.fault("date 1939-09-01") == ""
    assert "is no date" in conditions.fault("date tomorrow")
    assert "takes 1 words" in conditions.fault("date 1939 09 01")
