"""How the cases of the sea chapter are played: a toy world with sea zones laid round it.

::

    seas = ["sound 100", "ocean 400"]                       # zones and their widths
    waters = ["sound-ocean", "ocean-bay strait c"]          # links; a strait or canal with its shores
    coasts = ["a sound 60 0.8"]                             # kilometres of coast, ease of landing
    ports = {a = 3, c = 2}                                  # classes
    fleets = {RED = 100}                                    # thousand tons
    lift = {RED = 40000}                                    # men
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tests.rules.cases import Case, Play
from tests.rules.toyworld import Toy
from wargame import dates
from wargame.atlas import Atlas, Coast, CoastFort, SeaLink, Seas
from wargame.rules import combat, landings, sea_supply, sealift, supply
from wargame.waters import Navies, Waters
from wargame.world import Voyage

EVER = 10**8


def at_sea(toy: Toy, case: Case) -> Navies:
    """Lay the case's seas round the toy world; returns who has what afloat."""
    toy.atlas = sea_atlas(toy.atlas, case)
    return navies(case)


def sea_atlas(atlas: Atlas, case: Case) -> Atlas:
    """The map of a case with its seas."""
    zones = dict(text.split() for text in case["seas"])
    ids = tuple(sorted(zones))
    coasts = [text.split() for text in case["coasts"]]
    works = [text.split() for text in case.get("works", ())]
    shores = [Coast(atlas.number[p], z, float(km), float(ease)) for p, z, km, ease in coasts]
    seas = Seas(
        ids,
        ids,
        np.array([float(zones[z]) * float(zones[z]) for z in ids]),
        tuple(_link(text, atlas) for text in case.get("waters", ())),
        tuple(sorted(shores, key=lambda c: (c.province, c.sea))),
        tuple(CoastFort(atlas.number[p], z, "", "", float(strength), 0, EVER) for p, z, strength in works),
    )
    port = np.array([case.get("ports", {}).get(p, 0) for p in atlas.ids], dtype=np.int64)
    return replace(atlas, seas=seas, port=port)


def _link(text: str, atlas: Atlas) -> SeaLink:
    ends, *rest = text.split()
    a, b = sorted(ends.split("-"))
    kind, shores = (rest[0], tuple(atlas.number[p] for p in rest[1:])) if rest else ("", ())
    return SeaLink(a, b, text, kind, 10.0, shores, 0)


def navies(case: Case) -> Navies:
    """Fleets, troopships and other ships of a case."""
    tables = (case.get(name, {}) for name in ("fleets", "lift", "shipping"))
    return Navies(*({p: ((0, float(amount)),) for p, amount in t.items()} for t in tables))


def waters_of(toy: Toy, case: Case, power: str) -> Waters:
    """The sea as a power meets it."""
    afloat = at_sea(toy, case)
    toy.world.sunk |= case.get("sunk", {})
    return Waters(toy.world, toy.atlas, afloat, power, toy.rulebook)


def cross(toy: Toy, case: Case) -> dict[str, Any]:
    waters = waters_of(toy, case, case.get("who", "RED"))
    origin, goal = toy.numbers(case["from"], case["to"])
    found = waters.crossing((origin,), goal, case.get("surprise", 0.0))
    facts: dict[str, Any] = {f"command {z}": float(r) for z, r in zip(toy.atlas.seas.ids, waters.risk, strict=True)}
    facts |= {"open": found is not None, "sky": waters.sky(goal), "lift": waters.free_lift(waters.power)}
    if found is not None:
        zones = " ".join(toy.atlas.seas.ids[z] for z in found.zones)
        facts |= {"zones": zones, "km": found.km, "days": found.days, "risk": found.risk}
    return facts


