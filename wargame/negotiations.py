"""Treaties and how they come about: talks that open, go on and break off, what is signed, whose troops may pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wargame import dates
from wargame.acts import OfferMoved, OutlookMoved, ReputationMoved, SignalSent, TalksHeld, TreatyEnded, TreatySigned
from wargame.conditions import at_war, holds
from wargame.events import Decision
from wargame.house import Clerk, House
from wargame.politics import Talks
from wargame.rules import diplomacy
from wargame.seats import Question, checked, is_played
from wargame.weighing import Next, beaten, concerned, designs, enemies_of, felt, interveners, noon, weighs, word
from wargame.world import War, World


def sign(
    house: House, clerk: Clerk, treaty_id: str, form: str, parties: tuple[str, ...], because: int, **terms: Any
) -> int:
    """A treaty comes into force; who promises help has put his word in, and the other's fate matters more to him."""
    entry = clerk.put(TreatySigned(treaty=treaty_id, form=form, parties=parties, because=because, **terms))
    if form in GOING_OVER:
        _go_over(clerk, parties, entry)
    rules, interests = house.rulebook.reputation, clerk.world.polity.interests
    if form not in ("defence", "guarantee"):
        return entry
    for helper in parties:
        others = tuple(p for p in terms.get("protects") or parties if p != helper)
        more = rules.word_given * terms["honour"]
        values = tuple(min(2.0, interests.get(f"{helper}>{p}", 0.0) + more) for p in others)
        if others:
            clerk.put(OutlookMoved(power=helper, table="interests", others=others,
                                   values=tuple(round(v, 4) for v in values), why="it has given its word",
                                   because=entry))  # fmt: skip
    return entry


def _go_over(clerk: Clerk, parties: tuple[str, ...], because: int) -> None:
    """Who aligns itself with a power, or promises to be neutral in its wars, no longer helps others against it."""
    world = clerk.world
    for t in world.polity.in_force(world.hour):
        foes = set(t.against) & set(parties)
        helpers = set(t.parties) & set(parties) - foes
        bound = len(t.parties) == 2 or (t.protects and not helpers & set(t.protects))
        if foes and helpers and bound and t.kind in HELP:
            denounce(clerk, t.id, f"{' and '.join(sorted(helpers))} went over to {' and '.join(sorted(foes))}", because)


def denounce(clerk: Clerk, treaty_id: str, why: str, because: int) -> None:
    """A treaty ends."""
    treaty = clerk.world.polity.treaties[treaty_id]
    clerk.put(TreatyEnded(treaty=treaty_id, form=str(treaty.kind), parties=treaty.parties, why=why, because=because))


def lapse(clerk: Clerk) -> None:
    """Treaties end whose parties are at war with each other, and those of two of whom one is put out of the field.

    A government in exile keeps its friends.
    """
    world = clerk.world
    for t in world.polity.in_force(world.hour):
        if enemies(world, t.parties):
            war = next((w.entry for w in world.wars.values() if _divides(w, t.parties)), 0)
            denounce(clerk, t.id, "its parties are at war", war)
            continue
        gone = [p for p in t.parties if p in world.powers and world.powers[p].standing in GONE]
        if gone and len(t.parties) == 2:
            denounce(clerk, t.id, f"{gone[0]} is put out of the field", world.powers[gone[0]].since_entry)


GONE = frozenset({"capitulated", "defeated"})
"""Standings of a power that can keep no treaty any more."""


def _divides(war: War, powers: Sequence[str]) -> bool:
    return any(p in war.attackers for p in powers) and any(p in war.defenders for p in powers)


def open_talks(house: House, clerk: Clerk) -> list[Next]:
    """Negotiations whose time has come are proposed; returns their first rounds."""
    world, politics = clerk.world, house.scenario.politics
    without = politics.without if politics is not None else ()
    rounds: list[Next] = []
    for row in house.tables["talks"]:
        name = row["id"]
        if name in without or name in world.polity.talks or f"agreed:{name}" in world.flags:
            continue
        pause = house.rulebook.diplomacy.talks_pause * dates.DAY
        if world.hour < world.polity.broken_off.get(name, -dates.DAY * 10**6) + pause:
            continue
        if not _can_talk(world, row["parties"]):
            continue
        if not holds(world, house.atlas, row["opens"]) or not row["opens"]:
            continue
        if all(_is_had(world, c) for c in house.tables["clauses"] if c["talks"] == name):
            continue
        cause = max((world.polity.governments[p].entry for p in row["parties"]), default=0)
        clerk.put(TalksHeld(talks=name, parties=row["parties"], round=0, result="opened", because=cause))
        rounds.append(_next_round(row, world.hour))
    return rounds


