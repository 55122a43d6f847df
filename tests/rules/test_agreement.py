"""Two ways that must agree: chance by formula and by many throws, all at once and one by one, fast and slow."""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.rules.campaign import campaign
from tests.rules.plays import assailants
from tests.rules.test_properties import MOST_DAYS, Case, wars
from tests.rules.toyworld import Toy, build
from wargame import dates
from wargame.dice import Dice
from wargame.house import BULK
from wargame.rulebook import Rulebook
from wargame.rules import combat, encirclement, supply
from wargame.sides import Sides

SEEDS = 400
ASSAULT: Case = {
    "roads": ["a-b 100 front 10", "b-c 100"], "RED": "a", "BLU": "b c", "bases": {"RED": "a", "BLU": "c"},
    "formations": ["red_1: infantry, 18000 men, at a, assails b", "blu_1: infantry, 12000 men, at b, quality 0.55"],
    "rules": {"attrition.ceiling_percent": 0.0},
}  # fmt: skip


def fought_out(seed: int) -> tuple[str, int, float, float]:
    """Result and days of one bloodless engagement under a seed's luck, with its odds and daily chance of an end."""
    toy = build(ASSAULT, Dice(seed))
    none = np.zeros(0, dtype=np.int64)
    while True:
        sides = toy.sides()
        table = combat.gather(sides, assailants(toy), toy.rulebook, 0.0)
        toy.put(*combat.begin(sides, table, toy.dice, toy.rulebook))
        outcome = combat.fight(sides, table, toy.dice, toy.rulebook, none, none)
        if outcome.ended:
            return (
                outcome.ended[0].result,
                outcome.ended[0].days,
                float(table.odds[0]),
                daily_chance(table, toy.rulebook),
            )
        toy.world.hour += dates.DAY


def daily_chance(table: combat.Assaults, book: Rulebook) -> float:
    size = math.sqrt(float(table.men_attacker[0] * table.men_defender[0])) / 10_000
    return book.combat.break_off_per_day * size**book.combat.break_off_size


@pytest.fixture(scope="module")
def engagements() -> list[tuple[str, int, float, float]]:
    return [fought_out(seed) for seed in range(SEEDS)]


def test_the_odds_are_how_often_an_assault_prevails(engagements: list[tuple[str, int, float, float]]) -> None:
    """Within three standard errors of that many throws."""
    odds = engagements[0][2]
    share = sum(result == "broken" for result, *_ in engagements) / SEEDS
    assert abs(share - odds) < 3 * math.sqrt(odds * (1 - odds) / SEEDS)


def test_engagements_last_as_long_as_their_daily_chance_of_an_end_says(
    engagements: list[tuple[str, int, float, float]],
) -> None:
    """The mean of a geometric wait is one over the chance; within three standard errors."""
    chance = engagements[0][3]
    mean = sum(days for _, days, *_ in engagements) / SEEDS
    assert abs(mean - 1 / chance) < 3 * math.sqrt((1 - chance) / chance**2 / SEEDS)


def test_luck_has_the_edition_s_spread_and_correlation() -> None:
    toy = build(ASSAULT)
    a = toy.rulebook.attrition
    drawn = []
    for seed in range(SEEDS):
        toy.dice = Dice(seed)
        sides = toy.sides()
        begun = combat.begin(sides, combat.gather(sides, assailants(toy), toy.rulebook, 0.0), toy.dice, toy.rulebook)[0]
        drawn.append((begun.luck_attacker, begun.luck_defender))
    attacker, defender = np.array(drawn).T
    wanted = (
        math.hypot(a.engagement_sd_attacker, a.operation_sd_attacker),
        math.hypot(a.engagement_sd_defender, a.operation_sd_defender),
    )
    for values, sd in zip((attacker, defender), wanted, strict=True):
        assert abs(values.mean()) < 3 * sd / math.sqrt(SEEDS)
        assert abs(values.std() / sd - 1) < 3 / math.sqrt(2 * SEEDS)
    assert abs(np.corrcoef(attacker, defender)[0, 1] - a.correlation) < 3 / math.sqrt(SEEDS)


