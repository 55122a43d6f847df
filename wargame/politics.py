"""The political state: governments, economies, treaties, reputations and crises, as `wargame.world.World` holds it.

Small frozen things keyed by id. They change only through events; the chapters of `wargame.rules` compute what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from wargame import exact


@dataclass(frozen=True, slots=True)
class Policy:
    """What a government wants, as numbers from -1 to 1 or from 0 to 1; 0 where a column does not concern a power."""

    agriculture: float = 0.0  # -1 market relations with the peasants, +1 forced collectivisation
    tempo: float = 0.0  # 0..1, share of investment forced into producer goods
    repression: float = 0.0  # 0..1
    purge: float = 0.0  # 0..1, of the party and the officer corps
    comintern: float = 0.0  # -1 united front, +1 class against class
    foreign: float = 0.0  # -1 with the revisionists, 0 aloof, +1 collective security
    rearmament: float = 0.0  # 0..1, share of the armaments its means allow that it wants
    revisionism: float = 0.0  # 0..1, how far it would change borders by force
    risk: float = 0.0  # -1 cautious, +1 reckless
    firmness: float = 0.0  # -1 would pay for peace, +1 would fight for its word


@dataclass(frozen=True, slots=True)
class Government:
    """Who rules a power. ``grip`` 0..1: how safe the head sits; ``paralysis`` 0..1: how far home affairs bind it."""

    power: str
    regime: str  # bolshevik, national_socialist, authoritarian_right, fascist, republic, democracy, monarchy, ...
    head: str
    faction: str = ""
    grip: float = 1.0
    paralysis: float = 0.0
    policy: Policy = field(default_factory=Policy)
    since: int = 0
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Economy:
    """A power's means in one year. ``strain`` 0..1: foreign exchange, labour and raw materials over-taxed."""

    power: str
    year: int
    gdp: float  # milliard 1990 international dollars
    population: float  # million
    steel: float  # million tonnes a year
    military_share: float  # of GDP, 0..1
    strain: float = 0.0
    arms_points: float = 0.0  # made since the opening; 100 = the equipment of one infantry division of 1939
    tanks: float = 0.0  # made since the opening
    guns: float = 0.0
    aircraft: float = 0.0
    warships: float = 0.0  # thousand tonnes
    spending: float = 0.0  # military spending that reaches the factories, milliard dollars a year
    conquered: float = 0.0  # output of conquered lands that it can use, milliard dollars a year
    capital_producer: float = 0.0  # milliard dollars, of a planned economy; 0 where GDP follows a trend
    capital_consumer: float = 0.0
    works: float = 0.0  # milliard dollars in unfinished building
    town: float = 0.0  # million people
    farm: float = 0.0  # harvest of an ordinary year, 1 = on the first day of the plan
    collective: float = 0.0  # share of farms
    disorder: float = 0.0  # share of output lost by upheaval
    lives_lost: float = 0.0  # million, by famine and repression, since the first day of the plan
    lost: float = 0.0  # share of its own land that is in the hands of others than its friends
    peril: float = 0.0  # hazard of a collapse gathered since the last one
    breaks: int = 0  # times it has collapsed
    behind: int = 0  # hours by which its army's programme runs behind history's; negative: ahead
    reached: int = 0  # hour of history's programme up to which its formations had been re-formed then
    hour: int = 0  # when all this was reckoned
    entry: int = 0

    @property
    def disposable(self) -> float:
        """Output it disposes of: its own, less that of land lost, and what it can use of conquered lands."""
        return self.gdp * (1.0 - self.lost) + self.conquered


class Kind(StrEnum):
    """What a treaty obliges to."""

    DEFENCE = "defence"
    GUARANTEE = "guarantee"
    NEUTRALITY = "neutrality"
    NON_AGGRESSION = "non_aggression"
    CONSULTATION = "consultation"
    CONVENTION = "convention"  # military convention or staff talks: makes a defence treaty executable
    TRANSIT = "transit"  # the first party lets the others' troops through
    ALIGNMENT = "alignment"  # entente without obligation
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class Treaty:
    """One clause between ``parties``. One treaty on paper may be several of these.

    ``protects``: who is helped (empty: every party); ``against``: whose attack counts (empty: anybody's);
    ``first``: a power that must move first; ``honour``: how binding its text is, 0..1.
    """

    id: str
    kind: Kind
    parties: tuple[str, ...]
    protects: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    first: str = ""
    honour: float = 1.0
    began: int = 0
    ends: int = 0  # 0 = open
    entry: int = 0

    def is_in_force(self, hour: int) -> bool:
        """Whether it binds anybody at an hour."""
        return self.began <= hour and (not self.ends or hour < self.ends)


