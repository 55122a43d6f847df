"""Contested matters of state: what governments decide, what they sign, and who governs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wargame.journal import Entry
from wargame.politics import Crisis
from wargame.show.prose import listing, percent, sentence
from wargame.show.retell import TREATIES
from wargame.study.rollouts import Outturn
from wargame.table.matters import STAKES, Proposal, Turn, is_open, made
from wargame.weighing import felt

NOTHING = "-"
BY_TREATY = ("talks", "transit", "peace", "armistice", "offer", "concede")
JOINS = ("join:", "march:")
CHANCE_TOLD = ("join", "march")
"""Questions whose reason ends with the chance that the rules gave."""
OF_ARMIES = {"general_withdrawal": "a general withdrawal", "collapse": "the end of its army"}
ARMIES, DONE = tuple(f"{kind}:" for kind in OF_ARMIES), "yes"
NEGATIVE = (NOTHING, "stay out", "yield", "refuse")
GREAT = 200_000.0
"""Men of an army from which it is one of the great."""
ALWAYS = {
    "launch": ("order", NOTHING), "go": ("order", NOTHING), "join": ("join", NOTHING), "march": ("join", NOTHING),
    "resist": ("fight", "yield"), "crisis": ("mobilise", NOTHING), "settle": ("settle", NOTHING),
    "transit": ("let through", "refuse"),
    "talks": ("go on", NOTHING), "offer": ("go on", NOTHING), "peace": ("accept", NOTHING),
    "armistice": ("ask", NOTHING),
    "concede": ("concede", NOTHING),
}  # fmt: skip
"""Answers that an umpire may rule whether they came or not."""
OF_STATE = ("launch", "go", "resist", "join", "march", "crisis", "settle", *BY_TREATY, *OF_ARMIES)
"""Questions that an umpire is shown; where a corps marches is the staffs' affair."""
WORDS = {
    ("launch", "order"): "orders {what}", ("launch", NOTHING): "does not order {what}",
    ("launch", "demand"): "makes as if to order {what}, to be bought off",
    ("go", "order"): "gives the last word for {what}", ("go", NOTHING): "does not give the last word for {what}",
    ("resist", "fight"): "takes up arms against {what}", ("resist", "yield"): "yields to {what}",
    ("resist", NOTHING): "is not asked to resist {what}",
    ("join", "join"): "goes to war over {what}", ("join", NOTHING): "stays out of {what}",
    ("march", "join"): "goes to war beside the attacker ({what})", ("march", NOTHING): "does not march along ({what})",
    ("concede", "concede"): "gives up what is demanded", ("concede", NOTHING): "gives nothing up",
    ("offer", "go on"): "accepts what is offered ({what})", ("offer", NOTHING): "does not accept ({what})",
    ("crisis", "mobilise"): "mobilises against {what}", ("crisis", "settle"): "seeks a settlement of {what}",
    ("crisis", NOTHING): "keeps quiet about {what}",
    ("settle", "settle"): "buys {what} off on its eve", ("settle", NOTHING): "offers nothing on the eve of {what}",
    ("talks", "go on"): "goes on with the talks ({what})", ("talks", NOTHING): "does not go on with the talks ({what})",
    ("transit", "let through"): "lets the troops through", ("transit", "refuse"): "refuses passage",
    ("transit", NOTHING): "is not asked for passage",
    ("armistice", "ask"): "asks for an armistice", ("armistice", NOTHING): "fights on without an army",
    ("peace", "accept"): "accepts peace", ("peace", NOTHING): "goes on with the war",
    ("general_withdrawal", DONE): "orders a general withdrawal", ("general_withdrawal", NOTHING): "orders no retreat",
    ("collapse", DONE): "sends what is left of its army over the border", ("collapse", NOTHING): "fights on",
}  # fmt: skip


def decisions(turn: Turn) -> Iterator[Proposal]:
    """Every question of state that an automatic government answered, or might have been asked with other luck."""
    told = {_question(e.data["question"]): e for e in turn.of_kind("decision") if e.data["seat"] == "automatic"}
    players = {e.data["power"] for e in turn.of_kind("decision") if e.data["seat"] in ("table", "script")}
    asked = dict[str, tuple[str, dict[str, None]]]()  # matter -> who, and the questions by which it is asked
    for o in (turn.ruled, *turn.rolled):
        for question, power in o.asked.items():
            asked.setdefault(_question(question), (power, {}))[1][question] = None
    for name, (power, questions) in sorted(asked.items()):
        kind = name.partition(":")[0]
        if kind in OF_STATE and (name in told or power not in players) and _disputed(turn, name):
            yield _decision(turn, name, tuple(questions), power, told.get(name))


def _question(name: str) -> str:
    """A matter by its question: neither the day of a last word nor for whose sake one is asked makes another."""
    kind, *rest = name.split(":")
    return ":".join((kind, *rest[: {"go": 1, "join": 2}.get(kind, len(rest))]))


