"""History beside the model: accounts that balance, facts measured on real runs, the same page however it is made."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wargame import engine
from wargame.engine import MORNING, Run
from wargame.errors import InputError, UsageError
from wargame.load import scenarios
from wargame.load.paths import search
from wargame.study import comparison, history, measures, validation
from wargame.study.comparison import judge
from wargame.study.history import Fact
from wargame.study.validation_page import page
from wargame.world import Forces, World

ROOT = Path(__file__).resolve().parents[2]
CAMPAIGN = "fall_weiss_1939"
POWERS = ("GER", "POL", "SOV", "SVK")
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def setup() -> Any:
    return scenarios.load(CAMPAIGN)


def accounts(forces: Forces, numbers: dict[str, int]) -> dict[str, dict[str, int]]:
    """Men by power: ``present``, each fate, and their sum ``ever``, all whole numbers."""
    books = {}
    for power in POWERS:
        mine = forces.power == numbers[power]
        columns = {"present": forces.men} | {fate: getattr(forces, fate) for fate in measures.FATES}
        book = {name: round(math.fsum(column[mine].tolist())) for name, column in columns.items()}
        books[power] = book | {"ever": sum(book.values())}
    return books


@pytest.fixture(scope="module")
def watched(setup: Any) -> tuple[Run, list[tuple[int, dict[str, dict[str, int]]]]]:
    """Seed 7, with the men of every power at every instant at which something happened."""
    books: list[tuple[int, dict[str, dict[str, int]]]] = []

    def look(world: World) -> None:
        books.append((world.hour, accounts(world.forces, setup.atlas.power_number)))

    return engine.run(setup, 7, watch=look), books


@pytest.fixture(scope="module")
def study() -> comparison.Study:
    return validation.play(CAMPAIGN, SEEDS, workers=1)


def fact(**changes: Any) -> Fact:
    plain = Fact(
        "x", "figure", "GER", "killed", (), (), 100.0, 90.0, 120.0, "men", "judge", "a source", "verified", ""
    )  # fmt: skip
    return replace(plain, **changes)


# --- accounts --------------------------------------------------------------------------------------------------------


def test_no_man_appears_or_vanishes_except_by_mobilisation(watched: Any) -> None:
    _, books = watched
    for (_, before), (hour, after) in pairwise(books):
        for power in POWERS:
            gain = after[power]["ever"] - before[power]["ever"]
            assert gain >= 0, f"{power} lost {-gain} men without a fate at hour {hour}"
            assert gain == 0 or hour % 24 == MORNING, f"{power} gained {gain} men at {hour % 24} o'clock"


def test_no_fate_is_undone(watched: Any) -> None:
    _, books = watched
    for (_, before), (hour, after) in pairwise(books):
        for power in POWERS:
            for fate in measures.FATES:
                assert after[power][fate] >= before[power][fate], f"{power} {fate} fell at hour {hour}"


def test_men_in_are_men_alive_and_lost_at_the_end(setup: Any, watched: Any) -> None:
    run, books = watched
    opening = accounts(setup.forces, setup.atlas.power_number)
    final = accounts(run.world.forces, setup.atlas.power_number)
    assert final == books[-1][1]
    for power in POWERS:
        mobilised = sum(after[power]["ever"] - before[power]["ever"] for (_, before), (_, after) in pairwise(books))
        mobilised += books[0][1][power]["ever"] - opening[power]["ever"]
        book = final[power]
        assert opening[power]["ever"] + mobilised == book["present"] + sum(book[k] for k in measures.FATES)


def test_nobody_has_more_men_than_his_establishments(setup: Any, watched: Any) -> None:
    run, _ = watched
    f = run.world.forces
    ever = f.men + f.killed + f.wounded + f.captured + f.missing - f.replaced
    assert (ever <= f.establishment_men + 2.0).all(), [
        f.ids[i] for i in np.flatnonzero(ever > f.establishment_men + 2.0)
    ]
    for column in ("men", "killed", "wounded", "captured", "missing", "tanks", "guns", "aircraft"):
        assert (getattr(f, column) >= 0).all(), column


def test_prisoners_of_the_journal_are_those_of_the_world(watched: Any) -> None:
    run, books = watched
    record = measures._Record(run)
    for power in POWERS:
        told = sum(men for _, whose, men in measures._prisoners(record) if whose == power)
        assert told == books[-1][1][power]["captured"]


# --- measuring -------------------------------------------------------------------------------------------------------


def test_every_quantity_of_the_file_is_known(setup: Any) -> None:
    facts = history.load(CAMPAIGN, setup.scenario.scenario.opening)
    unknown = {f.id: f.quantity for f in facts.facts if f.quantity not in measures.QUANTITIES and f.use != "unmodelled"}
    assert not unknown


def test_places_and_forces_of_the_file_exist(setup: Any) -> None:
    facts = history.load(CAMPAIGN, setup.scenario.scenario.opening)
    known = {*setup.forces.ids, *setup.atlas.powers}
    assert [(f.id, p) for f in facts.facts for p in f.place if p not in setup.atlas.number] == []
    assert [(f.id, x) for f in facts.facts for x in f.force if x not in known] == []


def test_every_fact_names_its_source_and_how_sure_it_is() -> None:
    with (ROOT / "scenarios" / "history" / f"{CAMPAIGN}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["id"] for r in rows] == sorted(r["id"] for r in rows)
    assert [r["id"] for r in rows if not r["source"] or not r["status"]] == []
    assert [r["id"] for r in rows if "from memory" in r["source"] and r["status"] not in {"memory", "partly"}] == []


def test_dates_agree_with_the_journal(watched: Any) -> None:
    run, _ = watched
    measured = measures.measure(run)
    opening = run.setup.scenario.scenario.opening
    for name, province in (("lodz", "lodz"), ("krakow", "krakow"), ("kielce", "kielce"), ("corridor_cut", "swiecie")):
        taken = [
            history.day_of(e.hour, opening)
            for e in run.journal.of_kind("province_taken")
            if e.data["province"] == province and e.data["power"] in {"GER", "SVK"}
        ]
        assert measured[name] == (min(taken) if taken else None), name


def test_a_place_is_not_reached_after_it_fell(study: comparison.Study) -> None:
    for one in study.measured:
        reached, gave_up = one["warsaw_reached"], one["warsaw_surrendered"]
        assert gave_up is None or (reached is not None and reached <= gave_up)


# --- hit or miss -----------------------------------------------------------------------------------------------------


def test_history_inside_the_band_is_a_hit() -> None:
    v = judge(fact(), [80.0, 95.0, 200.0])
    assert (v.hit, v.inside, v.low, v.median, v.high) == (True, True, 80.0, 95.0, 200.0)


def test_a_miss_says_which_way_and_how_far() -> None:
    above = judge(fact(), [244.8] * 3)
    assert (above.direction, above.miss) == ("high", 1.0)  # 120 with 2 % reading slack is 122.4
    below = judge(fact(lo=100.0, hi=100.0), [49.0] * 3)
    assert (below.direction, below.miss) == ("low", 0.5)


def test_a_date_misses_by_days_and_has_no_slack() -> None:
    day = fact(kind="milestone", unit="date", best=8.0, lo=8.0, hi=8.0)
    assert (judge(day, [9.0] * 3).direction, judge(day, [9.0] * 3).miss) == ("late", 1.0)
    assert judge(day, [7.0] * 3).direction == "early"
    assert judge(day, [8.0, 8.0, 20.0]).hit


def test_what_happens_in_less_than_half_of_the_runs_is_a_miss() -> None:
    day = fact(kind="milestone", unit="date", best=8.0, lo=8.0, hi=8.0)
    v = judge(day, [8.0, comparison.NEVER, comparison.NEVER])
    assert (v.direction, v.low, v.median, round(v.happened, 3)) == ("never", 8.0, None, 0.333)


# --- the study -------------------------------------------------------------------------------------------------------


def test_a_pool_and_another_order_change_no_byte(study: comparison.Study) -> None:
    pooled = validation.play(CAMPAIGN, SEEDS, workers=2)
    assert page(pooled) == page(study)
    backwards = validation.play(CAMPAIGN, SEEDS[::-1], workers=1)
    assert page(backwards) == page(study)


def test_the_page_lists_every_fact(study: comparison.Study) -> None:
    text = page(study)
    assert [f.id for f in study.history.facts if f.use != "bar" and f"`{f.id}`" not in text] == []
    assert text.index("## Misses") < text.index("## Hits")
    assert "from memory" in text
    assert text.endswith("\n")
    assert not re.search(r"\b(nan|inf|None)\b", text)


def test_progress_counts_the_runs() -> None:
    told: list[tuple[int, int]] = []
    validation.play(CAMPAIGN, [1], workers=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_a_scenario_without_history_says_so() -> None:
    with pytest.raises(UsageError, match="there is: barbarossa_1941, fall_gelb_1940, fall_weiss_1939"):
        history.load("fall_weis_1939", 0)
    with pytest.raises(UsageError, match="no runs"):
        validation.play(CAMPAIGN, [])


def test_every_fault_of_a_history_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "history"
    folder.mkdir(parents=True)
    head = "id,kind,side,quantity,place,force,best,lo,hi,unit,use,source,status,note\n"
    rows = (
        "a,figure,GER,killed,,,5,4,six,men,judge,book,memory,\n"
        "b,milestone,GER,fell,lodz,,1939-09-40,1939-09-08,1939-09-09,date,judge,book,memory,\n"
        "c,figure,GER,killed,,,5,6,4,men,judged,book,memory,\n"
    )
    (folder / "toy.csv").write_text(head + rows, encoding="utf-8", newline="\n")
    (folder / "toy_causes.csv").write_text("id,direction,cause\nzz,late,why\n", encoding="utf-8", newline="\n")
    with pytest.raises(InputError) as caught:
        history.load("toy", 0, [str(tmp_path)])
    text = str(caught.value)
    for found in (
        "line 2: hi 'six'",
        "line 3: best '1939-09-40'",
        "line 4: use 'judged'",
        "lo and hi are no range",
        "'zz'",
    ):
        assert found in text


# --- the bar of this edition -----------------------------------------------------------------------------------------


def test_the_bar_of_the_issue_is_in_the_file(study: comparison.Study) -> None:
    bar = {f.quantity: (f.lo, f.hi) for f in study.history.using("bar")}
    assert bar["decided"] == (10, 28)
    assert bar["last_surrender"] == (22, 45)
    assert bar["killed"] == (8000, 30000)
    assert bar["pockets"][0] == bar["pockets_surrendered"][0] == 1


@pytest.mark.slow
def test_the_campaign_is_not_absurd() -> None:
    found = comparison.as_dict(validation.play(CAMPAIGN, 200))["bar"]
    assert {name: share for name, share in found.items() if share <= 0.5} == {}


def test_a_history_file_is_told_every_name_the_model_does_not_know(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "history"
    folder.mkdir(parents=True)
    shipped = search().find("scenario", "fall_gelb_1940")
    text = shipped.read_text(encoding="utf-8").replace('id = "fall_gelb_1940"', 'id = "mine"')
    (tmp_path / "scenarios" / "mine.toml").write_text(text, encoding="utf-8")
    rows = (shipped.parent / "history" / "fall_gelb_1940.csv").read_text(encoding="utf-8")
    (folder / "mine.csv").write_text(rows.replace(",fell,abbeville,", ",fel,abbevile,"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        validation.play("mine", [1], workers=1, data=[str(tmp_path)])
    told = [str(f) for f in caught.value.faults]
    assert any("quantity 'fel' is unknown (did you mean 'fell'?)" in t for t in told)
    assert any("place 'abbevile' is unknown (did you mean 'abbeville'?)" in t for t in told)
    assert all("scenarios/history/mine.csv line 2" in t for t in told)
    assert len(told) == 2
