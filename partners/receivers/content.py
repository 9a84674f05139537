"""What follows from publishing: the readers are told, the first of them at once, the rest by beat."""

from django.utils import timezone

from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import register_kind, register_subject
from partners.domain.content.telling import KINDS, begin_to_tell, tell_some
from partners.events import PartnerChanged
from partners.events.content import PublicationPublished, PublicationReminded, PublicationRevised
from partners.models import Partner, Publication


def register() -> None:
    """Called when the app starts."""
    for kind in KINDS:
        register_kind(kind)
    register_subject(Publication, url=lambda row: row.get_absolute_url())


@receives(
    PublicationPublished, PublicationRevised, PublicationReminded, name="partners.tell_readers", queue="bulk"
)
def tell_readers(event: Event) -> None:
    """The readers hear of it."""
    begin_to_tell(event)
    tell_some(publication_id=event.subject_id, at=timezone.now())


@receives(PartnerChanged, name="partners.publications_follow_territory")
def follow_territory(event: Event) -> None:
    """What a distributor publishes stands where it stands."""
    partner = Partner.objects.get(pk=event.subject_id)
    rows = Publication.objects.filter(partner=partner).exclude(territory=partner.territory_id)
    rows.update(territory=partner.territory_id)
