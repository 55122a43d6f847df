"""Contested matters of a campaign: places that are fought for, operations, armies and what they lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from wargame import dates
from wargame.atlas import NOBODY
from wargame.journal import Entry
from wargame.show.prose import number, percent, sentence
from wargame.show.summaries import OUTCOMES
from wargame.sides import FIRST_UNIT
from wargame.study.forecast import RANGE, interval, lost, span
from wargame.study.rollouts import Outturn
from wargame.study.statistics import share
from wargame.table.matters import SETTLED, STAKES, Means, Outcome, Proposal, Turn, is_open, made
from wargame.world import Status, War, World

DECIDED = ("broken", "overrun", "repulsed", "contained", "surrendered")
MEN, TOWN_K, SEAT = 2000.0, 25.0, 40.0
"""Men engaged, and thousands of people, worth one point of a battle's stake; points of a capital or an objective."""
LEAST_LOSS = 500.0
"""Men from which a power's losses are a matter."""
LOW, HIGH = "0.0001", "0.9999"
"""Dice that decide for and against who acts."""
TURNS = ("ends", "wins")
"""The two dice of a day of fighting: whether it ends, and for whom."""
DAYS_OF_A_CONTACT = 1024
"""How `wargame.rules.combat` numbers the days of a contact: contact * 1024 + day."""
ALIKE = 0.05
"""Difference in odds up to which two assaults are alike."""
SUPPLY_TOLD, SKY_TOLD = 0.1, 0.1
"""Differences from which they are worth a sentence."""
GOES_ON = "goes on"
FALLEN = "killed_and_wounded"
BEATEN = ("capitulated", "in_exile", "defeated")
STANDS = {GOES_ON: "goes on", "capitulated": "capitulates", "in_exile": "loses its government to exile",
          "defeated": "is defeated"}  # fmt: skip


def battles(turn: Turn) -> Iterator[Proposal]:
    """Every place that is assaulted in the turn: who holds it at the end."""
    began, ended = dict[str, Entry](), dict[str, Entry]()
    for e in turn.of_kind("engagement_began"):
        began[e.data["province"]] = e
    for e in turn.of_kind("engagement_ended"):
        place = e.data["province"]
        if e.data["result"] in DECIDED or place not in ended:
            ended[place] = e
        if (first := turn.by_number.get(e.because)) is not None and first.kind == "engagement_began":
            began.setdefault(place, first)
    for place in sorted(began):
        yield _battle(turn, place, began[place], ended.get(place))


def _battle(turn: Turn, place: str, began: Entry, ended: Entry | None) -> Proposal:
    d = began.data
    own, foe = (_power_of(turn, d[side]) for side in ("attackers", "defenders"))
    side = _allies(turn, d["war"], own)
    p, town = turn.atlas.number[place], turn.names.town(place)
    stake = (d["attacking_men"] + d["defending_men"]) / MEN + float(turn.atlas.population_k[p]) / TOWN_K
    stake += SEAT * (bool(turn.atlas.capital_of[p]) + (place in _objectives(turn)))
    decisive = ended if ended is not None and ended.because == began.n else None
    day = decisive.data["days"] - 1 if decisive is not None else 0
    rolled = d["contact"] * DAYS_OF_A_CONTACT + day
    die = ("engagement.wins", place, rolled) if decisive and decisive.data["result"] != "overrun" else None

    def means(power: str) -> Means:
        """The die of the decisive day the other way, and if that does not do, the place itself at the turn's end."""
        if not power:
            return (), 0
        value = LOW if power in side else HIGH
        dice = tuple(f"die engagement.{what} {place} {rolled} {value if what == 'wins' else LOW}" for what in TURNS)
        return (*(dice if die else ()), f"control {place} {power}"), turn.until - 1

    holds = turn.ruled.holder(turn.atlas, place) in side
    return made(
        turn, id=f"battle:{place}", domain="battle", stake=stake, entry=ended or began,
        about=f"who holds {town} on {dates.spoken(turn.until)}", answer=lambda o: o.holder(turn.atlas, place),
        say=lambda power: f"{turn.country(power)} holds {town}", order=lambda power: float(power in side), power=own,
        powers=(own, foe), drivers=_balance(turn, began, own, foe), means=means, die=die, die_odds=d["odds"],
        also=(own, foe),
        odds=d["odds"] if holds else 1.0 - d["odds"],
        precedents=turn.before_this(lambda e: _like_battle(turn, e, began, own, foe)),
    )  # fmt: skip


