"""What no single file can show: whether a scenario, its plans, its map and its forces fit together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from scipy.sparse.csgraph import connected_components

from wargame import conditions, dates
from wargame.atlas import NOBODY, Atlas
from wargame.errors import did_you_mean
from wargame.load.orders_of_battle import Deployed, check_places, check_tree
from wargame.load.tables import Reader
from wargame.load.trees import Node
from wargame.orders import Order
from wargame.rulebook import Rulebook
from wargame.scenario import Design, Plan, Scenario


@dataclass
class Found:
    """Everything read, for the checks. ``deployed`` is `None` where a file of forces could not be read."""

    reader: Reader
    node: Node
    scenario: Scenario
    atlas: Atlas | None
    deployed: Sequence[Deployed] | None
    plans: Sequence[tuple[Node, Plan]]
    map_faulty: bool = False  # then land without an owner is no news
    forces_faulty: bool = False  # rows could not be read: then an unknown headquarters is no news

    @cached_property
    def formations(self) -> dict[str, Deployed]:
        """Deployed formations by id."""
        return {d.id: d for d in self.deployed or ()}

    @cached_property
    def in_play(self) -> list[str]:
        """Codes of the powers the scenario lists."""
        return sorted({p.id for p in self.scenario.powers})

    @cached_property
    def coalitions(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Attackers and defenders of each war, with those who join by script."""
        sides: dict[str, tuple[set[str], set[str]]] = {
            w.id: (set(w.attackers), set(w.defenders)) for w in self.scenario.wars
        }
        for s in self.scenario.script:
            if s.action == "enter_war" and s.war in sides:
                sides[s.war][0 if s.on == "attackers" else 1].add(s.power)
        return {w: (frozenset(a), frozenset(d)) for w, (a, d) in sides.items()}

    @cached_property
    def allies(self) -> dict[str, frozenset[str]]:
        """Powers that fight on the same side of any war, by power, itself included."""
        allies: dict[str, frozenset[str]] = {}
        for sides in self.coalitions.values():
            for side in sides:
                for power in side:
                    allies[power] = allies.get(power, frozenset()) | side
        return allies

    @cached_property
    def owners(self) -> list[str]:
        """The owner of each province at the opening, by province number; empty for nobody."""
        if self.atlas is None:
            return []
        codes = self.atlas.powers
        return [codes[o] if o != NOBODY else "" for o in self.atlas.owners_on(self.scenario.scenario.opening).tolist()]

    def foreign(self, province: int, powers: Iterable[str]) -> str:
        """The owner of a province, if it is none of these powers; empty if it is one, or cannot be known."""
        owner = self.owners[province] or ("" if self.map_faulty else "nobody")
        return "" if owner in powers else owner

    @cached_property
    def landmass(self) -> list[int]:
        """Which connected stretch of land each province belongs to, by province number."""
        if self.atlas is None:
            return []
        labels: list[int] = connected_components(self.atlas.road_graph, directed=False)[1].tolist()
        return labels

    def fault(self, code: str, place: Node, what: str, remedy: str, *, warning: bool = False) -> None:
        """Note a finding where a node stands."""
        self.reader.fault(code, place.file, what, remedy, place.line, warning=warning)

    def province(self, name: str, place: Node, what: str) -> int | None:
        """Number of a province, after noting a fault if there is none of this id."""
        if self.atlas is None:
            return None
        if name not in self.atlas.number:
            remedy = did_you_mean(name, self.atlas.ids) or "write an id of the map's provinces.csv"
            self.fault("unknown-province", place, f"{what} '{name}' is not on map '{self.atlas.id}'", remedy)
        return self.atlas.number.get(name)

    def provinces(self, names: Iterable[str], place: Node, what: str) -> list[tuple[str, int, Node]]:
        """Those of several provinces that exist, with the place of each."""
        found = []
        for i, name in enumerate(names):
            number = self.province(name, place.at(i), what)
            if number is not None:
                found.append((name, number, place.at(i)))
        return found

    def power_on_map(self, code: str, place: Node, what: str) -> bool:
        """Whether the map knows a power; notes a fault if it does not."""
        if self.atlas is None or code in self.atlas.power_number:
            return True
        remedy = (
            did_you_mean(code, self.in_play) or did_you_mean(code, self.atlas.powers) or "write a code of powers.csv"
        )
        self.fault("unknown-power", place, f"{what} '{code}' is not a power of map '{self.atlas.id}'", remedy)
        return False

    def power(self, code: str, place: Node, what: str) -> bool:
        """Whether a power is in play; notes a fault if it is not."""
        if code in self.in_play:
            return True
        if self.power_on_map(code, place, what):
            remedy = did_you_mean(code, self.in_play) or f'add a [[powers]] table with id = "{code}"'
            self.fault("unknown-power", place, f"{what} '{code}' is not among the scenario's [[powers]]", remedy)
        return False

    def hq(self, name: str, place: Node, what: str, power: str | None = None) -> None:
        """Check that a headquarters (or a single formation) is deployed and obeys the power or one of its allies."""
        if self.deployed is None:
            return
        d = self.formations.get(name)
        if d is None and self.forces_faulty:
            return
        if d is None:
            remedy = did_you_mean(name, self.formations) or "write the id of a deployed formation"
            self.fault("unknown-hq", place, f"{what} '{name}' is not among the deployed formations", remedy)
            return
        if power is not None and d.power != power and d.power not in self.allies.get(power, frozenset()):
            self.fault(
                "foreign-hq",
                place,
                f"{what} '{name}' belongs to {d.power}, not to {power} or an ally",
                "name one of its own",
            )


