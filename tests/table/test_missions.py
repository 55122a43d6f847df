"""Missions in the air and at sea: checked as the world stands, told to the umpire with the rules' own figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.table.test_carry_out import europe, told, turn, weiss
from wargame.conditions import at_war as fights_with
from wargame.engine import Run
from wargame.rules.leverage import cut_off
from wargame.scenario import Setup
from wargame.table.game import Game
from wargame.table.legal import forbidden, house_of
from wargame.table.missions import drivers, left, outcomes
from wargame.table.turn import Brief, play
from wargame.table.written import parse, read
from wargame.umpiring import faults
from wargame.world import World


def refused(power: str, line: str) -> tuple[str, tuple[str, ...]]:
    setup, world = weiss()
    understood, found = parse(line, power, setup, world)
    assert not understood, understood
    assert [f.why for f in found] == ["not allowed now"]
    return found[0].reason, tuple(found[0].suggestions)


@cache
def at_war() -> tuple[Setup, World]:
    """Britain at war with Germany in 1939, with the fleets of both."""
    setup, world = europe()
    r = turn(setup, world, {"GBR": "declare war on GER", "FRA": "", "POL": ""}, "week")
    return r.setup, r.world


@pytest.mark.parametrize(
    ("power", "line", "says"),
    [
        ("GBR", "blockade Germany", "blockade GER"),
        ("GER", "u-boats against Great Britain", "raid GBR"),
        ("GBR", "lay mines off Emden, Wilhelmshaven", "mine off emden, wilhelmshaven"),
        ("GBR", "mine off portsmouth", "mine off portsmouth"),
        ("GBR", "bombard Emden from the sea", ""),
        ("GBR", "shell Emden", "shell emden"),
    ],
)
def test_a_mission_at_sea_is_read_and_comes_with_what_the_rules_know(power: str, line: str, says: str) -> None:
    setup, world = at_war()
    understood, found = read(line, power, setup, world)
    if not says:
        assert found
        return
    assert [str(i) for i in understood] == [says]
    house = house_of(setup, world)
    assert forbidden(house, world, understood[0]) is None
    known = drivers(house, world, understood[0])
    assert f"{power} has {round(house.navies.tons(power, world.hour)):,} thousand tons of warships" in known[0]
    assert all(sentence.endswith(".") for sentence in known)
    assert len(known) >= (1 if says.startswith("raid") else 2)


def test_a_blockade_is_told_what_the_rules_keep_away_already() -> None:
    setup, world = at_war()
    (order,), _ = read("blockade GER", "GBR", setup, world)
    foes = [p for p in setup.armies.fleets if p in {"GBR", "FRA", "POL"}]
    share = cut_off(setup.tables["materials"], [p for p in foes if fights_with(world, p, "GER")])
    assert share > 0
    assert f"By the rules {round(100 * share)} per cent" in drivers(house_of(setup, world), world, order)[1]


@pytest.mark.parametrize(
    "line",
    [
        "Air raid on Kutno and Lodz with Luftflotte 4",
        "bomb Kutno and Łódź by Luftflotte 4",
        "bomb kutno and lodz using ger_luftflotte_4",
    ],
)
def test_two_targets_joined_by_and_are_two_targets(line: str) -> None:
    setup, world = weiss()
    (order,), faults = parse(line, "GER", setup, world)
    assert (str(order), faults) == ("bomb kutno, lodz with ger_luftflotte_4", [])


def test_what_is_said_of_an_air_raid_is_true() -> None:
    setup, world = weiss()
    (order,), _ = parse("air raid on Warsaw with Luftflotte 4", "GER", setup, world)
    assert str(order) == "bomb warszawa with ger_luftflotte_4"
    house, f, atlas = house_of(setup, world), world.forces, setup.atlas
    row, place = f.row("ger_luftflotte_4"), atlas.number["warszawa"]
    said = " ".join(drivers(house, world, order))
    assert f"{round(float(f.aircraft[row])):,} aircraft at {atlas.names[int(f.province[row])]}" in said
    assert f"warszawa is {round(float(atlas.crow_km(place)[f.province[row]])):,} km off" in said
    there = f.land_rows(atlas.power_number["POL"])
    there = there[(f.province[there] == place) & (f.men[there] > 0) & (f.arrives[there] <= world.hour)]
    assert f"stand {round(float(f.men[there].sum())):,} men of the enemy" in said
    nothing, worse = outcomes(house, world, order, "nothing comes of it")
    assert nothing.means == ()
    supply = float(np.average(f.supply[there], weights=f.men[there]))
    assert worse.means == (f"supply POL@warszawa {round(100 * supply * left('bomb'))}%",)
    assert faults(setup, world, worse.means) == []


@pytest.mark.parametrize(
    ("power", "line", "reason", "remedy"),
    [
        ("GER", "bomb warszawa with ger_viii_armeekorps", "no air fleet", "bomb warszawa with ger_luftflotte_1"),
        ("GER", "bomb berlin with ger_luftflotte_4", "not in the hands of an enemy", ""),
        ("GER", "bomb paris with ger_luftflotte_4", "act of war", "declare war on FRA"),
        ("POL", "bomb koeln with pol_brygada_bombowa", "km from the base", "base pol_brygada_bombowa at PLACE"),
        ("GER", "blockade POL", "plays no fleets", "free: blockade POL"),
    ],
)
def test_a_mission_that_cannot_be_is_sent_back(power: str, line: str, reason: str, remedy: str) -> None:
    told_, suggestions = refused(power, line)
    assert reason in told_
    assert remedy in suggestions or not remedy


@pytest.mark.parametrize(
    ("power", "line", "reason"),
    [
        ("GBR", "blockade SWE", "at peace with SWE"),
        ("GBR", "raid GBR", "your own power"),
        ("GBR", "shell muenchen", "has no coast"),
        ("GBR", "shell kobenhavn", "not in the hands of an enemy"),
        ("SUI", "blockade GER", "no warships"),
    ],
)
def test_a_mission_at_sea_that_cannot_be_is_sent_back(power: str, line: str, reason: str) -> None:
    setup, world = at_war()
    understood, faults_ = read(line, power, setup, world)
    assert not faults_, faults_
    found = forbidden(house_of(setup, world), world, understood[0])
    assert found is not None
    assert reason in found.reason


def test_by_itself_a_mission_changes_nothing_and_the_umpire_rules_on_it(tmp_path: Path) -> None:
    path = tmp_path / "weiss.game"
    with Game.create(path, "fall_weiss_1939", seats=["GER"], seed=7) as game:
        game.set_turn("3 days")
        game.commit()
        game.set_turn("day")
        quiet = game.play().world.forces.supply.copy()
        accepted, rejected = game.submit("GER", "bomb warszawa with ger_luftflotte_1")
        assert (len(accepted), rejected) == (1, [])
        assert game.play().world.forces.supply.tolist() == quiet.tolist()
        game.propose()
        (matter,) = [p for p in game.proposed() if p["id"].startswith("order:GER")]
        assert matter["rule"] == "nothing comes of it"
        assert "Germany orders: bomb warszawa with ger_luftflotte_1" in matter["about"]
        line = next(o["means"][0] for o in matter["outcomes"] if o["means"])
        assert any(line in d for d in matter["drivers"])
        game.set_style("order", "free")
        ruling = game.decide(matter["id"], "move", outcome="3", reason="the raid found the depots")
        assert list(ruling.effects) == [line]
        assert game.play().world.forces.supply.tolist() != quiet.tolist()  # that day; it recovers by the rules


# --- trade -----------------------------------------------------------------------------------------------------------


def dealing(r: Run) -> float:
    return r.world.polity.dealings.get("GBR>GER", 0.0)


def test_trade_that_a_player_has_ordered_holds_over_the_quarters() -> None:
    setup, world = europe()
    humans = {"GBR": "human"}
    r = turn(setup, world, {"GBR": "embargo GER"}, "day")
    assert dealing(r) == -1.0
    later = play(r.setup, r.world, Brief("200 days", humans))
    assert dealing(later) == -1.0
    forgot = r.world.copy()
    del forgot.flags["dealt:GBR:GER"]
    assert dealing(play(r.setup, forgot, Brief("200 days", humans))) != -1.0, "his staff would have thought otherwise"


def test_credit_is_refused_by_the_measure_of_the_rulebook() -> None:
    setup, world = europe()
    r = turn(setup, world, {"GBR": "refuse credit to Germany"}, "day")
    assert dealing(r) == -setup.rulebook.industry.restricted
    assert told(r, "dealings_changed", power="GBR", about="GER")