def _is_had(world: World, clause: dict[str, Any]) -> bool:
    """Whether a treaty in force binds all parties of a clause to the same already, or by more."""
    parties, covered = set(clause["parties"]), set(clause["protects"] or clause["parties"])
    return any(
        t.kind == clause["kind"] and parties <= set(t.parties) and covered <= set(t.protects or t.parties)
        and t.honour >= clause["honour"] and t.is_in_force(world.hour)
        for t in world.polity.treaties.values()
    )  # fmt: skip


def _can_talk(world: World, parties: Sequence[str]) -> bool:
    """Whether every party has a government that can sign, and none is at war with another."""
    able = all(p in world.polity.governments and not beaten(world, p) for p in parties)
    return able and not enemies(world, parties)


def _next_round(row: dict[str, Any], hour: int) -> Next:
    return ("talks", noon(hour + int(row["weeks"] * 7 * dates.DAY)), row["parties"][0], row["id"])


def hold_talks(house: House, clerk: Clerk, talks_id: str) -> list[Next]:
    """One round: any party may break off; after the last one all sign what each clause obliges them to."""
    world = clerk.world
    talks = world.polity.talks.get(talks_id)
    row = next(r for r in house.tables["talks"] if r["id"] == talks_id)
    if talks is None:
        return []
    done = talks.stage + 1
    if not _can_talk(world, talks.parties) or (row["breaks"] and holds(world, house.atlas, row["breaks"])):
        _close_talks(clerk, talks, "broken_off", done, ("events have overtaken them",))
        return []
    clauses = [c for c in house.tables["clauses"] if c["talks"] == talks_id]
    for party in talks.parties:
        chance, why = _willing(house, world, talks.parties, party, clauses, row["pull"])
        question = Question(
            f"talks:{talks_id}:{party}:{done}", party, "sign", talks_id, ("go on",), talks.entry, 1,
            {"probability": chance, "resolve": house.dice.uniform("talks", f"{talks_id}:{party}", talks.began)},
        )  # fmt: skip
        if not checked(question, house.seats[party].answer(question, world)).choice:
            _close_talks(clerk, talks, "broken_off", done, (f"{party} would not go on: {why}: {chance:.0%}",))
            return []
    if done < row["rounds"]:
        clerk.put(TalksHeld(talks=talks_id, parties=talks.parties, round=done, result="adjourned", because=talks.entry))
        return [_next_round(row, world.hour)]
    refused = [c for c in clauses if c["kind"] == "transit" and not _lets_through(house, clerk, c, talks.entry)]
    for party in talks.parties if refused else ():
        if any(party in c["parties"][1:] for c in refused):
            pull = row["pull"] - house.rulebook.diplomacy.talks_refused
            chance, _ = _willing(house, world, talks.parties, party, clauses, pull)
            if chance <= house.dice.uniform("talks", f"{talks_id}:{party}", talks.began):
                hosts = " and ".join(c["parties"][0] for c in refused)
                _close_talks(clerk, talks, "broken_off", done, (f"{hosts} would not let {party}'s troops through",))
                return []
    entry = _close_talks(clerk, talks, "agreed", done, ())
    for c in clauses:
        if c not in refused:
            signed = sign(house, clerk, c["id"], c["kind"], c["parties"], entry, **{k: c[k] for k in TERMS})
            _speak_out(house, clerk, c, signed)
    return []


def _speak_out(house: House, clerk: Clerk, clause: dict[str, Any], because: int) -> None:
    """A promise of help to a power in an open crisis is a costly signal."""
    world, rules = clerk.world, house.rulebook.reputation
    if clause["kind"] not in ("defence", "guarantee", "convention"):
        return
    menaced = {concerned(house, c.operation)[1] for c in world.polity.crises.values() if c.stage == "ordered"}
    for helper in clause["parties"]:
        for about in sorted(menaced & set(clause["protects"] or clause["parties"]) - {helper}):
            before = felt(world.polity.signals, f"{helper}>{about}", world.hour, rules.signal_half_life_years)
            weight = round(min(before + 1.0, rules.signal_most), 4)
            clerk.put(SignalSent(power=helper, about=about, weight=weight, why="signed a treaty", because=because))


def _close_talks(clerk: Clerk, talks: Talks, result: str, done: int, why: tuple[str, ...]) -> int:
    return clerk.put(
        TalksHeld(talks=talks.id, parties=talks.parties, round=done, result=result, reasons=why, because=talks.entry)
    )


