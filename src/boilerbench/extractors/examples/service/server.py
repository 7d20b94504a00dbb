"""A service on this machine: it is sent a page, and answers with the text of its paragraphs."""

import html
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Service(BaseHTTPRequestHandler):
    """Answers in JSON: {"text": …}."""

    def do_POST(self) -> None:  # noqa: D102
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        page = sent.decode("utf-8", "replace").replace("\0", "")
        paragraphs = re.findall(r"<p[\s>][^<]*(?:<(?!/?p[\s>])[^<]*)*", page, re.IGNORECASE)
        bare = "\n\n".join(re.sub(r"<[^>]*>", "", one) for one in paragraphs)
        answer = json.dumps({"text": html.unescape(bare)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    ThreadingHTTPServer(("127.0.0.1", port), Service).serve_forever()
