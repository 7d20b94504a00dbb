"""The published tables of scrapinghub's benchmark, and WCXB's rule on the same texts."""

import re
from collections import Counter

import numpy as np
import pytest

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.types import Gold

SHINGLES, EXACT = (one.metric for one in chosen((), ["scrapinghub"]))
# A few systems whose files are called otherwise than their rows.
ROWS = {"newspaper": "newspaper4k"}
PUBLISHED = re.compile(r"(\S+)\s+(\S.*?)\s+" + r"\s+".join([r"([\d.]+) ± ([\d.]+)"] * 4))


@pytest.fixture(scope="session")
def published(scrapinghub):
    """All rows of all tables: `{system: [(figures, deviations), …]}`, F1 first."""
    rows = {}
    for line in (scrapinghub / "README.rst").read_text("utf-8").splitlines():
        if found := PUBLISHED.fullmatch(line.strip()):
            name, _, *numbers = found.groups()
            rows.setdefault(name, []).append((numbers[::2], numbers[1::2]))
    return rows


@pytest.fixture(scope="session")
def prepared(articles):
    return {
        made.name: {page: made.prepare(Gold(page, gold)) for page, gold in articles.items()}
        for made in (SHINGLES, EXACT)
    }


def counts(made, prepared, texts):
    found = [made.counts(gold, texts[page]) for page, gold in prepared[made.name].items()]
    return {name: np.array([float(c[name]) for c in found]) for name in made.counted}


def test_every_output_has_the_figures_of_a_published_row(published, prepared, outputs):
    assert len(outputs) == 32
    for system, texts in outputs.items():
        figures = SHINGLES.aggregate(counts(SHINGLES, prepared, texts))
        accuracy = EXACT.aggregate(counts(EXACT, prepared, texts))["accuracy"]
        ours = [figures["f1"], figures["precision"], figures["recall"], accuracy]
        rows = published[ROWS.get(system, system)]
        assert [f"{figure:.3f}" for figure in ours] in [row for row, _ in rows], system


def test_no_row_of_the_readme_is_left_unread(published, scrapinghub):
    lines = (scrapinghub / "README.rst").read_text("utf-8").splitlines()
    assert sum(map(len, published.values())) == sum(line.count("±") == 4 for line in lines) > 40


def shingles(text):
    words = re.findall(r"\w+", text)
    if len(words) < 4:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[place : place + 4]) for place in range(len(words) - 3))


def rule(gold, text):
    """Precision and recall of a page as the benchmark describes them; None where it has none."""
    wanted, found = shingles(gold), shingles(text)
    tp, fp, fn = ((wanted & found), (found - wanted), (wanted - found))
    tp, fp, fn = tp.total(), fp.total(), fn.total()
    if tp + fp + fn:
        whole = tp + fp + fn
        tp, fp, fn = tp / whole, fp / whole, fn / whole

    def ratio(wrong, other):
        if wrong == other == 0:
            return 1
        if tp == wrong == 0:
            return None
        return tp / (tp + wrong)

    precision = None if tp + fp == 0 else ratio(fp, fn)
    recall = None if tp + fn == 0 else ratio(fn, fp)
    return precision, recall


@pytest.mark.parametrize("system", ["AutoExtract", "go_domdistiller", "justext", "html-text"])
def test_pages_are_as_an_implementation_of_the_rule_has_them(system, articles, prepared, outputs):
    texts = outputs[system]
    figures = SHINGLES.pages(counts(SHINGLES, prepared, texts))
    exact = EXACT.pages(counts(EXACT, prepared, texts))["accuracy"]
    precisions, recalls = [], []
    for at, page in enumerate(prepared[SHINGLES.name]):
        gold, text = articles[page], texts[page]
        for key, expected in zip(("precision", "recall"), rule(gold, text), strict=True):
            found = figures[key][at]
            assert np.isnan(found) if expected is None else abs(found - expected) < 1e-12
        assert exact[at] == (re.findall(r"\w+", gold) == re.findall(r"\w+", text))
        precisions.append(rule(gold, text)[0])
        recalls.append(rule(gold, text)[1])
    p, r = (
        sum(said) / len(said)
        for said in ([f for f in given if f is not None] for given in (precisions, recalls))
    )
    found = SHINGLES.aggregate(counts(SHINGLES, prepared, texts))
    assert found["f1"] == pytest.approx(2 * p * r / (p + r), rel=0, abs=1e-12)
    assert (found["precision"], found["recall"]) == pytest.approx((p, r), rel=0, abs=1e-12)


@pytest.mark.parametrize("system", ["justext", "newspaper", "AutoExtract"])
def test_wcxbs_tokens_are_what_counting_with_re_gives(system, articles, outputs):
    made = chosen((), ["wcxb"])[0].metric
    assert made == metric("token[norm=lower,tok=word,failed=text]")
    for page, gold in articles.items():
        text = outputs[system][page]
        wanted, found = (Counter(re.findall(r"\w+", side.lower())) for side in (gold, text))
        tp = (wanted & found).total()
        score = made.score(gold, text)
        precision = tp / found.total() if found else 0
        recall = tp / wanted.total() if wanted else 0
        f1 = 2 * precision * recall / (precision + recall) if tp else 0
        expected = (precision, recall, f1) if wanted or found else (1, 1, 1)
        ours = (score.precision, score.recall, score.f1)
        assert ours == pytest.approx(expected, rel=0, abs=1e-12)
