"""What a scenario says: powers, wars, forces, plans, scripts, weather, overlays. Pure data, no files.

Written as TOML (see ``docs/scenario_guide.md``); read and checked by `wargame.load.scenarios`. Province, power and
formation names are ids; instants are ISO. Every model rejects unknown keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SkipValidation, WithJsonSchema

from wargame import dates
from wargame.atlas import Atlas
from wargame.politics import Tables
from wargame.rulebook import Rulebook
from wargame.world import Forces


def _to_hour(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, (str, date, datetime)):
        return dates.parse(value)
    raise ValueError("write an ISO date such as 1939-09-01 or an instant such as 1939-09-01T04:00:00")


_WRITTEN = {"type": "string", "format": "date", "description": "ISO date or instant: 1939-09-01, 1939-09-01T04:00:00"}
Hour = Annotated[int, BeforeValidator(_to_hour), WithJsonSchema(_WRITTEN)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
ZoneId = Annotated[str, Field(pattern=r"^[A-Z0-9_]+$")]
PowerCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Model(BaseModel):
    """Base of every scenario model: immutable, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Head(Model):
    """The ``[scenario]`` table."""

    id: Slug
    title: str
    summary: str = ""
    map: Slug
    opening: Hour
    ends: Hour
    edition: Slug = "standard"
    sources: tuple[str, ...] = ()


class ForceList(Model):
    """The ``[forces]`` table: names of files under ``orders_of_battle/`` without ``.csv``.

    ``standing_armies``: in a scenario with politics, every power's formations as they stand in peace on the opening
    day, and as they are raised after it; then no files need be named.
    """

    formations: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    standing_armies: bool = False
    without_purge: tuple[PowerCode, ...] = ()  # powers whose officers nobody removed


class PowerEntry(Model):
    """A ``[[powers]]`` table: a state in play."""

    id: PowerCode
    government: str = ""
    seat: Literal["automatic", "script", "table"] = "automatic"
    bases: tuple[Slug, ...] = ()  # provinces that supply its forces while held
    refuge: tuple[PowerCode, ...] = ()  # neutral neighbours into which its beaten forces may cross


class WarEntry(Model):
    """A ``[[wars]]`` table: two coalitions and the hour hostilities begin."""

    id: Slug
    attackers: tuple[PowerCode, ...]
    defenders: tuple[PowerCode, ...]
    begins: Hour
    why: str = ""


class Script(Model):
    """A ``[[script]]`` table: a decision taken by script and not by a seat; the journal says so."""

    id: Slug
    power: PowerCode
    at: Hour
    action: Literal["enter_war", "stay_quiet", "order", "evade"]
    war: Slug | None = None  # enter_war: which war
    on: Literal["attackers", "defenders"] = "attackers"  # enter_war: on which side
    orders: tuple[str, ...] = ()  # order: in the written form of `wargame.orders`
    against: tuple[PowerCode, ...] = ()  # evade: do not give battle to these
    why: str


class WeatherSpell(Model):
    """A ``[[weather]]`` table: observed weather between two dates, both included, in some climates."""

    first: Hour
    last: Hour
    climates: tuple[str, ...]
    state: Literal["clear", "rain", "mud", "snow", "frost"]
    source: str
    status: str


class Axis(Model):
    """One headquarters' line of advance: provinces in turn."""

    hq: Slug
    via: tuple[Slug, ...] = Field(min_length=1)
    main_effort: bool = False
    begins: Hour | None = None  # later than the operation, if given


class Operation(Model):
    """The ``[operation]`` table of a plan: an attack by one power on another."""

    id: Slug
    name: str
    power: PowerCode
    target: PowerCode
    war: Slug
    begins: Hour | None = None  # left out where a [design] says who decides on it
    objectives: tuple[Slug, ...] = Field(min_length=1)
    objective_share: Share = 0.75
    day_limit: int = Field(gt=0, le=3660)
    surprise: float = Field(0.0, ge=0.0, le=3.0)
    limited: bool = False  # its objectives held are success enough: the target's army need not be broken
    source: str = ""


class Line(Model):
    """A ``[[lines]]`` table: provinces held together, and where they are."""

    id: Slug
    name: str
    provinces: tuple[Slug, ...] = Field(min_length=1)


