"""Orders of battle become columns; the shipped ones are sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.toy_files import toy_setup, write_toy
from wargame import dates
from wargame.errors import InputError, UsageError
from wargame.load import catalogue, maps, orders_of_battle
from wargame.load.paths import search
from wargame.world import KINDS, Forces, Status

OPENING = dates.parse("1930-05-01")


def one_more(**columns: object) -> dict[str, object]:
    base = {"id": "red_9_div", "kind": "infantry", "men": 10000, "guns": 40, "tanks": 5, "aircraft": 3, "quality": 0.6}
    return base | {"parent": "red_1_army", "province": "p01"} | columns


def load(folder: Path, **columns: object) -> tuple[Forces, int]:
    forces = toy_setup(folder, formations=[one_more(**columns)]).forces
    return forces, forces.ids.index("red_9_div")


def test_rows_are_sorted_by_power_and_id_and_parents_are_rows(tmp_path: Path) -> None:
    forces = toy_setup(tmp_path).forces
    assert list(forces.ids) == sorted(forces.ids)
    army = forces.ids.index("red_1_army")
    assert [forces.parent[i] for i, n in enumerate(forces.ids) if n.startswith("red") and n.endswith("div")] == [
        army
    ] * 3
    assert forces.parent[army] == -1
    assert KINDS[forces.kind[army]] == "army"
    assert forces.men[army] == 2000  # army troops stay with their headquarters


@pytest.mark.parametrize(
    ("readiness", "strength", "men"), [(1, 1, 10000), (0.5, 1, 5000), (0.1, 1, 3000), (0.5, 0.8, 4000)]
)
def test_men_present_are_establishment_by_strength_by_readiness(
    tmp_path: Path, readiness: float, strength: float, men: float
) -> None:
    forces, i = load(tmp_path, readiness=readiness, strength=strength, days_to_ready=4)
    assert forces.men[i] == men
    assert (forces.guns[i], forces.tanks[i], forces.aircraft[i]) == (40 * strength, 5 * strength, round(3 * strength))
    assert forces.establishment_men[i] == 10000 * strength  # what it grows to when ready
    assert forces.ready_per_day[i] == 0.25
    assert forces.readiness[i] == readiness


def test_a_formation_in_transit_is_active_and_arrives(tmp_path: Path) -> None:
    forces, i = load(tmp_path, arrives="1930-05-09")
    assert (forces.status[i], forces.arrives[i]) == (Status.ACTIVE, dates.parse("1930-05-09"))


def test_a_formation_raised_later_is_planned_until_then(tmp_path: Path) -> None:
    forces, i = load(tmp_path, raised="1930-05-20")
    assert (forces.status[i], forces.arrives[i]) == (Status.PLANNED, dates.parse("1930-05-20"))


def test_an_arrival_in_the_past_is_presence(tmp_path: Path) -> None:
    forces, i = load(tmp_path, arrives="1930-04-20")
    assert forces.arrives[i] == 0


def test_symbols_and_labels_are_filled_in(tmp_path: Path) -> None:
    forces, i = load(tmp_path)
    assert (forces.names[i], forces.shorts[i]) == ("red_9_div", "red_9_div")
    assert all(len(code) == 20 and code.isdigit() for code in forces.sidc)
    assert set(orders_of_battle.SIDC_OF) == set(KINDS)
    assert all(len(code) == 20 for code in orders_of_battle.SIDC_OF.values())


def test_every_column_has_one_entry_a_formation(tmp_path: Path) -> None:
    forces = toy_setup(tmp_path).forces
    for name, column in vars(forces).items():
        if not name.startswith("_"):
            assert len(column) == len(forces), name
        if isinstance(column, np.ndarray):
            assert column.dtype in (np.int64, np.float64), name


def test_forces_can_be_loaded_without_a_scenario(tmp_path: Path) -> None:
    write_toy(tmp_path)
    atlas = maps.load_atlas("toy", [tmp_path])
    forces = orders_of_battle.load_forces(["red"], ["1930-05-01_red"], atlas, OPENING, [tmp_path])
    assert len(forces) == 4
    with pytest.raises(UsageError, match="no formations file 'rad'; did you mean 'red'"):
        orders_of_battle.load_forces(["rad"], ["1930-05-01_red"], atlas, OPENING, [tmp_path])
    with pytest.raises(InputError, match="blu_1_army' is in no formations file"):
        orders_of_battle.load_forces(["red"], ["1930-05-01_blu"], atlas, OPENING, [tmp_path])


def test_a_formation_deployed_by_two_files_is_named(tmp_path: Path) -> None:
    write_toy(tmp_path)
    folder = tmp_path / "orders_of_battle" / "deployments"
    (folder / "again.csv").write_text("formation,province\nred_1_div,p01\n", encoding="utf-8")
    atlas = maps.load_atlas("toy", [tmp_path])
    with pytest.raises(
        InputError, match=r"again.csv line 2: formation 'red_1_div' is deployed twice, first in .*red.csv line 3"
    ):
        orders_of_battle.load_forces(["red"], ["1930-05-01_red", "again"], atlas, OPENING, [tmp_path])


@pytest.mark.parametrize("date", sorted({orders_of_battle.dated(n)[0] for n in search().names("deployments")}))
def test_every_shipped_deployment_loads_on_its_date(date: str) -> None:
    """With those of the same powers before it; then everybody stands where the catalogue says."""
    shipped = [(*orders_of_battle.dated(n), n) for n in search().names("deployments")]
    powers = sorted(power for day, power, _ in shipped if day == date)
    files = [n for day, power, n in shipped if day <= date and power in powers]
    atlas = maps.load_atlas("europe")
    forces = orders_of_battle.load_forces(search().names("formations"), files, atlas, dates.parse(date))
    listed = {s.id: s for s in catalogue.catalogue(date, powers, atlas=atlas) if s.state == "deployed"}
    own = [i for i, p in enumerate(forces.power) if atlas.powers[p] in powers]
    assert {atlas.powers[forces.power[i]] for i in own} == set(powers)
    for i in own:
        name = forces.ids[i]
        if forces.status[i] == Status.ACTIVE:
            assert listed[name].province == atlas.ids[forces.province[i]]
            assert abs(listed[name].men_present - forces.men[i]) <= 0.5
    assert set(listed) <= set(forces.ids)


def test_a_later_file_moves_what_an_earlier_one_placed(tmp_path: Path) -> None:
    write_toy(tmp_path)
    folder = tmp_path / "orders_of_battle"
    (folder / "deployments" / "1930-06-01_red.csv").write_text(
        "formation,parent,province,tanks\nred_1_div,red_1_army,p02,7\n", encoding="utf-8"
    )
    atlas = maps.load_atlas("toy", [tmp_path])
    files = ["1930-06-01_red", "1930-05-01_red"]
    forces = orders_of_battle.load_forces(["red"], files, atlas, dates.parse("1930-06-01"), [tmp_path])
    moved, stayed = forces.row("red_1_div"), forces.row("red_2_div")
    assert [atlas.ids[forces.province[i]] for i in (moved, stayed)] == ["p02", "p01"]
    assert (forces.tanks[moved], forces.tanks[stayed]) == (7, 0)


@pytest.mark.parametrize(
    ("kind", "divisions", "echelon"),
    [("infantry", 1, "21"), ("cavalry", 0.5, "18"), ("infantry", 0.15, "17"), ("army", 0, "23"), ("militia", 1, "18")],
)
def test_a_symbol_of_its_kind_has_the_size_of_the_formation(kind: str, divisions: float, echelon: str) -> None:
    code = orders_of_battle.symbol_of({"kind": kind, "divisions": divisions, "sidc": ""})
    assert code[8:10] == echelon
    assert orders_of_battle.symbol_of({"kind": kind, "divisions": divisions, "sidc": "1" * 20}) == "1" * 20
