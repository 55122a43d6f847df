"""Combat for provinces: advantage, odds, attrition and break-off, on every assault of the day at once.

One assault is everything that attacks one province. The advantage X and its coefficients follow a logistic fit on
mainland engagements 1914-1945 (CDB90); losses are log-linear; an assault ends by two competing daily hazards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wargame import exact
from wargame.atlas import TERRAINS
from wargame.dice import Dice, keys
from wargame.events import (
    Columns,
    EngagementBegan,
    EngagementEnded,
    FormationDispersed,
    FormationsOvertaken,
    FormationsSurrendered,
)
from wargame.memo import remembered
from wargame.rulebook import Rulebook
from wargame.sides import IS_MOTOR, Sides
from wargame.world import POSTURES, Forces

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAY_HOURS = 24
STAND = POSTURES.index("stand")
HILLS, MOUNTAINS, URBAN = (TERRAINS.index(name) for name in ("hills", "mountains", "urban"))
SCALE_MEN = 10000.0  # the fits take size as the geometric mean of both sides in units of this
LOG_SCALE = float(exact.log(SCALE_MEN))
FIGURES = 12  # columns of `Assaults` that say how much, from the front on
TELLING = 0.05  # terms of X that weigh less are not named among the reasons


@dataclass
class Assaults:
    """The day's assaults as columns, one row an assault, sorted by province; formation rows point into them."""

    province: Ints
    side: Ints  # the assailing side
    attackers: Ints  # formation rows
    attacks: Ints  # assault of each attacker
    defenders: Ints
    defends: Ints
    front_km: Floats
    men_attacker: Floats  # engaged
    men_defender: Floats
    engaged_attacker: Floats  # share of the men present that the front admits
    engaged_defender: Floats
    tank_ratio: Floats  # ln of density ratio
    force_ratio: Floats  # ln
    quality_ratio: Floats  # ln
    rugged: Floats  # 1 in hills or mountains
    size: Floats  # ln of the geometric mean of both sides' men, in units of SCALE_MEN
    advantage: Floats
    odds: Floats  # chance that the assault prevails, given that it ends
    terms: dict[str, Floats] = field(default_factory=dict, kw_only=True)

    def __len__(self) -> int:
        return len(self.province)


@dataclass(frozen=True)
class Outcome:
    """A day's fighting: changed columns and what ended."""

    columns: Columns
    ended: tuple[EngagementEnded, ...]
    overtaken: tuple[FormationsOvertaken, ...]
    surrendered: tuple[FormationsSurrendered, ...]
    dispersed: tuple[FormationDispersed, ...]


def gather(sides: Sides, assailants: Ints, rulebook: Rulebook, surprise: Floats | float) -> Assaults:
    """Put the day's assailants and those who face them into one table, with advantage and odds.

    `assailants` are formation rows whose heading is the province they assault. `surprise` is the steps of surprise
    left to each formation, or one number for all of side 0.
    """
    f, atlas = sides.world.forces, sides.atlas
    if not len(assailants):
        return _no_assaults()
    province, attacks = np.unique(f.heading[assailants], return_inverse=True)
    n = len(province)
    side = np.zeros(n, dtype=np.int64)
    side[attacks] = sides.formation[assailants]
    index = np.full(len(atlas), -1, dtype=np.int64)
    index[province] = np.arange(n)
    candidates = np.concatenate(sides.rows)
    candidates = candidates[index[f.province[candidates]] >= 0]
    where = index[f.province[candidates]]
    hostile = sides.formation[candidates] != side[where]
    defenders, defends = candidates[hostile], where[hostile]
    zero = [np.zeros(n) for _ in range(FIGURES)]
    table = Assaults(
        province, side, assailants, attacks, defenders, defends, *zero,
    )  # fmt: skip
    ground = _front(sides, table, rulebook)
    steps = np.where(sides.formation == 0, surprise, 0.0) if isinstance(surprise, float) else surprise
    advantage(sides, table, ground, rulebook, steps)
    return table


def _no_assaults() -> Assaults:
    rows, one = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Assaults(rows, rows, rows, rows, rows, rows, *(one,) * FIGURES)


