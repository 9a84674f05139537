"""The routing policy: versions that were in force, and the next one."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.web.admin.forms import ActorForm
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import SETTINGS
from dnm.web.admin.sites import network_site
from leads.domain.policy import publish_policy
from leads.models import RoutingPolicy
from leads.permissions import LeadCapability

NUMBERS = ("offer_minutes", "radius_km", "max_offers", "max_wait_minutes")


class PolicyForm(ActorForm):
    """The next version."""

    class Meta:
        model = RoutingPolicy
        fields = list(NUMBERS)


@admin.register(RoutingPolicy, site=network_site)
class RoutingPolicyAdmin(ScopedModelAdmin):
    """A policy is never edited: a new version comes into force, and decisions go on naming theirs."""

    section = SETTINGS
    menu_name = _("Routing policy")
    view_capability = LeadCapability.VIEW_DECISION
    add_capability = LeadCapability.MANAGE_ROUTING
    is_network_wide = True
    add_form = PolicyForm
    ordering = ("-version", "-id")
    list_display = ("version", "strategy", *NUMBERS, "created_at")
    facts = ("version", "strategy", *NUMBERS, "created_at")

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Begin with what is in force."""
        newest = self.get_queryset(request).first()
        return {name: getattr(newest, name) for name in NUMBERS} if newest else {}

    def perform_add(self, request: Any, form: ActorForm) -> RoutingPolicy:
        return publish_policy(**form.cleaned_data, actor=request.actor, at=timezone.now())
