"""The long run: how wars still going on end, which regimes last, and what people live on, year by year.

Worked out for many throws of the dice at once: arrays have a row for each throw and a column for each power. How long
a regime lasts is no matter of its age: communist regimes fall together, in one crisis of them all, or hardly ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wargame import exact
from wargame.dice import Dice, keys
from wargame.rulebook import Rulebook

COMMUNIST, PARTY, MILITARY, MONARCHY, DEMOCRACY = range(5)
KIND_OF = {
    "bolshevik": COMMUNIST, "national_socialist": PARTY, "fascist": PARTY, "military": MILITARY,
    "authoritarian_right": MILITARY, "sanacja": MILITARY, "monarchy": MONARCHY, "democracy": DEMOCRACY,
    "republic": DEMOCRACY,
}  # fmt: skip
"""Kinds of regime that fall at rates of their own; one that is not here counts as military."""
NAMES = ("communist", "one party", "military or personal", "monarchy", "democracy")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Start:
    """A power when the clock stops: dollars a head, milliard dollars it disposes of, whether its peasants trade."""

    power: str
    regime: str
    income: float
    means: float
    market: bool = False
    beaten: bool = False


@dataclass(frozen=True, slots=True)
class OpenWar:
    """A war still going on, and who is in it."""

    id: str
    attackers: tuple[str, ...]
    defenders: tuple[str, ...]


@dataclass(frozen=True)
class Fates:
    """What became of each power in each throw; arrays of throws by powers, and by years asked about.

    ``ended``: the year in which the regime of the start fell, 0 if it still stands after the last year. ``defeated``:
    whether by defeat. ``share``: output a head in the asked years, as a share of the leader's.
    """

    years: tuple[int, ...]
    ended: Ints
    defeated: Bools
    share: Floats

    def stands(self, year: int) -> Bools:
        """Whether the regime of the start still stands at the end of a year."""
        standing: Bools = (self.ended == 0) | (self.ended > year)
        return standing


def victory(attackers: float, defenders: float, rulebook: Rulebook) -> float:
    """Chance that the attackers win a long war, by what both sides dispose of (clause 16.1)."""
    if min(attackers, defenders) <= 0.0:
        return float(attackers > 0.0)
    return exact.logistic1(rulebook.longrun.war_odds * exact.log1(attackers / defenders))


def hazard(kind: Ints, income: Floats, crisis: Bools, rulebook: Rulebook) -> Floats:
    """Chance that each regime falls in a year, by its kind, its people's income, and a crisis (clauses 16.3, 16.4)."""
    r = rulebook.longrun
    poor = np.where(income < r.income_poor, r.democracy_poor, r.democracy_middle)
    democracy = np.where(income < r.income_middle, poor, r.democracy_upper)
    democracy = np.where(income < r.income_safe, democracy, 0.0)
    communist = np.where(crisis, r.crisis_falls, r.communist)
    table = (communist, r.party, r.military, r.monarchy, democracy)
    return np.select([kind == k for k in range(len(table))], table)


def grown(share: Floats, kind: Ints, market: Bools, year: int, luck: Floats, rulebook: Rulebook) -> Floats:
    """Output a head as a share of the leader's, a year on (clauses 16.5 to 16.7).

    ``luck`` multiplies the share of the leader's output that a power's order allows in the end.
    """
    r = rulebook.longrun
    planned = (kind == COMMUNIST) & ~market
    top = np.where(kind == COMMUNIST, np.where(market, r.reforming_share, r.planned_share), r.market_share)
    drawn = share * exact.power(top * luck / share, 1.0 - exact.exp1(-r.convergence))
    late = share * (1.0 + r.planned_late) / (1.0 + r.leader_growth)
    return np.where(planned & (year > r.planned_until), late, drawn)


