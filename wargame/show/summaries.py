"""The diary's summings-up: the opposing forces and plans, each week's balance, the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from wargame import dates
from wargame.journal import Entry, Journal
from wargame.orders import Order
from wargame.show.clauses import Sentence, Teller
from wargame.show.prose import Names, Turns, count, listing, number, ordinal
from wargame.sides import AIR, FIRST_UNIT
from wargame.world import HEADQUARTERS, KINDS, Status

OUTCOMES = {
    "launched_succeeded": "ended in success",
    "launched_failed": "ended in failure",
    "preempted": "was pre-empted",
    "regime_fell": "was given up when the regime fell",
    "moot": "became moot",
    "never_sought": "was never sought",
    "incapable": "was found beyond its author's means",
    "deterred": "was deterred",
    "undecided": "was left undecided",
}


@dataclass(frozen=True)
class Day:
    """One heading of the diary. ``kind`` is opening, day, week, month or closing."""

    hour: int
    kind: str
    title: str
    paragraphs: tuple[tuple[Sentence, ...], ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence under this heading, in order."""
        return tuple(s for p in self.paragraphs for s in p)


@dataclass
class Tally:
    """What a stretch of days cost, by side, as its entries say."""

    killed_wounded: list[int] = field(default_factory=lambda: [0, 0])
    captured: list[int] = field(default_factory=lambda: [0, 0])
    interned: list[int] = field(default_factory=lambda: [0, 0])
    aircraft: list[float] = field(default_factory=lambda: [0.0, 0.0])
    districts: list[int] = field(default_factory=lambda: [0, 0])
    entries: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Story:
    """A run as the diary reads it, and what has been told so far."""

    run: Any
    sides: dict[str, int] = field(default_factory=dict)  # power -> side in the wars that go on
    fought: dict[str, int] = field(default_factory=dict)  # power -> side in the last war it was in
    wars: dict[str, dict[str, int]] = field(default_factory=dict)  # those that go on
    first_day: int = 0  # day number on which the present wars began
    gone: set[str] = field(default_factory=set)  # formations that have left the field

    def __post_init__(self) -> None:
        self.setup = self.run.setup
        self.journal: Journal = self.run.journal
        self.names = Names(self.setup.atlas, self.run.world.forces)
        began = {e.n: e for e in self.journal if e.kind == "engagement_began"}
        self.teller = Teller(self.names, Turns(), self.setup.plans, began)
        self.first_day = dates.day_number(self.war.hour if self.war else self.setup.scenario.scenario.opening)

    @cached_property
    def by_n(self) -> dict[int, Entry]:
        """Entries by number."""
        return {e.n: e for e in self.journal}

    @cached_property
    def war(self) -> Entry | None:
        """The first declaration of war."""
        return next((e for e in self.journal if e.kind == "war_declared"), None)

    @cached_property
    def launches(self) -> dict[str, Entry]:
        """The entry of every operation's beginning."""
        return {e.data["operation"]: e for e in reversed(self.journal.of_kind("operation_launched"))}

    @cached_property
    def endings(self) -> dict[str, Entry]:
        """The entry of every operation's end."""
        return {e.data["operation"]: e for e in self.journal.of_kind("operation_ended")}

    @cached_property
    def conquests(self) -> list[Entry]:
        """Every province that changed hands."""
        return self.journal.of_kind("province_taken")

    @cached_property
    def orders(self) -> list[Entry]:
        """Every order that went out."""
        return self.journal.of_kind("order_issued")

    def day_of_war(self, day: int) -> int:
        """1 on the day the war began."""
        return day - self.first_day + 1

    def join(self, entries: Iterable[Entry]) -> None:
        """Note who has gone to war on which side."""
        for e in entries:
            if e.kind == "war_declared":
                if not self.wars:
                    self.first_day = dates.day_number(e.hour)
                war = self.wars.setdefault(e.data["war"], {})
                war |= dict.fromkeys(e.data["attackers"], 0) | dict.fromkeys(e.data["defenders"], 1)
            elif e.kind == "war_joined":
                self.wars.setdefault(e.data["war"], {})[e.data["power"]] = 0 if e.data["on"] == "attackers" else 1
        self._sum_up()

    def leave(self, entries: Iterable[Entry]) -> None:
        """Note which wars are over."""
        for e in entries:
            if e.kind == "hostilities_ceased":
                self.wars.pop(e.data["war"], None)
        self._sum_up()

    def _sum_up(self) -> None:
        self.sides = {p: side for war in self.wars.values() for p, side in war.items()}
        self.fought |= self.sides

    def members(self, side: int) -> list[str]:
        """Powers of a side."""
        return [p for p, s in self.sides.items() if s == side]

    def operation_name(self, name: str) -> str:
        """What an operation is called."""
        return next((str(p.operation.name) for p in self.setup.plans if p.operation and p.operation.id == name), name)

    def launched(self, operation: str) -> Entry | None:
        """The entry of an operation's beginning."""
        return self.launches.get(operation)


