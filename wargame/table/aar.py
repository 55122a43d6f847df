"""The after-action report: what happened, who decided what and why, what the umpire ruled, what was believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from wargame import dates
from wargame.journal import Entry
from wargame.show import style
from wargame.show.debrief import Curve, draw_charts
from wargame.show.document import Block, Bullets, Document, Facts, Grid, Heading, Paragraph, Plate
from wargame.show.prose import capped, count, listing, number, percent, sentence
from wargame.show.retell import Retelling
from wargame.show.timeline import timeline
from wargame.table.game import Game
from wargame.table.matters import Proposal
from wargame.table.past import Past, Played, Strength
from wargame.table.ready import score
from wargame.table.reports import MAP, span
from wargame.table.rulings import WORDS, Ruling
from wargame.verdict import verdict

CHARTS = "charts"
"""Name of the plate with the charts."""
MOST_TOLD, MOST_DECISIONS, MOST_UPSETS, MOST_ORDERS, MOST_CONTESTED = 90, 30, 12, 120, 4
"""Lines of the timeline, decisions, upsets, orders, and contested matters a turn; the tables have all."""
UPSET = 0.35
"""A result whose chance was less than this is an upset."""
QUIET = ("axis_done", "order", "refused")
"""Questions that are not told: orders of players have a table of their own."""
DAILY = ("line_lost", "stroke_over", "counter_stroke", "pocket", "cut_off")
"""Questions of the field's daily business, told as far as there is room."""


def after_action(past: Past, forks: Sequence[Game] = ()) -> Document:
    """The whole report; ``forks`` are games that went another way from a position of this one."""
    first, last = past.opening.hour, past.run.world.hour
    blocks: list[Block] = [Paragraph(_summary(past), "lead"), _facts(past)]
    blocks += [Heading("How it ended"), *_verdict(past)]
    blocks += _objectives(past)
    blocks += [Plate(CHARTS, "Strength, land and losses by turn"), Plate(MAP, "The situation at the end, as it is")]
    blocks += [Heading("Timeline"), *_timeline(past)]
    blocks += [Heading("What the players ordered"), *_orders(past)]
    blocks += [Heading("Decisions and their reasons"), *_decisions(past)]
    blocks += [Heading("Rulings against proposals"), *_rulings(past)]
    blocks += [Heading("Beliefs against truth"), *_beliefs(past)]
    blocks += [Heading("Odds at turning points"), *_odds(past)]
    blocks += [Heading("Had it gone otherwise"), *_forks(past, forks)]
    blocks += [*_notes(past), Heading("For the talk afterwards"), Bullets(QUESTIONS, boxes=True)]
    return Document(
        "After-action report", f"{past.title}: {span(first, last)}", "",
        f"{past.title} · {count(len(past.turns), 'turn')} · game {past.game.created['game']}", blocks=tuple(blocks),
    )  # fmt: skip


QUESTIONS = (
    "What did each seat want, and when did it know that it would, or would not, get it?",
    "Where was what a seat believed farthest from the truth, and what did it do because of that?",
    "Which ruling would you make differently, and what would have come of it?",
    "At which turning point were the odds nearest to even?",
    "What would you tell the player who sits in your place next time?",
)


# --- the whole -------------------------------------------------------------------------------------------------------


def _summary(past: Past) -> str:
    tell = Retelling(past.setup)
    who = listing([tell.names.country(p) for p in past.players])
    text = f"{count(len(past.turns), 'turn was', 'turns were')} played"
    text += f", with players for {who}" if who else ", without players"
    made, ruled = sum(len(t.proposals) for t in past.turns), [r for t in past.turns for r in t.rulings]
    other = [r for r in ruled if r.kind != "accept"]
    if made or ruled:
        text += f". The umpire had {count(made, 'proposal')} before him, made {count(len(ruled), 'ruling')}"
        text += f" and departed from the rules in {len(other)} of them"
    return sentence(text)


