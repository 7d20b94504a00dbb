import json

import polars as pl
import pytest

from boilerbench.corpora import load_corpus
from boilerbench.errors import UserError
from boilerbench.types import Block

PLAIN = {"id": "p1", "html": "<p>Grüße</p>", "text": "Grüße"}
FULL = PLAIN | {
    "url": "https://example.org/1",
    "lang": "de",
    "kind": "article",
    "site": "example.org",
    "must": ["Grü"],
    "must_not": ["menu"],
    "blocks": [{"kind": "paragraph", "text": "Grüße"}],
}


def jsonl(folder, *records, name="mine.jsonl"):
    file = folder / name
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def parquet(folder, *records, name="mine.parquet"):
    pl.DataFrame(list(records)).write_parquet(folder / name)
    return folder / name


def load(file):
    return load_corpus(str(file))


def broken(file):
    with pytest.raises(UserError) as caught:
        load(file)
    assert str(file) in caught.value.message
    return str(caught.value)


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_records_hold_all_that_is_known(tmp_path, write):
    corpus = load(write(tmp_path, FULL))
    (page,) = corpus.pages()
    assert corpus.name == "mine"
    assert page.html == "<p>Grüße</p>".encode()
    assert (page.id, page.url, page.lang) == ("p1", "https://example.org/1", "de")
    assert (page.kind, page.site) == ("article", "example.org")
    gold = corpus.gold["p1"]
    assert (gold.text, gold.must, gold.must_not) == ("Grüße", ("Grü",), ("menu",))
    assert gold.blocks == (Block("paragraph", "Grüße"),)


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_records_come_sorted_by_id(tmp_path, write):
    corpus = load(write(tmp_path, *(PLAIN | {"id": one} for one in "cab")))
    assert [page.id for page in corpus.pages()] == list(corpus.gold) == ["a", "b", "c"]


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_a_number_may_be_an_id(tmp_path, write):
    assert list(load(write(tmp_path, PLAIN | {"id": 17})).gold) == ["17"]


def test_one_corpus_in_three_forms_has_one_digest(tmp_path):
    root = tmp_path / "folder"
    (root / "pages").mkdir(parents=True)
    (root / "gold").mkdir()
    (root / "pages" / "p1.html").write_text(FULL["html"], encoding="utf-8")
    (root / "gold" / "p1.json").write_text(json.dumps(FULL))
    digests = {load(path).digest for path in (jsonl(tmp_path, FULL), parquet(tmp_path, FULL), root)}
    assert len(digests) == 1


@pytest.mark.parametrize(
    "html",
    [b'<meta charset="utf-8">\xe9', "日本".encode("utf-16"), b"a\x00b\r\n", b"\xff\xfe\xfd", b""],
)
def test_binary_pages_come_as_they_are_stored(tmp_path, html):
    (page,) = load(parquet(tmp_path, PLAIN | {"html": html})).pages()
    assert page.html == html


def test_a_lone_surrogate_does_not_stop_the_reading(tmp_path):
    (page,) = load(jsonl(tmp_path, PLAIN | {"html": "a\ud800b", "text": "x\udfff"})).pages()
    assert page.html == b"a\xed\xa0\x80b"


def test_empty_lines_and_a_byte_order_mark_are_passed_over(tmp_path):
    file = jsonl(tmp_path, "", PLAIN, "  ", PLAIN | {"id": "p2"})
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert list(load(file).gold) == ["p1", "p2"]


def test_a_name_with_the_signs_of_a_pattern_is_a_name(tmp_path):
    parquet(tmp_path, PLAIN | {"id": "other"}, name="mine1.parquet")
    assert list(load(parquet(tmp_path, PLAIN, name="mine[1].parquet")).gold) == ["p1"]


@pytest.mark.parametrize("line", ["{", "[]", '"x"', "null", '{"id": "x"} 5', "1" * 5000])
def test_a_line_that_is_no_object_is_named_by_its_number(tmp_path, line):
    assert "line 3" in broken(jsonl(tmp_path, PLAIN, "", line))


