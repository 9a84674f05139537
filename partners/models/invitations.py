"""Invitations: a person is asked to join the network at a partner, with a first role."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS, Role


class InvitationState(models.TextChoices):
    """What has become of an invitation; read from its moments, never stored."""

    OPEN = "open", _("Open")
    EXPIRED = "expired", _("Expired")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")


TONES = {
    InvitationState.OPEN: "info",
    InvitationState.EXPIRED: "warn",
    InvitationState.ACCEPTED: "good",
    InvitationState.REVOKED: "neutral",
}


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    """Invitations of the current network."""

    def standing(self) -> "InvitationQuerySet":
        """Neither accepted nor revoked; it may have expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def open(self, at: datetime) -> "InvitationQuerySet":
        """Those whose link still works."""
        return self.standing().filter(expires_at__gt=at)

    def in_state(self, state: str, at: datetime) -> "InvitationQuerySet":
        """Those that are in a state at a moment."""
        return {
            InvitationState.OPEN: lambda: self.open(at),
            InvitationState.EXPIRED: lambda: self.standing().filter(expires_at__lte=at),
            InvitationState.ACCEPTED: lambda: self.filter(accepted_at__isnull=False),
            InvitationState.REVOKED: lambda: self.filter(revoked_at__isnull=False),
        }[InvitationState(state)]()

    def mail_due(self, at: datetime) -> "InvitationQuerySet":
        """Those with a mail to send, first attempt or a later one."""
        return self.open(at).filter(mail_due_at__lte=at)


class Invitation(ScopedModel):
    """Somebody may join the network at `partner` and hold `role` there, or at `at_territory` for staff.

    `within_territory`, `product_line_ids` and `valid_to` narrow the role as they narrow a holding. The link's
    secret is made when the mail is sent and stands in that mail alone: here is only its SHA-256. Sending
    again makes another one and the former link is dead.
    """

    scope_line_term: ClassVar[str | None] = "product_line_ids__overlap"
    view_capability = PartnerCapability.VIEW_PEOPLE

    partner = SameNetworkKey("partners.Partner", related_name="invitations", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+")
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=[(str(r), ROLE_LABELS[r]) for r in Role])
    at_territory = SameNetworkKey(
        "partners.Territory", null=True, blank=True, related_name="+", verbose_name=_("held at")
    )
    within_territory = SameNetworkKey(
        "partners.Territory", null=True, blank=True, related_name="+", verbose_name=_("within territory")
    )
    product_line_ids = ArrayField(models.IntegerField(), null=True, blank=True)
    valid_to = models.DateField(_("role ends"), null=True, blank=True)
    invited_by = SameNetworkKey(
        "accounts.Membership", null=True, related_name="+", verbose_name=_("invited by")
    )
    inviter_name = models.CharField(_("invited by"), max_length=150)
    created_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("expires"))
    digest = models.CharField(max_length=64, null=True, editable=False)
    sends = models.PositiveSmallIntegerField(_("mails"), default=0)
    sent_at = models.DateTimeField(_("mailed"), null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(_("mail error"), max_length=250, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = SameNetworkKey("accounts.Membership", null=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects: Any = InvitationQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_invitation_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_invitation_territory_fk"),
            SameNetwork(fields=["at_territory"], name="partners_invitation_at_fk"),
            SameNetwork(fields=["within_territory"], name="partners_invitation_within_fk"),
            SameNetwork(fields=["invited_by"], name="partners_invitation_inviter_fk"),
            SameNetwork(fields=["accepted_by"], name="partners_invitation_member_fk"),
            models.UniqueConstraint(
                fields=["network", "partner", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="partners_invitation_one_standing",
            ),
            models.UniqueConstraint(fields=["network", "digest"], name="partners_invitation_digest"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at=None),
                name="partners_invitation_accepted_once",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="partners_invitation_expires"
            ),
        ]
        indexes = [
            *level_indexes("partners_invitation_new", "-created_at", "-id", trees=("partner",)),
            models.Index(
                fields=["network", "mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="partners_invitation_mail",
            ),
        ]
        triggers = [LevelTrigger(anchors={"partner": "partner", "territory": "territory"})]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:invitation", args=[self.uid])

    def state_at(self, at: datetime) -> InvitationState:
        """What has become of it."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if self.expires_at > at else InvitationState.EXPIRED

    @property
    def state(self) -> InvitationState:
        """The state now."""
        return self.state_at(timezone.now())

    def get_state_display(self) -> str:
        return str(self.state.label)

    @property
    def state_tone(self) -> str:
        return TONES[self.state]

    @property
    def is_standing(self) -> bool:
        """Neither accepted nor revoked."""
        return self.accepted_at is None and self.revoked_at is None

    @property
    def mail_words(self) -> str:
        """How its mail stands."""
        if self.mail_error:
            return str(_("Mail not sent: {error}")).format(error=self.mail_error)
        return "" if self.sent_at is None else str(_("Mailed"))
