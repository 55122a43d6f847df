"""What holds in every war on every map: drawn toy wars, played for some days with drawn luck."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.campaign import campaign, clerk_of, house_of
from tests.rules.plays import weigh
from tests.rules.toyworld import POWERS, WAR, Told, Toy, build, seen
from wargame import adjudicate, dates, engine
from wargame.dice import Dice
from wargame.load import scenarios
from wargame.sides import Sides
from wargame.world import STATE_COLUMNS, Status, World

KINDS = ("infantry", "armoured", "cavalry", "mountain", "motorised", "fortress")
GROUND = ("open", "forest, road 2", "hills, road 1", "marsh", "urban, people 400", "mountains, road 3")
MOST_DAYS = 8
Case = dict[str, Any]


@st.composite
def wars(draw: st.DrawFn) -> Case:
    """Three to six provinces in a chain with some cross roads, two to seven formations, orders, bases, weather, sky."""
    names = "abcdef"[: draw(st.integers(3, 6))]
    cut = draw(st.integers(1, len(names) - 1))
    pairs = list(itertools.pairwise(names)) + draw(
        st.lists(st.sampled_from(list(zip(names, names[2:], strict=False))), unique=True)
    )
    kilometres = draw(st.lists(st.integers(40, 1700), min_size=len(pairs), max_size=len(pairs), unique=True))
    rivers = draw(
        st.lists(st.sampled_from(["", " river minor", " river major"]), min_size=len(pairs), max_size=len(pairs))
    )
    roads = [
        f"{a}-{b} {km / 10} front {10 + km % 50}{r}" for (a, b), km, r in zip(pairs, kilometres, rivers, strict=True)
    ]
    return {
        "roads": roads, "RED": " ".join(names[:cut]), "BLU": " ".join(names[cut:]),
        "ground": {p: draw(st.sampled_from(GROUND)) for p in names}, "bases": {"RED": names[0], "BLU": names[-1]},
        "formations": [*draw(forces("red", names[:cut], names)), *draw(forces("blu", names[cut:], names))],
        "weather": draw(st.sampled_from(["clear", "rain", "mud"])), "air": draw(st.sampled_from([0.0, 0.5, -0.3])),
        "forts": draw(st.sampled_from([[], [f"{names[cut]} round 0.4"]])),
        "flags": draw(st.sampled_from([[], [], ["evade:BLU:RED"]])),
        "rules": {"encirclement.pocket_men": 500, "encirclement.occupation_days": 2},
    }  # fmt: skip


@st.composite
def forces(draw: st.DrawFn, power: str, home: str, everywhere: str) -> list[str]:
    """One to four formations of a power, somewhere at home, with some posture, goal and state."""
    lines = []
    for k in range(draw(st.integers(1, 4))):
        goal = draw(st.sampled_from(everywhere))
        orders = draw(
            st.sampled_from([f"attack {goal}", f"attack {goal}", f"hold {goal}", "stand", f"breakout {goal}"])
        )
        kind, where = draw(st.sampled_from(KINDS)), draw(st.sampled_from(home))
        men, tanks = draw(st.integers(3000, 40000)), draw(st.integers(0, 300))
        state = draw(st.sampled_from(["", ", supply 0.3", ", fatigue 0.5", ", shaken_days 2", ", quality 0.7"]))
        lines.append(f"{power}_{k}: {kind}, {men} men, at {where}, {orders}, tanks {tanks}, guns 50{state}")
    return lines


def people(toy: Toy) -> np.ndarray:
    f = toy.world.forces
    return f.men + f.killed + f.wounded + f.captured + f.missing


@settings(max_examples=60)
@given(wars(), st.integers(0, 10**6))
def test_nothing_is_lost_nothing_is_negative_and_no_two_hold_one_place(case: Case, seed: int) -> None:
    toy = build(case, Dice(seed))
    toy.war = toy.world.wars[WAR.id]
    house, clerk = house_of(toy), clerk_of(toy)
    before, f = people(toy), toy.world.forces
    guns, tanks = f.guns + f.guns_lost, f.tanks + f.tanks_lost
    for _ in range(MOST_DAYS):
        goes_on = adjudicate.campaign_day(house, clerk, WAR.id)
        f = toy.world.forces
        assert (people(toy) == before).all(), "men in = alive + killed + wounded + captured + missing"
        np.testing.assert_allclose(f.guns + f.guns_lost, guns)
        np.testing.assert_allclose(f.tanks + f.tanks_lost, tanks)
        for name in STATE_COLUMNS:
            if name not in {"heading", "goal"}:
                assert (getattr(f, name) >= 0).all(), f"{name} is negative"
        for name in ("supply", "fatigue", "entrenchment", "readiness"):
            assert (getattr(f, name) <= 1).all(), f"{name} is above 1"
        assert (f.men == np.floor(f.men)).all(), "men are whole"
        gone = np.isin(f.status, (Status.SURRENDERED, Status.DESTROYED, Status.INTERNED))
        assert (f.men[gone] == 0).all(), "who has left the field has no men in it"
        assert (f.men[~gone] > 0).all(), "who is in the field has men"
        sides = toy.sides()
        assert (sides.province >= 0).all(), "every province has one controller, a power at war"
        foes = sides.in_field & (sides.province[f.province] == 1 - sides.formation)
        assert not foes.any(), f"{[f.ids[r] for r in np.flatnonzero(foes)]} stand among the enemy"
        assert set(toy.world.engagements) <= set(np.flatnonzero(toy.world.contacts > 0).tolist())
        if not goes_on:
            break
        toy.world.hour += dates.DAY


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A case with provinces renamed, word by word."""
    if isinstance(value, dict):
        return {names.get(k, k): renamed(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [renamed(v, names) for v in value]
    if isinstance(value, str):
        words = [
            ",".join("-".join(names.get(p, p) for p in part.split("-")) for part in word.split(","))
            for word in value.split()
        ]
        return " ".join(words)
    return value


def state(toy: Toy, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Forces and control by name; provinces by another name if given."""
    names = names or {}
    found = {k: names.get(v, v) if isinstance(v, str) else v for k, v in seen(toy).items() if "captured_entry" not in k}
    return {".".join(names.get(w, w) for w in k.split(".")): v for k, v in found.items()}


def assert_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    assert one.keys() == other.keys()
    wrong = {
        k: (v, other[k])
        for k, v in one.items()
        if (v != other[k] if isinstance(v, str) else not np.isclose(v, other[k], rtol=1e-6, atol=1.0))
    }
    assert not wrong


@settings(max_examples=30)
@given(wars(), st.integers(1, 9))
def test_a_mirrored_map_gives_a_mirrored_war(case: Case, die: int) -> None:
    told = {"engagement.ends": die / 10, "engagement.wins": die / 10, "surrender": die / 10}
    letters = "abcdef"[: len(case["ground"])]
    mirror = dict(zip(letters, reversed(letters), strict=True))
    plain, _ = campaign(case, MOST_DAYS, Told(1, told=told))
    turned, _ = campaign(renamed(case, mirror), MOST_DAYS, Told(1, told=told))
    assert_same(state(plain), state(turned, mirror))


@settings(max_examples=30)
@given(wars(), st.integers(1, 9))
def test_it_does_not_matter_which_coalition_is_called_the_attackers(case: Case, die: int) -> None:
    told = {"engagement.ends": die / 10, "engagement.wins": die / 10, "surrender": die / 10}
    case["rules"]["termination.remnant_men"] = 0.0  # a war that both have lost is lost by the defenders
    plain, _ = campaign(case, MOST_DAYS, Told(1, told=told))
    toy = build(case | {"air": -case["air"]}, Told(1, told=told))
    war = toy.world.wars[WAR.id]
    toy.world.wars[WAR.id] = toy.war = replace(war, attackers=war.defenders, defenders=war.attackers)
    house, clerk = house_of(toy), clerk_of(toy)
    for _ in range(MOST_DAYS):
        if not adjudicate.campaign_day(house, clerk, WAR.id):
            break
        toy.world.hour += dates.DAY
    swapped = state(toy)
    swapped["air"] = -swapped["air"]
    assert_same(state(plain), swapped)


@settings(max_examples=30)
@given(wars(), st.randoms(use_true_random=False), st.integers(0, 10**6))
def test_the_order_of_the_list_of_formations_does_not_matter(case: Case, random: Any, seed: int) -> None:
    shuffled = list(case["formations"])
    random.shuffle(shuffled)
    plain, _ = campaign(case, MOST_DAYS, Dice(seed))
    other, _ = campaign(case | {"formations": shuffled}, MOST_DAYS, Dice(seed))
    assert_same(state(plain), state(other))


@settings(max_examples=60)
@given(wars(), st.integers(2, 4))
def test_more_of_the_same_attackers_never_lower_the_odds(case: Case, times: int) -> None:
    first, target = case["RED"].split()[-1], case["BLU"].split()[0]
    blue = [
        line.replace("blu_0: ", "blu_0: ").split(", at ")[0] for line in case["formations"] if line.startswith("blu")
    ]
    defenders = [f"{line}, at {target}" for line in blue]
    red = [line.split(", at ")[0] for line in case["formations"] if line.startswith("red")]
    attackers = [f"{line}, at {first}, assails {target}, tanks 30" for line in red]
    copies = [a.replace("red_", f"red_{k}", 1) for k in range(times) for a in attackers]
    once = weigh(build(case | {"formations": [*attackers, *defenders]}), {})
    more = weigh(build(case | {"formations": [*copies, *defenders]}), {})
    assert more["odds"] >= once["odds"] - 1e-12
    assert more["men attacker"] >= once["men attacker"]


@settings(max_examples=40)
@given(wars())
def test_better_supply_quality_and_sky_never_lower_the_odds(case: Case) -> None:
    first, target = case["RED"].split()[-1], case["BLU"].split()[0]
    head = [f"blu_1: infantry, 9000 men, at {target}"]
    plain = f"red_1: infantry, 9000 men, at {first}, assails {target}"
    odds = [
        weigh(build(case | {"air": sky, "formations": [f"{plain}{extra}", *head]}), {})["odds"]
        for extra, sky in (
            (", supply 0.5, quality 0.4", 0.0),
            (", supply 0.8, quality 0.4", 0.0),
            (", quality 0.6", 0.0),
            (", quality 0.6", 0.5),
        )
    ]
    assert odds == sorted(odds)


def test_neutrals_stay_out_of_it() -> None:
    case = {
        "roads": ["a-b 40", "b-c 40", "a-n 20", "n-c 20"], "RED": "a", "BLU": "b c", "GRN": "n",
        "bases": {"RED": "a", "BLU": "c"},
        "formations": [
            "red_1: armoured, 30000 men, at a, attack c, tanks 300", "blu_1: infantry, 9000 men, at b, hold b",
            "grn_1: infantry, 100 men, at n",
        ],
    }  # fmt: skip
    toy, _ = campaign(case, MOST_DAYS, Dice(3))
    found = seen(toy)
    assert (found["n.controller"], found["grn_1.men"], found["grn_1.province"]) == ("GRN", 100, "n")
    assert toy.world.controller[toy.atlas.number["b"]] == POWERS.index("RED"), "else this test shows nothing"


def test_a_whole_campaign_on_the_real_map_keeps_the_same_order() -> None:
    """Every evening of a run foes do not stand side by side, but for garrisons shut up in foreign land at the start."""
    setup = scenarios.load("fall_weiss_1939")
    opening = scenarios.opening_world(setup, 2)
    abroad = opening.controller[opening.forces.province] != opening.forces.power
    wrong: list[str] = []

    def watch(world: World) -> None:
        if world.hour % dates.DAY != engine.FIELD or not world.wars:
            return
        f, sides = world.forces, Sides(setup.atlas, world, next(iter(world.wars.values())))
        among = sides.in_field & (sides.province[f.province] == 1 - sides.formation)
        wrong.extend(
            f"{dates.iso(world.hour)} {f.ids[r]} in {setup.atlas.ids[f.province[r]]}"
            for r in np.flatnonzero(among & ~abroad)
        )
        for name in ("supply", "fatigue", "entrenchment", "readiness"):
            assert ((getattr(f, name) >= 0) & (getattr(f, name) <= 1)).all(), name
        assert (f.men >= 0).all()

    engine.run(setup, 2, watch=watch)
    assert wrong == []
