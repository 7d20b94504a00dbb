import json
import os
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import boilerbench as bb
from boilerbench import api
from boilerbench.accepted import read_baseline, write_baseline
from boilerbench.check import check
from boilerbench.errors import UserError
from boilerbench.extractors.environments import prepared
from boilerbench.extractors.specs import specs as specs_of
from boilerbench.gates import Floor, Gates
from boilerbench.types import Selection
from tests.registries import python_index, skip_if_silent

GOLD = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(20)) for n in range(40)} | {"p99": ""}


def texts(keep):
    """Of each page the first words, as many as `keep` says by its number."""
    return {
        page: ("ok", " ".join(text.split()[: keep(n)]), 0.01) if text else ("empty", "", 0.01)
        for n, (page, text) in enumerate(GOLD.items())
    }


GOOD = texts(lambda n: 18 - n % 3)
WORSE = texts(lambda n: 18 - n % 3 - (n % 2) * (1 + n % 4))


@pytest.fixture
def made(finished, tmp_path):
    """Makes finished runs of corpus c: `made(x=…, y=…)`."""
    numbers = iter(range(100))

    def make(corpus="c", gold=GOLD, metrics=("token", "shingle"), **systems):
        path = tmp_path / str(next(numbers))
        return finished(path, gold, {corpus: systems}, metrics=metrics, corpora=(corpus,))

    return make


def said(report):
    return {(one.extractor, one.what): one.said for one in report.verdicts}


