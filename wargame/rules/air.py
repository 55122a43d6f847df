"""The air war by theatre: superiority and losses of the two coalitions' air fleets, day by day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.dice import Dice
from wargame.events import AirFought, Columns
from wargame.rulebook import Rulebook
from wargame.sides import AIR, Sides
from wargame.world import Status

BAD_FLYING = ("rain", "mud", "snow")


def fight(sides: Sides, dice: Dice, rulebook: Rulebook) -> tuple[AirFought, Columns] | None:
    """One day in the air, or ``None`` if nobody flies and nobody holds the sky.

    Only fleets within range of the enemy's ground forces fly. Superiority is (A - D) / (A + D) of their aircraft
    weighted by quality, with a day's luck keyed by war and date, and shrinks in bad weather over the fronts. Each side
    loses a share that grows as it is outnumbered and shrinks to flak and accidents where it meets nobody. On the first
    day without a flight the sky is nobody's.
    """
    f, rules, world = sides.world.forces, rulebook.air, sides.world
    owned = (f.kind == AIR) & (f.status == Status.ACTIVE) & (sides.formation >= 0) & (f.aircraft > 0)
    fleet = _in_range(sides, owned, rules.range_km)
    if not fleet.any():
        idle = AirFought(superiority=0.0, attacker_lost=0.0, defender_lost=0.0, because=sides.war.entry)
        return (idle, Columns({})) if world.air_superiority else None
    strength = [float((f.aircraft * f.quality)[fleet & (sides.formation == s)].sum()) for s in (0, 1)]
    noise = rules.sd * dice.normal("air", sides.war.id, dates.day_number(world.hour))
    raw = min(1.0, max(-1.0, (strength[0] - strength[1]) / max(sum(strength), 1.0) + noise))
    weather = _flying_weather(sides, rules.bad_weather_factor)
    superiority = raw * weather
    loss = np.zeros(len(f))
    for side, own in ((0, raw), (1, -raw)):
        outnumbered = 1.0 + (rules.inferior_factor - 1.0) * max(0.0, -own)
        met = min(1.0, rules.flak_share + (1.0 - rules.flak_share) * (1.0 - own))
        rate = rules.loss_per_day * weather * outnumbered * met
        loss = np.where(fleet & (sides.formation == side), f.aircraft * rules.serviceable * rate, loss)
    lost = [float(loss[sides.formation == s].sum()) for s in (0, 1)]
    event = AirFought(
        superiority=round(superiority, 3),
        attacker_lost=round(lost[0], 1),
        defender_lost=round(lost[1], 1),
        because=sides.war.entry,
    )
    return event, Columns(
        {
            "forces.aircraft": f.aircraft - loss,
            "forces.aircraft_lost": f.aircraft_lost + loss,
            "forces.province": _rebased(sides, owned),
        }
    )


def _in_range(sides: Sides, owned: NDArray[np.bool_], range_km: float) -> NDArray[np.bool_]:
    """The fleets among `owned` whose base lies within range of the enemy's ground forces."""
    f, atlas = sides.world.forces, sides.atlas
    reach = np.zeros(len(f), dtype=bool)
    for side in (0, 1):
        enemy = (sides.men_by_province(1 - side) > 0).nonzero()[0]
        fleets = (owned & (sides.formation == side)).nonzero()[0]
        if len(enemy) and len(fleets):
            reach[fleets] = (atlas.km_to(f.province[fleets][:, None], enemy) <= range_km).any(axis=1)
    return reach


def _rebased(sides: Sides, fleet: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Provinces of the fleets: one whose base is in enemy hands has flown to the nearest land its side still holds."""
    f, atlas = sides.world.forces, sides.atlas
    province = f.province.copy()
    lost = fleet & (sides.province[f.province] == 1 - sides.formation)
    for row in lost.nonzero()[0].tolist():
        held = sides.province == sides.formation[row]
        reach = np.where(held, atlas.distance_to((int(f.province[row]),)), np.inf)
        if np.isfinite(reach).any():
            province[row] = int(np.argmin(reach))
    return province


def _flying_weather(sides: Sides, bad: float) -> float:
    """Mean flying factor over the provinces that hold the coalitions' land forces."""
    rows = np.concatenate(sides.rows)
    if not len(rows) or not sides.world.weather:
        return 1.0
    factor = np.array([bad if w in BAD_FLYING else 1.0 for w in sides.world.weather])
    return float(factor[sides.atlas.climate_of[sides.world.forces.province[rows]]].mean())
