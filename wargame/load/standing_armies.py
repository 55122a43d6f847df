"""The armies of a scenario that plays politics: everybody's, as they stand in peace on the opening day and grow after.

Formations raised later are there as planned ones; careers and concentrations are kept for the days they fall due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.atlas import Atlas
from wargame.load import catalogue
from wargame.load.catalogue import Register, Standing
from wargame.load.formations import Formation, said
from wargame.load.orders_of_battle import Deployed, forces
from wargame.rulebook import Rulebook
from wargame.scenario import Armies, Concentration, Programme, Reform
from wargame.world import Forces

MASS = 12  # formations of one power that end together, beyond which it is a defeat, if not as many begin
DEFEAT = 60 * dates.DAY  # hours before and after within which formations end or begin together
SEEN_DAYS = 730  # within which a deployment shows what a formation raised or re-formed before was given
CARGO = frozenset({"transport", "landing_craft", "auxiliary"})
PLAIN_ROW = {"parent": "", "readiness": 0.0, "strength": 1.0, "commander": "", "arrives": 0, "guns": float("nan"),
             "tanks": float("nan")}  # fmt: skip


def standing_armies(
    atlas: Atlas,
    opening: int,
    ends: int,
    rulebook: Rulebook,
    data: Iterable[str | Path] = (),
    without_purge: Sequence[str] = (),
    programmes: Sequence[Programme] = (),
    digests: dict[str, str] | None = None,
) -> tuple[Forces, Armies]:
    """The forces of all powers at an hour, and what is known of their growth until another.

    The digests of the files read are added to ``digests``. `InputError` with every fault of the files.
    """
    register = catalogue.register((), data, atlas, rulebook, without_purge=without_purge)
    if digests is not None:
        digests.update(register.files)
    now = register.on(opening)
    weights = register.shelf.weights
    deployed = [_present(s) for s in now if s.province in atlas.number]
    weapons = _weapons(register)
    later = [
        _future(f, weights, rulebook, _brought_forward(f, programmes, opening), weapons)
        for f in register.shelf.known.values()
        if opening < _brought_forward(f, programmes, opening) < ends and not f.alive(opening)
        and f.row["home"] in atlas.number
    ]  # fmt: skip
    everybody = sorted([*deployed, *later], key=lambda d: (d.power, d.id))
    known = {d.id for d in everybody}
    reforms = tuple(
        Reform(int(change["date"]), f.id, _terms(_armed(f, int(change["date"]), weights, weapons)))
        for f in register.shelf.known.values() if f.id in known
        for change, _ in f.changes if opening < change["date"] < ends
    )  # fmt: skip
    known_to_end = [f for f in register.shelf.known.values() if f.id in known and f.disbanded < ends]
    return forces(everybody, atlas, opening, rulebook), Armies(
        tuple(sorted(reforms, key=lambda r: (r.hour, r.formation))),
        _in_peace(known_to_end, register.shelf.known.values(), atlas),
        {d.id: int(d.row["arrives"]) for d in later},
        {d.id: _peace(d, rulebook) for d in everybody},
        concentrations(register, known),
        fleets(register, opening),
        *lift(register, opening),
    )


def fleets(register: Register, opening: int) -> dict[str, tuple[tuple[int, float], ...]]:
    """Warships by power as (hour of commissioning, thousand tons), without those gone before the opening.

    What history lost after it is for play to lose.
    """
    found: dict[str, tuple[tuple[int, float], ...]] = {}
    for power, ships in sorted(register.navies.items()):
        changes = []
        for s in ships:
            tons = s.row["count"] * s.row["displacement"] / 1000.0
            if s.row["kind"] not in CARGO and tons > 0 and s.row["lost"] > opening:
                changes.append((int(s.row["commissioned"]), tons))
        found[power] = tuple(sorted(changes))
    return found


Dated = dict[str, tuple[tuple[int, float], ...]]


def lift(register: Register, opening: int) -> tuple[Dated, Dated]:
    """Men whom the troopships of each power carry at once, and the tonnage of its other merchant ships, by hour.

    What history lost after the opening is for play to lose.
    """
    troops: Dated = {}
    cargo: Dated = {}
    for power, ships in sorted(register.navies.items()):
        rows = [s.row for s in ships if s.row["kind"] == "transport" and s.row["lost"] > opening]
        troops[power] = tuple(sorted((int(r["commissioned"]), float(r["lift"])) for r in rows if r["lift"] > 0))
        cargo[power] = tuple(
            sorted((int(r["commissioned"]), float(r["count"] * r["displacement"])) for r in rows if r["lift"] <= 0)
        )
    return troops, cargo


def _peace(d: Deployed, rulebook: Rulebook) -> float:
    """Readiness in peace: of the first wave its cadre, of the others nothing."""
    cadre = d.formation["cadre"]
    return 0.0 if d.formation["wave"] else float(cadre) if said(cadre) else rulebook.mobilization.men_floor


def _in_peace(gone: Sequence[Formation], known: Iterable[Formation], atlas: Atlas) -> tuple[tuple[int, str], ...]:
    """Ends of formations by reform and not by defeat, which is for play.

    A power was beaten where many of its formations end together and few begin, or where it soon holds no land.
    """
    begun = [(f.raised, f.power) for f in known]
    kept = []
    for f in sorted(gone, key=lambda f: (f.disbanded, f.id)):
        together = sum(g.power == f.power and abs(g.disbanded - f.disbanded) <= DEFEAT for g in gone)
        new = sum(power == f.power and abs(hour - f.disbanded) <= DEFEAT for hour, power in begun)
        if (together <= MASS or 2 * new >= together) and not _overrun(f, atlas):
            kept.append((f.disbanded, f.id))
    return tuple(kept)


def _overrun(f: Formation, atlas: Atlas) -> bool:
    """Whether a formation's power had land of its own before its end and holds none soon after."""
    number = atlas.power_number.get(f.power)
    before, after = atlas.owners_on(f.disbanded - DEFEAT), atlas.controllers_on(f.disbanded + DEFEAT)
    return bool((before == number).any()) and not bool((after == number).any())


