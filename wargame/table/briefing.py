"""A seat's briefing: who it is, how things stand, what it wants in secret, what it has; and how orders are written."""

from __future__ import annotations

import numpy as np

from wargame import dates
from wargame.show.document import Block, Bullets, Document, Facts, Grid, Heading, Paragraph, from_markdown
from wargame.show.prose import count, listing, number, sentence
from wargame.table.desk import Desk
from wargame.table.forms import FORMS

MOST_LISTED = 160
"""Formations of a seat up to which its briefing lists each; larger armies are listed by army."""
AT_THE_TABLE = (
    "Write orders on the order form, one to a line. What you do not order your staff does in the spirit of your "
    "standing orders. Messages go through the umpire, take time, and can be lost or read by others. You may ask "
    "the umpire for information; he need not know, and need not say."
)


def briefing(desk: Desk) -> Document:
    """What a player is told at the opening: who he is, how things stand, what he wants in secret, what he has."""
    blocks: list[Block] = [Paragraph(_who(desk), "lead")]
    blocks += from_markdown(desk.brief, 1) if desk.brief else ()
    blocks += [Heading("How things stand"), _standing(desk)]
    blocks += [Heading("Your secret objectives"), Bullets(desk.goals or goals(desk), boxes=True)]
    blocks += [*_plans(desk), *_order_of_battle(desk)]
    blocks += [
        Heading("At the table"),
        Paragraph(AT_THE_TABLE), Heading("How orders are written", 2), order_forms(),
    ]  # fmt: skip
    return Document(
        f"Briefing: {desk.short_name(desk.power)}", desk.setup.scenario.scenario.title,
        f"Secret: for {desk.country} only", desk.foot, desk.dark, tuple(blocks),
    )  # fmt: skip


def _who(desk: Desk) -> str:
    government = desk.seen.polity.governments.get(desk.power)
    text = f"You are the government of {desk.country}"
    if government is not None:
        text += f", led by {government.head}" + (f" ({government.faction})" if government.faction else "")
    return sentence(f"{text}. It is {dates.spoken(desk.hour, year=True)}")


def _standing(desk: Desk) -> Facts:
    atlas, own = desk.setup.atlas, desk.seen.owner == desk.number
    people = number(float(atlas.population_k[own].sum()))
    pairs = [
        ("At war with", listing([desk.short_name(p) for p in desk.enemies]) or "nobody"),
        ("Allies in war", listing([desk.short_name(p) for p in desk.allies]) or "none"),
        ("Treaties in force", sentence("; ".join(desk.treaties())) if desk.treaties() else "none"),
        ("Land", f"{count(int(own.sum()), 'district')}; {people} thousand people in their towns"),
    ]
    economy = desk.seen.polity.economies.get(desk.power)
    if economy is not None:
        product = f"{economy.gdp:.0f} milliard dollars of 1990"
        pairs.append(("Means", f"a product of {product} and {economy.steel:.1f} million tonnes of steel a year"))
    return Facts(tuple(pairs))


