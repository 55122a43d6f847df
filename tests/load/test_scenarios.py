"""Scenarios: what loading gives, overlays, where files are looked for, and the opening world."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.load.good import write_good
from tests.toy_files import toy_setup, write_toy
from wargame import dates
from wargame.errors import UsageError
from wargame.load import paths, scenarios, schemas
from wargame.load.paths import search
from wargame.world import World


def overlay(folder: Path, name: str, body: str, remove: str = "") -> str:
    head = f'[overlay]\nid = "{name}"\ntitle = "{name}"\nwhy = "For a test."\nremove = [{remove}]\n'
    (folder / "scenarios" / "overlays" / f"{name}.toml").write_text(head + body, encoding="utf-8")
    return name


def test_a_setup_holds_everything_fixed(tmp_path: Path) -> None:
    setup = scenarios.load(write_good(tmp_path))
    assert setup.scenario.id == "toy"
    assert [p.operation.id if p.operation else p.defence.id for p in setup.plans if p.operation or p.defence] == [
        "red_attack",
        "blu_defence",
    ]
    assert setup.rulebook.movement.foot_km_per_day == 21.0  # the scenario's own value
    assert setup.scenario.overlays == ()


def test_the_opening_world_is_the_deployment_at_peace(tmp_path: Path) -> None:
    setup = scenarios.load(write_good(tmp_path))
    world = scenarios.opening_world(setup, seed=5)
    assert (world.hour, world.seed) == (dates.parse("1930-05-01"), 5)
    assert [setup.atlas.powers[o] for o in world.owner] == ["RED", "BLU", "BLU"]
    assert world.controller.tolist() == world.owner.tolist()
    assert world.controller is not world.owner
    assert list(world.powers) == ["BLU", "GRN", "RED"]
    assert {p.standing for p in world.powers.values()} == {"at_peace"}
    assert world.operations["red_attack"].stage == "planned"
    assert world.weather == ("clear",)
    assert World.from_bytes(world.to_bytes()).to_bytes() == world.to_bytes()


def test_worlds_of_one_setup_share_nothing(tmp_path: Path) -> None:
    setup = toy_setup(tmp_path)
    one, two = scenarios.opening_world(setup, 1), scenarios.opening_world(setup, 1)
    one.forces.men[:] = 0
    one.owner[:] = 0
    assert two.forces.men.sum() > 0
    assert setup.forces.men.sum() > 0
    assert two.to_bytes() == scenarios.opening_world(setup, 1).to_bytes()


def test_a_setup_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    setup = toy_setup(tmp_path)
    copy = pickle.loads(pickle.dumps(setup))
    assert scenarios.opening_world(copy, 1).to_bytes() == scenarios.opening_world(setup, 1).to_bytes()


def test_the_data_hash_follows_every_input_file(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    first = scenarios.load(scenario)
    assert scenarios.load(scenario).data_hash == first.data_hash
    assert {k.split("/")[0] for k, _ in first.files} == {
        "scenario",
        "map",
        "formations",
        "careers",
        "deployments",
        "establishments",
        "plan",
        "edition",
    }
    seen = {first.data_hash}
    for file in ("maps/toy/forts.csv", "scenarios/plans/red_attack.toml", "orders_of_battle/formations/red.csv"):
        path = tmp_path / file
        path.write_text(
            path.read_text(encoding="utf-8")
            .replace("0.3,1928", "0.4,1928")
            .replace("30\n", "31\n")
            .replace("48,0", "49,0"),
            encoding="utf-8",
        )
        seen.add(scenarios.load(scenario).data_hash)
    assert len(seen) == 4


def test_the_data_hash_does_not_depend_on_where_the_files_lie(tmp_path: Path) -> None:
    hashes = {scenarios.load(write_good(tmp_path / name)).data_hash for name in ("here", "there")}
    assert len(hashes) == 1


# --- overlays --------------------------------------------------------------------------------------------------------


def test_an_overlay_replaces_keys_and_keeps_the_rest(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    name = overlay(tmp_path, "later", '[scenario]\nends = 1930-07-31\n[[wars]]\nid = "toy_war"\nbegins = 1930-05-12\n')
    merged = scenarios.load(scenario, [name]).scenario
    assert merged.scenario.ends == dates.parse("1930-07-31")
    assert merged.scenario.title == "Red against Blue"
    assert (merged.wars[0].begins, merged.wars[0].attackers) == (dates.parse("1930-05-12"), ("RED",))
    assert merged.overlays == ("later",)


def test_an_overlay_adds_what_has_a_new_id_and_removes_what_it_names(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    body = '[[script]]\nid = "new"\npower = "RED"\nat = 1930-05-03\naction = "stay_quiet"\nwhy = "test"\n'
    name = overlay(tmp_path, "other", body, '"script:grn_enters", "weather:*", "plans:blu_defence"')
    setup = scenarios.load(scenario, [name])
    assert [s.id for s in setup.scenario.script] == ["blu_digs_in", "new"]
    assert setup.scenario.weather == ()
    assert setup.scenario.plans == ("red_attack",)


def test_overlays_apply_in_order(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    names = [overlay(tmp_path, f"day_{d}", f'[[wars]]\nid = "toy_war"\nbegins = 1930-05-{d}\n') for d in (10, 20)]
    assert scenarios.load(scenario, names).scenario.wars[0].begins == dates.parse("1930-05-20")
    assert scenarios.load(scenario, names[::-1]).scenario.wars[0].begins == dates.parse("1930-05-10")


def test_an_overlay_can_be_given_as_a_path(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    assert scenarios.load(scenario, [tmp_path / "scenarios/overlays/late.toml"]).scenario.overlays == ("late",)


def test_lists_of_names_grow(tmp_path: Path) -> None:
    scenario = write_good(tmp_path)
    (tmp_path / "orders_of_battle/formations/grn.csv").write_text(
        "id,kind,men,quality\ngrn_1_div,infantry,9000,0.4\n", encoding="utf-8"
    )
    (tmp_path / "orders_of_battle/deployments/grn.csv").write_text(
        "formation,province\ngrn_1_div,p03\n", encoding="utf-8"
    )
    name = overlay(tmp_path, "green", '[forces]\nformations = ["grn"]\ndeployments = ["grn"]\n')
    setup = scenarios.load(scenario, [name])
    assert setup.scenario.forces.formations == ("red", "blu", "grn")
    assert "grn_1_div" in setup.forces.ids


# --- where files are found -------------------------------------------------------------------------------------------


def test_a_scenario_is_found_by_name_in_the_folders_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_toy(tmp_path)
    assert scenarios.load("toy", data=[tmp_path]).scenario.id == "toy"
    monkeypatch.setenv("WARGAME_DATA", str(tmp_path))
    assert scenarios.load("toy").scenario.id == "toy"
    monkeypatch.delenv("WARGAME_DATA")
    monkeypatch.chdir(tmp_path)
    assert scenarios.load("toy").scenario.id == "toy"


def test_a_scenario_s_own_folder_comes_first(tmp_path: Path) -> None:
    path = write_toy(tmp_path / "a", red_divisions=1)
    write_toy(tmp_path / "b", red_divisions=5)
    assert len(scenarios.load(path, data=[tmp_path / "b"]).forces) == 5
    assert len(scenarios.load("toy", data=[tmp_path / "b"]).forces) == 9


def test_a_flat_folder_of_one_campaign_works(tmp_path: Path) -> None:
    path = write_toy(tmp_path)
    (path.parent / "plans").rename(tmp_path / "plans")
    path = path.rename(tmp_path / "toy.toml")
    (tmp_path / "orders_of_battle" / "formations").rename(tmp_path / "formations")
    (tmp_path / "orders_of_battle" / "deployments").rename(tmp_path / "deployments")
    assert scenarios.load(path).scenario.id == "toy"


@pytest.mark.parametrize("name", ["../secret", "a/b", "", "x" * 5000, "nul\x00l"])
def test_odd_names_are_usage_errors(name: str) -> None:
    with pytest.raises(UsageError):
        paths.find("map", name)
    with pytest.raises(UsageError):
        scenarios.load(name)


# --- what ships ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", search().names("scenario"))
def test_every_shipped_scenario_is_sound(name: str) -> None:
    assert [str(f) for f in scenarios.validate(name) if f.severity == "error"] == []


@pytest.mark.parametrize("name", search().names("overlay"))
def test_every_shipped_overlay_fits_a_scenario(name: str) -> None:
    def errors(scenario: str) -> list[str]:
        return [str(f) for f in scenarios.validate(scenario, [name]) if f.severity == "error"]

    found = {scenario: errors(scenario) for scenario in search().names("scenario")}
    assert [] in found.values(), found


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_every_kind_of_file_has_a_schema(kind: str) -> None:
    schema = schemas.schema(kind)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"]


def test_schemas_know_units_ranges_and_choices() -> None:
    formation = schemas.schema("formations")["properties"]
    assert (formation["quality"]["minimum"], formation["quality"]["maximum"]) == (0, 1)
    assert "armoured" in formation["kind"]["enum"]
    assert schemas.schema("scenario")["$defs"]["Head"]["properties"]["opening"]["format"] == "date"
    assert schemas.schema("overlay")["required"] == ["overlay"]
    with pytest.raises(UsageError, match="did you mean 'plan'"):
        schemas.schema("plans")
