"""JSON Schema of every kind of file a user writes, for editors that complete and check while one types."""

from __future__ import annotations

import copy
from typing import Any

from wargame.errors import UsageError, did_you_mean
from wargame.load import air_sea, formations, map_tables, orders_of_battle, political_tables, purges, tables
from wargame.scenario import OverlayHead, Plan, Scenario

TABLES = {
    "establishments": formations.ESTABLISHMENTS,
    "formations": formations.FORMATIONS,
    "careers": formations.CAREERS,
    "deployments": orders_of_battle.DEPLOYMENTS,
    "air": air_sea.AIR,
    "navies": air_sea.NAVIES,
    "purge": purges.PURGE,
    "provinces": map_tables.PROVINCES,
    "zones": map_tables.ZONES,
    "control": map_tables.CONTROL,
    "flags": map_tables.FLAGS,
    "people": map_tables.PEOPLE,
    "borders": map_tables.BORDERS,
    "straits": map_tables.STRAITS,
    "forts": map_tables.FORTS,
    "rail": map_tables.RAIL,
    "climate": map_tables.CLIMATES,
    "powers": map_tables.POWERS,
    "seas": map_tables.SEAS,
    "sea_links": map_tables.SEA_LINKS,
    "coasts": map_tables.COASTS,
    "coast_forts": map_tables.COAST_FORTS,
    **political_tables.TABLES,
}
KINDS = ("scenario", "plan", "overlay", *TABLES)


def schema(kind: str) -> dict[str, Any]:
    """JSON Schema of a scenario, plan or overlay file, or of one row of a table; `UsageError` for another kind."""
    if kind in TABLES:
        return tables.json_schema(TABLES[kind])
    if kind == "plan":
        return _file(Plan.model_json_schema())
    if kind == "scenario":
        return _file(Scenario.model_json_schema())
    if kind == "overlay":
        return _overlay()
    hint = f"{did_you_mean(kind, KINDS)} ".lstrip()
    raise UsageError(f"no schema '{kind}'; {hint}there is: {', '.join(KINDS)}")


def _file(body: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | body


def _overlay() -> dict[str, Any]:
    """A scenario in which nothing but ``[overlay]`` is required: an overlay writes only what it changes."""
    body = copy.deepcopy(Scenario.model_json_schema())
    for part in (body, *body["$defs"].values()):
        part["required"] = ["id"] if part is not body and "id" in part.get("required", ()) else []
    body["$defs"]["Head"]["required"] = []
    body["$defs"]["OverlayHead"] = OverlayHead.model_json_schema()
    body["properties"]["overlay"] = {"$ref": "#/$defs/OverlayHead"}
    del body["properties"]["overlays"]
    return _file(body | {"title": "Overlay", "required": ["overlay"]})


def reference(kind: str) -> str:
    """The columns of a CSV file as a Markdown table, as it stands in docs/scenario_guide.md."""
    rows = ["| column | meaning | range | if empty |", "|---|---|---|---|"]
    for column in TABLES[kind].columns:
        name = f"**{column.name}**" if column.needed else column.name
        rows.append(f"| {name} | {column.meaning} | {_range(column)} | {_if_empty(column)} |".replace("  ", " "))
    return "\n".join(rows)


def _range(column: tables.Column) -> str:
    if column.choices:
        return ", ".join(f"`{c}`" for c in column.choices)
    if column.kind in {"number", "integer"}:
        word = "whole number" if column.kind == "integer" else "number"
        unit = f" of {column.unit}" if column.unit else ""
        return f"{word}{unit}, {column.low:.10g} to {column.high:.10g}"
    words = {"slug": "id", "zone": "id", "power": "power code", "date": "ISO date", "list": "names"}
    return words.get(column.kind, column.unit or "text")


def _if_empty(column: tables.Column) -> str:
    if column.needed and not column.blank:
        return "not allowed"
    if "if empty" in column.meaning:
        return ""
    if column.default is None:
        return "0" if column.kind in {"number", "integer"} else ""
    if isinstance(column.default, (int, float)):
        return "by the river" if column.default < 0 else f"{column.default:.10g}"
    return str(column.default)