def _willing(
    house: House, world: World, parties: Sequence[str], party: str, clauses: Sequence[dict[str, Any]], pull: float
) -> tuple[float, str]:
    """Probability that a party goes on, and why in words."""
    polity, rules = world.polity, house.rulebook
    against = sorted({a for c in clauses for a in c["against"] if a not in parties})
    fears = [felt(polity.alarm, f"{party}>{a}", world.hour, rules.reputation.half_life_years) for a in against]
    others = [p for p in parties if p != party]
    line = polity.governments[party].policy.foreign
    affinity = 1.0 - sum(abs(line - polity.governments[o].policy.foreign) for o in others) / len(others)
    words = [word(house, world, o) for o in others]
    trust = sum(max(-1.0, min(1.0, 0.5 * w.stands - 0.35 * w.backdowns - 0.25 * w.aggressions)) for w in words)
    pull += rules.diplomacy.talks_need * _needs(world, party, others, house)
    pull += rules.diplomacy.talks_spoils * _spoils(house, world, party, clauses)
    chance = diplomacy.willingness(max(fears, default=0.0), affinity, trust / len(others), pull, rules)
    return chance, f"alarm {max(fears, default=0.0):.0%}, affinity {affinity:+.1f}, trust {trust / len(others):+.1f}"


def _needs(world: World, party: str, others: Sequence[str], house: House) -> float:
    """Whether a party fights or means to attack somebody whom another might stand by: then its word is worth having."""
    foes = enemies_of(world, party)
    for crisis in world.polity.crises.values():
        power, target = concerned(house, crisis.operation)
        if power == party and crisis.stage in {"wanted", "preparing", "ordered", "halted"}:
            foes.add(target)
    for foe in sorted(foes):
        might = interveners(house, world, party, foe)
        if any(o in might and weighs(might[o], house.rulebook) for o in others):
            return 1.0
    return 0.0


def _spoils(house: House, world: World, party: str, clauses: Sequence[dict[str, Any]]) -> float:
    """What a party's own designs that wait for one of these clauses are worth, at most one great operation's worth."""
    policy, regime = world.polity.governments[party].policy, world.polity.governments[party].regime
    offered = {(c["kind"], frozenset(c["parties"])) for c in clauses if "kind" in c}
    worth = 0.0
    for operation, design in designs(house):
        if operation.power != party or policy.revisionism < design.ambition or world.operations[operation.id].began:
            continue
        words = [text.split() for text in design.requires if not design.regimes or regime in design.regimes]
        if any(w[0] == "treaty" and (w[1], frozenset(w[2:])) in offered for w in words):
            worth += design.value
    return min(1.0, worth)


def _lets_through(house: House, clerk: Clerk, clause: dict[str, Any], because: int) -> bool:
    """Whether the host of a transit clause agrees to it."""
    world, (host, guest) = clerk.world, clause["parties"][:2]
    chance, why = _passage(house, world, clause)
    question = Question(
        f"transit:{clause['id']}", host, "transit", guest, ("let through",), because, 1,
        {"probability": chance, "resolve": house.dice.uniform("transit", f"{host}:{guest}")},
    )  # fmt: skip
    answer = checked(question, house.seats[host].answer(question, world))
    clerk.put(
        Decision(
            power=host, seat=house.seats[host].name, question=question.id, answer=answer.choice or ("refuse",),
            reasons=(f"{why}: {chance:.0%}",), because=answer.because or because,
        )
    )  # fmt: skip
    return bool(answer.choice)


def _passage(house: House, world: World, clause: dict[str, Any]) -> tuple[float, str]:
    """Probability that the first party of a clause lets the second's army through, and why in words."""
    polity, rules, (host, guest) = world.polity, house.rulebook, clause["parties"][:2]
    half_life = rules.reputation.half_life_years
    threat = max((felt(polity.alarm, f"{host}>{a}", world.hour, half_life) for a in clause["against"]), default=0.0)
    alarm = felt(polity.alarm, f"{host}>{guest}", world.hour, half_life)
    guest_fear = diplomacy.fear_of_guest(alarm, polity.governments[host], polity.governments[guest], rules)
    in_force = polity.in_force(world.hour)
    covered = [t for t in in_force if host in (t.protects or t.parties) and t.kind in ("guarantee", "defence")]
    staffs = any(t.kind == "convention" and host in t.parties for t in in_force)
    chance = diplomacy.transit(guest_fear, threat, min(1.0, 0.5 * len(covered)), float(staffs), rules)
    return chance, f"fear of {guest} {guest_fear:.0%}, of the attacker {threat:.0%}"


TERMS = ("protects", "against", "first", "honour")


def enemies(world: World, powers: Sequence[str]) -> bool:
    """Whether any two of some powers are at war with each other."""
    return any(at_war(world, a, b) for a in powers for b in powers if a < b)


# --- what a government does of its own accord -------------------------------------------------------------------------

HELP = frozenset({"guarantee", "defence", "consultation"})
"""Kinds of treaty that promise help."""
GOING_OVER = frozenset({"alignment", "neutrality"})
"""Kinds of treaty that are not to be had together with promises of help against the partner."""
LIGHT = frozenset({"non_aggression", "neutrality", "consultation", "alignment"})
"""Kinds of treaty that oblige nobody to fight."""


