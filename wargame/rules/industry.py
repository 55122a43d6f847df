"""What powers produce and what it costs them: growth, armaments, strain, and people lost by policy.

A power follows history's line as long as it does what history did; what it does otherwise moves it off the line. Where
the state plans, a model of two sectors and a countryside (after Feldman and Allen 2003) says how far. Lines, sectors,
output and dependence are data; nothing here throws dice.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wargame import dates, exact
from wargame.politics import DAYS_A_YEAR, Economy, Government, Policy
from wargame.rulebook import Rulebook

Row = Mapping[str, Any]

WEAPONS = ("tanks", "guns", "aircraft", "warships")
MONTHS = 12
YEAR = dates.DAY * DAYS_A_YEAR
MONTH = YEAR / MONTHS
SEASON = 3  # months at most that are taken in one step where nothing is planned
QUIET = Policy()


@dataclass(frozen=True, slots=True)
class Sectors:
    """Where a planned economy stood on its first day, as its row of the table of sectors has it.

    ``producer`` and ``farm`` are shares of output, capital is in years of each sector's output, ``works`` in years of
    its investment, ``town`` in millions, ``collective`` a share of farms, ``share`` the military share that is usual.
    """

    begins: int
    producer: float
    farm: float
    capital_producer: float
    capital_consumer: float
    works: float
    town: float
    collective: float
    gdp: float
    population: float
    share: float


@dataclass(frozen=True, slots=True)
class Trend:
    """History's line of one power at an hour: levels and rates a year, and what its history had made until then."""

    hour: int
    gdp: float
    population: float
    steel: float
    military_share: float
    rearmament: float = 0.0
    war: bool = False
    slack: float = 0.0  # output below the best of some years before, 0..1
    spending: float = 0.0  # milliard dollars a year that reach the factories
    model_gdp: float = 0.0  # of the model of two sectors under history's policy; 0 without one
    model_steel: float = 0.0
    lives_lost: float = 0.0  # million since the sectors' first day
    output: Mapping[str, float] = field(default_factory=dict)  # weapons a year
    base: Sectors | None = None
    arms_points: float = 0.0  # made since the line begins


@dataclass(frozen=True, slots=True)
class Needs:
    """What a power lacks. ``dependence``: on imports for war; ``seaborne``: share of them that comes by sea; 0..1."""

    dependence: float = 0.5
    seaborne: float = 0.5


# --- a month of an economy -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outside:
    """What the world does to an economy.

    ``conquest``: GDP of lands it holds by force, milliard dollars; ``lost``: share of its own land in enemy hands;
    ``trade``, ``squeeze``, ``blockade`` 0..1 (`wargame.rules.leverage`); ``war``: it fights for all it has
    (`total_war`); ``shock``: output gained or lost beside history's line, share a year; ``arms``: got from others on
    credit, less what is given to others, milliard dollars a year.
    """

    conquest: float = 0.0
    lost: float = 0.0
    trade: float = 0.0
    squeeze: float = 0.0
    blockade: float = 0.0
    war: bool = False
    shock: float = 0.0
    arms: float = 0.0


def step(
    economy: Economy, policy: Policy, months: float, *, trend: tuple[Trend, Trend], rulebook: Rulebook,
    needs: Needs | None = None, outside: Outside | None = None,
) -> Economy:  # fmt: skip
    """An economy so many months later; ``trend`` is history's line at both ends."""
    before, after = trend
    pieces = max(1, math.ceil(months / (SEASON if after.base is None else 1)))
    years = months / pieces / MONTHS
    now = before
    for k in range(pieces):
        then = between(before, after, (k + 1) / pieces)
        then = then if then is after else replace(then, rearmament=after.rearmament)
        economy = _piece(economy, policy, years, now, then, rulebook, needs or Needs(), outside or Outside())
        now = then
    return economy


def _piece(
    e: Economy, policy: Policy, years: float, now: Trend, then: Trend, rulebook: Rulebook, needs: Needs, out: Outside
) -> Economy:
    """A month or less."""
    if then.base is not None and e.capital_producer <= 0:
        e = first_day(e, then.base)
    share = _share(e, policy, years, now, then, out.war, rulebook)
    built = planned(e, policy, years, share, then.base, rulebook)
    gdp, steel = _grown(e, built, now, then, rulebook)
    gdp *= 1.0 + out.shock * years
    changed = _armed(e, gdp, share, years, then.slack, rulebook, needs, out)
    rates = _rate(e.spending, now), _rate(changed["spending"], then)
    return replace(
        built, year=dates.to_datetime(then.hour).year, gdp=gdp, steel=steel, military_share=share,
        population=max(0.0, then.population - (built.lives_lost - then.lives_lost)),
        **changed, **_weapons(e, years, rates, (now, then)),
    )  # fmt: skip


