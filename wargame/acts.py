"""What happens in politics, and by ruling of an umpire: the vocabulary of the journal beside that of the field."""

from __future__ import annotations

from dataclasses import dataclass, fields

from wargame.events import Event, Ids, register
from wargame.politics import (
    Economy,
    Policy,
)

Numbers = tuple[float, ...]
POLICY = tuple(f.name for f in fields(Policy))
MEANS = tuple(f.name for f in fields(Economy))[1:-1]
WHOLE = ("year", "breaks", "behind", "reached", "hour")  # of these, whole numbers


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentFormed(Event):
    """A power has another head, cabinet or course. ``policy``: the fields of `Policy`, in order."""

    power: str
    regime: str
    head: str
    faction: str = ""
    grip: float = 1.0
    paralysis: float = 0.0
    policy: Numbers = ()
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderDied(Event):
    """A head of government, or a contender for its place, is dead."""

    power: str
    leader: str
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ContestHeld(Event):
    """A succession is decided: who leads, with whom, and the shares of the contenders."""

    power: str
    head: str
    coalition: Ids
    figurehead: bool
    contenders: Ids
    shares: Numbers


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyAdvanced(Event):
    """A power's means at the end of a period: the fields of `Economy` but its power and entry, in order."""

    power: str
    means: Numbers
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyBroke(Event):
    """A power's economy breaks under what is asked of it.

    ``fate``: course (the government retrenches and goes its own way from then on), budget (a cabinet retrenches until
    the next one), cabinet (it falls by vote), regime (another kind of rule), contest.
    """

    power: str
    fate: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class DealingsChanged(Event):
    """A power trades with another otherwise than usual: -1 withholds all, -.5 credit and part of it, 1 arms it."""

    power: str
    about: str
    value: float
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class TreatySigned(Event):
    """A treaty comes into force; ``ends`` is an hour, 0 = open."""

    treaty: str
    form: str
    parties: Ids
    protects: Ids = ()
    against: Ids = ()
    first: str = ""
    honour: float = 1.0
    ends: int = 0
    text: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyEnded(Event):
    """A treaty is no longer in force: denounced, broken, lapsed, superseded."""

    treaty: str
    form: str
    parties: Ids
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class TalksHeld(Event):
    """A round of a negotiation. ``result``: opened, adjourned, broken_off, agreed."""

    talks: str
    parties: Ids
    round: int
    result: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisMoved(Event):
    """An operation that somebody wants comes nearer or recedes. See `wargame.politics.Crisis` for the stages.

    ``credibility`` pairs each possible intervener with its chance, as the decider sees it.
    """

    operation: str
    power: str
    target: str
    stage: str
    window: int = 0
    refusals: int = 0
    probability: float = 0.0
    interveners: Ids = ()
    credibility: Numbers = ()
    day: int = 0  # hour for which an ordered operation is set
    since: int = 0  # hour since when it is being prepared
    orders: int = 0  # times it has been ordered in this window
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSent(Event):
    """A costly act for somebody's sake: mobilisation, a treaty signed in the crisis, a fleet sent.

    ``weight``: what such acts amount to with this one.
    """

    power: str
    about: str
    weight: float
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ReputationMoved(Event):
    """What a power's word is worth now, after an act; decay in between is worked out by rule."""

    power: str
    backdowns: float
    stands: float
    aggressions: float
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookMoved(Event):
    """What a power feels about others: table (alarm, esteem, interests) and new values by other power."""

    power: str
    table: str
    others: Ids
    values: Numbers
    why: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Mobilised(Event):
    """A power calls up its formations of waves up to ``wave``; ``covert``: it tries to hide it."""

    power: str
    wave: int
    covert: bool = False
    formations: int = 0
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class StoodDown(Event):
    """A power sends its reservists home."""

    power: str
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsRegrouped(Event):
    """Formations come under other headquarters and make for other places; element by element.

    ``parents``: ids, empty = nobody; ``arrives``: hours, 0 = there at once.
    """

    power: str
    formations: Ids
    parents: Ids
    provinces: Ids
    arrives: tuple[int, ...]
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsReformed(Event):
    """Formations get another establishment: new kind, full strength and quality; element by element.

    Men and arms present grow or shrink in proportion.
    """

    power: str
    formations: Ids
    kinds: Ids
    men: Numbers
    guns: Numbers
    tanks: Numbers
    quality: Numbers
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsDisbanded(Event):
    """Formations cease to be, in peace or because their power is beaten."""

    power: str
    formations: Ids
    why: str = ""


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ZonesCeded(Event):
    """Land changes its owner for good: ``how`` is settlement, annexation, armistice, peace, union."""

    zones: Ids
    power: str
    previous: str
    how: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ArmisticeSigned(Event):
    """A power lays down its arms and leaves a war that its friends fight on; what it still holds stays its own."""

    war: str
    power: str
    to: str
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PartisansStruck(Event):
    """A month of partisans in land that ``power`` holds of ``against``'s home: its men ``killed`` there."""

    power: str
    against: str
    unrest: float
    killed: int


# --- the umpire ------------------------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RulingMade(Event):
    """The umpire has ruled on a matter. What follows from it has this entry as its cause.

    ``how``: move, replace, table_result, dice. ``rule``: what the rules themselves came to, with its chance
    ``probability`` (-1: not known); ``decided``: what holds instead; ``beyond``: outside the range of the roll-outs.
    ``effects``: in the written form of `wargame.umpiring`. ``argument``: lines of a matrix argument.
    """

    ruling: str
    how: str
    about: str
    rule: str
    decided: str
    reason: str
    by: str
    effects: Ids = ()
    probability: float = -1.0
    beyond: bool = False
    argument: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class DieTyped(Event):
    """A die was rolled at the table: its value in (0, 1) stands for the draw of that key."""

    purpose: str
    subject: str
    ordinal: int
    value: float


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsWorn(Event):
    """Formations lose men and weapons by ruling, or get some back (negative numbers); element by element."""

    power: str
    formations: Ids
    killed: Numbers
    wounded: Numbers
    captured: Numbers
    guns: Numbers
    tanks: Numbers


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FormationsPlaced(Event):
    """Formations stand elsewhere by ruling; whatever they were marching into, they halt."""

    power: str
    formations: Ids
    provinces: Ids


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSet(Event):
    """The condition of formations is set by ruling: supply, readiness, fatigue or entrenchment, 0..1."""

    power: str
    what: str
    formations: Ids
    value: float


# --- what they do to the world ---------------------------------------------------------------------------------------


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTurned(Event):
    """A government turns one line of its policy (a field of `Policy`) to a new value."""

    power: str
    line: str
    value: float


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMoved(Event):
    """A proposal between powers: ``stage`` is made, agreed (by all: it is carried out) or refused (by ``by``).

    The other fields are those of `wargame.politics.Offer`.
    """

    offer: str
    stage: str
    form: str
    by: str
    parties: Ids
    agreed: Ids
    protects: Ids = ()
    against: Ids = ()
    zones: Ids = ()
    ends: int = 0
    reasons: Ids = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDrawn(Event):
    """A staff draws up an operation, or its axes anew. The fields are those of `wargame.politics.Draft`."""

    operation: str
    name: str
    power: str
    target: str
    war: str
    objectives: Ids
    claims: Ids = ()
    by_sea: bool = False
    unopposed: bool = False
    axes: Ids = ()
    main: Ids = ()


def means_of(economy: Economy) -> Numbers:
    """The numbers of an economy in the order of `EconomyAdvanced.means`."""
    return tuple(getattr(economy, name) for name in MEANS)
