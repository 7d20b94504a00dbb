"""A service that answers over HTTP: it is sent a page, and its answer is the text.

    name = "mine"
    url = "http://127.0.0.1:8000/extract"
    text = "choices.0.message.content"            # where in a JSON answer; without it, all of it
    headers = { Authorization = "Bearer ${MY_KEY}" }  # from the environment, and never stored;
                                                  # an address may name variables as well

    [body]                                        # sent as JSON; without it, the page's bytes
    model = "small"
    messages = [{ role = "user", content = "The main text of this page, nothing else: {html}" }]

`{html}` and `{url}` stand for the page in all texts of the body. The network is open to this one
address, and to this worker alone; a redirect is an error. What the service itself spends is not
measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import urllib.request
from email.message import Message
from typing import IO, Any, NoReturn
from urllib.error import HTTPError

from boilerbench.types import Page
from boilerbench.worker.loop import Extract, Refused

_LONGEST_REASON = 300  # characters of a service's own words
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> NoReturn:
        raise ValueError(f"the service redirects to {newurl}, which it may not")


def version(target: str) -> None:
    """A service does not say its release."""


def load(options: dict[str, Any], target: str) -> tuple[Extract, dict[str, Any]]:
    """`target` is the address; the options are `text`, `headers` and `body`."""
    secrets: dict[str, str] = {}
    headers = {name: _filled(value, secrets) for name, value in options.get("headers", {}).items()}
    address = _filled(target, secrets)
    body, path = options.get("body"), options.get("text")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    def extract(page: Page) -> str | None:
        try:
            return _asked(page)
        except Exception as problem:
            # What a library or the service says may hold a key, and is stored.
            said = str(problem)
            for name, value in secrets.items():
                said = said.replace(value, f"${{{name}}}")
            raise ValueError(said or type(problem).__name__) from None

    def _asked(page: Page) -> str | None:
        sent = page.html if body is None else json.dumps(_about(body, page)).encode()
        kind = "text/html" if body is None else "application/json"
        request = urllib.request.Request(  # noqa: S310 - http or https, as was checked
            address, sent, {"Content-Type": kind, **headers}, method="POST"
        )
        try:
            with opener.open(request) as answer:
                said: bytes = answer.read()
                charset = answer.headers.get_content_charset("utf-8")
        except HTTPError as problem:
            words = problem.read(_LONGEST_REASON).decode("utf-8", "replace").strip()
            raise ValueError(f"the service answered with status {problem.code}: {words}") from None
        text = said.decode(charset)
        return text if path is None else _at(json.loads(text), path)

    given = {"sent": kind_of(body), "answer": f"JSON, {path}" if path else "text"}
    return extract, {"url": target, **given, "cost": "the worker's own, not the service's"}


def kind_of(body: object) -> str:
    """What the service is sent, in a word."""
    return "the page's bytes" if body is None else "JSON"


def _at(found: Any, path: str) -> str | None:
    """The text at a path of keys and numbers with dots between them. Raises `ValueError`."""
    for part in path.split("."):
        try:
            found = found[int(part) if isinstance(found, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ValueError(f"the answer has no {path}") from None
    if found is None or isinstance(found, str):
        return found
    raise ValueError(f"{path} of the answer is {type(found).__name__}, not text")


def _about(body: Any, page: Page) -> Any:
    """The body with the page in its place."""
    if isinstance(body, dict):
        return {name: _about(value, page) for name, value in body.items()}
    if isinstance(body, list):
        return [_about(value, page) for value in body]
    if isinstance(body, str):
        # In one go: a page that holds {url} must not have it filled in.
        parts = {"html": _decoded(page.html), "url": page.url or ""}
        return re.sub(r"\{(html|url)\}", lambda found: parts[found[1]], body)
    return body


def _decoded(html: bytes) -> str:
    """UTF-8 if it is, else what the page declares, else windows-1252: JSON can hold text only."""
    declared = re.search(rb"charset=[\"']?([\w-]+)", html[:2048])
    for charset in ("utf-8-sig", declared and declared[1].decode()):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            if charset:
                return html.decode(charset)
    return html.decode("windows-1252", "replace")


def _filled(value: str, secrets: dict[str, str]) -> str:
    """The value with the variables that it names; `secrets` learns what they hold."""

    def variable(found: re.Match[str]) -> str:
        held = os.environ.get(found[1], "").strip()  # a key from a file ends with its line
        if not held:
            raise Refused(f"the environment variable {found[1]} is not set")
        if not held.isprintable():
            raise Refused(f"the environment variable {found[1]} holds control characters")
        secrets[found[1]] = held
        return held

    return _VARIABLE.sub(variable, value)
