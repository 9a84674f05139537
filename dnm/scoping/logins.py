"""What platform operators do to logins. A login opens networks only by memberships, which others keep."""

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.models import User
from dnm.scoping.errors import Conflict, NotAllowed

log = structlog.get_logger(__name__)


@transaction.atomic
def deactivate_login(*, user: User, operator: User) -> User:
    """Shut a person out of every network; sessions and tokens end with the next request."""
    return _set(user, "is_active", False, operator)


@transaction.atomic
def reactivate_login(*, user: User, operator: User) -> User:
    """Let the person in again, wherever a membership is active."""
    return _set(user, "is_active", True, operator)


@transaction.atomic
def make_operator(*, user: User, operator: User) -> User:
    """Open the operators' host to a person. It opens no network's data."""
    return _set(user, "is_operator", True, operator)


@transaction.atomic
def unmake_operator(*, user: User, operator: User) -> User:
    """Close the operators' host to a person."""
    return _set(user, "is_operator", False, operator)


def _set(user: User, flag: str, value: bool, operator: User) -> User:
    if not operator.is_staff:
        raise NotAllowed
    if user.pk == operator.pk:
        raise Conflict(_("Another operator must do this to your own login."), code="own-login")
    if not User.objects.filter(pk=user.pk, **{flag: not value}).update(**{flag: value}):
        raise Conflict(_("Somebody was faster: reload to see the present state."), code="state-changed")
    setattr(user, flag, value)
    log.info("operator changed a login", operator=str(operator.uid), user=str(user.uid), **{flag: value})
    return user
