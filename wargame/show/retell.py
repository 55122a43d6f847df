"""One journal entry as one plain sentence, with its date and its numbers. The catalogue covers every kind of entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wargame import dates
from wargame.acts import MEANS, POLICY
from wargame.journal import Entry
from wargame.orders import Order
from wargame.show.prose import Names, capped, count, listing, number, percent, plural, sentence
from wargame.show.summaries import OUTCOMES

VERBS = {
    "attack": "attack along", "defend": "defend", "withdraw": "withdraw to", "breakout": "break out towards",
    "move": "march to", "stand": "stand",
}  # fmt: skip


BROKEN = {
    "course": "its government took back its programme of arms", "cabinet": "its cabinet fell",
    "budget": "its cabinet cut its programme of arms",
    "regime": "its regime fell", "contest": "its head fell",
}  # fmt: skip
TREATIES = {
    "defence": "a treaty of mutual defence", "guarantee": "a guarantee", "neutrality": "a treaty of neutrality",
    "non_aggression": "a pact of non-aggression", "consultation": "an agreement to consult",
    "convention": "a military convention", "transit": "an agreement on the passage of troops",
    "alignment": "an alignment of their policies", "settlement": "a settlement",
}  # fmt: skip
COURSE = {
    "agriculture": "forced collectivisation", "tempo": "forced investment", "repression": "repression",
    "purge": "purge", "comintern": "class against class", "foreign": "collective security",
    "rearmament": "arms wanted", "revisionism": "revisionism", "risk": "recklessness", "firmness": "firmness",
}  # fmt: skip
"""What the fields of a government's policy are called; each grows with what is named."""
NOTED = 0.05
"""From how much a field of a policy has moved in a new course that is told."""
IN_WORDS = (
    (r"the campaign by itself is worth ", "the campaign by itself "),
    (r"what the war itself would cost ", "the cost of the war "),
    (r"a price of waiting of ", "the price of waiting "),
    (r"^(.+), thought (\d+ per cent) likely to fight, ", r"\1 (thought \2 likely to fight) "),
    (r"^for ([^:]+): (.+): (\d+ per cent)$", r"its chance to fight for \1 was \3 (\2)"),
    (r"^(.+ would not go on): (.+): (\d+ per cent)$", r"\1, which it had been \3 likely to (\2)"),
    (r"^(alarm .+): (\d+ per cent)$", r"\2 likely (\1)"),
)
"""How reasons are written in the journal, and the same as a reader would have it."""