@dataclass(frozen=True, slots=True)
class Talks:
    """A negotiation in progress. ``stage`` counts the rounds held; ``price`` is what the last offer asked."""

    id: str
    parties: tuple[str, ...]
    stage: int = 0
    began: int = 0
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Crisis:
    """An operation that somebody wants.

    ``stage``: wanted, incapable, preparing, ordered (forces gather), halted, launched, settled, lapsed. ``refusals``:
    decision points in which it was wanted, possible and yet not ordered.
    """

    operation: str
    stage: str = "wanted"
    window: int = 0  # number of the window, for the latent draws
    refusals: int = 0
    probability: float = 0.0  # P(launch) at the last decision point
    credibility: tuple[tuple[str, float], ...] = ()  # of each possible intervener, as the decider last saw it
    ordered: int = 0  # hour for which it is set
    since: int = 0  # hour since when it is being prepared
    orders: int = 0  # times it has been ordered in this window
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What one power has proposed to others: a treaty of a kind, ``settlement`` (zones for peace) or ``peace``.

    ``agreed``: the parties that have said yes; the first of them proposed it. ``zones`` would pass to the first party.
    """

    id: str
    form: str
    parties: tuple[str, ...]
    agreed: tuple[str, ...]
    protects: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    ends: int = 0  # hour at which the treaty would run out, 0 = open
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation drawn up in the course of play, or, for one of the scenario's, its axes as changed in play.

    ``axes``: orders to attack in their written form; ``main``: headquarters of the main effort.
    """

    operation: str
    name: str
    power: str
    target: str
    war: str
    objectives: tuple[str, ...]
    claims: tuple[str, ...] = ()  # zones that pass to the power if it succeeds
    by_sea: bool = False
    unopposed: bool = False
    axes: tuple[str, ...] = ()
    main: tuple[str, ...] = ()
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a power's word is worth: acts remembered, as they were at ``hour``; they fade from then on."""

    backdowns: float = 0.0
    stands: float = 0.0  # times it fought or mobilised for its word
    aggressions: float = 0.0
    hour: int = 0

    def at(self, hour: int, half_life_years: float) -> Standing:
        """What is left of it at a later hour."""
        left = faded(hour - self.hour, half_life_years)
        return Standing(self.backdowns * left, self.stands * left, self.aggressions * left, hour)


@dataclass(frozen=True, slots=True)
class Memory:
    """A feeling as it was at ``hour``; it fades from then on."""

    value: float
    hour: int

    def at(self, hour: int, half_life_years: float) -> float:
        """What is left of it at a later hour."""
        return self.value * faded(hour - self.hour, half_life_years)


def faded(hours: float, half_life_years: float) -> float:
    """Share left of a memory after so many hours."""
    if hours <= 0:
        return 1.0
    return exact.power1(0.5, hours / (24.0 * DAYS_A_YEAR * half_life_years))


DAYS_A_YEAR = 365.25


@dataclass(frozen=True, eq=False)
class Tables:
    """The political tables of a scenario, as rows by table; see `wargame.load.politics`."""

    rows: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> tuple[dict[str, Any], ...]:
        return self.rows.get(name, ())


@dataclass
class Polity:
    """Everything political that matters tomorrow. Pairs are keyed ``A>B``: what A feels or does about B."""

    governments: dict[str, Government] = field(default_factory=dict)
    economies: dict[str, Economy] = field(default_factory=dict)
    treaties: dict[str, Treaty] = field(default_factory=dict)
    talks: dict[str, Talks] = field(default_factory=dict)
    crises: dict[str, Crisis] = field(default_factory=dict)
    standing: dict[str, Standing] = field(default_factory=dict)
    interests: dict[str, float] = field(default_factory=dict)  # A>B: what B's fate matters to A, 0..2
    alarm: dict[str, Memory] = field(default_factory=dict)  # A>B: how far A fears B, 0..1
    esteem: dict[str, float] = field(default_factory=dict)  # A>B: what A thinks B's army worth, over its true worth
    signals: dict[str, Memory] = field(default_factory=dict)  # A>B: costly signals of A for B
    parted: dict[str, int] = field(default_factory=dict)  # power -> hour from which its leaders go another way
    dealings: dict[str, float] = field(default_factory=dict)  # A>B: -1 A withholds all trade, 1 A arms B, 0 as usual
    broken_off: dict[str, int] = field(default_factory=dict)  # talks -> hour at which they failed last
    offers: dict[str, Offer] = field(default_factory=dict)  # not answered yet
    drafts: dict[str, Draft] = field(default_factory=dict)  # operations drawn up in play

    def copy(self) -> Polity:
        """A copy with tables of its own; what they hold is frozen."""
        return Polity(**{f.name: dict(getattr(self, f.name)) for f in fields(self)})

    def in_force(self, hour: int) -> list[Treaty]:
        """Treaties in force at an hour, by id."""
        return [t for _, t in sorted(self.treaties.items()) if t.is_in_force(hour)]

    def plain(self) -> dict[str, Any]:
        """The tables as plain data, for saving."""
        whole: dict[str, Any] = asdict(self)
        return whole

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Polity:
        """The tables that `plain` gave; `KeyError` or `TypeError` for anything else."""
        return cls(**{f.name: {k: _made(f.name, v) for k, v in data[f.name].items()} for f in fields(cls)})


_ENTRIES: dict[str, Any] = {
    "governments": Government, "economies": Economy, "treaties": Treaty, "talks": Talks, "crises": Crisis,
    "standing": Standing, "alarm": Memory, "signals": Memory, "offers": Offer, "drafts": Draft,
}  # fmt: skip


def _made(table: str, value: Any) -> Any:
    if table not in _ENTRIES:
        return value
    values = {k: _frozen(v) for k, v in value.items()}
    if table == "governments":
        values["policy"] = Policy(**value["policy"])
    elif table == "treaties":
        values["kind"] = Kind(value["kind"])
    return _ENTRIES[table](**values)


def _frozen(value: Any) -> Any:
    """Lists as tuples, also inside lists."""
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
