"""The papers of a turn: what each seat is told in its own words, with its map, and the umpire's sheet with everything.

A seat's report is made of its `Desk` alone. The maps of one turn share their ground, which is drawn once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from wargame import dates
from wargame.engine import Run
from wargame.journal import Entry, Journal
from wargame.orders import Order
from wargame.show.clauses import Sentence
from wargame.show.diary import diary
from wargame.show.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Letter,
    Paragraph,
    Plate,
)
from wargame.show.prose import capped, count, listing, number, rounded, sentence
from wargame.show.retell import VERBS
from wargame.show.timeline import timeline
from wargame.table.desk import Desk

MAP = "map"
"""Name of the plate with the map."""
MOST_SIGHTED, MOST_ARMIES, MOST_TOWNS = 24, 30, 6
"""Rows of the tables of enemies and armies, and towns named in a sentence, at most."""
OTHERS_OPERATIONS = ("operation_launched", "operation_ended", "army_broken")
"""Kinds of entry that name an operation: told to its own power only."""


# --- a seat's report -------------------------------------------------------------------------------------------------


def seat_report(desk: Desk) -> Document:
    """What a seat is told after a turn."""
    ours, others = _told(desk)
    blocks: list[Block] = [Paragraph(_opening(desk), "lead"), _facts(desk), *_agenda(desk), *_mail(desk)]
    blocks += [*_forces(desk), *_sightings(desk)]
    blocks += [Plate(MAP, f"Map of the situation as {desk.country} knows it, {_day(desk)}")]
    blocks += [Heading("What happened to us"), *(ours or [Paragraph("Nothing that touched us was reported.")])]
    blocks += [Heading("What we hear of others"), *(others or [Paragraph("Nothing of note was reported.")])]
    return Document(
        f"Report to the Government of {desk.country}",
        f"Turn {desk.turn}: {_span(desk)}",
        f"Secret: for {desk.country} only",
        desk.foot,
        desk.dark,
        tuple(blocks),
    )


def _day(desk: Desk) -> str:
    return dates.spoken(desk.hour, year=True)


def _span(desk: Desk) -> str:
    """The days of the turn in words; a turn that ends at midnight ends with the day before."""
    return span(desk.opened, desk.hour)


def span(opened: int, hour: int) -> str:
    """From one hour to another, in days; whole days that begin in the morning are called by that morning's date."""
    end = hour - dates.DAY if (hour - opened) % dates.DAY == 0 else hour - 1
    first, last = dates.spoken(opened, year=True), dates.spoken(max(opened, end), year=True)
    return first if first == last else f"{first} to {last}"


def _opening(desk: Desk) -> str:
    """The state of things in a few sentences of our own."""
    said = [_at_war(desk)]
    if len(desk.units):
        said.append(_strength(desk))
    if desk.before is not None and desk.enemies:
        said.append(_land(desk))
    f = desk.seen.forces
    cut = desk.units[f.cut_off_days[desk.units] > 0]
    if len(cut):
        men = number(float(f.men[cut].sum()))
        said.append(f"{count(len(cut), 'formation')} with {men} men {'is' if len(cut) == 1 else 'are'} cut off")
    if desk.pending:
        what = count(len(desk.pending), "decision")
        said.append(f"{what} {'waits' if len(desk.pending) == 1 else 'wait'} for us")
    return " ".join(sentence(s) for s in said)


def _at_war(desk: Desk) -> str:
    standing = desk.seen.powers[desk.power].standing if desk.power in desk.seen.powers else "at_peace"
    going = [w for w in desk.seen.wars.values() if f"ceased:{w.id}" not in desk.seen.flags]
    if desk.enemies:
        foes = listing([desk.names.country(p) for p in desk.enemies])
        beside = listing([desk.names.country(p) for p in desk.allies])
        return f"we are at war with {foes}" + (f", beside {beside}" if beside else ", alone")
    if standing in {"at_peace", "at_war"}:
        wars = [_between(desk, w.attackers, w.defenders) for w in going]
        return f"we are at peace; {listing(wars)}" if wars else "we are at peace"
    return f"our state is {standing.replace('_', ' ')}"


