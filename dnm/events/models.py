"""The event log (append-only) and its deliveries (the outbox)."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import AppendOnly, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.events.kinds import kind_named
from dnm.scoping.querysets import NetworkWideQuerySet


class EventQuerySet(NetworkWideQuerySet["Event"]):
    """Events of the current network."""

    def about(self, subject: models.Model) -> "EventQuerySet":
        """What happened to one row, newest first."""
        content_type = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=content_type, subject_id=subject.pk).order_by("-id")


class Event(NetworkModel):
    """One thing that happened. Written in the transaction in which it happened; never changed.

    The subject is any row of the network, as (content type, id). `anchor_id` is the partner that the subject
    belonged to at that moment: a later owner does not read an earlier owner's history. `membership` is who
    really acted; `on_behalf_of` the member in whose name or through whose eyes, if it was not its own.
    """

    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField(_("subject"))
    anchor_id = models.BigIntegerField(null=True)
    payload = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    actor_name = models.CharField(_("by"), max_length=150)
    via = models.CharField(_("through"), max_length=8)
    membership = SameNetworkKey("accounts.Membership", null=True, related_name="+")
    on_behalf_of = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    request_id = models.CharField(max_length=32, blank=True)
    occurred_at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = EventQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="events_event_membership_fk"),
            SameNetwork(fields=["on_behalf_of"], name="events_event_on_behalf_of_fk"),
            AppendOnly(name="events_event_append_only"),
        ]
        indexes = [
            models.Index(fields=["network", "-occurred_at", "-id"], name="events_event_newest"),
            models.Index(
                fields=["network", "subject_type", "subject_id", "-id"], name="events_event_subject"
            ),
            models.Index(fields=["network", "kind", "-id"], name="events_event_kind"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def title(self) -> Any:
        """How a timeline tells it."""
        known = kind_named(self.kind)
        return known.title if known else self.kind

    @property
    def internal(self) -> bool:
        known = kind_named(self.kind)
        return known is None or known.internal


class DeliveryState(models.TextChoices):
    """A dead delivery failed too often; it stays visible and can be sent again."""

    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    DEAD = "dead", _("Failed for good")


class Delivery(NetworkModel):
    """One receiver's share of one event: the queue of record.

    Whoever holds the lease (`lease_until` in the future) works on it. `token` counts the leases; finishing
    names the token, so that a worker that was thought dead cannot finish a second time.
    """

    event = SameNetworkKey("events.Event", related_name="deliveries", db_index=False)
    receiver = models.CharField(_("receiver"), max_length=80)
    state = models.CharField(
        _("state"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    token = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    error = models.TextField(_("error"), blank=True)

    objects: Any = NetworkWideQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["event"], name="events_delivery_event_fk"),
            models.UniqueConstraint(fields=["network", "event", "receiver"], name="events_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["network", "due_at"], condition=Q(state="pending"), name="events_delivery_pending"
            ),
            models.Index(fields=["network", "-id"], condition=Q(state="dead"), name="events_delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.receiver} ← {self.event_id}"
