"""What the enemy sinks of a crossing, and what a landing on his coast comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wargame import dates, exact
from wargame.atlas import Atlas
from wargame.dice import Dice
from wargame.events import Columns, ConvoyLost, FormationsSurrendered, Landed, ProvinceTaken
from wargame.rulebook import Rulebook
from wargame.sides import Sides
from wargame.waters import Chart, Floats, Ints, Navies
from wargame.world import Voyage, World


def sunk(
    world: World, voyage: Voyage, navies: Navies, dice: Dice, rulebook: Rulebook, because: int
) -> ConvoyLost | None:
    """What a voyage loses on its way, with luck; nothing where that is too little to tell of.

    Of the carrier's warships, as many sail with it as its men are a share of all his ships carry.
    """
    rules = rulebook.naval
    if voyage.risk <= 0:
        return None
    luck = dice.normal("convoy", voyage.formation, voyage.lands // dates.DAY)
    share = min(rules.sunk_most, voyage.risk * float(exact.exp(rules.luck_sd * luck)))
    if share < rules.least_told:
        return None
    men = float(world.forces.men[world.forces.row(voyage.formation)])
    escort = navies.tons(voyage.carrier, world.hour) * rules.escort
    carried = max(1.0, navies.carries(voyage.carrier, world.hour, rulebook))
    return ConvoyLost(
        formation=voyage.formation, carrier=voyage.carrier, destination=voyage.destination, share=round(share, 4),
        men=int(men * share * rules.drowned + 0.5), because=because,
        warships=round(escort * share * min(1.0, voyage.men / carried), 3),
    )  # fmt: skip


@dataclass(frozen=True)
class Ashore:
    """What a landing comes to: changed columns of the forces, and events in order."""

    columns: Columns
    events: tuple[Landed | ProvinceTaken | FormationsSurrendered, ...]


@dataclass(frozen=True, slots=True)
class Beach:
    """The coast of a place as a landing meets it."""

    front_km: float  # on which it is fought
    works: float  # strength of the coast's guns and works, 0..1
    term: float  # what the coast and the boats take from X of the combat chapter (negative)


def beach(atlas: Atlas, place: int, hour: int, rulebook: Rulebook) -> Beach:
    """The longest coast of a place at an hour; the works of all its coasts count."""
    rules, chart = rulebook.naval, Chart.of(atlas)
    zones = chart.seas_of[place]
    km, ease = max(chart.landing[place, z] for z in zones)
    works = [w.strength for z in zones for w in atlas.seas.forts_at(place, atlas.seas.ids[z], hour)]
    front = min(max(km, 1.0), rules.front_km)
    return Beach(front, max(works, default=0.0), -rules.afloat - rules.beach * (1.0 - ease))


def garrison(sides: Sides, side: int, place: int) -> Ints:
    """Rows of a side's formations in a place."""
    there: Ints = sides.rows[side][sides.world.forces.province[sides.rows[side]] == place]
    return there


def come_ashore(
    sides: Sides, rows: Ints, place: int, advantage: float, reasons: tuple[str, ...], dice: Dice, rulebook: Rulebook,
    because: int,
) -> Ashore:  # fmt: skip
    """Formations land together on an enemy coast: unopposed, by an assault of one day, or not at all.

    ``advantage``: X of the combat chapter with the beach's own term, and what weighs most in it. Repulsed formations
    stay aboard.
    """
    f, atlas, rules = sides.world.forces, sides.atlas, rulebook.naval
    side, power = int(sides.formation[rows[0]]), int(f.power[rows[0]])
    rows_d = garrison(sides, 1 - side, place)
    names, men = tuple(f.ids[r] for r in rows), float(f.men[rows].sum())
    told: dict[str, Any] = {
        "province": atlas.ids[place],
        "power": atlas.powers[power],
        "formations": names,
        "war": sides.war.id,
    }
    taken = ProvinceTaken(
        province=atlas.ids[place], power=atlas.powers[power], previous=atlas.powers[int(sides.world.controller[place])],
        how="fought" if len(rows_d) else "entered", by=names[0], because=because,
    )  # fmt: skip
    if not len(rows_d):
        return Ashore(Columns({}), (Landed(**told, how="unopposed", men=round(men), because=because), taken))
    odds = float(exact.logistic(rulebook.combat.constant + rulebook.combat.slope * advantage))
    won = dice.uniform("landing", atlas.ids[place], sides.world.hour // dates.DAY) < odds
    enemy = float(f.men[rows_d].sum())
    own_loss = min(1.0, rules.landing_loss * min(1.0, enemy / max(men, 1.0)) * (1.0 if won else rules.repulse_factor))
    their_loss = min(1.0, rules.landing_loss * min(1.0, men / max(enemy, 1.0)))
    col: dict[str, Floats] = {name: getattr(f, name).copy() for name in ("men", "killed", "wounded")}
    lost = _bleed(col, rows, own_loss, rulebook)
    enemy_lost = _bleed(col, rows_d, their_loss, rulebook)
    columns: dict[str, Floats | Ints] = {f"forces.{k}": v for k, v in col.items()}
    told |= {
        "men": round(men), "enemy_men": round(enemy), "advantage": round(advantage, 2), "odds": round(odds, 3),
        "killed_wounded": round(lost), "enemy_killed_wounded": round(enemy_lost), "reasons": reasons,
    }  # fmt: skip
    if not won:
        return Ashore(Columns(columns), (Landed(**told, how="repulsed", because=because),))
    refuge = _refuge(sides, place, 1 - side)
    surrendered: tuple[FormationsSurrendered, ...] = ()
    if refuge >= 0:
        province, heading, shaken = f.province.copy(), f.heading.copy(), f.shaken_days.copy()
        province[rows_d], heading[rows_d] = refuge, -1
        shaken[rows_d] = rulebook.rout.shaken_days
        columns |= {"forces.province": province, "forces.heading": heading, "forces.shaken_days": shaken}
    else:
        surrendered = tuple(_give_up(sides, rows_d, place, atlas.powers[power], col["men"], because))
    back = atlas.ids[refuge] if refuge >= 0 else ""
    landed = Landed(**told, how="assault", retreat_to=back, because=because)
    return Ashore(Columns(columns), (landed, *surrendered, taken))


def _bleed(col: dict[str, Floats], rows: Ints, share: float, rulebook: Rulebook) -> float:
    """Take a share of each row's men as killed and wounded; says how many they are."""
    gone = np.floor(col["men"][rows] * share + 0.5)
    dead = np.floor(gone * rulebook.attrition.killed_share + 0.5)
    col["men"][rows] -= gone
    col["killed"][rows] += dead
    col["wounded"][rows] += gone - dead
    return float(gone.sum())


def _refuge(sides: Sides, place: int, side: int) -> int:
    """The nearest neighbouring place of a side's land, -1 for none."""
    near = [(km, q) for q, km in sides.atlas.around[place] if sides.province[q] == side]
    return min(near)[1] if near else -1


def _give_up(
    sides: Sides, rows: Ints, place: int, captor: str, men: Floats, because: int
) -> list[FormationsSurrendered]:
    """Defenders with nowhere to go lay down their arms, power by power."""
    f, atlas = sides.world.forces, sides.atlas
    return [
        FormationsSurrendered(
            province=atlas.ids[place], power=atlas.powers[power], to=captor,
            formations=tuple(f.ids[r] for r in rows[f.power[rows] == power]),
            men=int(men[rows[f.power[rows] == power]].sum()), because=because,
        )
        for power in np.unique(f.power[rows]).tolist()
    ]  # fmt: skip