class TestMetrics:
    def test_worse_better_and_same(self, made):
        before, after = made(x=GOOD, y=GOOD), made(x=WORSE, y=GOOD)
        report = check(after, before)
        assert said(report) == {
            ("x", "token"): "worse",
            ("x", "shingle"): "worse",
            ("x", "failures"): "same",
            ("y", "token"): "same",
            ("y", "shingle"): "same",
            ("y", "failures"): "same",
        }
        assert (report.exit_code, report.said) == (1, "worse")
        assert check(before, after).exit_code == 0
        assert said(check(before, after))["x", "token"] == "better"
        assert check(before, before).exit_code == 0

    def test_figures_are_those_of_the_pages(self, made):
        before, after = made(x=GOOD), made(x=WORSE)
        verdict = check(after, before).verdicts[0]
        one, two = (run.scores("token").sort("page_id")["f1"].to_numpy() for run in (before, after))
        assert (verdict.before, verdict.after) == (
            pytest.approx(one.mean()), pytest.approx(two.mean()),
        )  # fmt: skip
        assert verdict.difference.value == pytest.approx((two - one).mean())
        random = np.random.default_rng(5)
        drawn = (two - one)[random.integers(len(one), size=(20_000, len(one)))].mean(axis=1)
        assert [verdict.difference.low, verdict.difference.high] == [
            pytest.approx(bound, abs=0.002) for bound in np.percentile(drawn, [2.5, 97.5])
        ]
        assert (verdict.lower, verdict.higher) == (int((two < one).sum()), 0)
        assert verdict.p < 0.001
        assert verdict.p_holm >= verdict.p

    def test_a_drop_within_the_tolerance_is_let_pass(self, made):
        before, after = made(x=GOOD), made(x=WORSE)
        drop = -check(after, before).verdicts[0].difference.value
        let = Gates(tolerances={"default": drop + 0.001, "shingle": 1})
        report = check(after, before, let)
        assert report.exit_code == 0
        assert "real, but not larger than" in report.verdicts[0].reason
        held = Gates(tolerances={"token": drop - 0.001, "shingle": 1})
        assert said(check(after, before, held))["x", "token"] == "worse"

    def test_a_drop_that_may_be_luck_is_let_pass(self, made):
        """Large, but on few pages; or on many, of which as many rise."""
        few = GOOD | {page: ("ok", GOLD[page][:2], 0.01) for page in ("p07", "p08")}
        report = check(made(x=few), made(x=GOOD))
        assert report.exit_code == 0
        assert "only 2 of 41 pages differ, too few" in report.verdicts[0].reason
        random = np.random.default_rng(3)
        one, two = (texts(lambda n: int(random.integers(1, 20))) for _ in range(2))
        found = sorted((check(made(x=b), made(x=a)) for a, b in ((one, two), (two, one))),
                       key=lambda report: report.verdicts[0].difference.value)  # fmt: skip
        assert found[0].verdicts[0].difference.value < -0.002
        assert found[0].exit_code == 0

    def test_what_nobody_touched_costs_nothing_in_the_correction(self, made):
        alone = check(made(x=WORSE), made(x=GOOD))
        others = {f"y{n}": GOOD for n in range(8)}
        among = check(made(x=WORSE, **others), made(x=GOOD, **others))
        assert [v.p_holm for v in alone.verdicts if v.p] == [
            v.p_holm for v in among.verdicts if v.p
        ]
        touched = {f"y{n}": texts(lambda n: 18 - n % 2) for n in range(8)}
        more = check(made(x=WORSE, **touched), made(x=GOOD, **others))
        first = {v.extractor: v.p_holm for v in more.verdicts if v.what == "token"}
        assert first["x"] > alone.verdicts[0].p_holm

    @pytest.mark.parametrize(("pages", "expected"), [(4, "same"), (5, "worse")])
    def test_a_few_pages_that_lose_all(self, made, pages, expected):
        """No corrected test could tell, but one that is not corrected tells of five."""
        after = texts(lambda n: 0 if n % 8 == 0 and n < 8 * pages else 20)
        others = {f"y{n}": GOOD for n in range(8)}
        touched = {f"y{n}": texts(lambda n: 18 - n % 2) for n in range(8)}
        report = check(made(x=after, **touched), made(x=texts(lambda n: 20), **others))
        found = said(report)
        assert (found["x", "token"], found["x", "shingle"]) == (expected, expected)

    @pytest.mark.parametrize("others", [0, 2, 4, 9])
    def test_a_few_pages_are_judged_alike_whatever_else_is_checked(self, made, others):
        """Six of seven fall, one rises a little."""
        many = {f"y{n}": texts(lambda n: 18 - n % 2) for n in range(others)}
        before = {f"y{n}": GOOD for n in range(others)}
        after = texts(lambda n: 16 if n == 30 else 5 if n % 5 == 0 and n < 30 else 15)
        report = check(made(x=after, **many), made(x=texts(lambda n: 15), **before))
        first = next(one for one in report.verdicts if one.extractor == "x")
        assert (first.lower, first.higher, first.said) == (6, 1, "worse")
        assert not first.corrected
        assert "but not where few pages differ" in report.tested

    def test_only_the_figure_that_is_compared_counts(self, own):
        """More pages with forbidden snippets do not make a loss of recall less certain."""

        fields = {"html": "<p>", "text": "good", "must": ["good"], "must_not": ["bad"]}
        records = [{"id": f"{n:02}"} | fields for n in range(30)]

        def run(lost, leaking):
            texts = [
                f"{'nothing' if n < lost else 'good'} {'bad' if n < leaking else ''}"
                for n in range(30)
            ]
            return own(f"{lost} {leaking}", records, texts=texts, metrics="snippets")

        before = run(0, 0)
        found = [check(run(*how), before).verdicts[0] for how in ((0, 9), (6, 0), (6, 25))]
        assert (found[0].p, found[0].reason) == (None, "it is the same on every page")
        assert [one.said for one in found[1:]] == ["worse", "worse"]
        assert found[1].p == found[2].p

    def test_a_single_page_shows_nothing(self, made):
        one = {"p00": GOLD["p00"]}
        before = made(gold=one, x={"p00": GOOD["p00"]})
        after = made(gold=one, x={"p00": ("ok", "", 0.0)})
        report = check(after, before)
        assert report.exit_code == 0
        assert report.verdicts[0].visible is None

    def test_what_it_can_see_shrinks_with_what_varies(self, made):
        steady = check(made(x=texts(lambda n: 17 - n % 3)), made(x=GOOD)).verdicts[0]
        jumpy = check(made(x=texts(lambda n: 18 - 7 * (n % 3))), made(x=GOOD)).verdicts[0]
        assert 0.002 < steady.visible < jumpy.visible


