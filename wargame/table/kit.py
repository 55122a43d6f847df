"""The print kit of a turn: what a table needs on paper, a folder for each seat and one for the umpire.

A seat's folder holds nothing but what is made of its `Desk`: its map, counters, briefing with secret objectives, and
forms. The same turn gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from wargame import dates
from wargame.show import forms, paper
from wargame.show.counters import Counter, draw_counters
from wargame.show.document import Block, Bullets, Document, Grid, Heading, from_markdown
from wargame.show.ground import Ground
from wargame.show.prose import count, number
from wargame.show.tokens import BEHIND, brief, code_of, of_command, places
from wargame.table.briefing import briefing, examples
from wargame.table.desk import Desk
from wargame.table.messages import ways
from wargame.table.press import Press, press, spread
from wargame.table.reports import span
from wargame.table.turn import turn_end
from wargame.table.umpire_sheet import CHECKLIST, Turn, umpire_sheet
from wargame.world import KINDS

CounterLevel = Literal["auto", "divisions", "corps", "armies"]
MOST_DIVISIONS, MOST_CORPS = 140, 140
"""Counters of a seat up to which ``auto`` gives every division, or every corps, one of its own."""
MOST_TURNS = 84
"""Turns on the track at most: two pages of it."""
PACKING = (
    "Print at full size (100 %, no fitting to the page).",
    "Counters: on both sides, turned over the long edge, on card; cut along the marks.",
    "Map: A3 or A4 as chosen; the scale bar is right at full size.",
    "Order, message and request forms: several copies of each a turn.",
    "Hand each seat its own folder and no other.",
)


@dataclass(frozen=True)
class Plan:
    """How a kit is to be: the maps' paper, how counters are gathered, and the turns on the track.

    ``track``: number and days of each turn from the first on; ``now``: which of them is to be played.
    """

    paper: str = "a4"
    counters: CounterLevel = "auto"
    track: tuple[tuple[str, str], ...] = ()
    now: int = 0


def turns_from(opened: int, length: Callable[[int], str], ends: int, first: int = 1) -> list[tuple[str, str]]:
    """Number and days of the turns from an hour on to the end of a scenario, at most as many as two tracks hold.

    ``length``: of a turn that begins at an hour. Turns "until something happens" are shown as weeks, since nobody knows
    their end.
    """
    found: list[tuple[str, str]] = []
    while opened < ends and len(found) < MOST_TURNS:
        of = length(opened)
        end = turn_end(opened, "week" if of == "event" else of, ends)
        found.append((str(first + len(found)), span(opened, end)))
        opened = end
    return found


def print_kit(turn: Turn, ground: Ground, out: Path, plan: Plan, *, workers: int = 1) -> list[Path]:
    """Write the kit of a turn into a folder, on several processes if asked; returns the files in order."""
    seats = [d.power for d in turn.desks]
    with press(turn.setup, ground, turn.world, seats) as at:
        at.lay([*seats, ""], plan.paper)

        def write(k: int) -> list[Path]:
            if k == len(turn.desks):
                return umpire_kit(turn, at, out / "umpire", plan)
            desk = turn.desks[k]
            return seat_kit(desk, at, ground, out / desk.power, plan, seats)

        return spread(write, len(turn.desks) + 1, workers)


def seat_kit(desk: Desk, at: Press, ground: Ground, out: Path, plan: Plan, seats: Sequence[str]) -> list[Path]:
    """Everything for one seat. ``seats``: to whom it can write messages."""
    title, foot = desk.setup.scenario.scenario.title, desk.foot
    head = forms.Head(desk.game, desk.short_name(desk.power), _turn_words(desk, plan), desk.dark)
    plates = at.plate(desk.seen, title=title, subtitle=f"As known to {desk.country}", power=desk.power, size=plan.paper)
    others = [desk.short_name(p) for p in seats if p != desk.power]
    made = counters(desk, ground, plan.counters)
    return [
        paper.write(briefing(desk), out / "briefing.pdf"),
        paper.write_plate(
            out / f"map_{plan.paper}.pdf", plates, title=title, foot=f"Secret: for {desk.country} only · {foot}"
        ),
        draw_counters(out / "counters.pdf", made, title=f"Counters of {desk.country}", foot=foot),
        forms.order_form(out / "orders.pdf", head, examples(desk)),
        forms.message_forms(out / "messages.pdf", head, others, [w.name for w in ways().values()]),
        forms.rfi_forms(out / "requests.pdf", head),
    ]


def umpire_kit(turn: Turn, at: Press, out: Path, plan: Plan) -> list[Path]:
    """The umpire's part: sheet with the true map, forms for rulings, tent cards, turn track."""
    title = turn.setup.scenario.scenario.title
    head = forms.Head(turn.game, "", f"Turn {turn.turn + 1}")
    plates = at.plate(turn.world, title=title, subtitle="As it is: umpire only", size=plan.paper)
    cards = [(d.short_name(d.power), turn.game, d.dark) for d in turn.desks]
    return [
        paper.write(umpire_sheet(turn), out / "sheet.pdf"),
        paper.write_plate(out / f"map_{plan.paper}.pdf", plates, title=title, foot=f"Umpire only · {turn.game}"),
        forms.ruling_forms(out / "rulings.pdf", head),
        forms.tent_cards(out / "tent_cards.pdf", cards),
        forms.turn_track(out / "turn_track.pdf", turn.game, plan.track, plan.now),
        paper.write(packing_list(turn, plan), out / "packing_list.pdf"),
        *([paper.write(_notes(turn), out / "notes.pdf")] if turn.notes else []),
    ]


