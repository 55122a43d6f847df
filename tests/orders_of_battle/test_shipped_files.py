"""Every shipped order of battle is sound: it loads, says where it comes from, stands on its own land, and is a tree."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest

from tests.orders_of_battle.shipped import DATA, DEPLOYMENTS, FILES, POWERS, atlas, dated, names, of, on, read
from wargame import dates
from wargame.atlas import NOBODY
from wargame.load.air_sea import CAPITAL_SHIPS
from wargame.load.tables import STATUSES
from wargame.world import HEADQUARTERS

TABLES = sorted(p for p in FILES.rglob("*.csv"))
PLANNED_DAYS = 60  # a deployment may name what is raised so many days later
EVERY_POWER = pytest.mark.parametrize("power", POWERS)
EVERY_DEPLOYMENT = pytest.mark.parametrize("name", DEPLOYMENTS)


@EVERY_POWER
def test_the_files_of_a_power_have_no_fault(power: str) -> None:
    assert any(f.power == power.upper() for f in of(power).shelf.known.values())


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.relative_to(FILES).as_posix())
def test_every_row_says_where_it_comes_from(path: Path) -> None:
    wrong = [
        line
        for line, row in enumerate(read(path), start=2)
        if not row.get("source") or row.get("status") not in STATUSES
    ]
    assert wrong == [], f"{path.name}: lines without source or status"


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.relative_to(FILES).as_posix())
def test_rows_are_sorted_and_lines_end_as_they_should(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    rows = read(path)
    keys = [next(k for k in ("id", "formation", "fleet", "power") if k in row) for row in rows[:1]]
    ids = [(row[keys[0]], row.get("date", "")) for row in rows]
    if path.name != "purge.csv":
        assert ids == sorted(ids)


@EVERY_POWER
def test_every_source_is_explained_on_the_page_of_its_power(power: str) -> None:
    page = (FILES / "sources" / f"{power}.md").read_text(encoding="utf-8")
    used = {
        key.strip()
        for path in TABLES
        if path.stem.rpartition("_")[2] == power
        for row in read(path)
        for key in row["source"].split("|")
    }
    assert sorted(k for k in used if f"**{k}**" not in page) == []


@EVERY_POWER
def test_homes_are_provinces(power: str) -> None:
    shelf = of(power).shelf
    wrong = [f.id for f in shelf.known.values() if f.row["home"] not in atlas().number]
    wrong += [f.id for f in shelf.known.values() for c, _ in f.changes if c["home"] and c["home"] not in atlas().number]
    assert wrong == [], "formations without a home on the map"


@EVERY_POWER
def test_two_formations_alive_on_one_day_have_two_names(power: str) -> None:
    """A formation that changes its name keeps its id: two ids of one name on one day are one formation twice."""
    twice: set[str] = set()
    for hour in of(power).dates_of(power.upper()):
        listed = Counter(s.name for s in of(power).on(hour) if not s.is_hq)
        twice |= {n for n, count in listed.items() if count > 1}
    assert twice == set()


@EVERY_DEPLOYMENT
def test_parents_form_a_tree_of_headquarters(name: str) -> None:
    date, power = dated(name)
    allies = {r["parent"].partition("_")[0] for r in read(FILES / f"deployments/{name}.csv") if r["parent"]}
    found = on(date, *sorted(allies & set(POWERS) | {power}))
    wrong = []
    for s in found:
        if s.power != power.upper() or not s.parent:
            continue
        above = found.standing.get(s.parent)
        if above is None or above.kind not in HEADQUARTERS or above.state == "on mobilisation":
            wrong.append(f"{s.id}: parent {s.parent} is {'no headquarters' if above else 'not there'}")
        elif any(h.parent == s.id for h in found.above(s.id)):
            wrong.append(f"{s.id}: its superiors lead back to it")
    assert wrong == []


@EVERY_DEPLOYMENT
def test_what_is_deployed_is_alive(name: str) -> None:
    date, power = dated(name)
    hour = dates.parse(date)
    known = of(power).shelf.known
    wrong = []
    for row in read(FILES / f"deployments/{name}.csv"):
        f = known[row["formation"]]
        if f.power != power.upper():
            wrong.append(f"{f.id} stands in a file of {power}")
        if not f.raised - PLANNED_DAYS * dates.DAY <= hour < f.disbanded:
            wrong.append(f"{f.id} lives from {dates.iso(f.raised)} to {dates.iso(f.disbanded)}")
    assert wrong == []


@EVERY_DEPLOYMENT
def test_everybody_stands_on_his_own_or_a_friend_s_land(name: str) -> None:
    """Who holds the land on that day decides; others there need a row in ``tests/data/oob_abroad.csv``."""
    date, power = dated(name)
    hour = dates.parse(date)
    holders = atlas().controllers_on(hour)
    abroad = {
        r["holder"]
        for r in read(DATA / "oob_abroad.csv")
        if r["power"] == power.upper() and r["from"] <= date <= (r["to"] or "9999") and r["why"]
    }
    wrong = []
    for s in on(date, power):
        if s.power != power.upper() or not s.province:
            continue
        number = holders[atlas().number[s.province]]
        holder = "" if number == NOBODY else atlas().powers[number]
        if holder != s.power and holder not in abroad:
            wrong.append(f"{s.id} ({s.state}) in {s.province}, held by {holder or 'nobody'}")
    assert wrong == []


def test_nobody_is_abroad_without_a_reason() -> None:
    rows = read(DATA / "oob_abroad.csv")
    assert all(r["why"] and r["power"] in atlas().power_number and r["holder"] in atlas().power_number for r in rows)


def test_ids_are_unique_over_all_powers() -> None:
    ids = [row["id"] for power in POWERS for row in read(FILES / f"formations/{power}.csv")]
    assert [n for n, count in Counter(ids).items() if count > 1] == []


@EVERY_POWER
def test_land_formations_have_men_guns_tanks_trucks_and_horses(power: str) -> None:
    """Their own or their establishment's; an air fleet is counted by its aircraft."""
    folder = FILES / "establishments" / f"{power}.csv"
    paper = {r["id"]: r for r in read(folder)} if folder.is_file() else {}
    wrong = []
    for row in read(FILES / "formations" / f"{power}.csv"):
        under = paper.get(row["establishment"], {})
        told = {c: row[c] or under.get(c, "") for c in ("kind", "men", "guns", "tanks", "trucks", "horses")}
        if told["kind"] != "air_fleet":
            wrong += [f"{row['id']} {column}" for column, cell in told.items() if not cell]
    assert wrong == []


