"""How each chapter's cases are played: the chapter's public functions, on one toy world. Returns facts to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.rules.cases import Case, Play
from tests.rules.industry_plays import INDUSTRY
from tests.rules.leadership_plays import LEADERSHIP
from tests.rules.longrun_plays import LONGRUN
from tests.rules.naval_plays import NAVAL
from tests.rules.political_plays import POLITICAL
from tests.rules.toyworld import Toy
from wargame import dates
from wargame.orders import Order
from wargame.rules import (
    air,
    combat,
    encirclement,
    mobilization,
    movement,
    occupation,
    rail,
    raising,
    supply,
    termination,
    weather,
)
from wargame.scenario import Operation, WeatherSpell


def _days(toy: Toy, case: Case, day: Any) -> None:
    for _ in range(case.get("days", 1)):
        day()
        toy.world.hour += dates.DAY


# --- weather, air, mobilization, rail --------------------------------------------------------------------------------


def turn_weather(toy: Toy, case: Case) -> None:
    spells = [WeatherSpell(source="toy", status="derived", **s) for s in case.get("spells", ())]
    _days(toy, case, lambda: toy.put(weather.turn(toy.world, toy.atlas, spells, toy.dice)))


def fly(toy: Toy, case: Case) -> None:
    def day() -> None:
        flown = air.fight(toy.sides(), toy.dice, toy.rulebook, surprise=tuple(case.get("surprise", (0.0, 0.0))))
        if flown:
            toy.put(flown[0])
            toy.fold(flown[1])

    _days(toy, case, day)


def mobilise(toy: Toy, case: Case) -> None:
    def day() -> None:
        events, change = mobilization.progress(toy.world, toy.atlas, _at_war(toy, case), toy.rulebook)
        toy.fold(change)
        toy.put(*events)

    _days(toy, case, day)


def replace_losses(toy: Toy, case: Case) -> None:
    toy.fold(mobilization.replacements(toy.world, toy.atlas, toy.rulebook, case["of_days"]))


def arrive(toy: Toy, case: Case) -> None:
    toy.put(mobilization.arrive(toy.world, toy.atlas, _at_war(toy, case), case["who"]))


def _at_war(toy: Toy, case: Case) -> Any:
    return [] if case.get("peace") else [toy.sides()]


def entrain(toy: Toy, case: Case) -> None:
    toy.put(*rail.departures(toy.sides(), rail.Lines.of(toy.atlas), toy.rulebook))


# --- supply and movement ---------------------------------------------------------------------------------------------


def feed(toy: Toy, case: Case) -> dict[str, Any]:
    facts: dict[str, Any] = {}

    def day() -> None:
        sides = toy.sides()
        held = supply.bases_held(sides.land, toy.bases, toy.rulebook)
        effort = supply.distances(sides, held, toy.rulebook)
        toy.fold(supply.deliver(sides, effort, toy.rulebook))
        for side, (name, bases) in enumerate(zip(("RED", "BLU"), held, strict=True)):
            facts[f"{name} bases"] = " ".join(toy.atlas.ids[p] for p in bases)
            km = np.where(sides.province == side, effort, np.inf)
            facts.update({f"{name} effort {p}": float(km[i]) for i, p in enumerate(toy.atlas.ids)})

    _days(toy, case, day)
    return facts


def march(toy: Toy, case: Case) -> dict[str, Any]:
    facts: dict[str, Any] = {}

    def day() -> None:
        moved = movement.march(toy.sides(), toy.rulebook)
        toy.fold(moved.columns)
        toy.put(*moved.taken)
        ids = toy.world.forces.ids
        facts["assailants"] = " ".join(ids[r] for r in moved.assailants)
        facts["disengaged"] = " ".join(ids[r] for r in moved.disengaged)

    _days(toy, case, day)
    return facts


def assign(toy: Toy, case: Case) -> None:
    order = Order.parse(case["order"])
    rows = toy.world.forces.under(order.hq)
    rows = rows[toy.world.forces.parent[rows] >= 0]
    toy.fold(movement.assign(toy.world, toy.atlas, order, case.get("step", 0), rows))


def move_staffs(toy: Toy, case: Case) -> None:
    toy.fold(movement.staffs(toy.world))


def start_lines(toy: Toy, case: Case) -> None:
    toy.fold(movement.start_lines(toy.sides(), toy.sides().rows[0], toy.rulebook))


# --- combat ----------------------------------------------------------------------------------------------------------


def weigh(toy: Toy, case: Case) -> dict[str, Any]:
    """The advantage of the day's assaults, term by term."""
    sides = toy.sides()
    table = combat.gather(sides, assailants(toy), toy.rulebook, case.get("surprise", 0.0))
    facts: dict[str, Any] = {}
    for k, p in enumerate(table.province.tolist()):
        place = "" if len(table) == 1 else f"{toy.atlas.ids[p]} "
        facts |= {f"{place}{name}": float(term[k]) for name, term in table.terms.items()}
        facts |= {f"{place}X": float(table.advantage[k]), f"{place}odds": float(table.odds[k])}
        facts |= {f"{place}front": float(table.front_km[k])}
        facts |= {f"{place}men {s}": float(getattr(table, f"men_{s}")[k]) for s in ("attacker", "defender")}
        facts |= {f"{place}engaged {s}": float(getattr(table, f"engaged_{s}")[k]) for s in ("attacker", "defender")}
    return facts


