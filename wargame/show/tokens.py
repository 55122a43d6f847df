"""Which symbols a map shows: formations gathered to the level that the scale can carry.

At ``corps`` level a corps is one symbol at the weighted centre of its units; units directly under an army, and units of
a corps that is scattered, are gathered by province. ``armies`` gathers by army wherever its units are and draws what
would crowd the sheet together, ``divisions`` gathers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wargame.atlas import Atlas
from wargame.show.extents import side_of_powers
from wargame.show.ground import Ground
from wargame.show.sheet import View
from wargame.show.symbols import code_of_kind
from wargame.world import HEADQUARTERS, KINDS, Forces, Status, World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Level = Literal["armies", "corps", "divisions"]

SCATTERED_M = 65_000.0
"""A command whose units lie farther than this from their centre (weighted root mean square) has no one place."""
APART_M = 25_000.0
"""Units within this of their centre stand together."""
BEHIND = ("air_fleet", "artillery_park")
"""Kinds that the map does not show."""


@dataclass(frozen=True)
class Token:
    """One symbol to draw; ``at`` in metres; ``men`` orders them; ``ready`` 0..1; ``rows`` are the formations in it."""

    at: tuple[float, float]
    power: int
    sidc: str
    kind: str
    label: str
    men: float
    ready: float
    rows: tuple[int, ...]
    is_headquarters: bool = False


def places(world: World, atlas: Atlas, ground: Ground) -> Floats:
    """Where each formation is: its province's hub, or on the way to the next one (n, 2)."""
    f = world.forces
    here = ground.hubs[f.province]
    moving = np.flatnonzero(f.heading >= 0)
    for i in moving.tolist():
        border = atlas.border_of.get((int(f.province[i]), int(f.heading[i])))
        if border is not None:
            most = (
                0.9 if world.controller[f.heading[i]] == world.controller[f.province[i]] else 0.25
            )  # not over the front
            share = min(most, f.progress_km[i] / max(1.0, atlas.borders.distance_km[border]))
            here[i] += share * (ground.hubs[f.heading[i]] - here[i])
    return here


def on_the_map(world: World, atlas: Atlas) -> NDArray[np.bool_]:
    """Units (not headquarters) that stand somewhere with men; in a war, only those of powers at war.

    Who looks on from outside and knows of none of theirs sees his own.
    """
    f = world.forces
    kind = np.array([k in HEADQUARTERS or k in BEHIND for k in KINDS])[f.kind]
    there = np.asarray((f.status == Status.ACTIVE) & (f.men > 0) & ~kind & (f.arrives <= world.hour))
    fights = there & (side_of_powers(world, atlas)[f.power] >= 0) if world.wars else there
    return fights if fights.any() else there


def headquarters(world: World, atlas: Atlas, at: Floats, level: Level) -> list[Token]:
    """Armies, amid their units, and army groups, at their own place while it is not the enemy's.

    At ``armies`` level the troops of an army stand for its staff too.
    """
    f = world.forces
    side = side_of_powers(world, atlas)
    live = on_the_map(world, atlas)
    found = []
    for i in np.flatnonzero(f.status == Status.ACTIVE).tolist():
        kind = KINDS[f.kind[i]]
        if kind not in (("army_group",) if level == "armies" else ("army", "army_group")):
            continue
        under = f.under(f.ids[i])
        under = under[live[under]]
        if len(under):
            at_home = kind == "army_group" and side[world.controller[f.province[i]]] == side[f.power[i]]
            x, y = at[i] if at_home else _middle(f, under.tolist(), at)
            found.append(Token((x, y), int(f.power[i]), code_of(f, i), kind, f.shorts[i], 1e9, 1.0, (i,), True))
    return found


def gather(world: World, atlas: Atlas, at: Floats, level: Level) -> list[Token]:
    """The units on the map as tokens, strongest first."""
    f = world.forces
    groups: dict[tuple[int, int], list[int]] = {}
    for i in np.flatnonzero(on_the_map(world, atlas)).tolist():
        groups.setdefault(_key(f, i, level), []).append(i)
    tokens: list[Token] = []
    for (command, _), rows in sorted(groups.items()):
        if (
            level != "divisions"
            and command >= 0
            and KINDS[f.kind[command]] in _GATHERED[level]
            and ((level == "armies" and KINDS[f.kind[command]] == "army") or _is_together(f, rows, at))
        ):
            tokens.append(of_command(f, command, rows, at))
        else:
            tokens += _by_province(f, rows, at, level)
    return sorted(tokens, key=lambda t: (-t.men, f.ids[t.rows[0]]))


_GATHERED: dict[str, tuple[str, ...]] = {"corps": ("corps", "group"), "armies": ("army", "corps", "group")}


def _key(f: Forces, row: int, level: Level) -> tuple[int, int]:
    """The command under which a unit is gathered, and, where there is none, its province."""
    if level == "divisions":
        return -1, row
    chain = f.chain(row)[1:]
    if level == "armies":
        army = [h for h in chain if KINDS[f.kind[h]] == "army"]
        chain = army or chain[:1]
    else:
        chain = chain[:1]
    return (chain[0], -1) if chain else (-1, int(f.province[row]))