def check(found: Found) -> None:
    """Every check across files, in the order of the scenario file."""
    _check_head(found)
    _check_powers(found)
    _check_wars(found)
    _check_scripts(found)
    _check_weather(found)
    if found.deployed is not None:
        check_tree(found.reader, found.deployed, found.allies)
        if found.atlas is not None:
            check_places(found.reader, found.deployed, found.atlas, found.foreign, found.allies)
        _check_deployed_powers(found, found.deployed)
    _check_plans(found)


def rulebook_change(reader: Reader, book: Rulebook, name: str, node: Node) -> bool:
    """Whether a scenario's own value for a rulebook number can be used; notes why not, or that it is unusual."""
    if name not in book.numbers:
        remedy = did_you_mean(name, book.numbers) or 'write "chapter.key" = value with a number of the edition'
        reader.fault("unknown-number", node.file, f"the rulebook has no number '{name}'", remedy, node.line)
        return False
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)) or not math.isfinite(node.value):
        reader.fault(
            "bad-value", node.file, f"rulebook number '{name}' is not a number", "write a plain number", node.line
        )
        return False
    number = book.numbers[name]
    low, high = number.low, number.high
    if low is not None and low >= 0 > node.value:
        what = f"{name} = {node.value:g} is negative"
        remedy = f"its sources give {low:g} to {high:g} {number.unit}".rstrip()
        reader.fault("bad-value", node.file, what, remedy, node.line)
        return False
    if (low is not None and node.value < low) or (high is not None and node.value > high):
        what = f"{name} = {node.value:g} lies outside the range of its sources, {low:g} to {high:g} {number.unit}"
        reader.fault("unusual-number", node.file, what, "leave it if that is meant", node.line, warning=True)
    return True


def _check_head(found: Found) -> None:
    head, node = found.scenario.scenario, found.node.at("scenario")
    if head.opening < 0:
        what = f"opening {dates.iso(head.opening)} lies before the clock begins"
        found.fault("bad-date", node.at("opening"), what, "open on 1924-01-01 or later")
    if head.ends <= head.opening:
        what = f"ends {dates.iso(head.ends)} is not after opening {dates.iso(head.opening)}"
        found.fault("bad-date", node.at("ends"), what, "write a later date")


