"""Towns whose owner is known from references, written by a hand that drew no border, asked as a user asks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from wargame.cli import app

DATA = Path(__file__).parents[1] / "data"
DATES = ("1930-01-01", "1936-03-08", "1938-01-01", "1938-10-15", "1939-03-20", "1939-10-30", "1940-09-15")
KEY = ["id", "date"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, keep_default_na=False)


def answers(file: Path, out: Path) -> pd.DataFrame:
    """What ``wargame atlas --at FILE`` says of every row of a file."""
    result = CliRunner().invoke(app, ["atlas", "--at", str(file), "-o", str(out)], prog_name="wargame")
    assert result.exit_code == 0, result.output
    return pd.read_csv(out, keep_default_na=False)


@pytest.fixture(scope="module")
def golden() -> pd.DataFrame:
    return read("golden_towns.csv")


def test_every_town_is_on_the_right_side(golden, tmp_path):
    found = answers(DATA / "golden_towns.csv", tmp_path / "owners.csv")
    assert found[KEY].equals(golden[KEY])
    asked = golden.assign(found=found.owner, province=found.province)
    wrong = asked[asked.found != asked.owner]
    assert wrong[[*KEY, "owner", "found", "province"]].values.tolist() == []


def test_there_are_enough_towns_on_every_date(golden):
    assert golden.id.nunique() >= 400
    assert {date: (golden.date == date).sum() >= 400 for date in DATES} == dict.fromkeys(DATES, True)


def test_a_town_stands_in_one_list_only(golden):
    assert not golden.duplicated(KEY).any()
    removed = read("golden_towns_removed.csv")
    assert (removed.why != "").all()
    assert set(removed.id[removed.date == "all"]) & set(golden.id) == set()


def test_every_town_says_where_it_comes_from(golden):
    assert (golden.source != "").all()
    assert set(golden.status) <= {"verified", "partly", "memory", "judgement"}