def _between(desk: Desk, attackers: Sequence[str], defenders: Sequence[str]) -> str:
    sides = [listing([desk.names.country(p) for p in side]) for side in (attackers, defenders)]
    return f"{sides[0]} {'are' if len(attackers) > 1 else 'is'} at war with {sides[1]}"


def _strength(desk: Desk) -> str:
    f, units = desk.seen.forces, desk.units
    text = f"we have {number(desk.men)} men in {count(len(units), 'formation')}"
    tanks = float(f.tanks[units].sum())
    text += f" with {number(tanks)} tanks" if tanks >= 1 else ""
    before = desk.men_before()
    if before is not None and round(before) != round(desk.men):
        change = desk.men - before
        text += f", {number(abs(change))} {'more' if change > 0 else 'fewer'} than when the turn began"
    return text


def _land(desk: Desk) -> str:
    won, lost = desk.changes()
    town = desk.setup.atlas.names
    side = "we" if not desk.allies else "we and our allies"
    if not won and not lost:
        return "no district changed hands between us and the enemy"
    parts = []
    for verb, places in (("took", won), ("lost", lost)):
        if places:
            named = capped([town[p] for p in places], MOST_TOWNS, "other district")
            parts.append(f"{verb} {named}" if len(places) <= 3 else f"{verb} {count(len(places), 'district')}: {named}")
    return f"{side} {'; we '.join(parts)}"


def _facts(desk: Desk) -> Facts:
    own = desk.seen.owner == desk.number
    held = own & (desk.seen.controller == desk.number)
    clock = desk.hour % dates.DAY
    pairs = [("Date", _day(desk) + (f", {clock:02d}:00" if clock else ""))]
    if (sky := desk.weather()) != "":
        pairs.append(("Weather at home", sky))
    government = desk.seen.polity.governments.get(desk.power)
    if government is not None:
        pairs.append(("Government", government.head + (f" ({government.faction})" if government.faction else "")))
    if own.any():
        pairs.append(("Our land", f"{int(held.sum())} of {int(own.sum())} districts in our hands"))
    if treaties := desk.treaties():
        pairs.append(("Treaties in force", sentence("; ".join(treaties))))
    return Facts(tuple(pairs))


def _told(desk: Desk) -> tuple[list[Block], list[Block]]:
    """The turn's entries in prose, day by day: what touched us, and the rest."""
    of_turn = {e.n: e for e in desk.this_turn}
    ours = {n for n, e in of_turn.items() if desk.touches(e)}
    told: tuple[list[Block], list[Block]] = ([], [])
    for hour, sentences in chronicle(desk):
        sides: tuple[list[str], list[str]] = ([], [])
        for s in sentences:
            if not of_turn.keys().isdisjoint(s.entries):
                sides[ours.isdisjoint(s.entries)].append(s.text)
        for k in (0, 1):
            if sides[k]:
                day = dates.spoken(hour)
                told[k].append(Paragraph(_undated(day, " ".join(sides[k])), head=day))
    return told


def _undated(day: str, text: str) -> str:
    """A day's text without the day at its beginning."""
    return sentence(text.removeprefix(f"On {day}").lstrip(", "))


def chronicle(desk: Desk) -> Iterator[tuple[int, tuple[Sentence, ...]]]:
    """Hour and sentences of every day or month of which the desk's entries tell, from the first of the turn on."""
    kept = [e for e in desk.entries if e.kind not in OTHERS_OPERATIONS or _is_own_operation(desk, e)]
    run = Run(desk.own_setup, desk.seen, _journal(kept), 0)
    if any(e.kind == "war_declared" for e in kept):
        for day in diary(run):
            if day.kind in {"day", "month"} and day.hour + dates.DAY > desk.opened - 31 * dates.DAY:
                yield day.hour, day.sentences
        return
    for t in timeline(desk.own_setup, run.journal):
        if t.hour >= desk.opened:
            yield t.hour - t.hour % dates.DAY, (Sentence(t.text, t.entries, t.topic),)


