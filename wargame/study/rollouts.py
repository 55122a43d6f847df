"""Roll-outs: one position played on many times with other luck, and what became of it each time.

What the umpire's odds and ``wargame forecast`` use. A fork shares everything with its position, and what luck has
already settled: the temper of a war under way, what a decider has resolved in a crisis that is open, how far talks have
come. Everything else is drawn anew from the number of the fork, so the same position and numbers give the same bytes,
whatever the number of workers; and two positions of one game share their luck wherever they do the same thing.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wargame.atlas import NOBODY, Atlas
from wargame.dice import Dice, key
from wargame.engine import PHASES, Engine, Run
from wargame.house import House
from wargame.scenario import Setup
from wargame.succession import calendar
from wargame.verdict import LOSSES
from wargame.world import Due, World

Play = Callable[[Setup, World, int], Run]
"""Plays a position on to an hour; the position may be used up."""


@dataclass(frozen=True)
class Outturn:
    """What became of one fork by the hour ``hour``; small, so that thousands can be kept.

    ``controller``: power numbers by province (16-bit, `Atlas.powers`, -1 nobody). ``operations``: stage and outcome;
    an operation that did not exist is not named. ``wars``: attackers and defenders of those that go on. ``losses``:
    since the position, by power and kind (`wargame.verdict.LOSSES`, in men and weapons). ``answers``: what each
    recorded question was answered with, by its id, and ``asked`` who answered it. ``journal``: hash of the fork's last
    journal entry.
    """

    number: int
    hour: int
    controller: bytes
    operations: Mapping[str, tuple[str, str]]
    wars: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    standing: Mapping[str, str]
    losses: Mapping[str, Mapping[str, float]]
    treaties: tuple[str, ...]
    heads: Mapping[str, str]
    answers: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, str]
    journal: str

    def holder(self, atlas: Atlas, place: str) -> str:
        """The power in control of a province, empty for nobody."""
        number = int(np.frombuffer(self.controller, dtype=np.int16)[atlas.number[place]])
        return atlas.powers[number] if number != NOBODY else ""


def roll_out(
    setup: Setup,
    world: World,
    until: int,
    numbers: Sequence[int],
    *,
    play: Play | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Outturn]:
    """Play a position on to an hour once for every number of a fork, in their order; the position is left alone.

    ``play`` plays one fork: by default the scenario's own seats do; at a table whatever the turn's brief says. With
    more than one worker processes are forked that share the position; where the system cannot fork, one does all.
    """
    job = _Job(setup, world, until, play or _automatic)
    if workers <= 1 or len(numbers) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for done, number in enumerate(numbers, start=1):
            yield job.fork(number)
            _tell(progress, done, len(numbers))
        return
    name = str(id(job))
    _JOBS[name] = job  # the forked workers find it here
    try:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
            outturns = pool.map(_fork, [name] * len(numbers), numbers)  # singly: no last chunk to wait for
            try:
                for done, outturn in enumerate(outturns, start=1):
                    yield outturn
                    _tell(progress, done, len(numbers))
            except BaseException:  # whoever waits for them no more does not want the rest worked out
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        del _JOBS[name]


_JOBS: dict[str, _Job] = {}


def _fork(name: str, number: int) -> Outturn:
    return _JOBS[name].fork(number)


def _tell(progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


@dataclass(frozen=True)
class _Job:
    setup: Setup
    world: World
    until: int
    play: Play

    def fork(self, number: int) -> Outturn:
        """Play one fork."""
        run = self.play(self.setup, forked(self.setup, self.world, number), self.until)
        return outturn(run, self.world, self.until, number)


def _automatic(setup: Setup, world: World, until: int) -> Run:
    return Engine(setup, world, level="verdict").run(until)


# --- forking ---------------------------------------------------------------------------------------------------------


def forked(setup: Setup, world: World, number: int) -> World:
    """A copy of a position with other luck from here on."""
    seed = int(key(f"fork {world.seed} {number}")) & sys.maxsize
    twin = replace(world.copy(), seed=seed)
    twin.typed = _settled(world, Dice(seed)) | world.typed
    if any(_is_death(d) for d in world.due.values()):
        twin.due = {n: d for n, d in twin.due.items() if not _is_death(d)} | _deaths(setup, twin)
    return twin


def _settled(world: World, fresh: Dice) -> dict[tuple[str, str, int], float]:
    """The luck that has shown itself already and so is the same in every fork.

    Who has let an operation be at a chance of .4 has a resolve above .4, and who has ordered it has one below:
    the draw is made anew, but on its side of that chance.
    """
    old, polity = Dice(world.seed, world.typed), world.polity
    kept = [(f"operation.{side}", war, 0) for war in world.wars for side in ("attacker", "defender")]
    kept += [("peace", war, 0) for war in world.wars]
    kept += [("long_war", g.head, 0) for g in polity.governments.values()]
    kept += [("talks", f"{t.id}:{p}", t.began) for t in polity.talks.values() if t.stage for p in t.parties]
    kept += [(what, c.operation, c.window) for c in polity.crises.values() for what in ("bluff", "warning")]
    found = {k: old.uniform(*k) for k in kept}
    for crisis in polity.crises.values():
        drawn = ("launch", crisis.operation, crisis.window)
        chance, u = crisis.probability, fresh.uniform(*drawn)
        found[drawn] = chance * u if old.uniform(*drawn) <= chance else chance + (1.0 - chance) * u
    return found


def _is_death(due: Due) -> bool:
    return due.process == "state" and due.subject.startswith("death:")


def _deaths(setup: Setup, world: World) -> dict[str, Due]:
    """The days on which leaders die of themselves, drawn anew for those whom no history says it of."""
    house = House(setup.atlas, setup.rulebook, setup.scenario, setup.plans, Dice(world.seed), {}, setup.tables)
    found = [d for d in calendar(house, world.hour, setup.scenario.scenario.ends) if d[3].startswith("death:")]
    dues = [Due(f"state:{who}", hour, PHASES["state"], power, "state", who) for _, hour, power, who in found]
    return {d.id: d for d in dues}


# --- what became of it -----------------------------------------------------------------------------------------------


def outturn(run: Run, before: World, until: int, number: int = 0) -> Outturn:
    """What became of a position by an hour in one run from it; the run itself may have ended earlier."""
    world, atlas, polity = run.world, run.setup.atlas, run.world.polity
    gone = _losses(atlas, world)
    since = _losses(atlas, before)
    return Outturn(
        number=number,
        hour=until,
        controller=world.controller.astype(np.int16).tobytes(),
        operations={o.id: (o.stage, o.outcome) for o in world.operations.values()},
        wars={w.id: (w.attackers, w.defenders) for w in world.wars.values() if f"ceased:{w.id}" not in world.flags},
        standing={p.id: p.standing for p in world.powers.values()},
        losses={p: {k: n - since.get(p, {}).get(k, 0.0) for k, n in by.items()} for p, by in gone.items()},
        treaties=tuple(sorted(t.id for t in polity.in_force(world.hour))),
        heads={g.power: g.head for g in polity.governments.values()},
        answers={e.data["question"]: tuple(e.data["answer"]) for e in run.journal.of_kind("decision")},
        asked={e.data["question"]: e.data["power"] for e in run.journal.of_kind("decision")},
        journal=world.journal_hash,
    )


def _losses(atlas: Atlas, world: World) -> dict[str, dict[str, float]]:
    """Losses since the opening by power and kind, whole numbers."""
    f, found = world.forces, dict[str, dict[str, float]]()
    totals: dict[str, Any] = {
        k: np.bincount(f.power, weights=getattr(f, k), minlength=len(atlas.powers)) for k in LOSSES
    }
    for number in np.unique(f.power).tolist():
        found[atlas.powers[number]] = {k: float(np.floor(totals[k][number] + 0.5)) for k in LOSSES}
    return found
