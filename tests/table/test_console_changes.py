"""What a page is sent of a new position: with what it has, it makes exactly the position that the seat may know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.table.browsers import chromium, served
from tests.table.test_console import HOST, Client
from wargame.table.game import Game
from wargame.table.web.app import codes_for, create
from wargame.table.web.changes import KEYED, changes

HOLDERS = st.sampled_from(["", "RED", "BLU"])
LINES = st.lists(st.integers(1, 12), unique=True, max_size=9).map(sorted)


def applied(position: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """The next position, as a page makes it (static/changes.js)."""
    made = {**position, **sent.get("whole", {})}
    if "provinces" in sent:
        made["provinces"] = {**position["provinces"], **sent["provinces"]}
    for part, lines in sent.get("lists", {}).items():
        key = KEYED[part]
        other = {line[key]: line for line in lines["other"]}
        made[part] = [{**x, **other.get(x[key], {})} for x in position[part] if x[key] not in lines["gone"]]
        for at, line in lines["came"]:
            made[part].insert(at, line)
    return made


@st.composite
def positions(draw: st.DrawFn) -> dict[str, Any]:
    """A position in small: a date, who holds what, forces in some order, what was heard."""
    ids = draw(st.permutations(draw(LINES))) if draw(st.booleans()) else draw(LINES)
    return {
        "date": draw(st.sampled_from(["1939-08-25", "1939-08-26"])),
        "wars": draw(st.lists(st.sampled_from(["weiss", "west"]), max_size=2)),
        "provinces": {p: draw(HOLDERS) for p in ("a", "b", "c")},
        "forces": [{"id": f"f{k}", "men": draw(st.integers(0, 3)), "under": draw(HOLDERS)} for k in ids],
        "heard": [{"number": k, "text": draw(st.sampled_from("xyz"))} for k in draw(LINES)],
    }


@settings(max_examples=200, deadline=None)
@given(positions(), positions())
def test_the_new_position_comes_of_the_old_one_and_what_is_sent(old: dict[str, Any], new: dict[str, Any]) -> None:
    sent = json.loads(json.dumps(changes(old, new)))
    assert applied(old, sent) == new
    assert changes(new, new) == {}


def test_only_what_changed_is_sent() -> None:
    old = {"date": "x", "provinces": {"a": "RED", "b": "BLU"}, "forces": [{"id": "f", "men": 3, "under": "hq"}]}
    new = {"date": "x", "provinces": {"a": "BLU", "b": "BLU"}, "forces": [{"id": "f", "men": 2, "under": "hq"}]}
    assert changes(old, new) == {
        "provinces": {"a": "BLU"},
        "lists": {"forces": {"gone": [], "other": [{"id": "f", "men": 2}], "came": []}},
    }


@pytest.fixture
def seats(game: Game) -> dict[str, Client]:
    app = create(game, [HOST])
    return {place: Client(app).enter(place, code) for place, code in codes_for(game).items()}


@pytest.mark.parametrize("place", ["RED", "observer", "umpire"])
def test_a_page_that_is_only_told_has_the_position_that_it_could_fetch(place: str, seats: dict[str, Client]) -> None:
    page, umpire = seats[place], seats["umpire"]
    has, desk = page.get("/api/position").json(), "/api/table" if place == "umpire" else "/api/desk"
    tag = page.get(desk).json()["position"]
    with page.http.websocket_connect("/live", headers={"origin": f"http://{HOST}"}) as line:
        for call in ("commit", "commit", "undo", "redo"):
            assert umpire.post(f"/api/{call}").status_code == 200
            news = line.receive_json()
            assert news["change"]["from"] == tag
            has, tag = applied(has, news["change"]["changes"]), news["change"]["to"]
            assert has == page.get("/api/position").json()
            assert news["desk"]["position"] == tag == page.get(desk).json()["position"]


def test_who_has_left_is_sent_nothing_more(seats: dict[str, Client]) -> None:
    red = seats["RED"]
    with red.http.websocket_connect("/live", headers={"origin": f"http://{HOST}"}) as line:
        assert red.post("/api/leave").status_code == 200
        assert line.receive()["code"] == 4401
    assert seats["umpire"].post("/api/commit").status_code == 200


@pytest.fixture(scope="module")
def page(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    game = Game.create(tmp_path_factory.mktemp("game") / "toy.game", toy, seats=["RED"])
    with chromium() as browser, game, served(game) as console:
        found = browser.new_page()
        found.goto(console.url)
        yield found


def test_the_page_s_own_arithmetic_is_that_of_these_tests(page: Any) -> None:
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(positions(), positions()), min_size=5, max_size=5))
    def check(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
        script = """async (pairs) => { const { applied } = await import("/static/changes.js");
          return pairs.map(([old, sent]) => applied(old, sent)); }"""
        assert page.evaluate(script, [[old, changes(old, new)] for old, new in pairs]) == [new for _, new in pairs]

    check()
