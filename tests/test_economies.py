"""Economies in play among four neighbours: history's line, arms and armies' dates, squeeze and credit, collapse.

Clauses T.1 to T.9 of docs/rulebook/trade_and_arms.md. Everybody spends a tenth of 100 on arms.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.toy_politics import DESIGN, OPENING, OPERATION, POWERS, begun, hour, politics, told
from wargame import dates, economies, engine
from wargame.acts import MEANS
from wargame.books import books_of
from wargame.engine import Engine, Run
from wargame.journal import Entry
from wargame.load import scenarios
from wargame.politics import Economy, Memory
from wargame.replay import replay
from wargame.scenario import Armies, Reform, Setup
from wargame.world import Status, War, World

YEARS = range(1926, 1933)
INDUSTRY: dict[str, list[dict[str, Any]]] = {
    "economy": [
        {"power": p, "year": y, "gdp": 100, "population": 50, "steel": 5, "military_share": 0.1}
        for p in POWERS for y in YEARS
    ],
    "armaments": [{"power": p, "year": y, "tanks": 100, "guns": 400} for p in POWERS for y in YEARS],
    "leverage": [
        {"power": "GRN", "on": "RED", "credit": 0.6, "clearing": 0.4, "ore": 0.8, "oil": 0.5, "relief": 0.2},
        {"power": "YEL", "on": "RED", "credit": 0.3, "ore": 0.2, "oil": 0.5},
        {"power": "GRN", "on": "BLU", "relief": 0.5},
    ],
    "materials": [
        {"power": "RED", "dependence": 0.8, "seaborne": 0.5}, {"power": "GRN", "dependence": 0.3, "sea": 0.6},
    ],
}  # fmt: skip
ALARMED = {
    **INDUSTRY,
    "acts": [{"date": "1930-01-01", "power": "RED", "act": "aggression", "object": "YEL", "weight": 3}],
}
ARMED = {p: {"rearmament": 0.7} for p in POWERS}
"""What history's governments want; those of a run differ only by what a test has change later."""
QUIET: dict[str, tuple[str, ...]] = {"launch:": (), "go:": (), "demand:": ()}
WAR: dict[str, tuple[str, ...]] = {"launch:": ("order",), "go:": ("order",), "demand:": ()}
BOUND = {"id": "blu_grn", "kind": "defence", "parties": "BLU|GRN", "against": "RED"}
LONG = "1932-01-01"
QUARTERS = ("1930-07-01", "1930-10-01", "1931-01-01", "1931-04-01", "1931-07-01", "1931-10-01")


def world(folder: Path, **changes: Any) -> Setup:
    return politics(folder, **{"industry": INDUSTRY, "governments": ARMED, "ends": LONG, **changes})


def means(entry: Entry) -> dict[str, float]:
    return dict(zip(MEANS, entry.data["means"], strict=True))


def advanced(run: Run, power: str) -> list[dict[str, float]]:
    """What the journal says of a power's economy, in order."""
    return [means(e) for e in told(run, "economy_advanced", power=power)]


def another(power: str, day: str, **policy: float) -> dict[str, Any]:
    """A change of government that history does not know: its row is there only from that day on."""
    return {"power": power, "at": dates.parse(day), "policy": policy, "why": "by the test"}


def reshuffled(setup: Setup, *changes: dict[str, Any]) -> Setup:
    """A setup with changes of government that are no part of history."""
    politics_ = setup.scenario.politics
    assert politics_ is not None
    models = tuple(politics_.model_validate({"governments": [c]}).governments[0] for c in changes)
    update = politics_.model_copy(update={"governments": models})
    return replace(setup, scenario=setup.scenario.model_copy(update={"politics": update}))


