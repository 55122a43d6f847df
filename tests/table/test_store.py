"""The game file: it only grows, says what is wrong with it, and can be carried as text."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from wargame.errors import InputError, UsageError, WargameError
from wargame.table.game import Game
from wargame.table.store import FORMAT, Store


@pytest.fixture(scope="module")
def two_turns(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a game of two turns, not to be changed."""
    with Game.create(tmp_path_factory.mktemp("game") / "toy.game", toy, seats=["RED", "BLU"], seed=3) as game:
        game.commit()
        game.note("so far so good")
        game.commit()
    return game.path


@pytest.fixture
def old(two_turns: Path, tmp_path: Path) -> Path:
    """The file of a game of two turns, to spoil as one likes."""
    return Path(shutil.copy(two_turns, tmp_path / "toy.game"))


def spoil(path: Path, *statements: str) -> None:
    """Change a game file behind its back."""
    db = sqlite3.connect(path)
    for table in ("log", "blobs"):
        for act in ("update", "delete"):
            db.execute(f"DROP TRIGGER {table}_no_{act}")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize("table", ["log", "blobs"])
@pytest.mark.parametrize("act", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_nothing_can_be_changed_or_deleted(old: Path, table: str, act: str) -> None:
    db = sqlite3.connect(old)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        db.execute(act.format(table))
    db.close()


def test_every_act_is_durable_on_its_own(old: Path) -> None:
    store = Store.open(old)
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)


