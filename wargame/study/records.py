"""What a study keeps of one run: rows for every table that runs fill, from the journal and the World alone."""

from __future__ import annotations

import math
import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wargame import dates, exact
from wargame.atlas import NOBODY
from wargame.dice import Dice
from wargame.engine import Engine, Run
from wargame.journal import Entry
from wargame.load.scenarios import opening_world
from wargame.politics import Government
from wargame.scenario import Setup
from wargame.sides import FIRST_UNIT
from wargame.study import aftermath
from wargame.study.study_file import Question, StudyFile
from wargame.study.tables import FAILURES, PER_RUN, RUNS
from wargame.verdict import losses, operations
from wargame.world import Status, World

Row = dict[str, Any]
Rows = dict[str, list[Row]]
LAUNCHED = ("launched_succeeded", "launched_failed")
STRIDE = 10 * dates.DAY
"""Hours from one look to the next at whether everything asked is settled."""
PLACES = 6
"""Decimals of a share or quantity: enough to count with, too few to show the last bits of a sum."""
CHAIN = (
    *("operation_ended", "army_broken", "operation_launched", "war_declared", "war_joined", "crisis_moved"),
    *("treaty_signed", "treaty_ended", "government_formed", "contest_held", "leader_died", "economy_broke"),
    *("dealings_changed", "header"),
)
"""Kinds of entry that the short chain of causes names."""
MARKS = {
    "operation_ended": "outcome", "crisis_moved": "stage", "government_formed": "power", "contest_held": "power",
    "treaty_signed": "treaty", "treaty_ended": "treaty", "leader_died": "leader", "war_declared": "war",
    "war_joined": "power", "economy_broke": "power", "dealings_changed": "power",
}  # fmt: skip
"""What marks an entry of a kind in that chain."""


@dataclass(frozen=True)
class Moment:
    """The state on one of the study's days: who held what, and the rows of the table powers."""

    hour: int
    controller: NDArray[np.int64]
    powers: dict[str, Row]


def play(setup: Setup, seed: int, file: StudyFile) -> Rows:
    """Play a run to its end, or until nothing asked is open any more, and return its rows by table."""
    opening, ends = setup.scenario.scenario.opening, setup.scenario.scenario.ends
    game = Engine(setup, opening_world(setup, seed), level="events")
    first = dict(game.world.polity.governments)
    if file.study.until == "settled":
        return _Record(until_settled(game, file.questions), first, []).rows(file)
    wanted = {*file.study.dates, *(d for q in file.questions for d in q.days)}
    moments = []
    for hour in sorted(h for h in wanted if opening <= h < ends):
        game.run(until=hour)
        moments.append(_moment(setup, game.world, hour))
    run = game.run()
    moments.append(_moment(setup, run.world, run.world.hour))
    return _Record(run, first, moments).rows(file)


def until_settled(game: Engine, questions: Sequence[Question]) -> Run:
    """Play a run until nothing asked is open any more, looked at every `STRIDE`, or to its end."""
    head = game.setup.scenario.scenario
    for hour in range(head.opening + STRIDE, head.ends, STRIDE):
        run = game.run(until=hour)
        if all(_settled(run.world, q) for q in questions):
            return run
    return game.run()


def _settled(world: World, question: Question) -> bool:
    """Whether a question is answered for good: the war has come, or the operation was launched and has ended."""
    if question.war:
        one, other = question.war
        fronts = [(set(w.attackers), set(w.defenders)) for w in world.wars.values()]
        return any((one in a and other in b) or (one in b and other in a) for a, b in fronts)
    state = world.operations[question.operation]
    too_late = question.by is not None and world.hour > question.by and not state.began
    return too_late or state.stage == "ended"


def failed(error: BaseException, told: str = "") -> Rows:
    """The rows of a run that ended in an error; ``told``: what is known instead of a traceback."""
    rows: Rows = {t.name: [] for t in PER_RUN}
    rows[RUNS.name] = [{"status": "failed"}]
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    rows[FAILURES.name] = [{"error": text, "traceback": told or _trace(error)}]
    return rows