def _facts(past: Past) -> Facts:
    acts = past.game.store.acts
    kinds = {p: place.kind for p, place in past.state.seats.items()}
    people = listing([f"{x.name} ({x.place})" for x in past.state.people.values()])
    undone = sum(a.kind == "undone" for a in acts)
    pairs = [
        ("Scenario", f"{past.title}, seed {past.game.created['seed']}, version {past.game.created['version']}"),
        ("Days played", span(past.opening.hour, past.run.world.hour)),
        ("At the table", f"from {acts[0].at[:16].replace('T', ' ')} to {acts[-1].at[:16].replace('T', ' ')} UTC"),
        ("People", people or "nobody was entered"),
        ("Automatic seats", capped([p for p in sorted(kinds) if kinds[p] != "human"], 12) or "none"),
        ("Taken back", f"{count(undone, 'time')} a turn was undone"),
        ("Journal", f"{count(past.journal.length, 'entry', 'entries')}, hash {past.journal.head[:16]}"),
    ]
    return Facts(tuple(pairs))


def _in_words(outcome: str) -> str:
    """An outcome of the verdict: ``launched_succeeded``, launched, and succeeded."""
    return outcome.replace("launched_", "launched, and ").replace("_", " ")


def _verdict(past: Past) -> list[Block]:
    found = verdict(past.setup, past.run.world, past.journal)
    tell = Retelling(past.setup)
    sought = [o for o in found["operations"].values() if o["outcome"] not in {"never_sought", "moot", "incapable"}]
    lines = [
        sentence(f"{o['name']} ({tell.names.country(o['power'])}): {_in_words(o['outcome'])}"
                 + (f"; {listing(o['reasons'][:3])}" if o["reasons"] else ""))
        for o in sought if "power" in o
    ] or [sentence(f"{o['name']}: {_in_words(o['outcome'])}") for o in sought]  # fmt: skip
    losses = {p: sum(n for k, n in lost.items() if k in {"killed", "wounded", "captured", "missing"})
              for p, lost in found["losses"].items()}  # fmt: skip
    rows = tuple(
        (tell.names.country(s.power).removeprefix("the "), number(b.men), number(s.men), number(losses.get(s.power, 0)),
         str(b.districts), str(s.districts))
        for b, s in _first_and_last(past)
    )  # fmt: skip
    head = ("Power", "Men at first", "Men at last", "Men lost", "Districts at first", "at last")
    told: list[Block] = [Bullets(tuple(lines))] if lines else []
    return [*told, Grid(head, rows, "lrrrrr", (1.6, 1, 1, 1, 1, 1))]


def _objectives(past: Past) -> list[Block]:
    """What the seats of a ready game were to achieve, and whether they did."""
    rows, names = [], Retelling(past.setup).names
    for power, objectives in score(past.game.book, past.run.world, past.setup.atlas).items():
        for o in objectives:
            reached = {True: "reached", False: "not reached", None: "for the umpire"}[o["reached"]]
            rows.append((names.country(power).removeprefix("the "), str(o["text"]), f"{o['points']:+d}", reached))
    if not rows:
        return []
    head = ("Seat", "Was to achieve", "Points", "At the end")
    return [Heading("What each seat wanted"), Grid(head, tuple(rows), "llrl", (1.2, 5, 0.6, 1.1))]


def _first_and_last(past: Past) -> list[tuple[Strength, Strength]]:
    by = {(s.turn, s.power): s for s in past.strengths}
    return [(by[0, p], by[len(past.turns), p]) for p in past.powers]


# --- what happened ---------------------------------------------------------------------------------------------------


