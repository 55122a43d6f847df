"""The clock. The only file that imports SimPy.

SimPy carries time and concurrency: one process per government, mobilisation, rail movement, operation, verdict, script
and active front, each a generator that waits and then posts its due thing to an agenda. Processes hold no state: every
one is rebuilt from a `Due` entry in the World, so a World can be cut, saved, forked and resumed on any day. What wakes
at one instant is settled in the order (phase, power, id), never in SimPy's order of insertion.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import simpy

import wargame
from wargame import (
    adjudicate,
    armistice,
    conditions,
    crises,
    dates,
    initiatives,
    muster,
    negotiations,
    outcomes,
    overruling,
    resistance,
    responses,
    statecraft,
    weighing,
)
from wargame.dice import Dice
from wargame.governments.cabinet import Cabinet
from wargame.governments.general_staff import GeneralStaff
from wargame.house import Clerk, House
from wargame.journal import Journal, Level
from wargame.load.scenarios import opening_world
from wargame.scenario import Setup
from wargame.seats import ScriptedSeat, Seat
from wargame.world import Due, Status, World

MORNING, FIELD, EVENING = 5, 18, 21  # hours of the day at which mobilisation, fronts and governments are settled
PHASES = {
    "script": 0, "state": 1, "talks": 1, "decision": 2, "response": 3, "operation": 4, "rail_movement": 5,
    "mobilisation": 6, "front": 7, "verdict": 8, "government": 9,
}  # fmt: skip


@dataclass
class Run:
    """A finished, or interrupted, run."""

    setup: Setup
    world: World
    journal: Journal
    seed: int


def automatic_seats(setup: Setup) -> dict[str, Seat]:
    """The seat of every power as the scenario says: a cabinet with its staff, or a script that lets things stand."""
    seats: dict[str, Seat] = {}
    for power in setup.scenario.powers:
        wanted = {
            p
            for plan in setup.plans
            if plan.operation and plan.operation.power == power.id
            for p in plan.operation.objectives
        }
        staff = GeneralStaff(setup.atlas, power.id, tuple(sorted(wanted)))
        seats[power.id] = Cabinet(staff) if power.seat == "automatic" else ScriptedSeat({})
    for row in setup.tables["governments"]:  # powers off the map
        seats.setdefault(row["power"], Cabinet(GeneralStaff(setup.atlas, row["power"])))
    return seats


class Engine:
    """One run in progress. Everything that matters tomorrow is in ``world``; this object can be rebuilt from it."""

    def __init__(
        self, setup: Setup, world: World, *, seats: Mapping[str, Seat] | None = None, level: Level = "events",
        dice: Dice | None = None, watch: Callable[[World], None] | None = None,
    ) -> None:  # fmt: skip
        self.setup, self.world = setup, world
        self.house = House(
            setup.atlas,
            setup.rulebook,
            setup.scenario,
            setup.plans,
            dice or Dice(world.seed, world.typed),
            seats or automatic_seats(setup),
            setup.tables,
            setup.armies,
        )
        self.house.learn(world)
        self.journal = Journal(level=level, length=world.journal_length, head=world.journal_hash)
        self.clerk = Clerk(world, setup.atlas, self.journal)
        self.watch = watch
        self.env = simpy.Environment(initial_time=world.hour)
        self.agenda: list[Due] = []
        self.processes: dict[str, simpy.Process] = {}
        self._calm = -1  # length of the journal at which nobody was called up or at war
        self.ceased = {war: self.env.event() for war in (*(w.id for w in setup.scenario.wars), *world.wars)}
        for war, event in self.ceased.items():
            if f"ceased:{war}" in world.flags:
                event.succeed()
        if world.journal_length == 0:
            self._open()
        for due in sorted(world.due.values(), key=lambda d: d.id):
            self._start(due)

    def run(self, until: int | None = None) -> Run:
        """Run to an hour (not included), or to the scenario's end; stops early when nothing is pending."""
        end = self.setup.scenario.scenario.ends if until is None else until
        if end > self.env.now:
            with _uncollected():
                self.env.run(until=end)
        drawn = self.house.plans != self.setup.plans
        setup = replace(self.setup, plans=self.house.plans) if drawn else self.setup
        return Run(setup, self.world, self.journal, self.world.seed)

    def interject(self, hour: int, act: Callable[[House, Clerk], list[weighing.Next]]) -> None:
        """Run to an hour, then let somebody at the table act, before anything that is due then.

        What `act` returns is due then, in place of what was pending under the same name; a war it begins gets its
        armies' orders, its front and its governments.
        """
        self.run(hour)
        self.world.hour, before = hour, dict(self.world.wars)
        pending = act(self.house, self.clerk)
        for process, _, _, subject in pending:
            self._halt(f"{process}:{subject}")
            if process == "operation":  # it is decided upon
                self._halt(f"decision:{subject}")
        at_once = [n for n in pending if n[0] == "operation" and n[1] <= self.world.hour]
        following = self._all([n for n in pending if n not in at_once])
        for _, _, power, operation in at_once:  # so that who acts next finds the war begun
            following += self._day_of_decision(power, operation)
        politics = self.setup.scenario.politics is not None
        if self.world.wars != before:
            following += self._deploy() if politics else [*self._fronts(), *self._governments(), *self._callup()]
        elif politics:
            following += self._callup()
        for due in following:
            self._start(due)
        self._lay_down_arms()
        self._rouse()
        self.clerk.close()

    # --- the agenda --------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Header, and the first due things from the scenario's calendar."""
        scenario, world = self.setup.scenario, self.world
        header = {
            "scenario": scenario.id, "title": scenario.scenario.title, "overlays": list(scenario.overlays),
            "edition": self.setup.rulebook.edition, "seed": world.seed, "version": wargame.__version__,
            "data": self.setup.data_hash, "map": self.setup.atlas.id,
        }  # fmt: skip
        self.journal.begin(world.hour, header)
        world.journal_length, world.journal_hash = self.journal.length, self.journal.head
        for war in scenario.wars:
            self._add("script", war.begins, "", f"war:{war.id}")
        for script in scenario.script:
            self._add("script", script.at, script.power, script.id)
        ordered = [u.operation for u in scenario.politics.underway if u.day] if scenario.politics is not None else []
        for plan in self.setup.plans:
            if plan.operation is None:
                continue
            if plan.operation.id in ordered:
                continue
            if scenario.politics is not None and plan.design is not None:
                first = weighing.next_decision(self.house, world, plan.operation.id, opening=True)
                self._add("decision", first, plan.operation.power, plan.operation.id)
            elif plan.operation.begins is not None:
                self._add("operation", plan.operation.begins, plan.operation.power, plan.operation.id)
                for axis in plan.axes:
                    if axis.begins is not None and axis.begins > plan.operation.begins:
                        self._add("operation", axis.begins, plan.operation.power, f"{plan.operation.id}:{axis.hq}")
        if scenario.politics is not None:
            self._add("state", statecraft.next_month(world.hour), "", "all")
            for process, hour, power, subject in statecraft.calendar(self.house, world.hour, scenario.scenario.ends):
                self._add(process, hour, power, subject)
            self._all(initiatives.underway(self.house, self.clerk))
            self._deploy()
        forces = world.forces
        for i, arrival in enumerate(forces.arrives.tolist()):
            if arrival > world.hour:
                self._add("rail_movement", arrival, self.setup.atlas.powers[forces.power[i]], forces.ids[i])
        if scenario.politics is None:
            self._add("mobilisation", _next(world.hour, MORNING), "", "all")

    def _add(self, process: str, hour: int, power: str, subject: str) -> Due:
        due = Due(f"{process}:{subject}", max(hour, self.world.hour), PHASES[process], power, process, subject)
        self.world.due[due.id] = due
        return due

    def _start(self, due: Due) -> None:
        self.processes[due.id] = self.env.process(self._wait(due))

    def _wait(self, due: Due) -> Generator[simpy.Event, Any, None]:
        """The life of one process: sleep until its hour, post to the agenda; an interrupt ends it.

        An operation's verdict falls due at its deadline or when its war ceases, whichever comes first.
        """
        try:
            while True:
                alarm = self.env.timeout(due.hour - self.env.now)
                if due.process == "verdict":
                    war = self.house.war_of(self.world, self.house.operation(due.subject)[0])
                    yield self.env.any_of([alarm, self.ceased[war.id]] if war is not None else [alarm])
                else:
                    yield alarm
                later = self.world.due.get(due.id, due)
                if later is due or later.hour <= self.env.now:
                    break
                due = later  # put off meanwhile
        except simpy.Interrupt:
            return
        if not self.agenda:
            self.env.process(self._settle())
        self.agenda.append(due)

    def _settle(self) -> Generator[simpy.Event, Any, None]:
        """After everything of this instant has posted: settle the agenda in order, and start what is due next."""
        while True:
            yield self.env.timeout(0)
            if self.env.peek() > self.env.now:
                break
        posted, self.agenda = sorted(self.agenda, key=lambda d: (d.phase, d.power, d.id)), []
        self.world.hour = int(self.env.now)
        for due in posted:
            if self.world.due.get(due.id) != due:  # halted, or put off, at this very hour
                continue
            del self.world.due[due.id], self.processes[due.id]
            for following in _SETTLE[due.process](self, due):
                self._start(following)
        self._lay_down_arms()
        self._rouse()
        self.clerk.close()
        if self.watch is not None:
            self.watch(self.world)

    def _lay_down_arms(self) -> None:
        """Fronts of wars that were ended by other means than the field are no more, and their operations are judged."""
        for war in [w for w in self.world.wars if f"ceased:{w}" in self.world.flags and f"front:{w}" in self.world.due]:
            self._halt(f"front:{war}")
            self._end_war(war)

    def _rouse(self) -> None:
        """Fronts that do not rest any more, their governments, and trains have the next day again."""
        stirring = [w for w in self.clerk.going() if not adjudicate.rests(self.house, self.world, w)]
        for war in (self.world.wars[w] for w in stirring):
            for name in (f"front:{war.id}", *(f"government:{p}" for p in (*war.attackers, *war.defenders))):
                self._wake(name)
        if stirring:
            self._wake("mobilisation:all")

    def _wake(self, name: str) -> None:
        """Bring forward what a front that rests has put off, if it is pending."""
        due = self.world.due.get(name)
        if due is None:
            return
        soon = _next(self.world.hour + 1, due.hour % dates.DAY)
        if due.hour > soon:
            self._halt(name)
            self._start(self._add(due.process, soon, due.power, due.subject))

    def _halt(self, name: str) -> None:
        """Take a pending thing off the calendar and interrupt its process."""
        if self.world.due.pop(name, None) is not None:
            process = self.processes.pop(name, None)
            if process is not None and process.is_alive:
                process.interrupt("halted")

    # --- one function per kind of process ----------------------------------------------------------------------------

    def _script(self, due: Due) -> list[Due]:
        if not due.subject.startswith("war:"):
            adjudicate.run_script(self.house, self.clerk, due.subject)
            return self._governments()
        war = due.subject.removeprefix("war:")
        adjudicate.declare(self.house, self.clerk, war)
        return [self._add("front", _next(self.world.hour, FIELD), "", war), *self._governments()]

    def _governments(self) -> list[Due]:
        """A process for every power at war that has none yet."""
        at_war = sorted(p for w in self.world.wars.values() for p in (*w.attackers, *w.defenders))
        names = [p for p in at_war if f"government:{p}" not in self.world.due and self._fighting(p)]
        return [self._add("government", _next(self.world.hour, EVENING), p, p) for p in names]

    def _fighting(self, power: str) -> bool:
        wars = [w for w in self.world.wars.values() if power in (*w.attackers, *w.defenders)]
        return any(f"ceased:{w.id}" not in self.world.flags for w in wars)

    def _operation(self, due: Due) -> list[Due]:
        operation, _, hq = due.subject.partition(":")
        if hq:
            adjudicate.start_axis(self.house, self.clerk, operation, hq)
            return []
        if weighing.is_decided_upon(self.house, operation):
            return self._day_of_decision(due.power, operation)
        return self._launch(due.power, operation)

    def _launch(self, power: str, operation: str) -> list[Due]:
        if not adjudicate.launch(self.house, self.clerk, operation):
            return []
        limit = self.house.operation(operation)[0].day_limit * dates.DAY
        return [self._add("verdict", _next(self.world.hour + limit, FIELD), power, operation)]

    def _day_of_decision(self, power: str, operation: str) -> list[Due]:
        """The day an operation was ordered for: off it goes, or not."""
        result = crises.d_day(self.house, self.clerk, operation)
        following = [self._decision(operation)] if result in {"halted", "lapsed"} else []
        if result == "marched":
            outcomes.march_in(self.house, self.clerk, operation)
        if result == "launched":
            following += self._launch(power, operation)
        if result in {"marched", "launched"}:
            following += self._all(responses.after_launch(self.house, self.clerk, operation))
        return [*following, *self._deploy(operation if result == "launched" else "")]

    def _deploy(self, launched: str = "") -> list[Due]:
        """After a change of wars: orders for everybody, fronts, evenings of governments, mornings of mobilisation."""
        negotiations.lapse(self.clerk)
        muster.deploy(self.house, self.clerk, launched)
        self._reconsider()
        return [*self._fronts(), *self._governments(), *self._callup()]

    def _reconsider(self) -> None:
        """What a change of wars makes anybody want is weighed the next day, and not at the season's next point."""
        soon = weighing.noon(self.world.hour + 1)
        for operation, design in weighing.designs(self.house):
            due = self.world.due.get(f"decision:{operation.id}")
            if due is None or due.hour <= soon or not weighing.wanted(self.house, self.world, operation, design):
                continue
            self._halt(due.id)
            self._start(self._add("decision", soon, due.power, due.subject))

    def _decide(self, due: Due) -> list[Due]:
        following = self._all(crises.decide(self.house, self.clerk, due.subject))
        ordered = any(d.process == "operation" for d in following)
        if ordered:  # a crisis is a time for treaties
            following += self._all(negotiations.open_talks(self.house, self.clerk))
        return [*following, *([] if ordered else [self._decision(due.subject)]), *self._callup()]

    def _decision(self, operation: str) -> Due:
        """The next decision point of an operation."""
        power = self.house.operation(operation)[0].power
        return self._add("decision", weighing.next_decision(self.house, self.world, operation), power, operation)

    def _respond(self, due: Due) -> list[Due]:
        before = dict(self.world.wars)
        following = self._all(responses.respond(self.house, self.clerk, due.subject))
        return [*following, *(self._deploy() if self.world.wars != before else self._callup())]

    def _state(self, due: Due) -> list[Due]:
        if due.subject != "all":
            statecraft.happen(self.house, self.clerk, due.subject)
            return []
        resistance.month(self.house, self.clerk)
        following = self._all(statecraft.month(self.house, self.clerk))
        return [*following, self._add("state", statecraft.next_month(self.world.hour), "", "all"), *self._callup()]

    def _talk(self, due: Due) -> list[Due]:
        return self._all(negotiations.hold_talks(self.house, self.clerk, due.subject))

    def _all(self, pending: list[weighing.Next]) -> list[Due]:
        begun = []
        for process, hour, power, subject in pending:
            before = self.world.due.get(f"{process}:{subject}")
            if before is not None and hour > before.hour:  # put off: its process finds out when it wakes
                self._add(process, hour, power, subject)
                continue
            if before is not None:
                self._halt(before.id)
            begun.append(self._add(process, hour, power, subject))
        return begun

    def _fronts(self) -> list[Due]:
        """A front for every war that has none yet."""
        going = [w for w in self.world.wars if f"ceased:{w}" not in self.world.flags]
        for war in going:
            self.ceased.setdefault(war, self.env.event())
        new = [w for w in going if f"front:{w}" not in self.world.due]
        return [self._add("front", _next(self.world.hour, FIELD), "", w) for w in new]

    def _callup(self) -> list[Due]:
        """The mornings of mobilisation, while anybody is called up and not yet ready, or at war."""
        if "mobilisation:all" in self.world.due:
            self._wake("mobilisation:all")
            return []
        if self._calm == self.journal.length:
            return []
        if not muster.stirring(self.world, self.setup.atlas):
            self._calm = self.journal.length
            return []
        return [self._add("mobilisation", _next(self.world.hour, MORNING), "", "all")]

    def _verdict(self, due: Due) -> list[Due]:
        adjudicate.conclude(self.house, self.clerk, due.subject)
        outcomes.conclude(self.house, self.clerk, due.subject)
        return []

    def _arrive(self, due: Due) -> list[Due]:
        row = self.world.forces.row(due.subject)
        power = self.setup.atlas.powers[int(self.world.forces.power[row])]
        if power in self.world.powers and self.world.powers[power].standing in conditions.BEATEN:
            return []
        voyage = self.world.voyages.get(due.subject)
        if voyage is not None and (voyage.stage != "landed" or voyage.lands == self.world.hour):
            return self._come_ashore(due, power)
        adjudicate.arrive(self.house, self.clerk, due.subject)
        return []

    def _come_ashore(self, due: Due, power: str) -> list[Due]:
        """The end of a voyage: ashore, with new orders for everybody if on an enemy coast, or back at sea."""
        held = self.world.controller.copy()
        later = adjudicate.land(self.house, self.clerk, due.subject)
        again = [self._add("rail_movement", later, power, due.subject)] if later else []
        politics = self.setup.scenario.politics is not None
        return [*again, *(self._deploy() if politics and (held != self.world.controller).any() else [])]

    def _mobilise(self, due: Due) -> list[Due]:
        adjudicate.mobilise(self.house, self.clerk)
        f = self.world.forces
        moved = [(f.row(name), name) for name in adjudicate.entrain(self.house, self.clerk)]
        trains = [
            self._add("rail_movement", int(f.arrives[i]), self.setup.atlas.powers[f.power[i]], name)
            for i, name in moved
        ]
        if self._growing() or any(not adjudicate.rests(self.house, self.world, w) for w in self.clerk.going()):
            return [*trains, self._add("mobilisation", self.world.hour + dates.DAY, "", "all")]
        if self._at_war():
            days = adjudicate.REST_DAYS - dates.day_number(self.world.hour) % adjudicate.REST_DAYS
            return [*trains, self._add("mobilisation", self.world.hour + days * dates.DAY, "", "all")]
        return trains

    def _growing(self) -> bool:
        """Whether anybody called up is not ready yet."""
        f = self.world.forces
        if self.setup.scenario.politics is not None:
            return muster.growing(self.world, self.setup.atlas)
        return bool(((f.status == Status.ACTIVE) & (f.readiness < 1.0)).any())

    def _at_war(self) -> bool:
        return any(f"ceased:{w}" not in self.world.flags for w in self.world.wars) or any(
            d.startswith("script:war:") for d in self.world.due
        )

    def _front(self, due: Due) -> list[Due]:
        today = self.journal.length
        if not adjudicate.campaign_day(self.house, self.clerk, due.subject):
            self._end_war(due.subject)
            return []
        following = [self._add("front", self.world.hour + self._pause(due.subject), "", due.subject)]
        ended = armistice.consider(self.house, self.clerk, due.subject, today)
        if not ended:
            return following
        for name in ended:
            self._halt(f"verdict:{name}")
        return [*following, *self._deploy()]

    def _end_war(self, name: str) -> None:
        """After a war: no more evenings to decide on it; its operations are judged and bring what they hold."""
        war = self.world.wars[name]
        for power in (*war.attackers, *war.defenders):
            if not self._fighting(power):
                self._halt(f"government:{power}")
        self.ceased[name].succeed()
        if self.setup.scenario.politics is not None:
            outcomes.spoils(self.house, self.clerk, name)

    def _rule(self, due: Due) -> list[Due]:
        """An umpire's ruling takes effect; a war it begins gets its fronts, and one that it ends loses its own."""
        before = dict(self.world.wars)
        overruling.settle(self.house, self.clerk, due.subject)
        self._lay_down_arms()
        if self.world.wars == before:
            return []
        politics = self.setup.scenario.politics is not None
        return self._deploy() if politics else [*self._fronts(), *self._governments(), *self._callup()]

    def _pause(self, war: str) -> int:
        """Hours to the next day of a front."""
        return (adjudicate.REST_DAYS if adjudicate.rests(self.house, self.world, war) else 1) * dates.DAY

    def _government(self, due: Due) -> list[Due]:
        adjudicate.government(self.house, self.clerk, due.power)
        if not self._fighting(due.power):
            return []
        wars = [w for w in self.world.wars.values() if due.power in (*w.attackers, *w.defenders)]
        pause = min(self._pause(w.id) for w in wars if f"ceased:{w.id}" not in self.world.flags)
        return [self._add("government", self.world.hour + pause, due.power, due.subject)]


