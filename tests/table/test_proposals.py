"""Proposals: the range and its odds are those of the roll-outs, the drivers named are true, precedents are alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.toy_files import opening
from tests.toy_politics import politics
from wargame import dates
from wargame.engine import Engine, Run, automatic_seats
from wargame.load import scenarios
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup
from wargame.study.forecast import as_dict, forecast, span
from wargame.study.rollouts import Outturn, roll_out
from wargame.study.statistics import share
from wargame.table.forms import Instruction
from wargame.table.matters import Proposal
from wargame.table.odds import odds
from wargame.table.proposals import proposals
from wargame.table.rulings import enter, own, rule
from wargame.table.turn import Brief
from wargame.umpiring import faults
from wargame.world import World


class Week:
    """A week of a war as the rules play it, rolled out."""

    def __init__(self, setup: Setup, opens: str, runs: int) -> None:
        self.setup, self.world = setup, opening_world(setup, 1)
        engine = Engine(setup, self.world)
        engine.run(dates.parse(opens))
        self.world.hour = dates.parse(opens)
        self.past, self.until = list(engine.journal), self.world.hour + 7 * 24
        self.run: Run = Engine(setup, self.world.copy(), level="full").run(self.until)
        self.rolled: list[Outturn] = list(roll_out(setup, self.world, self.until, range(1, runs + 1)))
        self.found = self.proposals()

    def proposals(self, instructions: Sequence[Instruction] = (), rolled: bool = True) -> list[Proposal]:
        return proposals(
            self.setup, self.world, self.run, self.rolled if rolled else (), past=self.past, instructions=instructions
        )


@pytest.fixture(scope="module")
def poland() -> Week:
    return Week(scenarios.load("fall_weiss_1939"), "1939-09-08", 12)


def battles(week: Week) -> list[Proposal]:
    return [p for p in week.found if p.domain == "battle"]


def test_the_odds_of_a_proposal_are_the_shares_of_the_roll_outs(poland: Week) -> None:
    assert len(battles(poland)) > 5
    for p in battles(poland):
        place = p.id.removeprefix("battle:")
        holders = [o.holder(poland.setup.atlas, place) for o in poland.rolled]
        mine = poland.setup.atlas.powers[int(poland.run.world.controller[poland.setup.atlas.number[place]])]
        told = share(holders.count(mine), len(holders))
        assert (p.probability, p.interval) == (told.value, (told.low, told.high))
        assert sum(o.share for o in p.outcomes) == pytest.approx(1.0)
        assert sorted((o.share for o in p.outcomes), reverse=True) == [o.share for o in p.outcomes]
        assert p.likely.startswith(p.outcomes[0].text)
        assert p.rule in [o.text for o in p.outcomes]


def test_the_umpire_s_odds_are_a_study_s(poland: Week) -> None:
    """From the same position, to the last figure, whoever asks and with however many workers."""
    setup, world = poland.setup, poland.world
    asked = odds(setup, world, Brief(), poland.until, 12, workers=2)
    studied = forecast(setup, world, poland.rolled)
    assert asked.rolled == tuple(poland.rolled)
    assert as_dict(asked.forecast) == as_dict(studied)
    for p in battles(poland):
        place = p.id.removeprefix("battle:")
        for o in p.outcomes if place in studied.places else ():
            held = [a for a, _, e in studied.places[place].answers if e.value == o.share]
            assert any(o.text.startswith(setup.atlas.power_names[a]) for a in held) or o.share == 0.0


def test_odds_need_a_later_hour(poland: Week) -> None:
    with pytest.raises(ValueError, match="no odds for"):
        odds(poland.setup, poland.world, Brief(), poland.world.hour)


def test_the_side_said_to_be_stronger_is(poland: Week) -> None:
    names, forces = poland.setup.atlas.power_names, poland.world.forces
    began = [e for e in (*poland.run.journal, *poland.past) if e.kind == "engagement_began"]
    for p in battles(poland):
        there = [e.data for e in began if e.data["province"] == p.id.removeprefix("battle:")]
        told = [f" {d['attacking_men']:,} men against {d['defending_men']:,}:" in p.drivers[0] for d in there]
        d = there[told.index(True)]
        own, foe = (
            names[poland.setup.atlas.powers[int(forces.power[forces.row(d[side][0])])]]
            for side in ("attackers", "defenders")
        )
        said = re.search(r"(\S+) is stronger, ([\d.]+) to 1", p.drivers[0])
        assert said is not None
        more, less = max(d["attacking_men"], d["defending_men"]), min(d["attacking_men"], d["defending_men"])
        assert said[1] == (own if d["attacking_men"] >= d["defending_men"] else foe)
        assert float(said[2]) == pytest.approx(more / max(less, 1), abs=0.051)
        reasons = " ".join(p.drivers)
        assert all(r in reasons for r in d["reasons"])
        assert f"{round(100 * d['odds'])} per cent when it began" in reasons


GOES_WITH = re.compile(
    r"With it goes: (\S+) holds (.+) in (\d+) per cent of the (\d+) roll-outs in which (\S+) holds (.+), "
    r"and in (\d+) per cent of the (\d+) others\."
)


def test_what_goes_with_an_outcome_is_counted_right(poland: Week) -> None:
    """Every sentence about another matter is recounted from the roll-outs."""
    atlas, told = poland.setup.atlas, 0
    names = {v: k for k, v in atlas.power_names.items()}
    towns = {atlas.names[p]: place for place, p in atlas.number.items()}
    rolled = [*poland.rolled, *roll_out(poland.setup, poland.world, poland.until, range(13, 41))]
    for p in proposals(poland.setup, poland.world, poland.run, rolled, past=poland.past):
        for found in filter(None, map(GOES_WITH.fullmatch, p.drivers)):
            own, place, one, n, power, other, two, m = found.groups()
            there = [o for o in rolled if o.holder(atlas, towns[other]) == names[power]]
            rest = [o for o in rolled if o not in there]
            assert (len(there), len(rest)) == (int(n), int(m))
            for group, part in ((there, one), (rest, two)):
                held = sum(o.holder(atlas, towns[place]) == names[own] for o in group)
                assert round(100 * held / len(group)) == int(part)
            told += 1
    assert told


def test_precedents_are_of_this_game_and_alike(poland: Week) -> None:
    journal = {e.n: e for e in poland.past}
    some = [p for p in battles(poland) if p.precedents]
    assert some
    for p in some:
        for n in p.precedents:
            assert journal[n].kind == "engagement_ended"
        places = [journal[n].data["province"] == p.id.removeprefix("battle:") for n in p.precedents]
        assert places == sorted(places, reverse=True)


def test_matters_come_by_weight_and_have_one_id_each(poland: Week) -> None:
    weights = [p.importance for p in poland.found]
    assert weights == sorted(weights, reverse=True)
    assert len({p.id for p in poland.found}) == len(poland.found)
    assert poland.proposals() == poland.found


def test_every_line_by_which_an_outcome_may_be_had_is_one_an_umpire_may_write(poland: Week) -> None:
    lines = [line for p in poland.found for o in p.outcomes for line in o.means]
    assert {line.split()[0] for line in lines} >= {"control", "die", "losses", "return"}
    assert faults(poland.setup, poland.world, lines) == []


def test_the_cause_before_the_turn_is_before_it(poland: Week) -> None:
    for p in poland.found:
        assert p.root < poland.world.journal_length
        assert p.root > 0


def test_without_roll_outs_the_rules_own_odds_stand(poland: Week) -> None:
    for p in poland.proposals(rolled=False):
        if p.domain == "battle":
            assert p.outcomes[0].share == -1.0
            assert 0.0 <= p.probability <= 1.0
            assert "per cent)" not in p.likely


def test_losses_are_a_range(poland: Week) -> None:
    p = next(p for p in poland.found if p.id == "losses:POL")
    values = [o.losses["POL"]["killed"] + o.losses["POL"]["wounded"] for o in poland.rolled]
    for outcome, n in zip(p.outcomes, span(values), strict=True):
        assert f"{n:,.0f} killed and wounded" in outcome.text
    assert p.best == p.outcomes[0].text
    assert p.worst == p.outcomes[2].text


# --- politics --------------------------------------------------------------------------------------------------------


def test_a_decision_of_state_is_a_matter_with_its_die_and_answers(tmp_path: Path) -> None:
    free = {"deterrence.blood": 0.0, "deterrence.enmity": 0.0}
    setup = politics(tmp_path, divisions={"RED": 3, "BLU": 3, "GRN": 3, "YEL": 2}, rulebook=free)
    world = opening_world(setup, 1)
    until = dates.parse("1930-05-10")
    run = Engine(setup, world.copy(), level="full").run(until)
    rolled = list(roll_out(setup, world, until, range(1, 61)))
    found = {p.id: p for p in proposals(setup, world, run, rolled)}
    p = found["decision:launch:case_red:1930"]
    ordered = sum(o.answers.get("launch:case_red:1930") == ("order",) for o in rolled)
    assert 0 < ordered < 60
    assert {o.text: round(60 * o.share) for o in p.outcomes}["Redland orders Case Red"] == ordered
    assert p.die == ("launch", "case_red", 1930)
    assert p.odds == pytest.approx(0.076, abs=0.001)
    assert (p.power, p.powers) == ("RED", ("RED", "BLU"))
    assert p.outcomes[1].means in {("answer launch:case_red:1930 order",), ("answer launch:case_red:1930 -",)}
    assert any("at the last decision point" in d for d in p.drivers)
    for n, outcome in enumerate(p.outcomes, start=1):
        ruling = rule(setup, world, p, "move", id="1", outcome=str(n), reason="so it was")
        twin, seats = enter(setup, world, automatic_seats(setup), [ruling])
        again = Engine(setup, twin, seats=seats, level="full").run(until)
        (same,) = (q for q in proposals(setup, world, again, rolled) if q.id == p.id)
        assert same.rule == outcome.text


@pytest.mark.parametrize("answer", ["join", "-"])
def test_a_power_called_upon_twice_is_one_matter(tmp_path: Path, answer: str) -> None:
    """Asked for its own sake and for an ally's, it goes to war or it stays out; a ruling holds for both."""
    bound = {"id": "blu_grn", "kind": "defence", "parties": "BLU|GRN", "against": "RED"}
    setup = politics(tmp_path, treaties=[bound])
    world = opening_world(setup, 1)
    until = dates.parse("1930-05-10")
    run = Engine(setup, world.copy(), level="full").run(until)
    rolled = list(roll_out(setup, world, until, range(1, 21)))
    found = [p for p in proposals(setup, world, run, rolled) if p.id.startswith("decision:join:case_red:GRN")]
    assert len(found) <= 1
    lines = [line for p in found for o in p.outcomes for line in o.means]
    assert all(re.fullmatch(r"answer join:case_red:GRN(:\w+)? (join|-)", line) for line in lines)
    act = own(setup, world, [f"answer join:case_red:GRN {answer}"], id="1", reason="x")
    twin, seats = enter(setup, world, automatic_seats(setup), [act])
    again = Engine(setup, twin, seats=seats, level="full").run(until)
    (war,) = again.world.wars.values()
    assert ("GRN" in war.defenders) == (answer == "join")


