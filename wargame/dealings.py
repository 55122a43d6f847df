"""Who withholds its trade from whom, and who gives whom arms on credit."""

from __future__ import annotations

from collections.abc import Mapping

from wargame.acts import DealingsChanged
from wargame.books import Books
from wargame.events import Decision
from wargame.house import Clerk, House
from wargame.politics import Kind, Polity
from wargame.rules import diplomacy, leverage
from wargame.seats import Question, checked
from wargame.weighing import beaten, felt
from wargame.world import World

NEVER_ASKED = 0.005
"""Chance below which nobody thinks of withholding or giving anything."""
Bonds = dict[tuple[str, str], float]
"""Numbers by two powers."""


def dealt(
    house: House, world: World, books: Books, foes: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[float, float, float]]:
    """What is withheld from each power, what it is given beside ordinary trade, and arms on credit."""
    polity, rules = world.polity, house.rulebook
    squeeze: dict[str, float] = {}
    trade: dict[str, float] = {}
    arms: dict[str, float] = {}
    pacts = _pacts(polity, world.hour)
    for power, rows in ((p, rows) for p, rows in books.suppliers.items() if rows):
        by, willing = {}, {}
        for row in rows:
            other = row["power"]
            government = polity.governments.get(other)
            if government is None or beaten(world, other):
                continue
            dealing = polity.dealings.get(f"{other}>{power}", 0.0)
            if other in foes[power]:
                by[other] = 1.0
                continue
            by[other] = max(0.0, -dealing)
            pact = rules.industry.pact_trade * pacts.get((other, power), 0.0)
            willing[other] = 0.0 if dealing < 0 else max(-government.policy.foreign, pact, dealing)
            if dealing > 0 and other in polity.economies:
                given = rules.industry.aid * row["relief"] * polity.economies[other].spending * dealing
                arms[power] = arms.get(power, 0.0) + given
                arms[other] = arms.get(other, 0.0) - given
        squeeze[power] = leverage.withheld(rows, power, by, rules) if any(by.values()) else 0.0
        trade[power] = leverage.relief(rows, power, willing)
    return {p: (squeeze.get(p, 0.0), trade.get(p, 0.0), arms.get(p, 0.0)) for p in books.suppliers}


def _pacts(polity: Polity, hour: int) -> dict[tuple[str, str], float]:
    """How bindingly powers have promised each other neutrality."""
    found: dict[tuple[str, str], float] = {}
    for t in polity.in_force(hour):
        if t.kind is Kind.NEUTRALITY:
            for a in t.parties:
                for b in t.parties:
                    if a != b:
                        found[a, b] = max(found.get((a, b), 0.0), t.honour)
    return found


def _words(polity: Polity, hour: int) -> tuple[Bonds, dict[tuple[str, str], Bonds]]:
    """How far powers are bound to fight others, 0..1, by (helper, enemy): for anybody, and by (helper, friend)."""
    against: Bonds = {}
    beside: dict[tuple[str, str], Bonds] = {}
    for t in polity.in_force(hour):
        strength = t.honour * (1.0 if t.kind is Kind.CONVENTION else diplomacy.STRENGTH.get(t.kind, 0.0)) / MOST_BOUND
        for helper in t.parties if strength > 0 else ():
            for pair in ((helper, enemy) for enemy in t.against if enemy != helper):
                against[pair] = max(against.get(pair, 0.0), strength)
                for friend in t.protects or t.parties:
                    bonds = beside.setdefault((helper, friend), {})
                    bonds[pair] = max(bonds.get(pair, 0.0), strength)
    return against, beside


MOST_BOUND = 3.0
"""Strength of a treaty of defence with a military convention."""