def _rate(spending: float, line: Trend) -> float:
    """How much a power's factories make over what they made in history."""
    return spending / line.spending if line.spending > 0 else 0.0


def _weapons(e: Economy, years: float, rates: tuple[float, float], ends: tuple[Trend, Trend]) -> dict[str, Any]:
    """What a power has made since the opening, with so long a time more at the mean of its two ends."""
    half = [(0.5 * years * r, t.output) for r, t in zip(rates, ends, strict=True)]
    return {w: getattr(e, w) + sum(part * made.get(w, 0.0) for part, made in half) for w in WEAPONS}


def _armed(
    e: Economy, gdp: float, share: float, years: float, slack: float, rulebook: Rulebook, needs: Needs, out: Outside
) -> dict[str, Any]:
    """What conquests, strain and the factories come to when output and military share have become these."""
    rules = rulebook.industry
    conquered = e.conquered + _towards(e.conquered, rules.conquest_usable * out.conquest, years, rules.conquest_years)
    rise = (share - e.military_share) / years if years > 0 else 0.0
    aim = _strain(share, conquered / gdp if gdp > 0 else 0.0, rulebook, needs, out, rise, slack)
    felt = e.strain + _towards(e.strain, aim, years, rules.strain_years)
    missing = rules.strain_drag * felt + rules.squeeze_arms * needs.dependence * _cut(needs, out)
    means = max(0.0, share * (gdp * (1.0 - out.lost) + conquered) * max(0.0, 1.0 - missing) + out.arms)
    spending = e.spending + _towards(e.spending, means, years, rules.arms_years)
    points = e.arms_points + years * 0.5 * (e.spending + spending) * rules.arms_points
    return {"conquered": conquered, "strain": felt, "spending": spending, "arms_points": points}


def _grown(e: Economy, built: Economy, now: Trend, then: Trend, rulebook: Rulebook) -> tuple[float, float]:
    """GDP and steel along history's line, moved by what the plan makes of it that history's did not.

    What befell history beside the model befalls a path as far as it is near history's.
    """
    befell = then.gdp / now.gdp, then.steel / now.steel if now.steel > 0 else 1.0
    if then.base is None or now.model_gdp <= 0 or then.model_gdp <= 0:
        return e.gdp * befell[0], e.steel * befell[1]
    was, made = output(e, then.base), output(built, then.base)
    grown = made.gdp / was.gdp, made.producer / was.producer
    modelled = then.model_gdp / now.model_gdp, then.model_steel / now.model_steel
    near = _near(made.gdp / then.model_gdp, rulebook), _near(made.producer / then.model_steel, rulebook)
    return (
        e.gdp * grown[0] * (1.0 + near[0] * (befell[0] / modelled[0] - 1.0)),
        e.steel * grown[1] * (1.0 + near[1] * (befell[1] / modelled[1] - 1.0)),
    )


def _near(ratio: float, rulebook: Rulebook) -> float:
    """How far a path shares what befell history: wholly where its output is the same, else what is common to all."""
    rules = rulebook.industry
    return 1.0 - (1.0 - rules.line_common) * min(1.0, abs(ratio - 1.0) / rules.line_far)


def _towards(value: float, aim: float, years: float, lag: float) -> float:
    """The way a value goes in so many years to what it lags behind."""
    return (aim - value) * min(1.0, years / (lag + 0.5 * years))


def demand(rearmament: float, war: bool, rulebook: Rulebook) -> float:
    """Military share of GDP of a government that wants so much of an army; in war at least a share of all it can."""
    rules = rulebook.industry
    peace = rules.share_least + rules.share_full * rearmament * math.sqrt(max(0.0, rearmament))
    return max(peace, rules.share_war * (rules.war_floor + (1.0 - rules.war_floor) * rearmament)) if war else peace


def driven(policy: Policy, fear: float, paralysis: float, rulebook: Rulebook) -> Policy:
    """The policy of a government that arms for fear of another, 0..1, if it would not of its own will."""
    urge = min(1.0, rulebook.industry.fear_arms * fear * (1.0 - paralysis))
    return policy if urge <= policy.rearmament else replace(policy, rearmament=urge)


def total_war(own: float, foes: float, rulebook: Rulebook) -> bool:
    """Whether a war takes all a power has: the GDP of those it fights is a part of its own that counts."""
    return foes > 0 and foes >= rulebook.industry.war_foes * own


