"""Everything that matters tomorrow: the one changing state.

Small political things are frozen dataclasses; forces and control are arrays. A World can be copied, turned into
bytes and back, on any hour; the engine is rebuilt from it alone. It changes only through `wargame.fold.apply`.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame.politics import Polity

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

KINDS = (
    "army_group", "army", "group", "corps",
    "infantry", "motorised", "armoured", "light", "mountain", "cavalry", "fortress", "security", "militia",
    "border", "naval_infantry", "aggregate_infantry", "artillery_park", "air_fleet",
)  # fmt: skip
HEADQUARTERS = KINDS[:4]
POSTURES = ("stand", "hold", "attack", "breakout")
NOWHERE = -1


class Status:
    """State of a formation."""

    PLANNED, ACTIVE, SURRENDERED, DESTROYED, INTERNED, DISBANDED = range(6)
    NAMES = ("planned", "active", "surrendered", "destroyed", "interned", "disbanded")


@dataclass
class Forces:
    """Formations as columns of equal length n; row numbers never change during a run.

    Fixed: ``ids``, ``kind`` (index into KINDS), ``power`` (number), ``parent`` (row or -1), establishments, quality.
    Changing: the rest. ``men`` counts men present and fit. Casualties are cumulative.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    shorts: tuple[str, ...]
    sidc: tuple[str, ...]
    kind: Ints
    power: Ints
    parent: Ints
    establishment_men: Floats
    establishment_guns: Floats
    establishment_tanks: Floats
    quality: Floats  # 0..1
    ready_per_day: Floats  # growth of readiness while mobilising
    arrives: Ints  # hour of arrival at `province`; 0 = present
    status: Ints
    province: Ints
    posture: Ints  # index into POSTURES
    goal: Ints  # province the formation makes for, -1 none
    heading: Ints  # province being marched into, -1 none
    progress_km: Floats  # towards `heading`
    men: Floats
    guns: Floats
    tanks: Floats
    aircraft: Floats
    readiness: Floats  # 0..1, mobilisation and concentration done
    supply: Floats  # 0..1
    fatigue: Floats  # 0..1
    entrenchment: Floats  # 0..1
    cut_off_days: Floats
    shaken_days: Floats  # days until a routed formation fights fully again
    killed: Floats
    wounded: Floats
    captured: Floats
    missing: Floats  # dispersed, or interned by a neutral
    replaced: Floats  # men who came up from the depots
    tanks_lost: Floats
    guns_lost: Floats
    aircraft_lost: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def copy(self) -> Forces:
        """Forces with columns of their own."""
        twin = Forces(**_unshared(self))
        twin.__dict__["command"] = self.command
        return twin

    def regroup(self, rows: Ints, parents: Ints) -> None:
        """Put formations under other headquarters (rows; -1 nobody)."""
        self.parent = self.parent.copy()
        self.parent[rows] = parents
        self._recommand()

    def reform(self, rows: Ints, **columns: Any) -> None:
        """Give formations another kind, establishment or quality: new values of fixed columns, one a row."""
        for name, values in columns.items():
            column = getattr(self, name).copy()
            column[rows] = values
            setattr(self, name, column)
        self._recommand()

    def _recommand(self) -> None:
        """Work out who is under whom anew, but for what cannot change."""
        known = self.__dict__.pop("command", None)
        if known is not None:
            self.__dict__["command"] = Command(self.ids, self.kind.copy(), self.power, self.parent.copy(), known.row)

    @cached_property
    def command(self) -> Command:
        """Who is under whom; the same for every copy."""
        return Command(self.ids, self.kind.copy(), self.power.copy(), self.parent.copy(), {})

    def row(self, formation: str) -> int:
        """Row number of a formation; `KeyError` if there is none of this id."""
        return self.command.row[formation]

    def under(self, hq: str) -> Ints:
        """Rows of every formation under a headquarters, itself included, in row order."""
        return self.command.under(hq)

    def units_under(self, hq: str) -> Ints:
        """Rows of the formations under a headquarters that are not headquarters themselves, in row order."""
        return self.command.units_under(hq)

    def chain(self, row: int) -> list[int]:
        """The formation's row and those of its headquarters, upwards."""
        return list(self.command.chain(row))

    def led(self, amount: Floats) -> Floats:
        """Sum of an amount (one entry a formation) over the units that each formation leads, itself included."""
        leader, unit = self.command.pairs
        return np.bincount(leader, weights=amount[unit], minlength=len(self)).astype(np.float64, copy=False)

    @property
    def is_land(self) -> NDArray[np.bool_]:
        """Formations that fight on land: neither headquarters nor air fleets."""
        return self.command.is_land

    def land_rows(self, power: int) -> Ints:
        """Rows of a power's formations that fight on land."""
        return self.command.land_rows(power)


