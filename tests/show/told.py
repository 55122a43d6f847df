"""Runs that the tests of diary, explanation and report read: the real campaign, and a small war written by hand.

The small war's journal is recorded event by event, so that no tuning of the rules changes it.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.toy_files import toy_setup
from wargame import dates, engine
from wargame.events import (
    AirFought,
    ArmyBroken,
    Decision,
    EngagementBegan,
    EngagementEnded,
    Event,
    FormationsSurrendered,
    HostilitiesCeased,
    OperationEnded,
    OperationLaunched,
    OrderIssued,
    PocketFormed,
    ProvinceTaken,
    WarDeclared,
    WeatherTurned,
)  # fmt: skip
from wargame.journal import Journal
from wargame.load import scenarios
from wargame.replay import replay


@functools.cache
def weiss() -> Any:
    """Fall Weiss, seed 7, with daily columns."""
    return engine.run(scenarios.load("fall_weiss_1939"), 7, level="full")


@functools.cache
def small_war() -> Any:
    """Red against Blue on five provinces, entry by entry."""
    with tempfile.TemporaryDirectory() as folder:
        setup = toy_setup(Path(folder), 5, red_columns=2, climate=True)
    journal = Journal()
    journal.begin(dates.parse("1930-05-01"), _header(setup))
    for hour, event in _events():
        journal.record(dates.parse(hour), event)
    return SimpleNamespace(setup=setup, journal=journal, world=replay(journal, setup), seed=1)


def _header(setup: Any) -> dict[str, Any]:
    return {
        "scenario": "toy", "title": "Red against Blue", "overlays": [], "edition": "standard", "seed": 1,
        "version": "0", "data": "0" * 32, "map": "toy",
    }  # fmt: skip


def _fight(
    province: str, because: int, *, men: tuple[int, int] = (32_000, 15_000), odds: float = 0.8
) -> EngagementBegan:
    return EngagementBegan(
        province=province, side=0, contact=1, attackers=("red_1_div", "red_2_div", "red_3_div"),
        defenders=("blu_1_div",), attacking_men=men[0], defending_men=men[1], advantage=1.5, odds=odds,
        luck_attacker=0.0, luck_defender=0.0, because=because,
        reasons=("force ratio +0.76", "air +0.42", "river -0.30"),
    )  # fmt: skip


def _ended(province: str, result: str, because: int, days: int, **more: Any) -> EngagementEnded:
    return EngagementEnded(
        province=province, side=0, result=result, days=days, attackers=("red_1_div", "red_2_div", "red_3_div"),
        defenders=("blu_1_div",), attacker_killed_wounded=940, defender_killed_wounded=1720, because=because, **more,
    )  # fmt: skip


def _taken(province: str, by: str) -> ProvinceTaken:
    return ProvinceTaken(province=province, power="RED", previous="BLU", how="entered", by=by, because=4)


def _events() -> list[tuple[str, Event]]:
    lost = "100% of the line and 12% of the men are lost"
    return [
        ("1930-05-02T04", WarDeclared(war="toy_war", attackers=("RED",), defenders=("BLU",))),  # 1
        ("1930-05-02T04", OrderIssued(power="BLU", order="blu_1_army defend p03", because=1)),
        ("1930-05-02T04", OperationLaunched(operation="red_attack", power="RED", target="BLU", because=1)),
        ("1930-05-02T04", OrderIssued(power="RED", order="red_1_army attack p03, p04, p05", because=3)),  # 4
        ("1930-05-02T18", WeatherTurned(weather=("clear",))),
        ("1930-05-02T18", AirFought(superiority=0.7, attacker_lost=3.0, defender_lost=8.0, because=1)),
        ("1930-05-02T18", _fight("p03", 4)),  # 7
        ("1930-05-03T18", _ended("p03", "broken", 7, 2, captured=1204, retreat_to="p04")),
        ("1930-05-04T18", _taken("p03", "red_2_div")),
        ("1930-05-04T21", Decision(power="BLU", seat="automatic", question="line_lost:blu_1_army",
                                   answer=("blu_1_army withdraw p04",), reasons=(lost,), because=9)),  # 10
        ("1930-05-04T21", OrderIssued(power="BLU", order="blu_1_army withdraw p04", because=10)),
        ("1930-05-05T18", WeatherTurned(weather=("rain",))),
        ("1930-05-05T18", _fight("p04", 4, men=(30_100, 12_400))),  # 13
        ("1930-05-06T18", _ended("p04", "repulsed", 13, 2)),
        ("1930-05-09T18", _fight("p04", 4, men=(28_700, 11_900))),  # 15
        ("1930-05-09T18", _ended("p04", "broken", 15, 1, captured=310, retreat_to="p05")),
        ("1930-05-10T18", _taken("p04", "red_1_div")),
        ("1930-05-10T18", PocketFormed(province="p05", provinces=("p05",), formations=("blu_1_div", "blu_2_div"),
                                       men=24_300, power="BLU", because=17)),  # 18
        ("1930-05-10T18", ArmyBroken(operation="red_attack", power="BLU", share_lost=0.93, men_left=2000, because=18)),
        ("1930-05-12T18", FormationsSurrendered(province="p05", power="BLU", to="RED", men=24_100, because=18,
                                                formations=("blu_1_div", "blu_2_div"))),  # 20
        ("1930-05-12T18", _taken("p05", "red_3_div")),
        ("1930-05-12T18", HostilitiesCeased(war="toy_war", because=20)),
        ("1930-05-12T18", OperationEnded(operation="red_attack", outcome="launched_succeeded",
                                         reasons=("1 of 1 objectives held", "day 10 of 30"), because=19)),  # 23
    ]  # fmt: skip
