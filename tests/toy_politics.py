"""A toy world that plays politics, as files: four neighbours, one of whom wants another's land.

::

    g1 g2 | r1 r2 r3 | b1 b2 b3        GRN bound to BLU; RED wants b1 or all of BLU
    y1 y2   y3 y4 y5   y6 y7 y8        YEL under all of them

``politics(folder, ...)`` writes and loads it; ``begun(setup, ...)`` is an engine with the answers and the luck given.
Everybody is ready but for what a test changes. Zones: GRN, RED, BLU_WEST (b1), BLU, YEL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.rules.toyworld import Told
from tests.toy_files import FORMATION_COLUMNS, LATITUDE, STEP_KM, write_csv
from wargame import dates
from wargame.engine import Engine, Run, automatic_seats
from wargame.journal import Entry
from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.seats import Answer, Question, Seat
from wargame.world import World

OPENING, ENDS = "1930-04-01", "1931-04-01"
OWNERS = ("GRN", "GRN", "RED", "RED", "RED", "BLU_WEST", "BLU", "BLU")
TOP = ("g1", "g2", "r1", "r2", "r3", "b1", "b2", "b3")
BOTTOM = tuple(f"y{k}" for k in range(1, 9))
POWERS = ("BLU", "GRN", "RED", "YEL")
SOURCE = {"source": "toy", "status": "judgement"}

DESIGN: Mapping[str, Any] = {
    "ambition": 0.5, "season": ["04-15", "10-15"], "warning_days": 5, "call_up": True, "claims": ["BLU_WEST"],
}  # fmt: skip
OPERATION: Mapping[str, Any] = {
    "id": "case_red", "name": "Case Red", "power": "RED", "target": "BLU", "war": "red_war", "objectives": ["b1", "b2"],
    "day_limit": 30,
}  # fmt: skip


AT_ONCE: Mapping[str, float] = {
    "deterrence.occasion_days": 0.0, "deterrence.trust_spread": 0.0, "deterrence.digestion_days": 0.0,
    "deterrence.staff_spread": 0.0,
}  # fmt: skip
"""Numbers of the toy world's rulebook: who is resolved and prepared waits for nothing else."""


@dataclass
class Folk:
    """What `politics` writes; change any of it."""

    divisions: Mapping[str, int] = field(default_factory=lambda: {"RED": 6, "BLU": 2, "GRN": 3, "YEL": 2})
    readiness: Mapping[str, float] = field(default_factory=dict)  # 1 if not named
    governments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # columns by power
    later: Sequence[Mapping[str, Any]] = ()  # more rows of governments.csv
    treaties: Sequence[Mapping[str, Any]] = ()
    interests: Sequence[Mapping[str, Any]] = ()
    talks: Sequence[Mapping[str, Any]] = ()
    clauses: Sequence[Mapping[str, Any]] = ()
    plans: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]] = ((OPERATION, DESIGN),)
    ends: str = ENDS
    industry: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)  # more tables, by name
    rulebook: Mapping[str, float] = field(default_factory=dict)


def politics(folder: Path, **changes: Any) -> Setup:
    """The toy world written and loaded; ``changes`` are fields of `Folk`."""
    folk = Folk(**changes)
    _write_map(folder / "maps" / "toy")
    _write_forces(folk, folder / "orders_of_battle")
    _write_tables(folk, folder / "scenarios" / "politics" / "toy")
    return scenarios.load(_write_scenario(folk, folder / "scenarios"))


@dataclass(frozen=True)
class Ministers:
    """A seat that answers by the start of a question's id, longest first, and otherwise as the cabinet would."""

    cabinet: Seat
    lines: Mapping[str, tuple[str, ...]]
    name: str = "ministers"

    def answer(self, question: Question, view: World) -> Answer:
        """See `wargame.seats.Seat`."""
        for start in sorted(self.lines, key=len, reverse=True):
            if question.id.startswith(start):
                return Answer(tuple(o for o in self.lines[start] if o in question.options))
        return self.cabinet.answer(question, view)


def begun(
    setup: Setup, answers: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None, luck: Mapping[str, float] = {},
) -> Engine:  # fmt: skip
    """An engine at the opening, with answers by power and start of a question's id, and luck as `Told` shows it."""
    seats = automatic_seats(setup)
    seats |= {p: Ministers(seats[p], lines) for p, lines in (answers or {}).items()}
    return Engine(setup, scenarios.opening_world(setup, 1), seats=seats, dice=Told(1, told=luck), level="full")


def stages(run: Run, operation: str = "case_red") -> list[str]:
    """The stages through which an operation went."""
    return [e.data["stage"] for e in run.journal.of_kind("crisis_moved") if e.data["operation"] == operation]


def outcome(run: Run, operation: str = "case_red") -> str:
    """An operation's outcome."""
    return run.world.operations[operation].outcome


def owner(run: Run, province: str) -> str:
    """Who owns a province at the end."""
    atlas = run.setup.atlas
    return atlas.powers[int(run.world.owner[atlas.number[province]])]


def told(run: Run, kind: str, **what: Any) -> list[Entry]:
    """Entries of a kind with these values."""
    return [e for e in run.journal.of_kind(kind) if all(e.data[k] == v for k, v in what.items())]


# --- files -----------------------------------------------------------------------------------------------------------


