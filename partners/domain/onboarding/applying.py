"""Taking an application in: checked, normalised, with its checklist and the applicant's link."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import normal_email, normal_phone
from dnm.accounts.models import Network
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance
from partners.domain.onboarding.links import issue_link
from partners.domain.onboarding.tracks import track_in_force
from partners.domain.places import locate
from partners.events.onboarding import ApplicationChanged, ApplicationMoved, ApplicationReceived
from partners.models import Application, ChecklistItem, Partner, ProductLine, Track
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import ENDED, ApplicationState

BY_HAND = "staff"
"""The source of what came on paper."""
CHANGEABLE = frozenset({"organisation", "contact_name", "phone", "email", "address", "parent", "territory"})


@transaction.atomic
def receive_application(
    *,
    kind: str,
    organisation: str,
    contact_name: str,
    email: str,
    network: Network,
    actor: Actor,
    at: datetime,
    phone: str = "",
    postal_code: str = "",
    address: str = "",
    message: str = "",
    product_lines: Collection[ProductLine] = (),
    consent: bool = False,
    source: str = "api",
    external_id: str = "",
    suspicion: str = "",
    language: str = "",
) -> Application:
    """Take somebody's wish to become a partner in, under the track in force for the kind.

    The same (source, external id) again answers with the application that is there. `suspicion` is a spam
    signal: such an application waits for a person and gets no mail. Raises `NotAllowed`, `Invalid` (fields
    named), `Conflict` when the network takes on nobody of this kind.
    """
    authorise(actor, OnboardingCapability.ADD, system=True)
    track = track_in_force(kind)
    if track is None:
        raise Conflict(_("The network takes on nobody of this kind at present."), code="no-track")
    known = _known(source, external_id)
    if known is not None:
        return known
    contact = _contact(contact_name, phone, email, network.country)
    if not organisation.strip():
        raise Invalid(fields={"organisation": _("Give a name.")})
    if not consent:
        raise Invalid(fields={"consent": _("Without consent nobody may call back.")})
    place = locate(postal_code=postal_code, country=network.country)
    application = Application(
        network_id=network.pk,
        track=track,
        kind=kind,
        parent=Partner.objects.get(parent=None),
        territory=place.territory,
        state_changed_at=at,
        organisation=organisation.strip(),
        postal_code=postal_code.strip(),
        place=place.name,
        address=address.strip(),
        product_line_ids=sorted(line.pk for line in product_lines),
        message=message.strip(),
        language=language,
        consent=consent,
        consent_version=network.consent_version,
        source=source,
        external_id=external_id,
        suspicion=suspicion,
        created_at=at,
        **contact,
    )
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError:
        sent_twice = _known(source, external_id)
        if sent_twice is None:
            raise
        return sent_twice
    application.refresh_from_db()
    _begin(application, track, actor=actor, at=at)
    return application


@transaction.atomic
def update_application(
    *, application: Application, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> Application:
    """Correct facts, or say under whom and where the partner would stand. No change, no event.

    Raises `NotAllowed`, `Invalid`, and `Conflict` for an application that has ended.
    """
    authorise(actor, OnboardingCapability.VIEW_APPLICANT, application)
    unknown = changes.keys() - CHANGEABLE
    if unknown:
        raise Invalid(fields={name: _("This cannot be changed here.") for name in sorted(unknown)})
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.state in ENDED:
        raise Conflict(_("This application has ended."), code="ended")
    network = Network.objects.get(pk=actor.network_id)
    facts = {name: getattr(application, name) for name in ("contact_name", "phone", "email")}
    if "territory" in changes:
        authorise(actor, OnboardingCapability.VIEW_APPLICANT, changes["territory"])
    wanted = {**facts, **{name: value for name, value in changes.items() if name in facts}}
    values = {**changes, **_contact(**wanted, country=network.country)}
    changed = sorted(name for name, value in values.items() if getattr(application, name) != value)
    if not changed:
        return application
    for name in changed:
        setattr(application, name, values[name])
    application.save(update_fields=changed)
    application.refresh_from_db()
    publish(ApplicationChanged(fields=changed), subject=application, actor=actor, at=at)
    return application


def is_entered(number: str) -> bool:
    """Whether somebody wrote the paper of this number down before."""
    return _known(BY_HAND, number) is not None


def _begin(application: Application, track: Track, *, actor: Actor, at: datetime) -> None:
    """Checklist, event and link; the questionnaire as well where nobody need look first."""
    lines = track.checklisttemplates.order_by("position", "pk")  # type: ignore[attr-defined]
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            network_id=application.network_id,
            application=application,
            position=position,
            name=line.name,
            kind=line.kind,
            due_in=line.due_in,
            document_code=line.document_code,
        )
        for position, line in enumerate(lines, start=1)
    )
    event = ApplicationReceived(
        applies_as=application.kind, source=application.source, suspicion=application.suspicion
    )
    publish(event, subject=application, actor=actor, at=at)
    if application.suspicion:
        return
    system = Actor.system("onboarding", application.network_id)
    stages = set(track.stages.values_list("state", flat=True))  # type: ignore[attr-defined]
    if track.asks_at_once and ApplicationState.QUESTIONNAIRE in stages:
        advance(application, "ask", actor=system, at=at, event=ApplicationMoved(transition="ask"))
    issue_link(application=application, actor=system, at=at)


def _known(source: str, external_id: str) -> Application | None:
    if not external_id:
        return None
    found: Application | None = Application.objects.filter(source=source, external_id=external_id).first()
    return found


def _contact(contact_name: str, phone: str, email: str, country: str) -> dict[str, str]:
    """Name, phone (E.164) and e-mail as they are kept. Raises `Invalid`."""
    faults, kept = {}, {"contact_name": contact_name.strip(), "phone": "", "email": ""}
    if not kept["contact_name"]:
        faults["contact_name"] = _("Give a name.")
    try:
        kept["phone"] = normal_phone(phone, country)
    except ValueError:
        faults["phone"] = _("This is no phone number.")
    try:
        kept["email"] = normal_email(email)
    except ValueError:
        faults["email"] = _("This is no e-mail address.")
    if not kept["email"] and "email" not in faults:
        faults["email"] = _("Give an e-mail address.")
    if faults:
        raise Invalid(fields=faults)
    return kept