def _balance(turn: Turn, began: Entry, own: str, foe: str) -> list[str]:
    """What the assault rests on: men, the terms that weigh most, supply, sky and ground, the rules' chance."""
    d, world = began.data, turn.before
    men, against = d["attacking_men"], d["defending_men"]
    who, whom = turn.country(own), turn.country(foe)
    stronger, ratio = (who, men / max(against, 1)) if men >= against else (whom, against / max(men, 1))
    found = [
        sentence(f"{who} has {number(men)} men against {number(against)}: {stronger} is stronger, {ratio:.1f} to 1")
    ]
    if d["reasons"]:
        found.append(sentence(f"what weighs most by the rules (plus: for the attack): {', '.join(d['reasons'])}"))
    fed = [_mean_supply(world, d[side]) for side in ("attackers", "defenders")]
    if abs(fed[0] - fed[1]) >= SUPPLY_TOLD:
        found.append(sentence(f"supply: {who} {percent(fed[0])}, {whom} {percent(fed[1])}"))
    sky = turn.run.world.air_superiority.get(d["war"], 0.0)
    sky = sky if own in turn.run.world.wars[d["war"]].attackers else -sky
    if abs(sky) >= SKY_TOLD:
        found.append(sentence(f"{who if sky > 0 else whom} is superior in the air ({abs(sky):.2f} of 1)"))
    ground = turn.run.world.weather[int(turn.atlas.climate_of[turn.atlas.number[d["province"]]])]
    if ground not in ("clear", "frost"):
        found.append(sentence(f"the weather there at the turn's end: {ground}"))
    return [*found, sentence(f"the rules gave the assault {percent(d['odds'])} when it began")]


def _mean_supply(world: World, formations: Sequence[str]) -> float:
    rows = [world.forces.row(x) for x in formations]
    men = world.forces.men[rows]
    return float((world.forces.supply[rows] * men).sum() / max(float(men.sum()), 1.0))


def _power_of(turn: Turn, formations: Sequence[str]) -> str:
    """The power with most men among some formations."""
    f, men = turn.before.forces, Counter[str]()
    for name in formations:
        men[turn.atlas.powers[int(f.power[f.row(name)])]] += int(f.men[f.row(name)]) + 1
    return min(men, key=lambda p: (-men[p], p)) if men else ""


def _allies(turn: Turn, war: str, power: str) -> tuple[str, ...]:
    entry = turn.run.world.wars[war]
    return entry.attackers if power in entry.attackers else entry.defenders


def _objectives(turn: Turn) -> set[str]:
    return {p for plan in turn.run.setup.plans if plan.operation for p in plan.operation.objectives}


def _like_battle(turn: Turn, e: Entry, began: Entry, own: str, foe: str) -> int:
    """Rulings on the place first, then fights for it, then fights of the two powers at about these odds."""
    place = began.data["province"]
    if e.kind == "ruling_made":
        return 4 * int(turn.names.town(place) in e.data["about"])
    if e.kind != "engagement_ended" or e.data["result"] not in DECIDED:
        return 0
    if e.data["province"] == place:
        return 3
    first = turn.by_number.get(e.because)
    if first is None or first.kind != "engagement_began" or abs(first.data["odds"] - began.data["odds"]) > ALIKE:
        return 0
    same = (_power_of(turn, e.data["attackers"]), _power_of(turn, e.data["defenders"])) == (own, foe)
    return 2 if same else 1


# --- operations and armies


def operations(turn: Turn) -> Iterator[Proposal]:
    """Every operation that ends in the turn, or might."""
    for name, state in turn.before.operations.items():
        if name in turn.tell.operations and state.stage != "ended":
            yield from _operation(turn, name)


def _operation(turn: Turn, name: str) -> Iterator[Proposal]:
    operation = turn.tell.operations[name]

    def answer(o: Outturn) -> str:
        stage, outcome = o.operations.get(name, ("planned", ""))
        return outcome if stage == "ended" else GOES_ON

    def means(outcome: str) -> Means:
        return ((f"outcome {name} {outcome}",), turn.until - 1) if outcome != GOES_ON else ((), 0)

    def like(e: Entry) -> int:
        other = turn.tell.operations.get(e.data["operation"]) if e.kind == "operation_ended" else None
        return int(other is not None and other.power == operation.power)

    if not is_open(turn, answer, GOES_ON):
        return
    yield made(
        turn, id=f"operation:{name}", domain="campaign", stake=STAKES["campaign"],
        entry=next((e for e in turn.of_kind("operation_ended") if e.data["operation"] == name), None),
        about=f"what {operation.name} comes to", answer=answer,
        say=lambda a: f"{operation.name} {OUTCOMES.get(a, a.replace('_', ' '))}",
        order=lambda a: {"launched_succeeded": 2.0, GOES_ON: 1.0}.get(a, 0.0), power=operation.power,
        powers=(operation.power, operation.target), drivers=_strengths(turn, operation.power, operation.target),
        means=means, precedents=turn.before_this(like),
    )  # fmt: skip


def standings(turn: Turn) -> Iterator[Proposal]:
    """Every power that gives up in the turn, or might."""
    for power, state in sorted(turn.before.powers.items()):
        if state.standing not in BEATEN:
            yield from _standing(turn, power)


