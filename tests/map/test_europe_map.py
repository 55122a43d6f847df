"""The built map of the European theatre, checked on the files a user gets."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).parents[2]
EUROPE = ROOT / "maps" / "europe"
TERRAINS = {"open", "forest", "hills", "mountains", "marsh", "urban", "desert", "arctic"}
MIN_KM2 = 800
SMALL_ON_PURPOSE = {
    "frysztat": "Zaolzie, a strip that changed hands by itself",
    "funchal": "Madeira, an island",
    "gibraltar": "a British rock",
    "hanko": "the naval base leased in 1940",
    "hel": "a spit, held apart from its shore in 1939",
    "kerkyra": "Corfu, an island",
    "limnos": "an island",
    "maastricht": "the Dutch tongue between Belgium and Germany",
    "mahon": "Menorca, an island that its neighbours' side in Spain did not hold",
    "mariehamn": "Åland, islands",
    "ronne": "Bornholm, an island",
    "saint_helier": "the Channel Islands",
    "samos": "an island",
    "vaitolahti": "the Finnish west of the Rybachi peninsula, ceded by itself in 1940",
    "valletta": "Malta, islands",
    "zara": "an Italian town in Yugoslavia",
}
"""Every province below MIN_KM2, and why it is one."""
CORE = {
    "Benelux": {"BEL", "LUX", "NED"},
    "Germany": {"GER"},
    "Poland": {"DANZIG", "POL"},
    "Czechoslovakia": {"CZE", "RUTHENIA", "SUDETEN", "SVK", "ZAOLZIE"},
    "Baltic": {"EST", "LAT", "LIT", "MEMEL"},
}
"""Core countries by the first word of their zones; north France and the west of the USSR go by place."""
SMALL_IN_CAMPAIGNS = {
    "Poland 1939": "bydgoszcz garwolin jaworow jedrzejow kock kolomyja kutno lowicz modlin piotrkow_trybunalski plonsk "
    "pultusk rozan skierniewice sochaczew swiecie szamotuly turek zamosc",
    "the Rhine and the Eifel": "altenkirchen bonn darmstadt dueren kreuznach simmern",
    "Somme and Aisne 1940": "amiens soissons",
    "Baltic and Byelorussia 1941": "bialowieza livani madona osipovichi",
    "inland, between larger neighbours": "bunzlau eisenach gruenberg loetzen muenster ruzomberok topolcany",
}
"""Provinces of the core below 40 km across that neither frontier nor shore nor industry explains."""
YEARBOOK = pd.read_csv(ROOT / "maps/build/yearbook.csv", keep_default_na=False)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(EUROPE / name, keep_default_na=False)


@pytest.fixture(scope="module")
def provinces() -> gpd.GeoDataFrame:
    shapes = gpd.read_file(EUROPE / "europe.gpkg", layer="provinces")
    return shapes.merge(read("provinces.csv"), on="id", validate="1:1")


@pytest.fixture(scope="module")
def seas() -> gpd.GeoDataFrame:
    return gpd.read_file(EUROPE / "europe.gpkg", layer="seas")


def owners_on(date: str) -> dict[str, str]:
    rows = read("zones.csv").sort_values("begin_date")
    return dict(rows[rows.begin_date <= date][["zone", "owner"]].values)


def test_every_shape_has_a_row_and_every_row_a_shape(provinces):
    assert len(provinces) == len(read("provinces.csv"))


def test_land_is_a_valid_coverage_without_overlap(provinces):
    geometry = provinces.geometry.values
    assert shapely.is_valid(geometry).all()
    assert shapely.coverage_is_valid(geometry)
    overlap_km2 = (shapely.area(geometry).sum() - shapely.area(shapely.union_all(geometry))) / 1e6
    assert abs(overlap_km2) < 0.001


def test_land_and_sea_share_their_lines(provinces, seas):
    assert shapely.coverage_is_valid(np.concatenate([provinces.geometry.values, seas.geometry.values]))


def test_ids_are_slugs_and_unique(provinces):
    assert provinces.id.is_unique
    assert [i for i in provinces.id if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", i)] == []


def test_codes_are_known(provinces):
    powers = set(read("powers.csv").id)
    assert set(provinces.terrain) <= TERRAINS
    assert set(provinces.climate) <= set(read("climate.csv").climate)
    assert set(provinces.capital_of) - {""} <= powers
    assert set(read("zones.csv").owner) <= powers
    assert provinces.road.between(1, 4).all()
    assert provinces.port.between(0, 3).all()
    assert set(provinces.status) <= {"verified", "partly", "memory", "derived", "judgement"}


def test_one_province_is_the_capital_of_a_power(provinces):
    capitals = provinces.capital_of[provinces.capital_of != ""]
    assert capitals[capitals.duplicated()].tolist() == []


def test_every_hub_lies_in_its_province(provinces):
    hubs = gpd.GeoSeries(gpd.points_from_xy(provinces.lon, provinces.lat), crs=4326).to_crs(provinces.crs)
    assert provinces.id[~provinces.geometry.contains(hubs)].tolist() == []


def test_no_province_is_a_sliver(provinces):
    small = provinces[provinces.area_km2 < MIN_KM2]
    assert sorted(set(small.id) - set(SMALL_ON_PURPOSE)) == []


def core_country(row) -> str:
    """The country of the finely divided core in which a province lies, empty outside it."""
    state = row.zone.split("_")[0]
    for country, states in CORE.items():
        if state in states:
            return country
    if row.zone in ("FRA", "FRA_ALSACE") and ((row.lat > 48 and row.lon > -1) or (row.lat > 47 and row.lon > 2)):
        return "north France"
    return "west USSR" if state == "SOV" and row.lon < 31 and 46 < row.lat < 60.5 else ""


def test_the_core_is_divided_as_finely_as_promised(provinces):
    across = np.sqrt(provinces.area_km2)
    country = provinces.apply(core_country, axis=1)
    assert set(country) - {""} == {*CORE, "north France", "west USSR"}
    medians = across.groupby(country).median().drop("")
    assert {c: km for c, km in medians.items() if not 40 <= km <= 65} == {}
    inside = across[country != ""]
    assert inside.max() <= 65
    assert inside.between(40, 65).mean() > 0.75


def test_provinces_of_the_core_below_forty_km_are_of_the_kinds_told_in_the_guide(provinces):
    """On a line that was a state border in 1924-1941, on the sea, with industry, or named above."""
    days = sorted(d for d in set(read("zones.csv").begin_date) if d <= "1941-06-22")
    zone = provinces.set_index("id").zone
    borders = read("borders.csv")
    frontier: set[str] = set()
    for owner in (owners_on(day) for day in days):
        parted = zone[borders.a].map(owner).values != zone[borders.b].map(owner).values
        frontier |= set(borders.a[parted]) | set(borders.b[parted])
    small = provinces[(np.sqrt(provinces.area_km2) < 40) & (provinces.apply(core_country, axis=1) != "")]
    told = small.id.isin(frontier | set(read("coasts.csv").province)) | (small.industry != "")
    assert sorted(small.id[~told]) == sorted(" ".join(SMALL_IN_CAMPAIGNS.values()).split())
    guide = (ROOT / "docs" / "atlas.md").read_text(encoding="utf-8")
    assert [n for n in small.name[~told] if n not in guide] == []
    assert f"{len(small)} of its" in guide


def test_zones_begin_with_the_map_and_change_in_order(provinces):
    zones = read("zones.csv")
    assert set(provinces.zone) == set(zones.zone)
    assert (zones.groupby("zone").begin_date.min() == "1924-01-01").all()
    assert not zones.duplicated(["zone", "begin_date"]).any()


def test_no_area_may_miss_by_more_than_three_percent():
    assert set(YEARBOOK.tolerance_percent) == {3}


@pytest.mark.parametrize("row", YEARBOOK.to_dict("records"), ids=lambda r: r["name"])
def test_areas_agree_with_the_yearbooks(provinces, row):
    if row["kind"] == "zones":
        inside = provinces.zone.isin(row["of"].split("|"))
    else:
        inside = provinces.zone.map(owners_on(row["date"])) == row["of"]
    built = provinces.area_km2[inside].sum()
    assert built == pytest.approx(row["area_km2"], rel=row["tolerance_percent"] / 100)


CENSUS_K = {
    "POL": ("1937-01-01", 32_107), "CZE": ("1937-01-01", 14_730), "ROM": ("1937-01-01", 18_057),
    "YUG": ("1937-01-01", 13_934), "GER": ("1937-01-01", 66_030), "ITA": ("1937-01-01", 42_994),
    "FRA": ("1937-01-01", 41_907), "GRE": ("1937-01-01", 6_205), "HUN": ("1938-11-10", 9_715),
}  # fmt: skip
"""People of states by the censuses of 1928-1936 (Germany of 1933 with the Saar, Italy with Zara), in thousands."""


@pytest.mark.parametrize("power", CENSUS_K)
def test_people_of_the_parts_of_a_state_add_up_to_its_census(provinces, power):
    people = read("people.csv").set_index("zone").people_k
    assert sorted(people.index) == sorted(set(provinces.zone))
    date, census = CENSUS_K[power]
    found = sum(people[zone] for zone, owner in owners_on(date).items() if owner == power)
    assert found == pytest.approx(census, rel=0.01)


def test_land_straits_and_seas_are_one_net(provinces, seas):
    ends = [(a, b) for file in ("borders.csv", "straits.csv") for a, b in read(file)[["a", "b"]].values]
    ends += [("sea " + a, "sea " + b) for a, b in read("sea_links.csv")[["a", "b"]].values]
    ends += [(a, "sea " + b) for a, b in read("coasts.csv")[["province", "sea"]].values]
    reached, frontier = set(), {"warszawa"}
    links: dict[str, set[str]] = {}
    for a, b in ends:
        links.setdefault(a, set()).add(b)
        links.setdefault(b, set()).add(a)
    while frontier:
        reached |= frontier
        frontier = set().union(*(links[node] for node in frontier)) - reached
    assert sorted((set(provinces.id) | {"sea " + s for s in seas.id}) - reached) == []


def test_borders_are_ordered_pairs_of_neighbours(provinces):
    borders = read("borders.csv")
    shape = provinces.set_index("id").geometry
    assert (borders.a < borders.b).all()
    assert not borders.duplicated(["a", "b"]).any()
    assert (shape[borders.a].reset_index(drop=True).distance(shape[borders.b].reset_index(drop=True)) == 0).all()
    assert borders.river_share.between(0, 1).all()
    assert borders.crossing.isin([0, 1, 2, 3]).all()
    assert (borders.river[borders.crossing > 0] != "").all()


def test_trains_run_only_between_neighbours():
    borders, straits, rail = read("borders.csv"), read("straits.csv"), read("rail.csv")
    joined = {tuple(sorted(pair)) for table in (borders, straits) for pair in table[["a", "b"]].values.tolist()}
    assert [pair for pair in rail[["a", "b"]].values.tolist() if tuple(pair) not in joined] == []
    assert (rail.a < rail.b).all()


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("straits.csv", ["a", "b"]),
        ("forts.csv", ["province", "facing"]),
        ("coasts.csv", ["province"]),
        ("rail.csv", ["a", "b"]),
    ],
)
def test_tables_speak_of_provinces_of_the_map(provinces, file, columns):
    named = set(read(file)[columns].values.ravel()) - {""}
    assert sorted(named - set(provinces.id)) == []


def test_known_rivers_divide_known_neighbours():
    borders = read("borders.csv").set_index(["a", "b"])
    assert borders.loc[("garwolin", "grojec"), "river"] == "Vistula"
    assert borders.loc[("garwolin", "grojec"), "crossing"] == 3


def test_geopackage_stays_small():
    assert (EUROPE / "europe.gpkg").stat().st_size < 4_000_000
