"""A game's data: tables of the table (CSV and Parquet) beside those of the run, and an archive without people's names.

The same game gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wargame import dates, run_tables
from wargame.run_tables import Column
from wargame.table.past import Past
from wargame.table.state import OBSERVER, UMPIRE
from wargame.table.store import Act

Row = tuple[Any, ...]
FORMULA = ("=", "+", "-", "@", "\t")
"""A text that begins so is taken for a formula by spreadsheets; in CSV files it gets an apostrophe before it."""


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and where its rows come from."""

    name: str
    row: str
    columns: tuple[Column, ...]
    rows: Callable[[Past], Iterable[Row]]


def _turns(past: Past) -> Iterator[Row]:
    for t in past.turns:
        yield t.number, _at(t.began), _at(t.until), len(t.orders), len(t.proposals), len(t.rulings)


def _orders(past: Past) -> Iterator[Row]:
    for t in past.turns:
        for i in t.orders:
            yield t.number, i.power, i.kind, i.verb, str(i), i.text


def _proposals(past: Past) -> Iterator[Row]:
    for t in past.turns:
        ruled = {r.proposal for r in t.rulings}
        for p in t.proposals:
            yield (
                t.number, p.id, p.domain, p.power, p.about, p.importance, p.probability, p.rule, p.likely, p.best,
                p.worst, p.id in ruled,
            )  # fmt: skip


def _rulings(past: Past) -> Iterator[Row]:
    for t in past.turns:
        for r in t.rulings:
            odds = r.probability if r.probability >= 0 else None
            yield t.number, r.id, r.proposal, r.kind, r.rule, odds, r.decided, "; ".join(r.effects), r.beyond, r.reason


def _messages(past: Past) -> Iterator[Row]:
    for m in past.state.messages:
        yield (
            m.number, m.sender, ",".join(m.to), m.way, _at(m.sent), _at(m.arrives), m.lost, m.held,
            ",".join(m.readers), m.text,
        )  # fmt: skip


def _beliefs(past: Past) -> Iterator[Row]:
    for b in past.beliefs:
        yield (b.turn, b.power, ",".join(b.enemies), round(b.men_seen), round(b.men_true), b.formations_seen,
               b.formations_true)  # fmt: skip


def _strengths(past: Past) -> Iterator[Row]:
    for s in past.strengths:
        yield s.turn, s.power, round(s.men), round(s.lost), s.districts


def _at(hour: int) -> str:
    return dates.to_datetime(hour).strftime("%Y-%m-%d %H:%M:%S")


def _columns(*written: str) -> tuple[Column, ...]:
    """Columns, each written as its name, type and meaning."""
    return tuple(Column(*line.split(" ", 2)) for line in written)


_TURN, _POWER = "turn INTEGER number of the turn", "power VARCHAR power code"

TABLES = (
    Table("turns", "one turn that counts", _columns(
        _TURN,
        "began TIMESTAMP hour at which it began",
        "until TIMESTAMP hour at which it ended",
        "orders INTEGER instructions carried out",
        "proposals INTEGER matters shown to the umpire",
        "rulings INTEGER rulings made",
    ), _turns),
    Table("orders", "one instruction of a player", _columns(
        _TURN, _POWER,
        "kind VARCHAR political, military, standing or free",
        "verb VARCHAR what is ordered",
        "order VARCHAR the instruction in its written form",
        "text VARCHAR as the player wrote it",
    ), _orders),
    Table("proposals", "one contested matter of a turn", _columns(
        _TURN,
        "proposal VARCHAR its id",
        "domain VARCHAR battle, campaign, decision, diplomacy, government or order",
        _POWER,
        "about VARCHAR the matter",
        "importance DOUBLE by which it was ranked",
        "probability DOUBLE of the likely outcome, 0..1",
        "rule VARCHAR what the rules came to",
        "likely VARCHAR the likely outcome",
        "best VARCHAR the best one",
        "worst VARCHAR the worst one",
        "ruled BOOLEAN whether the umpire ruled on it",
    ), _proposals),
    Table("rulings", "one ruling", _columns(
        _TURN,
        "ruling VARCHAR its id",
        "proposal VARCHAR id of the matter; empty: none",
        "kind VARCHAR accept, move, replace, table_result or dice",
        "rule VARCHAR what the rules proposed",
        "probability DOUBLE of that, 0..1; empty: unknown",
        "decided VARCHAR what the umpire decided",
        "effects VARCHAR lines in the umpire's written form",
        "beyond BOOLEAN outside everything that came in the roll-outs",
        "reason VARCHAR why",
    ), _rulings),
    Table("messages", "one message", _columns(
        "number INTEGER its number",
        "sender VARCHAR power code",
        "to VARCHAR power codes",
        "way VARCHAR how it went",
        "sent TIMESTAMP when it was sent",
        "arrives TIMESTAMP when it was due",
        "lost BOOLEAN it never came",
        "held BOOLEAN the umpire kept it back",
        "readers VARCHAR powers that read it on its way",
        "text VARCHAR as delivered",
    ), _messages),
    Table("beliefs", "what one player at war saw of his enemies after a turn", _columns(
        _TURN, _POWER,
        "enemies VARCHAR power codes",
        "men_seen BIGINT enemy men in sight, as rounded",
        "men_true BIGINT enemy men in the field",
        "formations_seen INTEGER enemy formations in sight",
        "formations_true INTEGER enemy formations in the field",
    ), _beliefs),
    Table("strengths", "one power after a turn; turn 0 is the opening", _columns(
        _TURN, _POWER,
        "men BIGINT men in the field",
        "lost BIGINT killed, wounded, captured and missing so far",
        "districts INTEGER provinces held",
    ), _strengths),
)  # fmt: skip