class TestFloors:
    GATES = Gates(floors=(Floor("c", "x", "token", 0.9),))

    def test_below_it_is_worse_though_nothing_changed(self, made):
        run = made(x=WORSE)
        report = check(run, run, self.GATES)
        assert said(report)["x", "token"] == "worse"
        assert report.verdicts[0].reason == "below the floor, 0.900"
        good = made(x=GOOD)
        assert check(good, good, self.GATES).exit_code == 0
        fell = check(run, good, self.GATES).verdicts[0]
        assert fell.reason == "below the floor, 0.900; the drop is larger than 0.002, and real"

    def test_without_a_baseline_floors_are_all(self, made):
        assert check(made(x=GOOD), None, self.GATES).exit_code == 0
        report = check(made(x=WORSE), None, self.GATES)
        assert (report.exit_code, len(report.verdicts)) == (1, 1)

    def test_new_extractors_are_held_to_theirs(self, made):
        report = check(made(x=WORSE, y=GOOD), made(y=GOOD), self.GATES)
        assert said(report)["x", "token"] == "worse"
        assert report.notes[0] == "new on c, with nothing to compare: x"

    def test_a_floor_holds_where_nothing_else_is_comparable(self, made):
        before, after = made(x=GOOD), made(x=WORSE)
        before.info["corpora"][0]["digest"] = "sha256:1"
        before.update()
        assert check(after, before).exit_code == 3
        assert check(after, before, self.GATES).exit_code == 1

    def test_a_floor_holds_where_its_metric_is_not_comparable(self, made):
        before, good, worse = made(x=GOOD), made(x=GOOD), made(x=WORSE)
        before.info["metrics"][0]["signature"] = bb.metric("token-set").signature
        before.update()
        assert check(good, before, self.GATES).exit_code == 3
        report = check(worse, before, self.GATES)
        reasons = [v.reason for v in report.wrong() if v.what == "token"]
        assert reasons == ["below the floor, 0.900"]

    def test_a_part_of_the_pages_is_not_held_to_the_floor_of_all(self, own):
        records = [
            {"id": f"{n}", "html": "<p>one two", "text": "one two" if n else "four"}
            for n in range(12)
        ]
        whole = own("whole", records)
        at = check(whole, whole).verdicts[0].after
        (extractor,) = (one["spec"] for one in whole.info["extractors"])
        gates = Gates(floors=(Floor("mine", extractor, "token", at),))
        assert check(whole, whole, gates).exit_code == 0
        for seed in range(99):
            few = own(f"few{seed}", records, selection=Selection(sample=4, seed=seed))
            if few.scores("token")["f1"].mean() < at:
                break
        report = check(few, whole, gates)
        assert report.exit_code == 0
        assert report.unchecked[1] == "the floors of mine, which are those of all its pages"
        assert check(few, few, gates).exit_code == 1  # the baseline has no more

    def test_a_floor_that_cannot_be_judged_is_not_fine(self, made):
        report = check(made(y=GOOD), made(x=GOOD, y=GOOD), self.GATES)
        assert report.exit_code == 3

    def test_a_floor_of_nobody(self, made):
        run = made(x=GOOD)
        with pytest.raises(UserError, match="unknown extractor in the gates 'z'"):
            check(run, run, Gates(floors=(Floor("c", "z", "token", 0.9),)))

    def test_nothing_to_check_against(self, made):
        with pytest.raises(UserError, match="nothing to check"):
            check(made(x=GOOD))


class TestSilence:
    def test_every_new_failure_counts_by_itself(self, made):
        failing = GOOD | {"p03": ("crash", "", None, "signal 11\nmore"), "p99": ("oom", "", None)}
        report = check(made(x=failing), made(x=GOOD))
        assert report.said == "newly failing"
        assert [(p.page_id, p.outcome_before, p.outcome, p.error) for p in report.failing] == [
            ("p03", "ok", "crash", "signal 11"),
            ("p99", "empty", "oom", None),
        ]

    def test_old_failures_do_not_and_other_pages_do(self, made):
        before = GOOD | {"p03": ("error", "", 0.01, "e")}
        after = GOOD | {"p03": ("timeout", "", 0.01, "t")}
        assert check(made(x=after), made(x=before)).failing == ()
        moved = GOOD | {"p04": ("error", "", 0.01, "e")}
        assert check(made(x=moved), made(x=before)).said == "newly failing"

    def test_failures_that_are_mended_are_better(self, made):
        before = GOOD | {"p03": ("error", "", 0.01, "e")}
        report = check(made(x=GOOD), made(x=before))
        assert (report.exit_code, said(report)["x", "failures"]) == (0, "better")

    def test_pages_newly_without_a_text_are_failures_if_they_worked(self, made):
        """If half of them was found; and if there is anything to find."""
        before = GOOD | {"p99": ("ok", "noise", 0.01)}
        before["p05"] = ("ok", " ".join(GOLD["p05"].split()[:2]), 0.01)
        after = GOOD | dict.fromkeys(("p03", "p05"), ("empty", "", 0.01))
        report = check(made(x=after), made(x=before))
        assert (report.exit_code, report.said) == (1, "newly failing")
        assert [page.page_id for page in report.failing] == ["p03"]
        assert [page.page_id for page in report.emptied] == ["p05"]
        (verdict,) = (one for one in report.verdicts if one.what == "failures")
        assert verdict.reason.startswith("1 page that worked: 1 empty; ")
        listed = check(made(x=GOOD | {"p05": ("empty", "", 0.01)}), made(x=before))
        assert (listed.said, len(listed.emptied)) == ("same", 1)

    def test_an_extractor_that_cannot_serve_any_more(self, made):
        run = made(y=GOOD)
        run.update(left_out_extractors={"x": "x: no module named x"})
        report = check(run, made(x=GOOD, y=GOOD))
        assert report.said == "newly failing"
        assert "no module named x" in report.verdicts[0].reason
        assert check(run, made(y=GOOD)).exit_code == 0
        assert check(run, made(x=GOOD, y=GOOD), Gates(extractors=("y",))).exit_code == 0


