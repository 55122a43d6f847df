"""The rules of the house, read from the sources: floors, exact arithmetic, light imports, no names inside rules.

Each test reports what it finds in words, with file and line, all findings at once.
"""

from __future__ import annotations

import ast
import csv
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "wargame"
SOURCES = sorted(PACKAGE.rglob("*.py"))

FLOORS = (
    ("dates", "errors", "exact", "dice", "memo", "politics", "world"),
    ("atlas", "orders", "rulebook"),
    ("events", "acts", "fold", "political_fold", "conditions", "sides", "waters"),
    ("rules", "journal", "scenario"),
    ("view", "seats"),
    (
        *("house", "questions", "adjudicate", "governments", "load"),
        *("weighing", "muster", "negotiations", "succession", "armistice", "resistance", "initiatives"),
        *("crises", "responses", "outcomes", "repute"),
        *("economies", "books", "dealings", "statecraft"),
        *("umpiring", "overruling"),
    ),
    ("engine", "replay", "run_folder", "run_tables", "show", "verdict"),
    ("study",),
    ("table",),
    ("cli", "__main__", "__init__"),
)
"""Modules and packages of `wargame`, the lowest floor first. Imports go down or stay on their floor."""

HEAVY = {
    *("duckdb", "geopandas", "matplotlib", "mpl_toolkits", "pandas", "PIL", "pyogrio", "shapely", "pypdf", "reportlab"),
}
"""Slow to import: only inside the function that needs them."""

PLAY = sorted(
    path
    for part in (
        "rules",
        "governments",
        "house",
        "questions",
        "adjudicate",
        "engine",
        "events",
        "fold",
        "political_fold",
        "sides",
        "waters",
        "seats",
        "economies",
        "books",
        "dealings",
        "view",
        "dice",
        "atlas",
    )
    for path in [*(PACKAGE / part).glob("**/*.py"), PACKAGE / f"{part}.py"]
    if path.is_file()
)
"""The files whose arithmetic decides what happens in a run."""

RULES = [
    p
    for p in PLAY
    if p.parent.name == "rules"
    or p.stem in {"house", "questions", "adjudicate", "engine", "events", "fold", "sides", "waters"}
]

INEXACT = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "logaddexp", "cbrt", "pow"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "asin", "acos", "atan", "atan2"),
    *("sinh", "cosh", "tanh", "hypot", "dot", "vdot", "inner", "matmul", "tensordot", "einsum", "linalg"),
    *("convolve", "correlate", "cov", "corrcoef", "gamma", "lgamma", "erf", "erfc", "random"),
}
"""Functions of numpy and math whose last bits depend on the processor, and numpy's shared dice."""


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def tree(path: Path) -> ast.Module:
    """The syntax of a file; the same nodes each time."""
    return parsed(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT).as_posix()} line {getattr(node, 'lineno', 1)}"


def module_name(path: Path) -> str:
    """Dotted name below `wargame`, e.g. ``load.maps``; the face is ``__init__``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement of a file with each module it names, absolute, wherever it stands."""
    package = ["wargame", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module or ""]))
            yield from ((node, f"{module}.{alias.name}" if is_package(module) else module) for alias in node.names)


def is_package(module: str) -> bool:
    """Whether `from module import name` may name a module of ours."""
    return (ROOT / module.replace(".", "/")).is_dir()


def at_module_level(path: Path) -> Iterator[ast.stmt]:
    """Statements that run on import: not in functions, not under ``if TYPE_CHECKING``."""
    waiting: list[ast.stmt] = list(tree(path).body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        waiting.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))


def floor_of(module: str) -> int | None:
    """Floor of a module below `wargame`, by its first name."""
    first = module.split(".", maxsplit=1)[0]
    return next((n for n, names in enumerate(FLOORS) if first in names), None)


def without_docstrings(path: Path) -> Iterator[ast.AST]:
    """Every node of a file but the docstrings (where sources may be cited)."""
    module = tree(path)
    cited = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    yield from (node for node in ast.walk(module) if id(node) not in cited)


