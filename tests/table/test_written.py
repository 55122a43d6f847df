"""What players write is understood, or sent back with one of three reasons: cases, round trips, hostile input."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.table.orders_page import PAGE, renewed
from wargame.errors import InputError
from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.table.forms import CONDITIONS, FORMS, POSTURES, QUESTIONS, Instruction
from wargame.table.names import plain, zones_of
from wargame.table.written import lines_of_table, parse, read
from wargame.view import view
from wargame.world import World

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "orders.toml").read_text(encoding="utf-8"))[
    "cases"
]
WHYS = {"unreadable", "ambiguous", "not allowed now"}


@cache
def real() -> tuple[Setup, World]:
    """The powers of Europe on the day after Prague."""
    setup = scenarios.load("history_1939")
    return setup, scenarios.opening_world(setup, 1)


def seen_by(power: str) -> World:
    setup, world = real()
    return view(world, setup.atlas.power_number.get(power, -1), [], power)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['id']}")
def test_case(case: dict[str, Any]) -> None:
    """Each case of orders.toml; ``today = false``: only what it says, since the headquarters is not raised yet."""
    setup, _ = real()
    reader = parse if case.get("today", True) else read
    understood, faults = reader(case["line"], case["as"], setup, seen_by(case["as"]))
    if "says" in case:
        assert not faults, faults
        assert [str(i) for i in understood] == [case["says"]]
        return
    assert not understood, understood
    (fault,) = faults
    assert (fault.why, fault.line) == (case["why"], 1)
    assert "\n" not in fault.reason
    assert case.get("with", "") in fault.reason
    if "try" in case:
        assert case["try"] in fault.suggestions
    if fault.why == "not allowed now":  # what is suggested can be written
        for line in fault.suggestions:
            assert read(line, case["as"], setup, seen_by(case["as"]))[0], line


def test_cases_are_numbered_once_each() -> None:
    numbers = [c["id"] for c in CASES]
    assert sorted(set(numbers)) == numbers


def test_every_verb_has_a_case_or_an_example_that_is_read() -> None:
    setup, _ = real()
    for form in FORMS.values():
        own = re.search(r"\b(ger|pol|gbr)_", form.example)
        power = own.group(1).upper() if own else "GER"
        understood, faults = read(form.example, power, setup, seen_by(power))
        assert not faults, faults
        assert [i.verb for i in understood] == [form.verb]
        assert str(understood[0]) == form.example
        assert understood[0].kind == form.kind


def test_the_page_for_players_has_every_form() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert renewed(text) == text, "python -m tests.table.orders_page"
    assert all(f"`{f.example}`" in text for f in FORMS.values())


def test_lines_are_numbered_and_comments_are_not_read() -> None:
    setup, _ = real()
    text = "# for Monday\n\nmobilise\r\nfnord\nfree: wait\n"
    understood, faults = parse(text, "POL", setup, seen_by("POL"))
    assert [(i.line, str(i)) for i in understood] == [(3, "mobilise"), (5, "free: wait")]
    assert [f.line for f in faults] == [4]


def test_a_reason_tells_nothing_that_the_seat_cannot_know() -> None:
    """Others' operations do not exist for a seat, and their drafts do not either."""
    setup, _ = real()
    assert [f.reason for f in parse("halt weiss\nhalt zzzz", "POL", setup, seen_by("POL"))[1]] == [
        "no operation of yours 'weiss'", "no operation of yours 'zzzz'",
    ]  # fmt: skip


def lines(table: str, seat: str = "GER") -> list[str]:
    return lines_of_table(table, "t.csv", seat).get(seat, "").split("\n")


def test_orders_from_a_table() -> None:
    table = 'id,verb,hq,place,note\n1,defend,VIII Korps,"Breslau, Oppeln",x\n2,stand,XVII Korps,,\n,,,,\n3,attack,,,\n'
    assert lines(table) == ["", "VIII Korps defend Breslau, Oppeln", "XVII Korps stand", "", "attack"]
    setup, _ = real()
    understood, faults = parse("\n".join(lines(table)), "GER", setup, seen_by("GER"))
    assert [str(i) for i in understood] == ["ger_viii_armeekorps defend breslau, oppeln", "ger_xvii_armeekorps stand"]
    assert [(f.line, f.why) for f in faults] == [(5, "unreadable")]
    named = "verb;treaty;with;until\npropose;non_aggression;SOV;1949-08-23\n"
    assert lines(named) == ["", "propose non_aggression with SOV until 1949-08-23"]
    assert lines("order\nmobilise\n") == ["", "mobilise"]


def test_a_table_of_all_seats_is_shared_out() -> None:
    table = "seat,order\nGER,mobilise\npol,stand down\n,nobody's\nGER,free: wait\n"
    found = lines_of_table(table, "t.csv")
    assert found == {"GER": "\nmobilise\n\n\nfree: wait", "POL": "\n\nstand down"}
    assert list(lines_of_table(table, "t.csv", "POL")) == ["POL"]


@pytest.mark.parametrize("table", ["", "a,b\n1,2\n", "order\nmobilise\n"])
def test_a_table_without_the_columns_is_refused(table: str) -> None:
    with pytest.raises(InputError, match="has no columns"):
        lines_of_table(table, "t.csv")


# --- round trip ------------------------------------------------------------------------------------------------------


