"""What a seat may know: the world and the journal with everything hidden taken out.

`seen` is the world as one power knows it, built on `wargame.view` (forces) with politics, luck and the journal's
numbers taken out as well; `visible_entries` are the entries of the journal it hears of. Every page, report, map and
export for a seat is made of these two and of nothing else. What is not listed here as known is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from wargame.atlas import Atlas
from wargame.house import Clerk
from wargame.journal import Entry, Journal
from wargame.politics import Economy, Government, Kind, Polity, Treaty
from wargame.scenario import Setup
from wargame.view import STRENGTH_STEP, WEAPON_STEP, view
from wargame.world import NOWHERE, Forces, OperationState, Status, War, World

SECRET_TREATIES = frozenset([Kind.CONVENTION])  # known to their parties only
PUBLIC_FLAGS = ("ceased:", "dead:", "broken:")
LOSS_STEP = 100.0  # men to which an enemy's losses in a fight are known
FIGURES = 2  # digits to which a foreign economy is known, as yearbooks print it
_POSTURE, _QUALITY = 1, 0.5  # of a foreign formation, as long as nobody knows better


# --- the world -------------------------------------------------------------------------------------------------------


def seen(setup: Setup, world: World, power: str) -> World:
    """The world as a power knows it, as a World of its own; for a power without land, or no power, what is public."""
    atlas = setup.atlas
    own = atlas.power_number.get(power, NOWHERE)
    clerk = Clerk(world, atlas, Journal())
    known = view(world, own, [clerk.sides(w) for w in clerk.going()])
    friends = _friends(world, power)
    mine = np.isin(world.forces.power, [atlas.power_number[p] for p in friends if p in atlas.power_number])
    n = len(world.owner)
    wars = {w for w, entry in world.wars.items() if power in (*entry.attackers, *entry.defenders)}
    return World(
        hour=world.hour, seed=0, owner=world.owner.copy(), controller=world.controller.copy(),
        captured_hour=world.captured_hour.copy(), captured_entry=np.zeros(n, dtype=np.int64),
        contacts=np.zeros(n, dtype=np.int64), occupied_days=np.zeros(n), fought_attacker=np.zeros(n),
        fought_defender=np.zeros(n), decided_entry=np.zeros(n, dtype=np.int64),
        forces=_forces(setup, known.forces, mine),
        powers={k: replace(p, since_entry=0) for k, p in world.powers.items()},
        wars={k: replace(w, entry=0) for k, w in world.wars.items()},
        operations=_operations(setup, world, power),
        orders={hq: replace(o, entry=0) for hq, o in known.orders.items()},
        engagements={p: replace(e, contact=0, entry=0) for p, e in known.engagements.items() if e.war in wars},
        air_superiority={w: x for w, x in world.air_superiority.items() if w in wars},
        weather=world.weather,
        pockets={p: 0 for p in world.pockets if world.pocket_war.get(p, "") in wars},
        pocket_war={p: w for p, w in world.pocket_war.items() if w in wars},
        flags={f: 0 for f in world.flags if f.startswith(PUBLIC_FLAGS) or f == f"mobilised:{power}"},
        voyages={f: v for f, v in world.voyages.items() if mine[world.forces.row(f)]},
        sunk={p: x for p, x in world.sunk.items() if p == power},
        warships_sunk={p: x for p, x in world.warships_sunk.items() if p == power},
        harbours={p: c for p, c in world.harbours.items() if c in friends},
        polity=_polity(setup, world, power),
    )  # fmt: skip


def _friends(world: World, power: str) -> set[str]:
    """The power itself, and those on its side of a war that goes on."""
    friends = {power}
    for war in world.wars.values():
        if f"ceased:{war.id}" not in world.flags:
            for side in (war.attackers, war.defenders):
                friends |= set(side) if power in side else set()
    return friends


def _forces(setup: Setup, known: Forces, mine: Any) -> Forces:
    """Foreign formations have the establishment of the opening, no known superior, no known orders."""
    columns: dict[str, Any] = {f.name: getattr(known, f.name) for f in fields(Forces)}
    for name in ("kind", "establishment_men", "establishment_guns", "establishment_tanks", "ready_per_day"):
        columns[name] = np.where(mine, columns[name], getattr(setup.forces, name))
    unseen = ~mine & (columns["status"] == Status.PLANNED)  # also those not raised yet where the power could see them
    for name in ("men", "guns", "tanks", "aircraft", "province"):
        columns[name] = np.where(unseen, 0, columns[name])
    for name, ordinary in (("parent", NOWHERE), ("arrives", 0), ("posture", _POSTURE), ("quality", _QUALITY)):
        columns[name] = np.where(mine, columns[name], ordinary)
    own: dict[str, Any] = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in columns.items()}
    return Forces(**own)


def _operations(setup: Setup, world: World, power: str) -> dict[str, OperationState]:
    """The power's own as they stand; of foreign ones only that the scenario has a plan for them."""
    planned = {p.operation.id: p.operation.power for p in setup.plans if p.operation is not None}
    of = planned | {d.operation: d.power for d in world.polity.drafts.values()}
    mine = {k: replace(o, entry=0) for k, o in world.operations.items() if of.get(k) == power}
    return {k: OperationState(k) for k in planned} | mine


