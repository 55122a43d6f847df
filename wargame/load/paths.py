"""Where data files are found.

Folders are searched in this order: the folder of a scenario given as a path, the folders the user names (``--data``,
then the environment variable ``WARGAME_DATA``), the current directory, the data that ships with the package.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import wargame
from wargame.errors import UsageError, did_you_mean

PLACES = {
    "map": ("maps/{}/map.toml",),
    "formations": ("orders_of_battle/formations/{}.csv", "formations/{}.csv"),
    "deployments": ("orders_of_battle/deployments/{}.csv", "deployments/{}.csv"),
    "air": ("orders_of_battle/air/{}.csv", "air/{}.csv"),
    "navies": ("orders_of_battle/navies/{}.csv", "navies/{}.csv"),
    "purge": ("orders_of_battle/{}.csv",),
    "scenario": ("scenarios/{}.toml",),
    "plan": ("scenarios/plans/{}.toml", "plans/{}.toml"),
    "politics": ("scenarios/politics/{}/governments.csv", "politics/{}/governments.csv"),
    "overlay": ("scenarios/overlays/{}.toml", "overlays/{}.toml"),
    "game": ("scenarios/games/{}/game.toml", "games/{}/game.toml"),
    "study": ("scenarios/studies/{}.toml", "studies/{}.toml"),
}
"""Kind of file -> where it lies inside a data folder, ``{}`` being its name."""

_NAME = re.compile(r"[\w-][\w.-]*")


@dataclass(frozen=True)
class Search:
    """The data folders of one command, first hit wins."""

    folders: tuple[Path, ...]

    def find(self, kind: str, name: str) -> Path:
        """The file of this kind and name; `UsageError` lists what there is."""
        for folder in self.folders if _NAME.fullmatch(name) else ():
            for pattern in PLACES[kind]:
                path = folder / pattern.format(name)
                if _is_file(path):
                    return path
        raise UsageError(f"no {_CALLED[kind]} '{name}'; {self.remedy(kind, name)}")

    def remedy(self, kind: str, name: str) -> str:
        """What to do about a name that is not found: the nearest one, all there are, and where was looked."""
        names = self.names(kind)
        known = f"there is: {', '.join(names)}" if names else "there is none"
        if kind in {"scenario", "overlay"} and names:
            known += "; wargame scenarios tells what each is about"
        close = did_you_mean(name, names)
        if close:
            return f"{close} {known}"
        return f"{known}; looked for {PLACES[kind][0].format(name)} in {', '.join(map(str, self.folders))}"

    def names(self, kind: str) -> list[str]:
        """All names of this kind, sorted."""
        found = set()
        for folder in self.folders:
            for pattern in PLACES[kind]:
                for path in folder.glob(pattern.format("*")):
                    if _is_file(path):
                        found.add(path.parent.name if kind in {"map", "politics", "game"} else path.stem)
        return sorted(found)

    def label(self, path: Path) -> str:
        """How messages name a file: as short as a user can still find it by."""
        for base in (Path.cwd(), self._shipped):
            if path.is_relative_to(base):
                return path.relative_to(base).as_posix()
        return str(path)

    @cached_property
    def _shipped(self) -> Path:
        return shipped_folder()


_CALLED = {
    "map": "map",
    "formations": "formations file",
    "deployments": "deployments file",
    "air": "file of air fleets",
    "navies": "navy's file",
    "purge": "file of purges",
    "scenario": "scenario",
    "plan": "plan",
    "politics": "political tables",
    "overlay": "overlay",
    "game": "ready game",
    "study": "study",
}


def shipped_folder() -> Path:
    """The data that comes with the package: inside it in a wheel, beside it in a checkout."""
    package = Path(wargame.__file__).resolve().parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent


def search(data: Iterable[str | Path] = (), scenario_file: Path | None = None) -> Search:
    """The folders to search, in order, for the folders a user gave and perhaps a scenario given as a path."""
    folders: list[Path] = []
    if scenario_file is not None:
        own = scenario_file.resolve().parent
        folders.append(own)
        if own.name == "scenarios":
            folders.append(own.parent)
    for d in data:
        if not Path(d).is_dir():
            raise UsageError(f"no folder {d}; --data names a folder with maps, scenarios or orders of battle")
        folders.append(Path(d).resolve())
    folders += [Path(d).resolve() for d in os.environ.get("WARGAME_DATA", "").split(os.pathsep) if d]
    folders += [Path.cwd(), shipped_folder()]
    return Search(tuple(dict.fromkeys(folders)))


def find(kind: str, name: str, data: Iterable[str | Path] = ()) -> Path:
    """The file of a kind (see `PLACES`) and name; `UsageError` (exit code 2) names all candidates."""
    return search(data).find(kind, name)


def is_path(name_or_path: str | Path) -> bool:
    """Whether a user means a file and not the name of one."""
    return (
        isinstance(name_or_path, Path)
        or name_or_path.endswith(".toml")
        or "/" in name_or_path
        or os.sep in name_or_path
    )


def scenario_file(name_or_path: str | Path, data: Iterable[str | Path] = ()) -> tuple[Path, Search]:
    """A scenario's file, and the folders in which to look for everything it names."""
    if not is_path(name_or_path):
        found = search(data).find("scenario", str(name_or_path))
        return found, search(data)
    path = Path(name_or_path)
    if not _is_file(path):
        raise UsageError(f"no scenario file {path}; write the path of a TOML file, or the name of a scenario")
    return path, search(data, path)


def study_file(name_or_path: str | Path, data: Iterable[str | Path] = ()) -> Path:
    """A study's file; `UsageError` where there is none."""
    if not is_path(name_or_path):
        return search(data).find("study", str(name_or_path))
    if not _is_file(Path(name_or_path)):
        raise UsageError(f"no study file {name_or_path}; write the path of a TOML file, or the name of a study")
    return Path(name_or_path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a null byte
        return False
