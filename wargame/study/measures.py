"""What one run did, measured as the history files measure it: losses, dates of towns, pockets, rates.

Every quantity is read from the journal and the final World alone. A thing that did not happen is ``None``. Days count
from 1, the day of the scenario's opening.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wargame.engine import Run
from wargame.journal import Entry
from wargame.sides import FIRST_UNIT, MOTOR
from wargame.study import history
from wargame.study.history import Fact, History
from wargame.world import Status

Measured = dict[str, float | None]
FATES = ("killed", "wounded", "captured", "missing")
GONE = 2 / 3  # share of a force's men whose formations have left the field: it is destroyed
BRIGADE, DIVISION = "18", "21"  # echelon digits of a symbol code
EARTH_KM = 6371.0


def measure(run: Run, facts: History | None = None) -> Measured:
    """Every fact of the scenario's history file as this run has it, by the fact's id."""
    if facts is None:
        scenario = run.setup.scenario
        facts = history.load(scenario.id, scenario.scenario.opening)
    record = _Record(run)
    return {f.id: _rounded(QUANTITIES[f.quantity](record, f)) for f in facts.facts if f.quantity in QUANTITIES}


def _rounded(value: float | None) -> float | None:
    """Four significant decimals: enough to read, too few to show the last bits of a sum."""
    return None if value is None else round(float(value), 4)


class _Record:
    """One run, indexed for measuring."""

    def __init__(self, run: Run) -> None:
        self.run, self.atlas, self.forces = run, run.setup.atlas, run.world.forces
        self.opening = run.setup.scenario.scenario.opening
        self.entries: dict[str, list[Entry]] = {}
        for entry in run.journal:
            self.entries.setdefault(entry.kind, []).append(entry)

    def of(self, kind: str) -> list[Entry]:
        return self.entries.get(kind, [])

    def day(self, entry: Entry) -> int:
        return history.day_of(entry.hour, self.opening)

    def first(self, entries: Iterable[Entry]) -> int | None:
        return min((self.day(e) for e in entries), default=None)

    @cached_property
    def days(self) -> int:
        """Length of the fighting."""
        ended = self.first(self.of("hostilities_ceased"))
        return ended if ended is not None else history.day_of(self.run.world.hour, self.opening)

    def friends(self, power: str) -> tuple[str, ...]:
        """The power and those that began the war at its side."""
        for war in self.of("war_declared"):
            for side in ("attackers", "defenders"):
                if power in war.data[side]:
                    return tuple(war.data[side])
        return (power,)

    def power_of(self, formation: str) -> str:
        return str(self.atlas.powers[int(self.forces.power[self.forces.row(formation)])])

    def rows(self, fact: Fact, *, units: bool = False) -> NDArray[np.int64]:
        """Rows of the fact's formations with all under them, or of its whole power."""
        f = self.forces
        named = [name for name in fact.force if name in f.ids]
        found = f.power == self.atlas.power_number[fact.side]
        if fact.force:
            found = np.zeros(len(f), dtype=bool)
            for name in named:
                found[f.under(name)] = True
        if units:
            found &= f.kind >= FIRST_UNIT
        return np.flatnonzero(found)

    def total(self, fact: Fact, *columns: str) -> float:
        rows = self.rows(fact)
        return math.fsum(v for c in columns for v in getattr(self.forces, c)[rows].tolist())

    def power_total(self, power: str, *columns: str) -> float:
        mine = self.forces.power == self.atlas.power_number[power]
        return math.fsum(v for c in columns for v in getattr(self.forces, c)[mine].tolist())


# --- strengths -------------------------------------------------------------------------------------------------------


def _men(r: _Record, fact: Fact) -> float:
    """Men who ever stood in the field: mobilisation goes on after the opening."""
    return r.total(fact, "men", *FATES)


def _echelon(digits: str) -> Callable[[_Record, Fact], float]:
    """Units of one size among those in being at the opening, by their symbol codes."""

    def count(r: _Record, fact: Fact) -> float:
        being = r.run.setup.forces.status == Status.ACTIVE
        rows = r.rows(fact, units=True).tolist()
        return float(sum(bool(being[i]) and r.forces.sidc[i][8:10] == digits for i in rows))

    return count


def _opening(column: str) -> Callable[[_Record, Fact], float]:
    def total(r: _Record, fact: Fact) -> float:
        return math.fsum(getattr(r.run.setup.forces, column)[r.rows(fact)].tolist())

    return total


def _tanks_mobile(r: _Record, fact: Fact) -> float:
    rows = r.rows(fact)
    rows = rows[np.isin(r.forces.kind[rows], MOTOR)]
    return math.fsum(r.run.setup.forces.tanks[rows].tolist())


# --- losses ----------------------------------------------------------------------------------------------------------


def _sum(*columns: str) -> Callable[[_Record, Fact], float]:
    def total(r: _Record, fact: Fact) -> float:
        return r.power_total(fact.side, *columns)

    return total


