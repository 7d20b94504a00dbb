import numpy as np
import pytest
from scipy import stats

from boilerbench.errors import UserError
from boilerbench.power import power

GOLD = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(10)) for n in range(40)}


def answers(keep, seed):
    random = np.random.default_rng(seed)
    return {
        page: ("ok", " ".join([t for t in text.split() if random.random() < keep]), None)
        for page, text in GOLD.items()
    }


SYSTEMS = {name: answers(keep, n) for n, (name, keep) in enumerate(
    {"a": 0.9, "b": 0.8, "c": 0.6, "d": 0.4}.items()
)}  # fmt: skip
SYSTEMS["everything"] = answers(1, 9)


@pytest.fixture
def run(finished, tmp_path):
    return finished(tmp_path, GOLD, {"c": SYSTEMS}, metrics=("token", "exact"))


def differences(run, first, second):
    frame = run.scores("token").sort("page_id")
    one, other = (frame.filter(frame["extractor"] == name)["f1"] for name in (first, second))
    return (other - one).to_numpy()


def test_it_follows_from_the_differences_of_the_pages(run):
    token, exact = power(run, 0.05, extractors=("a", "c"))
    rose = differences(run, "a", "c")
    assert (token.metric, exact.metric) == ("token", "exact")
    assert token.deviation == pytest.approx(rose.std(ddof=1))
    assert token.difference == pytest.approx(rose.mean())
    quantiles = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    rough = (quantiles * token.deviation / 0.05) ** 2
    assert rough <= token.needed <= rough + 3
    assert token.simulated == pytest.approx(0.8, abs=0.05)
    assert token.detectable == pytest.approx(quantiles * token.deviation / np.sqrt(40), rel=0.03)
    assert (token.pages, token.units, token.noun) == (40, 40, "pages")


def test_so_many_pages_do_show_it(run):
    """Samples of pages as large as it says, by the test that rankings use: exchanging by page."""
    (token, _) = power(run, 0.1, extractors=("a", "c"))
    rose = differences(run, "a", "c")
    rose = rose - rose.mean() + 0.1
    random, seen = np.random.default_rng(0), 0
    for _ in range(300):
        sample = random.choice(rose, token.needed)
        signs = random.choice([-1.0, 1.0], (400, token.needed))
        seen += np.mean(np.abs(signs @ sample) >= abs(sample.sum()) - 1e-9) < 0.05
    assert seen / 300 == pytest.approx(0.8, abs=0.1)


def test_without_names_it_is_of_three_pairs_and_no_reference_line(run):
    found = [one for one in power(run, 0.05) if one.metric == "token"]
    assert len(found) == 3
    assert [one.deviation for one in found] == sorted(one.deviation for one in found)
    assert not {"everything"} & {name for one in found for name in (one.first, one.second)}
    spread = [
        differences(run, one, other).std(ddof=1)
        for at, one in enumerate("abcd") for other in "abcd"[at + 1 :]
    ]  # fmt: skip
    assert (found[0].deviation, found[2].deviation) == (
        pytest.approx(min(spread)), pytest.approx(max(spread)),
    )  # fmt: skip


def test_where_sites_are_drawn_it_takes_as_many_pages_as_those_sites_have(run):
    (alone, _) = power(run, 0.05, extractors=("a", "c"))
    run.write_pages(
        {"corpus": "c", "page_id": page, "site": f"s{at // 4}"} for at, page in enumerate(GOLD)
    )
    (found, _) = power(run, 0.05, extractors=("a", "c"))
    assert (found.pages, found.units, found.noun) == (40, 10, "sites")
    assert found.needed % 4 == 0
    # These sites are no sites: four pages of one say as much as four of others.
    assert 0.3 < found.needed / alone.needed < 3


def test_a_difference_that_does_not_vary_says_nothing(finished, tmp_path):
    same = {"c": {"a": SYSTEMS["a"], "b": SYSTEMS["a"]}}
    (found,) = power(finished(tmp_path, GOLD, same), 0.05)
    assert (found.deviation, found.difference) == (pytest.approx(0), 0)
    assert (found.needed, found.simulated, found.detectable) == (None, None, None)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"corpus": "d"}, "unknown corpus of .* 'd'"),
        ({"extractors": ("a", "z")}, "unknown extractor of .* 'z'"),
        ({"delta": 0}, "from 0.0001 to 1, not 0"),
        ({"delta": 1.5}, "from 0.0001 to 1, not 1.5"),
    ],
)
def test_bad_input_is_one_clear_message(run, more, says):
    with pytest.raises(UserError, match=says):
        power(run, **({"delta": 0.05} | more))


def test_nothing_to_go_by_is_one_clear_message(finished, tmp_path):
    one = finished(tmp_path / "1", GOLD, {"c": {"a": SYSTEMS["a"], "everything": SYSTEMS["b"]}})
    with pytest.raises(UserError, match="no two extractors"):
        power(one, 0.05)
    page = {"p": ("ok", "a", None)}
    single = finished(tmp_path / "2", {"p": "a"}, {"c": {"a": page, "b": page}})
    with pytest.raises(UserError, match="has one page"):
        power(single, 0.05)