def invade(toy: Toy, case: Case) -> dict[str, Any]:
    """Who embarks for an operation of RED on the places of ``aims``; ``taken`` were BLU's before the war."""
    toy.world.owner[list(toy.numbers(*case.get("taken", "").split()))] = toy.atlas.power_number["BLU"]
    waters = waters_of(toy, case, "RED")
    began = toy.world.hour - dates.DAY * case.get("days_since", 0)
    terms = (float(case.get("warning_days", 0.0)), float(case.get("surprise", 0.0)))
    landing = sealift.Landing("RED", toy.numbers(*case["aims"].split()), 7, began, *terms)
    found = sealift.expedition(toy.sides(), waters, landing, toy.rulebook)
    toy.put(*(sailing for sailing, _ in found))
    return {f"{s.formation} via": " ".join(toy.atlas.ids[p] for p in via) for s, via in found}


def ship(toy: Toy, case: Case) -> dict[str, Any]:
    waters = waters_of(toy, case, case.get("who", "BLU"))
    asked = " ".join(sealift.in_need_of_ships(toy.sides(), toy.rulebook))
    toy.put(*sealift.transports(toy.sides(), waters, toy.rulebook))
    return {"asked": asked}


def evacuate(toy: Toy, case: Case) -> None:
    waters = waters_of(toy, case, case.get("who", "BLU"))
    for left, taken_off in sealift.evacuations(toy.sides(), waters, toy.rulebook):
        toy.put(left, taken_off)


def land(toy: Toy, case: Case) -> dict[str, Any]:
    """RED's formations named in ``aboard`` come ashore at ``at``."""
    at_sea(toy, case)
    sides, f = toy.sides(), toy.world.forces
    rows, (place,) = np.array([f.row(x) for x in case["aboard"].split()]), toy.numbers(case["at"])
    defenders, facts, x, reasons = landings.garrison(sides, 1, place), dict[str, Any](), 0.0, ()
    if len(defenders):
        shore = landings.beach(toy.atlas, place, toy.world.hour, toy.rulebook)
        surprise = case.get("surprise", 0.0)
        table = combat.from_the_sea(sides, rows, defenders, place, shore.front_km, shore.works, toy.rulebook, surprise)
        table.terms["landing"] = np.array([shore.term])
        x = float(sum(term[0] for term in table.terms.values()))
        facts = {name: float(term[0]) for name, term in table.terms.items()} | {"X": x, "front": shore.front_km}
    result = landings.come_ashore(sides, rows, place, x, reasons, toy.dice, toy.rulebook, 7)
    toy.fold(result.columns)
    toy.put(*result.events)
    return facts


def sail(toy: Toy, case: Case) -> None:
    """What the enemy does to a convoy with one formation."""
    afloat, f = at_sea(toy, case), toy.world.forces
    row = f.row(case["aboard"])
    names = (toy.atlas.powers[int(f.power[row])], "a", "c")
    voyage = Voyage(case["aboard"], *names, toy.world.hour, toy.world.hour, float(f.men[row]), "red_blue", case["risk"])
    toy.world.voyages[voyage.formation] = voyage
    toy.put(landings.sunk(toy.world, voyage, afloat, toy.dice, toy.rulebook, 7))


def supply_by_sea(toy: Toy, case: Case) -> dict[str, Any]:
    afloat = at_sea(toy, case)
    sides = toy.sides()
    fed = supply.fed(sides.land, supply.ashore(sides.land, toy.bases, toy.rulebook))
    found = sea_supply.harbours(sides, fed, afloat, toy.rulebook)
    toy.world.harbours = found
    held = supply.bases_held(toy.sides().land, toy.bases, toy.rulebook)
    return {
        "harbours": " ".join(f"{toy.atlas.ids[p]}:{power}" for p, power in found.items()),
        "RED bases": " ".join(toy.atlas.ids[p] for p in held[0]),
    }


def close_off(toy: Toy, case: Case) -> dict[str, Any]:
    waters = waters_of(toy, case, "BLU")
    open_sea = sea_supply.command(waters)
    return {"open sea": open_sea, "industry": sea_supply.blockade(open_sea, case["seaborne"], toy.rulebook)}


NAVAL: Mapping[str, Play] = {
    "cross": cross, "invade": invade, "ship": ship, "evacuate": evacuate, "land": land, "sail": sail,
    "supply by sea": supply_by_sea, "close off": close_off,
}  # fmt: skip