def _unique(found: Found, names: Sequence[str], place: Node, what: str) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            found.fault(
                "duplicate",
                place.at(i),
                f"{what} '{name}' is there twice",
                "give each a name of its own, or delete one",
            )


def _check_powers(found: Found) -> None:
    node = found.node.at("powers")
    _unique(found, [p.id for p in found.scenario.powers], node, "power")
    if not found.scenario.powers:
        found.fault("missing-key", found.node, "the scenario has no powers", "add a [[powers]] table for each")
    for i, power in enumerate(found.scenario.powers):
        place = node.at(i)
        if not found.power_on_map(power.id, place.at("id"), "power"):
            continue
        friends = found.allies.get(power.id, frozenset()) | {power.id}
        for name, number, at in found.provinces(power.bases, place.at("bases"), "base"):
            owner = found.foreign(number, friends)
            if owner:
                remedy = f"name a province that {power.id} or an ally owns at the opening"
                found.fault("foreign-base", at, f"base '{name}' of {power.id} belongs to {owner}", remedy)
        for j, code in enumerate(power.refuge):
            found.power_on_map(code, place.at("refuge", j), "refuge")


def _check_wars(found: Found) -> None:
    head, node = found.scenario.scenario, found.node.at("wars")
    _unique(found, [w.id for w in found.scenario.wars], node, "war")
    for i, war in enumerate(found.scenario.wars):
        place = node.at(i)
        for side in ("attackers", "defenders"):
            members: tuple[str, ...] = getattr(war, side)
            if not members:
                found.fault("missing-key", place.at(side), f"war '{war.id}' has no {side}", "name at least one power")
            for j, code in enumerate(members):
                found.power(code, place.at(side, j), side)
        for code in sorted(set(war.attackers) & set(war.defenders)):
            found.fault("both-sides", place, f"{code} is on both sides of war '{war.id}'", "leave it on one of them")
        _check_within(found, war.begins, place.at("begins"), f"war '{war.id}' begins", head.opening, head.ends)


def _check_within(found: Found, hour: int, place: Node, what: str, opening: int, ends: int) -> None:
    if opening < ends and not opening <= hour < ends:
        what = f"{what} on {dates.iso(hour)}, outside the scenario ({dates.iso(opening)} to {dates.iso(ends)})"
        found.fault("outside-scenario", place, what, "it will not happen; correct the date", warning=True)


def _check_scripts(found: Found) -> None:
    head, node = found.scenario.scenario, found.node.at("script")
    _unique(found, [s.id for s in found.scenario.script], node, "script")
    for i, script in enumerate(found.scenario.script):
        place = node.at(i)
        found.power(script.power, place.at("power"), "power")
        _check_within(found, script.at, place.at("at"), f"script '{script.id}' happens", head.opening, head.ends)
        for j, code in enumerate(script.against):
            found.power(code, place.at("against", j), "against")
        if script.action == "enter_war" and _check_war(found, script.war or "", place.at("war")):
            war = next(w for w in found.scenario.wars if w.id == script.war)
            if script.power in (war.defenders if script.on == "attackers" else war.attackers):
                what = f"{script.power} is to enter war '{war.id}' against its own side"
                found.fault("both-sides", place.at("on"), what, "correct power, war or on")
        if script.action == "order":
            if not script.orders:
                found.fault(
                    "missing-key", place, f"script '{script.id}' gives no orders", 'write orders = ["HQ VERB PROVINCE"]'
                )
            for j, text in enumerate(script.orders):
                _check_order(found, text, script.power, place.at("orders", j))


def _check_war(found: Found, war: str, place: Node) -> bool:
    if war in found.coalitions:
        return True
    remedy = did_you_mean(war, found.coalitions) or "name the id of a [[wars]] table"
    found.fault("unknown-war", place, f"war '{war}' is not in the scenario", remedy)
    return False