def _write_map(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "map.toml").write_text('id = "toy"\ntitle = "Toy land"\nversion = "1"\n', encoding="utf-8")
    east, north = STEP_KM / 68.5, STEP_KM / 111.195
    capitals = {"g1": "GRN", "r2": "RED", "b3": "BLU", "y1": "YEL"}
    rows = [
        {
            "id": p, "name": p.upper(), "zone": zone, "terrain": "open", "area_km2": 2500, "road": 3,
            "lon": round(20 + (i % 8) * east, 4), "lat": round(LATITUDE - (i // 8) * north, 4),
            "capital_of": capitals.get(p, ""),
        }
        for i, (p, zone) in enumerate(zip((*TOP, *BOTTOM), (*OWNERS, *["YEL"] * 8), strict=True))
    ]  # fmt: skip
    write_csv(folder / "provinces.csv", list(rows[0]), rows)
    pairs = [(TOP[i], TOP[i + 1]) for i in range(7)] + [(f"y{i}", f"y{i + 1}") for i in range(1, 8)]
    pairs += [(TOP[i], f"y{i + 1}") for i in range(8)]
    borders = [{"a": a, "b": b, "shared_km": STEP_KM, "distance_km": STEP_KM, "crossing": 0} for a, b in pairs]
    write_csv(
        folder / "borders.csv", ["a", "b", "shared_km", "distance_km", "river", "river_share", "crossing"], borders
    )
    zones = [
        {"zone": z, "name": z, "begin_date": "1924-01-01", "owner": z[:3]}
        for z in ("BLU", "BLU_WEST", "GRN", "RED", "YEL")
    ]
    write_csv(folder / "zones.csv", ["zone", "name", "begin_date", "owner"], zones)
    people = {"BLU": "Blue", "GRN": "Green", "RED": "Red", "YEL": "Yellow"}
    powers = [{"id": p, "name": f"{n}land", "adjective": n, "colour": "#6688bb"} for p, n in people.items()]
    write_csv(folder / "powers.csv", ["id", "name", "adjective", "colour"], powers)


def _write_forces(folk: Folk, folder: Path) -> None:
    places = {"RED": "r3", "BLU": "b1", "GRN": "g2", "YEL": "y8"}
    for power, count in folk.divisions.items():
        prefix = power.lower()
        army = {
            "id": f"{prefix}_1_army",
            "name": "1st Army",
            "kind": "army",
            "men": 500,
            "divisions": "",
            "quality": 0.5,
        }
        rows = [army] + [
            {
                "id": f"{prefix}_{k + 1}_div", "name": f"{k + 1}. Division", "short": f"{k + 1}", "kind": "infantry",
                "divisions": 1, "men": 16000, "guns": 48, "tanks": 0, "quality": 0.5, "days_to_ready": 10,
                "parent": f"{prefix}_1_army",
            }
            for k in range(count)
        ]  # fmt: skip
        rows.sort(key=lambda r: str(r["id"]))
        ready = folk.readiness.get(power, 1)
        rows = [r | {"formation": r["id"], "province": places[power], "readiness": ready, "strength": 1} for r in rows]
        write_csv(folder / "formations" / f"{prefix}.csv", FORMATION_COLUMNS, rows)
        columns = ["formation", "parent", "province", "readiness", "strength", "commander", "arrives"]
        write_csv(folder / "deployments" / f"{OPENING}_{prefix}.csv", columns, rows)


PLAIN = {"from": "1924-01-01", "regime": "republic", "how": "history", **SOURCE}


def _write_tables(folk: Folk, folder: Path) -> None:
    rows: list[dict[str, Any]] = []
    for p in POWERS:
        own = {"revisionism": 0.9, "regime": "fascist", "risk": 0.2} if p == "RED" else {}
        rows.append({"power": p, "head": f"Head of {p}", **PLAIN, **own, **folk.governments.get(p, {})})
    rows += [{**PLAIN, **r} for r in folk.later]
    _table(folder, "governments", rows)
    _table(folder, "treaties", [{"signed": "1925-01-01", "how": "history", **t, **SOURCE} for t in folk.treaties])
    _table(folder, "interests", [{**i, **SOURCE} for i in folk.interests])
    economy = [{"power": p, "year": 1929, "gdp": 10, "population": 10, "steel": 1} for p in POWERS]
    for name, more in {"economy": economy, **folk.industry}.items():
        _table(folder, name, [{**r, **SOURCE} for r in more])
    _table(folder, "talks", [{"name": "the talks", **t, **SOURCE} for t in folk.talks])
    _table(folder, "clauses", [{**c, **SOURCE} for c in folk.clauses])


def _table(folder: Path, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        write_csv(folder / f"{name}.csv", list(dict.fromkeys(k for r in rows for k in r)), rows)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{k} = {_toml(v)}' for k, v in value.items())} }}"
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, Sequence) else str(value)


def _write_scenario(folk: Folk, folder: Path) -> Path:
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    for operation, design in folk.plans:
        parts = [("operation", operation), ("design", design)]
        text = "\n".join(
            f"[{name}]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in table.items()) for name, table in parts if table
        )
        (folder / "plans" / f"{operation['id']}.toml").write_text(text, encoding="utf-8")
    forces = [p.lower() for p in folk.divisions]
    bases = {"RED": "r2", "BLU": "b3", "GRN": "g1", "YEL": "y8"}
    text = f"plans = {_toml([o['id'] for o, _ in folk.plans])}\n\n[scenario]\n"
    text += f'id = "toy"\ntitle = "Four neighbours"\nmap = "toy"\nopening = {OPENING}\nends = {folk.ends}\n\n'
    text += f"[forces]\nformations = {_toml(forces)}\ndeployments = {_toml([f'{OPENING}_{p}' for p in forces])}\n\n"
    text += "".join(f'[[powers]]\nid = "{p}"\nbases = ["{bases[p]}"]\n\n' for p in POWERS)
    text += '[politics]\ntables = "toy"\n'
    text += "\n[rulebook]\n" + "".join(f'"{k}" = {v}\n' for k, v in {**AT_ONCE, **folk.rulebook}.items())
    path = folder / "toy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def hour(text: str) -> int:
    """An instant as an hour."""
    return dates.parse(text)