def _captured(r: _Record, fact: Fact) -> float:
    """Prisoners a power lost, all or those of one captor."""
    if not fact.force:
        return r.power_total(fact.side, "captured")
    return float(sum(men for captor, power, men in _prisoners(r) if power == fact.side and captor in fact.force))


def _prisoners(r: _Record) -> list[tuple[str, str, int]]:
    """(captor, power, men) of every capture in the journal."""
    found = []
    for e in r.of("engagement_ended"):
        if e.data["captured"]:
            who = e.data["attackers"] or r.run.journal[e.because].data["attackers"]
            found.append((r.power_of(who[0]), r.power_of(e.data["defenders"][0]), int(e.data["captured"])))
    for e in r.of("formations_overtaken"):
        found.append((e.data["power"], r.power_of(e.data["formations"][0]), int(e.data["captured"])))
    for e in r.of("formations_surrendered"):
        found.append((e.data["to"], e.data["power"], int(e.data["men"])))
    for e in r.of("formation_dispersed"):
        power = r.power_of(e.data["formation"])
        found.append((_holder(r, e.data["province"], power), power, int(e.data["captured"])))
    return found


def _holder(r: _Record, province: str, against: str) -> str:
    """The enemy power that holds a province at the end; where none does, the first of the enemies."""
    war = next(w.data for w in r.of("war_declared") if against in (*w.data["attackers"], *w.data["defenders"]))
    enemies = war["attackers"] if against in war["defenders"] else war["defenders"]
    holder = r.atlas.powers[int(r.run.world.controller[r.atlas.number[province]])]
    joined = [e.data["power"] for e in r.of("war_joined")]
    return str(holder) if holder in (*enemies, *joined) and holder != against else str(enemies[0])


def _surrendered(r: _Record, fact: Fact) -> float:
    """Men who laid down their arms in a place, or prisoners from given formations wherever taken."""
    if fact.force:
        return r.total(fact, "captured")
    taken = [e for e in r.of("formations_surrendered") if e.data["power"] == fact.side]
    return float(sum(int(e.data["men"]) for e in taken if e.data["province"] in fact.place))


def _interned(r: _Record, fact: Fact) -> float:
    return float(sum(int(e.data["men"]) for e in r.of("formations_interned") if e.data["power"] == fact.side))


# --- rates -----------------------------------------------------------------------------------------------------------


def _loss_rate(r: _Record, fact: Fact) -> float:
    """Killed, wounded, missing and captured in percent of the men committed, a day."""
    return 100.0 * r.power_total(fact.side, *FATES) / max(_men(r, fact), 1.0) / r.days


def _exchange(r: _Record, fact: Fact) -> float | None:
    """A power's killed and wounded for one of its first enemy's."""
    war = next(w.data for w in r.of("war_declared") if fact.side in (*w.data["attackers"], *w.data["defenders"]))
    enemy = (war["attackers"] if fact.side in war["defenders"] else war["defenders"])[0]
    theirs = r.power_total(enemy, "killed", "wounded")
    return r.power_total(fact.side, "killed", "wounded") / theirs if theirs else None


def _killed_per_wounded(r: _Record, fact: Fact) -> float | None:
    wounded = r.power_total(fact.side, "wounded")
    return r.power_total(fact.side, "killed") / wounded if wounded else None


def _advance(r: _Record, fact: Fact) -> float | None:
    """Kilometres a day from the fall of the first place (or the opening) to the second's first assault or fall."""
    origin, target = fact.place
    a, b = r.atlas.number[origin], r.atlas.number[target]
    own = r.atlas.powers[int(r.run.world.owner[a])] in r.friends(fact.side)
    begins = 0 if own else _first_taken(r, fact, origin)
    reaches = _first_reached(r, fact, target)
    if begins is None or reaches is None or reaches <= begins:
        return None
    return _km(r, a, b) / (reaches - begins)


def _km(r: _Record, a: int, b: int) -> float:
    lon_a, lat_a, lon_b, lat_b = (
        math.radians(float(x[p])) for p in (a, b) for x in (r.atlas.lon, r.atlas.lat)
    )  # fmt: skip
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_KM * math.asin(math.sqrt(half)), 1)


# --- dates -----------------------------------------------------------------------------------------------------------


def _first_taken(r: _Record, fact: Fact, place: str) -> int | None:
    friends = r.friends(fact.side)
    return r.first(
        e for e in r.of("province_taken") if e.data["province"] == place and e.data["power"] in friends
    )  # fmt: skip


def _first_reached(r: _Record, fact: Fact, place: str) -> int | None:
    """First assault on a place by the side (or the force named), or its fall to the side."""
    wanted = {r.forces.ids[i] for i in r.rows(fact).tolist()} if fact.force else None
    friends = r.friends(fact.side)

    def ours(e: Entry) -> bool:
        who = e.data["attackers"]
        return bool(wanted & set(who)) if wanted is not None else any(r.power_of(x) in friends for x in who)

    assaults = (e for e in r.of("engagement_began") if e.data["province"] == place and ours(e))
    days = [d for d in (r.first(assaults), _first_taken(r, fact, place)) if d is not None]
    return min(days, default=None)


