"""Contested matters of state: what governments decide, what they sign, and who governs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wargame.journal import Entry
from wargame.show.prose import listing, percent, sentence
from wargame.show.retell import TREATIES
from wargame.study.rollouts import Outturn
from wargame.table.matters import STAKES, Proposal, Turn, is_open, made

NOTHING = "-"
BY_TREATY = ("talks", "transit", "peace", "offer")
OF_STATE = frozenset(
    [
        *("launch", "go", "demand", "resist", "join", "crisis"),
        *BY_TREATY,
        *("general_withdrawal", "collapse"),
    ]
)
"""Questions that an umpire is shown; where a corps marches is the staffs' affair."""
WORDS = {
    ("launch", "order"): "orders {what}", ("launch", NOTHING): "does not order {what}",
    ("launch", "demand"): "makes as if to order {what}, to be bought off",
    ("go", "order"): "gives the last word for {what}", ("go", NOTHING): "does not give the last word for {what}",
    ("demand", "demand"): "makes as if to order {what}, to be bought off", ("demand", NOTHING): "makes no demand",
    ("resist", "fight"): "takes up arms against {what}", ("resist", "yield"): "yields to {what}",
    ("resist", NOTHING): "is not asked to resist {what}",
    ("join", "join"): "goes to war over {what}", ("join", "stay out"): "stays out of {what}",
    ("join", NOTHING): "is not called upon by {what}",
    ("crisis", "mobilise"): "mobilises against {what}", ("crisis", "settle"): "seeks a settlement of {what}",
    ("crisis", NOTHING): "keeps quiet about {what}",
    ("talks", "go on"): "goes on with the talks ({what})", ("talks", NOTHING): "does not go on with the talks ({what})",
    ("transit", "let through"): "lets the troops through", ("transit", "refuse"): "refuses passage",
    ("peace", "accept"): "accepts peace", ("peace", NOTHING): "goes on with the war",
    ("general_withdrawal", ""): "orders a general withdrawal", ("general_withdrawal", NOTHING): "orders no retreat",
    ("collapse", ""): "sends what is left of its army over the border", ("collapse", NOTHING): "fights on",
}  # fmt: skip


def decisions(turn: Turn) -> Iterator[Proposal]:
    """Every question of state that an automatic government answered, or might have been asked with other luck."""
    told = {_question(e.data["question"]): e for e in turn.of_kind("decision") if e.data["seat"] == "automatic"}
    players = {e.data["power"] for e in turn.of_kind("decision") if e.data["seat"] in ("table", "script", "umpire")}
    asked = {_question(q): (q, power) for o in turn.rolled for q, power in o.asked.items()}
    asked |= {k: (e.data["question"], e.data["power"]) for k, e in told.items()}
    for name, (full, power) in sorted(asked.items()):
        kind = name.partition(":")[0]
        if kind in OF_STATE and (name in told or power not in players) and _disputed(turn, name):
            yield _decision(turn, name, full, power, told.get(name))


def _question(name: str) -> str:
    """A question by what it is about: the day on which a last word is given is no part of that."""
    return name.rpartition(":")[0] if name.startswith("go:") else name


def _answer(o: Outturn, name: str) -> str:
    return next((" | ".join(a) or NOTHING for q, a in o.answers.items() if _question(q) == name), NOTHING)


def _disputed(turn: Turn, name: str) -> bool:
    found = {_answer(o, name) for o in (turn.ruled, *turn.rolled)}
    return len(found) > 1 or (not turn.rolled and found != {NOTHING})


