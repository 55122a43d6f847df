"""Routes on the built map: known distances by rail, ways that must exist, ways that must not, and who is on the net."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pytest

from wargame import dates
from wargame.atlas import Atlas
from wargame.errors import UsageError
from wargame.load.maps import load_atlas
from wargame.show.gazetteer import Moment, Record, find, route

FOLDER = Path(__file__).parents[2] / "maps" / "europe"
TOLERANCE = 0.10
"""Lines run from hub to hub, not from station to station: a tenth is what the net can promise."""
TIMETABLE = "timetables of the 1930s, from memory"
KNOWN_KM = [
    ("paris", "marseille", 862, "Wikipedia: Paris-Marseille railway"),
    ("london", "edinburgh", 632, "Wikipedia: East Coast Main Line"),
    ("madrid", "barcelona", 685, "Wikipedia: Madrid-Barcelona railway"),
    ("frankfurt_oder", "warszawa", 478, "Wikipedia: Warsaw-Kunowice railway, 475 km to the Oder"),
    ("moskva", "brzesc", 1100, "Wikipedia: Moscow-Brest railway"),
    ("murmansk", "leningrad", 1448, "Wikipedia: Kirov Railway"),
    ("baku", "batum", 897, "German Wikipedia: Bahnstrecke Poti-Baku"),
    ("stockholm", "goeteborg", 455, "Wikipedia: Western Main Line"),
    ("helsinki", "leningrad", 456, "Wikipedia: Riihimäki-Saint Petersburg railway, 385 km, and 71 to Helsinki"),
    ("berlin", "warszawa", 570, TIMETABLE),
    ("berlin", "koenigsberg", 590, TIMETABLE),
    ("berlin", "hamburg", 287, TIMETABLE),
    ("berlin", "breslau", 329, TIMETABLE),
    ("berlin", "muenchen", 653, TIMETABLE),
    ("berlin", "dresden", 180, TIMETABLE),
    ("dresden", "praha", 191, TIMETABLE),
    ("paris", "berlin", 1070, TIMETABLE),
    ("paris", "lille", 251, TIMETABLE),
    ("paris", "strasbourg", 502, TIMETABLE),
    ("paris", "bordeaux", 585, TIMETABLE),
    ("paris", "toulouse", 713, TIMETABLE),
    ("paris", "le_havre", 228, TIMETABLE),
    ("paris", "cherbourg", 371, TIMETABLE),
    ("paris", "basel", 525, TIMETABLE),
    ("paris", "brussel", 310, TIMETABLE),
    ("brussel", "antwerpen", 44, TIMETABLE),
    ("brussel", "koeln", 230, TIMETABLE),
    ("amsterdam", "maastricht", 216, TIMETABLE),
    ("newcastle_upon_tyne", "edinburgh", 200, TIMETABLE),
    ("london", "dover", 124, TIMETABLE),
    ("dublin", "cork", 266, TIMETABLE),
    ("stockholm", "malmoe", 618, TIMETABLE),
    ("lulea", "narvik", 473, TIMETABLE),
    ("oslo", "trondheim", 553, TIMETABLE),
    ("oslo", "bergen", 492, TIMETABLE),
    ("helsinki", "oulu", 753, TIMETABLE),
    ("madrid", "cartagena", 524, TIMETABLE),
    ("madrid", "valencia", 490, TIMETABLE),
    ("madrid", "sevilla", 573, TIMETABLE),
    ("madrid", "bayonne", 668, TIMETABLE),
    ("lisboa", "porto", 337, TIMETABLE),
    ("roma", "milano", 632, TIMETABLE),
    ("roma", "napoli", 214, TIMETABLE),
    ("milano", "venezia", 267, TIMETABLE),
    ("torino", "venezia", 420, TIMETABLE),
    ("milano", "zuerich", 293, TIMETABLE),
    ("basel", "geneve", 265, TIMETABLE),
    ("innsbruck", "verona", 275, TIMETABLE),
    ("wien", "praha", 350, TIMETABLE),
    ("wien", "budapest", 260, TIMETABLE),
    ("wien", "trieste", 577, TIMETABLE),
    ("muenchen", "wien", 465, TIMETABLE),
    ("budapest", "beograd", 354, TIMETABLE),
    ("beograd", "sofija", 408, TIMETABLE),
    ("beograd", "zagreb", 430, TIMETABLE),
    ("athinai", "thessaloniki", 510, TIMETABLE),
    ("istanbul", "ankara", 577, TIMETABLE),
    ("warszawa", "wilno", 415, TIMETABLE),
    ("warszawa", "brzesc", 210, TIMETABLE),
    ("warszawa", "katowice", 316, TIMETABLE),
    ("krakow", "lwow", 341, TIMETABLE),
    ("brzesc", "minsk", 345, TIMETABLE),
    ("riga", "tallinn", 440, TIMETABLE),
    ("leningrad", "pskov", 275, TIMETABLE),
    ("moskva", "leningrad", 650, TIMETABLE),
    ("moskva", "kiev", 872, TIMETABLE),
    ("moskva", "kharkov", 781, TIMETABLE),
    ("moskva", "gorky", 441, TIMETABLE),
    ("moskva", "warszawa", 1310, TIMETABLE),
    ("kiev", "odessa", 654, TIMETABLE),
    ("moskva", "arkhangelsk", 1133, TIMETABLE),
    ("alger", "oran", 421, TIMETABLE),
    ("alger", "tunis", 930, TIMETABLE),
    ("cairo", "alexandria", 208, TIMETABLE),
]
"""Kilometres by the main line. Many trunk lines are built to such a length; the ways of several lines test the rest."""

FAULTS = [
    ("london", "bristol", 190, 0.40, "through Portsmouth, for the provinces of London and Bristol do not touch"),
    ("london", "glasgow", 646, 0.20, "through Edinburgh, for the provinces of Liverpool and Glasgow do not touch"),
    ("paris", "le_mans", 211, 0.25, "through Orléans, in whose province Chartres lies"),
    ("lyon", "torino", 312, 0.25, "through Grenoble, which lies off the Mont Cenis line"),
    ("napoli", "catanzaro", 392, 0.40, "through Taranto, for the provinces of Napoli and Catanzaro do not touch"),
    ("madrid", "lisboa", 645, 0.15, "through Badajoz and Évora"),
]
"""Ways that are known to come out too long, by how much at most, and why."""


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas("europe")


def way(atlas: Atlas, a: str, b: str, through: Sequence[str] = (), date: str = "1938-06-01") -> Record:
    moment = Moment.of(atlas, dates.parse(date))
    return route(moment, find(atlas, a), find(atlas, b), "rail", through)


def rows(file: str) -> Iterator[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def land(atlas: Atlas, p: int) -> str:
    """The power from whose land of 1924 the zone of province ``p`` has its name."""
    return atlas.zones[atlas.zone_of[p]].split("_")[0]


# --- distances -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b", "km", "source"), KNOWN_KM, ids=[f"{a}-{b}" for a, b, *_ in KNOWN_KM])
def test_the_way_by_rail_is_as_long_as_it_was(atlas: Atlas, a: str, b: str, km: int, source: str) -> None:
    assert way(atlas, a, b)["km"] == pytest.approx(km, rel=TOLERANCE), source


@pytest.mark.parametrize(("a", "b", "km", "most", "why"), FAULTS, ids=[f"{a}-{b}" for a, b, *_ in FAULTS])
def test_a_way_known_to_be_too_long_grows_no_longer(
    atlas: Atlas, a: str, b: str, km: int, most: float, why: str
) -> None:
    assert km <= way(atlas, a, b)["km"] <= (1 + most) * km, why


def test_the_simplon_orient_express_runs_its_3011_km(atlas: Atlas) -> None:
    """Length: German Wikipedia, Simplon-Orient-Express."""
    found = way(atlas, "paris", "istanbul", ["FRA", "SUI", "ITA", "YUG", "BUL", "TUR"])
    assert found["km"] == pytest.approx(3011, rel=TOLERANCE)
    assert found["gauge_breaks"] == []


# --- ways that must exist --------------------------------------------------------------------------------------------

ROUTES = [
    ("Brenner", "innsbruck", "verona", ["bolzano"]),
    ("Arlberg", "innsbruck", "feldkirch", ["landeck"]),
    ("Semmering", "wien", "graz", ["bruck_an_der_mur"]),
    ("Tauern", "salzburg", "villach", ["bischofshofen"]),
    ("Gotthard", "zuerich", "milano", ["lugano"]),
    ("Lötschberg and Simplon", "bern", "milano", ["sion"]),
    ("Mont Cenis", "lyon", "torino", ["grenoble"]),
    ("Berlin-Warszawa main line", "berlin", "warszawa", ["frankfurt_oder", "poznan", "kutno"]),
    ("Minsk main line", "warszawa", "minsk", ["stolpce"]),
    ("Transcaucasus", "baku", "batum", ["kirovabad", "tiflis", "kutais"]),
    ("Murman line", "leningrad", "murmansk", ["petrozavodsk", "kem", "kandalaksha"]),
    ("iron ore line", "lulea", "narvik", ["kiruna"]),
    ("Vlissingen", "middelburg", "eindhoven", ["breda"]),
    ("Karelian Isthmus", "helsinki", "leningrad", ["viipuri"]),
]


@pytest.mark.parametrize(("name", "a", "b", "via"), ROUTES, ids=[r[0] for r in ROUTES])
def test_a_famous_line_is_there(atlas: Atlas, name: str, a: str, b: str, via: list[str]) -> None:
    assert [p for p in via if p not in way(atlas, a, b)["path"]] == []


def test_trains_to_koenigsberg_cross_poland_in_1938_and_no_longer_in_1940(atlas: Atlas) -> None:
    assert "POL" in way(atlas, "berlin", "koenigsberg")["through"]
    assert way(atlas, "berlin", "koenigsberg", ["GER"], "1940-03-01")["through"] == ["GER"]


def test_the_arlberg_takes_trains_from_zuerich_to_wien_around_germany(atlas: Atlas) -> None:
    found = way(atlas, "zuerich", "wien", ["SUI", "AUT"], "1937-06-01")
    assert "landeck" in found["path"]
    assert found["km"] == pytest.approx(865, rel=TOLERANCE)


def test_from_the_baltic_to_the_black_sea_poland_and_romania_meet_without_a_third_power(atlas: Atlas) -> None:
    assert way(atlas, "warszawa", "bucuresti", ["POL", "ROM"])["gauge_breaks"] == []


# --- ways that must not ----------------------------------------------------------------------------------------------


def none_by_rail(atlas: Atlas, a: str, b: str, through: Sequence[str] = (), date: str = "1938-06-01") -> bool:
    try:
        way(atlas, a, b, through, date)
    except UsageError:
        return True
    return False


def test_no_train_from_pomerania_to_east_prussia_stays_in_germany_before_the_war(atlas: Atlas) -> None:
    assert none_by_rail(atlas, "stettin", "koenigsberg", ["GER"], "1939-08-31")
    assert not none_by_rail(atlas, "stettin", "koenigsberg", ["GER"], "1939-11-15")


@pytest.mark.parametrize("town", ["tirana", "shkoder", "korce", "vlore", "reykjavik", "petsamo", "tromso", "bodo"])
def test_no_railway_reaches_it(atlas: Atlas, town: str) -> None:
    assert none_by_rail(atlas, "berlin", town)


def test_no_train_leaves_the_soviet_union_for_turkey_but_at_kars(atlas: Atlas) -> None:
    crossing = [(r.a, r.b) for r in atlas.rail if {land(atlas, r.a), land(atlas, r.b)} == {"SOV", "TUR"}]
    assert crossing
    assert all("kars" in (atlas.ids[a], atlas.ids[b]) for a, b in crossing)


def test_no_line_crosses_the_sea_but_by_a_ferry_or_bridge_that_is_listed(atlas: Atlas) -> None:
    land = {frozenset((r["a"], r["b"])) for r in rows("borders.csv")}
    listed = {frozenset((r["a"], r["b"])) for r in rows("straits.csv") if r["kind"] in {"ferry", "bridge"}}
    pairs = {frozenset((atlas.ids[r.a], atlas.ids[r.b])) for r in atlas.rail}
    assert pairs - land - listed == set()


# --- gauges ----------------------------------------------------------------------------------------------------------

BREAKS = [
    ("warszawa", "minsk", ["stolpce"]),
    ("warszawa", "kaunas", []),
    ("koenigsberg", "kaunas", []),
    ("kaunas", "leningrad", ["daugavpils"]),
    ("riga", "leningrad", []),
    ("helsinki", "leningrad", []),
    ("bayonne", "madrid", ["san_sebastian"]),
    ("perpignan", "barcelona", []),
    ("montpellier", "barcelona", ["perpignan"]),
    ("lisboa", "madrid", []),
    ("stockholm", "helsinki", ["kemi"]),
    ("beograd", "sarajevo", []),
    ("bucuresti", "odessa", ["tiraspol"]),
    ("tiflis", "erzurum", ["kars"]),
    ("tunis", "alger", []),
]
"""Where trains change gauge on the shortest way: the hub between the two gauges nearest to the frontier."""


@pytest.mark.parametrize(("a", "b", "breaks"), BREAKS, ids=[f"{a}-{b}" for a, b, _ in BREAKS])
def test_the_gauge_changes_only_where_it_did(atlas: Atlas, a: str, b: str, breaks: list[str]) -> None:
    assert way(atlas, a, b)["gauge_breaks"] == breaks


GAUGES = {
    "ESP": {1000, 1435, 1668},
    "POR": {1668},
    "IRL": {1600},
    "FIN": {1435, 1524},
    "SOV": {750, 1435, 1524},
    "POL": {750, 1435, 1524},
    "LIT": {750, 1435, 1524},
    "LAT": {750, 1435, 1524},
    "EST": {750, 1524},
    "FRA": {1435, 1668},
    "GER": {1435},
    "GBR": {1435, 1600},
    "ITA": {1435},
}
"""Gauges, mm, of the lines in and into the zones whose name begins so."""


@pytest.mark.parametrize("prefix", GAUGES)
def test_a_power_has_no_gauge_but_its_own_and_its_neighbours(atlas: Atlas, prefix: str) -> None:
    mine = {r.gauge_mm for r in atlas.rail for p in (r.a, r.b) if land(atlas, p) == prefix}
    assert mine <= GAUGES[prefix]


# --- who is on the net -----------------------------------------------------------------------------------------------

OFF_THE_NET = {
    "kermanshah": "no railway",
    "kirkenes": "only the mine's own line to the quay",
    "petsamo": "Arctic highway only",
    "syktyvkar": "no railway before 1961",
    "vlore": "Albania had no railway",
}
"""Hubs with industry or a capital that no train or ferry links with their power's capital, and why."""
CAPITALS_WITHOUT_RAILWAY = {"reykjavik", "tirana", "tripoli", "valletta", "nicosia"}


