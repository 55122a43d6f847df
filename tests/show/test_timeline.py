"""The political story: every kind of event has its sentence, what belongs together is told once; the picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_economies import ALARMED, ARMED
from tests.test_statecraft import BOUND, CLAIM, CLAUSE, TALKS, TRANSIT, WAR, WON
from tests.toy_politics import DESIGN, OPERATION, begun, politics
from wargame.engine import Run
from wargame.errors import UsageError
from wargame.events import Event
from wargame.show import explain, retell
from wargame.show.diary import diary, markdown
from wargame.show.relations import draw_politics, follow
from wargame.show.report import report
from wargame.show.timeline import TOPICS, Told, spoken, timeline


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Talks, a change of cabinet, an order, a war with an ally in it."""
    setup = politics(
        tmp_path_factory.mktemp("toy"), treaties=[BOUND], talks=[TALKS], clauses=[CLAUSE, TRANSIT],
        readiness={"RED": 0.5, "BLU": 0.5}, plans=[(OPERATION, {**DESIGN, "preparation_days": 60})],
        later=[{"power": "YEL", "head": "Another", "from": "1930-06-10", "how": "background"}],
    )  # fmt: skip
    willing: dict[str, tuple[str, ...]] = {"talks:": ("go on",), "join:": ("join",), "transit:": ("let through",)}
    return begun(setup, {"RED": WAR, "BLU": willing, "GRN": willing, "YEL": willing}, WON).run()


def story(run: Run, power: str = "") -> list[Told]:
    return timeline(run.setup, run.journal, power)


def test_every_kind_of_event_has_a_sentence_of_its_own() -> None:
    own = {name.removeprefix("_tell_") for name in dir(retell.Retelling) if name.startswith("_tell_")}
    assert sorted(set(Event.registry) - own) == []


def test_the_story_goes_from_talks_to_war_by_date(run: Run) -> None:
    told = story(run)
    assert [t.hour for t in told] == sorted(t.hour for t in told)
    topics = [t.topic for t in told]
    for topic in ("talks", "treaty", "crisis", "mobilisation", "war", "operation", "government"):
        assert topic in topics
    texts = "\n".join(t.text for t in told)
    assert "Greenland went to war with Redland beside Blueland." in texts
    assert "Another took over the government of Yellowland." in texts
    assert re.search(r"Redland ordered Case Red: chance of victory \d+ per cent and P\(launch\) \d\.\d\d; what", texts)


def test_each_sentence_rests_on_entries_of_its_hour(run: Run) -> None:
    for t in story(run):
        assert t.entries
        assert {run.journal[n].hour for n in t.entries} == {t.hour}
        assert t.text.endswith(".")
        assert t.topic in TOPICS.values()


def test_the_clauses_of_one_treaty_are_told_together(run: Run) -> None:
    signed = [t for t in story(run) if t.topic == "treaty"]
    assert len(signed) == 1
    assert signed[0].text == (
        "Blueland, Greenland and Yellowland signed a treaty of mutual defence and an agreement on the passage of "
        "troops against Redland (the talks)."
    )
    assert len(signed[0].entries) == 2


def test_treaties_that_end_for_one_reason_are_told_together(tmp_path: Path) -> None:
    march = {**DESIGN, "unopposed": True, "demand": [], "claims": ["BLU_WEST", "BLU"]}
    pacts = [{"id": "one", "kind": "consultation", "parties": "BLU|GRN"},
             {"id": "two", "kind": "neutrality", "parties": "BLU|YEL"},
             {"id": "three", "kind": "consultation", "parties": "GRN|YEL", "term": "1930-04-10"},
             {"id": "four", "kind": "neutrality", "parties": "YEL|GRN", "term": "1930-04-10"}]  # fmt: skip
    setup = politics(tmp_path, treaties=pacts, plans=[(OPERATION, march)])
    told = story(begun(setup, {"RED": WAR, "BLU": {"resist:": ()}}, WON).run())
    ended = [t for t in told if "came to an end" in t.text]
    assert [t.text for t in ended] == [
        "The agreement to consult and treaty of neutrality between Greenland and Yellowland came to an end: "
        "it has run out.",
        "Blueland's treaties with Greenland and Yellowland came to an end: Blueland is put out of the field.",
    ]
    assert [len(t.entries) for t in ended] == [2, 2]