def _share(e: Economy, policy: Policy, years: float, now: Trend, then: Trend, war: bool, rulebook: Rulebook) -> float:
    """The military share: history's, in proportion to what this government wants over what history's wanted."""
    rules = rulebook.industry
    aim = demand(policy.rearmament, war, rulebook) / demand(then.rearmament, then.war and war, rulebook)
    before, after = (_line_share(line, war, rulebook) for line in (now, then))
    if before <= 0 or after <= 0:
        return e.military_share
    ratio = e.military_share / before
    ratio += _towards(ratio, aim, years, rules.share_years)
    return min(rules.share_most, ratio * after)


def _line_share(line: Trend, war: bool, rulebook: Rulebook) -> float:
    """History's military share; for a power at peace while history was at war, what it would have been in peace."""
    if not line.war or war:
        return line.military_share
    peace, fought = (demand(line.rearmament, w, rulebook) for w in (False, True))
    return line.military_share * peace / fought


# --- two sectors and a countryside -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Output:
    """A year's output by sector, milliard dollars; steel goes with producer goods."""

    producer: float
    consumer: float
    farm: float

    @property
    def gdp(self) -> float:
        """All of it together."""
        return self.producer + self.consumer + self.farm


def first_day(economy: Economy, base: Sectors) -> Economy:
    """An economy with its sectors as they were on their first day."""
    producer = base.producer * base.gdp
    consumer = (1.0 - base.producer - base.farm) * base.gdp
    return replace(
        economy, capital_producer=base.capital_producer * producer, capital_consumer=base.capital_consumer * consumer,
        works=base.works * producer, town=base.town, farm=1.0, collective=base.collective, disorder=0.0, lives_lost=0.0,
    )  # fmt: skip


def output(e: Economy, base: Sectors) -> Output:
    """What the sectors make: goods by the root of capital and townsfolk alike, harvests by what has become of farms."""
    producer = base.producer * base.gdp
    consumer = (1.0 - base.producer - base.farm) * base.gdp
    order = 1.0 - e.disorder
    machines = e.capital_producer / (base.capital_producer * producer)
    shops = e.capital_consumer / (base.capital_consumer * consumer)
    town = e.town / base.town
    return Output(
        producer * math.sqrt(machines * town) * order,
        consumer * math.sqrt(shops * town) * (1.0 - 0.5 * e.disorder),
        base.farm * base.gdp * e.farm,
    )


def marketed(e: Economy, made: Output, base: Sectors, rulebook: Rulebook) -> float:
    """Share of the harvest that leaves the village: the more there is to buy, or what collectives are made to give."""
    rules = rulebook.industry
    terms = (made.consumer / made.farm) / ((1.0 - base.producer - base.farm) / base.farm)
    free = rules.marketed * math.sqrt(terms)
    return free + (rules.marketed_forced - free) * e.collective


def planned(
    e: Economy, policy: Policy, years: float, share: float, base: Sectors | None, rulebook: Rulebook
) -> Economy:
    """The sectors so much of a year later under a policy and a military share: capital, farms, towns, people lost."""
    if base is None or e.capital_producer <= 0:
        return e
    half = _moved(e, course(e, policy, share, base, rulebook), 0.5 * years, rulebook)
    return _moved(e, course(half, policy, share, base, rulebook), years, rulebook)


def _moved(e: Economy, a_year: Mapping[str, float], years: float, rulebook: Rulebook) -> Economy:
    rules = rulebook.industry
    new: dict[str, Any] = {n: max(0.0, getattr(e, n) + years * change) for n, change in a_year.items()}
    new["farm"] = max(rules.farm_least, new["farm"])
    new["collective"] = min(1.0, new["collective"])
    new["disorder"] = min(0.5, new["disorder"])
    new["town"] = min(rules.town_most * new["population"], new["town"])
    return replace(e, **new)