class TestWorstPages:
    def test_pages_that_fell_are_named_though_nothing_is_worse(self, made):
        """Three of them; and none is where none fell."""
        after = GOOD | {
            f"p0{n}": ("ok", " ".join(GOLD[f"p0{n}"].split()[:9]), 0.01) for n in range(1, 6)
        }
        report = check(made(x=after, y=GOOD), made(x=GOOD, y=GOOD), Gates(tolerances=dict.fromkeys(
            ("token", "shingle"), 1)))  # fmt: skip
        assert report.exit_code == 0
        assert len(report.worst) == 3
        assert {one.extractor for one in report.worst} == {"x"}

    def test_pages_that_lost_half_are_named_though_nothing_is_worse(self, made):
        few = GOOD | {f"p0{n}": ("ok", GOLD[f"p0{n}"][:2], 0.01) for n in range(4)}
        report = check(made(x=few), made(x=GOOD))
        assert report.exit_code == 0
        assert {page.page_id for page in report.worst} == {"p00", "p01", "p02", "p03"}

    def test_ten_pages_that_fell_most(self, made):
        report = check(made(x=WORSE, y=WORSE), made(x=GOOD, y=GOOD))
        before, after = (
            {page: float(f1) for page, f1 in run.scores("token").filter(extractor="x")
             .select("page_id", "f1").iter_rows()}
            for run in (made(x=GOOD), made(x=WORSE))
        )  # fmt: skip
        drops = sorted((before[page] - after[page] for page in before), reverse=True)
        ours = [page for page in report.worst if page.extractor == "x"]
        assert [page.before - page.after for page in ours] == pytest.approx(drops[:10])
        assert {page.metric for page in report.worst} == {"token"}
        assert len(report.worst) == 20
        for page in ours:
            assert (page.before, page.after) == (
                pytest.approx(before[page.page_id]), pytest.approx(after[page.page_id]),
            )  # fmt: skip

    def test_none_where_nothing_is_worse(self, made):
        assert check(made(x=GOOD), made(x=WORSE)).worst == ()


