"""Leaders in play: who dies, who follows, which cabinets fall, and what comes out of a parliament that cannot govern.

Everything by the chapter on leadership; each public function settles one kind of due thing of `wargame.statecraft`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from operator import itemgetter
from typing import Any

from wargame import dates
from wargame.acts import POLICY, ContestHeld, GovernmentFormed, LeaderDied, OutlookMoved
from wargame.dice import keys
from wargame.house import Clerk, House
from wargame.politics import DAYS_A_YEAR, Government, Standing
from wargame.rules import leadership, parliaments
from wargame.world import World

Next = tuple[str, int, str, str]
PARLIAMENTS = frozenset({"republic", "authoritarian_right"})
"""Regimes that a parliament's deadlock may bring down or bring about."""
PARTIES = frozenset({"bolshevik", "national_socialist"})
"""Regimes whose head is chosen by the leaders of one party."""


def calendar(house: House, hour: int, ends: int) -> list[Next]:
    """Deaths of leaders and days on which a parliament decides, between two hours."""
    tables, rules, due = house.tables, house.rulebook, []
    natural = {r["id"]: r["died"] for r in tables["leaders"] if r["cause"] == "natural"}
    for power in sorted({r["power"] for r in tables["leaders"]}):
        for c in leadership.cast(tables["leaders"], power, hour, rules):
            at = natural.get(c.id, 0)
            if not hour < at < ends:
                at = leadership.death_hour(c.born, c.health, hour, house.dice.uniform("death", c.id), rules)
            if hour < at < ends:
                due.append(("state", int(at), power, f"death:{c.id}"))
    due += [("state", at + 12, power, f"parliament:{power}:{at}") for power, at in _days(house) if hour < at < ends]
    for k, row in enumerate(tables["alternatives"]):
        if hour < row["from"] < ends:
            due.append(("state", row["from"] + 13, row["power"], f"alternative:{k}"))
    return due


def _days(house: House) -> list[tuple[str, int]]:
    """Days on which a parliament decides: its elections up to the last parting of ways in the table, and that."""
    partings: dict[str, int] = {}
    rows = house.tables["alternatives"]
    for r in rows:
        if any(o["power"] == r["power"] and o["from"] == r["from"] and o["regime"] != r["regime"] for o in rows):
            partings[r["power"]] = max(partings.get(r["power"], 0), r["from"])
    held = {(r["power"], r["date"]) for r in house.tables["elections"]}
    return sorted({*partings.items(), *((p, at) for p, at in held if at <= partings.get(p, 0))})


def another_course(house: House, clerk: Clerk, number: int) -> None:
    """A government that history did not have goes on by its own table, under whoever leads it then.

    So does one of history's whose regime history had left by that day.
    """
    rows = house.tables["alternatives"]
    row = rows[number]
    now = clerk.world.polity.governments.get(row["power"])
    heads = {r["head"] for r in rows if r["power"] == row["power"] and r["regime"] == row["regime"]}
    past = [r for r in house.tables["governments"] if r["power"] == row["power"] and r["from"] <= row["from"]]
    left = max(past, key=itemgetter("from"))["regime"] != row["regime"]
    if now is not None and now.regime == row["regime"] and (now.head in heads or left):
        take_office(clerk, row, "its course as time goes" if now.head == row["head"] else "", now.entry)


def dies(house: House, clerk: Clerk, leader: str) -> None:
    """A leader is dead; if he led, his place is contested."""
    row = next(r for r in house.tables["leaders"] if r["id"] == leader)
    government = clerk.world.polity.governments.get(row["power"])
    if f"dead:{leader}" in clerk.world.flags or government is None:
        return
    entry = clerk.put(LeaderDied(power=row["power"], leader=leader, why="of natural causes", because=government.entry))
    if government.head == row["name"] and government.regime in PARTIES:
        contest(house, clerk, row["power"], entry)


def contest(house: House, clerk: Clerk, power: str, because: int, dead: Iterable[str] = ()) -> None:
    """The place at the head is contested; a government of the outcome's course is formed."""
    world, rules, tables = clerk.world, house.rulebook, house.tables
    for leader in dead:
        clerk.put(LeaderDied(power=power, leader=leader, why="by the scenario", because=because))
    before = world.polity.governments[power]
    parted = world.polity.parted.get(power)
    gone = [f.removeprefix("dead:") for f in world.flags if f.startswith("dead:")]
    contenders = leadership.cast(
        tables["leaders"], power, world.hour, rules, dead=gone, parted=parted,
        incumbent=before if parted is not None else None,
    )  # fmt: skip
    voters = leadership.electors(tables["voters"], power, world.hour, contenders, parted=parted)
    if not contenders or not voters:
        return
    drawn = house.dice.uniforms("contest", keys(leadership.luck_keys(voters, contenders)), _held(world, power))
    luck = drawn.reshape(len(voters), len(contenders))
    government, outcome = leadership.succession(before, contenders, voters, luck, rules)
    names = {c.id: c.name for c in contenders}
    entry = clerk.put(
        ContestHeld(
            power=power, head=outcome.head, coalition=tuple(outcome.coalition), figurehead=outcome.figurehead,
            contenders=tuple(sorted(outcome.shares)),
            shares=tuple(round(float(outcome.shares[c]), 4) for c in sorted(outcome.shares)),
            because=because,
        )
    )  # fmt: skip
    allies = ", ".join(names[c] for c in outcome.coalition if c != outcome.head)
    form(clerk, government, f"chosen in a contest{f', with {allies}' if allies else ''}", entry)
    purged(house, clerk, before, entry)


