"""The decisions on which the deterrence chapter was fitted by hand, and what the political tables make of them.

``python -m tests.rules.decisions`` writes the two tables of ``docs/rulebook/deterrence.md`` anew.
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from wargame import dates, weighing
from wargame.load import politics
from wargame.load.tables import Reader
from wargame.politics import Polity, Standing, Tables
from wargame.rulebook import Rulebook
from wargame.rules import deterrence
from wargame.rules.deterrence import Balance, Intervener, Stakes, Weighing

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
PAGE = ROOT / "docs" / "rulebook" / "deterrence.md"
TABLES = ROOT / "scenarios" / "politics" / "europe"
AVERSION = 0.6
"""The fear of a long war with which they were fitted."""


@dataclass(frozen=True)
class Decision:
    """One decision as coded by hand; ``probability`` is what the first prototype made of it."""

    id: str
    title: str
    happened: str  # yes, no, deal, imagined
    probability: float
    balance: Balance
    stakes: Stakes
    interveners: tuple[Intervener, ...]
    before: dict[str, float]  # credibility when it was ordered
    slack_days: float
    hour: int
    target: str

    def weighed(self, book: Rulebook) -> Weighing:
        """The decision by the rulebook, second thoughts included."""
        calm = deterrence.weigh(self.balance, self.interveners, self.stakes, book, aversion=AVERSION)
        d = book.deterrence
        rises = [calm.credibility[name] - p for name, p in self.before.items()]
        if self.slack_days < d.slack_days or not any(r >= d.jump for r in rises):
            return calm
        return deterrence.weigh(self.balance, self.interveners, self.stakes, book, aversion=AVERSION, rising=True)


def decisions() -> tuple[Decision, ...]:
    """All of them, in the order of the file."""
    return tuple(_decision(row, [r for r in _rows("decision_interveners") if r["decision"] == row["id"]])
                 for row in _rows("decisions"))  # fmt: skip


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _decision(row: dict[str, str], who: list[dict[str, str]]) -> Decision:
    n = {k: float(v) for k, v in row.items() if k not in {"id", "date", "target_power", "title", "happened"}}
    return Decision(
        row["id"], row["title"], row["happened"], n["probability"],
        Balance(n["strike"], n["cover"], n["target"]),
        Stakes(n["value"], n["loss"], n["waiting"], n["settlement"], potential=n["potential"]),
        tuple(_intervener(r) for r in who), {r["power"]: float(r["before"]) for r in who if r["before"]},
        n["slack_days"], dates.parse(row["date"]) if row["date"] else 0, row["target_power"],
    )  # fmt: skip


def _intervener(r: dict[str, str]) -> Intervener:
    said: dict[str, Any] = {k: float(r[k]) for k in SAID}
    return Intervener(
        r["power"], **said, at_war=r["at_war"] == "1", first=r["first"], force=float(r["force"]),
        days=float(r["days"]), beside_target=r["beside_target"] == "1", potential=float(r["potential"]),
    )  # fmt: skip


SAID = ("treaty", "interest", "backdowns", "signal", "paralysis", "neutral")


# --- what the tables say on the same day -----------------------------------------------------------------------------


def tables() -> Tables:
    """The political tables of Europe; raises `InputError` for a fault in them."""
    reader = Reader()
    found = politics.read_tables(reader, TABLES)
    reader.check()
    return found


def from_tables(decision: Decision, found: Tables, book: Rulebook) -> dict[str, Intervener]:
    """The same interveners as the tables have them an hour before, with the signals as coded by hand."""
    polity = politics.polity_at(found, decision.hour - 1, book)
    house: Any = SimpleNamespace(rulebook=book)
    world: Any = SimpleNamespace(polity=polity, hour=decision.hour - 1, wars={}, powers={}, flags={})
    seen = weighing.interveners(house, world, "GER", decision.target)
    signals = {j.power: j.signal for j in decision.interveners}
    named = [seen.get(n) or (_own(n, polity, decision.hour, book) if n == decision.target else Intervener(n))
             for n in signals]  # fmt: skip
    return {j.power: replace(j, signal=signals[j.power]) for j in named}


def _own(power: str, polity: Polity, hour: int, book: Rulebook) -> Intervener:
    """A power in its own cause."""
    word = polity.standing.get(power, Standing()).at(hour, book.reputation.half_life_years)
    own = book.reputation.own_cause
    return Intervener(power, 2.0, own, word.backdowns, paralysis=polity.governments[power].paralysis)


def weighed_from_tables(decision: Decision, found: Tables, book: Rulebook) -> Weighing:
    """The decision with what the tables say of its interveners; forces and stakes stay as coded by hand."""
    said = from_tables(decision, found, book)
    who = tuple(
        replace(said[j.power], force=j.force, days=j.days, beside_target=j.beside_target, potential=j.potential,
                at_war=j.at_war)
        for j in decision.interveners
    )  # fmt: skip
    return replace(decision, interveners=who).weighed(book)


# --- the page ---------------------------------------------------------------------------------------------------------


def fitted_table(book: Rulebook) -> str:
    """Every decision with what happened, P(launch) and the chance of victory as the leader saw it."""
    lines = ["| decision | happened | P(launch) | victory, leader | victory, staff |", "|---|---|---:|---:|---:|"]
    for d in decisions():
        w = d.weighed(book)
        lines.append(f"| {d.title} | {d.happened} | {w.launch:.2f} | {w.win:.2f} | {w.staff_win:.2f} |")
    return "\n".join(lines) + "\n"


def tables_table(book: Rulebook) -> str:
    """Where the political tables differ from the inputs coded by hand: each input that is off by a tenth or more."""
    lines = [
        "| decision | power | credibility by hand | by the tables | inputs that differ (by hand, by the tables) |",
        "|---|---|---:|---:|---|",
    ]
    found = tables()
    for d in decisions():
        if not d.hour or not d.interveners or any(j.at_war for j in d.interveners):
            continue
        said = from_tables(d, found, book)
        mine = deterrence.credibility(d.interveners, book, book.deterrence.leader_bias)
        theirs = deterrence.credibility([said[j.power] for j in d.interveners], book, book.deterrence.leader_bias)
        for j, p, q in zip(d.interveners, mine, theirs, strict=True):
            off = [
                f"{name} {getattr(j, name):.2f}, {getattr(said[j.power], name):.2f}"
                for name in ("treaty", "interest", "backdowns", "paralysis", "neutral")
                if abs(getattr(j, name) - getattr(said[j.power], name)) >= 0.1
            ]
            lines.append(f"| {d.title} | {j.power} | {p:.2f} | {q:.2f} | {'; '.join(off)} |")
    return "\n".join(lines) + "\n"


MARKED = re.compile(r"(<!-- (?P<what>fitted|from tables) -->\n)(?P<table>.*?)(<!-- end -->)", re.DOTALL)


def renewed(text: str, book: Rulebook) -> str:
    """The page with both tables as they are today."""
    made = {"fitted": fitted_table, "from tables": tables_table}
    return MARKED.sub(lambda m: m[1] + made[m["what"]](book) + m[4], text)


def main() -> None:
    """Write the page's tables anew."""
    old = PAGE.read_text(encoding="utf-8")
    new = renewed(old, Rulebook.load("standard"))
    if new != old:
        PAGE.write_text(new, encoding="utf-8")
        sys.stdout.write(f"{PAGE.name}: tables renewed\n")


if __name__ == "__main__":
    main()
