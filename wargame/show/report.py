"""The report of one run: a single HTML file without scripts or outside references, for screen and A4 paper."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from wargame import dates, replay
from wargame.journal import Entry, Journal
from wargame.show import style
from wargame.show.charts import Line, line_chart
from wargame.show.diary import diary
from wargame.show.explain import Explainer
from wargame.show.prose import Names, count, listing, number
from wargame.show.summaries import Day
from wargame.sides import AIR, FIRST_UNIT
from wargame.verdict import by_date, verdict
from wargame.world import Status, World

MEDIA = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
Picture = str | Path | tuple[str | Path, str]
Table = tuple[tuple[float | None, ...], ...]  # one row a day, one column a power; None: not yet at war
SCRIPT_MARK = '<span class="script">script</span>'
LOSS_HEADS = ("Killed", "Wounded", "Captured", "Missing", "Tanks", "Guns", "Aircraft")


def report(run: Any, maps: Sequence[Picture] = (), *, command: str = "", references: bool = True) -> str:
    """The whole report as HTML.

    ``maps``: paths of pictures, or (path, caption). ``command`` is the one line that plays the run again; made up from
    the scenario and seed if empty. The journal must be at level ``events``; the charts need ``full``.
    """
    page = _Page(run, maps, command, references)
    return page.html()


def write_report(run: Any, path: str | Path, maps: Sequence[Picture] = (), **options: Any) -> Path:
    """Write `report` to a file; returns its path."""
    target = Path(path)
    target.write_text(report(run, maps, **options), encoding="utf-8", newline="\n")
    return target


@dataclass(frozen=True)
class Daily:
    """What the charts show: one row a day, one column a power."""

    hours: tuple[int, ...]
    powers: tuple[str, ...]
    men: Table
    cut_off: Table
    lost: Table
    taken: Table


class _Page:
    def __init__(self, run: Any, maps: Sequence[Picture], command: str, references: bool) -> None:
        self.run, self.setup, self.maps, self.references = run, run.setup, maps, references
        self.journal: Journal = run.journal
        self.names = Names(run.setup.atlas, run.world.forces)
        self.header = self.journal.entries[0].data
        self.found = verdict(self.setup, run.world, self.journal)
        self.why = Explainer(run)
        self.command = command or self._command()
        self.belligerents = self._belligerents()

    def html(self) -> str:
        """The page."""
        title = escape(self.found["title"])
        sections = [
            ("verdict", "The verdict and its causes", self._causes()),
            ("maps", "The campaign on maps", self._maps()),
            ("towns", "When the towns fell", self._towns()),
            ("figures", "The course of the campaign in figures", self._figures()),
            ("diary", "War diary", self._diary()),
            ("losses", "Losses and what was left", self._losses()),
            ("fates", "What became of the armies", self._fates()),
            ("assumptions", "What was assumed, and what was scripted", self._assumptions()),
            ("again", "How to play this run again", self._again()),
        ]
        kept = [(key, head, body) for key, head, body in sections if body]
        contents = "".join(f'<li><a href="#{key}">{head}</a></li>' for key, head, _ in kept)
        body = "".join(f'<section id="{key}"><h2>{head}</h2>{text}</section>' for key, head, text in kept)
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{style_sheet()}</style></head>\n"
            f'<body><header><h1>{title}</h1><p class="under">{self._under()}</p></header>\n'
            f'<main>{self._box()}<nav aria-label="Contents"><ul>{contents}</ul></nav>\n{body}</main>\n'
            f"<footer><p>Made by wargame {escape(self.header['version'])} from the run's journal alone. "
            f"Small raised numbers name the journal entries a sentence rests on.</p></footer></body></html>\n"
        )

    def _under(self) -> str:
        overlays = f", with {listing([escape(o) for o in self.found['overlays']])}" if self.found["overlays"] else ""
        first, last = (dates.spoken(dates.parse(self.found[k]), year=True) for k in ("opening", "end"))
        return f"{first} to {last} · seed {self.header['seed']} · edition {escape(self.header['edition'])}{overlays}"

    def _belligerents(self) -> list[str]:
        """Powers at war, attackers first, in the order they entered."""
        wars = self.run.world.wars.values()
        return list(dict.fromkeys(p for side in ("attackers", "defenders") for w in wars for p in getattr(w, side)))

    # --- verdict -----------------------------------------------------------------------------------------------------

    def _box(self) -> str:
        parts = []
        for found in self._sought().values():
            outcome = found["outcome"].replace("_", " ").replace("launched ", "")
            when = f" on {_day(found['date'])}" if found["date"] else ""
            decided = f"; decided on {_day(found['decided'])}" if found["decided"] else ""
            reasons = "".join(f"<li>{escape(r)}</li>" for r in found["reasons"])
            name = escape(found["name"][:1].upper() + found["name"][1:])
            parts.append(
                f'<div class="op"><p class="name">{name}</p><p class="outcome">{escape(outcome)}</p>'
                f'<p class="when">{escape(when + decided).strip()}</p><ul>{reasons}</ul></div>'
            )
        never = [o["name"] for name, o in self.found["operations"].items() if name not in self._sought()]
        if never:
            parts.append(f'<div class="op"><p class="name">Never sought</p><p>{escape(listing(never))}</p></div>')
        return f'<div class="box" role="group" aria-label="Verdict">{"".join(parts)}{self._key_figures()}</div>'

    def _sought(self) -> dict[str, dict[str, Any]]:
        """Operations in the order of their dates where politics are played, without those that nobody sought."""
        if self.setup.scenario.politics is None:
            return dict(self.found["operations"])
        return {n: self.found["operations"][n] for n in by_date(self.found)}

    def _key_figures(self) -> str:
        rows = []
        for p in self.belligerents:
            lost = self.found["losses"].get(p)
            if lost:
                total = sum(lost[k] for k in ("killed", "wounded", "captured", "missing"))
                rows.append(f"<li><b>{number(total)}</b> {escape(self.names.adjective(p))} soldiers lost</li>")
        return (
            f'<div class="op"><p class="name">The cost</p><ul class="cost">{"".join(rows)}</ul></div>' if rows else ""
        )

    def _causes(self) -> str:
        parts: list[str] = []
        shown: dict[str, str] = {}  # entry number of a cause -> operation it was told under
        for name, found in self._sought().items():
            head = found["name"][:1].upper() + found["name"][1:]
            lines = self.why.explain(name)
            chain = [line for line in lines if line.startswith(("That followed", "The root"))]
            rest = [line for line in lines if line not in chain]
            parts.append(f"<h3>{escape(head)}</h3><p>{_refs(rest[0])}</p>")
            new = [line for line in chain if line not in shown]
            steps = "".join(f"<li>{_refs(line.split(': ', 1)[1])}</li>" for line in new)
            if new:
                parts.append(f'<p class="lead">From the last cause back to the root:</p><ol class="chain">{steps}</ol>')
            if len(new) < len(chain):
                first = next(line for line in chain if line in shown)
                n = escape(first.rpartition("[")[2][:-1])
                parts.append(f"<p>From entry {n} on, its causes are those of {shown[first]}.</p>")
            shown |= {line: escape(found["name"]) for line in new}
            parts += [f"<p>{_refs(line)}</p>" for line in rest[1:]]
        return "".join(parts)

    # --- maps, towns, figures ----------------------------------------------------------------------------------------

    def _maps(self) -> str:
        figures = []
        for picture in self.maps:
            path, caption = (picture[0], picture[1]) if isinstance(picture, tuple) else (picture, "")
            source = Path(path)
            media = MEDIA.get(source.suffix.lower())
            if media is None:
                continue
            words = caption or source.stem.replace("_", " ").capitalize()
            media, content = _compact(source, media)
            data = base64.b64encode(content).decode("ascii")
            image = f'<img alt="Map: {escape(words)}" src="data:{media};base64,{data}">'
            figures.append(f"<figure>{image}<figcaption>{escape(words)}</figcaption></figure>")
        return "".join(figures)

    def _towns(self) -> str:
        by_day: dict[str, list[dict[str, Any]]] = {}
        for town in self.found["towns"]:
            by_day.setdefault(town["date"], []).append(town)
        if not by_day:
            return ""
        first = dates.day_number(
            next((w.began for w in self.run.world.wars.values()), dates.parse(self.found["opening"]))
        )
        rows = []
        for date, towns in by_day.items():
            named = listing([self._town(t) for t in towns])
            n = dates.day_number(dates.parse(date)) - first + 1
            when = f'<th scope="row" class="date">{_day(date)}</th>'
            rows.append(f'<tr><td class="n">{n}</td>{when}<td>{named}</td></tr>')
        head = '<tr><th scope="col" class="n">Day</th><th scope="col">Date</th><th scope="col">Town (to whom)</th></tr>'
        note = "<p>Objectives, capitals and towns of more than 50,000 people, at the first time they changed hands.</p>"
        return f'{note}<table class="towns"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'

    def _town(self, town: dict[str, Any]) -> str:
        quiet = ", without a fight" if town["how"] == "occupied" else ""
        whose = escape(self.names.adjective(town["to"]))
        return (
            f'<span class="town">{escape(town["town"])}</span> <small>({whose}{quiet})</small>{self._sup([town["n"]])}'
        )

    def _figures(self) -> str:
        if self.journal.level != "full" or not self.belligerents:
            return ""
        d = daily(self.run, self.belligerents)
        charts: list[tuple[str, Table, str]] = [
            ("Men in the field", d.men, "present and fit, air forces left out"),
            ("Men cut off from supply", d.cut_off, "in pockets and besieged places"),
            ("Soldiers lost so far", d.lost, "killed, wounded, captured, missing or interned"),
            ("Provinces held beyond the opening's", d.taken, "of those that belonged to others at the opening"),
        ]
        figures = []
        for head, table, note in charts:
            lines = [
                Line(self.names.adjective(p), self._ink(p), tuple(row[i] for row in table), i)
                for i, p in enumerate(d.powers)
                if any(row[i] for row in table)
            ]
            if not lines:
                continue
            ends = listing([f"{line.name} {number(line.values[-1] or 0)}" for line in lines])
            said = f"{head} by day. On the last day: {ends}."
            figures.append(
                f"<figure><figcaption><b>{head}</b>, {note}</figcaption>{line_chart(d.hours, lines, said)}</figure>"
            )
        return f'<div class="charts">{"".join(figures)}</div>'

    def _ink(self, power: str) -> str:
        return str(style.strong(self.setup.atlas.colours.get(power, style.INK)))

    # --- diary -------------------------------------------------------------------------------------------------------

    def _diary(self) -> str:
        return "".join(self._diary_day(d) for d in diary(self.run))

    def _diary_day(self, d: Day) -> str:
        paragraphs = []
        for p in d.paragraphs:
            said = [f"{escape(s.text)}{self._sup(s.entries)}" for s in p]
            paragraphs.append(f"<p>{' '.join(said)}</p>")
        return f'<article class="{d.kind}"><h3>{escape(d.title)}</h3>{"".join(paragraphs)}</article>'

    def _sup(self, entries: Iterable[int]) -> str:
        found = list(entries)
        if not self.references or not found:
            return ""
        shown = ", ".join(map(str, found[:2])) + (" …" if len(found) > 2 else "")
        return f'<sup title="journal entries {", ".join(map(str, found[:30]))}">{shown}</sup>'

    # --- tables ------------------------------------------------------------------------------------------------------

    def _losses(self) -> str:
        rows = []
        for p in self.belligerents:
            lost, left = self.found["losses"].get(p), self.found["strength_left"].get(p)
            if lost is None or left is None:
                continue
            cells = [*lost.values(), left["formations"], left["men"], left["tanks"]]
            figures = "".join(f'<td class="n">{number(c)}</td>' for c in cells)
            rows.append(f'<tr><th scope="row">{escape(self.names.country(p).removeprefix("the "))}</th>{figures}</tr>')
        heads = "".join(f'<th scope="col" class="n">{h}</th>' for h in (*LOSS_HEADS, "Formations", "Men", "Tanks"))
        wide = [f'<th scope="colgroup" colspan="{n}">{h}</th>' for n, h in ((7, "Lost"), (3, "Left at the end"))]
        groups = f"<tr><td></td>{''.join(wide)}</tr>"
        note = (
            "<p>Missing counts men dispersed and men interned by neutrals. Formations left are those in the field.</p>"
        )
        head = f'<thead>{groups}<tr><th scope="col">Power</th>{heads}</tr></thead>'
        table = f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"
        return note + _wide("Losses and what was left", table) if rows else ""

    def _fates(self) -> str:
        parts = []
        for p in self.belligerents:
            rows = self._armies(p)
            if rows:
                parts.append(f"<h3>{escape(self.names.adjective(p))} armies</h3>")
                parts.append(_wide(f"{self.names.adjective(p)} armies", _fate_table(rows)))
        return "".join(parts)

    def _armies(self, power: str) -> list[list[str]]:
        """One row an army or independent group: its formations by fate, men at the end, losses."""
        f = self.run.world.forces
        groups: dict[str, list[int]] = {}
        own = np.flatnonzero(
            (f.power == self.setup.atlas.power_number[power]) & (f.kind >= FIRST_UNIT) & (f.kind != AIR)
        )
        for row in own.tolist():
            groups.setdefault(self.names.army(f.ids[row]), []).append(row)
        rows = []
        for army, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
            states = f.status[members]
            tally = [
                int(np.sum(states == s)) for s in (Status.ACTIVE, Status.SURRENDERED, Status.DESTROYED, Status.INTERNED)
            ]
            tally.append(int(np.sum(states == Status.PLANNED)))
            men = float(np.sum(f.men[members][states == Status.ACTIVE]))
            lost = sum(float(np.sum(getattr(f, k)[members])) for k in ("killed", "wounded", "captured", "missing"))
            rows.append([self.names.plain(army), *(str(t) if t else "–" for t in tally), number(men), number(lost)])
        return rows

    # --- assumptions, reproduction -----------------------------------------------------------------------------------

    def _assumptions(self) -> str:
        s = self.setup.scenario
        parts = [f"<p>{escape(' '.join(s.scenario.summary.split()))}</p>"] if s.scenario.summary else []
        scripted = [e for e in self.journal if e.kind == "decision" and e.data["seat"] == "script"]
        seats = sum(e.kind == "decision" and e.data["seat"] != "script" for e in self.journal)
        if scripted:
            rows = "".join(self._scripted(e) for e in scripted)
            parts.append(
                "<h3>Decisions taken by script</h3>"
                "<p>These did not come out of the game; the scenario prescribed them.</p>"
            )
            head = "".join(f'<th scope="col">{h}</th>' for h in ("How", "Date", "Power", "What and why"))
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        parts.append(
            f"<p>{number(seats)} further decisions were taken by automatic seats from what their power could see.</p>"
        )
        given = [
            f"The war '{escape(w.id)}' begins on {dates.spoken(w.begins, year=True)}: {escape(w.why)}."
            for w in s.wars
            if w.why
        ]
        for w in s.weather:
            span = f"{dates.spoken(w.first)} to {dates.spoken(w.last)} in {count(len(w.climates), 'climate')}"
            given.append(f"Weather prescribed from {span}: {w.state} ({escape(w.status)}: {escape(w.source)}).")
        given += [f"Overlay applied: {escape(o)}." for o in s.overlays]
        given += [
            f"Rulebook number changed by the scenario: {escape(k)} = {v:g}." for k, v in sorted(s.rulebook.items())
        ]
        given += [
            f"Plan: {escape(p.operation.name)} – {escape(p.operation.source)}."
            for p in self.setup.plans
            if p.operation and p.operation.source
        ]
        given += [
            f"Plan: {escape(p.defence.name)} – {escape(p.defence.source)}."
            for p in self.setup.plans
            if p.defence and p.defence.source
        ]
        if given:
            parts.append(f"<h3>Inputs taken as given</h3><ul>{''.join(f'<li>{g}</li>' for g in given)}</ul>")
        return "".join(parts)

    def _scripted(self, e: Entry) -> str:
        country = escape(self.names.country(e.data["power"]))
        why = escape("; ".join(e.data["reasons"]).removeprefix("scripted: "))
        cells = f'<td>{SCRIPT_MARK}</td><td class="date">{dates.spoken(e.hour)}</td><td>{country}</td>'
        return f"<tr>{cells}<td>{why}{self._sup([e.n])}</td></tr>"

    def _command(self) -> str:
        extra = "".join(f" --overlay {o}" for o in self.setup.scenario.overlays)
        return f"wargame run {self.setup.scenario.id} --seed {self.header['seed']}{extra}"

    def _again(self) -> str:
        facts = [
            ("Scenario", self.header["scenario"]),
            ("Seed", str(self.header["seed"])),
            ("Edition of the rules", self.header["edition"]),
            ("Version", self.header["version"]),
            ("Digest of the input files", self.header["data"]),
            ("Digest of the journal", self.journal.head),
            ("Entries", number(self.journal.length)),
        ]
        rows = "".join(f"<dt>{escape(k)}</dt><dd><code>{escape(v)}</code></dd>" for k, v in facts)
        same = "<p>The same version, inputs and seed give the same journal, byte for byte.</p>"
        return f"<pre><code>{escape(self.command)}</code></pre>{same}<dl>{rows}</dl>"


def _compact(source: Path, media: str) -> tuple[str, bytes]:
    """A picture's media type and bytes for the page; a PNG is packed as WebP, a sixth of its size."""
    if media != "image/png":
        return media, source.read_bytes()
    from PIL import Image

    packed = io.BytesIO()
    with Image.open(source) as picture:
        picture.convert("RGB").save(packed, "WEBP", quality=86, method=4)
    return "image/webp", packed.getvalue()


