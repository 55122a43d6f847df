"""The war diary: every sentence rests on entries, and says what they say."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.show.told import small_war, weiss
from wargame import dates
from wargame.journal import Entry
from wargame.show.diary import diary, markdown
from wargame.show.explain import explain
from wargame.show.prose import Names, Turns, count, listing, ordinal, relead, rounded, sentence
from wargame.show.summaries import Day

GOLDEN = Path(__file__).with_name("small_war_diary.md")
FOUGHT = {"engagement_ended", "formations_overtaken"}
FITTING = {
    "engagement": {"engagement_ended", "engagement_began"},
    "elsewhere": {"engagement_ended"},
    "taken": {"province_taken"},
    "pocket": {"pocket_formed", "pocket_relieved", "province_taken"},
    "relieved": {"pocket_relieved", "pocket_formed"},
    "surrender": {"formations_surrendered", "pocket_formed"},
    "overtaken": {"formations_overtaken"},
    "entrained": {"entrained"},
    "interned": {"formations_interned"},
    "dispersed": {"formation_dispersed"},
    "decision": {"decision"},
    "script": {"decision", "war_joined"},
    "war": {"war_declared", "operation_launched"},
    "broken": {"army_broken"},
    "standing": {"standing_changed"},
    "ceased": {"hostilities_ceased"},
    "muster": {"header", "war_declared"},
    "plan": {"operation_launched", "order_issued"},
    "summary": {"header"},
    "week_districts": {"province_taken"},
    "week_losses": FOUGHT,
    "week_prisoners": FOUGHT | {"formations_surrendered", "formation_dispersed", "formations_interned"},
    "week_air": {"air_fought"},
    "week_objectives": {"province_taken", "operation_launched"},
    "week_orders": {"order_issued"},
    "verdict": {"operation_ended", "header"},
}
SKY = {"weather_turned", "air_fought"}


@pytest.fixture(scope="module", params=["weiss", "small_war"])
def told(request: pytest.FixtureRequest) -> tuple[Any, list[Day]]:
    run = weiss() if request.param == "weiss" else small_war()
    return run, diary(run)


def _sentences(days: list[Day]) -> list[tuple[Day, Any]]:
    return [(d, s) for d in days for s in d.sentences]


def test_every_reference_exists_and_is_of_a_fitting_kind(told: tuple[Any, list[Day]]) -> None:
    run, days = told
    for day, s in _sentences(days):
        assert s.entries, s
        kinds = {run.journal[n].kind for n in s.entries}
        allowed = FITTING.get(s.topic, kinds) | (SKY if day.kind == "day" else set())
        assert kinds <= allowed, (s.topic, kinds, s.text)


def test_sentences_of_a_day_rest_on_entries_of_that_day(told: tuple[Any, list[Day]]) -> None:
    run, days = told
    for day, s in _sentences(days):
        if day.kind == "day" and s.topic not in ("engagement", "pocket", "relieved", "surrender"):
            assert {dates.iso(run.journal[n].hour) for n in s.entries} == {dates.iso(day.hour)}, s.text


def test_towns_said_to_fall_changed_hands_that_day(told: tuple[Any, list[Day]]) -> None:
    run, days = told
    said = [(dates.iso(d.hour), p) for d, s in _sentences(days) for p in s.taken]
    taken = [(dates.iso(e.hour), e.data["province"]) for e in run.journal if e.kind == "province_taken"]
    assert sorted(said) == sorted(taken)  # every one is told, and told once
    for d, s in _sentences(days):
        for p in s.taken:
            assert run.setup.atlas.names[run.setup.atlas.number[p]] in s.text, (d.title, s.text)


def test_only_sentences_about_taken_places_claim_territory(told: tuple[Any, list[Day]]) -> None:
    _, days = told
    claims = re.compile(r"\b(entered|fell to|passed into|marched into|won back|retook|occupied)\b")
    for _, s in _sentences(days):
        if claims.search(s.text):
            assert s.topic in ("taken", "week_districts", "summary"), s.text


def test_numbers_in_sentences_are_those_of_the_entries(told: tuple[Any, list[Day]]) -> None:
    run, days = told
    names = sorted(
        {Names(run.setup.atlas, run.world.forces).plain(f) for f in run.world.forces.ids}, key=len, reverse=True
    )
    strip = re.compile("|".join(map(re.escape, [*names, *run.setup.atlas.names])))
    for day, s in _sentences(days):
        if s.topic in ("summary", "muster", "script"):
            continue
        allowed = _losses(run) if s.topic == "losses" else _figures([run.journal[n] for n in s.entries], run)
        for found in _numbers(strip.sub("", s.text)):
            assert found in allowed, (day.title, found, s.text, sorted(allowed)[:60])


def _numbers(text: str) -> list[int]:
    text = re.sub(r"\d{1,2} (?:" + "|".join(dates.MONTHS) + r")(?: \d{4})?", "", text)
    text = re.sub(r"\d\d:00|\d+(?:st|nd|rd|th)\b", "", text)
    return [int(n.replace(",", "")) for n in re.findall(r"\d{1,3}(?:,\d{3})+|\d+", text)]


def _figures(entries: list[Entry], run: Any) -> set[int]:
    """Every number an honest sentence about these entries may contain."""
    found: set[int] = {len(entries)}
    sums: dict[str, float] = {}
    for e in entries:
        for key, value in e.data.items():
            if isinstance(value, (int, float)):
                found |= {round(value), round(value * 100)}
                sums[key] = sums.get(key, 0) + value
                found.add(int(rounded(value).replace(",", "")))
            elif isinstance(value, (list, tuple)):
                found |= {len(value), *_sorts(value, run)}
                sums[key] = sums.get(key, 0) + len(value)
                found |= {int(n.replace(",", "")) for v in value for n in re.findall(r"\d[\d,]*", str(v))}
            elif isinstance(value, str):
                found |= {int(n) for n in re.findall(r"\d+", value)}
        found |= _by_kind(entries, e.kind)
    if {e.kind for e in entries} & {"decision"}:
        found |= {len(entries) - 2}
    return (
        found | {round(v) for v in sums.values()} | set(_by_side(entries, run)) | {len(p.axes) for p in run.setup.plans}
    )


def _sorts(formations: Any, run: Any) -> set[int]:
    """How many divisions, brigades ... a list of formations has by their own names."""
    patterns = ("divi[sz]|dywizja", "bryg|brig", "regiment|pułk|pluk|polk")
    rows = [run.world.forces.row(f) for f in formations if f in run.world.forces.ids]
    names = [run.world.forces.names[r].lower() for r in rows]
    return {sum(bool(re.search(p, n)) for n in names) for p in patterns}


def _by_kind(entries: list[Entry], kind: str) -> set[int]:
    """Counts and sums over the entries of one kind, and over all but the first, told by name."""
    key = "captured" if kind == "formations_overtaken" else "men"
    men = sorted((e.data.get(key, 0) for e in entries if e.kind == kind), reverse=True)
    return {len(men), len(men) - 1, sum(men), *(sum(men[k:]) for k in range(min(3, len(men))))}


def _by_side(entries: list[Entry], run: Any) -> list[int]:
    """Sums by side, added up here anew: killed and wounded, prisoners, interned, aircraft."""
    attackers = {p for w in run.world.wars.values() for p in w.attackers}
    power = Names(run.setup.atlas, run.world.forces).power
    bled, caught, interned, flown, taken = [0, 0], [0, 0], [0, 0], [0.0, 0.0], [0, 0]
    for e in entries:
        d = e.data
        if e.kind == "engagement_ended":
            bled[d["side"]] += d["attacker_killed_wounded"]
            bled[1 - d["side"]] += d["defender_killed_wounded"]
            caught[1 - d["side"]] += d["captured"]
        elif e.kind == "formations_overtaken":
            bled[d["power"] in attackers] += d["killed_wounded"]
            caught[d["power"] in attackers] += d["captured"]
        elif e.kind == "formations_surrendered" and d["to"] != d["power"]:
            caught[d["power"] not in attackers] += d["men"]
        elif e.kind == "formation_dispersed":
            caught[power(d["formation"]) not in attackers] += d["captured"]
        elif e.kind == "formations_interned":
            interned[d["power"] not in attackers] += d["men"]
        elif e.kind == "air_fought":
            flown[0] += d["attacker_lost"]
            flown[1] += d["defender_lost"]
        elif e.kind == "province_taken":
            taken[d["power"] not in attackers] += 1
    return [*bled, *caught, *interned, *map(round, flown), *taken]


def _losses(run: Any) -> set[int]:
    f = run.world.forces
    columns = (f.killed, f.wounded, f.captured, f.missing)
    return {int(np.sum(c[f.power == p])) for c in columns for p in np.unique(f.power)}


def test_days_are_short_and_never_say_a_thing_twice(told: tuple[Any, list[Day]]) -> None:
    _, days = told
    for day in days:
        texts = [s.text for s in day.sentences]
        assert len(texts) == len(set(texts)), day.title
        if day.kind == "day":
            assert 1 <= len(texts) <= 14, (day.title, len(texts))
    of_days = [len(d.sentences) for d in days if d.kind == "day"]
    assert np.median(of_days) <= 8


def test_prose_is_well_formed(told: tuple[Any, list[Day]]) -> None:
    _, days = told
    for _, s in _sentences(days):
        assert re.match(r"[A-ZŁŚŻĆ0-9„]", s.text), s.text
        assert s.text.endswith("."), s.text
        assert not re.search(r",,|, ?[.;]|  | ,|\.\.|\bthe the\b|_|\bNone\b|\bone (men|prisoners)\b", s.text), s.text


def test_same_run_same_diary() -> None:
    assert markdown(diary(weiss())) == markdown(diary(weiss()))


def test_markdown_carries_references_when_asked() -> None:
    days = diary(small_war())
    assert "[8, 7]" in markdown(days, references=True)
    assert "[" not in markdown(days)


def test_diary_of_a_small_war_reads_as_it_did() -> None:
    assert markdown(diary(small_war()), references=True) == GOLDEN.read_text(encoding="utf-8")


def test_names_stand_in_their_own_language() -> None:
    run = weiss()
    names = Names(run.setup.atlas, run.world.forces)
    assert names.formation("pol_armia_lodz") == "Armia Łódź"
    assert names.formation("ger_xvi_armeekorps_mot") == "the XVI. Armeekorps (mot.)"
    assert names.army("ger_1_panzer_div") == "ger_aok_10"
    assert names.country("SOV") == "the Soviet Union"


def test_words() -> None:
    assert [count(n, "town") for n in (1, 3, 1204)] == ["one town", "three towns", "1,204 towns"]
    assert [ordinal(n) for n in (1, 10, 11, 21, 22, 33)] == ["first", "tenth", "11th", "21st", "22nd", "33rd"]
    assert [rounded(n) for n in (96, 1360, 53202)] == ["96", "1,400", "53,000"]
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert sentence("the XVI. Armeekorps (mot.)") == "The XVI. Armeekorps (mot.)."
    assert relead("on 3 September", "Soon after 04:00 it began.") == "Soon after 04:00 on 3 September it began."
    assert relead("on 3 September", "Armia Łódź held.") == "On 3 September Armia Łódź held."


def test_turns_of_phrase_do_not_repeat_at_once() -> None:
    turns = Turns()
    said = [turns.pick("x", n, ("a", "b", "c")) for n in range(40)]
    assert all(a != b for a, b in pairwise(said))
    assert set(said) == {"a", "b", "c"}


def test_no_common_word_keeps_its_capital_after_a_date() -> None:
    assert relead("on 12 May", "Hemmed-in defenders held on.") == "On 12 May hemmed-in defenders held on."


def test_one_formation_was_and_two_were_cut_off() -> None:
    lines = [explain(weiss(), e.n)[0] for e in weiss().journal.of_kind("pocket_formed")]
    assert lines
    for line in lines:
        one = not re.search(r" (and|formations|divisions|brigades) ", line.partition(", ")[0] + " ")
        assert f" men, {'was' if one else 'were'} cut off at " in line, line
