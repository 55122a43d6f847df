"""``compare``: two runs, or two studies, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wargame.cli import console
from wargame.cli.options import Json
from wargame.cli.verdicts import OUTCOME
from wargame.errors import UsageError

if TYPE_CHECKING:
    from wargame.study.compare import Difference

First = Annotated[Path, typer.Argument(metavar="A", help="A run's folder, or a study's.", show_default=False)]
Second = Annotated[Path, typer.Argument(metavar="B", help="Another of the same sort.", show_default=False)]


def compare(first: First, second: Second, as_json: Json = False) -> None:
    """Set two runs side by side, or two studies: where they part and what came of it.

    Of runs: what was asked otherwise, the first thing that happened otherwise, operations, losses and towns. Of
    studies: every question both ask in every cell both have, over the seeds they share, with 95 % intervals.

    Examples:
    wargame compare out/seed7 out/seed8
    wargame compare out/bloc out/bloc_other_rules --json
    """
    from wargame.study.folder import is_study

    studies = [is_study(p) for p in (first, second)]
    if studies[0] != studies[1]:
        one, other = (first, second) if studies[0] else (second, first)
        raise UsageError(f"{one} is a study and {other} is none; compare two runs or two studies")
    if studies[0]:
        _studies(first, second, as_json=as_json)
    else:
        _runs(first, second, as_json=as_json)


def _studies(first: Path, second: Path, *, as_json: bool) -> None:
    from wargame.study.compare import as_dict, compare_studies
    from wargame.study.folder import open_study

    one, two = open_study(first), open_study(second)
    for study in (one, two):
        study.check()
    found = compare_studies(one, two)
    if as_json:
        console.put_json(as_dict(found))
    else:
        _show_studies(found, first, second)


def _show_studies(found: list[Difference], first: Path, second: Path) -> None:
    from rich.table import Table

    out = console.output()
    out.print(f"A: {console.escaped(str(first))}\nB: {console.escaped(str(second))}\n")
    for title in dict.fromkeys(d.title for d in found):
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("cell", overflow="fold", min_width=12)
        for name in ("A", "B", "B - A", "95 %", "p", "changed"):
            table.add_column(name, justify="right", no_wrap=True)
        for d in (d for d in found if d.title == title):
            p = "" if d.p is None else "< .001" if d.p < 0.001 else f"{d.p:.3f}"
            shift = _number(d.difference.value, d.kind, sign=True)
            span = " to ".join(_number(v, d.kind, sign=True, unit=False) for v in (d.difference.low, d.difference.high))
            values = [_number(e.value, d.kind) for e in (d.first, d.second)]
            table.add_row(console.escaped(d.cell), *values, shift, span, p, f"{d.changed:,} of {d.pairs:,}")
        out.print(f"[bold]{console.escaped(title)}[/bold]")
        out.print(table)
    tests = sum(d.p is not None for d in found)
    out.print("\nchanged: pairs of runs with one seed whose answers differ.")
    if tests:
        out.print(f"p: McNemar's exact test, adjusted by Holm for {tests} comparisons at once.")


def _number(value: float, kind: str, *, sign: bool = False, unit: bool = True) -> str:
    plus = "+" if sign else ""
    if kind == "share":
        return f"{100 * value:{plus}.1f}{' %' if unit else ''}"
    return f"{value:{plus},.0f}" if abs(value) >= 100 else f"{value:{plus}.3g}"


def _runs(first: Path, second: Path, *, as_json: bool) -> None:
    from wargame.cli.runs import opened
    from wargame.study.compare import compare_runs

    one, two = opened(first), opened(second)
    found = compare_runs(one, two)
    if as_json:
        console.put_json(found)
        return
    out = console.output()
    out.print(f"A: {console.escaped(one.asked.command())}\nB: {console.escaped(two.asked.command())}")
    if found["same"]:
        out.print("The same run: the journals agree to the last entry.")
        return
    _show_head(found, out)
    _show_operations(found["operations"], out)
    if found["losses"]:
        _show_losses(found["losses"], {**one.setup.atlas.power_names, **two.setup.atlas.power_names}, out)
    if found["towns"]:
        names = one.setup.atlas.names
        number = one.setup.atlas.number
        early = sorted(found["towns"].items(), key=lambda t: min(d for d in t[1] if d))[:12]
        many = len(found["towns"])
        out.print(f"\n[bold]Towns[/bold] that fell on another day or in one run only: {many}, the first of them")
        for place, days in early:
            town = names[number[place]] if place in number else place
            out.print(f"  {console.escaped(town)}: A {days[0] or 'never'}, B {days[1] or 'never'}")


def _show_head(found: dict[str, Any], out: Any) -> None:
    for key, (a, b) in found["differs"].items():
        if key != "data_hash":
            out.print(f"{key}: A {console.escaped(_value(a))}, B {console.escaped(_value(b))}")
    if "data_hash" in found["differs"]:
        out.print("the files they were made from differ")
    parting = found["parting"]
    if parting is None:
        out.print("Nothing that is told happened otherwise; strengths differ.")
        return
    out.print(f"\nThey part on [bold]{parting['day']}[/bold]:")
    for name, told in zip("AB", parting["entries"], strict=True):
        text = f"{told['day']} {told['text']}" if told else "nothing more happened"
        out.print(f"  {name}: {console.escaped(text)}")


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{k} = {v}" for k, v in value.items()) or "none"
    return str(value)


def _show_operations(operations: dict[str, list[dict[str, Any] | None]], out: Any) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("operation", "A", "B"):
        table.add_column(name)
    never = 0
    for fates in operations.values():
        if all(f is None or f["outcome"] == "never_sought" for f in fates):
            never += 1
            continue
        name = next(f["name"] for f in fates if f is not None)
        table.add_row(console.escaped(name), *map(_fate, fates))
    out.print("")
    out.print(table)
    if never:
        out.print(f"{never} more were sought in neither.")


def _fate(fate: dict[str, Any] | None) -> str:
    if fate is None:
        return "not in this scenario"
    days = " to ".join(dict.fromkeys(d for d in (fate["began"], fate["date"]) if d))
    return f"{OUTCOME[fate['outcome']]}{f' ({days})' if days and fate['began'] else ''}"


def _show_losses(losses: dict[str, dict[str, list[int]]], names: dict[str, str], out: Any) -> None:
    from rich.table import Table

    kinds = list(next(iter(losses.values())))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("losses, A then B")
    for kind in kinds:
        table.add_column(kind, justify="right")
    for power, by in losses.items():
        for i, letter in enumerate("AB"):
            who = f"{names.get(power, power)} {letter}" if i == 0 else letter
            table.add_row(console.escaped(who), *(f"{by[k][i]:,}" for k in kinds))
    out.print("")
    out.print(table)
