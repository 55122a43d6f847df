"""The umpire's odds: a turn, or what may come after it, rolled out with other luck by what everybody has ordered.

The same roll-outs and the same sums as a study's (`wargame.study.rollouts`, `wargame.study.forecast`): from the same
position, without orders and rulings, they agree to the last figure. Nothing here touches the game.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wargame import dates
from wargame.engine import Run
from wargame.scenario import Setup
from wargame.study.forecast import Forecast, forecast
from wargame.study.rollouts import Outturn, roll_out
from wargame.table import turn
from wargame.table.turn import Brief
from wargame.world import World

Progress = Callable[[int, int], None] | None


@dataclass(frozen=True)
class Odds:
    """Roll-outs from one position, and what they say."""

    rolled: tuple[Outturn, ...]
    forecast: Forecast


def odds(
    setup: Setup,
    world: World,
    brief: Brief,
    until: int,
    runs: Sequence[int] | int = 200,
    *,
    workers: int = 1,
    progress: Progress = None,
) -> Odds:
    """What comes of a position by an hour if everybody does as briefed: orders, rulings and seats of the turn.

    ``runs``: how many roll-outs, or the numbers of them. The hour is at most the scenario's end; `ValueError` if it is
    not after the position's.
    """
    end = min(until, setup.scenario.scenario.ends)
    if end <= world.hour:
        raise ValueError(f"no odds for {dates.instant(end)}: the position is of {dates.instant(world.hour)}")

    def play(setup: Setup, position: World, until: int) -> Run:
        return turn.play(setup, position, brief, until, level="verdict")

    numbers = range(1, runs + 1) if isinstance(runs, int) else runs
    rolled = tuple(roll_out(setup, world, end, numbers, play=play, workers=workers, progress=progress))
    return Odds(rolled, forecast(setup, world, rolled))
