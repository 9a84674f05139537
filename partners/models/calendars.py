"""Business calendars: when a partner's clocks run."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.models import NetworkModel
from dnm.scoping.querysets import ReferenceQuerySet


class BusinessCalendar(NetworkModel):
    """Weekly opening hours in a time zone, and holidays.

    `hours` maps a weekday ("0" Monday … "6" Sunday) to spans `["09:30", "19:00"]`; a missing day is closed.
    `holidays` are ISO dates. Checked by `partners.domain.calendars`.
    """

    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64)
    hours = models.JSONField(_("opening hours"), default=dict)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("business calendar")
        verbose_name_plural = _("business calendars")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "name"], name="partners_businesscalendar_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
