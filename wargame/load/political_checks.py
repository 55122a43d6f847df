"""Whether what a scenario or an overlay changes in politics fits the political tables and the map."""

from __future__ import annotations

from collections.abc import Iterable

from wargame import dates
from wargame.conditions import OFF_MAP
from wargame.errors import did_you_mean
from wargame.load.checks import Found
from wargame.load.trees import Node
from wargame.politics import Policy, Tables
from wargame.scenario import Politics

POLICY = tuple(Policy.__dataclass_fields__)


def check_politics(found: Found, tables: Tables) -> None:
    """Every name, date and number of the ``[politics]`` table."""
    politics = found.scenario.politics
    if politics is None:
        return
    node = found.node.at("politics")
    _check_without(found, politics, node.at("without"), tables)
    _check_treaties(found, politics, node.at("treaties"))
    _check_governments(found, politics, node.at("governments"), tables)
    _powers(found, politics.as_in_history, node.at("as_in_history"))
    _check_cessions(found, politics, node.at("cessions"))
    _check_underway(found, politics, node.at("underway"))
    for i, programme in enumerate(politics.programmes):
        _powers(found, [programme.power], node.at("programmes", i, "power"))


def cabinet(power: str, first: int) -> str:
    """The name by which ``without`` knows a row of governments.csv: bel_1936_10_14."""
    return f"{power.lower()}_{dates.iso(first)[:10].replace('-', '_')}"


def _check_without(found: Found, politics: Politics, place: Node, tables: Tables) -> None:
    known = {row["id"] for name in ("treaties", "talks") for row in tables[name]}
    known |= {cabinet(row["power"], row["from"]) for row in tables["governments"]}
    for i, name in enumerate(politics.without):
        if known and name not in known:
            what = f"without '{name}': there is no such treaty, negotiation or cabinet in the political tables"
            remedy = (
                did_you_mean(name, known) or "write an id of treaties.csv or talks.csv, or one such as bel_1936_10_14"
            )
            found.fault("unknown-id", place.at(i), what, remedy)


def _check_treaties(found: Found, politics: Politics, node: Node) -> None:
    for i, treaty in enumerate(politics.treaties):
        place = node.at(i)
        for key in ("parties", "protects", "against"):
            _powers(found, getattr(treaty, key), place.at(key))
        _powers(found, [treaty.first] if treaty.first else [], place.at("first"))
        if treaty.ends is not None and treaty.ends <= treaty.signed:
            found.fault(
                "bad-date", place.at("ends"), f"treaty '{treaty.id}' ends before it is signed", "correct a date"
            )
        _before_the_end(found, treaty.signed, place.at("signed"), f"treaty '{treaty.id}' is signed")


def _check_governments(found: Found, politics: Politics, node: Node, tables: Tables) -> None:
    leaders = {row["id"] for row in tables["leaders"]}
    for i, change in enumerate(politics.governments):
        place = node.at(i)
        _powers(found, [change.power], place.at("power"))
        for key, value in change.policy.items():
            at = place.at("policy", key)
            if key not in POLICY:
                remedy = did_you_mean(key, POLICY) or f"it is one of {', '.join(POLICY)}"
                found.fault("unknown-key", at, f"a policy has no '{key}'", remedy)
            elif not -1.0 <= value <= 1.0:
                found.fault(
                    "bad-value", at, f"policy {key} = {value:g} is beyond -1 to 1", "write a number between them"
                )
        for j, name in enumerate(change.dead):
            if leaders and name not in leaders:
                remedy = did_you_mean(name, leaders) or "write an id of leaders.csv"
                found.fault("unknown-id", place.at("dead", j), f"'{name}' is no leader of the tables", remedy)
        _before_the_end(found, change.at, place.at("at"), f"{change.power}'s government changes")


def _check_cessions(found: Found, politics: Politics, node: Node) -> None:
    for i, cession in enumerate(politics.cessions):
        place = node.at(i)
        for key, code in (("owner", cession.owner), ("to", cession.to)):
            found.power_on_map(code, place.at(key), "power")
        if found.atlas is not None and cession.zone not in found.atlas.zones:
            remedy = did_you_mean(cession.zone, found.atlas.zones) or "write a zone of the map's zones.csv"
            found.fault("unknown-zone", place.at("zone"), f"zone '{cession.zone}' is not on the map", remedy)


def _check_underway(found: Found, politics: Politics, node: Node) -> None:
    opening = found.scenario.scenario.opening
    known = [p.operation.id for _, p in found.plans if p.operation is not None and p.design is not None]
    for i, begun in enumerate(politics.underway):
        place = node.at(i)
        if begun.operation not in known:
            remedy = (
                did_you_mean(begun.operation, known) or "write an operation with a [design] of the scenario's plans"
            )
            what = f"operation '{begun.operation}' is not decided upon in this scenario"
            found.fault("unknown-id", place.at("operation"), what, remedy)
        if begun.since > opening:
            what = f"operation '{begun.operation}' is prepared only after the opening"
            found.fault("bad-date", place.at("since"), what, "write a day before the opening")
        if begun.day is not None and begun.day <= opening:
            what = f"operation '{begun.operation}' is ordered for a day before the opening"
            found.fault("bad-date", place.at("day"), what, "write a later day")


def _powers(found: Found, codes: Iterable[str], place: Node) -> None:
    for i, code in enumerate(codes):
        if code not in OFF_MAP:
            found.power_on_map(code, place.at(i), "power")


def _before_the_end(found: Found, hour: int, place: Node, what: str) -> None:
    ends = found.scenario.scenario.ends
    if hour >= ends:
        what = f"{what} on {dates.iso(hour)[:10]}, when the scenario is over ({dates.iso(ends)[:10]})"
        found.fault("outside-scenario", place, what, "it will not happen; correct the date", warning=True)