def _fell(r: _Record, fact: Fact) -> int | None:
    return _first_taken(r, fact, fact.place[0])


def _reached(r: _Record, fact: Fact) -> int | None:
    return _first_reached(r, fact, fact.place[0])


def _attacked(r: _Record, fact: Fact) -> int | None:
    """First assault by the side, by the force named if one is, in the places named if any are."""
    mine = {r.forces.ids[i] for i in r.rows(fact).tolist()}
    return r.first(
        e
        for e in r.of("engagement_began")
        if mine & set(e.data["attackers"]) and (not fact.place or e.data["province"] in fact.place)
    )


def _encircled(r: _Record, fact: Fact) -> int | None:
    friends = r.friends(fact.side)
    return r.first(
        e for e in r.of("pocket_formed") if fact.place[0] in e.data["provinces"] and e.data["power"] not in friends
    )


def _gave_up(r: _Record, fact: Fact) -> int | None:
    """The day a place's last defenders laid down their arms, or failing that the day it was entered."""
    friends = r.friends(fact.side)
    taken = _first_taken(r, fact, fact.place[0])
    arms = [
        r.day(e)
        for e in r.of("formations_surrendered")
        if e.data["province"] == fact.place[0] and e.data["power"] not in friends
    ]
    before = [d for d in arms if taken is None or taken - 3 <= d <= taken]
    return max(before) if before else taken


def _destroyed(r: _Record, fact: Fact) -> int | None:
    """The day by which formations with most of a force's men have surrendered, dispersed or been interned."""
    rows = r.rows(fact, units=True).tolist()
    men = {r.forces.ids[i]: float(r.forces.establishment_men[i]) for i in rows}
    left: dict[str, int] = {}
    for kind in ("formations_surrendered", "formations_interned", "formation_dispersed"):
        for e in r.of(kind):
            for name in e.data["formations"] if "formations" in e.data else (e.data["formation"],):
                left.setdefault(name, r.day(e))
    gone, need = 0.0, GONE * sum(men.values())
    for name, day in sorted(left.items(), key=lambda item: (item[1], item[0])):
        gone += men.get(name, 0.0)
        if men and gone >= need:
            return day
    return None


def _decided(r: _Record, fact: Fact) -> int | None:
    """The day on which the target's army was broken, by an operation of the side."""
    own = {e.data["operation"] for e in r.of("operation_launched") if e.data["power"] == fact.side}
    return r.first(e for e in r.of("army_broken") if e.data["operation"] in own)


def _last_surrender(r: _Record, fact: Fact) -> int | None:
    return r.first(r.of("hostilities_ceased"))


# --- pockets ---------------------------------------------------------------------------------------------------------


def _pockets(r: _Record, fact: Fact) -> float:
    """Pockets formed of a power's troops."""
    return float(sum(e.data["power"] == fact.side for e in r.of("pocket_formed")))


def _pockets_surrendered(r: _Record, fact: Fact) -> float:
    """Pockets of a power's troops in which formations laid down their arms."""
    formed = {e.n for e in r.of("pocket_formed") if e.data["power"] == fact.side}
    return float(len({e.because for e in r.of("formations_surrendered")} & formed))


def _pocket_men(r: _Record, fact: Fact) -> float:
    """Men in the largest pocket of a power's troops when it was closed."""
    return float(max((int(e.data["men"]) for e in r.of("pocket_formed") if e.data["power"] == fact.side), default=0))


QUANTITIES: dict[str, Callable[[_Record, Fact], float | None]] = {
    "men": _men,
    "divisions": _echelon(DIVISION),
    "brigades": _echelon(BRIGADE),
    "guns": _opening("guns"),
    "tanks": _opening("tanks"),
    "tanks_mobile": _tanks_mobile,
    "aircraft": _opening("aircraft"),
    "killed": _sum("killed"),
    "wounded": _sum("wounded"),
    "missing": _sum("missing", "captured"),
    "killed_missing": _sum("killed", "missing", "captured"),
    "tanks_lost": _sum("tanks_lost"),
    "aircraft_lost": _sum("aircraft_lost"),
    "captured": _captured,
    "surrendered": _surrendered,
    "interned": _interned,
    "loss_rate": _loss_rate,
    "exchange": _exchange,
    "killed_per_wounded": _killed_per_wounded,
    "advance": _advance,
    "fell": _fell,
    "reached": _reached,
    "attacked": _attacked,
    "encircled": _encircled,
    "gave_up": _gave_up,
    "destroyed": _destroyed,
    "decided": _decided,
    "last_surrender": _last_surrender,
    "pockets": _pockets,
    "pockets_surrendered": _pockets_surrendered,
    "pocket_men": _pocket_men,
}
"""What a history file's ``quantity`` means, by name."""