def _trace(error: BaseException) -> str:
    """The calls that led to an error and to what caused it, without the paths of this machine."""
    lines = []
    chain = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    for e in reversed(chain):
        lines += [
            f"{_short(f.filename)} line {f.lineno} in {f.name}: {f.line}" for f in traceback.extract_tb(e.__traceback__)
        ]
        lines.append(f"{type(e).__name__}: {e}")
    return "\n".join(lines)


def _short(path: str) -> str:
    parts = Path(path).parts
    known = [i for i, p in enumerate(parts) if p in {"wargame", "site-packages", "tests"}]
    return "/".join(parts[known[-1] :] if known else parts[-1:])


def _moment(setup: Setup, world: World, hour: int) -> Moment:
    """The state of every power in play at an hour."""
    atlas, forces, polity = setup.atlas, world.forces, world.polity
    field = (forces.status == Status.ACTIVE) & (forces.arrives <= world.hour)
    units = field & (forces.kind >= FIRST_UNIT)
    names = {p.id for p in setup.scenario.powers} | {*polity.governments}
    found = {}
    for power in sorted(names):
        number = atlas.power_number.get(power, NOBODY - 1)
        mine, held = forces.power == number, world.controller == number
        government, economy = polity.governments.get(power), polity.economies.get(power)
        standing = world.powers.get(power)
        found[power] = {
            "day": dates.iso(hour),
            "power": power,
            "head": government.head if government else None,
            "regime": government.regime if government else None,
            "standing": standing.standing if standing else None,
            "provinces": int(held.sum()),
            "people": _round(math.fsum(atlas.population_k[held].tolist())),
            "men": round(math.fsum(forces.men[mine & field].tolist())),
            "formations": int((mine & units).sum()),
            "economy_year": economy.year if economy else None,
            **{n: _round(getattr(economy, n)) if economy else None for n in ("gdp", "steel", "strain", "lives_lost")},
            "faction": government.faction if government else None,
        }
    return Moment(hour, world.controller.copy(), found)


def _round(value: float) -> float:
    return round(float(value), PLACES)