def _timeline(past: Past) -> list[Block]:
    """Politics and wars in order, with the fall of towns of note, those of a day together."""
    told = timeline(past.setup, past.journal)
    kept = told if len(told) <= MOST_TOLD else [t for t in told if t.topic not in {"talks", "reputation"}]
    lines = [(t.hour, t.text) for t in kept[:MOST_TOLD]]
    falls = verdict(past.setup, past.run.world, past.journal)["towns"]
    days = {
        (f["date"], f["to"]): [g["town"] for g in falls if (g["date"], g["to"]) == (f["date"], f["to"])] for f in falls
    }
    names = Retelling(past.setup).names
    for (date, taker), towns in list(days.items())[:MOST_TOLD]:
        text = f"{listing(towns)} passed into the hands of {names.country(taker)}"
        lines.append((dates.parse(date) + dates.DAY - 1, sentence(text)))
    rows = tuple((dates.spoken(hour, year=True), text) for hour, text in sorted(lines, key=lambda line: line[0]))
    made: list[Block] = [Grid(("Day", "What happened"), rows, "", (1.3, 6))] if rows else []
    if len(kept) > MOST_TOLD or len(days) > MOST_TOLD:
        made.append(Paragraph("The rest is in the data tables.", "small"))
    return made or [Paragraph("Nothing of note happened.")]


def _orders(past: Past) -> list[Block]:
    rows = [(str(t.number), i.power, str(i)) for t in past.turns for i in t.orders]
    if not rows:
        return [Paragraph("No order was given: every seat was left to its staff.")]
    made: list[Block] = [Grid(("Turn", "Seat", "Order"), tuple(rows[:MOST_ORDERS]), "rll", (0.5, 0.7, 6))]
    if len(rows) > MOST_ORDERS:
        made.append(Paragraph(f"{len(rows) - MOST_ORDERS} more are in the data tables.", "small"))
    return made


def _decisions(past: Past) -> list[Block]:
    """Decisions of seats with their reasons, the weightiest and those of players first where there are too many."""
    tell = Retelling(past.setup)
    found = [e for e in past.journal.of_kind("decision") if e.data["answer"] and e.data["reasons"]]
    found = [e for e in found if _kind(e) not in QUIET]
    ranked = sorted(found, key=lambda e: (_kind(e) in DAILY, e.data["power"] not in past.players, e.n))
    rows = tuple(
        (dates.spoken(e.hour, year=True), tell.names.country(e.data["power"]).removeprefix("the "), e.data["seat"],
         _asked(tell, e))
        for e in sorted(ranked[:MOST_DECISIONS], key=lambda e: e.n)
    )  # fmt: skip
    if not rows:
        return [Paragraph("No seat decided anything for a stated reason.")]
    made: list[Block] = [Grid(("Day", "Seat", "By", "What and why"), rows, "", (1.1, 1.1, 0.8, 5.2))]
    if len(found) > len(rows):
        made.append(Paragraph(f"{len(found) - len(rows)} more are in the data tables.", "small"))
    return made


def _kind(e: Entry) -> str:
    return str(e.data["question"]).partition(":")[0]


def _asked(tell: Retelling, e: Entry) -> str:
    """The question, then the answer with its reasons."""
    found = re.search(r"asked about '(.*?)', on: (.*)", tell.describe(e, dated=False), re.DOTALL)
    return f"{found[1][:1].upper()}{found[1][1:]}: {found[2]}" if found else tell.describe(e, dated=False)


# --- the umpire ------------------------------------------------------------------------------------------------------


def _rulings(past: Past) -> list[Block]:
    made: list[Block] = []
    for t in past.turns:
        for p in t.proposals:
            made += _ruled(t, p, next((r for r in t.rulings if r.proposal == p.id), None))
        for r in t.rulings:
            if r.proposal not in {p.id for p in t.proposals}:
                made.append(Heading(f"Turn {t.number}: {r.about or 'the umpire of his own accord'}", 2))
                made.append(Facts((("Rules", r.rule or "nothing"), ("Ruling", _decided(r)), ("Why", r.reason))))
    ruled = [r for t in past.turns for r in t.rulings]
    if not ruled:
        return [Paragraph("The umpire let the rules decide everything."), *made]
    beyond = sum(r.beyond for r in ruled)
    text = f"{count(len(ruled), 'ruling')}; {beyond} outside everything that came in the roll-outs"
    return [Paragraph(sentence(text)), *made]


