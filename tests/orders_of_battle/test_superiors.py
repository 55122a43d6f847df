"""Who stood under whom and who commanded, against a second source; a known difference must still be one.

``tests/data/oob_superiors_<date>_<power>.csv`` has a row a formation: the headquarters a second list puts it under,
directly or further up. ``tests/data/oob_commanders.csv`` has a row an army and date: who led it in a page read.
"""

from __future__ import annotations

import pytest

from tests.orders_of_battle.shipped import DEPLOYMENTS, FILES, SUPERIORS, commanders, dated, read, superiors


@pytest.mark.parametrize("name", SUPERIORS)
def test_formations_stand_under_the_headquarters_of_a_second_source(name: str) -> None:
    assert [str(s) for s in superiors(name) if not s.known_difference and not s.agrees] == []


@pytest.mark.parametrize("name", SUPERIORS)
def test_a_known_difference_of_superior_is_still_one(name: str) -> None:
    assert [str(s) for s in superiors(name) if s.known_difference and s.agrees] == []


def test_every_deployment_with_somebody_above_has_a_second_list() -> None:
    above = [n for n in DEPLOYMENTS if any(r["parent"] for r in read(FILES / "deployments" / f"{n}.csv"))]
    assert sorted(set(above) - set(SUPERIORS)) == []


def test_armies_are_led_by_whom_a_second_source_names() -> None:
    assert [str(c) for c in commanders() if not c.known_difference and not c.agrees] == []


def test_a_known_difference_of_commander_is_still_one() -> None:
    assert [str(c) for c in commanders() if c.known_difference and c.agrees] == []


def test_second_sources_are_explained_on_the_page_of_their_power() -> None:
    used = {(dated(n)[1], s.source) for n in SUPERIORS for s in superiors(n)}
    used |= {(c.army.partition("_")[0], c.source) for c in commanders()}
    pages = {p: (FILES / "sources" / f"{p}.md").read_text(encoding="utf-8") for p, _ in used}
    assert sorted((p, k) for p, keys in used for k in keys.split("|") if f"**{k}**" not in pages[p]) == []
