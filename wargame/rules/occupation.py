"""Occupied land: how unrest grows in it, whom partisans kill there, and how many men it takes to hold it."""

from __future__ import annotations

from wargame import exact
from wargame.rulebook import Rulebook


def unrest(months: float, repression: float, shelter: float, watched: float, rulebook: Rulebook) -> float:
    """Unrest in occupied land, 0..1 (clause 17.1).

    ``months``: since it was taken; ``repression``: the occupier's, 0..1; ``shelter``: share of the land that is
    forest, marsh, hills or mountains; ``watched``: men who hold it over those it takes, counted up to 1.
    """
    r = rulebook.occupation
    ceiling = (r.base + r.repression * repression) * (1.0 + r.shelter * shelter)
    ceiling *= 1.0 + r.unwatched * (1.0 - min(watched, 1.0))
    return min(ceiling, 1.0) * (1.0 - exact.exp1(-months / r.months))


def killed(people: float, rate: float, rulebook: Rulebook) -> int:
    """The occupier's men killed in a month, among so many million people at a rate of unrest (clause 17.2)."""
    return int(rulebook.occupation.killed * rate * people + 0.5)


def needed(people: float, rulebook: Rulebook) -> float:
    """Men it takes to hold land with so many million people (clause 17.1)."""
    return rulebook.occupation.garrison * 1000.0 * people
