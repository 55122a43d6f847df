"""The general staff of a power at war: answers the questions that a campaign raises, from its own view alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.orders import Order, Verb
from wargame.seats import Answer, Question
from wargame.sides import Sides
from wargame.world import World

# What this staff thinks good; another seat may think otherwise, so these are not numbers of the rulebook.
TOO_TIRED = 0.4  # mean fatigue above which no counter-stroke is made
ENOUGH = 3.0  # friends bound for a place, per enemy there, beyond which nobody more is sent
FEWEST = 4000.0  # enemy men that a place is always taken to hold when counting enough
OBJECTIVE_KM = 40.0  # detour that an objective of the plan is worth
MEN_PER_KM = 250.0  # enemy men worth a kilometre of detour ...
MASS_KM = 120.0  # ... up to this many
WORKS_KM = 200.0  # detour that works of full strength across the way are worth
CROWD_KM = 60.0  # detour worth making to a place that no other headquarters is bound for
BREAKOUT_ODDS = 0.35  # own men per enemy around, below which nobody tries to break out
BREAKOUT_SUPPLY = 0.25  # and the supply it takes ...
EASY_ODDS = 1.5  # but with so many men per enemy around everybody tries


class _Picture:
    """Where the enemy stands as far as it is known, and who is bound for where, on one evening."""

    def __init__(self, atlas: Atlas, view: World, power: str) -> None:
        self.view = view
        f, n, self.enemy = view.forces, len(atlas), np.zeros(len(atlas))
        for war in view.wars.values():
            if power in (*war.attackers, *war.defenders) and f"ceased:{war.id}" not in view.flags:
                sides = Sides(atlas, view, war)
                self.enemy += sides.men_by_province(int(power in war.attackers))
        orders = [(hq, Order.parse(o.text)) for hq, o in view.orders.items()]
        self.aim = {hq: atlas.number[o.where[-1]] for hq, o in orders if o.verb is Verb.ATTACK}
        self.men = {hq: float(f.men[f.under(hq)].sum()) for hq in self.aim}
        aims = np.array(list(self.aim.values()), dtype=np.int64)
        self.bound = np.bincount(aims, minlength=n)  # headquarters on the attack, by the province they are bound for
        self.sent = np.bincount(aims, weights=list(self.men.values()), minlength=n)  # and their men


@dataclass
class GeneralStaff:
    """An automatic seat for one power. It knows the map and its own plan's objectives, and what `view` shows it."""

    atlas: Atlas
    power: str
    objectives: tuple[str, ...] = ()
    name: str = "automatic"
    _latest: _Picture | None = field(default=None, init=False, repr=False, compare=False)

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
        picture, number = self._picture(view), self.atlas.number
        names = [option.rpartition(" ")[2] for option in question.options]  # an order ends with its last province
        place = np.array([number[name] for name in names])
        enemy = picture.enemy[place]
        here = self._centre(view, view.forces.under(question.subject))
        km, beside, strength = self.atlas.km_to(place, np.array(here)), self.atlas.border_of, self.atlas.fort_strength
        works = [strength(p, here, view.hour) if (here, p) in beside else 0.0 for p in place.tolist()]
        wanted = np.array([name in self.objectives for name in names])
        worth = OBJECTIVE_KM * wanted + np.minimum(enemy / MEN_PER_KM, MASS_KM)
        own_aim = picture.aim.get(question.subject, -1)
        others = picture.bound[place] - (place == own_aim)
        cost = km - worth + CROWD_KM * others + WORKS_KM * np.array(works)
        for k in cost.argsort(kind="stable").tolist():
            p = int(place[k])
            sent = picture.sent[p] - (picture.men[question.subject] if p == own_aim else 0.0)
            if sent < ENOUGH * max(float(enemy[k]), FEWEST) and np.isfinite(cost[k]):
                reason = f"{self.atlas.names[p]} is {km[k]:.0f} km off and holds about {enemy[k]:,.0f} of the enemy"
                return Answer((question.options[k],), (reason,))
        return Answer()

    def _reduce(self, question: Question, view: World) -> Answer:
        """Turn the nearest headquarters against a pocket until as many men as wanted are on the way."""
        needed = question.facts["wanted"] - question.facts["assigned"]
        chosen, sent = [], 0.0
        for option in question.options[: question.most]:
            if sent >= needed:
                break
            rows = view.forces.under(option.split()[0])
            chosen.append(option)
            sent += float(view.forces.men[rows].sum())
        cut_off, against = question.facts["men"], question.facts["assigned"]
        reason = f"about {cut_off:,.0f} men are cut off and {against:,.0f} are set against them"
        return Answer(tuple(chosen), (reason,) if chosen else ())

    def _fall_back(self, question: Question, view: World) -> Answer:
        lost, forces = question.facts.get("line_lost", 0.0), question.facts.get("men_lost", 0.0)
        return Answer(question.options[:1], (f"{lost:.0%} of the line and {forces:.0%} of the men are lost",))

    def _break_out(self, question: Question, view: World) -> Answer:
        """Break out while there are supplies and, with all who are cut off there, some chance; otherwise hold."""
        f, here = view.forces, self._centre(view, view.forces.under(question.subject))
        rows = f.land_rows(self.atlas.power_number[self.power])
        own = float(f.men[rows[(f.cut_off_days[rows] > 0) & (f.province[rows] == here)]].sum())
        own = max(own, question.facts["own"])
        odds, supply = own / max(question.facts["enemy"], 1.0), question.facts["supply"]
        able = odds >= EASY_ODDS or (odds >= BREAKOUT_ODDS and supply >= BREAKOUT_SUPPLY)
        go = able and not question.facts["fortress"]
        wanted = Verb.BREAKOUT if go else Verb.STAND
        choice = tuple(o for o in question.options if Order.parse(o).verb is wanted)[:1]
        return Answer(choice, (f"{own:,.0f} men against {question.facts['enemy']:,.0f}, supply {supply:.0%}",))

    def _strike(self, question: Question, view: World) -> Answer:
        """Strike at odds, unless the headquarters is worn out."""
        rows = view.forces.under(question.subject)
        tired = float(
            np.sum((view.forces.fatigue * view.forces.men)[rows]) / max(float(view.forces.men[rows].sum()), 1.0)
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

    def _picture(self, view: World) -> _Picture:
        """What all questions about one view have in common."""
        if self._latest is None or self._latest.view is not view:
            self._latest = _Picture(self.atlas, view, self.power)
        return self._latest

    def _centre(self, view: World, rows: NDArray[np.int64]) -> int:
        men = np.bincount(view.forces.province[rows], weights=view.forces.men[rows], minlength=len(self.atlas))
        return int(np.argmax(men))