def reached(atlas: Atlas, start: str) -> set[str]:
    """Every province that trains and ferries reach from ``start``."""
    near: dict[str, set[str]] = defaultdict(set)
    ferries = ((r["a"], r["b"]) for r in rows("straits.csv"))
    for a, b in chain(((atlas.ids[r.a], atlas.ids[r.b]) for r in atlas.rail), ferries):
        near[a].add(b)
        near[b].add(a)
    found, left = {start}, [start]
    while left:
        new = near[left.pop()] - found
        found |= new
        left += new
    return found


def test_every_hub_with_industry_is_linked_with_the_capital_of_its_power(atlas: Atlas) -> None:
    moment = Moment.of(atlas, dates.parse("1938-06-01"))
    industry = {r["id"] for r in rows("provinces.csv") if r["industry"]}
    off = set()
    for code, (seat, *_) in atlas.capitals.items():
        linked = reached(atlas, atlas.ids[seat])
        own = {atlas.ids[p] for p in range(len(atlas)) if atlas.powers[moment.owner[p]] == code}
        off |= (own & industry) - linked
    assert off - set(OFF_THE_NET) == set()


def test_every_capital_is_on_the_net_or_is_known_to_have_had_no_main_line(atlas: Atlas) -> None:
    on = {atlas.ids[p] for r in atlas.rail for p in (r.a, r.b)}
    seats = {atlas.ids[seat] for seat, *_ in atlas.capitals.values()}
    assert seats - on <= CAPITALS_WITHOUT_RAILWAY


def test_every_great_port_is_on_the_net_or_on_an_island(atlas: Atlas) -> None:
    on = {atlas.ids[p] for r in atlas.rail for p in (r.a, r.b)}
    great = {r["id"] for r in rows("provinces.csv") if r["port"] == "3"}
    assert great - on <= {"gibraltar", "kirkwall", "tripoli", "valletta"}


def test_railways_are_electric_from_the_years_known(atlas: Atlas) -> None:
    lines = {(atlas.ids[r.a], atlas.ids[r.b]): r.electric_from for r in atlas.rail}
    known = {
        ("kiruna", "lulea"): 1922,
        ("lugano", "zuerich"): 1922,
        ("feldkirch", "landeck"): 1925,
        ("bolzano", "innsbruck"): 1929,
        ("bologna", "firenze"): 1934,
        ("bischofshofen", "villach"): 1935,
        ("goerlitz", "hirschberg"): 1928,
        ("eindhoven", "utrecht"): 1938,
        ("dessau", "wittenberg"): 0,
        ("gyor", "wien"): 0,
    }
    assert {pair: lines[pair] for pair in known} == known
    assert sum(map(bool, lines.values())) == 86, "stretches of electric railway"
