"""Politics in one picture: treaties by date, the balance of forces, readiness, and P(launch) of every operation.

Drawn from the journal and its daily columns alone; wars run through all panels as shaded bands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from wargame import dates
from wargame.errors import UsageError
from wargame.governments.estimate import Staffs
from wargame.journal import Journal
from wargame.politics import Kind, Polity
from wargame.replay import days
from wargame.scenario import Setup
from wargame.show import style
from wargame.show.retell import Retelling
from wargame.world import World

POWERS, ROWS, OPERATIONS = 7, 26, 9
"""Powers, treaty rows and operations shown at most."""
INKS = ("#a8473c", "#4d5561", "#3f6fa3", "#c08a3e", "#5d8a54", "#7d5a91", "#4a9a9a", "#b0728a", "#8b8b5a")
FULL_DAYS = 60.0
"""Days of mobilisation after which an army counts as whole."""
WORTH = {
    Kind.CONVENTION: ("military convention", "#1f4e79"),
    Kind.DEFENCE: ("defence", "#4f81b0"),
    Kind.GUARANTEE: ("guarantee", "#8fb4d6"),
    Kind.TRANSIT: ("right of passage", "#3f8f7b"),
    Kind.ALIGNMENT: ("alignment", "#a78bbf"),
    Kind.NEUTRALITY: ("neutrality", "#c9a45c"),
    Kind.NON_AGGRESSION: ("non-aggression", "#e0cc96"),
}
"""Kinds of treaty shown, the most binding first, with name and colour."""
STAGES = {"ordered": ("^", "ordered"), "halted": ("X", "halted"), "launched": ("*", "launched"),
          "settled": ("D", "settled"), "lapsed": ("v", "lapsed")}  # fmt: skip


@dataclass
class Track:
    """What the picture shows, month by month."""

    hours: list[int] = field(default_factory=list)
    whole: dict[str, list[float]] = field(default_factory=dict)  # division-equivalents fully mobilised
    ready: dict[str, list[float]] = field(default_factory=dict)  # share of them in hand that day, 0..1
    treaties: dict[tuple[str, tuple[str, ...]], tuple[int, int]] = field(default_factory=dict)  # began, ends


def draw_politics(setup: Setup, journal: Journal, path: str | Path, *, size: str = "a3-portrait",
                  dpi: float = 110.0) -> Path:  # fmt: skip
    """Draw the picture and return its file; `UsageError` for a run without politics or without daily columns."""
    if setup.scenario.politics is None:
        raise UsageError("this scenario plays no politics, so there are no relations to draw")
    if journal.level != "full":
        raise UsageError("the journal has no daily columns; run the scenario again with --level full")
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    track = follow(setup, journal)
    with style.settings():
        figure = Figure(figsize=style.page(size), facecolor=style.PAPER, layout="constrained")
        axes = figure.subplots(4, 1, sharex=True, height_ratios=(2.6, 1.2, 0.9, 1.5))
        wars = _wars(setup, journal)
        for axis in axes:
            _ready(axis, wars)
        _treaties(axes[0], setup, track)
        _lines(axes[1], setup, track.hours, track.whole, "Division-equivalents, fully mobilised")
        _lines(axes[2], setup, track.hours, track.ready, "Ready that day, share")
        axes[2].set_ylim(0, 1.05)
        _launches(axes[3], setup, journal)
        head = setup.scenario.scenario
        axes[0].set_xlim(_moment(head.opening), _moment(track.hours[-1]))
        title = f"{head.title}: treaties, forces and the chance of war, seed {journal.entries[0].data['seed']}"
        figure.suptitle(title, fontsize=13, color=style.INK)
        _name_wars(axes[0], wars, _moment(head.opening))
        return style.save(figure, path, dpi)


def follow(setup: Setup, journal: Journal) -> Track:
    """Forces of the strongest powers at the first day on record of every month, and the span of every treaty."""
    track, month, last = Track(), "", 0
    found: dict[str, tuple[list[float], list[float]]] = {}
    for world in days(journal, setup):
        _note_treaties(track, world.polity, world.hour)
        last = world.hour
        if dates.iso(world.hour)[:7] == month:
            continue
        month = dates.iso(world.hour)[:7]
        track.hours.append(world.hour)
        for power, (whole, share) in _strengths(setup, world).items():
            columns = found.setdefault(power, ([], []))
            columns[0].append(whole)
            columns[1].append(share)
    track.treaties = {k: (began, end or last) for k, (began, end) in track.treaties.items()}
    strongest = sorted(found, key=lambda p: (-max(found[p][0]), p))[:POWERS]
    track.whole = {p: found[p][0] for p in strongest}
    track.ready = {p: found[p][1] for p in strongest}
    return track


def _strengths(setup: Setup, world: World) -> dict[str, tuple[float, float]]:
    staffs = Staffs(world, setup.atlas, setup.rulebook)
    found = {}
    for power in sorted(set(world.polity.governments) & set(setup.atlas.power_number)):
        number = setup.atlas.power_number[power]
        whole = staffs.force(number, FULL_DAYS)
        found[power] = (whole, staffs.force(number, 0.0) / whole if whole > 0 else 0.0)
    return found


def _note_treaties(track: Track, polity: Polity, hour: int) -> None:
    for t in polity.treaties.values():
        if t.kind in WORTH:
            ends = t.ends if t.ends and t.ends <= hour else 0
            track.treaties[t.kind, t.parties] = (t.began, ends)


# --- panels ----------------------------------------------------------------------------------------------------------


def _ready(axis: Any, wars: Sequence[tuple[str, int, int]]) -> None:
    for _, began, ended in wars:
        axis.axvspan(_moment(began), _moment(ended), color="#8c6d5a", alpha=0.08, linewidth=0)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axis.spines[side].set_color("#b9b3a6")
    axis.tick_params(colors=style.GREY, labelsize=8, length=3)
    axis.grid(axis="x", color="#e6e1d6", linewidth=0.7)
    axis.set_axisbelow(True)


def _name_wars(axis: Any, wars: Sequence[tuple[str, int, int]], first: datetime) -> None:
    """Names of the wars over the bands, in three steps so that neighbours do not touch."""
    for k, (name, began, _) in enumerate(wars):
        step = k % 3
        axis.annotate(
            name, (max(_moment(began), first), 1.0), xycoords=("data", "axes fraction"),
            xytext=(2, 3 + 9 * step), textcoords="offset points", fontsize=7, color="#6b4f3f",
        )  # fmt: skip


def _treaties(axis: Any, setup: Setup, track: Track) -> None:
    """A row for every set of parties, the great powers' first; the most binding treaty on top."""
    great = set(track.whole)
    rows: dict[tuple[str, ...], list[tuple[Any, int, int]]] = {}
    for (kind, parties), (began, ends) in track.treaties.items():
        if ends > setup.scenario.scenario.opening:
            rows.setdefault(tuple(sorted(parties)), []).append((kind, began, ends))
    ranked = sorted(rows, key=lambda p: (-len(great & set(p)) / len(p), -len(great & set(p)), p))[:ROWS]
    order = list(WORTH)
    opening, names = setup.scenario.scenario.opening, Retelling(setup).names
    for y, parties in enumerate(reversed(ranked)):
        for kind, began, ends in sorted(rows[parties], key=lambda r: -order.index(r[0])):
            left = _moment(max(began, opening))
            axis.barh(y, _moment(ends) - left, left=left, height=0.62, color=WORTH[kind][1], linewidth=0)
    labels = [" – ".join(names.country(p).removeprefix("the ") for p in parties[:4]) + (" ..." * (len(parties) > 4))
              for parties in reversed(ranked)]  # fmt: skip
    axis.set_yticks(range(len(ranked)), labels, fontsize=8, color=style.INK)
    axis.set_ylim(-0.7, len(ranked) - 0.3)
    axis.tick_params(axis="y", length=0)
    shown = [k for k in order if any(kind == k for spans in (rows[p] for p in ranked) for kind, _, _ in spans)]
    handles = [_patch(*WORTH[k]) for k in shown]
    axis.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False,
                title="Treaties in force", title_fontsize=8)  # fmt: skip


