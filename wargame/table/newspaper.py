"""The newspaper: a front page of the turn from what everybody knows, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.journal import Entry
from wargame.scenario import Setup
from wargame.show.frontpage import FrontPage, Story
from wargame.show.prose import Names, capped, count, listing, sentence
from wargame.show.retell import TREATIES, Retelling
from wargame.world import World

NAME, MOTTO = "The Continental Courier", "What happened, where, and when; opinions elsewhere."
MOST_STORIES, MOST_BRIEF, MOST_CITIES, MOST_TOWNS = 8, 8, 9, 8
NOTICE = 58.0
"""Weight of what the umpire tells everybody, among the news."""
LONGEST_HEADLINE = 11
"""Words."""
TOWN = 60.0
"""Thousand people from which the fall of a town is news."""


def front_page(
    setup: Setup,
    public: World,
    entries: Sequence[Entry],
    opened: int,
    number: int,
    notices: Iterable[str] = (),
    picture: Path | None = None,
) -> FrontPage:
    """The front page of a turn.

    ``public`` is the world as everybody knows it, ``entries`` what everybody has heard from the game's first hour on
    (`wargame.table.redact` with no power), ``notices`` what the umpire has told all, ``picture`` a map of it.
    ``opened``: when the turn began.
    """
    desk = _Writer(setup, public)
    news = [e for e in entries if e.hour >= opened and e.n > 0]
    told = [(NOTICE - k, _notice(sentence(n))) for k, n in enumerate(notices)]
    ranked = sorted([*desk.stories(news), *told], key=lambda s: -s[0])
    stories = [story for _, story in ranked]
    if not stories:
        days = f"between {dates.spoken(opened)} and {dates.spoken(public.hour, year=True)}"
        text = sentence(f"no event of note was reported to us {days}")
        stories = [Story("All quiet", "No news from the capitals", (text,))]
    brief = [s.text[0] for s in stories[MOST_STORIES:] if s.text][:MOST_BRIEF]
    return FrontPage(
        NAME, MOTTO, dates.spoken(public.hour, year=True), f"No. {number}", tuple(stories[:MOST_STORIES]),
        tuple(brief), tuple(desk.weather()), picture,
        f"The situation on {dates.spoken(public.hour, year=True)}",
    )  # fmt: skip


def _notice(text: str) -> Story:
    """What the umpire told everybody: its first words are the headline."""
    first, _, rest = text.partition(". ")
    words = first.removesuffix(".").split()
    if len(words) <= LONGEST_HEADLINE:
        return Story(" ".join(words), "", (rest,) if rest else ())
    return Story(" ".join(words[: LONGEST_HEADLINE - 2]) + " ...", "", (text,))


class _Writer:
    """Writes headlines and stories."""

    def __init__(self, setup: Setup, public: World) -> None:
        self.setup, self.public, self.tell = setup, public, Retelling(setup)
        self.names: Names = self.tell.names

    def stories(self, news: Sequence[Entry]) -> list[tuple[float, Story]]:
        """Every story with its weight."""
        by: dict[str, list[Entry]] = {}
        for e in news:
            by.setdefault(e.kind, []).append(e)
        found = [s for kind, write in self._writers().items() for e in by.get(kind, []) if (s := write(e))]
        found += self._treaties(by.get("treaty_signed", []))
        found += self._ended(by.get("treaty_ended", []))
        found += self._mobilised(by.get("mobilised", []))
        return [*found, *self._front(by.get("province_taken", []))]

    def _writers(self) -> Mapping[str, Callable[[Entry], tuple[float, Story] | None]]:
        return {
            "war_declared": self._war, "war_joined": self._joined, "hostilities_ceased": self._ceased,
            "standing_changed": self._standing, "zones_ceded": self._ceded, "leader_died": self._died,
            "signal_sent": self._signal, "government_formed": self._government, "stood_down": self._stood_down,
            "armistice_signed": self._armistice,
        }  # fmt: skip

    def _said(self, *entries: Entry) -> tuple[str, ...]:
        return tuple(self.tell.describe(e) for e in entries)

    def _people(self, powers: Iterable[str]) -> str:
        return listing([self.names.country(p).removeprefix("the ") for p in powers])

    # --- one entry, one story ----------------------------------------------------------------------------------------

    def _war(self, e: Entry) -> tuple[float, Story]:
        a, d = self._people(e.data["attackers"]), self._people(e.data["defenders"])
        verb = "attack" if len(e.data["attackers"]) > 1 else "attacks"
        deck = f"Hostilities opened on {dates.spoken(e.hour)}"
        text = f"{sentence(listing([self.names.country(p) for p in e.data['attackers']]))[:-1]} opened hostilities "
        text += f"against {listing([self.names.country(p) for p in e.data['defenders']])} on {dates.spoken(e.hour)}."
        return 100.0, Story(f"{a} {verb} {d}", deck, (text,))

    def _joined(self, e: Entry) -> tuple[float, Story]:
        who = self.names.country(e.data["power"]).removeprefix("the ")
        return 85.0, Story(f"{who} enters the war", "", self._said(e))

    def _ceased(self, e: Entry) -> tuple[float, Story]:
        war = self.public.wars.get(e.data["war"])
        sides = [self._people(side) for side in (war.attackers, war.defenders)] if war else ["", ""]
        text = f"The fighting on land between {sides[0]} and {sides[1]} came to an end on {dates.spoken(e.hour)}."
        return 90.0, Story("The guns fall silent", f"{sides[0]} and {sides[1]}", (text,))

    def _standing(self, e: Entry) -> tuple[float, Story] | None:
        name, adjective = (
            self.names.country(e.data["power"]).removeprefix("the "),
            self.names.adjective(e.data["power"]),
        )
        head = {
            "capitulated": f"{name} lays down its arms", "in_exile": f"{adjective} Government leaves the country",
            "defeated": f"{name} defeated",
        }.get(e.data["standing"])  # fmt: skip
        return (88.0, Story(head, "", self._said(e))) if head else None

    def _armistice(self, e: Entry) -> tuple[float, Story]:
        name = self.names.country(e.data["power"]).removeprefix("the ")
        return 95.0, Story(f"{name} lays down its arms", "An armistice is signed", self._said(e))

    def _ceded(self, e: Entry) -> tuple[float, Story]:
        zones = listing([self.setup.atlas.zone_names.get(z, z) for z in e.data["zones"]][:3])
        return 70.0, Story(f"{zones} to {self._people([e.data['power']])}", "", self._said(e))

    def _died(self, e: Entry) -> tuple[float, Story]:
        return 66.0, Story(f"{e.data['leader'].replace('_', ' ')} dead", "", self._said(e))

    def _government(self, e: Entry) -> tuple[float, Story]:
        name = self.names.country(e.data["power"])
        deck = f"{e.data['head']} at its head"
        return 50.0, Story(f"New government in {name}", deck, self._said(e))

    def _signal(self, e: Entry) -> tuple[float, Story]:
        who, whom = (self.names.country(e.data[k]).removeprefix("the ") for k in ("power", "about"))
        text = sentence(f"{self.names.country(e.data['power'])} let it be seen on {dates.spoken(e.hour)} that it "
                        f"stands by {self.names.country(e.data['about'])}")  # fmt: skip
        return 35.0, Story(f"{who} stands by {whom}", "", (text,))

    def _stood_down(self, e: Entry) -> tuple[float, Story]:
        return 30.0, Story(f"{self._people([e.data['power']])} sends reservists home", "", self._said(e))

    # --- many entries, one story -------------------------------------------------------------------------------------

    def _treaties(self, signed: Sequence[Entry]) -> list[tuple[float, Story]]:
        """Treaties signed the same day by the same powers are one story."""
        groups: dict[tuple[int, tuple[str, ...]], list[Entry]] = {}
        for e in signed:
            groups.setdefault((dates.day_number(e.hour), tuple(sorted(e.data["parties"]))), []).append(e)
        found = []
        for (_, parties), entries in groups.items():
            what = TREATIES.get(entries[0].data["form"], "a treaty").removeprefix("a ").removeprefix("an ")
            head = f"{self._people(parties[:3])} sign {what}"
            found.append((60.0 + 4.0 * len(parties), Story(head, "", self._said(*entries))))
        return found

    def _ended(self, entries: Sequence[Entry]) -> list[tuple[float, Story]]:
        """Treaties of the same powers that end the same day are one story."""
        groups: dict[tuple[int, frozenset[str]], dict[str, None]] = {}
        for e in entries:
            t = self.public.polity.treaties.get(e.data["treaty"])
            if t is not None:
                what = TREATIES[t.kind].removeprefix("a ").removeprefix("an ")
                groups.setdefault((e.hour, frozenset(t.parties)), {})[what] = None
        found = []
        for (hour, parties), kinds in groups.items():
            people = self._people(sorted(parties))
            text = sentence(f"on {dates.spoken(hour)} the {listing(list(kinds))} between {people} came to an end")
            found.append((42.0, Story(f"{self._people(sorted(parties)[:2])}: treaty at an end", "", (text,))))
        return found

    def _mobilised(self, entries: Sequence[Entry]) -> list[tuple[float, Story]]:
        powers = list(dict.fromkeys(e.data["power"] for e in entries))
        if not powers:
            return []
        calls = "call" if len(powers) > 1 else "calls"
        head = (
            f"{self._people(powers[:3])} {calls} up reserves" if len(powers) < 4 else "Armies called up across Europe"
        )
        return [(55.0 + len(powers), Story(head, "", (" ".join(self._said(*entries)),)))]

    def _front(self, taken: Sequence[Entry]) -> list[tuple[float, Story]]:
        """What each power took, towns by size; the fall of a capital is a story of its own."""
        found: list[tuple[float, Story]] = []
        atlas = self.setup.atlas
        groups: dict[str, list[Entry]] = {}
        for e in taken:
            groups.setdefault(e.data["power"], []).append(e)
            if atlas.capital_of[atlas.number[e.data["province"]]] == e.data["previous"]:
                town, whose = self.names.town(e.data["province"]), self.names.adjective(e.data["previous"])
                text = f"The {whose} capital passed into {self.names.adjective(e.data['power'])} hands on "
                story = Story(
                    f"{town} falls", f"The {whose} capital in enemy hands", (f"{text}{dates.spoken(e.hour)}.",)
                )
                found.append((95.0, story))
        for power, entries in groups.items():
            found.append(self._advance(power, entries))
        return found

    def _advance(self, power: str, entries: Sequence[Entry]) -> tuple[float, Story]:
        atlas = self.setup.atlas
        ranked = sorted(entries, key=lambda e: (-float(atlas.population_k[atlas.number[e.data["province"]]]), e.n))
        large = [e for e in ranked if atlas.population_k[atlas.number[e.data["province"]]] >= TOWN]
        known = large[:MOST_TOWNS] or ranked[:2]
        towns = [f"{self.names.town(e.data['province'])} on {dates.spoken(e.hour)}" for e in known]
        first = self.names.town(ranked[0].data["province"])
        adjective = self.names.adjective(power)
        whole = count(len({e.data["province"] for e in entries}), "district")
        text = f"{adjective} troops are reported in {listing(towns)}."
        total = f"In all {whole} passed into {adjective} hands." if len(entries) > len(known) else ""
        head = f"{adjective} troops in {first}"
        return 40.0 + min(30.0, len(entries)), Story(
            head, f"{sentence(whole)[:-1]} in these days", tuple(t for t in (text, total) if t)
        )

    # --- weather -----------------------------------------------------------------------------------------------------

    def weather(self) -> list[str]:
        """The weather in the largest capitals."""
        atlas = self.setup.atlas
        if not self.public.weather:
            return []
        capitals = {int(p) for places in atlas.capitals.values() for p in places}
        held = [p for p in capitals if atlas.capital_of[p] == atlas.powers[int(self.public.owner[p])]]
        largest = sorted(held, key=lambda p: (-float(atlas.population_k[p]), p))[:MOST_CITIES]
        states: dict[str, list[str]] = {}
        for p in largest:
            states.setdefault(self.public.weather[int(atlas.climate_of[p])], []).append(atlas.names[p])
        return [f"{sentence(state)[:-1]}: {capped(cities, MOST_CITIES)}." for state, cities in sorted(states.items())]


def public_notices(news: Iterable[Mapping[str, Any]], opened: int) -> list[str]:
    """What the umpire has told everybody since an hour, from a seat's tray."""
    return [str(n["text"]) for n in news if n["public"] and n["came"] >= dates.instant(opened)]
