"""The console's calls: who may make which, what a seat's page gets, and what the guard at the door refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from wargame.errors import UsageError
from wargame.table.game import Game
from wargame.table.picture import picture
from wargame.table.web import serve
from wargame.table.web.app import codes_for, create
from wargame.table.web.at_the_door import STATIC
from wargame.table.web.guard import ALL_TRIES, BURST, COOKIE, DEAR, MOST_BYTES, RATE, TRIES, WINDOW_S, Door, Meter, cost

HOST = "testserver"
SEAT = {"/api/check", "/api/orders", "/api/withdraw", "/api/message", "/api/rfi"}
OPEN = {"/", "/static/{name}", "/api/door", "/api/enter", "/api/me"}
SHARED = {
    *("/api/ground", "/api/forms", "/api/desk", "/api/position", "/api/report", "/api/briefing", "/api/newspaper"),
    *("/api/map.png", "/api/leave"),
}


class Client:
    """A browser: cookies, and the token of its session."""

    def __init__(self, app: Any) -> None:
        self.http, self.token = TestClient(app, base_url=f"http://{HOST}"), ""

    def enter(self, place: str, code: str, name: str = "Anna") -> Client:
        answer = self.http.post("/api/enter", json={"place": place, "code": code, "name": name})
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["token"]
        return self

    def get(self, path: str) -> Any:
        return self.http.get(path)

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(path, json=body, headers={"x-wargame-token": self.token})


@pytest.fixture
def app(game: Game) -> Any:
    return create(game, [HOST])


@pytest.fixture
def codes(game: Game) -> dict[str, str]:
    return codes_for(game)


@pytest.fixture
def seats(app: Any, codes: dict[str, str]) -> dict[str, Client]:
    return {place: Client(app).enter(place, code) for place, code in codes.items()}


def calls(app: Any) -> Iterator[tuple[str, str]]:
    for path, methods in app.openapi()["paths"].items():
        yield from ((method.upper(), path) for method in methods)


# --- who may do what -------------------------------------------------------------------------------------------------


def test_every_call_is_for_those_it_is_meant_for_and_for_nobody_else(app: Any, seats: dict[str, Client]) -> None:
    nobody = Client(app)
    found = sorted(calls(app), key=lambda call: call[1] == "/api/leave")
    assert len(found) > 40
    for method, described in found:
        path = described.replace("{what}", "export")
        for who, client in {"nobody": nobody, **seats}.items():
            answer = client.get(path) if method == "GET" else client.post(path)
            told = f"{method} {path} as {who}: {answer.status_code}"
            if path in OPEN:
                assert answer.status_code in {200, 422}, told
            elif who == "nobody":
                assert answer.status_code == 401, told
            elif path in SHARED:
                undrawn = path == "/api/map.png" and answer.status_code == 409  # the toy has no map to be drawn upon
                assert answer.status_code == 200 or undrawn or path == "/api/leave", told
            elif path in SEAT:
                assert answer.status_code == (422 if who in {"RED", "BLU"} else 403), told
            elif who == "umpire":
                assert answer.status_code in {200, 409, 422}, told
            else:
                assert answer.status_code == 403, told


def test_a_change_without_the_session_s_token_is_refused(seats: dict[str, Client]) -> None:
    answer = seats["RED"].http.post("/api/orders", json={"text": "mobilise"})
    assert (answer.status_code, "load it again" in answer.text) == (403, True)
    seats["RED"].token = seats["BLU"].token
    assert seats["RED"].post("/api/orders", text="mobilise").status_code == 403


def test_a_session_ends_with_leaving_and_with_a_new_code(seats: dict[str, Client]) -> None:
    seats["BLU"].post("/api/leave")
    assert seats["BLU"].get("/api/desk").status_code == 401
    code = seats["umpire"].post("/api/code", place="RED").json()["code"]
    assert seats["RED"].get("/api/desk").status_code == 401
    assert Client(seats["RED"].http.app).enter("RED", code).get("/api/desk").status_code == 200


def test_wrong_codes_are_counted_and_then_nobody_gets_in_for_a_while(app: Any, codes: dict[str, str]) -> None:
    client = Client(app)
    wrong = {"place": "RED", "code": "AAAA-AAAA-AAAA", "name": "Anna"}
    found = [client.http.post("/api/enter", json=wrong).status_code for _ in range(TRIES + 1)]
    assert found == [401] * TRIES + [429]
    right = client.http.post("/api/enter", json={**wrong, "code": codes["RED"]})
    assert right.status_code == 429


def test_tries_are_forgotten_after_a_while_and_counted_over_all_addresses() -> None:
    now = [0.0]
    door = Door(lambda: now[0])
    for k in range(ALL_TRIES):
        door.was_wrong(f"address {k}")
    assert door.must_wait("another")
    now[0] = WINDOW_S + 1
    assert not door.must_wait("another")


def test_a_place_that_asks_too_much_waits_and_nobody_else_does(seats: dict[str, Client]) -> None:
    long = "free: " + "x" * 9000
    found = [seats["RED"].post("/api/check", text=long) for _ in range(40)]
    slow = next(a for a in found if a.status_code != 200)
    assert slow.status_code == 429
    assert slow.json()["detail"].startswith("too much at once from this place; wait ")
    assert int(slow.headers["retry-after"]) >= 1
    assert seats["RED"].post("/api/commit").status_code in {403, 429}
    assert seats["BLU"].get("/api/desk").status_code == 200
    assert seats["umpire"].post("/api/commit").status_code == 200


def test_a_place_has_a_store_of_calls_that_fills_again() -> None:
    now = [0.0]
    meter = Meter(BURST, RATE, lambda: now[0])
    assert [meter.wait_s("RED", 1.0) for _ in range(int(BURST))] == [0.0] * int(BURST)
    assert meter.wait_s("RED", 1.0) == pytest.approx(1 / RATE)
    assert meter.wait_s("BLU", 1.0) == 0.0
    now[0] = 10.0
    assert meter.wait_s("RED", 10 * RATE) == 0.0
    assert meter.wait_s("RED", 10 * BURST) > 0.0
    now[0] = 1000.0
    assert meter.wait_s("RED", 10 * BURST) == 0.0, "nothing is too dear for ever"
    assert cost("GET", "/api/papers/report", 0) == DEAR > cost("GET", "/api/desk", 0) == 1.0
    assert cost("POST", "/api/orders", 100_000) > cost("POST", "/api/orders", 100)


# --- the guard -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"host": "elsewhere"}, 421), ({"origin": "http://elsewhere"}, 403), ({"origin": f"http://{HOST}"}, 200)],
)
def test_other_hosts_and_other_pages_are_refused(app: Any, headers: dict[str, str], status: int) -> None:
    assert TestClient(app, base_url=f"http://{HOST}").get("/api/door", headers=headers).status_code == status


def test_what_is_too_long_is_refused_before_it_is_read(seats: dict[str, Client]) -> None:
    red = seats["RED"]
    answer = red.http.post("/api/orders", content=b" " * (MOST_BYTES + 1), headers={"x-wargame-token": red.token})
    assert answer.status_code == 413


def test_the_cookie_has_no_secret_and_cannot_be_read_by_scripts(app: Any, codes: dict[str, str]) -> None:
    answer = TestClient(app, base_url=f"http://{HOST}").post(
        "/api/enter", json={"place": "RED", "code": codes["RED"], "name": "Anna"}
    )
    cookie = answer.headers["set-cookie"]
    assert re.search(rf"{COOKIE}=[\w-]{{40,}};", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "RED" not in cookie
    assert codes["RED"] not in cookie


@pytest.mark.parametrize("path", ["/", *(f"/static/{n}" for n in STATIC), "/api/door"])
def test_every_page_forbids_scripts_and_styles_from_elsewhere_and_inline(app: Any, path: str) -> None:
    answer = TestClient(app, base_url=f"http://{HOST}").get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path == "/":
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?! src=)", answer.text)


def test_no_page_asks_anything_of_another_computer() -> None:
    folder = Path(serve.__file__).parent / "static"
    for file in folder.iterdir():
        found = re.findall(r"https?://[^\s\"'`)]+", file.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org/2000/svg"}, file.name


def test_files_outside_the_folder_are_not_there(app: Any) -> None:
    client = TestClient(app, base_url=f"http://{HOST}")
    for name in ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "console.html"):
        assert client.get(f"/static/{name}").status_code == 404


# --- what a seat gets ------------------------------------------------------------------------------------------------


def test_a_page_gets_its_own_picture_and_the_umpire_previews_its_very_bytes(
    game: Game, seats: dict[str, Client]
) -> None:
    own = seats["RED"].get("/api/position")
    assert own.json()["seat"] == "RED"
    assert own.json()["forces"] == picture(game, "RED")["forces"]
    assert seats["umpire"].get("/api/preview/position?seat=RED").content == own.content
    seats["umpire"].post("/api/commit")
    for what in ("briefing", "report", "desk", "position"):
        mine, preview = seats["RED"].get(f"/api/{what}"), seats["umpire"].get(f"/api/preview/{what}?seat=RED")
        assert (mine.status_code, mine.content) == (200, preview.content), what
    assert "RED" in seats["RED"].get("/api/report").json()["markdown"].upper()
    desk = seats["RED"].get("/api/desk")
    assert desk.json()["seat"] == "RED"
    assert seats["umpire"].get("/api/preview/desk?seat=RED").content == desk.content
    assert seats["observer"].get("/api/position").json()["seat"] == "observer"
    assert seats["observer"].get("/api/position").content != own.content


def test_what_another_seat_orders_and_the_umpire_rules_changes_no_byte_of_a_page(
    app: Any, seats: dict[str, Client]
) -> None:
    seats["umpire"].post("/api/commit")
    paths = sorted((SHARED - {"/api/leave"}) | {"/api/me", "/api/papers/report"})
    before = [seats["BLU"].get(p).content for p in paths]
    assert seats["RED"].post("/api/orders", text="free: send spies to BLU").json()["accepted"]
    assert seats["umpire"].post("/api/propose", rollouts=0).status_code == 200
    app.state.console.work.wait(20)
    assert seats["umpire"].get("/api/work").json()["state"] == "done"
    assert seats["umpire"].post("/api/note", text="RED is up to something").status_code == 200
    assert seats["RED"].post("/api/rfi", text="how many are they?").status_code == 200
    assert [seats["BLU"].get(p).content for p in paths] == before


def test_a_turn_by_the_console_is_a_turn_of_the_game(game: Game, seats: dict[str, Client]) -> None:
    hour = game.state.hour
    assert seats["umpire"].post("/api/commit").status_code == 200
    assert game.state.turn == 1
    assert seats["RED"].get("/api/report").json()["markdown"]
    assert seats["RED"].get("/api/desk").json()["turn"] == 2
    assert seats["umpire"].post("/api/undo", turns=1).status_code == 200
    assert game.state.hour == hour
    assert seats["umpire"].post("/api/redo").status_code == 200
    assert seats["umpire"].post("/api/fork", name="what_if").json() == {"file": "what_if.game"}
    assert game.path.with_name("what_if.game").is_file()


def test_what_cannot_be_done_is_told_in_one_line(seats: dict[str, Client]) -> None:
    answer = seats["umpire"].post("/api/redo")
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("there is nothing to redo")
    assert "Traceback" not in answer.text
    unread = seats["RED"].post("/api/check", text="attakc b1")
    assert [r["why"] for r in unread.json()["rejected"]] == ["unreadable"]


def test_everybody_is_told_to_look_at_the_same_acts_and_numbers_count_per_page(seats: dict[str, Client]) -> None:
    origin = {"origin": f"http://{HOST}"}
    with (
        seats["RED"].http.websocket_connect("/live", headers=origin) as red,
        seats["BLU"].http.websocket_connect("/live", headers=origin) as blu,
    ):
        seats["RED"].post("/api/orders", text="free: look about")
        own = red.receive_json()
        assert (own["look"], own["change"]) == (1, None)
        assert own["desk"] == seats["RED"].get("/api/desk").json()
        seats["umpire"].post("/api/commit")
        told = {"RED": red.receive_json(), "BLU": blu.receive_json()}
        assert {p: t["look"] for p, t in told.items()} == {"RED": 2, "BLU": 1}  # it was told nothing of the order
        assert {p: t["desk"]["seat"] for p, t in told.items()} == {"RED": "RED", "BLU": "BLU"}


@pytest.mark.parametrize("headers", [{}, {"origin": "http://elsewhere"}])
def test_the_live_line_is_for_the_console_s_own_pages(seats: dict[str, Client], headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        seats["RED"].http.websocket_connect("/live", headers=headers) as line,
    ):
        line.receive_json()


def test_a_thousand_orders_of_twenty_at_once_are_neither_lost_nor_doubled(
    app: Any, game: Game, codes: dict[str, str]
) -> None:
    places = ["RED", "BLU"] * 10
    clients = [Client(app).enter(place, codes[place], f"player {k}") for k, place in enumerate(places)]

    def send(k: int) -> int:
        text = "\n".join(f"free: order {k} of turn one, part {n}" for n in range(10))
        return sum(len(clients[k].post("/api/orders", text=text).json()["accepted"]) for _ in range(5))

    with ThreadPoolExecutor(20) as pool:
        handed_in = sum(pool.map(send, range(20)))
    assert handed_in == 1000
    kept = [line for p in ("RED", "BLU") for line in game.orders(p)["accepted"]]
    assert len(kept) == len(set(kept)) == 200  # each client sent the same ten five times
    assert sum(a.kind == "orders" for a in game.store.acts) == 100


# --- serving ---------------------------------------------------------------------------------------------------------


def test_only_this_computer_is_served_unless_asked_otherwise(call: Any, game: Game) -> None:
    game.close()
    refused = call("game", "serve", str(game.path), "--host", "0.0.0.0")
    assert refused.code == 2
    assert "--open-to-network" in refused.err


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("10.0.0.4", False), ("x", False)]
)
def test_which_addresses_are_this_computer_s_own(host: str, alone: bool) -> None:
    assert serve.is_loopback(host) is alone


def test_the_names_under_which_it_answers() -> None:
    assert serve.names("127.0.0.1", 80) == ["127.0.0.1:80", "localhost:80", "[::1]:80"]
    assert serve.names("10.0.0.4", 80, ["laptop.lan"])[:2] == ["laptop.lan:80", "10.0.0.4:80"]


def test_a_taken_port_is_told(game: Game) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="another --port"):
            serve.serve(game, host="127.0.0.1", port=taken.getsockname()[1], hosts=["x"], workers=1)
