"""The scenarios of the road to war and the points of divergence that are laid over them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from wargame import dates
from wargame.engine import Engine
from wargame.errors import InputError
from wargame.load import scenarios
from wargame.load.paths import search
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup

SCENARIOS = ("history_1924", "history_1928", "history_1933", "history_1936", "history_1938", "history_1939")
CAMPAIGNS = {"fall_gelb_1940": ("gelb", "1940-05-10"), "barbarossa_1941": ("barbarossa", "1941-06-22")}
"""Scenarios that open on the eve of a campaign, with the operation that is ordered and its day."""
ON = {
    "bukharin_1924": ("history_1924", ()),
    "germany_as_in_history": ("history_1924", ()),
    "soviet_union_as_in_history": ("history_1924", ()),
    "stalin_dies_1928": ("history_1928", ()),
    "heir_bukharin": ("history_1928", ("stalin_dies_1928",)),
    "heir_trotsky": ("history_1928", ("stalin_dies_1928",)),
    "heir_kirov": ("history_1928", ("stalin_dies_1928",)),
    "heir_molotov": ("history_1928", ("stalin_dies_1928",)),
    "popular_front_germany_1930": ("history_1928", ()),
    "no_purge": ("history_1936", ()),
    "france_firm_1936": ("history_1936", ()),
    "no_munich": ("history_1936", ()),
    "franco_soviet_convention": ("history_1936", ()),
    "belgium_with_france": ("history_1936", ()),
    "british_conscription_1936": ("history_1936", ()),
    "polish_transit": ("history_1939", ()),
    "pact_on_paper_1939": ("history_1939", ()),
    "triple_alliance_1939": ("history_1939", ()),
    "no_pact_1939": ("history_1939", ()),
}
"""Overlays, each with a scenario on which it can be laid, and what is laid below it."""
EVERY = pytest.mark.parametrize("overlay", ON)


@cache
def loaded(name: str, *overlays: str) -> Setup:
    return scenarios.load(name, overlays)


@pytest.mark.parametrize("name", (*SCENARIOS, *CAMPAIGNS))
def test_a_scenario_has_no_fault(name: str) -> None:
    assert [str(f) for f in scenarios.validate(name)] == []
    assert loaded(name).scenario.overlays == ()
    assert len(loaded(name).plans) > 20


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_campaign_opens_with_its_operation_on_the_day_in_history(name: str, tmp_path: Path) -> None:
    operation, day = CAMPAIGNS[name]
    ends = dates.iso(dates.parse(day) + 3 * dates.DAY)[:10]
    short = tmp_path / "short.toml"
    short.write_text(f'[overlay]\nid = "short"\ntitle = "s"\nwhy = "w"\n[scenario]\nends = {ends}\n', encoding="utf-8")
    setup = scenarios.load(name, [str(short)])
    journal = Engine(setup, opening_world(setup, 1)).run().journal
    launched = [e for e in journal.entries if e.kind == "operation_launched"]
    assert [(e.data["operation"], dates.iso(e.hour)[:10]) for e in launched] == [(operation, day)]
    assert any(e.kind == "province_taken" and e.data["power"] == "GER" for e in journal.entries)


@EVERY
def test_an_overlay_has_no_fault_and_changes_the_data(overlay: str) -> None:
    name, below = ON[overlay]
    assert [str(f) for f in scenarios.validate(name, (*below, overlay))] == []
    assert loaded(name, *below, overlay).data_hash != loaded(name, *below).data_hash
    assert loaded(name, *below, overlay).scenario.overlays == (*below, overlay)


def test_every_overlay_of_the_road_to_war_is_tested() -> None:
    assert set(search().names("overlay")) - {"road_to_war", "no_soviet_entry"} == set(ON)


@EVERY
def test_a_scenario_that_opens_too_late_refuses_an_overlay(overlay: str) -> None:
    with search().find("overlay", overlay).open("rb") as file:
        opens_by = dates.parse(tomllib.load(file)["overlay"]["opens_by"].isoformat())
    assert loaded(ON[overlay][0]).scenario.scenario.opening <= opens_by
    for scenario in SCENARIOS:
        faults = [str(f) for f in scenarios.validate(scenario, [overlay]) if f.code == "too-late"]
        assert len(faults) == (loaded(scenario).scenario.scenario.opening > opens_by), scenario
        assert all(f"overlay '{overlay}' parts from history by" in f for f in faults)


def test_overlays_combine() -> None:
    setup = loaded("history_1936", "triple_alliance_1939", "polish_transit", "no_purge", "belgium_with_france")
    assert setup.scenario.politics is not None
    assert {t.id for t in setup.scenario.politics.treaties} >= {"triple_alliance_signed", "polish_transit_1939"}
    assert "bel_1936_10_14" in setup.scenario.politics.without
    assert setup.scenario.forces.without_purge == ("SOV",)


@pytest.mark.parametrize("name", SCENARIOS[:3])
def test_the_twenties_are_at_peace(name: str) -> None:
    world = (
        Engine(loaded(name), opening_world(loaded(name), 1), level="verdict").run(until=dates.parse("1934-06-01")).world
    )
    assert {w.id for w in world.wars.values()} == set()


@EVERY
def test_a_run_with_an_overlay_comes_to_the_end_of_its_first_year(overlay: str) -> None:
    name, below = ON[overlay]
    setup = loaded(name, *below, overlay)
    year = int(dates.iso(setup.scenario.scenario.opening)[:4])
    run = Engine(setup, opening_world(setup, 1), level="events").run(until=dates.parse(f"{year + 1}-01-01"))
    assert run.journal.length > 0


def test_germany_goes_its_historical_way_if_told_so() -> None:
    setup = loaded("history_1928", "germany_as_in_history")
    world = Engine(setup, opening_world(setup, 1), level="verdict").run(until=dates.parse("1933-03-01")).world
    assert world.polity.governments["GER"].regime == "national_socialist"


def test_the_soviet_succession_can_be_forced() -> None:
    setup = loaded("history_1928", "stalin_dies_1928", "heir_bukharin")
    world = Engine(setup, opening_world(setup, 1), level="verdict").run(until=dates.parse("1928-06-01")).world
    assert world.polity.governments["SOV"].head.startswith("Nikolai Bukharin")


def test_the_officers_of_an_unpurged_army_are_there() -> None:
    plain, spared = (opening_world(s, 1) for s in (loaded("history_1938"), loaded("history_1938", "no_purge")))
    mine = plain.forces.power == loaded("history_1938").atlas.power_number["SOV"]
    assert spared.forces.quality[mine].mean() > plain.forces.quality[mine].mean()


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", ["SAA", "FRA"])
def test_the_saar_votes_for_germany_unless_it_has_another_owner(owner: str) -> None:
    setup = loaded("history_1933")
    saar = setup.atlas.zone_of == setup.atlas.zones.index("GER_SAAR")
    number = setup.atlas.power_number
    engine = Engine(setup, opening_world(setup, 1))
    engine.world.owner[saar] = engine.world.controller[saar] = number[owner]
    engine.run(until=dates.parse("1935-03-02"))
    assert set(engine.world.owner[saar].tolist()) == {number["GER" if owner == "SAA" else owner]}


FRANCE = '[[politics.governments]]\npower = "FRA"\nwhy = "x"\nat = '
TREATY = '[[politics.treaties]]\nid = "x"\nkind = "defence"\nsigned = 1936-05-01\nwhy = "x"\nparties = '
CESSION = '[[politics.cessions]]\nzone = "GER_SAAR"\nat = 1937-03-01\nowner = "GER"\nto = "FRA"\nwhy = "x"\n'
MISTAKES = {
    CESSION.replace("GER_SAAR", "GER_SAR"): "did you mean 'GER_SAAR'?",
    CESSION.replace("FRA", "FRR"): "FRR",
    '[politics]\nwithout = ["german_soviet_pakt"]\n': "there is no such treaty, negotiation or cabinet",
    FRANCE + "1936-02-01\npolicy = { firmnes = 0.5 }\n": "no 'firmnes'",
    FRANCE + "1936-02-01\npolicy = { firmness = 5.0 }\n": "beyond -1 to 1",
    FRANCE + '1936-02-01\ndead = ["stallin"]\n': "is no leader",
    FRANCE + "1950-02-01\n": "when the scenario is over",
    FRANCE.replace("FRA", "XXX") + "1936-02-01\n": "XXX",
    TREATY + '["FRA", "QQQ"]\n': "QQQ",
    TREATY + '["FRA", "POL"]\nends = 1936-04-01\n': "ends before it is signed",
    '[politics]\nas_in_history = ["GRR"]\n': "GRR",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_politics_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'[overlay]\nid = "mine"\ntitle = "x"\nwhy = "x"\n{text}', encoding="utf-8")
    faults = scenarios.validate("history_1936", [path])
    assert len(faults) == 1, [str(f) for f in faults]
    assert MISTAKES[text] in str(faults[0])


def test_a_date_that_is_no_date_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[overlay]\nid = "mine"\ntitle = "x"\nwhy = "x"\nopens_by = 1936\n', encoding="utf-8")
    with pytest.raises(InputError, match="1936"):
        scenarios.load("history_1936", [path])
