"""What a study found: against the same counted by hand from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.study.toy_study import STUDY, loaded, play
from wargame.atlas import NOBODY
from wargame.load import scenarios
from wargame.study import findings, statistics
from wargame.study.folder import open_study
from wargame.study.results import Results, results


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two factors crossed, six seeds a cell, one of which failed in the third cell."""
    from wargame.study import batch

    folder = tmp_path_factory.mktemp("toy")
    design = loaded(folder, STUDY)
    real = batch.records.play

    def play_or_fail(setup: Any, seed: int, file: Any) -> Any:
        if seed == 4 and setup.scenario.overlays[:1] == ("late",) and setup.rulebook.combat.break_off_per_day == 0.35:
            raise RuntimeError("lost")
        return real(setup, seed, file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch.records, "play", play_or_fail)
        play(design, folder / "out")
    return folder / "out"


@pytest.fixture
def found(out: Path) -> Iterator[Results]:
    study = open_study(out)
    with study.connect() as tables:
        yield results(study.design, tables)


def question(found: Results, name: str) -> Any:
    return next(q for q in found.design.file.questions if q.id == name)


def by_hand(found: Results, name: str, cell: int) -> dict[int, float]:
    query = f"select seed, value from answers where question = '{name}' and cell = {cell + 1} and value is not null"
    return dict(found.tables.sql(query).fetchall())


def test_a_failed_run_is_in_no_answer(found: Results) -> None:
    assert found.runs == 23
    assert [(c, s) for c, s, _ in found.failed] == [(3, 4)]
    assert found.shared((0, 2)).tolist() == [0, 1, 2, 4, 5]
    a = findings.answer(found, question(found, "blue_dead"), 2)
    assert a is not None
    assert a.runs == 5
    assert a.estimate.value == pytest.approx(np.mean(list(by_hand(found, "blue_dead", 2).values())))


def test_a_share_is_counted_and_a_day_is_the_mean_of_those_that_came(found: Results) -> None:
    won = by_hand(found, "red_wins", 1)
    a = findings.answer(found, question(found, "red_wins"), 1)
    assert a is not None
    assert a.estimate == statistics.share(int(sum(won.values())), len(won))
    days = by_hand(found, "red_day", 0)
    b = findings.answer(found, question(found, "red_day"), 0)
    assert b is not None
    assert b.estimate.value == pytest.approx(np.mean(list(days.values())))


def test_numbers_are_compared_seed_by_seed(found: Results) -> None:
    everything = findings.compared(found)
    mine = {c.cell: c for c in everything if c.question.id == "blue_dead"}
    assert sorted(mine) == [1, 2, 3]
    base, other = by_hand(found, "blue_dead", 0), by_hand(found, "blue_dead", 2)
    shift = [other[s] - base[s] for s in sorted(base.keys() & other.keys())]
    assert mine[2].runs == 5
    assert mine[2].difference == statistics.mean(shift)
    assert mine[2].raw == statistics.sign_flip(shift)
    chief = [c for c in everything if c.question.id == "red_wins"]  # the first question is a family of its own
    others = [c for c in everything if c not in chief]
    for family in (chief, others):
        assert [c.p for c in family] == statistics.holm([c.raw for c in family])
    assert len(chief) == 3
    assert len(others) == 12


def test_the_base_has_first_levels_and_first_values(found: Results) -> None:
    assert found.base == 0
    turned = replace(found, design=replace(found.design, cells=found.design.cells[::-1]))
    assert turned.base == 3


def test_the_base_of_a_number_without_values_is_the_edition_s(tmp_path: Path) -> None:
    design = loaded(tmp_path, STUDY.replace("values = [0.35, 0.5]\n", ""))
    assert [s.value for s in Results(design, None, np.arange(1), np.ones((6, 1), dtype=bool)).cells[1].settings] == [
        0.0, design.cells[1].settings[1].value,
    ]  # fmt: skip
    assert Results(design, None, np.arange(1), np.ones((6, 1), dtype=bool)).base == 1  # type: ignore[arg-type]


def test_a_bar_averages_the_settings_that_agree_in_all_else(found: Results) -> None:
    bars = {b.factor: b for b in findings.bars(found, question(found, "blue_dead"))}
    assert bars["start"].at == ("at once", "late")
    assert bars["pace"].at == ("0.35", "0.5")
    seeds = [1, 2, 3, 5, 6]  # seed 4 failed in one of the cells
    cells = [by_hand(found, "blue_dead", c) for c in range(4)]
    pace = np.mean([(cells[1][s] + cells[3][s] - cells[0][s] - cells[2][s]) / 2 for s in seeds])
    assert bars["pace"].difference.value == pytest.approx(pace)


def test_launches_are_curves_of_shares(found: Results) -> None:
    curves = findings.launches(found, "red_attack", [0, 3])
    assert curves[0].p is None
    assert curves[1].p is not None
    for curve, cell in zip(curves, (0, 3), strict=True):
        days = by_hand(found, "red_day", cell)
        assert 1 - curve.survival.at(1e6).value == pytest.approx(len(days) / 6)
        assert all(1 - curve.survival.at(d).value >= sum(x <= d for x in days.values()) / 6 for d in days.values())


def test_land_is_counted_by_its_likeliest_new_holder(out: Path, found: Results) -> None:
    study = open_study(out)
    atlas = scenarios.load(study.design.scenario, (), study.design.data).atlas
    taker, share, runs = findings.odds_of_control(found, atlas, [0, 1])
    assert runs == 12
    query = """
        select province, controller, count(*) from control join runs using (cell, seed)
        where cell in (1, 2) and day = ended group by all"""
    rows = found.tables.sql(query).fetchall()
    assert rows
    for p, name in enumerate(atlas.ids):
        mine = sorted(((n, c) for q, c, n in rows if q == name), reverse=True)
        if not mine:
            assert taker[p] == NOBODY
            assert share[p] == 0.0
        else:
            assert share[p] == pytest.approx(mine[0][0] / 12)
            assert mine[0][0] == max(n for n, c in mine if c == atlas.powers[int(taker[p])])


def test_the_typical_run_is_of_the_base_and_the_surprising_one_anywhere(found: Results) -> None:
    told = findings.typical_and_surprising(found)
    assert told is not None
    typical, surprising = told
    assert typical.cell == found.base
    score = findings._likeness(found)
    place = {int(s): i for i, s in enumerate(found.seeds)}
    assert score[typical.cell, place[typical.seed]] == score[found.base].max()
    assert score[surprising.cell, place[surprising.seed]] == score[found.ok].min()
    assert found.ok[surprising.cell, place[surprising.seed]]


def test_the_smallest_difference_that_is_found_shrinks_with_the_runs() -> None:
    found = [findings.least_difference(n, 0.2) for n in (50, 200, 1000)]
    assert all(f is not None for f in found)
    assert sorted(found, reverse=True) == found  # type: ignore[type-var]
    least = found[1]
    assert least is not None
    assert statistics.pairs_for(least, max(least, 0.2)) <= 200 < statistics.pairs_for(least - 0.01, 0.2)
    assert findings.least_difference(2, 0.9) is None
