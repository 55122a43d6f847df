"""What the console's calls carry: everything is checked for form and size before it is looked at."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from wargame.table import rulings
from wargame.table.record import MOST_NAME, MOST_ORDERS, MOST_TEXT

MOST_ROLLOUTS = 1000

Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
Text = Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
Line = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=80)]


class Body(BaseModel):
    """What a call carries; anything else in it is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Entry(Body):
    """Somebody at the door."""

    place: Code
    code: Code
    name: Name


class Orders(Body):
    """Orders as written; ``replace``: instead of all handed in before."""

    text: Annotated[str, Field(max_length=MOST_ORDERS)]
    replace: bool = False


class Withdrawn(Body):
    """Orders to take back, in their written form."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=500)]


class Letter(Body):
    """A message to other powers."""

    to: Annotated[list[Code], Field(min_length=1, max_length=40)]
    text: Text
    way: Code = "cable"


class Question(Body):
    """A text for the umpire, or of his."""

    text: Text


class Answer(Body):
    """An answer to a request for information."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    text: Text


class Propose(Body):
    """How many roll-outs the proposals rest on."""

    rollouts: Annotated[int, Field(ge=0, le=MOST_ROLLOUTS)] = 0


Reasons = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=20)]


class Argument(Body):
    """A matrix argument: a claim, reasons, the chance each voter gives it, the odds agreed on, the roll in the open."""

    claim: Annotated[str, Field(min_length=1, max_length=500)]
    pros: Reasons = []
    cons: Reasons = []
    votes: Annotated[dict[Code, Annotated[float, Field(ge=0.0, le=1.0)]], Field(max_length=40)] = {}
    odds: Annotated[float, Field(ge=0.05, le=0.95)]
    roll: Annotated[float, Field(gt=0.0, lt=1.0)]


class Rule(Body):
    """A ruling on a proposal; what is not given is as `wargame.table.rulings.rule` has it."""

    proposal: Code
    kind: rulings.Kind
    reason: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    outcome: Annotated[str, Field(max_length=200)] = ""
    effects: Annotated[list[Line], Field(max_length=100)] = []
    otherwise: Annotated[list[Line], Field(max_length=100)] = []
    roll: Annotated[str, Field(max_length=40)] = ""
    argument: Argument | None = None
    agreed: Annotated[list[Code], Field(max_length=40)] = []


class Effects(Body):
    """A ruling of the umpire's own."""

    effects: Annotated[list[Line], Field(min_length=1, max_length=100)]
    reason: Text


class Inject(Body):
    """Something brought in from outside."""

    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    to: Annotated[list[Code], Field(max_length=40)] = []
    at: Annotated[str, Field(max_length=20)] = ""
    when: Annotated[list[Line], Field(max_length=20)] = []
    effects: Annotated[list[Line], Field(max_length=100)] = []


class Mail(Body):
    """What the umpire does with a message."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    held: bool | None = None
    lost: bool | None = None
    now: bool = False
    text: Annotated[str | None, Field(max_length=MOST_TEXT)] = None


class Seat(Body):
    """Who decides for a power."""

    power: Code
    kind: Literal["human", "automatic"]


class Someone(Body):
    """Somebody gets a place; an empty one: he has left."""

    name: Name
    place: Annotated[str, Field(max_length=80)] = ""
    role: Annotated[str, Field(max_length=20)] = ""


class Place(Body):
    """A place: a power, ``umpire`` or ``observer``."""

    place: Code


class Closed(Body):
    """Whether orders are closed."""

    closed: bool


class Length(Body):
    """How long a turn is."""

    length: Code


class Style(Body):
    """How matters of a domain are adjudicated."""

    domain: Code
    style: Code


class Back(Body):
    """How many turns, or to which act of the game's file."""

    turns: Annotated[int, Field(ge=1, le=10_000)] = 1
    to: Annotated[int | None, Field(ge=0)] = None


class Fork(Body):
    """A game of its own, under a name beside this one's file."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$")]
    at: Annotated[int | None, Field(ge=0)] = None


class Chances(Body):
    """Roll-outs of the position."""

    runs: Annotated[int, Field(ge=1, le=MOST_ROLLOUTS)] = 200
    days: Annotated[int, Field(ge=1, le=366)] = 30


class Named(Body):
    """A thing by its id."""

    id: Code
