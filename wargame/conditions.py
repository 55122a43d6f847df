"""Conditions on the state of the world in a short written form, as plans, talks and injects use them.

    owns GER SUDETEN          every province of the zone is the power's
    holds GER warszawa        the power controls the province, or every province of a zone
    at_war GER POL            the two are on opposite sides of a war that goes on, and neither is beaten
    regime GER fascist        the power's government is of this kind
    treaty defence FRA POL    a treaty of this kind between the two is in force
    crisis ID ordered         an operation has come to this stage: wanted, ordered, halted, launched, settled, lapsed
    launched ID               the operation has begun (and perhaps ended)
    succeeded ID              it ended in success
    beaten FRA                the power has capitulated, or its government is in exile
    alarm GBR GER 0.4         the first fears the second at least so much
    flag NAME                 a flag is raised
    date 1939-09-01           that day has come
    not ...                   any of these, denied

Several conditions hold together if each does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from wargame import dates
from wargame.atlas import Atlas
from wargame.world import World

Words = list[str]


def holds(world: World, atlas: Atlas, conditions: Iterable[str]) -> bool:
    """Whether all conditions hold; `KeyError` for a verb that does not exist."""
    return all(_holds(world, atlas, _words(text)) for text in conditions)


@cache
def _words(text: str) -> Words:
    return text.split()


def fault(text: str, atlas: Atlas | None = None) -> str:
    """What is wrong with a condition as written; empty if nothing is."""
    words = text.split()
    if words[:1] == ["not"]:
        words = words[1:]
    if not words or words[0] not in _VERBS:
        return f"'{text}' begins with none of: {', '.join(_VERBS)}"
    count = _VERBS[words[0]][0]
    if len(words) - 1 != count:
        return f"'{text}': {words[0]} takes {count} words, not {len(words) - 1}"
    if words[0] == "date" and not _is_date(words[1]):
        return f"'{text}': {words[1]} is no date such as 1939-09-01"
    for word in words[1:]:
        code = len(word) == 3 and word.isupper()
        if atlas is not None and code and word not in atlas.power_number and word not in OFF_MAP:
            return f"'{text}': {word} is no power of map '{atlas.id}'"
    if atlas is not None and words[0] in {"owns", "holds"} and not _known(atlas, words[2]):
        return f"'{text}': {words[2]} is neither a zone nor a province of map '{atlas.id}'"
    return ""


def _is_date(word: str) -> bool:
    try:
        return dates.parse(word) >= 0
    except ValueError:
        return False


BEATEN = frozenset({"capitulated", "in_exile", "defeated"})
"""Standings of a power that is out of its war."""

OFF_MAP = ("JPN", "USA")
"""Powers that have a seat but no land on the map."""


def at_war(world: World, one: str, other: str) -> bool:
    """Whether two powers are on opposite sides of a war that goes on, and neither is out of it."""
    for w in world.wars.values():
        opposed = (one in w.attackers and other in w.defenders) or (one in w.defenders and other in w.attackers)
        if opposed and f"ceased:{w.id}" not in world.flags:
            return not (_is_beaten(world, one) or _is_beaten(world, other))
    return False


def _holds(world: World, atlas: Atlas, words: Words) -> bool:
    if words[0] == "not":
        return not _holds(world, atlas, words[1:])
    return _VERBS[words[0]][1](world, atlas, words[1:])


def _known(atlas: Atlas, place: str) -> bool:
    return place in atlas.number or place in atlas.zones


def _all(column: str) -> Callable[[World, Atlas, Words], bool]:
    def check(world: World, atlas: Atlas, words: Words) -> bool:
        values, power = getattr(world, column), atlas.power_number[words[0]]
        if words[1] in atlas.number:
            return bool(values[atlas.number[words[1]]] == power)
        return bool((values[atlas.in_zone[words[1]]] == power).all())

    return check


def _at_war(world: World, atlas: Atlas, words: Words) -> bool:
    return at_war(world, words[0], words[1])


def _regime(world: World, atlas: Atlas, words: Words) -> bool:
    government = world.polity.governments.get(words[0])
    return government is not None and government.regime == words[1]


def _treaty(world: World, atlas: Atlas, words: Words) -> bool:
    kind, one, other = words
    found = [t for t in world.polity.treaties.values() if t.kind == kind and one in t.parties and other in t.parties]
    return any(t.is_in_force(world.hour) for t in found)


def _crisis(world: World, atlas: Atlas, words: Words) -> bool:
    crisis = world.polity.crises.get(words[0])
    return crisis is not None and crisis.stage == words[1]


def _launched(world: World, atlas: Atlas, words: Words) -> bool:
    return words[0] in world.operations and world.operations[words[0]].stage in {"running", "ended"}


def _succeeded(world: World, atlas: Atlas, words: Words) -> bool:
    return words[0] in world.operations and world.operations[words[0]].outcome == "launched_succeeded"


def _beaten(world: World, atlas: Atlas, words: Words) -> bool:
    return _is_beaten(world, words[0])


def _is_beaten(world: World, power: str) -> bool:
    return power in world.powers and world.powers[power].standing in BEATEN


def _alarm(world: World, atlas: Atlas, words: Words) -> bool:
    felt = world.polity.alarm.get(f"{words[0]}>{words[1]}")
    return felt is not None and felt.value >= float(words[2])


def _flag(world: World, atlas: Atlas, words: Words) -> bool:
    return words[0] in world.flags


def _date(world: World, atlas: Atlas, words: Words) -> bool:
    return world.hour >= dates.parse(words[0])


_VERBS: dict[str, tuple[int, Callable[[World, Atlas, Words], bool]]] = {
    "owns": (2, _all("owner")),
    "holds": (2, _all("controller")),
    "at_war": (2, _at_war),
    "regime": (2, _regime),
    "treaty": (3, _treaty),
    "crisis": (2, _crisis),
    "launched": (1, _launched),
    "succeeded": (1, _succeeded),
    "beaten": (1, _beaten),
    "alarm": (3, _alarm),
    "flag": (1, _flag),
    "date": (1, _date),
}
