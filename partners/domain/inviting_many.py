"""Inviting many people as one job: each is invited once and mailed once, however often the job is run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dnm.accounts.actors import Actor
from dnm.jobs.models import Job
from dnm.jobs.running import RunningJob, start_job
from dnm.scoping.authority import authorise
from dnm.scoping.errors import DomainError, Invalid
from partners.domain.invitation_mails import send_invitations
from partners.domain.invitations import invite_person
from partners.models import Invitation, Partner
from partners.permissions import PartnerCapability
from partners.roles import Role

KIND = "partners.invite_people"
A_STEP = 20
MOST_PEOPLE = 5000
SHOWN = 100
KNOWN = frozenset({"already-invited", "already-a-member"})
"""Refusals that mean: this was done before."""


@dataclass(frozen=True, slots=True)
class PersonToInvite:
    """One person. `partner` is the partner's uid, `role` a `Role`."""

    email: str
    name: str
    partner: str
    role: str = Role.PARTNER_OWNER
    title: str = ""


def invite_people(*, people: Sequence[PersonToInvite], actor: Actor, at: datetime) -> Job:
    """Invite many people in the background. Raises `NotAllowed`, `Invalid`.

    The job runs under the actor's rights as they are then, and shows its progress; who cannot be invited
    stands in its result with the reason. Somebody who is invited or a member already is passed over.
    """
    authorise(actor, PartnerCapability.MANAGE_PEOPLE)
    if not people or len(people) > MOST_PEOPLE:
        raise Invalid(_("Invite between one and %(most)d people at a time.") % {"most": MOST_PEOPLE})
    title = ngettext("Invite %(count)d person", "Invite %(count)d people", len(people)) % {
        "count": len(people)
    }
    rows = [{name: str(value) for name, value in asdict(person).items()} for person in people]
    return start_job(KIND, actor=actor, at=at, title=title, params={"people": rows})


def run_invite_people(job: RunningJob, *, clock: Any) -> Mapping[str, Any]:
    """The job's work: a few people a step, then their mails. `clock` tells the time of each step."""
    people: list[dict[str, str]] = list(job.params["people"])
    with job.step(total=len(people)) as row:
        result = {"invited": 0, "already": 0, "refused": [], **(row.result or {})}
        start = row.done
    for first in range(start, len(people), A_STEP):
        invited: list[int] = []
        with job.step() as row:
            for number, person in enumerate(people[first : first + A_STEP], start=first + 1):
                _invite(number, person, job.actor, clock(), result, invited)
            row.result = result
        send_invitations(job.network_id, clock(), only=invited)
        with job.step(done=min(first + A_STEP, len(people))):
            pass
    return result


def _invite(
    number: int,
    person: Mapping[str, str],
    actor: Actor,
    at: datetime,
    result: dict[str, Any],
    invited: list[int],
) -> None:
    partners = Partner.objects.visible_to(actor, PartnerCapability.MANAGE_PEOPLE)
    partner = partners.filter(uid=person["partner"]).first()
    try:
        if partner is None:
            raise Invalid(_("There is no such partner."))
        with transaction.atomic():
            row = invite_person(
                email=person["email"],
                name=person["name"],
                title=person["title"],
                partner=partner,
                role=Role(person["role"]),
                actor=actor,
                at=at,
                in_bulk=True,
            )
    except DomainError as error:
        if error.code not in KNOWN:
            result["refused"] = [*result["refused"], {"row": number, "why": error.message}][:SHOWN]
            return
        result["already"] += 1
        standing = Invitation.objects.standing().filter(
            partner=partner, email=person["email"].strip().lower()
        )
        invited.extend(standing.mail_due(at).values_list("pk", flat=True))
    else:
        result["invited"] += 1
        invited.append(row.pk)
