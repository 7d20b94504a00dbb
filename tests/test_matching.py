"""Who of a run is compared with whom of a baseline."""

import pytest

from boilerbench.baseline import Baseline
from boilerbench.matching import gone, metrics_of, why_another_corpus

GOLD = {"p1": "one two three", "p2": "four five six"}
TEXTS = {page: ("ok", text, None) for page, text in GOLD.items()}


@pytest.fixture
def made(finished, tmp_path):
    def of(*metrics):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        return Baseline.of(finished(path, GOLD, {"c": {"x": TEXTS}}, metrics=metrics))

    return of


@pytest.mark.parametrize(
    ("before", "after", "pairs", "lost"),
    [
        # By the run's metric: what it is compared with, and what it stands in the place of.
        (["token", "exact"], ["exact", "token"], [("exact", None), ("token", None)], []),
        (["shingle", "shingle[n=5]"], ["shingle"], [("shingle", None)], ["shingle[n=5]"]),
        (["shingle[n=5]", "shingle"], ["shingle"], [("shingle", None)], ["shingle[n=5]"]),
        (["shingle"], ["shingle[n=5]"], [(None, "shingle")], []),
        (["shingle"], ["shingle", "shingle[n=5]"], [("shingle", None), (None, None)], []),
        (
            ["shingle[n=5]", "shingle[n=6]"],
            ["shingle[n=7]"],
            [(None, "shingle[n=5]")],
            ["shingle[n=6]"],
        ),
        (
            ["shingle[n=5]", "shingle"],
            ["shingle[n=7]", "shingle"],
            [(None, "shingle[n=5]"), ("shingle", None)],
            [],
        ),
        (
            ["shingle[n=5]", "shingle[n=6]"],
            ["shingle[n=7]", "shingle[n=8]"],
            [(None, "shingle[n=5]"), (None, "shingle[n=6]")],
            [],
        ),
        (["token"], ["exact"], [(None, None)], ["token"]),
    ],
)
def test_metrics(made, before, after, pairs, lost):
    before, after = made(*before), made(*after)
    found = metrics_of(after, before)
    assert [(one.before, one.other) for one in found] == pairs
    for one in found:
        assert one.reason.startswith("another metric: n ") == bool(one.other)
        assert bool(one.reason) == (one.before is None)
    said = [f"metrics of the baseline that the run has not: {', '.join(lost)}"] if lost else []
    assert gone(after, before, {"x": "x"}) == said


def test_a_namesake_comes_before_others_of_its_family(made):
    before, after = made("token", "token[norm=lower]"), made("token[norm=keep]", "exact")
    after.info["metrics"][0]["name"] = "token"
    before.info["metrics"][0]["signature"] = before.info["metrics"][0]["signature"] + "1"
    assert [one.other for one in metrics_of(after, before)] == ["token", None]
    before.info["metrics"].reverse()
    assert [one.other for one in metrics_of(after, before)] == ["token", None]


def test_pages_that_one_of_them_lacks(made):
    """Somebody has edited the files."""
    whole = made("token")
    part = whole.part("c", ["p1"], "sha256:0")
    assert why_another_corpus("c", whole, part) == "the baseline lacks 1 of the pages"
    assert why_another_corpus("c", part, whole) == "the run lacks 1 of the pages"
    assert why_another_corpus("c", whole, whole) is None