def from_the_sea(
    sides: Sides, attackers: Ints, defenders: Ints, place: int, front_km: float, works: float, rulebook: Rulebook,
    surprise: float,
) -> Assaults:  # fmt: skip
    """The table of one landing: formation rows out of boats on a coast ``front_km`` wide with works of a strength.

    ``surprise``: steps left to those who land. The advantage is without the terms of the sea chapter.
    """
    one = np.zeros(1)
    table = Assaults(
        np.array([place]), sides.formation[attackers[:1]], attackers, np.zeros(len(attackers), dtype=np.int64),
        defenders, np.zeros(len(defenders), dtype=np.int64), np.array([front_km]), *(one,) * (FIGURES - 1),
    )  # fmt: skip
    steps = np.where(sides.formation == table.side[0], surprise, 0.0)
    advantage(sides, table, {"river": one, "fort": np.array([works])}, rulebook, steps)
    return table


def _front(sides: Sides, t: Assaults, rulebook: Rulebook) -> dict[str, Floats]:
    """Width of each assault's front, and the river and works along it weighted by the men that cross each border."""
    f, atlas, n = sides.world.forces, sides.atlas, len(t)
    front, river, fort, weight = [0.0] * n, [0.0] * n, [0.0] * n, [0.0] * n
    seen: dict[tuple[int, int], tuple[float, float, float]] = {}
    columns = (t.attacks, f.province[t.attackers], f.men[t.attackers])
    for k, origin, men in zip(*(c.tolist() for c in columns), strict=True):
        if (origin, k) not in seen:
            target = int(t.province[k])
            border = atlas.border_of[origin, target]
            front[k] += float(atlas.borders.shared_km[border])
            crossing = (0.0, 1.0, 2.0, 3.0)[atlas.borders.crossing[border]]
            works = atlas.fort_strength(target, origin, sides.world.hour)
            seen[origin, k] = float(atlas.borders.river_share[border]), crossing, works
        share, crossing, works = seen[origin, k]
        weight[k] += men
        river[k] += men * share * crossing
        fort[k] += men * works
    t.front_km = np.maximum(front, rulebook.combat.least_front_km)
    men_across = np.maximum(weight, 1.0)
    return {"river": river / men_across, "fort": fort / men_across}


class _Both:
    """Sums over the formations of each assault: attackers in the first row, defenders in the second."""

    def __init__(self, men: Floats, t: Assaults) -> None:
        self.n = len(t)
        self.rows = np.concatenate([t.attackers, t.defenders])
        self.group = np.concatenate([t.attacks, self.n + t.defends])
        self.men = men[self.rows]
        self.present = self.total(self.men)
        self.divisor = np.maximum(self.present, 1.0)

    def total(self, amount: Floats) -> Floats:
        """Sum of an amount, one of each of `rows`, by side and assault."""
        summed: Floats = np.bincount(self.group, weights=amount, minlength=2 * self.n).astype(np.float64, copy=False)
        return summed.reshape(2, self.n)

    def mean(self, values: Floats) -> Floats:
        """Mean of a column of the forces, weighted by men."""
        return self.total(values[self.rows] * self.men) / self.divisor

    def density(self, weapons: Floats, scale: float) -> Floats:
        """One more than the weapons per thousand men, in units of `scale`."""
        return 1.0 + self.total(weapons[self.rows]) / self.divisor * 1000.0 / scale


def _strengths(t: Assaults, present: Floats, rulebook: Rulebook) -> None:
    """Men of both sides on the front, capped by its width, and the share of those present that is in contact."""
    rules, (present_a, present_d) = rulebook.combat, np.maximum(present, 1.0)
    t.men_attacker = np.minimum(present_a, rules.attack_men_per_km * t.front_km)
    t.men_defender = np.minimum(present_d, rules.defend_men_per_km * t.front_km)
    in_contact = np.minimum(t.men_attacker, rules.engaged_ratio * t.men_defender)
    t.engaged_attacker, t.engaged_defender = in_contact / present_a, t.men_defender / present_d