def _answer(o: Outturn, name: str) -> str:
    found = [" | ".join(a) or NOTHING for q, a in o.answers.items() if _question(q) == name]
    if name.startswith(JOINS):  # not to be called upon is to stay out
        return "join" if "join" in found else NOTHING
    if name.startswith(ARMIES):  # which orders go out is the staffs' affair
        return DONE if any(a != NOTHING for a in found) else NOTHING
    return found[0] if found else NOTHING


def _disputed(turn: Turn, name: str) -> bool:
    found = {_answer(o, name) for o in (turn.ruled, *turn.rolled)}
    return len(found) > 1 or (not turn.rolled and found != {NOTHING})


def _decision(turn: Turn, name: str, questions: tuple[str, ...], power: str, entry: Entry | None) -> Proposal:
    kind, subject, *_ = (*name.split(":"), "")
    operation, crises = turn.tell.operations.get(subject), {**turn.before.polity.crises, **turn.run.world.polity.crises}
    of_it = turn.tell.operation if operation is not None or subject in crises else turn.tell.talks_name
    what = of_it(subject) if operation is not None else OF_ARMIES.get(kind) or of_it(subject)
    crisis, launch = crises.get(subject), kind in ("launch", "go")
    reasons = entry.data["reasons"] if entry is not None else ()
    drivers = [sentence(turn.tell.said(r)) for r in reasons]
    if not drivers and operation is not None:
        drivers = _feelings(turn, (power,), (operation.target, operation.power))
    if crisis is not None and crisis.credibility and (launch or kind == "demand"):
        seen = listing([f"{turn.country(p)} {percent(c)}" for p, c in crisis.credibility])
        drivers.append(sentence(f"{turn.country(power)} gives these a chance to fight: {seen}"))
    if crisis is not None and launch:
        drivers.append(sentence(f"the rules gave it {percent(crisis.probability)} at the last decision point"))
    odds = crisis.probability if crisis is not None and launch else _chance_in(reasons) if kind in CHANCE_TOLD else 0.0
    concerned = (power, *((operation.power, operation.target) if operation is not None else ()))
    stake = STAKES["diplomacy"] if kind in (*BY_TREATY, "crisis", "settle") else STAKES["decision"]
    return made(
        turn, id=f"decision:{name}", domain="diplomacy" if kind in BY_TREATY else "decision", entry=entry,
        stake=stake * (_weight_of(turn, power) if name.startswith(JOINS) else 1.0),
        about=f"what {turn.country(power)} does about {what}", answer=lambda o: _answer(o, name),
        say=lambda a: _said(turn, kind, a, power, what), order=lambda a: float(a not in NEGATIVE), power=power,
        powers=concerned, drivers=drivers, means=lambda a: (_answers(kind, questions, a), 0),
        die=_die_of_state(crisis, kind, power), die_odds=odds,
        precedents=turn.before_this(lambda e: _like_decision(e, kind, power)), also=ALWAYS.get(kind, ()),
    )  # fmt: skip


def _answers(kind: str, questions: tuple[str, ...], answer: str) -> tuple[str, ...]:
    """The lines by which a matter is answered so, whichever of its questions is asked."""
    if kind == "launch":
        n = questions[0].partition(":")[2]
        demand = "demand" if answer == "demand" else NOTHING
        return (f"answer launch:{n} order",) if answer == "order" else (
            f"answer launch:{n} {NOTHING}", f"answer demand:{n} {demand}",
        )  # fmt: skip
    if (
        answer == NOTHING and kind in ("resist", "transit")
    ) or answer == DONE:  # nobody can be made to be asked, or not
        return ()
    return tuple(f"answer {q} {NOTHING if answer in NEGATIVE else answer}" for q in questions)


def _chance_in(reasons: Sequence[str]) -> float:
    """The chance with which a reason ends: ``word broken 3 times: 39%``."""
    found = re.search(r": (\d+)%$", reasons[-1]) if reasons else None
    return int(found[1]) / 100.0 if found is not None else 0.0


def _weight_of(turn: Turn, power: str) -> float:
    """What a power's entry into a war matters, by its army: all from `GREAT` men on; half for one without a map."""
    if power not in turn.atlas.power_number:
        return 0.5
    f = turn.before.forces
    men = float(f.men[(f.power == turn.atlas.power_number[power]) & f.is_land].sum())
    return max(0.1, min(1.0, men / GREAT))


def _die_of_state(crisis: Crisis | None, kind: str, power: str) -> tuple[str, str, int] | None:
    """The draw that stands for a government's resolve in a matter."""
    if crisis is None:
        return None
    return {
        "launch": ("launch", crisis.operation, crisis.window), "go": ("launch", crisis.operation, crisis.window),
        "join": ("intervene", f"{crisis.operation}:{power}", crisis.window),
        "crisis": ("intervene", f"{crisis.operation}:{power}", crisis.window),
        "settle": ("settle", f"{crisis.operation}:{power}", crisis.window),
        "march": ("march", f"{crisis.operation}:{power}", 0), "resist": ("resist", crisis.operation, 0),
    }.get(kind)  # fmt: skip


def _said(turn: Turn, kind: str, answer: str, power: str, what: str) -> str:
    """An answer in words, with whose it is."""
    plain = f"decides: {answer.replace('_', ' ')}" if answer != NOTHING else "lets it be"
    return f"{turn.country(power)} {WORDS.get((kind, answer), plain).format(what=what)}"


