import json
from collections import Counter

import pytest

from boilerbench.corpora import load_corpus, mozilla_readability
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError


@pytest.fixture
def copy(tmp_path):
    for case, lang in (("b", "en-GB"), ("a", None)):
        folder = tmp_path / "test" / "test-pages" / case
        folder.mkdir(parents=True)
        (folder / "source.html").write_bytes(b"<p>\xff</p>")
        (folder / "expected.html").write_text(
            "<div><h2>One</h2><p>Two &amp;\n <b>three</b></p></div>"
        )
        (folder / "expected-metadata.json").write_text(json.dumps({"lang": lang}))
    return tmp_path


def broken(folder):
    with pytest.raises(UserError) as caught:
        list(mozilla_readability.read(folder))
    assert f"{folder} is not a whole copy of mozilla-readability" in caught.value.message
    return caught.value.message


@pytest.fixture(scope="module")
def real(upstream):
    return load_corpus("mozilla-readability", upstream("mozilla-readability"))


def test_a_real_copy_has_the_pinned_pages_and_digest(real):
    pinned = known()["mozilla-readability"]
    assert len(real) == pinned.split().pages == 130
    assert real.digest == pinned.split().digest
    assert pinned.commit.startswith(pinned.version)


def test_a_real_copy_has_gold_throughout_and_its_languages(real):
    assert all(gold.text for gold in real.gold.values())
    langs = Counter(about["lang"] for about in real.about.values())
    assert (langs["en"], langs[None]) == (63, 57)


def test_blocks_of_the_expected_page_are_lines(copy):
    (page, gold), (following, _) = mozilla_readability.read(copy)
    assert (page.id, page.html, page.lang) == ("a", b"<p>\xff</p>", None)
    assert gold.text.split("\n") == ["One", "", "Two & three"]
    assert (following.id, following.lang) == ("b", "en")


@pytest.mark.parametrize("lost", ["source.html", "expected.html", "expected-metadata.json"])
def test_a_missing_file_is_named(copy, lost):
    (copy / "test" / "test-pages" / "b" / lost).unlink()
    assert f"{lost} is missing" in broken(copy)


def test_missing_pages_are_named(tmp_path):
    assert "test-pages is missing" in broken(tmp_path)


@pytest.mark.parametrize(
    ("file", "data"),
    [("expected-metadata.json", b"{"), ("expected-metadata.json", b'{"lang": 5}'),
     ("expected.html", b"\xff")],
)  # fmt: skip
def test_a_case_of_another_form_is_refused(copy, file, data):
    (copy / "test" / "test-pages" / "b" / file).write_bytes(data)
    broken(copy)