def course(e: Economy, policy: Policy, share: float, base: Sectors, rulebook: Rulebook) -> dict[str, float]:
    """How fast the sectors change, a year, under a policy and a military share of output."""
    rules = rulebook.industry
    made = output(e, base)
    market, force = max(0.0, -policy.agriculture), max(0.0, policy.agriculture)
    arms = rules.arms_cost * max(0.0, share - base.share) * made.gdp
    invested = max(rules.investment_least * made.producer, made.producer - arms) * (1.0 - rules.market_saving * market)
    heavy = min(1.0, rules.heavy + rules.heavy_tempo * policy.tempo)
    finished = e.works / rules.building_years
    joined = rules.collectivising * force * (1.0 - e.collective)
    sold = marketed(e, made, base, rulebook)
    rural = max(0.0, e.population - e.town)
    bread = min(1.0, sold * e.farm / e.town / (rules.marketed / base.town))
    at_first = (1.0 - rules.marketed) / (base.population - base.town)
    hungry = max(0.0, rules.food_need - e.farm * (1.0 - sold) / rural / at_first) / rules.food_need if rural else 0.0
    famine = rules.famine * rural * hungry * min(1.0, policy.repression / rules.famine_force)
    terror = rules.terror * policy.purge * policy.purge + rules.camps * max(0.0, policy.repression - 0.5)
    died = famine + terror * e.population
    trouble = rules.disorder_farms * joined + rules.disorder_purge * policy.purge * policy.purge
    trouble += rules.disorder_famine * famine / e.population if e.population > 0 else 0.0
    farming = rules.farm_growth + rules.farm_recovery * max(0.0, 1.0 - e.farm) - rules.slaughter * joined
    return {
        "capital_producer": heavy * finished - rules.wear * e.capital_producer,
        "capital_consumer": (1.0 - heavy) * finished - rules.wear * e.capital_consumer,
        "works": invested - finished,
        "farm": e.farm * farming,
        "collective": joined,
        "town": e.town * rules.migration * invested / made.gdp * bread,
        "disorder": trouble - e.disorder / rules.disorder_years,
        "lives_lost": died,
        "population": -died,
    }


# --- strain ----------------------------------------------------------------------------------------------------------


def needs_of(rows: Iterable[Row], power: str) -> Needs:
    """What a power lacks, as the table of materials has it; the average of all else."""
    for r in rows:
        if r["power"] == power:
            return Needs(r["dependence"], r["seaborne"])
    return Needs()


def strain(
    economy: Economy, rulebook: Rulebook, *, needs: Needs | None = None, outside: Outside | None = None,
    rise: float = 0.0, slack: float = 0.0,
) -> float:  # fmt: skip
    """Strain 0..1 to which an economy tends: foreign exchange, labour and raw materials over-taxed.

    ``rise``: of the military share, a year; ``slack``: idle capacity, 0..1.
    """
    held = economy.conquered / economy.gdp if economy.gdp > 0 else 0.0
    return _strain(economy.military_share, held, rulebook, needs or Needs(), outside or Outside(), rise, slack)


def _strain(
    share: float, held: float, rulebook: Rulebook, needs: Needs, out: Outside, rise: float, slack: float
) -> float:
    rules = rulebook.industry
    pressure = rules.strain_burden * min(share, rules.burden_most) / rules.burden_full
    pressure += rules.strain_rise * max(0.0, rise) - rules.strain_slack * slack - rules.strain_conquest * held
    pressure += needs.dependence * (rules.strain_squeeze * _cut(needs, out) - rules.strain_trade * out.trade)
    pressure = max(0.0, pressure)
    return pressure / (1.0 + pressure)


def _cut(needs: Needs, out: Outside) -> float:
    """Share of its imports that a power does not get, by the squeeze or by the blockade, whichever cuts more."""
    return max(out.squeeze, needs.seaborne * out.blockade)


def collapse_hazard(economy: Economy, government: Government, rulebook: Rulebook, *, war: bool = False) -> float:
    """Chance a month that strain brings the economy or the government down; a firm grip and a war hold it together."""
    rules = rulebook.industry
    hazard = rules.collapse * exact.exp1(rules.collapse_slope * (economy.strain - rules.collapse_strain))
    hazard *= 1.0 - rules.collapse_grip * government.grip
    return min(1.0, max(0.0, hazard * (rules.collapse_war if war else 1.0)))


# --- armaments -------------------------------------------------------------------------------------------------------


def programme_factor(own: Economy, opening: Trend, now: Trend, what: str = "arms_points") -> float:
    """Arms made since the opening over those that history made in that time; 1 where history's are none."""
    made = getattr(now, what) - getattr(opening, what)
    return float(getattr(own, what) / made) if made > 0 else 1.0


def equipped(own: Economy, line: Line, opening: int, now: int, what: str, rulebook: Rulebook) -> float:
    """The factor for the weapons of formations that get a new establishment: 1 while about as many are made."""
    rules = rulebook.industry
    made = line.made(what, now) - line.made(what, opening)
    factor = getattr(own, what) / made if made > 0 else 1.0
    near = abs(factor - 1.0) <= rules.programme_slack
    return 1.0 if near else min(rules.programme_most, max(rules.programme_least, factor))


