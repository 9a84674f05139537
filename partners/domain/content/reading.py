"""Reading and acknowledging."""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.errors import Conflict, NotAllowed
from partners.models import Acknowledgement, Publication, PublicationVersion, StoredFile
from partners.permissions.content import ContentCapability


@transaction.atomic
def acknowledge_publication(
    *, publication: Publication, actor: Actor, at: datetime, version: int | None = None
) -> Acknowledgement:
    """The actor has read the present version. A second time changes nothing.

    `version` is the one that the reader had before it: when another has come out meanwhile, `Conflict`.
    Raises `NotAllowed` for who is none of the readers.
    """
    row = Publication.objects.addressed_to(actor).filter(pk=publication.pk).first()
    if row is None or actor.membership is None:
        raise NotAllowed(_("It is not addressed to you."))
    if version is not None and version != row.number:
        raise Conflict(_("Another version has come out meanwhile: read that one."), code="newer-version")
    found, _made = Acknowledgement.objects.get_or_create(
        network_id=row.network_id,
        version=PublicationVersion.objects.get(publication=row, number=row.number),
        membership=actor.membership,
        defaults={"publication": row, "at": at},
    )
    return found  # type: ignore[no-any-return]


def acknowledged_at(publication: Publication, actor: Actor) -> datetime | None:
    """When the actor acknowledged the version that counts, or a later one."""
    rows = Acknowledgement.objects.filter(publication=publication, membership=actor.membership_id)
    rows = rows.filter(version__number__gte=publication.anew_from).order_by("-at")
    found: datetime | None = rows.values_list("at", flat=True).first()
    return found


def versions_of(publication: Publication, actor: Actor) -> list[Any]:
    """The versions that the actor may read, newest first, each with its `file`: two queries."""
    rows = PublicationVersion.objects.visible_to(actor, ContentCapability.VIEW)
    rows = rows.filter(publication=publication).select_related("publication")
    versions: list[Any] = list(rows.order_by("-number"))
    files = StoredFile.objects.filter(
        subject_type=ContentType.objects.get_for_model(PublicationVersion),
        subject_id__in=[version.pk for version in versions],
        removed_at=None,
    )
    found = {file.subject_id: file for file in files}
    for version in versions:
        version.file = found.get(version.pk)
    return versions


def owed_by(actor: Actor) -> Any:
    """What the actor must acknowledge and has not, the oldest first."""
    rows = Publication.objects.unread_by(actor).filter(is_mandatory=True)
    return rows.select_related("partner").order_by("dated_at", "pk")
