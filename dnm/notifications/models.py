"""What a member was told, and what a member wants to be told."""

from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.notifications.kinds import NotificationKind, kind_named
from dnm.scoping.querysets import PersonalQuerySet


class NotificationQuerySet(PersonalQuerySet["Notification"]):
    """A member's notifications."""

    def in_portal(self) -> "NotificationQuerySet":
        """Those the member wants to see in the portal (the others are mails only)."""
        return self.filter(in_portal=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(in_portal=True, read_at__isnull=True)

    def mail_due(self, at: datetime) -> "NotificationQuerySet":
        """Those with a mail to send, first attempt or a later one."""
        return self.filter(email_due_at__lte=at, emailed_at__isnull=True)


class Notification(NetworkModel):
    """One member told of one event.

    `uid` orders them: it is made when the row is. The text is not stored: it is written from the declared
    kind and `facts` when it is read. Facts never hold contact data of a lead that the member's partner has
    not accepted; `notify` keeps only those the kind names.

    Mail: `email_due_at` is the next attempt, null when there is nothing (more) to send; `email_error` is why
    the last attempt failed, and stays when the attempts were given up.
    """

    membership = SameNetworkKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject_id = models.BigIntegerField()
    event = SameNetworkKey("events.Event", related_name="+", db_index=False)
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    in_portal = models.BooleanField(_("in the portal"), default=True)
    read_at = models.DateTimeField(_("read"), null=True)
    email_due_at = models.DateTimeField(_("mail due"), null=True)
    emailed_at = models.DateTimeField(_("mailed"), null=True)
    email_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    email_error = models.TextField(_("mail error"), blank=True)

    objects: Any = NotificationQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="notifications_notification_member_fk"),
            SameNetwork(fields=["event"], name="notifications_notification_event_fk"),
            models.UniqueConstraint(
                fields=["network", "membership", "kind", "event"], name="notifications_notification_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["network", "membership", "-uid"],
                condition=Q(in_portal=True),
                name="notifications_mine",
            ),
            models.Index(
                fields=["network", "membership", "-uid"],
                condition=Q(in_portal=True, read_at__isnull=True),
                name="notifications_unread",
            ),
            models.Index(
                fields=["network", "email_due_at"],
                condition=Q(emailed_at__isnull=True, email_due_at__isnull=False),
                name="notifications_mail_due",
            ),
            models.Index(
                fields=["network", "-id"],
                condition=Q(emailed_at__isnull=True) & ~Q(email_error=""),
                name="notifications_mail_failed",
            ),
        ]

    def __str__(self) -> str:
        """Its kind: what it says is for the member alone, and this stands in the administration."""
        return self.declared.called if self.declared else self.kind

    @property
    def declared(self) -> NotificationKind | None:
        return kind_named(self.kind)

    @property
    def title(self) -> str:
        """One line, in the reader's language."""
        return self.declared.told(self.declared.title, self.facts) if self.declared else self.kind

    @property
    def text(self) -> str:
        """A sentence or two with the facts needed to decide."""
        return self.declared.told(self.declared.text, self.facts) if self.declared else ""

    @property
    def details(self) -> list[tuple[str, str]]:
        """Further (label, value) pairs for the mail."""
        kind = self.declared
        if kind is None:
            return []
        return [(str(label), kind.told(wording, self.facts)) for label, wording in kind.details]

    @property
    def urgent(self) -> bool:
        return bool(self.declared and self.declared.urgent)


class Channel(models.TextChoices):
    """The ways to a member."""

    PORTAL = "portal", _("In the portal")
    EMAIL = "email", _("By e-mail")


class Preference(NetworkModel):
    """A member's choice that differs from a kind's default. No row: the default."""

    membership = SameNetworkKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    enabled = models.BooleanField(_("wanted"))

    objects: Any = PersonalQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="notifications_preference_member_fk"),
            models.UniqueConstraint(
                fields=["network", "membership", "kind", "channel"], name="notifications_preference_once"
            ),
        ]
