"""Asking a page or an endpoint as somebody, and undoing what it did."""

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.access.expected import PEOPLE
from tests.access.secrets import Words, secrets_from
from tests.access.stage import Stage
from tests.signing_in import sign_in

JSON = "application/json"


@dataclass
class Visitor:
    """Somebody at the stage's host: with a session for pages, with a token for the API, or with neither."""

    name: str
    stage: Stage
    other: Stage
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    token: str = ""

    def __post_init__(self) -> None:
        net = self.stage.net
        if self.name == "foreigner":
            sign_in(self.client, self.other.net, "administrator")
            self.token = self.other.net.secrets["administrator"]
        elif self.name != "anonymous":
            sign_in(self.client, net, self.name)
            self.token = net.secrets[self.name]
        who = self.name if self.name in PEOPLE else "nobody"
        self.secrets: Words = secrets_from(who, self.stage, self.other)

    def page(self, method: str, path: str, body: dict[str, Any] | None = None) -> HttpResponse:
        """A page, as a browser asks for it."""
        return self._ask(method, path, urlencode(body or {}), "application/x-www-form-urlencoded", {})

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> HttpResponse:
        """An endpoint, as a program asks for it, without the session."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        cookies, self.client.cookies = self.client.cookies, Client().cookies
        try:
            return self._ask(method, path, "" if method == "GET" else json.dumps(body or {}), JSON, headers)
        finally:
            self.client.cookies = cookies

    def _ask(
        self, method: str, path: str, body: str, content_type: str, headers: dict[str, str]
    ) -> HttpResponse:
        mark = transaction.savepoint()
        try:
            return self.client.generic(  # type: ignore[return-value]
                method, path, body, content_type, headers={"host": self.stage.net.host, **headers}
            )
        finally:
            transaction.savepoint_rollback(mark)


def text_in(response: HttpResponse) -> str:
    """Everything that an answer says, headers and escaped characters included."""
    body = _unpacked(response.content).decode("utf-8", "replace")
    return f"{dict(response.items())} {body} {ESCAPED.sub(_character, body)}"


ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""How JSON and scripts write characters."""


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _unpacked(body: bytes) -> bytes:
    """A workbook is a packed folder of texts."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(map(packed.read, packed.namelist()))
