"""How formations come about and how good they are: quality by cause, raising, conversion, and the purge of officers.

Nothing here touches the world: a government, a study or a counterfactual asks, and writes what it does with the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wargame import dates, exact
from wargame.rulebook import Rulebook

CAUSES = ("cadre", "officers_continuity", "training", "equipment")
RANKS = ("army", "corps", "division", "brigade", "regiment", "other")
DAYS_A_YEAR = 365

Causes = Mapping[str, float]
"""The four causes of quality by name, each 0..1."""


def weights(rulebook: Rulebook) -> dict[str, float]:
    """The edition's weights of the four causes of quality; together 1."""
    q = rulebook.quality
    return {
        "cadre": q.cadre,
        "officers_continuity": q.officers_continuity,
        "training": q.training,
        "equipment": q.equipment,
    }


def quality(causes: Causes, weight: Mapping[str, float]) -> float:
    """Quality 0..1 from the four causes, rounded to 4 places; nan if one of them is nan."""
    return round(sum(weight[name] * causes[name] for name in CAUSES), 4)


# --- what a division costs, and how many can be raised ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Means:
    """Men, officers, tonnes of steel and arms points: what there is, or what something costs."""

    men: float
    officers: float
    steel_t: float
    arms_points: float


COUNTED = ("men", "officers", "arms_points", "steel_t")
"""In which order a want is named when two bind alike."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How many formations the means allow, and what there is too little of for one more."""

    count: int
    limited_by: str


def cost(establishment: Mapping[str, float], rulebook: Rulebook) -> Means:
    """What one formation of an establishment takes; officers and steel by the rulebook where it does not say."""
    rules = rulebook.raising
    men, points = establishment["men"], establishment["arms_points"]
    officers = _or(establishment.get("officers"), men * rules.officer_share)
    return Means(men, officers, _or(establishment.get("steel_t"), points * rules.steel_t_per_point), points)


def training_days(establishment: Mapping[str, float], rulebook: Rulebook) -> float:
    """Days from raising to fit for battle; by the rulebook where the establishment does not say."""
    return _or(establishment.get("training_days"), rulebook.raising.training_days)


def allowed(means: Means, each: Means) -> Allowed:
    """Whole formations that may be raised: as many as the scarcest of men, officers, arms and steel allows."""
    counts = {c: math.floor(getattr(means, c) / getattr(each, c)) for c in COUNTED if getattr(each, c) > 0}
    scarcest = min(counts, key=lambda c: counts[c])
    return Allowed(max(0, counts[scarcest]), scarcest)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None or math.isnan(value) else value


# --- a new division --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parent:
    """A formation that gives up part of its long-trained men and officers: men, officers, causes of its quality."""

    men: float
    officers: float
    causes: Causes