def with_army(setup: Setup, *, raised: str = "", reform: str = "", power: str = "RED") -> Setup:
    """One division of a power that is raised on a day, or gets another establishment on a day."""
    name, row = f"{power.lower()}_1_div", setup.forces.row(f"{power.lower()}_1_div")
    forces, armies = setup.forces.copy(), Armies(peace=setup.armies.peace)
    if raised:
        forces.status[row], forces.arrives[row] = Status.PLANNED, hour(raised)
        armies = replace(armies, raised={name: hour(raised)})
    if reform:
        terms = ("infantry", 20000.0, 100.0, 50.0, 0.6)
        armies = replace(armies, reforms=(Reform(hour(reform), name, terms),))
    return replace(setup, forces=forces, armies=armies)


# --- history's line --------------------------------------------------------------------------------------------------


def test_a_run_opens_with_the_economies_of_its_day(tmp_path: Path) -> None:
    setup = world(tmp_path)
    opening = scenarios.opening_world(setup, 1).polity.economies
    assert sorted(opening) == sorted(POWERS)
    red = opening["RED"]
    assert (red.gdp, red.military_share, red.arms_points, red.hour) == (100.0, 0.1, 0.0, hour(OPENING))
    assert 0.3 < red.strain < 0.5


def test_who_does_as_in_history_keeps_to_history_s_line_and_dates(tmp_path: Path) -> None:
    setup = with_army(world(tmp_path), raised="1931-02-10", reform="1931-03-10")
    run = begun(setup, {"RED": QUIET}).run()
    for power in POWERS:
        last = advanced(run, power)[-1]
        assert last["gdp"] == 100.0
        assert last["behind"] == 0
        assert last["tanks"] == pytest.approx(100 * 1.5, rel=0.01)
    (reformed,) = told(run, "formations_reformed")
    assert reformed.hour == hour("1931-04-01T06")
    assert (reformed.data["tanks"], reformed.data["guns"]) == ((50.0,), (100.0,))
    (ready,) = told(run, "formation_ready", formation="red_1_div")
    assert ready.hour == hour("1931-02-10")


def test_economies_are_reckoned_quarter_by_quarter_and_say_what_they_rest_on(tmp_path: Path) -> None:
    run = begun(world(tmp_path), {"RED": QUIET}).run()
    days = [e.hour for e in told(run, "economy_advanced", power="RED")]
    assert days == [hour(f"{d}T06") for d in QUARTERS]
    assert all(e.data["reasons"] == () for e in told(run, "economy_advanced"))


# --- arms and the dates of armies ------------------------------------------------------------------------------------


def test_more_arms_bring_an_army_forward_and_fewer_put_it_off(tmp_path: Path) -> None:
    setup = with_army(world(tmp_path, governments={**ARMED, "RED": {"rearmament": 0.4}}), raised="1931-10-01")
    found = {}
    for name, rearmament in (("fewer", 0.1), ("as in history", 0.4), ("more", 0.9)):
        run = begun(reshuffled(setup, another("RED", "1930-04-02", rearmament=rearmament)), {"RED": QUIET}).run()
        ready = told(run, "formation_ready", formation="red_1_div")
        found[name] = ready[0].hour if ready else hour(LONG)
        behind = advanced(run, "RED")[-1]["behind"]
        assert (behind > 0, behind < 0) == (name == "fewer", name == "more")
    assert found["more"] < found["as in history"] == hour("1931-10-01") < found["fewer"]


def test_what_is_put_off_at_the_very_hour_it_falls_due_waits(tmp_path: Path) -> None:
    setup = with_army(world(tmp_path, governments={**ARMED, "RED": {"rearmament": 0.4}}), raised="1931-07-01T06")
    run = begun(reshuffled(setup, another("RED", "1930-04-02", rearmament=0.1)), {"RED": QUIET}).run()
    moved = [e for e in told(run, "economy_advanced", power="RED") if means(e)["behind"] > 0]
    assert moved[0].hour <= hour("1931-07-01T06")
    ready = told(run, "formation_ready", formation="red_1_div")
    assert not ready or ready[0].hour > hour("1931-07-02")


