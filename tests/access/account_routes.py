"""Rows of the table: what libraries bring along, allauth's pages of logins and the API's description."""

from tests.access.routes import ANY, Route, Thing, get, public
from tests.access.routes import always as everybody


def login(name: str, **args: str) -> Route:
    things = [Thing("", args)]
    return Route(name, "login", (get(everybody(ANY)),), lambda _stage: things)


ACCOUNTS = [
    login("account_login"),
    login("account_logout"),
    login("account_signup"),
    login("account_reauthenticate"),
    login("account_inactive"),
    login("account_email"),
    login("account_confirm_email", key="no-such-key"),
    login("account_email_verification_sent"),
    login("account_change_password"),
    login("account_set_password"),
    login("account_reset_password"),
    login("account_reset_password_done"),
    login("account_reset_password_from_key", uidb36="1", key="no-such-key"),
    login("account_reset_password_from_key_done"),
    login("account_confirm_login_code"),
    login("account_request_login_code"),
]
DESCRIPTION = [
    public("api:schema", get(everybody(200))),
    public("api:docs", get(everybody(200))),
]
