"""The papers of a game: what goes from a game file onto paper, for each seat and for the umpire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from wargame import dates
from wargame.load.maps import geometry_path
from wargame.show.debrief import draw_moving_map
from wargame.show.frontpage import PICTURE, FrontPage, draw_front_page, front_page_markdown
from wargame.show.ground import Ground, ground_of
from wargame.show.prose import Names, listing, sentence
from wargame.show.retell import TREATIES
from wargame.table import ready, redact
from wargame.table.aar import CHARTS, after_action, charts
from wargame.table.archive import write_archive, write_tables
from wargame.table.desk import Desk
from wargame.table.game import Game
from wargame.table.kit import CounterLevel, Plan, print_kit, turns_from
from wargame.table.newspaper import front_page, public_notices
from wargame.table.past import Past
from wargame.table.press import Press, press, publish, spread
from wargame.table.reports import MAP, seat_report, span
from wargame.table.state import OBSERVER, UMPIRE, instruction, proposal
from wargame.table.umpire_sheet import Turn, umpire_sheet
from wargame.world import World

MOST_FRAMES = 20
"""Frames of the moving map."""


def report(game: Game, out: Path, seat: str = "", *, ground: Ground | None = None, workers: int = 1) -> list[Path]:
    """Write the reports of the last turn into a folder, as PDF and Markdown; returns the files.

    ``seat``: a power, ``umpire``, or nothing for the umpire's sheet and a report for every human seat (for every power
    on the map where nobody plays). ``workers``: processes that share the work. `UsageError` for an unknown seat.
    """
    turn = turn_of(game, [seat] if seat not in {"", UMPIRE} else ())
    desks = turn.desks if seat != UMPIRE else ()
    out.mkdir(parents=True, exist_ok=True)
    with press(game.setup, ground or ground_for(game), turn.world, [d.power for d in turn.desks]) as at:
        at.lay([*(d.power for d in desks), *([""] if seat in {"", UMPIRE} else [])])

        def write(k: int) -> list[Path]:
            if k < len(desks):
                return publish(seat_report(desks[k]), out / desks[k].power, {MAP: _map(at, desks[k])})
            title, subtitle = turn.setup.scenario.scenario.title, "As it is: umpire only"
            return publish(
                umpire_sheet(turn), out / UMPIRE, {MAP: at.plate(turn.world, title=title, subtitle=subtitle)}
            )

        return spread(write, len(desks) + (seat in {"", UMPIRE}), workers)


def kit(
    game: Game,
    out: Path,
    *,
    paper: str = "a4",
    counters: CounterLevel = "auto",
    ground: Ground | None = None,
    workers: int = 1,
) -> list[Path]:
    """Write the print kit of the turn to be played, a folder for every human seat and one for the umpire."""
    turn, state = turn_of(game), game.state
    ends = game.setup.scenario.scenario.ends
    ends = min(int(game.book.get("until", ends)), ends)
    track = _played(game) + turns_from(state.hour, partial(_length_at, game), ends, state.turn + 1)
    plan = Plan(paper, counters, tuple(track), game.state.turn)
    return print_kit(turn, ground or ground_for(game), out, plan, workers=workers)


def aar(game: Game, out: Path, *, forks: Sequence[Game] = (), ground: Ground | None = None) -> list[Path]:
    """Write the after-action pack into a folder: report, moving map, data tables, archive without names, manifest.

    ``forks``: games that went another way from a position of this one, to be set beside it.
    """
    past, land = Past(game), ground or ground_for(game)
    out.mkdir(parents=True, exist_ok=True)
    with press(game.setup, land, game.world(), past.players) as at:
        plate = at.plate(game.world(), title=past.title, subtitle="As it was at the end")
        plates = {MAP: plate, CHARTS: (charts(past, at.folder / "charts.pdf"),)}
        written = publish(after_action(past, forks), out / "aar", plates)
        moving = [out / "campaign.gif", out / "campaign.webp"]
        frames = past.frames(MOST_FRAMES)
        written += draw_moving_map(game.setup.atlas, land, frames, moving, title=past.title, extent=at.area())
    written += write_tables(past, out / "data")
    written.append(write_archive(past, out / "archive.zip"))
    return [*written, _manifest(game, out, written)]


def _manifest(game: Game, out: Path, written: Iterable[Path]) -> Path:
    """A list of the pack's files with their digests."""
    files = {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(written)}
    head = {k: game.created[k] for k in ("game", "title", "seed", "version", "data_hash")}
    path = out / "manifest.json"
    text = json.dumps(head | {"journal": game.journal().head, "files": files}, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def newspaper(game: Game, out: Path, *, ground: Ground | None = None) -> list[Path]:
    """Write the front page of the last turn into a folder, as PDF and Markdown."""
    out.mkdir(parents=True, exist_ok=True)
    with press(game.setup, ground or ground_for(game), game.world(), game.state.humans) as at:
        page = front(game, at.window(PICTURE))
        pdf, text = draw_front_page(out / "newspaper.pdf", page), out / "newspaper.md"
    text.write_text(front_page_markdown(page), encoding="utf-8", newline="\n")
    return [pdf, text]


def front(game: Game, picture: Path | None = None) -> FrontPage:
    """The front page of the last turn, of what everybody knows."""
    last = game.line()[-1]
    opened = last.body["began"] if last.kind == "committed" else game.state.hour
    public = redact.seen(game.setup, game.world(), "")
    entries = redact.visible_entries(game.journal().entries, "", game.world(), game.setup.atlas)
    notices = public_notices(game.mail(OBSERVER).news, opened)
    return front_page(game.setup, public, entries, opened, max(game.state.turn, 1), notices, picture)


def _length_at(game: Game, hour: int) -> str:
    """How long a turn is that begins at an hour: as now, until a ready game's book has another."""
    now, then = (ready.length(game.book, h, game.state.length) for h in (game.state.hour, hour))
    return then if then != now else game.state.length


def _played(game: Game) -> list[tuple[str, str]]:
    """Number and days of the turns played."""
    done = [act.body for act in game.line() if act.kind == "committed"]
    return [(str(k), span(b["began"], b["until"])) for k, b in enumerate(done, start=1)]


def _map(at: Press, desk: Desk) -> tuple[Path, Path]:
    title, subtitle = desk.setup.scenario.scenario.title, f"As known to {desk.country}"
    return at.plate(desk.seen, title=title, subtitle=subtitle, power=desk.power)


def ground_for(game: Game) -> Ground:
    """The ground of the game's map, also where it lies in a folder of the user's."""
    return ground_of(geometry_path(game.setup.atlas.id, game.created["data"]), game.setup.atlas)


def turn_of(game: Game, seats: Iterable[str] = ()) -> Turn:
    """The last turn as the umpire has it, with the desks of some seats (none named: of the human ones)."""
    state, last = game.state, game.line()[-1]
    committed = last.kind == "committed"
    before = game.world(game.states[last.body["parent"]]) if committed else game.world()
    kinds = {p: place.kind for p, place in state.seats.items()}
    who = {p: ", ".join(x.name for x in state.people.values() if x.place == p) or kinds[p] for p in kinds}
    opened = last.body["began"] if committed else state.hour
    chosen = list(seats) or state.humans or [p for p in kinds if p in game.setup.atlas.power_number]
    desks = tuple(desk_of(game, p, opened, before if committed else None) for p in chosen)
    found = tuple(proposal(p) for p in game.proposed())
    return Turn(
        game.setup, str(game.created["title"]), state.turn, opened, game.world(), before, tuple(game.journal().entries),
        desks, who, found, state.rulings, state.messages, tuple(state.injects.values()), state.rfis, state.styles,
        str(game.book.get("umpire", "")),
    )  # fmt: skip


def desk_of(game: Game, power: str, opened: int, before: World | None) -> Desk:
    """What lies on a seat's desk after the last turn."""
    last, seen = game.line()[-1], game.view(power)
    past = game.states[last.n - 1] if last.kind == "committed" else game.state
    given = [instruction(i) for i in last.body.get("orders", ())]
    sheet = past.orders.get(power)
    names = Names(game.setup.atlas, seen.forces)
    return Desk(
        game.setup, str(game.created["title"]), game.state.turn, power, opened, seen,
        redact.seen(game.setup, before, power) if before is not None else None,
        tuple(game.entries(power)), game.mail(power),
        orders=tuple(str(i) for i in given if i.power == power and i.kind != "standing"),
        standing=tuple(str(i) for i in game.state.standing.get(power, ())),
        returned=tuple((str(r["text"]), str(r["reason"])) for r in sheet.rejected) if sheet else (),
        goals=tuple(game.goals(power)), brief=game.briefing(power),
        pending=tuple(sentence(p) for p in _pending(seen, game, power, names)),
    )  # fmt: skip


def _pending(seen: World, game: Game, power: str, names: Names) -> list[str]:
    """What a seat should make up its mind about: its operations, the offers to it, its talks."""
    plans = {p.operation.id: p.operation for p in game.setup.plans if p.operation and p.operation.power == power}
    found = []
    for c in sorted(seen.polity.crises.values(), key=lambda c: c.operation):
        if c.stage == "ordered" and c.operation in plans:
            day = dates.spoken(c.ordered, year=True)
            found.append(f"{plans[c.operation].name} is set for {day}: let it run, or halt it")
        elif c.stage == "preparing" and c.operation in plans:
            found.append(f"{plans[c.operation].name} is being prepared: go on, or give it up")
    for o in sorted(seen.polity.offers.values(), key=lambda o: o.id):
        if power in o.parties and power not in o.agreed:
            what = TREATIES.get(o.form, o.form.replace("_", " "))
            found.append(f"{names.country(o.parties[0])} proposes {what}: agree or refuse")
    names_of = {r["id"]: str(r["name"]) for r in game.setup.tables["talks"]}
    for t in sorted(seen.polity.talks.values(), key=lambda t: t.id):
        if power in t.parties:
            others = listing([names.country(p) for p in t.parties if p != power])
            about = names_of.get(t.id) or t.id.replace("_", " ")
            found.append(f"{about} with {others}, round {t.stage + 1}: what do we ask, what do we give")
    return found