def _patch(name: str, colour: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(color=colour, label=name)


def _lines(axis: Any, setup: Setup, hours: Sequence[int], table: dict[str, list[float]], title: str) -> None:
    names = Retelling(setup).names
    moments = [_moment(h) for h in hours]
    for ink, (power, values) in zip(INKS, table.items(), strict=False):
        axis.plot(moments, values, color=ink, linewidth=1.5, label=names.country(power).removeprefix("the "))
    axis.set_ylim(bottom=0)
    axis.set_title(title, fontsize=9, loc="left", color=style.INK)
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)


def _launches(axis: Any, setup: Setup, journal: Journal) -> None:
    """P(launch) of each operation at its decision points, with what was decided."""
    found: dict[str, list[Any]] = {}
    for e in journal.of_kind("crisis_moved"):
        found.setdefault(e.data["operation"], []).append(e)
    shown = sorted(found, key=lambda o: (-_weight(found[o]), found[o][0].hour))[:OPERATIONS]
    tell = Retelling(setup)
    used: set[str] = set()
    for ink, operation in zip(INKS, sorted(shown, key=lambda o: found[o][0].hour), strict=False):
        entries = found[operation]
        name = tell.operation(operation)
        moments, chances = [_moment(e.hour) for e in entries], [e.data["probability"] for e in entries]
        axis.step(moments, chances, where="post", color=ink, linewidth=1.1, alpha=0.85, label=name.removeprefix("the "))
        axis.plot(moments, chances, ".", color=ink, markersize=3)
        for e, moment, chance in zip(entries, moments, chances, strict=True):
            if e.data["stage"] in STAGES:
                used.add(e.data["stage"])
                mark = STAGES[e.data["stage"]][0]
                size = 11 if mark == "*" else 6
                axis.plot(moment, chance, mark, color=ink, markersize=size, markeredgecolor="white", clip_on=False)
    axis.set_ylim(-0.03, 1.05)
    axis.set_title("P(launch) at the decision points", fontsize=9, loc="left", color=style.INK)
    lines, _ = axis.get_legend_handles_labels()
    axis.legend(handles=[*lines, *(_marker(*STAGES[s]) for s in STAGES if s in used)], loc="upper left",
                bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)  # fmt: skip


def _weight(entries: Sequence[Any]) -> float:
    return sum(3.0 if e.data["stage"] in STAGES else 1.0 for e in entries)


def _marker(mark: str, name: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=style.GREY, marker=mark, linestyle="", markersize=7, label=name)


# --- wars ------------------------------------------------------------------------------------------------------------


def _wars(setup: Setup, journal: Journal) -> list[tuple[str, int, int]]:
    """Name, first and last hour of every war of the run."""
    tell = Retelling(setup)
    end = journal.entries[-1].hour
    ceased = {e.data["war"]: e.hour for e in journal.of_kind("hostilities_ceased")}
    found = []
    for e in journal.of_kind("war_declared"):
        sides = [tell.names.adjective(e.data[s][0]) for s in ("attackers", "defenders")]
        found.append((f"{sides[0]}–{sides[1]} war", e.hour, ceased.get(e.data["war"], end)))
    return found


def _moment(hour: int) -> datetime:
    return dates.to_datetime(hour).replace(tzinfo=None)
