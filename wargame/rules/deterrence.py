"""The decision to strike: how likely others are to fight, what a war with them would bring, and what waiting costs.

Credibility is a logit in treaty, interest, reputation, signals and domestic limits; every coalition of possible
interveners is weighed in one call, with the campaign that a staff expects against it. After the expected-utility
tradition (Bueno de Mesquita 1981, whose costs of war are the price here; Huth 1988 on past behaviour and local
balance; Leeds 2003 on reliability).
No chance is thrown here: a decider's latent draw is compared with the probability by whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wargame import exact
from wargame.rulebook import Rulebook

MOST = 5
"""Possible interveners weighed at most; the rest are the least potent and change little."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Intervener:
    """A power that may fight for the target, as a decider or its staff sees it.

    ``force`` in division-equivalents of average quality it would send; ``days`` until they fight; ``beside_target``:
    they fight there and not on a front of their own; ``potential``: its long-war potential over the decider's.
    """

    power: str
    treaty: float = 0.0  # 0 none, 1 on paper, 2 defence, 3 defence with a military convention
    interest: float = 0.0  # 0..2
    backdowns: float = 0.0
    signal: float = 0.0  # costly acts of this crisis
    paralysis: float = 0.0  # 0..1
    neutral: float = 0.0  # 0..1, bound by a treaty of neutrality or non-aggression with the decider
    at_war: bool = False  # with the decider, already
    first: str = ""  # the power on whose move its obligation depends
    force: float = 0.0
    days: float = 0.0
    beside_target: bool = False
    potential: float = 0.0
    alone: float = 0.0  # 0..1, share of its chance that does not wait for ``first``
    pledge: float = 0.0  # 0..1, its promise to the target, by honour and by how lately it was given before everybody


@dataclass(frozen=True, slots=True)
class Balance:
    """Forces in division-equivalents of average quality; forts and terrain are in them as factors."""

    strike: float  # what the decider can send against the target
    cover: float  # what it leaves elsewhere, times the worth of its works
    target: float  # what meets it, times the worth of terrain and works


@dataclass(frozen=True, slots=True)
class Stakes:
    """In units of the whole prize of a great operation: 1."""

    value: float
    loss: float
    waiting: float = 0.0  # what another season of waiting costs (a window closing); negative if time works for it
    settlement: float = 0.0  # share of the value on offer without war
    long_war: float = 1.0  # weight of the fear of a long war
    potential: float = 0.0  # long-war potential already against the decider
    blood: float = 0.0  # what a war against forces as strong as one's own costs, won or lost
    enmity: float = 0.0  # what one unit of long-war potential newly at war costs abroad and at home
    unmeant: float = 0.0  # what war with a great power costs whoever meant to march in without a shot


@dataclass(frozen=True, slots=True)
class Weighing:
    """What came of one weighing. ``reasons``: the drivers, strongest first, as (name, change of utility)."""

    launch: float  # P(launch), for the latent draw
    utility: float
    alternative: float
    win: float  # the leader's chance of victory
    staff_win: float  # the General Staff's
    revolt: float  # hazard of a staff revolt if the order is given
    credibility: Mapping[str, float]
    staff_credibility: Mapping[str, float]
    reasons: tuple[tuple[str, float], ...] = ()


def credibility(interveners: Sequence[Intervener], rulebook: Rulebook, bias: float | Floats = 0.0) -> Floats:
    """Probability that each fights, (n,); ``bias`` is added to the logits (a leader's, a staff's; one or (n,)).

    An obligation that waits for another power is worth no more than that power's own readiness to move, which may in
    turn wait for a third; but for the share that is ready to move ``alone``. Who waits for a power that is not among
    them waits in vain.
    """
    d = rulebook.deterrence
    x = np.array(
        [
            d.constant + d.treaty * j.treaty + d.interest * j.interest + d.backdown * j.backdowns + d.signal * j.signal
            + d.paralysis * j.paralysis + d.neutrality * j.neutral
            for j in interveners
        ]
    )  # fmt: skip
    p = np.where([j.at_war for j in interveners], d.at_war, exact.logistic(x + bias)) if interveners else np.zeros(0)
    number = {j.power: k for k, j in enumerate(interveners)}
    return np.array([_in_turn(_waits_for(k, interveners, number), interveners, p) for k in range(len(p))])


