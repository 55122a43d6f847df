"""The political tables of a scenario, read, and the state of politics that they give on a date.

A folder ``scenarios/politics/<name>/`` holds one CSV file of each kind. Rows up to a scenario's opening make its
opening state. Later rows happen in a run only where ``how`` is ``background``: by date, whatever else happens. All
other politics after the opening come of play.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from wargame.load.political_tables import NEVER, TABLES
from wargame.load.tables import Reader, Rows
from wargame.politics import Government, Kind, Memory, Policy, Polity, Standing, Tables, Treaty
from wargame.rulebook import Rulebook
from wargame.scenario import Plan, Politics
from wargame.world import OperationState, War


def read_tables(reader: Reader, folder: Path) -> Tables:
    """Every table of a folder; a missing file is an empty table. Faults go to ``reader``."""
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    for name, table in TABLES.items():
        path = folder / f"{name}.csv"
        if path.is_file():
            rows: Rows = reader.table(path, table, f"politics/{name}.csv")
            found[name] = tuple(rows.dicts())
    return Tables(found)


def dated(tables: Tables, powers: Iterable[str]) -> Tables:
    """The tables with every change of government of some powers as one that happens by date in every run.

    Nobody votes or dies there, so that nothing can lead them another way.
    """
    named = set(powers)
    if not named:
        return tables
    left = {n: tuple(r for r in tables[n] if r["power"] not in named) for n in LEADING}
    rows = tuple(r | {"how": "background"} if r["power"] in named else r for r in tables["governments"])
    return Tables({**tables.rows, **left, "governments": rows})


LEADING = ("leaders", "voters", "elections", "alternatives")
"""Tables that make and unmake governments."""


# --- the state on a date ---------------------------------------------------------------------------------------------


def polity_at(tables: Tables, hour: int, rulebook: Rulebook, changes: Politics | None = None) -> Polity:
    """The political state at an hour as the tables have it, with a scenario's own changes up to that hour.

    Without economies: see `wargame.economies.opened`.
    """
    changes = changes or Politics()
    polity = Polity()
    for row in sorted(tables["governments"], key=lambda r: int(r["from"])):
        if row["from"] <= hour:
            polity.governments[row["power"]] = government_of(row)
    for row in tables["treaties"]:
        if row["signed"] <= hour < row["ends"] and row["id"] not in changes.without:
            polity.treaties[row["id"]] = treaty_of(row, row["signed"])
    for own in changes.treaties:
        if own.signed <= hour and not (own.ends and own.ends <= hour):
            polity.treaties[own.id] = Treaty(
                own.id, Kind(own.kind), own.parties, own.protects, own.against, own.first, own.honour, own.signed,
                own.ends or 0,
            )  # fmt: skip
    for change in sorted(changes.governments, key=lambda c: c.at):
        if change.at <= hour and not change.contest:
            polity.governments[change.power] = reshuffled(polity.governments[change.power], change, change.at)
    for row in tables["interests"]:
        if row["from"] <= hour < row["to"]:
            polity.interests[f"{row['power']}>{row['in']}"] = row["interest"]
    replaced = {(change.power, change.at) for change in changes.governments}
    acts = (row for row in tables["acts"] if row["act"] != "purge" or (row["power"], row["date"]) not in replaced)
    _remember(polity, acts, hour, rulebook)
    return polity


def past_wars(tables: Tables, hour: int) -> tuple[dict[str, War], dict[str, str]]:
    """Wars that went on at an hour, and the standing of every power that was or had been in one."""
    wars: dict[str, dict[str, list[str]]] = {}
    began: dict[str, int] = {}
    standing: dict[str, str] = {}
    for row in sorted(tables["wars"], key=lambda r: (r["joined"], r["power"])):
        if row["joined"] > hour:
            continue
        if row["left"] <= hour:
            standing[row["power"]] = row["standing"]
            continue
        standing[row["power"]] = "at_war"
        wars.setdefault(row["war"], {"attackers": [], "defenders": []})[row["side"]].append(row["power"])
        began.setdefault(row["war"], row["joined"])
    return {
        name: War(name, tuple(sides["attackers"]), tuple(sides["defenders"]), began[name], 0)
        for name, sides in wars.items() if sides["attackers"] and sides["defenders"]
    }, standing  # fmt: skip


def past_operations(
    tables: Tables, plans: Iterable[Plan], hour: int
) -> tuple[dict[str, OperationState], dict[str, int]]:
    """How operations stand at an hour that history had already begun by then, and the flags they raised."""
    states, flags = {}, {}
    designs = {p.operation.id: p.design for p in plans if p.operation is not None and p.design is not None}
    for row in tables["outcomes"]:
        design = designs.get(row["operation"])
        if row["date"] <= hour and design is not None:
            day = int(row["date"])
            states[row["operation"]] = OperationState(row["operation"], "ended", day, day, row["outcome"])
            if design.raises is not None:
                flags[design.raises] = 0
    return states, flags


def government_of(row: Mapping[str, Any]) -> Government:
    """A government as a row of its table describes it."""
    policy = Policy(**{name: row[name] for name in Policy.__dataclass_fields__})
    return Government(
        row["power"], row["regime"], row["head"], row["faction"], row["grip"], row["paralysis"], policy, row["from"]
    )


def reshuffled(before: Government, change: Any, hour: int) -> Government:
    """A government after a scenario's change of it."""
    fields = {n: getattr(change, n) for n in ("regime", "head", "faction", "grip", "paralysis")}
    given = {n: v for n, v in fields.items() if v is not None}
    return replace(before, **given, policy=replace(before.policy, **change.policy), since=hour)


