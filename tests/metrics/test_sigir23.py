import csv
import json

import pytest

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.types import Gold

LSUM, LCS = (one.metric for one in chosen((), ["sigir23"]))
WITH_ROUGE = (
    "boilernet boilerpipe bte crawl4ai dragnet extractnet go_domdistiller goose3 justext"
    " news_please newspaper3k readability resiliparse trafilatura web2text"
).split()
SYSTEMS = sorted(
    [*WITH_ROUGE, "bs4", "ensemble_best", "ensemble_majority", "ensemble_weighted", "html_text",
     "inscriptis", "lxml_cleaner", "xpath_text"]
)  # fmt: skip


@pytest.fixture(scope="session")
def texts(sigir23):
    def read(system):
        lines = (sigir23 / "model-outputs" / "scrapinghub" / f"{system}.jsonl").open("rb")
        with lines:
            found = map(json.loads, lines)
            return {line["page_id"]: line["plaintext"] or "" for line in found}

    return read


def published(sigir23, kind, system):
    file = sigir23 / "metrics-computed" / kind / "scrapinghub" / f"{kind}_{system}.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_every_published_system_is_checked(sigir23):
    for kind, systems in (("rouge", WITH_ROUGE), ("levenshtein", SYSTEMS)):
        files = (sigir23 / "metrics-computed" / kind / "scrapinghub").glob("*.csv")
        assert sorted(file.stem.partition("_")[2] for file in files) == systems


@pytest.fixture(scope="session")
def prepared(articles):
    """Golds prepared once for all systems."""
    kept = {}

    def of(made, page):
        if (made.name, page) not in kept:
            kept[made.name, page] = made.prepare(Gold(page, articles[page]))
        return kept[made.name, page]

    return of


def figures(made, prepared, text):
    found = made.ratios(made.counts(prepared, text))
    return tuple(float(found[key]) for key in ("precision", "recall", "f1"))


@pytest.mark.usefixtures("punkt")
@pytest.mark.parametrize("system", WITH_ROUGE)
def test_rouge_of_each_page_is_as_published(system, sigir23, texts, hashes, prepared):
    found, rows = texts(system), published(sigir23, "rouge", system)
    assert len({row["hash_key"] for row in rows}) == len(rows) > 170
    for row in rows:
        page = hashes[row["hash_key"]]
        ours = figures(LSUM, prepared(LSUM, page), found[row["hash_key"]])
        theirs = tuple(float(row[key]) for key in ("prec", "rec", "f1"))
        assert ours == pytest.approx(theirs, rel=0, abs=1e-12), page


@pytest.mark.parametrize("system", SYSTEMS)
def test_levenshtein_of_each_page_is_as_published(system, sigir23, texts, hashes, prepared):
    found, rows = texts(system), published(sigir23, "levenshtein", system)
    assert len({row["hash_key"] for row in rows}) == len(rows) > 170
    for row in rows:
        page = hashes[row["hash_key"]]
        *_, ours = figures(LCS, prepared(LCS, page), found[row["hash_key"]])
        assert ours == pytest.approx(float(row["dist"]), rel=0, abs=1e-12), page


@pytest.mark.usefixtures("punkt")
@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [("", "", (1, 1, 1)), ("", "a", (0, 1, 0)), ("a", "", (0, 0, 0)), ("a", "a", (1, 1, 1))],
)
def test_an_empty_gold_gives_recall_to_everybody(gold, text, expected):
    score = LSUM.score(gold, text)
    assert (score.precision, score.recall, score.f1) == expected


def test_its_metrics_are_what_their_names_say():
    assert metric(LSUM.signature) == LSUM
    assert metric("lcs[norm=keep,tok=space,failed=text]") == LCS
