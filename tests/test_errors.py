"""Errors name the thing, the place and the remedy."""

from __future__ import annotations

import json

from wargame.errors import Fault, InputError, UsageError, WargameError, did_you_mean

LODZ = Fault("unknown-province", "pol.csv", "province 'lodzz' is not on map 'europe'", "did you mean 'lodz'?", line=14)


def test_a_fault_names_file_line_thing_and_remedy() -> None:
    assert str(LODZ) == "pol.csv line 14: province 'lodzz' is not on map 'europe' (did you mean 'lodz'?)"


def test_a_fault_of_a_whole_file_has_no_line_and_may_have_no_remedy() -> None:
    assert str(Fault("empty", "pol.csv", "the file is empty")) == "pol.csv: the file is empty"


def test_a_fault_as_data_is_plain_json() -> None:
    data = json.loads(json.dumps(LODZ.as_dict()))
    assert data == {
        "code": "unknown-province",
        "severity": "error",
        "file": "pol.csv",
        "line": 14,
        "what": "province 'lodzz' is not on map 'europe'",
        "remedy": "did you mean 'lodz'?",
    }


def test_an_input_error_reports_every_fault_in_order() -> None:
    second = Fault("empty", "ger.csv", "the file is empty")
    error = InputError(f for f in [LODZ, second])
    assert error.faults == (LODZ, second)
    assert str(error).splitlines() == [str(LODZ), str(second)]


def test_exit_codes_are_one_for_findings_and_two_for_usage() -> None:
    assert (InputError([]).exit_code, UsageError("x").exit_code) == (1, 2)
    assert issubclass(InputError, WargameError)
    assert issubclass(UsageError, WargameError)


def test_the_nearest_name_is_suggested_and_nothing_when_none_is_near() -> None:
    assert did_you_mean("lodzz", {"warszawa", "lodz", "lida"}) == "did you mean 'lodz'?"
    assert did_you_mean("xyz", {"warszawa", "lodz"}) == ""


def test_the_suggestion_does_not_depend_on_the_order_of_the_choices() -> None:
    choices = ["lodz", "lodx", "lody"]
    assert did_you_mean("lod", choices) == did_you_mean("lod", reversed(choices))
