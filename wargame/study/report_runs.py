"""Sections of a study's report on land and on single runs: maps of who takes what and how surely, two runs to read."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wargame import dates
from wargame.load.maps import geometry_path
from wargame.show.prose import number
from wargame.show.report import write_report as write_run
from wargame.study import findings
from wargame.study.brief import Brief
from wargame.study.findings import Told
from wargame.study.folder import open_study
from wargame.study.paper import Block, Grid, Picture, Section, Text
from wargame.study.phrases import OUTCOMES, day, quantity
from wargame.study.study_file import Question

PAGES = ("typical_run.html", "surprising_run.html")
"""Files of the reports of the most typical and the most surprising run."""
LARGEST = 5
"""New holders of land that a table names."""


def land(brief: Brief) -> Iterator[Block]:
    """Who holds what at the end that he did not hold at the opening, and how surely; nothing for a map not drawn."""
    from wargame.show.ground import ground_of  # noqa: PLC0415
    from wargame.show.maps import Odds, draw_odds  # noqa: PLC0415

    atlas = brief.setup.atlas
    geometry = geometry_path(atlas.id, brief.design.data)
    panes, rows = [], []
    for name, cells in _groups(brief):
        taker, odds, runs = findings.odds_of_control(brief.found, atlas, cells)
        panes.append(Odds(f"{name} ({number(runs)} runs)", taker, odds))
        weights = {p: float(odds[taker == p].sum()) for p in sorted(set(taker.tolist()) - {-1})}
        for p in sorted(weights, key=lambda p: (-weights[p], p))[:LARGEST]:
            tally = [int((odds[taker == p] >= least).sum()) for least in (0.95, 0.5, 0.05)]
            rows.append((name, brief.power(atlas.powers[p]), *map(number, tally)))
    if not rows:
        return
    yield Section("maps", "Where the land goes")
    if geometry is not None:
        brief.say("drawing maps")
        with tempfile.TemporaryDirectory() as folder:
            file = draw_odds(
                atlas, ground_of(geometry, atlas), atlas.controllers_on(brief.found.opening), panes,
                Path(folder) / "odds.png", title="Who takes what, and how surely",
                subtitle=f"At the end of the runs, {day(brief.found.ended)}",
                size=(8.6, 8.0) if len(panes) == 1 else (11.0, 8.0), dpi=130,
            )  # fmt: skip
            data = _packed(file)
        told = "; ".join(f"{r[0]}: {r[1]} has {r[2]} provinces nearly always, {r[3]} in half of the runs" for r in rows)
        yield Picture(
            "control.webp",
            data,
            f"Map of how surely each province has a new holder at the end of the runs. {told}.",
            "How surely land has another holder at the end than at the opening: the fuller the colour the surer; "
            "stripes where the runs disagree.",
        )
    columns = ("setting", "new holder", "in 95 % of runs or more", "in half or more", "in 5 % or more")
    caption = "Provinces by their likeliest new holder, and in how many of the runs he holds them."
    yield Grid(caption, columns, tuple(rows), columns[2:])


def _groups(brief: Brief) -> list[tuple[str, list[int]]]:
    """What is mapped: the base setting and the one that differs most from it, or all cells of a sampled design."""
    found = brief.found
    if found.is_sampled:
        return [("all settings", list(range(len(found.cells))))]
    asked: list[Question] = [*brief.open[:1], *brief.questions[:1]]
    far = next((c for q in asked if (c := brief.far(q)) is not None), None)
    return [(brief.name(c), [c]) for c in (found.base, *([far.cell] if far is not None else []))]


def _packed(file: Path) -> bytes:
    """A picture as WebP, a sixth of the size of a PNG."""
    from PIL import Image  # noqa: PLC0415

    packed = io.BytesIO()
    with Image.open(file) as picture:
        picture.convert("RGB").save(packed, "WEBP", quality=86, method=4)
    return packed.getvalue()


def runs(brief: Brief) -> Iterator[Block]:
    """The most typical and the most surprising run, with what happened in them and where to read on."""
    if brief.told is None:
        return
    yield Section("runs", "Two runs to read")
    yield Text(
        "The **most typical** run is the one whose outcomes and numbers are nearest to those of its setting; the "
        "**most surprising** one is the least likely of all, each against the runs of its own setting. One run is an "
        "anecdote: read them for how things happen, not for how often."
    )
    rows = []
    for what, page, told in zip(("most typical", "most surprising"), PAGES, brief.told, strict=True):
        rare = [f"{brief.operation(o)} {OUTCOMES[k]} (in {n} of {told.runs})" for o, k, n in told.rare]
        rare += [f"{brief.title(q)} {_said(brief, q, x)} (median {_said(brief, q, m)})" for q, x, m in told.odd]
        link, alike = f"[its report and diary]({brief.files}/{page})", f"{told.alike} of {told.runs}"
        rows.append((what, brief.name(told.cell), number(told.seed), alike, "; ".join(rare) or "nothing", link))
    columns = ("run", "setting", "seed", "runs with the same outcomes", "what is rare in it", "read on")
    yield Grid("The two runs.", columns, tuple(rows), ("seed",))
    brief.say("waiting for two runs to be played again")
    then = [brief.found.journal_hash(told.cell, told.seed) for told in brief.told]
    if [future.result() for future in brief.again] != then:
        yield Text(
            "**The program or its data have changed since the study was made.** Played again, these runs are not the "
            "same to the byte: their pages tell them as they come out today, the tables here as they came out then."
        )
    for what, told in zip(("The most typical run", "The most surprising run"), brief.told, strict=True):
        yield _story(brief, what, told)


@dataclass(frozen=True)
class Job:
    """A run to be played again: its study's folder, cell and seed, and where its report goes."""

    study: Path
    cell: int
    seed: int
    page: Path


def play_again(job: Job) -> str:
    """Play a run again and write its report; returns the hash of its journal."""
    study = open_study(job.study)
    run = study.play(job.cell, job.seed)
    write_run(run, job.page, command=study.command(job.cell, job.seed))
    return run.journal.head


def _said(brief: Brief, q: Question, value: float) -> str:
    return day(brief.found.opening + int(value) * dates.DAY) if q.kind == "days" else quantity(value)


def _story(brief: Brief, what: str, told: Told) -> Grid:
    rows = [
        (day(when) if when else "–", brief.operation(operation), OUTCOMES[outcome], reasons)
        for when, operation, outcome, reasons in brief.found.story(told.cell, told.seed)
    ]
    caption = f"{what}: “{brief.name(told.cell)}”, seed {told.seed}. Operations never sought are left out."
    columns = ("launched or settled", "operation", "outcome", "why")
    return Grid(caption, columns, tuple(rows) or (("–", "no operation was sought", "–", "–"),))