CHANGES = [
    ("id", None), ("id", ""), ("id", True), ("html", None), ("html", 5), ("text", None),
    ("text", 5), ("text", ["x"]), ("url", 5), ("lang", ["en"]), ("must", "x"), ("must", [5]),
    ("must_not", {"x": 1}), ("blocks", ["x"]), ("blocks", [{"kind": "p"}]), ("blocks", 5),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_a_broken_record_is_named_by_its_line_and_field(tmp_path, field, value):
    message = broken(jsonl(tmp_path, PLAIN, PLAIN | {"id": "p2", field: value}))
    assert "line 2" in message
    assert field in message


@pytest.mark.parametrize("field", ["id", "html", "text"])
def test_a_missing_field_is_named_with_its_place(tmp_path, field):
    lacking = {key: value for key, value in PLAIN.items() if key != field}
    assert f"line 1: {'no id' if field == 'id' else field}" in broken(jsonl(tmp_path, lacking))
    assert f"row 1: {'no id' if field == 'id' else field}" in broken(parquet(tmp_path, lacking))


@pytest.mark.parametrize(
    ("field", "meant"),
    [("mustt", "must"), ("must-not", "must_not"), ("Lang", "lang"), ("levle", "level")],
)
@pytest.mark.parametrize("write", [jsonl, parquet])
def test_a_misspelt_field_is_an_error(tmp_path, write, field, meant):
    message = broken(write(tmp_path, PLAIN | {field: "x"}))
    assert f"1: unknown field '{field}'" in message
    assert f"did you mean {meant}?" in message


def test_other_fields_are_notes(tmp_path):
    notes = dict.fromkeys(["note", "title", "uid", "pid", "idx", "author", "", "must be checked"])
    assert list(load(jsonl(tmp_path, PLAIN | notes)).gold) == ["p1"]


@pytest.mark.parametrize(
    ("field", "wrong"), [("text", "txet"), ("html", "htlm"), ("id", "Id"), ("text", "Text")]
)
def test_a_missing_field_names_what_may_have_been_meant_to_be_it(tmp_path, field, wrong):
    lacking = {wrong if key == field else key: value for key, value in PLAIN.items()}
    message = broken(jsonl(tmp_path, lacking))
    assert f"it has '{wrong}': did you mean {field}?" in message


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_a_level_is_one_of_three(tmp_path, write):
    for level in ("easy", "medium", "hard"):
        assert load(write(tmp_path, PLAIN | {"level": level})).gold["p1"].level == level
    message = broken(write(tmp_path, PLAIN | {"level": "mid"}))
    assert "1: level is 'mid'" in message
    assert "easy, medium, hard" in message


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_an_id_that_is_there_twice_is_named(tmp_path, write):
    assert "'p1' twice" in broken(write(tmp_path, PLAIN, PLAIN | {"id": "p0"}, PLAIN))


def test_a_number_and_the_same_as_text_are_one_id(tmp_path):
    assert "'7' twice" in broken(jsonl(tmp_path, PLAIN | {"id": 7}, PLAIN | {"id": "7"}))


def test_a_file_that_is_no_parquet_is_named(tmp_path):
    file = parquet(tmp_path, PLAIN)
    file.write_bytes(file.read_bytes()[:-9])
    assert "cannot read" in broken(file)


def test_lines_that_are_not_utf_8_are_named(tmp_path):
    file = tmp_path / "mine.jsonl"
    file.write_bytes(json.dumps(PLAIN, ensure_ascii=False).encode("latin-1"))
    assert "cannot read" in broken(file)


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_a_file_without_records_is_named(tmp_path, write):
    assert "no pages" in broken(write(tmp_path))


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path, ending):
    assert "no such corpus file" in broken(tmp_path / f"gone.{ending}")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": "\\ud800", "html": "", "text": ""}', "holds a lone surrogate"),
        ("[" * 100_000, "line 1: "),
        (
            '{"id": "a", "html": "", "text": "", "blocks": [{"kind": null, "text": 5}]}',
            "blocks must be a list",
        ),
    ],
)
def test_odd_json_is_one_clear_error(line, says, tmp_path):
    with pytest.raises(UserError, match=says):
        load_corpus(str(jsonl(tmp_path, line)))
