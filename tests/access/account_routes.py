"""Rows of the table: what libraries bring along, allauth's pages of logins and the API's description."""

from tests.access.routes import ANY, PAGE_STRANGERS, Route, Thing, get, public
from tests.access.routes import always as everybody

GUARDED = {**dict.fromkeys(PAGE_STRANGERS, 302), "locked": ANY, "removed": ANY}
"""Pages about one's own login. Locked and former members still have one."""


def login(name: str, **args: str) -> Route:
    things = [Thing("", args)]
    return Route(name, "login", (get(everybody(ANY)),), lambda _stage: things)


def own_login(name: str, **args: int) -> Route:
    things = [Thing("", args)]
    return Route(name, "login", (get(everybody(ANY)),), lambda _stage: things, GUARDED)


ACCOUNTS = [
    login("account_login"),
    login("account_logout"),
    login("account_signup"),
    own_login("account_reauthenticate"),
    login("account_inactive"),
    own_login("account_email"),
    login("account_confirm_email", key="no-such-key"),
    login("account_email_verification_sent"),
    own_login("account_change_password"),
    own_login("account_set_password"),
    login("account_reset_password"),
    login("account_reset_password_done"),
    login("account_reset_password_from_key", uidb36="1", key="no-such-key"),
    login("account_reset_password_from_key_done"),
    login("account_confirm_login_code"),
    login("account_request_login_code"),
    login("mfa_authenticate"),
    own_login("mfa_index"),
    own_login("mfa_reauthenticate"),
    own_login("mfa_activate_totp"),
    own_login("mfa_deactivate_totp"),
    own_login("mfa_view_recovery_codes"),
    own_login("mfa_generate_recovery_codes"),
    own_login("mfa_download_recovery_codes"),
    own_login("mfa_list_webauthn"),
    own_login("mfa_add_webauthn"),
    own_login("mfa_reauthenticate_webauthn"),
    own_login("mfa_remove_webauthn", pk=1),
    own_login("mfa_edit_webauthn", pk=1),
    login("mfa_login_webauthn"),
    own_login("usersessions_list"),
    login("socialaccount_login_cancelled"),
    login("socialaccount_login_error"),
    login("socialaccount_signup"),
    own_login("socialaccount_connections"),
    login("openid_connect_login", provider_id="no-such-provider"),
    login("openid_connect_callback", provider_id="no-such-provider"),
]
DESCRIPTION = [
    public("api:schema", get(everybody(200))),
    public("api:docs", get(everybody(200))),
]