def behind(own: Economy, line: Line, opening: int, now: int, rulebook: Rulebook) -> int:
    """Hours, in whole months, by which a programme is behind history's at an hour; negative: ahead."""
    months = int((now - programme_hour(own, line, opening, now, rulebook)) / MONTH)
    return int(months * MONTH)


def programme_hour(own: Economy, line: Line, opening: int, now: int, rulebook: Rulebook) -> int:
    """The day of history's programme that a power has reached: when history had made as many arms points as it has.

    It never runs more than `programme_ahead` years before the calendar.
    """
    wanted = line.at(opening).arms_points + own.arms_points
    latest = now + int(rulebook.industry.programme_ahead * YEAR)
    k = bisect_right(line.points, wanted, key=lambda t: t.arms_points)
    if k == 0:
        return min(line.points[0].hour, latest)
    if k == len(line.points):
        return min(latest, line.points[-1].hour) if own.arms_points else now
    a, b = line.points[k - 1], line.points[k]
    part = (wanted - a.arms_points) / (b.arms_points - a.arms_points)
    return min(latest, int(a.hour + part * (b.hour - a.hour)))


# --- history's line --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """History's line of a power, month by month. ``states``: its economy as the rules have it on the same hours."""

    points: tuple[Trend, ...]
    states: tuple[Economy, ...]

    def at(self, hour: int) -> Trend:
        """The line at an hour between its ends; its end beyond them."""
        k = bisect_right(self.points, hour, key=lambda t: t.hour)
        if k == 0:
            return self.points[0]
        if k == len(self.points):
            return self.points[-1]
        a, b = self.points[k - 1], self.points[k]
        return between(a, b, (hour - a.hour) / (b.hour - a.hour))

    def made(self, what: str, hour: int) -> float:
        """What history had made of a weapon, or of arms points, from the line's beginning to an hour."""
        k = bisect_right(self.points, hour, key=lambda t: t.hour)
        if k == 0 or k == len(self.points):
            return float(getattr(self.states[max(0, k - 1)], what))
        a, b = self.points[k - 1].hour, self.points[k].hour
        one, other = (float(getattr(s, what)) for s in self.states[k - 1 : k + 1])
        return one + (hour - a) / (b - a) * (other - one)

    def economy(self, hour: int) -> Economy:
        """The economy with which a run opens at an hour: history's, with no arms made yet."""
        hours = [t.hour for t in self.points]
        k = max(0, bisect_right(hours, hour) - 1)
        state, now = self.states[k], self.at(hour)
        return replace(
            state, year=int(dates.iso(hour)[:4]), gdp=now.gdp, population=now.population, steel=now.steel,
            military_share=now.military_share, spending=now.spending, arms_points=0.0,
            tanks=0.0, guns=0.0, aircraft=0.0, warships=0.0,
        )  # fmt: skip


_LEVELS = (
    *("gdp", "population", "steel", "military_share", "rearmament", "slack", "spending", "model_gdp", "model_steel"),
    *("lives_lost", "arms_points"),
)


def between(a: Trend, b: Trend, part: float) -> Trend:
    """The line at a part of the way from one point to another; wars and sectors are those of the later."""
    if part >= 1.0:
        return b
    mixed = {n: getattr(a, n) + part * (getattr(b, n) - getattr(a, n)) for n in _LEVELS}
    if a.base is None and b.base is not None:  # the sectors begin between them
        mixed |= {"model_gdp": b.model_gdp, "model_steel": b.model_steel}
    made = {w: a.output.get(w, n) + part * (n - a.output.get(w, n)) for w, n in b.output.items()}
    return replace(b, hour=int(a.hour + part * (b.hour - a.hour)), output=made, **mixed)


def lived(
    e: Economy, policy: Policy, before: Trend, now: Trend, needs: Needs, out: Outside, rulebook: Rulebook
) -> Economy:
    """A month as it was: on the line by definition, with strain, arms and people lost as the rules make them."""
    years = (now.hour - before.hour) / YEAR
    changed = _armed(e, now.gdp, now.military_share, years, now.slack, rulebook, needs, out)
    return replace(
        planned(e, policy, years, now.military_share, now.base, rulebook),
        year=int(dates.iso(now.hour)[:4]), gdp=now.gdp, steel=now.steel, military_share=now.military_share,
        population=now.population, **changed, **_weapons(e, years, (1.0, 1.0), (before, now)),
    )  # fmt: skip
