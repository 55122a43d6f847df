"""Study files: every fault with its line and a remedy, all at once; designs as they were asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.study.toy_study import STUDY, write_study
from wargame.errors import Fault, InputError, UsageError
from wargame.load.paths import search
from wargame.study.design import Design, load

HEAD = '[study]\nid = "s"\ntitle = "s"\nscenario = "scenarios/toy.toml"\n'
NUMBER = '[[factors]]\nid = "{0}"\nnumber = "{1}"\n'
LEVELS = '[[factors]]\nid = "a"\n[[factors.levels]]\nid = "x"\n[[factors.levels]]\nid = "y"\noverlays = ["late"]\n'
ASKS = '[[questions]]\nid = "q"\noperation = "red_attack"\n'
PACE, FRONT = "combat.break_off_per_day", "combat.river_major"


def faults(folder: Path, text: str) -> list[Fault]:
    with pytest.raises(InputError) as found:
        load(write_study(folder, text))
    return list(found.value.faults)


# (text, line of the fault, what it says, what its remedy says)
MISTAKES = {
    "empty": ("", 1, "the file is empty", "docs/studies"),
    "blank": ("  \n\n", 1, "the file is empty", ""),
    "no toml": (HEAD + "runs = = 3\n", 5, "not TOML", "check quotes"),
    "no head": ("[design]\nkind = 'full'\n", 1, "key 'study' is missing", "write study"),
    "no scenario": ('[study]\nid = "s"\ntitle = "s"\n', 1, "key 'scenario' is missing in study", "write scenario"),
    "unknown key": (HEAD + "seeds = 3\n", 5, "key 'seeds' is unknown in study", "the keys are"),
    "misspelt key": (HEAD + "first_sed = 3\n", 5, "key 'first_sed' is unknown", "did you mean 'first_seed'?"),
    "misspelt scenario": (
        HEAD.replace("scenarios/toy.toml", "fall_weis_1939"), 4, "no scenario 'fall_weis_1939'", "fall_weiss_1939"),
    "misspelt overlay": (HEAD + 'overlays = ["lat"]\n', 5, "no overlay 'lat'", "did you mean 'late'?"),
    "misspelt overlay of a level": (HEAD + LEVELS.replace("late", "latte"), 11, "no overlay 'latte'", "'late'"),
    "misspelt design": (HEAD + '[design]\nkind = "sobel"\n', 6, "'sobel' is unknown", "did you mean 'sobol'?"),
    "misspelt number": (HEAD + NUMBER.format("a", "combat.break_of_per_day"), 7,
                        "rulebook number 'combat.break_of_per_day' is unknown", "did you mean"),
    "misspelt operation": (HEAD + ASKS.replace("red_attack", "red_atack"), 7, "operation 'red_atack' is unknown",
                           "did you mean 'red_attack'?"),
    "misspelt outcome": (HEAD + ASKS + 'outcomes = ["launched"]\n', 8, "outcome 'launched' is unknown", ""),
    "misspelt power": (HEAD + '[[questions]]\nid = "q"\nlosses = "BLO.killed"\n', 7, "power 'BLO' is unknown", "BLU"),
    "misspelt loss": (HEAD + '[[questions]]\nid = "q"\nlosses = "BLU.kiled"\n', 7, "'kiled' is unknown", "'killed'"),
    "misspelt column": (HEAD + '[[questions]]\nid = "q"\nstate = "BLU.steal"\n', 7, "'steal' is unknown", "'steel'"),
    "misspelt province": (HEAD + '[[questions]]\nid = "q"\nheld = { power = "RED", province = "p99" }\n', 7,
                          "province 'p99' is unknown", ""),
    "no runs": (HEAD + "runs = 0\n", 5, "study.runs 0 cannot be used", "greater than or equal to 1"),
    "text for a number": (HEAD + 'runs = "many"\n', 5, "study.runs 'many' cannot be used", "integer"),
    "a number for a day": (HEAD + "dates = [1930]\n", 5, "cannot be used", "write an ISO date"),
    "a day outside": (HEAD + "dates = [1931-01-01]\n", 5, "1931-01-01 lies outside the run", "write a day within it"),
    "nothing varies": (HEAD + '[[factors]]\nid = "a"\n[[factors.levels]]\nid = "x"\n', 5,
                       "factor 'a' has one level: nothing varies", "add a level"),
    "a factor of nothing": (HEAD + '[[factors]]\nid = "a"\n', 5, "factor 'a' has neither levels nor a number", "write"),
    "a factor of two sorts": (HEAD + LEVELS.replace('id = "a"\n', f'id = "a"\nnumber = "{PACE}"\n'), 5,
                              "factor 'a' has levels and number", "one of the three"),
    "two factors of one name": (HEAD + LEVELS + NUMBER.format("a", PACE), 13, "two factors are called 'a'", "another"),
    "two factors of one number": (HEAD + NUMBER.format("a", PACE) + NUMBER.format("b", PACE), 10,
                                  f"two factors set {PACE}: 'a' and 'b'", "keep one"),
    "two levels of one name": (HEAD + LEVELS.replace('"y"', '"x"'), 10, "two levels of 'a' are called 'x'", "rename"),
    "a reserved name": (HEAD + NUMBER.format("seed", PACE), 6, "a factor cannot be called 'seed'", "rename it"),
    "a range the wrong way": (HEAD + NUMBER.format("a", PACE) + "low = 0.5\nhigh = 0.4\n", 8,
                              "low 0.5 is not below high 0.4", "swap"),
    "half a range": (HEAD + NUMBER.format("a", PACE) + "low = 0.4\n", 5, "has half a range", "both low and high"),
    "values in a sample": (HEAD + '[design]\nkind = "latin_hypercube"\npoints = 4\n' + NUMBER.format("a", PACE)
                           + "values = [0.4, 0.5]\n", 11, "samples ranges, but factor 'a' has values", "low and high"),
    "points of a full design": (HEAD + "[design]\npoints = 4\n" + LEVELS, 6, "a design 'full' has no points", "delete"),
    "no points": (HEAD + '[design]\nkind = "morris"\n' + NUMBER.format("a", PACE), 5, "needs points", "points = 64"),
    "no power of two": (HEAD + '[design]\nkind = "sobol"\npoints = 100\n' + NUMBER.format("a", PACE), 7,
                        "Sobol's 100 points are not a power of two", "write 128"),
    "an odd grid": (HEAD + '[design]\nkind = "morris"\npoints = 4\ngrid = 5\n' + NUMBER.format("a", PACE), 8,
                    "grid of 5 is odd", "write 6"),
    "a sample of nothing": (HEAD + '[design]\nkind = "sobol"\npoints = 4\n', 5, "without factors", "add [[factors]]"),
    "an overlay twice": (HEAD + 'overlays = ["late"]\n' + LEVELS, 6, "overlay 'late' is laid twice", "in one"),
    "a question of nothing": (HEAD + '[[questions]]\nid = "q"\n', 5, "question 'q' asks nothing", "write exactly one"),
    "a question of two things": (HEAD + ASKS + 'war = ["RED", "BLU"]\n', 5, "asks operation and war", "exactly one"),
    "a day for what is not launched": (HEAD + ASKS + 'outcomes = ["deterred"]\nby = 1930-05-20\n', 9,
                                       "only what is launched has a day", "leave out by"),
    "a key of another question": (HEAD + '[[questions]]\nid = "q"\nwar = ["RED", "BLU"]\nby = 1930-05-20\n', 8,
                                  "by goes with operation only", "delete by"),
    "a war with oneself": (HEAD + '[[questions]]\nid = "q"\nwar = ["RED", "RED"]\n', 7, "between two powers", ""),
    "a leader without politics": (HEAD + '[[questions]]\nid = "q"\nleader = { power = "RED", head = "X" }\n', 7,
                                  "nobody leads in a scenario without politics", ""),
    "a long run without politics": (HEAD + '[[questions]]\nid = "q"\nlong_run = { power = "RED", year = 1991 }\n', 7,
                                    "nobody leads in a scenario without politics", ""),
    "a long run too long": (HEAD + '[[questions]]\nid = "q"\nlong_run = { power = "RED", year = 2050 }\n', 7,
                            "2050 cannot be used", "less than or equal to 2025"),
    "a policy without politics": (HEAD + '[[factors]]\nid = "a"\npolicy = "RED.risk"\nlow = 0\nhigh = 1\n', 7,
                                  "has no politics", "drop"),
    "settled without a question": (HEAD + 'until = "settled"\n', 5, "but nothing is asked", "[[questions]]"),
    "settled with a last day": (HEAD + 'until = "settled"\n[[questions]]\nid = "q"\nlosses = "BLU.killed"\n', 6,
                                "'q' is not answered before a run's last day", "about an operation or a war"),
    "settled with dates": (HEAD + 'until = "settled"\ndates = [1930-05-10]\n' + ASKS, 6,
                           "do not all see the study's dates", "delete dates"),
    "a stop rule without a share": (HEAD + "[stop]\nwidth = 0.1\n", 5, "no question asks for one", "[[questions]]"),
    "a stop rule on a misspelt question": (HEAD + '[stop]\nwidth = 0.1\nquestions = ["p"]\n' + ASKS, 7,
                                           "question of a share 'p' is unknown", "q"),
    "a width of nothing": (HEAD + "[stop]\nwidth = 0\n" + ASKS, 6, "stop.width 0", "greater than 0"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_has_its_line_and_a_remedy(tmp_path: Path, case: str) -> None:
    text, line, what, remedy = MISTAKES[case]
    found = faults(tmp_path, text)
    told = [str(f) for f in found]
    assert len(found) == 1, told
    assert found[0].file.endswith("study.toml"), told
    assert found[0].line == line, told
    assert what in found[0].what, told
    assert remedy in found[0].remedy, told


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = STUDY.replace('"red_attack"', '"red_atack"').replace("combat.break_off_per_day", "combat.brake_off_per_day")
    text = text.replace("BLU.killed", "BLX.killed").replace("1930-05-10]", "1950-05-10]")
    found = faults(tmp_path, text)
    assert {f.line for f in found} == {
        n for n, row in enumerate(text.splitlines(), start=1)
        if any(w in row for w in ("red_atack", "brake_off", "BLX", "1950-05-10"))
    }  # fmt: skip


def test_faults_of_the_scenario_are_told_with_the_place_that_names_it(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    scenario = tmp_path / "scenarios" / "toy.toml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace('map = "toy"', 'map = "tay"'), encoding="utf-8")
    with pytest.raises(InputError) as found:
        load(path)
    assert {Path(f.file).name for f in found.value.faults} == {"toy.toml", "study.toml"}


def test_overlays_that_do_not_go_together_are_told_before_anything_is_run(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    text = '[overlay]\nid = "late"\ntitle = "x"\nwhy = "x"\nremove = ["wars:no_such_war"]\n'
    (tmp_path / "scenarios" / "overlays" / "late.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as found:
        load(path)
    assert any("no_such_war" in f.what for f in found.value.faults)
    assert any("cannot be played with late" in f.what for f in found.value.faults)


def test_an_unknown_study_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no study 'blok'; did you mean 'bloc'"):
        load("blok")
    with pytest.raises(UsageError, match="no study file"):
        load("somewhere/blok.toml")


def test_a_number_outside_its_range_is_a_warning(tmp_path: Path) -> None:
    warnings: list[Fault] = []
    text = STUDY.replace("0.35, 0.5", "0.35, 0.9")
    load(write_study(tmp_path, text), warnings=warnings)
    (line,) = (n for n, row in enumerate(text.splitlines(), start=1) if row.startswith("values"))
    mine = [f for f in warnings if f.file.endswith("study.toml")]
    assert [(f.line, f.severity) for f in mine] == [(line, "warning")]
    assert "0.9 lies outside the range of its sources" in mine[0].what


# --- designs ---------------------------------------------------------------------------------------------------------


def designed(folder: Path, design: str, *factors: str) -> Design:
    return load(write_study(folder, HEAD + design + "".join(factors)))


def places(design: Design) -> np.ndarray:
    return np.array([[s.place for s in c.settings] for c in design.cells])


TWO = (NUMBER.format("pace", PACE), NUMBER.format("front", FRONT))


def test_a_full_design_has_every_combination(tmp_path: Path) -> None:
    design = load(write_study(tmp_path))
    assert [c.name for c in design.cells] == [
        "start=at_once, pace=0.35", "start=at_once, pace=0.5", "start=late, pace=0.35", "start=late, pace=0.5",
    ]  # fmt: skip
    assert [c.overlays for c in design.cells] == [(), (), ("late",), ("late",)]
    assert 'break_off_per_day" = 0.5' in design.cells[3].text


def test_no_factors_make_one_cell(tmp_path: Path) -> None:
    (cell,) = designed(tmp_path, "").cells
    assert (cell.name, cell.overlays, cell.text) == ("as it is", (), "")


def test_one_at_a_time_starts_from_the_middle(tmp_path: Path) -> None:
    design = designed(tmp_path, '[design]\nkind = "one_at_a_time"\n', LEVELS, TWO[0])
    assert [c.name for c in design.cells] == ["a=x, pace=0.41", "a=y, pace=0.41", "a=x, pace=0.35", "a=x, pace=0.5"]


def test_a_hypercube_puts_one_cell_into_every_slice(tmp_path: Path) -> None:
    design = designed(tmp_path, '[design]\nkind = "latin_hypercube"\npoints = 8\nseed = 3\n', *TWO, LEVELS)
    found = places(design)
    assert found.shape == (8, 3)
    assert [sorted((column * 8).astype(int).tolist()) for column in found.T] == [list(range(8))] * 3
    assert {s.level for c in design.cells for s in c.settings if s.factor == "a"} == {"x", "y"}
    values = [c.settings[0].value for c in design.cells]
    assert 0.35 <= min(values) < max(values) <= 0.5
    again = load(tmp_path / "study.toml")
    assert again.cells == design.cells


@pytest.mark.parametrize(("more", "cells"), [("", 8 * (2 + 2)), ("second_order = true\n", 8 * (2 * 2 + 2))])
def test_sobol_has_the_cells_that_its_analysis_wants(tmp_path: Path, more: str, cells: int) -> None:
    design = designed(tmp_path, f'[design]\nkind = "sobol"\npoints = 8\n{more}', *TWO)
    assert places(design).shape == (cells, 2)
    assert design.problem == {"num_vars": 2, "names": ["pace", "front"], "bounds": [[0.0, 1.0]] * 2}


def test_morris_moves_one_factor_at_a_time(tmp_path: Path) -> None:
    design = designed(tmp_path, '[design]\nkind = "morris"\npoints = 5\n', *TWO)
    found = places(design).reshape(5, 3, 2)
    assert (np.count_nonzero(np.diff(found, axis=1), axis=2) == 1).all()


def test_a_logarithmic_scale_halves_and_doubles_alike(tmp_path: Path) -> None:
    text = NUMBER.format("pace", PACE) + 'low = 0.1\nhigh = 0.4\nscale = "log"\n'
    design = designed(tmp_path, '[design]\nkind = "latin_hypercube"\npoints = 50\n', text)
    for cell in design.cells:
        (setting,) = cell.settings
        assert setting.value == pytest.approx(0.1 * 4**setting.place, rel=1e-9)


def test_the_first_cells_are_the_same_whatever_the_limit(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    assert load(path, cells=3).cells == load(path).cells[:3]


@pytest.mark.parametrize("name", search().names("study"))
def test_the_studies_that_ship_have_no_fault(name: str) -> None:
    warnings: list[Fault] = []
    design = load(name, warnings=warnings)
    assert warnings == []
    cells = {"bloc": 16, "bloc_1936": 8, "bloc_poland": 16, "bukharin": 18, "divergences_1936": 11}
    assert len(design.cells) == cells[name]
    assert design.data == ()
    assert all(c.text == "" for c in design.cells)
