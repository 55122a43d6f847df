"""The general staff of a power at war: answers the questions that a campaign raises, from its own view alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.orders import Order, Verb
from wargame.seats import Answer, Question
from wargame.sides import Sides
from wargame.world import World


TOO_TIRED = 0.4  # mean fatigue above which no counter-stroke is made
ENOUGH = 3.0  # friends bound for a place, per enemy there, beyond which nobody more is sent


@dataclass(frozen=True)
class GeneralStaff:
    """An automatic seat for one power. It knows the map and its own plan's objectives, and what `view` shows it."""

    atlas: Atlas
    power: str
    objectives: tuple[str, ...] = ()
    name: str = "automatic"

    def answer(self, question: Question, view: World) -> Answer:
        """Choose by the kind of question; kinds it does not know stand as they are."""
        handler = {
            "axis_done": self._next_target,
            "pocket": self._reduce,
            "line_lost": self._fall_back,
            "general_withdrawal": self._fall_back,
            "cut_off": self._break_out,
            "collapse": self._cross,
            "counter_stroke": self._strike,
            "stroke_over": self._stop,
        }.get(question.kind)
        return handler(question, view) if handler else Answer()

    def _next_target(self, question: Question, view: World) -> Answer:
        """The nearest place still worth taking, with fewer friends already bound for it: enemy masses before towns."""
        sides = self._sides(view)
        side = int(sides.of_power[self.atlas.power_number[self.power]])
        enemy = sides.men_by_province(1 - side)
        rows = view.forces.under(question.subject)
        here = self._centre(view, rows)
        bound = [
            Order.parse(o.text).where[-1]
            for hq, o in sorted(view.orders.items())
            if hq != question.subject and " attack " in o.text
        ]
        sent = {target: 0.0 for target in bound}
        for hq, order in view.orders.items():
            if hq != question.subject and " attack " in order.text:
                sent[Order.parse(order.text).where[-1]] += float(np.sum(view.forces.men[view.forces.under(hq)]))
        best, least = "", np.inf
        for option in question.options:
            target = Order.parse(option).where[-1]
            p = self.atlas.number[target]
            if sent.get(target, 0.0) >= ENOUGH * max(float(enemy[p]), 4000.0):
                continue
            worth = 40.0 * (target in self.objectives) + min(float(enemy[p]) / 250.0, 120.0)
            cost = float(self.atlas.distance_to((p,))[here]) - worth + 60.0 * bound.count(target)
            if cost < least:
                best, least = option, cost
        if not best:
            return Answer()
        p = self.atlas.number[Order.parse(best).where[-1]]
        km = float(self.atlas.distance_to((p,))[here])
        return Answer(
            (best,), (f"{self.atlas.names[p]} is {km:.0f} km off and holds about {enemy[p]:,.0f} of the enemy",)
        )

    def _reduce(self, question: Question, view: World) -> Answer:
        """Turn the nearest headquarters against a pocket until half as many men again as it holds are on the way."""
        needed = 1.5 * question.facts["men"] - question.facts["assigned"]
        chosen, sent = [], 0.0
        for option in question.options[: question.most]:
            if sent >= needed:
                break
            rows = view.forces.under(option.split()[0])
            chosen.append(option)
            sent += float(np.sum(view.forces.men[rows]))
        reason = f"about {question.facts['men']:,.0f} men are cut off and {question.facts['assigned']:,.0f} are set against them"
        return Answer(tuple(chosen), (reason,) if chosen else ())

    def _fall_back(self, question: Question, view: World) -> Answer:
        lost, forces = question.facts.get("line_lost", 0.0), question.facts.get("men_lost", 0.0)
        return Answer(question.options[:1], (f"{lost:.0%} of the line and {forces:.0%} of the men are lost",))

    def _break_out(self, question: Question, view: World) -> Answer:
        """Break out while there are supplies and some chance; otherwise hold where we stand."""
        odds, supply = question.facts["own"] / max(question.facts["enemy"], 1.0), question.facts["supply"]
        go = odds >= 0.35 and supply >= 0.25 and not question.facts["fortress"]
        wanted = Verb.BREAKOUT if go else Verb.STAND
        choice = tuple(o for o in question.options if Order.parse(o).verb is wanted)[:1]
        return Answer(
            choice, (f"{question.facts['own']:,.0f} men against {question.facts['enemy']:,.0f}, supply {supply:.0%}",)
        )

    def _strike(self, question: Question, view: World) -> Answer:
        """Strike at odds, unless the headquarters is worn out."""
        rows = view.forces.under(question.subject)
        tired = float(
            np.sum((view.forces.fatigue * view.forces.men)[rows]) / max(float(np.sum(view.forces.men[rows])), 1.0)
        )
        if tired > TOO_TIRED:
            return Answer()
        reason = f"{question.facts['ratio']:.1f} to one against about {question.facts['enemy']:,.0f} men"
        return Answer(question.options[:1], (reason,))

    def _stop(self, question: Question, view: World) -> Answer:
        return Answer(question.options[:1], ("the stroke has reached its place or run its days",))

    def _cross(self, question: Question, view: World) -> Answer:
        lost = question.facts["men_lost"]
        return Answer(question.options[:1], (f"{lost:.0%} of the army is lost or cut off",))

    def _sides(self, view: World) -> Sides:
        war = next(w for w in view.wars.values() if self.power in (*w.attackers, *w.defenders))
        return Sides(self.atlas, view, war)

    def _centre(self, view: World, rows: NDArray[np.int64]) -> int:
        men = np.bincount(view.forces.province[rows], weights=view.forces.men[rows], minlength=len(self.atlas))
        return int(np.argmax(men))