def test_every_module_has_a_floor() -> None:
    homeless = [module_name(p) for p in SOURCES if floor_of(module_name(p)) is None]
    assert not homeless, f"give {', '.join(homeless)} a floor in FLOORS and in the design"


def test_imports_only_go_down() -> None:
    found = []
    for path in SOURCES:
        here = floor_of(module_name(path))
        for node, name in imports(path):
            there = floor_of(name.removeprefix("wargame.")) if name.startswith("wargame.") else None
            if here is not None and there is not None and there > here:
                found.append(
                    f"{place(path, node)}: {module_name(path)} (floor {here}) imports {name} (floor {there}); imports "
                    "only go down: move what both need to the lower floor, or call it from above"
                )
    assert not found, "\n".join(found)


FACES = {"wargame.cli"}
"""Packages whose own file hands on names, for a reason it gives."""


def test_a_name_is_imported_from_where_it_is_made() -> None:
    """No module hands on what it has from another: who looks for a thing finds it in one step."""
    lent = {
        (f"wargame.{module_name(path)}", alias.asname or alias.name): node.module
        for path in SOURCES
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wargame.")
        for alias in node.names
    }
    found = [
        f"{place(path, node)}: {alias.name} comes from {lent[node.module, alias.name]}, not from {node.module}"
        for path in [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module and node.module not in FACES
        for alias in node.names
        if (node.module, alias.name) in lent
    ]
    assert not found, "\n".join(found)


MOST_LINES = 600
"""A module is read in one sitting: about 500 lines, and no more than this."""
LONGER = {"adjudicate.py": "the printed sequence of play, step by step", "rules/combat.py": "one assault, term by term"}


def test_a_module_is_read_in_one_sitting() -> None:
    lengths = {p.relative_to(PACKAGE).as_posix(): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    found = [f"{name} has {n} lines" for name, n in lengths.items() if n > MOST_LINES and name not in LONGER]
    assert not found, f"split where it has a seam, so that each part has one purpose: {'; '.join(found)}"


UNCALLED = {
    "reference": "prints the guide's tables of columns; the tests hold the guide against it",
    "load_forces": "an order of battle without a scenario, for whoever tries his files",
    "conversion_cost": "a rule of the chapter on raising that no seat can order yet",
    "converted": "likewise",
}


def test_nothing_public_is_left_that_nobody_calls() -> None:
    words: dict[str, int] = {}
    for path in SOURCES:
        for word in re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8")):
            words[word] = words.get(word, 0) + 1
    found = [
        f"{place(path, node)}: {node.name}"
        for path in SOURCES
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.decorator_list
        and words[node.name] == 1
        and node.name not in UNCALLED
    ]
    assert not found, "nothing in the package names these: " + "; ".join(found)


def test_rules_do_not_import_each_other() -> None:
    found = [
        f"{place(path, node)}: rule {path.stem} imports {name}; two rules that want each other meet in adjudicate"
        for path in sorted((PACKAGE / "rules").glob("*.py"))
        for node, name in imports(path)
        if name.startswith("wargame.rules")
    ]
    assert not found, "\n".join(found)


def test_rules_know_no_clock_file_network_or_screen() -> None:
    forbidden = {"simpy", "time", "pathlib", "os", "io", "sys", "sqlite3", "socket", "subprocess", "rich", "typer"}
    found = [
        f"{place(path, node)}: rule {path.stem} imports {name}; a rule is pure: world and luck in, events out"
        for path in sorted((PACKAGE / "rules").glob("*.py"))
        for node, name in imports(path)
        if name.split(".")[0] in forbidden
    ]
    assert not found, "\n".join(found)


def test_simpy_is_imported_by_the_engine_alone() -> None:
    found = [
        f"{place(path, node)}: imports {name}; only engine.py knows SimPy"
        for path in SOURCES
        for node, name in imports(path)
        if name.split(".")[0] == "simpy" and path != PACKAGE / "engine.py"
    ]
    assert not found, "\n".join(found)


DOOR = PACKAGE / "table" / "web"
"""Sessions and their tokens must not be guessed, so they come from the system's secrets; no play rests on them."""


def test_all_chance_goes_through_dice() -> None:
    found = [
        f"{place(path, node)}: imports {name}; all chance goes through wargame.dice"
        for path in SOURCES
        for node, name in imports(path)
        if (name.split(".")[0] in {"random", "secrets", "uuid"} or name.startswith("numpy.random"))
        and not (name.split(".")[0] == "secrets" and path.parent == DOOR)
    ]
    found += [
        f"{place(path, node)}: {ast.unparse(node)}; all chance goes through wargame.dice"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"np.random", "numpy.random"}
    ]
    assert not found, "\n".join(found)


def inexact_arithmetic(path: Path) -> Iterator[str]:
    """Places where the last bit of a result depends on the processor."""
    for node in ast.walk(tree(path)):
        where = place(path, node)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"np", "numpy", "math", "np.linalg"}:
            if node.attr in INEXACT:
                yield f"{where}: {ast.unparse(node)} gives other bits on other processors; use wargame.exact"
        elif isinstance(node, ast.ImportFrom) and node.module in {"numpy", "math"}:
            yield from (
                f"{where}: imports {node.module}.{a.name}; use wargame.exact" for a in node.names if a.name in INEXACT
            )
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            yield f"{where}: @ sums in an order that depends on the processor; multiply and sum"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow) and not exact_power(node):
            yield f"{where}: {ast.unparse(node)} is a power of the machine's library; use wargame.exact.power"


