"""Results worth keeping: functions of fixed things (a map, a rulebook, a front line) that a day asks for many times."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
KEPT = 16  # results that are kept, the last used ones


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """Remember a function's last results, its arguments told apart by identity and not by what they hold.

    For arguments that never change, passed by position. They are kept with the result, so that no other object can
    take their place in memory meanwhile.
    """
    kept: OrderedDict[tuple[int, ...], tuple[tuple[object, ...], T]] = OrderedDict()

    @wraps(function)
    def recall(*fixed: P.args, **none: P.kwargs) -> T:
        key = tuple(map(id, fixed))
        if key in kept:
            kept.move_to_end(key)
        else:
            kept[key] = (fixed, function(*fixed, **none))
            if len(kept) > KEPT:
                kept.popitem(last=False)
        return kept[key][1]

    return recall
