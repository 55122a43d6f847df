"""What happened: each event's one written form, and what it does to the world."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import BLU, HOUR, MIDDLE, RED, WEST, toy_atlas, toy_world
from wargame.acts import (
    ArmisticeSigned,
    ConditionSet,
    ContestHeld,
    CourseTurned,
    CrisisMoved,
    DealingsChanged,
    DieTyped,
    EconomyAdvanced,
    EconomyBroke,
    FormationsDisbanded,
    FormationsPlaced,
    FormationsReformed,
    FormationsRegrouped,
    FormationsWorn,
    GovernmentFormed,
    LeaderDied,
    Mobilised,
    OfferMoved,
    OutlookMoved,
    PartisansStruck,
    PlanDrawn,
    ReputationMoved,
    RulingMade,
    SignalSent,
    StoodDown,
    TalksHeld,
    TreatyEnded,
    TreatySigned,
    ZonesCeded,
    means_of,
)
from wargame.events import (
    AirFought,
    ArmyBroken,
    Columns,
    ConvoyLost,
    Decision,
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
    FormationsOvertaken,
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
    apply,
    event_from,
)
from wargame.politics import Economy, Government, Kind, Memory, Offer, Policy, Standing, Talks, Treaty
from wargame.world import KINDS, NOWHERE, Engagement, OperationState, Power, StandingOrder, Status, Voyage, War, World

ENTRY = 42
TEXT = st.text(max_size=20)
STRATEGIES = {
    "str": TEXT,
    "int": st.integers(-(2**53), 2**53),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "Ids": st.lists(TEXT, max_size=4).map(tuple),
    "Numbers": st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=4).map(tuple),
    "tuple[int, ...]": st.lists(st.integers(0, 2**31), max_size=4).map(tuple),
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any registered event with arbitrary contents."""
    cls = Event.registry[draw(st.sampled_from(sorted(Event.registry)))]
    return cls(**{f.name: draw(STRATEGIES[str(f.type)]) for f in fields(cls)})


@given(events())
def test_an_event_reads_back_from_its_journal_entry(event: Event) -> None:
    plain = json.loads(json.dumps(event.data()))
    assert event_from(event.kind, plain, event.because) == event


def test_kinds_are_class_names_in_snake_case() -> None:
    assert Event.registry["war_declared"] is WarDeclared
    assert WarDeclared(war="w", attackers=("RED",), defenders=("BLU",)).kind == "war_declared"


def test_data_has_the_event_s_own_fields_and_not_its_cause() -> None:
    event = WarJoined(war="w", power="GRN", on="defenders", because=7)
    assert event.data() == {"war": "w", "power": "GRN", "on": "defenders"}


def test_an_unknown_kind_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="martians_landed"):
        event_from("martians_landed", {}, 0)


def test_events_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FlagRaised(flag="x").flag = "y"  # type: ignore[misc]


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


def with_treaty(world: World) -> None:
    world.polity.treaties["pact"] = Treaty("pact", Kind.DEFENCE, ("BLU", "GRN"), began=HOUR - 24)


def with_economy(world: World) -> None:
    world.polity.economies["RED"] = Economy("RED", 1939, 10.0, 5.0, 1.0, 0.1, peril=0.7)


def with_talks(world: World) -> None:
    world.polity.talks["talks"] = Talks("talks", ("BLU", "GRN"), 1, HOUR - 24, 3)


def called_up(world: World) -> None:
    world.flags["mobilised:RED"] = 3


def with_order(world: World) -> None:
    world.orders["red_corps"] = StandingOrder("red_corps attack middle", 1, 2)


def with_war(world: World) -> None:
    world.wars["w"] = War("w", ("RED",), ("BLU",), 1, 2)


def with_allies_at_war(world: World) -> None:
    world.wars["w"] = War("w", ("RED",), ("BLU", "GRN"), 1, 2)
    world.orders["red_corps"] = StandingOrder("red_corps attack middle", 1, 2)


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