def _is_own_operation(desk: Desk, e: Entry) -> bool:
    return any(p.operation is not None and p.operation.id == e.data["operation"] for p in desk.plans)


def _journal(entries: Sequence[Entry]) -> Journal:
    return Journal(level="events", entries=list(entries), length=entries[-1].n + 1 if entries else 0)


def _sightings(desk: Desk) -> list[Block]:
    """Enemy formations in sight, place by place; their strength is as our staff rounds it."""
    f, atlas = desk.seen.forces, desk.setup.atlas
    found = desk.sightings()
    if not found:
        return []
    rows = tuple(
        (
            atlas.names[place],
            desk.names.adjective(atlas.powers[power]),
            capped([desk.names.plain(f.ids[r]) for r in rows.tolist()], 3),
            f"about {rounded(float(f.men[rows].sum()))}",
            number(float(f.tanks[rows].sum())) if f.tanks[rows].sum() >= 1 else "–",
        )
        for place, power, rows in found[:MOST_SIGHTED]
    )
    men = rounded(sum(float(f.men[rows].sum()) for _, _, rows in found))
    text = f"Our staffs count about {men} enemy soldiers in touch with us, in {count(len(found), 'place')}."
    if len(found) > len(rows):
        text += f" The {len(rows)} largest groups:"
    head = ("Near", "Whose", "Formations", "Men", "Tanks")
    return [Heading("The enemy in sight"), Paragraph(text), Grid(head, rows, "lllrr", (1.3, 1.0, 4.2, 1.1, 0.7))]


# --- forces ----------------------------------------------------------------------------------------------------------


def _forces(desk: Desk) -> list[Block]:
    if not len(desk.units):
        return [Heading("Our forces"), Paragraph("We have no formation in the field.")]
    f, armies = desk.seen.forces, desk.armies()
    rows = [_army(desk, hq, members) for hq, members in armies[:MOST_ARMIES]]
    if rest := armies[MOST_ARMIES:]:
        members = np.concatenate([m for _, m in rest])
        rows.append((f"{len(rest)} more", *_figures(desk, members), "", ""))
    rows.append(("Together", *_figures(desk, desk.units), "", ""))
    head = ("Army", "Units", "Men", "Of full", "Guns", "Tanks", "Supply", "Ready", "About", "Order in force")
    shares = (2.4, 0.95, 1.2, 1.05, 0.95, 1.0, 1.1, 1.1, 1.75, 2.45)
    made: list[Block] = [Heading("Our forces"), Grid(head, tuple(rows), "lrrrrrrrll", shares, (len(rows) - 1,))]
    planes = float(f.aircraft[f.power == desk.number].sum())
    lost = desk.losses()
    told = [f"{number(lost[k])} {k}" for k in ("killed", "wounded", "captured", "missing") if round(lost[k]) > 0]
    told += [f"{number(lost[f'{k}_lost'])} {k}" for k in ("tanks", "guns", "aircraft") if round(lost[f"{k}_lost"]) > 0]
    text = f"Lost in this turn: {listing(told)}." if told else "We had no losses in this turn."
    made.append(Paragraph(text + (f" {number(planes)} aircraft are fit to fly." if planes >= 1 else "")))
    late = int((f.arrives[desk.units] > desk.hour).sum())
    if late:
        made.append(Paragraph(sentence(f"{count(late, 'formation is', 'formations are')} still on the way")))
    return made


def _army(desk: Desk, hq: str, members: Any) -> tuple[str, ...]:
    f, atlas = desk.seen.forces, desk.setup.atlas
    weight = np.bincount(f.province[members], weights=f.men[members], minlength=len(atlas))
    about = atlas.names[int(weight.argmax())]
    name = desk.names.plain(hq) if hq else "Under no army"
    return (name, *_figures(desk, members), about, _order(desk, hq))