def daily(run: Any, powers: Sequence[str]) -> Daily:
    """Strength, pockets, losses and conquests at the end of each day, from the journal's daily columns."""
    numbers = [run.setup.atlas.power_number[p] for p in powers]
    start: Any = None
    first = dates.day_number(next((w.began for w in run.world.wars.values()), 0))
    hours: list[int] = []
    tables: dict[str, list[tuple[float | None, ...]]] = {k: [] for k in ("men", "cut_off", "lost", "taken")}
    for world in replay.days(run.journal, run.setup):
        if start is None:
            start = world.controller.copy()
        if dates.day_number(world.hour) < first:
            continue
        hours.append(world.hour - world.hour % dates.DAY)
        fights = [world.powers[p].standing != "at_peace" for p in powers]
        for key, measure in _MEASURES.items():
            row = zip(numbers, fights, strict=True)
            tables[key].append(tuple(measure(world, p) if at_war else None for p, at_war in row))
        tables["taken"].append(tuple(float(np.sum((world.controller == p) & (start != p))) for p in numbers))
    return Daily(tuple(hours), tuple(powers), *(tuple(tables[k]) for k in ("men", "cut_off", "lost", "taken")))


def _in_field(world: World, power: int) -> Any:
    f = world.forces
    return (
        (f.power == power)
        & (f.status == Status.ACTIVE)
        & (f.kind >= FIRST_UNIT)
        & (f.kind != AIR)
        & (f.arrives <= world.hour)
    )


