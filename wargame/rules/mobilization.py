"""Mobilisation in progress: formations called up grow ready day by day, and those on the railway arrive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.events import Columns, FormationReady
from wargame.rulebook import Rulebook
from wargame.sides import Sides
from wargame.world import Status, World


def progress(
    world: World, atlas: Atlas, wars: Sequence[Sides], rulebook: Rulebook
) -> tuple[list[FormationReady], Columns]:
    """One day of mobilisation for every formation called up.

    Where politics are played those are the formations of powers that have mobilised or are at war, else all. Readiness
    grows by ``ready_per_day``, slower under an enemy sky in any of its power's wars; men present grow with it from the
    cadre's share.
    """
    f, rules = world.forces, rulebook.mobilization
    growing = (f.status == Status.ACTIVE) & (f.readiness < 1.0)
    if world.polity.governments:
        growing &= called_up(world, atlas)[f.power]
    rows = growing.nonzero()[0]
    if not len(rows):
        return [], Columns({})
    slowed = np.zeros(len(rows))
    for sides in wars:
        side = sides.formation[rows]
        slowed = np.maximum(slowed, np.where(side >= 0, rules.disruption * sides.enemy_sky(side), 0.0))
    before = f.readiness[rows]
    after = np.minimum(1.0, before + f.ready_per_day[rows] * (1.0 - slowed))
    grown = np.maximum(after, rules.men_floor) - np.maximum(before, rules.men_floor)
    ready, men = f.readiness.copy(), f.men.copy()
    ready[rows] = after
    gone = (f.killed + f.wounded + f.captured + f.missing - f.replaced)[rows]
    full = np.maximum(men[rows], np.ceil(f.establishment_men[rows] * np.maximum(after, rules.men_floor)) - gone)
    men[rows] = np.minimum(men[rows] + np.floor(f.establishment_men[rows] * grown + 0.5), full)
    events = [
        FormationReady(formation=f.ids[i], province=atlas.ids[f.province[i]], how="mobilised")
        for i in rows[after >= 1.0].tolist()
    ]
    return events, Columns({"forces.readiness": ready, "forces.men": men})


def replacements(world: World, atlas: Atlas, rulebook: Rulebook, days: int) -> Columns:
    """Men who come up from the depots of the powers at war in so many days, to make good what formations have lost.

    Each power's depots send a share of its army's establishment; it goes to the formations that are short of men for
    their readiness, in proportion to what they lack. None comes to those that are cut off or routed.
    """
    f, rules = world.forces, rulebook.mobilization
    fighting = np.array([p in world.powers and world.powers[p].standing == "at_war" for p in atlas.powers], dtype=bool)
    army = ((f.status == Status.ACTIVE) & f.is_land & fighting[f.power]).nonzero()[0]
    strength = f.establishment_men[army] * np.maximum(f.readiness[army], rules.men_floor)
    reached = (f.cut_off_days[army] <= 0) & (f.shaken_days[army] <= 0) & (f.supply[army] >= rules.reached_supply)
    lacking = np.where(reached, np.maximum(strength - f.men[army], 0.0), 0.0)
    if not lacking.any():
        return Columns({})
    n = len(atlas.powers)
    wanted = np.bincount(f.power[army], weights=lacking, minlength=n)
    sent = rules.replacements_per_day * days * np.bincount(f.power[army], weights=strength, minlength=n)
    share = np.minimum(1.0, sent / np.maximum(wanted, 1.0))
    men, replaced = f.men.copy(), f.replaced.copy()
    came = np.floor(lacking * share[f.power[army]])
    men[army] += came
    replaced[army] += came
    return Columns({"forces.men": men, "forces.replaced": replaced})


def called_up(world: World, atlas: Atlas) -> NDArray[np.bool_]:
    """Powers that have mobilised or are at war, by power number."""
    return np.array(
        [
            f"mobilised:{p}" in world.flags or (p in world.powers and world.powers[p].standing == "at_war")
            for p in atlas.powers
        ],
        dtype=bool,
    )


def arrive(world: World, atlas: Atlas, wars: Sequence[Sides], formation: str) -> FormationReady:
    """A formation detrains, or is formed: where it was bound, or at the nearest place its power's side still holds."""
    row = world.forces.row(formation)
    province = _station(world, atlas, wars, row)
    how = "raised" if world.forces.status[row] == Status.PLANNED else "arrived"
    return FormationReady(formation=formation, province=atlas.ids[province], how=how)


def _station(world: World, atlas: Atlas, wars: Sequence[Sides], row: int) -> int:
    bound = int(world.forces.province[row])
    friendly = [s.province == s.formation[row] for s in wars if s.formation[row] >= 0]
    if not friendly or any(held[bound] for held in friendly):
        return bound
    km = np.where(np.logical_or.reduce(friendly), atlas.distance_to((bound,)), np.inf)
    best = int(np.argmin(km))
    return best if np.isfinite(km[best]) else bound
