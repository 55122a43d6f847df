"""A verdict on the screen: rich on a terminal, plain text elsewhere."""

from __future__ import annotations

from typing import Any

from wargame.cli import console
from wargame.verdict import Setup
from wargame.wording import OUTCOME


def show(setup: Setup, found: dict[str, Any]) -> None:
    """Print the verdict of a run: operations with causes, losses, towns, the last surrender."""
    from rich.panel import Panel

    out = console.output()
    out.print(f"[bold]{found['title']}[/bold]")
    overlays = f", with {', '.join(found['overlays'])}" if found["overlays"] else ""
    out.print(f"{found['opening']} to {found['end']}, seed {found['seed']}, rules '{found['edition']}'{overlays}\n")
    for operation in found["operations"].values():
        out.print(Panel(_operation(operation), title=_title(operation), title_align="left", border_style="cyan"))
    out.print(_losses(setup, found))
    if found["towns"]:
        out.print(_towns(setup, found))
    last = found["last_surrender"]
    if last:
        who = ", ".join(last["formations"])
        out.print(f"Last surrender: {last['date']} at {last['town']}: {who} ({last['men']:,} men)")
    out.print(f"Journal: {found['entries']:,} entries, hash {found['journal_hash']}")


def _title(operation: dict[str, Any]) -> str:
    return f"[bold]{operation['name']}[/bold]: {OUTCOME[operation['outcome']]}"


def _operation(operation: dict[str, Any]) -> Any:
    from rich.console import Group
    from rich.table import Table

    dated = [(k, operation[k]) for k in ("began", "decided") if operation[k]]
    dated += [("ended", operation["date"])] if operation["date"] else []
    head = ", ".join(f"{word} {day}" for word, day in dated)
    reasons = "; ".join(operation["reasons"])
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for i, cause in enumerate(operation["causes"]):
        table.add_row(cause["date"], ("" if i == 0 else "because ") + console.escaped(cause["text"]))
    return Group(*(line for line in (head, reasons) if line), *([table] if operation["causes"] else []))


def _losses(setup: Setup, found: dict[str, Any]) -> Any:
    from rich.table import Table

    columns = ("killed", "wounded", "captured", "missing", "tanks", "guns", "aircraft")
    table = Table(title="Losses", title_justify="left", box=None, pad_edge=False)
    table.add_column("power")
    for name in columns:
        table.add_column(name, justify="right")
    table.add_column("men left", justify="right")
    for power, lost in found["losses"].items():
        left = found["strength_left"][power]["men"]
        name = setup.atlas.power_names.get(power, power)
        table.add_row(name, *(f"{lost[c]:,}" for c in columns), f"{left:,}")
    return table


def _towns(setup: Setup, found: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title="\nTowns", title_justify="left", box=None, pad_edge=False)
    for name in ("date", "town", "falls to", "how"):
        table.add_column(name)
    for fall in found["towns"]:
        table.add_row(fall["date"], fall["town"], setup.atlas.power_names.get(fall["to"], fall["to"]), fall["how"])
    return table
