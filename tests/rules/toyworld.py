"""A toy world written in a few lines, built in memory: what every case and property of the rules plays on.

A situation is plain data, as it stands in ``tests/rules/cases/*.toml``::

    roads = ["a-b 100", "b-c 60 front 40 river major rail 48"]  # land borders: hubs, km apart, what runs there
    RED = "a"                                                   # RED attacks BLU, everybody else is neutral
    BLU = "b c"
    formations = ["red_1: infantry, 10000 men, at a, attack c, tanks 40"]

Everything else may be left out and is then ordinary: open ground, dense roads, clear skies, full supply, no luck.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from tests.toy import columns, floats, ints
from wargame import dates
from wargame.atlas import TERRAINS, Atlas, Borders, Climate, Fort, Railway
from wargame.dice import Dice
from wargame.events import Columns, Event
from wargame.fold import apply
from wargame.rulebook import Rulebook
from wargame.sides import Sides
from wargame.world import (
    KINDS,
    NOWHERE,
    POSTURES,
    STATE_COLUMNS,
    Engagement,
    Forces,
    OperationState,
    Power,
    StandingOrder,
    Status,
    War,
    World,
)

HOUR = dates.parse("1939-09-10T18")
POWERS = ("ALY", "BLU", "GRN", "RED")
WAR = War("red_blue", ("RED",), ("BLU",), HOUR, 7)
NO_LUCK = {"engagement.ends": 1.0, "engagement.wins": 0.5, "surrender": 1.0}
"""Draws that a case does not name: nothing ends, nobody surrenders, every other die shows its median."""
CROSSINGS = {"minor": 1, "river": 2, "major": 3}


@dataclass(frozen=True)
class Told(Dice):
    """Dice that show what the case says: purpose, or ``purpose:subject`` -> a number in [0, 1]."""

    told: Mapping[str, float] = field(default_factory=dict)

    def uniforms(self, purpose: str, subjects: Any, ordinals: Any) -> Any:
        from wargame.dice import key

        shown = np.full(len(subjects), self.told.get(purpose, NO_LUCK.get(purpose, 0.5)))
        for name, value in self.told.items():
            if name.startswith(f"{purpose}:"):
                shown[subjects == key(name.removeprefix(f"{purpose}:"))] = value
        return shown

    def uniform(self, purpose: str, subject: str, ordinal: int = 0) -> float:
        return self.told.get(f"{purpose}:{subject}", self.told.get(purpose, NO_LUCK.get(purpose, 0.5)))


@dataclass
class Toy:
    """A situation ready to play."""

    atlas: Atlas
    world: World
    war: War
    rulebook: Rulebook
    dice: Dice
    bases: dict[str, tuple[int, ...]]
    log: list[Event] = field(default_factory=list)

    def sides(self) -> Sides:
        """Both coalitions as the world is now."""
        return Sides(self.atlas, self.world, self.war)

    def put(self, *events: Event | None) -> None:
        """Record events and let them happen."""
        for event in events:
            if event is not None:
                self.log.append(event)
                apply(self.world, self.atlas, event, 100 + len(self.log))

    def fold(self, change: Columns) -> None:
        """Let a bulk change happen."""
        apply(self.world, self.atlas, change)

    def numbers(self, *provinces: str) -> tuple[int, ...]:
        """Province numbers by id."""
        return tuple(self.atlas.number[p] for p in provinces)


def build(case: Mapping[str, Any], dice: Dice | None = None) -> Toy:
    """The toy world of a situation."""
    atlas = toy_atlas(case)
    world = toy_world(case, atlas)
    bases = {power: tuple(atlas.number[p] for p in names.split()) for power, names in case.get("bases", {}).items()}
    war = world.wars.get(WAR.id, WAR)
    book = Rulebook.load("standard").changed(case.get("rules", {}))
    return Toy(atlas, world, war, book, dice or Told(1, told=case.get("dice", {})), bases)


def toy_atlas(case: Mapping[str, Any]) -> Atlas:
    """The map of a situation; hubs lie in a row, half a degree apart, in the order of their names."""
    roads = [_road(text) for text in case["roads"]]
    ids = tuple(sorted({p for r in roads for p in (r["a"], r["b"])}))
    number = {p: i for i, p in enumerate(ids)}
    pairs = sorted((*sorted((number[r["a"]], number[r["b"]])), k) for k, r in enumerate(roads))
    ordered = [roads[k] for _, _, k in pairs]
    ground = {p: _ground(case.get("ground", {}).get(p, "open")) for p in ids}
    n, always = len(ids), 10**8
    sky = {k: np.array(v, dtype=float) for k, v in case.get("climate", {}).items()}
    names = case.get("climates", ["plain"])
    return Atlas(
        id="toy", title="Toy", version="1", ids=ids, names=tuple(p.title() for p in ids), aliases=((),) * n,
        zones=("Z",), zone_of=np.zeros(n, dtype=np.int64), zone_owners=(((0, "GRN"),),),
        terrain=ints(*(TERRAINS.index(ground[p]["terrain"]) for p in ids)), area_km2=np.full(n, 2500.0),
        lon=np.arange(n) * 0.5, lat=np.full(n, 50.0), road=ints(*(int(ground[p].get("road", 4)) for p in ids)),
        population_k=floats(*(float(ground[p].get("people", 10)) for p in ids)), port=np.zeros(n, dtype=np.int64),
        capital_of=tuple(ground[p].get("capital", "") for p in ids),
        climate_of=ints(*(int(ground[p].get("climate", 0)) for p in ids)),
        climates=tuple(
            Climate(c, *(sky.get(s, np.zeros(12)) for s in ("rain", "mud", "snow", "frost"))) for c in names
        ),
        borders=Borders(
            a=ints(*(a for a, _, _ in pairs)), b=ints(*(b for _, b, _ in pairs)),
            shared_km=floats(*(r["front"] for r in ordered)), distance_km=floats(*(r["km"] for r in ordered)),
            river=tuple("River" if r["crossing"] else "" for r in ordered),
            river_share=floats(*(1.0 if r["crossing"] else 0.0 for r in ordered)),
            crossing=ints(*(r["crossing"] for r in ordered)), strait=np.zeros(len(ordered), dtype=bool),
        ),
        forts=tuple(_fort(text, number, always) for text in case.get("forts", ())),
        rail=tuple(
            Railway(a, b, 2, 1435, int(r["rail"]), r["km"], "Line")
            for (a, b, _), r in zip(pairs, ordered, strict=True) if r["rail"]
        ),
        powers=POWERS, power_names=dict(zip(POWERS, POWERS, strict=True)), adjectives=dict.fromkeys(POWERS, ""),
        colours=dict.fromkeys(POWERS, "#888888"),
    )  # fmt: skip


def _road(text: str) -> dict[str, Any]:
    """``a-b 100 front 40 river major rail 48``; 50 km of front, no river and no rail unless it says so."""
    ends, km, *rest = text.split()
    a, b = ends.split("-")
    given = dict(zip(rest[::2], rest[1::2], strict=True))
    return {
        "a": a, "b": b, "km": float(km), "front": float(given.get("front", 50)),
        "crossing": CROSSINGS.get(given.get("river", ""), 0), "rail": float(given.get("rail", 0)),
    }  # fmt: skip


def _ground(text: str) -> dict[str, str]:
    """``forest, road 2, people 300, capital BLU``."""
    terrain, *rest = [part.strip() for part in text.split(",")]
    return {"terrain": terrain} | dict(part.split() for part in rest)


def _fort(text: str, number: Mapping[str, int], always: int) -> Fort:
    """``b against a 0.4`` or ``b round 0.4``."""
    words = text.split()
    facing = number[words[2]] if words[1] == "against" else NOWHERE
    return Fort(number[words[0]], facing, "Works", float(words[-1]), 0, always)


def toy_world(case: Mapping[str, Any], atlas: Atlas) -> World:
    """The state of a situation."""
    n = len(atlas)
    controller = np.full(n, NOWHERE)
    for power in POWERS:
        for p in case.get(power, "").split():
            controller[atlas.number[p]] = atlas.power_number[power]
    hour = dates.parse(case["hour"]) if "hour" in case else HOUR
    allies = tuple(case.get("with", {}).get(side, ()) for side in ("RED", "BLU"))
    war = War(WAR.id, (*WAR.attackers, *allies[0]), (*WAR.defenders, *allies[1]), hour, WAR.entry)
    members = {*war.attackers, *war.defenders}
    ago = {atlas.number[p]: hour - round(24 * days) for p, days in case.get("captured_days_ago", {}).items()}
    fights = [_engagement(text, atlas, hour) for text in case.get("fighting", ())]
    small = {
        "hour": hour, "seed": 1, "owner": controller.copy(), "controller": controller,
        "captured_hour": ints(*(ago.get(p, 0) for p in range(n))),
        "captured_entry": ints(*(50 + p if p in ago else 0 for p in range(n))),
        "contacts": ints(*(sum(e.province == p for e in fights) for p in range(n))),
        "forces": toy_forces(case.get("formations", ()), atlas, hour),
        "powers": {p: Power(p, standing="at_war" if p in members else "at_peace") for p in POWERS},
        "wars": {war.id: war}, "engagements": {e.province: e for e in fights},
        "orders": {text.split()[0]: StandingOrder(text, hour, 9) for text in case.get("orders", ())},
        "air_superiority": {war.id: float(case["air"])} if "air" in case else {},
        "weather": (case.get("weather", "clear"),) * len(atlas.climates),
        "flags": dict.fromkeys(case.get("flags", ()), 11),
        "repulsed": {f"{war.id}:{k}": hour + round(24 * d) for k, d in case.get("pauses", {}).items()},
        "rail_busy": {_stretch(k, atlas): hour + h for k, h in case.get("lines_taken", {}).items()},
        "pockets": {atlas.number[p]: 21 for p in case.get("pockets", ())},
        "pocket_war": {atlas.number[p]: war.id for p in case.get("pockets", ())},
        "operations": {
            o: OperationState(o, "running", hour - 24 * days) for o, days in case.get("running", {}).items()
        },
    }  # fmt: skip
    world = World(**columns(World, n, small))
    for p, days in case.get("empty_days", {}).items():
        world.occupied_days[atlas.number[p]] = days
    return world


def _engagement(text: str, atlas: Atlas, hour: int) -> Engagement:
    """``b by RED day 2``."""
    place, _, side, _, day = text.split()
    began = hour - 24 * (int(day) - 1)
    return Engagement(atlas.number[place], 0 if side == "RED" else 1, 1, began, 0.0, 0.0, 31, WAR.id)


def _stretch(text: str, atlas: Atlas) -> str:
    a, b = sorted(atlas.number[p] for p in text.split("-"))
    return f"{a}-{b}"


def toy_forces(lines: Iterable[str], atlas: Atlas, hour: int) -> Forces:
    """Formations, one a line: ``red_1: infantry, 8000 men of 10000, at a, attack c, tanks 40, supply 0.5``.

    The power is the first part of the name. Postures: ``attack c``, ``breakout c``, ``hold c``, ``stand``;
    ``assails b`` is an attack that stands before b.
    """
    rows = [_formation(text, atlas, hour) for text in lines]
    ids = tuple(r["ids"] for r in rows)
    n = len(rows)
    made: dict[str, Any] = {
        "ids": ids, "kind": ints(*(KINDS.index(r["kind"]) for r in rows)),
        "power": ints(*(atlas.power_number[r["ids"].split("_")[0].upper()] for r in rows)),
        "parent": ints(*(ids.index(r["under"]) if "under" in r else NOWHERE for r in rows)),
    }  # fmt: skip
    ordinary: dict[str, float] = {
        "quality": 0.5,
        "readiness": 1.0,
        "supply": 1.0,
        "status": Status.ACTIVE,
        "posture": 1,
    }
    for f in fields(Forces):
        if f.name in made or f.type not in {"Floats", "Ints"}:
            continue
        plain = ordinary.get(f.name, NOWHERE if f.name in {"goal", "heading"} else 0)
        made[f.name] = np.array([r.get(f.name, plain) for r in rows], dtype=float if f.type == "Floats" else np.int64)
    return Forces(**columns(Forces, n, made))


def _formation(text: str, atlas: Atlas, hour: int) -> dict[str, Any]:
    name, _, rest = text.partition(":")
    kind, *parts = [part.strip() for part in rest.split(",")]
    row: dict[str, Any] = {"ids": name.strip(), "kind": kind}
    for part in parts:
        word, *more = part.split()
        if "men" in more:
            row["men"] = float(word)
            row["establishment_men"] = float(more[-1]) if "of" in more else float(word)
        elif word == "at":
            row["province"] = atlas.number[more[0]]
        elif word in {"attack", "breakout", "hold", "assails"}:
            row["posture"] = POSTURES.index(word.replace("assails", "attack"))
            row["goal"] = atlas.number[more[0]]
            if word == "assails":
                row["heading"] = row["goal"]
        elif word == "stand":
            row["posture"] = POSTURES.index("stand")
        elif word == "under":
            row["under"] = more[0]
        elif word == "heading":
            row["heading"] = atlas.number[more[0]]
        elif word in Status.NAMES:
            row["status"] = Status.NAMES.index(word)
        elif word == "arrives":
            row["arrives"] = hour + int(more[0])
        else:
            row[word] = float(more[0])
    return row


# --- what can be seen ------------------------------------------------------------------------------------------------

PROVINCES = {"province", "heading", "goal"}
BY_PROVINCE = ("controller", "captured_hour", "contacts", "occupied_days", "fought_attacker", "fought_defender")


def seen(toy: Toy) -> dict[str, Any]:
    """Every fact of the world under the name a case calls it by: ``red_1.men``, ``b.controller``, ``air``."""
    world, atlas, found = toy.world, toy.atlas, {}
    for column in STATE_COLUMNS:
        values = getattr(world.forces, column)
        for name, value in zip(world.forces.ids, values.tolist(), strict=True):
            found[f"{name}.{column}"] = _spoken(column, value, atlas)
    for column in BY_PROVINCE:
        for p, value in zip(atlas.ids, getattr(world, column).tolist(), strict=True):
            found[f"{p}.{column}"] = _spoken(column, value, atlas)
    return found | {"air": world.air_superiority.get(WAR.id, 0.0), "weather": " ".join(world.weather)}


def _spoken(column: str, value: Any, atlas: Atlas) -> Any:
    if column in PROVINCES:
        return atlas.ids[value] if value >= 0 else "nowhere"
    if column == "controller":
        return atlas.powers[value] if value >= 0 else "nobody"
    if column == "posture":
        return POSTURES[value]
    if column == "status":
        return Status.NAMES[value]
    return value
