"""docs/orders_of_battle.md says how things stand today."""

from __future__ import annotations

from tests.orders_of_battle.page import PAGE, TABLE, TABLES, renewed


def test_the_page_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == renewed(text), "run `python -m tests.orders_of_battle.page`"


def test_the_page_has_every_table_once() -> None:
    found = [m["what"] for m in TABLE.finditer(PAGE.read_text(encoding="utf-8"))]
    assert sorted(found) == sorted(TABLES)
