"""The pytest plug-in: an extractor's own tests may say that it has not become worse.

    def test_quality(boilerbench):
        boilerbench.assert_no_regression(extract, corpus="gazette")

`extract` takes a `boilerbench.Page` and gives text or None, as for `boilerbench run`; or it is what
`--extractor` takes, such as "trafilatura". It is compared with a baseline beside the test's file,
which `pytest --boilerbench-accept` writes, to be committed. The marker `boilerbench` holds options
for all calls in a test; whoever uses the fixture has it, so that `-m "not boilerbench"` leaves them
out.

pytest imports this at every start: nothing here may import more than pytest before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from boilerbench.types import Page
    from boilerbench.verdict import Report

Extract = Callable[["Page"], "str | None"]

FOLDER = "boilerbench-baseline"
"""Beside the test's file; in it a folder for each such file, with one for each baseline."""

_OPTIONS: Mapping[str, Any] = {
    "corpus": "gazette",
    "source": None,
    "metric": None,
    "protocol": None,
    "sample": None,
    "seed": 0,
    "timeout": None,
    "memory": None,
    "tolerance": None,
    "name": None,
}
_MARKER = f"boilerbench({', '.join(_OPTIONS)}): options for what boilerbench asserts in this test"
_ACCEPTED = pytest.StashKey[list[str]]()
_USED = pytest.StashKey[dict[Path, object]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--boilerbench-accept`."""
    parser.getgroup("boilerbench").addoption(
        "--boilerbench-accept",
        action="store_true",
        help="make what boilerbench finds the baseline for later tests, worse or not",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)
    config.stash[_ACCEPTED] = []
    config.stash[_USED] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the fixture."""
    for item in items:
        if "boilerbench" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.boilerbench)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which baselines have been written."""
    if accepted := config.stash[_ACCEPTED]:
        terminalreporter.section("boilerbench: accepted, to be committed")
        for line in accepted:
            terminalreporter.line(line)


@pytest.fixture
def boilerbench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Boilerbench:
    """Asserts that an extractor has not become worse."""
    defaults: dict[str, Any] = {}
    for mark in request.node.iter_markers("boilerbench"):  # the nearest first
        if mark.args:
            raise pytest.UsageError("the marker boilerbench takes keywords only: corpus='gazette'")
        defaults = {**mark.kwargs, **defaults}
    return Boilerbench(request, tmp_path_factory, defaults)


class Boilerbench:
    """What the fixture gives."""

    def __init__(
        self,
        request: pytest.FixtureRequest,
        folders: pytest.TempPathFactory,
        defaults: Mapping[str, Any],
    ) -> None:
        self._config = request.config
        self._beside = request.path.parent / FOLDER / request.path.stem
        self._folders = folders
        self._defaults = defaults

    def assert_no_regression(self, extract: Extract | str, **options: Any) -> None:
        """Fail unless `extract` is as good as its baseline, by the rules of `boilerbench check`,
        cost aside. Options come from here, else from the marker:

        - `corpus` ("gazette"), `source`, `metric`, `protocol`, `sample` with `seed`, `timeout` (s)
          and `memory` (bytes) are those of `boilerbench.run`;
        - `tolerance`: the drop of F1 that is let pass, of every metric;
        - `name`: of the baseline, else made of the extractor's and the corpus's.

        A function that stands at the top of a module runs in worker processes, with a deadline for
        each page. Any other callable (a lambda, a method, a closure) runs in this process: an
        exception is that page's failure, but a hang or a crash is that of the tests.
        """
        __tracebackhide__ = True
        given = {**_OPTIONS, **self._defaults, **options}
        failed = _misused(extract, given) or self._judged(extract, given)
        if failed:
            pytest.fail(failed, pytrace=False)

    def _judged(self, extract: Extract | str, given: Mapping[str, Any]) -> str | None:
        """What is wrong, in words; None if nothing is."""
        from boilerbench.accepted import is_there, write_baseline
        from boilerbench.check import check
        from boilerbench.errors import UserError
        from boilerbench.gates import TOLERANCE, Gates

        corpus = given["corpus"]
        name = given["name"] or f"{_called(extract)}-{Path(str(corpus)).stem}"
        folder = self._beside / _as_file(name)
        who = extract, sorted((key, str(value)) for key, value in given.items())
        if self._config.stash[_USED].setdefault(folder, who) != who:
            return f"boilerbench: two assertions share {folder}: give each a name="
        accepting = self._config.getoption("boilerbench_accept")
        there = is_there(folder)
        if not (there or accepting):
            return (
                f"boilerbench: no baseline in {folder}\n"
                "to make what the extractor gives now the baseline: pytest --boilerbench-accept"
            )
        try:
            output = self._folders.mktemp("boilerbench") / "run"
            run = _run(extract, output, given)
            tolerance = TOLERANCE if given["tolerance"] is None else given["tolerance"]
            gates = Gates(tolerances={"default": tolerance})
            report = check(run, folder, gates) if there else None
            if accepting:
                write_baseline(run, folder)
                said = f": {report.said}, beside the baseline before" if report else ""
                self._config.stash[_ACCEPTED].append(f"{folder}{said}")
                lowered = (
                    [f"  {one.title}: {one.reason}" for one in report.wrong()] if report else []
                )
                self._config.stash[_ACCEPTED] += lowered
                return None
        except UserError as problem:
            return f"boilerbench: {problem}"
        assert report is not None
        return _told(report) if report.exit_code else None


def _misused(extract: object, given: Mapping[str, Any]) -> str | None:
    """What is wrong with a call, in words; None if nothing is."""
    for name in given:
        if name not in _OPTIONS:
            return f"boilerbench has no option {name!r}; it has {', '.join(_OPTIONS)}"
    if not (callable(extract) or isinstance(extract, str)):
        return f"boilerbench: {extract!r} is neither a function nor an extractor's name"
    tolerance = given["tolerance"]
    number = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
    if tolerance is not None and not (number and 0 <= tolerance <= 1):
        return f"boilerbench: tolerance must be a number from 0 to 1, not {tolerance!r}"
    return None


def _run(extract: Extract | str, output: Path, given: Mapping[str, Any]) -> Any:
    """The finished run of one extractor."""
    from boilerbench import api
    from boilerbench.types import Selection

    selection = Selection(sample=given["sample"], seed=given["seed"])
    common = {
        "metrics": given["metric"],
        "protocol": given["protocol"],
        "source": given["source"],
        "selection": selection,
        "output": output,
        "report": False,  # unless it is needed
        "command": "pytest",
    }
    written = extract if isinstance(extract, str) else _spec(extract, output.parent)
    if written is None:
        assert not isinstance(extract, str)
        texts = output.parent / f"{_as_file(_called(extract))}.jsonl"
        _extract_here(extract, texts, given["corpus"], given["source"], selection)
        return api.score(texts, given["corpus"], **common)
    limits = {key: given[key] for key in ("timeout", "memory") if given[key] is not None}
    return api.run(given["corpus"], written, **common, **limits)


def _spec(extract: Extract, folder: Path) -> str | None:
    """How a worker can be told to load a function; None if it cannot be."""
    import sys

    module = sys.modules.get(getattr(extract, "__module__", None) or "")
    name = getattr(extract, "__qualname__", "")
    file = getattr(module, "__file__", None)
    if not (name.isidentifier() and file and getattr(module, name, None) is extract):
        return None
    assert module is not None
    if not module.__package__:
        return f"{_called(extract)}={file}:{name}"
    # Of a package, it may import its neighbours by relative names.
    shim = folder / f"{name}_of_{module.__name__.replace('.', '_')}.py"
    shim.write_text(
        f"import sys\n\nsys.path += {[path for path in sys.path if path]!r}\n\n"
        f"from {module.__name__} import {name}\n",
        encoding="utf-8",
    )
    return f"{_called(extract)}={shim}:{name}"


def _extract_here(
    extract: Extract,
    file: Path,
    corpus: str | Path,
    source: str | Path | None,
    selection: Any,
) -> None:
    """Write what `extract` gives for each page, as predictions. A page that fails is not there,
    which makes it a failure."""
    import json

    from boilerbench.corpora import load_corpus

    with file.open("w", encoding="utf-8") as lines:
        for page in load_corpus(str(corpus), source, selection).pages():
            try:
                text = extract(page)
            except Exception as problem:
                print(f"boilerbench: {page.id}: {type(problem).__name__}: {problem}")
                continue
            if text is None or isinstance(text, str):
                lines.write(json.dumps({"id": page.id, "text": text}) + "\n")
            else:
                print(f"boilerbench: {page.id}: returned {type(text).__name__}, not str")


def _called(extract: Extract | str) -> str:
    if isinstance(extract, str):
        return extract
    name = getattr(extract, "__name__", None) or type(extract).__name__
    return "lambda" if name == "<lambda>" else str(name)


def _as_file(name: str) -> str:
    """A name without what is awkward in that of a folder."""
    return "".join(c if c.isalnum() or c in "-_.+" else "-" for c in name).strip(".-") or "unnamed"


def _told(report: Report) -> str:
    """The verdicts, and the ten pages that got worst."""
    from boilerbench.report import write_report
    from boilerbench.report.sources import reloaded
    from boilerbench.report.verdicts import terminal
    from boilerbench.report.words import changes
    from boilerbench.store import Run

    run = Run(report.run)
    write_report(run)
    corpora = reloaded(run)[0] if report.worst else {}
    told = terminal(report, changes(report, run, None, corpora) if report.worst else {})
    return f"{told}to make this the baseline all the same: pytest --boilerbench-accept"