# Event, what was there before, what must be so afterwards. Events without an effect stand in RECORDS_ONLY.
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
    (
        GovernmentFormed(power="RED", regime="monarchy", head="Anna", grip=0.7, policy=(*(0.0,) * 9, 0.4)),
        nothing_before,
        lambda w: (
            w.polity.governments["RED"]
            == Government("RED", "monarchy", "Anna", "", 0.7, 0.0, Policy(firmness=0.4), HOUR, ENTRY)
        ),
    ),
    (
        LeaderDied(power="RED", leader="Anna", why="old age"),
        nothing_before,
        lambda w: w.flags["dead:Anna"] == ENTRY,
    ),
    (
        ContestHeld(
            power="RED", head="Boris", coalition=("army",), figurehead=False, contenders=("Boris",), shares=(1.0,)
        ),
        nothing_before,
        lambda w: w.polity.parted == {"RED": HOUR},
    ),
    (
        EconomyAdvanced(power="RED", means=means_of(Economy("RED", 1939, 10.0, 5.0, 1.0, 0.1, strain=0.3))),
        nothing_before,
        lambda w: w.polity.economies == {"RED": Economy("RED", 1939, 10.0, 5.0, 1.0, 0.1, strain=0.3, entry=ENTRY)},
    ),
    (
        EconomyBroke(power="RED", fate="course"),
        with_economy,
        lambda w: (
            (w.polity.economies["RED"].peril, w.polity.economies["RED"].breaks) == (0.0, 1)
            and w.polity.parted == {"RED": HOUR}
        ),
    ),
    (
        EconomyBroke(power="RED", fate="budget"),
        with_economy,
        lambda w: w.polity.economies["RED"].breaks == 1 and w.polity.parted == {},
    ),
    (
        EconomyBroke(power="RED", fate="cabinet"),
        with_economy,
        lambda w: w.polity.economies["RED"].breaks == 1 and w.polity.parted == {},
    ),
    (
        DealingsChanged(power="BLU", about="RED", value=-0.5, why="alarm"),
        nothing_before,
        lambda w: w.polity.dealings == {"BLU>RED": -0.5} and w.flags["dealings:BLU>RED"] == ENTRY,
    ),
    (
        TreatySigned(treaty="pact", form="guarantee", parties=("BLU", "GRN"), protects=("GRN",), ends=HOUR + 24),
        nothing_before,
        lambda w: (
            w.polity.in_force(HOUR)
            == [Treaty("pact", Kind.GUARANTEE, ("BLU", "GRN"), ("GRN",), (), "", 1.0, HOUR, HOUR + 24, ENTRY)]
            and not w.polity.in_force(HOUR + 24)
        ),
    ),
    (TreatyEnded(treaty="pact", why="denounced"), with_treaty, lambda w: not w.polity.in_force(HOUR)),
    (
        TalksHeld(talks="talks", parties=("BLU", "GRN"), round=1, result="opened"),
        nothing_before,
        lambda w: w.polity.talks == {"talks": Talks("talks", ("BLU", "GRN"), 1, HOUR, ENTRY)},
    ),
    (
        TalksHeld(talks="talks", parties=("BLU", "GRN"), round=2, result="adjourned"),
        with_talks,
        lambda w: w.polity.talks == {"talks": Talks("talks", ("BLU", "GRN"), 2, HOUR - 24, ENTRY)},
    ),
    (
        TalksHeld(talks="talks", parties=("BLU", "GRN"), round=2, result="agreed"),
        with_talks,
        lambda w: not w.polity.talks and w.flags["agreed:talks"] == ENTRY,
    ),
    (
        CrisisMoved(
            operation="case",
            power="RED",
            target="BLU",
            stage="ordered",
            day=HOUR + 24,
            interveners=("GRN",),
            credibility=(0.5,),
        ),
        nothing_before,
        lambda w: (
            (w.polity.crises["case"].stage, w.polity.crises["case"].ordered, w.polity.crises["case"].entry)
            == ("ordered", HOUR + 24, ENTRY)
        ),
    ),
    (
        SignalSent(power="GRN", about="BLU", weight=1.0, why="it mobilises"),
        nothing_before,
        lambda w: w.polity.signals == {"GRN>BLU": Memory(1.0, HOUR)},
    ),
    (
        ReputationMoved(power="GRN", backdowns=1.0, stands=0.5, aggressions=0.25, why="it stood by"),
        nothing_before,
        lambda w: w.polity.standing == {"GRN": Standing(1.0, 0.5, 0.25, HOUR)},
    ),
    (
        OutlookMoved(power="GRN", table="alarm", others=("RED",), values=(0.5,), why="an attack"),
        nothing_before,
        lambda w: w.polity.alarm == {"GRN>RED": Memory(0.5, HOUR)},
    ),
    (
        OutlookMoved(power="GRN", table="interests", others=("BLU",), values=(1.5,), why="it has given its word"),
        nothing_before,
        lambda w: w.polity.interests == {"GRN>BLU": 1.5},
    ),
    (Mobilised(power="RED", wave=1), nothing_before, lambda w: w.flags == {"mobilised:RED": ENTRY}),
    (StoodDown(power="RED"), called_up, lambda w: not w.flags),
    (
        ZonesCeded(zones=("BLU_CORE",), power="RED", previous="BLU", how="settlement"),
        nothing_before,
        lambda w: w.owner.tolist() == w.controller.tolist() == [RED] * 3 and w.captured_entry[MIDDLE] == ENTRY,
    ),
    (
        ArmisticeSigned(war="w", power="BLU", to="RED"),
        with_allies_at_war,
        lambda w: (
            w.wars["w"].defenders == ("GRN",)
            and w.powers["BLU"].standing == "capitulated"
            and w.flags == {"armistice:BLU": ENTRY}
            and "red_corps" in w.orders
        ),
    ),
    (
        FormationsRegrouped(
            power="RED", formations=("red_1_div",), parents=("",), provinces=("middle",), arrives=(HOUR + 24,)
        ),
        with_order,
        lambda w: (w.forces.parent[2], w.forces.province[2], w.forces.arrives[2]) == (NOWHERE, MIDDLE, HOUR + 24),
    ),
    (
        FormationsReformed(
            power="RED",
            formations=("red_1_div",),
            kinds=("armoured",),
            men=(8_000.0,),
            guns=(24.0,),
            tanks=(120.0,),
            quality=(0.6,),
        ),
        nothing_before,
        lambda w: (
            KINDS[w.forces.kind[2]] == "armoured"
            and (w.forces.establishment_tanks[2], w.forces.quality[2], w.forces.men[2]) == (120.0, 0.6, 8_000.0)
        ),
    ),
    (
        CourseTurned(power="RED", line="firmness", value=0.4),
        lambda w: w.polity.governments.update(RED=Government("RED", "republic", "A")),
        lambda w: w.polity.governments["RED"].policy.firmness == 0.4,
    ),
    (
        OfferMoved(offer="x", stage="made", form="peace", by="RED", parties=("RED", "BLU"), agreed=("RED",)),
        nothing_before,
        lambda w: w.polity.offers["x"] == Offer("x", "peace", ("RED", "BLU"), ("RED",), entry=ENTRY),
    ),
    (
        OfferMoved(offer="x", stage="refused", form="peace", by="BLU", parties=("RED", "BLU"), agreed=("RED",)),
        lambda w: w.polity.offers.update(x=Offer("x", "peace", ("RED", "BLU"), ("RED",))),
        lambda w: not w.polity.offers,
    ),
    (
        PlanDrawn(operation="red_case", name="Case", power="RED", target="BLU", war="w", objectives=("middle",)),
        nothing_before,
        lambda w: w.polity.drafts["red_case"].target == "BLU" and w.operations["red_case"].stage == "planned",
    ),
    (
        FormationsDisbanded(power="RED", formations=("red_1_div",), why="peace"),
        nothing_before,
        lambda w: w.forces.status[2] == Status.DISBANDED and w.forces.men[2] == 0.0,
    ),
    (
        RulingMade(
            ruling="1", how="move", about="Middle", rule="it fell", decided="it held", reason="mud", by="umpire"
        ),
        nothing_before,
        lambda w: w.flags == {"ruled:1": ENTRY},
    ),
    (
        DieTyped(purpose="engagement.wins", subject="middle", ordinal=1024, value=0.25),
        nothing_before,
        lambda w: w.typed == {("engagement.wins", "middle", 1024): 0.25},
    ),
    (
        FormationsWorn(
            power="RED",
            formations=("red_1_div",),
            killed=(100.0,),
            wounded=(300.0,),
            captured=(50.0,),
            guns=(2.0,),
            tanks=(0.0,),
        ),
        nothing_before,
        lambda w: (
            w.forces.men[2] == toy_world().forces.men[2] - 450
            and w.forces.guns[2] == toy_world().forces.guns[2] - 2
            and (w.forces.killed[2], w.forces.wounded[2], w.forces.captured[2]) == (100, 300, 50)
            and (w.forces.guns_lost[2], w.forces.tanks_lost[2]) == (2, 0)
        ),
    ),
    (
        FormationsPlaced(power="RED", formations=("red_1_div",), provinces=("middle",)),
        nothing_before,
        lambda w: (w.forces.province[2], w.forces.heading[2], w.forces.arrives[2]) == (MIDDLE, NOWHERE, 0),
    ),
    (
        ConditionSet(power="RED", what="supply", formations=("red_1_div",), value=0.25),
        nothing_before,
        lambda w: w.forces.supply[2] == 0.25,
    ),
]
RECORDS_ONLY: list[Event] = [
    PartisansStruck(power="RED", against="BLU", unrest=0.4, killed=120),
    Decision(power="RED", seat="script", question="attack?", answer=("yes",)),
    FormationReady(formation="red_1_div", province="west", how="mobilised"),
    FormationsOvertaken(  # what it does to the columns travels as Columns
        province="middle", power="RED", formations=("blu_1_div",), captured=1, killed_wounded=2, retreat_to="south_east"
    ),
]