def test_a_government_that_changes_is_a_matter(tmp_path: Path) -> None:
    later = [{"power": "YEL", "head": "Another", "from": "1930-04-10", "how": "background"}]
    setup = politics(tmp_path, plans=(), later=later)
    world = opening_world(setup, 1)
    until = dates.parse("1930-05-10")
    run = Engine(setup, world.copy(), level="full").run(until)
    found = {p.id: p for p in proposals(setup, world, run)}
    assert found["government:YEL"].rule == "Another at the head of Yellowland"
    assert found["government:YEL"].domain == "government"
    before = world.polity.governments["YEL"].head
    assert faults(setup, world, [f"government YEL {before}"]) == []


def test_what_comes_every_time_can_be_ruled_out(tmp_path: Path) -> None:
    """A treaty that is signed on its day in every roll-out is a matter of little weight, and may be undone."""
    bound = {"id": "blu_grn", "kind": "defence", "parties": "BLU|GRN", "signed": "1930-04-10", "how": "background"}
    setup = politics(tmp_path, plans=(), treaties=[bound])
    world = opening_world(setup, 1)
    until = dates.parse("1930-04-20")
    run = Engine(setup, world.copy(), level="full").run(until)
    (p,) = proposals(setup, world, run, list(roll_out(setup, world, until, range(1, 6))))
    assert (p.id, p.domain, p.probability) == ("treaty:blu_grn", "diplomacy", 1.0)
    assert p.importance == 12.5
    assert [(o.share, o.means) for o in p.outcomes] == [(1.0, ()), (0.0, ("end blu_grn",))]
    ruling = rule(setup, world, p, "move", id="1", outcome="2", reason="the courier was lost")
    assert ruling.beyond
    twin, seats = enter(setup, world, automatic_seats(setup), [ruling])
    again = Engine(setup, twin, seats=seats, level="full").run(until)
    assert not again.world.polity.in_force(until)


