import io
import shutil
import tarfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boilerbench.corpora import dragnet
from boilerbench.errors import UserError

BYTES = b"<p>\xff\x00caf\xe9</p>"
GOLD = "  The “article”.\n\n  More.\n\n!@#$%^&*()  COMMENTS\n\n Great!\n"
ARTICLE = "The “article”.\n\n  More."


def write(folder):
    for place, ending, data in (
        ("HTML", ".html", BYTES),
        ("Corrected", ".html.corrected.txt", GOLD.encode()),
    ):
        (folder / place).mkdir()
        for page_id in ("R2", "T1", "17"):
            (folder / place / f"{page_id}{ending}").write_bytes(data)
    (folder / "training.txt").write_text("R2\n17\n")
    (folder / "test.txt").write_bytes(b"T1")
    return folder


@pytest.fixture
def copy(tmp_path):
    return write(tmp_path)


def pack(copy, name, prefix=""):
    """Puts a folder into its archive, as upstream has it."""
    with tarfile.open(copy / f"dragnet_{name}.tar.gz", "w:gz") as packed:
        packed.add(copy / name, prefix + name)
        for junk in (f"{name}/._R2.html", "../../../T1.html.bak"):
            entry = tarfile.TarInfo(junk)
            entry.size = 4
            packed.addfile(entry, io.BytesIO(b"junk"))
    shutil.rmtree(copy / name)
    return copy / f"dragnet_{name}.tar.gz"


def broken(copy, split="training"):
    with pytest.raises(UserError) as caught:
        list(dragnet.read(copy, split))
    assert f"{copy} is not a whole copy of dragnet" in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value.message


def test_the_pages_of_a_split_come_by_id(copy):
    (page, gold), (following, _) = dragnet.read(copy, "training")
    assert (page.id, following.id, gold.page_id) == ("17", "R2", "17")
    assert (page.html, page.kind, page.url) == (BYTES, "article", None)
    assert (gold.text, gold.blocks) == (ARTICLE, ())
    assert [page.id for page, _ in dragnet.read(copy, "test")] == ["T1"]


@pytest.mark.parametrize("prefix", ["", "./", "data/"])
def test_archives_are_read_as_the_folders_are(copy, prefix):
    unpacked = list(dragnet.read(copy, "training"))
    pack(copy, "HTML", prefix)
    assert list(dragnet.read(copy, "training")) == unpacked
    pack(copy, "Corrected", prefix)
    assert list(dragnet.read(copy, "training")) == unpacked
    assert sorted(file.name for file in copy.iterdir()) == [
        "dragnet_Corrected.tar.gz",
        "dragnet_HTML.tar.gz",
        "test.txt",
        "training.txt",
    ]


@pytest.mark.parametrize(
    ("text", "article"),
    [
        (GOLD, ARTICLE),
        ("a\n!@#$%^&*() COMMENTS", "a"),
        ("a\n!@ $%^&*()  COMMENTS\nb", "a"),
        ("a\n  !@#$%^&*()\tCOMMENTS b\n!@#$%^&*()  COMMENTS", "a"),
        ("!@#$%^&*()  COMMENTS\nb", ""),
        ("12 COMMENTS\n      COMMENTS", "12 COMMENTS\n      COMMENTS"),
        ("What the !@#$%^&*() is that", "What the !@#$%^&*() is that"),
        ("", ""),
    ],
)
def test_the_article_ends_where_the_comments_begin(text, article):
    assert dragnet.article(text) == article


def test_long_runs_of_signs_take_no_quadratic_time():
    dragnet.article("!@ " * 300_000 + " " * 300_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
def test_texts_are_read_in_their_encodings(copy, encoding):
    (copy / "Corrected" / "T1.html.corrected.txt").write_bytes(GOLD.encode(encoding))
    ((_, gold),) = dragnet.read(copy, "test")
    assert gold.text == ARTICLE


def test_an_unknown_split_is_refused(copy):
    with pytest.raises(UserError, match="unknown split of dragnet 'train'") as caught:
        next(dragnet.read(copy, "train"))
    assert "did you mean training?" in caught.value.hint


@pytest.mark.parametrize("lost", ["HTML/R2.html", "Corrected/R2.html.corrected.txt"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_missing_page_or_text_is_named(copy, lost, packed):
    (copy / lost).unlink()
    if packed:
        pack(copy, lost.split("/")[0])
    assert f"{lost.split('/')[1]} is missing" in broken(copy)


@pytest.mark.parametrize("lost", ["HTML", "Corrected", "training.txt"])
def test_what_is_missing_is_named(copy, lost):
    file = copy / lost
    shutil.rmtree(file) if file.is_dir() else file.unlink()
    assert f"{lost} is missing" in broken(copy)


@pytest.mark.parametrize("page_id", ["../training", "/etc/passwd", "a\\b", "R2 T1 a\0b"])
def test_an_id_does_not_lead_out_of_the_folder(copy, page_id):
    (copy / "training.txt").write_text(page_id)
    assert "is not an id" in broken(copy)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-4],
        lambda data: b"",
        lambda data: b"not gzip",
        lambda data: data[:20] + b"\xff" * 20 + data[40:],
    ],
)
def test_a_damaged_archive_is_refused(copy, damage):
    archive = pack(copy, "HTML")
    archive.write_bytes(damage(archive.read_bytes()))
    broken(copy)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.binary(), text=st.binary())
def test_any_bytes_are_read_and_a_page_keeps_its_own(copy, page, text):
    (copy / "HTML" / "T1.html").write_bytes(page)
    (copy / "Corrected" / "T1.html.corrected.txt").write_bytes(text)
    ((found, _),) = dragnet.read(copy, "test")
    assert found.html == page


def test_links_and_files_with_holes_are_no_members(copy):
    archive = pack(copy, "HTML")
    with tarfile.open(archive, "w:gz", format=tarfile.GNU_FORMAT) as packed:
        link = tarfile.TarInfo("HTML/R2.html")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        packed.addfile(link)
        holes = tarfile.TarInfo("HTML/17.html")
        holes.type = tarfile.GNUTYPE_SPARSE
        header = bytearray(holes.tobuf(tarfile.GNU_FORMAT))
        header[483:495] = b"%011o\0" % (10**9)  # its real size, all of it holes
        header[148:156] = b"        "
        header[148:156] = b"%06o\0 " % sum(header)
        packed.fileobj.write(header)
        packed.offset += len(header)
    assert "17.html" in broken(copy)