def deal(house: House, clerk: Clerk, books: Books, foes: Mapping[str, tuple[str, ...]]) -> None:
    """Whoever supplies another decides anew whether it withholds its trade, or gives it arms."""
    world, polity, rules = clerk.world, clerk.world.polity, house.rulebook
    against, beside = _words(polity, world.hour)
    half_life = rules.reputation.half_life_years
    for power, rows in books.suppliers.items():
        target = polity.governments.get(power)
        if target is None or beaten(world, power) or power not in polity.economies:
            continue
        now = {r["power"]: max(0.0, -polity.dealings.get(f"{r['power']}>{power}", 0.0)) for r in rows}
        joint = leverage.withheld(rows, power, now, rules) if any(now.values()) else 0.0
        for row in rows:
            other = row["power"]
            government = polity.governments.get(other)
            if government is None or beaten(world, other) or other in foes[power] or other not in polity.economies:
                continue
            alarm = felt(polity.alarm, f"{other}>{power}", world.hour, half_life)
            bound, before = against.get((other, power), 0.0), polity.dealings.get(f"{other}>{power}", 0.0)
            friends = beside.get((other, power), {}) if row["relief"] > 0 else {}
            if not (alarm or bound or before or friends):
                continue
            if settled(other, power) in world.flags and house.seats[other].name == "table":
                continue
            weight = min(1.0, diplomacy.potential(polity.economies[power], polity.economies[other]))
            some = all_ = arms = 0.0
            if weight >= rules.industry.withhold_least:
                some, all_ = leverage.withholding(
                    alarm, government.policy, target.policy.revisionism, bound, weight * (1.0 - government.paralysis),
                    joint, rules, already=before < 0,
                )  # fmt: skip
            menace = _menace(house, world, power, friends)
            if menace is not None:
                arms = leverage.arming(menace[1], government.policy, menace[2], rules, already=before > 0)
            if before == 0.0 and max(some, arms) < NEVER_ASKED:
                continue
            choices = (("embargo", -1.0, all_), ("restrict", -rules.industry.restricted, some), ("arm", 1.0, arms))
            why = f"alarm {alarm:.0%}, bound to fight it {bound:.0%}"
            if menace is not None and arms > some:
                why = f"alarm at {menace[0]} {menace[1]:.0%}"
            _ask(house, clerk, other, power, before, choices, why)


def settled(power: str, about: str) -> str:
    """The flag that a player ordered how his power deals with another; while he plays it, it is not asked again."""
    return f"dealt:{power}:{about}"


def _ask(
    house: House, clerk: Clerk, power: str, about: str, before: float,
    choices: tuple[tuple[str, float, float], ...], why: str,
) -> None:  # fmt: skip
    """One seat is asked how it deals with another power; the strongest answer that it gives holds."""
    world, seat = clerk.world, house.seats[power]
    government = world.polity.governments[power]
    value, chosen, odds = 0.0, "as usual", 0.0
    for name, its_value, chance in choices:
        purpose = "arm" if name == "arm" else "withhold"
        question = Question(
            f"{name}:{power}:{about}", power, "deal", about, (name,), government.entry, 1,
            {"probability": chance, "resolve": house.dice.uniform(purpose, f"{power}:{about}")},
        )  # fmt: skip
        if chance >= NEVER_ASKED and checked(question, seat.answer(question, world)).choice:
            value, chosen, odds = its_value, name, chance
            break
    if value == before:
        return
    why = f"{why}, with a chance of {odds:.0%}" if odds else why
    entry = clerk.put(
        Decision(
            power=power, seat=seat.name, question=f"deal:{power}:{about}", answer=(chosen,), reasons=(why,),
            because=government.entry,
        )
    )  # fmt: skip
    clerk.put(DealingsChanged(power=power, about=about, value=value, why=why, because=entry))


def _menace(house: House, world: World, friend: str, bonds: Bonds) -> tuple[str, float, float] | None:
    """Of those whom a helper would have to fight for a friend that wants less than they, the one it fears most.

    ``bonds``: by helper and enemy. Returns the enemy, the alarm at it, and how far the helper is bound; or `None`.
    """
    governments, half_life = world.polity.governments, house.rulebook.reputation.half_life_years
    found: tuple[str, float, float] | None = None
    for (helper, enemy), bound in sorted(bonds.items()):
        theirs = governments.get(enemy)
        if theirs is None or helper == friend:
            continue
        alarm = felt(world.polity.alarm, f"{helper}>{enemy}", world.hour, half_life)
        worse = theirs.policy.revisionism > governments[friend].policy.revisionism
        if worse and (found is None or alarm > found[1]):
            found = (enemy, alarm, bound)
    return found
