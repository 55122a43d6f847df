"""Orders of battle in words and tables: a record a formation, a tree by headquarters, totals, how sure the rows are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from wargame import dates
from wargame.load.air_sea import Aircraft, Ships
from wargame.load.catalogue import Catalogue, Register, Standing
from wargame.load.formations import PIECES
from wargame.load.orders_of_battle import BRIGADE
from wargame.world import KINDS

QUANTITIES = ("men", "guns", "tanks", "aircraft")

Record = dict[str, Any]


def record(catalogue: Catalogue, s: Standing) -> Record:
    """A formation as plain data, for JSON and CSV."""
    atlas = catalogue.atlas
    p = atlas.number.get(s.province)
    return {
        "id": s.id,
        "name": s.name,
        "short": str(s.now["short"] or s.name),
        "power": s.power,
        "kind": s.kind,
        "establishment": str(s.now["establishment"]),
        "divisions": float(s.now["divisions"]),
        "corps": catalogue.superior(s.id, "corps", "group"),
        "army": catalogue.superior(s.id, "army"),
        "army_group": catalogue.superior(s.id, "army_group"),
        "parent": s.parent,
        "commander": str(s.row.get("commander", "")),
        "province": s.province,
        "town": atlas.names[p] if p is not None else "",
        "lon": float(atlas.lon[p]) if p is not None else None,
        "lat": float(atlas.lat[p]) if p is not None else None,
        "arrives": dates.iso(s.row["arrives"]) if s.row.get("arrives", 0) > catalogue.hour else "",
        "men": whole(s.now["men"]),
        "men_present": whole(s.men_present),
        **{arms: whole(s.holds(arms)) for arms in QUANTITIES[1:]},
        **{kind: None if (found := s.pieces(kind)) is None else whole(found) for kind in PIECES},
        "trucks": whole(s.now["trucks"]),
        "horses": whole(s.now["horses"]),
        "strength": s.strength,
        "readiness": round(s.readiness, 3),
        "quality": s.quality,
        **s.causes(),
        "wave": int(s.now["wave"]),
        "days_to_ready": float(s.now["days_to_ready"]),
        "state": s.state,
        "deployed_on": dates.iso(s.since) if s.state == "deployed" else "",
        "source": str(s.now["source"]),
        "status": str(s.now["status"]),
        "place_source": str(s.row.get("source", "")),
        "place_status": str(s.row.get("status", "")),
    }


def whole(amount: float) -> int:
    """Men or arms as they are counted: a half is rounded up."""
    return math.floor(amount + 0.5)


def size(s: Standing) -> tuple[int, float]:
    """Brigades and divisions a formation counts for; headquarters and air fleets for none."""
    if s.is_hq or s.kind == "air_fleet":
        return 0, 0.0
    divisions = float(s.now["divisions"])
    return (1, 0.0) if divisions <= BRIGADE else (0, max(1.0, divisions))


def counts(s: Standing) -> bool:
    """Whether a formation is with the colours: deployed, or active in peace."""
    return s.state != "on mobilisation"


def totals(standing: Iterable[Standing]) -> list[Record]:
    """Rows, divisions, brigades, men and arms by kind of the formations with the colours, and of all together."""
    found: dict[str, Record] = {}
    for s in standing:
        if not counts(s):
            continue
        brigades, divisions = size(s)
        amounts = {"men": s.strong(), **{arms: s.holds(arms) for arms in QUANTITIES[1:]}}
        for kind in (s.kind, "all"):
            row = found.setdefault(
                kind, {"kind": kind, "formations": 0, "divisions": 0.0, "brigades": 0, **dict.fromkeys(QUANTITIES, 0.0)}
            )
            row["formations"] += 1
            row["divisions"] += divisions
            row["brigades"] += brigades
            for name, amount in amounts.items():
                row[name] += amount
    return [found[k] for k in (*KINDS, "all") if k in found]


def tree(catalogue: Catalogue, tops: Iterable[Standing]) -> Iterator[tuple[int, Standing]]:
    """Formations in the order of a tree from some tops down, each with its depth."""
    for top in tops:
        stack = [(0, top)]
        while stack:
            depth, s = stack.pop()
            yield depth, s
            stack += [(depth + 1, below) for below in reversed(catalogue.below.get(s.id, ()))]


def line(catalogue: Catalogue, s: Standing) -> str:
    """What a line of the tree says of a formation after its name."""
    p = catalogue.atlas.number.get(s.province)
    parts = [catalogue.atlas.names[p] if p is not None else "place unknown"]
    if s.is_hq:
        under = [u for u in catalogue.under(s.id) if counts(u)]
        divisions = sum(size(u)[1] for u in under)
        brigades = sum(size(u)[0] for u in under)
        men = sum(u.strong() for u in under)
        parts += [f"{divisions:g} div"] if divisions else []
        parts += [f"{brigades} bde"] if brigades else []
        parts.append(f"{men:,.0f} men")
    else:
        parts.append(f"{s.strong():,.0f} men")
        parts += [f"{s.holds(arms):,.0f} {arms}" for arms in QUANTITIES[1:] if round(s.holds(arms))]
        parts.append(f"quality {s.quality:.2f}")
        if s.readiness < 1.0:
            parts.append(f"{s.readiness:.0%} ready")
    if s.row.get("arrives", 0) > catalogue.hour:
        parts.append(f"arrives {dates.spoken(s.row['arrives'])}")
    if s.row.get("commander"):
        parts.append(str(s.row["commander"]))
    return ", ".join(parts)


def coverage(register: Register, powers: Iterable[str] = ()) -> list[Record]:
    """For each power and date of a deployment: formations alive and placed, and the share of verified rows of each."""
    found = []
    for power in powers or register.powers:
        for hour in register.dates_of(power):
            mine = [s for s in register.on(hour) if s.power == power]
            placed = [s for s in mine if s.state == "deployed"]
            rows = Counter(str(s.now["status"]) for s in mine)
            places = Counter(str(s.row["status"]) for s in placed)
            brigades, divisions = (sum(values) for values in zip(*map(size, filter(counts, mine)), strict=True))
            found.append(
                {
                    "power": power,
                    "date": dates.iso(hour),
                    "formations": len(mine),
                    "deployed": len(placed),
                    "divisions": divisions,
                    "brigades": brigades,
                    "men": round(sum(s.strong() for s in mine if counts(s))),
                    "verified": _share(rows, "verified"),
                    "partly": _share(rows, "partly"),
                    "places_verified": _share(places, "verified"),
                    "places_partly": _share(places, "partly"),
                }
            )
    return found


def _share(counted: Counter[str], status: str) -> float:
    return round(counted[status] / max(counted.total(), 1), 3)


def aircraft_record(a: Aircraft, catalogue: Catalogue) -> Record:
    """A type of aircraft in a fleet as plain data; it stands with the fleet unless its row says where."""
    fleet = catalogue.standing.get(a.fleet)
    province = str(a.row["province"]) or (fleet.province if fleet else "")
    p = catalogue.atlas.number.get(province)
    return {
        "fleet": a.fleet,
        "power": a.power,
        "class": a.row["class"],
        "model": a.row["model"],
        "number": a.row["number"],
        "serviceable": round(a.row["number"] * a.row["serviceable"]),
        "province": province,
        "lon": float(catalogue.atlas.lon[p]) if p is not None else None,
        "lat": float(catalogue.atlas.lat[p]) if p is not None else None,
        "source": a.row["source"],
        "status": a.row["status"],
    }


def ship_record(ship: Ships, hour: int) -> Record:
    """Ships of a row as plain data."""
    row = dict(ship.row)
    for column in ("laid_down", "commissioned", "lost"):
        known = 0 < row[column] < dates.parse("2100-01-01")
        row[column] = dates.iso(row[column]) if known else ""
    return {
        "id": ship.id,
        "power": ship.power,
        "state": ship.state(hour),
        **{k: v for k, v in row.items() if k != "id"},
    }
