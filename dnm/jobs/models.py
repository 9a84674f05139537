"""Long work that somebody waits for."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.querysets import PersonalQuerySet


class JobState(models.TextChoices):
    """Queued → running → done, failed or cancelled."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINAL_STATES = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


def errors_file_path(job: "Job", filename: str) -> str:
    """Files lie apart by network."""
    return f"networks/{job.network_id}/jobs/{job.uid}/{filename}"


class Job(NetworkModel):
    """A piece of long work of one member, with progress and a result.

    `lease_until` and `token` work as for deliveries: a job whose worker died is taken up again, and the dead
    worker, should it come back, cannot finish it.
    """

    membership = SameNetworkKey("accounts.Membership", related_name="jobs", verbose_name=_("started by"))
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), null=True)
    result = models.JSONField(_("result"), default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(_("error"), blank=True)
    errors_file = models.FileField(_("rows in error"), upload_to=errors_file_path, blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: Any = PersonalQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="jobs_job_membership_fk"),
        ]
        indexes = [
            models.Index(fields=["network", "membership", "-created_at"], name="jobs_job_mine"),
            models.Index(
                fields=["network", "lease_until"],
                condition=Q(state__in=["queued", "running"]),
                name="jobs_job_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def percent(self) -> int | None:
        """Progress in percent; None while the total is unknown."""
        return min(100, round(100 * self.done / self.total)) if self.total else None