class Command:
    """Who is under whom: what follows from the fixed columns of `Forces` alone, worked out once for all its copies."""

    def __init__(self, ids: tuple[str, ...], kind: Ints, power: Ints, parent: Ints, row: dict[str, int]) -> None:
        """`row` is that of an earlier one of the same formations, or empty."""
        self.ids, self.kind, self.power, self.parent = ids, kind, power, parent
        self.row = row or {name: i for i, name in enumerate(ids)}
        self.power_of: list[int] = power.tolist()
        self.power_of_id = dict(zip(ids, self.power_of, strict=True))
        self.air: NDArray[np.bool_] = kind == KINDS.index("air_fleet")
        self.air_rows: Ints = self.air.nonzero()[0]
        self.is_land: NDArray[np.bool_] = (kind >= len(HEADQUARTERS)) & ~self.air
        self._above: list[int] = parent.tolist()
        self._chains: dict[int, tuple[int, ...]] = {}
        self._under: dict[str, Ints] = {}
        self._units_under: dict[str, Ints] = {}
        self._below: dict[str, frozenset[str]] = {}
        self._free_under: dict[tuple[str, frozenset[str]], Ints] = {}
        self._land_rows: dict[int, Ints] = {}

    def chain(self, row: int) -> tuple[int, ...]:
        """See `Forces.chain`."""
        if row not in self._chains:
            chain = [row]
            while (above := self._above[chain[-1]]) >= 0:
                chain.append(above)
            self._chains[row] = tuple(chain)
        return self._chains[row]

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Rows of a formation and of a unit that it leads, for every pair of them; units lead themselves."""
        leader, unit = self._members
        units = self.kind[unit] >= len(HEADQUARTERS)
        return leader[units], unit[units]

    @cached_property
    def _members(self) -> tuple[Ints, Ints]:
        """Rows of a formation and of one under it, itself included, for every pair of them, in the order of both."""
        n = len(self.parent)
        leader = unit = np.arange(n)
        levels = [(leader, unit)]
        while len(unit):
            leader = self.parent[leader]
            leader, unit = leader[leader >= 0], unit[leader >= 0]
            levels.append((leader, unit))
        leaders, units = (np.concatenate(part) for part in zip(*levels, strict=True))
        order = np.argsort(leaders * n + units)
        return leaders[order], units[order]

    def under(self, hq: str) -> Ints:
        """See `Forces.under`."""
        if hq not in self._under:
            leader, member = self._members
            first, last = np.searchsorted(leader, (top := self.row[hq], top + 1))
            self._under[hq] = member[first:last]
        return self._under[hq]

    def units_under(self, hq: str) -> Ints:
        """See `Forces.units_under`."""
        if hq not in self._units_under:
            rows = self.under(hq)
            self._units_under[hq] = rows[self.kind[rows] >= len(HEADQUARTERS)]
        return self._units_under[hq]

    def below(self, hq: str) -> frozenset[str]:
        """Ids of the formations under a headquarters, itself left out."""
        if hq not in self._below:
            self._below[hq] = frozenset(self.ids[r] for r in self.under(hq)) - {hq}
        return self._below[hq]

    def free_under(self, hq: str, bound: frozenset[str]) -> Ints:
        """Rows of the units under a headquarters, less those under any of `bound`, in row order."""
        if (hq, bound) not in self._free_under:
            if len(self._free_under) >= 4096:
                self._free_under.clear()
            free = np.ones(len(self.ids), dtype=bool)
            for other in bound:
                free[self.under(other)] = False
            rows = self.units_under(hq)
            self._free_under[hq, bound] = rows[free[rows]]
        return self._free_under[hq, bound]

    def land_rows(self, power: int) -> Ints:
        """See `Forces.land_rows`."""
        if power not in self._land_rows:
            self._land_rows[power] = np.flatnonzero(self.is_land & (self.power == power))
        return self._land_rows[power]


FIXED_COLUMNS = ("ids", "names", "shorts", "sidc", "kind", "power", "parent", "establishment_men", "establishment_guns",
                 "establishment_tanks", "quality", "ready_per_day")  # fmt: skip
STATE_COLUMNS = tuple(f.name for f in fields(Forces) if f.name not in FIXED_COLUMNS)


@dataclass(frozen=True, slots=True)
class Power:
    """A state in play. ``standing``: at_peace, at_war, capitulated, in_exile, defeated."""

    id: str
    government: str = ""
    standing: str = "at_peace"
    since_entry: int = 0


@dataclass(frozen=True, slots=True)
class War:
    """Two coalitions at war."""

    id: str
    attackers: tuple[str, ...]
    defenders: tuple[str, ...]
    began: int
    entry: int


@dataclass(frozen=True, slots=True)
class OperationState:
    """How an operation stands: planned, running, ended; ``outcome`` is one of the nine of the rulebook."""

    id: str
    stage: str = "planned"
    began: int = 0
    ended: int = 0
    outcome: str = "undecided"
    entry: int = 0
    decided: int = 0  # hour at which the main armies were broken, 0 = not yet

    @property
    def offensive(self) -> bool:
        """Whether its armies go on attacking: it runs, or its days ran out without success."""
        return self.stage == "running" or self.outcome == "launched_failed"


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order in force; ``step`` counts the objectives already reached."""

    text: str
    given: int
    entry: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Engagement:
    """Fighting for one province: the `contact`-th contact there."""

    province: int
    side: int  # 0 = the war's attackers assault, 1 = its defenders do
    contact: int
    began: int
    luck_attacker: float  # log factor on the attacker's losses
    luck_defender: float
    entry: int
    war: str = ""


