"""Calling the API as a member of the world."""

from typing import Any

from django.test import Client

from tests.world import Net

ENQUIRY: dict[str, Any] = {
    "name": "Asha Verma",
    "phone": "098100 12345",
    "email": "asha@example.org",
    "postal_code": "NA1",
    "message": "Three pumps",
    "product_line": "pumps",
    "consent": True,
}


class Caller:
    """One member with its token. Never raises what a view raises: the API must answer."""

    def __init__(self, net: Net, name: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = net.bearer(name)

    def get(self, address: str, **query: Any) -> Any:
        return self.client.get(_full(address), query, headers=self.headers)

    def post(self, address: str, body: Any = None, *, key: str | None = None) -> Any:
        return self.send("post", address, body if body is not None else {}, key=key)

    def send(self, method: str, address: str, body: Any, *, key: str | None = None) -> Any:
        headers = self.headers | ({"idempotency-key": key} if key is not None else {})
        call = getattr(self.client, method)
        return call(_full(address), body, content_type="application/json", headers=headers)

    def raw(self, address: str, body: bytes, content_type: str = "application/json") -> Any:
        return self.client.post(_full(address), body, content_type=content_type, headers=self.headers)


def _full(address: str) -> str:
    return address if address.startswith(("/", "http")) else f"/api/v1/{address}"


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is problem details of this status and code; its body."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"urn:dnm:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer["X-Request-ID"]
    return body
