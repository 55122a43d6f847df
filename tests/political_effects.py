"""What the events of politics and of rulings do to the toy world: each event, what was before, and what must be so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.field_effects import ENTRY, nothing_before, with_order
from tests.toy import HOUR, MIDDLE, RED, toy_world
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
    Event,
)
from wargame.politics import Economy, Government, Kind, Memory, Offer, Policy, Standing, Talks, Treaty
from wargame.world import KINDS, NOWHERE, StandingOrder, Status, War, World


def with_treaty(world: World) -> None:
    world.polity.treaties["pact"] = Treaty("pact", Kind.DEFENCE, ("BLU", "GRN"), began=HOUR - 24)


def with_economy(world: World) -> None:
    world.polity.economies["RED"] = Economy("RED", 1939, 10.0, 5.0, 1.0, 0.1, peril=0.7)


def with_talks(world: World) -> None:
    world.polity.talks["talks"] = Talks("talks", ("BLU", "GRN"), 1, HOUR - 24, 3)


def called_up(world: World) -> None:
    world.flags["mobilised:RED"] = 3


def with_allies_at_war(world: World) -> None:
    world.wars["w"] = War("w", ("RED",), ("BLU", "GRN"), 1, 2)
    world.orders["red_corps"] = StandingOrder("red_corps attack middle", 1, 2)


EFFECTS: list[tuple[Event, Callable[[World], None], Callable[[World], Any]]] = [
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
    (
        TreatyEnded(treaty="pact", form="defence", parties=("FRA", "POL"), why="denounced"),
        with_treaty,
        lambda w: not w.polity.in_force(HOUR),
    ),
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