def split(parents: Sequence[Parent], share: float, each: Means) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Cadre and trained officers of a new formation whose parents each give ``share`` of theirs.

    Returns the new formation's ``cadre`` and ``officers`` (shares of its own posts they fill, at most 1), and each
    parent's causes afterwards: recruits and new officers have taken the places of those who went.
    """
    men = sum(share * p.men * p.causes["cadre"] for p in parents)
    officers = sum(share * p.officers * p.causes["officers_continuity"] for p in parents)
    new = {"cadre": min(1.0, men / each.men), "officers": min(1.0, officers / each.officers)}
    left = []
    for p in parents:
        gone = share * p.causes["cadre"]
        changed = {
            "cadre": p.causes["cadre"] - gone,
            "officers_continuity": p.causes["officers_continuity"] * (1.0 - share),
            "training": p.causes["training"] * (1.0 - gone),
        }
        left.append({**p.causes, **changed})
    return new, left


def trained(cadre: float, days: float, full_days: float, rulebook: Rulebook, begun_at: float = 0.0) -> float:
    """Training 0..1 after so many days, from what there was to begin with; a thin cadre teaches slowly."""
    rules = rulebook.raising
    pace = rules.least_pace + (1.0 - rules.least_pace) * min(1.0, cadre / rules.cadre_needed)
    lacking = max(0.0, rules.full_training - begun_at)
    learnt = 1.0 - float(exact.exp(-pace * days / full_days))
    return begun_at + lacking * learnt


def settled(officers: float, days: float, rulebook: Rulebook) -> float:
    """Officer continuity when trained officers fill this share of the posts and have held them so many days."""
    rules = rulebook.raising
    return officers * (rules.settled_at_once + (1.0 - rules.settled_at_once) * min(1.0, days / rules.settling_days))


def raised(
    cadre: float, officers: float, equipment: float, days: float, full_days: float, rulebook: Rulebook
) -> dict[str, float]:
    """Causes of quality of a new formation after so many days.

    ``cadre`` and ``officers`` are the shares of its men and of its officers' posts that trained ones fill (`split`),
    ``equipment`` what it has been given, ``full_days`` its establishment's `training_days`.
    """
    return {
        "cadre": cadre,
        "officers_continuity": settled(officers, days, rulebook),
        "training": trained(cadre, days, full_days, rulebook),
        "equipment": equipment,
    }


# --- conversion ------------------------------------------------------------------------------------------------------


def conversion_cost(old: Means, new: Means, rulebook: Rulebook) -> Means:
    """What it takes to give a formation another establishment: what is new, less what of the old arms can be used."""
    reused = rulebook.raising.conversion_reuse
    return Means(
        max(0.0, new.men - old.men),
        max(0.0, new.officers - old.officers),
        max(0.0, new.steel_t - reused * old.steel_t),
        max(0.0, new.arms_points - reused * old.arms_points),
    )


def converted(causes: Causes, equipment: float, days: float, full_days: float, rulebook: Rulebook) -> dict[str, float]:
    """Causes of quality so many days after conversion began: men stay, part of the training and of the posts do not.

    ``equipment`` is that of the new establishment; what is lost in training comes back in ``conversion_time`` of the
    time a new formation takes, and officers settle in again.
    """
    rules = rulebook.raising
    begun = causes["training"] * rules.conversion_keeps
    again = trained(causes["cadre"], days, full_days * rules.conversion_time, rulebook, begun)
    kept = rules.conversion_officers
    share = kept + (1.0 - kept) * min(1.0, days / rules.settling_days)
    return {
        "cadre": causes["cadre"],
        "officers_continuity": causes["officers_continuity"] * share,
        "training": max(begun, again),
        "equipment": equipment,
    }


# --- the purge -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removal:
    """Officers of one rank removed between two hours, and the share of them who came back on a third (0: nobody)."""

    rank: str
    share: float
    begins: int
    ends: int
    returned: float = 0.0
    returned_on: int = 0


def continuity_lost(removals: Iterable[Removal], hour: int, rulebook: Rulebook) -> float:
    """Share of officer continuity that a purge has taken by an hour, over all ranks by their weight, 0..1.

    Removals are spread evenly between their two hours. Each gap closes by ``purge_recovery`` a year as new men learn
    their posts.
    """
    rules = rulebook.raising
    weight = {
        "army": rules.rank_army,
        "corps": rules.rank_corps,
        "division": rules.rank_division,
        "brigade": rules.rank_brigade,
        "regiment": rules.rank_regiment,
        "other": rules.rank_other,
    }
    return sum(weight[r.rank] * _gap(r, hour, rules.purge_recovery) for r in removals)


def _gap(removal: Removal, hour: int, rate: float) -> float:
    """Share of a rank's posts whose holders are gone and not yet replaced by men who know them."""
    year = dates.DAY * DAYS_A_YEAR
    until = min(hour, removal.ends)
    if until <= removal.begins:
        return 0.0
    length = (removal.ends - removal.begins) / year
    spent, since = (until - removal.begins) / year, (hour - until) / year
    if rate > 0:
        open_posts = removal.share / length * (1.0 - float(exact.exp(-rate * spent))) / rate
    else:
        open_posts = removal.share * spent / length
    back = removal.returned if removal.returned_on and hour >= removal.returned_on else 0.0
    return open_posts * float(exact.exp(-rate * since)) * (1.0 - back)


def purged(continuity: float, lost: float) -> float:
    """Officer continuity after a purge has taken a share of it."""
    return continuity * (1.0 - lost)


def spared(continuity: float, lost: float) -> float:
    """Officer continuity as it would have been without the purge that took a share of it; at most 1, nan if it is."""
    without = continuity / (1.0 - lost) if lost < 1.0 else 1.0
    return 1.0 if without > 1.0 else without
