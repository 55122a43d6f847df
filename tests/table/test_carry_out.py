"""Every order has its effect, in a toy world of four neighbours and in Europe; what is not allowed does nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.toy_politics import politics
from wargame import dates
from wargame.engine import Engine, Run, automatic_seats
from wargame.fold import apply
from wargame.journal import Entry
from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.seats import Answer, Question, is_played
from wargame.table.carry_out import TableSeat, carry_out, run
from wargame.table.forms import FORMS, Instruction
from wargame.table.missions import MISSIONS
from wargame.table.rulings import RuledSeat
from wargame.table.turn import Brief, play
from wargame.table.written import parse, read
from wargame.view import view
from wargame.world import World

BOUND = {"id": "blu_grn", "kind": "defence", "parties": "BLU|GRN", "against": "RED"}
PACT = {"id": "blu_red", "kind": "non_aggression", "parties": "BLU|RED"}


def opened(setup: Setup, seed: int = 1) -> World:
    return Engine(setup, scenarios.opening_world(setup, seed)).world


def orders(setup: Setup, world: World, said: dict[str, str], *, allowed: bool = True) -> list[Instruction]:
    """The instructions of all seats; every line must be allowed (or only readable)."""
    found: list[Instruction] = []
    for power, text in said.items():
        number = setup.atlas.power_number.get(power, -1)
        understood, faults = (parse if allowed else read)(text, power, setup, view(world, number, [], power))
        assert not faults, faults
        found += understood
    return found


def turn(setup: Setup, world: World, said: dict[str, str], length: str = "day", *, allowed: bool = True) -> Run:
    given = orders(setup, world, said, allowed=allowed)
    return play(setup, world, Brief(length, dict.fromkeys(said, "human"), {}, tuple(given)))


def told(r: Run, kind: str, **what: Any) -> list[Entry]:
    return [e for e in r.journal.of_kind(kind) if all(e.data.get(k) == v for k, v in what.items())]


# --- Europe ----------------------------------------------------------------------------------------------------------


@cache
def europe(name: str = "history_1939") -> tuple[Setup, World]:
    setup = scenarios.load(name)
    return setup, opened(setup)


def offer(r: Run, stage: str) -> list[Entry]:
    return told(r, "offer_moved", stage=stage)


REAL: dict[str, tuple[dict[str, str], Callable[[Run], Any]]] = {
    "mobilise": ({"GBR": "mobilise for POL"}, lambda r: "mobilised:GBR" in r.world.flags
                 and told(r, "signal_sent", power="GBR", about="POL")),
    "stand down": ({"GER": "mobilise secretly", "POL": "mobilise"}, lambda r: told(r, "mobilised", covert=True)),
    "propose": ({"GER": "propose alignment with SUI"}, lambda r: offer(r, "made")[0].data["parties"] == ("GER", "SUI")
                and (offer(r, "agreed") or offer(r, "refused"))),
    "sign": ({"GBR": "sign defence with SOV", "SOV": "propose defence with GBR against GER until 1949-01-01"},
             lambda r: told(r, "treaty_signed", form="defence", against=("GER",))[0].data["ends"]
             == dates.parse("1949-01-01")),
    "denounce": ({"POL": "denounce non_aggression with GER"},
                 lambda r: told(r, "treaty_ended") and r.world.polity.standing["POL"].backdowns > 0),
    "guarantee": ({"GBR": "guarantee POL against GER"},
                  lambda r: told(r, "treaty_signed", form="guarantee", parties=("GBR", "POL"), protects=("POL",))
                  and r.world.polity.interests["GBR>POL"] > europe()[1].polity.interests.get("GBR>POL", 0.0)),
    "demand": ({"GER": "demand MEMEL from LIT"}, lambda r: "no army" in offer(r, "refused")[0].data["reasons"][0]),
    "concede": ({"LIT": "concede MEMEL to GER"}, lambda r: told(r, "zones_ceded", zones=("MEMEL",), how="settlement")),
    "grant transit": ({"POL": "grant transit to SOV"},
                      lambda r: told(r, "treaty_signed", form="transit", parties=("POL", "SOV"))),
    "policy": ({"GBR": "policy firmness up"}, lambda r: told(r, "course_turned", line="firmness")
               and r.world.polity.governments["GBR"].policy.firmness
               == pytest.approx(europe()[1].polity.governments["GBR"].policy.firmness + 0.1)),
    "restrict": ({"GBR": "restrict GER"}, lambda r: -1.0 < r.world.polity.dealings["GBR>GER"] < 0.0),
    "embargo": ({"GBR": "embargo GER"}, lambda r: r.world.polity.dealings["GBR>GER"] == -1.0),
    "arm": ({"FRA": "arm POL"}, lambda r: r.world.polity.dealings["FRA>POL"] == 1.0),
    "declare war": ({"GER": "declare war on POL"}, lambda r: told(r, "war_declared", attackers=("GER",))
                    and told(r, "operation_launched", target="POL")),
    "march into": ({"GER": "march into MEMEL", "LIT": "answer resist no"},
                   lambda r: told(r, "zones_ceded", zones=("MEMEL",), how="annexation") and not r.world.wars),
    "prepare": ({"GER": "prepare gelb"}, lambda r: told(r, "crisis_moved", operation="gelb", stage="preparing")),
    "order": ({"GER": "order memel"}, lambda r: r.world.due["operation:memel"].hour
              == r.world.polity.crises["memel"].ordered > r.world.hour),
    "plan": ({"GER": "plan Case Blue against LIT for kaunas"},
             lambda r: r.world.operations["ger_case_blue"].stage == "planned"
             and r.setup.plans[-1].operation.name == "Case Blue"),
    "axis": ({"GER": "axis weiss by ger_viii_armeekorps via rybnik, katowice"},
             lambda r: "ger_viii_armeekorps attack rybnik, katowice" in r.world.polity.drafts["weiss"].axes),
    "main effort": ({"GER": "main effort ger_i_armeekorps in weiss"},
                    lambda r: r.world.polity.drafts["weiss"].main == ("ger_i_armeekorps",)),
    "defend": ({"POL": "pol_10_dp defend sieradz"}, lambda r: r.world.orders["pol_10_dp"].text),
    "stand": ({"GER": "ger_viii_armeekorps stand"}, lambda r: r.world.orders["ger_viii_armeekorps"].text),
    "move": ({"GER": "ger_viii_armeekorps move koenigsberg"}, lambda r: _at(r, "ger_viii_armeekorps", "koenigsberg")),
    "rail": ({"GER": "rail ger_viii_armeekorps to koenigsberg"},
             lambda r: _at(r, "ger_viii_armeekorps", "koenigsberg")),
    "reserve": ({"GER": "reserve ger_viii_armeekorps at berlin"}, lambda r: _at(r, "ger_viii_armeekorps", "berlin")),
    "free": ({"GER": "free: send an envoy"}, lambda r: told(r, "decision", question="order")),
}  # fmt: skip


def _at(r: Run, hq: str, place: str) -> bool:
    f = r.world.forces
    rows = f.units_under(hq)
    return bool((f.province[rows] == r.setup.atlas.number[place]).all() and (f.arrives[rows] > r.world.hour).any())


@pytest.mark.parametrize("verb", REAL)
def test_each_verb_has_an_effect_in_europe(verb: str) -> None:
    setup, world = europe()
    said, effect = REAL[verb]
    if verb == "defend":
        own = setup.atlas.power_number["POL"]
        hq = next(setup.forces.ids[r] for r in setup.forces.land_rows(own) if setup.forces.status[r] == 1)
        said = {"POL": f"{hq} defend sieradz"}
        r = turn(setup, world, said)
        assert r.world.orders[hq].text == f"{hq} defend sieradz"
        return
    before = world.to_bytes()
    r = turn(setup, world, said)
    assert effect(r), [e.data for e in r.journal.entries][:8]
    assert world.to_bytes() == before, "the position itself is left alone"
    given = [e for e in r.journal.of_kind("decision") if e.data["question"] == "order"]
    assert given
    assert not [e for e in r.journal.of_kind("decision") if e.data["question"] == "refused"]


def test_all_verbs_are_shown_to_have_an_effect() -> None:
    elsewhere = {"refuse", "attack", "withdraw", "breakout", "base", "ship", "land", "halt", "trade"}
    elsewhere |= {"posture", "answer", "until", "if", *MISSIONS}
    shown = {*REAL, *elsewhere, "end transit", "offer peace", "accept peace"}
    assert shown == set(FORMS)


def test_an_offer_is_open_until_it_is_answered() -> None:
    setup, world = europe()
    open_ = turn(setup, world, {"SOV": "propose defence with GBR", "GBR": "free: think"})
    assert list(open_.world.polity.offers) == ["defence_gbr_sov"]
    r = turn(open_.setup, open_.world, {"GBR": "refuse defence with SOV", "SOV": "free: wait"})
    assert offer(r, "refused")[0].data["by"] == "GBR"
    assert not r.world.polity.offers
    signed = turn(open_.setup, open_.world, {"GBR": "sign defence with SOV", "SOV": "free: wait"})
    assert told(signed, "treaty_signed", form="defence")


def test_a_demand_with_an_army_behind_it_is_answered_by_chance() -> None:
    setup, world = europe()
    r = turn(setup, world, {"GER": "mobilise\ndemand MEMEL from LIT"})
    (answer,) = [*offer(r, "refused"), *offer(r, "agreed")]
    assert "holding out" in " ".join(answer.data["reasons"]) or told(r, "zones_ceded")


def test_a_player_answers_a_demand_himself() -> None:
    setup, world = europe()
    open_ = turn(setup, world, {"GER": "demand MEMEL from LIT", "LIT": "free: think"})
    assert list(open_.world.polity.offers) == ["settlement_ger_lit"]
    r = turn(open_.setup, open_.world, {"GER": "free: wait", "LIT": "concede MEMEL to GER"})
    assert offer(r, "agreed")
    assert told(r, "zones_ceded", power="GER")
    assert r.world.polity.standing["GER"].aggressions > open_.world.polity.standing["GER"].aggressions


def test_an_order_goes_off_on_its_day_unless_it_is_halted() -> None:
    setup, world = europe()
    ordered = turn(setup, world, {"GER": "order memel", "LIT": "answer resist no"})
    day = ordered.world.polity.crises["memel"].ordered
    weeks = {"GER": "", "LIT": ""}

    def on(r: Run, text: str) -> Run:
        first = play(r.setup, r.world, Brief("day", dict.fromkeys(weeks, "human"), {}, tuple(
            orders(r.setup, r.world, {"GER": text}) if text else ())))  # fmt: skip
        return play(first.setup, first.world, Brief("60 days", dict.fromkeys(weeks, "human"), {}, ()))

    going = on(ordered, "")
    launched = told(going, "crisis_moved", operation="memel", stage="launched")
    assert [e.hour for e in launched] == [day]
    halted = on(ordered, "halt memel")
    assert not told(halted, "crisis_moved", operation="memel", stage="launched")
    assert halted.world.operations["memel"].stage == "planned"


def test_a_turn_with_orders_can_be_cut_and_gone_on_with() -> None:
    """The world alone carries what was ordered: a day and six make a week."""
    setup, world = europe()
    said = {"GER": "plan Case Blue against LIT for kaunas\nmobilise\norder memel", "POL": "mobilise"}
    given = tuple(orders(setup, world, said))
    seats = dict.fromkeys(said, "human")
    whole = play(setup, world, Brief("week", seats, {}, given))
    first = play(setup, world, Brief("day", seats, {}, given))
    rest = play(first.setup, World.from_bytes(first.world.to_bytes()), Brief("6 days", seats, {}, ()))
    assert rest.world.to_bytes() == whole.world.to_bytes()
    assert rest.journal.head == whole.journal.head


def test_the_journal_alone_gives_the_world_back() -> None:
    setup, world = europe()
    r = turn(setup, world, {"GER": "plan Case Blue against LIT for kaunas\npolicy risk up\npropose alignment with SUI",
                            "GBR": "embargo GER\nguarantee POL"})  # fmt: skip
    twin = world.copy()

    for e in r.journal.entries:
        if e.kind != "day":
            twin.hour = e.hour
            apply(twin, setup.atlas, e.event(), e.n)
    assert twin.polity.plain() == r.world.polity.plain()
    assert set(twin.operations) == set(r.world.operations)


def test_a_plan_is_ordered_and_fought_with_its_axes() -> None:
    setup, world = europe()
    first = turn(setup, world, {"GER": "plan Case Blue against LIT for kaunas, siauliai"})
    text = "axis ger_case_blue by ger_viii_armeekorps via taurage, kaunas\norder ger_case_blue"
    second = turn(first.setup, first.world, {"GER": text})
    day = second.world.polity.crises["ger_case_blue"].ordered
    assert day - world.hour >= 45 * 24
    humans = {"GER": "human", "LIT": "human"}
    gone = play(second.setup, second.world, Brief("50 days", humans, {}, ()))
    assert told(gone, "operation_launched", operation="ger_case_blue")
    assert told(gone, "order_issued", order="ger_viii_armeekorps attack taurage, kaunas")
    assert gone.world.operations["ger_case_blue"].stage in {"running", "ended"}


def test_who_declares_war_on_a_power_in_a_war_joins_the_other_side() -> None:
    setup, world = europe()
    war = turn(setup, world, {"GER": "declare war on POL", "FRA": "", "GBR": ""})
    r = turn(war.setup, war.world, {"GBR": "declare war on Germany", "GER": "", "FRA": ""})
    (joined,) = told(r, "war_joined", power="GBR")
    assert joined.data["on"] == "defenders"
    assert "mobilised:GBR" in r.world.flags


def test_two_who_declare_war_at_one_time_fight_one_war() -> None:
    setup, world = europe()
    r = turn(setup, world, {"FRA": "declare war on GER", "GBR": "declare war on GER", "GER": "declare war on FRA"})
    (war,) = r.world.wars.values()
    assert {frozenset(war.attackers), frozenset(war.defenders)} == {frozenset({"FRA", "GBR"}), frozenset({"GER"})}


def test_off_the_map_a_war_is_a_matter_of_weight() -> None:
    setup, world = europe()
    war = turn(setup, world, {"GER": "declare war on POL"})
    r = turn(war.setup, war.world, {"USA": "declare war on GER"})
    assert "belligerent:USA:GER" in r.world.flags


def test_peace_is_made_by_both_speakers() -> None:
    setup, world = europe()
    everybody = dict.fromkeys(("FRA", "GBR", "SOV", "ROM", "ITA", "HUN", "SVK"), "answer intervene no")
    war = turn(setup, world, {**everybody, "GER": "declare war on POL", "POL": "mobilise"})
    r = turn(war.setup, war.world, {**everybody, "GER": "offer peace to POL", "POL": "accept peace with GER"})
    assert told(r, "hostilities_ceased")
    assert r.world.powers["POL"].standing == "at_peace"
    asked = turn(war.setup, war.world, {**everybody, "GER": "offer peace to POL"})
    (answer,) = offer(asked, "refused")
    assert answer.data["by"] == "POL"


def test_trade_goes_back_to_what_it_was_and_transit_ends() -> None:
    setup, world = europe()
    r = turn(setup, world, {"GBR": "embargo GER", "POL": "grant transit to SOV"})
    back = turn(r.setup, r.world, {"GBR": "trade with GER", "POL": "end transit to SOV"})
    assert back.world.polity.dealings["GBR>GER"] == 0.0
    assert told(back, "treaty_ended")
    sent = turn(setup, world, {"POL": "mobilise"})
    home = turn(sent.setup, sent.world, {"POL": "stand down"})
    assert "mobilised:POL" not in home.world.flags


# --- a war -----------------------------------------------------------------------------------------------------------


@cache
def weiss() -> tuple[Setup, World]:
    """The tenth day of the campaign of 1939, in a scenario without politics."""
    setup = scenarios.load("fall_weiss_1939")
    engine = Engine(setup, scenarios.opening_world(setup, 7))
    engine.run(dates.parse("1939-09-10"))
    engine.world.hour = dates.parse("1939-09-10")
    return setup, World.from_bytes(engine.world.to_bytes())


def test_headquarters_obey_in_a_war() -> None:
    setup, world = weiss()
    given = {"GER": "ger_viii_armeekorps attack lwow\nger_x_armeekorps stand\nreserve ger_iv_armeekorps at wroclaw",
             "POL": "pol_armia_modlin withdraw lublin"}  # fmt: skip
    given["GER"] = given["GER"].replace("wroclaw", "breslau")
    r = turn(setup, world, given, "3 days")
    issued = {e.data["order"] for e in r.journal.of_kind("order_issued")}
    assert {"ger_viii_armeekorps attack lwow", "ger_x_armeekorps stand", "ger_iv_armeekorps move breslau",
            "pol_armia_modlin withdraw lublin"} <= issued  # fmt: skip
    f, atlas = r.world.forces, setup.atlas
    rows = f.units_under("ger_viii_armeekorps")
    before = world.forces.province[rows]
    km = atlas.distance_to((atlas.number["lwow"],))
    assert km[f.province[rows]].mean() < km[before].mean()
    still = f.units_under("ger_x_armeekorps")
    assert np.isin(f.goal[still], [*f.province[still].tolist(), -1]).mean() > 0.5


def test_a_fleet_changes_its_base_and_a_landing_is_ordered() -> None:
    setup, world = weiss()
    r = turn(setup, world, {"GER": "base ger_luftflotte_4 at oppeln"})
    row = r.world.forces.row("ger_luftflotte_4")
    assert setup.atlas.ids[r.world.forces.province[row]] == "oppeln"
    with pytest.raises(AssertionError, match="no politics"):
        turn(setup, world, {"GER": "land at gdynia"})


def test_politics_are_refused_where_none_are_played() -> None:
    setup, world = weiss()
    _, faults = parse("mobilise\npropose defence with SOV\nplan X against POL for lwow", "GER", setup, world)
    assert [f.why for f in faults] == ["not allowed now"] * 3
    assert all("no politics" in f.reason for f in faults)


def test_a_pocket_breaks_out_when_told() -> None:
    setup, world = weiss()
    f = world.forces
    cut_off = [f.ids[r] for r in f.land_rows(setup.atlas.power_number["POL"]) if f.cut_off_days[r] > 0 and f.men[r] > 0]
    assert cut_off, "the Poznan army is surrounded by then"
    r = turn(setup, world, {"POL": f"{cut_off[0]} breakout warszawa"})
    assert told(r, "order_issued", order=f"{cut_off[0]} breakout warszawa")


def test_a_landing_and_ships_in_a_war_with_politics() -> None:
    setup, world = europe()
    war = turn(setup, world, {"GBR": "declare war on GER", "FRA": "", "POL": ""}, "week")
    r = turn(war.setup, war.world, {"GBR": "land at Emden"}, "day", allowed=False)
    drawn = [d for d in r.world.polity.drafts.values() if d.power == "GBR" and d.by_sea]
    assert drawn
    assert told(r, "operation_launched", operation=drawn[-1].operation)


def test_ships_carry_a_corps_to_a_friend_s_coast() -> None:
    setup, world = europe()
    war = turn(setup, world, {"GBR": "mobilise\ndeclare war on GER", "FRA": "mobilise\ndeclare war on GER"}, "week")
    f, hq = war.world.forces, "gbr_southern_cmd"
    r = turn(war.setup, war.world, {"GBR": f"ship {hq} to cherbourg", "FRA": "free: wait"}, "60 days")
    assert told(r, "order_issued", order=f"{hq} move cherbourg")
    sailed = [e.data["formation"] for e in told(r, "embarked", carrier="GBR")]
    own = {f.ids[row] for row in f.units_under(hq)}
    assert own & set(sailed), sailed


# --- answers ---------------------------------------------------------------------------------------------------------


class Staff:
    """A staff that says so when it is asked."""

    name = "automatic"

    def answer(self, question: Question, view: World) -> Answer:
        return Answer(question.options[:1], ("staff",))


def seat(setup: Setup, world: World, power: str, text: str) -> TableSeat:
    return TableSeat(orders(setup, world, {power: text}), Staff(), setup)


def asked(kind: str, subject: str, *options: str, id_: str = "", power: str = "POL") -> Question:
    return Question(id_ or f"{kind}:{subject}", power, kind, subject, options, 0)


def test_an_answer_given_beforehand_is_given_and_all_else_is_the_staff_s() -> None:
    setup, world = europe()
    s = seat(setup, world, "FRA", "answer intervene about POL yes\nanswer intervene about ROM no")
    assert s.answer(asked("intervene", "weiss", "join", id_="join:weiss:FRA"), world).reasons == ("by standing order",)
    assert s.answer(asked("intervene", "bessarabia", "join", id_="join:bessarabia:FRA"), world).choice == ()
    assert s.answer(asked("sign", "entente", "go on"), world).reasons == ("staff",)


def test_the_latest_answer_counts_and_an_old_one_runs_out() -> None:
    setup, world = europe()
    s = seat(setup, world, "POL", "answer withdraw no\nanswer withdraw yes\nuntil 1939-03-20 answer withdraw no")
    q = asked("line_lost", "pol_armia_lodz", "pol_armia_lodz withdraw warszawa")
    assert s.answer(q, world).choice == ()
    later = world.copy()
    later.hour = dates.parse("1939-03-20")
    assert s.answer(q, later).choice == q.options


def test_a_posture_answers_for_its_headquarters() -> None:
    setup, world = europe()
    hq = next(i for i in setup.forces.ids if i.startswith("pol_") and i.endswith("_dp"))
    s = seat(setup, world, "POL", f"posture all offensive\nposture {hq} hold")
    assert s.answer(asked("counter_stroke", hq, "x attack y"), world).choice == ()
    assert s.answer(asked("line_lost", hq, "x withdraw y"), world).choice == ()
    assert s.answer(asked("counter_stroke", "pol_other", "x attack y"), world).choice == ("x attack y",)


def test_a_silent_seat_begins_no_war_but_goes_on_with_what_was_ordered() -> None:
    setup, world = europe()
    s = seat(setup, world, "GER", "free: wait")
    assert s.answer(asked("launch", "weiss", "order", id_="launch:weiss:1939"), world).choice == ()
    assert s.answer(asked("launch", "weiss", "demand", id_="demand:weiss:1939"), world).choice == ()
    assert s.answer(asked("launch", "weiss", "order", id_="go:weiss:1939-09-01"), world).choice == ("order",)


def test_a_silent_seat_gives_nothing_away() -> None:
    setup, world = europe()
    s = seat(setup, world, "GBR", "free: wait")
    assert s.answer(asked("transit", "SOV", "let through"), world).choice == ()
    assert s.answer(asked("crisis", "gruen", "settle", "mobilise"), world).choice == ()
    assert s.answer(asked("crisis", "gruen", "mobilise"), world).choice == ("mobilise",)
    told = seat(setup, world, "GBR", "answer crisis settle\nanswer transit about SOV yes")
    assert told.answer(asked("crisis", "gruen", "mobilise", "settle"), world).choice == ("settle",)
    assert told.answer(asked("transit", "SOV", "let through"), world).choice == ("let through",)


def test_cut_off_no_means_to_stand() -> None:
    setup, world = europe()
    s = seat(setup, world, "POL", "answer breakout no")
    q = asked("cut_off", "pol_x", "pol_x breakout warszawa", "pol_x stand")
    assert s.answer(q, world).choice == ("pol_x stand",)


def test_a_seat_that_the_umpire_has_ruled_on_is_still_a_player_s() -> None:
    setup, world = europe()
    ruled = RuledSeat(seat(setup, world, "GBR", "free: wait"), ())
    assert is_played(ruled)
    assert not is_played(Staff())
    assert not is_played(RuledSeat(Staff(), ()))


def test_a_crisis_is_answered_with_a_word() -> None:
    setup, world = europe()
    s = seat(setup, world, "GBR", "answer crisis about POL mobilise")
    q = asked("crisis", "weiss", "mobilise", "settle", id_="crisis:weiss:1939:GBR", power="GBR")
    assert s.answer(q, world).choice == ("mobilise",)
    assert s.answer(asked("crisis", "greek_war", "mobilise"), world).reasons == ("staff",)


# --- conditions ------------------------------------------------------------------------------------------------------


def test_a_condition_is_seen_in_the_morning_and_carried_out_once() -> None:
    setup, world = europe()
    said = {"GER": "free: wait", "POL": "if date 1939-03-18 then mobilise\nif holds GER praha then policy firmness up"}
    given = tuple(orders(setup, world, said))
    r = play(setup, world, Brief("week", dict.fromkeys(said, "human"), {}, given))
    (called,) = told(r, "mobilised", power="POL")
    assert dates.instant(called.hour) == "1939-03-18T05"
    assert len(told(r, "course_turned", power="POL")) == 1
    again = play(r.setup, r.world, Brief("30 days", dict.fromkeys(said, "human"), {}, given))
    assert not told(again, "mobilised", power="POL")
    assert not told(again, "course_turned", power="POL")
    decided = r.journal[called.because]
    assert (decided.kind, r.journal[decided.because].kind) == ("decision", "flag_raised")


def test_without_conditions_a_run_is_an_ordinary_run() -> None:
    setup, world = europe()
    one, two = (Engine(setup, world.copy(), seats=automatic_seats(setup)) for _ in range(2))
    until = world.hour + 10 * dates.DAY
    assert run(one, until, ()).journal.head == two.run(until).journal.head


def test_what_is_not_allowed_any_more_is_recorded_and_does_nothing() -> None:
    setup, world = europe()
    given = orders(setup, world, {"GER": "halt weiss\nconcede WARSZAWA to SOV"}, allowed=False)
    engine = Engine(setup, world.copy())
    for i in given:
        engine.interject(world.hour, lambda house, clerk, i=i: carry_out(house, clerk, i))
    refused = [e for e in engine.journal.of_kind("decision") if e.data["question"] == "refused"]
    assert [e.data["seat"] for e in refused] == ["umpire", "umpire"]
    assert "neither ordered nor prepared" in refused[0].data["reasons"][0]
    assert engine.world.polity.plain() == world.polity.plain()


# --- the toy world ---------------------------------------------------------------------------------------------------

TOY: dict[str, tuple[dict[str, str], Callable[[Run], Any]]] = {
    "mobilise": ({"RED": "mobilise"}, lambda r: "mobilised:RED" in r.world.flags),
    "propose": ({"RED": "propose defence with YEL", "YEL": "sign defence with Redland"},
                lambda r: told(r, "treaty_signed", form="defence")),
    "denounce": ({"BLU": "denounce defence with GRN"}, lambda r: told(r, "treaty_ended", treaty="blu_grn")),
    "guarantee": ({"YEL": "guarantee BLU"}, lambda r: told(r, "treaty_signed", form="guarantee")),
    "concede": ({"BLU": "concede BLU_WEST to RED"}, lambda r: told(r, "zones_ceded", zones=("BLU_WEST",))),
    "grant transit": ({"GRN": "grant transit to RED"}, lambda r: told(r, "treaty_signed", form="transit")),
    "march into": ({"RED": "march into BLU_WEST", "BLU": "answer resist no"},
                   lambda r: told(r, "zones_ceded", zones=("BLU_WEST",)) and not r.world.wars),
    "resisted": ({"RED": "march into BLU_WEST", "BLU": "answer resist yes"}, lambda r: told(r, "war_declared")),
    "declare war": ({"RED": "declare war on BLU"}, lambda r: told(r, "war_declared")),
    "prepare": ({"RED": "prepare case_red"}, lambda r: r.world.polity.crises["case_red"].stage == "preparing"),
    "order": ({"RED": "order Case Red"}, lambda r: r.world.polity.crises["case_red"].stage == "ordered"),
    "plan": ({"RED": "plan Green Case against GRN for g1"}, lambda r: "red_green_case" in r.world.polity.drafts),
    "rail": ({"RED": "rail red_1_army to r1"}, lambda r: told(r, "formations_regrouped", power="RED")),
    "policy": ({"RED": "policy risk down"}, lambda r: told(r, "course_turned", line="risk", value=0.1)),
}  # fmt: skip


@pytest.mark.parametrize("name", TOY)
def test_each_verb_has_an_effect_in_the_toy_world(name: str, tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND, PACT])
    said, effect = TOY[name]
    r = turn(setup, opened(setup), said)
    assert effect(r), [e.data for e in r.journal.entries][:12]


def test_a_war_of_the_toy_world_from_order_to_peace(tmp_path: Path) -> None:
    """Two players: one orders, the other holds and is attacked; then both have had enough."""
    setup = politics(tmp_path)
    humans = {"RED": "human", "BLU": "human"}
    r = turn(setup, opened(setup), {"RED": "order case_red", "BLU": "mobilise\nposture all hold"}, "week")
    assert r.world.wars, "five days of warning are over"
    r = play(r.setup, r.world, Brief("week", humans, {}, ()))
    assert told(r, "engagement_began") or told(r, "province_taken")
    r = turn(r.setup, r.world, {"RED": "offer peace to BLU", "BLU": "accept peace with RED"}, "week")
    assert told(r, "hostilities_ceased")
    assert {r.world.powers[p].standing for p in humans} == {"at_peace"}