def offer_name(form: str, parties: Sequence[str]) -> str:
    """The id of what is proposed between some powers; of each kind there is one at a time."""
    return f"{form}_{'_'.join(sorted(parties))}".lower()


def propose(house: House, clerk: Clerk, offer: OfferMoved) -> None:
    """A power is for a treaty. Powers with automatic seats answer at once; it is signed when all have agreed.

    Whoever proposes what lies on the table already, without other terms, agrees to it.
    """
    there = clerk.world.polity.offers.get(offer.offer)
    terms = ("protects", "against", "ends")
    silent = not any(getattr(offer, t) for t in terms)
    if there is not None and (silent or all(getattr(there, t) == getattr(offer, t) for t in terms)):
        agreed = tuple(dict.fromkeys((*there.agreed, *offer.agreed)))
        kept = {t: getattr(there, t) for t in terms}
        offer = replace(offer, parties=there.parties, agreed=agreed, **kept)
    entry = clerk.put(offer)
    for party in offer.parties:
        seat = house.seats[party]
        if party in offer.agreed or is_played(seat):
            continue
        chance, why = _answer_to(house, clerk.world, offer, party)
        question = Question(
            f"offer:{offer.offer}:{party}", party, "sign", offer.offer, ("go on",), entry, 1,
            {"probability": chance,
             "resolve": house.dice.uniform("talks", f"{offer.offer}:{party}", int(dates.iso(clerk.world.hour)[:4]))},
        )  # fmt: skip
        if not checked(question, seat.answer(question, clerk.world)).choice:
            clerk.put(replace(offer, stage="refused", by=party, reasons=(f"{why}: {chance:.0%}",), because=entry))
            return
        offer = replace(offer, by=party, agreed=(*offer.agreed, party), reasons=(f"{why}: {chance:.0%}",),
                        because=entry)  # fmt: skip
        entry = clerk.put(offer)
    if set(offer.agreed) == set(offer.parties):
        entry = clerk.put(replace(offer, stage="agreed", because=entry))
        _sign_offer(house, clerk, offer, entry)


def _answer_to(house: House, world: World, offer: OfferMoved, party: str) -> tuple[float, str]:
    """Probability that a power agrees to an offer, and why in words; passage is granted by the power named first."""
    clause = {"against": offer.against, "parties": offer.parties}
    if offer.form == "transit" and party == offer.parties[0]:
        return _passage(house, world, clause)
    pull = house.rulebook.diplomacy.offer_light if offer.form in LIGHT else 0.0
    return _willing(house, world, offer.parties, party, [clause], pull)


def _sign_offer(house: House, clerk: Clerk, offer: OfferMoved, because: int) -> None:
    terms = {"protects": offer.protects, "against": offer.against, "first": "", "honour": 1.0, "ends": offer.ends}
    name = f"{offer.offer}_{dates.iso(clerk.world.hour)}".replace("-", "_")
    entry = sign(house, clerk, name, offer.form, offer.parties, because, **terms)
    _speak_out(house, clerk, {"kind": offer.form, "parties": offer.parties, "protects": offer.protects}, entry)


def guarantee(house: House, clerk: Clerk, power: str, to: str, against: tuple[str, ...], because: int) -> None:
    """A power gives its word that it will fight for another, unasked."""
    name = offer_name("guarantee", (power, to))
    given = OfferMoved(offer=name, stage="agreed", form="guarantee", by=power, parties=(power, to), agreed=(power, to),
                       protects=(to,), against=against, because=because)  # fmt: skip
    _sign_offer(house, clerk, given, because)


def refuse(clerk: Clerk, power: str, offer_id: str, because: int) -> None:
    """A power will not have what was proposed to it."""
    o = clerk.world.polity.offers[offer_id]
    clerk.put(
        OfferMoved(offer=o.id, stage="refused", form=o.form, by=power, parties=o.parties, agreed=o.agreed,
                   protects=o.protects, against=o.against, zones=o.zones, ends=o.ends, because=because)
    )  # fmt: skip


def break_word(house: House, clerk: Clerk, power: str, treaty_id: str, because: int) -> None:
    """A power denounces a treaty; its word is worth less, the more the treaty obliged it to."""
    treaty = clerk.world.polity.treaties[treaty_id]
    denounce(clerk, treaty_id, f"denounced by {power}", because)
    known = word(house, clerk.world, power)
    weight = house.rulebook.reputation.denounced * max(1.0, diplomacy.STRENGTH.get(treaty.kind, 0.0)) * treaty.honour
    clerk.put(
        ReputationMoved(power=power, backdowns=round(known.backdowns + weight, 4), stands=known.stands,
                        aggressions=known.aggressions, why="denounced a treaty", because=because)
    )  # fmt: skip
