"""Air fleets by type and navies through their lives: a tiny example of each, and mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toy_files import write_toy
from wargame import dates
from wargame.errors import InputError
from wargame.load import maps
from wargame.load.air_sea import counted
from wargame.load.catalogue import Register, register

AIR = """fleet,class,model,number,serviceable,province,source,status
red_air,bomber,He 111,30,0.8,,invented,judgement
red_air,fighter,Bf 109 E,40,0.9,p02,invented,judgement
"""
NAVY = """id,name,class,kind,count,displacement,lift,home,laid_down,commissioned,lost,source,status
red_boats,Flotilla,VII C,submarine,12,750,,p01,,1929-06-01,,invented,judgement
red_fast,Fast,Fast,battleship,1,31000,,p01,1929-01-01,1931-05-01,1941-05-27,invented,judgement
red_ferries,Ferries,,transport,20,2000,15000,p01,,,,invented,judgement
red_old,Old,Old,battleship,1,14000,,p01,,,1930-03-01,invented,judgement
red_plan,Plan,H,battleship,2,50000,,p01,1933-01-01,1938-01-01,,invented,judgement
"""


def read(folder: Path, air: str = AIR, navy: str = NAVY) -> Register:
    fleet = {"id": "red_air", "kind": "air_fleet", "aircraft": 70, "men": 900, "quality": 0.5, "province": "p01"}
    write_toy(folder, formations=[fleet], provinces_changed={"p01": {"port": 2}, "p02": {"port": 0}})
    for name, text in (("air/1930-05-01_red", air), ("navies/red", navy)):
        path = folder / "orders_of_battle" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return register(["RED"], [folder], maps.load_atlas("toy", [folder]))


def test_the_latest_file_holds_for_all_fleets(tmp_path: Path) -> None:
    read(tmp_path)
    later = "fleet,class,model,number\nred_air,fighter,Bf 109 E,10\n"
    (tmp_path / "orders_of_battle/air/1930-07-01_red.csv").write_text(later, encoding="utf-8")
    found = register(["RED"], [tmp_path], maps.load_atlas("toy", [tmp_path]))
    seen = [
        sum(a.row["number"] for a in found.aircraft(dates.parse(d)))
        for d in ("1930-04-30", "1930-05-01", "1930-06-30", "1930-07-01")
    ]
    assert seen == [0, 70, 70, 10]


def test_ships_enter_service_are_built_and_are_lost(tmp_path: Path) -> None:
    found = read(tmp_path)
    states = {
        d: {s.id: s.state(dates.parse(d)) for s in found.ships(dates.parse(d))}
        for d in ("1929-02-01", "1930-05-01", "1942-01-01")
    }
    assert states["1929-02-01"]["red_fast"] == "building"
    assert states["1929-02-01"]["red_boats"] == "planned"
    assert states["1930-05-01"]["red_plan"] == "planned"
    assert "red_old" not in states["1930-05-01"]
    assert counted(found.ships(dates.parse("1932-01-01")), dates.parse("1932-01-01")) == {
        "battleship": 1, "submarine": 12, "transport": 20,
    }  # fmt: skip
    assert "red_fast" not in states["1942-01-01"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "red_air,bomber",
            "red_aer,bomber",
            "line 2: fleet 'red_aer' is in no formations file (did you mean 'red_air'?)",
        ),
        ("red_air,bomber", "red_1_div,bomber", "line 2: 'red_1_div' is no air fleet but infantry"),
        ("bomber", "bommber", "line 2: class 'bommber' is unknown (did you mean 'bomber'?)"),
        (",30,", ",3.5,", "line 2: number '3.5' is not a whole number"),
        ("0.9,p02", "0.9,p22", "line 3: province 'p22' is not on map 'toy' (did you mean 'p02'?)"),
        ("red_air,fighter,Bf 109 E,40,0.9,p02", "red_air,bomber,He 111,40,0.9,", "is there twice, first on line 2"),
    ],
)
def test_a_mistake_in_an_air_file_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, air=AIR.replace(old, new, 1))
    assert words in str(caught.value)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("red_boats", "rad_boats", "line 2: id 'rad_boats' begins with no power of this map"),
        ("submarine", "submarin", "line 2: kind 'submarin' is unknown (did you mean 'submarine'?)"),
        (",12,", ",0,", "line 2: count 0 is out of range"),
        ("1931-05-01,1941-05-27", "1931-05-01,1931-04-27", "line 3: lost is not after laid_down and commissioned"),
        ("1929-01-01,1931-05-01", "1932-01-01,1931-05-01", "line 3: commissioned before laid down"),
        ("31000,,p01", "31000,,p10", "line 3: province 'p10' is not on map 'toy'"),
    ],
)
def test_a_mistake_in_a_navy_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, navy=NAVY.replace(old, new, 1))
    assert words in str(caught.value)
    assert len(caught.value.faults) == 1


def test_a_home_without_a_port_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path, navy=NAVY.replace("750,,p01", "750,,p02", 1)).navies["RED"]
