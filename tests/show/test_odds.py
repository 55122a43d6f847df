"""Maps of who holds what in many runs: the same bytes every time, and the tone that the share of runs asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.show.ground_for_tests import toy_ground
from tests.toy import MIDDLE, RED, SOUTH_EAST, toy_atlas, toy_world
from wargame.atlas import NOBODY
from wargame.show import maps, style


def odds(share: float, caption: str = "no bloc, 20 runs") -> maps.Odds:
    """Red takes the middle and the south-east in a share of the runs."""
    taker, shares = np.full(3, NOBODY), np.zeros(3)
    taker[[MIDDLE, SOUTH_EAST]], shares[[MIDDLE, SOUTH_EAST]] = RED, share
    return maps.Odds(caption, taker, shares)


@pytest.mark.parametrize("panes", [1, 2, 4])
def test_the_same_odds_have_the_same_bytes(panes: int, tmp_path: Path) -> None:
    made = [tmp_path / f"{name}.png" for name in "ab"]
    for path in made:
        shown = [odds(0.2 + 0.2 * k) for k in range(panes)]
        maps.draw_odds(toy_atlas(), toy_ground(), toy_world().controller, shown, path, title="Odds", size="a5", dpi=60)
    assert made[0].read_bytes() == made[1].read_bytes()


def test_what_is_never_taken_is_drawn_too(tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    before = toy_world().controller
    maps.draw_odds(toy_atlas(), toy_ground(), before, [odds(0.0)], path, title="Odds", size="a5")
    assert path.stat().st_size > 2000


def test_the_tone_tells_how_surely_land_is_taken(tmp_path: Path) -> None:
    from PIL import Image

    atlas, ground = toy_atlas(), toy_ground()
    ground.hillshade = None
    before = toy_world().controller
    red, blue = (atlas.colours[p] for p in ("RED", "BLU"))
    wanted = {1.0: style.symbol_fill(red), 0.7: style.taken_tint(red), 0.0: style.muted(style.land_tint(blue))}
    for share, colour in wanted.items():
        path = tmp_path / "map.png"
        panes = [odds(share), odds(1.0)]  # the second fixes the window
        maps.draw_odds(atlas, ground, before, panes, path, title="Odds", size=(8, 5), dpi=100)
        with Image.open(path) as picture:
            width = picture.width
            found = {tuple(c) for c in np.asarray(picture.convert("RGB"))[:, : width // 2].reshape(-1, 3).tolist()}
        expected = [round(255 * c) for c in style.rgb(colour)]
        assert any(max(abs(a - b) for a, b in zip(c, expected, strict=True)) <= 3 for c in found), share
