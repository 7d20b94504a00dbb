"""Rankings made by hand."""

from boilerbench.ranking import Pair, Ranked, Ranking
from boilerbench.scoring import Row
from boilerbench.stats import Difference, Interval

HOSTILE = [
    "a|b",
    "a\\|b",
    "ends with \\",
    "<script>alert(1)</script>",
    "</td></table><script>alert(1)</script>",
    "one\ntwo\r\n\n| three |",
    "![x](http://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "\"><img src=x onerror=alert(1)>'",
    "`a",
    "# 日本 &amp;",
]


def row(extractor="x", precision=0.5, recall=0.5, f1=0.5, cpu_ms=1.5, **others):
    given = {
        "corpus": "c", "corpus_version": "1", "corpus_digest": "sha256:0", "version": "1",
        "metric": "token", "signature": "overlap|n:1|v:1", "pages": 3, "scored": 3, "more": {},
        "f1_median": f1, "micro_precision": precision, "micro_recall": recall, "micro_f1": f1,
        "failures": {},
    } | others  # fmt: skip
    return Row(
        extractor=extractor, precision=precision, recall=recall, f1=f1, cpu_ms=cpu_ms, **given
    )


def around(value):
    return Interval(value, value - 0.05, value + 0.04)


def ranking(*rows, figure="f1", letters=None, pairs=()):
    """Of rows in their order, each told apart from all others unless `letters` say otherwise."""
    letters = letters or [chr(ord("a") + place) for place in range(len(rows))]
    ranked = []
    for place, (one, shown) in enumerate(zip(rows, letters, strict=True), 1):
        values = {name: getattr(one, name) for name in ("precision", "recall", "f1")} | one.more
        intervals = {name: around(value) for name, value in values.items() if value is not None}
        ranked.append(Ranked(one, intervals, shown, (place, place), set(shown) >= {"a"}))
    first = rows[0]
    return Ranking(
        first.corpus, first.part, first.metric, first.signature, first.protocol, figure,
        first.pages, "10,000 resamples of 3 pages, seed 0", tuple(ranked), tuple(pairs),
        "paired permutation test, two-sided, Holm-corrected for 1 pair",
    )  # fmt: skip


def pair(first, second, value=-0.1, p=0.01, effect=-0.5):
    return Pair(first, second, Difference(value, value - 0.05, value + 0.05, p), p, effect, 1, 0, 2)
