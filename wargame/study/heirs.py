"""Who would lead if a leader were gone, and what would come out of a parliament: odds, with bands of judgement.

The odds are those of the edition's numbers and the tables' judgements. The bands draw both anew: numbers of the
chapter between their bounds, and what is judged of each contender with the doubt that the rulebook states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wargame import dates, exact
from wargame.dice import Dice, keys
from wargame.errors import UsageError, did_you_mean
from wargame.politics import DAYS_A_YEAR, Policy, Tables
from wargame.rulebook import Rulebook
from wargame.rules import leadership, parliaments
from wargame.rules.leadership import Contender, Outcome, Voter

OPINIONS = 24
"""Sets of numbers and judgements behind a band."""
LOW, HIGH = 0.1, 0.9
SHARES = ("apparatus", "prestige", "appetite", "skill")
POSITIONS = ("nep", "harshness", "foreign")
WEIGHTS = (
    *("apparatus", "prestige", "skill", "own_vote", "patron", "orphans", "distance_nep", "distance_harshness"),
    *("distance_foreign", "outcast", "fear", "bandwagon", "luck", "inner_body", "working_majority"),
)
"""Numbers of a contest that a band draws."""
CRISIS = (
    *("front_tolerance", "front_scare", "crisis", "crisis_seats", "crisis_deadlock", "crisis_executive"),
    *("crisis_depression", "crisis_majority"),
)
"""Numbers of a parliament without majority that a band draws."""


@dataclass(frozen=True)
class Field:
    """Who stands and who votes in a succession."""

    power: str
    hour: int
    without: tuple[str, ...]
    contenders: tuple[Contender, ...]
    voters: tuple[Voter, ...]


def field_at(tables: Tables, power: str, hour: int, rulebook: Rulebook, without: Sequence[str] = ()) -> Field:
    """The field on a date once some leaders are gone: those named, else whoever makes most of the appointments.

    `UsageError` if the tables know no contest of that power then, or nobody of that name.
    """
    everyone = leadership.cast(tables["leaders"], power, hour, rulebook)
    known = [r["id"] for r in tables["leaders"] if r["power"] == power]
    for name in without:
        if name not in known:
            raise UsageError(
                f"no leader '{name}' of {power}; {did_you_mean(name, known) or ', '.join(sorted(set(known)))}"
            )
    gone = tuple(without) or tuple(c.id for c in sorted(everyone, key=lambda c: -c.apparatus)[:1])
    left = leadership.cast(tables["leaders"], power, hour, rulebook, dead=gone)
    voters = leadership.electors(tables["voters"], power, hour, left)
    if not left or not voters:
        raise UsageError(f"the tables know nobody who could lead {power} on {dates.iso(hour)}")
    return Field(power, hour, gone, left, voters)


def heirs(field: Field, rulebook: Rulebook, seeds: int) -> dict[str, Any]:
    """Odds of each heir and of each line, with bands, and the mean course; plain data."""
    found = _play(field, rulebook, range(1, seeds + 1))
    few = max(40, seeds // OPINIONS)
    others = []
    for k in range(OPINIONS):
        doubted, book = _opinion(field, rulebook, Dice(k))
        others.append(_play(doubted, book, range(k * few + 1, (k + 1) * few + 1)))
    names = {c.id: c for c in field.contenders}
    courses = [leadership.policy_of(o, field.contenders, rulebook) for o in found]
    return {
        "power": field.power,
        "date": dates.iso(field.hour),
        "without": list(field.without),
        "seeds": seeds,
        "heirs": [
            {"id": i, "name": names[i].name, "faction": names[i].faction} | band
            for i, band in _bands(found, others, lambda o: o.head)
        ],
        "lines": [{"line": i} | band for i, band in _bands(found, others, lambda o: line(o, names))],
        "figurehead": sum(o.figurehead for o in found) / len(found),
        "grip": sum(o.grip for o in found) / len(found),
        "policy": {n: sum(getattr(c, n) for c in courses) / len(courses) for n in _OF_CONTEST},
    }


_OF_CONTEST = tuple(
    n for n in Policy.__dataclass_fields__ if n not in ("rearmament", "revisionism", "risk", "firmness")
)


def line(outcome: Outcome, contenders: dict[str, Contender]) -> str:
    """In a word what came of it: which faction leads, or which fallen one it had to call back."""
    head = contenders[outcome.head]
    back = [contenders[i] for i in outcome.coalition if contenders[i].outcast > 0]
    fallen = next((c.faction for c in back if c.faction != head.faction), "") or (head.faction if head.outcast else "")
    return f"{fallen} called back" if fallen else f"{head.faction} leads"


def _play(field: Field, rulebook: Rulebook, seeds: Sequence[int]) -> list[Outcome]:
    subjects = keys(leadership.luck_keys(field.voters, field.contenders))
    shape = (len(field.voters), len(field.contenders))
    luck = np.stack([Dice(s).uniforms("contest", subjects, 0).reshape(shape) for s in seeds])
    return leadership.contests(field.contenders, field.voters, luck, rulebook)


def _opinion(field: Field, rulebook: Rulebook, dice: Dice) -> tuple[Field, Rulebook]:
    """The field as somebody else might judge it, and his numbers."""
    doubt = rulebook.leadership.doubt
    contenders = []
    for c in field.contenders:
        drawn: dict[str, float] = {}
        for n in SHARES:
            factor = exact.exp(np.array([doubt * dice.normal("opinion", f"{c.id}:{n}")]))[0]
            drawn[n] = min(1.0, float(getattr(c, n) * factor))
        for n in POSITIONS:
            drawn[n] = max(-1.0, min(1.0, getattr(c, n) + doubt * dice.normal("opinion", f"{c.id}:{n}")))
        contenders.append(replace(c, **drawn))  # type: ignore[arg-type]
    return replace(field, contenders=tuple(contenders)), _drawn(rulebook, WEIGHTS, dice)


def _drawn(rulebook: Rulebook, names: Sequence[str], dice: Dice) -> Rulebook:
    """The numbers of the chapter with some of them drawn between their bounds."""
    changes = {}
    for n in names:
        number = rulebook.number(f"leadership.{n}")
        low, high = number.low if number.low is not None else number.value, number.high or number.value
        changes[number.name] = low + (high - low) * dice.uniform("opinion", n)
    return rulebook.changed(changes)


def _bands(found: Sequence[Outcome], others: Sequence[Sequence[Outcome]], what: Any) -> list[tuple[str, Any]]:
    """Each value of ``what`` with its probability and the band of the opinions, the likeliest first."""
    counts = [Counter(map(what, o)) for o in (found, *others)]
    sizes = [len(found), *(len(o) for o in others)]
    rows = []
    for i in sorted(set().union(*counts)):
        odds = [c[i] / n for c, n in zip(counts, sizes, strict=True)]
        low, high = np.quantile(odds[1:], [LOW, HIGH])
        rows.append((i, {"probability": odds[0], "low": float(low), "high": float(high)}))
    return sorted((r for r in rows if r[1]["probability"] > 0 or r[1]["high"] > 0), key=lambda r: -r[1]["probability"])


def parliament_odds(tables: Tables, power: str, hour: int, comintern: float, rulebook: Rulebook) -> dict[str, Any]:
    """What comes out of a power's parliament after each election up to an hour and at that hour, with bands.

    `UsageError` if the tables have no election of that power up to then.
    """
    points = sorted({r["date"] for r in tables["elections"] if r["power"] == power and r["date"] <= hour})
    if not points:
        raise UsageError(f"the tables have no election of {power} up to {dates.iso(hour)}")
    books = [_drawn(rulebook, CRISIS, Dice(k)) for k in range(OPINIONS)]
    rows = []
    for at in dict.fromkeys((*points, hour)):
        odds, *others = (_odds(tables, power, at, comintern, book) for book in (rulebook, *books))
        parties = parliaments.parliament(tables["elections"], tables["parties"], power, at)
        rows.append(
            {
                "date": dates.iso(at),
                "seats": {p.name: p.seats for p in parties if p.seats},
                "support": parliaments.support(parties, comintern, rulebook),
                "depression": depression(tables, power, at, rulebook),
                "odds": [
                    {"regime": k, "probability": v}
                    | dict(
                        zip(("low", "high"), map(float, np.quantile([o[k] for o in others], [LOW, HIGH])), strict=True)
                    )
                    for k, v in odds.items()
                ],
            }
        )
    return {"power": power, "date": dates.iso(hour), "comintern": comintern, "points": rows}


def depression(tables: Tables, power: str, hour: int, rulebook: Rulebook) -> float:
    """Depth of the depression as people feel it at an hour: of the year that is half over."""
    year = int(dates.iso(hour - int(DAYS_A_YEAR / 2.0) * dates.DAY)[:4])
    return parliaments.slump(tables["economy"], power, year, rulebook)


def _odds(tables: Tables, power: str, hour: int, comintern: float, rulebook: Rulebook) -> dict[str, float]:
    slump = depression(tables, power, hour, rulebook)
    return parliaments.weimar(tables, power, hour, comintern, slump, 0.0, rulebook)[1]
