"""An umpire's decisions carried out: what each line of `wargame.umpiring` does to the world at its hour.

Everything happens through events whose cause is the ruling's own entry, so map, reports and verdict follow it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.acts import ConditionSet, DieTyped, FormationsPlaced, FormationsWorn, RulingMade
from wargame.events import (
    EngagementEnded,
    FlagRaised,
    FormationDispersed,
    FormationsSurrendered,
    HostilitiesCeased,
    OperationEnded,
    ProvinceTaken,
    StandingChanged,
    WarDeclared,
    WarJoined,
)
from wargame.fold import event_from
from wargame.house import Clerk, House
from wargame.negotiations import denounce, sign
from wargame.outcomes import cede
from wargame.sides import Sides
from wargame.succession import form, take_office
from wargame.umpiring import (
    CONDITIONS,
    Effect,
    Rows,
    amounts_of,
    die,
    going,
    on_opposite_sides,
    parse,
    power_name,
    rows_of,
    share,
    terms,
    whole_number,
)


def settle(house: House, clerk: Clerk, subject: str) -> None:
    """Put a ruling into the journal and carry out what it says, with the ruling as cause."""
    told: dict[str, Any] = json.loads(subject)
    ruling = told["ruling"]
    if "how" in ruling:
        data = {k: v for k, v in ruling.items() if k != "because"}
        because = min(int(ruling["because"]), max(clerk.journal.length - 1, 0))
        entry = clerk.put(event_from(RulingMade.kind, data, because))
    else:
        entry = clerk.world.flags[f"ruled:{ruling['ruling']}"]
    for line in told["lines"]:
        effect = parse(line)
        if effect.verb != "answer":  # the seat's
            _carry_out(_Act(house, clerk, entry), effect)


def _carry_out(act: _Act, effect: Effect) -> None:
    if effect.verb in CONDITIONS:
        act.condition(effect.verb, *effect.args)
    else:
        getattr(act, {"return": "come_back"}.get(effect.verb, effect.verb))(*effect.args)


class _Act:
    """Carries out lines of one ruling; every event has the ruling's entry as its cause."""

    def __init__(self, house: House, clerk: Clerk, because: int) -> None:
        self.house, self.clerk, self.because = house, clerk, because
        self.world, self.atlas = clerk.world, house.atlas

    def rows(self, who: str) -> Rows:
        return rows_of(self.atlas.power_number, self.atlas.number, self.world, who)

    def ids(self, rows: Rows) -> tuple[str, ...]:
        return tuple(self.world.forces.ids[r] for r in rows.tolist())

    def power(self, rows: Rows) -> str:
        return self.atlas.powers[int(self.world.forces.power[rows[0]])]

    def control(self, place: str, power: str) -> None:
        p, own = self.atlas.number[place], self.atlas.power_number[power]
        for war in self.clerk.going():
            sides = self.clerk.sides(war)
            if sides.of_power[own] >= 0:
                self._clear(sides, p, power, int(sides.of_power[own]))
        holder = int(self.world.controller[p])
        if holder != own:
            previous = power_name(self.atlas.powers, holder)
            self.clerk.put(
                ProvinceTaken(province=place, power=power, previous=previous, how="ruled", because=self.because)
            )

    def _clear(self, sides: Sides, p: int, power: str, side: int) -> None:
        """The fight for a place ends, and enemies in it go to the nearest friendly place next to it, or give up."""
        f, fight = self.world.forces, self.world.engagements.get(p)
        here = sides.rows[1 - side][f.province[sides.rows[1 - side]] == p]
        if not len(here) and sides.land.side_of[p] == side:
            return
        if fight is not None and fight.war == sides.war.id:
            assailants = sides.rows[fight.side][f.heading[sides.rows[fight.side]] == p]
            held = sides.rows[1 - fight.side][f.province[sides.rows[1 - fight.side]] == p]
            self.clerk.put(
                EngagementEnded(
                    province=self.atlas.ids[p], side=fight.side, result="broken" if side == fight.side else "repulsed",
                    days=1 + (self.world.hour - fight.began) // dates.DAY, attackers=self.ids(assailants),
                    defenders=self.ids(held), attacker_killed_wounded=round(float(self.world.fought_attacker[p])),
                    defender_killed_wounded=round(float(self.world.fought_defender[p])), because=self.because,
                )
            )  # fmt: skip
        if not len(here):
            return
        refuges = [(km, q) for q, km in self.atlas.around[p] if sides.land.side_of[q] == 1 - side]
        to = self.atlas.ids[min(refuges)[1]] if refuges else ""
        for own in np.unique(f.power[here]).tolist():
            rows = here[f.power[here] == own]
            of = self.atlas.powers[own]
            if to:
                self.clerk.put(
                    FormationsPlaced(
                        power=of, formations=self.ids(rows), provinces=(to,) * len(rows), because=self.because
                    )
                )
            else:
                self._give_up(rows, power)

    def _give_up(self, rows: Rows, to: str) -> None:
        f = self.world.forces
        for p in np.unique(f.province[rows]).tolist():
            mine = rows[f.province[rows] == p]
            self.clerk.put(
                FormationsSurrendered(
                    province=self.atlas.ids[p], power=self.power(mine), to=to, formations=self.ids(mine),
                    men=round(float(f.men[mine].sum())), because=self.because,
                )
            )  # fmt: skip

    def losses(self, who: str, *amounts: str) -> None:
        rows, f, rules = self.rows(who), self.world.forces, self.house.rulebook.attrition
        if not len(rows):
            return
        told, men = amounts_of(amounts), f.men[rows]
        fallen = _spread(told["men"], men)
        captured = np.minimum(_spread(told.get("captured", "0"), men), men - fallen)
        killed = np.floor(fallen * rules.killed_share + 0.5)
        lost = (fallen + captured) / np.maximum(men, 1.0)
        weapons = {
            "guns": f.guns[rows] * np.minimum(lost * rules.gun_factor, 1.0),
            "tanks": f.tanks[rows] * np.minimum(lost * rules.tank_factor, 1.0),
        }
        for name in weapons:
            if name in told:
                weapons[name] = np.minimum(_spread(told[name], getattr(f, name)[rows]), getattr(f, name)[rows])
        self._worn(rows, killed, fallen - killed, captured, weapons["guns"], weapons["tanks"])

    def come_back(self, who: str, amount: str) -> None:
        rows, f = self.rows(who), self.world.forces
        fallen = f.killed[rows] + f.wounded[rows]
        if len(rows) and fallen.sum() > 0:
            back = np.minimum(_spread(amount, fallen), fallen)
            killed = np.minimum(np.floor(back * f.killed[rows] / np.maximum(fallen, 1.0) + 0.5), f.killed[rows])
            self._worn(rows, -killed, killed - back, *(np.zeros(len(rows)),) * 3)

    def _worn(self, rows: Rows, *columns: NDArray[np.float64]) -> None:
        killed, wounded, captured, guns, tanks = (tuple(c.tolist()) for c in columns)
        self.clerk.put(
            FormationsWorn(
                power=self.power(rows), formations=self.ids(rows), killed=killed, wounded=wounded, captured=captured,
                guns=guns, tanks=tanks, because=self.because,
            )
        )  # fmt: skip

    def condition(self, what: str, who: str, value: str) -> None:
        rows = self.rows(who)
        if len(rows):
            self.clerk.put(
                ConditionSet(
                    power=self.power(rows), what=what, formations=self.ids(rows), value=share(value),
                    because=self.because,
                )
            )  # fmt: skip

    def move(self, who: str, place: str) -> None:
        rows = self.rows(who)
        if len(rows):
            self.clerk.put(
                FormationsPlaced(
                    power=self.power(rows), formations=self.ids(rows), provinces=(place,) * len(rows),
                    because=self.because,
                )
            )  # fmt: skip

    def surrender(self, who: str, _: str, power: str) -> None:
        self._give_up(self.rows(who), power)

    def disperse(self, who: str) -> None:
        f = self.world.forces
        for row in self.rows(who).tolist():
            place = self.atlas.ids[int(f.province[row])]
            self.clerk.put(
                FormationDispersed(
                    formation=f.ids[row], province=place, captured=0, reason="by ruling", because=self.because
                )
            )

    def standing(self, power: str, standing: str) -> None:
        self.clerk.put(StandingChanged(power=power, standing=standing, reason="by ruling", because=self.because))

    def government(self, power: str, *name: str) -> None:
        head, now = " ".join(name), self.world.polity.governments[power]
        rows = [r for r in self.house.tables["governments"] if r["power"] == power and r["head"] == head]
        held = [r for r in rows if r["from"] <= self.world.hour]
        if rows:
            take_office(self.clerk, max(held, key=itemgetter("from")) if held else rows[0], "by ruling", self.because)
        else:
            form(self.clerk, replace(now, head=head), "by ruling", self.because)

    def treaty(self, kind: str, *words: str) -> None:
        parties, rest = terms(words)
        day = dates.iso(self.world.hour).replace("-", "_")
        name = rest.pop("id") or "_".join((kind, *parties, day)).lower()
        sign(self.house, self.clerk, name, kind, parties, self.because, **rest)

    def end(self, treaty: str) -> None:
        if any(t.id == treaty for t in self.world.polity.in_force(self.world.hour)):
            denounce(self.clerk, treaty, "by ruling", self.because)

    def war(self, power: str, target: str) -> None:
        if not any(on_opposite_sides(w, power, target) for w in going(self.world)):
            name = "_".join((power, target, dates.iso(self.world.hour).replace("-", "_"))).lower()
            self.clerk.put(WarDeclared(war=name, attackers=(power,), defenders=(target,), because=self.because))

    def join(self, power: str, war: str, on: str) -> None:
        entered = self.world.wars[war]
        if f"ceased:{war}" not in self.world.flags and power not in (*entered.attackers, *entered.defenders):
            self.clerk.put(WarJoined(war=war, power=power, on=on, because=self.because))

    def cease(self, war: str) -> None:
        if f"ceased:{war}" in self.world.flags:
            return
        entry = self.clerk.put(HostilitiesCeased(war=war, because=self.because))
        ended, fought = self.world.wars[war], {p for w in going(self.world) for p in (*w.attackers, *w.defenders)}
        for power in (*ended.attackers, *ended.defenders):
            if power not in fought and self.world.powers[power].standing == "at_war":
                self.clerk.put(StandingChanged(power=power, standing="at_peace", reason="by ruling", because=entry))

    def cede(self, zone: str, power: str) -> None:
        cede(self.house, self.clerk, [zone], power, "ruling", self.because)

    def outcome(self, operation: str, outcome: str) -> None:
        self.clerk.put(
            OperationEnded(operation=operation, outcome=outcome, reasons=("by ruling",), because=self.because)
        )

    def flag(self, name: str) -> None:
        self.clerk.put(FlagRaised(flag=name, because=self.because))

    def die(self, purpose: str, subject: str, number: str, value: str) -> None:
        self.clerk.put(
            DieTyped(purpose=purpose, subject=subject, ordinal=int(number), value=die(value), because=self.because)
        )


def _spread(amount: str, over: NDArray[np.float64]) -> NDArray[np.float64]:
    """A number shared out over formations by their men or weapons, to the last one; or a share of each."""
    if amount.endswith("%"):
        return np.floor(over * share(amount) + 0.5)
    total = min(whole_number(amount), float(over.sum()))
    steps = np.floor(np.cumsum(over) / max(float(over.sum()), 1.0) * total + 0.5)
    return np.diff(steps, prepend=0.0)
