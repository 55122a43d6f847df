"""The umpire's sheet of a turn: every seat, what is contested, what nobody else knows, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from wargame import dates
from wargame.journal import Entry
from wargame.scenario import Setup
from wargame.show.document import Block, Bullets, Document, Facts, Grid, Heading, Paragraph, Plate
from wargame.show.prose import Names, capped, listing, number, percent, sentence
from wargame.show.retell import Retelling
from wargame.sides import AIR, FIRST_UNIT
from wargame.table.desk import LOST, Desk
from wargame.table.matters import Proposal
from wargame.table.messages import Inject, Message, Rfi
from wargame.table.reports import MAP, span
from wargame.table.rulings import Ruling
from wargame.world import Status, World

MOST_DUE, MOST_FIGHTS, MOST_DRIVERS, MOST_PROPOSALS = 20, 16, 4, 10
"""Pending things, fights, drivers of a proposal and proposals with room to rule that are printed at most."""
STAGES = {"wanted": "wanted", "incapable": "beyond its means", "preparing": "being prepared", "ordered": "ordered"}
"""Stages of a crisis that can still come to something, in words."""

DUE = frozenset(["script", "decision", "operation", "response", "talks"])
"""What is due that an umpire wants to see coming."""

CHECKLIST = (
    "Tell the date, the weather and the public news; hand out the newspaper.",
    "Hand each seat its report and map; look at one of them before (preview) for anything it should not know.",
    "Take messages; carry those that have come; note those that are late, lost or read on the way.",
    "Collect order forms; stamp the time; enter them; send back what is unreadable, not allowed now or ambiguous.",
    "No form from a seat: its standing orders hold and its staff does the rest. Say so.",
    "Close the turn, propose, and read the proposals from the most important down; discuss only those.",
    "Rule: accept, move, replace, roll in the open, or enter what was fought on the table; write down the reason.",
    "Look at precedents of this game before ruling differently.",
    "Fire injects that are due; answer requests for information.",
    "Commit. Print reports and maps. Brief the seats. Note what you learned.",
)


@dataclass(frozen=True)
class Turn:
    """A turn as the umpire has it. ``entries`` are the whole journal; ``seats`` say of each power who plays it.

    ``world`` is the position at the turn's end, ``before`` at its opening; ``desks`` are those of the seats. ``notes``:
    what a ready game tells its umpire, in Markdown.
    """

    setup: Setup
    game: str
    turn: int
    opened: int
    world: World
    before: World
    entries: tuple[Entry, ...]
    desks: tuple[Desk, ...]
    seats: Mapping[str, str] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    injects: tuple[Inject, ...] = ()
    rfis: tuple[Rfi, ...] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""

    @property
    def hour(self) -> int:
        """The hour at which the turn ended."""
        return self.world.hour


def umpire_sheet(turn: Turn) -> Document:
    """Everything on paper that the umpire needs to run the next turn."""
    names = Names(turn.setup.atlas, turn.world.forces)
    blocks: list[Block] = [
        Heading("Every turn"),
        Bullets(CHECKLIST, boxes=True),
        Heading("The seats"),
        _seats(turn, names),
    ]
    blocks += [Plate(MAP, f"Map of the situation as it is, {dates.spoken(turn.hour, year=True)}")]
    blocks += [*_proposals(turn), *_post(turn, names), *_hidden(turn, names), *_fights(turn, names)]
    return Document(
        "Umpire's sheet",
        f"Turn {turn.turn}: {span(turn.opened, turn.hour)}",
        "Umpire only",
        f"{turn.game} · turn {turn.turn} · {dates.spoken(turn.hour, year=True)}",
        blocks=tuple(blocks),
    )


def _seats(turn: Turn, names: Names) -> Grid:
    f, rows = turn.world.forces, []
    for d in turn.desks:
        own = np.flatnonzero(f.power == d.number)
        units = own[(f.status[own] == Status.ACTIVE) & (f.kind[own] >= FIRST_UNIT) & (f.kind[own] != AIR)]
        cut = float(f.men[units[f.cut_off_days[units] > 0]].sum())
        then = turn.before.forces
        lost = sum(
            float(getattr(f, c)[own].sum()) - float(getattr(then, c)[own[own < len(then)]].sum()) for c in LOST[:4]
        )
        war = listing([names.country(p) for p in d.enemies]) or "at peace"
        orders = str(len(d.orders)) + (f" ({len(d.returned)} back)" if d.returned else "")
        rows.append((
            names.country(d.power).removeprefix("the "), turn.seats.get(d.power, ""), war,
            number(float(f.men[units].sum())), number(lost), number(cut), orders, str(len(d.pending)),
        ))  # fmt: skip
    head = ("Seat", "Played by", "At war with", "Men", "Men lost", "Cut off", "Orders", "Decisions")
    return Grid(head, tuple(rows), "lllrrrrr", (1.6, 1.3, 2.4, 1.1, 1, 1, 1, 1))


# --- proposals -------------------------------------------------------------------------------------------------------


def _proposals(turn: Turn) -> list[Block]:
    """The most important matters with room to rule, the others in a table."""
    if not turn.proposals:
        return []
    text = "The most important first. Tick, or write what you rule."
    made: list[Block] = [Heading("What is contested"), Paragraph(text)]
    for k, p in enumerate(turn.proposals[:MOST_PROPOSALS], start=1):
        made += proposal(p, f"{k}. ", turn.rulings.get(p.id), turn.styles.get(p.domain, ""))
    rest = turn.proposals[MOST_PROPOSALS:]
    if rest:
        rows = tuple(
            (str(k), p.about, p.likely, "; ".join(p.conflicts) or "–")
            for k, p in enumerate(rest, start=MOST_PROPOSALS + 1)
        )
        made += [
            Heading("Of less weight", 2),
            Grid(("No.", "Matter", "Likely", "In conflict"), rows, "rlll", (0.4, 3, 3, 2)),
        ]
    return made


def proposal(p: Proposal, mark: str = "", ruled: Ruling | None = None, style: str = "") -> list[Block]:
    """One proposal with room to rule on it."""
    chance = f" ({percent(p.probability)})" if p.probability >= 0 else ""
    rules = [("By the rules", f"{p.rule}{chance}")] if p.rule else []
    pairs = [*rules, ("Likely", p.likely), ("Best", p.best), ("Worst", p.worst)]
    pairs += [("Because", " ".join(sentence(d) for d in p.drivers[:MOST_DRIVERS]))] if p.drivers else []
    pairs += [("In conflict", " ".join(sentence(c) for c in p.conflicts))] if p.conflicts else []
    pairs += [("Precedents", f"entries {listing([str(n) for n in p.precedents])}")] if p.precedents else []
    if p.odds and p.die:
        pairs.append(("Die", f"{' '.join(map(str, p.die))}: under {p.odds:.2f} it comes about"))
    if ruled is not None:
        pairs.append(
            (
                "Ruled",
                f"{ruled.kind.replace('_', ' ')}: {ruled.decided or listing(list(ruled.effects))} ({ruled.reason})",
            )
        )
    else:
        pairs.append(("Ruling", "☐ accept   ☐ other: " + "_" * 62))
    how = f" ({p.domain}{', ' + style if style else ''})"
    return [Heading(f"{mark}{p.about[:1].upper()}{p.about[1:]}{how}", 2), Facts(tuple(pairs))]


# --- post ------------------------------------------------------------------------------------------------------------


def _post(turn: Turn, names: Names) -> list[Block]:
    """Messages not yet arrived, injects still to come, questions without an answer."""
    made: list[Block] = []
    waiting = [m for m in turn.messages if not m.has_come(turn.hour) or m.arrives > turn.opened]
    if waiting:
        rows = tuple((str(m.number), names.country(m.sender), listing([names.country(p) for p in m.to]), m.way,
                      dates.instant(m.arrives)[5:16].replace("T", " "), _fate(m, turn.hour, names), _clip(m.text))
                     for m in waiting)  # fmt: skip
        columns = ("No.", "From", "To", "By", "Due", "State", "Text")
        made += [Heading("Messages"), Grid(columns, rows, "rllllll", (0.5, 1.2, 1.2, 1, 1.2, 1.6, 4))]
    coming = [i for i in turn.injects if not i.fired]
    if coming:
        due = tuple((i.id, _when(i), listing(list(i.to)), _clip(i.text)) for i in coming)
        made += [Heading("Injects to come"), Grid(("Inject", "When", "To", "Text"), due, "", (1.2, 1.6, 1.2, 4))]
    asked = [r for r in turn.rfis if not r.answer]
    if asked:
        open_ = tuple((str(r.number), names.country(r.power), _clip(r.text), "_" * 40) for r in asked)
        head = ("No.", "From", "Question", "Answer")
        made += [Heading("Requests without an answer"), Grid(head, open_, "rlll", (0.5, 1.2, 4, 4))]
    return made


def _when(inject: Inject) -> str:
    if not inject.at:
        return sentence("; ".join(inject.when))
    return f"{dates.spoken(inject.at, year=True)}, {inject.at % dates.DAY:02}:00"


def _fate(m: Message, hour: int, names: Names) -> str:
    state = "lost" if m.lost else "held back" if m.held else "come" if m.arrives <= hour else "under way"
    return state + (f", read by {listing([names.country(p) for p in m.readers])}" if m.readers else "")


def _clip(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


# --- what nobody else knows ------------------------------------------------------------------------------------------


def _hidden(turn: Turn, names: Names) -> list[Block]:
    made: list[Block] = [*_crises(turn, names)]
    soon = [d for d in turn.world.due.values() if d.process in DUE and not _is_over(turn.world, d.subject)]
    if soon:
        told = Retelling(turn.setup)
        rows = tuple((dates.instant(d.hour)[:16].replace("T", " "), d.process.replace("_", " "),
                      names.country(d.power) if d.power else "", _subject(told, d.subject))
                     for d in sorted(soon, key=lambda d: (d.hour, d.phase, d.id))[:MOST_DUE])  # fmt: skip
        made += [Heading("What is due"), Grid(("When", "What", "Whose", "About"), rows, "", (1.4, 1.1, 1.4, 4))]
    return made


def _is_over(world: World, subject: str) -> bool:
    """Whether what is due is about an operation on which nobody has anything left to decide."""
    name = subject.split(":", maxsplit=1)[0]
    crisis, operation = world.polity.crises.get(name), world.operations.get(name)
    begun = operation is not None and operation.stage != "planned"
    return begun or (crisis is not None and crisis.stage in {"launched", "settled"})


def _subject(told: Retelling, subject: str) -> str:
    name = subject.split(":", maxsplit=1)[0]
    if name in told.operations:
        return told.operation(name)
    return told.talks_name(name)


def _crises(turn: Turn, names: Names) -> list[Block]:
    operations = {p.operation.id: p.operation for p in turn.setup.plans if p.operation is not None}
    rows = []
    for c in sorted(turn.world.polity.crises.values(), key=lambda c: (-c.probability, c.operation)):
        if c.stage not in STAGES or c.operation not in operations:
            continue
        o = operations[c.operation]
        helpers = sorted(c.credibility, key=lambda h: (-h[1], h[0]))[:4]
        believed = listing([f"{names.country(p)} {percent(x)}" for p, x in helpers]) or "nobody"
        when = f" for {dates.spoken(c.ordered)}" if c.stage == "ordered" else ""
        rows.append((o.name, names.country(o.power), STAGES[c.stage] + when, percent(c.probability), believed))
    if not rows:
        return []
    head = ("Operation", "Whose", "Stage", "Chance at its last decision", "Who, it thinks, would step in")
    return [Heading("Who wants what"), Grid(head, tuple(rows), "lllrl", (1.8, 1.3, 1.5, 1.2, 3.2))]


def _fights(turn: Turn, names: Names) -> list[Block]:
    """The assaults decided in the turn with the odds they began with, the greatest first."""
    began = {e.n: e for e in turn.entries if e.kind == "engagement_began"}
    ended = [e for e in turn.entries if e.kind == "engagement_ended" and e.hour >= turn.opened and e.because in began]
    told = [e for e in ended if e.data["result"] not in {"lapsed", "withdrawn"}]
    ranked = sorted(told, key=lambda e: (-began[e.because].data["attacking_men"], e.n))[:MOST_FIGHTS]
    rows = []
    for e in ranked:
        b = began[e.because].data
        lost = f"{number(e.data['attacker_killed_wounded'])} / {number(e.data['defender_killed_wounded'])}"
        rows.append((names.town(e.data["province"]), capped([names.plain(x) for x in b["attackers"]], 2),
                     f"{number(b['attacking_men'])} : {number(b['defending_men'])}", percent(b["odds"]),
                     e.data["result"], lost))  # fmt: skip
    if not rows:
        return []
    head = ("At", "Attackers", "Men", "Odds", "Result", "Killed, wounded")
    return [Heading("Fights decided"), Grid(head, tuple(rows), "llrrlr", (1.4, 3.2, 1.6, 1, 1.1, 1.3))]