def goals(desk: Desk) -> tuple[str, ...]:
    """Objectives that follow from its own plans, where the scenario's author wrote none."""
    found = []
    for plan in desk.plans:
        if (o := plan.operation) is not None and (plan.design is None or desk.setup.scenario.politics is None):
            need = -(-len(o.objectives) * round(100 * o.objective_share) // 100)
            found.append(f"{o.name}: hold {count(need, 'objective')} of {len(o.objectives)} "
                         f"({desk.names.towns(o.objectives)}) within {o.day_limit} days")  # fmt: skip
        elif o is not None:
            found.append(f"If it can be had at a bearable price: {o.name}, against {desk.names.country(o.target)}")
    atlas = desk.setup.atlas
    capitals = [atlas.names[p] for p in atlas.capitals.get(desk.power, ()) if desk.seen.owner[p] == desk.number]
    if capitals:
        found.append(f"Keep {listing(capitals)}, and an army in the field, to the end")
    return tuple(found) or ("Keep your country out of the war, or on the winning side of it.",)


def _plans(desk: Desk) -> list[Block]:
    """Its axes of advance and lines of defence, as its staff has drawn them up."""
    made: list[Block] = []
    for plan in desk.plans:
        rows: list[tuple[str, ...]] = []
        if plan.operation is not None and plan.axes:
            for a in plan.axes:
                way = " – ".join(desk.names.town(p) for p in a.via)
                rows.append((desk.names.plain(a.hq), way, "yes" if a.main_effort else ""))
            made.append(Heading(f"Your plan: {plan.operation.name}", 2))
            made.append(Grid(("Headquarters", "Line of advance", "Main effort"), tuple(rows), "", (2, 5, 0.9)))
        elif plan.defence is not None and plan.sectors:
            lines = {line.id: line.name for line in plan.lines}
            for s in plan.sectors:
                held = ", then ".join(lines[n] for n in s.lines if n in lines)
                rows.append((desk.names.plain(s.hq), held, "yes" if s.hold_to_last else ""))
            made.append(Heading(f"Your plan: {plan.defence.name}", 2))
            made.append(Grid(("Headquarters", "Holds", "To the last"), tuple(rows), "", (2, 5, 0.9)))
    return made


def _order_of_battle(desk: Desk) -> list[Block]:
    f, units = desk.seen.forces, desk.units
    if not len(units):
        return []
    rows: list[tuple[str, ...]] = []
    bold: list[int] = []
    for hq, members in desk.armies():
        name, men = desk.names.plain(hq) if hq else "Under no army", number(float(f.men[members].sum()))
        bold.append(len(rows))
        rows.append((name, count(len(members), "unit"), men, "", "", ""))
        for r in members.tolist() if len(units) <= MOST_LISTED else ():
            arms = [number(float(column[r])) for column in (f.men, f.guns, f.tanks)]
            where, quality = desk.set_up(np.array([r])).removeprefix("at "), str(round(100 * float(f.quality[r])))
            rows.append((f"– {desk.names.plain(f.ids[r])}", where, *arms, quality))
    head, shares = ("Formation", "Where", "Men", "Guns", "Tanks", "Quality"), (4, 2.6, 1, 0.8, 0.8, 0.8)
    text = f"{count(len(units), 'formation')} with {number(float(f.men[units].sum()))} men"
    listed = tuple(bold) if len(units) <= MOST_LISTED else ()
    return [Heading("Your forces"), Paragraph(sentence(text)), Grid(head, tuple(rows), "llrrrr", shares, listed)]


def examples(desk: Desk) -> list[tuple[str, str]]:
    """A few orders in their written form, of its own forces and neighbours where it has any."""
    atlas = desk.setup.atlas
    armies = [hq for hq, _ in desk.armies() if hq]
    land = np.flatnonzero(desk.seen.owner == desk.number)
    town = atlas.ids[int(land[atlas.population_k[land].argmax()])] if len(land) else ""
    others = [p for p in sorted(desk.seen.powers) if p != desk.power]
    found = [("mobilise", "calls up the army")]
    if others:
        found += [
            (f"propose defence with {others[0]}", "offers a treaty"),
            (f"declare war on {others[0]}", "begins a war"),
        ]
    if armies and town:
        found += [(f"{armies[0]} defend {town}", "holds it"), (f"{armies[0]} withdraw {town}", "falls back there")]
        found += [(f"rail {armies[0]} to {town}", "goes by train"), (f"posture {armies[0]} hold", "until withdrawn")]
    return [*found, ("free: we want to ...", "the umpire decides")]


def order_forms() -> Grid:
    """Everything that can be written, with an example each."""
    rows = tuple((form.example, form.does) for form in FORMS.values())
    return Grid(("For example", "What it does"), rows, "", (4, 4))