def test_a_head_who_stays_changes_his_course_and_a_new_one_takes_over(tmp_path: Path) -> None:
    later = [
        {"power": "YEL", "from": "1930-05-10", "how": "background", "head": "Nobody", "risk": 0.4},
        {"power": "YEL", "from": "1930-06-10", "how": "background", "head": "Another"},
    ]
    setup = politics(tmp_path, later=later)
    first = next(r for r in setup.tables["governments"] if r["power"] == "YEL")["head"]
    for row in setup.tables["governments"]:
        if row["head"] == "Nobody":
            row["head"] = first
    played = begun(setup, {}).run()
    told = [t.text for t in story(played) if t.topic == "government"]
    assert told[0].startswith(f"Yellowland changed its course under {first} (")
    assert "recklessness " in told[0]
    assert " to +0.40" in told[0]
    assert told[1] == "Another took over the government of Yellowland."
    lines = explain.explain(played, "Yellowland")
    assert [line.rpartition(" [")[0].partition("1930 ")[2] for line in lines[:2]] == [told[0], told[1]]
    assert explain.explain(played, "another") == [lines[1]]
    assert explain.explain(played, "RED") == ["Redland kept the government with which the scenario opened. [0]"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("FRA, GBR more likely to fight than when it was ordered",
         "FRA and GBR more likely to fight than when it was ordered"),
        ("RED, thought 24% likely to fight, -0.39", "Redland (thought 24 per cent likely to fight) -0.39"),
        ("for BLU: treaty 1, interest 0.0, costly signals 0.0: 6%",
         "its chance to fight for Blueland was 6 per cent (treaty 1, interest 0.0, costly signals 0.0)"),
        ("YEL would not go on: alarm 0%, affinity +0.6, trust -0.3: 56%",
         "Yellowland would not go on, which it had been 56 per cent likely to "
         "(alarm 0 per cent, affinity +0.6, trust -0.3)"),
        ("alarm 71%, affinity +0.9, trust -0.1: 94%",
         "94 per cent likely (alarm 71 per cent, affinity +0.9, trust -0.1)"),
        ("it has run out", "it has run out"),
    ],
)  # fmt: skip
def test_reasons_are_said_as_a_reader_would_have_them(run: Run, written: str, read: str) -> None:
    assert retell.Retelling(run.setup).said(written) == read


def test_troops_without_an_army_are_called_by_their_country(run: Run) -> None:
    names = retell.Retelling(run.setup).names
    mine = [f for f in run.setup.forces.ids if names.power(f) == "RED" and names.kind(f) == "infantry"]
    alone = [f for f in mine if names.army(f) == f]
    told = names.defenders((alone or mine)[:3])
    assert told.endswith(" of Redland") == bool(alone)


def test_a_power_s_own_story_leaves_the_others_out(run: Run) -> None:
    yellow = story(run, "YEL")
    assert yellow
    assert all("YEL" in t.powers for t in yellow)
    assert len(yellow) < len(story(run))


def test_a_settlement_tells_the_cession_and_whose_word_was_hurt(tmp_path: Path) -> None:
    setup = politics(tmp_path, treaties=[BOUND], plans=[(OPERATION, CLAIM)])
    answers: dict[str, Any] = {"RED": {"launch:": ("order",)}, "GRN": {"crisis:": ("settle",)}}
    told = [t.text for t in story(begun(setup, answers, {**WON, "launch": 0.995}).run())]
    assert "Case Red was settled without war: Greenland brings about a settlement." in told
    assert "BLU_WEST passed from Blueland to Redland by settlement." in told
    assert any(text.startswith("The word of Greenland (") for text in told)


def test_a_wish_that_stays_as_it_is_is_told_once(tmp_path: Path) -> None:
    setup = politics(tmp_path, ends="1933-04-01", plans=[(OPERATION, {**DESIGN, "strength": 90.0})])
    run = begun(setup, {"RED": WAR}).run()
    assert len(run.journal.of_kind("crisis_moved")) > 1
    assert len([t for t in story(run) if t.topic == "crisis"]) == 1


def test_lines_for_a_screen_stand_under_their_year(run: Run) -> None:
    lines = spoken(story(run))
    assert lines[0].startswith("1930: ")
    assert all(line.startswith("  ") for line in lines if not line.startswith("193"))