class Sector(Model):
    """A ``[[sectors]]`` table: one headquarters and the lines it holds in turn as it is forced back."""

    hq: Slug
    lines: tuple[Slug, ...] = Field(min_length=1)
    hold_to_last: bool = False


class Defence(Model):
    """The ``[defence]`` table of a plan: when to fall back, when everybody falls back, where it ends."""

    id: Slug
    name: str
    power: PowerCode
    withdraw_when_line_lost: Share = 0.34  # share of the sector's line in enemy hands
    withdraw_when_forces_lost: Share = 0.5  # share of the sector's men gone
    general_withdrawal_when_lost: Share = 0.4  # share of all first lines in enemy hands
    source: str = ""


class Design(Model):
    """The ``[design]`` table of a plan: who would want the operation, what it is worth, and what it takes.

    With a design an operation is decided upon in the course of play; without one it begins at its hour.
    """

    regimes: tuple[str, ...] = ()  # kinds of government that may want it; empty: any
    ambition: Share = 0.5  # revisionism from which a government wants it
    firmness: float = Field(-1.0, ge=-1.0, le=1.0)  # firmness from which it does; for acts in defence of the order
    value: float = Field(1.0, ge=0.0, le=3.0)  # in units of the prize of a great operation
    loss: float = Field(1.5, ge=0.0, le=5.0)  # what defeat would cost, in the same unit
    long_war: Share = 1.0  # weight of the fear of a long war
    season: tuple[MonthDay, MonthDay] = ("04-15", "10-15")  # first and last day of the year good for it
    requires: tuple[str, ...] = ()  # conditions (see `wargame.conditions`) without which it is not thought of
    possible: tuple[str, ...] = ()  # conditions without which it is wanted but cannot be done
    by_sea: bool = False  # it can be carried over water; else its power or a friend must have a border with the target
    strength: float = Field(0.0, ge=0.0)  # division-equivalents its power must have in hand, ready within the warning
    preparation_days: int = Field(0, ge=0, le=720)  # from the first resolve to the first day it can be ordered
    warning_days: int = Field(7, ge=0, le=120)  # from the order to the first day
    call_up: bool = True  # the whole army is mobilised for it, not only what is under arms in peace
    demand: tuple[ZoneId, ...] = ()  # zones that would satisfy it without war ...
    settlement: Share = 0.0  # ... and the share of the value they are
    claims: tuple[ZoneId, ...] = ()  # zones it annexes if it succeeds
    grants: dict[PowerCode, tuple[ZoneId, ...]] = {}  # zones of its target that others get if it succeeds ...
    shares: dict[PowerCode, tuple[ZoneId, ...]] = {}  # ... and by a settlement
    unopposed: bool = False  # a march into land that may not be defended: no war if nobody, the target too, fights
    through: tuple[PowerCode, ...] = ()  # powers through whose land it goes; those at peace with it are attacked too
    war: Slug | None = None  # the war it opens, if not the operation's own
    raises: Slug | None = None  # flag that is raised when it succeeds; it is not wanted again
    concentration: tuple[str, ...] = ()  # deployments files by which its forces gather, if they exist by then
    source: str = ""
    status: str = "judgement"


class Plan(Model):
    """One file under ``scenarios/plans/``."""

    operation: Operation | None = None
    design: Design | None = None
    axes: tuple[Axis, ...] = ()
    defence: Defence | None = None
    lines: tuple[Line, ...] = ()
    sectors: tuple[Sector, ...] = ()


class Treatise(Model):
    """A ``[[politics.treaties]]`` table: a treaty that is in force from a date on, whatever the tables say."""

    id: Slug
    kind: Literal["defence", "guarantee", "neutrality", "non_aggression", "consultation", "convention", "transit",
                  "alignment", "settlement"]  # fmt: skip
    parties: tuple[PowerCode, ...] = Field(min_length=2)
    protects: tuple[PowerCode, ...] = ()
    against: tuple[PowerCode, ...] = ()
    first: str = ""
    honour: Share = 1.0
    signed: Hour
    ends: Hour | None = None
    why: str


