"""The leadership chapter, case by case (``cases/leadership.toml``), what must hold whatever the numbers; its tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.cases import Case, check, numbered
from tests.rules.plays import PLAYS, UNSAID
from wargame import dates
from wargame.load import politics
from wargame.load.tables import Reader
from wargame.politics import DAYS_A_YEAR, Government, Standing, Tables
from wargame.rulebook import Rulebook
from wargame.rules import leadership, parliaments
from wargame.rules.leadership import Contender, Voter
from wargame.rules.parliaments import Party
from wargame.study import heirs

BOOK = Rulebook.load("standard")
ROOT = Path(__file__).parents[2]
SHARES = st.floats(0, 1)
LINES = st.floats(-1, 1)


@numbered("leadership")
def test_case(case: Case) -> None:
    check(case, PLAYS["leadership"], UNSAID.get("leadership", ()))


# --- whatever the numbers --------------------------------------------------------------------------------------------

CONTENDERS = st.lists(
    st.builds(
        Contender, id=st.just(""), name=st.just(""), apparatus=SHARES, prestige=SHARES, appetite=SHARES, skill=SHARES,
        nep=LINES, harshness=SHARES, foreign=LINES, outcast=SHARES, patron=st.sampled_from(("", "c0", "c1", "gone")),
    ), min_size=1, max_size=6,
).map(lambda found: [replace(c, id=f"c{k}", name=f"c{k}") for k, c in enumerate(found)])  # fmt: skip
VOTERS = st.lists(
    st.builds(
        Voter, id=st.just(""), body=st.sampled_from(("inner", "outer")), weight=st.floats(0.1, 3), nep=LINES,
        harshness=SHARES, foreign=LINES, patron=st.sampled_from(("", "c0", "c1", "gone")),
        leader=st.sampled_from(("", "c0", "c2")),
    ), min_size=1, max_size=9,
).map(lambda found: [replace(v, id=f"v{k}") for k, v in enumerate(found)])  # fmt: skip


def luck_of(seed: int, voters: list[Voter], contenders: list[Contender], n: int = 8) -> Any:
    return np.random.default_rng(seed).uniform(0.001, 0.999, (n, len(voters), len(contenders)))


@given(CONTENDERS, VOTERS, st.integers(0, 999))
def test_shares_make_one_and_grip_is_a_share(contenders: list[Contender], voters: list[Voter], seed: int) -> None:
    for found in leadership.contests(contenders, voters, luck_of(seed, voters, contenders), BOOK):
        assert sum(found.shares.values()) == pytest.approx(1.0)
        assert 0.0 <= found.grip <= 1.0
        assert found.coalition[0] == found.head
        assert len(set(found.coalition)) == len(found.coalition)
        course = leadership.policy_of(found, contenders, BOOK)
        assert -1.0 <= course.agriculture <= 1.0
        assert 0.0 <= course.purge <= 1.0


@given(CONTENDERS, VOTERS, st.integers(0, 999), st.integers(0, 5), SHARES)
def test_more_apparatus_never_costs_the_succession(
    contenders: list[Contender], voters: list[Voter], seed: int, who: int, more: float
) -> None:
    """Throw by throw: whoever led still leads with more of the appointments."""
    k, luck = who % len(contenders), luck_of(seed, voters, contenders)
    stronger = list(contenders)
    stronger[k] = replace(contenders[k], apparatus=max(contenders[k].apparatus, more))
    before, after = (leadership.contests(c, voters, luck, BOOK) for c in (contenders, stronger))
    for b, a in zip(before, after, strict=True):
        assert a.shares[contenders[k].id] >= b.shares[contenders[k].id] - 1e-12
        assert a.head == contenders[k].id or b.head != contenders[k].id


@given(st.floats(20, 90), SHARES, SHARES)
def test_age_and_illness_kill_sooner(age: float, health: float, other: float) -> None:
    assert leadership.death_hazard(age, health, BOOK) < leadership.death_hazard(age + 1, health, BOOK)
    worse, better = sorted((health, other))
    assert leadership.death_hazard(age, worse, BOOK) >= leadership.death_hazard(age, better, BOOK)


@given(st.integers(1850, 1905), SHARES, st.floats(0.001, 0.999), st.integers(0, 3000))
def test_the_day_of_death_does_not_depend_on_when_one_asks(born: int, health: float, u: float, days: int) -> None:
    """Two draws that stand for one chance: to die by that day, seen from the opening and from a later day alive."""
    opening = dates.parse("1924-01-01")
    day = leadership.death_hour(born, health, opening, u, BOOK)
    assert day >= opening
    later = opening + days * dates.DAY
    if day > later + dates.DAY:
        gone = 1.0 - survival(born, health, opening, later)
        left = (u - gone) / (1.0 - gone)
        again = leadership.death_hour(born, health, later, left, BOOK)
        limit = BOOK.leadership.longest_life * DAYS_A_YEAR * dates.DAY
        assert again == pytest.approx(day, abs=72) or day - opening >= limit - 72 or again - later >= limit - 72


def survival(born: int, health: float, since: int, until: int) -> float:
    """Chance to live from one hour to another, by small steps."""
    steps = 400
    total, width = 0.0, (until - since) / steps / 24.0 / DAYS_A_YEAR
    for k in range(steps):
        hour = since + (until - since) * (k + 0.5) / steps
        age = 1900.0 + (hour - dates.parse("1900-01-01")) / (24.0 * DAYS_A_YEAR) - born
        total += leadership.death_hazard(age, health, BOOK) * width
    return float(np.exp(-total))


@given(SHARES, SHARES, SHARES, st.floats(0, 3), st.sampled_from(("democracy", "bolshevik")))
def test_a_firmer_grip_never_brings_a_cabinet_down(g: float, h: float, p: float, backdowns: float, regime: str) -> None:
    low, high = sorted((g, h))
    loose, firm = (
        parliaments.cabinet_fall_hazard(Government("RED", regime, "x", "", k, p), None, Standing(backdowns), BOOK)
        for k in (low, high)
    )
    assert 0.0 <= firm <= loose <= 1.0


SEATS = st.lists(
    st.builds(
        Party, name=st.just(""), seats=st.integers(0, 200), loyalty=SHARES, follows=st.just(0.0),
        seeks=st.sampled_from(("", "republic", "decree", "dictatorship")), executive=st.sampled_from((0.0, 1.0)),
    ), min_size=1, max_size=8,
).map(lambda found: [replace(p, name=f"p{k}") for k, p in enumerate(found)])  # fmt: skip


@given(SEATS, LINES, SHARES, st.integers(0, 4), st.floats(0, 0.9999))
def test_what_comes_out_of_a_parliament_is_one_of_all(
    parties: list[Party], line: float, misery: float, vain: int, u: float
) -> None:
    odds = parliaments.chancellor_odds(parties, line, misery, BOOK, deadlocked=vain)
    assert sum(odds.values()) == pytest.approx(1.0)
    assert parliaments.chancellor(odds, u) in odds
    deeper = parliaments.chancellor_odds(parties, line, min(1.0, misery + 0.2), BOOK, deadlocked=vain)
    assert deeper["republic"] <= odds["republic"] + 1e-12


# --- the tables ------------------------------------------------------------------------------------------------------


@cache
def tables() -> Tables:
    reader = Reader()
    found = politics.read_tables(reader, ROOT / "scenarios" / "politics" / "europe")
    assert reader.errors == []
    return found


@cache
def asked(day: str, *without: str) -> dict[str, Any]:
    field = heirs.field_at(tables(), "SOV", dates.parse(day), BOOK, without or ("stalin",))
    return heirs.heirs(field, BOOK, 300)


def chance(rows: list[dict[str, Any]], key: str, value: str) -> float:
    return sum(float(r["probability"]) for r in rows if r[key] == value)


def test_who_leads_if_the_first_man_of_1928_dies() -> None:
    """A judgement, kept within a band: the right about .55, his own men about .30, the left called back about .15."""
    found = asked("1928-07-01")["lines"]
    assert chance(found, "line", "right leads") == pytest.approx(0.55, abs=0.1)
    assert chance(found, "line", "stalin leads") == pytest.approx(0.30, abs=0.1)
    assert chance(found, "line", "left called back") == pytest.approx(0.15, abs=0.1)


def test_the_years_in_which_the_second_city_s_man_is_the_heir() -> None:
    odds = {y: chance(asked(f"{y}-07-01")["heirs"], "id", "kirov") for y in range(1927, 1936)}
    assert max(odds[y] for y in (1927, 1928)) < 0.06
    assert odds[1930] < odds[1932] < odds[1933]
    assert min(odds[1933], odds[1934]) > max(p for y, p in odds.items() if y not in (1933, 1934))
    for y in (1933, 1934):
        assert asked(f"{y}-07-01")["heirs"][0]["id"] == "kirov"
    assert odds[1935] == 0.0
    assert chance(asked("1934-12-02")["heirs"], "id", "kirov") == 0.0


def test_prestige_without_apparatus_makes_a_figurehead() -> None:
    field = heirs.field_at(tables(), "SOV", dates.parse("1928-07-01"), BOOK, ("stalin",))
    luck = luck_of(1, list(field.voters), list(field.contenders), 300)
    led = [o for o in leadership.contests(field.contenders, field.voters, luck, BOOK) if o.head == "bukharin"]
    assert len(led) > 30
    assert np.mean([o.figurehead for o in led]) > 0.8
    assert np.mean([o.grip for o in led]) < 0.35


def test_the_war_commissar_can_be_recalled_early_and_not_later() -> None:
    early, late = (chance(asked(d)["heirs"], "id", "trotsky") for d in ("1924-07-01", "1930-07-01"))
    assert early > 0.05 > late


def test_bands_hold_their_odds_or_nearly() -> None:
    for row in asked("1934-07-01")["lines"]:
        assert row["low"] - 0.05 <= row["probability"] <= row["high"] + 0.05


def test_nobody_stands_twice_and_every_patron_and_voter_is_known() -> None:
    people = {r["id"] for r in tables()["leaders"]}
    for row in (*tables()["leaders"], *tables()["voters"]):
        assert row["patron"] in people | {""}, row["id"]
    assert {r["leader"] for r in tables()["voters"]} <= people | {""}
    for who in people:
        rows = [r for r in tables()["leaders"] if r["id"] == who]
        assert len({(r["name"], r["born"], r["died"], r["cause"]) for r in rows}) == 1
        assert all(a["to"] == b["from"] for a, b in pairwise(rows)), who


def test_seats_are_those_of_history() -> None:
    """The sums of each parliament, and the seats on which the counts of the literature agree."""
    rows = tables()["elections"]
    for date in {r["date"] for r in rows}:
        held = [r for r in rows if r["date"] == date]
        assert sum(r["seats"] for r in held) == held[0]["seats_total"]
    known = {
        "1928-05-20": {"SPD": 153, "KPD": 54, "NSDAP": 12},
        "1930-09-14": {"SPD": 143, "KPD": 77, "NSDAP": 107},
        "1932-07-31": {"SPD": 133, "KPD": 89, "NSDAP": 230},
        "1932-11-06": {"SPD": 121, "KPD": 100, "NSDAP": 196},
        "1933-03-05": {"SPD": 120, "KPD": 81, "NSDAP": 288},
    }
    for date, seats in known.items():
        found = {p.name: p.seats for p in parliaments.parliament(rows, tables()["parties"], "GER", dates.parse(date))}
        assert {k: found[k] for k in seats} == seats


@pytest.mark.parametrize("day", ["1930-09-14", "1932-07-31", "1933-01-30"])
def test_a_united_front_keeps_the_dictator_out_more_often(day: str) -> None:
    odds = []
    for line in (1.0, 0.0, -0.5, -1.0):
        point = heirs.parliament_odds(tables(), "GER", dates.parse(day), line, BOOK)["points"][-1]
        odds.append({o["regime"]: o["probability"] for o in point["odds"]})
    for against, front in pairwise(odds):
        assert front["national_socialist"] <= against["national_socialist"]
        assert front["republic"] >= against["republic"]


def test_what_comes_out_of_parliament_has_a_course_of_its_own() -> None:
    january = dates.parse("1933-01-30")
    rows = {}
    for u in (0.01, 0.6, 0.99):
        row, _ = parliaments.weimar(tables(), "GER", january, 1.0, 1.0, u, BOOK)
        assert row is not None
        rows[row["regime"]] = row
    assert set(rows) == {"national_socialist", "authoritarian_right", "republic"}
    later = [parliaments.course_of(tables(), "GER", r, dates.parse("1938-06-01")) for r in rows]
    arms = [r["rearmament"] for r in later if r is not None]
    assert arms == sorted(arms, reverse=True)
    assert len(set(arms)) == 3


def test_french_cabinets_last_eight_months_or_so_and_british_ones_years() -> None:
    """106 French councils of ministers in 805 months, 1871 to 1938 (Heinberg): 7.6 months each."""
    assert 7.0 < mean_life("FRA") < 11.0
    assert mean_life("GBR") > 1.7 * mean_life("FRA")


def mean_life(power: str) -> float:
    """Months a cabinet lasts by the rule, over a power's cabinets from 1924 to 1940."""
    rows = sorted((r for r in tables()["governments"] if r["power"] == power), key=lambda r: int(r["from"]))
    last = dates.parse("1940-05-10")
    lived = fallen = 0.0
    for row, after in pairwise([*rows, {"from": last}]):
        months = max(0, min(after["from"], last) - row["from"]) / dates.DAY / 30.44
        rate = parliaments.cabinet_fall_hazard(politics.government_of(row), None, Standing(), BOOK)
        lived, fallen = lived + months, fallen + rate * months
    return lived / fallen


def test_who_only_kept_the_seals_forms_no_cabinet() -> None:
    hour = dates.parse("1938-06-01")
    now = politics.polity_at(tables(), hour, BOOK).governments["FRA"]
    found = [parliaments.next_cabinet(tables()["governments"], now, hour, u / 50, BOOK) for u in range(1, 50)]
    assert "Radical, resigned" not in {row["faction"] for row in found if row is not None}
    assert "Camille Chautemps" in {row["head"] for row in found if row is not None}


def test_a_new_cabinet_is_one_of_its_time() -> None:
    hour = dates.parse("1933-10-24")
    now = politics.polity_at(tables(), hour, BOOK).governments["FRA"]
    rows = [parliaments.next_cabinet(tables()["governments"], now, hour, u, BOOK) for u in (0.01, 0.5, 0.99)]
    for row in rows:
        assert row is not None
        assert row["head"] != now.head
        assert abs(row["from"] - hour) <= BOOK.leadership.cabinet_years * DAYS_A_YEAR * dates.DAY
