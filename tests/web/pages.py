"""Opening pages as a member, without a browser."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.signing_in import sign_in
from tests.world import Net


class Reader:
    """A member with a session on the network's host."""

    def __init__(self, net: Net, name: str = "") -> None:
        self.net = net
        self.client = Client(raise_request_exception=False)
        if name:
            sign_in(self.client, net, name)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(path, headers={"host": self.net.host, **headers})  # type: ignore[return-value]

    def post(self, path: str, values: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        return self.client.post(  # type: ignore[return-value]
            path, values or {}, headers={"host": self.net.host, **headers}
        )


def text_of(response: HttpResponse) -> str:
    """What a person reads: the body without tags, blanks run together."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def statements(asked: Iterable[Mapping[str, str]]) -> list[str]:
    """What was asked of the database, without the marks of transactions, which a test nests in its own."""
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config")
    return [query["sql"] for query in asked if not query["sql"].startswith(marks)]
