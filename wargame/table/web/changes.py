"""What changed from one position of a place to the next, small enough to be sent to every page of it at once.

Made from the two positions alone, both of which the place may know; a page that has the first gets the second by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KEYED = {"forces": "id", "heard": "number"}
"""Lists of a position whose lines are told apart by a key."""

Position = Mapping[str, Any]


def changes(old: Position, new: Position) -> dict[str, Any]:
    """What makes `new` of `old`, part by part; parts that are alike are left out.

    ``whole``: parts to be put in place of the old ones; ``provinces``: holders of those that changed hands; ``lists``:
    for each list of `KEYED` the keys that are ``gone``, what is other in the lines that stayed (``other``, by key), and
    the lines that came, with their places in the new list (``came``). Parts that a position no longer has do not occur.
    """
    found: dict[str, Any] = {}
    for part, now in new.items():
        then = old.get(part)
        if now == then:
            continue
        if part == "provinces" and then is not None and then.keys() == now.keys():
            found[part] = {p: holder for p, holder in now.items() if then[p] != holder}
        elif part in KEYED and then is not None and (lines := _lines(then, now, KEYED[part])) is not None:
            found.setdefault("lists", {})[part] = lines
        else:
            found.setdefault("whole", {})[part] = now
    return found


def _lines(old: Sequence[Position], new: Sequence[Position], key: str) -> dict[str, Any] | None:
    """The same for a list; None where lines that stayed stand in another order, so that it must be sent whole."""
    then, now = {line[key]: line for line in old}, {line[key]: line for line in new}
    if [k for k in then if k in now] != [k for k in now if k in then]:
        return None
    other = [
        {key: k} | {name: value for name, value in line.items() if then[k].get(name) != value}
        for k, line in now.items()
        if k in then and then[k] != line
    ]
    came = [[at, line] for at, (k, line) in enumerate(now.items()) if k not in then]
    return {"gone": [k for k in then if k not in now], "other": other, "came": came}
