"""Supply by sea to forces without a base by land, and what a blockade keeps from industry."""

from __future__ import annotations

import numpy as np

from wargame import dates
from wargame.rulebook import Rulebook
from wargame.sides import Sides
from wargame.waters import BASE_PORT, LANDING_PORT, Bools, Ints, Navies, Waters, landed_a_day
from wargame.world import Status


def harbours(sides: Sides, fed: tuple[Bools, Bools], navies: Navies, rulebook: Rulebook) -> dict[int, str]:
    """Ports over which forces without a base by land are supplied by sea today, and the power that does it.

    ``fed``: for each side, the provinces that a base feeds by land. A port counts where it is of the class of a base,
    some power of the side with men there has a port at home and a crossing on which no more than the rulebook's share
    is sunk, and the men around it are no more than the port can feed.
    """
    f, atlas, rules, world = sides.world.forces, sides.atlas, rulebook.naval, sides.world
    if (world.hour // dates.DAY) % int(rules.review_days) and world.harbours:
        return {p: power for p, power in world.harbours.items() if sides.province[p] >= 0}
    found: dict[int, str] = {}
    for side in (0, 1):
        rows = sides.rows[side]
        lost = rows[~fed[side][f.province[rows]] & (sides.province[f.province[rows]] == side)]
        for area in np.unique(sides.land.stretch[f.province[lost]]).tolist():
            inside = lost[sides.land.stretch[f.province[lost]] == area]
            men = float(f.men[inside].sum())
            for number in np.unique(f.power[inside]).tolist():
                waters = Waters(sides.world, atlas, navies, atlas.powers[number], rulebook)
                if navies.tons(waters.power, sides.world.hour) <= 0:
                    continue
                ports = waters.ports_of((sides.land.stretch == area) & (sides.province == side), BASE_PORT)
                home = waters.ports_of(waters.own & fed[side], BASE_PORT)
                fit = [p for p in ports.tolist() if men <= landed_a_day(atlas, p, rulebook) * rules.fed_per_day_landed]
                fit = [p for p in fit if _within_risk(waters, home, p)] if len(home) else []
                found |= {p: waters.power for p in fit if p not in found}
    return dict(sorted(found.items()))


def of_other_wars(sides: Sides) -> dict[int, str]:
    """Harbours that are no matter of this war: their land is neutral, or all the men around them fight elsewhere."""
    f, known, stretch = sides.world.forces, sides.world.harbours, sides.land.stretch
    if sides.engaged is None or not known:
        return {p: power for p, power in known.items() if sides.province[p] < 0}
    men = f.is_land & (sides.formation >= 0) & (f.status == Status.ACTIVE) & (f.men > 0)
    men &= sides.province[f.province] == sides.formation
    there, here = ({*stretch[f.province[mine]].tolist()} for mine in (men & ~sides.engaged, men & sides.engaged))
    elsewhere = there - here
    return {p: power for p, power in known.items() if sides.province[p] < 0 or int(stretch[p]) in elsewhere}


def _within_risk(waters: Waters, home: Ints, port: int) -> bool:
    """Whether ships from the ports at home reach a port without more loss than supply can bear."""
    way = waters.crossing(tuple(home.tolist()), port)
    return way is not None and way.risk <= waters.rules.supply_risk


def command(waters: Waters) -> float:
    """Share of the waters off a power's own ports that its enemies do not command, ports weighted by class; 0..1."""
    ports = waters.ports_of(waters.own, LANDING_PORT)
    weight = waters.atlas.port[ports].astype(np.float64)
    if not weight.sum():
        return 1.0
    free = [1.0 - float(waters.risk[list(waters.chart.seas_of[p])].min()) for p in ports.tolist()]
    return float((weight * np.array(free)).sum() / weight.sum())


def blockade(open_sea: float, seaborne: float, rulebook: Rulebook) -> float:
    """Factor on industry by blockade: ``open_sea`` as `command` says, ``seaborne`` share of imports by sea."""
    return 1.0 - rulebook.naval.blockade_most * seaborne * (1.0 - open_sea)
