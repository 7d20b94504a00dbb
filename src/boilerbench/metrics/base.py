"""What all metrics share: parameters, names and signatures, and the way from counts to figures.

A metric gives a few counts for each page. Everything else follows from them without reading a text
again: `ratios` turns counts into figures, for one page or for the sum of many; `terms` are the
numbers of each page whose sums give the average that the metric is configured for, so that a mean
over all pages, over those of one kind, or over ten thousand resamples is a sum and a division.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from boilerbench.errors import UserError, unknown_name
from boilerbench.signature import signature
from boilerbench.text import NORMALISERS, TOKENISERS
from boilerbench.types import Block, Gold, Score

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]
"""Arrays of one shape, one for each count or figure."""

Prepared = TypeVar("Prepared")

_TABLE = "| one | two |\n| --- | --- |\n| three | four |\n"
_PROBE = Gold("", _TABLE, blocks=(Block("table", _TABLE),), markdown=_TABLE)
"""A gold that makes every metric load what it needs."""

_ANSWERED = "answered"  # how many pages did not fail

AVERAGES = ("macro", "micro", "f1-of-means")
EMPTY = ("both1", "zero", "recall1", "skip")


def choice(default: str, *choices: str) -> Any:
    """A parameter that takes one of a few words."""
    return field(default=default, metadata={"choices": choices})


def whole(default: int, least: int = 1, most: int = 1000) -> Any:
    """A parameter that takes a whole number from `least` to `most`."""
    return field(default=default, metadata={"least": least, "most": most})


def share(default: float) -> Any:
    """A parameter that takes a number from 0 to 1."""
    return field(default=default, metadata={"share": True})


@dataclass(frozen=True, slots=True)
class About:
    """What a reader should know of a metric: its name, a sentence, and where it comes from."""

    name: str
    sentence: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Metric(ABC, Generic[Prepared]):
    """A configured definition of how well a text matches its gold. Pure: no I/O, no state. Every
    field but `about` and `plain` is a parameter that decides numbers, and part of the signature.

    `avg` says how pages become one figure: the mean of the pages' figures (`macro`), the figures of
    the pages' summed counts (`micro`), or the means of precision and recall, each over the pages
    where it is defined, and the harmonic mean of these two (`f1-of-means`).

    `failed` says what a failure of the extractor is: 0 for every figure (`zero`), or the same as an
    empty text (`text`), as published evaluations have it.
    """

    about: About = field(compare=False, repr=False)
    plain: Metric[Any] | None = field(default=None, compare=False, repr=False)
    avg: str = choice("macro", *AVERAGES)
    failed: str = choice("zero", "zero", "text")

    family: ClassVar[str]
    version: ClassVar[int] = 1
    counted: ClassVar[tuple[str, ...]] = ("tp", "fp", "fn")
    """The names of the counts, all additive over pages."""
    won: ClassVar[tuple[str, ...]] = ("tp", "neither")
    """The counts of what was got right, to which a page that failed adds nothing."""
    never: ClassVar[tuple[str, ...]] = ()
    """Figures that it never has."""
    worst: ClassVar[Mapping[str, float]] = {}
    """What a failure gives, where that is not 0: of a figure that is better if it is less."""
    needs: ClassVar[str] = "text"
    """What it reads of the gold: `text`, `snippets`, `markdown` or `blocks`."""

    def __post_init__(self) -> None:
        for parameter in _parameters(type(self)):
            _check(parameter, getattr(self, parameter.name))

    @property
    def name(self) -> str:
        """How a user writes it: the name it is known by, and what differs from that."""
        plain = self.plain or self
        options = [
            f"{p.name}={_written(getattr(self, p.name))}"
            for p in _parameters(type(self))
            if getattr(self, p.name) != getattr(plain, p.name)
        ]
        return self.about.name + (f"[{','.join(options)}]" if options else "")

    @property
    def signature(self) -> str:
        """All that decides its numbers, as a canonical string: `boilerbench.metrics.metric` reads
        it back."""
        parameters = {p.name: _written(getattr(self, p.name)) for p in _parameters(type(self))}
        return signature(self.family, parameters, self.version)

    def configured(self, **options: object) -> Self:
        """The same with other parameters. Raises `UserError` for one that it does not have, and
        `ValueError` for a value that it does not take."""
        known = [parameter.name for parameter in _parameters(type(self))]
        for option in options:
            if option not in known:
                raise unknown_name(f"option of {self.about.name}", option, known)
        for option, value in options.items():
            if isinstance(getattr(self, option), float) and type(value) in (int, float):
                options[option] = float(value) + 0.0  # type: ignore[arg-type] # 1 is 1.0, -0.0 is 0.0
        return replace(self, plain=self.plain or self, **options)  # type: ignore[arg-type]

    def parameters(self) -> list[tuple[str, list[str]]]:
        """The parameters of its family alone, with what they can be: the words to choose from, this
        metric's first, or its value as an example."""
        shared = {p.name: p.metadata for p in _parameters(TokenMetric)}
        return [
            (p.name, _values(getattr(self, p.name), p.metadata))
            for p in _parameters(type(self))
            if p.metadata != shared.get(p.name)
        ]

    @abstractmethod
    def prepare(self, gold: Gold) -> Prepared:
        """What `counts` needs of the gold, made once for all extractors."""

    @abstractmethod
    def counts(self, prepared: Prepared, text: str) -> Mapping[str, float]:
        """The small numbers, named as in `counted`, that every figure about this page follows
        from."""

    @abstractmethod
    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """The figures by counts of any shape, elementwise: `precision`, `recall`, `f1`, and what
        else the metric has; NaN where a figure has nothing to say."""

    def check(self, golds: Iterable[Gold]) -> None:
        """Raise `UserError`, before work is spent on pages, if a library is missing that the metric
        needs, or something that it needs of the gold of every page."""
        self.score(_PROBE, _PROBE.text)

    def score(self, gold: str | Gold, text: str) -> Score:
        """The score of one text against its gold. Raises `UserError` if one of them is no text, or
        if a string is not all that the metric needs of the gold."""
        if not isinstance(gold, str | Gold) or not isinstance(text, str):
            given = type(text if isinstance(gold, str | Gold) else gold).__name__
            raise UserError(f"{self.name}: gold and text must be strings, not {given}")
        if isinstance(gold, str) and self.needs in ("snippets", "blocks"):
            raise UserError(
                f"{self.name} needs {self.needs} of the gold, not its text alone",
                "give boilerbench.Gold(page_id, text, must=…, must_not=…, blocks=…)",
            )
        prepared = self.prepare(Gold("", gold) if isinstance(gold, str) else gold)
        counts = self.counts(prepared, text)
        found = self.ratios({name: np.asarray(n, dtype=np.float64) for name, n in counts.items()})
        more = {name: float(value) for name, value in found.items()}
        return Score(
            precision=more.pop("precision"),
            recall=more.pop("recall"),
            f1=more.pop("f1"),
            counts=dict(counts),
            more=more,
            signature=self.signature,
        )

    def pages(self, counts: Columns, failed: NDArray[np.bool_] | None = None) -> dict[str, Floats]:
        """The figures of each page by arrays of shape (pages,). A page of `failed` scores 0, even
        where the gold is empty too: what an extractor did not answer, it did not get right."""
        figures = self.ratios(counts)
        if failed is not None and self.failed == "zero":
            for name in figures.keys() - set(self.never):
                figures[name] = np.where(failed, self.worst.get(name, 0.0), figures[name])
        return figures

    def terms(self, counts: Columns, failed: NDArray[np.bool_] | None = None) -> Columns:
        """What to sum over pages, as arrays of shape (pages,), for `figures` to make an average."""
        if self.avg == "micro":
            if failed is None or self.failed == "text":
                return counts
            kept = {n: np.where(failed, 0.0, v) if n in self.won else v for n, v in counts.items()}
            return kept | {_ANSWERED: 1.0 - failed}
        terms = {}
        for name, values in self.pages(counts, failed).items():
            said = ~np.isnan(values)
            terms[name] = np.where(said, values, 0.0)
            terms[f"{name} pages"] = said.astype(np.float64)
        return terms

    def figures(self, sums: Columns) -> dict[str, Floats]:
        """The averages by sums of `terms`, of any shape; NaN where no page has anything to say."""
        if self.avg == "micro":
            found = self.ratios({name: sums[name] for name in self.counted})
            if _ANSWERED in sums:
                # Nothing to find and nothing found is perfect, but not if all pages failed.
                lost = sums[_ANSWERED] == 0
                for name in found.keys() - set(self.never):
                    found[name] = np.where(lost & (found[name] > 0), 0.0, found[name])
            return found
        found = {
            name: divide(sums[name], sums[f"{name} pages"], math.nan)
            for name in sums
            if not name.endswith(" pages")
        }
        if self.avg == "f1-of-means":
            found["f1"] = harmonic(found["precision"], found["recall"])
        return found

    def aggregate(
        self, counts: Columns, failed: NDArray[np.bool_] | None = None
    ) -> dict[str, float]:
        """The figures of many pages as one, in the way of `avg`."""
        sums = {
            name: np.asarray(np.sum(values)) for name, values in self.terms(counts, failed).items()
        }
        return {name: float(value) for name, value in self.figures(sums).items()}


