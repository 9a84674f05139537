"""The host names at which the portal answers: those of the settings, and every network's own domains.

This is the portal's one host check, and `HostMiddleware` asks it before anything else sees a request.
Django's own list (`ALLOWED_HOSTS`) is fixed when a process starts, so it stands open and checks only how a
name is written.
"""

import time

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from dnm.accounts.models import NetworkDomain

REMEMBERED = 10.0
"""Seconds for which a process remembers that a name belongs to some network.

Only that: to which network is read for each request. Names that belong to nobody are not remembered, so a new
domain works at once and nobody can fill the memory with inventions.
"""
_remembered: dict[str, float] = {}


def host_of(request: HttpRequest) -> str:
    """The name that the request was sent to, without the port, in lower case.

    Raises `DisallowedHost` for one that is malformed or none of the portal's.
    """
    host, _port = split_domain_port(request.get_host())
    if not is_answered(host):
        raise DisallowedHost(f"The portal does not answer at {host!r}.")
    return host


def is_answered(host: str) -> bool:
    """Whether the settings name the host, or a network has it as a domain of its own."""
    if validate_host(host, settings.ANSWERED_HOSTS):
        return True
    now = time.monotonic()
    if _remembered.get(host, 0.0) > now:
        return True
    _remembered.pop(host, None)
    if not NetworkDomain.objects.filter(host=host).exists():
        return False
    _remembered[host] = now + REMEMBERED
    return True
