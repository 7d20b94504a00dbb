"""A worker in Python, without boilerbench: the text of a page's paragraphs."""

import html
import json
import re
import sys

wire_in, wire_out = sys.stdin.buffer, sys.stdout.buffer
wire_out.write(b'{"ready": true, "version": "1", "bytes": 0}\n')
wire_out.flush()
while line := wire_in.readline():
    header = json.loads(line)
    page = wire_in.read(header["bytes"]).decode("utf-8", "replace").replace("\0", "")
    paragraphs = re.findall(r"<p[\s>][^<]*(?:<(?!/?p[\s>])[^<]*)*", page, re.IGNORECASE)
    bare = "\n\n".join(re.sub(r"<[^>]*>", "", one) for one in paragraphs)
    text = html.unescape(bare).encode("utf-8", "replace")
    answer = {"id": header["id"], "outcome": "ok", "bytes": len(text)}
    wire_out.write(json.dumps(answer).encode() + b"\n" + text)
    wire_out.flush()
