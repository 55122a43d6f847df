"""Staff estimates: what powers can bring to a front, from the World as it is and from nothing else.

Forces are counted in division-equivalents: men over the rulebook's division, times quality over that of an average
division, times the worth of tanks, guns and aircraft in the combat chapter's own terms, so that a staff believes about
a campaign what the campaign rules would make of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wargame import exact
from wargame.atlas import TERRAINS, Atlas
from wargame.memo import remembered
from wargame.politics import Polity, Treaty
from wargame.rulebook import Rulebook
from wargame.rules import deterrence, diplomacy
from wargame.rules.deterrence import Balance, Intervener
from wargame.world import Status, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
YEAR = 365.0  # days
KEPT_GROUNDS = 16  # distributions of land whose borders are remembered

TERRAIN_TERMS = {"hills": "rugged_hills", "mountains": "rugged_mountains", "forest": "rugged_hills", "marsh": "wet"}
CROSSINGS = ("river_minor", "river", "river_major")


@dataclass
class Staffs:
    """Estimates of one instant. Everything is worked out once and describes the World as it was when this was made."""

    world: World
    atlas: Atlas
    rulebook: Rulebook
    fleets: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    _forces: dict[tuple[int, float, tuple[float, float] | None], float] = field(default_factory=dict)
    _armies: dict[int, _Army] = field(default_factory=dict)

    # --- ground ------------------------------------------------------------------------------------------------------

    @cached_property
    def _ground(self) -> _Ground:
        """Who borders on whom, the same as long as nobody's land and nobody's works change."""
        held, works = self.world.controller, self.atlas.works_until(self.world.hour)
        known, key = _grounds(self.atlas, self.rulebook), (held.tobytes(), works)
        if key not in known:
            if len(known) >= KEPT_GROUNDS:
                known.clear()
            known[key] = _Ground(self.atlas, self.rulebook, held.copy(), self.world.hour)
        return known[key]

    def border(self, own: int, other: int) -> Ints:
        """Rows of the map's arcs that run from one power's land to another's."""
        return self._ground.border(own, other)

    def touch(self, own: int, other: int) -> bool:
        """Whether two powers have a land border."""
        return other in self._ground.touching[own]

    def between(self, own: int, other: int) -> list[int]:
        """Powers whose land lies between two others: neighbours of both."""
        nobody, touching = len(self.atlas.powers), self._ground.touching
        return sorted(touching[own] & touching[other] - {own, other, nobody})

    def ground(self, defenders: tuple[int, ...], attacker: int) -> float:
        """Worth of the defenders' works and terrain along their border with an attacker, as a factor of force."""
        return self._ground.worth(defenders, attacker)

    def centre(self, rows: Ints) -> tuple[float, float]:
        """Longitude and latitude of the middle of a stretch of border."""
        start = self.atlas.arcs[0][rows]
        return float(self.atlas.lon[start].mean()), float(self.atlas.lat[start].mean())

    # --- forces ------------------------------------------------------------------------------------------------------

    @cached_property
    def _worth(self) -> Floats:
        """Division-equivalents of every formation at full readiness, arms and quality of its power included, (n,)."""
        f, e, c = self.world.forces, self.rulebook.estimate, self.rulebook.combat
        powers = len(self.atlas.powers)
        counted = f.is_land & (f.status <= Status.ACTIVE)
        men = np.bincount(f.power[counted], weights=f.establishment_men[counted], minlength=powers)
        arms = np.zeros(powers)
        for column, weight in ((f.tanks, c.tank), (f.guns, c.gun)):
            held = np.bincount(f.power[counted], weights=column[counted], minlength=powers)
            density = 1000.0 * held / np.maximum(men, 1.0)
            arms += weight * exact.log((density + c.density_scale) / c.density_scale)
        worth: Floats = np.where(
            counted,
            f.establishment_men / e.division_men * (f.quality / e.average_quality) * exact.exp(arms)[f.power],
            0.0,
        )
        return worth

    @cached_property
    def aircraft(self) -> Floats:
        """Aircraft by power."""
        f = self.world.forces
        flying = f.status <= Status.ACTIVE
        return np.bincount(f.power[flying], weights=f.aircraft[flying], minlength=len(self.atlas.powers)).astype(
            np.float64
        )

    def force(self, power: int, days: float, at: tuple[float, float] | None = None) -> float:
        """What a power can have in hand after so many days of mobilisation, or at a place by road and rail."""
        key = (power, days, at)
        if key not in self._forces:
            self._forces[key] = self._force(power, days, at)
        return self._forces[key]

    def _force(self, power: int, days: float, at: tuple[float, float] | None) -> float:
        army, e = self._army(power), self.rulebook.estimate
        ready = np.minimum(1.0, army.readiness + army.per_day * days)
        ready = np.where(army.arrives > self.world.hour + days * 24.0, 0.0, ready)
        if at is not None:
            east = (army.lon - at[0]) * 111.2 * _cosine(at[1])
            north = (army.lat - at[1]) * 111.2
            km = e.winding * np.sqrt(east * east + north * north)
            late = e.boarding_days + km / self.rulebook.rail.km_per_day
            share = 1.0 - (late - days) / self.rulebook.deterrence.reference_days
            ready = ready * np.minimum(np.maximum(share, 0.0), 1.0)
        return float((army.worth * ready).sum())

    def _army(self, power: int) -> _Army:
        """The columns of a power's land formations that an estimate reads."""
        if power not in self._armies:
            f = self.world.forces
            rows = f.land_rows(power)
            place = f.province[rows]
            self._armies[power] = _Army(
                self._worth[rows], f.readiness[rows], f.ready_per_day[rows], f.arrives[rows],
                self.atlas.lon[place], self.atlas.lat[place],
            )  # fmt: skip
        return self._armies[power]

    def air_factor(self, own: int, other: int) -> float:
        """Worth of air superiority of one power over another, as a factor of force."""
        a, b = float(self.aircraft[own]), float(self.aircraft[other])
        edge = (a - b) / (a + b) if a + b > 0 else 0.0
        return exact.exp1(self.rulebook.combat.air * edge)