def tally(story: Story, total: Tally, entries: Iterable[Entry]) -> None:
    """Add entries to a tally, and note formations that have left the field."""
    for e in entries:
        d = e.data
        if e.kind == "engagement_ended":
            total.killed_wounded[d["side"]] += d["attacker_killed_wounded"]
            total.killed_wounded[1 - d["side"]] += d["defender_killed_wounded"]
            total.captured[1 - d["side"]] += d["captured"]
        elif e.kind == "formations_overtaken":
            side = 1 - story.fought.get(d["power"], 0)
            total.killed_wounded[side] += d["killed_wounded"]
            total.captured[side] += d["captured"]
        elif e.kind == "formations_surrendered":
            story.gone |= set(d["formations"])
            total.captured[story.fought.get(d["power"], 0)] += d["men"] if d["to"] != d["power"] else 0
        elif e.kind == "formation_dispersed":
            story.gone.add(d["formation"])
            total.captured[story.fought.get(story.names.power(d["formation"]), 0)] += d["captured"]
        elif e.kind == "formations_interned":
            story.gone |= set(d["formations"])
            total.interned[story.fought.get(d["power"], 0)] += d["men"]
        elif e.kind == "air_fought":
            total.aircraft[0] += d["attacker_lost"]
            total.aircraft[1] += d["defender_lost"]
        elif e.kind == "province_taken":
            total.districts[story.sides.get(d["power"], 0)] += 1
        else:
            continue
        total.entries.setdefault(e.kind, []).append(e.n)


# --- the opening -----------------------------------------------------------------------------------------------------


def opening(story: Story) -> Day:
    """The scenario's own words, the forces, the plans."""
    head = story.setup.scenario.scenario
    summary = [Sentence(" ".join(head.summary.split()), (0,), "summary")] if head.summary else []
    situation: list[Sentence] = []
    if story.war is not None and story.setup.scenario.politics is None:
        situation += _muster(story, story.war.data["attackers"], story.war, defending=False)
        situation += _plan_of_attack(story)
        situation += _muster(story, story.war.data["defenders"], story.war, defending=True)
        situation += _plan_of_defence(story, story.war)
    return Day(head.opening, "opening", "The opposing sides", tuple(tuple(p) for p in (summary, situation) if p))


def _muster(story: Story, powers: Sequence[str], war: Entry, *, defending: bool) -> list[Sentence]:
    f, atlas = story.setup.forces, story.setup.atlas
    own = np.isin(f.power, [atlas.power_number[p] for p in powers]) & (f.status == Status.ACTIVE)
    units = own & (f.kind >= FIRST_UNIT) & (f.kind != AIR)
    if not units.any():
        return []
    arms = [f"{number(float(np.sum(f.tanks[units])))} tanks"] if f.tanks[units].any() else []
    arms += [f"{number(float(np.sum(f.aircraft[own])))} aircraft"] if f.aircraft[own].any() else []
    side = story.names.adjectives(powers)
    men = number(float(np.sum(f.men[units])))
    text = f"the {side} {'army' if len(powers) == 1 else 'armies'} had {men} men under arms" + (
        f" with {listing(arms)}" if arms else ""
    )
    late = int(np.sum(units & ((f.readiness < 1.0) | (f.arrives > war.hour))))
    if late and defending:
        text += (
            f"; of {count(int(np.sum(units)), 'formation')} {count(late, 'was', 'were')} still mobilising or on the way"
        )
    return [story.teller.say("muster", text, (0, war.n))]