_SETTLE: dict[str, Callable[[Engine, Due], list[Due]]] = {
    "script": Engine._script,
    "state": Engine._state,
    "talks": Engine._talk,
    "decision": Engine._decide,
    "response": Engine._respond,
    "operation": Engine._operation,
    "rail_movement": Engine._arrive,
    "mobilisation": Engine._mobilise,
    "front": Engine._front,
    "verdict": Engine._verdict,
    "government": Engine._government,
    "ruling": Engine._rule,
}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave cyclic garbage alone: a run makes next to none, and looking for it costs a twelfth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _next(hour: int, of_day: int) -> int:
    """The next hour at which the clock shows `of_day`, not before `hour`."""
    today = hour - hour % dates.DAY + of_day
    return today if today >= hour else today + dates.DAY


def run(
    setup: Setup,
    seed: int = 1,
    *,
    level: Level = "events",
    seats: Mapping[str, Seat] | None = None,
    watch: Callable[[World], None] | None = None,
) -> Run:
    """Play a scenario from its opening to its end."""
    return Engine(setup, opening_world(setup, seed), seats=seats, level=level, watch=watch).run()


def resume(setup: Setup, saved: bytes, *, level: Level = "events", seats: Mapping[str, Seat] | None = None) -> Run:
    """Play on from a saved World; the journal goes on where the saved one stopped."""
    return Engine(setup, World.from_bytes(saved), seats=seats, level=level).run()


def fork(world: World, seed: int) -> World:
    """A copy of a position with other luck from here on."""
    return replace(world.copy(), seed=seed)
