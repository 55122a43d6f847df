"""Rulings: who may rule what, the rules' answer beside it, the same journal each time the turn is played with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.toy_files import opening
from tests.toy_politics import politics
from wargame import dates
from wargame.engine import Engine, Run, automatic_seats
from wargame.errors import UsageError
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup
from wargame.seats import IllegalAnswerError
from wargame.show.diary import diary
from wargame.show.explain import explain
from wargame.show.retell import Retelling
from wargame.show.timeline import timeline
from wargame.study.rollouts import roll_out
from wargame.table.matters import Outcome, Proposal
from wargame.table.proposals import proposals
from wargame.table.rulings import ALLOWED, STYLES, Ruling, argued, enter, own, read, rule
from wargame.table.spoken import spoken
from wargame.verdict import verdict
from wargame.world import World

OPENING = dates.parse("1930-05-05T00")
UNTIL = OPENING + 7 * 24
Turn = tuple[Setup, World, Run, list[Proposal]]


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Turn:
    """A week of a toy war, as the rules play it, with proposals from 16 roll-outs."""
    setup, world = opening(tmp_path_factory.mktemp("toy"), 6, blu_divisions=4)
    Engine(setup, world).run(OPENING)
    world.hour = OPENING
    run = Engine(setup, world.copy(), level="full").run(UNTIL)
    return setup, world, run, proposals(setup, world, run, list(roll_out(setup, world, UNTIL, range(1, 17))))


def played(setup: Setup, world: World, rulings: Sequence[Ruling], until: int = UNTIL) -> Run:
    twin, seats = enter(setup, world, automatic_seats(setup), rulings)
    return Engine(setup, twin, seats=seats, level="full").run(until)


def contested(turn: Turn) -> Proposal:
    """The place most fought for."""
    return next(p for p in turn[3] if p.domain == "battle")


def ruled(turn: Turn, kind: Any, **how: Any) -> Ruling:
    setup, world, _, _ = turn
    given: dict[str, Any] = {"id": "1", "reason": "as we agreed", "style": "free"}
    return rule(setup, world, contested(turn), kind, **given | how)


def other(p: Proposal) -> str:
    """Number of the first outcome that the rules did not come to."""
    return str(next(n for n, o in enumerate(p.outcomes, start=1) if o.text != p.rule))


# --- playing again ---------------------------------------------------------------------------------------------------


def test_an_accepted_proposal_leaves_the_journal_as_it_was(turn: Turn) -> None:
    setup, world, run, _ = turn
    again = played(setup, world, [ruled(turn, "accept")])
    assert list(again.journal.lines()) == list(run.journal.lines())
    assert again.journal.companion() == run.journal.companion()


KINDS: dict[str, dict[str, Any]] = {
    "move": {}, "replace": {"effects": ["control p06 RED", "losses BLU 10%"]},
    "table_result": {"effects": ["losses RED 700 captured 30", "losses BLU 1200", "control p03 BLU"]},
    "dice": {"roll": "d100=97"},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_rulings_of_each_kind_replay_to_the_same_journal(turn: Turn, kind: str) -> None:
    setup, world, run, _ = turn
    how = KINDS[kind] or {"outcome": other(contested(turn))}
    ruling = ruled(turn, kind, **how)
    first = played(setup, world, [ruling])
    again = played(setup, World.from_bytes(world.to_bytes()), [read(json.loads(json.dumps(ruling.plain())))])
    assert list(first.journal.lines()) == list(again.journal.lines())
    assert first.world.to_bytes() == again.world.to_bytes()
    assert first.journal.head != run.journal.head
    (made,) = first.journal.of_kind("ruling_made")
    assert made.data["how"] == kind
    assert any(e.because == made.n for e in first.journal)


def test_a_ruling_moves_the_turn_to_the_outcome_it_names(turn: Turn) -> None:
    setup, world, _, found = turn
    moved = 0
    for p in (p for p in found if p.domain == "battle"):
        place = p.id.removeprefix("battle:")
        for n, outcome in enumerate(p.outcomes, start=1):
            if outcome.means:
                ruling = rule(setup, world, p, "move", id="1", outcome=str(n), reason="so it was")
                holder = played(setup, world, [ruling]).world.controller[setup.atlas.number[place]]
                assert outcome.text.startswith(setup.atlas.power_names[setup.atlas.powers[int(holder)]])
                moved += 1
    assert moved


def test_a_number_is_moved_to_the_man(turn: Turn) -> None:
    setup, world, run, found = turn
    p = next(p for p in found if p.id == "losses:BLU")
    ruling = rule(setup, world, p, "move", id="1", outcome="3", reason="the reports were too rosy")
    verb, who, number = ruling.effects[0].split()
    f, g = run.world.forces, played(setup, world, [ruling], p.outcomes[2].hour + 1).world.forces
    mine = f.power == setup.atlas.power_number["BLU"]
    before, after = (float((x.killed + x.wounded)[mine].sum()) for x in (f, g))
    assert who == "BLU"
    assert after - before == int(number) * (1 if verb == "losses" else -1)


def test_the_decisive_die_decides(turn: Turn) -> None:
    """Rolled low, who acts has his way; rolled high, he has not."""
    setup, world, run, _ = turn
    p = contested(turn)
    assert p.die is not None
    place = p.die[1]
    results = []
    for roll in ("d100=1", "d100=100"):
        again = played(setup, world, [ruled(turn, "dice", roll=roll)])
        end = next(e for e in again.journal.of_kind("engagement_ended") if e.hour == _hour_of(run, place))
        results.append((end.data["province"], end.data["result"]))
    assert results[0] in {(place, "broken"), (place, "contained"), (place, "surrendered")}
    assert results[1] == (place, "repulsed")


def _hour_of(run: Run, place: str) -> int:
    decided = ("broken", "repulsed", "contained", "surrendered")
    ends = [e for e in run.journal.of_kind("engagement_ended") if e.data["province"] == place]
    return [e.hour for e in ends if e.data["result"] in decided][-1]


def test_several_rulings_come_in_their_order(turn: Turn) -> None:
    setup, world, _, _ = turn
    lines = ["control p06 RED", "control p06 BLU"]
    made = [own(setup, world, [line], id=str(n), reason="x", hour=OPENING + 20) for n, line in enumerate(lines)]
    last = [played(setup, world, order).journal.of_kind("province_taken") for order in (made, made[::-1])]
    assert [e.data["power"] for e in last[0] if e.data["how"] == "ruled"] == ["RED", "BLU"]
    assert [e.data["power"] for e in last[1] if e.data["how"] == "ruled"] == ["RED"]


def test_a_ruling_of_later_waits_in_the_saved_position(turn: Turn) -> None:
    setup, world, _, _ = turn
    late = own(setup, world, ["control p06 RED"], id="1", reason="x", hour=UNTIL + 24)
    run = played(setup, world, [late])
    assert not run.journal.of_kind("ruling_made")
    later = Engine(setup, World.from_bytes(run.world.to_bytes())).run(UNTIL + 48)
    assert [e.hour for e in later.journal.of_kind("ruling_made")] == [UNTIL + 24]


def test_what_was_ruled_before_or_does_not_fit_is_refused_all_at_once(turn: Turn) -> None:
    setup, world, _, _ = turn
    one = own(setup, world, ["flag rain"], id="1", reason="x")
    with pytest.raises(UsageError, match="ruling 1: a ruling of this id was made before"):
        enter(setup, world, {}, [one, one])
    after = played(setup, world, [one]).world
    after.hour = UNTIL
    with pytest.raises(UsageError, match="made before"):
        enter(setup, after, {}, [one])
    stale = Ruling("2", "", "replace", ("control p99 RED", "cease w"), "x", hour=OPENING - 1)
    with pytest.raises(UsageError, match=r"p99.*'w'.*is past"):
        enter(setup, world, {}, [stale])


# --- answers of governments ------------------------------------------------------------------------------------------


def test_a_forced_answer_is_told_as_the_umpire_s_with_the_ruling_as_its_cause(tmp_path: Path) -> None:
    setup = politics(tmp_path)
    world = opening_world(setup, 1)
    until = dates.parse("1930-05-10")
    free = played(setup, world, [], until)
    assert free.world.operations["case_red"].stage != "planned"
    lines = ["answer launch:case_red:1930 -", "answer demand:case_red:1930 -"]
    calm = played(setup, world, [own(setup, world, lines, id="1", reason="a cold spring")], until)
    assert calm.world.operations["case_red"].stage == "planned"
    go = next(e for e in free.journal.of_kind("decision") if e.data["question"].startswith("go:"))
    halted = own(setup, world, [f"answer {go.data['question']} -"], id="1", reason="cold feet")
    run = played(setup, world, [halted], until)
    (made,) = run.journal.of_kind("ruling_made")
    moved = [e for e in run.journal.of_kind("crisis_moved") if e.data["stage"] == "halted"]
    assert moved[0].because == made.n
    forced = own(setup, world, ["answer resist:case_red fight"], id="1", reason="x")
    assert played(setup, world, [forced], until).journal.of_kind(
        "ruling_made"
    )  # a question that never comes is no fault


def test_an_order_given_by_ruling_says_so(tmp_path: Path) -> None:
    setup = politics(tmp_path, divisions={"RED": 3, "BLU": 3, "GRN": 3, "YEL": 2})
    world = opening_world(setup, 3)
    until = dates.parse("1930-05-10")
    assert played(setup, world, [], until).world.operations["case_red"].stage == "planned"
    run = played(
        setup, world, [own(setup, world, ["answer launch:case_red:1930 order"], id="7", reason="hubris")], until
    )
    (made,) = run.journal.of_kind("ruling_made")
    told = [e for e in run.journal.of_kind("decision") if e.data["seat"] == "umpire"]
    assert {e.because for e in told} == {made.n}
    assert told[0].data["question"] == "launch:case_red:1930"
    seats = {e.data["seat"] for e in run.journal.of_kind("decision") if e not in told}
    assert seats <= {"automatic"}


def test_an_answer_that_is_no_option_is_an_error_with_the_options(tmp_path: Path) -> None:
    setup = politics(tmp_path)
    world = opening_world(setup, 1)
    wrong = own(setup, world, ["answer launch:case_red:1930 attack"], id="1", reason="x")
    with pytest.raises(IllegalAnswerError, match="'attack' is not among the options: order"):
        played(setup, world, [wrong], dates.parse("1930-05-10"))


def test_an_answer_may_be_ruled_for_one_day_alone(tmp_path: Path) -> None:
    setup, world = opening(tmp_path, 6, red_divisions=6, ends="1930-08-30")
    until = dates.parse("1930-08-30")
    told = played(setup, world, [], until).journal.of_kind("decision")[0]
    question, day = told.data["question"], dates.iso(told.hour)
    line = f"answer {question}@{day} -"
    again = played(setup, world, [own(setup, world, [line], id="1", reason="no news came through")], until)
    asked = [dates.iso(e.hour) for e in again.journal.of_kind("decision") if e.data["question"] == question]
    assert asked
    assert day < min(asked)


# --- who may rule what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ALLOWED)
@pytest.mark.parametrize("kind", ["move", "replace", "table_result"])
def test_a_style_says_what_an_umpire_may_do(turn: Turn, style: Any, kind: Any) -> None:
    how: dict[str, Any] = {"outcome": other(contested(turn))} if kind == "move" else {"effects": ["flag rain"]}
    how |= {"agreed": ("RED", "BLU")} if style == "consensual" else {}
    if kind in ALLOWED[style]:
        assert ruled(turn, kind, style=style, **how).kind == kind
    else:
        with pytest.raises(UsageError, match=f"are ruled {style}"):
            ruled(turn, kind, style=style, **how)


def test_every_domain_has_a_style() -> None:
    assert set(STYLES) == {"battle", "campaign", "decision", "diplomacy", "government", "order"}
    assert set(STYLES.values()) <= set(ALLOWED)


def test_consensual_needs_everybody_concerned(turn: Turn) -> None:
    with pytest.raises(UsageError, match="BLU must agree"):
        ruled(turn, "replace", effects=["flag rain"], style="consensual", agreed=("RED",))


@pytest.mark.parametrize(
    ("kind", "how", "said"),
    [
        ("move", {}, "say to which outcome"),
        ("move", {"outcome": "9"}, "has no outcome '9'; it has: 1 "),
        ("replace", {}, "write what holds instead"),
        ("dice", {}, "which roll"),
        ("dice", {"roll": "d6=9"}, "d6 does not show 9"),
        ("replace", {"effects": ["flag rain"], "reason": " "}, "give a reason"),
        ("replace", {"effects": ["flag rain"], "hour": OPENING - 5}, "is past"),
        ("guess", {}, "rule one of accept, move"),
    ],
)
def test_a_ruling_that_cannot_be_is_refused_with_its_remedy(turn: Turn, kind: str, how: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ruled(turn, kind, **how)


def test_beyond_the_range_is_said_to_be(turn: Turn) -> None:
    assert ruled(turn, "replace", effects=["control p06 RED"]).beyond
    assert ruled(turn, "move", outcome="beyond", effects=["control p06 RED"], style="semi-rigid").beyond
    with pytest.raises(UsageError, match="or beyond and by which effects"):
        ruled(turn, "move", outcome="beyond")
    p = contested(turn)
    inside = ruled(turn, "move", outcome=other(p))
    assert inside.beyond == (p.outcomes[int(other(p)) - 1].share == 0.0)


# --- the rules' answer beside it -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("losses BLU 10% captured 20", "Blueland loses 10 per cent of its men killed and wounded, 20 captured"),
        ("losses BLU@p03 40", "Blueland at P03 loses 40 men killed and wounded"), ("return BLU 7", "7 of the men whom"),
        ("supply blu_1_army 20%", "supply of the 1st Army is 20 per cent"),
        ("move blu_1_div p06", "1. Division goes to P06"),
        ("surrender BLU to RED", "Blueland surrenders to Redland"), ("disperse BLU", "Blueland is dispersed"),
        ("standing BLU in_exile", "Blueland is now in exile"), ("cease toy_war", "hostilities cease (toy war)"),
        ("treaty defence RED GRN against BLU as pact", "a treaty of mutual defence between Redland and Greenland is"),
        ("government BLU Anna Blau", "Anna Blau is at the head of Blueland"),
        ("cede BLU RED", "BLU passes to Redland"), ("outcome red_attack moot", "Case Red "),
        ("flag rain_came", "rain came"),
        ("end old_pact", "the treaty 'old pact' is no longer in force"), ("war RED GRN", "Redland goes to war against"),
        ("join GRN toy_war attackers", "Greenland enters the war on the side of the attackers"),
    ],
)  # fmt: skip
def test_lines_are_told_in_words(turn: Turn, line: str, said: str) -> None:
    assert said in spoken(turn[0], [line])


def test_the_rules_own_answer_stays_readable_beside_the_ruling(turn: Turn) -> None:
    setup, world, _, _ = turn
    p, ruling = contested(turn), ruled(turn, "replace", effects=["control p06 RED"], by="Anna, lead umpire")
    text = ruling.beside()
    assert text.startswith(f"The rules: {p.rule} (")
    assert "The ruling: Redland holds P06 [the umpire's own outcome, outside everything" in text
    assert text.endswith("Why: as we agreed")
    run = played(setup, world, [ruling])
    (made,) = run.journal.of_kind("ruling_made")
    assert (made.data["rule"], made.data["probability"]) == (p.rule, round(p.probability, 4))
    told = Retelling(setup).describe(made)
    assert "Anna, lead umpire ruled on who holds" in told
    assert p.rule in told
    assert "because as we agreed" in told
    for e in run.journal:
        if e.because == made.n:
            assert "ruling" in Retelling(setup).describe(e)


def test_diary_and_timeline_tell_of_rulings(tmp_path: Path) -> None:
    setup, world = opening(tmp_path, 6)
    made = [own(setup, world, ["control p06 RED", "losses BLU 10%"], id="1", reason="a coup", hour=world.hour + 100)]
    run = played(setup, world, made, dates.parse("1930-05-20"))
    (entry,) = run.journal.of_kind("ruling_made")
    texts = [s.text for day in diary(run) for paragraph in day.paragraphs for s in paragraph if entry.n in s.entries]
    assert any("umpire ruled: Redland holds P06; Blueland loses 10 per cent" in text for text in texts), texts
    (told,) = [t for t in timeline(setup, run.journal) if t.topic == "ruling"]
    assert "because a coup" in told.text
    town = next(t for t in verdict(setup, run.world, run.journal, all_towns=True)["towns"] if t["province"] == "p06")
    assert (town["to"], town["how"]) == ("RED", "ruled")
    chain = explain(run, next(e.n for e in run.journal if e.because == entry.n))
    assert any("the umpire ruled" in line for line in chain)


# --- matrix arguments ------------------------------------------------------------------------------------------------


def order(power: str = "BLU") -> Proposal:
    """An order in free words."""
    return Proposal(
        "order:BLU:1", "Blueland orders: bribe the staff", "order", 40.0, "", "", "", -1.0, (), (), (), 1, OPENING,
        power, "nothing comes of it", outcomes=(Outcome("it works", -1.0),), powers=(power,),
    )  # fmt: skip


def test_odds_of_an_argument(turn: Turn) -> None:
    world = turn[1]
    assert argued(world, "c", ["a", "b"], ["d"], name="x").odds == 0.6
    assert argued(world, "c", ["a"], ["d", "e", "f"], name="x").odds == 0.3
    assert argued(world, "c", ["a"] * 9, [], name="x").odds == 0.95
    assert argued(world, "c", ["a"], [], [("RED", 0.1), ("BLU", 0.9), ("umpire", 0.4)], name="x").odds == 0.4
    assert argued(world, "c", ["a"], [], [("RED", 0.1)], odds=0.7, name="x").odds == 0.7
    for wrong in (("", ["a"]), ("c", [])):
        with pytest.raises(UsageError, match="needs"):
            argued(world, wrong[0], wrong[1], [], name="x")
    with pytest.raises(UsageError, match="votes between"):
        argued(world, "c", ["a"], [], [("RED", 1.5)], name="x")


def test_the_game_rolls_an_argument_once(turn: Turn) -> None:
    """Asked again it rolls the same; another argument rolls otherwise; a typed die stands as it is."""
    world = turn[1]
    rolls = [argued(world, "c", ["a"], [], name=name).roll for name in ("x", "x", "y")]
    assert rolls[0] == rolls[1] != rolls[2]
    assert argued(world, "c", ["a"], [], name="x", roll="d100=37").roll == 0.365


@pytest.mark.parametrize(("roll", "flag"), [("d100=10", "bribed"), ("d100=90", "caught")])
def test_an_argument_that_is_won_or_lost_has_its_effects(turn: Turn, roll: str, flag: str) -> None:
    setup, world, _, _ = turn
    case = argued(world, "the staff is bribed", ["gold"], ["pride"], [("RED", 0.5), ("BLU", 0.5)], name="1", roll=roll)
    ruling = rule(
        setup, world, order(), "dice", id="1", reason="the room voted", argument=case, effects=["flag bribed"],
        otherwise=["flag caught"],
    )  # fmt: skip
    run = played(setup, world, [ruling])
    assert [e.data["flag"] for e in run.journal.of_kind("flag_raised")] == [flag]
    (made,) = run.journal.of_kind("ruling_made")
    told = Retelling(setup).describe(made)
    for words in ("claimed: the staff is bribed", "for it: gold", "against it: pride", "odds 50 per cent", "votes: "):
        assert words in told


def test_where_matters_are_argued_none_is_decreed(turn: Turn) -> None:
    setup, world, _, _ = turn
    with pytest.raises(UsageError, match=r"are ruled matrix: accept, dice only"):
        rule(setup, world, order(), "replace", id="1", style="matrix", reason="x", effects=["flag bribed"])
    with pytest.raises(UsageError, match="this matter is argued"):
        rule(setup, world, order(), "dice", id="1", style="matrix", reason="x", roll="d6=2")


def test_an_order_in_free_words_may_simply_be_granted(turn: Turn) -> None:
    setup, world, _, _ = turn
    ruling = rule(setup, world, order(), "move", id="1", outcome="1", reason="the envoy is received")
    assert (ruling.effects, ruling.decided, ruling.beyond) == ((), order().outcomes[0].text, False)
    (made,) = played(setup, world, [ruling]).journal.of_kind("ruling_made")
    assert "the envoy is received" in Retelling(setup).describe(made)
