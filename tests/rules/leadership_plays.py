"""How the cases of the leadership chapter are played: its public functions on plain data, without a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.rules.cases import Case, Play
from tests.rules.toyworld import Toy
from wargame import dates
from wargame.politics import Government, Policy, Standing
from wargame.rules import leadership, parliaments
from wargame.rules.leadership import Contender, Outcome, Voter
from wargame.rules.parliaments import Party

LEADER = {
    "name": "", "power": "RED", "faction": "", "apparatus": 0.1, "prestige": 0.1, "appetite": 0.5, "skill": 0.5,
    "health": 1.0, "nep": 0.0, "tempo": 0.4, "harshness": 0.5, "comintern": 0.0, "foreign": 0.0, "outcast": 0.0,
    "patron": "", "born": 1880,
}  # fmt: skip


def field(case: Case) -> tuple[list[Contender], list[Voter]]:
    return [Contender(name=c["id"], **c) for c in case["contenders"]], [Voter(**v) for v in case["voters"]]


def outcome(toy: Toy, case: Case) -> Outcome:
    contenders, voters = field(case)
    luck = np.full((len(voters), len(contenders)), case["u"])
    return leadership.contest(contenders, voters, luck, toy.rulebook)


def stand(toy: Toy, case: Case) -> dict[str, Any]:
    days = ("from", "to", "died")
    rows = [LEADER | r | {d: dates.parse(r[d]) for d in days} for r in case["leaders"]]
    parted = dates.parse(case["parted"]) if "parted" in case else None
    found = leadership.cast(
        rows, "RED", dates.parse(case["at"]), toy.rulebook, dead=case.get("dead", ()), parted=parted,
        incumbent=Government("RED", "bolshevik", **case["incumbent"]) if "incumbent" in case else None,
    )  # fmt: skip
    return {"stand": [c.id for c in found]} | {f"{c.id}.apparatus": c.apparatus for c in found}


def votes(toy: Toy, case: Case) -> dict[str, Any]:
    voters = [Voter(**v) for v in case["voters"]]
    return {v.id: float(w) for v, w in zip(voters, leadership.weights(voters, toy.rulebook), strict=True)}


def contest(toy: Toy, case: Case) -> dict[str, Any]:
    found = outcome(toy, case)
    facts = {"head": found.head, "coalition": found.coalition, "figurehead": found.figurehead, "grip": found.grip}
    return facts | {f"share.{k}": v for k, v in found.shares.items()}


def course(toy: Toy, case: Case) -> dict[str, Any]:
    found = leadership.policy_of(outcome(toy, case), field(case)[0], toy.rulebook, Policy(**case.get("before", {})))
    return {n: getattr(found, n) for n in Policy.__dataclass_fields__}


def answer(toy: Toy, case: Case) -> dict[str, Any]:
    other = Policy(revisionism=case.get("revisionism", 0.0))
    threat = leadership.menace(case.get("alarm", 0.0), other, toy.rulebook)
    found = leadership.answered(Policy(**case["course"]), threat, case["years"], toy.rulebook)
    return {"menace": threat} | {n: getattr(found, n) for n in Policy.__dataclass_fields__}


def death(toy: Toy, case: Case) -> dict[str, Any]:
    sound, ill = (leadership.death_hazard(case["age"], h, toy.rulebook) for h in (1.0, 0.5))
    return {"a year": sound, "half ill": ill}


def cabinet(toy: Toy, case: Case) -> dict[str, Any]:
    government = Government("RED", head="ann", **case["government"])
    standing = Standing(backdowns=case.get("backdowns", 0.0))
    happens = parliaments.monthly(
        government, 0, None, standing, case["u"], toy.rulebook,
        contested=case.get("contested", False), by_date=case.get("by_date", False),
    )  # fmt: skip
    rate = parliaments.cabinet_fall_hazard(government, None, standing, toy.rulebook)
    return {"a month": rate, "happens": happens}


def slump(toy: Toy, case: Case) -> dict[str, Any]:
    rows = [{"power": "RED", "year": 1927 + k, "gdp": y} for k, y in enumerate(case["output"])]
    return {"depression": parliaments.slump(rows, "RED", 1926 + len(rows), toy.rulebook)}


def parliament(toy: Toy, case: Case) -> dict[str, Any]:
    parties = [Party(**p) for p in case["parties"]]
    line = case.get("comintern", 0.0)
    odds = parliaments.chancellor_odds(
        parties, line, case.get("depression", 0.0), toy.rulebook, deadlocked=case.get("deadlocked", 0)
    )
    chosen = parliaments.chancellor(odds, case.get("u", 0.5))
    return {"support": parliaments.support(parties, line, toy.rulebook), "chancellor": chosen} | odds


LEADERSHIP: Mapping[str, Play] = {
    "cast": stand, "votes": votes, "contest": contest, "course": course, "answer": answer, "death": death,
    "cabinet": cabinet, "slump": slump, "parliament": parliament,
}  # fmt: skip
