"""What a game prints: the same bytes each time, nothing a seat may not know, numbers that are those of the forces."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.table.toy_ground import strips
from tests.toy_files import write_toy
from wargame import dates
from wargame.engine import Engine
from wargame.load import scenarios
from wargame.load.scenarios import opening_world
from wargame.politics import Crisis, Memory
from wargame.scenario import Setup
from wargame.show.document import Grid, Heading, markdown
from wargame.show.frontpage import front_page_markdown
from wargame.show.ground import Ground
from wargame.table import kit, papers, redact
from wargame.table.briefing import briefing, examples
from wargame.table.desk import Desk
from wargame.table.game import Game
from wargame.table.messages import Mail
from wargame.table.newspaper import front_page
from wargame.table.past import Past
from wargame.table.press import press, publish
from wargame.table.reports import MAP, seat_report
from wargame.table.umpire_sheet import umpire_sheet
from wargame.world import Due, World

FAR = "p09"  # far behind the front, where RED sees nothing
DAYS = 6


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    """RED attacks BLU over ten provinces; a reserve of BLU stands far back."""
    folder = tmp_path_factory.mktemp("papers")
    reserve = {"id": "blu_reserve", "name": "Rezerwa Główna", "short": "Rez", "power": "BLU",
               "kind": "infantry", "divisions": 1, "men": 15000, "guns": 40, "tanks": 0, "aircraft": 0,
               "quality": 0.5, "parent": "blu_1_army",
               "province": FAR}  # fmt: skip
    return scenarios.load(write_toy(folder, 10, formations=[reserve]))


@pytest.fixture(scope="module")
def ground(setup: Setup) -> Ground:
    return strips(setup.atlas)


@pytest.fixture(scope="module")
def played(setup: Setup) -> tuple[World, World, Engine]:
    """The opening, the world after some days of war, and the engine with the journal."""
    engine = Engine(setup, opening_world(setup, 3), level="full")
    before = engine.world.copy()
    hour = before.hour + DAYS * dates.DAY
    engine.run(hour)
    engine.world.hour = hour
    return before, engine.world, engine


def desk_of(setup: Setup, before: World, world: World, engine: Engine, power: str, **changes: object) -> Desk:
    entries = redact.visible_entries(engine.journal.entries, power, world, setup.atlas)
    mail = Mail(
        received=[{"number": 1, "from": "BLU", "to": ["RED"], "text": "Peace?\n<b>now</b>", "way": "cable",
                   "sent": dates.instant(before.hour), "came": dates.instant(before.hour + 5), "intercepted": False}],
        news=[{"number": 1, "text": "Rumours of war", "came": dates.instant(before.hour + 9), "public": True}],
        rfis=[{"number": 1, "asked": dates.instant(before.hour + 9), "text": "Is the bridge standing?", "answer": ""}],
    )  # fmt: skip
    desk = Desk(setup, "Toy war", 1, power, before.hour, redact.seen(setup, world, power),
                redact.seen(setup, before, power), tuple(entries), mail, orders=("red_army attack p05",),
                returned=(("atack", "no such verb"),), pending=("Go on, or halt?",), goals=("Take p05",))  # fmt: skip
    return replace(desk, **changes)  # type: ignore[arg-type]


def otherwise(world: World, setup: Setup) -> World:
    """The same world but for things that RED does not know."""
    other = world.copy()
    row = other.forces.row("blu_reserve")
    other.forces.province[row] = setup.atlas.number["p10"]
    other.forces.men[row] -= 4321
    other.forces.readiness[row] = 0.31
    other.forces.fatigue[other.forces.power == setup.atlas.power_number["BLU"]] = 0.77
    other.seed += 99
    other.due["decision:secret"] = Due("decision:secret", other.hour + 30, 2, "BLU", "decision", "secret")
    other.polity.crises["counter"] = Crisis("counter", "ordered", probability=0.9, ordered=other.hour + 40)
    other.polity.alarm["BLU>RED"] = Memory(0.5, other.hour)
    return other


def printed(desk: Desk, setup: Setup, world: World, ground: Ground, out: Path) -> dict[str, bytes]:
    """Everything that goes to a seat on paper."""
    with press(setup, ground, world, ["RED", "BLU"]) as at:
        plates = {MAP: at.plate(desk.seen, title="t", subtitle="s", power=desk.power)}
        publish(seat_report(desk), out / "report", plates)
        kit.seat_kit(desk, at, ground, out / "kit", kit.Plan(), ["RED", "BLU"])
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def test_what_is_hidden_from_a_seat_changes_no_byte_of_its_papers(
    setup: Setup, ground: Ground, played: tuple[World, World, Engine], tmp_path: Path
) -> None:
    before, world, engine = played
    first = printed(desk_of(setup, before, world, engine, "RED"), setup, world, ground, tmp_path / "a")
    other = otherwise(world, setup)
    second = printed(desk_of(setup, before, other, engine, "RED"), setup, other, ground, tmp_path / "b")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    blue = printed(desk_of(setup, before, other, engine, "BLU"), setup, other, ground, tmp_path / "c")
    whole = printed(desk_of(setup, before, world, engine, "BLU"), setup, world, ground, tmp_path / "d")
    assert blue["report.md"] != whole["report.md"], "BLU sees its own reserve"
    assert "Rezerwa" in whole["report.md"].decode() or "Rezerwa" in text_of(tmp_path / "d" / "kit" / "briefing.pdf")
    for name in first:
        if name.endswith(".pdf"):
            assert "Rezerwa" not in text_of(tmp_path / "a" / name), name


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_a_report_tells_what_happened_what_there_is_and_what_waits(
    setup: Setup, played: tuple[World, World, Engine]
) -> None:
    desk = desk_of(setup, *played, "RED")
    text = markdown(seat_report(desk))
    for words in (
        "Report to the Government of Redland", "Secret: for Redland only", "We are at war with Blueland", "Our forces",
        "The enemy in sight", "Go on, or halt?", "Take p05", "red\\_army attack p05", "no such verb", "Peace?",
        "Rumours of war", "Is the bridge standing?", "What happened to us",
    ):  # fmt: skip
        assert words in text, words
    own = desk.seen.forces.power == setup.atlas.power_number["RED"]
    men = float(played[1].forces.men[own & (desk.seen.forces.kind >= 4)].sum())
    assert f"{round(men):,} men" in text
    seen = sum(float(desk.seen.forces.men[rows].sum()) for _, _, rows in desk.sightings())
    assert seen <= played[1].forces.men[~own].sum() + 500 * (~own).sum()


def test_a_first_report_has_no_earlier_state(setup: Setup, played: tuple[World, World, Engine]) -> None:
    before = played[0]
    desk = Desk(setup, "Toy war", 0, "BLU", before.hour, redact.seen(setup, before, "BLU"))
    text = markdown(seat_report(desk))
    assert "We are at peace" in text
    assert "Nothing that touched us was reported" in text


def test_whoever_has_nothing_gets_a_report_that_says_so(setup: Setup, played: tuple[World, World, Engine]) -> None:
    desk = Desk(setup, "Toy war", 1, "GRN", played[0].hour, redact.seen(setup, played[1], "GRN"))
    assert "We have no formation in the field" in markdown(seat_report(desk))
    assert markdown(briefing(desk))


# --- counters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["auto", "divisions", "corps", "armies"])
@pytest.mark.parametrize("power", ["RED", "BLU"])
def test_counters_have_the_numbers_of_the_forces(
    setup: Setup, ground: Ground, played: tuple[World, World, Engine], power: str, level: kit.CounterLevel
) -> None:
    desk = desk_of(setup, *played, power)
    made = kit.counters(desk, ground, level)
    troops = [c for c in made if c.figure not in {"HQ"} and c.kind != "air_fleet"]
    told = sum(int(line.split(" men")[0].replace(",", "")) for c in troops for line in c.lines if " men" in line)
    f = played[1].forces
    own = (f.power == setup.atlas.power_number[power]) & f.is_land & (f.status == 1)
    assert abs(told - float(f.men[own].sum())) <= len(troops)
    shown = sum(float(c.figure) for c in troops)
    assert abs(shown * 1000 - told) <= 51 * len(troops)
    assert len(made) == len({(c.label, c.lines) for c in made})


def test_every_division_has_a_counter_of_its_own(
    setup: Setup, ground: Ground, played: tuple[World, World, Engine]
) -> None:
    desk = desk_of(setup, *played, "BLU")
    names = {desk.names.plain(desk.seen.forces.ids[r]) for r in desk.units.tolist()}
    assert names <= {c.lines[0] for c in kit.counters(desk, ground, "divisions")}


def test_the_briefing_names_own_plans_and_no_others(setup: Setup, played: tuple[World, World, Engine]) -> None:
    red, blue = (markdown(briefing(desk_of(setup, *played, p, goals=()))) for p in ("RED", "BLU"))
    attack = next(p.operation.name for p in setup.plans if p.operation is not None)
    assert attack in red
    assert attack not in blue
    assert "Your secret objectives" in blue


def test_examples_of_orders_can_be_read(setup: Setup, played: tuple[World, World, Engine]) -> None:
    written = pytest.importorskip("wargame.table.written")
    desk = desk_of(setup, *played, "RED")
    for line, _ in examples(desk):
        _, rejected = written.parse(line, "RED", setup, desk.seen)
        assert [r.why for r in rejected] in ([], ["not allowed now"]), (line, rejected)


# --- a whole game ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Game]:
    """Two turns played, with a message, a note and an inject; short moving maps, ground under the toy."""
    folder = tmp_path_factory.mktemp("game")
    game = Game.create(folder / "toy.game", write_toy(folder / "toy", 10), seats=["RED", "BLU"], seed=3)
    game.seat_person("Maria Kowalska", "BLU")
    game.seat_person("Ümit Öz", "umpire")
    game.commit()
    game.message("RED", ["BLU"], "=SUM(1) Peace, says MARIA KOWALSKA")
    game.inject("A strike in the capital", to=["ALL"])
    game.note("Maria Kowalska argued well", who="Ümit Öz")
    game.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "ground_for", lambda g: strips(g.setup.atlas))
        patch.setattr(papers, "MOST_FRAMES", 4)
        yield game


def digests(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}  # fmt: skip


@pytest.mark.parametrize("what", ["report", "kit", "newspaper", "aar"])
def test_the_same_game_prints_the_same_bytes(game: Game, what: str, tmp_path: Path) -> None:
    write: Callable[..., list[Path]] = getattr(papers, what)
    files = write(game, tmp_path / "a")
    write(game, tmp_path / "b")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert sorted(files) == sorted(p for p in (tmp_path / "a").rglob("*") if p.is_file())


def test_reports_go_to_every_player_and_the_umpire(game: Game, tmp_path: Path) -> None:
    names = {p.name for p in papers.report(game, tmp_path)}
    assert names == {"RED.pdf", "RED.md", "BLU.pdf", "BLU.md", "umpire.pdf", "umpire.md"}
    assert {p.name for p in papers.report(game, tmp_path / "one", "RED")} == {"RED.pdf", "RED.md"}
    sheet = (tmp_path / "umpire.md").read_text(encoding="utf-8")
    for words in ("Umpire only", "Maria Kowalska", "The seats", "Every turn"):
        assert words in sheet
    for name in ("RED.md", "BLU.md"):
        assert "A strike in the capital" in (tmp_path / name).read_text(encoding="utf-8")
    assert "Maria" not in (tmp_path / "RED.md").read_text(encoding="utf-8")


def test_two_processes_write_the_same_reports_as_one(game: Game, tmp_path: Path) -> None:
    one, two = (papers.report(game, tmp_path / str(n), workers=n) for n in (1, 2))
    assert [p.name for p in one] == [p.name for p in two]
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_a_kit_has_a_folder_for_each_seat_and_the_umpire(game: Game, tmp_path: Path) -> None:
    papers.kit(game, tmp_path, paper="a3")
    seat = {"briefing.pdf", "map_a3.pdf", "counters.pdf", "orders.pdf", "messages.pdf", "requests.pdf"}
    for power in ("RED", "BLU"):
        assert {p.name for p in (tmp_path / power).iterdir()} == seat
    page = PdfReader(tmp_path / "RED" / "map_a3.pdf").pages[0]
    assert round(float(page.mediabox.width) / 72 * 25.4) == 420
    assert "Turn 3" in text_of(tmp_path / "RED" / "orders.pdf")
    assert "Blueland" in text_of(tmp_path / "RED" / "messages.pdf")
    umpire = {"sheet.pdf", "map_a3.pdf", "rulings.pdf", "tent_cards.pdf", "turn_track.pdf", "packing_list.pdf"}
    assert {p.name for p in (tmp_path / "umpire").iterdir()} == umpire


def test_the_newspaper_is_made_of_what_everybody_knows(
    setup: Setup, played: tuple[World, World, Engine], game: Game, tmp_path: Path
) -> None:
    before, world, engine = played
    fronts = []
    for w in (world, otherwise(world, setup)):
        entries = redact.visible_entries(engine.journal.entries, "", w, setup.atlas)
        fronts.append(front_page(setup, redact.seen(setup, w, ""), entries, before.hour, 1, ["a <b>notice</b>"]))
    assert fronts[0] == fronts[1]
    text = front_page_markdown(fronts[0])
    assert "Redland attacks Blueland" in text
    assert "notice" in text
    quiet = front_page(setup, redact.seen(setup, before, ""), (), before.hour, 1)
    assert quiet.stories[0].headline == "All quiet"
    papers.newspaper(game, tmp_path)
    assert "strike in the capital" in (tmp_path / "newspaper.md").read_text(encoding="utf-8")


# --- the after-action pack -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack(game: Game, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    other = game.fork(folder / "other.game", seed=9)
    other.commit()
    papers.aar(game, folder / "aar", forks=[other])
    return folder / "aar"


def test_the_report_of_a_game_tells_all_of_it(pack: Path) -> None:
    text = (pack / "aar.md").read_text(encoding="utf-8")
    for words in (
        "Two turns were played", "How it ended", "Timeline", "Decisions and their reasons", "Rulings against proposals",
        "Beliefs against truth", "Odds at turning points", "other.game", "Maria Kowalska argued well",
    ):  # fmt: skip
        assert words in text, words
    assert len(PdfReader(pack / "aar.pdf").pages) >= 4


def test_the_campaign_moves(pack: Path) -> None:
    for name in ("campaign.gif", "campaign.webp"):
        with Image.open(pack / name) as picture:
            assert picture.n_frames > 2
            assert picture.size == (960, 540)
            picture.seek(0)
            first = np.asarray(picture.convert("RGB")).astype(int)
            picture.seek(picture.n_frames - 1)
            assert (np.abs(np.asarray(picture.convert("RGB")).astype(int) - first) > 60).any(), "something changed"


def test_the_manifest_knows_every_file(pack: Path) -> None:
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    found = {k: v for k, v in digests(pack).items() if k != "manifest.json"}
    assert manifest["files"] == found


def test_tables_are_the_same_as_csv_and_as_parquet(pack: Path, game: Game) -> None:
    past = Past(game)
    for path in sorted((pack / "data").glob("*.csv")):
        rows = list(csv.reader(path.open(encoding="utf-8")))
        with duckdb.connect() as base:
            kept = base.execute(f"select * from '{path.with_suffix('.parquet')}'").fetchall()
        assert len(kept) == len(rows) - 1, path.name
    turns = list(csv.DictReader((pack / "data" / "turns.csv").open(encoding="utf-8")))
    assert [int(t["turn"]) for t in turns] == [t.number for t in past.turns]
    message = next(csv.DictReader((pack / "data" / "messages.csv").open(encoding="utf-8")))
    assert message["text"].startswith("'=SUM"), "no spreadsheet runs it"


def test_beliefs_are_never_more_than_was_there_but_for_rounding(game: Game) -> None:
    beliefs = Past(game).beliefs
    assert beliefs
    for b in beliefs:
        assert b.formations_seen <= b.formations_true
        assert b.men_seen <= b.men_true + 500 * b.formations_true


def test_the_archive_names_nobody(pack: Path) -> None:
    with zipfile.ZipFile(pack / "archive.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, text in texts.items():
        assert "kowalska" not in text.casefold(), name
        assert "ümit" not in text.casefold(), name
        assert str(pack.parent) not in text, name
    manifest = json.loads(texts["manifest.json"])
    assert manifest["people"] == 2
    for name, about in manifest["files"].items():
        assert about["sha256"] == hashlib.sha256(texts[name].encode()).hexdigest()
    seconds = [json.loads(line)["second"] for line in texts["log.jsonl"].splitlines()]
    assert seconds[0] == 0
    assert seconds == sorted(seconds)
    assert "person 1" in texts["log.jsonl"]


def test_the_umpire_s_sheet_leaves_out_what_nobody_decides_on_any_more(tmp_path: Path) -> None:
    with Game.create(tmp_path / "days.game", "three_days_1939") as game:
        game.commit()
        sheet = umpire_sheet(papers.turn_of(game))
        at = next(k for k, b in enumerate(sheet.blocks) if isinstance(b, Heading) and b.text == "What is due")
        (due,) = [b for b in sheet.blocks[at + 1 : at + 2] if isinstance(b, Grid)]
        about = {row[-1] for row in due.rows}
        names = {p.operation.id: p.operation.name for p in game.setup.plans if p.operation is not None}
        over = {"rhineland", "anschluss", "memel"}
        assert not about & {names[o] for o in over}
        pending = {d.subject for d in game.world().due.values() if d.process == "decision"}
        assert over <= pending, "the test would show nothing"
