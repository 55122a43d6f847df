"""The ready games are whole, their pages' orders can be written, and what is wrong in one is told at once."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from wargame import dates
from wargame.engine import Engine
from wargame.errors import InputError, UsageError
from wargame.load import games, scenarios
from wargame.load.games import LENGTH, ReadyGame
from wargame.load.paths import shipped_folder
from wargame.scenario import Setup
from wargame.table.forms import Instruction
from wargame.table.turn import Brief, play
from wargame.table.written import parse, read
from wargame.view import view
from wargame.world import World

NAMES = ("munich_1938", "road_1936", "three_days_1939")
FOLDER = shipped_folder() / "scenarios" / "games"
ORDER = re.compile(r"`([^`]+)`")
PLACEHOLDER = re.compile(r"\b(HQ|PLACES|DATE|NAME)\b")
ALONE = {"mobilise"}  # one word is an order only here; elsewhere pages name a verb


@cache
def begun(name: str) -> tuple[ReadyGame, Setup, World]:
    game = games.load(name)
    setup = scenarios.load(game.book.game.scenario, game.book.game.overlays)
    return game, setup, Engine(setup, scenarios.opening_world(setup, game.book.game.seed)).world


def seen(setup: Setup, world: World, power: str) -> World:
    return view(world, setup.atlas.power_number[power], [], power)


def test_the_three_games_ship() -> None:
    assert games.names() == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_game_is_whole(name: str) -> None:
    assert games.validate(name) == []
    game, setup, world = begun(name)
    head = game.book.game
    assert world.hour == setup.scenario.scenario.opening
    assert [t.until for t in game.book.turns] == sorted(t.until for t in game.book.turns)
    assert game.book.turns[-1].until >= head.until
    for seat in game.book.seats:
        assert sum(o.points for o in seat.objectives if o.points > 0) >= 8, seat.power
        assert any(o.when for o in seat.objectives)
        page = game.briefing(seat.power)
        assert page.startswith("# ")
        assert "**What only you know.**" in page
        assert "## What you can do" in page
    for heading in ("Notes for the umpire", "## What to watch", "**What happened.**", "**To talk about.**", "Status"):
        assert heading in game.notes
    assert all(i.status for i in game.book.injects)
    assert head.sources


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_of_turns_fits_the_time(name: str) -> None:
    game, _, world = begun(name)
    hour, turns = world.hour, 0
    while hour < game.book.game.until:
        length = game.length(hour)
        assert LENGTH.fullmatch(length)
        hour = hour + {"day": 1, "week": 7, "month": 30}.get(length, int(re.sub(r"\D", "", length) or 1)) * dates.DAY
        turns += 1
    assert 3 <= turns <= 45
    assert sum(t.minutes for t in game.book.turns) <= game.book.game.minutes


@pytest.mark.parametrize("name", NAMES)
def test_every_order_on_a_page_can_be_written(name: str) -> None:
    """What a briefing shows in type is understood as it stands, or with its capitals replaced."""
    game, setup, world = begun(name)
    for seat in game.book.seats:
        for line in ORDER.findall(game.pages[seat.briefing]):
            if PLACEHOLDER.search(line) or (len(line.split()) == 1 and line not in ALONE) or line.endswith("_"):
                continue
            understood, faults = read(line, seat.power, setup, seen(setup, world, seat.power))
            assert understood and not faults, (name, seat.power, line, faults)


@pytest.mark.parametrize("name", NAMES)
def test_seats_and_injects_speak_to_each_other(name: str) -> None:
    game, _, _ = begun(name)
    powers = [s.power for s in game.book.seats]
    assert len(set(powers)) == len(powers)
    assert 4 <= sum(s.needed for s in game.book.seats) <= 7
    with pytest.raises(UsageError, match="nobody plays SUI"):
        game.seat("SUI")


def given(name: str, said: dict[str, str]) -> tuple[Instruction, ...]:
    _, setup, world = begun(name)
    found: list[Instruction] = []
    for power, text in said.items():
        understood, faults = parse(text, power, setup, seen(setup, world, power))
        assert not faults, faults
        found += understood
    return tuple(found)


def test_the_attack_of_the_26th_can_be_halted_and_comes_if_it_is_not() -> None:
    game, setup, world = begun("three_days_1939")
    humans = {s.power: "human" for s in game.book.seats}
    quiet = play(setup, world, Brief("4 days", humans, {}, ()))
    assert [w.attackers[0] for w in quiet.world.wars.values()] == ["GER"]
    assert dates.instant(next(iter(quiet.world.wars.values())).began) == "1939-08-26T04"
    halted = play(setup, world, Brief("4 days", humans, {}, given("three_days_1939", {"GER": "halt weiss"})))
    assert not halted.world.wars


def test_the_pact_is_signed_by_two_lines_of_one_day() -> None:
    game, setup, world = begun("three_days_1939")
    assert "treaty non_aggression GER SOV" in " ".join(c for s in game.book.seats for o in s.objectives for c in o.when)
    said = {"GER": "propose non_aggression with SOV until 1949-08-23", "SOV": "sign non_aggression with GER"}
    r = play(setup, world, Brief("day", dict.fromkeys(said, "human"), {}, given("three_days_1939", said)))
    (signed,) = [e for e in r.journal.of_kind("treaty_signed") if set(e.data["parties"]) == {"GER", "SOV"}]
    assert signed.data["ends"] == dates.parse("1949-08-23")


def test_grun_stands_for_the_first_of_october() -> None:
    _, _, world = begun("munich_1938")
    assert world.polity.crises["gruen"].stage == "ordered"
    assert dates.instant(world.due["operation:gruen"].hour) == "1938-10-01T04"
    assert "decision:gruen" not in world.due


def test_everything_wrong_with_a_game_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scenarios" / "games" / "three_days_1939"
    shutil.copytree(FOLDER / "three_days_1939", folder)
    text = (folder / "game.toml").read_text(encoding="utf-8")
    for old, new in (
        ('length = "week"', 'length = "fortnight"'), ('"not at_war POL SOV"', '"not at_war POL XYZ"'),
        ('to = ["ITA"]', 'to = ["MOON"]'), ("at = 1939-08-24T18:00:00\n", ""),
        ("until = 1939-09-02T06:00:00\nsources", "until = 1949-09-02T06:00:00\nsources"),
        ('power = "FRA"', 'power = "POL"'),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "game.toml").write_text(text, encoding="utf-8")
    (folder / "sov.md").unlink()
    (folder / "ita.md").write_text("\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    faults = [str(f) for f in games.validate("three_days_1939")]
    for what in (
        "'fortnight' is no length of a turn", "'POL' is there twice", "nobody sits at 'MOON'",
        "needs a day or conditions", "sov.md: cannot be read", "the page is empty",
    ):  # fmt: skip
        assert any(what in f for f in faults), (what, faults)
    with pytest.raises(InputError):
        games.load("three_days_1939")
    (folder / "sov.md").write_text("# x\n", encoding="utf-8")
    (folder / "ita.md").write_text("# x\n", encoding="utf-8")
    fixed = text.replace("fortnight", "week").replace('["MOON"]', '["ITA"]')
    fixed = fixed.replace('text = "President Roosevelt', 'at = 1959-01-01\ntext = "President Roosevelt')
    fixed = fixed.replace('power = "POL"\ntitle = "France', 'power = "XXX"\ntitle = "France')
    (folder / "game.toml").write_text(fixed, encoding="utf-8")
    faults = [str(f) for f in games.validate("three_days_1939")]
    for what in ("XYZ is no power", "lies outside the scenario", "inject 'roosevelt' comes outside", "XXX has no part"):
        assert any(what in f for f in faults), (what, faults)
    assert all(" line " in f for f in faults)


def test_an_unknown_game_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="three_days_1939"):
        games.load("three_days_1940")
