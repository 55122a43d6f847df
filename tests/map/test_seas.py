"""The sea: zones, straits, coasts, landings and works against the sea."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
EUROPE = ROOT / "maps" / "europe"
LAKES = {"lake_ladoga", "lake_onega", "lake_peipus"}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(EUROPE / name, keep_default_na=False)


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    return read("sea_links.csv")


@pytest.fixture(scope="module")
def coasts() -> pd.DataFrame:
    return read("coasts.csv")


def reachable(links: pd.DataFrame, start: str, closed: set[str]) -> set[str]:
    """Sea zones to which a ship comes from `start` when the named straits are closed."""
    ways: dict[str, set[str]] = {}
    for a, b in links[~links.name.isin(closed)][["a", "b"]].values:
        ways.setdefault(a, set()).add(b)
        ways.setdefault(b, set()).add(a)
    reached, frontier = set(), {start}
    while frontier:
        reached |= frontier
        frontier = set().union(*(ways.get(zone, set()) for zone in frontier)) - reached
    return reached


def test_there_are_sixty_to_eighty_zones_with_names_of_their_own():
    seas = read("seas.csv")
    assert 60 <= len(seas) <= 80
    assert set(seas.id) >= LAKES, "the great lakes count"
    assert seas.name.is_unique


@pytest.mark.parametrize(("zone", "km2"), [("marmara", 11_350), ("azov", 39_000), ("gulf_of_riga", 18_000)])
def test_inland_seas_have_their_size(zone, km2):
    assert read("seas.csv").set_index("id").area_km2[zone] == pytest.approx(km2, rel=0.15)


@pytest.mark.parametrize(
    ("start", "behind", "straits"),
    [
        ("aegean_n", "western_black_sea", {"Dardanelles"}),
        ("marmara", "odessa_gulf", {"Bosphorus"}),
        ("eastern_black_sea", "azov", {"Kerch Strait"}),
        ("mid_atlantic", "tyrrhenian", {"Strait of Gibraltar", "Suez Canal"}),
        ("dogger_bank", "bornholm_basin", {"Øresund and the Belts", "Kiel Canal", "White Sea-Baltic Canal"}),
        ("central_baltic", "gulf_of_riga", {"Irbe Strait", "Moon Sound"}),
        ("ionian", "northern_adriatic", {"Strait of Otranto"}),
    ],
)
def test_straits_are_choke_points(links, start, behind, straits):
    assert behind in reachable(links, start, set())
    assert behind not in reachable(links, start, straits)


def test_a_strait_names_its_shores(links):
    known = set(read("provinces.csv").id)
    narrow = links[links.kind != ""]
    assert set(narrow.kind) == {"strait", "canal", "river"}
    assert (narrow.width_km.astype(float) > 0).all()
    assert sorted({p for shores in narrow.shores for p in shores.split("|")} - known) == []
    assert (links[links.kind == ""].status == "derived").all()


def test_landings_are_rated_on_every_coast(coasts):
    assert coasts.landing.between(0, 1).all()
    best = coasts.set_index(["province", "sea"]).landing
    assert best["caen", "english_channel_e"] > best["le_havre", "english_channel_e"]
    assert best["napoli", "tyrrhenian"] > best["narvik", "vestfjord"]


def test_every_port_of_sea_going_ships_lies_on_a_coast(coasts):
    provinces = read("provinces.csv")
    ports = provinces[provinces.port > 1]
    assert sorted(set(ports.id) - set(coasts.province)) == []


def test_lone_islands_have_a_port_or_a_crossing():
    on_land = set(read("borders.csv")[["a", "b"]].values.ravel()) | set(read("straits.csv")[["a", "b"]].values.ravel())
    provinces = read("provinces.csv")
    assert provinces.id[~provinces.id.isin(on_land) & (provinces.port == 0)].tolist() == []


def test_works_against_the_sea_stand_on_that_coast(coasts):
    forts = read("coast_forts.csv")
    pairs = {(p, s) for p, s in coasts[["province", "sea"]].values}
    assert [pair for pair in forts[["province", "sea"]].values.tolist() if tuple(pair) not in pairs] == []
    assert forts.strength.between(0.05, 1).all()
    assert set(forts.builder) <= set(read("powers.csv").id)
    assert (forts.source != "").all()
    assert set(forts.status) <= {"verified", "partly", "memory", "derived", "judgement"}