def _check_order(found: Found, text: str, power: str, place: Node) -> None:
    try:
        order = Order.parse(text)
    except ValueError as error:
        what, _, remedy = str(error).partition(": ")
        found.fault("bad-order", place, what, remedy)
        return
    found.hq(order.hq, place, "headquarters", power)
    found.provinces(order.where, place, "province")


def _check_weather(found: Found) -> None:
    node = found.node.at("weather")
    known = [c.id for c in found.atlas.climates] if found.atlas is not None else None
    for i, spell in enumerate(found.scenario.weather):
        if spell.last < spell.first:
            found.fault("bad-date", node.at(i, "last"), "last is before first", "correct one of the dates")
        for j, climate in enumerate(spell.climates):
            if known is not None and climate not in known:
                remedy = did_you_mean(climate, known) or f"the climates are {', '.join(known)}"
                found.fault(
                    "unknown-climate", node.at(i, "climates", j), f"climate '{climate}' is not on the map", remedy
                )


def _check_deployed_powers(found: Found, deployed: Sequence[Deployed]) -> None:
    for power in sorted({d.power for d in deployed} - set(found.in_play)):
        if found.atlas is None or power in found.atlas.power_number:
            first = next(d for d in deployed if d.power == power)
            what = (
                f"'{first.id}' and others of {power} are deployed, but {power} is not among the scenario's [[powers]]"
            )
            remedy = f'add a [[powers]] table with id = "{power}", or leave the deployment out'
            found.reader.fault("unknown-power", first.place[0], what, remedy, first.place[1])


# --- plans -----------------------------------------------------------------------------------------------------------


def _check_plans(found: Found) -> None:
    ids: dict[str, Node] = {}
    for node, plan in found.plans:
        if plan.operation is None and plan.defence is None:
            found.fault("missing-key", node, "the plan has neither [operation] nor [defence]", "write one of them")
        for key, part in (("operation", plan.operation), ("defence", plan.defence)):
            if part is not None and part.id in ids:
                place = node.at(key, "id")
                found.fault(
                    "duplicate", place, f"{key} '{part.id}' is also in {ids[part.id].file}", "give it an id of its own"
                )
            if part is not None:
                ids[part.id] = node
        _check_operation(found, node, plan)
        _check_axes(found, node, plan)
        _check_defence(found, node, plan)


def _check_design(found: Found, place: Node, design: Design) -> None:
    """Conditions as they must be written, and zones that the map has."""
    for key in ("requires", "possible"):
        for i, text in enumerate(getattr(design, key)):
            wrong = conditions.fault(text, found.atlas)
            if wrong:
                found.fault("bad-condition", place.at(key, i), wrong, "see 'Conditions' in docs/scenario_guide.md")
    for key in ("demand", "claims"):
        _check_zones(found, place.at(key), getattr(design, key))
    for key in ("grants", "shares"):
        for power, zones in getattr(design, key).items():
            found.power(power, place.at(key, power), "power")
            _check_zones(found, place.at(key, power), zones)


def _check_zones(found: Found, place: Node, zones: Sequence[str]) -> None:
    for i, zone in enumerate(zones):
        if found.atlas is not None and zone not in found.atlas.zones:
            remedy = did_you_mean(zone, found.atlas.zones) or "write a zone of the map's zones.csv"
            found.fault("unknown-zone", place.at(i), f"zone '{zone}' is not on the map", remedy)