def _men(world: World, power: int) -> float:
    return float(np.sum(world.forces.men[_in_field(world, power)]))


def _cut_off(world: World, power: int) -> float:
    return float(np.sum(world.forces.men[_in_field(world, power) & (world.forces.cut_off_days > 0)]))


def _lost(world: World, power: int) -> float:
    f = world.forces
    return float(np.sum((f.killed + f.wounded + f.captured + f.missing)[f.power == power]))


_MEASURES: dict[str, Callable[[World, int], float]] = {"men": _men, "cut_off": _cut_off, "lost": _lost}


def _fate_table(rows: Sequence[Sequence[str]]) -> str:
    heads = (
        "Army or group",
        "In the field",
        "Surrendered",
        "Dispersed",
        "Interned",
        "Never formed",
        "Men at the end",
        "Soldiers lost",
    )
    head = "".join(
        f'<th scope="col"{" class=" + chr(34) + "n" + chr(34) if i else ""}>{h}</th>' for i, h in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(r[0])}</th>' + "".join(f'<td class="n">{escape(c)}</td>' for c in r[1:]) + "</tr>"
        for r in rows
    )
    return f'<table class="fates"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _wide(name: str, table: str) -> str:
    """A table that scrolls by itself on a narrow screen, also by keyboard."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="Table: {escape(name)}">{table}</div>'


def style_sheet() -> str:
    """The style sheet, without line breaks and comments."""
    text = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def _day(iso: str) -> str:
    return dates.spoken(dates.parse(iso))


def _refs(line: str) -> str:
    """A line of `explain` with its entry numbers raised."""
    text, bracket, numbers = line.rpartition(" [")
    if not bracket or not numbers.endswith("]"):
        return escape(line)
    return f"{escape(text)}<sup>{escape(numbers[:-1])}</sup>"