def _polity(setup: Setup, world: World, power: str) -> Polity:
    """Heads and regimes, open treaties and what yearbooks print are public; of the rest a power knows its own."""
    p = world.polity
    of = {plan.operation.id: plan.operation.power for plan in setup.plans if plan.operation is not None}
    of |= {d.operation: d.power for d in p.drafts.values()}
    return Polity(
        governments={k: _government(g, power) for k, g in p.governments.items()},
        economies={k: _economy(e, power) for k, e in p.economies.items()},
        treaties={k: replace(t, honour=1.0, entry=0) for k, t in p.treaties.items() if is_known(t, power)},
        talks={k: replace(t, entry=0) for k, t in p.talks.items() if power in t.parties},
        crises={
            k: replace(c, entry=0, probability=0.0, credibility=())
            for k, c in p.crises.items()
            if of.get(c.operation) == power
        },
        standing={k: s for k, s in p.standing.items() if k == power},
        interests={k: x for k, x in p.interests.items() if k.startswith(f"{power}>")},
        dealings={k: x for k, x in p.dealings.items() if power in k.split(">")},
        offers={k: replace(o, entry=0) for k, o in p.offers.items() if power in o.parties},
        drafts={k: replace(d, entry=0) for k, d in p.drafts.items() if d.power == power},
    )


def _government(government: Government, power: str) -> Government:
    if government.power == power:
        return replace(government, entry=0)
    g = government
    return Government(g.power, g.regime, g.head, g.faction, since=g.since)


def _economy(economy: Economy, power: str) -> Economy:
    if economy.power == power:
        return replace(economy, entry=0)
    gdp, people, steel = (_figures(x) for x in (economy.gdp, economy.population, economy.steel))
    return Economy(economy.power, economy.year, gdp, people, steel, 0.0)


def _figures(value: float) -> float:
    return float(f"{value:.{FIGURES}g}")


def is_known(treaty: Treaty, power: str) -> bool:
    """Whether a power knows of a treaty."""
    return treaty.kind not in SECRET_TREATIES or power in treaty.parties


# --- the journal -----------------------------------------------------------------------------------------------------


@dataclass
class _Ear:
    """Who hears: a power, and what it must remember to understand the next entry."""

    power: str
    atlas: Atlas
    world: World
    wars: dict[str, War] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    fights: dict[str, str] = field(default_factory=dict)  # province -> war of the fighting there
    operations: dict[str, str] = field(default_factory=dict)  # operation -> power

    def at_war_in(self, war: str) -> bool:
        """Whether the power takes part in a war; an entry that names none is of any of its wars."""
        if not war:
            return any(self.power in (*w.attackers, *w.defenders) for w in self.wars.values())
        return war in self.wars and self.power in (*self.wars[war].attackers, *self.wars[war].defenders)

    def is_friend(self, power: str) -> bool:
        """Whether a power is this one, or on its side of a war that goes on."""
        return power == self.power or any(
            power in side and self.power in side
            for w in self.wars.values()
            if w.id not in self.over
            for side in (w.attackers, w.defenders)
        )

    def owner(self, formation: str) -> str:
        """Whose formation it is."""
        return self.atlas.powers[self.world.forces.command.power_of[self.world.forces.row(formation)]]


Data = dict[str, Any]


def visible_entries(entries: Iterable[Entry], power: str, world: World, atlas: Atlas) -> list[Entry]:
    """The entries of which a power hears, in order, numbered for it alone, without hashes.

    ``entries`` are those of the whole game from its header on; ``world`` is the position they lead to. An entry's
    ``because`` is the power's own number of the cause, 0 where it does not know it. No power (an empty code): what is
    public.
    """
    entries = list(entries)
    ear = _Ear(power, atlas, world, _first_wars(entries, world))
    numbers: dict[int, int] = {}
    heard: list[Entry] = []
    for entry in entries:
        data = _heard(ear, entry)
        if data is not None:
            numbers[entry.n] = len(heard) + 1
            heard.append(Entry(len(heard) + 1, entry.hour, entry.kind, data, numbers.get(entry.because, 0), ""))
    return heard


