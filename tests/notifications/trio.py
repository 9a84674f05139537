"""Two brands; in each a dealer's salesperson and a rival's; events that they are told of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import ApiToken, Membership, Network, User
from dnm.accounts.tenancy import network_context
from dnm.events.kinds import DomainEvent
from dnm.events.models import Event
from dnm.events.publishing import publish
from dnm.notifications.kinds import NotificationKind, register_kind
from dnm.notifications.models import Notification
from dnm.notifications.sending import notify
from partners.permissions import PartnerCapability
from tests.signing_in import session_of


@dataclass(frozen=True, kw_only=True)
class BellRung(DomainEvent):
    """Something to tell people of."""

    kind: ClassVar[str] = "tests.bell_rung"
    title: ClassVar = _("Bell rung")


RUNG = register_kind(
    NotificationKind(
        name="tests.bell_rung",
        title=_("Bell in {place}"),
        text=_("{distance:number} km away, answer by {due:datetime}."),
        capability=PartnerCapability.VIEW_TERRITORY,
        details=((_("Distance"), _("{distance:number} km")),),
        email=True,
    )
)
URGENT = register_kind(
    NotificationKind(
        name="tests.bell_tolled",
        title=_("The clock runs in {place}"),
        text=_("Answer now."),
        capability=PartnerCapability.VIEW_TERRITORY,
        urgent=True,
    )
)


@dataclass
class Member:
    """A member who is logged in."""

    network: Network
    membership: Membership
    session: str
    token: str

    @property
    def host(self) -> str:
        return f"{self.network.slug}.localhost"

    @property
    def actor(self) -> Actor:
        return Actor(
            network_id=self.network.pk,
            name=str(self.membership.user),
            via="session",
            membership=self.membership,
            user=self.membership.user,
        )

    def notifications(self) -> list[Notification]:
        with network_context(self.network):
            return list(Notification.objects.visible_to(self.actor).order_by("uid"))


@dataclass
class Trio:
    """`dealer` and `rival` in one network, `stranger` in another."""

    dealer: Member
    rival: Member
    stranger: Member

    def ring(self, *members: Member, kind: NotificationKind = RUNG, **facts: Any) -> list[Notification]:
        """An event that the members are told of, committed."""
        network = members[0].network
        with network_context(network):
            event = ring_event(network)
            return notify(
                kind=kind,
                recipients=[member.membership for member in members],
                subject=members[0].membership,
                facts=facts or {"place": "Pune"},
                event=event,
            )


def ring_event(network: Network, at: datetime | None = None) -> Event:
    """The event row alone."""
    actor = Actor.system("bell", network.pk)
    return publish(
        BellRung(), subject=Membership.objects.earliest("pk"), actor=actor, at=at or timezone.now()
    )


def make_network(slug: str, **fields: Any) -> Network:
    values = {"country": "IN", "currency": "INR", "time_zone": "Asia/Kolkata", **fields}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.operator', 'on', true)")
        return Network.objects.create(slug=slug, name=slug.title(), **values)


def make_member(network: Network, name: str, **fields: Any) -> Member:
    user = User(email=f"{name}@{network.slug}.example", name=name.title(), **fields)
    user.set_password("correct horse battery")
    user.save()
    with network_context(network):
        membership = Membership.objects.create(network=network, user=user)
        secret = ApiToken.new_secret()
        ApiToken.objects.create(
            membership=membership, name="script", hint=secret[:8], digest=ApiToken.digest_of(secret)
        )
        return Member(network, membership, session_of(membership.user, network.pk), secret)


def make_trio() -> Trio:
    alpha, beta = make_network("alpha"), make_network("beta")
    return Trio(make_member(alpha, "dealer"), make_member(alpha, "rival"), make_member(beta, "stranger"))
