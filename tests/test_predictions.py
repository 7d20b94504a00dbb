import json

import pytest

from boilerbench.errors import UserError
from boilerbench.predictions import Predictions, extractions, read_predictions


def write(path, content):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    path.write_bytes(data)
    return path


def broken(path):
    with pytest.raises(UserError) as caught:
        read_predictions(path)
    assert str(path) in caught.value.message
    return str(caught.value)


def outcomes(texts, page_ids):
    found = extractions(Predictions("mine", None, texts), page_ids)
    return {one.page_id: one for one in found}


def test_a_folder_of_texts(tmp_path):
    folder = tmp_path / "mine-2.3"
    folder.mkdir()
    write(folder / "a.txt", "Grüße\nzwei")
    write(folder / "b.c.txt", b"\xef\xbb\xbfmarked")
    write(folder / "empty.txt", "")
    write(folder / "notes.md", "not a prediction")
    read = read_predictions(folder)
    assert read == Predictions("mine-2.3", None, {"a": "Grüße\nzwei", "b.c": "marked", "empty": ""})


def test_the_folder_one_stands_in_has_a_name(tmp_path, monkeypatch):
    write(tmp_path / "a.txt", "x")
    monkeypatch.chdir(tmp_path)
    assert read_predictions(type(tmp_path)(".")).name == tmp_path.name


def test_json_lines(tmp_path):
    lines = ['{"id": "a", "text": "x"}', "", '{"id": 7, "text": null}', '{"id": "b", "text": ""}']
    read = read_predictions(write(tmp_path / "mine.jsonl", "\n".join(lines)))
    assert read == Predictions("mine", None, {"a": "x", "7": None, "b": ""})


@pytest.mark.parametrize(
    ("stated", "version"), [('"2.0"', "2.0"), ("3", "3"), ("null", None), (None, None)]
)
def test_scrapinghubs_json_wrapped_with_a_version(tmp_path, stated, version):
    said = f'"version": {stated}, ' if stated else ""
    content = f'{{{said}"output": {{"a": {{"articleBody": "x"}}}}}}'
    read = read_predictions(write(tmp_path / "mine.json", content))
    assert read == Predictions("mine", version, {"a": "x"})


def test_scrapinghubs_json_plain_and_with_null(tmp_path):
    content = '{"a": {"articleBody": "x", "url": "u"}, "b": {"articleBody": null}}'
    read = read_predictions(write(tmp_path / "mine.json", content))
    assert read == Predictions("mine", None, {"a": "x", "b": None})


def test_a_given_name_is_taken(tmp_path):
    file = write(tmp_path / "mine.jsonl", '{"id": "a", "text": "x"}')
    assert read_predictions(file, "theirs").name == "theirs"


def test_every_system_of_a_real_copy_is_read(scrapinghub):
    files = sorted((scrapinghub / "output").glob("*.json"))
    systems = [read_predictions(file) for file in files]
    assert len(systems) == 32
    ids = set(json.loads((scrapinghub / "ground-truth.json").read_text(encoding="utf-8")))
    assert all(set(system.texts) & ids for system in systems)
    assert {system.version is None for system in systems} == {True, False}


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "5", '{"a": "x"}', '{"a": {"text": "x"}}', '{"a": {"articleBody": 5}}',
     '{"a": {"articleBody": ["x"]}}', '{"version": "1", "output": {"a": "x"}}',
     '{"version": "1", "output": "x"}', b'{"a": {"articleBody": "\xe9"}}', "1" * 5000],
)  # fmt: skip
def test_json_of_another_form_is_refused(tmp_path, content):
    broken(write(tmp_path / "mine.json", content))


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": "b"}', '{"text": "x"}', '{"id": "", "text": "x"}',
     '{"id": null, "text": "x"}', '{"id": ["b"], "text": "x"}', '{"id": "b", "text": 5}',
     '{"id": "a", "text": "again"}', "1" * 5000],
)  # fmt: skip
def test_a_broken_line_is_named_by_its_number(tmp_path, line):
    content = f'{{"id": "a", "text": "x"}}\n\n{line}\n'
    assert "line 3" in broken(write(tmp_path / "mine.jsonl", content))


def test_a_text_that_is_not_utf_8_is_named(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    write(folder / "a.txt", "Grüße".encode("latin-1"))
    assert "a.txt" in broken(folder)


@pytest.mark.parametrize("name", ["mine.json", "mine.jsonl", "mine"])
def test_nothing_predicted_is_refused(tmp_path, name):
    path = tmp_path / name
    if path.suffix:
        write(path, "{}" if path.suffix == ".json" else "\n")
    else:
        path.mkdir()
    assert "no predictions in" in broken(path)


def test_what_is_not_there_or_of_another_kind_is_refused(tmp_path):
    assert "no such predictions" in broken(tmp_path / "gone.json")
    assert ".jsonl or a .json" in broken(write(tmp_path / "mine.csv", "a,b"))


def test_every_page_gets_one_extraction_in_the_order_of_the_corpus():
    found = outcomes({"c": "3", "a": "1", "unknown": "x"}, ["a", "b", "c"])
    assert list(found) == ["a", "b", "c"]
    assert {one.extractor for one in found.values()} == {"mine"}
    assert (found["a"].outcome, found["a"].text, found["a"].error) == ("ok", "1", None)


def test_a_missing_page_is_an_error_and_no_empty_text():
    missing = outcomes({"a": "1"}, ["a", "b"])["b"]
    assert missing.outcome == "error"
    assert missing.failed
    assert missing.error == "missing: no prediction for this page"


def test_what_a_system_failed_with_is_kept(tmp_path):
    lines = '{"id": "a", "text": "1"}\n{"id": "b", "error": "ValueError: two"}\n'
    read = read_predictions(write(tmp_path / "mine.jsonl", lines))
    assert [(e.outcome, e.error) for e in extractions(read, ["a", "b"])] == [
        ("ok", None),
        ("error", "ValueError: two"),
    ]
    other = lines.replace("two", "three")
    assert read_predictions(write(tmp_path / "mine.jsonl", other)).digest != read.digest
    for wrong, says in (
        ('{"id": "a", "text": "1", "error": "x"}', "needs id and text, or id and error"),
        ('{"id": "a", "error": 1}', "error is not a string"),
        ('{"id": "a", "error": "x"}\n{"id": "a", "text": "x"}', "stands there twice"),
        ('{"id": "a", "error": "\\ud800"}', "surrogate"),
    ):
        assert says in broken(write(tmp_path / "mine.jsonl", wrong))


@pytest.mark.parametrize("text", [None, "", " \n\t "])
def test_nothing_is_an_answer(text):
    found = outcomes({"a": text}, ["a"])["a"]
    assert found.outcome == "empty"
    assert found.error is None
    assert not found.failed


def test_a_lone_surrogate_fails_its_page_only(tmp_path):
    content = '{"a": {"articleBody": "ab\\ud800c"}, "b": {"articleBody": "\\ud83d\\ude00"}}'
    read = read_predictions(write(tmp_path / "mine.json", content))
    found = {one.page_id: one for one in extractions(read, ["a", "b"])}
    assert (found["a"].outcome, found["a"].text) == ("error", "")
    assert "lone surrogate at position 2" in found["a"].error
    assert (found["b"].outcome, found["b"].text) == ("ok", "😀")


def test_no_cost_is_made_up():
    found = outcomes({"a": "x"}, ["a"])["a"]
    assert (found.cpu_s, found.wall_s, found.peak_rss) == (None, None, None)
