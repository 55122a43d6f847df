"""A toy world as files, for tests that load or run a scenario (`tests.toy` has one as arrays).

Two powers on a strip or a grid of provinces. ``write_toy(folder)`` writes a complete data folder (map, orders of
battle, plans, scenario) and returns the scenario's path; ``toy_setup(folder)`` writes and loads it;
``opening(folder)`` gives (setup, world). Province ids are ``p01``, ``p02`` ... row by row, 50 km apart; RED owns the
first columns, BLU the rest. RED attacks along the top row.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.world import World

STEP_KM = 50.0
LATITUDE = 52.0
FORMATION_COLUMNS = (
    *("id", "name", "short", "kind", "divisions", "men", "guns", "tanks", "aircraft", "quality"),
    *("raised", "disbanded", "wave", "days_to_ready", "sidc"),
)


@dataclass
class Toy:
    """What `write_toy` writes; change any of it."""

    provinces: int = 3  # in all
    rows: int = 1  # of the grid; provinces / rows columns
    red_columns: int = 0  # columns RED owns; 0: the first third, at least one
    red_divisions: int = 3
    blu_divisions: int = 2
    men: float = 15000
    quality: float = 0.5
    tanks: float = 0
    opening: str = "1930-05-01"
    ends: str = "1930-06-30"
    war_begins: str = "1930-05-02"
    day_limit: int = 30
    terrain: str = "open"
    climate: bool = False  # write climate.csv with rain and mud
    provinces_changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by id: columns of provinces.csv
    borders_changed: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    formations: Sequence[Mapping[str, Any]] = ()  # more rows: columns of formations and deployments together
    plans: Sequence[str] = ("red_attack", "blu_defence")
    more: str = ""  # more TOML at the end of the scenario

    @property
    def columns(self) -> int:
        """Columns of the grid."""
        return math.ceil(self.provinces / self.rows)

    @property
    def ids(self) -> list[str]:
        """Province ids in order, row by row."""
        return [f"p{i + 1:02d}" for i in range(self.provinces)]

    def owner(self, i: int) -> str:
        """Owner of the i-th province."""
        return "RED" if i % self.columns < (self.red_columns or max(1, self.columns // 3)) else "BLU"

    def of(self, power: str) -> list[str]:
        """The power's provinces in order."""
        return [p for i, p in enumerate(self.ids) if self.owner(i) == power]


def write_toy(folder: Path, provinces: int = 3, **changes: Any) -> Path:
    """Write a toy data folder; returns the path of ``scenarios/toy.toml`` in it. ``changes`` are fields of `Toy`."""
    toy = Toy(provinces=provinces, **changes)
    _write_map(toy, folder / "maps" / "toy")
    _write_forces(toy, folder / "orders_of_battle")
    return _write_scenario(toy, folder / "scenarios")


def toy_setup(folder: Path, provinces: int = 3, **changes: Any) -> Setup:
    """A toy data folder, written and loaded."""
    return scenarios.load(write_toy(folder, provinces, **changes))


