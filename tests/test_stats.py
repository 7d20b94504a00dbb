import json
import math
import re

import numpy as np
import pytest

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.stats import RESAMPLES, bootstrap
from boilerbench.types import Gold

PAGES = [
    ("a b c d", "a b x"), ("a b", ""), ("", ""), ("c d e", "c d e f g"), ("", "a"),
    ("a a b", "a b"), ("x y z", "z y x"), ("one two three four five", "one two three four"),
]  # fmt: skip
FAILED = np.array([False, True, False, False, False, False, True, False])
NAMES = [
    f"{name}[avg={avg},empty={empty},failed={failed}]"
    for name in ("token", "shingle", "lcs", "exact")
    for avg in ("macro", "micro", "f1-of-means")
    for empty in ("both1", "skip")
    for failed in ("zero", "text")
]


def counted(made, pages=PAGES):
    found = [made.counts(made.prepare(Gold("page", gold)), text) for gold, text in pages]
    return {name: np.array([float(c[name]) for c in found]) for name in made.counted}


def drawn(pages, resamples, seed):
    """The pages of each resample, as the same generator draws them."""
    rng = np.random.default_rng(seed)
    return [rng.integers(pages, size=pages) for _ in range(resamples)]


@pytest.mark.parametrize("name", NAMES)
def test_a_resample_is_the_average_of_the_pages_it_drew(name):
    made = metric(name)
    counts = counted(made)
    found = bootstrap(made, counts, FAILED, resamples=40, seed=7)
    for at, pages in enumerate(drawn(len(PAGES), 40, 7)):
        expected = made.aggregate({k: v[pages] for k, v in counts.items()}, FAILED[pages])
        assert set(found) == set(expected)
        for key, value in expected.items():
            ours = found[key][at]
            assert (math.isnan(ours) and math.isnan(value)) or abs(ours - value) < 1e-14


def test_pooled_counts_are_resampled_exactly():
    made = metric("token[avg=micro]")
    counts = counted(made)
    found = bootstrap(made, counts, resamples=600, seed=3)["f1"]
    for ours, pages in zip(found, drawn(len(PAGES), 600, 3), strict=True):
        tp, fp, fn = (sum(int(counts[k][page]) for page in pages) for k in ("tp", "fp", "fn"))
        assert ours == (2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1)


def test_the_same_seed_gives_the_same_resamples_and_another_others():
    made = metric("token")
    counts = counted(made)
    first, again = (bootstrap(made, counts, seed=5)["f1"] for _ in range(2))
    assert first.shape == (RESAMPLES,)
    assert (first == again).all()
    assert (first[:50] == bootstrap(made, counts, seed=5, resamples=50)["f1"]).all()
    assert (first != bootstrap(made, counts, seed=6)["f1"]).any()
    assert (bootstrap(made, counts)["f1"] == bootstrap(made, counts, seed=0)["f1"]).all()


def test_mean_and_deviation_are_those_of_an_independent_loop():
    made = metric("token")
    values = np.random.default_rng(1).beta(2, 1, 120)
    pages = [("a " * 100, "a " * int(100 * value)) for value in values]
    counts = counted(made, pages)
    found = bootstrap(made, counts, resamples=4000)["f1"]
    figures = made.ratios(counts)["f1"]
    rng = np.random.default_rng(99)
    loop = np.array([rng.choice(figures, len(figures)).mean() for _ in range(4000)])
    deviation = figures.std() / math.sqrt(len(figures))
    # Five standard errors of the mean, and of the deviation, of 4,000 draws.
    assert abs(found.mean() - loop.mean()) < 5 * deviation * math.sqrt(2 / 4000)
    assert abs(found.std() - loop.std()) < 5 * deviation * math.sqrt(1 / 4000)
    assert abs(found.std() - deviation) < 5 * deviation * math.sqrt(1 / 8000)


def test_two_systems_are_resampled_on_the_same_pages():
    made = metric("token")
    better = bootstrap(made, counted(made))["f1"]
    worse = bootstrap(made, counted(made, [(gold, f"{text} x") for gold, text in PAGES]))["f1"]
    assert (better >= worse).all()


def test_nothing_cannot_be_resampled():
    made = metric("token")
    with pytest.raises(ValueError, match="no pages"):
        bootstrap(made, {name: np.empty(0) for name in made.counted})


def test_one_page_does_not_vary():
    made = metric("token")
    found = bootstrap(made, counted(made, [("a b", "a")]), resamples=20)
    assert set(found["f1"]) == {2 / 3}


@pytest.mark.parametrize("system", ["AutoExtract", "boilerpipe"])
def test_published_deviations_are_within_their_sampling_error(system, scrapinghub):
    truth = json.loads((scrapinghub / "ground-truth.json").read_text("utf-8"))
    texts = json.loads((scrapinghub / "output" / f"{system}.json").read_text("utf-8"))
    pages = [(gold["articleBody"], texts[page]["articleBody"]) for page, gold in truth.items()]
    readme = (scrapinghub / "README.rst").read_text("utf-8")
    row = re.search(rf"^ +{system} .*$", readme, re.MULTILINE)[0]
    f1, precision, recall, accuracy = map(float, re.findall(r"± ([\d.]+)", row))
    shingles, exact = (one.metric for one in chosen((), ["scrapinghub"]))
    for made, expected in (
        (shingles, {"f1": f1, "precision": precision, "recall": recall}),
        (exact, {"accuracy": accuracy}),
    ):
        found = bootstrap(made, counted(made, pages), resamples=10_000)
        for key, published in expected.items():
            deviation = found[key].std()
            # The published one is rounded, and a deviation of 1,000 draws errs by about 2.2 %.
            assert abs(deviation - published) < 0.0005 + 4 * deviation / math.sqrt(2 * 1000)