class _Record:
    """A finished run, asked for the rows of every table."""

    def __init__(self, run: Run, first: Mapping[str, Government], moments: Sequence[Moment]) -> None:
        self.run, self.setup, self.world, self.journal = run, run.setup, run.world, run.journal
        self.first, self.moments = first, moments
        self.opening = run.setup.scenario.scenario.opening
        self.begun = self.setup.atlas.controllers_on(self.opening)

    def rows(self, file: StudyFile) -> Rows:
        """Every table's rows."""
        found: Rows = {t.name: [] for t in PER_RUN}
        asked = {q.operation for q in file.questions} if file.study.until == "settled" else None
        found["operations"] = self.operations(asked)
        found["decisions"] = self.decisions()
        found["wars"] = self.wars()
        if self.moments:  # a run that ended when all was settled has no last day to compare with another's
            found["losses"] = [
                {"power": p, **n} for p, n in losses(self.setup.atlas, self.world).items() if any(n.values())
            ]
        found["leaders"] = self.leaders()
        found["treaties"] = self.treaties()
        found["powers"] = [
            {k: v for k, v in r.items() if k != "faction"} for m in self.moments for r in m.powers.values()
        ]
        found["control"] = [row for m in self.moments for row in self.control(m)]
        found["runs"] = [self.summary(found)]
        found["answers"] = [{"question": q.id, "value": self.answer(q, found)} for q in file.questions]
        return found

    def summary(self, found: Rows) -> Row:
        """The row of the table runs."""
        launched = [o for o in found["operations"] if o["launched"]]
        sought = [o for o in found["operations"] if not o["launched"] and o["outcome"] != "never_sought"]
        path = [
            *sorted(launched, key=lambda o: (o["launch_day"], o["operation"])),
            *sorted(sought, key=lambda o: o["operation"]),
        ]
        return {
            "status": "ok",
            "opening": dates.iso(self.opening),
            "ended": dates.iso(self.world.hour),
            "ending": "war" if any(w["ceased"] is None for w in found["wars"]) else "peace",
            "launched": len(launched),
            "wars": len(found["wars"]),
            "path": "|".join(f"{o['operation']}:{o['outcome']}" for o in path),
            "entries": self.journal.length,
            "journal_hash": self.journal.head,
        }

    def operations(self, asked: Collection[str] | None) -> list[Row]:
        """Operations that were open at the opening, in the order of the plans; all if ``asked`` is `None`."""
        chances = self.chances()
        rows = []
        for name, o in operations(self.setup, self.world, self.journal, told=False).items():
            state = self.world.operations[name]
            if (state.began and state.began < self.opening) or (asked is not None and name not in asked):
                continue
            crisis = self.world.polity.crises.get(name)
            p = chances.get(name, [])
            rows.append(
                {
                    "operation": name,
                    "power": o["power"],
                    "target": o["target"],
                    "outcome": o["outcome"],
                    "launched": o["began"],
                    "launch_day": (state.began - self.opening) // dates.DAY if state.began else None,
                    "decided": o["decided"],
                    "ended": o["date"],
                    "refusals": crisis.refusals if crisis else 0,
                    "p_first": p[0] if p else None,
                    "p_most": max(p) if p else None,
                    "p_last": p[-1] if p else None,
                    "reasons": "; ".join(o["reasons"]),
                    "causes": self.chain(state.entry),
                }
            )
        return rows

    def chances(self) -> dict[str, list[float]]:
        """P(launch) of each operation at its decision points, in order."""
        found: dict[str, list[float]] = {}
        for e in self.journal.of_kind("crisis_moved"):
            if e.data["stage"] not in {"incapable", "launched", "settled", "lapsed"}:
                found.setdefault(e.data["operation"], []).append(_round(e.data["probability"]))
        return found

    def chain(self, n: int) -> str:
        """The chain of causes of an entry in short."""
        if n <= 0:
            return ""
        found = [_step(e) for e in self.journal.causes(n) if e.kind in CHAIN]
        return " <- ".join(s for i, s in enumerate(found) if i == 0 or s != found[i - 1])

    def decisions(self) -> list[Row]:
        """Every step of every crisis."""
        return [
            {
                "operation": e.data["operation"],
                "day": dates.iso(e.hour),
                "stage": e.data["stage"],
                "probability": _round(e.data["probability"]),
                "refusals": e.data["refusals"],
                "credibility": "|".join(
                    f"{p}:{c:g}" for p, c in zip(e.data["interveners"], e.data["credibility"], strict=True)
                ),
            }
            for e in self.journal.of_kind("crisis_moved")
        ]

    def wars(self) -> list[Row]:
        """Wars by their beginning, with all who ever fought on each side."""
        ceased = {e.data["war"]: dates.iso(e.hour) for e in self.journal.of_kind("hostilities_ceased")}
        rows: dict[str, Row] = {}
        sides: dict[str, dict[str, list[str]]] = {}
        for e in self.journal.of_kind("war_declared"):
            name = e.data["war"]
            sides[name] = {k: list(e.data[k]) for k in ("attackers", "defenders")}
            rows[name] = {"war": name, "began": dates.iso(e.hour), "ceased": ceased.get(name)}
        for e in self.journal.of_kind("war_joined"):
            if e.data["war"] in sides:
                sides[e.data["war"]][e.data["on"]].append(e.data["power"])
        return [row | {k: "|".join(dict.fromkeys(sides[n][k])) for k in sides[n]} for n, row in rows.items()]

    def leaders(self) -> list[Row]:
        """Governments in office at the opening by power, then those formed under another head or regime, by day."""
        now = {p: (g.head, g.regime) for p, g in self.first.items()}
        rows = [self.leader(self.opening, vars_of(g), contest=False) for _, g in sorted(self.first.items())]
        for e in self.journal.of_kind("government_formed"):
            same = (e.data["head"], e.data["regime"])
            if now.get(e.data["power"]) != same:
                now[e.data["power"]] = same
                rows.append(self.leader(e.hour, e.data, contest=self.by_contest(e)))
        return rows

    def by_contest(self, e: Entry) -> bool:
        """Whether a government came of a contest."""
        return e.because > 0 and self.journal[e.because].kind == "contest_held"

    def leader(self, hour: int, data: Mapping[str, Any], *, contest: bool) -> Row:
        """One row of the table leaders."""
        rules = self.setup.rulebook.deterrence
        luck = Dice(self.run.seed).normal("long_war", data["head"])  # as `wargame.weighing.weigh` draws it
        return {
            **{n: data[n] for n in ("power", "head", "regime", "faction", "grip")},
            "formed": dates.iso(hour),
            "contest": contest,
            "long_war_fear": _round(rules.long_war_aversion * exact.exp1(rules.long_war_spread * luck)),
        }

    def treaties(self) -> list[Row]:
        """Clauses signed or ended since the opening, by what happened first."""
        rows: dict[str, Row] = {}
        old = self.world.polity.treaties
        for e in self.journal.of_kind("treaty_signed", "treaty_ended"):
            name = e.data["treaty"]
            if e.kind == "treaty_signed":
                signed = {"kind": e.data["form"], "parties": "|".join(e.data["parties"]), "signed": dates.iso(e.hour)}
                rows[name] = {"treaty": name, **signed, "ended": None}
            elif name in rows or name in old:
                t = old.get(name)
                known = {"kind": str(t.kind), "parties": "|".join(t.parties), "signed": dates.iso(t.began)} if t else {}
                rows[name] = {"treaty": name, **known, **rows.get(name, {}), "ended": dates.iso(e.hour)}
        return list(rows.values())

    def control(self, moment: Moment) -> list[Row]:
        """Provinces that have another holder than at the opening."""
        atlas = self.setup.atlas
        changed = np.flatnonzero(moment.controller != self.begun).tolist()
        holders = [int(moment.controller[p]) for p in changed]
        codes = ["" if h == NOBODY else atlas.powers[h] for h in holders]
        day = dates.iso(moment.hour)
        return [{"day": day, "province": atlas.ids[p], "controller": c} for p, c in zip(changed, codes, strict=True)]

    # --- answers ---

    def answer(self, question: Question, found: Rows) -> float | None:
        """The number that answers a question; `None` where there is none."""
        if question.operation:
            return _of_operation(
                question, next((o for o in found["operations"] if o["operation"] == question.operation), None)
            )
        if question.war:
            return float(any(_fought(w, *question.war) for w in found["wars"]))
        if question.losses:
            power, _, kind = question.losses.partition(".")
            return float(next((r[kind] for r in found["losses"] if r["power"] == power), 0))
        if question.state:
            power, _, column = question.state.partition(".")
            value = self.on(question.on).powers.get(power, {}).get(column)
            return None if value is None else float(value)
        if question.leader is not None:
            row = self.on(question.leader.on).powers.get(question.leader.power, {})
            wanted = {k: getattr(question.leader, k) for k in ("head", "regime", "faction")}
            return float(all(row.get(k) == v for k, v in wanted.items() if v))
        if question.long_run is not None:
            asked = question.long_run
            return aftermath.chance(self.world, self.setup.rulebook, self.run.seed, asked.power, asked.year, asked.of)
        assert question.held is not None
        place = self.setup.atlas.number[question.held.province]
        holder = int(self.on(question.held.on).controller[place])
        return float(holder == self.setup.atlas.power_number.get(question.held.power))

    def on(self, hour: int | None) -> Moment:
        """The state on one of the study's days; the last one for `None` or a day the run did not reach."""
        return next((m for m in self.moments if m.hour == hour), self.moments[-1])


def vars_of(government: Government) -> Row:
    """The fields of a government that a row needs."""
    return {n: getattr(government, n) for n in ("power", "head", "regime", "faction", "grip")}


def _step(e: Entry) -> str:
    """An entry as a link of the short chain: its kind, what marks it, its day."""
    d, mark = e.data, MARKS.get(e.kind)
    return f"{e.kind}{f':{d[mark]}' if mark else ''} {dates.iso(e.hour)}"


def _of_operation(question: Question, row: Row | None) -> float | None:
    if row is None:  # decided before the opening
        return None
    if question.measure != "share":
        return None if row[question.measure] is None else float(row[question.measure])
    in_time = question.by is None or (row["launched"] is not None and dates.parse(row["launched"]) <= question.by)
    return float(row["outcome"] in question.outcomes and in_time)


def _fought(war: Row, one: str, other: str) -> bool:
    sides = [set(war[k].split("|")) for k in ("attackers", "defenders")]
    return any(one in a and other in b for a, b in (sides, sides[::-1]))