def _standing(turn: Turn, power: str) -> Iterator[Proposal]:
    def answer(o: Outturn) -> str:
        standing = o.standing.get(power, "")
        return standing if standing in BEATEN else GOES_ON

    if not is_open(turn, answer, GOES_ON):
        return
    entry = next((e for e in turn.of_kind("standing_changed") if e.data["power"] == power), None)
    foes = _foes(turn, power)
    drivers = _strengths(turn, power, foes[0]) if foes else []
    if entry is not None:
        drivers.insert(0, sentence(turn.tell.said(entry.data["reason"])))
    yield made(
        turn, id=f"power:{power}", domain="campaign", stake=STAKES["campaign"], entry=entry,
        about=f"whether {turn.country(power)} holds out", answer=answer,
        say=lambda a: f"{turn.country(power)} {STANDS[a]}", order=lambda a: float(a == GOES_ON), power=power,
        powers=(power, *foes), drivers=drivers,
        means=lambda a: ((f"standing {power} {a if a != GOES_ON else 'at_war'}",), turn.until - 1),
        precedents=turn.before_this(lambda e: int(e.kind == "army_broken" and e.data["power"] == power)),
    )  # fmt: skip


def _foes(turn: Turn, power: str) -> tuple[str, ...]:
    """The enemies of a power in any war of the turn, the one with most men first."""
    found = set[str]()
    for war in turn.run.world.wars.values():
        found |= set(_others(war, power))
    return tuple(sorted(found, key=lambda p: (-_men(turn, p), p)))


def _others(war: War, power: str) -> tuple[str, ...]:
    if power in war.attackers:
        return war.defenders
    return war.attackers if power in war.defenders else ()


def _men(turn: Turn, power: str) -> float:
    """Men of a power's land army in the field at the opening of the turn."""
    f = turn.before.forces
    mine = (f.power == turn.atlas.power_number.get(power, NOBODY)) & f.is_land & (f.status == Status.ACTIVE)
    return float(f.men[mine & (f.kind >= FIRST_UNIT)].sum())


def _strengths(turn: Turn, own: str, foe: str) -> list[str]:
    """Men in the field at the opening of the turn, who has more, and what each lost in it."""
    men, against = _men(turn, own), _men(turn, foe)
    stronger, ratio = (own, men / max(against, 1.0)) if men >= against else (foe, against / max(men, 1.0))
    ratio_told = f"{turn.country(stronger)} is stronger, {ratio:.1f} to 1"
    found = [
        sentence(
            f"in the field at the opening: {turn.country(own)} {number(men)} men, {turn.country(foe)} "
            f"{number(against)}; {ratio_told}"
        )
    ]
    gone = [sum(lost(turn.ruled, p, k) for k in ("killed_and_wounded", "captured_and_missing")) for p in (own, foe)]
    if any(gone):
        what = f"{turn.country(own)} lost {number(gone[0])} men in the turn, {turn.country(foe)} {number(gone[1])}"
        found.append(sentence(what))
    return found


def losses(turn: Turn) -> Iterator[Proposal]:
    """The killed and wounded of every power that fought: the range of the roll-outs, and the rules' own number."""
    for power in sorted(turn.ruled.losses):
        values = [lost(o, power, FALLEN) for o in turn.rolled] or [lost(turn.ruled, power, FALLEN)]
        if max(*values, lost(turn.ruled, power, FALLEN), 0.0) >= LEAST_LOSS:
            yield _loss(turn, power, values)


def _loss(turn: Turn, power: str, values: list[float]) -> Proposal:
    mine, (few, middle, many), n = lost(turn.ruled, power, FALLEN), span(values), max(turn.before.journal_length - 1, 0)

    def said(men: float) -> str:
        return f"{turn.country(power)} loses {number(men)} killed and wounded"

    def outcome(men: float, quantile: float) -> Outcome:
        part = quantile if turn.rolled else -1.0
        if round(men) == round(mine):
            return Outcome(said(men), part)
        line = f"losses {power} {round(men - mine)}" if men > mine else f"return {power} {round(mine - men)}"
        return Outcome(said(men), part, (line,), turn.until - 1)

    e = share(sum(v <= mine for v in values), len(values))
    openness = max(1.0 - abs(2.0 * e.value - 1.0), SETTLED) if turn.rolled else 1.0
    foes = _foes(turn, power)
    drivers = _strengths(turn, power, foes[0]) if foes else []
    if turn.rolled:
        drivers.append(f"No more than that in {interval(e)} of the roll-outs.")
    return Proposal(
        id=f"losses:{power}", about=f"the losses of {turn.country(power)}", domain="campaign",
        importance=round(STAKES["losses"] * max((many - few) / max(middle, LEAST_LOSS), SETTLED) * openness, 2),
        likely=said(middle), best=said(few), worst=said(many), probability=-1.0, drivers=tuple(drivers), precedents=(),
        conflicts=(), because=n, hour=turn.until - 1, power=power, rule=said(mine),
        outcomes=tuple(outcome(men, q) for men, q in zip((few, middle, many), RANGE, strict=True)),
        powers=(power, *foes), root=n,
    )  # fmt: skip
