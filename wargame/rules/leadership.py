"""Who leads a power that has no parliament to choose: the contest for a succession, and deaths by age.

Contenders are chosen by voters in ballots of random utility (after McFadden 1974); where nobody has a majority the
voters settle on a head whom they fear least. The rows of the political tables become values here; every chance is
handed in as uniform draws in (0, 1) or handed out as a probability or a rate. People, bodies and dates are data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates, exact
from wargame.politics import DAYS_A_YEAR, Government, Policy
from wargame.rulebook import Rulebook

Floats = NDArray[np.float64]
Row = Mapping[str, Any]

INNER, OUTER = "inner", "outer"


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who could lead. Shares 0..1; ``nep``, ``comintern`` and ``foreign`` -1..1 as in `Policy`, but for
    ``nep``: +1 market relations with the peasants, -1 forced collectivisation. ``outcast`` 0..1: 1 expelled."""

    id: str
    name: str
    faction: str = ""
    apparatus: float = 0.0
    prestige: float = 0.0
    appetite: float = 0.5
    skill: float = 0.5
    health: float = 1.0
    nep: float = 0.0
    tempo: float = 0.0
    harshness: float = 0.5
    comintern: float = 0.0
    foreign: float = 0.0
    outcast: float = 0.0
    patron: str = ""
    born: int = 1890  # year


@dataclass(frozen=True, slots=True)
class Voter:
    """A member of the inner body or a bloc of the outer one. ``leader``: the contender who it is, if it is one."""

    id: str
    body: str = OUTER
    weight: float = 1.0
    nep: float = 0.0
    harshness: float = 0.5
    foreign: float = 0.0
    patron: str = ""
    leader: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contest came to. ``shares``: votes of the last ballot, by contender, in order of their ids."""

    head: str
    coalition: tuple[str, ...]
    figurehead: bool
    grip: float
    shares: Mapping[str, float] = field(default_factory=dict)


# --- the cast on a date ----------------------------------------------------------------------------------------------


def cast(
    rows: Iterable[Row],
    power: str,
    hour: int,
    rulebook: Rulebook,
    *,
    dead: Iterable[str] = (),
    parted: int | None = None,
    incumbent: Government | None = None,
) -> tuple[Contender, ...]:
    """Contenders of a power alive at an hour, by id, as the table of leaders has them.

    ``dead``: ids or names of those who died in play. ``parted``: the hour from which history no longer holds; then
    shares and places are those of that hour, and after it only natural deaths happen by date. ``incumbent``: the
    government since then; its head has gathered appointments by its grip.
    """
    gone, then = set(dead), hour if parted is None else min(hour, parted)
    found = {
        r["id"]: Contender(**{f.name: r[f.name] for f in fields(Contender)})
        for r in rows
        if r["power"] == power and r["from"] <= then < r["to"] and _alive(r, hour, parted)
    }
    office = rulebook.leadership.office * incumbent.grip if incumbent is not None and parted is not None else 0.0
    return tuple(
        replace(c, apparatus=min(1.0, c.apparatus + office)) if incumbent and c.name == incumbent.head else c
        for _, c in sorted(found.items()) if c.id not in gone and c.name not in gone
    )  # fmt: skip


def _alive(row: Row, hour: int, parted: int | None) -> bool:
    if row["died"] > hour:
        return True
    return parted is not None and row["cause"] != "natural" and bool(row["died"] > parted)


def electors(
    rows: Iterable[Row], power: str, hour: int, contenders: Sequence[Contender], *, parted: int | None = None
) -> tuple[Voter, ...]:
    """Voters of a power at an hour, by id; those who are a contender have his positions, and none who is dead votes."""
    then = hour if parted is None else min(hour, parted)
    alive = {c.id: c for c in contenders}
    found: dict[str, Voter] = {}
    for r in rows:
        if r["power"] != power or not r["from"] <= then < r["to"] or (r["leader"] and r["leader"] not in alive):
            continue
        who = alive.get(r["leader"])
        own = r if who is None else {"nep": who.nep, "harshness": who.harshness, "foreign": who.foreign}
        patron = r["patron"] if who is None else who.patron
        found[r["id"]] = Voter(
            r["id"], r["body"], r["weight"], own["nep"], own["harshness"], own["foreign"], patron, r["leader"]
        )
    return tuple(v for _, v in sorted(found.items()))


def luck_keys(voters: Sequence[Voter], contenders: Sequence[Contender]) -> list[str]:
    """The key of each draw that a contest needs, voter by voter: the same throw whoever else takes part."""
    return [f"{v.id}>{c.id}" for v in voters for c in contenders]


# --- the contest -----------------------------------------------------------------------------------------------------


def contest(contenders: Sequence[Contender], voters: Sequence[Voter], luck: Floats, rulebook: Rulebook) -> Outcome:
    """Who comes out of a contest; ``luck``: uniform draws (n_voters, n_contenders)."""
    return contests(contenders, voters, np.asarray(luck, dtype=np.float64)[None], rulebook)[0]


def contests(
    contenders: Sequence[Contender], voters: Sequence[Voter], luck: Floats, rulebook: Rulebook
) -> list[Outcome]:
    """The same contest under many draws, (draws, n_voters, n_contenders); `ValueError` if nobody stands or votes."""
    if not contenders or not voters:
        raise ValueError("a contest needs a contender and a voter")
    d = rulebook.leadership
    weight = weights(voters, rulebook)
    liking, backing = _utilities(contenders, voters, rulebook)
    chance = -exact.log(-exact.log(luck)) * d.luck
    backed, liked = _ballots(backing + chance, weight, rulebook), _ballots(liking + chance, weight, rulebook)
    return [_outcome(contenders, s, f, rulebook) for s, f in zip(backed, liked, strict=True)]


def _ballots(utility: Floats, weight: Floats, rulebook: Rulebook) -> Floats:
    """Shares of the last ballot, (draws, n_contenders); on every one but the first voters go with the many."""
    shares = np.zeros((len(utility), utility.shape[2]))
    for _ in range(int(rulebook.leadership.ballots)):
        shares = _shares(utility + rulebook.leadership.bandwagon * shares[:, None, :], weight)
    return shares


def weights(voters: Sequence[Voter], rulebook: Rulebook) -> Floats:
    """Each voter's share of all votes, (n_voters,): bodies by the rulebook, within a body by weight."""
    inner = np.array([v.body == INNER for v in voters])
    each = np.array([v.weight for v in voters])
    worth = np.zeros(len(voters))
    for body, share in ((inner, rulebook.leadership.inner_body), (~inner, 1.0 - rulebook.leadership.inner_body)):
        if body.any() and each[body].sum() > 0:
            worth[body] = share * each[body] / each[body].sum()
    return worth / worth.sum() if worth.sum() > 0 else np.full(len(voters), 1.0 / len(voters))