def test_a_new_establishment_waits_and_has_the_weapons_that_were_made(tmp_path: Path) -> None:
    setup = with_army(world(tmp_path, governments={**ARMED, "RED": {"rearmament": 0.4}}), reform="1931-08-10")
    fewer = begun(reshuffled(setup, another("RED", "1930-04-02", rearmament=0.1)), {"RED": QUIET}).run()
    more = begun(reshuffled(setup, another("RED", "1930-04-02", rearmament=0.9)), {"RED": QUIET}).run()
    (late,), (soon,) = told(fewer, "formations_reformed"), told(more, "formations_reformed")
    assert soon.hour < hour("1931-09-01T06") < late.hour
    assert late.data["tanks"][0] < 50 < soon.data["tanks"][0]
    assert late.data["tanks"][0] >= 25
    assert soon.data["tanks"][0] <= 75


def test_each_reform_comes_once_however_the_programme_runs(tmp_path: Path) -> None:
    setup = world(tmp_path, governments={**ARMED, "RED": {"rearmament": 0.4}})
    days = [hour(f"1930-{m:02d}-10") for m in range(5, 13)] + [hour(f"1931-{m:02d}-10") for m in range(1, 10)]
    terms = ("infantry", 16000.0, 48.0, 1.0, 0.5)
    reforms = tuple(Reform(h, "red_1_div", terms) for h in days)
    setup = replace(setup, armies=Armies(peace=setup.armies.peace, reforms=reforms))
    changes = [
        another("RED", f"193{y}-{m:02d}-02", rearmament=r) for y, m, r in ((0, 5, 0.1), (0, 11, 1.0), (1, 5, 0.0))
    ]
    run = begun(reshuffled(setup, *changes), {"RED": QUIET}).run()
    done = sum(len(e.data["formations"]) for e in told(run, "formations_reformed"))
    reach = hour("1931-12-01T06") - advanced(run, "RED")[-1]["behind"]
    expected = sum(h <= max(reach, 0) for h in days)
    assert len(days) // 2 < expected <= len(days)
    assert abs(done - expected) <= 1


def test_fear_arms_a_government_that_wanted_no_army(tmp_path: Path) -> None:
    setup = world(tmp_path, governments={**ARMED, "GRN": {"rearmament": 0.2}})
    calm = begun(setup, {"RED": QUIET})
    afraid = begun(setup, {"RED": QUIET})
    afraid.world.polity.alarm["GRN>RED"] = Memory(0.8, hour(OPENING))
    assert advanced(afraid.run(), "GRN")[3]["spending"] > 1.1 * advanced(calm.run(), "GRN")[3]["spending"]


# --- war and conquest ------------------------------------------------------------------------------------------------


@cache
def at_war(folder: Path) -> Run:
    setup = world(folder, plans=[(OPERATION, {**DESIGN, "claims": ["BLU_WEST", "BLU"]})])
    return begun(setup, {"RED": WAR}, {"engagement.ends": 0.0, "engagement.wins": 0.0, "revolt": 0.99}).run()


def test_conquest_pays_the_conqueror_and_the_loser_has_less(tmp_path: Path) -> None:
    run = at_war(tmp_path)
    red, before = run.world.polity.economies["RED"], scenarios.opening_world(run.setup, 1).polity.economies["RED"]
    assert red.conquered > 5.0
    assert red.disposable == pytest.approx(100.0 + red.conquered)
    assert before.conquered == 0.0
    reasons = [r for e in told(run, "economy_advanced", power="RED") for r in e.data["reasons"]]
    assert any(r.startswith("conquered lands bring") for r in reasons)


def test_a_lost_province_counts_by_its_people_and_what_friends_hold_does_not(tmp_path: Path) -> None:
    setup = world(tmp_path)
    opening = scenarios.opening_world(setup, 1)
    row, red, green = setup.atlas.number["b2"], setup.atlas.power_number["RED"], setup.atlas.power_number["GRN"]
    opening.controller[row] = red
    books = books_of(setup.tables, setup.atlas, setup.scenario.scenario, setup.rulebook)
    held = economies._held(books, opening, setup.atlas)
    assert held == {"RED": {"BLU": pytest.approx(1 / 3)}}
    assert economies._lost(held, opening, "BLU") == pytest.approx(1 / 3)
    opening.controller[row] = green
    opening.wars["w"] = War("w", ("RED",), ("BLU", "GRN"), 0, 0)
    assert economies._lost(economies._held(books, opening, setup.atlas), opening, "BLU") == 0.0


