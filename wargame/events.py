"""What happened: the vocabulary of the journal, as far as decisions, wars and forces go; politics is in `wargame.acts`.

Each event names things by id and carries ``because``, the number of the journal entry that caused it. What it does to
the World is in `wargame.fold`. Bulk daily changes of forces travel as `Columns`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of every event. ``because`` is a journal entry's number; 0 is the header, the root of every chain."""

    registry: ClassVar[dict[str, type[Event]]] = {}
    kind: ClassVar[str]  # the event's name in the journal: its class name in snake case
    own: ClassVar[tuple[str, ...]]  # names of its fields, without ``because``
    because: int = 0

    def data(self) -> dict[str, Any]:
        """The event's own fields as plain data, without ``because``."""
        return {name: getattr(self, name) for name in self.own}


def register(cls: type[Any]) -> type[Any]:
    """Make an event known by its name in the journal."""
    cls.kind = re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()
    cls.own = tuple(f.name for f in fields(cls) if f.name != "because")
    Event.registry[cls.kind] = cls
    return cls


# --- decisions -------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Event):
    """A seat (or a script: ``seat`` says which) answered a question; ``reasons`` in plain words with numbers."""

    power: str
    seat: str
    question: str
    answer: Ids
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssued(Event):
    """A headquarters has a new standing order, in the written form of `wargame.orders`."""

    power: str
    order: str

    @property
    def hq(self) -> str:
        """Who is told."""
        return self.order.partition(" ")[0]


# --- politics --------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class WarDeclared(Event):
    """Hostilities begin."""

    war: str
    attackers: Ids
    defenders: Ids


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class WarJoined(Event):
    """A power enters a war on one side (``attackers`` or ``defenders``)."""

    war: str
    power: str
    on: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLaunched(Event):
    """An operation begins."""

    operation: str
    power: str
    target: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEnded(Event):
    """An operation ends with one of the rulebook's nine outcomes."""

    operation: str
    outcome: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ArmyBroken(Event):
    """More than the rulebook's share of a power's field army is lost, surrendered or cut off."""

    operation: str
    power: str
    share_lost: float
    men_left: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged(Event):
    """A power's standing changes: at_war, capitulated, in_exile, defeated."""

    power: str
    standing: str
    reason: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRaised(Event):
    """A scripted or political fact is now so, e.g. ``evade:POL:SOV`` or ``general_withdrawal:POL``."""

    flag: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class HostilitiesCeased(Event):
    """The last forces of one coalition have gone; the war is over on land."""

    war: str


# --- forces ----------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationReady(Event):
    """A formation has finished mobilising, or has arrived where it was to concentrate."""

    formation: str
    province: str
    how: str  # mobilised, arrived, raised


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Entrained(Event):
    """A formation goes by rail; ``departs``, ``arrives`` and ``frees`` are hours.

    ``lines`` are the stretches taken until ``frees``.
    """

    formation: str
    origin: str
    destination: str
    departs: int
    arrives: int
    lines: Ids
    frees: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Embarked(Event):
    """A formation sails on the ships of ``carrier``, which are back at the hour ``back``.

    ``purpose``: transport (to a friendly port), landing (on an enemy coast), evacuation (out of a pocket) or return (of
    those who were repulsed). ``risk``: share of the ships that the enemy is expected to sink.
    """

    formation: str
    carrier: str
    origin: str
    destination: str
    lands: int
    back: int
    men: int
    purpose: str
    risk: float = 0.0
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ConvoyLost(Event):
    """Ships with a formation aboard are sunk: ``share`` of them; ``men`` drown, arms go down with the ships.

    ``warships``: thousand tons of the escort lost with them.
    """

    formation: str
    carrier: str
    destination: str
    share: float
    men: int
    warships: float = 0.0


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Landed(Event):
    """Formations come ashore.

    ``how``: ``harbour`` (friendly), ``unopposed`` (on an enemy coast that nobody holds), ``assault`` (the defenders
    gave way) or ``repulsed`` (the survivors are taken off again). ``advantage`` and ``odds`` as in an engagement.
    """

    province: str
    power: str
    formations: Ids
    how: str
    men: int
    enemy_men: int = 0
    advantage: float = 0.0
    odds: float = 1.0
    killed_wounded: int = 0
    enemy_killed_wounded: int = 0
    retreat_to: str = ""
    reasons: Ids = ()
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Evacuated(Event):
    """A formation that was cut off is taken away by ships; its heavy arms stay behind."""

    formation: str
    province: str
    to: str
    carrier: str
    men: int
    guns_left: float
    tanks_left: float


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReached(Event):
    """A headquarters has reached the next province of its axis, or its line."""

    hq: str
    province: str
    step: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementBegan(Event):
    """An assault on a province begins.

    ``advantage`` is X of the combat chapter, ``odds`` the chance that the assault prevails.
    """

    province: str
    side: int
    contact: int
    attackers: Ids
    defenders: Ids
    attacking_men: int
    defending_men: int
    advantage: float
    odds: float
    luck_attacker: float
    luck_defender: float
    reasons: Ids = ()
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementEnded(Event):
    """An assault ends.

    ``result``: ``broken`` or ``overrun`` (defender), ``repulsed`` (attacker), ``contained`` (beaten but with nowhere to
    go, it holds on), ``withdrawn``, ``surrendered``, ``lapsed``.
    """

    province: str
    side: int
    result: str
    days: int
    attackers: Ids
    defenders: Ids
    attacker_killed_wounded: int
    defender_killed_wounded: int
    captured: int = 0
    retreat_to: str = ""
    pause_until: int = 0


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsOvertaken(Event):
    """Routed formations are caught by the pursuit of ``power`` and driven on to ``retreat_to``."""

    province: str
    power: str
    formations: Ids
    captured: int
    killed_wounded: int
    retreat_to: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceTaken(Event):
    """A province changes hands: ``how`` is fought, entered, occupied, ceded."""

    province: str
    power: str
    previous: str
    how: str
    by: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PocketFormed(Event):
    """Forces are cut off from every base; ``province`` names the pocket."""

    province: str
    provinces: Ids
    formations: Ids
    men: int
    power: str
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PocketRelieved(Event):
    """A pocket has a way out again, or its forces have left it."""

    province: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsSurrendered(Event):
    """Formations lay down their arms in one province."""

    province: str
    power: str
    to: str
    formations: Ids
    men: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationDispersed(Event):
    """A formation has ceased to exist as one: ``captured`` men fall into enemy hands, the rest melt away."""

    formation: str
    province: str
    captured: int
    reason: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsInterned(Event):
    """Formations cross a neutral border and are disarmed."""

    province: str
    power: str
    host: str
    formations: Ids
    men: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class AirFought(Event):
    """A day of the air war; superiority of the war's attackers over its defenders, -1..1, and aircraft lost."""

    superiority: float
    attacker_lost: float
    defender_lost: float
    war: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherTurned(Event):
    """The weather of each climate, in the atlas's order."""

    weather: Ids


@dataclass(frozen=True, slots=True)
class Columns:
    """New values of whole columns of `Forces` (``forces.men``) or fields of `World` (``world.occupied_days``).

    Not journaled itself.
    """

    values: dict[str, Any]