def _utilities(contenders: Sequence[Contender], voters: Sequence[Voter], rulebook: Rulebook) -> tuple[Floats, Floats]:
    """What each voter thinks of each contender as a compromise, and as a leader to back, (n_voters, n_contenders)."""
    d = rulebook.leadership
    alive = {c.id for c in contenders}
    far = np.array([[_distance(v, c, rulebook) for c in contenders] for v in voters])
    prestige = np.array([c.prestige for c in contenders])
    appetite = np.array([c.appetite for c in contenders])
    apparatus = np.array([c.apparatus for c in contenders])
    skill = np.array([c.skill for c in contenders])
    outcast = np.array([c.outcast for c in contenders])
    tie = np.array([[d.patron if v.patron == c.id else
                     d.orphans if v.patron and v.patron == c.patron and v.patron not in alive else 0.0
                     for c in contenders] for v in voters])  # fmt: skip
    own = np.array([[v.leader == c.id for c in contenders] for v in voters])
    common = d.prestige * prestige - far - d.outcast * outcast
    backing = common + tie + d.apparatus * apparatus + d.skill * skill * appetite + own * d.own_vote * appetite
    return common + d.skill * skill - d.fear * appetite, backing


def _distance(one: Voter | Contender, other: Contender, rulebook: Rulebook) -> float:
    d = rulebook.leadership
    return float(
        d.distance_nep * abs(one.nep - other.nep)
        + d.distance_harshness * abs(one.harshness - other.harshness)
        + d.distance_foreign * abs(one.foreign - other.foreign)
    )


def _shares(utility: Floats, weight: Floats) -> Floats:
    """Share of the vote of each contender, (draws, n_contenders): every voter votes for the one it likes best."""
    choice = utility.argmax(axis=2)
    return np.stack([(weight * (choice == c)).sum(axis=1) for c in range(utility.shape[2])], axis=1)