def advantage(sides: Sides, t: Assaults, ground: dict[str, Floats], rulebook: Rulebook, surprise: Floats) -> None:
    """X of the combat chapter, term by term, and the odds that follow."""
    f, rules, world, atlas = sides.world.forces, rulebook.combat, sides.world, sides.atlas
    both, scale = _Both(f.men, t), rules.density_scale
    _strengths(t, both.present, rulebook)

    quality = f.quality * (1.0 - rules.fatigue * f.fatigue) * (rules.unready + (1.0 - rules.unready) * f.readiness)
    quality = quality * np.where(f.shaken_days > 0, rules.shaken, 1.0)
    terrain = atlas.terrain[t.province]
    wet = np.array([state in ("rain", "mud", "snow") for state in world.weather or ("clear",) * len(atlas.climates)])
    sky = world.air_superiority.get(sides.war.id, 0.0)
    air = np.where(t.side == 0, sky, -sky)
    river = np.interp(ground["river"], [0.0, 1.0, 2.0, 3.0], [0.0, rules.river_minor, rules.river, rules.river_major])
    log = exact.log(
        [
            [t.men_attacker, t.men_defender],
            both.density(f.tanks, scale),
            both.density(f.guns, scale),
            np.maximum(both.mean(quality), rules.least_quality),
            rules.unsupplied + (1.0 - rules.unsupplied) * both.mean(f.supply),
        ]
    )
    t.force_ratio, t.tank_ratio, gun_ratio, t.quality_ratio, fed = log[:, 0] - log[:, 1]
    t.size = 0.5 * (log[0, 0] + log[0, 1]) - LOG_SCALE
    t.rugged = ((terrain == HILLS) | (terrain == MOUNTAINS)).astype(np.float64)
    t.terms = {
        "force ratio": t.force_ratio,
        "tanks": rules.tank * t.tank_ratio,
        "artillery": rules.gun * gun_ratio,
        "air": rules.air * air,
        "surprise": rules.surprise * both.mean(surprise)[0],
        "fortifications": -rules.fortified * ground["fort"],
        "entrenchment": -rules.entrenched * both.mean(f.entrenchment)[1],
        "terrain": -ruggedness(rulebook)[terrain],
        "wet ground": np.where(wet[atlas.climate_of[t.province]], -rules.wet, 0.0),
        "river": -river,
        "quality": rules.quality * t.quality_ratio,
        "supply": fed,
    }
    total = np.zeros(len(t))
    for term in t.terms.values():
        total = total + term
    t.advantage = total
    t.odds = exact.logistic(rules.constant + rules.slope * total)


@remembered
def ruggedness(rulebook: Rulebook) -> Floats:
    """What each terrain takes from X."""
    rules = rulebook.combat
    term = {
        "hills": rules.rugged_hills, "mountains": rules.rugged_mountains, "forest": rules.wooded,
        "marsh": rules.marsh, "urban": rules.urban,
    }  # fmt: skip
    return np.array([term.get(name, 0.0) for name in TERRAINS])


def _evaders(flags: Mapping[str, int]) -> list[str]:
    """Powers whose forces have orders not to give battle to somebody (flags ``evade:POWER:ENEMY``)."""
    return sorted({flag.split(":")[1] for flag in flags if flag.startswith("evade:")})


def begin(sides: Sides, t: Assaults, dice: Dice, rulebook: Rulebook) -> list[EngagementBegan]:
    """Assaults that start today: those not yet under way, not pausing after a repulse, and with odds worth the attempt.

    The luck of an engagement is drawn once, by its place and contact number, and added to the operation's.
    """
    world, atlas, f = sides.world, sides.atlas, sides.world.forces
    fresh = []
    for k, (p, side) in enumerate(zip(t.province.tolist(), t.side.tolist(), strict=True)):
        pause = world.repulsed.get(f"{sides.war.id}:{side}:{atlas.ids[p]}", 0)
        if p not in world.engagements and t.odds[k] >= rulebook.combat.minimum_odds and pause <= world.hour:
            fresh.append(k)
    if not fresh:
        return []
    places, contact = [atlas.ids[p] for p in t.province[fresh]], world.contacts[t.province[fresh]] + 1
    luck_a, luck_d = _luck(sides, places, contact, dice, rulebook)
    events = []
    for j, k in enumerate(fresh):
        rows_a, rows_d = t.attackers[t.attacks == k].tolist(), t.defenders[t.defends == k].tolist()
        events.append(
            EngagementBegan(
                province=places[j], side=int(t.side[k]), contact=int(contact[j]),
                attackers=tuple(f.ids[r] for r in rows_a), defenders=tuple(f.ids[r] for r in rows_d),
                attacking_men=round(float(t.men_attacker[k])), defending_men=round(float(t.men_defender[k])),
                advantage=round(float(t.advantage[k]), 2), odds=round(float(t.odds[k]), 3),
                luck_attacker=round(float(luck_a[j]), 6), luck_defender=round(float(luck_d[j]), 6),
                reasons=drivers(t, k), war=sides.war.id, because=_cause(sides, rows_a),
            )
        )  # fmt: skip
    return events


