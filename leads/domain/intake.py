"""Taking a prospect's need in: checked, normalised, and safe before anybody is told "thank you"."""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import normal_email, normal_phone
from dnm.accounts.models import Network
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Invalid
from dnm.workflow.flows import advance
from leads.events import LeadCaptured, LeadScreened
from leads.models import Lead
from leads.permissions import LeadCapability
from leads.states import LeadState
from partners.domain.places import locate
from partners.models import ProductLine

DUPLICATE_WINDOW = timedelta(days=30)


@transaction.atomic
def capture_lead(
    *,
    name: str,
    actor: Actor,
    at: datetime,
    network: Network,
    phone: str = "",
    email: str = "",
    postal_code: str = "",
    message: str = "",
    product_line: ProductLine | None = None,
    consent: bool = False,
    source: str = "api",
    external_id: str = "",
    suspicion: str = "",
) -> Lead:
    """Write the lead and its event in one transaction; a worker routes it from there.

    The same (source, external id) again answers with the lead that is there. `suspicion` is a spam signal of
    the form; such a lead is kept and found invalid. Raises `NotAllowed`, `Invalid` (fields named).
    """
    authorise(actor, LeadCapability.ADD, system=True)
    if external_id:
        known = Lead.objects.filter(source=source, external_id=external_id).first()
        if known is not None:
            return known
    phone, email = _checked(name=name, phone=phone, email=email, consent=consent, country=network.country)
    place = locate(postal_code=postal_code, country=network.country)
    lead = Lead(
        network_id=network.pk,
        territory=place.territory,
        product_line=product_line,
        state=LeadState.NEW,
        state_changed_at=at,
        name=name.strip(),
        phone=phone,
        email=email,
        postal_code=postal_code.strip(),
        place=place.name,
        latitude=place.latitude,
        longitude=place.longitude,
        message=message.strip(),
        source=source,
        external_id=external_id,
        consent=consent,
        consent_version=network.consent_version if consent else "",
        suspicion=suspicion,
        created_at=at,
    )
    try:
        with transaction.atomic():
            lead.save(force_insert=True)
    except IntegrityError:
        sent_twice = (
            Lead.objects.filter(source=source, external_id=external_id).exclude(external_id="").first()
        )
        if sent_twice is None:
            raise
        return sent_twice
    publish(LeadCaptured(source=source, suspicion=suspicion), subject=lead, actor=actor, at=at)
    return lead


@transaction.atomic
def screen_lead(*, lead: Lead, actor: Actor, at: datetime) -> Lead:
    """Find a new lead valid (→ routing), a duplicate of a recent one, or invalid. Nothing to do for others.

    Leads of one person are screened one after another: of two at the same moment one is the duplicate.
    """
    if lead.state != LeadState.NEW:
        return lead
    event = LeadScreened()
    if lead.suspicion:
        changes = {"closed_at": at}
        advance(lead, "reject", actor=actor, at=at, event=event, reason=lead.suspicion, changes=changes)
        return lead
    _one_at_a_time(lead)
    original = find_original(lead)
    if original is not None:
        advance(
            lead,
            "mark_duplicate",
            actor=actor,
            at=at,
            event=event,
            changes={"duplicate_of": original, "closed_at": at},
        )
    else:
        advance(lead, "start_routing", actor=actor, at=at, event=event)
    return lead


def find_original(lead: Lead) -> Lead | None:
    """The oldest recent lead of the same person for the same product line, if there is one.

    Same person: same phone or same e-mail, after normalisation. Recent: within `DUPLICATE_WINDOW`. Ended
    leads (lost, invalid) and duplicates do not count: who asks again after a loss is a new prospect. Nor do
    leads that are not screened yet: they may turn out to be spam.
    """
    same = Q()
    if lead.phone:
        same |= Q(phone=lead.phone)
    if lead.email:
        same |= Q(email=lead.email)
    if not same:
        return None
    ignored = [LeadState.NEW, LeadState.LOST, LeadState.INVALID, LeadState.DUPLICATE]
    return (
        Lead.objects.filter(
            same,
            product_line=lead.product_line,
            created_at__gte=lead.created_at - DUPLICATE_WINDOW,
        )
        .exclude(state__in=ignored)
        .exclude(pk=lead.pk)
        .order_by("pk")
        .first()
    )


def _one_at_a_time(lead: Lead) -> None:
    """Hold the person's phone and e-mail until the transaction ends, in one order for all."""
    with connection.cursor() as cursor:
        for contact in sorted(filter(None, (lead.phone, lead.email))):
            key = f"lead contact {lead.network_id} {contact}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _checked(*, name: str, phone: str, email: str, consent: bool, country: str) -> tuple[str, str]:
    faults: dict[str, str] = {}
    if not name.strip():
        faults["name"] = _("Give a name.")
    try:
        phone = normal_phone(phone, country)
    except ValueError:
        faults["phone"] = _("This is not a phone number that can be called.")
    try:
        email = normal_email(email)
    except ValueError:
        faults["email"] = _("This is not an e-mail address.")
    if not faults and not phone and not email:
        faults["phone"] = _("Give a phone number or an e-mail address.")
    if not consent:
        faults["consent"] = _("Without consent nobody may call back.")
    if faults:
        raise Invalid(fields=faults)
    return phone, email