@dataclass(frozen=True, kw_only=True)
class TokenMetric(Metric[Prepared]):
    r"""A metric on tokens.

    `norm` says how a text is normalised before: case-folded and NFKC (`nfkc_casefold`), in lower
    case (`lower`), or as it is (`keep`).

    `tok` says how it is cut up: into Unicode words, and characters in scripts without spaces
    (`unicode`), Python's `\w+` (`word`), at white space (`space`), into runs of a to z and 0 to 9
    (`alnum`), at `[\W_]+` (`dragnet`), into the words of jieba (`jieba`), or characters (`char`).

    `empty` says what is scored where one side has nothing, or both: both empty is 1, one of them 0
    (`both1`); whatever has nothing to divide by is 0, as in the rouge-score package and dragnet
    (`zero`); an empty gold gives recall 1, and precision and F1 of 1 only to an empty text, as in
    SIGIR'23 (`recall1`); precision says nothing of an empty text and recall nothing of an empty
    gold, as in scrapinghub's benchmark (`skip`).
    """

    norm: str = choice("nfkc_casefold", *NORMALISERS)
    tok: str = choice("unicode", *TOKENISERS)
    empty: str = choice("both1", *EMPTY)

    def tokens(self, text: str) -> tuple[str, ...]:
        """The tokens of a text."""
        return _tokens(text, self.norm, self.tok)

    def matched(
        self, tp: Floats, found: Floats, wanted: Floats, neither: NDArray[np.bool_] | None = None
    ) -> dict[str, Floats]:
        """Precision, recall and F1 of `tp` matches among `found` and `wanted` ones; `neither` says
        where both texts are empty, if that is not where nothing is found or wanted."""
        nothing = math.nan if self.empty == "skip" else 0.0
        precision = divide(tp, found, nothing)
        recall = divide(tp, wanted, nothing)
        f1 = divide(2 * tp, found + wanted, nothing)
        if self.empty == "recall1":
            recall = np.where(wanted == 0, 1.0, recall)
        if self.empty in ("both1", "recall1"):
            nought = (found == 0) & (wanted == 0)
            both = nought if neither is None else nought & neither
            precision, recall, f1 = (
                np.where(both, 1.0, figure) for figure in (precision, recall, f1)
            )
        return {"precision": precision, "recall": recall, "f1": f1}


