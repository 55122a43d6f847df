"""TOML values that remember where they were written, the merging of overlays, and pydantic's findings in our words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from wargame.errors import did_you_mean
from wargame.load.tables import Reader
from wargame.load.toml_files import KeyPath, TomlFile
from wargame.scenario import OverlayHead

M = TypeVar("M", bound=BaseModel)

HOUR_KEYS = frozenset(
    {"opening", "ends", "begins", "at", "first", "last", "signed", "opens_by", "until", "since", "day"}
)


@dataclass
class Node:
    """A value (`dict` and `list` hold nodes) and the place it was written."""

    value: Any
    file: str
    line: int

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {k: n.plain() for k, n in self.value.items()}
        if isinstance(self.value, list):
            return [n.plain() for n in self.value]
        return self.value

    def at(self, *path: str | int) -> Node:
        """The node a path leads to, or the last one on the way to it."""
        node = self
        for part in path:
            inside: Any = node.value
            if isinstance(inside, list):
                inside = dict(enumerate(inside))
            if not isinstance(inside, dict) or part not in inside:
                break
            node = inside[part]
        return node

    def walk(self, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
        """Every node below this one with its path."""
        items: Any = ()
        if isinstance(self.value, dict):
            items = self.value.items()
        elif isinstance(self.value, list):
            items = enumerate(self.value)
        for part, node in items:
            yield (*path, part), node
            yield from node.walk((*path, part))


def tree(found: TomlFile) -> Node:
    """A file's values with their places."""

    def node(value: Any, path: KeyPath) -> Node:
        inner: Any = value
        if isinstance(value, dict):
            inner = {k: node(v, (*path, k)) for k, v in value.items()}
        elif isinstance(value, list):
            inner = [node(v, (*path, i)) for i, v in enumerate(value)]
        return Node(inner, found.file, found.line(*path))

    return node(found.data, ())


# --- overlays --------------------------------------------------------------------------------------------------------


def merge(reader: Reader, base: Node, overlay: Node) -> OverlayHead | None:
    """Merge an overlay into a scenario in place; returns its head, `None` if that is faulty.

    First ``remove`` takes entries out. Then keys replace keys, lists of names grow, and entries of arrays of tables
    replace the keys of the entry with the same ``id``, or are added.
    """
    head_node = overlay.value.get("overlay", Node({}, overlay.file, overlay.line))
    head = model(reader, OverlayHead, head_node)
    for i, item in enumerate(head.remove if head is not None else ()):
        _remove(reader, base, item, head_node.at("remove", i))
    for key, node in overlay.value.items():
        if key != "overlay":
            base.value[key] = _merged(base.value.get(key), node)
    return head


def _merged(old: Node | None, new: Node) -> Node:
    if old is None or type(old.value) is not type(new.value):
        return new
    if isinstance(new.value, dict):
        values = dict(old.value)
        for key, node in new.value.items():
            values[key] = _merged(old.value.get(key), node)
        return Node(values, old.file, old.line)
    if isinstance(new.value, list):
        return Node(_grown(old.value, new.value), old.file, old.line)
    return new


def _grown(old: list[Node], new: list[Node]) -> list[Node]:
    grown = list(old)
    for node in new:
        name = _name(node)
        twin = next((i for i, n in enumerate(grown) if name is not None and _name(n) == name), None)
        if twin is None:
            grown.append(node)
        elif isinstance(node.value, dict):
            grown[twin] = Node(grown[twin].value | node.value, node.file, node.line)
    return grown


def _name(node: Node) -> str | None:
    """What identifies an entry: its id, or a name itself."""
    if isinstance(node.value, dict):
        return str(node.value["id"].value) if "id" in node.value else None
    return node.value if isinstance(node.value, str) else None


def _remove(reader: Reader, base: Node, item: str, place: Node) -> None:
    kind, _, name = item.partition(":")
    holder = base.at("forces") if kind in {"formations", "deployments"} else base
    entries = holder.value.get(kind) if isinstance(holder.value, dict) else None
    if entries is None or not isinstance(entries.value, list):
        kinds = [k for k, n in base.value.items() if isinstance(n.value, list)] + ["formations", "deployments"]
        remedy = did_you_mean(kind, kinds) or f"write KIND:ID with one of {', '.join(sorted(kinds))}"
        reader.fault(
            "unknown-removal", place.file, f"remove '{item}': the scenario has no '{kind}'", remedy, place.line
        )
        return
    kept = [n for n in entries.value if name not in {"*", _name(n)}]
    if len(kept) == len(entries.value) and name != "*":
        names = [n for n in map(_name, entries.value) if n]
        remedy = did_you_mean(name, names) or (f"there is {', '.join(names)}" if names else "there is none to remove")
        reader.fault("unknown-removal", place.file, f"remove '{item}': there is no such entry", remedy, place.line)
    holder.value[kind] = Node(kept, entries.file, entries.line)


