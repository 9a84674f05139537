"""The person's own long work."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.jobs.models import Job, JobState
from dnm.jobs.running import cancel_job, retry_job
from dnm.web.admin.columns import Column
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import OPERATION
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb
from dnm.web.permissions import WebCapability


def _progress(job: Job, actor: Actor) -> str:
    return f"{job.done} / {job.total}" if job.total else str(job.done)


@admin.register(Job, site=network_site)
class JobAdmin(ScopedModelAdmin):
    """Jobs are personal, whatever the role: a list shows those of the reader."""

    section = OPERATION
    menu_name = _("My jobs")
    view_capability = WebCapability.ENTER_ADMIN
    has_history = False
    ordering = ("-created_at", "-id")
    list_display = (
        "title",
        "kind",
        "state",
        Column("progress", _("progress"), _progress),
        "created_at",
        "ended_at",
    )
    list_filter = ("state",)
    facts = (
        "title",
        "kind",
        "state",
        Column("progress", _("progress"), _progress),
        "error",
        "created_at",
        "started_at",
        "ended_at",
    )
    verbs = (
        RowVerb(
            name="cancel",
            label=_("Cancel"),
            capability=WebCapability.ENTER_ADMIN,
            perform=lambda row, values, actor, at: cancel_job(job=row, actor=actor, at=at),
            offered=lambda row, actor: None if row.is_over else "",
        ),
        RowVerb(
            name="retry",
            label=_("Run again"),
            capability=WebCapability.ENTER_ADMIN,
            perform=lambda row, values, actor, at: retry_job(job=row, actor=actor, at=at),
            offered=lambda row, actor: "" if row.state == JobState.FAILED else None,
        ),
    )