def _notes(turn: Turn) -> Document:
    """The notes of a ready game for its umpire."""
    foot = f"{turn.game} · turn {turn.turn}"
    return Document("Notes for the umpire", turn.game, "Umpire only", foot, blocks=from_markdown(turn.notes))


def packing_list(turn: Turn, plan: Plan) -> Document:
    """What the kit holds and how to print it."""
    rows = [
        ("briefing.pdf", "each seat", "one a player", "what it is, wants and has; secret"),
        (f"map_{plan.paper}.pdf", "each seat, umpire", "one", f"situation as known, {plan.paper.upper()}"),
        ("counters.pdf", "each seat", "one, on card, both sides", "its formations"),
        ("orders.pdf", "each seat", "one a turn", "order form"),
        ("messages.pdf", "each seat", "five a turn", "two messages a sheet"),
        ("requests.pdf", "each seat", "two a turn", "two questions to the umpire a sheet"),
        ("sheet.pdf", "umpire", "one", "seats, what is contested, hidden things"),
        ("rulings.pdf", "umpire", "as needed", "two matters a sheet"),
        ("tent_cards.pdf", "umpire", "one, on card", "to fold and stand before the seats"),
        ("turn_track.pdf", "umpire", "one", "a pawn marks the turn"),
        *([("notes.pdf", "umpire", "one", "how to run this game")] if turn.notes else []),
    ]
    blocks: tuple[Block, ...] = (
        Heading("Before printing"), Bullets(PACKING, boxes=True),
        Heading("What is in it"), Grid(("File", "For", "Copies", "What"), tuple(rows), "", (1.4, 1.3, 1.5, 3)),
        Heading("Every turn"), Bullets(CHECKLIST, boxes=True),
    )  # fmt: skip
    foot = f"{turn.game} · turn {turn.turn}"
    return Document(
        "Print kit", f"{turn.game}: {dates.spoken(turn.hour, year=True)}", "Umpire only", foot, blocks=blocks
    )


def _turn_words(desk: Desk, plan: Plan) -> str:
    number, days = plan.track[plan.now] if plan.now < len(plan.track) else (str(desk.turn + 1), "")
    return f"Turn {number}: {days}" if days else f"Turn {number}"


# --- counters --------------------------------------------------------------------------------------------------------


def counters(desk: Desk, ground: Ground, level: CounterLevel = "auto") -> list[Counter]:
    """A seat's counters: its troops gathered to a level, its armies' headquarters, its air fleets."""
    groups = _groups(desk, level)
    at = places(desk.seen, desk.setup.atlas, ground)
    made = [_troops(desk, hq, rows, at) for hq, rows in groups]
    return [*made, *(_staff(desk, hq) for hq in _staffs(desk, groups)), *_fleets(desk)]


