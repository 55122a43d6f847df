"""What treaties oblige to, and how governments answer: help, settlement, resistance, transit, signature.

Treaties are clauses evaluated here; whether a party keeps its word is a probability that the deterrence chapter works
out. Everything is a value or a probability: the caller throws the dice and asks the seats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from wargame import exact
from wargame.politics import Economy, Government, Kind, Treaty, faded
from wargame.rulebook import Rulebook

STRENGTH = {kind: 0.5 * steps for kind, steps in ((Kind.CONSULTATION, 1), (Kind.GUARANTEE, 3), (Kind.DEFENCE, 4))}
"""How strongly a clause of each kind obliges to fight, before its honour; a military convention adds 1."""
ON_PAPER = 1.0
"""Strength from which an obligation goes before older promises to keep the peace."""
PEACE = frozenset({Kind.NEUTRALITY, Kind.NON_AGGRESSION})
PROMISES = frozenset({Kind.GUARANTEE, Kind.DEFENCE})


def obligation(
    treaties: Iterable[Treaty], helper: str, victim: str, attacker: str, hour: int
) -> tuple[float, str, float]:
    """The casus foederis: what binds a helper when a victim is attacked, at an hour.

    Returns the strength of its obligation (0 none .. 3 defence with a military convention), the power that must move
    first (empty: nobody), and how far it is bound to keep the peace with the attacker (0..1). Of several clauses the
    strongest counts; one without condition goes before an equal one with a condition. A later promise to help goes
    before an older one to keep the peace.
    """
    best, first, newest, convention = 0.0, "", -1, 0.0
    peace: list[tuple[int, float]] = []
    for t in treaties:
        if helper not in t.parties or not (t.began <= hour and (not t.ends or hour < t.ends)):
            continue
        if t.kind in PEACE:
            if attacker in t.parties:
                peace.append((t.began, t.honour))
            continue
        if not _covers(t, victim, attacker):
            continue
        if t.kind is Kind.CONVENTION:
            convention = max(convention, t.honour)
        strength = STRENGTH.get(t.kind, 0.0) * t.honour
        if strength >= ON_PAPER:
            newest = max(newest, t.began)
        if strength > best or (strength == best and first and not t.first):
            best, first = strength, t.first if t.first not in (attacker, helper) else ""
    neutral = max((honour for began, honour in peace if began > newest), default=0.0)
    if best >= ON_PAPER:
        best = min(best + convention, 3.0)
    return best, first, neutral


def pledge(
    treaties: Iterable[Treaty], helper: str, victim: str, attacker: str, hour: int, half_life_years: float
) -> float:
    """How far a helper has lately promised to fight for a victim against an attacker, 0..1.

    The strongest of its guarantees and promises of defence in force, each its honour; they fade like every memory.
    """
    return max(
        (
            t.honour * faded(hour - t.began, half_life_years) for t in treaties
            if t.kind in PROMISES and helper in t.parties and _covers(t, victim, attacker) and t.is_in_force(hour)
        ),
        default=0.0,
    )  # fmt: skip


def _covers(treaty: Treaty, victim: str, attacker: str) -> bool:
    """Whether a treaty protects a victim against an attacker."""
    return victim in (treaty.protects or treaty.parties) and (not treaty.against or attacker in treaty.against)


def potential(own: Economy, other: Economy) -> float:
    """Long-war potential of another power over one's own: the root of the output ratio times the steel ratio.

    Of both counts what a power disposes of: without land lost, with what it can use of conquered lands.
    """
    if min(own.gdp, own.steel, own.disposable, other.gdp) <= 0:
        return 0.0
    ratio = (other.gdp / own.gdp) * (max(other.steel, 1e-9) / own.steel)
    return math.sqrt(ratio) * (other.disposable / other.gdp) / (own.disposable / own.gdp)


def resistance(odds: float, firmness: float, rulebook: Rulebook) -> float:
    """Probability that a government fights an entry into its land; ``odds``: its chance of holding out, 0..1."""
    d = rulebook.diplomacy
    return exact.logistic1(d.resist + d.resist_odds * odds + d.resist_firmness * firmness)


def mobilisation(chance: float, government: Government, rulebook: Rulebook) -> float:
    """Probability that a possible intervener mobilises in a crisis; ``chance``: that it would fight, as it knows."""
    d = rulebook.diplomacy
    will = 1.0 - d.mobilise_paralysis * government.paralysis
    return max(0.0, min(1.0, d.mobilise * chance * will))


def settlement_offer(chance: float, government: Government, share: float, rulebook: Rulebook) -> tuple[float, float]:
    """Probability that a power buys peace at the target's cost, and the share of the prize it offers.

    It comes of a government that may have to fight (``chance``) and would rather not (low firmness).
    """
    if share <= 0:
        return 0.0, 0.0
    d = rulebook.diplomacy
    worry = 1.0 - (2.0 * chance - 1.0) * (2.0 * chance - 1.0)  # 1 at even odds, 0 where it is sure either way
    p = exact.logistic1(d.settle + d.settle_worry * worry - d.settle_firmness * government.policy.firmness)
    return p, share


def peace(months: float, firmness: float, rulebook: Rulebook) -> float:
    """Probability that a war is given up once nothing has moved for so many months; ``firmness`` of the firmer side."""
    d = rulebook.diplomacy
    return exact.logistic1(d.peace + d.peace_month * months - d.peace_firmness * firmness)


def expected_days(ratio: float, rulebook: Rulebook) -> float:
    """Days within which everybody expects a decision of an army over another, at a ratio of their whole strength."""
    d = rulebook.deterrence
    days = d.reference_days * d.length_at_par / max(ratio, 1e-9)
    return min(max(days, rulebook.reputation.swift_days), d.longest_days)


def showing(days: float, value: float, expected: float, *, failed: bool) -> float:
    """How an attacker did before everybody's eyes, -1..1: 1 a great prize at once, 0 as ``expected``, -1 a failure.

    ``days``: until the decision; ``value``: of the prize, in units of a great operation. A slower success over anybody
    is a poor show; a quicker one is the better the greater the prize.
    """
    if failed:
        return -1.0
    share = (expected - days) / expected
    return max(-1.0, share * min(1.0, value) if share > 0 else share)


def impression(show: float, rulebook: Rulebook) -> float:
    """Factor on what others think an army worth, after a showing of -1..1."""
    r = rulebook.reputation
    return 1.0 + (r.good_show * show if show > 0 else -r.poor_show * show)


def willingness(threat: float, affinity: float, trust: float, pull: float, rulebook: Rulebook) -> float:
    """Probability that a party goes on with a negotiation and signs.

    ``threat``: its alarm at whom the treaty is against, 0..1; ``affinity``: how near its foreign line is to the other
    parties', -1..1; ``trust``: what the others' word is worth, -1..1; ``pull``: what else speaks for it, in logits.
    """
    d = rulebook.diplomacy
    x = d.talks + d.talks_threat * threat + d.talks_affinity * affinity + d.talks_trust * trust + pull
    return exact.logistic1(x)


def bluff(soft: float, prize: float, risk: float, rulebook: Rulebook) -> float:
    """Probability of a demand that is not meant to end in war.

    ``soft``: chance that somebody buys it off; ``prize``: what that would bring; ``risk``: the leader's, -1..1.
    """
    d = rulebook.diplomacy
    gain = soft * prize - (1.0 - soft) * d.bluff_cost
    return exact.logistic1(d.bluff_slope * (gain + d.bluff_risk * risk))


def transit(
    fear_of_guest: float, fear_of_threat: float, guarantees: float, staff_talks: float, rulebook: Rulebook
) -> float:
    """Probability that a host lets a guest's army through, all inputs 0..1 (guarantees: of its own borders)."""
    d = rulebook.diplomacy
    return exact.logistic1(
        d.transit + d.transit_threat * fear_of_threat - d.transit_guest * fear_of_guest
        + d.transit_guarantees * guarantees + d.transit_talks * staff_talks
    )  # fmt: skip


def fear_of_guest(alarm: float, host: Government, guest: Government, rulebook: Rulebook) -> float:
    """How far a host fears that a guest's army will not leave, 0..1: what it has seen, and revolution on bayonets."""
    d = rulebook.diplomacy
    red = guest.regime == "bolshevik" and host.regime != "bolshevik"
    revolution = d.red_fear + d.red_fear_comintern * guest.policy.comintern if red else 0.0
    return max(0.0, min(1.0, alarm + revolution))