def test_the_picture_of_relations_is_drawn(run: Run, tmp_path: Path) -> None:
    files = [draw_politics(run.setup, run.journal, tmp_path / f"{k}.png", dpi=40) for k in (1, 2)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 10_000
    track = follow(run.setup, run.journal)
    assert set(track.whole) == {"BLU", "GRN", "RED", "YEL"}
    assert all(0.0 <= share <= 1.0 for shares in track.ready.values() for share in shares)
    assert track.ready["RED"][0] == pytest.approx(0.5)


def test_without_politics_or_daily_columns_there_is_no_picture(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no politics"):
        draw_politics(_without(run), run.journal, tmp_path / "x.png")


def _without(run: Run) -> Any:
    from dataclasses import replace

    return replace(run.setup, scenario=run.setup.scenario.model_copy(update={"politics": None}))


def test_explain_goes_back_from_the_verdict_to_the_first_resolve(run: Run) -> None:
    lines = explain.explain(run, "case_red")
    assert lines[0].startswith("On ")
    assert "Case Red ended in success" in lines[0]
    root = next(k for k, line in enumerate(lines) if line.startswith("The root: "))
    chain = " ".join(lines[:root])
    assert "Redland resolved upon Case Red and had it prepared" in chain + " ".join(lines[root:])
    assert any(re.search(r"chances that others would fight were: Greenland \d+ per cent", line) for line in lines)


def test_the_diary_tells_of_peace_by_the_month_and_of_war_by_the_day(run: Run) -> None:
    told = diary(run)
    kinds = [d.kind for d in told]
    assert kinds[0] == "opening"
    assert kinds[-1] == "closing"
    assert kinds.index("month") < kinds.index("day")
    text = markdown(told)
    assert "## April 1930" in text
    assert "Blueland and Greenland opened talks (the talks)." in text
    assert "Redland ordered Case Red" in text
    assert text.count("Redland ordered Case Red") == 1


def test_the_report_of_a_political_run_names_what_was_never_sought(tmp_path: Path) -> None:
    other = {**OPERATION, "id": "case_yellow", "name": "Case Yellow", "power": "YEL", "target": "GRN", "war": "yel_war",
             "objectives": ["g2"]}  # fmt: skip
    setup = politics(tmp_path, plans=[(OPERATION, DESIGN), (other, {**DESIGN, "claims": []})])
    page = report(begun(setup, {"RED": WAR}, WON).run())
    assert "Never sought" in page
    assert "Case Yellow" in page


# --- economies -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def squeezed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An alarmed ally breaks off trade, and the economy that lacks it breaks."""
    answers: dict[str, tuple[str, ...]] = {"embargo:": ("embargo",), "arm:": ("arm",)}
    rules = {"industry.withhold": -4.0, "industry.collapse": 0.01, "industry.collapse_strain": 0.5}
    setup = politics(
        tmp_path_factory.mktemp("toy"), treaties=[BOUND], industry=ALARMED, rulebook=rules, ends="1932-01-01",
        governments={**ARMED, "RED": {"rearmament": 0.7, "grip": 0.2}},
    )  # fmt: skip
    quiet: dict[str, tuple[str, ...]] = {"launch:": (), "demand:": ()}
    return begun(setup, {"RED": quiet, "GRN": answers}, {"collapse": 1.0, "collapse:RED": 0.02}).run()


def test_who_withholds_and_what_breaks_is_told(squeezed: Run) -> None:
    told = [t for t in story(squeezed) if t.topic == "economy"]
    texts = "\n".join(t.text for t in told)
    assert re.search(r"Greenland broke off all trade with Redland: alarm \d+ per cent", texts)
    assert "Greenland gave Blueland arms on credit" in texts
    assert re.search(r"The economy of Redland broke, and its (regime fell|government took back)", texts)
    (dealt,) = [t for t in told if "broke off" in t.text]
    assert set(dealt.powers) == {"GRN", "RED"}
    assert not [t for t in told if "Yellowland" in t.text], "an economy as in history is not told of"


def test_why_an_economy_broke_leads_back_to_who_withheld(squeezed: Run) -> None:
    broke = next(e for e in squeezed.journal if e.kind == "economy_broke")
    lines = explain.explain(squeezed, str(broke.n))
    assert "The economy of Redland broke" in lines[0] or "the economy of Redland broke" in lines[0]
    assert any("is withheld" in line for line in lines)
    assert any("broke off all trade with Redland" in line for line in lines)


def test_an_operation_is_explained_with_the_means_of_both(squeezed: Run) -> None:
    lines = explain.explain(squeezed, "case_red")
    for name in ("Redland", "Blueland"):
        assert any(re.search(rf"{name} had a product of 100 milliard dollars", line) for line in lines)
