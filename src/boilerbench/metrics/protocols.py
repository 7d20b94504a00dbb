"""Published evaluations as named sets of metrics, each equal to its original to the last digit.

A protocol has the quirks of its original, and its docstring says which; boilerbench's own has none
of them. What they score stands in the signatures of their metrics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from boilerbench.errors import UserError, unknown_name
from boilerbench.metrics import metric
from boilerbench.metrics.base import Metric

OWN = "boilerbench"


def boilerbench() -> Sequence[str]:
    """Tokens and 4-token shingles, in every language: the default.

    Both texts empty is 1, one of them empty 0; a failure is 0; figures are means over pages.
    """
    return ("token", "shingle")


def scrapinghub() -> Sequence[str]:
    r"""Scrapinghub's article extraction benchmark (2020, commit 4a3bc97): 4-token shingles.

    Tokens are `\w+`, case kept. Its quirks: precision is a mean over the pages whose output has a
    token, so that an empty answer costs recall only; F1 is the harmonic mean of mean precision and
    mean recall, no mean of F1. Its accuracy is the share of pages with equal token lists. A failure
    counts as an empty text.
    """
    words = "norm=keep,tok=word,failed=text"
    return (f"shingle[{words},empty=skip,avg=f1-of-means]", f"exact[{words}]")


def wcxb() -> Sequence[str]:
    r"""WCXB's script: multisets of `\w+`, lower-cased, and the shares of snippets that are found.

    Its quirks: a page without forbidden snippets counts as if all of them had been found, and one
    without wanted ones as if all were; white space in snippets is not normalised.
    """
    return (
        "token[norm=lower,tok=word,failed=text]",
        "snippets[norm=lower,space=keep,empty=one,failed=text]",
    )


def sigir23() -> Sequence[str]:
    """SIGIR 2023 (chatnoir): ROUGE-LSum and "Levenshtein" over white-space tokens.

    The study of Bevendorff, Gupta, Kiesel and Stein.

    Its quirks: an empty gold gives recall 1 to every text, and precision and F1 of 1 to an empty
    one; what it calls Levenshtein is 2·LCS/(m+n), the F1 of `lcs` here. Sentences come from NLTK's
    Punkt model for English, whatever the language of the page. Its overall means are means of the
    corpora's means.
    """
    return (
        "rouge-lsum[norm=keep,tok=space,split=punkt,empty=recall1,failed=text]",
        "lcs[norm=keep,tok=space,failed=text]",
    )


def trafilatura() -> Sequence[str]:
    """Trafilatura's evaluation: snippets that must and must not be found, counted over all pages.

    Case kept, white space normalised. Its quirk: an output that is not there finds no forbidden
    snippet, and is rewarded for that in precision and accuracy.
    """
    return ("segments[norm=keep,failed=text]",)


def dragnet() -> Sequence[str]:
    r"""Dragnet's evaluation (Peters and Lecocq 2013): sets of tokens, and blocks.

    Tokens are what `[\W_]+` separates, case kept, as sets. A block of the page is content if the
    token LCS with the gold matches more than a tenth of it, and counts by its tokens. Its quirk:
    two empty texts score 0. The blocks are ours, cut by another parser than dragnet's.
    """
    return (
        "token-set[norm=keep,tok=dragnet,empty=zero,failed=text]",
        "dragnet-blocks[failed=text]",
    )


def cleaneval() -> Sequence[str]:
    """CleanEval by Evert's script of 2008: words aligned by difflib, and labelled segment marks.

    Its quirks: every line that begins with URL is dropped, not the first alone; the marks <p>, <h>,
    <l> count as words too; white space at either end of a text makes an empty word; difflib leaves
    frequent words of texts of 200 words and more unaligned; two texts without marks score 0 by
    marks.
    """
    marks = "marks=labelled,ends=count,url=drop,failed=text"
    return (f"cleaneval[{marks}]", f"cleaneval-marks[{marks}]")


def webmainbench() -> Sequence[str]:
    """WebMainBench: 5-grams of jieba's words, and edit similarity of text, code, formulas, tables.

    Its quirks: a text of fewer than five words scores 0 even against itself; pages without such
    a part on either side are left out, so that the parts are means over different pages; its TEDS
    compares two trees of one node.
    """
    parts = (f"webmainbench-part[part={part}]" for part in ("text", "code", "formula", "table"))
    return (
        "rouge-n[n=5,norm=keep,tok=jieba,empty=both1,failed=text]",
        *parts,
        "webmainbench-part[part=teds]",
    )


PROTOCOLS: dict[str, Callable[[], Sequence[str]]] = {
    make.__name__: make
    for make in (
        boilerbench, scrapinghub, wcxb, sigir23, trafilatura, dragnet, cleaneval, webmainbench
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """A metric, and the protocol that it belongs to, if it was chosen by that."""

    metric: Metric[Any]
    protocol: str | None


def chosen(metrics: Sequence[str], protocols: Sequence[str] = ()) -> list[Chosen]:
    """The metrics of protocols, and metrics as written. One that two protocols share counts once;
    one that is written twice, under whatever names, is a mistake, and raises `UserError`."""
    found: dict[str, Chosen] = {}
    for protocol in protocols:
        if protocol not in PROTOCOLS:
            raise unknown_name("protocol", protocol, PROTOCOLS)
        for written in PROTOCOLS[protocol]():
            made = metric(written)
            found.setdefault(made.signature, Chosen(made, protocol))
    named: dict[str, str] = {}
    for written in metrics:
        made = metric(written)
        if made.signature in named:
            other = named[made.signature]
            same = "is named twice" if other == made.name else f"is the same as {other!r}"
            raise UserError(f"{made.name!r} {same}")
        named[made.signature] = made.name
        found.setdefault(made.signature, Chosen(made, None))
    return list(found.values())
