"""What powers can withhold from each other or give: credit, ore, oil, trade, and arms on credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wargame import exact
from wargame.politics import Policy
from wargame.rulebook import Rulebook

Row = Mapping[str, Any]


def withheld(rows: Iterable[Row], target: str, by: Mapping[str, float], rulebook: Rulebook) -> float:
    """How far a power is squeezed, 0..1: of each thing, what those who withhold it used to supply, by its weight.

    ``rows``: the table of leverage; ``by``: how far each power withholds, 0..1 (1 also for whoever is at war with it).
    """
    rules = rulebook.industry
    weight = {
        "credit": rules.squeeze_credit, "clearing": rules.squeeze_clearing, "ore": rules.squeeze_ore,
        "oil": rules.squeeze_oil, "rubber": rules.squeeze_rubber, "boycott": rules.squeeze_boycott,
    }  # fmt: skip
    mine = sorted((r for r in rows if r["on"] == target and by.get(r["power"], 0.0) > 0), key=lambda r: str(r["power"]))
    total = sum(weight.values())
    parts = (w * min(1.0, sum(by[r["power"]] * r[n] for r in mine)) for n, w in weight.items())
    return float(sum(parts) / total)


def relief(rows: Iterable[Row], target: str, willing: Mapping[str, float]) -> float:
    """What suppliers could give beyond ordinary trade, 0..1, each as far as it is willing, 0..1."""
    mine = sorted((r for r in rows if r["on"] == target), key=lambda r: str(r["power"]))
    return min(1.0, float(sum(r["relief"] * min(1.0, max(0.0, willing.get(r["power"], 0.0))) for r in mine)))


def withholding(
    alarm: float, policy: Policy, aims: float, word: float, weight: float, joint: float, rulebook: Rulebook,
    *, already: bool = False,
) -> tuple[float, float]:  # fmt: skip
    """Chance that a supplier refuses credit and cuts its trade with a power, and that it breaks off all trade.

    ``alarm``: its fear of that power; ``aims``: that power's revisionism; ``word``: how far it is bound to fight it;
    ``weight``: how far it can afford to (its potential over the other's, less what binds it at home), all 0..1;
    ``joint``: how far others squeeze that power already; ``already``: whether it does so itself.
    """
    rules = rulebook.industry
    for_it = rules.withhold_alarm * alarm + rules.withhold_line * max(0.0, policy.foreign) * aims
    for_it += rules.withhold_firm * policy.firmness + rules.withhold_word * word + rules.withhold_together * joint
    x = rules.withhold + weight * for_it + rules.kept * already
    return exact.logistic1(x), exact.logistic1(x - rules.withhold_step)


def arming(alarm: float, policy: Policy, word: float, rulebook: Rulebook, *, already: bool = False) -> float:
    """Chance that a supplier gives arms on credit to a power threatened by a third that it fears itself.

    ``alarm``: its fear of the third; ``word``: how far it is bound to fight the third for that power; both 0..1;
    ``already``: whether it does so now.
    """
    rules = rulebook.industry
    x = rules.arming + rules.arming_alarm * alarm + rules.arming_line * policy.foreign + rules.arming_word * word
    x += rules.kept * already
    return exact.logistic1(x)


def cut_off(rows: Iterable[Row], enemies: Iterable[str]) -> float:
    """How far the fleets of a power's enemies keep its imports by sea from it, 0..1."""
    foes = set(enemies)
    mine = sorted((r for r in rows if r["power"] in foes), key=lambda r: str(r["power"]))
    return min(1.0, float(sum(r["sea"] for r in mine)))