def resolve(interveners: Sequence[Intervener], rulebook: Rulebook) -> Floats:
    """Probability that each fights as it knows itself, (n,).

    What others remember of its word does not bind it; what it has lately promised before everybody does, for who goes
    back on that falls (Leeds 2003; Leeds and Savun 2007: it is old promises, made in other circumstances, that are
    broken).
    """
    d = rulebook.deterrence
    own = [replace(j, backdowns=0.0) for j in interveners]
    return credibility(own, rulebook, d.true_bias + d.pledge * np.array([j.pledge for j in interveners]))


def _in_turn(chain: list[int], interveners: Sequence[Intervener], p: Floats) -> float:
    """The chance of the first of a chain, each of whom waits for the next but for what it would do alone."""
    last = interveners[chain[-1]]
    waits_in_vain = last.first not in {"", *(interveners[j].power for j in chain)} and not last.at_war
    chance = 0.0 if waits_in_vain else 1.0
    for j in reversed(chain):
        alone = interveners[j].alone
        chance = float(p[j]) * (alone + (1.0 - alone) * chance)
    return chance


def _waits_for(k: int, interveners: Sequence[Intervener], number: Mapping[str, int]) -> list[int]:
    """Numbers of an intervener and of all who must move before it; nobody is waited for twice."""
    chain = [k]
    while not interveners[chain[-1]].at_war:
        following = number.get(interveners[chain[-1]].first, k)
        if following in chain:
            break
        chain.append(following)
    return chain


@cache
def coalitions(n: int) -> NDArray[np.bool_]:
    """Every subset of n interveners, (2**n, n)."""
    sets: NDArray[np.bool_] = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    sets.setflags(write=False)
    return sets


def victory(balance: Balance, interveners: Sequence[Intervener], rulebook: Rulebook) -> Floats:
    """The expected chance of a decision against the target while the other fronts hold, by coalition (2**n,).

    The longer the campaign, the more of those who come late fight in it: a fixed point, found by halving steps. Only
    those who come to the target's side bear upon it.
    """
    d = rulebook.deterrence
    beside = [k for k, j in enumerate(interveners) if j.beside_target]
    helped = [
        _campaign(balance, [interveners[k] for k, comes in zip(beside, helpers, strict=True) if comes], rulebook)
        for helpers in coalitions(len(beside)).tolist()
    ]
    odds = [exact.logistic1(d.odds_slope * (exact.log1(ratio) - d.odds_midpoint)) for ratio, _ in helped]
    sets = coalitions(len(interveners))
    with_whom = (sets[:, beside] * (1 << np.arange(len(beside)))).sum(axis=1)
    won: Floats = np.array(odds)[with_whom]
    length = np.array([days for _, days in helped])[with_whom]
    others = [j for j in interveners if not j.beside_target]
    if not others:
        return won
    force, days = np.array([j.force for j in others]), np.array([j.days for j in others])
    apart = sets[:, [k for k, j in enumerate(interveners) if not j.beside_target]]
    elsewhere = (apart * force * np.maximum(0.0, 1.0 - days / (length[:, None] + d.redeploy_days))).sum(axis=1)
    cover = max(balance.cover, d.least_force)
    hold = exact.logistic(d.odds_slope * exact.log(cover / np.maximum(elsewhere, d.least_force)))
    won[elsewhere >= d.negligible] *= hold[elsewhere >= d.negligible]
    return won


def _campaign(balance: Balance, helpers: Sequence[Intervener], rulebook: Rulebook) -> tuple[float, float]:
    """Ratio of forces at the end of a campaign against a target and its helpers, and the length it was worked out by.

    The length in days, as it was before the last of the rounds.
    """
    d = rulebook.deterrence
    strike, length, before, ratio = max(balance.strike, d.least_force), d.reference_days, 0.0, 1.0
    par, shortest, longest = d.reference_days * d.length_at_par, d.shortest_days, d.longest_days
    redeploy, least, coming = d.redeploy_days, d.least_force, [(j.force, j.days) for j in helpers]
    for _ in range(int(d.rounds)):
        come = 0.0
        for force, days in coming:
            come += force * max(0.0, 1.0 - days / (length + redeploy))
        ratio = strike / max(balance.target + come, least)
        needed = min(max(par / ratio, shortest), longest)
        before, length = length, 0.5 * length + 0.5 * needed
    return ratio, before


