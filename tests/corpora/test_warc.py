import gzip
import json
import zlib
from collections import Counter

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boilerbench.corpora import warc
from boilerbench.errors import UserError
from boilerbench.types import Block

BYTES = b"<p>\xff\x00caf\xe9</p>"
URL = "http://a.example/x?y=1"
UUID = "7d6b0455-0000-4000-8000-00000000000{}"


def http(body=BYTES, status="200 OK", **headers):
    headers = {"Content-Type": "text/html; charset=utf-8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [
        f"HTTP/1.1 {status}",
        *(f"{name}: {value}" for name, value in headers.items() if value),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def record(block, url=URL, number=1, kind="response", content_type="application/http"):
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{UUID.format(number)}>",
        "WARC-Date: 2026-01-01T00:00:00Z",
        f"WARC-Target-URI: {url}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.fixture
def made(tmp_path):
    """Writes archives and gold into a folder."""

    def make(*records, gold=({"url": URL, "text": "T"},), name="crawl.warc"):
        data = b"".join(records)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)))
        return tmp_path

    return make


def refused(folder):
    with pytest.raises(UserError) as caught:
        list(warc.read(folder))
    assert "\n" not in caught.value.message
    return caught.value.message


def test_pages_come_by_id_with_their_bytes_and_gold(made):
    gold = [
        {"url": "http://b.example/", "text": "B", "must": ["m"], "lang": "de", "site": "b"},
        {"id": "1", "url": URL, "text": "A", "blocks": [{"kind": "heading", "text": "A"}]},
    ]
    folder = made(record(http()), record(http(b"b"), "http://b.example/", 2), gold=gold)
    (page, found), (other, other_found) = warc.read(folder)
    assert (page.id, page.html, page.url, page.site) == ("1", BYTES, URL, "a.example")
    assert (found.text, found.blocks) == ("A", (Block("heading", "A"),))
    assert (other.id, other.html, other.lang, other.site) == ("http://b.example/", b"b", "de", "b")
    assert (other_found.page_id, other_found.must) == ("http://b.example/", ("m",))


def test_archives_may_be_several_and_compressed_by_record_or_as_a_whole(made):
    made(record(http()), name="one.warc.gz")
    gold = [{"url": url, "text": ""} for url in (URL, "http://b/", "http://c/")]
    folder = made(record(http(), "http://b/", 2), gold=gold)
    parts = [record(http(), "http://z/", 3), record(http(), "http://c/", 4)]
    (folder / "members.warc.gz").write_bytes(b"".join(map(gzip.compress, parts)))
    assert [page.id for page, _ in warc.read(folder)] == [URL, "http://b/", "http://c/"]


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
@pytest.mark.parametrize("asked", ["archive", "gold"])
def test_one_archive_and_its_gold_may_be_named_as_a_file(made, name, asked):
    folder = made(record(http()), name=name)
    (folder / "gold.jsonl").rename(folder / "crawl.jsonl")
    (folder / "other.warc").write_bytes(b"broken")
    ((page, _),) = warc.read(folder / (name if asked == "archive" else "crawl.jsonl"))
    assert page.html == BYTES


@pytest.mark.parametrize(
    "block",
    [
        http(),
        http(Content_Type=None),
        http(Content_Type="Application/XHTML+XML"),
        http(gzip.compress(BYTES), Content_Encoding="gzip"),
        http(gzip.compress(BYTES), content_encoding="GZIP"),
        http(zlib.compress(BYTES), Content_Encoding="deflate"),
        http(brotli.compress(BYTES), Content_Encoding="br"),
        http(chunked(BYTES), Transfer_Encoding="chunked"),
        http(chunked(gzip.compress(BYTES)), Transfer_Encoding="chunked", Content_Encoding="gzip"),
        # Headers of what the archive has decoded already.
        http(Content_Encoding="gzip"),
        http(Content_Encoding="br"),
        http(Content_Encoding="x-unknown"),
        http(Transfer_Encoding="chunked"),
        http(Transfer_Encoding="chunked", Content_Encoding="gzip"),
        http(gzip.compress(BYTES), Transfer_Encoding="chunked", Content_Encoding="gzip"),
        http(chunked(BYTES), Transfer_Encoding="chunked", Content_Encoding="gzip"),
    ],
)
def test_what_http_did_is_undone_and_nothing_else(made, block):
    ((page, _),) = warc.read(made(record(block)))
    assert page.html == BYTES


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    page=st.binary(), encoding=st.sampled_from(["", "gzip", "br", "deflate"]), chunks=st.booleans()
)
def test_any_page_keeps_its_bytes(made, page, encoding, chunks):
    packers = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}
    body = packers.get(encoding, bytes)(page)
    headers = {"Content_Encoding": encoding, "Transfer_Encoding": "chunked" if chunks else ""}
    folder = made(record(http(chunked(body) if chunks else body, **headers)))
    assert next(warc.read(folder))[0].html == page


