"""The single source: a chain in which a changed byte is found, causes that lead to the root, levels, daily columns."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import HOUR
from wargame.errors import InputError
from wargame.events import (
    ArmyBroken,
    Event,
    FlagRaised,
    OperationEnded,
    OperationLaunched,
    ProvinceTaken,
    WarDeclared,
    WeatherTurned,
)
from wargame.journal import VERDICT_KINDS, Journal, Level, read

HEADER = {"scenario": "toy", "edition": "standard", "seed": 7, "note": "Łódź, \u2028 Kraków"}


def toy_journal(level: Level = "events") -> Journal:
    """A war in eight entries: 0 header, 1 war, 2 launched, 3 weather, 4 day, 5 taken, 6 broken, 7 ended."""
    journal = Journal(level=level)
    journal.begin(HOUR, HEADER)
    war = journal.record(HOUR, WarDeclared(war="w", attackers=("RED",), defenders=("BLU",)))
    launched = journal.record(HOUR, OperationLaunched(operation="white", power="RED", target="BLU", because=war))
    journal.record(HOUR + 24, WeatherTurned(weather=("clear",)))
    journal.record_day(HOUR + 24, {"forces.men": np.array([9e3, 1e-5]), "world.owner": np.array([1, 2])}, launched)
    taken = journal.record(
        HOUR + 48, ProvinceTaken(province="lodz", power="RED", previous="BLU", how="fought", because=launched)
    )
    broken = journal.record(
        HOUR + 72, ArmyBroken(operation="white", power="BLU", share_lost=1e-05, men_left=9, because=taken)
    )
    journal.record(HOUR + 72, OperationEnded(operation="white", outcome="launched_succeeded", because=broken))
    return journal


def written(journal: Journal) -> str:
    return "".join(journal.lines())


def saved(folder: Path, text: str | bytes) -> Path:
    path = folder / "journal.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def fault_of(path: Path, companion: Path | None = None) -> tuple[int | None, str]:
    with pytest.raises(InputError) as caught:
        read(path, companion)
    (fault,) = caught.value.faults
    return fault.line, str(fault)


@pytest.mark.parametrize("level", ["verdict", "events", "full"])
def test_a_journal_reads_back_as_it_was_written(tmp_path: Path, level: Level) -> None:
    journal = toy_journal(level)
    back = read(saved(tmp_path, written(journal)))
    assert written(back) == written(journal)
    assert [e.event() for e in back.of_kind(*Event.registry)] == [e.event() for e in journal.of_kind(*Event.registry)]
    assert (back.length, back.head) == (journal.length, journal.head)


def test_a_journal_of_nothing_but_its_header_is_sound(tmp_path: Path) -> None:
    journal = Journal()
    journal.begin(HOUR, HEADER)
    assert read(saved(tmp_path, written(journal))).length == 1


def test_a_line_is_canonical_json_with_number_instant_kind_data_cause_and_hash() -> None:
    line = list(toy_journal().lines())[2]
    assert line.startswith('{"at":"1939-09-01T04","because":1,"data":{"operation":"white",')
    assert set(json.loads(line)) == {"n", "at", "kind", "data", "because", "hash"}
    assert line.endswith("\n")


def test_equal_runs_give_equal_bytes_and_different_ones_do_not() -> None:
    assert written(toy_journal()) == written(toy_journal())
    other = toy_journal()
    other.record(HOUR, FlagRaised(flag="x"))
    assert other.head != toy_journal().head


@pytest.mark.parametrize("level", ["verdict", "events"])
def test_every_single_changed_byte_is_found_with_its_line(tmp_path: Path, level: Level) -> None:
    text = written(toy_journal(level)).encode()
    path = tmp_path / "journal.jsonl"
    for place, byte in enumerate(text):
        line = text.count(b"\n", 0, place) + 1
        for other in {byte ^ 1 << place % 8, b"0\n e+"[place % 5]} - {byte}:
            path.write_bytes(text[:place] + bytes([other]) + text[place + 1 :])
            found, message = fault_of(path)
            assert found == line, (place, chr(byte), chr(other), message)


def test_the_message_says_which_entries_are_sound_and_what_to_do(tmp_path: Path) -> None:
    path = saved(tmp_path, written(toy_journal()).replace('"lodz"', '"lida"'))
    line, message = fault_of(path)
    assert line == 6
    assert message == (
        f"{path} line 6: this line does not match its hash: the line, or one before it, was changed "
        "(entries up to line 5 are sound; run the scenario again or restore the file)"
    )


@pytest.mark.parametrize("level", ["verdict", "events"])
@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_missing_line_is_found(tmp_path: Path, level: Level, gone: int) -> None:
    lines = list(toy_journal(level).lines())
    del lines[gone]
    found, message = fault_of(saved(tmp_path, "".join(lines)))
    assert found == gone + 1
    assert "this line" in message


@pytest.mark.parametrize("level", ["verdict", "events"])
def test_a_line_twice_and_two_lines_exchanged_are_found(tmp_path: Path, level: Level) -> None:
    lines = list(toy_journal(level).lines())
    assert fault_of(saved(tmp_path, "".join([*lines[:2], lines[1], *lines[2:]])))[0] == 3
    assert fault_of(saved(tmp_path, "".join([lines[0], lines[2], lines[1], *lines[3:]])))[0] == 2


def test_a_line_with_its_hash_recomputed_breaks_the_next_one(tmp_path: Path) -> None:
    """Who changes an entry and mends its own hash is found one line later."""
    forged = Journal()
    for entry in toy_journal().entries[:5]:
        forged._append(entry.hour, entry.kind, entry.data, entry.because)
    forged.record(HOUR + 48, ProvinceTaken(province="lida", power="RED", previous="BLU", how="fought", because=2))
    lines = [*forged.lines(), *list(toy_journal().lines())[6:]]
    assert fault_of(saved(tmp_path, "".join(lines)))[0] == 7


@pytest.mark.parametrize(
    "text", ["", "\n", "null\n", "{}\n", "[1]\n", '{"n":0}\n', "once upon a time\n", b"\xff\xfe\n"]
)
def test_what_is_no_journal_is_refused_at_line_1(tmp_path: Path, text: str | bytes) -> None:
    assert fault_of(saved(tmp_path, text))[0] == 1


def test_a_part_without_its_header_is_refused(tmp_path: Path) -> None:
    resumed = Journal(length=5, head=toy_journal().entries[4].hash)
    resumed.record(HOUR, FlagRaised(flag="x"))
    assert fault_of(saved(tmp_path, written(resumed)))[0] == 1


def test_a_resumed_part_continues_the_chain_byte_for_byte() -> None:
    whole = toy_journal()
    resumed = Journal(length=5, head=whole.entries[4].hash)
    for entry in whole.entries[5:]:
        resumed.record(entry.hour, entry.event())
    assert [e.hash for e in resumed] == [e.hash for e in whole.entries[5:]]
    assert resumed.head == whole.head
    assert resumed[6] == whole[6]
    with pytest.raises(KeyError):
        resumed[2]


def test_causes_walk_back_to_the_root() -> None:
    journal = toy_journal()
    assert [e.n for e in journal.causes(7)] == [7, 6, 5, 2, 1, 0]
    assert [e.n for e in journal.causes(0)] == [0]
    assert journal.causes(3)[-1].kind == "header"


def test_an_entry_is_found_by_its_number_at_every_level() -> None:
    for level in ("verdict", "events", "full"):
        journal = toy_journal(level)
        assert [journal[e.n] for e in journal] == list(journal)
        for n in (-1, 8, 100):
            with pytest.raises(KeyError):
                journal[n]
    with pytest.raises(KeyError):
        toy_journal("verdict")[3]
    with pytest.raises(KeyError):
        Journal()[0]


def test_causes_that_were_not_kept_are_a_key_error_and_not_skipped() -> None:
    with pytest.raises(KeyError, match="5"):
        toy_journal("verdict").causes(7)


def test_level_verdict_keeps_only_what_a_verdict_needs_with_the_same_numbers_and_hashes() -> None:
    verdict, events = toy_journal("verdict"), toy_journal("events")
    kept = [e for e in events if e.kind in VERDICT_KINDS or e.kind == "header"]
    assert [(e.n, e.hash) for e in verdict] == [(e.n, e.hash) for e in kept]
    assert [e.n for e in verdict] == [0, 1, 2, 6, 7]
    assert (verdict.length, verdict.head) == (events.length, events.head)
    assert set(Event.registry) >= VERDICT_KINDS


def test_only_level_full_keeps_the_daily_columns() -> None:
    assert toy_journal("events").days == toy_journal("verdict").days == {}
    assert list(toy_journal("full").days) == [4]
    assert written(toy_journal("full")) == written(toy_journal("events"))


def test_the_companion_has_the_same_bytes_for_the_same_run() -> None:
    assert toy_journal("full").companion() == toy_journal("full").companion()


def test_the_companion_reads_back(tmp_path: Path) -> None:
    journal = toy_journal("full")
    companion = tmp_path / "days.npz"
    companion.write_bytes(journal.companion())
    back = read(saved(tmp_path, written(journal)), companion)
    assert back.level == "full"
    assert {n: {c: a.tolist() for c, a in day.items()} for n, day in back.days.items()} == {
        4: {"forces.men": [9e3, 1e-5], "world.owner": [1, 2]}
    }
    assert back.companion() == journal.companion()


def test_without_a_companion_file_a_journal_is_read_at_level_events(tmp_path: Path) -> None:
    assert read(saved(tmp_path, written(toy_journal())), tmp_path / "none.npz").level == "events"
    assert read(saved(tmp_path, written(toy_journal("verdict")))).level == "verdict"


def test_a_companion_of_another_run_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    np.savez_compressed(out, **{"4/forces.men": np.array([9e3, 2e-5]), "4/world.owner": np.array([1, 2])})
    companion = tmp_path / "days.npz"
    companion.write_bytes(out.getvalue())
    line, message = fault_of(saved(tmp_path, written(toy_journal())), companion)
    assert line is None
    assert "does not match entry 4 (1939-09-02) of the journal" in message


def test_a_damaged_companion_is_refused_or_reads_as_what_was_written(tmp_path: Path) -> None:
    journal = toy_journal("full")
    path, companion, data = saved(tmp_path, written(journal)), tmp_path / "days.npz", journal.companion()
    for place in range(0, len(data), 3):
        companion.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            back = read(path, companion)
        except InputError as error:
            assert str(companion) in str(error)
        else:
            assert back.companion() == data


NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))


@given(st.dictionaries(st.text(max_size=6), st.one_of(NUMBERS, st.text(), st.lists(st.text(), max_size=3)), max_size=4))
def test_any_header_survives(tmp_path_factory: pytest.TempPathFactory, header: dict[str, object]) -> None:
    journal = Journal()
    journal.begin(HOUR, header)
    folder = tmp_path_factory.getbasetemp()
    assert read(saved(folder, written(journal))).entries == journal.entries