# --- squeeze and credit ----------------------------------------------------------------------------------------------


def dealt(folder: Path, answers: dict[str, tuple[str, ...]], **changes: Any) -> Run:
    """A run in which GRN, alarmed and bound, answers how it deals with its neighbours."""
    setup = world(folder, treaties=[BOUND], industry=ALARMED, **changes)
    return begun(setup, {"RED": QUIET, "GRN": answers}).run()


def test_who_withholds_strains_and_the_more_the_more(tmp_path: Path) -> None:
    rules = {"industry.withhold": -4.0}
    answers: dict[str, dict[str, tuple[str, ...]]] = {
        "none": {"embargo:": (), "restrict:": (), "arm:": ()},
        "some": {"embargo:": (), "restrict:": ("restrict",), "arm:": ()},
        "all": {"embargo:": ("embargo",), "arm:": ()},
    }
    runs = {n: dealt(tmp_path / n, a, rulebook=rules) for n, a in answers.items()}
    ends = {n: advanced(r, "RED")[-1] for n, r in runs.items()}
    assert ends["none"]["strain"] < ends["some"]["strain"] < ends["all"]["strain"]
    assert ends["none"]["arms_points"] > ends["some"]["arms_points"] > ends["all"]["arms_points"]
    assert ends["none"]["behind"] <= ends["some"]["behind"] <= ends["all"]["behind"]
    assert not told(runs["none"], "dealings_changed", about="RED")
    (changed,) = told(runs["all"], "dealings_changed", about="RED")
    assert (changed.data["power"], changed.data["value"]) == ("GRN", -1.0)
    decision = runs["all"].journal.entries[changed.because]
    assert (decision.kind, decision.data["answer"]) == ("decision", ("embargo",))
    squeezed = told(runs["all"], "economy_advanced", power="RED")[-1]
    assert squeezed.because == changed.n
    assert "withheld" in squeezed.data["reasons"][0]


def test_an_ally_that_gives_arms_has_fewer_itself(tmp_path: Path) -> None:
    given = dealt(tmp_path / "given", {"arm:": ("arm",), "embargo:": (), "restrict:": ()})
    kept = dealt(tmp_path / "kept", {"arm:": (), "embargo:": (), "restrict:": ()})
    assert told(given, "dealings_changed", about="BLU")[0].data["value"] == 1.0
    assert advanced(given, "BLU")[-1]["arms_points"] > advanced(kept, "BLU")[-1]["arms_points"]
    assert advanced(given, "GRN")[-1]["arms_points"] < advanced(kept, "GRN")[-1]["arms_points"]


def test_nobody_squeezes_without_alarm_or_a_word_to_keep(tmp_path: Path) -> None:
    run = begun(world(tmp_path), {"RED": QUIET, "GRN": {"embargo:": ("embargo",)}}).run()
    assert not told(run, "dealings_changed")


def test_an_enemy_sells_nothing(tmp_path: Path) -> None:
    setup = world(tmp_path, treaties=[BOUND])
    run = begun(setup, {"RED": WAR, "GRN": {"join:": ("join",)}}, {"engagement.ends": 1.0, "revolt": 0.99}).run()
    reasons = [r for e in told(run, "economy_advanced", power="RED") for r in e.data["reasons"]]
    assert any("is withheld" in r for r in reasons)
    assert any("imports by sea is cut off" in r for r in reasons)


# --- when it breaks --------------------------------------------------------------------------------------------------

BREAKS = {"industry.collapse": 0.01, "industry.collapse_strain": 0.5}


