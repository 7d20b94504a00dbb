import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from boilerbench.extractors.catalogue import BUILTIN

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "boilerbench"
WORKER = PACKAGE / "worker"
ADAPTERS = sorted(
    file.stem for file in (WORKER / "adapters").glob("*.py") if file.stem != "__init__"
)
# Modules of the adapters' folder that load no library of an extractor.
SERVING_OTHERS = {"function", "options"}
TOP_LEVEL = {
    "trafilatura": {"trafilatura"},
    "readability-lxml": {"readability"},
    "html-text": {"html_text"},
    "justext": {"justext"},
    "resiliparse": {"resiliparse"},
    "w3lib": {"w3lib"},
}
LINTER = "import sys; from importlinter.cli import lint_imports_command as run; run(sys.argv[1:])"


def lint(folder, source):
    return subprocess.run(
        [sys.executable, "-c", LINTER, "--no-cache", "--config", str(folder / "pyproject.toml")],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def imports(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign(file):
    """What a module of the worker imports but need not find in an extractor's environment."""
    for name in imports(file):
        top = name.partition(".")[0]
        ours = re.match(r"boilerbench\.(types|worker)\b", name)
        if not ours and top not in sys.stdlib_module_names:
            yield top


def test_import_contracts_hold():
    checked = lint(ROOT, ROOT / "src")
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def test_a_forbidden_import_is_caught(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    copy = shutil.copytree(PACKAGE, tmp_path / "src" / "boilerbench")
    assert lint(tmp_path, tmp_path / "src").returncode == 0
    with (copy / "text.py").open("a") as text:
        text.write("\nimport boilerbench.cli.main\n")
    checked = lint(tmp_path, tmp_path / "src")
    assert checked.returncode == 1
    assert "boilerbench.text is not allowed to import boilerbench.cli" in checked.stdout


@pytest.mark.parametrize("module", sorted(file.stem for file in WORKER.glob("*.py")))
def test_the_worker_needs_the_standard_library_only(module):
    assert set(foreign(WORKER / f"{module}.py")) == set()


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_imports_only_what_its_catalogue_entry_requires(adapter):
    required = {name for b in BUILTIN.values() if b.adapter == adapter for name in b.requires}
    provided = set().union(*(TOP_LEVEL[name] for name in required))
    assert set(foreign(WORKER / "adapters" / f"{adapter}.py")) == provided


def test_every_adapter_has_a_catalogue_entry():
    assert {builtin.adapter for builtin in BUILTIN.values()} == set(ADAPTERS) - SERVING_OTHERS


@pytest.mark.parametrize(
    "module",
    ["boilerbench", "boilerbench.cli.main", "boilerbench.worker.loop", "boilerbench.api"],
)
def test_importing_loads_nothing_heavy(module):
    program = (
        f"import sys, {module};"
        "print(*sorted({'polars', 'jinja2', 'rich', 'lxml', 'trafilatura'} & set(sys.modules)))"
    )
    heavy = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert heavy.stdout.split() == []


@pytest.mark.parametrize("name", sorted(__import__("boilerbench").__all__))
def test_the_package_offers_what_it_says(name):
    import boilerbench

    assert callable(getattr(boilerbench, name))


def test_the_package_has_nothing_that_it_does_not_say():
    import boilerbench

    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        boilerbench.runn  # noqa: B018


def test_no_module_is_longer_than_400_lines():
    long = {
        file.name: lines
        for file in (*PACKAGE.rglob("*.py"), *(ROOT / "corpora").rglob("*.py"))
        if (lines := len(file.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
