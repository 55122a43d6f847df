"""Scenarios: the TOML file, its overlays and plans, and every file they name, checked together.

`load` gives a `Setup`, everything fixed about a run; `opening_world` the state on its first hour; `validate` every
fault and warning of all files at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np

from wargame import dates, economies
from wargame.atlas import Atlas
from wargame.errors import Fault, InputError, UsageError
from wargame.load import checks, maps, orders_of_battle, political_checks, politics, purges, tables, toml_files, trees
from wargame.load.formations import Spared
from wargame.load.orders_of_battle import Deployed
from wargame.load.paths import Search, is_path, scenario_file
from wargame.load.standing_armies import standing_armies
from wargame.load.tables import Reader
from wargame.load.trees import Node
from wargame.politics import Polity, Tables
from wargame.rulebook import Rulebook
from wargame.scenario import Armies, OverlayHead, Plan, PowerEntry, Scenario, Setup
from wargame.world import Forces, OperationState, Power, World

Names = Iterable[str | Path]


def load(
    name_or_path: str | Path, overlays: Names = (), data: Names = (), *, warnings: list[Fault] | None = None
) -> Setup:
    """A scenario ready to run; `UsageError` for an unknown name, `InputError` with every error of every file.

    What does not keep it from being played is added to ``warnings``.
    """
    reader, read = _read(name_or_path, overlays, data)
    reader.check()
    if warnings is not None:
        warnings += reader.faults
    if read.scenario is None or read.atlas is None or read.rulebook is None:
        raise InputError([Fault("unreadable", str(name_or_path), "the scenario cannot be read")])
    plans = tuple(p if read.scenario.politics is None else _in_its_war(p) for _, p in read.plans)
    head, armies = read.scenario.scenario, Armies()
    if read.scenario.forces.standing_armies:
        forces, armies = _standing_armies(read.scenario, read.atlas, read.rulebook, data, reader.digests)
    else:
        forces = orders_of_battle.forces(read.deployed, read.atlas, head.opening, read.rulebook)
    digests = tuple(sorted(reader.digests.items()))
    summed = hashlib.blake2b("".join(f"{k} {d}\n" for k, d in digests).encode(), digest_size=16).hexdigest()
    return Setup(read.scenario, plans, read.atlas, read.rulebook, forces, digests, summed, read.tables, armies)


def validate(name_or_path: str | Path, overlays: Names = (), data: Names = ()) -> list[Fault]:
    """Every error and warning of a scenario and the files it names or rests on, by file and line."""
    reader, read = _read(name_or_path, overlays, data)
    faults = list(reader.faults)
    if read.scenario is not None and read.atlas is not None and read.rulebook is not None:
        try:
            if read.scenario.forces.standing_armies:
                _standing_armies(read.scenario, read.atlas, read.rulebook, data, {})
        except InputError as error:
            faults += error.faults
    return sorted(faults, key=lambda f: (f.severity, f.file, f.line or 0, f.what))


def _standing_armies(
    scenario: Scenario, atlas: Atlas, rulebook: Rulebook, data: Names, digests: dict[str, str]
) -> tuple[Forces, Armies]:
    head, without = scenario.scenario, scenario.forces.without_purge
    programmes = scenario.politics.programmes if scenario.politics is not None else ()
    return standing_armies(atlas, head.opening, head.ends, rulebook, data, without, programmes, digests)


def opening_world(setup: Setup, seed: int) -> World:
    """The state at the opening hour: nobody at war yet, everybody where the deployments say."""
    atlas, head, changes = setup.atlas, setup.scenario.scenario, setup.scenario.politics
    owner = atlas.owners_on(head.opening)
    n = len(atlas)
    planned = {o.id: OperationState(o.id) for o in (p.operation for p in setup.plans) if o is not None}
    past, flags = politics.past_operations(setup.tables, setup.plans, head.opening) if changes else ({}, {})
    wars, standing = politics.past_wars(setup.tables, head.opening) if changes else ({}, {})
    owners = set(owner.tolist())
    gone = {p: "defeated" for p, number in atlas.power_number.items() if changes and number not in owners}
    powers = {
        p.id: Power(p.id, p.government, standing.get(p.id, gone.get(p.id, "at_peace")))
        for p in sorted(setup.scenario.powers, key=lambda p: p.id)
    }
    flags |= {f"mobilised:{p}": 0 for p, s in standing.items() if s == "at_war"}
    world = World(
        hour=head.opening,
        seed=seed,
        owner=owner,
        controller=atlas.controllers_on(head.opening),
        captured_hour=np.zeros(n, dtype=np.int64),
        captured_entry=np.zeros(n, dtype=np.int64),
        contacts=np.zeros(n, dtype=np.int64),
        occupied_days=np.zeros(n, dtype=np.float64),
        fought_attacker=np.zeros(n, dtype=np.float64),
        fought_defender=np.zeros(n, dtype=np.float64),
        decided_entry=np.zeros(n, dtype=np.int64),
        forces=setup.forces.copy(),
        powers=powers,
        wars=wars,
        operations=planned | past,
        flags=flags,
        weather=("clear",) * len(atlas.climates),
        polity=politics.polity_at(setup.tables, head.opening, setup.rulebook, changes) if changes else Polity(),
    )
    if changes:
        world.polity.economies = economies.opened(setup.tables, atlas, head, setup.rulebook, world)
    return world


@dataclass
class _Read:
    """What could be read, however much is wrong with it."""

    scenario: Scenario | None = None
    atlas: Atlas | None = None
    rulebook: Rulebook | None = None
    deployed: Sequence[Deployed] = ()
    plans: Sequence[tuple[Node, Plan]] = ()
    tables: Tables = field(default_factory=Tables)


def _read(name_or_path: str | Path, overlays: Names, data: Names) -> tuple[Reader, _Read]:
    path, where = scenario_file(name_or_path, data)
    reader, read = Reader(where.label), _Read()
    node = _read_scenario(reader, where, path, overlays, read)
    if node is None or not isinstance(node.value, dict):
        return reader, read
    before = len(reader.errors)
    read.atlas = _read_map(reader, where, node)
    map_faulty = len(reader.errors) > before
    read.rulebook = _read_rulebook(reader, node)
    opening = read.scenario.scenario.opening if read.scenario is not None else None
    if read.scenario is not None and read.scenario.politics is not None:
        _read_politics(reader, where, node, read)
    before = len(reader.faults)
    complete = _read_forces(reader, where, node, read, opening)
    forces_faulty = any(f.code in tables.ROWS_LOST for f in reader.faults[before:])
    read.plans = _read_plans(reader, where, node)
    if read.scenario is not None:
        deployed = read.deployed if complete else None
        found = checks.Found(reader, node, read.scenario, read.atlas, deployed, read.plans, map_faulty, forces_faulty)
        checks.check(found)
        political_checks.check_politics(found, read.tables)
    return reader, read


def _read_scenario(reader: Reader, where: Search, path: Path, overlays: Names, read: _Read) -> Node | None:
    found = toml_files.read(reader, path, f"scenario/{path.name}")
    if found is None:
        for overlay in overlays:  # name their faults too
            _overlay_node(reader, where, overlay)
        return None
    node = trees.tree(found)
    own = node.value.pop("overlays", None)
    wanted: list[str | Path] = [str(n) for n in own.plain()] if own is not None and isinstance(own.value, list) else []
    given = []
    for overlay in wanted:  # parts of the scenario itself
        part = _overlay_node(reader, where, overlay)
        if part is not None:
            trees.merge(reader, node, part)
    for overlay in overlays:
        found_overlay = _overlay_node(reader, where, overlay)
        head = trees.merge(reader, node, found_overlay) if found_overlay is not None else None
        if found_overlay is not None and head is not None:
            given.append((head, found_overlay.at("overlay", "opens_by")))
    scenario = trees.model(reader, Scenario, node)
    if scenario is not None:
        read.scenario = scenario.model_copy(update={"overlays": tuple(h.id for h, _ in given)})
        for head, place in given:
            _in_time(reader, scenario, head, place)
    return node


def _in_time(reader: Reader, scenario: Scenario, head: OverlayHead, place: Node) -> None:
    """A point of divergence must not lie before the opening."""
    opening = scenario.scenario.opening
    if head.opens_by is not None and opening > head.opens_by:
        what = f"overlay '{head.id}' parts from history by {dates.iso(head.opens_by)[:10]}, before the scenario opens "
        what += f"({dates.iso(opening)[:10]})"
        remedy = f"lay it over a scenario that opens earlier; wargame scenarios {head.id} lists them"
        reader.fault("too-late", place.file, what, remedy, place.line)


def _overlay_node(reader: Reader, where: Search, name: str | Path) -> Node | None:
    path = Path(name) if is_path(name) else where.find("overlay", str(name))
    if is_path(name) and not path.is_file():
        raise UsageError(f"no overlay file {path}; write the path of a TOML file, or the name of an overlay")
    found = toml_files.read(reader, path, f"overlay/{path.name}")
    return trees.tree(found) if found is not None else None


def _read_map(reader: Reader, where: Search, node: Node) -> Atlas | None:
    name = node.at("scenario", "map")
    if not isinstance(name.value, str):
        return None  # reported as a missing or bad key
    try:
        folder = where.find("map", name.value).parent
    except UsageError:
        reader.fault(
            "unknown-map", name.file, f"map '{name.value}' is unknown", where.remedy("map", name.value), name.line
        )
        return None
    return maps.read_atlas(reader, where, folder)


def _read_rulebook(reader: Reader, node: Node) -> Rulebook | None:
    edition = node.at("scenario", "edition")
    name = edition.value if isinstance(edition.value, str) else "standard"
    try:
        book = Rulebook.load(name)
    except UsageError as error:
        remedy = str(error).partition("; ")[2]
        reader.fault("unknown-edition", edition.file, f"rulebook edition '{name}' is unknown", remedy, edition.line)
        return None
    text = (package_files("wargame") / "editions" / f"{name}.toml").read_bytes()
    reader.digests[f"edition/{name}.toml"] = hashlib.blake2b(text, digest_size=16).hexdigest()
    changes = node.value.get("rulebook")
    values = {}
    for key, number in changes.value.items() if changes is not None and isinstance(changes.value, dict) else ():
        if checks.rulebook_change(reader, book, key, number):
            values[key] = float(number.value)
    return book.changed(values)


def _read_politics(reader: Reader, where: Search, node: Node, read: _Read) -> None:
    """Read the political tables; every power with a government is in play, whether the scenario lists it or not."""
    assert read.scenario is not None and read.scenario.politics is not None
    name = read.scenario.politics.tables
    place = node.at("politics", "tables")
    try:
        folder = where.find("politics", name).parent
    except UsageError:
        remedy = where.remedy("politics", name)
        reader.fault("missing-file", place.file, f"there are no political tables '{name}'", remedy, place.line)
        return
    read.tables = politics.dated(politics.read_tables(reader, folder), read.scenario.politics.as_in_history)
    listed = {p.id for p in read.scenario.powers}
    known = read.atlas.power_number if read.atlas is not None else {}
    governed = sorted({r["power"] for r in read.tables["governments"] if r["power"] in known} - listed)
    powers = (*read.scenario.powers, *(PowerEntry(id=p) for p in governed))
    read.scenario = read.scenario.model_copy(update={"powers": powers})


def _read_forces(reader: Reader, where: Search, node: Node, read: _Read, opening: int | None) -> bool:
    """Read formations and deployments; whether all of them could be read."""
    if read.scenario is not None and read.scenario.forces.standing_armies:
        return False  # read by the catalogue; no single headquarters is checked
    wanted = []
    for kind in ("formations", "deployments"):
        names = node.at("forces", kind)
        entries = names.value if isinstance(names.value, list) else []
        wanted.append([(str(n.value), n.file, n.line) for n in entries])
    found = orders_of_battle.find_files(reader, where, *wanted)
    missing = len(found) < len(wanted[0]) + len(wanted[1])
    spared = _read_purges(reader, where, node, read)
    read.deployed = orders_of_battle.read_deployed(
        reader, found, read.atlas, opening, unread=missing, rulebook=read.rulebook, spared=spared
    )
    return not missing and len(read.deployed) > 0


def _read_purges(reader: Reader, where: Search, node: Node, read: _Read) -> dict[str, Spared]:
    without = read.scenario.forces.without_purge if read.scenario is not None else ()
    try:
        return purges.spared(reader, where, without, read.rulebook or Rulebook.load("standard"))
    except UsageError as error:
        place = node.at("forces", "without_purge")
        what, _, remedy = str(error).partition("; ")
        reader.fault("unknown-purge", place.file, what, remedy, place.line)
        return {}


def _in_its_war(plan: Plan) -> Plan:
    """A plan in the war that its design names, where politics decide on it."""
    if plan.operation is None or plan.design is None or plan.design.war is None:
        return plan
    return plan.model_copy(update={"operation": plan.operation.model_copy(update={"war": plan.design.war})})


def _read_plans(reader: Reader, where: Search, node: Node) -> list[tuple[Node, Plan]]:
    names = node.at("plans")
    entries = names.value if names is not node and isinstance(names.value, list) else []
    plans = []
    for entry in entries:
        name = str(entry.value)
        try:
            path = where.find("plan", name)
        except UsageError:
            reader.fault(
                "missing-file", entry.file, f"there is no plan '{name}'", where.remedy("plan", name), entry.line
            )
            continue
        found = toml_files.read(reader, path, f"plan/{path.name}")
        if found is not None:
            plan_node = trees.tree(found)
            plan = trees.model(reader, Plan, plan_node)
            if plan is not None:
                plans.append((plan_node, plan))
    return plans