def opening(folder: Path, provinces: int = 3, seed: int = 1, **changes: Any) -> tuple[Setup, World]:
    """A toy setup and its opening world."""
    setup = toy_setup(folder, provinces, **changes)
    return setup, scenarios.opening_world(setup, seed)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as a CSV file; a column a row lacks is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _write_map(toy: Toy, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "map.toml").write_text('id = "toy"\ntitle = "Toy land"\nversion = "1"\n', encoding="utf-8")
    east = STEP_KM / (111.195 * math.cos(math.radians(LATITUDE)))
    north = STEP_KM / 111.195
    rows = []
    for i, p in enumerate(toy.ids):
        row = {
            "id": p,
            "name": p.upper(),
            "zone": toy.owner(i),
            "terrain": toy.terrain,
            "area_km2": 2500,
            "lon": round(20 + i % toy.columns * east, 4),
            "lat": round(LATITUDE - i // toy.columns * north, 4),
            "road": 3,
            "climate": "plain" if toy.climate else "",
        }
        rows.append(row | toy.provinces_changed.get(p, {}))
    capitals = {toy.of("RED")[0]: "RED", toy.of("BLU")[-1]: "BLU"}
    for row in rows:
        row.setdefault("capital_of", capitals.get(row["id"], ""))
    columns = list(dict.fromkeys((*rows[0], "population_k", "port", "aliases")))
    write_csv(folder / "provinces.csv", columns, rows)
    _write_borders(toy, folder)
    zones = [{"zone": z, "name": z, "begin_date": "1924-01-01", "owner": z} for z in ("BLU", "RED")]
    write_csv(folder / "zones.csv", ["zone", "name", "begin_date", "owner"], zones)
    powers = [
        {"id": "BLU", "name": "Blueland", "adjective": "Blue", "colour": "#6688bb"},
        {"id": "GRN", "name": "Greenland", "adjective": "Green", "colour": "#66aa66"},
        {"id": "RED", "name": "Redland", "adjective": "Red", "colour": "#bb6666"},
    ]
    write_csv(folder / "powers.csv", ["id", "name", "adjective", "colour"], powers)
    if toy.climate:
        months = [
            {"climate": "plain", "month": m, "rain": 0.3, "mud": 0.1, "snow": 0, "frost": 0} for m in range(1, 13)
        ]
        write_csv(folder / "climate.csv", ["climate", "month", "rain", "mud", "snow", "frost"], months)


def _write_borders(toy: Toy, folder: Path) -> None:
    rows = []
    for i, p in enumerate(toy.ids):
        for j in (i + 1 if (i + 1) % toy.columns else -1, i + toy.columns):
            if 0 <= j < toy.provinces:
                row = {"a": p, "b": toy.ids[j], "shared_km": STEP_KM, "distance_km": STEP_KM, "crossing": 0}
                rows.append(row | toy.borders_changed.get((p, toy.ids[j]), {}))
    write_csv(folder / "borders.csv", ["a", "b", "shared_km", "distance_km", "river", "river_share", "crossing"], rows)


def _write_forces(toy: Toy, folder: Path) -> None:
    fronts = {
        "RED": toy.of("RED")[-1] if toy.rows == 1 else toy.of("RED")[toy.red_columns - 1],
        "BLU": toy.of("BLU")[0],
    }
    counts = {"RED": toy.red_divisions, "BLU": toy.blu_divisions}
    for power, count in counts.items():
        prefix = power.lower()
        army = {"id": f"{prefix}_1_army", "name": "1st Army", "kind": "army", "men": 2000, "divisions": ""}
        rows: list[dict[str, Any]] = [army | {"quality": toy.quality, "province": fronts[power], "parent": ""}]
        for k in range(count):
            division = {
                "id": f"{prefix}_{k + 1}_div",
                "name": f"{k + 1}. Division",
                "short": f"{k + 1}",
                "kind": "infantry",
            }
            size = {"divisions": 1, "men": toy.men, "guns": 48, "tanks": toy.tanks, "quality": toy.quality}
            rows.append(division | size | {"parent": f"{prefix}_1_army", "province": fronts[power]})
        rows += [dict(r) for r in toy.formations if str(r["id"]).startswith(prefix)]
        rows.sort(key=lambda r: str(r["id"]))
        for row in rows:
            row["formation"] = row["id"]
            row.setdefault("readiness", 1)
            row.setdefault("strength", 1)
        write_csv(folder / "formations" / f"{prefix}.csv", FORMATION_COLUMNS, rows)
        columns = ["formation", "parent", "province", "readiness", "strength", "commander", "arrives"]
        write_csv(folder / "deployments" / f"{toy.opening}_{prefix}.csv", columns, rows)


def _write_scenario(toy: Toy, folder: Path) -> Path:
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    (folder / "overlays").mkdir(parents=True, exist_ok=True)
    blu = toy.of("BLU")
    way = blu[: toy.columns - len(toy.of("RED")) // toy.rows]
    names = ", ".join(f'"{p}"' for p in toy.plans)
    path = folder / "toy.toml"
    path.write_text(
        SCENARIO.format(toy=toy, plans=names, red_base=toy.of("RED")[0], blu_base=blu[-1]) + toy.more, encoding="utf-8"
    )
    attack = ATTACK.format(toy=toy, goal=way[-1], way=", ".join(f'"{p}"' for p in way))
    (folder / "plans" / "red_attack.toml").write_text(attack, encoding="utf-8")
    lines = "".join(f'\n[[lines]]\nid = "line_{p}"\nname = "{p}"\nprovinces = ["{p}"]\n' for p in way)
    held = ", ".join(f'"line_{p}"' for p in way)
    (folder / "plans" / "blu_defence.toml").write_text(DEFENCE.format(lines=lines, held=held), encoding="utf-8")
    (folder / "overlays" / "late.toml").write_text(LATE, encoding="utf-8")
    return path


SCENARIO = """plans = [{plans}]

[scenario]
id = "toy"
title = "Red against Blue"
summary = "Two armies on {toy.provinces} provinces."
map = "toy"
opening = {toy.opening}
ends = {toy.ends}

[forces]
formations = ["red", "blu"]
deployments = ["{toy.opening}_red", "{toy.opening}_blu"]

[[powers]]
id = "RED"
bases = ["{red_base}"]

[[powers]]
id = "BLU"
bases = ["{blu_base}"]

[[wars]]
id = "toy_war"
attackers = ["RED"]
defenders = ["BLU"]
begins = {toy.war_begins}
"""

ATTACK = """[operation]
id = "red_attack"
name = "Case Red"
power = "RED"
target = "BLU"
war = "toy_war"
begins = {toy.war_begins}
objectives = ["{goal}"]
day_limit = {toy.day_limit}

[[axes]]
hq = "red_1_army"
via = [{way}]
main_effort = true
"""

DEFENCE = """[defence]
id = "blu_defence"
name = "Plan Blue"
power = "BLU"
{lines}
[[sectors]]
hq = "blu_1_army"
lines = [{held}]
"""

LATE = """[overlay]
id = "late"
title = "The war begins ten days later"
why = "For tests of overlays."

[[wars]]
id = "toy_war"
begins = 1930-05-12
"""
