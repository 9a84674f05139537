"""What happens to a member's way in, told in the log of the network that it concerns."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class IdentityConnected(DomainEvent):
    """A person connected what a provider of the network knows it by. The subject stays out of the log."""

    kind: ClassVar[str] = "web.identity_connected"
    title: ClassVar = _("Identity connected")
    internal: ClassVar[bool] = True
    provider: str


@dataclass(frozen=True, kw_only=True)
class IdentityDisconnected(DomainEvent):
    """The connection was undone."""

    kind: ClassVar[str] = "web.identity_disconnected"
    title: ClassVar = _("Identity disconnected")
    internal: ClassVar[bool] = True
    provider: str


@dataclass(frozen=True, kw_only=True)
class CameOver(DomainEvent):
    """A member came over from a session on another network. Which one is not this network's business."""

    kind: ClassVar[str] = "web.came_over"
    title: ClassVar = _("Came over from another network")
    internal: ClassVar[bool] = True
    method: str