def broken(folder: Path, luck: dict[str, float], **changes: Any) -> Run:
    rulebook = {"industry.strain_burden": 1.4, **BREAKS}
    setup = world(folder, rulebook=rulebook, **changes)
    return begun(setup, dict.fromkeys(POWERS, QUIET), {"collapse": 1.0, **luck}).run()


def test_a_firm_government_retrenches_when_its_economy_breaks(tmp_path: Path) -> None:
    governments = {**ARMED, "RED": {"rearmament": 0.7, "grip": 0.9}}
    run = broken(tmp_path, {"collapse:RED": 0.0, "collapse_fate": 0.5}, governments=governments)
    broke = told(run, "economy_broke", power="RED")[0]
    assert broke.data["fate"] == "course"
    after = next(e for e in told(run, "government_formed", power="RED") if e.because == broke.n)
    rules = run.setup.rulebook.industry
    policy = dict(zip(("agriculture", "tempo", "repression", "purge", "comintern", "foreign", "rearmament"),
                      after.data["policy"], strict=False))  # fmt: skip
    assert policy["rearmament"] == pytest.approx(0.7 * rules.break_arms)
    assert after.data["head"] == "Head of RED"
    chain = [e.kind for e in run.journal.causes(after.n)]
    assert chain[:3] == ["government_formed", "economy_broke", "economy_advanced"]
    assert chain[-1] == "header"
    assert run.world.polity.parted["RED"] == broke.hour
    assert not [p for p in ("BLU", "GRN", "YEL") if told(run, "economy_broke", power=p)]


def test_a_regime_without_a_grip_falls_and_a_cabinet_makes_way(tmp_path: Path) -> None:
    weak = {**ARMED, "RED": {"rearmament": 0.7, "grip": 0.1}, "BLU": {"rearmament": 0.7, "grip": 0.1}}
    later = [{"power": "BLU", "head": "Another", "from": "1932-06-01"}]
    luck = {"collapse:RED": 0.0, "collapse:BLU": 0.0, "collapse_fate": 0.5}
    run = broken(tmp_path, luck, governments=weak, later=later)
    assert [told(run, "economy_broke", power=p)[0].data["fate"] for p in ("RED", "BLU")] == ["regime", "cabinet"]
    assert run.world.polity.governments["RED"].regime == "authoritarian_right"
    assert run.world.polity.governments["BLU"].head == "Another"
    flag = run.journal.entries[run.world.flags["regime_fell:RED"]]
    assert flag.because == told(run, "economy_broke", power="RED")[0].n
    assert run.world.polity.parted["RED"] == flag.hour < run.world.polity.parted.get("BLU", hour(LONG))
    assert run.world.operations["case_red"].outcome in {"regime_fell", "deterred"}


def test_a_cabinet_that_retrenches_makes_way_for_the_next_by_date(tmp_path: Path) -> None:
    governments = {**ARMED, "BLU": {"rearmament": 0.7, "grip": 0.9}}
    later = [{"power": "BLU", "head": "Another", "from": "1931-03-01", "how": "background", "rearmament": 0.7}]
    run = broken(tmp_path, {"collapse:BLU": 0.02, "collapse_fate": 0.5}, governments=governments, later=later)
    broke = told(run, "economy_broke", power="BLU")
    assert {e.data["fate"] for e in broke} == {"budget"}
    assert "BLU" not in run.world.polity.parted
    assert run.world.polity.governments["BLU"].head == "Another"


def test_a_collapse_does_not_hang_on_how_often_it_is_asked_and_more_strain_never_puts_it_off(tmp_path: Path) -> None:
    found = []
    for k, burden in enumerate((1.0, 1.2, 1.4)):
        setup = world(tmp_path / str(k), rulebook={"industry.strain_burden": burden, **BREAKS})
        run = begun(setup, dict.fromkeys(POWERS, QUIET), {"collapse": 1.0, "collapse:RED": 0.01}).run()
        broke = told(run, "economy_broke", power="RED")
        found.append(broke[0].hour if broke else hour(LONG))
    assert found == sorted(found, reverse=True)
    assert found[-1] < hour(LONG)


