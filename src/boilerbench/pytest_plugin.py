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
    from boilerbench.baseline import Baseline
    from boilerbench.errors import UserError
    from boilerbench.gates import Gates
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
_TO_ACCEPT = "to make what the extractor gives now the baseline: pytest --boilerbench-accept"
_ACCEPTED = "boilerbench_accepted"
"""The property of a test that says what it accepted: of all that a test may leave, properties
reach the summary from the workers of pytest-xdist, too."""
_USED = pytest.StashKey[dict[Path, object]]()
"""Who was judged by which baseline. Each worker of pytest-xdist knows of its own tests only."""

_SHIM = '''\
"""{name} of {module}: a file of SHA-256 {digest}."""

import importlib
import importlib.util
import json
import sys
from pathlib import Path

told = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
sys.path[:0] = [place for place in told["path"] if place not in sys.path]
try:
    spec = importlib.util.find_spec("{module}")
except (ImportError, ValueError):
    spec = None
if spec and spec.origin == told["file"]:
    module = importlib.import_module("{module}")
else:  # pytest --import-mode=importlib
    spec = importlib.util.spec_from_file_location("{module}", told["file"])
    sys.modules["{module}"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
{name} = module.{name}
'''
"""What a worker loads a function from: as pytest finds its module, with all that it imports."""


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
    config.stash[_USED] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the fixture."""
    for item in items:
        if "boilerbench" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.boilerbench)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which baselines have been written."""
    accepted = [
        line
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, line in report.user_properties
        if name == _ACCEPTED
    ]
    if accepted:
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
        self._properties = request.node.user_properties
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
        from boilerbench.accepted import earlier, read_baseline
        from boilerbench.check import check
        from boilerbench.errors import UserError
        from boilerbench.gates import TOLERANCE, Gates
        from boilerbench.report.verdicts import plain

        corpus = given["corpus"]
        name = given["name"] or f"{_called(extract)}-{Path(str(corpus)).stem}"
        folder = self._beside / _as_file(name)
        who = extract, sorted((key, str(value)) for key, value in given.items())
        if self._config.stash[_USED].setdefault(folder, who) != who:
            return f"boilerbench: two assertions share {folder}: give each a name="
        accepting = self._config.getoption("boilerbench_accept")
        try:
            before = earlier(folder)
            if not accepting and (before is None or isinstance(before, UserError)):
                why = before.message if before else f"no baseline in {folder}"
                return f"{plain(f'boilerbench: {why}')}\n{_TO_ACCEPT}"
            output = self._folders.mktemp("boilerbench") / "run"
            after = read_baseline(_run(extract, output, given))
            tolerance = TOLERANCE if given["tolerance"] is None else given["tolerance"]
            gates = Gates(tolerances={"default": tolerance})
            if accepting:
                self._accept(after, before, gates, folder)
                return None
            assert before is not None
            assert not isinstance(before, UserError)
            report = check(after, before, gates)
            return _told(report, after, before) if report.exit_code else None
        except UserError as problem:
            return _mistake(problem)

    def _accept(
        self, after: Baseline, before: Baseline | UserError | None, gates: Gates, folder: Path
    ) -> None:
        """Write the baseline, and say what that lowers."""
        from boilerbench.accepted import write_baseline
        from boilerbench.check import check
        from boilerbench.errors import UserError
        from boilerbench.report.verdicts import figures, plain

        said = ""
        lowered: list[str] = []
        try:
            if isinstance(before, UserError):
                raise before
            if before is not None:
                report = check(after, before, gates)
                said = f": {report.said}, beside the baseline before"
                for one in report.wrong():
                    why = "; ".join(filter(None, (figures(one), one.reason)))
                    lowered.append(f"  {one.title}: {why}")
        except UserError as problem:
            said = f", in place of one that could not be read: {problem.message}"
        assert after.run is not None
        write_baseline(after.run, folder)
        for line in (f"{folder}{said}", *lowered):
            self._properties.append((_ACCEPTED, plain(line)))


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
    import hashlib
    import json
    import sys

    module = sys.modules.get(getattr(extract, "__module__", None) or "")
    name = getattr(extract, "__qualname__", "")
    file = getattr(module, "__file__", None)
    if not (name.isidentifier() and file and getattr(module, name, None) is extract):
        return None
    assert module is not None
    shim = folder / f"{name}_of_{module.__name__.replace('.', '_')}.py"
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    shim.write_text(
        _SHIM.format(name=name, module=module.__name__, digest=digest), encoding="utf-8"
    )
    # Not in the shim itself, whose digest is the extractor's version on every machine.
    told = {"file": str(file), "path": [str(Path(place).absolute()) for place in sys.path]}
    shim.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    return f"{_called(extract)}={shim}:{name}"


def _extract_here(
    extract: Extract,
    file: Path,
    corpus: str | Path,
    source: str | Path | None,
    selection: Any,
) -> None:
    """Write what `extract` gives for each page, or what it fails with, as predictions."""
    import json

    from boilerbench.corpora import load_corpus

    with file.open("w", encoding="utf-8") as lines:
        for page in load_corpus(str(corpus), source, selection).pages():
            try:
                text = extract(page)
                if not (text is None or isinstance(text, str)):
                    raise TypeError(f"returned {type(text).__name__}, not str")
                said = {"text": text}
            except Exception as problem:
                # As a worker has it: a message may hold anything, but a lone surrogate is no text.
                error = f"{type(problem).__name__}: {problem}".encode(errors="replace").decode()
                said = {"error": error}
            lines.write(json.dumps({"id": page.id, **said}) + "\n")


def _called(extract: Extract | str) -> str:
    if isinstance(extract, str):
        return extract
    name = getattr(extract, "__name__", None) or type(extract).__name__
    return "lambda" if name == "<lambda>" else str(name)


def _as_file(name: str) -> str:
    """A name without what is awkward in that of a folder."""
    return "".join(c if c.isalnum() or c in "-_.+" else "-" for c in name).strip(".-") or "unnamed"


def _told(report: Report, after: Baseline, before: Baseline) -> str:
    """The verdicts, and the ten pages that got worst."""
    from boilerbench.report import write_report
    from boilerbench.report.verdicts import terminal
    from boilerbench.report.words import explained
    from boilerbench.store import Run

    write_report(Run(report.run))  # to which the links lead
    return terminal(*explained(report, after, before)) + _TO_ACCEPT


def _mistake(problem: UserError) -> str:
    """In lines that are safe to print: it may quote a page or a file."""
    from boilerbench.report.verdicts import plain

    lines = [f"boilerbench: {problem.message}", *filter(None, [problem.hint])]
    return "\n  ".join(map(plain, lines))
