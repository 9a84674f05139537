"""Signing a member in, as the log-in page leaves it, without its form."""

import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from dnm.accounts.models import User
from tests.world import Net


def sign_in(client: Client, net: Net, name: str) -> Client:
    """Give the client a session of this member, begun on the network's host."""
    user = User.objects.get(email=f"{name}@{net.network.slug}.example")
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user, net.network.pk)
    return client


def session_of(user: User, network_id: int | None, **words: Any) -> str:
    """The key of a new session of the user's on one network; None for the operators' host. `words` are
    put into it.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["network"] = network_id
    store["method"] = "password"
    store["began"] = store["seen"] = time.time()
    store.update(words)
    store.save()
    return str(store.session_key)
