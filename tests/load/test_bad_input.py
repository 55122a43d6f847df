"""Every mistake a user is likely to make is named by file, line, what and remedy; several at once are all named."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.load.good import write_good
from wargame.errors import Fault, InputError, UsageError, WargameError
from wargame.load import scenarios

SCENARIO = "scenarios/toy.toml"
ATTACK = "scenarios/plans/red_attack.toml"
DEFENCE = "scenarios/plans/blu_defence.toml"
LATE = "scenarios/overlays/late.toml"
FORMATIONS = "orders_of_battle/formations/red.csv"
FORMATIONS_BLU = "orders_of_battle/formations/blu.csv"
DEPLOYMENTS = "orders_of_battle/deployments/1930-05-01_red.csv"
DEPLOYMENTS_BLU = "orders_of_battle/deployments/1930-05-01_blu.csv"
PROVINCES = "maps/toy/provinces.csv"
ZONES = "maps/toy/zones.csv"
BORDERS = "maps/toy/borders.csv"


@dataclass(frozen=True)
class Mistake:
    """One entry of mistakes.toml."""

    name: str
    file: str
    old: str
    new: str
    what: str
    remedy: str
    mark: str = ""
    at: str = ""
    line: int | None = None
    severity: str = "error"
    alone: bool = False


_DATA = tomllib.loads((Path(__file__).parent / "mistakes.toml").read_text(encoding="utf-8"))
MISTAKES = [Mistake(**entry) for entry in _DATA["mistake"]]


def plant(folder: Path, mistake: Mistake) -> int | None:
    """Plant a mistake; returns the line on which it must be reported."""
    path = folder / mistake.file
    text = path.read_text(encoding="utf-8")
    if mistake.name == "map without borders":
        path.unlink()
        return None
    if mistake.old:
        assert text.count(mistake.old) >= 1, f"nothing to damage in {mistake.file}"
        text = text.replace(mistake.old, mistake.new, 1)
    else:
        text = ""
    raw = text.encode()
    path.write_bytes(raw.replace(b"FF,", b"\xff,") if mistake.name == "not UTF-8" else raw)
    return line_of(folder, mistake)


def line_of(folder: Path, mistake: Mistake) -> int | None:
    """The line on which a planted mistake must be reported."""
    if mistake.line is not None or not mistake.mark:
        return mistake.line
    text = (folder / (mistake.at or mistake.file)).read_text(encoding="utf-8")
    return text[: text.index(mistake.mark)].count("\n") + 1


def reported(faults: list[Fault], folder: Path, mistake: Mistake, line: int | None) -> bool:
    """Whether a mistake is among the faults, with its file, line, words and remedy."""
    return any(
        Path(f.file) == folder / (mistake.at or mistake.file)
        and f.line == line
        and mistake.what in f.what
        and mistake.remedy in f.remedy
        and f.severity == mistake.severity
        for f in faults
    )


def test_the_good_folder_has_no_fault(tmp_path: Path) -> None:
    assert scenarios.validate(write_good(tmp_path)) == []
    warnings = scenarios.validate(tmp_path / SCENARIO, ["late"])
    assert [f.code for f in warnings] == ["before-war"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda x: x.name)
def test_a_mistake_is_named(mistake: Mistake, tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    line = plant(tmp_path, mistake)
    faults = scenarios.validate(scenario)
    assert reported(faults, tmp_path, mistake, line), "\n".join(map(str, faults)) or "nothing reported"
    assert len(faults) <= 3, "one mistake, many faults:\n" + "\n".join(map(str, faults))
    if mistake.severity == "error":
        with pytest.raises(InputError) as caught:
            scenarios.load(scenario)
        assert reported(list(caught.value.faults), tmp_path, mistake, line)
        assert caught.value.exit_code == 1


def test_many_mistakes_at_once_are_all_named(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    planted = [x for x in MISTAKES if not x.alone]
    assert len(planted) >= 20
    for mistake in planted:
        plant(tmp_path, mistake)
    faults = scenarios.validate(scenario)
    missing = [x.name for x in planted if not _named(faults, tmp_path, x)]
    assert missing == [], "\n".join(map(str, faults))


def _named(faults: list[Fault], folder: Path, mistake: Mistake) -> bool:
    line = line_of(folder, mistake)
    return any(f.line == line and mistake.what.split(", first on")[0] in f.what for f in faults)


def test_an_unknown_overlay_names_the_nearest(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    with pytest.raises(UsageError, match="did you mean 'late'") as caught:
        scenarios.load(scenario, ["latte"])
    assert caught.value.exit_code == 2


def test_an_unknown_scenario_names_the_nearest(tmp_path: Path) -> None:
    write_good(tmp_path)
    with pytest.raises(UsageError, match=r"no scenario 'toj'; did you mean 'toy'\? there is: .*toy"):
        scenarios.load("toj", data=[tmp_path])
    with pytest.raises(UsageError, match="no scenario file"):
        scenarios.load(tmp_path / "scenarios" / "none.toml")


@pytest.mark.parametrize(
    ("remove", "what", "remedy"),
    [
        ('"script:blu_dig_in"', "no such entry", "did you mean 'blu_digs_in'?"),
        ('"scripts:blu_digs_in"', "has no 'scripts'", "did you mean 'script'?"),
        ('"deployments:1930-05-01_blue"', "no such entry", "did you mean '1930-05-01_blu'?"),
    ],
)
def test_an_overlay_that_removes_nothing_is_named(tmp_path: Path, remove: str, what: str, remedy: str) -> None:
    scenario = write_good(tmp_path)
    (tmp_path / LATE).write_text(
        f'[overlay]\nid = "late"\ntitle = "x"\nwhy = "y"\nremove = [\n{remove}]\n', encoding="utf-8"
    )
    (fault,) = scenarios.validate(scenario, ["late"])
    assert (fault.line, Path(fault.file)) == (6, tmp_path / LATE)
    assert what in fault.what
    assert remedy in fault.remedy


def test_a_fault_in_an_overlay_is_named_in_the_overlay(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    with (tmp_path / LATE).open("a", encoding="utf-8") as out:
        out.write('\n[[script]]\nid = "blu_digs_in"\norders = ["blu_1_army hold p02"]\n')
    faults = [f for f in scenarios.validate(scenario, ["late"]) if f.severity == "error"]
    assert [(Path(f.file), f.line) for f in faults] == [(tmp_path / LATE, 12)]


FILES = (SCENARIO, ATTACK, DEFENCE, LATE, FORMATIONS, DEPLOYMENTS, PROVINCES, ZONES, BORDERS, "maps/toy/map.toml",
         "maps/toy/powers.csv", "maps/toy/forts.csv", "maps/toy/climate.csv", "maps/toy/rail.csv")  # fmt: skip


@settings(max_examples=150)
@given(file=st.sampled_from(FILES), seed=st.integers(0, 2**32), count=st.integers(1, 6))
def test_damage_never_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, file: str, seed: int, count: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damage"
    scenario = write_good(folder)
    luck = random.Random(seed)
    raw = bytearray((folder / file).read_bytes())
    for _ in range(count):
        at = luck.randrange(len(raw))
        match luck.randrange(4):
            case 0:
                raw[at] = luck.randrange(256)
            case 1:
                del raw[at : at + luck.randrange(1, 30)]
                raw = raw or bytearray(b"\n")
            case 2:
                raw[at:at] = bytes(luck.choice(b'"[]{}=,.\n\r#-_9eE\x00\\') for _ in range(luck.randrange(1, 8)))
            case _:
                raw[at:at] = raw[luck.randrange(len(raw)) :][:40]
    (folder / file).write_bytes(raw)
    scenarios.validate(scenario, ["late"])
    try:
        setup = scenarios.load(scenario, ["late"])
        scenarios.opening_world(setup, 1)
    except WargameError as error:
        assert isinstance(error, (InputError, UsageError))
        assert str(error)


@pytest.mark.parametrize(("mark", "words"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators_are_named_once(tmp_path: Path, mark: str, words: str) -> None:
    scenario = write_good(tmp_path)
    file = next((tmp_path / "orders_of_battle/formations").glob("red*.csv"))
    file.write_text(file.read_text(encoding="utf-8").replace(",", mark), encoding="utf-8")
    faults = [f for f in scenarios.validate(scenario) if Path(f.file) == file]
    assert [(f.line, f.what) for f in faults] == [(1, f"the cells are separated by {words}, not by commas")]
    assert "commas" in faults[0].remedy


def test_an_empty_list_is_named_in_words(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    plan = next(p for p in (tmp_path / "scenarios/plans").glob("*.toml") if "objectives" in p.read_text("utf-8"))
    text = re.sub(r"(?m)^objectives = .*$", "objectives = []", plan.read_text(encoding="utf-8"))
    plan.write_text(text, encoding="utf-8")
    assert [f.what for f in scenarios.validate(scenario)] == ["operation.objectives is empty"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        scenarios.load(write_good(tmp_path), data=[tmp_path / "nowhere"])


def test_a_folder_in_place_of_a_file_is_not_taken_for_one(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    file = next((tmp_path / "orders_of_battle/formations").glob("red*.csv"))
    file.unlink()
    file.mkdir()
    text = "\n".join(map(str, scenarios.validate(scenario)))
    assert f"there is no formations file '{file.stem}'" in text
    assert f"did you mean '{file.stem}'" not in text


def test_the_standing_armies_of_a_scenario_are_checked_with_it(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "orders_of_battle/formations/lux.csv"
    mine = tmp_path / "orders_of_battle/formations/lux.csv"
    mine.parent.mkdir(parents=True)
    head, *rows = shipped.read_text(encoding="utf-8").splitlines()
    mine.write_text("\n".join([head, *(row.replace(",luxembourg,", ",luxemburgh,") for row in rows)]) + "\n")
    told = [str(f) for f in scenarios.validate("history_1936", data=[tmp_path])]
    assert told == [
        f"{mine} line 2: home 'luxemburgh' of 'lux_volontaires' is not on map 'europe' (did you mean 'luxembourg'?)"
    ]


def test_the_standing_armies_of_a_scenario_count_in_its_hash(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "orders_of_battle/formations/lux.csv"
    mine = tmp_path / "orders_of_battle/formations/lux.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text(shipped.read_text(encoding="utf-8").replace(",671,", ",672,"), encoding="utf-8")
    ours, theirs = scenarios.load("history_1936"), scenarios.load("history_1936", data=[tmp_path])
    assert dict(ours.files).keys() == dict(theirs.files).keys()
    assert {k for k, digest in ours.files if dict(theirs.files)[k] != digest} == {"formations/lux.csv"}
    assert ours.data_hash != theirs.data_hash