def treaty_of(row: Mapping[str, Any], began: int) -> Treaty:
    """A treaty as a row of treaties or of clauses describes it.

    It runs out by itself only at its term: any other end that history put to it is made in play.
    """
    ends = row.get("term", NEVER)
    return Treaty(
        row["id"], Kind(row["kind"]), row["parties"], row["protects"], row["against"], row["first"], row["honour"],
        began, 0 if ends >= NEVER else ends,
    )  # fmt: skip


def _remember(polity: Polity, acts: Iterable[dict[str, Any]], hour: int, rulebook: Rulebook) -> None:
    """Acts before an hour as reputation, alarm, signals and esteem, faded by their half-life."""
    rules = rulebook.reputation
    for row in sorted(acts, key=lambda r: (r["date"], r["power"], r["object"])):
        then, power, victim, act, weight = (row[k] for k in ("date", "power", "object", "act", "weight"))
        if then > hour:
            continue
        word = polity.standing.get(power, Standing()).at(then, rules.half_life_years)
        if act == "backdown":
            polity.standing[power] = replace(word, backdowns=word.backdowns + weight)
        elif act == "stand":
            polity.standing[power] = replace(word, stands=word.stands + weight)
        elif act == "aggression":
            polity.standing[power] = replace(word, aggressions=word.aggressions + weight)
            for other in polity.governments:
                if other not in (power, victim):
                    key = f"{other}>{power}"
                    felt = polity.alarm.get(key, Memory(0.0, then)).at(then, rules.half_life_years)
                    polity.alarm[key] = Memory(min(1.0, felt + rules.alarm * weight), then)
        elif act == "signal":
            key, half_life = f"{power}>{victim}", rules.signal_half_life_years
            before = polity.signals[key].at(then, half_life) if key in polity.signals else 0.0
            polity.signals[key] = Memory(min(rules.signal_most, before + weight), then)
        else:  # how an army did in the field, as everybody saw it, or what it lost of its officers
            step = rules.good_show if act == "good_show" else rules.poor_show
            for other in polity.governments:
                if other != power:
                    key = f"{other}>{power}"
                    polity.esteem[key] = polity.esteem.get(key, 1.0) * (1.0 + step * weight)
