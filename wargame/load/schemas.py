"""JSON Schema of every kind of file a user writes, for editors that complete and check while one types."""

from __future__ import annotations

import copy
from typing import Any

from wargame.errors import UsageError, did_you_mean
from wargame.load import maps, orders_of_battle, tables
from wargame.scenario import OverlayHead, Plan, Scenario

TABLES = {
    "formations": orders_of_battle.FORMATIONS,
    "deployments": orders_of_battle.DEPLOYMENTS,
    "provinces": maps.PROVINCES,
    "zones": maps.ZONES,
    "borders": maps.BORDERS,
    "straits": maps.STRAITS,
    "forts": maps.FORTS,
    "rail": maps.RAIL,
    "climate": maps.CLIMATES,
    "powers": maps.POWERS,
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
    raise UsageError(f"no schema '{kind}'; {did_you_mean(kind, KINDS)} there is: {', '.join(KINDS)}")


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