@dataclass(frozen=True, slots=True)
class _Army:
    """A power's land formations as columns."""

    worth: Floats  # division-equivalents at full readiness
    readiness: Floats
    per_day: Floats
    arrives: Ints
    lon: Floats
    lat: Floats


class _Ground:
    """The borders of one distribution of land, with the works of one time; worked out as far as it is asked for."""

    def __init__(self, atlas: Atlas, rulebook: Rulebook, held: Ints, hour: int) -> None:
        self.atlas, self.rulebook, self.held, self.hour = atlas, rulebook, held, hour
        self._borders: dict[tuple[int, int], Ints] = {}
        self._worth: dict[tuple[tuple[int, ...], int], float] = {}

    def border(self, own: int, other: int) -> Ints:
        """See `Staffs.border`."""
        if (own, other) not in self._borders:
            start, end, _ = self.atlas.arcs
            self._borders[own, other] = ((self.held[start] == own) & (self.held[end] == other)).nonzero()[0]
        return self._borders[own, other]

    @cached_property
    def touching(self) -> list[set[int]]:
        """By power, the powers on the other side of its land borders; itself among them."""
        start, end, _ = self.atlas.arcs
        held, n = self.held, len(self.atlas.powers) + 1  # the last for nobody
        pairs = np.unique((held[start] % n) * n + held[end] % n)
        found: list[set[int]] = [set() for _ in range(n)]
        for own, other in zip((pairs // n).tolist(), (pairs % n).tolist(), strict=True):
            found[own].add(other)
        return found

    def worth(self, defenders: tuple[int, ...], attacker: int) -> float:
        """See `Staffs.ground`."""
        if (defenders, attacker) not in self._worth:
            rows = np.concatenate([self.border(d, attacker) for d in defenders])
            self._worth[defenders, attacker] = self._worth_of(rows)
        return self._worth[defenders, attacker]

    def _worth_of(self, rows: Ints) -> float:
        if not len(rows):
            return 1.0
        start, end, index = (a[rows] for a in self.atlas.arcs)
        km, c = self.atlas.borders.shared_km[index], self.rulebook.combat
        works = np.array([
            self.atlas.fort_strength(p, q, self.hour) for p, q in zip(start.tolist(), end.tolist(), strict=True)
        ])  # fmt: skip
        terms = np.array([getattr(c, TERRAIN_TERMS[t]) if t in TERRAIN_TERMS else 0.0 for t in TERRAINS])
        rivers = np.array([0.0, *(getattr(c, name) for name in CROSSINGS)])
        x = c.fortified * works + terms[self.atlas.terrain[start]] + rivers[self.atlas.borders.crossing[index]]
        return exact.exp1(float((x * km).sum() / km.sum()))


@remembered
def _grounds(atlas: Atlas, rulebook: Rulebook) -> dict[tuple[bytes, int], _Ground]:
    return {}


def _cosine(degrees: float) -> float:
    """Cosine of a latitude to 1e-4, exactly specified (Taylor series)."""
    x = degrees * 0.017453292519943295
    x2 = x * x
    return 1.0 - x2 / 2.0 + x2 * x2 / 24.0 - x2 * x2 * x2 / 720.0 + x2 * x2 * x2 * x2 / 40320.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A decider's estimate of one attack: the balance of forces and who may come."""

    balance: Balance
    interveners: tuple[Intervener, ...]
    potential: float  # long-war potential already against the decider, over its own
    later: Balance  # the same a year on, by the programmes of both armies as they are known
    in_hand: float  # division-equivalents of the decider and its friends, ready within the warning
    border: bool  # whether it or a friend has a land border with the target


def picture(
    staffs: Staffs,
    polity: Polity,
    decider: str,
    target: str,
    *,
    warning_days: float,
    interveners: Mapping[str, Intervener],
    hostile: Mapping[str, float],
    friends: tuple[str, ...] = (),
    undefended: bool = False,
    by_sea: bool = False,
    surprise: float = 0.0,
    through: tuple[str, ...] = (),
    off_season: bool = False,
) -> Picture:
    """The estimate of an attack of one power on another.

    ``warning_days``: days of mobilisation on both sides before the first shot; ``interveners``: what politics says of
    each (treaty, interest, reputation ...), to which this adds forces, access and days; ``hostile``: the long-war
    potential of powers already at war with the decider (the target left out); ``friends``: powers that fight beside
    it; ``undefended``: nobody stands in the way, and the target is one of those who may come; ``by_sea``: it has to
    cross water; ``surprise``: steps of it; ``through``: powers on the way, who will fight beside the target behind
    their own works instead of its; ``off_season``: mud or snow, short days, and little flying.
    """
    atlas, e = staffs.atlas, staffs.rulebook.estimate
    a, t = atlas.power_number[decider], atlas.power_number[target]
    others = tuple(atlas.power_number[p] for p in through)
    way = tuple(p for p in others if staffs.touch(p, a)) or (t,)
    front = np.concatenate([staffs.border(p, a) for p in way])
    place = staffs.centre(front) if len(front) else None
    own = staffs.force(a, warning_days) + sum(staffs.force(atlas.power_number[x], warning_days) for x in friends)
    defence = _defence(staffs, polity, decider, target, warning_days, others, way, place, surprise)
    defence = e.nobody if undefended else defence
    air = staffs.air_factor(a, t)
    come, rear = [], 0.0
    chances = deterrence.credibility(list(interveners.values()), staffs.rulebook, 0.0)
    treaties = polity.in_force(staffs.world.hour)
    for (name, j), p in zip(interveners.items(), chances.tolist(), strict=True):
        sent = _sent(staffs, polity, treaties, name, decider, target, j, warning_days)
        come.append(sent)
        if not sent.beside_target:
            rear += p * sent.force
    cover = min(e.cover_most, max(e.cover_least, e.cover_margin * rear / max(own, 1e-6)))
    facing = [atlas.power_number[j.power] for j in come if _on_a_border_of_its_own(atlas, j)]
    works = max([staffs.ground((a,), p) for p in facing], default=1.0)
    afloat = place is None or by_sea
    crossing = e.overseas * _sea_control(staffs, decider, target, hostile) if afloat else 1.0
    edge = (1.0 - cover) * air * crossing * (e.off_season if off_season else 1.0)
    grown = staffs.force(a, warning_days + YEAR) / max(staffs.force(a, warning_days), 1e-6)
    match = staffs.force(t, warning_days + YEAR) / max(staffs.force(t, warning_days), 1e-6)
    return Picture(
        Balance(own * edge, own * cover * works, max(defence, 0.05)),
        tuple(come),
        sum(hostile.values()),
        Balance(own * grown * edge, own * grown * cover * works, max(defence * match, 0.05)),
        own,
        place is not None or any(staffs.touch(atlas.power_number[x], t) for x in friends) or undefended,
    )


def _defence(
    staffs: Staffs, polity: Polity, decider: str, target: str, warning_days: float, others: tuple[int, ...],
    way: tuple[int, ...], place: tuple[float, float] | None, surprise: float,
) -> float:  # fmt: skip
    """Division-equivalents with which a target, and ``others`` on the ``way`` to it, seem to meet an attack."""
    e, a, t = staffs.rulebook.estimate, staffs.atlas.power_number[decider], staffs.atlas.power_number[target]
    esteem = polity.esteem.get(f"{decider}>{target}", 1.0) * (1.0 + e.alarmed * _worry(staffs, polity, decider, target))
    met = staffs.force(t, warning_days * e.target_awake, place) * esteem
    met += sum(staffs.force(p, warning_days * e.target_awake, place) for p in others)
    met *= staffs.ground(way, a)
    rule = polity.governments[target].policy.repression if target in polity.governments else 0.0
    return met * (e.initiative * (1.0 - e.unseen * rule) * max(0.0, 1.0 - e.surprise * surprise))


def _worry(staffs: Staffs, polity: Polity, decider: str, target: str) -> float:
    """How far a decider fears its target, 0..1, as much of it as its caution lets through; the bold see no ghosts."""
    felt, government = polity.alarm.get(f"{decider}>{target}"), polity.governments.get(decider)
    if felt is None or government is None:
        return 0.0
    fear = felt.at(staffs.world.hour, staffs.rulebook.reputation.half_life_years)
    return fear * max(0.0, -government.policy.risk)


def _sea_control(staffs: Staffs, decider: str, target: str, hostile: Mapping[str, float]) -> float:
    """Share of a crossing that gets through: own warship tonnage over all that may meet it, 0..1."""
    fleets, hour, e = staffs.fleets, staffs.world.hour, staffs.rulebook.estimate
    own = tonnage(fleets, decider, hour)
    met = tonnage(fleets, target, hour) + e.fleet_near * sum(tonnage(fleets, p, hour) for p in hostile)
    return own / (own + met) if own > 0 else (1.0 if not fleets else 0.0)


def tonnage(fleets: Mapping[str, tuple[tuple[int, float], ...]], power: str, hour: int) -> float:
    """Displacement of a power's warships in service at an hour, thousand tons."""
    return sum(tons for begins, tons in fleets.get(power, ()) if begins <= hour)


def _on_a_border_of_its_own(atlas: Atlas, j: Intervener) -> bool:
    return not j.beside_target and j.power in atlas.power_number


def _sent(
    staffs: Staffs, polity: Polity, in_force: list[Treaty], name: str, decider: str, target: str, j: Intervener,
    warning: float,
) -> Intervener:  # fmt: skip
    """What a power would send, where, and how late."""
    atlas, e = staffs.atlas, staffs.rulebook.estimate
    k, a, t = (atlas.power_number.get(x, -1) for x in (name, decider, target))
    potential = 0.0 if j.at_war else _potential(polity, name, decider)  # of those at war it is counted already
    if k < 0:
        return _with(j, force=0.0, days=180.0, potential=potential)
    esteem = polity.esteem.get(f"{decider}>{name}", 1.0)
    bound = max(
        (x.honour for x in in_force if x.kind == "convention" and name in x.parties and _covers(x, target)), default=0.0
    )
    if staffs.touch(k, a):
        place = staffs.centre(staffs.border(k, a))
        share = e.offensive_unbound + (e.offensive_bound - e.offensive_unbound) * bound
        force = staffs.force(k, e.main_effort_days, place) * share * esteem * staffs.air_factor(k, a)
        return _with(j, force=force, days=e.main_effort_days - min(warning, 10.0) * 0.5, potential=potential)
    if staffs.touch(k, t):
        open_ = _lets_through(in_force, target, name)
        access = e.transit_granted if open_ else e.transit_refused
    else:
        hosts = [h for h in staffs.between(k, t) if _lets_through(in_force, atlas.powers[h], name)]
        if not hosts and not staffs.between(k, t):
            return _with(
                j, force=staffs.force(k, e.overseas_days) * e.overseas, days=e.overseas_days, potential=potential
            )
        access = e.transit_granted if hosts else e.transit_far
    front = staffs.centre(staffs.border(t, a)) if staffs.touch(t, a) else None
    force = staffs.force(k, e.main_effort_days, front) * access * esteem * (e.unplanned + (1.0 - e.unplanned) * bound)
    return _with(j, force=force, days=e.main_effort_days, beside_target=True, potential=potential)


def _with(j: Intervener, *, force: float, days: float, potential: float, beside_target: bool = False) -> Intervener:
    return Intervener(
        j.power, j.treaty, j.interest, j.backdowns, j.signal, j.paralysis, j.neutral, j.at_war, j.first,
        force, days, beside_target, potential, j.alone, j.pledge,
    )  # fmt: skip


def _covers(treaty: Treaty, target: str) -> bool:
    return target in (treaty.protects or treaty.parties)


def _lets_through(treaties: list[Treaty], host: str, guest: str) -> bool:
    """Whether a host has agreed to let a guest's troops through."""
    return any(t.kind == "transit" and t.parties and t.parties[0] == host and guest in t.parties[1:] for t in treaties)


def _potential(polity: Polity, name: str, decider: str) -> float:
    """Long-war potential of one power over another, 0 if nothing is known of either."""
    one, other = polity.economies.get(name), polity.economies.get(decider)
    return diplomacy.potential(other, one) if one is not None and other is not None else 0.0
