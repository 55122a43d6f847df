"""The picture of one seat as plain data and as lines of text: what it holds, whom it sees, what it has heard.

Made from `Game.view`, `Game.entries` and `Game.mail` alone, so nothing in it depends on what the seat does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from wargame import dates
from wargame.atlas import NOBODY
from wargame.journal import Entry
from wargame.scenario import Setup
from wargame.show.retell import Retelling
from wargame.table.game import Game
from wargame.world import HEADQUARTERS, KINDS, POSTURES, Status, World

QUIET = frozenset(["order_issued", "objective_reached", "weather_turned", "day", "header"])
"""Kinds of entries that the text leaves out, but the data has."""
MOST_READY = 4  # formations of a day that are told one by one
READY = {"mobilised": "finished mobilising", "arrived": "arrived", "raised": "were raised"}
"""What formations did to be ready, by the journal's word for it."""
MOST_TOLD = 20_000  # sentences that are remembered


class Told(Retelling):
    """A retelling that remembers the sentences it has made: the same entry is told to many, turn after turn."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._made: dict[tuple[str, str], str] = {}

    def undated(self, entry: Entry) -> str:
        """The entry as a sentence without its date, which is all that would tell it from one of another day."""
        key = (entry.kind, repr(entry.data))
        if key not in self._made:
            if len(self._made) >= MOST_TOLD:
                self._made.clear()
            self._made[key] = self.describe(entry, dated=False)
        return self._made[key]


def picture(game: Game, seat: str, last: int = 0, tell: Told | None = None) -> dict[str, Any]:
    """What a seat knows, as plain data; for ``umpire`` the truth, for ``observer`` what is public.

    ``last``: of what it has heard no more than so many entries, the latest. ``tell``: in whose words, of this setup.
    """
    setup, world = game.setup, game.view(seat)
    common = game.status(None if seat == "umpire" else seat) if seat != "observer" else {}
    entries = game.entries(seat)
    tell = tell or Told(setup)
    return {
        "seat": seat if seat in {"umpire", "observer"} else common["seat"],
        "title": game.created["title"],
        "date": dates.instant(world.hour),
        "weather": dict(zip((c.id for c in setup.atlas.climates), world.weather, strict=True)),
        "powers": _powers(setup, world),
        "wars": _wars(world),
        "treaties": _treaties(world),
        "offers": _offers(world),
        "operations": _operations(world),
        "provinces": _provinces(setup, world),
        "forces": forces(setup, world),
        "fights": [
            {"province": setup.atlas.ids[e.province], "since": dates.instant(e.began)}
            for e in world.engagements.values()
        ],
        "heard": [_heard(tell, e) for e in [e for e in entries if e.kind not in {"header", "day"}][-last:]],
    } | {k: common[k] for k in ("turn", "goals", "orders", "received", "sent", "news", "rfis") if k in common}


def _powers(setup: Setup, world: World) -> list[dict[str, Any]]:
    found = []
    for power in sorted({*world.powers, *world.polity.governments}):
        line: dict[str, Any] = {"power": power, "name": setup.atlas.power_names.get(power, power)}
        if power in world.powers:
            line["standing"] = world.powers[power].standing
        if (g := world.polity.governments.get(power)) is not None:
            line |= {"regime": g.regime, "head": g.head}
        found.append(line)
    return found


def _wars(world: World) -> list[dict[str, Any]]:
    return [
        {"war": w.id, "attackers": w.attackers, "defenders": w.defenders, "began": dates.instant(w.began),
         "over": f"ceased:{w.id}" in world.flags}
        for w in world.wars.values()
    ]  # fmt: skip


def _treaties(world: World) -> list[dict[str, Any]]:
    return [
        {"treaty": t.id, "kind": str(t.kind), "parties": t.parties, "protects": t.protects, "against": t.against,
         "until": dates.instant(t.ends) if t.ends else ""}
        for t in world.polity.in_force(world.hour)
    ]  # fmt: skip


def _offers(world: World) -> list[dict[str, Any]]:
    """Treaties and the like that are proposed and not answered yet; ``agreed``: who has said yes."""
    return [
        {"offer": o.id, "form": str(o.form), "parties": o.parties, "agreed": o.agreed, "zones": o.zones,
         "until": dates.instant(o.ends) if o.ends else ""}
        for o in world.polity.offers.values()
    ]  # fmt: skip


def _operations(world: World) -> list[dict[str, Any]]:
    """Operations that are being prepared, ordered or fought."""
    found = [
        {"operation": c.operation, "stage": c.stage, "day": dates.instant(c.ordered) if c.ordered else ""}
        for c in world.polity.crises.values()
    ]
    running = [o for o in world.operations.values() if o.stage != "planned"]
    return [*found, *({"operation": o.id, "stage": o.stage, "day": dates.instant(o.began)} for o in running)]


def _provinces(setup: Setup, world: World) -> dict[str, str]:
    """Who holds each province; empty: nobody."""
    names = setup.atlas.powers
    return {p: names[c] if c != NOBODY else "" for p, c in zip(setup.atlas.ids, world.controller.tolist(), strict=True)}


def forces(setup: Setup, world: World) -> list[dict[str, Any]]:
    """Formations in the field that the view shows, headquarters left out, in row order."""
    f, atlas = world.forces, setup.atlas
    shown = (f.status == Status.ACTIVE) & (f.men > 0) & (f.kind >= len(HEADQUARTERS))
    rows = np.flatnonzero(shown)
    columns = (rows, *(getattr(f, name)[rows] for name in COLUMNS))
    found = []
    for i, power, kind, place, men, guns, tanks, aircraft, posture, supply, ready, tired, parent, arrives in zip(
        *(c.tolist() for c in columns), strict=True
    ):
        line = {
            "id": f.ids[i], "name": f.names[i], "power": atlas.powers[power], "kind": KINDS[kind],
            "province": atlas.ids[place], "men": round(men), "guns": round(guns), "tanks": round(tanks),
            "aircraft": round(aircraft), "posture": POSTURES[posture], "supply": round(supply, 2),
            "readiness": round(ready, 2), "fatigue": round(tired, 2), "under": f.ids[parent] if parent >= 0 else "",
            "arrives": dates.instant(arrives) if arrives > world.hour else "",
        }  # fmt: skip
        found.append(line)
    return found


COLUMNS = (
    *("power", "kind", "province", "men", "guns", "tanks", "aircraft"),
    *("posture", "supply", "readiness", "fatigue", "parent", "arrives"),
)
"""Of formations, in the order in which `forces` tells of them."""


def _heard(tell: Told, entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.n, "at": dates.instant(entry.hour), "kind": entry.kind, "data": entry.data,
        "because": entry.because, "text": tell.undated(entry),
    }  # fmt: skip


def told(game: Game, seat: str) -> Iterator[str]:
    """The picture in lines: date, powers at war, own and known forces by province, news of the last turn, mail."""
    p = picture(game, seat)
    yield f"{p['title']}: {dates.spoken(dates.parse(p['date']), year=True)}, as seen by {p['seat']}"
    yield "weather: " + _told_weather(p["weather"])
    for war in p["wars"]:
        over = " (over)" if war["over"] else ""
        yield f"war: {', '.join(war['attackers'])} against {', '.join(war['defenders'])}{over}"
    for t in p["treaties"]:
        if p["seat"] in t["parties"]:
            others = ", ".join(x for x in t["parties"] if x != p["seat"])
            yield f"treaty: {t['kind']} with {others}" + (f" until {t['until'][:10]}" if t["until"] else "")
    for goal in p.get("goals", []):
        yield f"objective: {goal}"
    for o in p["offers"]:
        zones = f" for {', '.join(o['zones'])}" if o["zones"] else ""
        yield f"offer: {o['form']} between {', '.join(o['parties'])}{zones}; agreed so far: {', '.join(o['agreed'])}"
    for o in p["operations"]:
        if o["stage"] != "ended":
            yield f"operation {o['operation']}: {o['stage']}" + (f", {o['day'][:10]}" if o["day"] else "")
    yield from _told_forces(p)
    began = game.line()[-1].body.get("began", 0)
    yield from _told_news([h for h in p["heard"] if dates.parse(h["at"]) >= began and h["kind"] not in QUIET])
    for letter in p.get("received", []):
        how = "read on its way" if letter["intercepted"] else f"by {letter['way']}"
        whom = f"{letter['from']} to {', '.join(letter['to'])}"
        yield f"message {letter['number']} ({letter['came'][:10]}, {how}): {whom}: {letter['text']}"
    for item in p.get("news", []):
        yield f"news {item['number']} ({item['came'][:10]}): {item['text']}"
    for asked in p.get("rfis", []):
        yield f"request {asked['number']}: {asked['text']} - {asked['answer'] or 'no answer yet'}"


def _told_news(news: list[dict[str, Any]]) -> Iterator[str]:
    """What was heard, entry by entry; many formations that came up on one day are counted in a line."""
    days: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for h in news:
        if h["kind"] == "formation_ready":
            days.setdefault((h["at"][:10], h["data"]["how"]), []).append(h)
    many = {day: group for day, group in days.items() if len(group) > MOST_READY}
    for h in news:
        group = many.get((h["at"][:10], h["data"]["how"])) if h["kind"] == "formation_ready" else None
        if group is None:
            yield f"{h['number']}. {h['at'][:10]} {h['text']}"
        elif h is group[0]:
            did = READY.get(h["data"]["how"], "are ready")
            yield f"{h['number']}. {h['at'][:10]} {len(group)} formations {did}."


def _told_weather(weather: dict[str, str]) -> str:
    """Each state with the climates that have it; the one that most have goes without."""
    by: dict[str, list[str]] = {}
    for climate, state in weather.items():
        by.setdefault(state, []).append(climate.replace("_", " "))
    if not by:
        return "not known"
    usual, *others = sorted(by, key=lambda s: -len(by[s]))
    return "; ".join([usual, *(f"{s} in {', '.join(by[s])}" for s in others)])


def _told_forces(p: dict[str, Any]) -> Iterator[str]:
    """Men by power and province."""
    by: dict[str, dict[str, list[int]]] = {}
    for f in p["forces"]:
        men = by.setdefault(f["power"], {}).setdefault(f["province"], [0, 0])
        men[0] += 1
        men[1] += f["men"]
    for power, places in sorted(by.items()):
        units, total = (sum(v[k] for v in places.values()) for k in (0, 1))
        yield f"{power}: {units} formations, {total:,} men"
        for place, (n, strength) in sorted(places.items(), key=lambda x: -x[1][1])[:12]:
            yield f"  {place}: {n}, {strength:,} men"
        if len(places) > 12:
            yield f"  and {len(places) - 12} more places"