class TestCost:
    def costly(self, **ms):
        return {
            name.replace("_", "-"): dict.fromkeys(GOLD, ("ok", "w", each / 1000))
            for name, each in ms.items()
        }

    def verdicts(self, after, before, gates=None):
        report = check(after, before, gates)
        return {one.extractor: one for one in report.verdicts if one.what == "cost"}, report

    def test_it_is_a_ratio_to_the_reference_of_the_same_run(self, made):
        before = made(**self.costly(readability_lxml=10, x=20, y=20))
        after = made(**self.costly(readability_lxml=30, x=60, y=120))
        found, report = self.verdicts(after, before)
        assert (found["x"].said, found["y"].said) == ("same", "worse")
        assert (found["y"].before, found["y"].after) == (pytest.approx(2), pytest.approx(4))
        assert found["y"].difference.value == pytest.approx(2)
        assert report.exit_code == 1
        assert "readability-lxml" not in found
        assert self.verdicts(before, after)[0]["y"].said == "better"

    def test_the_tolerance_is_of_its_own(self, made):
        before = made(**self.costly(ref=10, x=20))
        after = made(**self.costly(ref=10, x=28))
        for tolerance, expected in ((0.3, "worse"), (0.5, "same")):
            gates = Gates(reference="ref", cost_tolerance=tolerance)
            assert self.verdicts(after, before, gates)[0]["x"].said == expected

    def test_what_costs_nothing_may_cost_twice_of_it(self, made):
        before = made(**self.costly(readability_lxml=10, x=0.1))
        after = made(**self.costly(readability_lxml=10, x=0.25))
        found = self.verdicts(after, before)[0]["x"]
        assert found.said == "same"
        assert "times as slow, but by less than 0.02 of the reference" in found.reason

    def test_a_page_that_is_slow_by_chance_is_not_the_extractor(self, made):
        systems = self.costly(readability_lxml=10, x=10)
        one = systems["x"] | {"p00": ("ok", "w", 0.6)}
        found, _ = self.verdicts(made(**systems | {"x": one}), made(**systems))
        assert found["x"].difference.value > 2
        assert found["x"].said == "same"

    def test_pages_that_fail_cost_nothing(self, made):
        systems = self.costly(readability_lxml=10, x=10)
        hung = systems["x"] | {f"p{n:02}": ("timeout", "", 30.0, "t") for n in range(9)}
        found, _ = self.verdicts(made(**systems | {"x": hung}), made(**systems))
        assert found["x"].difference.value == pytest.approx(1)

    def test_another_release_of_the_reference_measures_nothing(self, made):
        systems = self.costly(readability_lxml=10, x=10)
        before, after = made(**systems), made(**systems)
        after.info["extractors"][0]["version"] = "9"
        after.update()
        found, report = self.verdicts(after, before)
        assert not found
        assert report.notes == ("cost was not judged on c: readability-lxml was None, and is 9",)
        found, report = self.verdicts(after, before, Gates(reference="readability-lxml"))
        assert found["x"].said == "not comparable"
        assert report.exit_code == 3

    def test_no_time_that_can_be_measured(self, made):
        """It is 0 in a baseline that rounds, and next to 0 in the run."""
        before = made(**self.costly(readability_lxml=10, x=0))
        for ms, expected in ((0, "same"), (0.1, "same"), (1, "worse")):
            after = made(**self.costly(readability_lxml=10, x=ms))
            found = self.verdicts(after, before)[0]["x"]
            assert (found.said, found.before, found.difference) == (expected, 0, None)
        assert self.verdicts(before, after)[0]["x"].said == "better"

    @pytest.mark.parametrize("side", [0, 1])
    def test_what_was_not_run_again_is_not_judged(self, made, side):
        systems = self.costly(readability_lxml=10, x=10, y=10)
        pair = [made(**systems), made(**systems)]
        run = pair[side]
        run.info["extractors"][1]["reused"] = {"run": "r", "corpora": ["c"]}
        run.update()
        found, report = self.verdicts(pair[1], pair[0])
        assert (set(found), report.exit_code) == ({"y"}, 0)
        assert report.notes == (
            "cost was not judged on c: texts were taken from an earlier run of x",
        )
        run.info["extractors"][1]["reused"]["corpora"] = ["another"]
        run.update()
        found, report = self.verdicts(pair[1], pair[0])
        assert (set(found), report.notes) == ({"x", "y"}, ())

    def test_a_reference_that_was_not_run_again_measures_nothing(self, made):
        systems = self.costly(readability_lxml=10, x=10)
        before, after = made(**systems), made(**systems)
        after.info["extractors"][0]["reused"] = {"run": "r", "corpora": ["c"]}
        after.update()
        found, report = self.verdicts(after, before)
        assert not found
        assert "readability-lxml was not run again for the run" in report.notes[0]

    def test_without_times_it_is_said(self, made):
        plain = {page: (one, text, None) for page, (one, text, _) in GOOD.items()}
        run = made(x=plain)
        report = check(run, run)
        assert report.exit_code == 0
        assert "it takes readability-lxml or everything in both" in report.notes[0]