def _first_wars(entries: list[Entry], world: World) -> dict[str, War]:
    """The wars that were going on before the first entry."""
    declared = {e.data["war"] for e in entries if e.kind == "war_declared"}
    joined = {(e.data["war"], e.data["power"]) for e in entries if e.kind == "war_joined"}
    return {
        k: replace(
            w,
            attackers=tuple(p for p in w.attackers if (k, p) not in joined),
            defenders=tuple(p for p in w.defenders if (k, p) not in joined),
        )
        for k, w in world.wars.items()
        if k not in declared
    }


def _heard(ear: _Ear, entry: Entry) -> Data | None:
    """The entry's data as the power hears of it; ``None`` if it does not."""
    told = _TOLD.get(entry.kind)
    return None if told is None else told(ear, dict(entry.data))


def _public(ear: _Ear, d: Data) -> Data | None:
    return d


def _own(ear: _Ear, d: Data) -> Data | None:
    return d if d["power"] == ear.power else None


def _without(**ordinary: Any) -> Callable[[_Ear, Data], Data | None]:
    """Known to everybody, but for these fields, which are the power's own affair."""

    def told(ear: _Ear, d: Data) -> Data | None:
        return d if d["power"] == ear.power else d | ordinary

    return told


def _own_without(**ordinary: Any) -> Callable[[_Ear, Data], Data | None]:
    """The power's own, but for these fields, in which the rules speak."""

    def told(ear: _Ear, d: Data) -> Data | None:
        return d | ordinary if d["power"] == ear.power else None

    return told


def _declared(ear: _Ear, d: Data) -> Data | None:
    ear.wars[d["war"]] = War(d["war"], tuple(d["attackers"]), tuple(d["defenders"]), 0, 0)
    return d


def _joined(ear: _Ear, d: Data) -> Data | None:
    war, who = ear.wars[d["war"]], d["power"]
    ear.wars[war.id] = (
        replace(war, attackers=(*war.attackers, who))
        if d["on"] == "attackers"
        else replace(war, defenders=(*war.defenders, who))
    )
    return d


def _ceased(ear: _Ear, d: Data) -> Data | None:
    ear.over.add(d["war"])
    return d


def _operation_of(ear: _Ear, d: Data) -> Data | None:
    ear.operations[d["operation"]] = d["power"]
    return d if d["power"] == ear.power else None


def _crisis(ear: _Ear, d: Data) -> Data | None:
    return _operation_of(ear, d | {"probability": 0.0, "credibility": (), "reasons": ()})


def _operation_ended(ear: _Ear, d: Data) -> Data | None:
    return d | {"reasons": ()} if ear.operations.get(d["operation"]) == ear.power else None


def _broken(ear: _Ear, d: Data) -> Data | None:
    return d if ear.is_friend(d["power"]) else None


def _treaty(ear: _Ear, d: Data) -> Data | None:
    known = d["form"] not in SECRET_TREATIES or ear.power in d["parties"]
    return d | {"honour": 1.0} if known else None


def _treaty_ended(ear: _Ear, d: Data) -> Data | None:
    treaty = ear.world.polity.treaties.get(d["treaty"])
    return d if treaty is not None and is_known(treaty, ear.power) else None


def _talks(ear: _Ear, d: Data) -> Data | None:
    return d | {"reasons": ()} if ear.power in d["parties"] else None


def _dealings(ear: _Ear, d: Data) -> Data | None:
    return d | {"why": ""} if ear.power in (d["power"], d["about"]) else None


def _mobilised(ear: _Ear, d: Data) -> Data | None:
    if d["power"] == ear.power:
        return d
    return None if d["covert"] else d | {"wave": 0, "formations": 0, "why": ""}


def _formation(ear: _Ear, d: Data) -> Data | None:
    return d if ear.owner(d["formation"]) == ear.power else None


def _friendly_formation(ear: _Ear, d: Data) -> Data | None:
    return d if ear.is_friend(ear.owner(d["formation"])) else None


def _objective(ear: _Ear, d: Data) -> Data | None:
    return d if ear.owner(d["hq"]) == ear.power else None


def _fight_began(ear: _Ear, d: Data) -> Data | None:
    ear.fights[d["province"]] = d["war"]
    if not ear.at_war_in(d["war"]):
        return None
    d |= {"luck_attacker": 0.0, "luck_defender": 0.0, "advantage": 0.0, "odds": -1.0, "reasons": ()}
    return d | _rounded(ear, d, {"attackers": ("attacking_men",), "defenders": ("defending_men",)}, STRENGTH_STEP)


def _fight_ended(ear: _Ear, d: Data) -> Data | None:
    if not ear.at_war_in(ear.fights.pop(d["province"], "")):
        return None
    if not _ours(ear, d["attackers"]):
        d |= {"pause_until": 0}
    losses = {"attackers": ("attacker_killed_wounded",), "defenders": ("defender_killed_wounded",)}
    return d | _rounded(ear, d, losses, LOSS_STEP)


def _ours(ear: _Ear, formations: Iterable[str]) -> bool:
    return any(ear.is_friend(ear.owner(f)) for f in formations)


