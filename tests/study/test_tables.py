"""The tables of a study: the page that explains them is the code's own; SQL sees what there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wargame.errors import UsageError
from wargame.study import tables
from wargame.study.tables import CELLS, FIXED, PER_RUN, RUNS, TABLES, TIMES, columns, connect, dictionary

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_explains_the_tables_there_are() -> None:
    page = (ROOT / "docs" / "study_data.md").read_text(encoding="utf-8")
    assert page.startswith(dictionary()), "write docs/study_data.md anew with wargame.study.tables.dictionary()"


def test_every_column_is_explained_once() -> None:
    for table in (*TABLES, TIMES):
        names = [c.name for c in table.columns]
        assert len(names) == len(set(names)), table.name
        assert all(c.meaning for c in table.columns)


def test_factors_stand_after_the_key() -> None:
    factors = [("bloc", "VARCHAR"), ("fear", "DOUBLE")]
    assert [c.name for c in columns(RUNS, factors)][:5] == ["cell", "seed", "bloc", "fear", "status"]
    assert [c.name for c in columns(CELLS, factors)][:4] == ["cell", "bloc", "fear", "name"]
    assert columns(TIMES, factors) == TIMES.columns


def test_lines_beyond_the_limits_are_left_out_and_the_rest_is_sorted(tmp_path: Path) -> None:
    part = tmp_path / "lines.jsonl"
    rows = {t.name: "[]" for t in (*PER_RUN, TIMES)} | {"answers": '[{"question":"b","value":1},{"question":"a"}]'}
    body = ",".join(f'"{n}":{v}' for n, v in rows.items())
    part.write_text(
        "".join(f'{{"cell":{c},"seed":{s},{body}}}\n' for c in (2, 3, 1) for s in (9, 8, 7)), encoding="utf-8"
    )
    tables.write(tmp_path, {t.name: [] for t in FIXED}, [part], [], 2, 8)
    with connect(tmp_path) as base:
        found = base.sql("select * from answers").fetchall()
    assert found == [(c, s, q, v) for c in (1, 2) for s in (7, 8) for q, v in (("b", 1.0), ("a", None))]
    assert not list(tmp_path.glob(".sorting*"))


def test_a_folder_without_tables_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no tables"):
        connect(tmp_path)
    (tmp_path / "parts").mkdir()
    with pytest.raises(UsageError, match="give its command again"):
        connect(tmp_path)


def test_thousands_of_lines_in_any_order_and_in_any_parts_give_the_same_bytes(tmp_path: Path) -> None:
    """More rows than DuckDB handles at a time."""
    lines = []
    for k in range(3000):
        rows: dict[str, list[dict[str, object]]] = {t.name: [] for t in (*PER_RUN, TIMES)}
        rows["answers"] = [{"question": q, "value": k * 0.1} for q in ("one", "two")]
        rows["control"] = [
            {"day": "1939-09-01", "province": f"p{(k + j) % 97}", "controller": "GER"} for j in range(k % 5)
        ]
        lines.append(json.dumps({"cell": k % 3 + 1, "seed": k // 3, **rows}) + "\n")
    found = []
    for name, order, size in (
        ("straight", range(3000), 3000),
        ("shuffled", [k * 1009 % 3000 for k in range(3000)], 170),
    ):
        folder = tmp_path / name
        folder.mkdir()
        parts = []
        for begin in range(0, 3000, size):
            parts.append(folder / f"{begin:06d}.jsonl")
            parts[-1].write_text("".join(lines[k] for k in order[begin : begin + size]), encoding="utf-8")
        tables.write(folder, {t.name: [] for t in FIXED}, parts, [], 3, 10**9)
        found.append({p.name: p.read_bytes() for p in (folder / "tables").iterdir()})
    assert found[0] == found[1]
