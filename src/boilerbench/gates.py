"""Gates: how large a drop is let pass, and what no figure may fall below, in a TOML file.

    baseline = "default"             # what to check against, if the command does not say
    corpora = ["gazette"]            # these must be there and are judged; without it all are
    extractors = ["trafilatura"]     # the same

    [tolerance]                      # a drop of the figure up to this is let pass
    default = 0.002
    shingle = 0.003

    [cost]
    reference = "readability-lxml"   # what CPU times are divided by
    tolerance = 0.5                  # up to 1.5 times the ratio before is let pass

    [[floor]]                        # whatever the baseline says
    corpus = "gazette"
    extractor = "trafilatura"
    metric = "token"
    at = 0.85

Figures are F1, or recall for a metric without F1. A line for `shingle` is for `shingle[n=5]` too,
unless that has one of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from boilerbench.errors import UserError, unknown_name
from boilerbench.metrics import METRICS, metric
from boilerbench.resources import read_toml

TOLERANCE = 0.002
"""A drop that is let pass where gates do not say: two pages in a thousand, lost altogether."""

COST_TOLERANCE = 0.5
"""On a machine that others use, too, ratios of two runs differ by up to a third; twice as slow is
seen all the same. `boilerbench time` measures better."""

REFERENCES = ("readability-lxml", "everything")
"""What CPU times are divided by where gates do not say, the first that both runs have."""

FILE = Path("bench/gates.toml")
"""Where the gates of a project are, unless the command says."""

_DEFAULT = "default"
_KEYS = ("description", "baseline", "corpora", "extractors", "tolerance", "cost", "floor")
_COST = ("reference", "tolerance")
_FLOOR = ("corpus", "extractor", "metric", "at")


@dataclass(frozen=True, slots=True)
class Floor:
    """The figure of an extractor on a corpus by a metric may not be less than `at`."""

    corpus: str
    extractor: str
    metric: str
    at: float


@dataclass(frozen=True, slots=True)
class Gates:
    """What a check lets pass; see the module. Empty `corpora` and `extractors` are all of them;
    `reference` None is the first of `REFERENCES` that is there."""

    baseline: str | None = None
    corpora: tuple[str, ...] = ()
    extractors: tuple[str, ...] = ()
    tolerances: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    reference: str | None = None
    cost_tolerance: float = COST_TOLERANCE
    floors: tuple[Floor, ...] = ()

    def tolerance(self, metric: str) -> float:
        """How large a drop by a metric is let pass."""
        for name in (metric, metric.partition("[")[0], _DEFAULT):
            if name in self.tolerances:
                return self.tolerances[name]
        return TOLERANCE

    def floor(self, corpus: str, extractor: str, metric: str) -> float | None:
        """What the figure may not fall below, if anything was pinned."""
        for name in (metric, metric.partition("[")[0]):
            for one in self.floors:
                if (one.corpus, one.extractor, one.metric) == (corpus, extractor, name):
                    return one.at
        return None

    def check_names(self, corpora: Collection[str], extractors: Collection[str]) -> None:
        """Raise `UserError` if something is named that neither run nor baseline has: a gate that
        is misspelt would stand open."""
        for what, named, known in (
            ("corpus", (*self.corpora, *(one.corpus for one in self.floors)), corpora),
            (
                "extractor",
                (
                    *self.extractors,
                    *(one.extractor for one in self.floors),
                    *((self.reference,) if self.reference else ()),
                ),
                extractors,
            ),
        ):
            for name in named:
                if name not in known:
                    raise unknown_name(f"{what} in the gates", name, known)


def load_gates(file: str | Path) -> Gates:
    """Read a file of gates. Raises `UserError` for what is not understood."""
    file = Path(file)
    read = read_toml(file)
    _only(file, "", read, _KEYS)
    cost = _table(file, read, "cost")
    _only(file, " in [cost]", cost, _COST)
    reference = cost.get("reference")
    if reference is not None and not isinstance(reference, str):
        raise UserError(f"{file}: cost.reference must be the name of an extractor")
    baseline = read.get("baseline")
    if baseline is not None and not isinstance(baseline, str):
        raise UserError(f"{file}: baseline must be a name in results/, or a folder")
    corpora, extractors = _names(file, read, "corpora"), _names(file, read, "extractors")
    floors = _floors(file, read.get("floor", []))
    for number, one in enumerate(floors, 1):
        for what, name, listed, judged in (
            ("corpus", one.corpus, "corpora", corpora),
            ("extractor", one.extractor, "extractors", extractors),
        ):
            if judged and name not in judged:
                raise UserError(
                    f"{file}: floor {number}: its {what} {name!r} is not among {listed}"
                )
    return Gates(
        baseline=baseline,
        corpora=corpora,
        extractors=extractors,
        tolerances=_tolerances(file, _table(file, read, "tolerance")),
        reference=reference,
        cost_tolerance=_number(file, "cost.tolerance", cost.get("tolerance", COST_TOLERANCE), 100),
        floors=floors,
    )


def _tolerances(file: Path, table: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for written, value in table.items():
        name = written if written == _DEFAULT else _metric(file, written)
        if name in found:
            raise UserError(f"{file}: there are two tolerances of {name}", "keep one of them")
        found[name] = _number(file, f"tolerance.{written}", value)
    return found


def _floors(file: Path, listed: object) -> tuple[Floor, ...]:
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise UserError(f"{file}: floors are tables", "write [[floor]] above each")
    found: dict[tuple[str, ...], Floor] = {}
    for number, one in enumerate(listed, 1):
        where = f"floor {number}"
        _only(file, f" in {where}", one, _FLOOR)
        for key in _FLOOR:
            if key not in one:
                raise UserError(f"{file}: {where} lacks {key!r}")
            if key != "at" and not isinstance(one[key], str):
                raise UserError(f"{file}: {where}: {key} must be a name")
        of = one["corpus"], one["extractor"], _metric(file, one["metric"])
        if of in found:
            raise UserError(f"{file}: {where}: there is one of {', '.join(of)}", "keep one of them")
        found[of] = Floor(*of, _number(file, f"{where}: at", one["at"]))
    return tuple(found.values())


def _metric(file: Path, written: str) -> str:
    """A metric's name as runs have it, whatever the order of its options."""
    try:
        if "[" in written:
            return str(metric(written).name)
        if written not in METRICS:
            raise unknown_name("metric", written, METRICS)
    except UserError as problem:
        raise UserError(f"{file}: {problem.message}", problem.hint) from None
    return written


def _only(file: Path, where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            problem = unknown_name(f"key{where}", f"{key}", known)
            raise UserError(f"{file}: {problem.message}", problem.hint)


def _table(file: Path, read: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = read.get(key, {})
    if not isinstance(found, dict):
        raise UserError(f"{file}: {key} must be a table", f"write [{key}] above its lines")
    return found


def _names(file: Path, read: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = read.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UserError(f"{file}: {key} must be a list of names")
    return tuple(found)


def _number(file: Path, what: str, value: object, most: float = 1) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise UserError(f"{file}: {what} must be a number from 0 to {most:g}, not {value!r}")
    return float(value)