def _groups(desk: Desk, level: CounterLevel) -> list[tuple[int, list[int]]]:
    """Rows under one counter with the row of their headquarters, -1 for a formation by itself."""
    if level == "auto":
        level = "divisions" if len(desk.units) <= MOST_DIVISIONS else "corps"
        if level == "corps" and len(_gathered(desk, ("corps", "group"))) > MOST_CORPS:
            level = "armies"
    kinds = {"divisions": (), "corps": ("corps", "group"), "armies": ("army", "corps", "group")}[level]
    return _gathered(desk, kinds)


def _gathered(desk: Desk, kinds: Sequence[str]) -> list[tuple[int, list[int]]]:
    f = desk.seen.forces
    groups: dict[tuple[int, int], list[int]] = {}
    for row in desk.units.tolist():
        above = [r for r in f.chain(row)[1:] if KINDS[int(f.kind[r])] in kinds]
        armies = [r for r in above if KINDS[int(f.kind[r])] == "army"]
        hq = (armies or above or [-1])[0]
        groups.setdefault((hq, -1 if hq >= 0 else row), []).append(row)
    return [(hq, rows) for (hq, _), rows in sorted(groups.items(), key=lambda g: (_army_of(desk, g[1][0]), g[1][0]))]


def _troops(desk: Desk, hq: int, rows: list[int], at: Any) -> Counter:
    f = desk.seen.forces
    members, lead = np.array(rows, dtype=np.int64), hq if hq >= 0 else rows[0]
    sidc = of_command(f, hq, rows, at).sidc if hq >= 0 else code_of(f, lead)
    men = float(f.men[members].sum())
    quality = float((f.quality[members] * f.men[members]).sum()) / max(men, 1.0)
    arms = [(name, float(column[members].sum())) for name, column in (("guns", f.guns), ("tanks", f.tanks))]
    told = [f"{number(men)} men", *(f"{number(n)} {name}" for name, n in arms if n >= 1)]
    lines = [desk.names.plain(f.ids[lead]), *_army_line(desk, lead)]
    lines += [f"{count(len(rows), 'unit')}" for _ in range(len(rows) > 1)]
    lines += [desk.set_up(members), ", ".join(told)]
    return Counter(
        sidc, KINDS[int(f.kind[lead])], desk.colour, brief(f.shorts[lead]), _army_of(desk, lead), f"{men / 1000:.1f}",
        f"{round(100 * quality)}", tuple(lines),
    )  # fmt: skip


def _army_of(desk: Desk, row: int) -> str:
    f = desk.seen.forces
    above = [r for r in f.chain(row)[1:] if KINDS[int(f.kind[r])] in {"army", "group"}]
    return f.shorts[above[0]] if above else ""


def _army_line(desk: Desk, row: int) -> list[str]:
    f = desk.seen.forces
    above = f.chain(row)[1:2]
    return [f"under {desk.names.plain(f.ids[above[0]])}"] if above else []


def _staffs(desk: Desk, groups: Iterable[tuple[int, list[int]]]) -> list[int]:
    """Rows of the headquarters of armies and army groups over its troops that have no counter as troops."""
    f = desk.seen.forces
    shown = {hq for hq, _ in groups}
    found: dict[int, None] = {}
    for row in desk.units.tolist():
        for r in f.chain(row)[1:]:
            if KINDS[int(f.kind[r])] in {"army", "army_group"} and r not in shown:
                found[r] = None
    return sorted(found)


def _staff(desk: Desk, row: int) -> Counter:
    f = desk.seen.forces
    town = desk.setup.atlas.names[int(f.province[row])]
    lines = (desk.names.plain(f.ids[row]), "headquarters", f"at {town}")
    kind = KINDS[int(f.kind[row])]
    return Counter(code_of(f, row), kind, desk.colour, brief(f.shorts[row]), "", "HQ", "", lines)


def _fleets(desk: Desk) -> list[Counter]:
    f = desk.seen.forces
    air = np.flatnonzero((f.power == desk.number) & (f.kind == KINDS.index(BEHIND[0])) & (f.aircraft >= 1))
    return [
        Counter(code_of(f, r), BEHIND[0], desk.colour, brief(f.shorts[r]), "", number(float(f.aircraft[r])), "",
                (desk.names.plain(f.ids[r]), f"at {desk.setup.atlas.names[int(f.province[r])]}",
                 f"{number(float(f.aircraft[r]))} aircraft"))
        for r in air.tolist()
    ]  # fmt: skip