def _check_operation(found: Found, node: Node, plan: Plan) -> None:
    operation = plan.operation
    if operation is None:
        return
    place = node.at("operation")
    known = found.power(operation.power, place.at("power"), "power")
    target_known = found.power(operation.target, place.at("target"), "target")
    design = plan.design if found.scenario.politics is not None else None  # decided upon, whatever its date
    if design is not None:
        _check_design(found, node.at("design"), design)
    elif operation.begins is None:
        remedy = "write the date it begins; only a scenario with [politics] decides on it by a [design]"
        found.fault("missing-key", place, f"operation '{operation.id}' has no 'begins'", remedy)
    elif _check_war(found, operation.war, place.at("war")):
        sides = found.coalitions[operation.war]
        lenient = bool(found.scenario.overlays)  # an overlay may keep a power out of a war: then it is never launched
        own = next((side for side in sides if operation.power in side), None)
        if known and own is None:
            what = f"power {operation.power} is on neither side of war '{operation.war}'"
            remedy = f"it is {_versus(sides)}; the operation is never launched"
            found.fault("not-in-war", place.at("power"), what, remedy, warning=lenient)
        elif own is not None and target_known and operation.target not in sides[1 - sides.index(own)]:
            what = f"target {operation.target} is not an enemy of {operation.power} in war '{operation.war}'"
            found.fault("not-in-war", place.at("target"), what, f"it is {_versus(sides)}", warning=lenient)
        begins = next(w.begins for w in found.scenario.wars if w.id == operation.war)
        if operation.begins < begins:
            what = f"operation '{operation.id}' begins before its war, which begins on {dates.iso(begins)}"
            found.fault("before-war", place.at("begins"), what, "correct one of the dates", warning=True)
    head = found.scenario.scenario
    if operation.begins is not None and design is None:
        what = f"operation '{operation.id}' begins"
        _check_within(found, operation.begins, place.at("begins"), what, head.opening, head.ends)
    for name, number, at in found.provinces(operation.objectives, place.at("objectives"), "objective"):
        if found.owners[number] == operation.power and plan.design is None:
            found.fault(
                "own-objective",
                at,
                f"objective '{name}' already belongs to {operation.power}",
                "name a province to be taken",
            )


def _versus(sides: tuple[frozenset[str], frozenset[str]]) -> str:
    return " against ".join(", ".join(sorted(side)) for side in sides)


def _check_axes(found: Found, node: Node, plan: Plan) -> None:
    place = node.at("axes")
    if plan.axes and plan.operation is None:
        found.fault(
            "missing-key", place, "the plan has [[axes]] but no [operation]", "write the [operation] they belong to"
        )
    names = [a.hq for a in plan.axes]
    _unique(found, names, place, "headquarters")
    power = plan.operation.power if plan.operation is not None else None
    for i, axis in enumerate(plan.axes):
        at = place.at(i)
        found.hq(axis.hq, at.at("hq"), "headquarters", power)
        way = found.provinces(axis.via, at.at("via"), "province")
        for (a, p, _), (b, q, there) in pairwise(way):
            if found.landmass[p] != found.landmass[q]:
                found.fault(
                    "no-way",
                    there,
                    f"there is no way by land from '{a}' to '{b}'",
                    "choose a province that can be reached",
                )


def _check_defence(found: Found, node: Node, plan: Plan) -> None:
    if plan.defence is None and (plan.lines or plan.sectors):
        found.fault(
            "missing-key", node, "the plan has lines or sectors but no [defence]", "write the [defence] they belong to"
        )
    power = plan.defence.power if plan.defence is not None else None
    if power is not None:
        found.power(power, node.at("defence", "power"), "power")
    lines = [line.id for line in plan.lines]
    _unique(found, lines, node.at("lines"), "line")
    for i, line in enumerate(plan.lines):
        found.provinces(line.provinces, node.at("lines", i, "provinces"), "province")
    _unique(found, [s.hq for s in plan.sectors], node.at("sectors"), "sector of headquarters")
    for i, sector in enumerate(plan.sectors):
        place = node.at("sectors", i)
        found.hq(sector.hq, place.at("hq"), "headquarters", power)
        for j, name in enumerate(sector.lines):
            if name not in lines:
                remedy = did_you_mean(name, lines) or "name the id of a [[lines]] table of this plan"
                found.fault("unknown-line", place.at("lines", j), f"line '{name}' is not in this plan", remedy)