def _ruled(turn: Played, p: Proposal, ruling: Ruling | None) -> list[Block]:
    """A proposal with what was ruled on it; those on which nothing was ruled stand only in the data tables."""
    if ruling is None:
        return []
    chance = f" ({percent(p.probability)})" if p.probability >= 0 else ""
    rules = f"{p.rule}{chance}; " if p.rule else ""
    rules += f"likely: {p.likely}; best: {p.best}; worst: {p.worst}"
    pairs = [("Rules", rules), ("Ruling", _decided(ruling)), ("Why", ruling.reason)]
    if ruling.argument is not None:
        pairs.append(("Argument", sentence("; ".join(ruling.argument.lines()))))
    return [Heading(f"Turn {turn.number}: {p.about}", 2), Facts(tuple(pairs))]


def _decided(r: Ruling) -> str:
    beyond = "; outside everything that came in the roll-outs" if r.beyond else ""
    return f"{r.decided or '; '.join(r.effects) or 'as the rules have it'} [{WORDS[r.kind]}{beyond}]"


# --- beliefs and odds ------------------------------------------------------------------------------------------------


def _beliefs(past: Past) -> list[Block]:
    tell = Retelling(past.setup)
    rows = tuple(
        (str(b.turn), tell.names.country(b.power).removeprefix("the "), number(b.men_seen), number(b.men_true),
         percent(b.men_seen / b.men_true) if b.men_true else "–", f"{b.formations_seen} of {b.formations_true}")
        for b in past.beliefs
    )  # fmt: skip
    if not rows:
        return [Paragraph("No player was at war.")]
    head = ("After turn", "Seat", "Enemy men it saw", "There were", "Share", "Formations seen")
    text = "A seat sees the enemies in touch with its own troops and those of its allies, rounded; the rest is hidden."
    return [Paragraph(text), Grid(head, rows, "rlrrrr", (0.8, 1.4, 1.4, 1.2, 0.9, 1.3))]


def _odds(past: Past) -> list[Block]:
    """The decisions for and against war with their odds, and the fights that went against them."""
    return [*_crises(past), *_contested(past), *_upsets(past)]


def _contested(past: Past) -> list[Block]:
    """The weightiest matters of every turn with the odds the umpire had before him, and what was decided."""
    rows = []
    for t in past.turns:
        for p in sorted(t.proposals, key=lambda p: (-p.importance, p.id))[:MOST_CONTESTED]:
            ruled = next((r for r in t.rulings if r.proposal == p.id), None)
            rows.append((str(t.number), p.about, p.likely, _decided(ruled) if ruled is not None else p.rule or "–"))
    if not rows:
        return []
    head = ("Turn", "Matter", "Likely", "Rules' or umpire's answer")
    return [Heading("What was contested", 2), Grid(head, tuple(rows), "rlll", (0.5, 3, 2.6, 3))]


def _crises(past: Past) -> list[Block]:
    tell = Retelling(past.setup)
    moved = [
        e
        for e in past.journal.of_kind("crisis_moved")
        if e.data["stage"] in {"ordered", "launched", "halted", "settled", "lapsed"}
    ]
    rows = tuple((dates.spoken(e.hour, year=True), percent(e.data["probability"]), tell.describe(e, dated=False))
                 for e in moved)  # fmt: skip
    if not rows:
        return []
    head = ("Day", "Chance of war", "What was decided")
    return [Heading("For and against war", 2), Grid(head, rows, "lrl", (1.3, 0.9, 5.5))]


