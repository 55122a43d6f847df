"""A verdict on the screen: rich on a terminal, plain text elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wargame.cli import console

if TYPE_CHECKING:
    from wargame.scenario import Setup

OUTCOME = {
    "launched_succeeded": "launched, and succeeded",
    "launched_failed": "launched, and failed",
    "preempted": "pre-empted",
    "regime_fell": "given up: the regime fell",
    "moot": "moot: its aim was had without it",
    "never_sought": "never sought",
    "incapable": "beyond its power's means",
    "deterred": "deterred",
    "undecided": "undecided",
}
NARROW = 64
"""Columns of a screen below which tables become lines."""
COLOUR = {"launched_succeeded": "green", "launched_failed": "red"}


def show(setup: Setup, found: dict[str, Any]) -> None:
    """Print the verdict of a run: operations with causes, losses, towns, the last surrender."""
    out = console.output()
    out.print(f"[bold]{console.escaped(found['title'])}[/bold]")
    overlays = f", with {', '.join(found['overlays'])}" if found["overlays"] else ""
    out.print(f"{found['opening']} to {found['end']}, seed {found['seed']}, rules '{found['edition']}'{overlays}\n")
    if setup.scenario.politics is not None:
        _brief(setup, found)
        return
    told: set[int] = set()
    if not found["operations"]:
        out.print("No operation: the scenario has no plan of attack.\n")
    for operation in found["operations"].values():
        out.print(_panel(operation, told, out.width))
        told |= {cause["n"] for cause in operation["causes"]}
    narrow = out.width < NARROW
    out.print(_losses_in_words(setup, found) if narrow else _losses(setup, found))
    if found["towns"]:
        out.print(_towns_in_words(setup, found) if narrow else _towns(setup, found))
    last = found["last_surrender"]
    if last:
        from wargame.show.prose import capped

        who = console.escaped(capped(last["formations"], 4, "other formation"))
        out.print(f"\nLast surrender: {last['date']} at {last['town']}: {last['men']:,} men of {who}")
    _journal(found)


def _journal(found: dict[str, Any]) -> None:
    entries = f"{found['entries']:,} {'entry' if found['entries'] == 1 else 'entries'}"
    console.output().print(f"Journal: {entries}, hash {found['journal_hash']}")


def _brief(setup: Setup, found: dict[str, Any]) -> None:
    """Where politics are played: a line for every operation in the order of their dates, and what it all cost."""
    from wargame.show.retell import Retelling
    from wargame.verdict import by_date

    out, operations, say = console.output(), found["operations"], Retelling(setup).said
    told = by_date(found)
    shown = {name: operations[name] | {"why": "; ".join(map(say, operations[name]["reasons"]))} for name in told}
    out.print(_dated_in_words(shown) if out.width < NARROW else _dated(shown))
    never = [operations[n]["name"].removeprefix("the ") for n in operations if n not in told]
    if never:
        out.print(f"\nNever sought: {console.escaped(', '.join(never))}.")
    lost = {p: n for p, n in found["losses"].items() if any(n.values())}
    if lost:
        some = found | {"losses": lost}
        out.print("")
        out.print(_losses_in_words(setup, some) if out.width < NARROW else _losses(setup, some))
    if found["towns"]:
        out.print(f"{len(found['towns'])} towns of note changed hands.")
    _journal(found)


def _dated(shown: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("began", "ended", "operation", "outcome, and why"):
        table.add_column(name, no_wrap=name in ("began", "ended"))
    for o in shown.values():
        why = f"[{COLOUR.get(o['outcome'], 'cyan')}]{OUTCOME[o['outcome']]}[/]: {console.escaped(o['why'])}"
        table.add_row(o["began"] or "", o["date"] or "", console.escaped(_capital(o["name"])), why)
    return table


def _dated_in_words(shown: dict[str, Any]) -> str:
    lines = []
    for o in shown.values():
        when = " to ".join(dict.fromkeys(d for d in (o["began"], o["date"]) if d))
        text = f"{when} {_capital(o['name'])}: {OUTCOME[o['outcome']]}; {o['why']}"
        lines.append(console.escaped(text))
    return "\n".join(lines)


def _panel(operation: dict[str, Any], told: set[int], width: int) -> Any:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    colour = COLOUR.get(operation["outcome"], "cyan")
    head = ", ".join(
        f"{word} {operation[key]}"
        for word, key in (("began", "began"), ("decided", "decided"), ("ended", "date"))
        if operation[key]
    )
    name, outcome = _capital(operation["name"]), OUTCOME[operation["outcome"]]
    title = f"[bold]{console.escaped(name)}[/bold]: {outcome}"
    if len(name) + len(outcome) + 8 > width:  # the frame would cut the outcome off
        title, head = f"[bold]{console.escaped(name)}[/bold]", "; ".join(filter(None, (outcome, head)))
    lines = [Text(line, no_wrap=False, overflow="fold") for line in (head, "; ".join(operation["reasons"])) if line]
    body = Group(*lines, *_causes(operation["causes"], told))
    return Panel(body, title=title, title_align="left", border_style=colour)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _causes(causes: list[dict[str, Any]], told: set[int]) -> list[Any]:
    """The chain below the verdict itself, down to what an operation before this one has told already."""
    from rich.table import Table

    if len(causes) < 2:
        return []
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for cause in causes[1:-1]:
        if cause["n"] in told:
            table.add_row(cause["date"], f"{console.escaped(cause['text'])} (and so on, as above)")
            break
        table.add_row(cause["date"], console.escaped(cause["text"]))
    return ["", "[bold]because[/bold]", table]


def _losses(setup: Setup, found: dict[str, Any]) -> Any:
    from rich.table import Table

    columns = ("killed", "wounded", "captured", "missing", "tanks", "guns", "aircraft")
    table = Table(
        title="Losses", title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column("", no_wrap=True)
    for name in (*columns, "men left"):
        table.add_column(name, justify="right")
    for power, lost in found["losses"].items():
        left = found["strength_left"][power]["men"]
        name = setup.atlas.power_names.get(power, power)
        table.add_row(console.escaped(name), *(f"{lost[c]:,}" for c in columns), f"{left:,}")
    return table


def _losses_in_words(setup: Setup, found: dict[str, Any]) -> str:
    """A line a power, for screens on which the table would be cut."""
    lines = ["[bold]Losses[/bold]"]
    for power, lost in found["losses"].items():
        name = console.escaped(setup.atlas.power_names.get(power, power))
        parts = [f"{n:,} {kind}" for kind, n in lost.items() if n]
        lines.append(f"{name}: {', '.join(parts) or 'none'}; {found['strength_left'][power]['men']:,} men left")
    return "\n".join(lines)


def _towns_in_words(setup: Setup, found: dict[str, Any]) -> str:
    lines = ["\n[bold]Towns[/bold]"]
    for fall in found["towns"]:
        power = setup.atlas.power_names.get(fall["to"], fall["to"])
        lines.append(f"{fall['date']} {console.escaped(fall['town'])}: {console.escaped(power)}, {fall['how']}")
    return "\n".join(lines)


def _towns(setup: Setup, found: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title="\nTowns", title_justify="left", box=None, pad_edge=False, title_style="bold")
    for name in ("date", "town", "falls to", "how"):
        table.add_column(name, no_wrap=True)
    for fall in found["towns"]:
        power = setup.atlas.power_names.get(fall["to"], fall["to"])
        table.add_row(fall["date"], console.escaped(fall["town"]), console.escaped(power), fall["how"])
    return table
