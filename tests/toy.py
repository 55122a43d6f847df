"""A toy theatre for unit tests: three provinces in a row, two powers, four formations.

::

    west (RED) -- 40 km, river -- middle (BLU) -- 60 km -- south_east (BLU)

Built from the types' own field lists, so that a new column needs no change here.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from wargame import dates
from wargame.atlas import Atlas, Borders, Climate, Fort, Railway
from wargame.world import KINDS, NOWHERE, Forces, Power, Status, World

HOUR = dates.parse("1939-09-01T04")
PROVINCES = ("middle", "south_east", "west")  # sorted, as an Atlas has them
POWERS = ("BLU", "GRN", "RED")
MIDDLE, SOUTH_EAST, WEST = range(3)
BLU, GRN, RED = range(3)


def ints(*values: int) -> np.ndarray:
    """A column of whole numbers."""
    return np.array(values, dtype=np.int64)


def floats(*values: float) -> np.ndarray:
    """A column of numbers."""
    return np.array(values, dtype=np.float64)


def toy_atlas() -> Atlas:
    """Three provinces in a row; the border west-middle is a river, `middle` is fortified against `west`."""
    flat = np.full(12, 0.25)
    return Atlas(
        id="toy",
        title="Toy theatre",
        version="1",
        ids=PROVINCES,
        names=("Middle", "South-East", "West"),
        aliases=(("Mitte",), (), ()),
        zones=("BLU_CORE", "RED_CORE"),
        zone_of=ints(0, 0, 1),
        zone_owners=(((0, "BLU"),), ((0, "RED"), (dates.parse("1940-01-01"), "GRN"))),
        terrain=ints(0, 1, 0),
        area_km2=floats(2500.0, 3000.0, 2000.0),
        lon=floats(19.0, 20.0, 18.0),
        lat=floats(52.0, 51.5, 52.0),
        road=ints(3, 2, 4),
        population_k=floats(120.0, 30.0, 300.0),
        port=ints(0, 0, 1),
        capital_of=("BLU", "", "RED"),
        climate_of=ints(0, 0, 0),
        climates=(Climate("plain", flat, flat, flat, flat),),
        borders=Borders(
            a=ints(0, 0),
            b=ints(1, 2),
            shared_km=floats(50.0, 45.0),
            distance_km=floats(60.0, 40.0),
            river=("", "Grey Water"),
            river_share=floats(0.0, 0.8),
            crossing=ints(0, 2),
            strait=np.array([False, False]),
        ),
        forts=(
            Fort(MIDDLE, WEST, "River line", 0.4, dates.parse("1936-01-01"), dates.parse("1946-01-01")),
            Fort(MIDDLE, -1, "Old ring", 0.1, 0, dates.parse("1946-01-01")),
        ),
        rail=(Railway(MIDDLE, WEST, 2, 1435, 48, 42.0, "Main line"),),
        powers=POWERS,
        power_names={"BLU": "Blueland", "GRN": "Greenland", "RED": "Redland"},
        adjectives={"BLU": "Blue", "GRN": "Green", "RED": "Red"},
        colours={"BLU": "#3366aa", "GRN": "#55aa55", "RED": "#aa3333"},
    )


def columns(cls: type[Any], length: int, given: dict[str, Any]) -> dict[str, Any]:
    """Columns of this length for every field of `cls` without a default: zeros, `NOWHERE`, or what is given."""
    made = {}
    for f in fields(cls):
        if f.name in given:
            made[f.name] = given[f.name]
        elif f.default is not MISSING or f.default_factory is not MISSING:
            continue
        elif f.type == "Floats":
            made[f.name] = np.zeros(length)
        elif f.type == "Ints":
            made[f.name] = np.full(length, NOWHERE if f.name in {"parent", "heading", "goal"} else 0)
        else:
            made[f.name] = tuple(f"{f.name}{i}" for i in range(length))
    return made


def toy_forces() -> Forces:
    """A Red corps with two divisions in the west, a Blue division in the middle; 10,000 men a division."""
    division = KINDS.index("infantry")
    men = floats(10_000.0, 0.0, 10_000.0, 9_000.0)
    given = {
        "ids": ("blu_1_div", "red_corps", "red_1_div", "red_2_div"),
        "kind": ints(division, KINDS.index("corps"), division, division),
        "power": ints(BLU, RED, RED, RED),
        "parent": ints(NOWHERE, NOWHERE, 1, 1),
        "province": ints(MIDDLE, WEST, WEST, WEST),
        "status": np.full(4, Status.ACTIVE),
        "men": men,
        "guns": floats(40.0, 0.0, 48.0, 48.0),
        "tanks": floats(0.0, 0.0, 30.0, 0.0),
        "establishment_men": men.copy(),
        "quality": np.full(4, 0.5),
        "readiness": np.ones(4),
        "supply": np.ones(4),
    }
    return Forces(**columns(Forces, 4, given))


def toy_world(**given: Any) -> World:
    """Red and Blue on the morning of 1 September 1939, still at peace."""
    provinces = {"owner": ints(BLU, BLU, RED), "controller": ints(BLU, BLU, RED)}
    small = {"hour": HOUR, "seed": 7, "forces": toy_forces(), "powers": {p: Power(p) for p in POWERS}}
    return World(**columns(World, len(PROVINCES), provinces | small | given))
