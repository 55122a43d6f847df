"""A forecast: what became of a position in many roll-outs, as shares with intervals and as ranges.

The umpire's odds and ``wargame forecast`` are this and nothing else, so they agree to the last figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wargame import dates
from wargame.atlas import NOBODY, Atlas
from wargame.scenario import Setup
from wargame.show.prose import Names
from wargame.study.rollouts import Outturn
from wargame.study.statistics import Estimate, share
from wargame.world import World

RANGE = (0.1, 0.5, 0.9)
"""Quantiles of a range: one run in ten lies below it, one in ten above."""
KINDS_OF_LOSS = {
    "killed_and_wounded": ("killed", "wounded"), "captured_and_missing": ("captured", "missing"),
    "tanks": ("tanks_lost",), "guns": ("guns_lost",), "aircraft": ("aircraft_lost",),
}  # fmt: skip
"""What the forecast adds up, of `wargame.verdict.LOSSES`."""
TOWN_K = 50.0
"""Thousands of people from which a place is named though it is no capital, objective or much contested."""


@dataclass(frozen=True)
class Shares:
    """One question with the share of every answer, the most frequent first (then by name)."""

    about: str
    now: str
    answers: tuple[tuple[str, int, Estimate], ...]

    @property
    def open(self) -> bool:
        """Whether the roll-outs disagree, or agree on something else than holds now."""
        return len(self.answers) > 1 or self.answers[0][0] != self.now

    def of(self, answer: str) -> Estimate:
        """The share of one answer; nought of all runs where it never came."""
        runs = sum(n for _, n, _ in self.answers)
        return next((e for a, _, e in self.answers if a == answer), share(0, runs))


@dataclass(frozen=True)
class Forecast:
    """What became of a position by ``until`` in ``runs`` roll-outs. Tables are by id, in the order of the page."""

    begins: int
    until: int
    runs: int
    places: dict[str, Shares]
    operations: dict[str, Shares]
    wars: dict[str, Shares]
    standing: dict[str, Shares]
    governments: dict[str, Shares]
    treaties: dict[str, Shares]
    losses: dict[str, dict[str, tuple[float, float, float]]]


def forecast(setup: Setup, world: World, outturns: Sequence[Outturn]) -> Forecast:
    """The forecast from a position that these outturns of one length give; `ValueError` for none at all."""
    if not outturns:
        raise ValueError("a forecast needs a run")
    now, polity = {p.id: p.standing for p in world.powers.values()}, world.polity
    in_force = {t.id for t in polity.in_force(world.hour)}
    heads = {g.power: g.head for g in polity.governments.values()}
    stages = {o.id: _stage(o.stage, o.outcome) for o in world.operations.values()}
    pairs = sorted({pair for o in outturns for pair in _pairs(o.wars.values())} | set(_pairs(_wars(world))))
    return Forecast(
        begins=world.hour,
        until=outturns[0].hour,
        runs=len(outturns),
        places=_places(setup, world, outturns),
        operations=_asked(stages, outturns, lambda o, k: _stage(*o.operations.get(k, ("planned", "undecided")))),
        wars=_asked(
            {f"{a}-{b}": _at_war((a, b) in _pairs(_wars(world))) for a, b in pairs}, outturns,
            lambda o, k: _at_war(tuple(k.split("-")) in _pairs(o.wars.values())),
        ),
        standing=_asked(now, outturns, lambda o, k: o.standing.get(k, "at_peace")),
        governments=_asked(heads, outturns, lambda o, k: o.heads.get(k, "")),
        treaties=_asked(
            {t: "in force" if t in in_force else "not in force" for t in sorted({*in_force, *_all_treaties(outturns)})},
            outturns, lambda o, k: "in force" if k in o.treaties else "not in force",
        ),
        losses={p: by for p in sorted(outturns[0].losses) if (by := _ranges(outturns, p))},
    )  # fmt: skip


def tally(about: str, now: str, answers: Sequence[str]) -> Shares:
    """How often each answer came, with Wilson intervals."""
    counted = sorted(Counter(answers).items(), key=lambda a: (-a[1], a[0]))
    return Shares(about, now, tuple((a, n, share(n, len(answers))) for a, n in counted))


def span(values: Sequence[float]) -> tuple[float, float, float]:
    """The range of a number: its quantiles `RANGE`, each of them a value that came."""
    low, middle, high = np.quantile(np.asarray(values, dtype=np.float64), RANGE, method="inverted_cdf").tolist()
    return low, middle, high


def _asked(
    now: dict[str, str], outturns: Sequence[Outturn], answer: Callable[[Outturn, str], str]
) -> dict[str, Shares]:
    """Every open question of a table, and operations under way however they stand."""
    found = {name: tally(name, was, [answer(o, name) for o in outturns]) for name, was in now.items()}
    return {name: s for name, s in found.items() if s.open or s.now == "running"}


def _stage(stage: str, outcome: str) -> str:
    return outcome if stage == "ended" else stage


def _at_war(yes: bool) -> str:
    return "at war" if yes else "not at war"


def _wars(world: World) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(w.attackers, w.defenders) for w in world.wars.values() if f"ceased:{w.id}" not in world.flags]


def _pairs(wars: Any) -> set[tuple[str, ...]]:
    """Every two powers at war with each other, each pair in alphabetical order."""
    return {tuple(sorted((a, d))) for attackers, defenders in wars for a in attackers for d in defenders}


def _all_treaties(outturns: Sequence[Outturn]) -> set[str]:
    return {t for o in outturns for t in o.treaties}


def _places(setup: Setup, world: World, outturns: Sequence[Outturn]) -> dict[str, Shares]:
    """Places of note that are in doubt, the most doubtful and greatest first, and all others in doubt after them."""
    atlas = setup.atlas
    holders = np.stack([np.frombuffer(o.controller, dtype=np.int16) for o in outturns])
    moved = np.flatnonzero((holders != world.controller.astype(np.int16)).any(axis=0)).tolist()
    wanted = {p for plan in setup.plans if plan.operation for p in plan.operation.objectives}

    def rank(p: int) -> tuple[Hashable, ...]:
        of_note = bool(atlas.capital_of[p]) or atlas.ids[p] in wanted or atlas.population_k[p] >= TOWN_K
        most = np.unique(holders[:, p], return_counts=True)[1].max() / len(outturns)
        return (not of_note, round(abs(float(most) - 0.5), 2), -float(atlas.population_k[p]), atlas.ids[p])

    found = {}
    for p in sorted(moved, key=rank):
        names = [_power(atlas, n) for n in holders[:, p].tolist()]
        found[atlas.ids[p]] = tally(atlas.ids[p], _power(atlas, int(world.controller[p])), names)
    return found


def _power(atlas: Atlas, number: int) -> str:
    return atlas.powers[number] if number != NOBODY else ""


def _ranges(outturns: Sequence[Outturn], power: str) -> dict[str, tuple[float, float, float]]:
    """The range of each kind of loss of a power that lost anything in any run."""
    found = {kind: span([lost(o, power, kind) for o in outturns]) for kind in KINDS_OF_LOSS}
    return found if any(lost(o, power, kind) for o in outturns for kind in KINDS_OF_LOSS) else {}


def lost(outturn: Outturn, power: str, kind: str) -> float:
    """What a power lost in one roll-out, of one of `KINDS_OF_LOSS`, since the position."""
    return sum(outturn.losses.get(power, {}).get(k, 0.0) for k in KINDS_OF_LOSS[kind])


# --- as data and in words --------------------------------------------------------------------------------------------


def as_dict(f: Forecast) -> dict[str, Any]:
    """The forecast as plain data. Shares and interval ends have four decimals; ranges are whole men and weapons."""
    tables = {
        name: {
            k: {
                "now": s.now,
                "answers": [
                    {"answer": a, "runs": n, "share": _r(e.value), "low": _r(e.low), "high": _r(e.high)}
                    for a, n, e in s.answers
                ],
            }
            for k, s in getattr(f, name).items()
        }
        for name in TABLES
    }
    losses = {p: {k: list(map(round, v)) for k, v in by.items()} for p, by in f.losses.items()}
    head = {"begins": dates.instant(f.begins), "until": dates.instant(f.until), "runs": f.runs, "level": 0.95}
    return head | tables | {"losses": losses, "losses_quantiles": list(RANGE)}


TABLES = ("operations", "wars", "standing", "places", "governments", "treaties")


def _r(value: float) -> float:
    return round(value, 4)


@dataclass(frozen=True)
class Table:
    """A table of a forecast in words: a title, the heads of its columns, and rows of texts."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(setup: Setup, f: Forecast, most: int = 12) -> list[Table]:
    """The forecast in words; of each table the first ``most`` rows, and a last row that counts the others."""
    names = Names(setup.atlas, setup.forces)
    operations = {p.operation.id: p.operation.name for p in setup.plans if p.operation is not None}
    labels: dict[str, tuple[str, Callable[[str], str], Callable[[str], str]]] = {
        "operations": ("Operations", lambda k: operations.get(k, k), _words),
        "wars": ("Wars", lambda k: " and ".join(names.country(p) for p in k.split("-")), _words),
        "standing": ("Powers", names.country, _words),
        "places": ("Who holds what", names.town, lambda p: names.country(p) if p else "nobody"),
        "governments": ("Governments", names.country, str),
        "treaties": ("Treaties", _words, _words),
    }
    made = []
    for table, (title, subject, answer) in labels.items():
        rows = [(subject(k), answer(s.now), *_told(s, answer)) for k, s in getattr(f, table).items()]
        if rows:
            made.append(Table(title, ("", "now", "then", "share (95 %)"), _cut(rows, most)))
    if f.losses:
        heads = ("", *(_words(k).replace(" and", ",") for k in KINDS_OF_LOSS))
        lost_by = [(names.country(p), *map(_spanned, by.values())) for p, by in f.losses.items()]
        made.append(
            Table("Losses: median, and below it the range in which four runs of five lie", heads, _cut(lost_by, most))
        )
    return made


def _told(s: Shares, answer: Callable[[str], str]) -> tuple[str, str]:
    shown = s.answers[:3]
    then = "\n".join(answer(a) for a, _, _ in shown)
    return then, "\n".join(interval(e) for _, _, e in shown)


def interval(e: Estimate) -> str:
    """A share with its interval: ``62 % (55-69)``."""
    return f"{100 * e.value:.0f} % ({100 * e.low:.0f}-{100 * e.high:.0f})"


def _words(text: str) -> str:
    return text.replace("_", " ")


def _spanned(q: Sequence[float]) -> str:
    low, middle, high = (f"{round(v):,}" for v in q)
    return middle if low == high else f"{middle}\n{low}-{high}"


def _cut(rows: Sequence[tuple[str, ...]], most: int) -> tuple[tuple[str, ...], ...]:
    left = len(rows) - most
    more = [(f"and {left} more", *[""] * (len(rows[0]) - 1))] if left > 0 else []
    return (*rows[:most], *more)