def _upsets(past: Past) -> list[Block]:
    tell = Retelling(past.setup)
    began = {e.n: e for e in past.journal.of_kind("engagement_began")}
    found = []
    for e in past.journal.of_kind("engagement_ended"):
        if e.because in began and e.data["result"] in {"broken", "overrun", "repulsed", "surrendered"}:
            b = began[e.because].data
            chance = 1.0 - b["odds"] if e.data["result"] == "repulsed" else b["odds"]
            if chance < UPSET:
                found.append((b["attacking_men"] + b["defending_men"], chance, e))
    ranked = sorted(found, key=lambda f: (-f[0], f[2].n))[:MOST_UPSETS]
    if not ranked:
        return [Paragraph(f"No fight ended in a way that had less than {percent(UPSET)} chance.")]
    rows = tuple((dates.spoken(e.hour), percent(chance), tell.describe(e, dated=False))
                 for _, chance, e in sorted(ranked, key=lambda f: f[2].n))  # fmt: skip
    return [
        Heading("Fights that went against the odds", 2),
        Grid(("Day", "Chance of it", "What happened"), rows, "lrl", (1.1, 0.9, 5.7)),
    ]


# --- forks, notes ----------------------------------------------------------------------------------------------------


def _forks(past: Past, forks: Sequence[Game]) -> list[Block]:
    if not forks:
        return [Paragraph("No other course was played. Try one: wargame game fork, then wargame game aar --fork.")]
    tell = Retelling(past.setup)
    rows = []
    for game in forks:
        other = Past(game)
        begins = next((a for a in reversed(game.store.acts) if a.kind == "forked"), None)
        where = (
            f"from {dates.spoken(game.states[begins.body['to']].hour, year=True)}" if begins else "its own beginning"
        )
        end = {(s.turn, s.power): s for s in other.strengths}
        held = listing(
            [f"{tell.names.country(p).removeprefix('the ')} {end[len(other.turns), p].districts}" for p in other.powers]
        )
        rows.append((game.path.name, where, dates.spoken(other.run.world.hour, year=True), f"districts: {held}"))
    last = listing(
        [f"{tell.names.country(s.power).removeprefix('the ')} {s.districts}" for _, s in _first_and_last(past)]
    )
    rows.append(("this game", "", dates.spoken(past.run.world.hour, year=True), f"districts: {last}"))
    return [Grid(("Game", "Goes another way", "Played to", "In the end"), tuple(rows), "", (1.4, 1.6, 1.3, 4))]


def _notes(past: Past) -> list[Block]:
    if not past.state.notes:
        return []
    rows = tuple((at[:16].replace("T", " "), who, text) for at, who, text in past.state.notes)
    return [Heading("Notes of the umpires"), Grid(("At", "Who", "Note"), rows, "", (1.4, 1, 5))]


# --- pictures --------------------------------------------------------------------------------------------------------


def charts(past: Past, path: Path) -> Path:
    """Draw men, districts and what was believed by turn."""
    tell = Retelling(past.setup)
    colours = past.setup.atlas.colours

    def curves(values: str) -> list[Curve]:
        return [_curve(tell, colours, p, [s for s in past.strengths if s.power == p], values) for p in past.powers]

    found = [
        ("Men in the field", curves("men")),
        ("Men lost, in all", curves("lost")),
        ("Districts held", curves("districts")),
    ]
    if past.beliefs:
        found[1:1] = [("Enemy men: seen (dashed) and true", [*_believed(past, tell, colours)])]
    return draw_charts(path, found, title=past.title)


def _curve(tell: Retelling, colours: Mapping[str, str], power: str, rows: Sequence[Strength], values: str) -> Curve:
    name = tell.names.country(power).removeprefix("the ")
    hours = tuple(r.hour for r in rows)
    return Curve(name, colours.get(power, style.INK), hours, tuple(float(getattr(r, values)) for r in rows))


def _believed(past: Past, tell: Retelling, colours: Mapping[str, str]) -> Iterable[Curve]:
    for power in past.players:
        rows = [b for b in past.beliefs if b.power == power]
        if rows:
            name, hours = tell.names.country(power).removeprefix("the "), tuple(b.hour for b in rows)
            colour = colours.get(power, style.INK)
            yield Curve(f"seen by {name}", colour, hours, tuple(b.men_seen for b in rows), dashed=True)
            yield Curve(f"enemies of {name}", colour, hours, tuple(b.men_true for b in rows))
