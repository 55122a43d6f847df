"""The cabinet of a power: answers the questions of statecraft by its own probabilities and its latent resolve.

A question of war, help, settlement or signature comes with the probability that the rules give it and with ``resolve``,
the draw that stands for all that the model does not know of this government on this matter. It acts where the
probability is above its resolve. So one resolve serves a whole crisis, however often it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from wargame.governments.general_staff import GeneralStaff
from wargame.seats import Answer, Question
from wargame.world import World

POLITICAL = frozenset({"launch", "intervene", "resist", "crisis", "transit", "sign", "deal", "peace", "armistice"})


@dataclass(frozen=True)
class Cabinet:
    """An automatic seat: statecraft by itself, campaigns by its general staff."""

    staff: GeneralStaff
    name: str = "automatic"

    def answer(self, question: Question, view: World) -> Answer:
        """Choose by the kind of question."""
        if question.kind not in POLITICAL:
            return self.staff.answer(question, view)
        if question.kind == "crisis":
            return self._crisis(question)
        p, resolve = question.facts["probability"], question.facts["resolve"]
        return Answer(question.options[:1] if p > resolve else (), (f"{p:.0%} against a resolve of {resolve:.0%}",))

    def _crisis(self, question: Question) -> Answer:
        """Mobilise if resolute, else seek a settlement if inclined, else wait."""
        resolve, edge = question.facts["resolve"], question.facts["mobilise"]
        if resolve < edge:
            return Answer(("mobilise",), (f"{edge:.0%} likely to stand by its word",))
        if "settle" in question.options and resolve < edge + (1.0 - edge) * question.facts["settle"]:
            return Answer(("settle",), ("peace at the price of the other's land",))
        return Answer()
