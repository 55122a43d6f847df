"""Whole games from one umpire's keyboard, and what it says to wrong words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Call
from wargame.cli import app
from wargame.cli.app import table
from wargame.table.game import Game


def verbs() -> list[str]:
    return [str(c.name) for c in table.registered_commands]


@pytest.fixture(scope="module")
def new_game(toy: Path, tmp_path_factory: pytest.TempPathFactory, call: Call) -> Path:
    """A game's file, made by the command line."""
    made = tmp_path_factory.mktemp("game") / "toy.game"
    assert call("game", "new", toy, "--file", made, "--seats", "RED,BLU", "--seed", 3, "--quiet").code == 0
    return made


@pytest.fixture
def path(new_game: Path, tmp_path: Path) -> Path:
    """A game's file, to play with."""
    return Path(shutil.copy(new_game, tmp_path / "toy.game"))


def data(call: Call, *words: Any) -> Any:
    """What a command says in JSON."""
    done = call("game", *words, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_whole_game_of_one_umpire(call: Call, path: Path, tmp_path: Path) -> None:
    assert data(call, "status", path)["date"] == "1930-05-01T00"
    for words in (
        ("--as", "RED", "--person", "Anna"),
        ("--as", "RED", "--person", "Bert"),
        ("--as", "umpire", "--person", "Clara", "--role", "scribe"),
        ("--as", "observer", "--person", "Dora"),
        ("--fill",),
        ("--as", "BLU", "--kind", "human", "--person", "Emil"),
    ):
        assert call("game", "seats", path, *words).code == 0
    shown = call("game", "seats", path).out
    assert "RED  human      Anna, Bert" in shown
    assert "umpire  scribe     Clara" in shown

    sheet = tmp_path / "blu.txt"
    sheet.write_text("blu_1_army stand\nblu_1_army fly to the moon\n", encoding="utf-8")
    done = call("game", "orders", path, sheet, "--as", "BLU")
    assert done.code == 1
    assert done.out == "BLU: blu_1_army stand\n"
    assert "sent back: line 2: 'blu_1_army fly to the moon' is unreadable" in done.err
    assert data(call, "orders", path, "--as", "BLU")["BLU"]["accepted"] == ["blu_1_army stand"]

    assert call("game", "inject", path, "It rains on the parade", "--to", "ALL", "--at", "1930-05-03").code == 0
    assert call("game", "inject", path, "War!", "--to", "BLU", "--when", "at_war RED BLU").code == 0
    sent = data(call, "message", path, "We come in peace", "--as", "RED", "--to", "BLU", "--way", "hand")
    assert sent["arrives"] == sent["sent"]
    assert call("game", "rfi", path, "Where are they?", "--as", "BLU").code == 0
    assert call("game", "rfi", path, "At your border", "--answer", "1").code == 0

    found = data(call, "propose", path, "--rollouts", 4, "--workers", 1)
    assert found and found[0]["importance"] >= found[-1]["importance"]
    assert call("game", "rule", path, "1", "--accept", "--by", "Clara").code == 0
    own = data(call, "rule", path, "--effect", "readiness RED 50%", "--reason", "the trains are late")
    assert own["effects"] == ["readiness RED 50%"]

    done = call("game", "commit", path)
    assert "inject i1 has come" in done.err and "inject i2 has come" in done.err
    seen = data(call, "view", path, "--as", "BLU")
    assert [n["text"] for n in seen["news"]] == ["It rains on the parade", "War!"]
    assert [m["text"] for m in seen["received"]] == ["We come in peace"]
    assert seen["rfis"][0]["answer"] == "At your border"
    assert data(call, "view", path, "--as", "RED")["news"][0]["text"] == "It rains on the parade"
    assert any(h["kind"] == "war_declared" for h in seen["heard"])
    assert "as seen by BLU" in call("game", "view", path, "--as", "BLU").out
    assert data(call, "view", path, "--as", "umpire")["heard"][0]["number"] > 0

    assert call("game", "turn", path, "3 days").code == 0
    assert call("game", "commit", path, "--turns", 3, "--quiet").err == ""
    assert call("game", "undo", path, "--turns", 2).out == "the game stands at 1930-05-11T00, turn 3\n"
    assert call("game", "redo", path).out == "the game stands at 1930-05-17T00, turn 5\n"
    assert call("game", "fork", path, tmp_path / "if.game", "--seed", 9).code == 0
    assert data(call, "odds", tmp_path / "if.game", "--runs", 3, "--days", 5, "--workers", 1)["runs"] == 3

    assert call("game", "export", path, "--out", tmp_path / "g.jsonl").code == 0
    assert call("game", "import", tmp_path / "g.jsonl", "--file", tmp_path / "again.game").code == 0
    assert data(call, "status", tmp_path / "again.game")["hash"] == data(call, "status", path)["hash"]
    assert "all sound" in call("game", "check", path).err
    told = call("game", "log", path).out
    assert all(word in told for word in ("created", "orders", "ruling", "the trains are late", "undone", "redone"))
    with Game.open(path) as game:
        assert {"ruling_made", "condition_set"} <= {e.kind for e in game.journal()}


def test_a_ready_game_tells_its_plan_its_injects_and_what_a_seat_must_know(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "l.game"
    assert call("game", "new", "three_days_1939", "--file", path, "--quiet").code == 0
    assert "they are of a week from 26 August on" in call("game", "turn", path, "event").err
    assert call("game", "turn", path, "week").err == ""
    seen = call("game", "view", path, "--as", "POL").out
    assert "\nobjective: Nobody is at war with you. (+6)\n" in seen
    assert "\ntreaty: guarantee with GBR\n" in seen
    with Game.open(path) as game:
        game.submit("POL", "mobilise")
    assert call("game", "turn", path, "day").code == 0
    assert call("game", "commit", path, "--quiet").code == 0
    lines = call("game", "view", path, "--as", "POL").out.splitlines()
    assert [line for line in lines if line.endswith(" formations finished mobilising.")]
    assert not [line for line in lines if "Brygada Kawalerii finished mobilising" in line]
    assert "roosevelt: 24 August, 18:00, to ALL: President" in call("game", "status", path).out


def test_orders_as_a_table_and_as_typed(call: Call, path: Path, tmp_path: Path) -> None:
    form = tmp_path / "orders.csv"
    form.write_text("seat,order\nRED,red_1_army stand\nBLU,blu_1_army dance\nRED,\nblu,blu_1_army stand\n")
    done = call("game", "orders", path, form)
    assert done.code == 1
    assert "BLU: sent back: line 3: 'blu_1_army dance'" in done.err
    sheets = data(call, "orders", path)
    assert [sheets[p]["accepted"] for p in ("BLU", "RED")] == [["blu_1_army stand"], ["red_1_army stand"]]
    words = ["game", "orders", str(path), "-", "--as", "RED", "--replace"]
    typed = CliRunner().invoke(app, words, input="red_1_army stand\nred_1_army stand\n")
    assert typed.exit_code == 0
    assert data(call, "orders", path)["RED"]["accepted"] == ["red_1_army stand"]
    assert call("game", "orders", path, "--as", "RED", "--withdraw", "red_1_army stand").code == 0
    assert data(call, "orders", path)["RED"]["accepted"] == []
    assert call("game", "orders", path, "--close").code == 0
    assert "orders for this turn are closed" in call("game", "orders", path, form).err
    assert call("game", "orders", path, "--reopen").code == 0


def test_a_long_list_of_matters_is_told_short_and_each_in_full_when_asked(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "w.game"
    assert call("game", "new", "fall_weiss_1939", "--file", path, "--seats", "POL", "--seed", 7, "--quiet").code == 0
    lines = call("game", "propose", path).out.splitlines()
    heads = [line for line in lines if line[0].isdigit()]
    assert len(heads) > 20
    assert lines[-1] == heads[-1] and lines[-2] == heads[-2]
    assert [h.partition(".")[0] for h in heads] == [str(n) for n in range(1, len(heads) + 1)]
    one = call("game", "propose", path, "--look", len(heads)).out.splitlines()
    assert one[0].startswith(f"{len(heads)}. ") and "outcome 1" in one[2] and len(one) > 4
    assert "\n".join(one) in call("game", "propose", path, "--all").out
    assert "proposal 1: who holds" in call("game", "status", path).out
    assert "in the papers: " in call("game", "commit", path).err


def test_messages_in_the_umpire_s_hands(call: Call, path: Path) -> None:
    assert call("game", "message", path, "hold", "--as", "RED", "--to", "BLU", "--way", "courier").code == 0
    assert data(call, "view", path, "--as", "BLU")["received"] == []
    assert call("game", "message", path, "fold", "--alter", 1).code == 0
    assert call("game", "message", path, "--deliver", 1).code == 0
    assert data(call, "view", path, "--as", "BLU")["received"][0]["text"] == "fold"
    assert data(call, "view", path, "--as", "RED")["sent"][0]["text"] == "hold"
    assert call("game", "message", path, "--hold", 1).code == 0
    assert data(call, "view", path, "--as", "BLU")["received"] == []


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_teaches_by_example(call: Call, verb: str) -> None:
    result = call("game", verb, "--help")
    assert result.code == 0
    assert f"wargame game {verb}" in result.out.partition("Examples:")[2]


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("status", "nowhere.game"), 2, "nowhere.game does not exist; start a game: wargame game new"),
    (("status", "{g}", "--as", "FRX"), 2, "there is no seat 'FRX' in this game"),
    (("view", "{g}"), 2, "whose picture? name the seat"),
    (("message", "We march", "--as", "RED", "--to", "BLU"), 2, "name the game's file first, then the words"),
    (("propose", "{g}", "--look", "1"), 2, "nothing has been proposed in this turn yet"),
    (("orders", "{g}", "x.txt"), 2, "whose orders? name the seat"),
    (("orders", "{g}", "{d}/none.txt", "--as", "RED"), 2, "none.txt: No such file or directory (check the path)"),
    (("orders", "{g}", "{d}", "--as", "RED"), 2, "Is a directory (check the path)"),
    (("seats", "{g}", "--as", "RED", "--kind", "scripted", "--script", "{d}/none.toml"), 2, "(check the path)"),
    (("orders", "{g}", "{d}/binary", "--as", "RED"), 1, "binary line 2: is not UTF-8 text"),
    (("orders", "{g}", "{d}/bad.csv", "--csv"), 1, "bad.csv line 1: has no columns 'seat' and 'order'"),
    (("orders", "{g}", "{d}/some.txt", "--as", "GRN"), 2, "there is no seat 'GRN' in this game"),
    (("orders", "{g}", "{d}/half.csv"), 2, "there is no seat 'GRN' in this game"),
    (("seats", "{g}", "--kind", "human"), 2, "name the seat: --as POL"),
    (("seats", "{g}", "--as", "RED", "--kind", "scripted"), 2, "a scripted seat needs a script"),
    (("seats", "{g}", "--as", "RED", "--kind", "scripted", "--script", "{d}/bad.toml"), 1, "bad.toml: is no TOML"),
    (("seats", "{g}", "--as", "RED", "--kind", "scripted", "--script", "{d}/odd.toml"), 1, "'x' is no list of options"),
    (("seats", "{g}", "--leave", "Nobody"), 2, "nobody called 'Nobody' is in the room"),
    (("rule", "{g}", "1", "--accept"), 2, "nothing has been proposed in this turn yet"),
    (("rule", "{g}", "--effect", "suply RED 40%", "--reason", "x"), 2, "did you mean 'supply'?"),
    (("rule", "{g}", "--effect", "supply RED 40%"), 2, "give a reason"),
    (("rule", "{g}", "--effect", "supply RED 40%", "--reason", "x", "--at", "1931-01-01"), 2, "is not in this turn"),
    (("rule", "{g}", "--effect", "supply RED 40%", "--reason", "x", "--at", "soon"), 2, "'soon' is no date"),
    (("rule", "{g}", "--remove", "r9"), 2, "there is no ruling 'r9' in this turn"),
    (("turn", "{g}", "aeon"), 2, "'aeon' is no length of a turn"),
    (("style", "{g}", "war", "free"), 2, "there is no domain 'war'"),
    (("style", "{g}", "battle", "wild"), 2, "there is no style 'wild'"),
    (("undo", "{g}"), 2, "0 turns have been played, so 1 cannot be undone"),
    (("undo", "{g}", "--to", "77"), 2, "there is no act 77"),
    (("redo", "{g}"), 2, "there is nothing to redo"),
    (("fork", "{g}", "{g}"), 2, "exists already"),
    (("inject", "{g}"), 2, "an inject needs a text, or an effect"),
    (("inject", "{g}", "x", "--when", "at_war RED"), 2, "at_war takes 2 words, not 1"),
    (("inject", "{g}", "x", "--at", "1929-01-01"), 2, "is past"),
    (("inject", "{g}", "x", "--to", "XYZ"), 2, "there is no seat 'XYZ'"),
    (("inject", "{g}", "--effect", "control p99 RED"), 2, "there is no province 'p99'"),
    (("inject", "{g}", "--cancel", "i7"), 2, "there is no inject 'i7' to come"),
    (("message", "{g}", "x"), 2, "who writes? name the seat"),
    (("message", "{g}", "x", "--as", "RED"), 2, "a message goes from one power to others"),
    (("message", "{g}", "x", "--as", "RED", "--to", "BLU", "--way", "pigeon"), 2, "there is no way 'pigeon'"),
    (("message", "{g}", "--hold", "5"), 2, "there is no message 5"),
    (("message", "{g}", " ", "--as", "RED", "--to", "BLU"), 2, "there is no text"),
    (("rfi", "{g}", "x"), 2, "who asks? name the seat"),
    (("rfi", "{g}", "x", "--answer", "3"), 2, "there is no request 3"),
    (("import", "{d}/binary", "--file", "{d}/new.game"), 1, "binary line 1: this line is not the header"),
    (("import", "{d}/empty", "--file", "{d}/new.game"), 1, "empty line 1: the file is empty"),
    (("kit", "{g}", "--out", "{d}/kit", "--paper", "a9"), 2, "--paper a9: write one of: a4, a3"),
    (("report", "{g}", "--out", "{d}/binary"), 2, "binary is a file; name a folder with --out"),
    (("aar", "{g}", "--out", "{d}/binary"), 2, "binary is a file; name a folder with --out"),
    (
        ("new", "no_such_scenario", "--file", "{d}/x.game"),
        2,
        "ready games: munich_1938, road_1936, three_days_1939",
    ),
    (("new", "three_days", "--file", "{d}/x.game"), 2, "did you mean 'three_days_1939'?"),
    (("new", "fall_weiss_1939", "--file", "{g}"), 2, "exists already"),
    (
        ("new", "fall_weiss_1939", "--file", "{d}/x.game", "--seats", "POL,GRE"),
        2,
        "there is no seat 'GRE' in this game",
    ),
    (("new", "fall_weiss_1939", "--file", "{d}/x.game", "--turn", "hour"), 2, "'hour' is no length of a turn"),
]


@pytest.mark.parametrize(("words", "code", "message"), WRONG, ids=[" ".join(w)[:60] for w, _, _ in WRONG])
def test_wrong_words_get_one_clear_line(
    call: Call, path: Path, tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    (tmp_path / "binary").write_bytes(b"ok\n\xff\xfe\x00")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "bad.csv").write_text("who,what\nRED,x\n")
    (tmp_path / "some.txt").write_text("red_1_army stand\n")
    (tmp_path / "half.csv").write_text("seat,order\nRED,red_1_army stand\nGRN,x\n")
    (tmp_path / "bad.toml").write_text("x = [")
    (tmp_path / "odd.toml").write_text("x = 3")
    before = path.read_bytes()
    done = call("game", *(w.format(g=path, d=tmp_path) for w in words))
    assert done.code == code
    assert message in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
    assert path.read_bytes() == before
