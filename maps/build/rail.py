"""The rail net: trunk lines written hub to hub, routed through the provinces they pass."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pandas as pd
from common import HERE, read_csv
from pyproj import Geod

DETOUR = {"hills": 1.18, "mountains": 1.3}
"""Rail kilometres per great-circle kilometre by terrain, where the line gives no length."""
PLAIN_DETOUR = 1.05
"""The same elsewhere; little, since hubs stand beside the line as often as on it."""
WGS84 = Geod(ellps="WGS84")


def make_rail(provinces: pd.DataFrame, borders: pd.DataFrame, straits: list[dict]) -> tuple[list[dict], list[str]]:
    """Return the rows of rail.csv and the complaints about lines that cannot be laid."""
    graph = _ways(provinces, borders, straits)
    known = set(provinces.id)
    best: dict[tuple[str, str], dict] = {}
    complaints = []
    for file, line in _lines():
        hubs = [h.strip() for h in line["hubs"].split("|")]
        complaints += [f"{file} {line['line']}: no province '{h}'" for h in hubs if h not in known]
        hubs = [h for h in hubs if h in known]
        laid: list[dict] = []
        for a, b in pairwise(hubs):
            path = _path(graph, a, b)
            if not path:
                complaints.append(f"{file} {line['line']}: no way by land from {a} to {b}")
                continue
            if len(path) > 3:
                complaints.append(f"{file} {line['line']}: {a} to {b} runs through {'|'.join(path[1:-1])}")
            laid += _stretches(path, graph, line)
        for row in _with_length(laid, line):
            _keep_better(best, row)
    electric, unlaid = _electric(best)
    rows = [best[key] | {"electric_from": electric.get(key, "")} for key in sorted(best)]
    return rows, complaints + unlaid


def _electric(laid: dict[tuple[str, str], dict]) -> tuple[dict[tuple[str, str], str], list[str]]:
    """Return the year from which a stretch is worked electrically, and complaints about stretches nobody laid."""
    years: dict[tuple[str, str], str] = {}
    unlaid = []
    for row in read_csv(HERE / "rail_electric.csv"):
        for a, b in pairwise(row["hubs"].split("|")):
            key = (min(a, b), max(a, b))
            if key in laid:
                years[key] = row["electric_from"]
            else:
                unlaid.append(f"rail_electric.csv {row['hubs']}: no railway from {a} to {b}")
    return years, unlaid


def _lines() -> list[tuple[str, dict[str, str]]]:
    """Return every row of every rail_lines*.csv with the name of its file."""
    return [(path.name, row) for path in sorted(HERE.glob("rail_lines*.csv")) for row in read_csv(path)]


def _ways(provinces: pd.DataFrame, borders: pd.DataFrame, straits: list[dict]) -> nx.Graph:
    """Return the graph of borders, bridges and ferries with `km` by rail; ferries are marked `ferry`."""
    graph = nx.Graph()
    graph.add_nodes_from(provinces.id)
    detour = {row.id: DETOUR.get(row.terrain, PLAIN_DETOUR) for row in provinces.itertuples()}
    place = {row.id: (row.lon, row.lat) for row in provinces.itertuples()}
    for row in borders.itertuples():
        graph.add_edge(row.a, row.b, km=row.distance_km * (detour[row.a] + detour[row.b]) / 2)
    for row in straits:
        a, b = row["a"], row["b"]
        if row["kind"] in {"bridge", "ferry"} and a in place and b in place and not graph.has_edge(a, b):
            landings = [(float(row[f"{shore}_lon"]), float(row[f"{shore}_lat"])) for shore in "ab"]
            to_shores = _km(place[a], landings[0]) * detour[a] + _km(place[b], landings[1]) * detour[b]
            graph.add_edge(a, b, km=to_shores + float(row["km"] or 1), ferry=row["kind"] == "ferry")
    return graph


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return great-circle kilometres between two points (lon, lat)."""
    return float(WGS84.inv(*a, *b)[2]) / 1000


def _path(graph: nx.Graph, a: str, b: str) -> list[str]:
    """Return the shortest way by land, empty if none; a ferry counts only where a line names both its shores."""
    if graph.has_edge(a, b):
        return [a, b]
    dry = nx.subgraph_view(graph, filter_edge=lambda u, v: not graph[u][v].get("ferry"))
    return nx.shortest_path(dry, a, b, weight="km") if nx.has_path(dry, a, b) else []


def _stretches(path: list[str], graph: nx.Graph, line: dict) -> list[dict]:
    rows = []
    for a, b in pairwise(path):
        first, second = sorted((a, b))
        fields = {key: line[key] for key in ("tracks", "gauge_mm", "trains_per_day", "line", "source", "status")}
        rows.append({"a": first, "b": second, "km": round(graph[a][b]["km"], 1), **fields})
    return rows


def _with_length(rows: list[dict], line: dict) -> list[dict]:
    """Return the stretches of a line made to add up to its length in `km`, if the line has one."""
    if not line.get("km") or not rows:
        return [{**row, "measured": False} for row in rows]
    factor = float(line["km"]) / sum(row["km"] for row in rows)
    return [{**row, "km": round(row["km"] * factor, 1), "measured": True} for row in rows]


def _keep_better(best: dict, row: dict) -> None:
    """Keep the busier of two lines between the same provinces; a measured length stands, else the shorter one."""
    key = (row["a"], row["b"])
    other = best.get(key, row)
    length = min((other, row), key=lambda r: (not r["measured"], r["km"]))
    busier = row if float(row["trains_per_day"] or 0) > float(other["trains_per_day"] or 0) else other
    best[key] = {**busier, "km": length["km"], "measured": length["measured"]}
