"""The bare host and the operators': every address as nobody, as a network's administrator, as operator."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from dnm.accounts.models import User
from tests.access.stage import Stage
from tests.access.table import names
from tests.admin.visiting import ADMIN_HOST, Visitor, operator
from tests.signing_in import session_of
from tests.world import Net

BARE, OPERATORS = "dnm.urls.bare", "dnm.urls.operators"
ANY = 0
Row = tuple[str, tuple[int, int, int]]
"""An address, and the status for nobody, for a network's administrator, for an operator."""
ON_THE_BARE_HOST: dict[str, Row] = {
    "demo": ("/", (404, 404, 404)),  # the tests run without demo mode
    "healthz": ("/healthz", (200, 200, 200)),
    "readyz": ("/readyz", (ANY, ANY, ANY)),
}
ANYBODY = (ANY, ANY, ANY)
"""Pages about the own login, and those that lead to it."""
FOR_OPERATORS: dict[str, Row] = {
    "": ("/", (302, 302, 302)),
    "admin:index": ("/admin/", (302, 403, 200)),
    "admin:autocomplete": ("/admin/autocomplete/", (302, 403, 403)),
    "admin:jsi18n": ("/admin/jsi18n/", (302, 403, 200)),
    "admin:app_list": ("/admin/accounts/", (302, 403, 200)),
    "admin:accounts_user_changelist": ("/admin/accounts/user/", (302, 403, 200)),
    "admin:accounts_user_add": ("/admin/accounts/user/add/", (302, 403, 403)),
    "admin:accounts_user_change": ("/admin/accounts/user/{user}/change/", (302, 403, 200)),
    "admin:accounts_user_history": ("/admin/accounts/user/{user}/history/", (302, 403, 404)),
    "admin:accounts_user_delete": ("/admin/accounts/user/{user}/delete/", (302, 403, 403)),
    "admin:accounts_network_changelist": ("/admin/accounts/network/", (302, 403, 200)),
    "admin:accounts_network_add": ("/admin/accounts/network/add/", (302, 403, 200)),
    "admin:accounts_network_change": ("/admin/accounts/network/{network}/change/", (302, 403, 200)),
    "admin:accounts_network_history": ("/admin/accounts/network/{network}/history/", (302, 403, 404)),
    "admin:accounts_network_delete": ("/admin/accounts/network/{network}/delete/", (302, 403, 403)),
    "admin:accounts_network_work": ("/admin/accounts/network/{network}/work/", (302, 403, 200)),
    "admin:<path:object_id>/": ("/admin/accounts/network/{network}/", (302, 403, 302)),
    "admin:(?P<url>.*)$": ("/admin/no-such-page", (302, 403, 404)),
    "appearance": ("/appearance/", (405, 405, 405)),
    "healthz": ("/healthz", (200, 200, 200)),
    "readyz": ("/readyz", (ANY, ANY, ANY)),
}
OWN_LOGIN = ("account_", "mfa_", "usersessions_")
ARGUMENTS: dict[str, dict[str, str]] = {
    "account_confirm_email": {"key": "no-such-key"},
    "mfa_edit_webauthn": {"pk": "1"},
    "mfa_remove_webauthn": {"pk": "1"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
}


def operators_rows() -> dict[str, Row]:
    own = {name for name in names(OPERATORS) if name.startswith(OWN_LOGIN)}
    pages = {name: reverse(name, OPERATORS, kwargs=ARGUMENTS.get(name)) for name in own}
    return {**FOR_OPERATORS, **{name: (path, ANYBODY) for name, path in pages.items()}}


def visitors(net: Net, host: str) -> list[tuple[str, Visitor]]:
    """With a session of that host, which belongs to no network."""
    nobody, member, platform = Visitor(host), Visitor(host), operator()
    user = User.objects.get(email=f"administrator@{net.network.slug}.example")
    member.client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user, None)
    platform.host = host
    return [("nobody", nobody), ("administrator", member), ("operator", platform)]


def test_every_address_has_a_row() -> None:
    assert set(names(BARE)) == ON_THE_BARE_HOST.keys()
    assert set(names(OPERATORS)) == operators_rows().keys()


@pytest.mark.parametrize("urlconf", [BARE, OPERATORS])
def test_who_gets_what(stages: tuple[Stage, Stage], urlconf: str) -> None:
    """And no word of the networks' people and partners; operators read which networks and logins exist."""
    net = stages[0].net
    host, rows = ("localhost", ON_THE_BARE_HOST) if urlconf == BARE else (ADMIN_HOST, operators_rows())
    ids: dict[str, Any] = {
        "network": net.network.uid,
        "user": net.members["sales_a"].user.uid,
    }
    wrong = []
    for column, (name, visitor) in enumerate(visitors(net, host)):
        for address, statuses in rows.values():
            answer = visitor.get(address.format(**ids))
            text = answer.content.decode() if not answer.streaming else ""
            expected = statuses[column]
            if expected not in (ANY, answer.status_code) or (answer.status_code >= 500 and expected):
                wrong.append(f"{name}: {address}: {answer.status_code}, not {expected}")
            secret = ["dealer_a", "distributor_north", "sales_c"] if name != "operator" else ["dealer_a"]
            wrong += [f"{name}: {address} reads {word}" for word in secret if word in text]
    assert wrong == []
