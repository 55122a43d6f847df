"""The air war by theatre: superiority and losses of the two coalitions' air fleets, day by day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.dice import Dice
from wargame.events import AirFought, Columns
from wargame.rulebook import Rulebook
from wargame.sides import Sides
from wargame.world import Status

BAD_FLYING = ("rain", "mud", "snow")


def fight(
    sides: Sides, dice: Dice, rulebook: Rulebook, days: int = 1, surprise: tuple[float, float] = (0.0, 0.0)
) -> tuple[AirFought, Columns] | None:
    """One day in the air, or so many like it, or ``None`` if nobody flies and nobody holds the sky.

    Only fleets within range of the enemy's ground forces fly. Superiority is (A - D) / (A + D) of their aircraft
    weighted by quality, with a day's luck keyed by war and date, and shrinks in bad weather over the fronts. Each side
    loses a share that grows as it is outnumbered and shrinks to flak and accidents where it meets nobody. A side
    surprised is caught on its airfields: `surprise` are the steps left to the attackers and to the defenders. On the
    first day without a flight the sky is nobody's.
    """
    f, rules, world = sides.world.forces, rulebook.air, sides.world
    rows = f.command.air_rows
    fleets = rows[sides.acting[rows] & (f.status[rows] == Status.ACTIVE) & (f.aircraft[rows] > 0)]
    flying = fleets[_in_range(sides, fleets, rules.range_km)]
    if not len(flying):
        idle = AirFought(
            superiority=0.0, attacker_lost=0.0, defender_lost=0.0, war=sides.war.id, because=sides.war.entry
        )
        return (idle, Columns({})) if world.air_superiority.get(sides.war.id) else None
    side, aircraft = sides.formation[flying], f.aircraft[flying]
    strength = [float((aircraft * f.quality[flying])[side == s].sum()) for s in (0, 1)]
    noise = rules.sd * dice.normal("air", sides.war.id, dates.day_number(world.hour))
    edge = rules.surprise * (surprise[0] - surprise[1])
    raw = min(1.0, max(-1.0, (strength[0] - strength[1]) / max(sum(strength), 1.0) + edge + noise))
    weather = _flying_weather(sides, rules.bad_weather_factor)
    superiority = raw * weather
    loss = np.zeros(len(flying))
    for s, own in ((0, raw), (1, -raw)):
        outnumbered = 1.0 + (rules.inferior_factor - 1.0) * max(0.0, -own)
        met = min(1.0, rules.flak_share + (1.0 - rules.flak_share) * (1.0 - own))
        caught = 1.0 + rules.caught_factor * surprise[1 - s]
        rate = rules.loss_per_day * weather * outnumbered * met * caught
        loss = np.where(side == s, aircraft * np.minimum(rules.serviceable * rate * days, 1.0), loss)
    event = AirFought(
        superiority=round(superiority, 3),
        attacker_lost=round(float(loss[side == 0].sum()), 1),
        defender_lost=round(float(loss[side == 1].sum()), 1),
        war=sides.war.id,
        because=sides.war.entry,
    )
    left, lost = f.aircraft.copy(), f.aircraft_lost.copy()
    left[flying] -= loss
    lost[flying] += loss
    columns = {"forces.aircraft": left, "forces.aircraft_lost": lost}
    return event, Columns(columns | _rebased(sides, fleets))


def _in_range(sides: Sides, fleets: NDArray[np.int64], range_km: float) -> NDArray[np.bool_]:
    """Which of the fleets have their base within range of the enemy's ground forces."""
    f, reach = sides.world.forces, np.zeros(len(fleets), dtype=bool)
    for side in (0, 1):
        enemy = (sides.men_by_province(1 - side) > 0).nonzero()[0]
        own = (sides.formation[fleets] == side).nonzero()[0]
        if len(enemy) and len(own):
            bases, base_of = np.unique(f.province[fleets[own]], return_inverse=True)
            near = sides.atlas.km_to(bases[:, None], enemy) <= range_km
            reach[own] = near.any(axis=1).take(base_of)
    return reach


def _rebased(sides: Sides, fleets: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """New provinces of the fleets whose base is in enemy hands: the nearest land their side still holds."""
    f, atlas = sides.world.forces, sides.atlas
    lost = fleets[sides.province[f.province[fleets]] == 1 - sides.formation[fleets]]
    if not len(lost):
        return {}
    province = f.province.copy()
    for row in lost.tolist():
        held = sides.province == sides.formation[row]
        reach = np.where(held, atlas.distance_to((int(f.province[row]),)), np.inf)
        if np.isfinite(reach).any():
            province[row] = int(np.argmin(reach))
    return {"forces.province": province}


def _flying_weather(sides: Sides, bad: float) -> float:
    """Mean flying factor over the provinces that hold the coalitions' land forces."""
    rows = sides.present
    if not len(rows) or not sides.world.weather:
        return 1.0
    factor = np.array([bad if w in BAD_FLYING else 1.0 for w in sides.world.weather])
    return float(factor[sides.atlas.climate_of[sides.world.forces.province[rows]]].mean())
