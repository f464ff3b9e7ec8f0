"""The rules that hold the code together, read from the code itself."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "followup_analysis"
SOURCES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DRAWING = {"matplotlib", "seaborn"}
HEAVY = DRAWING | {"scipy", "statsmodels", "tqdm", "python_calamine", "openpyxl"}
HEAVY |= {"duckdb", "icalendar", "polars", "pyarrow", "pyspark"}


def module_of(path: Path) -> str:
    """Name of the module of the list that a file belongs to: all of reading/ is "reading"."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def order() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return re.search(r"```order\n(.*?)```", text, flags=re.DOTALL)[1].split()


def imports(tree: ast.AST, *, types: bool = True, functions: bool = True) -> Iterator[ast.AST]:
    """Yield the import statements, if wished without those for the type checker or in functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            if types:
                yield from imports(node)
        elif functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imports(node, types=types, functions=functions)


def packages(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the outside packages that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return set() if node.level else {node.module.partition(".")[0]}


def own_modules(node: ast.Import | ast.ImportFrom, path: Path) -> set[str]:
    """Return the modules of the list that a statement imports."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if isinstance(node, ast.Import):
        names = [alias.name.split(".") for alias in node.names]
    elif node.level:
        base = parts[: len(parts) - node.level] + (node.module.split(".") if node.module else [])
        names = [[*base, alias.name] for alias in node.names]
    else:
        names = [[*node.module.split("."), alias.name] for alias in node.names]
    return {name[1] for name in names if name[0] == PACKAGE.name and len(name) > 1}


def test_every_module_is_in_the_list():
    modules = {module_of(path) for path in SOURCES} - {"__init__"}
    assert modules <= set(order()), "write the module into the list of CONTRIBUTING.md"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_before_it(path):
    known, module = order(), module_of(path)
    if module == "__init__":
        return
    used = set().union(*(own_modules(node, path) for node in imports(_tree(path)))) - {module}
    assert sorted(name for name in used if known.index(name) > known.index(module)) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_heavy_is_imported_with_the_package(path):
    at_import = imports(_tree(path), types=False, functions=False)
    assert set().union(*map(packages, at_import)) & HEAVY == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_charts_draws(path):
    used = set().union(*map(packages, imports(_tree(path), types=False)))
    assert module_of(path) == "charts" or used & DRAWING == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_input_is_never_asserted(path):
    assert [node.lineno for node in ast.walk(_tree(path)) if isinstance(node, ast.Assert)] == []


def test_the_rules_see_what_breaks_them():
    path = PACKAGE / "history.py"
    tree = ast.parse(
        "if TYPE_CHECKING:\n    import seaborn\n"
        "try:\n    import scipy.stats\nexcept ImportError: pass\n"
        "def f():\n    from .log import JobSearchLog\n    import matplotlib.pyplot\n"
    )
    assert set().union(*map(packages, imports(tree, types=False, functions=False))) == {"scipy"}
    everywhere = list(imports(tree))
    assert set().union(*map(packages, everywhere)) == {"seaborn", "scipy", "matplotlib"}
    assert set().union(*(own_modules(node, path) for node in everywhere)) == {"log"}
    upward = ast.parse("from ..errors import LogError\nfrom .words import plain").body
    inside = PACKAGE / "reading" / "dates.py"
    assert [own_modules(node, inside) for node in upward] == [{"errors"}, {"reading"}]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_short_plain_and_without_outputs(path):
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in code]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code), (
        "the outputs hold names of companies: strip them before committing (see CONTRIBUTING.md)"
    )
    # Without a kernel's name JupyterLab asks for one before it shows anything.
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert len(code) < 15
    assert "LOG =" in sources[0]
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    trees = [ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE)) for source in sources]
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, defined)]


def test_no_committed_file_holds_a_path_of_somebody_s_machine():
    path = re.compile(r"(?<![\w./*-])(?:/(?:root|home|Users|work|tmp)/\w|[A-Z]:\\Users\\)")
    assert path.search('read("' + "/ho" + 'me/ada/log.csv")')
    found = []
    for file in _committed():
        text = file.read_bytes().decode("utf-8", errors="ignore")
        lines = text.splitlines()
        found += [f"{file.name}:{n}" for n, line in enumerate(lines, 1) if path.search(line)]
    assert found == []


def test_the_lock_holds_hashes_and_no_addresses():
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    assert [line for line in lines if "://" in line or "index-url" in line] == []
    pins = [n for n, line in enumerate(lines) if re.match(r"[\w.-]+==", line)]
    assert len(pins) > 50
    assert all("--hash=sha256:" in lines[n + 1] for n in pins)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _committed() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]
