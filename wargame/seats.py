"""Who decides. Every choice is a typed question with its legal options, put to one seat together with that seat's view.

Implementations: the automatic governments (`wargame.governments`), a script (below), and players at a table. A seat can
be replaced in mid-game; the question does not know who answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from wargame.errors import WargameError
from wargame.world import World


@dataclass(frozen=True, slots=True)
class Question:
    """What a seat is asked. ``options`` are orders in their written form, or plain words; ``most`` may be chosen."""

    id: str
    power: str
    kind: str  # axis_done, line_lost, general_withdrawal, cut_off, counter_stroke, stroke_over, pocket, collapse
    subject: str
    options: tuple[str, ...]
    because: int
    most: int = 1
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Options chosen (none: let things stand) and why, in plain words with numbers.

    ``because``: the journal entry that made the seat answer so; 0 where it is what raised the question.
    """

    choice: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    because: int = 0


class Seat(Protocol):
    """Answers questions for one power. ``name`` goes into the journal: automatic, script, table."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def answer(self, question: Question, view: World) -> Answer:
        """Choose among ``question.options``; ``view`` is the world as this power knows it."""
        ...


@dataclass(frozen=True)
class ScriptedSeat:
    """Answers from a list: question id or kind -> the options to choose; lets everything else stand."""

    lines: Mapping[str, tuple[str, ...]]
    name: str = "script"

    def answer(self, question: Question, view: World) -> Answer:
        """The scripted choice, reduced to what is legal now."""
        wanted = self.lines.get(question.id, self.lines.get(question.kind, ()))
        return Answer(tuple(o for o in wanted if o in question.options), ("by script",) if wanted else ())


def is_played(seat: Seat) -> bool:
    """Whether a player sits there: he says by orders what he wants, and nobody decides in his place between them."""
    return bool(getattr(seat, "seat", seat).name == "table")


class IllegalAnswerError(WargameError):
    """A seat chose something that was not among the options, or too much."""


def checked(question: Question, answer: Answer) -> Answer:
    """The answer, if it is legal; `IllegalAnswerError` otherwise."""
    wrong = [c for c in answer.choice if c not in question.options]
    if wrong or len(answer.choice) > question.most:
        what = (
            f"'{wrong[0]}' is not among the options"
            if wrong
            else f"{len(answer.choice)} chosen, {question.most} allowed"
        )
        raise IllegalAnswerError(f"{question.id}: {what}: {'; '.join(question.options)}")
    return answer
