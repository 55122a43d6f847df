"""What the events of wars and forces do to the toy world: each event, what was there before, and what must be so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.toy import BLU, HOUR, MIDDLE, RED, WEST
from wargame.events import (
    AirFought,
    ArmyBroken,
    ConvoyLost,
    Embarked,
    EngagementBegan,
    EngagementEnded,
    Entrained,
    Evacuated,
    Event,
    FlagRaised,
    FormationDispersed,
    FormationReady,
    FormationsInterned,
    FormationsSurrendered,
    HostilitiesCeased,
    Landed,
    ObjectiveReached,
    OperationEnded,
    OperationLaunched,
    OrderIssued,
    PocketFormed,
    PocketRelieved,
    ProvinceTaken,
    StandingChanged,
    WarDeclared,
    WarJoined,
    WeatherTurned,
)
from wargame.world import Engagement, OperationState, Power, StandingOrder, Status, Voyage, War, World

ENTRY = 42


def engagement_begins() -> EngagementBegan:
    return EngagementBegan(
        province="middle",
        side=0,
        contact=3,
        attackers=("red_1_div",),
        defenders=("blu_1_div",),
        attacking_men=10_000,
        defending_men=10_000,
        advantage=0.4,
        odds=0.6,
        luck_attacker=0.1,
        luck_defender=-0.2,
    )


def engagement_ends(pause_until: int = 0) -> EngagementEnded:
    return EngagementEnded(
        province="middle",
        side=0,
        result="repulsed",
        days=2,
        attackers=("red_1_div",),
        defenders=("blu_1_div",),
        attacker_killed_wounded=300,
        defender_killed_wounded=200,
        pause_until=pause_until,
    )


def pocket() -> PocketFormed:
    return PocketFormed(province="middle", provinces=("middle",), formations=("blu_1_div",), men=10_000, power="BLU")


def with_fight(world: World) -> None:
    world.engagements[MIDDLE] = Engagement(MIDDLE, 0, 3, HOUR, 0.1, -0.2, 5)


def with_order(world: World) -> None:
    world.orders["red_corps"] = StandingOrder("red_corps attack middle", 1, 2)


def with_war(world: World) -> None:
    world.wars["w"] = War("w", ("RED",), ("BLU",), 1, 2)


def with_operation(world: World) -> None:
    world.operations["white"] = OperationState("white", "running", 5, entry=6)


def with_pocket(world: World) -> None:
    world.pockets[MIDDLE] = 3


def with_trains(world: World) -> None:
    world.rail_busy = {"kept": HOUR + 1, "free again": HOUR}
    world.forces.heading[2], world.forces.progress_km[2] = MIDDLE, 7.0


def nothing_before(world: World) -> None:
    return


def surrendered(world: World) -> bool:
    f = world.forces
    return (
        f.status.tolist() == [Status.SURRENDERED, *[Status.ACTIVE] * 3]
        and f.captured.tolist() == [10_000.0, 0.0, 0.0, 0.0]
        and f.guns_lost[0] == 40.0
        and f.men[0] == f.guns[0] == f.tanks[0] == 0.0
        and f.men[2] == 10_000.0
    )


def interned(world: World) -> bool:
    f = world.forces
    return f.status[2] == f.status[3] == Status.INTERNED and f.men.sum() == 10_000.0 and f.captured.sum() == 0.0


def dispersed(world: World) -> bool:
    f = world.forces
    gone = f.men[0] == f.guns[0] == 0.0 and f.guns_lost[0] == 40.0
    return gone and f.status[0] == Status.DESTROYED and f.captured[0] == 4_000.0


SAILS: dict[str, Any] = {
    "formation": "red_1_div", "carrier": "RED", "origin": "west", "destination": "middle", "lands": HOUR + 30,
    "back": HOUR + 60, "men": 10_000, "war": "w", "risk": 0.1,
}  # fmt: skip


ABOARD = Voyage("red_1_div", "RED", "west", "middle", HOUR + 30, HOUR + 60, 10_000.0, "w", 0.1)


def with_voyages(world: World) -> None:
    world.voyages |= {"red_1_div": ABOARD, "red_2_div": replace(ABOARD, formation="red_2_div", back=HOUR)}
    world.forces.arrives[2] = HOUR + 30


def embarked(world: World) -> bool:
    f = world.forces
    return bool((f.province[2], f.arrives[2]) == (MIDDLE, HOUR + 30) and world.voyages == {"red_1_div": ABOARD})


def sunk(world: World) -> bool:
    f = world.forces
    arms = (f.guns[2], f.guns_lost[2], f.tanks[2], f.tanks_lost[2])
    ships = (world.sunk, world.warships_sunk)
    return (
        bool((f.men[2], f.killed[2]) == (9_900, 100))
        and arms == (36.0, 12.0, 22.5, 7.5)
        and (ships == ({"RED": 2_500}, {"RED": 2.0}))
    )


def landed(world: World) -> bool:
    f = world.forces
    return bool((f.province[2], f.arrives[2]) == (MIDDLE, 0) and world.voyages["red_1_div"].stage == "landed")


def evacuated(world: World) -> bool:
    f = world.forces
    return bool((f.guns[0], f.guns_lost[0], f.cut_off_days[0], f.men[0]) == (4.0, 36.0, 0.0, 10_000))


def entrained(world: World) -> bool:
    f = world.forces
    return (
        f.province.tolist() == [MIDDLE, WEST, MIDDLE, WEST]  # it counts where it will arrive, and fights from then on
        and f.arrives.tolist() == [0, 0, HOUR + 30, 0]
        and f.heading[2] == -1
        and f.progress_km[2] == 0.0
        and world.rail_busy == {"kept": HOUR + 1, "Main line": HOUR + 12}
    )


def taken(world: World) -> bool:
    return (
        world.controller.tolist() == [RED, BLU, RED]
        and world.owner.tolist() == [BLU, BLU, RED]  # held, not owned
        and world.captured_hour.tolist() == [HOUR, 0, 0]
        and world.captured_entry.tolist() == [ENTRY, 0, 0]
        and world.occupied_days[MIDDLE] == 0.0
    )


EFFECTS: list[tuple[Event, Callable[[World], None], Callable[[World], Any]]] = [
    (
        OrderIssued(power="RED", order="red_corps attack middle"),
        nothing_before,
        lambda w: w.orders == {"red_corps": StandingOrder("red_corps attack middle", HOUR, ENTRY)},
    ),
    (
        OrderIssued(power="RED", order="red_corps stand"),  # a new order replaces the old one
        with_order,
        lambda w: w.orders == {"red_corps": StandingOrder("red_corps stand", HOUR, ENTRY)},
    ),
    (
        ObjectiveReached(hq="red_corps", province="middle", step=1),
        with_order,
        lambda w: w.orders["red_corps"] == StandingOrder("red_corps attack middle", 1, 2, step=1),
    ),
    (
        WarDeclared(war="w", attackers=("RED",), defenders=("BLU",)),
        nothing_before,
        lambda w: (
            w.wars == {"w": War("w", ("RED",), ("BLU",), HOUR, ENTRY)}
            and w.powers["RED"] == Power("RED", "", "at_war", ENTRY)
            and w.powers["BLU"].standing == "at_war"
            and w.powers["GRN"].standing == "at_peace"
        ),
    ),
    (
        WarJoined(war="w", power="GRN", on="defenders"),
        with_war,
        lambda w: w.wars["w"].defenders == ("BLU", "GRN") and w.powers["GRN"] == Power("GRN", "", "at_war", ENTRY),
    ),
    (
        WarJoined(war="w", power="GRN", on="attackers"),
        with_war,
        lambda w: w.wars["w"].attackers == ("RED", "GRN") and w.wars["w"].defenders == ("BLU",),
    ),
    (
        OperationLaunched(operation="white", power="RED", target="BLU"),
        nothing_before,
        lambda w: w.operations == {"white": OperationState("white", "running", HOUR, entry=ENTRY)},
    ),
    (
        OperationEnded(operation="white", outcome="launched_succeeded"),
        with_operation,
        lambda w: w.operations["white"] == OperationState("white", "ended", 5, HOUR, "launched_succeeded", ENTRY),
    ),
    (
        OperationEnded(operation="white", outcome="deterred"),  # never launched
        nothing_before,
        lambda w: w.operations["white"] == OperationState("white", "ended", 0, HOUR, "deterred", ENTRY),
    ),
    (
        ArmyBroken(operation="white", power="BLU", share_lost=0.7, men_left=3000),
        with_operation,
        lambda w: w.operations["white"].decided == HOUR and w.flags == {"broken:BLU": ENTRY},
    ),
    (
        StandingChanged(power="BLU", standing="capitulated", reason="army broken"),
        nothing_before,
        lambda w: w.powers["BLU"] == Power("BLU", "", "capitulated", ENTRY),
    ),
    (FlagRaised(flag="evade:BLU:RED"), nothing_before, lambda w: w.flags == {"evade:BLU:RED": ENTRY}),
    (HostilitiesCeased(war="w"), with_war, lambda w: w.flags == {"ceased:w": ENTRY}),
    (
        engagement_begins(),
        nothing_before,
        lambda w: (
            w.engagements == {MIDDLE: Engagement(MIDDLE, 0, 3, HOUR, 0.1, -0.2, ENTRY)} and w.contacts[MIDDLE] == 3
        ),
    ),
    (engagement_ends(), with_fight, lambda w: not w.engagements and not w.repulsed),
    (engagement_ends(HOUR + 72), with_fight, lambda w: w.repulsed == {":0:middle": HOUR + 72}),
    (ProvinceTaken(province="middle", power="RED", previous="BLU", how="fought"), nothing_before, taken),
    (pocket(), nothing_before, lambda w: w.pockets == {MIDDLE: ENTRY}),
    (PocketRelieved(province="middle"), with_pocket, lambda w: not w.pockets),
    (
        FormationsSurrendered(province="middle", power="BLU", to="RED", formations=("blu_1_div",), men=10_000),
        nothing_before,
        surrendered,
    ),
    (
        FormationsInterned(province="west", power="RED", host="GRN", formations=("red_1_div", "red_2_div"), men=19_000),
        nothing_before,
        interned,
    ),
    (
        FormationDispersed(formation="blu_1_div", province="middle", captured=4_000, reason="cut off"),
        nothing_before,
        dispersed,
    ),
    (
        Entrained(
            formation="red_1_div",
            origin="west",
            destination="middle",
            departs=HOUR,
            arrives=HOUR + 30,
            lines=("Main line",),
            frees=HOUR + 12,
        ),
        with_trains,
        entrained,
    ),
    (Embarked(purpose="landing", **SAILS), with_voyages, embarked),
    (
        Embarked(purpose="return", **SAILS),
        nothing_before,
        lambda w: w.voyages["red_1_div"].stage == "back",
    ),
    (
        ConvoyLost(formation="red_1_div", carrier="RED", destination="middle", share=0.25, men=100, warships=2.0),
        with_voyages,
        sunk,
    ),
    (
        Landed(province="middle", power="RED", formations=("red_1_div",), how="assault", men=9_000),
        with_voyages,
        landed,
    ),
    (
        Landed(province="middle", power="RED", formations=("red_1_div",), how="repulsed", men=9_000),
        with_voyages,
        lambda w: w.voyages["red_1_div"].stage == "out" and w.forces.arrives[2] == HOUR + 30,
    ),
    (
        Evacuated(
            formation="blu_1_div",
            province="middle",
            to="west",
            carrier="BLU",
            men=10_000,
            guns_left=36.0,
            tanks_left=0.0,
        ),
        nothing_before,
        evacuated,
    ),
    (
        FormationReady(formation="red_1_div", province="west", how="arrived"),
        with_voyages,
        lambda w: w.voyages["red_1_div"].stage == "landed" and w.forces.arrives[2] == 0,
    ),
    (
        AirFought(superiority=0.6, attacker_lost=3.0, defender_lost=9.0),
        nothing_before,
        lambda w: w.air_superiority == {"": 0.6},
    ),
    (WeatherTurned(weather=("mud",)), nothing_before, lambda w: w.weather == ("mud",)),
]