class Reshuffle(Model):
    """A ``[[politics.governments]]`` table: a government formed on a date, whatever the tables say.

    ``policy``: only the fields that differ from the government before it.
    """

    power: PowerCode
    at: Hour
    regime: Slug | None = None
    head: str | None = None
    faction: str | None = None
    grip: Share | None = None
    paralysis: Share | None = None
    policy: dict[str, float] = {}
    dead: tuple[str, ...] = ()  # leaders who are dead from then on
    contest: bool = False  # a succession is contested; head and course come of it
    why: str


class Programme(Model):
    """A ``[[politics.programmes]]`` table: an army's formations are raised earlier, or later, than in history."""

    power: PowerCode
    first: Hour  # formations raised in history before this day are left as they are
    months_earlier: float = Field(ge=-240, le=240)  # negative: later
    why: str


class Cession(Model):
    """A ``[[politics.cessions]]`` table: a zone changes its owner by date, by plebiscite or an old treaty."""

    zone: ZoneId
    at: Hour
    owner: PowerCode  # it happens only if the zone is still this power's
    to: PowerCode
    why: str


class Underway(Model):
    """A ``[[politics.underway]]`` table: an operation that is being prepared at the opening, or ordered for a day."""

    operation: Slug
    since: Hour
    day: Hour | None = None  # ordered for this hour; without it only prepared
    why: str


class Politics(Model):
    """The ``[politics]`` table: whose politics are played, from which tables, and what differs from them."""

    tables: Slug = "europe"  # folder of scenarios/politics/ with the tables
    treaties: tuple[Treatise, ...] = ()
    governments: tuple[Reshuffle, ...] = ()
    programmes: tuple[Programme, ...] = ()
    cessions: tuple[Cession, ...] = ()
    underway: tuple[Underway, ...] = ()
    without: tuple[Slug, ...] = ()  # treaties, talks or cabinets (bel_1936_10_14) of the tables that do not happen
    as_in_history: tuple[PowerCode, ...] = ()  # powers whose governments all change by date, as in the tables


class OverlayHead(Model):
    """The ``[overlay]`` table: a point of divergence."""

    id: Slug
    title: str
    why: str
    remove: tuple[str, ...] = ()  # "script:soviet_entry", "wars:x", "weather:*"
    opens_by: Hour | None = None  # the latest opening with which it makes sense


class Scenario(Model):
    """One scenario file with its overlays merged in and its plans read."""

    scenario: Head
    forces: ForceList
    powers: tuple[PowerEntry, ...] = ()
    wars: tuple[WarEntry, ...] = ()
    plans: tuple[str, ...] = ()
    script: tuple[Script, ...] = ()
    weather: tuple[WeatherSpell, ...] = ()
    rulebook: dict[str, SkipValidation[float]] = {}  # the loader looks at each number beside the edition's
    politics: Politics | None = None
    overlays: tuple[str, ...] = ()  # applied, in order; filled by the loader

    @property
    def id(self) -> str:
        """The scenario's id."""
        return self.scenario.id


@dataclass(frozen=True, slots=True)
class Reform:
    """A formation's new establishment from an hour on: kind, men, guns, tanks, quality."""

    hour: int
    formation: str
    terms: tuple[str, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Concentration:
    """Where a power's formations stood on a date in history: (formation, headquarters, province) each."""

    hour: int
    places: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, eq=False)
class Armies:
    """What is known of the armies' growth after the opening: reforms, disbandments, and deployments by power."""

    reforms: tuple[Reform, ...] = ()
    disbanded: tuple[tuple[int, str], ...] = ()
    raised: Mapping[str, int] = field(default_factory=dict)  # hour at which each formation still to come is raised
    peace: Mapping[str, float] = field(default_factory=dict)  # readiness of each formation in peace
    concentrations: Mapping[str, tuple[Concentration, ...]] = field(default_factory=dict)
    fleets: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)  # (hour, thousand tons) by power
    lift: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)  # (hour, men) whom its ships carry
    shipping: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)  # (hour, gross tons), the rest


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything fixed about a run, and the forces as they stand at its opening.

    ``files`` pairs each input file's key, e.g. ``plan/weiss.toml``, with its digest; ``data_hash`` sums them up.
    """

    scenario: Scenario
    plans: tuple[Plan, ...]
    atlas: Atlas
    rulebook: Rulebook
    forces: Forces
    files: tuple[tuple[str, str], ...]
    data_hash: str
    tables: Tables = field(default_factory=Tables)
    armies: Armies = field(default_factory=Armies)