@pytest.mark.parametrize("damage", [lambda data: data[:-30], lambda data: data[:9] + b"\xff" * 9])
def test_a_payload_that_cannot_be_decoded_is_no_page(made, damage):
    packed = damage(brotli.compress(bytes(range(256)) * 9))
    assert "a payload that cannot be decoded" in refused(
        made(record(http(packed, Content_Encoding="br")))
    )


def test_a_resource_is_a_page_too(made):
    block = record(BYTES, kind="resource", content_type="text/html")
    assert next(warc.read(made(block)))[0].html == BYTES
    block = record(BYTES, kind="resource", content_type="text/plain")
    assert "content type text/plain" in refused(made(block))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (record(http(status="404 Not Found")), "HTTP status 404"),
        (record(http(b"", "301 Moved", Location="/y")), "HTTP status 301"),
        (record(http(Content_Type="image/png")), "content type image/png"),
        (record(http(b""), kind="revisit"), "no payload: a revisit record"),
        (record(b"no HTTP", content_type="text/dns"), "content type text/dns"),
        (record(b"garbage"), "HTTP status None"),
    ],
)
def test_what_is_no_page_is_left_for_one_that_is_and_else_told(made, other, reason):
    assert next(warc.read(made(other, record(http(), number=2))))[0].html == BYTES
    assert f"gold without a page, 1 in all: {URL} ({reason}" in refused(made(other))


def test_records_of_other_kinds_are_passed_over(made):
    others = [record(b"GET", kind=kind) for kind in ("request", "metadata", "conversion")]
    folder = made(record(b"a: b", kind="warcinfo"), *others, record(http()))
    assert next(warc.read(folder))[0].html == BYTES


def test_a_message_has_no_codes_from_the_archive(made):
    message = refused(made(record(http(Content_Type="a\x1b[31m\x07b"))))
    assert "content type a\ufffd[31m\ufffdb" in message


def test_gold_without_a_page_is_counted_and_named(made):
    gold = [{"url": URL, "text": ""}, *({"id": f"p{n}", "text": ""} for n in range(7))]
    message = refused(made(record(http()), gold=gold))
    assert "gold without a page, 7 in all: p0; p1; p2; p3; p4; …" in message


def test_pages_without_gold_are_left_out_even_broken_ones(made):
    other = record(http(b"\x01", Content_Encoding="x-unknown"), "http://other/", 2)
    assert [page.id for page, _ in warc.read(made(other, record(http())))] == [URL]


def test_the_same_page_twice_is_one(made):
    folder = made(
        record(http()), record(http(gzip.compress(BYTES), Content_Encoding="gzip"), number=2)
    )
    assert len(list(warc.read(folder))) == 1


def test_different_pages_of_one_address_need_the_id_of_one(made):
    records = [record(http(b"one")), record(http(b"two"), number=2)]
    message = refused(made(*records))
    assert "2 different pages" in message
    assert all(UUID.format(number) in message for number in (1, 2))
    for written in (UUID.format(2), f"<urn:uuid:{UUID.format(2)}>", f"urn:uuid:{UUID.format(2)}"):
        for url in ({}, {"url": URL}):
            folder = made(*records, gold=[{"id": written, "text": "T"} | url])
            ((page, _),) = warc.read(folder)
            assert (page.id, page.html, page.url) == (written, b"two", URL)


def test_an_address_in_angle_brackets_is_the_same(made):
    ((page, _),) = warc.read(made(record(http(), f"<{URL}>")))
    assert page.url == URL
    folder = made(record(http(), f"<{URL}>"), gold=[{"id": UUID.format(1), "text": ""}])
    assert next(warc.read(folder))[0].url == URL


