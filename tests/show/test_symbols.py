from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.orders_of_battle.shipped import POWERS, of
from wargame.load.orders_of_battle import symbol_of
from wargame.show import symbols
from wargame.world import KINDS

GOLDEN = Path(__file__).parent / "golden_symbols"
SIX = {
    "infantry_division": ("10031000211211000000", {"label": "10 DP", "colour": "#e8c3c3"}),
    "armoured_corps_headquarters": ("10031002221205000000", {"label": "XVI", "colour": "#9aa090"}),
    "cavalry_brigade": ("10031000181213000000", {"colour": "#e8c3c3"}),
    "mountain_division": ("10031000211211000027", {"colour": "#9aa090"}),
    "fortress_regiment": ("10031000171211000000", {"kind": "fortress"}),
    "hostile_motorised_division": ("10061000211211040000", {"colour": "#d98476"}),
}


def deployed_codes() -> list[tuple[str, str]]:
    found = set()
    for power in POWERS:
        shelf = of(power).shelf
        for f in shelf.known.values():
            for hour in (None, *(c["date"] for c, _ in f.changes)):
                now = f.on(hour, shelf.weights)
                found.add((symbol_of(now), now["kind"]))
    return sorted(found)


def test_orders_of_battle_have_codes() -> None:
    assert len(deployed_codes()) > 10


@pytest.mark.parametrize(("sidc", "kind"), deployed_codes())
def test_every_code_in_the_orders_of_battle_paints(sidc: str, kind: str) -> None:
    assert symbols.is_known(sidc), f"no icon for entity {sidc[10:16]}"
    drawn = symbols.svg(sidc, kind=kind, label="Ł")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert len(symbols.compose(sidc, kind=kind).shapes) >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_formation_has_a_code(kind: str) -> None:
    assert symbols.is_known(symbols.code_of_kind(kind))
    assert symbols.Sidc.parse(symbols.code_of_kind(kind)).headquarters == (kind in KINDS[:4])


@pytest.mark.parametrize("name", SIX)
def test_golden_symbols(name: str) -> None:
    """Looked at once and found right; to accept a change, write the file anew and look at it again."""
    sidc, look = SIX[name]
    assert symbols.svg(sidc, **look) + "\n" == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["", "1003100021121100000", "1003100021121100000x", "１0031000211211000000"])
def test_codes_that_are_none_are_refused(code: str) -> None:
    with pytest.raises(ValueError, match="20 digits"):
        symbols.compose(code)


def test_the_code_is_read_by_its_fields() -> None:
    code = symbols.Sidc.parse("10062012231205010027")
    assert (code.identity, code.symbol_set, code.headquarters, code.echelon) == ("6", "20", True, "23")
    assert (code.entity, code.modifier_1, code.modifier_2, code.frame) == ("120501", "00", "27", "hostile")


@pytest.mark.parametrize(("digits", "crosses"), [("18", 1), ("21", 2), ("22", 3), ("23", 4), ("24", 5)])
def test_an_echelon_has_its_number_of_crosses(digits: str, crosses: int) -> None:
    bare = symbols.compose("10031000001410000000")
    marked = symbols.compose(f"10031000{digits}1410000000")
    assert len(marked.shapes) - len(bare.shapes) == 2 * crosses


def test_the_frame_follows_the_affiliation_unless_overridden() -> None:
    frames = [symbols.compose(f"100{identity}1000211211000000").shapes[0].points for identity in "3641"]
    assert len(set(frames)) == 4
    assert symbols.compose("10061000211211000000", frame="friend").shapes[0].points == frames[0]


def test_everything_lies_within_the_box() -> None:
    for sidc, kind in deployed_codes():
        symbol = symbols.compose(sidc, kind=kind, label="10 DP")
        left, bottom, right, top = symbol.box
        for shape in symbol.shapes:
            assert all(left <= x <= right and bottom <= y <= top for x, y in shape.points)


def test_a_label_cannot_break_the_svg() -> None:
    assert "&lt;b&gt; &amp;" in symbols.svg("10031000211211000000", label="<b> &")
