"""The page that sets the political model beside history, in Markdown; the same bytes on any machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from textwrap import fill
from typing import Any

import wargame
from wargame import dates
from wargame.study.political import (
    AVERSIONS,
    BLOC_BASE,
    BLOC_DAY,
    BLOC_OPERATION,
    NOT_LAUNCHED,
    Decision,
    Overlays,
    Pair,
    Played,
    PoliticalStudy,
    commonest,
)

DONE = {"yes": "struck", "no": "did not", "deal": "took the offer"}


def page(study: PoliticalStudy) -> str:
    """The four checks as Markdown."""
    parts = [_head(study), *_decisions(study.decisions)]
    parts += ["## Free runs", _FREE]
    for name, runs in study.free:
        parts += _free(study, name, runs)
    parts += _bands(study)
    parts += _pairs(study.pairs)
    return "\n\n".join(parts) + "\n"


def as_dict(study: PoliticalStudy) -> dict[str, Any]:
    """The same as plain data, for ``--json``."""
    return {
        "decisions": [
            {"id": d.id, "operation": d.operation, "date": dates.iso(d.hour), "happened": d.happened, "right": d.right,
             "launch": d.launch, "win": d.win, "credible": dict(d.credible), "able": d.able} for d in study.decisions
        ],
        "free_runs": {
            name: [{"seed": r.seed, "operations": {o: {"outcome": what, "launched": dates.iso(h) if h else None}
                                                   for o, what, h in r.fates}} for r in runs]
            for name, runs in study.free
        },
        "bands": [{"overlays": list(b.overlays), "launch": dict(zip(map(str, AVERSIONS), b.launch, strict=True))}
                  for b in study.bands],
        "monotony": [{"weaker": list(p.weaker), "firmer": list(p.firmer), "worse": list(p.worse),
                      "launches": [{"seed": s, "weaker": dates.iso(w) if w else None,
                                    "firmer": dates.iso(f) if f else None} for s, w, f in p.launches]}
                     for p in study.pairs],
    }  # fmt: skip


def _head(study: PoliticalStudy) -> str:
    setup = study.setup
    n = len(study.free[0][1]) if study.free else 0
    wrong = [d for d in study.decisions if not d.right]
    worse = sum(len(p.worse) for p in study.pairs)
    lines = [f"- {len(study.decisions) - len(wrong)} of {len(study.decisions)} decisions come out as they were taken."]
    for name, runs in study.free:
        near = sum(_like_history(study, r) for r in runs)
        lines.append(f"- `{name}`: {near} of {len(runs)} runs take history's path in the headline operations.")
    lines.append(f"- A firmer bloc brought about an attack that a weaker one had prevented in {worse} pairs of runs.")
    summary = "\n".join(lines)
    return f"""# Politics: the model against history

`wargame validate-history --politics` writes this page; do not edit it. Edition `{setup.rulebook.edition}`, version
{wargame.__version__}, {n} seeds a scenario. No number is bent to hide a miss.

## Summary

{summary}"""


def _decisions(found: Sequence[Decision]) -> list[str]:
    text = """## Fourteen decisions