def test_surrender_comes_as_often_as_its_chance_says() -> None:
    case = {
        "roads": ["a-b 100", "b-c 100", "c-d 100"], "RED": "b", "BLU": "a c d", "bases": {"BLU": "c d", "RED": "b"},
        "formations": ["red_1: infantry, 9000 men, at b", "blu_1: infantry, 8000 men, at a, supply 0.3"],
    }  # fmt: skip
    toy = build(case)
    sides = toy.sides()
    held = supply.bases_held(sides.land, toy.bases, toy.rulebook)
    found = encirclement.pockets(sides, supply.fed(sides.land, held))
    e = toy.rulebook.encirclement
    chance = e.surrender_per_day * 0.7**e.supply_exponent
    share = sum(bool(encirclement.surrenders(sides, found, Dice(seed), toy.rulebook)) for seed in range(SEEDS)) / SEEDS
    assert abs(share - chance) < 3 * math.sqrt(chance * (1 - chance) / SEEDS)


COLUMNS = (
    *("front_km", "men_attacker", "men_defender", "engaged_attacker", "engaged_defender"),
    *("tank_ratio", "force_ratio", "rugged", "advantage", "odds"),
)


@settings(max_examples=40)
@given(wars())
def test_many_assaults_at_once_are_many_assaults_one_by_one(case: Case) -> None:
    toy, _ = campaign(case, MOST_DAYS // 2, Dice(5))
    sides = toy.sides()
    rows = assailants(toy)
    together = combat.gather(sides, rows, toy.rulebook, 1.0)
    for k, p in enumerate(together.province.tolist()):
        alone = combat.gather(sides, rows[toy.world.forces.heading[rows] == p], toy.rulebook, 1.0)
        assert len(alone) == 1
        for column in COLUMNS:
            assert float(getattr(alone, column)[0]) == float(getattr(together, column)[k]), column
        assert {n: float(t[0]) for n, t in alone.terms.items()} == {n: float(t[k]) for n, t in together.terms.items()}


def slow_effort(toy: Toy, sides: Sides, side: int, held: list[int]) -> dict[int, float]:
    """Effort from the nearest base, by a queue and a loop over borders."""
    rail = {frozenset((r.a, r.b)): r.km for r in toy.atlas.rail}
    b, best, queue = toy.atlas.borders, dict.fromkeys(held, 0.0), [(0.0, p) for p in held]
    arcs: dict[int, list[tuple[int, float]]] = {}
    for x, y, km in zip(b.a.tolist(), b.b.tolist(), b.distance_km.tolist(), strict=True):
        line = rail.get(frozenset((x, y)), math.inf) * toy.rulebook.rail.rail_cost
        for one, other in ((x, y), (y, x)):
            arcs.setdefault(one, []).append((other, min(km, line)))
    while queue:
        effort, p = heapq.heappop(queue)
        for q, km in arcs[p] if effort <= best[p] else ():
            if sides.province[p] == sides.province[q] == side and effort + km < best.get(q, math.inf):
                best[q] = effort + km
                heapq.heappush(queue, (effort + km, q))
    return best


@settings(max_examples=60)
@given(wars())
def test_fast_supply_is_slow_supply(case: Case) -> None:
    railed = [road if "c" in road else f"{road} rail 24" for road in case["roads"]]
    toy = build(case | {"roads": railed})
    sides = toy.sides()
    held = supply.bases_held(sides.land, toy.bases, toy.rulebook)
    effort = supply.distances(sides, held, toy.rulebook)
    for side in (0, 1):
        slow, fast = slow_effort(toy, sides, side, held[side]), np.where(sides.province == side, effort, np.inf)
        assert fast.tolist() == pytest.approx([slow.get(p, math.inf) for p in range(len(toy.atlas))])


@settings(max_examples=20)
@given(wars())
def test_the_journal_misses_no_change_of_forces_or_provinces(case: Case) -> None:
    toy, clerk = campaign(case, MOST_DAYS, Dice(3))
    clerk.close()
    assert [name for name, column in BULK.items() if (clerk.recorded[name] != column(toy.world)).any()] == []


@settings(max_examples=20)
@given(wars())
def test_a_campaign_played_again_is_the_same_to_the_last_entry(case: Case) -> None:
    def heads() -> list[Any]:
        return [clerk.journal.head for _, clerk in [campaign(case, MOST_DAYS, Dice(11))]]

    assert heads() == heads()