def _plan_of_attack(story: Story) -> list[Sentence]:
    made = []
    for plan in story.setup.plans:
        entry = story.launched(plan.operation.id) if plan.operation is not None else None
        if entry is None or dates.day_number(entry.hour) != story.first_day:
            continue
        town, hq = story.names.town, story.names.formation
        main = [f"{hq(a.hq)} from {town(a.via[0])} to {town(a.via[-1])}" for a in plan.axes if a.main_effort][:4]
        text = f"{plan.operation.name} set {count(len(plan.axes), 'column')} in motion"
        if main:
            text += f", with the main weight on {listing(main)}"
        orders = [e.n for e in story.journal if e.kind == "order_issued" and e.because == entry.n]
        made.append(story.teller.say("plan", text, (entry.n, *orders)))
    return made


def _plan_of_defence(story: Story, war: Entry) -> list[Sentence]:
    orders = {e.data["order"].split()[0]: e for e in story.journal if e.kind == "order_issued" and e.because == war.n}
    made = []
    for plan in story.setup.plans:
        if plan.defence is None:
            continue
        sectors = [s for s in plan.sectors if s.hq in orders and story.names.kind(s.hq) in ("army", "group")]
        sectors = sorted(sectors, key=lambda s: story.names.kind(s.hq) != "army")[:7]
        if not sectors:
            continue
        told = [_task(story, orders[s.hq], "was to hold" if not i else "") for i, s in enumerate(sectors)]
        text = f"under {plan.defence.name} {listing(told)}"
        made.append(story.teller.say("plan", text, [orders[s.hq].n for s in sectors]))
    return made


def _task(story: Story, entry: Entry, verb: str) -> str:
    order = Order.parse(entry.data["order"])
    return f"{story.names.formation(order.hq)} {verb} {story.teller.line_name(order.where)}"


# --- a week ----------------------------------------------------------------------------------------------------------


def week(story: Story, day: int, n: int, total: Tally) -> Day | None:
    """The balance of seven days, or ``None`` if nothing happened in them."""
    if not total.entries:
        return None
    made = [*_week_losses(story, n, total), *_objectives(story, day), *_stations(story, day)]
    title = f"The {ordinal(n)} week, to {dates.spoken(day * dates.DAY)}"
    return Day(day * dates.DAY, "week", title, (tuple(made),))


def _week_losses(story: Story, n: int, total: Tally) -> list[Sentence]:
    say, at = story.teller.say, total.entries
    first, second = (story.names.adjectives(story.members(side)) for side in (0, 1))
    made = []
    if any(total.districts):
        text = f"in the {ordinal(n)} week {count(total.districts[0], 'district')} passed into {first} hands"
        if total.districts[1]:
            text += f" and {count(total.districts[1], 'was', 'were')} won back or taken by the {second} side"
        made.append(say("week_districts", text, at["province_taken"]))
    fought = at.get("engagement_ended", []) + at.get("formations_overtaken", [])
    if fought:
        a, d = number(total.killed_wounded[0]), number(total.killed_wounded[1])
        text = (
            f"the fighting decided in these days cost the {first} side {a} killed and wounded and the {second} side {d}"
        )
        made.append(say("week_losses", text, fought))
    taken = fought + at.get("formations_surrendered", []) + at.get("formation_dispersed", [])
    if any(total.captured) or any(total.interned):
        parts = [f"{number(total.captured[1])} {second} soldiers were taken prisoner"]
        parts[0] += f", against {number(total.captured[0])} of the {first}" if total.captured[0] else ""
        parts += [
            f"{number(n)} {w} soldiers were interned by neutrals"
            for n, w in zip(total.interned, (first, second), strict=True)
            if n
        ]
        made.append(say("week_prisoners", listing(parts), taken + at.get("formations_interned", [])))
    if total.aircraft[0] >= 1 or total.aircraft[1] >= 1:
        lost = [number(n) for n in total.aircraft]
        text = f"the fighting in the air cost {lost[0]} {first} and {lost[1]} {second} aircraft"
        made.append(say("week_air", text, at["air_fought"]))
    return made


