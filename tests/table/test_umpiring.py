"""What an umpire may decide: its written form, what is wrong with a line, and what it does in a turn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.toy_files import opening
from tests.toy_politics import politics
from wargame import dates
from wargame.engine import Engine, Run, automatic_seats
from wargame.errors import UsageError
from wargame.journal import Entry
from wargame.load.scenarios import opening_world
from wargame.replay import replay
from wargame.scenario import Setup
from wargame.show.retell import Retelling
from wargame.table.rulings import enter, own
from wargame.umpiring import CONDITIONS, OUTCOMES, STANDINGS, VERBS, die, faults, options, parse, share
from wargame.world import World

FIGHTING = dates.parse("1930-05-04T00")  # of the toy war: two days old


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> tuple[Setup, World]:
    """RED attacks BLU along six provinces, on the third morning."""
    setup, world = opening(tmp_path_factory.mktemp("toy"), 6, blu_divisions=4)
    Engine(setup, world).run(FIGHTING)
    world.hour = FIGHTING
    return setup, world


def played(setup: Setup, world: World, lines: Sequence[str], hour: int = 0, days: int = 4) -> Run:
    """A few days from a position with one ruling."""
    ruling = own(setup, world, lines, id="1", reason="for a test", hour=hour)
    twin, seats = enter(setup, world, automatic_seats(setup), [ruling])
    return Engine(setup, twin, seats=seats, level="full").run(world.hour + days * 24)


def caused(run: Run) -> list[Entry]:
    """The entries whose cause is the ruling."""
    (made,) = run.journal.of_kind("ruling_made")
    return [e for e in run.journal if e.because == made.n]


# --- the written form ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["control p03 RED", "losses blu_1_div 30% captured 200 guns 4", "treaty defence RED GRN against BLU as pact",
     "answer launch:case_red:3 order", "die engagement.wins p03 1024 d100=37"],
)  # fmt: skip
def test_a_line_reads_back_as_it_is_written(line: str) -> None:
    assert str(parse(line)) == line
    assert str(parse("  " + line.replace(" ", "   ") + " ")) == line


@pytest.mark.parametrize(
    ("line", "said"),
    [("contrl p03 RED", "did you mean 'control'"), ("", "write one of: control"),
     ("control p03", "control PLACE POWER"),
     ("cease", "cease WAR")],
)  # fmt: skip
def test_a_line_that_cannot_be_read_says_how_it_is_written(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(line)


def test_options_of_an_answer() -> None:
    assert options(parse("answer talks:x go on | let through")) == ("go on", "let through")
    assert options(parse("answer launch:x -")) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.37", 0.37), ("37%", 0.37), ("d100=37", 0.365), ("d6=1", 1 / 12), ("1d6=6", 11 / 12), ("2d6=2", 0.5 / 36),
     ("2d6=9", 28 / 36), ("3d6=10", (81 + 27 / 2) / 216)],
)  # fmt: skip
def test_dice_stand_for_the_middle_of_their_chance(text: str, value: float) -> None:
    assert die(text) == pytest.approx(value, abs=1e-12)


@given(st.integers(1, 6), st.integers(2, 20), st.data())
def test_a_higher_total_stands_for_a_higher_draw(number: int, faces: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(number, number * faces))
    value = die(f"{number}d{faces}={total}")
    assert 0.0 < value < 1.0
    assert total == number or die(f"{number}d{faces}={total - 1}") < value
    mirrored = die(f"{number}d{faces}={number * (faces + 1) - total}")
    assert value + mirrored == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("text", ["d6=7", "2d6=1", "0d6=0", "d1=1", "11d6=20", "0", "1", "1.5", "-1", "nan", "six", ""])
def test_what_no_dice_can_show_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        die(text)


@pytest.mark.parametrize("text", ["nan", "inf", "101%", "-0.1", "x", "%", ""])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no share"):
        share(text)


# --- what is wrong with it -------------------------------------------------------------------------------------------

WRONG = {
    "control p99 RED": "no province 'p99'",
    "control p03 RAD": "no power in play 'RAD'",
    "losses blu_9_div 10%": "did you mean 'blu_",
    "losses BLU 999999": "it cannot lose 999999",
    "losses BLU ten": "no number of men",
    "losses BLU 10 horses 3": "'horses' cannot be lost",
    "losses BLU 10 guns": "how many guns?",
    "losses RED@p06 10": "no troops in the field",
    "return BLU most": "no number of men",
    "supply BLU 140%": "is no share",
    "move red_1_div p05": "give control of it first",
    "surrender blu_1_div at RED": "write: surrender blu_1_div to RED",
    "standing BLU sulking": "no standing 'sulking'",
    "government RED Bob": "no government of 'RED'",
    "treaty defence RED RED": "needs two parties",
    "treaty friendship RED BLU": "no kind of treaty 'friendship'",
    "treaty defence RED BLU until tomorrow": "is no date",
    "treaty defence RED BLU for ever": "no power",
    "end pact": "no treaty in force 'pact'",
    "war RED BLU": "at war already",
    "war RED RED": "one power",
    "join RED toy_war attackers": "is in the war 'toy_war' already",
    "cease red_war": "no war that goes on 'red_war'",
    "cede LIBAU RED": "no zone 'LIBAU'",
    "outcome red_attack won": "no outcome 'won'",
    "flag two words": "flag NAME",
    "flag <b>": "no name of a fact",
    "answer launch:x@soon order": "after @ comes a date",
    "die engagement.wins p03 first 37%": "no number of a die",
    "die engagement.wins p03 1024 d6=8": "d6 does not show 8",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_fault_names_the_thing_and_the_remedy(war: tuple[Setup, World], line: str) -> None:
    (found,) = faults(*war, [line])
    assert WRONG[line] in found


def test_all_faults_of_a_ruling_come_at_once(war: tuple[Setup, World]) -> None:
    assert len(faults(*war, list(WRONG))) == len(WRONG)
    with pytest.raises(UsageError, match=r"p99.*RAD"):
        own(*war, ["control p99 RED", "control p03 RAD"], id="1", reason="x")


def test_troops_may_be_put_where_an_earlier_line_gives_control(war: tuple[Setup, World]) -> None:
    assert faults(*war, ["control p05 RED", "move red_1_div p05"]) == []


# --- what it does ----------------------------------------------------------------------------------------------------


def mine(run: Run, power: str) -> Any:
    return run.world.forces.power == run.setup.atlas.power_number[power]


@pytest.mark.parametrize(
    ("line", "kind"),
    [("control p05 RED", "province_taken"), ("losses BLU 10%", "formations_worn"),
     ("supply blu_1_army 20%", "condition_set"),
     ("readiness BLU 0.5", "condition_set"), ("fatigue RED 90%", "condition_set"),
     ("entrenchment BLU 1", "condition_set"), ("move blu_1_div p06", "formations_placed"),
     ("surrender blu_1_div to RED", "formations_surrendered"), ("disperse blu_2_div", "formation_dispersed"),
     ("standing BLU capitulated", "standing_changed"), ("outcome red_attack moot", "operation_ended"),
     ("flag rain", "flag_raised"), ("cease toy_war", "hostilities_ceased"), ("cede BLU RED", "zones_ceded"),
     ("die engagement.wins p03 2048 37%", "die_typed"), ("treaty alignment RED BLU as pact", "treaty_signed")],
)  # fmt: skip
def test_what_follows_has_the_ruling_as_its_cause(war: tuple[Setup, World], line: str, kind: str) -> None:
    run = played(*war, [line])
    (made,) = run.journal.of_kind("ruling_made")
    assert made.data["effects"] == (line,)
    assert made.data["reason"] == "for a test"
    assert kind in [e.kind for e in caused(run)]


def test_every_verb_is_tried() -> None:
    tried = {"answer", "return", "end", "war", "join", "government"}  # below, and in the tests of rulings
    lines = test_what_follows_has_the_ruling_as_its_cause.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {line.split()[0] for line, _ in lines} | tried == set(VERBS)


@pytest.mark.parametrize("hour", [0, FIGHTING + 30])
@pytest.mark.parametrize(
    "lines",
    [["control p05 RED", "losses BLU 400 captured 10% guns 3"], ["cease toy_war"], ["surrender BLU to RED"],
     ["die engagement.wins p03 2048 d100=2", "supply RED 10%"], ["control p02 BLU", "move RED p01"]],
)  # fmt: skip
def test_the_journal_alone_tells_what_a_ruling_did(war: tuple[Setup, World], lines: list[str], hour: int) -> None:
    """Play and replay agree to the byte; so does a turn that is saved with the ruling pending, and resumed."""
    setup, world = war
    fresh = opening_world(setup, world.seed)
    ruling = own(setup, world, lines, id="1", reason="for a test", hour=hour)
    engine = Engine(setup, fresh, level="full")
    engine.run(FIGHTING)
    past = engine.journal
    twin, seats = enter(setup, fresh, automatic_seats(setup), [ruling])
    saved = twin.to_bytes()
    run = Engine(setup, twin, seats=seats, level="full").run(FIGHTING + 96)
    again = Engine(setup, World.from_bytes(saved), level="full").run(FIGHTING + 96)
    assert again.journal.head == run.journal.head
    past.entries += run.journal.entries
    past.days |= run.journal.days
    past.length, past.head = run.journal.length, run.journal.head
    told = replay(past, setup)
    for column in ("men", "province", "status", "supply", "guns", "captured"):
        assert np.array_equal(getattr(told.forces, column), getattr(run.world.forces, column)), column
    assert np.array_equal(told.controller, run.world.controller)
    assert told.typed == run.world.typed


def test_a_place_held_by_ruling_drives_the_enemy_out(war: tuple[Setup, World]) -> None:
    setup, world = war
    place = next(p for p in ("p03", "p04") if (world.forces.province == setup.atlas.number[p]).any())
    run = played(setup, world, [f"control {place} RED"], days=1)
    p, atlas = setup.atlas.number[place], setup.atlas
    told = next(e for e in run.journal.of_kind("province_taken") if e.data["how"] == "ruled")
    assert (told.data["province"], told.data["power"], told.data["previous"]) == (place, "RED", "BLU")
    for e in run.journal.of_kind("formations_placed"):
        assert {atlas.number[q] for q in e.data["provinces"]} <= set(atlas.neighbours[p].tolist())
    assert not ((run.world.forces.province == p) & mine(run, "BLU") & (run.world.forces.men > 0)).any()


def test_who_has_nowhere_to_go_lays_down_his_arms(war: tuple[Setup, World]) -> None:
    setup, world = war
    lines = [f"control {p} RED" for p in ("p06", "p05", "p04", "p03")]
    run = played(setup, world, lines, days=1)
    gone = [e for e in caused(run) if e.kind == "formations_surrendered"]
    assert sum(e.data["men"] for e in gone) > 0
    assert all(e.data["to"] == "RED" for e in gone)


def test_control_of_what_one_holds_changes_nothing(war: tuple[Setup, World]) -> None:
    assert [e.kind for e in caused(played(*war, ["control p06 BLU"]))] == []


def test_losses_are_shared_out_to_the_last_man(war: tuple[Setup, World]) -> None:
    setup, world = war
    run = played(setup, world, ["losses BLU 1001 captured 77 guns 5"], days=1)
    (e,) = (e for e in caused(run) if e.kind == "formations_worn")
    assert sum(e.data["killed"]) + sum(e.data["wounded"]) == 1001
    assert sum(e.data["captured"]) == 77
    assert sum(e.data["guns"]) == 5
    share_killed = setup.rulebook.attrition.killed_share
    assert sum(e.data["killed"]) == pytest.approx(1001 * share_killed, abs=len(e.data["formations"]))


def test_men_who_come_back_are_no_longer_counted_as_fallen(war: tuple[Setup, World]) -> None:
    setup, world = war
    f, blu = world.forces, world.forces.power == setup.atlas.power_number["BLU"]
    fallen = float((f.killed + f.wounded)[blu].sum())
    assert fallen > 10
    run = played(setup, world, [f"return BLU {int(fallen)}"], days=0)
    back = own(setup, world, [f"return BLU {int(fallen)}"], id="1", reason="x")
    engine = Engine(setup, enter(setup, world, {}, [back])[0])
    engine.run(FIGHTING + 1)
    after = engine.world.forces
    assert float((after.killed + after.wounded)[blu].sum()) == fallen - int(fallen)
    assert after.men[blu].sum() == f.men[blu].sum() + int(fallen)
    assert run.journal.length == world.journal_length  # nothing is put before its hour


def test_a_war_may_begin_and_end_by_ruling(tmp_path: Path) -> None:
    setup = politics(tmp_path, plans=())
    world = opening_world(setup, 1)
    run = played(setup, world, ["war RED YEL", "treaty defence GRN BLU as pact"], days=20)
    (declared,) = (e for e in caused(run) if e.kind == "war_declared")
    war = declared.data["war"]
    assert {f"front:{war}", "government:RED", "government:YEL"} <= run.world.due.keys()
    assert {e.data["power"] for e in run.journal.of_kind("order_issued")} >= {"RED", "YEL"}
    assert "pact" in run.world.polity.treaties
    later = run.world
    later.hour = world.hour + 20 * 24
    ended = own(setup, later, [f"join GRN {war} defenders", f"cease {war}", "end pact"], id="2", reason="enough")
    twin, seats = enter(setup, later, automatic_seats(setup), [ended])
    peace = Engine(setup, twin, seats=seats, level="full").run(later.hour + 20 * 24)
    assert {"war_joined", "hostilities_ceased", "treaty_ended"} <= {e.kind for e in peace.journal}
    assert not {f"front:{war}", "government:RED", "government:YEL"} & peace.world.due.keys()
    assert {peace.world.powers[p].standing for p in ("RED", "YEL", "GRN")} == {"at_peace"}


@pytest.mark.parametrize(
    ("head", "regime", "rearmament"), [("Another Man", "fascist", 0.9), ("Nobody Knows", "democracy", 0.5)]
)
def test_a_head_of_government_takes_office(tmp_path: Path, head: str, regime: str, rearmament: float) -> None:
    """One in the tables comes with his own course, any other goes on with that of his predecessor."""
    row = {"power": "YEL", "head": "Another Man", "regime": "fascist", "rearmament": 0.9, "from": "1931-01-10"}
    now = {"YEL": {"regime": "democracy", "rearmament": 0.5}}
    setup = politics(tmp_path, plans=(), governments=now, later=[row | {"how": "background"}])
    run = played(setup, opening_world(setup, 1), [f"government YEL {head}"], days=3)
    formed = run.world.polity.governments["YEL"]
    assert (formed.head, formed.regime, formed.policy.rearmament) == (head, regime, rearmament)
    assert [e.kind for e in caused(run)] == ["government_formed"]


PLACES, POWERS = [f"p{n:02d}" for n in range(1, 7)], ["RED", "BLU", "GRN"]
WHO = st.one_of(
    st.sampled_from(["red_1_army", "blu_1_army", "red_1_div", "blu_2_div", *POWERS]),
    st.builds("{}@{}".format, st.sampled_from(POWERS), st.sampled_from(PLACES)),
)
AMOUNT = st.sampled_from(["0", "1", "500", "99999", "0%", "10%", "100%"])
LINES = st.one_of(
    st.builds("control {} {}".format, st.sampled_from(PLACES), st.sampled_from(POWERS)),
    st.builds("losses {} {} captured {}".format, WHO, AMOUNT, AMOUNT),
    st.builds("return {} {}".format, WHO, st.sampled_from(["0", "7", "99999"])),
    st.builds("{} {} {}".format, st.sampled_from(CONDITIONS), WHO, st.sampled_from(["0", "1", "30%"])),
    st.builds("move {} {}".format, WHO, st.sampled_from(PLACES)),
    st.builds("surrender {} to {}".format, WHO, st.sampled_from(POWERS)),
    st.builds("disperse {}".format, WHO),
    st.builds("standing {} {}".format, st.sampled_from(POWERS), st.sampled_from(STANDINGS)),
    st.builds("cede {} {}".format, st.sampled_from(["RED", "BLU"]), st.sampled_from(POWERS)),
    st.builds("outcome red_attack {}".format, st.sampled_from(OUTCOMES)),
    st.builds("die engagement.wins {} {} d6=1".format, st.sampled_from(PLACES), st.sampled_from([1024, 1025, 2048])),
    st.sampled_from(["cease toy_war", "war BLU RED", "join GRN toy_war defenders", "flag x"]),
)


@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from([0, FIGHTING + 18, FIGHTING + 50]))
@settings(max_examples=60, deadline=None)
def test_whatever_passes_the_check_can_be_played(war: tuple[Setup, World], lines: list[str], hour: int) -> None:
    """No ruling that is accepted stops a turn, makes men or arms out of nothing, or leaves fewer than none."""
    setup, world = war
    fit = [line for line in lines if not faults(setup, world, [line])]
    assume(fit and not faults(setup, world, fit))
    run = played(setup, world, fit, hour=hour, days=6)
    f, before = run.world.forces, world.forces
    for column in ("men", "guns", "tanks", "killed", "wounded", "captured", "missing"):
        assert (getattr(f, column) >= 0.0).all()
    for power in range(len(setup.atlas.powers)):
        rows = f.power == power
        ever = [
            float((x.men + x.killed + x.wounded + x.captured + x.missing - x.replaced)[rows].sum()) for x in (before, f)
        ]
        assert ever[0] == ever[1]
    World.from_bytes(run.world.to_bytes())
    for e in run.journal:
        assert Retelling(setup).describe(e).endswith(".")
