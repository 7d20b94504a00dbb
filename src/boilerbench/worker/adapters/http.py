"""A service that answers over HTTP: it is sent a page, and its answer is the text.

    name = "mine"
    url = "http://127.0.0.1:8000/extract"
    text = "choices.0.message.content"            # where in a JSON answer; else its key `text`
    headers = { Authorization = "Bearer ${MY_KEY}" }  # from the environment, and never stored;
                                                  # an address may name variables as well

    [body]                                        # sent as JSON; without it, the page's bytes
    model = "small"
    messages = [{ role = "user", content = "The main text of this page, nothing else: {html}" }]

`{html}` and `{url}` stand for the page in all texts of the body. An answer that is not JSON, by its
Content-Type, is the text itself, unless `text` is given. The network is open to this one address,
and to this worker alone; a redirect is an error. What the service spends is not known:
its pages have a wall time, and no CPU time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from http.client import HTTPException
from typing import IO, Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import quote

from boilerbench.types import Page
from boilerbench.worker.loop import Extract, Refused

_LONGEST_REASON = 300  # characters of a service's own words
_READ_OF_REASON = 1 << 16  # bytes; more than are shown, so that no key is cut and missed
_KEYS_SHOWN = 10
_USUAL = "text"  # the key of a JSON answer, if the file names none
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
    for name, value in headers.items():
        if not value.isascii():
            raise Refused(f"the header {name} may hold ASCII only")
    body, path = options.get("body"), options.get("text")
    masked = _mask(secrets)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    def extract(page: Page) -> str | None:
        try:
            return _asked(page)
        except Exception as problem:
            # What a library or the service says may hold a key, and is stored.
            raise ValueError(masked(str(problem)) or type(problem).__name__) from None

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
                kind = answer.headers.get_content_type()
        except HTTPError as problem:
            words = " ".join(problem.read(_READ_OF_REASON).decode("utf-8", "replace").split())
            begin = masked(words)[:_LONGEST_REASON] or problem.reason
            raise ValueError(f"the service answered with status {problem.code}: {begin}") from None
        except URLError as problem:
            if isinstance(problem.reason, BrokenPipeError | ConnectionResetError):
                reason = _why(problem.reason)
                raise ValueError(f"{target} broke off its answer: {reason}") from None
            raise ValueError(f"cannot reach {target}: {_why(problem.reason)}") from None
        except (OSError, HTTPException) as problem:
            raise ValueError(f"{target} broke off its answer: {_why(problem)}") from None
        return _text_of(said.decode(charset), kind, path)

    answered = f"JSON, {path}" if path else f"text, or JSON with the key {_USUAL}"
    cost = "not known, but for the wall time of its answers"
    return extract, {"url": target, "sent": kind_of(body), "answer": answered, "cost": cost}


def kind_of(body: object) -> str:
    """What the service is sent, in a word."""
    return "the page's bytes" if body is None else "JSON"


def _text_of(said: str, kind: str, path: str | None) -> str | None:
    """The text of an answer of that Content-Type. Raises `ValueError`."""
    if path is None and not re.fullmatch(r"application/(.+\+)?json", kind):
        return said
    try:
        found = json.loads(said)
    except ValueError as problem:
        raise ValueError(f"the answer is not JSON: {problem}") from None
    if path is None and isinstance(found, str):
        return found
    return _at(found, path or _USUAL)


def _at(found: Any, path: str) -> str | None:
    """The text at a path of keys and numbers with dots between them. Raises `ValueError`."""
    parts = path.split(".")
    for depth, part in enumerate(parts):
        try:
            found = found[int(part) if isinstance(found, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            where = ".".join(parts[:depth]) or "it"
            raise ValueError(
                f"the JSON answer has no {path}: {where} is {_shape(found)}; "
                'say in the TOML file where the text is: text = "KEY.KEY"'
            ) from None
    if found is None or isinstance(found, str):
        return found
    raise ValueError(f"{path} of the JSON answer is {_shape(found)}, not text")


def _shape(value: Any) -> str:
    """What a value is, for whoever looks for the text in it."""
    if isinstance(value, dict):
        keys = ", ".join(name[:40] for name in list(value)[:_KEYS_SHOWN])
        more = ", …" if len(value) > _KEYS_SHOWN else ""
        return f"an object with the keys {keys}{more}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    names = {str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _why(problem: object) -> str:
    """In a few words, without Python's own."""
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    return str(problem) or type(problem).__name__


def _mask(secrets: Mapping[str, str]) -> Callable[[str], str]:
    """A function that puts the variables' names for what they hold, as it is or as an address or
    JSON writes it."""
    forms = {
        form: f"${{{name}}}"
        for name, held in secrets.items()
        for form in (held, quote(held), quote(held, safe=""), json.dumps(held)[1:-1])
    }
    longest_first = sorted(forms, key=len, reverse=True)  # one may hold another
    pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    return lambda said: pattern.sub(lambda found: forms[found[0]], said)


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
