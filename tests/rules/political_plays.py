"""How the cases of the political chapters are played; they need no toy world but its rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.rules.cases import Case, Play
from tests.rules.toyworld import Toy
from wargame import dates
from wargame.politics import Economy, Government, Kind, Memory, Policy, Treaty
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Balance, Intervener, Stakes


def obligation(toy: Toy, case: Case) -> dict[str, Any]:
    treaties, hour = [_treaty(k, t) for k, t in enumerate(case["treaties"])], dates.parse(case["date"])
    facts: dict[str, Any] = {}
    for helper in case["helpers"]:
        found = diplomacy.obligation(treaties, helper, case["victim"], case["attacker"], hour)
        facts |= dict(zip((helper, f"{helper} waits for", f"{helper} neutral"), found, strict=True))
    return facts


def _treaty(number: int, t: Mapping[str, Any]) -> Treaty:
    began, ends = dates.parse(t.get("signed", "1924-01-01")), dates.parse(t["ends"]) if "ends" in t else 0
    parties, protects, against = (tuple(t.get(k, ())) for k in ("parties", "protects", "against"))
    terms = (t.get("first", ""), t.get("honour", 1.0), began, ends)
    return Treaty(f"t{number}", Kind(t["kind"]), parties, protects, against, *terms)


def potential(toy: Toy, case: Case) -> dict[str, Any]:
    own, other = (Economy("X", 1938, c["gdp"], 50.0, c["steel"], 0.1) for c in (case["own"], case["other"]))
    return {"potential": diplomacy.potential(own, other)}


def resist(toy: Toy, case: Case) -> dict[str, Any]:
    return {"resist": diplomacy.resistance(case["odds"], case["firmness"], toy.rulebook)}


def call_up(toy: Toy, case: Case) -> dict[str, Any]:
    government = Government("X", "democracy", "", paralysis=case["paralysis"])
    return {"mobilise": diplomacy.mobilisation(case["chance"], government, toy.rulebook)}


def settle(toy: Toy, case: Case) -> dict[str, Any]:
    government = Government("X", "democracy", "", policy=Policy(firmness=case["firmness"]))
    offer, share = diplomacy.settlement_offer(case["chance"], government, case["share"], toy.rulebook)
    return {"offer": offer, "share": share}


def let_through(toy: Toy, case: Case) -> dict[str, Any]:
    host = Government("X", case["host"], "")
    guest = Government("Y", case["guest"], "", policy=Policy(comintern=case["comintern"]))
    fear = diplomacy.fear_of_guest(case["alarm"], host, guest, toy.rulebook)
    chance = diplomacy.transit(fear, case["threat"], case["guarantees"], case["talks"], toy.rulebook)
    return {"fear": fear, "transit": chance}


def sign(toy: Toy, case: Case) -> dict[str, Any]:
    threat, affinity, trust, pull = (case[k] for k in ("threat", "affinity", "trust", "pull"))
    return {"sign": diplomacy.willingness(threat, affinity, trust, pull, toy.rulebook)}


def fade(toy: Toy, case: Case) -> dict[str, Any]:
    hours = int(case["years"] * 365.25 * dates.DAY)
    return {"left": Memory(case["value"], 0).at(hours, case["half_life"])}


def believe(toy: Toy, case: Case) -> dict[str, Any]:
    who = [Intervener(**j) for j in case["who"]]
    found = deterrence.credibility(who, toy.rulebook)
    return {j.power: float(p) for j, p in zip(who, found, strict=True)}


def weigh(toy: Toy, case: Case) -> dict[str, Any]:
    who = [Intervener(**j) for j in case["who"]]
    found = deterrence.weigh(
        Balance(**case["balance"]), who, Stakes(**case["stakes"]), toy.rulebook, aversion=case["aversion"],
        rising=case.get("rising", False),
    )  # fmt: skip
    return {k: getattr(found, k) for k in ("launch", "utility", "alternative", "win", "staff_win", "revolt")}


POLITICAL: dict[str, Mapping[str, Play]] = {
    "diplomacy": {
        "obligation": obligation,
        "potential": potential,
        "resist": resist,
        "mobilise": call_up,
        "settle": settle,
        "transit": let_through,
        "sign": sign,
        "fade": fade,
    },
    "deterrence": {"credibility": believe, "weigh": weigh},
}