def _like_decision(e: Entry, kind: str, power: str) -> int:
    if e.kind != "decision" or e.data["question"].partition(":")[0] != kind:
        return 0
    return 2 if e.data["power"] == power else 1


# --- treaties and governments


def treaties(turn: Turn) -> Iterator[Proposal]:
    """Every treaty that comes into force or ends in the turn, or might."""
    now = {t.id for t in turn.before.polity.in_force(turn.before.hour)}
    for name in sorted(now | {t for o in (turn.ruled, *turn.rolled) for t in o.treaties}):
        yield from _treaty(turn, name, "yes" if name in now else "no")


def _treaty(turn: Turn, name: str, now: str) -> Iterator[Proposal]:
    def answer(o: Outturn) -> str:
        return "yes" if name in o.treaties else "no"

    terms = _terms_of(turn, name) if is_open(turn, answer, now) else None
    if terms is None:
        return
    kind, parties, line = terms
    who, what = listing([turn.country(p) for p in parties]), TREATIES.get(kind, kind.replace("_", " "))

    def like(e: Entry) -> int:
        if e.kind != "treaty_signed":
            return 0
        return 2 * int(e.data["form"] == kind) + int(set(parties) <= {*e.data["parties"]})

    yield made(
        turn, id=f"treaty:{name}", domain="diplomacy", stake=STAKES["diplomacy"],
        entry=next((e for e in turn.of_kind("treaty_signed", "treaty_ended") if e.data["treaty"] == name), None),
        about=f"{what} between {who}", answer=answer,
        say=lambda a: f"{what} between {who} is {'' if a == 'yes' else 'not '}in force",
        order=lambda a: float(a == "yes"), power=parties[0], powers=parties, drivers=_feelings(turn, parties),
        means=lambda a: ((line if a == "yes" else f"end {name}",), turn.until - 1), precedents=turn.before_this(like),
        also=("yes", "no"),
    )  # fmt: skip


def _terms_of(turn: Turn, name: str) -> tuple[str, tuple[str, ...], str] | None:
    """Kind and parties of a treaty, and the line that brings it about."""
    known = {**turn.before.polity.treaties, **turn.run.world.polity.treaties}
    if name in known:
        t = known[name]
        kind, parties, protects, against = str(t.kind), t.parties, t.protects, t.against
    else:
        row = next((r for r in turn.setup.tables["clauses"] if r["id"] == name), None)
        if row is None:
            return None
        kind, parties, protects, against = row["kind"], row["parties"], row["protects"], row["against"]
    more = [f"{word} {','.join(names)}" for word, names in (("protects", protects), ("against", against)) if names]
    return kind, tuple(parties), " ".join(("treaty", kind, *parties, *more, "as", name))


def _feelings(turn: Turn, parties: Sequence[str], others: Sequence[str] = ()) -> list[str]:
    """What the parties feel about each other, or about some others: alarm and interest, the strongest three."""
    polity, half_life = turn.run.world.polity, turn.setup.rulebook.reputation.half_life_years
    found = []
    for a in parties:
        for b in others or parties:
            alarm = felt(polity.alarm, f"{a}>{b}", turn.run.world.hour, half_life)
            interest = polity.interests.get(f"{a}>{b}", 0.0)
            if a != b and max(alarm, interest) > 0:
                found.append((-max(alarm, interest), a, b, alarm, interest))
    return [
        sentence(f"{turn.country(a)} has an interest of {interest:.1f} in {turn.country(b)}, and fears it {alarm:.1f}")
        for _, a, b, alarm, interest in sorted(found)[:3]
    ]


def governments(turn: Turn) -> Iterator[Proposal]:
    """Every government that changes in the turn, or might."""
    for power in sorted(turn.before.polity.governments):
        yield from _government(turn, power)


def _government(turn: Turn, power: str) -> Iterator[Proposal]:
    now = turn.before.polity.governments[power]

    def answer(o: Outturn) -> str:
        return o.heads.get(power, "")

    if not is_open(turn, answer, now.head):
        return
    entry = next((e for e in turn.of_kind("government_formed") if e.data["power"] == power), None)
    drivers = [f"its grip is {percent(now.grip)}, its paralysis {percent(now.paralysis)}"]
    if entry is not None and entry.data["why"]:
        drivers.insert(0, turn.tell.said(entry.data["why"]))
    yield made(
        turn, id=f"government:{power}", domain="government", entry=entry,
        stake=STAKES["government"] * _weight_of(turn, power),
        about=f"who governs {turn.country(power)}", answer=answer,
        say=lambda head: f"{head} at the head of {turn.country(power)}", order=lambda head: float(head == now.head),
        power=power, powers=(power,), drivers=list(map(sentence, drivers)),
        means=lambda head: ((f"government {power} {head}",) if head else (), turn.until - 1),
        precedents=turn.before_this(lambda e: int(e.kind == "government_formed" and e.data["power"] == power)),
        also=(now.head,),
    )  # fmt: skip
