"""What a government does of its own accord: plans drawn up, orders given and taken back, wars joined, land demanded."""

from __future__ import annotations

from dataclasses import replace

from wargame import dates
from wargame.acts import (
    OfferMoved,
    PlanDrawn,
    ReputationMoved,
)
from wargame.conditions import at_war
from wargame.crises import defence_odds, moved_on
from wargame.events import (
    FlagRaised,
    WarJoined,
)
from wargame.house import Clerk, House
from wargame.muster import gather, mobilise
from wargame.negotiations import open_talks
from wargame.outcomes import cede
from wargame.politics import Crisis
from wargame.repute import remembered_by_all
from wargame.responses import answers_due, eve, staged
from wargame.rules import diplomacy
from wargame.seats import Question, checked, is_played
from wargame.weighing import (
    Case,
    Next,
    dawn,
    design_of,
    designs,
    weigh,
    window,
    word,
)
from wargame.world import World


def draw_up(house: House, clerk: Clerk, plan: PlanDrawn) -> int:
    """A staff draws up an operation, or its axes anew, and everybody in the house knows it."""
    entry = clerk.put(plan)
    house.learn(clerk.world)
    return entry


def earliest(house: House, world: World, operation_id: str) -> int:
    """The first hour for which an operation can be ordered: its preparations and its warning must have run."""
    _, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises.get(operation_id)
    since = crisis.since if crisis is not None and crisis.since else world.hour
    ready = max(since + design.preparation_days * dates.DAY, world.hour + design.warning_days * dates.DAY)
    return dawn(ready) if ready > world.hour else world.hour


def underway(house: House, clerk: Clerk) -> list[Next]:
    """At the opening: the operations that a scenario has prepared or ordered already; returns their days."""
    politics, following = house.scenario.politics, list[Next]()
    for begun in politics.underway if politics is not None else ():
        if begun.day is None:
            prepare(house, clerk, begun.operation, 0, since=begun.since)
        else:
            following += order(house, clerk, begun.operation, begun.day, 0, since=begun.since, commanded=False)
    return following


def prepare(house: House, clerk: Clerk, operation_id: str, because: int, since: int = 0) -> None:
    """A government has an operation prepared, whatever it weighs; ``since`` an earlier hour if one is given."""
    case, crisis, number = _at_hand(house, clerk.world, operation_id)
    since = since or crisis.since or clerk.world.hour
    clerk.put(moved_on(case, "preparing", number, crisis.refusals, since=since, orders=crisis.orders, because=because))


def order(
    house: House, clerk: Clerk, operation_id: str, day: int, because: int, *, since: int = 0, commanded: bool = True
) -> list[Next]:
    """A government orders an operation for a day, whatever it weighs; returns that day and who answers before it.

    ``commanded``: by a player, so that it takes place whatever the government by itself would want on the day.
    """
    world = clerk.world
    case, crisis, number = _at_hand(house, world, operation_id)
    operation, design = case.operation, case.design
    if commanded:
        clerk.put(FlagRaised(flag=f"commanded:{operation_id}", because=because))
    since, orders = since or crisis.since or world.hour, crisis.orders + 1 if crisis.window == number else 1
    ordered = moved_on(case, "ordered", number, crisis.refusals, day=day, since=since, orders=orders, because=because)
    because = clerk.put(ordered)
    place = design.concentration[0] if design.concentration else ""
    if design.call_up:
        mobilise(house, clerk, operation.power, because, f"for {operation.name}", covert=True, place=place,
                 gather=bool(place), day=day)  # fmt: skip
    if not place and not at_war(world, operation.power, operation.target):
        gather(house, clerk, operation.power, operation.target, because)
    answers = [*answers_due(house, clerk, case, "ordered"), *eve(house, case, day)] if day > world.hour else []
    return [("operation", day, operation.power, operation_id), *answers, *open_talks(house, clerk)]