def _rounded(ear: _Ear, d: Data, amounts: Mapping[str, tuple[str, ...]], step: float) -> Data:
    """The amounts of each group of formations that is not of the power's own side, rounded."""
    return {
        name: _round(d[name], step) for group, names in amounts.items() if not _ours(ear, d[group]) for name in names
    }


def _round(value: float, step: float) -> int:
    return int(int(value / step + 0.5) * step)


def _taken(ear: _Ear, d: Data) -> Data | None:
    return d if ear.is_friend(d["power"]) or ear.is_friend(d["previous"]) else d | {"by": ""}


def _pocket(ear: _Ear, d: Data) -> Data | None:
    ear.fights[f"pocket {d['province']}"] = d["war"]
    if not ear.at_war_in(d["war"]):
        return None
    return d if ear.is_friend(d["power"]) else d | {"formations": (), "men": _round(d["men"], STRENGTH_STEP)}


def _relieved(ear: _Ear, d: Data) -> Data | None:
    return d if ear.at_war_in(ear.fights.pop(f"pocket {d['province']}", "")) else None


def _surrendered(ear: _Ear, d: Data) -> Data | None:
    return d if ear.is_friend(d["power"]) or ear.is_friend(d["to"]) else None


def _friendly(ear: _Ear, d: Data) -> Data | None:
    return d if ear.is_friend(d["power"]) else None


def _overtaken(ear: _Ear, d: Data) -> Data | None:
    if _ours(ear, d["formations"]):
        return d
    return d | {"killed_wounded": _round(d["killed_wounded"], LOSS_STEP)} if ear.is_friend(d["power"]) else None


def _landed(ear: _Ear, d: Data) -> Data | None:
    if not (ear.is_friend(d["power"]) or ear.at_war_in(d["war"])):
        return None
    d |= {"advantage": 0.0, "odds": -1.0, "reasons": ()}
    theirs = ("enemy_men", "enemy_killed_wounded") if ear.is_friend(d["power"]) else ("men", "killed_wounded")
    steps = (STRENGTH_STEP, LOSS_STEP)
    return d | {name: _round(d[name], step) for name, step in zip(theirs, steps, strict=True)}


def _air(ear: _Ear, d: Data) -> Data | None:
    if not ear.at_war_in(d["war"]):
        return None
    war = ear.wars.get(d["war"]) or next(w for w in ear.wars.values() if ear.power in (*w.attackers, *w.defenders))
    theirs = "defender_lost" if ear.power in war.attackers else "attacker_lost"
    return d | {theirs: _round(d[theirs], WEAPON_STEP)}


_TOLD: Mapping[str, Callable[[_Ear, Data], Data | None]] = {
    # public
    "war_declared": _declared,
    "war_joined": _joined,
    "hostilities_ceased": _ceased,
    "standing_changed": _without(reason=""),
    "armistice_signed": _without(reasons=()),
    "leader_died": _public,
    "zones_ceded": _public,
    "weather_turned": _public,
    "government_formed": _without(policy=(0.0,) * 10, grip=1.0, paralysis=0.0, why=""),
    "contest_held": _without(coalition=(), contenders=(), shares=(), figurehead=False),
    "signal_sent": _without(weight=0.0),
    "stood_down": _without(why=""),
    "treaty_signed": _treaty,
    "treaty_ended": _treaty_ended,
    "mobilised": _mobilised,
    "province_taken": _taken,
    # a power's own affairs
    "decision": _own_without(reasons=()),
    "order_issued": _own,
    "operation_launched": _operation_of,
    "operation_ended": _operation_ended,
    "crisis_moved": _crisis,
    "plan_drawn": _operation_of,
    "offer_moved": _talks,
    "dealings_changed": _dealings,
    "course_turned": _own,
    "economy_broke": _own_without(reasons=()),
    "partisans_struck": _own,
    "economy_advanced": _own_without(reasons=()),
    "formations_regrouped": _own,
    "formations_reformed": _own,
    "formations_disbanded": _own,
    "formations_worn": _own,
    "formations_placed": _own,
    "condition_set": _own,
    "talks_held": _talks,
    "formation_ready": _formation,
    "entrained": _formation,
    "embarked": _formation,
    "objective_reached": _objective,
    # what happens beside its own or allied troops
    "army_broken": _broken,
    "engagement_began": _fight_began,
    "engagement_ended": _fight_ended,
    "pocket_formed": _pocket,
    "pocket_relieved": _relieved,
    "formations_surrendered": _surrendered,
    "formation_dispersed": _friendly_formation,
    "formations_interned": _friendly,
    "formations_overtaken": _overtaken,
    "convoy_lost": _friendly_formation,
    "evacuated": _friendly_formation,
    "landed": _landed,
    "air_fought": _air,
}
