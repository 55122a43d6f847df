"""Establishments, careers and causes: what a formation is on a date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.good import write_good
from wargame import dates
from wargame.errors import InputError
from wargame.load import maps
from wargame.load.catalogue import Catalogue, Register, register
from wargame.load.formations import said
from wargame.rulebook import Rulebook

HEAD = "id,name,short,establishment,kind,men,guns,tanks,cadre,training,quality,raised,disbanded,home,wave"
ROWS = (
    "red_1_army,First Army,,,army,2000,,,,,,,,p01,0",
    "red_1_div,Light Division,L,red_light,,,,,,,,,,p01,0",
    "red_2_div,Small Division,S,red_light,,7000,,0,0.9,,,,,p01,0",
    "red_3_div,Reserve,R,red_light,militia,,,,,0.1,,1929-01-01,1931-01-01,p01,2",
    "red_4_div,Rated,Q,red_light,,,,,,,0.33,,,p02,0",
)
ESTABLISHMENTS = """id,kind,divisions,men,guns,tanks,aircraft,cadre,officers_continuity,training,equipment,days_to_ready
red_light,light,1,10000,24,80,,0.8,0.7,0.6,0.5,3
red_armour,armoured,1,12000,36,200,,,,,0.8,
"""
CAREERS = """formation,date,name,short,establishment,home
red_1_div,1930-03-01,Armoured Division,A,red_armour,
red_1_div,1930-09-01,,,,p02
red_4_div,1930-03-01,Again,,red_armour,
"""


def on(folder: Path, date: str, **files: str) -> Catalogue:
    return read(folder, **files).on(dates.parse(date))


def read(folder: Path, careers: str = CAREERS, deployments: dict[str, str] | None = None, **more: str) -> Register:
    write_good(folder)
    texts = {
        "formations/red": "\n".join((HEAD, *ROWS)) + "\n",
        "establishments/red": ESTABLISHMENTS,
        "careers/red": careers,
        "deployments/1930-05-01_red": "formation,parent,province\nred_1_div,red_1_army,p01\nred_1_army,,p01\n",
    }
    texts |= {f"deployments/{k}": v for k, v in (deployments or {}).items()} | more
    for name, text in texts.items():
        path = folder / "orders_of_battle" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return register(["RED"], [folder], maps.load_atlas("toy", [folder]))


def test_an_empty_cell_takes_the_establishment_s_value_and_nought_does_not(tmp_path: Path) -> None:
    found = on(tmp_path, "1930-01-01").standing
    light, small = found["red_1_div"].now, found["red_2_div"].now
    assert [light[c] for c in ("kind", "men", "guns", "tanks", "days_to_ready")] == ["light", 10000, 24, 80, 3]
    assert [small[c] for c in ("kind", "men", "guns", "tanks", "cadre")] == ["light", 7000, 24, 0, 0.9]


def test_quality_follows_from_its_causes_unless_it_is_given(tmp_path: Path) -> None:
    found = on(tmp_path, "1930-01-01").standing
    q = Rulebook.load("standard").quality
    sum_of = q.cadre * 0.8 + q.officers_continuity * 0.7 + q.training * 0.6 + q.equipment * 0.5
    assert found["red_1_div"].quality == pytest.approx(sum_of, abs=1e-4)
    assert found["red_2_div"].quality == pytest.approx(sum_of + q.cadre * 0.1, abs=1e-4)
    assert found["red_4_div"].quality == 0.33
    assert found["red_1_army"].quality == 0.5  # a headquarters that says nothing
    assert found["red_1_div"].causes() == {
        "cadre": 0.8, "officers_continuity": 0.7, "training": 0.6, "equipment": 0.5,
    }  # fmt: skip
    assert set(found["red_1_army"].causes().values()) == {None}


def test_a_career_changes_name_establishment_and_home_on_its_days(tmp_path: Path) -> None:
    register = read(tmp_path)
    seen = []
    for date in ("1930-02-28", "1930-03-01", "1930-09-01"):
        s = register.on(dates.parse(date)).standing["red_1_div"]
        seen.append((s.name, s.kind, s.now["men"], s.now["tanks"], s.now["cadre"], s.now["equipment"], s.now["home"]))
    assert seen == [
        ("Light Division", "light", 10000, 80, 0.8, 0.5, "p01"),
        ("Armoured Division", "armoured", 12000, 200, 0.8, 0.8, "p01"),
        ("Armoured Division", "armoured", 12000, 200, 0.8, 0.8, "p02"),
    ]


def test_a_quality_of_its_own_lasts_until_an_establishment_tells_all_causes(tmp_path: Path) -> None:
    assert on(tmp_path, "1930-04-01").standing["red_4_div"].quality == 0.33


def test_a_formation_stands_where_the_latest_deployment_put_it_until_it_moves_home(tmp_path: Path) -> None:
    later = {"1930-06-01_red": "formation,parent,province,tanks\nred_1_div,red_1_army,p02,55\n"}
    register = read(tmp_path, deployments=later)
    seen = {}
    for date in ("1930-04-30", "1930-05-01", "1930-06-01", "1930-09-02"):
        s = register.on(dates.parse(date)).standing["red_1_div"]
        seen[date] = (s.state, s.province, s.parent, s.holds("tanks"))
    assert seen == {
        "1930-04-30": ("garrison", "p01", "", 200),
        "1930-05-01": ("deployed", "p01", "red_1_army", 200),
        "1930-06-01": ("deployed", "p02", "red_1_army", 55),
        "1930-09-02": ("garrison", "p02", "", 200),
    }


def test_only_what_lives_is_listed_and_later_waves_wait(tmp_path: Path) -> None:
    register = read(tmp_path)
    before, alive, after = (register.on(dates.parse(d)).standing for d in ("1928-12-31", "1930-01-01", "1931-01-01"))
    assert "red_3_div" not in before
    assert "red_3_div" not in after
    reserve = alive["red_3_div"]
    assert (reserve.state, reserve.men_present, reserve.kind) == ("on mobilisation", 0, "militia")
    assert alive["red_1_div"].men_present == 8000  # in garrison: the cadre


PURGE = """power,rank,share,begins,ends,source,status
RED,division,1,1929-06-01,1929-06-02,invented,judgement
RED,regiment,1,1929-06-01,1929-06-02,invented,judgement
"""


def test_a_purge_can_be_thought_away(tmp_path: Path) -> None:
    read(tmp_path, purge=PURGE)
    atlas, book = maps.load_atlas("toy", [tmp_path]), Rulebook.load("standard")
    hour = dates.parse("1929-06-02")
    purged, spared = (
        register(["RED"], [tmp_path], atlas, without_purge=without).on(hour).standing for without in ((), ("RED",))
    )
    lost = book.raising.rank_division + book.raising.rank_regiment
    before, after = (s["red_1_div"].now["officers_continuity"] for s in (spared, purged))
    assert after == 0.7
    assert before == pytest.approx(min(1.0, 0.7 / (1.0 - lost)), abs=1e-3)
    assert spared["red_1_div"].quality > purged["red_1_div"].quality
    assert spared["red_4_div"].quality == purged["red_4_div"].quality  # given outright


def test_a_scenario_may_do_without_a_purge(tmp_path: Path) -> None:
    from wargame.load import scenarios

    scenario = write_good(tmp_path)
    folder = tmp_path / "orders_of_battle"
    rows = [f"red_{n}_div,infantry,15000,0.5,0.5,0.5,0.5" for n in (1, 2, 3)]
    head = "id,kind,men,cadre,officers_continuity,training,equipment"
    text = "\n".join((head, "red_1_army,army,2000,,,,", *rows)) + "\n"
    (folder / "formations/red.csv").write_text(text, encoding="utf-8")
    (folder / "careers/red.csv").unlink()
    (folder / "purge.csv").write_text(PURGE, encoding="utf-8")
    before = scenarios.load(scenario).forces
    text = scenario.read_text("utf-8").replace("[forces]\n", '[forces]\nwithout_purge = ["RED"]\n')
    scenario.write_text(text, encoding="utf-8")
    after = scenarios.load(scenario).forces
    red, blue = before.row("red_1_div"), before.row("blu_1_div")
    assert after.quality[red] > before.quality[red] == 0.5
    assert after.quality[blue] == before.quality[blue]


def test_a_purge_nobody_knows_is_named(tmp_path: Path) -> None:
    from wargame.load import scenarios

    scenario = write_good(tmp_path)
    (tmp_path / "orders_of_battle/purge.csv").write_text(PURGE, encoding="utf-8")
    text = scenario.read_text("utf-8").replace("[forces]\n", '[forces]\nwithout_purge = ["BLU"]\n')
    scenario.write_text(text, encoding="utf-8")
    (fault,) = scenarios.validate(scenario)
    assert (fault.what, fault.remedy) == ("no purge of 'BLU' is known", "there is: RED")
    assert fault.line == text[: text.index("without_purge")].count("\n") + 1


def test_chains_of_command_and_everything_under_a_headquarters(tmp_path: Path) -> None:
    found = on(tmp_path, "1930-05-01")
    assert [s.id for s in found.above("red_1_div")] == ["red_1_army"]
    assert found.superior("red_1_div", "army") == "red_1_army"
    assert found.superior("red_1_div", "corps") == ""
    assert [s.id for s in found.under("red_1_army")] == ["red_1_army", "red_1_div"]


def test_a_headquarters_that_is_gone_commands_nobody(tmp_path: Path) -> None:
    rows = [r.replace("army,2000,,,,,,,,", "army,2000,,,,,,,1930-07-01,") for r in ROWS]
    register = read(tmp_path, **{"formations/red": "\n".join((HEAD, *rows)) + "\n"})
    assert register.on(dates.parse("1930-08-01")).standing["red_1_div"].parent == ""


def test_the_loader_for_a_campaign_sees_the_same_formation(tmp_path: Path) -> None:
    from wargame.load import orders_of_battle

    read(tmp_path)
    atlas = maps.load_atlas("toy", [tmp_path])
    forces = orders_of_battle.load_forces(["red"], ["1930-05-01_red"], atlas, dates.parse("1930-05-01"), [tmp_path])
    row = forces.row("red_1_div")
    assert (forces.names[row], forces.men[row], forces.tanks[row]) == ("Armoured Division", 12000, 200)
    now = on(tmp_path, "1930-05-01").standing["red_1_div"].now
    assert forces.quality[row] == now["quality"]
    assert said(now["cadre"])


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(
            tmp_path,
            careers="formation,date,establishment\nred_1_dif,1930-01-01,\nred_1_div,1930-01-01,red_amour\n",
            deployments={
                "1930-06-01_red": "formation,province,parent\nred_9_div,p01,\nred_1_div,p0l,red_1_armee\n",
                "1930-13-01_red": "formation,province\nred_1_div,p01\n",
                "1931-06-01_red": "formation,province\nred_3_div,p01\n",
            },
        )
    told = "\n".join(map(str, caught.value.faults))
    for words in (
        "careers/red.csv line 2: formation 'red_1_dif' is not in the formations file of the same name (did you mean",
        "careers/red.csv line 3: establishment 'red_amour' of 'red_1_div' is in no establishments file of the same "
        "name (did you mean 'red_armour'?)",
        "1930-06-01_red.csv line 2: formation 'red_9_div' is in no formations file (did you mean",
        "1930-06-01_red.csv line 3: province 'p0l' is not on map 'toy' (did you mean",
        "1930-06-01_red.csv line 3: parent 'red_1_armee' of 'red_1_div' is in no formations file (did you mean",
        "1930-13-01_red.csv: the name begins with '1930-13-01', which is no date",
        "1931-06-01_red.csv line 2: 'red_3_div' was disbanded on 1931-01-01 (delete the row, or correct",
    ):
        assert words in told
    assert len(caught.value.faults) == 7


def test_a_missing_establishments_file_is_told_once(tmp_path: Path) -> None:
    read(tmp_path)
    beside = tmp_path / "orders_of_battle/establishments/red.csv"
    beside.unlink()
    with pytest.raises(InputError) as caught:
        register(["RED"], [tmp_path], maps.load_atlas("toy", [tmp_path]))
    (told,) = (str(f) for f in caught.value.faults if "formations/red.csv" in f.file)
    assert "line 3: establishment 'red_light' of 'red_1_div' has no file, nor have those of 3 more rows" in told
    assert "write " in told and told.endswith("will do where its rows are meant)")


@pytest.mark.parametrize("wrong", [False, True])
def test_thousands_of_rows_are_read_and_every_fault_told_within_a_second(tmp_path: Path, *, wrong: bool) -> None:
    import time

    n = 4000
    province, establishment = ("nowhere_{}", "red_none_{}") if wrong else ("p01", "red_light")
    rows = (f"red_{i}_x,X {i},{establishment.format(i)},p01,0" for i in range(n))
    formations = "id,name,establishment,home,wave\n" + "\n".join(rows) + "\n"
    placed = "formation,province\n" + "\n".join(f"red_{i}_x,{province.format(i)}" for i in range(n)) + "\n"
    read(tmp_path)
    folder = tmp_path / "orders_of_battle"
    (folder / "formations/red.csv").write_text(formations, encoding="utf-8")
    (folder / "careers/red.csv").unlink()
    (folder / "deployments/1930-05-01_red.csv").write_text(placed, encoding="utf-8")
    atlas = maps.load_atlas("toy", [tmp_path])
    began = time.process_time()
    if wrong:
        with pytest.raises(InputError) as caught:
            register(["RED"], [tmp_path], atlas)
        assert len(caught.value.faults) == 2 * n
    else:
        assert len(register(["RED"], [tmp_path], atlas).on(dates.parse("1930-05-01"))) == n
    assert time.process_time() - began < 1.0