def test_establishments_are_used() -> None:
    unused = []
    for power in POWERS:
        folder = FILES / "establishments" / f"{power}.csv"
        if folder.is_file():
            used = {
                row["establishment"]
                for kind in ("formations", "careers")
                if (FILES / kind / f"{power}.csv").is_file()
                for row in read(FILES / kind / f"{power}.csv")
            }
            unused += [row["id"] for row in read(folder) if row["id"] not in used]
    assert unused == []


@pytest.mark.parametrize("name", names("navies"))
def test_capital_ships_have_names_of_their_own(name: str) -> None:
    ships = [s for s in of(name).navies[name.upper()] if s.row["kind"] in CAPITAL_SHIPS]
    assert [s.id for s in ships if s.row["count"] != 1 or not s.row["name"]] == []


@pytest.mark.parametrize("name", names("air"))
def test_aircraft_by_type_add_up_to_the_fleets(name: str) -> None:
    date, power = dated(name)
    by_fleet: Counter[str] = Counter()
    for a in of(power).aircraft(dates.parse(date)):
        by_fleet[a.fleet] += a.row["number"]
    fleets = {s.id: s.holds("aircraft") for s in on(date, power) if s.kind == "air_fleet"}
    wrong = [f"{f}: {by_fleet[f]} by type, {n:g} in the formation" for f, n in fleets.items() if n and f in by_fleet
             and abs(by_fleet[f] - n) > 0.1 * n]  # fmt: skip
    assert wrong == []


def test_dates_of_files_are_dates() -> None:
    assert all(dates.parse(dated(n)[0]) for n in itertools.chain(DEPLOYMENTS, names("air")))
