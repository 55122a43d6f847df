"""Why: chains reach the root, subjects of every kind are answered, unknown ones are refused with a hint."""

from __future__ import annotations

import re

import pytest

from tests.show.told import small_war, weiss
from wargame.errors import UsageError
from wargame.events import Event
from wargame.show.explain import Explainer, causes, explain
from wargame.show.retell import Retelling


def test_why_weiss_ended_so_reaches_the_root() -> None:
    run = weiss()
    chain = causes(run, run.world.operations["weiss"].entry)
    assert chain[-1][0] == 0
    assert [n for n, _ in chain] == sorted({n for n, _ in chain}, reverse=True)
    kinds = [run.journal[n].kind for n, _ in chain]
    assert kinds[0] == "operation_ended"
    assert {"operation_launched", "war_declared", "header"} <= set(kinds)
    lines = explain(run, "weiss")
    assert lines[0].startswith("On ")
    assert any(line.startswith("The root:") and "[0]" in line for line in lines)
    assert any("What mattered most" in line for line in lines)


def test_every_entry_of_a_run_reaches_the_root_and_can_be_told() -> None:
    run = weiss()
    why = Explainer(run)
    for e in run.journal:
        assert why.chain(e.n)[-1].n == 0, e
        assert re.match(r"(On \d|The scenario).*\.$", why.describe(e)), why.describe(e)


def test_every_kind_of_event_has_a_telling() -> None:
    tellings = {name.removeprefix("_tell_") for name in dir(Retelling) if name.startswith("_tell_")}
    assert set(Event.registry) <= tellings


def test_chain_of_the_small_war_word_for_word() -> None:
    lines = explain(small_war(), "red_attack")
    assert lines[0] == "On 12 May 1930 Case Red ended in success: 1 of 1 objectives held and day 10 of 30. [23]"
    assert [int(line.rpartition("[")[2][:-1]) for line in lines[:7]] == [23, 19, 18, 17, 4, 3, 1]
    assert lines[7].startswith("The root: The scenario 'Red against Blue'")
    text = " ".join(lines[8:])
    assert "of three assaults by Redland 2 prevailed" in text
    assert "force ratio +1.5 (2)" in text
    assert "One pocket formed" in text
    assert "24,100" not in text  # told as a share of all prisoners
    assert "94 per cent of the 25,614 prisoners" in text


def test_why_a_place_fell() -> None:
    lines = explain(small_war(), "p04")
    assert lines[0] == "On 12 May 1930 P04 was held by Redland; it had changed hands once. [17]"
    assert "repulsed" in lines[1]
    assert "broke" in lines[2]
    assert lines[-1].endswith("[0]")
    assert explain(small_war(), "p01")[0].endswith("it never changed hands. [0]")


def test_what_became_of_a_formation_and_of_an_army() -> None:
    lines = explain(small_war(), "blu_1_div")
    assert "had surrendered" in lines[0]
    assert "three engagements, 1 of them with success" in lines[1]
    assert "[20]" in lines[2]
    assert explain(small_war(), "blu_1_army")[0].startswith(
        "On 12 May 1930, of the 1st Army, two formations had surrendered"
    )
    assert "still in the field" in explain(small_war(), "red_1_div")[0]


def test_pockets_and_entries() -> None:
    assert "cut off at P05" in explain(small_war(), "pocket:p05")[0]
    assert any(line.startswith("Afterwards:") for line in explain(small_war(), "pocket:p05"))
    assert explain(small_war(), 18) == explain(small_war(), "#18")
    assert "It caused two entries" in explain(small_war(), 18)[-1]


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("weis", "nothing to explain under 'weis'"),
        ("99999", "no entry 99999"),
        ("pocket:berlin", "no pocket at 'berlin'"),
        ("", "nothing to explain"),
    ],
)
def test_unknown_subjects_are_refused(subject: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        explain(weiss(), subject)


def test_a_misspelt_name_gets_a_hint() -> None:
    with pytest.raises(UsageError, match="did you mean 'warszawa'"):
        explain(weiss(), "warszawaa")


def test_names_do_as_well_as_ids() -> None:
    run = weiss()
    for name, known in (
        ("Łódź", "lodz"),
        ("warsaw", "warszawa"),
        ("Armia Łódź", "pol_armia_lodz"),
        ("10 DP", "pol_10_dp"),
    ):
        assert explain(run, name) == explain(run, known)
    assert explain(run, "fall weiss") == explain(run, "weiss")


def test_each_operation_is_credited_with_its_own_prisoners() -> None:
    run = weiss()
    told = [
        line for name in ("weiss", "soviet_entry") for line in explain(run, name) if " prisoners surrendered" in line
    ]
    counted = [
        int(m.group(1).replace(",", "")) for m in (re.search(r"of the ([\d,]+) prisoners", t) for t in told) if m
    ]
    poles = run.world.forces.power == run.setup.atlas.power_number["POL"]
    assert len(counted) == 2
    assert sum(counted) <= run.world.forces.captured[poles].sum() + 1
    assert not any("Soviet Union and" in line for line in explain(run, "soviet_entry") if "assaults by" in line)
