import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.errors import UserError
from boilerbench.metrics import metric
from boilerbench.signature import parse, read_signature, signature
from boilerbench.types import ExtractorSpec

NAMES = st.text(string.ascii_letters + string.digits + "-_.:/", min_size=1, max_size=12)
WORDS = NAMES.filter(lambda text: isinstance(parse(f"x[k={text}]").options["k"], str))
VALUES = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
VERSIONS = st.none() | st.text(string.ascii_lowercase + string.digits + ".+!-_", min_size=1)


@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), VERSIONS)
def test_what_a_spec_prints_is_read_as_the_same_spec(name, options, version):
    spec = ExtractorSpec(name=name, adapter="any", version=version, options=options)
    written = parse(str(spec))
    assert (written.name, written.options, written.version) == (name, options, version)
    assert [type(written.options[k]) for k in options] == [type(v) for v in options.values()]


@pytest.mark.parametrize(
    ("written", "name", "options", "version"),
    [
        ("trafilatura", "trafilatura", {}, None),
        ("  trafilatura ", "trafilatura", {}, None),
        ("trafilatura==2.3.1", "trafilatura", {}, "2.3.1"),
        ("a[]", "a", {}, None),
        ("a[fast=true]==2.0rc1", "a", {"fast": True}, "2.0rc1"),
        ("a==2.0rc1[fast=true]", "a", {"fast": True}, "2.0rc1"),
        ("a[fast=False, n = 4 ,x=.5,lang=en]", "a",
         {"fast": False, "n": 4, "x": 0.5, "lang": "en"}, None),
        ("my.py:extract[key=a=b]", "my.py:extract", {"key": "a=b"}, None),
    ],
)  # fmt: skip
def test_the_parts_of_a_writing(written, name, options, version):
    read = parse(written)
    assert (read.name, read.options, read.version) == (name, options, version)


@pytest.mark.parametrize(
    "written",
    ["", "  ", "[n=4]", "a[", "a]", "a[n=4", "a[n=4]]", "a[[n=4]]", "a[n=4]b", "a=2.0", "a==",
     "==2.0", "a==1==2", "a==1 2", "a==2.0[n=4]==1", "a==[n=4]"],
)  # fmt: skip
def test_a_writing_that_is_malformed_is_refused(written):
    with pytest.raises(UserError, match="cannot read") as caught:
        parse(written)
    assert repr(written) in caught.value.message
    assert "name[key=value" in caught.value.hint


@pytest.mark.parametrize("option", ["n", "n=", "=4", " = ", "n= "])
def test_an_option_that_is_malformed_is_named(option):
    with pytest.raises(UserError, match="cannot read the option") as caught:
        parse(f"a[ok=1,{option}]")
    assert repr(option) in caught.value.message


def test_an_option_given_twice_is_refused():
    with pytest.raises(UserError, match="'n' twice"):
        parse("a[n=4,n=5]")


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        read = parse(text)
    except UserError:
        return
    assert read.name
    assert read.name == read.name.strip()


PARAMETERS = st.dictionaries(NAMES.filter(lambda name: ":" not in name and name != "v"), VALUES)
FAMILIES = st.text(string.ascii_lowercase + "-", min_size=1)


@given(FAMILIES, PARAMETERS, st.integers(0, 99))
def test_a_signature_is_read_back_as_what_it_was_made_of(family, parameters, version):
    read = read_signature(signature(family, parameters, version))
    assert read == (family, {name: str(value) for name, value in parameters.items()}, version)


def test_a_signature_has_every_parameter_in_order_and_the_version():
    parameters = {"size": 3, "colour": "red", "exact": True}
    assert signature("thing", parameters, 2) == "thing|size:3|colour:red|exact:True|v:2"


@pytest.mark.parametrize("written", ["", "|", "overlap", "overlap|n:1", "a|v:", "a|v:x", "a|v:1.0"])
def test_a_signature_without_a_version_is_refused(written):
    with pytest.raises(UserError, match="it has no version") as caught:
        read_signature(written)
    assert repr(written) in caught.value.message


def test_the_signatures_of_the_defaults_are_stable():
    rules = "avg:macro|failed:zero|norm:nfkc_casefold|tok:unicode|empty:both1"
    assert metric("token").signature == f"overlap|{rules}|n:1|count:multiset|short:whole|v:1"
    assert metric("shingle").signature == f"overlap|{rules}|n:4|count:multiset|short:whole|v:1"


def test_two_writings_of_one_metric_have_one_name_and_signature():
    assert metric("shingle[n=4]") == metric("shingle")
    assert metric("shingle[n=4]").name == "shingle"
    assert metric("shingle[n=5]").signature != metric("shingle").signature