def exact_power(node: ast.BinOp | ast.AugAssign) -> bool:
    """Constant powers, squares, and powers of two and a half are exact everywhere."""
    base, exponent = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    if isinstance(base, ast.Constant) and base.value in {2, 0.5}:
        return True
    return ast.unparse(exponent) in {"2", "-2"} or (
        isinstance(base, ast.Constant) and isinstance(exponent, ast.Constant | ast.UnaryOp)
    )


@pytest.mark.parametrize("path", PLAY, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_arithmetic_that_decides_a_run_is_exact(path: Path) -> None:
    found = list(inexact_arithmetic(path))
    assert not found, "\n".join(found)


def test_inexact_arithmetic_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    path = tmp_path / "rule.py"
    for line in (
        "np.exp(x)",
        "math.log(x)",
        "a @ b",
        "x ** 0.4",
        "x **= y",
        "np.linalg.norm(x)",
        "from math import exp",
    ):
        path.write_text(f"y = 1\n{line}\n", encoding="utf-8")
        assert [f.split(":")[0] for f in inexact_arithmetic(path)][:1] == ["rule.py line 2"], line
    path.write_text("np.sqrt(x) + x**2 + 2.0**-52 + 0.5**n + exact.exp(x) + np.maximum(x, 1)\n", encoding="utf-8")
    assert list(inexact_arithmetic(path)) == []


def test_heavy_libraries_are_imported_only_where_they_are_needed() -> None:
    found = []
    for path in SOURCES:
        on_import = set(map(id, at_module_level(path)))
        found += [
            f"{place(path, node)}: imports {name} at module level; import it inside the function that draws or reads"
            for node, name in imports(path)
            if id(node) in on_import and name.split(".")[0] in HEAVY
        ]
    assert not found, "\n".join(found)


def test_heavy_imports_are_told_apart_by_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "part.py"
    path.write_text(
        "import a\nif TYPE_CHECKING:\n    import b\ntry:\n    import c\nexcept E:\n    pass\ndef f():\n    import d\n",
        encoding="utf-8",
    )
    assert [ast.unparse(s) for s in at_module_level(path) if isinstance(s, ast.Import)] == ["import a", "import c"]


@pytest.mark.parametrize("module", ["wargame", "wargame.engine", "wargame.load.scenarios", "wargame.cli"])
def test_a_headless_start_pulls_in_no_heavy_library(module: str) -> None:
    path = PACKAGE.parent / module.replace(".", "/")
    if not (path.with_suffix(".py").exists() or (path / "__init__.py").exists()):
        pytest.skip(f"{module} is not there yet")
    code = f"import {module}, sys; print(*sorted(m for m in {sorted(HEAVY)!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [], f"import {module} also imports {done.stdout.strip()}"


def power_codes() -> list[str]:
    with (ROOT / "maps" / "europe" / "powers.csv").open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def nations() -> list[str]:
    with (ROOT / "maps" / "europe" / "powers.csv").open(encoding="utf-8", newline="") as file:
        return [word for row in csv.DictReader(file) for word in (row["name"], row["adjective"]) if word]


def names_of_play() -> set[str]:
    """Ids of scenarios, plans, overlays and operations."""
    files = [*(ROOT / "scenarios").rglob("*.toml")]
    ids = {m for f in files for m in re.findall(r'^id = "([a-z0-9_]+)"', f.read_text(encoding="utf-8"), re.MULTILINE)}
    return {f.stem for f in files} | ids


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_rule_names_a_nation_a_year_a_scenario_or_an_operation(path: Path) -> None:
    """Renamed units and shifted years must give the same war."""
    codes, names, ids = power_codes(), nations(), names_of_play()
    named = re.compile(rf"\b({'|'.join(map(re.escape, codes + names))})\b|\b19[0-5]\d\b")
    formation = re.compile(rf"^({'|'.join(c.lower() for c in codes)})_[a-z0-9_]+$")
    found = []
    for node in without_docstrings(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            hit = named.search(node.value) or formation.search(node.value)
            if hit or node.value in ids:
                found.append(f"{place(path, node)}: the text {node.value!r} belongs in a scenario, not in a rule")
        elif isinstance(node, ast.Constant) and isinstance(node.value, int) and 1900 <= node.value <= 1959:
            found.append(f"{place(path, node)}: the year {node.value} belongs in a scenario, not in a rule")
        elif isinstance(node, ast.Name) and node.id in codes:
            found.append(f"{place(path, node)}: {node.id} is a nation; a rule knows coalitions only")
    assert not found, "\n".join(found)


HOSTS = [
    *("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org", "snapshot." + "debian"),
    *("conda." + "anaconda", "cra" + "tes.io", "proxy." + "golang"),
]
PATHS = ["/wo" + "rk/", "/t" + "mp/", "/ro" + "ot/", "/ho" + "me/", "/o" + "pt/", "/Us" + "ers/"]


def committed_texts() -> Iterator[tuple[str, str]]:
    """Name and text of each text file git knows; outside a clone there is nothing to look at."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (data := path.read_bytes())[:8000]:
            yield name, data.decode("utf-8")


def test_no_file_names_a_package_registry_or_a_path_of_somebody_s_machine() -> None:
    forbidden = re.compile("|".join(map(re.escape, HOSTS + PATHS)))
    found = [
        f"{name} line {number}: names {hit.group()!r}"
        for name, text in committed_texts()
        for number, line in enumerate(text.split("\n"), start=1)
        if (hit := forbidden.search(line))
    ]
    assert not found, "\n".join(found)


def test_text_files_end_lines_with_lf_and_their_last_line_too() -> None:
    found = [f"{name}: has carriage returns" for name, text in committed_texts() if "\r" in text]
    found += [f"{name}: its last line has no end" for name, text in committed_texts() if text and text[-1] != "\n"]
    assert not found, "\n".join(found)


def test_the_lock_pins_every_package_by_version_and_hash() -> None:
    entries = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    loose = [e for e in entries if not re.fullmatch(r"[a-z0-9.-]+==[\w.+!-]+(\s+--hash=sha256:[0-9a-f]{64})+\s*", e)]
    assert not loose, "\n".join(loose)


def test_the_lock_has_every_dependency_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = {e.split("==")[0] for e in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()}
    missing = {re.split(r"[\s<>=!~\[;]", n)[0].lower() for n in named} - locked
    assert not missing, f"run `make lock`: {', '.join(sorted(missing))} is not in requirements.lock"
