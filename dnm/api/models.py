"""Answers to POSTs that carried an Idempotency-Key."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.querysets import PersonalQuerySet


class IdempotencyKeyQuerySet(PersonalQuerySet["IdempotencyKey"]):
    """Keys of the current network; a member sees his own."""


class IdempotencyKey(NetworkModel):
    """A member's key, the request it stood on and the answer it got, kept 48 hours.

    Written in the transaction of the request itself: the effect and its answer stand or fall together.
    `grants` is a hash of the member's grants and of the row's fields that were hidden from it, `subject` the
    row that the answer shows: an answer is repeated only to someone who could still read all of it.
    """

    membership = SameNetworkKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    grants = models.CharField(max_length=64)
    subject = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=80)
    location = models.TextField(blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects: Any = IdempotencyKeyQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="api_idempotencykey_membership_fk"),
            models.UniqueConstraint(fields=["network", "membership", "key"], name="api_idempotencykey_key"),
        ]
        indexes = [models.Index(fields=["network", "created_at"], name="api_idempotencykey_age")]