def assailants(toy: Toy) -> Any:
    """Formations on the attack that stand before an enemy province."""
    f, sides = toy.world.forces, toy.sides()
    before = np.append(sides.province, -1)[f.heading] == 1 - sides.formation
    return np.flatnonzero(sides.in_field & (f.heading >= 0) & before & (f.posture >= movement.ATTACK))


def fight(toy: Toy, case: Case) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    none = np.zeros(0, dtype=np.int64)
    gone = np.array([toy.world.forces.row(x) for x in case.get("disengaged", ())], dtype=np.int64)
    left = np.array([toy.atlas.number[case["left"]]] * len(gone), dtype=np.int64) if len(gone) else none

    def day() -> None:
        sides = toy.sides()
        table = combat.gather(sides, assailants(toy), toy.rulebook, case.get("surprise", 0.0))
        if len(table):
            facts["X"], facts["odds"] = float(table.advantage[0]), float(table.odds[0])
        toy.put(*combat.begin(sides, table, toy.dice, toy.rulebook))
        outcome = combat.fight(sides, table, toy.dice, toy.rulebook, gone, left)
        toy.fold(outcome.columns)
        toy.put(*outcome.ended, *outcome.overtaken, *outcome.surrendered, *outcome.dispersed)

    _days(toy, case, day)
    return facts


# --- encirclement and termination ------------------------------------------------------------------------------------


def _pockets(toy: Toy) -> list[encirclement.Pocket]:
    sides = toy.sides()
    held = supply.bases_held(sides.land, toy.bases, toy.rulebook)
    return encirclement.pockets(sides, supply.fed(sides.land, held))


def report(toy: Toy, case: Case) -> None:
    toy.put(*encirclement.report(toy.sides(), _pockets(toy), toy.rulebook))


def surrender(toy: Toy, case: Case) -> None:
    toy.put(*encirclement.surrenders(toy.sides(), _pockets(toy), toy.dice, toy.rulebook))


def occupy(toy: Toy, case: Case) -> None:
    def day() -> None:
        taken, change = encirclement.occupations(toy.sides(), toy.rulebook)
        toy.fold(change)
        toy.put(*taken)

    _days(toy, case, day)


def intern(toy: Toy, case: Case) -> None:
    refuges = {power: tuple(hosts.split()) for power, hosts in case["refuge"].items()}
    toy.put(*encirclement.internments(toy.sides(), refuges))


def _operation(case: Case) -> Operation:
    given = {"objectives": ("b",), "day_limit": 30, "objective_share": 0.75} | case.get("operation", {})
    return Operation(id="op", name="Op", power="RED", target="BLU", war="red_blue", begins=0, **given)


def broken(toy: Toy, case: Case) -> dict[str, Any]:
    toy.put(termination.broken(toy.sides(), _operation(case), toy.rulebook))
    lost, left = termination.share_lost(toy.sides(), "BLU")
    return {"share lost": lost, "men left": left}


def government(toy: Toy, case: Case) -> None:
    toy.put(termination.government(toy.sides(), "BLU", toy.rulebook))


def unrest(toy: Toy, case: Case) -> dict[str, Any]:
    given = [float(case[k]) for k in ("months", "repression", "shelter", "watched")]
    return {"unrest": occupation.unrest(*given, toy.rulebook)}


def partisans(toy: Toy, case: Case) -> dict[str, Any]:
    rules = toy.rulebook
    killed, needed = occupation.killed(case["people"], case["unrest"], rules), occupation.needed(case["people"], rules)
    return {"killed": killed, "men needed": needed}


def terms(toy: Toy, case: Case) -> dict[str, Any]:
    given = [case[k] for k in ("lost", "left", "firmness", "friends")]
    return {"chance": termination.seeks_terms(*given, toy.rulebook, capital=case.get("capital", False))}


def ceased(toy: Toy, case: Case) -> None:
    toy.put(termination.ceased(toy.sides(), toy.rulebook))