def concentrations(register: Register, known: set[str]) -> dict[str, tuple[Concentration, ...]]:
    """Every deployment of the files by power, in order of date: who stands where and under whom."""
    found: dict[str, tuple[Concentration, ...]] = {}
    for power, files in register.deployments.items():
        found[power.upper()] = tuple(
            Concentration(
                hour,
                tuple(
                    (name, row["parent"], row["province"])
                    for name, (row, _) in sorted(rows.items())
                    if name in known and row["province"] in register.atlas.number
                ),
            )
            for hour, rows in sorted(files, key=lambda f: f[0])
        )
    return found


def _present(s: Standing) -> Deployed:
    row = {**PLAIN_ROW, **s.row, "parent": s.parent, "province": s.province, "readiness": s.readiness,
           "strength": s.strength}  # fmt: skip
    return Deployed(s.id, s.power, dict(s.now), row, s.formation_place, s.deployment_place or s.formation_place)


def _brought_forward(f: Formation, programmes: Sequence[Programme], opening: int) -> int:
    """The hour a formation is raised under a scenario's programmes, which may bring it forward or put it off."""
    months = sum(p.months_earlier for p in programmes if p.power == f.power and f.raised >= p.first)
    return max(opening + dates.DAY, f.raised - int(months * 30.44 * dates.DAY)) if months else f.raised


Weapons = dict[str, list[tuple[int, str, float]]]  # formation -> day, tanks or guns, how many


def _weapons(register: Register) -> Weapons:
    """Tanks and guns that formations were seen with, by the deployments that tell them, in order of date."""
    found: Weapons = {}
    for files in register.deployments.values():
        for hour, rows in sorted(files, key=lambda f: f[0]):
            for name, (row, _) in rows.items():
                found.setdefault(name, []).extend((hour, w, float(row[w])) for w in ("tanks", "guns") if said(row[w]))
    return found


def _armed(f: Formation, hour: int, weights: Mapping[str, float], weapons: Weapons) -> dict[str, Any]:
    """A formation as of an hour with the weapons it was first seen with afterwards; those on paper if it never was."""
    last = hour + SEEN_DAYS * dates.DAY
    seen = {w: number for when, w, number in reversed(weapons.get(f.id, ())) if hour <= when <= last}
    return f.on(hour, weights) | seen


def _future(f: Formation, weights: Mapping[str, float], rulebook: Rulebook, raised: int, weapons: Weapons) -> Deployed:
    """A formation that is still to be raised: at home, a cadre until somebody mobilises."""
    now = _armed(f, f.raised, weights, weapons)
    cadre = float(now["cadre"]) if said(now["cadre"]) else rulebook.mobilization.men_floor
    row = {**PLAIN_ROW, "province": now["home"], "readiness": 0.0 if now["wave"] else cadre, "arrives": raised}
    now = now | {"raised": raised}
    return Deployed(f.id, f.power, now, row, f.place, f.place)


def _terms(now: Mapping[str, Any]) -> tuple[str, float, float, float, float]:
    return (str(now["kind"]), float(now["men"]), float(now["guns"]), float(now["tanks"]), float(now["quality"]))
