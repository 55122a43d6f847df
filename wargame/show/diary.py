"""The war diary: a run's journal as prose, day by day.

`diary` chooses what matters on each day and has `wargame.show.clauses` put it into words; every sentence carries the
numbers of the entries it rests on. Nothing is said of a place's control that a ``province_taken`` entry, or a cession,
does not say. Where politics are played, months of peace tell of them, and days of war beside the fighting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from wargame import dates
from wargame.journal import Entry
from wargame.show import resolves
from wargame.show.clauses import Sentence, staff_only
from wargame.show.prose import listing, number, ordinal, percent, relead
from wargame.show.summaries import Day, Story, Tally, closing, opening, tally, week
from wargame.show.timeline import Told, timeline
from wargame.sides import AIR

NEWS = ("government", "talks", "treaty", "crisis", "reputation", "mobilisation", "cession")
"""Topics of politics that the diary tells beside the fighting."""
MOST = 8  # sentences a day
RETOLD_DAYS = 5  # a decision repeated within so many days is not told again
FINE = ("clear", "frost")
By = Mapping[str, Sequence[Entry]]


def diary(run: Any) -> list[Day]:
    """The diary of a run (`wargame.engine.Run`): opening, days, a balance each week, outcome.

    The journal must be at level ``events`` or ``full``.
    """
    story = Story(run)
    told = [opening(story)]
    if story.war is not None or story.setup.scenario.politics is not None:
        told += _Chronicle(story).days()
    return [*told, closing(story)]


def markdown(days: Sequence[Day], *, references: bool = False, level: int = 2) -> str:
    """The diary as Markdown; with ``references`` every sentence ends in the numbers of its journal entries."""
    lines = []
    for d in days:
        lines += [f"{'#' * (level + (d.kind == 'day'))} {d.title}", ""]
        for paragraph in d.paragraphs:
            said = [s.text + (f" [{', '.join(map(str, s.entries))}]" if references else "") for s in paragraph]
            lines += [" ".join(said), ""]
    return "\n".join(lines)


class _Chronicle:
    """Chooses what is told of each day; remembers what has been told."""

    def __init__(self, story: Story) -> None:
        self.story, self.teller, self.names = story, story.teller, story.names
        self.atlas = story.setup.atlas
        self.objectives = {p for plan in story.setup.plans if plan.operation for p in plan.operation.objectives}
        self.taken_before: set[str] = set()
        self.broken: set[str] = set()  # powers whose army has been told to be broken
        self.decided: dict[str, int] = {}  # decision -> day on which it was last told
        self.sky, self.air = "", ""
        self.sky_day = self.air_day = -99

    def days(self) -> list[Day]:
        """Every day of the wars on which something happened, a balance after every seventh, and the months of peace."""
        by_day: dict[int, list[Entry]] = {}
        for e in self.story.journal:
            by_day.setdefault(dates.day_number(e.hour), []).append(e)
        told, total, quiet = [], Tally(), _Months()
        first = self.story.first_day if self.story.setup.scenario.politics is None else min(by_day)
        for day in range(first, max(by_day) + 1):
            entries = by_day.get(day, [])
            self.story.join(entries)
            if not self.story.sides:
                told += quiet.add(day, self.news.get(day, []))
                tally(self.story, total, entries)
                continue
            paragraphs = self._day(entries, day)
            told += quiet.flush() if paragraphs else quiet.add(day, self.news.get(day, []))
            if paragraphs:
                n = self.story.day_of_war(day)
                title = f"{dates.spoken(day * dates.DAY, year=True)}, day {n}"
                told.append(Day(day * dates.DAY, "day", title, paragraphs))
            tally(self.story, total, entries)
            n, rest = divmod(self.story.day_of_war(day), 7)
            if rest == 0 and day != max(by_day):
                balance, total = week(self.story, day, n, total), Tally()
                told += [balance] if balance else []
            self.story.leave(entries)
        return [*told, *quiet.flush()]

    @cached_property
    def news(self) -> dict[int, list[Sentence]]:
        """What happened in politics, by day."""
        found: dict[int, list[Sentence]] = {}
        if self.story.setup.scenario.politics is not None:
            for t in timeline(self.story.setup, self.story.journal):
                if t.topic in NEWS or (t.topic == "operation" and not self._told_elsewhere(t)):
                    found.setdefault(dates.day_number(t.hour), []).append(Sentence(t.text, t.entries, t.topic))
        return found

    def _told_elsewhere(self, told: Told) -> bool:
        """Whether an operation's beginning is told with a declaration of war, or its end only among the verdicts."""
        entry = self.story.by_n[told.entries[0]]
        if entry.kind == "operation_ended":
            return not str(entry.data["outcome"]).startswith("launched")
        return any(e.hour == entry.hour for e in self.story.journal.of_kind("war_declared"))

    def _day(self, entries: Sequence[Entry], day: int) -> tuple[tuple[Sentence, ...], ...]:
        by: dict[str, list[Entry]] = {}
        for e in entries:
            by.setdefault(e.kind, []).append(e)
        sky, seen = self._sky(by, day)
        politics, end = self._politics(by), self._ceased(by)
        lost = self._losses_of_forces(by)
        pockets, lost = self._pockets(by, lost)
        decisions = self._decisions(by.get("decision", []), day)
        towns = self._towns(by.get("province_taken", []))
        others = len(politics) + len(end) + len(lost) + len(pockets) + len(towns) + min(len(decisions), 2)
        fights = self._fights(by.get("engagement_ended", []), min(max(2, MOST - others - 1), 4))
        while decisions and others - min(len(decisions), 2) + len(fights) + len(decisions) > MOST:
            decisions.pop()
        pursued = [e for e in by.get("formations_overtaken", []) if e.data["captured"] >= 100]
        fights += [self.teller.overtaken(pursued)] if pursued else []
        trains = sorted(by.get("entrained", []), key=lambda e: (-self._size(e), e.n))
        if trains and others + len(fights) < 5:
            decisions.append(self.teller.entrained(trains))
        front, back = [*politics, *fights, *towns], [*pockets, *lost, *decisions, *end]
        if not front and not back:
            return ()
        front[len(politics) : len(politics)] = self.news.get(day, [])
        paragraphs = [front, back] if front and back and len(front) + len(back) > 4 else [[*front, *back]]
        first = paragraphs[0][0]
        if sky or self.story.day_of_war(day) % 2:
            lead = f"on {dates.spoken(day * dates.DAY)}" + (f", {sky}," if sky else "")
            paragraphs[0][0] = replace(first, text=relead(lead, first.text), entries=(*first.entries, *seen))
        return tuple(tuple(p) for p in paragraphs)

    # --- weather and air ---------------------------------------------------------------------------------------------

    def _sky(self, by: By, day: int) -> tuple[str, list[int]]:
        """A clause on weather and air where they change, and the entries it rests on."""
        clauses, entries = [], []
        for e in by.get("weather_turned", []):
            state = self._weather(e)
            if state != self.sky and day - self.sky_day >= 3:
                clauses.append(_weather_clause(state, first=not self.sky))
                self.sky, self.sky_day = state, day
                entries.append(e.n)
        for e in by.get("air_fought", []):
            s = e.data["superiority"]
            level = f"{'command' if abs(s) >= 0.55 else 'upper' if abs(s) >= 0.25 else 'none'}{int(s < 0)}"
            if level != self.air and day - self.air_day >= 4:
                clauses.append(self._air_clause(level))
                self.air, self.air_day = level, day
                entries.append(e.n)
        return listing(clauses), entries

    def _weather(self, e: Entry) -> str:
        """The commonest weather over the land of the powers attacked, by area."""
        a = self.atlas
        own = [a.power_number[p] for p in self.story.members(1)]
        land = np.isin(a.owners_on(self.story.setup.scenario.scenario.opening), own)
        weight: dict[str, float] = {}
        for climate, state in enumerate(e.data["weather"]):
            kind = "fine" if state in FINE else state
            weight[kind] = weight.get(kind, 0.0) + float(np.sum(a.area_km2[land & (a.climate_of == climate)]))
        return max(sorted(weight), key=lambda s: weight[s])

    def _air_clause(self, level: str) -> str:
        owners = [p for p in self.story.members(int(level[-1])) if self._flies(p)]
        name = self.names.adjective(owners[0]) if owners else "enemy"
        if level.startswith("command"):
            return f"with the {name} air force in command of the sky"
        return (
            f"with the {name} air force keeping the upper hand" if level[:-1] == "upper" else "with the air contested"
        )

    def _flies(self, power: str) -> bool:
        f = self.story.setup.forces
        fleet = (f.kind == AIR) & (f.power == self.atlas.power_number[power])
        return bool(np.any(f.aircraft[fleet] > 0))

    # --- politics ----------------------------------------------------------------------------------------------------

    def _politics(self, by: By) -> list[Sentence]:
        t = self.teller
        made = [self._war(e, by.get("operation_launched", [])) for e in by.get("war_declared", [])]
        joined = by.get("war_joined", [])
        for e in by.get("decision", []):
            if e.data["seat"] == "script":
                said = resolves.scripted(t, e)
                made.append(replace(said, entries=(e.n, *(j.n for j in joined if j.because == e.n))))
        broken: dict[str, list[Entry]] = {}
        for e in by.get("army_broken", []):
            broken.setdefault(e.data["power"], []).append(e)
        made += [self._army_broken(p, group) for p, group in broken.items() if p not in self.broken]
        self.broken |= set(broken)
        made += [self._ruling(e) for e in by.get("ruling_made", [])]
        return [*made, *(self._standing(e) for e in by.get("standing_changed", []))]

    def _ruling(self, e: Entry) -> Sentence:
        """What an umpire decided, and what the rules had said."""
        d = e.data
        who = "the umpire" if d["by"] == "umpire" else d["by"]
        about = f" on {d['about'].rstrip('.')}" if d["about"] else ""
        rule = f"; the rules had it that {d['rule'].rstrip('.')}" if d["rule"] and d["rule"] != d["decided"] else ""
        text = f"{who} ruled{about}: {d['decided'].rstrip('.')}, because {d['reason'].rstrip('.')}{rule}"
        return self.teller.say("ruling", text, (e.n,))

    def _war(self, e: Entry, launched: Sequence[Entry]) -> Sentence:
        sides = [listing([self.names.country(p) for p in e.data[side]]) for side in ("attackers", "defenders")]
        hour = dates.to_datetime(e.hour).hour
        about = f"soon after {hour:02d}:00 " if hour else ""  # the clock knows no minutes: 04:45 is kept as 04
        text = about + f"{sides[0]} opened hostilities against {sides[1]}"
        begun = listing([self.story.operation_name(o.data["operation"]) for o in launched])
        return self.teller.say("war", text + (f", and {begun} began" if begun else ""), (e.n, *(o.n for o in launched)))

    def _army_broken(self, power: str, group: Sequence[Entry]) -> Sentence:
        d = group[0].data
        text = (
            f"the {self.names.adjective(power)} army was broken: {percent(d['share_lost'])} of it was lost "
            f"or cut off, and {number(d['men_left'])} men remained in the field with their supply lines open"
        )
        return self.teller.say("broken", text, [e.n for e in group])

    def _standing(self, e: Entry) -> Sentence:
        power, standing = e.data["power"], e.data["standing"]
        text = {
            "in_exile": f"the {self.names.adjective(power)} government left the country",
            "capitulated": f"the {self.names.adjective(power)} government capitulated",
            "defeated": f"{self.names.country(power)} was defeated",
        }.get(standing, f"{self.names.country(power)} was now {standing.replace('_', ' ')}")
        reason = e.data["reason"].replace("%", " per cent")
        return self.teller.say("standing", f"{text}, {reason}" if reason else text, (e.n,))

    def _ceased(self, by: By) -> list[Sentence]:
        text = "with that the last organised resistance was over, and hostilities on land ceased"
        if any(e.data["standing"] == "at_peace" for e in by.get("standing_changed", [])):
            text = "hostilities on land ceased"
        return [self.teller.say("ceased", text, (e.n,)) for e in by.get("hostilities_ceased", [])]

    # --- fighting ----------------------------------------------------------------------------------------------------

    def _fights(self, ended: Sequence[Entry], room: int) -> list[Sentence]:
        """The weightiest actions, army by army from north to south; the rest summed up."""
        told = [e for e in ended if e.because in self.teller.began and e.data["result"] != "lapsed"]
        minor = [
            e for e in told if e.data["result"] == "withdrawn" or (e.data["result"] == "contained" and self._new(e))
        ]
        ranked = sorted(
            (e for e in told if e.data["result"] not in ("contained", "withdrawn")),
            key=lambda e: (-self._weight(e), e.n),
        )
        room = len(ranked) if len(ranked) == room + 1 else room
        armies: dict[str, list[Entry]] = {}
        for e in ranked[:room]:
            armies.setdefault(self._army(e), []).append(e)

        def southing(group: Sequence[Entry]) -> float:
            return -float(np.mean([self.atlas.lat[self.atlas.number[e.data["province"]]] for e in group]))

        made = []
        for army, group in sorted(armies.items(), key=lambda item: (southing(item[1]), item[0])):
            for i, e in enumerate(group):
                made.append(self.teller.engagement(e, self._lead(army, e, again=i > 0)))
        return [*made, *self.teller.elsewhere(sorted([*ranked[room:], *minor], key=lambda e: e.n), alone=not made)]

    def _size(self, e: Entry) -> float:
        f = self.story.setup.forces
        return float(f.establishment_men[f.row(e.data["formation"])])

    def _new(self, e: Entry) -> bool:
        """A siege that has not been told for some days."""
        key, day = f"contained:{e.data['province']}", dates.day_number(e.hour)
        fresh = day - self.decided.get(key, -99) >= RETOLD_DAYS
        if fresh:
            self.decided[key] = day
        return fresh

    def _weight(self, e: Entry) -> float:
        """How much an action matters: men, prisoners, blood, the place, and whether the odds were defied."""
        began, d = self.teller.began[e.because].data, e.data
        p = self.atlas.number[d["province"]]
        men, lost = (
            began["attacking_men"] + began["defending_men"],
            d["attacker_killed_wounded"] + d["defender_killed_wounded"],
        )
        place = 20.0 * (d["province"] in self.objectives) + 30.0 * bool(self.atlas.capital_of[p])
        place += min(float(self.atlas.population_k[p]) / 20.0, 30.0)
        upset = (
            15.0 * ((d["result"] == "repulsed") == (began["odds"] >= 0.6)) + 10.0 * (d["days"] >= 4) + 15.0 * d["side"]
        )
        return float(men / 2500.0 + d["captured"] / 150.0 + lost / 120.0 + place + upset)

    def _army(self, e: Entry) -> str:
        attackers = self.teller.attackers_of(e)
        armies = [self.names.army(f) for f in attackers]
        return max(dict.fromkeys(armies), key=armies.count)

    def _lead(self, army: str, e: Entry, *, again: bool) -> str:
        if self.names.kind(army) not in ("army", "group") or e.data["side"] == 1:
            return ""
        name = self.names.formation(army)
        if name in self.names.attackers(self.teller.attackers_of(e)):
            return ""
        if again:
            return self.teller.turns.pick("again", e.n, ("on the same front ", "there too ", ""))
        options = (f"on the front of {name} ", f"in the sector of {name} ", "")
        return self.teller.turns.pick("front", e.n, options)

    # --- towns -------------------------------------------------------------------------------------------------------

    def _towns(self, taken: Sequence[Entry]) -> list[Sentence]:
        """Places that changed hands: the notable ones by themselves, the rest in a list."""
        ranked = sorted(taken, key=lambda e: (-self._rank(e), e.n))
        notable = [e for e in ranked if self._rank(e) >= 170.0][:2]
        owner = self.story.run.world.owner
        made = []
        for e in notable:
            p = self.atlas.number[e.data["province"]]
            home = int(owner[p]) == self.atlas.power_number[e.data["power"]]
            remark = ""
            if self.atlas.capital_of[p] == e.data["previous"]:
                n = self.story.day_of_war(dates.day_number(e.hour))
                remark = f"; the capital was lost on the {ordinal(n)} day of the war"
            back = "" if e.data["province"] not in self.taken_before else "won back" if home else "retook"
            made.append(self.teller.fall(e, back, remark))
        made += self.teller.falls([e for e in ranked if e not in notable], also=bool(notable))
        self.taken_before |= {e.data["province"] for e in taken}
        return made

    def _rank(self, e: Entry) -> float:
        p = self.atlas.number[e.data["province"]]
        value = float(self.atlas.population_k[p]) + 500.0 * bool(self.atlas.capital_of[p])
        return (
            value + 120.0 * (e.data["province"] in self.objectives) + 90.0 * (e.data["province"] in self.taken_before)
        )

    # --- pockets and the end of formations ---------------------------------------------------------------------------

    def _pockets(self, by: By, lost: list[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
        """Pockets formed, moved and opened. One that also gives up today is told with its surrender."""
        t, journal = self.teller, self.story.by_n
        ended = {e.data["province"]: e.n for e in by.get("formations_surrendered", [])}
        relieved = {r.n: journal.get(r.because) for r in by.get("pocket_relieved", [])}
        carried: set[int] = set()
        made: list[Sentence] = []
        formed = sorted(by.get("pocket_formed", []), key=lambda e: (-e.data["men"], e.n))
        small = []
        for e in formed:
            inside = set(e.data["formations"])
            former = [n for n, o in relieved.items() if o is not None and inside & set(o.data.get("formations", ()))]
            carried |= set(former)
            with_it = next((s for s in lost if ended.get(e.data["province"]) in s.entries), None)
            if with_it is not None:
                lost = [replace(s, entries=(*s.entries, e.n)) if s is with_it else s for s in lost]
            elif len(made) < 2 and e.data["men"] >= 1500:
                said = t.pocket(e, journal.get(e.because), moved=bool(former))
                made.append(replace(said, entries=(*said.entries, *former)))
            else:
                small.append(e)
        if small:
            towns = self.names.towns(dict.fromkeys(e.data["province"] for e in small))
            text = f"{number(sum(e.data['men'] for e in small))} {'more ' if made else ''}men were cut off at {towns}"
            made.append(t.say("pocket", text, [e.n for e in small]))
        return [*made, *self._relieved(relieved, carried, by)], lost

    def _relieved(self, relieved: Mapping[int, Entry | None], carried: set[int], by: By) -> list[Sentence]:
        """At most one pocket whose troops got out and are still in the field."""
        left = {
            x
            for k in ("formations_surrendered", "formations_interned")
            for e in by.get(k, [])
            for x in e.data["formations"]
        }
        left |= self.story.gone
        for n, before in relieved.items():
            if n in carried or before is None or before.kind != "pocket_formed" or before.data["men"] < 5000:
                continue
            if any(x not in left for x in before.data["formations"]):
                town = self.names.town(before.data["province"])
                some = any(x in left for x in before.data["formations"])
                who = "the rest of the troops" if some else "the troops"
                text = f"{who} that had been cut off round {town} were no longer held there"
                return [self.teller.say("relieved", text, (n, before.n))]
        return []

    def _losses_of_forces(self, by: By) -> list[Sentence]:
        """Surrenders, internments, formations worn away."""
        places: dict[str, list[Entry]] = {}
        for e in by.get("formations_surrendered", []):
            if e.data["to"] != e.data["power"]:
                places.setdefault(e.data["province"], []).append(e)
        groups = sorted(places.values(), key=lambda g: -sum(e.data["men"] for e in g))
        troops = [g for g in groups if not all(staff_only(e, self.names) for e in g)]
        staffs = [e for g in groups if g not in troops for e in g]
        made = [self.teller.surrender(g) for g in troops[:2]]
        if troops[2:]:
            made.append(self.teller.smaller_surrenders([e for g in troops[2:] for e in g]))
        if staffs:
            made.append(self.teller.staffs_captured(staffs))
        hosts: dict[str, list[Entry]] = {}
        for e in by.get("formations_interned", []):
            hosts.setdefault(e.data["host"], []).append(e)
        made += [
            self.teller.interned(g) for g in sorted(hosts.values(), key=lambda g: -sum(e.data["men"] for e in g))[:2]
        ]
        melted = by.get("formation_dispersed", [])
        return [*made, self.teller.dispersed(melted)] if melted and len(made) < 2 else made

    # --- decisions ---------------------------------------------------------------------------------------------------

    def _decisions(self, today: Sequence[Entry], day: int) -> list[Sentence]:
        """What headquarters decided, the weightiest first."""
        kinds: dict[str, list[Entry]] = {}
        for e in today:
            question = e.data["question"].partition(":")[0]
            key = e.data["question"] + ("" if question == "cut_off" else " ".join(e.data["answer"]))
            if e.data["seat"] != "script" and day - self.decided.get(key, -99) >= RETOLD_DAYS:
                kinds.setdefault(question, []).append(e)
                self.decided[key] = day
        t = self.teller
        made = [resolves.general_withdrawal(t, e) for e in kinds.get("general_withdrawal", [])[:1]]
        made += [resolves.collapse(t, e) for e in kinds.get("collapse", [])[:1]]
        made += [resolves.line_lost(t, kinds["line_lost"][:3])] if "line_lost" in kinds else []
        made += [resolves.cut_off(t, e) for e in kinds.get("cut_off", [])[:1]]
        made += [resolves.reduce(t, kinds["pocket"][:2])] if "pocket" in kinds else []
        if "axis_done" in kinds and len(made) < 2:
            made.append(resolves.new_targets(t, kinds["axis_done"]))
        return made[:3]


class _Months:
    """Gathers the news of peace into months."""

    def __init__(self) -> None:
        self.hour, self.sentences = 0, list[Sentence]()

    def add(self, day: int, news: Sequence[Sentence]) -> list[Day]:
        """Take a day's news; returns the month before if this begins another."""
        hour = day * dates.DAY
        told = self.flush() if dates.iso(hour)[:7] != dates.iso(self.hour)[:7] else []
        if not self.sentences:
            self.hour = hour
        lead = f"on {dates.spoken(hour)}"
        self.sentences += [replace(s, text=relead(lead, s.text) if not i else s.text) for i, s in enumerate(news)]
        return told

    def flush(self) -> list[Day]:
        """The month so far, if it has news."""
        if not self.sentences:
            return []
        month = dates.to_datetime(self.hour)
        title = f"{dates.MONTHS[month.month - 1]} {month.year}"
        told, self.sentences = [Day(self.hour, "month", title, (tuple(self.sentences),))], []
        return told


def _weather_clause(state: str, *, first: bool) -> str:
    if state == "fine":
        return "in fine weather" if first else "under a clearing sky"
    clause = {"rain": "as rain set in", "mud": "with the roads turning to mud", "snow": "in falling snow"}
    return clause.get(state, f"in {state}")
