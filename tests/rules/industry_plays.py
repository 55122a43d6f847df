"""How the cases of the industry chapter are played: its public functions on plain data, without a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.rules.cases import Case, Play
from tests.rules.toyworld import Toy
from wargame import dates
from wargame.politics import Economy, Government, Policy
from wargame.rules import industry, leverage
from wargame.rules.industry import Line, Needs, Outside, Sectors, Trend

BASE = Sectors(0, 0.2, 0.4, 1.0, 2.0, 1.0, 20.0, 0.0, 100.0, 100.0, 0.02)


def economy(case: Case) -> Economy:
    told: dict[str, Any] = {"gdp": 100.0, "population": 100.0, "steel": 10.0, "military_share": 0.1} | case.get(
        "economy", {}
    )
    return Economy("RED", 1935, **told)


def point(hour: int, told: Mapping[str, Any]) -> Trend:
    plain: dict[str, Any] = {"gdp": 100.0, "population": 100.0, "steel": 10.0, "military_share": 0.1, "spending": 10.0}
    return Trend(hour, **{**plain, **told})


def tend(toy: Toy, case: Case) -> dict[str, Any]:
    needs, outside = Needs(**case.get("needs", {})), Outside(**case.get("outside", {}))
    found = industry.strain(
        economy(case), toy.rulebook, needs=needs, outside=outside, rise=case.get("rise", 0.0),
        slack=case.get("slack", 0.0),
    )  # fmt: skip
    return {"strain": found}


def fall(toy: Toy, case: Case) -> dict[str, Any]:
    government = Government("RED", "dictatorship", "x", grip=case.get("grip", 0.0))
    return {"hazard": industry.collapse_hazard(economy(case), government, toy.rulebook, war=case.get("war", False))}


def withhold(toy: Toy, case: Case) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        dict.fromkeys(("credit", "clearing", "ore", "oil", "rubber", "boycott", "relief"), 0.0) | r
        for r in case["rows"]
    ]
    return {
        "squeeze": leverage.withheld(rows, "RED", case.get("by", {}), toy.rulebook),
        "trade": leverage.relief(rows, "RED", case.get("willing", {})),
    }


def want(toy: Toy, case: Case) -> dict[str, Any]:
    """What a government wants that fears, withholds or helps."""
    policy = Policy(**case.get("policy", {}))
    alarm, word = case.get("alarm", 0.0), case.get("word", 0.0)
    some, all_ = leverage.withholding(
        alarm, policy, case.get("aims", 0.0), word, case.get("weight", 1.0), case.get("joint", 0.0), toy.rulebook
    )
    return {
        "rearmament": industry.driven(policy, alarm, case.get("paralysis", 0.0), toy.rulebook).rearmament,
        "refuses credit": some,
        "breaks off trade": all_,
        "arms": leverage.arming(alarm, policy, word, toy.rulebook),
    }


def advance(toy: Toy, case: Case) -> dict[str, Any]:
    line = case.get("line", {})
    months = case.get("months", 1.0)
    before = point(0, line)
    after = point(int(months / 12 * industry.YEAR), line | case.get("later", {}))
    found = industry.step(
        economy(case), Policy(**case.get("policy", {})), months, trend=(before, after), rulebook=toy.rulebook,
        needs=Needs(**case.get("needs", {})), outside=Outside(**case.get("outside", {})),
    )  # fmt: skip
    return {n: getattr(found, n) for n in Economy.__dataclass_fields__ if n not in ("power", "entry")}


def planned(case: Case) -> Economy:
    """A planned economy that makes 100 on its first day: 20 of producer goods, 40 on farms."""
    return replace(industry.first_day(economy(case), BASE), **case.get("sectors", {}))


def make(toy: Toy, case: Case) -> dict[str, Any]:
    e = planned(case)
    made = industry.output(e, BASE)
    facts = {n: getattr(made, n) for n in ("producer", "consumer", "farm", "gdp")}
    return facts | {"sold": industry.marketed(e, made, BASE, toy.rulebook)}


def change(toy: Toy, case: Case) -> dict[str, Any]:
    """How fast it changes, a year."""
    e = planned(case)
    return dict(industry.course(e, Policy(**case.get("policy", {})), e.military_share, BASE, toy.rulebook))


def programme(toy: Toy, case: Case) -> dict[str, Any]:
    year = int(industry.YEAR)
    points = tuple(point(k * year, {"arms_points": float(p)}) for k, p in enumerate(case["history"]))
    line = Line(points, tuple(replace(economy(case), arms_points=float(p)) for p in case["history"]))
    own, now = economy(case), case["year"] * year
    reached = industry.programme_hour(own, line, 0, now, toy.rulebook)
    return {
        "factor": industry.programme_factor(own, line.at(0), line.at(now)),
        "years reached": round(reached / year, 4),
        "days ahead": round((reached - now) / dates.DAY),
        "months behind": round(industry.behind(own, line, 0, now, toy.rulebook) / industry.MONTH),
        "weapons": industry.equipped(own, line, 0, now, "arms_points", toy.rulebook),
    }


INDUSTRY: Mapping[str, Mapping[str, Play]] = {
    "industry": {
        "strain": tend, "collapse": fall, "withhold": withhold, "step": advance, "make": make,
        "change": change, "programme": programme, "want": want,
    },
}  # fmt: skip
