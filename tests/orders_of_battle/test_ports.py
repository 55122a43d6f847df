"""Home ports of ships against a page read; a known difference must still be one.

``tests/data/oob_ports.csv`` has a row a ship or class: the port a page finds it in when the war came to it.
"""

from __future__ import annotations

from tests.orders_of_battle.shipped import DATA, FILES, read

ROWS = read(DATA / "oob_ports.csv")
HOMES = {r["id"]: r["home"] for path in sorted((FILES / "navies").glob("*.csv")) for r in read(path)}


def test_ships_lie_where_a_page_read_finds_them() -> None:
    wrong = [r["ship"] for r in ROWS if not r["known_difference"] and HOMES[r["ship"]] != r["port"]]
    assert wrong == [], "home ports that differ from tests/data/oob_ports.csv"


def test_a_known_difference_of_port_is_still_one() -> None:
    assert [r["ship"] for r in ROWS if r["known_difference"] and HOMES[r["ship"]] == r["port"]] == []


def test_pages_with_ports_are_explained_on_the_page_of_their_power() -> None:
    pages = {p: (FILES / "sources" / f"{p}.md").read_text(encoding="utf-8") for p in {r["ship"][:3] for r in ROWS}}
    assert [r["ship"] for r in ROWS if f"**{r['source']}**" not in pages[r["ship"][:3]]] == []
