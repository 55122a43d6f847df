"""Random calls by the console's own description of itself: nothing that is sent breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.table.test_console import HOST, Client
from wargame.table.game import Game
from wargame.table.web.app import codes_for, create
from wargame.table.web.guard import Meter

SLOW = {"/api/papers/{what}", "/api/map.png", "/api/ground", "/api/odds", "/api/enter", "/api/leave", "/api/code"}
"""What takes a second a call, is tried by its own tests, or ends the session."""


@pytest.fixture(scope="module")
def app(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    game = Game.create(tmp_path_factory.mktemp("fuzz") / "toy.game", toy, seats=["RED", "BLU"], seed=3)
    made = create(game, [HOST], meter=Meter(1e9, 1.0))
    made.state.codes = codes_for(game)
    return made


@pytest.fixture(scope="module")
def people(app: Any) -> dict[str, Client]:
    return {place: Client(app).enter(place, app.state.codes[place]) for place in ("umpire", "RED")}


@pytest.mark.parametrize("place", ["umpire", "RED"])
def test_no_call_that_fits_the_description_or_does_not_breaks_the_console(
    app: Any, people: dict[str, Client], place: str
) -> None:
    schema = schemathesis.openapi.from_dict(app.openapi())
    client, tried = people[place], []

    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in SLOW:
            continue

        @settings(
            max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            tried.append(case.path)
            headers = {"x-wargame-token": client.token}
            body = {"json": case.body} if case.method.upper() == "POST" and isinstance(case.body, dict) else {}
            answer = client.http.request(case.method, case.formatted_path, params=case.query, headers=headers, **body)
            told = f"{case.method} {case.formatted_path} {case.query} {body}: {answer.text}"
            assert answer.status_code < 500, told

        call()
        app.state.console.work.wait(20)
    assert len(tried) > 80
