"""What happens to tiers, and to the tier of a partner."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TierChanged(DomainEvent):
    """The ladder was changed: `part` is what, `verb` put or removed."""

    kind: ClassVar[str] = "partners.tier_changed"
    title: ClassVar = _("Tiers changed")
    internal: ClassVar[bool] = True
    part: str
    verb: str


@dataclass(frozen=True, kw_only=True)
class TierReviewed(DomainEvent):
    """A review, an override or its end: what it came to, and the names of the tiers before and after."""

    kind: ClassVar[str] = "partners.tier_reviewed"
    title: ClassVar = _("Tier")
    outcome: str
    before: str
    after: str
    reason: str = ""
    until: str = ""