def _is_together(f: Forces, rows: Sequence[int], at: Floats) -> bool:
    weight = f.men[list(rows)]
    centre = np.average(at[list(rows)], axis=0, weights=weight)
    spread = np.average(((at[list(rows)] - centre) ** 2).sum(axis=1), weights=weight) ** 0.5
    return bool(spread < SCATTERED_M)


def code_of(f: Forces, row: int) -> str:
    """A formation's symbol code, or the usual one of its kind."""
    code = f.sidc[row]
    return code if len(code) == 20 and code.isdigit() else code_of_kind(KINDS[f.kind[row]])


def _middle(f: Forces, rows: Sequence[int], at: Floats) -> tuple[float, float]:
    """The weighted centre of units; of units far apart the one nearest to it, since a centre may be the enemy's."""
    there = at[list(rows)]
    centre = np.average(there, axis=0, weights=f.men[list(rows)])
    far = np.hypot(*(there - centre).T)
    x, y = (centre if far.max() < APART_M else there[far.argmin()]).tolist()
    return x, y


def of_command(f: Forces, command: int, rows: Sequence[int], at: Floats) -> Token:
    """The troops of a headquarters as one symbol, in its name and of the arm of the strongest unit."""
    weight = f.men[list(rows)]
    x, y = _middle(f, rows, at)
    ready = float(np.average(f.readiness[list(rows)], weights=weight))
    code = code_of(f, command)
    sidc = code[:7] + "0" + code[8:]  # the troops, not the staff
    if sidc[10:16] in ("121000", "000000"):  # name the arm by the strongest unit
        lead = max(rows, key=lambda i: (f.men[i], -i))
        sidc = sidc[:10] + code_of(f, lead)[10:]
    kind = KINDS[f.kind[command]]
    return Token(
        (x, y), int(f.power[command]), sidc, kind, brief(f.shorts[command]), float(weight.sum()), ready, tuple(rows)
    )


def _by_province(f: Forces, rows: Sequence[int], at: Floats, level: Level) -> list[Token]:
    by_place: dict[tuple[int, int], list[int]] = {}
    for i in rows:
        key = (int(f.province[i]), int(f.heading[i])) if level != "divisions" else (i, 0)
        by_place.setdefault(key, []).append(i)
    tokens = []
    for group in by_place.values():
        lead = max(group, key=lambda i: (f.men[i], -i))
        label = brief(f.shorts[lead]) if len(group) == 1 else f"{brief(f.shorts[lead])} +{len(group) - 1}"
        x, y = at[group].mean(axis=0)
        men = float(f.men[group].sum())
        ready = float(np.average(f.readiness[group], weights=f.men[group]))
        kind = KINDS[f.kind[lead]]
        tokens.append(Token((x, y), int(f.power[lead]), code_of(f, lead), kind, label, men, ready, tuple(group)))
    return tokens


def thinned(tokens: Sequence[Token], view: View, level: Level) -> list[Token]:
    """Tokens with crowds drawn together: beyond a few of a power within some points, they join one of them.

    How few and how near goes by level; where the window still has no room for all, they join from farther off.
    """
    left, bottom, right, top = view.box
    room = (right - left) * (top - bottom) / (ROOM_PT2 * view.scale**2)
    shown = [t for t in tokens if view.shows(np.array([t.at]))[0]]
    most, near = (1, 22.0) if level == "armies" else (3, 15.0)
    kept = _drawn_together(shown, view, most, near)
    while len(kept) > room and near < 120.0:
        near *= 1.25
        kept = _drawn_together(shown, view, most, near)
    return kept


ROOM_PT2 = 2600.0
"""Square points of the window (at A4) to a symbol, so that symbols stay near their places."""


def _drawn_together(tokens: Sequence[Token], view: View, most: int, near: float) -> list[Token]:
    kept: list[Token] = []
    crowd: dict[int, list[Token]] = {}
    at: list[Floats] = []
    for t in tokens:
        place = view.to_points(np.array(t.at))
        close = [
            k for k, (other, there) in enumerate(zip(kept, at, strict=True))
            if other.power == t.power and np.hypot(*(there - place)) < near * view.scale
        ]  # fmt: skip
        if len(close) >= most:
            crowd.setdefault(close[-1], []).append(t)
        else:
            kept.append(t)
            at.append(place)
    return [_joined(t, crowd.get(k, [])) for k, t in enumerate(kept)]


def _joined(t: Token, others: Sequence[Token]) -> Token:
    if not others:
        return t
    rows = t.rows + tuple(i for o in others for i in o.rows)
    stem, _, more = t.label.partition(" +")
    count = int(more or 0) + sum(1 + int(o.label.partition(" +")[2] or 0) for o in others)
    return replace(t, rows=rows, men=t.men + sum(o.men for o in others), label=f"{stem} +{count}")


def brief(short: str) -> str:
    """A unit's label without the arm, which its symbol shows: ``10 DP`` gives ``10``, ``XVI mot`` gives ``XVI``."""
    return short if "KOP" in short else _ARM.sub("", short) or short


_ARM = re.compile(r"(?<=\S)\s+[A-Za-z]{2,3}\.?$")
