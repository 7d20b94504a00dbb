import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from boilerbench.extractors.specs import BUILTIN

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "boilerbench"
WORKER = PACKAGE / "worker"
ADAPTERS = sorted(
    file.stem for file in (WORKER / "adapters").glob("*.py") if file.stem != "__init__"
)
# Modules of the adapters' folder that no entry of the catalogue names: they serve the adapters, or
# load what a user brings.
SERVING_OTHERS = {
    *("decoding", "document_order", "html_to_text", "korean", "language", "options"),
    *("function", "http", "plugin"),
}
# What a requirement is imported as.
TOP_LEVEL = {
    "beautifulsoup4": "bs4",
    "boilerpy3": "boilerpy3",
    "fugashi": "fugashi",
    "goose3": "goose3",
    "html-text": "html_text",
    "html2text": "html2text",
    "indic-nlp-library": "indicnlp",
    "inscriptis": "inscriptis",
    "jieba": "jieba",
    "justext": "justext",
    "lxml": "lxml",
    "news-please": "newsplease",
    "newspaper4k": "newspaper",
    "nltk": "nltk",
    "pythainlp": "pythainlp",
    "readability-lxml": "readability",
    "resiliparse": "resiliparse",
    "tinysegmenter": "tinysegmenter",
    "trafilatura": "trafilatura",
    "unidic-lite": "unidic_lite",
    "w3lib": "w3lib",
}
# What libraries import by themselves, on some pages or with an option, and do not require.
BY_LIBRARIES = {
    *("fugashi", "indicnlp", "jieba", "lxml", "nltk", "pythainlp", "tinysegmenter", "unidic_lite")
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


def foreign_with_helpers(adapter, seen):
    """The same of an adapter, and of what it imports of the adapters' folder."""
    file = WORKER / "adapters" / f"{adapter}.py"
    seen.add(adapter)
    yield from foreign(file)
    for name in imports(file):
        helper = re.match(r"boilerbench\.worker\.adapters\.(\w+)", name)
        if helper and helper[1] not in seen:
            yield from foreign_with_helpers(helper[1], seen)


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


@pytest.mark.parametrize("adapter", sorted(set(ADAPTERS) - SERVING_OTHERS))
def test_an_adapter_imports_only_what_its_catalogue_entry_requires(adapter):
    entries = [builtin for builtin in BUILTIN.values() if builtin.adapter == adapter]
    for entry in entries:
        provided = {TOP_LEVEL[Requirement(written).name] for written in entry.requires}
        imported = set(foreign_with_helpers(adapter, set()))
        assert imported | (provided & BY_LIBRARIES) == provided
        assert imported >= provided - BY_LIBRARIES


@pytest.mark.parametrize("adapter", sorted({"function", "http", "plugin"} & set(ADAPTERS)))
def test_what_loads_a_users_own_needs_the_standard_library_only(adapter):
    assert set(foreign_with_helpers(adapter, set())) == set()


def test_every_adapter_has_a_catalogue_entry():
    entries = {builtin.adapter for builtin in BUILTIN.values() if builtin.runtime == "python"}
    assert entries == set(ADAPTERS) - SERVING_OTHERS


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