The state of Europe on the eve of each decision is made from the political tables and the orders of battle, and the
decision is weighed by the rules with the median fear of a long war. P is the probability of striking, *win* the chance
of victory as the leader sees it, *might fight* who else is thought likely to. A decision is right if the likelier
choice is the one that was made. The rules' constants were fitted by hand on the same decisions as coded by hand, so
this checks the tables and the staff estimates and is no test of the theory. Costly signals of a crisis (a mobilisation,
a treaty signed) are those that acts.csv has. Where the *means* are lacking (forces in hand, or a border)
the rules let nobody give the order, whatever P is."""
    head = ["| decision | date | history | P | | win | means | might fight |", "|---|---|---|---:|---|---:|---|---|"]
    rows = [
        f"| {d.title} | {_instant(d.hour)} | {DONE[d.happened]} | {d.launch:.2f} "
        f"| {'right' if d.right else '**wrong**'} | {d.win:.2f} | {'yes' if d.able else 'no'} | "
        + (", ".join(f"{n} {p:.2f}" for n, p in d.credible if p >= 0.05) or "nobody") + " |"
        for d in found
    ]  # fmt: skip
    wrong = [d.title for d in found if not d.right]
    said = f"Wrong: {'; '.join(wrong)}." if wrong else "None is wrong."
    return [text, "\n".join(head + rows), said]


_FREE = """Each scenario is played to its end without a script: after the opening nothing of history happens but
ordinary cabinets and the treaties of lesser powers. *In time* counts launches within the days that paths.csv allows; an
operation is a hit if more than half of the runs launch it in time, or, if history never launched it, fewer than half
launch it. Operations that history had begun before the opening are left out. *Otherwise* says what became of an
operation in the runs in which it was not launched."""


def _free(study: PoliticalStudy, name: str, runs: Sequence[Played]) -> list[str]:
    expected = {row["operation"]: row for row in study.history}
    lines = ["| operation | history | launched | in time | first, median, last | succeeded | otherwise | |",
             "|---|---|---:|---:|---|---:|---|---|"]  # fmt: skip
    for operation in [o for o, _, _ in runs[0].fates]:
        fates = [(what, hour) for r in runs for o, what, hour in r.fates if o == operation]
        lines.append(_fate_row(operation, expected.get(operation), fates))
    headline = _headline(study)
    mine = [o for o in headline if o in {o for o, _, _ in runs[0].fates}]
    path, times = commonest(runs, mine)
    whole = sum(_like_history(study, r, whole=True) for r in runs)
    near = sum(_like_history(study, r) for r in runs)
    told = ", ".join(f"{o} {_word(p)}" for o, p in zip(mine, path, strict=True))
    most = Counter(r.path() for r in runs).most_common(1)[0][1]
    n = len(runs)
    text = f"Paths: {whole} of {n} runs have history's outcome in every operation, {near} in those of the headline "
    text += f"({', '.join(mine)}). The commonest headline path, in {times} of {n}: {told}. "
    text = fill(f"{text}The commonest whole path is that of {most}.", 120, break_on_hyphens=False)
    return [f"### {name}", "\n".join(lines), text]


def _fate_row(operation: str, expected: dict[str, Any] | None, fates: Sequence[tuple[str, int]]) -> str:
    began = sorted(h for _, h in fates if h)
    won = sum(what == "launched_succeeded" for what, _ in fates)
    rest = Counter(what.replace("_", " ") for what, hour in fates if not hour)
    dated = ", ".join(_day(began[k]) for k in (0, len(began) // 2, -1)) if began else ""
    otherwise = ", ".join(f"{what} {n}" for what, n in sorted(rest.items(), key=lambda i: (-i[1], i[0])))
    n = len(fates)
    history, in_time, mark = "", "", ""
    if expected is not None:
        history = _word(expected["outcome"])
        happened = expected["outcome"] != NOT_LAUNCHED
        if happened:
            inside = sum(expected["first"] <= h < expected["last"] + dates.DAY for h in began)
            in_time = f"{inside}"
            mark = "hit" if 2 * inside > n else "**miss**"
        else:
            mark = "hit" if 2 * len(began) < n else "**miss**"
    return f"| {operation} | {history} | {len(began)} of {n} | {in_time} | {dated} | {won} | {otherwise} | {mark} |"


def _like_history(study: PoliticalStudy, run: Played, *, whole: bool = False) -> bool:
    wanted = {row["operation"]: row["outcome"] for row in study.history if whole or row["headline"]}
    found = {o: what if what.startswith("launched") else NOT_LAUNCHED for o, what, _ in run.fates}
    return all(found[o] == what for o, what in wanted.items() if o in found)


def _headline(study: PoliticalStudy) -> list[str]:
    return [row["operation"] for row in study.history if row["headline"]]


def _bands(study: PoliticalStudy) -> list[str]:
    text = f"""## The fear of a long war

How much a long war is feared (lambda) is not identified by history: values from .3 to 2 fit the decisions alike. So P
of `{BLOC_OPERATION}` on {_instant(BLOC_DAY)} is given over the whole range, with history's world up to that day and the
overlays laid over it. In a run lambda is drawn once for each head of government, with median .8 and four fifths of
the draws between .4 and 1.5."""
    head = ["| bloc | win | " + " | ".join(f"{a:g}" for a in AVERSIONS) + " | range |",
            "|---|---:|" + "---:|" * (len(AVERSIONS) + 1)]  # fmt: skip
    rows = [
        f"| {b.title} | {b.win:.2f} | " + " | ".join(f"{p:.2f}" for p in b.launch)
        + f" | {min(b.launch):.2f} to {max(b.launch):.2f} |" for b in study.bands
    ]  # fmt: skip
    alone = next((b for b in study.bands if b.overlays == ("triple_alliance_1939",)), None)
    said = ""
    if alone is not None:
        said = f"An alliance without passage is worth P = {min(alone.launch):.2f} to {max(alone.launch):.2f}: a range, "
        said += "not a number."
    return [text, "\n".join(head + rows), said]


def _pairs(pairs: Sequence[Pair]) -> list[str]:
    text = f"""## A firmer bloc never brings about an attack

`{BLOC_BASE}` with the same seeds under a weaker and a firmer bloc: when `{BLOC_OPERATION}` is launched. With shared
luck no seed should have an attack under the firmer bloc and none under the weaker. What else happens in a run may part
ways before the decision, so a pair that breaks the rule (**bold**) is a finding to be looked into, and not always a
fault of the decision rule."""
    parts = [text]
    for pair in pairs:
        weak = sum(bool(w) for _, w, _ in pair.launches)
        firm = sum(bool(f) for _, _, f in pair.launches)
        n = len(pair.launches)
        told = f"Launched in {weak} of {n} runs under the weaker, in {firm} under the firmer; "
        told += f"{len(pair.worse)} against the rule."
        lines = [f"### {_bloc(pair.weaker)} → {_bloc(pair.firmer)}", "", told, "", "| seed | weaker | firmer |"]
        lines.append("|---:|---|---|")
        for seed, w, f in pair.launches:
            mark = "**" if f and not w else ""
            lines.append(f"| {seed} | {_day(w) if w else 'no'} | {mark}{_day(f) if f else 'no'}{mark} |")
        parts.append("\n".join(lines))
    return parts


def _bloc(overlays: Overlays) -> str:
    return " + ".join(overlays) or "as in history"


def _word(outcome: str) -> str:
    return {"launched_succeeded": "succeeded", "launched_failed": "failed", NOT_LAUNCHED: "not launched"}[outcome]


def _day(hour: int) -> str:
    return dates.iso(hour)[:10]


def _instant(hour: int) -> str:
    moment = dates.to_datetime(hour)
    clock = f", {moment.hour}:00" if moment.hour else ""
    return f"{moment.day} {dates.MONTHS[moment.month - 1]} {moment.year}{clock}"
