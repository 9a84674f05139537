"""Mails of invitations, and the job that invites many."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from dnm.jobs.background import tick
from dnm.jobs.running import RunningJob, job_handler
from partners.domain.invitation_mails import send_invitations
from partners.domain.inviting_many import KIND, run_invite_people


@tick(name="partners.tasks.mail_invitations", queue="mail")
def mail_invitations(network_id: int, now: datetime) -> None:
    """Send what is due in one network."""
    send_invitations(network_id, now)


@job_handler(KIND)
def invite_people(job: RunningJob) -> Mapping[str, Any]:
    """Invite, a few at a time, and mail each once."""
    return run_invite_people(job, clock=timezone.now)
