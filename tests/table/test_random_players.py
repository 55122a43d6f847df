"""Players who write anything that is allowed: no turn breaks, and a position read back from bytes goes on alike."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from tests.toy_politics import politics
from wargame import dates
from wargame.engine import Engine
from wargame.load import scenarios
from wargame.scenario import Setup
from wargame.table.forms import FORMS, POSTURES, QUESTIONS, Instruction, Part
from wargame.table.names import zones_of
from wargame.table.turn import Brief, play
from wargame.table.written import parse
from wargame.view import view
from wargame.world import World


def word(rng: Random, part: Part, setup: Setup, world: World, power: str) -> str:
    """Something that can stand in a part of a form, sensible or not."""
    atlas, f = setup.atlas, world.forces
    known = [p for p in sorted({*world.powers, "USA"}) if p in atlas.power_number or p == "USA"]
    own = [f.ids[r] for r in range(len(f)) if f.power[r] == atlas.power_number.get(power, -1)]
    ours = [p.operation.id for p in setup.plans if p.operation and p.operation.power == power]
    choices = {
        "power": known, "subject": known, "place": atlas.ids, "hq": own or ["nobody"], "hq_or_all": [*own[:3], "all"],
        "zone": [", ".join(zones_of(atlas, rng.choice(atlas.zones)))], "operation": ours or ["none"],
        "treaty": ["defence", "non_aggression", "transit", "alignment"], "line": ["rearmament", "firmness", "risk"],
        "direction": ["up", "down"], "posture": POSTURES, "name": ["Case A", "Case B", "Case C"],
        "question": sorted(QUESTIONS), "value": ["yes", "no"], "text": ["wait"], "order": ["answer sign no"],
        "date": [dates.iso(world.hour + d * dates.DAY) for d in (1, 10, 60)],
        "condition": [f"holds {known[0]} {atlas.ids[0]}", f"date {dates.iso(world.hour + 2 * dates.DAY)}"],
    }  # fmt: skip
    return str(rng.choice(list(choices[part.slot])))


def line(rng: Random, setup: Setup, world: World, power: str) -> str:
    """One line of any form."""
    form = FORMS[rng.choice(sorted(FORMS))]
    args = []
    for part in form.parts:
        if part.optional and rng.random() < 0.5:
            continue
        value = "" if part.slot == "flag" else word(rng, part, setup, world, power)
        value = "mobilise" if form.verb == "if" and part.slot == "order" else value
        args.append(f"{part.lead} {value}".strip())
    return str(Instruction(power, form.verb, tuple(args), "", 1, form.kind))


def played(setup: Setup, seed: int, turns: int, lines: int, length: str) -> set[str]:
    """A few turns of people who write at random; returns the verbs that took part."""
    rng = Random(seed)
    world = Engine(setup, scenarios.opening_world(setup, seed)).world
    humans = sorted(p for p in world.powers if p in {"RED", "BLU", "GRN", "GER", "POL", "SOV", "FRA", "GBR", "ITA"})
    used: set[str] = set()
    for _ in range(turns):
        given: list[Instruction] = []
        for power in humans:
            seen = view(world, setup.atlas.power_number[power], [], power)
            given += parse("\n".join(line(rng, setup, seen, power) for _ in range(lines)), power, setup, seen)[0]
        used |= {i.verb for i in given}
        brief = Brief(length, dict.fromkeys(humans, "human"), {}, tuple(given))
        run = play(setup, world, brief)
        again = play(setup, World.from_bytes(world.to_bytes()), brief)
        assert again.journal.head == run.journal.head
        f = run.world.forces
        assert (f.men >= 0).all()
        assert np.isfinite(f.men).all()
        assert all(e.because < e.n or e.n == 0 for e in run.journal.entries)
        setup, world = run.setup, run.world
    return used


@pytest.mark.parametrize("seed", [1, 2])
def test_in_the_toy_world(seed: int, tmp_path: Path) -> None:
    assert len(played(politics(tmp_path), seed, 3, 20, "week")) > 10


def test_in_europe() -> None:
    assert len(played(scenarios.load("crisis_1938_september"), 5, 1, 30, "day")) > 12