@dataclass(frozen=True, slots=True)
class Voyage:
    """A formation on the ships of a power; they are free again at the hour ``back``."""

    formation: str
    carrier: str
    origin: str  # province
    destination: str
    lands: int  # hour
    back: int
    men: float
    war: str
    risk: float  # share of the ships that the enemy is expected to sink
    stage: str = "out"  # out: bound for the destination; back: repulsed and on the way home; landed


@dataclass(frozen=True, slots=True)
class Due:
    """A pending thing, from which the engine rebuilds a process."""

    id: str
    hour: int
    phase: int
    power: str
    process: str  # front, government, mobilisation, rail_movement, operation, script
    subject: str = ""


@dataclass
class World:
    """The state at one hour. See `Forces` for the military columns."""

    hour: int
    seed: int
    owner: Ints
    controller: Ints
    captured_hour: Ints  # hour of the last change of control, 0 = never
    captured_entry: Ints  # journal entry of it
    contacts: Ints  # number of contacts so far, by province
    occupied_days: Floats  # days an empty province has lain behind the enemy's front
    fought_attacker: Floats  # killed and wounded of the assailant in the current contact, by province
    fought_defender: Floats
    decided_entry: Ints  # entry of the last assault that prevailed there, by province, 0 = none
    forces: Forces
    powers: dict[str, Power]
    wars: dict[str, War] = field(default_factory=dict)
    operations: dict[str, OperationState] = field(default_factory=dict)
    orders: dict[str, StandingOrder] = field(default_factory=dict)
    engagements: dict[int, Engagement] = field(default_factory=dict)
    repulsed: dict[str, int] = field(
        default_factory=dict
    )  # "war:side:province" -> hour before which it is not tried again
    air_superiority: dict[str, float] = field(default_factory=dict)  # war -> of its attackers over its defenders, -1..1
    weather: tuple[str, ...] = ()  # by climate: clear, rain, mud, snow, frost
    rail_busy: dict[str, int] = field(default_factory=dict)  # stretch of line -> hour at which it is free again
    pockets: dict[int, int] = field(default_factory=dict)  # province -> journal entry of the pocket
    pocket_war: dict[int, str] = field(default_factory=dict)  # and the war in which it was closed
    quiet_since: dict[str, int] = field(default_factory=dict)  # war -> hour of the first of its last days without event
    looked: dict[str, int] = field(default_factory=dict)  # war -> hour of the last day of its front
    blow_men: dict[str, int] = field(default_factory=dict)  # power -> men of the heaviest pocket or surrender so far
    blow_entry: dict[str, int] = field(default_factory=dict)  # power -> its journal entry
    flags: dict[str, int] = field(default_factory=dict)  # name -> journal entry
    voyages: dict[str, Voyage] = field(default_factory=dict)  # by formation, until its ships are back
    sunk: dict[str, float] = field(default_factory=dict)  # power -> men whom its lost ships could carry
    warships_sunk: dict[str, float] = field(default_factory=dict)  # power -> thousand tons lost at sea
    harbours: dict[int, str] = field(default_factory=dict)  # port -> the power that supplies those around it by sea
    due: dict[str, Due] = field(default_factory=dict)
    typed: dict[tuple[str, str, int], float] = field(default_factory=dict)  # dice given by hand, see `wargame.dice`
    polity: Polity = field(default_factory=Polity)
    journal_length: int = 0
    journal_hash: str = ""

    def order_over(self, row: int) -> StandingOrder | None:
        """The order that binds a formation: its own, or that of the nearest headquarters over it that has one."""
        ids, orders = self.forces.ids, self.orders
        for r in self.forces.command.chain(row):
            if (order := orders.get(ids[r])) is not None:
                return order
        return None

    def orders_of(self, power: int) -> dict[str, StandingOrder]:
        """The orders in force of one power, by number."""
        power_of = self.forces.command.power_of_id
        return {hq: order for hq, order in self.orders.items() if power_of[hq] == power}

    def commanded(self, hq: str) -> Ints:
        """Rows of the units under a headquarters, less those under a subordinate one with orders of its own."""
        command, status = self.forces.command, self.forces.status
        below = command.below(hq)  # few, and orders are many
        rows = command.free_under(hq, frozenset(h for h in below if h in self.orders) if below else below)
        return rows[status[rows] <= Status.ACTIVE]

    def copy(self) -> World:
        """An independent copy: what happens to one never shows in the other."""
        return World(**_unshared(self) | {"forces": self.forces.copy(), "polity": self.polity.copy()})

    def to_bytes(self) -> bytes:
        """The whole state as bytes, the same bytes for the same state."""
        arrays: dict[str, Any] = {f"world.{n}": getattr(self, n) for n in _WORLD_ARRAYS}
        texts: dict[str, Any] = {}
        for f in fields(Forces):
            value = getattr(self.forces, f.name)
            (arrays if isinstance(value, np.ndarray) else texts)[f"forces.{f.name}"] = value
        small = {
            "texts": {k: list(v) for k, v in texts.items()},
            "plain": {n: getattr(self, n) for n in _WORLD_PLAIN},
            "tables": {n: [[k, asdict(v)] for k, v in getattr(self, n).items()] for n in _WORLD_TABLES},
            "maps": {n: list(getattr(self, n).items()) for n in _WORLD_MAPS},
            "polity": self.polity.plain(),
        }
        arrays["small"] = np.frombuffer(json.dumps(small, ensure_ascii=False).encode(), dtype=np.uint8)
        out = io.BytesIO()
        np.savez(out, **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> World:
        """The state that `to_bytes` wrote; `ValueError` if the bytes are anything else."""
        try:
            return cls._read(data)
        except (KeyError, TypeError, OSError, EOFError, RuntimeError, zipfile.BadZipFile) as error:
            raise ValueError("not a saved state of this version, or a damaged one") from error

    @classmethod
    def _read(cls, data: bytes) -> World:
        with np.load(io.BytesIO(data), allow_pickle=False) as store:
            small = json.loads(bytes(store["small"]))
            columns: dict[str, Any] = {
                k.removeprefix("forces."): store[k] for k in store.files if k.startswith("forces.")
            }
            columns |= {k.removeprefix("forces."): tuple(v) for k, v in small["texts"].items()}
            values: dict[str, Any] = {n: store[f"world.{n}"] for n in _WORLD_ARRAYS}
        values |= small["plain"]
        values["weather"] = tuple(values["weather"])
        for n, (kind, keyed) in _WORLD_TABLES.items():
            values[n] = {
                keyed(k): kind(**{a: tuple(b) if isinstance(b, list) else b for a, b in v.items()})
                for k, v in small["tables"][n]
            }
        for n, to_key in _WORLD_MAPS.items():
            values[n] = {to_key(k): v for k, v in small["maps"][n]}
        values["polity"] = Polity.from_plain(small["polity"])
        return cls(forces=Forces(**columns), **values)


def _unshared(holder: World | Forces) -> dict[str, Any]:
    """The fields with arrays and tables of their own; what the tables hold is frozen and may be shared."""
    values = {f.name: getattr(holder, f.name) for f in fields(holder)}
    return {n: v.copy() if isinstance(v, (np.ndarray, dict)) else v for n, v in values.items()}


_WORLD_ARRAYS = (
    "owner",
    "controller",
    "captured_hour",
    "captured_entry",
    "contacts",
    "occupied_days",
    "fought_attacker",
    "fought_defender",
    "decided_entry",
)
_WORLD_PLAIN = ("hour", "seed", "weather", "journal_length", "journal_hash")
_WORLD_TABLES: dict[str, tuple[Any, Any]] = {
    "powers": (Power, str),
    "wars": (War, str),
    "operations": (OperationState, str),
    "orders": (StandingOrder, str),
    "engagements": (Engagement, int),
    "voyages": (Voyage, str),
    "due": (Due, str),
}
_WORLD_MAPS: dict[str, Any] = {
    "repulsed": str,
    "air_superiority": str,
    "rail_busy": str,
    "pockets": int,
    "pocket_war": int,
    "quiet_since": str,
    "looked": str,
    "blow_men": str,
    "blow_entry": str,
    "sunk": str,
    "warships_sunk": str,
    "harbours": int,
    "flags": str,
    "typed": tuple,
}