def drivers(t: Assaults, k: int, most: int = 3) -> tuple[str, ...]:
    """The terms that weigh most in assault `k`, e.g. ``force ratio +1.25``."""
    weights = [(name, float(term[k])) for name, term in t.terms.items()]
    ranked = sorted((-abs(round(value, 2)), name, value) for name, value in weights)
    return tuple(f"{name} {value:+.2f}" for _, name, value in ranked[:most] if abs(value) >= TELLING)


def _luck(sides: Sides, names: list[str], contact: Ints, dice: Dice, rulebook: Rulebook) -> tuple[Floats, Floats]:
    rules, rho = rulebook.attrition, rulebook.attrition.correlation
    rest = float(np.sqrt(1.0 - rho * rho))
    subject, war, n = keys(names), sides.war.id, len(names)
    draws = [dice.uniforms(f"engagement.{side}", subject, contact) for side in ("attacker", "defender")]
    draws += [dice.uniforms(f"operation.{side}", keys([war]), 0) for side in ("attacker", "defender")]
    luck = exact.normal_quantile(np.concatenate(draws))
    own, other, op_own, op_other = luck[:n], luck[n : 2 * n], luck[2 * n], luck[2 * n + 1]
    attacker = rules.engagement_sd_attacker * own + rules.operation_sd_attacker * op_own
    defender = rules.engagement_sd_defender * (rho * own + rest * other)
    return attacker, defender + rules.operation_sd_defender * (rho * op_own + rest * op_other)


def _cause(sides: Sides, rows: list[int]) -> int:
    """The order under which the first of these formations acts, or the war itself."""
    for row in rows:
        order = sides.world.order_over(row)
        if order is not None:
            return order.entry
    return sides.war.entry


def fight(
    sides: Sides, t: Assaults, dice: Dice, rulebook: Rulebook, disengaged: Ints, left: Ints, days: int = 1
) -> Outcome:  # fmt: skip
    """One day of every engagement under way: losses on both sides, then whether it ends and how.

    An engagement whose defenders have marched off (`disengaged` out of `left`) or whose assailants have gone ends too.
    Where nobody fights, the day may stand for several: `days` of rest and digging in.
    """
    day = _Fight(sides, t, dice, rulebook)
    day.attrition()
    day.break_off()
    day.gone(disengaged, left)
    day.pursue()
    day.wear(days)
    return day.result()


class _Changed(dict[str, Floats]):
    """Columns of the forces that a day changes: each a copy, made when it is first asked for."""

    def __init__(self, forces: Forces) -> None:
        super().__init__()
        self._forces = forces

    def __missing__(self, name: str) -> Floats:
        self[name] = getattr(self._forces, name).copy()
        return self[name]


