"""The table of orders in docs/orders.md follows the forms; ``python -m tests.table.orders_page`` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from wargame.table.forms import FORMS, QUESTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "orders.md"
TITLES = {"political": "Political orders", "military": "Military orders", "standing": "Standing orders",
          "free": "Orders for the umpire"}  # fmt: skip
MARKED = re.compile(r"(<!-- forms: (?P<kind>[a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
ASKED = {
    "intervene": "a power is attacked: do we join its war? (about whom)",
    "resist": "troops march into our land, or into a right of ours: do we fight?",
    "crisis": "somebody has ordered an attack on a friend: `mobilise`, `settle` (at the friend's cost), or no",
    "transit": "somebody wants to pass through our land",
    "sign": "talks go on, or an offer is on the table: do we sign?",
    "concede": "land is demanded of us",
    "peace": "the enemy would end the war where the armies stand",
    "armistice": "our army is broken: do we ask for an armistice and leave the war?",
    "withdraw": "a line is lost, or the whole front gives way: do we fall back?",
    "breakout": "a headquarters is cut off: yes is to break out, no is to stand",
    "counter_attack": "a weaker enemy stands on our soil beside one of our headquarters",
    "advance": "a headquarters has reached the end of its axis: does it go on to another?",
    "pocket": "an enemy is surrounded: do we turn somebody against him?",
    "cross_border": "the army is beaten: does it go into a neutral country?",
}


def table(kind: str) -> str:
    """The rows of one kind of order, or of the questions, as Markdown."""
    if kind == "questions":
        rows = [f"| `{q}` | {ASKED[q]} |" for q in QUESTIONS]
        return "\n".join(["| answer | when it is asked |", "|---|---|", *rows]) + "\n"
    rows = [f"| `{f.example}` | {f.does} |" for f in FORMS.values() if f.kind == kind]
    return "\n".join(["| write | and |", "|---|---|", *rows]) + "\n"


def renewed(text: str) -> str:
    """The page with today's tables."""
    return MARKED.sub(lambda m: m.group(1) + table(m.group("kind")) + m.group(3), text)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
