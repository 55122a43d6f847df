"""``timeline``: the political story of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wargame.cli import console
from wargame.cli.options import Json, Quiet, RunPath
from wargame.cli.runs import opened
from wargame.errors import UsageError, did_you_mean

HANG = 16
"""Columns of a line that its date takes."""

Of = Annotated[
    str | None, typer.Option("--power", metavar="CODE", help="Only what this power had part in.", show_default=False)
]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="TOPIC", help="Only this topic, such as treaty or crisis; repeatable."),
]
Picture = Annotated[
    Path | None,
    typer.Option("--picture", metavar="FILE", help="Draw treaties, forces, readiness and P(launch) into FILE."),
]


def timeline(
    run: RunPath,
    power: Of = None,
    topic: Topics = None,
    picture: Picture = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell the political story of a run by date: governments, talks, treaties, crises, mobilisations, wars, cessions.

    With --picture FILE.png it is drawn instead: treaties by date, the balance of forces, readiness, and the chance of
    every operation over time.

    Examples:
    wargame timeline out/road
    wargame timeline out/road --power GER --topic crisis
    wargame timeline out/road --json | jq '.[] | select(.topic == "treaty") | .text'
    wargame timeline out/road --picture road.png
    """
    from wargame.show.timeline import TOPICS, spoken
    from wargame.show.timeline import timeline as told

    folder = opened(run)
    if picture is not None:
        from wargame.show.relations import draw_politics

        with console.working("drawing", quiet=quiet):
            typer.echo(str(draw_politics(folder.setup, folder.journal, picture)))
        return
    if folder.journal.level == "verdict":
        raise UsageError("this journal keeps only the verdict; run the scenario again with --level events")
    known = {*folder.setup.atlas.powers, *(r["power"] for r in folder.setup.tables["governments"])}
    _known(power, sorted(known), "power")
    for name in topic or ():
        _known(name, sorted(set(TOPICS.values())), "topic")
    found = [t for t in told(folder.setup, folder.journal, power or "") if not topic or t.topic in topic]
    if as_json:
        console.put_json([t.plain() for t in found])
        return
    for line in spoken(found) or ["Nothing of the kind happened."]:
        typer.echo(console.hung(line, HANG))


def _known(word: str | None, words: list[str], what: str) -> None:
    if word is not None and word not in words:
        hint = did_you_mean(word, words) or f"there is: {', '.join(words[:12])}"
        raise UsageError(f"no {what} '{word}' ({hint})")