@lru_cache(maxsize=4)
def _tokens(text: str, norm: str, tok: str) -> tuple[str, ...]:
    """Metrics score the same text one after the other: cut it up once, not once for each."""
    return tuple(TOKENISERS[tok](NORMALISERS[norm](text)))


def divide(above: Floats, below: Floats, otherwise: float) -> Floats:
    """The quotient where there is something to divide by, else `otherwise`."""
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    quotient: Floats = np.full(np.broadcast(above, below).shape, otherwise)
    np.divide(above, below, out=quotient, where=below != 0)
    return quotient


def harmonic(precision: Floats, recall: Floats) -> Floats:
    """F1: 0 where both are 0."""
    both = precision + recall
    return np.where(both == 0, 0.0, divide(2 * precision * recall, both, math.nan))


def _parameters(kind: type[Any]) -> list[Field[Any]]:
    return [f for f in fields(kind) if f.name not in ("about", "plain")]


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(value: object, rule: Mapping[str, Any]) -> list[str]:
    if isinstance(value, bool):
        return [_written(value), _written(not value)]
    return list(dict.fromkeys(map(str, (value, *rule.get("choices", ())))))


def _shown(value: object) -> str:
    """A value as a message quotes it: a number of a thousand digits is no message."""
    written = repr(value)
    return written if len(written) < 40 else f"{written[:40]}…"


def _check(parameter: Field[Any], value: object) -> None:
    name, rule = parameter.name, parameter.metadata
    if "choices" in rule and value not in rule["choices"]:
        raise ValueError(f"{name} must be one of {', '.join(rule['choices'])}, not {value!r}")
    if "least" in rule and (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not rule["least"] <= value <= rule["most"]
    ):
        span = f"from {rule['least']} to {rule['most']}"
        raise ValueError(f"{name} must be a whole number {span}, not {_shown(value)}")
    if "share" in rule and (
        isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1
    ):
        raise ValueError(f"{name} must be a number from 0 to 1, not {value!r}")
    if parameter.type == "bool" and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {value!r}")


def read_parameters(default: Metric[Any], written: Mapping[str, str]) -> dict[str, object]:
    """The parameters of a signature as values. Raises `UserError` if one is missing or unknown, and
    `ValueError` for a value of another type."""
    parameters = {p.name: type(getattr(default, p.name)) for p in _parameters(type(default))}
    for name in parameters:
        if name not in written:
            raise UserError(f"the signature says nothing of {name!r}")
    for name in written:
        if name not in parameters:
            raise unknown_name("parameter in the signature", name, parameters)
    return {name: _read(kind, written[name]) for name, kind in parameters.items()}


def _read(kind: type[Any], text: str) -> object:
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    return kind(text)