class Retelling:
    """Tells the entries of a scenario's runs."""

    def __init__(self, setup: Any, journal: Iterable[Entry] = ()) -> None:
        """With a ``journal``, governments are told beside those before them: a head that stays, a course that moves."""
        self.setup = setup
        self.names = Names(setup.atlas, setup.forces)
        self.before = _governments_before(setup, journal)
        self.operations = {p.operation.id: p.operation for p in setup.plans if p.operation is not None}

    def describe(self, e: Entry, *, dated: bool = True) -> str:
        """One entry as a plain sentence with its numbers, and its date unless ``dated`` is false."""
        tell: Callable[[dict[str, Any]], str] | None = getattr(self, f"_tell_{e.kind}", None)
        if e.kind == "header":
            d = e.data
            return sentence(f"the scenario '{d['title']}', edition {d['edition']}, seed {d['seed']}, data {d['data']}")
        text = tell(e.data) if tell else e.kind.replace("_", " ")
        if e.kind == "government_formed" and e.n in self.before:
            text = self._tell_government_after(e.data, *self.before[e.n])
        return sentence(f"on {dates.spoken(e.hour, year=True)} {text}" if dated else text)

    def _tell_decision(self, d: dict[str, Any]) -> str:
        question, _, subject = d["question"].partition(":")
        if question in {"order", "refused"}:  # a player's order at the table, in its written form
            why = f": {self.said('; '.join(d['reasons']))}" if d["reasons"] else ""
            said = "gave an order" if question == "order" else "could not do what it ordered"
            return f"{self.names.country(d['power'])} {said}, '{'; '.join(d['answer'])}'{why}"
        seat = f"the {d['seat']} seat of {self.names.country(d['power'])}"
        who = "the scenario's script" if d["seat"] == "script" else seat
        answer = listing([self._answer(a) for a in d["answer"]])
        reasons = self.weighed(d["reasons"]).removeprefix("scripted: ")
        asked = question.replace("_", " ") + (f" ({self._subject(subject)})" if subject else "")
        return f"asked about '{asked}', {who} decided: {answer}" + (f", because {reasons}" if reasons else "")

    def said(self, reason: str) -> str:
        """A reason as written in the journal, with powers by name and per cent in words."""
        text = re.sub(r"^[A-Z]{3}(, [A-Z]{3})+(?= more)", lambda m: listing(m[0].split(", ")), reason)
        text = re.sub(r"\b[A-Z]{3}\b", lambda m: self.names.country(m[0]), text).replace("%", " per cent")
        for written, words in IN_WORDS:
            text = re.sub(written, words, text)
        return text

    def weighed(self, reasons: Iterable[str]) -> str:
        """The reasons of a weighing in one clause: its outcome first, then what weighed most."""
        first, *rest = [self.said(r) for r in reasons] or [""]
        if not first.startswith("chance of victory"):
            return "; ".join([first, *rest])
        return f"{first.replace(', ', ' and ')}" + (f"; what weighed most: {listing(rest)}" if rest else "")

    def talks_name(self, talks: str) -> str:
        """What a negotiation is called."""
        row = next((r for r in self.setup.tables["talks"] if r["id"] == talks), None)
        return str(row["name"]) if row and row["name"] else talks.replace("_", " ")

    def _answer(self, text: str) -> str:
        parts = []
        for part in text.split("; "):
            try:
                parts.append(self._order(Order.parse(part)))
            except (ValueError, KeyError):
                parts.append(part.replace("_", " "))
        return listing(parts)

    def _order(self, order: Order) -> str:
        towns = listing([self.names.town(p) for p in order.where])
        return f"{self.names.formation(order.hq)} to {VERBS[str(order.verb)]} {towns}".rstrip()

    def _subject(self, name: str) -> str:
        name = name.split(":", maxsplit=1)[0]
        if name in self.operations:
            return self.operation(name)
        if name in self.setup.forces.ids:
            return self.names.plain(name)
        if name in self.setup.atlas.number:
            return self.names.town(name)
        return str(self.setup.atlas.power_names.get(name, name))

    def _tell_order_issued(self, d: dict[str, Any]) -> str:
        return f"orders went out for {self._order(Order.parse(d['order']))}"

    def _tell_war_declared(self, d: dict[str, Any]) -> str:
        sides = [listing([self.names.country(p) for p in d[s]]) for s in ("attackers", "defenders")]
        why = next((w.why for w in self.setup.scenario.wars if w.id == d["war"]), "")
        return f"{sides[0]} opened hostilities against {sides[1]}" + (f" ({why})" if why else "")

    def _tell_war_joined(self, d: dict[str, Any]) -> str:
        return f"{self.names.country(d['power'])} entered the war on the side of the {d['on']}"

    def _tell_operation_launched(self, d: dict[str, Any]) -> str:
        name = self.operation(d["operation"])
        return f"{name} began: {self.names.country(d['power'])} against {self.names.country(d['target'])}"

    def _tell_operation_ended(self, d: dict[str, Any]) -> str:
        name = self.operation(d["operation"])
        outcome = OUTCOMES.get(d["outcome"], d["outcome"].replace("_", " "))
        return f"{name} {outcome}: {listing([self.said(r) for r in d['reasons']])}"

    def _tell_army_broken(self, d: dict[str, Any]) -> str:
        return (
            f"the army of {self.names.country(d['power'])} was broken: {percent(d['share_lost'])} lost or cut off, "
            f"{number(d['men_left'])} men left in the field and in supply"
        )

    def _tell_standing_changed(self, d: dict[str, Any]) -> str:
        standing, reason = d["standing"].replace("_", " "), f": {self.said(d['reason'])}" if d["reason"] else ""
        return f"{self.names.country(d['power'])} was now {standing}{reason}"

    def _tell_armistice_signed(self, d: dict[str, Any]) -> str:
        who, to = self.names.country(d["power"]), self.names.country(d["to"])
        why = f": {listing([self.said(r) for r in d['reasons']])}" if d["reasons"] else ""
        return f"{who} signed an armistice with {to} and left the war{why}"

    def _tell_partisans_struck(self, d: dict[str, Any]) -> str:
        land, who = self.names.country(d["against"]), self.names.country(d["power"])
        men, unrest = number(d["killed"]), percent(d["unrest"])
        return f"partisans in the land of {land} killed {men} men of {who} in a month (unrest {unrest})"

    def _tell_flag_raised(self, d: dict[str, Any]) -> str:
        what, *about = d["flag"].split(":")
        return f"it became a fact: {what.replace('_', ' ')} ({', '.join(self._subject(a) for a in about)})"

    def _tell_hostilities_ceased(self, d: dict[str, Any]) -> str:
        return "hostilities on land ceased: one side had no organised force left"

    def _tell_formation_ready(self, d: dict[str, Any]) -> str:
        how = {"mobilised": "finished mobilising", "arrived": "arrived", "raised": "was raised"}.get(d["how"], d["how"])
        return f"{self.names.formation(d['formation'])} {how} at {self.names.town(d['province'])}"

    def _tell_objective_reached(self, d: dict[str, Any]) -> str:
        return f"{self.names.formation(d['hq'])} reached {self.names.town(d['province'])}, step {d['step']} of its axis"

    def _tell_engagement_began(self, d: dict[str, Any]) -> str:
        who, foe = self.names.attackers(d["attackers"]), self.names.defenders(d["defenders"])
        men = f"{number(d['attacking_men'])} men against {number(d['defending_men'])}"
        why = f"; what weighed most: {listing(list(d['reasons']))}" if d["reasons"] else ""
        return f"{who} assaulted {foe} at {self.names.town(d['province'])}, {men}{_chance(d['odds'])}{why}"

    def _tell_engagement_ended(self, d: dict[str, Any]) -> str:
        who, foe = self.names.attackers(d["attackers"]), self.names.defenders(d["defenders"])
        what = {
            "broken": f"{who} broke {foe}",
            "overrun": f"{who} overran {foe}",
            "repulsed": f"{foe} repulsed {who}",
            "contained": f"{who} beat {foe}, which had nowhere to go and held on",
            "withdrawn": f"{foe} withdrew",
            "surrendered": f"{foe} surrendered to {who}",
        }.get(d["result"], "the assault lapsed")
        lost = " and ".join(number(d[f"{side}_killed_wounded"]) for side in ("attacker", "defender"))
        captured = f", {number(d['captured'])} prisoners" if d["captured"] else ""
        back = f", the rest fell back to {self.names.town(d['retreat_to'])}" if d["retreat_to"] else ""
        facts = f"{count(d['days'], 'day')}; losses {lost} killed and wounded{captured}{back}"
        return f"{what} at {self.names.town(d['province'])} ({facts})"

    def _tell_formations_overtaken(self, d: dict[str, Any]) -> str:
        who, town = self._some(d["formations"]), self.names.town(d["province"])
        lost = f"{number(d['killed_wounded'])} killed and wounded, {number(d['captured'])} captured"
        back = f", the rest driven on to {self.names.town(d['retreat_to'])}" if d["retreat_to"] else ""
        return f"{self.names.adjective(d['power'])} pursuit caught {who} at {town} ({lost}{back})"

    def _tell_entrained(self, d: dict[str, Any]) -> str:
        who, towns = self.names.formation(d["formation"]), [self.names.town(d[k]) for k in ("origin", "destination")]
        return f"{who} entrained at {towns[0]} for {towns[1]}, due there on {dates.spoken(d['arrives'])}"

    def _tell_embarked(self, d: dict[str, Any]) -> str:
        who, towns = self.names.formation(d["formation"]), [self.names.town(d[k]) for k in ("origin", "destination")]
        ships, due = self.names.adjective(d["carrier"]), dates.spoken(d["lands"])
        what = {"landing": "to land at", "evacuation": "to be taken to", "return": "back to"}.get(d["purpose"], "for")
        return f"{who} sailed from {towns[0]} in {ships} ships {what} {towns[1]}, due there on {due}"

    def _tell_convoy_lost(self, d: dict[str, Any]) -> str:
        who, town = self.names.formation(d["formation"]), self.names.town(d["destination"])
        return (
            f"{percent(d['share'])} of the ships with {who} aboard for {town} were sunk; {number(d['men'])} men drowned"
        )

    def _tell_landed(self, d: dict[str, Any]) -> str:
        who, town = self._some(d["formations"]), self.names.town(d["province"])
        if d["how"] in {"harbour", "unopposed"}:
            return f"{who} with {number(d['men'])} men landed at {town}{'' if d['how'] == 'harbour' else ' unopposed'}"
        lost = " and ".join(number(d[k]) for k in ("killed_wounded", "enemy_killed_wounded"))
        men = f"{number(d['men'])} men against {number(d['enemy_men'])}{_chance(d['odds'])}"
        why = f"; what weighed most: {listing(list(d['reasons']))}" if d["reasons"] else ""
        what = "fought its way ashore" if d["how"] == "assault" else "was thrown back into the sea"
        return f"{who} {what} at {town} ({men}; losses {lost} killed and wounded{why})"

    def _tell_evacuated(self, d: dict[str, Any]) -> str:
        who, towns = self.names.formation(d["formation"]), [self.names.town(d[k]) for k in ("province", "to")]
        return f"{who}, cut off at {towns[0]}, was taken off by ships for {towns[1]} with {number(d['men'])} men"

    def _tell_province_taken(self, d: dict[str, Any]) -> str:
        how = {"ceded": "by cession", "ruled": "by ruling of the umpire"}.get(d["how"], "without a fight")
        if (verb := {"entered": "entered it", "fought": "took it"}.get(d["how"])) is not None:
            who = self.names.formation(d["by"]) if d["by"] else f"{self.names.adjective(d['power'])} troops"
            how = f"{who} {verb}"
        previous, power = self.names.country(d["previous"]), self.names.country(d["power"])
        return f"{self.names.town(d['province'])} passed from {previous} to {power}: {how}"

    def _tell_pocket_formed(self, d: dict[str, Any]) -> str:
        towns = capped([self.names.town(p) for p in d["provinces"]], 6, "other place")
        who = self.names.defenders(d["formations"])
        verb = "were" if plural(who) else "was"
        return f"{who}, {number(d['men'])} men, {verb} cut off at {towns}"

    def _tell_pocket_relieved(self, d: dict[str, Any]) -> str:
        town = self.names.town(d["province"])
        return f"the pocket at {town} was a pocket no longer: a way out was open, or its troops had gone"

    def _tell_formations_surrendered(self, d: dict[str, Any]) -> str:
        who, town, captor = self._some(d["formations"]), self.names.town(d["province"]), self.names.country(d["to"])
        return f"{who} with {number(d['men'])} men surrendered at {town} to {captor}"

    def _tell_formations_interned(self, d: dict[str, Any]) -> str:
        who, host = self._some(d["formations"]), self.names.country(d["host"])
        return f"{who} with {number(d['men'])} men crossed into {host} and were interned"

    def _tell_formation_dispersed(self, d: dict[str, Any]) -> str:
        who, town = self.names.formation(d["formation"]), self.names.town(d["province"])
        return f"{who}, {d['reason']}, dissolved near {town}; {number(d['captured'])} men were captured"

    def _tell_air_fought(self, d: dict[str, Any]) -> str:
        lost = f"{d['attacker_lost']:.0f} and {d['defender_lost']:.0f} aircraft were lost"
        return f"air superiority of the attackers stood at {d['superiority']:+.2f}; {lost}"

    def _tell_weather_turned(self, d: dict[str, Any]) -> str:
        states = list(d["weather"])
        parts = [f"{s} in {states.count(s)}" for s in dict.fromkeys(sorted(states))]
        return f"the weather by climates was {listing(parts)}"

    # --- politics ----------------------------------------------------------------------------------------------------

    def operation(self, name: str) -> str:
        """What an operation is called; of one drawn up in play its id tells: ``ger_war_on_poland``, War on Poland."""
        if name in self.operations:
            return str(self.operations[name].name)
        words = name.partition("_")[2].split("_")
        return " ".join(w if w in {"against", "of", "on", "the"} else w.capitalize() for w in words) or name

    def _tell_government_formed(self, d: dict[str, Any]) -> str:
        party = f" ({d['faction']})" if d["faction"].casefold() not in d["head"].casefold() else ""
        why = f": {self.said(d['why'])}" if d["why"] and "by date" not in d["why"] else ""
        if d["why"].startswith("its "):  # under the same head
            return f"{self.names.country(d['power'])} changed its course under {d['head']}{why}"
        return f"{d['head']}{party} took over the government of {self.names.country(d['power'])}{why}"

    def _tell_government_after(self, d: dict[str, Any], head: str, policy: Sequence[float]) -> str:
        """A government told beside the one before it: under the same head it only changed its course."""
        if d["head"] != head and not d["why"].startswith("its "):
            return self._tell_government_formed(d)
        moved = [
            (abs(after - before), f"{COURSE[name]} {before:+.2f} to {after:+.2f}")
            for name, before, after in zip(POLICY, policy, d["policy"], strict=True)
            if abs(after - before) >= NOTED
        ]
        course = listing([text for _, text in sorted(moved, key=lambda m: (-m[0], m[1]))[:2]])
        plain = d["why"].startswith("its course by date") or not d["why"]
        why = "" if plain else f": {self.said(d['why'])}"
        told = f"{self.names.country(d['power'])} changed its course under {d['head']}"
        return told + (f" ({course})" if course else "") + why

    def _tell_leader_died(self, d: dict[str, Any]) -> str:
        who = f"{self._leader(d['leader'])} of {self.names.country(d['power'])} died"
        return f"{who} {d['why']}" if d["why"].startswith("of ") else f"{who}: {d['why']}"

    def _leader(self, leader: str) -> str:
        rows = [r for r in self.setup.tables["leaders"] if r["id"] == leader]
        return str(rows[-1]["name"]) if rows else leader.replace("_", " ")

    def _tell_contest_held(self, d: dict[str, Any]) -> str:
        with_him = listing([self._leader(p) for p in d["coalition"] if p != d["head"]])
        ranked = sorted(zip(d["contenders"], d["shares"], strict=True), key=lambda c: (-c[1], c[0]))[:4]
        shares = listing([f"{self._leader(p)} {percent(share)}" for p, share in ranked if share >= 0.005])
        what = "came out of the contest for the succession" + (" as a figurehead" if d["figurehead"] else "")
        who = f"{self._leader(d['head'])} of {self.names.country(d['power'])}"
        return f"{who} {what}" + (f", with {with_him}" if with_him else "") + f": {shares}"

    def _tell_economy_advanced(self, d: dict[str, Any]) -> str:
        known = dict(zip(MEANS, d["means"], strict=False))
        why = f": {'; '.join(self.said(r) for r in d['reasons'])}" if d["reasons"] else ""
        return (
            f"{self.names.country(d['power'])} had a product of {known['gdp']:,.0f} milliard dollars, "
            f"{percent(known['military_share'])} of it for arms, and {known['steel']:.1f} million tonnes of steel a "
            f"year, at a strain of {percent(known['strain'])}{why}"
        )

    def _tell_economy_broke(self, d: dict[str, Any]) -> str:
        why = f": {'; '.join(self.said(r) for r in d['reasons'])}" if d["reasons"] else ""
        return f"the economy of {self.names.country(d['power'])} broke, and {BROKEN[d['fate']]}{why}"

    def _tell_dealings_changed(self, d: dict[str, Any]) -> str:
        who, whom = self.names.country(d["power"]), self.names.country(d["about"])
        value = d["value"]
        if value <= -1.0:
            what = f"{who} broke off all trade with {whom}"
        elif value < 0.0:
            what = f"{who} refused credit to {whom} and cut its trade with it"
        elif value > 0.0:
            what = f"{who} gave {whom} arms on credit"
        else:
            what = f"{who} traded with {whom} as usual again"
        return what + (f": {self.said(d['why'])}" if d["why"] else "")

    def _tell_treaty_signed(self, d: dict[str, Any]) -> str:
        parties = listing([self.names.country(p) for p in d["parties"]])
        kind = TREATIES.get(d["form"], d["form"].replace("_", " "))
        against = listing([self.names.country(p) for p in d["against"]])
        return f"{parties} signed {kind}" + (f" against {against}" if against else "")

    def _tell_treaty_ended(self, d: dict[str, Any]) -> str:
        parties = listing([self.names.country(p) for p in d["parties"]])
        kind = TREATIES.get(d["form"], d["form"].replace("_", " ")).removeprefix("a ").removeprefix("an ")
        return f"the {kind} between {parties} came to an end: {self.said(d['why'])}"

    def _tell_talks_held(self, d: dict[str, Any]) -> str:
        parties = listing([self.names.country(p) for p in d["parties"]])
        why = f": {'; '.join(self.said(r) for r in d['reasons'])}" if d["reasons"] else ""
        what = {
            "opened": "opened talks", "adjourned": f"met for round {d['round']} of their talks",
            "broken_off": "broke off their talks", "agreed": "came to an agreement",
        }[d["result"]]  # fmt: skip
        return f"{parties} {what} ({self.talks_name(d['talks'])}){why}"

    def _tell_offer_moved(self, d: dict[str, Any]) -> str:
        by, parties = self.names.country(d["by"]), [self.names.country(p) for p in d["parties"]]
        zones = listing([self.setup.atlas.zone_names.get(z, z) for z in d["zones"]])
        why = f": {'; '.join(self.said(r) for r in d['reasons'])}" if d["reasons"] else ""
        if d["form"] == "settlement":
            said = {
                "made": f"{by} demanded {zones} of {parties[-1]}", "agreed": f"{by} gave {parties[0]} {zones}",
                "refused": f"{by} would not give {parties[0]} {zones}",
            }  # fmt: skip
            return said[d["stage"]] + why
        peace = "peace where the armies stand"
        what = peace if d["form"] == "peace" else TREATIES.get(d["form"], d["form"].replace("_", " "))
        between = f"{what} between {listing(parties)}"
        said = {"made": f"{by} was for {between}", "agreed": f"{by} agreed to {between}",
                "refused": f"{by} would not have {between}"}  # fmt: skip
        return said[d["stage"]] + why

    def _tell_course_turned(self, d: dict[str, Any]) -> str:
        return f"the government of {self.names.country(d['power'])} turned its line on {d['line']} to {d['value']:+.1f}"

    def _tell_plan_drawn(self, d: dict[str, Any]) -> str:
        places = listing([self.setup.atlas.names[self.setup.atlas.number[p]] for p in d["objectives"]])
        against = self.names.country(d["target"])
        return f"the staff of {self.names.country(d['power'])} drew up {d['name']} against {against}, for {places}"

    def _tell_crisis_moved(self, d: dict[str, Any]) -> str:
        name, power = self.operation(d["operation"]), self.names.country(d["power"])
        why = self.weighed(d["reasons"])
        what = {
            "wanted": f"{power} wanted {name} and let it be",
            "incapable": f"{power} wanted {name} and had not the means",
            "preparing": f"{power} resolved upon {name} and had it prepared",
            "ordered": f"{power} ordered {name}",
            "halted": f"{power} halted {name}",
            "launched": f"{power} gave the last word for {name}",
            "settled": f"{name} was settled without war",
            "lapsed": f"{name} came to nothing",
        }[d["stage"]]
        return what + (f": {why}" if why else "")

    def _tell_signal_sent(self, d: dict[str, Any]) -> str:
        why = self.said(d["why"])
        return f"{self.names.country(d['power'])} {why} for the sake of {self.names.country(d['about'])}"

    def _tell_reputation_moved(self, d: dict[str, Any]) -> str:
        word = f"{d['backdowns']:.1f} broken, {d['stands']:.1f} kept, {d['aggressions']:.1f} attacks"
        return f"the word of {self.names.country(d['power'])} stood at {word}, after this: {self.said(d['why'])}"

    def _tell_outlook_moved(self, d: dict[str, Any]) -> str:
        others = listing([f"{self.names.country(o)} {v:.0%}" for o, v in zip(d["others"], d["values"], strict=True)])
        return f"{self.names.country(d['power'])} thought otherwise of others ({d['table']}): {others}"

    def _tell_mobilised(self, d: dict[str, Any]) -> str:
        how = " in secret" if d["covert"] else ""
        called = f": {count(d['formations'], 'formation')} called up" if d["formations"] else ""
        return f"{self.names.country(d['power'])} mobilised{how} {self.said(d['why'])}".rstrip() + called

    def _tell_stood_down(self, d: dict[str, Any]) -> str:
        why = f": {d['why']}" if d["why"] else ""
        return f"{self.names.country(d['power'])} sent its reservists home{why}"

    def _tell_formations_regrouped(self, d: dict[str, Any]) -> str:
        return f"{count(len(d['formations']), 'formation')} of {self.names.country(d['power'])} gathered {d['why']}"

    def _tell_formations_reformed(self, d: dict[str, Any]) -> str:
        return f"{self._some(d['formations'])} received a new establishment {d['why']}"

    def _tell_formations_disbanded(self, d: dict[str, Any]) -> str:
        return f"{self._some(d['formations'])} were disbanded {d['why']}"

    def _tell_zones_ceded(self, d: dict[str, Any]) -> str:
        zones = listing([self.setup.atlas.zone_names.get(z, z) for z in d["zones"]])
        previous = f" from {self.names.country(d['previous'])}" if d["previous"] else ""
        if previous.endswith(zones):  # a land that was a power of its own
            zones, previous = previous.removeprefix(" from "), ""
        return f"{zones} passed{previous} to {self.names.country(d['power'])} by {d['how']}"

    # --- the umpire --------------------------------------------------------------------------------------------------

    def _tell_ruling_made(self, d: dict[str, Any]) -> str:
        about = f" on {d['about'].rstrip('.')}" if d["about"] else ""
        chance = f", to which they gave {percent(d['probability'])}" if d["probability"] >= 0 else ""
        rule = f" where the rules had '{d['rule'].rstrip('.')}'{chance}" if d["rule"] else ""
        what = {"dice": "had dice rolled", "table_result": "entered a result fought on the table"}.get(
            d["how"], "ruled"
        )
        beyond = ", outside the range of the odds" if d["beyond"] else ""
        said = "".join(f"; {line}" for line in d["argument"])
        who = "the umpire" if d["by"] == "umpire" else d["by"]
        return f"{who} {what}{about}: '{d['decided'].rstrip('.')}'{rule}{beyond}, because {d['reason']}{said}"

    def _tell_die_typed(self, d: dict[str, Any]) -> str:
        die = f"{d['purpose'].replace('.', ' ')} of {self._subject(d['subject'])}"
        return f"a die rolled at the table stood for the luck of {die}: {100 * d['value']:.4g} of 100"

    def _tell_formations_worn(self, d: dict[str, Any]) -> str:
        fallen, taken = sum(d["killed"]) + sum(d["wounded"]), sum(d["captured"])
        if fallen + taken < 0:
            return f"{self._some(d['formations'])} had {number(-fallen - taken)} men back by ruling"
        captured = f" and {number(taken)} captured" if taken else ""
        arms = [f"{number(sum(d[k]))} {k}" for k in ("guns", "tanks") if sum(d[k]) > 0]
        with_arms = f", and {listing(arms)}" if arms else ""
        return f"{self._some(d['formations'])} lost {number(fallen)} killed and wounded{captured}{with_arms} by ruling"

    def _tell_formations_placed(self, d: dict[str, Any]) -> str:
        towns = capped([self.names.town(p) for p in dict.fromkeys(d["provinces"])], 6, "other place")
        return f"{self._some(d['formations'])} went to {towns} by ruling"

    def _tell_condition_set(self, d: dict[str, Any]) -> str:
        return f"the {d['what']} of {self._some(d['formations'])} was set to {percent(d['value'])} by ruling"

    def _tell_day(self, d: dict[str, Any]) -> str:
        return f"the day was closed, digest {d['digest']}"

    def _some(self, formations: Iterable[str]) -> str:
        return capped([self.names.formation(x) for x in formations], 6, "other formation")


def _governments_before(setup: Any, journal: Iterable[Entry]) -> dict[int, tuple[str, Sequence[float]]]:
    """Head and policy of the government before each that was formed, by the number of its entry."""
    last: dict[str, tuple[str, Sequence[float]]] = {}
    opening = setup.scenario.scenario.opening
    for row in sorted(setup.tables["governments"], key=lambda r: int(r["from"])):
        if row["from"] <= opening:
            last[row["power"]] = row["head"], [row[name] for name in POLICY]
    before = {}
    for e in journal:
        if e.kind == "government_formed":
            if e.data["power"] in last:
                before[e.n] = last[e.data["power"]]
            last[e.data["power"]] = e.data["head"], e.data["policy"]
    return before


def _chance(odds: float) -> str:
    """What follows the numbers of an assault: its chance, for those who may know it (below 0: not known)."""
    return f", chance of success {percent(odds)}" if odds >= 0 else ""
