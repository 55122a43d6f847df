"""One turn as the umpire's aid sees it, and the form of what it proposes: the base of `wargame.table.proposals`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wargame.engine import Run
from wargame.journal import Entry
from wargame.scenario import Setup
from wargame.show.prose import percent
from wargame.show.retell import Retelling
from wargame.study.rollouts import Outturn, outturn
from wargame.study.statistics import share
from wargame.world import World

Domain = Literal["battle", "campaign", "decision", "diplomacy", "government", "order"]
Means = tuple[tuple[str, ...], int]
"""Lines in the umpire's written form, and the hour at which they take effect (0: at the opening of the turn)."""

STAKES = {"campaign": 60.0, "decision": 80.0, "diplomacy": 50.0, "government": 50.0, "order": 40.0, "losses": 25.0}
"""What a matter of a kind is worth before its uncertainty; a battle by its men, its town and what hangs on it."""
SETTLED = 0.25
"""What certainty leaves of a matter's stake: the question that is half open has all of it."""
PRECEDENTS = 3


IN_FULL = 10
"""Matters, the weightiest first, that an umpire is told in full; of the others a line each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a matter can come out. ``share``: of the roll-outs, 0..1 (-1: not rolled out).

    ``means``: lines in the umpire's written form (`wargame.umpiring`) that bring it about when the turn is played
    again at ``hour`` (0: at the opening); none where it is what the rules came to, or where no line brings it about.
    """

    text: str
    share: float
    means: tuple[str, ...] = ()
    hour: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One contested matter. ``id`` is stable while the turn and its orders are the same.

    ``rule`` is what the rules themselves came to in this turn and ``probability`` its share of the roll-outs (or the
    rule's own odds where there are none), with its 95 % ``interval``. ``likely``, ``best`` and ``worst`` are as seen by
    ``power``, who acts; ``powers`` are all whom it concerns. ``outcomes`` are the range, most likely first. ``drivers``
    are sentences with numbers. ``precedents`` are entries of this game's journal, ``because`` is the entry at issue and
    ``root`` the nearest cause of it before the turn. ``die`` names the one die that decides, if one does: (purpose,
    subject, number), and ``odds`` what it must stay under for the acting power to have its way.
    """

    id: str
    about: str
    domain: Domain
    importance: float
    likely: str
    best: str
    worst: str
    probability: float
    drivers: tuple[str, ...]
    precedents: tuple[int, ...]
    conflicts: tuple[str, ...]
    because: int
    hour: int = 0
    power: str = ""
    rule: str = ""
    interval: tuple[float, float] = (0.0, 1.0)
    outcomes: tuple[Outcome, ...] = ()
    die: tuple[str, str, int] | None = None
    odds: float = 0.0
    powers: tuple[str, ...] = ()
    root: int = 0


class Turn:
    """One turn as played, as rolled out, and what is needed to speak of it."""

    def __init__(
        self, setup: Setup, before: World, run: Run, rolled: tuple[Outturn, ...], past: Sequence[Entry]
    ) -> None:
        """`past`: the journal of the game up to the turn."""
        self.setup, self.before, self.run, self.rolled, self.past = setup, before, run, rolled, past
        self.atlas, self.until = setup.atlas, max(run.world.hour, before.hour)
        if rolled:
            self.until = rolled[0].hour
        self.tell = Retelling(setup)
        self.names = self.tell.names
        self.entries = [e for e in run.journal if e.n >= before.journal_length]
        self.ruled = outturn(run, before, self.until)
        self.asked: dict[
            str, tuple[Callable[[Outturn], str], Callable[[str], str]]
        ] = {}  # by matter: answers, in words

    def of_kind(self, *kinds: str) -> list[Entry]:
        """The turn's entries of these kinds, in order."""
        return [e for e in self.entries if e.kind in kinds]

    @cached_property
    def by_number(self) -> dict[int, Entry]:
        """Every entry known, of the past and of the turn."""
        return {e.n: e for e in (*self.past, *self.entries)}

    def root(self, n: int) -> int:
        """The nearest cause of an entry before the turn; 0 where it is not known."""
        while n >= self.before.journal_length:
            entry = self.by_number.get(n)
            if entry is None or entry.because >= n:
                return 0
            n = entry.because
        return n

    def shares(self, answer: Callable[[Outturn], str]) -> list[tuple[str, float]]:
        """How often each answer came, the most frequent first; the rules' own answer alone where nothing was rolled."""
        mine = answer(self.ruled)
        counted = Counter(map(answer, self.rolled))
        counted.setdefault(mine, 0)
        total = max(len(self.rolled), 1)
        ranked = sorted(counted.items(), key=lambda a: (-a[1], a[0] != mine, a[0]))
        return [(a, n / total if self.rolled else -1.0) for a, n in ranked]

    def chance(self, answer: Callable[[Outturn], str], odds: float = -1.0) -> tuple[float, tuple[float, float]]:
        """The share of the roll-outs that came out as the rules did, with its interval; ``odds`` without roll-outs."""
        if not self.rolled:
            return odds, (0.0, 1.0)
        mine = answer(self.ruled)
        e = share(sum(answer(o) == mine for o in self.rolled), len(self.rolled))
        return e.value, (e.low, e.high)

    def weight(self, stake: float, chance: float) -> float:
        """Importance: the stake, and all of it only where the answer is as open as can be."""
        openness = 4.0 * chance * (1.0 - chance) if 0.0 <= chance <= 1.0 else 1.0
        return round(stake * (SETTLED + (1.0 - SETTLED) * openness), 2)

    def country(self, power: str) -> str:
        """A power by name."""
        return self.names.country(power) if power else "nobody"

    def before_this(self, like: Callable[[Entry], int]) -> tuple[int, ...]:
        """Entries of the game so far that are most like a matter: higher likeness first, then the latest."""
        liked = [(like(e), e.n) for e in self.past]
        best = sorted(((-k, -n) for k, n in liked if k > 0))[:PRECEDENTS]
        return tuple(-n for _, n in best)


def made(
    turn: Turn, *, id: str, about: str, domain: Domain, stake: float, answer: Callable[[Outturn], str],  # noqa: A002
    say: Callable[[str], str], order: Callable[[str], float], power: str, powers: Sequence[str], entry: Entry | None,
    drivers: Sequence[str], precedents: tuple[int, ...] = (), means: Callable[[str], Means],
    odds: float = -1.0, die: tuple[str, str, int] | None = None, die_odds: float = 0.0, also: Sequence[str] = (),
) -> Proposal:  # fmt: skip
    """A proposal about one question: ``answer`` reads it off an outturn, ``order`` ranks answers from worst to best.

    ``also``: answers that are outcomes too if they never came; without roll-outs they are the range.
    """
    mine = answer(turn.ruled)
    turn.asked[id] = answer, say
    shares = turn.shares(answer)
    chance, interval = turn.chance(answer, odds)
    never = [(a, 0.0 if turn.rolled else -1.0) for a in dict.fromkeys(also) if a not in dict(shares)]
    outcomes = tuple(Outcome(say(a), part, *(means(a) if a != mine else ((), 0))) for a, part in (*shares, *never))
    seen = shares if turn.rolled else [*shares, *never]
    ranked = sorted((a for a, _ in seen), key=lambda a: (order(a), a))
    told = {a: with_share(say(a), part) for a, part in seen}
    n = entry.n if entry is not None else turn.before.journal_length - 1
    return Proposal(
        id=id, about=about, domain=domain, importance=turn.weight(stake, chance), likely=told[shares[0][0]],
        best=told[ranked[-1]], worst=told[ranked[0]], probability=chance, drivers=tuple(drivers),
        precedents=precedents, conflicts=(), because=max(n, 0), hour=entry.hour if entry else turn.until - 1,
        power=power, rule=say(mine), interval=interval, outcomes=outcomes, die=die, odds=die_odds,
        powers=tuple(dict.fromkeys(p for p in powers if p)), root=turn.root(max(n, 0)),
    )  # fmt: skip


def with_share(text: str, part: float) -> str:
    """An outcome with its share of the roll-outs."""
    return f"{text} ({percent(part)})" if part >= 0 else text


def is_open(turn: Turn, answer: Callable[[Outturn], str], now: str) -> bool:
    """Whether something happened in the turn, or might have: an answer other than what held before."""
    return any(answer(o) != now for o in (turn.ruled, *turn.rolled))
