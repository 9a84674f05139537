"""Writing, publishing, revising and withdrawing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.flows import advance
from partners.domain.files import drop_file, take_file
from partners.events.content import (
    PublicationDrafted,
    PublicationEdited,
    PublicationPublished,
    PublicationRevised,
    PublicationWithdrawn,
)
from partners.models import Partner, PartnerKind, Publication, PublicationVersion, StoredFile
from partners.permissions.content import ContentCapability
from partners.roles import Role
from partners.states.content import PublicationKind, PublicationState

LONGEST = 20_000
MANAGE = ContentCapability.MANAGE
AUDIENCE = ("for_roles", "for_kinds", "for_tiers", "for_lines", "for_territory")
FACTS = ("title", "is_mandatory", *AUDIENCE)
PUBLISHERS = (PartnerKind.BRAND_OWNER, PartnerKind.DISTRIBUTOR)


def publishers(actor: Actor) -> list[Partner]:
    """In whose name the actor may publish: the brand owner's, or distributors' of its own."""
    rows = Partner.objects.visible_to(actor, MANAGE).filter(kind__in=PUBLISHERS)
    if any(grant.level == 1 for grant in actor.grants):
        rows = rows.filter(parent=None)
    return list(rows.order_by("trade_name", "pk")[:20])


def kinds_for(owner: Partner) -> list[PublicationKind]:
    """What an owner may publish: bulletins and the library are the network's."""
    return list(PublicationKind) if owner.parent_id is None else [PublicationKind.NEWS]


@transaction.atomic
def create_publication(
    *,
    owner: Partner,
    kind: str,
    values: Mapping[str, Any],
    body: str,
    actor: Actor,
    at: datetime,
    file: File | None = None,
) -> Publication:
    """Write a draft in the name of `owner`. `values` are the title and the audience (see `FACTS`).

    Raises `NotAllowed`, and `Invalid` for what may not be published so.
    """
    authorise(actor, MANAGE, owner, system=True)
    if owner.kind not in PUBLISHERS:
        raise NotAllowed(_("The network and its distributors publish."))
    if kind not in kinds_for(owner):
        raise Invalid(fields={"kind": _("Bulletins and documents are published by the network.")})
    facts = _checked({"title": "", **values}, owner)
    row = Publication.objects.create(
        network_id=owner.network_id,
        partner=owner,
        territory_id=owner.territory_id,
        kind=kind,
        **facts,
        state_changed_at=at,
        dated_at=at,
        created_by=actor.membership,
        created_at=at,
    )
    row.refresh_from_db()
    version = _write(row, 1, _words(body, file, None), actor, at, file=file)
    publish(PublicationDrafted(), subject=row, actor=actor, at=at)
    return version.publication


@transaction.atomic
def edit_publication(
    *,
    publication: Publication,
    values: Mapping[str, Any],
    body: str,
    actor: Actor,
    at: datetime,
    file: File | None = None,
) -> Publication:
    """Change a draft. A file replaces the one before. Raises `Conflict` for what is out already."""
    authorise(actor, MANAGE, publication)
    row = _locked(publication)
    if row.state != PublicationState.DRAFT:
        raise Conflict(_("It is published: write a new version."), code="not-a-draft")
    facts = _checked(values, row.partner)
    version = newest_version(row)
    before = file_of(version)
    text = _words(body, file, before)
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    changed += ["body"] if text != version.body else []
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
    PublicationVersion.objects.filter(pk=version.pk).update(body=text)
    if file is not None:
        if before is not None:
            drop_file(before, at)
        take_file(file=file, subject=version, actor=actor, at=at, is_signed=False)
        changed.append("file")
    publish(PublicationEdited(fields=changed), subject=row, actor=actor, at=at)
    return row


@transaction.atomic
def publish_publication(*, publication: Publication, actor: Actor, at: datetime) -> Publication:
    """Let the audience read the draft. They are told of it in the background."""
    row = _locked(publication)
    version = newest_version(row)
    advance(
        row,
        "publish",
        actor=actor,
        at=at,
        event=PublicationPublished(version=version.number),
        changes={"number": version.number, "anew_from": version.number, "dated_at": at},
    )
    _let_out(version, actor, at)
    return row