def play(
    starts: Sequence[Start],
    wars: Sequence[OpenWar],
    year: int,
    years: Sequence[int],
    rulebook: Rulebook,
    dice: Dice,
    throws: int = 1,
) -> Fates:
    """The years after ``year``, to the last of ``years``, thrown so many times; who has the highest income leads."""
    r, luck = rulebook.longrun, _Luck(dice, throws, [s.power for s in starts])
    one = np.ones((throws, 1))
    at_first = [KIND_OF.get(s.regime, MILITARY) for s in starts]
    kind: Ints = (one * np.array(at_first, dtype=np.int64)).astype(np.int64)
    market = one * np.array([s.market for s in starts], dtype=bool) > 0
    income = np.array([s.income for s in starts], dtype=np.float64)
    leads, leader = income >= income.max(initial=1.0), float(income.max(initial=1.0))
    share: Floats = one * (income / leader)
    fortune = exact.exp(r.share_sd * luck.normals("long_run"))
    ends = year + round(r.war_years)
    loser, fought, heir = _wars(starts, wars, rulebook, luck)
    damage: Floats = r.war_damage * one * fought
    gone = np.array([s.beaten for s in starts], dtype=bool) & ~fought
    ended: Ints = (one * np.where(gone, year, 0)).astype(np.int64)
    kind = np.where(gone, DEMOCRACY, kind)
    told, until, met = np.zeros((*share.shape, len(years))), np.zeros(throws), np.zeros(throws, dtype=bool)
    for y in range(year + 1, max(years) + 1):
        if y == ends:  # the defeated live under the order of the victor
            ended = np.where(loser & (ended == 0), y, ended)
            kind, market = np.where(loser, heir, kind), market & ~loser
        opens = ~met & (luck.of("crisis_of_regimes", "communist", y) < r.crisis)
        until, met = np.where(opens, y + round(r.crisis_years), until), met | opens
        dollars = share * (1.0 - damage) * leader * exact.power1(1.0 + r.leader_growth, y - year)
        falls = luck.uniforms("regime_falls", y) < hazard(kind, dollars, (y < until)[:, None], rulebook)
        falls &= ~loser | (y >= ends)  # who is losing a war falls by it
        opened = (luck.uniforms("regime_follows", y) < r.to_democracy) & (kind != DEMOCRACY)
        share = np.where(falls & (kind == COMMUNIST), share * (1.0 - r.transition), share)
        kind = np.where(falls, np.where(opened, DEMOCRACY, MILITARY), kind)
        ended = np.where(falls & (ended == 0), y, ended)
        share = np.where(leads, share, grown(share, kind, market, y, fortune, rulebook))
        damage = np.where(y > ends, damage * (1.0 - r.recovery), damage)
        for k in (k for k, asked in enumerate(years) if asked == y):
            told[:, :, k] = share * (1.0 - damage)
    return Fates(tuple(years), ended, gone | (loser & (ended == ends)), told)


class _Luck:
    """Draws for many throws at once, keyed by what they are for, whom they concern, the throw and the year."""

    def __init__(self, dice: Dice, throws: int, powers: Sequence[str]) -> None:
        self.dice, self.powers = dice, keys(powers)
        self.throws = np.arange(throws, dtype=np.int64)[:, None] * _YEARS

    def uniforms(self, purpose: str, year: int) -> Floats:
        """Of every power in every throw."""
        return self.dice.uniforms(purpose, self.powers, self.throws + year)

    def normals(self, purpose: str) -> Floats:
        """Of every power in every throw, the same for all years."""
        return self.dice.normals(purpose, self.powers, self.throws)

    def of(self, purpose: str, subject: str, year: int = 0) -> Floats:
        """Of one subject in every throw."""
        return self.dice.uniforms(purpose, keys([subject]), self.throws + year).reshape(-1)


_YEARS = 10_000
"""What keeps the throws' ordinals apart."""


def _wars(
    starts: Sequence[Start], wars: Sequence[OpenWar], rulebook: Rulebook, luck: _Luck
) -> tuple[Bools, Bools, Ints]:
    """Who loses in which throw, who fights at all, and the kind of order that the victor leaves (clauses 16.1, 16.2).

    Who is beaten already when the clock stops comes back if his side wins, and not otherwise; a power in two wars
    loses if it loses one.
    """
    at = {s.power: k for k, s in enumerate(starts)}
    loser = np.zeros((len(luck.throws), len(starts)), dtype=bool)
    fought = np.zeros(len(starts), dtype=bool)
    heir = np.full(loser.shape, DEMOCRACY, dtype=np.int64)
    for war in wars:
        sides = [[at[p] for p in members if p in at] for members in (war.attackers, war.defenders)]
        means = [sum(starts[k].means for k in members if not starts[k].beaten) for members in sides]
        won = luck.of("long_war_won", war.id) < victory(means[0], means[1], rulebook)
        for own, members in enumerate(sides):
            fought[members] = True
            lost = won if own == 1 else ~won
            strongest = max(sides[1 - own], key=lambda k: starts[k].means, default=None)
            order = DEMOCRACY if strongest is None else KIND_OF.get(starts[strongest].regime, MILITARY)
            for k in members:
                loser[:, k] |= lost
                heir[lost, k] = DEMOCRACY if order == MONARCHY else order
    return loser, fought, heir
