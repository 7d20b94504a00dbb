import json
import zlib

import pytest

from boilerbench.corpora.copies import text_in, texts_in, whole_copy
from boilerbench.corpora.manifest import fetched
from boilerbench.errors import UserError


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (ValueError("a.json: no JSON"), "a.json: no JSON"),
        (KeyError("ground_truth"), "no 'ground_truth'"),
        (IsADirectoryError(21, "Is a directory", "/x/a.gz"), "/x/a.gz: Is a directory"),
        (OSError("Not a gzipped file"), "Not a gzipped file"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (zlib.error("invalid block"), "invalid block"),
        (EOFError(), "EOFError"),
        (FileNotFoundError(2, "No such file", "/x/b.json"), "b.json is missing"),
    ],
)
def test_what_a_reader_raises_is_told_in_words(tmp_path, problem, says):
    with pytest.raises(UserError) as caught, whole_copy(tmp_path, "daniel"):
        raise problem
    assert caught.value.message == f"{tmp_path} is not a whole copy of daniel: {says}"
    assert caught.value.hint == ""


@pytest.mark.parametrize("problem", [ValueError("x"), FileNotFoundError(2, "", "x"), UserError("")])
def test_what_was_fetched_can_be_had_again(tmp_path, monkeypatch, problem):
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(tmp_path))
    with pytest.raises(UserError) as caught, whole_copy(fetched("daniel"), "daniel"):
        raise problem
    assert caught.value.hint == "get it again with: boilerbench corpora fetch daniel --force"


def test_a_hint_of_the_readers_own_stays(tmp_path):
    with pytest.raises(UserError, match="own"), whole_copy(tmp_path, "daniel"):
        raise UserError("message", "own")


@pytest.mark.parametrize("take", [text_in, texts_in])
def test_a_missing_or_wrong_field_is_named_with_its_place(take):
    with pytest.raises(ValueError, match=r"^p1: no text$"):
        take({}, "text", "p1")
    with pytest.raises(TypeError, match=r"^p1: text is not "):
        take(json.loads('{"text": 5}'), "text", "p1")
