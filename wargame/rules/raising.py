"""How formations come about and how good they are: quality by cause, raising, conversion, and the purge of officers."""

from __future__ import annotations

from collections.abc import Mapping

from wargame.rulebook import Rulebook

CAUSES = ("cadre", "officers_continuity", "training", "equipment")


def weights(rulebook: Rulebook) -> dict[str, float]:
    """The edition's weights of the four causes of quality; together 1."""
    q = rulebook.quality
    return {
        "cadre": q.cadre,
        "officers_continuity": q.officers_continuity,
        "training": q.training,
        "equipment": q.equipment,
    }


def quality(causes: Mapping[str, float], weight: Mapping[str, float]) -> float:
    """Quality 0..1 from the four causes of the mapping, each 0..1, rounded to 4 places; nan if one is nan."""
    return round(sum(weight[name] * causes[name] for name in CAUSES), 4)