def _held(world: World, power: str) -> int:
    """A number for the next contest's luck: the months since the power's leaders went their own way."""
    parted = world.polity.parted.get(power, world.hour)
    return (world.hour - parted) // (dates.DAY * 30)


def form(clerk: Clerk, government: Government, why: str, because: int) -> None:
    """A government takes office."""
    clerk.put(
        GovernmentFormed(
            power=government.power, regime=government.regime, head=government.head, faction=government.faction,
            grip=round(government.grip, 4), paralysis=round(government.paralysis, 4),
            policy=tuple(round(float(v), 4) for v in astuple(government.policy)), why=why, because=because,
        )
    )  # fmt: skip


def purged(house: House, clerk: Clerk, before: Government, because: int) -> None:
    """Everybody thinks less of an army whose officers its government begins to purge."""
    polity, rules, power = clerk.world.polity, house.rulebook.reputation, before.power
    rise = polity.governments[power].policy.purge - max(before.policy.purge, rules.purge_from)
    if rise <= 0.0:
        return
    factor = 1.0 + rules.poor_show * rules.purge_show * rise
    for other in sorted(polity.governments):
        if other != power:
            value = round(polity.esteem.get(f"{other}>{power}", 1.0) * factor, 4)
            clerk.put(OutlookMoved(power=other, table="esteem", others=(power,), values=(value,),
                                   why="its officers are purged", because=because))  # fmt: skip


def month(house: House, clerk: Clerk) -> None:
    """A month of every government that voters or failure can bring down."""
    world, rules, tables = clerk.world, house.rulebook, house.tables
    voting = {r["power"] for r in tables["voters"]}
    number = int(dates.iso(world.hour)[:4]) * 12 + int(dates.iso(world.hour)[5:7])
    for power, government in sorted(world.polity.governments.items()):
        if power in world.powers and world.powers[power].standing == "defeated":
            continue
        word = world.polity.standing.get(power, Standing()).at(world.hour, rules.reputation.half_life_years)
        economy = world.polity.economies.get(power)
        pressed = word.backdowns >= 0.5 or (economy is not None and economy.strain > rules.leadership.strain_borne)
        contested = power in voting and government.regime in PARTIES
        if not contested and not pressed:
            continue
        u = house.dice.uniform("fall", power, number)
        fate = parliaments.monthly(
            government,
            world.hour,
            economy,
            word,
            u,
            rules,
            contested=contested,
            by_date=not contested,
        )
        if fate == "contest":
            contest(house, clerk, power, government.entry)
        elif fate == "fall":
            row = parliaments.next_cabinet(
                tables["governments"], government, world.hour, house.dice.uniform("cabinet", power, number), rules
            )
            if row is not None:
                take_office(clerk, row, "after the fall of a cabinet", government.entry)
        if power in world.polity.parted:
            _learns(house, clerk, power)


def _learns(house: House, clerk: Clerk, power: str) -> None:
    """A course that history no longer gives answers to the threats it sees; told when it has moved noticeably."""
    polity, rules = clerk.world.polity, house.rulebook
    government = polity.governments[power]
    half_life = rules.reputation.half_life_years
    threat = 0.0
    for other, theirs in polity.governments.items():
        felt = polity.alarm.get(f"{power}>{other}")
        alarm = felt.at(clerk.world.hour, half_life) if felt is not None else 0.0
        if other != power:
            threat = max(threat, leadership.menace(alarm, theirs.policy, rules))
    years = (clerk.world.hour - government.since) / (dates.DAY * DAYS_A_YEAR)
    after = leadership.answered(government.policy, threat, years, rules)
    if abs(after.foreign - government.policy.foreign) >= rules.leadership.noticed:
        form(clerk, replace(government, policy=after), "its course answers to what it fears", government.entry)


def parliament(house: House, clerk: Clerk, subject: str) -> None:
    """A day on which a parliament, or those around its president, decide on the regime."""
    power = subject.partition(":")[0]
    world, rules, tables = clerk.world, house.rulebook, house.tables
    now = world.polity.governments.get(power)
    if now is None or now.regime not in PARLIAMENTS:
        return
    line = max((g.policy.comintern for g in world.polity.governments.values()), key=abs, default=0.0)
    year = int(dates.iso(world.hour)[:4]) - 1
    depth = parliaments.slump(tables["economy"], power, year, rules)
    row, odds = parliaments.weimar(
        tables, power, world.hour, line, depth, house.dice.uniform("chancellor", power), rules
    )
    if row is None or row["regime"] == now.regime:
        return
    told = ", ".join(f"{name} {p:.0%}" for name, p in sorted(odds.items()))
    take_office(clerk, row, f"out of a parliament without a majority ({told})", now.entry)


def take_office(clerk: Clerk, row: Mapping[str, Any], why: str, because: int) -> None:
    """A government of the tables takes office."""
    clerk.put(
        GovernmentFormed(
            power=row["power"], regime=row["regime"], head=row["head"], faction=row["faction"], grip=row["grip"],
            paralysis=row["paralysis"], policy=tuple(row[name] for name in POLICY), why=why, because=because,
        )
    )  # fmt: skip
