"""The political tables of Europe: codes, dates and sources, and the state they make on days that are known."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.rules.decisions import decisions, from_tables, tables
from wargame import dates
from wargame.conditions import OFF_MAP
from wargame.load.politics import polity_at
from wargame.politics import Polity, Standing
from wargame.rulebook import Rulebook
from wargame.rules.diplomacy import obligation

ROOT = Path(__file__).resolve().parents[2]
BOOK = Rulebook.load("standard")
TABLES = tables()
DEPENDENT = {
    *("ALG", "CYP", "DAN", "HAT", "ICE", "KUW", "LBA", "LBN"),
    *("MOR", "PAL", "SAA", "SPM", "SRB", "SYR", "TRJ", "TUN"),
}
"""Territories of others, and cities under the League: no government of their own."""
BEYOND = {"CHN", "ETH"}
"""Powers that others wronged and that have neither land nor seat here."""
MINE = ("governments", "treaties", "acts", "interests")


def map_powers() -> set[str]:
    with (ROOT / "maps" / "europe" / "powers.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


KNOWN = map_powers() | set(OFF_MAP)


def state(day: str) -> Polity:
    return polity_at(TABLES, dates.parse(day), BOOK)


def bound(day: str, helper: str, victim: str, attacker: str) -> tuple[float, str, float]:
    hour = dates.parse(day)
    return obligation(polity_at(TABLES, hour, BOOK).in_force(hour), helper, victim, attacker, hour)


# --- the rows --------------------------------------------------------------------------------------------------------


def codes() -> Iterator[tuple[str, str]]:
    for name in MINE:
        for row in TABLES[name]:
            for column in ("power", "in", "object", "first"):
                if row.get(column):
                    yield f"{name}: {row}", row[column]
            for column in ("parties", "protects", "against"):
                yield from ((f"{name}: {row['id']}", code) for code in row.get(column, ()))


def test_every_power_is_on_the_map_or_has_a_seat_beyond_it() -> None:
    assert [(where, code) for where, code in codes() if code not in KNOWN | BEYOND] == []


def test_every_power_with_a_government_has_one_from_the_first_day_it_exists() -> None:
    ruled = {row["power"] for row in TABLES["governments"]}
    assert ruled == KNOWN - DEPENDENT
    born_later = {"CRO", "ESN", "SVK", "VIC"}
    assert set(state("1924-07-01").governments) == ruled - born_later


@pytest.mark.parametrize("name", MINE)
def test_every_row_has_a_source_and_a_status(name: str) -> None:
    assert [row for row in TABLES[name] if not row["source"] or not row["status"]] == []


def test_treaties_bind_two_or_more_and_end_after_they_begin() -> None:
    for row in TABLES["treaties"]:
        assert len(set(row["parties"])) >= 2, row["id"]
        assert row["signed"] < row["ends"], row["id"]
        assert not set(row["against"]) & set(row["protects"] or row["parties"]), row["id"]


def test_interests_of_a_pair_do_not_overlap() -> None:
    pairs: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in TABLES["interests"]:
        assert row["power"] != row["in"]
        assert row["from"] < row["to"]
        pairs.setdefault((row["power"], row["in"]), []).append((row["from"], row["to"]))
    for pair, spans in pairs.items():
        assert all(one[1] <= two[0] for one, two in pairwise(sorted(spans))), pair


def test_what_the_model_decides_itself_is_history() -> None:
    how = {(row["power"], dates.iso(row["from"])[:10]): row["how"] for row in TABLES["governments"]}
    for own in (("GER", "1933-01-30"), ("GBR", "1940-05-10"), ("VIC", "1940-07-11"), ("YUG", "1941-03-27")):
        assert how[own] == "history"
    assert how["SOV", "1929-11-17"] == "course"  # Stalin's own course, unless another leads by then
    made = {row["id"]: row["how"] for row in TABLES["treaties"]}
    for treaty in ("franco_soviet", "soviet_czech", "molotov_ribbentrop", "anglo_polish", "pact_of_steel", "axis"):
        assert made[treaty] == "history"


def test_a_small_power_without_interest_or_treaty_is_not_firm_enough_to_be_counted_among_the_helpers() -> None:
    rules = BOOK.reputation
    great = {"FRA", "GBR", "GER", "ITA", "JPN", "SOV", "USA"}
    for row in TABLES["governments"]:
        if row["power"] not in great and row["from"] < dates.parse("1939-09-01"):
            assert rules.firmness_interest * row["firmness"] < rules.interest_least, (row["power"], row["head"])


# --- the state on a day ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", range(1924, 1946))
def test_a_run_may_open_in_any_year(year: int) -> None:
    polity = state(f"{year}-04-01")
    assert all(0.0 <= m.value <= 1.0 for m in polity.alarm.values())
    assert all(0.2 <= e <= 3.0 for e in polity.esteem.values())
    assert polity.in_force(dates.parse(f"{year}-04-01"))


HEADS = [
    ("1924-03-01", "GBR", "Ramsay MacDonald"), ("1929-01-01", "FRA", "Raymond Poincaré"),
    ("1933-01-29", "GER", "Kurt von Schleicher"), ("1933-01-30", "GER", "Adolf Hitler"),
    ("1936-03-07", "FRA", "Albert Sarraut"), ("1938-09-30", "GBR", "Neville Chamberlain"),
    ("1938-09-30", "CZE", "Jan Syrový"), ("1940-05-12", "GBR", "Winston Churchill"),
    ("1926-06-01", "POL", "Józef Piłsudski"), ("1941-06-22", "SOV", "Joseph Stalin"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "power", "head"), HEADS)
def test_who_governed(day: str, power: str, head: str) -> None:
    assert state(day).governments[power].head == head


def test_france_is_paralysed_on_the_days_on_which_it_was() -> None:
    days = {"1934-07-25": 0.0, "1936-03-07": 1.0, "1938-03-11": 1.0, "1938-09-28": 0.0, "1939-03-15": 0.0,
            "1939-08-31": 0.0}  # fmt: skip
    assert {day: state(day).governments["FRA"].paralysis for day in days} == days


def test_nobody_s_firmness_bends_the_fitted_constants() -> None:
    for decision in decisions():
        if 0 < decision.hour < dates.parse("1939-09-01"):
            polity = polity_at(TABLES, decision.hour, BOOK)
            assert {polity.governments[p].policy.firmness for p in ("FRA", "GBR", "ITA", "SOV")} == {0.0}


COMPARED = [d for d in decisions() if 0 < d.hour < dates.parse("1939-09-01")]


@pytest.mark.parametrize("decision", COMPARED, ids=[d.id for d in COMPARED])
def test_reputations_come_near_what_the_decisions_were_fitted_with(decision: Any) -> None:
    said = from_tables(decision, TABLES, BOOK)
    for j in decision.interveners:
        assert said[j.power].backdowns == pytest.approx(j.backdowns, abs=0.3)
        assert said[j.power].paralysis == pytest.approx(j.paralysis, abs=0.11)


def test_after_finland_the_red_army_is_thought_worth_six_tenths_of_what_it_is() -> None:
    assert state("1937-06-10").esteem.get("GER>SOV", 1.0) == 1.0
    assert 0.7 < state("1939-08-31").esteem["GER>SOV"] < 0.8  # after the purge of its officers
    assert state("1941-06-22").esteem["GER>SOV"] == pytest.approx(0.35 / 0.6, abs=0.03)


def test_alarm_at_germany_grows_year_by_year() -> None:
    def felt(day: str) -> float:
        return state(day).alarm["GBR>GER"].at(dates.parse(day), BOOK.reputation.half_life_years)

    found = [felt(f"{year}-09-01") for year in (1935, 1936, 1938, 1939, 1940, 1941)]
    assert found == sorted(found)


def test_a_word_once_kept_is_remembered() -> None:
    assert state("1939-10-01").standing["GBR"].stands > 0.9
    assert state("1938-10-01").standing.get("GBR", Standing()).stands == 0.0


# --- what treaties obliged to ----------------------------------------------------------------------------------------


def test_the_franco_czech_soviet_chain() -> None:
    assert bound("1938-09-28", "FRA", "CZE", "GER") == (2.0, "", 0.0)
    assert bound("1938-09-28", "SOV", "CZE", "GER") == (2.0, "FRA", 0.0)
    assert bound("1938-09-28", "GBR", "CZE", "GER") == (0.0, "", 0.0)
    assert bound("1938-09-28", "ROM", "CZE", "GER")[0] == 0.0
    assert bound("1938-09-28", "ROM", "CZE", "HUN")[0] == pytest.approx(1.6)
    assert bound("1935-06-08", "SOV", "CZE", "GER")[0] == 0.0


def test_locarno_waits_for_france_and_ends_with_the_rhineland() -> None:
    strength, first, _ = bound("1936-03-01", "GBR", "FRA", "GER")
    assert (round(strength, 1), first) == (1.0, "FRA")
    assert bound("1936-03-01", "BEL", "FRA", "GER")[1] == "FRA"
    assert bound("1930-01-01", "ITA", "FRA", "GER")[0] > bound("1936-03-01", "ITA", "FRA", "GER")[0]
    assert bound("1930-01-01", "GBR", "POL", "GER")[0] == 0.0
    assert "locarno_france" not in state("1936-03-08").treaties


def test_guarantees_of_1939_cover_the_attackers_they_meant() -> None:
    assert bound("1939-08-01", "GBR", "POL", "GER")[0] == pytest.approx(1.0, abs=0.01)
    assert bound("1939-08-25", "GBR", "POL", "GER")[0] == pytest.approx(1.0, abs=0.01)
    assert bound("1939-08-26", "GBR", "POL", "GER")[0] == 2.0
    assert bound("1939-09-17", "GBR", "POL", "SOV")[0] == 0.0
    assert bound("1940-06-01", "GBR", "ROM", "SOV")[0] == 0.0
    assert bound("1940-06-01", "GBR", "ROM", "GER")[0] > 0.9
    assert bound("1939-08-01", "POL", "ROM", "SOV")[0] > 1.5


def test_promises_of_peace_bind_until_a_later_promise_to_help() -> None:
    assert bound("1939-08-24", "SOV", "POL", "GER") == (0.0, "", 1.0)
    assert bound("1939-08-22", "SOV", "POL", "GER")[2] < 0.3
    assert bound("1936-06-01", "POL", "CZE", "GER")[2] == pytest.approx(0.6)
    assert bound("1939-05-01", "POL", "CZE", "GER")[2] == 0.0
    assert bound("1938-03-11", "ITA", "AUT", "GER")[2] == 1.0
    assert bound("1936-06-01", "SOV", "FRA", "GER")[2] == 0.0


def test_only_the_pact_of_1939_is_a_treaty_of_neutrality_between_germany_and_the_soviet_union() -> None:
    for year in range(1924, 1946):
        there = {t.id for t in state(f"{year}-12-01").treaties.values()
                 if t.kind == "neutrality" and {"GER", "SOV"} <= set(t.parties)}  # fmt: skip
        assert there == ({"molotov_ribbentrop"} if year in (1939, 1940) else set())


def test_transit_and_conventions_by_date() -> None:
    def there(day: str, kind: str) -> set[tuple[str, ...]]:
        return {t.parties for t in state(day).treaties.values() if t.kind == kind}

    assert ("POL", "SOV") not in there("1939-08-31", "transit")
    assert ("EST", "SOV") in there("1940-01-01", "transit")
    assert ("SVK", "GER") in there("1939-08-31", "transit")
    assert ("BEL", "FRA") in there("1936-03-01", "convention")
    assert ("BEL", "FRA") not in there("1936-03-07", "convention")
    assert ("FRA", "GBR") in there("1939-08-31", "convention")


def test_what_history_ended_is_open_in_a_run_that_opens_before() -> None:
    treaties = state("1936-01-01").treaties
    assert treaties["franco_czech"].ends == 0
    assert treaties["balkan_pact"].ends == 0
    assert treaties["italo_greek"].ends == dates.parse("1938-09-23")  # its ten years