WRONG: dict[str, tuple[Callable[[Path], object], type[WargameError], str]] = {
    "missing": (Path.unlink, UsageError, "does not exist; start a game: wargame game new"),
    "folder": (lambda p: (p.unlink(), p.mkdir()), UsageError, "is a folder"),
    "empty": (lambda p: p.write_bytes(b""), UsageError, "is no game file"),
    "text": (lambda p: p.write_text("hello, hello, hello"), UsageError, "is no game file"),
    "database": (
        lambda p: (p.unlink(), sqlite3.connect(p).execute("CREATE TABLE x (y)")),
        UsageError,
        "is a database, but no game file",
    ),
    "older": (
        lambda p: spoil(p, f"PRAGMA user_version = {FORMAT - 1}"),
        InputError,
        f"is of format {FORMAT - 1}; this is format {FORMAT} .open it with an older version",
    ),
    "newer": (lambda p: spoil(p, f"PRAGMA user_version = {FORMAT + 1}"), InputError, "a newer version of wargame"),
    "act changed": (lambda p: spoil(p, "UPDATE log SET who = 'x' WHERE n = 2"), InputError, "act 2 does not match"),
    "body changed": (
        lambda p: spoil(p, """UPDATE log SET body = '{"text":"so far so bad"}' WHERE n = 2"""),
        InputError,
        "act 2 does not match its hash: it, or one before it, was changed from outside .acts before 2 are sound",
    ),
    "act gone": (lambda p: spoil(p, "DELETE FROM log WHERE n = 1"), InputError, "act 1 does not match"),
    "first act gone": (lambda p: spoil(p, "DELETE FROM log"), UsageError, "holds no game"),
    "no table": (lambda p: spoil(p, "DROP TABLE log"), InputError, "cannot be read: no such table"),
    "cut": (lambda p: p.write_bytes(p.read_bytes()[:5000]), InputError, "cannot be read"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wrong_file_is_told_in_one_line(old: Path, what: str) -> None:
    harm, error, message = WRONG[what]
    harm(old)
    with pytest.raises(error, match=message) as told:
        Game.open(old)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("change", ["UPDATE blobs SET data = X'00'", "DELETE FROM blobs"])
def test_damaged_data_are_told_by_check_and_when_they_are_needed(old: Path, change: str) -> None:
    spoil(old, change)
    with Game.open(old) as game:
        assert game.state.turn == 2
        for use in (game.check, game.world, game.journal, game.commit):
            with pytest.raises(InputError, match=r"that its log names are (damaged|missing)"):
                use()


def test_a_file_in_use_is_told_and_left_alone(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wargame.table.store._PATIENCE_S", 0.05)
    other = sqlite3.connect(old)
    other.execute("BEGIN EXCLUSIVE")
    with Game.open(old) as game:
        with pytest.raises(WargameError, match="is in use by another program"):
            game.note("not now")
        other.rollback()
        game.note("now")
        assert [n[2] for n in game.state.notes] == ["so far so good", "now"]
    other.close()


def test_an_error_inside_an_act_leaves_no_trace(game: Game) -> None:
    before = (game.state, len(game.store.acts))
    for _ in range(2):
        with pytest.raises(UsageError):
            game.change_message(4, held=True)
        assert (game.state, len(game.store.acts)) == before
    with pytest.raises(RuntimeError), game.store.writing():
        game.store.append("", "", "note", "", {"text": "half"})
        raise RuntimeError
    assert (game.state, len(game.store.acts)) == before
    game.note("whole")
    with Game.open(game.path) as again:
        assert [a.kind for a in again.store.acts] == ["created", "note"]


def test_a_game_is_not_written_over(toy: Path, old: Path, tmp_path: Path) -> None:
    data = old.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        Game.create(old, toy)
    with Game.open(old) as game, pytest.raises(UsageError, match="exists already"):
        game.fork(old)
    with pytest.raises(UsageError, match="there is no folder"):
        Game.create(tmp_path / "nowhere" / "g", toy)
    assert old.read_bytes() == data
    assert {p.name for p in tmp_path.iterdir()} <= {"toy.game", "toy.game-wal", "toy.game-shm"}


def test_a_scenario_that_cannot_be_read_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Game.create(tmp_path / "g", "no_such_scenario")
    with pytest.raises(UsageError):
        Game.create(tmp_path / "g", "fall_weiss_1939", seats=["PXL"])
    assert list(tmp_path.iterdir()) == []


def exported(game: Game, path: Path) -> list[str]:
    with path.open("w", encoding="utf-8") as out:
        game.export(out)
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def test_an_export_is_the_game(old: Path, tmp_path: Path) -> None:
    with Game.open(old) as game:
        lines = exported(game, tmp_path / "g.jsonl")
        assert all(json.loads(line) for line in lines)
        with Game.import_(tmp_path / "again.game", tmp_path / "g.jsonl") as again:
            assert again.store.acts == game.store.acts
            assert again.state == game.state
            assert list(again.journal().lines()) == list(game.journal().lines())
            assert exported(again, tmp_path / "twice.jsonl") == lines
            again.commit()
            game.commit()
            assert again.world().to_bytes() == game.world().to_bytes()


def without(lines: list[str], number: int) -> list[str]:
    return [line for k, line in enumerate(lines, start=1) if k != number]


def altered(lines: list[str], number: int, old: str, new: str) -> list[str]:
    assert old in lines[number - 1]
    return [line.replace(old, new) if k == number else line for k, line in enumerate(lines, start=1)]


BAD_EXPORTS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "empty": (lambda x: [], "line 1: the file is empty"),
    "no header": (lambda x: without(x, 1), "line 1: this line is not the header"),
    "other format": (
        lambda x: altered(x, 1, "wargame game 1", "wargame game 7"),
        "line 1: this line is not the header",
    ),
    "a note changed": (lambda x: altered(x, len(x) - 1, "so far", "too far"), "this line is damaged or was changed"),
    "an act gone": (lambda x: without(x, len(x) - 1), "this line is damaged or was changed"),
    "the end gone": (lambda x: x[:-1], "holds 3 acts, not the 4 its first line tells of"),
    "a blob changed": (lambda x: altered(x, 2, '"data":"e', '"data":"f'), "line 2: this line is damaged"),
    "a blob gone": (lambda x: without(x, 2), "the data [0-9a-f]{32} that its log names are missing"),
    "no JSON": (lambda x: [*x[:3], "{nonsense\n", *x[3:]], "line 4: this line is damaged"),
}


@pytest.mark.parametrize("what", BAD_EXPORTS)
def test_a_bad_export_is_told_by_line_and_makes_no_file(old: Path, tmp_path: Path, what: str) -> None:
    harm, message = BAD_EXPORTS[what]
    with Game.open(old) as game:
        lines = exported(game, tmp_path / "g.jsonl")
    (tmp_path / "g.jsonl").write_text("".join(harm(lines)), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Game.import_(tmp_path / "again.game", tmp_path / "g.jsonl")
    assert not list(tmp_path.glob("*again*"))


def test_a_copy_of_the_file_is_the_game(old: Path, tmp_path: Path) -> None:
    shutil.copy(old, tmp_path / "stick.game")
    with Game.open(tmp_path / "stick.game") as game:
        game.check()
        game.commit()
        assert game.state.turn == 3


def test_a_game_file_is_its_owner_s_alone(game: Game) -> None:
    assert game.path.stat().st_mode & 0o077 == 0
    game.note("now there is a log beside it")
    beside = game.path.with_name(game.path.name + "-wal")
    assert beside.stat().st_mode & 0o077 == 0


def test_an_act_of_another_version_is_told(old: Path) -> None:
    store = Store.open(old)
    with store.writing():
        store.append("2027-01-01", "umpire", "teleported", "", {"to": "the moon"})
    store.close()
    with pytest.raises(InputError, match=r"act 4 \(teleported\) is of a form that this version does not know"):
        Game.open(old)


def test_a_bomb_in_an_export_is_refused(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Game.open(old) as game:
        exported(game, tmp_path / "g.jsonl")
    monkeypatch.setattr("wargame.table.store._LARGEST", 1000)
    with pytest.raises(InputError, match="line 2: this line is damaged"):
        Game.import_(tmp_path / "again.game", tmp_path / "g.jsonl")


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x00b", "\u202eevil", "\udcff", "\x07"])
def test_texts_that_could_upset_a_screen_are_refused(game: Game, text: str) -> None:
    before = len(game.store.acts)
    for say in (
        lambda: game.note(f"x{text}"),
        lambda: game.note("x", who=f"y{text}"),
        lambda: game.submit("RED", f"free: x{text}"),
        lambda: game.message("RED", ["BLU"], f"x{text}"),
        lambda: game.rfi("RED", f"x{text}"),
        lambda: game.inject(f"x{text}"),
        lambda: game.seat_person(f"x{text}y", "RED"),
        lambda: game.act(["supply RED 40%"], reason=f"x{text}"),
    ):
        with pytest.raises(UsageError, match="cannot be printed"):
            say()
    assert len(game.store.acts) == before
    game.note("Łódź, 波兰, \u00a0 a\u200db, 😀\nline two\tthree")


def test_texts_without_end_are_refused(game: Game) -> None:
    for say in (
        lambda: game.note("x" * 10_001),
        lambda: game.submit("RED", "x" * 100_001),
        lambda: game.seat_person("x" * 81, "RED"),
        lambda: game.note("x", who="y" * 81),
    ):
        with pytest.raises(UsageError, match="too many"):
            say()