@transaction.atomic
def revise_publication(
    *,
    publication: Publication,
    body: str,
    what_changed: str,
    is_anew: bool,
    actor: Actor,
    at: datetime,
    file: File | None = None,
) -> Publication:
    """Publish another version. With `is_anew` everybody has to acknowledge again. Earlier ones stay readable.

    Without a file the new version has none: a document's file is named anew each time.
    """
    authorise(actor, MANAGE, publication)
    row = _locked(publication)
    if row.state != PublicationState.PUBLISHED:
        raise Conflict(_("Only what is published gets a new version."), code="not-published")
    if not what_changed.strip():
        raise Invalid(fields={"what_changed": _("Say what changed.")})
    number = row.number + 1
    version = _write(
        row, number, _words(body, file, None), actor, at, file=file, is_anew=is_anew, what=what_changed
    )
    row.number, row.dated_at, row.reminded = number, at, []
    row.anew_from = number if is_anew else row.anew_from
    row.save(update_fields=["number", "dated_at", "reminded", "anew_from"])
    _let_out(version, actor, at)
    event = PublicationRevised(version=number, is_anew=is_anew)
    publish(event, subject=row, actor=actor, at=at)
    return row


@transaction.atomic
def withdraw_publication(*, publication: Publication, reason: str, actor: Actor, at: datetime) -> Publication:
    """Take it back: nobody reads it any more, and nobody is told of it who was not told yet."""
    row = _locked(publication)
    event, changes = PublicationWithdrawn(), {"notice": None}
    advance(row, "withdraw", actor=actor, at=at, event=event, reason=reason.strip(), changes=changes)
    return row


def newest_version(publication: Publication) -> PublicationVersion:
    """The newest version, published or not."""
    rows = PublicationVersion.objects.filter(publication=publication).select_related("publication")
    return rows.order_by("-number")[:1].get()  # type: ignore[no-any-return]


def file_of(version: PublicationVersion) -> StoredFile | None:
    """The version's file, if it has one."""
    found: StoredFile | None = StoredFile.objects.about(version).first()
    return found


def _locked(publication: Publication) -> Publication:
    rows = Publication.objects.select_for_update(of=("self",)).select_related("partner", "for_territory")
    return rows.get(pk=publication.pk)  # type: ignore[no-any-return]


def _write(
    row: Publication,
    number: int,
    body: str,
    actor: Actor,
    at: datetime,
    *,
    file: File | None,
    is_anew: bool = True,
    what: str = "",
) -> PublicationVersion:
    version = PublicationVersion.objects.create(
        network_id=row.network_id,
        publication=row,
        number=number,
        body=body,
        what_changed=what.strip()[:250],
        is_anew=is_anew,
        created_at=at,
    )
    if file is not None:
        take_file(file=file, subject=version, actor=actor, at=at, is_signed=False)
    return version  # type: ignore[no-any-return]


def _let_out(version: PublicationVersion, actor: Actor, at: datetime) -> None:
    rows = PublicationVersion.objects.filter(pk=version.pk, published_at=None)
    rows.update(published_at=at, published_by=actor.membership)


def _words(body: str, file: File | None, before: StoredFile | None) -> str:
    text = body.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise Invalid(fields={"body": _("At most %(most)s characters.") % {"most": LONGEST}})
    if not text and file is None and before is None:
        raise Invalid(fields={"body": _("Write something, or add a file.")})
    return text


def _checked(values: Mapping[str, Any], owner: Partner) -> dict[str, Any]:
    """The facts, each once and in order. Raises `Invalid` for a role or kind that there is not, or a place
    elsewhere.
    """
    strangers = set(values) - set(FACTS)
    if strangers:
        raise TypeError(f"no facts of a publication: {sorted(strangers)}")
    facts = dict(values)
    if "title" in facts:
        facts["title"] = " ".join(facts["title"].split())
        if not facts["title"]:
            raise Invalid(fields={"title": _("Give it a title.")})
    known: dict[str, set[Any]] = {"for_roles": set(Role), "for_kinds": set(PartnerKind)}
    for name in AUDIENCE[:-1]:
        if name in facts:
            facts[name] = sorted(set(facts[name]))
            if name in known and not known[name].issuperset(facts[name]):
                raise Invalid(fields={name: _("There is no such choice.")})
    place = facts.get("for_territory")
    if place is not None and place.network_id != owner.network_id:
        raise Invalid(fields={"for_territory": _("There is no such choice.")})
    return facts