def weigh(
    balance: Balance,
    interveners: Sequence[Intervener],
    stakes: Stakes,
    rulebook: Rulebook,
    *,
    aversion: float,
    boldness: float = 0.0,
    rising: bool = False,
) -> Weighing:
    """Weigh an attack against the best alternative.

    ``aversion``: lambda, the fear of a long war; ``boldness``: a leader's own bias, added to the rulebook's;
    ``rising``: a great power's credibility has jumped since the order and there are days left to think.
    """
    d = rulebook.deterrence
    chosen = _foremost(interveners, d.potential_divisions)
    won = victory(balance, chosen, rulebook)
    sets, potential = coalitions(len(chosen)), np.array([j.potential for j in chosen])
    already = max(0.0, stakes.potential - d.long_war_from)  # feared whatever is decided
    fear = np.maximum(0.0, stakes.potential + (sets * potential).sum(axis=1) - d.long_war_from) - already
    price = _price(balance, chosen, sets, stakes, rulebook)
    worth = won * stakes.value - (1.0 - won) * stakes.loss - aversion * stakes.long_war * fear - price
    seen = credibility(chosen, rulebook, d.leader_bias - boldness)
    staff = credibility(chosen, rulebook, d.staff_bias)
    share, staff_share = _shares(sets, seen), _shares(sets, staff)
    utility, win, staff_win = _mean(share, worth), _mean(share, won), _mean(staff_share, won)
    alternative = max(-stakes.waiting, stakes.settlement * stakes.value if stakes.settlement else -stakes.waiting)
    launch = exact.logistic1((utility - alternative) / d.temper)
    if rising:
        launch = min(launch, d.second_thoughts)
    doubt = exact.logistic1((0.5 - staff_win) / d.revolt_width)
    return Weighing(
        launch=launch, utility=utility, alternative=alternative, win=win, staff_win=staff_win,
        revolt=d.revolt * doubt * launch,
        credibility={j.power: float(p) for j, p in zip(chosen, seen, strict=True)},
        staff_credibility={j.power: float(p) for j, p in zip(chosen, staff, strict=True)},
        reasons=_reasons(chosen, sets, seen, worth, won, stakes, fear, price, aversion, utility),
    )  # fmt: skip


def _price(
    balance: Balance, chosen: Sequence[Intervener], sets: NDArray[np.bool_], stakes: Stakes, rulebook: Rulebook
) -> Floats:
    """What the war itself costs by coalition, won or lost: blood by the forces met, and new enemies."""
    own = max(balance.strike + balance.cover, rulebook.deterrence.least_force)
    met = balance.target + (sets * np.array([j.force for j in chosen])).sum(axis=1)
    enemies = (sets * np.array([j.potential for j in chosen])).sum(axis=1)
    great = np.minimum(1.0, enemies / rulebook.deterrence.great_power)
    price: Floats = stakes.blood * np.minimum(1.0, met / own) + stakes.enmity * enemies + stakes.unmeant * great
    return price


def _foremost(interveners: Sequence[Intervener], divisions: float) -> tuple[Intervener, ...]:
    """The most potent, in a fixed order; those on whom others wait first. ``divisions``: worth of a potential of 1."""
    needed = {j.first for j in interveners}

    def rank(j: Intervener) -> tuple[bool, bool, float, str]:
        return j.power not in needed, not j.at_war, -(j.force + divisions * j.potential), j.power

    return tuple(sorted(sorted(interveners, key=rank)[:MOST], key=lambda j: j.power))


def _shares(sets: NDArray[np.bool_], p: Floats) -> Floats:
    """Probability of each coalition, (2**n,)."""
    return np.where(sets, p, 1.0 - p).prod(axis=1) if len(p) else np.ones(1)


def _mean(share: Floats, values: Floats) -> float:
    return float((share * values).sum())


def _reasons(
    chosen: Sequence[Intervener], sets: NDArray[np.bool_], p: Floats, worth: Floats, won: Floats, stakes: Stakes,
    fear: Floats, price: Floats, aversion: float, utility: float,
) -> tuple[tuple[str, float], ...]:  # fmt: skip
    """What each intervener takes from the utility, what the campaign alone would bring, and what the war costs."""
    share = _shares(sets, p)
    found = [("campaign", float(won[0] * stakes.value - (1.0 - won[0]) * stakes.loss))]
    found.append(("long_war", float(-aversion * stakes.long_war * _mean(share, fear))))
    found.append(("price", float(-_mean(share, price))))
    for k, j in enumerate(chosen):
        without = p.copy()
        without[k] = 0.0
        found.append((j.power, utility - _mean(_shares(sets, without), worth)))
    found.append(("waiting", stakes.waiting))
    if stakes.settlement:
        found.append(("settlement", -stakes.settlement * stakes.value))
    return tuple(sorted(found, key=lambda r: -abs(r[1])))