def _figures(desk: Desk, members: Any) -> tuple[str, ...]:
    f = desk.seen.forces
    men, full = float(f.men[members].sum()), float(f.establishment_men[members].sum())

    def mean(column: Any) -> str:
        weighed = float((column[members] * f.men[members]).sum()) / max(men, 1.0)
        return f"{round(100 * weighed)} %"

    share = f"{round(100 * men / full)} %" if full > 0 else "–"
    arms = [number(float(column[members].sum())) for column in (f.guns, f.tanks)]
    return (str(len(members)), number(men), share, *arms, mean(f.supply), mean(f.readiness))


def _order(desk: Desk, hq: str) -> str:
    if not hq:
        return ""
    order = desk.seen.order_over(desk.seen.forces.row(hq))
    if order is None:
        return "none"
    read = Order.parse(order.text)
    where = capped([desk.names.town(p) for p in read.where], 4, "other place")
    verb = "attack" if read.verb == "attack" and len(read.where) == 1 else VERBS[str(read.verb)]
    return f"{verb} {where}".rstrip()


# --- decisions and mail ----------------------------------------------------------------------------------------------


def _agenda(desk: Desk) -> list[Block]:
    made: list[Block] = []
    if desk.pending:
        made += [Heading("Decisions that wait for us"), Bullets(desk.pending, boxes=True)]
    if aims := objectives(desk):
        made += [Heading("Objectives of our plans"), *aims]
    if desk.goals:
        made += [Heading("What we are to achieve"), Bullets(desk.goals)]
    if desk.orders or desk.standing or desk.returned:
        made.append(Heading("Our orders"))
        made += [Paragraph("Given for this turn:"), Bullets(desk.orders)] if desk.orders else []
        made += [Paragraph("In force until withdrawn:"), Bullets(desk.standing)] if desk.standing else []
        back = tuple(f"{line} ({why})" for line, why in desk.returned)
        made += [Paragraph("Sent back:"), Bullets(back)] if back else []
    return made


def objectives(desk: Desk) -> list[Block]:
    """The objectives of its own operations that are being carried out, and which of them its side holds."""
    made: list[Block] = []
    atlas = desk.setup.atlas
    own = {atlas.power_number[p] for p in (desk.power, *desk.allies) if p in atlas.power_number}
    for plan in desk.plans:
        o = plan.operation
        state = desk.seen.operations.get(o.id) if o is not None else None
        if o is None or state is None or state.stage != "running":
            continue
        held = [p for p in o.objectives if int(desk.seen.controller[atlas.number[p]]) in own]
        open_ = [p for p in o.objectives if p not in held]
        text = f"{o.name}: {len(held)} of {count(len(o.objectives), 'objective')} in our hands"
        text += f"; still to take: {desk.names.towns(open_)}" if open_ else ""
        made.append(Paragraph(sentence(text)))
    return made


def _mail(desk: Desk) -> list[Block]:
    made: list[Block] = []
    opened = dates.instant(desk.opened)
    news = [n for n in desk.mail.news if n["came"] >= opened]
    letters = [m for m in desk.mail.received if m["came"] >= opened]
    if news:
        made += [Heading("Told by the umpire"), *(Letter(f"{_at(n['came'])}", n["text"]) for n in news)]
    if letters:
        made.append(Heading("Messages received"))
        for m in letters:
            whom = listing([desk.names.country(p) for p in m["to"]])
            caught = f"intercepted, to {whom}" if m["intercepted"] else f"to {whom}" if len(m["to"]) > 1 else "to us"
            who = desk.names.country(m["from"])
            made.append(Letter(sentence(f"{who} {caught}, came {_at(m['came'])} by {m['way']}")[:-1], m["text"]))
    asked = [r for r in desk.mail.rfis if r["asked"] >= opened or not r["answer"]]
    if asked:
        made.append(Heading("What we asked the umpire"))
        for r in asked:
            made.append(Letter(f"Asked {_at(r['asked'])}", r["text"]))
            made.append(Letter("Answer", r["answer"] or "none yet"))
    return made


def _at(instant: str) -> str:
    hour = dates.parse(instant)
    clock = hour % dates.DAY
    return f"on {dates.spoken(hour)}" + (f" at {clock:02d}:00" if clock else "")