# --- orders ----------------------------------------------------------------------------------------------------------


def order(power: str, verb: str, *args: str, line: int = 1) -> Instruction:
    kind: Any = verb if verb == "free" else "military" if verb in ("attack", "move") else "political"
    return Instruction(power, verb, args, f"{verb} {' '.join(args)}", line, kind)


def clashes(week: Week, *orders: Instruction) -> list[Proposal]:
    return [p for p in week.proposals(orders) if p.id.startswith("clash:")]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (order("POL", "propose", "neutrality", "with SOV"), order("SOV", "declare war", "on POL"), "a friendly act"),
        (order("GER", "trade", "with POL"), order("GER", "embargo", "POL", line=2), "a friendly act"),
        (order("GER", "mobilise"), order("GER", "stand down", line=2), "not both"),
        (order("GER", "order", "weiss"), order("GER", "halt", "weiss", line=2), "ordered and halted"),
        (order("GER", "demand", "LITHUANIA", "from LIT"), order("LIT", "concede", "LITHUANIA", "to SOV"), "two powers"),
        (order("SOV", "attack", "sov_hq", "lwow"), order("GER", "attack", "ger_hq", "tarnow, lwow"),
         "both make for Lwów"),
    ],
)  # fmt: skip
def test_orders_that_cannot_both_be_carried_out_are_shown(
    poland: Week, one: Instruction, other: Instruction, why: str
) -> None:
    (p,) = clashes(poland, one, other)
    assert p.domain == "order"
    assert why in p.about
    assert str(one) in p.about
    assert str(other) in p.about
    assert p.conflicts == (p.about,)
    assert len(p.outcomes) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (order("POL", "propose", "defence", "with SOV"), order("SOV", "sign", "defence", "with POL")),
        (order("GER", "attack", "a", "lwow"), order("GER", "attack", "b", "lwow", line=2)),
        (order("GER", "order", "weiss"), order("GER", "order", "weiss", line=2)),
        (order("GER", "demand", "LITHUANIA", "from LIT"), order("LIT", "concede", "LITHUANIA", "to GER")),
        (order("POL", "declare war", "on SOV"), order("SOV", "declare war", "on POL")),
    ],
)  # fmt: skip
def test_orders_that_go_together_are_no_clash(poland: Week, one: Instruction, other: Instruction) -> None:
    assert clashes(poland, one, other) == []


def test_clashing_orders_are_shown_with_the_matter_they_bear_on(poland: Week) -> None:
    p = battles(poland)[0]
    place = p.id.removeprefix("battle:")
    pair = (
        order("SOV", "move", "sov_hq", place),
        order("POL", "move", "pol_hq", place),
    )
    told = next(q for q in poland.proposals(pair) if q.id == p.id)
    assert len(told.conflicts) == 1
    assert replace(told, conflicts=()) == p


def test_an_order_in_free_words_is_the_umpire_s(poland: Week) -> None:
    given = order("POL", "free", "send the gold to Romania", line=3)
    (p,) = [p for p in poland.proposals([given]) if p.id == "order:POL:3"]
    assert p.about == "Poland orders: send the gold to Romania"
    assert (p.domain, p.rule, p.probability) == ("order", "nothing comes of it", -1.0)


def test_a_quiet_week_has_no_matters(tmp_path: Path) -> None:
    setup, world = opening(tmp_path, 6, war_begins="1930-06-20")
    until = world.hour + 7 * 24
    run = Engine(setup, world.copy()).run(until)
    assert proposals(setup, world, run, list(roll_out(setup, world, until, range(1, 4)))) == []
    assert isinstance(run.world, World)