def write_tables(past: Past, folder: Path) -> list[Path]:
    """Write the tables of the table as CSV and Parquet, those of the run as Parquet, and what their columns mean."""
    import duckdb  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with duckdb.connect(config={"threads": 1}) as base:
        for table in TABLES:
            rows = list(table.rows(past))
            path = folder / f"{table.name}.csv"
            path.write_text(as_csv(table, rows), encoding="utf-8", newline="")
            columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
            base.execute(f'create table "{table.name}" ({columns})')
            if rows:
                base.executemany(f'insert into "{table.name}" values ({", ".join("?" * len(table.columns))})', rows)
            target = str(path.with_suffix(".parquet")).replace("'", "''")
            base.execute(f"copy \"{table.name}\" to '{target}' (format parquet, compression zstd)")
            written += [path, path.with_suffix(".parquet")]
    run = folder / "run"
    run.mkdir(exist_ok=True)
    written += [run / name for name in run_tables.write(past.setup, past.journal, run)]
    described = folder / "tables.md"
    described.write_text(_dictionary(), encoding="utf-8", newline="\n")
    return [*written, described]


def as_csv(table: Table, rows: Iterable[Row]) -> str:
    """A table as CSV with a head; a text that a spreadsheet would run gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c.name for c in table.columns])
    for row in rows:
        writer.writerow([_cell(v) for v in row])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _dictionary() -> str:
    lines = [
        "# The tables of this game",
        "",
        "CSV and Parquet with the same columns; the run's own tables are in `run`.",
        "",
    ]
    for table in TABLES:
        lines += [
            f"## {table.name}",
            "",
            f"One row is {table.row}.",
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [*(f"| {c.name} | {c.type} | {c.meaning} |" for c in table.columns), ""]
    note = (
        "In CSV files a text that begins with =, +, -, @ or a tab has an apostrophe before it: no spreadsheet runs it."
    )
    return "\n".join([*lines, note, ""])


# --- the archive without names ---------------------------------------------------------------------------------------


def write_archive(past: Past, path: Path) -> Path:
    """Write a zip with journal, log and tables, people as ``person 1`` ..., times as seconds since the first.

    ``manifest.json`` in it lists every file with its SHA-256 and says what was taken out.
    """
    names = _aliases(past.game.store.acts)
    veil = _Veil(names)
    journal = "".join(past.journal.lines())
    hidden = veil.text(journal)
    files = {"journal.jsonl": hidden, "log.jsonl": "".join(_log(past.game.store.acts, veil))}
    files |= {f"tables/{t.name}.csv": veil.text(as_csv(t, t.rows(past))) for t in TABLES}
    files["tables/tables.md"] = _dictionary()
    created = past.game.created
    manifest = {
        "what": "an anonymised game of wargame",
        "title": past.title,
        "scenario": Path(str(created["scenario"])).name,
        "seed": created["seed"],
        "version": created["version"],
        "data": created["data_hash"],
        "turns": len(past.turns),
        "people": len(names),
        "journal_hash": past.journal.head,
        "journal_is_whole": hidden == journal,
        "taken_out": TAKEN_OUT,
        "files": {name: _described(text) for name, text in sorted(files.items())},
    }
    files["manifest.json"] = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, text.encode())
    return path


TAKEN_OUT = (
    "names of people", "dates and hours of the room (seconds since the first act remain)", "codes of seats",
    "folders of files", "hashes of the log",
)  # fmt: skip


def _described(text: str) -> dict[str, Any]:
    return {"bytes": len(text.encode()), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _aliases(acts: Iterable[Act]) -> dict[str, str]:
    """An alias for everybody who acted or was given a place, in the order in which they appear."""
    found: dict[str, str] = {}
    for act in acts:
        for name in (act.who, act.body.get("name", "") if act.kind == "person" else ""):
            if name and name not in {UMPIRE, OBSERVER, act.seat} and name not in found:
                found[name] = f"person {len(found) + 1}"
    return found


class _Veil:
    """Puts aliases in the place of names, wherever they stand as words of their own, whatever their capitals."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._known = {n.casefold(): alias for n, alias in names.items()}
        longest = sorted(names, key=lambda n: (-len(n), n))
        self._names = (
            re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE) if names else None
        )

    def text(self, text: str) -> str:
        """The text with aliases."""
        if self._names is None:
            return text
        return self._names.sub(lambda m: self._known[m[0].casefold()], text)

    def plain(self, value: Any) -> Any:
        """Plain data with aliases in all its texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(k): self.plain(v) for k, v in value.items()}
        return [self.plain(v) for v in value] if isinstance(value, (list, tuple)) else value


_FOLDERS = ("scenario", "overlays", "data")


def _log(acts: Iterable[Act], veil: _Veil) -> Iterator[str]:
    """The acts as lines, without hashes, codes and folders; ``second`` since the first of them."""
    first = None
    for act in acts:
        first = first or datetime.fromisoformat(act.at)
        body = {k: v for k, v in act.body.items() if k not in {"code", "game"}}
        body |= {k: _bare(body[k]) for k in _FOLDERS if k in body}
        line = {
            "n": act.n, "second": round((datetime.fromisoformat(act.at) - first).total_seconds()),
            "who": veil.text(act.who), "kind": act.kind, "seat": act.seat, "body": veil.plain(body),
        }  # fmt: skip
        yield json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _bare(value: Any) -> Any:
    """File names without their folders."""
    return [Path(v).name for v in value] if isinstance(value, (list, tuple)) else Path(str(value)).name