class TestNotComparable:
    """Never a number."""

    def check(self, after, before, says, code=3):
        report = check(after, before)
        assert report.exit_code == code
        hit = [one for one in report.verdicts if one.said == "not comparable"]
        assert hit
        for one in hit:
            assert says in one.reason
            assert one.before is one.after is one.difference is one.p is None
        return report

    def test_another_digest(self, made):
        before, after = made(x=GOOD), made(x=WORSE)
        after.info["corpora"][0]["digest"] = "sha256:1"
        after.update()
        report = self.check(after, before, "other pages, or other gold: digest 0 / 1")
        assert {one.said for one in report.verdicts} == {"not comparable"}
        assert report.failing == report.emptied == report.worst == ()

    def test_another_version_is_named(self, made):
        before, after = made(x=GOOD), made(x=WORSE)
        after.info["corpora"][0] |= {"digest": "sha256:1", "version": "2"}
        after.update()
        self.check(after, before, "another version of the corpus: 1 / 2")

    def test_another_name_of_the_same_pages(self, made):
        self.check(made("d", x=WORSE), made("c", x=GOOD), "under another name, c")

    def test_another_reading_of_the_gold(self, made):
        before, after = made(x=GOOD), made(x=WORSE)
        after.info["corpora"][0]["selection"] = {"gold": ["+title"]}
        after.update()
        self.check(after, before, "another reading of the gold: the corpus's own / +title")

    def test_another_metric_alone(self, made):
        before = made(x=GOOD, metrics=("token", "exact"))
        after = made(x=WORSE, metrics=("token[norm=lower]", "exact"))
        report = self.check(after, before, "another metric: norm nfkc_casefold / lower")
        assert said(report)["x", "exact"] == "same"

    def test_a_metric_that_the_baseline_has_not(self, made):
        before, after = made(x=GOOD, metrics=("token",)), made(x=GOOD)
        self.check(after, before, "the baseline has no figures by this metric")

    def test_what_is_worse_is_told_first(self, made):
        before = made(x=GOOD, metrics=("token", "exact"))
        after = made(x=WORSE, metrics=("token", "exact[norm=keep]"))
        self.check(after, before, "another metric", code=1)

    def test_nobody_in_common(self, made):
        self.check(made(x=GOOD, z=GOOD), made(y=GOOD), "another name of what the run has not: y")

    def test_what_the_gates_ask_for_is_not_there(self, made):
        run = made(x=GOOD)
        before = made(x=GOOD, y=GOOD)
        assert check(run, before).exit_code == 0
        assert check(run, before).unchecked == (
            "extractors of the baseline that the run has not: y",
        )
        assert check(run, before, Gates(extractors=("x", "y"))).exit_code == 3

    def test_pages_that_a_baseline_lacks(self, made, tmp_path):
        """Somebody has cut them out of the file."""
        run = made(x=GOOD)
        before = read_baseline(run).part("c", list(GOLD)[:-3], "sha256:0")
        self.check(run, before, "the baseline lacks 3 of the pages")


@pytest.fixture
def own(tmp_path):
    """Scores texts, the first words of gold unless they are given, on a corpus of one's own, whose
    records stand in a file as given."""

    def make(name, records, name_of_corpus="mine", texts=None, **more):
        folder = tmp_path / name
        folder.mkdir()
        file = folder / f"{name_of_corpus}.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
        (folder / "x.jsonl").write_text(
            "".join(
                json.dumps({"id": one["id"], "text": text}) + "\n"
                for one, text in zip(
                    records, texts or [r["text"].partition(" ")[0] for r in records], strict=True
                )
            ),
            "utf-8",
        )
        return api.score(folder / "x.jsonl", file, output=folder / "run", **more)

    return make


class TestACorpusThatChanged:
    RECORDS = tuple(
        {"id": f"{n}", "html": f"<p>page {n} text", "text": f"page {n} text"} for n in range(12)
    )

    def code(self, own, records, **more):
        before = own("before", self.RECORDS)
        return check(own("after", records, **more), before).exit_code

    def test_the_same(self, own):
        assert self.code(own, self.RECORDS) == 0

    def test_renamed(self, own):
        assert self.code(own, self.RECORDS, name_of_corpus="ours") == 3

    def test_reordered(self, own):
        """Pages that are numbered by their place have other numbers then."""
        turned = [
            one | {"id": r["id"]} for one, r in zip(self.RECORDS[::-1], self.RECORDS, strict=True)
        ]
        assert self.code(own, turned) == 3

    def test_the_order_of_lines_is_no_order_of_pages(self, own):
        """Pages are taken by their ids: it is the same corpus, to the digest."""
        assert self.code(own, self.RECORDS[::-1]) == 0

    @pytest.mark.parametrize(
        "change", [{"text": "page"}, {"must": ["page"]}, {"html": "<p>page"}, {"lang": "en"}]
    )
    def test_re_annotated_or_changed_in_one_page(self, own, change):
        assert self.code(own, [*self.RECORDS[:-1], self.RECORDS[-1] | change]) == 3

    def test_a_page_more_or_less(self, own):
        assert self.code(own, self.RECORDS[:-1]) == 3

    def test_a_sample(self, own):
        # The pages of a sample are compared with the same pages of the whole.
        before = own("before", self.RECORDS)
        after = own("after", self.RECORDS, selection=Selection(sample=6))
        report = check(after, before)
        assert report.exit_code == 0
        assert report.unchecked == (f"6 of the {len(self.RECORDS)} pages of mine",)


