"""What lies on one seat's desk: the world as it knows it, the entries it may read, its mail and its orders.

Everything that is printed for a seat is made of a `Desk` and of the fixed parts of the setup that are its own; so two
games that differ only in what a seat does not know give it the same pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates
from wargame.journal import Entry
from wargame.politics import Kind
from wargame.scenario import Plan, Setup
from wargame.show import style
from wargame.show.prose import Names, listing
from wargame.show.retell import TREATIES
from wargame.sides import AIR, FIRST_UNIT
from wargame.table.messages import Mail
from wargame.world import KINDS, Status, World

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Desk:
    """One seat at the end of a turn. ``seen`` and ``before``: its views (`redact.seen`) of then and of the opening.

    ``entries`` are those it may read, of the whole game, in its own numbering; ``orders`` its instructions of the turn
    in their written form, ``standing`` those in force, ``returned`` the lines sent back with the reason, ``pending``
    the questions it will be asked, ``goals`` what its player is to achieve, ``brief`` what he is told at the opening.
    """

    setup: Setup
    game: str
    turn: int
    power: str
    opened: int  # hour at which the turn began
    seen: World
    before: World | None = None
    entries: tuple[Entry, ...] = ()
    mail: Mail = field(default_factory=Mail)
    orders: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    returned: tuple[tuple[str, str], ...] = ()
    pending: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    brief: str = ""

    @property
    def hour(self) -> int:
        """The hour at which the turn ended."""
        return self.seen.hour

    @cached_property
    def names(self) -> Names:
        """What things are called."""
        return Names(self.setup.atlas, self.seen.forces)

    @cached_property
    def country(self) -> str:
        """The power's name as it stands in a sentence."""
        return self.names.country(self.power)

    def short_name(self, power: str) -> str:
        """A power's name as it stands on a form."""
        return self.names.country(power).removeprefix("the ")

    @property
    def colour(self) -> str:
        """The power's colour."""
        return self.setup.atlas.colours.get(self.power, style.LAND)

    @property
    def dark(self) -> str:
        """A dark version of it, for lines and letters."""
        return style.strong(self.setup.atlas.colours.get(self.power, style.INK))

    @property
    def foot(self) -> str:
        """What stands at the foot of its papers."""
        return f"{self.game} · turn {self.turn} · {dates.spoken(self.hour, year=True)}"

    @cached_property
    def number(self) -> int:
        """The power's number on the map; -1 if it is not on it."""
        return self.setup.atlas.power_number.get(self.power, -1)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plans of this power and no other."""
        return tuple(
            p for p in self.setup.plans
            if (p.operation and p.operation.power == self.power) or (p.defence and p.defence.power == self.power)
        )  # fmt: skip

    @cached_property
    def own_setup(self) -> Setup:
        """The setup with its own plans alone; of others' operations no more than whose they are and against whom."""
        others = [p.operation for p in self.setup.plans if p not in self.plans and p.operation is not None]
        known = {"objectives": (), "begins": None, "war": ""}
        seen = [
            Plan(operation=o.model_copy(update=known | {"name": f"the {self.names.adjective(o.power)} attack"}))
            for o in others
        ]
        return replace(self.setup, plans=(*self.plans, *seen))

    @property
    def this_turn(self) -> list[Entry]:
        """Entries of the turn."""
        return [e for e in self.entries if self.opened <= e.hour <= self.hour and e.n > 0]

    # --- wars and friends --------------------------------------------------------------------------------------------

    @cached_property
    def enemies(self) -> list[str]:
        """Powers it is at war with."""
        return self._in_wars(other=True)

    @cached_property
    def allies(self) -> list[str]:
        """Powers beside which it is at war."""
        return [p for p in self._in_wars(other=False) if p != self.power]

    def _in_wars(self, *, other: bool) -> list[str]:
        found: list[str] = []
        for war in self.seen.wars.values():
            if f"ceased:{war.id}" in self.seen.flags:
                continue
            for side, against in ((war.attackers, war.defenders), (war.defenders, war.attackers)):
                if self.power in side:
                    found += against if other else side
        return list(dict.fromkeys(found))

    def treaties(self) -> list[str]:
        """What it has signed and is in force, in words, the most binding first."""
        partners: dict[Kind, dict[str, None]] = {}
        for t in self.seen.polity.in_force(self.hour):
            if self.power in t.parties:
                others = dict.fromkeys(self.names.country(p) for p in t.parties if p != self.power)
                partners.setdefault(t.kind, {}).update(others)
        return [f"{TREATIES[k]} with {listing(list(partners[k]))}" for k in Kind if k in partners]

    # --- forces ------------------------------------------------------------------------------------------------------

    @cached_property
    def units(self) -> Rows:
        """Rows of its formations in the field or on the way, headquarters and air fleets left out."""
        return self.units_of(self.number)

    def units_of(self, power: int) -> Rows:
        """Rows of a power's active formations with men, as far as it knows them."""
        f = self.seen.forces
        live = (f.status == Status.ACTIVE) & (f.men > 0) & (f.kind >= FIRST_UNIT) & (f.kind != AIR)
        return np.flatnonzero(live & (f.power == power))

    def armies(self) -> list[tuple[str, Rows]]:
        """Its formations by the army (or whatever stands highest below an army group) they belong to, largest first."""
        f = self.seen.forces
        groups: dict[str, list[int]] = {}
        for row in self.units.tolist():
            chain = [r for r in f.chain(row)[1:] if KINDS[int(f.kind[r])] != "army_group"]
            groups.setdefault(f.ids[chain[-1]] if chain else "", []).append(row)
        made = [(hq, np.array(rows, dtype=np.int64)) for hq, rows in groups.items()]
        return sorted(made, key=lambda g: (not g[0], -float(f.men[g[1]].sum()), g[0]))

    def set_up(self, members: Rows) -> str:
        """Where formations stand, for setting up a map: the town of most of their men; when the last is there."""
        f = self.seen.forces
        weight = np.bincount(f.province[members], weights=f.men[members], minlength=len(self.setup.atlas))
        late = int(f.arrives[members].max())
        at = f"at {self.setup.atlas.names[int(weight.argmax())]}"
        return at + (f", there on {dates.spoken(late)}" if late > self.hour else "")

    def sightings(self) -> list[tuple[int, int, Rows]]:
        """Enemy formations in sight: province, power and rows, the most men first."""
        f = self.seen.forces
        found = []
        for power in sorted(
            self.setup.atlas.power_number[p] for p in self.enemies if p in self.setup.atlas.power_number
        ):
            rows = self.units_of(power)
            for place in sorted(set(f.province[rows].tolist())):
                found.append((place, power, rows[f.province[rows] == place]))
        return sorted(found, key=lambda s: (-float(f.men[s[2]].sum()), s[0], s[1]))

    def losses(self) -> dict[str, float]:
        """Killed, wounded, captured, missing and arms lost in the turn."""
        then = self.before.forces if self.before is not None else self.setup.forces
        own = np.flatnonzero(self.seen.forces.power == self.number)
        old = own[own < len(then)]
        found = {}
        for column in LOST:
            now = float(getattr(self.seen.forces, column)[own].sum())
            found[column] = now - float(getattr(then, column)[old].sum())
        return found

    def men_before(self) -> float | None:
        """Men it had in its formations at the turn's opening, if that is known."""
        return float(replace(self, seen=self.before).men) if self.before is not None else None

    @property
    def men(self) -> float:
        """Men in its formations."""
        return float(self.seen.forces.men[self.units].sum())

    # --- land --------------------------------------------------------------------------------------------------------

    def changes(self) -> tuple[list[int], list[int]]:
        """Provinces won and lost in the turn by its side, the largest towns first."""
        if self.before is None:
            return [], []
        atlas = self.setup.atlas
        own = [atlas.power_number[p] for p in (self.power, *self.allies) if p in atlas.power_number]
        was, now = np.isin(self.before.controller, own), np.isin(self.seen.controller, own)
        ranked = [np.flatnonzero(mask) for mask in (now & ~was, was & ~now)]
        won, lost = ([int(p) for p in rows[np.lexsort((rows, -atlas.population_k[rows]))]] for rows in ranked)
        return won, lost

    def weather(self) -> str:
        """The commonest weather over its own land, by area."""
        atlas, own = self.setup.atlas, self.seen.owner == self.number
        if not self.seen.weather or not own.any():
            return ""
        area = np.bincount(atlas.climate_of[own], weights=atlas.area_km2[own], minlength=len(self.seen.weather))
        total: dict[str, float] = {}
        for climate, state in enumerate(self.seen.weather):
            total[state] = total.get(state, 0.0) + float(area[climate])
        return max(sorted(total), key=lambda s: total[s])

    def touches(self, e: Entry) -> bool:
        """Whether an entry is about this power, its formations or its land."""
        return any(self._is_own(word) for word in _words(e.data))

    def _is_own(self, word: str) -> bool:
        if word == self.power:
            return True
        row = self.seen.forces.command.row.get(word)
        if row is not None:
            return int(self.seen.forces.power[row]) == self.number
        place = self.setup.atlas.number.get(word)
        return place is not None and int(self.seen.owner[place]) == self.number


LOST = ("killed", "wounded", "captured", "missing", "tanks_lost", "guns_lost", "aircraft_lost")


def _words(data: Any) -> Sequence[str]:
    if isinstance(data, str):
        return (data,)
    if isinstance(data, dict):
        return [w for v in data.values() for w in _words(v)]
    return [w for v in data for w in _words(v)] if isinstance(data, (list, tuple)) else ()