# --- the clock -------------------------------------------------------------------------------------------------------


def rich(folder: Path) -> Setup:
    """Squeezed, behind its programme and about to break."""
    setup = world(folder, treaties=[BOUND], industry=ALARMED, rulebook={"industry.withhold": 3.0, **BREAKS},
                  governments={**ARMED, "RED": {"rearmament": 0.4, "grip": 0.2}})  # fmt: skip
    setup = with_army(setup, raised="1931-03-15", reform="1931-01-10")
    return reshuffled(setup, another("RED", "1930-04-02", rearmament=1.0))


def test_cut_and_resumed_a_run_is_the_same(tmp_path: Path) -> None:
    setup = rich(tmp_path)
    whole = engine.run(setup, 3)
    assert told(whole, "dealings_changed")
    assert whole.world.polity.economies["RED"].behind
    for day in (1, 60, 91, 92, 200, 276, 300, 400, 500):
        first = Engine(setup, scenarios.opening_world(setup, 3))
        first.run(until=setup.scenario.scenario.opening + 24 * day)
        cut = World.from_bytes(first.world.to_bytes()).to_bytes()
        assert engine.resume(setup, cut).world.to_bytes() == whole.world.to_bytes(), f"day {day}"


def test_the_journal_alone_leads_to_the_same_economies(tmp_path: Path) -> None:
    setup = rich(tmp_path)
    run = engine.run(setup, 3, level="full")
    again = replay(run.journal, setup)
    assert again.polity.economies == run.world.polity.economies
    assert again.polity.dealings == run.world.polity.dealings
    assert np.array_equal(again.forces.arrives, run.world.forces.arrives)


# --- the real scenario -----------------------------------------------------------------------------------------------


@cache
def real() -> tuple[Setup, World, tuple[Entry, ...]]:
    """Two years of peace from 1936."""
    setup = scenarios.load("history_1936")
    game = Engine(setup, scenarios.opening_world(setup, 1))
    run = game.run(until=dates.parse("1937-12-02"))
    return setup, run.world, tuple(run.journal)


def test_as_long_as_history_goes_on_its_orders_of_battle_do() -> None:
    setup, world_, journal = real()
    late = {p: e.behind for p, e in world_.polity.economies.items() if e.behind and not e.lost}
    assert late == {}
    lines = books_of(setup.tables, setup.atlas, setup.scenario.scenario, setup.rulebook)
    for power in ("GER", "SOV", "FRA", "GBR", "POL", "CZE"):
        e = world_.polity.economies[power]
        then = lines.at(power, e.hour).arms_points - lines.at(power, lines.opening).arms_points
        assert e.arms_points == pytest.approx(then, rel=0.04), power
    done = {f for e in journal if e.kind == "formations_reformed" for f in e.data["formations"]}
    due = {r.formation for r in setup.armies.reforms if r.hour <= dates.parse("1937-12-01")}
    gone = {n for h, n in setup.armies.disbanded if h <= dates.parse("1937-12-01")}
    assert due - gone <= done | gone
    f = world_.forces
    raised = [n for n, h in setup.armies.raised.items() if h < dates.parse("1937-12-01")]
    known = {setup.atlas.power_number[p] for p in lines.lines if p in setup.atlas.power_number}
    waiting = [n for n in raised if f.status[f.row(n)] == Status.PLANNED and f.power[f.row(n)] in known]
    assert waiting == []


def test_nobody_squeezes_germany_in_history_s_first_years() -> None:
    _, world_, _ = real()
    assert world_.polity.dealings.get("GBR>GER", 0.0) == 0.0
    assert 0.3 < world_.polity.economies["GER"].strain < 0.5


def test_small_economy_numbers_are_whole_to_four_places() -> None:
    e = economies._kept(Economy("RED", 1930, 1.23456789, 2.0, 3.0, 0.1))
    assert (e.gdp, e.population) == (1.2346, 2.0)