def _at_hand(house: House, world: World, operation_id: str) -> tuple[Case, Crisis, int]:
    """An operation as its power weighs it, how it stands, and the number of its window."""
    operation, design, _ = design_of(house, operation_id)
    crisis = world.polity.crises.get(operation_id, Crisis(operation_id, stage=""))
    return weigh(house, world, operation, design, in_season=True), crisis, window(design, world.hour)[0]


def halt(house: House, clerk: Clerk, operation_id: str, because: int) -> None:
    """A government calls an operation off that it has ordered or has had prepared."""
    operation, _, _ = design_of(house, operation_id)
    crisis = clerk.world.polity.crises[operation_id]
    clerk.put(replace(staged(operation, crisis, "halted", ("the order was taken back",)), day=0, because=because))


def join(house: House, clerk: Clerk, power: str, war_id: str, on: str, because: int) -> None:
    """A power enters a war that goes on, of its own accord; its word counts for more."""
    clerk.put(WarJoined(war=war_id, power=power, on=on, because=because))
    war = clerk.world.wars[war_id]
    friends = war.attackers if on == "attackers" else war.defenders
    mobilise(house, clerk, power, because, f"for {friends[0]}")
    known = word(house, clerk.world, power)
    if on == "defenders":
        clerk.put(
            ReputationMoved(power=power, backdowns=known.backdowns / 2.0, stands=known.stands + 1.0,
                            aggressions=known.aggressions, why=f"fights for {friends[0]}", because=because)
        )  # fmt: skip


def demand(house: House, clerk: Clerk, power: str, target: str, zones: tuple[str, ...], because: int) -> None:
    """A demand for land, under threat if there is an army behind it; an automatic seat answers at once."""
    world = clerk.world
    offer = OfferMoved(
        offer=f"settlement_{power}_{target}".lower(), stage="made", form="settlement", by=power,
        parties=(power, target), agreed=(power,), zones=zones, because=because,
    )  # fmt: skip
    entry = clerk.put(offer)
    seat = house.seats[target]
    if is_played(seat):
        return
    chance, why = _yields(house, world, power, target)
    question = Question(
        f"concede:{offer.offer}", target, "concede", power, ("concede",), entry, 1,
        {"probability": chance, "resolve": house.dice.uniform("resist", offer.offer, int(dates.iso(world.hour)[:4]))},
    )  # fmt: skip
    if checked(question, seat.answer(question, world)).choice:
        concede(house, clerk, target, power, zones, entry)
    else:
        clerk.put(replace(offer, stage="refused", by=target, reasons=(why,), because=entry))


def _yields(house: House, world: World, power: str, target: str) -> tuple[float, str]:
    """The chance that a power gives land up to a demand, and why."""
    ordered = [
        o for o, _ in designs(house)
        if (o.power, o.target) == (power, target) and (c := world.polity.crises.get(o.id)) and c.stage == "ordered"
    ]  # fmt: skip
    if not ordered and f"mobilised:{power}" not in world.flags:
        return 0.0, f"no army of {power} stands behind the demand"
    odds = defence_odds(house, world, power, target)
    fights = diplomacy.resistance(odds, world.polity.governments[target].policy.firmness, house.rulebook)
    return 1.0 - fights, f"its chance of holding out is {odds:.0%}, that it fights {fights:.0%}"


def concede(house: House, clerk: Clerk, power: str, to: str, zones: tuple[str, ...], because: int) -> None:
    """A power gives land away; everybody takes note of an ultimatum that succeeds."""
    world = clerk.world
    cede(house, clerk, zones, to, "settlement", because)
    demanded = world.polity.offers.get(f"settlement_{to}_{power}".lower())
    if demanded is None or not set(demanded.zones) <= set(zones):
        return
    clerk.put(
        OfferMoved(offer=demanded.id, stage="agreed", form=demanded.form, by=power, parties=demanded.parties,
                   agreed=demanded.parties, zones=demanded.zones, because=because)
    )  # fmt: skip
    name = f"the ultimatum of {to} to {power}"
    remembered_by_all(house, clerk, to, power, house.rulebook.reputation.demanded, name, because)