def _objectives(story: Story, day: int) -> list[Sentence]:
    """How many of each running operation's objectives are held."""
    until, holder = (day + 1) * dates.DAY, {}
    for e in story.conquests:
        if e.hour < until:
            holder[e.data["province"]] = e
    made = []
    for plan in story.setup.plans:
        o = plan.operation
        entry = story.launched(o.id) if o is not None else None
        if o is None or entry is None or entry.hour >= until or _over(story, o.id, day):
            continue
        side = story.sides.get(o.power)
        held = [p for p in o.objectives if p in holder and story.sides.get(holder[p].data["power"]) == side]
        whose = story.names.adjective(o.power) + (" or allied" if len(story.members(side or 0)) > 1 else "")
        wanted = f"{count(len(o.objectives), 'objective')} of {o.name}"
        text = f"of the {wanted} none had yet been reached"
        if len(held) == len(o.objectives):
            text = f"all {wanted} were in {whose} hands"
        elif held:
            text = f"of the {wanted} {count(len(held), 'was', 'were')} in {whose} hands: {story.names.towns(held)}"
        made.append(story.teller.say("week_objectives", text, [holder[p].n for p in held] or [entry.n]))
    return made


def _over(story: Story, operation: str, day: int) -> bool:
    """Whether an operation of one war among several had ended more than a week before a day."""
    ended = story.endings.get(operation)
    return len(story.endings) > 1 and ended is not None and dates.day_number(ended.hour) < day - 6


def _stations(story: Story, day: int) -> list[Sentence]:
    """Where the defender's armies have orders to stand."""
    until, orders = (day + 1) * dates.DAY, {}
    for e in story.orders:
        if e.hour < until:
            orders[e.data["order"].split()[0]] = e
    chosen = [
        orders[sector.hq]
        for plan in story.setup.plans
        for sector in plan.sectors
        if sector.hq in orders and not _spent(story, sector.hq) and story.names.kind(sector.hq) == "army"
        and Order.parse(orders[sector.hq].data["order"]).verb in ("defend", "withdraw")
    ][:6]  # fmt: skip
    if not chosen:
        return []
    told = [_task(story, e, "had orders to stand on" if not i else "on") for i, e in enumerate(chosen)]
    return [story.teller.say("week_orders", listing(told), [e.n for e in chosen])]


def _spent(story: Story, hq: str) -> bool:
    f = story.run.world.forces
    return all(f.ids[r] in story.gone for r in f.under(hq).tolist() if KINDS[int(f.kind[r])] not in HEADQUARTERS)


# --- the outcome -----------------------------------------------------------------------------------------------------


def closing(story: Story) -> Day:
    """Verdicts, then losses power by power from the last state of the world."""
    say, world = story.teller.say, story.run.world
    verdicts = []
    for e in story.journal:
        if e.kind != "operation_ended":
            continue
        outcome = OUTCOMES.get(e.data["outcome"], e.data["outcome"].replace("_", " "))
        if e.data["outcome"] == "never_sought":
            continue
        reasons = listing([r.replace("%", " per cent") for r in e.data["reasons"]])
        text = f"on {dates.spoken(e.hour)} {story.operation_name(e.data['operation'])} {outcome}: {reasons}"
        verdicts.append(say("verdict", text, (e.n,)))
    if not verdicts:
        text = f"on {dates.spoken(world.hour, year=True)}, when this account closes, no operation had been decided"
        verdicts.append(say("verdict", text, (0,)))
    losses = [s for power in story.fought for s in _power_losses(story, power)]
    return Day(world.hour, "closing", "The outcome", tuple(tuple(p) for p in (verdicts, losses) if p))


def _power_losses(story: Story, power: str) -> list[Sentence]:
    f = story.run.world.forces
    mine = f.power == story.setup.atlas.power_number[power]
    dead, hurt, captured, missing = (int(np.sum(c[mine])) for c in (f.killed, f.wounded, f.captured, f.missing))
    parts = [f"{number(n)} {word}" for n, word in ((dead, "dead"), (hurt, "wounded"), (captured, "prisoners"),
                                                   (missing, "missing or interned")) if n]  # fmt: skip
    if not parts:
        return []
    last = story.journal.entries[-1].n
    return [story.teller.say("losses", f"{story.names.adjective(power)} losses came to {listing(parts)}", (last,))]