@pytest.mark.parametrize(
    ("event", "before", "holds_after"), EFFECTS, ids=[f"{n}-{e.kind}" for n, (e, _, _) in enumerate(EFFECTS)]
)
def test_an_event_has_its_described_effect(
    event: Event, before: Callable[[World], None], holds_after: Callable[[World], Any]
) -> None:
    world = toy_world()
    before(world)
    apply(world, toy_atlas(), event, ENTRY)
    assert holds_after(world), world


@pytest.mark.parametrize("event", RECORDS_ONLY, ids=lambda e: e.kind)
def test_some_events_are_only_recorded(event: Event) -> None:
    world = toy_world()
    before = world.to_bytes()
    apply(world, toy_atlas(), event, ENTRY)
    assert world.to_bytes() == before


def test_every_event_stands_in_one_of_the_two_lists_above() -> None:
    assert {e.kind for e, _, _ in EFFECTS} | {e.kind for e in RECORDS_ONLY} == set(Event.registry)


def test_a_new_contact_starts_its_losses_at_zero() -> None:
    world = toy_world()
    world.fought_attacker[:] = world.fought_defender[:] = 100.0
    apply(world, toy_atlas(), engagement_begins(), ENTRY)
    assert world.fought_attacker.tolist() == world.fought_defender.tolist() == [0.0, 100.0, 100.0]