@pytest.mark.parametrize(
    ("record_of_gold", "reason"),
    [
        ({"url": URL}, "text is missing"),
        ({"text": "T"}, "no id"),
        ({"url": 5, "text": "T"}, "url must be text"),
        ({"url": URL, "text": "T", "lang": 5}, "lang must be text"),
        ({"url": URL, "text": "T", "must": "x"}, "must must be a list of texts"),
        ([], "not a JSON object"),
    ],
)
def test_broken_gold_is_named_with_its_line(made, record_of_gold, reason):
    message = refused(made(record(http()), gold=[{"id": "1", "text": ""}, record_of_gold]))
    assert "gold.jsonl, line 2: " in message
    assert reason in message


def test_two_golds_of_one_id_and_no_gold_are_refused(made):
    assert "twice" in refused(made(record(http()), gold=[{"url": URL, "text": ""}] * 2))
    assert "holds no gold" in refused(made(record(http()), gold=[]))


def test_a_folder_must_hold_archives_and_one_file_of_gold(made, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "found 0 WARC files and 0 files of gold" in refused(tmp_path / "empty")
    assert "found 0 WARC files and 0 files of gold" in refused(tmp_path / "missing")
    folder = made(record(http()))
    (folder / "._gold.jsonl").write_text("a file manager's")
    assert len(list(warc.read(folder))) == 1
    (folder / "more.jsonl").write_text("")
    assert "found 1 WARC files and 2 files of gold" in refused(folder)


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_damaged_archive_is_named(made, name):
    folder = made(b"\xff\x00 no archive" * 100, name=name)
    assert f"cannot read {folder / name}" in refused(folder)
    (folder / name).write_bytes(b"\x1f\x8b\xff no archive" * 100)
    assert f"cannot read {folder / name}" in refused(folder)


def test_an_archive_that_ends_within_a_page_is_refused(made):
    whole = record(http(BYTES * 99))
    assert "it ends within the record" in refused(made(whole[:-200]))
    folder = made(whole)
    (folder / "crawl.warc").unlink()
    (folder / "crawl.warc.gz").write_bytes(gzip.compress(whole)[:-40])
    assert f"{folder / 'crawl.warc.gz'} is damaged" in refused(folder)


@pytest.mark.parametrize("kind", ["response", "request"])
@pytest.mark.parametrize("cut", [5, 900, 1100, 1150])
def test_an_archive_that_ends_within_what_nobody_wants_is_damaged(made, kind, cut):
    other = record(http(b"o" * 900), "http://o.example/", 2, kind)
    folder = made(record(http()) + other[:-cut])
    assert f"{folder / 'crawl.warc'} is damaged: it ends within" in refused(folder)


@pytest.mark.parametrize("members", [True, False])
@pytest.mark.parametrize("cut", [1, 12, 60])
def test_a_gzip_member_that_is_cut_off_is_damage(made, members, cut):
    parts = [record(http()), record(http(b"o" * 900), "http://o.example/", 2)]
    folder = made(*parts)
    (folder / "crawl.warc").unlink()
    packed = b"".join(map(gzip.compress, parts)) if members else gzip.compress(b"".join(parts))
    (folder / "crawl.warc.gz").write_bytes(packed)
    assert len(list(warc.read(folder))) == 1
    (folder / "crawl.warc.gz").write_bytes(packed[:-cut])
    assert f"{folder / 'crawl.warc.gz'} is damaged" in refused(folder)


def test_what_is_left_out_is_counted_by_its_reason(made):
    folder = made(
        record(http()),
        record(http(status="404 Not Found"), number=2),
        record(http(b"\x01" * 200_000), "http://o.example/", 3),
        record(http(Content_Type="image/png"), "http://i.example/", 4),
        record(http(b""), "http://r.example/", 5, kind="revisit"),
        record(b"x", "http://t.example/", 6, "resource", "text/plain"),
        record(http(gzip.compress(BYTES), Content_Encoding="gzip"), "http://z.example/", 7),
        record(b"GET", kind="request"),
    )
    left_out = Counter()
    assert len(list(warc.read(folder, left_out))) == 1
    assert left_out == {
        "without gold": 2,
        "with HTTP status 404": 1,
        "with content type image/png": 1,
        "with content type text/plain": 1,
        "with no payload: a revisit record": 1,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), junk=st.binary(max_size=40))
def test_any_damage_is_one_clear_error_or_none(made, at, junk):
    data = bytearray(record(http(BYTES * 9)))
    data[at : at + len(junk)] = junk
    try:
        pages = list(warc.read(made(bytes(data))))
    except UserError:
        return
    assert [page.id for page, _ in pages] == [URL]