def test_recall_stands_in_where_a_metric_has_no_f1(own):
    records = [{"id": f"{n}", "html": "<p>", "text": "one", "must": ["one"]} for n in range(12)]
    before = own("before", records, metrics="snippets")
    after = own("after", records, metrics="snippets")
    assert check(after, before).verdicts[0].figure == "recall"


class TestWhoIsCompared:
    def entries(self, run, *entries):
        for entry, more in zip(run.info["extractors"], entries, strict=True):
            entry |= more
        run.update()
        return run

    def test_another_release_of_one_name(self, made):
        before = made(**{"x==1": GOOD, "y": GOOD})
        after = made(**{"x==2": WORSE, "y": GOOD})
        self.entries(before, {"name": "x"}, {})
        self.entries(after, {"name": "x"}, {})
        worse = [one for one in check(after, before).verdicts if one.said == "worse"]
        assert {(one.against, one.extractor) for one in worse} == {("x==1", "x==2")}
        assert worse[0].title == "c · x==1 → x==2 · token"

    def test_two_releases_are_no_match_for_one(self, made):
        before = self.entries(made(**{"x==1": GOOD, "y": GOOD}), {"name": "x"}, {})
        after = made(**{"x==2": WORSE, "x==3": WORSE, "y": GOOD})
        self.entries(after, {"name": "x"}, {"name": "x"}, {})
        report = check(after, before)
        assert report.exit_code == 3  # what was checked is not any more
        assert "new on c, with nothing to compare: x==2, x==3" in report.notes

    def test_the_only_ones_of_two_runs(self, made):
        assert check(made(mine=WORSE), made(theirs=GOOD)).exit_code == 1


def test_a_baseline_serves_as_well_as_its_run(made, tmp_path):
    before, after = made(x=GOOD, y=GOOD), made(x=WORSE, y=GOOD)
    written = write_baseline(before, tmp_path / "mine")
    one, other = check(after, before), check(after, written)
    assert replace(one, against=None) == replace(other, against=None)
    assert check(str(after.path), tmp_path / "mine").verdicts == one.verdicts


def test_two_releases_of_trafilatura(scrapinghub, tmp_path, monkeypatch):
    """The verdict is the one that the pages' figures support, by another test of them."""
    if "BOILERBENCH_CACHE" not in os.environ:
        monkeypatch.setenv("BOILERBENCH_CACHE", str(tmp_path / "cache"))
    specs = [f"trafilatura=={version}" for version in ("1.12.2", "2.3.1")]
    try:
        prepared(specs_of(specs), lambda what: None)
    except UserError as problem:
        skip_if_silent(python_index, problem)
        raise
    runs = [
        bb.run("scrapinghub", one, source=scrapinghub, output=tmp_path / str(number))
        for number, one in enumerate(specs)
    ]
    for before, after in (runs, runs[::-1]):
        report = check(after, before)
        for verdict in report.verdicts:
            if verdict.what not in ("token", "shingle"):
                continue
            one, two = (
                run.scores(verdict.what).sort("page_id")["f1"].to_numpy() for run in (before, after)
            )
            p = stats.ttest_rel(one, two).pvalue
            rose = (two - one).mean()
            assert verdict.difference.value == pytest.approx(rose)
            assert not 0.02 < p < 0.1, "too near to be told by another test"
            expected = "same" if p > 0.05 or abs(rose) <= 0.002 else "worse"
            if expected == "worse" and rose > 0:
                expected = "better"
            assert verdict.said == expected, (verdict, p)