def test_an_occupied_province_is_no_longer_empty() -> None:
    world = toy_world()
    world.occupied_days[:] = 2.0
    apply(world, toy_atlas(), ProvinceTaken(province="west", power="BLU", previous="RED", how="entered"), ENTRY)
    assert world.occupied_days.tolist() == [2.0, 2.0, 0.0]
    assert world.controller[WEST] == BLU


def test_columns_replace_columns_of_the_forces_and_of_the_world() -> None:
    world = toy_world()
    men, days = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.5, 0.0, 0.0])
    apply(world, toy_atlas(), Columns({"forces.men": men, "world.occupied_days": days}))
    assert world.forces.men is men
    assert world.occupied_days is days


@pytest.mark.parametrize("many", [False, True], ids=["one", "more than four"])
def test_no_man_gun_or_tank_disappears_when_formations_leave(many: bool) -> None:
    """Men present before = men present after + captured + missing; arms likewise."""
    world = toy_world()
    f = world.forces
    names = ("red_corps", "red_1_div", "red_2_div") * (2 if many else 1)  # naming one twice counts it once
    men, guns, tanks = f.men.sum(), f.guns.sum(), f.tanks.sum()
    apply(
        world,
        toy_atlas(),
        FormationsSurrendered(province="west", power="RED", to="BLU", formations=names, men=19_000),
        ENTRY,
    )
    apply(
        world,
        toy_atlas(),
        FormationDispersed(formation="blu_1_div", province="middle", captured=4_000, reason="cut off"),
        ENTRY,
    )
    assert f.men.sum() + f.captured.sum() + f.missing.sum() == men
    assert f.guns.sum() + f.guns_lost.sum() == guns
    assert f.tanks.sum() + f.tanks_lost.sum() == tanks