def _outcome(contenders: Sequence[Contender], shares: Floats, compromise: Floats, rulebook: Rulebook) -> Outcome:
    d = rulebook.leadership
    winner = int(shares.argmax())
    figurehead = bool(shares[winner] < d.majority)
    head = int(compromise.argmax()) if figurehead else winner
    near = sorted(
        (k for k in range(len(contenders)) if k != head),
        key=lambda k: (_distance(contenders[head], contenders[k], rulebook), contenders[k].id),
    )
    coalition, held = [head], float(shares[head])
    for k in near:
        if held >= d.working_majority:
            break
        if shares[k] > 0:
            coalition.append(k)
            held += float(shares[k])
    c = contenders[head]
    grip = d.grip + d.grip_share * float(shares[head]) + d.grip_skill * c.skill * c.appetite
    grip = min(1.0, max(0.0, grip * (d.figurehead_grip if figurehead else 1.0)))
    return Outcome(
        c.id, tuple(contenders[k].id for k in coalition), figurehead, grip,
        {k.id: float(s) for k, s in zip(contenders, shares, strict=True)},
    )  # fmt: skip


def policy_of(
    outcome: Outcome, contenders: Sequence[Contender], rulebook: Rulebook, before: Policy | None = None
) -> Policy:
    """The course that comes of a contest: its coalition's positions by share, the head's the more the firmer he sits.

    What contenders do not differ in (rearmament, revisionism, risk, firmness) stays as it was ``before``.
    """
    d, known = rulebook.leadership, {c.id: c for c in contenders}
    part = {k: outcome.shares.get(k, 0.0) + d.floor_share for k in outcome.coalition}
    part[outcome.head] += d.head_weight * outcome.grip
    whole = sum(part.values())

    def mean(name: str) -> float:
        return sum(p * float(getattr(known[k], name)) for k, p in part.items()) / whole

    harsh = mean("harshness")
    return replace(
        before or Policy(),
        agriculture=-mean("nep"),
        tempo=mean("tempo"),
        repression=harsh,
        purge=min(1.0, d.purge * max(0.0, 2.0 * harsh - 1.0) * known[outcome.head].appetite * outcome.grip),
        comintern=mean("comintern"),
        foreign=mean("foreign"),
    )


def menace(alarm: float, other: Policy, rulebook: Rulebook) -> float:
    """How far another power is to be feared, 0..1: what it has done, and what its government means to do."""
    return alarm + (1.0 - alarm) * rulebook.leadership.menace * other.revisionism


def answered(policy: Policy, threat: float, years: float, rulebook: Rulebook) -> Policy:
    """A course after so many years under a threat, 0..1: it turns to allies, a united front, and the arms it needs."""
    d = rulebook.leadership
    part = 1.0 - exact.exp1(-d.answer * threat * max(0.0, years))
    needed = max(0.0, min(1.0, d.answer_arms * threat) - policy.rearmament)
    return replace(
        policy,
        foreign=policy.foreign + part * (1.0 - policy.foreign),
        rearmament=policy.rearmament + part * needed,
        comintern=policy.comintern - part * (1.0 + policy.comintern),
    )


def succession(
    before: Government, contenders: Sequence[Contender], voters: Sequence[Voter], luck: Floats, rulebook: Rulebook
) -> tuple[Government, Outcome]:
    """The government that follows one whose head is gone, and the contest that made it.

    Nobody to choose from or to choose: the same government under nobody's name, without grip.
    """
    if not contenders or not voters:
        return replace(before, head="a collective", grip=0.0), Outcome("", (), True, 0.0)
    outcome = contest(contenders, voters, luck, rulebook)
    head = next(c for c in contenders if c.id == outcome.head)
    paralysis = min(1.0, (1.0 - outcome.grip) * rulebook.leadership.paralysis)
    course = policy_of(outcome, contenders, rulebook, before.policy)
    return replace(
        before, head=head.name, faction=head.faction, grip=outcome.grip, paralysis=paralysis, policy=course
    ), outcome


# --- deaths ----------------------------------------------------------------------------------------------------------


def death_hazard(age: float, health: float, rulebook: Rulebook) -> float:
    """Natural deaths a year at an age (Gompertz 1825), ``health`` 1 sound .. 0 mortally ill."""
    d = rulebook.leadership
    sick = d.death_illness * (1.0 - health)
    return d.deaths * d.death_rate * exact.exp1(d.death_slope * (age - d.death_age) + sick)


def death_hour(born: int, health: float, since: int, u: float, rulebook: Rulebook) -> int:
    """The hour at which somebody alive at ``since`` dies of himself, by one draw; born: a year.

    The integral of `death_hazard` reaches -ln(1 - u) then; so one draw a life, and no tick.
    """
    d = rulebook.leadership
    age = dates.year(since) - born
    rate = death_hazard(age, health, rulebook)
    if rate <= 0.0:
        return since + int(d.longest_life * DAYS_A_YEAR) * dates.DAY
    target = -exact.log1(1.0 - u)
    years = exact.log1(1.0 + d.death_slope * target / rate) / d.death_slope
    return since + int(min(years, d.longest_life) * DAYS_A_YEAR * dates.DAY)