def verdict(toy: Toy, case: Case) -> None:
    if "decided_days_ago" in case:
        from dataclasses import replace

        state = toy.world.operations["op"]
        decided = toy.world.hour - dates.DAY * case["decided_days_ago"]
        toy.world.operations["op"] = replace(state, decided=decided)
        toy.world.flags["broken:BLU"] = 1
    if "broken_by_entry" in case:  # of the journal, in the fighting of another operation
        from dataclasses import replace

        toy.world.operations["op"] = replace(toy.world.operations["op"], entry=5)
        toy.world.flags["broken:BLU"] = case["broken_by_entry"]
    toy.put(termination.verdict(toy.sides(), _operation(case)))


# --- raising ---------------------------------------------------------------------------------------------------------


def grade(toy: Toy, case: Case) -> dict[str, Any]:
    return {"quality": raising.quality(case["causes"], raising.weights(toy.rulebook))}


def afford(toy: Toy, case: Case) -> dict[str, Any]:
    each = raising.cost(case["establishment"], toy.rulebook)
    facts: dict[str, Any] = {c: getattr(each, c) for c in raising.COUNTED}
    facts["days"] = raising.training_days(case["establishment"], toy.rulebook)
    if "means" in case:
        found = raising.allowed(raising.Means(**case["means"]), each)
        facts |= {"count": found.count, "limited by": found.limited_by}
    return facts


def raise_new(toy: Toy, case: Case) -> dict[str, Any]:
    each = raising.cost(case["establishment"], toy.rulebook)
    parents = [raising.Parent(p["men"], p["officers"], p) for p in case["parents"]]
    new, left = raising.split(parents, case["share"], each)
    days, full = case.get("days", 0), raising.training_days(case["establishment"], toy.rulebook)
    causes = raising.raised(new["cadre"], new["officers"], case["equipment"], days, full, toy.rulebook)
    facts = dict(causes) | {"officers": new["officers"]}
    facts["quality"] = raising.quality(causes, raising.weights(toy.rulebook))
    return facts | {f"parent.{c}": left[0][c] for c in raising.CAUSES}


def convert(toy: Toy, case: Case) -> dict[str, Any]:
    old, new = (raising.cost(case[k], toy.rulebook) for k in ("old", "new"))
    spent = raising.conversion_cost(old, new, toy.rulebook)
    full = raising.training_days(case["new"], toy.rulebook)
    causes = raising.converted(case["causes"], case["equipment"], case.get("days", 0), full, toy.rulebook)
    facts = {c: getattr(spent, c) for c in raising.COUNTED} | causes
    return facts | {"quality": raising.quality(causes, raising.weights(toy.rulebook))}


def purge(toy: Toy, case: Case) -> dict[str, Any]:
    removals = [
        raising.Removal(
            *(r["rank"], r["share"], dates.parse(r["begins"]), dates.parse(r["ends"]), r.get("returned", 0.0)),
            dates.parse(r["returned_on"]) if "returned_on" in r else 0,
        )
        for r in case["removals"]
    ]
    lost = raising.continuity_lost(removals, dates.parse(case["date"]), toy.rulebook)
    continuity = case.get("continuity", 1.0)
    return {
        "lost": lost,
        "purged": raising.purged(continuity, lost),
        "spared": raising.spared(continuity, lost),
    }


PLAYS: Mapping[str, Mapping[str, Play]] = (
    {
        "weather": {"turn": turn_weather},
        "air": {"fly": fly},
        "mobilization": {"mobilise": mobilise, "replace": replace_losses, "arrive": arrive},
        "rail": {"entrain": entrain},
        "supply": {"feed": feed},
        "movement": {"march": march, "assign": assign, "start lines": start_lines, "staffs": move_staffs},
        "combat": {"weigh": weigh, "fight": fight},
        "encirclement": {"report": report, "surrender": surrender, "occupy": occupy, "intern": intern},
        "termination": {
            "broken": broken,
            "government": government,
            "ceased": ceased,
            "verdict": verdict,
            "terms": terms,
        },
        "raising": {"grade": grade, "afford": afford, "raise": raise_new, "convert": convert, "purge": purge},
        "leadership": LEADERSHIP,
        "longrun": LONGRUN,
        "occupation": {"unrest": unrest, "partisans": partisans},
        "naval": NAVAL,
    }
    | INDUSTRY
    | POLITICAL
)
UNSAID: Mapping[str, tuple[str, ...]] = {
    "naval": ("captured_hour", "captured_entry"),
    "combat": (
        *("contacts", "fatigue", "entrenchment", "guns", "guns_lost", "tanks", "tanks_lost"),
        *("fought_attacker", "fought_defender"),
    ),
    "movement": ("captured_hour",),
}
"""Columns in which a chapter's cases may change something without a word; cases of their own look at them."""
