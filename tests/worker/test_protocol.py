"""The frames that harness and worker exchange."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.worker.protocol import ProtocolError, frame, header, read_frame


@given(st.lists(st.tuples(st.text(), st.binary()), max_size=5))
def test_frames_come_out_as_they_went_in(frames: list[tuple[str, bytes]]) -> None:
    stream = io.BytesIO(b"".join(frame({"id": page_id}, body) for page_id, body in frames))
    for page_id, body in frames:
        assert read_frame(stream) == ({"id": page_id, "bytes": len(body)}, body)
    assert read_frame(stream) is None


def test_a_header_is_one_line_whatever_it_holds() -> None:
    assert frame({"id": "a\nb\u2028"}, b"x").count(b"\n") == 1


@pytest.mark.parametrize(
    "line",
    [b"", b"x", b"[]", b"{}", b'{"bytes": "1"}', b'{"bytes": -1}', b'{"bytes": true}', b"\xff"],
)
def test_what_is_no_header_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        header(line)


def test_a_stream_that_ends_inside_a_frame_is_refused() -> None:
    with pytest.raises(ProtocolError, match="inside a frame"):
        read_frame(io.BytesIO(frame({}, b"body")[:-1]))