def _slots() -> dict[str, st.SearchStrategy[str]]:
    setup, world = real()
    atlas, f = setup.atlas, world.forces
    own = [f.ids[r] for r in range(len(f)) if f.power[r] == atlas.power_number["GER"]]
    operations = [p.operation.id for p in setup.plans if p.operation and p.operation.power == "GER"]
    powers, places = st.sampled_from(sorted(atlas.powers)), st.sampled_from(atlas.ids)
    zones = st.sampled_from(atlas.zones).map(lambda z: ", ".join(zones_of(atlas, z)))
    day = st.dates(min_value=date(1930, 1, 1),
                   max_value=date(1950, 1, 1)).map(lambda d: d.isoformat())  # fmt: skip
    holds = st.tuples(st.sampled_from(("holds", "owns")), powers, places).map(" ".join)
    wars = st.tuples(st.just("at_war"), powers, powers).map(" ".join)
    plain_condition = st.one_of(holds, wars, powers.map(lambda p: f"beaten {p}"), day.map(lambda d: f"date {d}"))
    condition = st.one_of(plain_condition, plain_condition.map(lambda c: f"not {c}"))
    name = st.text("abcdefgh XYZ", min_size=3, max_size=12).map(str.strip).filter(lambda s: len(plain(s)) > 2)
    return {
        "power": powers, "place": places, "zone": zones, "hq": st.sampled_from(own), "date": day,
        "operation": st.sampled_from(operations), "hq_or_all": st.sampled_from([*own, "all"]),
        "treaty": st.sampled_from(("defence", "non_aggression", "transit", "alignment", "neutrality")),
        "line": st.sampled_from(("rearmament", "firmness", "foreign")), "direction": st.sampled_from(("up", "down")),
        "posture": st.sampled_from(POSTURES), "name": name.map(lambda s: " ".join(s.split())),
        "question": st.sampled_from(sorted(QUESTIONS)), "value": st.sampled_from(("yes", "no")),
        "subject": powers, "condition": st.lists(condition, min_size=1, max_size=3).map(" and ".join),
        "order": st.just(""), "flag": st.just(""), "text": st.just("send an envoy"),
    }  # fmt: skip


@st.composite
def instructions(draw: st.DrawFn, inner: bool = True) -> Instruction:
    """Any instruction of the German seat that can be written."""
    slots = _slots()
    verbs = [v for v in FORMS if inner or v not in {"if", "until", "free", "answer", "posture"}]
    form = FORMS[draw(st.sampled_from(sorted(verbs)))]
    args: list[str] = []
    for part in form.parts:
        if part.optional and draw(st.booleans()):
            continue
        if part.slot == "flag":
            args.append(part.lead)
            continue
        if part.slot == "order":
            if form.verb == "if":
                args.append(f"{part.lead} {draw(instructions(inner=False))}")
            else:
                args.append(f"answer {draw(slots['question'])} {draw(slots['value'])}")
            continue
        if part.most > 1:
            items = draw(st.lists(slots[part.slot], min_size=1, max_size=4))
            value = ", ".join(dict.fromkeys(", ".join(items).split(", ")))
        else:
            value = draw(slots[part.slot])
        args.append(f"{part.lead} {value}" if part.lead else value)
    return Instruction("GER", form.verb, tuple(args), "", 1, form.kind)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(instructions())
def test_what_is_written_is_read_back(instruction: Instruction) -> None:
    setup, _ = real()
    understood, faults = read(str(instruction), "GER", setup, seen_by("GER"))
    assert not faults, faults
    assert understood == [instruction]
    assert read(str(understood[0]), "GER", setup, seen_by("GER"))[0] == understood


# --- hostile input ---------------------------------------------------------------------------------------------------

SAID = (
    *("if", "then", "and", "not", "with", "against", "until", "for", "by", "via", "in", "at", "about", "all", "no"),
    *("GER", "POL", "Warszawa", "lodz", "weiss", "1939-09-01", "before", "yes", ",", ":", ";", "->", "free", "SUDETEN"),
    *("secretly", "\u202e", "🎖", "ß", "0", "-1", "99999999999999999999", "VIII Korps", "by sea"),
)
WORDS = st.sampled_from([*FORMS, *CONDITIONS, *QUESTIONS, *SAID])
MESS = st.one_of(
    st.text(max_size=120),
    st.lists(WORDS, max_size=12).map(" ".join),
    st.lists(st.text(max_size=8), max_size=8).map("\n".join),
)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(MESS, st.sampled_from(("GER", "POL", "SUI", "USA", "XXX")))
def test_anything_is_an_instruction_or_is_sent_back_with_a_reason(text: str, power: str) -> None:
    setup, _ = real()
    understood, faults = parse(text, power, setup, seen_by(power))
    for i in understood:
        assert read(str(i), power, setup, seen_by(power))[0] == [i]
    for f in faults:
        assert f.why in WHYS
        assert f.reason
        assert "\n" not in f.reason
    written = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
               if line.strip() and not line.strip().startswith("#")]  # fmt: skip
    assert len(understood) + len(faults) == len(written)


ROWS = st.lists(st.lists(WORDS, max_size=5).map(",".join), max_size=6)
TABLES = ROWS.map(lambda rows: "\n".join(["verb,hq,at", *rows]))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(MESS, TABLES))
def test_any_table_is_read_or_refused(text: str) -> None:
    setup, _ = real()
    try:
        found = lines_of_table(text, "t.csv", "GER")
    except InputError:
        return
    _, faults = parse(found.get("GER", ""), "GER", setup, seen_by("GER"))
    assert all(f.why in WHYS and f.reason for f in faults)


@pytest.mark.parametrize("text", ["x" * 5000, "if " * 300 + "mobilise", "attack " * 400, "mobilise\n" * 800])
def test_floods_are_cut_short(text: str) -> None:
    setup, _ = real()
    _, faults = parse(text, "GER", setup, seen_by("GER"))
    assert faults
    assert all(len(f.text) <= 210 for f in faults)