# --- pydantic --------------------------------------------------------------------------------------------------------


def model(reader: Reader, kind: type[M], node: Node) -> M | None:
    """The node as a checked model; `None` after noting every fault where it stands."""
    before = len(reader.errors)
    for path, below in node.walk():
        if path[-1] in HOUR_KEYS and isinstance(below.value, int):
            what = f"{_spoken(path)} is the number {below.value}, not a date"
            reader.fault("bad-date", below.file, what, "write an ISO date such as 1939-09-01", below.line)
    plain = node.plain()
    try:
        value = kind.model_validate(plain)
    except ValidationError as error:
        for finding in error.errors(include_url=False):
            _note(reader, kind, node, finding)
        return None
    except (TypeError, OverflowError, RecursionError) as error:
        reader.fault("bad-value", node.file, f"cannot be read: {error}", "", node.line)
        return None
    return value if len(reader.errors) == before else None


def _note(reader: Reader, kind: type[BaseModel], node: Node, finding: Any) -> None:
    path: KeyPath = tuple(finding["loc"])
    place = node.at(*path)
    key = str(path[-1]) if path else ""
    where = _spoken(path[:-1])
    value, context = finding["input"], finding.get("ctx", {})
    match finding["type"]:
        case "extra_forbidden":
            keys = _keys(kind, path[:-1])
            what = f"key '{key}' is unknown" + (f" in {where}" if where else "")
            remedy = did_you_mean(key, keys) or f"the keys are {', '.join(keys)}"
            if len(path) > 1 and key in kind.model_fields:
                remedy = f"write '{key}' at the top of the file, above the first [table]"
            reader.fault("unknown-key", place.file, what, remedy, place.line)
        case "missing":
            what = f"key '{key}' is missing" + (f" in {where}" if where else "")
            reader.fault("missing-key", place.file, what, f"write {key} = ...", place.line)
        case "literal_error":
            choices = [c.strip("'") for c in context["expected"].replace(" or ", ", ").split(", ")]
            remedy = did_you_mean(str(value), choices) or f"write one of {', '.join(choices)}"
            reader.fault("unknown-choice", place.file, f"{_spoken(path)} '{value}' is unknown", remedy, place.line)
        case "string_pattern_mismatch":
            capital = "A-Z" in context["pattern"]
            remedy = (
                "write three capital letters, such as POL"
                if capital
                else "write lower-case letters a-z, digits and '_'"
            )
            what = f"{_spoken(path)} '{value}' is not {'a power code' if capital else 'an id'}"
            reader.fault("bad-id", place.file, what, remedy, place.line)
        case "value_error" if key in HOUR_KEYS:
            what = f"{_spoken(path)} '{value}' is not a date of 1900-2100"
            reader.fault("bad-date", place.file, what, "write an ISO date such as 1939-09-01", place.line)
        case "too_short":
            reader.fault("bad-value", place.file, f"{_spoken(path)} is empty", "name at least one", place.line)
        case _:
            message = finding["msg"].removeprefix("Value error, ").replace("Input should be", "it should be")
            message = message.replace("a valid tuple", 'a list, such as ["a", "b"]').replace("a valid", "a")
            shown = "" if isinstance(value, (dict, list)) else f" {value!r}"
            reader.fault("bad-value", place.file, f"{_spoken(path)}{shown} cannot be used", message, place.line)


def _spoken(path: KeyPath) -> str:
    """A key path as a reader of the file would say it: ``powers[2].bases``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _keys(kind: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys a model allows at a path below it."""
    for part in path:
        if isinstance(part, str):
            field = kind.model_fields.get(part)
            inner = _model_in(field.annotation) if field is not None else None
            if inner is None:
                return []
            kind = inner
    return list(kind.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(_model_in, get_args(annotation)) if m is not None), None)