class _Fight:
    """Scratch of one day's fighting."""

    def __init__(self, sides: Sides, t: Assaults, dice: Dice, rulebook: Rulebook) -> None:
        self.sides, self.t, self.dice, self.book = sides, t, dice, rulebook
        self.world, self.atlas, self.f = sides.world, sides.atlas, sides.world.forces
        self.col = _Changed(self.f)
        self.province, self.heading = self.f.province.copy(), self.f.heading.copy()
        self.fought_a, self.fought_d = self.world.fought_attacker.copy(), self.world.fought_defender.copy()
        self.fights = sides.fights
        self.met = [self.fights.get(p) for p in t.province.tolist()]
        self.live = np.array([e is not None for e in self.met], dtype=bool)
        self.bag = np.ones(len(t))  # growth of the share captured with the assailant's advantage
        self.fallen_back: list[int] = []
        self.ended: list[EngagementEnded] = []
        self.surrendered: list[FormationsSurrendered] = []
        self.overtaken: list[FormationsOvertaken] = []

    def attrition(self) -> None:
        """Casualties of the day, spread over the engaged formations by their men."""
        t, rules, world = self.t, self.book.attrition, self.world
        if not self.live.any():
            return
        day = [1.0 + (world.hour - e.began) // DAY_HOURS if e else 1.0 for e in self.met]
        luck_a = np.array([e.luck_attacker if e else 0.0 for e in self.met])
        luck_d = np.array([e.luck_defender if e else 0.0 for e in self.met])
        sky = world.air_superiority.get(self.sides.war.id, 0.0)
        air = np.where(t.side == 0, sky, -sky)
        log_day = exact.log([*day, rules.first_day])
        pattern = log_day[-1] + rules.duration * log_day[:-1]
        fit = t.quality_ratio
        rate_a = (
            rules.attacker_constant + pattern + luck_a
            + rules.attacker_force * t.force_ratio + rules.attacker_tank * t.tank_ratio
            + rules.attacker_quality * fit + rules.attacker_air * air
            + rules.attacker_rugged * t.rugged + rules.attacker_size * t.size
        )  # fmt: skip
        rate_d = (
            rules.defender_constant + pattern + luck_d
            + rules.defender_force * t.force_ratio + rules.defender_tank * t.tank_ratio
            + rules.defender_quality * fit + rules.defender_rugged * t.rugged + rules.defender_size * t.size
        )  # fmt: skip
        ceiling = rules.ceiling_percent
        percent_a, percent_d = np.minimum(exact.exp([rate_a, rate_d]), ceiling)
        share_a = np.where(self.live, percent_a / 100.0 * t.engaged_attacker, 0.0)
        share_d = np.where(self.live, percent_d / 100.0 * t.engaged_defender, 0.0)
        self._bleed(t.attackers, share_a[t.attacks], t.province[t.attacks], self.fought_a)
        self._bleed(t.defenders, share_d[t.defends], t.province[t.defends], self.fought_d)

    def _bleed(self, rows: Ints, share: Floats, province: Ints, tally: Floats) -> None:
        """Take a share of each row's men as killed and wounded, and of its weapons; `tally` counts men by province."""
        rules, c = self.book.attrition, self.col
        lost = np.floor(c["men"][rows] * share + 0.5)
        killed = np.floor(lost * rules.killed_share + 0.5)
        tanks = c["tanks"][rows] * np.minimum(share * rules.tank_factor, 1.0)
        guns = c["guns"][rows] * np.minimum(share * rules.gun_factor, 1.0)
        for name, amount in (("men", -lost), ("killed", killed), ("wounded", lost - killed), ("tanks", -tanks),
                             ("tanks_lost", tanks), ("guns", -guns), ("guns_lost", guns)):  # fmt: skip
            c[name][rows] += amount
        np.add.at(tally, province, lost)

    def break_off(self) -> None:
        """Two competing hazards: the assault is broken off, or the defence breaks."""
        t, rules = self.t, self.book.combat
        if not self.live.any():
            return
        density = exact.log([*(t.men_defender / t.front_km), rules.thin_men_per_km])
        thin = np.maximum(0.0, density[-1] - density[:-1])
        bagged = self.book.rout.captured_per_advantage * np.maximum(0.0, t.advantage)
        growth, self.bag = exact.exp([rules.break_off_size * t.size + rules.thin_exponent * thin, bagged])
        hazard = np.minimum(rules.break_off_per_day * growth, rules.break_off_ceiling)
        hazard = np.where(self._besieged(), np.minimum(hazard, rules.siege_per_day), hazard)
        overrun = (t.men_attacker >= rules.overrun_ratio * t.men_defender) | self._evaded()
        hazard = np.where(overrun, rules.overrun_per_day, hazard)
        names = keys([self.atlas.ids[p] for p in t.province])
        contact = self.world.contacts[t.province]
        began = np.array([e.began if e else self.world.hour for e in self.met])
        ordinal = contact * 1024 + (self.world.hour - began) // DAY_HOURS
        ends = self.dice.uniforms("engagement.ends", names, ordinal) < hazard
        wins = self.dice.uniforms("engagement.wins", names, ordinal) < np.where(overrun, 1.0, t.odds)
        for k in np.flatnonzero(self.live & ends).tolist():
            if wins[k]:
                self._broken(k, "overrun" if overrun[k] else "broken")
            else:
                self._repulsed(k)
        if self.fallen_back:  # who gains nothing from an assault of his own on the same day
            self.heading[self.fallen_back] = -1
            self.col["progress_km"][self.fallen_back] = 0.0

    def _besieged(self) -> NDArray[np.bool_]:
        """Assaults on a town or an all-round work whose defenders mostly stand or have no way out."""
        t, f, atlas = self.t, self.f, self.atlas
        hour, least = self.world.hour, self.book.supply.fortress_strength
        place = atlas.terrain[t.province] == URBAN
        place |= np.array([atlas.fort_strength(p, -1, hour) >= least for p in t.province.tolist()], dtype=bool)
        rows = t.defenders
        staying = np.where((f.posture[rows] == STAND) | (f.cut_off_days[rows] > 0), f.men[rows], 0.0)
        share = np.bincount(t.defends, weights=staying, minlength=len(t)) / np.maximum(
            np.bincount(t.defends, weights=f.men[rows], minlength=len(t)), 1.0
        )
        besieged: NDArray[np.bool_] = place & (share > 0.5)
        return besieged

    def _evaded(self) -> NDArray[np.bool_]:
        """Assaults whose defenders have orders not to give battle to the assailant (flags ``evade:POWER:ENEMY``)."""
        t, f, powers = self.t, self.f, self.atlas.powers
        avoided = [flag.split(":")[1:] for flag in self.world.flags if flag.startswith("evade:")]
        evaded = np.zeros(len(t), dtype=bool)
        for power, enemy in avoided:
            hostile = np.zeros(len(t), dtype=bool)
            hostile[t.attacks[f.power[t.attackers] == powers.index(enemy)]] = True
            willing = np.zeros(len(t), dtype=bool)
            willing[t.defends[f.power[t.defenders] != powers.index(power)]] = True
            evaded |= hostile & ~willing
        return evaded

    def _repulsed(self, k: int) -> None:
        rows = self.t.attackers[self.t.attacks == k]
        self.heading[rows] = -1
        self.col["progress_km"][rows] = self.book.movement.start_line_km
        pause = self.world.hour + round(self.book.combat.repulse_pause_days * DAY_HOURS)
        self._end(k, "repulsed", pause_until=pause)

    def _broken(self, k: int, result: str) -> None:
        """The defence gives way: some are captured, the rest fall back.

        Those with nowhere to go, or with orders to stand, hold on while they are supplied and steady; otherwise they
        lay down their arms.
        """
        t, rules, f = self.t, self.book.rout, self.f
        rows, chasers = t.defenders[t.defends == k].tolist(), t.attackers[t.attacks == k]
        target, motor = int(t.province[k]), IS_MOTOR[f.kind[chasers]]
        growth = float(self.bag[k]) * (1.0 + rules.captured_mobile * float(motor.mean()))
        share = min(rules.captured_share * growth, rules.captured_ceiling)
        refuge = {r: self._refuge(r, int(t.side[k])) for r in rows}
        free = [r for r in rows if refuge[r] >= 0]
        beaten = [r for r in rows if refuge[r] < 0 and (f.supply[r] < rules.last_stand_supply or f.shaken_days[r] > 0)]
        self._mangle(kept := np.array([r for r in rows if r not in beaten], dtype=np.int64), share, target)
        captured = self._capture(kept, share)
        for r in free:
            self.province[r] = refuge[r]
        self.fallen_back.extend(free)
        self.col["shaken_days"][free] = rules.shaken_days
        self.col["entrenchment"][free] = 0.0
        border_of, distance_km = self.atlas.border_of, self.atlas.borders.distance_km
        km = distance_km[[border_of[o, target] for o in f.province[chasers].tolist()]]
        share_of_way = np.where(motor, rules.advance_share_motor, rules.advance_share)
        if result == "overrun":
            share_of_way = np.ones(len(chasers))
        self.col["progress_km"][chasers] += share_of_way * km * self.book.movement.winding
        to = self.atlas.ids[refuge[free[0]]] if free else ""
        if not free:
            result = "surrendered" if beaten else "contained"
        self._end(k, result, captured=captured, retreat_to=to)
        captor = self.atlas.powers[int(np.argmax(np.bincount(f.power[chasers], weights=f.men[chasers])))]
        self._give_up(beaten, target, captor, self.fights[target].entry)

    def _mangle(self, rows: Ints, share: float, p: int) -> None:
        """Killed and wounded of a rout in province `p`: the rulebook's number per man captured."""
        loss = np.full(len(rows), share * self.book.rout.casualty_share)
        self._bleed(rows, loss, np.full(len(rows), p), self.fought_d)

    def _capture(self, rows: Ints, share: float) -> int:
        c, rules = self.col, self.book.rout
        taken = np.floor(c["men"][rows] * share + 0.5)
        lost = min(share * rules.equipment_factor, 1.0)
        c["men"][rows] -= taken
        c["captured"][rows] += taken
        for weapon, tally in (("guns", "guns_lost"), ("tanks", "tanks_lost")):
            gone = c[weapon][rows] * lost
            c[weapon][rows] -= gone
            c[tally][rows] += gone
        return int(taken.sum())

    def _refuge(self, row: int, enemy: int) -> int:
        """The neighbouring friendly province to fall back to, unassailed if possible, towards the goal.

        -1 where there is none, and for formations that have orders to stand.
        """
        if self.f.posture[row] == STAND:
            return -1
        atlas, here, own = self.atlas, int(self.f.province[row]), 1 - enemy
        goal, side_of = int(self.f.goal[row]), self.sides.land.side_of
        far = atlas.distance_to((goal,)) if goal >= 0 and goal != here else None
        best, least = -1, np.inf
        for q, km in atlas.around[here]:
            if side_of[q] != own:
                continue
            cost = (float(far[q]) if far is not None else 0.0) + km
            cost += self.book.rout.assailed_refuge_km * (q in self.world.engagements)
            if cost < least:
                best, least = q, cost
        return best

    def _give_up(self, trapped: list[int], p: int, captor: str, cause: int) -> None:
        """Formations with nowhere to go lay down their arms, power by power."""
        by_power: dict[int, list[int]] = {}
        for r in trapped:
            by_power.setdefault(int(self.f.power[r]), []).append(r)
        for power, rows in sorted(by_power.items()):
            self.surrendered.append(
                FormationsSurrendered(
                    province=self.atlas.ids[p], power=self.atlas.powers[power], to=captor,
                    formations=tuple(self.f.ids[r] for r in rows), men=int(np.sum(self.col["men"][rows])),
                    because=cause,
                )
            )  # fmt: skip

    def _end(self, k: int, result: str, *, captured: int = 0, retreat_to: str = "", pause_until: int = 0) -> None:
        t, p = self.t, int(self.t.province[k])
        self.live[k] = False
        self._record(
            p, result, t.attackers[t.attacks == k], t.defenders[t.defends == k], captured, retreat_to, pause_until
        )

    def _record(
        self, p: int, result: str, attackers: Ints, defenders: Ints, captured: int, retreat_to: str, pause_until: int
    ) -> None:
        e = self.fights[p]
        self.ended.append(
            EngagementEnded(
                province=self.atlas.ids[p], side=e.side, result=result,
                days=1 + (self.world.hour - e.began) // DAY_HOURS,
                attackers=tuple(self.f.ids[r] for r in attackers), defenders=tuple(self.f.ids[r] for r in defenders),
                attacker_killed_wounded=round(float(self.fought_a[p])),
                defender_killed_wounded=round(float(self.fought_d[p])),
                captured=captured, retreat_to=retreat_to, pause_until=pause_until, because=e.entry,
            )
        )  # fmt: skip

    def gone(self, disengaged: Ints, left: Ints) -> None:
        """Engagements with nobody left on one side: the defence has withdrawn, or the assault has lapsed."""
        assailed = set(self.t.province.tolist())
        for p in sorted(self.fights):
            if p in assailed:
                continue
            rows = disengaged[left == p]
            captured = self._capture(rows, self.book.rout.withdrawal_captured_share) if len(rows) else 0
            self._record(p, "withdrawn" if len(rows) else "lapsed", rows[:0], rows, captured, "", 0)

    def pursue(self) -> None:
        """Routed formations overtaken by the enemy: driven on with further loss, or taken where no way is left."""
        sides, f, rules = self.sides, self.f, self.book.rout
        behind = sides.present[sides.province[f.province[sides.present]] == 1 - sides.formation[sides.present]]
        if not len(behind):
            return
        loose = f.shaken_days > 0
        for evader in _evaders(self.world.flags):
            loose |= f.power == self.atlas.power_number[evader]
        loose &= self.province == f.province  # others were dealt with earlier today
        loose[[f.row(x) for s in self.surrendered for x in s.formations]] = False
        overtaken = behind[loose[behind]]
        for p in np.unique(f.province[overtaken]).tolist():
            rows = overtaken[f.province[overtaken] == p]
            enemy = 1 - int(sides.formation[rows[0]])
            chasers = sides.rows[enemy][f.province[sides.rows[enemy]] == p]
            mobile = float(IS_MOTOR[f.kind[chasers]].mean()) if len(chasers) else 0.0
            share = min(rules.captured_share * (1.0 + rules.captured_mobile * mobile), rules.captured_ceiling)
            refuge = {r: self._refuge(r, enemy) for r in rows.tolist()}
            free = np.array([r for r in rows.tolist() if refuge[r] >= 0], dtype=np.int64)
            captor = self.atlas.powers[int(self.world.controller[p])]
            cause = int(self.world.captured_entry[p])
            if len(free):
                before = float(np.sum(self.col["men"][free]))
                self._bleed(
                    free, np.full(len(free), share * rules.casualty_share), np.full(len(free), p), self.fought_d
                )
                lost = before - float(np.sum(self.col["men"][free]))
                captured = self._capture(free, share)
                self.province[free] = [refuge[int(r)] for r in free]
                self.heading[free] = -1
                self.col["shaken_days"][free] = rules.shaken_days
                self.overtaken.append(
                    FormationsOvertaken(
                        province=self.atlas.ids[p], power=captor, formations=tuple(f.ids[r] for r in free),
                        captured=captured, killed_wounded=round(lost),
                        retreat_to=self.atlas.ids[refuge[int(free[0])]], because=cause,
                    )
                )  # fmt: skip
            self._give_up([r for r in rows.tolist() if refuge[r] < 0], p, captor, cause)

    def wear(self, days: int) -> None:
        """Fatigue and digging in: contact tires, rest restores; those who neither moved nor attack dig in.

        Only of those whose day is fought in this war, so that two wars on one day wear nobody twice.
        """
        t, c, rules = self.t, self.col, self.book.attrition
        touched = np.zeros(len(self.f), dtype=bool)
        if len(t):
            touched[t.attackers[self.live[t.attacks]]] = True
            touched[t.defenders[self.live[t.defends]]] = True
        for e in self.ended:
            touched[[self.f.row(x) for x in (*e.attackers, *e.defenders)]] = True
        acting = self.sides.acting
        fatigue = c["fatigue"] + np.where(touched, rules.fatigue_per_day, -rules.rest_per_day * days)
        c["fatigue"] = np.where(acting, np.minimum(np.maximum(fatigue, 0.0), 1.0), c["fatigue"])
        still = (self.f.heading < 0) & (self.heading < 0) & (c["shaken_days"] <= 0)
        dug = np.where(still, np.minimum(1.0, c["entrenchment"] + days / rules.entrench_days), 0.0)
        c["entrenchment"] = np.where(acting, dug, c["entrenchment"])
        c["shaken_days"] = np.where(acting, np.maximum(0.0, c["shaken_days"] - days), c["shaken_days"])

    def result(self) -> Outcome:
        """The day's columns and events, with formations too weak to go on dissolved."""
        values: dict[str, NDArray[np.float64] | Ints] = {f"forces.{k}": v for k, v in self.col.items()}
        if len(self.t) or self.ended or self.overtaken:
            values |= {"forces.province": self.province, "forces.heading": self.heading}
            values |= {"world.fought_attacker": self.fought_a, "world.fought_defender": self.fought_d}
        return Outcome(
            Columns(dict(values)), tuple(self.ended), tuple(self.overtaken), tuple(self.surrendered), self._dissolved()
        )

    def _dissolved(self) -> tuple[FormationDispersed, ...]:
        rules, f = self.book.rout, self.f
        if "men" not in self.col:
            return ()
        men, present = self.col["men"], self.sides.present
        weak = present[men[present] < rules.dispersal_strength * f.establishment_men[present]]
        weak = weak[men[weak] < f.men[weak]]  # only those that lost men today
        if not len(weak):
            return ()
        given_up = {x for s in self.surrendered for x in s.formations}
        cause = {x: e.because for e in self.ended for x in (*e.attackers, *e.defenders)}
        cause |= {x: e.because for e in self.overtaken for x in e.formations}
        return tuple(
            FormationDispersed(
                formation=f.ids[r], province=self.atlas.ids[self.province[r]],
                captured=round(float(self.col["men"][r]) * rules.dispersal_captured), reason="worn down",
                because=cause.get(f.ids[r], self.sides.war.entry),
            )
            for r in weak.tolist() if f.ids[r] not in given_up
        )  # fmt: skip
