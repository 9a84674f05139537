"""A person's login. Global: what a person may do is a matter of memberships, network by network."""

from typing import Any

import uuid_utils.compat
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can log in; without a password only by code or invitation."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """`manage.py createsuperuser` makes a platform operator: there is no superuser over tenants."""
        fields.pop("is_superuser", None)
        return self.create_user(email, password, is_operator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person. `is_operator` opens the operators' host and no network's data."""

    uid = models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=12, blank=True)
    colour_scheme = models.CharField(
        _("colour scheme"),
        max_length=6,
        default="system",
        choices=[("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_operator = models.BooleanField(_("platform operator"), default=False)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """May enter the operators' admin. The network's own admin asks the membership, not this."""
        return self.is_active and self.is_operator

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return "".join(part[0] for part in self.name.split()[:2]).upper() or self.email[:1].upper()

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Asked of the project's backend, which answers through the scope (see partners.backends)."""
        backends = [backend for backend in get_backends() if hasattr(backend, "has_perm")]
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in backends)

    def has_module_perms(self, app_label: str) -> bool:
        backends = [backend for backend in get_backends() if hasattr(backend, "has_module_perms")]
        return self.is_active and any(backend.has_module_perms(self, app_label) for backend in backends)