def _decision(turn: Turn, name: str, full: str, power: str, entry: Entry | None) -> Proposal:
    kind, *rest = name.split(":")
    subject = rest[0] if rest else ""
    operation = turn.tell.operations.get(subject)
    what = operation.name if operation is not None else turn.tell.talks_name(subject)
    named = subject if kind in ("launch", "go", "resist", "join", "crisis") else ""
    stake = STAKES["decision"] if kind in ("launch", "go", "join", "resist") else STAKES["diplomacy"]
    crisis = turn.run.world.polity.crises.get(named) or turn.before.polity.crises.get(named)
    die = _die_of_state(turn, kind, rest, power)
    chance = crisis.probability if crisis is not None and kind in ("launch", "go") else -1.0
    drivers = [sentence(turn.tell.said(r)) for r in (entry.data["reasons"] if entry is not None else ())]
    if crisis is not None and crisis.credibility and kind in ("launch", "go", "demand"):
        seen = listing([f"{turn.country(p)} {percent(c)}" for p, c in crisis.credibility])
        drivers.append(sentence(f"{turn.country(power)} gives these a chance to fight: {seen}"))
    if chance >= 0:
        drivers.append(sentence(f"the rules gave it {percent(chance)} at the last decision point"))
    concerned = (power, *((operation.power, operation.target) if operation is not None and named else ()))
    return made(
        turn, id=f"decision:{name}", domain="diplomacy" if kind in BY_TREATY else "decision", stake=stake, entry=entry,
        about=f"what {turn.country(power)} does about {what}", answer=lambda o: _answer(o, name),
        say=lambda a: _said(turn, kind, a, power, what), order=lambda a: float(a != NOTHING), power=power,
        powers=concerned, drivers=drivers, means=lambda a: ((f"answer {full} {a}",), 0), die=die,
        die_odds=max(chance, 0.0), precedents=turn.before_this(lambda e: _like_decision(e, kind, power)),
    )  # fmt: skip


def _die_of_state(turn: Turn, kind: str, rest: Sequence[str], power: str) -> tuple[str, str, int] | None:
    """The draw that stands for a government's resolve in a matter."""
    crisis = turn.run.world.polity.crises.get(rest[0]) if rest else None
    if crisis is None:
        return None
    return {
        "launch": ("launch", crisis.operation, crisis.window), "go": ("launch", crisis.operation, crisis.window),
        "join": ("intervene", f"{crisis.operation}:{power}", crisis.window),
        "crisis": ("intervene", f"{crisis.operation}:{power}", crisis.window),
        "resist": ("resist", crisis.operation, 0),
    }.get(kind)  # fmt: skip


def _said(turn: Turn, kind: str, answer: str, power: str, what: str) -> str:
    """An answer in words, with whose it is."""
    told = WORDS.get((kind, answer)) or (WORDS.get((kind, "")) if answer != NOTHING else None)
    plain = f"decides: {answer.replace('_', ' ')}" if answer != NOTHING else "lets it be"
    return f"{turn.country(power)} {(told or plain).format(what=what, answer=answer.replace('_', ' '))}"


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


def _feelings(turn: Turn, parties: Sequence[str]) -> list[str]:
    """What the parties feel about each other: alarm and interest, the strongest."""
    polity, found = turn.run.world.polity, []
    for a in parties:
        for b in parties:
            pair = f"{a}>{b}"
            if a != b and (pair in polity.alarm or pair in polity.interests):
                alarm = polity.alarm[pair].value if pair in polity.alarm else 0.0
                interest = polity.interests.get(pair, 0.0)
                found.append((-max(alarm, interest), pair, alarm, interest))
    return [
        sentence(f"{turn.country(pair[:3])} feels alarm of {alarm:.1f} at {turn.country(pair[4:])} and interest of "
                 f"{interest:.1f} in it")
        for _, pair, alarm, interest in sorted(found)[:3]
    ]  # fmt: skip


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
        turn, id=f"government:{power}", domain="government", stake=STAKES["government"], entry=entry,
        about=f"who governs {turn.country(power)}", answer=answer,
        say=lambda head: f"{head} governs {turn.country(power)}", order=lambda head: float(head == now.head),
        power=power, powers=(power,), drivers=list(map(sentence, drivers)), means=lambda _: ((), 0),
        precedents=turn.before_this(lambda e: int(e.kind == "government_formed" and e.data["power"] == power)),
    )  # fmt: skip
