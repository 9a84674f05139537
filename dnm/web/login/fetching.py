"""Asking identity providers: only public addresses, only https, a short time-out, no redirects elsewhere."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

SECONDS = 5


class ForbiddenAddress(requests.RequestException):
    """The address does not lead to a public host over https."""


class PublicOnly(HTTPAdapter):
    """Looks where a name leads before it asks there. Every request and every redirect goes through it."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        check_address(str(request.url))
        kwargs["timeout"] = SECONDS
        return super().send(request, *args, **kwargs)


def check_address(url: str) -> None:
    """Raise `ForbiddenAddress` for what the portal must not ask."""
    parts = urlsplit(url)
    if settings.OIDC_PRIVATE_ADDRESSES:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise ForbiddenAddress("only https")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ForbiddenAddress("no such host") from error
    if not all(ipaddress.ip_address(address[4][0]).is_global for address in found):
        raise ForbiddenAddress("not a public address")


def session() -> requests.Session:
    """For the talks with one provider."""
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 3
    for scheme in ("https://", "http://"):
        made.mount(scheme, PublicOnly())
    return made
