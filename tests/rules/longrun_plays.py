"""How the cases of the chapter on the long run are played: its functions on plain data, one throw with told dice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.rules.cases import Case, Play
from tests.rules.toyworld import Toy
from wargame.rules import longrun
from wargame.rules.longrun import KIND_OF, OpenWar, Start


def victory(toy: Toy, case: Case) -> dict[str, Any]:
    return {"chance": longrun.victory(case["attackers"], case["defenders"], toy.rulebook)}


def hazard(toy: Toy, case: Case) -> dict[str, Any]:
    kind = np.array([KIND_OF[case["regime"]]])
    crisis = np.array([case.get("crisis", False)])
    return {"chance": float(longrun.hazard(kind, np.array([case.get("income", 1.0)]), crisis, toy.rulebook)[0])}


def grown(toy: Toy, case: Case) -> dict[str, Any]:
    kind, market = np.array([KIND_OF[case["regime"]]]), np.array([case.get("market", False)])
    luck = np.array([case.get("luck", 1.0)])
    found = longrun.grown(np.array([case["share"]]), kind, market, case["year"], luck, toy.rulebook)
    return {"share": float(found[0])}


def fates(toy: Toy, case: Case) -> dict[str, Any]:
    starts = [Start(**{"income": 1000.0, "means": 100.0} | s) for s in case["starts"]]
    wars = [OpenWar(w["id"], tuple(w["attackers"]), tuple(w["defenders"])) for w in case.get("wars", [])]
    years = tuple(case["years"])
    found = longrun.play(starts, wars, case["year"], years, toy.rulebook, toy.dice)
    facts: dict[str, Any] = {}
    for k, s in enumerate(starts):
        facts |= {f"{s.power}.ended": int(found.ended[0, k]), f"{s.power}.defeated": bool(found.defeated[0, k])}
        facts |= {f"{s.power}.{y}": float(found.share[0, k, n]) for n, y in enumerate(years)}
    return facts


LONGRUN: Mapping[str, Play] = {"victory": victory, "hazard": hazard, "grown": grown, "fates": fates}
