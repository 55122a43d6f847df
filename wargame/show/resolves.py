"""Sentences of the war diary about decisions: retreats, new tasks, pockets to be reduced, and what a script decides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wargame.journal import Entry
from wargame.orders import Order
from wargame.show.clauses import Sentence, Teller
from wargame.show.prose import count, listing


def line_lost(teller: Teller, group: Sequence[Entry]) -> Sentence:
    """Armies ordered back to their next line; the reason of the first is given."""
    parts = []
    for i, e in enumerate(group):
        order = Order.parse(e.data["answer"][0])
        who, line = teller.names.formation(order.hq), teller.line_name(order.where)
        if i:
            parts.append(f"{who} to {line}")
            continue
        verb = teller.turns.pick("back", e.n, ("was ordered back to", "was told to fall back to", "was to retire to"))
        parts.append(f"{who}{_share(e.data['reasons'])} {verb} {line}")
    return teller.say("decision", listing(parts), [e.n for e in group])


def _share(reasons: Sequence[str]) -> str:
    """``, 50 per cent of its line lost,`` from the staff's own words."""
    found = re.match(r"(\d+)% of the line and (\d+)% of the men are lost", reasons[0] if reasons else "")
    if not found:
        return ""
    line, men = int(found[1]), int(found[2])
    if line and men >= 10:
        return f", with {line} per cent of its line and {men} per cent of its men lost,"
    return f", with {line or men} per cent of its {'line' if line else 'men'} lost,"


def general_withdrawal(teller: Teller, e: Entry) -> Sentence:
    """Everybody back."""
    adjective = teller.names.adjective(e.data["power"])
    found = re.match(r"(\d+)%", e.data["reasons"][0] if e.data["reasons"] else "")
    why = f"with {found[1]} per cent of the first lines of defence gone, " if found else ""
    orders = [Order.parse(t) for t in e.data["answer"][0].split("; ") if t != "all back"]
    armies = [f"{teller.names.formation(o.hq)} to {teller.line_name(o.where)}" for o in orders[:3]]
    detail = f": {listing(armies)}" + (" among them" if len(orders) > 3 else "") if armies else ""
    text = f"in the evening, {why}the {adjective} high command ordered a general withdrawal{detail}"
    return teller.say("decision", text, (e.n,))


def cut_off(teller: Teller, e: Entry) -> Sentence:
    """Break out, or stand."""
    order = Order.parse(e.data["answer"][0])
    who = teller.names.formation(order.hq)
    found = re.match(r"([\d,]+) men against ([\d,]+), supply (\d+)%", e.data["reasons"][0] if e.data["reasons"] else "")
    facts = f", {found[1]} men against {found[2]} with supplies at {found[3]} per cent," if found else ""
    if order.verb == "breakout":
        text = f"cut off{facts} {who} was to fight its way out towards {teller.names.towns(order.where)}"
    else:
        text = f"{who}, cut off{facts.rstrip(',')}, was to stand and fight where it was"
    return teller.say("decision", text, (e.n,))


def reduce(teller: Teller, group: Sequence[Entry]) -> Sentence:
    """Headquarters turned against pockets."""
    parts = []
    for e in group:
        orders = [Order.parse(t) for t in e.data["answer"]]
        towns = teller.names.towns(dict.fromkeys(o.where[-1] for o in orders))
        found = re.match(r"about ([\d,]+) men", e.data["reasons"][0] if e.data["reasons"] else "")
        men = f" and the {found[1]} men thought to be there" if found and len(group) == 1 else ""
        parts.append(f"{listing([teller.names.body(o.hq) for o in orders])} against {towns}{men}")
    lead = teller.turns.pick(
        "reduce", group[0].n, ("orders turned ", "headquarters sent ", "to clear the pockets, orders set ")
    )
    return teller.say("decision", lead + listing(parts), [e.n for e in group])


def new_targets(teller: Teller, group: Sequence[Entry]) -> Sentence:
    """Headquarters with their tasks done get new ones."""
    orders = [Order.parse(e.data["answer"][0]) for e in group]
    first = orders[0]
    verb = teller.turns.pick("directed", group[0].n, ("was now directed on", "was set in march on", "turned towards"))
    parts = [f"{teller.names.body(first.hq)} {verb} {teller.names.town(first.where[-1])}"]
    parts += [f"{teller.names.body(o.hq)} on {teller.names.town(o.where[-1])}" for o in orders[1:2]]
    if len(orders) > 2:
        parts.append(f"{count(len(orders) - 2, 'other headquarters', 'other headquarters')} received new tasks")
    return teller.say("decision", listing(parts).replace("turned towards", "turned on"), [e.n for e in group])


def collapse(teller: Teller, e: Entry) -> Sentence:
    """The field is given up."""
    found = re.match(r"(\d+)%", e.data["reasons"][0] if e.data["reasons"] else "")
    why = f"with {found[1]} per cent of the army lost or cut off, " if found else ""
    adjective = teller.names.adjective(e.data["power"])
    return teller.say(
        "decision", f"{why}the {adjective} high command ordered all who could to make for the border", (e.n,)
    )


def scripted(teller: Teller, e: Entry) -> Sentence:
    """A decision the scenario takes in a seat's place."""
    why = "; ".join(e.data["reasons"]).removeprefix("scripted: ")
    country = teller.names.country(e.data["power"])
    what = why or f"{country} chose to {listing(list(e.data['answer'])).replace('_', ' ')}"
    return teller.say("script", f"by the scenario's script, {what}", (e.n,))
